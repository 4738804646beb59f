//! Importance splitting: a rare end, made of many steps that are not rare.
//!
//! Not what is split (`sweep`) nor how it is shown. Runs are carried from level to level; at each, those that passed are
//! continued under luck of their own until there are as many as at the start. The product of the parts that passed is
//! unbiased whatever the levels are: P. Glasserman, P. Heidelberger, P. Shahabuddin, T. Zajic, Operations Research 47
//! (1999), 585-600 (fixed effort). Oracle: V23.

use crate::analysis::statistics::{self, Interval};
use crate::engine::random::{Random, RunKey};

/// So many batches are played, each with runs of its own: between them lies what an interval is made of.
pub const BATCHES: u64 = 32;
/// Batches whose deviation is more than this part of their mean are too skewed for an interval of their own, by the study in
/// docs/decisions/0006-statistics.md.
const SPREAD_MAX: f64 = 0.75;
/// The branch of the luck that chooses who is continued; runs begin at branch 0 and count up from there.
const CHOOSING: u64 = u64::MAX;

/// Something on its way to an end that it hardly ever reaches.
pub trait Walk: Sized {
    /// Goes on to a level, and says whether it passed. Levels are asked for in their order, and what has reached the end
    /// has passed them all.
    fn passes(&mut self, level: usize) -> bool;

    /// Another one with the same past, whose luck from now on is its own: no other has the same branch.
    fn fork(&self, branch: u64) -> Self;
}

/// One batch: how many of the runs passed each level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many, by level; the last one is the end.
    pub passed: Vec<u64>,
    /// How many of the runs that were begun reached the end by themselves, as if nothing had ever been forked.
    pub alone: u64,
    /// How many were forked.
    pub forked: u64,
}

impl Batch {
    /// Plays a batch: as many runs at each level as begin. Who is continued where not all are alike often is chosen by
    /// the luck of the first one's seed and replication.
    ///
    /// # Panics
    /// If there is no level.
    pub fn play<W: Walk>(
        begun: impl ExactSizeIterator<Item = W>,
        levels: usize,
        (seed, replication): (u64, u64),
    ) -> Batch {
        assert!(levels > 0, "the end is a level");
        let effort = begun.len();
        let mut luck = Random::<1>::new(RunKey { seed, replication, branch: CHOOSING });
        let passed = |mut walk: W| walk.passes(0).then_some((walk, true));
        let mut walks: Vec<(W, bool)> = begun.filter_map(passed).collect();
        let mut batch = Batch { passed: vec![walks.len() as u64], alone: 0, forked: 0 };
        for level in 1..levels {
            let uniform = |n: usize| luck.uniform(0, (level as u64) << 32 | n as u64, 0);
            for parent in continued(walks.len(), effort, uniform) {
                batch.forked += 1;
                let fork = walks[parent].0.fork(batch.forked);
                walks.push((fork, false));
            }
            walks.retain_mut(|(walk, _)| walk.passes(level));
            batch.passed.push(walks.len() as u64);
        }
        batch.alone = walks.iter().filter(|(_, is_alone)| *is_alone).count() as u64;
        batch
    }

    /// The probability that it says, of so many runs a level.
    fn share(&self, effort: u64) -> f64 {
        self.passed.iter().map(|&passed| passed as f64 / effort as f64).product()
    }
}

/// Of whom the forks are that make so many runs of those that passed: of all alike, and what is left of some that are
/// chosen. Nobody if none passed.
fn continued(passed: usize, wanted: usize, mut uniform: impl FnMut(usize) -> f64) -> Vec<usize> {
    if passed == 0 {
        return Vec::new();
    }
    let missing = wanted - passed;
    let mut parents: Vec<usize> = (0..missing - missing % passed).map(|at| at % passed).collect();
    let mut others: Vec<usize> = (0..passed).collect();
    for chosen in 0..missing % passed {
        let among = (uniform(chosen) * (passed - chosen) as f64) as usize;
        others.swap(chosen, chosen + among);
        parents.push(others[chosen]);
    }
    parents
}

/// A level of a deployment: how far the shift to a bad release has come, with nobody having ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The listener gave it the first of its traffic.
    FirstShift,
    /// So many seconds have passed since.
    After(u32),
    /// The listener gave it all of it.
    FullShift,
}

/// What splitting has to say of one variant.
#[derive(Clone, Debug, PartialEq)]
pub enum Splitting {
    /// No release that the first deployment may bring is bad.
    NothingBad,
    /// It was interrupted before all batches were played.
    Interrupted,
    /// All were played.
    Played(Played),
}

/// The batches of one variant, played with its bad releases only.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// How likely the first deployment brings one of them, exactly.
    pub bad_share: f64,
    /// How many runs there are at each level of a batch.
    pub effort: u64,
    /// The levels, in order; the last one is the end.
    pub levels: Vec<Level>,
    /// The batches; never fewer than two.
    pub batches: Vec<Batch>,
}

/// A probability, as far as splitting knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Estimate {
    /// It is so, and lies there.
    Known {
        /// The mean of the batches.
        probability: f64,
        /// What 95 % of such intervals hold.
        interval: Interval,
    },
    /// The batches say nothing that would hold, or all the same. It lies there by the runs that were begun alone, counted.
    Bounded(Interval),
}

impl Estimate {
    /// That of something that happens in addition, independent of it, with this probability.
    fn and(self, share: f64) -> Estimate {
        let part = |of: Interval| Interval { low: share * of.low, high: share * of.high };
        match self {
            Estimate::Known { probability, interval } => {
                Estimate::Known { probability: share * probability, interval: part(interval) }
            }
            Estimate::Bounded(interval) => Estimate::Bounded(part(interval)),
        }
    }
}

impl Played {
    /// The probability for a bad release.
    pub fn of_bad(&self) -> Estimate {
        let shares = self.shares();
        let (mean, variance) = statistics::moments(&shares);
        if variance == 0.0 || variance.sqrt() > SPREAD_MAX * mean {
            let alone = self.batches.iter().map(|batch| batch.alone).sum();
            return Estimate::Bounded(statistics::shown(alone, self.begun()));
        }
        let Interval { low, high } = statistics::of_batches(&shares);
        let interval = Interval { low: low.max(0.0), high: high.min(1.0) };
        Estimate::Known { probability: mean, interval }
    }

    /// The probability for whatever release is drawn.
    pub fn of_all(&self) -> Estimate {
        self.of_bad().and(self.bad_share)
    }

    /// How many replications of all releases would have to be counted to know the probability as well.
    pub fn counted_runs(&self) -> Option<f64> {
        let Estimate::Known { probability: p, .. } = self.of_all() else { return None };
        let variance = statistics::moments(&self.shares()).1 / self.batches.len() as f64;
        let variance = self.bad_share * self.bad_share * variance;
        Some(p * (1.0 - p) / variance)
    }

    /// How many runs were begun.
    pub fn begun(&self) -> u64 {
        self.effort * self.batches.len() as u64
    }

    /// How many were forked from one of them on its way.
    pub fn forked(&self) -> u64 {
        self.batches.iter().map(|batch| batch.forked).sum()
    }

    /// Whether every run reached the end.
    pub fn all_came(&self) -> bool {
        self.batches.iter().all(|batch| batch.passed.last() == Some(&self.effort))
    }

    /// In how many batches none reached the end.
    pub fn died_out(&self) -> usize {
        self.batches.iter().filter(|batch| batch.passed.last() == Some(&0)).count()
    }

    /// Which part of the runs that came so far passed each level, in all batches together; none came to where it is none.
    pub fn passing(&self) -> Vec<(Level, Option<f64>)> {
        let passing = |(at, &level): (usize, &Level)| {
            let came = |batch: &Batch| match at {
                0 => self.effort,
                _ if batch.passed[at - 1] > 0 => self.effort,
                _ => 0,
            };
            let came: u64 = self.batches.iter().map(came).sum();
            let passed: u64 = self.batches.iter().map(|batch| batch.passed[at]).sum();
            (level, (came > 0).then(|| passed as f64 / came as f64))
        };
        self.levels.iter().enumerate().map(passing).collect()
    }

    fn shares(&self) -> Vec<f64> {
        self.batches.iter().map(|batch| batch.share(self.effort)).collect()
    }
}
