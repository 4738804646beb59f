//! Random scenarios of the ECS platform, held against what must always be so.
//!
//! The laws of a single run (`support::law`: order, causes, statuses, weights, rollback, conservation) and the
//! invariants of the account hold in every run that is played here. A failing case is shown as its YAML.

#[allow(dead_code, reason = "the tests of its rules use the rest")]
#[path = "semantics/ecs_service.rs"]
mod ecs_service;
#[path = "properties/hosts.rs"]
mod hosts;
#[path = "properties/service_deployments.rs"]
mod service_deployments;
mod support;

use cutover::analysis::outcome::Outcome;
use cutover::aws::name::DeploymentStatus;
use cutover::engine::time::SimTime;
use cutover::journal::Entry;
use cutover::simulation::Simulation;
use cutover::simulation::limit::StopReason;
use proptest::prelude::*;
use support::{Setup, play, scenario};

/// A share in percent, mostly 0, sometimes all.
fn share() -> impl Strategy<Value = u32> {
    prop_oneof![6 => Just(0_u32), 3 => 1_u32..60, 1 => Just(100_u32)]
}

fn routing() -> impl Strategy<Value = (u8, u32, u32)> {
    (0_u8..3, 1_u32..100, 1_u32..8)
}

fn route(setup: Setup, (kind, percent, interval): (u8, u32, u32)) -> Setup {
    match kind {
        0 => setup,
        1 => setup.canary(percent, interval),
        _ => setup.linear(percent, interval),
    }
}

/// Rollback events, by the bits of a number.
fn rollback(bits: u8) -> Vec<&'static str> {
    let events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
    events.into_iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, e)| e).collect()
}

/// Deployment group, service and load balancer.
fn shape() -> impl Strategy<Value = Setup> {
    let waits = (prop::option::weighted(0.2, 0_u32..90), 0_u32..20, 0_u8..8);
    let service = (0_u32..=20, prop_oneof![Just(0_u32), 1_u32..200], any::<bool>(), any::<bool>());
    let checks = (5_u32..40, 2_u32..6, 2_u32..6, 0_u32..120, any::<bool>());
    let date = prop_oneof![3 => Just("current"), 1 => Just("2022-06")];
    (routing(), waits, service, checks, date).prop_map(
        |(routing, (ready, termination, bits), service, checks, date)| {
            let (desired, grace, test, green) = service;
            let (interval, healthy, unhealthy, delay, container) = checks;
            let mut setup = route(scenario(), routing)
                .termination_wait(termination)
                .rollback(&rollback(bits))
                .desired(desired)
                .grace(grace)
                .health_check([interval, 2, healthy, unhealthy])
                .deregistration_delay(delay)
                .semantics(date);
            if let Some(minutes) = ready {
                setup = setup.ready_wait(minutes);
            }
            if test {
                setup = setup.test_listener();
            }
            if green {
                setup = setup.original_group("green");
            }
            if container {
                setup = setup.container(
                    "stopTimeout: 10, healthCheck: { command: [CMD, ok], interval: 10, timeout: 5, retries: 2, startPeriod: 15 }",
                );
            }
            setup
        },
    )
}

/// How revisions and hooks behave.
fn behaviour() -> impl Strategy<Value = Vec<String>> {
    let revision = (share(), share(), any::<bool>(), share(), 0_u32..90, 0_u8..3).prop_map(
        |(errors, fails, hangs, container, seconds, launch)| {
            let launch = match launch {
                0 => String::new(),
                1 => format!(", boot: {{ uniform: [0s, {seconds}s] }}"),
                _ => format!(", launch: {{ uniform: [0s, {seconds}s] }}"),
            };
            format!(
                "errors: {errors}%, health_check: {{ fails: {fails}%, hangs: {hangs} }}, container_check: {{ fails: {container}% }}{launch}"
            )
        },
    );
    let hook = prop::option::weighted(
        0.3,
        (0_u32..4000, share(), share()).prop_map(|(duration, fails, silent)| {
            format!("duration: {duration}s, fails: {fails}%, silent: {silent}%")
        }),
    );
    (revision, prop::collection::vec(hook, 5)).prop_map(|(revision, hooks)| {
        let mut all = vec![revision];
        all.extend(hooks.into_iter().map(Option::unwrap_or_default));
        all
    })
}

/// Assumptions: the ideal, the defaults, or the ideal with some delays.
fn assumed(setup: Setup, kind: u8, delay: u32) -> Setup {
    match kind {
        0 => setup,
        1 => setup.default_assumptions(),
        _ => setup
            .assume(&format!("sched.latency: {{ uniform: [0s, {delay}s] }}"))
            .assume(&format!("lb.register: {{ uniform: [0s, {delay}s] }}"))
            .assume(&format!("lb.weight_propagation: {{ uniform: [0s, {delay}s] }}"))
            .assume(&format!("lb.state_to_ecs_latency: {{ exponential: {delay}s }}"))
            .assume(&format!("taskset.recompute_latency: {{ uniform: [0s, {delay}s] }}"))
            .assume(&format!("codedeploy.listener_update: {{ uniform: [0s, {delay}s] }}"))
            .assume(&format!("codedeploy.inter_event_gap: {{ exponential: {delay}s }}"))
            .assume(&format!("codedeploy.rollback_restore: {delay}s"))
            .assume("codedeploy.rollback_duration: 5s")
            .assume("deployment.start_phase: { uniform: [0s, 60s] }"),
    }
}

fn any_scenario() -> impl Strategy<Value = Setup> {
    (shape(), behaviour(), 0_u8..3, 0_u32..30, 0_u32..200).prop_map(
        |(setup, behaviour, kind, delay, rate)| {
            let mut setup = assumed(setup, kind, delay)
                .rate(&format!("{rate}/s"))
                .replacement(&behaviour[0])
                // The original fails a little, or the run is one long replacing of its tasks.
                .original("errors: 0.1%, health_check: { fails: 1% }");
            let events = [
                "BeforeInstall",
                "AfterInstall",
                "AfterAllowTestTraffic",
                "BeforeAllowTraffic",
                "AfterAllowTraffic",
            ];
            for (event, behaviour) in events.into_iter().zip(&behaviour[1..]) {
                if !behaviour.is_empty() {
                    setup = setup.hook(event, behaviour);
                }
            }
            setup
        },
    )
}

/// What somebody does, and what breaks, at some instant of a deployment.
fn meanwhile() -> impl Strategy<Value = Vec<(bool, String)>> {
    let calls = [
        "do: StopDeployment",
        "do: StopDeployment, autoRollbackEnabled: true",
        "do: ContinueDeployment",
        "do: ContinueDeployment, deploymentWaitType: TERMINATION_WAIT",
        "do: CreateDeployment, retry: 10m",
        "do: CreateDeployment, deploys: original",
        "do: UpdateService, desiredCount: 0",
        "do: UpdateService, desiredCount: 7",
        "do: UpdateService, desiredCount: 30",
        "do: ModifyListener, weights: { blue: 1 }",
        "do: ModifyListener, weights: { blue: 5, green: 5 }",
        "do: BatchDeleteImage, image: original",
        "do: UpdateTaskProtection, tasks: 3, expiresInMinutes: 20",
    ];
    let faults = [
        "kind: task-crash",
        "kind: task-crash, tasks: 1, of: replacement",
        "kind: spot-interruption, tasks: 2",
        "kind: zone-failure, zone: 0, for: 10m",
        "kind: capacity-shortage, room: 9, for: 20m",
        "kind: listener-update-refused, for: 2m",
        "kind: task-set-refused, for: 1m",
        "kind: ecs-throttled, for: 3m",
    ];
    let call = (0..calls.len()).prop_map(move |n| (true, calls[n].to_string()));
    let fault = (0..faults.len()).prop_map(move |n| (false, faults[n].to_string()));
    let event = (0_u32..3000, prop_oneof![call, fault])
        .prop_map(|(at, (is_call, what))| (is_call, format!("at: {at}s, {what}")));
    prop::collection::vec(event, 0..6)
}

/// Any scenario in which others do something and something breaks too.
fn any_busy_scenario() -> impl Strategy<Value = Setup> {
    let follows = prop::option::weighted(0.3, Just("after: previous"));
    let latency = prop::option::weighted(0.3, Just("exponential: 5s"));
    (any_scenario(), meanwhile(), follows, latency, 0_u32..30).prop_map(
        |(mut setup, meanwhile, follows, latency, delay)| {
            for (is_call, what) in &meanwhile {
                setup = if *is_call { setup.operator(what) } else { setup.fault(what) };
            }
            if let Some(follows) = follows {
                setup = setup.then(follows);
            }
            if let Some(latency) = latency {
                setup =
                    setup.container("restartPolicy: { enabled: true, restartAttemptPeriod: 60 }");
                let crash =
                    format!("crash: {{ share: 50%, after: {{ exponential: {}s }} }}", 60 + delay);
                let latency =
                    format!("errors: 0.1%, latency: {{ {latency} }}, launch: {delay}s, {crash}");
                setup = setup.original(&latency);
            }
            setup
                .assume(&format!("crash.deregister_latency: {{ uniform: [0s, {delay}s] }}"))
                .assume(&format!("task.deregister_lag: {{ uniform: [0s, {delay}s] }}"))
                .assume("placement.retry_gap: 30s")
                .assume("lb.idle_timeout: 10s")
                .assume(if delay % 2 == 0 {
                    "taskset.replacement_first: true"
                } else {
                    "cluster.zones: 1"
                })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariants and laws hold, and the run comes to its end within its limits.
    #[test]
    fn every_run_keeps_the_laws_and_ends(setup in any_scenario(), seed in 0_u64..1000) {
        let scenario = setup.load();
        let run = play(&scenario, seed, 0);
        prop_assert_eq!(run.ended.reason, StopReason::Completed, "{}", setup.yaml());
        prop_assert!(run.row().status.is_terminal());
        if run.row().status == DeploymentStatus::Succeeded {
            prop_assert!(run.series.weight.last().1.is_whole());
            prop_assert_eq!(run.series.counts.last().1.original.billed, 0, "the original is gone");
        }
        // An event of the run is told at most once as its own entry: the digest is that of the journal.
        prop_assert_eq!(run.journal.digest(), run.ended.digest);
    }

    /// The same where others meddle and things break.
    #[test]
    fn every_busy_run_keeps_the_laws_and_ends(setup in any_busy_scenario(), seed in 0_u64..1000) {
        let scenario = setup.load();
        let run = play(&scenario, seed, 0);
        prop_assert_eq!(run.ended.reason, StopReason::Completed, "{}", setup.yaml());
        prop_assert!(run.series.deployments.iter().all(|course| course.status().is_terminal()));
        prop_assert_eq!(run.journal.digest(), run.ended.digest);
    }

    /// A run that is forked keeps its past; in the same branch it keeps its future too.
    #[test]
    fn a_fork_keeps_the_past(setup in any_scenario(), seed in 0_u64..1000, at_s in 0_u64..4000) {
        let scenario = setup.load();
        let mut simulation = Simulation::new(&scenario);
        simulation.verify();
        simulation.reset(seed, 1);
        let mut past: Vec<Entry> = Vec::new();
        if simulation.run_until(SimTime::from_millis(at_s * 1000), &mut past).is_some() {
            return Ok(());
        }
        let (mut same, mut other) = (simulation.fork(0), simulation.fork(1));
        let (mut this, mut that) = (past.clone(), past.clone());
        let ended = simulation.finish(&mut past);
        prop_assert_eq!(same.finish(&mut this), ended);
        prop_assert_eq!(&this, &past);
        let forked = other.finish(&mut that);
        prop_assert_eq!(forked.reason, StopReason::Completed);
        let until = SimTime::from_millis(at_s * 1000);
        if let Some(position) = that.iter().zip(&past).position(|(that, past)| that != past) {
            prop_assert!(that[position].at > until && past[position].at > until, "it parts later");
        }
    }

    /// V26a: with the gates off, a smaller part under the same seed never has more bad requests.
    #[test]
    fn a_smaller_canary_never_has_more_bad_requests(
        small in 1_u32..99,
        more in 1_u32..99,
        minutes in 1_u32..6,
        errors in 1_u32..100,
        tasks in 1_u32..6,
        seed in 0_u64..1000,
        kind in 0_u8..3,
        green in any::<bool>(),
    ) {
        let large = (small + more).min(99);
        let bad = |percent: u32| {
            let mut setup = assumed(scenario(), kind, 7)
                .canary(percent, minutes)
                .desired(tasks)
                .rate("40/s, noise: { cv: 30% }")
                .replacement(&format!("errors: {errors}%"));
            if green {
                setup = setup.original_group("green");
            }
            let scenario = setup.load();
            let mut simulation = Simulation::new(&scenario);
            let mut outcome = Outcome::default();
            let ended = simulation.run(seed, 0, &mut outcome);
            outcome.finish(ended.at, ended.digest).bad_requests
        };
        prop_assert!(bad(small) <= bad(large));
    }

    /// V26: more errors of the replacement never make fewer bad requests.
    #[test]
    fn more_errors_never_make_fewer_bad_requests(
        small in 0_u32..100,
        more in 1_u32..100,
        routing in routing(),
        seed in 0_u64..1000,
    ) {
        let bad = |percent: u32| {
            let setup = route(scenario(), routing).rate("40/s").original("errors: 0%");
            let scenario = setup.replacement(&format!("errors: {percent}%, bad: true")).load();
            let mut simulation = Simulation::new(&scenario);
            let mut outcome = Outcome::default();
            let ended = simulation.run(seed, 0, &mut outcome);
            outcome.finish(ended.at, ended.digest).bad_requests
        };
        prop_assert!(bad(small) <= bad((small + more).min(100)));
    }
}
