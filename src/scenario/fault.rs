//! `faults`: what is broken on purpose, and when.
//!
//! Not what comes of it (`cloud`). Rules: ECS-CAP-1, ECS-CAP-5, ECS-TASK-12, ECS-TASK-22, CD-ECS-21, CD-EC2-30, CD-EC2-33.

use crate::aws::call::FaultKind;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;

/// At most so many faults are injected in one scenario.
pub const FAULTS_MAX: usize = 50;

/// A service is spread over so many zones at most.
pub const ZONES_MAX: u32 = 10;

/// One fault, and when it begins, counted from the creation of the first deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it begins.
    pub at: SimDuration,
    /// How long it lasts; without it to the end. What happens at once has no length.
    pub lasts: Option<SimDuration>,
    /// What it is.
    pub breakage: Breakage,
}

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakage {
    /// No more than so many tasks of the service can be placed.
    CapacityShortage {
        /// How many; those that run already stay.
        room: u32,
    },
    /// The essential container of so many running tasks ends.
    TaskCrash(Victims),
    /// Fargate Spot takes back the capacity of so many running tasks.
    SpotInterruption(Victims),
    /// A zone is gone with all its tasks, and no task starts there.
    ZoneFailure {
        /// Which, from 0.
        zone: u8,
    },
    /// Elastic Load Balancing refuses to change a listener for CodeDeploy.
    ListenerUpdateRefused,
    /// ECS refuses to create a task set.
    TaskSetRefused,
    /// ECS's own calls are throttled.
    EcsThrottled,
    /// CodeDeploy's reads of alarm states are throttled.
    AlarmsThrottled {
        /// How many of them; each has its own luck.
        share: Share,
    },
    /// The service role may not read alarm states.
    AlarmsDenied,
    /// What the application asks fails: every revision fails this share of its answers more.
    DependencyFailure {
        /// The share.
        errors: Share,
    },
    /// So many of the instances of the deployment group are terminated, drawn from those that run.
    InstanceTermination {
        /// How many.
        instances: u16,
    },
    /// Auto Scaling launches so many instances more.
    InstanceLaunch {
        /// How many.
        instances: u16,
    },
}

/// Which tasks a fault meets: so many, drawn from those that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Victims {
    /// How many; without it all.
    pub tasks: Option<u32>,
    /// Whether only tasks of the original, or of a replacement; else of both.
    pub only: Option<Role>,
}

/// Which of the two sides of a deployment: AWS's labels are `Blue` and `Green`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What served before the first deployment.
    Original,
    /// What a deployment brings.
    Replacement,
}

impl Breakage {
    /// Its name.
    pub const fn kind(&self) -> FaultKind {
        match self {
            Self::CapacityShortage { .. } => FaultKind::CapacityShortage,
            Self::TaskCrash(_) => FaultKind::TaskCrash,
            Self::SpotInterruption(_) => FaultKind::SpotInterruption,
            Self::ZoneFailure { .. } => FaultKind::ZoneFailure,
            Self::ListenerUpdateRefused => FaultKind::ListenerUpdateRefused,
            Self::TaskSetRefused => FaultKind::TaskSetRefused,
            Self::EcsThrottled => FaultKind::EcsThrottled,
            Self::AlarmsThrottled { .. } => FaultKind::AlarmsThrottled,
            Self::AlarmsDenied => FaultKind::AlarmsDenied,
            Self::DependencyFailure { .. } => FaultKind::DependencyFailure,
            Self::InstanceTermination { .. } => FaultKind::InstanceTermination,
            Self::InstanceLaunch { .. } => FaultKind::InstanceLaunch,
        }
    }

    /// Whether it happens at once and has no length.
    pub const fn is_momentary(&self) -> bool {
        matches!(
            self,
            Self::TaskCrash(_)
                | Self::SpotInterruption(_)
                | Self::InstanceTermination { .. }
                | Self::InstanceLaunch { .. }
        )
    }
}
