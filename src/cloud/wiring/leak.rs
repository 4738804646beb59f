//! Requests wear out tasks that leak: when each of them ends, at the pace of its group's requests.

use crate::agenda::Outbox;
use crate::agenda::event::TaskPlace;
use crate::cloud::Cloud;
use crate::engine::time::{SimDuration, SimTime};

/// The pace is looked at again so often, and whenever other weights are in force.
const LOOK: SimDuration = SimDuration::from_mins(1);

impl Cloud<'_> {
    /// The pace of requests may be another one from now on: tasks that it wears out until the next look end then.
    pub(in crate::cloud) fn wear_out(&mut self, out: &mut Outbox<'_>) {
        if !self.traffic.wears_out() {
            return;
        }
        self.traffic.draw(out);
        for index in 0..self.tasks.len() {
            let place = TaskPlace(index as u32);
            let group = self.group_of(place);
            let task = self.task(place);
            if task.worn_out_by.is_infinite() || !task.is_running() {
                continue;
            }
            let left = (task.worn_out_by - self.traffic.worn(group)).max(0.0);
            let left_ms = 1000.0 * left / self.traffic.pace(group, LOOK, out.now());
            let is_soon = left_ms < LOOK.as_millis() as f64;
            let ends = out.now() + SimDuration::from_millis(libm::ceil(left_ms) as u64);
            self.task_mut(place).crashes_at = if is_soon { ends } else { SimTime::MAX };
            if self.task(place).target.is_some() {
                self.await_running_step(place, out);
            }
        }
    }
}
