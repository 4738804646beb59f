//! What is made of the samples of a period: five statistics and percentiles.
//!
//! Not which samples belong to a period. Rules: CW-MET-3, CW-MET-4, CW-MISS-3.

use super::ratio::Ratio;
use crate::aws::alarm::{ComparisonOperator, Statistic};
use crate::engine::share::Share;

/// A statistic or a percentile (`Stat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stat {
    /// One of the five (`Statistic`).
    Statistic(Statistic),
    /// `p99` and its like (`ExtendedStatistic`).
    Percentile(Percentile),
}

/// The aggregate of one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datapoint {
    /// What the statistic makes of the samples.
    pub value: Ratio,
    /// How many samples there were, at least 1: a period without any has no datapoint (CW-MET-3).
    pub sample_count: u64,
}

/// What five statistics need to know of samples (`StatisticSet`); sets of parts make that of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatisticSet {
    /// How many samples, at least 1.
    pub sample_count: u64,
    /// Their sum.
    pub sum: Ratio,
    /// The least.
    pub minimum: Ratio,
    /// The largest.
    pub maximum: Ratio,
}

impl StatisticSet {
    /// Of one sample.
    pub const fn of(value: Ratio) -> StatisticSet {
        StatisticSet { sample_count: 1, sum: value, minimum: value, maximum: value }
    }

    /// Of these samples and those together; none if their sum is beyond what CloudWatch takes.
    pub fn with(self, other: StatisticSet) -> Option<StatisticSet> {
        Some(StatisticSet {
            sample_count: self.sample_count + other.sample_count,
            sum: self.sum.plus(other.sum)?,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        })
    }

    /// The value of one statistic. Rule: CW-MET-3.
    pub fn value(&self, statistic: Statistic) -> Ratio {
        match statistic {
            Statistic::SampleCount => Ratio::count(self.sample_count),
            Statistic::Sum => self.sum,
            Statistic::Minimum => self.minimum,
            Statistic::Maximum => self.maximum,
            Statistic::Average => {
                self.sum.by(Ratio::count(self.sample_count)).expect("at least one sample")
            }
        }
    }
}

/// A percentile, 0 to 100: the sample of the nearest rank. Rule: CW-MET-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentile(pub Share);

impl Percentile {
    /// The rank of its sample among so many in ascending order, from 1: ceil(p x n).
    ///
    /// The 0th percentile is the least sample.
    pub fn rank(self, sample_count: u64) -> u64 {
        let parts = u128::from(self.0.parts_per_billion()) * u128::from(sample_count);
        let whole = u128::from(Share::ONE.parts_per_billion());
        u64::try_from(parts.div_ceil(whole)).expect("not more than the samples").max(1)
    }

    /// Whether the percentile compares so with a threshold, if that many of the samples do themselves.
    ///
    /// So a simulation need not know the samples, only how many are beyond the threshold.
    pub fn breaches(self, operator: ComparisonOperator, beyond: u64, sample_count: u64) -> bool {
        match operator {
            ComparisonOperator::GreaterThanThreshold
            | ComparisonOperator::GreaterThanOrEqualToThreshold => {
                beyond + self.rank(sample_count) > sample_count
            }
            ComparisonOperator::LessThanThreshold
            | ComparisonOperator::LessThanOrEqualToThreshold => beyond >= self.rank(sample_count),
        }
    }

    /// Fewer samples than this are few: 10 by the smaller of p and 1 - p, rounded up. Rule: CW-MISS-3.
    ///
    /// There are always few for the 0th and the 100th percentile.
    pub fn samples_min(self) -> u64 {
        let share = self.0.parts_per_billion();
        let tail = u64::from(share.min(self.0.rest().parts_per_billion()));
        let needed = 10 * u64::from(Share::ONE.parts_per_billion());
        if tail == 0 { u64::MAX } else { needed.div_ceil(tail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percentile(parts_per_thousand: u32) -> Percentile {
        Percentile(Share::from_parts_per_billion(parts_per_thousand * 1_000_000))
    }

    #[test]
    fn a_percentile_is_the_sample_of_the_nearest_rank() {
        let rank = |per_thousand, n| percentile(per_thousand).rank(n);
        assert_eq!([rank(990, 300), rank(990, 301), rank(500, 1)], [297, 298, 1]);
        assert_eq!([rank(0, 7), rank(1000, 7), rank(999, 1000)], [1, 7, 999]);
    }

    /// The count of samples beyond a threshold says the same as the sample of the rank.
    #[test]
    fn counting_samples_beyond_the_threshold_is_comparing_the_percentile() {
        for n in 1..30_u64 {
            for per_thousand in [0, 10, 500, 900, 990, 1000] {
                let percentile = percentile(per_thousand);
                for larger in 0..=n {
                    // The samples are 0 and 1; so many are 1, and the threshold lies between.
                    let is_larger = percentile.rank(n) > n - larger;
                    let found = |operator, beyond| percentile.breaches(operator, beyond, n);
                    let more = found(ComparisonOperator::GreaterThanThreshold, larger);
                    let less = found(ComparisonOperator::LessThanThreshold, n - larger);
                    assert_eq!(
                        (more, less),
                        (is_larger, !is_larger),
                        "{n} {per_thousand} {larger}"
                    );
                }
            }
        }
    }

    #[test]
    fn sets_of_parts_make_the_set_of_the_whole() {
        let set = |numbers: &[u32]| {
            let sets = numbers.iter().map(|&number| StatisticSet::of(Ratio::whole(number)));
            sets.reduce(|a, b| a.with(b).expect("small numbers")).expect("not empty")
        };
        let whole = set(&[3, 1, 4, 1, 5]);
        assert_eq!(set(&[3, 1]).with(set(&[4, 1, 5])), Some(whole));
        let values = Statistic::ALL.iter().map(|&statistic| whole.value(statistic).to_string());
        assert_eq!(values.collect::<Vec<_>>(), ["5", "2.8", "14", "1", "5"]);
    }
}
