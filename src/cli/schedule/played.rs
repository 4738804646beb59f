//! A deployment to hosts, played batch by batch with the hosts that are said to fail.
//!
//! Not the rules (`scenario::hosts`), nor how it is shown (`shown`).

use super::asked::Fleet;
use crate::engine::time::SimDuration;
use crate::scenario::hosts::{Batch, Ending, HostSchedule, Next};

/// What came of a deployment.
#[derive(Debug)]
pub struct Played {
    /// Every batch, in order.
    pub batches: Vec<PlayedBatch>,
    /// How it ended.
    pub ending: Ending,
    /// How many hosts succeeded.
    pub succeeded: u32,
    /// How many failed.
    pub failed: u32,
    /// How many had no turn.
    pub skipped: u32,
}

/// One batch and what came of it.
#[derive(Debug)]
pub struct PlayedBatch {
    /// Its hosts.
    pub batch: Batch,
    /// The places of those that failed, from 1 on.
    pub failed: Vec<u32>,
    /// How many hosts were healthy while it was in progress, if all were at the start.
    pub healthy: u32,
    /// How many of these were in its zone.
    pub healthy_in_zone: u32,
    /// The wait that follows, 0 for none.
    pub wait: SimDuration,
}

impl PlayedBatch {
    /// How many hosts are healthy after it.
    pub fn healthy_after(&self) -> u32 {
        self.healthy + self.succeeded()
    }

    /// How many hosts of its zone are healthy after it.
    pub fn healthy_in_zone_after(&self) -> u32 {
        self.healthy_in_zone + self.succeeded()
    }

    fn succeeded(&self) -> u32 {
        self.batch.hosts - u32::try_from(self.failed.len()).expect("at most the batch")
    }
}

impl Played {
    /// Plays a deployment to its end.
    pub fn of(fleet: &Fleet) -> Played {
        let plan = &fleet.plan;
        let mut schedule = HostSchedule::default();
        let mut batches: Vec<PlayedBatch> = Vec::new();
        let ending = loop {
            match schedule.next(plan) {
                Next::Ended(ending) => break ending,
                Next::Wait(wait) => {
                    batches.last_mut().expect("a zone has at least one batch").wait = wait;
                }
                Next::Batch(batch) => {
                    let places = batch.first + 1..=batch.first + batch.hosts;
                    let failed = fleet.failing.iter().copied().filter(|at| places.contains(at));
                    let failed: Vec<u32> = failed.collect();
                    let healthy_before = plan.hosts() - schedule.failed();
                    let in_zone_before = match batches.last() {
                        Some(last) if last.batch.zone == batch.zone => last.healthy_in_zone_after(),
                        _ => plan.zones()[batch.zone].hosts,
                    };
                    places.for_each(|place| schedule.host_ended(!failed.contains(&place)));
                    batches.push(PlayedBatch {
                        batch,
                        failed,
                        healthy: healthy_before - batch.hosts,
                        healthy_in_zone: in_zone_before - batch.hosts,
                        wait: SimDuration::ZERO,
                    });
                }
            }
        };
        let (succeeded, failed) = (schedule.succeeded(), schedule.failed());
        Played { batches, ending, succeeded, failed, skipped: schedule.remaining(plan) }
    }
}
