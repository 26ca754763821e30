//! Replays what the fuzzer found worth keeping, and the events of `events`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use properties::TARGETS;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// One input a line, percent-encoded.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let file = root().join(format!("fuzz/corpus/{target}.txt"));
    let text =
        fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} is missing", file.display()));
    let inputs = text.lines().map(|line| percent_decode_str(line).collect());
    inputs.collect()
}

/// The events of a function, beside their answers.
fn events(function: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(root().join("events").join(function)).unwrap();
    files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect()
}

/// The functions whose events a target reads, too.
fn functions(target: &str) -> &'static [&'static str] {
    match target {
        "lambda_event" => &[
            "email_verification_status",
            "request_email_verification",
            "verification_page",
            "verify_email",
        ],
        "ses_event" => &["record_mail_events"],
        "stream_record" => &["notify_previous_address", "publish_events"],
        _ => &[],
    }
}

#[test]
fn each_input_has_the_properties() {
    for (name, property) in TARGETS {
        let inputs = corpus(name);
        assert!(inputs.len() >= 10, "the corpus of {name} is too small");
        let events = functions(name).iter().flat_map(|function| events(function));
        for input in inputs.into_iter().chain(events) {
            property(&input);
        }
    }
}
