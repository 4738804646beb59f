//! A target changes its state: its group counts it, and traffic learns what requests meet now.
//!
//! Rules: ELB-HC-5, ELB-FO-1, ELB-FO-2 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::event::TaskPlace;
use crate::aws::id::TargetGroupId;
use crate::aws::name::{TargetHealthReason, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::target_group::Met;
use crate::cloud::task::Task;
use crate::journal::fact::Fact;
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
        let group = &self.target_groups[target_group.index()];
        self.metrics.count_hosts(target_group, group.healthy.all, group.unhealthy, out.now());
        out.follow(Fact::TargetHealthChanged { task, target_group, state, reason });
        self.meet(target_group, out);
    }

    /// Changes what a task is to its target group, and keeps the group's counts.
    pub(in crate::cloud) fn change_target(
        &mut self,
        place: TaskPlace,
        change: impl FnOnce(&mut Task),
    ) {
        let group = self.group_of(place).index();
        let task = self.task_mut(place);
        let before = task.as_target();
        change(task);
        let after = task.as_target();
        self.target_groups[group].change(before, after);
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
        let (found, open) = if self.is_even[group.index()] {
            let rules = &self.scenario.load_balancer().target_groups[group.index()];
            let Met { reach, serving, fails_open } =
                self.target_groups[group.index()].met(rules.unhealthy_state_routing);
            ((reach, serving), f64::from(u8::from(fails_open)))
        } else {
            (self.spread(group, out), self.spreads[group.index()].fails_open())
        };
        self.traffic.fail_open(group, open, out.now());
        self.traffic.meet(group, found, out);
    }
}
