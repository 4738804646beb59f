//! One map of a document while its keys are taken one by one.

use super::Field;
use super::reader::wrong_type;
use super::suggest::{listed, listed_up_to, nearest, suggestion};
use crate::diagnostic::{Diagnostic, Diagnostics, Refusal, Span, code};
use crate::input::tree::{Key, Node, Value};

/// As many keys as any section has but `assumptions`.
const KEYS_SHOWN_MAX: usize = 32;

/// A map that knows which of its keys have been asked for.
///
/// End with [`Map::finish`], which tells of unknown keys, or with [`Map::unused`], which hands them back.
#[derive(Debug)]
pub struct Map<'a, 'd> {
    name: &'a str,
    at: Span,
    entries: &'a [(Key, Node)],
    asked: Vec<&'a str>,
    to: &'d mut Diagnostics,
    any_case: bool,
    of_aws: bool,
}

/// A key that nobody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedKey {
    /// The key as it was written.
    pub name: String,
    /// Where it was written.
    pub span: Span,
}

impl<'a, 'd> Map<'a, 'd> {
    /// Opens a section of a scenario: a null value is a fault, an unknown key too.
    pub fn open(field: Field<'a>, to: &'d mut Diagnostics) -> Option<Map<'a, 'd>> {
        if let Some(fault) = tag_fault(field) {
            to.push(fault);
            return None;
        }
        let Some(entries) = field.node.entries() else {
            to.push(wrong_type(field, "a map"));
            return None;
        };
        let (name, at) = (field.name, field.key_span);
        Some(Map { name, at, entries, asked: Vec::new(), to, any_case: false, of_aws: false })
    }

    /// Opens a part of an AWS document: a null value counts as absent, as in the API's answers.
    pub fn open_aws(field: Field<'a>, to: &'d mut Diagnostics) -> Option<Map<'a, 'd>> {
        Map::open(field, to).map(|map| Map { of_aws: true, ..map })
    }

    /// The same with keys found whatever their case, as AppSpec files are written.
    #[must_use]
    pub fn any_case(self) -> Map<'a, 'd> {
        Map { any_case: true, ..self }
    }

    /// The value of a key that has to be there.
    pub fn required<T>(&mut self, key: &'a str, read: impl Reader<T>) -> Option<T> {
        match self.take(key) {
            Some(field) => self.read(field, read),
            None => {
                let title = format!("`{}` lacks `{key}`", self.name);
                self.to.push(
                    Diagnostic::new(code::MISSING_KEY, self.at, title)
                        .label(format!("`{key}` is needed here"))
                        .maybe_help(self.misspelt(key)),
                );
                None
            }
        }
    }

    /// The value of a key that may be absent. A faulty value is told, and yields none either.
    pub fn optional<T>(&mut self, key: &'a str, read: impl Reader<T>) -> Option<T> {
        let field = self.take(key)?;
        self.read(field, read)
    }

    /// The value of a key, or what holds without it.
    pub fn or<T>(&mut self, key: &'a str, read: impl Reader<T>, default: T) -> T {
        self.optional(key, read).unwrap_or(default)
    }

    /// Whether a key is there; it counts as asked for.
    pub fn has(&mut self, key: &'a str) -> bool {
        self.take(key).is_some()
    }

    /// The value of a key as it stands, for what needs more than one look.
    pub fn take(&mut self, key: &'a str) -> Option<Field<'a>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let (found, node) = self.entries.iter().find(|(entry, _)| self.is(entry, key))?;
        let absent = self.of_aws && node.is_null();
        (!absent).then_some(Field { name: &found.name, node, key_span: found.span })
    }

    /// What `read` tells as an error, a missing key too, AWS refuses in this way.
    ///
    /// What says how AWS refuses it keeps that.
    pub fn refusing<T>(
        &mut self,
        refusal: impl Into<Refusal>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let told = self.to.len();
        let value = read(self);
        self.to.refuse_since(told, refusal);
        value
    }

    /// Exactly one of some keys: tells if there is none, or more than one. Yields the first that is there.
    pub fn one_of<'k: 'a>(&mut self, keys: &[&'k str]) -> Option<&'k str> {
        let there = keys.iter().copied().filter(|key| self.has(key)).collect::<Vec<_>>();
        match there[..] {
            [] => {
                let title = format!("`{}` has none of {}", self.name, listed(keys));
                self.tell(
                    Diagnostic::new(code::MISSING_KEY, self.at, title).label("one is needed here"),
                );
            }
            [_] => {}
            [first, second, ..] => {
                let at = self.take(second).map_or(self.at, |field| field.key_span);
                let title = format!("`{second}` stands beside `{first}`");
                self.tell(
                    Diagnostic::new(code::CONFLICTING_KEYS, at, title)
                        .label("only one of them can hold")
                        .help(format!("take one of {} away", listed(&there))),
                );
            }
        }
        there.first().copied()
    }

    /// Tells a fault that more than one key is part of.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.to.push(diagnostic);
    }

    /// The place of the whole, for such faults.
    pub const fn span(&self) -> Span {
        self.at
    }

    /// Tells of every key that was never asked for.
    pub fn finish(self) {
        let missing = self.missing();
        for key in self.unasked() {
            let title = format!("`{}` has no key `{}`", self.name, key.name);
            // A key that is there is meant only if none is that is not.
            let near = nearest(&key.name, &missing).or_else(|| nearest(&key.name, &self.asked));
            let help = match self.asked.is_empty() {
                true => "take it away".to_string(),
                false => format!("known here: {}", listed_up_to(KEYS_SHOWN_MAX, &self.asked)),
            };
            self.to.push(
                Diagnostic::new(code::UNKNOWN_KEY, key.span, title)
                    .label("unknown key")
                    .help(help)
                    .meant(&key.name, near),
            );
        }
    }

    /// Hands back every key that was never asked for, and tells each as a note that it plays no part.
    pub fn unused(self) -> Vec<UnusedKey> {
        let unused = self.unasked();
        for key in &unused {
            let title = format!("`{}` is not used", key.name);
            self.to.push(
                Diagnostic::new(code::UNUSED_KEY, key.span, title)
                    .label("plays no part in a simulation"),
            );
        }
        unused
    }

    /// Every entry of a map whose keys are names of the user's own, each through one reader.
    ///
    /// The map is empty afterwards: ask for keys of a fixed name before.
    pub fn each<T>(
        &mut self,
        mut read: impl FnMut(Field, &mut Diagnostics) -> Option<T>,
    ) -> Vec<(&'a Key, T)> {
        let mut values = Vec::new();
        for (key, node) in std::mem::take(&mut self.entries) {
            let field = Field { name: &key.name, node, key_span: key.span };
            values.extend(self.read(field, &mut read).map(|value| (key, value)));
        }
        values
    }

    fn read<T>(&mut self, field: Field<'a>, read: impl Reader<T>) -> Option<T> {
        if let Some(fault) = tag_fault(field) {
            self.to.push(fault);
            return None;
        }
        if field.node.value == Value::Unread {
            return None;
        }
        if field.node.is_null() {
            let title = format!("`{}` has no value", field.name);
            self.to.push(
                Diagnostic::new(code::NO_VALUE, field.key_span, title)
                    .label("nothing is written after it")
                    .help("write a value, or take the key away"),
            );
            return None;
        }
        read(field, self.to)
    }

    fn is(&self, entry: &Key, key: &str) -> bool {
        entry.name == key || (self.any_case && entry.name.eq_ignore_ascii_case(key))
    }

    fn unasked(&self) -> Vec<UnusedKey> {
        let unasked = self
            .entries
            .iter()
            .filter(|(entry, _)| !self.asked.iter().any(|key| self.is(entry, key)));
        unasked.map(|(key, _)| UnusedKey { name: key.name.clone(), span: key.span }).collect()
    }

    /// Keys that were asked for and are not there: what a misspelt key can have meant.
    fn missing(&self) -> Vec<&'a str> {
        let there = |key: &&str| self.entries.iter().any(|(entry, _)| self.is(entry, key));
        self.asked.iter().copied().filter(|key| !there(key)).collect()
    }

    /// Help for a missing key if one that is there looks like it.
    fn misspelt(&self, key: &str) -> Option<String> {
        let there = self.entries.iter().map(|(entry, _)| entry.name.as_str()).collect::<Vec<_>>();
        suggestion(key, &there).map(|_| format!("see whether `{key}` is misspelt"))
    }
}

/// What reads one value; a fault is told and yields none.
pub trait Reader<T>: FnOnce(Field, &mut Diagnostics) -> Option<T> {}

impl<T, F: FnOnce(Field, &mut Diagnostics) -> Option<T>> Reader<T> for F {}

/// The fault of a value that carries a tag.
pub fn tag_fault(field: Field) -> Option<Diagnostic> {
    let tag = field.node.tag.as_ref()?;
    let title = format!("`{}` carries the tag `{tag}`", field.name);
    let help = "tags belong to CloudFormation: write the value itself";
    Some(Diagnostic::new(code::UNEXPECTED_TAG, field.node.span, title).help(help))
}
