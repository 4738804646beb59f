//! Typed access to a tree that goes on after a fault.
//!
//! A *reader* takes a [`Field`] and yields a value, or tells what is wrong and yields none. [`Map`] hands
//! the value of each key to a reader, notes which keys were asked for, and tells of the others at the end.
//! Readers of units stand in `unit`, of expressions in `expression`.
//!
//! ```
//! use cutover::diagnostic::Diagnostics;
//! use cutover::engine::{share::Share, time::SimDuration};
//! use cutover::input::{decode::{Field, Map}, unit};
//!
//! struct Noise { cv: Share, correlation: SimDuration }
//!
//! fn noise(field: Field, to: &mut Diagnostics) -> Option<Noise> {
//!     let mut map = Map::open(field, to)?;
//!     let cv = map.required("cv", unit::share);
//!     let correlation = map.or("correlation", unit::duration, SimDuration::from_mins(5));
//!     map.finish();
//!     Some(Noise { cv: cv?, correlation })
//! }
//! ```

mod map;
mod reader;
mod suggest;

pub use map::{Map, UnusedKey};
pub use reader::{
    any, boolean, choice, integer, items, list, number, scalar_text, text, wrong_type,
};
pub use suggest::{listed, nearest, suggestion};

use crate::diagnostic::Span;
use crate::input::tree::Node;

/// A value together with the name it goes by in messages.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The key it stands under, or the document's own name.
    pub name: &'a str,
    /// The value.
    pub node: &'a Node,
    /// The place of the key; of the value where there is no key, as in a list.
    pub key_span: Span,
}

impl<'a> Field<'a> {
    /// A value that stands under no key: a document, or an item of a list.
    pub const fn new(name: &'a str, node: &'a Node) -> Field<'a> {
        Field { name, node, key_span: node.span }
    }
}

#[cfg(test)]
mod tests;
