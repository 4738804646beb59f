//! Requests spread over targets that are not all alike: what of the tasks, the zones and the clients decides it.
//!
//! How they spread is in the file of that name. Rules: ELB-TG-4, ELB-TG-7, ELB-FO-3, ELB-SS-1
//! (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TargetGroupId;
use crate::aws::name::{Listener, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::spread::{ByZone, Found, slow_start_weight};
use crate::cloud::target_group::Reach;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::fault::ZONES_MAX;
use crate::scenario::service::TargetGroup;

/// What changes steadily is looked at so often while it does: a slow start, and a change of zones.
const LOOKS: u64 = 30;
/// Clients that move from target to target are looked at so often in the time that they stay on average, but not
/// more often than each second, nor less often than each minute.
const LOOKS_A_STAY: u64 = 10;

impl Cloud<'_> {
    fn rules_of(&self, group: TargetGroupId) -> &TargetGroup {
        &self.scenario.balancer().target_groups[group.index()]
    }

    /// What requests to a group meet, and how many targets get them.
    pub(in crate::cloud) fn spread(
        &mut self,
        group: TargetGroupId,
        out: &mut Outbox<'_>,
    ) -> (Reach, u32) {
        let now = out.now();
        let scenario = self.scenario;
        let ttl = scenario.assumptions.dns_ttl;
        let rules = &scenario.balancer().target_groups[group.index()];
        let mut found = std::mem::take(&mut self.found_targets);
        found.clear();
        let mut slow_step = None;
        let step_of =
            |time: SimDuration| SimDuration::from_millis((time.as_millis() / LOOKS).max(1));
        // What changes steadily holds as it is in the middle of the time until the next look.
        let half_of = |step: SimDuration| SimDuration::from_millis(step.as_millis() / 2);
        for (index, task) in self.tasks.iter().enumerate() {
            let place = TaskPlace(index as u32);
            if task.target.is_none() || self.group_of(place) != group {
                continue;
            }
            let node = if rules.cross_zone { 0 } else { task.zone };
            let mut weight = 1.0;
            if let Some(since) =
                task.slow_since.filter(|since| now.since(*since) < rules.slow_start)
            {
                let step = step_of(rules.slow_start);
                let healthy_for = now.since(since) + half_of(step);
                weight = slow_start_weight(healthy_for, rules.slow_start);
                slow_step = Some(step);
            }
            found.push(Found { place, node, target: task.as_target(), weight });
        }
        let (mut dns_at, mut dns_step) = (now, None);
        if !rules.cross_zone {
            self.answer_dns(now);
            if self.dns.is_moving(now, ttl) {
                let step = step_of(ttl);
                dns_at = now + half_of(step);
                dns_step = Some(step);
            }
        }
        let shares = self.dns.shares(dns_at, ttl);
        let whole: ByZone<f64> = std::array::from_fn(|node| f64::from(u8::from(node == 0)));
        let nodes = if rules.cross_zone { &whole } else { &shares };
        let stay = scenario.target_stay(group);
        let spread = &mut self.spreads[group.index()];
        let reach = spread.update(now, &found, rules.unhealthy_state_routing, nodes, stay);
        let stay_step = stay.filter(|_| spread.is_moving()).map(|stay| {
            SimDuration::from_millis((stay.as_millis() / LOOKS_A_STAY).clamp(1000, 60_000))
        });
        let serving = spread.serving() as u32;
        self.found_targets = found;
        if let Some(step) = [slow_step, dns_step, stay_step].into_iter().flatten().min() {
            let next = now + step;
            if out.due(Event::Spread).is_none_or(|due| next < due) {
                out.schedule_at(next, Event::Spread);
            }
        }
        (reach, serving)
    }

    /// Zones in which a group that gets production traffic has too few healthy targets leave DNS; a group without any
    /// target does not count (ELB-FO-3). A target that is `unused` already, though its connections have not moved yet,
    /// was not found unhealthy.
    fn answer_dns(&mut self, now: SimTime) {
        let scenario = self.scenario;
        let rules = &scenario.balancer().target_groups;
        let in_force = self.listeners[Listener::Production as usize].in_force;
        let mut counts = [[[0; 2]; ZONES_MAX as usize]; 2];
        for task in &self.tasks {
            let group = self.task_sets[task.task_set.index()].target_group.index();
            if rules[group].cross_zone || in_force[group] == 0 {
                continue;
            }
            let [healthy, registered] = &mut counts[group][usize::from(task.zone)];
            let (is_healthy, is_registered) = match task.target {
                Some(TargetHealthState::Healthy | TargetHealthState::Unused) => (true, true),
                Some(TargetHealthState::Initial | TargetHealthState::Unhealthy) => (false, true),
                Some(TargetHealthState::Draining) | None => (false, false),
            };
            *healthy += u32::from(is_healthy);
            *registered += u32::from(is_registered);
        }
        let fails = |zone: usize| {
            counts.iter().zip(rules).any(|(counts, rules)| {
                let [healthy, registered] = counts[zone];
                let is_there = counts.iter().any(|[_, registered]| *registered > 0);
                is_there && rules.dns_failover.is_missed(healthy, registered)
            })
        };
        let (zones, ttl) = (scenario.assumptions.zones, scenario.assumptions.dns_ttl);
        self.dns.answer(zones, fails, now, ttl);
    }

    /// A while has passed, or other weights are in force: requests spread a little differently now.
    #[inline(never)]
    pub(in crate::cloud) fn on_spread(&mut self, out: &mut Outbox<'_>) {
        for group in [TargetGroupId(0), TargetGroupId(1)] {
            if !self.is_even[group.index()] {
                self.meet(group, out);
            }
        }
    }

    /// A target that becomes healthy starts slowly, unless it is one of the first of its group or none that does not
    /// start slowly is healthy beside it (ELB-SS-1).
    pub(in crate::cloud) fn start_slowly(
        &mut self,
        place: TaskPlace,
        state: TargetHealthState,
        now: SimTime,
    ) {
        let group = self.group_of(place);
        let slow_start = self.rules_of(group).slow_start;
        if slow_start.is_zero() {
            return;
        }
        let is_at_full_weight = |index: usize| {
            let other = TaskPlace(index as u32);
            let task = self.task(other);
            let is_slow = task.slow_since.is_some_and(|since| now.since(since) < slow_start);
            let is_healthy = task.target == Some(TargetHealthState::Healthy);
            other != place && is_healthy && !is_slow && self.group_of(other) == group
        };
        let has_other = (0..self.tasks.len()).any(is_at_full_weight);
        let has_healthy = self.target_groups[group.index()].healthy.all > 0;
        let task = self.task_mut(place);
        match state {
            TargetHealthState::Initial | TargetHealthState::Unused => task.is_first = !has_healthy,
            TargetHealthState::Healthy => {
                task.slow_since = (!task.is_first && has_other).then_some(now);
            }
            TargetHealthState::Unhealthy => {
                task.is_first = false;
                task.slow_since = None;
            }
            TargetHealthState::Draining => task.slow_since = None,
        }
    }
}
