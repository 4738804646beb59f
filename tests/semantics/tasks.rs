//! Tasks from PROVISIONING to STOPPED, the service scheduler, and task sets.
//!
//! In these scenarios the original's task is number 0 and the replacement's tasks follow.

use cutover::aws::name::{StopCode, TaskStatus};
use cutover::journal::fact::Fact;

use crate::support::{Played, Setup, scenario};

/// A launch in stages: created at 5 s, PENDING at 17, RUNNING at 39, registered at 42, checked every 10 s.
fn staged(boot: &str) -> Setup {
    scenario()
        .canary(10, 1)
        .health_check([10, 5, 5, 2])
        .replacement(&format!("boot: {boot}"))
        .assume("sched.latency: 5s")
        .assume("fargate.provision: 12s")
        .assume("fargate.pull_overhead: 20s")
        .assume("container.start: 2s")
        .assume("lb.register: 3s")
}

// ---- launch -----------------------------------------------------------------------------------------

/// T63 (ECS-TASK-1, ECS-TASK-3, ECS-TASK-7, ELB-HC-2): every stage of a launch at its time.
#[test]
fn a_launch_passes_its_stages_in_order() {
    let run = staged("10s").run();
    let launch = run.task(1);
    assert!(
        launch.starts_with("5 PROVISIONING, 17 PENDING, 37 ACTIVATING, 39 RUNNING"),
        "{launch}"
    );
    assert!(run.target(1).starts_with("42 initial, 52 healthy"), "{}", run.target(1));
    assert_eq!(run.events()[1], "Install 0-52 Succeeded");
}

/// T64 (ECS-TASK-17, ELB-HC-8, ECS-SVC-4): the boot cliff without grace: unhealthy at 52, stopped at once,
/// replaced, and so on for ever.
#[test]
fn without_grace_a_slow_boot_is_stopped_for_ever() {
    let run = staged("25s").run();
    let target = run.target(1);
    assert!(target.starts_with("42 initial, 52 unhealthy, 52 draining"), "{target}");
    // Wanted again at 52: created at 57, and unhealthy 52 s after it was wanted.
    let stops = run.stops(1);
    assert!(stops.starts_with(
        "52 task 1 ServiceSchedulerInitiated unhealthy, 104 task 2 ServiceSchedulerInitiated unhealthy, 156 task 3"
    ), "{stops}");
    assert_eq!(
        run.statuses(0),
        "0 Created, 0 InProgress, 3600 Failed",
        "no throttle, no end but the limit"
    );
}

/// T65 (ECS-SVC-4, ECS-SVC-5): at the end of the grace period the present state decides, although the target
/// would be healthy at 112.
#[test]
fn at_the_end_of_grace_the_present_state_decides() {
    let run = staged("25s").grace(60).run();
    assert!(
        run.target(1).starts_with("42 initial, 52 unhealthy, 99 draining"),
        "{}",
        run.target(1)
    );
    assert!(run.stops(1).starts_with("99 task 1 ServiceSchedulerInitiated unhealthy"));
}

/// CD-EXT-2, ECS-EXT-5, ECS-SVC-4: another grace period holds for tasks that are unhealthy within the old one.
#[test]
fn a_grace_period_that_changes_holds_for_tasks_that_run() {
    let stops = |at: u32, seconds: u32| {
        let call =
            format!("at: {at}s, do: UpdateService, healthCheckGracePeriodSeconds: {seconds}");
        let run = staged("1h").grace(60).operator(&call).run();
        run.stops(1).split(" task").next().map(String::from).unwrap_or_default()
    };
    // Running since 39 s, unhealthy since 52 s.
    assert_eq!(stops(60, 60), "99");
    assert_eq!(stops(60, 40), "79", "shorter");
    assert_eq!(stops(60, 10), "60", "over already");
    assert_eq!(stops(60, 100), "139", "longer");
    assert_eq!(stops(10, 100), "139", "before the task is there");
}

/// T66 (ECS-SVC-4): with grace enough the target recovers and is kept.
#[test]
fn with_enough_grace_a_slow_boot_is_kept() {
    let run = staged("25s").grace(80).run();
    assert!(
        run.target(1).starts_with("42 initial, 52 unhealthy, 112 healthy"),
        "{}",
        run.target(1)
    );
    assert_eq!(run.stops(1), "");
    assert_eq!(run.events()[1], "Install 0-112 Succeeded");
}

/// ECS-TASK-7, ECS-TASK-9: the pull is overhead plus size over throughput, for every task anew.
#[test]
fn every_task_pulls_its_image() {
    let run = scenario()
        .desired(2)
        .replacement("image_size_MB: 240")
        .assume("fargate.pull_rate_MBps: 12")
        .assume("fargate.pull_overhead: 2s")
        .run();
    for task in [2, 3] {
        assert!(
            run.task(task).starts_with("0 PROVISIONING, 0 PENDING, 22 ACTIVATING"),
            "{}",
            run.task(task)
        );
    }
}

/// ECS-TASK-7: by default the stages vary, and each task of its own.
#[test]
fn default_launches_vary_from_task_to_task() {
    let run = scenario().default_assumptions().desired(10).run();
    let mut times = Vec::new();
    for entry in &run.journal.entries {
        if let Fact::TaskStatusChanged { status: TaskStatus::Running, .. } = entry.fact {
            times.push(entry.at.as_millis());
        }
    }
    assert_eq!(times.len(), 10);
    times.dedup();
    assert_eq!(times.len(), 10, "no two of them at one instant");
    assert!(times.iter().all(|&at| (10_000..200_000).contains(&at)), "{times:?}");
}

/// ECS-TASK-2, ECS-TASK-4: a task that is stopped before it runs is cut short: no drain, no SIGTERM.
#[test]
fn a_task_that_does_not_run_yet_is_cut_short() {
    let setup = |line: &str| {
        scenario()
            .rollback(&["DEPLOYMENT_FAILURE"])
            .deregistration_delay(300)
            .assume(line)
            .assume("app.shutdown: 20s")
            .assume("task.deprovision: 10s")
            .run()
    };
    let pending = setup("fargate.pull_overhead: 2h");
    assert_eq!(pending.task(1), "0 PROVISIONING, 0 PENDING, 3600 DEPROVISIONING, 3610 STOPPED");
    let provisioning = setup("fargate.provision: 2h");
    assert_eq!(provisioning.task(1), "0 PROVISIONING, 3600 DEPROVISIONING, 3610 STOPPED");
    let wanted = setup("sched.latency: 2h");
    assert_eq!(wanted.task(1), "", "one that was never created leaves no trace");
    assert_eq!(wanted.occurrence("TaskSetDeleted").count, 1);
}

/// ECS-EXT-15: what a task set or a listener leads to for one task does not lead to what it does for the next one.
#[test]
fn tasks_are_not_caused_by_each_other() {
    let run = scenario().desired(4).termination_wait(5).replacement("launch: 0s").run();
    let entries = &run.journal.entries;
    let causes = |wanted: &dyn Fn(&Fact) -> bool| -> Vec<Fact> {
        let picked = entries.iter().filter(|entry| wanted(&entry.fact));
        picked.map(|entry| entries[entry.cause.position().expect("it has a cause")].fact).collect()
    };
    let created = causes(&|fact| {
        matches!(fact, Fact::TaskStatusChanged { status: TaskStatus::Provisioning, .. })
    });
    assert_eq!(created.len(), 4);
    assert!(
        created.iter().all(|cause| matches!(cause, Fact::TaskSetCreated { .. })),
        "{created:?}"
    );
    let checked = causes(&|fact| match fact {
        Fact::TargetHealthChanged { target_group, reason, .. } => {
            target_group.0 == 1 && reason.to_string() == "Elb.InitialHealthChecking"
        }
        _ => false,
    });
    assert_eq!(checked.len(), 4);
    assert!(
        checked.iter().all(|cause| matches!(cause, Fact::ListenerModified { .. })),
        "{checked:?}"
    );
}

// ---- stop -------------------------------------------------------------------------------------------

/// The original's task, from the instant at which it is scaled in.
fn scaled_in(setup: Setup) -> Played {
    setup.assume("task.deprovision: 10s").run()
}

/// T67 (ECS-TASK-18, ECS-TASK-3, ELB-DR-1, ECS-TASK-4): the full delay although the target is idle, then SIGTERM.
#[test]
fn a_scaled_in_task_drains_in_full_before_it_is_told_to_end() {
    let run = scaled_in(scenario().deregistration_delay(300).assume("app.shutdown: 4s"));
    assert_eq!(run.stops(0), "0 task 0 ServiceSchedulerInitiated");
    assert_eq!(run.task(0), "0 DEACTIVATING, 300 STOPPING, 304 DEPROVISIONING, 314 STOPPED");
    assert!(run.target(0).ends_with("0 draining, 300 unused"), "{}", run.target(0));
    assert_eq!(StopCode::ServiceSchedulerInitiated.to_string(), "ServiceSchedulerInitiated");
}

/// T68 (ECS-TASK-18, ECS-TASK-19): an application that ignores SIGTERM is killed at `stopTimeout`, by default 30 s.
#[test]
fn an_application_that_ignores_sigterm_is_killed_at_the_stop_timeout() {
    let setup = scenario().deregistration_delay(300).assume("app.shutdown: 1h");
    let run = scaled_in(setup.clone());
    assert_eq!(run.task(0), "0 DEACTIVATING, 300 STOPPING, 330 DEPROVISIONING, 340 STOPPED");
    let run = scaled_in(setup.container("stopTimeout: 120"));
    assert_eq!(run.task(0), "0 DEACTIVATING, 300 STOPPING, 420 DEPROVISIONING, 430 STOPPED");
}

/// T69 (ECS-TASK-18).
#[test]
fn a_short_delay_makes_a_short_stop() {
    let run = scaled_in(scenario().deregistration_delay(5).assume("app.shutdown: 4s"));
    assert_eq!(run.task(0), "0 DEACTIVATING, 5 STOPPING, 9 DEPROVISIONING, 19 STOPPED");
}

/// ECS-TASK-20: a running task that no target group has yet goes straight to STOPPING.
#[test]
fn a_task_without_a_target_goes_straight_to_stopping() {
    let run = scenario()
        .canary(10, 1)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .deregistration_delay(300)
        .assume("lb.register: 2h")
        .assume("app.shutdown: 4s")
        .assume("task.deprovision: 10s")
        .run();
    assert!(
        run.task(1).ends_with("0 RUNNING, 3600 STOPPING, 3604 DEPROVISIONING, 3614 STOPPED"),
        "{}",
        run.task(1)
    );
    assert_eq!(run.target(1), "");
}

/// ECS-TASK-23, ECS-EXT-14: RUNNING alone counts as running; PROVISIONING, PENDING and ACTIVATING as pending;
/// later ones as neither. A DRAINING set counts while its tasks run.
#[test]
fn only_running_tasks_count_as_running() {
    let run = staged("0s")
        .desired(3)
        .deregistration_delay(30)
        .assume("app.shutdown: 4s")
        .assume("task.deprovision: 10s")
        .run();
    let counts = |at| {
        ["pending", "running", "draining"].map(|what| run.value(&format!("replacement_{what}"), at))
    };
    assert_eq!(
        [counts(4), counts(5), counts(38), counts(39)],
        [[0, 0, 0], [3, 0, 0], [3, 0, 0], [0, 3, 0]]
    );
    let end = run.row().end.expect("it ended").as_millis() / 1000;
    let counts =
        |at| ["running", "draining"].map(|what| run.value(&format!("original_{what}"), at));
    assert_eq!([counts(end - 1), counts(end), counts(end + 43)], [[3, 0], [0, 3], [0, 3]]);
    assert_eq!(counts(end + 44), [0, 0]);
}

// ---- container health -------------------------------------------------------------------------------

/// T72 (ECS-TASK-15): UNHEALTHY after the retries, refused or hanging, counted from the container's start.
#[test]
fn a_container_that_always_fails_is_unhealthy_after_its_retries() {
    for (behaviour, at) in [("fails: 100%", 90), ("fails: 100%, hangs: true", 105)] {
        let run = scenario()
            .container("healthCheck: { command: [CMD, ok], interval: 30, timeout: 5, retries: 3 }")
            .replacement(&format!("launch: 10s, container_check: {{ {behaviour} }}"))
            .run();
        let health = run.told(|fact| match fact {
            Fact::TaskHealthChanged { task, health, .. } if task.0 == 1 => Some(health.to_string()),
            _ => None,
        });
        assert_eq!(health, format!("{} UNHEALTHY", 10 + at), "UNKNOWN until then (ECS-TASK-16)");
        assert!(
            run.stops(1)
                .starts_with(&format!("{} task 1 ServiceSchedulerInitiated unhealthy", 10 + at)),
            "stopped for it (ECS-TASK-17): {}",
            run.stops(1)
        );
        assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 3600 Failed");
    }
}

/// ECS-TASK-14, ECS-TASK-15: a start period forgives failures, and the first success ends it; the earliest
/// HEALTHY is one interval after the start.
#[test]
fn a_start_period_forgives_failures() {
    let health = |start_period: u32, boot: u32| {
        let run = scenario()
            .container(&format!(
                "healthCheck: {{ command: [CMD, ok], interval: 10, timeout: 5, retries: 2, startPeriod: {start_period} }}"
            ))
            .replacement(&format!("boot: {boot}s"))
            .run();
        run.told(|fact| match fact {
            Fact::TaskHealthChanged { task, health, .. } if task.0 == 1 => Some(health.to_string()),
            _ => None,
        })
    };
    assert_eq!(health(0, 0), "10 HEALTHY");
    assert_eq!(health(0, 25), "20 UNHEALTHY");
    assert_eq!(health(30, 25), "30 HEALTHY");
    assert_eq!(
        health(30, 55),
        "40 UNHEALTHY",
        "the checks at 10 and 20 are forgiven, those at 30 and 40 not"
    );
}

/// ECS-SVC-3: with a container check and a load balancer both must hold.
#[test]
fn a_task_is_healthy_when_every_configured_check_says_so() {
    let check = "healthCheck: { command: [CMD, ok], interval: 30, timeout: 5, retries: 3 }";
    let install = |setup: Setup| {
        let run = setup.canary(10, 1).health_check([10, 5, 2, 2]).run();
        run.row().install.map(|at| at.as_millis() / 1000)
    };
    assert_eq!(install(scenario().replacement("launch: 5s")), Some(5), "the target alone");
    assert_eq!(
        install(scenario().container(check).replacement("launch: 5s")),
        Some(35),
        "and the container"
    );
    let target_late = scenario().container(check).grace(300).replacement("boot: 42s");
    assert_eq!(install(target_late), Some(60), "up at 42, HEALTHY at 60, healthy at 60");
}

// ---- scheduler --------------------------------------------------------------------------------------

/// ECS-SVC-2, ECS-EXT-17, CD-ECS-30, CD-ECS-31: `Install` ends at the first instant at which as many tasks
/// run as should, none is pending and all are healthy.
#[test]
fn install_ends_when_the_last_task_is_healthy() {
    let run =
        scenario().canary(10, 1).desired(5).replacement("launch: { uniform: [20s, 80s] }").run();
    let mut healthy = Vec::new();
    for entry in &run.journal.entries {
        if let Fact::TargetHealthChanged { target_group, state, .. } = entry.fact
            && target_group.0 == 1
            && state.to_string() == "healthy"
        {
            healthy.push(entry.at);
        }
    }
    assert_eq!(healthy.len(), 5);
    assert_eq!(run.row().install, healthy.last().copied());
    assert_eq!(run.value("replacement_running", healthy[4].as_millis() / 1000 + 1), 5);
}

/// CD-ECS-31, U-30: steady at exactly sixty minutes is in time: the awaited thing comes before the timeout.
#[test]
fn a_replacement_that_is_steady_after_exactly_sixty_minutes_is_in_time() {
    let run = scenario().replacement("launch: 3600s").run();
    assert_eq!(run.events()[1], "Install 0-3600 Succeeded");
}

/// CD-ECS-31, U-30: the same where the load balancer is asked too.
#[test]
fn a_replacement_that_is_healthy_after_exactly_sixty_minutes_is_in_time() {
    let run = scenario().canary(10, 1).replacement("launch: 3600s").run();
    assert_eq!(run.events()[1], "Install 0-3600 Succeeded");
}

/// CD-ECS-31: an hour and no longer.
#[test]
fn a_replacement_may_take_sixty_minutes_and_no_longer() {
    let just = scenario().canary(10, 1).replacement("launch: 3599999ms").run();
    assert_eq!(just.events()[1], "Install 0-3599.999 Succeeded");
    let late = scenario().canary(10, 1).replacement("launch: 3600001ms").run();
    assert_eq!(late.events()[1], "Install 0-3600 Failed");
    let error = late.course(0).error.expect("it has an error");
    assert_eq!(
        error.message.told(&[]),
        "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes."
    );
}

/// CD-ECS-34, ECS-SVC-4: grace holds back the scheduler and not the target group, which marks the target all the same.
#[test]
fn grace_holds_back_the_scheduler_and_not_the_target_group() {
    let run = scenario()
        .canary(10, 1)
        .health_check([10, 5, 2, 2])
        .grace(600)
        .replacement("health_check: { fails: 100% }")
        .run();
    assert!(
        run.target(1).starts_with("0 initial, 10 unhealthy, 600 draining"),
        "{}",
        run.target(1)
    );
    assert!(run.stops(1).starts_with("600 task 1 ServiceSchedulerInitiated unhealthy"));
}

/// ECS-SVC-6, ECS-ROLL-4, U26: in a task set an unhealthy task is stopped at once and its replacement follows; the
/// ECS controller's order, replacement first, is an assumption away.
#[test]
fn an_unhealthy_task_drains_while_its_replacement_starts_or_waits_for_it() {
    let unhealthy =
        scenario().canary(10, 5).health_check([10, 5, 2, 2]).assume("sched.latency: 4s");
    let unhealthy = unhealthy.original("health_check: { fails: 100% }").replacement("launch: 25s");
    let drained = unhealthy.clone().run();
    assert!(drained.stops(0).starts_with("10 task 0"), "{}", drained.stops(0));
    assert_eq!(drained.value("original_running", 12), 0);

    // The replacement of task 0 becomes unhealthy too: of the two the older one goes, and the next one starts.
    let replaced = unhealthy.assume("taskset.replacement_first: true").run();
    let stops = replaced.stops(0);
    assert!(
        stops.starts_with("24 task 0 ServiceSchedulerInitiated unhealthy, 38 task "),
        "{stops}"
    );
    for (s, running) in [(12, 1), (15, 2), (23, 2), (26, 1)] {
        assert_eq!(replaced.value("original_running", s), running, "at {s} s");
    }
}

/// ECS-SVC-6: with the replacement first, a task goes when its replacement is healthy, and stays if it recovers
/// before that: then the replacement is one too many and the set is back at its count.
#[test]
fn with_the_replacement_first_no_set_falls_below_its_count() {
    let flapping = scenario()
        .canary(10, 60)
        .desired(3)
        .original("health_check: { fails: 60% }")
        .assume("taskset.replacement_first: true")
        .assume("sched.latency: 7s")
        .assume("app.boot: 20s")
        .replacement("launch: 1s, health_check: { fails: 0% }")
        .run();
    assert!(flapping.stops(0).matches("unhealthy").count() > 10, "{}", flapping.stops(0));
    assert!(
        flapping.stops(0).matches("unhealthy").count() < flapping.stops(0).matches("task").count()
    );
    let running: Vec<_> = (0..3600).map(|s| flapping.value("original_running", s)).collect();
    assert_eq!(running.iter().min(), Some(&3));
    let most = *running.iter().max().expect("there are some");
    assert!((4..=6).contains(&most), "within the default maximumPercent of 200: {most}");
}

/// ECS-EXT-15, ECS-SVC-6: an unhealthy task is replaced inside its own set, with its own revision.
#[test]
fn an_unhealthy_task_is_replaced_in_its_own_set() {
    let run = scenario()
        .canary(10, 30)
        .desired(2)
        .original("health_check: { fails: 60% }")
        .replacement("launch: 1s, health_check: { fails: 0% }")
        .run();
    let created = run.told(|fact| match fact {
        Fact::TaskStatusChanged { task_set, status: TaskStatus::Provisioning, .. } => {
            Some(format!("in {task_set}"))
        }
        _ => None,
    });
    let stopped = run.stops(0).matches("unhealthy").count();
    assert!(stopped > 0, "the original flaps");
    assert_eq!(created.matches("in 0").count(), stopped, "one for one: {created}");
    assert_eq!(created.matches("in 1").count(), 2);
}

// ---- task sets --------------------------------------------------------------------------------------

/// ECS-EXT-11, CD-ECS-30: at scale 100 % a set wants the service's desired count, and 0 of 0.
#[test]
fn a_new_task_set_wants_the_desired_count() {
    for desired in [0, 1, 7, 20] {
        let run = scenario().desired(desired).run();
        let created = run.told(|fact| match fact {
            Fact::TaskSetCreated { computed_desired_count, .. } => {
                Some(computed_desired_count.to_string())
            }
            _ => None,
        });
        assert_eq!(created, format!("0 {desired}"));
    }
}

/// ECS-EXT-12: the scheduler acts on a new scale some time after the call.
#[test]
fn a_new_scale_takes_effect_later() {
    let run = scenario().desired(2).assume("taskset.recompute_latency: 4s").run();
    assert_eq!(run.task_set(0), "0 ACTIVE, 0 DRAINING");
    assert!(run.stops(0).starts_with("4 task 0"), "{}", run.stops(0));
}

/// ECS-EXT-13: at two scales of 50 % an odd count makes one task more than desired (T13).
#[test]
fn rounded_counts_may_exceed_the_desired_count() {
    use cutover::cloud::task_set::Scale;
    let half = Scale::from_ten_thousandths_of_percent(500_000);
    assert_eq!(2 * half.computed_desired_count(3), 4);
}

/// ECS-EXT-16: a new set is ACTIVE; there is never more than one PRIMARY (an invariant of every run).
#[test]
fn a_new_set_is_active_until_it_is_made_primary() {
    let run = scenario().canary(10, 5).replacement("launch: 10s").run();
    assert_eq!(
        run.task_set(1),
        "310 PRIMARY",
        "it was ACTIVE from its creation, which tells no change"
    );
    assert_eq!(run.task_set(0), "310 ACTIVE, 310 DRAINING");
}

/// ECS-EXT-18: a new set is STABILIZING; an empty one is steady at its first evaluation.
#[test]
fn an_empty_set_is_steady_at_its_first_evaluation() {
    let empty = scenario().desired(0).canary(10, 1).run();
    assert!(empty.stability(1).starts_with("0 STEADY_STATE"), "{}", empty.stability(1));
    assert_eq!(empty.row().install.map(|at| at.as_millis()), Some(0));
    let one = scenario().canary(10, 1).replacement("launch: 30s").run();
    assert!(one.stability(1).starts_with("30 STEADY_STATE"), "{}", one.stability(1));
}

/// ECS-EXT-19, ECS-EXT-20: a steady set drops back when a task turns unhealthy, and each return is told.
#[test]
fn a_steady_set_drops_back_and_returns() {
    let run = scenario()
        .canary(10, 60)
        .desired(3)
        .original("health_check: { fails: 30% }")
        .replacement("launch: 1s, health_check: { fails: 0% }")
        .run();
    let stability = run.stability(0);
    let changes: Vec<&str> =
        stability.split(", ").map(|c| c.rsplit(' ').next().expect("a word")).collect();
    assert!(changes.len() > 4, "{stability}");
    assert!(changes.windows(2).all(|pair| pair[0] != pair[1]), "it alternates: {stability}");
    assert_eq!(changes[0], "STABILIZING", "it was steady before");
}

/// ECS-EXT-26: a DRAINING set wants nothing, stops every task, and is gone with the last of them.
#[test]
fn a_draining_set_is_gone_with_its_last_task() {
    let run = scenario()
        .desired(3)
        .deregistration_delay(60)
        .assume("app.shutdown: { uniform: [1s, 25s] }")
        .run();
    let deleted = run.occurrence("TaskSetDeleted");
    let mut last = None;
    for entry in &run.journal.entries {
        if let Fact::TaskStatusChanged { status: TaskStatus::Stopped, .. } = entry.fact {
            last = Some(entry.at);
        }
    }
    assert_eq!((deleted.count, deleted.first), (1, last));
}

/// ECS-EXT-31: the tasks of a terminated original begin to drain together.
#[test]
fn all_tasks_of_the_original_drain_together() {
    let run = scenario().desired(12).termination_wait(5).deregistration_delay(30).run();
    assert_eq!(run.value("original_draining", 299), 0);
    assert_eq!(run.value("original_draining", 300), 12);
}
