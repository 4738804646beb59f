//! What the original answered before the deployment was created: drawn, not simulated (decision: history); and the rate of
//! the minute before an instant.

use super::behind::Coming;
use super::invocation::Room;
use super::{MINUTE_MS, Traffic, part};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::TargetGroupId;
use crate::cloud::arrival::{expected, expected_before};
use crate::cloud::line::Passage;
use crate::cloud::measure::{Counted, Tally, busy_us};
use crate::cloud::response::Part;
use crate::engine::random::DRAWS_A_BLOCK;
use crate::engine::time::{SimDuration, SimTime};
use crate::engine::{count, normal};
use crate::scenario::custom_metric::{CUSTOM_METRICS_MAX, Sample};

impl<'s> Traffic<'s> {
    /// Requests a second that are expected in the minute before an instant.
    pub fn rate_before(&self, until: SimTime) -> f64 {
        let to = until.as_millis().max(MINUTE_MS);
        expected(&self.scenario.traffic, self.zero_in_day, to - MINUTE_MS, to) / 60.0
    }

    /// What requests to a group met before the deployment was created, in the minute that began so many minutes before
    /// that of instant zero, or in this one up to it (0). `noise` is the state of the minute after it; it becomes that
    /// of this one, since noise looks the same from both sides of time. Nobody waits then, but by chance.
    pub fn before_creation(
        &self,
        group: TargetGroupId,
        ago: u64,
        noise: &mut f64,
        out: &mut Outbox<'_>,
    ) -> (Tally, Option<Part<'s>>) {
        let draws = out.chance().at(Purpose::History, ago);
        let mut factor = self.noise.1;
        if let Some(law) = self.noise_law.filter(|_| ago > 0) {
            *noise = law.next(*noise, normal::quantile(draws.uniform(0)));
            factor = law.factor(*noise);
        }
        let begun = self.zero_in_minute + ago * MINUTE_MS;
        let length = if ago == 0 { begun } else { MINUTE_MS };
        let expected =
            expected_before(&self.scenario.traffic, self.zero_in_day, begun, length) * factor;
        let requests = if expected > 0.0 { count::poisson(expected, draws.uniform(1)) } else { 0 };
        let behind = &self.behind[group.index()];
        let late = part(requests, behind.timeouts, || draws.uniform(2));
        let reset = part(requests - late, behind.resets(), || draws.uniform(3));
        let answered = requests - late - reset;
        let http_5xx = part(answered, behind.errors(), || draws.uniform(4));
        let http_4xx = part(answered - http_5xx, behind.client_errors(), || draws.uniform(5));
        let within = SimDuration::from_millis(length);
        let busy_us = busy_us(requests as f64, behind.task_ms(1.0), behind.serving, within);
        let waits = Passage::free(expected).waits;
        let coming = Coming { requests, expected, share: 1.0, within, room: Room::default() };
        let timed = if self.scenario.function().is_some() { requests } else { answered };
        let part = self.timed(behind, timed, coming, 1.0, waits);
        let mut custom = [Counted::default(); CUSTOM_METRICS_MAX];
        for metric in behind.metrics() {
            if let Sample::PerRequest(share) = metric.sample {
                let n = DRAWS_A_BLOCK as u32 + u32::from(metric.id);
                let draw = || out.chance().nth(Purpose::History, ago, n);
                let ones = super::part(answered, share.as_f64(), draw);
                custom[usize::from(metric.id)] = Counted { samples: answered, ones };
            }
        }
        let tally = Tally {
            requests,
            answered,
            http_4xx,
            http_5xx,
            http_502: reset,
            http_504: late,
            busy_us,
            custom,
            ..Tally::default()
        };
        (tally, part)
    }
}
