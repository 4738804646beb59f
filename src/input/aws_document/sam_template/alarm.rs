//! The alarms of a preference: names, or resources of the template.
//!
//! Not what an alarm does (`scenario::alarm`).

use std::collections::BTreeSet;

use super::refused;
use crate::diagnostic::{Diagnostics, Spanned};
use crate::input::aws_document::template::{Template, function, left_over, told, unknown};
use crate::input::aws_document::value::filled;
use crate::input::decode::{Field, list};
use crate::input::tree::{Key, Node, Value};

/// An alarm that the template describes and a preference names.
#[derive(Clone, Debug, PartialEq)]
pub struct SamAlarm {
    /// The logical id.
    pub logical_id: Spanned<String>,
    /// The name it goes by: `AlarmName`, or its logical id where CloudFormation makes the name.
    pub name: String,
    /// What the template says of it, with its name, as a document of `put-metric-alarm`; absent if it says what the
    /// template does not tell.
    pub document: Option<Node>,
}

/// Types of resources that are alarms.
pub const ALARMS: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];

/// Properties that play no part, and mostly name resources.
const ACTIONS: [&str; 3] = ["AlarmActions", "OKActions", "InsufficientDataActions"];

/// Reads `Alarms`, a list, as names. What is no resource and no name is told and left out.
pub fn names(
    template: &Template,
    field: Field,
    to: &mut Diagnostics,
) -> Option<Vec<Spanned<String>>> {
    if field.node.items().is_none() {
        to.push(
            refused(field.node.span, "`Alarms` is no list")
                .label("a list is needed here")
                .help("write a dash before each alarm: `- !Ref MyAlarm`"),
        );
        return None;
    }
    let found = list(|field, to| Some(named(template, field, to)))(field, to)?;
    Some(found.into_iter().flatten().collect())
}

fn named(template: &Template, field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let referred = match function(field.node) {
        Some(("Ref", id)) => id.scalar().and_then(|id| template.resource(id, &ALARMS)),
        _ => None,
    };
    if let Some(resource) = referred {
        let value = name_of(template, resource);
        return Some(Spanned { value, span: field.node.span });
    }
    if let Some(fault) = unknown(field) {
        to.push(fault);
        return None;
    }
    filled(field, to)
}

/// The name of an alarm that the template describes.
pub fn name_of(template: &Template, (key, resource): &(Key, Node)) -> String {
    let own = resource.key("Properties").and_then(|properties| properties.key("AlarmName"));
    let own = own.map(|own| template.resolved(own));
    own.as_ref().and_then(Node::scalar).unwrap_or(&key.name).to_string()
}

/// The alarms of the template that are named, each once, in the order of the file.
pub fn described(
    template: &Template,
    named: &BTreeSet<&str>,
    to: &mut Diagnostics,
) -> Vec<SamAlarm> {
    let resources = ALARMS.iter().flat_map(|kind| template.of_type(kind));
    let alarms = resources.filter_map(|resource| {
        let name = name_of(template, resource);
        named.contains(&name[..]).then(|| alarm(template, resource, name, to))
    });
    alarms.collect()
}

fn alarm(
    template: &Template,
    (key, resource): &(Key, Node),
    name: String,
    to: &mut Diagnostics,
) -> SamAlarm {
    let properties = resource.key("Properties").map(|properties| template.resolved(properties));
    let document = properties.map(|mut document| {
        if let Value::Map(entries) = &mut document.value {
            entries.retain(|(key, node)| {
                let is_action = ACTIONS.contains(&&key.name[..]) && left_over(node).is_some();
                key.name != "AlarmName" && !is_action
            });
            let value = Value::Text { text: name.clone(), quoted: true };
            let key = Key { name: "AlarmName".into(), span: key.span };
            entries.insert(0, (key, Node::new(value, resource.span)));
        }
        document
    });
    let left = document.as_ref().and_then(left_over).map(|left| left.span);
    if let Some(left) = left {
        let title = format!("the alarm `{}` says what the template does not tell", key.name);
        to.push(told(left, title));
    }
    SamAlarm {
        logical_id: Spanned { value: key.name.clone(), span: key.span },
        name,
        document: document.filter(|_| left.is_none()),
    }
}
