//! The one resource of an AppSpec.
//!
//! Its properties are each platform's own. Rules: CD-ECS-11, CD-LAM-1, CD-LAM-7.

use super::{Form, refused, shown};
use crate::diagnostic::Diagnostics;
use crate::input::aws_document::recognition::any_case;
use crate::input::decode::{Field, Map, wrong_type};
use crate::input::tree::{Node, Value};

/// Reads `Resources`, a list of exactly one resource, and its properties through their reader.
pub fn only<T>(
    form: &Form,
    properties: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<T> {
    move |field, to| {
        let item = item(field, form, to)?;
        named(item, form, to, properties)
    }
}

/// The first item of the list.
fn item<'a>(field: Field<'a>, form: &Form, to: &mut Diagnostics) -> Option<&'a Node> {
    let first = match &field.node.value {
        Value::List(items) => {
            if let [_, second, ..] = &items[..] {
                to.push(
                    refused(second.span, format!("`Resources` has {} resources", items.len()))
                        .label("the second one")
                        .help(format!("keep one: a deployment has one {}", form.target)),
                );
            }
            items.first()
        }
        Value::Map(_) => {
            to.push(
                refused(field.node.span, "`Resources` is a map, not a list")
                    .label("a list of one resource is needed here")
                    .help(format!("write a dash before the resource: `- {}:`", form.resource_name)),
            );
            Some(field.node)
        }
        _ => {
            to.push(wrong_type(field, "a list of one resource"));
            return None;
        }
    };
    if first.is_none() {
        to.push(refused(field.node.span, "`Resources` is empty").label("one resource is needed"));
    }
    first
}

/// One item: a map of one key, the resource's name.
fn named<T>(
    item: &Node,
    form: &Form,
    to: &mut Diagnostics,
    properties: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let Some(entries) = item.entries() else {
        to.push(wrong_type(Field::new("Resources", item), "a map of one resource"));
        return None;
    };
    if any_case(item, "Type").is_some_and(|kind| kind.scalar().is_some()) {
        to.push(
            refused(item.span, "the resource has no name")
                .label("`Type` stands one level too high")
                .help(format!(
                    "put the name above it: `- {}:`, its keys indented below",
                    form.resource_name
                )),
        );
        return resource(Field::new("Resources", item), form, to, properties);
    }
    if let [_, (second, _), ..] = entries {
        to.push(
            refused(second.span, format!("`Resources` has {} resources", entries.len()))
                .label("the second one")
                .help(format!("keep one: a deployment has one {}", form.target)),
        );
    }
    let Some((key, node)) = entries.first() else {
        to.push(refused(item.span, "the resource is empty").label("one resource is needed"));
        return None;
    };
    resource(Field { name: &key.name, node, key_span: key.span }, form, to, properties)
}

fn resource<T>(
    field: Field,
    form: &Form,
    to: &mut Diagnostics,
    properties: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let mut map = Map::open(field, to)?.any_case();
    map.required("Type", |field, to| resource_type(field, form, to));
    let properties = map.required("Properties", properties);
    map.unused();
    properties
}

fn resource_type(field: Field, form: &Form, to: &mut Diagnostics) -> Option<()> {
    let needed = form.resource_type;
    if field.node.scalar() == Some(needed) {
        return Some(());
    }
    to.push(
        refused(field.node.span, format!("`Type` is {}, not `{needed}`", shown(field.node)))
            .label(format!("no {}", form.target))
            .help(format!("write `Type: {needed}`")),
    );
    None
}
