//! The header `Accept-Language`.

use shared::text::locale::Locale;

/// A known language: the wanted one, or the default if none is known.
pub fn accept_language(input: &[u8]) {
    let header = &*String::from_utf8_lossy(input);
    let chosen = |text: &str| Locale::preferred(text, Locale::En);
    let locale = chosen(header);
    let with_another_default = Locale::preferred(header, Locale::Ja);
    let is_default = (locale, with_another_default) == (Locale::En, Locale::Ja);
    assert!(is_default || locale == with_another_default, "{header:?}");
    assert_eq!(chosen(&header.to_ascii_uppercase()), locale, "case counts");
    assert_eq!(chosen(&header.replace(',', " , ")), locale, "spaces count");
    assert_eq!(
        chosen(&format!("tlh,{header}")),
        chosen(&format!("x,{header}"))
    );
    if header.matches(',').count() < 30 {
        assert_eq!(
            chosen(&format!("{header},pl;q=0")),
            locale,
            "a weight of 0 counts"
        );
        // The first of the greatest weight.
        assert_eq!(chosen(&format!("ko,{header}")), Locale::Ko);
        if is_default {
            assert_eq!(chosen(&format!("{header},pl;q=0.001")), Locale::Pl);
        }
    }
}
