//! Several deployments of one group: refused, one after another, what one leaves behind for the next.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;

use crate::support::{Played, Setup, scenario};

fn golden() -> Setup {
    scenario()
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 2s")
        .replacement("launch: 90s")
}

/// Groups of the replacements, by deployment: `B A B`.
fn groups(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::TaskSetCreated { target_group, .. } => {
            Some(["A", "B"][target_group.index()].to_string())
        }
        _ => None,
    })
}

/// CD-ECS-25, CD-ECS-26, CD-RB-12: three deployments that succeed alternate, whichever group is named first.
#[test]
fn target_groups_swap_with_each_deployment_that_succeeds() {
    let three = golden().then("after: previous").then("after: previous");
    assert_eq!(groups(&three.clone().run()), "2 B, 94 A, 186 B");
    assert_eq!(groups(&three.original_group("green").run()), "2 A, 94 B, 186 A");
}

/// CD-ECS-26: a deployment that is rolled back does not swap them.
#[test]
fn a_rollback_leaves_the_groups_for_the_next_deployment_as_they_were() {
    let run = golden()
        .then("after: previous")
        .then("after: previous")
        .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
        .operator("at: 150s, do: StopDeployment")
        .run();
    assert_eq!(groups(&run), "2 B, 94 A, 154 A");
    let statuses: Vec<_> =
        run.series.deployments.iter().map(|course| course.status().as_str()).collect();
    assert_eq!(statuses, ["Succeeded", "Stopped", "Succeeded", "Succeeded"]);
}

/// G-15, CD-SM-5, CD-VAL-17: the termination wait counts as busy too.
#[test]
fn a_second_deployment_is_refused_while_the_first_is_active() {
    let run = golden().termination_wait(60).then("at: 1000s").run();
    let refused = run.told(|fact| match fact {
        Fact::CallRefused { call, exception, deployment } => {
            Some(format!("{call} {exception} because of {}", deployment.expect("the active one")))
        }
        _ => None,
    });
    assert_eq!(refused, "1000 CreateDeployment DeploymentLimitExceededException because of 0");
    assert_eq!(run.row().deployments, 1);
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3692 Succeeded");
}

/// CD-SM-5, story F33: callers that ask again until they are heard; the older commit may land last.
#[test]
fn who_asks_again_later_lands_later() {
    let run = golden()
        .termination_wait(5)
        .revision("older", "launch: 90s")
        .revision("newer", "launch: 90s")
        .then("at: 60s, deploys: older, retry: 7m")
        .then("at: 120s, deploys: newer, retry: 5m")
        .run();
    let drawn = run.told(|fact| match fact {
        Fact::ReplacementDrawn { candidate, .. } => Some(candidate.to_string()),
        _ => None,
    });
    // The first ends at 392 s: `newer` is heard at 420 s, `older`, refused once more at 480 s, at 900 s.
    let refused = run.occurrence("CallRefused").count;
    assert_eq!((drawn.as_str(), refused), ("0 0, 420 2, 900 1", 3));
    let header = &run.journal.header.candidates;
    assert_eq!([&header[1], &header[2]], ["older", "newer"]);
}

/// CD-SM-6: a deployment that waits for the one before it is created in the instant in which that has ended, its
/// rollback included.
#[test]
fn a_deployment_follows_the_rollback_of_the_one_before() {
    let run = golden()
        .hook("AfterInstall", "duration: 8s, fails: 100%")
        .rollback(&["DEPLOYMENT_FAILURE"])
        .then("after: previous")
        .run();
    let created: Vec<_> =
        run.series.deployments.iter().map(|one| one.created.as_millis() / 1000).collect();
    assert_eq!(created, [0, 100, 102, 202]);
}

/// CD-RB-11, CD-RBC-3: once the original is gone, going back is a deployment of the older revision, with all its steps.
#[test]
fn going_back_after_success_is_a_deployment_of_its_own() {
    let run = golden()
        .rate("100/s")
        .original("errors: 0%, launch: 90s")
        .replacement("errors: 10%, launch: 90s, bad: true")
        .then("at: 300s, deploys: original")
        .run();
    assert_eq!(run.statuses(1), "300 Created, 302 InProgress, 392 Succeeded");
    assert_eq!(run.course(1).creator.as_str(), "user");
    assert_eq!(run.weights(), "92 100%, 392 0%");
    let bad = |at| run.value("bad_requests", at);
    assert!(bad(360) > 2000 && bad(392) == bad(600), "bad requests end with the second shift");
    assert_eq!(run.row().exposure_percent_ms, 100 * 300_000, "exposed from 92 to 392 s");
}

/// U-35, CD-STOP-5 (decision 20): what a stopped deployment left behind serves its share until the next one's
/// `Install` begins, is deleted then, and its group is used again.
#[test]
fn a_replacement_that_was_left_behind_goes_when_the_next_install_begins() {
    let run =
        golden().canary(10, 5).operator("at: 200s, do: StopDeployment").then("at: 1000s").run();
    assert_eq!(groups(&run), "2 B, 1002 B");
    assert_eq!(run.task_set(1), "1002 DRAINING");
    assert_eq!(
        run.weights(),
        "92 10%, 1392 100%",
        "10 % were there already when the second began to shift"
    );
    assert_eq!(run.task_set(2), "1392 PRIMARY");
    assert_eq!(run.statuses(1), "1000 Created, 1002 InProgress, 1392 Succeeded");
}

/// 2.4, U-32: a deployment that fails after 100 % without rollback leaves the replacement as PRIMARY; the next one
/// replaces it, and the first original is what was left behind.
#[test]
fn after_a_failure_at_full_traffic_the_replacement_is_the_next_original() {
    let run = golden()
        .hook("AfterAllowTraffic", "duration: 8s, fails: 100%")
        .then("at: 600s")
        .operator("at: 5m, do: StopDeployment")
        .run();
    assert!(run.statuses(0).ends_with("100 Failed"));
    assert_eq!(run.task_set(0), "92 ACTIVE, 602 DRAINING");
    assert_eq!(groups(&run), "2 B, 602 A");
}

/// ECS-EXT-8 is far away: two task sets and what drains.
#[test]
fn revisions_are_deployed_by_name() {
    let told = golden().then("at: 5s, deploys: fix").refused();
    assert!(told.contains("`revisions` has no `fix`") && told.contains("`replacement`"), "{told}");
    let told = golden().then("deploys: replacement").refused();
    assert!(told.contains("none of `at` and `after`") || told.contains("`at`"), "{told}");
    let told = golden().then("at: 5s, deploymentGroup: { a: 1 }").refused();
    assert!(told.contains("one group serves all deployments"), "{told}");
}

/// The configuration, the hooks' binding and the rollback of a later deployment are the first one's unless it says
/// otherwise (CD-CFG-2, CD-RB-1).
#[test]
fn a_later_deployment_has_what_it_does_not_say_from_the_first() {
    let run = golden()
        .canary(10, 5)
        .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
        .then("after: previous, deploymentConfigName: CodeDeployDefault.ECSAllAtOnce")
        .then("after: previous, autoRollbackConfiguration: { enabled: false }")
        .operator("at: 600s, do: StopDeployment")
        .run();
    assert_eq!(run.weights(), "92 10%, 392 100%, 484 0%, 576 10%");
    assert_eq!(run.course(2).error.expect("it was stopped").code, ErrorCode::ManualStop);
    assert!(!run.series.deployments.iter().any(|course| course.rolls_back.is_some()));
}

/// CD-LE-8, CD-RB-13: the target follows its events; the group remembers what was attempted and what succeeded last.
#[test]
fn the_target_follows_its_events_and_the_group_remembers() {
    let run = golden()
        .then("after: previous")
        .then("after: previous")
        .operator("at: 150s, do: StopDeployment")
        .operator("at: 151s, do: StopDeployment")
        .run();
    let targets: Vec<_> =
        run.series.deployments.iter().map(|one| one.target_status().as_str()).collect();
    assert_eq!(targets, ["Succeeded", "Failed", "Skipped"]);
    let number =
        |course: Option<&cutover::analysis::lifecycle::Course>| course.map(|one| one.number.0);
    assert_eq!(number(run.series.last_attempted()), Some(2));
    assert_eq!(number(run.series.last_successful()), Some(0));
}

/// CD-RBC-1, CD-RBC-2: on ECS a rollback goes back to what PRIMARY was, whatever succeeded before; `enabled` and an
/// event of the list are both needed.
#[test]
fn a_rollback_needs_the_switch_and_the_event() {
    let rolled_back = |configuration: &str| {
        let line = format!("autoRollbackConfiguration: {{ {configuration} }}");
        golden().deployment(&line).hook("AfterInstall", "fails: 100%").run().row().rollback
    };
    assert!(rolled_back("enabled: true, events: [DEPLOYMENT_FAILURE]"));
    assert!(!rolled_back("enabled: true, events: [DEPLOYMENT_STOP_ON_REQUEST]"));
    assert!(!rolled_back("enabled: false, events: [DEPLOYMENT_FAILURE]"));
}
