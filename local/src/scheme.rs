//! Renders a mail or a page in light or dark colours, whatever the browser prefers.
//!
//! The inbox and the preview show both. A frame inherits the `color-scheme` of the element around
//! it, but developer tools and browser tests override that for the whole tab, and older browsers do
//! not support it. So the media queries of the document are replaced here.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

const MEDIA_FEATURE: &str = "prefers-color-scheme";
/// Conditions that replace the one for a scheme.
const ALWAYS: &str = "(min-width: 0)";
const NEVER: &str = "(max-width: 0)";

impl Scheme {
    pub(crate) const ALL: [Self; 2] = [Self::Light, Self::Dark];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Unknown names are ignored, so the browser's preference applies.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// The document in this scheme.
    pub(crate) fn apply(self, html: &str) -> String {
        with_head(&self.resolve_conditions(html), &[self.style(html)])
    }

    /// Replaces conditions for `prefers-color-scheme` in style sheets and attributes. Text stays as
    /// it is.
    fn resolve_conditions(self, html: &str) -> String {
        let mut resolved = String::with_capacity(html.len());
        let mut in_style_sheet = false;
        for (index, piece) in html.split('<').enumerate() {
            if index > 0 {
                resolved.push('<');
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
            self.resolve_code(code, &mut resolved);
            resolved.push_str(text);
        }
        resolved
    }

    fn resolve_code(self, code: &str, resolved: &mut String) {
        let lower = code.to_ascii_lowercase();
        let mut done = 0;
        for (at, _) in lower.match_indices(MEDIA_FEATURE) {
            if let Some((start, end, scheme)) = condition_around(&lower, at) {
                resolved.push_str(&code[done..start]);
                resolved.push_str(if scheme == self { ALWAYS } else { NEVER });
                done = end;
            }
        }
        resolved.push_str(&code[done..]);
    }

    /// A style of the root element, which sets the default colours of canvas, links and fields.
    fn style(self, html: &str) -> &'static str {
        // Without a `color-scheme` that allows dark, browsers render a mail light.
        if self == Self::Dark && can_be_dark(html) {
            "<style>:root { color-scheme: dark !important }</style>"
        } else {
            "<style>:root { color-scheme: light !important }</style>"
        }
    }
}

/// Inserts at the beginning of the head.
pub(crate) fn with_head(html: &str, added: &[&str]) -> String {
    let lower = html.to_ascii_lowercase();
    let head_end = lower
        .find("<head")
        .and_then(|start| Some(start + lower.get(start..)?.find('>')? + 1));
    // Without a head, append: a doctype must stay first.
    let (before, after) = html.split_at(head_end.unwrap_or(html.len()));
    format!("{before}{}{after}", added.concat())
}

/// The start, end and scheme of the condition around the media feature.
fn condition_around(lower: &str, at: usize) -> Option<(usize, usize, Scheme)> {
    let start = lower[..at].trim_end().strip_suffix('(')?.len();
    let rest = lower[at + MEDIA_FEATURE.len()..]
        .trim_start()
        .strip_prefix(':')?;
    let (name, rest) = rest.split_once(')')?;
    Some((start, lower.len() - rest.len(), Scheme::named(name.trim())?))
}

/// Whether a `color-scheme` in a meta tag or a property allows dark.
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

/// `tag` begins after the bracket.
fn starts_with_name(tag: &str, name: &str) -> bool {
    let end = tag.get(..name.len());
    end.is_some_and(|start| start.eq_ignore_ascii_case(name))
        && !tag[name.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_conditions_are_replaced() {
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
            assert_eq!(Scheme::Dark.resolve_conditions(html), dark);
            assert_eq!(Scheme::Light.resolve_conditions(html), light);
        }
    }

    #[test]
    fn all_other_text_stays_as_it_is() {
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
            assert_eq!(Scheme::Dark.resolve_conditions(html), html);
        }
    }

    #[test]
    fn the_canvas_is_dark_if_allowed() {
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
