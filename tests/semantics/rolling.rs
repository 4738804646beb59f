//! Services that ECS itself deploys by rolling updates: percentages, circuit breaker, deployment alarms.
//!
//! Times are in seconds on the ideal preset, where a launch takes what a test says and nothing else takes time.

use std::collections::BTreeMap;

use cutover::aws::message::ErrorMessage;
use cutover::aws::name::{DeploymentStatus, ErrorCode, StopCode, TargetHealthState, TaskStatus};
use cutover::journal::fact::Fact;
use cutover::simulation::limit::StopReason::HorizonReached;

use crate::ecs_service::{Service, service};
use crate::support::{Played, play, read, told};

const BREAKER: &str = "deploymentCircuitBreaker: { enable: true, rollback: true }";
const ALARM: &str = "alarms: { alarmNames: [errors], enable: true, rollback: true }";

/// A rolling update with these percentages.
fn rolling(minimum: u32, maximum: u32) -> Service {
    let configuration = format!("minimumHealthyPercent: {minimum}, maximumPercent: {maximum}");
    let [minimum, maximum] = configuration.split(", ").collect::<Vec<_>>()[..] else {
        unreachable!("two keys")
    };
    service(&[minimum, maximum])
}

/// How many tasks of the old revision are to be kept, each time that changes.
fn kept(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::TaskSetScaled { task_set, computed_desired_count } if task_set.0 == 0 => {
            Some(computed_desired_count.to_string())
        }
        _ => None,
    })
}

/// How many targets serve of each revision, each time that changes.
fn serving(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::TargetsServing { serving: [old, new] } => Some(format!("{old}+{new}")),
        _ => None,
    })
}

/// How many failed tasks counted, each time that changes.
fn failed(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::FailedTasksCounted { failed, .. } => Some(failed.to_string()),
        _ => None,
    })
}

fn error(run: &Played) -> Option<ErrorCode> {
    run.course(0).error.map(|error| error.code)
}

// ---- percentages ---------------------------------------------------------------------------------------

/// T56 (ECS-ROLL-3, ECS-ROLL-6): all four are started beside the old ones, and these go as soon as the new ones are healthy.
/// The deployment ends when nothing is left of them, after 30 s of draining.
#[test]
fn with_room_for_twice_as_many_the_new_tasks_come_first() {
    let run = rolling(100, 200).run();
    assert_eq!(run.value("replacement_running", 60), 4);
    assert_eq!(kept(&run), "60 0");
    assert_eq!(serving(&run).split(", ").last(), Some("60 0+4"));
    assert_eq!(run.task_set(1), "0 PRIMARY");
    assert_eq!(run.task_set(0), "0 ACTIVE, 60 DRAINING");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 90 Succeeded");
    assert_eq!(run.row().capacity_short_ms, 0);
}

/// T57 (ECS-ROLL-3): without room for more, half of the tasks make way first, and twice.
#[test]
fn without_room_the_old_tasks_make_way_by_half() {
    let run = rolling(50, 100).run();
    assert_eq!(kept(&run), "0 2, 90 0");
    assert_eq!(run.value("replacement_running", 89), 0);
    assert_eq!([90, 179, 180].map(|at| run.value("replacement_running", at)), [2, 2, 4]);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 180 Succeeded");
    assert_eq!(run.row().capacity_short_ms, 180_000, "two of four served all the time");
}

/// ECS-ROLL-2: with the assumption `ecs.count_stopping` off, tasks that drain take no room.
#[test]
fn tasks_that_stop_take_room_unless_the_scenario_says_otherwise() {
    let run = rolling(50, 100).assume("ecs.count_stopping: false").run();
    assert_eq!(kept(&run), "0 2, 60 0");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 120 Succeeded");
}

/// T51, T52, T53, T54, T55 (bounds in `scenario::service_deployment`), V18, story F49 (ECS-ROLL-3): nothing can be started or stopped; ECS says so once, and the check before.
#[test]
fn an_update_with_no_way_out_is_told_and_never_ends() {
    for (desired, minimum, maximum) in [(3, 100, 125), (1, 50, 100), (1, 100, 100)] {
        let stuck = rolling(minimum, maximum).desired(desired);
        assert!(stuck.told().contains("CUT0252"), "{}", stuck.told());
        let run = stuck.run();
        assert_eq!(run.service_events(), "0 SERVICE_DEPLOYMENT_CONFIGURATION_BLOCKS");
        assert_eq!(run.statuses(0), "0 Created, 0 InProgress");
        assert_eq!(run.occurrence("TaskStopRequested").count, 0);
    }
    let told = rolling(75, 200).desired(2).told();
    assert!(!told.contains("CUT0252"), "{told}");
}

/// ECS-ROLL-3: each serving target gets as many requests as any other, whichever revision it runs.
#[test]
fn requests_follow_the_numbers_of_targets() {
    let run = rolling(100, 150).rate("1000/s").run();
    assert_eq!(kept(&run), "60 2, 150 0");
    let [old, new] = run.answered(60, 150);
    assert_eq!(old + new, run.answered(60, 150).iter().sum::<u64>());
    let half = (old + new) as f64 / 2.0;
    assert!((old as f64 - half).abs() < 5.0 * half.sqrt(), "{old} and {new}");
    assert_eq!(run.answered(0, 60)[1], 0);
    assert_eq!(run.answered(150, 240)[0], 0);
}

/// ECS-ROLL-7: since November 2025 a higher desired count is for both revisions; before it was for the new one.
#[test]
fn a_higher_desired_count_is_for_both_revisions() {
    let grown = |semantics| {
        let call = "operator: [{ at: 30s, do: UpdateService, desiredCount: 8 }]";
        let run = rolling(100, 200).line(call).since(semantics).run();
        assert_eq!(run.value("replacement_running", 95), 8);
        assert!(run.statuses(0).ends_with("Succeeded"));
        kept(&run)
    };
    // At 30 s four of each run or will: half of what is wanted more is for the old ones.
    assert_eq!(grown("2025-10"), "90 0");
    assert_eq!(grown("current"), "30 6, 90 0");
}

/// ECS-SVC-6: in the middle of an update a task of the old revision is replaced by its own since November 2025, before by
/// the newest.
#[test]
fn a_task_of_the_old_revision_is_replaced_by_its_own() {
    let run = |semantics| {
        rolling(100, 125)
            .line("faults: [{ at: 10s, kind: task-crash, tasks: 1, of: original }]")
            .since(semantics)
            .run()
    };
    let launched = |run: &Played| {
        run.told(|fact| match fact {
            Fact::TaskStatusChanged { task_set, status, .. }
                if task_set.0 == 0 && status.as_str() == "RUNNING" =>
            {
                Some(String::new())
            }
            _ => None,
        })
    };
    assert_eq!(launched(&run("current")).trim(), "70");
    assert_eq!(launched(&run("2025-10")), "");
}

// ---- circuit breaker -----------------------------------------------------------------------------------

/// ECS-CB-3, ECS-CB-5: three tasks that never ran trip it, nothing more is started, and the old revision is whole again.
#[test]
fn tasks_that_never_run_trip_the_breaker() {
    let run =
        rolling(100, 200).configured(BREAKER).replacement("launch: 60s, start_fails: 100%").run();
    assert!(failed(&run).starts_with("60 1, 60 2, 60 3"), "{}", failed(&run));
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Failed");
    assert_eq!(error(&run), Some(ErrorCode::CircuitBreaker));
    assert_eq!(run.statuses(1), "60 Created, 60 InProgress, 60 Succeeded");
    assert_eq!(run.occurrence("TaskSetCreated").count, 1, "what was left of the old one came back");
    assert_eq!(run.stops(0), "");
    assert_eq!(run.row().capacity_short_ms, 0);
}

/// T71 (ECS-CB-5, ECS-THR-2): one task, whose starts fail after 30 s and are throttled: at 30, 70 and 120 s.
#[test]
fn the_throttle_of_starts_delays_the_breaker() {
    let run = rolling(100, 200)
        .desired(1)
        .configured(BREAKER)
        .replacement("launch: 30s, start_fails: 100%")
        .run();
    assert_eq!(failed(&run), "30 1, 70 2, 120 3");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 120 Failed");
}

/// T62 (ECS-CB-5): with nothing to go back to the service stalls.
#[test]
fn a_breaker_without_a_completed_revision_stalls() {
    let run = rolling(100, 200)
        .configured(BREAKER)
        .replacement("launch: 60s, start_fails: 100%")
        .service("deployments: [{ status: PRIMARY, rolloutState: FAILED }]")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Failed");
    assert_eq!(run.occurrence("RollbackImpossible").count, 1);
    assert_eq!(run.occurrence("DeploymentCreated").count, 1);
    assert_eq!(run.value("replacement_running", 60), 0);
    assert_eq!(run.value("original_running", 60), 4);
}

/// ECS-CB-5, ECS-ROLL-5: without `rollback` the two revisions stay beside each other.
#[test]
fn a_breaker_without_rollback_leaves_both_revisions() {
    let run = rolling(50, 100)
        .configured("deploymentCircuitBreaker: { enable: true, rollback: false }")
        .replacement("launch: 60s, start_fails: 100%")
        .run();
    assert_eq!(run.statuses(0).split(' ').next_back(), Some("Failed"));
    assert_eq!(run.occurrence("DeploymentCreated").count, 1);
    assert_eq!(run.value("original_running", 1000), 2);
}

/// ECS-ROLL-3, ECS-ROLL-5: where an update goes back, what does not run yet goes, whatever zone has most tasks; a healthy one in
/// its place would leave fewer than the lower bound.
#[test]
fn an_update_that_goes_back_keeps_its_lower_bound() {
    let yaml = rolling(29, 200)
        .desired(4)
        .configured(
            "deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: false }",
        )
        .replacement("launch: 31s, health_check: { fails: 48% }")
        .yaml();
    let run = play(&read(&yaml).unwrap_or_else(|told| panic!("{told}")), 640, 0);
    let back = run.course(0).ended().expect("the breaker trips");
    let (mut status, mut stopped) = (BTreeMap::new(), Vec::new());
    for entry in &run.journal.entries {
        match entry.fact {
            Fact::TaskStatusChanged { task, status: now, .. } => {
                status.insert(task.0, now);
            }
            Fact::TaskStopRequested { task, unhealthy: false, .. } if entry.at == back => {
                stopped.push(status[&task.0]);
            }
            _ => {}
        }
    }
    assert!(!stopped.is_empty(), "some are on their way");
    assert!(stopped.iter().all(|status| *status != TaskStatus::Running), "{stopped:?}");
}

/// ECS-SVC-6: where an unhealthy task recovers, its replacement is one too many and goes, whatever zone has most tasks; a healthy
/// one in its place would leave fewer than the lower bound.
#[test]
fn a_replacement_that_is_not_needed_goes_rather_than_a_healthy_task() {
    let behaviour = "launch: 77s, start_fails: 56%, crash: { share: 100%, after: 298s }, health_check: { fails: 32% }";
    let stop = "operator: [{ at: 2h, do: StopServiceDeployment, stopType: ABORT }]";
    let yaml = rolling(88, 200).desired(8).replacement(behaviour).line(stop).yaml();
    let run = play(&read(&yaml).unwrap_or_else(|told| panic!("{told}")), 818, 0);
    let (mut health, mut stopped) = (BTreeMap::new(), Vec::new());
    for entry in &run.journal.entries {
        match entry.fact {
            Fact::TaskStatusChanged { task, status: TaskStatus::Provisioning, .. } => {
                health.insert(task.0, TargetHealthState::Initial);
            }
            Fact::TargetHealthChanged { task, state, .. } => {
                health.entry(task.0).and_modify(|known| *known = state);
            }
            Fact::TaskStopRequested { task, task_set, code, unhealthy, .. } => {
                let was = health.remove(&task.0);
                let is_own = code == StopCode::ServiceSchedulerInitiated && !unhealthy;
                if is_own && task_set.0 == 1 {
                    let is_other = |state: &TargetHealthState| *state != TargetHealthState::Healthy;
                    stopped.push((was, health.values().any(is_other)));
                }
            }
            _ => {}
        }
    }
    assert!(!stopped.is_empty(), "some recover while a replacement is on its way");
    assert!(!stopped.contains(&(Some(TargetHealthState::Healthy), true)), "{stopped:?}");
}

/// ECS-PROT-1, ECS-PROT-2: a protected task of the old revision is passed over; the update waits for the end of its protection, and
/// what may be stopped is counted anew then.
#[test]
fn a_protected_task_of_the_old_revision_keeps_an_update_waiting() {
    let protect =
        "{ at: 10s, do: UpdateTaskProtection, tasks: 1, of: original, expiresInMinutes: 30 }";
    let run = rolling(100, 200).line(&format!("operator: [{protect}]")).run();
    assert_eq!(run.service_events(), "60 TASKSET_CANNOT_SCALE_IN");
    assert_eq!(kept(&run), "60 1, 1810 0");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 1840 Succeeded");
    // As the protection ends one of the new ones is lost: until another serves, the old one is needed.
    let crash = "faults: [{ at: 1800s, kind: task-crash, of: replacement }]";
    let run = rolling(100, 200).line(&format!("operator: [{protect}]")).line(crash).run();
    assert_eq!(kept(&run), "60 1, 1860 0");
}

/// T61 (ECS-CB-4): outcomes F F H F F against a threshold of three. With `resetOnHealthyTask` the count begins anew after a
/// healthy task; without it the third failure trips.
#[test]
fn a_healthy_task_makes_the_count_begin_anew_if_it_may() {
    let update = |resets: bool| {
        rolling(100, 120)
            .desired(5)
            .configured(&format!(
                "deploymentCircuitBreaker: {{ enable: true, rollback: true, resetOnHealthyTask: {resets}, thresholdConfiguration: {{ type: COUNT, value: 3 }} }}"
            ))
            .replacement("launch: 60s, start_fails: 60%")
            .yaml()
    };
    // One task at a time: its end is a failure, or its target becomes healthy.
    let outcomes = |run: &Played| -> String {
        let entries = run.journal.entries.iter();
        let letter = |fact: &Fact| match *fact {
            Fact::FailedTasksCounted { .. } => Some('F'),
            Fact::TargetHealthChanged {
                target_group, state: TargetHealthState::Healthy, ..
            } if target_group.0 == 1 => Some('H'),
            _ => None,
        };
        entries.filter_map(|entry| letter(&entry.fact)).collect()
    };
    let [resets, adds] = [true, false].map(|resets| read(&update(resets)).expect("a scenario"));
    let seed = (0..400).find(|seed| outcomes(&play(&resets, *seed, 0)).starts_with("FFHFF"));
    let seed = seed.expect("one of so many runs has these outcomes");
    let (reset, added) = (play(&resets, seed, 0), play(&adds, seed, 0));
    let counts = |run: &Played| {
        let told = failed(run);
        told.split(", ")
            .map(|one| one.split(' ').next_back().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(&reset)[..4], ["1", "2", "1", "2"], "not tripped");
    assert_eq!(counts(&added), ["1", "2", "3"]);
    assert_eq!(error(&added), Some(ErrorCode::CircuitBreaker));
}

/// ECS-CB-3, ECS-CB-7, story F23: a task that runs and fails its health checks counts too, but not in the guide of 2023.
#[test]
fn tasks_that_fail_their_health_checks_count_since_2024() {
    let run = |semantics| {
        rolling(100, 200)
            .configured(BREAKER)
            .replacement("launch: 60s, health_check: { fails: 100% }")
            .line("until: 1h")
            .since(semantics)
            .run()
    };
    let today = run("current");
    assert_eq!(error(&today), Some(ErrorCode::CircuitBreaker));
    assert!(today.statuses(1).ends_with("Succeeded"), "{}", today.statuses(1));
    let legacy = run("2023-05");
    assert_eq!(legacy.statuses(0), "0 Created, 0 InProgress", "it loops");
    assert_eq!(failed(&legacy), "");
}

/// T58, T59, T60 (thresholds in `scenario::service_deployment`), story F22 (ECS-CB-2): one task, three minutes an attempt: ten failures took half an hour, three take nine minutes.
#[test]
fn the_floor_of_the_threshold_decides_how_long_a_single_task_fails() {
    let ended = |semantics| {
        let run = rolling(100, 200)
            .desired(1)
            .configured(BREAKER)
            .replacement("launch: 180s, start_fails: 100%")
            .assume("throttle.base: 0s")
            .since(semantics)
            .run();
        assert_eq!(error(&run), Some(ErrorCode::CircuitBreaker));
        run.course(0).ended().expect("it has ended").as_millis() / 60_000
    };
    assert_eq!(ended("current"), 9);
    assert_eq!(ended("2022-06"), 30);
}

// ---- alarms --------------------------------------------------------------------------------------------

fn alarm_at(second: u32) -> String {
    format!(
        "operator: [{{ at: {second}s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }}]"
    )
}

/// ECS-DA-3, ECS-DA-5: an alarm counts from the first task that runs, and is seen then if it went off before.
#[test]
fn alarms_count_once_a_task_of_the_new_revision_runs() {
    let run = rolling(100, 200).configured(ALARM).line(&alarm_at(30)).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Failed");
    assert_eq!(error(&run), Some(ErrorCode::AlarmActive));
    // At that instant the new tasks were healthy too, and the old ones were told to stop.
    assert_eq!(run.statuses(1), "60 Created, 60 InProgress, 150 Succeeded");
    let late = rolling(100, 200)
        .configured(ALARM)
        .assume("ecs.alarms_after_scale_down: true")
        .line(&alarm_at(30))
        .run();
    assert_eq!(late.statuses(0), "0 Created, 0 InProgress, 90 Failed");
}

/// ECS-DA-4: after the rollout the deployment goes on for as long as its alarms look back; what fails it then brings the old
/// revision back with new tasks.
#[test]
fn the_bake_time_is_that_of_the_alarms() {
    let quiet = rolling(100, 200).configured(ALARM).run();
    assert_eq!(quiet.statuses(0), "0 Created, 0 InProgress, 210 Succeeded");
    let run = rolling(100, 200).configured(ALARM).line(&alarm_at(180)).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 180 Failed");
    assert_eq!(run.occurrence("TaskSetCreated").count, 2);
    assert_eq!(run.statuses(1), "180 Created, 180 InProgress, 270 Succeeded");
    assert_eq!(run.row().capacity_short_ms, 0);
}

/// ECS-DA-5: an alarm without `rollback` fails the deployment and leaves what is there.
#[test]
fn an_alarm_without_rollback_leaves_both_revisions() {
    let run = rolling(100, 150)
        .configured("alarms: { alarmNames: [errors], enable: true, rollback: false }")
        .line(&alarm_at(70))
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 90 Failed", "at the next look");
    assert_eq!(run.occurrence("DeploymentCreated").count, 1);
    assert_eq!([run.value("original_running", 500), run.value("replacement_running", 500)], [2, 2]);
}

/// ECS-DA-1: a look that is throttled misses what happens, and the deployment goes on.
#[test]
fn a_throttled_look_misses_an_alarm() {
    let run = rolling(100, 200)
        .configured(ALARM)
        .line(&alarm_at(90))
        .line("faults: [{ at: 80s, kind: alarms-throttled, for: 10m }]")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 210 Succeeded");
}

/// ECS-DA-2, story F26: an alarm that is active when a deployment begins says nothing of it, to its very end.
#[test]
fn an_alarm_that_was_active_before_is_ignored() {
    let run = rolling(100, 200)
        .configured(BREAKER)
        .configured(ALARM)
        .replacement("launch: 60s, start_fails: 100%")
        .line(&alarm_at(30))
        .then_fix("launch: 60s")
        .run();
    assert_eq!(error(&run), Some(ErrorCode::CircuitBreaker));
    assert_eq!(run.alarm(0).split(", ").last(), Some("30 ALARM"));
    assert_eq!(run.statuses(2), "60 Created, 60 InProgress, 270 Succeeded");
}

// ---- calls ---------------------------------------------------------------------------------------------

/// ECS-BG-10: `StopServiceDeployment` rolls back, or leaves what is there.
#[test]
fn a_deployment_is_stopped_with_or_without_a_rollback() {
    let stop = |kind: &str| {
        let call =
            format!("operator: [{{ at: 70s, do: StopServiceDeployment, stopType: {kind} }}]");
        rolling(100, 150).line(&call).run()
    };
    let back = stop("ROLLBACK");
    assert_eq!(back.statuses(0), "0 Created, 0 InProgress, 70 Stopped");
    assert!(back.statuses(1).ends_with("Succeeded"));
    assert_eq!(back.value("original_running", 500), 4);
    let left = stop("ABORT");
    assert_eq!(left.occurrence("DeploymentCreated").count, 1);
    assert_eq!(
        [left.value("original_running", 500), left.value("replacement_running", 500)],
        [2, 2]
    );
}

/// ECS-SVC-1: a service that is deleted meanwhile takes its deployment with it.
#[test]
fn a_deleted_service_ends_its_deployment() {
    let run = rolling(100, 150)
        .configured(BREAKER)
        .line("operator: [{ at: 70s, do: DeleteService, force: true }]")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 70 Failed");
    assert_eq!(error(&run), Some(ErrorCode::EcsUpdateError));
    assert_eq!(run.occurrence("DeploymentCreated").count, 1);
    assert_eq!([run.value("original_running", 500), run.value("replacement_running", 500)], [0, 0]);
}

/// Without a task there is nothing to wait for.
#[test]
fn a_service_without_tasks_is_updated_at_once() {
    let run = rolling(100, 200).desired(0).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 0 Succeeded");
}

/// CodeDeploy knows nothing of it, and ECS nothing of one that has ended.
#[test]
fn calls_to_somebody_else_find_no_deployment() {
    let run = rolling(100, 200)
        .line("operator: [{ at: 10s, do: StopDeployment }, { at: 20s, do: ContinueServiceDeployment }, { at: 200s, do: StopServiceDeployment }]")
        .run();
    let refused = run.told(|fact| match fact {
        Fact::CallRefused { call, exception, .. } => Some(format!("{call} {exception}")),
        _ => None,
    });
    let not_found = "ServiceDeploymentNotFoundException";
    assert_eq!(
        refused,
        format!(
            "10 StopDeployment DeploymentDoesNotExistException, 20 ContinueServiceDeployment {not_found}, 200 StopServiceDeployment {not_found}"
        )
    );
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 90 Succeeded");
}

/// A later deployment takes the place that the first one left, and its tasks are its own.
#[test]
fn another_deployment_follows_the_rollback_of_the_first() {
    let run = rolling(100, 200)
        .configured(BREAKER)
        .replacement("launch: 60s, start_fails: 100%")
        .then_fix("launch: 60s")
        .run();
    assert_eq!(run.statuses(1), "60 Created, 60 InProgress, 60 Succeeded");
    assert_eq!(run.statuses(2), "60 Created, 60 InProgress, 150 Succeeded");
    assert_eq!(run.course(2).status(), DeploymentStatus::Succeeded);
    assert_eq!(run.value("replacement_running", 200), 4);
}

/// Three revisions beside each other are not simulated, and not played by mistake.
#[test]
fn what_could_bring_a_third_revision_is_refused() {
    let breaker = "deploymentCircuitBreaker: { enable: true, rollback: false }";
    let told = rolling(100, 200).configured(breaker).then_fix("launch: 60s").told();
    assert!(told.contains("CUT0222") && told.contains("rollback"), "{told}");
}

/// Requests that are not spread evenly over two revisions are not simulated, and not counted as if they were.
#[test]
fn an_uneven_target_group_is_refused() {
    let uneven = rolling(100, 200).attribute("slow_start.duration_seconds", "60").told();
    assert!(uneven.contains("CUT0222"), "{uneven}");
    let sticky = rolling(100, 200)
        .attribute("stickiness.enabled", "true")
        .rate("50/s, sessions: { requests: 20, length: 10m }");
    assert!(sticky.told().contains("CUT0222"), "{}", sticky.told());
}

/// ECS-SVC-8: what `UpdateService` says of deployments holds for its own, not what the first one said.
#[test]
fn a_later_deployment_has_its_own_percentages() {
    let run = rolling(100, 200)
        .then_fix("launch: 60s")
        .then_configured("minimumHealthyPercent: 50, maximumPercent: 100")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 90 Succeeded");
    // As in T57: half of the tasks make way first, and twice.
    assert_eq!(run.statuses(1), "90 Created, 90 InProgress, 270 Succeeded");
}

/// What one target group serves cannot move to another, and a later deployment has no time of its own.
#[test]
fn later_deployments_follow_the_first() {
    let other = rolling(100, 200)
        .with_alternate(false)
        .then_fix("launch: 60s")
        .then_configured("strategy: CANARY");
    assert!(other.told().contains("`CANARY` after one by `ROLLING`"), "{}", other.told());
    let at_once = rolling(100, 200).then_fix("launch: 60s").yaml();
    let at_once = at_once.replace("after: previous", "at: 0s");
    assert!(told(&at_once).contains("write `after: previous`"), "{}", told(&at_once));
}

/// ECS-CB-1, story F31: what the date of a scenario does not know yet.
#[test]
fn the_date_decides_what_ecs_can_do() {
    let threshold = "deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: COUNT, value: 3 } }";
    let told = |semantics| rolling(100, 200).configured(threshold).since(semantics).told();
    assert!(told("2026-06").contains("July 2026"), "{}", told("2026-06"));
    assert!(!told("2026-07").contains("CUT0221"), "{}", told("2026-07"));
    let back = |semantics| {
        rolling(100, 200)
            .configured("strategy: ROLLING")
            .service("deploymentConfiguration: { strategy: BLUE_GREEN, bakeTimeInMinutes: 5 }")
            .since(semantics)
            .run()
    };
    let before = back("2025-07");
    assert_eq!(before.statuses(0), "0 Created, 0 InProgress, 0 Failed");
    assert_eq!(error(&before), Some(ErrorCode::HookExecutionFailure));
    assert!(back("2025-08").statuses(0).ends_with("Succeeded"));
}

// ---- who waits -----------------------------------------------------------------------------------------

/// ECS-SVC-7, stories F15, F42: the waiter for services reads success once one deployment is left, also if it is the one
/// before; it gives up at its fortieth poll.
#[test]
fn the_waiter_for_services_sees_a_stable_service() {
    let client = "client: { waiter: ServicesStable }";
    let seen = |run: &Played| {
        let sight = run.row().client.expect("it has waited");
        format!("{} {}", sight.at.as_millis() / 1000, sight.seen.as_str())
    };
    let good = rolling(100, 200).line(client).run();
    assert_eq!(seen(&good), "90 succeeded");
    // While its alarms bake the deployment is not over, but the waiter does not know.
    let baking = rolling(100, 200).configured(ALARM).line(client).run();
    assert_eq!(baking.statuses(0), "0 Created, 0 InProgress, 210 Succeeded");
    assert_eq!(seen(&baking), "90 succeeded");
    let back = rolling(100, 200)
        .configured(BREAKER)
        .replacement("launch: 60s, start_fails: 100%")
        .line(client)
        .run();
    assert_eq!(seen(&back), "60 succeeded", "false success: it was rolled back");
    let slow = rolling(100, 200).replacement("launch: 75m").line(client).run();
    assert_eq!(seen(&slow), "585 gave-up");
    assert_eq!(slow.statuses(0), "0 Created, 0 InProgress, 4530 Succeeded");
    let patient = |wait: &str| {
        let client = format!("client: {{ waiter: ServicesStable, max_wait: {wait} }}");
        seen(&rolling(100, 200).replacement("launch: 75m").line(&client).run())
    };
    assert_eq!(patient("60m"), "3600 gave-up");
    assert_eq!(patient("3599s"), "3585 gave-up", "the last poll within it");
    assert_eq!(patient("90m"), "4530 succeeded");
    let unwatched = rolling(100, 200).line("client: { waiter: none, max_wait: 60m }").told();
    assert!(unwatched.contains("`max_wait` stands beside `waiter: none`"), "{unwatched}");
}

// ---- unhealthy and dying tasks of the old revision -------------------------------------------------

/// Story F19: percentages hold for what ECS stops, not for what ends by itself: the only task leaves nobody, one of two leaves one.
#[test]
fn the_only_old_task_that_ends_leaves_nobody() {
    let outage = |desired| {
        let run = rolling(100, 200)
            .desired(desired)
            .replacement("launch: 153s")
            .rate("20/s")
            .assume("crash.deregister_latency: 3s")
            .line("faults: [{ at: 9s, kind: task-crash, tasks: 1, of: original }]")
            .run();
        assert!(run.statuses(0).ends_with("Succeeded"));
        run.traffic(12, 150).rejected
    };
    assert!(outage(1) > 1000, "its own replacement takes a minute");
    assert_eq!(outage(2), 0);
}

/// ECS-SVC-4, story F47: of a task that waits for its replacement and that replacement, unhealthy too, the older one goes, also
/// within the grace period of the other.
#[test]
fn a_task_goes_once_its_replacement_is_unhealthy_too() {
    let run = rolling(100, 200)
        .desired(1)
        .service("healthCheckGracePeriodSeconds: 600")
        .line("operator: [{ at: 600s, do: ModifyTargetGroup, targetGroup: web, HealthCheckPath: /deep, answered_by: [original] }]")
        .line("until: 20m")
        .run();
    // The first task has run since 60 s and is replaced when its grace period ends; the second runs a minute later, fails two
    // checks, and would have grace until 1320 s.
    assert_eq!(run.value("replacement_running", 720), 2);
    assert_eq!(run.stops(1), "750 task 1 ServiceSchedulerInitiated unhealthy");
}

/// ECS-CB-6: three tasks whose image cannot be resolved are enough, without a circuit breaker too, and it says whether the
/// revision before comes back; once a task has run the image is known, and only the breaker counts.
#[test]
fn an_image_that_cannot_be_resolved_fails_the_deployment() {
    let gone =
        |at| format!("operator: [{{ at: {at}s, do: BatchDeleteImage, image: replacement }}]");
    let alone = rolling(50, 100).line(&gone(0)).run();
    assert_eq!(failed(&alone), "90 1, 90 2, 170 3, 170 4", "two start at a time");
    let message = alone.course(0).error.map(|error| error.message);
    assert_eq!(message, Some(ErrorMessage::ImageNotResolved { failed: 4 }));
    assert_eq!(
        (error(&alone), alone.series.deployments.len()),
        (Some(ErrorCode::EcsUpdateError), 1)
    );
    let forty = "deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: COUNT, value: 40 } }";
    let back = rolling(50, 100).configured(forty).line(&gone(0)).run();
    assert_eq!(error(&back), Some(ErrorCode::EcsUpdateError));
    assert!(back.statuses(1).ends_with("Succeeded"), "{}", back.statuses(1));
    // Two run from 90 s on; the others fail to start, and nobody counts them.
    let late = rolling(50, 100).line(&gone(100)).line("until: 3h").run();
    assert_eq!(error(&late), None);
}

/// What nothing watches is told of; a circuit breaker, an alarm or a hook of a stage is something.
#[test]
fn a_deployment_of_ecs_that_nothing_watches_is_told() {
    let told = rolling(100, 200).told();
    assert!(told.contains("no alarm, and no circuit breaker"), "{told}");
    assert!(!told.contains("AppSpec"), "{told}");
    for watched in [BREAKER, ALARM] {
        let told = rolling(100, 200).configured(watched).told();
        assert!(!told.contains("CUT0324"), "{told}");
    }
    let canary = service(&["strategy: CANARY"]).with_alternate(false);
    assert!(canary.told().contains("no alarm, and no hook"), "{}", canary.told());
    let hook = "lifecycleHooks: [{ targetType: PAUSE, lifecycleStages: [POST_SCALE_UP] }]";
    assert!(!canary.configured(hook).told().contains("CUT0324"));
}

// ---- early success ---------------------------------------------------------------------------------------

/// Half of the tasks at a time, as in T57, and enough are healthy at a share of them.
fn early(percent: u32, cleanup: &str) -> Service {
    rolling(50, 100).configured(&format!(
        "earlySuccessCriteria: {{ enable: true, healthyPercent: {percent}, sourceServiceRevisionCleanup: {cleanup} }}"
    ))
}

/// How many healthy tasks were enough, and when.
fn enough(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::HealthyPercentReached { task_set, healthy } => Some(format!("{task_set}:{healthy}")),
        _ => None,
    })
}

/// ECS-ROLL-8: with `DEFERRED` the deployment succeeds once the share is healthy, with `BLOCKING` once the old tasks are gone
/// too; what is left of the rollout goes on after it, and the run with it.
#[test]
fn a_share_of_healthy_tasks_may_be_enough() {
    let deferred = early(50, "DEFERRED").run();
    assert_eq!(enough(&deferred), "90 1:2");
    assert_eq!(deferred.statuses(0), "0 Created, 0 InProgress, 90 Succeeded");
    let blocking = early(50, "BLOCKING").run();
    assert_eq!(enough(&blocking), "90 1:2");
    assert_eq!(blocking.statuses(0), "0 Created, 0 InProgress, 120 Succeeded");
    for run in [deferred, blocking] {
        assert_eq!(kept(&run), "0 2, 90 0");
        assert_eq!([179, 180].map(|at| run.value("replacement_running", at)), [2, 4]);
        assert_eq!(run.task_set(0), "0 ACTIVE, 90 DRAINING");
    }
    // A share of more than two of four is no share of two.
    assert_eq!(enough(&early(51, "DEFERRED").run()), "180 1:4");
    let off = rolling(50, 100).configured("earlySuccessCriteria: { enable: false }").run();
    assert_eq!(
        (enough(&off), off.row().end),
        (String::new(), early(51, "BLOCKING").run().row().end)
    );
}

/// ECS-ROLL-8, ECS-DA-4: the alarms are watched up to the end of the bake time and no longer, the circuit breaker as well.
#[test]
fn what_watches_a_deployment_ends_with_its_early_success() {
    let alarmed = |at| early(50, "DEFERRED").configured(ALARM).line(&alarm_at(at)).run();
    let (late, in_time) = (alarmed(220), alarmed(170));
    assert_eq!(late.statuses(0), "0 Created, 0 InProgress, 210 Succeeded", "120 s after 90 s");
    assert_eq!(in_time.statuses(0), "0 Created, 0 InProgress, 180 Failed");
    // The last two tasks never start, and nobody fails the deployment for it.
    let failing = early(50, "DEFERRED")
        .configured(BREAKER)
        .line("operator: [{ at: 100s, do: BatchDeleteImage, image: replacement }]")
        .run();
    assert_eq!(failing.statuses(0), "0 Created, 0 InProgress, 90 Succeeded");
    let HorizonReached { .. } = failing.ended.reason else { panic!("{:?}", failing.ended) };
}

/// ECS-ROLL-8, ECS-CB-5: where the old tasks are gone and new ones are still to come, the revision before comes back with tasks of
/// its own, and none of the failed one is started any more.
#[test]
fn a_rollout_that_goes_on_can_be_rolled_back() {
    let run = early(50, "BLOCKING").configured(ALARM).line(&alarm_at(140)).run();
    assert_eq!(run.task_set(0), "0 ACTIVE, 90 DRAINING");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 150 Failed");
    assert_eq!(run.occurrence("TaskSetCreated").count, 2);
    assert_eq!([150, 300].map(|at| run.value("replacement_running", at)), [2, 0]);
    assert!(run.statuses(1).ends_with("Succeeded"), "{}", run.statuses(1));
    assert_eq!(enough(&run), "90 1:2", "of the way back nothing is told");
    let stopped =
        early(50, "BLOCKING").line("operator: [{ at: 100s, do: StopServiceDeployment }]").run();
    assert_eq!(enough(&stopped), "90 1:2");
    assert!(stopped.statuses(1).ends_with("Succeeded"), "{}", stopped.statuses(1));
    // More tasks are wanted while the old ones are gone: nothing is said of those.
    let grown = early(50, "BLOCKING")
        .line("operator: [{ at: 125s, do: UpdateService, desiredCount: 6 }]")
        .run();
    assert_eq!(kept(&grown), "0 2, 90 0");
    assert_eq!(grown.value("replacement_running", 600), 6);
}

/// ECS-ROLL-8: what is asked of the criteria, at its place.
#[test]
fn early_success_criteria_are_checked() {
    let told = |criteria: &str| {
        rolling(50, 100).configured(&format!("earlySuccessCriteria: {criteria}")).told()
    };
    let below =
        told("{ enable: true, healthyPercent: 49, sourceServiceRevisionCleanup: BLOCKING }");
    assert!(below.contains("`healthyPercent` is 49, below `minimumHealthyPercent`"), "{below}");
    let none = told("{ enable: true }");
    assert!(
        none.contains("healthyPercent") && none.contains("sourceServiceRevisionCleanup"),
        "{none}"
    );
    let beyond = told("{ enable: true, healthyPercent: 101, sourceServiceRevisionCleanup: LATER }");
    assert!(beyond.contains("0 to 100") && beyond.contains("DEFERRED"), "{beyond}");
    let early = |cleanup| early(50, cleanup);
    let august = early("BLOCKING").since("2026-08").told();
    assert!(august.contains("September 2026"), "{august}");
    let canary = early("BLOCKING").configured("strategy: CANARY").with_alternate(false).told();
    assert!(canary.contains("`earlySuccessCriteria` with the strategy `CANARY`"), "{canary}");
    let fix = early("DEFERRED").then_fix("launch: 60s").told();
    assert!(fix.contains("BLOCKING"), "{fix}");
    let fix = early("BLOCKING").then_fix("launch: 60s").run();
    assert!(fix.statuses(1).ends_with("Succeeded"), "{}", fix.statuses(1));
}
