//! Targets of deployments as `get-deployment-target` and its likes answer: how long lifecycle events took, and what their
//! functions answered.
//!
//! Events that CodeDeploy performs itself are simulated from what they are made of. Rules: CD-LE-1, CD-LE-3, CD-EC2-3, CD-EC2-5.

use super::{Answers, Gathered, Quantity, Recording, holders, several, time};
use crate::aws::instance::InstanceEvent;
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::tree::{Node, shortened};

/// A hook event that lasts no longer, in all recordings of it, has no function.
const EMPTY_MAX_MS: f64 = 1000.0;
const TOOK: &str = "startTime to endTime";
const GAP: &str = "endTime to the next startTime";

/// Reads every target that the tree holds.
pub fn targets(node: &Node, to: &mut Diagnostics) -> Recording {
    let (mut targets, mut gathered) = (Vec::new(), Gathered::default());
    let mut answers: Vec<Answers> = Vec::new();
    holders(node, "lifecycleEvents", "", &mut targets);
    for (named, target) in &targets {
        let of_instance = named.starts_with("instance") || is_of_instance(target);
        let events = target.key("lifecycleEvents").and_then(Node::items).unwrap_or_default();
        let mut ended = None;
        for event in events {
            let name = event.key("lifecycleEventName").and_then(Node::scalar).unwrap_or_default();
            let times = (time(event, "startTime"), time(event, "endTime"));
            if times.0.is_some() {
                let gap = if of_instance { "agent.poll" } else { "codedeploy.inter_event_gap" };
                let between = (ended, times.0);
                gathered.add(Quantity::Assumption(gap), GAP, between, event.span, to);
            }
            ended = times.1;
            let quantity = match of_instance {
                true => of_agent(name),
                false => of_hook(name),
            };
            let Some(quantity) = quantity else {
                if is_unknown(name) {
                    to.push(unknown(event, name));
                }
                continue;
            };
            gathered.add(quantity, TOOK, times, event.span, to);
            if let (Quantity::Hook(event_of), Some(_)) = (quantity, times.1) {
                let failed = event.key("status").and_then(Node::scalar) == Some("Failed");
                count(&mut answers, event_of, failed);
            }
        }
    }
    let observed = without_empty(gathered);
    let is_bound = |answers: &Answers| {
        observed.found.iter().any(|of| of.quantity == Quantity::Hook(answers.event))
    };
    answers.retain(is_bound);
    let what = several(targets.len(), "target");
    Recording { what, observed: observed.found, answers, ..Recording::default() }
}

/// Events that only instances have tell their targets apart where the answer does not name the kind.
fn is_of_instance(target: &Node) -> bool {
    let events = target.key("lifecycleEvents").and_then(Node::items).unwrap_or_default();
    let names = events.iter().filter_map(|event| event.key("lifecycleEventName")?.scalar());
    let mut names = names.map(|name| InstanceEvent::from_name(name).is_some() && !is_known(name));
    names.any(|only_there| only_there)
}

fn is_known(name: &str) -> bool {
    LifecycleEvent::from_name(name).is_some()
}

fn is_unknown(name: &str) -> bool {
    !is_known(name) && InstanceEvent::from_name(name).is_none()
}

fn unknown(event: &Node, name: &str) -> Diagnostic {
    let title = format!("`{}` is no lifecycle event that is known", shortened(name));
    Diagnostic::new(code::ODD_RECORD, event.span, title)
        .label("left out")
        .help("events have a `lifecycleEventName`, such as `AfterAllowTestTraffic`")
}

/// What a hook of ECS or Lambda is; nothing where CodeDeploy works itself.
fn of_hook(name: &str) -> Option<Quantity> {
    let event = LifecycleEvent::from_name(name)?;
    event.is_hook().then_some(Quantity::Hook(event))
}

/// What an event on an instance is; traffic moves at the pace of the load balancer.
fn of_agent(name: &str) -> Option<Quantity> {
    let assumption = match InstanceEvent::from_name(name)? {
        InstanceEvent::DownloadBundle => "agent.download",
        InstanceEvent::Install => "agent.install",
        InstanceEvent::BlockTraffic | InstanceEvent::AllowTraffic => return None,
        _ => "script.duration",
    };
    Some(Quantity::Assumption(assumption))
}

fn count(answers: &mut Vec<Answers>, event: LifecycleEvent, failed: bool) {
    let place = answers.iter().position(|of| of.event == event);
    let place = place.unwrap_or_else(|| {
        answers.push(Answers { event, all: 0, failed: 0 });
        answers.len() - 1
    });
    answers[place].all += 1;
    answers[place].failed += u64::from(failed);
}

/// Hook events that never last have no function: together they show how long an empty one takes.
fn without_empty(gathered: Gathered) -> Gathered {
    let is_empty = |of: &super::Observed| {
        matches!(of.quantity, Quantity::Hook(_))
            && of.milliseconds.iter().all(|duration| *duration <= EMPTY_MAX_MS)
    };
    let (empty, mut kept): (Vec<_>, Vec<_>) = gathered.found.into_iter().partition(is_empty);
    let milliseconds: Vec<f64> = empty.into_iter().flat_map(|of| of.milliseconds).collect();
    if !milliseconds.is_empty() {
        let quantity = Quantity::Assumption("codedeploy.empty_hook_duration");
        kept.push(super::Observed { quantity, milliseconds, between: TOOK });
    }
    Gathered { found: kept }
}
