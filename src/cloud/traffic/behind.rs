//! What becomes of the requests that chose one target group: what stands behind it, and how each may be lost.
//!
//! Not which group they chose (`traffic`), nor how long an answer takes (`response`). Rules: ELB-ERR-1, ELB-ERR-3,
//! ELB-DR-2, ELB-MET-1, CW-MET-5.

use super::invocation::Room;
use super::{ERRORS_DRAW, Traffic, part, small};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::TargetGroupId;
use crate::cloud::line::{Line, Load, Passage};
use crate::cloud::measure::busy_us;
use crate::cloud::target_group::Reach;
use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::{Fact, FailureCause};
use crate::scenario::custom_metric::{CUSTOM_METRICS_MAX, CustomMetric};
use crate::scenario::defect::{DEFECTS_MAX, Defect, Stretch};
use crate::scenario::revision::Revision;

/// Uniforms of each purpose that the losses of one cut use by group.
const LOSSES_A_CUT: u32 = 2;
/// Uniforms that the causes of failures use in one cut: the line, the client, the dependency and each defect.
const CAUSES_A_CUT: u32 = 3 + DEFECTS_MAX as u32;

/// How requests are lost on their way, each with a uniform of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    /// There is no target where they come.
    Nowhere,
    /// Nothing answers, and nothing even refuses them.
    Silent,
    /// The answer comes too late.
    Late,
    /// The connection ends under them.
    Reset,
    /// They wait in vain for a task to begin with them.
    Line,
    /// They are faulty themselves.
    Client,
    /// A dependency of the application fails.
    Dependency,
    /// A defect of the revision, by its position.
    Defect(u32),
    /// The load balancer resets the connection: the listener was switched a moment ago.
    Switch,
    /// The function has no room for them.
    Throttled,
    /// They are not lost, but wait for an environment of the function to start.
    ColdStart,
    /// They are not lost, but a metric of the revision counts them: its id.
    Custom(u8),
}

impl Loss {
    /// Its purpose, how many uniforms of that a cut uses by group, and which of them is its own.
    const fn uniform(self) -> (Purpose, u32, u32) {
        match self {
            Loss::Silent => (Purpose::TrafficLosses, LOSSES_A_CUT, 0),
            Loss::Late => (Purpose::TrafficLosses, LOSSES_A_CUT, 1),
            Loss::Nowhere => (Purpose::TrafficDetours, LOSSES_A_CUT, 0),
            Loss::Reset => (Purpose::TrafficDetours, LOSSES_A_CUT, 1),
            // A function has no zones and no connections.
            Loss::Throttled => (Purpose::TrafficDetours, LOSSES_A_CUT, 0),
            Loss::ColdStart => (Purpose::TrafficDetours, LOSSES_A_CUT, 1),
            Loss::Switch => (Purpose::SwitchResets, LOSSES_A_CUT, 0),
            Loss::Line => (Purpose::TrafficCauses, CAUSES_A_CUT, 0),
            Loss::Client => (Purpose::TrafficCauses, CAUSES_A_CUT, 1),
            Loss::Dependency => (Purpose::TrafficCauses, CAUSES_A_CUT, 2),
            Loss::Defect(position) => (Purpose::TrafficCauses, CAUSES_A_CUT, 3 + position),
            Loss::Custom(id) => (Purpose::CustomCount, CUSTOM_METRICS_MAX as u32, id as u32),
        }
    }
}

/// What stands behind one target group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind<'s> {
    /// Whether requests come to a target, and whether it is up.
    pub reach: Reach,
    /// The targets that requests go to.
    pub serving: u32,
    /// The revision that answers.
    pub revision: Option<&'s Revision>,
    /// Since when the revision has had production requests; the original has always had them.
    since: Option<SimTime>,
    /// Whether its answers can only fail or succeed: it says nothing of times, load, defects or metrics of its own.
    is_plain: bool,
    /// Share of its answers that come too late where nobody waits and no defect shows.
    pub timeouts: f64,
    line: Line,
    /// Whether it was told that requests wait.
    told_waiting: bool,
}

/// Requests of one cut that chose a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    /// How many.
    pub requests: u64,
    /// How many were expected.
    pub expected: f64,
    /// The group's share of all.
    pub share: f64,
    /// How long the cut is.
    pub within: SimDuration,
    /// What room a function has for them.
    pub room: Room,
}

/// What defects make of a revision in one cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conduct {
    /// In which part of the cut each shows.
    pub shown: [f64; DEFECTS_MAX],
    /// So many times as long everything takes.
    pub slower: f64,
}

impl Default for Behind<'_> {
    fn default() -> Self {
        Behind {
            reach: Reach::NOWHERE,
            serving: 0,
            revision: None,
            since: None,
            is_plain: false,
            timeouts: 0.0,
            line: Line::default(),
            told_waiting: false,
        }
    }
}

impl<'s> Behind<'s> {
    /// The same group with another revision behind it.
    pub fn replaced(self, revision: &'s Revision, patience: SimDuration) -> Behind<'s> {
        let latency = revision.latency.as_ref();
        Behind {
            reach: self.reach,
            serving: self.serving,
            revision: Some(revision),
            is_plain: is_plain(revision),
            timeouts: latency.map_or(0.0, |law| law.survival(patience.as_millis() as f64)),
            ..Behind::default()
        }
    }

    /// Whether this revision stands behind the group.
    pub fn is_of(&self, revision: &Revision) -> bool {
        self.revision.is_some_and(|own| std::ptr::eq(own, revision))
    }

    /// Whether load does something to its tasks.
    pub fn is_loaded(&self) -> bool {
        self.revision.is_some_and(|revision| revision.capacity.is_some())
    }

    /// Whether anybody waits.
    pub fn has_line(&self) -> bool {
        self.line.waiting() > 0.0
    }

    /// How long a request takes of a task, in milliseconds; 0 where nobody says.
    pub fn task_ms(&self, slower: f64) -> f64 {
        let capacity = self.revision.and_then(|revision| revision.capacity);
        capacity.map_or(0.0, |capacity| slower * capacity.task_ms())
    }

    /// What its requests meet in a stretch, if nothing goes wrong on the way.
    pub fn conduct(&self, from: SimTime, coming: Coming) -> Conduct {
        let mut conduct = Conduct { shown: [0.0; DEFECTS_MAX], slower: 1.0 };
        let Coming { share, within, .. } = coming;
        let since = self.since.unwrap_or(from);
        let stretch = Stretch { from, to: from + within, since, share };
        for (defect, shown) in self.defects().iter().zip(&mut conduct.shown) {
            *shown = defect.when.part_of(stretch);
            conduct.slower *= 1.0 + (defect.slower - 1.0) * *shown;
        }
        conduct
    }

    /// The defects of the revision.
    pub fn defects(&self) -> &'s [Defect] {
        self.revision.map_or(&[], |revision| &revision.defects)
    }

    /// Share of its answers that fail, before any defect shows.
    pub fn errors(&self) -> f64 {
        self.revision.map_or(0.0, |revision| revision.errors.as_f64())
    }

    /// Share of its requests that are faulty themselves.
    pub fn client_errors(&self) -> f64 {
        self.revision.map_or(0.0, |revision| revision.client_errors.as_f64())
    }

    /// Share of its requests whose connection ends under them.
    pub fn resets(&self) -> f64 {
        self.revision.map_or(0.0, |revision| revision.resets.as_f64())
    }

    /// What the revision publishes itself.
    pub fn metrics(&self) -> &'s [CustomMetric] {
        self.revision.map_or(&[], |revision| &revision.metrics)
    }

    /// Whether a bad release stands behind it.
    pub fn is_bad(&self) -> bool {
        self.revision.is_some_and(|revision| revision.bad)
    }

    /// The share of those that are served which get their answer too late, having waited so.
    pub fn late(&self, passage: &Passage, slower: f64, patience: SimDuration) -> f64 {
        let latency = self.revision.and_then(|revision| revision.latency.as_ref());
        let Some(latency) = latency.filter(|_| !passage.is_free() || slower > 1.0) else {
            return self.timeouts;
        };
        let patience_ms = patience.as_millis() as f64;
        let late = |wait_ms| latency.survival((patience_ms - wait_ms) / slower);
        passage.waits.iter().map(|wait| wait.share * wait.mean_of(late)).sum()
    }

    /// How many requests its tasks can begin with in a second, if load does anything to them.
    fn capacity(&self, slower: f64) -> Option<f64> {
        let capacity = self.revision?.capacity?;
        Some(self.tasks() * 1000.0 / (capacity.task_ms() * slower))
    }

    /// The tasks behind it that are up.
    pub fn tasks(&self) -> f64 {
        f64::from(self.serving) * (1.0 - self.reach.down)
    }
}

/// Whether answers of a revision can only fail or succeed.
fn is_plain(revision: &Revision) -> bool {
    // By name, so that a new field asks what it does to answers.
    let Revision {
        scripts: _,
        name: _,
        weight: _,
        bad: _,
        errors: _,
        defects,
        client_errors,
        resets,
        launch: _,
        boot: _,
        start_fails: _,
        crash: _,
        latency,
        metrics,
        capacity,
        image_megabytes: _,
        health_check: _,
        container_check: _,
    } = revision;
    let is_silent = defects.is_empty() && metrics.is_empty();
    let is_untimed = latency.is_none() && capacity.is_none();
    is_silent && is_untimed && *client_errors == Share::ZERO && *resets == Share::ZERO
}

impl<'s> Traffic<'s> {
    /// What becomes of the requests that chose this group.
    pub(super) fn draw_group(
        &mut self,
        group: TargetGroupId,
        from: SimTime,
        coming: Coming,
        out: &mut Outbox<'_>,
    ) {
        let behind = &mut self.behind[group.index()];
        if behind.is_plain && behind.reach == Reach::ANSWERED && self.dependency_errors == 0.0 {
            return self.answer_all(group, coming.requests, out);
        }
        if coming.requests > 0 {
            behind.since.get_or_insert(from);
        }
        let behind = self.behind[group.index()];
        let conduct = behind.conduct(from, coming);
        if self.scenario.function().is_some() {
            return self.invoke(group, coming, &conduct, out);
        }
        let passage = self.pass_line(group, coming, conduct.slower);
        let Reach { nowhere, down, silent } = behind.reach;
        let astray = self.lose(Loss::Nowhere, coming.requests, nowhere, group, out);
        let requests = coming.requests - astray;
        let lost = part(requests, down, || self.uniform(group, 1, out));
        let unanswered = self.lose(Loss::Silent, lost, silent, group, out);
        let given_up = self.lose(Loss::Line, requests - lost, passage.given_up, group, out);
        let begun = requests - lost - given_up;
        let timeouts = behind.late(&passage, conduct.slower, self.scenario.patience());
        let late = self.lose(Loss::Late, begun, timeouts, group, out);
        let reset = self.lose(Loss::Reset, begun - late, behind.resets(), group, out);
        let tally = &mut self.tallies[group.index()];
        tally.requests += requests;
        tally.fail_open += self.open[group.index()].of(requests);
        tally.refused += lost - unanswered;
        tally.http_502 += lost - unanswered + reset;
        tally.http_503 += astray;
        tally.http_504 += unanswered + late + given_up;
        if behind.is_loaded() {
            let expected = coming.expected * behind.reach.begun();
            tally.busy_us += busy_us(
                passage.served + ((requests - lost) as f64 - expected),
                behind.task_ms(conduct.slower),
                behind.serving,
                coming.within,
            );
        }
        self.reject(group, 503, astray, out);
        self.reject(group, 502, lost - unanswered + reset, out);
        self.reject(group, 504, unanswered + late + given_up, out);
        self.tell_cause(group, FailureCause::Overload, given_up, out);
        let answered = begun - late - reset;
        if answered > 0 {
            self.answer((group, &behind), [answered, 0], &conduct, out);
            let part = self.timed(&behind, answered, coming, conduct.slower, passage.waits);
            part.into_iter().for_each(|part| self.answers[group.index()].add(part));
        }
        self.tell_line(group, passage, out);
    }

    /// The same where every request is answered and only errors are drawn, which is most of the time: what else could
    /// happen to them need not be asked.
    fn answer_all(&mut self, group: TargetGroupId, requests: u64, out: &mut Outbox<'_>) {
        let behind = &self.behind[group.index()];
        let failed = part(requests, behind.errors(), || self.uniform(group, ERRORS_DRAW, out));
        let bad = if behind.is_bad() { failed } else { 0 };
        let tally = &mut self.tallies[group.index()];
        tally.requests += requests;
        tally.fail_open += self.open[group.index()].of(requests);
        tally.answered += requests;
        tally.http_5xx += failed;
        let [requests, failed, bad] = [requests, failed, bad].map(small);
        out.record(Fact::RequestsAnswered { target_group: group, requests, failed, bad });
    }

    /// Lets a cut pass for the line before a group, if load does anything to it.
    fn pass_line(&mut self, group: TargetGroupId, coming: Coming, slower: f64) -> Passage {
        let patience = self.scenario.assumptions.idle_timeout;
        let behind = &mut self.behind[group.index()];
        let expected = coming.expected * behind.reach.begun();
        match behind.capacity(slower) {
            None => Passage::free(expected),
            Some(capacity) => {
                behind.line.pass(Load { expected, within: coming.within, capacity, patience })
            }
        }
    }

    /// Tells how many wait at the end of a cut, if any do or did before.
    fn tell_line(&mut self, group: TargetGroupId, passage: Passage, out: &mut Outbox<'_>) {
        let told = &mut self.behind[group.index()].told_waiting;
        if passage.waiting < 0.5 && !*told {
            return;
        }
        let waiting = libm::round(passage.waiting) as u64;
        let longest_ms = libm::round(passage.longest_ms()) as u64;
        *told = waiting > 0;
        let (waiting, longest_ms) = (small(waiting), small(longest_ms));
        out.record(Fact::RequestsWaiting { target_group: group, waiting, longest_ms });
    }

    /// Why some of the failed or rejected requests of this cut were so.
    pub(super) fn tell_cause(
        &self,
        group: TargetGroupId,
        cause: FailureCause,
        requests: u64,
        out: &mut Outbox<'_>,
    ) {
        if requests > 0 {
            let requests = small(requests);
            out.record(Fact::RequestsFailedBy { target_group: group, cause, requests });
        }
    }

    /// How many of some requests are lost so, each with this probability: mostly none, and then nothing is asked for.
    #[inline]
    pub(super) fn lose(
        &self,
        loss: Loss,
        requests: u64,
        share: f64,
        group: TargetGroupId,
        out: &mut Outbox<'_>,
    ) -> u64 {
        part(requests, share, || {
            let (purpose, a_cut, n) = loss.uniform();
            out.chance().nth(purpose, self.index(group), a_cut * self.cuts + n)
        })
    }
}
