//! A text file that a person gives to a command.

use std::io::{self, ErrorKind, Read as _};

use crate::error::AdminError;
use crate::output::printable;

/// Reads a file.
pub(crate) fn read(path: &str) -> Result<String, AdminError> {
    without_mark(path, std::fs::read_to_string(path))
}

/// Reads a file, or standard input for `-`.
pub(crate) fn read_file_or_input(path: &str) -> Result<String, AdminError> {
    if path != "-" {
        return read(path);
    }
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    without_mark("standard input", read.map(|_| text))
}

/// The text without a byte order mark, which some editors write.
fn without_mark(name: &str, read: io::Result<String>) -> Result<String, AdminError> {
    match read {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()),
        Err(error) => Err(unreadable(name, error)),
    }
}

fn unreadable(name: &str, error: io::Error) -> AdminError {
    let advice = match error.kind() {
        ErrorKind::NotFound => "Check the name of the file",
        ErrorKind::InvalidData => "Save the file as text in UTF-8",
        _ => "Give a file that you may read",
    };
    AdminError::caused_by(format!("{} cannot be read", printable(name)), error).advise(advice)
}

/// `1 line is wrong`, `2 lines are wrong`.
pub(crate) fn wrong_lines(count: usize) -> String {
    match count {
        1 => "1 line is wrong".to_owned(),
        _ => format!("{count} lines are wrong"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_fits_the_file() {
        let directory = env!("CARGO_MANIFEST_DIR");
        for (path, advice) in [
            ("/nowhere.csv", "Check the name of the file.\n"),
            (directory, "Give a file that you may read.\n"),
        ] {
            let text = read(path).unwrap_err().text();
            assert!(text.starts_with(advice), "{text}");
        }
        let error = io::Error::new(ErrorKind::InvalidData, "no UTF-8");
        let text = without_mark("a.csv", Err(error)).unwrap_err().text();
        assert_eq!(
            text,
            "Save the file as text in UTF-8.\nProblem: a.csv cannot be read: no UTF-8"
        );
        let marked = without_mark("a.csv", Ok("\u{feff}a".to_owned()));
        assert_eq!(marked.unwrap(), "a");
    }
}
