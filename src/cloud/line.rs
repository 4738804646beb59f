//! The line before the tasks of one target group: what comes faster than they can serve waits.
//!
//! Not how long an answer takes once it is begun (`response`). A group is served as one line by all workers of all its
//! tasks together; the load balancer gives up a request that has waited for its idle timeout (ELB-ERR-1), so that no
//! more than that ever waits. The laws are in `engine::queueing`; V13 holds them in runs.

use crate::engine::queueing::{Backlog, Flow};
use crate::engine::time::SimDuration;

/// What a stretch of time brings to a line.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Requests that are expected in it.
    pub expected: f64,
    /// How long it is.
    pub within: SimDuration,
    /// How many requests the tasks can serve in a second.
    pub capacity: f64,
    /// How long a request waits at most.
    pub patience: SimDuration,
}

/// How long the requests wait that come in a part of a stretch: first so long, last so long, evenly between.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wait {
    /// The part of the stretch, 0 to 1.
    pub share: f64,
    /// The wait at its beginning, in milliseconds.
    pub first_ms: f64,
    /// The wait at its end, in milliseconds.
    pub last_ms: f64,
}

/// The moments of a part of a stretch at which a steadily changing wait is looked at.
const MOMENTS: [f64; 4] = [0.125, 0.375, 0.625, 0.875];

impl Wait {
    /// The mean of something that a wait decides, in milliseconds, over those who come.
    pub fn mean_of(&self, what: impl Fn(f64) -> f64) -> f64 {
        if self.first_ms == self.last_ms {
            return what(self.first_ms);
        }
        let at = |moment: f64| what(self.first_ms + (self.last_ms - self.first_ms) * moment);
        MOMENTS.map(at).iter().sum::<f64>() / MOMENTS.len() as f64
    }
}

/// What became of a line in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Passage {
    /// The share of those who came that waits in vain, or keeps as many others from being served in time.
    pub given_up: f64,
    /// How many were served, those that waited before included.
    pub served: f64,
    /// How long the others waited: until the line is as long as it gets or is gone, and after that.
    pub waits: [Wait; 2],
    /// How many wait at the end.
    pub waiting: f64,
}

/// Requests that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line(Backlog);

impl Line {
    /// How many wait now.
    pub const fn waiting(self) -> f64 {
        self.0.waiting()
    }

    /// Lets a stretch of time pass.
    pub fn pass(&mut self, load: Load) -> Passage {
        let Load { expected, within, capacity, patience } = load;
        let seconds = within.as_millis() as f64 / 1000.0;
        if capacity <= 0.0 {
            // Nothing serves: who waited has lost its target, and who comes does not get this far.
            *self = Line::default();
            return Passage::free(expected);
        }
        let flow = Flow { arrival_rate: expected / seconds, capacity };
        let most = capacity * patience.as_millis() as f64 / 1000.0;
        // Fewer tasks than before serve some of those that wait too late.
        let too_many = self.0.limit(most);
        let before = self.0;
        self.0.advance(within, flow);
        let over = self.0.limit(most);
        let turn = turn_after(before, flow, most).min(seconds);
        let wait_ms = |waiting: f64| 1000.0 * waiting / capacity;
        let (first_ms, last_ms) = (wait_ms(before.waiting()), wait_ms(self.waiting()));
        let given_up = if expected > 0.0 { ((too_many + over) / expected).min(1.0) } else { 0.0 };
        let waits = match turn {
            turn if turn >= seconds => [Wait { share: 1.0, first_ms, last_ms }, Wait::default()],
            turn => {
                let share = turn / seconds;
                let rest = Wait { share: 1.0 - share, first_ms: last_ms, last_ms };
                [Wait { share, first_ms, last_ms }, rest]
            }
        };
        let served = (expected + before.waiting() - over - self.waiting()).max(0.0);
        Passage { given_up, served, waits, waiting: self.waiting() }
    }
}

impl Passage {
    /// A stretch in which nobody waits.
    pub fn free(expected: f64) -> Passage {
        let nobody = Wait { share: 1.0, ..Wait::default() };
        Passage { served: expected, waits: [nobody, Wait::default()], ..Passage::default() }
    }

    /// Whether nobody waits in it.
    pub fn is_free(&self) -> bool {
        self.longest_ms() == 0.0
    }

    /// The longest wait in it, in milliseconds.
    pub fn longest_ms(&self) -> f64 {
        self.waits.iter().map(|wait| wait.first_ms.max(wait.last_ms)).fold(0.0, f64::max)
    }
}

/// After how many seconds the line is as long as it can get, or gone; infinite if neither comes.
fn turn_after(line: Backlog, flow: Flow, most: f64) -> f64 {
    let growth = flow.arrival_rate - flow.capacity;
    match growth > 0.0 {
        true => (most - line.waiting()).max(0.0) / growth,
        false => line.drained_after(flow).unwrap_or(f64::INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: SimDuration = SimDuration::from_secs(60);

    fn load(per_second: f64, seconds: u64, capacity: f64) -> Load {
        let within = SimDuration::from_secs(seconds);
        Load { expected: per_second * seconds as f64, within, capacity, patience: PATIENCE }
    }

    /// V13: capacity 60 for 120 s with 80 requests a second, then 100.
    #[test]
    fn a_line_grows_by_what_is_too_much_and_drains_by_the_surplus() {
        let mut line = Line::default();
        let grown = line.pass(load(80.0, 120, 60.0));
        assert_eq!((grown.waiting, grown.served, grown.given_up), (2400.0, 7200.0, 0.0));
        assert_eq!(grown.waits[0], Wait { share: 1.0, first_ms: 0.0, last_ms: 40_000.0 });
        let drained = line.pass(load(80.0, 240, 100.0));
        assert_eq!((drained.waiting, drained.served), (0.0, 2400.0 + 240.0 * 80.0));
        let (falling, none) = (drained.waits[0], drained.waits[1]);
        assert_eq!(falling, Wait { share: 0.5, first_ms: 24_000.0, last_ms: 0.0 });
        assert_eq!(none, Wait { share: 0.5, first_ms: 0.0, last_ms: 0.0 });
    }

    #[test]
    fn nobody_waits_for_longer_than_the_load_balancer_does() {
        let mut line = Line::default();
        // 40 a second too many: after 90 s those who come would wait for 60 s.
        let full = line.pass(load(100.0, 120, 60.0));
        assert_eq!((full.waiting, full.given_up), (3600.0, 0.1));
        assert_eq!(full.waits[1], Wait { share: 0.25, first_ms: 60_000.0, last_ms: 60_000.0 });
        assert_eq!(full.served, 7200.0);
        // Half the tasks are gone, so half of those who wait are served too late.
        let halved = line.pass(load(30.0, 60, 30.0));
        assert_eq!((halved.waiting, halved.given_up), (1800.0, 1.0));
        let gone = line.pass(load(30.0, 60, 0.0));
        assert_eq!((gone.waiting, line), (0.0, Line::default()));
    }
}
