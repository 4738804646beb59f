//! Paths into documents: `traffic.rate`, `operator[0].at`, `sides[name=web]`.
//!
//! A path says where, never what: whether the key is known there is told when the tree is decoded, at the
//! place in the command line where it was written.

use super::{Key, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Span, code};
use crate::input::decode::suggestion;

/// The most steps a path may have: as many as a document may be deep.
const STEPS_MAX: usize = super::budget::DEPTH_MAX;

/// A way into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    steps: Vec<(Step, Span)>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `.name` or `["name"]`: the value of a key.
    Key(String),
    /// `[0]`: an item by its place.
    Index(usize),
    /// `[name=web]`: the item that says so.
    Where(String, String),
}

impl Path {
    /// Reads a path that stands at the beginning of a kept text.
    pub fn parse(file: FileId, text: &str, to: &mut Diagnostics) -> Option<Path> {
        let mut reader = Reader { text, at: 0 };
        let mut steps = Vec::new();
        while reader.at < text.len() || steps.is_empty() {
            let start = reader.at;
            match reader.step(steps.is_empty()) {
                Ok(step) if steps.len() < STEPS_MAX => {
                    steps.push((step, Span::new(file, start..reader.at)));
                }
                Ok(_) => {
                    to.push(bad_path(file, start..text.len(), "the path has too many steps"));
                    return None;
                }
                Err(title) => {
                    let end = (reader.at + 1).min(text.len());
                    to.push(bad_path(file, reader.at.min(end)..end, title));
                    return None;
                }
            }
        }
        Some(Path { steps })
    }

    /// Whether it leads to the value under these keys, or to a map or list that holds it; an empty key stands
    /// for any item of a list.
    pub fn reaches(&self, keys: &[&str]) -> bool {
        let fits = |step: &Step, key: &str| match step {
            Step::Key(name) => name == key,
            Step::Index(_) | Step::Where(..) => key.is_empty(),
        };
        self.steps.len() <= keys.len()
            && self.steps.iter().zip(keys).all(|((step, _), key)| fits(step, key))
    }
}

fn bad_path(file: FileId, range: std::ops::Range<usize>, title: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_PATH, Span::new(file, range), title)
        .help("write it like `traffic.rate`, `operator[0].at`, `replacement[name=good].weight` or `assumptions[\"lb.first_check_phase\"]`")
}

/// Reads a path from left to right.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn step(&mut self, first: bool) -> Result<Step, &'static str> {
        if self.take("[") {
            return self.bracket();
        }
        if !first && !self.take(".") {
            return Err("a `.` or `[` is needed between two steps");
        }
        match self.until(&['.', '[', ']', '"', '=', ' ']) {
            "" => Err("a key is missing here"),
            name => Ok(Step::Key(name.to_string())),
        }
    }

    fn bracket(&mut self) -> Result<Step, &'static str> {
        let step = if self.take("\"") {
            let name = self.until(&['"']).to_string();
            if !self.take("\"") {
                return Err("the quotes are not closed");
            }
            Step::Key(name)
        } else {
            let inside = self.until(&[']']).to_string();
            match inside.split_once('=') {
                Some((key, value)) if !key.is_empty() => {
                    Step::Where(key.to_string(), value.trim_matches('"').to_string())
                }
                _ => Step::Index(
                    inside
                        .parse()
                        .map_err(|_| "the brackets hold no number, `key=value` or `\"key\"`")?,
                ),
            }
        };
        match self.take("]") {
            true => Ok(step),
            false => Err("a `]` is missing"),
        }
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.text[self.at..].starts_with(wanted);
        self.at += if found { wanted.len() } else { 0 };
        found
    }

    /// What stands before the next of some characters.
    fn until(&mut self, ends: &[char]) -> &str {
        let rest = &self.text[self.at..];
        let length = rest.find(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }
}

impl Node {
    /// The value a path leads to, if there is one.
    pub fn get(&self, path: &Path) -> Option<&Node> {
        path.steps.iter().try_fold(self, |node, (step, _)| match (step, &node.value) {
            (Step::Key(name), _) => node.key(name),
            (Step::Index(index), Value::List(items)) => items.get(*index),
            (Step::Where(key, value), Value::List(items)) => {
                let mut found = items.iter().filter(|item| says(item, key, value));
                found.next().filter(|_| found.next().is_none())
            }
            _ => None,
        })
    }

    /// Puts a value where a path leads; keys that are missing on the way are created.
    ///
    /// `false` and a diagnostic if the path goes through what is no map or list, or to no item.
    pub fn set(&mut self, path: &Path, value: Node, to: &mut Diagnostics) -> bool {
        let mut node = self;
        for (step, span) in &path.steps {
            match descend(node, step, *span) {
                Ok(inner) => node = inner,
                Err(diagnostic) => {
                    to.push(*diagnostic);
                    return false;
                }
            }
        }
        *node = value;
        true
    }
}

/// Whether an item is a map in which a key has this text.
fn says(item: &Node, key: &str, value: &str) -> bool {
    item.key(key).and_then(Node::scalar) == Some(value)
}

/// One step down, creating a key that is missing.
fn descend<'n>(
    node: &'n mut Node,
    step: &Step,
    span: Span,
) -> Result<&'n mut Node, Box<Diagnostic>> {
    let found = node.describe();
    if let (Step::Key(_), Value::Null) = (step, &node.value) {
        node.value = Value::Map(Vec::new());
    }
    match (step, &mut node.value) {
        (Step::Key(name), Value::Map(entries)) => {
            let place = entries.iter().position(|(key, _)| key.name == *name);
            let place = place.unwrap_or_else(|| {
                let key = Key { name: name.clone(), span };
                entries.push((key, Node::new(Value::Null, span)));
                entries.len() - 1
            });
            Ok(&mut entries[place].1)
        }
        (Step::Index(index), Value::List(items)) => {
            let length = items.len();
            items.get_mut(*index).ok_or_else(|| {
                let help = match length {
                    0 => "the list is empty".to_string(),
                    _ => format!("items are counted from 0, so the last one is `[{}]`", length - 1),
                };
                fault(code::NO_SUCH_ITEM, span, format!("the list has no item {index}"), help)
            })
        }
        (Step::Where(key, value), Value::List(items)) => {
            let found = items.iter().enumerate().filter(|(_, item)| says(item, key, value));
            match found.map(|(place, _)| place).collect::<Vec<_>>()[..] {
                [place] => Ok(&mut items[place]),
                [] => Err(none_says(items, key, value, span)),
                [..] => {
                    let title = format!("several items have `{key}` `{value}`");
                    Err(fault(
                        code::NO_SUCH_ITEM,
                        span,
                        title,
                        "take one by its place, such as `[0]`".into(),
                    ))
                }
            }
        }
        (Step::Key(name), _) => {
            let title = format!("`{name}` leads into {found}, not a map");
            Err(fault(code::NOT_A_CONTAINER, span, title, "end the path before it".into()))
        }
        (Step::Index(_) | Step::Where(..), _) => {
            let title = format!("the brackets lead into {found}, not a list");
            let help = "a key stands after a dot, or in quotes: `[\"key\"]`".into();
            Err(fault(code::NOT_A_CONTAINER, span, title, help))
        }
    }
}

fn none_says(items: &[Node], key: &str, value: &str, span: Span) -> Box<Diagnostic> {
    let known = items.iter().filter_map(|item| item.key(key)?.scalar()).collect::<Vec<_>>();
    let help = match (suggestion(value, &known), known.is_empty()) {
        (Some(help), _) => help,
        (None, true) => format!("no item has a key `{key}`; take one by its place, such as `[0]`"),
        (None, false) => format!("there are {}", crate::input::decode::listed(&known)),
    };
    fault(code::NO_SUCH_ITEM, span, format!("no item has `{key}` `{value}`"), help)
}

fn fault(code: Code, span: Span, title: String, help: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(code, span, title).help(help))
}
