//! Whole runs of the shipped canary scenario: one thread, no journal, one row of results each.
//!
//! The ratios are what counts: with and without a row, at 1 and at a million requests a second, with 10,
//! 100 and 1 000 tasks.

use std::path::Path;

use cutover::analysis::outcome::Outcome;
use cutover::input::load;
use cutover::input::source::FileSource;
use cutover::scenario::Scenario;
use cutover::simulation::Simulation;
use divan::Bencher;

fn main() {
    divan::main();
}

/// The shipped scenario with a field or two changed.
fn scenario(set: &[&str]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/ecs-canary.yaml");
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    load(&path, &set, &FileSource).scenario.expect("the shipped scenario is valid")
}

fn runs(bencher: Bencher, scenario: &Scenario) {
    let mut simulation = Simulation::new(scenario);
    let mut outcome = Outcome::default();
    let mut replication = 0;
    bencher.bench_local(|| {
        replication += 1;
        outcome.reset();
        let ended = simulation.run(1, replication, &mut outcome);
        outcome.finish(ended.at, ended.digest)
    });
}

#[divan::bench]
fn with_a_row(bencher: Bencher) {
    runs(bencher, &scenario(&[]));
}

/// The same canary with an alarm that looks at the error rate of the replacement, and a release that it leaves alone.
#[divan::bench]
fn with_an_alarm(bencher: Bencher) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/ecs-alarm-canary.yaml");
    let set = ["revisions.replacement.errors=0.1%".to_string()];
    let scenario = load(&path, &set, &FileSource).scenario.expect("the shipped scenario is valid");
    runs(bencher, &scenario);
}

#[divan::bench]
fn digest_only(bencher: Bencher) {
    let scenario = scenario(&[]);
    let mut simulation = Simulation::new(&scenario);
    let mut replication = 0;
    bencher.bench_local(|| {
        replication += 1;
        simulation.run(1, replication, &mut ())
    });
}

#[divan::bench(args = [1, 1_000, 1_000_000])]
fn requests_a_second(bencher: Bencher, rate: u32) {
    runs(bencher, &scenario(&[&format!("traffic.rate={rate}/s")]));
}

#[divan::bench(args = [10, 100, 1_000])]
fn tasks(bencher: Bencher, tasks: u32) {
    runs(bencher, &scenario(&[&format!("resources.service.desiredCount={tasks}")]));
}

/// A world that is built anew for each run instead of being reset.
#[divan::bench]
fn cold(bencher: Bencher) {
    let scenario = scenario(&[]);
    let mut replication = 0;
    bencher.bench_local(|| {
        replication += 1;
        Simulation::new(&scenario).run(1, replication, &mut ())
    });
}
