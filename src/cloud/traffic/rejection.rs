//! Requests that the load balancer answers itself, or whose connection it resets: behind a Network Load Balancer for a
//! while once new ones follow a switch.
//!
//! Not how long the old targets get connections before (`api::elb`). Rules: ELB-ERR-1, NLB-3 (docs/semantics/environment.md).

use super::behind::Loss;
use super::{Traffic, small};
use crate::agenda::Outbox;
use crate::aws::id::TargetGroupId;
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;

impl Traffic<'_> {
    /// Part of the connections is reset from now on, for a while. Rule: NLB-3.
    pub fn reset_connections(&mut self, until: SimTime, part: f64) {
        self.resetting = (until, part);
    }

    /// The part of the connections of a stretch of time that is reset.
    pub(super) fn reset_between(&self, from: SimTime, to: SimTime) -> f64 {
        let (until, part) = self.resetting;
        if until <= from {
            return 0.0;
        }
        let resetting = until.min(to).since(from).as_millis() as f64;
        part * (resetting / to.since(from).as_millis() as f64)
    }

    /// Requests whose connection the load balancer resets; nobody's release is to blame.
    pub(super) fn reset_by_switch(
        &self,
        requests: u64,
        share: f64,
        target_group: TargetGroupId,
        out: &mut Outbox<'_>,
    ) -> u64 {
        let reset = self.lose(Loss::Switch, requests, share, target_group, out);
        if reset > 0 {
            let requests = small(reset);
            out.record(Fact::RequestsRejected {
                target_group,
                http_status: 0,
                requests,
                bad: false,
            });
        }
        reset
    }

    /// Requests that the load balancer answers itself.
    pub(super) fn reject(
        &self,
        group: TargetGroupId,
        http_status: u16,
        requests: u64,
        out: &mut Outbox<'_>,
    ) {
        if requests > 0 {
            let (requests, bad) = (small(requests), self.behind[group.index()].is_bad());
            out.record(Fact::RequestsRejected { target_group: group, http_status, requests, bad });
        }
    }
}
