//! What becomes of the invocations that an alias sends to one version of a function.
//!
//! The function may have no room for one, or no environment yet; what is invoked is answered, or ended by the timeout. Not
//! which version it is (`function`), how many environments there are (`concurrency`), nor what the function's code answers
//! (`answered`). Rules: LAM-INV-1, LAM-MET-2, LAM-CON-1 to LAM-CON-5, LAM-COLD-1 to LAM-COLD-3.

use super::behind::{Behind, Coming, Conduct, Loss};
use super::{Traffic, small};
use crate::agenda::Outbox;
use crate::aws::id::TargetGroupId;
use crate::cloud::arrival::expected;
use crate::cloud::concurrency::{Bounds, Demand, Environments, throttled};
use crate::cloud::line::Passage;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::{Fact, FailureCause};
use crate::scenario::Scenario;

/// The environments of a function's versions, by their place in the alias.
#[derive(Clone, Debug)]
pub struct Concurrency {
    environments: [Environments; 2],
    /// What is provisioned for the version in each place, and from when on it is there.
    provisioned: [(u32, SimTime); 2],
    /// How many invocations may run at once.
    most: u32,
}

/// What room a function has for the invocations of a cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    /// The share that is throttled.
    throttled: f64,
    /// How many environments are started for those that are not.
    started: f64,
}

impl Concurrency {
    /// That of a scenario's function before anybody has invoked it; nothing where it is not known how long an invocation of
    /// each version takes.
    pub fn of(scenario: &Scenario) -> Option<Concurrency> {
        let function = scenario.function()?;
        let mut revisions = scenario.candidates.iter().chain([&scenario.original]);
        if revisions.any(|revision| revision.latency.is_none()) {
            return None;
        }
        let most = function.reserved_concurrency;
        Some(Concurrency {
            environments: Default::default(),
            provisioned: [(0, SimTime::ZERO); 2],
            most: most.unwrap_or(scenario.assumptions.account_concurrency),
        })
    }

    fn bounds(&self, place: usize, from: SimTime, lifetime: SimDuration) -> Bounds {
        let (provisioned, since) = self.provisioned[place];
        let provisioned = if since <= from { provisioned } else { 0 };
        Bounds { lifetime, most: self.most, provisioned }
    }
}

impl Traffic<'_> {
    /// These versions stand in the places of the alias from now on: one that has come has no environments but those that
    /// are provisioned for it, by place, and those of the alias from an instant on, if it is the one to which the alias
    /// points.
    pub fn route(
        &mut self,
        (own, of_alias): ([u32; 2], u32),
        (before, versions): ([u32; 2], [u32; 2]),
        (pointed, allocated): (TargetGroupId, SimTime),
    ) {
        let Some(concurrency) = &mut self.concurrency else { return };
        for place in [TargetGroupId(0), TargetGroupId(1)].map(TargetGroupId::index) {
            if before[place] != versions[place] {
                concurrency.environments[place] = Environments::default();
            }
            let of_alias = if place == pointed.index() { of_alias } else { 0 };
            let known = concurrency.provisioned[place];
            concurrency.provisioned[place] = match of_alias {
                0 => (own[place], SimTime::ZERO),
                // What is there already stays.
                of_alias if known.0 == of_alias && before[place] == versions[place] => known,
                of_alias => (of_alias, allocated),
            };
            if before[place] == versions[place] && of_alias == 0 {
                concurrency.environments[place].take_over(known.0.saturating_sub(own[place]));
            }
        }
    }

    /// The original has been invoked for long, at the rate of creation.
    pub(super) fn settle_environments(&mut self) {
        let lifetime = self.scenario.assumptions.environment_lifetime;
        let minute = 60_000;
        let per_second =
            expected(&self.scenario.traffic, self.zero_in_day, 0, minute) * self.noise.1 / 60.0;
        let place = self.scenario.original().index();
        let hold_s = self.hold_s(&self.behind[place], 1.0);
        if let Some(concurrency) = &mut self.concurrency {
            let bounds = concurrency.bounds(place, SimTime::ZERO, lifetime);
            concurrency.environments[place] =
                Environments::settled(Demand { per_second, hold_s }, bounds);
        }
    }

    /// How long an invocation keeps its environment busy, in seconds: until it is answered or ended.
    fn hold_s(&self, behind: &Behind<'_>, slower: f64) -> f64 {
        let latency = behind.revision.and_then(|revision| revision.latency.as_ref());
        let timeout_ms = self.scenario.patience().as_millis() as f64;
        latency.map_or(0.0, |law| slower * law.mean_up_to(timeout_ms / slower) / 1000.0)
    }

    /// How long the start of an environment takes on average, in seconds (LAM-COLD-3).
    fn init_s(&self, behind: &Behind<'_>) -> f64 {
        let own = behind.revision.and_then(|revision| revision.boot.as_ref());
        own.unwrap_or(&self.scenario.assumptions.function_init).mean() / 1000.0
    }

    /// What room each version has in a stretch in which so many invocations are expected, and this share of them for the
    /// second place.
    pub(super) fn rooms(
        &mut self,
        from: SimTime,
        to: SimTime,
        expected: f64,
        share: f64,
    ) -> [Room; 2] {
        let Some(mut concurrency) = self.concurrency.take() else { return Default::default() };
        let within = to.since(from);
        let seconds = within.as_millis() as f64 / 1000.0;
        let lifetime = self.scenario.assumptions.environment_lifetime;
        let mut rooms = [Room::default(); 2];
        let mut demands = [Demand::default(); 2];
        for (place, share) in [1.0 - share, share].into_iter().enumerate() {
            let behind = &self.behind[place];
            let room = Room::default();
            let coming = Coming { requests: 0, expected: expected * share, share, within, room };
            let hold_s = self.hold_s(behind, behind.conduct(from, coming).slower);
            let per_second = expected * share / seconds;
            let bounds = concurrency.bounds(place, from, lifetime);
            let demand = Demand { per_second, hold_s };
            let started = concurrency.environments[place].pass(demand, bounds, within);
            // Environments that start are busy too.
            let starting = if per_second > 0.0 {
                started * self.init_s(behind) / (per_second * seconds)
            } else {
                0.0
            };
            rooms[place].started = started;
            demands[place] = Demand { per_second, hold_s: hold_s + starting };
        }
        let share = throttled(demands, concurrency.most);
        rooms.iter_mut().for_each(|room| room.throttled = share);
        self.concurrency = Some(concurrency);
        rooms
    }

    /// Invocations of one cut: those that find no room are throttled, those that take longer than the timeout end with an
    /// error, the others are answered.
    pub(super) fn invoke(
        &mut self,
        group: TargetGroupId,
        coming: Coming,
        conduct: &Conduct,
        out: &mut Outbox<'_>,
    ) {
        let behind = self.behind[group.index()];
        let passage = Passage::free(coming.expected);
        let Room { throttled, started } = coming.room;
        let refused = self.lose(Loss::Throttled, coming.requests, throttled, group, out);
        let invoked = coming.requests - refused;
        let late = behind.late(&passage, conduct.slower, self.scenario.patience());
        let timed_out = self.lose(Loss::Late, invoked, late, group, out);
        let tally = &mut self.tallies[group.index()];
        tally.requests += invoked;
        tally.throttled += refused;
        tally.http_504 += timed_out;
        self.reject(group, 429, refused, out);
        if invoked > 0 {
            self.answer((group, &behind), [invoked - timed_out, timed_out], conduct, out);
            self.tell_cause(group, FailureCause::Timeout, timed_out, out);
            self.tell_started(group, invoked, started / coming.expected, out);
            let part = self.timed(&behind, invoked, coming, conduct.slower, passage.waits);
            part.into_iter().for_each(|part| self.answers[group.index()].add(part));
        }
    }

    /// How many of the invocations waited for an environment to start (LAM-COLD-1).
    fn tell_started(
        &self,
        target_group: TargetGroupId,
        invoked: u64,
        share: f64,
        out: &mut Outbox<'_>,
    ) {
        let started = self.lose(Loss::ColdStart, invoked, share.min(1.0), target_group, out);
        if started > 0 {
            let invocations = small(started);
            out.record(Fact::EnvironmentsStarted { target_group, invocations });
        }
    }
}
