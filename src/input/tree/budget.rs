//! What a document may cost: depth, values, and text behind aliases.

use super::{Node, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, code};

/// How deep lists and maps may stand in each other.
pub const DEPTH_MAX: usize = 64;

/// How many values a document may hold once aliases are replaced.
pub const NODES_MAX: usize = 100_000;

/// How many bytes of text aliases may repeat: as much as a document may have.
pub const ALIAS_BYTES_MAX: usize = 16 << 20;

/// What has been spent so far.
#[derive(Debug, Default)]
pub struct Budget {
    nodes: usize,
    alias_bytes: usize,
}

/// What a tree costs when it is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Values in it, itself included.
    pub nodes: usize,
    /// Bytes of its texts and keys.
    pub bytes: usize,
    /// How deep it is; a scalar is 0.
    pub depth: usize,
}

impl Cost {
    /// What a copy of a tree costs. The tree is no deeper than [`DEPTH_MAX`].
    pub fn of(node: &Node) -> Cost {
        let nested = |cost: Cost, inner: Cost| Cost {
            nodes: cost.nodes + inner.nodes,
            bytes: cost.bytes + inner.bytes,
            depth: cost.depth.max(inner.depth + 1),
        };
        let own = Cost { nodes: 1, bytes: node.scalar().map_or(0, str::len), depth: 0 };
        match &node.value {
            Value::List(items) => items.iter().map(Cost::of).fold(Cost { depth: 1, ..own }, nested),
            Value::Map(entries) => {
                entries.iter().fold(Cost { depth: 1, ..own }, |sum, (key, node)| {
                    let inner = nested(sum, Cost::of(node));
                    Cost { bytes: inner.bytes + key.name.len(), ..inner }
                })
            }
            _ => own,
        }
    }
}

impl Budget {
    /// Pays for values that were written; `false` and a diagnostic if there are too many.
    pub fn pay(&mut self, nodes: usize, at: Span, to: &mut Diagnostics) -> bool {
        self.nodes = self.nodes.saturating_add(nodes);
        self.nodes <= NODES_MAX || refuse_size(at, to)
    }

    /// Pays for a repeated tree that is put at `depth`.
    pub fn repeat(&mut self, cost: Cost, depth: usize, at: Span, to: &mut Diagnostics) -> bool {
        self.alias_bytes = self.alias_bytes.saturating_add(cost.bytes);
        if self.alias_bytes > ALIAS_BYTES_MAX {
            return refuse_size(at, to);
        }
        self.pay(cost.nodes, at, to) && allows_depth(depth + cost.depth, at, to)
    }
}

/// Whether lists and maps may stand this deep; a diagnostic if not.
pub fn allows_depth(depth: usize, at: Span, to: &mut Diagnostics) -> bool {
    depth <= DEPTH_MAX
        || refuse(
            code::TOO_DEEP,
            at,
            to,
            format!("lists and maps are nested more than {DEPTH_MAX} deep"),
            "AWS documents need about ten levels: see whether this is the file that was meant",
        )
}

/// Tells that a document holds too much.
pub fn refuse_size(at: Span, to: &mut Diagnostics) -> bool {
    refuse(
        code::TOO_MANY_NODES,
        at,
        to,
        format!("the file stands for more than {NODES_MAX} values"),
        "a long series belongs into a CSV file; aliases count as often as they are used",
    )
}

fn refuse(code: Code, at: Span, to: &mut Diagnostics, title: String, help: &str) -> bool {
    to.push(Diagnostic::new(code, at, title).label("the limit is reached here").help(help));
    false
}
