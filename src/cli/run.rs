//! `cutover run`: one replication in full, or many counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{Format, RunArguments};
use super::exit::Exit;
use super::judgement::Judgement;
use super::output;
use super::terminal::Terminal;
use crate::analysis::client::Agreement;
use crate::analysis::evidence::Evidence;
use crate::analysis::outcome::Outcome;
use crate::analysis::row::Row;
use crate::diagnostic::Sources;
use crate::input::source::FileSource;
use crate::input::{Loaded, expression, load, section::expectation::VOCABULARY};
use crate::journal::{Journal, jsonl};
use crate::report::{Report, chart, csv, json, notification, text, wording};
use crate::scenario::Scenario;
use crate::scenario::expectation::Expectation;
use crate::simulation::limit::StopReason;
use crate::simulation::{Ended, Simulation};

/// Loads the scenario, plays it, tells and writes the result.
pub fn run(arguments: &RunArguments, terminal: &Terminal) -> Exit {
    let mut loaded = load(&arguments.scenario, &arguments.settings.set, &FileSource);
    let assertions = assertions(arguments, &mut loaded);
    terminal.tell(&mut loaded.diagnostics, &loaded.sources);
    let Some(scenario) = loaded.scenario.filter(|_| !loaded.diagnostics.has_errors()) else {
        return Exit::BadInput;
    };
    match arguments.replications {
        Some(replications) => count(&scenario, replications, arguments, terminal),
        None => play(&scenario, &assertions, arguments, terminal),
    }
}

fn assertions(arguments: &RunArguments, loaded: &mut Loaded) -> Vec<Expectation> {
    let sources: &mut Sources = &mut loaded.sources;
    let read = arguments.assertions.iter().map(|text| {
        expression::argument(text, "--assert", &VOCABULARY, sources, &mut loaded.diagnostics)
    });
    read.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// One replication, with its journal, its files and its charts.
fn play(
    scenario: &Scenario,
    assertions: &[Expectation],
    arguments: &RunArguments,
    terminal: &Terminal,
) -> Exit {
    let mut simulation = Simulation::new(scenario);
    if arguments.verify {
        simulation.verify();
    }
    simulation.reset(arguments.seed, arguments.replication);
    let mut journal = Journal { header: simulation.header(), entries: Vec::new() };
    let ended = simulation.finish(&mut journal);
    let judgement = match Judgement::of(scenario, assertions, arguments, &Evidence::of(&journal)) {
        Ok(judgement) => judgement,
        Err(text) => {
            terminal.complain(&format!("`{text}` speaks of many runs: one cannot decide it"));
            return Exit::BadInput;
        }
    };
    let report = Report::new(&journal).with_verdicts(judgement.verdicts());
    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(scenario, arguments));
    let printed = tell(&report, arguments, terminal);
    judgement.tell(arguments, terminal);
    if let Err(error) = write(&report, &journal, &folder) {
        terminal.complain(&error);
        return Exit::Output;
    }
    if !arguments.quiet {
        terminal.remark(&format!("written to {}", folder.display()));
    }
    match (printed, limit_told(&ended, terminal)) {
        (Exit::Done, true) => Exit::Limit,
        (Exit::Done, false) if !judgement.held() => Exit::NotMet,
        (exit, _) => exit,
    }
}

fn tell(report: &Report, arguments: &RunArguments, terminal: &Terminal) -> Exit {
    let color = if terminal.output_color { text::Color::Always } else { text::Color::Never };
    let told = match (arguments.format, arguments.quiet) {
        (Format::Text, false) => text::write(report, color).into_bytes(),
        (Format::Text, true) => format!("{}\n", wording::outcome(report)).into_bytes(),
        (Format::Json, _) => json::write(report),
        (Format::Csv, _) => csv::timeline(report),
    };
    terminal.print_bytes(&told)
}

/// `output/<name>`, with seed and replication where they are not the usual ones.
fn default_folder(scenario: &Scenario, arguments: &RunArguments) -> PathBuf {
    let name = match (arguments.seed, arguments.replication) {
        (1, 0) => scenario.name.clone(),
        (seed, replication) => format!("{}-seed{seed}-r{replication}", scenario.name),
    };
    PathBuf::from("output").join(name)
}

fn write(report: &Report, journal: &Journal, folder: &Path) -> Result<(), String> {
    let mut lines = Vec::new();
    jsonl::write(journal, &mut lines).expect("a vector takes everything");
    let files = [
        ("journal.jsonl", lines),
        ("timeline.csv", csv::timeline(report)),
        ("metrics.csv", csv::metrics(report)),
        ("summary.json", json::write(report)),
        ("notifications.jsonl", notification::write(report)),
        ("timeline.svg", chart::svg(report).into_bytes()),
        ("timeline.png", chart::png(report)),
    ];
    output::write_all(folder, &files).map_err(|error| error.to_string())
}

/// Says so if a limit stopped the run before its deployment had ended.
fn limit_told(ended: &Ended, terminal: &Terminal) -> bool {
    let reason = match ended.reason {
        StopReason::Completed => return false,
        StopReason::HorizonReached { horizon } => {
            format!(
                "the run was stopped at its horizon, {horizon}: the last instant that it may reach"
            )
        }
        StopReason::TooManyEvents { events } => {
            format!("the run was stopped at {}, after {events} events", ended.at)
        }
        StopReason::Livelock { at } => format!("the instant {at} does not come to rest"),
    };
    terminal.complain(&reason);
    true
}

/// Many replications in one process: how often each outcome came, and nothing else is kept.
fn count(
    scenario: &Scenario,
    replications: u64,
    arguments: &RunArguments,
    terminal: &Terminal,
) -> Exit {
    let mut simulation = Simulation::new(scenario);
    if arguments.verify {
        simulation.verify();
    }
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    let mut outcome = Outcome::of(&simulation.header());
    // The first replication that a limit stopped.
    let mut stopped: Option<(u64, Ended)> = None;
    for replication in 0..replications {
        outcome.reset();
        let ended = simulation.run(arguments.seed, replication, &mut outcome);
        if ended.reason != StopReason::Completed {
            stopped.get_or_insert((replication, ended));
        }
        let row = outcome.finish(ended.at, ended.digest);
        *outcomes.entry(name_of(&row)).or_default() += 1;
    }
    if !arguments.quiet {
        let name = &scenario.name;
        terminal.remark(&format!("{name}: {replications} replications of seed {}", arguments.seed));
        if scenario.expectations.is_some() {
            terminal.remark("what the scenario expects is of one run, and is not judged here");
        }
    }
    let exit = stopped.map_or(Exit::Done, |(replication, ended)| {
        limit_told(&ended, terminal);
        let set = arguments.settings.set.iter().map(|set| format!(" --set '{set}'"));
        terminal.complain(&format!(
            "the first of them: `cutover run {} --seed {} --replication {replication}{}`",
            arguments.scenario.display(),
            arguments.seed,
            set.collect::<String>()
        ));
        Exit::Limit
    });
    let lines = outcomes.iter().map(|(outcome, count)| format!("{count:>10}  {outcome}\n"));
    match terminal.print(&lines.collect::<String>()) {
        Exit::Done => exit,
        other => other,
    }
}

/// An outcome in a few words: status, error code, whether it was rolled back, whether its client knows.
fn name_of(row: &Row) -> String {
    let mut name = row.status.to_string();
    if let Some(code) = row.error_code {
        name += &format!(" {code}");
    }
    if row.rollback {
        name += ", rolled back";
    }
    if let Some(agreement) = Agreement::of(row).filter(|agreement| !agreement.is_true()) {
        name += &format!(", {agreement} of the client");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::client::Seen;
    use crate::analysis::evidence::{Happening, Quantity};
    use crate::analysis::fact_name::FACT_NAMES;
    use crate::input::expression::{Kind, Name};

    fn names(of: &[Name]) -> Vec<&'static str> {
        of.iter().map(|name| name.name).collect()
    }

    /// The wing that reads expressions and the wing that judges them do not know each other; here they meet.
    #[test]
    fn what_expressions_may_name_is_what_can_be_judged() {
        assert_eq!(names(VOCABULARY.columns), Row::COLUMNS);
        assert_eq!(names(VOCABULARY.values), Quantity::ALL.map(|(name, _)| name));
        let client = VOCABULARY.columns.iter().find(|column| column.name == "client");
        let Some(Kind::Word(words)) = client.map(|column| column.kind) else {
            panic!("what a client sees is one of some words");
        };
        assert_eq!(words, Seen::ALL.map(Seen::as_str));
        for name in FACT_NAMES {
            assert!(VOCABULARY.facts.contains(&name), "{name} cannot be written");
        }
        for name in VOCABULARY.facts.iter().chain(VOCABULARY.statuses) {
            assert!(Happening::from_name(name).is_some(), "{name} cannot be judged");
        }
    }
}
