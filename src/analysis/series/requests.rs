//! What requests meet, folded into the tallies of each side.

use super::Fold;
use crate::analysis::traffic::Tally;
use crate::aws::id::TargetGroupId;
use crate::engine::time::SimTime;
use crate::journal::Entry;
use crate::journal::fact::{Fact, FailureCause};

impl Fold {
    /// Counts what a fact says of requests.
    pub(super) fn requests(&mut self, entry: &Entry) {
        let at = entry.at;
        match entry.fact {
            Fact::RequestsAnswered { target_group, requests, failed, bad } => {
                let [answered, failed, bad] = [requests, failed, bad].map(u64::from);
                self.traffic(at, target_group, Tally { answered, failed, bad, ..Tally::default() });
            }
            Fact::RequestsRejected { target_group, http_status, requests, bad } => {
                let rejected = u64::from(requests);
                let refused = if http_status == 502 { rejected } else { 0 };
                let timed_out = if http_status == 504 { rejected } else { 0 };
                let reset = if http_status == 0 { rejected } else { 0 };
                let throttled = if http_status == 429 { rejected } else { 0 };
                let bad = if bad { rejected } else { 0 };
                let met = Tally { rejected, refused, timed_out, reset, ..Tally::default() };
                let tally = Tally { throttled, bad, ..met };
                self.traffic(at, target_group, tally);
            }
            Fact::RequestsCutOff { target_group, requests, bad } => {
                let cut_off = u64::from(requests);
                let bad = if bad { cut_off } else { 0 };
                self.traffic(at, target_group, Tally { cut_off, bad, ..Tally::default() });
            }
            Fact::RequestsFailedBy { target_group, cause, requests } => {
                self.failed_by(at, target_group, cause, requests.into());
            }
            Fact::EnvironmentsStarted { target_group, invocations } => {
                let cold_starts = invocations.into();
                self.traffic(at, target_group, Tally { cold_starts, ..Tally::default() });
            }
            Fact::RequestsWaiting { target_group, waiting, .. } => {
                let mut sides = self.series.waiting.last().1;
                sides[self.series.sides.of_target_group(target_group)] = waiting;
                self.series.waiting.set(at, sides);
            }
            _ => {}
        }
    }

    fn traffic(&mut self, at: SimTime, target_group: TargetGroupId, tally: Tally) {
        let side = self.series.sides.of_target_group(target_group);
        self.minutes.add(at, side, tally);
        let mut totals = self.series.totals.last().1;
        totals[side] += tally;
        self.series.totals.set(at, totals);
    }

    /// Why requests failed that are counted by other facts.
    fn failed_by(
        &mut self,
        at: SimTime,
        target_group: TargetGroupId,
        cause: FailureCause,
        requests: u64,
    ) {
        let mut tally = Tally::default();
        match cause {
            FailureCause::Defect(defect) => {
                let defects = &mut self.series.defects;
                let place = usize::from(defect);
                defects.resize(defects.len().max(place + 1), 0);
                defects[place] += requests;
                tally.by_defects = requests;
            }
            FailureCause::Dependency => tally.by_dependency = requests,
            FailureCause::Overload => tally.overloaded = requests,
            FailureCause::Timeout => tally.by_timeout = requests,
        }
        self.traffic(at, target_group, tally);
    }
}
