//! Files of `NAME=VALUE` lines.
//!
//! A quoted value is read as a shell reads it, but without variables, so what `--backing-only`
//! prints can be read. A value without quotes may have spaces. `#` after a space begins a comment.

use std::iter::Peekable;
use std::str::Chars;

use thiserror::Error;

use super::overrides::{NameError, assignment};
use super::settings::Setting;

#[derive(Debug, Error)]
pub enum LineError {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("the value of {0} has no closing quote")]
    OpenQuote(&'static str),
    #[error("the value of {0} continues after its quotes; put all of it inside")]
    AfterQuote(&'static str),
}

/// The lines that are neither blank nor a comment, and their numbers.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

pub(super) fn read(line: &str) -> Result<Setting, LineError> {
    let line = match line.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest,
        _ => line,
    };
    let (name, written) = assignment(line)?;
    let written = written.trim();
    let value = if written.starts_with(['\'', '"']) {
        unquoted(name, written)?
    } else {
        let comment = written.find(" #").or_else(|| written.find("\t#"));
        let value = comment.map_or(written, |start| &written[..start]);
        value.trim_end().to_owned()
    };
    Ok((name, value))
}

/// One value that may have several quoted parts, such as `'it'\''s'`.
fn unquoted(name: &'static str, written: &str) -> Result<String, LineError> {
    let mut value = String::new();
    let mut rest = written.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\'' | '"' => quoted(next, &mut rest, &mut value).ok_or(LineError::OpenQuote(name))?,
            '\\' => value.extend(rest.next()),
            space if space.is_whitespace() => {
                let after = rest.find(|c| !c.is_whitespace());
                if after.is_some_and(|start| start != '#') {
                    return Err(LineError::AfterQuote(name));
                }
                break;
            }
            other => value.push(other),
        }
    }
    Ok(value)
}

/// Reads to the closing quote. `None`: there is none.
fn quoted(quote: char, rest: &mut Peekable<Chars<'_>>, value: &mut String) -> Option<()> {
    loop {
        match rest.next()? {
            end if end == quote => return Some(()),
            '\\' if quote == '"' => {
                let is_escaped = |next: &char| ['"', '\\', '$', '`'].contains(next);
                value.push(rest.next_if(is_escaped).unwrap_or('\\'));
            }
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_comments_and_quotes() {
        let text = "\u{feff}# ours\r\n\n  PRODUCT_NAME = Ben & Jerry's # the name\r\n\
                    ACCENT_COLOR=#ffcc00\nexport STAGE='a #b' # c\nREPLY_TO=\" \\\"x\\\" \\n \"\n\
                    POSTAL_LINE='Ben & Jerry'\\''s'\nSUPPORT_ADDRESS=\nAPP_URL=''";
        let read: Vec<_> = lines(text).map(|(_, line)| read(line).unwrap()).collect();
        let expected = [
            ("PRODUCT_NAME", "Ben & Jerry's"),
            ("ACCENT_COLOR", "#ffcc00"),
            ("STAGE", "a #b"),
            ("REPLY_TO", " \"x\" \\n "),
            ("POSTAL_LINE", "Ben & Jerry's"),
            ("SUPPORT_ADDRESS", ""),
            ("APP_URL", ""),
        ];
        assert_eq!(read, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(lines("#\n\nSTAGE=a").next(), Some((3, "STAGE=a")));
    }

    #[test]
    fn a_wrong_quote_is_explained() {
        for (line, error) in [
            ("STAGE='secret", "the value of STAGE has no closing quote"),
            ("STAGE=\"a\\\"", "the value of STAGE has no closing quote"),
            (
                "STAGE='a' secret",
                "the value of STAGE continues after its quotes; put all of it inside",
            ),
        ] {
            let wrong = read(line).unwrap_err().to_string();
            assert_eq!(wrong, error);
        }
    }
}
