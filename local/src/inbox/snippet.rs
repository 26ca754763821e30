//! The beginning of a mail's body, for lists.

use crate::captured_mails::CapturedMail;

const MAX_CHARS: usize = 250;

/// On one line.
pub(super) fn snippet(mail: &CapturedMail) -> String {
    let text = match (&mail.text, &mail.html) {
        (Some(text), _) => text.clone(),
        (None, Some(html)) => without_markup(html),
        (None, None) => String::new(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_CHARS).collect()
}

/// Removes tags and the head. This is no HTML parser, but good enough for a snippet.
fn without_markup(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    // The first piece is the rest of `<body …>`, or text if there is no body tag.
    let pieces = body.split('<').enumerate().map(|(index, piece)| {
        let inside_tag = index > 0 || body.len() < html.len();
        match piece.split_once('>') {
            Some((_, text)) if inside_tag => text,
            _ if inside_tag => "",
            _ => piece,
        }
    });
    pieces.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn snippets_are_one_line_of_text() {
        let mut mail = mail("x", "ada@example.com", "Hi");
        mail.text = Some("  Two\r\n\r\nlines ".to_owned());
        assert_eq!(snippet(&mail), "Two lines");
        mail.text = None;
        mail.html = Some("<style>a{}</style><body class=x><h1>One</h1><p>two</p>".to_owned());
        assert_eq!(snippet(&mail), "One two");
        mail.html = Some("no <b>body</b> at all".to_owned());
        assert_eq!(snippet(&mail), "no body at all");
        mail.html = Some("x".repeat(MAX_CHARS + 1));
        assert_eq!(snippet(&mail).len(), MAX_CHARS);
    }
}
