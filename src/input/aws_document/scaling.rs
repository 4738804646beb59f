//! Application Auto Scaling of a service: scalable targets, scaling policies, scheduled actions.
//!
//! Each as the input of its call or as the answer that describes it, several in a list. Not the alarms of step
//! policies, which are documents of their own. Rules: AAS-GEN-1, AAS-GEN-5, AAS-GEN-6.

mod cron;
mod metric;
mod policy;
mod resource;
mod schedule;
mod step;
#[cfg(test)]
mod tests;

use super::kind::{Kind, expected};
use super::value::{count, spanned};
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, Map, boolean, items, list};
use crate::input::tree::{Node, Value};
use crate::scenario::scaling::capacity::CapacityRange;
use crate::scenario::scaling::schedule::ScheduledAction;
use crate::scenario::scaling::{
    POLICIES_MAX, Policy, SCHEDULED_ACTIONS_MAX, ScalableTarget, Scaling, SuspendedState,
};

pub use resource::ServiceResource;

/// What documents of Application Auto Scaling say together.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingDocuments {
    /// The service that all of them are about, if one says so.
    pub resource: Option<Spanned<ServiceResource>>,
    /// The scalable targets, of which one is needed.
    pub targets: Vec<Spanned<ScalableTarget>>,
    /// The policies.
    pub policies: Vec<Spanned<Policy>>,
    /// The scheduled actions.
    pub scheduled_actions: Vec<Spanned<ScheduledAction>>,
    /// The place of the whole.
    pub span: Span,
}

/// Keys that only the input of `PutScheduledAction` has, and an item of its answer.
const OF_ACTIONS: [&str; 3] = ["Schedule", "ScheduledActionName", "ScalableTargetAction"];
/// Keys that only the input of `RegisterScalableTarget` has, and an item of its answer.
const OF_TARGETS: [&str; 3] = ["MinCapacity", "MaxCapacity", "SuspendedState"];

/// Reads any number of documents: inputs, answers, or the configuration of a policy alone.
///
/// A faulty document does not hide the others.
pub fn documents(field: Field, to: &mut Diagnostics) -> Option<ScalingDocuments> {
    let mut found = ScalingDocuments {
        resource: None,
        targets: Vec::new(),
        policies: Vec::new(),
        scheduled_actions: Vec::new(),
        span: field.node.span,
    };
    items(|field, to| {
        document(field, &mut found, to);
        Some(())
    })(field, to)?;
    Some(found)
}

impl ScalingDocuments {
    /// The scaling of one service; what it lacks and which quotas it exceeds is told.
    pub fn scaling(&self, to: &mut Diagnostics) -> Option<Scaling> {
        over_quota(&self.policies, POLICIES_MAX, "scaling policies", to);
        over_quota(&self.scheduled_actions, SCHEDULED_ACTIONS_MAX, "scheduled actions", to);
        let [target] = self.targets[..] else {
            let title = match self.targets.len() {
                0 => "no scalable target is described".to_string(),
                several => format!("{several} scalable targets are described, not one"),
            };
            let span = self.targets.get(1).map_or(self.span, |second| second.span);
            to.push(
                Diagnostic::new(code::NOT_ONE, span, title)
                    .label("one is needed: it has the bounds of scaling")
                    .help("give the answer of `aws application-autoscaling describe-scalable-targets`"),
            );
            return None;
        };
        Some(Scaling {
            target: target.value,
            policies: values(&self.policies),
            scheduled_actions: values(&self.scheduled_actions),
        })
    }
}

fn values<T: Clone>(spanned: &[Spanned<T>]) -> Vec<T> {
    spanned.iter().map(|each| each.value.clone()).collect()
}

/// Rule: AAS-GEN-5.
fn over_quota<T>(found: &[Spanned<T>], most: usize, what: &str, to: &mut Diagnostics) {
    if let Some(first) = found.get(most) {
        let title = format!("there are {} {what}, more than {most}", found.len());
        to.push(
            refused(first.span, title)
                .label("one too many")
                .help(format!("take {} away", found.len() - most))
                .refused_with(Exception::LimitExceeded),
        );
    }
}

/// One document: an answer with lists, or one thing alone.
fn document(field: Field, found: &mut ScalingDocuments, to: &mut Diagnostics) -> Option<()> {
    if field.node.value == Value::Unread {
        return None;
    }
    let field = expected(field, &[Kind::Scaling], to)?;
    let lists = ["ScalableTargets", "ScalingPolicies", "ScheduledActions"];
    if !has_any(field.node, &lists) {
        return match field.node {
            node if has_any(node, &OF_ACTIONS) => action(field, found, to),
            node if has_any(node, &OF_TARGETS) => target(field, found, to),
            _ => read_policy(field, found, to),
        };
    }
    let mut map = Map::open_aws(field, to)?;
    map.optional("ScalableTargets", list(|field, to| target(field, found, to)));
    map.optional("ScalingPolicies", list(|field, to| read_policy(field, found, to)));
    map.optional("ScheduledActions", list(|field, to| action(field, found, to)));
    map.unused();
    Some(())
}

fn has_any(node: &Node, keys: &[&str]) -> bool {
    keys.iter().any(|key| node.key(key).is_some())
}

/// Reads a scalable target.
fn target(field: Field, found: &mut ScalingDocuments, to: &mut Diagnostics) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    resource::resource(&mut map, found);
    let min = map.required("MinCapacity", spanned(capacity));
    let max = map.required("MaxCapacity", spanned(capacity));
    let suspended = map.or("SuspendedState", suspended_state, SuspendedState::default());
    tell_crossed(&mut map, min.as_ref(), max.as_ref());
    map.unused();
    let range = CapacityRange { min: min?.value, max: max?.value };
    let value = ScalableTarget { range, suspended };
    found.targets.push(Spanned { value, span: field.node.span });
    Some(())
}

/// A number of tasks.
fn capacity(field: Field, to: &mut Diagnostics) -> Option<u32> {
    count(0..=i64::from(i32::MAX))(field, to)
}

/// Tells of a minimum above the maximum.
fn tell_crossed(map: &mut Map<'_, '_>, min: Option<&Spanned<u32>>, max: Option<&Spanned<u32>>) {
    if let (Some(min), Some(max)) = (min, max)
        && min.value > max.value
    {
        let title = format!("`MinCapacity` is {}, more than `MaxCapacity`", min.value);
        map.tell(
            refused(min.span, title)
                .label(format!("the maximum is {}", max.value))
                .help("lower the minimum or raise the maximum"),
        );
    }
}

/// Rule: AAS-GEN-6.
pub fn suspended_state(field: Field, to: &mut Diagnostics) -> Option<SuspendedState> {
    let mut map = Map::open_aws(field, to)?;
    let suspended = SuspendedState {
        dynamic_scaling_in: map.or("DynamicScalingInSuspended", boolean, false),
        dynamic_scaling_out: map.or("DynamicScalingOutSuspended", boolean, false),
        scheduled_scaling: map.or("ScheduledScalingSuspended", boolean, false),
    };
    map.unused();
    Some(suspended)
}

fn read_policy(field: Field, found: &mut ScalingDocuments, to: &mut Diagnostics) -> Option<()> {
    let value = policy::policy(field, found, to)?;
    found.policies.push(Spanned { value, span: field.node.span });
    Some(())
}

fn action(field: Field, found: &mut ScalingDocuments, to: &mut Diagnostics) -> Option<()> {
    let value = schedule::scheduled_action(field, found, to)?;
    found.scheduled_actions.push(Spanned { value, span: field.node.span });
    Some(())
}

/// The fault of what Application Auto Scaling refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::SCALING_REFUSED, span, title).refused_with(Exception::Validation)
}
