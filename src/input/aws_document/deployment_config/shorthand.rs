//! The shorthand of the AWS command line: `type=TimeBasedCanary,timeBasedCanary={canaryPercentage=25,..}`.
//!
//! Only what a deployment configuration needs: keys, values, one map in another; also found in the whole
//! command that it is an argument of.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::Field;
use crate::input::tree::{Key, Node, Value};

/// The shorthand in a text as the tree that its JSON would give.
pub fn tree(field: Field, to: &mut Diagnostics) -> Option<Node> {
    let text = field.node.scalar()?;
    let (start, end) = option(text, "--traffic-routing-config").unwrap_or((0, text.len()));
    let mut reader = Reader { node: field.node, text: &text[..end], at: start };
    let Some(routing) = reader.map(false).filter(|_| reader.rest_is_empty()) else {
        let at = reader.at.min(text.len());
        let title = format!("`{}` is no shorthand of the command line", field.name);
        let help = "write it like \
                    `type=TimeBasedCanary,timeBasedCanary={canaryPercentage=10,canaryInterval=5}`";
        to.push(
            Diagnostic::new(code::ROUTING_REFUSED, field.node.part(at..end), title)
                .label("cannot be read from here on")
                .help(help),
        );
        return None;
    };
    let mut entries = Vec::new();
    let options = [
        ("--deployment-config-name", "deploymentConfigName"),
        ("--compute-platform", "computePlatform"),
    ];
    for (flag, key) in options {
        if let Some((start, end)) = option(text, flag) {
            let span = field.node.part(start..end);
            entries.push((Key { name: key.into(), span }, scalar(&text[start..end], span)));
        }
    }
    let key = Key { name: "trafficRoutingConfig".into(), span: routing.span };
    entries.push((key, routing));
    Some(Node::new(Value::Map(entries), field.node.span))
}

/// Where in a command the argument of an option stands: up to the next blank.
fn option(text: &str, flag: &str) -> Option<(usize, usize)> {
    let after = text.find(flag)? + flag.len();
    let gap = text[after..].len() - text[after..].trim_start_matches([' ', '=']).len();
    let start = after + gap;
    let length = text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
    (gap > 0 && length > 0).then_some((start, start + length))
}

/// A value without the quotes around it.
fn scalar(text: &str, span: crate::diagnostic::Span) -> Node {
    let text = text.trim().trim_matches(['"', '\'']).to_string();
    Node::new(Value::Text { text, quoted: false }, span)
}

/// Walks the text; quotes are passed over, since shells leave or take them as they like.
struct Reader<'a> {
    node: &'a Node,
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// `key=value,key=value`; if it stands in braces, up to the closing one.
    fn map(&mut self, in_braces: bool) -> Option<Node> {
        let start = self.at;
        let mut entries = Vec::new();
        loop {
            let (name, from, to) = self.word('=')?;
            let key = Key { name, span: self.node.part(from..to) };
            self.skip('=').then_some(())?;
            self.skip_quotes();
            let value = match self.skip('{') {
                // One map in another is all there is.
                true if in_braces => return None,
                true => self.map(true)?,
                false => {
                    let (text, from, to) = self.word(',')?;
                    scalar(&text, self.node.part(from..to))
                }
            };
            entries.push((key, value));
            self.skip_quotes();
            if !self.skip(',') {
                break;
            }
        }
        if in_braces {
            self.skip('}').then_some(())?;
            self.skip_quotes();
        }
        Some(Node::new(Value::Map(entries), self.node.part(start..self.at)))
    }

    /// A word up to a mark or a brace, and its place; never empty.
    fn word(&mut self, until: char) -> Option<(String, usize, usize)> {
        self.skip_quotes();
        let rest = &self.text[self.at..];
        let length = rest.find([until, '{', '}', '=', ',', '"', '\'']).unwrap_or(rest.len());
        let (from, word) = (self.at, rest[..length].trim().to_string());
        self.at += length;
        let found = (word, from, self.at);
        self.skip_quotes();
        (!found.0.is_empty()).then_some(found)
    }

    fn skip(&mut self, mark: char) -> bool {
        let there = self.text[self.at..].starts_with(mark);
        self.at += if there { mark.len_utf8() } else { 0 };
        there
    }

    fn skip_quotes(&mut self) {
        while self.skip('"') || self.skip('\'') || self.skip(' ') {}
    }

    fn rest_is_empty(&mut self) -> bool {
        self.skip_quotes();
        self.at == self.text.len()
    }
}
