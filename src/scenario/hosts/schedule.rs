//! How far a deployment to hosts has come: which batch is next, or how it ends.
//!
//! Told the result of each host; not who deploys to it, nor when. A stop from outside ends a deployment whatever
//! stands here. Rules: CD-HH-4 to CD-HH-12, CD-Z-2 to CD-Z-4, CD-EC2-2 (docs/semantics/codedeploy.md).

use super::{HOSTS_MAX, HostPlan};
use crate::aws::name::ErrorCode;
use crate::engine::time::SimDuration;

/// How far a deployment to hosts has come.
///
/// Made anew for each deployment with [`HostSchedule::default`]; the plan is given to each call, and is always the
/// same one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostSchedule {
    /// The zone that has its turn.
    zone: usize,
    /// How many of its hosts have had a turn or have it now.
    taken_in_zone: u32,
    failed_in_zone: u32,
    succeeded: u32,
    failed: u32,
    in_progress: u32,
}

/// What follows when no host is in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// These hosts are deployed to, all at once.
    Batch(Batch),
    /// The zone is done; the next one has its turn after this time. Rule: CD-Z-4.
    Wait(SimDuration),
    /// The deployment is over.
    Ended(Ending),
}

/// Hosts that are deployed to at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The zone they are in, counted from 0.
    pub zone: usize,
    /// The place of the first one in the order of deployment, counted from 0 through all zones.
    pub first: u32,
    /// How many there are, at least 1.
    pub hosts: u32,
}

/// How a deployment to hosts ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Enough hosts succeeded. Rule: CD-HH-6.
    Succeeded,
    /// They did not; hosts that were not attempted are skipped. Rules: CD-HH-5, CD-HH-7, CD-EC2-2.
    Failed(ErrorCode),
}

impl HostSchedule {
    /// How many hosts have succeeded so far.
    pub const fn succeeded(&self) -> u32 {
        self.succeeded
    }

    /// How many hosts have failed so far.
    pub const fn failed(&self) -> u32 {
        self.failed
    }

    /// How many hosts are deployed to right now.
    pub const fn in_progress(&self) -> u32 {
        self.in_progress
    }

    /// How many hosts have had no turn yet; when the deployment has ended, those that are skipped.
    pub const fn remaining(&self, plan: &HostPlan) -> u32 {
        plan.hosts() - self.succeeded - self.failed - self.in_progress
    }

    /// How many more hosts may be taken out of service, in the whole and in the zone. Rules: CD-HH-4, CD-Z-2.
    pub fn capacity(&self, plan: &HostPlan) -> u32 {
        let zone = plan.zones()[self.zone];
        let in_zone = (zone.hosts - self.failed_in_zone).saturating_sub(zone.minimum);
        self.capacity_of_whole(plan).min(in_zone)
    }

    fn capacity_of_whole(&self, plan: &HostPlan) -> u32 {
        (plan.hosts() - self.failed).saturating_sub(plan.minimum())
    }

    /// One host of the batch has succeeded or failed; a stopped one has failed. Rule: CD-HH-9.
    ///
    /// # Panics
    /// If no host is in progress.
    pub fn host_ended(&mut self, succeeded: bool) {
        assert!(self.in_progress > 0, "a host ended, and none is in progress: {self:?}");
        self.in_progress -= 1;
        if succeeded {
            self.succeeded += 1;
        } else {
            self.failed += 1;
            self.failed_in_zone += 1;
        }
    }

    /// What follows: the next batch, which is in progress from now on, a wait, or the end.
    ///
    /// Batches are barriers (CD-HH-12, U-22): ask when no host is in progress, and after a wait when it is over. An
    /// end is answered again to whoever asks again.
    ///
    /// # Panics
    /// If a host is in progress.
    pub fn next(&mut self, plan: &HostPlan) -> Next {
        assert!(self.in_progress == 0, "a batch is a barrier, and hosts are in progress: {self:?}");
        if let Some(ending) = self.ending(plan) {
            return Next::Ended(ending);
        }
        if self.taken_in_zone == plan.zones()[self.zone].hosts {
            let wait = plan.wait_after(self.zone);
            (self.zone, self.taken_in_zone, self.failed_in_zone) = (self.zone + 1, 0, 0);
            if !wait.is_zero() {
                return Next::Wait(wait);
            }
        }
        let left_in_zone = plan.zones()[self.zone].hosts - self.taken_in_zone;
        let hosts = self.capacity(plan).min(left_in_zone);
        let first = self.succeeded + self.failed;
        self.taken_in_zone += hosts;
        self.in_progress = hosts;
        Next::Batch(Batch { zone: self.zone, first, hosts })
    }

    /// How the deployment ends now, if it does.
    fn ending(&self, plan: &HostPlan) -> Option<Ending> {
        let failed = |code| Some(Ending::Failed(code));
        if plan.hosts() == 0 {
            return failed(ErrorCode::NoInstances);
        }
        if plan.hosts() > HOSTS_MAX {
            return failed(ErrorCode::OverMaxInstances);
        }
        if plan.leaves_none() {
            return failed(ErrorCode::HealthConstraintsInvalid);
        }
        if self.remaining(plan) == 0 {
            // CD-HH-6, CD-HH-8: one success is needed even if none has to stay healthy.
            return match self.succeeded >= plan.minimum().max(1) {
                true => Some(Ending::Succeeded),
                false => failed(ErrorCode::HealthConstraints),
            };
        }
        // A zone that is done has nothing to lose any more: the next one starts without failures of its own.
        let zone_is_done = self.taken_in_zone == plan.zones()[self.zone].hosts;
        let capacity = match zone_is_done {
            true => self.capacity_of_whole(plan),
            false => self.capacity(plan),
        };
        (capacity == 0).then_some(Ending::Failed(ErrorCode::HealthConstraints))
    }
}
