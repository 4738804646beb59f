//! A target changes its state: its group counts it, and traffic learns what requests meet now.
//!
//! Rules: ELB-HC-5, ELB-FO-1, ELB-FO-2 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::event::TaskPlace;
use crate::aws::id::TargetGroupId;
use crate::aws::name::{TargetHealthReason, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::load_balancer::ForwardAction;
use crate::cloud::mixed;
use crate::cloud::target_group::{Met, Reach, Target, TargetGroup};
use crate::cloud::task::Task;
use crate::journal::fact::{Fact, Listener};
use crate::scenario::revision::Revision;

impl<'s> Cloud<'s> {
    /// Puts a target into a state, keeps its group's counts, and tells traffic what requests meet now.
    pub(in crate::cloud) fn set_target(
        &mut self,
        place: TaskPlace,
        state: TargetHealthState,
        reason: TargetHealthReason,
        out: &mut Outbox<'_>,
    ) {
        let target_group = self.group_of(place);
        let task = self.task(place).id;
        self.start_slowly(place, state, out.now());
        self.change_target(place, |task| {
            // A target that has drained is not registered any more, whatever it is called.
            let left = task.target == Some(TargetHealthState::Draining);
            task.target = if left { None } else { Some(state) };
        });
        self.count_hosts(target_group, out);
        out.follow(Fact::TargetHealthChanged { task, target_group, state, reason });
        self.meet(target_group, out);
    }

    /// Changes what a task is to its target group, and keeps the group's counts.
    pub(in crate::cloud) fn change_target(
        &mut self,
        place: TaskPlace,
        change: impl FnOnce(&mut Task),
    ) {
        let group = self.group_of(place);
        let task = self.task_mut(place);
        let before = task.as_target();
        change(task);
        let after = task.as_target();
        self.target_groups[group.index()].change(before, after);
        if self.abroad.is_some() {
            self.count_abroad(place, before, after);
        }
    }

    /// Keeps the counts of targets that stand in the group of the other revision (ECS-EXT-35).
    fn count_abroad(&mut self, place: TaskPlace, before: Target, after: Target) {
        let (group, behind) = (self.group_of(place), self.behind(place));
        if let Some(abroad) = self.abroad.as_mut().filter(|_| behind != group) {
            abroad[group.index()].change(before, after);
        }
    }

    /// A revision answers behind a group from now on.
    pub(in crate::cloud) fn serve(
        &mut self,
        group: TargetGroupId,
        revision: &'s Revision,
        out: &mut Outbox<'_>,
    ) {
        self.metrics.serve(group, revision);
        self.traffic.serve(group, revision, out);
    }

    pub(in crate::cloud) fn meet(&mut self, group: TargetGroupId, out: &mut Outbox<'_>) {
        let Some(load_balancer) = self.scenario.load_balancer() else { return };
        if load_balancer.is_shared {
            return self.meet_together(out);
        }
        if self.mixes_now() || self.mixed.is_some() {
            return self.meet_mixed(out);
        }
        let (found, open) = if self.is_even[group.index()] {
            let rules = &load_balancer.target_groups[group.index()];
            let Met { reach, serving, fails_open } =
                self.target_groups[group.index()].met(rules.unhealthy_state_routing);
            ((reach, serving), f64::from(u8::from(fails_open)))
        } else {
            (self.spread(group, out), self.spreads[group.index()].fails_open())
        };
        self.traffic.fail_open(group, open, out.now());
        self.traffic.meet(group, found, out);
    }

    /// Two revisions stand behind one target group: each serving target gets as many requests as any other, so that the
    /// numbers of them are the weights of the two places (ECS-ROLL-3, CD-EC2-22).
    fn meet_together(&mut self, out: &mut Outbox<'_>) {
        let rule = self.scenario.balancer().target_groups[0].unhealthy_state_routing;
        let met = TargetGroup::met_together(&self.target_groups, rule);
        let few = |count: u32| u16::try_from(count).expect("tasks are limited");
        let serving = met.map(|met| few(met.serving));
        let is_any = serving != [0; 2];
        let production = &mut self.listeners[Listener::Production as usize];
        let is_other = production.in_force != serving;
        if is_any {
            *production = ForwardAction::at_rest(serving, [true; 2]);
            self.traffic.follow(serving, out);
        }
        for (place, met) in [TargetGroupId(0), TargetGroupId(1)].into_iter().zip(met) {
            let reach = if is_any { met.reach } else { Reach::NOWHERE };
            self.traffic.fail_open(place, f64::from(u8::from(met.fails_open)), out.now());
            self.traffic.meet(place, (reach, met.serving), out);
        }
        if is_other {
            out.record(Fact::TargetsServing { serving });
        }
    }

    /// Whether targets of a revision stand in the group of the other (ECS-EXT-35).
    pub(in crate::cloud) fn mixes_now(&self) -> bool {
        self.abroad.is_some_and(|abroad| abroad.iter().any(|place| place.registered.all > 0))
    }

    /// Two revisions stand behind one of two target groups: requests choose a group by weight, and there each serving target
    /// gets as many as any other (ECS-EXT-35).
    pub(in crate::cloud) fn meet_mixed(&mut self, out: &mut Outbox<'_>) {
        let abroad = self.abroad.expect("two revisions can only mix where a workflow lets them");
        let groups = self.scenario.balancer().target_groups.each_ref();
        let rules = groups.map(|group| group.unhealthy_state_routing);
        let in_force = self.listeners[Listener::Production as usize].in_force;
        let mix = mixed::mix(in_force, &self.target_groups, &abroad, rules);
        self.traffic.follow(mix.weights, out);
        for place in [TargetGroupId(0), TargetGroupId(1)] {
            self.traffic.fail_open(place, mix.open[place.index()], out.now());
            self.traffic.meet(place, mix.met[place.index()], out);
        }
        if self.mixed != Some(mix.weights) {
            out.record(Fact::RevisionsMixed { weights: mix.weights });
        }
        self.mixed = self.mixes_now().then_some(mix.weights);
    }

    /// Alarms on the hosts of a group hear how many are healthy; those of one that two revisions share count together.
    fn count_hosts(&mut self, group: TargetGroupId, out: &Outbox<'_>) {
        if !self.metrics.counts_hosts() {
            return;
        }
        if let Some(abroad) = self.abroad {
            for group in [TargetGroupId(0), TargetGroupId(1)] {
                let (own, other) = (group.index(), group.other().index());
                let home = self.target_groups[own].without(&abroad[own]);
                let healthy = home.healthy.all + abroad[other].healthy.all;
                let unhealthy = home.unhealthy + abroad[other].unhealthy;
                self.metrics.count_hosts(group, healthy, unhealthy, out.now());
            }
            return;
        }
        let (group, counted) = match self.scenario.shares_target_group() {
            true => (TargetGroupId(0), &self.target_groups[..]),
            false => (group, std::slice::from_ref(&self.target_groups[group.index()])),
        };
        let healthy = counted.iter().map(|one| one.healthy.all).sum();
        let unhealthy = counted.iter().map(|one| one.unhealthy).sum();
        self.metrics.count_hosts(group, healthy, unhealthy, out.now());
    }
}
