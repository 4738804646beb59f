//! Statuses of a deployment, its console defaults, its configuration, and its two waits.

use cutover::aws::name::{DeploymentStatus, ErrorCode, LifecycleEvent};
use cutover::journal::fact::Fact;

use crate::support::{read, scenario};

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";

// ---- statuses ---------------------------------------------------------------------------------------

/// CD-SM-1, CD-SM-2, CD-SM-3: every end, with the statuses before it. The table of moves is a law that every
/// run of these tests is held against; here stands that each end is reached and is the last.
#[test]
fn a_deployment_ends_once_and_then_changes_no_more() {
    let good = scenario().run();
    assert_eq!(good.statuses(0), "0 Created, 0 InProgress, 0 Succeeded");
    let failed = scenario().hook("BeforeInstall", "duration: 7s, fails: 100%").run();
    assert_eq!(failed.statuses(0), "0 Created, 0 InProgress, 7 Failed");
    let stopped = scenario().ready_wait(1).run();
    assert_eq!(stopped.statuses(0), "0 Created, 0 InProgress, 0 Ready, 60 Stopped");
    for run in [good, failed, stopped] {
        assert!(run.row().status.is_terminal());
        assert_eq!(run.row().end, run.course(0).ended(), "complete as it becomes terminal");
    }
}

/// CD-SM-2: `Created` lasts as long as the assumption says.
#[test]
fn work_starts_some_time_after_creation() {
    let run = scenario().assume("codedeploy.created_to_in_progress: 3s").run();
    assert_eq!(run.statuses(0), "0 Created, 3 InProgress, 3 Succeeded");
}

/// CD-SM-4: all events have succeeded and all traffic has moved, and the deployment is still `InProgress`; it
/// succeeds when the wait ends and does not wait for the original's tasks to drain.
#[test]
fn a_deployment_is_in_progress_until_the_termination_wait_ends() {
    let run = scenario().termination_wait(10).deregistration_delay(300).desired(2).run();
    assert!(
        run.events().iter().all(|event| event.ends_with("0-0 Succeeded")),
        "{:?}",
        run.events()
    );
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 600 Succeeded");
    assert_eq!(run.value("weight", 599), 100);
    assert_eq!(run.value("original_draining", 600), 2, "its tasks have only begun to go");
    assert_eq!(run.ended.at.as_millis(), 900_000, "the run goes on until they are gone");
}

/// CD-LE-4, the table of what a failure does, event by event: without rollback everything stays as it was at
/// that moment, with rollback everything goes back.
#[test]
fn a_failed_hook_leaves_everything_where_it_was_or_takes_it_all_back() {
    let before_traffic = ("", "50 100%", "");
    for (event, weights, test_weights, primary) in [
        ("BeforeInstall", "", "", ""),
        ("AfterInstall", "", "", ""),
        ("AfterAllowTestTraffic", before_traffic.0, before_traffic.1, before_traffic.2),
        ("BeforeAllowTraffic", before_traffic.0, before_traffic.1, before_traffic.2),
        ("AfterAllowTraffic", "50 100%", "50 100%", "50 PRIMARY"),
    ] {
        let setup = scenario()
            .test_listener()
            .replacement("launch: 50s")
            .hook(event, "duration: 10s, fails: 100%");
        let stays = setup.run();
        assert_eq!(stays.weights(), weights, "{event}");
        assert_eq!(stays.test_weights(), test_weights, "{event}");
        assert_eq!(stays.row().deployments, 1, "{event}");
        let installed = event != "BeforeInstall";
        if installed {
            assert_eq!(stays.task_set(1), primary, "{event}: it is left as it is, and runs");
            assert_eq!(stays.series.counts.last().1.replacement.running, 1, "{event}");
        }

        let back = setup.rollback(&["DEPLOYMENT_FAILURE"]).run();
        assert_eq!(
            back.row().status,
            DeploymentStatus::Failed,
            "{event}: a rollback mends nothing"
        );
        assert_eq!(back.row().rollback, installed, "{event}");
        assert_eq!(back.value("weight", 100), 0, "{event}");
        assert_eq!(back.value("test_weight", 100), 0, "{event}");
        assert_eq!(back.series.counts.last().1.replacement.billed, 0, "{event}");
    }
}

// ---- what the console sets up -----------------------------------------------------------------------

/// CD-DEF-3 to CD-DEF-8: a service with no deployment group written down is deployed as the console sets it
/// up: reroute at once, the original kept for an hour, all at once, rollback on failure, no alarm.
#[test]
fn without_a_deployment_group_the_consoles_defaults_hold() {
    let yaml = |hooks: &str| {
        format!(
            "cutover: 1\ndeployment: {{}}\nresources:\n  service:\n    serviceName: web\n    cluster: prod\n    \
             desiredCount: 2\n    deploymentController: {{ type: CODE_DEPLOY }}\n    \
             loadBalancers: [{{ targetGroupArn: \"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/blue/0123456789abcdef\", containerName: web, containerPort: 80 }}]\n{hooks}assumptions: {{ preset: ideal }}\n"
        )
    };
    let scenario = read(&yaml("")).unwrap_or_else(|told| panic!("{told}"));
    assert_eq!(scenario.first_deployment().config_name, "CodeDeployDefault.ECSAllAtOnce");
    assert_eq!(scenario.first_deployment().ready_wait, None);
    let run = crate::support::play(&scenario, 1, 0);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 3600 Succeeded");
    assert_eq!(run.weights(), "0 100%");

    let failing = read(&yaml("hooks: { AfterAllowTraffic: { fails: 100% } }\n"));
    let failing = failing.unwrap_or_else(|told| panic!("{told}"));
    let run = crate::support::play(&failing, 1, 0);
    assert!(run.row().rollback, "a failed deployment is rolled back");
    assert!(
        !failing.first_deployment().auto_rollback.on_alarm
            && !failing.first_deployment().auto_rollback.on_request
    );
}

/// CD-DEF-8: with the console's defaults it takes `Install` and an hour.
#[test]
fn a_perfect_deployment_with_an_hours_wait_takes_install_and_an_hour() {
    let run = scenario().termination_wait(60).replacement("launch: 75s").run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 3675 Succeeded");
}

// ---- configurations ---------------------------------------------------------------------------------

/// CD-CFG-1: the five of ECS, by their exact names; a misspelt one is refused with the right one.
#[test]
fn the_predefined_configurations_are_known_by_their_exact_names() {
    for (name, last) in [
        ("CodeDeployDefault.ECSAllAtOnce", 0),
        ("CodeDeployDefault.ECSCanary10Percent5Minutes", 300),
        ("CodeDeployDefault.ECSCanary10Percent15Minutes", 900),
        ("CodeDeployDefault.ECSLinear10PercentEvery1Minutes", 540),
        ("CodeDeployDefault.ECSLinear10PercentEvery3Minutes", 1620),
    ] {
        let run = scenario().config(name).run();
        let full = run.row().full_shift.expect("everything has moved");
        assert_eq!(full.as_millis(), last * 1000, "{name}");
    }
    let told = scenario().config("CodeDeployDefault.ECSCanary10percent5Minutes").refused();
    assert!(told.contains(CANARY), "{told}");
    let told = scenario().config("CodeDeployDefault.LambdaAllAtOnce").refused();
    assert!(
        told.contains("InvalidDeploymentConfigNameException") || told.contains("Lambda"),
        "{told}"
    );
}

/// CD-CFG-2: all at once by default; the deployment's own configuration goes before its group's.
#[test]
fn the_deployments_configuration_goes_before_its_groups() {
    assert_eq!(scenario().run().weights(), "0 100%");
    let setup = scenario().config(CANARY);
    assert_eq!(setup.run().weights(), "0 10%, 300 100%");
    let own =
        setup.deployment("deploymentConfigName: CodeDeployDefault.ECSCanary10Percent15Minutes");
    assert_eq!(own.run().weights(), "0 10%, 900 100%");
}

/// CD-CFG-4, CD-TRAF-7: configurations of one's own, and what contradicts itself.
#[test]
fn a_configuration_of_ones_own_moves_traffic_as_it_says() {
    assert_eq!(scenario().canary(25, 45).run().weights(), "0 25%, 2700 100%");
    assert_eq!(scenario().linear(50, 30).run().weights(), "0 50%, 1800 100%");
    for routing in [
        "type: TimeBasedCanary, timeBasedLinear: { linearPercentage: 10, linearInterval: 1 }",
        "type: TimeBasedLinear, timeBasedCanary: { canaryPercentage: 10, canaryInterval: 1 }",
        "type: TimeBasedCanary",
        "type: TimeBasedCanary, timeBasedCanary: { canaryPercentage: 100, canaryInterval: 1 }",
        "type: TimeBasedLinear, timeBasedLinear: { linearPercentage: 0, linearInterval: 1 }",
        "type: TimeBasedCanary, timeBasedCanary: { canaryPercentage: 10, canaryInterval: 2881 }",
    ] {
        let told = scenario().routing(routing).refused();
        assert!(told.contains("InvalidTrafficRoutingConfigurationException"), "{routing}\n{told}");
    }
    scenario().canary(10, 2880).load();
}

// ---- the ready wait ---------------------------------------------------------------------------------

/// CD-ECS-60: with `CONTINUE_DEPLOYMENT` there is no gate, and a wait that is written is ignored and told.
#[test]
fn a_wait_beside_continue_deployment_is_ignored() {
    let setup =
        scenario().ready_option("actionOnTimeout: CONTINUE_DEPLOYMENT, waitTimeInMinutes: 30");
    assert_eq!(setup.run().statuses(0), "0 Created, 0 InProgress, 0 Succeeded");
    assert!(setup.told().contains("waitTimeInMinutes"), "{}", setup.told());
}

/// CD-ECS-61, CD-ECS-65, CD-LE-2: nobody continues: `Stopped`, with its own message; what had not run is
/// skipped, nothing failed, and only `DEPLOYMENT_STOP_ON_REQUEST` rolls back.
#[test]
fn an_expired_ready_wait_is_a_stop_and_no_failure() {
    let setup = scenario().ready_wait(45).replacement("launch: 60s");
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Ready, 2760 Stopped");
    let error = run.course(0).error.expect("it has an error");
    assert_eq!(
        error.message.told(&[]),
        "The deployment timed out while waiting for a notification to continue. This time out period is 45 minutes."
    );
    assert_eq!(
        run.events()[3..],
        ["BeforeAllowTraffic Skipped", "AllowTraffic Skipped", "AfterAllowTraffic Skipped"]
    );
    for (events, rolls_back) in [
        (&["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"][..], false),
        (&["DEPLOYMENT_STOP_ON_REQUEST"], true),
    ] {
        let run = setup.clone().rollback(events).run();
        assert_eq!(run.row().status, DeploymentStatus::Stopped);
        assert_eq!(run.row().rollback, rolls_back, "{events:?}");
    }
}

/// CD-ECS-62: the gate stands after `AfterAllowTestTraffic`: test traffic is on the replacement, production
/// on the original, and the clock starts when it is entered.
#[test]
fn the_ready_wait_comes_when_test_traffic_was_validated() {
    let run = scenario()
        .test_listener()
        .ready_wait(60)
        .hook("AfterAllowTestTraffic", "duration: 100s")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 100 Ready, 3700 Stopped");
    assert_eq!((run.value("test_weight", 200), run.value("weight", 200)), (100, 0));
    assert_eq!(run.events()[5], "BeforeAllowTraffic Skipped");
}

/// CD-ECS-63: up to 7200 minutes.
#[test]
fn a_ready_wait_lasts_up_to_120_hours() {
    let run = scenario().ready_wait(7200).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 0 Ready, 432000 Stopped");
    let told = scenario().ready_wait(7201).refused();
    assert!(told.contains("InvalidBlueGreenDeploymentConfigurationException"), "{told}");
}

// ---- the termination wait ---------------------------------------------------------------------------

/// CD-ECS-70: the wait starts after `AfterAllowTraffic`; then the original goes, all of it, at the instant at
/// which the deployment succeeds. No wait is allowed too.
#[test]
fn the_original_goes_when_the_deployment_succeeds() {
    for (minutes, end) in [(0, 20), (3, 200)] {
        let run = scenario()
            .desired(4)
            .termination_wait(minutes)
            .hook("AfterAllowTraffic", "duration: 20s")
            .run();
        assert_eq!(run.statuses(0), format!("0 Created, 0 InProgress, {end} Succeeded"));
        assert_eq!(run.task_set(0), format!("0 ACTIVE, {end} DRAINING"));
        let scaled = run.told(|fact| match fact {
            Fact::TaskSetScaled { task_set, computed_desired_count } => {
                Some(format!("set {task_set} to {computed_desired_count}"))
            }
            _ => None,
        });
        assert_eq!(scaled, format!("{end} set 0 to 0"));
    }
}

/// CD-ECS-71: the replacement is PRIMARY, and the original ACTIVE, from the increment that reaches 100 % on.
#[test]
fn the_replacement_is_primary_from_the_last_increment_on() {
    let run = scenario().config(CANARY).termination_wait(5).run();
    assert_eq!(run.task_set(1), "300 PRIMARY");
    assert_eq!(run.task_set(0), "300 ACTIVE, 600 DRAINING");
}

/// CD-ECS-72: up to 2880 minutes.
#[test]
fn a_termination_wait_lasts_up_to_two_days() {
    let run = scenario().termination_wait(2880).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 172800 Succeeded");
    let told = scenario().termination_wait(2881).refused();
    assert!(told.contains("InvalidBlueGreenDeploymentConfigurationException"), "{told}");
}

/// CD-ECS-75: during the wait both task sets run in full. (Alarms and stop requests are not played yet.)
#[test]
fn both_task_sets_run_during_the_termination_wait() {
    let run = scenario().desired(3).termination_wait(10).run();
    for at in [1, 300, 599] {
        assert_eq!(
            (run.value("original_running", at), run.value("replacement_running", at)),
            (3, 3)
        );
    }
}

/// CD-LE-20, CD-ECS-31, CD-ECS-61: the code of each bad end.
#[test]
fn each_bad_end_has_its_code() {
    let code = |setup: crate::support::Setup| setup.run().row().error_code;
    assert_eq!(code(scenario().replacement("launch: 2h")), Some(ErrorCode::Timeout));
    assert_eq!(code(scenario().ready_wait(1)), Some(ErrorCode::Timeout));
    assert_eq!(code(scenario().hook("AfterInstall", "silent: 100%")), Some(ErrorCode::Timeout));
    for event in LifecycleEvent::HOOKS {
        let run = scenario().test_listener().hook(event.as_str(), "fails: 100%").run();
        assert_eq!(run.row().error_code, Some(ErrorCode::HookExecutionFailure), "{event}");
        assert_eq!(run.row().status, DeploymentStatus::Failed, "{event}");
    }
}
