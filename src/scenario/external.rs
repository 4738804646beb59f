//! `deployment.external`: what a controller of somebody else's does to the service, step by step.
//!
//! Plain data. Not what a call leads to (`cloud`), nor who carries the steps out (`deploy::external`).
//! Rules: CD-EXT-1, ECS-EXT-1, ECS-EXT-2, ECS-EXT-33 to ECS-EXT-35 (docs/semantics).

use crate::aws::alarm::StateValue;
use crate::aws::call::ApiCall;
use crate::aws::id::{AlarmId, TargetGroupId};
use crate::aws::name::Listener;
use crate::engine::time::SimDuration;
use crate::scenario::operator::Call;

/// At most so many steps stand in one list of a workflow.
pub const STEPS_MAX: usize = 100;
/// At most so many task sets are named in a workflow, the one that is there before it included.
pub const NAMED_SETS_MAX: usize = 20;

/// A task set by its name in the scenario: its position among the names. The first is `original`, which serves before
/// the workflow begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedSet(pub u8);

impl NamedSet {
    /// The task set that serves before the workflow begins.
    pub const ORIGINAL: NamedSet = NamedSet(0);

    /// Its position among the names.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The steps of an external controller, and what it does when they fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    /// From one look at the account to the next; with zero it hears of everything at once.
    pub poll: SimDuration,
    /// The deployment is given up once this holds, whichever step it is at.
    pub abort_if: Option<Condition>,
    /// `steps`; the deployment has succeeded after the last.
    pub steps: Vec<Step>,
    /// `abort`: the way back, in place of the rest of the steps; may be empty.
    pub abort: Vec<Step>,
}

/// One step: what it waits for, then what it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What must hold before it does anything.
    pub when: Option<Condition>,
    /// The deployment is given up if this holds while the step waits.
    pub unless: Option<Condition>,
    /// How long it waits; without it for ever.
    pub timeout: Option<SimDuration>,
    /// Whether a wait that was too long ends the step only, and not the deployment.
    pub goes_on_after_timeout: bool,
    /// What it calls, if anything.
    pub action: Option<Action>,
    /// What it does if the call is refused.
    pub retry: Retry,
}

/// A refused call is made again so often, with so much time between; then the deployment is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often in all: 1 to 100, default 1.
    pub attempts: u32,
    /// The pause before the next attempt.
    pub every: SimDuration,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry { attempts: 1, every: SimDuration::ZERO }
    }
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// So long since the step before was done.
    Elapsed(SimDuration),
    /// So long since the workflow began.
    At(SimDuration),
    /// A task set is `STEADY_STATE`; one that does not exist is not.
    Steady(NamedSet),
    /// A task set has lost its last task, and is not described any more (ECS-EXT-26).
    Gone(NamedSet),
    /// A task set has at least so many targets that are healthy.
    Healthy(NamedSet, u32),
    /// An alarm is in this state.
    Alarm(AlarmId, StateValue),
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
}

/// What a step calls. Which parameters a call owns was checked when it was read (ECS-EXT-2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// `CreateService` of the EXTERNAL controller: ACTIVE, without a task set.
    CreateService {
        /// `desiredCount`: 0 to 5000, default 0 (ECS-EXT-4).
        desired_count: u32,
    },
    /// `CreateTaskSet`.
    CreateTaskSet {
        /// The name it gets.
        set: NamedSet,
        /// Whether it runs what is deployed; else what was there before.
        replacement: bool,
        /// The target group bound to it.
        target_group: TargetGroupId,
        /// `scale`, in ten-thousandths of a percent; 0 where nobody says (ECS-EXT-7).
        scale: u32,
    },
    /// `UpdateTaskSet`.
    UpdateTaskSet {
        /// Which one.
        set: NamedSet,
        /// `scale`, in ten-thousandths of a percent.
        scale: u32,
    },
    /// `UpdateServicePrimaryTaskSet`.
    UpdateServicePrimaryTaskSet {
        /// Which one.
        set: NamedSet,
    },
    /// `DeleteTaskSet`.
    DeleteTaskSet {
        /// Which one.
        set: NamedSet,
        /// `force`: also if it is scaled above 0, or PRIMARY.
        force: bool,
    },
    /// `ModifyListener`.
    ModifyListener {
        /// Which listener.
        listener: Listener,
        /// Weight of each target group, by id; not both 0.
        weights: [u16; 2],
        /// Whether the forward action names each target group, if only with weight 0.
        names: [bool; 2],
    },
    /// A call that others make too.
    Call(Call),
}

impl Action {
    /// The name of the call.
    pub const fn name(&self) -> ApiCall {
        match self {
            Self::CreateService { .. } => ApiCall::CreateService,
            Self::CreateTaskSet { .. } => ApiCall::CreateTaskSet,
            Self::UpdateTaskSet { .. } => ApiCall::UpdateTaskSet,
            Self::UpdateServicePrimaryTaskSet { .. } => ApiCall::UpdateServicePrimaryTaskSet,
            Self::DeleteTaskSet { .. } => ApiCall::DeleteTaskSet,
            Self::ModifyListener { .. } => ApiCall::ModifyListener,
            Self::Call(call) => call.name(),
        }
    }
}

impl Workflow {
    /// Every step of both lists.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().chain(&self.abort)
    }

    /// How many task sets it may create.
    pub fn created_sets(&self) -> usize {
        let creates = |step: &&Step| matches!(step.action, Some(Action::CreateTaskSet { .. }));
        self.all_steps().filter(creates).count()
    }

    /// Whether task sets of both revisions may come to stand behind one target group; `found` is that of the original, if it
    /// is there before. Rule: ECS-EXT-35.
    pub fn mixes_revisions(&self, found: Option<TargetGroupId>) -> bool {
        let mut stands = [[false; 2]; 2];
        if let Some(group) = found {
            stands[group.index()][0] = true;
        }
        for step in self.all_steps() {
            if let Some(Action::CreateTaskSet { replacement, target_group, .. }) = step.action {
                stands[target_group.index()][usize::from(replacement)] = true;
            }
        }
        stands.contains(&[true; 2])
    }

    /// Whether the service does not exist before it: it is created by a step (ECS-EXT-33).
    pub fn creates_service(&self) -> bool {
        let creates = |step: &Step| matches!(step.action, Some(Action::CreateService { .. }));
        self.steps.iter().any(creates)
    }

    /// Whether it looks at an alarm, and acts on what it finds.
    pub fn watches(&self, alarm: AlarmId) -> bool {
        let waits = self.all_steps().flat_map(|step| step.when.iter().chain(&step.unless));
        waits.chain(&self.abort_if).any(|condition| condition.speaks_of_alarm(alarm))
    }

    /// The longest that its waits can take, if each ends by itself; steps that wait for ever count a day.
    pub fn longest(&self) -> SimDuration {
        const FOR_EVER: SimDuration = SimDuration::from_mins(24 * 60);
        let of = |step: &Step| {
            let wait = match (&step.when, step.timeout) {
                (None, _) => SimDuration::ZERO,
                (Some(_), Some(timeout)) => timeout,
                (Some(condition), None) => condition.latest().unwrap_or(FOR_EVER),
            };
            wait + step.retry.every.times(u64::from(step.retry.attempts))
        };
        self.all_steps().map(of).sum()
    }
}

impl Condition {
    /// Whether it speaks of an alarm at all.
    fn speaks_of_alarm(&self, alarm: AlarmId) -> bool {
        match self {
            Self::Alarm(own, _) => *own == alarm,
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().any(|part| part.speaks_of_alarm(alarm))
            }
            _ => false,
        }
    }

    /// When it holds at the latest after its step began, if time alone decides.
    fn latest(&self) -> Option<SimDuration> {
        match self {
            Self::Elapsed(time) | Self::At(time) => Some(*time),
            Self::All(parts) => parts
                .iter()
                .map(Self::latest)
                .try_fold(SimDuration::ZERO, |longest, part| part.map(|part| longest.max(part))),
            Self::Any(parts) => parts.iter().filter_map(Self::latest).min(),
            _ => None,
        }
    }
}
