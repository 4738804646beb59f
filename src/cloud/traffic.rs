//! Requests in, answers and errors out: in aggregate, a simulated minute at a time.
//!
//! A minute is cut where weights or targets change. Arrivals are drawn first and split then, so that a minute
//! has the same requests however they are split. What happens in a cut is drawn from the uniforms of its
//! minute and target group, by inversion, so that it grows with rate, weight and error rate on every path
//! and its cost does not depend on the rate. Not which group a request meets (`load_balancer`).
//! Decisions 7 and 8 of the design; rules: CD-TRAF-8, ELB-ERR-1, ELB-DR-2, ELB-MET-1.

mod past;

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::TargetGroupId;
use crate::cloud::arrival::expected;
use crate::cloud::assignment::Assignments;
use crate::cloud::metric::{Tally, busy_us};
use crate::cloud::noise::NoiseLaw;
use crate::cloud::request_history::History;
use crate::cloud::target_group::Reach;
use crate::engine::time::{SimDuration, SimTime};
use crate::engine::{count, normal};
use crate::journal::fact::Fact;
use crate::scenario::revision::{Revision, TaskCapacity};
use crate::scenario::traffic;
use crate::scenario::{Scenario, Start};

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 86_400_000;
/// The first uniform of a minute's block for target group 0 is its noise; that of group 1 is not used.
const NOISE_DRAW: u32 = 0;
/// Uniforms that one cut of a minute uses by group, after the first: arrivals or split, refused ones, failed
/// ones.
const DRAWS_A_CUT: u32 = 3;
/// Uniforms of each purpose that the losses of one cut use by group.
const LOSSES_A_CUT: u32 = 2;

/// How requests are lost on their way, each with a uniform of its own.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// There is no target where they come.
    Nowhere,
    /// Nothing answers, and nothing even refuses them.
    Silent,
    /// The answer comes too late.
    Late,
    /// The connection ends under them.
    Reset,
}

/// What a request meets in a target group.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Answer {
    reach: Reach,
    /// Share of the answered requests that the application fails.
    errors: f64,
    /// Share of the requests that get no answer in time.
    timeouts: f64,
    /// Share of the requests whose connection ends under them.
    resets: f64,
    /// How much of a task's time a request takes, in milliseconds; 0 where nobody says.
    task_ms: f64,
    /// Whether failures there count as caused by a bad release.
    bad: bool,
}

impl Default for Answer {
    fn default() -> Answer {
        Answer {
            reach: Reach::NOWHERE,
            errors: 0.0,
            timeouts: 0.0,
            resets: 0.0,
            task_ms: 0.0,
            bad: false,
        }
    }
}

/// The traffic of one run.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// What one target of each group got, where anybody asks how long requests have been open.
    pub history: Option<History>,
    /// Where clients are sent that stay with their target group, if they do.
    assignments: Option<Assignments>,
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
    /// How noise goes on, if there is any.
    noise_law: Option<NoiseLaw>,
    weights: [u16; 2],
    answers: [Answer; 2],
    /// What the requests of the present minute met, by group.
    pub tallies: [Tally; 2],
}

impl Traffic {
    /// Traffic that has not begun.
    pub fn new(scenario: &Scenario) -> Traffic {
        let mut revisions = scenario.candidates.iter().chain([&scenario.original]);
        let asks = revisions.any(|revision| revision.latency.is_some());
        Traffic {
            history: asks.then(History::default),
            assignments: scenario.group_stay().map(Assignments::new),
            noise_law: scenario.traffic.noise.as_ref().map(NoiseLaw::of),
            ..Traffic::default()
        }
    }

    /// Goes back to instant zero, which comes `phase` after the scenario's start.
    pub fn reset(&mut self, start: Start, phase: SimDuration) {
        let zero = start.unix_ms + phase.as_millis();
        let local = i128::from(zero) + i128::from(start.utc_offset_seconds) * 1000;
        let mut history = self.history.take();
        history.iter_mut().for_each(History::reset);
        *self = Traffic {
            history,
            assignments: self.assignments.take(),
            zero_in_minute: zero % MINUTE_MS,
            zero_in_day: local.rem_euclid(i128::from(DAY_MS)) as u64,
            minute: zero / MINUTE_MS - start.unix_ms / MINUTE_MS,
            noise: (0.0, 1.0),
            noise_law: self.noise_law,
            ..Traffic::default()
        };
    }

    /// Begins: draws the noise of the first minute and arms the second.
    pub fn begin(&mut self, out: &mut Outbox<'_>) {
        self.history.iter_mut().for_each(History::begin);
        let share = share(self.weights, TargetGroupId(1));
        self.assignments.iter_mut().for_each(|assignments| assignments.begin(share));
        if let Some(law) = self.noise_law {
            let z = self.fresh_noise(out);
            self.noise = (z, law.factor(z));
        }
        let rest = SimDuration::from_millis(MINUTE_MS - self.zero_in_minute);
        out.schedule(rest, Event::TrafficMinute);
    }

    /// The next minute begins; what the requests of the last one met is returned.
    pub fn on_minute(&mut self, plan: &traffic::Traffic, out: &mut Outbox<'_>) -> [Tally; 2] {
        self.draw(plan, out);
        self.minute += 1;
        self.cuts = 0;
        if let Some(law) = self.noise_law {
            let z = law.next(self.noise.0, self.fresh_noise(out));
            self.noise = (z, law.factor(z));
        }
        out.schedule(SimDuration::from_millis(MINUTE_MS), Event::TrafficMinute);
        std::mem::take(&mut self.tallies)
    }

    /// The state of the present minute's noise.
    pub const fn noise(&self) -> f64 {
        self.noise.0
    }

    /// New requests follow these weights from now on.
    pub fn follow(&mut self, weights: [u16; 2], plan: &traffic::Traffic, out: &mut Outbox<'_>) {
        if weights != self.weights {
            self.draw(plan, out);
            let [before, after] = [self.weights, weights].map(|w| share(w, TargetGroupId(1)));
            if let Some(assignments) = &mut self.assignments {
                assignments.assign(out.now(), before, after);
            }
            self.weights = weights;
            self.remember(out.now());
        }
    }

    /// Requests to a group meet this from now on, spread over so many targets.
    pub fn meet(
        &mut self,
        group: TargetGroupId,
        (reach, serving): (Reach, u32),
        plan: &traffic::Traffic,
        out: &mut Outbox<'_>,
    ) {
        self.serving[group.index()] = serving;
        self.remember(out.now());
        if self.answers[group.index()].reach != reach {
            self.before_change(group, plan, out);
            self.answers[group.index()].reach = reach;
        }
    }

    /// What a group's requests meet changes: those up to now met what was before.
    fn before_change(
        &mut self,
        group: TargetGroupId,
        plan: &traffic::Traffic,
        out: &mut Outbox<'_>,
    ) {
        if self.weights[group.index()] > 0 || self.assignments.is_some() {
            self.draw(plan, out);
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
        let before = self.answers[group.index()];
        let timeouts = revision
            .latency
            .as_ref()
            .map_or(0.0, |latency| latency.survival(idle_timeout.as_millis() as f64));
        let answer = Answer {
            reach: before.reach,
            errors: revision.errors.as_f64(),
            timeouts,
            resets: revision.resets.as_f64(),
            task_ms: revision.capacity.as_ref().map_or(0.0, TaskCapacity::task_ms),
            bad: revision.bad,
        };
        if answer != before {
            self.before_change(group, plan, out);
            self.answers[group.index()] = answer;
        }
    }

    /// Draws what has happened since the last cut.
    pub fn draw(&mut self, plan: &traffic::Traffic, out: &mut Outbox<'_>) {
        let (from, to) = (self.drawn_until, out.now());
        if from == to {
            return;
        }
        self.drawn_until = to;
        let expected =
            expected(plan, self.zero_in_day, from.as_millis(), to.as_millis()) * self.noise.1;
        let [first, second] = [TargetGroupId(0), TargetGroupId(1)];
        let requests = match expected {
            0.0 => 0,
            mean => count::poisson(mean, self.uniform(first, 0, out)),
        };
        let share = self.share_between(from, to, out);
        let moved = part(requests, share, || self.uniform(second, 0, out));
        for (group, requests) in [(first, requests - moved), (second, moved)] {
            if requests > 0 {
                self.draw_group(group, requests, to.since(from), out);
            }
        }
        self.cuts += 1;
    }

    /// Uniform `n` of the present cut: 0 of the first group is for the arrivals, of the second for the split.
    fn uniform(&self, group: TargetGroupId, n: u32, out: &mut Outbox<'_>) -> f64 {
        let first = NOISE_DRAW + 1 + self.cuts * DRAWS_A_CUT;
        out.chance().nth(Purpose::Traffic, self.index(group), first + n)
    }

    /// The share of the second group in a stretch of time, told if clients make it differ from the weights'.
    fn share_between(&mut self, from: SimTime, to: SimTime, out: &mut Outbox<'_>) -> f64 {
        let Some(assignments) = &mut self.assignments else {
            return share(self.weights, TargetGroupId(1));
        };
        let share = assignments.share(from, to);
        let second = libm::round(share * 1e6) as u32;
        out.record(Fact::TrafficShared { parts_per_million: [1_000_000 - second, second] });
        share
    }

    /// What becomes of the requests that chose this group.
    fn draw_group(
        &mut self,
        group: TargetGroupId,
        requests: u64,
        within: SimDuration,
        out: &mut Outbox<'_>,
    ) {
        let answer = self.answers[group.index()];
        let Reach { nowhere, down, silent } = answer.reach;
        let astray = self.loss(Loss::Nowhere, requests, nowhere, group, out);
        let requests = requests - astray;
        let lost = part(requests, down, || self.uniform(group, 1, out));
        let unanswered = self.loss(Loss::Silent, lost, silent, group, out);
        let late = self.loss(Loss::Late, requests - lost, answer.timeouts, group, out);
        let reset = self.loss(Loss::Reset, requests - lost - late, answer.resets, group, out);
        let answered = requests - lost - late - reset;
        let failed = match answered {
            0 => 0,
            answered => count::binomial(answered, answer.errors, self.uniform(group, 2, out)),
        };
        let tally = &mut self.tallies[group.index()];
        tally.requests += requests;
        tally.answered += answered;
        tally.failed += failed;
        tally.refused += lost - unanswered;
        tally.http_502 += lost - unanswered + reset;
        tally.http_503 += astray;
        tally.http_504 += unanswered + late;
        tally.busy_us +=
            busy_us(requests - lost, answer.task_ms, self.serving[group.index()], within);
        self.reject(group, 503, astray, out);
        self.reject(group, 502, lost - unanswered + reset, out);
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

    /// How many of some requests are lost so, each with this probability.
    fn loss(
        &self,
        loss: Loss,
        requests: u64,
        share: f64,
        group: TargetGroupId,
        out: &mut Outbox<'_>,
    ) -> u64 {
        let (purpose, n) = match loss {
            Loss::Silent => (Purpose::TrafficLosses, 0),
            Loss::Late => (Purpose::TrafficLosses, 1),
            Loss::Nowhere => (Purpose::TrafficDetours, 0),
            Loss::Reset => (Purpose::TrafficDetours, 1),
        };
        let draw = LOSSES_A_CUT * self.cuts + n;
        part(requests, share, || out.chance().nth(purpose, self.index(group), draw))
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
        expected(plan, self.zero_in_day, to - MINUTE_MS, to) / 60.0
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
}

/// The share of requests that a group gets: its weight over the sum. Rule: ELB-TG-1.
///
/// The health of its targets does not matter (ELB-TG-2). If all weights are 0 no group is chosen.
fn share(weights: [u16; 2], group: TargetGroupId) -> f64 {
    let total = u32::from(weights[0]) + u32::from(weights[1]);
    if total == 0 { 0.0 } else { f64::from(weights[group.index()]) / f64::from(total) }
}

/// How many of some requests meet what each meets with this probability; nothing is drawn where it is certain.
fn part(requests: u64, share: f64, uniform: impl FnOnce() -> f64) -> u64 {
    match (requests, share) {
        (0, _) | (_, 0.0) => 0,
        (requests, 1.0) => requests,
        (requests, share) => count::binomial(requests, share, uniform()),
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).expect("the rate of a scenario is limited so that a minute's count fits")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
