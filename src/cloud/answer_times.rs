//! The metric of how long targets take to answer: what its minutes were, and what a statistic makes of them.
//!
//! Not how samples are drawn (`response`), nor when a minute can be seen (`metric`). Rules: ELB-MET-2, CW-MET-3, CW-MET-4,
//! LAM-MET-4 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::alarm::Statistic;
use crate::aws::id::TargetGroupId;
use crate::cloud::response::{Answers, Samples};
use crate::engine::random::Branches;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::Stat;
use crate::scenario::alarm::window::{UnixTime, Window};
use crate::scenario::monitoring::{MINUTE, Measure, Source};

/// The answers of as many minutes as any alarm looks at.
#[derive(Clone, Debug)]
pub struct AnswerTimes<'s> {
    /// By minute, modulo the length.
    minutes: Vec<Minute<'s>>,
    /// What was asked before, by the end of its window, modulo the length: the same samples say the same again.
    known: Vec<Option<Known>>,
    /// Work space.
    samples: Samples<'s>,
}

/// The answers of one minute, by group.
#[derive(Clone, Debug)]
struct Minute<'s> {
    from: UnixTime,
    /// The versions of a function by which they were given.
    versions: [u32; 2],
    groups: [(Answers<'s>, Option<Branches>); 2],
}

/// A value that was asked for before.
#[derive(Clone, Copy, Debug)]
struct Known {
    source: Source,
    stat: Stat,
    window: Window,
    sample_count: u64,
    value: Ratio,
}

impl<'s> AnswerTimes<'s> {
    /// Room for so many minutes.
    pub fn new(length: usize) -> AnswerTimes<'s> {
        let room = || (Answers::with_room(), None);
        let from = UnixTime::from_millis(0);
        let none = || Minute { from, versions: [0; 2], groups: [room(), room()] };
        AnswerTimes {
            minutes: (0..length).map(|_| none()).collect(),
            known: vec![None; length],
            samples: Samples::default(),
        }
    }

    /// No minute yet. Keeps its memory.
    pub fn reset(&mut self) {
        self.known.fill(None);
        for minute in &mut self.minutes {
            minute.from = UnixTime::from_millis(0);
            minute.groups.iter_mut().for_each(|(answers, _)| answers.clear());
        }
    }

    /// The answers of the minute that began at `from` and has this number, by group, with the versions of a function there;
    /// unless a later one stands there, for the past is told from its end.
    pub fn keep(
        &mut self,
        (from, number): (UnixTime, u64),
        groups: &[Answers<'s>; 2],
        versions: [u32; 2],
        out: &mut Outbox<'_>,
    ) {
        let place = self.place(from);
        let Some(minute) = self.minutes.get_mut(place).filter(|minute| minute.from < from) else {
            return;
        };
        (minute.from, minute.versions) = (from, versions);
        for (group, (answers, (kept, chance))) in (0..).zip(groups.iter().zip(&mut minute.groups)) {
            kept.copy(answers);
            let draws = out.chance().at(Purpose::ResponseTime, 2 * number + group);
            *chance = (kept.count() > 0).then(|| Branches::new(draws));
        }
    }

    /// What a statistic makes of the answers of some minutes in a window, in seconds, or for `Duration` in milliseconds;
    /// `sample_count` is how many there are.
    pub fn value(
        &mut self,
        source: Source,
        stat: Stat,
        window: Window,
        sample_count: u64,
        minutes: impl Iterator<Item = UnixTime>,
    ) -> Option<Ratio> {
        let place = self.place(window.until);
        let is_same = |known: &Known| {
            (known.source, known.stat) == (source, stat)
                && (known.window, known.sample_count) == (window, sample_count)
        };
        if let Some(known) = self.known[place].filter(is_same) {
            return Some(known.value);
        }
        self.samples.clear();
        for from in minutes {
            let minute = &self.minutes[self.place(from)];
            for (group, (answers, chance)) in (0..).zip(&minute.groups) {
                let is_meant = source.scope.covers(TargetGroupId(group), minute.versions);
                if let Some(chance) = chance.as_ref().filter(|_| is_meant) {
                    self.samples.add(answers, chance);
                }
            }
        }
        let samples = &mut self.samples;
        let ms = match stat {
            Stat::Percentile(percentile) => samples.percentile(percentile),
            Stat::Statistic(Statistic::Average) => samples.mean(),
            Stat::Statistic(Statistic::Sum) => samples.mean() * sample_count as f64,
            Stat::Statistic(Statistic::Minimum) => samples.ranked(1),
            Stat::Statistic(Statistic::Maximum) => samples.ranked(sample_count),
            Stat::Statistic(Statistic::SampleCount) => return Some(Ratio::count(sample_count)),
        };
        let micros = libm::round(ms * 1000.0) as u64;
        let unit = if source.measure == Measure::Duration { 1000 } else { 1_000_000 };
        let value = Ratio::count(micros).by(Ratio::whole(unit))?;
        self.known[place] = Some(Known { source, stat, window, sample_count, value });
        Some(value)
    }

    /// Where a minute stands.
    fn place(&self, at: UnixTime) -> usize {
        (at.as_millis() / MINUTE.as_millis()) as usize % self.minutes.len().max(1)
    }
}
