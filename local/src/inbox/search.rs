//! Mailpit's search, as far as tests and people use it: words, and words about one part of a mail.
//!
//! Every term has to match, in any case: `to:ada subject:"Verify your" -is:read welcome`. A term
//! about a part that is not known here is looked up as it stands.

use crate::mailbox::{CapturedMail, Entry};

/// What a search asks for.
pub(super) struct Query(Vec<Term>);

struct Term {
    negated: bool,
    part: Part,
    words: String,
}

#[derive(Clone, Copy)]
enum Part {
    Anywhere,
    From,
    To,
    Cc,
    Bcc,
    ReplyTo,
    Subject,
    Tag,
    MessageId,
    Is,
}

impl Query {
    /// Reads a query. Quotes keep words together; `-` or `!` turns a term around.
    pub(super) fn parse(query: &str) -> Self {
        Self(terms(query).iter().map(|term| Term::parse(term)).collect())
    }

    /// Whether a mail has everything that is asked for.
    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.0.iter().all(|term| term.matches(entry))
    }
}

impl Term {
    fn parse(term: &str) -> Self {
        let positive = term.strip_prefix(['-', '!']);
        let (negated, term) = (positive.is_some(), positive.unwrap_or(term));
        let (part, words) = term
            .split_once(':')
            .and_then(|(name, words)| Some((Part::named(name)?, words)))
            .unwrap_or((Part::Anywhere, term));
        Self {
            negated,
            part,
            words: words.to_lowercase(),
        }
    }

    fn matches(&self, entry: &Entry) -> bool {
        let found = match (self.part, self.words.as_str()) {
            (Part::Is, "read") => entry.read,
            (Part::Is, "unread") => !entry.read,
            (part, words) => part
                .of(&entry.mail)
                .iter()
                .any(|text| text.to_lowercase().contains(words)),
        };
        found != self.negated
    }
}

impl Part {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "from" => Self::From,
            "to" => Self::To,
            "cc" => Self::Cc,
            "bcc" => Self::Bcc,
            "reply-to" => Self::ReplyTo,
            "subject" => Self::Subject,
            "tag" => Self::Tag,
            "message-id" => Self::MessageId,
            "is" => Self::Is,
            _ => return None,
        })
    }

    fn of(self, mail: &CapturedMail) -> Vec<&str> {
        fn all(list: &[String]) -> Vec<&str> {
            list.iter().map(String::as_str).collect()
        }
        match self {
            Self::From => vec![&mail.from],
            Self::To => all(&mail.to),
            Self::Cc => all(&mail.cc),
            Self::Bcc => all(&mail.bcc),
            Self::ReplyTo => all(&mail.reply_to),
            Self::Subject => vec![&mail.subject],
            Self::Tag => mail.tags.iter().map(|tag| tag.value.as_str()).collect(),
            Self::MessageId => vec![&mail.message_id],
            Self::Is => Vec::new(),
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

/// Splits at spaces that are not between quotes, and drops the quotes.
fn terms(query: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut quoted = false;
    for char in query.chars() {
        match char {
            '"' => quoted = !quoted,
            _ if char.is_whitespace() && !quoted => terms.push(String::new()),
            _ => terms
                .last_mut()
                .into_iter()
                .for_each(|term| term.push(char)),
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mailbox::tests::mail;

    fn finds(query: &str) -> bool {
        let entry = Entry {
            mail: Arc::new(mail("x", "Ada <ada+1@example.com>", "Verify your address")),
            read: false,
        };
        Query::parse(query).matches(&entry)
    }

    #[test]
    fn every_term_has_to_match() {
        for query in [
            "to:ada+1@example.com",
            "TO:ADA from:acme",
            "subject:verify hello",
            "subject:\"your address\"",
            "is:unread",
            "-is:read !to:bob",
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
            "is:read",
            "-verify",
            "tag:verification",
        ] {
            assert!(!finds(query), "{query}");
        }
    }

    #[test]
    fn a_colon_after_an_unknown_name_is_part_of_the_word() {
        assert!(!finds("http://example.com"));
        let mut linked = mail("x", "ada@example.com", "Link");
        linked.text = Some("Open http://example.com now".to_owned());
        let entry = Entry {
            mail: Arc::new(linked),
            read: true,
        };
        assert!(Query::parse("http://example.com is:read").matches(&entry));
    }
}
