//! Texts with placeholders, such as `Verify {address}`, and the values that fill them.

use std::fmt;

use super::html::Html;
use super::language::Language;
use super::locale::Direction;

/// What fills a placeholder.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A duration or a part of a date as the language writes it, or digits.
    Trusted(&'a str),
    /// A date as the language writes it. Where the script has no spaces, HTML keeps it on one line
    /// with an inline style. A duration gets none: spam filters count elements amid words.
    Date(&'a str),
    /// Chosen by others, such as a name: it may be in any language, written in any direction.
    Untrusted(&'a str),
    /// An address to write to. HTML makes a link of it.
    MailLink(&'a str),
}

/// A text of a catalogue with a value for each of its placeholders.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a, const N: usize> {
    template: &'static str,
    names: [&'static str; N],
    values: [Value<'a>; N],
}

impl<'a, const N: usize> Text<'a, N> {
    /// For a text that the compiler has checked with [`has_placeholders`] and these names.
    #[must_use]
    pub const fn new(
        template: &'static str,
        names: [&'static str; N],
        values: [Value<'a>; N],
    ) -> Self {
        Self {
            template,
            names,
            values,
        }
    }

    /// As HTML. Everything is escaped, and untrusted values are isolated in `<bdi>`.
    #[must_use]
    pub fn html(&self, language: &Language) -> Html {
        self.html_with(language, Html::push_text)
    }

    /// As HTML in which "e-mail" does not break at its hyphen. U+2060 would do it, too, but Outlook
    /// may draw a box for it. In a heading alone: spam filters count elements amid words.
    #[must_use]
    pub fn heading_html(&self, language: &Language) -> Html {
        self.html_with(language, |html, words| {
            for word in words.split_inclusive(' ') {
                let bare = word.trim_end();
                if bare.starts_with("e-") || bare.starts_with("E-") {
                    html.push_unbroken(bare);
                    html.push_text(&word[bare.len()..]);
                } else {
                    html.push_text(word);
                }
            }
        })
    }

    fn html_with(&self, language: &Language, push_words: impl Fn(&mut Html, &str)) -> Html {
        let mut html = Html::default();
        self.each_piece(|piece| match piece {
            Piece::Text(words) => push_words(&mut html, words),
            Piece::Value(Value::Date(words)) if !language.has_spaces => {
                html.push_unbroken(words);
            }
            Piece::Value(Value::Trusted(words) | Value::Date(words)) => html.push_text(words),
            Piece::Value(Value::Untrusted(words)) => html.push_isolated(words),
            Piece::Value(Value::MailLink(address)) => html.push_mail_link(address),
        });
        html
    }

    /// The text alone. In a language from right to left, untrusted values are isolated, as `<bdi>`
    /// does in HTML. In a language from left to right no reader needs the invisible marks.
    #[must_use]
    pub fn plain(&self, direction: Direction) -> String {
        let mut line = String::with_capacity(2 * self.template.len());
        let isolates = direction == Direction::RightToLeft;
        self.each_piece(|piece| match piece {
            Piece::Value(Value::Untrusted(text) | Value::MailLink(text)) if isolates => {
                line.push(FIRST_STRONG_ISOLATE);
                line.push_str(text);
                line.push(POP_DIRECTIONAL_ISOLATE);
            }
            Piece::Text(text)
            | Piece::Value(
                Value::Trusted(text)
                | Value::Date(text)
                | Value::Untrusted(text)
                | Value::MailLink(text),
            ) => line.push_str(text),
        });
        line
    }

    fn each_piece(&self, mut handle: impl FnMut(Piece<'a>)) {
        let mut rest = self.template;
        while let Some((before, value, after)) = self.split_at_placeholder(rest) {
            handle(Piece::Text(before));
            handle(Piece::Value(value));
            rest = after;
        }
        handle(Piece::Text(rest));
    }

    /// The value of the first placeholder, with the text before and after it.
    fn split_at_placeholder(
        &self,
        text: &'static str,
    ) -> Option<(&'static str, Value<'a>, &'static str)> {
        let (before, rest) = text.split_once('{')?;
        let (name, after) = rest.split_once('}')?;
        let mut values = self.names.iter().zip(self.values);
        let (_, value) = values.find(|(of, _)| **of == name)?;
        Some((before, value, after))
    }
}

/// A text without placeholders is its own value.
impl Text<'_, 0> {
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.template
    }
}

impl fmt::Display for Text<'_, 0> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.template)
    }
}

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

enum Piece<'a> {
    Text(&'static str),
    Value(Value<'a>),
}

/// Whether a text has exactly these placeholders, each once or more, and every brace belongs to
/// one.
#[must_use]
pub const fn has_placeholders(text: &str, names: &[&str]) -> bool {
    let text = text.as_bytes();
    let mut found = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'}' {
            return false;
        }
        if text[at] == b'{' {
            let mut index = 0;
            while index < names.len() && !is_placeholder_at(text, at, names[index].as_bytes()) {
                index += 1;
            }
            if index == names.len() {
                return false;
            }
            found |= 1 << index;
            at += names[index].len() + 1;
        }
        at += 1;
    }
    found == (1 << names.len()) - 1
}

/// Whether `{name}` is at this position.
const fn is_placeholder_at(text: &[u8], at: usize, name: &[u8]) -> bool {
    let end = at + 1 + name.len();
    if end >= text.len() || text[end] != b'}' {
        return false;
    }
    let mut index = 0;
    while index < name.len() {
        if text[at + 1 + index] != name[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::locale::Locale;

    const fn text(text: &'static str) -> Text<'static, 3> {
        Text::new(
            text,
            ["name", "time", "support"],
            [
                Value::Untrusted("<b> & {time}"),
                Value::Trusted("30 min'"),
                Value::MailLink("a@b.example"),
            ],
        )
    }

    #[test]
    fn html_escapes_all_and_isolates_names() {
        let html = |words| text(words).html(Locale::En.language()).to_string();
        assert_eq!(
            html("\"{name}\" for {time}, {name}"),
            "&#34;<bdi>&#60;b&#62; &#38; {time}</bdi>&#34; for 30 min&#39;, \
             <bdi>&#60;b&#62; &#38; {time}</bdi>"
        );
        assert_eq!(
            html("At {support}."),
            "At <a href=\"mailto:a@b.example\"><bdi>a@b.example</bdi></a>."
        );
    }

    #[test]
    fn a_date_without_spaces_does_not_break() {
        let names = ["date", "time"];
        let values = [Value::Date("11月24日"), Value::Trusted("30分")];
        let html = Text::new("{date} {time}", names, values).html(Locale::Ja.language());
        assert_eq!(
            html.to_string(),
            "<span style=\"white-space:nowrap\">11月24日</span> 30分"
        );
    }

    #[test]
    fn a_heading_keeps_e_mail_together() {
        let values = [Value::Untrusted("E-Shop e-x")];
        let text = Text::new(
            "Ihr E-Mail-Konto f\u{fc}r {product}: e-mail",
            ["product"],
            values,
        );
        assert_eq!(
            text.heading_html(Locale::De.language()).to_string(),
            "Ihr <span style=\"white-space:nowrap\">E-Mail-Konto</span> f\u{fc}r \
             <bdi>E-Shop e-x</bdi>: <span style=\"white-space:nowrap\">e-mail</span>"
        );
        let plain = text.plain(Direction::LeftToRight);
        assert_eq!(plain, "Ihr E-Mail-Konto f\u{fc}r E-Shop e-x: e-mail");
    }

    #[test]
    fn plain_text_isolates_only_among_rtl() {
        let text = text("a {name} b {time} {support}");
        assert_eq!(
            text.plain(Direction::LeftToRight),
            "a <b> & {time} b 30 min' a@b.example"
        );
        assert_eq!(
            text.plain(Direction::RightToLeft),
            "a \u{2068}<b> & {time}\u{2069} b 30 min' \u{2068}a@b.example\u{2069}"
        );
    }

    #[test]
    fn a_text_has_the_expected_placeholders() {
        assert!(has_placeholders("no placeholder", &[]));
        assert!(has_placeholders("{a} and {bc} and {a}", &["a", "bc"]));
        for (text, names) in [
            ("{a}", &[][..]),
            ("none", &["a"]),
            ("{a} {x}", &["a"]),
            ("{a", &["a"]),
            ("a}", &[]),
            ("{a}}", &["a"]),
            ("{{a}", &["a"]),
            ("{ a}", &["a"]),
            ("{A}", &["a"]),
            ("{}", &["a"]),
            ("{ab}", &["a"]),
            ("{a}", &["ab"]),
            ("{a}", &["a", "b"]),
        ] {
            assert!(!has_placeholders(text, names), "{text} {names:?}");
        }
    }
}
