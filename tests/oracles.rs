//! The simulator against closed forms.
//!
//! Every tolerance is four standard deviations of the estimate under the closed form, with fixed seeds: nothing
//! is guessed and nothing flakes. The names V1 and so on are those of the list of oracles.

#[path = "oracles/alarm.rs"]
mod alarm;
#[path = "oracles/gate.rs"]
mod gate;
#[path = "oracles/hosts.rs"]
mod hosts;
#[path = "oracles/metamorphic.rs"]
mod metamorphic;
#[path = "oracles/splitting.rs"]
mod splitting;
#[path = "oracles/story.rs"]
mod story;
mod support;
#[path = "oracles/user.rs"]
mod user;

use cutover::analysis::outcome::Outcome;
use cutover::aws::name::DeploymentStatus;
use cutover::engine::time::SimTime;
use cutover::journal::fact::Fact;
use cutover::journal::{Entry, Reader};
use cutover::scenario::Scenario;
use cutover::scenario::traffic_routing::TrafficRouting;
use cutover::simulation::Simulation;
use support::{Setup, scenario};

/// Plays one replication up to an instant and folds what happened so far into a row.
fn row_until(scenario: &Scenario, replication: u64, until: SimTime) -> cutover::analysis::row::Row {
    let mut simulation = Simulation::new(scenario);
    simulation.verify();
    simulation.reset(1, replication);
    let mut outcome = Outcome::default();
    simulation.run_until(until, &mut outcome);
    outcome.finish(until, cutover::analysis::Digest(0))
}

fn minutes(n: u64) -> SimTime {
    SimTime::from_millis(n * 60_000)
}

// ---- V1: the traffic integral -----------------------------------------------------------------------

/// A line of V1: how traffic moves, minutes until 100 %, and A before 100 %, A(5), A(10), A(20) in hundredths of
/// a full-traffic minute.
struct Line {
    routing: TrafficRouting,
    setup: Setup,
    full_min: u64,
    integrals: [u64; 4],
}

fn lines() -> Vec<Line> {
    let canary = |percent, interval, integrals| Line {
        routing: TrafficRouting::canary(percent, interval).expect("valid"),
        setup: scenario().canary(percent as u32, interval as u32),
        full_min: interval,
        integrals,
    };
    let linear = |percent: u64, interval, integrals| Line {
        routing: TrafficRouting::linear(percent, interval).expect("valid"),
        setup: scenario().linear(percent as u32, interval as u32),
        full_min: (100_u64.div_ceil(percent) - 1) * interval,
        integrals,
    };
    vec![
        Line {
            routing: TrafficRouting::AllAtOnce,
            setup: scenario(),
            full_min: 0,
            integrals: [0, 500, 1000, 2000],
        },
        canary(10, 5, [50, 50, 550, 1550]),
        canary(10, 15, [150, 50, 100, 650]),
        linear(10, 1, [450, 150, 550, 1550]),
        linear(10, 3, [1350, 70, 220, 770]),
        canary(10, 30, [300, 50, 100, 200]),
        linear(10, 10, [4500, 50, 100, 300]),
        linear(3, 6, [10_098, 15, 42, 132]),
        canary(5, 10, [50, 25, 50, 1050]),
        linear(30, 2, [360, 270, 760, 1760]),
    ]
}

/// V1: the integral of the schedule's steps, in percent times milliseconds.
fn integral_of_steps(routing: TrafficRouting, until: SimTime) -> u64 {
    let steps: Vec<_> = routing.steps().collect();
    let end = until.as_millis();
    let nexts = steps.iter().skip(1).map(|step| step.after.as_millis()).chain([u64::MAX]);
    steps
        .iter()
        .zip(nexts)
        .map(|(step, next)| {
            let from = step.after.as_millis().min(end);
            (next.min(end) - from) * u64::from(step.percent)
        })
        .sum()
}

/// V1, by the steps and by the exposure of a bad replacement, both exact.
#[test]
fn exposure_is_the_integral_of_the_weight() {
    for Line { routing, setup, full_min, integrals } in lines() {
        let scenario = setup.termination_wait(60).replacement("bad: true").load();
        for (until, hundredths) in [full_min, 5, 10, 20].into_iter().zip(integrals) {
            // One hundredth of a full-traffic minute is 100 percent times 600 ms.
            let expected = hundredths * 60_000;
            let name = format!("{routing:?} until {until} min");
            assert_eq!(integral_of_steps(routing, minutes(until)), expected, "steps of {name}");
            let row = row_until(&scenario, 0, minutes(until));
            assert_eq!(row.exposure_percent_ms, expected, "exposure of {name}");
        }
        let mut last = 0;
        for step in routing.steps() {
            last = step.after.as_millis();
        }
        assert_eq!(last, full_min * 60_000, "{routing:?} reaches 100 %");
    }
}

/// V1: a good release exposes nobody.
#[test]
fn a_good_release_has_no_exposure() {
    let scenario = scenario().canary(10, 5).load();
    assert_eq!(row_until(&scenario, 0, minutes(20)).exposure_percent_ms, 0);
}

// ---- V2: Poisson thinning ---------------------------------------------------------------------------

/// V2: 200 requests a second, 10 %, 5 % errors, 300 s: bad requests are Poisson with mean 300.
#[test]
fn bad_requests_of_a_canary_are_poisson() {
    let scenario = scenario()
        .canary(10, 5)
        .rate("200/s")
        .original("errors: 0%")
        .replacement("errors: 5%")
        .load();
    let runs = 4000_u32;
    let mut simulation = Simulation::new(&scenario);
    let (mut sum, mut squares) = (0.0, 0.0);
    for replication in 0..runs {
        let mut outcome = Outcome::default();
        simulation.reset(2, replication.into());
        simulation.run_until(minutes(5), &mut outcome);
        let bad = outcome.finish(minutes(5), cutover::analysis::Digest(0)).bad_requests as f64;
        sum += bad;
        squares += bad * bad;
    }
    let n = f64::from(runs);
    let mean = sum / n;
    let tolerance = 4.0 * (300.0 / n).sqrt();
    assert!((mean - 300.0).abs() < tolerance, "mean {mean}, not 300 +- {tolerance}");
    // The variance over the mean of n Poisson numbers is chi-square over its n - 1 degrees, variance 2 / (n - 1).
    let dispersion = (squares - sum * sum / n) / (n - 1.0) / mean;
    let tolerance = 4.0 * (2.0 / (n - 1.0)).sqrt();
    assert!(
        (dispersion - 1.0).abs() < tolerance,
        "variance / mean {dispersion}, not 1 +- {tolerance}"
    );
}

// ---- V14: the slowest of n tasks --------------------------------------------------------------------

/// Mean and variance of the largest of `n` draws, by summing the distribution of the largest from 0 to `most`.
fn slowest(n: u32, most: f64, cdf: impl Fn(f64) -> f64) -> (f64, f64) {
    let steps = 400_000;
    let width = most / f64::from(steps);
    let (mut mean, mut square) = (0.0, 0.0);
    for step in 0..steps {
        let x = (f64::from(step) + 0.5) * width;
        let beyond = 1.0 - libm::pow(cdf(x), f64::from(n));
        mean += beyond * width;
        square += 2.0 * x * beyond * width;
    }
    (mean, square - mean * mean)
}

/// The mean duration of `Install`, in seconds.
fn install_mean(tasks: u32, launch: &str, runs: u32) -> f64 {
    let scenario = scenario().desired(tasks).replacement(&format!("launch: {launch}")).load();
    let mut simulation = Simulation::new(&scenario);
    let mut sum = 0;
    for replication in 0..runs {
        let mut outcome = Outcome::default();
        let ended = simulation.run(14, replication.into(), &mut outcome);
        let row = outcome.finish(ended.at, ended.digest);
        sum += row.install.expect("it was installed").as_millis();
    }
    sum as f64 / 1000.0 / f64::from(runs)
}

/// V14: `Install` lasts as long as the slowest of its tasks: lognormal launches of mean 45 s and cv 0.5.
#[test]
fn install_lasts_as_long_as_the_slowest_task() {
    let square = libm::log1p(0.25);
    let (mu, sigma) = (libm::log(45.0) - square / 2.0, libm::sqrt(square));
    let cdf = |x: f64| 0.5 * libm::erfc(-(libm::log(x) - mu) / (sigma * std::f64::consts::SQRT_2));
    for (tasks, published, runs) in
        [(2, 56.8, 4000), (10, 86.65, 3000), (50, 119.4, 1500), (200, 150.1, 600)]
    {
        let (mean, variance) = slowest(tasks, 2000.0, cdf);
        assert!((mean - published).abs() < 0.05, "{tasks} tasks: the closed form gives {mean}");
        let found = install_mean(tasks, "{ lognormal: { mean: 45s, cv: 0.5 } }", runs);
        let tolerance = 4.0 * (variance / f64::from(runs)).sqrt();
        assert!(
            (found - mean).abs() < tolerance,
            "{tasks} tasks: {found} s, not {mean} +- {tolerance}"
        );
    }
}

/// V14: exponential launches: 45 s times the tenth harmonic number.
#[test]
fn the_slowest_of_ten_exponential_launches() {
    let harmonic =
        |power: i32| (1..=10).map(|k| 1.0 / libm::pow(f64::from(k), f64::from(power))).sum::<f64>();
    let (mean, variance) = (45.0 * harmonic(1), 45.0 * 45.0 * harmonic(2));
    assert!((mean - 131.8).abs() < 0.05, "{mean}");
    let runs = 4000;
    let found = install_mean(10, "{ exponential: 45s }", runs);
    let tolerance = 4.0 * (variance / f64::from(runs)).sqrt();
    assert!((found - mean).abs() < tolerance, "{found} s, not {mean} +- {tolerance}");
}

// ---- V11: requests that are open when their target goes --------------------------------------------

/// Requests cut off in a run, summed over its tasks.
fn cut_off(setup: &Setup, runs: u64) -> Vec<f64> {
    #[derive(Default)]
    struct CutOff(u64);
    impl Reader for CutOff {
        fn read(&mut self, entry: &Entry) {
            if let Fact::RequestsCutOff { requests, .. } = entry.fact {
                self.0 += u64::from(requests);
            }
        }
    }
    let scenario = setup.load();
    let mut simulation = Simulation::new(&scenario);
    let runs = (0..runs).map(|replication| {
        let mut cut = CutOff::default();
        simulation.run(11, replication, &mut cut);
        cut.0 as f64
    });
    runs.collect()
}

/// V11 (M/G/infinity): all traffic leaves the original at once; what is open D seconds later is cut off, Poisson with
/// mean rate times the integral of P(S > s) from D on.
#[test]
fn requests_longer_than_the_deregistration_delay_are_poisson() {
    let exponential = "{ exponential: 2s }";
    let lognormal = "{ lognormal: { mean: 300ms, cv: 1.310832 } }";
    let pareto = "{ pareto: { minimum: 10s, shape: 1.5 } }";
    for (rate, latency, delay, mean) in [
        (100, exponential, 0, 200.0),
        (100, exponential, 5, 16.417),
        (500, lognormal, 0, 150.0),
        (500, lognormal, 1, 14.01),
        (500, lognormal, 5, 0.4),
        (5, pareto, 30, 57.7),
        (5, pareto, 300, 18.26),
    ] {
        let setup = scenario()
            .rate(&format!("{rate}/s"))
            .desired(3)
            .original(&format!("errors: 0%, latency: {latency}"))
            .replacement("errors: 0%, launch: 60s")
            .deregistration_delay(delay)
            .assume("lb.idle_timeout: 3000d");
        let runs = 1500;
        let found = cut_off(&setup, runs);
        let n = runs as f64;
        let average = found.iter().sum::<f64>() / n;
        let variance = found.iter().map(|x| (x - average) * (x - average)).sum::<f64>() / (n - 1.0);
        let tolerance = 4.0 * (mean / n).sqrt() + 0.005 * mean;
        assert!((average - mean).abs() < tolerance, "{latency}, {delay} s: {average}, not {mean}");
        // Var of the sample variance of a Poisson: about (2 mean^2 + mean) / n.
        let spread = 4.0 * ((2.0 * mean * mean + mean) / n).sqrt() + 0.005 * mean;
        assert!((variance - mean).abs() < spread, "{latency}, {delay} s: variance {variance}");
    }
}

// ---- V15: an Install that crashes on --------------------------------------------------------------

/// V15: ten tasks, each attempt of 70 s crashes with probability c, 51 attempts within the hour: (1 - c^51)^10.
#[test]
fn an_install_succeeds_if_no_task_crashes_in_all_its_attempts() {
    for (crashes, expected) in [(90, 0.9546), (95, 0.4682)] {
        let scenario = scenario()
            .canary(10, 1)
            .desired(10)
            .assume("fargate.provision: 60s")
            .assume("lb.register: 20s")
            .replacement(&format!("crash: {{ share: {crashes}%, after: 10s }}"))
            .load();
        let mut simulation = Simulation::new(&scenario);
        let runs = 1500_u32;
        let installed = (0..runs).filter(|&replication| {
            let mut outcome = Outcome::default();
            let ended = simulation.run(15, replication.into(), &mut outcome);
            outcome.finish(ended.at, ended.digest).install.is_some()
        });
        let (n, found) = (f64::from(runs), installed.count() as f64 / f64::from(runs));
        let tolerance = 4.0 * (expected * (1.0 - expected) / n).sqrt();
        assert!((found - expected).abs() < tolerance, "{crashes} %: {found}, not {expected}");
    }
}

// ---- V19: the error budget --------------------------------------------------------------------------

/// V19: bad minutes are the share of errors times the exposure; of a budget of 99.9 % in 30 days, 43.2 minutes.
#[test]
fn bad_minutes_are_errors_times_exposure() {
    for (setup, caught_min, bad_minutes, percent) in [
        (scenario(), 15, 3.0, 6.94),
        (scenario().canary(10, 5), 5, 0.1, 0.23),
        (scenario().linear(10, 1), 4, 0.2, 0.46),
    ] {
        let stop = format!("at: {caught_min}m, do: StopDeployment, autoRollbackEnabled: true");
        let run = setup.replacement("errors: 20%").termination_wait(60).operator(&stop).run();
        let exposure_min = run.row().exposure_percent_ms as f64 / 100.0 / 60_000.0;
        assert!((0.2 * exposure_min - bad_minutes).abs() < 1e-9, "{exposure_min} min");
        assert!((0.2 * exposure_min / 43.2 * 100.0 - percent).abs() < 0.005, "{percent} %");
    }
}

/// V19c: of what is rolled back, so much was bad: with the share of bad releases, how often the check misses one, and how often
/// it accuses a good one.
#[test]
fn what_a_rollback_says_of_a_release_depends_on_how_many_are_bad() {
    for (bad, miss, false_alarm, expected) in
        [(5, 20, 2, 0.678), (5, 2, 10, 0.340), (1, 5, 2, 0.324)]
    {
        let check = format!("duration: 0s, fails: {false_alarm}%, detects: {}%", 100 - miss);
        let scenario = scenario()
            .replacement(&format!("weight: {}", 100 - bad))
            .revision("broken", &format!("weight: {bad}, bad: true"))
            .rollback(&["DEPLOYMENT_FAILURE"])
            .hook("AfterInstall", &check)
            .load();
        let mut simulation = Simulation::new(&scenario);
        let (mut rolled_back, mut were_bad) = (0.0, 0.0);
        for replication in 0..12_000 {
            let mut outcome = Outcome::default();
            let ended = simulation.run(19, replication, &mut outcome);
            let row = outcome.finish(ended.at, ended.digest);
            rolled_back += f64::from(u8::from(row.rollback));
            were_bad += f64::from(u8::from(row.rollback && row.bad));
        }
        let found = were_bad / rolled_back;
        let tolerance = 4.0 * (expected * (1.0 - expected) / rolled_back).sqrt();
        assert!((found - expected).abs() < tolerance, "{found}, not {expected}");
    }
}

// ---- V17: the waiter ---------------------------------------------------------------------------------

/// V17: polls at 0, 15, .. 1785 s: `DeploymentSuccessful` fails where a deployment that succeeds takes longer.
#[test]
fn the_waiter_fails_where_a_good_deployment_takes_longer_than_1785_s() {
    let installed = scenario().replacement("launch: 180s");
    for (setup, termination, end_s, (seen, client_s)) in [
        (installed.clone().linear(10, 3), 5, 2100, ("gave-up", 1785)),
        (installed.clone().canary(10, 15), 60, 4680, ("gave-up", 1785)),
        (installed.linear(10, 1), 5, 1020, ("succeeded", 1020)),
    ] {
        let run = setup.termination_wait(termination).run();
        let row = run.row();
        assert_eq!(row.status, DeploymentStatus::Succeeded, "{end_s} s");
        assert_eq!(row.end, Some(SimTime::from_millis(end_s * 1000)), "{end_s} s");
        let sight = row.client.expect("the run was played to its end");
        let found = (sight.seen.as_str(), sight.at.as_millis());
        assert_eq!(found, (seen, client_s * 1000), "{end_s} s");
    }
}

// ---- V25: conservation ------------------------------------------------------------------------------

/// Requests by minute, answered and rejected ones together.
#[derive(Default)]
struct Arrivals(Vec<u64>);

impl Reader for Arrivals {
    fn read(&mut self, entry: &Entry) {
        let requests = match entry.fact {
            Fact::RequestsAnswered { requests, .. } | Fact::RequestsRejected { requests, .. } => {
                requests
            }
            _ => return,
        };
        let minute = (entry.at.as_millis().max(1) - 1) as usize / 60_000;
        if self.0.len() <= minute {
            self.0.resize(minute + 1, 0);
        }
        self.0[minute] += u64::from(requests);
    }
}

fn arrivals(setup: &Setup, replication: u64, until: u64) -> Vec<u64> {
    let scenario = setup.load();
    let mut simulation = Simulation::new(&scenario);
    simulation.verify();
    simulation.reset(25, replication);
    let mut arrivals = Arrivals::default();
    simulation.run_until(minutes(until), &mut arrivals);
    arrivals.0
}

/// V25: however traffic is split, and whether it is answered or rejected, the requests of a minute are those
/// of the same minute without a split. (Weights sum to 100: an invariant of every run.)
#[test]
fn a_split_neither_makes_nor_loses_a_request() {
    let base = scenario().rate("50/s").termination_wait(60);
    for replication in 0..20 {
        // Nothing moves within the first twenty minutes: all requests meet the original.
        let whole = arrivals(&base.clone().replacement("launch: 30m"), replication, 20);
        assert_eq!(whole.len(), 20);
        for (name, setup) in [
            ("all at once", base.clone()),
            ("canary", base.clone().canary(10, 5)),
            ("linear", base.clone().linear(10, 1)),
            ("from green to blue", base.clone().linear(30, 2).original_group("green")),
            ("to nobody", base.clone().desired(0).linear(30, 2)),
        ] {
            assert_eq!(
                arrivals(&setup, replication, 20),
                whole,
                "{name}, replication {replication}"
            );
        }
    }
}

/// V25: the mean number of requests is rate times time, split or not, cut within its minutes or not.
#[test]
fn the_number_of_requests_is_rate_times_time() {
    let scenario = scenario()
        .default_assumptions()
        .canary(10, 1)
        .rate("20/s")
        .termination_wait(60)
        .assume("deployment.start_phase: 17s")
        .load();
    let runs = 1000_u32;
    let mut simulation = Simulation::new(&scenario);
    let mut sum = 0;
    for replication in 0..runs {
        let mut outcome = Outcome::default();
        simulation.reset(25, replication.into());
        simulation.run_until(minutes(4), &mut outcome);
        // The minute that is running is drawn when it ends: 17 s past the fourth it is at 3 min 43 s.
        sum += outcome.finish(minutes(4), cutover::analysis::Digest(0)).requests;
    }
    let n = f64::from(runs);
    let (mean, seconds) = (sum as f64 / n, 3.0 * 60.0 + 43.0);
    let expected = 20.0 * seconds;
    // A cut within the last minute draws a part of it early: at most 17 s more, in few runs; none of the
    // default latencies lets weights or targets change after 223 s but in a run in which they do.
    let tolerance = 4.0 * (expected / n).sqrt();
    assert!(mean > expected - tolerance, "{mean}, not {expected} +- {tolerance}");
    assert!(mean < expected + 20.0 * 17.0 + tolerance, "{mean}, not {expected} +- {tolerance}");
}

// ---- V27: common luck -------------------------------------------------------------------------------

/// V27: two canaries of 5 and 10 % under the same seed: never more bad requests for the smaller one, and their
/// difference varies far less than that of independent runs (mean 450 bad requests of a minute at 50 rps).
#[test]
fn variants_share_their_luck() {
    let bad = |percent: u32, seed: u64| -> Vec<f64> {
        let setup = scenario().canary(percent, 5).rate("50/s").original("errors: 0%");
        let scenario = setup.replacement("errors: 5%").load();
        let mut simulation = Simulation::new(&scenario);
        (0..1000)
            .map(|replication| {
                let mut outcome = Outcome::default();
                simulation.reset(seed, replication);
                simulation.run_until(minutes(5), &mut outcome);
                outcome.finish(minutes(5), cutover::analysis::Digest(0)).bad_requests as f64
            })
            .collect()
    };
    let variance = |a: &[f64], b: &[f64]| {
        let n = a.len() as f64;
        let differences = a.iter().zip(b).map(|(a, b)| a - b);
        let mean = differences.clone().sum::<f64>() / n;
        differences.map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0)
    };
    let (small, large) = (bad(5, 27), bad(10, 27));
    assert!(small.iter().zip(&large).all(|(small, large)| small <= large), "on every path");
    let (paired, independent) = (variance(&large, &small), variance(&large, &bad(5, 28)));
    assert!(paired < independent / 3.0, "paired {paired}, independent {independent}");
}
