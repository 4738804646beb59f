//! The instances as they stand when the first deployment is created, and what it means that one is done.
//!
//! Rules: CD-HH-1, CD-LE-8, CD-EC2-9, decision: history (docs/semantics).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::{InstanceId, TargetGroupId};
use crate::aws::instance::InstanceStatus;
use crate::cloud::Cloud;
use crate::cloud::instance::Instance;
use crate::cloud::load_balancer::{self, ForwardAction};
use crate::journal::fact::Fact;
use crate::scenario::revision::RevisionId;
use crate::scenario::server::Server;

impl Cloud<'_> {
    /// Every instance as it is described.
    pub(in crate::cloud) fn find_instances(&mut self, described: &Server, out: &mut Outbox<'_>) {
        // Nobody sends requests; what traffic asks for stands as if all went to the original.
        let place = TargetGroupId(0);
        let at_rest =
            ForwardAction::at_rest(load_balancer::all_to(place), load_balancer::only(place));
        self.listeners = [at_rest, ForwardAction::default()];
        self.serve(place, &self.scenario.original, out);
        let absent = described.agents_absent;
        self.instances.all.clear();
        self.instances.command = None;
        self.instances.last_successful =
            described.has_earlier_success().then_some(RevisionId::ORIGINAL);
        let mut current = 0;
        for (instance, index) in described.instances.iter().zip(0..) {
            let has_agent = absent.is_zero()
                || !absent.happens(out.chance().at(Purpose::AgentAbsent, index).uniform(0));
            let found = Instance::found(instance, has_agent, RevisionId::ORIGINAL);
            current += u16::from(found.runs.is_some());
            self.instances.all.push(found);
        }
        let instances = u16::try_from(described.instances.len()).expect("instances are limited");
        out.follow(Fact::InstancesFound { instances, current });
    }

    /// What an instance was told to do is over.
    pub(in crate::cloud) fn on_instance_step(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let command = self.instances.command.expect("it was told what to do");
        let is_well = self.instances.all[id.index()].end(id, &command, out);
        let status = if is_well { InstanceStatus::Succeeded } else { InstanceStatus::Failed };
        let deployment = command.deployment;
        out.record(Fact::InstanceStatusChanged { deployment, instance: id, status });
    }
}
