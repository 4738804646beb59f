//! What becomes of the invocations that an alias sends to one version of a function.
//!
//! Each reaches the function: nothing stands before it that could lose it. Not which version it is (`function`), nor what
//! the function's code answers (`answered`). Rules: LAM-INV-1, LAM-MET-2.

use super::Traffic;
use super::behind::{Coming, Conduct, Loss};
use crate::agenda::Outbox;
use crate::aws::id::TargetGroupId;
use crate::cloud::line::Passage;
use crate::journal::fact::FailureCause;

impl Traffic<'_> {
    /// Invocations of one cut: those that take longer than the timeout end with an error, the others are answered.
    pub(super) fn invoke(
        &mut self,
        group: TargetGroupId,
        coming: Coming,
        conduct: &Conduct,
        out: &mut Outbox<'_>,
    ) {
        let behind = self.behind[group.index()];
        let passage = Passage::free(coming.expected);
        let invoked = coming.requests;
        let late = behind.late(&passage, conduct.slower, self.scenario.patience());
        let timed_out = self.lose(Loss::Late, invoked, late, group, out);
        let tally = &mut self.tallies[group.index()];
        tally.requests += invoked;
        tally.http_504 += timed_out;
        if invoked > 0 {
            self.answer((group, &behind), [invoked - timed_out, timed_out], conduct, out);
            self.tell_cause(group, FailureCause::Timeout, timed_out, out);
            let part = self.timed(&behind, invoked, coming, conduct.slower, passage.waits);
            part.into_iter().for_each(|part| self.answers[group.index()].add(part));
        }
    }
}
