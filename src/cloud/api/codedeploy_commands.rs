//! What CodeDeploy tells the agents of its instances, and what it remembers of them.
//!
//! Agents ask for commands and report what came of them; the calls themselves are not public. Rules: CD-EC2-3, CD-EC2-23, CD-HH-1,
//! CD-HH-9, CD-HH-13, CD-STOP-7.

use crate::agenda::Outbox;
use crate::agenda::event::Event;
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::id::InstanceId;
use crate::aws::instance::InstanceStatus;
use crate::cloud::Cloud;
use crate::cloud::instance::{Command, Instances};
use crate::journal::fact::Fact;
use crate::scenario::hosts::HostHealth;
use crate::scenario::revision::RevisionId;

impl<'s> Cloud<'s> {
    /// The instances as they stand.
    pub const fn instances(&self) -> &Instances<'s> {
        &self.instances
    }

    /// What instances that begin from now on are told.
    pub fn put_command(&mut self, command: Command<'s>, out: &mut Outbox<'_>) {
        self.instances.command = Some(command);
        self.make_place(command.revision, out);
    }

    /// An instance begins to do what it is told; when that is over its status changes.
    ///
    /// # Panics
    /// If nothing was ever told.
    pub fn begin_command(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let command = self.instances.command.expect("a deployment says what is to be done");
        self.begin_own_command(id, command, out);
    }

    /// An instance begins to do what it alone is told.
    pub fn begin_own_command(
        &mut self,
        id: InstanceId,
        command: Command<'s>,
        out: &mut Outbox<'_>,
    ) {
        let (deployment, status) = (command.deployment, InstanceStatus::InProgress);
        let before = out.cause();
        out.follow(Fact::InstanceStatusChanged { deployment, instance: id, status });
        let instance = &mut self.instances.all[id.index()];
        let end = instance.begin(id, &command, self.scenario, out);
        out.schedule_at(end, Event::InstanceStep(id));
        out.because(before);
    }

    /// An instance at work does not go on once the event that is running is over.
    pub fn cancel_command(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let end = self.instances.all[id.index()].cut(out.now());
        out.schedule_at(end, Event::InstanceStep(id));
    }

    /// An instance at work is given up: the event that is running has failed.
    pub fn abandon_command(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        self.instances.all[id.index()].give_up(out.now());
        out.cancel(Event::InstanceStep(id));
        self.on_instance_step(id, out);
    }

    /// What is remembered of an instance from now on (CD-HH-13).
    pub fn remember(&mut self, id: InstanceId, health: HostHealth) {
        self.instances.all[id.index()].health = health;
    }

    /// An instance belongs to the deployment group from now on, or no longer (CD-EC2-23).
    pub fn set_member(&mut self, id: InstanceId, is_member: bool) {
        self.instances.all[id.index()].is_member = is_member;
    }

    /// The revision of the last successful deployment of the group is this one from now on, and it did so with files that were
    /// there already (CD-RBC-2, CD-FIL-3).
    pub const fn set_last_successful(
        &mut self,
        revision: RevisionId,
        behavior: FileExistsBehavior,
    ) {
        self.instances.last_successful = Some(revision);
        self.instances.last_behavior = Some(behavior);
    }
}
