//! What becomes of task sets, tasks and targets, in words; what many do alike is gathered by `chatter`.

use super::Teller;
use crate::journal::Entry;
use crate::journal::fact::Fact;
use crate::report::line::Tone;
use crate::report::wording;

impl Teller<'_> {
    /// Tells a fact about them.
    pub(super) fn tasks(&mut self, entry: &Entry) {
        let sides = &self.series.sides;
        match entry.fact {
            Fact::TaskSetCreated { task_set, computed_desired_count, .. } => {
                let side = sides.of_task_set(task_set).as_str();
                let tasks = wording::counted(computed_desired_count.into(), "task");
                self.line(entry, Tone::Plain, format!("{side} task set created, {tasks} wanted"));
            }
            Fact::TaskSetStatusChanged { task_set, status } => {
                let side = sides.of_task_set(task_set).as_str();
                self.line(entry, Tone::Plain, format!("{side} task set {status}"));
            }
            Fact::TaskSetScaled { task_set, computed_desired_count } => {
                let side = sides.of_task_set(task_set).as_str();
                let tasks = wording::counted(computed_desired_count.into(), "task");
                self.line(entry, Tone::Quiet, format!("{side} task set scaled to {tasks}"));
            }
            Fact::TaskSetStabilityChanged { task_set, stability } => {
                let side = sides.of_task_set(task_set).as_str();
                self.line(entry, Tone::Plain, format!("{side} task set {stability}"));
            }
            Fact::TaskSetDeleted { task_set } => {
                let side = sides.of_task_set(task_set).as_str();
                self.line(entry, Tone::Quiet, format!("{side} task set deleted"));
            }
            Fact::TaskStatusChanged { task, task_set, status } => {
                let side = sides.of_task_set(task_set);
                self.census.task_status(task, side, status);
                self.chatter.task_status(entry.at, side, status);
            }
            Fact::TaskStopRequested { task_set, code, unhealthy, .. } => {
                self.chatter.stop_requested(entry.at, sides.of_task_set(task_set), code, unhealthy);
            }
            Fact::TaskHealthChanged { task_set, health, .. } => {
                self.chatter.container_health(entry.at, sides.of_task_set(task_set), health);
            }
            Fact::TargetHealthChanged { task, target_group, state, .. } => {
                let side = sides.of_target_group(target_group);
                self.census.target_health(task, side, state);
                let wanted = self.series.desired.at(entry.at)[side];
                self.chatter.target_health(
                    entry.at,
                    side,
                    state,
                    (self.census.counts()[side].healthy, wanted),
                );
            }
            Fact::TaskCounted { task, task_set, healthy } => {
                let side = sides.of_task_set(task_set);
                self.census.task_counted(task, side, healthy);
                // That one counts no longer is told by what it comes from.
                if healthy {
                    let wanted = self.series.desired.at(entry.at)[side];
                    let healthy = self.census.counts()[side].healthy;
                    self.chatter.task_counted(entry.at, side, (healthy, wanted));
                }
            }
            _ => {}
        }
    }
}
