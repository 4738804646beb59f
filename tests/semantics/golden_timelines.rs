//! Whole deployments, to the second.
//!
//! The constants that the timelines state stand on top of the ideal preset: two seconds to `InProgress`, two
//! for a rollback, ninety for the launch of the replacement.

use std::fs;
use std::path::Path;

use cutover::aws::name::{ErrorCode, LifecycleEvent};
use cutover::engine::time::SimTime;
use cutover::simulation::limit::StopReason;
use serde_json::Value;

use crate::support::{Setup, scenario};

fn golden() -> Setup {
    scenario()
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 2s")
        .replacement("launch: 90s")
}

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";

/// G-1 (CD-SM-4, CD-DEF-8, CD-ECS-70, CD-ECS-71): what the console sets up, all good.
#[test]
fn the_consoles_defaults_keep_the_original_for_an_hour() {
    let run = golden()
        .config("CodeDeployDefault.ECSAllAtOnce")
        .rollback(&["DEPLOYMENT_FAILURE"])
        .termination_wait(60)
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3692 Succeeded");
    assert_eq!(
        run.events(),
        [
            "BeforeInstall 2-2 Succeeded",
            "Install 2-92 Succeeded",
            "AfterInstall 92-92 Succeeded",
            "BeforeAllowTraffic 92-92 Succeeded",
            "AllowTraffic 92-92 Succeeded",
            "AfterAllowTraffic 92-92 Succeeded",
        ]
    );
    assert_eq!(run.weights(), "92 100%");
    assert_eq!(run.task_set(0), "92 ACTIVE, 3692 DRAINING");
    assert_eq!(run.task_set(1), "92 PRIMARY");
    assert_eq!(run.value("original_running", 3691), 1);
    assert_eq!(run.value("original_running", 3692), 0);
}

/// G-4 (CD-LE-4): the function of `AfterInstall` never answers.
#[test]
fn a_function_that_never_answers_fails_the_deployment_after_an_hour() {
    let run = golden()
        .config(CANARY)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .hook("AfterInstall", "silent: 100%")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3692 Failed");
    assert_eq!(
        run.events(),
        [
            "BeforeInstall 2-2 Succeeded",
            "Install 2-92 Succeeded",
            "AfterInstall 92-3692 Failed",
            "BeforeAllowTraffic Skipped",
            "AllowTraffic Skipped",
            "AfterAllowTraffic Skipped",
        ]
    );
    assert_eq!(run.weights(), "");
    assert_eq!(run.statuses(1), "3692 Created, 3692 InProgress, 3694 Succeeded");
    assert_eq!(run.task_set(1), "3692 DRAINING");
    assert_eq!(run.task_set(0), "", "the original stays PRIMARY");
}

/// G-5 (CD-LE-20, CD-RB-5): `AfterAllowTraffic` answers `Failed` after 30 s.
#[test]
fn a_validation_that_fails_after_the_shift_takes_all_traffic_back() {
    let run = golden()
        .rollback(&["DEPLOYMENT_FAILURE"])
        .hook("AfterAllowTraffic", "duration: 30s, fails: 100%")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 122 Failed");
    assert_eq!(run.row().error_code, Some(ErrorCode::HookExecutionFailure));
    assert_eq!(run.weights(), "92 100%, 122 0%");
    assert_eq!(run.statuses(1), "122 Created, 122 InProgress, 124 Succeeded");
    assert_eq!(run.task_set(0), "92 ACTIVE, 122 PRIMARY");
    assert_eq!(run.task_set(1), "92 PRIMARY, 122 ACTIVE, 122 DRAINING");
}

/// G-6 (CD-ECS-61): nobody continues the deployment.
#[test]
fn a_ready_deployment_that_nobody_continues_stops() {
    let run = golden().config(CANARY).ready_wait(60).run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 92 Ready, 3692 Stopped");
    assert_eq!(run.weights(), "");
    assert_eq!(run.row().deployments, 1, "a stop by itself rolls nothing back");
}

/// G-10 (CD-ECS-31): the replacement is never steady.
#[test]
fn a_replacement_that_never_launches_fails_after_an_hour() {
    let run = golden().replacement("launch: 2h").run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3602 Failed");
    assert_eq!(run.events()[1], "Install 2-3602 Failed");
    assert_eq!(run.weights(), "");
    assert_eq!(run.row().error_code, Some(ErrorCode::Timeout));
}

/// G-12 (CD-ECS-33): all at once, no test listener, an application that fails every health check.
///
/// Nothing looks before the traffic moves, and nothing CodeDeploy does comes after: it succeeds.
#[test]
fn all_at_once_succeeds_with_everything_on_a_broken_task_set() {
    for date in ["2022-06", "current"] {
        let run = golden()
            .config("CodeDeployDefault.ECSAllAtOnce")
            .semantics(date)
            .rollback(&["DEPLOYMENT_FAILURE"])
            .termination_wait(60)
            .desired(3)
            .replacement("launch: 90s, health_check: { fails: 100% }")
            .run();
        assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3692 Succeeded");
        assert_eq!(run.weights(), "92 100%", "and there it stays");
        assert_eq!(run.row().deployments, 1);
        assert_eq!(
            run.stability(1),
            "92 STEADY_STATE, 92 STABILIZING",
            "steady until it is looked at"
        );
        let healthy = run
            .evidence
            .instants()
            .into_iter()
            .map(|at| run.series.counts.at(at).replacement.healthy);
        assert_eq!(healthy.max(), Some(0), "no target of it was ever healthy");
    }
}

/// G-13 (CD-ECS-33): the same application behind a canary is seen during `Install`.
#[test]
fn a_canary_never_installs_a_broken_task_set() {
    let run = golden()
        .config(CANARY)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .desired(3)
        .replacement("launch: 90s, health_check: { fails: 100% }")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3602 Failed");
    assert_eq!(run.weights(), "");
    assert_eq!(run.stability(1), "", "it is never steady");
    assert_eq!(run.statuses(1), "3602 Created, 3602 InProgress, 3604 Succeeded");
}

/// CD-T20 (CD-TRAF-3, CD-TRAF-5): a recorded linear run, 136 s before `AllowTraffic`.
#[test]
fn a_linear_shift_ends_with_its_last_increment() {
    let run = golden()
        .config("CodeDeployDefault.ECSLinear10PercentEvery1Minutes")
        .termination_wait(5)
        .replacement("launch: 134s")
        .run();
    assert_eq!(
        run.weights(),
        "136 10%, 196 20%, 256 30%, 316 40%, 376 50%, 436 60%, 496 70%, 556 80%, 616 90%, 676 100%"
    );
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 976 Succeeded");
    assert_eq!(run.events()[4], "AllowTraffic 136-676 Succeeded");
}

/// A recorded run of the tutorial (CD-LE-1, U-29): six events, every start and end to the millisecond, from
/// the gaps and durations that were recorded.
#[test]
fn the_recorded_tutorial_run_is_reproduced_to_the_millisecond() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(
        "tests/data/corpus/deployment/awsdocs__amazon-ecs-developer-guide__create-blue-green.block28.json",
    );
    let text = fs::read_to_string(path).expect("the recording is committed");
    let recording: Value = serde_json::from_str(&text).expect("the recording is JSON");
    let target = &recording["deploymentTarget"]["ecsTarget"];
    let recorded: Vec<(String, u64, u64)> = target["lifecycleEvents"]
        .as_array()
        .expect("a list of events")
        .iter()
        .map(|event| {
            let name = event["lifecycleEventName"].as_str().expect("a name");
            assert_eq!(event["status"], "Succeeded");
            (name.into(), milliseconds(&event["startTime"]), milliseconds(&event["endTime"]))
        })
        .collect();

    let mut setup = scenario().config("CodeDeployDefault.ECSAllAtOnce").termination_wait(5);
    let mut before = recorded[0].1;
    for (name, start, end) in &recorded {
        let (gap, duration) = (start - before, end - start);
        setup = if name == "Install" {
            setup
                .lifecycle(name, &format!("gap: {gap}ms"))
                .replacement(&format!("launch: {duration}ms"))
        } else {
            setup.lifecycle(name, &format!("gap: {gap}ms, duration: {duration}ms"))
        };
        before = *end;
    }
    let run = setup.run();

    let zero = recorded[0].1;
    let simulated: Vec<(String, u64, u64)> = run
        .course(0)
        .events
        .iter()
        .map(|span| {
            let ms = |at: Option<SimTime>| zero + at.expect("it ran").as_millis();
            (span.event.to_string(), ms(span.started), ms(span.ended))
        })
        .collect();
    assert_eq!(simulated, recorded);

    // The recording was made inside the termination wait: both task sets as they stood there.
    let at = milliseconds(&target["lastUpdatedAt"]) - zero;
    let counts = run.series.counts.at(SimTime::from_millis(at));
    let running = [counts.original.running, counts.replacement.running];
    let weight = 100.0 * run.series.weight.at(SimTime::from_millis(at)).as_f64();
    let sets = target["taskSetsInfo"].as_array().expect("two task sets");
    assert_eq!(sets[0]["runningCount"], running[0]);
    assert_eq!(sets[1]["runningCount"], running[1]);
    assert_eq!(sets[0]["trafficWeight"].as_f64(), Some(100.0 - weight));
    assert_eq!(sets[1]["trafficWeight"].as_f64(), Some(weight));
    assert_eq!(sets[0]["status"], "ACTIVE");
    assert!(run.task_set(0).contains("ACTIVE, "), "{}", run.task_set(0));
    assert_eq!(sets[1]["status"], "PRIMARY");
    assert_eq!(run.event(LifecycleEvent::AllowTraffic).ended, run.row().full_shift);
    assert_eq!(run.ended.reason, StopReason::Completed);
}

/// Seconds since the epoch with three decimals, as whole milliseconds.
fn milliseconds(value: &Value) -> u64 {
    (value.as_f64().expect("a number") * 1000.0).round() as u64
}
