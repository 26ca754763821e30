//! Lines of the two parts.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Longest line, in columns of a terminal: what RFC 5322, section 2.1.1 advises.
const COLUMNS: usize = 78;

/// Longest line of a mail in octets, without its end (RFC 5322, section 2.1.1).
const OCTETS: usize = 998;

/// HTML in lines of no more than 998 octets. A line that is longer ends at its last space within
/// them, in a tag or in a text alike: no part of our markup tells a space from a line break. Only a
/// word of more than 998 octets, such as a link, still has a longer line.
pub(super) fn fold(html: &str) -> String {
    let mut folded = String::with_capacity(html.len());
    for line in html.split_inclusive('\n') {
        let mut rest = line;
        while rest.trim_end_matches('\n').len() > OCTETS {
            let bytes = rest.as_bytes().iter();
            let mut spaces = bytes.enumerate().filter(|(_, byte)| **byte == b' ');
            let Some((mut end, _)) = spaces.next() else {
                break;
            };
            end = spaces
                .map(|(at, _)| at)
                .take_while(|at| *at <= OCTETS)
                .last()
                .unwrap_or(end);
            let (before, after) = rest.split_at(end);
            folded.push_str(before);
            folded.push('\n');
            rest = after.get(1..).unwrap_or_default();
        }
        folded.push_str(rest);
    }
    folded
}

/// The paragraph in lines of no more than 78 columns. A word that is longer is broken where the
/// line ends, and only an address, which is to be read as one, gets a longer line of its own.
pub(super) fn wrap(paragraph: &str) -> String {
    let mut lines = String::with_capacity(paragraph.len() + paragraph.len() / 32);
    let mut columns = 0;
    for piece in pieces(paragraph) {
        if columns > 0 && columns + piece.trim_end_matches(' ').width() > COLUMNS {
            lines.truncate(lines.trim_end_matches(' ').len());
            lines.push('\n');
            columns = 0;
        }
        if piece.trim_end_matches(' ').width() > COLUMNS && !piece.contains('@') {
            columns = push_broken(&mut lines, piece);
        } else {
            lines.push_str(piece);
            columns += piece.width();
        }
    }
    lines
}

/// Writes a word that is longer than a line from the beginning of one, and returns how far the last
/// one goes.
fn push_broken(lines: &mut String, word: &str) -> usize {
    let mut columns = 0;
    for character in word.chars() {
        let width = character.width().unwrap_or(0);
        if columns + width > COLUMNS {
            lines.push('\n');
            columns = 0;
        }
        lines.push(character);
        columns += width;
    }
    columns
}

/// What stays together: words with the spaces after them, and single characters of Chinese and
/// Japanese with the punctuation that belongs to them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let pairs = rest.char_indices().zip(rest.chars().skip(1));
        let end = pairs
            .filter(|((_, before), after)| may_break(*before, *after))
            .map(|((at, before), _)| at + before.len_utf8())
            .next();
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(piece)
    })
}

/// Whether a line may end between these two. A number stays with its unit, so dates stay whole.
fn may_break(before: char, after: char) -> bool {
    match (before, after) {
        (' ', ' ') => false,
        (' ', _) => true,
        (_, ' ' | '\u{a0}') | ('\u{a0}', _) => false,
        _ if before.is_ascii_digit() || after.is_ascii_digit() => false,
        _ if ENDS.contains(after) || BEGINNINGS.contains(before) => false,
        _ => is_unspaced(before) || is_unspaced(after),
    }
}

/// What no line begins with, and what none ends with.
const ENDS: &str = ")].,:;?!、。，．：；？！）」』】》ー々・…っゃゅょッャュョ";
const BEGINNINGS: &str = "([（「『【《";

/// Of a script that is written without spaces between words: Han, Kana and their punctuation.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{312f}' | '\u{31a0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_at_a_space_and_within_78_columns() {
        let wrapped = wrap(&"seven77 ".repeat(20));
        let lines: Vec<_> = wrapped.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], ["seven77"; 9].join(" "));
        assert_eq!(wrap("short"), "short");
        assert_eq!(wrap(""), "");
    }

    #[test]
    fn a_character_of_two_columns_counts_as_two() {
        let wrapped = wrap(&"確認".repeat(30));
        assert!(
            wrapped.lines().all(|line| line.width() <= COLUMNS),
            "{wrapped}"
        );
        assert_eq!(wrapped.lines().next().unwrap().chars().count(), 39);
    }

    #[test]
    fn punctuation_stays_with_its_word_and_a_number_with_its_unit() {
        let text = format!("{}。", "確".repeat(39));
        assert_eq!(wrap(&text), format!("{}\n確。", "確".repeat(38)));
        let text = format!("{}（2026年11月24日", "確".repeat(34));
        assert_eq!(
            wrap(&text),
            format!("{}\n（2026年11月24日", "確".repeat(34))
        );
    }

    #[test]
    fn a_word_that_is_longer_than_a_line_is_broken_and_what_follows_goes_on() {
        let word = "a".repeat(100);
        let wrapped = wrap(&format!("Hello {word}, welcome"));
        let expected = format!("Hello\n{}\n{}, welcome", "a".repeat(78), "a".repeat(22));
        assert_eq!(wrapped, expected);
        let wide = wrap(&"ด้".repeat(100));
        assert!(wide.lines().all(|line| line.width() <= COLUMNS), "{wide}");
        assert!(!wide.contains("\n\u{e49}"), "a mark stays with its letter");
    }

    #[test]
    fn what_cannot_be_broken_has_a_line_of_its_own() {
        let address = format!("{}@example.com", "a".repeat(90));
        assert_eq!(
            wrap(&format!("Verify {address} now")),
            format!("Verify\n{address}\nnow")
        );
        let no_break = format!("{} a\u{a0}:", "a".repeat(75));
        assert_eq!(wrap(&no_break), format!("{}\na\u{a0}:", "a".repeat(75)));
    }

    #[test]
    fn a_long_line_of_html_ends_at_a_space() {
        let short = format!("<p>{}</p>\n<p>b</p>\n", "a ".repeat(495));
        assert_eq!(fold(&short), short);
        let tag = format!("<a href=\"{}\" style=\"a\">b</a>\n", "l".repeat(980));
        assert_eq!(fold(&tag), tag.replace(" style", "\nstyle"));
        for text in [
            "語 ".repeat(900),
            "a ".repeat(5_000),
            format!("{}\n", "a ".repeat(998)),
        ] {
            let folded = fold(&text);
            assert!(folded.lines().all(|line| line.len() <= OCTETS), "{folded}");
            assert_eq!(folded.replace('\n', " "), text.replace('\n', " "));
        }
    }

    #[test]
    fn a_word_that_is_longer_than_a_line_stays_whole() {
        let word = "l".repeat(2_000);
        assert_eq!(fold(&word), word);
        assert_eq!(fold(&format!("a {word} b c")), format!("a\n{word}\nb c"));
    }

    #[test]
    fn marks_that_are_not_seen_take_no_column() {
        let isolated = "\u{2068}a\u{2069} ".repeat(39);
        assert_eq!(wrap(isolated.trim_end()).lines().count(), 1);
    }
}
