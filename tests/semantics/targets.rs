//! Targets: health checks, thresholds, draining.

use cutover::aws::name::TargetHealthReason;
use cutover::journal::fact::Fact;

use crate::support::{Setup, scenario};

/// A canary with one task whose checks begin as it is registered, never stopped for what they say.
fn checked(check: [u32; 4], replacement: &str) -> Setup {
    scenario().canary(10, 60).health_check(check).grace(100_000).replacement(replacement)
}

/// ELB-HC-1: ranges, defaults, and a timeout that must be less than the interval.
#[test]
fn health_checks_stay_within_their_ranges() {
    for (numbers, ok) in [
        ([30, 5, 5, 2], true),
        ([5, 2, 2, 2], true),
        ([300, 120, 10, 10], true),
        ([4, 2, 2, 2], false),
        ([301, 5, 5, 2], false),
        ([30, 1, 5, 2], false),
        ([300, 121, 5, 2], false),
        ([30, 5, 1, 2], false),
        ([30, 5, 11, 2], false),
        ([30, 5, 5, 1], false),
        ([30, 5, 5, 11], false),
        ([30, 30, 5, 2], false),
    ] {
        let setup = scenario().health_check(numbers);
        if ok {
            setup.load();
        } else {
            setup.refused();
        }
    }
    let bare = scenario().yaml().replace(
        "HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 5, HealthyThresholdCount: 5, UnhealthyThresholdCount: 2",
        "Protocol: HTTP",
    );
    let scenario = crate::support::read(&bare).unwrap_or_else(|told| panic!("{told}"));
    let check = scenario.balancer().target_groups[0].health_check;
    let seconds = |duration: cutover::engine::time::SimDuration| duration.as_millis() / 1000;
    assert_eq!((seconds(check.interval), seconds(check.timeout)), (30, 5));
    assert_eq!((check.healthy_threshold, check.unhealthy_threshold), (5, 2));
}

/// ELB-HC-2 (T83): a refused check fails at once, a hanging one at its timeout; the schedule does not move.
#[test]
fn a_hanging_check_fails_at_its_timeout_and_keeps_the_schedule() {
    let refused = checked([30, 5, 5, 2], "health_check: { fails: 100% }").run();
    assert_eq!(refused.target(1), "0 initial, 30 unhealthy");
    let hanging = checked([30, 5, 5, 2], "health_check: { fails: 100%, hangs: true }").run();
    assert_eq!(hanging.target(1), "0 initial, 35 unhealthy", "checks at 0 and 30, not at 0 and 35");
    let reasons = |run: &crate::support::Played| {
        run.told(|fact| match fact {
            Fact::TargetHealthChanged { task, reason, .. } if task.0 == 1 => {
                Some(reason.to_string())
            }
            _ => None,
        })
    };
    assert!(reasons(&hanging).contains(&format!("35 {}", TargetHealthReason::Timeout)));
    assert!(reasons(&refused).contains(&format!("30 {}", TargetHealthReason::FailedHealthChecks)));
}

/// ELB-HC-3: the first check comes after a phase, within the interval and within ten seconds.
#[test]
fn the_first_check_comes_within_ten_seconds() {
    for (interval, most) in [(5, 5_000), (30, 10_000)] {
        let scenario = checked([interval, 2, 2, 2], "boot: 0s")
            .assume("lb.first_check_phase: { uniform: [0s, 10s] }")
            .load();
        let mut latest = 0;
        for replication in 0..100 {
            let run = crate::support::play(&scenario, 1, replication);
            let healthy = run.row().install.expect("it is healthy").as_millis();
            assert!(healthy <= most, "{healthy} ms");
            latest = latest.max(healthy);
        }
        assert!(latest > most * 9 / 10, "the whole range is used: {latest} ms");
    }
}

/// ELB-HC-4 (T90): targets of a group that no listener names are `unused`; checks begin when one does.
#[test]
fn targets_of_an_idle_group_are_unused() {
    let run = scenario()
        .termination_wait(5)
        .replacement("launch: 20s")
        .hook("BeforeAllowTraffic", "duration: 40s")
        .run();
    assert_eq!(run.target(1), "20 unused, 60 initial, 60 healthy");
    let reason = run.told(|fact| match fact {
        Fact::TargetHealthChanged { task, reason, .. } if task.0 == 1 => Some(reason.to_string()),
        _ => None,
    });
    assert!(reason.starts_with("20 Target.NotInUse, 60 Elb.InitialHealthChecking"), "{reason}");
    let canary = scenario().canary(10, 1).replacement("launch: 20s").run();
    assert_eq!(
        canary.target(1),
        "20 initial, 20 healthy",
        "attached with weight 0 before the shift"
    );
    let before = scenario().canary(10, 1).semantics("2022-10").replacement("launch: 20s").run();
    assert_eq!(before.target(1), "20 unused, 20 initial, 20 healthy", "not before November 2022");
}

/// ELB-HC-5, ELB-HC-6: one pass makes a new target healthy; with the other reading it takes the threshold.
#[test]
fn one_pass_makes_a_new_target_healthy() {
    let setup = checked([10, 5, 4, 2], "launch: 5s");
    assert_eq!(setup.run().target(1), "5 initial, 5 healthy");
    let strict = setup.assume("lb.initial_passes_required: 4");
    assert_eq!(strict.run().target(1), "5 initial, 35 healthy");
}

/// ELB-HC-5: a result of the other kind starts the count anew, so that flapping rarely changes a state.
#[test]
fn failures_must_come_in_a_row() {
    let scenario = checked([5, 2, 2, 10], "health_check: { fails: 50% }").load();
    let run = crate::support::play(&scenario, 2, 0);
    let target = run.target(1);
    // Ten in a row at one half each: mean time 5 s (1 - f^10) / (f^10 (1 - f)) = 10 230 s.
    let unhealthy = target.matches("unhealthy").count();
    assert!(unhealthy <= 4, "{target}");
}

/// ELB-HC-5 (V16): the mean time until `U` checks in a row fail is `I (1 - f^U) / (f^U (1 - f))`.
#[test]
fn a_flapping_target_turns_unhealthy_as_late_as_computed() {
    let scenario = scenario()
        .linear(1, 29)
        .health_check([10, 5, 5, 2])
        .grace(1_000_000)
        .replacement("health_check: { fails: 30% }")
        .load();
    let (mut sum, runs) = (0.0, 1500);
    for replication in 0..runs {
        let run = crate::support::play(&scenario, 7, replication);
        // From the state healthy: the first change after it, counted from the check that was passed.
        let mut healthy = None;
        let waited = run.journal.entries.iter().find_map(|entry| match entry.fact {
            Fact::TargetHealthChanged { task, state, .. } if task.0 == 1 => {
                match (state.to_string().as_str(), healthy) {
                    ("healthy", _) => healthy = Some(entry.at),
                    ("unhealthy", Some(since)) => return Some(entry.at.since(since).as_millis()),
                    _ => {}
                }
                None
            }
            _ => None,
        });
        sum += waited.expect("it flaps within two days") as f64 / 1000.0;
    }
    // f = 0.3, U = 2, I = 10: 144.4 s. The variance of the number of checks until two in a row fail, from its
    // generating function: with f = .3 it is 181.9, in seconds squared 18 190.
    let mean = sum / f64::from(runs as u32);
    assert!((mean - 144.4).abs() < 4.0 * (18_190.0_f64 / runs as f64).sqrt(), "{mean} s");
}

/// ELB-HC-7, ELB-HC-8 (T84 to T87): the boot cliff: a target that is up before `U` checks have failed is
/// healthy at its first pass, a later one needs the healthy threshold.
#[test]
fn a_target_that_boots_too_long_needs_the_healthy_threshold() {
    for (check, boot, expected) in [
        ([30, 5, 5, 2], 20, "0 initial, 30 healthy"),
        ([30, 5, 5, 2], 30, "0 initial, 30 healthy"),
        ([30, 5, 5, 2], 31, "0 initial, 30 unhealthy, 180 healthy"),
        ([5, 2, 2, 2], 12, "0 initial, 5 unhealthy, 20 healthy"),
        ([30, 5, 5, 5], 100, "0 initial, 120 healthy"),
    ] {
        let run = checked(check, &format!("boot: {boot}s")).run();
        assert_eq!(run.target(1), expected, "boot {boot} s, {check:?}");
    }
}

/// ELB-DR-1: a deregistered target gets no new request and drains for its whole delay, idle or not; 0 to 3600 s.
#[test]
fn a_deregistered_target_drains_for_its_whole_delay() {
    for delay in [0, 45, 3600] {
        let run = scenario().rate("50/s").deregistration_delay(delay).run();
        assert!(
            run.target(0).ends_with(&format!("0 draining, {delay} unused")),
            "{}",
            run.target(0)
        );
        assert_eq!(run.occurrence("Http503").count, 0);
    }
    scenario().deregistration_delay(3601).refused();
}

/// ELB-DR-1, ELB-ERR-1: a target leaves only when the weights that spare it are in force: nothing is lost.
#[test]
fn a_shift_with_slow_weights_loses_no_request() {
    let scenario = scenario()
        .default_assumptions()
        .canary(10, 1)
        .rate("500/s")
        .desired(3)
        .original("errors: 0%")
        .replacement("errors: 0%, boot: 1s")
        .health_check([10, 5, 2, 2])
        .load();
    for replication in 0..50 {
        let run = crate::support::play(&scenario, 1, replication);
        assert_eq!(run.row().failed_requests, 0, "replication {replication}");
    }
}
