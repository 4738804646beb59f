//! YAML events into a tree.
//!
//! The parser hands out one event at a time, so that reading ends at the first event beyond a budget; no
//! step of ours recurses. Scalars are resolved in `scalar`, aliases are copied, `<<` is merged.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::budget::{Budget, Cost, allows_depth};
use super::entries::Entries;
use super::text::{TEMPLATE_HELP, empty, looks_templated};
use super::{Key, Node, Value, scalar};
use crate::diagnostic::span::CharOffsets;
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Sources, Span, code};

/// Reads a stretch of a text as one YAML document.
pub fn parse(
    sources: &Sources,
    file: FileId,
    range: Range<usize>,
    to: &mut Diagnostics,
) -> Option<Node> {
    let from = range.start;
    let text = &sources.text(file)[range];
    let places = Places { file, from, offsets: CharOffsets::new(text) };
    let mut builder = Builder {
        sources,
        places,
        to,
        budget: Budget::default(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        root: None,
        documents: 0,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        match next {
            Ok((event, span)) => builder.event(event, &span)?,
            Err(error) => {
                let diagnostic = broken(&error, text, &builder.places);
                builder.to.push(diagnostic);
                return None;
            }
        }
    }
    builder.finish()
}

/// From the parser's marks, which count characters, to our spans.
struct Places<'t> {
    file: FileId,
    from: usize,
    offsets: CharOffsets<'t>,
}

impl Places<'_> {
    fn byte(&self, marker: &Marker) -> usize {
        self.from + self.offsets.byte(marker.index())
    }

    fn span(&self, span: &saphyr_parser::Span) -> Span {
        Span::new(self.file, self.byte(&span.start)..self.byte(&span.end))
    }
}

/// A list or map that is not closed yet.
struct Open {
    span: Span,
    anchor: usize,
    tag: Option<String>,
    holds: Holds,
}

/// What an open list or map holds so far.
enum Holds {
    List(Vec<Node>),
    Map { entries: Entries, key: Option<Key>, merged: Vec<(Node, Span)> },
}

/// Builds the tree from events. `None` from a step means that reading ends; why has been told.
struct Builder<'a> {
    sources: &'a Sources,
    places: Places<'a>,
    to: &'a mut Diagnostics,
    budget: Budget,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, Cost)>,
    root: Option<Node>,
    documents: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event, at: &saphyr_parser::Span) -> Option<()> {
        let span = self.places.span(at);
        match event {
            Event::DocumentStart(_) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                let (value, tag) =
                    scalar::tagged(&text, style != ScalarStyle::Plain, tag.as_deref());
                self.pay(span)?;
                self.put(Node { value, span, tag }, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(span, anchor, tag.as_deref(), Holds::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let holds =
                    Holds::Map { entries: Entries::default(), key: None, merged: Vec::new() };
                self.open(span, anchor, tag.as_deref(), holds)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Some(()),
        }
    }

    fn document(&mut self, span: Span) -> Option<()> {
        self.documents += 1;
        if self.documents == 1 {
            return Some(());
        }
        let diagnostic =
            Diagnostic::new(code::SEVERAL_DOCUMENTS, span, "the file holds several YAML documents")
                .label("a second one begins here")
                .help("put each document into a file of its own");
        self.to.push(diagnostic);
        None
    }

    fn pay(&mut self, span: Span) -> Option<()> {
        self.budget.pay(1, span, self.to).then_some(())
    }

    fn open(&mut self, span: Span, anchor: usize, tag: Option<&Tag>, holds: Holds) -> Option<()> {
        self.pay(span)?;
        self.open.push(Open { span, anchor, tag: tag.and_then(scalar::own_tag), holds });
        allows_depth(self.open.len(), span, self.to).then_some(())
    }

    fn close(&mut self, end: Span) -> Option<()> {
        let open = self.open.pop()?;
        let (value, last) = match open.holds {
            Holds::List(items) => {
                let last = items.last().map(|node| node.span);
                (Value::List(items), last)
            }
            Holds::Map { mut entries, merged, .. } => {
                for (node, at) in merged {
                    self.merge(&mut entries, node, at)?;
                }
                let last = entries.list.iter().map(|(_, node)| node.span);
                let last = last.filter(|span| span.file == open.span.file).max_by_key(|s| s.end);
                (Value::Map(entries.list), last)
            }
        };
        // Brackets end where they stand; a block ends where its last value does, not at the next line.
        let end = if end.is_empty() { last.unwrap_or(open.span) } else { end };
        let span = open.span.to(end);
        self.put(Node { value, span, tag: open.tag }, open.anchor)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Option<()> {
        let Some((node, cost)) = self.anchors.get(&anchor) else {
            let diagnostic =
                Diagnostic::new(code::BAD_ALIAS, span, "the alias stands for what contains it")
                    .help("write the value itself; a text that begins with `*` needs quotes");
            self.to.push(diagnostic);
            return None;
        };
        let (node, cost) = (node.clone(), *cost);
        self.budget.repeat(cost, self.open.len(), span, self.to).then_some(())?;
        self.put_value(node, span)
    }

    /// Puts a finished node where it belongs and keeps it for aliases.
    fn put(&mut self, node: Node, anchor: usize) -> Option<()> {
        if anchor != 0 {
            let cost = Cost::of(&node);
            // What is kept is a copy, so it counts like one.
            self.budget.repeat(cost, 0, node.span, self.to).then_some(())?;
            self.anchors.insert(anchor, (node.clone(), cost));
        }
        let span = node.span;
        self.put_value(node, span)
    }

    /// Puts a node where it belongs; `at` is where it is written, which for an alias is elsewhere.
    fn put_value(&mut self, node: Node, at: Span) -> Option<()> {
        match self.open.last_mut().map(|open| &mut open.holds) {
            None => self.root = Some(node),
            Some(Holds::List(items)) => items.push(node),
            Some(Holds::Map { key: key @ None, .. }) => match key_of(node, at) {
                Ok(name) => *key = Some(name),
                Err(diagnostic) => {
                    self.to.push(*diagnostic);
                    return None;
                }
            },
            Some(Holds::Map { entries, key, merged }) => match key.take() {
                Some(name) if name.name == "<<" => merged.push((node, at)),
                Some(name) => entries.put(name, node, self.sources, self.to),
                None => unreachable!("the arm before takes a missing key"),
            },
        }
        Some(())
    }

    /// Takes over what is not written already from a map or a list of maps.
    fn merge(&mut self, entries: &mut Entries, node: Node, at: Span) -> Option<()> {
        let maps = match node.value {
            Value::List(items) => items,
            _ => vec![node],
        };
        for map in maps {
            let Value::Map(list) = map.value else {
                let title = format!("`<<` merges {}, not a map", map.describe());
                self.to.push(Diagnostic::new(code::BAD_MERGE, at, title).label("what is merged"));
                return None;
            };
            for (key, node) in list {
                if !entries.has(&key.name) {
                    entries.put(key, node, self.sources, self.to);
                }
            }
        }
        Some(())
    }

    fn finish(self) -> Option<Node> {
        let nothing = Span::new(self.places.file, self.places.from..self.places.from);
        let root = self.root.unwrap_or(Node::new(Value::Null, nothing));
        // An assignment may say nothing, which is null; a file may not.
        if self.places.from == 0 && root.is_null() && root.span.is_empty() {
            self.to.push(empty(self.places.file));
            return None;
        }
        Some(root)
    }
}

/// The key that a node is, if it is a scalar.
fn key_of(node: Node, span: Span) -> Result<Key, Box<Diagnostic>> {
    match node.value {
        // Kept as it is written: a key `null` or `1` is the text.
        Value::Null | Value::Unread => Ok(Key { name: "null".into(), span }),
        Value::List(_) | Value::Map(_) => {
            let title = format!("{} stands where a key is needed", node.describe());
            Err(Box::new(
                Diagnostic::new(code::COMPLEX_KEY, span, title)
                    .help(format!("`{{{{ .. }}}}` is read so: {TEMPLATE_HELP}")),
            ))
        }
        Value::Bool(_) | Value::Number(_) | Value::Text { .. } => {
            Ok(Key { name: node.scalar().unwrap_or_default().to_string(), span })
        }
    }
}

/// What the parser did not like.
fn broken(error: &ScanError, text: &str, places: &Places) -> Diagnostic {
    let at = places.byte(error.marker());
    let rest = text.get(at - places.from..).unwrap_or_default();
    let width = rest.chars().next().filter(|c| !c.is_control()).map_or(0, char::len_utf8);
    let span = Span::new(places.file, at..at + width);
    if error.info().contains("unknown anchor") {
        return Diagnostic::new(code::BAD_ALIAS, span, "the alias names nothing that is marked")
            .help(
                "mark the value with `&name` before it; a text that begins with `*` needs quotes",
            );
    }
    if error.info().contains("recursion limit") {
        return Diagnostic::new(code::TOO_DEEP, span, "lists and maps are nested too deeply");
    }
    let title = format!("the YAML cannot be read further: {}", error.info());
    let before = text.get(..at - places.from).unwrap_or_default();
    let help = match before.trim_end().lines().last().map(str::trim) {
        _ if looks_templated(text) => TEMPLATE_HELP,
        _ if text.trim_start().starts_with("```") => {
            "this is Markdown: take out what stands between the lines of \"```\""
        }
        _ if text.contains('\u{a0}') => {
            "there are no-break spaces in the text, which indent nothing: write blanks"
        }
        Some("-") => {
            "a dash stands alone before this: write the first key behind it, and the others below that key"
        }
        _ => help_for(error.info()),
    };
    Diagnostic::new(code::YAML_SYNTAX, span, title).help(help)
}

/// How to mend what most often causes a message of the parser.
fn help_for(info: &str) -> &'static str {
    match info {
        _ if info.contains("mapping values are not allowed") => {
            "a value with `: ` in it needs quotes; otherwise look at the indentation"
        }
        _ if info.contains("tab") => "indent with blanks: YAML allows no tabs there",
        _ if info.contains("quoted scalar") => "close the quotes",
        _ if info.contains("simple key") || info.contains("':'") => {
            "write `key: value`, with a blank after the colon"
        }
        _ if info.contains("document start") => {
            "a file holds one document: take out what follows its end"
        }
        _ if info.contains("cannot start any token") => "a text that begins with this needs quotes",
        _ => "look at the indentation, the quotes and the brackets on this line and the one before",
    }
}
