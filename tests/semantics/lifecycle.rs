//! Lifecycle events and hooks.

use cutover::aws::name::{DeploymentStatus, ErrorCode, LifecycleEvent, LifecycleEventStatus};
use cutover::journal::fact::Fact;

use crate::support::scenario;

/// CD-LE-1, CD-LE-11: the eight events in their order, one after another; no `Start`, no `End`.
#[test]
fn events_run_one_after_another_in_the_fixed_order() {
    let mut setup = scenario().test_listener().replacement("launch: 30s");
    for event in LifecycleEvent::HOOKS {
        setup = setup.hook(event.as_str(), "duration: 10s");
    }
    let run = setup.assume("codedeploy.inter_event_gap: 1s").run();
    assert_eq!(
        run.events(),
        [
            "BeforeInstall 1-11 Succeeded",
            "Install 12-42 Succeeded",
            "AfterInstall 43-53 Succeeded",
            "AllowTestTraffic 54-54 Succeeded",
            "AfterAllowTestTraffic 55-65 Succeeded",
            "BeforeAllowTraffic 66-76 Succeeded",
            "AllowTraffic 77-77 Succeeded",
            "AfterAllowTraffic 78-88 Succeeded",
        ]
    );
}

/// CD-LE-1, U-29: without a test listener there are six, unless the switch keeps the two as empty events.
#[test]
fn without_a_test_listener_the_two_test_events_are_absent() {
    let names = |setup: crate::support::Setup| {
        setup.run().course(0).events.iter().map(|span| span.event).collect::<Vec<_>>()
    };
    let six = names(scenario());
    assert_eq!(six.len(), 6);
    assert!(!six.contains(&LifecycleEvent::AllowTestTraffic));
    let kept = scenario().assume("codedeploy.test_events_without_listener: true");
    assert_eq!(names(kept.clone()), LifecycleEvent::ALL);
    assert_eq!(kept.run().test_weights(), "", "they do nothing");
}

/// CD-LE-2: the event that runs when the deployment fails becomes `Failed`, every later one `Skipped`.
#[test]
fn later_events_are_skipped_when_one_fails() {
    let run = scenario().test_listener().hook("AfterInstall", "duration: 5s, fails: 100%").run();
    assert_eq!(
        run.events(),
        [
            "BeforeInstall 0-0 Succeeded",
            "Install 0-0 Succeeded",
            "AfterInstall 0-5 Failed",
            "AllowTestTraffic Skipped",
            "AfterAllowTestTraffic Skipped",
            "BeforeAllowTraffic Skipped",
            "AllowTraffic Skipped",
            "AfterAllowTraffic Skipped",
        ]
    );
}

/// CD-LE-3: a hook event without a function does nothing and succeeds, as long as it is assumed to take.
#[test]
fn a_hook_without_a_function_succeeds() {
    let run = scenario().assume("codedeploy.empty_hook_duration: 230ms").run();
    assert_eq!(run.events()[0], "BeforeInstall 0-0.23 Succeeded");
    assert_eq!(run.occurrence("HookInvoked").count, 0);
}

/// CD-LE-4: the function is invoked once, and the event ends when it answers and not before.
#[test]
fn a_hook_ends_when_its_function_answers() {
    let run = scenario().hook("BeforeAllowTraffic", "duration: 3599s").run();
    let hooks = run.told(|fact| match fact {
        Fact::HookInvoked { event, .. } => Some(format!("{event} invoked")),
        Fact::HookAnswered { event, answer, .. } => Some(format!("{event} {answer}")),
        _ => None,
    });
    assert_eq!(hooks, "0 BeforeAllowTraffic invoked, 3599 BeforeAllowTraffic Succeeded");
    assert_eq!(run.events()[3], "BeforeAllowTraffic 0-3599 Succeeded");
}

/// CD-LE-4, U-30: an answer at exactly one hour is in time, a millisecond later is not.
#[test]
fn an_answer_at_exactly_one_hour_is_in_time() {
    let answered =
        |duration: &str| scenario().hook("AfterInstall", &format!("duration: {duration}")).run();
    let just = answered("3600s");
    assert_eq!(just.row().status, DeploymentStatus::Succeeded);
    assert_eq!(just.events()[2], "AfterInstall 0-3600 Succeeded");
    let late = answered("3600001ms");
    assert_eq!(late.row().status, DeploymentStatus::Failed);
    assert_eq!(late.events()[2], "AfterInstall 0-3600 Failed");
    assert_eq!(late.row().error_code, Some(ErrorCode::Timeout));
    let error = late.course(0).error.expect("it has an error");
    assert_eq!(
        error.message.told(&[]),
        "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked."
    );
    assert_eq!(late.occurrence("HookAnswered").count, 0);
}

/// CD-LE-20: the code and the message of a validation that fails, also after the whole shift.
#[test]
fn a_failed_validation_has_one_code_whichever_hook_it_was() {
    for event in LifecycleEvent::HOOKS {
        let run = scenario().test_listener().hook(event.as_str(), "fails: 100%").run();
        let error = run.course(0).error.expect("it has an error");
        assert_eq!(error.code, ErrorCode::HookExecutionFailure, "{event}");
        assert_eq!(
            error.message.told(&[]),
            "The deployment failed because one or more of the lifecycle event validation functions failed."
        );
        assert_eq!(run.event(event).status, LifecycleEventStatus::Failed);
    }
}

/// CD-LE-3, U-29: a function bound to `AfterAllowTestTraffic` does nothing without a test listener.
#[test]
fn a_validation_of_test_traffic_does_nothing_without_a_test_listener() {
    let run = scenario()
        .assume("codedeploy.test_events_without_listener: true")
        .hook("AfterAllowTestTraffic", "duration: 10s, fails: 100%")
        .run();
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
    assert_eq!(run.occurrence("HookInvoked").count, 0);
}

/// CD-LE-4: what a function does is drawn for each run: failing in a share of them, silent in another.
#[test]
fn hooks_fail_and_keep_silent_in_their_shares_of_the_runs() {
    let scenario = scenario().hook("BeforeInstall", "fails: 20%, silent: 10%").load();
    let (mut failed, mut timed_out) = (0, 0);
    for replication in 0..2000 {
        let row = *crate::support::play(&scenario, 5, replication).row();
        failed += u32::from(row.error_code == Some(ErrorCode::HookExecutionFailure));
        timed_out += u32::from(row.error_code == Some(ErrorCode::Timeout));
    }
    // A silent function never answers, so it fails in 90 % x 20 % of the runs. Four standard deviations:
    // 4 sqrt(2000 x .18 x .82) = 68.7 and 4 sqrt(2000 x .1 x .9) = 53.7.
    assert!((292..=428).contains(&failed), "{failed} of 2000 failed");
    assert!((147..=253).contains(&timed_out), "{timed_out} of 2000 timed out");
}

/// CD-LE-4: the function decides; one that looks at the release refuses bad ones and lets good ones pass.
#[test]
fn a_hook_that_looks_at_the_release_refuses_bad_ones() {
    let looking = |replacement: &str| {
        let setup = scenario().hook("AfterInstall", "detects: 100%").replacement(replacement);
        setup.run().row().status.to_string()
    };
    assert_eq!(looking("bad: false"), "Succeeded");
    assert_eq!(looking("bad: true"), "Failed");
    let blind = scenario().hook("AfterInstall", "fails: 0%").replacement("bad: true").run();
    assert_eq!(blind.row().status.as_str(), "Succeeded");
}
