//! The evaluator of alarms against the chain of its last datapoints, and counts against their laws.

use cutover::aws::alarm::{ComparisonOperator, StateValue, TreatMissingData};
use cutover::engine::count::{binomial, poisson};
use cutover::engine::random::{Random, RunKey};
use cutover::engine::share::Share;
use cutover::scenario::alarm::criterion::Criterion;
use cutover::scenario::alarm::ratio::Ratio;
use cutover::scenario::alarm::statistic::Percentile;

const RUNS: u64 = 10_000;

fn random(seed: u64) -> Random<1> {
    Random::new(RunKey { seed, replication: 0, branch: 0 })
}

/// P(X > most) for X binomial.
fn binomial_tail(trials: u32, p: f64, most: u32) -> f64 {
    let mut term = libm::pow(1.0 - p, trials.into());
    let mut below = term;
    for k in 0..most {
        term *= f64::from(trials - k) / f64::from(k + 1) * p / (1.0 - p);
        below += term;
    }
    1.0 - below
}

/// P(X >= least) for X Poisson.
fn poisson_tail(mean: f64, least: u32) -> f64 {
    let mut term = libm::exp(-mean);
    let mut below = 0.0;
    for k in 0..least {
        below += term;
        term *= mean / f64::from(k + 1);
    }
    1.0 - below
}

/// Whether the error rate is more than one percent, compared exactly.
fn breaches(errors: u64, requests: u64) -> bool {
    let percent = Ratio::count(errors).times(Ratio::whole(100)).expect("small");
    percent.by(Ratio::count(requests)).is_some_and(|rate| rate > Ratio::ONE)
}

/// Mean and variance of the period in which M of the last N breach first, and whether that is within five: the
/// chain on the last N - 1 bits.
fn chain(m: u32, n: u32, p: f64) -> (f64, f64, f64) {
    let states = 1 << (n - 1);
    let mut mass = vec![0.0; states];
    mass[0] = 1.0;
    let (mut mean, mut square, mut within_five, mut period) = (0.0, 0.0, 0.0, 0.0);
    while mass.iter().sum::<f64>() > 1e-13 {
        period += 1.0;
        let mut next = vec![0.0; states];
        for (bits, mass) in mass.iter().enumerate() {
            for (bit, chance) in [(0, 1.0 - p), (1, p)] {
                let all = bits << 1 | bit;
                if all.count_ones() >= m {
                    let alarm = mass * chance;
                    mean += alarm * period;
                    square += alarm * period * period;
                    within_five += if period <= 5.0 { alarm } else { 0.0 };
                } else {
                    next[all & (states - 1)] += mass * chance;
                }
            }
        }
        mass = next;
    }
    (mean, square - mean * mean, within_five)
}

/// The first period in which the evaluator says ALARM, each breaching with a probability of its own.
fn first_alarm(criterion: Criterion, mut breaches: impl FnMut(u64) -> bool) -> u64 {
    let (mut newest_first, mut state) = (vec![Some(false); 10], StateValue::Ok);
    for period in 1.. {
        newest_first.rotate_right(1);
        newest_first[0] = Some(breaches(period));
        state = criterion.state(newest_first.iter().copied(), state);
        if state == StateValue::Alarm {
            return period;
        }
    }
    unreachable!("periods do not end")
}

/// V4: M of N on independent periods of 300 requests, threshold one percent. First the printed numbers, then the
/// evaluator on 10 000 series. Rows that would take millions of periods are left to the chain.
#[test]
fn the_evaluator_fires_as_the_chain_of_its_datapoints() {
    let rows = [
        (0.005, [15.34, 137.0, 769.6, 3863.7], [0.0268, 0.0025, 0.0008]),
        (0.01, [2.83, 7.71, 13.40, 33.65], [0.4757, 0.2395, 0.1007]),
        (0.02, [1.174, 2.375, 3.541, 4.173], [0.9907, 0.9741, 0.8007]),
        (0.05, [1.0, 2.0, 3.0, 3.001], [1.0, 1.0, 0.9998]),
    ];
    for (row, (e, means, within)) in rows.into_iter().enumerate() {
        let p = binomial_tail(300, e, 3);
        for (column, (m, n)) in [(1, 1), (2, 3), (3, 5), (3, 3)].into_iter().enumerate() {
            let (mean, variance, within_five) = chain(m, n, p);
            let printed = means[column];
            assert!(
                (mean - printed).abs() <= 0.0006 * printed + 0.006,
                "{e} {m}/{n}: {mean}, {printed}"
            );
            if column > 0 {
                assert!(
                    (within_five - within[column - 1]).abs() < 6e-5,
                    "{e} {m}/{n}: {within_five}"
                );
            }
            if mean > 20.0 {
                continue;
            }
            let treat_missing_data = TreatMissingData::NotBreaching;
            let criterion =
                Criterion { datapoints_to_alarm: m, evaluation_periods: n, treat_missing_data };
            let mut random = random(40 + (row * 4 + column) as u64);
            let (mut sum, mut early) = (0, 0);
            for run in 0..RUNS {
                let period = first_alarm(criterion, |period| {
                    let uniform = random.uniform(0, run * 4096 + period, 0);
                    breaches(binomial(300, e, uniform), 300)
                });
                sum += period;
                early += u64::from(period <= 5);
            }
            let (runs, sum, early) = (RUNS as f64, sum as f64, early as f64);
            let tolerance = 4.0 * (variance / runs).sqrt() + 1e-9;
            assert!(
                (sum / runs - mean).abs() <= tolerance,
                "{e} {m}/{n}: {}, not {mean}",
                sum / runs
            );
            let tolerance = 4.0 * (within_five * (1.0 - within_five).max(0.0) / runs).sqrt() + 1e-9;
            assert!((early / runs - within_five).abs() <= tolerance, "{e} {m}/{n}: {early} early");
        }
    }
    let closed = (1.0 - 0.027) / (0.027 * 0.7);
    assert!((chain(3, 3, 0.3).0 - closed).abs() < 1e-6, "M = N has a closed form");
}

/// V4b: with a Poisson number of requests the limit drops to two errors where there are fewer than 300.
#[test]
fn a_random_number_of_requests_breaches_more_often_than_a_fixed_one() {
    let mut random = random(4);
    let runs = 4 * RUNS;
    let (mut of_random, mut of_fixed) = (0_u32, 0_u32);
    for run in 0..runs {
        let draws = random.at(0, run);
        let requests = poisson(300.0, draws.uniform(0));
        of_random += u32::from(breaches(binomial(requests, 0.02, draws.uniform(1)), requests));
        of_fixed += u32::from(breaches(binomial(300, 0.02, draws.uniform(1)), 300));
    }
    for (found, expected) in [(of_random, 0.89892), (of_fixed, 0.85149)] {
        let found = f64::from(found) / runs as f64;
        let tolerance = 4.0 * (expected * (1.0 - expected) / runs as f64).sqrt();
        assert!((found - expected).abs() <= tolerance, "{found}, not {expected} +- {tolerance}");
    }
}

/// V10c: a counter of at least five errors, with a Poisson number of them.
#[test]
fn a_count_alarm_fires_with_the_tail_of_its_count() {
    for (seed, mean, printed) in [(1, 0.5, 1.72e-4), (2, 2.0, 0.0527), (3, 5.0, 0.5595)] {
        let expected = poisson_tail(mean, 5);
        assert!((expected - printed).abs() < 6e-5 && (expected / printed - 1.0).abs() < 2e-3);
        let mut random = random(seed);
        let runs = 10 * RUNS;
        let threshold = Ratio::whole(5);
        let fired = (0..runs)
            .filter(|&run| Ratio::count(poisson(mean, random.uniform(0, run, 0))) >= threshold);
        let found = fired.count() as f64 / runs as f64;
        let tolerance = 4.0 * (expected * (1.0 - expected) / runs as f64).sqrt();
        assert!((found - expected).abs() <= tolerance, "{found}, not {expected} +- {tolerance}");
    }
}

/// V10e: the 99th percentile is beyond a threshold that 1.2 % of the requests are beyond.
#[test]
fn a_percentile_alarm_fires_with_the_tail_of_the_samples_beyond() {
    let p99 = Percentile(Share::of(99));
    for (seed, samples, printed) in [(1, 300_u32, 0.4856), (2, 3000, 0.8209)] {
        let expected = binomial_tail(samples, 0.012, samples / 100);
        assert!((expected - printed).abs() < 6e-5, "{expected}, not {printed}");
        let mut random = random(seed);
        let fired = (0..RUNS).filter(|&run| {
            let beyond = binomial(samples.into(), 0.012, random.uniform(0, run, 0));
            p99.breaches(ComparisonOperator::GreaterThanThreshold, beyond, samples.into())
        });
        let found = fired.count() as f64 / RUNS as f64;
        let tolerance = 4.0 * (expected * (1.0 - expected) / RUNS as f64).sqrt();
        assert!((found - expected).abs() <= tolerance, "{found}, not {expected} +- {tolerance}");
    }
}
