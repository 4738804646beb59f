//! Requests in, answers and errors out: in aggregate, a simulated minute at a time.
//!
//! A minute is cut where weights or targets change. Arrivals are drawn first and split then, so that a minute
//! has the same requests however they are split. What happens in a cut is drawn from the uniforms of its
//! minute and target group, by inversion, so that it grows with rate, weight and error rate on every path
//! and its cost does not depend on the rate. Not which group a request meets (`load_balancer`).
//! Decisions 7 and 8 of the design; rules: CD-TRAF-8, ELB-ERR-1, ELB-DR-2, ELB-MET-1.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::TargetGroupId;
use crate::cloud::request_history::History;
use crate::cloud::target_group::{Reachability, TargetGroup, Targets};
use crate::engine::time::{SimDuration, SimTime};
use crate::engine::{count, normal};
use crate::journal::fact::Fact;
use crate::scenario::revision::Revision;
use crate::scenario::service::FailOpen;
use crate::scenario::traffic::{self, Arrivals, Change, Noise};
use crate::scenario::{Scenario, Start};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 86_400_000;
/// Noise is cut off here, so that a count of one minute always fits its fact.
const NOISE_FACTOR_MAX: f64 = 6.0;
/// The first uniform of a minute's block for target group 0 is its noise; that of group 1 is not used.
const NOISE_DRAW: u32 = 0;
/// Uniforms that one cut of a minute uses by group, after the first: arrivals or split, refused ones, failed
/// ones.
const DRAWS_A_CUT: u32 = 3;
/// Uniforms that the losses of one cut use by group: of those that nothing answers, and of those that are late.
const LOSSES_A_CUT: u32 = 2;

/// What a request meets in a target group.
#[derive(Clone, Copy, Debug, Default)]
struct Answer {
    reachability: Reachability,
    /// Share of the answered requests that the application fails.
    errors: f64,
    /// Share of the requests that get no answer in time.
    timeouts: f64,
    /// Whether failures there count as caused by a bad release.
    bad: bool,
}

/// The traffic of one run.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// What one target of each group got, where anybody asks how long requests have been open.
    pub history: Option<History>,
    /// The targets of each group that requests go to.
    serving: [u32; 2],
    /// Where instant zero falls in its minute of the calendar, in milliseconds.
    zero_in_minute: u64,
    /// Where instant zero falls in its local day, in milliseconds.
    zero_in_day: u64,
    /// Everything before this instant is drawn.
    drawn_until: SimTime,
    /// The present minute, counted from the one in which the scenario starts.
    minute: u64,
    /// Cuts made in the present minute.
    cuts: u32,
    /// The noise of the present minute: its state, and the factor on the rate.
    noise: (f64, f64),
    weights: [u16; 2],
    answers: [Answer; 2],
}

impl Traffic {
    /// Traffic that has not begun.
    pub fn new(scenario: &Scenario) -> Traffic {
        let mut revisions = scenario.candidates.iter().chain([&scenario.original]);
        let asks = revisions.any(|revision| revision.latency.is_some());
        Traffic { history: asks.then(History::default), ..Traffic::default() }
    }

    /// Goes back to instant zero, which comes `phase` after the scenario's start.
    pub fn reset(&mut self, start: Start, phase: SimDuration) {
        let zero = start.unix_ms + phase.as_millis();
        let local = i128::from(zero) + i128::from(start.utc_offset_seconds) * 1000;
        let mut history = self.history.take();
        history.iter_mut().for_each(History::reset);
        *self = Traffic {
            history,
            zero_in_minute: zero % MINUTE_MS,
            zero_in_day: local.rem_euclid(i128::from(DAY_MS)) as u64,
            minute: zero / MINUTE_MS - start.unix_ms / MINUTE_MS,
            noise: (0.0, 1.0),
            ..Traffic::default()
        };
    }

    /// Begins: draws the noise of the first minute and arms the second.
    pub fn begin(&mut self, plan: &traffic::Traffic, out: &mut Outbox<'_>) {
        self.history.iter_mut().for_each(History::begin);
        if let Some(noise) = &plan.noise {
            let z = self.fresh_noise(out);
            self.noise = (z, noise_factor(noise, z));
        }
        let rest = SimDuration::from_millis(MINUTE_MS - self.zero_in_minute);
        out.schedule(rest, Event::TrafficMinute);
    }

    /// The next minute begins.
    pub fn on_minute(&mut self, plan: &traffic::Traffic, out: &mut Outbox<'_>) {
        self.draw(plan, out);
        self.minute += 1;
        self.cuts = 0;
        if let Some(noise) = &plan.noise {
            let fresh = self.fresh_noise(out);
            let kept = libm::exp(-(MINUTE_MS as f64) / noise.correlation.as_millis() as f64);
            let z = kept * self.noise.0 + (1.0 - kept * kept).sqrt() * fresh;
            self.noise = (z, noise_factor(noise, z));
        }
        out.schedule(SimDuration::from_millis(MINUTE_MS), Event::TrafficMinute);
    }

    /// New requests follow these weights from now on.
    pub fn follow(&mut self, weights: [u16; 2], plan: &traffic::Traffic, out: &mut Outbox<'_>) {
        if weights != self.weights {
            self.draw(plan, out);
            self.weights = weights;
            self.remember(out.now());
        }
    }

    /// Requests to a group meet this from now on.
    pub fn meet(
        &mut self,
        group: TargetGroupId,
        targets: &TargetGroup,
        rule: FailOpen,
        plan: &traffic::Traffic,
        out: &mut Outbox<'_>,
    ) {
        let reachability = targets.reachability(rule);
        self.serving[group.index()] = targets.serving(rule).all;
        self.remember(out.now());
        if self.answers[group.index()].reachability != reachability {
            if self.weights[group.index()] > 0 {
                self.draw(plan, out);
            }
            self.answers[group.index()].reachability = reachability;
        }
    }

    /// A revision answers behind a group from now on.
    pub fn serve(
        &mut self,
        group: TargetGroupId,
        revision: &Revision,
        idle_timeout: SimDuration,
        plan: &traffic::Traffic,
        out: &mut Outbox<'_>,
    ) {
        let answer = &self.answers[group.index()];
        let (errors, bad) = (revision.errors.as_f64(), revision.bad);
        let timeouts = revision
            .latency
            .as_ref()
            .map_or(0.0, |latency| latency.survival(idle_timeout.as_millis() as f64));
        if (answer.errors, answer.timeouts, answer.bad) != (errors, timeouts, bad) {
            if self.weights[group.index()] > 0 {
                self.draw(plan, out);
            }
            let answer = &mut self.answers[group.index()];
            (answer.errors, answer.timeouts, answer.bad) = (errors, timeouts, bad);
        }
    }

    /// Draws what has happened since the last cut.
    pub fn draw(&mut self, plan: &traffic::Traffic, out: &mut Outbox<'_>) {
        let (from, to) = (self.drawn_until, out.now());
        if from == to {
            return;
        }
        self.drawn_until = to;
        let expected = self.expected(plan, from.as_millis(), to.as_millis()) * self.noise.1;
        let [first, second] = [TargetGroupId(0), TargetGroupId(1)];
        let share = share(self.weights, second);
        let requests = match expected {
            0.0 => 0,
            mean => count::poisson(mean, self.uniform(first, 0, out)),
        };
        let moved = match share {
            0.0 => 0,
            1.0 => requests,
            share => count::binomial(requests, share, self.uniform(second, 0, out)),
        };
        for (group, requests) in [(first, requests - moved), (second, moved)] {
            if requests > 0 {
                self.draw_group(group, requests, out);
            }
        }
        self.cuts += 1;
    }

    /// Uniform `n` of the present cut: 0 of the first group is for the arrivals, of the second for the split.
    fn uniform(&self, group: TargetGroupId, n: u32, out: &mut Outbox<'_>) -> f64 {
        let first = NOISE_DRAW + 1 + self.cuts * DRAWS_A_CUT;
        out.chance().nth(Purpose::Traffic, self.index(group), first + n)
    }

    /// What becomes of the requests that chose this group.
    fn draw_group(&self, group: TargetGroupId, requests: u64, out: &mut Outbox<'_>) {
        let answer = &self.answers[group.index()];
        let (unreachable, silent) = match answer.reachability {
            Reachability::Nobody => {
                self.reject(group, 503, requests, out);
                return;
            }
            Reachability::Answering => (0.0, 0.0),
            Reachability::Partly(Targets { all, answering, silent }) => {
                let not_answering = f64::from(all - answering);
                (not_answering / f64::from(all), f64::from(silent) / not_answering)
            }
        };
        let lost = match unreachable {
            0.0 => 0,
            share => count::binomial(requests, share, self.uniform(group, 1, out)),
        };
        let unanswered = self.losses(lost, silent, 0, group, out);
        let late = self.losses(requests - lost, answer.timeouts, 1, group, out);
        let answered = requests - lost - late;
        let failed = match answered {
            0 => 0,
            answered => count::binomial(answered, answer.errors, self.uniform(group, 2, out)),
        };
        self.reject(group, 502, lost - unanswered, out);
        self.reject(group, 504, unanswered + late, out);
        if answered > 0 {
            let (requests, failed) = (small(answered), small(failed));
            let bad = if answer.bad { failed } else { 0 };
            out.record(Fact::RequestsAnswered { target_group: group, requests, failed, bad });
        }
    }

    /// Requests that the load balancer answers itself.
    fn reject(&self, group: TargetGroupId, http_status: u16, requests: u64, out: &mut Outbox<'_>) {
        if requests > 0 {
            let (requests, bad) = (small(requests), self.answers[group.index()].bad);
            out.record(Fact::RequestsRejected { target_group: group, http_status, requests, bad });
        }
    }

    /// How many of some requests are lost with this probability; number `n` of the losses of a cut.
    fn losses(
        &self,
        requests: u64,
        share: f64,
        n: u32,
        group: TargetGroupId,
        out: &mut Outbox<'_>,
    ) -> u64 {
        if requests == 0 || share == 0.0 {
            return 0;
        }
        let draw = LOSSES_A_CUT * self.cuts + n;
        let uniform = out.chance().nth(Purpose::TrafficLosses, self.index(group), draw);
        count::binomial(requests, share, uniform)
    }

    fn remember(&mut self, now: SimTime) {
        if let Some(history) = &mut self.history {
            let shares =
                [TargetGroupId(0), TargetGroupId(1)].map(|group| share(self.weights, group));
            history.remember(now, shares, self.serving);
        }
    }

    /// Requests a second that are expected in the minute before an instant.
    pub fn rate_before(&self, plan: &traffic::Traffic, until: SimTime) -> f64 {
        let to = until.as_millis().max(MINUTE_MS);
        self.expected(plan, to - MINUTE_MS, to) / 60.0
    }

    /// The block of the present minute and a target group.
    fn index(&self, group: TargetGroupId) -> u64 {
        2 * self.minute + u64::from(group.0)
    }

    /// The innovation of the present minute: standard normal.
    fn fresh_noise(&self, out: &mut Outbox<'_>) -> f64 {
        let index = self.index(TargetGroupId(0));
        normal::quantile(out.chance().nth(Purpose::Traffic, index, NOISE_DRAW))
    }

    /// Requests expected between two instants, in milliseconds since instant zero, without noise.
    fn expected(&self, plan: &traffic::Traffic, from: u64, to: u64) -> f64 {
        let mut sum = 0.0;
        let mut at = from;
        while at < to {
            let end = plan.changes.iter().flat_map(Change::ends).filter(|&end| end > at).min();
            let end = end.map_or(to, |end| end.min(to));
            let factor: f64 =
                plan.changes.iter().filter(|change| change.holds(at)).map(|c| c.factor).product();
            let arrivals = arrivals(&plan.arrivals, self.zero_in_day, at, end);
            // Nothing times however much is nothing.
            if arrivals > 0.0 {
                sum += factor * arrivals;
            }
            at = end;
        }
        sum
    }
}

/// The share of requests that a group gets: its weight over the sum. Rule: ELB-TG-1.
///
/// The health of its targets does not matter (ELB-TG-2). If all weights are 0 no group is chosen.
fn share(weights: [u16; 2], group: TargetGroupId) -> f64 {
    let total = u32::from(weights[0]) + u32::from(weights[1]);
    if total == 0 { 0.0 } else { f64::from(weights[group.index()]) / f64::from(total) }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).expect("the rate of a scenario is limited so that a minute's count fits")
}

/// exp(s z - s^2/2) with s^2 = ln(1 + cv^2): lognormal with mean 1 and that coefficient of variation.
fn noise_factor(noise: &Noise, z: f64) -> f64 {
    let variance = libm::log1p(noise.cv * noise.cv);
    libm::exp(variance.sqrt() * z - variance / 2.0).min(NOISE_FACTOR_MAX)
}

/// The integral of the rate between two instants; `zero_in_day` is the local time of instant zero.
fn arrivals(arrivals: &Arrivals, zero_in_day: u64, from: u64, to: u64) -> f64 {
    match arrivals {
        Arrivals::Constant { per_second } => per_second * seconds(to - from),
        Arrivals::Daily { per_second } => {
            pieces(zero_in_day, HOUR_MS, from, to, |hour, begin, end| {
                let (this, next) = (per_second[hour % 24], per_second[(hour + 1) % 24]);
                let middle = (begin + end) as f64 / 2.0 / HOUR_MS as f64;
                this + (next - this) * middle
            })
        }
        Arrivals::Trace { period, per_second, from: offset } => {
            pieces(offset.as_millis(), period.as_millis(), from, to, |index, _, _| {
                per_second[index % per_second.len()]
            })
        }
    }
}

/// Sums `rate x length` over the pieces that a grid of `period` cuts out of [from, to); instant zero lies
/// at `offset` on the grid. `rate` gets the grid's index and where the piece begins and ends in it.
fn pieces(
    offset: u64,
    period: u64,
    from: u64,
    to: u64,
    rate: impl Fn(usize, u64, u64) -> f64,
) -> f64 {
    let mut sum = 0.0;
    let mut at = from;
    while at < to {
        let (index, begin) = ((offset + at) / period, (offset + at) % period);
        let end = to.min(at + period - begin);
        sum += rate(index as usize, begin, begin + (end - at)) * seconds(end - at);
        at = end;
    }
    sum
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(per_second: f64, changes: Vec<Change>) -> traffic::Traffic {
        traffic::Traffic { arrivals: Arrivals::Constant { per_second }, changes, noise: None }
    }

    /// T74 (ELB-TG-1).
    #[test]
    fn a_group_gets_its_weight_over_the_sum() {
        for (weights, first, second) in [
            ([10, 10], 0.5, 0.5),
            ([10, 20], 1.0 / 3.0, 2.0 / 3.0),
            ([90, 10], 0.9, 0.1),
            ([0, 100], 0.0, 1.0),
            ([0, 0], 0.0, 0.0),
        ] {
            assert_eq!(share(weights, TargetGroupId(0)), first);
            assert_eq!(share(weights, TargetGroupId(1)), second);
        }
    }

    #[test]
    fn changes_multiply_while_they_hold() {
        let change = |at, factor, lasts: Option<u64>| Change {
            at: SimDuration::from_secs(at),
            factor,
            lasts: lasts.map(SimDuration::from_secs),
        };
        let plan = constant(10.0, vec![change(10, 3.0, Some(20)), change(20, 0.5, None)]);
        let traffic = Traffic::default();
        assert_eq!(traffic.expected(&plan, 0, 10_000), 100.0);
        assert_eq!(traffic.expected(&plan, 0, 60_000), 100.0 + 300.0 + 150.0 + 150.0);
    }

    #[test]
    fn a_trace_holds_each_value_for_its_period_and_starts_again() {
        let trace = Arrivals::Trace {
            period: SimDuration::from_secs(10),
            per_second: vec![1.0, 2.0, 3.0],
            from: SimDuration::from_secs(5),
        };
        assert_eq!(arrivals(&trace, 0, 0, 5_000), 5.0);
        assert_eq!(arrivals(&trace, 0, 0, 30_000), 5.0 + 20.0 + 30.0 + 5.0);
    }

    #[test]
    fn a_daily_shape_runs_straight_between_the_hours_and_wraps_at_midnight() {
        let mut hours = [0.0; 24];
        hours[23] = 10.0;
        let daily = Arrivals::Daily { per_second: hours };
        let at_23 = 23 * HOUR_MS;
        assert_eq!(arrivals(&daily, at_23, 0, HOUR_MS), 10.0 / 2.0 * 3600.0);
        assert_eq!(arrivals(&daily, at_23, HOUR_MS / 2, HOUR_MS / 2 + 2000), {
            let one_second_later = 10.0 * (1.0 - (1_800_000.0 + 1000.0) / 3_600_000.0);
            one_second_later * 2.0
        });
        assert_eq!(arrivals(&daily, at_23, HOUR_MS, 2 * HOUR_MS), 0.0);
    }
}
