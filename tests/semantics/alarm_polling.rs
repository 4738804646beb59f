//! CodeDeploy and the alarms of a deployment: when it looks, what it does, what is left standing.
//!
//! The constants are those of the golden timelines: two seconds to `InProgress`, ninety for the launch, two for a
//! rollback, a look at the alarms every fifteen seconds. Minutes are whole: alarms are evaluated when the first
//! deployment is so many minutes old.

use cutover::aws::name::{DeploymentStatus, ErrorCode, LifecycleEvent, LifecycleEventStatus};
use cutover::scenario::Scenario;

use crate::support::{Played, Setup, play, scenario};

const ON_ALARM: &[&str] = &["DEPLOYMENT_STOP_ON_ALARM"];
const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";
const LINEAR: &str = "CodeDeployDefault.ECSLinear10PercentEvery1Minutes";
/// An alarm that sees no data here, so that only what people do to it counts.
const QUIET: &str = "Threshold: 1, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, TreatMissingData: ignore";

/// An alarm `errors` that the deployment group watches, and that nothing but a call sets off.
fn watched() -> Setup {
    watched_by("HTTPCode_ELB_5XX_Count", QUIET)
}

fn watched_by(metric: &str, rule: &str) -> Setup {
    scenario()
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 2s")
        .replacement("launch: 90s")
        .config(CANARY)
        .alarm("errors", (metric, ""), rule)
        .watch(&["errors"])
}

fn set(at_s: u32, state: &str) -> String {
    format!("at: {at_s}s, do: SetAlarmState, alarmName: errors, stateValue: {state}")
}

fn is_stopped(run: &Played) -> bool {
    let row = run.row();
    (row.status, row.error_code) == (DeploymentStatus::Stopped, Some(ErrorCode::AlarmActive))
}

/// G-2 (CD-ALM-2, CD-ALM-4, CD-ALM-5, CD-ALM-11): an alarm in the canary's five minutes.
#[test]
fn an_alarm_during_the_canary_stops_it_at_the_next_look_and_takes_traffic_back() {
    let run = watched().rollback(ON_ALARM).operator(&set(150, "ALARM")).run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 152 Stopped");
    assert!(is_stopped(&run));
    assert_eq!(run.weights(), "92 10%, 152 0%");
    assert_eq!(run.statuses(1), "152 Created, 152 InProgress, 154 Succeeded");
    assert_eq!(
        run.events(),
        [
            "BeforeInstall 2-2 Succeeded",
            "Install 2-92 Succeeded",
            "AfterInstall 92-92 Succeeded",
            "BeforeAllowTraffic 92-92 Succeeded",
            "AllowTraffic 92-152 Failed",
            "AfterAllowTraffic Skipped",
        ]
    );
    let message = run.course(0).error.expect("it was stopped").message.told(&["errors"]);
    assert_eq!(
        message,
        "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, \
         and the affected deployments have been stopped. Activated alarms: <errors>"
    );
}

/// G-3 (CD-ALM-11, CD-RB-1, CD-RBC-1): without the event the deployment stops all the same, and stays where it was.
#[test]
fn without_rollback_an_alarm_leaves_the_weights_and_both_task_sets() {
    let run = watched().operator(&set(150, "ALARM")).line("until: 20m").run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 152 Stopped");
    assert_eq!(run.weights(), "92 10%");
    assert_eq!(run.row().deployments, 1);
    assert_eq!(
        [run.value("original_running", 1199), run.value("replacement_running", 1199)],
        [1, 1]
    );
    let on_failure = watched().rollback(&["DEPLOYMENT_FAILURE"]).operator(&set(150, "ALARM")).run();
    assert_eq!((on_failure.row().rollback, on_failure.weights()), (false, "92 10%".into()));
}

/// G-11 (CD-ALM-3): an alarm that is active already; no event begins, and the rollback is created all the same.
#[test]
fn an_alarm_that_is_active_already_stops_the_deployment_before_its_first_event() {
    let run = watched().test_listener().rollback(ON_ALARM).operator(&set(0, "ALARM")).run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 2 Stopped");
    assert!(is_stopped(&run));
    assert_eq!(run.statuses(1), "2 Created, 2 InProgress, 4 Succeeded");
    assert_eq!(run.weights(), "");
    assert_eq!(run.occurrence("TaskSetCreated").count, 0);
    let skipped = |event| run.event(event).status == LifecycleEventStatus::Skipped;
    assert!(LifecycleEvent::ALL.iter().all(|event| skipped(*event)));
}

/// G-14 (CD-ALM-5, CD-ECS-75): the termination wait is watched too.
#[test]
fn an_alarm_during_the_termination_wait_takes_all_traffic_back() {
    let run = watched()
        .config(LINEAR)
        .termination_wait(5)
        .rollback(ON_ALARM)
        .operator(&set(700, "ALARM"))
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 707 Stopped");
    assert!(run.weights().ends_with("632 100%, 707 0%"), "{}", run.weights());
    assert_eq!(run.statuses(1), "707 Created, 707 InProgress, 709 Succeeded");
    assert_eq!(run.task_set(0), "632 ACTIVE, 707 PRIMARY");
}

/// CD-ALM-5: hooks, Install and the ready wait are watched as well.
#[test]
fn every_part_of_a_deployment_is_watched() {
    let stopped_at = |setup: Setup, at_s| {
        let run = setup.operator(&set(at_s, "ALARM")).run();
        assert!(is_stopped(&run), "{}", run.statuses(0));
        run.statuses(0)
    };
    let hook = watched().hook("AfterInstall", "duration: 10m");
    assert_eq!(stopped_at(hook, 130), "0 Created, 2 InProgress, 137 Stopped");
    assert_eq!(stopped_at(watched(), 33), "0 Created, 2 InProgress, 47 Stopped");
    let ready = stopped_at(watched().ready_wait(60), 1000);
    assert_eq!(ready, "0 Created, 2 InProgress, 92 Ready, 1007 Stopped");
}

/// CD-ALM-4: a look at the very instant of the change sees it, one a moment before does not.
#[test]
fn a_look_sees_what_changes_at_its_instant() {
    for (at, stopped) in [("122s", 122), ("122001ms", 137), ("121999ms", 122)] {
        let call = format!("at: {at}, do: SetAlarmState, alarmName: errors, stateValue: ALARM");
        let run = watched().operator(&call).run();
        assert_eq!(run.statuses(0), format!("0 Created, 2 InProgress, {stopped} Stopped"), "{at}");
    }
}

/// CD-ALM-4, CW-ALARM-8: what is over before the next look was never seen.
#[test]
fn an_alarm_that_is_over_before_the_next_look_is_missed() {
    let calls = |setup: Setup| setup.operator(&set(153, "ALARM")).operator(&set(166, "OK"));
    let run = calls(watched()).run();
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
    assert_eq!(run.alarm(0), "0 INSUFFICIENT_DATA, 153 ALARM, 166 OK");
    let often = calls(watched().assume("codedeploy.alarm_poll: 5s")).run();
    assert_eq!(often.statuses(0), "0 Created, 2 InProgress, 157 Stopped");
}

/// U-30: an alarm goes before a hook that fails, a timeout and the next increment of the same instant, and a stop
/// request before the alarm.
#[test]
fn at_one_instant_the_alarm_goes_before_everything_but_a_stop() {
    let fails = watched().hook("AfterInstall", "duration: 30s, fails: 100%");
    assert!(is_stopped(&fails.operator(&set(122, "ALARM")).run()));
    let silent = watched().hook("AfterInstall", "silent: 100%").operator(&set(3692, "ALARM"));
    assert!(is_stopped(&silent.run()));
    let increment = watched().operator(&set(392, "ALARM")).run();
    assert!(is_stopped(&increment));
    assert_eq!(increment.weights(), "92 10%", "100 % were due at 392");
    let stop =
        watched().operator(&set(152, "ALARM")).operator("at: 152s, do: StopDeployment").run();
    assert_eq!(stop.row().error_code, Some(ErrorCode::ManualStop));
}

/// CD-ALM-6: `OK` and `INSUFFICIENT_DATA` stop nothing.
#[test]
fn other_states_stop_nothing() {
    let run = watched().operator(&set(150, "OK")).operator(&set(200, "INSUFFICIENT_DATA")).run();
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
}

/// CD-ALM-7, U-26: states that cannot be read stop the deployment, unless that is to be ignored.
#[test]
fn states_that_cannot_be_read_stop_the_deployment_unless_ignored() {
    for (fault, code) in [
        ("alarms-throttled", ErrorCode::Throttled),
        ("alarms-denied", ErrorCode::IamRolePermissions),
    ] {
        let fault = format!("at: 150s, kind: {fault}, for: 1m");
        let run = watched().rollback(ON_ALARM).fault(&fault).run();
        assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 152 Stopped");
        assert_eq!((run.row().error_code, run.row().rollback), (Some(code), true));
        let ignoring = watched().alarm_options("enabled: true, ignorePollAlarmFailure: true");
        assert_eq!(ignoring.fault(&fault).run().row().status, DeploymentStatus::Succeeded);
    }
    let short = watched().fault("at: 153s, kind: alarms-throttled, for: 10s").run();
    assert_eq!(short.row().status, DeploymentStatus::Succeeded, "no look fell into it");
    let hidden = watched()
        .alarm_options("enabled: true, ignorePollAlarmFailure: true")
        .fault("at: 140s, kind: alarms-throttled, for: 1m")
        .operator(&set(150, "ALARM"))
        .run();
    assert_eq!(
        hidden.statuses(0),
        "0 Created, 2 InProgress, 212 Stopped",
        "seen once it can be read"
    );
}

/// F43b (CD-ALM-4, CD-ALM-7): of the looks at the alarms nine in ten are throttled, each by its own luck, so that the first
/// that sees the alarm is geometric: number ten on average. Those of one run are the same whenever the alarm goes off.
#[test]
fn looks_that_are_throttled_now_and_then_find_the_alarm_ten_times_as_late() {
    let watched = || {
        watched()
            .alarm_options("enabled: true, ignorePollAlarmFailure: true")
            .fault("at: 100s, kind: alarms-throttled, share: 90%")
            .termination_wait(2880)
    };
    let setup = watched().operator(&set(150, "ALARM")).load();
    let later = watched().operator(&set(180, "ALARM")).load();
    let runs = 1000;
    let looks = |setup: &Scenario, replication| {
        let run = play(setup, 1, replication);
        assert!(is_stopped(&run), "{}", run.statuses(0));
        (run.row().end.expect("it was stopped").as_millis() - 137_000) / 15_000
    };
    let mut sum = 0;
    for replication in 0..runs {
        let first = looks(&setup, replication);
        sum += first;
        if first >= 3 {
            assert_eq!(looks(&later, replication), first, "the looks before saw nothing new");
        }
    }
    let (mean, tolerance) = (sum as f64 / runs as f64, 4.0 * (90.0 / runs as f64).sqrt());
    assert!((mean - 10.0).abs() < tolerance, "{mean} looks");
}

/// F43b (CD-ALM-7): without `ignorePollAlarmFailure` the first look that is throttled stops the deployment: the second on
/// average where it is every second one. A fault that is over before has done nothing.
#[test]
fn the_first_look_that_is_throttled_stops_the_deployment() {
    let half = "kind: alarms-throttled, share: 50%";
    let setup = watched().fault(&format!("at: 130s, {half}")).termination_wait(2880).load();
    let runs = 1000;
    let mut sum = 0;
    for replication in 0..runs {
        let run = play(&setup, 1, replication);
        assert_eq!(run.row().error_code, Some(ErrorCode::Throttled), "{}", run.statuses(0));
        sum += (run.row().end.expect("it was stopped").as_millis() - 122_000) / 15_000;
    }
    let (mean, tolerance) = (sum as f64 / runs as f64, 4.0 * (2.0 / runs as f64).sqrt());
    assert!((mean - 2.0).abs() < tolerance, "{mean} looks");
    let short = watched().fault(&format!("at: 130s, for: 1s, {half}")).run();
    assert_eq!(short.row().status, DeploymentStatus::Succeeded);
    let never = watched().fault("at: 130s, kind: alarms-throttled, share: 0%").run();
    assert_eq!(never.row().status, DeploymentStatus::Succeeded);
}

/// CD-ALM-8: alarms that are switched off are kept and not looked at.
#[test]
fn alarms_that_are_switched_off_stop_nothing() {
    let run = watched().alarm_options("enabled: false").operator(&set(150, "ALARM")).run();
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
}

/// CD-ALM-1, CD-ALM-10, CD-RB-8: a deployment's own configuration takes the place of the group's, so that an old
/// revision can be deployed while the alarm is still active; the rollback is not stopped by it.
#[test]
fn an_override_takes_the_place_of_the_groups_alarms() {
    let later = "after: previous, overrideAlarmConfiguration: { enabled: false }";
    let run = watched().rollback(ON_ALARM).operator(&set(150, "ALARM")).then(later).run();
    assert_eq!(run.statuses(1), "152 Created, 152 InProgress, 154 Succeeded", "the rollback");
    assert!(run.statuses(2).ends_with("Succeeded"), "{}", run.statuses(2));
    let without = watched().rollback(ON_ALARM).operator(&set(150, "ALARM")).then("after: previous");
    assert!(without.run().statuses(2).ends_with("156 InProgress, 156 Stopped"));
    let other = watched()
        .alarm("other", ("HTTPCode_ELB_5XX_Count", ""), QUIET)
        .deployment("overrideAlarmConfiguration: { enabled: true, alarms: [{ name: other }] }")
        .operator(&set(150, "ALARM"))
        .operator("at: 200s, do: SetAlarmState, alarmName: other, stateValue: ALARM")
        .run();
    assert_eq!(other.statuses(0), "0 Created, 2 InProgress, 212 Stopped");
}

/// CD-ALM-2: the active ones are named in alphabetical order.
#[test]
fn the_message_names_all_active_alarms_in_alphabetical_order() {
    let names = ["zebra", "errors", "ant"];
    let setup = watched()
        .watch(&names)
        .alarm("zebra", ("HTTPCode_ELB_5XX_Count", ""), QUIET)
        .alarm("ant", ("HTTPCode_ELB_5XX_Count", ""), QUIET);
    let call =
        |name: &str| format!("at: 150s, do: SetAlarmState, alarmName: {name}, stateValue: ALARM");
    let run = setup.operator(&call("zebra")).operator(&call("ant")).run();
    let header_names = run.journal.header.alarm_names();
    assert_eq!(header_names, names, "in the order of the deployment group");
    let message = run.course(0).error.expect("it was stopped").message.told(&header_names);
    assert!(message.ends_with("Activated alarms: <ant> <zebra>"), "{message}");
}

/// CD-ALM-12: an alarm on the load balancer's 5xx sees the 503 of a group without targets, which no target has answered.
/// The counter has no datapoint once there are none: where missing data is ignored the alarm stays, and stops every
/// deployment that follows; as good data it ends.
#[test]
fn the_503_of_an_empty_group_can_stop_every_deployment_that_follows() {
    let rule = |treat: &str| {
        format!(
            "Threshold: 5, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, TreatMissingData: {treat}"
        )
    };
    let run = |metric: &str, treat: &str| {
        watched_by(metric, &rule(treat))
            .rate("10/s")
            .operator("at: 20m, do: ModifyListener, weights: { blue: 100 }")
            .operator("at: 21m, do: ModifyListener, weights: { green: 100 }")
            .then("at: 60m")
            .run()
    };
    let stays = run("HTTPCode_ELB_5XX_Count", "ignore");
    assert_eq!(stays.row().status, DeploymentStatus::Succeeded, "the first was over before");
    assert_eq!(stays.alarm(0), "0 INSUFFICIENT_DATA, 1260 ALARM");
    assert_eq!(stays.statuses(1), "3600 Created, 3602 InProgress, 3602 Stopped");
    let ends = run("HTTPCode_ELB_5XX_Count", "notBreaching");
    assert!(ends.statuses(1).ends_with("Succeeded"), "{}", ends.statuses(1));
    let of_targets = run("HTTPCode_Target_5XX_Count", "ignore");
    assert!(!of_targets.alarm(0).contains("ALARM"), "{}", of_targets.alarm(0));
}

/// CD-ALM-9: an alarm is known by its exact name; one that nobody describes never goes off, and that is told.
#[test]
fn an_alarm_that_nobody_describes_is_told() {
    let setup = watched().watch(&["Errors"]);
    let told = setup.told();
    assert!(told.contains("warning[CUT0306]: the alarm `Errors` is not described"), "{told}");
    assert!(told.contains("did you mean `errors`?"), "{told}");
    let run = setup.operator(&set(150, "ALARM")).run();
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
    let unknown = watched().operator("at: 1s, do: SetAlarmState, alarmName: eror, stateValue: OK");
    assert!(unknown.refused().contains("no alarm is called `eror`"));
}

/// CW-ALARM-10: a composite alarm follows those that its rule names at once, and can be watched itself.
#[test]
fn a_composite_alarm_follows_its_children() {
    let setup = watched()
        .alarm("slow", ("HTTPCode_ELB_504_Count", ""), QUIET)
        .described_alarm("AlarmName: both, AlarmRule: 'ALARM(errors) AND NOT OK(slow)'")
        .described_alarm("AlarmName: outer, AlarmRule: 'ALARM(both)'")
        .watch(&["outer"]);
    let run = setup
        .operator("at: 40s, do: SetAlarmState, alarmName: slow, stateValue: OK")
        .operator(&set(150, "ALARM"))
        .operator("at: 200s, do: SetAlarmState, alarmName: slow, stateValue: ALARM")
        .run();
    assert_eq!(run.alarm(0), "0 OK, 200 ALARM", "the one that is watched comes first");
    assert_eq!(run.alarm(3), "0 OK, 200 ALARM", "both");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 212 Stopped");
    let circle = watched()
        .described_alarm("AlarmName: a, AlarmRule: 'ALARM(b)'")
        .described_alarm("AlarmName: b, AlarmRule: 'OK(a)'");
    assert!(circle.refused().contains("the rule of `a` leads back to itself"));
    let missing = watched().described_alarm("AlarmName: a, AlarmRule: 'ALARM(error)'");
    assert!(missing.refused().contains("the rule of `a` names `error`"));
}
