//! The listeners of one deployment: test traffic, and production traffic by increments.
//!
//! Not the schedule's rule (`scenario::traffic_routing`). Rules: CD-TRAF-1 to CD-TRAF-5, CD-ECS-27, CD-ECS-71.

use super::run::{LASTING_DRAW, Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::TargetGroupId;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{ErrorCode, LifecycleEvent, Listener};
use crate::cloud::{Cloud, load_balancer};
use crate::engine::time::SimDuration;
use crate::scenario::traffic_routing::Step;

impl<'s> Run<'s> {
    /// From the decision to change a listener until the API has answered; `increment` counts from 0.
    pub(super) fn listener_update(
        &self,
        event: LifecycleEvent,
        increment: u32,
        out: &mut Outbox<'_>,
    ) -> SimDuration {
        let assumed = &self.scenario.assumptions.listener_update;
        let update = self.plan.pace[event as usize].duration.as_ref().unwrap_or(assumed);
        self.draw_for(event, update, LASTING_DRAW + increment, out)
    }

    pub(super) fn update_test_listener(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if self.scenario.load_balancer().has_test_listener {
            if cloud.refuses_listener_update() {
                return self.fail_listener_update(cloud, out);
            }
            forward_all(Listener::Test, self.replacement_group(), cloud, out);
        }
        self.succeed_event(out);
    }

    /// One increment of the schedule, at its distance from the start of the event (CD-TRAF-1 to CD-TRAF-3).
    pub(super) fn apply_increment(
        &mut self,
        increment: u32,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        if cloud.refuses_listener_update() {
            return self.fail_listener_update(cloud, out);
        }
        let routing = self.plan.traffic_routing;
        let Step { percent, .. } = routing.step(increment).expect("an increment is left");
        let group = self.replacement_group();
        if routing.is_gradual() {
            let weights = load_balancer::split(group, percent);
            cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        } else {
            forward_all(Listener::Production, group, cloud, out);
        }
        match routing.step(increment + 1) {
            Some(Step { after, .. }) => {
                self.stage = Stage::Shifting { increment: increment + 1 };
                let update = self.listener_update(LifecycleEvent::AllowTraffic, increment + 1, out);
                let due = self.shift_began + after + update;
                // An update that takes longer than the interval holds up the next one.
                out.schedule_at(due.max(out.now()), self.timer(Timer::Schedule));
            }
            None => {
                let replacement = self.replacement.expect("traffic moves to what was installed");
                cloud.update_service_primary_task_set(replacement, out);
                out.cancel(self.timer(Timer::Unsteady));
                self.succeed_event(out);
            }
        }
    }
}

impl<'s> Run<'s> {
    /// Elastic Load Balancing has refused to change a listener (2.4, U-7).
    fn fail_listener_update(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let code = ErrorCode::ElasticLoadBalancingInvalid;
        self.fail(code, ErrorMessage::ElbRefused, cloud, out);
    }
}

/// A listener forwards everything to one group and names no other.
pub(super) fn forward_all(
    listener: Listener,
    group: TargetGroupId,
    cloud: &mut Cloud<'_>,
    out: &mut Outbox<'_>,
) {
    let (weights, names) = (load_balancer::all_to(group), load_balancer::only(group));
    cloud.modify_listener(listener, weights, names, out);
}
