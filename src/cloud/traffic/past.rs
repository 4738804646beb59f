//! What the original answered before the deployment was created: drawn, not simulated (decision: history).

use super::{MINUTE_MS, Traffic, part};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::TargetGroupId;
use crate::cloud::arrival::expected_before;
use crate::cloud::metric::{Tally, busy_us};
use crate::engine::time::SimDuration;
use crate::engine::{count, normal};
use crate::scenario::traffic;

impl Traffic {
    /// What requests to a group met before the deployment was created, in the minute that began so many minutes before
    /// that of instant zero, or in this one up to it (0). `noise` is the state of the minute after it; it becomes that
    /// of this one, since noise looks the same from both sides of time.
    pub fn before_creation(
        &self,
        group: TargetGroupId,
        ago: u64,
        noise: &mut f64,
        plan: &traffic::Traffic,
        out: &mut Outbox<'_>,
    ) -> Tally {
        let draws = out.chance().at(Purpose::History, ago);
        let mut factor = self.noise.1;
        if let Some(law) = self.noise_law.filter(|_| ago > 0) {
            *noise = law.next(*noise, normal::quantile(draws.uniform(0)));
            factor = law.factor(*noise);
        }
        let begun = self.zero_in_minute + ago * MINUTE_MS;
        let length = if ago == 0 { begun } else { MINUTE_MS };
        let mean = expected_before(plan, self.zero_in_day, begun, length) * factor;
        let requests = if mean > 0.0 { count::poisson(mean, draws.uniform(1)) } else { 0 };
        let answer = &self.answers[group.index()];
        let late = part(requests, answer.timeouts, || draws.uniform(2));
        let reset = part(requests - late, answer.resets, || draws.uniform(3));
        let answered = requests - late - reset;
        let failed = part(answered, answer.errors, || draws.uniform(4));
        let within = SimDuration::from_millis(length);
        let busy_us = busy_us(requests, answer.task_ms, self.serving[group.index()], within);
        Tally {
            requests,
            answered,
            failed,
            refused: 0,
            http_502: reset,
            http_503: 0,
            http_504: late,
            busy_us,
        }
    }
}
