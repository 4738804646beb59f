//! Ways in which a revision is worse than it looks: some errors, or slow answers, and when they show.
//!
//! Not how requests meet them (`cloud::traffic`).

use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};

/// At most so many defects has one revision.
pub const DEFECTS_MAX: usize = 8;
/// At most so many have all revisions together: a fact names one by a byte.
pub const ALL_DEFECTS_MAX: usize = 200;

/// One way in which a revision is worse than it looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// Which of all defects of the scenario it is.
    pub id: u8,
    /// What it is called.
    pub name: String,
    /// Share of the requests to its route that it fails.
    pub errors: Share,
    /// With which code: 400 to 599.
    pub http_status: u16,
    /// The share of all requests that go to its route.
    pub route: Share,
    /// So many times as long an answer takes, and as much of a task; 1 or more.
    pub slower: f64,
    /// When it shows.
    pub when: When,
}

/// When a defect shows: while all of this is so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct When {
    /// For so long at least its revision has had production requests.
    pub after: SimDuration,
    /// Not for longer than this since then, if given.
    pub lasts: Option<SimDuration>,
    /// Its revision gets more than this share of all requests.
    pub above: Share,
    /// Another revision gets some too.
    pub both_versions: bool,
}

/// A stretch of time, as a revision sees it.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Its beginning.
    pub from: SimTime,
    /// Its end, which is later.
    pub to: SimTime,
    /// Since when the revision has had production requests, not later than the beginning.
    pub since: SimTime,
    /// The share of all requests that it gets.
    pub share: f64,
}

impl Defect {
    /// The share of all requests that it fails while it shows.
    pub fn failing(&self) -> f64 {
        self.errors.as_f64() * self.route.as_f64()
    }
}

impl When {
    /// Always.
    pub const ALWAYS: When =
        When { after: SimDuration::ZERO, lasts: None, above: Share::ZERO, both_versions: false };

    /// In which part of a stretch it is so, 0 to 1.
    pub fn part_of(&self, stretch: Stretch) -> f64 {
        let Stretch { from, to, since, share } = stretch;
        if share <= self.above.as_f64() || (self.both_versions && share >= 1.0) {
            return 0.0;
        }
        let begin = (since + self.after).max(from);
        let end = self.lasts.map_or(to, |lasts| (since + self.after + lasts).min(to));
        if begin >= end {
            return 0.0;
        }
        end.since(begin).as_millis() as f64 / to.since(from).as_millis() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: u64, to: u64, share: f64) -> Stretch {
        let at = |seconds: u64| SimTime::from_millis(seconds * 1000);
        Stretch { from: at(from), to: at(to), since: at(100), share }
    }

    #[test]
    fn a_defect_shows_while_all_that_it_asks_for_is_so() {
        let when = When {
            after: SimDuration::from_secs(300),
            lasts: Some(SimDuration::from_secs(90)),
            above: Share::of(40),
            both_versions: true,
        };
        let parts = |share| {
            [(100, 160), (340, 400), (380, 440), (400, 460), (460, 520), (490, 550)]
                .map(|(from, to)| when.part_of(stretch(from, to, share)))
        };
        assert_eq!(parts(0.5), [0.0, 0.0, 2.0 / 3.0, 1.0, 0.5, 0.0]);
        assert_eq!((parts(0.4), parts(1.0)), ([0.0; 6], [0.0; 6]));
        assert_eq!(When::ALWAYS.part_of(stretch(100, 101, 1.0)), 1.0);
    }
}
