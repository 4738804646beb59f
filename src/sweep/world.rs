//! The world of one variant on one thread: warm after its first run.

use super::Played;
use crate::analysis::evidence::Evidence;
use crate::analysis::outcome::Outcome;
use crate::analysis::verdict::{self, Run};
use crate::analysis::{Entry, Journal, Reader};
use crate::scenario::Scenario;
use crate::scenario::expectation::Condition;
use crate::simulation::Simulation;

/// What plays one replication of a variant after another.
pub(super) struct World<'s> {
    simulation: Simulation<'s>,
    outcome: Outcome,
    candidates: Vec<String>,
    watched: &'s [Condition],
    /// What happened, where a watched condition asks for more than the row.
    journal: Option<Journal>,
}

/// The row and the journal of one run.
struct Both<'a>(&'a mut Outcome, &'a mut Vec<Entry>);

impl Reader for Both<'_> {
    fn read(&mut self, entry: &Entry) {
        self.0.read(entry);
        self.1.push(*entry);
    }
}

impl<'s> World<'s> {
    pub(super) fn new(scenario: &'s Scenario, watched: &'s [Condition], verify: bool) -> World<'s> {
        let mut simulation = Simulation::new(scenario);
        if verify {
            simulation.verify();
        }
        let header = simulation.header();
        let outcome = Outcome::of(&header);
        let candidates = header.candidates.clone();
        let needs_journal = watched.iter().any(verdict::needs_journal);
        let journal = needs_journal.then(|| Journal { header, entries: Vec::new() });
        World { simulation, outcome, candidates, watched, journal }
    }

    pub(super) fn play(&mut self, seed: u64, replication: u64) -> Played {
        self.outcome.reset();
        let ended = match &mut self.journal {
            None => self.simulation.run(seed, replication, &mut self.outcome),
            Some(journal) => {
                journal.entries.clear();
                let mut both = Both(&mut self.outcome, &mut journal.entries);
                self.simulation.run(seed, replication, &mut both)
            }
        };
        let row = self.outcome.finish(ended.at, ended.digest);
        let evidence = self.journal.as_ref().map(Evidence::of);
        let run = Run { row: &row, candidates: &self.candidates, evidence: evidence.as_ref() };
        let bits = self.watched.iter().enumerate();
        let met = bits.map(|(at, condition)| u64::from(verdict::is_met(condition, &run)) << at);
        Played { met: met.sum(), reason: ended.reason, row }
    }
}
