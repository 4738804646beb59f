//! Which alarms of a template are looked at: those that the deployment group names, with those that they are made of.
//!
//! Not what an alarm says (`sam_template`). Rule: CW-ALARM-10.

use std::collections::BTreeSet;

use super::Reader;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::alarm::rests_on;
use crate::input::aws_document::sam_template::{ALARMS, SamAlarm, described_alarms, name_of_alarm};
use crate::input::tree::{Key, Node};

/// An alarm of the template.
struct Described {
    name: String,
    key: Key,
    /// The names of the alarms that a composite one is made of.
    rests_on: Vec<String>,
}

impl Reader<'_> {
    /// The alarms as documents; without a group all of them. What rests on an alarm that is not known is none.
    pub(super) fn alarms(&self, group: Option<&Node>, to: &mut Diagnostics) -> Vec<Node> {
        let resources = ALARMS.iter().flat_map(|kind| self.template.of_type(kind));
        let all: Vec<Described> = resources.map(|resource| self.described(resource)).collect();
        let configured = group.and_then(|group| group.key("alarmConfiguration")?.key("alarms"));
        let configured = configured.and_then(Node::items).unwrap_or_default();
        let configured = configured.iter().filter_map(|alarm| alarm.key("name")?.scalar());
        let mut named: BTreeSet<&str> = match group {
            Some(_) => configured.collect(),
            None => all.iter().map(|alarm| &alarm.name[..]).collect(),
        };
        // A composite alarm brings those along that its rule names, composite ones among them.
        until_stable(&mut named, |named| {
            let looked_at = all.iter().filter(|alarm| named.contains(&alarm.name[..]));
            looked_at.flat_map(|alarm| alarm.rests_on.iter().map(String::as_str)).collect()
        });
        for Described { name, key, .. } in &all {
            if !named.contains(&name[..]) {
                let title = format!("the alarm `{}` is not one of the deployment group", key.name);
                let told = Diagnostic::new(code::LEFT_OUT, key.span, title);
                to.push(told.label("not used: no deployment looks at it"));
            }
        }
        let found = described_alarms(self.template, &named, to);
        known(&found, &all, to)
    }

    fn described(&self, resource: &(Key, Node)) -> Described {
        let properties = resource.1.key("Properties").map(|own| self.template.resolved(own));
        Described {
            name: name_of_alarm(self.template, resource),
            key: resource.0.clone(),
            rests_on: properties.as_ref().map(rests_on).unwrap_or_default(),
        }
    }
}

/// The documents of the alarms that the template tells; those that rest on others are told.
fn known(found: &[SamAlarm], all: &[Described], to: &mut Diagnostics) -> Vec<Node> {
    let untold = found.iter().filter(|alarm| alarm.document.is_none());
    let untold: BTreeSet<&str> = untold.map(|alarm| &alarm.name[..]).collect();
    let mut lost = untold.clone();
    until_stable(&mut lost, |lost| {
        let is_lost =
            |alarm: &&Described| alarm.rests_on.iter().any(|name| lost.contains(&name[..]));
        all.iter().filter(is_lost).map(|alarm| &alarm.name[..]).collect()
    });
    for SamAlarm { logical_id, name, .. } in found {
        if lost.contains(&name[..]) && !untold.contains(&name[..]) {
            let title = format!(
                "the alarm `{}` rests on one that the template does not tell",
                logical_id.value
            );
            let told = Diagnostic::new(code::LEFT_OUT, logical_id.span, title);
            to.push(told.label("not used: its state is not known"));
        }
    }
    let kept = found.iter().filter(|alarm| !lost.contains(&alarm.name[..]));
    kept.filter_map(|alarm| alarm.document.clone()).collect()
}

/// Adds to a set what follows from it until nothing follows any more.
fn until_stable<'a>(
    set: &mut BTreeSet<&'a str>,
    following: impl Fn(&BTreeSet<&'a str>) -> Vec<&'a str>,
) {
    loop {
        let before = set.len();
        set.extend(following(set));
        if set.len() == before {
            return;
        }
    }
}
