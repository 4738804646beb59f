//! What is asked for, joined with what is known: revisions to deploy, hook functions, scripted calls.
//!
//! Rules: CD-LE-4, CD-ECS-64, ELB-TG-1, U-29.

use crate::aws::name::{LifecycleEvent, Listener};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::aws_document::appspec::HookBinding;
use crate::input::decode::listed;
use crate::input::load::{Resources, Sections};
use crate::input::section::deployment::DeploymentSection;
use crate::input::section::external::{ExternalSection, WrittenAction};
use crate::input::section::operator::{ModifyListener, Operator};
use crate::input::section::revision::Revisions;
use crate::scenario::deployment::Hook;
use crate::scenario::fault::{Breakage, ZONES_MAX};
use crate::scenario::monitoring::Monitoring;
use crate::scenario::operator::{Call, ScriptedCall};
use crate::scenario::revision::Revision;
use crate::scenario::service::{LoadBalancer, LoadBalancerKind};

/// The functions that the AppSpec binds, as the scenario says that they behave (CD-LE-4).
pub fn hooks(
    bound: Option<&[HookBinding]>,
    sections: &Sections,
    has_test_listener: bool,
    to: &mut Diagnostics,
) -> [Option<Hook>; LifecycleEvent::ALL.len()] {
    let assumed = &sections.assumptions.hook_duration;
    let mut hooks: [Option<Hook>; LifecycleEvent::ALL.len()] = Default::default();
    for event in LifecycleEvent::HOOKS {
        let behaviour = sections.hooks[event as usize].as_ref();
        let binding = bound.and_then(|bound| bound.iter().find(|hook| hook.event == event));
        if let (Some(_), None, Some(behaviour)) = (bound, binding, behaviour) {
            let title = format!("the AppSpec binds no function to `{event}`");
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, behaviour.span, title)
                    .label("behaves in vain")
                    .help("bind a function in the AppSpec's `Hooks`, or take this entry away"),
            );
        }
        if binding.is_some() || behaviour.is_some() {
            hooks[event as usize] = Some(behaviour.map_or_else(
                || Hook::answering(assumed.clone()),
                |behaviour| behaviour.hook(assumed),
            ));
        }
        let without_route = event == LifecycleEvent::AfterAllowTestTraffic
            && !has_test_listener
            && hooks[event as usize].is_some();
        if without_route {
            let span =
                binding.map(|hook| hook.event_span).or(behaviour.map(|behaviour| behaviour.span));
            let title = "`AfterAllowTestTraffic` does nothing without a test listener";
            to.push(
                Diagnostic::new(code::HOOK_WITHOUT_ROUTE, span, title)
                    .label("its function is not invoked")
                    .help("give the deployment group a `testTrafficRoute`"),
            );
        }
    }
    hooks
}

/// The candidates of a scenario, and which of them each deployment may bring: the revision that it names, else
/// all that no other deployment names. The original can be deployed again; it is the last candidate then.
pub fn deployed(
    asked: &[&DeploymentSection],
    revisions: &Revisions,
    to: &mut Diagnostics,
) -> (Vec<Revision>, Vec<Vec<u8>>) {
    let mut candidates = revisions.candidates.clone();
    let named = |name: &str| asked.iter().any(|one| is_named(one, name));
    let unnamed = revisions.names.iter().filter(|(name, _)| !named(name));
    let mut usual: Vec<u8> = unnamed.flat_map(|(_, positions)| positions).copied().collect();
    if usual.is_empty() {
        usual = revisions.names.iter().flat_map(|(_, positions)| positions).copied().collect();
    }
    let original = u8::try_from(candidates.len()).unwrap_or(u8::MAX);
    let is_brought_back =
        asked.iter().any(|one| one.external.as_ref().is_some_and(brings_original));
    if named("original") || is_brought_back {
        candidates.push(revisions.original.clone());
    }
    let deploys = asked.iter().map(|section| {
        let Some(name) = &section.deploys else { return usual.clone() };
        if name.value == "original" {
            return vec![original];
        }
        let found = revisions.names.iter().find(|(known, _)| *known == name.value);
        found.map_or_else(Vec::new, |(_, positions)| positions.clone())
    });
    let deploys: Vec<Vec<u8>> = deploys.collect();
    for (section, positions) in asked.iter().zip(&deploys) {
        if let Some(name) = section.deploys.as_ref().filter(|_| positions.is_empty()) {
            let known: Vec<&str> = revisions.names.iter().map(|(name, _)| name.as_str()).collect();
            let title = format!("`revisions` has no `{}`", name.value);
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, name.span, title)
                    .label("is to be deployed")
                    .help(format!("deploy `original` or {}", listed(&known))),
            );
        }
    }
    (candidates, deploys)
}

/// Whether a step of an external controller creates a task set of the original.
fn brings_original(external: &ExternalSection) -> bool {
    let mut steps = external.steps.iter().chain(&external.abort);
    steps.any(|step| {
        matches!(step.action, Some(WrittenAction::CreateTaskSet { replacement: false, .. }))
    })
}

fn is_named(section: &DeploymentSection, revision: &str) -> bool {
    section.deploys.as_ref().is_some_and(|deploys| deploys.value == revision)
}

/// The scripted calls, by kind in the order in which they are written.
pub fn calls(
    operator: &Operator,
    revisions: &Revisions,
    load_balancer: Option<&LoadBalancer>,
    monitoring: Option<&Monitoring>,
    to: &mut Diagnostics,
) -> Vec<ScriptedCall> {
    let mut calls = operator.calls.clone();
    // Without a load balancer there are none, which was told.
    if let Some(load_balancer) = load_balancer {
        calls.extend(listener_calls(operator, load_balancer, to));
    }
    for (at, revision) in &operator.images {
        let candidate = revisions.candidates.iter().position(|one| one.name == revision.value);
        let candidate = candidate.and_then(|position| u8::try_from(position).ok());
        if candidate.is_none() && revision.value != "original" {
            let names = revisions.candidates.iter().map(|one| one.name.as_str());
            let known: Vec<&str> = names.chain(["original"]).collect();
            let title = format!("no revision is called `{}`", revision.value);
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, revision.span, title)
                    .label("its image is to be deleted")
                    .help(format!("there are {}", listed(&known))),
            );
        }
        calls.push(ScriptedCall { at: *at, call: Call::BatchDeleteImage { candidate } });
    }
    // Without a monitoring the alarms have faults of their own, which were told.
    for (at, name, state) in monitoring.iter().flat_map(|_| &operator.alarm_states) {
        let known = monitoring.and_then(|monitoring| monitoring.id_of(&name.value));
        let call = known.map(|alarm| Call::SetAlarmState { alarm, state: *state });
        calls.extend(call.map(|call| ScriptedCall { at: *at, call }));
        if known.is_none() {
            let alarms = monitoring.iter().flat_map(|monitoring| &monitoring.alarms);
            let names: Vec<&str> = alarms.map(|watched| watched.alarm.name()).collect();
            let title = format!("no alarm is called `{}`", name.value);
            let diagnostic = Diagnostic::new(code::DOCUMENTS_DISAGREE, name.span, title)
                .label("its state is to be set");
            to.push(match names.is_empty() {
                true => diagnostic.help("describe it in `resources.alarms`"),
                false => diagnostic.help(format!("there are {}", listed(&names))),
            });
        }
    }
    calls
}

/// Rewritten listeners, their target groups by id.
fn listener_calls(
    operator: &Operator,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) -> Vec<ScriptedCall> {
    let mut calls = Vec::new();
    for written in &operator.listeners {
        let Some(weights) = weights(written, load_balancer, to) else { continue };
        let call = Call::ModifyListener { listener: written.listener, weights };
        calls.push(ScriptedCall { at: written.at, call });
    }
    calls
}

/// Weights of the pair by id; nothing if no request could follow them, or a group is not known, which is told.
pub fn weights(
    written: &ModifyListener,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) -> Option<[u16; 2]> {
    let ModifyListener { listener, span, weights, .. } = written;
    let mut pair = [0; 2];
    for (name, weight) in weights {
        match load_balancer.target_groups.iter().position(|group| group.name == *name) {
            Some(index) => pair[index] = weight.value,
            None => {
                let [first, second] = load_balancer.target_groups.each_ref().map(|g| &g.name);
                let title = format!("the deployment group has no target group `{name}`");
                to.push(
                    Diagnostic::new(code::DOCUMENTS_DISAGREE, weight.span, title)
                        .label("gets a weight")
                        .help(format!("its target groups are `{first}` and `{second}`")),
                );
            }
        }
    }
    if pair == [0; 2] && weights.values().all(|weight| weight.value == 0) {
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, *span, "all weights are 0")
                .label("no target group would get a request")
                .help("give one of the two a weight above 0"),
        );
    }
    check_listener(*listener, pair, *span, load_balancer, to);
    (pair != [0; 2]).then_some(pair)
}

/// A listener that is not there, or weights behind a load balancer that has none (CD-TRAF-9), cannot be written.
fn check_listener(
    listener: Listener,
    weights: [u16; 2],
    span: Span,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) {
    if listener == Listener::Test && !load_balancer.has_test_listener {
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, span, "there is no test listener")
                .label("its weights are to be changed")
                .help("give the deployment group a `testTrafficRoute`, or take this call away"),
        );
    }
    let is_split = weights.iter().all(|weight| *weight > 0);
    if is_split && load_balancer.kind == LoadBalancerKind::Network {
        let title = "a Network Load Balancer forwards to one target group";
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, span, title)
                .label("names two with a weight")
                .help("give the other target group no weight"),
        );
    }
}

/// Clients stay with what they were assigned to for a session, and only the traffic says how long that is
/// (ELB-TG-3, ELB-TG-4).
fn tell_unknown_sessions(sections: &Sections, to: &mut Diagnostics) {
    let Resources { target_groups, listeners, .. } = &sections.resources;
    let of_listeners = listeners.iter().filter_map(|one| Some(one.stickiness.as_ref()?.span));
    let sticky = target_groups.iter().filter(|group| group.attributes.stickiness.is_some());
    let at = of_listeners.chain(sticky.map(|group| group.span)).next();
    if at.is_some() && sections.traffic.sessions.is_none() {
        to.push(
            Diagnostic::new(code::LEFT_OUT, at, "clients stay, and nothing says for how long")
                .label("requests are spread as if this were off")
                .help("describe their sessions: `traffic.sessions: { requests: 20, length: 10m }`"),
        );
    }
}

/// What calls and faults speak of that nothing else describes.
pub fn check(sections: &Sections, to: &mut Diagnostics) {
    check_zones(sections, to);
    check_scaling_calls(sections, to);
    tell_unknown_sessions(sections, to);
}

/// Only what is scaled can get other bounds, and no minimum lies above its maximum.
fn check_scaling_calls(sections: &Sections, to: &mut Diagnostics) {
    for scripted in &sections.operator.calls {
        let Call::RegisterScalableTarget { min, max, .. } = scripted.call else { continue };
        if sections.resources.scaling.is_none() {
            let title = "`RegisterScalableTarget` is to be called, and nothing scales the service";
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                    .help("describe the scaling in `resources.scaling`, or take the call away"),
            );
        }
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            let title = format!("`MinCapacity` is {min}, more than `MaxCapacity`, {max}");
            to.push(
                Diagnostic::new(code::OUT_OF_RANGE, None, title)
                    .help("write the smaller one first"),
            );
        }
    }
}

/// A zone that the service is not spread over cannot fail; nor can there be more than a region has.
fn check_zones(sections: &Sections, to: &mut Diagnostics) {
    let zones = sections.assumptions.zones;
    if zones > ZONES_MAX {
        let title = format!("`cluster.zones` is {zones}, more than {ZONES_MAX}");
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, None, title)
                .help(format!("a service is spread over {ZONES_MAX} zones at most")),
        );
    }
    for fault in &sections.faults {
        if let Breakage::ZoneFailure { zone } = fault.breakage
            && u32::from(zone) >= zones
        {
            let title = format!("zone {zone} is to fail, and the service is spread over {zones}");
            to.push(Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title).help(
                "zones are counted from 0; the assumption `cluster.zones` says how many there are",
            ));
        }
    }
}
