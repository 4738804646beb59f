//! The conditions of a template: which hold, as far as its parameters tell, and which resources are made.

use super::{Template, function};
use crate::input::tree::{Key, Node};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Conditions name each other so deep at most.
const CONDITIONS_DEPTH_MAX: usize = 16;

/// The conditions, and what is known of them.
#[derive(Debug)]
pub(super) struct Conditions<'a> {
    pub(super) all: &'a [(Key, Node)],
    /// What is known of each that was asked for, by its place; nothing of one that is being settled.
    settled: RefCell<BTreeMap<usize, Option<bool>>>,
    /// How many are being settled, one for the other.
    open: Cell<usize>,
}

impl<'a> Conditions<'a> {
    /// Those of a template.
    pub(super) fn of(root: &'a Node) -> Conditions<'a> {
        let all = root.key("Conditions").and_then(Node::entries).unwrap_or_default();
        Conditions { all, settled: RefCell::default(), open: Cell::new(0) }
    }
}

impl Template<'_> {
    /// Whether a resource is made: unless its condition is known not to hold.
    pub fn is_made(&self, resource: &Node) -> bool {
        let condition = resource.key("Condition").and_then(Node::scalar);
        condition.is_none_or(|condition| self.condition(condition) != Some(false))
    }

    /// Whether a condition of the template holds, if its parameters tell. Each is settled once; one that rests on itself, or on
    /// too many others, is not known.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        let place = self.conditions.all.iter().position(|(key, _)| key.name == name)?;
        if let Some(known) = self.conditions.settled.borrow().get(&place) {
            return *known;
        }
        if self.conditions.open.get() == CONDITIONS_DEPTH_MAX {
            return None;
        }
        self.conditions.settled.borrow_mut().insert(place, None);
        self.conditions.open.set(self.conditions.open.get() + 1);
        let holds = self.holds(&self.resolved(&self.conditions.all[place].1));
        self.conditions.open.set(self.conditions.open.get() - 1);
        self.conditions.settled.borrow_mut().insert(place, holds);
        holds
    }

    fn holds(&self, node: &Node) -> Option<bool> {
        let all = |argument: &Node| -> Option<Vec<bool>> {
            argument.items()?.iter().map(|part| self.holds(part)).collect()
        };
        match function(node)? {
            ("Condition", name) => self.condition(name.scalar()?),
            ("Fn::Equals", argument) => {
                let [one, other] = argument.items()? else { return None };
                Some(one.scalar()? == other.scalar()?)
            }
            ("Fn::Not", argument) => Some(!*all(argument)?.first()?),
            ("Fn::And", argument) => Some(all(argument)?.into_iter().all(|holds| holds)),
            ("Fn::Or", argument) => Some(all(argument)?.into_iter().any(|holds| holds)),
            _ => None,
        }
    }
}
