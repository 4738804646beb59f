//! Where two things meet: faults that overlap, calls of one instant, deployments without length.

use cutover::analysis::outcome::Outcome;
use cutover::aws::name::ErrorCode;
use cutover::engine::time::SimTime;
use cutover::journal::fact::Fact;
use cutover::simulation::Simulation;
use cutover::simulation::limit::StopReason;

use crate::support::{Setup, scenario};

fn golden() -> Setup {
    scenario()
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 2s")
        .replacement("launch: 90s")
}

/// ELB-DR-2, ELB-ERR-1: a request that has got its 504 is not cut off afterwards: each fails once.
#[test]
fn a_request_that_has_timed_out_is_not_cut_off_too() {
    let run = golden()
        .rate("50/s")
        .original("errors: 0%, latency: 90s")
        .replacement("errors: 0%, launch: 90s")
        .deregistration_delay(5)
        .run();
    let row = run.row();
    assert!(row.failed_requests <= row.requests, "{} of {}", row.failed_requests, row.requests);
    assert_eq!(run.occurrence("RequestsCutOff").count, 0);
    assert!(run.occurrence("Http504").count > 4000);
}

/// ECS-THR-6: tasks that crash the moment they run are no endless recursion: a limit stops the run, or time goes on.
#[test]
fn tasks_that_crash_at_once_come_to_an_end() {
    let crashing = scenario().replacement("crash: { after: 0s }").load();
    let ended = Simulation::new(&crashing).run(1, 0, &mut Outcome::default());
    assert_eq!(ended.reason, StopReason::Completed, "all at once, it is over before it crashes");
    let lasting = scenario().canary(10, 60).replacement("crash: { after: 0s }").load();
    let ended = Simulation::new(&lasting).run(1, 0, &mut Outcome::default());
    assert!(matches!(ended.reason, StopReason::TooManyEvents { .. }), "{:?}", ended.reason);
    let failing = scenario()
        .assume("throttle.base: 0s")
        .assume("codedeploy.install_timeout: 10s")
        .replacement("start_fails: 100%")
        .run();
    assert_eq!(failing.launches(1), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
}

/// CD-ECS-40, U22: a service that is steady against the new count needs no five minutes.
#[test]
fn a_service_that_is_steady_at_once_starts_no_clock() {
    let there_and_back = golden()
        .linear(10, 2)
        .operator("at: 200s, do: UpdateService, desiredCount: 5")
        .operator("at: 200s, do: UpdateService, desiredCount: 1");
    assert_eq!(there_and_back.run().row().status.as_str(), "Succeeded");
    let scaled_in =
        golden().linear(10, 2).desired(3).operator("at: 200s, do: UpdateService, desiredCount: 2");
    assert_eq!(scaled_in.run().row().status.as_str(), "Succeeded");
}

/// Faults of one kind that overlap: the end of one does not end the other.
#[test]
fn overlapping_faults_go_on() {
    let refused = golden()
        .fault("at: 0s, kind: listener-update-refused, for: 30s")
        .fault("at: 10s, kind: listener-update-refused, for: 30m")
        .run();
    assert_eq!(
        refused.course(0).error.expect("it fails").code,
        ErrorCode::ElasticLoadBalancingInvalid
    );
    let no_room = golden()
        .canary(10, 5)
        .fault("at: 0s, kind: capacity-shortage, room: 4, for: 10s")
        .fault("at: 0s, kind: capacity-shortage, room: 0")
        .run();
    assert_eq!(no_room.row().status.as_str(), "Failed");
}

/// CD-RB-5: a rollback that has nothing to put back needs no listener update.
#[test]
fn a_rollback_without_traffic_needs_no_listener() {
    let run = golden()
        .canary(10, 5)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .fault("at: 0s, kind: listener-update-refused")
        .run();
    assert_eq!(run.statuses(1), "92 Created, 92 InProgress, 94 Succeeded");
    assert_eq!(run.task_set(1), "92 DRAINING");
}

/// ECS-SVC-6, ECS-EXT-15: a scale-in while unhealthy tasks wait for their replacements ends at the new count.
#[test]
fn a_scale_in_takes_waiting_tasks_along() {
    let run = scenario()
        .canary(10, 30)
        .desired(6)
        .health_check([10, 5, 2, 2])
        .original("health_check: { fails: 100% }")
        .replacement("launch: 5s, health_check: { fails: 0% }")
        .assume("taskset.replacement_first: true")
        .assume("sched.latency: 20s")
        .operator("at: 100s, do: UpdateService, desiredCount: 2")
        .assume("codedeploy.scaling_grace: 1h")
        .run();
    assert_eq!(run.value("replacement_running", 300), 2);
    let running: Vec<_> = (90..400).step_by(10).map(|s| run.value("original_running", s)).collect();
    assert!((2..=4).contains(&run.value("original_running", 300)), "at most twice: {running:?}");
}

/// ELB-HC-4, ECS-TASK-21: the target of a dead task leaves whether its group is in use or not.
#[test]
fn a_dead_target_leaves_a_group_that_goes_out_of_use() {
    let run = golden()
        .assume("crash.deregister_latency: 10s")
        .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
        .termination_wait(60)
        .fault("at: 99s, kind: task-crash, of: replacement")
        .operator("at: 100s, do: StopDeployment")
        .line("until: 2m")
        .run();
    assert!(run.target(1).ends_with("109 draining, 109 unused"), "{}", run.target(1));
}

/// CD-SM-6: any number of deployments that take no time come to rest.
#[test]
fn deployments_without_length_come_to_rest() {
    let mut setup = scenario();
    for _ in 0..14 {
        setup = setup.then("after: previous");
    }
    let run = setup.run();
    assert_eq!(run.ended.reason, StopReason::Completed);
    assert_eq!(run.row().deployments, 15);
}

/// 5000 tasks are within the range of a service: no limit stops an honest run of them.
#[test]
fn a_service_of_five_thousand_tasks_is_played_to_its_end() {
    let scenario = golden().default_assumptions().desired(5000).canary(10, 5).load();
    let ended = Simulation::new(&scenario).run(1, 0, &mut Outcome::default());
    assert_eq!(ended.reason, StopReason::Completed);
}

/// Decision 6: a fault of another kind moves nobody's luck.
#[test]
fn another_fault_does_not_move_who_crashes() {
    let crashed = |more: Option<&str>| {
        let setup = golden().desired(5).canary(10, 30);
        let setup = more.map_or(setup.clone(), |fault| setup.fault(fault));
        let run = setup.fault("at: 200s, kind: task-crash, tasks: 1, of: original").run();
        run.stops(0).split(',').next().map(str::to_string)
    };
    let alone = crashed(None);
    assert_eq!(crashed(Some("at: 1s, kind: capacity-shortage, room: 10000")), alone);
}

/// Decision 26: the columns of a row tell the first deployment, whatever follows it.
#[test]
fn the_row_of_a_deployment_without_traffic_has_no_shift() {
    let run = golden()
        .hook("BeforeInstall", "detects: 100%")
        .revision("bad", "launch: 90s, bad: true")
        .then("at: 10m, deploys: replacement")
        .deployment("deploys: bad")
        .run();
    let row = run.row();
    assert_eq!(row.status.as_str(), "Failed");
    assert_eq!((row.first_shift, row.full_shift, row.restored), (None, None, None));
    assert_eq!((row.weight_max.ppm(), row.exposure_percent_ms), (0, 0));
    assert_eq!(run.course(1).status().as_str(), "Succeeded");
}

/// A small weight is never told as none.
#[test]
fn a_small_weight_is_not_nothing() {
    let run = golden()
        .canary(10, 30)
        .operator("at: 300s, do: ModifyListener, weights: { blue: 999, green: 5 }")
        .run();
    // 5 of 1004.
    assert_eq!(run.series.weight.at(SimTime::from_millis(400_000)).to_string(), "0.5");
}

/// CD-ECS-5, CD-TRAF-9, ECS-CAP-5: listeners, weights and zones that are not there are refused.
#[test]
fn what_is_not_there_cannot_change_or_fail() {
    let told = golden()
        .operator("at: 1s, do: ModifyListener, listener: test, weights: { blue: 1 }")
        .fault("at: 1s, kind: zone-failure, zone: 7")
        .refused();
    assert!(told.contains("there is no test listener"), "{told}");
    assert!(told.contains("zone 7 is to fail, and the service is spread over 3"), "{told}");
    let zones = golden().assume("cluster.zones: 11").refused();
    assert!(zones.contains("more than 10"), "{zones}");
}

/// A rollback that did not succeed is not called one.
#[test]
fn a_rollback_that_failed_is_told_so() {
    let run = golden()
        .canary(10, 5)
        .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
        .fault("at: 150s, kind: listener-update-refused")
        .operator("at: 200s, do: StopDeployment")
        .run();
    let report = cutover::report::Report::new(&run.journal);
    let outcome = cutover::report::wording::outcome(&report);
    assert!(outcome.ends_with("(MANUAL_STOP), rollback Failed"), "{outcome}");
    let left = cutover::report::wording::left_standing(&report.header, &report.series);
    assert!(
        left.is_some_and(|left| left.ends_with("10 % of production traffic on the replacement"))
    );
    let told = run.told(|fact| match fact {
        Fact::DeploymentErrorSet { code, .. } => Some(code.to_string()),
        _ => None,
    });
    assert_eq!(told, "200 MANUAL_STOP, 200 ELASTIC_LOAD_BALANCING_INVALID");
}
