//! Random deployments of ECS itself: whatever fails, its own stops leave enough healthy tasks and its own starts are not too many.
//!
//! A run is stopped after hours, so that updates that are stuck, and tasks that end for ever, end too.

use std::collections::BTreeMap;

use cutover::aws::name::{DeploymentStatus, StopCode, TargetHealthState, TaskStatus};
use cutover::engine::time::SimTime;
use cutover::journal::fact::Fact;
use cutover::scenario::service_deployment::{EarlySuccess, HealthyPercent};
use cutover::simulation::limit::StopReason;
use proptest::prelude::*;

use crate::ecs_service::{Service, service};
use crate::support::{Played, play, read};

/// How a revision behaves.
fn behaviour() -> impl Strategy<Value = String> {
    let share = || prop_oneof![4 => Just(0_u32), 2 => 1_u32..60, 1 => Just(100_u32)];
    (1_u32..200, share(), share(), share(), 10_u32..900).prop_map(
        |(launch, starts, crashes, checks, after)| {
            format!(
                "launch: {launch}s, start_fails: {starts}%, crash: {{ share: {crashes}%, after: {after}s }}, health_check: {{ fails: {checks}% }}"
            )
        },
    )
}

/// Circuit breaker and alarms, and when somebody sets the alarm off.
fn guards() -> impl Strategy<Value = (Option<String>, Option<(bool, u32)>)> {
    let threshold = prop_oneof![
        Just(String::new()),
        (1_u32..8).prop_map(|n| format!(", thresholdConfiguration: {{ type: COUNT, value: {n} }}")),
        (1_u32..100).prop_map(|n| {
            format!(", thresholdConfiguration: {{ type: UNBOUNDED_PERCENT, value: {n} }}")
        }),
    ];
    let breaker = (any::<bool>(), any::<bool>(), threshold).prop_map(|(rolls_back, resets, threshold)| {
        format!(
            "deploymentCircuitBreaker: {{ enable: true, rollback: {rolls_back}, resetOnHealthyTask: {resets}{threshold} }}"
        )
    });
    let alarm = (any::<bool>(), 0_u32..1500);
    (prop::option::of(breaker), prop::option::of(alarm))
}

/// What is broken meanwhile.
fn faults() -> impl Strategy<Value = Vec<String>> {
    let fault = prop_oneof![
        (0_u32..900, 1_u32..5)
            .prop_map(|(at, tasks)| format!("{{ at: {at}s, kind: task-crash, tasks: {tasks} }}")),
        (0_u32..900, 0_u32..20, 1_u32..20).prop_map(|(at, room, minutes)| {
            format!("{{ at: {at}s, kind: capacity-shortage, room: {room}, for: {minutes}m }}")
        }),
        (0_u32..900, 1_u32..10).prop_map(|(at, minutes)| format!(
            "{{ at: {at}s, kind: alarms-throttled, for: {minutes}m }}"
        )),
    ];
    prop::collection::vec(fault, 0..3)
}

fn date() -> impl Strategy<Value = &'static str> {
    prop_oneof![2 => Just("current"), 1 => Just("2026-07")]
}

/// What both kinds of deployments share.
fn shape() -> impl Strategy<Value = Service> {
    (behaviour(), guards(), faults(), 0_u32..9, date(), prop::option::weighted(0.2, 0_u32..900))
        .prop_map(|(behaviour, (breaker, alarm), faults, desired, date, stop)| {
            let mut service =
                service(&[]).replacement(&behaviour).desired(desired).since(date).rate("20/s");
            let mut calls = vec![];
            if let Some((rolls_back, at)) = alarm {
                service = service.configured(&format!(
                    "alarms: {{ alarmNames: [errors], enable: true, rollback: {rolls_back} }}"
                ));
                calls.push(format!(
                    "{{ at: {at}s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }}"
                ));
            }
            if let Some(breaker) = breaker {
                service = service.configured(&breaker);
            }
            if let Some(at) = stop {
                calls.push(format!("{{ at: {at}s, do: StopServiceDeployment }}"));
            }
            calls.extend([2, 3].map(|hours| {
                format!("{{ at: {hours}h, do: StopServiceDeployment, stopType: ABORT }}")
            }));
            service
                .line(&format!("operator: [{}]", calls.join(", ")))
                .line(&format!("faults: [{}]", faults.join(", ")))
        })
}

/// Strategies with two target groups: how traffic moves, how long they bake, and the hooks of two stages.
fn native() -> impl Strategy<Value = Vec<String>> {
    let bake = 0_u32..20;
    let strategy = prop_oneof![
        Just(vec!["strategy: BLUE_GREEN".to_owned()]),
        (30_u32..1000, 0_u32..9).prop_map(|(step, minutes)| vec![
            "strategy: LINEAR".to_owned(),
            format!(
                "linearConfiguration: {{ stepPercent: {}.{}, stepBakeTimeInMinutes: {minutes} }}",
                step / 10,
                step % 10
            ),
        ]),
        (1_u32..1000, 0_u32..9).prop_map(|(share, minutes)| vec![
            "strategy: CANARY".to_owned(),
            format!(
                "canaryConfiguration: {{ canaryPercent: {}.{}, canaryBakeTimeInMinutes: {minutes} }}",
                share / 10,
                share % 10
            ),
        ]),
    ];
    let stage = prop_oneof![
        Just("PRE_SCALE_UP"),
        Just("POST_SCALE_UP"),
        Just("PRE_PRODUCTION_TRAFFIC_SHIFT"),
        Just("POST_PRODUCTION_TRAFFIC_SHIFT"),
    ];
    let hook = (stage, any::<bool>(), any::<bool>(), 1_u32..20).prop_map(
        |(stage, pauses, goes_on, minutes)| {
            let kind = match pauses {
                true => "targetType: PAUSE",
                false => "hookTargetArn: a, roleArn: r",
            };
            let action = if goes_on { "CONTINUE" } else { "ROLLBACK" };
            format!(
                "{{ {kind}, lifecycleStages: [{stage}], timeoutConfiguration: {{ timeoutInMinutes: {minutes}, action: {action} }} }}"
            )
        },
    );
    (bake, strategy, prop::collection::vec(hook, 0..4)).prop_map(|(bake, mut lines, hooks)| {
        lines.push(format!("bakeTimeInMinutes: {bake}"));
        lines.push(format!("lifecycleHooks: [{}]", hooks.join(", ")));
        lines
    })
}

/// Plays it twice: it ends, and it is the same.
fn played(service: &Service, seed: u64) -> Played {
    let yaml = service.yaml();
    let scenario = read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}"));
    let run = play(&scenario, seed, 0);
    assert_eq!(run.ended.reason, StopReason::Completed, "{yaml}");
    assert_eq!(play(&scenario, seed, 0).ended.digest, run.ended.digest, "{yaml}");
    for course in &run.series.deployments {
        assert!(course.ended().is_some(), "deployment {} goes on for ever:\n{yaml}", course.id);
    }
    run
}

/// Tasks as the journal tells of them.
#[derive(Default)]
struct Tasks {
    /// Each that is not told to stop, and whether its target is healthy.
    live: BTreeMap<u32, bool>,
}

impl Tasks {
    fn healthy(&self) -> usize {
        self.live.values().filter(|healthy| **healthy).count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// ECS-ROLL-1 to ECS-ROLL-3, ECS-ROLL-5: while an update is in progress, ECS itself stops no healthy task that the lower bound
    /// needs, and there are never more tasks than the upper bound, or than are desired, allows; a deployment that has failed
    /// without a rollback starts none of its own.
    #[test]
    fn a_rolling_update_stays_within_its_percentages(
        shape in shape(),
        minimum in 0_u32..=150,
        maximum in 50_u32..=300,
        desired in 0_u32..9,
        seed in 0_u64..1000,
    ) {
        let shape = shape
            .desired(desired)
            .configured(&format!("minimumHealthyPercent: {minimum}"))
            .configured(&format!("maximumPercent: {maximum}"));
        let run = played(&shape, seed);
        let bounds = HealthyPercent { minimum, maximum }.bounds(desired);
        let most = bounds.upper.max(desired) as usize;
        let mut tasks = Tasks::default();
        let (mut in_progress, mut failed) = (false, false);
        // At the very instant of a way back as many go as do not run yet, and zones choose which (ECS-CAP-5): not held here.
        let mut changed = SimTime::ZERO;
        for entry in &run.journal.entries {
            match entry.fact {
                Fact::TaskSetFound { tasks: found, .. } => {
                    tasks.live.extend((0..found).map(|task| (task, true)));
                }
                Fact::DeploymentStatusChanged { status, .. } => {
                    in_progress = status == DeploymentStatus::InProgress;
                    changed = entry.at;
                    failed |= status == DeploymentStatus::Failed;
                }
                Fact::TaskStatusChanged { task, status: TaskStatus::Provisioning, .. } => {
                    tasks.live.insert(task.0, false);
                    let count = tasks.live.len();
                    prop_assert!(count <= most, "{count} tasks at {:?}:\n{}", entry.at, shape.yaml());
                }
                Fact::TargetHealthChanged { task, state, .. } => {
                    let healthy = state == TargetHealthState::Healthy;
                    tasks.live.entry(task.0).and_modify(|known| *known = healthy);
                }
                Fact::TaskStopRequested { task, code, unhealthy, .. } => {
                    let was_healthy = tasks.live.remove(&task.0) == Some(true);
                    let is_own = code == StopCode::ServiceSchedulerInitiated && !unhealthy;
                    let left = tasks.healthy();
                    prop_assert!(
                        !(in_progress && is_own && was_healthy && entry.at > changed)
                            || left >= bounds.lower as usize,
                        "{left} healthy tasks are left at {:?}:\n{}", entry.at, shape.yaml()
                    );
                }
                _ => {}
            }
        }
        prop_assert!(!failed || run.course(0).error.is_some(), "it failed and nothing says why");
    }

    /// ECS-ROLL-8: a deployment succeeds with as many healthy tasks as it asks for, with `BLOCKING` when no old task is left, and its
    /// rollout goes on to its end, within its percentages.
    #[test]
    fn an_early_success_has_what_it_asks_for(
        launch in 1_u32..300,
        minimum in 0_u32..=100,
        maximum in 100_u32..=300,
        more in 0_u32..=100,
        waits in any::<bool>(),
        desired in 1_u32..9,
        seed in 0_u64..1000,
    ) {
        let percent = HealthyPercent { minimum, maximum };
        prop_assume!(!percent.is_deadlocked(desired));
        let healthy_percent = (minimum + more).min(100);
        let cleanup = if waits { "BLOCKING" } else { "DEFERRED" };
        let shape = service(&[])
            .desired(desired)
            .replacement(&format!("launch: {launch}s"))
            .configured(&format!("minimumHealthyPercent: {minimum}"))
            .configured(&format!("maximumPercent: {maximum}"))
            .configured(&format!(
                "earlySuccessCriteria: {{ enable: true, healthyPercent: {healthy_percent}, sourceServiceRevisionCleanup: {cleanup} }}"
            ));
        let run = played(&shape, seed);
        let bounds = percent.bounds(desired);
        let early = EarlySuccess { healthy_percent, waits_for_cleanup: waits };
        let mut tasks = Tasks::default();
        let (mut old_left, mut replaced) = (desired, 0);
        for entry in &run.journal.entries {
            match entry.fact {
                Fact::TaskSetFound { tasks: found, .. } => {
                    tasks.live.extend((0..found).map(|task| (task, true)));
                }
                Fact::TaskStatusChanged { task, status: TaskStatus::Provisioning, .. } => {
                    tasks.live.insert(task.0, false);
                    prop_assert!(tasks.live.len() <= bounds.upper.max(desired) as usize);
                }
                Fact::TargetHealthChanged { task, state: TargetHealthState::Healthy, .. } => {
                    tasks.live.insert(task.0, true);
                    replaced += 1;
                }
                Fact::TaskStopRequested { task, .. } => {
                    tasks.live.remove(&task.0);
                    prop_assert!(tasks.healthy() >= bounds.lower as usize, "{}", shape.yaml());
                }
                Fact::TaskStatusChanged { task, status: TaskStatus::Stopped, .. } => {
                    old_left -= u32::from(task.0 < desired);
                }
                Fact::DeploymentStatusChanged { status: DeploymentStatus::Succeeded, .. } => {
                    prop_assert!(replaced >= early.healthy_tasks(desired), "{}", shape.yaml());
                    prop_assert!(!waits || old_left == 0, "{old_left} left:\n{}", shape.yaml());
                }
                _ => {}
            }
        }
        prop_assert_eq!(run.course(0).status(), DeploymentStatus::Succeeded);
        prop_assert_eq!((replaced, old_left), (desired, 0), "{}", shape.yaml());
    }

    /// ECS-BG-2, ECS-BG-9: whatever fails, a strategy with two target groups ends with all traffic on one of them, and on that of
    /// the original if it did not succeed before its clean-up.
    #[test]
    fn a_native_deployment_ends_with_all_traffic_on_one_side(
        shape in shape(),
        native in native(),
        seed in 0_u64..1000,
    ) {
        let mut shape = shape.with_alternate(true);
        for line in &native {
            shape = shape.configured(line);
        }
        let run = played(&shape, seed);
        let end = run.journal.end().as_millis() / 1000;
        let weight = run.value("weight", end);
        let cleaned_up = run.told(|fact| match fact {
            Fact::ServiceDeploymentStageStarted { stage, .. } => Some(stage.to_string()),
            _ => None,
        });
        let is_back = run.course(0).rolled_back_by.is_some();
        match run.course(0).status() {
            DeploymentStatus::Succeeded => prop_assert_eq!(weight, 100, "{}", shape.yaml()),
            _ if is_back => prop_assert_eq!(weight, 0, "{}", shape.yaml()),
            _ if cleaned_up.ends_with("CLEAN_UP") => prop_assert_eq!(weight, 100),
            _ => {}
        }
    }
}
