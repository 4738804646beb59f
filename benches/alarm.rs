//! Nanoseconds an evaluation of an alarm: a counter, a rate by metric math, and both with missing data.

use cutover::aws::alarm::{
    ComparisonOperator, LowSampleCount, StateValue, Statistic, TreatMissingData,
};
use cutover::engine::time::SimDuration;
use cutover::scenario::alarm::criterion::Criterion;
use cutover::scenario::alarm::math::{Binary, Expression};
use cutover::scenario::alarm::ratio::Ratio;
use cutover::scenario::alarm::statistic::{Datapoint, Stat};
use cutover::scenario::alarm::window::UnixTime;
use cutover::scenario::alarm::{Metric, MetricAlarm, MetricStat};
use divan::{Bencher, black_box};

/// Evaluations a sample.
const EVALUATIONS: u64 = 1000;

fn main() {
    divan::main();
}

fn binary(binary: Binary, left: Expression, right: Expression) -> Expression {
    Expression::Binary(binary, Box::new([left, right]))
}

/// 2 of 3 minutes above 1.
fn alarm(expression: Expression) -> MetricAlarm {
    let metric = |id: &str| MetricStat {
        id: id.into(),
        metric: Metric { namespace: "N".into(), name: id.into(), dimensions: Vec::new() },
        stat: Stat::Statistic(Statistic::Sum),
    };
    MetricAlarm {
        name: "alarm".into(),
        metrics: vec![metric("m1"), metric("m2")],
        expression,
        period: SimDuration::from_secs(60),
        criterion: Criterion {
            datapoints_to_alarm: 2,
            evaluation_periods: 3,
            treat_missing_data: TreatMissingData::NotBreaching,
        },
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: Ratio::ONE,
        low_sample_count: LowSampleCount::Evaluate,
        actions_enabled: true,
        scaling_policies: Vec::new(),
    }
}

/// Errors and requests of the last minutes, one in three without any if some are missing.
fn evaluate(bencher: Bencher, expression: Expression, are_missing: bool) {
    let alarm = alarm(expression);
    let range = alarm.evaluation_range(SimDuration::from_secs(115));
    bencher.counter(divan::counter::ItemsCount::new(EVALUATIONS)).bench_local(|| {
        let mut state = StateValue::Ok;
        for minute in 0..EVALUATIONS {
            let at = UnixTime::from_millis(1_767_571_220_000 + 60_000 * minute);
            state = alarm.evaluate(at, range, state, |metric, window| {
                let minute = window.from.as_millis() / 60_000;
                let value = Ratio::count([minute % 7, 300][metric]);
                (!are_missing || minute % 3 > 0).then_some(Datapoint { value, sample_count: 300 })
            });
            black_box(state);
        }
    });
}

fn rate() -> Expression {
    let percent =
        binary(Binary::Times, Expression::Number(Ratio::whole(100)), Expression::Metric(0));
    binary(Binary::By, percent, Expression::Metric(1))
}

#[divan::bench(args = [false, true])]
fn counter(bencher: Bencher, are_missing: bool) {
    evaluate(bencher, Expression::Metric(0), are_missing);
}

#[divan::bench(args = [false, true])]
fn error_rate(bencher: Bencher, are_missing: bool) {
    evaluate(bencher, rate(), are_missing);
}

/// What a simulation that knows breaches already pays.
#[divan::bench]
fn criterion_alone(bencher: Bencher) {
    let criterion = alarm(Expression::Metric(0)).criterion;
    bencher.counter(divan::counter::ItemsCount::new(EVALUATIONS)).bench_local(|| {
        let mut state = StateValue::Ok;
        for minute in 0..EVALUATIONS {
            let points = (0..5).map(|age| Some((minute + age) % 7 > 1));
            state = criterion.state(black_box(points), state);
            black_box(state);
        }
    });
}
