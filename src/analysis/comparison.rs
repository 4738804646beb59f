//! Two variants under the same luck: what differs, replication by replication.
//!
//! Whole numbers until something is asked. Oracles: V27, V28.

use crate::analysis::measure::Measure;
use crate::analysis::risk;
use crate::analysis::row::Row;
use crate::analysis::statistics::{self, Interval, z};
use crate::scenario::expectation::Risk;

/// So many pairs must differ before an interval of the difference is worth its name.
const DIFFERING_MIN: u64 = 10;

/// The values of one measure in two variants, pair by pair; pairs that lack one are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// How many.
    pub runs: u64,
    /// In how many the second value is smaller, and in how many it is larger.
    pub smaller: u64,
    /// See `smaller`.
    pub larger: u64,
    sums: [i128; 2],
    squares: [i128; 2],
    products: i128,
}

impl Pairs {
    fn add(&mut self, values: [u64; 2]) {
        let [first, second] = values.map(i128::from);
        self.runs += 1;
        self.smaller += u64::from(second < first);
        self.larger += u64::from(second > first);
        self.sums[0] += first;
        self.sums[1] += second;
        self.squares[0] += first * first;
        self.squares[1] += second * second;
        self.products += first * second;
    }

    /// The mean of the second minus that of the first.
    pub fn mean(&self) -> Option<f64> {
        (self.runs > 0).then(|| (self.sums[1] - self.sums[0]) as f64 / self.runs as f64)
    }

    /// From sums of values and of squares to the variance.
    fn variance(&self, sum: i128, squares: i128) -> Option<f64> {
        let runs = i128::from(self.runs);
        (runs > 1).then(|| (runs * squares - sum * sum) as f64 / (runs * (runs - 1)) as f64)
    }

    /// Of both, as if they had nothing to do with each other, and of the difference as it is (V28).
    fn variances(&self) -> Option<[f64; 3]> {
        let difference = self.squares[0] + self.squares[1] - 2 * self.products;
        Some([
            self.variance(self.sums[0], self.squares[0])?,
            self.variance(self.sums[1], self.squares[1])?,
            self.variance(self.sums[1] - self.sums[0], difference)?,
        ])
    }

    /// Of the mean difference; none where too few pairs differ to say.
    pub fn interval(&self) -> Option<Interval> {
        let [.., of_difference] = self.variances()?;
        (self.smaller + self.larger >= DIFFERING_MIN)
            .then(|| statistics::of_mean(self.mean().unwrap_or_default(), of_difference, self.runs))
    }

    /// How alike the two move, -1 to 1; none where one of them does not.
    pub fn correlation(&self) -> Option<f64> {
        let [first, second, difference] = self.variances()?;
        let covariance = (first + second - difference) / 2.0;
        (first > 0.0 && second > 0.0).then(|| covariance / (first * second).sqrt())
    }

    /// How many times as many runs the same precision would have taken without common random numbers; none where
    /// the difference is always the same.
    pub fn saved(&self) -> Option<f64> {
        let [first, second, difference] = self.variances()?;
        (difference > 0.0).then(|| (first + second) / difference)
    }
}

/// How often a risk came true in only one of two variants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Discordance {
    /// How many pairs.
    pub runs: u64,
    /// Only in the first.
    pub only_first: u64,
    /// Only in the second.
    pub only_second: u64,
}

impl Discordance {
    /// The second probability minus the first, and its interval (A. Agresti and Y. Min, Stat. Med. 24 (2005), 729-740:
    /// half a run added to each of the four cases).
    pub fn difference(&self) -> (f64, Interval) {
        let runs = self.runs as f64;
        let [first, second] = [self.only_first, self.only_second].map(|runs| runs as f64);
        let (n, middle) = (runs + 2.0, (second - first) / (runs + 2.0));
        let error = (first + second + 1.0 - n * middle * middle).max(0.0).sqrt() / n;
        let half = z() * error;
        let interval = Interval { low: (middle - half).max(-1.0), high: (middle + half).min(1.0) };
        ((second - first) / runs, interval)
    }
}

/// One variant beside the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What was measured, by the place of the measure.
    pub measures: [Pairs; Measure::ALL.len()],
    /// What must not happen, by the place of the risk.
    pub risks: [Discordance; Risk::ALL.len()],
}

impl Comparison {
    /// Counts one replication of both.
    pub fn count(&mut self, first: &Row, second: &Row) {
        for (measure, pairs) in Measure::ALL.into_iter().zip(&mut self.measures) {
            if let (Some(first), Some(second)) = (measure.of(first), measure.of(second)) {
                pairs.add([first, second]);
            }
        }
        for (risk, pairs) in Risk::ALL.into_iter().zip(&mut self.risks) {
            let happened = [first, second].map(|row| risk::happened(risk, row));
            pairs.runs += 1;
            pairs.only_first += u64::from(happened == [true, false]);
            pairs.only_second += u64::from(happened == [false, true]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Random, RunKey};

    /// Bad requests of one replication: each is on the canary if its uniform is below the weight, and fails there by
    /// another uniform.
    fn bad(replication: u64, weight: f64) -> u64 {
        let mut random = Random::<1>::new(RunKey { seed: 27, replication, branch: 0 });
        let draws = (0..3000).map(|request| random.at(0, request));
        draws.filter(|draws| draws.uniform(0) < weight && draws.uniform(1) < 0.05).count() as u64
    }

    /// V27, V28: with one uniform a request the difference of two weights has a third of the variance that
    /// independent runs give it, and on no path the other sign.
    #[test]
    fn common_random_numbers_save_two_of_three_runs() {
        const RUNS: u64 = 2000;
        let (mut common, mut apart) = (Pairs::default(), Pairs::default());
        for replication in 0..RUNS {
            let first = bad(replication, 0.05);
            common.add([first, bad(replication, 0.10)]);
            apart.add([first, bad(replication + RUNS, 0.10)]);
        }
        assert_eq!(common.smaller, 0, "on no path the other sign");
        // Four standard errors: of a mean sqrt(v / n), of a variance nearly v sqrt(2 / n).
        let near = |found: f64, oracle: f64, error: f64| {
            assert!((found - oracle).abs() < 4.0 * error, "{found} instead of {oracle}");
        };
        let runs = RUNS as f64;
        for (pairs, variance) in [(common, 7.5), (apart, 22.5)] {
            near(pairs.mean().expect("pairs"), 7.5, (variance / runs).sqrt());
            let [.., found] = pairs.variances().expect("pairs");
            near(found, variance, variance * (2.0 / runs).sqrt());
        }
        near(common.saved().expect("they differ"), 3.0, 3.0 * (4.0 / runs).sqrt());
        near(apart.saved().expect("they differ"), 1.0, (4.0 / runs).sqrt());
        near(apart.correlation().expect("both vary"), 0.0, 1.0 / runs.sqrt());
        // Var(A - B) = Var A + Var B - 2 Cov, with Cov = 3000 x 0.05 x 0.05 of what both count.
        near(common.correlation().expect("both vary"), 0.707, 0.02);
    }

    #[test]
    fn pairs_that_hardly_differ_have_no_interval() {
        let mut pairs = Pairs::default();
        (0..1000).for_each(|number| pairs.add([5, 5 + u64::from(number < 9)]));
        assert_eq!((pairs.interval(), pairs.larger), (None, 9));
        pairs.add([5, 6]);
        assert!(pairs.interval().is_some());
        assert_eq!(pairs.correlation(), None, "the first never moves");
    }

    #[test]
    fn a_difference_of_probabilities_lies_in_its_interval() {
        let pairs = Discordance { runs: 1000, only_first: 30, only_second: 10 };
        let (difference, interval) = pairs.difference();
        assert_eq!(difference, -0.02);
        assert!(interval.holds(difference) && interval.high < 0.0, "{interval:?}");
        let none = Discordance { runs: 1000, ..Discordance::default() };
        assert!(none.difference().1.holds(0.0));
    }
}
