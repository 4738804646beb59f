//! The shorthand of the AWS command line: `type=TimeBasedCanary,timeBasedCanary={canaryPercentage=25,..}` or
//! `type=HOST_COUNT,value=6`.
//!
//! Only what a deployment configuration needs: keys, values, one map in another; also found in the whole
//! command that it is an argument of.

use crate::aws::deployment_config::MinimumHealthyHostsType;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::decode::Field;
use crate::input::tree::{Key, Node, Value};

/// The arguments of the command that are written in shorthand, with the keys they stand for.
const PARTS: [(&str, &str); 3] = [
    ("--traffic-routing-config", "trafficRoutingConfig"),
    ("--minimum-healthy-hosts", "minimumHealthyHosts"),
    ("--zonal-config", "zonalConfig"),
];

/// Whether a text looks like a shorthand of this kind: it names what only such a configuration has.
pub fn is_shorthand(text: &str) -> bool {
    text.contains("timeBased") || is_of_hosts(text)
}

/// Whether a shorthand is for hosts.
pub fn is_of_hosts(text: &str) -> bool {
    let mut kinds = MinimumHealthyHostsType::ALL.iter();
    kinds.any(|kind| text.contains(kind.as_str())) || text.contains("--minimum-healthy-hosts")
}

/// The shorthand in a text as the tree that its JSON would give.
pub fn tree(field: Field, to: &mut Diagnostics) -> Option<Node> {
    let text = field.node.scalar()?;
    let parts = PARTS.iter().filter_map(|(flag, key)| Some((option(text, flag)?, *key)));
    let mut parts: Vec<_> = parts.collect();
    if parts.is_empty() {
        let key = if is_of_hosts(text) { "minimumHealthyHosts" } else { "trafficRoutingConfig" };
        parts.push(((0, text.len()), key));
    }
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
    for ((start, end), key) in parts {
        let mut reader = Reader { node: field.node, text: &text[..end], at: start };
        let Some(part) = reader.map(false).filter(|_| reader.rest_is_empty()) else {
            let at = reader.at.min(text.len());
            to.push(unreadable(field, key, field.node.part(at..end)));
            return None;
        };
        entries.push((Key { name: key.into(), span: part.span }, part));
    }
    Some(Node::new(Value::Map(entries), field.node.span))
}

/// The fault of a shorthand that cannot be read on from some place.
fn unreadable(field: Field, key: &str, at: Span) -> Diagnostic {
    let (code, example) = match key {
        "minimumHealthyHosts" => (code::MINIMUM_REFUSED, "type=HOST_COUNT,value=6"),
        "zonalConfig" => (
            code::ZONES_REFUSED,
            "monitorDurationInSeconds=600,minimumHealthyHostsPerZone={type=HOST_COUNT,value=2}",
        ),
        _ => (
            code::ROUTING_REFUSED,
            "type=TimeBasedCanary,timeBasedCanary={canaryPercentage=10,canaryInterval=5}",
        ),
    };
    let title = format!("`{}` is no shorthand of the command line", field.name);
    Diagnostic::new(code, at, title)
        .label("cannot be read from here on")
        .help(format!("write it like `{example}`"))
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
fn scalar(text: &str, span: Span) -> Node {
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
