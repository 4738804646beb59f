//! Alarms ask for capacity, and the service gets another desired count.
//!
//! An action runs when its alarm goes off, and once a minute while it lasts (CW-ALARM-7, AAS-TT-10); what comes of it is
//! decided a little later, by the states and datapoints of that moment.
//! Rules: AAS-GEN-1 to AAS-GEN-7, AAS-CD-1 to AAS-CD-5, AAS-TT-1 to AAS-TT-10, AAS-SCH-1, AAS-DEP-1 to AAS-DEP-3,
//! AAS-BG-1 to AAS-BG-3 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::alarm::StateValue;
use crate::aws::id::AlarmId;
use crate::aws::name::TaskSetStatus;
use crate::aws::scaling::NotScaledReason;
use crate::cloud::Cloud;
use crate::engine::ratio::Ratio;
use crate::engine::time::SimTime;
use crate::journal::Cause;
use crate::journal::fact::Fact;
use crate::scenario::scaling::capacity::{Capacity, CapacityRange, Change, Vote, chosen};
use crate::scenario::scaling::target_tracking::Observation;
use crate::scenario::scaling::{
    PolicyAlarms, PolicyConfiguration, ServiceScaling, SuspendedState, deployment_suspends_scale_in,
};

impl<'s> Cloud<'s> {
    /// An alarm has been evaluated, or forced into a state: if it is in ALARM, the policies that it calls act, and so does
    /// one that tracks a target where no task runs at all (AAS-TT-7).
    pub(in crate::cloud) fn act_on_alarm(&mut self, alarm: AlarmId, out: &mut Outbox<'_>) {
        let Some(service) = self.scenario.scaling() else { return };
        let acts = self.scenario.monitoring.alarm(alarm).acts();
        let is_active = acts && self.alarms.state(alarm) == StateValue::Alarm;
        let calls = service.alarms.iter().any(|alarms| match alarms {
            PolicyAlarms::Tracking { high, low } => {
                let wakes = *high == alarm && self.capacity().running == 0;
                (is_active && [*high, *low].contains(&alarm)) || wakes
            }
            PolicyAlarms::Step(alarms) => is_active && alarms.contains(&alarm),
        });
        if calls && out.due(Event::Scaling).is_none() {
            let latency = &self.scenario.assumptions.action_latency;
            let index = self.scaling.actions;
            self.scaling.actions += 1;
            let latency = out.draw(latency, Purpose::ScalingAction, index, 0);
            out.schedule(latency, Event::Scaling);
        }
    }

    /// What runs and what is wanted; the tasks of all task sets count, those that drain too while they run (AAS-GEN-1,
    /// AAS-BG-3, U20).
    pub(in crate::cloud) fn capacity(&self) -> Capacity {
        let running = self.task_sets.iter().map(|set| set.running).sum();
        Capacity { running, desired: self.desired_count }
    }

    /// The policies decide together (AAS-GEN-3).
    #[inline(never)]
    pub(in crate::cloud) fn on_scaling(&mut self, out: &mut Outbox<'_>) {
        let Some(service) = self.scenario.scaling() else { return };
        if !self.is_service_active() {
            return;
        }
        let capacity = self.capacity();
        let mut votes = std::mem::take(&mut self.scaling.votes);
        votes.clear();
        let policies = service.scaling.policies.iter().zip(&service.alarms);
        votes.extend(policies.map(|(policy, alarms)| {
            self.vote(&policy.configuration, alarms, capacity.running, out.now())
        }));
        let wish = chosen(&votes);
        for (policy, vote) in (0..).zip(&votes) {
            if let Vote::Stay(Some(reason)) = vote {
                self.tell_not_scaled(policy, *reason, out);
            }
        }
        self.scaling.votes = votes;
        if let Some(wish) = wish {
            self.scale(service, wish.policy, wish.change, capacity, out);
        }
    }

    fn vote(
        &mut self,
        configuration: &PolicyConfiguration,
        alarms: &PolicyAlarms,
        running: u32,
        now: SimTime,
    ) -> Vote {
        let states = &self.alarms;
        let in_alarm = |alarm: AlarmId| states.state(alarm) == StateValue::Alarm;
        match (configuration, alarms) {
            (PolicyConfiguration::TargetTracking(policy), PolicyAlarms::Tracking { high, low }) => {
                let (high_in_alarm, low_in_alarm) = (in_alarm(*high), in_alarm(*low));
                let metric = self.newest(*high, now);
                let seen = Observation { high_in_alarm, low_in_alarm, metric, running };
                policy.vote(seen, self.scenario.assumptions.max_scale_in_fraction)
            }
            (PolicyConfiguration::StepScaling(policy), PolicyAlarms::Step(alarms)) => {
                let mut votes = alarms.iter().filter_map(|&alarm| {
                    if self.alarms.state(alarm) != StateValue::Alarm {
                        return None;
                    }
                    let rule = self.scenario.monitoring.alarm(alarm).metric_alarm()?;
                    let metric = self.newest(alarm, now)?;
                    Some(policy.vote(metric, rule.threshold.as_fraction(), running))
                });
                votes.find(|vote| matches!(vote, Vote::For(_))).unwrap_or(Vote::Abstain)
            }
            _ => unreachable!("a policy is bound to alarms of its kind"),
        }
    }

    /// The newest datapoint of an alarm's metric that has been delivered (U18).
    fn newest(&mut self, alarm: AlarmId, now: SimTime) -> Option<Ratio> {
        let at = self.metrics.calendar(now);
        self.alarms.newest(alarm, &mut self.metrics, at).map(|value| value.as_fraction())
    }

    /// A wish becomes another desired count, unless something holds it back.
    fn scale(
        &mut self,
        service: &'s ServiceScaling,
        policy: usize,
        change: Change,
        capacity: Capacity,
        out: &mut Outbox<'_>,
    ) {
        let number = u8::try_from(policy).expect("policies are limited");
        if let Change::ScaleIn(to) = change
            && self.would_flap(service, capacity.running, to, out.now())
        {
            return self.tell_not_scaled(
                number,
                NotScaledReason::AutoScalingAnticipatedFlapping,
                out,
            );
        }
        let is_held_back = matches!(change, Change::ScaleIn(_))
            && self.is_deploying()
            && deployment_suspends_scale_in(
                self.scenario.deployment_controller(),
                self.scenario.assumptions.codedeploy_scale_in_suspended,
            );
        if is_held_back || self.scaling.suspended.suspends(change) {
            return;
        }
        let Some(allowed) = self.scaling.cooldowns.allow(out.now(), change, capacity) else {
            return;
        };
        match self.scaling.range.desired_after(allowed, capacity.desired) {
            Err(reason) => self.tell_not_scaled(number, reason, out),
            Ok(desired_count) => {
                self.scaling.told[policy] = None;
                let done = match change {
                    Change::ScaleOut(_) => Change::ScaleOut(desired_count),
                    Change::ScaleIn(_) => Change::ScaleIn(desired_count),
                };
                let lasts = service.scaling.policies[policy].cooldown(change);
                self.scaling.cooldowns.begin(out.now(), done, capacity, lasts);
                out.follow(Fact::ScalingActivity { policy: number, desired_count });
                self.set_desired_count(desired_count, out);
            }
        }
    }

    /// Whether the same load on so many tasks would be above a target that is tracked (AAS-TT-6).
    fn would_flap(
        &mut self,
        service: &ServiceScaling,
        running: u32,
        to: u32,
        now: SimTime,
    ) -> bool {
        let mut policies = service.scaling.policies.iter().zip(&service.alarms);
        policies.any(|(policy, alarms)| match (&policy.configuration, alarms) {
            (PolicyConfiguration::TargetTracking(policy), PolicyAlarms::Tracking { high, .. }) => {
                let metric = self.newest(*high, now);
                metric.is_some_and(|metric| policy.would_flap(running, to, metric))
            }
            _ => false,
        })
    }

    /// Whether the service has a deployment in progress: a task set beside the PRIMARY one that does not drain.
    fn is_deploying(&self) -> bool {
        self.task_sets.iter().any(|set| set.status == TaskSetStatus::Active && !set.deleted)
    }

    /// Told once, until there is another reason or a change (AAS-GEN-4).
    fn tell_not_scaled(&mut self, policy: u8, reason: NotScaledReason, out: &mut Outbox<'_>) {
        if self.scaling.told[usize::from(policy)].replace(reason) != Some(reason) {
            out.record(Fact::NotScaled { policy, reason });
        }
    }

    // ---- scheduled actions and calls ---------------------------------------------------------------

    /// Arms the next scheduled action (AAS-SCH-1).
    pub(in crate::cloud) fn await_scheduled_scaling(&mut self, out: &mut Outbox<'_>) {
        let Some(service) = self.scenario.scaling() else { return };
        let zero = self.metrics.calendar(SimTime::ZERO).as_millis();
        let now = self.metrics.calendar(out.now()).as_millis();
        // What is due at instant zero itself is still to come.
        let after = if now == zero { now.saturating_sub(1) } else { now };
        let actions = service.scaling.scheduled_actions.iter();
        if let Some(next) = actions.filter_map(|action| action.next_after(after)).min() {
            let before = out.because(Cause::NONE);
            out.schedule_at(SimTime::from_millis(next - zero), Event::ScheduledScaling);
            out.because(before);
        }
    }

    /// Every scheduled action of this instant sets its bounds (AAS-SCH-1), whatever cooldowns say (AAS-CD-5).
    #[inline(never)]
    pub(in crate::cloud) fn on_scheduled_scaling(&mut self, out: &mut Outbox<'_>) {
        let Some(service) = self.scenario.scaling() else { return };
        let now = self.metrics.calendar(out.now()).as_millis();
        for action in &service.scaling.scheduled_actions {
            let is_due = action.next_after(now.saturating_sub(1)) == Some(now);
            if !is_due || self.scaling.suspended.scheduled_scaling {
                continue;
            }
            if let Some(applied) = action.applied(self.scaling.range, self.capacity()) {
                self.set_range(applied.range, out);
                // A service that was deleted wants nothing any more.
                if let Some(desired) = applied.desired.filter(|_| self.is_service_active()) {
                    self.set_desired_count(desired, out);
                }
            }
        }
        self.await_scheduled_scaling(out);
    }

    fn set_range(&mut self, range: CapacityRange, out: &mut Outbox<'_>) {
        self.scaling.range = range;
        let CapacityRange { min, max } = range;
        out.follow(Fact::ScalableTargetUpdated { min, max });
    }

    /// `RegisterScalableTarget`: other bounds, and what is suspended (CD-ECS-42). Counts beyond the bounds are left alone
    /// until something scales (AAS-GEN-2).
    pub fn register_scalable_target(
        &mut self,
        range: [Option<u32>; 2],
        suspended: Option<SuspendedState>,
        out: &mut Outbox<'_>,
    ) {
        let CapacityRange { min, max } = self.scaling.range;
        let range = CapacityRange { min: range[0].unwrap_or(min), max: range[1].unwrap_or(max) };
        self.scaling.suspended = suspended.unwrap_or(self.scaling.suspended);
        // The service refuses a minimum above the maximum.
        if range.min <= range.max && range != self.scaling.range {
            self.set_range(range, out);
        }
    }

    /// The tasks of a group that run have become more or fewer.
    pub(in crate::cloud) fn count_running(&mut self, set: usize, out: &Outbox<'_>) {
        let group = self.task_sets[set].target_group;
        let sets = self.task_sets.iter().filter(|set| set.target_group == group);
        let running = sets.map(|set| set.running).sum();
        self.metrics.count_running(group, running, out.now());
    }
}
