//! How a deployment reaches EC2 instances and on-premises servers: in batches that leave enough of them healthy.
//!
//! Pure rules that both `schedule` and the controllers need. Not what happens on a host, nor when.
//! Rules: CD-HH-1 to CD-HH-13, CD-Z-1 to CD-Z-6, CD-CFG-4, CD-CFG-6 (docs/semantics/codedeploy.md).

mod app_spec;
mod health;
mod minimum;
mod plan;
mod schedule;

pub use app_spec::{EventScripts, HostAppSpec, Script};
pub use health::{DeploymentOrder, HostHealth, HostResult, InstanceHealth, RevisionHealth};
pub use minimum::{InvalidMinimum, MinimumHealthyHosts};
pub use plan::{HostPlan, Zone};
pub use schedule::{Batch, Ending, HostSchedule, Next};

use crate::engine::time::SimDuration;

/// The most hosts that one deployment can have anywhere: 2000 in four Regions, 1000 in the others (CD-EC2-2).
pub const HOSTS_MAX: u32 = 2000;

/// The most hosts that one deployment can have in every Region (CD-EC2-2).
pub const HOSTS_MAX_IN_MOST_REGIONS: u32 = 1000;

/// The Regions in which a deployment can have [`HOSTS_MAX`] hosts (CD-EC2-2).
pub const LARGE_REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-2", "eu-central-1"];

/// A deployment configuration for hosts: what has to stay healthy, and whether zones take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostConfig {
    /// `minimumHealthyHosts`: of all hosts of the deployment.
    pub minimum_healthy_hosts: MinimumHealthyHosts,
    /// `zonalConfig`: one Availability Zone after the other, if it is there.
    ///
    /// Not for blue/green, not for on-premises instances and in no predefined configuration. Rules: CD-Z-1, CD-CFG-6.
    pub zonal_config: Option<ZonalConfig>,
}

impl HostConfig {
    /// That of a rollback, which ignores zones. Rule: CD-Z-6.
    #[must_use]
    pub const fn of_rollback(self) -> HostConfig {
        HostConfig { zonal_config: None, ..self }
    }
}

/// How zones take turns (`ZonalConfig`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZonalConfig {
    /// `minimumHealthyHostsPerZone`: of the hosts of a zone; 0 % if it is not written. Rule: CD-Z-2.
    pub minimum_healthy_hosts_per_zone: MinimumHealthyHosts,
    /// `monitorDurationInSeconds`: the wait after a zone, before the next one; 0 if it is not written. Rule: CD-Z-4.
    pub monitor_duration: SimDuration,
    /// `firstZoneMonitorDurationInSeconds`: the wait after the first zone, if it is another one. Rule: CD-Z-4.
    pub first_zone_monitor_duration: Option<SimDuration>,
}

impl ZonalConfig {
    /// The wait after the zone of this place, counted from 0, if another one follows. Rule: CD-Z-4.
    fn wait_after(self, zone: usize) -> SimDuration {
        match self.first_zone_monitor_duration {
            Some(first) if zone == 0 => first,
            _ => self.monitor_duration,
        }
    }
}
