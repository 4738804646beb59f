//! Requests that go to unhealthy targets because too few are healthy, counted for the metric of it.
//!
//! They are counted, not drawn: no stretch is cut for them. Rules: ELB-FO-1, ELB-FO-4 (docs/semantics/environment.md).

use super::Traffic;
use crate::aws::id::TargetGroupId;
use crate::engine::time::SimTime;

/// The part of a group's requests that is routed without regard to health.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FailOpen {
    /// Now, and since when.
    part: f64,
    since: SimTime,
    /// Its integral over the present stretch up to then, in milliseconds.
    sum: f64,
    /// Of the last stretch that was drawn, on average.
    settled: f64,
}

impl FailOpen {
    fn pass(&mut self, until: SimTime) {
        self.sum += self.part * until.since(self.since).as_millis() as f64;
        self.since = until;
    }

    /// A stretch is over.
    pub(super) fn settle(&mut self, from: SimTime, to: SimTime) {
        self.pass(to);
        if self.sum == 0.0 {
            self.settled = 0.0;
            return;
        }
        self.settled = self.sum / to.since(from).as_millis() as f64;
        self.sum = 0.0;
    }

    /// So many of its requests.
    pub(super) fn of(&self, requests: u64) -> u64 {
        if self.settled == 0.0 {
            return 0;
        }
        libm::round(requests as f64 * self.settled) as u64
    }
}

impl Traffic<'_> {
    /// This part of a group's requests is routed without regard to health from now on.
    pub fn fail_open(&mut self, group: TargetGroupId, part: f64, now: SimTime) {
        let open = &mut self.open[group.index()];
        if open.part != part {
            open.pass(now);
            open.part = part;
        }
    }
}
