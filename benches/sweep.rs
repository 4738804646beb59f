//! Whole sweeps of the shipped canary: what threads, rows and more variants cost.
//!
//! The ratios are what counts: one thread against two, with rows and without, one variant against five. One sample
//! is 4096 runs, however many variants they are of.

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

fn main() {
    divan::main();
}

/// The shipped scenario, in as many variants as there are configurations of AWS, or alone.
fn variants(all_configs: bool, set: &[&str]) -> Vec<Variant> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/ecs-canary.yaml");
    let settings = set.iter().map(ToString::to_string).collect();
    let asked = Asked { files: vec![file], settings, all_configs, ..Asked::default() };
    let expanded = expand(&asked, &FileSource);
    assert!(!expanded.variants.is_empty(), "the shipped scenario is valid");
    expanded.variants
}

struct Listener {
    candidates: Vec<String>,
    writes_rows: bool,
}

impl Audience for Listener {
    fn write(&self, first: u64, played: &[Played], to: &mut Vec<u8>) {
        if self.writes_rows {
            let mut writer = RowWriter::new(to, 1);
            for (replication, played) in (first..).zip(played) {
                writer.row("ecs-canary", replication, &played.row, &self.candidates);
            }
        }
    }

    fn progress(&self, _: u64) {}
}

fn sweep(bencher: Bencher, variants: &[Variant], threads: usize, writes_rows: bool) {
    let scenarios: Vec<&Scenario> = variants.iter().map(|variant| &variant.scenario).collect();
    let watched = vec![&[][..]; scenarios.len()];
    let plan = Plan {
        scenarios: &scenarios,
        watched: &watched,
        seed: 1,
        first: 0,
        replications: RUNS / scenarios.len() as u64,
        verify: false,
    };
    let listener = Listener { candidates: vec!["replacement".into()], writes_rows };
    let pool = Sweep::new(Some(threads)).expect("threads");
    let stop = AtomicBool::new(false);
    bencher.counter(divan::counter::ItemsCount::new(RUNS)).bench_local(|| {
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

#[divan::bench(args = [10, 100])]
fn tasks(bencher: Bencher, tasks: u32) {
    sweep(
        bencher,
        &variants(false, &[&format!("resources.service.desiredCount={tasks}")]),
        1,
        true,
    );
}

/// Without noise of traffic, and without hooks: what each of them costs.
#[divan::bench(args = ["traffic.noise={ cv: 0% }", "traffic.rate=0/s", "hooks={}"])]
fn without(bencher: Bencher, setting: &str) {
    sweep(bencher, &variants(false, &[setting]), 1, true);
}
