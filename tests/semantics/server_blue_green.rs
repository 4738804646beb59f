//! Blue/green deployments to instances: a replacement is found or launched, takes the traffic over, and the original goes.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;
use cutover::report::{Report, text};

use crate::support::balanced::{Balanced, blue_green, events, serving, states};
use crate::support::{Played, read};

const COPY: &str = "COPY_AUTO_SCALING_GROUP";

const DISCOVER: &str = "DISCOVER_EXISTING";
const AT_ONCE: &str = "actionOnTimeout: CONTINUE_DEPLOYMENT";
const TERMINATE: &str = "action: TERMINATE, terminationWaitTimeInMinutes: 5";

fn setup() -> Balanced {
    blue_green("HalfAtATime", [DISCOVER, AT_ONCE, TERMINATE])
}

fn copy() -> Balanced {
    blue_green("HalfAtATime", [COPY, AT_ONCE, TERMINATE])
}

/// CD-EC2-20, CD-EC2-32: what Auto Scaling is about to terminate is no part of the replacement.
#[test]
fn an_original_that_is_about_to_go_is_no_replacement() {
    let run = setup()
        .instances("count: 4, replacement: { count: 3 }")
        .group("terminationHookEnabled: true")
        .more("faults: [{ at: 1s, kind: instance-termination }]\n")
        .run();
    let found = run.told(|fact| match *fact {
        Fact::ReplacementInstancesFound { instances, original, .. } => {
            Some(format!("{instances} for {original}"))
        }
        _ => None,
    });
    assert_eq!(found, "2 3 for 3");
    assert!(run.statuses(0).ends_with("Succeeded"), "{}", run.statuses(0));
}

/// CD-EC2-20, CD-EC2-24, CD-HH-15, CD-LE-8: the revision comes to the replacement and then traffic does, both half at a time; the
/// original leaves all at once and is terminated after the wait, in which the deployment is `InProgress`.
#[test]
fn a_replacement_takes_the_traffic_over_and_the_original_is_terminated() {
    let run = setup().run();
    assert_eq!(
        run.statuses(0),
        "0 Created, 2 InProgress, 348 Succeeded",
        "two batches of 10 s, two of 3 s, 20 s of draining, five minutes"
    );
    assert_eq!(serving(&run), "0 4+0, 25 4+2, 28 4+4, 28 0+4");
    assert_eq!(
        events(&run, 0, 5),
        "ApplicationStop DownloadBundle BeforeInstall Install 2-12 AfterInstall ApplicationStart ValidateService \
         BeforeAllowTraffic AllowTraffic 22-25 AfterAllowTraffic"
    );
    assert_eq!(events(&run, 0, 1), "BeforeBlockTraffic BlockTraffic 28-48 AfterBlockTraffic");
    assert_eq!(
        states(&run),
        "348 1 terminated, 348 2 terminated, 348 3 terminated, 348 4 terminated"
    );
    let row = run.row();
    assert_eq!((row.failed_requests, row.capacity_short_ms), (0, 0), "nobody is ever out");
    assert_eq!((row.instances_failed, row.instances_outdated), (Some(0), Some(0)));
    let told = text::write(&Report::new(&run.journal), text::Color::Never);
    assert!(told.contains("replacement: 4 instances found, for 4"), "{told}");
}

/// CD-EC2-20: a copy is launched, which takes its time, and as large as what is there.
#[test]
fn a_copied_replacement_is_launched_first() {
    let run = copy().more("  ec2.launch: 60s\n").run();
    let launched = "2 5 pending, 2 6 pending, 2 7 pending, 2 8 pending, 62 5 running, ";
    assert!(states(&run).starts_with(launched), "{}", states(&run));
    assert_eq!(serving(&run), "0 4+0, 85 4+2, 88 4+4, 88 0+4");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 408 Succeeded");
}

/// CD-EC2-20: each deployment copies anew, and the replacement of one is the original of the next.
#[test]
fn the_replacement_is_the_original_of_the_next_deployment() {
    let run = copy().more("operator:\n  - { at: 10m, do: CreateDeployment }\n").run();
    assert_eq!(run.statuses(1), "600 Created, 602 InProgress, 948 Succeeded");
    assert!(
        states(&run)
            .ends_with("948 5 terminated, 948 6 terminated, 948 7 terminated, 948 8 terminated")
    );
    assert!(states(&run).contains("602 9 pending"), "{}", states(&run));
}

/// CD-EC2-23: what is kept alive leaves the load balancer and the group, is waited for by nobody, and runs on; the next
/// deployment discovers it.
#[test]
fn an_original_that_is_kept_alive_runs_on() {
    let run = blue_green("HalfAtATime", [DISCOVER, AT_ONCE, "action: KEEP_ALIVE"])
        .more("operator:\n  - { at: 10m, do: CreateDeployment, deploys: original }\n")
        .run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 48 Succeeded");
    assert_eq!(states(&run), "");
    let waits = run.told(|fact| match fact {
        Fact::TerminationWaitStarted { .. } => Some("waits".to_owned()),
        _ => None,
    });
    assert_eq!(waits, "");
    assert_eq!(run.statuses(1), "600 Created, 602 InProgress, 648 Succeeded");
    assert!(events(&run, 1, 1).ends_with("AllowTraffic 622-625 AfterAllowTraffic"));
}

/// CD-ECS-61, CD-ECS-63, CD-ECS-65: the replacement is `Ready` until somebody continues; else it stops, which is a stop by
/// request, and the rollback has nothing to bring back.
#[test]
fn a_ready_replacement_waits_for_traffic() {
    let waits = blue_green(
        "HalfAtATime",
        [DISCOVER, "actionOnTimeout: STOP_DEPLOYMENT, waitTimeInMinutes: 60", TERMINATE],
    );
    let run = waits.clone().run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 22 Ready, 3622 Stopped");
    assert_eq!(run.course(0).error.map(|error| error.code), Some(ErrorCode::Timeout));
    assert_eq!(run.statuses(1), "3622 Created, 3622 InProgress, 3622 Succeeded");
    assert_eq!(
        (serving(&run).as_str(), states(&run).as_str()),
        ("0 4+0", ""),
        "the replacement runs on"
    );
    let go_on = "operator:\n  - { at: 10m, do: ContinueDeployment }\n  - { at: 11m, do: ContinueDeployment, \
                 deploymentWaitType: TERMINATION_WAIT }\n";
    let run = waits.clone().more(go_on).run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 22 Ready, 600 InProgress, 660 Succeeded");
    let skips = go_on.replace(
        "ContinueDeployment, deploymentWaitType: TERMINATION_WAIT",
        "SkipWaitTimeForInstanceTermination",
    );
    let run = waits.more(&skips).run();
    assert!(run.statuses(0).ends_with("660 Succeeded"), "CD-ECS-73: {}", run.statuses(0));
}

/// CD-EC2-2: a replacement of another size than the original counts as none.
#[test]
fn fleets_of_unequal_size_are_refused() {
    let run = setup().instances("count: 4, replacement: { count: 3 }").run();
    assert_eq!(run.course(0).error.map(|error| error.code), Some(ErrorCode::NoInstances));
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 2 Failed");
}

/// CD-HH-15: the configuration governs both phases. With one at a time the last instance may fail in each; the first may not.
#[test]
fn the_configuration_governs_installing_and_rerouting() {
    let failing = |which: u8, event: &str, config| {
        let exception = format!("{{ instances: {which}, fails: {event} }}");
        let instances = format!("count: 4, replacement: {{ exceptions: [{exception}] }}");
        blue_green(config, [DISCOVER, AT_ONCE, TERMINATE]).instances(&instances).run()
    };
    let status = |run: &Played| run.course(0).status().to_string();
    let last = failing(4, "ValidateService", "OneAtATime");
    assert_eq!(
        (status(&last).as_str(), serving(&last).as_str()),
        ("Succeeded", "0 4+0, 45 4+1, 48 4+2, 51 4+3, 51 0+3")
    );
    assert_eq!((last.row().instances_failed, last.row().instances_outdated), (Some(1), Some(1)));
    let first = failing(1, "ValidateService", "OneAtATime");
    assert_eq!((status(&first).as_str(), serving(&first).as_str()), ("Failed", "0 4+0"));
    let last = failing(4, "AllowTraffic", "OneAtATime");
    assert_eq!(status(&last), "Succeeded");
    let second = failing(2, "AllowTraffic", "OneAtATime");
    assert_eq!(status(&second), "Failed");
    assert!(
        serving(&second).ends_with("45 4+1, 3645 4+0"),
        "it is taken back: {}",
        serving(&second)
    );
    let all = failing(1, "AllowTraffic", "AllAtOnce");
    assert_eq!(
        (status(&all).as_str(), all.row().instances_failed),
        ("Succeeded", Some(1)),
        "one is enough"
    );
}

/// CD-HH-15: one original that cannot be deregistered fails the deployment; traffic goes back (CD-RB-7).
#[test]
fn one_failing_deregistration_fails_the_deployment() {
    let instances = "count: 4, exceptions: [{ instances: 2, fails: BlockTraffic }]";
    let run = setup().instances(instances).run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 48 Failed");
    assert_eq!(serving(&run), "0 4+0, 25 4+2, 28 4+4, 28 1+4, 51 4+4, 51 4+0");
}

/// CD-ALM-5, CD-RB-7, 2.3 of the specification: an alarm in the termination wait brings the originals back, which still run: first
/// they join, then the replacement leaves.
#[test]
fn a_stop_in_the_termination_wait_brings_the_original_back() {
    let run = setup().more("operator:\n  - { at: 2m, do: StopDeployment }\n").run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 120 Stopped");
    assert_eq!(run.statuses(1), "120 Created, 120 InProgress, 143 Succeeded");
    assert_eq!(serving(&run), "0 4+0, 25 4+2, 28 4+4, 28 0+4, 123 4+4, 123 4+0");
    assert_eq!(events(&run, 1, 1), "BeforeAllowTraffic AllowTraffic 120-123 AfterAllowTraffic");
    assert_eq!(events(&run, 1, 5), "BeforeBlockTraffic BlockTraffic 123-143 AfterBlockTraffic");
    assert_eq!(states(&run), "", "the replacement runs on");
    assert_eq!(run.row().instances_outdated, Some(0));
}

/// CD-EC2-11: 109 hours at most, the waits included.
#[test]
fn a_blue_green_deployment_is_limited_too() {
    let run = setup().more("  codedeploy.blue_green_timeout: 1m\n").run();
    assert_eq!(run.course(0).error.map(|error| error.code), Some(ErrorCode::Timeout));
    assert!(run.statuses(0).ends_with("62 Failed"), "{}", run.statuses(0));
}

/// Story F37: a deployment that fails leaves its replacement running, and somebody pays for it.
#[test]
fn a_failed_replacement_is_paid_for() {
    let broken = copy().replacement("scripts: { ValidateService: { fails: 100% } }");
    let run = broken.more("  price.instance_hour: 1\nuntil: 1h\n").run();
    assert_eq!(run.course(0).status().to_string(), "Failed");
    let row = run.row();
    // Four that serve, and four that nobody needs.
    assert_eq!(row.task_ms, 4 * 3_600_000 + 4 * 3_598_000);
    assert_eq!(row.cost_micros, Some(7_997_778));
}

/// CD-EC2-1, CD-EC2-21: on-premises instances cannot be replaced, and without a load balancer no traffic can move.
#[test]
fn blue_green_needs_instances_of_ec2_behind_a_load_balancer() {
    let refused =
        |from: &str, to: &str| read(&setup().yaml().replace(from, to)).expect_err("it is refused");
    let tags = "onPremisesInstanceTagFilters: [{ Key: Name, Value: web, Type: KEY_AND_VALUE }]";
    let told = refused("autoScalingGroups: [web]", tags);
    assert!(told.contains("a blue/green group names on-premises instances"), "{told}");
    let told = refused("loadBalancerInfo: { targetGroupInfoList: [{ name: web }] }", "");
    assert!(told.contains("no load balancer is named, and traffic is to be controlled"), "{told}");
}
