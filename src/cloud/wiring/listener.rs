//! A listener's weights come in force, a target group comes into use or out of it.
//!
//! Rules: ELB-TG-6, ELB-HC-4, NLB-3 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TargetGroupId;
use crate::aws::name::{TargetHealthReason, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::load_balancer::{self, ForwardAction};
use crate::journal::fact::{Fact, Listener};
use crate::scenario::Scenario;
use crate::scenario::service::{LoadBalancer, LoadBalancerKind};

impl Cloud<'_> {
    #[inline(never)]
    pub(in crate::cloud) fn on_weights_in_force(
        &mut self,
        listener: Listener,
        out: &mut Outbox<'_>,
    ) {
        let on_their_way = &mut self.weights_on_their_way[listener as usize];
        let (_, weights) = on_their_way.pop_front().expect("weights were on their way");
        self.listeners[listener as usize].in_force = weights;
        if let Some(&(due, _)) = on_their_way.front() {
            out.schedule_at(due, Event::WeightsInForce(listener));
        }
        if self.function.is_some() {
            return self.on_alias_in_force(weights, out);
        }
        if listener == Listener::Production && self.mixes_now() {
            // What was told does not hold for the new weights.
            self.mixed = None;
            return self.meet_mixed(out);
        }
        if listener == Listener::Production {
            self.traffic.follow(weights, out);
            if self.scenario.balancer().kind == LoadBalancerKind::Network {
                let assumptions = &self.scenario.assumptions;
                let until = out.now() + assumptions.nlb_reset_time;
                self.traffic.reset_connections(until, assumptions.nlb_resets.as_f64());
            }
            if let Some(stay) = self.scenario.group_stay() {
                out.schedule(stay.longest(), Event::ClientsMoved);
            }
            self.on_spread(out);
            self.wear_out(out);
        }
        out.record(Fact::ListenerWeightsInForce { listener, weights });
    }

    /// A listener names the group from now on, or none does any more (ELB-HC-4).
    pub(in crate::cloud) fn on_use_of_group_changed(
        &mut self,
        group: TargetGroupId,
        out: &mut Outbox<'_>,
    ) {
        let in_use = self.is_in_use(group);
        for index in 0..self.tasks.len() {
            let place = TaskPlace(index as u32);
            let task = self.task(place);
            let registered = task.target.is_some_and(|state| state != TargetHealthState::Draining);
            // A target whose containers have ended is on its way out, in use or not.
            if !registered || task.target_goes_alone || self.behind(place) != group {
                continue;
            }
            let first_check = task.stages.first_check;
            let before = out.cause();
            if in_use {
                let reason = TargetHealthReason::InitialHealthChecking;
                self.set_target(place, TargetHealthState::Initial, reason, out);
                self.begin_target_checks(place, first_check, out);
            } else {
                let reason = TargetHealthReason::NotInUse;
                self.set_target(place, TargetHealthState::Unused, reason, out);
                out.cancel(Event::TargetCheck(place));
            }
            self.on_task_verdict(place, out);
            out.because(before);
        }
    }
}

/// The listeners before a deployment (CD-ECS-27): everything on the original. A gradual configuration names
/// both groups, the idle one with weight 0, since the date from which AWS does so.
pub(in crate::cloud) fn listeners_at_rest(
    scenario: &Scenario,
    load_balancer: &LoadBalancer,
) -> [ForwardAction; 2] {
    let original = load_balancer.original;
    let weights = load_balancer::all_to(original);
    let both = scenario.attaches_idle_target_group(scenario.first_deployment());
    let only_original = load_balancer::only(original);
    // The one target group that both share is always in use.
    let both = both || load_balancer.is_shared;
    let production = ForwardAction::at_rest(weights, if both { [true; 2] } else { only_original });
    let test = if load_balancer.has_test_listener {
        ForwardAction::at_rest(weights, only_original)
    } else {
        ForwardAction::default()
    };
    [production, test]
}
