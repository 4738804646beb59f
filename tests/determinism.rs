//! The same question gives the same answer: twice in a process, in two processes, read back, warm or cold.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cutover::analysis::outcome::Outcome;
use cutover::engine::time::SimTime;
use cutover::journal::{Journal, jsonl};
use cutover::report::{Report, chart, csv, json, notification, text};
use cutover::scenario::Scenario;
use cutover::simulation::{Ended, Simulation};
use support::{Setup, scenario};

/// A scenario in which everything that can be drawn is drawn.
fn lively() -> Setup {
    let mut setup = scenario()
        .default_assumptions()
        .linear(20, 1)
        .test_listener()
        .desired(6)
        .grace(120)
        .termination_wait(3)
        .deregistration_delay(30)
        .health_check([10, 5, 2, 2])
        .container("healthCheck: { command: [CMD, ok], interval: 10, timeout: 5, retries: 3 }")
        .rollback(&["DEPLOYMENT_FAILURE"])
        .rate("80/s, noise: { cv: 20% }")
        .original("errors: 0.5%, health_check: { fails: 2% }")
        .replacement("errors: 3%, health_check: { fails: 4% }, container_check: { fails: 3% }");
    for event in ["BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "AfterAllowTraffic"] {
        setup = setup.hook(event, "duration: { exponential: 20s }, fails: 10%");
    }
    setup
}

fn journal(simulation: &mut Simulation<'_>, seed: u64, replication: u64) -> (Journal, Ended) {
    simulation.reset(seed, replication);
    let mut journal = Journal { header: simulation.header(), entries: Vec::new() };
    let ended = simulation.finish(&mut journal);
    (journal, ended)
}

fn fresh(scenario: &Scenario, seed: u64, replication: u64) -> (Journal, Ended) {
    journal(&mut Simulation::new(scenario), seed, replication)
}

/// Says where two journals part, instead of showing both.
fn assert_same(left: &Journal, right: &Journal, what: &str) {
    assert_eq!(left.header, right.header, "{what}");
    let parted = left.entries.iter().zip(&right.entries).position(|(left, right)| left != right);
    if let Some(position) = parted {
        let (left, right) = (left.entries[position], right.entries[position]);
        panic!("{what}: they part at entry {position}: {left:?}, {right:?}");
    }
    assert_eq!(left.entries.len(), right.entries.len(), "{what}");
}

// ---- in one process ---------------------------------------------------------------------------------

#[test]
fn the_same_replication_twice_is_the_same_run() {
    let scenario = lively().load();
    let mut simulation = Simulation::new(&scenario);
    for replication in 0..20 {
        let (first, ended) = journal(&mut simulation, 3, replication);
        let (second, again) = journal(&mut simulation, 3, replication);
        assert_same(&first, &second, "twice");
        assert_eq!(ended, again);
        assert_eq!(first.digest(), ended.digest, "the digest is that of the journal");
    }
}

#[test]
fn a_warm_world_plays_as_a_fresh_one() {
    let scenario = lively().load();
    let mut warm = Simulation::new(&scenario);
    for replication in 0..20 {
        let (from_warm, _) = journal(&mut warm, 3, replication);
        let (from_fresh, _) = fresh(&scenario, 3, replication);
        assert_same(&from_warm, &from_fresh, "warm and fresh");
    }
    // Also after a run that was left in its middle.
    warm.reset(3, 7);
    warm.run_until(SimTime::from_millis(100_000), &mut ());
    let (from_warm, _) = journal(&mut warm, 3, 0);
    assert_same(&from_warm, &fresh(&scenario, 3, 0).0, "after half a run");
}

#[test]
fn a_run_that_was_read_twice_is_the_same_scenario() {
    let (first, second) = (lively().load(), lively().load());
    assert_eq!(first, second);
    assert_same(&fresh(&first, 1, 0).0, &fresh(&second, 1, 0).0, "read twice");
}

#[test]
fn invariants_that_are_checked_and_readers_that_listen_change_nothing() {
    let scenario = lively().load();
    let mut verified = Simulation::new(&scenario);
    verified.verify();
    for replication in 0..10 {
        let (_, ended) = journal(&mut verified, 1, replication);
        let mut silent = Simulation::new(&scenario);
        assert_eq!(silent.run(1, replication, &mut ()), ended, "nobody reads");
        let mut outcome = Outcome::default();
        assert_eq!(silent.run(1, replication, &mut outcome), ended, "only the row is kept");
    }
}

#[test]
fn other_seeds_and_replications_give_other_runs() {
    let scenario = lively().load();
    let mut digests: Vec<_> = (0..5)
        .flat_map(|seed| (0..5).map(move |replication| (seed, replication)))
        .map(|(seed, replication)| fresh(&scenario, seed, replication).1.digest)
        .collect();
    digests.sort();
    digests.dedup();
    assert_eq!(
        digests.len(),
        25,
        "no two alike, also not seed 1 replication 2 and seed 2 replication 1"
    );
}

#[test]
fn a_run_that_pauses_is_the_run_that_does_not() {
    let scenario = lively().load();
    let (whole, ended) = fresh(&scenario, 9, 0);
    let mut simulation = Simulation::new(&scenario);
    simulation.reset(9, 0);
    let mut paused = Journal { header: simulation.header(), entries: Vec::new() };
    let mut instant = 0;
    let end = loop {
        instant += 7_777;
        if let Some(end) = simulation.run_until(SimTime::from_millis(instant), &mut paused) {
            break end;
        }
    };
    assert_same(&whole, &paused, "paused every 7.777 s");
    assert_eq!(end, ended);
}

/// A run that has ended before the instant it should pause at says so.
#[test]
fn a_run_that_ends_before_the_pause_says_how() {
    let scenario = scenario().deregistration_delay(30).load();
    let mut simulation = Simulation::new(&scenario);
    simulation.reset(1, 0);
    let at = |seconds: u64| SimTime::from_millis(seconds * 1000);
    assert_eq!(simulation.run_until(at(29), &mut ()), None);
    let ended = simulation.run_until(at(31), &mut ()).expect("it ended at 30 s");
    assert_eq!(ended.at, at(30));
    assert_eq!(ended, Simulation::new(&scenario).run(1, 0, &mut ()));
}

#[test]
fn a_fork_of_the_same_branch_goes_the_same_way_and_another_branch_only_later_another() {
    let scenario = lively().load();
    let (whole, ended) = fresh(&scenario, 4, 0);
    for minutes in 0..4 {
        let mut simulation = Simulation::new(&scenario);
        simulation.reset(4, 0);
        let mut before = Vec::new();
        simulation.run_until(SimTime::from_millis(minutes * 60_000), &mut before);
        let (mut same, mut other) = (simulation.fork(0), simulation.fork(1));
        assert_eq!(same.finish(&mut ()), ended, "branch 0 is the run itself");
        let mut after = before.clone();
        let forked = other.finish(&mut after);
        assert_eq!(after[..before.len()], whole.entries[..before.len()], "what happened stays");
        assert_ne!(forked.digest, ended.digest, "another branch has other luck");
        assert_eq!(
            simulation.finish(&mut ()),
            ended,
            "the run it was forked from goes on as it would have"
        );
    }
}

// ---- from the journal -------------------------------------------------------------------------------

/// Every format of a report.
fn shown(report: &Report) -> Vec<Vec<u8>> {
    vec![
        text::write(report, text::Color::Never).into_bytes(),
        json::write(report),
        csv::timeline(report),
        csv::metrics(report),
        chart::svg(report).into_bytes(),
        notification::write(report),
        chart::png(report),
    ]
}

#[test]
fn a_journal_that_was_written_and_read_gives_the_same_report() {
    let scenario = lively().load();
    for replication in 0..3 {
        let (journal, _) = fresh(&scenario, 1, replication);
        let mut bytes = Vec::new();
        jsonl::write(&journal, &mut bytes).expect("a vector takes everything");
        let again = jsonl::read(&bytes[..]).expect("it was just written");
        assert_same(&journal, &again, "read back");
        assert_eq!(shown(&Report::new(&journal)), shown(&Report::new(&again)));
    }
}

// ---- in two processes -------------------------------------------------------------------------------

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cutover-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder in the temporary directory");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program, its results going to `out`; its standard output, without the name of that folder.
fn run(scenario: &Path, out: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["run", "--seed", "11", "--verify", "--color", "never", "--out"])
        .args([out, scenario])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn two_processes_write_the_same_bytes() {
    let folder = Folder::new("determinism");
    let scenario = folder.0.join("lively.yaml");
    fs::write(&scenario, lively().yaml()).expect("the folder was just made");
    // Under names of different lengths, so that no path can hide in a file.
    let outs = [folder.0.join("a"), folder.0.join("another-folder")];
    let printed = outs.each_ref().map(|out| run(&scenario, out));
    assert_eq!(printed[0], printed[1]);
    let files = |out: &Path| {
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(out)
            .expect("results were written")
            .map(|entry| {
                let entry = entry.expect("an entry");
                let bytes = fs::read(entry.path()).expect("a file");
                (entry.file_name().to_string_lossy().into_owned(), bytes)
            })
            .collect();
        files.sort();
        files
    };
    let [first, second] = outs.each_ref().map(|out| files(out));
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "journal.jsonl",
            "metrics.csv",
            "notifications.jsonl",
            "summary.json",
            "timeline.csv",
            "timeline.png",
            "timeline.svg"
        ]
    );
    for ((name, first), (_, second)) in first.iter().zip(&second) {
        assert!(first == second, "{name} differs");
        assert!(!first.is_empty(), "{name} is empty");
    }
}
