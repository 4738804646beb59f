//! What is counted while the blocks come.

use crate::analysis::comparison::Comparison;
use crate::analysis::risk::Risk;
use crate::analysis::statistics;
use crate::analysis::tally::Tally;
use crate::scenario::expectation::Condition;
use crate::simulation::limit::StopReason;
use crate::sweep::{Block, CHUNK};

/// The counts of all variants.
pub(super) struct Counts {
    pub tallies: Vec<Tally>,
    /// Every variant but the first beside the first.
    pub comparisons: Vec<Comparison>,
    /// Of each variant, how many runs met each watched condition.
    pub hits: Vec<Vec<u64>>,
    /// How many replications.
    pub replications: u64,
    /// The first run that a limit stopped: its variant and replication.
    pub stopped: Option<(usize, u64)>,
}

impl Counts {
    pub(super) fn new(watched: &[&[Condition]]) -> Counts {
        Counts {
            tallies: vec![Tally::default(); watched.len()],
            comparisons: vec![Comparison::default(); watched.len() - 1],
            hits: watched.iter().map(|of| vec![0; of.len()]).collect(),
            replications: 0,
            stopped: None,
        }
    }

    pub(super) fn add(&mut self, block: &Block) {
        let variants = self.tallies.len();
        for (replication, played) in (block.first..).zip(block.played.chunks(variants)) {
            let counted = self.tallies.iter_mut().zip(&mut self.hits);
            for (variant, (played, (tally, hits))) in played.iter().zip(counted).enumerate() {
                tally.count(replication, &played.row);
                for (at, hits) in hits.iter_mut().enumerate() {
                    *hits += played.met >> at & 1;
                }
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

    /// Whether every probability is known to so much on each side, by intervals that may be watched (V24). Looked at
    /// after whole chunks only, so that the number of threads never shows.
    pub(super) fn are_within(&self, half_width: f64) -> bool {
        let is_narrow = |hits: u64, runs: u64| {
            runs == 0 || statistics::at_any_time(hits, runs).half_width() <= half_width
        };
        let known = |(tally, hits): (&Tally, &Vec<u64>)| {
            let mut endings = tally.endings.iter().map(|count| (count.runs, tally.runs));
            let mut risks = Risk::ALL.iter().zip(&tally.risks);
            endings.all(|(hits, runs)| is_narrow(hits, runs))
                && risks.all(|(&risk, count)| is_narrow(count.runs, tally.at_risk(risk)))
                && hits.iter().all(|&hits| is_narrow(hits, tally.runs))
        };
        self.replications.is_multiple_of(CHUNK) && self.tallies.iter().zip(&self.hits).all(known)
    }
}
