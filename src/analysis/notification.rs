//! What CodeDeploy tells of its deployments: messages of the group's triggers, events for EventBridge.
//!
//! Derived from facts: nothing in the run waits for a message. Not how one is spelt (`report::notification`).
//! Rules: CD-NOT-1, CD-NOT-2, CD-NOT-3, CD-SM-9.

use crate::analysis::lifecycle::{Course, DeploymentError};
use crate::analysis::series::Series;
use crate::aws::name::DeploymentStatus;
use crate::aws::notification::{DeploymentState, TargetStatus, Trigger, TriggerEventType};
use crate::engine::time::SimTime;
use crate::journal::Entry;
use crate::journal::fact::Fact;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification<'a> {
    /// When it is sent.
    pub at: SimTime,
    /// To whom, and as what.
    pub channel: Channel<'a>,
    /// Of which deployment.
    pub course: &'a Course,
    /// Its status of that instant.
    pub status: DeploymentStatus,
}

/// To whom a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel<'a> {
    /// The topic of a trigger, which asked for this event.
    Topic(&'a Trigger, TriggerEventType),
    /// EventBridge, which is told of every state.
    EventBridge(DeploymentState),
}

impl Notification<'_> {
    /// When the deployment was completed, if it was by then.
    pub fn completed(&self) -> Option<SimTime> {
        self.course.ended().filter(|_| self.status.is_terminal())
    }

    /// Why it ended badly, if it had by then.
    pub fn error(&self) -> Option<DeploymentError> {
        self.course.error.filter(|_| self.status.is_terminal())
    }

    /// What `deploymentOverview` counts its one target as; nothing while it runs (CD-SM-9).
    pub fn target(&self) -> Option<TargetStatus> {
        match self.status {
            DeploymentStatus::Succeeded => Some(TargetStatus::Succeeded),
            DeploymentStatus::Failed => Some(TargetStatus::Failed),
            // Of a stopped deployment the target is skipped if no event of it has begun (CD-LE-8); stopped in a wait
            // it counts as failed, like the deployment.
            DeploymentStatus::Stopped => {
                let any_begun = self.course.events.iter().any(|span| span.started.is_some());
                Some(if any_begun { TargetStatus::Failed } else { TargetStatus::Skipped })
            }
            DeploymentStatus::Created
            | DeploymentStatus::Queued
            | DeploymentStatus::InProgress
            | DeploymentStatus::Baking
            | DeploymentStatus::Ready => None,
        }
    }
}

/// Every message of a run, in order; of one fact those of the triggers first, in the order of the group.
pub fn notifications<'a>(
    entries: &[Entry],
    series: &'a Series,
    triggers: &'a [Trigger],
) -> Vec<Notification<'a>> {
    let mut sent = Vec::new();
    for Entry { at, fact, .. } in entries {
        let (number, status, event, state) = match *fact {
            Fact::DeploymentStatusChanged { deployment, status } => {
                (deployment, status, event_of(status), state_of(status))
            }
            Fact::DeploymentCreated { deployment, rolls_back: Some(_), .. } => {
                let event = Some(TriggerEventType::DeploymentRollback);
                (deployment, DeploymentStatus::Created, event, None)
            }
            _ => continue,
        };
        let course = series.deployments.iter().find(|course| course.number == number);
        let Some(course) = course else { continue };
        let asked = triggers.iter().filter_map(|trigger| {
            let event = event.filter(|event| trigger.events.contains(event))?;
            Some(Channel::Topic(trigger, event))
        });
        let channels = asked.chain(state.map(Channel::EventBridge));
        sent.extend(channels.map(|channel| Notification { at: *at, channel, course, status }));
    }
    sent
}

/// The trigger event of a status that is entered (CD-NOT-2).
const fn event_of(status: DeploymentStatus) -> Option<TriggerEventType> {
    match status {
        DeploymentStatus::InProgress => Some(TriggerEventType::DeploymentStart),
        DeploymentStatus::Succeeded => Some(TriggerEventType::DeploymentSuccess),
        DeploymentStatus::Failed => Some(TriggerEventType::DeploymentFailure),
        DeploymentStatus::Stopped => Some(TriggerEventType::DeploymentStop),
        DeploymentStatus::Ready => Some(TriggerEventType::DeploymentReady),
        DeploymentStatus::Created | DeploymentStatus::Queued | DeploymentStatus::Baking => None,
    }
}

/// The state that EventBridge is told of then (CD-NOT-3).
const fn state_of(status: DeploymentStatus) -> Option<DeploymentState> {
    match status {
        DeploymentStatus::Queued => Some(DeploymentState::Queued),
        DeploymentStatus::InProgress => Some(DeploymentState::Start),
        DeploymentStatus::Succeeded => Some(DeploymentState::Success),
        DeploymentStatus::Failed => Some(DeploymentState::Failure),
        DeploymentStatus::Stopped => Some(DeploymentState::Stop),
        DeploymentStatus::Ready => Some(DeploymentState::Ready),
        DeploymentStatus::Created | DeploymentStatus::Baking => None,
    }
}
