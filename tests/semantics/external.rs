//! Services that a controller of somebody else's drives by task sets.
//!
//! Times are in seconds on the ideal preset, where a launch takes what a test says and nothing else takes time.

use cutover::aws::name::{DeploymentStatus, ErrorCode};
use cutover::journal::fact::Fact;

use crate::support::{Played, play, read, told};

/// A scenario in the making: its steps, and what differs from a plain service of four tasks.
#[derive(Clone, Default)]
struct Workflow {
    steps: Vec<String>,
    abort: Vec<String>,
    section: Vec<String>,
    service: Vec<String>,
    definition: Vec<String>,
    more: Vec<String>,
    replacement: String,
    assumptions: Vec<String>,
    desired: Option<u32>,
    rate: Option<&'static str>,
}

const CREATE_B: &str = "do: CreateTaskSet, taskSet: b, targetGroup: green, scale: 100%";

fn workflow(steps: &[&str]) -> Workflow {
    let steps = steps.iter().map(|&step| step.into()).collect();
    Workflow { steps, replacement: "launch: 60s, errors: 0%".into(), ..Workflow::default() }
}

impl Workflow {
    fn abort(mut self, steps: &[&str]) -> Workflow {
        self.abort.extend(steps.iter().map(|&step| String::from(step)));
        self
    }

    fn section(mut self, line: &str) -> Workflow {
        self.section.push(line.into());
        self
    }

    fn service(mut self, line: &str) -> Workflow {
        self.service.push(line.into());
        self
    }

    fn definition(mut self, line: &str) -> Workflow {
        self.definition.push(line.into());
        self
    }

    fn line(mut self, line: &str) -> Workflow {
        self.more.push(line.into());
        self
    }

    fn replacement(mut self, behaviour: &str) -> Workflow {
        self.replacement = behaviour.into();
        self
    }

    fn assume(mut self, line: &str) -> Workflow {
        self.assumptions.push(line.into());
        self
    }

    fn desired(mut self, count: u32) -> Workflow {
        self.desired = Some(count);
        self
    }

    fn rate(mut self, rate: &'static str) -> Workflow {
        self.rate = Some(rate);
        self
    }

    fn yaml(&self) -> String {
        let steps = |steps: &[String]| {
            steps.iter().map(|step| format!("      - {{ {step} }}\n")).collect::<String>()
        };
        let lines = |lines: &[String], by: &str| {
            lines.iter().map(|line| format!("{by}{line}\n")).collect::<String>()
        };
        let abort = match self.abort.is_empty() {
            true => String::new(),
            false => format!("    abort:\n{}", steps(&self.abort)),
        };
        let desired = match self.steps[0].contains("CreateService") {
            true => String::new(),
            false => format!("    desiredCount: {}\n", self.desired.unwrap_or(4)),
        };
        let rate = self.rate.map(|rate| format!("traffic: {{ rate: {rate} }}\n"));
        format!(
            "cutover: 1
deployment:
  external:
{}    steps:
{}{abort}resources:
  service:
    serviceName: web
    deploymentController: {{ type: EXTERNAL }}
{desired}{}  taskDefinition:
    family: web
{}    containerDefinitions: [{{ name: web, portMappings: [{{ containerPort: 80 }}] }}]
  targetGroups:
    - {{ Name: blue, Attributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '30' }}] }}
    - {{ Name: green, Attributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '30' }}] }}
  alarms:
    - {{ AlarmName: errors, Namespace: Shop, MetricName: Failed, Statistic: Sum, Period: 60, EvaluationPeriods: 1,
        Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore }}
{}revisions:
  original: {{ launch: 60s, errors: 0% }}
  replacement: {{ {} }}
{}assumptions:
  preset: ideal
{}",
            lines(&self.section, "    "),
            steps(&self.steps),
            lines(&self.service, "    "),
            lines(&self.definition, "    "),
            rate.unwrap_or_default(),
            self.replacement,
            lines(&self.more, ""),
            lines(&self.assumptions, "  "),
        )
    }

    fn run(&self) -> Played {
        let yaml = self.yaml();
        let scenario = read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}"));
        play(&scenario, 1, 0)
    }

    /// What is told of it, without the gate's words on alarms that nobody can be sure of.
    fn told(&self) -> String {
        told(&self.yaml())
    }

    /// Whether a call is refused as AWS does, with the word that says why.
    fn is_refused(&self, word: &str) {
        let told = self.told();
        assert!(
            told.contains("InvalidParameterException") && told.contains(word),
            "{word}: {told}"
        );
    }

    fn is_accepted(&self) {
        let told = self.told();
        assert!(read(&self.yaml()).is_ok() && !told.contains("error["), "{told}");
    }
}

fn refusals(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::CallRefused { call, exception, .. } => Some(format!("{call} {exception}")),
        _ => None,
    })
}

fn calls(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::ApiCalled { call } => Some(call.to_string()),
        _ => None,
    })
}

// ---- task sets -----------------------------------------------------------------------------------------

/// T40, T41, T42, T43, T44, T45, T46, T47, T48, T49, T50 (ECS-EXT-11 to ECS-EXT-21, ECS-EXT-24, ECS-EXT-26, ECS-EXT-33): the life of two task sets, to the second.
#[test]
fn two_task_sets_follow_their_scales_and_the_desired_count() {
    let run = workflow(&[
        "do: CreateService, desiredCount: 4",
        "do: CreateTaskSet, taskSet: a, revision: original, targetGroup: blue, scale: 100%",
        "when: { steady: a }, do: UpdateServicePrimaryTaskSet, primaryTaskSet: a",
        "when: { at: 100s }, do: CreateTaskSet, taskSet: b, targetGroup: green, scale: { value: 25, unit: PERCENT }",
        "when: { at: 200s }, do: UpdateTaskSet, taskSet: b, scale: { value: 100, unit: PERCENT }",
        "when: { at: 230s }, do: UpdateService, desiredCount: 6",
        "when: { at: 300s }, do: UpdateServicePrimaryTaskSet, primaryTaskSet: b",
        "when: { at: 310s }, do: UpdateTaskSet, taskSet: a, scale: 0%",
        "when: { at: 360s }, do: DeleteTaskSet, taskSet: a",
    ])
    .assume("task.deprovision: 10s")
    .run();
    assert_eq!(run.task_set(0), "60 PRIMARY, 300 ACTIVE, 360 DRAINING");
    assert_eq!(run.task_set(1), "300 PRIMARY");
    assert_eq!(run.stability(0), "60 STEADY_STATE, 230 STABILIZING, 290 STEADY_STATE");
    assert_eq!(run.stability(1), "160 STEADY_STATE, 200 STABILIZING, 290 STEADY_STATE");
    let scaled = run.told(|fact| match fact {
        Fact::TaskSetScaled { task_set, computed_desired_count } => {
            Some(format!("{task_set}:{computed_desired_count}"))
        }
        _ => None,
    });
    assert_eq!(scaled, "200 1:4, 230 0:6, 230 1:6, 310 0:0");
    let created = run.told(|fact| match fact {
        Fact::TaskSetCreated { task_set, computed_desired_count, .. } => {
            Some(format!("{task_set}:{computed_desired_count}"))
        }
        _ => None,
    });
    assert_eq!(created, "0 0:4, 100 1:1");
    assert!(
        run.task(0).ends_with("310 DEACTIVATING, 340 STOPPING, 340 DEPROVISIONING, 350 STOPPED"),
        "{}",
        run.task(0)
    );
    let running = |at| run.value("original_running", at) + run.value("replacement_running", at);
    let of_service = [(0, 0), (60, 4), (160, 5), (260, 8), (290, 12), (310, 6), (360, 6)];
    for (at, tasks) in of_service {
        assert_eq!(running(at), tasks, "at {at} s");
    }
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 360 Succeeded");
    assert_eq!(refusals(&run), "");
}

/// ECS-EXT-21: another primary starts no task, stops none, and moves no traffic.
#[test]
fn a_primary_that_changes_moves_nothing() {
    let run = workflow(&[
        CREATE_B,
        "when: { steady: b }, do: UpdateServicePrimaryTaskSet, primaryTaskSet: b",
        "when: { elapsed: 100s }",
    ])
    .rate("10/s")
    .run();
    assert_eq!(run.task_set(0), "60 ACTIVE");
    assert_eq!(run.task_set(1), "60 PRIMARY");
    assert_eq!(run.weights(), "");
    assert_eq!(run.stops(0), "");
    assert_eq!(run.answered(60, 160)[1], 0);
}

/// ECS-EXT-8, F32: five task sets at most, those that drain included; the sixth is refused, and the way to it is free once
/// one of them is gone.
#[test]
fn a_sixth_task_set_is_refused_until_one_is_gone() {
    let create =
        |name| format!("do: CreateTaskSet, taskSet: {name}, targetGroup: green, scale: 100%");
    let steps: Vec<String> = ["b", "c", "d", "e"].into_iter().map(create).collect();
    let mut steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let delete = "when: { elapsed: 100s }, do: DeleteTaskSet, taskSet: b, force: true";
    let again = "retry: { attempts: 10, every: 10s }, do: CreateTaskSet, taskSet: f, targetGroup: green, scale: 0%";
    steps.extend([delete, again]);
    let run = workflow(&steps).run();
    // It drains for 30 s: refused at 100, 110 and 120 s.
    let invalid = "CreateTaskSet InvalidParameterException";
    assert_eq!(refusals(&run), format!("100 {invalid}, 110 {invalid}, 120 {invalid}"));
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 130 Succeeded");
    // Five times the desired count ran (T14).
    assert_eq!(run.value("original_running", 99) + run.value("replacement_running", 99), 20);
}

/// ECS-EXT-24, ECS-EXT-25, T36, T37: without force only a set at scale 0 that is not PRIMARY is deleted.
#[test]
fn a_task_set_is_deleted_when_it_is_empty_and_not_primary_or_by_force() {
    let run = workflow(&[
        CREATE_B,
        "when: { steady: b }",
        "do: DeleteTaskSet, taskSet: original, retry: { attempts: 2, every: 10s }",
    ])
    .abort(&[
        "do: UpdateTaskSet, taskSet: original, scale: 0%",
        "do: DeleteTaskSet, taskSet: original",
        "do: DeleteTaskSet, taskSet: b",
        "do: DeleteTaskSet, taskSet: b, force: true",
        "do: UpdateTaskSet, taskSet: b, scale: 50%",
        "when: { gone: b }, do: UpdateTaskSet, taskSet: b, scale: 50%",
    ])
    .run();
    let delete = "DeleteTaskSet InvalidParameterException";
    assert_eq!(
        refusals(&run),
        format!(
            "60 {delete}, 70 {delete}, 70 {delete}, 70 {delete}, 70 UpdateTaskSet InvalidParameterException, \
             100 UpdateTaskSet TaskSetNotFoundException"
        )
    );
    assert_eq!(run.task_set(1), "70 DRAINING");
    assert_eq!(run.row().error_code, Some(ErrorCode::EcsUpdateError));
}

/// ECS-EXT-23: what drains cannot be made PRIMARY.
#[test]
fn a_set_that_drains_is_not_made_primary() {
    let run = workflow(&[
        CREATE_B,
        "when: { steady: b }, do: DeleteTaskSet, taskSet: b, force: true",
        "do: UpdateServicePrimaryTaskSet, primaryTaskSet: b",
    ])
    .run();
    assert_eq!(refusals(&run), "60 UpdateServicePrimaryTaskSet InvalidParameterException");
    assert_eq!(run.row().status, DeploymentStatus::Failed);
}

/// ECS-EXT-27: a deleted set that has weight leaves its share to nobody: 503.
#[test]
fn the_share_of_a_deleted_set_finds_no_target() {
    let run = workflow(&[
        CREATE_B,
        "when: { steady: b }, do: ModifyListener, weights: { blue: 50, green: 50 }",
        "when: { elapsed: 60s }, do: DeleteTaskSet, taskSet: b, force: true",
        "when: { elapsed: 120s }",
    ])
    .rate("100/s")
    .run();
    let [before, after] = [run.traffic(60, 120), run.traffic(150, 240)];
    assert_eq!(before.rejected, 0);
    let (nowhere, requests) = (after.rejected as f64, after.requests() as f64);
    assert!((nowhere / requests - 0.5).abs() < 0.02, "{nowhere} of {requests}");
}

/// ECS-EXT-36, F06: x % of the traffic on a canary of y % of the tasks loads each of its tasks x/y times as much.
#[test]
fn a_share_of_traffic_above_the_scale_overloads_the_canary() {
    let canary = |weights: &str| {
        let shift = format!("when: {{ steady: b }}, do: ModifyListener, weights: {weights}");
        let run = workflow(&[
            "do: CreateTaskSet, taskSet: b, targetGroup: green, scale: 10%",
            &shift,
            "when: { elapsed: 600s }",
        ])
        .desired(10)
        .rate("400/s")
        .replacement("launch: 60s, errors: 0%, capacity: { service_time: 100ms, concurrency: 10 }")
        .run();
        run.row().failed_requests
    };
    // A task can do 100 requests a second: a tenth of 400 fits one task, three tenths do not.
    assert_eq!(canary("{ blue: 90, green: 10 }"), 0);
    assert!(canary("{ blue: 70, green: 30 }") > 5_000);
}

/// ECS-EXT-2, ECS-EXT-6, ECS-SVC-1, T18: a name is free again once the service is INACTIVE.
#[test]
fn a_service_is_created_once_nothing_of_it_is_left() {
    let run = workflow(&[
        "do: CreateService, desiredCount: 2",
        "do: CreateTaskSet, taskSet: a, revision: original, targetGroup: blue, scale: 100%",
        "when: { steady: a }, do: DeleteService, force: true",
        "do: CreateService, desiredCount: 2, retry: { attempts: 5, every: 10s }",
        "do: CreateTaskSet, taskSet: b, targetGroup: green",
    ])
    .assume("task.deprovision: 10s")
    .run();
    // A set without a primary drains, and its tasks stop at once: nothing is left at the next attempt.
    assert_eq!(refusals(&run), "60 CreateService InvalidParameterException");
    let services = run.told(|fact| match fact {
        Fact::ServiceStatusChanged { status } => Some(status.to_string()),
        _ => None,
    });
    assert_eq!(services, "0 ACTIVE, 60 DRAINING, 60 INACTIVE, 70 ACTIVE");
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
}

/// ECS-SVC-1, ECS-EXT-26: with the service its task sets go, the primary too, each with its last task.
#[test]
fn the_task_sets_of_a_deleted_service_go_with_it() {
    let run = workflow(&[
        CREATE_B,
        "when: { steady: b }, do: UpdateServicePrimaryTaskSet, primaryTaskSet: b",
        "do: DeleteService, force: true",
        "when: { all: [{ gone: original }, { gone: b }] }",
    ])
    .assume("task.deprovision: 10s")
    .run();
    let gone = run.told(|fact| match fact {
        Fact::TaskSetDeleted { task_set } => Some(task_set.0.to_string()),
        _ => None,
    });
    assert_eq!(gone, "100 0, 100 1");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 100 Succeeded");
}

// ---- steps ---------------------------------------------------------------------------------------------

/// CD-EXT-10, ECS-EXT-34: a canary that an alarm ends goes back: weights first, then its tasks.
#[test]
fn an_alarm_gives_the_deployment_up_and_the_way_back_is_played() {
    let run = workflow(&[
        "do: CreateTaskSet, taskSet: b, targetGroup: green, scale: 25%",
        "when: { steady: b }, do: ModifyListener, weights: { blue: 90, green: 10 }",
        "when: { elapsed: 10m }, do: UpdateTaskSet, taskSet: b, scale: 100%",
    ])
    .abort(&[
        "do: ModifyListener, weights: { blue: 100, green: 0 }",
        "do: DeleteTaskSet, taskSet: b, force: true",
        "when: { gone: b }",
    ])
    .section("abort_if: { alarm: errors }")
    .line("operator: [{ at: 200s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }]")
    .run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 200 Stopped");
    assert_eq!(run.statuses(1), "200 Created, 200 InProgress, 230 Succeeded");
    assert_eq!(run.weights(), "60 10%, 200 0%");
    assert_eq!(run.row().error_code, Some(ErrorCode::AlarmActive));
    assert!(run.row().rollback);
    assert_eq!(
        calls(&run),
        "0 CreateTaskSet, 60 ModifyListener, 200 SetAlarmState, 200 ModifyListener, 200 DeleteTaskSet"
    );
}

/// What a controller that polls sees, it sees when it looks: here at the next multiple of fifteen seconds.
#[test]
fn a_controller_that_polls_sees_things_at_its_next_look() {
    let steps = ["when: { steady: b }, do: ModifyListener, weights: { blue: 0, green: 1 }"];
    let run = |section: &str| {
        let run = workflow(&[CREATE_B, steps[0]]).section(section).replacement("launch: 62s").run();
        run.weights()
    };
    assert_eq!(run("poll: 0s"), "62 100%");
    assert_eq!(run("poll: 15s"), "75 100%");
    assert_eq!(run("poll: 31s"), "62 100%");
}

/// A step that waits in vain gives the deployment up, or only itself.
#[test]
fn a_wait_that_is_too_long_ends_the_deployment_or_the_step() {
    let late = |end: &str| {
        workflow(&[
            CREATE_B,
            &format!(
                "when: {{ steady: b }}, timeout: 30s{end}, do: UpdateService, desiredCount: 5"
            ),
        ])
        .run()
    };
    let ended = late("");
    assert_eq!(ended.statuses(0), "0 Created, 0 InProgress, 30 Failed");
    assert_eq!(ended.row().error_code, Some(ErrorCode::Timeout));
    assert!(!ended.row().rollback);
    let went_on = late(", on_timeout: continue");
    assert_eq!(went_on.statuses(0), "0 Created, 0 InProgress, 30 Succeeded");
    assert_eq!(went_on.told_desired(), "30 5");
}

/// Conditions: elapsed time counts from the step before, `at` from the beginning; `all` and `any` mean what they say.
#[test]
fn conditions_are_put_together() {
    let at = |condition: &str| {
        let run = workflow(&[
            CREATE_B,
            "when: { elapsed: 20s }",
            &format!("when: {condition}, do: UpdateService, desiredCount: 5"),
        ])
        .line("operator: [{ at: 90s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }]")
        .run();
        run.told_desired()
    };
    assert_eq!(at("{ elapsed: 10s }"), "30 5");
    assert_eq!(at("{ at: 10s }"), "20 5");
    assert_eq!(at("{ at: 25s }"), "25 5");
    assert_eq!(at("{ healthy: { taskSet: b, count: 4 } }"), "60 5");
    assert_eq!(at("{ any: [{ steady: b }, { elapsed: 10s }] }"), "30 5");
    assert_eq!(at("{ all: [{ steady: b }, { elapsed: 10s }] }"), "60 5");
    assert_eq!(at("{ all: [{ steady: b }, { elapsed: 100s }] }"), "120 5");
    assert_eq!(at("{ alarm: errors }"), "90 5");
    assert_eq!(at("{ alarm: { name: errors, state: ALARM } }"), "90 5");
    assert_eq!(
        at("{ all: [{ alarm: { name: errors, state: INSUFFICIENT_DATA } }, { steady: b }] }"),
        "60 5"
    );
}

/// `unless` holds for one step: what it forbids gives the deployment up while that step waits, not later.
#[test]
fn what_a_step_must_not_see_counts_for_that_step_alone() {
    let with = |first: &str, second: &str| {
        let run = workflow(&[
            CREATE_B,
            &format!("when: {{ elapsed: 80s }}{first}"),
            &format!("when: {{ elapsed: 80s }}{second}"),
        ])
        .run();
        (run.row().status, run.row().error_code)
    };
    let steady = ", unless: { steady: b }";
    let given_up = (DeploymentStatus::Failed, Some(ErrorCode::CustomerApplicationUnhealthy));
    assert_eq!(with(steady, ""), given_up);
    assert_eq!(with(", unless: { gone: b }", ""), (DeploymentStatus::Succeeded, None));
}

/// CD-EXT-1: CodeDeploy has no part in it, and its calls find no deployment.
#[test]
fn codedeploy_knows_nothing_of_the_deployment() {
    let run = workflow(&[CREATE_B, "when: { steady: b }"])
        .line("operator: [{ at: 10s, do: StopDeployment }, { at: 20s, do: ContinueDeployment }]")
        .run();
    let unknown = "DeploymentDoesNotExistException";
    assert_eq!(
        refusals(&run),
        format!("10 StopDeployment {unknown}, 20 ContinueDeployment {unknown}")
    );
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
}

/// ELB-HC-4, F03: a group that an action names with weight 0 is checked; one that it does not name is not, so that a set
/// whose targets fail every check is steady behind it, and its tasks are never replaced.
#[test]
fn a_group_that_the_listener_does_not_name_is_not_checked() {
    let named = |weights: &str| {
        let run = workflow(&[
            &format!("do: ModifyListener, weights: {weights}"),
            CREATE_B,
            "when: { steady: b }, timeout: 10m",
        ])
        .replacement("health_check: { fails: 100% }")
        .run();
        run.row().status
    };
    assert_eq!(named("{ blue: 1, green: 0 }"), DeploymentStatus::Failed);
    assert_eq!(named("{ blue: 1 }"), DeploymentStatus::Succeeded);
}

/// ECS-EXT-33 as a rollback after the old set was deleted (ECS-EXT-34): the old revision comes back in a set of its own.
#[test]
fn the_old_revision_comes_back_in_a_new_task_set() {
    let run = workflow(&[
        CREATE_B,
        "when: { steady: b }, do: ModifyListener, weights: { blue: 0, green: 1 }",
        "do: DeleteTaskSet, taskSet: original, force: true",
        "when: { elapsed: 100s }, do: CreateTaskSet, taskSet: old, revision: original, targetGroup: blue, scale: 100%",
        "when: { steady: old }, do: ModifyListener, weights: { blue: 1, green: 0 }",
        "when: { elapsed: 60s }",
    ])
    .rate("100/s")
    .replacement("launch: 60s, errors: 50%")
    .run();
    assert_eq!(run.weights(), "60 100%, 220 0%");
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
    assert!(run.row().bad && run.row().bad_requests > 0);
    // Nothing fails once the old revision is back.
    assert_eq!(run.traffic(221, 279).failed, 0);
    assert_eq!(run.row().restored.map(|at| at.as_millis()), Some(220_000));
}

// ---- two revisions behind one target group ---------------------------------------------------------------

const MIXED: [&str; 7] = [
    "do: CreateTaskSet, taskSet: canary, targetGroup: green, scale: 25%",
    "when: { steady: canary }, do: ModifyListener, weights: { blue: 90, green: 10 }",
    "when: { at: 300s }, do: CreateTaskSet, taskSet: fresh, targetGroup: blue, scale: 100%",
    "when: { at: 600s }, do: ModifyListener, weights: { blue: 100, green: 0 }",
    "when: { at: 900s }, do: UpdateServicePrimaryTaskSet, primaryTaskSet: fresh",
    "do: DeleteTaskSet, taskSet: original, force: true",
    "do: DeleteTaskSet, taskSet: canary, force: true",
];

/// What is told of the proportion of the two revisions, each time that changes.
fn mixed(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::RevisionsMixed { weights: [old, new] } => Some(format!("{old}:{new}")),
        _ => None,
    })
}

/// ECS-EXT-35: while old and new tasks stand behind one group, each of them gets as much of its share as any other, beside what
/// the canary gets in the other group.
#[test]
fn two_revisions_behind_one_group_share_it_by_their_targets() {
    let run = workflow(&MIXED).rate("1000/s").line("until: 1000s").run();
    assert!(run.statuses(0).ends_with("Succeeded"));
    // The new tasks become healthy at 360 s, one after the other; with all four 90 x 4/8 are left, and 90 x 4/8 + 10 are theirs.
    let told = mixed(&run);
    assert!(told.contains("360 18:7") && told.contains("360 9:11"), "{told}");
    assert!(told.contains("600 1:1") && told.ends_with("900 0:1"), "{told}");
    let share = |from, to| {
        let [old, new] = run.answered(from, to);
        let all = (old + new) as f64;
        (new as f64 / all, 5.0 / (2.0 * all.sqrt()))
    };
    for (from, to, expected) in [(60, 300, 0.1), (360, 600, 0.55), (600, 900, 0.5), (900, 960, 1.0)]
    {
        let (found, tolerance) = share(from, to);
        assert!((found - expected).abs() < tolerance, "{from}: {found}, not {expected}");
    }
    assert_eq!(run.traffic(0, 960).rejected, 0);
    assert_eq!(run.value("weight_in_force", 500), 55);
    assert_eq!(run.value("weight_in_force", 950), 100);
    assert_eq!(run.value("replacement_healthy", 500), 5);
    assert_eq!(run.task_set(0), "900 ACTIVE, 900 DRAINING");
}

/// ECS-EXT-35, ECS-EXT-27: the share of a group that lost its tasks finds nobody, though its revision serves in the other one.
#[test]
fn the_share_of_an_emptied_group_is_rejected_beside_a_mixed_one() {
    let mut steps = MIXED.to_vec();
    steps[3] = "when: { at: 600s }, do: DeleteTaskSet, taskSet: canary, force: true";
    steps.truncate(4);
    let run = workflow(&steps).rate("1000/s").line("until: 720s").run();
    let lost = run.traffic(600, 720).rejected as f64;
    assert!((lost - 12_000.0).abs() < 5.0 * 12_000_f64.sqrt(), "a tenth of 120 000: {lost}");
    assert_eq!(run.traffic(300, 600).rejected, 0);
}

/// The tasks of a set are checked and drained as their group says, whichever revision they run.
#[test]
fn a_set_in_the_group_of_the_other_revision_follows_that_group() {
    let mut setup = workflow(&MIXED).yaml();
    let slow = "Name: blue, HealthCheckIntervalSeconds: 10, Attributes: [{ Key: deregistration_delay.timeout_seconds, Value: '100' }]";
    let usual =
        "Name: blue, Attributes: [{ Key: deregistration_delay.timeout_seconds, Value: '30' }]";
    assert!(setup.contains(usual));
    setup = setup.replace(usual, slow);
    setup = setup.replace("    steps:\n", "    abort_if: { at: 1000s }\n    steps:\n").replace(
        "resources:",
        "    abort: [{ do: DeleteTaskSet, taskSet: fresh, force: true }, { when: { gone: fresh } }]\nresources:",
    );
    let steps = setup.replace(
        "taskSet: canary, force: true }\n",
        "taskSet: canary, force: true }\n      - { when: { at: 2000s } }\n",
    );
    let run = play(&read(&steps).unwrap_or_else(|told| panic!("{told}\n{steps}")), 1, 0);
    assert_eq!(run.task_set(2), "900 PRIMARY, 1000 DRAINING");
    assert_eq!(run.statuses(1), "1000 Created, 1000 InProgress, 1100 Succeeded");
}

/// What cannot be told apart by revision is refused.
#[test]
fn what_is_not_followed_with_two_revisions_behind_one_group_is_refused() {
    for behaviour in [
        "launch: 60s, capacity: { service_time: 50ms, concurrency: 4 }",
        "launch: 60s, latency: 100ms",
    ] {
        let told = workflow(&MIXED).replacement(behaviour).told();
        assert!(told.contains("CUT0222") && told.contains("behind one target group"), "{told}");
    }
    let told = workflow(&MIXED).yaml();
    let sticky = told.replace(
        "Name: blue, Attributes: [",
        "Name: blue, Attributes: [{ Key: slow_start.duration_seconds, Value: '60' }, ",
    );
    let told = crate::support::told(&sticky);
    assert!(told.contains("CUT0222") && told.contains("unevenly"), "{told}");
}

/// ECS-EXT-4: a service that is created without a desired count wants no task, whatever the scale of its sets.
#[test]
fn a_desired_count_that_is_not_given_is_zero() {
    let create =
        "do: CreateTaskSet, taskSet: a, revision: original, targetGroup: blue, scale: 100%";
    let wants = |parameters: &str| {
        let run = workflow(&[&format!("do: CreateService{parameters}"), create]).run();
        run.told(|fact| match fact {
            Fact::TaskSetCreated { computed_desired_count, .. } => {
                Some(computed_desired_count.to_string())
            }
            _ => None,
        })
    };
    assert_eq!(wants(""), "0 0");
    assert_eq!(wants(", desiredCount: 3"), "0 3");
}

// ---- what ECS refuses, before anything runs ---------------------------------------------------------------

fn creating(parameters: &str) -> Workflow {
    workflow(&[&format!("do: CreateTaskSet, taskSet: b, {parameters}"), "when: { steady: b }"])
}

/// T15, T16, T17 (CD-EXT-6, ECS-EXT-6): names of services.
#[test]
fn names_of_services_have_255_letters_digits_hyphens_and_underscores() {
    let named = |name: &str| {
        let yaml = workflow(&[CREATE_B]).yaml();
        told(&yaml.replace("serviceName: web", &format!("serviceName: {name}")))
    };
    assert!(!named(&"a".repeat(255)).contains("error["));
    for name in ["a".repeat(256).as_str(), "web.api"] {
        assert!(named(name).contains("InvalidParameterException"), "{name}");
    }
}

/// T20, T21, T22 (CD-EXT-7, ECS-EXT-6): tags.
#[test]
fn tags_have_their_limits() {
    let tags = |tags: &str| workflow(&[CREATE_B]).service(&format!("tags: [{tags}]"));
    let several = |count: usize| {
        tags(&(0..count).map(|at| format!("{{ key: k{at} }}")).collect::<Vec<_>>().join(", "))
    };
    several(50).is_accepted();
    several(51).is_refused("51 items");
    let key = |length: usize| tags(&format!("{{ key: '{}' }}", "k".repeat(length)));
    key(128).is_accepted();
    key(129).is_refused("129 characters");
    key(0).is_refused("0 characters");
    let value = |length: usize| tags(&format!("{{ key: k, value: '{}' }}", "v".repeat(length)));
    value(0).is_accepted();
    value(256).is_accepted();
    value(257).is_refused("257 characters");
    tags("{ key: a }, { key: a }").is_refused("twice");
    tags("{ key: 'AWS:x' }").is_refused("`aws:`");
}

/// T23, T24, T25, T26, T27, T39 (CD-EXT-5, CD-EXT-6, ECS-EXT-2, ECS-EXT-5, ECS-EXT-6, ECS-EXT-10): what `CreateService` takes.
#[test]
fn create_service_takes_what_belongs_to_the_service() {
    let with = |line: &str| workflow(&[CREATE_B]).service(line);
    for (line, word) in [
        ("schedulingStrategy: DAEMON", "DAEMON"),
        ("taskDefinition: web:1", "CreateTaskSet"),
        ("launchType: FARGATE", "CreateTaskSet"),
        ("platformVersion: LATEST", "CreateTaskSet"),
        ("loadBalancers: []", "CreateTaskSet"),
        ("healthCheckGracePeriodSeconds: 60", "grace period"),
        ("serviceConnectConfiguration: { enabled: true }", "EXTERNAL"),
        (
            "deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } }",
            "`ECS` only",
        ),
        ("propagateTags: ALL", "ALL"),
        ("placementConstraints: [{ type: sometimes }]", "sometimes"),
    ] {
        with(line).is_refused(word);
    }
    with("deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 }")
        .is_accepted();
    with(&format!("clientToken: {}", "t".repeat(36))).is_accepted();
    with(&format!("clientToken: {}", "t".repeat(37))).is_refused("36 characters");
    let constraints = |count: usize| {
        format!("placementConstraints: [{}]", vec!["{ type: distinctInstance }"; count].join(", "))
    };
    with(&constraints(10)).is_accepted();
    with(&constraints(11)).is_refused("11 placement constraints");
    with(&constraints(7)).definition(&constraints(4)).is_refused("11 placement constraints");
    let strategies = |count: usize| {
        format!("placementStrategy: [{}]", vec!["{ type: spread }"; count].join(", "))
    };
    with(&strategies(4)).is_accepted();
    with(&strategies(5)).is_accepted();
    with(&strategies(6)).is_refused("6 rules");
    with(&strategies(5)).line("semantics: 2023-05").is_refused("5 rules");
}

/// T25, T28, T29, T30, T31, T32, T33, T34, T35, T39 (CD-EXT-8, CD-EXT-9, ECS-EXT-7): what `CreateTaskSet` takes.
#[test]
fn create_task_set_takes_what_belongs_to_the_task_set() {
    let green =
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/green/943f017f100becff";
    let balanced = |more: &str| format!("loadBalancers: [{{ targetGroupArn: '{green}'{more} }}]");
    for (parameters, word) in [
        (
            "targetGroup: green, launchType: FARGATE, capacityProviderStrategy: [{ capacityProvider: FARGATE }]",
            "beside",
        ),
        ("targetGroup: green, launchType: EC2, platformVersion: 1.4.0", "Fargate only"),
        ("targetGroup: green, scale: { value: 100.1, unit: PERCENT }", "100.1"),
        ("targetGroup: green, scale: { value: -1, unit: PERCENT }", "-1"),
        ("targetGroup: green, clientToken: 'a b'", "clientToken"),
        (
            "targetGroup: green, serviceRegistries: [{ registryArn: a }, { registryArn: b }]",
            "2 items",
        ),
        ("loadBalancers: [{ loadBalancerName: classic }]", "Classic"),
        ("scale: 100%", "load balancer"),
        (balanced(", containerName: wed, containerPort: 80").as_str(), "`wed`"),
        (balanced(", containerName: web, containerPort: 81").as_str(), "81"),
    ] {
        creating(parameters).is_refused(word);
    }
    creating(&balanced(", containerName: web, containerPort: 80")).is_accepted();
    creating("targetGroup: green, launchType: FARGATE, platformVersion: LATEST").is_accepted();
    creating("targetGroup: green, launchType: FARGATE")
        .service("placementConstraints: [{ type: distinctInstance }]")
        .is_refused("Fargate");
    let network = "networkConfiguration: { awsvpcConfiguration: { subnets: [subnet-1] } }";
    let green = "targetGroup: green";
    creating(green).definition("networkMode: awsvpc").is_refused("no network configuration");
    creating(&format!("{green}, {network}")).definition("networkMode: awsvpc").is_accepted();
    creating(&format!("{green}, {network}"))
        .definition("networkMode: bridge")
        .is_refused("`bridge`");
}

/// T29, T30 (CD-EXT-9, ECS-EXT-7, ECS-EXT-18): a scale that is not written is 0 %, and such a set is steady at once.
#[test]
fn a_scale_that_is_not_written_is_nothing() {
    let run = creating("targetGroup: green").run();
    let created = run.told(|fact| match fact {
        Fact::TaskSetCreated { computed_desired_count, .. } => {
            Some(computed_desired_count.to_string())
        }
        _ => None,
    });
    assert_eq!(created, "0 0");
    assert_eq!(run.stability(1), "0 STEADY_STATE");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 0 Succeeded");
}

/// CD-EXT-2, CD-EXT-3, ECS-EXT-2, ECS-EXT-3: what a task set has cannot be changed, neither in the service nor in it.
#[test]
fn a_task_set_keeps_what_it_was_created_with() {
    for key in ["taskDefinition: web:2", "launchType: EC2", "loadBalancers: []"] {
        workflow(&[CREATE_B, &format!("do: UpdateService, desiredCount: 4, {key}")])
            .is_refused("fixed in each task set");
    }
    let told =
        workflow(&[CREATE_B, "do: UpdateTaskSet, taskSet: b, scale: 5%, taskDefinition: web:2"])
            .told();
    assert!(told.contains("has no key `taskDefinition`"), "{told}");
}

/// CD-EXT-2, ECS-EXT-5: a grace period needs a PRIMARY task set, and may be given without a desired count.
#[test]
fn a_grace_period_is_given_once_there_is_a_primary() {
    let grace = "do: UpdateService, healthCheckGracePeriodSeconds: 60";
    let run = workflow(&[
        "do: CreateService, desiredCount: 2",
        "do: CreateTaskSet, taskSet: a, revision: original, targetGroup: blue, scale: 100%",
        &format!("{grace}, retry: {{ attempts: 3, every: 30s }}"),
        "when: { steady: a }, do: UpdateServicePrimaryTaskSet, primaryTaskSet: a",
        grace,
    ]);
    let refused = run.run();
    assert!(
        refusals(&refused).starts_with("0 UpdateService InvalidParameterException, 30 Up"),
        "{}",
        refusals(&refused)
    );
    assert_eq!(refused.row().status, DeploymentStatus::Failed);
    let mut accepted = run.clone();
    accepted.steps.remove(2);
    let accepted = accepted.run();
    assert_eq!(refusals(&accepted), "");
    assert!(calls(&accepted).ends_with("60 UpdateService"), "{}", calls(&accepted));
    let empty = workflow(&["do: UpdateService"]).told();
    assert!(empty.contains("`UpdateService` changes nothing"), "{empty}");
}

/// T19 (ECS-EXT-6, ECS-EXT-9): a name is free in another cluster and taken in its own; what nobody has created is not found, at
/// its place.
#[test]
fn a_service_is_known_by_its_name_and_its_cluster() {
    let create = "do: CreateService, desiredCount: 2";
    let twice = |second: &str| workflow(&[create, second, "do: DeleteService, force: true"]);
    let elsewhere = twice("do: CreateService, serviceName: web, cluster: other");
    elsewhere.is_accepted();
    assert_eq!(refusals(&elsewhere.run()), "", "another one");
    assert!(elsewhere.told().contains("`web` in the cluster `other` is another service"));
    for same in ["", ", serviceName: web", ", serviceName: web, cluster: default"] {
        let run = twice(&format!("do: CreateService{same}")).run();
        assert_eq!(refusals(&run), "0 CreateService InvalidParameterException", "{same}");
    }

    let arn = "arn:aws:ecs:eu-central-1:123456789012:service/default/web";
    let calls = [
        "do: UpdateService, desiredCount: 4",
        "do: DeleteService, force: true",
        "do: CreateTaskSet, taskSet: b, targetGroup: green",
        "do: UpdateTaskSet, taskSet: original, scale: 50%",
        "do: UpdateServicePrimaryTaskSet, primaryTaskSet: original",
        "do: DeleteTaskSet, taskSet: original, force: true",
    ];
    for call in calls {
        let with = |more: &str| workflow(&[&format!("{call}, {more}")]);
        with("service: web, cluster: default").is_accepted();
        with(&format!("service: '{arn}'")).is_accepted();
        for (more, word, exception) in [
            ("service: wed", "the cluster `default` has no service `wed`", "ServiceNotFound"),
            ("service: web, cluster: live", "there is no cluster `live`", "ClusterNotFound"),
        ] {
            let told = with(more).told();
            let answer = format!("{exception}Exception");
            assert!(told.contains(word) && told.contains(&answer), "{call}: {told}");
            assert!(told.contains("CUT0250") && told.contains("-->"), "{told}");
        }
    }
    let made = "do: CreateService, serviceName: shop, cluster: other";
    let known =
        workflow(&[made, "do: UpdateService, service: shop, cluster: other, desiredCount: 1"]);
    known.is_accepted();
    let told =
        workflow(&[made, "do: UpdateService, service: web, cluster: other, desiredCount: 1"])
            .told();
    assert!(told.contains("the cluster `other` has no service `web`"), "{told}");
}

/// Guards that can never do anything are warned of, each at its place; those that can are not.
#[test]
fn guards_that_can_never_do_anything_are_warned_of() {
    let warned = |of: Workflow, word: &str| {
        let told = of.told();
        assert!(told.contains("warning[CUT0256]") && told.contains(word), "{word}: {told}");
        assert!(read(&of.yaml()).is_ok(), "{told}");
    };
    let step = |step: &str| workflow(&[CREATE_B, step]);
    let update = "do: UpdateService, desiredCount: 4";
    warned(step(&format!("timeout: 5m, {update}")), "`timeout` stands without `when`");
    let waits = "when: { steady: b }";
    warned(step(&format!("{waits}, on_timeout: continue, {update}")), "without `timeout`");
    warned(step(&format!("{waits}, retry: {{ attempts: 2 }}")), "`retry` stands without `do`");
    warned(step("when: { any: [] }, timeout: 5m"), "never holds");
    warned(step("when: { all: [] }"), "holds always");
    let back = |steps: &[&str], abort: &str| workflow(steps).abort(&[abort]);
    warned(back(&[CREATE_B], update), "only a call that is refused leads here");
    let ends = format!("{waits}, timeout: 5m, on_timeout: continue");
    warned(back(&[CREATE_B, &ends], update), "only a call that is refused leads here");
    let given_up = |abort: &str| {
        back(&[CREATE_B, "when: { elapsed: 5m }"], abort).section("abort_if: { alarm: errors }")
    };
    warned(given_up(&format!("{waits}, unless: {{ gone: b }}, {update}")), "in a step of `abort`");
    warned(given_up(&format!("{waits}, timeout: 5m, on_timeout: abort")), "in a step of `abort`");
    for sound in [
        given_up(&format!("{waits}, timeout: 5m, {update}")),
        back(&[CREATE_B, &format!("{waits}, timeout: 5m")], update),
        back(&[CREATE_B, &format!("{waits}, unless: {{ gone: b }}")], update),
    ] {
        assert!(!sound.told().contains("CUT0256"), "{}", sound.told());
    }
}

/// CD-ECS-2, ECS-EXT-1, ECS-EXT-9, T38: the service belongs to the controller that drives it.
#[test]
fn the_service_has_the_controller_that_drives_it() {
    let yaml = workflow(&[CREATE_B]).yaml().replace("EXTERNAL", "ECS");
    let told = told(&yaml);
    assert!(told.contains("`ECS`, not `EXTERNAL`") && told.contains("InvalidParameter"), "{told}");
}

/// Mistakes in the steps themselves are told with their places.
#[test]
fn steps_that_cannot_be_carried_out_are_told() {
    for (steps, word) in [
        (vec!["when: { steady: c }"], "no step before creates a task set `c`"),
        (vec![CREATE_B, CREATE_B], "a task set is called `b` already"),
        (vec!["timeout: 5m"], "a step neither waits nor calls"),
        (vec!["when: { alarm: wrong }"], "the alarm `wrong` is not described"),
        (vec!["do: ModifyListener, weights: { red: 1 }"], "no target group `red`"),
        (vec!["do: CreateTaskSet, taskSet: b, targetGroup: red"], "no target group `red`"),
        (vec!["do: StopDeployment"], "`do` is `StopDeployment`"),
        (vec!["when: { steady: original, gone: original }"], "gone"),
    ] {
        let told = workflow(&steps).told();
        assert!(told.contains(word) && told.contains("-->"), "{word}: {told}");
    }
    let beside = told(
        &workflow(&[CREATE_B])
            .yaml()
            .replace("  external:", "  deploymentConfigName: x\n  external:"),
    );
    assert!(beside.contains("`deploymentConfigName` stands beside `external`"), "{beside}");
}
