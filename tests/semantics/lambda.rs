//! Deployments on AWS Lambda: the alias between two versions, and what comes of it.
//!
//! Where a recorded run is followed, its constants stand on top of the ideal preset.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;
use cutover::report::{Report, text};

use crate::support::{Played, play, read};

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
