//! Rare outcomes by splitting: the runs that are carried towards a bad release with all production traffic.
//!
//! Not what follows from how many passed (`analysis::splitting`). A run is on its way as long as its first deployment has
//! not ended; levels are instants of the shift. Decision 9 of the design: a fork is a copy under another branch.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::Sweep;
use crate::analysis::Digest;
use crate::analysis::outcome::Outcome;
use crate::analysis::risk::{Risk, happened};
use crate::analysis::splitting::{BATCHES, Batch, Level, Played, Splitting, Walk};
use crate::aws::name::Listener;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::Scenario;
use crate::scenario::operator::Call;
use crate::simulation::Simulation;

/// The replications of the runs that are split begin here, so that none of them shares its luck with one that is counted.
const FIRST_REPLICATION: u64 = 1 << 63;
/// From level to level: about as often as the alarms of a deployment are looked at. Levels that nothing is decided at cost
/// little.
const STRIDE: SimDuration = SimDuration::from_secs(15);

/// What is split.
#[derive(Clone, Copy, Debug)]
pub struct Split<'s> {
    /// The scenarios, one a variant; all meet the same luck.
    pub scenarios: &'s [&'s Scenario],
    /// The seed of all chance.
    pub seed: u64,
    /// How many runs there are at each level of a batch.
    pub effort: u64,
    /// Whether invariants are checked after every event.
    pub verify: bool,
}

/// A variant with nothing but its bad releases.
struct Bad {
    /// How likely it is that the first deployment brings one.
    share: f64,
    scenario: Scenario,
    levels: Vec<Level>,
}

impl Bad {
    /// Nothing if none of its releases is bad. Later deployments bring what they may.
    fn of(scenario: &Scenario) -> Option<Bad> {
        let of_candidate = |&one: &u8| &scenario.candidates[one as usize];
        let is_bad = |one: &u8| of_candidate(one).bad;
        let deploys = &scenario.first_deployment().deploys;
        let bad: Vec<u8> = deploys.iter().copied().filter(is_bad).collect();
        let weight = |of: &[u8]| of.iter().map(|one| of_candidate(one).weight).sum::<f64>();
        let share = weight(&bad) / weight(deploys);
        let levels = levels(scenario);
        (!bad.is_empty()).then(|| {
            let mut scenario = scenario.clone();
            scenario.deployments[0].deploys = bad;
            Bad { share, scenario, levels }
        })
    }
}

/// The first shift, whatever lies a whole stride after it and before the full shift, and that.
fn levels(scenario: &Scenario) -> Vec<Level> {
    let routing = scenario.first_deployment().traffic_routing;
    let span = routing.steps().last().map_or(SimDuration::ZERO, |step| step.after);
    let seconds = |number: u64| u32::try_from(number * STRIDE.as_millis() / 1000);
    let between = (1..span.as_millis().div_ceil(STRIDE.as_millis()))
        .map(|number| Level::After(seconds(number).expect("a shift is at most two days long")));
    [Level::FirstShift].into_iter().chain(between).chain([Level::FullShift]).collect()
}

/// One run, and how far it is.
struct Run<'a> {
    simulation: Simulation<'a>,
    outcome: Outcome,
    levels: &'a [Level],
    stop: &'a AtomicBool,
    /// Up to when it was played.
    now: SimTime,
    first_shift: Option<SimTime>,
    /// Whether it came to the end, once that is known.
    reached: Option<bool>,
    /// Whether somebody may move the listener when the first deployment has ended.
    is_meddled_with: bool,
}

impl Run<'_> {
    fn play_until(&mut self, instant: SimTime) {
        let ended = self.simulation.run_until(instant, &mut self.outcome);
        self.now = ended.map_or(instant, |ended| ended.at);
        let row = self.outcome.finish(self.now, Digest(0));
        self.first_shift = row.first_shift;
        let is_over = ended.is_some() || row.status.is_terminal() && !self.is_meddled_with;
        self.reached = match happened(Risk::BadReachedFull, &row) {
            true => Some(true),
            false => (is_over || self.stop.load(Ordering::Relaxed)).then_some(false),
        };
    }

    /// Plays on until it is so, or until nothing more can come.
    fn play_while(&mut self, is_so: impl Fn(&Self) -> bool) -> bool {
        while self.reached.is_none() && is_so(self) {
            self.play_until(self.now + STRIDE);
        }
        self.reached != Some(false)
    }
}

impl Walk for Run<'_> {
    fn passes(&mut self, level: usize) -> bool {
        match self.levels[level] {
            Level::FirstShift => self.play_while(|run| run.first_shift.is_none()),
            Level::FullShift => self.play_while(|_| true),
            Level::After(seconds) => {
                if self.reached.is_none() {
                    let first = self.first_shift.expect("it passed the level of its first shift");
                    self.play_until(first + SimDuration::from_secs(seconds.into()));
                }
                self.reached != Some(false)
            }
        }
    }

    fn fork(&self, branch: u64) -> Self {
        Run { simulation: self.simulation.fork(branch), outcome: self.outcome.clone(), ..*self }
    }
}

impl Sweep {
    /// Splits every variant; the same at every number of threads. `progress` hears of runs that were begun and have come
    /// as far as they could, from the threads that play.
    pub fn split(
        &self,
        split: &Split<'_>,
        stop: &AtomicBool,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<Splitting> {
        let bad: Vec<Option<Bad>> = split.scenarios.iter().map(|one| Bad::of(one)).collect();
        let asked: Vec<(&Bad, u64)> =
            bad.iter().flatten().flat_map(|one| (0..BATCHES).map(move |at| (one, at))).collect();
        let play = |&(bad, number): &(&Bad, u64)| {
            let batch = batch(bad, number, split, stop);
            progress(split.effort);
            batch
        };
        let batches: Vec<Batch> =
            self.pool.install(|| asked.par_iter().with_max_len(1).map(play).collect());
        let mut batches = batches.into_iter();
        let found = bad.iter().map(|bad| {
            let Some(Bad { share, levels, .. }) = bad else { return Splitting::NothingBad };
            let batches = batches.by_ref().take(BATCHES as usize).collect();
            let played =
                Played { bad_share: *share, effort: split.effort, levels: levels.clone(), batches };
            match stop.load(Ordering::Relaxed) {
                true => Splitting::Interrupted,
                false => Splitting::Played(played),
            }
        });
        found.collect()
    }
}

/// Batch by number: its runs are replications of its own.
fn batch(bad: &Bad, number: u64, split: &Split<'_>, stop: &AtomicBool) -> Batch {
    let mut simulation = Simulation::new(&bad.scenario);
    if split.verify {
        simulation.verify();
    }
    let outcome = Outcome::of(&simulation.header());
    let moves_listener =
        |call: &Call| matches!(call, Call::ModifyListener { listener: Listener::Production, .. });
    let is_meddled_with = bad.scenario.calls.iter().any(|scripted| moves_listener(&scripted.call));
    let first = FIRST_REPLICATION + number * split.effort;
    let run = |at: usize| {
        let mut simulation = simulation.clone();
        simulation.reset(split.seed, first + at as u64);
        Run {
            simulation,
            outcome: outcome.clone(),
            levels: &bad.levels,
            stop,
            now: SimTime::ZERO,
            first_shift: None,
            reached: None,
            is_meddled_with,
        }
    };
    let effort = usize::try_from(split.effort).expect("a batch fits into memory");
    Batch::play((0..effort).map(run), bad.levels.len(), (split.seed, first))
}
