//! Requests over targets that are not all alike, and clients that stay: slow start, zones, stickiness.

use crate::support::{Setup, scenario};

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";
/// A session of ten minutes, twenty requests.
const SESSIONS: &str = "100/s, sessions: { requests: 20, length: 10m }";

fn is_near(found: u64, mean: f64, whole: f64) {
    let deviation = (mean * (1.0 - mean / whole)).sqrt().max(1.0);
    let off = (found as f64 - mean).abs() / deviation;
    assert!(off < 5.0, "{found} is {off:.1} standard deviations from {mean}");
}

// ---- stickiness -------------------------------------------------------------------------------------

fn sticky() -> Setup {
    scenario().config(CANARY).rate(SESSIONS).sticky(86_400).termination_wait(30)
}

/// ELB-TG-3: a weight change meets new sessions only. With sessions of ten minutes half of the clients are new after
/// the five minutes of the canary, so that it has had a quarter of its traffic.
#[test]
fn a_new_weight_meets_new_sessions_only() {
    let run = sticky().run();
    assert_eq!(run.weights(), "0 10%, 300 100%");
    // The share grows to 5 % in five minutes: 2.5 % of 30 000 on average; without stickiness 10 %.
    let [original, replacement] = run.answered(0, 300);
    let all = (original + replacement) as f64;
    is_near(replacement, 0.025 * all, all);
    // Ten minutes after the second step nobody is left from before it.
    assert_eq!(run.answered(900, 1500)[0], 0);
    assert!(run.answered(840, 900)[0] > 0, "the last clients of the original");
}

/// ELB-TG-3: clients that are sent to a group stay there after the weights have gone back, so that a rollback takes
/// as long as their sessions; exposure and the time of restoration are those of the requests, not of the weights.
#[test]
fn a_rollback_does_not_take_back_the_clients_that_stay() {
    let failing = |setup: Setup| {
        setup
            .rollback(&["DEPLOYMENT_FAILURE"])
            .hook("AfterAllowTraffic", "duration: 60s, fails: 100%")
            .original("errors: 0%")
            .replacement("errors: 2%")
            .line("until: 20m")
            .run()
    };
    let sticky = failing(sticky());
    let plain = failing(scenario().config(CANARY).rate("100/s").termination_wait(30));
    assert_eq!(sticky.weights(), "0 10%, 300 100%, 360 0%");
    assert_eq!(plain.row().restored.map(|at| at.as_millis()), Some(360_000));
    assert_eq!(sticky.row().restored.map(|at| at.as_millis()), Some(960_000), "a session later");
    // 10 % for 300 s and everything for 60 s; with sessions each second of weight counts as much, but later.
    assert_eq!(plain.row().exposure_percent_ms, 10 * 300_000 + 100 * 60_000);
    let percent_seconds = sticky.row().exposure_percent_ms as f64 / 1000.0;
    assert!((percent_seconds - 9000.0).abs() < 1.0, "{percent_seconds}");
}

/// ELB-TG-3, ELB-ERR-1: clients whose group has lost its targets get 503 until their session ends.
#[test]
fn clients_that_stay_with_an_emptied_group_get_503() {
    let run = sticky().termination_wait(0).line("until: 10m").run();
    assert!(run.answered(300, 360)[1] > 0);
    assert!(run.occurrence("Http503").count > 1000, "{}", run.occurrence("Http503").count);
    let plain = scenario().config(CANARY).rate("100/s").run();
    assert_eq!(plain.occurrence("Http503").count, 0);
}

/// ELB-TG-3: without `traffic.sessions`, or with a cookie that is off, weights are shares at once.
#[test]
fn clients_stay_only_if_their_cookie_is_on_and_sessions_are_known() {
    let off = "Enabled: false, DurationSeconds: 86400";
    let without = scenario().config(CANARY).rate(SESSIONS).stickiness(off).run();
    let plain = scenario().config(CANARY).rate("100/s").run();
    assert_eq!(without.row().requests, plain.row().requests);
    assert_eq!(without.answered(0, 300), plain.answered(0, 300));
    let told = scenario().config(CANARY).rate("100/s").sticky(86_400).told();
    assert!(told.contains("traffic.sessions"), "{told}");
    let told = scenario().rate("100/s, sessions: { rate: 5000/s, length: 7d }").told();
    assert!(told.contains("a session has 3024000000 requests"), "{told}");
}

/// Two tasks that get 99 requests a second. One crashes after 5 minutes, and 1 of the two that are there then after 6;
/// each crash costs what its target gets in ten seconds, and a new task stands beside it at once.
fn crash_after_crash() -> Setup {
    scenario()
        .desired(2)
        .rate("100/s")
        .termination_wait(60)
        .canary(1, 60)
        .original("errors: 0%")
        .replacement("errors: 0%")
        .assume("crash.deregister_latency: 10s")
        .fault("at: 5m, kind: task-crash, tasks: 1, of: original")
        .fault("at: 6m, kind: task-crash, tasks: 1, of: original")
}

fn lost_in_the_second_crash(setup: &Setup) -> Vec<u64> {
    let runs = (0..20).map(|replication| setup.replication(1, replication));
    runs.map(|run| run.value("rejected_requests", 380) - run.value("rejected_requests", 355))
        .collect()
}

/// ELB-TG-4: a target that comes up late among others gets new clients only; those of a lost one go to the others.
#[test]
fn clients_stay_with_their_target_while_it_is_healthy() {
    let second = |rate: &str| -> Vec<u64> {
        let setup = crash_after_crash().rate(rate).attribute("stickiness.enabled", "true");
        lost_in_the_second_crash(&setup)
    };
    let brief = second("100/s, sessions: { requests: 20, length: 1s }");
    assert!(brief.iter().all(|lost| (240..420).contains(lost)), "{brief:?}");
    // Half of the clients of the lost target, a quarter of all, have gone to the new one, and few have come since.
    let long = second(SESSIONS);
    assert!(long.iter().all(|lost| !(350..650).contains(lost)), "{long:?}");
    assert!(long.iter().any(|lost| *lost < 350) && long.iter().any(|lost| *lost > 650));
}

// ---- slow start -------------------------------------------------------------------------------------

/// ELB-SS-1, ELB-SS-2: a target in slow start gets few requests at first, so that what fails there fails for few, and
/// what fails beside it for many.
#[test]
fn what_fails_in_slow_start_fails_for_few() {
    let second = |slow_start: &str| -> Vec<u64> {
        let setup = crash_after_crash().attribute("slow_start.duration_seconds", slow_start);
        lost_in_the_second_crash(&setup)
    };
    let at_once = second("0");
    assert!(at_once.iter().all(|lost| (240..420).contains(lost)), "{at_once:?}");
    // After a minute of fifteen the new target has 1/16 of the requests.
    let slowly = second("900");
    assert!(slowly.iter().all(|lost| !(200..750).contains(lost)), "{slowly:?}");
    assert!(slowly.iter().any(|lost| *lost < 200) && slowly.iter().any(|lost| *lost > 750));
}

/// T82 (ELB-SS-1): the first targets of an empty group get a quarter each at once, although they become healthy one
/// after the other; a slow start would leave nearly everything to the first of them.
#[test]
fn the_first_targets_of_a_group_get_their_full_share() {
    let setup = scenario()
        .desired(4)
        .rate("100/s")
        .canary(50, 60)
        .attribute("slow_start.duration_seconds", "900")
        .original("errors: 0%")
        .replacement("errors: 0%")
        .assume("lb.first_check_phase: { uniform: [0s, 10s] }")
        .assume("crash.deregister_latency: 10s")
        .fault("at: 60s, kind: task-crash, tasks: 1, of: replacement");
    for replication in 0..20 {
        let run = setup.replication(1, replication);
        // A quarter of half the traffic for ten seconds; the new task that starts then starts slowly.
        is_near(run.occurrence("Http502").count, 0.25 * 0.5 * 100.0 * 10.0, 1000.0);
    }
}

// ---- zones ------------------------------------------------------------------------------------------

/// ELB-TG-7, ELB-FO-3: without cross-zone balancing the node of a zone uses the targets of its zone only. When they
/// are gone its share has nowhere to go, until clients have asked DNS again.
#[test]
fn a_zone_that_fails_costs_its_share_until_dns_has_forgotten_it() {
    let rejected = |cross_zone: &str| {
        let run = scenario()
            .desired(6)
            .rate("100/s")
            .canary(1, 60)
            .attribute("load_balancing.cross_zone.enabled", cross_zone)
            .original("errors: 0%, launch: 10m")
            .replacement("errors: 0%, launch: 1s")
            .fault("at: 5m, kind: zone-failure, zone: 1, for: 2h")
            .run();
        [run.occurrence("Http503").count, run.row().failed_requests]
    };
    assert_eq!(rejected("true"), [0, 0], "the others take it over at once");
    // A third of 99 %, falling to nothing within the 60 s of the record.
    let [nowhere, failed] = rejected("false");
    assert_eq!(nowhere, failed);
    is_near(nowhere, 0.99 * 100.0 / 3.0 * 30.0, 1e9);
}

/// ELB-TG-7: behind a Network Load Balancer zones keep to themselves by default, and one without a target leaves DNS
/// (ELB-FO-3), so that a service of one task in three zones loses nothing.
#[test]
fn a_zone_without_a_target_is_not_in_dns() {
    let run = scenario().network_load_balancer().rate("100/s").original("errors: 0%").run();
    assert_eq!(run.occurrence("Http503").count, 0);
}

/// ELB-FO-3, ELB-TG-7: when one task of another zone takes over, its zone is not in DNS yet: until clients have asked
/// again, half of them on average come to a node without a target.
#[test]
fn a_switch_to_another_zone_waits_for_dns() {
    let nowhere = |zones: u32| {
        let run = scenario()
            .network_load_balancer()
            .rate("100/s")
            .termination_wait(5)
            .original("errors: 0%")
            .replacement("errors: 0%")
            .assume(&format!("cluster.zones: {zones}"))
            .run();
        run.occurrence("Http503").count
    };
    assert_eq!(nowhere(1), 0);
    is_near(nowhere(2), 100.0 * 60.0 / 2.0, 1e9);
}

/// ELB-FO-3: the zones are those of the weights in force, however long these took to come there.
#[test]
fn dns_follows_the_weights_that_are_in_force() {
    let run = scenario()
        .network_load_balancer()
        .rate("100/s")
        .termination_wait(30)
        .original("errors: 0%")
        .replacement("errors: 0%, launch: 30s")
        .assume("nlb.switch_tail: 75s")
        .assume("cluster.zones: 2")
        .run();
    // From 105 s on everybody moves to the other zone, within the 60 s of the record.
    is_near(run.occurrence("Http503").count, 100.0 * 60.0 / 2.0, 1e9);
    assert_eq!(run.value("rejected_requests", 105), 0);
    assert_eq!(run.value("rejected_requests", 166), run.value("rejected_requests", 1000));
}

/// ELB-FO-3: a zone fails with any group that gets requests. The original has a task in zones 0 and 1, the replacement
/// in zones 2 and 0: only zone 0 has a target of both and stays.
#[test]
fn a_zone_fails_with_any_group_that_gets_requests() {
    let run = scenario()
        .desired(2)
        .rate("100/s")
        .canary(50, 60)
        .attribute("load_balancing.cross_zone.enabled", "false")
        .original("errors: 0%")
        .replacement("errors: 0%, launch: 30s")
        .assume("cluster.zones: 3")
        .run();
    assert_eq!(run.value("rejected_requests", 30), 0, "the replacement gets nothing yet");
    // Half of those who come to zone 1 and look for the replacement, until they have asked again.
    is_near(run.value("rejected_requests", 100), 0.5 * 0.5 * 100.0 * 30.0, 1e9);
    assert_eq!(run.value("rejected_requests", 100), run.value("rejected_requests", 1890));
}
