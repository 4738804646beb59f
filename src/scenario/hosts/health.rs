//! What CodeDeploy remembers of a host between deployments, and in which order hosts take their turns.
//!
//! Rules: CD-HH-1, CD-HH-2, CD-HH-9, CD-HH-13 (docs/semantics/codedeploy.md).

/// What CodeDeploy remembers of a host. Rule: CD-HH-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostHealth {
    /// Which revision is on it.
    pub revision: RevisionHealth,
    /// How the last deployment to it went.
    pub instance: InstanceHealth,
}

/// Which revision is on a host, as seen from its deployment group. Rule: CD-HH-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionHealth {
    /// The one that the group deployed successfully last.
    Current,
    /// An earlier one.
    Old,
    /// None was ever installed with success.
    Unknown,
}

/// How the last deployment to a host went. Rule: CD-HH-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceHealth {
    /// It succeeded.
    Healthy,
    /// It failed, or there was none.
    Unhealthy,
}

/// The place of a host in a deployment: the lesser goes first. Rule: CD-HH-2.
///
/// Equal ones go in random order; who deploys draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeploymentOrder {
    /// Not healthy, whatever its revision.
    Unhealthy,
    /// Healthy, revision unknown.
    Unknown,
    /// Healthy, with an earlier revision.
    Old,
    /// Healthy, with the group's revision.
    Current,
}

/// What came of a deployment to one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostResult {
    /// Every lifecycle event succeeded.
    Succeeded,
    /// An event failed, or the deployment was stopped while the host was at work. Rule: CD-HH-9.
    Failed,
    /// The deployment ended before the host had its turn.
    Skipped,
}

impl HostHealth {
    /// A host that nothing was ever deployed to. Rule: CD-HH-1.
    pub const NEW: HostHealth =
        HostHealth { revision: RevisionHealth::Unknown, instance: InstanceHealth::Unhealthy };

    /// A host on which the group's last successful revision runs. Rule: CD-HH-1.
    pub const UP_TO_DATE: HostHealth =
        HostHealth { revision: RevisionHealth::Current, instance: InstanceHealth::Healthy };

    /// When it has its turn. Rule: CD-HH-2.
    pub const fn order(self) -> DeploymentOrder {
        match (self.instance, self.revision) {
            (InstanceHealth::Unhealthy, _) => DeploymentOrder::Unhealthy,
            (InstanceHealth::Healthy, RevisionHealth::Unknown) => DeploymentOrder::Unknown,
            (InstanceHealth::Healthy, RevisionHealth::Old) => DeploymentOrder::Old,
            (InstanceHealth::Healthy, RevisionHealth::Current) => DeploymentOrder::Current,
        }
    }

    /// What is remembered after a deployment that succeeded as a whole: its revision is the group's from now on.
    ///
    /// Rule: CD-HH-13.
    #[must_use]
    pub const fn after_success(self, result: HostResult) -> HostHealth {
        match result {
            HostResult::Succeeded => HostHealth::UP_TO_DATE,
            HostResult::Failed | HostResult::Skipped => HostHealth {
                revision: match self.revision {
                    RevisionHealth::Current => RevisionHealth::Unknown,
                    kept @ (RevisionHealth::Old | RevisionHealth::Unknown) => kept,
                },
                instance: InstanceHealth::Unhealthy,
            },
        }
    }

    /// What is remembered after a deployment that failed as a whole or was stopped: the group keeps its revision.
    ///
    /// What is said of the host's revision stays too, since it is said with regard to the group's. Rule: CD-HH-13.
    #[must_use]
    pub const fn after_failure(self, result: HostResult) -> HostHealth {
        let instance = match result {
            HostResult::Succeeded => InstanceHealth::Healthy,
            HostResult::Failed => InstanceHealth::Unhealthy,
            HostResult::Skipped => self.instance,
        };
        HostHealth { instance, ..self }
    }
}
