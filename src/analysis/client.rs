//! What the CI job beside the deployment sees of it, and whether that is the truth.
//!
//! A rule over the end of the first deployment: nothing in the run waits for it. Rules: CD-SM-7, CD-SM-8, ECS-SVC-7.

use crate::analysis::row::Row;
use crate::aws::id::TaskSetId;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, StabilityStatus};
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::journal::header::Client;
use crate::scenario::client::POLL_INTERVAL;
use std::fmt;

/// Why a client stops waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It has read `Succeeded`.
    Succeeded,
    /// It has read `Failed` or `Stopped`.
    Failed,
    /// Its last poll has read none of them.
    GaveUp,
    /// The CI job has reached its own limit before.
    TimedOut,
    /// It does not wait.
    Unwatched,
}

impl Seen {
    /// Every value.
    pub const ALL: [Seen; 5] =
        [Seen::Succeeded, Seen::Failed, Seen::GaveUp, Seen::TimedOut, Seen::Unwatched];

    /// The word that rows and expressions use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::GaveUp => "gave-up",
            Self::TimedOut => "timed-out",
            Self::Unwatched => "unwatched",
        }
    }

    /// Whether the CI job is green; else it is red.
    pub const fn is_green(self) -> bool {
        match self {
            Self::Succeeded | Self::Unwatched => true,
            Self::Failed | Self::GaveUp | Self::TimedOut => false,
        }
    }

    /// Whether it knows how the deployment ended.
    pub const fn knows_the_end(self) -> bool {
        match self {
            Self::Succeeded | Self::Failed => true,
            Self::GaveUp | Self::TimedOut | Self::Unwatched => false,
        }
    }
}

/// What a client sees last, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// What.
    pub seen: Seen,
    /// When: at a poll, at the limit of the job, or at once.
    pub at: SimTime,
}

/// What the client sees of a deployment that ended so; nothing if the run was stopped before it saw anything.
///
/// A status that is reached at the instant of a poll is seen by it, and a poll at the instant of the job's limit
/// is in time. `known_until` is the end of the run: later polls read what then stays, if that `is_known`.
pub fn sight(
    client: &Client,
    ended: Option<(SimTime, DeploymentStatus)>,
    is_known: bool,
    known_until: SimTime,
) -> Option<Sight> {
    let every = POLL_INTERVAL.as_millis();
    let Some(last) = client.polls.checked_sub(1) else {
        return Some(Sight { seen: Seen::Unwatched, at: SimTime::ZERO });
    };
    let poll = |number: u64| SimTime::from_millis(number * every);
    let first_after = |(at, status): (SimTime, DeploymentStatus)| {
        let seen =
            if status == DeploymentStatus::Succeeded { Seen::Succeeded } else { Seen::Failed };
        Sight { seen, at: poll(at.as_millis().div_ceil(every)) }
    };
    let read = ended.map(first_after).filter(|sight| sight.at <= poll(last));
    let waited = read.unwrap_or(Sight { seen: Seen::GaveUp, at: poll(last) });
    let limit = client.timeout_ms.map(SimTime::from_millis).filter(|&limit| limit < waited.at);
    let sight = limit.map_or(waited, |at| Sight { seen: Seen::TimedOut, at });
    (is_known || sight.at <= known_until).then_some(sight)
}

/// What `DescribeServices` says to whoever asks whether a service is stable: one deployment, with as many running tasks as are
/// wanted. Of a service that CodeDeploy deploys to it names none, so that it never is. Rule: ECS-SVC-7.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceLook {
    is_of_ecs: bool,
    /// Task sets that are there, and those that are steady: a bit each.
    there: u64,
    steady: u64,
    /// Since when it has been stable.
    since: Option<SimTime>,
    /// Since when it was at the first poll that found it so.
    found: Option<SimTime>,
}

impl ServiceLook {
    /// Something has happened.
    pub fn fold(&mut self, at: SimTime, fact: &Fact) {
        let bit = |set: TaskSetId| 1_u64 << (set.0 % 64);
        match *fact {
            Fact::DeploymentCreated { creator: DeploymentCreator::Ecs, .. } => {
                self.is_of_ecs = true;
            }
            Fact::TaskSetFound { task_set, .. } => {
                self.there |= bit(task_set);
                self.steady |= bit(task_set);
            }
            Fact::TaskSetCreated { task_set, .. } => self.there |= bit(task_set),
            Fact::TaskSetDeleted { task_set } => self.there &= !bit(task_set),
            Fact::TaskSetStabilityChanged { task_set, stability } => {
                self.steady &= !bit(task_set);
                if stability == StabilityStatus::SteadyState {
                    self.steady |= bit(task_set);
                }
            }
            _ => return,
        }
        let is_one = self.there.count_ones() == 1 && self.steady & self.there != 0;
        match (self.is_of_ecs && is_one, self.since) {
            (true, None) => self.since = Some(at),
            (false, Some(since)) => {
                let poll = since.as_millis().div_ceil(POLL_INTERVAL.as_millis());
                if poll * POLL_INTERVAL.as_millis() < at.as_millis() {
                    self.found.get_or_insert(since);
                }
                self.since = None;
            }
            _ => {}
        }
    }

    /// What a waiter for it reads in the place of an end, if it ever is stable.
    pub fn read(&self) -> Option<(SimTime, DeploymentStatus)> {
        self.found.or(self.since).map(|at| (at, DeploymentStatus::Succeeded))
    }
}

/// The colour of the CI job beside the end of the deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Green, and the deployment is `Succeeded`.
    TrueSuccess,
    /// Green, and the deployment is `Failed` or `Stopped`: what was to be deployed is not there.
    FalseSuccess,
    /// Red, and the deployment is `Failed` or `Stopped`, at whatever time.
    TrueFailure,
    /// Red, and the deployment is `Succeeded`.
    FalseFailure,
}

impl Agreement {
    /// Of a run; nothing if the client, or the deployment, had not ended with it.
    pub fn of(row: &Row) -> Option<Agreement> {
        row.end?;
        let is_green = row.client?.seen.is_green();
        Some(match (is_green, row.status == DeploymentStatus::Succeeded) {
            (true, true) => Agreement::TrueSuccess,
            (true, false) => Agreement::FalseSuccess,
            (false, false) => Agreement::TrueFailure,
            (false, true) => Agreement::FalseFailure,
        })
    }

    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrueSuccess => "true success",
            Self::FalseSuccess => "false success",
            Self::TrueFailure => "true failure",
            Self::FalseFailure => "false failure",
        }
    }

    /// Whether the colour is that of the end.
    pub const fn is_true(self) -> bool {
        matches!(self, Self::TrueSuccess | Self::TrueFailure)
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::call::Waiter;

    fn at(milliseconds: u64) -> SimTime {
        SimTime::from_millis(milliseconds)
    }

    /// A client of so many polls with a limit of its own sees this of a deployment that ends then.
    fn check(
        (polls, timeout_ms): (u64, Option<u64>),
        ended: Option<(u64, DeploymentStatus)>,
        expected: Option<(Seen, u64)>,
    ) {
        let waiter = (polls > 0).then_some(Waiter::DeploymentSuccessful);
        let client = Client { waiter, polls, timeout_ms, is_described: true };
        let ended = ended.map(|(ms, status)| (at(ms), status));
        let found = sight(&client, ended, ended.is_some(), at(50_000));
        let expected = expected.map(|(seen, ms)| Sight { seen, at: at(ms) });
        assert_eq!(found, expected, "{client:?} {ended:?}");
    }

    #[test]
    fn a_status_is_seen_by_the_first_poll_that_is_not_earlier() {
        use DeploymentStatus::{Failed, Stopped, Succeeded};
        check((4, None), Some((0, Succeeded)), Some((Seen::Succeeded, 0)));
        check((4, None), Some((1, Failed)), Some((Seen::Failed, 15_000)));
        check((4, None), Some((45_000, Stopped)), Some((Seen::Failed, 45_000)));
        check((4, None), Some((45_001, Succeeded)), Some((Seen::GaveUp, 45_000)));
    }

    #[test]
    fn the_limit_of_the_job_comes_first_unless_a_poll_is_in_time() {
        use DeploymentStatus::Failed;
        check((4, Some(30_000)), Some((30_000, Failed)), Some((Seen::Failed, 30_000)));
        check((4, Some(30_000)), Some((30_001, Failed)), Some((Seen::TimedOut, 30_000)));
        check((4, Some(60_000)), None, Some((Seen::GaveUp, 45_000)));
    }

    #[test]
    fn a_run_that_was_stopped_tells_no_more_than_it_knows() {
        check((5, None), None, None);
        check((4, None), None, Some((Seen::GaveUp, 45_000)));
        check(
            (5, None),
            Some((50_000, DeploymentStatus::Succeeded)),
            Some((Seen::Succeeded, 60_000)),
        );
        check((0, None), None, Some((Seen::Unwatched, 0)));
    }
}
