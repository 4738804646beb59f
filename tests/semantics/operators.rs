//! What people and other systems do meanwhile: continue, stop, scale, rewrite a listener.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;

use crate::support::{Played, Setup, scenario};

fn golden() -> Setup {
    scenario()
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 2s")
        .replacement("launch: 90s")
}

fn refusals(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::CallRefused { call, exception, .. } => Some(format!("{call} {exception}")),
        _ => None,
    })
}

fn stops(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::StopRequested { status, .. } => Some(status.to_string()),
        _ => None,
    })
}

// ---- ready wait and termination wait ----------------------------------------------------------------

/// G-7 (CD-ECS-61, CD-ECS-62): the ready wait is continued at 1000 s.
#[test]
fn a_continued_ready_wait_goes_on_at_once() {
    let run = golden()
        .canary(10, 5)
        .ready_wait(60)
        .operator("at: 1000s, do: ContinueDeployment, deploymentWaitType: READY_WAIT")
        .run();
    let statuses = "0 Created, 2 InProgress, 92 Ready, 1000 InProgress, 1300 Succeeded";
    assert_eq!(run.statuses(0), statuses);
    assert_eq!(run.weights(), "1000 10%, 1300 100%");
    assert_eq!(refusals(&run), "");
}

/// CD-ECS-61, U-30: a call in the very instant in which the wait is over is in time; a millisecond later it is not.
#[test]
fn a_ready_wait_is_continued_in_time_or_not() {
    let waiting = golden().canary(10, 5).ready_wait(10);
    let just = waiting.clone().operator("at: 692s, do: ContinueDeployment").run();
    assert!(just.statuses(0).ends_with("92 Ready, 692 InProgress, 992 Succeeded"));
    let late = waiting.operator("at: 692001ms, do: ContinueDeployment").run();
    assert_eq!(late.statuses(0), "0 Created, 2 InProgress, 92 Ready, 692 Stopped");
    assert_eq!(refusals(&late), "692.001 ContinueDeployment DeploymentAlreadyCompletedException");
}

/// CD-ECS-64: a deployment that is not `Ready`, or has ended, refuses `READY_WAIT`.
#[test]
fn a_deployment_that_does_not_wait_refuses_to_be_continued() {
    let run = golden()
        .operator("at: 50s, do: ContinueDeployment")
        .operator("at: 60s, do: ContinueDeployment, deploymentWaitType: TERMINATION_WAIT")
        .operator("at: 500s, do: ContinueDeployment")
        .run();
    assert_eq!(
        refusals(&run),
        "50 ContinueDeployment DeploymentIsNotInReadyStateException, 60 ContinueDeployment InvalidDeploymentStatusException, 500 ContinueDeployment DeploymentAlreadyCompletedException"
    );
    assert!(run.statuses(0).ends_with("92 Succeeded"), "{}", run.statuses(0));
}

/// CD-ECS-73: the termination wait can be ended early.
#[test]
fn the_original_can_be_terminated_before_its_wait_is_over() {
    let run = golden()
        .termination_wait(60)
        .operator("at: 300s, do: ContinueDeployment, deploymentWaitType: TERMINATION_WAIT")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 300 Succeeded");
    assert_eq!(run.task_set(0), "92 ACTIVE, 300 DRAINING");
}

// ---- StopDeployment ---------------------------------------------------------------------------------

/// G-16 (CD-STOP-1, CD-STOP-3 to CD-STOP-5, CD-LE-2): stopped in the shift; the configuration does not roll back
/// stops, so everything stays where it was.
#[test]
fn a_stop_without_rollback_leaves_weights_and_task_sets() {
    let run = golden()
        .canary(10, 5)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .operator("at: 200s, do: StopDeployment")
        .run();
    assert_eq!(stops(&run), "200 Succeeded");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 200 Stopped");
    assert_eq!(run.course(0).error.expect("it has one").code, ErrorCode::ManualStop);
    assert_eq!(run.weights(), "92 10%");
    assert_eq!(run.task_set(1), "", "the replacement stays ACTIVE");
    assert_eq!(run.events()[4..], ["AllowTraffic 92-200 Failed", "AfterAllowTraffic Skipped"]);
    assert_eq!(run.row().deployments, 1);
}

/// CD-STOP-4, CD-RB-1, U-19: the call's own word on the rollback goes before the configuration's, both ways.
#[test]
fn the_call_decides_on_the_rollback_and_else_the_configuration() {
    let rolled_back = |events: &[&'static str], call: &str| {
        golden().canary(10, 5).rollback(events).operator(call).run().row().rollback
    };
    let (plain, on) = ("at: 200s, do: StopDeployment", ["DEPLOYMENT_STOP_ON_REQUEST"]);
    assert!(rolled_back(&on, plain));
    assert!(!rolled_back(&["DEPLOYMENT_FAILURE"], plain));
    assert!(!rolled_back(&on, "at: 200s, do: StopDeployment, autoRollbackEnabled: false"));
    assert!(rolled_back(&[], "at: 200s, do: StopDeployment, autoRollbackEnabled: true"));
}

/// CD-STOP-7: while a hook function runs the answer is `Pending`, and the deployment stops when the function
/// answers, whatever it says, or when its hour is over.
#[test]
fn a_stop_waits_for_the_hook_that_runs() {
    let stopped = |hook: &str| {
        golden()
            .hook("AfterInstall", hook)
            .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
            .operator("at: 100s, do: StopDeployment")
            .operator("at: 110s, do: StopDeployment")
            .run()
    };
    for hook in ["duration: 60s", "duration: 60s, fails: 100%"] {
        let run = stopped(hook);
        assert_eq!(stops(&run), "100 Pending, 110 Pending");
        assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 152 Stopped", "{hook}");
        assert_eq!(run.course(0).error.expect("it has one").code, ErrorCode::ManualStop);
        assert_eq!(run.events()[2], "AfterInstall 92-152 Failed");
        assert_eq!(run.statuses(1), "152 Created, 152 InProgress, 154 Succeeded");
    }
    assert_eq!(stopped("silent: 100%").statuses(0), "0 Created, 2 InProgress, 3692 Stopped");
}

/// CD-STOP-2, CD-STOP-8: only what has ended cannot be stopped; in the termination wait it still can, and traffic
/// goes back (2.4).
#[test]
fn a_deployment_can_be_stopped_until_it_has_ended() {
    let run = golden()
        .termination_wait(5)
        .operator("at: 300s, do: StopDeployment, autoRollbackEnabled: true")
        .operator("at: 310s, do: StopDeployment")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 300 Stopped");
    assert_eq!(run.weights(), "92 100%, 300 0%");
    assert_eq!(run.task_set(0), "92 ACTIVE, 300 PRIMARY");
    assert_eq!(refusals(&run), "310 StopDeployment DeploymentAlreadyCompletedException");
}

/// CD-SM-2: stopped before work began; CD-RB-4 holds without a replacement too.
#[test]
fn a_deployment_can_be_stopped_before_it_has_begun() {
    let run = golden().operator("at: 1s, do: StopDeployment, autoRollbackEnabled: true").run();
    assert_eq!(run.statuses(0), "0 Created, 1 Stopped");
    assert_eq!(run.statuses(1), "1 Created, 1 InProgress, 3 Succeeded");
    assert!(run.events().iter().all(|event| event.ends_with("Skipped")), "{:?}", run.events());
}

/// U-30: of a stop and an increment at the same instant the stop comes first.
#[test]
fn a_stop_comes_before_the_increment_of_its_instant() {
    let run = golden().canary(10, 5).operator("at: 392s, do: StopDeployment").run();
    assert_eq!(run.weights(), "92 10%");
}

/// CD-RB-9: a rollback can be stopped, and is not rolled back itself.
#[test]
fn a_rollback_that_is_stopped_is_not_rolled_back() {
    let run = golden()
        .canary(10, 5)
        .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
        .assume("codedeploy.rollback_duration: 60s")
        .operator("at: 200s, do: StopDeployment")
        .operator("at: 230s, do: StopDeployment")
        .run();
    assert_eq!(run.statuses(1), "200 Created, 200 InProgress, 230 Stopped");
    assert_eq!(run.row().deployments, 2);
}

// ---- scaling events ---------------------------------------------------------------------------------

/// CD-ECS-32, ECS-EXT-12: a new desired count is one of both task sets; more tasks start, or surplus ones stop.
#[test]
fn a_new_desired_count_is_one_of_both_task_sets() {
    let more = golden()
        .linear(10, 1)
        .desired(2)
        .operator("at: 200s, do: UpdateService, desiredCount: 3")
        .run();
    for (at, running) in [(199, 2), (200, 3), (290, 3)] {
        assert_eq!(more.value("original_running", at), running, "at {at} s");
    }
    assert_eq!(
        [more.value("replacement_running", 289), more.value("replacement_running", 290)],
        [2, 3]
    );
    let fewer = golden()
        .linear(10, 1)
        .desired(5)
        .operator("at: 200s, do: UpdateService, desiredCount: 2")
        .assume("taskset.recompute_latency: 4s")
        .run();
    for side in ["original", "replacement"] {
        let running = |at| fewer.value(&format!("{side}_running"), at);
        assert_eq!([running(203), running(204)], [5, 2], "{side}");
    }
    assert_eq!(fewer.row().status.as_str(), "Succeeded");
}

/// G-8 (CD-ECS-40): a scaling event after which the replacement is never steady again; traffic shifts on for five
/// minutes, then the deployment fails inside the event that runs.
#[test]
fn a_service_that_is_not_steady_five_minutes_after_a_scaling_event_fails() {
    // The second task of the original takes an hour.
    let run = golden()
        .linear(10, 1)
        .desired(1)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .operator("at: 200s, do: UpdateService, desiredCount: 2")
        .original("launch: 1h")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 500 Failed");
    assert_eq!(
        run.course(0).error.expect("it has one").code,
        ErrorCode::CustomerApplicationUnhealthy
    );
    assert_eq!(
        run.weights(),
        "92 10%, 152 20%, 212 30%, 272 40%, 332 50%, 392 60%, 452 70%, 500 0%"
    );
}

/// G-9 (CD-ECS-40): steady again after 230 s, the shift goes on to its end.
#[test]
fn a_service_that_is_steady_in_time_goes_on() {
    let run = golden()
        .linear(10, 1)
        .operator("at: 200s, do: UpdateService, desiredCount: 2")
        .original("launch: 230s")
        .run();
    assert!(run.weights().ends_with("572 90%, 632 100%"), "{}", run.weights());
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 632 Succeeded");
}

/// T164 (CD-ECS-40): 299 and 301 s; a second event does not extend the time.
#[test]
fn the_five_minutes_are_exact_and_are_not_extended() {
    let scaled = |launch: &str, twice: bool| {
        let once = golden()
            .linear(10, 1)
            .operator("at: 200s, do: UpdateService, desiredCount: 2")
            .original(launch);
        let second = "at: 400s, do: UpdateService, desiredCount: 3";
        if twice { once.operator(second).run() } else { once.run() }
    };
    // Steady again at 499 s or at 501 s; with a second event at 400 s not at 500 s, whatever it began.
    assert!(scaled("launch: 299s", false).statuses(0).ends_with("632 Succeeded"));
    assert!(scaled("launch: 301s", false).statuses(0).ends_with("500 Failed"));
    assert!(scaled("launch: 250s", true).statuses(0).ends_with("500 Failed"));
}

/// CD-ECS-40, T165: a scaling event before or in `Install` is a matter of its sixty minutes alone, one in the
/// termination wait of nobody.
#[test]
fn the_five_minutes_hold_from_install_to_the_end_of_the_shift_only() {
    let early =
        golden().operator("at: 50s, do: UpdateService, desiredCount: 2").original("launch: 1h");
    assert!(early.canary(10, 5).run().statuses(0).ends_with("Succeeded"));
    let late = golden()
        .termination_wait(30)
        .operator("at: 100s, do: UpdateService, desiredCount: 2")
        .replacement("launch: 90s")
        .original("launch: 1h");
    assert_eq!(late.run().statuses(0), "0 Created, 2 InProgress, 1892 Succeeded");
}

// ---- listeners --------------------------------------------------------------------------------------

/// Story F10, ECS-EXT-27: a template update resets the listener to the group whose task set is gone: every request
/// fails until it is repaired.
#[test]
fn a_listener_that_is_reset_to_a_group_without_targets_rejects_everything() {
    let run = golden()
        .rate("10/s")
        .operator("at: 30m, do: ModifyListener, weights: { blue: 100 }")
        .operator("at: 45m, do: ModifyListener, weights: { green: 100 }")
        .line("until: 1h")
        .run();
    assert_eq!(run.weights(), "92 100%, 1800 0%, 2700 100%");
    assert_eq!(run.value("rejected_requests", 1800), 0);
    let rejected = run.occurrence("Http503").count;
    let all = run.value("requests", 2700) - run.value("requests", 1800);
    assert_eq!(rejected, all, "15 minutes of 503");
    assert_eq!(run.ended.at.as_millis(), 3_600_000, "`until` holds");
}

/// CD-ECS-20: then the next deployment finds PRIMARY off the listener and fails before its first event.
#[test]
fn a_deployment_fails_at_the_start_if_production_traffic_is_not_at_the_primary() {
    let run = golden()
        .rollback(&["DEPLOYMENT_FAILURE"])
        .operator("at: 600s, do: ModifyListener, weights: { blue: 100 }")
        .then("at: 700s")
        .run();
    assert_eq!(run.statuses(1), "700 Created, 702 InProgress, 702 Failed");
    let error = run.course(1).error.expect("it has one");
    assert_eq!(error.code, ErrorCode::ElasticLoadBalancingInvalid);
    assert_eq!(
        error.message.told(&[]),
        "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener"
    );
    assert!(run.course(1).rollback_impossible, "nothing was done that could be undone");
    assert_eq!(run.row().deployments, 2);
}

/// CD-TRAF-3: the controller writes its own weights over those of somebody else at the next increment.
#[test]
fn the_next_increment_overwrites_what_somebody_wrote() {
    let run = golden()
        .linear(30, 1)
        .operator("at: 100s, do: ModifyListener, weights: { blue: 1, green: 1 }")
        .run();
    assert_eq!(run.weights(), "92 30%, 100 50%, 152 60%, 212 90%, 272 100%");
}

#[test]
fn calls_that_make_no_sense_are_refused_with_their_place() {
    let told = golden()
        .operator("at: 1s, do: ModifyListener, weights: { red: 1 }")
        .operator("at: 1s, do: ModifyListener, weights: { blue: 0, green: 0 }")
        .operator("at: 1s, do: StopDeploiment")
        .operator("at: 1s, do: UpdateService, desiredCount: 5001")
        .refused();
    for text in [
        "no target group `red`",
        "`blue` and `green`",
        "all weights are 0",
        "`StopDeployment`",
        "5000",
    ] {
        assert!(told.contains(text), "{text}:\n{told}");
    }
}

// ---- ModifyTargetGroup ------------------------------------------------------------------------------

/// Story F24 (ELB-HC-1, ELB-HC-5, ECS-SVC-4): somebody lets the health check of both groups ask where only the new
/// version answers. The original's targets fail it and its tasks are stopped again and again; a rollback leads back to
/// them, and only putting the check back helps.
#[test]
fn a_check_that_only_the_replacement_answers_takes_the_original_down() {
    let setup = scenario()
        .canary(10, 5)
        .rate("100/s")
        .original("errors: 0%, launch: 60s")
        .replacement("errors: 0%, launch: 60s")
        .health_check([10, 5, 2, 2])
        .operator(
            "at: 200s, do: ModifyTargetGroup, targetGroup: blue, HealthCheckPort: 9000, answered_by: [replacement]",
        )
        .operator(
            "at: 200s, do: ModifyTargetGroup, targetGroup: green, HealthCheckPort: 9000, answered_by: [replacement]",
        );
    let run = setup
        .clone()
        .operator("at: 320s, do: StopDeployment, autoRollbackEnabled: true")
        .line("until: 30m")
        .run();
    // The checks at 200 and 210 s fail, and so do those of each task that follows.
    assert!(run.target(0).contains("210 unhealthy"), "{}", run.target(0));
    let stopped = run.told(|fact| match fact {
        Fact::TaskStopRequested { unhealthy: true, .. } => Some(String::new()),
        _ => None,
    });
    assert!(stopped.split(", ").count() > 20, "{stopped}");
    let answers = "60 initial, 60 healthy, 320 draining, 320 unused";
    assert_eq!(run.target(1), answers, "it answers at the new port");
    assert!(run.weights().ends_with("320 0%"), "{}", run.weights());
    let [before, after] = [run.traffic(60, 200), run.traffic(320, 1800)];
    assert_eq!(before.failed_requests(), 0);
    // A task is there for ten seconds of seventy.
    assert!(after.failed_requests() * 10 > after.requests() * 8, "{after:?}");
    let mended = setup
        .operator("at: 320s, do: StopDeployment, autoRollbackEnabled: true")
        .operator(
            "at: 600s, do: ModifyTargetGroup, targetGroup: blue, HealthCheckPort: traffic-port, answered_by: [original, replacement]",
        )
        .line("until: 30m")
        .run();
    assert_eq!(mended.traffic(700, 1800).failed_requests(), 0);
}

/// ELB-HC-1, ELB-HC-5, ELB-HC-7 (U38): another interval and other thresholds hold for the targets that are there; what
/// a call does not say stays; a target of the group that starts later is checked so from the beginning.
#[test]
fn thresholds_that_are_changed_hold_for_what_is_checked_already() {
    let failing = |calls: &[&str]| {
        let setup = scenario()
            .health_check([30, 5, 5, 4])
            .replacement("health_check: { fails: 100% }")
            .grace(100_000)
            .canary(10, 5)
            .line("until: 10m");
        calls.iter().fold(setup, |setup, call| setup.operator(call)).run().target(1)
    };
    // Without a call the checks at 0, 30, 60 and 90 s.
    assert_eq!(failing(&[]), "0 initial, 90 unhealthy");
    let modify = |more: &str| format!("do: ModifyTargetGroup, targetGroup: green, {more}");
    // Two have failed by 45 s: of the new interval the third is due at 55 s, not at 60.
    let quicker = modify("at: 45s, HealthCheckIntervalSeconds: 10");
    assert_eq!(failing(&[&quicker]), "0 initial, 65 unhealthy");
    // Two failures are enough from 45 s on: the next result decides.
    let stricter = modify("at: 45s, UnhealthyThresholdCount: 2");
    assert_eq!(failing(&[&stricter]), "0 initial, 60 unhealthy");
    let later = modify("at: 50s, UnhealthyThresholdCount: 2");
    assert_eq!(failing(&[&quicker, &later]), "0 initial, 55 unhealthy");
    let patient = modify("at: 45s, UnhealthyThresholdCount: 10");
    assert_eq!(failing(&[&patient]), "0 initial, 270 unhealthy");
    let before = modify("at: 0s, HealthCheckIntervalSeconds: 10, UnhealthyThresholdCount: 3");
    assert_eq!(failing(&[&before]), "0 initial, 20 unhealthy");
}

/// ELB-HC-5: a call that changes nothing changes nothing, whenever it comes, of targets that boot, pass and fail.
#[test]
fn a_health_check_that_stays_as_it_is_goes_on_as_it_was() {
    let setup = scenario()
        .health_check([10, 5, 3, 2])
        .desired(3)
        .original("errors: 0%")
        .replacement("boot: 37s, health_check: { fails: 30% }")
        .grace(100_000)
        .canary(10, 5)
        .line("until: 10m");
    for (replication, at) in (0..12).map(|n| (n, 7 + 13 * n)) {
        let call = format!("at: {at}s, do: ModifyTargetGroup, targetGroup: green");
        let [plain, called] = [&setup, &setup.clone().operator(&call)]
            .map(|setup| setup.clone().replication(1, replication));
        for task in 3..6 {
            assert_eq!(called.target(task), plain.target(task), "called at {at} s");
        }
    }
}

/// ELB-HC-1: Elastic Load Balancing would refuse the check, or nobody knows what is named.
#[test]
fn a_health_check_that_cannot_be_is_told() {
    for (call, told) in [
        ("HealthCheckTimeoutSeconds: 30", "a timeout of 30 s, not less than its interval of 30 s"),
        ("HealthCheckIntervalSeconds: 301", "is 301, more than 300"),
        ("UnhealthyThresholdCount: 1", "is 1, less than 2"),
        ("HealthCheckPath: /ready", "lacks `answered_by`"),
        ("answered_by: [replacment]", "no revision is called `replacment`"),
    ] {
        let call = format!("at: 1m, do: ModifyTargetGroup, targetGroup: green, {call}");
        let found = scenario().operator(&call).refused();
        assert!(found.contains(told), "{found}");
    }
    let found = scenario().operator("at: 1m, do: ModifyTargetGroup, targetGroup: red").refused();
    assert!(found.contains("the deployment group has no target group `red`"), "{found}");
}

// ---- DeleteService ----------------------------------------------------------------------------------

fn service_statuses(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::ServiceStatusChanged { status } => Some(status.to_string()),
        _ => None,
    })
}

/// ECS-SVC-1: a service that is scaled above 0 is deleted by force only; without a task it goes at once, and then nobody
/// updates it any more.
#[test]
fn a_service_is_deleted_by_force_or_scaled_to_nothing() {
    let refused = golden().operator("at: 200s, do: DeleteService").line("until: 10m").run();
    assert_eq!(refusals(&refused), "200 DeleteService InvalidParameterException");
    assert_eq!(service_statuses(&refused), "");
    let run = golden()
        .operator("at: 200s, do: UpdateService, desiredCount: 0")
        .operator("at: 300s, do: DeleteService")
        .operator("at: 310s, do: UpdateService, desiredCount: 3")
        .operator("at: 320s, do: DeleteService")
        .line("until: 10m")
        .run();
    assert_eq!(service_statuses(&run), "300 DRAINING, 300 INACTIVE");
    let expected =
        "310 UpdateService ServiceNotActiveException, 320 DeleteService ServiceNotFoundException";
    assert_eq!(refusals(&run), expected);
    assert_eq!(run.value("replacement_running", 600), 0);
}

/// ECS-SVC-1 (U-36): deleted by force in the middle of a shift, the service drains; the deployment fails with what ECS
/// answers, its rollback too, and requests find no target. A deployment that comes later fails at once.
#[test]
fn a_deployment_does_not_survive_its_service() {
    let run = golden()
        .canary(10, 5)
        .rate("100/s")
        .original("errors: 0%")
        .desired(3)
        .assume("taskset.recompute_latency: 4s")
        .rollback(&["DEPLOYMENT_FAILURE"])
        .operator("at: 200s, do: DeleteService, force: true")
        .then("at: 400s")
        .line("until: 10m")
        .run();
    assert_eq!(service_statuses(&run), "200 DRAINING, 204 INACTIVE");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 200 Failed");
    assert_eq!(run.course(0).error.expect("it has one").code, ErrorCode::EcsUpdateError);
    assert!(run.statuses(1).ends_with("Failed"), "the rollback: {}", run.statuses(1));
    assert_eq!(run.statuses(2), "400 Created, 402 InProgress, 402 Failed");
    assert_eq!(run.task_set(1), "200 DRAINING");
    for side in ["original_running", "replacement_running"] {
        assert_eq!(run.value(side, 300), 0, "{side}");
    }
    let after = run.traffic(210, 600);
    assert_eq!(after.without_target(), after.requests(), "{after:?}");
    // A deployment that is `Ready` cannot fail (CD-SM-2); it does as soon as it goes on.
    let waiting = golden()
        .ready_wait(60)
        .operator("at: 200s, do: DeleteService, force: true")
        .operator("at: 300s, do: ContinueDeployment")
        .run();
    let statuses = "0 Created, 2 InProgress, 92 Ready, 300 InProgress, 300 Failed";
    assert_eq!(waiting.statuses(0), statuses);
}

// ---- PutLifecycleEventHookExecutionStatus, and calls for other deployments --------------------------

/// CD-LE-7: whoever knows the execution may answer in the place of the function, such as a person who approves; a second
/// answer, or one that nobody awaits, is refused.
#[test]
fn somebody_answers_for_the_hook_function() {
    let answered = |status: &str| {
        golden()
            .hook("AfterInstall", "silent: 100%")
            .operator("at: 50s, do: PutLifecycleEventHookExecutionStatus, status: Succeeded")
            .operator(&format!(
                "at: 500s, do: PutLifecycleEventHookExecutionStatus, status: {status}"
            ))
            .operator("at: 501s, do: PutLifecycleEventHookExecutionStatus, status: Failed")
            .line("until: 10m")
            .run()
    };
    let run = answered("Succeeded");
    assert_eq!(run.events()[2], "AfterInstall 92-500 Succeeded");
    assert!(run.statuses(0).ends_with("500 Succeeded"), "{}", run.statuses(0));
    let refused = "PutLifecycleEventHookExecutionStatus LifecycleEventAlreadyCompletedException";
    assert_eq!(refusals(&run), format!("50 {refused}, 501 {refused}"));
    let failed = answered("Failed");
    assert_eq!(failed.course(0).error.expect("it has one").code, ErrorCode::HookExecutionFailure);
    let call = "at: 1m, do: PutLifecycleEventHookExecutionStatus, status: Skipped";
    let told = golden().operator(call).refused();
    assert!(told.contains("InvalidLifecycleEventHookExecutionStatusException"), "{told}");
    // The function of its own would have answered later.
    let early = golden()
        .hook("AfterInstall", "duration: 300s, fails: 100%")
        .operator("at: 100s, do: PutLifecycleEventHookExecutionStatus, status: Succeeded")
        .run();
    assert_eq!(early.events()[2], "AfterInstall 92-100 Succeeded");
}

/// CD-VAL-21: the wait of EC2 deployments has a call of its own, which ECS deployments refuse.
#[test]
fn a_call_for_another_kind_of_deployment_is_refused() {
    let run = golden()
        .termination_wait(5)
        .operator("at: 200s, do: SkipWaitTimeForInstanceTermination")
        .run();
    let refused = "SkipWaitTimeForInstanceTermination UnsupportedActionForDeploymentTypeException";
    assert_eq!(refusals(&run), format!("200 {refused}"));
    assert!(run.statuses(0).ends_with("392 Succeeded"), "{}", run.statuses(0));
}
