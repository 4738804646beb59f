//! What can fall due: plain data, a phase and a timer slot for each.
//!
//! Decisions 4 and 5 of the design (docs/decisions/0001-time-and-order.md).

use crate::aws::id::{DEPLOYMENTS_MAX, DeploymentNumber, TaskSetId};
use crate::aws::name::Listener;

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
}

impl Timer {
    /// All of them.
    pub const ALL: [Timer; TIMERS] =
        [Timer::HookAnswer, Timer::Timeout, Timer::Schedule, Timer::Scaling, Timer::Unsteady];
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
    /// A controller's timer.
    Deployment(DeploymentNumber, Timer),
    /// `CreateDeployment` is called, by position in the scenario.
    DeploymentRequest(u8),
    /// The next scripted calls are made, all but those that stop a deployment.
    ScriptedCalls,
    /// A deployment is asked to stop by a scripted call.
    ScriptedStop,
    /// A task moves to its next status, or its application begins to answer.
    TaskStep(TaskPlace),
    /// The health check of a target decides something.
    TargetCheck(TaskPlace),
    /// The container health check of a task decides something.
    ContainerCheck(TaskPlace),
    /// The scheduler hears of a task's health, or the grace period that held it back ends.
    TaskVerdict(TaskPlace),
}

/// Task sets of one run: the original, and one for each deployment that is asked for.
const TASK_SETS_MAX: usize = 1 + DEPLOYMENTS_MAX;
/// Deployments that have timers at the same time: only one is active (CD-SM-5), and its rollback follows it.
const ACTIVE_MAX: usize = 2;

const MINUTE: usize = 0;
const WEIGHTS: usize = 1;
const RECOMPUTE: usize = 3;
const RECONCILE: usize = RECOMPUTE + TASK_SETS_MAX;
const DEPLOYMENT: usize = RECONCILE + TASK_SETS_MAX;
const TIMERS: usize = 5;
const REQUEST: usize = DEPLOYMENT + TIMERS * ACTIVE_MAX;
const CALLS: usize = REQUEST + DEPLOYMENTS_MAX;
const STOP: usize = CALLS + 1;
const FAULT: usize = STOP + 1;
const SPREAD: usize = FAULT + 1;
const CLIENTS: usize = SPREAD + 1;
const TASK: usize = CLIENTS + 1;
const TASK_TIMERS: usize = 4;

impl Event {
    /// The number of slots that so many task places need.
    pub const fn slots(places: usize) -> usize {
        TASK + TASK_TIMERS * places
    }

    /// The timer slot; ties of time, round and phase fall to the lower one.
    pub const fn slot(self) -> usize {
        match self {
            Self::TrafficMinute => MINUTE,
            Self::WeightsInForce(listener) => WEIGHTS + listener as usize,
            Self::TaskSetRecompute(set) => RECOMPUTE + set.index(),
            Self::TaskSetReconcile(set) => RECONCILE + set.index(),
            Self::Deployment(number, timer) => {
                DEPLOYMENT + TIMERS * (number.index() % ACTIVE_MAX) + timer as usize
            }
            Self::DeploymentRequest(request) => REQUEST + request as usize,
            Self::ScriptedCalls => CALLS,
            Self::ScriptedStop => STOP,
            Self::Fault => FAULT,
            Self::Spread => SPREAD,
            Self::ClientsMoved => CLIENTS,
            Self::TaskStep(place) => task_slot(place, 0),
            Self::TargetCheck(place) => task_slot(place, 1),
            Self::ContainerCheck(place) => task_slot(place, 2),
            Self::TaskVerdict(place) => task_slot(place, 3),
        }
    }

    /// The phase it falls into.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Deployment(_, Timer::HookAnswer)
            | Self::DeploymentRequest(_)
            | Self::ScriptedCalls
            | Self::Fault => Phase::OutsideInput,
            Self::WeightsInForce(_) | Self::TaskStep(_) => Phase::Task,
            Self::TargetCheck(_) | Self::ContainerCheck(_) | Self::TaskVerdict(_) => {
                Phase::HealthCheck
            }
            Self::TaskSetRecompute(_) | Self::TaskSetReconcile(_) => Phase::Reconciliation,
            Self::TrafficMinute | Self::Spread | Self::ClientsMoved => Phase::Traffic,
            Self::ScriptedStop => Phase::StopRequest,
            Self::Deployment(_, Timer::Timeout | Timer::Scaling | Timer::Unsteady) => {
                Phase::Timeout
            }
            Self::Deployment(_, Timer::Schedule) => Phase::Schedule,
        }
    }
}

const fn task_slot(place: TaskPlace, timer: usize) -> usize {
    TASK + TASK_TIMERS * place.0 as usize + timer
}
