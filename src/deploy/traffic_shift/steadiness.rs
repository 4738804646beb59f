//! What a deployment makes of task sets that become steady, or stop being so.
//!
//! Rules: CD-ECS-31, CD-ECS-40, U-10, U-34.

use super::run::{Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::TaskSetId;
use crate::aws::name::{StabilityStatus, TaskSetStatus};
use crate::cloud::Cloud;
use crate::cloud::task_set::TaskSet;

impl<'s> Run<'s> {
    pub(super) fn on_stability(
        &mut self,
        task_set: TaskSetId,
        stability: StabilityStatus,
        cloud: &Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let is_replacement = Some(task_set) == self.task_sets().replacement;
        match stability {
            StabilityStatus::SteadyState => {
                if is_replacement && self.stage == Stage::Installing {
                    self.succeed_event(out);
                }
                if is_replacement {
                    out.cancel(self.timer(Timer::Unsteady));
                }
                if is_steady(cloud) {
                    out.cancel(self.timer(Timer::Scaling));
                }
            }
            StabilityStatus::Stabilizing if is_replacement => self.watch_replacement(cloud, out),
            StabilityStatus::Stabilizing => {}
        }
    }

    /// While traffic shifts, a replacement that is not steady ends the deployment after a while if the
    /// scenario says so (U-34); not if it scales, which has its own rule.
    pub(super) fn watch_replacement(&self, cloud: &Cloud<'s>, out: &mut Outbox<'_>) {
        let Some(limit) = self.scenario.assumptions.unsteady_during_shift else { return };
        let set = self.replacement().map(|set| &cloud.task_sets()[set.index()]);
        let is_unsteady = set.is_some_and(|set| set.stability == StabilityStatus::Stabilizing);
        let timer = self.timer(Timer::Unsteady);
        let is_shifting = matches!(self.stage, Stage::Shifting { .. });
        let is_scaling = out.due(self.timer(Timer::Scaling)).is_some();
        if is_shifting && is_unsteady && !is_scaling && out.due(timer).is_none() {
            out.schedule(limit, timer);
        }
    }

    /// The five-minute rule begins with a scaling event between `Install` and the end of the shift; a later
    /// event does not extend it (CD-ECS-40). While the deployment is `Ready` nothing shifts, and it cannot fail
    /// (CD-SM-2): the rule rests (U-10).
    pub(super) fn on_scaling_event(&self, cloud: &Cloud<'s>, out: &mut Outbox<'_>) {
        let installed = self.replacement().is_some() && self.stage != Stage::Installing;
        let is_at_rest = matches!(
            self.stage,
            Stage::ReadyWait | Stage::TerminationWait | Stage::Restoring | Stage::RollingBack
        );
        let timer = self.timer(Timer::Scaling);
        let is_waiting = installed && !is_at_rest && !is_steady(cloud);
        if is_waiting && out.due(timer).is_none() {
            out.schedule(self.scenario.assumptions.scaling_grace, timer);
        }
    }
}

/// Whether every task set that does not drain is steady against the present count, whether that has been said or not
/// (CD-ECS-40).
fn is_steady(cloud: &Cloud<'_>) -> bool {
    let sets = cloud.task_sets().iter().filter(|set| set.status != TaskSetStatus::Draining);
    let is_steady =
        |set: &TaskSet<'_>| set.stability == StabilityStatus::SteadyState && !set.is_mislabelled();
    sets.into_iter().all(is_steady)
}
