//! What a Lambda function publishes itself, and the alarms of strangers on it.

use cutover::aws::name::ErrorCode;
use cutover::journal::fact::Fact;

use crate::support::{Played, play, read, told};

/// A canary of ten percent from version 7 to version 8 of `checkout`, under one alarm.
#[derive(Clone)]
struct Canary {
    metric: &'static str,
    statistic: &'static str,
    dimensions: &'static [(&'static str, &'static str)],
    rule: &'static str,
    rate: &'static str,
    original: &'static str,
    replacement: &'static str,
    function: &'static str,
}

const NAME: (&str, &str) = ("FunctionName", "checkout");
const ALIAS: (&str, &str) = ("Resource", "checkout:live");
const NEW: (&str, &str) = ("ExecutedVersion", "8");
const OLD: (&str, &str) = ("ExecutedVersion", "7");

fn canary() -> Canary {
    Canary {
        metric: "Errors",
        statistic: "Statistic: Sum",
        dimensions: &[NAME, ALIAS, NEW],
        rule: "Threshold: 1, ComparisonOperator: GreaterThanOrEqualToThreshold, TreatMissingData: notBreaching",
        rate: "20/s",
        original: "errors: 0%",
        replacement: "errors: 0%",
        function: "FunctionName: checkout",
    }
}

impl Canary {
    fn yaml(&self) -> String {
        let Canary { metric, statistic, rule, rate, original, replacement, function, .. } = self;
        let dimensions: Vec<String> = self
            .dimensions
            .iter()
            .map(|(name, value)| format!("{{ Name: {name}, Value: '{value}' }}"))
            .collect();
        format!(
            "cutover: 1
resources:
  function: {{ {function} }}
  alarms:
    - {{ AlarmName: watch, Namespace: AWS/Lambda, MetricName: {metric}, {statistic}, Period: 60, EvaluationPeriods: 1,
        Dimensions: [{}], {rule} }}
deployment:
  deploymentConfigName: CodeDeployDefault.LambdaCanary10Percent10Minutes
  deploymentGroup:
    applicationName: shop
    deploymentGroupName: checkout
    deploymentStyle: {{ deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }}
    alarmConfiguration: {{ enabled: true, alarms: [{{ name: watch }}] }}
    autoRollbackConfiguration: {{ enabled: true, events: [DEPLOYMENT_STOP_ON_ALARM] }}
  revision:
    version: 0.0
    Resources:
      - checkout:
          Type: AWS::Lambda::Function
          Properties: {{ Name: checkout, Alias: live, CurrentVersion: '7', TargetVersion: '8' }}
traffic: {{ rate: {rate} }}
revisions:
  original: {{ {original} }}
  replacement: {{ {replacement} }}
assumptions: {{ preset: ideal }}",
            dimensions.join(", ")
        )
    }

    fn run(&self) -> Played {
        let yaml = self.yaml();
        play(&read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, 0)
    }

    fn is_stopped(&self) -> bool {
        let run = self.run();
        let code = run.course(0).error.map(|error| error.code);
        assert!(code.is_none() || code == Some(ErrorCode::AlarmActive), "{code:?}");
        code.is_some()
    }

    /// The values that the alarm saw from creation on, in thousandths.
    fn seen(&self) -> Vec<i64> {
        let run = self.run();
        let values = run.journal.entries.iter().filter_map(|entry| match entry.fact {
            Fact::DatapointSeen { micros, .. } => Some(micros / 1000),
            _ => None,
        });
        values.collect()
    }

    /// What is told of the alarm's metric.
    fn told(&self) -> String {
        let told = told(&self.yaml());
        assert!(told.contains("CUT0309"), "{told}");
        told
    }
}

/// LAM-MET-1, LAM-MET-2: the errors of the new version, behind the alias, stop the canary at the end of the first minute.
#[test]
fn errors_of_the_executed_version_stop_a_canary() {
    let mut setup = canary();
    setup.replacement = "errors: 5%";
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Stopped");
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::AlarmActive));
    assert!(run.row().bad_requests < 30, "a minute of ten percent: {}", run.row().bad_requests);
}

/// LAM-MET-1: what the other version fails is not seen by an alarm on this one, and is by one on the alias or the function.
#[test]
fn each_dimension_counts_its_own_invocations() {
    let mut setup = canary();
    setup.original = "errors: 5%";
    setup.replacement = "errors: 0%, bad: false";
    assert!(!setup.is_stopped());
    for dimensions in [&[NAME, ALIAS, OLD][..], &[NAME, ALIAS], &[NAME]] {
        assert!(Canary { dimensions, ..setup.clone() }.is_stopped(), "{dimensions:?}");
    }
}

/// LAM-MET-3: a good minute has a zero, so that an alarm which takes missing data badly is quiet while anybody invokes.
#[test]
fn a_good_minute_is_zero_and_an_idle_one_is_missing() {
    let mut setup = canary();
    setup.rule = "Threshold: 1, ComparisonOperator: GreaterThanOrEqualToThreshold, TreatMissingData: breaching";
    setup.dimensions = &[NAME];
    assert!(!setup.is_stopped());
    assert!(setup.seen().iter().all(|&value| value == 0) && setup.seen().len() >= 10);
    setup.rate = "0/s";
    assert!(setup.is_stopped(), "nobody invokes: no datapoint");
    setup.rate = "20/s";
    setup.dimensions = &[NAME, ALIAS, NEW];
    assert!(setup.is_stopped(), "before the shift the new version has none");
}

/// LAM-MET-2: the average of `Errors` is the error rate, its count of samples the number of invocations.
#[test]
fn the_average_of_errors_is_the_error_rate() {
    let mut setup = canary();
    setup.replacement = "errors: 20%, bad: false";
    setup.rate = "200/s";
    setup.rule = "Threshold: 2, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore";
    setup.statistic = "Statistic: Average";
    let seen = setup.seen();
    assert!(seen.len() >= 9 && seen.iter().all(|value| (160..=240).contains(value)), "{seen:?}");
    setup.rule =
        "Threshold: 1e6, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore";
    setup.statistic = "Statistic: SampleCount";
    let samples = setup.seen();
    setup.metric = "Invocations";
    setup.statistic = "Statistic: Sum";
    assert_eq!(setup.seen(), samples);
    assert!(samples.iter().all(|value| (1_000_000..=1_400_000).contains(value)), "{samples:?}");
    setup.statistic = "Statistic: Maximum";
    assert!(setup.seen().iter().all(|&value| value == 1000));
}

/// LAM-MET-2: what the function answers with a 4xx code is no function error.
#[test]
fn faulty_requests_are_no_function_errors() {
    let mut setup = canary();
    setup.replacement = "errors: 0%, client_errors: 30%";
    assert!(!setup.is_stopped());
}

/// LAM-INV-1, LAM-MET-2: what takes longer than the timeout is a function error, and its `Duration` is the timeout.
#[test]
fn a_timeout_is_a_function_error() {
    let mut setup = canary();
    setup.original = "errors: 0%, latency: 100ms";
    setup.replacement = "errors: 0%, latency: { uniform: [1s, 6s] }";
    let run = setup.run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Stopped");
    let timed_out = run.occurrence("FunctionTimedOut").count;
    assert!(timed_out > 40, "of 120: {timed_out}");
    assert_eq!(run.row().failed_requests, timed_out);
    let patient = Canary { function: "FunctionName: checkout, Timeout: 7", ..setup.clone() };
    assert!(!patient.is_stopped());
    let longest = Canary {
        metric: "Duration",
        statistic: "Statistic: Maximum",
        rule: "Threshold: 9e9, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore",
        ..setup
    };
    let seen = longest.seen();
    assert!(seen.len() >= 9 && seen.iter().all(|&value| value == 3_000_000), "{seen:?}");
}

/// LAM-MET-4: milliseconds, by version, with averages and percentiles.
#[test]
fn duration_is_in_milliseconds() {
    let mut setup = canary();
    setup.metric = "Duration";
    setup.rate = "100/s";
    setup.original = "errors: 0%, latency: 100ms";
    setup.replacement = "errors: 0%, latency: { uniform: [100ms, 300ms] }";
    setup.rule =
        "Threshold: 9e9, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore";
    for (statistic, dimensions, low, high) in [
        ("Statistic: Average", &[NAME, ALIAS, NEW][..], 190, 210),
        ("ExtendedStatistic: p90", &[NAME, ALIAS, NEW], 270, 290),
        ("ExtendedStatistic: p50", &[NAME], 99, 101),
        ("Statistic: Maximum", &[NAME, ALIAS, OLD], 99, 101),
    ] {
        let seen = Canary { statistic, dimensions, ..setup.clone() }.seen();
        let is_right = |value: &i64| (low * 1000..=high * 1000).contains(value);
        assert!(
            seen.len() >= 9 && seen.iter().all(is_right),
            "{statistic} {dimensions:?} {seen:?}"
        );
    }
}

/// LAM-MET-5, CW-DELAY-1: the delay is an assumption of its own.
#[test]
fn a_datapoint_of_a_function_is_late() {
    let mut setup = canary();
    setup.replacement = "errors: 5%";
    let late = setup.yaml().replace("{ preset: ideal }", "{ preset: ideal, cw.delay.lambda: 61s }");
    let run = play(&read(&late).expect("a scenario"), 1, 0);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 180 Stopped");
}

/// LAM-MET-1: what Lambda does not publish never has data, and each time it is said why.
#[test]
fn what_is_not_published_is_told() {
    let told = |dimensions: &'static [(&'static str, &'static str)]| {
        Canary { dimensions, ..canary() }.told()
    };
    for (dimensions, why) in [
        (&[("FunctionName", "arn:aws:lambda:eu-west-1:1:function:checkout")][..], "holds an ARN"),
        (&[("FunctionName", "cart")], "is another function than `checkout`"),
        (&[ALIAS], "`FunctionName` is missing"),
        (&[], "of all functions of the account"),
        (&[NAME, ("Alias", "live")], "nothing with the dimension `Alias`"),
        (&[NAME, ("Resource", "checkout:8")], "nobody invokes the version `checkout:8` itself"),
        (&[NAME, ("Resource", "checkout:blue")], "is not the alias `checkout:live`"),
        (&[NAME, NEW], "with `Resource` only"),
        (&[NAME, ALIAS, ("ExecutedVersion", "9")], "the AppSpecs name `7`, `8`"),
    ] {
        assert!(told(dimensions).contains(why), "{}", told(dimensions));
    }
    for (metric, statistic, why) in [
        ("Error", "Statistic: Sum", "Lambda publishes no `Error`"),
        ("ConcurrentExecutions", "Statistic: Maximum", "`ConcurrentExecutions` is not simulated"),
        ("Errors", "ExtendedStatistic: p99", "percentiles of a counter"),
        ("Duration", "Statistic: Average", "not every revision says how long"),
    ] {
        let setup = Canary { metric, statistic, ..canary() };
        assert!(setup.told().contains(why), "{}", setup.told());
    }
}
