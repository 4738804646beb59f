//! A deployment of ECS itself, joined from `UpdateService`, the service, its alarms and the date.
//!
//! Rules: ECS-ROLL-3, ECS-ROLL-8, ECS-CB-2, ECS-DA-4, ECS-BG-1, ECS-BG-3, ECS-BG-5, ECS-BG-8 (docs/semantics/environment.md).

use crate::aws::exception::Exception;
use crate::aws::service::{DeploymentStrategy, HookTargetType};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::service_deployment::{DeploymentConfiguration, LifecycleHook};
use crate::input::load::Sections;
use crate::input::section::deployment::{DeploymentSection, UpdateService};
use crate::scenario::deployment::{Creation, Deployment};
use crate::scenario::monitoring::Monitoring;
use crate::scenario::service::{LoadBalancer, LoadBalancerKind};
use crate::scenario::service_deployment::shift::{Shift, StageFunction, StageHook};
use crate::scenario::service_deployment::{
    BreakerThreshold, EarlySuccess, HealthyPercent, ServiceDeployment,
};

/// Where ECS itself deploys: what each `UpdateService` does not say it has from the first one, and then from the service.
pub fn settle(sections: &mut Sections, to: &mut Diagnostics) {
    let own = sections.deployments[0].update_service.as_ref();
    let of_service = || sections.resources.service.deployment_configuration.clone();
    let Some(first) = own.map(|own| own.configuration.clone().over(of_service())) else { return };
    let has_listener = strategy(&first) == DeploymentStrategy::Rolling
        && !sections.resources.service.has_no_balancer;
    if has_listener && !sections.operator.listeners.is_empty() {
        let title = "`ModifyListener` is to be called, and the listener has one target group";
        to.push(
            Diagnostic::new(code::CONFLICTING_KEYS, None, title)
                .label("its weight changes nothing")
                .help("take the call away"),
        );
    }
    let all = sections.deployments.iter_mut().chain(&mut sections.operator.deployments);
    for (place, section) in all.enumerate() {
        if place > 0 && section.creation != Creation::AfterPrevious {
            let title =
                "a deployment of ECS is asked for at an instant, maybe before the last has ended";
            to.push(
                Diagnostic::new(code::NOT_SIMULATED, None, title)
                    .label("three revisions of a service cannot be beside each other")
                    .help("write `after: previous`"),
            );
        }
        let own = section.update_service.take().unwrap_or_default();
        let joined = own.configuration.over(first.clone());
        tell_other_groups(&first, &joined, to);
        section.alarms = joined.alarms.as_ref().map(|(alarms, _)| alarms.clone());
        section.update_service = Some(UpdateService { configuration: joined });
    }
}

/// A rolling update has one target group and the other strategies have two: which, the first deployment says for all.
fn tell_other_groups(
    first: &DeploymentConfiguration,
    own: &DeploymentConfiguration,
    to: &mut Diagnostics,
) {
    let is_rolling = |one: &DeploymentConfiguration| strategy(one) == DeploymentStrategy::Rolling;
    if is_rolling(first) != is_rolling(own) {
        let span = own.strategy.map(|strategy| strategy.span);
        let title =
            format!("a deployment by `{}` after one by `{}`", strategy(own), strategy(first));
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, span, title)
                .label("with another number of target groups than the first")
                .help("play the two in scenarios of their own"),
        );
    }
}

/// What it comes to for one deployment, if ECS deploys.
pub fn service_deployment(
    section: &DeploymentSection,
    sections: &Sections,
    load_balancer: Option<&LoadBalancer>,
    monitoring: &Monitoring,
    to: &mut Diagnostics,
) -> Option<ServiceDeployment> {
    let configuration = &section.update_service.as_ref()?.configuration;
    let strategy = strategy(configuration);
    let default = HealthyPercent::default();
    let healthy_percent = HealthyPercent {
        minimum: configuration.minimum.map_or(default.minimum, |percent| percent.value),
        maximum: configuration.maximum.map_or(default.maximum, |percent| percent.value),
    };
    let is_first = std::ptr::eq(section, &sections.deployments[0]);
    let is_rolling = strategy == DeploymentStrategy::Rolling;
    if is_first {
        let kind = load_balancer.map(|load_balancer| load_balancer.kind);
        check_date(strategy, configuration, kind, sections, to);
        let stays = sections.traffic.sessions.is_some();
        if let Some(load_balancer) = load_balancer {
            check_load_balancer(strategy, load_balancer, stays, to);
        }
        if is_rolling {
            tell_deadlock(configuration, healthy_percent, sections, to);
        }
    }
    let bake_time = match configuration.bake_time {
        Some(time) if !is_rolling => time.value,
        None if strategy == DeploymentStrategy::BlueGreen => {
            let title = "`strategy` is `BLUE_GREEN`, and there is no `bakeTimeInMinutes`";
            let span = configuration.strategy.map(|strategy| strategy.span);
            to.push(refused(span, title).help("write `bakeTimeInMinutes`: 0 to 1440 (ECS-BG-3)"));
            SimDuration::ZERO
        }
        _ if is_rolling => alarm_bake(section, monitoring),
        _ => SimDuration::ZERO,
    };
    let hooks = match is_rolling {
        true => Vec::new(),
        false => stage_hooks(configuration, sections),
    };
    let before = strategy_of_service(sections);
    Some(ServiceDeployment {
        strategy,
        shift: shift(strategy, configuration),
        hooks,
        healthy_percent,
        circuit_breaker: configuration.circuit_breaker.flatten().filter(|_| is_rolling),
        early_success: early_success(strategy, configuration, healthy_percent, to),
        alarms_roll_back: configuration.alarms.as_ref().is_some_and(|(_, rollback)| *rollback),
        has_completed_revision: sections.resources.service.has_completed_revision,
        fails_to_change_strategy: is_rolling
            && before == DeploymentStrategy::BlueGreen
            && !sections.semantics.changes_back_to_rolling(),
        bake_time,
    })
}

/// The strategy of a deployment: `ROLLING` where nobody says (ECS-BG-1).
pub fn strategy(configuration: &DeploymentConfiguration) -> DeploymentStrategy {
    configuration.strategy.map_or(DeploymentStrategy::Rolling, |strategy| strategy.value)
}

/// Whether ECS deploys, and so that both revisions stand behind one target group.
pub fn shares_target_group(sections: &[DeploymentSection]) -> bool {
    let first = sections[0].update_service.as_ref();
    first.is_some_and(|own| strategy(&own.configuration) == DeploymentStrategy::Rolling)
}

fn strategy_of_service(sections: &Sections) -> DeploymentStrategy {
    strategy(&sections.resources.service.deployment_configuration)
}

fn shift(strategy: DeploymentStrategy, configuration: &DeploymentConfiguration) -> Option<Shift> {
    match strategy {
        DeploymentStrategy::Rolling => None,
        DeploymentStrategy::BlueGreen => Some(Shift::AT_ONCE),
        DeploymentStrategy::Linear => Some(configuration.linear.unwrap_or(Shift::LINEAR)),
        DeploymentStrategy::Canary => Some(configuration.canary.unwrap_or(Shift::CANARY)),
    }
}

/// When a rolling update succeeds before all of its tasks are healthy; no other strategy does. Rule: ECS-ROLL-8.
fn early_success(
    strategy: DeploymentStrategy,
    configuration: &DeploymentConfiguration,
    percent: HealthyPercent,
    to: &mut Diagnostics,
) -> Option<EarlySuccess> {
    let Spanned { value: Some(early), span } = configuration.early_success? else { return None };
    if strategy != DeploymentStrategy::Rolling {
        let title = format!("`earlySuccessCriteria` with the strategy `{strategy}`");
        let help = "take them away, or write `enable: false`: only `ROLLING` has them (ECS-ROLL-8)";
        to.push(refused(Some(span), title).help(help));
        return None;
    }
    if early.healthy_percent < percent.minimum {
        let title = format!(
            "`healthyPercent` is {}, below `minimumHealthyPercent`, which is {}",
            early.healthy_percent, percent.minimum
        );
        let help = format!("write {} to 100 (ECS-ROLL-8)", percent.minimum);
        to.push(refused(Some(span), title).help(help));
    }
    Some(early)
}

/// How long a rolling update goes on for its alarms: the longest of them, a minute at least, and less than five where they
/// count minutes. Rule: ECS-DA-4.
fn alarm_bake(section: &DeploymentSection, monitoring: &Monitoring) -> SimDuration {
    const LEAST: SimDuration = SimDuration::from_mins(1);
    const MOST_OF_MINUTES: SimDuration = SimDuration::from_secs(299);
    let Some(alarms) = section.alarms.as_ref().filter(|alarms| alarms.enabled) else {
        return SimDuration::ZERO;
    };
    let known = alarms.names.iter().filter_map(|name| monitoring.id_of(&name.value));
    let bakes = known.map(|id| {
        let Some(alarm) = monitoring.alarm(id).metric_alarm() else { return LEAST };
        let time = alarm.period.times(alarm.criterion.evaluation_periods.into()).max(LEAST);
        if alarm.period <= LEAST { time.min(MOST_OF_MINUTES) } else { time }
    });
    bakes.max().unwrap_or(SimDuration::ZERO)
}

/// The hooks, with the behaviour that the scenario gives to the functions of each stage.
fn stage_hooks(configuration: &DeploymentConfiguration, sections: &Sections) -> Vec<StageHook> {
    let assumed = &sections.assumptions.hook_duration;
    let mut hooks = Vec::new();
    for hook in configuration.hooks.iter().flatten() {
        for stage in &hook.stages {
            let behaviour = sections.stage_hooks.iter().find(|known| known.stage == stage.value);
            let function = match hook.target_type {
                HookTargetType::Pause => None,
                HookTargetType::AwsLambda => Some(behaviour.map_or_else(
                    || StageFunction::answering(assumed.clone()),
                    |known| known.function(assumed),
                )),
            };
            let LifecycleHook { timeout, goes_on_after_timeout, .. } = *hook;
            hooks.push(StageHook { stage: stage.value, function, timeout, goes_on_after_timeout });
        }
    }
    hooks
}

fn refused(span: Option<Span>, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::SERVICE_REFUSED, span, title).refused_with(Exception::InvalidParameter)
}

/// What the date of the scenario does not know yet.
fn check_date(
    strategy: DeploymentStrategy,
    configuration: &DeploymentConfiguration,
    kind: Option<LoadBalancerKind>,
    sections: &Sections,
    to: &mut Diagnostics,
) {
    let semantics = sections.semantics;
    let mut check = |is_known: bool, span: Option<Span>, what: &str, since: &str| {
        if !is_known {
            let title = format!("{what} is not known in {semantics}: there is one since {since}");
            to.push(
                Diagnostic::new(code::SERVICE_REFUSED, span, title)
                    .label("later than the scenario")
                    .help("write a later date as `semantics`, or `current`"),
            );
        }
    };
    let span = configuration.strategy.map(|strategy| strategy.span);
    let what = format!("the strategy `{strategy}`");
    match strategy {
        DeploymentStrategy::Rolling => {}
        DeploymentStrategy::BlueGreen => {
            check(semantics.has_native_blue_green(), span, &what, "July 2025");
        }
        DeploymentStrategy::Linear | DeploymentStrategy::Canary => {
            check(semantics.has_native_shifts(), span, &what, "October 2025");
        }
    }
    if kind == Some(LoadBalancerKind::Network) && strategy != DeploymentStrategy::Rolling {
        let is_known = semantics.shifts_behind_network_load_balancer();
        let what = "a strategy with two target groups of a Network Load Balancer";
        check(is_known, span, what, "February 2026");
    }
    let mut pauses = configuration.hooks.iter().flatten();
    if let Some(pause) = pauses.find(|hook| hook.target_type == HookTargetType::Pause) {
        let is_known = semantics.has_pause_hooks();
        check(is_known, Some(pause.span), "a hook that pauses", "May 2026");
    }
    if let Some(Some(breaker)) = configuration.circuit_breaker {
        let is_plain =
            breaker.threshold == BreakerThreshold::DEFAULT && breaker.resets_on_healthy_task;
        let is_known = is_plain || semantics.has_breaker_thresholds();
        check(is_known, None, "a threshold of the circuit breaker", "July 2026");
    }
    if let Some(Spanned { value: Some(_), span }) = configuration.early_success {
        let is_known = semantics.has_early_success();
        check(is_known, Some(span), "`earlySuccessCriteria`", "September 2026");
    }
}

/// What the simulation cannot follow with one target group, and what a Network Load Balancer cannot do.
fn check_load_balancer(
    strategy: DeploymentStrategy,
    load_balancer: &LoadBalancer,
    clients_stay: bool,
    to: &mut Diagnostics,
) {
    let [group, _] = &load_balancer.target_groups;
    let is_sticky = clients_stay && group.stickiness.is_some();
    let is_uneven = !group.slow_start.is_zero() || !group.cross_zone || is_sticky;
    if load_balancer.is_shared && is_uneven {
        let title = format!(
            "`{}` spreads requests unevenly, and two revisions stand behind it",
            group.name
        );
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, None, title)
                .label("slow start, zones apart, or clients that stay with a target")
                .help("take `slow_start.duration_seconds` and `stickiness.enabled` away and write `load_balancing.cross_zone.enabled: true`"),
        );
    }
    let is_at_once = strategy == DeploymentStrategy::BlueGreen;
    if load_balancer.kind == LoadBalancerKind::Network && !is_at_once {
        let title = format!("the strategy `{strategy}` behind a Network Load Balancer");
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, None, title)
                .label("which keeps flows where they are"),
        );
    }
}

/// An update that may neither start nor stop a task would never begin (oracle V18, story F49).
fn tell_deadlock(
    configuration: &DeploymentConfiguration,
    percent: HealthyPercent,
    sections: &Sections,
    to: &mut Diagnostics,
) {
    let desired = sections.resources.service.desired_count.value;
    if !percent.is_deadlocked(desired) {
        return;
    }
    let bounds = percent.bounds(desired);
    let at = configuration.maximum.or(configuration.minimum).map(|percent| percent.span);
    let title = format!(
        "a rolling update of {desired} tasks needs {} healthy and allows {}",
        bounds.lower, bounds.upper
    );
    to.push(
        Diagnostic::new(code::ROLLING_DEADLOCK, at, title)
            .label("no task can be started, and none stopped")
            .help("write a lower `minimumHealthyPercent` or a higher `maximumPercent`"),
    );
}

/// Whether a later deployment could meet two revisions that a failed one left beside each other.
pub fn check_sequence(deployments: &[Deployment], to: &mut Diagnostics) {
    let Some((_, earlier)) = deployments.split_last() else { return };
    let leaves_old = earlier.iter().any(|deployment| {
        let own = deployment.service_deployment.as_ref().and_then(|own| own.early_success);
        own.is_some_and(|early| !early.waits_for_cleanup)
    });
    if leaves_old {
        let title = "a deployment succeeds before its old tasks are gone, and another follows it";
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, None, title)
                .label("three revisions of a service cannot be beside each other")
                .help("write `sourceServiceRevisionCleanup: BLOCKING` for the earlier one"),
        );
    }
    let may_stay = earlier.iter().any(|deployment| {
        let own = deployment.service_deployment.as_ref();
        own.is_some_and(|own| {
            let breaker = own.circuit_breaker.is_some_and(|breaker| !breaker.rolls_back);
            breaker || (deployment.alarms.is_some() && !own.alarms_roll_back)
        })
    });
    if may_stay {
        let title = "a deployment may fail without a rollback, and another follows it";
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, None, title)
                .label("three revisions of a service cannot be beside each other")
                .help("write `rollback: true` for the circuit breaker and the alarms"),
        );
    }
}
