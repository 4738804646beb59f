//! How times and durations are written: `mm:ss`, or `h:mm:ss` in runs of an hour and more.

use crate::analysis::{Entry, Fact, Journal};
use crate::engine::time::{SimDuration, SimTime};

/// One way of writing times for a whole report, so that they can be compared at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Whether instants have a field of hours.
    hours: bool,
    /// Whether tenths of a second are shown: only if something that is told by itself needs them.
    tenths: bool,
}

impl Clock {
    /// The clock of a run: hours if it is an hour long, tenths if it needs them.
    pub fn of(journal: &Journal, end: SimTime) -> Clock {
        let odd =
            |entry: &Entry| !entry.at.as_millis().is_multiple_of(1000) && is_told(&entry.fact);
        Clock { hours: end.as_millis() >= 3_600_000, tenths: journal.entries.iter().any(odd) }
    }

    /// An instant since the creation of the first deployment: `01:32`, `1:01:32`, `01:32.4`.
    pub fn instant(self, at: SimTime) -> String {
        let (minutes, seconds) = self.split(at.as_millis());
        if self.hours {
            format!("{}:{:02}:{seconds}", minutes / 60, minutes % 60)
        } else {
            format!("{minutes:02}:{seconds}")
        }
    }

    /// A length of time, as short as it can be: `0:30`, `5:00`, `1:00:00`, `1:32.4`.
    pub fn duration(self, duration: SimDuration) -> String {
        let (minutes, seconds) = self.split(duration.as_millis());
        if minutes >= 60 {
            format!("{}:{:02}:{seconds}", minutes / 60, minutes % 60)
        } else {
            format!("{minutes}:{seconds}")
        }
    }

    /// Whole minutes, and seconds with two digits and perhaps a tenth, rounded half up.
    fn split(self, milliseconds: u64) -> (u64, String) {
        if self.tenths {
            let tenths = (milliseconds + 50) / 100;
            (tenths / 600, format!("{:02}.{}", tenths / 10 % 60, tenths % 10))
        } else {
            let seconds = (milliseconds + 500) / 1000;
            (seconds / 60, format!("{:02}", seconds % 60))
        }
    }
}

/// A length of time to the second, for titles and bars: `0.4 s`, `9.5 s`, `30 s`, `5:00`, `1:00:00`, `48 h`.
pub fn brief(duration: SimDuration) -> String {
    let milliseconds = duration.as_millis();
    let seconds = (milliseconds + 500) / 1000;
    let tenths = (milliseconds + 50) / 100;
    if tenths < 100 && !tenths.is_multiple_of(10) {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else if seconds < 60 {
        format!("{seconds} s")
    } else if seconds < 3600 {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    } else if seconds >= 6 * 3600 && seconds.is_multiple_of(3600) {
        format!("{} h", seconds / 3600)
    } else {
        format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// Whether the timeline tells a fact by itself: tasks are told together and traffic by steps.
const fn is_told(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::RequestsAnswered { .. }
            | Fact::RequestsRejected { .. }
            | Fact::RequestsFailedBy { .. }
            | Fact::RequestsWaiting { .. }
            | Fact::EnvironmentsStarted { .. }
            | Fact::RunEnded { .. }
            | Fact::TaskStatusChanged { .. }
            | Fact::TaskStopRequested { .. }
            | Fact::TaskHealthChanged { .. }
            | Fact::TargetHealthChanged { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_shows_tenths_everywhere_or_nowhere() {
        let whole = Clock { hours: false, tenths: false };
        let odd = Clock { hours: true, tenths: true };
        let at = SimTime::from_millis(92_449);
        assert_eq!([whole.instant(at), odd.instant(at)], ["01:32", "0:01:32.4"]);
        let long = SimDuration::from_millis(3_599_960);
        assert_eq!([whole.duration(long), odd.duration(long)], ["1:00:00", "1:00:00.0"]);
    }

    #[test]
    fn a_brief_length_is_as_precise_as_it_is_short() {
        let shown = [400, 2_000, 9_960, 59_400, 300_000, 3_602_000, 172_800_000];
        let shown = shown.map(|ms| brief(SimDuration::from_millis(ms)));
        assert_eq!(shown, ["0.4 s", "2 s", "10 s", "59 s", "5:00", "1:00:02", "48 h"]);
    }
}
