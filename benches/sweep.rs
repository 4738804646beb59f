//! Whole sweeps of the shipped canary with its alarm, three in ten releases being bad: what threads, rows, variants,
//! requests, tasks and each feature cost.
//!
//! The ratios are what counts: one thread against two, with rows and without, one variant against five, everything
//! against everything but one thing. One sample is 4096 runs, however many variants they are of, and fewer of more
//! tasks, so that it has as many tasks.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use cutover::input::source::FileSource;
use cutover::input::{Asked, expand};
use cutover::report::sweep::rows::RowWriter;
use cutover::scenario::Scenario;
use cutover::scenario::sweep::Variant;
use cutover::sweep::{Audience, Flow, Plan, Played, Sweep};
use divan::Bencher;

const RUNS: u64 = 4096;
/// What is deployed: mostly good releases, some that the alarm stops.
const RELEASES: &str = "revisions.replacement=[{ name: good, weight: 70%, errors: 0.1% }, \
                        { name: broken, weight: 30%, errors: 2% }]";

fn main() {
    divan::main();
}

/// The shipped scenario, in as many variants as there are configurations of AWS, or alone.
fn variants(all_configs: bool, set: &[&str]) -> Vec<Variant> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/ecs-alarm-canary.yaml");
    let settings = [RELEASES].iter().chain(set).map(ToString::to_string).collect();
    let asked = Asked { files: vec![file], settings, all_configs, ..Asked::default() };
    let expanded = expand(&asked, &FileSource);
    assert!(!expanded.variants.is_empty(), "the shipped scenario is valid");
    expanded.variants
}

struct Listener {
    rows: Option<RowWriter>,
}

impl Audience for Listener {
    fn write(&self, first: u64, played: &[Played], to: &mut String) {
        if let Some(rows) = &self.rows {
            rows.rows(first, played.iter().map(|played| &played.row), to);
        }
    }

    fn progress(&self, _: u64) {}
}

fn sweep(bencher: Bencher, variants: &[Variant], threads: usize, writes_rows: bool) {
    sweep_of(RUNS, bencher, variants, threads, writes_rows);
}

fn sweep_of(all: u64, bencher: Bencher, variants: &[Variant], threads: usize, writes_rows: bool) {
    let scenarios: Vec<&Scenario> = variants.iter().map(|variant| &variant.scenario).collect();
    let watched = vec![&[][..]; scenarios.len()];
    let plan = Plan {
        scenarios: &scenarios,
        watched: &watched,
        seed: 1,
        first: 0,
        replications: all / scenarios.len() as u64,
        verify: false,
    };
    let names = variants.iter().map(|variant| (variant.name.as_str(), vec!["good", "broken"]));
    let rows = writes_rows.then(|| RowWriter::new(plan.seed, names));
    let listener = Listener { rows };
    let pool = Sweep::new(Some(threads)).expect("threads");
    let stop = AtomicBool::new(false);
    bencher.counter(divan::counter::ItemsCount::new(all)).bench_local(|| {
        let mut runs = 0;
        pool.play(&plan, &listener, &stop, |block| {
            runs += block.played.len();
            Flow::Continue
        });
        runs
    });
}

#[divan::bench(args = [1, 2])]
fn threads(bencher: Bencher, threads: usize) {
    sweep(bencher, &variants(false, &[]), threads, true);
}

#[divan::bench]
fn without_rows(bencher: Bencher) {
    sweep(bencher, &variants(false, &[]), 1, false);
}

#[divan::bench]
fn five_variants(bencher: Bencher) {
    sweep(bencher, &variants(true, &[]), 1, true);
}

#[divan::bench(args = [1, 1_000_000])]
fn requests_a_second(bencher: Bencher, rate: u32) {
    sweep(bencher, &variants(false, &[&format!("traffic.rate={rate}/s")]), 1, true);
}

#[divan::bench(args = [10, 100, 1_000])]
fn tasks(bencher: Bencher, tasks: u32) {
    let setting = format!("resources.service.desiredCount={tasks}");
    sweep_of(RUNS * 10 / u64::from(tasks), bencher, &variants(false, &[&setting]), 1, true);
}

/// Everything but one thing: what each of them costs. Scaling has a pair of its own in `run`.
#[divan::bench(args = [
    "nothing",
    "deployment.deploymentGroup.alarmConfiguration.enabled=false",
    "traffic.noise={ cv: 0% }",
    "traffic.rate=0/s",
    "hooks={}",
    "assumptions={ preset: ideal }",
])]
fn without(bencher: Bencher, setting: &str) {
    let set: &[&str] = if setting == "nothing" { &[] } else { &[setting] };
    sweep(bencher, &variants(false, set), 1, true);
}
