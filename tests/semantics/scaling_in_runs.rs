//! Scaling while deployments run: alarms call policies, the service gets another desired count, both task sets follow.
//!
//! On the ideal preset: datapoints can be seen at once, actions take no time, tasks launch at once unless a test says so.

use cutover::aws::name::{DeploymentStatus, ErrorCode};

use crate::support::{Setup, scenario};

const RESOURCE: &str = "ServiceNamespace: ecs, ScalableDimension: ecs:service:DesiredCount, ResourceId: service/production/web";

/// Ten tasks, scaled within bounds by one policy.
fn scaled(min: u32, max: u32, policy: &str) -> Setup {
    scenario().desired(10).resource(&format!(
        "scaling: [{{ {RESOURCE}, MinCapacity: {min}, MaxCapacity: {max} }}, {{ {RESOURCE}, PolicyName: own, {policy} }}]"
    ))
}

/// A step policy of one more task, whose alarm is active from its first datapoint on.
fn plus_one(max: u32) -> Setup {
    calling(max, "LessThanThreshold")
}

/// The same with an alarm that does not go off by itself.
fn plus_one_on_call(max: u32) -> Setup {
    calling(max, "GreaterThanThreshold")
}

fn calling(max: u32, comparison: &str) -> Setup {
    let policy = "PolicyType: StepScaling, StepScalingPolicyConfiguration: { AdjustmentType: ChangeInCapacity, \
                  StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 1 }], Cooldown: 60 }";
    let action = "arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1:resource/ecs/service/production/web:policyName/own";
    let rule = format!(
        "Threshold: 1000000, ComparisonOperator: {comparison}, EvaluationPeriods: 1, TreatMissingData: ignore, AlarmActions: [\"{action}\"]"
    );
    scaled(6, max, policy)
        .alarm("busy", ("RequestCount", ""), &rule)
        .rate("1/s")
        .assume("cw.history: false")
}

/// Ten tasks of the original alone: the deployment never gets beyond `Install`.
fn alone(setup: Setup) -> Setup {
    setup.replacement("launch: 2h").operator("at: 1s, do: StopDeployment")
}

/// A policy that keeps a metric at a value.
fn tracking(metric: &str, target: u32, more: &str) -> String {
    format!(
        "PolicyType: TargetTrackingScaling, TargetTrackingScalingPolicyConfiguration: {{ TargetValue: {target}, PredefinedMetricSpecification: {{ {metric} }}{more} }}"
    )
}

const CPU: &str = "PredefinedMetricType: ECSServiceAverageCPUUtilization";
/// A task that serves 10 requests a second at most.
const CAPACITY: &str = "capacity: { service_time: 100ms }";

fn counts(setup: &Setup) -> String {
    setup.run().told_desired()
}

/// T150, T153, story F07 (AAS-GEN-1, AAS-DEP-3, AAS-BG-3, AAS-BG-5, CD-ECS-41): the running tasks of both sets count, so that one more
/// is eleven more; the bounds hold.
#[test]
fn one_task_more_doubles_the_service_during_a_deployment() {
    let deploying = plus_one(48).termination_wait(60).line("until: 90s");
    let run = deploying.run();
    assert!(run.told_desired().starts_with("60 21, 120 43"), "{}", run.told_desired());
    assert_eq!([run.value("original_running", 61), run.value("replacement_running", 61)], [21, 21]);
    assert!(
        counts(&plus_one(24).termination_wait(60).line("until: 150s")).starts_with("60 21, 120 24")
    );
    let alone = alone(plus_one(48)).line("until: 90s");
    assert!(counts(&alone).starts_with("60 11"), "{}", counts(&alone));
}

/// T151 (AAS-BG-6): requests by target of the live group are not diluted, and are held against the tasks of both sets.
#[test]
fn an_undiluted_metric_asks_for_twice_the_capacity() {
    let label = "PredefinedMetricType: ALBRequestCountPerTarget, ResourceLabel: app/web/1/targetgroup/green/1";
    let setup = scaled(1, 100, &tracking(label, 1000, ""))
        .rate("250/s")
        .termination_wait(60)
        .line("until: 250s");
    // 1500 a minute and target, 20 tasks: about 30.
    let told = counts(&setup);
    let desired: u32 =
        told.split([' ', ',']).nth(1).and_then(|count| count.parse().ok()).expect("one change");
    assert!(told.starts_with("180 ") && (29..=31).contains(&desired), "{told}");
}

/// T152 (AAS-BG-7, CW-MET-5): the CPU of both sets together hides that the live one is overloaded; once the original is gone
/// the policy sees it.
#[test]
fn cpu_averaged_over_both_sets_hides_an_overload() {
    let setup = scaled(1, 100, &tracking(CPU, 60, ""))
        .rate("80/s")
        .original(CAPACITY)
        .termination_wait(20)
        .line("until: 30m")
        .assume("cw.history: false");
    let run = setup.run();
    let seen = run.datapoints(0);
    assert!(
        seen.starts_with("60 39.") || seen.starts_with("60 40."),
        "ten at 80 %, ten idle: {seen}"
    );
    let after = seen.split(", ").find_map(|told| told.strip_prefix("1320 ")).expect("a datapoint");
    let percent: f64 = after.trim_end_matches('!').parse().expect("a number");
    assert!((77.0..83.0).contains(&percent), "ten at 80 % alone, the original is gone: {seen}");
    let changes = run.told_desired();
    let at: u64 = changes.split(' ').next().and_then(|at| at.parse().ok()).expect("a change");
    assert!(at > 1200 && at <= 1440, "not before the original is gone at 1200: {changes}");
}

/// AAS-TT-4, AAS-GEN-7, CW-ALARM-7: a step of load is answered once its alarm has three datapoints, and then as it grows.
#[test]
fn a_step_of_load_is_answered_by_target_tracking() {
    // 57 % is neither high nor low; 91.2 % of ten tasks are 60 % of sixteen.
    let setup = scaled(1, 100, &tracking(CPU, 60, ""))
        .rate("5700/s, changes: [{ at: 0s, factor: 1.6 }]")
        .original("capacity: { service_time: 100ms, concurrency: 100 }")
        .line("until: 10m");
    let setup = alone(setup);
    assert!(counts(&setup).starts_with("180 16"), "{}", counts(&setup));
    let late = setup
        .assume("cw.delay.ecs: 110s")
        .assume("cw.eval_phase: 20s")
        .assume("aas.action_latency: 5s");
    assert!(counts(&late).starts_with("325 16"), "T133 and an action of 5 s: {}", counts(&late));
}

/// AAS-DEP-2, U19, T162, T163: no policy scales in while CodeDeploy deploys, as in a rolling deployment of ECS, unless it is
/// assumed to be as with an external controller; scale-out goes on (T150).
#[test]
fn scale_in_waits_for_the_end_of_a_deployment() {
    let idle = scaled(2, 100, &tracking(CPU, 60, ""))
        .rate("5/s")
        .original(CAPACITY)
        .assume("cw.history: false")
        .termination_wait(30)
        .line("until: 50m");
    let at = |setup: &Setup| -> u64 {
        let told = counts(setup);
        told.split(' ').next().and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("{told}"))
    };
    assert!(at(&idle) >= 1800);
    assert!(at(&idle.clone().assume("aas.codedeploy_scale_in_suspended: false")) < 1800);
    let disabled = scaled(2, 100, &tracking(CPU, 60, ", DisableScaleIn: true"))
        .rate("5/s")
        .original(CAPACITY)
        .assume("cw.history: false");
    assert_eq!(counts(&disabled.line("until: 50m")), "", "AAS-TT-8");
}

/// AAS-TT-10, CW-ALARM-7, AAS-CD-2: an alarm that stays in ALARM calls its policy every minute; each call reckons with the
/// tasks that run by then, and none is held back by the scale-out before, as it asks for more than that did.
#[test]
fn an_alarm_that_stays_calls_its_policy_every_minute() {
    // Ten tasks serve 100 requests a second; 1000 come, so that whatever runs is busy all the time.
    let setup = scaled(1, 60, &tracking(CPU, 60, ""))
        .rate("1000/s")
        .original(&format!("{CAPACITY}, launch: 90s"))
        .line("until: 20m")
        .assume("cw.history: false");
    let run = alone(setup).run();
    assert_eq!(run.alarm(0), "0 INSUFFICIENT_DATA, 180 ALARM", "it never changes again");
    // 10 / 0.6 = 16.7; what has been launched since makes the average smaller until it gets requests, and the sum larger.
    let told = run.told_desired();
    let changes: Vec<[u64; 2]> = told
        .split(", ")
        .map(|change| {
            let (at, count) = change.split_once(' ').expect("an instant and a count");
            [at, count].map(|number| number.parse().expect("whole numbers"))
        })
        .collect();
    assert_eq!(changes[0], [180, 17], "{told}");
    assert_eq!(changes[1][0], 300, "90 s later 17 run, within the cooldown of 300 s: {told}");
    assert!(changes.len() > 4 && changes.is_sorted_by(|a, b| a[1] < b[1]), "{told}");
    assert!(changes.iter().all(|[at, _]| at.is_multiple_of(60)), "{told}");
}

/// AAS-BG-1, CD-ECS-31: scaling is not blocked by a deployment; one that the service is being scaled in waits for its
/// replacement to be steady, an hour at most, and no traffic moves before.
#[test]
fn a_service_that_scales_at_the_start_holds_the_shift_back() {
    let launch = |seconds: u32| {
        plus_one_on_call(48)
            .linear(10, 1)
            .replacement(&format!("launch: {seconds}s"))
            .operator("at: 65s, do: SetAlarmState, alarmName: busy, stateValue: ALARM")
            .rollback(&["DEPLOYMENT_FAILURE"])
            .run()
    };
    let steady = launch(3530);
    assert!(steady.told_desired().starts_with("65 11"), "the replacement's tasks do not run yet");
    assert!(steady.weights().starts_with("3595 10%"), "{}", steady.weights());
    assert_eq!(steady.row().status, DeploymentStatus::Succeeded);
    let late = launch(3540);
    assert_eq!(late.statuses(0), "0 Created, 0 InProgress, 3600 Failed");
    assert_eq!((late.row().error_code, late.weights()), (Some(ErrorCode::Timeout), String::new()));
}

/// Story F06, T164 (CD-ECS-40, AAS-BG-2, AAS-BG-8): a scaling event in the shift has five minutes to be steady.
#[test]
fn a_scaling_event_during_the_shift_has_five_minutes() {
    let launch = |seconds: u32| {
        plus_one_on_call(48)
            .linear(10, 1)
            .replacement(&format!("launch: {seconds}s"))
            .original(&format!("launch: {seconds}s"))
            .rollback(&["DEPLOYMENT_FAILURE"])
            .operator("at: 425s, do: SetAlarmState, alarmName: busy, stateValue: ALARM")
            .run()
    };
    let slow = launch(360);
    assert_eq!(slow.told_desired(), "425 21");
    assert_eq!(slow.statuses(0), "0 Created, 0 InProgress, 725 Failed");
    assert_eq!(slow.row().error_code, Some(ErrorCode::CustomerApplicationUnhealthy));
    assert_eq!(launch(240).row().status, DeploymentStatus::Succeeded, "steady at 665");
}

/// T161 (AAS-SCH-1, AAS-CD-5): a scheduled action sets the bounds, and the count follows at once.
#[test]
fn a_scheduled_action_acts_at_its_minute() {
    let action = format!(
        "{{ {RESOURCE}, ScheduledActionName: morning, Schedule: 'at(2026-01-05T10:05:00)', ScalableTargetAction: {{ MinCapacity: 14 }} }}"
    );
    let setup = scenario().desired(5).resource(&format!(
        "scaling: [{{ {RESOURCE}, MinCapacity: 1, MaxCapacity: 20 }}, {action}]"
    ));
    let run = setup.line("until: 10m").run();
    assert_eq!(run.told_desired(), "300 14");
    assert_eq!(run.occurrence("ScalableTargetUpdated").count, 1);
}

/// AAS-GEN-4: why nothing changes is told once.
#[test]
fn a_policy_at_its_maximum_says_so() {
    let run = alone(plus_one(10)).line("until: 10m").run();
    assert_eq!(run.told_desired(), "");
    assert_eq!(run.occurrence("NotScaled").count, 1);
}

/// CW-ALARM-7: a policy that nobody calls is told.
#[test]
fn a_policy_that_no_alarm_calls_is_told() {
    let policy = "PolicyType: StepScaling, StepScalingPolicyConfiguration: { AdjustmentType: ChangeInCapacity, StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }] }";
    let told = scaled(1, 9, policy).told();
    assert!(told.contains("CUT0310"), "{told}");
    let blind = scaled(1, 9, &tracking(CPU, 60, "")).told();
    assert!(blind.contains("no revision says what load does to its tasks"), "{blind}");
}

/// CD-ECS-42, AAS-GEN-6: what the guide recommends, scaling suspended while a deployment runs.
#[test]
fn scaling_can_be_suspended_for_a_deployment() {
    let suspend = |at_s: u32, is: bool| {
        format!(
            "at: {at_s}s, do: RegisterScalableTarget, SuspendedState: {{ DynamicScalingOutSuspended: {is} }}"
        )
    };
    let setup = plus_one(48).termination_wait(10).operator(&suspend(1, true)).line("until: 15m");
    assert_eq!(counts(&setup), "", "the alarm is active all the time");
    let resumed = setup.operator(&suspend(660, false));
    assert!(
        counts(&resumed).starts_with("660 11") || counts(&resumed).starts_with("720 11"),
        "{}",
        counts(&resumed)
    );
    let bounds = plus_one(48)
        .operator("at: 1s, do: RegisterScalableTarget, MaxCapacity: 12")
        .line("until: 10m");
    assert_eq!(counts(&bounds.termination_wait(10)), "60 12");
}

/// What nobody expects is told or has no effect, and never panics: bounds without scaling, a deployment group that names an
/// alarm which target tracking makes, a threshold beyond all traffic, and a start at the beginning of the calendar.
#[test]
fn odd_scaling_is_told_or_harmless() {
    let call = "at: 1s, do: RegisterScalableTarget, MinCapacity: 9, MaxCapacity: 3";
    let told = scenario().operator(call).refused();
    assert!(
        told.contains("nothing scales the service") && told.contains("`MinCapacity` is 9"),
        "{told}"
    );

    let made = "TargetTracking-service/production/web-AlarmHigh-own";
    let watching =
        scaled(1, 100, &tracking(CPU, 60, "")).rate("90/s").original(CAPACITY).watch(&[made]);
    assert_eq!(watching.run().alarm(0), "0 ALARM");
    assert_eq!(watching.run().row().status, DeploymentStatus::Succeeded, "it is not described");

    let far = plus_one(48)
        .line("until: 90s")
        .yaml()
        .replace("Threshold: 1000000", "Threshold: 9000000000000000");
    let steps = "{ MetricIntervalUpperBound: -0.00000001, ScalingAdjustment: 1 }, \
                 { MetricIntervalLowerBound: -0.00000001, MetricIntervalUpperBound: 0, ScalingAdjustment: 1 }";
    let far = far.replace("{ MetricIntervalUpperBound: 0, ScalingAdjustment: 1 }", steps);
    let run = crate::support::play(&crate::support::read(&far).expect("it is valid"), 1, 0);
    assert_eq!(run.told_desired(), "60 11");

    let action = format!(
        "{{ {RESOURCE}, ScheduledActionName: hourly, Schedule: rate(1 hour), ScalableTargetAction: {{ MinCapacity: 14 }} }}"
    );
    let early =
        scenario().desired(5).line("start: 1970-01-01T00:00:00Z").line("until: 2h").resource(
            &format!("scaling: [{{ {RESOURCE}, MinCapacity: 1, MaxCapacity: 20 }}, {action}]"),
        );
    assert_eq!(early.run().told_desired(), "3600 14");
}
