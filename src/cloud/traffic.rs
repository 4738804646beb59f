//! Requests in, answers and errors out: in aggregate, a simulated minute at a time.
//!
//! A minute is cut where weights or targets change. Arrivals are drawn first and split then, so that a minute
//! has the same requests however they are split. What happens in a cut is drawn from the uniforms of its
//! minute and target group, by inversion, so that it grows with rate, weight and error rate on every path
//! and its cost does not depend on the rate. Not which group a request meets (`load_balancer`).
//! Decisions 7 and 8 of the design; rules: CD-TRAF-8, ELB-ERR-1, ELB-DR-2, ELB-MET-1, NLB-3.

mod answered;
mod behind;
mod fail_open;
mod invocation;
mod past;
mod rejection;

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::TargetGroupId;
use crate::cloud::arrival::expected;
use crate::cloud::assignment::Assignments;
use crate::cloud::measure::Tally;
use crate::cloud::noise::NoiseLaw;
use crate::cloud::request_history::History;
use crate::cloud::response::{Answers, Part};
use crate::cloud::target_group::Reach;
use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};
use crate::engine::{count, normal};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::monitoring::{FINE, MINUTE};
use crate::scenario::revision::Revision;
use behind::{Behind, Coming};
use fail_open::FailOpen;
use invocation::Concurrency;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 86_400_000;
/// The first uniform of a minute's block for target group 0 is its noise; that of group 1 is not used.
const NOISE_DRAW: u32 = 0;
/// Where more instances than this serve, not every change of them makes a cut.
const LARGE_GROUP: u16 = 100;
/// No cut of theirs is shorter than this, unless something else makes it.
const CUT_MIN: SimDuration = SimDuration::from_secs(1);
/// Uniforms that one cut of a minute uses by group, after the first: arrivals or split, refused ones, failed
/// ones.
const DRAWS_A_CUT: u32 = 3;
/// Which of them says how many the application fails.
const ERRORS_DRAW: u32 = 2;

/// The traffic of one run.
#[derive(Clone, Debug)]
pub struct Traffic<'s> {
    scenario: &'s Scenario,
    /// What one target of each group got, where anybody asks how long requests have been open.
    pub history: Option<History>,
    /// Where clients are sent that stay with their target group, if they do.
    assignments: Option<Assignments>,
    /// How noise goes on, if there is any.
    noise_law: Option<NoiseLaw>,
    /// Whether anybody watches how long answers take.
    is_timed: bool,
    /// Cuts are made at least so often: when metrics are published.
    tick: SimDuration,
    /// Where instant zero falls in its minute of the calendar, in milliseconds.
    zero_in_minute: u64,
    /// Where instant zero falls in its local day, in milliseconds.
    zero_in_day: u64,
    /// Everything before this instant is drawn.
    drawn_until: SimTime,
    /// Requests since then that are expected and not drawn yet, and up to when: of all, and of the second group.
    gathered: (SimTime, [f64; 2]),
    /// The present minute, counted from the one in which the scenario starts.
    minute: u64,
    /// Cuts made in the present minute.
    cuts: u32,
    /// The noise of the present minute: its state, and the factor on the rate.
    noise: (f64, f64),
    weights: [u16; 2],
    /// Until when the load balancer resets connections, and which part of them (NLB-3).
    resetting: (SimTime, f64),
    /// What requests meet in each group.
    behind: [Behind<'s>; 2],
    /// The part of each group's requests that is routed without regard to health.
    open: [FailOpen; 2],
    /// How many requests a target of each group has had, if any revision leaks with them.
    worn: Option<[f64; 2]>,
    /// The environments of each version of a function, if it is known how long invocations take.
    concurrency: Option<Concurrency>,
    /// Share of all answers that a dependency of the application fails.
    dependency_errors: f64,
    /// What the requests of the present minute met, by group.
    pub tallies: [Tally; 2],
    /// How long their answers took, if anybody watches that.
    pub answers: [Answers<'s>; 2],
}

impl<'s> Traffic<'s> {
    /// Traffic that has not begun.
    pub fn new(scenario: &'s Scenario) -> Traffic<'s> {
        let mut revisions = scenario.candidates.iter().chain([&scenario.original]);
        let asks = revisions.any(|revision| revision.latency.is_some());
        Traffic {
            scenario,
            history: asks.then(History::default),
            assignments: scenario.group_stay().map(Assignments::new),
            noise_law: scenario.traffic.noise.as_ref().map(NoiseLaw::of),
            is_timed: scenario.monitoring.times_answers(),
            tick: if scenario.monitoring.is_fine() { FINE } else { MINUTE },
            zero_in_minute: 0,
            zero_in_day: 0,
            drawn_until: SimTime::ZERO,
            gathered: (SimTime::ZERO, [0.0; 2]),
            minute: 0,
            cuts: 0,
            noise: (0.0, 1.0),
            weights: [0; 2],
            resetting: (SimTime::ZERO, 0.0),
            behind: Default::default(),
            open: Default::default(),
            worn: scenario.leaks().then_some([0.0; 2]),
            concurrency: Concurrency::of(scenario),
            dependency_errors: 0.0,
            tallies: Default::default(),
            answers: [Answers::with_room(), Answers::with_room()],
        }
    }

    /// Goes back to instant zero, which comes `phase` after the scenario's start. Keeps its memory.
    pub fn reset(&mut self, phase: SimDuration) {
        let start = self.scenario.start;
        let zero = start.unix_ms + phase.as_millis();
        let local = i128::from(zero) + i128::from(start.utc_offset_seconds) * 1000;
        self.history.iter_mut().for_each(History::reset);
        self.zero_in_minute = zero % MINUTE_MS;
        self.zero_in_day = local.rem_euclid(i128::from(DAY_MS)) as u64;
        self.drawn_until = SimTime::ZERO;
        self.gathered = (SimTime::ZERO, [0.0; 2]);
        self.minute = zero / MINUTE_MS - start.unix_ms / MINUTE_MS;
        self.cuts = 0;
        self.noise = (0.0, 1.0);
        self.weights = [0; 2];
        self.resetting = (SimTime::ZERO, 0.0);
        self.behind = Default::default();
        self.open = Default::default();
        self.worn.iter_mut().for_each(|worn| *worn = [0.0; 2]);
        self.concurrency = Concurrency::of(self.scenario);
        self.dependency_errors = 0.0;
        self.tallies = Default::default();
        self.answers.iter_mut().for_each(Answers::clear);
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
        self.settle_environments();
        self.await_tick(out);
    }

    /// The minute of creation had begun before it, so.
    pub fn go_on(&mut self, group: TargetGroupId, (tally, part): (Tally, Option<Part<'s>>)) {
        self.tallies[group.index()] = tally;
        part.into_iter().for_each(|part| self.answers[group.index()].add(part));
    }

    /// The next minute begins; the last one is drawn.
    pub fn begin_minute(&mut self, out: &mut Outbox<'_>) {
        self.tallies = Default::default();
        self.answers.iter_mut().for_each(Answers::clear);
        self.minute += 1;
        self.cuts = 0;
        if let Some(law) = self.noise_law {
            let z = law.next(self.noise.0, self.fresh_noise(out));
            self.noise = (z, law.factor(z));
        }
    }

    /// Whether a minute of the calendar ends now.
    pub fn is_minute_over(&self, now: SimTime) -> bool {
        (self.zero_in_minute + now.as_millis()).is_multiple_of(MINUTE_MS)
    }

    /// Arms the next end of a minute, or of what is published more often.
    pub fn await_tick(&self, out: &mut Outbox<'_>) {
        let tick = self.tick.as_millis();
        let passed = (self.zero_in_minute + out.now().as_millis()) % tick;
        out.schedule(SimDuration::from_millis(tick - passed), Event::TrafficMinute);
    }

    /// How many requests each target of a group has had on average, since instant zero; of no use, and 0, where none
    /// leaks.
    pub fn worn(&self, group: TargetGroupId) -> f64 {
        self.worn.map_or(0.0, |worn| worn[group.index()])
    }

    /// Whether tasks leak with every request.
    pub const fn wears_out(&self) -> bool {
        self.worn.is_some()
    }

    /// How many requests a second each of them is expected to get until the next look.
    pub fn pace(&self, group: TargetGroupId, look: SimDuration, now: SimTime) -> f64 {
        let expected = self.expected(now, now + look);
        let serving = f64::from(self.behind[group.index()].serving.max(1));
        1000.0 * expected * share(self.weights, group) / serving / look.as_millis() as f64
    }

    /// The state of the present minute's noise.
    pub const fn noise(&self) -> f64 {
        self.noise.0
    }

    /// New requests follow these weights from now on.
    pub fn follow(&mut self, weights: [u16; 2], out: &mut Outbox<'_>) {
        if weights != self.weights {
            match self.gathers(out.now()) {
                true => self.gather(out.now()),
                false => self.draw(out),
            }
            let [before, after] = [self.weights, weights].map(|w| share(w, TargetGroupId(1)));
            if let Some(assignments) = &mut self.assignments {
                assignments.assign(out.now(), before, after);
            }
            self.weights = weights;
            self.remember(out.now());
        }
    }

    /// Requests to a group meet this from now on, spread over so many targets.
    #[inline(always)] // What is met was just found: it needs no place in memory to be handed over in.
    pub fn meet(
        &mut self,
        group: TargetGroupId,
        (reach, serving): (Reach, u32),
        out: &mut Outbox<'_>,
    ) {
        let before = self.behind[group.index()];
        if before.reach != reach || (before.serving != serving && before.is_loaded()) {
            self.before_change(group, out);
        }
        let behind = &mut self.behind[group.index()];
        (behind.reach, behind.serving) = (reach, serving);
        self.remember(out.now());
    }

    /// What a group's requests meet changes: those up to now met what was before.
    fn before_change(&mut self, group: TargetGroupId, out: &mut Outbox<'_>) {
        if self.weights[group.index()] > 0 || self.assignments.is_some() {
            self.draw(out);
        }
    }

    /// A revision answers behind a group from now on.
    pub fn serve(&mut self, group: TargetGroupId, revision: &'s Revision, out: &mut Outbox<'_>) {
        let before = self.behind[group.index()];
        if !before.is_of(revision) {
            self.before_change(group, out);
            self.behind[group.index()] = before.replaced(revision, self.scenario.patience());
        }
    }

    /// A dependency of the application fails this share of all answers from now on.
    pub fn depend(&mut self, errors: Share, out: &mut Outbox<'_>) {
        if self.dependency_errors != errors.as_f64() {
            self.draw(out);
            self.dependency_errors = errors.as_f64();
        }
    }

    /// Whether a change of weights makes no cut: in a large group instances come and go many times a second. What they answer in
    /// one is drawn at once, which has the same law; what depends on when and how much is drawn cut by cut.
    fn gathers(&self, now: SimTime) -> bool {
        let is_even = |it: &Behind<'_>| it.defects().is_empty() && !it.is_loaded();
        self.scenario.server().is_some()
            && self.weights.iter().sum::<u16>() > LARGE_GROUP
            && now.since(self.drawn_until) < CUT_MIN
            && self.behind.iter().all(is_even)
    }

    /// Counts what is expected up to now.
    fn gather(&mut self, now: SimTime) {
        let (from, [all, second]) = self.gathered;
        let more = self.expected(from.max(self.drawn_until), now);
        self.gathered = (now, [all + more, second + more * share(self.weights, TargetGroupId(1))]);
    }

    /// How many requests are expected in a stretch of the present minute.
    fn expected(&self, from: SimTime, to: SimTime) -> f64 {
        let [from, to] = [from, to].map(SimTime::as_millis);
        expected(&self.scenario.traffic, self.zero_in_day, from, to) * self.noise.1
    }

    /// Draws what has happened since the last cut.
    pub fn draw(&mut self, out: &mut Outbox<'_>) {
        let (from, to) = (self.drawn_until, out.now());
        if from == to {
            return;
        }
        let (expected, share) = match self.gathered.1 {
            [0.0, _] => (self.expected(from, to), self.share_between(from, to, out)),
            _ => {
                self.gather(to);
                let [all, second] = std::mem::take(&mut self.gathered.1);
                (all, (second / all).min(1.0))
            }
        };
        self.drawn_until = to;
        let [first, second] = [TargetGroupId(0), TargetGroupId(1)];
        let is_any = expected != 0.0;
        let requests =
            if is_any { count::poisson(expected, self.uniform(first, 0, out)) } else { 0 };
        let moved = part(requests, share, || self.uniform(second, 0, out));
        let reset = self.reset_between(from, to);
        self.open.iter_mut().for_each(|open| open.settle(from, to));
        let rooms = self.rooms(from, to, expected, share);
        for (group, requests, share) in
            [(first, requests - moved, 1.0 - share), (second, moved, share)]
        {
            let requests = requests - self.reset_by_switch(requests, reset, group, out);
            let behind = &self.behind[group.index()];
            if let Some(worn) = &mut self.worn {
                worn[group.index()] += requests as f64 / f64::from(behind.serving.max(1));
            }
            if requests > 0 || behind.has_line() {
                let (expected, within) = (expected * share * (1.0 - reset), to.since(from));
                let room = rooms[group.index()];
                let coming = Coming { requests, expected, share, within, room };
                self.draw_group(group, from, coming, out);
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

    fn remember(&mut self, now: SimTime) {
        if let Some(history) = &mut self.history {
            let shares =
                [TargetGroupId(0), TargetGroupId(1)].map(|group| share(self.weights, group));
            history.remember(now, shares, self.behind.map(|behind| behind.serving));
        }
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
