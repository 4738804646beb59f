//! Which alarms of a template are looked at: those that the deployment group names, with those that they are made of.
//!
//! Not what an alarm says (`sam_template`).

use std::collections::BTreeSet;

use super::{ALARMS, Reader};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::sam_template::described_alarms;
use crate::input::tree::{Key, Node};

impl Reader<'_> {
    /// The alarms as documents; without a group all of them. A rule that rests on an alarm that is not known is none.
    pub(super) fn alarms(&self, group: Option<&Node>, to: &mut Diagnostics) -> Vec<Node> {
        let name = |(key, _): &(Key, Node)| self.name_of_alarm(key);
        let all: Vec<&(Key, Node)> =
            ALARMS.iter().flat_map(|kind| self.template.of_type(kind)).collect();
        let names: Vec<String> = all.iter().map(|alarm| name(alarm)).collect();
        let configured = group.and_then(|group| group.key("alarmConfiguration")?.key("alarms"));
        let configured = configured.and_then(Node::items).unwrap_or_default();
        let configured = configured.iter().filter_map(|alarm| alarm.key("name")?.scalar());
        let mut named: BTreeSet<&str> = match group {
            Some(_) => configured.collect(),
            None => names.iter().map(String::as_str).collect(),
        };
        // A composite alarm brings those along that its rule names.
        for (resource, name) in all.iter().zip(&names) {
            let rule = resource.1.key("Properties").and_then(|all| all.key("AlarmRule"));
            let rule = rule.map(|rule| self.template.resolved(rule));
            if let Some(rule) = rule.as_ref().and_then(Node::scalar)
                && named.contains(&name[..])
            {
                named.extend(names.iter().map(String::as_str).filter(|name| rule.contains(name)));
            }
        }
        for ((key, _), name) in all.iter().zip(&names) {
            if !named.contains(&name[..]) {
                let title = format!("the alarm `{}` is not one of the deployment group", key.name);
                let told = Diagnostic::new(code::LEFT_OUT, key.span, title);
                to.push(told.label("not used: no deployment looks at it"));
            }
        }
        let found = described_alarms(self.template, &named, to);
        let untold: Vec<&str> = found
            .iter()
            .filter(|alarm| alarm.document.is_none())
            .map(|alarm| &alarm.name[..])
            .collect();
        let rests_on_them = |document: &Node| {
            let rule = document.key("AlarmRule").and_then(Node::scalar).unwrap_or_default();
            untold.iter().any(|name| rule.contains(name))
        };
        let known = found.iter().filter_map(|alarm| alarm.document.clone());
        known.filter(|document| !rests_on_them(document)).collect()
    }

    fn name_of_alarm(&self, key: &Key) -> String {
        let resource = self.template.resource(&key.name, &ALARMS);
        let own = resource.and_then(|(_, node)| node.key("Properties")?.key("AlarmName"));
        let own = own.map(|own| self.template.resolved(own));
        own.as_ref().and_then(Node::scalar).unwrap_or(&key.name).to_string()
    }
}
