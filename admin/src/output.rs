//! What a command prints: text for people, JSON for scripts.
//!
//! Nothing from the table can control the terminal: invisible characters are printed as escapes.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use serde::Serialize;

use crate::error::{AdminError, NO_OUTPUT};

/// Asks a question and returns the answer.
type Person<'a> = Box<dyn FnMut(&str) -> io::Result<String> + 'a>;

/// Shows how far a command is, in place of what it showed before. An empty text removes it.
type Progress<'a> = Box<dyn FnMut(&str) + 'a>;

/// Where results are printed, and who can be asked.
pub struct Console<'a> {
    out: &'a mut dyn Write,
    person: Option<Person<'a>>,
    progress: Option<Progress<'a>>,
    json: bool,
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("person", &self.person.is_some())
            .field("progress", &self.progress.is_some())
            .field("json", &self.json)
            .finish_non_exhaustive()
    }
}

impl<'a> Console<'a> {
    /// Results go to `out`, and nobody can be asked.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            person: None,
            progress: None,
            json: false,
        }
    }

    /// `ask` asks a person.
    #[must_use]
    pub fn with_person(mut self, ask: impl FnMut(&str) -> io::Result<String> + 'a) -> Self {
        self.person = Some(Box::new(ask));
        self
    }

    /// `show` shows the progress of a long command.
    #[must_use]
    pub fn with_progress(mut self, show: impl FnMut(&str) + 'a) -> Self {
        self.progress = Some(Box::new(show));
        self
    }

    pub(crate) fn progress(&mut self, text: &str) {
        if let Some(show) = &mut self.progress {
            show(text);
        }
    }

    pub(crate) fn print_json(&mut self, json: bool) {
        self.json = json;
    }

    pub(crate) fn has_person(&self) -> bool {
        self.person.is_some()
    }

    /// Whether a person says yes. Without one the answer is no.
    pub(crate) fn confirm(&mut self, question: &str) -> io::Result<bool> {
        let Some(ask) = &mut self.person else {
            return Ok(false);
        };
        let answer = ask(question)?;
        Ok(matches!(
            answer.trim().to_ascii_lowercase().as_str(),
            "y" | "yes"
        ))
    }

    /// Prints `value` for scripts, or `text` for people.
    pub(crate) fn answer(
        &mut self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), AdminError> {
        let text = if self.json { json(value)? } else { text() };
        writeln!(self.out, "{}", text.trim_end())?;
        self.out.flush()?;
        Ok(())
    }

    /// Prints one of many: `value` on one line for scripts, or `text` for people.
    pub(crate) fn row(
        &mut self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), AdminError> {
        let text = if self.json {
            ascii(&serde_json::to_string(value).map_err(unwritable)?)
        } else {
            text()
        };
        writeln!(self.out, "{}", text.trim_end())?;
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> Result<(), AdminError> {
        Ok(self.out.flush()?)
    }

    /// Prints `value` for scripts. People read the error that follows.
    pub(crate) fn answer_script(&mut self, value: &impl Serialize) -> Result<(), AdminError> {
        if self.json {
            self.answer(value, String::new)
        } else {
            Ok(())
        }
    }
}

fn json(value: &impl Serialize) -> Result<String, AdminError> {
    let text = serde_json::to_string_pretty(value).map_err(unwritable)?;
    Ok(ascii(&text))
}

fn unwritable(error: serde_json::Error) -> AdminError {
    AdminError::caused_by(NO_OUTPUT, error)
}

/// JSON in ASCII only, which is the same on every terminal and in every pipe.
pub(crate) fn ascii(text: &str) -> String {
    text.chars().fold(String::new(), |mut ascii, c| {
        if c.is_ascii() && c != '\u{7f}' {
            ascii.push(c);
        } else {
            // JSON has other characters only within strings.
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
        ascii
    })
}

/// The text with invisible characters as escapes, such as `\u{1b}`.
#[must_use]
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut printable, c| {
        match c {
            '\'' | '"' | '\\' => printable.push(c),
            _ => printable.extend(c.escape_debug()),
        }
        printable
    })
}

/// A table whose columns are as wide as their widest cells, with two spaces between them.
#[must_use]
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| printable(cell)))
        .collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(widths);
            let line: Vec<_> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            line.join("  ").trim_end().to_owned() + "\n"
        })
        .collect()
}

/// The most rows of a list that a person reads below an error or a count.
const MAX_ROWS: usize = 20;

/// The first rows, and how many more there are.
pub(crate) fn first_rows<const N: usize>(rows: &[[String; N]]) -> String {
    let (shown, more) = rows.split_at(rows.len().min(MAX_ROWS));
    let more = match more.len() {
        0 => String::new(),
        more => format!("  and {more} more: --json shows all\n"),
    };
    format!("{}{more}", indented(&columns(shown)))
}

/// `1 line`, `2 lines`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Names and values, one pair a line.
pub(crate) fn fields<const N: usize>(rows: [(&str, String); N]) -> String {
    columns(&rows.map(|(name, value)| [name.to_owned(), value]))
}

#[must_use]
pub(crate) fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["  ", line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            printable("Ada's \"büro\" \u{1b}[2J\u{9b}2J\u{202e}\u{200b}\r\n\\"),
            r#"Ada's "büro" \u{1b}[2J\u{9b}2J\u{202e}\u{200b}\r\n\"#
        );
        assert_eq!(
            json(&"büro\u{9b}\u{7f}\u{202e}\u{1f600}\u{1b}").unwrap(),
            r#""b\u00fcro\u009b\u007f\u202e\ud83d\ude00\u001b""#
        );
    }

    #[test]
    fn columns_fit_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        assert_eq!(
            columns(&[
                row(["ID", "LABEL", "SCOPES"]),
                row(["1", "büro, Ada's", "*"])
            ]),
            "ID  LABEL        SCOPES\n1   büro, Ada's  *\n"
        );
    }

    #[test]
    fn a_long_list_is_cut() {
        let rows: Vec<_> = (1..=22).map(|row| [row.to_string()]).collect();
        let text = first_rows(&rows);
        assert!(
            text.ends_with("  20\n  and 2 more: --json shows all\n"),
            "{text}"
        );
        assert_eq!(first_rows(&rows[..1]), "  1\n");
    }

    #[test]
    fn only_yes_confirms() {
        let says = |answer: &'static str| {
            let mut out = Vec::new();
            let mut console = Console::new(&mut out).with_person(move |_| Ok(answer.to_owned()));
            console.confirm("?").unwrap()
        };
        for yes in ["y\n", "yes\n", " YES \r\n"] {
            assert!(says(yes), "{yes}");
        }
        for no in ["", "\n", "n\n", "no\n", "yeah\n", "ja\n"] {
            assert!(!says(no), "{no}");
        }
        assert!(!Console::new(&mut Vec::new()).confirm("?").unwrap());
    }
}
