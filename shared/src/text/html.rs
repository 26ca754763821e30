//! Escaped HTML.

use std::fmt;

use askama::filters::{self, Escaper, HtmlSafe};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Escaped HTML, which templates do not escape again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl HtmlSafe for Html {}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The characters that are encoded in a `mailto` URL: they could end the address, or have another
/// meaning there (RFC 6068, section 2).
const MAIL_LINK: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+')
    .remove(b'@');

impl Html {
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let mut html = Self::default();
        html.push_text(text);
        html
    }

    /// Escaped as templates escape it.
    pub(super) fn push_text(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = filters::Html.write_escaped_str(&mut self.0, text);
    }

    /// Isolated, as its direction may differ from that of the words around it.
    pub(super) fn push_isolated(&mut self, text: &str) {
        self.0.push_str("<bdi>");
        self.push_text(text);
        self.0.push_str("</bdi>");
    }

    /// A browser breaks a script without spaces between any two characters, also within a date.
    pub(super) fn push_unbroken(&mut self, text: &str) {
        self.0.push_str("<span style=\"white-space:nowrap\">");
        self.push_text(text);
        self.0.push_str("</span>");
    }

    pub(super) fn push_mail_link(&mut self, address: &str) {
        self.0.push_str("<a href=\"mailto:");
        for piece in utf8_percent_encode(address, MAIL_LINK) {
            self.push_text(piece);
        }
        self.0.push_str("\">");
        self.push_isolated(address);
        self.0.push_str("</a>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_escaped() {
        let html = Html::of_text("<b> & 'c' \"d\"");
        assert_eq!(
            html.to_string(),
            "&#60;b&#62; &#38; &#39;c&#39; &#34;d&#34;"
        );
    }

    #[test]
    fn a_mail_link_encodes_the_address() {
        for (address, link) in [
            ("o'hara@example.com", "mailto:o&#39;hara@example.com"),
            (
                "50%?a=b#c&d@example.com",
                "mailto:50%25%3Fa%3Db%23c%26d@example.com",
            ),
            (
                "a.b-c_d~e!f$g*h+i@example.com",
                "mailto:a.b-c_d~e!f$g*h+i@example.com",
            ),
        ] {
            let mut html = Html::default();
            html.push_mail_link(address);
            let html = html.to_string();
            assert!(
                html.starts_with(&format!("<a href=\"{link}\"><bdi>")),
                "{html}"
            );
        }
    }
}
