//! The instances as they stand when the first deployment is created, what it means that one is done, and what requests
//! meet behind their load balancer.
//!
//! Every serving instance gets as many requests as any other, whichever revision it runs. Those that run what was there
//! before stand in one place, those that run what is deployed in the other; to traffic these are as two target groups,
//! whose weights are the numbers of instances in them. Rules: CD-HH-1, CD-LE-8, CD-EC2-9, CD-EC2-22, CD-EC2-31, ELB-ERR-1, decision:
//! history (docs/semantics).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::{InstanceId, TargetGroupId};
use crate::aws::instance::{InstanceState, InstanceStatus, LifecycleState};
use crate::cloud::Cloud;
use crate::cloud::instance::Instance;
use crate::cloud::load_balancer::{self, ForwardAction};
use crate::cloud::target_group::Reach;
use crate::engine::share::Share;
use crate::journal::fact::{Fact, Listener};
use crate::scenario::revision::RevisionId;
use crate::scenario::server::{Server, Standing};

const PLACES: [TargetGroupId; 2] = [TargetGroupId(0), TargetGroupId(1)];

impl Cloud<'_> {
    /// Every instance as it is described.
    pub(in crate::cloud) fn find_instances(&mut self, described: &Server, out: &mut Outbox<'_>) {
        let place = TargetGroupId(0);
        let at_rest =
            ForwardAction::at_rest(load_balancer::all_to(place), load_balancer::only(place));
        self.listeners = [at_rest, ForwardAction::default()];
        self.serve(place, &self.scenario.original, out);
        let is_balanced = described.load_balancer.is_some();
        let absent = described.agents_absent;
        let instances = &mut self.instances;
        instances.all.clear();
        instances.command = None;
        instances.last_behavior = None;
        instances.last_successful = described.has_earlier_success().then_some(RevisionId::ORIGINAL);
        instances.places = [Some(RevisionId::ORIGINAL), None];
        let mut current = 0;
        for (instance, index) in described.instances.iter().zip(0..) {
            let has_agent = has_agent(absent, index, 0, out);
            let found = Instance::found(instance, (has_agent, is_balanced), RevisionId::ORIGINAL);
            current += u16::from(found.runs.is_some());
            instances.all.push(found);
        }
        instances.count();
        let instances = instances.all.iter().filter(|instance| instance.is_member).count();
        let instances = u16::try_from(instances).expect("instances are limited");
        out.follow(Fact::InstancesFound { instances, current });
        if is_balanced {
            self.on_serving_changed(out);
        }
    }

    /// What an instance was told to do has come to something: it leaves, serves again, or is done.
    #[inline(never)]
    pub(in crate::cloud) fn on_instance_step(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let instance = &mut self.instances.all[id.index()];
        if instance.state == Some(InstanceState::Pending) {
            let is_hooked = instance.standing == Standing::ToScaleOut;
            self.change_state(id, InstanceState::Running, out);
            if is_hooked {
                self.change_lifecycle(id, LifecycleState::PendingWait, out);
            }
            return;
        }
        let (before, command) = (instance.runs, instance.command());
        let (is_other, next) = instance.step(out.now());
        let (serves, now) = (instance.serves, instance.runs);
        if is_other {
            let place = self.instances.place_of(if serves { now } else { before });
            let serving = &mut self.instances.serving[place.index()];
            *serving = if serves { *serving + 1 } else { *serving - 1 };
            // Many may change at one instant: what requests meet is looked at once.
            out.schedule_now(Event::Spread);
        }
        if let Some(next) = next {
            return out.schedule_at(next, Event::InstanceStep(id));
        }
        let is_well = self.instances.all[id.index()].end(id, out);
        let status = if is_well { command.comes_to } else { InstanceStatus::Failed };
        let deployment = command.deployment;
        out.record(Fact::InstanceStatusChanged { deployment, instance: id, status });
    }

    /// An instance is something else to EC2.
    pub(in crate::cloud) fn change_state(
        &mut self,
        id: InstanceId,
        state: InstanceState,
        out: &mut Outbox<'_>,
    ) {
        self.instances.all[id.index()].state = Some(state);
        out.record(Fact::InstanceStateChanged { instance: id, state });
    }

    /// An instance is something else to Auto Scaling.
    pub(in crate::cloud) fn change_lifecycle(
        &mut self,
        id: InstanceId,
        state: LifecycleState,
        out: &mut Outbox<'_>,
    ) {
        self.instances.all[id.index()].lifecycle = Some(state);
        out.record(Fact::InstanceLifecycleChanged { instance: id, state });
    }

    /// An instance is as an image makes it: nothing is deployed to it yet.
    pub(in crate::cloud) fn make_anew(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let server = self.scenario.server().expect("it is one of the instances");
        let launches = self.instances.all[id.index()].launches;
        let has_agent = has_agent(server.agents_absent, id.0.into(), launches, out);
        let described = &server.instances[id.index()];
        let mut found = Instance::found(described, (has_agent, false), RevisionId::ORIGINAL);
        found.launches = launches + 1;
        self.instances.all[id.index()] = found;
    }

    /// Whether an instance is being launched for the first time by Auto Scaling.
    pub(in crate::cloud) fn awaits_launch(&self) -> bool {
        let is_awaited = |instance: &Instance<'_>| {
            instance.standing == Standing::ToScaleOut
                && instance.state == Some(InstanceState::Pending)
                && instance.launches == 1
        };
        self.instances.all.iter().any(is_awaited)
    }

    /// What is deployed gets a place among what serves: that of what was deployed in vain before, if it is another.
    pub(in crate::cloud) fn make_place(&mut self, revision: RevisionId, out: &mut Outbox<'_>) {
        let instances = &mut self.instances;
        let serving = instances.serving;
        let is_new = !instances.places.contains(&Some(revision));
        if is_new {
            let last = instances.last_successful;
            let kept = instances.places.iter().position(|place| *place == last);
            let place = TargetGroupId(u8::from(kept != Some(1)));
            instances.places[place.index()] = Some(revision);
            self.serve(place, self.scenario.revision(revision), out);
        }
        // What stands in neither place counts with what was there, which may be another revision now.
        self.instances.count();
        if self.is_before_instances() && (is_new || self.instances.serving != serving) {
            out.schedule_now(Event::Spread);
        }
    }

    /// Whether requests come to instances.
    pub(in crate::cloud) fn is_before_instances(&self) -> bool {
        self.scenario.server().is_some_and(|server| server.load_balancer.is_some())
    }

    /// Other instances serve from now on: requests follow them.
    #[inline(never)]
    pub(in crate::cloud) fn on_serving_changed(&mut self, out: &mut Outbox<'_>) {
        let serving = self.instances.serving;
        let is_any = serving != [0; 2];
        if is_any {
            self.listeners[Listener::Production as usize] =
                ForwardAction::at_rest(serving, load_balancer::named(serving));
            self.traffic.follow(serving, out);
        }
        for place in PLACES {
            let count = u32::from(serving[place.index()]);
            let reach = if is_any { Reach::ANSWERED } else { Reach::NOWHERE };
            self.metrics.count_running(place, count, out.now());
            self.traffic.meet(place, (reach, count), out);
        }
        let is_bad = |id: RevisionId| self.scenario.revision(id).bad;
        let bad = self.instances.places.map(|place| place.is_some_and(is_bad));
        out.record(Fact::InstancesServing { serving, bad });
    }
}

/// Whether an agent runs on an instance after so many launches: each has its own luck.
fn has_agent(absent: Share, index: u64, launches: u32, out: &mut Outbox<'_>) -> bool {
    absent.is_zero() || !absent.happens(out.chance().nth(Purpose::AgentAbsent, index, launches))
}
