//! Targets of deployments as `get-deployment-target` and its likes answer: how long lifecycle events took, and what their
//! functions answered.
//!
//! Events that CodeDeploy performs itself are simulated from what they are made of. Rules: CD-LE-1, CD-LE-3, CD-EC2-3, CD-EC2-5.

use super::{Answers, Gathered, Observed, Quantity, Recording, holders, several, time};
use crate::aws::instance::InstanceEvent;
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::tree::{Node, shortened};

/// A hook event that lasts no longer, in all recordings of it, is taken for one without a function.
///
/// The only empty one that is known lasted 230 ms (CD-LE-3). Of functions as `hook.duration` has them where nothing else is said,
/// 3 in 100 are as short; one that always is cannot be told from none, so it is said where it is counted.
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
    let what = several(targets.len(), "target");
    Recording { what, observed: gathered.found, answers, ..Recording::default() }
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

/// Hook events that never last have no function: together they show how long an empty one takes. All recordings are looked
/// at before one is told; an event without a function cannot fail (CD-LE-3), so one that has failed has one.
pub fn without_empty(recordings: &mut [Recording]) {
    let mut empty: Vec<LifecycleEvent> = LifecycleEvent::ALL.to_vec();
    for recording in recordings.iter() {
        let lasts = |event: LifecycleEvent| {
            let of = recording.observed.iter().filter(|of| of.quantity == Quantity::Hook(event));
            of.flat_map(|of| &of.milliseconds).any(|duration| *duration > EMPTY_MAX_MS)
        };
        let has_failed =
            |event| recording.answers.iter().any(|of| of.event == event && of.failed > 0);
        empty.retain(|event| !lasts(*event) && !has_failed(*event));
    }
    let is_empty =
        |of: &Observed| matches!(of.quantity, Quantity::Hook(event) if empty.contains(&event));
    for recording in recordings {
        recording.answers.retain(|answers| !empty.contains(&answers.event));
        let (found, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut recording.observed).into_iter().partition(is_empty);
        recording.observed = kept;
        if !found.is_empty() {
            let events: Vec<String> = found
                .iter()
                .map(|of| of.quantity.to_string().trim_start_matches("hook ").to_string())
                .collect();
            let limit = EMPTY_MAX_MS / 1000.0;
            recording.observed.push(Observed {
                quantity: Quantity::Assumption("codedeploy.empty_hook_duration"),
                milliseconds: found.into_iter().flat_map(|of| of.milliseconds).collect(),
                between: format!(
                    "{TOOK} of {}, never over {limit} s and never failed, so taken for events without a function",
                    events.join(", ")
                ),
            });
        }
    }
}
