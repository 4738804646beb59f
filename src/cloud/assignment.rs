//! Which target group the clients of sticky sessions are sent to: the one that the weights chose when they came.
//!
//! Not with which target they stay (`spread`). Rule: ELB-TG-3 (docs/semantics/environment.md).

use crate::engine::time::SimTime;
use crate::scenario::traffic::Stay;

/// The weights that present clients were assigned by.
///
/// Clients come at an even pace and send requests evenly while they stay, so a request belongs to a client of any
/// age alike; its cookie is as old as it, modulo the cookie's duration. The share of a group is therefore a moving
/// average of the weights, exact for any stretch.
#[derive(Clone, Debug)]
pub struct Assignments {
    stay: Stay,
    /// The share that every present client was assigned by, before the changes below.
    settled: f64,
    /// Changes of the share, and when, that not every present client has met.
    changes: Vec<(SimTime, f64)>,
}

impl Assignments {
    /// Clients that stay so long, none of whom was assigned yet.
    pub const fn new(stay: Stay) -> Assignments {
        Assignments { stay, settled: 0.0, changes: Vec::new() }
    }

    /// Instant zero: every present client was assigned by this share. Keeps its memory.
    pub fn begin(&mut self, share: f64) {
        self.settled = share;
        self.changes.clear();
    }

    /// New clients are assigned by another share from now on.
    pub fn assign(&mut self, now: SimTime, from: f64, to: f64) {
        self.changes.push((now, to - from));
    }

    /// The share of all requests in a stretch of time; 0 to 1.
    pub fn share(&mut self, from: SimTime, to: SimTime) -> f64 {
        let longest = self.stay.longest();
        while let Some(&(at, by)) = self.changes.first()
            && at + longest <= from
        {
            self.settled += by;
            self.changes.remove(0);
        }
        let moved = self.changes.iter().map(|&(at, by)| by * self.met(at, from, to)).sum::<f64>();
        (self.settled + moved).clamp(0.0, 1.0)
    }

    /// The part of the requests of a stretch whose clients were assigned after an instant.
    fn met(&self, at: SimTime, from: SimTime, to: SimTime) -> f64 {
        let (session, cookie) =
            (self.stay.session.as_millis() as f64, self.stay.cookie.as_millis() as f64);
        let cycles = (session / cookie).floor();
        let rest = session - cycles * cookie;
        let after = |end: SimTime| end.as_millis() as f64 - at.as_millis() as f64;
        // The integral of min(t, x) over t from 0 to `after`.
        let area = |after: f64, x: f64| {
            let (after, within) = (after.max(0.0), after.clamp(0.0, x));
            within * within / 2.0 + x * (after - within)
        };
        let over = |x: f64| area(after(to), x) - area(after(from), x);
        (cycles * over(cookie) + over(rest)) / (session * to.since(from).as_millis() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::SimDuration;

    fn seconds(n: u64) -> SimTime {
        SimTime::from_millis(n * 1000)
    }

    fn shares(session: u64, cookie: u64) -> Vec<f64> {
        let [session, cookie] = [session, cookie].map(SimDuration::from_secs);
        let mut assignments = Assignments::new(Stay { session, cookie });
        assignments.begin(0.1);
        assignments.assign(seconds(100), 0.1, 0.6);
        let instants = [90, 100, 150, 200, 250];
        instants.map(|at| assignments.share(seconds(at), seconds(at + 10))).to_vec()
    }

    /// ELB-TG-3: only clients that come after the change meet the new weights.
    #[test]
    fn a_new_weight_meets_new_sessions_only() {
        // A session of 100 s: after t seconds t % of the clients are new; in the middle of a stretch.
        let near = |found: Vec<f64>, expected: [f64; 5]| {
            let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(close, "{found:?} is not {expected:?}");
        };
        near(shares(100, 604_800), [0.1, 0.125, 0.375, 0.6, 0.6]);
        // The cookie ends every 50 s.
        near(shares(100, 50), [0.1, 0.15, 0.6, 0.6, 0.6]);
        // Sixty seconds of every hundred within the first cookie, forty within the second.
        near(shares(100, 60), [0.1, 0.1 + 0.5 * (0.05 + 0.05), 0.1 + 0.5 * (0.55 + 0.4), 0.6, 0.6]);
    }
}
