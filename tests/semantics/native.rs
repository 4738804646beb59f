//! Services that ECS itself deploys with two target groups: `BLUE_GREEN`, `LINEAR`, `CANARY`, their stages and hooks.
//!
//! Times are in seconds on the ideal preset, where a launch takes what a test says and nothing else takes time.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;
use cutover::report::{Report, chart};

use crate::ecs_service::{Service, service};
use crate::support::Played;

const ALARM: &str = "alarms: { alarmNames: [errors], enable: true, rollback: true }";
const BLUE_GREEN: [&str; 2] = ["strategy: BLUE_GREEN", "bakeTimeInMinutes: 5"];

/// With a second target group and test traffic.
fn native(configuration: &[&str]) -> Service {
    service(configuration).with_alternate(true)
}

fn stages(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::ServiceDeploymentStageStarted { stage, .. } => Some(stage.to_string()),
        _ => None,
    })
}

fn hooks(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::StageHookStatusChanged { hook, status, .. } => Some(format!("{hook}:{status}")),
        _ => None,
    })
}

fn error(run: &Played) -> Option<ErrorCode> {
    run.course(0).error.map(|error| error.code)
}

/// A hook with these stages, and more of it.
fn hook(stages: &str, more: &str) -> String {
    format!(
        "lifecycleHooks: [{{ hookTargetArn: 'arn:aws:lambda:eu-west-1:123456789012:function:check', roleArn: 'arn:role', lifecycleStages: [{stages}]{more} }}]"
    )
}

fn pause(stages: &str, more: &str) -> String {
    format!("lifecycleHooks: [{{ targetType: PAUSE, lifecycleStages: [{stages}]{more} }}]")
}

// ---- strategies ----------------------------------------------------------------------------------------

/// ECS-BG-2: every stage in its order; the tasks take a minute, the bake time five, and the old ones drain for 30 s.
#[test]
fn a_blue_green_deployment_goes_through_its_stages() {
    let run = native(&BLUE_GREEN).run();
    let expected = "0 PRE_SCALE_UP, 0 SCALE_UP, 60 POST_SCALE_UP, 60 TEST_TRAFFIC_SHIFT, 60 POST_TEST_TRAFFIC_SHIFT, \
                    60 PRE_PRODUCTION_TRAFFIC_SHIFT, 60 PRODUCTION_TRAFFIC_SHIFT, 60 POST_PRODUCTION_TRAFFIC_SHIFT, \
                    60 BAKE_TIME, 360 CLEAN_UP";
    assert_eq!(stages(&run), expected);
    assert_eq!(run.weights(), "60 100%");
    assert_eq!(run.test_weights(), "60 100%");
    assert_eq!(run.task_set(0), "60 ACTIVE, 360 DRAINING");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 390 Succeeded");
    assert_eq!(run.value("original_running", 359), 4, "both are up while it bakes");
}

/// T166, T167 (ECS-BG-3, ECS-BG-4): the default steps, and steps that do not come out even.
#[test]
fn a_linear_deployment_moves_by_equal_steps() {
    let run = native(&["strategy: LINEAR"]).run();
    assert!(run.weights().starts_with("60 10%, 420 20%, 780 30%"), "{}", run.weights());
    assert!(run.weights().ends_with("3300 100%"), "54 min after the first: {}", run.weights());
    let steps = "linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 5 }";
    let run = native(&["strategy: LINEAR", steps]).run();
    assert_eq!(run.weights(), "60 30%, 360 60%, 660 90%, 960 100%");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 990 Succeeded", "no bake time is needed");
}

/// ECS-BG-4: a bake time of zero; where nothing else takes time either, the steps are a millisecond apart.
#[test]
fn steps_without_a_bake_time_follow_each_other() {
    let steps = "linearConfiguration: { stepPercent: 3, stepBakeTimeInMinutes: 0 }";
    let hook = hook("PRE_PRODUCTION_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT", "");
    let run = native(&["strategy: LINEAR", steps, &hook])
        .hook("PRE_PRODUCTION_TRAFFIC_SHIFT", "duration: 0s")
        .hook("PRODUCTION_TRAFFIC_SHIFT", "duration: 0s")
        .run();
    assert_eq!(run.weights().split(", ").count(), 34, "{}", run.weights());
    assert!(run.weights().ends_with("60.032 99%, 60.033 100%"), "{}", run.weights());
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 90.033 Succeeded");
}

/// T168 (ECS-BG-3, ECS-BG-4).
#[test]
fn a_canary_deployment_waits_once() {
    let run = native(&["strategy: CANARY", "bakeTimeInMinutes: 2"]).run();
    assert_eq!(run.weights(), "60 5%, 660 100%");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 810 Succeeded");
    let fine = "canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 100 }";
    let run = native(&["strategy: CANARY", fine]).rate("1000/s").run();
    let [old, new] = run.answered(60, 6060);
    let expected = (old + new) as f64 / 1000.0;
    assert!((new as f64 - expected).abs() < 5.0 * expected.sqrt(), "{new} of {}", old + new);
}

/// T169, T170, T171 (ECS-BG-3): one decimal, from 3.0 or 0.1 to 100; bake times of a day at most.
#[test]
fn percentages_and_bake_times_have_their_ranges() {
    let is_refused = |lines: &[&str]| native(lines).told().contains("error[");
    let linear = |percent: &str| format!("linearConfiguration: {{ stepPercent: {percent} }}");
    for (percent, refused) in [("2.9", true), ("3.0", false), ("10.05", true), ("100.1", true)] {
        assert_eq!(is_refused(&["strategy: LINEAR", &linear(percent)]), refused, "{percent}");
    }
    let canary = |percent: &str| format!("canaryConfiguration: {{ canaryPercent: {percent} }}");
    for (percent, refused) in [("0.1", false), ("0.05", true), ("0", true), ("100.0", false)] {
        assert_eq!(is_refused(&["strategy: CANARY", &canary(percent)]), refused, "{percent}");
    }
    for (minutes, refused) in [("1440", false), ("1441", true), ("-1", true)] {
        let bake = format!("bakeTimeInMinutes: {minutes}");
        assert_eq!(is_refused(&["strategy: BLUE_GREEN", &bake]), refused, "{minutes}");
    }
    assert!(is_refused(&["strategy: BLUE_GREEN"]), "its bake time is required");
}

/// ECS-BG-8: without a second target group there is nowhere to go.
#[test]
fn a_second_target_group_is_needed() {
    let told = service(&BLUE_GREEN).told();
    assert!(told.contains("CUT0221") && told.contains("alternateTargetGroupArn"), "{told}");
}

/// ECS-BG-1: strategies have their dates.
#[test]
fn strategies_are_known_from_their_dates_on() {
    let told = |lines: &[&str], semantics| native(lines).since(semantics).told();
    assert!(told(&BLUE_GREEN, "2025-06").contains("July 2025"));
    assert!(!told(&BLUE_GREEN, "2025-07").contains("error["));
    assert!(told(&["strategy: CANARY"], "2025-09").contains("October 2025"));
    assert!(!told(&["strategy: CANARY"], "2025-10").contains("error["));
    let pause = pause("POST_SCALE_UP", "");
    assert!(told(&["strategy: CANARY", &pause], "2026-04").contains("May 2026"));
}

/// ECS-BG-7: behind a Network Load Balancer a shift takes ten minutes more, test traffic too.
#[test]
fn a_shift_behind_a_network_load_balancer_takes_longer() {
    let run = native(&BLUE_GREEN).assume("ecs.nlb_shift: 10m").balanced_by_network().run();
    assert!(stages(&run).contains("660 POST_TEST_TRAFFIC_SHIFT"), "{}", stages(&run));
    assert!(stages(&run).contains("1260 POST_PRODUCTION_TRAFFIC_SHIFT"), "{}", stages(&run));
    let told = native(&["strategy: CANARY"]).balanced_by_network().told();
    assert!(told.contains("CUT0222"), "{told}");
}

/// ECS-BG-2: the picture has a row for each stage, one that comes again at each step too, and one for what drains.
#[test]
fn every_stage_has_its_row_in_the_picture() {
    let count = |picture: &str, text: &str| picture.lines().filter(|line| *line == text).count();
    let picture = |run: &Played| chart::svg(&Report::new(&run.journal));
    let steps = "linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 }";
    let run = native(&["strategy: LINEAR", steps]).run();
    let drawn = picture(&run);
    for stage in stages(&run).split(", ").filter_map(|one| one.split(' ').nth(1)) {
        assert_eq!(count(&drawn, stage), 1, "{stage}");
    }
    assert_eq!(count(&drawn, "1:00 in 2 steps"), 1);
    assert_eq!(count(&drawn, "original draining"), 1);
    let failed = native(&["strategy: CANARY"])
        .line("operator: [{ at: 120s, do: StopServiceDeployment }]")
        .run();
    let drawn = picture(&failed);
    assert_eq!(count(&drawn, "failed after 1:00"), 1, "the stage that it was at");
    assert_eq!(count(&drawn, "CLEAN_UP"), 0, "a stage that never began");
}

// ---- failures ------------------------------------------------------------------------------------------

/// ECS-BG-9, ECS-DA-6: an alarm takes all traffic back at once, then the new tasks go.
#[test]
fn an_alarm_takes_all_traffic_back() {
    let run = native(&["strategy: CANARY", ALARM])
        .line("operator: [{ at: 120s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }]")
        .run();
    assert_eq!(run.weights(), "60 5%, 120 0%");
    assert_eq!(run.test_weights(), "60 100%, 120 0%");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 120 Failed");
    assert_eq!(error(&run), Some(ErrorCode::AlarmActive));
    assert_eq!(run.statuses(1), "120 Created, 120 InProgress, 150 Succeeded");
    assert_eq!(run.value("original_running", 200), 4);
}

/// ECS-BG-6: a stage that takes longer than a day fails the deployment.
#[test]
fn a_stage_takes_a_day_at_most() {
    let run = native(&BLUE_GREEN).replacement("launch: 30h").run();
    let day = 24 * 3600;
    assert_eq!(run.statuses(0), format!("0 Created, 0 InProgress, {day} Failed"));
    assert_eq!(error(&run), Some(ErrorCode::Timeout));
    assert_eq!(run.weights(), "");
    assert!(run.statuses(1).ends_with("Succeeded"));
}

/// ECS-BG-9: once the old tasks are cleaned up no alarm takes anything back.
#[test]
fn nothing_comes_back_after_clean_up() {
    let run = native(&["strategy: BLUE_GREEN", "bakeTimeInMinutes: 1", ALARM])
        .line("operator: [{ at: 130s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }]")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 150 Succeeded");
}

/// ECS-BG-9: who stops it then leaves the new revision where it is.
#[test]
fn a_stop_while_it_cleans_up_brings_nothing_back() {
    let run = native(&["strategy: BLUE_GREEN", "bakeTimeInMinutes: 1"])
        .line("operator: [{ at: 130s, do: StopServiceDeployment }]")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 130 Stopped");
    assert_eq!(run.weights(), "60 100%");
    assert_eq!(run.occurrence("RollbackImpossible").count, 1);
    assert_eq!([run.value("original_running", 500), run.value("replacement_running", 500)], [0, 4]);
}

/// ECS-BG-9: a rollback ends even if the tasks that are missing at the instant of its end are there in no time.
#[test]
fn a_rollback_ends_though_the_service_grows_as_its_last_task_goes() {
    let run = native(&["strategy: CANARY", "canaryConfiguration: { canaryBakeTimeInMinutes: 1 }"])
        .original("launch: 0s, errors: 0%")
        .line("operator: [{ at: 90s, do: StopServiceDeployment }, { at: 120s, do: UpdateService, desiredCount: 5 }]")
        .run();
    assert_eq!(run.statuses(1), "90 Created, 90 InProgress, 120 Succeeded");
}

/// ECS-BG-3, ECS-BG-4: a tenth of a percent is a tenth of a percent in every result.
#[test]
fn a_canary_of_a_tenth_of_a_percent_counts_as_one() {
    let canary = "canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 100 }";
    let run = native(&["strategy: CANARY", canary])
        .replacement("launch: 60s, errors: 100%")
        .rate("100/s, page: 5, sessions: { rate: 1/m, length: 1h }")
        .run();
    assert_eq!(run.weights(), "60 0.1%, 6060 100%");
    // 0.001 * 6000 s, then all until the old tasks have drained.
    assert_eq!(run.row().exposure_percent_ms, 600_000 + 100 * 30_000);
    let users = |minutes: f64| 1.0 - libm::exp(-0.001 * minutes);
    let exposed = run.value("users_exposed", 6060) as f64 / 1e6;
    assert!((exposed - users(100.0)).abs() < 1e-5, "{exposed}");
    let mixed = run.value("pages_mixed", 100) as f64 / 1e6;
    let alike = libm::pow(0.999, 5.0) + libm::pow(0.001, 5.0);
    assert!((mixed - (1.0 - alike)).abs() < 1e-5, "{mixed}");
}

/// Story F12: each deployment takes the other target group.
#[test]
fn deployments_take_turns_with_the_target_groups() {
    let run = native(&BLUE_GREEN).then_fix("launch: 60s").run();
    let groups = run.told(|fact| match fact {
        Fact::TaskSetCreated { target_group, .. } => Some(target_group.0.to_string()),
        _ => None,
    });
    assert_eq!(groups, "0 1, 390 0");
    assert_eq!(run.weights(), "60 100%, 450 0%");
    assert!(run.statuses(1).ends_with("Succeeded"));
}

/// Story F11 (ECS-BG-8): the controller does not look at the weights: if somebody has moved them, requests go to a group
/// without a task until the new tasks are there.
#[test]
fn weights_that_somebody_moved_are_not_looked_at() {
    let run = native(&BLUE_GREEN)
        .rate("100/s")
        .line("operator: [{ at: 10s, do: ModifyListener, weights: { web: 0, other: 100 } }]")
        .run();
    assert!(run.statuses(0).ends_with("Succeeded"));
    let lost = run.traffic(10, 60);
    assert!(lost.rejected > 4000, "{lost:?}");
    assert_eq!(run.traffic(60, 360).rejected, 0);
}

// ---- hooks ---------------------------------------------------------------------------------------------

/// T173 (ECS-BG-5): a function that answers `IN_PROGRESS` is invoked again after 30 s.
#[test]
fn a_function_that_is_not_done_is_asked_again() {
    let run = native(&[&BLUE_GREEN[..], &[&hook("POST_SCALE_UP", "")]].concat())
        .hook("POST_SCALE_UP", "duration: 0s, in_progress: 2")
        .run();
    assert_eq!(hooks(&run), "60 0:IN_PROGRESS, 120 0:SUCCEEDED");
    assert!(stages(&run).contains("120 TEST_TRAFFIC_SHIFT"), "{}", stages(&run));
}

/// ECS-BG-5: hooks of one stage run beside each other, and all must be done.
#[test]
fn hooks_of_a_stage_run_beside_each_other() {
    let two = "lifecycleHooks: [{ hookTargetArn: a, roleArn: r, lifecycleStages: [POST_TEST_TRAFFIC_SHIFT] }, { targetType: PAUSE, lifecycleStages: [POST_TEST_TRAFFIC_SHIFT] }]";
    let run = native(&[&BLUE_GREEN[..], &[two]].concat())
        .hook("POST_TEST_TRAFFIC_SHIFT", "duration: 50s")
        .line("operator: [{ at: 100s, do: ContinueServiceDeployment }]")
        .run();
    let expected = "60 0:IN_PROGRESS, 60 1:AWAITING_ACTION, 100 1:SUCCEEDED, 110 0:SUCCEEDED";
    assert_eq!(hooks(&run), expected);
    assert!(stages(&run).contains("110 PRE_PRODUCTION_TRAFFIC_SHIFT"), "{}", stages(&run));
}

/// ECS-BG-5: a function that answers `FAILED`, and an invocation of more than 15 minutes, roll back.
#[test]
fn a_function_that_fails_rolls_back() {
    let hooked = |behaviour| {
        native(&[&BLUE_GREEN[..], &[&hook("POST_PRODUCTION_TRAFFIC_SHIFT", "")]].concat())
            .hook("POST_PRODUCTION_TRAFFIC_SHIFT", behaviour)
            .run()
    };
    let run = hooked("duration: 10s, fails: 100%");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 70 Failed");
    assert_eq!(error(&run), Some(ErrorCode::HookExecutionFailure));
    assert_eq!(run.weights(), "60 100%, 70 0%");
    let run = hooked("duration: 20m");
    assert_eq!(hooks(&run), "60 0:IN_PROGRESS, 960 0:FAILED");
}

/// ECS-BG-5: hooks at every step of production traffic, before and at it.
#[test]
fn hooks_run_at_every_step() {
    let steps = "linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 }";
    let hook = hook("PRE_PRODUCTION_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT", "");
    let run = native(&["strategy: LINEAR", steps, &hook])
        .hook("PRE_PRODUCTION_TRAFFIC_SHIFT", "duration: 10s")
        .hook("PRODUCTION_TRAFFIC_SHIFT", "duration: 5s")
        .run();
    assert_eq!(run.weights(), "70 50%, 145 100%");
    assert_eq!(hooks(&run).matches("SUCCEEDED").count(), 4);
}

/// ECS-BG-5: a hook that waits in vain rolls back, or goes on, as it says; a function that is never done too.
#[test]
fn a_hook_that_is_not_done_in_time_does_what_it_says() {
    let waiting = |action: &str| {
        let more = format!(", timeoutConfiguration: {{ timeoutInMinutes: 10, action: {action} }}");
        native(&[&BLUE_GREEN[..], &[&pause("POST_SCALE_UP", &more)]].concat()).run()
    };
    let back = waiting("ROLLBACK");
    assert_eq!(back.statuses(0), "0 Created, 0 InProgress, 660 Failed");
    assert_eq!(error(&back), Some(ErrorCode::Timeout));
    let on = waiting("CONTINUE");
    assert_eq!(hooks(&on), "60 0:AWAITING_ACTION, 660 0:TIMED_OUT");
    assert!(on.statuses(0).ends_with("Succeeded"));
    let silent = native(
        &[
            &BLUE_GREEN[..],
            &[&hook("PRE_SCALE_UP", ", timeoutConfiguration: { timeoutInMinutes: 5 }")],
        ]
        .concat(),
    )
    .hook("PRE_SCALE_UP", "silent: 100%")
    .run();
    assert_eq!(silent.statuses(0), "0 Created, 0 InProgress, 300 Failed");
    assert_eq!(silent.occurrence("TaskSetCreated").count, 0);
    assert!(silent.statuses(1).ends_with("Succeeded"));
}

/// ECS-BG-5: `ContinueServiceDeployment` with `ROLLBACK`, and with nothing to answer.
#[test]
fn a_pause_is_answered_by_a_call() {
    let run = native(&[&BLUE_GREEN[..], &[&pause("POST_SCALE_UP", "")]].concat())
        .line("operator: [{ at: 10s, do: ContinueServiceDeployment }, { at: 90s, do: ContinueServiceDeployment, action: ROLLBACK }]")
        .run();
    assert_eq!(run.occurrence("CallRefused").count, 1);
    assert_eq!(hooks(&run), "60 0:AWAITING_ACTION, 90 0:FAILED");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 90 Failed");
}

/// T172 (ECS-BG-2, ECS-BG-5): no pause where traffic moves, no hook at all where tasks do; ten of each type.
#[test]
fn hooks_have_their_stages_and_their_number() {
    let told = |hooks: &str| native(&[&BLUE_GREEN[..], &[hooks]].concat()).told();
    let refused = |hooks: &str| {
        let told = told(hooks);
        assert!(told.contains("error[CUT0221]"), "{told}");
    };
    refused(&pause("PRODUCTION_TRAFFIC_SHIFT", ""));
    refused(&pause("TEST_TRAFFIC_SHIFT", ""));
    refused(&hook("SCALE_UP", ""));
    refused(&hook("BAKE_TIME", ""));
    assert!(!told(&hook("PRODUCTION_TRAFFIC_SHIFT", "")).contains("error["));
    let many = |count: usize| {
        let one = "{ targetType: PAUSE, lifecycleStages: [POST_SCALE_UP] }";
        format!("lifecycleHooks: [{}]", vec![one; count].join(", "))
    };
    assert!(!told(&many(10)).contains("error["));
    assert!(told(&many(11)).contains("more than 10"), "{}", told(&many(11)));
    let long = pause("POST_SCALE_UP", ", timeoutConfiguration: { timeoutInMinutes: 20161 }");
    assert!(told(&long).contains("20160"), "{}", told(&long));
}
