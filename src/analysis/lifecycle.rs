//! The course of each deployment: statuses, lifecycle events, stages, hooks, waits, error and rollback.

use crate::analysis::instance::InstanceCourses;
use crate::aws::id::{DeploymentId, DeploymentNumber};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{
    DeploymentCreator, DeploymentStatus, ErrorCode, HookAnswer, LifecycleEvent,
    LifecycleEventStatus,
};
use crate::aws::service::ServiceDeploymentStage;
use crate::engine::time::{SimDuration, SimTime};

/// One lifecycle event of one deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSpan {
    /// Which.
    pub event: LifecycleEvent,
    /// Its last status.
    pub status: LifecycleEventStatus,
    /// When it began; empty if it never did.
    pub started: Option<SimTime>,
    /// When it ended; empty while it runs, or if it never began.
    pub ended: Option<SimTime>,
}

impl EventSpan {
    /// How long it took, if it began and ended.
    pub fn took(&self) -> Option<SimDuration> {
        Some(self.ended?.since(self.started?))
    }
}

/// A deployment of ECS with two target groups at one stage; those of a step come again at each. Rule: ECS-BG-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageSpan {
    /// Which.
    pub stage: ServiceDeploymentStage,
    /// When it began.
    pub started: SimTime,
    /// When the next one began, or the deployment ended; empty if neither has.
    pub ended: Option<SimTime>,
}

/// What a deployment waits for when it neither works nor shifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitKind {
    /// For somebody to say `ContinueDeployment` (CD-ECS-61).
    Ready,
    /// For the original to be terminated (CD-ECS-70).
    Termination,
}

/// One wait of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// For what.
    pub kind: WaitKind,
    /// Since when.
    pub started: SimTime,
    /// Until when; empty if it has not ended.
    pub ended: Option<SimTime>,
}

/// One call of a hook function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HookCall {
    /// The event it is bound to.
    pub event: LifecycleEvent,
    /// When it was invoked.
    pub invoked: SimTime,
    /// When it answered, and what; empty if it never did.
    pub answered: Option<(SimTime, HookAnswer)>,
}

/// `errorInformation` of a deployment, and when it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeploymentError {
    /// When.
    pub at: SimTime,
    /// The code.
    pub code: ErrorCode,
    /// The message.
    pub message: ErrorMessage,
}

/// The course of one deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Its number in this run.
    pub number: DeploymentNumber,
    /// Its id as shown.
    pub id: DeploymentId,
    /// Who created it.
    pub creator: DeploymentCreator,
    /// The deployment that it rolls back.
    pub rolls_back: Option<DeploymentNumber>,
    /// The deployment that rolls it back.
    pub rolled_back_by: Option<DeploymentNumber>,
    /// Whether a rollback was configured and not possible.
    pub rollback_impossible: bool,
    /// When it was created.
    pub created: SimTime,
    /// Its statuses since then; the first is `Created`.
    pub statuses: Vec<(SimTime, DeploymentStatus)>,
    /// Why it ended badly.
    pub error: Option<DeploymentError>,
    /// Its lifecycle events, in the order in which they were first heard of.
    pub events: Vec<EventSpan>,
    /// Its stages, in order of time, if it is one of ECS with two target groups.
    pub stages: Vec<StageSpan>,
    /// Its waits.
    pub waits: Vec<Wait>,
    /// The calls of its hook functions.
    pub hooks: Vec<HookCall>,
    /// What it did on instances, if it goes to such.
    pub on_instances: InstanceCourses,
}

impl Course {
    /// A deployment that was just created.
    pub fn new(
        created: SimTime,
        number: DeploymentNumber,
        id: DeploymentId,
        creator: DeploymentCreator,
        rolls_back: Option<DeploymentNumber>,
    ) -> Course {
        Course {
            number,
            id,
            creator,
            rolls_back,
            rolled_back_by: None,
            rollback_impossible: false,
            created,
            statuses: vec![(created, DeploymentStatus::Created)],
            error: None,
            events: Vec::new(),
            stages: Vec::new(),
            waits: Vec::new(),
            hooks: Vec::new(),
            on_instances: InstanceCourses::default(),
        }
    }

    /// Its last status.
    pub fn status(&self) -> DeploymentStatus {
        self.statuses.last().expect("the first status is Created").1
    }

    /// When it became `Succeeded`, `Failed` or `Stopped`.
    pub fn ended(&self) -> Option<SimTime> {
        self.statuses.iter().find(|(_, status)| status.is_terminal()).map(|&(at, _)| at)
    }

    /// A lifecycle event of it.
    pub fn event(&self, event: LifecycleEvent) -> Option<&EventSpan> {
        self.events.iter().find(|span| span.event == event)
    }

    /// The status of its one target, which follows its lifecycle events (CD-LE-8): `Skipped` if none has begun.
    pub fn target_status(&self) -> LifecycleEventStatus {
        let has_begun = self.events.iter().any(|span| span.started.is_some())
            || !self.on_instances.instances.is_empty();
        match (has_begun, self.ended().is_some()) {
            (false, false) => LifecycleEventStatus::Pending,
            // A rollback has no events of its own, and its target is put back with it.
            (false, true) if self.rolls_back.is_some() && !is_bad(self.status()) => {
                LifecycleEventStatus::Succeeded
            }
            (false, true) => LifecycleEventStatus::Skipped,
            (true, true) if is_bad(self.status()) => LifecycleEventStatus::Failed,
            (true, true) => LifecycleEventStatus::Succeeded,
            (true, false) => LifecycleEventStatus::InProgress,
        }
    }

    /// It has another status. The ready wait and, at the end, every wait end with it.
    pub fn on_status(&mut self, at: SimTime, status: DeploymentStatus) {
        if self.status() == status {
            return;
        }
        self.statuses.push((at, status));
        if status == DeploymentStatus::Ready {
            self.waits.push(Wait { kind: WaitKind::Ready, started: at, ended: None });
        } else {
            let over = |wait: &&mut Wait| wait.kind == WaitKind::Ready || status.is_terminal();
            self.waits.iter_mut().filter(over).for_each(|wait| {
                wait.ended.get_or_insert(at);
            });
        }
        if status.is_terminal() {
            self.end_stage(at);
        }
    }

    /// It is at another stage.
    pub fn on_stage(&mut self, at: SimTime, stage: ServiceDeploymentStage) {
        self.end_stage(at);
        self.stages.push(StageSpan { stage, started: at, ended: None });
    }

    fn end_stage(&mut self, at: SimTime) {
        if let Some(last) = self.stages.last_mut() {
            last.ended.get_or_insert(at);
        }
    }

    /// One of its lifecycle events has another status.
    pub fn on_event(&mut self, at: SimTime, event: LifecycleEvent, status: LifecycleEventStatus) {
        let position = self.events.iter().position(|span| span.event == event);
        let position = position.unwrap_or_else(|| {
            self.events.push(EventSpan { event, status, started: None, ended: None });
            self.events.len() - 1
        });
        let span = &mut self.events[position];
        span.status = status;
        match status {
            LifecycleEventStatus::InProgress => span.started = Some(at),
            LifecycleEventStatus::Succeeded | LifecycleEventStatus::Failed => {
                span.started.get_or_insert(at);
                span.ended = Some(at);
            }
            LifecycleEventStatus::Pending
            | LifecycleEventStatus::Skipped
            | LifecycleEventStatus::Unknown => {}
        }
    }

    /// The wait before the original is terminated has begun.
    pub fn on_termination_wait(&mut self, at: SimTime) {
        self.waits.push(Wait { kind: WaitKind::Termination, started: at, ended: None });
    }

    /// A hook function was invoked.
    pub fn on_hook_invoked(&mut self, at: SimTime, event: LifecycleEvent) {
        self.hooks.push(HookCall { event, invoked: at, answered: None });
    }

    /// A hook function answered.
    pub fn on_hook_answered(&mut self, at: SimTime, event: LifecycleEvent, answer: HookAnswer) {
        if let Some(call) = self.hooks.iter_mut().rev().find(|call| call.event == event) {
            call.answered = Some((at, answer));
        }
    }
}

/// Whether a deployment brings nothing new: it goes to instances that Auto Scaling launches or terminates (CD-EC2-30,
/// CD-EC2-32).
pub const fn brings_nothing_new(creator: DeploymentCreator) -> bool {
    matches!(
        creator,
        DeploymentCreator::AutoScaling
            | DeploymentCreator::AutoScalingTermination
            | DeploymentCreator::CodeDeployAutoUpdate
    )
}

/// Whether a deployment of this status has ended badly.
const fn is_bad(status: DeploymentStatus) -> bool {
    matches!(status, DeploymentStatus::Failed | DeploymentStatus::Stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::from_millis(seconds * 1000)
    }

    fn course() -> Course {
        let id = DeploymentId::from_random(1);
        Course::new(at(0), DeploymentNumber(0), id, DeploymentCreator::User, None)
    }

    #[test]
    fn the_ready_wait_ends_when_the_deployment_goes_on() {
        let mut course = course();
        course.on_status(at(92), DeploymentStatus::Ready);
        course.on_status(at(1000), DeploymentStatus::InProgress);
        let wait = Wait { kind: WaitKind::Ready, started: at(92), ended: Some(at(1000)) };
        assert_eq!(course.waits, [wait]);
    }

    /// ECS-BG-2.
    #[test]
    fn a_stage_ends_with_the_next_one_or_with_its_deployment() {
        let mut course = course();
        course.on_stage(at(0), ServiceDeploymentStage::ScaleUp);
        course.on_stage(at(60), ServiceDeploymentStage::PostScaleUp);
        assert_eq!(course.stages[0].ended, Some(at(60)));
        assert_eq!(course.stages[1].ended, None);
        course.on_status(at(90), DeploymentStatus::Failed);
        assert_eq!(course.stages[1].ended, Some(at(90)));
    }

    #[test]
    fn a_skipped_event_never_began() {
        let mut course = course();
        course.on_event(at(2), LifecycleEvent::Install, LifecycleEventStatus::InProgress);
        course.on_event(at(9), LifecycleEvent::Install, LifecycleEventStatus::Failed);
        course.on_event(at(9), LifecycleEvent::AfterInstall, LifecycleEventStatus::Skipped);
        let took = |event| course.event(event).and_then(EventSpan::took);
        assert_eq!(took(LifecycleEvent::Install), Some(SimDuration::from_secs(7)));
        assert_eq!(took(LifecycleEvent::AfterInstall), None);
    }
}
