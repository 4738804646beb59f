//! What is asked of EC2 and of Auto Scaling: instances are launched and terminated.
//!
//! Rules: CD-EC2-20, CD-EC2-23, CD-EC2-31, CD-EC2-33.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::id::InstanceId;
use crate::aws::instance::InstanceState;
use crate::cloud::Cloud;

impl Cloud<'_> {
    /// An instance is launched; it runs after a while.
    pub fn run_instance(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let launch = &self.scenario.assumptions.instance_launch;
        let takes = out.draw(launch, Purpose::InstanceLaunch, id.0.into(), 0);
        self.change_state(id, InstanceState::Pending, out);
        out.schedule(takes, Event::InstanceStep(id));
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
