//! What the CI job beside the deployment sees of it.

use cutover::analysis::client::{Agreement, Seen};
use cutover::report::{Report, text};

use crate::support::{Played, Setup, scenario};

/// `succeeded 15 TrueSuccess`: what the client saw, when, and whether that is the truth.
fn told(run: &Played) -> String {
    let row = run.row();
    let sight = row.client.expect("the run was played to its end");
    let agreement = Agreement::of(row).expect("both have ended");
    format!("{} {} {agreement:?}", sight.seen.as_str(), crate::support::seconds(sight.at))
}

/// A deployment whose last hook takes so long, and answers so.
fn lasting(seconds: u32, fails: &str) -> Setup {
    scenario().hook("AfterAllowTraffic", &format!("duration: {seconds}s, fails: {fails}"))
}

/// CD-SM-7: polls every 15 s from the creation on; a status that is reached at the instant of a poll is seen.
#[test]
fn the_waiter_sees_the_end_at_its_next_poll() {
    for (seconds, fails, expected) in [
        (0, "0%", "succeeded 0 TrueSuccess"),
        (1, "0%", "succeeded 15 TrueSuccess"),
        (15, "0%", "succeeded 15 TrueSuccess"),
        (16, "0%", "succeeded 30 TrueSuccess"),
        (20, "100%", "failed 30 TrueFailure"),
        (1770, "100%", "failed 1770 TrueFailure"),
    ] {
        assert_eq!(told(&lasting(seconds, fails).run()), expected, "{seconds} s, {fails}");
    }
}

/// CD-SM-7: 120 polls, the last at 1785 s; after it the waiter gives up, whatever the deployment does.
#[test]
fn the_waiter_gives_up_after_its_last_poll() {
    assert_eq!(told(&lasting(1785, "0%").run()), "succeeded 1785 TrueSuccess");
    assert_eq!(told(&lasting(1786, "0%").run()), "gave-up 1785 FalseFailure");
    assert_eq!(told(&lasting(1786, "100%").run()), "gave-up 1785 TrueFailure");
}

/// CD-SM-7: `Stopped` ends the wait badly; `Ready`, which comes before it here, lets it go on.
#[test]
fn a_stopped_deployment_ends_the_wait_badly() {
    let run = scenario().ready_wait(1).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 0 Ready, 60 Stopped");
    assert_eq!(told(&run), "failed 60 TrueFailure");
}

/// CD-SM-7: the waiter is the one that holds where the scenario names none.
#[test]
fn without_a_section_the_waiter_of_the_sdks_waits() {
    let named = lasting(1786, "0%").client("waiter: DeploymentSuccessful");
    assert_eq!(told(&named.run()), told(&lasting(1786, "0%").run()));
}

/// CD-SM-8: ready wait, termination wait and 10 minutes, at least 30 and at most 360 minutes, every 15 s.
#[test]
fn aws_ecs_deploy_waits_as_long_as_the_group_says() {
    for (ready, termination, last) in [
        (0, 0, 30 * 60 - 15),
        (0, 20, 30 * 60 - 15),
        (0, 21, 31 * 60 - 15),
        (0, 48, 58 * 60 - 15),
        (30, 20, 60 * 60 - 15),
        (400, 0, 360 * 60 - 15),
    ] {
        let mut setup = scenario()
            .hook("BeforeInstall", "duration: 3500s")
            .termination_wait(termination)
            .client("waiter: aws-ecs-deploy");
        if ready > 0 {
            setup = setup.ready_wait(ready);
        }
        let sight = setup.run().row().client.expect("it gave up");
        let found = (sight.seen.as_str(), sight.at.as_millis());
        assert_eq!(found, ("gave-up", last * 1000), "{ready} and {termination} minutes");
    }
}

/// CD-SM-8: where the waiter gives up in the hour of the termination wait, the wait of the command does not.
#[test]
fn aws_ecs_deploy_outlasts_the_termination_wait() {
    let kept = scenario().termination_wait(60);
    assert_eq!(told(&kept.run()), "gave-up 1785 FalseFailure");
    let told_of_command = told(&kept.client("waiter: aws-ecs-deploy").run());
    assert_eq!(told_of_command, "succeeded 3600 TrueSuccess");
}

/// CD-SM-7, CD-SM-8: the job's own limit holds beside either waiter; a poll at its very instant is in time.
#[test]
fn the_limit_of_the_job_cuts_the_wait_off() {
    for waiter in ["DeploymentSuccessful", "aws-ecs-deploy"] {
        let limited = |seconds, limit: &str| {
            told(
                &lasting(seconds, "0%")
                    .client(&format!("waiter: {waiter}, timeout: {limit}"))
                    .run(),
            )
        };
        assert_eq!(limited(700, "10m"), "timed-out 600 FalseFailure", "{waiter}");
        assert_eq!(limited(600, "10m"), "succeeded 600 TrueSuccess", "{waiter}");
        assert_eq!(limited(601, "611s"), "timed-out 611 FalseFailure", "{waiter}");
        assert_eq!(limited(100, "10m"), "succeeded 105 TrueSuccess", "{waiter}");
        assert_eq!(limited(2000, "2h"), "gave-up 1785 FalseFailure", "{waiter}");
    }
}

/// A client that does not wait is green at once, whatever comes of the deployment.
#[test]
fn who_does_not_wait_is_green() {
    let of = |fails| told(&lasting(5, fails).client("waiter: none").run());
    assert_eq!(of("0%"), "unwatched 0 TrueSuccess");
    assert_eq!(of("100%"), "unwatched 0 FalseSuccess");
}

/// The report speaks of the client if the scenario does, or if the client does not know the end.
#[test]
fn a_client_is_told_of_where_it_matters() {
    let line = |setup: Setup| {
        let text = text::write(&Report::new(&setup.run().journal), text::Color::Never);
        let line = text.lines().find_map(|line| line.strip_prefix("  CI client    "));
        line.map(String::from)
    };
    assert_eq!(line(lasting(20, "0%")), None);
    assert_eq!(line(lasting(20, "100%")), None);
    let told = line(lasting(1800, "0%")).expect("it gave up");
    assert_eq!(
        told,
        "DeploymentSuccessful gave up at 29:45: false failure, the deployment succeeded at 30:00"
    );
    let told = line(lasting(20, "0%").client("waiter: aws-ecs-deploy"));
    assert_eq!(told.as_deref(), Some("aws-ecs-deploy saw Succeeded at 00:30: true success"));
    let told = line(scenario().ready_wait(1).client("waiter: none"));
    let stopped = "did not wait: false success, the deployment was stopped at 01:00";
    assert_eq!(told.as_deref(), Some(stopped));
}

/// A client waits for the first deployment, whatever comes after it.
#[test]
fn the_client_is_that_of_the_first_deployment() {
    let two = lasting(20, "0%").then("after: previous");
    assert_eq!(told(&two.run()), "succeeded 30 TrueSuccess");
}

/// A limit of a job that does not wait would do nothing.
#[test]
fn a_limit_without_a_waiter_is_refused() {
    let told = scenario().client("waiter: none, timeout: 10m").refused();
    assert!(told.contains("CUT0112") && told.contains("`timeout`"), "{told}");
}

/// ECS-SVC-7, story F16: a service that CodeDeploy deploys to has no `deployments`, so that it is never stable to the waiter.
#[test]
fn the_waiter_for_services_never_sees_the_end_of_a_deployment_by_code_deploy() {
    let run = scenario().client("waiter: ServicesStable").run();
    assert!(run.statuses(0).ends_with("Succeeded"));
    let sight = run.row().client.expect("it has waited");
    assert_eq!((sight.seen, sight.at.as_millis()), (Seen::GaveUp, 585_000));
}
