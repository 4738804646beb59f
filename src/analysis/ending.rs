//! How a deployment ended, in the few words that many runs are counted by.
//!
//! Not why (`outcome` and `series` tell that of one run).

use crate::analysis::row::Row;
use crate::aws::name::{DeploymentStatus, ErrorCode};

/// The end of the first deployment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// `Succeeded`.
    Succeeded,
    /// An alarm stopped it, and it was rolled back.
    RolledBackByAlarm,
    /// An alarm stopped it, and nothing rolled it back.
    StoppedByAlarm,
    /// It failed, and was rolled back.
    RolledBackByFailure,
    /// It failed, and nothing rolled it back.
    Failed,
    /// Something that it waited for did not come in time, whether it was rolled back or not.
    TimedOut,
    /// Somebody stopped it.
    StoppedByHand,
    /// It had not ended when the run did.
    Stuck,
}

impl Ending {
    /// Every ending, in the order they are shown.
    pub const ALL: [Ending; 8] = [
        Ending::Succeeded,
        Ending::RolledBackByAlarm,
        Ending::StoppedByAlarm,
        Ending::RolledBackByFailure,
        Ending::Failed,
        Ending::TimedOut,
        Ending::StoppedByHand,
        Ending::Stuck,
    ];

    /// Of a run.
    pub fn of(row: &Row) -> Ending {
        if row.end.is_none() {
            return Ending::Stuck;
        }
        match (row.status, row.error_code, row.rollback) {
            (DeploymentStatus::Succeeded, ..) => Ending::Succeeded,
            (_, Some(ErrorCode::AlarmActive), true) => Ending::RolledBackByAlarm,
            (_, Some(ErrorCode::AlarmActive), false) => Ending::StoppedByAlarm,
            (_, Some(ErrorCode::Timeout), _) => Ending::TimedOut,
            (_, Some(ErrorCode::ManualStop), _) | (DeploymentStatus::Stopped, None, _) => {
                Ending::StoppedByHand
            }
            (_, _, true) => Ending::RolledBackByFailure,
            (_, _, false) => Ending::Failed,
        }
    }

    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ending::Succeeded => "succeeded",
            Ending::RolledBackByAlarm => "rolled_back_by_alarm",
            Ending::StoppedByAlarm => "stopped_by_alarm",
            Ending::RolledBackByFailure => "rolled_back_by_failure",
            Ending::Failed => "failed",
            Ending::TimedOut => "timed_out",
            Ending::StoppedByHand => "stopped_by_hand",
            Ending::Stuck => "stuck",
        }
    }

    /// The name in words.
    pub fn in_words(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Its place in [`Ending::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::analysis::outcome::Outcome;
    use crate::journal::Reader;

    #[test]
    fn the_examples_end_as_they_are_called() {
        let of = |example: example::Example| {
            let mut outcome = Outcome::default();
            example.journal.entries.iter().for_each(|entry| outcome.read(entry));
            Ending::of(&outcome.finish(example.end, example.digest))
        };
        assert_eq!(of(example::canary()), Ending::Succeeded);
        assert_eq!(of(example::install_timeout()), Ending::TimedOut);
        assert_eq!(of(example::failed_hook()), Ending::RolledBackByFailure);
    }

    #[test]
    fn every_ending_has_its_place_and_name() {
        for (at, ending) in Ending::ALL.into_iter().enumerate() {
            assert_eq!(ending.index(), at);
            assert!(Ending::ALL[..at].iter().all(|other| other.as_str() != ending.as_str()));
        }
    }
}
