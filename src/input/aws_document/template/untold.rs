//! What a template does not tell: values of parameters without a default, of other stacks, of the account.

use std::collections::BTreeSet;

use super::{Template, function, left_over, told, unknown};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::aws_document::value::{is_placeholder, placeholder};
use crate::input::decode::Field;
use crate::input::tree::{Node, Value};

/// Properties below which nothing plays a part.
const PLAY_NO_PART: [&str; 8] = [
    "AlarmActions",
    "Environment",
    "Image",
    "LogConfiguration",
    "MountPoints",
    "RepositoryCredentials",
    "Secrets",
    "ServiceRoleArn",
];
/// Lists whose items say nothing once a part of them is gone.
const PAIRS: [&str; 3] = ["Dimensions", "PortMappings", "TargetGroupAttributes"];

/// A map without the values that only CloudFormation knows; where one of them plays a part, that is told.
pub fn without_untold(node: &mut Node, plays_a_part: &[&str], to: &mut Diagnostics) {
    let Value::Map(entries) = &mut node.value else { return };
    entries.retain_mut(|(key, value)| {
        let mut faults = Vec::new();
        let field = Field { name: &key.name, node: value, key_span: key.span };
        let is_told = unknown(field).map(|fault| faults.push(fault)).is_none();
        if is_told {
            clear(value, &key.name, &mut faults);
        }
        if plays_a_part.contains(&&key.name[..]) {
            faults.into_iter().for_each(|fault| to.push(fault));
        }
        is_told
    });
}

/// Takes out of what stands under a name whatever is not told.
fn clear(node: &mut Node, name: &str, faults: &mut Vec<Diagnostic>) {
    match &mut node.value {
        Value::Map(entries) => entries.retain_mut(|(key, value)| {
            if PLAY_NO_PART.contains(&&key.name[..]) {
                clear(value, &key.name, &mut Vec::new());
                return function(value).is_none();
            }
            let field = Field { name: &key.name, node: value, key_span: key.span };
            let fault = unknown(field);
            let is_told = fault.is_none();
            faults.extend(fault);
            if is_told {
                clear(value, &key.name, faults);
            }
            is_told
        }),
        Value::List(items) => items.retain_mut(|item| {
            if function(item).is_some() {
                let title = format!("`{name}` names what the template does not tell");
                faults.push(told(item.span, title));
                return false;
            }
            let told = faults.len();
            clear(item, name, faults);
            told == faults.len() || !PAIRS.contains(&name)
        }),
        _ => {}
    }
}

/// Values that are still to be given are none: each is told, and what uses it is read as absent.
pub fn tell_placeholders(values: Option<&Node>, to: &mut Diagnostics) {
    for (key, node) in values.and_then(Node::entries).unwrap_or_default() {
        if let Some(written) = node.scalar().filter(|written| is_placeholder(written)) {
            let field = Field { name: &key.name, node, key_span: key.span };
            to.push(placeholder(field, written));
        }
    }
}

impl Template<'_> {
    /// The parameters that these values would need and that have no default, by name.
    pub fn untold_parameters<'b>(
        &self,
        nodes: impl IntoIterator<Item = &'b Node>,
    ) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for node in nodes {
            self.gather(&self.resolved(node), &mut names);
        }
        names
    }

    fn gather(&self, node: &Node, names: &mut BTreeSet<String>) {
        let Some(left) = left_over(node) else { return };
        if let Some((name, argument)) = function(left) {
            let texts = argument.scalar().into_iter();
            let texts =
                texts.chain(argument.items().into_iter().flatten().filter_map(Node::scalar));
            for text in texts {
                let is_named = |parameter: &&str| match name {
                    "Fn::Sub" => text.contains(&format!("${{{parameter}}}")),
                    _ => text == *parameter,
                };
                names.extend(self.parameters.keys().copied().filter(is_named).map(String::from));
            }
        }
        let items = node.items().unwrap_or_default().iter();
        let values = node.entries().unwrap_or_default().iter().map(|(_, node)| node);
        items.chain(values).for_each(|node| self.gather(node, names));
    }
}
