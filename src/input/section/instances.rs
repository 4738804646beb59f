//! `resources.instances:`: the EC2 instances and on-premises servers that are deployed to.
//!
//! Which of them belong to the group by their tags is asked where both are known (`join::server`). Rules: CD-EC2-1, CD-EC2-3,
//! CD-EC2-4, CD-EC2-20, CD-HH-1, CD-Z-5.

use std::collections::BTreeSet;

use crate::aws::instance::{InstanceEvent, LifecycleErrorCode};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::share::Share;
use crate::input::decode::{Field, Map, boolean, choice, integer, list, text};
use crate::input::tree::{Key, Node, Value};
use crate::input::unit;
use crate::scenario::hosts::HostHealth;
use crate::scenario::server::{Agent, AutoScaling, INSTANCE_ZONES_MAX, Instance, Server, Standing};

/// More instances than any deployment can have, so that one can be shown that has too many (CD-EC2-2).
const INSTANCES_MAX: i64 = 5000;
/// The zone where none is named.
const ZONE: &str = "zone";

/// `{ count: 9, zones: [us-east-1a, us-east-1b] }`, and what a blue/green deployment discovers beside them or copies:
/// `replacement: { count: 9 }`.
pub fn instances(field: Field, to: &mut Diagnostics) -> Option<Server> {
    let mut map = Map::open(field, to)?;
    let count = map.required("count", integer(0..=INSTANCES_MAX));
    let zones = map.or("zones", zones, vec![ZONE.into()]);
    let is_deployed = map.or("deployed", boolean, true);
    let agents_absent = map.or("agents_absent", unit::share, Share::ZERO);
    let count = usize::try_from(count?).expect("it is not negative");
    let tags = map.or("tags", tags, Vec::new());
    let mut instances = alike(count, zones.len(), Standing::Member, health(is_deployed));
    instances.iter_mut().for_each(|instance| instance.tags.clone_from(&tags));
    map.optional(
        "exceptions",
        list(|field: Field, to: &mut Diagnostics| exception(field, &zones, &mut instances, to)),
    );
    let replacement = map.optional("replacement", |field: Field, to: &mut Diagnostics| {
        let mut map = Map::open(field, to)?;
        let replaced = i64::try_from(count).expect("instances are limited");
        let count = map.or("count", integer(0..=INSTANCES_MAX), replaced);
        let count = usize::try_from(count).expect("it is not negative");
        let mut instances = alike(count, zones.len(), Standing::Beside, HostHealth::NEW);
        map.optional(
            "exceptions",
            list(|field: Field, to: &mut Diagnostics| exception(field, &zones, &mut instances, to)),
        );
        map.finish();
        Some(instances)
    });
    map.finish();
    instances.extend(replacement.into_iter().flatten());
    // The deployment group says whether there is a load balancer.
    Some(Server {
        instances,
        zones,
        agents_absent,
        load_balancer: None,
        auto_scaling: AutoScaling::default(),
    })
}

/// So many instances of which nothing else is said, spread over so many zones.
fn alike(count: usize, zones: usize, standing: Standing, health: HostHealth) -> Vec<Instance> {
    let one = |place: usize| Instance {
        zone: u8::try_from(place % zones).expect("zones are few"),
        standing,
        health,
        agent: Agent::Present,
        fails: None,
        tags: Vec::new(),
        has_foreign_file: false,
    };
    (0..count).map(one).collect()
}

const fn health(is_deployed: bool) -> HostHealth {
    if is_deployed { HostHealth::UP_TO_DATE } else { HostHealth::NEW }
}

/// Names of zones, each once, in alphabetical order.
fn zones(field: Field, to: &mut Diagnostics) -> Option<Vec<String>> {
    let written = list(text)(field, to)?;
    let zones: BTreeSet<String> = written.iter().cloned().collect();
    if !(1..=INSTANCE_ZONES_MAX).contains(&zones.len()) || zones.len() < written.len() {
        let title = format!("`{}` names {} different zones", field.name, zones.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("1 to {INSTANCE_ZONES_MAX}, each once")),
        );
        return None;
    }
    Some(zones.into_iter().collect())
}

/// What is different about some instances, which are counted from 1.
fn exception(
    field: Field,
    zones: &[String],
    instances: &mut [Instance],
    to: &mut Diagnostics,
) -> Option<()> {
    let count = i64::try_from(instances.len()).expect("instances are limited");
    let mut map = Map::open(field, to)?;
    let which = map.required("instances", |field: Field, to: &mut Diagnostics| {
        let one = |field: Field, to: &mut Diagnostics| integer(1..=count)(field, to);
        match &field.node.value {
            Value::List(_) => list(one)(field, to),
            _ => one(field, to).map(|one| vec![one]),
        }
    });
    let known: Vec<(&str, u8)> = zones.iter().map(String::as_str).zip(0..).collect();
    let zone = map.optional("zone", choice(&known));
    let is_deployed = map.optional("deployed", boolean);
    let agent = map.optional("agent", agent);
    let fails = map.optional("fails", event(|_| true));
    let fails_as = map.optional("as", failure);
    let tags = map.optional("tags", tags);
    let has_foreign_file = map.or("foreign_file", boolean, false);
    map.finish();
    for place in which? {
        let instance = &mut instances[usize::try_from(place - 1).expect("from 1 on")];
        instance.zone = zone.unwrap_or(instance.zone);
        instance.health = is_deployed.map_or(instance.health, health);
        if let Some(tags) = &tags {
            instance.tags.clone_from(tags);
        }
        if let Some(agent) = &agent {
            instance.agent = agent.clone();
        }
        let fails_as = fails_as.unwrap_or(LifecycleErrorCode::ScriptFailed);
        instance.fails = fails.map(|event| (event, fails_as)).or(instance.fails);
        instance.has_foreign_file |= has_foreign_file;
    }
    Some(())
}

/// `{ Name: web, stage: production }`.
fn tags(field: Field, to: &mut Diagnostics) -> Option<Vec<(String, String)>> {
    let Some(entries) = field.node.entries() else {
        Map::open(field, to)?;
        return None;
    };
    let tag = |(key, node): &(Key, Node)| {
        let field = Field { name: &key.name, node, key_span: key.span };
        Some((key.name.clone(), text(field, to)?))
    };
    entries.iter().map(tag).collect()
}

/// `absent`, `{ answers_after: 20m }`, `{ reboots_before: AfterInstall, takes: 6m }`, `{ restarts_during: AfterInstall }` or
/// `{ lost_during: Install }`.
fn agent(field: Field, to: &mut Diagnostics) -> Option<Agent> {
    if field.node.scalar().is_some() {
        return choice(&[("present", Agent::Present), ("absent", Agent::Absent)])(field, to);
    }
    let mut map = Map::open(field, to)?;
    let kinds = ["answers_after", "reboots_before", "restarts_during", "lost_during"];
    let agent = match map.one_of(&kinds)? {
        "answers_after" => map.optional("answers_after", unit::latency).map(Agent::Slow),
        "reboots_before" => {
            let before = map.optional("reboots_before", event(|_| true));
            let takes = map.required("takes", unit::latency);
            before.zip(takes).map(|(before, takes)| Agent::Reboots { before, takes })
        }
        "restarts_during" => {
            let during = map.optional("restarts_during", event(InstanceEvent::is_hook));
            let hangs = map.or("hangs", boolean, false);
            during.map(|during| Agent::Restarts { during, hangs })
        }
        _ => map.optional("lost_during", event(|_| true)).map(|during| Agent::Lost { during }),
    };
    map.finish();
    agent
}

/// A lifecycle event of an instance that passes.
pub fn event(
    passes: fn(InstanceEvent) -> bool,
) -> impl Fn(Field, &mut Diagnostics) -> Option<InstanceEvent> {
    move |field: Field, to: &mut Diagnostics| {
        let known = InstanceEvent::ALL.iter().copied().filter(|event| passes(*event));
        let known: Vec<(&str, InstanceEvent)> =
            known.map(|event| (event.as_str(), event)).collect();
        choice(&known)(field, to)
    }
}

/// How scripts fail.
pub fn failure(field: Field, to: &mut Diagnostics) -> Option<LifecycleErrorCode> {
    let bad = LifecycleErrorCode::ALL.iter().filter(|code| **code != LifecycleErrorCode::Success);
    let known: Vec<_> = bad.map(|code| (code.as_str(), *code)).collect();
    choice(&known)(field, to)
}
