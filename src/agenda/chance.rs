//! What chance decides: every purpose a stream of its own.
//!
//! A number once given is never given to another purpose: that would change every recorded run.

use crate::engine::random::{Draws, Random, RunKey};

/// What a draw is for. Its index stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Where in its minute the first deployment is created. Index 0.
    StartPhase = 0,
    /// Which candidate is deployed. Index: the deployment's position in the scenario.
    Candidate = 1,
    /// The id that CodeDeploy shows. Index: deployment, in the order of creation.
    DeploymentId = 2,
    /// Gap, empty duration and listener update of a lifecycle event. Index: 8 x position + event.
    LifecycleEvent = 3,
    /// What a hook function does. Index: 8 x position + event.
    Hook = 4,
    /// Launch stages of a task of the original. Index: its ordinal.
    OriginalLaunch = 5,
    /// Launch stages of a task of a replacement. Index: its ordinal.
    ReplacementLaunch = 6,
    /// Stop stages of a task of the original. Index: its ordinal.
    OriginalStop = 7,
    /// Stop stages of a task of a replacement. Index: its ordinal.
    ReplacementStop = 8,
    /// Failing target checks of a task of the original. Index: its ordinal.
    OriginalTargetCheck = 9,
    /// Failing target checks of a task of a replacement. Index: its ordinal.
    ReplacementTargetCheck = 10,
    /// Failing container checks of a task of the original. Index: its ordinal.
    OriginalContainerCheck = 11,
    /// Failing container checks of a task of a replacement. Index: its ordinal.
    ReplacementContainerCheck = 12,
    /// How late the scheduler hears of a task's health. Index: ordinal of a task of the original.
    OriginalVerdict = 13,
    /// How late the scheduler hears of a task's health. Index: ordinal of a task of a replacement.
    ReplacementVerdict = 14,
    /// Noise, requests and errors. Index: 2 x minute since the scenario's start + target group.
    Traffic = 15,
    /// How long new weights take. Index: 2 x the listener's changes before + listener.
    WeightPropagation = 16,
    /// How long the scheduler takes to act on a new count. Index: 2^16 x task set + changes before.
    Recompute = 17,
    /// In which order running tasks are stopped in a scale-in. Index: 2 x the task's ordinal + role.
    ScaleIn = 18,
    /// How long a refused caller waits before it asks again. Index: the deployment's position.
    Retry = 19,
    /// Whether a task of the original fails to start, and when it crashes. Index: its ordinal.
    OriginalEnd = 20,
    /// Whether a task of a replacement fails to start, and when it crashes. Index: its ordinal.
    ReplacementEnd = 21,
    /// When room is looked for again, for a task of the original. Index: its ordinal.
    OriginalPlacement = 22,
    /// When room is looked for again, for a task of a replacement. Index: its ordinal.
    ReplacementPlacement = 23,
    /// Which tasks a fault meets. Index: 2 x the task's ordinal + role; overflow by fault.
    Fault = 24,
    /// Requests that get no answer, or none in time. Index: that of traffic.
    TrafficLosses = 25,
    /// Requests that were open at the target of a task of the original when it ended. Index: its ordinal.
    OriginalOpenRequests = 26,
    /// Requests that were open at the target of a task of a replacement when it ended. Index: its ordinal.
    ReplacementOpenRequests = 27,
    /// Requests that come to a zone without a target, or whose connection ends; invocations that find no room, or no
    /// environment. Index: that of traffic.
    TrafficDetours = 28,
    /// What the original answered before the deployment was created. Index: minutes before.
    History = 29,
    /// How late datapoints can be seen, eight minutes a block. Index: 512 x eighths of minutes + source.
    MetricDelay = 30,
    /// When in its minute an alarm is evaluated. Index: alarm.
    EvaluationPhase = 31,
    /// How long a scaling action takes. Index: actions before.
    ScalingAction = 32,
    /// Requests that wait in vain, and what else makes them fail. Index: that of traffic.
    TrafficCauses = 33,
    /// How long answers took. Index: 2 x minute, counted as for metrics, + target group.
    ResponseTime = 34,
    /// Requests whose connection a Network Load Balancer resets after a switch. Index: that of traffic.
    SwitchResets = 35,
    /// Requests that a metric of their revision counts. Index: that of traffic.
    CustomCount = 36,
    /// Values that a revision publishes itself. Index: 512 x periods, counted as for metrics, + source.
    CustomMetric = 37,
    /// Whether a look at the alarms is throttled. Index: 2^32 x the deployment's position + looks before.
    AlarmPoll = 38,
    /// In which order instances have their turns, eight a block. Index: 2^10 x deployment + eighths of the instance's position.
    InstanceOrder = 39,
    /// How long events on an instance take. Index: 2^13 x deployment + instance; from 2^40 on of the events around traffic.
    InstanceEvent = 40,
    /// Whether events on an instance fail. Index: that of how long they take.
    InstanceFailure = 41,
    /// How long before an event its agent asks for it. Index: that of how long events take.
    AgentPoll = 42,
    /// Whether an agent runs on an instance. Index: instance.
    AgentAbsent = 43,
    /// How long the launch of an instance takes. Index: instance.
    InstanceLaunch = 44,
    /// Which instances a fault terminates. Index: instance; overflow by fault.
    InstanceTermination = 45,
    /// What a function does that a hook of ECS invokes. Index: 2^8 x the deployment's position + hook.
    StageHook = 46,
    /// How long a shift of traffic by ECS takes. Index: 2^16 x the deployment's position + shift.
    ServiceShift = 47,
}

/// How many purposes there are.
pub const PURPOSES: usize = Purpose::ServiceShift as usize + 1;

/// The streams of one run, by purpose.
#[derive(Clone, Debug)]
pub struct Chance(Random<PURPOSES>);

impl Chance {
    /// The streams of a run.
    pub fn new(key: RunKey) -> Chance {
        Chance(Random::new(key))
    }

    /// Turns to another run.
    pub fn reset(&mut self, key: RunKey) {
        self.0.reset(key);
    }

    /// The draws of this index of this purpose.
    pub fn at(&mut self, purpose: Purpose, index: u64) -> Draws {
        self.0.at(purpose as usize, index)
    }

    /// Uniform number `n` of an index that may need more than one block: the first eight from its own
    /// block, the others from its overflow stream.
    pub fn nth(&mut self, purpose: Purpose, index: u64, n: u32) -> f64 {
        const BLOCK: u32 = crate::engine::random::DRAWS_A_BLOCK as u32;
        let (block, position) = (n / BLOCK, (n % BLOCK) as usize);
        match block.checked_sub(1) {
            None => self.0.uniform(purpose as usize, index, position),
            Some(further) => {
                self.0.overflow(purpose as usize, index, further.into()).uniform(position)
            }
        }
    }
}
