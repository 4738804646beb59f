//! Deployments on AWS Lambda: the alias between two versions, and what comes of it.
//!
//! Where a recorded run is followed, its constants stand on top of the ideal preset.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;
use cutover::report::{Report, text};

use crate::support::{Played, play, read, told};

/// A scenario of a function whose alias `live` is to move from version 1 to version 2.
#[derive(Clone)]
struct Function {
    config: &'static str,
    group: Vec<&'static str>,
    deployments: Vec<&'static str>,
    hooks: Vec<&'static str>,
    operator: Vec<&'static str>,
    replacement: &'static str,
    assumptions: Vec<&'static str>,
}

fn function() -> Function {
    Function {
        config: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        group: Vec::new(),
        deployments: Vec::new(),
        hooks: Vec::new(),
        operator: Vec::new(),
        replacement: "errors: 0%",
        assumptions: vec!["codedeploy.created_to_in_progress: 2s"],
    }
}

const ROLLBACK: &str = "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, \
                        DEPLOYMENT_STOP_ON_ALARM] }";
const ALARM: &str = "alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }";

fn app_spec(current: u32, target: u32) -> String {
    format!(
        "{{ version: 0.0, Resources: [{{ checkout: {{ Type: 'AWS::Lambda::Function', Properties: {{ Name: checkout, \
         Alias: live, CurrentVersion: '{current}', TargetVersion: '{target}' }} }} }}] }}"
    )
}

impl Function {
    fn yaml(&self) -> String {
        let group: String = self.group.iter().map(|line| format!("      {line}\n")).collect();
        let later: String = self.deployments.iter().map(|line| format!("  - {line}\n")).collect();
        let calls: String = self.operator.iter().map(|line| format!("  - {line}\n")).collect();
        let hooks: String = self.hooks.iter().map(|line| format!("  {line}\n")).collect();
        let assumed: String = self.assumptions.iter().map(|line| format!("  {line}\n")).collect();
        let Function { config, replacement, .. } = self;
        let events = self.hooks.iter().filter_map(|hook| hook.split(':').next());
        let bound: Vec<String> = events.map(|event| format!("{{ {event}: check }}")).collect();
        let spec = app_spec(1, 2).replacen('{', &format!("{{ Hooks: [{}],", bound.join(", ")), 1);
        format!(
            "cutover: 1
resources:
  function: {{ FunctionName: checkout }}
  alarms:
    - {{ AlarmName: errors, Namespace: Shop, MetricName: Failed, Statistic: Sum, Period: 60, EvaluationPeriods: 1,
        Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore }}
deployments:
  - deploymentConfigName: {config}
    deploymentGroup:
      applicationName: shop
      deploymentGroupName: checkout
      deploymentStyle: {{ deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }}
{group}    revision: {spec}
{later}operator:
{calls}  - {{ at: 100d, do: StopDeployment }}
hooks:
{hooks}  {{}}
traffic: {{ rate: 10/s }}
revisions:
  original: {{ errors: 0%, metrics: [{{ namespace: Shop, name: Failed, per_request: 0% }}] }}
  replacement: {{ {replacement} }}
assumptions:
  preset: ideal
{assumed}"
        )
        .replace("  - { at: 100d, do: StopDeployment }\n", "")
        .replace("operator:\nhooks", "hooks")
        .replace("hooks:\n  {}\n", "")
        .replace("  {}\n", "")
    }

    fn run(&self) -> Played {
        let yaml = self.yaml();
        play(&read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, 0)
    }

    fn refused(&self) -> String {
        read(&self.yaml()).expect_err("the scenario is refused")
    }
}

/// Every change of the alias: `2 1 (10 % 2)`, its version and what the additional one has.
fn alias(run: &Played) -> String {
    run.told(|fact| match *fact {
        Fact::AliasUpdated { function_version, versions, weights, .. } => {
            let other = function_version.other().index();
            let version = versions[function_version.index()];
            Some(match weights[other] {
                0 => version.to_string(),
                percent => format!("{version} ({percent} % {})", versions[other]),
            })
        }
        _ => None,
    })
}

/// CD-LAM-2, CD-LAM-3, CD-LAM-4, CD-TRAF-2: three events, no waits; the recorded canary took 304.9 s, its hooks and two
/// seconds to begin beside the five minutes.
#[test]
fn a_canary_takes_its_hooks_and_its_schedule() {
    let mut setup = function();
    setup.hooks =
        vec!["BeforeAllowTraffic: { duration: 1400ms }", "AfterAllowTraffic: { duration: 1500ms }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 304.9 Succeeded");
    assert_eq!(
        run.events(),
        [
            "BeforeAllowTraffic 2-3.4 Succeeded",
            "AllowTraffic 3.4-303.4 Succeeded",
            "AfterAllowTraffic 303.4-304.9 Succeeded",
        ]
    );
    assert_eq!(alias(&run), "0 1, 3.4 1 (10 % 2), 303.4 2");
}

/// CD-LAM-2: a linear shift keeps the current version to its last increment.
#[test]
fn a_linear_shift_swaps_the_versions_at_its_end() {
    let mut setup = function();
    setup.config = "CodeDeployDefault.LambdaLinear10PercentEvery1Minute";
    let told = alias(&setup.run());
    assert!(told.starts_with("0 1, 2 1 (10 % 2), 62 1 (20 % 2), "), "{told}");
    assert!(told.ends_with("482 1 (90 % 2), 542 2"), "{told}");
}

/// CD-LAM-8, CD-LE-20, CD-RB-7: the function after the shift finds the fault; two seconds later the alias has been back.
#[test]
fn a_failed_hook_after_the_shift_takes_the_alias_back() {
    let mut setup = function();
    setup.group = vec![ROLLBACK];
    setup.hooks = vec!["AfterAllowTraffic: { duration: 3s, fails: 100% }"];
    setup.assumptions.push("codedeploy.rollback_duration: 2s");
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 305 Failed");
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::HookExecutionFailure));
    assert_eq!(run.statuses(1), "305 Created, 305 InProgress, 307 Succeeded");
    assert_eq!(alias(&run), "0 1, 2 1 (10 % 2), 302 2, 305 1");
}

/// CD-ALM-3, CD-RB-8: an alarm that is active at the start stops it before any event; the rollback is created and succeeds.
#[test]
fn an_alarm_at_the_start_stops_it_at_once() {
    let mut setup = function();
    setup.group = vec![ROLLBACK, ALARM];
    setup.operator = vec!["{ at: 1s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 2 Stopped");
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::AlarmActive));
    assert_eq!(
        run.events(),
        ["BeforeAllowTraffic Skipped", "AllowTraffic Skipped", "AfterAllowTraffic Skipped"]
    );
    assert_eq!(run.statuses(1), "2 Created, 2 InProgress, 2 Succeeded");
    assert_eq!(alias(&run), "0 1", "the alias was never touched");
}

/// CD-ALM-2, CD-ALM-4, CD-LAM-8: an alarm during the canary stops it at the next look.
#[test]
fn an_alarm_during_the_canary_takes_the_weights_away() {
    let mut setup = function();
    setup.group = vec![ROLLBACK, ALARM];
    setup.operator = vec!["{ at: 40s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 47 Stopped");
    assert_eq!(alias(&run), "0 1, 2 1 (10 % 2), 47 1");
}

/// CD-ALM-3, CD-RB-8: an alarm that is active when it starts stops it at once, before the alias moves (recorded: 0.73 s); the rollback
/// does not mind.
#[test]
fn an_alarm_that_is_active_already_stops_it_at_the_start() {
    let mut setup = function();
    setup.group = vec![ROLLBACK, ALARM];
    setup.operator = vec!["{ at: 1s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 2 Stopped");
    assert_eq!((alias(&run).as_str(), run.course(1).status().as_str()), ("0 1", "Succeeded"));
}

/// CD-ALM-2: the alarm sees what the versions publish, weighted by the alias.
#[test]
fn a_metric_of_the_target_version_sets_the_alarm_off() {
    let mut setup = function();
    setup.group = vec![ROLLBACK, ALARM];
    setup.config = "CodeDeployDefault.LambdaLinear10PercentEvery1Minute";
    setup.replacement =
        "errors: 100%, metrics: [{ namespace: Shop, name: Failed, per_request: 100% }]";
    let run = setup.run();
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::AlarmActive));
    assert!(run.row().bad_requests > 0 && run.row().rollback);
    let bad = run.row().bad_requests;
    assert_eq!(run.row().failed_requests, bad, "the current version never fails");
}

/// CD-STOP-5, CD-LAM-9: a stop by hand without rollback leaves the alias split; deployments fail until somebody takes the
/// weight away.
#[test]
fn a_stop_by_hand_leaves_the_alias_split_and_the_next_deployments_fail() {
    let mut setup = function();
    let spec = app_spec(1, 3);
    let second = format!("{{ at: 200s, deploys: replacement, revision: {spec} }}");
    let third = format!("{{ at: 400s, deploys: replacement, revision: {spec} }}");
    let (second, third): (&str, &str) = (second.leak(), third.leak());
    setup.group = vec![ROLLBACK];
    setup.deployments = vec![second, third];
    setup.operator = vec![
        "{ at: 100s, do: StopDeployment, autoRollbackEnabled: false }",
        "{ at: 300s, do: UpdateAlias }",
    ];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 100 Stopped");
    assert_eq!(run.statuses(1), "200 Created, 202 InProgress, 202 Failed");
    let code = run.course(1).error.map(|it| it.code);
    assert_eq!(code, Some(ErrorCode::InvalidLambdaConfiguration));
    assert!(run.course(1).rollback_impossible, "a rollback would meet the same alias");
    assert_eq!(run.statuses(2), "400 Created, 402 InProgress, 702 Succeeded");
    assert_eq!(alias(&run), "0 1, 2 1 (10 % 2), 300 1, 402 1 (10 % 3), 702 3");
}

/// CD-LAM-10: an alias that somebody has moved is not at the current version of the AppSpec.
#[test]
fn an_alias_that_is_elsewhere_fails_the_deployment() {
    let mut setup = function();
    let again =
        format!("{{ after: previous, deploys: replacement, revision: {} }}", app_spec(1, 3));
    setup.deployments = vec![again.leak()];
    let run = setup.run();
    assert_eq!(run.statuses(1), "302 Created, 304 InProgress, 304 Failed");
    let code = run.course(1).error.map(|it| it.code);
    assert_eq!(code, Some(ErrorCode::InvalidLambdaConfiguration));
    assert_eq!(alias(&run), "0 1, 2 1 (10 % 2), 302 2");
}

/// CD-LAM-2: a second deployment takes the place that the first has left; traffic goes by versions, not by places.
#[test]
fn deployments_follow_each_other_through_the_places_of_the_alias() {
    let mut setup = function();
    let next = format!("{{ after: previous, deploys: replacement, revision: {} }}", app_spec(2, 3));
    setup.deployments = vec![next.leak()];
    let run = setup.run();
    assert_eq!(run.statuses(1), "302 Created, 304 InProgress, 604 Succeeded");
    assert_eq!(alias(&run), "0 1, 2 1 (10 % 2), 302 2, 304 2 (10 % 3), 604 3");
}

/// CD-TRAF-8: each invocation chooses by weight, and every one reaches the function.
#[test]
fn invocations_choose_their_version_by_weight() {
    let run = function().run();
    let [current, target] = run.answered(2, 302);
    let all = current + target;
    assert!((2700..=3300).contains(&all), "{all} of 3000");
    assert!((220..=380).contains(&target), "{target} of some 300");
    assert_eq!(run.answered(0, 2)[1], 0);
    assert_eq!(run.row().failed_requests, 0);
    assert_eq!((run.row().task_ms, run.row().capacity_short_ms), (0, 0), "there are no tasks");
}

/// CD-LAM-5, CD-TRAF-6: from the first to the last increment 2880 minutes at most.
#[test]
fn a_shift_lasts_two_days_at_most() {
    let config = |minutes: u32| {
        let yaml = function().yaml();
        let own = format!(
            "deploymentConfig: {{ deploymentConfigName: own, computePlatform: Lambda, trafficRoutingConfig: {{ type: \
             TimeBasedCanary, timeBasedCanary: {{ canaryPercentage: 10, canaryInterval: {minutes} }} }} }}"
        );
        read(
            &yaml.replace(
                "deploymentConfigName: CodeDeployDefault.LambdaCanary10Percent5Minutes",
                &own,
            ),
        )
    };
    config(2880).expect("the longest shift there can be");
    let told = config(2881).expect_err("too long");
    assert!(told.contains("InvalidTrafficRoutingConfigurationException"), "{told}");
}

/// CD-LAM-1, CD-CFG-3: what does not fit a function is refused, each with its reason.
#[test]
fn what_is_not_of_lambda_is_refused() {
    let mut setup = function();
    setup.config = "CodeDeployDefault.ECSAllAtOnce";
    assert!(setup.refused().contains("is for the platform `ECS`"), "{}", setup.refused());
    let mut setup = function();
    setup.operator = vec!["{ at: 1m, do: UpdateService, desiredCount: 3 }"];
    assert!(setup.refused().contains("a Lambda function is deployed to"), "{}", setup.refused());
    let same = function().yaml().replace("TargetVersion: '2'", "TargetVersion: '1'");
    assert!(read(&same).expect_err("refused").contains("there is nothing to shift"));
    let none = function().yaml().replace("TargetVersion: '2'", "TargetVersion: latest");
    assert!(read(&none).is_err(), "a version is a number");
}

/// CD-LAM-2, CD-LAM-4: the report speaks of the alias and its versions, and of nothing that a function does not have.
#[test]
fn a_report_speaks_of_versions() {
    let run = function().run();
    let report = Report::new(&run.journal);
    let told = text::write(&report, text::Color::Never);
    assert!(told.contains("alias          checkout:live"), "{told}");
    assert!(told.contains("alias: version 1, 10 % to version 2"), "{told}");
    for word in ["task", "target group", "listener", "termination wait"] {
        assert!(!told.contains(word), "{word} in\n{told}");
    }
}

/// CD-LAM-6: a function that has no version yet has nothing to shift, so an AppSpec names both.
#[test]
fn a_first_publication_is_no_deployment() {
    let first = function().yaml().replace("CurrentVersion: '1', ", "");
    let told = read(&first).expect_err("refused");
    assert!(told.contains("CurrentVersion") || told.contains("currentversion"), "{told}");
}

/// CD-LAM-7: one function a deployment, and one target of it.
#[test]
fn a_deployment_has_one_target() {
    let second = "{ cart: { Type: 'AWS::Lambda::Function', Properties: { Name: cart, Alias: live, CurrentVersion: '1', \
                  TargetVersion: '2' } } }";
    let two = function().yaml().replace("}] }", &format!("}}, {second}] }}"));
    assert!(read(&two).is_err(), "two resources are two targets");
    let run = function().run();
    let found = run.journal.entries.iter();
    let created = found.filter(|entry| matches!(entry.fact, Fact::ReplacementDrawn { .. }));
    assert_eq!(created.count(), 1);
}

/// CD-LAM-10, LAM-VER-1: a version that somebody has deleted cannot be deployed, and the alias stays where it was.
#[test]
fn a_version_that_is_gone_fails_the_deployment() {
    let mut setup = function();
    setup.group = vec![ROLLBACK];
    setup.operator = vec!["{ at: 1s, do: DeleteFunction, Qualifier: '2' }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 2 Failed");
    let code = |number| run.course(number).error.map(|it| it.code);
    assert_eq!(code(0), Some(ErrorCode::InvalidLambdaFunction));
    assert_eq!(alias(&run), "0 1");
    // While the hook before the shift runs.
    setup.hooks = vec!["BeforeAllowTraffic: { duration: 10s }"];
    setup.operator = vec!["{ at: 5s, do: DeleteFunction, Qualifier: 2 }"];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 12 Failed");
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::InvalidLambdaFunction));
    assert_eq!(run.events()[1], "AllowTraffic 12-12 Failed");
}

/// LAM-VER-1: a version to which the alias points cannot be deleted; CD-LAM-8, CD-LAM-10: one that it has left can, and then
/// nothing can go back to it.
#[test]
fn a_rollback_needs_the_version_that_was() {
    let mut setup = function();
    setup.group = vec![ROLLBACK];
    setup.hooks = vec!["AfterAllowTraffic: { duration: 60s, fails: 100% }"];
    setup.operator = vec![
        "{ at: 100s, do: DeleteFunction, Qualifier: '1' }",
        "{ at: 310s, do: DeleteFunction, Qualifier: '1' }",
        "{ at: 320s, do: DeleteFunction, Qualifier: '1' }",
    ];
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 362 Failed");
    assert_eq!(run.statuses(1), "362 Created, 362 InProgress, 362 Failed");
    assert_eq!(run.course(1).error.map(|it| it.code), Some(ErrorCode::InvalidLambdaFunction));
    assert_eq!(alias(&run), "0 1, 2 1 (10 % 2), 302 2", "the bad version keeps everything");
    assert_eq!(refusals(&run), ["ResourceConflictException", "ResourceNotFoundException"]);
}

/// Story F39, LAM-CON-6: provisioned concurrency of a weighted alias cannot be changed until the canary is over.
#[test]
fn a_canary_refuses_another_provisioned_concurrency() {
    let mut setup = function();
    let put = |at: &str| {
        format!(
            "{{ at: {at}, do: PutProvisionedConcurrencyConfig, ProvisionedConcurrentExecutions: 5 }}"
        )
    };
    let (during, after): (&str, &str) = (put("60s").leak(), put("310s").leak());
    setup.hooks = vec!["AfterAllowTraffic: { duration: 60s }"];
    setup.operator = vec![during, after];
    assert_eq!(refusals(&setup.run()), ["InvalidParameterValueException"]);
}

fn refusals(run: &Played) -> Vec<String> {
    let entries = run.journal.entries.iter();
    let refused = entries.filter_map(|entry| match entry.fact {
        Fact::CallRefused { exception, .. } => Some(exception.to_string()),
        _ => None,
    });
    refused.collect()
}

/// CD-LAM-1: faults, resources and behaviour of tasks have no meaning for a function, and calls of Lambda none for a service.
#[test]
fn what_is_of_tasks_is_told() {
    let with = |line: &str| function().yaml() + "\n" + line;
    let fault = |kind: &str| read(&with(&format!("faults: [{{ at: 1m, {kind} }}]")));
    let refused = fault("kind: task-crash").expect_err("refused");
    assert!(refused.contains("a Lambda function is deployed to"), "{refused}");
    fault("kind: alarms-denied, for: 1m").expect("of CodeDeploy itself");
    fault("kind: dependency-failure, errors: 10%, for: 1m").expect("of the application");
    let groups = function().yaml().replace(
        "resources:\n",
        "resources:\n  targetGroups: [{ TargetGroupName: blue }, { TargetGroupName: green }]\n",
    );
    assert!(
        told(&groups).contains("`resources.targetGroups` is of a service"),
        "{}",
        told(&groups)
    );
    let mut setup = function();
    setup.replacement = "errors: 0%, start_fails: 10%";
    assert!(told(&setup.yaml()).contains("CUT0223"), "{}", told(&setup.yaml()));
    let of_ecs = crate::support::scenario().operator("at: 1m, do: UpdateAlias");
    assert!(of_ecs.refused().contains("an ECS service is deployed to"), "{}", of_ecs.refused());
}

/// CW-LINT-1, CW-LINT-2, CW-MATH-5: what is told of the gates of a function speaks of versions.
#[test]
fn hints_on_gates_speak_of_versions() {
    let gate = |config: &'static str, dimensions: &str, rule: &str| {
        let mut setup = function();
        setup.config = config;
        setup.group = vec![ROLLBACK, ALARM];
        setup.replacement = "errors: 2%";
        let from = setup.yaml().replace("  preset: ideal\n", "");
        let alarm = format!(
            "    - {{ AlarmName: errors, Namespace: AWS/Lambda, MetricName: Errors, Statistic: Sum, Period: 60, \
             EvaluationPeriods: 3,\n        Dimensions: [{{ Name: FunctionName, Value: checkout }}{dimensions}], {rule} }}\n"
        );
        let (start, end) =
            (from.find("    - { AlarmName").expect("one"), from.find("deployments:").expect("one"));
        told(&format!("{}{alarm}{}", &from[..start], &from[end..]))
    };
    let strict =
        "Threshold: 60, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching";
    let canary = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
    let blind = gate(canary, "", strict);
    assert!(blind.contains("CUT0322") && blind.contains("`ExecutedVersion`"), "{blind}");
    let late = gate("CodeDeployDefault.LambdaAllAtOnce", "", strict);
    assert!(late.contains("CUT0321") && late.contains("the deployment is over"), "{late}");
    let version =
        ", { Name: Resource, Value: 'checkout:live' }, { Name: ExecutedVersion, Value: '2' }";
    let missing = "Threshold: 1, ComparisonOperator: GreaterThanThreshold";
    let told_missing = gate(canary, version, missing);
    assert!(
        told_missing.contains("CUT0323") && told_missing.contains("starts without invocations"),
        "{told_missing}"
    );
    assert!(!gate(canary, "", missing).contains("CUT0323"), "a good minute is a zero");
}
