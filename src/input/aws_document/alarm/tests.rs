//! Alarms in every shape that they come in.

use super::*;
use crate::aws::alarm::{
    ComparisonOperator, LowSampleCount, StateValue, Statistic, TreatMissingData,
};
use crate::input::aws_document::told::{changed, told};
use crate::scenario::alarm::MetricAlarm;
use crate::scenario::alarm::composite::Rule;
use crate::scenario::alarm::math::Expression;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::Stat;

const ERRORS: &str = "\
AlarmName: errors
Namespace: AWS/ApplicationELB
MetricName: HTTPCode_Target_5XX_Count
Dimensions: [{ Name: TargetGroup, Value: targetgroup/green/1a }]
Statistic: Sum
Period: 60
EvaluationPeriods: 3
DatapointsToAlarm: 2
Threshold: 10
ComparisonOperator: GreaterThanThreshold
TreatMissingData: notBreaching
AlarmActions: [\"arn:aws:sns:eu-west-1:123456789012:page\"]
";

const RATE: &str = "\
AlarmName: error-rate
EvaluationPeriods: 3
Threshold: 1.5
ComparisonOperator: GreaterThanOrEqualToThreshold
Metrics:
  - { Id: rate, Expression: per * share, Label: 5xx, ReturnData: true }
  - { Id: share, Expression: m1 / m2, ReturnData: false }
  - { Id: per, Expression: m1 / m1 * 100, ReturnData: false }
  - { Id: m1, ReturnData: false, MetricStat: { Stat: Sum, Period: 60, Metric: { Namespace: A, MetricName: bad } } }
  - { Id: m2, ReturnData: false, MetricStat: { Stat: p99.9, Period: 60, Metric: { Namespace: A, MetricName: all } } }
";

fn read(text: &str) -> (Vec<Alarm>, Vec<String>) {
    let (found, lines) = told(text, |field, _, to| alarms(field, None, to));
    let found = found.unwrap_or_default().into_iter().map(|alarm| alarm.value);
    (found.collect(), lines)
}

fn metric_alarm(text: &str) -> MetricAlarm {
    let (mut found, lines) = read(text);
    match found.pop() {
        Some(Alarm::Metric(alarm)) if found.is_empty() => *alarm,
        other => panic!("{other:?}: {lines:?}"),
    }
}

/// What is told of one alarm with a line of it replaced.
fn fault(from: &str, to: &str) -> String {
    read(&changed(ERRORS, from, to)).1.join("; ")
}

/// CW-ALARM-2: what an alarm says, and what holds where it says nothing.
#[test]
fn an_alarm_on_one_metric_is_read() {
    let (_, lines) = read(ERRORS);
    assert!(lines.is_empty(), "{lines:?}");
    let alarm = metric_alarm(ERRORS);
    let criterion = alarm.criterion;
    assert_eq!((criterion.datapoints_to_alarm, criterion.evaluation_periods), (2, 3));
    assert_eq!(criterion.treat_missing_data, TreatMissingData::NotBreaching);
    assert_eq!((alarm.threshold, alarm.period.as_millis()), (Ratio::whole(10), 60_000));
    assert_eq!(alarm.metrics[0].metric.dimensions[0].1, "targetgroup/green/1a");
    let bare = changed(ERRORS, "DatapointsToAlarm: 2\n", "");
    let bare = changed(&bare, "TreatMissingData: notBreaching\n", "");
    let bare = metric_alarm(&bare);
    assert_eq!(bare.criterion.datapoints_to_alarm, 3);
    assert_eq!(bare.criterion.treat_missing_data, TreatMissingData::Missing);
    assert_eq!((bare.low_sample_count, bare.actions_enabled), (LowSampleCount::Evaluate, true));
}

#[test]
fn alarms_come_in_answers_lists_and_alone() {
    let item = |name: &str| format!("{{AlarmName: {name}, AlarmRule: OK(x)}}");
    let names = |text: &str| {
        let (found, lines) = read(text);
        let names = found.iter().map(|alarm| alarm.name().to_string()).collect::<Vec<_>>();
        (names.join(" "), lines.len())
    };
    let (a, b) = (item("a"), item("b"));
    for (text, expected) in [
        (format!("{{MetricAlarms: [], CompositeAlarms: [{a}, {b}]}}"), ("a b", 0)),
        (
            format!("{{status_code: 200, data: {{CompositeAlarms: [{a}], MetricAlarms: [{b}]}}}}"),
            ("b a", 0),
        ),
        (format!("{{alarms: [{a}, {b}]}}"), ("a b", 0)),
        (format!("{{AlarmDefinitions: [{a}]}}"), ("a", 0)),
        (format!("[{a}, {b}]"), ("a b", 0)),
        (a.clone(), ("a", 0)),
        ("{MetricAlarms: []}".into(), ("", 1)),
        (format!("[{a}, {a}]"), ("a a", 1)),
    ] {
        let (found, told) = names(&text);
        assert_eq!((found.as_str(), told), expected, "{text}");
    }
}

/// Alarms that nobody asked for may be of a kind that is not simulated.
#[test]
fn an_alarm_can_be_asked_for_by_its_name() {
    let text = "[{AlarmName: a, AlarmRule: OK(x)}, {AlarmName: b, AlarmRule: '?'}]";
    let named = |name| told(text, |field, _, to| alarms(field, Some(name), to));
    let (found, lines) = named("a");
    assert_eq!((found.map(|found| found.len()), lines.len()), (Some(1), 0));
    assert_eq!(named("b").1.len(), 1, "it is faulty");
    assert_eq!(named("c").1, [format!("CUT0206 at `{text}`: `document` holds no alarm `c`")]);
}

/// CW-ALARM-11, CW-MATH-1: expressions may name each other in any order.
#[test]
fn an_alarm_on_metric_math_is_read() {
    let (_, lines) = read(RATE);
    assert!(lines.is_empty(), "{lines:?}");
    let alarm = metric_alarm(RATE);
    assert_eq!(alarm.metrics.iter().map(|metric| &metric.id[..]).collect::<Vec<_>>(), ["m1", "m2"]);
    let value =
        alarm.expression.datapoint(1, 1, &mut |metric, _| Some(Ratio::whole([3, 200][metric])));
    assert_eq!(value, Some(alarm.threshold));
    assert!(alarm.breaches(alarm.threshold));
    let alone = metric_alarm(
        "{AlarmName: a, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: LessThanThreshold, Metrics: \
         [{Id: m1, MetricStat: {Stat: Sum, Period: 10, Metric: {Namespace: A, MetricName: b}}}]}",
    );
    assert_eq!(alone.expression, Expression::Metric(0));
    assert_eq!(alone.comparison_operator, ComparisonOperator::LessThanThreshold);
}

/// CW-ALARM-11, CW-ALARM-2: what CloudWatch refuses of metric math.
#[test]
fn faulty_metric_math_is_told() {
    let m1 = "- { Id: m1, ReturnData: false, MetricStat: { Stat: Sum, Period: 60,";
    let many: String = (0..10)
        .map(|n| {
            changed(m1, "m1", &format!("n{n}")) + " Metric: { Namespace: A, MetricName: b } } }\n  "
        })
        .collect();
    for (from, to, expected) in [
        ("m1 / m2", "m1 / m3", "CUT0230 at `m3`: `Expression`: there is no `m3`"),
        (
            "m1 / m2",
            "m1 / rate",
            "CUT0230 at `per * share`: the expression `rate` names itself in the end",
        ),
        ("m1 / m2", "RATE(m1)", "CUT0222 at `RATE`: `Expression`: `RATE` is not simulated yet"),
        (
            "ReturnData: true",
            "ReturnData: false",
            "CUT0229 at `Metrics`: 0 of the `Metrics` return data, not one",
        ),
        (
            "Stat: p99.9, Period: 60",
            "Stat: Sum, Period: 300",
            "CUT0229 at `300`: a metric has a `Period` of 300 s beside one of 60 s",
        ),
        ("Id: per", "Id: Per", "CUT0229 at `Per`: `Id` is `Per`, no id"),
        ("Id: per", "Id: m1", "CUT0229 at `m1`: the `Id` `m1` is given twice"),
        ("Stat: p99.9", "Stat: tm99", "CUT0222 at `tm99`: `Stat` is `tm99`"),
        (
            "Metrics:\n",
            "Period: 60\nMetrics:\n",
            "CUT0112 at `Period`: `Period` stands beside `Metrics`",
        ),
        (
            "- { Id: m1",
            &format!("{many}- {{ Id: m1"),
            "CUT0229 at `Metrics`: `Metrics` has 12 metrics among 15 entries",
        ),
    ] {
        let (_, lines) = read(&changed(RATE, from, to));
        assert_eq!(lines, [expected], "{to}");
    }
}

/// CW-ALARM-2: periods and counts that CloudWatch refuses.
#[test]
fn faulty_periods_and_counts_are_told() {
    for (from, to, expected) in [
        ("Period: 60", "Period: 45", "CUT0229 at `45`: `Period` is 45, no period of an alarm"),
        ("Period: 60", "Period: 0", "CUT0229 at `0`: `Period` is 0, no period of an alarm"),
        ("Period: 60", "Period: '300'", ""),
        ("Periods: 3", "Periods: 0", "CUT0229 at `0`: `EvaluationPeriods` is 0, less than 1"),
        (
            "Periods: 3",
            "Periods: 1",
            "CUT0229 at `2`: `DatapointsToAlarm` is 2, more than the 1 of `EvaluationPeriods`",
        ),
        (
            "Periods: 3",
            "Periods: 1441",
            "CUT0229 at `1441`: 1441 evaluation periods of 60 s are 86460 s, more than a day",
        ),
        ("Periods: 3", "Periods: 1440", ""),
        ("Alarm: 2", "Alarm: 0", "CUT0229 at `0`: `DatapointsToAlarm` is 0, less than 1"),
    ] {
        assert_eq!(fault(from, to), expected, "{to}");
    }
    let hours = changed(ERRORS, "Period: 60", "Period: 3600");
    assert!(read(&changed(&hours, "Periods: 3", "Periods: 168")).1.is_empty());
    assert_eq!(read(&changed(&hours, "Periods: 3", "Periods: 169")).1.len(), 1);
}

/// CW-ALARM-2: thresholds, statistics, names and actions that CloudWatch refuses, or would spell otherwise.
#[test]
fn faulty_words_and_lists_are_told() {
    for (from, to, expected) in [
        (
            "Threshold: 10",
            "Threshold: many",
            "CUT0114 at `many`: `Threshold` is `many`, not a number",
        ),
        ("Threshold: 10\n", "", "CUT0102 at `AlarmName: errors`: `document` lacks `Threshold`"),
        (
            "Statistic: Sum\n",
            "",
            "CUT0102 at `AlarmName: errors`: `document` has none of `Statistic`, `ExtendedStatistic`",
        ),
        ("Statistic: Sum", "Statistic: SUM", "CUT0232 at `SUM`: `Statistic` is `SUM`"),
        (
            "Statistic: Sum",
            "Statistic: p99",
            "CUT0232 at `p99`: `Statistic` is the percentile `p99`",
        ),
        ("Statistic: Sum", "ExtendedStatistic: p99.9", ""),
        (
            "Statistic: Sum",
            "ExtendedStatistic: p101",
            "CUT0110 at `p101`: `ExtendedStatistic` is `p101`",
        ),
        (
            "Statistic: Sum",
            "ExtendedStatistic: TM(10%:90%)",
            "CUT0222 at `TM(10%:90%)`: `ExtendedStatistic` is `TM(10%:90%)`",
        ),
        (
            "GreaterThanThreshold",
            "GreaterThanUpperThreshold",
            "CUT0222 at `GreaterThanUpperThreshold`: `ComparisonOperator` is `GreaterThanUpperThreshold`",
        ),
        (
            "AlarmName",
            "alarmName",
            "CUT0232 at `alarmName`: `alarmName` begins with a small letter",
        ),
        (
            "AlarmName: errors",
            &format!("AlarmName: {}", "e".repeat(256)),
            &format!("CUT0229 at `{}`: `AlarmName` has more than 255 characters", "e".repeat(256)),
        ),
        (
            "Actions: [",
            "Actions: [a, b, c, d, e, ",
            "CUT0229 at `\"arn:aws:sns:eu-west-1:123456789012:page\"`: `AlarmActions` has 6 actions, more than 5",
        ),
    ] {
        assert_eq!(fault(from, to), expected, "{to}");
    }
}

/// CW-ALARM-12: metrics of DynamoDB always ignore missing data, and whoever wrote otherwise is told.
#[test]
fn missing_data_of_dynamodb_is_ignored() {
    let of_dynamodb = changed(ERRORS, "AWS/ApplicationELB", "AWS/DynamoDB");
    let (_, lines) = read(&of_dynamodb);
    assert_eq!(
        lines,
        [
            "CUT0233 at `notBreaching`: `TreatMissingData` is `notBreaching` for a metric of DynamoDB"
        ]
    );
    let bare = changed(&of_dynamodb, "TreatMissingData: notBreaching\n", "");
    assert!(read(&bare).1.is_empty());
    for text in [&of_dynamodb, &bare] {
        assert_eq!(metric_alarm(text).criterion.treat_missing_data, TreatMissingData::Ignore);
    }
}

/// CW-ALARM-10: composite alarms, with their suppressor, and without actions that scale.
#[test]
fn composite_alarms_are_read() {
    let text = "{AlarmName: both, AlarmRule: ALARM(a) AND NOT OK(arn:aws:cloudwatch:r:1:alarm:b), \
                ActionsSuppressor: deploying, ActionsSuppressorWaitPeriod: 60, ActionsSuppressorExtensionPeriod: 120}";
    let (found, lines) = read(text);
    assert!(lines.is_empty(), "{lines:?}");
    let [Alarm::Composite(alarm)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(alarm.children, ["a", "b"]);
    assert!(matches!(&alarm.rule, Rule::All(rules) if rules[0] == Rule::Is(StateValue::Alarm, 0)));
    let suppressor = alarm.suppressor.as_ref().expect("it has one");
    assert_eq!(
        (suppressor.alarm.as_str(), suppressor.wait_period.as_millis()),
        ("deploying", 60_000)
    );
    for (from, to, expected) in [
        ("ActionsSuppressorWaitPeriod: 60, ", "", "CUT0102 at `{AlarmName: both,"),
        ("AND", "and", "CUT0231 at `and`"),
        (
            "ActionsSuppressor: deploying",
            "AlarmActions: ['arn:aws:autoscaling:r:1:scalingPolicy:x'], ActionsSuppressor: x",
            "CUT0229",
        ),
    ] {
        let (_, lines) = read(&changed(text, from, to));
        assert!(lines.len() == 1 && lines[0].starts_with(expected), "{lines:?}");
    }
}

#[test]
fn what_is_no_alarm_is_told_as_what_it_is() {
    assert!(read("{family: web, containerDefinitions: []}").1[0].contains("is a task definition"));
    assert!(read("hello").1[0].starts_with("CUT0202"));
    assert_eq!(metric_alarm(ERRORS).metrics[0].stat, Stat::Statistic(Statistic::Sum));
}
