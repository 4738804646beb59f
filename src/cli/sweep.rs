//! `cutover sweep` and `cutover compare`: many runs of many variants.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::args::SweepArguments;
use super::exit::Exit;
use super::output::{self, Growing, WriteError};
use super::terminal::Terminal;
use crate::analysis::comparison::Comparison;
use crate::analysis::summary::{self, Ended, Summary};
use crate::analysis::tally::Tally;
use crate::input::source::FileSource;
use crate::input::{Asked, Expanded, expand};
use crate::report::sweep::rows::{self, RowWriter};
use crate::report::sweep::{csv, json, text};
use crate::scenario::Scenario;
use crate::scenario::sweep::{Axis, Variant};
use crate::simulation::limit::StopReason;
use crate::sweep::{Audience, Block, Flow, Plan, Played, Sweep};

/// How often each variant is played where nobody says.
const REPLICATIONS: u64 = 10_000;

/// What the variants are played for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Each for itself.
    Sweep,
    /// To be set against the first.
    Compare,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::Sweep => "sweep",
            Kind::Compare => "compare",
        }
    }
}

/// Reads all variants, plays them, tells and writes what came of it.
pub fn sweep(arguments: &SweepArguments, kind: Kind, terminal: &Terminal) -> Exit {
    let asked = Asked {
        files: arguments.scenarios.clone(),
        settings: arguments.settings.set.clone(),
        vary: arguments.vary.clone(),
        configs: arguments.configs.clone(),
        all_configs: kind == Kind::Compare,
    };
    let mut expanded = expand(&asked, &FileSource);
    terminal.tell(&mut expanded.diagnostics, &expanded.sources);
    if expanded.variants.is_empty() {
        return Exit::BadInput;
    }
    match play(&expanded, arguments, kind, terminal) {
        Ok(exit) => exit,
        Err(error) => {
            terminal.complain(&error.to_string());
            Exit::Output
        }
    }
}

/// Who listens to the threads that play: rows are written there, since that takes time.
struct Rows<'a> {
    variants: &'a [Variant],
    candidates: Vec<Vec<String>>,
    seed: u64,
    wanted: bool,
}

impl Audience for Rows<'_> {
    fn write(&self, first: u64, played: &[Played], to: &mut Vec<u8>) {
        if !self.wanted {
            return;
        }
        let mut writer = RowWriter::new(to, self.seed);
        for (replication, of_variants) in (first..).zip(played.chunks(self.variants.len())) {
            let variants = self.variants.iter().zip(&self.candidates);
            for (played, (variant, candidates)) in of_variants.iter().zip(variants) {
                writer.row(&variant.name, replication, &played.row, candidates);
            }
        }
    }

    fn progress(&self, _: u64) {}
}

/// What is counted while the blocks come.
struct Counts {
    tallies: Vec<Tally>,
    /// Every variant but the first beside the first.
    comparisons: Vec<Comparison>,
    /// How many replications.
    replications: u64,
    /// The first run that a limit stopped: its variant and replication.
    stopped: Option<(usize, u64)>,
}

impl Counts {
    fn new(variants: usize) -> Counts {
        Counts {
            tallies: vec![Tally::default(); variants],
            comparisons: vec![Comparison::default(); variants - 1],
            replications: 0,
            stopped: None,
        }
    }

    fn add(&mut self, block: &Block) {
        let variants = self.tallies.len();
        for (replication, played) in (block.first..).zip(block.played.chunks(variants)) {
            for (variant, (played, tally)) in played.iter().zip(&mut self.tallies).enumerate() {
                tally.count(replication, &played.row);
                if played.reason != StopReason::Completed {
                    self.stopped.get_or_insert((variant, replication));
                }
            }
            for (other, comparison) in played[1..].iter().zip(&mut self.comparisons) {
                comparison.count(&played[0].row, &other.row);
            }
            self.replications += 1;
        }
    }
}

fn play(
    expanded: &Expanded,
    arguments: &SweepArguments,
    kind: Kind,
    terminal: &Terminal,
) -> Result<Exit, WriteError> {
    let variants = &expanded.variants;
    let scenarios: Vec<&Scenario> = variants.iter().map(|variant| &variant.scenario).collect();
    let plan = Plan {
        scenarios: &scenarios,
        seed: arguments.seed,
        first: arguments.first_replication,
        replications: arguments.replications.or(expanded.replications).unwrap_or(REPLICATIONS),
        verify: arguments.verify,
    };
    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(variants, arguments, kind));
    let Ok(pool) = Sweep::new(arguments.threads.map(|threads| threads as usize)) else {
        terminal.complain("the system gives no threads");
        return Ok(Exit::Limit);
    };
    let counts = count(&pool, &plan, variants, arguments, &folder)?;
    let stopped = counts.stopped;
    let summary = summary(expanded, &plan, kind, counts);
    let files = [("summary.csv", csv::write(&summary)), ("summary.json", json::write(&summary))];
    output::write_all(&folder, &files)?;
    let mut exit = Exit::Done;
    if !arguments.quiet {
        exit = terminal.print(&text::write(&summary));
        terminal.remark(&format!("written to {}", folder.display()));
    }
    Ok(stopped.map_or(exit, |(variant, replication)| {
        terminal.complain(&format!(
            "a limit stopped some runs; the first of them: `{} --seed {} --replication {replication}`",
            command(&variants[variant]),
            arguments.seed
        ));
        Exit::Limit
    }))
}

/// Plays all, writes the rows as they come, and counts.
fn count(
    pool: &Sweep,
    plan: &Plan<'_>,
    variants: &[Variant],
    arguments: &SweepArguments,
    folder: &Path,
) -> Result<Counts, WriteError> {
    let names = |scenario: &&Scenario| {
        scenario.candidates.iter().map(|candidate| candidate.name.clone()).collect()
    };
    let audience = Rows {
        variants,
        candidates: plan.scenarios.iter().map(names).collect(),
        seed: plan.seed,
        wanted: !arguments.no_rows,
    };
    let mut file = file_of_rows(arguments, folder)?;
    let mut counts = Counts::new(variants.len());
    let mut failed = None;
    pool.play(plan, &audience, &AtomicBool::new(false), |block| {
        counts.add(&block);
        failed = file.as_mut().and_then(|file| file.write(&block.written).err());
        if failed.is_some() { Flow::Stop } else { Flow::Continue }
    });
    match (failed, file) {
        (Some(error), _) => Err(error),
        (None, Some(file)) => file.finish().map(|()| counts),
        (None, None) => Ok(counts),
    }
}

fn summary(expanded: &Expanded, plan: &Plan<'_>, kind: Kind, counts: Counts) -> Summary {
    let first = &expanded.variants[0].scenario;
    let one_file = expanded.variants.iter().all(|one| one.file == expanded.variants[0].file);
    let axes = expanded.axes.iter().filter(|_| one_file);
    let axis = |axis: &Axis| summary::Axis { path: axis.path.clone(), values: axis.values.clone() };
    let against_first = std::iter::once(None).chain(counts.comparisons.into_iter().map(Some));
    let found = expanded.variants.iter().zip(counts.tallies).zip(against_first);
    Summary {
        scenario: first.name.clone(),
        about: first.summary.clone(),
        seed: plan.seed,
        first: plan.first,
        asked: plan.replications,
        runs: counts.replications,
        ended: Ended::Complete,
        compares: kind == Kind::Compare,
        axes: axes.map(axis).collect(),
        variants: found
            .map(|((variant, tally), against_first)| summary::Variant {
                name: variant.name.clone(),
                command: command(variant),
                point: variant.point.clone(),
                tally,
                against_first,
            })
            .collect(),
    }
}

fn file_of_rows(arguments: &SweepArguments, folder: &Path) -> Result<Option<Growing>, WriteError> {
    if arguments.no_rows {
        return Ok(None);
    }
    let mut file = Growing::new(folder, "replications.csv")?;
    file.write(&rows::header())?;
    Ok(Some(file))
}

/// What plays a variant, its seed and replication left open.
fn command(variant: &Variant) -> String {
    let settings = variant.settings.iter().map(|setting| format!(" --set '{setting}'"));
    format!("cutover run {}{}", variant.file, settings.collect::<String>())
}

/// `output/<name>-sweep`, with the seed where it is not the usual one.
fn default_folder(variants: &[Variant], arguments: &SweepArguments, kind: Kind) -> PathBuf {
    let name = format!("{}-{}", variants[0].scenario.name, kind.as_str());
    let seed = match arguments.seed {
        1 => String::new(),
        seed => format!("-seed{seed}"),
    };
    PathBuf::from("output").join(name + &seed)
}
