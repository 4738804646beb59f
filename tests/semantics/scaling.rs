//! Application Auto Scaling as pure rules: what policies want, what bounds and cooldowns leave of it, when
//! scheduled actions are due.
//!
//! Nothing is played here: counts and metrics are given. How documents are read, their reader's tests show.

use std::collections::BTreeSet;
use std::path::Path;

use cutover::aws::scaling::{AdjustmentType, MetricAggregationType, NotScaledReason};
use cutover::aws::service::DeploymentControllerType;
use cutover::diagnostic::Severity;
use cutover::engine::ratio::Ratio;
use cutover::engine::share::Share;
use cutover::engine::time::{SimDuration, SimTime};
use cutover::input::load;
use cutover::input::source::MemorySource;
use cutover::scenario::scaling::capacity::{Capacity, CapacityRange, Change, Vote, chosen};
use cutover::scenario::scaling::cooldown::Cooldowns;
use cutover::scenario::scaling::cron::{Cron, Day};
use cutover::scenario::scaling::schedule::{Schedule, ScheduledAction};
use cutover::scenario::scaling::step_scaling::{StepAdjustment, StepScaling};
use cutover::scenario::scaling::target_tracking::{
    Comparison, Observation, ResourceLabel, TargetTracking, TrackedMetric,
};
use cutover::scenario::scaling::{
    COOLDOWN_DEFAULT, Policy, PolicyConfiguration, SuspendedState, deployment_suspends_scale_in,
};
use jiff::civil;
use proptest::prelude::*;

use Change::{ScaleIn, ScaleOut};

fn tracking(target: u32) -> TargetTracking {
    TargetTracking {
        metric: TrackedMetric::Cpu { is_high_resolution: false },
        target_value: target.into(),
        scale_out_cooldown: COOLDOWN_DEFAULT,
        scale_in_cooldown: COOLDOWN_DEFAULT,
        disable_scale_in: false,
    }
}

/// What is seen if one alarm is in ALARM, or none.
fn seen(alarm: Option<Comparison>, running: u32, metric: impl Into<Ratio>) -> Observation {
    Observation {
        high_in_alarm: alarm == Some(Comparison::GreaterThanThreshold),
        low_in_alarm: alarm == Some(Comparison::LessThanThreshold),
        metric: Some(metric.into()),
        running,
    }
}

const HIGH: Option<Comparison> = Some(Comparison::GreaterThanThreshold);
const LOW: Option<Comparison> = Some(Comparison::LessThanThreshold);

/// What a policy says whose alarm has gone off on this metric.
fn vote(target: u32, alarm: Option<Comparison>, running: u32, metric: impl Into<Ratio>) -> Vote {
    tracking(target).vote(seen(alarm, running, metric), Share::ONE)
}

fn steps(kind: AdjustmentType, steps: &[(Option<i64>, Option<i64>, i32)]) -> StepScaling {
    let bound = |offset: Option<i64>| offset.map(|offset| Ratio::new(offset, 1));
    let step = |&(lower, upper, adjustment): &(_, _, i32)| StepAdjustment {
        lower: bound(lower),
        upper: bound(upper),
        adjustment,
    };
    StepScaling {
        adjustment_type: kind,
        steps: steps.iter().map(step).collect(),
        min_adjustment_magnitude: None,
        cooldown: COOLDOWN_DEFAULT,
        metric_aggregation_type: MetricAggregationType::Average,
    }
}

/// One step from the threshold on.
fn one_step(kind: AdjustmentType, adjustment: i32) -> StepScaling {
    steps(kind, &[(Some(0), None, adjustment)])
}

fn at(seconds: u64) -> SimTime {
    SimTime::from_millis(seconds * 1000)
}

fn steady(count: u32) -> Capacity {
    Capacity { running: count, desired: count }
}

// ---- target tracking --------------------------------------------------------------------------------

/// T143, T144, T145 (AAS-TT-4).
#[test]
fn target_tracking_scales_out_in_proportion_and_rounds_up() {
    assert_eq!(vote(60, HIGH, 10, 80), Vote::For(ScaleOut(14)));
    assert_eq!(vote(60, HIGH, 10, 61), Vote::For(ScaleOut(11)));
    assert_eq!(vote(50, HIGH, 2, 95), Vote::For(ScaleOut(4)));
    // The newest datapoint may have come back below the target before the alarm has.
    assert_eq!(vote(60, HIGH, 10, 50), Vote::For(ScaleOut(11)));
}

/// T146, T147 (AAS-TT-5).
#[test]
fn target_tracking_scales_in_no_further_than_the_target_allows() {
    assert_eq!(vote(60, LOW, 10, 53), Vote::For(ScaleIn(9)));
    let unchanged = NotScaledReason::AlreadyAtDesiredCapacity;
    assert_eq!(vote(60, LOW, 3, 50), Vote::Stay(Some(unchanged)));
    let range = CapacityRange { min: 4, max: 20 };
    assert_eq!(vote(60, LOW, 10, 6), Vote::For(ScaleIn(1)));
    assert_eq!(range.desired_after(ScaleIn(1), 10), Ok(4), "at least the minimum");
}

/// T148 (AAS-TT-1, AAS-TT-2).
#[test]
fn target_tracking_makes_two_alarms() {
    for (target, low) in [(70, 63), (80, 72), (60, 54)] {
        let policy = tracking(target);
        let (above, below) = (policy.high_alarm(), policy.low_alarm());
        assert_eq!((above.threshold, below.threshold), (target.into(), low.into()));
        assert_eq!((above.evaluation_periods, above.datapoints_to_alarm), (3, 3));
        assert_eq!((below.evaluation_periods, below.datapoints_to_alarm), (15, 15));
        assert_eq!([above.period, below.period], [SimDuration::from_mins(1); 2]);
        assert!(!above.is_breached_by(target.into()) && !below.is_breached_by(low.into()));
        assert!(above.is_breached_by((target + 1).into()));
        assert!(below.is_breached_by((low - 1).into()));
    }
    let odd = TargetTracking { target_value: Ratio::new(755, 10), ..tracking(0) };
    assert_eq!(odd.low_alarm().threshold.to_string(), "67.95", "exact");
}

/// T149 (AAS-TT-1): between nine tenths of the target and the target nothing happens.
#[test]
fn between_the_thresholds_neither_alarm_goes_off() {
    let policy = tracking(60);
    let datapoints = [Ratio::from(56); 60];
    for alarm in [policy.high_alarm(), policy.low_alarm()] {
        assert!(datapoints.iter().all(|&datapoint| !alarm.is_breached_by(datapoint)));
    }
    assert_eq!(vote(60, None, 10, 56), Vote::Stay(None));
}

/// T160 (AAS-TT-3).
#[test]
fn without_data_nothing_is_scaled() {
    let blind = Observation { metric: None, ..seen(None, 10, 0) };
    assert_eq!(tracking(60).vote(blind, Share::ONE), Vote::Stay(None));
    let stale = Observation { metric: None, ..seen(LOW, 10, 0) };
    assert_eq!(tracking(60).vote(stale, Share::ONE), Vote::Stay(None), "never low load");
    let none_runs = Observation { running: 0, ..blind };
    assert_eq!(tracking(60).vote(none_runs, Share::ONE), Vote::Stay(None));
}

/// AAS-TT-7: one datapoint is enough, before the alarm has three.
#[test]
fn from_no_task_one_datapoint_scales_out_to_one_or_to_the_minimum() {
    assert_eq!(vote(60, None, 0, 61), Vote::For(ScaleOut(1)));
    assert_eq!(vote(60, None, 0, 60), Vote::Stay(None), "not above the target");
    let from_nothing = |min| CapacityRange { min, max: 20 }.desired_after(ScaleOut(1), 0);
    assert_eq!((from_nothing(0), from_nothing(4)), (Ok(1), Ok(4)));
}

/// AAS-TT-8.
#[test]
fn a_disabled_scale_in_leaves_the_low_alarm_without_effect() {
    let policy = TargetTracking { disable_scale_in: true, ..tracking(60) };
    assert_eq!(policy.vote(seen(LOW, 10, 6), Share::ONE), Vote::Abstain);
    assert_eq!(policy.vote(seen(HIGH, 10, 80), Share::ONE), Vote::For(ScaleOut(14)));
    assert_eq!(policy.low_alarm(), tracking(60).low_alarm(), "it is there all the same");
}

/// AAS-TT-9: what is tracked says how often it is measured.
#[test]
fn metrics_are_measured_every_minute_or_every_twenty_seconds() {
    let label = ResourceLabel { load_balancer: "app/shop/1a".into(), target_group: "blue".into() };
    let seconds = |metric: &TrackedMetric| metric.period().as_millis() / 1000;
    assert_eq!(seconds(&TrackedMetric::RequestCountPerTarget(label)), 60);
    assert_eq!(seconds(&TrackedMetric::Memory { is_high_resolution: false }), 60);
    assert_eq!(seconds(&TrackedMetric::Cpu { is_high_resolution: true }), 20);
}

// ---- step scaling -----------------------------------------------------------------------------------

/// T154, T155 (AAS-STEP-3, AAS-STEP-4), by whole capacities.
#[test]
fn percentages_become_whole_tasks() {
    let by = |running, percent, least| {
        let mut policy = one_step(AdjustmentType::PercentChangeInCapacity, percent);
        policy.min_adjustment_magnitude = least;
        i64::from(policy.adjusted(running, percent)) - i64::from(running)
    };
    assert_eq!(by(4, 25, Some(2)), 2);
    // 12.7, 0.67, -0.58 and -6.67 tasks.
    assert_eq!([by(127, 10, None), by(67, 1, None)], [12, 1]);
    assert_eq!([by(58, -1, None), by(667, -1, None)], [-1, -6]);
}

/// T156 (AAS-STEP-5, AAS-STEP-2): the published example.
#[test]
fn the_published_steps_lead_to_the_published_capacities() {
    const PERCENT: AdjustmentType = AdjustmentType::PercentChangeInCapacity;
    let out =
        steps(PERCENT, &[(Some(0), Some(10), 0), (Some(10), Some(20), 10), (Some(20), None, 30)]);
    let down = steps(
        PERCENT,
        &[(None, Some(-20), -30), (Some(-20), Some(-10), -10), (Some(-10), Some(0), 0)],
    );
    let mut capacity = 10;
    for (policy, metric, expected) in
        [(&out, 60, 11), (&out, 70, 14), (&down, 40, 13), (&down, 30, 10)]
    {
        let vote = policy.vote(metric.into(), 50.into(), capacity);
        let (Vote::For(ScaleOut(to)) | Vote::For(ScaleIn(to))) = vote else { panic!("{vote:?}") };
        assert_eq!(to, expected, "metric {metric} at {capacity}");
        capacity = to;
    }
    assert_eq!(out.vote(59.into(), 50.into(), 10), Vote::Abstain, "a step of nothing");
    assert_eq!(out.vote(49.into(), 50.into(), 10), Vote::Abstain, "no step");
}

/// AAS-STEP-1.
#[test]
fn a_step_may_name_the_capacity_itself() {
    let exact = one_step(AdjustmentType::ExactCapacity, 7);
    assert_eq!(exact.vote(51.into(), 50.into(), 4), Vote::For(ScaleOut(7)));
    assert_eq!(exact.vote(51.into(), 50.into(), 9), Vote::For(ScaleIn(7)));
    assert_eq!(exact.vote(51.into(), 50.into(), 7), Vote::Abstain);
}

// ---- several policies, cooldowns, suspension --------------------------------------------------------

/// T157 (AAS-GEN-3).
#[test]
fn of_two_scale_outs_the_larger_capacity_wins() {
    let three = one_step(AdjustmentType::ChangeInCapacity, 3);
    let double = one_step(AdjustmentType::PercentChangeInCapacity, 200);
    let votes = [&three, &double].map(|policy| policy.vote(51.into(), 50.into(), 10));
    assert_eq!(votes, [Vote::For(ScaleOut(13)), Vote::For(ScaleOut(30))]);
    let chosen = chosen(&votes).expect("both want more");
    assert_eq!((chosen.policy, chosen.change), (1, ScaleOut(30)));
}

/// AAS-GEN-3: a step policy whose alarm is quiet has no say; target tracking that is content has.
#[test]
fn scale_in_needs_every_policy_that_can_scale_in() {
    let low = vote(60, LOW, 10, 30);
    let change = |votes: &[Vote]| chosen(votes).map(|chosen| chosen.change);
    assert_eq!(change(&[low, Vote::Abstain]), Some(ScaleIn(5)));
    assert_eq!(change(&[low, vote(1000, None, 10, 950)]), None);
    assert_eq!(change(&[low, vote(1000, LOW, 10, 850)]), Some(ScaleIn(9)));
    assert_eq!(change(&[low, vote(1000, HIGH, 10, 1100)]), Some(ScaleOut(11)));
}

/// T158, T159 (AAS-CD-2, AAS-CD-3, AAS-CD-4).
#[test]
fn cooldowns_hold_back_what_was_done_already() {
    let step = |by| one_step(AdjustmentType::ChangeInCapacity, by);
    let wish = |by, running| match step(by).vote(51.into(), 50.into(), running) {
        Vote::For(change) => change,
        other => panic!("{other:?}"),
    };
    let mut cooldowns = Cooldowns::default();
    cooldowns.begin(at(0), wish(2, 10), steady(10), COOLDOWN_DEFAULT);
    assert_eq!(cooldowns.allow(at(100), wish(3, 12), steady(12)), Some(ScaleOut(13)));
    assert_eq!(cooldowns.allow(at(100), wish(2, 12), steady(12)), None);
    assert_eq!(cooldowns.allow(at(100), ScaleIn(11), steady(12)), None);

    let mut cooldowns = Cooldowns::default();
    cooldowns.begin(at(0), ScaleIn(9), steady(10), COOLDOWN_DEFAULT);
    assert_eq!(cooldowns.allow(at(1), ScaleIn(8), steady(9)), None);
    assert_eq!(cooldowns.allow(at(1), ScaleOut(14), steady(9)), Some(ScaleOut(14)));
    cooldowns.begin(at(1), ScaleOut(14), steady(9), SimDuration::ZERO);
    assert_eq!(cooldowns.allow(at(1), ScaleIn(13), steady(14)), Some(ScaleIn(13)), "cancelled");
}

/// AAS-CD-1: whose cooldown it is.
#[test]
fn target_tracking_has_two_cooldowns_and_step_scaling_one() {
    let policy =
        |configuration| Policy { name: "cpu".into(), arn: None, alarms: Vec::new(), configuration };
    let of = |policy: &Policy| [ScaleOut(2), ScaleIn(1)].map(|change| policy.cooldown(change));
    let mut tracked = tracking(60);
    tracked.scale_in_cooldown = SimDuration::from_secs(60);
    let tracked = policy(PolicyConfiguration::TargetTracking(tracked));
    assert_eq!(of(&tracked), [COOLDOWN_DEFAULT, SimDuration::from_secs(60)]);
    let stepped = PolicyConfiguration::StepScaling(one_step(AdjustmentType::ChangeInCapacity, 1));
    assert_eq!(of(&policy(stepped)), [SimDuration::from_secs(300); 2]);
}

/// AAS-GEN-6.
#[test]
fn each_direction_is_suspended_on_its_own() {
    let none = SuspendedState::default();
    let only_in = SuspendedState { dynamic_scaling_in: true, ..none };
    let only_out = SuspendedState { dynamic_scaling_out: true, ..none };
    let suspends = |state: SuspendedState| [ScaleOut(2), ScaleIn(1)].map(|c| state.suspends(c));
    assert_eq!(suspends(none), [false, false]);
    assert_eq!(suspends(only_in), [false, true]);
    assert_eq!(suspends(only_out), [true, false]);
}

/// AAS-DEP-1, AAS-DEP-2, T162, T163: a rolling deployment of ECS holds scale-in back, one of an external controller does
/// not.
#[test]
fn scale_in_waits_for_the_deployments_of_ecs_and_perhaps_of_codedeploy() {
    use DeploymentControllerType::{CodeDeploy, Ecs, External};
    let suspends = |by| [Ecs, CodeDeploy, External].map(|c| deployment_suspends_scale_in(c, by));
    assert_eq!(suspends(true), [true, true, false]);
    assert_eq!(suspends(false), [true, false, false]);
}

// ---- during a blue/green deployment both task sets run ----------------------------------------------

const C: u32 = 10;
/// Both task sets at 100 %, before anything is scaled.
const BOTH: Capacity = Capacity { running: 2 * C, desired: C };

/// The desired count that a vote leads to.
fn desired(range: CapacityRange, vote: Vote, capacity: Capacity) -> Result<u32, NotScaledReason> {
    let Vote::For(change) = vote else { panic!("{vote:?} wants nothing") };
    let allowed = Cooldowns::default().allow(at(0), change, capacity).expect("no cooldown");
    range.desired_after(allowed, capacity.desired)
}

/// AAS-BG-4 (AAS-BG-3): the table, with both sets of ten running.
#[test]
fn the_running_tasks_of_both_sets_double_what_is_scaled() {
    let range = CapacityRange { min: 1, max: 100 };
    let step = |kind, by| one_step(kind, by).vote(51.into(), 50.into(), BOTH.running);
    let changed = |by| desired(range, step(AdjustmentType::ChangeInCapacity, by), BOTH);
    assert_eq!((changed(1), changed(5)), (Ok(2 * C + 1), Ok(2 * C + 5)));
    let percent = |by| desired(range, step(AdjustmentType::PercentChangeInCapacity, by), BOTH);
    assert_eq!((percent(10), percent(50)), (Ok(22), Ok(30)));
    // A live group at 90 of 60 needs 15; the average with an idle set of 0 is 45.
    assert_eq!(desired(range, vote(60, HIGH, BOTH.running, 90), BOTH), Ok(30), "not diluted");
    assert_eq!(vote(60, LOW, BOTH.running, 45), Vote::For(ScaleIn(15)), "diluted");
}

/// T150, T153 (AAS-BG-5).
#[test]
fn a_step_of_one_adds_the_other_task_set() {
    let step =
        |running| one_step(AdjustmentType::ChangeInCapacity, 1).vote(51.into(), 50.into(), running);
    let (wide, narrow) = (CapacityRange { min: 6, max: 48 }, CapacityRange { min: 6, max: 24 });
    assert_eq!(desired(wide, step(C), steady(C)), Ok(11), "what the operator expects");
    assert_eq!(desired(wide, step(BOTH.running), BOTH), Ok(21));
    // Each set goes to 21: 42 run, 22 of them launched.
    let after = Capacity { running: 2 * 21, desired: 21 };
    assert_eq!(after.running - BOTH.running, 22);
    assert_eq!(desired(wide, step(after.running), after), Ok(43));
    assert_eq!(desired(narrow, step(BOTH.running), BOTH), Ok(21));
    assert_eq!(desired(narrow, step(after.running), after), Ok(24));
}

/// T151 (AAS-BG-6).
#[test]
fn requests_per_target_of_the_live_group_scale_to_twice_the_need() {
    let range = CapacityRange { min: 1, max: 100 };
    assert_eq!(desired(range, vote(1000, HIGH, C, 1500), steady(C)), Ok(15), "right");
    let doubled = desired(range, vote(1000, HIGH, BOTH.running, 1500), BOTH);
    assert_eq!(doubled, Ok(30));
    assert_eq!(doubled.map(|each| 2 * each), Ok(60), "running");
}

/// T152 (AAS-BG-7).
#[test]
fn a_diluted_metric_hides_overload_and_its_scale_in_raises_the_desired_count() {
    let policy = tracking(60);
    let average = Ratio::new(10 * 80 + 10 * 5, 20);
    assert_eq!(average.to_string(), "42.5");
    assert!(!policy.high_alarm().is_breached_by(average), "no scale-out");
    assert_eq!(policy.scaled_out(C, 80.into()), 14, "though that would be right");
    assert!(policy.low_alarm().is_breached_by(average));
    let vote = policy.vote(seen(LOW, BOTH.running, average), Share::ONE);
    assert_eq!(vote, Vote::For(ScaleIn(15)));
    assert_eq!(desired(CapacityRange { min: 6, max: 48 }, vote, BOTH), Ok(15));
}

// ---- as a scenario names it --------------------------------------------------------------------------

/// What is told of `resources.scaling`, beside a file `target.json` and a file `policies.json`: code and title.
fn told(scaling: &str) -> Vec<String> {
    const TARGET: &str = r#"{"ScalableTargets": [{"ServiceNamespace": "ecs", "ResourceId": "service/main/web",
        "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 2, "MaxCapacity": 20}]}"#;
    const POLICIES: &str = r#"{"TargetValue": 60, "PredefinedMetricSpecification":
        {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}"#;
    let text = format!(
        "cutover: 1\ndeployment: {{ deploymentConfigName: CodeDeployDefault.ECSAllAtOnce }}\nresources:\n  \
         service:\n    cluster: main\n    serviceName: web\n    desiredCount: 4\n    deploymentController: \
         {{ type: CODE_DEPLOY }}\n    loadBalancers: [{{ targetGroupArn: '<blue>', containerName: web, \
         containerPort: 80 }}]\n  scaling: {scaling}\n"
    );
    let files = MemorySource::new().with("web.yaml", text);
    let files = files.with("target.json", TARGET).with("policies.json", POLICIES);
    let loaded = load(Path::new("web.yaml"), &[], &files);
    let errors = loaded.diagnostics.iter().filter(|told| told.severity == Severity::Error);
    errors.map(|told| format!("{} {}", told.code, told.title)).collect()
}

/// AAS-GEN-1: one scalable target, of this service.
#[test]
fn scaling_is_checked_against_the_service() {
    assert_eq!(told("[target.json, policies.json]"), [""; 0]);
    assert_eq!(told("target.json"), [""; 0]);
    assert_eq!(told("policies.json"), ["CUT0206 no scalable target is described"]);
    let other = "{ ServiceNamespace: ecs, ScalableDimension: ecs:service:DesiredCount, ResourceId: \
                 service/main/api, MinCapacity: 1, MaxCapacity: 2 }";
    let disagrees =
        "CUT0301 what is scaled is of the service `api`, the service document says `web`";
    assert_eq!(told(other), [disagrees]);
    let missing = told("[target.json, gone.json]");
    assert!(missing.len() == 1, "{missing:?}");
}

// ---- scheduled actions ------------------------------------------------------------------------------

/// T161 (AAS-SCH-1, AAS-CD-5).
#[test]
fn a_scheduled_minimum_ignores_cooldowns() {
    let mut cooldowns = Cooldowns::default();
    cooldowns.begin(at(0), ScaleOut(5), steady(4), COOLDOWN_DEFAULT);
    assert_eq!(cooldowns.allow(at(1), ScaleOut(6), steady(5)), None, "in cooldown");
    let action = ScheduledAction {
        name: "morning".into(),
        schedule: Schedule::Rate { minutes: 1 },
        start_unix_ms: None,
        end_unix_ms: None,
        min: Some(8),
        max: None,
    };
    let applied = action.applied(CapacityRange { min: 2, max: 20 }, steady(5)).expect("valid");
    assert_eq!(applied.desired, Some(8));
    assert_eq!(applied.range, CapacityRange { min: 8, max: 20 });
}

/// The minute as clocks at UTC show it.
fn clock(unix_minute: u64) -> civil::DateTime {
    let minutes = i64::try_from(unix_minute).expect("near");
    civil::date(1970, 1, 1).at(0, 0, 0, 0) + jiff::Span::new().minutes(minutes)
}

fn minute_of(time: civil::DateTime) -> u64 {
    let since = time.duration_since(civil::date(1970, 1, 1).at(0, 0, 0, 0));
    u64::try_from(since.as_mins()).expect("after 1970")
}

fn all(range: std::ops::RangeInclusive<u16>) -> BTreeSet<u16> {
    range.collect()
}

/// Every minute at UTC.
fn always() -> Cron {
    Cron {
        minutes: all(0..=59),
        hours: all(0..=23),
        days: (1..=31).map(Day::OfMonth).collect(),
        months: all(1..=12),
        years: all(1970..=2199),
        utc_offset_minutes: 0,
    }
}

/// AAS-SCH-1: by days that a paper calendar shows.
#[test]
fn cron_finds_the_days_of_the_calendar() {
    let midnight = Cron { minutes: all(0..=0), hours: all(0..=0), ..always() };
    let check = |day: Day, from: (i16, i8, i8), expected: [(i16, i8, i8); 3]| {
        let cron = Cron { days: vec![day], ..midnight.clone() };
        let date = |(year, month, day)| civil::date(year, month, day).at(0, 0, 0, 0);
        let next = |&minute: &u64| cron.next_after(minute);
        let found = std::iter::successors(next(&minute_of(date(from))), next).take(3);
        assert_eq!(found.map(clock).collect::<Vec<_>>(), expected.map(date), "{day:?}");
    };
    check(Day::LastOfMonth, (2024, 1, 31), [(2024, 2, 29), (2024, 3, 31), (2024, 4, 30)]);
    check(Day::OfMonth(31), (2026, 1, 31), [(2026, 3, 31), (2026, 5, 31), (2026, 7, 31)]);
    check(Day::OfWeek(2), (2026, 1, 5), [(2026, 1, 12), (2026, 1, 19), (2026, 1, 26)]);
    // The 1st is a Thursday, a Sunday, a Sunday, a Wednesday.
    check(Day::WeekdayNearest(1), (2026, 1, 1), [(2026, 2, 2), (2026, 3, 2), (2026, 4, 1)]);
    check(Day::WeekdayNearest(31), (2026, 1, 30), [(2026, 3, 31), (2026, 5, 29), (2026, 7, 31)]);
    check(Day::LastOfWeek(6), (2026, 1, 5), [(2026, 1, 30), (2026, 2, 27), (2026, 3, 27)]);
    let fifth = Day::NthOfWeek { day: 3, nth: 5 };
    check(fifth, (2026, 1, 1), [(2026, 3, 31), (2026, 6, 30), (2026, 9, 29)]);
}

/// AAS-SCH-1: what the calendar does not know never comes, and time zones are fixed offsets.
#[test]
fn cron_ends_with_its_years_and_goes_by_its_own_clock() {
    let no_day = Cron { months: all(2..=2), days: vec![Day::OfMonth(30)], ..always() };
    assert_eq!(no_day.next_after(0), None);
    let over = Cron { years: all(2020..=2020), ..always() };
    let end = minute_of(civil::date(2020, 12, 31).at(23, 59, 0, 0));
    assert_eq!((over.next_after(end - 1), over.next_after(end)), (Some(end), None));
    let at_eight = |utc_offset_minutes| Cron {
        minutes: all(0..=0),
        hours: all(8..=8),
        utc_offset_minutes,
        ..always()
    };
    let from = minute_of(civil::date(2026, 1, 5).at(10, 0, 0, 0));
    let next = |offset| clock(at_eight(offset).next_after(from).expect("each day")).to_string();
    assert_eq!(next(0), "2026-01-06T08:00:00");
    assert_eq!(next(-330), "2026-01-05T13:30:00");
    assert_eq!(next(840), "2026-01-05T18:00:00");
}

/// Whether a minute is named, asked of another calendar.
fn is_named(cron: &Cron, unix_minute: u64) -> bool {
    let time = clock(unix_minute) + jiff::Span::new().minutes(cron.utc_offset_minutes);
    let number = |n: i16| u16::try_from(n).expect("positive");
    let last = i16::from(time.days_in_month());
    let is_workday = |day: i16| {
        let day = i8::try_from(day).expect("a day");
        let date = civil::date(time.year(), time.month(), day);
        !matches!(date.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday)
    };
    let nearest = |day: u16| {
        let day = i16::try_from(day).expect("a day");
        let candidates = [0, -1, 1, -2, 2].map(|by| day + by).into_iter();
        candidates.filter(|n| day <= last && (1..=last).contains(n)).find(|&n| is_workday(n))
    };
    let weekday = number(time.weekday().to_sunday_one_offset().into());
    let today = i16::from(time.day());
    let is_day = |day: &Day| match *day {
        Day::OfMonth(day) => day == number(today),
        Day::LastOfMonth => today == last,
        Day::WeekdayNearest(day) => nearest(day) == Some(today),
        Day::OfWeek(day) => day == weekday,
        Day::LastOfWeek(day) => day == weekday && today > last - 7,
        Day::NthOfWeek { day, nth } => day == weekday && (number(today) - 1) / 7 + 1 == nth,
    };
    cron.minutes.contains(&number(time.minute().into()))
        && cron.hours.contains(&number(time.hour().into()))
        && cron.months.contains(&number(time.month().into()))
        && cron.years.contains(&number(time.year()))
        && cron.days.iter().any(is_day)
}

fn numbers(range: std::ops::Range<u16>) -> impl Strategy<Value = BTreeSet<u16>> {
    let every = range.clone().collect::<BTreeSet<_>>();
    prop_oneof![2 => Just(every), 3 => prop::collection::btree_set(range, 1..4)]
}

fn day() -> impl Strategy<Value = Day> {
    prop_oneof![
        (1_u16..32).prop_map(Day::OfMonth),
        Just(Day::LastOfMonth),
        (1_u16..32).prop_map(Day::WeekdayNearest),
        (1_u16..8).prop_map(Day::OfWeek),
        (1_u16..8).prop_map(Day::LastOfWeek),
        (1_u16..8, 1_u16..6).prop_map(|(day, nth)| Day::NthOfWeek { day, nth }),
    ]
}

fn cron() -> impl Strategy<Value = Cron> {
    let time = (numbers(0..60), numbers(0..24), -840_i32..=840);
    let date = (prop::collection::vec(day(), 1..3), numbers(1..13), numbers(2023..2029));
    (time, date).prop_map(|((minutes, hours, utc_offset_minutes), (days, months, years))| Cron {
        minutes,
        hours,
        days,
        months,
        years,
        utc_offset_minutes,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// AAS-SCH-1: the same as a search minute by minute over the next forty days.
    #[test]
    fn cron_finds_what_a_search_minute_by_minute_finds(
        cron in cron(),
        // The years 2024 to 2027.
        from in 28_401_120_u64..30_504_960,
    ) {
        const DAYS_40: u64 = 40 * 24 * 60;
        let found = cron.next_after(from);
        prop_assert!(found.is_none_or(|found| found > from));
        let naive = (from + 1..=from + DAYS_40).find(|&minute| is_named(&cron, minute));
        prop_assert_eq!(found.filter(|&found| found <= from + DAYS_40), naive);
        prop_assert!(found.is_none_or(|found| is_named(&cron, found)));
    }
}

proptest! {
    /// AAS-SCH-1.
    #[test]
    fn a_rate_finds_what_a_search_minute_by_minute_finds(
        minutes in 1_u64..3000, start in prop::option::of(0_u64..5000), from in 0_u64..10_000,
    ) {
        let action = ScheduledAction {
            name: "often".into(),
            schedule: Schedule::Rate { minutes },
            start_unix_ms: start.map(|start| start * 60_000),
            end_unix_ms: None,
            min: Some(1),
            max: None,
        };
        let start = start.unwrap_or(0);
        let naive = (from + 1..).find(|at| *at >= start && (at - start) % minutes == 0);
        prop_assert_eq!(action.next_after(from * 60_000), naive.map(|at| at * 60_000));
    }

    /// AAS-GEN-2: whatever is wanted, by whichever policy, and whatever cooldowns leave of it.
    #[test]
    fn the_desired_count_stays_within_the_bounds(
        (min, more) in (0_u32..50, 0_u32..50),
        (running, desired) in (0_u32..200, 0_u32..120),
        (before, added) in (0_u32..60, 0_u32..20),
        (metric, target) in (0_i64..20_000, 1_i64..20_000),
        (alarm, kind, by) in (0_u8..3, 0_usize..3, -300_i32..300),
    ) {
        let range = CapacityRange { min, max: min + more };
        let capacity = Capacity { running, desired };
        let tracked = TargetTracking { target_value: Ratio::new(target, 10), ..tracking(1) };
        let metric = Ratio::new(metric, 10);
        let alarm = [None, HIGH, LOW][usize::from(alarm)];
        let stepped = one_step(AdjustmentType::ALL[kind], by);
        let votes = [
            tracked.vote(seen(alarm, running, metric), Share::ONE),
            stepped.vote(metric, Ratio::ZERO, running),
        ];
        let mut cooldowns = Cooldowns::default();
        cooldowns.begin(at(0), ScaleOut(before + added), steady(before), COOLDOWN_DEFAULT);
        for now in [at(60), at(600)] {
            let change = chosen(&votes).and_then(|c| cooldowns.allow(now, c.change, capacity));
            let Some(change) = change else { continue };
            if let Ok(found) = range.desired_after(change, desired) {
                prop_assert!((range.min..=range.max).contains(&found), "{change:?} gives {found}");
                prop_assert_ne!(found, desired, "nothing changes without a reason");
                if matches!(change, ScaleOut(_)) {
                    prop_assert!(found > desired, "a scale-out adds");
                }
            }
        }
    }

    /// AAS-TT-4 to AAS-TT-6: more metric never means fewer tasks, and no scale-in has to be given back.
    #[test]
    fn target_tracking_is_monotone_and_does_not_flap(
        running in 0_u32..5000,
        (metric, more) in (0_i64..100_000, 0_i64..1000),
        target in 1_i64..100_000,
        percent in 0_u32..=100,
    ) {
        let policy = TargetTracking { target_value: Ratio::new(target, 100), ..tracking(1) };
        let (less, more) = (Ratio::new(metric, 100), Ratio::new(metric + more, 100));
        prop_assert!(policy.scaled_out(running, less) <= policy.scaled_out(running, more));
        prop_assert!(policy.scaled_out(running, less) > running);
        if let Ok(to) = policy.scaled_in(running, less, Share::of(percent)) {
            prop_assert!(to < running && !policy.would_flap(running, to, less));
            let removed = u64::from(running - to) * 100;
            prop_assert!(removed <= u64::from(running) * u64::from(percent));
        }
    }
}
