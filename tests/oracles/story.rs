//! Stories whose answer is a probability, or a difference under the same luck.

use cutover::analysis::client::Seen;
use cutover::analysis::comparison::Comparison;
use cutover::analysis::measure::Measure;
use cutover::analysis::outcome::Outcome;
use cutover::analysis::risk::Risk;
use cutover::analysis::row::Row;
use cutover::analysis::tally::Tally;
use cutover::engine::normal;
use cutover::journal::fact::Fact;
use cutover::scenario::Scenario;
use cutover::simulation::Simulation;

use crate::support::{Setup, play, scenario};

const RUNS: u64 = 10_000;

/// The rows of the first replications.
pub(crate) fn rows(scenario: &Scenario, runs: u64) -> Vec<Row> {
    let mut simulation = Simulation::new(scenario);
    let mut outcome = Outcome::of(&simulation.header());
    let row = |replication| {
        outcome.reset();
        let ended = simulation.run(1, replication, &mut outcome);
        outcome.finish(ended.at, ended.digest)
    };
    (0..runs).map(row).collect()
}

/// A share of so many runs is this probability, within four standard deviations.
fn near(found: f64, expected: f64, runs: u64, what: &str) {
    let tolerance = 4.0 * (expected * (1.0 - expected) / runs as f64).sqrt();
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found}, not {expected} +- {tolerance}"
    );
}

/// Story F17: durations of one pipeline, 4:07 to 10:19; a job that gives up after 600 s is red for all that take longer,
/// though every deployment succeeds: P(red | good) = P(D > 600).
#[test]
fn a_job_with_too_little_time_is_red_as_often_as_deployments_take_longer() {
    let logs = [247.0, 463.0, 514.0, 619.0, 602.0, 609.0, 610.0].map(libm::log);
    let mean = logs.iter().sum::<f64>() / 7.0;
    let deviation = (logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / 6.0).sqrt();
    let (median, p95) = (libm::exp(mean), libm::exp(mean + normal::quantile(0.95) * deviation));
    let scenario = scenario()
        .hook(
            "AfterAllowTraffic",
            &format!(
                "duration: {{ lognormal: {{ median: {:.0}ms, p95: {:.0}ms }} }}",
                1000.0 * median,
                1000.0 * p95
            ),
        )
        .client("waiter: DeploymentSuccessful, timeout: 600s")
        .load();
    let rows = rows(&scenario, RUNS);
    let succeed = |row: &&Row| row.end.is_some() && row.error_code.is_none();
    // A hook that takes longer than an hour fails its deployment: with this fit about one in a million.
    assert!(rows.iter().filter(succeed).count() as u64 >= RUNS - 1);
    let red = |row: &&Row| row.client.is_some_and(|sight| sight.seen == Seen::TimedOut);
    let expected = 1.0 - normal::cdf((libm::log(600.0) - mean) / deviation);
    let found = rows.iter().filter(red).count() as f64 / RUNS as f64;
    assert!(expected > 0.25 && expected < 0.5, "{expected}");
    near(found, expected, RUNS, "red");
}

/// Story F33: two builds ask again for the one slot until they are heard, memoryless, every 7 and every 3 minutes in the
/// mean: the older lands last where the newer is heard first, with probability (1/3) / (1/3 + 1/7) = 0.7.
#[test]
fn builds_that_race_land_in_the_wrong_order_as_often_as_the_newer_asks_more_often() {
    const RACES: u64 = 2_000;
    let scenario = scenario()
        .termination_wait(5)
        .revision("older", "errors: 0%")
        .revision("newer", "errors: 0%")
        .then("at: 1ms, deploys: older, retry: { exponential: 7m }")
        .then("at: 2ms, deploys: newer, retry: { exponential: 3m }")
        .load();
    let inverted = (0..RACES).filter(|&replication| {
        let mut drawn = Vec::new();
        let mut simulation = Simulation::new(&scenario);
        let mut entries: Vec<cutover::journal::Entry> = Vec::new();
        simulation.run(33, replication, &mut entries);
        for entry in &entries {
            if let Fact::ReplacementDrawn { candidate, .. } = entry.fact {
                drawn.push(candidate);
            }
        }
        assert_eq!(drawn.len(), 3, "all of them land");
        drawn[1] == 2
    });
    let found = inverted.count() as f64 / RACES as f64;
    near(found, 0.7, RACES, "the newer first");
}

/// Story F43: an emergency rollback that waits for the end of a ten-minute watch, of which it meets any part: it is later
/// by 0 to 600 s, uniformly.
#[test]
fn a_rollback_that_queues_behind_a_watch_is_late_uniformly() {
    const RUNS: u64 = 1_000;
    let scenario = scenario()
        .hook("AfterAllowTraffic", "duration: { uniform: [0s, 600s] }")
        .termination_wait(1)
        .then("at: 1ms, deploys: original, retry: 1s")
        .load();
    let lateness: Vec<f64> = (0..RUNS)
        .map(|replication| {
            let created = play(&scenario, 43, replication).course(1).created.as_millis() as f64;
            // A minute of termination follows the watch; the answer is heard within a second.
            created / 1000.0 - 60.0
        })
        .collect();
    assert!(lateness.iter().all(|late| (0.0..=601.1).contains(late)));
    for quarter in 1..4 {
        let bound = 150.0 * f64::from(quarter) + 0.5;
        let found = lateness.iter().filter(|late| **late <= bound).count() as f64 / RUNS as f64;
        near(found, 0.25 * f64::from(quarter), RUNS, "of a quarter");
    }
}

/// All at once, a bad release, an alarm of two minutes of three whose data come late, and somebody who ends the hour of
/// waiting after so many minutes.
fn promoted_after(minutes: u32) -> Setup {
    scenario()
        .rate("50/s")
        .original("errors: 0.1%")
        .replacement("errors: 2%, bad: true")
        .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
        .error_rate(
            "errors",
            "green",
            "EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: notBreaching",
        )
        .watch(&["errors"])
        .assume("cw.delay.alb: { uniform: [20s, 115s] }")
        .termination_wait(60)
        // Requests count to the same instant, however early the deployment ends.
        .line("until: 90m")
        .operator(&format!(
            "at: {minutes}m, do: ContinueDeployment, deploymentWaitType: TERMINATION_WAIT"
        ))
}

/// Story F30: whoever skips the rest of the wait takes the alarm's time away. The difference of the risk is taken run by
/// run, under the same luck.
#[test]
fn who_promotes_by_hand_pays_with_risk() {
    let [early, late] =
        [promoted_after(3), promoted_after(20)].map(|setup| rows(&setup.load(), 2_000));
    let (mut comparison, mut tallies) =
        (Comparison::default(), [Tally::default(), Tally::default()]);
    for (replication, (early, late)) in (0..).zip(early.iter().zip(&late)) {
        comparison.count(late, early);
        tallies[0].count(replication, early);
        tallies[1].count(replication, late);
    }
    let kept = Risk::BadKept.index();
    assert_eq!(tallies[1].risks[kept].runs, 0, "in twenty minutes every bad release is found");
    let (difference, interval) = comparison.risks[kept].difference();
    assert!(difference > 0.0 && interval.low > 0.0, "{difference} {interval:?}");
    assert_eq!(comparison.risks[kept].only_first, 0, "on no path the other way round");
    let bad = &comparison.measures[Measure::BadRequests.index()];
    assert_eq!(bad.smaller, 0, "nobody saves a request by it");
    assert!(bad.interval().is_some_and(|interval| interval.low > 0.0));
}
