//! The loop: a scenario, a seed and a replication in; facts out.
//!
//! Not what a fact means (`analysis`). A run is warm after the first: the world is reset, not rebuilt, and
//! nothing is allocated for an event. Decisions 4, 5 and 10 of the design.

mod header;
pub mod invariant;
pub mod limit;

use crate::agenda::Agenda;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, Phase, Slots};
use crate::cloud::Cloud;
use crate::deploy::controller::{News, Request};
use crate::deploy::script::Script;
use crate::deploy::{AnyController, controller_for};
use crate::engine::queue::Key;
use crate::engine::random::RunKey;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::digest::{Digest, Digester};
use crate::journal::fact::Fact;
use crate::journal::{Cause, Entry, Reader};
use crate::scenario::Scenario;
use limit::{Limits, StopReason};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why it stopped.
    pub reason: StopReason,
    /// When.
    pub at: SimTime,
    /// The digest of everything that happened.
    pub digest: Digest,
    /// How many events were handled.
    pub events: u64,
}

/// A world that plays one run after another.
#[derive(Clone)]
pub struct Simulation<'s> {
    scenario: &'s Scenario,
    limits: Limits,
    key: RunKey,
    phase: SimDuration,
    agenda: Agenda,
    cloud: Cloud<'s>,
    controller: AnyController<'s>,
    /// Which facts the controller wants to hear of.
    wants: fn(&Fact) -> bool,
    script: Script<'s>,
    digester: Digester,
    /// Entries that the controller has not heard yet, with their positions, and when it will.
    unheard: Vec<(Entry, Cause)>,
    news_due: Key,
    events: u64,
    /// What the controller says of itself since it last acted.
    is_done: bool,
    checks_invariants: bool,
}

impl<'s> Simulation<'s> {
    /// A world for this scenario, at instant zero of seed 0, replication 0.
    pub fn new(scenario: &'s Scenario) -> Simulation<'s> {
        let tasks = scenario.ecs().map_or(0, |ecs| ecs.service.desired_count as usize);
        let mut controller = controller_for(scenario);
        let mut simulation = Simulation {
            scenario,
            limits: Limits::of(scenario),
            key: RunKey::default(),
            phase: SimDuration::ZERO,
            agenda: Agenda::new(slots_of(scenario), 2 * tasks),
            cloud: Cloud::new(scenario),
            wants: controller.get().wants(),
            controller,
            script: Script::new(scenario),
            digester: Digester::default(),
            unheard: Vec::new(),
            news_due: Key::NEVER,
            events: 0,
            is_done: false,
            checks_invariants: false,
        };
        simulation.reset(0, 0);
        simulation
    }

    /// Checks the invariants after every event from now on (`--verify`).
    pub const fn verify(&mut self) {
        self.checks_invariants = true;
    }

    /// Back to instant zero, under this seed and replication. Keeps its memory.
    pub fn reset(&mut self, seed: u64, replication: u64) {
        self.key = RunKey { seed, replication, branch: 0 };
        self.agenda.reset(self.key);
        self.digester.reset();
        self.unheard.clear();
        self.news_due = Key::NEVER;
        self.events = 0;
        let uniform = self.agenda.chance.at(Purpose::StartPhase, 0).uniform(0);
        self.phase = self.scenario.assumptions.start_phase.duration(uniform);
        self.cloud.reset(self.phase, &mut self.agenda.outbox());
        self.controller.get().reset();
        self.agenda.because(Cause::NONE);
        self.controller.get().begin(&mut self.cloud, &mut self.agenda.outbox());
        self.is_done = self.controller.get().is_done();
        self.agenda.because(Cause::NONE);
        self.script.begin(&mut self.agenda.outbox());
    }

    /// Plays one replication from instant zero to its end.
    pub fn run(&mut self, seed: u64, replication: u64, reader: &mut impl Reader) -> Ended {
        self.reset(seed, replication);
        self.finish(reader)
    }

    /// Plays on to the end of the run.
    pub fn finish(&mut self, reader: &mut impl Reader) -> Ended {
        self.play(None, reader).expect("without an instant to pause at, a run ends")
    }

    /// Plays up to an instant, everything due at it included; nothing, or how the run ended before it.
    pub fn run_until(&mut self, instant: SimTime, reader: &mut impl Reader) -> Option<Ended> {
        self.play(Some(instant), reader)
    }

    /// A copy of this moment whose later draws are those of another branch (1 and up).
    ///
    /// What was drawn already stays: only blocks that were not looked at yet differ.
    pub fn fork(&self, branch: u64) -> Simulation<'s> {
        let mut copy = self.clone();
        copy.key.branch = branch;
        copy.agenda.fork(copy.key);
        copy
    }

    /// The account as it stands.
    pub const fn cloud(&self) -> &Cloud<'s> {
        &self.cloud
    }

    fn play(&mut self, pause: Option<SimTime>, reader: &mut impl Reader) -> Option<Ended> {
        let mut stopped = None;
        loop {
            self.hand_out(reader);
            if let Some(reason) = stopped {
                let (at, digest) = (self.agenda.now().at(), self.digester.finish());
                return Some(Ended { reason, at, digest, events: self.events });
            }
            if self.checks_invariants {
                invariant::check(&self.cloud);
            }
            let next = self.agenda.next_key().min(self.news_due);
            let is_over = self.is_over(next);
            if !is_over && pause.is_some_and(|pause| next == Key::NEVER || next.at() > pause) {
                return None;
            }
            if let Some(reason) = self.stop_reason(is_over, next) {
                self.tell_end(reason);
                stopped = Some(reason);
            } else {
                self.handle(next);
            }
        }
    }

    /// Whether every deployment has ended, everybody has done what they will do, and nothing drains any more.
    /// What else falls due at this instant still belongs to the run.
    fn is_over(&mut self, next: Key) -> bool {
        self.is_done
            && self.unheard.is_empty()
            && self.script.is_over()
            && self.cloud.is_quiet()
            && (next == Key::NEVER || next.at() > self.agenda.now().at())
    }

    /// Why the run should stop before what falls due next.
    fn stop_reason(&self, is_over: bool, next: Key) -> Option<StopReason> {
        if is_over {
            return Some(StopReason::Completed);
        }
        assert!(next != Key::NEVER, "a deployment that has not ended waits for something");
        self.limits.exceeded(next, self.events, self.agenda.told() as u64)
    }

    /// The last facts of a run: the traffic up to its end, and that it has ended.
    fn tell_end(&mut self, reason: StopReason) {
        let out = &mut self.agenda.outbox();
        self.cloud.finish(out);
        out.record(Fact::RunEnded { completed: reason == StopReason::Completed });
    }

    #[inline(always)]
    fn handle(&mut self, next: Key) {
        self.events += 1;
        let has_acted = self.news_due == next;
        if has_acted {
            self.tell_news();
        }
        if has_acted || self.handle_next() {
            self.is_done = self.controller.get().is_done();
        }
    }

    /// Takes what is due; whether the controller was spoken to.
    #[inline(always)]
    fn handle_next(&mut self) -> bool {
        let event = self.agenda.pop().expect("something is due");
        let (controller, cloud) = (&mut self.controller, &mut self.cloud);
        let out = &mut self.agenda.outbox();
        match event {
            Event::Deployment(number, timer) => {
                controller.get().on_news(News::Due(number, timer), cloud, out);
            }
            Event::DeploymentRequest(request) => {
                controller.get().on_news(News::Called(Request::Create(request)), cloud, out);
            }
            Event::ScriptedCalls => self.script.on_calls_due(controller.get(), cloud, out),
            Event::ScriptedStop => self.script.on_stop_due(controller.get(), cloud, out),
            event => {
                cloud.on_event(event, out);
                return false;
            }
        }
        true
    }

    /// The controller hears, in order, what it has not heard yet.
    fn tell_news(&mut self) {
        self.agenda.advance(self.news_due);
        self.news_due = Key::NEVER;
        let mut unheard = std::mem::take(&mut self.unheard);
        for (entry, cause) in unheard.drain(..) {
            self.agenda.because(cause);
            let news = News::Fact(entry.fact);
            self.controller.get().on_news(news, &mut self.cloud, &mut self.agenda.outbox());
        }
        self.unheard = unheard;
    }

    /// Feeds what was recorded to the digest, the reader and the controller's ear.
    fn hand_out(&mut self, reader: &mut impl Reader) {
        let (fresh, position) = self.agenda.fresh();
        if fresh.is_empty() {
            return;
        }
        for (offset, entry) in fresh.iter().enumerate() {
            self.digester.read(entry);
            reader.read(entry);
            if (self.wants)(&entry.fact) {
                if self.unheard.is_empty() {
                    let now = self.agenda.now();
                    self.news_due = now.following(entry.at, Phase::News as u8);
                }
                // What is looked at comes before what is awaited (U-30).
                let looked_at =
                    |entry: &Entry| matches!(entry.fact, Fact::AlarmStateChanged { .. });
                let place = match looked_at(entry) {
                    true => self.unheard.partition_point(|(earlier, _)| looked_at(earlier)),
                    false => self.unheard.len(),
                };
                self.unheard.insert(place, (*entry, Cause::entry(position + offset)));
            }
        }
        self.agenda.taken();
    }
}

/// The timers that a scenario can need.
fn slots_of(scenario: &Scenario) -> Slots {
    let few = |count: usize| u8::try_from(count).expect("deployments and alarms are limited");
    let instances = scenario.server().map_or(0, |server| server.instances.len());
    Slots::new(
        few(scenario.deployments.len()),
        few(scenario.task_sets_max()),
        few(scenario.monitoring.alarms.len()),
        u16::try_from(instances).expect("instances are limited"),
        scenario.scaling().is_some(),
    )
}
