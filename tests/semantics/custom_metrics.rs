//! Metrics that revisions publish themselves, and those that are published more often than each minute.
//!
//! On the ideal preset minutes begin with the deployment and datapoints can be seen at once.

use crate::support::{Played, Setup, scenario};

const ABOVE_HALF: &str = "Threshold: 0.5, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, TreatMissingData: notBreaching";

/// 10 % for five minutes, then everything; an alarm on a metric of the revisions.
fn published(original: &str, replacement: &str, alarm: &str) -> Setup {
    scenario()
        .rate("100/s")
        .canary(10, 5)
        .termination_wait(10)
        .original(&format!(
            "errors: 0%, metrics: [{{ namespace: Checkout, name: Orders, {original} }}]"
        ))
        .replacement(&format!("metrics: [{{ namespace: Checkout, name: Orders, {replacement} }}]"))
        .described_alarm(&format!(
            "AlarmName: orders, Namespace: Checkout, MetricName: Orders, {alarm}, {ABOVE_HALF}"
        ))
}

/// The datapoints of the first alarm: when it saw them in seconds, and their values.
fn seen(run: &Played) -> Vec<(f64, f64)> {
    let told = run.datapoints(0);
    let pair = |told: &str| {
        let (at, value) = told.split_once(' ')?;
        Some((at.parse().ok()?, value.trim_end_matches('!').parse().ok()?))
    };
    told.split(", ").filter_map(pair).collect()
}

/// A count of requests: its average is the share, its sum how many, and both versions publish into the same metric.
#[test]
fn a_metric_of_each_request_knows_share_and_number() {
    let average =
        published("per_request: 10%", "per_request: 90%", "Statistic: Average, Period: 60").run();
    let values = seen(&average);
    for &(at, value) in &values {
        let expected = if at <= 300.0 { 0.1 + 0.1 * 0.8 } else { 0.9 };
        assert!((value - expected).abs() < 0.03, "{value} at {at}");
    }
    assert_eq!(average.alarm(0), "0 OK, 360 ALARM");
    let sum =
        published("per_request: 10%", "per_request: 10%", "Statistic: Sum, Period: 300").run();
    let (_, last) = *seen(&sum).last().expect("there are datapoints");
    assert!((last - 3000.0).abs() < 300.0, "{last}");
    assert!(!sum.row().bad, "a metric is no behaviour");
}

/// CW-ALARM-2, CW-ALARM-3, CW-DELAY-3: ten seconds are a period, looked at every ten seconds.
#[test]
fn a_custom_metric_can_be_watched_every_ten_seconds() {
    let run = published("per_request: 0%", "per_request: 100%", "Statistic: Maximum, Period: 10")
        .watch(&["orders"])
        .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
        .run();
    assert_eq!(run.alarm(0), "0 OK, 10 ALARM");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 15 Stopped", "at the next look");
    let late = published("per_request: 0%", "per_request: 100%", "Statistic: Maximum, Period: 10")
        .assume("cw.delay.custom: 5s")
        .run();
    assert!(late.alarm(0).starts_with("0 OK, 20 ALARM"), "{}", late.alarm(0));
    let sums =
        published("per_request: 100%", "per_request: 100%", "Statistic: Sum, Period: 10").run();
    let values = seen(&sums);
    let mean = values.iter().map(|(_, value)| value).sum::<f64>() / values.len() as f64;
    assert!((mean - 1000.0).abs() < 30.0, "{mean}");
    assert!(values.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 10.0), "{values:?}");
}

/// A value that tasks publish whether requests come or not.
#[test]
fn a_value_is_published_as_long_as_tasks_run() {
    let run =
        published("value: 0.25", "value: 3", "Statistic: Maximum, Period: 60").rate("0/s").run();
    assert!(run.alarm(0).starts_with("0 OK, 60 ALARM"), "{}", run.alarm(0));
    let minimum = published("value: 0.25", "value: 3", "Statistic: Minimum, Period: 60").run();
    let values = seen(&minimum);
    assert!(
        values.iter().all(|&(at, value)| value == if at <= 900.0 { 0.25 } else { 3.0 }),
        "{values:?}"
    );
}

/// A revision that does not publish the metric adds nothing to it; dimensions tell metrics apart.
#[test]
fn metrics_are_told_apart_by_their_dimensions() {
    let own = "dimensions: { Service: web, Stage: green }, per_request: 100%";
    let alarm = "Statistic: SampleCount, Period: 60, Dimensions: [{ Name: Stage, Value: green }, { Name: Service, Value: web }]";
    let run = published("per_request: 100%", own, alarm).run();
    let values = seen(&run);
    assert!(
        values
            .iter()
            .filter(|(at, _)| *at <= 300.0)
            .all(|(_, value)| (value - 600.0).abs() < 150.0),
        "{values:?}"
    );
    let refused = published(
        "per_request: 100%",
        own,
        "Statistic: Sum, Period: 60, Dimensions: [{ Name: Stage, Value: blue }]",
    )
    .told();
    assert!(refused.contains("CUT0309") && refused.contains("other dimensions"), "{refused}");
    let unknown = scenario()
        .described_alarm(&format!("AlarmName: a, Namespace: Shop, MetricName: Sales, Statistic: Sum, Period: 60, {ABOVE_HALF}"))
        .told();
    assert!(unknown.contains("no revision publishes `Sales` in `Shop`"), "{unknown}");
}

/// Metrics that nobody could publish are refused with their place.
#[test]
fn faulty_metrics_are_refused() {
    let five: Vec<String> =
        (0..5).map(|n| format!("{{ namespace: Checkout, name: m{n}, per_request: 1% }}")).collect();
    let told = scenario()
        .original(&format!("metrics: [{}]", five.join(", ")))
        .replacement("metrics: [{ namespace: AWS/ECS, name: CPUUtilization, value: 3 }, { namespace: Checkout, name: x }]")
        .refused();
    for text in ["`namespace` is a namespace of AWS", "none of `per_request`, `value`"] {
        assert!(told.contains(text), "{text}:\n{told}");
    }
    let many = scenario().original(&format!("metrics: [{}]", five.join(", "))).refused();
    assert!(many.contains("5 different metrics"), "{many}");
}

/// CW-MET-5: service CPU of 20 seconds, where an alarm asks for it.
#[test]
fn service_cpu_can_be_watched_every_twenty_seconds() {
    let run = scenario()
        .desired(10)
        .rate("10/s")
        .canary(50, 5)
        .original("capacity: { service_time: 100ms }")
        .replacement("capacity: { service_time: 900ms }")
        .described_alarm("AlarmName: cpu, Namespace: AWS/ECS, MetricName: CPUUtilization, Dimensions: [{ Name: ClusterName, Value: production }, { Name: ServiceName, Value: web }], Statistic: Average, Period: 20, EvaluationPeriods: 1, Threshold: 15, ComparisonOperator: GreaterThanThreshold")
        .run();
    // One task's work before, then half a task's and four and a half: 5 of 20.
    assert_eq!(run.alarm(0).split(", ").nth(1), Some("10 ALARM"), "{}", run.alarm(0));
    let (_, last) =
        seen(&run).into_iter().find(|(at, _)| *at >= 100.0).expect("there are datapoints");
    assert!((last - 25.0).abs() < 5.0, "{last}");
}
