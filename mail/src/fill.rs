//! Texts with places, such as `Verify {address}`, and what goes into them.
//!
//! A catalogue writes each text once, for both parts of a mail. As HTML everything is escaped, and
//! what others chose (an address, a name) stands in a `<bdi>`, so that neither its letters nor its
//! direction reach the words around it.

use std::fmt;

use askama::filters::HtmlSafe;

use super::wrap::is_unspaced;
use shared::text::locale::Direction;

/// What goes into a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    /// Words of the catalogue's own, in the language of the text around them.
    Own(&'a str),
    /// Chosen by others: it may be in any language, and run the other way.
    Given(&'a str),
}

/// HTML that is escaped already; a template takes it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// The text as HTML.
pub(super) fn html(text: &str, values: &[(&str, Value<'_>)]) -> Markup {
    let mut markup = String::with_capacity(2 * text.len());
    fill(text, values, |piece| match piece {
        // A browser ends lines between any two of these characters, also in the middle of a date.
        // Dates of other scripts have spaces to break at, and may be wider than a phone.
        Piece::Value(Value::Own(words)) if words.contains(is_unspaced) => {
            markup.push_str("<span style=\"white-space:nowrap\">");
            escape_into(&mut markup, words);
            markup.push_str("</span>");
        }
        Piece::Text(words) | Piece::Value(Value::Own(words)) => escape_into(&mut markup, words),
        Piece::Value(Value::Given(words)) => {
            markup.push_str("<bdi>");
            escape_into(&mut markup, words);
            markup.push_str("</bdi>");
        }
    });
    Markup(markup)
}

/// The text for a plain part. Among words from right to left, what others chose is isolated as
/// `<bdi>` does it in HTML; among words from left to right no reader needs the invisible marks.
pub(super) fn plain(text: &str, values: &[(&str, Value<'_>)], direction: Direction) -> String {
    let mut line = String::with_capacity(2 * text.len());
    fill(text, values, |piece| match (piece, direction) {
        (Piece::Value(Value::Given(words)), Direction::RightToLeft) => {
            line.push(FIRST_STRONG_ISOLATE);
            line.push_str(words);
            line.push(POP_DIRECTIONAL_ISOLATE);
        }
        (Piece::Text(words) | Piece::Value(Value::Given(words) | Value::Own(words)), _) => {
            line.push_str(words);
        }
    });
    line
}

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

/// What a text consists of.
enum Piece<'a> {
    Text(&'a str),
    Value(Value<'a>),
}

/// Takes the text apart, with values in its places. A place without a value stays as it is written:
/// the catalogue is checked when it is compiled, and the whole mails are by tests.
fn fill<'a>(text: &'a str, values: &[(&str, Value<'a>)], mut take: impl FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, place) = rest.split_at(start);
        take(Piece::Text(before));
        let found = place.split_once('}').and_then(|(name, after)| {
            let value = values
                .iter()
                .find(|(of, _)| name.strip_prefix('{') == Some(*of));
            value.map(|(_, value)| (*value, after))
        });
        let Some((value, after)) = found else {
            take(Piece::Text(place));
            return;
        };
        take(Piece::Value(value));
        rest = after;
    }
    take(Piece::Text(rest));
}

fn escape_into(markup: &mut String, words: &str) {
    for c in words.chars() {
        match c {
            '&' => markup.push_str("&#38;"),
            '<' => markup.push_str("&#60;"),
            '>' => markup.push_str("&#62;"),
            '"' => markup.push_str("&#34;"),
            '\'' => markup.push_str("&#39;"),
            _ => markup.push(c),
        }
    }
}

/// Whether a text has exactly these places, each once or more, and every brace belongs to one.
/// Catalogues ask it while they are compiled, so a place that is mistyped or forgotten never gets
/// into a mail.
pub(super) const fn places_are(text: &str, names: &[&str]) -> bool {
    let text = text.as_bytes();
    let mut found = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'}' {
            return false;
        }
        if text[at] == b'{' {
            let mut index = 0;
            while index < names.len() && !is_place_at(text, at, names[index].as_bytes()) {
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

/// Whether `{name}` stands at this very position.
const fn is_place_at(text: &[u8], at: usize, name: &[u8]) -> bool {
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

    const VALUES: [(&str, Value<'_>); 2] = [
        ("name", Value::Given("<b> & {life}")),
        ("life", Value::Own("30 min'")),
    ];

    #[test]
    fn in_html_everything_is_escaped_and_what_others_chose_is_isolated() {
        assert_eq!(
            html("\"{name}\" for {life}, {name}", &VALUES).to_string(),
            "&#34;<bdi>&#60;b&#62; &#38; {life}</bdi>&#34; for 30 min&#39;, <bdi>&#60;b&#62; &#38; {life}</bdi>"
        );
    }

    #[test]
    fn in_plain_text_values_are_isolated_among_words_from_right_to_left_alone() {
        let text = "a {name} b {life}";
        assert_eq!(
            plain(text, &VALUES, Direction::LeftToRight),
            "a <b> & {life} b 30 min'"
        );
        assert_eq!(
            plain(text, &VALUES, Direction::RightToLeft),
            "a \u{2068}<b> & {life}\u{2069} b 30 min'"
        );
    }

    #[test]
    fn a_place_without_a_value_stays_where_a_test_can_see_it() {
        assert_eq!(plain("a {b} c", &VALUES, Direction::LeftToRight), "a {b} c");
        assert_eq!(plain("a {name", &VALUES, Direction::LeftToRight), "a {name");
    }

    #[test]
    fn the_places_of_a_text_are_all_of_those_expected_and_no_others() {
        assert!(places_are("no place", &[]));
        assert!(places_are("{a} and {bc} and {a}", &["a", "bc"]));
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
            assert!(!places_are(text, names), "{text} {names:?}");
        }
    }
}
