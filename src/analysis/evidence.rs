//! Answers to the questions that expectations ask of one run.
//!
//! Not the language of expectations, nor what is expected: values at an instant, first instants, counts.

use crate::analysis::fact_name::{FACT_NAMES, index_of};
use crate::analysis::lifecycle::EventSpan;
use crate::analysis::outcome::Outcome;
use crate::analysis::row::Row;
use crate::analysis::series::Series;
use crate::analysis::side::Side;
use crate::analysis::traffic::Tally;
use crate::analysis::user::{Acquaintance, mixed_ppm};
use crate::analysis::verdict::Run;
use crate::aws::alarm::StateValue;
use crate::aws::name::{DeploymentStatus, ErrorCode, LifecycleEvent};
use crate::engine::time::SimTime;
use crate::journal::header::Users;
use crate::journal::{Journal, Reader};
use std::cmp::Ordering;

/// A value that changes over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Percent of production traffic on the replacement, as the listener was rewritten.
    Weight,
    /// Percent of production traffic on the replacement, as requests follow it.
    WeightInForce,
    /// Percent of test traffic on the replacement.
    TestWeight,
    /// Requests so far, rejected ones included.
    Requests,
    /// Failed requests so far, rejected ones included.
    FailedRequests,
    /// Requests so far that a bad replacement failed.
    BadRequests,
    /// Requests so far that found no target.
    RejectedRequests,
    /// Healthy targets of a side.
    Healthy(Side),
    /// RUNNING tasks of a side.
    Running(Side),
    /// Tasks of a side that are not RUNNING yet.
    Pending(Side),
    /// Tasks of a side that are on their way out.
    Draining(Side),
    /// Alarms in ALARM.
    ActiveAlarms,
    /// Requests that wait before the tasks of either side (`waiting_requests`).
    WaitingRequests,
    /// The chance that a user who came when the shift began has met the replacement, in millionths.
    UsersExposed,
    /// The share of the pages that meet both versions, in millionths.
    PagesMixed,
}

impl Quantity {
    /// Every quantity under the name that expressions use.
    pub const ALL: [(&'static str, Quantity); 19] = [
        ("weight", Quantity::Weight),
        ("weight_in_force", Quantity::WeightInForce),
        ("test_weight", Quantity::TestWeight),
        ("requests", Quantity::Requests),
        ("failed_requests", Quantity::FailedRequests),
        ("bad_requests", Quantity::BadRequests),
        ("rejected_requests", Quantity::RejectedRequests),
        ("original_healthy", Quantity::Healthy(Side::Original)),
        ("original_running", Quantity::Running(Side::Original)),
        ("original_pending", Quantity::Pending(Side::Original)),
        ("original_draining", Quantity::Draining(Side::Original)),
        ("replacement_healthy", Quantity::Healthy(Side::Replacement)),
        ("replacement_running", Quantity::Running(Side::Replacement)),
        ("replacement_pending", Quantity::Pending(Side::Replacement)),
        ("replacement_draining", Quantity::Draining(Side::Replacement)),
        ("active_alarms", Quantity::ActiveAlarms),
        ("waiting_requests", Quantity::WaitingRequests),
        ("users_exposed", Quantity::UsersExposed),
        ("pages_mixed", Quantity::PagesMixed),
    ];

    /// The quantity of this name.
    pub fn from_name(name: &str) -> Option<Quantity> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|&(_, quantity)| quantity)
    }
}

/// How a value is held against a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Comparison {
    /// Whether the left side compares so with the right side.
    pub fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        let ordering = left.cmp(right);
        match self {
            Self::Less => ordering == Ordering::Less,
            Self::LessOrEqual => ordering != Ordering::Greater,
            Self::Equal => ordering == Ordering::Equal,
            Self::NotEqual => ordering != Ordering::Equal,
            Self::GreaterOrEqual => ordering != Ordering::Less,
            Self::Greater => ordering == Ordering::Greater,
        }
    }
}

/// Something that happens or does not, any number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A fact, by its position in the list of names.
    Fact(usize),
    /// The first deployment enters a status.
    Status(DeploymentStatus),
    /// The first deployment gets an error of this code.
    Error(ErrorCode),
    /// A deployment is created that rolls another one back.
    RolledBack,
    /// A request finds no target (`Http503`).
    Rejected,
    /// A request is refused by a target whose application is not up, or cut off by one that ends (`Http502`).
    Refused,
    /// A request gets no answer in time (`Http504`).
    TimedOut,
    /// A request waits in vain for a task (`Overloaded`).
    Overloaded,
    /// A dependency of the application fails a request (`DependencyFailed`).
    DependencyFailed,
    /// A request meets a defect of the revision (`DefectShown`).
    DefectShown,
    /// A Network Load Balancer resets the connection of a request (`ConnectionReset`).
    Reset,
    /// A request is failed by the application (`Http500`).
    Failed,
    /// An invocation finds no room (`Http429`).
    Throttled,
    /// An invocation is ended by the function's timeout (`FunctionTimedOut`).
    FunctionTimedOut,
    /// An invocation waits for an environment of the function to start (`ColdStart`).
    ColdStart,
}

impl Happening {
    /// What expressions mean by this name: a fact, a status, an error code, `RolledBack`, a kind of failed requests such
    /// as `Http503`.
    pub fn from_name(name: &str) -> Option<Happening> {
        match name {
            "RolledBack" => Some(Happening::RolledBack),
            "Http503" => Some(Happening::Rejected),
            "Http504" => Some(Happening::TimedOut),
            "Overloaded" => Some(Happening::Overloaded),
            "DependencyFailed" => Some(Happening::DependencyFailed),
            "DefectShown" => Some(Happening::DefectShown),
            "ConnectionReset" => Some(Happening::Reset),
            "Http502" => Some(Happening::Refused),
            "Http500" => Some(Happening::Failed),
            "Http429" => Some(Happening::Throttled),
            "ColdStart" => Some(Happening::ColdStart),
            "FunctionTimedOut" => Some(Happening::FunctionTimedOut),
            _ => FACT_NAMES
                .iter()
                .position(|known| *known == name)
                .map(Happening::Fact)
                .or_else(|| DeploymentStatus::from_name(name).map(Happening::Status))
                .or_else(|| ErrorCode::from_name(name).map(Happening::Error)),
        }
    }
}

/// How often something happened, and when for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occurrence {
    /// How often; for requests, how many.
    pub count: u64,
    /// The first time.
    pub first: Option<SimTime>,
}

/// One run, ready to be asked.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Its row.
    pub row: Row,
    /// The names of the candidates, by position in the scenario.
    candidates: Vec<String>,
    users: Users,
    series: Series,
    facts: [Occurrence; FACT_NAMES.len()],
}

impl Evidence {
    /// The evidence of a run's whole journal.
    pub fn of(journal: &Journal) -> Evidence {
        let (end, digest) = (journal.end(), journal.digest());
        let mut outcome = Outcome::of(&journal.header);
        let mut facts = [Occurrence::default(); FACT_NAMES.len()];
        for entry in &journal.entries {
            outcome.read(entry);
            let occurrence = &mut facts[index_of(&entry.fact)];
            occurrence.count += 1;
            occurrence.first.get_or_insert(entry.at);
        }
        Evidence {
            row: outcome.finish(end, digest),
            candidates: journal.header.candidates.clone(),
            users: journal.header.users,
            series: Series::of(journal, end),
            facts,
        }
    }

    /// The run, to hold conditions against it.
    pub fn run(&self) -> Run<'_> {
        Run { row: &self.row, candidates: &self.candidates, evidence: Some(self) }
    }

    /// The name of the candidate that was deployed.
    pub fn candidate(&self) -> Option<&str> {
        self.candidates.get(usize::from(self.row.candidate?)).map(String::as_str)
    }

    /// The value of a quantity at an instant, after everything that happened at it; shares are in millionths.
    pub fn value(&self, quantity: Quantity, at: SimTime) -> u64 {
        let series = &self.series;
        let requests = || series.totals.at(at).total();
        let counts = |side| series.counts.at(at)[side];
        match quantity {
            Quantity::Weight => series.weight.at(at).shown_ppm().into(),
            Quantity::WeightInForce => series.weight_in_force.at(at).shown_ppm().into(),
            Quantity::TestWeight => series.test_weight.at(at).shown_ppm().into(),
            Quantity::Requests => requests().requests(),
            Quantity::FailedRequests => requests().failed_requests(),
            Quantity::BadRequests => requests().bad,
            Quantity::RejectedRequests => requests().rejected,
            Quantity::Healthy(side) => counts(side).healthy.into(),
            Quantity::Running(side) => counts(side).running.into(),
            Quantity::Pending(side) => counts(side).pending.into(),
            Quantity::Draining(side) => counts(side).draining.into(),
            Quantity::ActiveAlarms => {
                let states = series.alarms.iter().map(|alarm| alarm.state.at(at));
                states.filter(|state| *state == StateValue::Alarm).count() as u64
            }
            Quantity::WaitingRequests => {
                let waiting = series.waiting.at(at);
                u64::from(waiting.original) + u64::from(waiting.replacement)
            }
            Quantity::UsersExposed => self.users_exposed_ppm(at).unwrap_or(0).into(),
            Quantity::PagesMixed => {
                mixed_ppm(&self.users, series.weight_in_force.at(at)).unwrap_or(0).into()
            }
        }
    }

    fn users_exposed_ppm(&self, at: SimTime) -> Option<u32> {
        let mut acquaintance = Acquaintance::of(self.users);
        let changes = self.series.weight_in_force.changes();
        changes.take_while(|(from, _)| *from <= at).for_each(|(from, weight)| {
            acquaintance.follow(from, weight);
        });
        acquaintance.met_ppm(at)
    }

    /// The first instant at which a quantity compares so with a bound; `never(..)` holds if there is none.
    pub fn first(&self, quantity: Quantity, how: Comparison, bound: u64) -> Option<SimTime> {
        self.changes(quantity).find(|&at| how.holds(&self.value(quantity, at), &bound))
    }

    /// A lifecycle event of the first deployment: start, end, status.
    pub fn event(&self, event: LifecycleEvent) -> Option<&EventSpan> {
        self.series.first()?.event(event)
    }

    /// How often something happened, and when first.
    pub fn occurrence(&self, happening: Happening) -> Occurrence {
        match happening {
            Happening::Fact(index) => self.facts[index],
            Happening::Status(status) => self.status(status),
            Happening::Error(code) => {
                let error = self.series.first().and_then(|course| course.error);
                occurrence(error.iter().filter(|error| error.code == code).map(|error| error.at))
            }
            Happening::RolledBack => {
                let all = self.series.deployments.iter();
                occurrence(all.filter(|course| course.rolls_back.is_some()).map(|c| c.created))
            }
            Happening::Rejected => self.requests(Tally::without_target),
            Happening::Refused => self.requests(|tally| tally.refused + tally.cut_off),
            Happening::Reset => self.requests(|tally| tally.reset),
            Happening::TimedOut => self.requests(|tally| tally.timed_out),
            Happening::Overloaded => self.requests(|tally| tally.overloaded),
            Happening::DependencyFailed => self.requests(|tally| tally.by_dependency),
            Happening::DefectShown => self.requests(|tally| tally.by_defects),
            Happening::Failed => self.requests(|tally| tally.failed),
            Happening::Throttled => self.requests(|tally| tally.throttled),
            Happening::ColdStart => self.requests(|tally| tally.cold_starts),
            Happening::FunctionTimedOut => self.requests(|tally| tally.by_timeout),
        }
    }

    /// How many requests of a kind there were, and when the first of them.
    fn requests(&self, kind: impl Fn(Tally) -> u64) -> Occurrence {
        let count = kind(self.series.totals.last().1.total());
        let first = self.series.totals.first(|sides| kind(sides.total()) > 0);
        Occurrence { count, first }
    }

    fn status(&self, status: DeploymentStatus) -> Occurrence {
        let statuses = self.series.first().map_or(&[][..], |course| &course.statuses);
        occurrence(statuses.iter().filter(|(_, entered)| *entered == status).map(|&(at, _)| at))
    }

    /// Instant zero and every instant at which any quantity may have changed, in order.
    pub fn instants(&self) -> Vec<SimTime> {
        let changes = Quantity::ALL.iter().flat_map(|&(_, quantity)| self.changes(quantity));
        let mut instants: Vec<SimTime> = std::iter::once(SimTime::ZERO).chain(changes).collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }

    /// The instants at which a quantity may have changed.
    fn changes(&self, quantity: Quantity) -> Box<dyn Iterator<Item = SimTime> + '_> {
        let series = &self.series;
        match quantity {
            Quantity::Weight => Box::new(series.weight.changes().map(|(at, _)| at)),
            Quantity::WeightInForce => Box::new(series.weight_in_force.changes().map(|(at, _)| at)),
            Quantity::TestWeight => Box::new(series.test_weight.changes().map(|(at, _)| at)),
            Quantity::PagesMixed => self.changes(Quantity::WeightInForce),
            // It changes steadily, and is looked at where requests are counted.
            Quantity::UsersExposed
            | Quantity::Requests
            | Quantity::FailedRequests
            | Quantity::BadRequests
            | Quantity::RejectedRequests => Box::new(series.totals.changes().map(|(at, _)| at)),
            Quantity::Healthy(_)
            | Quantity::Running(_)
            | Quantity::Pending(_)
            | Quantity::Draining(_) => Box::new(series.counts.changes().map(|(at, _)| at)),
            Quantity::ActiveAlarms => {
                let of_all = series.alarms.iter().flat_map(|alarm| alarm.state.changes());
                let mut instants: Vec<SimTime> = of_all.map(|(at, _)| at).collect();
                instants.push(SimTime::ZERO);
                instants.sort_unstable();
                Box::new(instants.into_iter())
            }
            Quantity::WaitingRequests => Box::new(series.waiting.changes().map(|(at, _)| at)),
        }
    }
}

fn occurrence(mut instants: impl Iterator<Item = SimTime>) -> Occurrence {
    let first = instants.next();
    Occurrence { count: u64::from(first.is_some()) + instants.count() as u64, first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::{self, Example};

    fn evidence(example: &Example) -> Evidence {
        Evidence::of(&example.journal)
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::from_millis(seconds * 1000)
    }

    #[test]
    fn a_condition_holds_for_the_first_time_at_an_instant_or_never() {
        let evidence = evidence(&example::canary());
        let first = |how, percent: u64| evidence.first(Quantity::Weight, how, 10_000 * percent);
        assert_eq!(first(Comparison::GreaterOrEqual, 10), Some(at(92)));
        assert_eq!(first(Comparison::Greater, 10), Some(at(392)));
        assert_eq!(first(Comparison::Greater, 100), None);
        assert_eq!(evidence.value(Quantity::Weight, at(200)), 100_000);
        let healthy = Quantity::from_name("replacement_healthy").expect("it is a quantity");
        assert_eq!(evidence.first(healthy, Comparison::Equal, 10), Some(at(92)));
    }

    #[test]
    fn happenings_are_counted_by_name() {
        let evidence = evidence(&example::failed_hook());
        let of = |name| evidence.occurrence(Happening::from_name(name).expect("a known name"));
        assert_eq!(of("RolledBack"), Occurrence { count: 1, first: Some(at(422)) });
        assert_eq!(of("Http503"), Occurrence::default());
        assert_eq!(of("Failed"), Occurrence { count: 1, first: Some(at(422)) });
        assert_eq!(of("HOOK_EXECUTION_FAILURE").first, Some(at(422)));
        assert_eq!(of("HookInvoked").count, 1);
        assert_eq!(of("Http500").count, evidence.row.failed_requests);
        assert_eq!(Happening::from_name("Exploded"), None);
    }
}
