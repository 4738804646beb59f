//! Every shipped scenario gives the results that are kept in `output/golden/`, byte for byte.
//!
//! `UPDATE=1 cargo test --test golden` writes them anew. A difference is a change of behaviour: the commit
//! says which rule it follows.

#[path = "support/kept.rs"]
mod kept;

use std::fs;
use std::path::Path;

use cutover::analysis::evidence::Evidence;
use cutover::analysis::verdict::{Verdict, judge};
use cutover::diagnostic::render;
use cutover::input::load;
use cutover::input::source::FileSource;
use cutover::journal::{Journal, jsonl};
use cutover::report::{Report, chart, json, notification, text};
use cutover::scenario::Scenario;
use cutover::simulation::Simulation;
use kept::{Kept, in_repository};
use xxhash_rust::xxh3::xxh3_64;

/// Scenarios whose picture is kept as a whole; of the others only the hash of the PNG is.
const WITH_PICTURE: [&str; 2] = ["ecs-canary", "ecs-failed-hook"];

/// Scenarios whose notifications are kept.
const WITH_NOTIFICATIONS: [&str; 1] = ["ecs-ci-gives-up"];

/// The names of the shipped scenarios, sorted.
fn names() -> Vec<String> {
    let entries = fs::read_dir(in_repository("scenarios")).expect("the folder of scenarios");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".yaml").map(String::from)).collect();
    names.sort();
    names
}

fn scenario(name: &str) -> Scenario {
    let path = in_repository(&format!("scenarios/{name}.yaml"));
    let mut loaded = load(&path, &[], &FileSource);
    loaded.diagnostics.sort();
    let told = render::terminal_all(&loaded.diagnostics, &loaded.sources, false);
    loaded.scenario.unwrap_or_else(|| panic!("{name} cannot be played:\n{told}"))
}

/// The replication that the scenario's expectations speak of, with every invariant watched.
fn play(scenario: &Scenario) -> (Journal, Vec<Verdict>) {
    let expectations =
        scenario.expectations.as_ref().expect("a shipped scenario expects something");
    let mut simulation = Simulation::new(scenario);
    simulation.verify();
    simulation.reset(expectations.seed, 0);
    let mut journal = Journal { header: simulation.header(), entries: Vec::new() };
    simulation.finish(&mut journal);
    let evidence = Evidence::of(&journal);
    let verdicts =
        expectations.that.iter().map(|one| judge(one, &evidence).expect("it speaks of one run"));
    (journal, verdicts.collect())
}

#[test]
fn every_shipped_scenario_gives_the_results_that_are_kept() {
    let mut kept = Kept::new();
    for name in names() {
        let scenario = scenario(&name);
        assert_eq!(scenario.name, name, "a shipped scenario is called like its file");
        let (journal, verdicts) = play(&scenario);
        for verdict in verdicts.iter().filter(|verdict| !verdict.held) {
            kept.fault(format!("{name}: `{}` fails, found {}", verdict.text, verdict.found));
        }
        let report = Report::new(&journal).with_verdicts(verdicts);
        let mut lines = Vec::new();
        jsonl::write(&journal, &mut lines).expect("a vector takes everything");
        let file = |file: &str| format!("output/golden/{name}/{file}");
        kept.holds(&file("journal.jsonl"), &lines);
        kept.holds(&file("summary.json"), &json::write(&report));
        kept.holds(&file("timeline.txt"), text::write(&report, text::Color::Never).as_bytes());
        let hash = format!("{:016x}\n", xxh3_64(&chart::png(&report)));
        kept.holds(&file("timeline.png.xxh3"), hash.as_bytes());
        if WITH_PICTURE.contains(&name.as_str()) {
            kept.holds(&file("timeline.svg"), chart::svg(&report).as_bytes());
        }
        if WITH_NOTIFICATIONS.contains(&name.as_str()) {
            kept.holds(&file("notifications.jsonl"), &notification::write(&report));
        }
    }
    kept.judge();
}

/// Expectations that any run would meet decide nothing.
#[test]
fn the_expectations_of_every_shipped_scenario_tell_it_from_the_others() {
    let all: Vec<(String, Scenario)> =
        names().into_iter().map(|name| (name.clone(), scenario(&name))).collect();
    let mut alike = Vec::new();
    for (name, asked) in &all {
        let expectations = asked.expectations.as_ref().expect("it expects something");
        for (other, played) in all.iter().filter(|(other, _)| other != name) {
            let (journal, _) = play(played);
            let evidence = Evidence::of(&journal);
            let met = expectations
                .that
                .iter()
                .all(|one| judge(one, &evidence).expect("it speaks of one run").held);
            if met {
                alike.push(format!("a run of {other} meets everything that {name} expects"));
            }
        }
    }
    assert!(alike.is_empty(), "{}", alike.join("\n"));
}

#[test]
fn nothing_is_kept_that_no_scenario_gives() {
    let known = names();
    for entry in fs::read_dir(in_repository("output/golden")).expect("the folder of results") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(known.contains(&name), "output/golden/{name} belongs to no scenario");
    }
}

/// The stories are told in the files themselves, for whoever opens one.
#[test]
fn every_shipped_scenario_begins_with_its_story_and_has_a_summary() {
    for name in names() {
        let path = format!("scenarios/{name}.yaml");
        let text = fs::read_to_string(in_repository(&path)).expect("a scenario is text");
        let story: Vec<&str> = text.lines().take_while(|line| line.starts_with("# ")).collect();
        assert!(story.len() >= 2, "{name} tells no story");
        assert!(!scenario(&name).summary.is_empty(), "{name} has no summary");
        assert!(Path::new(&path).extension().is_some_and(|end| end == "yaml"));
    }
}

/// What git would do to a golden file is settled in `.gitattributes` and `.gitignore`.
#[test]
fn git_keeps_the_bytes_of_what_is_compared() {
    let attributes = fs::read_to_string(in_repository(".gitattributes")).expect("attributes");
    for folder in
        ["output/golden/**", "tests/diagnostics/**", "scenarios/aws/**", "scenarios/data/**"]
    {
        assert!(attributes.contains(&format!("{folder} -text")), "{folder}");
    }
    let ignored = fs::read_to_string(in_repository(".gitignore")).expect("what is ignored");
    assert!(ignored.lines().any(|line| line == "!/output/golden/"));
}
