//! What one replication yields: one row of whole numbers.
//!
//! Not how it is counted (`outcome`). Rule: decision on the meaning of results.

use crate::analysis::weight::Weight;
use std::fmt::Display;

use crate::analysis::client::Sight;
use crate::analysis::fixed::{exposure_seconds, money, percent_of_ppm, seconds};
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::engine::time::SimTime;
use crate::journal::digest::Digest;

/// The result of one replication. Instants count from the creation of the first deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The digest of the run.
    pub digest: Digest,
    /// The last status of the first deployment.
    pub status: DeploymentStatus,
    /// The code of its error.
    pub error_code: Option<ErrorCode>,
    /// Whether a deployment was created that rolls it back.
    pub rollback: bool,
    /// The candidate it deployed, by position in the scenario.
    pub candidate: Option<u8>,
    /// Whether that candidate is a bad release.
    pub bad: bool,
    /// When `Install` succeeded.
    pub install: Option<SimTime>,
    /// When the listener first gave the replacement production traffic.
    pub first_shift: Option<SimTime>,
    /// When the listener first gave the replacement all production traffic.
    pub full_shift: Option<SimTime>,
    /// When the first deployment ended.
    pub end: Option<SimTime>,
    /// When it was decided to end it badly; only for a bad release.
    pub detected: Option<SimTime>,
    /// When, after some had, no production request reached the replacement any more.
    pub restored: Option<SimTime>,
    /// Production requests, rejected ones included.
    pub requests: u64,
    /// Requests that failed, whoever's fault it was, rejected ones included.
    pub failed_requests: u64,
    /// Failed requests that a bad replacement caused.
    pub bad_requests: u64,
    /// Integral of the replacement's weight in force while it is bad, in percent times milliseconds.
    pub exposure_percent_ms: u64,
    /// The largest weight in force of the replacement.
    pub weight_max: Weight,
    /// Integral of the number of tasks that are paid for, in milliseconds.
    pub task_ms: u64,
    /// How long fewer tasks could serve production requests than the service wanted, in milliseconds: those that are
    /// RUNNING, with a healthy target in a group that has production weight in force.
    pub capacity_short_ms: u64,
    /// How many deployments the run created, rollbacks included.
    pub deployments: u32,
    /// The chance that a user who came when the shift began has met the replacement, in millionths; only where the
    /// scenario says how often a user asks.
    pub users_exposed_ppm: Option<u32>,
    /// How many pages met both versions; only where the scenario says what a page is.
    pub mixed_pages: Option<u64>,
    /// The largest share of the pages that met both versions at a time, in millionths.
    pub pages_mixed_max_ppm: Option<u32>,
    /// How often a policy scaled the service.
    pub scaling_events: u32,
    /// What the tasks have cost, in millionths; only where the scenario says what one costs in an hour.
    pub cost_micros: Option<u64>,
    /// On how many instances the first deployment failed; only where it goes to instances, and once it is over.
    pub instances_failed: Option<u16>,
    /// On how many instances then the revision of the last successful deployment is not there, or not with success.
    pub instances_outdated: Option<u16>,
    /// What the client saw of the first deployment, and when.
    pub client: Option<Sight>,
}

impl Row {
    /// The names of the columns, units last.
    pub const COLUMNS: [&'static str; 29] = [
        "digest",
        "status",
        "error_code",
        "rollback",
        "candidate",
        "bad",
        "install_s",
        "first_shift_s",
        "full_shift_s",
        "end_s",
        "detected_s",
        "restored_s",
        "requests",
        "failed_requests",
        "bad_requests",
        "exposure_s",
        "weight_max_pct",
        "task_seconds",
        "capacity_short_s",
        "deployments",
        "users_exposed_pct",
        "mixed_pages",
        "pages_mixed_max_pct",
        "scaling_events",
        "cost",
        "client_s",
        "client",
        "instances_failed",
        "instances_outdated",
    ];

    /// The values of the columns as text; what is missing is empty, never 0.
    pub fn cells(&self) -> [String; 29] {
        let (mut cells, mut place) = ([const { String::new() }; 29], 0);
        self.each_cell(|value| {
            cells[place] = value.to_string();
            place += 1;
        });
        cells
    }

    /// Shows the values of the columns to `cell`, in their order; what is missing is empty.
    pub fn each_cell(&self, mut cell: impl FnMut(&dyn Display)) {
        let mut cells = Cells(&mut cell);
        cells.always(self.digest);
        cells.always(self.status);
        cells.perhaps(self.error_code);
        cells.always(self.rollback);
        cells.perhaps(self.candidate);
        cells.always(self.bad);
        cells.instant(self.install);
        cells.instant(self.first_shift);
        cells.instant(self.full_shift);
        cells.instant(self.end);
        cells.instant(self.detected);
        cells.instant(self.restored);
        cells.always(self.requests);
        cells.always(self.failed_requests);
        cells.always(self.bad_requests);
        cells.always(exposure_seconds(self.exposure_percent_ms));
        cells.always(self.weight_max);
        cells.always(seconds(self.task_ms));
        cells.always(seconds(self.capacity_short_ms));
        cells.always(self.deployments);
        cells.perhaps(self.users_exposed_ppm.map(percent_of_ppm));
        cells.perhaps(self.mixed_pages);
        cells.perhaps(self.pages_mixed_max_ppm.map(percent_of_ppm));
        cells.always(self.scaling_events);
        cells.perhaps(self.cost_micros.map(money));
        cells.instant(self.client.map(|sight| sight.at));
        cells.perhaps(self.client.map(|sight| sight.seen.as_str()));
        cells.perhaps(self.instances_failed);
        cells.perhaps(self.instances_outdated);
    }
}

/// Who is shown the cells of a row.
struct Cells<'a>(&'a mut dyn FnMut(&dyn Display));

impl Cells<'_> {
    fn always(&mut self, value: impl Display) {
        (self.0)(&value);
    }

    fn perhaps(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => (self.0)(&value),
            None => (self.0)(&""),
        }
    }

    fn instant(&mut self, at: Option<SimTime>) {
        self.perhaps(at.map(|at| seconds(at.as_millis())));
    }
}
