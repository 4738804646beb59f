//! What holds through one deployment to hosts: how many there are, where, and how many must stay healthy.
//!
//! Counted once, at the start. Not how far the deployment has come (`schedule`).
//! Rules: CD-HH-3, CD-HH-4, CD-HH-7, CD-Z-1, CD-Z-2, CD-Z-4 (docs/semantics/codedeploy.md).

use super::{HostConfig, ZonalConfig};
use crate::engine::time::SimDuration;

/// What holds through one deployment to hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostPlan {
    hosts: u32,
    minimum: u32,
    zones: Vec<Zone>,
    zonal_config: Option<ZonalConfig>,
}

/// The hosts of one Availability Zone, or all of them where zones do not take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// How many there are.
    pub hosts: u32,
    /// How many of them must stay healthy; 0 where zones do not take turns. Rule: CD-Z-2.
    pub minimum: u32,
}

impl HostPlan {
    /// The plan for hosts in these zones, of which there is one number each, in alphabetical order of their names.
    ///
    /// Without `zonalConfig` only the sum matters. Zones without hosts have no turn. Rules: CD-HH-3, CD-Z-1, CD-Z-2,
    /// CD-Z-5.
    ///
    /// # Panics
    /// If the hosts of all zones are more than a `u32` holds.
    pub fn new(config: HostConfig, hosts_of_zones: &[u32]) -> HostPlan {
        let mut plan = HostPlan::default();
        plan.count(config, hosts_of_zones);
        plan
    }

    /// Becomes the plan for other hosts. Keeps its memory.
    ///
    /// # Panics
    /// If the hosts of all zones are more than a `u32` holds.
    pub fn count(&mut self, config: HostConfig, hosts_of_zones: &[u32]) {
        let sum: u64 = hosts_of_zones.iter().copied().map(u64::from).sum();
        let hosts = u32::try_from(sum).expect("a deployment has at most 2000 hosts");
        self.hosts = hosts;
        self.minimum = config.minimum_healthy_hosts.of(hosts);
        self.zonal_config = config.zonal_config;
        self.zones.clear();
        match config.zonal_config {
            None => self.zones.push(Zone { hosts, minimum: 0 }),
            Some(zonal) => {
                let zones = hosts_of_zones.iter().filter(|hosts| **hosts > 0);
                let minimum = |hosts| zonal.minimum_healthy_hosts_per_zone.of(hosts);
                self.zones.extend(zones.map(|&hosts| Zone { hosts, minimum: minimum(hosts) }));
            }
        }
    }

    /// How many hosts the deployment has.
    pub const fn hosts(&self) -> u32 {
        self.hosts
    }

    /// How many of them must stay healthy; it may be more than there are. Rule: CD-HH-3.
    pub const fn minimum(&self) -> u32 {
        self.minimum
    }

    /// Its zones, in the order of their turns; one that holds all hosts where zones do not take turns.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// Whether one zone is deployed to after the other. Rule: CD-Z-1.
    pub const fn is_zonal(&self) -> bool {
        self.zonal_config.is_some()
    }

    /// The wait after a zone, counted from 0; none after the last. Rule: CD-Z-4.
    pub fn wait_after(&self, zone: usize) -> SimDuration {
        match self.zonal_config {
            Some(zonal) if zone + 1 < self.zones.len() => zonal.wait_after(zone),
            _ => SimDuration::ZERO,
        }
    }

    /// Whether a minimum leaves no host to deploy to, in the whole or in any zone. Rules: CD-HH-7, CD-Z-3.
    pub fn leaves_none(&self) -> bool {
        self.hosts <= self.minimum || self.zones.iter().any(|zone| zone.hosts <= zone.minimum)
    }
}
