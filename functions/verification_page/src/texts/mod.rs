//! What the page says, in each language.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod he;
mod hi;
mod it;
mod ja;
mod ko;
mod nl;
mod pl;
mod pt_br;
mod tr;
mod zh_hans;
mod zh_hant;

use std::fmt;

use askama::filters::{self, HtmlSafe};
use shared::text::locale::Locale;

/// The texts of one language. One that is missing does not compile.
///
/// Names, addresses and codes are as somebody chose them, so a text must not inflect them. A word
/// joiner (U+2060) keeps a line from ending in the middle of "e-mail", but not on buttons and
/// labels, which people call out by their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    /// Over the button, and over the form.
    pub(crate) heading: &'static str,
    /// What the button does; around the product's name.
    pub(crate) ready: Phrase,
    /// For whoever did not ask for the mail.
    pub(crate) unexpected: &'static str,
    /// On the button, and on the form's.
    pub(crate) button: &'static str,
    /// While the answer is awaited.
    pub(crate) working: &'static str,
    /// What to fill into the form.
    pub(crate) form_intro: &'static str,
    /// What to do when it is not known whose code to ask for; around the product's name.
    pub(crate) open_link: Phrase,
    /// The field.
    pub(crate) code: &'static str,
    /// Where to find it.
    pub(crate) code_hint: &'static str,
    /// It is no code.
    pub(crate) code_malformed: &'static str,
    /// It is none of this user's codes, or is too late.
    pub(crate) code_wrong: &'static str,
    /// It was right once.
    pub(crate) code_expired: &'static str,
    /// It worked.
    pub(crate) verified_heading: &'static str,
    /// Around the address.
    pub(crate) verified: Phrase,
    /// It had worked before.
    pub(crate) already_heading: &'static str,
    /// Around the address.
    pub(crate) already: Phrase,
    /// The way on; around the product's name.
    pub(crate) go_on: Phrase,
    /// There is no way on.
    pub(crate) close: &'static str,
    /// The link is too late.
    pub(crate) expired_heading: &'static str,
    /// How to get another one; around the product's name.
    pub(crate) expired: Phrase,
    /// The link proves nothing.
    pub(crate) invalid_heading: &'static str,
    /// Why that may be.
    pub(crate) invalid: &'static str,
    /// What else helps whoever has a code or a link that does not; around the product's name.
    pub(crate) new_mail: Phrase,
    /// Over the form, below a link that failed.
    pub(crate) use_code: &'static str,
    /// A limit is reached.
    pub(crate) too_many_heading: &'static str,
    /// When the next code may be tried, in minutes from now.
    pub(crate) too_many: fn(u64) -> String,
    /// What still works.
    pub(crate) too_many_link: &'static str,
    /// The service cannot be reached.
    pub(crate) unavailable_heading: &'static str,
    /// That it is not the reader's fault.
    pub(crate) unavailable: &'static str,
    /// Does it again.
    pub(crate) retry: &'static str,
    /// The request was none that this page understands.
    pub(crate) bad_request_heading: &'static str,
    /// Whom to ask; around the address.
    pub(crate) questions: Phrase,
}

/// The texts of this language.
pub(crate) const fn of(locale: Locale) -> &'static Texts {
    match locale {
        Locale::Ar => &ar::TEXTS,
        Locale::De => &de::TEXTS,
        Locale::En => &en::TEXTS,
        Locale::Es => &es::TEXTS,
        Locale::Fr => &fr::TEXTS,
        Locale::He => &he::TEXTS,
        Locale::Hi => &hi::TEXTS,
        Locale::It => &it::TEXTS,
        Locale::Ja => &ja::TEXTS,
        Locale::Ko => &ko::TEXTS,
        Locale::Nl => &nl::TEXTS,
        Locale::Pl => &pl::TEXTS,
        Locale::PtBr => &pt_br::TEXTS,
        Locale::Tr => &tr::TEXTS,
        Locale::ZhHans => &zh_hans::TEXTS,
        Locale::ZhHant => &zh_hant::TEXTS,
    }
}

/// A text with one place in it, for a word that somebody else chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    before: &'static str,
    after: &'static str,
}

impl Phrase {
    /// Takes apart a text at its `{}`. One without a place, or with two, does not compile.
    const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let mut place = None;
        let mut index = 0;
        while index + 1 < bytes.len() {
            if bytes[index] == b'{' && bytes[index + 1] == b'}' {
                assert!(place.is_none(), "a text has one place");
                place = Some(index);
            }
            index += 1;
        }
        assert!(place.is_some(), "a text has a place");
        let index = match place {
            Some(index) => index,
            None => 0,
        };
        let (before, rest) = text.split_at(index);
        Self {
            before,
            after: rest.split_at(2).1,
        }
    }

    /// The text with `word` in its place, escaped, and in an element of its own: the word may be
    /// written in another direction than the text.
    pub(crate) fn html(self, word: &str) -> Html {
        let Self { before, after } = self;
        Html(format!(
            "{}<bdi>{}</bdi>{}",
            escaped(before),
            escaped(word),
            escaped(after)
        ))
    }

    /// The same behind another sentence. A full-width full stop brings its own space.
    pub(crate) fn html_after(self, sentence: &str, word: &str) -> Html {
        let space = if sentence.ends_with('。') { "" } else { " " };
        Html(format!("{}{space}{}", escaped(sentence), self.html(word)))
    }

    /// The text with a link to write to this address in its place.
    pub(crate) fn mail_link(self, address: &str) -> Html {
        let Self { before, after } = self;
        Html(format!(
            "{}<a href=\"mailto:{}\"><bdi>{}</bdi></a>{}",
            escaped(before),
            escaped(&in_a_mail_link(address)),
            escaped(address),
            escaped(after)
        ))
    }
}

/// An address as a URL has it: what could end it there, or mean something else, is encoded (RFC
/// 6068, section 2).
fn in_a_mail_link(address: &str) -> String {
    let stands_for_itself =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$'*+@".contains(&byte);
    let encoded = address.bytes().map(|byte| {
        if stands_for_itself(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    encoded.collect()
}

fn escaped(text: &str) -> String {
    // Writing to a string cannot fail, and an empty text would be the worst that could come of it.
    filters::escape(text, filters::Html)
        .map(|escaped| escaped.to_string())
        .unwrap_or_default()
}

/// Text that is escaped already.
#[derive(Clone, Debug)]
pub(crate) struct Html(String);

impl HtmlSafe for Html {}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_a_text_is_escaped_and_set_apart() {
        let text = Phrase::new("Thank you & \u{e9}{}.");
        assert_eq!(
            text.html("<b>&\"").to_string(),
            "Thank you &#38; \u{e9}<bdi>&#60;b&#62;&#38;&#34;</bdi>."
        );
        assert_eq!(
            text.mail_link("o'hara@example.com").to_string(),
            "Thank you &#38; \u{e9}<a href=\"mailto:o&#39;hara@example.com\"><bdi>o&#39;hara@example.com</bdi></a>."
        );
    }

    #[test]
    fn a_sentence_follows_behind_a_space() {
        let after = |sentence| Phrase::new("{}!").html_after(sentence, "A").to_string();
        assert_eq!(after("B & C."), "B &#38; C. <bdi>A</bdi>!");
        assert_eq!(after("無効です。"), "無効です。<bdi>A</bdi>!");
    }

    #[test]
    fn a_link_to_write_to_an_address_reads_as_that_address() {
        let link = |address| Phrase::new("{}").mail_link(address).to_string();
        assert_eq!(
            link("50%?a=b#c&d@example.com"),
            "<a href=\"mailto:50%25%3Fa%3Db%23c%26d@example.com\"><bdi>50%?a=b#c&#38;d@example.com</bdi></a>"
        );
    }

    #[test]
    fn a_wait_is_a_sentence_in_every_language_with_its_plurals() {
        for locale in Locale::ALL {
            for minutes in 1..=30 {
                let text = (of(locale).too_many)(minutes);
                assert!(!text.contains(['{', '}']), "{text}");
                let names_it = text.contains(&minutes.to_string());
                assert!(names_it || minutes <= 2, "{text}");
            }
        }
        let of = |locale, minutes| (of(locale).too_many)(minutes);
        for (minutes, unit) in [
            (1, "za minutę."),
            (2, "2 minuty."),
            (5, "5 minut."),
            (12, "12 minut."),
            (22, "22 minuty."),
            (25, "25 minut."),
        ] {
            assert!(of(Locale::Pl, minutes).ends_with(unit), "{minutes}");
        }
        for (minutes, unit) in [
            (1, "دقيقة واحدة."),
            (2, "دقيقتين."),
            (3, "3 دقائق."),
            (10, "10 دقائق."),
            (11, "11 دقيقة."),
            (30, "30 دقيقة."),
        ] {
            assert!(of(Locale::Ar, minutes).ends_with(unit), "{minutes}");
        }
        assert!(of(Locale::He, 2).ends_with("שתי דקות."));
        assert!(of(Locale::De, 1).contains("in einer Minute"));
    }
}
