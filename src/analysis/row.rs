//! What one replication yields: one row of whole numbers.
//!
//! Not how it is counted (`outcome`). Rule: decision on the meaning of results.

use crate::analysis::weight::Weight;
use std::fmt;

use crate::analysis::client::Sight;
use crate::analysis::fixed::{Fixed, exposure_seconds, money, percent_of_ppm, seconds};
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
        self.each_cell(|cell| {
            cell.write(&mut cells[place]).expect("a string takes everything");
            place += 1;
        });
        cells
    }

    /// Shows the values of the columns to `see`, in their order.
    pub fn each_cell(&self, mut see: impl FnMut(Cell<'static>)) {
        see(Cell::Digest(self.digest));
        see(Cell::Word(self.status.as_str()));
        see(Cell::perhaps(self.error_code, |code| Cell::Word(code.as_str())));
        see(Cell::flag(self.rollback));
        see(Cell::count(self.candidate));
        see(Cell::flag(self.bad));
        see(Cell::instant(self.install));
        see(Cell::instant(self.first_shift));
        see(Cell::instant(self.full_shift));
        see(Cell::instant(self.end));
        see(Cell::instant(self.detected));
        see(Cell::instant(self.restored));
        see(Cell::Number(self.requests));
        see(Cell::Number(self.failed_requests));
        see(Cell::Number(self.bad_requests));
        see(Cell::Decimal(exposure_seconds(self.exposure_percent_ms)));
        see(Cell::Weight(self.weight_max));
        see(Cell::Decimal(seconds(self.task_ms)));
        see(Cell::Decimal(seconds(self.capacity_short_ms)));
        see(Cell::Number(self.deployments.into()));
        see(Cell::perhaps(self.users_exposed_ppm.map(percent_of_ppm), Cell::Decimal));
        see(Cell::count(self.mixed_pages));
        see(Cell::perhaps(self.pages_mixed_max_ppm.map(percent_of_ppm), Cell::Decimal));
        see(Cell::Number(self.scaling_events.into()));
        see(Cell::perhaps(self.cost_micros.map(money), Cell::Decimal));
        see(Cell::instant(self.client.map(|sight| sight.at)));
        see(Cell::perhaps(self.client, |sight| Cell::Word(sight.seen.as_str())));
        see(Cell::count(self.instances_failed));
        see(Cell::count(self.instances_outdated));
    }
}

/// What stands in a column.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Nothing: shown empty, never as 0.
    Missing,
    /// A name.
    Word(&'a str),
    /// A whole number.
    Number(u64),
    /// A number with decimals.
    Decimal(Fixed),
    /// A weight, in percent.
    Weight(Weight),
    /// The digest of the run.
    Digest(Digest),
}

impl Cell<'_> {
    fn perhaps<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Cell::Missing, cell)
    }

    fn flag(is: bool) -> Self {
        Cell::Word(if is { "true" } else { "false" })
    }

    fn count(number: Option<impl Into<u64>>) -> Self {
        Cell::perhaps(number, |number| Cell::Number(number.into()))
    }

    fn instant(at: Option<SimTime>) -> Self {
        Cell::perhaps(at, |at| Cell::Decimal(seconds(at.as_millis())))
    }

    /// Writes it as text. Rows are written by the million: what writes is known to the compiler.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(self, to: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Cell::Missing => Ok(()),
            Cell::Word(word) => to.write_str(word),
            Cell::Number(number) => to.write_str(itoa::Buffer::new().format(number)),
            Cell::Decimal(decimal) => decimal.write(to),
            Cell::Weight(weight) => weight.write(to),
            Cell::Digest(digest) => digest.write(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_written_as_its_value_is_shown() {
        let written = |cell: Cell<'_>| {
            let mut text = String::new();
            cell.write(&mut text).map(|()| text)
        };
        let digest = Digest(0x00ab_0000_0000_cdef);
        assert_eq!(written(Cell::Digest(digest)), Ok(digest.to_string()));
        for (part, other) in [(0, 1), (1, 999), (10, 90), (2, 1), (u16::MAX, 1), (1, 0)] {
            let weight = Weight::of(part, other);
            assert_eq!(written(Cell::Weight(weight)), Ok(weight.to_string()));
        }
        assert_eq!(written(Cell::count(None::<u64>)), Ok(String::new()));
        assert_eq!(written(Cell::count(Some(u64::MAX))), Ok(u64::MAX.to_string()));
    }
}
