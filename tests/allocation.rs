//! A warm world allocates nothing: neither for a run nor for an event.
//!
//! Each thread counts its own: the harness of the tests has threads too.

#![allow(unsafe_code, reason = "GlobalAlloc is an unsafe trait")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use cutover::analysis::outcome::Outcome;
use cutover::aws::alarm::StateValue;
use cutover::diagnostic::{Diagnostics, Sources};
use cutover::input::aws_document::alarm::alarms;
use cutover::input::decode::Field;
use cutover::input::tree::read;
use cutover::scenario::Scenario;
use cutover::scenario::alarm::Alarm;
use cutover::scenario::alarm::ratio::Ratio;
use cutover::scenario::alarm::statistic::Datapoint;
use cutover::scenario::alarm::window::UnixTime;
use cutover::simulation::Simulation;
use support::scenario;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The evaluation of an alarm, in every minute of a run, on metric math and with missing data.
fn an_evaluation_allocates_nothing() {
    let metric = |id: &str| {
        format!(
            "{{Id: {id}, ReturnData: false, MetricStat: {{Stat: Sum, Period: 60, Metric: {{Namespace: N, MetricName: a}}}}}}"
        )
    };
    let document = format!(
        "{{AlarmName: a, EvaluationPeriods: 5, DatapointsToAlarm: 3, Threshold: 1, ComparisonOperator: \
         GreaterThanThreshold, Metrics: [{{Id: e, Expression: 'IF(m2 > 9, 100 * SUM([m1, FILL(m1, REPEAT)]) / m2, 0)'}}, {}, {}]}}",
        metric("m1"),
        metric("m2")
    );
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("alarm.yaml", document.into(), &mut sources, &mut to).expect("a tree");
    let found = alarms(Field::new("alarm", &node), None, &mut to).expect("alarms").remove(0);
    let Alarm::Metric(alarm) = found.value else { panic!("it is on metrics") };
    let before = ALLOCATIONS.get();
    let mut state = StateValue::Ok;
    for minute in 1000..2000 {
        state =
            alarm.evaluate(UnixTime::from_millis(minute * 60_000), 7, state, |metric, window| {
                let minute = window.from.as_millis() / 60_000;
                let value = Ratio::count([minute % 5, 100][metric]);
                (minute % 3 > 0).then_some(Datapoint { value, sample_count: 1 })
            });
    }
    assert_eq!(ALLOCATIONS.get() - before, 0, "{state} at the end");
}

#[test]
fn a_warm_world_allocates_nothing() {
    an_evaluation_allocates_nothing();
    let scenario = scenario()
        .default_assumptions()
        .linear(10, 1)
        .test_listener()
        .desired(10)
        .termination_wait(5)
        .deregistration_delay(30)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .rate("100/s, noise: { cv: 20% }")
        .health_check([10, 5, 2, 2])
        .original("health_check: { fails: 5% }")
        .replacement("errors: 2%, health_check: { fails: 5% }")
        .hook("AfterAllowTraffic", "duration: { exponential: 20s }, fails: 50%")
        .load();
    runs_allocate_nothing(&scenario);
    let on_instances = support::read(
        "cutover: 1
deployment:
  deploymentConfigName: CodeDeployDefault.HalfAtATime
  autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }
resources: { instances: { count: 200, agents_absent: 1% } }
revisions:
  original: { scripts: { ApplicationStart: {}, ValidateService: { fails: 2% } } }
  replacement: { scripts: { ValidateService: { fails: 45% } } }
",
    );
    runs_allocate_nothing(&on_instances.expect("it is read"));
}

fn runs_allocate_nothing(scenario: &Scenario) {
    let mut simulation = Simulation::new(scenario);
    let mut outcome = Outcome::default();
    let mut play = |replication: u64| {
        outcome.reset();
        let before = ALLOCATIONS.get();
        let ended = simulation.run(1, replication, &mut outcome);
        let allocated = ALLOCATIONS.get() - before;
        let row = outcome.finish(ended.at, ended.digest);
        (allocated, ended.events, row.status)
    };
    let cold: u64 = (0..50).map(|replication| play(replication).0).sum();
    assert!(cold > 0, "the counter counts");
    for replication in 0..50 {
        let (allocated, events, status) = play(replication);
        assert!(events > 50, "replication {replication} is a run");
        assert_eq!(allocated, 0, "replication {replication}, {status}, {events} events");
    }
}
