//! What can fall due: plain data, a phase and a timer slot for each.
//!
//! Decisions 4 and 5 of the design (docs/decisions/0001-time-and-order.md).

use crate::aws::id::{AlarmId, DeploymentNumber, InstanceId, TaskSetId};
use crate::aws::name::Listener;
use std::ops::Range;

/// What happens first within one instant. The numbers are the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// Faults, operators, answers of hooks: what comes from outside.
    OutsideInput = 0,
    /// Tasks, containers and the load balancer's own state move on.
    Task = 1,
    /// Health checks decide.
    HealthCheck = 2,
    /// The ECS scheduler reconciles.
    Reconciliation = 3,
    /// Traffic is drawn, metrics are emitted.
    Traffic = 4,
    /// Alarms are evaluated.
    Alarm = 5,
    /// Auto scaling decides.
    Scaling = 6,
    /// A deployment is asked to stop.
    StopRequest = 7,
    /// A deployment looks at its alarms.
    AlarmPoll = 8,
    /// Controllers hear what has happened: an awaited thing has come.
    News = 9,
    /// An awaited thing has not come in time.
    Timeout = 10,
    /// A schedule goes on: increments, waits.
    Schedule = 11,
}

/// Where a task's state stands: places are used again once a task is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskPlace(pub u32);

/// A timer of a deployment controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A hook function answers.
    HookAnswer,
    /// The awaited thing has not come in time.
    Timeout,
    /// The next step is due.
    Schedule,
    /// The service was not steady in time after a scaling event.
    Scaling,
    /// The replacement was not steady for too long.
    Unsteady,
    /// The alarms are looked at.
    AlarmPoll,
}

impl Timer {
    /// All of them.
    pub const ALL: [Timer; TIMERS] = [
        Timer::HookAnswer,
        Timer::Timeout,
        Timer::Schedule,
        Timer::Scaling,
        Timer::Unsteady,
        Timer::AlarmPoll,
    ];
}

/// Something that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something is broken on purpose, or whole again.
    Fault,
    /// The next simulated minute of traffic begins.
    TrafficMinute,
    /// New requests follow a listener's new weights.
    WeightsInForce(Listener),
    /// The scheduler acts on a task set's new computed count.
    TaskSetRecompute(TaskSetId),
    /// A task set is compared with what it should be.
    TaskSetReconcile(TaskSetId),
    /// Requests spread differently over the targets of a group: clients move on.
    Spread,
    /// No client is left that was sent by earlier weights.
    ClientsMoved,
    /// Scaling policies decide.
    Scaling,
    /// A scheduled action sets the bounds of scaling.
    ScheduledScaling,
    /// An alarm is evaluated.
    AlarmEvaluation(AlarmId),
    /// A controller's timer.
    Deployment(DeploymentNumber, Timer),
    /// `CreateDeployment` is called, by position in the scenario.
    DeploymentRequest(u8),
    /// The next scripted calls are made, all but those that stop a deployment.
    ScriptedCalls,
    /// A deployment is asked to stop by a scripted call.
    ScriptedStop,
    /// What an instance was told to do is over, or has come to where others look at it.
    InstanceStep(InstanceId),
    /// A task moves to its next status, or its application begins to answer.
    TaskStep(TaskPlace),
    /// The health check of a target decides something.
    TargetCheck(TaskPlace),
    /// The container health check of a task decides something.
    ContainerCheck(TaskPlace),
    /// The scheduler hears of a task's health, or the grace period that held it back ends.
    TaskVerdict(TaskPlace),
}

/// Deployments that have timers at the same time: only one is active (CD-SM-5), and its rollback follows it.
const ACTIVE_MAX: usize = 2;

// Slots that every run has; the requests are the first that are as many as the scenario says.
const MINUTE: usize = 0;
const SPREAD: usize = MINUTE + 1;
const CLIENTS: usize = SPREAD + 1;
const WEIGHTS: usize = CLIENTS + 1;
const STOP: usize = WEIGHTS + 2;
const DEPLOYMENT: usize = STOP + 1;
const TIMERS: usize = 6;
const REQUEST: usize = DEPLOYMENT + TIMERS * ACTIVE_MAX;
const TASK_TIMERS: usize = 4;

/// The numbers of the timer slots in one run: by kind and entity, and only what can be needed has one.
///
/// Few slots make a low tree of what is due. The numbers have 32 bits, so that their sums need no check.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    calls: u32,
    fault: u32,
    alarm: u32,
    scaling: u32,
    recompute: u32,
    reconcile: u32,
    instance: u32,
    task: u32,
}

impl Slots {
    /// The slots of a run in which so many deployments are asked for and so many task sets can be, with so many alarms and
    /// instances, and perhaps with scaling.
    pub const fn new(
        deployments: u8,
        task_sets: u8,
        alarms: u8,
        instances: u16,
        scales: bool,
    ) -> Slots {
        let task_sets = task_sets as u32;
        let calls = REQUEST as u32 + deployments as u32;
        let fault = calls + 1;
        let alarm = fault + 1;
        let scaling = alarm + alarms as u32;
        let recompute = scaling + if scales { 2 } else { 0 };
        let reconcile = recompute + task_sets;
        let instance = reconcile + task_sets;
        let task = instance + instances as u32;
        Slots { calls, fault, alarm, scaling, recompute, reconcile, instance, task }
    }

    /// How many there are with the timers of so many task places.
    pub const fn count(&self, places: usize) -> usize {
        self.task as usize + TASK_TIMERS * places
    }

    /// The phase that an event falls into, and its slot; ties of time, round and phase fall to the lower one.
    #[inline(always)] // Where an event is written down it is mostly known which: nothing is left to decide then.
    pub const fn of(&self, event: Event) -> (Phase, usize) {
        match event {
            Event::TrafficMinute => (Phase::Traffic, MINUTE),
            Event::Spread => (Phase::Traffic, SPREAD),
            Event::ClientsMoved => (Phase::Traffic, CLIENTS),
            Event::WeightsInForce(listener) => (Phase::Task, WEIGHTS + listener as usize),
            Event::ScriptedStop => (Phase::StopRequest, STOP),
            Event::Deployment(number, timer) => {
                let phase = match timer {
                    Timer::HookAnswer => Phase::OutsideInput,
                    Timer::Timeout | Timer::Scaling | Timer::Unsteady => Phase::Timeout,
                    Timer::Schedule => Phase::Schedule,
                    Timer::AlarmPoll => Phase::AlarmPoll,
                };
                let first = DEPLOYMENT + TIMERS * (number.index() % ACTIVE_MAX);
                (phase, first + timer as usize)
            }
            Event::DeploymentRequest(request) => (Phase::OutsideInput, REQUEST + request as usize),
            Event::ScriptedCalls => (Phase::OutsideInput, self.calls as usize),
            Event::Fault => (Phase::OutsideInput, self.fault as usize),
            Event::Scaling => (Phase::Scaling, self.scaling as usize),
            Event::ScheduledScaling => (Phase::Scaling, self.scaling as usize + 1),
            Event::AlarmEvaluation(alarm) => (Phase::Alarm, self.alarm as usize + alarm.index()),
            Event::TaskSetRecompute(set) => {
                (Phase::Reconciliation, self.recompute as usize + set.index())
            }
            Event::TaskSetReconcile(set) => {
                (Phase::Reconciliation, self.reconcile as usize + set.index())
            }
            Event::InstanceStep(instance) => {
                (Phase::Task, self.instance as usize + instance.index())
            }
            Event::TaskStep(place) => (Phase::Task, self.first_of(place)),
            Event::TargetCheck(place) => (Phase::HealthCheck, self.first_of(place) + 1),
            Event::ContainerCheck(place) => (Phase::HealthCheck, self.first_of(place) + 2),
            Event::TaskVerdict(place) => (Phase::HealthCheck, self.first_of(place) + 3),
        }
    }

    /// The slots of all events of a task.
    pub const fn of_task(&self, place: TaskPlace) -> Range<usize> {
        self.first_of(place)..self.first_of(place) + TASK_TIMERS
    }

    const fn first_of(&self, place: TaskPlace) -> usize {
        self.task as usize + TASK_TIMERS * place.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_timers_share_a_slot_and_none_is_left_out() {
        let deployments = 3_u8;
        let slots = Slots::new(deployments, deployments + 1, 2, 2, true);
        let mut all = vec![Event::TrafficMinute, Event::ScriptedStop, Event::ScriptedCalls];
        all.extend([Event::Fault, Event::Spread, Event::ClientsMoved]);
        all.extend([Event::Scaling, Event::ScheduledScaling]);
        all.extend([AlarmId(0), AlarmId(1)].map(Event::AlarmEvaluation));
        all.extend([Listener::Production, Listener::Test].map(Event::WeightsInForce));
        for timer in Timer::ALL {
            all.extend([0, 1].map(|run| Event::Deployment(DeploymentNumber(run), timer)));
        }
        all.extend([InstanceId(0), InstanceId(1)].map(Event::InstanceStep));
        all.extend((0..deployments).map(Event::DeploymentRequest));
        for set in (0..=deployments).map(TaskSetId) {
            all.extend([Event::TaskSetRecompute(set), Event::TaskSetReconcile(set)]);
        }
        for place in [TaskPlace(0), TaskPlace(1)] {
            all.extend([Event::TaskStep(place), Event::TargetCheck(place)]);
            all.extend([Event::ContainerCheck(place), Event::TaskVerdict(place)]);
        }
        let mut numbers: Vec<usize> = all.into_iter().map(|event| slots.of(event).1).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..slots.count(2)).collect::<Vec<_>>());
    }
}
