//! The template that a stack with the blue/green hook is updated by, beside the one that it was made of: what changes.
//!
//! Neither is read for what it describes here (`blue_green_hook`). Rule: CD-CFN-3 (docs/semantics).

use super::template::Template;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::tree::{Key, Node, Value};

/// The resources whose replacement starts a green deployment, each with the properties that change in place.
const REPLACED: [(&str, &[&str]); 2] =
    [("AWS::ECS::TaskDefinition", &["Tags"]), ("AWS::ECS::TaskSet", &["Scale", "Tags"])];

/// A resource that the update adds, takes away, or changes.
struct Change<'a> {
    key: &'a Key,
    /// Whether it starts a green deployment.
    is_replacement: bool,
}

/// Refuses an update that changes something besides what starts a green deployment, or starts none. Rule: CD-CFN-3.
pub fn check_update(before: &Node, after: &Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    let [before, updated] = [before, after]
        .map(|root| Template::open(root).with_parameters(parameters).with_references());
    let changes = changes(&before, &updated);
    if !changes.iter().any(|change| change.is_replacement) {
        let title = "the update replaces no task definition and no task set";
        to.push(
            refused(after.span, title)
                .label("no green deployment starts")
                .help("change the task definition, or take `updatedTemplate` away"),
        );
        return;
    }
    for change in changes.iter().filter(|change| !change.is_replacement) {
        let title = format!("`{}` changes in the same update", change.key.name);
        to.push(
            refused(change.key.span, title)
                .label("beside what starts the green deployment")
                .help("change it in an update of its own"),
        );
    }
}

fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::STACK_REFUSED, span, title)
}

fn changes<'a>(before: &Template<'a>, after: &Template<'a>) -> Vec<Change<'a>> {
    let find = |template: &Template<'a>, name: &str| {
        template.resources().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    };
    let gone = before.resources().iter().filter(|(key, _)| find(after, &key.name).is_none());
    let gone = gone.map(|(key, _)| Change { key, is_replacement: false });
    let changed = after.resources().iter().filter_map(|(key, node)| {
        let Some(known) = find(before, &key.name) else {
            return Some(Change { key, is_replacement: false });
        };
        let (known, node) = (before.resolved(known), after.resolved(node));
        (!is_same(&known, &node))
            .then(|| Change { key, is_replacement: is_replaced(&known, &node) })
    });
    changed.chain(gone).collect()
}

/// Whether a resource becomes another one, and starts a green deployment with it.
fn is_replaced(before: &Node, after: &Node) -> bool {
    let kind = |node: &Node| node.key("Type").and_then(Node::scalar).map(str::to_owned);
    let known = REPLACED.iter().find(|(name, _)| kind(after).as_deref() == Some(name));
    let Some((_, in_place)) = known.filter(|_| kind(before) == kind(after)) else { return false };
    let properties =
        |node: &Node| node.key("Properties").and_then(Node::entries).map(<[_]>::to_vec);
    let [before, after] = [before, after].map(|node| {
        let mut entries = properties(node).unwrap_or_default();
        entries.retain(|(key, _)| !in_place.contains(&&key.name[..]));
        Node::new(Value::Map(entries), node.span)
    });
    !is_same(&before, &after)
}

/// Whether two values say the same, wherever and in whatever order of keys they are written.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Map(entries), Value::Map(others)) => {
            let same = |(key, node): &(Key, Node)| {
                other.key(&key.name).is_some_and(|other| is_same(node, other))
            };
            entries.len() == others.len() && entries.iter().all(same)
        }
        (Value::List(items), Value::List(others)) => {
            items.len() == others.len()
                && items.iter().zip(others).all(|(one, other)| is_same(one, other))
        }
        _ => one.scalar() == other.scalar() && one.is_null() == other.is_null(),
    }
}
