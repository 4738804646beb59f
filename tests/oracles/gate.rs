//! Deployments that an alarm guards, against the chains and closed forms of their detection.
//!
//! On the ideal preset: minutes begin with the deployment, whose shift begins at once; alarms are evaluated on the
//! minute; a look at the alarms falls on it too, and goes before the increment of the same instant.

use cutover::analysis::outcome::Outcome;
use cutover::analysis::row::Row;
use cutover::simulation::Simulation;

use crate::support::{Setup, scenario, series};

/// Replications of each comparison; a million with `--ignored`.
const RUNS: u64 = 10_000;

/// 50 requests a second, and an alarm on the error rate of the replacement's target group: more than one percent in M of N
/// minutes, where a minute without data is a good one.
fn gated(m: u32, n: u32) -> Setup {
    base().error_rate("errors", "green", &of(m, n)).watch(&["errors"])
}

fn base() -> Setup {
    scenario().rate("50/s").rollback(&["DEPLOYMENT_STOP_ON_ALARM"]).termination_wait(60)
}

fn of(m: u32, n: u32) -> String {
    format!("EvaluationPeriods: {n}, DatapointsToAlarm: {m}, TreatMissingData: notBreaching")
}

fn release(setup: Setup, errors: &str) -> Setup {
    setup.original("errors: 0.1%").replacement(&format!("errors: {errors}, bad: true"))
}

/// What came of some replications.
#[derive(Default)]
struct Sample {
    runs: f64,
    reached_full: f64,
    stopped: f64,
    bad: Moments,
    detected_min: Moments,
}

#[derive(Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    /// Four standard deviations of the mean.
    fn tolerance(&self) -> f64 {
        let variance = self.squares / self.count - self.mean() * self.mean();
        4.0 * (variance.max(0.0) / self.count).sqrt()
    }
}

impl Sample {
    fn of(setup: &Setup, runs: u64) -> Sample {
        let scenario = setup.load();
        let mut simulation = Simulation::new(&scenario);
        let mut outcome = Outcome::default();
        let mut sample = Sample { runs: runs as f64, ..Sample::default() };
        for replication in 0..runs {
            outcome.reset();
            let ended = simulation.run(1, replication, &mut outcome);
            let row: Row = outcome.finish(ended.at, ended.digest);
            sample.reached_full += f64::from(u8::from(row.weight_max.is_whole()));
            sample.bad.add(row.bad_requests as f64);
            if let Some(at) = row.detected {
                sample.stopped += 1.0;
                sample.detected_min.add(at.as_millis() as f64 / 60_000.0);
            }
        }
        sample
    }

    /// The share that reached 100 % is this probability, within four standard deviations.
    fn reaches_full(&self, expected: f64, what: &str) {
        near(self.reached_full / self.runs, expected, self.runs, what);
    }

    fn is_stopped(&self, expected: f64, what: &str) {
        near(self.stopped / self.runs, expected, self.runs, what);
    }
}

fn near(found: f64, expected: f64, runs: f64, what: &str) {
    // A closed form of few digits is not known better than by half of the last one.
    let tolerance = 4.0 * (expected * (1.0 - expected) / runs).sqrt() + 5e-4 * expected;
    assert!(
        (found - expected).abs() <= tolerance + 1e-9,
        "{what}: {found}, not {expected} +- {tolerance}"
    );
}

/// V20: strategies of the same bad release, end to end; a rollback takes a minute, with the weight in force meanwhile.
fn strategies(runs: u64) {
    let strategy = |setup: Setup| {
        release(setup, "2%")
            .assume("codedeploy.rollback_restore: 60s")
            .assume("codedeploy.rollback_duration: 60s")
    };
    let lines = [
        ("all at once", gated(2, 3), 180.0, 1.0, 2.0),
        ("canary 10 % x 5", gated(2, 3).canary(10, 5), 19.75, 0.00298, 2.236),
        ("linear 10 % x 1", gated(2, 3).linear(10, 1), 33.23, 2.5e-16, 2.133),
        ("canary 1 % x 5", gated(2, 3).canary(1, 5), 55.68, 0.3554, 4.348),
        ("canary 1 % x 30", gated(2, 3).canary(1, 30), 3.92, 0.00060, 5.386),
    ];
    for (name, setup, bad, reaches_full, detected_min) in lines {
        let sample = Sample::of(&strategy(setup), runs);
        sample.reaches_full(reaches_full, name);
        sample.is_stopped(1.0, name);
        for (found, expected) in [(&sample.bad, bad), (&sample.detected_min, detected_min)] {
            let (mean, tolerance) = (found.mean(), found.tolerance() + 5e-4 * expected);
            assert!(
                (mean - expected).abs() <= tolerance,
                "{name}: {mean}, not {expected} +- {tolerance}"
            );
        }
    }
}

#[test]
fn strategies_cost_what_the_chain_says() {
    strategies(RUNS);
}

/// V6: a bad release passes a canary that its own target group's alarm guards; a good one is rolled back by mistake.
#[allow(clippy::approx_constant, reason = "0.318 is a probability here")]
fn canaries(runs: u64) {
    for (percent, minutes, passes) in [
        (1, 5, [0.695, 0.355, 0.030]),
        (5, 5, [0.370, 0.0218, 0.0]),
        (10, 5, [0.337, 0.0030, 0.0]),
        (25, 5, [0.318, 2e-5, 0.0]),
        (1, 10, [0.438, 0.098, 0.0004]),
        (10, 10, [0.087, 0.0, 0.0]),
        (1, 15, [0.276, 0.0275, 1e-5]),
        (1, 30, [0.069, 0.0006, 0.0]),
    ] {
        for (errors, passes) in ["1%", "2%", "5%"].into_iter().zip(passes) {
            // Three digits are printed.
            let setup = release(gated(2, 3).canary(percent, minutes), errors);
            let sample = Sample::of(&setup, runs);
            let found = sample.reached_full / sample.runs;
            let tolerance =
                4.0 * (passes * (1.0 - passes) / sample.runs).sqrt() + 1e-3 * passes.max(0.5);
            assert!(
                (found - passes).abs() <= tolerance,
                "{percent} % x {minutes}, {errors}: {found}, not {passes}"
            );
        }
    }
    for (percent, minutes, two_of_three, one) in
        [(1, 5, 0.0058, 0.139), (5, 10, 0.0017, 0.097), (10, 15, 0.00008, 0.025)]
    {
        for (m, n, rolled_back) in [(2, 3, two_of_three), (1, 1, one)] {
            // The canary alone is judged: what follows is no part of the formula.
            let setup = release(gated(m, n).canary(percent, minutes), "0.1%");
            let sample = Sample::of(&setup, runs);
            let found = 1.0 - sample.reached_full / sample.runs;
            let tolerance =
                4.0 * (rolled_back * (1.0 - rolled_back) / sample.runs).sqrt() + 1e-2 * rolled_back;
            assert!(
                (found - rolled_back).abs() <= tolerance,
                "{percent} % x {minutes}, {m}/{n}: {found}, not {rolled_back}"
            );
        }
    }
}

#[test]
fn canaries_let_pass_what_the_chain_says() {
    canaries(RUNS);
}

/// V5: the metric of the whole load balancer is diluted by the original's traffic, that of the target group is not.
#[test]
fn a_diluted_metric_does_not_see_a_canary() {
    let canary = |setup: Setup| release(setup.canary(10, 5), "5%").watch(&["errors"]);
    let all = Sample::of(&canary(base().error_rate("errors", "", &of(2, 3))), RUNS);
    all.reaches_full(0.999_915, "the whole load balancer");
    let own = Sample::of(&canary(gated(2, 3)), RUNS);
    assert_eq!(own.reached_full, 0.0, "1.6e-12 of them pass");
}

/// V10h: the later the metric, the fewer of its minutes can decide before the shift; at equality the alarm wins.
#[test]
fn a_gate_with_late_metrics_lets_more_pass() {
    for (delay_min, passes) in [(0, 0.127), (1, 0.200), (2, 0.274), (3, 1.0)] {
        let setup =
            release(gated(3, 3).canary(10, 5), "2%").assume(&format!("cw.delay.alb: {delay_min}m"));
        let sample = Sample::of(&setup, RUNS);
        let found = sample.reached_full / sample.runs;
        let tolerance = 4.0 * (passes * (1.0 - passes) / sample.runs).sqrt() + 5e-4;
        assert!((found - passes).abs() <= tolerance, "{delay_min} min: {found}, not {passes}");
    }
}

/// V10i: how far a linear shift has come when a release that fails everything is stopped.
#[test]
fn a_linear_shift_has_come_so_far_when_its_alarm_goes_off() {
    for (m, delay_min, percent, traffic_min) in [(1, 0, 10, 0.1), (3, 1, 40, 1.0), (5, 2, 70, 2.8)]
    {
        let setup = release(gated(m, m).linear(10, 1), "100%")
            .assume(&format!("cw.delay.alb: {delay_min}m"));
        let run = setup.run();
        assert_eq!(run.row().weight_max.ppm(), percent * 10_000);
        let minutes = run.row().exposure_percent_ms as f64 / 100.0 / 60_000.0;
        assert!((minutes - traffic_min).abs() < 1e-9, "{minutes}");
    }
}

/// V7: an onset anywhere in a minute, an alarm that needs three of three, and evaluations ten seconds after the minute.
#[test]
fn the_phase_of_the_onset_adds_half_a_period() {
    let phased = |setup: Setup, errors: &str| {
        let setup = release(setup, errors).assume("deployment.start_phase: { uniform: [0s, 60s] }");
        // Looked at without delay, so that the alarm itself is timed.
        setup.assume("cw.eval_phase: 10s").assume("codedeploy.alarm_poll: 1s")
    };
    let own = Sample::of(&phased(gated(3, 3), "100%"), RUNS);
    let mean = own.detected_min.mean() * 60.0;
    // A look comes half a second later on average; uniform over a minute.
    let tolerance = 4.0 * (60.0 / 12_f64.sqrt()) / (RUNS as f64).sqrt();
    assert!((mean - 160.5).abs() <= tolerance, "{mean}");
    let whole = base().rate("20000/s").error_rate("errors", "", &of(3, 3)).watch(&["errors"]);
    let whole = Sample::of(&phased(whole, "2%").original("errors: 0%"), RUNS);
    let mean = whole.detected_min.mean() * 60.0;
    assert!(
        (mean - 190.5).abs() <= tolerance,
        "only half of the first minutes exceed one percent: {mean}"
    );
}

/// V8: with little traffic most minutes have no request, and one error is a whole percentage.
#[test]
fn little_traffic_hides_a_bad_release_and_accuses_a_good_one() {
    let rate = |minimum: u32| {
        format!(
            "Threshold: 1, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching, Metrics: [{{ Id: rate, Expression: \"IF(FILL(m2, 0) >= {minimum}, 100 * m1 / m2, 0)\" }}, {}, {}]",
            series("m1", "HTTPCode_Target_5XX_Count", "green", 60),
            series("m2", "RequestCount", "green", 60),
        )
    };
    let gated = |minimum, m, n| {
        let periods = format!("EvaluationPeriods: {n}, DatapointsToAlarm: {m}");
        base()
            .described_alarm(&format!("AlarmName: errors, {periods}, {}", rate(minimum)))
            .watch(&["errors"])
    };
    for (rps, detects, accuses) in
        [("0.2/s", 0.0143, 0.0354), ("1/s", 0.2468, 0.1647), ("5/s", 0.9725, 0.5934)]
    {
        let bad = release(gated(1, 2, 3).rate(rps).canary(10, 15), "2%");
        let bad = Sample::of(&bad, RUNS);
        near(1.0 - bad.reached_full / bad.runs, detects, bad.runs, &format!("detected at {rps}"));
        let good = release(gated(1, 1, 1).rate(rps).canary(10, 30), "0.1%");
        let good = Sample::of(&good, RUNS);
        near(1.0 - good.reached_full / good.runs, accuses, good.runs, &format!("accused at {rps}"));
    }
    let guarded = release(gated(20, 2, 3).rate("0.2/s").canary(10, 15), "2%");
    assert_eq!(
        Sample::of(&guarded, RUNS).reached_full,
        RUNS as f64,
        "a guard of 20 requests sees nothing"
    );
}

/// V10d: a burn-rate alarm over an hour, of an error budget of 0.1 % that burns 14.4 times as fast.
#[test]
fn a_burn_rate_alarm_fires_when_the_hour_has_burnt_enough() {
    let alarm = |threshold: &str| {
        format!(
            "AlarmName: burn, Threshold: {threshold}, EvaluationPeriods: 1, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching, Metrics: [{{ Id: rate, Expression: 100 * m1 / m2 }}, {}, {}]",
            series("m1", "HTTPCode_Target_5XX_Count", "", 3600),
            series("m2", "RequestCount", "", 3600),
        )
    };
    let burning = |setup: Setup| {
        let setup = setup.rate("20000/s").described_alarm(&alarm("1.44")).watch(&["burn"]);
        setup.original("errors: 0%").replacement("errors: 5%").termination_wait(120)
    };
    let all = burning(base()).run();
    assert_eq!(all.alarm(0), "0 OK, 1080 ALARM", "17.28 minutes, seen at the next whole one");
    let canary = burning(base()).canary(10, 100).run();
    assert!(!canary.alarm(0).contains("ALARM") || first_alarm_s(&canary.alarm(0)) > 6000);
}

fn first_alarm_s(states: &str) -> u64 {
    let state = states.split(", ").find(|state| state.ends_with(" ALARM")).expect("an alarm");
    state.split(' ').next().and_then(|at| at.parse().ok()).expect("seconds")
}

/// V6 and V20 with a million replications: minutes of work.
#[test]
#[ignore = "a longer study"]
fn a_million_replications_agree_with_the_chains() {
    strategies(1_000_000);
    canaries(1_000_000);
}
