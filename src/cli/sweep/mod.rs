//! `cutover sweep` and `cutover compare`: many runs of many variants.

mod claims;
mod count;
mod splitting;
mod watch;

use std::path::{Path, PathBuf};

use super::args::SweepArguments;
use super::exit::Exit;
use super::output::{self, Growing, WriteError};
use super::terminal::Terminal;
use crate::analysis::claim::{Claims, Judged, Known, Standing};
use crate::analysis::summary::{self, Ended, Summary};
use crate::input::source::FileSource;
use crate::input::{Asked, Expanded, expand};
use crate::report::chart;
use crate::report::sweep::rows::{self, RowWriter};
use crate::report::sweep::{csv, json, text};
use crate::scenario::Scenario;
use crate::scenario::expectation::Condition;
use crate::scenario::sweep::{Axis, Variant};
use crate::sweep::{Audience, Flow, Plan, Played, Sweep};
use count::Counts;
use watch::{Interrupt, Progress};

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
        sensitivity: arguments.sensitivity.clone(),
        // Several files are compared as they are.
        all_configs: kind == Kind::Compare && arguments.scenarios.len() == 1,
    };
    if asked.files.len() > 1 && !asked.sensitivity.is_empty() {
        terminal.complain("`--sensitivity` is of one scenario");
        return Exit::BadInput;
    }
    let mut expanded = expand(&asked, &FileSource);
    let asserted = claims::asserted(&arguments.assertions, &mut expanded);
    terminal.tell(&mut expanded.diagnostics, &expanded.sources);
    if expanded.variants.is_empty() || expanded.diagnostics.has_errors() {
        return Exit::BadInput;
    }
    let claims = match claims::of_variants(&asserted, &expanded, terminal) {
        Ok(claims) => claims,
        Err(fault) => {
            terminal.complain(&fault);
            return Exit::BadInput;
        }
    };
    match play(&expanded, &claims, arguments, kind, terminal) {
        Ok(exit) => exit,
        Err(error) => {
            terminal.complain(&error.to_string());
            Exit::Output
        }
    }
}

/// Who listens to the threads that play: rows are written there, since that takes time.
struct Listener {
    rows: Option<RowWriter>,
    progress: Progress,
}

impl Audience for Listener {
    fn write(&self, first: u64, played: &[Played], to: &mut String) {
        if let Some(rows) = &self.rows {
            rows.rows(first, played.iter().map(|played| &played.row), to);
        }
    }

    fn progress(&self, runs: u64) {
        self.progress.add(runs);
    }
}

fn play(
    expanded: &Expanded,
    claims: &[Claims],
    arguments: &SweepArguments,
    kind: Kind,
    terminal: &Terminal,
) -> Result<Exit, WriteError> {
    let variants = &expanded.variants;
    let scenarios: Vec<&Scenario> = variants.iter().map(|variant| &variant.scenario).collect();
    let watched: Vec<&[Condition]> = claims.iter().map(|claims| &claims.watched[..]).collect();
    let plan = Plan {
        scenarios: &scenarios,
        watched: &watched,
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
    let (counts, ended) = count(&pool, &plan, variants, arguments, &folder)?;
    if counts.replications == 0 {
        terminal.complain("interrupted before the first replication was played");
        return Ok(Exit::Limit);
    }
    let stopped = counts.stopped;
    let mut summary = summary(expanded, &plan, kind, claims, counts, ended);
    if let Some(effort) = arguments.splitting {
        splitting::add(&mut summary, effort, &pool, &plan, arguments.quiet);
    }
    let mut files = vec![
        ("summary.csv".to_string(), csv::write(&summary)),
        ("summary.json".to_string(), json::write(&summary)),
    ];
    let drawings = chart::sweep::drawings(&summary);
    // Two at a time: the canvas of one takes 25 MB.
    for two in drawings.chunks(2) {
        files.extend(pool.each(two, chart::sweep::painted).into_iter().flatten());
    }
    output::write_all(&folder, &files)?;
    let mut exit = judged(&summary);
    if !arguments.quiet {
        exit = match terminal.print(&text::write(&summary)) {
            Exit::Done => exit,
            other => other,
        };
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

/// What the claims make of the exit: one that fails weighs more than one that is open.
fn judged(summary: &Summary) -> Exit {
    let all = summary.variants.iter().flat_map(|variant| &variant.claims);
    let standings: Vec<Standing> = all.map(|judged| judged.standing).collect();
    match (standings.contains(&Standing::Fails), standings.contains(&Standing::Undecided)) {
        (true, _) => Exit::NotMet,
        (false, true) => Exit::Undecided,
        (false, false) => Exit::Done,
    }
}

/// Plays all, writes the rows as they come, and counts.
fn count(
    pool: &Sweep,
    plan: &Plan<'_>,
    variants: &[Variant],
    arguments: &SweepArguments,
    folder: &Path,
) -> Result<(Counts, Ended), WriteError> {
    let runs = plan.replications.saturating_mul(variants.len() as u64);
    let listener = Listener {
        rows: (!arguments.no_rows).then(|| RowWriter::new(plan.seed, variants.iter().map(names))),
        progress: Progress::new(runs, arguments.quiet),
    };
    let interrupt = Interrupt::listen();
    let mut file = file_of_rows(arguments, folder)?;
    let mut counts = Counts::new(plan.watched);
    let (mut failed, mut is_precise) = (None, false);
    pool.play(plan, &listener, interrupt.flag(), |block| {
        counts.add(block);
        failed = file.as_mut().and_then(|file| file.write(block.written.as_bytes()).err());
        is_precise = arguments.precision.is_some_and(|wanted| counts.are_within(wanted));
        if failed.is_some() || is_precise { Flow::Stop } else { Flow::Continue }
    });
    listener.progress.finish();
    let ended = match arguments.precision {
        _ if is_precise => Ended::Precise,
        _ if counts.replications < plan.replications => Ended::Interrupted,
        Some(_) => Ended::NotPrecise,
        None => Ended::Complete,
    };
    match (failed, file) {
        (Some(error), _) => Err(error),
        (None, Some(file)) => file.finish().map(|()| (counts, ended)),
        (None, None) => Ok((counts, ended)),
    }
}

/// The name of a variant, and those of the candidates of its scenario.
fn names(variant: &Variant) -> (&str, Vec<&str>) {
    let candidates = variant.scenario.candidates.iter();
    (&variant.name, candidates.map(|candidate| candidate.name.as_str()).collect())
}

fn file_of_rows(arguments: &SweepArguments, folder: &Path) -> Result<Option<Growing>, WriteError> {
    if arguments.no_rows {
        return Ok(None);
    }
    let mut file = Growing::new(folder, "replications.csv")?;
    file.write(&rows::header())?;
    Ok(Some(file))
}

fn summary(
    expanded: &Expanded,
    plan: &Plan<'_>,
    kind: Kind,
    claims: &[Claims],
    counts: Counts,
    ended: Ended,
) -> Summary {
    let first = &expanded.variants[0].scenario;
    let one_file = expanded.variants.iter().all(|one| one.file == expanded.variants[0].file);
    let axes = expanded.axes.iter().filter(|_| one_file);
    let axis = |axis: &Axis| summary::Axis { path: axis.path.clone(), values: axis.values.clone() };
    let watched = matches!(ended, Ended::Precise | Ended::NotPrecise);
    let judged = counts.tallies.iter().zip(&counts.hits).zip(claims);
    let judged: Vec<Vec<Judged>> = judged
        .map(|((tally, hits), claims)| claims.judge(&Known { tally, hits, watched }))
        .collect();
    let against_first = std::iter::once(None).chain(counts.comparisons.into_iter().map(Some));
    let found = counts.tallies.into_iter().zip(against_first).zip(judged);
    let variants = expanded.variants.iter().zip(found);
    Summary {
        scenario: first.name.clone(),
        about: first.summary.clone(),
        seed: plan.seed,
        first: plan.first,
        asked: plan.replications,
        runs: counts.replications,
        ended,
        compares: kind == Kind::Compare || !expanded.swings.is_empty(),
        swings: expanded.swings.iter().map(|one| format!("{} ±{}", one.path, one.by)).collect(),
        axes: axes.map(axis).collect(),
        has_requests: expanded.variants.iter().any(|one| !one.scenario.is_worker()),
        variants: variants
            .map(|(variant, ((tally, against_first), claims))| summary::Variant {
                name: variant.name.clone(),
                command: command(variant),
                point: variant.point.clone(),
                tally,
                against_first,
                claims,
                splitting: None,
            })
            .collect(),
    }
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
