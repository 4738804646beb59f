//! A target changes its state: its group counts it, and traffic learns what requests meet now.
//!
//! Rules: ELB-HC-5, ELB-FO-1, ELB-FO-2 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::event::TaskPlace;
use crate::aws::id::TargetGroupId;
use crate::aws::name::{TargetHealthReason, TargetHealthState};
use crate::cloud::Cloud;
use crate::journal::fact::Fact;
use crate::scenario::revision::Revision;

impl Cloud<'_> {
    /// Puts a target into a state, keeps its group's counts, and tells traffic what requests meet now.
    pub(in crate::cloud) fn set_target(
        &mut self,
        place: TaskPlace,
        state: TargetHealthState,
        reason: TargetHealthReason,
        out: &mut Outbox<'_>,
    ) {
        let target_group = self.group_of(place);
        let task = self.task_mut(place);
        let (task_id, before, answering) = (task.id, task.target.replace(state), task.answering);
        let group = &mut self.target_groups[target_group.index()];
        let was_registered = before.is_some_and(|state| state != TargetHealthState::Draining);
        let is_registered = !target_leaves(before, state);
        group.count(before, -1);
        if is_registered {
            group.count(Some(state), 1);
        }
        if answering && was_registered != is_registered {
            group.answering = if is_registered { group.answering + 1 } else { group.answering - 1 };
        }
        out.follow(Fact::TargetHealthChanged { task: task_id, target_group, state, reason });
        self.meet(target_group, out);
    }

    /// A revision answers behind a group from now on.
    pub(in crate::cloud) fn serve(
        &mut self,
        group: TargetGroupId,
        revision: &Revision,
        out: &mut Outbox<'_>,
    ) {
        self.traffic.serve(group, revision, &self.scenario.traffic, out);
    }

    pub(in crate::cloud) fn meet(&mut self, group: TargetGroupId, out: &mut Outbox<'_>) {
        let reachability = self.target_groups[group.index()].reachability();
        self.traffic.meet(group, reachability, &self.scenario.traffic, out);
    }
}

/// Whether a target leaves its group with this change: it drains, or has drained.
fn target_leaves(before: Option<TargetHealthState>, state: TargetHealthState) -> bool {
    state == TargetHealthState::Draining || before == Some(TargetHealthState::Draining)
}
