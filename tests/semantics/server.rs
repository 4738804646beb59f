//! Deployments in place to EC2 instances and on-premises servers: batches, lifecycle events, agents, endings.
//!
//! What happens on paper is shown in `hosts`; here it is played.

use std::collections::BTreeMap;

use cutover::aws::instance::InstanceEvent;
use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;
use cutover::report::{Report, text};

use crate::support::{Played, play, read};

/// A scenario of instances, which take their turns in their own order.
#[derive(Clone)]
struct Fleet {
    instances: &'static str,
    exceptions: Vec<String>,
    group: Vec<&'static str>,
    deployment: Vec<&'static str>,
    deployments: Vec<&'static str>,
    operator: Vec<&'static str>,
    original: &'static str,
    replacement: &'static str,
    assumptions: Vec<&'static str>,
}

fn fleet(instances: &'static str) -> Fleet {
    Fleet {
        instances,
        exceptions: Vec::new(),
        group: Vec::new(),
        deployment: Vec::new(),
        deployments: Vec::new(),
        operator: Vec::new(),
        original: "Install: { duration: 10s }",
        replacement: "",
        assumptions: vec!["codedeploy.random_instance_order: false"],
    }
}

const ROLLBACK: &str = "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, \
                        DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST] }";
const ALARM: &str = "alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }";
const ALL_AT_ONCE: &str = "deploymentConfigName: CodeDeployDefault.AllAtOnce";
const HALF: &str = "deploymentConfigName: CodeDeployDefault.HalfAtATime";

impl Fleet {
    fn with(mut self, line: &'static str) -> Fleet {
        self.deployment.push(line);
        self
    }

    fn failing(mut self, instances: &str) -> Fleet {
        self.exceptions.push(format!("{{ instances: {instances}, fails: ValidateService }}"));
        self
    }

    fn except(mut self, exception: &str) -> Fleet {
        self.exceptions.push(exception.to_owned());
        self
    }

    fn yaml(&self) -> String {
        let lines = |indent: &str, lines: &[&str]| -> String {
            lines.iter().map(|line| format!("{indent}{line}\n")).collect()
        };
        let exceptions: Vec<&str> = self.exceptions.iter().map(String::as_str).collect();
        let (group, deployment) = (lines("      ", &self.group), lines("    ", &self.deployment));
        let Fleet { instances, original, replacement, .. } = self;
        format!(
            "cutover: 1
resources:
  instances: {{ {instances}, exceptions: [{}] }}
  alarms:
    - {{ AlarmName: errors, Namespace: Shop, MetricName: Failed, Statistic: Sum, Period: 60, EvaluationPeriods: 1,
        Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore }}
deployments:
  -
    deploymentGroup:
      applicationName: shop
      deploymentGroupName: web
      deploymentStyle: {{ deploymentType: IN_PLACE, deploymentOption: WITHOUT_TRAFFIC_CONTROL }}
{group}{deployment}{}operator: [{}]
revisions:
  original: {{ scripts: {{ {original} }}, metrics: [{{ namespace: Shop, name: Failed, per_request: 0% }}] }}
  replacement: {{ scripts: {{ {replacement} }} }}
assumptions:
  preset: ideal
  codedeploy.created_to_in_progress: 2s
{}",
            exceptions.join(", "),
            lines("  - ", &self.deployments),
            self.operator.join(", "),
            lines("  ", &self.assumptions),
        )
    }

    fn run(&self) -> Played {
        self.replication(0)
    }

    fn replication(&self, replication: u64) -> Played {
        let yaml = self.yaml();
        play(&read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, replication)
    }

    fn refused(&self) -> String {
        read(&self.yaml()).expect_err("the scenario is refused")
    }
}

/// `4+4+1`: how many instances each batch of a deployment has.
fn batches(run: &Played, number: usize) -> String {
    let batches = &run.course(number).on_instances.batches;
    let sizes: Vec<String> = batches.iter().map(|batch| batch.instances.to_string()).collect();
    sizes.join("+")
}

/// `8/1/0`: on how many instances it succeeded, failed, and had no turn.
fn counts(run: &Played, number: usize) -> String {
    let counts = run.course(number).on_instances.counts.expect("it is over");
    format!("{}/{}/{}", counts.succeeded, counts.failed, counts.skipped)
}

/// The events of an instance: `ApplicationStop 2-5 Success`, in order of all deployments.
fn events(run: &Played, instance: u16) -> Vec<String> {
    let mut told = Vec::new();
    for entry in &run.journal.entries {
        match entry.fact {
            Fact::InstanceEventEnded {
                instance: of, event, code, ended_ms_ago, took_ms, ..
            } if of.0 + 1 == instance => {
                let ended = entry.at.as_millis() - u64::from(ended_ms_ago);
                let began = ended - u64::from(took_ms);
                let [began, ended] = [began, ended].map(|ms| ms as f64 / 1000.0);
                told.push(format!("{event} {began}-{ended} {code}"));
            }
            Fact::InstanceEventNotStarted { instance: of, event, .. } if of.0 + 1 == instance => {
                told.push(format!(
                    "{event} not started by {}",
                    entry.at.as_millis() as f64 / 1000.0
                ));
            }
            _ => {}
        }
    }
    told
}

fn code(run: &Played) -> Option<ErrorCode> {
    run.course(0).error.map(|error| error.code)
}

/// CD-HH-3 to CD-HH-8, CD-HH-12: the documented vectors H-1 to H-46, played: which instances fail, the batches, the
/// result.
#[test]
fn instances_take_their_turns_in_batches_that_leave_enough_healthy() {
    let config = |kind: &str, value: u32| {
        let text = format!(
            "deploymentConfig: {{ minimumHealthyHosts: {{ type: {kind}, value: {value} }} }}"
        );
        &*Box::leak(text.into_boxed_str())
    };
    let (count, percent) = ("HOST_COUNT", "FLEET_PERCENT");
    let one = "deploymentConfigName: CodeDeployDefault.OneAtATime";
    let bad = Some(ErrorCode::HealthConstraints);
    let invalid = Some(ErrorCode::HealthConstraintsInvalid);
    for (instances, config, fails, expected_batches, expected_counts, expected) in [
        ("count: 9", ALL_AT_ONCE, "", "9", "9/0/0", None),
        ("count: 9", ALL_AT_ONCE, "1, 2, 3, 4, 5, 6, 7, 8", "9", "1/8/0", None),
        ("count: 9", ALL_AT_ONCE, "1, 2, 3, 4, 5, 6, 7, 8, 9", "9", "0/9/0", bad),
        ("count: 9", HALF, "", "4+4+1", "9/0/0", None),
        ("count: 9", HALF, "5, 6, 7, 9", "4+4+1", "5/4/0", None),
        ("count: 9", HALF, "1, 2, 3, 4", "4", "0/4/5", bad),
        ("count: 9", HALF, "1, 2, 3", "4+1+1+1+1+1", "6/3/0", None),
        ("count: 9", HALF, "1, 2, 3, 5", "4+1", "1/4/4", bad),
        ("count: 1", HALF, "", "", "0/0/1", invalid),
        ("count: 9", one, "", "1+1+1+1+1+1+1+1+1", "9/0/0", None),
        ("count: 9", one, "9", "1+1+1+1+1+1+1+1+1", "8/1/0", None),
        ("count: 9", one, "8", "1+1+1+1+1+1+1+1", "7/1/1", bad),
        ("count: 9", one, "1", "1", "0/1/8", bad),
        ("count: 1", one, "", "1", "1/0/0", None),
        ("count: 1", one, "1", "1", "0/1/0", bad),
        ("count: 9", config(count, 6), "7, 8, 9", "3+3+3", "6/3/0", None),
        ("count: 9", config(count, 6), "1, 2", "3+1+1+1+1+1+1", "7/2/0", None),
        ("count: 9", config(percent, 40), "1, 2, 3, 4, 5", "5", "0/5/4", bad),
        ("count: 10", config(percent, 95), "", "", "0/0/10", invalid),
        ("count: 10", config(percent, 85), "1", "1", "0/1/9", bad),
        ("count: 10", config(count, 8), "4, 9", "2+2+1+1+1+1+1", "7/2/1", bad),
        ("count: 10", config(count, 8), "4, 10", "2+2+1+1+1+1+1+1", "8/2/0", None),
        ("count: 10", config(count, 3), "", "7+3", "10/0/0", None),
        ("count: 10", config(count, 10), "", "", "0/0/10", invalid),
    ] {
        let mut setup = fleet(instances).with(config);
        if !fails.is_empty() {
            setup = setup.failing(&format!("[{fails}]"));
        }
        let run = setup.run();
        let found = (batches(&run, 0), counts(&run, 0), code(&run));
        let expected = (expected_batches.to_owned(), expected_counts.to_owned(), expected);
        assert_eq!(found, expected, "{instances}, {config}, {fails} fail");
    }
}

/// CD-HH-3: among three hosts `MOST_CONCURRENCY 1`, so that one after the other takes as long as all three together.
#[test]
fn a_batch_is_a_barrier() {
    let mut setup = fleet("count: 4").with(HALF);
    setup.exceptions.push("{ instances: 1, agent: { answers_after: 50s } }".into());
    let run = setup.run();
    assert_eq!(batches(&run, 0), "2+2");
    assert_eq!(run.course(0).on_instances.batches[1].started.as_millis(), 62_000);
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 72 Succeeded");
}

/// CD-LE-1, CD-LE-3, CD-LE-10, CD-EC2-5: seven events without a load balancer, one after another; those without scripts
/// take no time.
#[test]
fn an_instance_goes_through_seven_events() {
    let mut setup = fleet("count: 1");
    setup.original = "ApplicationStop: { duration: 3s }, DownloadBundle: { duration: 20s }, Install: { duration: 10s }, \
                      ApplicationStart: { duration: 1500ms }";
    setup.assumptions.push("agent.poll: 1s");
    let run = setup.run();
    assert_eq!(
        events(&run, 1),
        [
            "ApplicationStop 3-6 Success",
            "DownloadBundle 7-27 Success",
            "BeforeInstall 28-28 Success",
            "Install 29-39 Success",
            "AfterInstall 40-40 Success",
            "ApplicationStart 41-42.5 Success",
            "ValidateService 43.5-43.5 Success",
        ]
    );
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 43.5 Succeeded");
}

/// CD-EC2-3: an agent that does not answer within the hour: no event ran, and the health of the whole decides.
#[test]
fn a_missing_agent_costs_an_hour() {
    let run = fleet("count: 1").except("{ instances: 1, agent: absent }").run();
    assert_eq!(events(&run, 1), ["ApplicationStop not started by 3602"]);
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3602 Failed");
    assert_eq!(
        (code(&run), counts(&run, 0).as_str()),
        (Some(ErrorCode::HealthConstraints), "0/1/0")
    );
    let slow = fleet("count: 1").except("{ instances: 1, agent: { answers_after: 1h } }").run();
    assert_eq!(slow.statuses(0), "0 Created, 2 InProgress, 3612 Succeeded");
}

/// CD-EC2-3: a share of the instances has no agent, each by its own luck, the same in every replication that is played
/// again.
#[test]
fn agents_are_absent_by_chance() {
    let setup = fleet("count: 200, agents_absent: 10%").with(ALL_AT_ONCE);
    let failed: Vec<u16> = (0..5)
        .map(|replication| {
            setup.replication(replication).row().instances_failed.expect("it is over")
        })
        .collect();
    assert!(failed.iter().all(|failed| (5..=40).contains(failed)), "{failed:?}");
    assert!(failed.windows(2).any(|pair| pair[0] != pair[1]), "{failed:?}");
    assert_eq!(setup.replication(3).row().instances_failed, Some(failed[3]));
}

/// CD-EC2-34: an agent that is busy for another group comes late, which is forgiven before its first event for an hour and before each
/// later one for five minutes.
#[test]
fn an_agent_that_is_busy_for_another_group_may_break_the_rule_of_300_seconds() {
    let busy = |before: &str, takes: &str| {
        let exception =
            format!("{{ instances: 1, agent: {{ reboots_before: {before}, takes: {takes} }} }}");
        fleet("count: 2").with(ALL_AT_ONCE).except(&exception).run()
    };
    for (before, takes, expected) in [
        ("ApplicationStop", "20m", "2/0/0"),
        ("Install", "5m", "2/0/0"),
        ("Install", "20m", "1/1/0"),
    ] {
        assert_eq!(counts(&busy(before, takes), 0), expected, "{before} {takes}");
    }
    let late = busy("Install", "20m");
    assert_eq!(events(&late, 1).last().expect("an event"), "Install not started by 302");
}

/// CD-EC2-4, CD-LE-6: a reboot may take five minutes between two events, and not a moment more.
#[test]
fn a_reboot_may_take_five_minutes() {
    let reboot = |takes: &str| {
        let exception = format!(
            "{{ instances: 1, agent: {{ reboots_before: AfterInstall, takes: {takes} }} }}"
        );
        fleet("count: 1").except(&exception).run()
    };
    let in_time = reboot("5m");
    assert_eq!(in_time.statuses(0), "0 Created, 2 InProgress, 312 Succeeded");
    let late = reboot("300001ms");
    assert_eq!(events(&late, 1).last().expect("an event"), "AfterInstall not started by 312");
    assert_eq!(
        (code(&late), counts(&late, 0).as_str()),
        (Some(ErrorCode::HealthConstraints), "0/1/0")
    );
}

/// CD-LE-5, CD-SM-5: an instance that is gone during an event holds the deployment group for an hour.
#[test]
fn a_lost_instance_blocks_the_next_deployment_for_an_hour() {
    let mut setup =
        fleet("count: 2").with(HALF).except("{ instances: 2, agent: { lost_during: Install } }");
    setup.deployments = vec!["{ at: 30m }"];
    let run = setup.run();
    assert_eq!(events(&run, 2).last().expect("an event"), "Install 12-3612 UnknownError");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 3612 Succeeded");
    let refused = run.told(|fact| match fact {
        Fact::CallRefused { exception, .. } => Some(exception.to_string()),
        _ => None,
    });
    assert_eq!(refused, "1800 DeploymentLimitExceededException");
}

/// CD-EC2-5, CD-EC2-6: scripts that are missing, not executable, too slow, or fail.
#[test]
fn scripts_fail_in_four_ways() {
    let spec = "revision: { version: 0.0, os: linux, hooks: { ApplicationStart: [{ location: start.sh, timeout: 30 }, { \
                location: wait.sh, timeout: 10 }] } }";
    for (behaviour, expected) in [
        ("duration: 40s", "ValidateService 52-52 Success"),
        ("duration: 40001ms", "ApplicationStart 12-52 ScriptTimedOut"),
        ("duration: 7s, fails: 100%", "ApplicationStart 12-19 ScriptFailed"),
        ("duration: 7s, fails: 100%, as: ScriptMissing", "ApplicationStart 12-12 ScriptMissing"),
        ("fails: 100%, as: ScriptNotExecutable", "ApplicationStart 12-12 ScriptNotExecutable"),
        ("fails: 100%, as: ScriptTimedOut", "ApplicationStart 12-52 ScriptTimedOut"),
    ] {
        let mut setup = fleet("count: 1").with(spec);
        let behaviour = format!("ApplicationStart: {{ {behaviour} }}");
        setup.replacement = Box::leak(behaviour.into_boxed_str());
        assert_eq!(
            events(&setup.run(), 1).last().expect("an event"),
            expected,
            "{}",
            setup.replacement
        );
    }
}

/// CD-EC2-7: `ApplicationStop` is the business of the revision that is leaving: a broken one shows in the next deployment
/// only; on the first deployment to an instance it does nothing.
#[test]
fn the_scripts_of_application_stop_are_those_of_the_revision_before() {
    let mut setup = fleet("count: 2").with(ALL_AT_ONCE).except("{ instances: 2, deployed: false }");
    setup.original = "ApplicationStop: { duration: 4s }";
    setup.replacement = "ApplicationStop: { duration: 6s, fails: 100% }";
    setup.deployments = vec!["{ after: previous, deploys: original }"];
    let run = setup.run();
    assert_eq!(events(&run, 1)[0], "ApplicationStop 2-6 Success");
    assert_eq!(events(&run, 2)[0], "ApplicationStop 2-2 Success", "nothing was there");
    assert_eq!(run.statuses(1), "6 Created, 8 InProgress, 14 Failed");
    assert_eq!(events(&run, 2).last().expect("an event"), "ApplicationStop 8-14 ScriptFailed");
}

/// CD-EC2-8: a failure of `ApplicationStop` can be ignored, one of any other event cannot.
#[test]
fn failures_of_application_stop_can_be_ignored() {
    let mut setup = fleet("count: 1");
    setup.original = "ApplicationStop: { duration: 4s, fails: 100% }";
    assert_eq!(code(&setup.run()), Some(ErrorCode::HealthConstraints));
    let ignoring = setup.clone().with("ignoreApplicationStopFailures: true");
    let run = ignoring.run();
    assert_eq!(
        events(&run, 1)[..2],
        ["ApplicationStop 2-6 ScriptFailed", "DownloadBundle 6-6 Success"]
    );
    assert_eq!(
        (run.statuses(0).as_str(), counts(&run, 0).as_str()),
        ("0 Created, 2 InProgress, 6 Succeeded", "1/0/0")
    );
    let other = ignoring.failing("1").run();
    assert_eq!(code(&other), Some(ErrorCode::HealthConstraints));
}

/// CD-EC2-11: after twelve hours it has failed; instances at work are given up.
#[test]
fn a_deployment_in_place_may_run_for_twelve_hours() {
    let mut setup = fleet("count: 20");
    setup.original = "Install: { duration: 50m }";
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 43202 Failed");
    assert_eq!((code(&run), counts(&run, 0).as_str()), (Some(ErrorCode::Timeout), "14/1/5"));
    assert_eq!(events(&run, 15).last().expect("an event"), "Install 42002-43202 UnknownError");
}

/// CD-EC2-2: no instance, and more than a deployment can have.
#[test]
fn there_are_some_instances_and_not_too_many() {
    let run = fleet("count: 0").run();
    assert_eq!(
        (run.statuses(0).as_str(), code(&run)),
        ("0 Created, 2 InProgress, 2 Failed", Some(ErrorCode::NoInstances))
    );
    let run = fleet("count: 2001").run();
    assert_eq!(
        (code(&run), counts(&run, 0).as_str()),
        (Some(ErrorCode::OverMaxInstances), "0/0/2001")
    );
    assert_eq!(code(&fleet("count: 2000").with(ALL_AT_ONCE).run()), None);
}

/// CD-HH-2: instances that were never deployed to have the first turns; equal ones are drawn, so that a broken one has
/// the last turn, and is forgiven (CD-HH-6), in one run of nine.
#[test]
fn the_turn_of_a_broken_instance_is_a_matter_of_luck() {
    let order = |run: &Played| -> Vec<u16> {
        run.course(0).on_instances.instances.iter().map(|one| one.instance.0 + 1).collect()
    };
    let fresh = fleet("count: 4").except("{ instances: [3, 4], deployed: false }").run();
    assert_eq!(order(&fresh), [3, 4, 1, 2]);
    let mut setup = fleet("count: 9").failing("9");
    setup.assumptions.clear();
    let runs: Vec<Played> = (0..450).map(|replication| setup.replication(replication)).collect();
    let succeeded = runs.iter().filter(|run| code(run).is_none()).count();
    // 450 / 9 = 50, with a standard deviation of 6.7.
    assert!((30..=70).contains(&succeeded), "{succeeded} of 450");
    let first: BTreeMap<u16, usize> = runs.iter().fold(BTreeMap::new(), |mut counts, run| {
        *counts.entry(order(run)[0]).or_default() += 1;
        counts
    });
    assert!(first.len() == 9 && first.values().all(|count| (25..=80).contains(count)), "{first:?}");
}

/// CD-HH-13, CD-HH-2: an instance on which a deployment failed is unhealthy from then on, and has the first turn of the
/// next one.
#[test]
fn an_instance_that_failed_has_the_first_turn_of_the_next_deployment() {
    let mut setup = fleet("count: 4").failing("4");
    setup.deployments = vec!["{ after: previous, deploys: replacement }"];
    let run = setup.run();
    assert_eq!(code(&run), None, "the last one is forgiven");
    assert_eq!(run.row().instances_outdated, Some(1));
    let first = run.course(1).on_instances.instances[0].instance.0 + 1;
    assert_eq!((first, counts(&run, 1).as_str()), (4, "0/1/3"));
}

/// CD-RB-2, CD-RB-7, CD-RBC-2, CD-STOP-6, CD-FIL-5: the rollback is a deployment of the last good revision to all instances, batch by
/// batch; what has failed goes first.
#[test]
fn a_rollback_deploys_the_last_good_revision_again() {
    let mut setup = fleet("count: 6").with(HALF);
    setup.group = vec![ROLLBACK];
    setup.replacement = "ValidateService: { duration: 5s, fails: 100% }";
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 17 Failed");
    assert_eq!(
        (counts(&run, 0).as_str(), code(&run)),
        ("0/3/3", Some(ErrorCode::HealthConstraints))
    );
    assert_eq!(run.row().instances_outdated, Some(3), "they have the files of the replacement");
    // The original's ValidateService is bound too, and takes no time under the ideal preset.
    assert_eq!(run.statuses(1), "17 Created, 17 InProgress, 37 Succeeded");
    assert_eq!((batches(&run, 1).as_str(), counts(&run, 1).as_str()), ("3+3", "6/0/0"));
    let first: Vec<u16> =
        run.course(1).on_instances.instances.iter().map(|one| one.instance.0 + 1).collect();
    assert_eq!(first[..3], [1, 2, 3]);
    assert_eq!(run.course(1).on_instances.counts.expect("it is over").outdated, 0);
    assert!(run.row().rollback);
    // CD-FIL-5: no event of the rollback takes back what a script did; those of a deployment are all that there is.
    for instance in 1..=6 {
        let of_both = events(&run, instance);
        let names: Vec<&str> = of_both.iter().filter_map(|told| told.split(' ').next()).collect();
        let in_place = InstanceEvent::IN_PLACE.map(InstanceEvent::as_str);
        let first = if names.len() > in_place.len() { 7 } else { 0 };
        assert_eq!(names[first..], in_place, "instance {instance}: {of_both:?}");
    }
}

/// CD-RB-9: a rollback that fails itself is not rolled back.
#[test]
fn a_rollback_can_fail_and_is_the_end() {
    let mut setup = fleet("count: 3").failing("[1, 2, 3]");
    setup.group = vec![ROLLBACK];
    let run = setup.run();
    assert_eq!(run.statuses(1), "12 Created, 12 InProgress, 22 Failed");
    assert_eq!(run.row().deployments, 2);
}

/// CD-RB-10, U-18: without an earlier success there is nothing to go back to.
#[test]
fn a_first_deployment_cannot_be_rolled_back() {
    let mut setup = fleet("count: 3, deployed: false").failing("[1, 2, 3]");
    setup.group = vec![ROLLBACK];
    let run = setup.run();
    assert!(run.course(0).rollback_impossible);
    assert_eq!(run.row().deployments, 1);
}

/// CD-STOP-1, CD-STOP-3, CD-STOP-7, CD-HH-9: a stop waits for the event that runs on each instance; those count as failed.
#[test]
fn a_stop_waits_for_the_events_that_run() {
    let mut setup =
        fleet("count: 4").with(HALF).except("{ instances: 2, agent: { answers_after: 5s } }");
    setup.operator = vec!["{ at: 8s, do: StopDeployment }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 17 Stopped");
    assert_eq!((counts(&run, 0).as_str(), code(&run)), ("0/2/2", Some(ErrorCode::ManualStop)));
    assert_eq!(events(&run, 1).last().expect("an event"), "Install 2-12 Success");
    let answered = run.told(|fact| match fact {
        Fact::StopRequested { status, .. } => Some(status.to_string()),
        _ => None,
    });
    assert_eq!(answered, "8 Pending");
    // Before its work nothing runs.
    setup.operator = vec!["{ at: 1s, do: StopDeployment }", "{ at: 1s, do: ContinueDeployment }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 1 Stopped");
    assert_eq!(counts(&run, 0), "0/0/4");
}

/// CD-ALM-2 to CD-ALM-4, CD-RB-8: an alarm stops it at the next look, and the rollback is not blocked by it.
#[test]
fn an_alarm_stops_it_and_its_rollback_goes_on() {
    let mut setup = fleet("count: 3");
    setup.group = vec![ROLLBACK, ALARM];
    setup.operator = vec!["{ at: 16s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 17 Stopped");
    assert_eq!((counts(&run, 0).as_str(), code(&run)), ("1/1/1", Some(ErrorCode::AlarmActive)));
    assert_eq!(run.statuses(1), "17 Created, 17 InProgress, 47 Succeeded");
    setup.operator = vec!["{ at: 1s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }"];
    let run = setup.run();
    assert_eq!(
        (run.statuses(0).as_str(), counts(&run, 0).as_str()),
        ("0 Created, 2 InProgress, 2 Stopped", "0/0/3")
    );
}

/// CD-FIL-2: a file that no deployment has put there.
#[test]
fn a_file_in_the_way_fails_the_instance_unless_told_otherwise() {
    let setup = fleet("count: 1").except("{ instances: 1, foreign_file: true }");
    let run = setup.run();
    assert_eq!(events(&run, 1).last().expect("an event"), "Install 2-12 UnknownError");
    for behavior in ["fileExistsBehavior: OVERWRITE", "fileExistsBehavior: RETAIN"] {
        assert_eq!(counts(&setup.clone().with(behavior).run(), 0), "1/0/0", "{behavior}");
    }
    let spec = "revision: { version: 0.0, os: linux, file_exists_behavior: OVERWRITE }";
    assert_eq!(counts(&setup.with(spec).run(), 0), "1/0/0", "the AppSpec says it");
}

/// CD-Z-1, CD-Z-2, CD-Z-4, CD-Z-5: one zone after the other, in alphabetical order, with waits between them; a rollback
/// ignores them (CD-Z-6).
#[test]
fn zones_take_turns_and_a_rollback_ignores_them() {
    let zonal = "deploymentConfig: { minimumHealthyHosts: { type: HOST_COUNT, value: 6 }, zonalConfig: { \
                 firstZoneMonitorDurationInSeconds: 100, monitorDurationInSeconds: 30, minimumHealthyHostsPerZone: { type: \
                 HOST_COUNT, value: 1 } } }";
    let mut setup = fleet("count: 9, zones: [c, a, b]").with(zonal);
    setup.group = vec![ROLLBACK];
    let run = setup.run();
    assert_eq!(batches(&run, 0), "2+1+2+1+2+1", "vector Z-3");
    let started: Vec<u64> = run
        .course(0)
        .on_instances
        .batches
        .iter()
        .map(|batch| batch.started.as_millis() / 1000)
        .collect();
    assert_eq!(started, [2, 12, 122, 132, 172, 182]);
    let order: Vec<u16> =
        run.course(0).on_instances.instances.iter().map(|one| one.instance.0 + 1).collect();
    assert_eq!(order, [1, 4, 7, 2, 5, 8, 3, 6, 9], "zones a, b, c");
    let failing = setup.failing("[1, 4]").run();
    assert_eq!(
        (batches(&failing, 0).as_str(), code(&failing)),
        ("2", Some(ErrorCode::HealthConstraints))
    );
    assert_eq!(batches(&failing, 1), "3+1+1+1+1+1+1", "three at once of all zones; two fail again");
}

/// CD-STOP-1: in the wait between two zones nothing runs, and a stop comes at once.
#[test]
fn a_stop_between_two_zones_comes_at_once() {
    let zonal = "deploymentConfig: { minimumHealthyHosts: { type: HOST_COUNT, value: 1 }, zonalConfig: { \
                 monitorDurationInSeconds: 600 } }";
    let mut setup = fleet("count: 4, zones: [a, b]").with(zonal);
    setup.operator = vec!["{ at: 5m, do: StopDeployment }"];
    let run = setup.run();
    assert_eq!(
        (run.statuses(0).as_str(), counts(&run, 0).as_str()),
        ("0 Created, 2 InProgress, 300 Stopped", "2/0/2")
    );
}

/// CD-CFG-2: nobody names a configuration, and it is one at a time.
#[test]
fn one_instance_at_a_time_is_the_default() {
    let run = fleet("count: 3").run();
    assert_eq!(batches(&run, 0), "1+1+1");
    assert_eq!(run.journal.header.deployment_config, "CodeDeployDefault.OneAtATime");
}

/// CD-LE-7: what belongs to other platforms is refused, in the file or at run time.
#[test]
fn what_instances_do_not_have_is_refused() {
    let mut setup = fleet("count: 1");
    setup.operator = vec!["{ at: 1s, do: UpdateService, desiredCount: 3 }"];
    assert!(
        setup.refused().contains("`UpdateService` is to be called, and instances are deployed to")
    );
    setup.operator = vec!["{ at: 3s, do: ContinueDeployment, deploymentWaitType: READY_WAIT }"];
    let refused = setup.run().told(|fact| match fact {
        Fact::CallRefused { exception, .. } => Some(exception.to_string()),
        _ => None,
    });
    assert_eq!(refused, "3 UnsupportedActionForDeploymentTypeException");
    let ecs =
        fleet("count: 1").with("deploymentConfigName: CodeDeployDefault.ECSAllAtOnce").refused();
    assert!(ecs.contains("is for the platform `ECS`"), "{ecs}");
}

/// CD-EC2-25: instances on which the revision was deployed with success already have no turn, and keep what is remembered of
/// them; the batches are those of the others.
#[test]
fn only_outdated_instances_are_updated() {
    let mut setup = fleet("count: 9").with(HALF).failing("[8, 9]");
    setup.deployments = vec!["{ at: 10m, updateOutdatedInstancesOnly: true }", "{ at: 20m }"];
    let run = setup.run();
    assert_eq!((batches(&run, 0), counts(&run, 0)), ("4+4+1".into(), "7/2/0".into()));
    // One of the two is enough to stop: with one of two healthy nothing may be lost.
    assert_eq!((batches(&run, 1), counts(&run, 1)), ("1".into(), "0/1/1".into()));
    assert_eq!(run.course(1).on_instances.counts.map(|counts| counts.outdated), Some(2));
    assert_eq!(counts(&run, 2), "7/2/0", "all have their turn again, the unhealthy ones first");
    let mut all = fleet("count: 2");
    all.deployments = vec!["{ at: 10m, updateOutdatedInstancesOnly: true }"];
    let run = all.run();
    assert_eq!(run.course(1).error.map(|error| error.code), Some(ErrorCode::NoInstances));
}

/// What is printed tells batches, instances and what went wrong.
#[test]
fn the_report_tells_of_batches_and_instances() {
    let run = fleet("count: 9").failing("9").run();
    let told = text::write(&Report::new(&run.journal), text::Color::Never);
    for expected in [
        "instances      web (9 instances)",
        "batches 1 to 8: 1 instance each, Succeeded",
        "instance 9: ValidateService ScriptFailed",
        "8 Succeeded, 1 Failed, 0 Skipped; 1 outdated",
        "Instances of d-",
    ] {
        assert!(told.contains(expected), "`{expected}` is not in\n{told}");
    }
    assert!(!told.contains("task"), "{told}");
}

/// CD-EC2-33, CD-LE-5, F35: an instance that Auto Scaling terminates while it is deployed to reports nothing more, and the health
/// rules decide after the hour; one that has had its turn, or is not there when the next deployment looks, is no loss.
#[test]
fn a_terminated_instance_is_waited_for() {
    let mut setup = fleet("count: 1").with(ALL_AT_ONCE);
    setup.assumptions.push("codedeploy.event_timeout: 10m");
    let faults =
        |at: &str| format!("faults: [{{ at: {at}, kind: instance-termination }}]\nrevisions:");
    let terminated = |at: &str| {
        let yaml = setup.yaml().replace("revisions:", &faults(at));
        play(&read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, 0)
    };
    let during = terminated("5s");
    assert_eq!(events(&during, 1).last().expect("an event"), "Install 2-602 UnknownError");
    assert_eq!(during.statuses(0), "0 Created, 2 InProgress, 602 Failed");
    let after = terminated("20s");
    assert_eq!(after.statuses(0), "0 Created, 2 InProgress, 12 Succeeded");
    let before = terminated("1s");
    assert_eq!(code(&before), Some(ErrorCode::NoInstances));
    let refused = setup
        .yaml()
        .replace("revisions:", &faults("5s"))
        .replace("instance-termination", "task-crash");
    assert!(read(&refused).expect_err("no tasks").contains("the fault `task-crash` is to begin"));
}

/// CD-FIL-1, CD-FIL-3, CD-FIL-4: files that the agent installed last are no hindrance, those of another group are until they are
/// overwritten; a rollback does with them as the last success did, not as the deployment that has failed.
#[test]
fn files_of_others_are_in_the_way_until_they_are_overwritten() {
    let foreign = fleet("count: 1").except("{ instances: 1, foreign_file: true }");
    let mut overwritten = foreign.clone().with("fileExistsBehavior: OVERWRITE");
    overwritten.deployments = vec!["{ at: 10m }", "{ at: 20m }"];
    let run = overwritten.run();
    let statuses: Vec<&str> =
        run.series.deployments.iter().map(|it| it.status().as_str()).collect();
    assert_eq!(statuses, ["Succeeded"; 3], "they are the agent's own from then on");
    let mut kept = foreign.clone().with("fileExistsBehavior: RETAIN");
    kept.deployments = vec!["{ at: 10m }"];
    let run = kept.run();
    assert_eq!(
        [run.course(0), run.course(1)].map(|it| it.status().as_str()),
        ["Succeeded", "Failed"]
    );
    let mut retained = foreign.with("fileExistsBehavior: RETAIN");
    retained.group.push(ROLLBACK);
    retained.deployments = vec!["{ at: 10m, fileExistsBehavior: DISALLOW }"];
    let run = retained.run();
    let statuses: Vec<&str> =
        run.series.deployments.iter().map(|it| it.status().as_str()).collect();
    assert_eq!(statuses, ["Succeeded", "Failed", "Succeeded"], "the rollback retains");
}

/// CD-EC2-10: an agent that restarts inside a script has failed there, as of 1.5.0; one before that hangs for 70 minutes.
#[test]
fn an_agent_that_restarts_inside_a_script_fails_its_instance() {
    let restarts = |hangs: &str| {
        let exception = "{ instances: 1, agent: { restarts_during: AfterInstall } }";
        let mut setup = fleet("count: 1").except(&exception.replace(" } }", hangs));
        setup.original = "Install: { duration: 10s }, AfterInstall: { duration: 5s }";
        setup.run()
    };
    let new = restarts(" } }");
    assert_eq!(new.statuses(0), "0 Created, 2 InProgress, 17 Failed");
    assert_eq!(events(&new, 1).last().expect("an event"), "AfterInstall 12-17 UnknownError");
    let old = restarts(", hangs: true } }");
    assert_eq!(old.statuses(0), "0 Created, 2 InProgress, 4212 Failed");
}

/// CD-EC2-1: any tag of a group of tags is enough, and every group has to match; who is not asked for is no target, and where nobody
/// is there is nobody to deploy to.
#[test]
fn instances_are_found_by_their_tags() {
    let by_tags = |group: &'static str| {
        let mut setup = fleet("count: 6, tags: { Name: web, stage: production }")
            .with(ALL_AT_ONCE)
            .except("{ instances: [2, 3], tags: { Name: api, stage: production } }")
            .except("{ instances: 6, tags: { Name: web, stage: test } }");
        setup.group.push(group);
        setup.run()
    };
    let name = by_tags("ec2TagFilters: [{ Key: Name, Value: web, Type: KEY_AND_VALUE }]");
    assert_eq!(counts(&name, 0), "4/0/0");
    assert!(events(&name, 2).is_empty() && !events(&name, 6).is_empty());
    let both = by_tags(
        "ec2TagSet: { ec2TagSetList: [[{ Key: Name, Value: web, Type: KEY_AND_VALUE }], [{ Value: production, Type: VALUE_ONLY }]] }",
    );
    assert_eq!(counts(&both, 0), "3/0/0");
    let on_premises = by_tags("onPremisesInstanceTagFilters: [{ Key: stage, Type: KEY_ONLY }]");
    assert_eq!(counts(&on_premises, 0), "6/0/0");
    let nobody = by_tags("ec2TagFilters: [{ Key: Name, Value: shop, Type: KEY_AND_VALUE }]");
    assert_eq!(code(&nobody), Some(ErrorCode::NoInstances));
}
