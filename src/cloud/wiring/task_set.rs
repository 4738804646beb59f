//! The scheduler keeps a task set at its computed count.
//!
//! Rules: ECS-EXT-15 to ECS-EXT-20, ECS-EXT-26, ECS-PROT-1, ECS-PROT-2 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::call::ServiceEventCode;
use crate::aws::id::TaskSetId;
use crate::aws::name::{StabilityStatus, TaskSetStatus};
use crate::cloud::Cloud;
use crate::cloud::task::Task;
use crate::engine::time::SimDuration;
use crate::journal::fact::{Fact, Listener};
use crate::scenario::fault::ZONES_MAX;

/// The same event is not told again within six hours (ECS-EVT-2).
pub(in crate::cloud) const EVENT_AGAIN: SimDuration = SimDuration::from_mins(6 * 60);

impl Cloud<'_> {
    /// The scheduler acts on a new count (ECS-EXT-15): it launches what is missing and stops what is too much;
    /// a DRAINING set stops all its tasks (ECS-EXT-26).
    #[inline(never)]
    pub(in crate::cloud) fn on_recompute(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        if self.task_sets[task_set.index()].status == TaskSetStatus::Draining {
            self.drain(task_set, out);
        } else {
            self.launch_missing(task_set, out);
            self.stop_surplus(task_set, out);
        }
        self.retire_service(out);
    }

    /// A load balancer applies its changes in the order in which it was given them (U35): where weights are
    /// still on their way, targets leave only when those are in force, so that no request meets a group that
    /// was emptied behind its back.
    fn drain(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        if let Some(due) = out.due(Event::WeightsInForce(Listener::Production)) {
            out.schedule_at(due, Event::TaskSetRecompute(task_set));
            return;
        }
        for index in 0..self.tasks.len() {
            let place = TaskPlace(index as u32);
            let task = self.task(place);
            if task.task_set == task_set && !task.stopping && !task.is_protected(out.now()) {
                self.stop_task(place, false, out);
            }
        }
        self.wait_for_protection(task_set, out);
        self.delete_if_empty(task_set, out);
    }

    /// Something of a task set has changed: it is reconciled at this instant, once all else has happened, if
    /// there is anything to say (ECS-EXT-18, ECS-EXT-19).
    pub(in crate::cloud) fn watch(&self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        if self.is_described(task_set) && self.task_sets[task_set.index()].is_mislabelled() {
            out.schedule_now(Event::TaskSetReconcile(task_set));
        }
        if self.is_updated(task_set) {
            self.watch_update(out);
        }
    }

    #[inline(never)]
    pub(in crate::cloud) fn on_reconcile(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let is_described = self.is_described(task_set);
        let set = &mut self.task_sets[task_set.index()];
        if is_described && set.is_mislabelled() {
            let stability = match set.stability {
                StabilityStatus::SteadyState => StabilityStatus::Stabilizing,
                StabilityStatus::Stabilizing => StabilityStatus::SteadyState,
            };
            set.stability = stability;
            out.record(Fact::TaskSetStabilityChanged { task_set, stability });
        }
        self.roll_on(task_set, out);
    }

    /// Stops as many tasks as the set has too many (ECS-EXT-15).
    pub(in crate::cloud) fn stop_surplus(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        self.stop_surplus_of(task_set, |_| true, out);
        self.stop_needless_replaced(task_set, out);
        let spare = self.spare(task_set);
        if self.task_sets[task_set.index()].surplus(spare) > 0 {
            self.wait_for_protection(task_set, out);
        }
    }

    /// Stops of those tasks of which this holds as many as the set has too many, each from a zone that has most of them: first
    /// those that do not run yet, then unhealthy ones, then the rest in random order (ECS-CAP-5, U3).
    pub(in crate::cloud) fn stop_surplus_of(
        &mut self,
        task_set: TaskSetId,
        is_one: fn(&Task) -> bool,
        out: &mut Outbox<'_>,
    ) {
        let spare = self.spare(task_set);
        if self.task_sets[task_set.index()].surplus(spare) == 0 {
            return;
        }
        let mut order = std::mem::take(&mut self.scale_in_order);
        order.clear();
        for (index, task) in self.tasks.iter().enumerate() {
            if task.task_set == task_set && task.may_scale_in(out.now()) && is_one(task) {
                let role = self.task_sets[task_set.index()].role;
                let chance = out.chance().at(Purpose::ScaleIn, 2 * task.ordinal + role as u64);
                order.push((task.scale_in_rank(), chance.bits(0), TaskPlace(index as u32)));
            }
        }
        order.sort_unstable();
        let mut tasks_by_zone = [0_u32; ZONES_MAX as usize];
        order.iter().for_each(|&(_, _, place)| tasks_by_zone[self.zone_of(place)] += 1);
        // A task that waited for its replacement takes it along: there is one more too many then.
        while self.task_sets[task_set.index()].surplus(spare) > 0 && !order.is_empty() {
            let most = tasks_by_zone.iter().max().copied().unwrap_or_default();
            let is_fullest = |place| tasks_by_zone[self.zone_of(place)] == most;
            let next = order.iter().position(|&(_, _, place)| is_fullest(place));
            let (_, _, place) = order.remove(next.expect("the fullest zone has a task"));
            tasks_by_zone[self.zone_of(place)] -= 1;
            self.stop_task(place, false, out);
        }
        self.scale_in_order = order;
    }

    /// Protected tasks stand in the way of a scale-in: the service says so, and the scheduler looks again when the
    /// first protection ends (ECS-PROT-2).
    pub(in crate::cloud) fn wait_for_protection(
        &mut self,
        task_set: TaskSetId,
        out: &mut Outbox<'_>,
    ) {
        let protected = self.tasks.iter().filter(|task| {
            task.task_set == task_set && !task.stopping && task.is_protected(out.now())
        });
        if let Some(first) = protected.map(|task| task.protected_until).min() {
            let code = ServiceEventCode::TaskSetCannotScaleIn;
            self.tell_service_event(task_set, code, EVENT_AGAIN, out);
            out.schedule_at(first, Event::TaskSetRecompute(task_set));
        }
    }

    /// A DRAINING set is gone with its last task (ECS-EXT-26).
    pub(in crate::cloud) fn delete_if_empty(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let set = &mut self.task_sets[task_set.index()];
        if set.status == TaskSetStatus::Draining && set.is_empty() && !set.deleted {
            set.deleted = true;
            out.record(Fact::TaskSetDeleted { task_set });
        }
    }
}
