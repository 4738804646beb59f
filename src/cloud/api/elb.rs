//! Elastic Load Balancing: the one call that shifts traffic, and the one that changes how targets are checked.
//!
//! Rules: ELB-TG-6, ELB-HC-1, ELB-HC-4, NLB-3, CD-ECS-27 (docs/semantics).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::TargetGroupId;
use crate::cloud::Cloud;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::{Fact, Listener};
use crate::scenario::service::{HealthCheck, LoadBalancerKind, RevisionSet};

impl Cloud<'_> {
    /// `ModifyListener`: a forward action with these weights, which names the groups that `names` says.
    ///
    /// Health checks of a group begin or end at once (ELB-HC-4); new requests follow the weights a little
    /// later (assumption `lb.weight_propagation`).
    pub fn modify_listener(
        &mut self,
        listener: Listener,
        weights: [u16; 2],
        names: [bool; 2],
        out: &mut Outbox<'_>,
    ) {
        let were_in_use = [0, 1].map(|group| self.is_in_use(TargetGroupId(group)));
        let action = &mut self.listeners[listener as usize];
        let changed = action.weights != weights;
        action.weights = weights;
        action.names = names;
        if changed {
            out.follow(Fact::ListenerModified { listener, weights });
            let changes = &mut self.listener_changes[listener as usize];
            let index = 2 * *changes + listener as u64;
            *changes += 1;
            let latency = self.propagation(index, out);
            self.send_weights(listener, weights, out.now() + latency, out);
        }
        let cause = out.cause();
        for (group, was_in_use) in [TargetGroupId(0), TargetGroupId(1)].into_iter().zip(were_in_use)
        {
            if self.is_in_use(group) != was_in_use {
                self.on_use_of_group_changed(group, out);
                // What the caller does next follows from the call, not from the last target it touched.
                out.because(cause);
            }
        }
    }

    /// `ModifyTargetGroup`: the targets of the group are checked in another way from now on, and those revisions answer
    /// (story F24).
    pub fn modify_target_group(
        &mut self,
        target_group: TargetGroupId,
        health_check: HealthCheck,
        answered_by: RevisionSet,
        out: &mut Outbox<'_>,
    ) {
        self.change_health_check(target_group, (health_check, answered_by), out);
        if self.scenario.shares_target_group() {
            // Both places are in the same group.
            self.change_health_check(target_group.other(), (health_check, answered_by), out);
        }
    }

    /// How long new weights take; behind a Network Load Balancer the old targets get connections for a while
    /// more (NLB-3, U30).
    fn propagation(&self, index: u64, out: &mut Outbox<'_>) -> SimDuration {
        let assumptions = &self.scenario.assumptions;
        let weights =
            out.draw(&assumptions.weight_propagation, Purpose::WeightPropagation, index, 0);
        match self.scenario.balancer().kind {
            LoadBalancerKind::Application => weights,
            LoadBalancerKind::Network => {
                let tail = &assumptions.nlb_switch_tail;
                weights + out.draw(tail, Purpose::WeightPropagation, index, 1)
            }
        }
    }

    /// Whether Elastic Load Balancing would refuse to change a listener.
    pub const fn refuses_listener_update(&self) -> bool {
        self.faults.refuses_listener
    }

    /// Puts weights on their way, of a listener or of an alias in its place. A load balancer applies its changes in the
    /// order in which it was given them (U35): no later change overtakes an earlier one.
    pub(super) fn send_weights(
        &mut self,
        listener: Listener,
        weights: [u16; 2],
        due: SimTime,
        out: &mut Outbox<'_>,
    ) {
        let on_their_way = &mut self.weights_on_their_way[listener as usize];
        let due = on_their_way.back().map_or(due, |&(before, _)| due.max(before));
        on_their_way.push_back((due, weights));
        if on_their_way.len() == 1 {
            out.schedule_at(due, Event::WeightsInForce(listener));
        }
    }
}
