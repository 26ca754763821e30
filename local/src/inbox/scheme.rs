//! A mail as it looks in light or in dark, whatever the reader's own setting is.
//!
//! The page shows both beside each other. Browsers have a way to do that: a frame takes over the
//! `color-scheme` of the element around it. But a preference that is set for the whole tab, as
//! developer tools and browser tests do, outranks it, and older browsers do not know it. So the
//! choice is made here, in the mail itself.

/// The colours that a mail is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

const QUESTION: &str = "prefers-color-scheme";
/// Conditions that stand where the question for a scheme was: one always holds, the other never.
const YES: &str = "(min-width: 0)";
const NO: &str = "(max-width: 0)";

impl Scheme {
    /// The scheme of this name. Another name counts as not given: the reader's setting decides.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// Answers the questions of a mail's style sheets and attributes for the preferred scheme. What
    /// the mail says about it in its text stays as it is.
    pub(super) fn answer(self, html: &str) -> String {
        let mut answered = String::with_capacity(html.len());
        let mut in_style_sheet = false;
        for (index, piece) in html.split('<').enumerate() {
            if index > 0 {
                answered.push('<');
                if starts_with_name(piece, "style") {
                    in_style_sheet = true;
                } else if starts_with_name(piece, "/style") {
                    in_style_sheet = false;
                }
            }
            let tag_end = match piece.find('>') {
                _ if in_style_sheet => piece.len(),
                Some(end) if index > 0 => end,
                _ => 0,
            };
            let (code, text) = piece.split_at(tag_end);
            self.answer_code(code, &mut answered);
            answered.push_str(text);
        }
        answered
    }

    fn answer_code(self, code: &str, answered: &mut String) {
        let lower = code.to_ascii_lowercase();
        let mut done = 0;
        for (at, _) in lower.match_indices(QUESTION) {
            if let Some((start, end, asked)) = question_around(&lower, at) {
                answered.push_str(&code[done..start]);
                answered.push_str(if asked == self { YES } else { NO });
                done = end;
            }
        }
        answered.push_str(&code[done..]);
    }

    /// What the root of the mail says, so that the canvas, links and fields have the right colours.
    pub(super) fn style(self, html: &str) -> &'static str {
        // A browser leaves a mail light that never says that it can be dark.
        if self == Self::Dark && can_be_dark(html) {
            "<style>:root { color-scheme: dark !important }</style>"
        } else {
            "<style>:root { color-scheme: light !important }</style>"
        }
    }
}

/// Where the condition around the question begins and ends, and for which scheme it asks.
fn question_around(lower: &str, at: usize) -> Option<(usize, usize, Scheme)> {
    let start = lower[..at].trim_end().strip_suffix('(')?.len();
    let rest = lower[at + QUESTION.len()..]
        .trim_start()
        .strip_prefix(':')?;
    let (name, rest) = rest.split_once(')')?;
    Some((start, lower.len() - rest.len(), Scheme::named(name.trim())?))
}

/// Whether a `color-scheme`, as a meta tag or as a property, names the dark one.
fn can_be_dark(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    let in_meta = lower.split('<').any(|piece| {
        let tag = piece.split('>').next().unwrap_or_default();
        starts_with_name(tag, "meta")
            && ["\"color-scheme\"", "'color-scheme'", "=color-scheme"]
                .iter()
                .any(|name| tag.contains(name))
            && tag.contains("dark")
    });
    in_meta
        || lower.match_indices("color-scheme").any(|(at, name)| {
            let is_whole_name = !lower[..at].ends_with('-');
            let value = lower[at + name.len()..].trim_start().strip_prefix(':');
            let value = value.and_then(|value| value.split([';', '}', '"', '\'', '<']).next());
            is_whole_name && value.is_some_and(|value| value.contains("dark"))
        })
}

/// Whether a tag, without its bracket, has this name.
fn starts_with_name(tag: &str, name: &str) -> bool {
    let end = tag.get(..name.len());
    end.is_some_and(|start| start.eq_ignore_ascii_case(name))
        && !tag[name.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_for_the_scheme_gets_an_answer() {
        let cases = [
            (
                "<style>@media (prefers-color-scheme: dark) { a {} }</style>",
                "<style>@media (min-width: 0) { a {} }</style>",
                "<style>@media (max-width: 0) { a {} }</style>",
            ),
            (
                "<STYLE>@media screen and ( Prefers-Color-Scheme :light ){}</STYLE>",
                "<STYLE>@media screen and (max-width: 0){}</STYLE>",
                "<STYLE>@media screen and (min-width: 0){}</STYLE>",
            ),
            (
                "<style>@media (width < 600px) and (prefers-color-scheme:dark){}</style>",
                "<style>@media (width < 600px) and (min-width: 0){}</style>",
                "<style>@media (width < 600px) and (max-width: 0){}</style>",
            ),
            (
                "<source media='(prefers-color-scheme: dark)' srcset='ü'>",
                "<source media='(min-width: 0)' srcset='ü'>",
                "<source media='(max-width: 0)' srcset='ü'>",
            ),
            (
                "<style>@media(prefers-color-scheme:dark){}@media(prefers-color-scheme:light){}",
                "<style>@media(min-width: 0){}@media(max-width: 0){}",
                "<style>@media(max-width: 0){}@media(min-width: 0){}",
            ),
        ];
        for (html, dark, light) in cases {
            assert_eq!(Scheme::Dark.answer(html), dark);
            assert_eq!(Scheme::Light.answer(html), light);
        }
    }

    #[test]
    fn what_is_no_question_stays_as_it_is() {
        for html in [
            "",
            "(prefers-color-scheme: dark)",
            "<p>Write (prefers-color-scheme: dark) into your mail.</p>",
            "<style>a{}</style><p>(prefers-color-scheme: dark)",
            "<styled>(prefers-color-scheme: dark)</styled>",
            "<style>(prefers-color-scheme) (prefers-color-scheme: blue) prefers-color-scheme: \
             dark)",
            "<style>(prefers-color-scheme: dark",
            "<style>(prefers-color-scheme",
            "<é>ü<ß",
        ] {
            assert_eq!(Scheme::Dark.answer(html), html);
        }
    }

    #[test]
    fn only_a_mail_that_can_be_dark_has_a_dark_canvas() {
        for html in [
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "<META content='dark' name='color-scheme'>",
            "<meta name=color-scheme content=dark>",
            "<style>:root { color-scheme: light dark; }</style>",
            "<html style=\"color-scheme:dark\">",
        ] {
            assert!(Scheme::Dark.style(html).contains("dark"), "{html}");
            assert!(Scheme::Light.style(html).contains("light"), "{html}");
        }
        for html in [
            "<p>dark</p>",
            "<meta name=\"color-scheme\" content=\"light\"><p>dark</p>",
            "<meta name=\"supported-color-schemes\" content=\"light dark\">",
            "<style>:root{color-scheme:light}b{content:'dark'}</style>",
            "<style>@media (prefers-color-scheme: dark) {}</style>",
        ] {
            assert!(Scheme::Dark.style(html).contains("light"), "{html}");
        }
    }
}
