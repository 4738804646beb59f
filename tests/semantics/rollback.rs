//! Automatic rollback.

use cutover::aws::message;
use cutover::aws::name::{DeploymentCreator, DeploymentStatus, LifecycleEvent};
use cutover::journal::fact::{Fact, Listener};

use crate::support::{Played, Setup, scenario};

const FAILURE: &[&str] = &["DEPLOYMENT_FAILURE"];
const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";

/// A canary whose `AfterAllowTraffic` answers `Failed` after 30 s, with all its traffic moved.
fn after_the_shift() -> Played {
    scenario()
        .config(CANARY)
        .test_listener()
        .desired(3)
        .rollback(FAILURE)
        .hook("AfterAllowTraffic", "duration: 30s, fails: 100%")
        .assume("codedeploy.rollback_duration: 2s")
        .run()
}

/// CD-RB-1: a rollback happens if and only if the end is one of the configured events.
#[test]
fn only_a_configured_end_rolls_back() {
    let failing = scenario().hook("AfterInstall", "fails: 100%");
    let expiring = scenario().ready_wait(1);
    for (events, failure, request) in [
        (&[][..], false, false),
        (&["DEPLOYMENT_FAILURE"], true, false),
        (&["DEPLOYMENT_STOP_ON_ALARM"], false, false),
        (&["DEPLOYMENT_STOP_ON_REQUEST"], false, true),
        (&["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"], true, true),
    ] {
        assert_eq!(failing.clone().rollback(events).run().row().rollback, failure, "{events:?}");
        assert_eq!(expiring.clone().rollback(events).run().row().rollback, request, "{events:?}");
    }
}

/// CD-RB-1: the configuration given to `CreateDeployment` stands in place of the group's.
#[test]
fn the_deployments_own_rollback_configuration_stands_in_place_of_its_groups() {
    let group = scenario().rollback(FAILURE).hook("AfterInstall", "fails: 100%");
    let off = group.deployment("autoRollbackConfiguration: { enabled: false }");
    assert!(!off.run().row().rollback);
    let on = scenario()
        .hook("AfterInstall", "fails: 100%")
        .deployment("autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }");
    assert!(on.run().row().rollback);
}

/// CD-RB-2: a rollback is a deployment of its own, with an id of its own, linked to its parent.
#[test]
fn a_rollback_is_a_deployment_of_its_own() {
    let run = after_the_shift();
    let (parent, child) = (run.course(0), run.course(1));
    assert_eq!(child.creator, DeploymentCreator::CodeDeployRollback);
    assert_eq!(child.creator.to_string(), "codeDeployRollback");
    assert_eq!(parent.creator, DeploymentCreator::User);
    assert_eq!(
        (child.rolls_back, parent.rolled_back_by),
        (Some(parent.number), Some(child.number))
    );
    assert_ne!(parent.id, child.id);
    assert_eq!(
        message::rollback_of_parent(parent.id, child.id),
        format!(
            "Deployment {} terminated. Automatic rollback is triggered with a DeploymentId {}.",
            parent.id, child.id
        )
    );
    assert_eq!(
        message::rollback_of_child(parent.id, child.id),
        format!("Deployment {} is triggered to roll back deployment {}.", child.id, parent.id)
    );
}

/// CD-RB-3: the parent keeps its own status.
#[test]
fn a_rollback_never_makes_its_parent_succeed() {
    let run = after_the_shift();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 330 Failed");
    assert_eq!(run.statuses(1), "330 Created, 330 InProgress, 332 Succeeded");
    assert_eq!(run.row().status, DeploymentStatus::Failed);
}

/// CD-RB-4: all at once, to the original task set, whatever the configuration; nothing new is created, and
/// the replacement goes.
#[test]
fn a_rollback_goes_back_to_the_original_task_set_in_one_step() {
    let run = scenario()
        .config("CodeDeployDefault.ECSLinear10PercentEvery1Minutes")
        .desired(3)
        .rollback(FAILURE)
        .hook("AfterAllowTraffic", "fails: 100%")
        .run();
    assert!(run.weights().ends_with("480 90%, 540 100%, 540 0%"), "{}", run.weights());
    assert_eq!(run.occurrence("TaskSetCreated").count, 1);
    assert_eq!(run.task_set(1), "540 PRIMARY, 540 ACTIVE, 540 DRAINING");
    assert_eq!(run.occurrence("TaskSetDeleted").count, 1);
    assert_eq!(run.value("original_running", 541), 3);
}

/// CD-RB-5: parent terminal, child created and weights restored at one instant; the child succeeds as much
/// later as is assumed.
#[test]
fn weights_are_back_when_the_parent_ends() {
    let run = after_the_shift();
    assert_eq!(run.weights(), "0 10%, 300 100%, 330 0%");
    assert_eq!(run.row().restored, run.row().end);
}

/// CD-RB-5: where a delay is assumed, the weights in force stay meanwhile.
#[test]
fn a_slow_rollback_leaves_the_weights_in_force_meanwhile() {
    let run = scenario()
        .config(CANARY)
        .rollback(FAILURE)
        .hook("AfterAllowTraffic", "fails: 100%")
        .assume("codedeploy.rollback_restore: 60s")
        .assume("codedeploy.rollback_duration: 90s")
        .run();
    assert_eq!(run.weights(), "0 10%, 300 100%, 360 0%");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 300 Failed");
    assert_eq!(run.statuses(1), "300 Created, 300 InProgress, 390 Succeeded");
}

/// CD-RB-6: production listener, test listener and PRIMARY are as they were.
#[test]
fn both_listeners_and_the_primary_are_put_back() {
    let run = after_the_shift();
    let modified = run.told(|fact| match fact {
        Fact::ListenerModified { listener: Listener::Test, weights } => {
            Some(format!("{weights:?}"))
        }
        _ => None,
    });
    assert_eq!(modified, "0 [0, 100], 330 [100, 0]");
    assert_eq!(run.task_set(0), "300 ACTIVE, 330 PRIMARY");
}

/// CD-RB-9: one rollback and no second one, whatever the replacement does.
#[test]
fn a_rollback_is_never_rolled_back() {
    let all = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
    let run = scenario()
        .rollback(&all)
        .replacement("health_check: { fails: 100% }")
        .hook("AfterAllowTraffic", "duration: 10m, fails: 100%")
        .run();
    assert_eq!(run.row().deployments, 2);
    assert_eq!(run.course(1).status(), DeploymentStatus::Succeeded);
}

/// CD-RB-14, U-6: a failure at `BeforeInstall` has nothing to roll back; at the four later hooks it has.
#[test]
fn a_failure_before_install_cannot_be_rolled_back() {
    for event in LifecycleEvent::HOOKS {
        for behaviour in ["fails: 100%", "silent: 100%"] {
            let run =
                scenario().test_listener().rollback(FAILURE).hook(event.as_str(), behaviour).run();
            let possible = event != LifecycleEvent::BeforeInstall;
            assert_eq!(run.row().rollback, possible, "{event} {behaviour}");
            assert_eq!(run.course(0).rollback_impossible, !possible, "{event} {behaviour}");
            assert_eq!(run.row().status, DeploymentStatus::Failed);
        }
    }
}

/// CD-RB-4, ECS-EXT-26: a replacement that was still launching goes too.
#[test]
fn a_replacement_that_was_still_launching_is_drained() {
    let run = scenario()
        .desired(5)
        .rollback(FAILURE)
        .replacement("launch: { uniform: [59m, 61m] }")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 3600 Failed");
    assert_eq!(run.series.counts.last().1.replacement.billed, 0);
    assert_eq!(run.value("original_running", 3601), 5);
}

/// CD-RBC-4: what tools configure where nobody says: the CDK on failure, and on alarm if there is one; SAM on all three;
/// the console on failure. A configuration of the deployment's own stands in its place, not beside it.
#[test]
fn tools_have_rollbacks_of_their_own() {
    let configured = |setup: Setup| {
        let rollback = setup.load().deployments[0].auto_rollback;
        [rollback.on_failure, rollback.on_alarm, rollback.on_request]
    };
    let with = |preset: &str| scenario().deployment(&format!("rollback: {preset}"));
    let rule = "ComparisonOperator: GreaterThanThreshold, Threshold: 1, EvaluationPeriods: 1";
    let alarmed = |preset: &str| {
        with(preset)
            .alarm("errors", ("HTTPCode_Target_5XX_Count", "green"), rule)
            .watch(&["errors"])
    };
    assert_eq!(configured(with("cdk")), [true, false, false]);
    assert_eq!(configured(alarmed("cdk")), [true, true, false]);
    assert_eq!(configured(with("sam")), [true, true, true]);
    assert_eq!(configured(alarmed("ecs-console")), [true, false, false]);
    let own = "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }";
    let told = with("cdk").deployment(own).refused();
    assert!(told.contains("`rollback` stands beside `autoRollbackConfiguration`"), "{told}");
    let stopped = with("sam").canary(10, 5).operator("at: 60s, do: StopDeployment").run();
    assert!(stopped.row().rollback);
}

/// ECS-EXT-38: after a failed validation with rollback the replacement goes; without it both task sets run on.
#[test]
fn a_failed_validation_without_rollback_leaves_both_task_sets() {
    let left = |events: &[&'static str]| {
        let run = scenario()
            .desired(3)
            .test_listener()
            .rollback(events)
            .hook("AfterAllowTestTraffic", "duration: 30s, fails: 100%")
            .line("until: 30m")
            .run();
        assert!(run.statuses(0).ends_with("Failed"));
        assert_eq!(run.weights(), "");
        [run.value("original_running", 1700), run.value("replacement_running", 1700)]
    };
    assert_eq!(left(&["DEPLOYMENT_FAILURE"]), [3, 0]);
    assert_eq!(left(&[]), [3, 3]);
}

/// ECS-EXT-37: test traffic reaches the replacement before any production traffic does, and without a test listener nothing does
/// before the first step.
#[test]
fn test_traffic_comes_before_production_traffic() {
    let run = scenario()
        .test_listener()
        .canary(10, 5)
        .hook("AfterAllowTestTraffic", "duration: 30s")
        .replacement("launch: 60s")
        .run();
    assert_eq!(run.test_weights(), "60 100%");
    assert_eq!(run.weights(), "90 10%, 390 100%");
    let without = scenario().canary(10, 5).replacement("launch: 60s").rate("50/s").run();
    assert_eq!(without.test_weights(), "");
    assert_eq!(without.answered(0, 60)[1], 0);
    assert_eq!(without.weights(), "60 10%, 360 100%");
}
