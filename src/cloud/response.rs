//! How long targets take to answer, as CloudWatch knows it: the samples of a minute, never one by one.
//!
//! A minute is kept as the laws that its answers followed. A percentile is the sample of its rank, found by halving the
//! scale of times again and again and drawing how many samples lie below: the cost does not depend on their number, and
//! whoever asks for another statistic meets the same samples. Not who waits (`line`). Rules: ELB-MET-2, CW-MET-4; V12 is
//! the law of those who wait by chance (docs/semantics/environment.md).

mod luck;

use crate::cloud::line::Wait;
use crate::engine::count;
use crate::engine::distribution::Distribution;
use crate::engine::random::Branches;
use crate::engine::time::SimDuration;
use crate::scenario::alarm::statistic::Percentile;
use crate::scenario::revision::Revision;
use luck::Luck;

/// Answers of one group that follow so many laws in a minute are kept apart; those of further cuts are taken together.
const PARTS_MAX: usize = 4;
/// Times are told apart by this part of themselves: 2^-10.
const CELLS_AN_OCTAVE: u32 = 1 << 10;
/// From 2^-10 ms up to 2^22 ms, more than an hour.
const OCTAVES: u32 = 32;
const SHORTEST_MS: f64 = 1.0 / 1024.0;
/// The mean is taken over coarser cells: 2^5 an octave.
const COARSE: u32 = 5;
/// The law of the answers of one stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Part<'s> {
    /// How many there were.
    answered: u64,
    law: Law<'s>,
    slower: f64,
    waits: [Wait; 2],
    luck: Luck,
    /// Later answers reach nobody, or are ended then.
    patience_ms: f64,
    /// Whether those that are ended count.
    counts_late: bool,
    /// The share of the requests that were begun which is answered until then.
    in_time: f64,
    /// Times of service that stand for all, each with its share in [`STRATA`], where chance makes any of them wait.
    services_ms: [f64; STRATA.len()],
}

/// What stands behind a group whose answers are timed.
#[derive(Clone, Copy, Debug)]
pub struct Server<'s> {
    /// The revision that answers.
    pub revision: &'s Revision,
    /// So many times as long everything takes.
    pub slower: f64,
    /// How many tasks answer.
    pub tasks: f64,
    /// Requests that come in a second.
    pub per_second: f64,
    /// After how long the load balancer waits no more, or Lambda ends the invocation.
    pub patience: SimDuration,
    /// Whether an answer that takes so long counts as one that took just that (LAM-MET-4).
    pub counts_late: bool,
}

/// How long one answer takes that is begun at once.
#[derive(Clone, Copy, Debug)]
enum Law<'s> {
    /// As the revision says.
    Latency(&'s Distribution),
    /// It only says how long a worker is busy: without memory, with this mean in milliseconds.
    Service(f64),
}

/// Ranges of quantiles, each from the end of the one before: finer where the tail is.
const STRATA: [f64; 16] = [
    0.08, 0.16, 0.24, 0.32, 0.40, 0.48, 0.56, 0.64, 0.72, 0.80, 0.88, 0.94, 0.97, 0.985, 0.995, 1.0,
];

impl<'s> Part<'s> {
    /// So many answers of a server, for which requests waited so; nothing if the revision says nothing of times.
    pub fn new(server: Server<'s>, answered: u64, waits: [Wait; 2]) -> Option<Part<'s>> {
        let Server { revision, slower, patience, counts_late, .. } = server;
        let law = match (&revision.latency, &revision.capacity) {
            (Some(latency), _) => Law::Latency(latency),
            (None, Some(capacity)) => Law::Service(capacity.service_time_ms),
            (None, None) => return None,
        };
        let luck = Luck::of(server);
        let mut services_ms = [0.0; STRATA.len()];
        if luck.delayed > 0.0 {
            let mut from = 0.0;
            for (service_ms, to) in services_ms.iter_mut().zip(STRATA) {
                *service_ms = slower * law.value((from + to) / 2.0);
                from = to;
            }
        }
        let patience_ms = patience.as_millis() as f64;
        let mut part = Part {
            answered,
            law,
            slower,
            waits,
            luck,
            patience_ms,
            counts_late,
            in_time: 1.0,
            services_ms,
        };
        part.in_time = part.at_all_within(patience_ms);
        Some(part)
    }

    /// The share of the answers that took no longer than so many milliseconds.
    fn within(&self, ms: f64) -> f64 {
        if self.counts_late {
            return if ms > self.patience_ms { 1.0 } else { self.at_all_within(ms) };
        }
        if ms >= self.patience_ms {
            return 1.0;
        }
        // If all of them come too late there is no answer whose time is asked for.
        if self.in_time > 0.0 { self.at_all_within(ms) / self.in_time } else { 1.0 }
    }

    /// The same of all requests that were begun, whether their answer was in time or not.
    fn at_all_within(&self, ms: f64) -> f64 {
        let of = |wait: &Wait| match wait.share {
            0.0 => 0.0,
            share => share * wait.mean_of(|wait_ms| self.served_within(ms - wait_ms)),
        };
        self.waits.iter().map(of).sum()
    }

    /// The share of requests that are answered within so many milliseconds after those before them are.
    fn served_within(&self, ms: f64) -> f64 {
        if ms <= 0.0 {
            return 0.0;
        }
        let at_once = 1.0 - self.law.survival(ms / self.slower);
        let Luck { delayed, spare } = self.luck;
        if delayed == 0.0 {
            return at_once;
        }
        let (mut from, mut later) = (0.0, 0.0);
        for (service_ms, to) in self.services_ms.iter().zip(STRATA) {
            if *service_ms < ms {
                later += (to - from) * (1.0 - libm::exp(-spare * (ms - service_ms)));
            }
            from = to;
        }
        (1.0 - delayed) * at_once + delayed * later
    }

    /// Takes the answers of another stretch of time into this one: waits between both, under the law of this one.
    fn join(&mut self, other: &Part<'s>) {
        let all = self.answered + other.answered;
        let share = other.answered as f64 / all as f64;
        let between = |own: f64, other: f64| own + (other - own) * share;
        self.answered = all;
        self.slower = between(self.slower, other.slower);
        self.luck.delayed = between(self.luck.delayed, other.luck.delayed);
        self.luck.spare = between(self.luck.spare, other.luck.spare);
        for (own, other) in self.services_ms.iter_mut().zip(other.services_ms) {
            *own = between(*own, other);
        }
        for (own, other) in self.waits.iter_mut().zip(other.waits) {
            own.share = between(own.share, other.share);
            own.first_ms = between(own.first_ms, other.first_ms);
            own.last_ms = between(own.last_ms, other.last_ms);
        }
        self.in_time = self.at_all_within(self.patience_ms);
    }
}

impl Law<'_> {
    fn value(self, u: f64) -> f64 {
        match self {
            Law::Latency(latency) => latency.value(u),
            Law::Service(mean_ms) => Distribution::Exponential { mean: mean_ms }.value(u),
        }
    }

    fn survival(self, ms: f64) -> f64 {
        match self {
            Law::Latency(latency) => latency.survival(ms),
            Law::Service(mean_ms) => libm::exp(-ms / mean_ms),
        }
    }
}

/// The answers of one group in a minute.
#[derive(Clone, Debug, Default)]
pub struct Answers<'s>(Vec<Part<'s>>);

impl<'s> Answers<'s> {
    /// None yet, and room for what a minute may have.
    pub fn with_room() -> Answers<'s> {
        Answers(Vec::with_capacity(PARTS_MAX))
    }

    /// Adds those of a stretch of time.
    pub fn add(&mut self, part: Part<'s>) {
        if self.0.len() < PARTS_MAX {
            self.0.push(part);
        } else if let Some(last) = self.0.last_mut() {
            last.join(&part);
        }
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The same as others. Keeps its memory.
    pub fn copy(&mut self, other: &Answers<'s>) {
        self.0.clone_from(&other.0);
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|part| part.answered).sum()
    }
}

/// Answers of several minutes and groups, each part with the chance that decides on its samples.
#[derive(Clone, Debug, Default)]
pub struct Samples<'s> {
    parts: Vec<(Part<'s>, Branches)>,
    /// By level of the search and by part: how many samples a cell has, and where the law stands at its beginning and end.
    cells: Vec<Cell>,
}

/// The samples of one part in a range of times.
#[derive(Clone, Copy, Debug)]
struct Cell {
    samples: u64,
    below: f64,
    upto: f64,
}

impl<'s> Samples<'s> {
    /// No samples. Keeps its memory.
    pub fn clear(&mut self) {
        self.parts.clear();
    }

    /// The answers of a group in a minute, with its chance.
    pub fn add(&mut self, answers: &Answers<'s>, chance: &Branches) {
        let own = |position| chance.sibling(position);
        self.parts.extend((0..).zip(&answers.0).map(|(position, part)| (*part, own(position))));
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.parts.iter().map(|(part, _)| part.answered).sum()
    }

    /// The sample of a percentile, in milliseconds.
    pub fn percentile(&mut self, percentile: Percentile) -> f64 {
        self.ranked(percentile.rank(self.count()))
    }

    /// The sample of a rank, from 1, in milliseconds: the middle of one of 1024 cells an octave.
    pub fn ranked(&mut self, mut rank: u64) -> f64 {
        self.begin();
        let (mut from, mut to) = (0, OCTAVES * CELLS_AN_OCTAVE);
        let mut node = 1;
        let width = self.parts.len();
        while to - from > 1 {
            let middle = from.midpoint(to);
            let lower = self.split(0, node, middle);
            // What was split stands behind: the lower halves, then the upper ones.
            let is_lower = rank <= lower;
            if !is_lower {
                rank -= lower;
            }
            let taken = if is_lower { width } else { 2 * width };
            self.cells.copy_within(taken..taken + width, 0);
            self.cells.truncate(width);
            (from, to) = if is_lower { (from, middle) } else { (middle, to) };
            node = 2 * node + u32::from(!is_lower);
        }
        middle_ms(from, to).min(self.longest_ms())
    }

    /// No sample is longer, where those are counted that are ended.
    fn longest_ms(&self) -> f64 {
        let limits = self.parts.iter().map(|(part, _)| match part.counts_late {
            true => part.patience_ms,
            false => f64::INFINITY,
        });
        limits.fold(0.0, f64::max)
    }

    /// The mean of all samples in milliseconds, over cells of 2^-5 of themselves.
    pub fn mean(&mut self) -> f64 {
        self.begin();
        let sum = self.sum(0, 1, (0, OCTAVES * CELLS_AN_OCTAVE));
        sum / self.count() as f64
    }

    /// The sum over the cells at a place, which are those of a node.
    fn sum(&mut self, place: usize, node: u32, (from, to): (u32, u32)) -> f64 {
        let width = self.parts.len();
        let samples: u64 = self.cells[place..place + width].iter().map(|cell| cell.samples).sum();
        if samples == 0 || to - from <= CELLS_AN_OCTAVE >> COARSE {
            return samples as f64 * middle_ms(from, to);
        }
        let middle = from.midpoint(to);
        self.split(place, node, middle);
        let upper = self.sum(place + 2 * width, 2 * node + 1, (middle, to));
        self.cells.truncate(place + 2 * width);
        let lower = self.sum(place + width, 2 * node, (from, middle));
        self.cells.truncate(place + width);
        lower + upper
    }

    /// All samples in one cell.
    fn begin(&mut self) {
        let whole = |part: &Part<'_>| Cell { samples: part.answered, below: 0.0, upto: 1.0 };
        self.cells.clear();
        self.cells.extend(self.parts.iter().map(|(part, _)| whole(part)));
    }

    /// Halves the cells at a place: the lower ones and then the upper ones are added behind all. How many samples lie in
    /// the lower ones is returned.
    fn split(&mut self, place: usize, node: u32, middle: u32) -> u64 {
        let width = self.parts.len();
        let middle_ms = edge_ms(middle);
        let end = self.cells.len();
        debug_assert_eq!(place + width, end);
        self.cells.resize(end + 2 * width, Cell { samples: 0, below: 0.0, upto: 0.0 });
        let mut lower = 0;
        for (index, (part, chance)) in self.parts.iter_mut().enumerate() {
            let cell = self.cells[place + index];
            let (mut samples, mut share) = (0, cell.below);
            if cell.samples > 0 {
                share = part.within(middle_ms).clamp(cell.below, cell.upto);
                let width = cell.upto - cell.below;
                let probability = if width > 0.0 { (share - cell.below) / width } else { 1.0 };
                samples = match probability {
                    0.0 => 0,
                    1.0 => cell.samples,
                    probability => count::binomial(cell.samples, probability, chance.uniform(node)),
                };
            }
            lower += samples;
            self.cells[end + index] = Cell { samples, below: cell.below, upto: share };
            let upper = cell.samples - samples;
            self.cells[end + width + index] =
                Cell { samples: upper, below: share, upto: cell.upto };
        }
        lower
    }
}

/// The time at which a cell begins: octaves of [`CELLS_AN_OCTAVE`] equal cells each.
fn edge_ms(cell: u32) -> f64 {
    let (octave, within) = (cell / CELLS_AN_OCTAVE, cell % CELLS_AN_OCTAVE);
    let begin = libm::ldexp(SHORTEST_MS, octave as i32);
    begin * (1.0 + f64::from(within) / f64::from(CELLS_AN_OCTAVE))
}

fn middle_ms(from: u32, to: u32) -> f64 {
    edge_ms(from).midpoint(edge_ms(to))
}
