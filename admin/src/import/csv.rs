//! Comma-separated values (RFC 4180), with the line on which each record begins.

use thiserror::Error;

/// The fields of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// From 1.
    pub(super) line: usize,
    pub(super) fields: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the quote on line {line} is not closed")]
pub(super) struct OpenQuote {
    line: usize,
}

/// Reads all records, and skips blank lines. A quoted field may hold commas, line breaks and
/// doubled quotes.
pub(super) fn records(text: &str) -> Result<Vec<Record>, OpenQuote> {
    let mut records = Vec::new();
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut line, mut began) = (1, 1);
    let mut quoted_since = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        match (quoted_since, character) {
            (Some(_), '"') if characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            (Some(_), '"') => quoted_since = None,
            (None, '"') if field.trim().is_empty() => {
                field.clear();
                quoted_since = Some(line);
            }
            (None, ',') => fields.push(std::mem::take(&mut field)),
            (None, '\n') => {
                fields.push(std::mem::take(&mut field));
                push(&mut records, began, &std::mem::take(&mut fields));
                began = line;
            }
            (_, character) => field.push(character),
        }
    }
    if let Some(line) = quoted_since {
        return Err(OpenQuote { line });
    }
    fields.push(field);
    push(&mut records, began, &fields);
    Ok(records)
}

fn push(records: &mut Vec<Record>, line: usize, fields: &[String]) {
    let fields: Vec<_> = fields.iter().map(|field| field.trim().to_owned()).collect();
    if fields.iter().any(|field| !field.is_empty()) {
        records.push(Record { line, fields });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Vec<String>)> {
        let records = records(text).unwrap().into_iter();
        records.map(|record| (record.line, record.fields)).collect()
    }

    #[test]
    fn quoted_fields_are_read() {
        let text = "a,b\r\n\"x, \"\"y\"\"\nz\", 2\r\n\r\n,\n 3 ,\"4\"";
        let expected = [
            (1, vec!["a".to_owned(), "b".to_owned()]),
            (2, vec!["x, \"y\"\nz".to_owned(), "2".to_owned()]),
            (6, vec!["3".to_owned(), "4".to_owned()]),
        ];
        assert_eq!(read(text), expected);
        assert_eq!(read(""), []);
    }

    #[test]
    fn an_open_quote_is_named() {
        assert_eq!(records("a\n\"b\nc"), Err(OpenQuote { line: 2 }));
    }
}
