//! A map while it is being read: keys stay in order, and none is there twice.

use std::collections::BTreeMap;

use super::{Key, Node, shortened};
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, code};

/// The entries of a map that is being read; the last of two equal keys wins, and that is told.
#[derive(Debug, Default)]
pub struct Entries {
    /// In the order in which the keys first appeared.
    pub list: Vec<(Key, Node)>,
    places: BTreeMap<String, usize>,
}

impl Entries {
    /// Whether a key is there already.
    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Adds an entry, or puts it in the place of an earlier one of the same key.
    pub fn put(&mut self, key: Key, node: Node, sources: &Sources, to: &mut Diagnostics) {
        let Some(place) = self.places.get(&key.name) else {
            self.places.insert(key.name.clone(), self.list.len());
            self.list.push((key, node));
            return;
        };
        let line = sources.line_number(key.span);
        let (loser, _) = std::mem::replace(&mut self.list[*place], (key, node));
        let title = format!(
            "`{}` appears twice, the later one in line {line} counts",
            shortened(&loser.name)
        );
        to.push(
            Diagnostic::new(code::DUPLICATE_KEY, loser.span, title)
                .label("this one is ignored")
                .help("delete the one that is not meant"),
        );
    }
}
