//! What is asked of EC2 and of Auto Scaling: instances are launched and terminated, hooks are answered.
//!
//! Rules: CD-EC2-20, CD-EC2-23, CD-EC2-31 to CD-EC2-33.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::InstanceId;
use crate::aws::instance::{InstanceState, LifecycleActionResult, LifecycleState};
use crate::cloud::Cloud;
use crate::engine::time::SimDuration;

/// An instance that was launched already takes at least so long to be launched anew: a limit of ours (CD-EC2-31).
const RELAUNCH_MIN: SimDuration = SimDuration::from_secs(1);

impl Cloud<'_> {
    /// An instance is launched; it runs after a while.
    pub fn run_instance(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let launch = &self.scenario.assumptions.instance_launch;
        let launches = self.instances.all[id.index()].launches;
        let takes = out.draw(launch, Purpose::InstanceLaunch, id.0.into(), launches);
        // Who is launched again and again does not do so at one instant.
        let takes = if launches > 0 { takes.max(RELAUNCH_MIN) } else { takes };
        self.make_anew(id, out);
        self.change_state(id, InstanceState::Pending, out);
        out.schedule(takes, Event::InstanceStep(id));
    }

    /// `CompleteLifecycleAction`: an instance that waits in a hook of its Auto Scaling group goes on to where it was going, or
    /// is terminated; in place of one that was abandoned Auto Scaling launches another, which is told as the same one
    /// (CD-EC2-31). One that was to be terminated is, whatever is answered (CD-EC2-32).
    pub fn complete_lifecycle_action(
        &mut self,
        id: InstanceId,
        result: LifecycleActionResult,
        out: &mut Outbox<'_>,
    ) {
        match (self.instances.all[id.index()].lifecycle, result) {
            (Some(LifecycleState::PendingWait), LifecycleActionResult::Continue) => {
                self.instances.all[id.index()].is_member = true;
                self.change_lifecycle(id, LifecycleState::InService, out);
            }
            (Some(LifecycleState::PendingWait), LifecycleActionResult::Abandon) => {
                self.terminate_instance(id, out);
                self.run_instance(id, out);
            }
            (Some(LifecycleState::TerminatingWait), _) => self.terminate_instance(id, out),
            (state, result) => unreachable!("{state:?} waits for no {result}"),
        }
    }

    /// An instance is gone at once: it serves nobody, and what it was told to do nobody reports any more.
    pub fn terminate_instance(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let instance = &mut self.instances.all[id.index()];
        let (served, runs) = (std::mem::take(&mut instance.serves), instance.runs);
        let lost_until = instance.lose(out.now(), &self.scenario.assumptions);
        if served {
            let place = self.instances.place_of(runs);
            self.instances.serving[place.index()] -= 1;
            out.schedule_now(Event::Spread);
        }
        match lost_until {
            Some(at) => out.schedule_at(at, Event::InstanceStep(id)),
            None => out.cancel(Event::InstanceStep(id)),
        }
        self.change_state(id, InstanceState::Terminated, out);
    }
}
