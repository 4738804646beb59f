//! How estimates came to be: what was counted after so many runs, at milestones that lie evenly on a logarithmic scale.
//!
//! They are fixed, so that neither threads nor blocks show, and grow as the logarithm of the runs. Not what may be
//! concluded (`summary`).

use crate::analysis::risk::{Of, Risk, of};

/// The milestones between 10 and 100, and between any power of ten and the next.
const MANTISSAS: [u64; 12] = [10, 12, 15, 18, 22, 27, 33, 40, 48, 58, 70, 84];

/// The first milestone after so many runs.
fn after(runs: u64) -> u64 {
    let decade = runs.max(10).ilog10() - 1;
    let scale = 10_u64.pow(decade);
    let next =
        MANTISSAS.iter().map(|mantissa| mantissa * scale).find(|milestone| *milestone > runs);
    next.unwrap_or(scale.saturating_mul(100))
}

/// What was counted after so many runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Milestone {
    /// How many runs.
    pub runs: u64,
    /// In how many of them a bad release was deployed.
    pub bad: u64,
    /// In how many the deployment succeeded.
    pub succeeded: u64,
    /// In how many a risk came true, by its place.
    pub risks: [u64; Risk::ALL.len()],
}

impl Milestone {
    /// In how many runs a risk could have come true.
    pub const fn at_risk(&self, risk: Risk) -> u64 {
        match of(risk) {
            Of::Bad => self.bad,
            Of::Good => self.runs - self.bad,
        }
    }
}

/// The milestones that were passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Convergence {
    passed: Vec<Milestone>,
    next: u64,
}

impl Convergence {
    /// Whether the counts of so many runs are to be kept; runs come one by one.
    pub fn wants(&mut self, runs: u64) -> bool {
        if runs < self.next.max(MANTISSAS[0]) {
            return false;
        }
        self.next = after(runs);
        true
    }

    /// Keeps what was counted at a milestone.
    pub fn keep(&mut self, milestone: Milestone) {
        self.passed.push(milestone);
    }

    /// All that were passed, the earliest first.
    pub fn passed(&self) -> &[Milestone] {
        &self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milestones_are_a_dozen_a_decade() {
        let mut convergence = Convergence::default();
        let wanted: Vec<u64> = (1..=2000).filter(|&runs| convergence.wants(runs)).collect();
        assert_eq!(wanted[..13], [10, 12, 15, 18, 22, 27, 33, 40, 48, 58, 70, 84, 100]);
        assert_eq!(wanted[24..], [1000, 1200, 1500, 1800]);
        assert_eq!(after(9_999_999_999), 10_000_000_000);
    }
}
