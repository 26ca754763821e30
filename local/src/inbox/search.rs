//! A part of Mailpit's search: words, and words in one part of a mail.
//!
//! All terms must match, in any case: `to:ada subject:"Verify your" welcome`. Mailpit's other terms
//! are refused, since a test with such a term would wait for a match in vain.

use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::captured_mails::{CapturedMail, Entry};

#[derive(Debug)]
pub(super) struct Query(Vec<Term>);

#[derive(Debug)]
struct Term {
    part: Part,
    words: String,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Anywhere,
    From,
    To,
    Subject,
}

/// The unknown term, as written in the query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownTerm(String);

impl fmt::Display for UnknownTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "This inbox does not know {}. Search for words, or for to:, from: and subject:. \
             Put quotes around words with a colon or a leading - or !.",
            self.0
        )
    }
}

impl IntoResponse for UnknownTerm {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.to_string()).into_response()
    }
}

impl Query {
    /// Quotes keep words together. A colon inside quotes is text.
    pub(super) fn parse(query: &str) -> Result<Self, UnknownTerm> {
        let terms = terms(query);
        let terms = terms.iter().map(|term| Term::parse(term));
        terms.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.0.iter().all(|term| term.matches(&entry.mail))
    }
}

impl Term {
    fn parse(term: &str) -> Result<Self, UnknownTerm> {
        let unquoted = term.split('"').next().unwrap_or_default();
        if unquoted.starts_with(['-', '!']) {
            return Err(UnknownTerm(term.to_owned()));
        }
        let (part, words) = match unquoted.find(':') {
            Some(colon) => {
                let (key, words) = term.split_at(colon + 1);
                let part = Part::named(key).ok_or_else(|| UnknownTerm(key.to_owned()))?;
                (part, words)
            }
            None => (Part::Anywhere, term),
        };
        let words = words.replace('"', "").to_lowercase();
        Ok(Self { part, words })
    }

    fn matches(&self, mail: &CapturedMail) -> bool {
        let mut texts = self.part.of(mail).into_iter();
        texts.any(|text| text.to_lowercase().contains(&self.words))
    }
}

impl Part {
    fn named(key: &str) -> Option<Self> {
        Some(match key.to_ascii_lowercase().as_str() {
            "from:" => Self::From,
            "to:" => Self::To,
            "subject:" => Self::Subject,
            _ => return None,
        })
    }

    fn of(self, mail: &CapturedMail) -> Vec<&str> {
        match self {
            Self::From => vec![&mail.from],
            Self::To => mail.to.iter().map(String::as_str).collect(),
            Self::Subject => vec![&mail.subject],
            Self::Anywhere => [&mail.from, &mail.subject]
                .into_iter()
                .chain(
                    [&mail.to, &mail.cc, &mail.bcc, &mail.reply_to]
                        .into_iter()
                        .flatten(),
                )
                .chain(&mail.text)
                .chain(&mail.html)
                .map(String::as_str)
                .collect(),
        }
    }
}

/// Splits at spaces that are not between quotes.
fn terms(query: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut quoted = false;
    for char in query.chars() {
        quoted ^= char == '"';
        if char.is_whitespace() && !quoted {
            terms.push(String::new());
        } else if let Some(term) = terms.last_mut() {
            term.push(char);
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::captured_mails::tests::mail;

    fn finds(query: &str) -> bool {
        let entry = Entry {
            mail: Arc::new(mail("x", "Ada <ada+1@example.com>", "Verify your address")),
            read: false,
        };
        Query::parse(query).unwrap().matches(&entry)
    }

    #[test]
    fn all_terms_must_match() {
        for query in [
            "to:ada+1@example.com",
            "TO:ADA from:acme",
            "subject:verify hello",
            "subject:\"your address\"",
            "\"hello there\"",
            "",
        ] {
            assert!(finds(query), "{query}");
        }
        for query in [
            "to:bob@example.com",
            "to:ada from:bob",
            "subject:hello",
            "subject:\"address your\"",
            "\"-verify\"",
            "\"to:ada\"",
        ] {
            assert!(!finds(query), "{query}");
        }
    }

    #[test]
    fn quoted_words_may_have_a_colon() {
        let mut linked = mail("x", "ada@example.com", "Link: open it");
        linked.text = Some("Open http://example.com now".to_owned());
        let entry = Entry {
            mail: Arc::new(linked),
            read: true,
        };
        for query in ["\"http://example.com\"", "subject:\"link: open\""] {
            assert!(Query::parse(query).unwrap().matches(&entry), "{query}");
        }
    }

    #[test]
    fn unknown_terms_are_refused() {
        for (query, term) in [
            ("verify tag:verification", "tag:"),
            ("is:unread", "is:"),
            ("http://example.com", "http:"),
            (":", ":"),
            ("-to:bob", "-to:bob"),
            ("!verify", "!verify"),
        ] {
            let error = Query::parse(query).unwrap_err();
            assert_eq!(error, UnknownTerm(term.to_owned()), "{query}");
        }
    }
}
