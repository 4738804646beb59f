//! What a sweep found: estimates with their intervals, out of counts.
//!
//! Not how they are shown (`report::sweep`). A number that its sample cannot carry is none.

use crate::analysis::claim::Judged;
use crate::analysis::comparison::Comparison;
use crate::analysis::distribution::{Distribution, Place};
use crate::analysis::ending::Ending;
use crate::analysis::measure::{Measure, Unit};
use crate::analysis::splitting::Splitting;
use crate::analysis::statistics::{self, Interval};
use crate::analysis::tally::Tally;

/// The quantiles that are told of every measure.
pub const QUANTILES: [f64; 3] = [0.5, 0.9, 0.99];
/// So many runs before a mean has an interval.
const MEAN_RUNS_MIN: u64 = 30;

/// Everything that a sweep found.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The name of the first scenario.
    pub scenario: String,
    /// What it says of itself.
    pub about: String,
    /// The seed.
    pub seed: u64,
    /// The first replication.
    pub first: u64,
    /// How many were asked for.
    pub asked: u64,
    /// How many were played, of each variant.
    pub runs: u64,
    /// Why there are fewer than were asked for.
    pub ended: Ended,
    /// Whether each variant is set against the first.
    pub compares: bool,
    /// What was varied, if all variants are of one file.
    pub axes: Vec<Axis>,
    /// The fields that were made a little smaller and larger: variants 1 and 2, 3 and 4, .., beside variant 0.
    pub swings: Vec<String>,
    /// Whether requests come to what any variant deploys; they do not come to a service without a load balancer.
    pub has_requests: bool,
    /// The variants in order; never empty.
    pub variants: Vec<Variant>,
}

/// Why a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All replications were played.
    Complete,
    /// The wanted precision was reached.
    Precise,
    /// The precision that was wanted was not reached.
    NotPrecise,
    /// Somebody stopped it.
    Interrupted,
}

/// A field that was varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Its path.
    pub path: String,
    /// Its values.
    pub values: Vec<String>,
}

/// What was found of one variant.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The command that plays it, without seed and replication.
    pub command: String,
    /// Its place on each axis.
    pub point: Vec<usize>,
    /// What was counted.
    pub tally: Tally,
    /// Beside the first variant; none of the first itself.
    pub against_first: Option<Comparison>,
    /// What is claimed of it, judged.
    pub claims: Vec<Judged>,
    /// What splitting says of its rare risk, if it was asked.
    pub splitting: Option<Splitting>,
}

/// A probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability {
    /// In so many runs it happened,
    pub hits: u64,
    /// of so many in which it could; above zero.
    pub runs: u64,
    /// What they say.
    pub interval: Interval,
}

impl Probability {
    /// The share of the runs.
    pub fn share(self) -> f64 {
        self.hits as f64 / self.runs as f64
    }
}

/// A quantile, and between what the true one lies; an end that so few runs do not have is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantile {
    /// Of how many values it is: of those runs alone in which it happened.
    pub runs: u64,
    /// Where that of the sample lies.
    pub place: Place,
    /// The lower end.
    pub low: Option<u64>,
    /// The upper end.
    pub high: Option<u64>,
}

/// A run to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it is an example of.
    pub what: String,
    /// Its replication.
    pub replication: u64,
}

impl Summary {
    /// Of something that happened in so many runs; none if it could in none.
    ///
    /// Where a sweep went on until it was precise, the interval is one that may be watched (V24).
    pub fn probability(&self, hits: u64, runs: u64) -> Option<Probability> {
        let of = match self.ended {
            Ended::Precise | Ended::NotPrecise => statistics::at_any_time,
            Ended::Complete | Ended::Interrupted => statistics::shown,
        };
        (runs > 0).then(|| Probability { hits, runs, interval: of(hits, runs) })
    }

    /// By what a run is good or bad: bad requests, or failed ones where no release is bad; for how long too few tasks count
    /// as healthy where no request comes.
    pub fn cost(&self) -> Measure {
        if !self.has_requests {
            return Measure::CapacityShort;
        }
        let has_bad = |variant: &Variant| {
            variant.tally.of(Measure::BadRequests).greatest().is_some_and(|(most, _)| most > 0)
        };
        match self.variants.iter().any(has_bad) {
            true => Measure::BadRequests,
            false => Measure::FailedRequests,
        }
    }

    /// The endings that any variant had.
    pub fn endings(&self) -> Vec<Ending> {
        let had = |ending: &Ending| {
            self.variants.iter().any(|one| one.tally.endings[ending.index()].runs > 0)
        };
        Ending::ALL.into_iter().filter(had).collect()
    }

    /// The median and the worst run of a variant, and one of every ending.
    pub fn examples(&self, variant: &Variant) -> Vec<Example> {
        let measure = self.cost();
        let costs = variant.tally.of(measure);
        let name = match measure.unit() {
            Unit::Seconds => format!("s {}", measure.in_words()),
            _ => measure.in_words().to_owned(),
        };
        let median = quantile(costs, 0.5).map(|median| Example {
            what: format!("median, {} {name}", measure.written(median.place.middle())),
            replication: median.place.example,
        });
        let worst = costs.greatest().map(|(value, replication)| Example {
            what: format!("worst, {} {name}", measure.written(value)),
            replication,
        });
        let endings = Ending::ALL.into_iter().filter_map(|ending| {
            let replication = variant.tally.endings[ending.index()].example?;
            Some(Example { what: ending.in_words(), replication })
        });
        median.into_iter().chain(worst).chain(endings).collect()
    }
}

/// The quantile of what was measured, if anything was.
pub fn quantile(of: &Distribution, quantile: f64) -> Option<Quantile> {
    let runs = of.runs();
    let place = of.at_rank(statistics::quantile_rank(runs, quantile))?;
    let (low, high) = statistics::quantile_ranks(runs, quantile);
    Some(Quantile {
        runs,
        place,
        low: low.and_then(|rank| of.at_rank(rank)).map(|place| place.low),
        high: high.and_then(|rank| of.at_rank(rank)).map(|place| place.high),
    })
}

/// The interval of a mean, if there are runs enough.
pub fn mean(of: &Distribution) -> Option<(f64, Option<Interval>)> {
    let mean = of.mean()?;
    let enough = of.runs() >= MEAN_RUNS_MIN;
    let variance = of.variance().filter(|_| enough);
    Some((mean, variance.map(|variance| statistics::of_mean(mean, variance, of.runs()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_has_an_end_only_where_the_sample_has_it() {
        let mut of = Distribution::default();
        (0..100).for_each(|value| of.add(value, value));
        let median = quantile(&of, 0.5).expect("there are values");
        assert_eq!((median.place.low, median.low, median.high), (49, Some(39), Some(60)));
        let last = quantile(&of, 0.99).expect("there are values");
        assert_eq!((last.place.low, last.high), (98, None));
        assert_eq!(quantile(&Distribution::default(), 0.5), None);
        assert_eq!(mean(&of).map(|(mean, _)| mean), Some(49.5));
    }
}
