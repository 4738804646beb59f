//! Auto Scaling launches and terminates instances while a deployment goes on: what they get, and who brings them up to date.

use cutover::aws::name::DeploymentCreator;
use cutover::journal::fact::Fact;
use cutover::report::{Report, text};

use crate::support::balanced::{Balanced, events, in_place, serving, states};
use crate::support::{Played, read};

/// One instance after the other, 33 s each: 20 s of draining, 10 s of `Install`, 3 s until it serves again.
fn setup() -> Balanced {
    in_place("OneAtATime").group("autoScalingGroups: [web]").more("  ec2.launch: 60s\n")
}

fn faults(setup: Balanced, faults: &str) -> Balanced {
    setup.more(&format!("faults: [{faults}]\n"))
}

/// What the instances were to Auto Scaling: `70 5 Pending:Wait, 83 5 InService`.
fn lifecycle(run: &Played) -> String {
    run.told(|fact| match *fact {
        Fact::InstanceLifecycleChanged { instance, state } => {
            Some(format!("{} {state}", instance.0 + 1))
        }
        _ => None,
    })
}

/// Who created each deployment, and what came of it: `user Succeeded, autoscaling Succeeded`.
fn deployments(run: &Played) -> String {
    let told = run.series.deployments.iter().map(|it| format!("{} {}", it.creator, it.status()));
    told.collect::<Vec<_>>().join(", ")
}

const LAUNCH: &str = "{ at: 10s, kind: instance-launch }";

/// CD-EC2-30, CD-EC2-31, CD-LE-1: an instance that is launched during a deployment runs, waits, gets what was last successful by a
/// launch deployment of seven events and those that bring it behind the load balancer, and is in service; once the deployment has
/// succeeded, another follows to it alone. Nobody refused either: they go on side by side.
#[test]
fn a_launched_instance_gets_the_last_good_revision_and_is_brought_up_to_date() {
    let run = faults(setup(), LAUNCH).run();
    assert_eq!(states(&run), "10 5 pending, 70 5 running");
    assert_eq!(lifecycle(&run), "70 5 Pending:Wait, 83 5 InService");
    assert_eq!(
        deployments(&run),
        "user Succeeded, autoscaling Succeeded, CodeDeployAutoUpdate Succeeded"
    );
    assert_eq!(run.statuses(1), "70 Created, 70 InProgress, 83 Succeeded");
    assert_eq!(
        events(&run, 1, 5),
        "ApplicationStop DownloadBundle BeforeInstall Install 70-80 AfterInstall ApplicationStart ValidateService \
         BeforeAllowTraffic AllowTraffic 80-83 AfterAllowTraffic"
    );
    assert!(serving(&run).contains("83 2+2"), "with the original: {}", serving(&run));
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 134 Succeeded");
    assert_eq!(run.statuses(2), "134 Created, 134 InProgress, 167 Succeeded");
    assert!(serving(&run).ends_with("134 1+4, 134 0+4, 167 0+5"), "{}", serving(&run));
    let follows = run.told(|fact| match *fact {
        Fact::OutdatedInstancesFound { deployment, root, instances } => {
            Some(format!("{deployment} after {root}: {instances}"))
        }
        _ => None,
    });
    assert_eq!(follows, "134 2 after 0: 1");
    let row = run.row();
    assert_eq!((row.instances_outdated, row.failed_requests), (Some(1), 0), "when the first ended");
    let told = text::write(&Report::new(&run.journal), text::Color::Never);
    for line in ["instance 5: Pending:Wait", "launch deployment d-", "follow-on deployment d-"] {
        assert!(told.contains(line), "{line} in {told}");
    }
}

/// CD-EC2-30: with `IGNORE` nothing follows, and a group with two revisions is what is left; so it is where the group is
/// told to update and the deployment fails, after which nothing is outdated.
#[test]
fn outdated_instances_can_be_ignored() {
    let ignores = setup().group("outdatedInstancesStrategy: IGNORE");
    let run = faults(ignores, LAUNCH).run();
    assert_eq!(deployments(&run), "user Succeeded, autoscaling Succeeded");
    assert!(serving(&run).ends_with("134 1+4"), "{}", serving(&run));
    let fails = setup().replacement("scripts: { AfterInstall: { duration: 90s, fails: 100% } }");
    let run = faults(fails, LAUNCH).run();
    assert_eq!(
        deployments(&run),
        "user Failed, autoscaling Succeeded, codeDeployRollback Succeeded"
    );
    assert_eq!(run.course(2).on_instances.targeted, 5, "the rollback is of all");
}

/// CD-EC2-30: what is launched after a success gets what succeeded, and nothing has to follow; what is launched before anything
/// ever succeeded gets nothing, and the deployment that follows is its first.
#[test]
fn what_is_launched_before_the_first_success_or_after_the_last_is_up_to_date_in_the_end() {
    let late = faults(setup(), "{ at: 10m, kind: instance-launch, instances: 2 }").run();
    assert_eq!(deployments(&late), "user Succeeded, autoscaling Succeeded, autoscaling Succeeded");
    assert!(serving(&late).ends_with("673 0+6"), "{}", serving(&late));
    let first = setup()
        .instances("count: 4, deployed: false")
        .replacement("scripts: { AfterInstall: { duration: 30s } }");
    let first = faults(first, LAUNCH).run();
    assert_eq!(deployments(&first), "user Succeeded, CodeDeployAutoUpdate Succeeded");
    assert_eq!(lifecycle(&first), "70 5 Pending:Wait, 70 5 InService");
    assert_eq!(first.course(1).on_instances.targeted, 1);
}

/// CD-EC2-31: a launch deployment that fails is answered with `ABANDON`: the instance is terminated and launched anew, again and
/// again as long as anything else goes on.
#[test]
fn an_instance_whose_launch_deployment_fails_is_launched_again_and_again() {
    let broken = setup()
        .replacement("scripts: { AfterInstall: { duration: 3m }, ValidateService: { fails: 0% } }");
    let yaml = faults(broken, LAUNCH).yaml().replace(
        "Install: { duration: 10s }",
        "Install: { duration: 10s }, ValidateService: { fails: 100% }",
    );
    let run = crate::support::play(&read(&yaml).expect("it is valid"), 1, 0);
    let launches = run.series.deployments.iter();
    let launches = launches.filter(|it| it.creator == DeploymentCreator::AutoScaling);
    let failed: Vec<String> = launches.map(|it| it.status().to_string()).collect();
    assert!(failed.len() > 5 && failed.iter().all(|it| it == "Failed"), "{failed:?}");
    assert!(
        states(&run).starts_with(
            "10 5 pending, 70 5 running, 80 5 terminated, 80 5 pending, 140 5 running, 150 5 terminated"
        ),
        "{}",
        states(&run)
    );
    assert!(lifecycle(&run).ends_with("Pending:Wait"), "never in service: {}", lifecycle(&run));
    assert_eq!(run.course(0).status().to_string(), "Succeeded", "the deployment does not mind");
}

/// CD-EC2-32, U-5: with the hook an instance that is about to be terminated goes through the events of a termination first: it leaves
/// its load balancer and stops its application, and is gone whatever comes of it. Without the hook it is gone at once.
#[test]
fn a_termination_deployment_comes_before_the_end() {
    const TERMINATE: &str = "{ at: 5m, kind: instance-termination }";
    let hooked = setup().group("terminationHookEnabled: true");
    let run = faults(hooked.clone(), TERMINATE).run();
    assert_eq!(deployments(&run), "user Succeeded, autoscalingTermination Succeeded");
    assert_eq!(run.statuses(1), "300 Created, 300 InProgress, 320 Succeeded");
    let of_it = &run.course(1).on_instances.instances[0];
    let told = events(&run, 1, of_it.instance.0 + 1);
    assert_eq!(told, "BeforeBlockTraffic BlockTraffic 300-320 AfterBlockTraffic ApplicationStop");
    let gone = of_it.instance.0 + 1;
    assert_eq!(states(&run), format!("320 {gone} terminated"));
    assert!(serving(&run).ends_with("300 0+3"), "{}", serving(&run));
    let breaks = hooked.replacement("scripts: { ApplicationStop: { fails: 100% } }");
    let run = faults(breaks, TERMINATE).run();
    assert_eq!(deployments(&run), "user Succeeded, autoscalingTermination Failed");
    assert_eq!(states(&run), format!("320 {gone} terminated"), "whatever its result");
    let run = faults(setup(), TERMINATE).run();
    assert_eq!(
        (deployments(&run).as_str(), states(&run)),
        ("user Succeeded", format!("300 {gone} terminated"))
    );
}

/// CD-EC2-32, CD-EC2-33, U-41: an instance that is deployed to comes to the end of that first; one whose turn comes while it is about
/// to be terminated is gone at once, so that nobody reports what it is told, and the hour passes.
#[test]
fn a_termination_waits_for_what_the_instance_does() {
    let all = in_place("AllAtOnce")
        .group("autoScalingGroups: [web]")
        .group("terminationHookEnabled: true");
    let run = faults(all, "{ at: 5s, kind: instance-termination, instances: 4 }").run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 35 Succeeded");
    assert_eq!(run.statuses(1), "5 Created, 5 InProgress, 55 Succeeded");
    assert_eq!(states(&run).matches("55 ").count(), 4, "{}", states(&run));
    let slow =
        setup().group("terminationHookEnabled: true").more("  codedeploy.agent_timeout: 10m\n");
    let run = faults(slow, "{ at: 24s, kind: instance-termination, instances: 3 }").run();
    let gone = run.series.deployments.iter();
    let gone = gone.filter(|it| it.creator == DeploymentCreator::AutoScalingTermination);
    assert!(
        gone.clone().count() == 3 && gone.clone().any(|it| it.status().to_string() == "Failed")
    );
    assert_eq!(run.course(0).status().to_string(), "Failed", "only one may be missing");
}

/// CD-EC2-32, U-41: a deployment that takes too long lets go of the instances that it was at, and their ends begin then.
#[test]
fn a_termination_begins_when_the_deployment_is_ended_from_outside() {
    let slow = in_place("AllAtOnce")
        .group("autoScalingGroups: [web]")
        .group("terminationHookEnabled: true")
        .replacement("scripts: { AfterInstall: { duration: 30m } }")
        .more("  codedeploy.in_place_timeout: 5m\n");
    let run = faults(slow, "{ at: 30s, kind: instance-termination }").run();
    assert!(run.statuses(0).ends_with("Failed"), "{}", run.statuses(0));
    let ends = run.series.deployments.iter();
    let ends = ends.filter(|it| it.creator == DeploymentCreator::AutoScalingTermination);
    assert_eq!(ends.map(|it| it.status().is_terminal()).collect::<Vec<_>>(), [true]);
    assert!(states(&run).contains("terminated"), "{}", states(&run));
}

/// CD-EC2-31, CD-EC2-32: on instances without a load balancer there are seven events, and one.
#[test]
fn without_a_load_balancer_the_events_around_traffic_are_left_out() {
    let yaml = setup().group("terminationHookEnabled: true").more(
        "faults: [{ at: 10s, kind: instance-launch }, { at: 10m, kind: instance-termination }]\n",
    );
    let yaml = yaml
        .yaml()
        .replace("WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL")
        .replace("      loadBalancerInfo: { targetGroupInfoList: [{ name: web }] }\n", "")
        .replace("traffic: { rate: 100/s }\n", "");
    let yaml = yaml
        .lines()
        .filter(|line| !line.contains("targetGroups:") && !line.contains("TargetGroupName"))
        .filter(|line| !line.contains("deregistration_delay"))
        .fold(String::new(), |all, line| all + line + "\n");
    let run = crate::support::play(&read(&yaml).unwrap_or_else(|told| panic!("{told}")), 1, 0);
    let count = |number: usize| run.course(number).on_instances.instances[0].events.len();
    assert_eq!(
        deployments(&run),
        "user Succeeded, autoscaling Succeeded, autoscalingTermination Succeeded"
    );
    assert_eq!((count(1), count(2)), (7, 1));
}

/// CD-EC2-30: what nobody can launch or terminate is told.
#[test]
fn without_an_auto_scaling_group_nobody_launches_instances() {
    let told = |setup: Balanced| read(&setup.yaml()).expect_err("it is refused");
    let alone = told(faults(in_place("OneAtATime"), LAUNCH));
    assert!(alone.contains("the group names no Auto Scaling group"), "{alone}");
    let many = "{ at: 1m, kind: instance-launch, instances: 150 }";
    let many = told(faults(setup(), &format!("{many}, {many}")));
    assert!(many.contains("300 instances are to be launched"), "{many}");
    let without = read(&format!(
        "cutover: 1\ndeployment: {{ deploymentConfigName: CodeDeployDefault.OneAtATime }}\nresources: {{ instances: {{ count: 4 }} }}\n\
         faults: [{LAUNCH}]\n"
    ));
    let without = without.expect_err("nobody launches them");
    assert!(without.contains("no deployment group names an Auto Scaling group"), "{without}");
}

/// CD-EC2-30, CD-EC2-32: what a group says of Auto Scaling plays no part where it names none, and more ends than can be told apart are
/// told.
#[test]
fn what_plays_no_part_of_auto_scaling_is_told() {
    let told = |setup: Balanced| crate::support::told(&setup.yaml());
    for (line, what) in [
        ("terminationHookEnabled: true", "`terminationHookEnabled` is set, and the group names no"),
        (
            "outdatedInstancesStrategy: IGNORE",
            "`outdatedInstancesStrategy` is `IGNORE`, and the group names no",
        ),
    ] {
        let alone = told(in_place("OneAtATime").group(line));
        assert!(alone.contains("CUT0223") && alone.contains(what), "{alone}");
        let named = told(setup().group(line));
        assert!(!named.contains("CUT0223"), "{named}");
    }
    let ends = |instances: u8| {
        let fault = format!("{{ at: 1m, kind: instance-termination, instances: {instances} }}");
        told(faults(setup().group("terminationHookEnabled: true"), &fault))
    };
    assert!(ends(41).contains("41 instances are to be terminated, and 40 get"), "{}", ends(41));
    assert!(!ends(40).contains("are to be terminated"), "{}", ends(40));
}

/// CD-EC2-31: a launch deployment that fails over and over is tried 160 times, each launch after the first taking a second at least; then
/// the instance is terminated and stays so. Terminations have deployments of their own number (CD-EC2-32).
#[test]
fn launches_without_end_come_to_an_end_and_leave_terminations_their_share() {
    let slow = setup().group("terminationHookEnabled: true").replacement(
        "scripts: { AfterInstall: { duration: 50m }, ValidateService: { fails: 0% } }",
    );
    let two =
        "{ at: 10s, kind: instance-launch }, { at: 2h, kind: instance-termination, instances: 2 }";
    let yaml = faults(slow, two).yaml().replace("ec2.launch: 60s", "ec2.launch: 0s").replace(
        "Install: { duration: 10s }",
        "Install: { duration: 10s }, ValidateService: { fails: 100% }",
    );
    let run = crate::support::play(&read(&yaml).unwrap_or_else(|told| panic!("{told}")), 1, 0);
    let by = |creator: DeploymentCreator| {
        run.series.deployments.iter().filter(|it| it.creator == creator).count()
    };
    assert_eq!(by(DeploymentCreator::AutoScaling), 160);
    assert_eq!(by(DeploymentCreator::AutoScalingTermination), 2);
    let states = states(&run);
    let of_it: Vec<&str> = states.split(", ").filter(|told| told.contains(" 5 ")).collect();
    assert_eq!(
        of_it[..5],
        ["10 5 pending", "10 5 running", "20 5 terminated", "20 5 pending", "21 5 running"]
    );
    assert!(of_it.last().is_some_and(|last| last.ends_with("terminated")), "{of_it:?}");
}
