//! What many tasks do alike, gathered into one line each.

use crate::analysis::side::{Side, Sides};
use crate::aws::name::{HealthStatus, StopCode, TargetHealthState, TaskStatus};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::{Fact, FailureCause};
use crate::journal::header::Header;
use crate::report::clock::Clock;
use crate::report::line::{Line, Tone};
use crate::report::wording;
use std::collections::BTreeMap;

/// What tasks, targets or requests do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doing {
    Provisioning,
    Running,
    ContainerUnhealthy,
    Counted,
    Healthy,
    Unhealthy,
    StopRequested(StopCode, bool),
    Draining,
    Stopped,
    Rejected,
    Refused,
    TimedOut,
    Reset,
    CutOff,
    Waiting,
    Defect(u8),
    DependencyFailed,
    Throttled,
    FunctionTimedOut,
    ColdStart,
}

#[derive(Clone, Debug)]
struct Gathered {
    first: SimTime,
    last: SimTime,
    count: u64,
    /// Healthy targets now, and wanted.
    healthy: (u32, u32),
    /// The longest that a request has waited, in milliseconds.
    longest_ms: u32,
}

/// Gathers what tasks do until something else happens.
#[derive(Clone, Debug)]
pub struct Chatter {
    clock: Clock,
    /// The names of the defects.
    defects: Vec<String>,
    gathered: BTreeMap<(Side, Doing), Gathered>,
}

impl Chatter {
    /// Nothing was done yet.
    pub fn new(clock: Clock, header: &Header) -> Chatter {
        Chatter { clock, defects: header.defects.clone(), gathered: BTreeMap::new() }
    }

    /// A task has another status; the ones on the way to RUNNING and to STOPPED are not told.
    pub fn task_status(&mut self, at: SimTime, side: Side, status: TaskStatus) {
        match status {
            TaskStatus::Provisioning => self.gather(at, side, Doing::Provisioning, 1),
            TaskStatus::Running => self.gather(at, side, Doing::Running, 1),
            TaskStatus::Stopped => self.gather(at, side, Doing::Stopped, 1),
            TaskStatus::Pending
            | TaskStatus::Activating
            | TaskStatus::Deactivating
            | TaskStatus::Stopping
            | TaskStatus::Deprovisioning => {}
        }
    }

    /// A target has another state, and so many are healthy and wanted now.
    pub fn target_health(
        &mut self,
        at: SimTime,
        side: Side,
        state: TargetHealthState,
        healthy: (u32, u32),
    ) {
        let doing = match state {
            TargetHealthState::Healthy => Doing::Healthy,
            TargetHealthState::Unhealthy => Doing::Unhealthy,
            TargetHealthState::Draining => Doing::Draining,
            TargetHealthState::Initial | TargetHealthState::Unused => return,
        };
        self.gather(at, side, doing, 1);
        if let Some(gathered) = self.gathered.get_mut(&(side, doing)) {
            gathered.healthy = healthy;
        }
    }

    /// A task counts as healthy, one of so many, of which so many are wanted.
    pub fn task_counted(&mut self, at: SimTime, side: Side, healthy: (u32, u32)) {
        self.gather(at, side, Doing::Counted, 1);
        if let Some(gathered) = self.gathered.get_mut(&(side, Doing::Counted)) {
            gathered.healthy = healthy;
        }
    }

    /// A task is to be stopped.
    pub fn stop_requested(&mut self, at: SimTime, side: Side, code: StopCode, unhealthy: bool) {
        self.gather(at, side, Doing::StopRequested(code, unhealthy), 1);
    }

    /// A container health check changed its verdict; only the bad one is told.
    pub fn container_health(&mut self, at: SimTime, side: Side, health: HealthStatus) {
        match health {
            HealthStatus::Unhealthy => self.gather(at, side, Doing::ContainerUnhealthy, 1),
            HealthStatus::Unknown | HealthStatus::Healthy => {}
        }
    }

    /// Requests were open at a target that ended (502).
    pub fn cut_off(&mut self, at: SimTime, side: Side, requests: u32) {
        self.gather(at, side, Doing::CutOff, requests.into());
    }

    /// What became of requests in a stretch of time, where it is more than an answer.
    pub fn requests(&mut self, span: [SimTime; 2], sides: &Sides, fact: &Fact) {
        match *fact {
            Fact::RequestsRejected { target_group, http_status, requests, .. } => {
                self.rejected(span, sides.of_target_group(target_group), http_status, requests);
            }
            Fact::RequestsFailedBy { target_group, cause, requests } => {
                self.failed_by(span, sides.of_target_group(target_group), cause, requests);
            }
            Fact::EnvironmentsStarted { target_group, invocations } => {
                self.cold_starts(span, sides.of_target_group(target_group), invocations);
            }
            Fact::RequestsWaiting { target_group, waiting, longest_ms } => {
                self.waiting(span, sides.of_target_group(target_group), waiting, longest_ms);
            }
            _ => {}
        }
    }

    /// Requests found no target (503), one whose application was not up (502), no answer in time (504), no room for
    /// another invocation (429), or a connection that was reset (0).
    ///
    /// They are counted for the time `from` the last count on; when exactly each came is not known.
    fn rejected(
        &mut self,
        [from, until]: [SimTime; 2],
        side: Side,
        http_status: u16,
        requests: u32,
    ) {
        let doing = match http_status {
            502 => Doing::Refused,
            504 => Doing::TimedOut,
            429 => Doing::Throttled,
            0 => Doing::Reset,
            _ => Doing::Rejected,
        };
        self.gather(from, side, doing, 0);
        self.gather(until, side, doing, requests.into());
    }

    /// Requests failed, and why; those that waited in vain are told with what became of them (504).
    fn failed_by(
        &mut self,
        [from, until]: [SimTime; 2],
        side: Side,
        cause: FailureCause,
        requests: u32,
    ) {
        let doing = match cause {
            FailureCause::Defect(defect) => Doing::Defect(defect),
            FailureCause::Dependency => Doing::DependencyFailed,
            FailureCause::Timeout => Doing::FunctionTimedOut,
            FailureCause::Overload => return,
        };
        self.gather(from, side, doing, 0);
        self.gather(until, side, doing, requests.into());
    }

    /// So many invocations waited for an environment to start.
    fn cold_starts(&mut self, [from, until]: [SimTime; 2], side: Side, invocations: u32) {
        self.gather(from, side, Doing::ColdStart, 0);
        self.gather(until, side, Doing::ColdStart, invocations.into());
    }

    /// So many requests wait at the end of a stretch; the most of them are told.
    fn waiting(&mut self, [from, until]: [SimTime; 2], side: Side, waiting: u32, longest_ms: u32) {
        self.gather(from, side, Doing::Waiting, 0);
        self.gather(until, side, Doing::Waiting, 0);
        if let Some(gathered) = self.gathered.get_mut(&(side, Doing::Waiting)) {
            gathered.count = gathered.count.max(waiting.into());
            gathered.longest_ms = gathered.longest_ms.max(longest_ms);
        }
    }

    fn gather(&mut self, at: SimTime, side: Side, doing: Doing, count: u64) {
        let nothing = Gathered { first: at, last: at, count: 0, healthy: (0, 0), longest_ms: 0 };
        let gathered = self.gathered.entry((side, doing)).or_insert(nothing);
        gathered.last = at;
        gathered.count += count;
    }

    /// Tells what was gathered, in the order of time, and forgets it.
    pub fn flush(&mut self, lines: &mut Vec<Line>) {
        let gathered = std::mem::take(&mut self.gathered);
        let mut told: Vec<_> = gathered
            .iter()
            .map(|((side, doing), gathered)| self.line(*side, *doing, gathered))
            .collect();
        told.sort_by_key(|line| line.at);
        lines.append(&mut told);
    }

    /// One line: at the first of its instants, but how many are healthy is known at the last one.
    fn line(&self, side: Side, doing: Doing, gathered: &Gathered) -> Line {
        let (first, last) = (gathered.first, gathered.last);
        let (at, why) = match doing {
            _ if first == last => (first, String::new()),
            Doing::Healthy | Doing::Counted => {
                (last, format!("the first at {}", self.clock.instant(first)))
            }
            Doing::Rejected
            | Doing::Refused
            | Doing::TimedOut
            | Doing::Reset
            | Doing::Waiting
            | Doing::Defect(_)
            | Doing::DependencyFailed
            | Doing::Throttled
            | Doing::FunctionTimedOut
            | Doing::ColdStart => (first, format!("until {}", self.clock.instant(last))),
            _ => (first, format!("the last at {}", self.clock.instant(last))),
        };
        let what = format!("{}: {}", side.as_str(), self.told(doing, gathered));
        Line { at, what, why, tone: tone(doing) }
    }

    fn told(&self, doing: Doing, gathered: &Gathered) -> String {
        let count = |noun| wording::counted(gathered.count, noun);
        match doing {
            Doing::Provisioning => format!("{} PROVISIONING", count("task")),
            Doing::Running => format!("{} RUNNING", count("task")),
            Doing::ContainerUnhealthy => {
                format!("{} UNHEALTHY by their container check", count("task"))
            }
            Doing::Healthy => healthy_of(gathered.healthy, "target"),
            Doing::Counted => healthy_of(gathered.healthy, "task"),
            Doing::Unhealthy => format!("{} became unhealthy", count("target")),
            Doing::StopRequested(code, unhealthy) => {
                let because = if unhealthy { "for being unhealthy, " } else { "" };
                format!("{} stopped ({because}{code})", count("task"))
            }
            Doing::Draining => format!("{} draining", count("target")),
            Doing::Stopped => format!("{} STOPPED", count("task")),
            Doing::Rejected => format!("{} rejected with 503: no target", count("request")),
            Doing::Refused => {
                format!("{} refused with 502: the application was not up", count("request"))
            }
            Doing::TimedOut => format!("{} timed out with 504: no answer came", count("request")),
            Doing::Reset => {
                format!("{} reset: the listener was switched just before", count("connection"))
            }
            Doing::CutOff => format!("{} cut off with 502: the target ended", count("request")),
            Doing::Waiting => {
                let longest = SimDuration::from_millis(gathered.longest_ms.into());
                let longest = self.clock.duration(longest);
                if gathered.count == 0 {
                    return format!("nobody waits for tasks any more, after {longest} at most");
                }
                format!("up to {} waiting for tasks, for {longest} at most", count("request"))
            }
            Doing::Defect(defect) => {
                let name = self.defects.get(usize::from(defect)).map_or("", String::as_str);
                format!("{} failed by `{name}`", count("request"))
            }
            Doing::DependencyFailed => format!("{} failed by a dependency", count("request")),
            Doing::Throttled => {
                format!("{} throttled with 429: no concurrency left", count("request"))
            }
            Doing::FunctionTimedOut => {
                format!("{} ended by the function's timeout", count("invocation"))
            }
            Doing::ColdStart => count("cold start"),
        }
    }
}

const fn tone(doing: Doing) -> Tone {
    match doing {
        Doing::ContainerUnhealthy
        | Doing::Unhealthy
        | Doing::Rejected
        | Doing::Refused
        | Doing::TimedOut
        | Doing::Reset
        | Doing::CutOff
        | Doing::Waiting
        | Doing::Defect(_)
        | Doing::DependencyFailed
        | Doing::Throttled
        | Doing::FunctionTimedOut => Tone::Bad,
        Doing::Provisioning
        | Doing::Running
        | Doing::Healthy
        | Doing::Counted
        | Doing::StopRequested(..)
        | Doing::Draining
        | Doing::Stopped
        | Doing::ColdStart => Tone::Quiet,
    }
}

/// So many of those that are wanted are healthy.
fn healthy_of((healthy, wanted): (u32, u32), what: &str) -> String {
    match healthy <= wanted {
        true => format!("{healthy} of {wanted} {what}s healthy"),
        // It was scaled down at the same instant.
        false => format!("{} healthy", wording::counted(healthy.into(), what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;

    #[test]
    fn ten_tasks_that_start_are_one_line() {
        let example = example::canary();
        let clock = Clock::of(&example.journal, example.end);
        let mut chatter = Chatter::new(clock, &example.journal.header);
        for second in 0..10 {
            let at = SimTime::from_millis(60_000 + second * 1000);
            chatter.task_status(at, Side::Replacement, TaskStatus::Running);
        }
        let mut lines = Vec::new();
        chatter.flush(&mut lines);
        chatter.flush(&mut lines);
        let told: Vec<_> =
            lines.iter().map(|line| (line.what.as_str(), line.why.as_str())).collect();
        assert_eq!(told, [("replacement: 10 tasks RUNNING", "the last at 01:09")]);
    }
}
