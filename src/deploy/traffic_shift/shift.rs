//! The shift of one deployment: production traffic by increments.
//!
//! Not the schedule's rule (`scenario::traffic_routing`), nor what is changed with each (`ecs`, `lambda`). Rules:
//! CD-TRAF-1 to CD-TRAF-5, CD-ECS-71, CD-LAM-2.

use super::run::{LASTING_DRAW, Run, Stage, Target};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::name::LifecycleEvent;
use crate::cloud::Cloud;
use crate::engine::time::SimDuration;
use crate::scenario::traffic_routing::Step;

impl<'s> Run<'s> {
    /// From the decision to change a listener or an alias until the API has answered; `increment` counts from 0.
    pub(super) fn update(
        &self,
        event: LifecycleEvent,
        increment: u32,
        out: &mut Outbox<'_>,
    ) -> SimDuration {
        let assumed = match self.target {
            Target::Ecs(_) => &self.scenario.assumptions.listener_update,
            Target::Lambda(_) => &self.scenario.assumptions.alias_update,
        };
        let update = self.plan.pace[event as usize].duration.as_ref().unwrap_or(assumed);
        self.draw_for(event, update, LASTING_DRAW + increment, out)
    }

    /// One increment of the schedule, at its distance from the start of the event (CD-TRAF-1 to CD-TRAF-3).
    pub(super) fn apply_increment(
        &mut self,
        increment: u32,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let routing = self.plan.traffic_routing;
        let Step { percent, .. } = routing.step(increment).expect("an increment is left");
        match self.target {
            Target::Ecs(_) if cloud.refuses_listener_update() => {
                return self.fail_listener_update(cloud, out);
            }
            Target::Ecs(sets) => self.shift_listener(sets, percent, cloud, out),
            Target::Lambda(versions) => {
                if !self.shift_alias(versions, percent, cloud, out) {
                    return;
                }
            }
        }
        match routing.step(increment + 1) {
            Some(Step { after, .. }) => {
                self.stage = Stage::Shifting { increment: increment + 1 };
                let update = self.update(LifecycleEvent::AllowTraffic, increment + 1, out);
                let due = self.shift_began + after + update;
                // An update that takes longer than the interval holds up the next one.
                out.schedule_at(due.max(out.now()), self.timer(Timer::Schedule));
            }
            None => {
                if let Target::Ecs(sets) = self.target {
                    self.promote_replacement(sets, cloud, out);
                }
                self.succeed_event(out);
            }
        }
    }
}
