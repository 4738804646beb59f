//! What was written, as a tree with places: the form in which documents are merged, varied and decoded.
//!
//! Nothing is interpreted here beyond what JSON and YAML themselves say; units and names come later.
//! A number keeps the text it was written with, so that `1.4.0`, `0.0` and `007` lose nothing.

mod assignment;
mod budget;
mod entries;
mod json;
pub mod path;
mod scalar;
mod text;
mod yaml;

pub use assignment::Assignment;
pub use path::Path;
pub use text::{Format, as_text, read};

use crate::diagnostic::Span;

/// A value, the place it was written at, and the tag it carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where; for a list or map from its first item or bracket to its last.
    pub span: Span,
    /// A tag that is not of YAML itself, as written: `!Ref`.
    pub tag: Option<String>,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing at all.
    Null,
    /// What a file was to give that could not be read, which is told already.
    Unread,
    /// `true` or `false`; never `yes` or `on`, which are texts.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A text.
    Text {
        /// The text, without quotes and escapes.
        text: String,
        /// Whether it was written in quotes or as a block, so that it cannot have meant a number.
        quoted: bool,
    },
    /// Items in order.
    List(Vec<Node>),
    /// Keys and values in the order they were written; no key twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key, without quotes.
    pub name: String,
    /// Where it was written.
    pub span: Span,
}

impl Node {
    /// A node without a tag.
    pub const fn new(value: Value, span: Span) -> Node {
        Node { value, span, tag: None }
    }

    /// The value of a key, if this is a map that has it.
    pub fn key(&self, name: &str) -> Option<&Node> {
        self.entries()?.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The value of a key, to change it.
    pub fn key_mut(&mut self, name: &str) -> Option<&mut Node> {
        let Value::Map(entries) = &mut self.value else { return None };
        entries.iter_mut().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The entries, if this is a map.
    pub fn entries(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The text of a scalar as it was written: a text, a number, `true` or `false`.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::Unread | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Whether nothing was written.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What this is, in words for a message: "a list", "the text `abc`".
    pub fn describe(&self) -> String {
        match &self.value {
            Value::Null => "empty".into(),
            Value::Unread => "what could not be read".into(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Number(text) => format!("the number {}", shortened(text)),
            Value::Text { text, .. } if text.is_empty() => "an empty text".into(),
            Value::Text { text, .. } => format!("the text `{}`", shortened(text)),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a map".into(),
        }
    }

    /// The place of a part of the text, in bytes of it, if it stands in the file letter by letter.
    ///
    /// With escapes or line breaks in between, it is the place of the whole.
    pub fn part(&self, range: std::ops::Range<usize>) -> Span {
        let length = self.scalar().map_or(0, str::len);
        match self.span.len().checked_sub(length) {
            Some(0) => self.span.part(range),
            Some(2) => self.span.part(range.start + 1..range.end + 1),
            _ => self.span,
        }
    }
}

/// A text cut to what fits into a message: the beginning of its first line.
pub fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let line = text.trim_end().lines().next().unwrap_or_default();
    match line.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}..", &line[..at]),
        None if line.len() < text.trim_end().len() => format!("{line}.."),
        None => text.trim_end_matches('\n').to_string(),
    }
}

#[cfg(test)]
mod tests;
