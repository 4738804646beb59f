//! The steps of an external controller, joined with the target groups, the alarms and the task definition.
//!
//! Not which service a step is about (`addressee`). Rules: CD-EXT-5, CD-EXT-6, CD-EXT-8, ECS-EXT-6, ECS-EXT-7, ECS-EXT-10, ECS-EXT-35 (docs/semantics).

mod addressee;

use super::asked;
use crate::aws::id::TargetGroupId;
use crate::aws::name::ComputePlatform;
use crate::aws::service::LaunchType;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::task_set::{TaskSetRequest, refused};
use crate::input::decode::listed;
use crate::input::load::{Resources, Sections};
use crate::input::section::external::{WrittenAction, WrittenCondition, WrittenStep};
use crate::scenario::external::{Action, Condition, Step, Workflow};
use crate::scenario::monitoring::Monitoring;
use crate::scenario::revision::{Crash, Lifetime, Revision};
use crate::scenario::service::{LoadBalancer, LoadBalancerKind, TargetGroup};
use addressee::Services;

/// Constraints that hold for one task at most, those of its definition included (CD-EXT-6).
const CONSTRAINTS_MAX: usize = 10;

/// What the parts are looked up in.
struct Lookup<'a> {
    resources: &'a Resources,
    load_balancer: Option<&'a LoadBalancer>,
    monitoring: &'a Monitoring,
}

/// The workflow of the first deployment, if it has one.
pub fn workflow(
    sections: &Sections,
    load_balancer: Option<&LoadBalancer>,
    monitoring: Option<&Monitoring>,
    to: &mut Diagnostics,
) -> Option<Workflow> {
    let section = sections.deployments[0].external.as_ref()?;
    if sections.platform != ComputePlatform::Ecs {
        let title = "an external controller drives ECS services only";
        to.push(Diagnostic::new(code::CONFLICTING_KEYS, section.span, title));
        return None;
    }
    check_service(sections, to);
    let lookup = Lookup { resources: &sections.resources, load_balancer, monitoring: monitoring? };
    let mut services = Services::of(&sections.resources.service);
    let mut played = |step| lookup.step(step, services.is_simulated(step, to), to);
    let steps = section.steps.iter().map(&mut played).collect();
    let abort = section.abort.iter().map(&mut played).collect();
    let abort_if = section.abort_if.as_ref().map(|condition| lookup.condition(condition));
    let steps: Option<Vec<Step>> = steps;
    let abort: Option<Vec<Step>> = abort;
    let workflow = Workflow { poll: section.poll, abort_if, steps: steps?, abort: abort? };
    if let Some(load_balancer) = load_balancer {
        let found = (!workflow.creates_service()).then_some(load_balancer.original);
        if workflow.mixes_revisions(found) {
            check_mixture(sections, load_balancer, section.span, to);
        }
    }
    Some(workflow)
}

/// What is not followed where task sets of both revisions stand behind one target group (ECS-EXT-35): requests are counted by
/// revision then, and targets of one that stand in two groups get different numbers of them.
fn check_mixture(
    sections: &Sections,
    load_balancer: &LoadBalancer,
    span: Span,
    to: &mut Diagnostics,
) {
    let groups = &load_balancer.target_groups;
    let stay = sections.traffic.sessions.is_some();
    let is_uneven = |group: &TargetGroup| {
        !group.slow_start.is_zero() || !group.cross_zone || (stay && group.stickiness.is_some())
    };
    let sticks = stay && load_balancer.stickiness.is_some();
    let mut tell = |label: &str, help: &str| {
        let title = "task sets of two revisions come to stand behind one target group";
        let diagnostic = Diagnostic::new(code::NOT_SIMULATED, span, title);
        to.push(diagnostic.label(label).help(format!("{help}, or bind them to two groups")));
    };
    if load_balancer.kind == LoadBalancerKind::Network {
        tell("and connections stay where they are", "take target groups of `HTTP`");
    }
    if groups.iter().any(is_uneven) || sticks {
        tell("which spreads requests unevenly", "take slow start and stickiness away");
    }
    let leaks = |crash: &Crash| matches!(crash.after, Lifetime::Requests(_));
    let asks_load = |revision: &Revision| {
        let leaks = revision.crash.as_ref().is_some_and(leaks);
        revision.capacity.is_some() || revision.latency.is_some() || leaks
    };
    if sections.revisions.all().any(asks_load) {
        tell(
            "and what each task has to do decides",
            "take `capacity`, `latency` and a `crash` by requests away",
        );
    }
}

/// What the service says of placement, with what the date and the task definition say. Rules: CD-EXT-6, ECS-EXT-6.
fn check_service(sections: &Sections, to: &mut Diagnostics) {
    let service = &sections.resources.service.external;
    let of_definition = sections.resources.task_definition.as_ref();
    let of_definition = of_definition.map_or(0, |definition| definition.placement_constraints);
    if let Some(constraints) = &service.placement_constraints {
        let all = constraints.value + of_definition;
        if all > CONSTRAINTS_MAX {
            let title =
                format!("a task has {all} placement constraints, more than {CONSTRAINTS_MAX}");
            let label = format!("{of_definition} more stand in the task definition");
            to.push(refused(constraints.span, title).label(label));
        }
    }
    if let Some(strategies) = &service.placement_strategies {
        let most = sections.semantics.placement_strategies_max();
        if strategies.value > most {
            let title =
                format!("`placementStrategy` has {} rules, more than {most}", strategies.value);
            to.push(refused(strategies.span, title));
        }
    }
}

impl Lookup<'_> {
    /// A step; what it calls of a service that is not simulated is left out.
    fn step(&self, step: &WrittenStep, is_simulated: bool, to: &mut Diagnostics) -> Option<Step> {
        let action = match step.action.as_ref().filter(|_| is_simulated) {
            Some(action) => Some(self.action(action, to)?),
            None => None,
        };
        Some(Step {
            when: step.when.as_ref().map(|condition| self.condition(condition)),
            unless: step.unless.as_ref().map(|condition| self.condition(condition)),
            timeout: step.timeout,
            goes_on_after_timeout: step.goes_on_after_timeout,
            action,
            retry: step.retry,
        })
    }

    /// An alarm that is not described was told, and never goes off.
    fn condition(&self, condition: &WrittenCondition) -> Condition {
        let all = |parts: &[WrittenCondition]| {
            parts.iter().map(|part| self.condition(part)).collect::<Vec<_>>()
        };
        match condition {
            WrittenCondition::Elapsed(time) => Condition::Elapsed(*time),
            WrittenCondition::At(time) => Condition::At(*time),
            WrittenCondition::Steady(set) => Condition::Steady(*set),
            WrittenCondition::Gone(set) => Condition::Gone(*set),
            WrittenCondition::Healthy(set, count) => Condition::Healthy(*set, *count),
            WrittenCondition::Alarm(name, state) => match self.monitoring.id_of(&name.value) {
                Some(alarm) => Condition::Alarm(alarm, *state),
                None => Condition::Any(Vec::new()),
            },
            WrittenCondition::All(parts) => Condition::All(all(parts)),
            WrittenCondition::Any(parts) => Condition::Any(all(parts)),
        }
    }

    fn action(&self, action: &WrittenAction, to: &mut Diagnostics) -> Option<Action> {
        match action {
            WrittenAction::Ready(action) => Some(*action),
            WrittenAction::ModifyListener(written) => {
                // Of a service without one it was told that there is none.
                let load_balancer = self.load_balancer?;
                let weights = asked::weights(written, load_balancer, to)?;
                let groups = load_balancer.target_groups.each_ref();
                let names = groups.map(|group| written.weights.contains_key(&group.name));
                Some(Action::ModifyListener { listener: written.listener, weights, names })
            }
            WrittenAction::CreateTaskSet { set, replacement, request, span } => {
                self.check_request(request, *span, to);
                let (set, replacement, scale) = (*set, *replacement, request.scale);
                let target_group = match self.load_balancer {
                    Some(load_balancer) => target_group(load_balancer, request, *span, to)?,
                    // The places of the two revisions.
                    None => TargetGroupId(replacement.into()),
                };
                Some(Action::CreateTaskSet { set, replacement, target_group, scale })
            }
        }
    }

    /// What the task definition and the service say of the same things. Rules: CD-EXT-8, ECS-EXT-7.
    fn check_request(&self, request: &TaskSetRequest, span: Span, to: &mut Diagnostics) {
        let constraints = &self.resources.service.external.placement_constraints;
        if let (Some(constraints), Some(on)) = (constraints, &request.launch_type)
            && on.value == LaunchType::Fargate
            && constraints.value > 0
        {
            let title = "placement constraints stand beside a task set on Fargate";
            to.push(refused(constraints.span, title).label("not with Fargate"));
        }
        let Some(definition) = &self.resources.task_definition else { return };
        let mode = definition.network_mode.as_ref();
        match (mode.map(|mode| mode.value.as_str()), request.network_configuration) {
            (Some("awsvpc"), None) => {
                let title =
                    "a task set of an `awsvpc` task definition has no network configuration";
                to.push(refused(span, title).help(
                    "write `networkConfiguration: { awsvpcConfiguration: { subnets: [..], securityGroups: [..] } }`",
                ));
            }
            (Some(other), Some(span)) if other != "awsvpc" => {
                let title = format!("a network configuration for the network mode `{other}`");
                to.push(refused(span, title).label("for `awsvpc` only"));
            }
            _ => {}
        }
        self.check_container(request, to);
    }

    /// The container that gets requests, and its port, stand in the task definition (ECS-EXT-7).
    fn check_container(&self, request: &TaskSetRequest, to: &mut Diagnostics) {
        let Some(definition) = &self.resources.task_definition else { return };
        let Some(name) = &request.container_name else { return };
        let Some(container) = definition.container(&name.value) else {
            let names: Vec<&str> =
                definition.containers.iter().map(|one| one.name.value.as_str()).collect();
            let title = format!("the task definition has no container `{}`", name.value);
            let help = format!("its containers are {}", listed(&names));
            to.push(refused(name.span, title).label("requests would go to it").help(help));
            return;
        };
        let is_open = |port: &Spanned<u16>| {
            container.ports.is_empty() || container.ports.iter().any(|own| own.value == port.value)
        };
        if let Some(port) = request.container_port.as_ref().filter(|port| !is_open(port)) {
            let title = format!("the container `{}` has no port {}", name.value, port.value);
            to.push(refused(port.span, title).label("requests would go to it"));
        }
    }
}

/// All task sets of a service have a load balancer, or none has; where one has, all of them need one (ECS-EXT-7).
fn target_group(
    load_balancer: &LoadBalancer,
    request: &TaskSetRequest,
    span: Span,
    to: &mut Diagnostics,
) -> Option<TargetGroupId> {
    let [first, second] = load_balancer.target_groups.each_ref().map(|group| &group.name);
    let Some(named) = &request.target_group else {
        to.push(
            refused(span, "a task set without a load balancer, where others have one")
                .label("no `loadBalancers` in it")
                .help(format!("bind it to `{first}` or `{second}`")),
        );
        return None;
    };
    match [first, second].iter().position(|name| **name == named.value) {
        Some(index) => Some(TargetGroupId(u8::from(index == 1))),
        None => {
            let title = format!("there is no target group `{}`", named.value);
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, named.span, title)
                    .label("is to be bound to the task set")
                    .help(format!("the target groups are `{first}` and `{second}`")),
            );
            None
        }
    }
}
