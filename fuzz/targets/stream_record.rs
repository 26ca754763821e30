#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| properties::stream_record(input));
