//! Requests that are open at a target when it ends: they are cut off, 502.
//!
//! Requests come as a Poisson process and take their time each on its own, so those still open are Poisson too
//! (M/G/infinity): the expected number is the rate, times the integral of P(S > s) over how long ago they can
//! have come. Rules: ELB-DR-2, ELB-DR-3, ECS-TASK-21 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::TaskPlace;
use crate::cloud::Cloud;
use crate::cloud::task::purpose_of;
use crate::engine::count;
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;

/// A count fits its fact: more than this is nobody's traffic.
const OPEN_MAX: f64 = 4e9;

impl Cloud<'_> {
    /// The connections of a target end now; a second time nothing is left to cut.
    pub(in crate::cloud) fn cut_off_open_requests(
        &mut self,
        place: TaskPlace,
        out: &mut Outbox<'_>,
    ) {
        let Some(history) = &self.traffic.history else { return };
        let Some(latency) = &self.revision_of(place).latency else { return };
        let group = self.group_of(place);
        let task = self.task(place);
        if !task.answering {
            return;
        }
        let [from, until] = task.serving;
        let until = until.min(out.now());
        let mut mean = 0.0;
        let idle = self.scenario.assumptions.idle_timeout.as_millis() as f64;
        let late = latency.survival(idle);
        for piece in history.pieces(group, from, until) {
            // What has been open for longer was answered with 504, and what would be late was counted so.
            let age = |at: SimTime| (out.now().since(at).as_millis() as f64).min(idle);
            let (youngest, oldest) = (age(piece.until), piece.from.map_or(idle, age));
            let open = latency.mean_up_to(oldest) - latency.mean_up_to(youngest);
            let open = open - late * (oldest - youngest);
            let rate = self.traffic.rate_before(piece.until);
            mean += rate * piece.share / 1000.0 * open.max(0.0);
        }
        let (ordinal, bad) = (task.ordinal, self.revision_of(place).bad);
        if mean <= 0.0 {
            return;
        }
        let purpose = purpose_of(
            self.role_of(place),
            Purpose::OriginalOpenRequests,
            Purpose::ReplacementOpenRequests,
        );
        let uniform = out.chance().at(purpose, ordinal).uniform(0);
        let requests = count::poisson(mean.min(OPEN_MAX), uniform);
        if requests > 0 {
            self.traffic.tallies[group.index()].http_502 += requests;
            let requests = u32::try_from(requests).unwrap_or(u32::MAX);
            out.record(Fact::RequestsCutOff { target_group: group, requests, bad });
        }
    }
}
