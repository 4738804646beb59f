//! What breaks: tasks that crash or never start, no room, Spot, zones, refused updates, open requests.

use cutover::aws::name::{ErrorCode, TaskStatus};
use cutover::journal::fact::Fact;

use crate::support::{Played, Setup, scenario};

fn golden() -> Setup {
    scenario()
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 2s")
        .replacement("launch: 90s")
}

fn code(run: &Played, number: usize) -> ErrorCode {
    run.course(number).error.expect("it has one").code
}

// ---- tasks that fail to start -----------------------------------------------------------------------

/// T70 (ECS-THR-1, ECS-THR-2, ECS-THR-4): a start failure 30 s after each launch; the scheduler never gives up.
#[test]
fn tasks_that_never_run_are_started_less_and_less_often() {
    let run = scenario()
        .assume("codedeploy.install_timeout: 2h")
        .replacement("launch: 30s, start_fails: 100%")
        .run();
    assert_eq!(run.launches(1), "0, 40, 90, 160, 270, 460, 810, 1480, 2790, 4440, 6090");
    assert!(run.stops(1).starts_with("30 task 1 TaskFailedToStart, 70 task 2 TaskFailedToStart"));
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 7200 Failed");
}

/// ECS-THR-2: the guide of 2023 has a ceiling of 15 minutes.
#[test]
fn the_throttle_had_a_lower_ceiling() {
    let run = scenario().semantics("2023-05").replacement("launch: 30s, start_fails: 100%").run();
    assert_eq!(run.launches(1), "0, 40, 90, 160, 270, 460, 810, 1480, 2410, 3340");
}

/// ECS-THR-3, ECS-EVT-2, ECS-EVT-3: from the third failure in a row the service says so, and not again for six hours.
#[test]
fn the_service_says_that_starts_are_impaired() {
    let run = scenario()
        .assume("codedeploy.install_timeout: 7h")
        .replacement("launch: 30s, start_fails: 100%")
        .run();
    let told = "120 SERVICE_TASK_START_IMPAIRED, 22620 SERVICE_TASK_START_IMPAIRED";
    assert_eq!(run.service_events(), told);
}

/// ECS-THR-5: a task that runs ends the throttle, also for those that wait for it.
#[test]
fn a_task_that_runs_ends_the_throttle() {
    let setup = scenario()
        .desired(4)
        .assume("throttle.base: 30m")
        .replacement("launch: { uniform: [10s, 60s] }, start_fails: 20%");
    // A run in which the first task to end its launch fails, and it alone.
    let alone = |run: &Played| {
        let stops = run.stops(1);
        let ran = run.told(|fact| match fact {
            Fact::TaskStatusChanged { task_set, status: TaskStatus::Running, .. } => {
                (task_set.0 == 1).then(String::new)
            }
            _ => None,
        });
        let first =
            |told: &str| told.split([' ', ',']).next().and_then(|at| at.parse::<f64>().ok());
        let (failed, ran) = (first(&stops)?, first(&ran)?);
        (stops.matches("TaskFailedToStart").count() == 1 && failed < ran).then_some(ran)
    };
    let runs = (0..200).map(|replication| setup.replication(1, replication));
    let (run, ran) =
        runs.into_iter().find_map(|run| alone(&run).map(|ran| (run, ran))).expect("one");
    let last = run.launches(1).split(", ").last().and_then(|at| at.parse::<f64>().ok());
    assert_eq!(last, Some(ran), "the fifth task starts when one runs, not half an hour later");
}

/// ECS-THR-6, ECS-TASK-12: tasks that ran and then exit are replaced at full speed for ever.
#[test]
fn tasks_that_crash_after_running_are_not_throttled() {
    let run = scenario()
        .canary(10, 5)
        .assume("sched.latency: 5s")
        .assume("lb.register: 20s")
        .replacement("crash: { after: 10s }")
        .run();
    assert!(run.launches(1).starts_with("5, 20, 35, 50, 65"), "{}", run.launches(1));
    assert_eq!(run.launches(1).split(", ").count(), 240, "one every 15 s for an hour");
    assert!(run.stops(1).starts_with("15 task 1 EssentialContainerExited"));
    assert_eq!(run.service_events(), "");
}

/// Story F41, ECS-TASK-2: once its image is deleted no task of a revision starts; those that run go on.
#[test]
fn a_revision_whose_image_is_gone_cannot_be_started() {
    let run = golden()
        .desired(2)
        .termination_wait(60)
        .operator("at: 100s, do: BatchDeleteImage, image: original")
        .fault("at: 200s, kind: task-crash, tasks: 1, of: original")
        .run();
    assert_eq!(run.value("original_running", 150), 2);
    assert_eq!(run.value("original_running", 3000), 1);
    assert!(run.stops(0).contains("200 task 4 TaskFailedToStart"), "{}", run.stops(0));
    let told = golden().operator("at: 1s, do: BatchDeleteImage, image: x").refused();
    assert!(told.contains("no revision is called `x`"), "{told}");
}

// ---- tasks that crash -------------------------------------------------------------------------------

/// ECS-TASK-2, ECS-TASK-21: a task whose container dies is stopped without a drain; its target stays for the
/// latency of ECS and refuses its share of the requests, 502, and then drains by itself.
#[test]
fn a_crashed_task_refuses_requests_until_it_is_deregistered() {
    let run = golden()
        .canary(10, 30)
        .desired(4)
        .rate("100/s")
        .original("errors: 0%")
        .assume("crash.deregister_latency: 5s")
        .assume("task.deprovision: 10s")
        .deregistration_delay(60)
        .fault("at: 50s, kind: task-crash, tasks: 1, of: original")
        .run();
    let crashed = run.stops(0);
    assert!(crashed.starts_with("50 task ") && crashed.contains("EssentialContainerExited"));
    let number: u32 = crashed.split(' ').nth(2).and_then(|n| n.parse().ok()).expect("a task");
    assert_eq!(run.task(number), "50 DEPROVISIONING, 60 STOPPED", "no DEACTIVATING, no STOPPING");
    assert_eq!(run.target(number), "55 draining, 115 unused");
    let refused = run.occurrence("Http502");
    // A quarter of 100 requests a second for 5 s: 125, with a standard deviation of 11.2.
    assert!((refused.count as f64 - 125.0).abs() < 45.0, "{}", refused.count);
    assert_eq!(run.value("rejected_requests", 55), run.value("rejected_requests", 3000));
}

/// Decision 15, U-34: a replacement that dies in the middle of the shift ends nothing by itself; a limit does so if
/// the scenario sets one.
#[test]
fn a_replacement_that_dies_during_the_shift_ends_nothing_unless_told_to() {
    let dying = golden().canary(10, 10).replacement("launch: 90s, crash: { after: 100s }");
    let ignored = dying.clone().run();
    assert_eq!(ignored.row().status.as_str(), "Succeeded");
    assert!(ignored.stops(1).starts_with("192 task 1 EssentialContainerExited"));
    let limited = dying
        .clone()
        .rollback(&["DEPLOYMENT_FAILURE"])
        .assume("codedeploy.unsteady_during_shift: { fail_after: 60s }")
        .run();
    // Dead from 192 to 282 s.
    assert_eq!(limited.statuses(0), "0 Created, 2 InProgress, 252 Failed");
    assert_eq!(code(&limited, 0), ErrorCode::CustomerApplicationUnhealthy);
    let patient = dying.assume("codedeploy.unsteady_during_shift: { fail_after: 95s }").run();
    assert_eq!(patient.row().status.as_str(), "Succeeded", "it is steady again in time");
}

/// ECS-EXT-19: a crash takes the set out of its steady state.
#[test]
fn a_crash_takes_the_set_out_of_steady_state() {
    let run = golden().canary(10, 5).fault("at: 200s, kind: task-crash, of: replacement").run();
    let stability = run.told(|fact| match fact {
        Fact::TaskSetStabilityChanged { task_set, stability } if task_set.0 == 1 => {
            Some(stability.to_string())
        }
        _ => None,
    });
    assert_eq!(stability, "92 STEADY_STATE, 200 STABILIZING, 290 STEADY_STATE");
}

// ---- room -------------------------------------------------------------------------------------------

/// Story F08, ECS-CAP-1, ECS-CAP-2, ECS-CAP-4: a cluster with room for 12 tasks of a service of 10: two replacements
/// are placed, the scheduler looks again for ever, Install times out.
#[test]
fn a_replacement_that_finds_no_room_never_becomes_steady() {
    let run = golden()
        .canary(10, 5)
        .desired(10)
        .assume("placement.retry_gap: 60s")
        .fault("at: 0s, kind: capacity-shortage, room: 12")
        .run();
    assert_eq!(run.launches(1), "2, 2");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3602 Failed");
    // Looked for every 60 s, told every 480 s.
    assert!(run.service_events().starts_with("2 SERVICE_TASK_PLACEMENT_FAILURE, 482 SERVICE_TASK"));
    assert_eq!(run.service_events().split(", ").count(), 8);
    let lagging = golden()
        .canary(10, 5)
        .desired(10)
        .assume("placement.retry_gap: 60s")
        .fault("at: 0s, kind: capacity-shortage, room: 12, for: 4m")
        .run();
    assert_eq!(
        lagging.events()[1],
        "Install 2-332 Succeeded",
        "242 s to the next look, 90 s to launch"
    );
}

/// T73 (ECS-TASK-10): 150 launches on Fargate at once: 100 now, 50 over 2.5 s; on EC2 all now.
#[test]
fn launches_on_fargate_pass_a_token_bucket() {
    let run = |service: &str| scenario().desired(150).service(service).run();
    let launches = run("launchType: FARGATE").launches(1);
    let launches: Vec<_> = launches.split(", ").collect();
    assert_eq!(launches.len(), 150);
    assert_eq!((launches[99], launches[100], launches[149]), ("0", "0.05", "2.5"));
    assert!(run("launchType: EC2").launches(1).split(", ").all(|at| at == "0"));
}

// ---- Spot and zones ---------------------------------------------------------------------------------

/// ECS-TASK-22: SIGTERM with the notice, SIGKILL at `stopTimeout` and after two minutes at most; a new task starts.
#[test]
fn a_spot_interruption_ends_a_task_within_two_minutes() {
    let interrupted = |shutdown: &str, timeout: &str| {
        golden()
            .desired(2)
            .canary(10, 60)
            .container(&format!("stopTimeout: {timeout}"))
            .assume(&format!("app.shutdown: {shutdown}"))
            .deregistration_delay(30)
            .fault("at: 300s, kind: spot-interruption, tasks: 1, of: original")
            .run()
    };
    let run = interrupted("20s", "120");
    let number: u32 = run.stops(0).split(' ').nth(2).and_then(|n| n.parse().ok()).expect("a task");
    assert!(run.stops(0).contains("SpotInterruption"));
    assert_eq!(run.task(number), "300 STOPPING, 320 DEPROVISIONING, 320 STOPPED");
    assert_eq!(run.target(number), "300 draining, 330 unused");
    assert_eq!(run.launches(0), "300");
    assert!(interrupted("10m", "120").task(number).contains("420 STOPPED"));
    assert!(interrupted("10m", "30").task(number).contains("330 STOPPED"));
}

/// ECS-CAP-5: tasks are spread over the zones; one that fails takes its tasks with it, silently (504), and the
/// others start elsewhere.
#[test]
fn a_zone_that_fails_takes_its_tasks_with_it() {
    let run = golden()
        .desired(6)
        .canary(10, 60)
        .rate("60/s")
        .original("errors: 0%, launch: 30s")
        .assume("crash.deregister_latency: 4s")
        .fault("at: 300s, kind: zone-failure, zone: 1, for: 10m")
        .run();
    assert_eq!(run.stops(0).matches("300 task").count(), 2, "a third of six: {}", run.stops(0));
    assert_eq!(run.stops(1).matches("InfrastructureHealth").count(), 2);
    assert_eq!([run.value("original_running", 301), run.value("original_running", 331)], [4, 6]);
    let timed_out = run.occurrence("Http504").count as f64;
    // A third of 60 requests a second for 4 s.
    assert!((timed_out - 80.0).abs() < 4.0 * 80_f64.sqrt(), "{timed_out}");
    assert_eq!(run.occurrence("Http502").count, 0);
}

/// ECS-CAP-5, U3: a scale-in takes from the zone that has most, tasks that do not run yet first.
#[test]
fn a_scale_in_keeps_the_zones_even() {
    let run = golden()
        .desired(7)
        .canary(10, 60)
        .operator("at: 300s, do: UpdateService, desiredCount: 4")
        .run();
    let stopped: Vec<u32> = run
        .stops(0)
        .split(", ")
        .filter(|stop| stop.starts_with("300 "))
        .map(|stop| stop.split(' ').nth(2).and_then(|n| n.parse().ok()).expect("a task"))
        .collect();
    // Zones of the seven: 0 1 2 0 1 2 0; four stay, at most two in a zone.
    let left = (0..7).filter(|task| !stopped.contains(task)).fold([0; 3], |mut zones, task| {
        zones[task as usize % 3] += 1;
        zones
    });
    assert_eq!((left.iter().sum::<i32>(), left.iter().max()), (4, Some(&2)), "{left:?}");
    let starting = golden()
        .desired(2)
        .canary(10, 60)
        .original("launch: 1h")
        .operator("at: 300s, do: UpdateService, desiredCount: 4")
        .operator("at: 310s, do: UpdateService, desiredCount: 2")
        .run();
    let stopped = starting.stops(0);
    let early = stopped.split(", ").filter(|stop| stop.starts_with("310 "));
    assert_eq!(early.clone().count(), 2, "{stopped}");
    assert!(!early.into_iter().any(|stop| stop.contains("task 0 ") || stop.contains("task 1 ")));
}

// ---- refused updates --------------------------------------------------------------------------------

/// 2.4, U-7: a listener update that is refused fails the event, with test or production traffic.
#[test]
fn a_refused_listener_update_fails_the_deployment() {
    let refused = |more: fn(Setup) -> Setup| {
        more(golden().canary(10, 5).test_listener().rollback(&["DEPLOYMENT_FAILURE"])).run()
    };
    let test = refused(|setup| setup.fault("at: 0s, kind: listener-update-refused, for: 92001ms"));
    assert_eq!(test.events()[3], "AllowTestTraffic 92-92 Failed");
    assert_eq!(code(&test, 0), ErrorCode::ElasticLoadBalancingInvalid);
    let shift = refused(|setup| setup.fault("at: 200s, kind: listener-update-refused, for: 5m"));
    assert_eq!(shift.events()[6], "AllowTraffic 92-392 Failed");
    // The rollback's update is refused too: weights stay, and nobody rolls a rollback back (CD-RB-9).
    assert_eq!(shift.statuses(1), "392 Created, 392 InProgress, 392 Failed");
    assert_eq!(shift.weights(), "92 10%");
    assert_eq!(shift.row().deployments, 2);
}

/// CD-ECS-21, 2.4: ECS refuses the task set.
#[test]
fn a_refused_task_set_fails_install() {
    let run =
        golden().rollback(&["DEPLOYMENT_FAILURE"]).fault("at: 0s, kind: task-set-refused").run();
    assert_eq!(run.events()[1], "Install 2-2 Failed");
    assert_eq!(code(&run, 0), ErrorCode::EcsUpdateError);
    assert!(run.row().rollback, "a failure of Install is rolled back, though nothing was created");
}

/// ECS-EXT-8, T14: five task sets at a time, those that drain included.
#[test]
fn a_sixth_task_set_is_refused() {
    let mut setup = golden().deregistration_delay(3600);
    for _ in 0..6 {
        setup = setup.then("after: previous");
    }
    let run = setup.run();
    let statuses: Vec<_> = run.series.deployments.iter().map(|one| one.status().as_str()).collect();
    assert_eq!(statuses[..5], ["Succeeded", "Succeeded", "Succeeded", "Succeeded", "Failed"]);
    assert_eq!(code(&run, 4), ErrorCode::EcsUpdateError);
}

// ---- hooks that cannot be invoked -------------------------------------------------------------------

/// Story F05, U-33, CD-ECS-15: at each of the five places a function that cannot be invoked fails its event at once;
/// a role that may not invoke it has a code of its own.
#[test]
fn a_hook_that_cannot_be_invoked_fails_its_event() {
    let places = [
        "BeforeInstall",
        "AfterInstall",
        "AfterAllowTestTraffic",
        "BeforeAllowTraffic",
        "AfterAllowTraffic",
    ];
    for place in places {
        let failed = |behaviour: &str| golden().test_listener().hook(place, behaviour).run();
        let broken = failed("invocation_fails: 100%");
        assert_eq!(code(&broken, 0), ErrorCode::HookExecutionFailure, "{place}");
        let event = broken.events().into_iter().find(|event| event.starts_with(place));
        assert!(event.expect("it began").ends_with("Failed"), "never Succeeded");
        assert_eq!(broken.occurrence("HookInvoked").count, 0);
        let denied = failed("access_denied: 100%");
        assert_eq!(code(&denied, 0), ErrorCode::IamRolePermissions, "{place}");
        assert_eq!(denied.statuses(0).rsplit(' ').next(), Some("Failed"));
    }
}

// ---- open requests ----------------------------------------------------------------------------------

fn long_requests(delay: u32, latency: &str) -> Setup {
    golden()
        .rate("100/s")
        .original(&format!("errors: 0%, latency: {latency}"))
        .replacement("errors: 0%, launch: 90s")
        .deregistration_delay(delay)
        .assume("lb.idle_timeout: 1h")
}

/// T88 (ELB-DR-2, ELB-DR-3): a request of 20 s is cut off 10 s after deregistration, 502; with a delay of 30 s it is
/// not.
#[test]
fn requests_longer_than_the_delay_are_cut_off() {
    let cut = |delay| {
        let run = long_requests(delay, "20s").run();
        run.told(|fact| match fact {
            Fact::RequestsCutOff { requests, .. } => Some(requests.to_string()),
            _ => None,
        })
    };
    let told = cut(10);
    let (at, requests) = told.split_once(' ').expect("they are cut off once");
    // 10 s of 100 requests a second.
    assert_eq!(at, "102");
    assert!((requests.parse::<f64>().expect("a number") - 1000.0).abs() < 4.0 * 1000_f64.sqrt());
    assert_eq!(cut(30), "");
}

/// ECS-TASK-21: whatever is open at a task that crashes is cut off at once.
#[test]
fn a_crash_cuts_off_what_is_open() {
    let run = long_requests(300, "2s")
        .canary(10, 30)
        .desired(4)
        .fault("at: 50s, kind: task-crash, tasks: 1, of: original");
    let run = run.run();
    // A quarter of 100 requests a second, 2 s each.
    let cut = run.occurrence("RequestsCutOff").first.map(|at| at.as_millis());
    assert_eq!(cut, Some(50_000));
    assert!((run.value("failed_requests", 50) as f64 - 50.0).abs() < 4.0 * 50_f64.sqrt());
}

/// Story F18, ECS-TASK-18: where SIGTERM comes before the target is deregistered, requests of the seconds between
/// are refused.
#[test]
fn sigterm_before_deregistration_refuses_requests() {
    let stopped = |lag: &str| {
        golden()
            .rate("100/s")
            .desired(5)
            .original("errors: 0%")
            .replacement("errors: 0%, launch: 90s")
            .canary(10, 60)
            .assume(&format!("task.deregister_lag: {lag}"))
            .operator("at: 200s, do: UpdateService, desiredCount: 4")
            .run()
            .occurrence("Http502")
            .count as f64
    };
    // A fifth of 90 requests a second at the original, and of 10 at the replacement, for 4 s.
    let refused = stopped("4s");
    assert!((refused - 80.0).abs() < 4.0 * 80_f64.sqrt(), "{refused}");
    assert_eq!(stopped("0s"), 0.0);
}

/// ELB-ERR-1: a request without an answer within the idle timeout gets 504.
#[test]
fn requests_beyond_the_idle_timeout_get_504() {
    let run = golden()
        .rate("100/s")
        .original("errors: 0%")
        .replacement("errors: 0%, launch: 90s, latency: { exponential: 20s }")
        .termination_wait(10)
        .run();
    // exp(-3) of 60 000 requests.
    let expected = 2987.2_f64;
    let timed_out = run.occurrence("Http504").count as f64;
    assert!((timed_out - expected).abs() < 4.0 * expected.sqrt(), "{timed_out}, not {expected}");
    assert_eq!(run.row().bad_requests, 0, "slow by nobody's comparison");
}

#[test]
fn faults_that_make_no_sense_are_refused_with_their_place() {
    let told = golden()
        .fault("at: 1s, kind: task-crush")
        .fault("at: 1s, kind: zone-failure, zone: 10")
        .fault("at: 1s, kind: task-crash, for: 3m")
        .fault("kind: spot-interruption")
        .replacement("crash: { share: 50% }")
        .refused();
    for text in ["`task-crash`", "from 0 to 9", "no key `for`", "lacks `at`", "`after`, `requests`"]
    {
        assert!(told.contains(text), "{text}:\n{told}");
    }
}

// ---- the scheduler ----------------------------------------------------------------------------------

/// ECS-CAP-3: while ECS is throttled no task is created; it says so and tries again.
#[test]
fn a_throttled_scheduler_creates_no_task_until_it_is_over() {
    let run = golden()
        .canary(10, 5)
        .assume("placement.retry_gap: 60s")
        .fault("at: 0s, kind: ecs-throttled, for: 150s")
        .run();
    assert_eq!(run.service_events(), "2 ECS_OPERATION_THROTTLED");
    assert_eq!(run.launches(1), "182");
}

/// ECS-CAP-4, CD-ECS-35: a deployment needs room for twice the desired count until the original is gone.
#[test]
fn a_deployment_needs_twice_the_room() {
    let with_room = |room: u32| {
        let shortage = format!("at: 0s, kind: capacity-shortage, room: {room}");
        golden().canary(10, 5).desired(5).fault(&shortage).run().row().status.to_string()
    };
    assert_eq!([with_room(9), with_room(10)], ["Failed", "Succeeded"]);
}

/// ECS-PROT-1, ECS-PROT-2: protected tasks are passed over by a scale-in; where there are too many of them the set
/// says so and waits until the first protection ends. A crash does not ask.
#[test]
fn protected_tasks_stand_in_the_way_of_a_scale_in() {
    let protected = |tasks: u32, count: u32| {
        golden()
            .canary(10, 120)
            .desired(4)
            .operator(&format!(
                "at: 100s, do: UpdateTaskProtection, tasks: {tasks}, of: original, expiresInMinutes: 30"
            ))
            .operator(&format!("at: 200s, do: UpdateService, desiredCount: {count}"))
            .assume("codedeploy.scaling_grace: 1h")
            .run()
    };
    let passed_over = protected(2, 2);
    assert_eq!(passed_over.value("original_running", 200), 2);
    assert_eq!(passed_over.service_events(), "");
    let in_the_way = protected(3, 1);
    assert_eq!(in_the_way.service_events(), "200 TASKSET_CANNOT_SCALE_IN");
    let running = |at| in_the_way.value("original_running", at);
    assert_eq!([running(200), running(1899), running(1900)], [3, 3, 1], "30 minutes after 100 s");
    let crashed = golden()
        .canary(10, 120)
        .operator("at: 100s, do: UpdateTaskProtection")
        .fault("at: 200s, kind: task-crash, of: original")
        .run();
    assert!(crashed.stops(0).starts_with("200 task 0 EssentialContainerExited"));
}

/// ECS-PROT-1: an original whose tasks are protected drains when the protection ends; the deployment has succeeded.
#[test]
fn a_protected_original_lives_on_after_the_deployment() {
    let run = golden().operator("at: 10s, do: UpdateTaskProtection, of: original").run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 92 Succeeded");
    assert_eq!(run.stops(0), "7210 task 0 ServiceSchedulerInitiated");
}

/// ECS-TASK-13: a container that has run for its restart period is started again in place; the task stays RUNNING,
/// and its target is refused until the application is up again. One that ends sooner ends its task.
#[test]
fn a_restart_policy_starts_the_container_again_in_place() {
    let policy = "restartPolicy: { enabled: true, restartAttemptPeriod: 60 }";
    let run = |after: &str| {
        golden()
            .canary(10, 10)
            .rate("100/s")
            .original("errors: 0%")
            .container(policy)
            .assume("app.boot: 5s")
            .replacement(&format!("errors: 0%, boot: 5s, crash: {{ after: {after} }}"))
            .run()
    };
    let restarted = run("100s");
    assert!(restarted.stops(1).is_empty(), "{}", restarted.stops(1));
    assert!(
        restarted.occurrence("Http502").count > 100,
        "5 s of a tenth of the traffic, each time"
    );
    assert!(run("50s").stops(1).starts_with("52 task 1 EssentialContainerExited"));
}

/// ELB-FO-1: the thresholds of a group are read from its attributes.
#[test]
fn the_thresholds_of_a_group_are_read() {
    let yaml = golden().yaml();
    let attribute = "{ Key: deregistration_delay.timeout_seconds, Value: \"0\" }";
    let routing = "target_group_health.unhealthy_state_routing.minimum_healthy_targets";
    let fail_open = |count: &str, percentage: &str| {
        let more = format!(
            "{attribute}, {{ Key: {routing}.count, Value: \"{count}\" }}, {{ Key: {routing}.percentage, Value: \"{percentage}\" }}"
        );
        let scenario = crate::support::read(&yaml.replace(attribute, &more))?;
        let rule = scenario.balancer().target_groups[0].unhealthy_state_routing;
        Ok::<_, String>((rule.count, rule.percent))
    };
    assert_eq!(fail_open("2", "off"), Ok((2, 0)));
    assert_eq!(fail_open("1", "50"), Ok((1, 50)));
    assert!(fail_open("0", "101").is_err_and(|told| told.contains("from 1 to 100")));
}

// ---- times that are not limits ----------------------------------------------------------------------

/// CD-LE-5, CD-LE-6, U-3, U-4: a schedule may last longer than the hour of an event, and an event of ECS may begin
/// later than five minutes after the one before.
#[test]
fn schedules_outlast_an_hour_and_events_may_begin_late() {
    let long = golden().linear(10, 10).run();
    assert_eq!(long.events()[4], "AllowTraffic 92-5492 Succeeded");
    let late = golden().lifecycle("AfterInstall", "gap: 10m").run();
    assert_eq!(late.events()[2], "AfterInstall 692-692 Succeeded");
}

/// ECS-SVC-8, CD-ECS-14: a new desired count starts no deployment. ECS-SVC-9: 5000 tasks at most.
#[test]
fn a_desired_count_is_no_deployment() {
    let run = golden().operator("at: 10s, do: UpdateService, desiredCount: 2").run();
    assert_eq!(run.row().deployments, 1);
    assert!(golden().desired(5001).refused().contains("5000"));
}

/// ECS-EVT-4, ECS-EVT-3: what the scheduler and the load balancer do is told, with the reason.
#[test]
fn the_timeline_tells_what_tasks_and_targets_do() {
    let run = golden()
        .canary(10, 5)
        .desired(2)
        .deregistration_delay(30)
        .health_check([10, 5, 2, 2])
        .replacement("health_check: { fails: 100% }")
        .run();
    let report = cutover::report::Report::new(&run.journal);
    let told: Vec<&str> = report.lines.iter().map(|line| line.what.as_str()).collect();
    for (begins, ends) in [
        ("replacement: ", " tasks PROVISIONING"),
        ("replacement: ", " tasks RUNNING"),
        ("replacement: ", " targets became unhealthy"),
        ("replacement: ", " tasks stopped (for being unhealthy, ServiceSchedulerInitiated)"),
        ("replacement: ", " targets draining"),
        ("replacement: ", " tasks STOPPED"),
    ] {
        let is_told = told.iter().any(|line| line.starts_with(begins) && line.ends_with(ends));
        assert!(is_told, "{begins}..{ends}:\n{}", told.join("\n"));
    }
}
