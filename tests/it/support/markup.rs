//! A parser of the mails' own regular HTML, as far as the tests need it.

use shared::brand::color::Color;

/// A visible text and its colours.
#[derive(Clone, Debug)]
pub struct Seen {
    pub text: String,
    pub color: Color,
    pub ground: Color,
}

/// The colour scheme of the reader's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

#[derive(Clone, Copy, Default)]
struct Look {
    color: Option<Color>,
    ground: Option<Color>,
    is_hidden: bool,
}

/// All visible texts, in their order.
pub fn seen(html: &str, scheme: Scheme) -> Vec<Seen> {
    let dark_rules = match scheme {
        Scheme::Light => Vec::new(),
        Scheme::Dark => dark_rules(html),
    };
    let (_, body) = html.split_once("<body").expect("the mail has a body");
    let body = format!("<body{}", body.replace("</html>", ""));
    let mut looks = vec![Look::default()];
    let mut seen = Vec::new();
    for piece in without_comments(&body).split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        if tag.starts_with('/') {
            looks.pop();
        } else if tag != "br" {
            let mut look = *looks.last().unwrap();
            for (property, value) in declarations(attribute(tag, "style").unwrap_or_default()) {
                look.declare(property, value);
            }
            for class in attribute(tag, "class").unwrap_or_default().split(' ') {
                for (of, property, value) in &dark_rules {
                    if of == class {
                        look.declare(property, value);
                    }
                }
            }
            looks.push(look);
        }
        let look = looks.last().unwrap();
        if !text.trim().is_empty() && !look.is_hidden {
            seen.push(Seen {
                text: unescaped(text.trim()),
                color: look.color.expect("a text has a colour"),
                ground: look.ground.expect("a text has a ground"),
            });
        }
    }
    assert_eq!(looks.len(), 1, "every tag is closed");
    seen
}

impl Look {
    fn declare(&mut self, property: &str, value: &str) {
        let value = value.trim_end_matches("!important").trim();
        let color = || Some(Color::parse(value).unwrap_or_else(|| panic!("a colour: {value}")));
        match property {
            "color" => self.color = color(),
            "background-color" => self.ground = color(),
            "display" if value == "none" => self.is_hidden = true,
            _ => {}
        }
    }
}

/// The classes and their styles on a dark screen.
fn dark_rules(html: &str) -> Vec<(String, String, String)> {
    let (_, rules) = html.split_once("(prefers-color-scheme:dark){").unwrap();
    let (rules, _) = rules.split_once("\n}").unwrap();
    let mut found = Vec::new();
    for rule in rules.lines().filter(|line| !line.is_empty()) {
        let (selector, rest) = rule.split_once('{').unwrap();
        let class = selector.strip_prefix('.').expect("a class alone");
        for (property, value) in declarations(rest.trim_end_matches('}')) {
            found.push((class.to_owned(), property.to_owned(), value.to_owned()));
        }
    }
    found
}

fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(property, value)| (property.trim(), value.trim()))
}

/// The value of an attribute of a tag.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

fn without_comments(html: &str) -> String {
    let mut pieces = html.split("<!--");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |kept, piece| {
        kept + piece.split_once("-->").expect("a comment ends").1
    })
}

/// Text without escapes.
pub fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}
