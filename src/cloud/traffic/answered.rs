//! What an application answers: what it fails and why, what it publishes itself, and how long it takes.
//!
//! Not what is lost before (`behind`). Rules: CW-MET-5, ELB-MET-1, ELB-MET-2.

use super::behind::{Behind, Coming, Conduct, Loss};
use super::{ERRORS_DRAW, Traffic, part, small};
use crate::agenda::Outbox;
use crate::aws::id::TargetGroupId;
use crate::cloud::line::Wait;
use crate::cloud::response::{Part, Server};
use crate::journal::fact::{Fact, FailureCause};
use crate::scenario::custom_metric::Sample;

impl<'s> Traffic<'s> {
    /// What the application answers, and fails besides because it took too long for Lambda.
    pub(super) fn answer(
        &mut self,
        (group, behind): (TargetGroupId, &Behind<'s>),
        [answered, timed_out]: [u64; 2],
        conduct: &Conduct,
        out: &mut Outbox<'_>,
    ) {
        let mut failed = part(answered, behind.errors(), || self.uniform(group, ERRORS_DRAW, out));
        let mut bad = if behind.is_bad() { failed } else { 0 };
        let mut http_4xx = 0;
        for (position, (defect, shown)) in (0..).zip(behind.defects().iter().zip(conduct.shown)) {
            let share = defect.failing() * shown;
            let met = self.lose(Loss::Defect(position), answered - failed, share, group, out);
            failed += met;
            http_4xx += if defect.http_status < 500 { met } else { 0 };
            // Where both versions are needed for it, the new one brought it.
            let brought_by_other =
                defect.when.both_versions && self.behind.iter().any(Behind::is_bad);
            bad += if behind.is_bad() || brought_by_other { met } else { 0 };
            self.tell_cause(group, FailureCause::Defect(defect.id), met, out);
        }
        let depends = self.dependency_errors;
        let by_dependency = self.lose(Loss::Dependency, answered - failed, depends, group, out);
        failed += by_dependency;
        self.tell_cause(group, FailureCause::Dependency, by_dependency, out);
        let of_clients = behind.client_errors();
        let faulty = self.lose(Loss::Client, answered - failed, of_clients, group, out);
        self.count_custom((group, behind), answered, out);
        let tally = &mut self.tallies[group.index()];
        tally.answered += answered;
        tally.http_5xx += failed - http_4xx;
        tally.http_4xx += http_4xx + faulty;
        let (failed, answered) = (failed + timed_out, answered + timed_out);
        bad += if behind.is_bad() { timed_out } else { 0 };
        let [requests, failed, bad] = [answered, failed, bad].map(small);
        out.record(Fact::RequestsAnswered { target_group: group, requests, failed, bad });
    }

    /// What the revision publishes of its answers itself.
    fn count_custom(
        &mut self,
        (group, behind): (TargetGroupId, &Behind<'s>),
        answered: u64,
        out: &mut Outbox<'_>,
    ) {
        for metric in behind.metrics() {
            if let Sample::PerRequest(share) = metric.sample {
                let ones = self.lose(Loss::Custom(metric.id), answered, share.as_f64(), group, out);
                let counted = &mut self.tallies[group.index()].custom[usize::from(metric.id)];
                counted.samples += answered;
                counted.ones += ones;
            }
        }
    }

    /// How long answers take, if anybody watches it and the revision says.
    pub(super) fn timed(
        &self,
        behind: &Behind<'s>,
        answered: u64,
        coming: Coming,
        slower: f64,
        waits: [Wait; 2],
    ) -> Option<Part<'s>> {
        if !self.is_timed || answered == 0 {
            return None;
        }
        let seconds = coming.within.as_millis() as f64 / 1000.0;
        let server = Server {
            revision: behind.revision?,
            slower,
            tasks: behind.tasks(),
            per_second: coming.expected * behind.reach.begun() / seconds,
            patience: self.scenario.patience(),
            counts_late: self.scenario.function().is_some(),
        };
        Part::new(server, answered, waits)
    }
}
