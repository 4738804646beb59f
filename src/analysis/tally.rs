//! Many runs of one variant, counted: whole numbers only, so that nothing depends on their order.
//!
//! Not what may be concluded from the counts (`estimate`).

use crate::analysis::convergence::{Convergence, Milestone};
use crate::analysis::distribution::Distribution;
use crate::analysis::ending::Ending;
use crate::analysis::measure::Measure;
use crate::analysis::risk::{self, Of};
use crate::analysis::row::Row;
use crate::scenario::expectation::Risk;

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In so many runs.
    pub runs: u64,
    /// The first replication of them.
    pub example: Option<u64>,
}

impl Count {
    fn add(&mut self, replication: u64) {
        self.runs += 1;
        self.example.get_or_insert(replication);
    }
}

/// What was counted of one variant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many runs.
    pub runs: u64,
    /// In how many of them a bad release was deployed.
    pub bad: u64,
    /// How they ended, by the place of the ending.
    pub endings: [Count; Ending::ALL.len()],
    /// What must not happen, by the place of the risk.
    pub risks: [Count; Risk::ALL.len()],
    /// What was measured, by the place of the measure.
    pub measures: [Distribution; Measure::ALL.len()],
    /// What was counted at the milestones on the way.
    pub convergence: Convergence,
}

impl Tally {
    /// Counts a run; replications come in rising order.
    pub fn count(&mut self, replication: u64, row: &Row) {
        self.runs += 1;
        self.bad += u64::from(row.bad);
        self.endings[Ending::of(row).index()].add(replication);
        for (risk, count) in Risk::ALL.into_iter().zip(&mut self.risks) {
            if risk::happened(risk, row) {
                count.add(replication);
            }
        }
        for (measure, distribution) in Measure::ALL.into_iter().zip(&mut self.measures) {
            if let Some(value) = measure.of(row) {
                distribution.add(value, replication);
            }
        }
        if self.convergence.wants(self.runs) {
            self.convergence.keep(self.so_far());
        }
    }

    /// The counts of now, as a milestone keeps them.
    pub fn so_far(&self) -> Milestone {
        Milestone {
            runs: self.runs,
            bad: self.bad,
            succeeded: self.endings[Ending::Succeeded.index()].runs,
            risks: self.risks.map(|count| count.runs),
        }
    }

    /// What was counted of a measure.
    pub const fn of(&self, measure: Measure) -> &Distribution {
        &self.measures[measure.index()]
    }

    /// In how many runs a risk could have come true.
    pub const fn at_risk(&self, risk: Risk) -> u64 {
        match risk::of(risk) {
            Of::Bad => self.bad,
            Of::Good => self.runs - self.bad,
        }
    }
}
