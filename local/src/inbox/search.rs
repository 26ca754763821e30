//! Mailpit's search: words, and words in one part of a mail. All terms must match, in any case:
//! `to:ada subject:"Verify your" welcome`. A leading `-` or `!` negates a term.
//!
//! A term that the inbox does not know is refused. With it, a test would wait in vain for a match,
//! or pass because nothing matches.

use thiserror::Error;

use super::tags;
use crate::captured_mails::{CapturedMail, Entry, message_id};
use crate::ses::address::Address;

#[derive(Debug)]
pub(super) struct Query(Vec<Term>);

#[derive(Debug)]
struct Term {
    is_negated: bool,
    condition: Condition,
}

#[derive(Debug, PartialEq, Eq)]
enum Condition {
    Words(Part, String),
    Tag(String),
    Read(bool),
    Tagged,
    LargerThan(usize),
    SmallerThan(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Anywhere,
    From,
    To,
    Cc,
    Bcc,
    ReplyTo,
    Addressed,
    Subject,
    MessageId,
}

/// The unknown term, as written in the query.
#[derive(Debug, PartialEq, Eq, Error)]
pub(super) enum UnknownTerm {
    #[error(
        "The inbox cannot search for {0}. See which words it knows at \
         https://mailpit.axllent.org/docs/usage/search-filters/, or put quotes around it to search \
         for this text."
    )]
    Key(String),
    #[error("The inbox cannot search for {0}: no email here has attachments.")]
    Attachment(String),
    #[error("The inbox cannot search for {0}: it does not read dates.")]
    Date(String),
    #[error("The inbox cannot read {0}. Write a size as 500, 20kb or 1.5mb.")]
    Size(String),
    #[error("The inbox cannot search for {0}. It knows is:read, is:unread and is:tagged.")]
    State(String),
}

impl Query {
    pub(super) fn parse(query: &str) -> Result<Self, UnknownTerm> {
        let terms = terms(query);
        let terms = terms.iter().map(|term| Term::parse(term));
        terms.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.0
            .iter()
            .all(|term| term.condition.matches(entry) != term.is_negated)
    }
}

impl Term {
    /// Quotes keep words together, and a colon inside them is text unless the key before it is
    /// known. They change nothing else, as in Mailpit.
    fn parse(written: &str) -> Result<Self, UnknownTerm> {
        let colon_is_quoted = written
            .find(':')
            .is_some_and(|colon| written[..colon].contains('"'));
        let term = written.replace('"', "");
        let (is_negated, term) = match term.strip_prefix(['-', '!']) {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, term.as_str()),
        };
        let condition = match Condition::with_key(term) {
            Some(condition) => condition?,
            None if term.contains(':') && !colon_is_quoted => {
                let key = term.split_inclusive(':').next().unwrap_or_default();
                return Err(UnknownTerm::Key(key.to_owned()));
            }
            None => Condition::Words(Part::Anywhere, normalized(term)),
        };
        Ok(Self {
            is_negated,
            condition,
        })
    }
}

impl Condition {
    /// `None`: the term has no key that Mailpit knows.
    fn with_key(term: &str) -> Option<Result<Self, UnknownTerm>> {
        let (key, value) = term.split_once(':')?;
        let part = match key.to_ascii_lowercase().as_str() {
            "from" => Part::From,
            "to" => Part::To,
            "cc" => Part::Cc,
            "bcc" => Part::Bcc,
            "reply-to" => Part::ReplyTo,
            "addressed" => Part::Addressed,
            "subject" => Part::Subject,
            "message-id" => Part::MessageId,
            "tag" => return Some(Ok(Self::Tag(value.trim().to_owned()))),
            "is" => return Some(Self::state(value, term)),
            "larger" => return Some(size(value, term).map(Self::LargerThan)),
            "smaller" => return Some(size(value, term).map(Self::SmallerThan)),
            "has" => return Some(Err(UnknownTerm::Attachment(term.to_owned()))),
            "after" | "before" => return Some(Err(UnknownTerm::Date(term.to_owned()))),
            _ => return None,
        };
        Some(Ok(Self::Words(part, normalized(value))))
    }

    fn state(value: &str, term: &str) -> Result<Self, UnknownTerm> {
        Ok(match value.to_ascii_lowercase().as_str() {
            "read" => Self::Read(true),
            "unread" => Self::Read(false),
            "tagged" => Self::Tagged,
            _ => return Err(UnknownTerm::State(term.to_owned())),
        })
    }

    fn matches(&self, entry: &Entry) -> bool {
        match self {
            Self::Words(part, words) => part.of(&entry.mail).contains(words),
            Self::Tag(tag) => tags::has(entry, tag),
            Self::Read(read) => entry.read == *read,
            Self::Tagged => !entry.tags.is_empty(),
            Self::LargerThan(size) => entry.raw.len() > *size,
            Self::SmallerThan(size) => entry.raw.len() < *size,
        }
    }
}

impl Part {
    /// What a term is searched in.
    fn of(self, mail: &CapturedMail) -> String {
        let from = std::slice::from_ref(&mail.from);
        let all = [from, &mail.to, &mail.cc, &mail.bcc, &mail.reply_to].concat();
        normalized(&match self {
            Self::From => mailboxes(from),
            Self::To => mailboxes(&mail.to),
            Self::Cc => mailboxes(&mail.cc),
            Self::Bcc => mailboxes(&mail.bcc),
            Self::ReplyTo => mailboxes(&mail.reply_to),
            Self::Addressed => mailboxes(&all),
            Self::Subject => mail.subject.clone(),
            Self::MessageId => message_id(mail),
            Self::Anywhere => {
                let body = [&mail.text, &mail.html].map(|part| part.as_deref().unwrap_or_default());
                [&mailboxes(&all), mail.subject.as_str(), body[0], body[1]].join(" ")
            }
        })
    }
}

/// Names and addresses as people read them.
fn mailboxes(written: &[String]) -> String {
    let read = written.iter().map(|one| {
        let Address { name, address } = Address::parse(one);
        format!("{name} {address}")
    });
    read.collect::<Vec<_>>().join(" ")
}

/// In lower case and on one line, without the characters around names and addresses.
fn normalized(text: &str) -> String {
    let plain = text.replace(['<', '>', '"', ',', ';', '(', ')', '\u{feff}'], " ");
    let words: Vec<_> = plain.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// A number of bytes, with `k`, `kb`, `m` or `mb` behind it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a conversion saturates, and no mail has that size"
)]
fn size(value: &str, term: &str) -> Result<usize, UnknownTerm> {
    let lower = value.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let factor = match &lower[digits.len()..] {
        "" => 1.0,
        "k" | "kb" => 1024.0,
        "m" | "mb" => 1024.0 * 1024.0,
        _ => 0.0,
    };
    let number = digits.trim_end().parse::<f64>().ok();
    match number.filter(|number| *number > 0.0 && factor > 0.0) {
        Some(number) => Ok((number * factor) as usize),
        None => Err(UnknownTerm::Size(term.to_owned())),
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
    terms.retain(|term| !term.replace('"', "").trim().is_empty());
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::Field;
    use crate::captured_mails::tests::mail;

    fn entry() -> Entry {
        let to = "=?UTF-8?B?WsO8cmljaA==?= <ada+1@example.com>";
        let mut mail = mail("x", to, "Verify your address");
        mail.text = Some("Hello\nthere: open http://example.com now".to_owned());
        mail.cc = vec!["bob@example.com".to_owned()];
        mail.tags.push(Field {
            name: "kind".to_owned(),
            value: "verification".to_owned(),
        });
        Entry::new(mail)
    }

    fn finds(query: &str) -> bool {
        Query::parse(query).unwrap().matches(&entry())
    }

    #[test]
    fn all_terms_must_match() {
        for query in [
            "to:ada+1@example.com",
            "TO:ADA from:acme",
            "to:zürich",
            "subject:verify hello",
            "subject:\"your address\"",
            "\"hello there\"",
            "addressed:bob addressed:hello@acme.example",
            "cc:bob -bcc:bob",
            "message-id:0100-x",
            "tag:kind=verification is:tagged",
            "is:unread !is:read",
            "larger:100 smaller:2kb",
            "-larger:1.5m",
            "",
        ] {
            assert!(finds(query), "{query}");
        }
        for query in [
            "to:bob@example.com",
            "to:ada from:bob",
            "subject:hello",
            "subject:\"address your\"",
            "-verify",
            "!to:ada",
            "-tag:kind=verification",
            "tag:kind",
            "is:read",
            "smaller:100",
        ] {
            assert!(!finds(query), "{query}");
        }
    }

    #[test]
    fn quotes_are_those_of_mailpit() {
        for query in ["\"to:ada\"", "\"http://example.com\"", "\"there: open\""] {
            assert!(finds(query), "{query}");
        }
        for query in ["\"-verify\"", "\"to:bob\"", "\"there: close\""] {
            assert!(!finds(query), "{query}");
        }
    }

    #[test]
    fn unknown_terms_are_refused() {
        for query in [
            "verify kind:verification",
            "http://example.com",
            ":",
            "is:starred",
            "has:attachment",
            "-has:attachments",
            "after:2026-11-23",
            "before:\"last week\"",
            "larger:",
            "smaller:2gb",
        ] {
            let error = Query::parse(query).unwrap_err().to_string();
            assert!(error.starts_with("The inbox cannot "), "{query}: {error}");
        }
        let key = UnknownTerm::Key("kind:".to_owned());
        assert_eq!(Query::parse("x -kind:y").unwrap_err(), key);
    }
}
