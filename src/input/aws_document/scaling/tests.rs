//! Documents of Application Auto Scaling, good ones and faulty ones.

use super::*;
use crate::diagnostic::{Sources, render};
use crate::engine::ratio::Ratio;
use crate::input::aws_document::told::{changed, told};
use crate::input::tree;
use crate::scenario::scaling::PolicyConfiguration;
use crate::scenario::scaling::schedule::Schedule;
use crate::scenario::scaling::step_scaling::StepScaling;
use crate::scenario::scaling::target_tracking::{TargetTracking, TrackedMetric};
use proptest::prelude::*;

const RESOURCE: &str = "ServiceNamespace: ecs, ScalableDimension: ecs:service:DesiredCount, \
                        ResourceId: service/main/web";

fn read(text: &str) -> (Option<ScalingDocuments>, Vec<String>) {
    told(text, |field, _, to| documents(field, to))
}

/// Reads what has to be faultless.
fn good(text: &str) -> ScalingDocuments {
    let (found, lines) = read(text);
    assert!(lines.is_empty(), "{lines:?}\n{text}");
    found.expect("faultless")
}

fn check(text: &str, expected: &[&str]) {
    let (_, lines) = read(text);
    assert_eq!(lines, expected, "{text}");
}

fn target(rest: &str) -> String {
    format!("{{{RESOURCE}, MinCapacity: 2, MaxCapacity: 20{rest}}}")
}

fn action(rest: &str) -> String {
    format!("{{{RESOURCE}, ScheduledActionName: morning, {rest}}}")
}

fn policy(rest: &str) -> String {
    format!("{{{RESOURCE}, PolicyName: cpu, {rest}}}")
}

const CPU: &str = "PredefinedMetricSpecification: \
                   {PredefinedMetricType: ECSServiceAverageCPUUtilization}";

fn tracking(text: &str) -> TargetTracking {
    match good(text).policies.remove(0).value.configuration {
        PolicyConfiguration::TargetTracking(tracking) => tracking,
        PolicyConfiguration::StepScaling(steps) => panic!("{steps:?}"),
    }
}

fn stepping(text: &str) -> StepScaling {
    match good(text).policies.remove(0).value.configuration {
        PolicyConfiguration::StepScaling(steps) => steps,
        PolicyConfiguration::TargetTracking(tracking) => panic!("{tracking:?}"),
    }
}

/// AAS-GEN-1, AAS-GEN-6.
#[test]
fn targets_are_read_from_inputs_and_answers() {
    let suspended = ", SuspendedState: {DynamicScalingInSuspended: true}";
    let found = good(&format!("ScalableTargets: [{}]", target(suspended)));
    let target_read = found.targets[0].value;
    assert_eq!(target_read.range, CapacityRange { min: 2, max: 20 });
    assert!(target_read.suspended.dynamic_scaling_in && !target_read.suspended.scheduled_scaling);
    let resource = found.resource.expect("named").value;
    assert_eq!((&resource.cluster[..], &resource.service[..]), ("main", "web"));
    assert_eq!(good(&target("")).targets.len(), 1);
}

/// AAS-CD-1, AAS-TT-9.
#[test]
fn target_tracking_is_read_in_each_of_its_forms() {
    let bare = tracking(&format!("{{TargetValue: 75.5, ScaleOutCooldown: 60, {CPU}}}"));
    assert_eq!(bare.target_value, Ratio::new(151, 2));
    assert_eq!(bare.scale_out_cooldown.as_millis(), 60_000);
    assert_eq!(bare.scale_in_cooldown.as_millis(), 300_000);
    assert!(!bare.disable_scale_in);
    let whole = format!("TargetTrackingScalingPolicyConfiguration: {{TargetValue: 75, {CPU}}}");
    let answer = format!(
        "ScalingPolicies: [{}]",
        policy(&format!(
            "PolicyType: TargetTrackingScaling, PolicyARN: arn, \
                         Alarms: [{{AlarmName: high, AlarmARN: a}}], {whole}"
        ))
    );
    assert_eq!(tracking(&answer).metric, TrackedMetric::Cpu { is_high_resolution: false });
    let read = good(&answer).policies.remove(0).value;
    assert_eq!(
        (&read.name[..], read.arn.as_deref(), &read.alarms[..]),
        ("cpu", Some("arn"), &["high".to_string()][..])
    );
    assert_eq!(
        tracking(&policy(&whole)).target_value,
        Ratio::from(75),
        "the type is told by the key"
    );
    let label = "app/shop/50dc6c495c0c9188/targetgroup/blue/6d0ecf831eec9f09";
    let requests = format!(
        "{{TargetValue: 1e3, PredefinedMetricSpecification: {{PredefinedMetricType: \
         ALBRequestCountPerTarget, ResourceLabel: {label}}}}}"
    );
    let TrackedMetric::RequestCountPerTarget(found) = tracking(&requests).metric else {
        panic!("another metric")
    };
    assert_eq!(
        (&found.load_balancer[..], &found.target_group[..]),
        ("app/shop/50dc6c495c0c9188", "blue")
    );
    let customized = "{TargetValue: 5, CustomizedMetricSpecification: {Namespace: Shop, MetricName: \
                      Queue, Statistic: Maximum, Dimensions: [{Name: a, Value: b}]}}";
    let TrackedMetric::Customized(found) = tracking(customized).metric else {
        panic!("another metric")
    };
    assert_eq!((&found.namespace[..], &found.name[..]), ("Shop", "Queue"));
    assert_eq!(found.dimensions, [("a".into(), "b".into())]);
}

/// AAS-SCH-2, AAS-TT-9.
#[test]
fn policies_that_cannot_be_are_told() {
    check(
        &format!("{{TargetValue: 0, {CPU}}}"),
        &["CUT0241 at `0`: `TargetValue` is 0, not more than 0"],
    );
    check(
        &format!("{{TargetValue: <T>, {CPU}}}"),
        &["CUT0205 at `<T>`: `TargetValue` is `<T>`, not a number"],
    );
    check(
        "TargetValue: 5",
        &["CUT0102 at `TargetValue: 5`: `document` has none of \
         `PredefinedMetricSpecification`, `CustomizedMetricSpecification`"],
    );
    check(
        "{TargetValue: 5, PredefinedMetricSpecification: {PredefinedMetricType: ALBRequestCountPerTarget, ResourceLabel: app/x}}",
        &["CUT0241 at `app/x`: `ResourceLabel` is `app/x`, no target group"],
    );
    check(
        "{TargetValue: 5, PredefinedMetricSpecification: {PredefinedMetricType: ECSServiceAverageCPUUtilization, ResourceLabel: x}}",
        &[
            "CUT0241 at `ResourceLabel`: `ResourceLabel` stands beside `ECSServiceAverageCPUUtilization`",
        ],
    );
    check(
        "{TargetValue: 5, CustomizedMetricSpecification: {Metrics: []}}",
        &["CUT0222 at `Metrics`: metric math in a scaling policy is not simulated"],
    );
    check(
        &policy("PolicyType: PredictiveScaling"),
        &["CUT0222 at `PredictiveScaling`: predictive scaling is not simulated"],
    );
    check(
        &policy("PredictiveScalingPolicyConfiguration: {}"),
        &["CUT0222 at `PredictiveScalingPolicyConfiguration`: predictive scaling is not simulated"],
    );
    check(
        &policy(&format!(
            "PolicyType: StepScaling, TargetTrackingScalingPolicyConfiguration: {{TargetValue: 5, {CPU}}}"
        )),
        &[
            "CUT0241 at `StepScaling`: a policy of the type `StepScaling` lacks `StepScalingPolicyConfiguration`",
            "CUT0241 at `TargetTrackingScalingPolicyConfiguration`: \
             `TargetTrackingScalingPolicyConfiguration` stands beside `PolicyType: StepScaling`",
        ],
    );
    check(
        &format!("{{TargetValue: 5, ScaleInCooldown: -1, {CPU}}}"),
        &["CUT0107 at `-1`: `ScaleInCooldown` is -1, less than 0"],
    );
}

const STEPS: &str = "{AdjustmentType: PercentChangeInCapacity, StepAdjustments: [\
                     {MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 10}, \
                     {MetricIntervalLowerBound: 10, ScalingAdjustment: 30}], MinAdjustmentMagnitude: 2}";

/// AAS-STEP-1, AAS-STEP-4.
#[test]
fn step_scaling_is_read_and_its_steps_are_put_in_order() {
    let found = stepping(STEPS);
    assert_eq!((found.min_adjustment_magnitude, found.cooldown.as_millis()), (Some(2), 300_000));
    let down = "{AdjustmentType: ChangeInCapacity, StepAdjustments: [\
                {MetricIntervalLowerBound: -10.5, MetricIntervalUpperBound: 0, ScalingAdjustment: -1}, \
                {MetricIntervalUpperBound: -10.5, ScalingAdjustment: -2}]}";
    let adjustments: Vec<i32> = stepping(down).steps.iter().map(|step| step.adjustment).collect();
    assert_eq!(adjustments, [-2, -1]);
    let whole =
        policy(&format!("PolicyType: StepScaling, StepScalingPolicyConfiguration: {STEPS}"));
    assert_eq!(stepping(&whole), found);
}

/// AAS-STEP-2.
#[test]
fn steps_that_do_not_fit_each_other_are_told_all_at_once() {
    let title = |from: &str, with: &str| {
        let (_, lines) = read(&changed(STEPS, from, with));
        lines
            .iter()
            .map(|line| line.split("`: ").last().unwrap_or_default().to_string())
            .collect::<Vec<_>>()
    };
    let second = "{MetricIntervalLowerBound: 10, ";
    assert_eq!(
        title(second, "{MetricIntervalLowerBound: 15, "),
        ["there is no step between 10 and 15"]
    );
    assert_eq!(title(second, "{MetricIntervalLowerBound: 5, "), ["two steps hold 5"]);
    assert_eq!(title(second, "{"), ["two steps hold 0"]);
    assert_eq!(title("LowerBound: 0, MetricIntervalUpperBound: 10,", "UpperBound: 20,").len(), 1);
    assert_eq!(
        title("ScalingAdjustment: 30", "MetricIntervalUpperBound: 20, ScalingAdjustment: 30"),
        ["no step holds what is above 20"]
    );
    assert_eq!(title("LowerBound: 0,", "LowerBound: -5,"), ["no step holds what is below -5"]);
    assert_eq!(title("UpperBound: 10", "UpperBound: -1").len(), 2, "reversed, and a gap");
    assert_eq!(title("PercentChangeInCapacity", "ExactCapacity"), Vec::<String>::new());
    check(
        "{AdjustmentType: ExactCapacity, StepAdjustments: [{MetricIntervalLowerBound: 0, ScalingAdjustment: -1}]}",
        &["CUT0241 at `-1`: `ScalingAdjustment` is -1, no capacity"],
    );
    check(
        "{AdjustmentType: ExactCapacity, StepAdjustments: [{ScalingAdjustment: 1}]}",
        &["CUT0241 at `{ScalingAdjustment: 1}`: a step has no bound"],
    );
    check(
        "{AdjustmentType: ExactCapacity, StepAdjustments: []}",
        &["CUT0241 at `[]`: `StepAdjustments` has no step"],
    );
}

/// AAS-SCH-1.
#[test]
fn scheduled_actions_are_read_with_their_zone() {
    let bounds = "ScalableTargetAction: {MinCapacity: 8}";
    let read = |rest: &str| {
        let found = good(&format!("ScheduledActions: [{}]", action(rest)));
        found.scheduled_actions[0].value.clone()
    };
    let once = read(&format!("Schedule: 'at(2026-01-05T08:00:00)', Timezone: Etc/GMT-1, {bounds}"));
    assert_eq!((once.min, once.max), (Some(8), None));
    // 2026-01-05T07:00:00Z.
    assert_eq!(once.next_after(0), Some(1_767_596_400_000));
    let often = read(&format!(
        "Schedule: rate(2 hours), StartTime: 1767596400.5, EndTime: '2026-01-05T09:30:00', {bounds}"
    ));
    assert_eq!(often.schedule, Schedule::Rate { minutes: 120 });
    assert_eq!(often.start_unix_ms, Some(1_767_596_400_500));
    assert_eq!(often.end_unix_ms, Some(1_767_605_400_000));
    let daily = read(&format!("Schedule: cron(0 8 ? * MON-FRI *), Timezone: '+05:30', {bounds}"));
    // From Monday, 2026-01-05T10:00:00Z, to Tuesday, 02:30.
    assert_eq!(daily.next_after(1_767_607_200_000), Some(1_767_666_600_000));
}

/// AAS-SCH-1.
#[test]
fn schedules_that_cannot_be_are_told() {
    let with = |rest: &str| action(&format!("{rest}, ScalableTargetAction: {{MaxCapacity: 8}}"));
    check(
        &with("Schedule: every minute"),
        &[
            "CUT0242 at `every minute`: `Schedule` is `every minute`: it is neither `at(..)`, `rate(..)` nor `cron(..)`",
        ],
    );
    check(
        &with("Schedule: cron(0 8 32 * ? *)"),
        &[
            "CUT0242 at `cron(0 8 32 * ? *)`: `Schedule` is `cron(0 8 32 * ? *)`: its day of the month is `32`, not of 1 to 31",
        ],
    );
    check(
        &with("Schedule: rate(1 day), Timezone: Europe/Berlin"),
        &["CUT0222 at `Europe/Berlin`: `Timezone` is `Europe/Berlin`, not a fixed offset"],
    );
    check(
        &with("Schedule: rate(1 day), StartTime: soon"),
        &["CUT0108 at `soon`: `StartTime` is `soon`, no point in time"],
    );
    check(
        &action("Schedule: rate(1 day), ScalableTargetAction: {}"),
        &["CUT0241 at `{}`: `ScalableTargetAction` sets nothing"],
    );
    check(
        &action("Schedule: rate(1 day), ScalableTargetAction: {MinCapacity: 9, MaxCapacity: 8}"),
        &["CUT0241 at `9`: `MinCapacity` is 9, more than `MaxCapacity`"],
    );
}

#[test]
fn other_resources_and_other_documents_are_told() {
    check(
        &changed(&target(""), "ServiceNamespace: ecs", "ServiceNamespace: dynamodb"),
        &["CUT0243 at `dynamodb`: `ServiceNamespace` is `dynamodb`, not `ecs`"],
    );
    check(
        &changed(&target(""), "service/main/web", "table/orders"),
        &["CUT0243 at `table/orders`: `ResourceId` is `table/orders`, no ECS service"],
    );
    let other = changed(&target(""), "main/web", "main/api");
    check(
        &format!("[{}, {}]", target(""), changed(&other, "MinCapacity: 2", "MinCapacity: 30")),
        &[
            "CUT0206 at `service/main/api`: the service `api` of `main` is another one than that of the first document",
            "CUT0241 at `30`: `MinCapacity` is 30, more than `MaxCapacity`",
        ],
    );
    assert!(read("serviceName: web").1[0].starts_with("CUT0202"));
    assert!(read("[]").1.is_empty(), "what is missing is told where it is needed");
}

/// AAS-GEN-5.
#[test]
fn one_target_is_needed_and_quotas_hold() {
    let scaling = |text: &str| told(text, |field, _, to| documents(field, to)?.scaling(to));
    let one = format!("{{TargetValue: 75, {CPU}}}");
    let many = |count| format!("[{}, {}]", target(""), vec![&one[..]; count].join(", "));
    let (found, lines) = scaling(&many(50));
    assert!(lines.is_empty(), "{lines:?}");
    assert_eq!(found.map(|found| found.policies.len()), Some(50));
    let (_, lines) = scaling(&many(51));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].ends_with("there are 51 scaling policies, more than 50"), "{lines:?}");
    let (found, lines) = scaling(&one);
    assert!(found.is_none() && lines[0].ends_with("no scalable target is described"), "{lines:?}");
    let (found, lines) = scaling(&format!("[{}, {}]", target(""), target("")));
    assert!(found.is_none() && lines[0].contains("2 scalable targets are described, not one"));
    let steps = vec!["{MetricIntervalLowerBound: 0, ScalingAdjustment: 1}"; 21].join(", ");
    let (_, lines) =
        read(&format!("{{AdjustmentType: ExactCapacity, StepAdjustments: [{steps}]}}"));
    assert!(
        lines.iter().any(|line| line.ends_with("there are 21 steps, more than 20")),
        "{lines:?}"
    );
}

/// A document of each kind, of which the test below breaks a few bytes.
const DOCUMENT: &str = r#"[
  {"ScalableTargets": [{"ServiceNamespace": "ecs", "ResourceId": "service/main/web", "ScalableDimension":
    "ecs:service:DesiredCount", "MinCapacity": 2, "MaxCapacity": 20, "SuspendedState": {}}]},
  {"AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": [{"MetricIntervalLowerBound": 0.5,
    "ScalingAdjustment": 1e1}, {"MetricIntervalUpperBound": 0.5, "ScalingAdjustment": -1}]},
  {"ScheduledActionName": "a", "Schedule": "cron(0/15 8-18 ? JAN-MAR MON#1,6L *)", "Timezone": "Etc/GMT-1",
    "StartTime": 1462561899.23, "EndTime": "2026-01-05T10:00:00", "ScalableTargetAction": {"MinCapacity": 1}},
  {"ScheduledActionName": "b", "Schedule": "at(2026-01-05T10:00:00)", "Timezone": "+05:30", "StartTime":
    {"__class__": "datetime", "year": 2021, "month": 3, "day": 17, "hour": 14, "minute": 59, "second": 20}},
  {"ScheduledActionName": "c", "Schedule": "rate(5 minutes)"}
]"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn documents_with_some_bytes_changed_are_read_or_told(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..6),
    ) {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        for (index, byte, removed) in edits {
            let at = index.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        if let Some(node) = tree::read("x.json", bytes, &mut sources, &mut to) {
            let found = documents(Field::new("scaling", &node), &mut to);
            prop_assert!(found.is_some() || to.has_errors());
            let due = found.and_then(|found| found.scheduled_actions.first()?.value.next_after(0));
            prop_assert!(due.is_none_or(|due| due > 0));
        }
        to.sort();
        render::terminal_all(&to, &sources, true);
    }
}
