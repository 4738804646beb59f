//! Expectations judged: does the run show what it must show?
//!
//! Not the language (`input::expression`) nor its tree (`scenario::expectation`). Decision 27 of the design.

use crate::analysis::evidence::{Evidence, Happening, Quantity};
use crate::analysis::fixed::seconds;
use crate::analysis::risk;
use crate::analysis::row::Row;
use crate::aws::name::LifecycleEvent;
use crate::engine::share::Share;
use crate::engine::time::SimTime;
use crate::scenario::expectation::{
    Comparison, Condition, Expectation, LifecyclePart, Literal, Moment, Term,
};
use std::cmp::Ordering;
use std::fmt;

/// One expectation and whether the run meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The expression as written.
    pub text: String,
    /// Whether it holds.
    pub held: bool,
    /// What was found instead, or what it holds with.
    pub found: String,
}

/// What a condition is held against.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The row of the run.
    pub row: &'a Row,
    /// The names of the candidates, by position in the scenario.
    pub candidates: &'a [String],
    /// What its journal answers; only a condition that [`needs_journal`] asks it.
    pub evidence: Option<&'a Evidence>,
}

impl Run<'_> {
    /// The name of the candidate that was deployed.
    fn candidate(&self) -> Option<&str> {
        self.candidates.get(usize::from(self.row.candidate?)).map(String::as_str)
    }

    fn evidence(&self) -> &Evidence {
        self.evidence.expect("a condition that needs the journal is held against one")
    }
}

/// Judges one expectation of a run. What speaks of many runs, `p` and `quantile`, is not judged here.
pub fn judge(expectation: &Expectation, evidence: &Evidence) -> Option<Verdict> {
    let run = evidence.run();
    let held = holds(&expectation.condition, &run, None)?;
    let found = found(&expectation.condition, &run);
    Some(Verdict { text: expectation.text.clone(), held, found })
}

/// Whether a condition that speaks of one run holds in it.
pub fn is_met(condition: &Condition, run: &Run<'_>) -> bool {
    holds(condition, run, None).expect("it speaks of one run")
}

/// Whether the row of a run is not enough to say whether a condition holds in it.
pub fn needs_journal(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(needs_journal),
        Condition::Not(inner) => needs_journal(inner),
        Condition::Never(_) => true,
        Condition::Risk(_) => false,
        Condition::Compare { left, right, .. } => {
            let of_row = |term: &Term| matches!(term, Term::Literal(_) | Term::Column(_));
            !of_row(left) || !of_row(right)
        }
    }
}

/// A value of a run, or none: what never happened has no time.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Missing,
    Number(f64),
    /// Milliseconds.
    Time(u64),
    /// Parts per billion.
    Share(u32),
    Word(String),
}

impl Value {
    /// Number behind the value, for comparing and for tolerances.
    fn amount(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Time(milliseconds) => Some(*milliseconds as f64),
            Self::Share(parts) => Some(f64::from(*parts)),
            Self::Missing | Self::Word(_) => None,
        }
    }

    fn time(at: Option<SimTime>) -> Value {
        at.map_or(Value::Missing, |at| Value::Time(at.as_millis()))
    }

    fn ppm(ppm: u32) -> Value {
        Value::Share(ppm * 1000)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("nothing"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Time(milliseconds) => write!(f, "{}s", seconds(*milliseconds)),
            Self::Share(parts) => {
                write!(f, "{}", Share::from_parts_per_billion((*parts).min(1_000_000_000)))
            }
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// Whether a condition holds, of the whole run or of one instant; nothing if it speaks of many runs.
fn holds(condition: &Condition, run: &Run<'_>, now: Option<SimTime>) -> Option<bool> {
    match condition {
        Condition::All(all) => {
            let judged: Option<Vec<bool>> = all.iter().map(|one| holds(one, run, now)).collect();
            judged.map(|judged| judged.into_iter().all(|held| held))
        }
        Condition::Any(any) => {
            let judged: Option<Vec<bool>> = any.iter().map(|one| holds(one, run, now)).collect();
            judged.map(|judged| judged.into_iter().any(|held| held))
        }
        Condition::Not(inner) => holds(inner, run, now).map(|held| !held),
        Condition::Never(moment) => first(moment, run).map(|at| at.is_none()),
        Condition::Risk(risk) => Some(risk::happened(*risk, run.row)),
        Condition::Compare { left, comparison, right, tolerance } => {
            let (left, right) = (value(left, run, now)?, value(right, run, now)?);
            let tolerance = tolerance.as_ref().and_then(|literal| literal_value(literal).amount());
            Some(compares(&left, *comparison, &right, tolerance))
        }
    }
}

fn compares(left: &Value, comparison: Comparison, right: &Value, tolerance: Option<f64>) -> bool {
    let equal = match (left, right, left.amount(), right.amount()) {
        (Value::Word(left), Value::Word(right), ..) => left == right,
        (.., Some(left), Some(right)) => (left - right).abs() <= tolerance.unwrap_or(0.0),
        _ => false,
    };
    let ordering = match (left.amount(), right.amount()) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => None,
    };
    match comparison {
        Comparison::Equal => equal,
        Comparison::NotEqual => !equal,
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::AtMost => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Comparison::More => ordering == Some(Ordering::Greater),
        Comparison::AtLeast => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    }
}

fn value(term: &Term, run: &Run<'_>, now: Option<SimTime>) -> Option<Value> {
    Some(match term {
        Term::Literal(literal) => literal_value(literal),
        Term::Column(name) => column(name, run),
        Term::Now(name) => {
            quantity(name, run, now.expect("a value of the moment stands inside a moment"))
        }
        Term::At(name, after) => quantity(name, run, SimTime::ZERO + *after),
        Term::Time(moment) => Value::time(first(moment, run)?),
        Term::Count(name) => Value::Number(run.evidence().occurrence(happening(name)).count as f64),
        Term::Lifecycle(part, name) => lifecycle(*part, name, run),
        Term::Probability(_) | Term::Quantile(..) => return None,
    })
}

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Number(number) => Value::Number(*number),
        Literal::Duration(duration) => Value::Time(duration.as_millis()),
        Literal::Share(share) => Value::Share(share.parts_per_billion()),
        Literal::Word(word) => Value::Word(word.clone()),
    }
}

fn column(name: &str, run: &Run<'_>) -> Value {
    let row = run.row;
    let word = |text: String| if text.is_empty() { Value::Missing } else { Value::Word(text) };
    let count =
        |count: Option<u16>| count.map_or(Value::Missing, |count| Value::Number(count.into()));
    match name {
        // A row holds its position; people write its name.
        "candidate" => word(run.candidate().unwrap_or_default().into()),
        "install_s" => Value::time(row.install),
        "first_shift_s" => Value::time(row.first_shift),
        "full_shift_s" => Value::time(row.full_shift),
        "end_s" => Value::time(row.end),
        "detected_s" => Value::time(row.detected),
        "restored_s" => Value::time(row.restored),
        "requests" => Value::Number(row.requests as f64),
        "failed_requests" => Value::Number(row.failed_requests as f64),
        "bad_requests" => Value::Number(row.bad_requests as f64),
        "exposure_s" => Value::Time(row.exposure_percent_ms / 100),
        "weight_max_pct" => Value::ppm(row.weight_max.shown_ppm()),
        "scaling_events" => Value::Number(row.scaling_events.into()),
        "cost" => {
            row.cost_micros.map_or(Value::Missing, |micros| Value::Number(micros as f64 / 1e6))
        }
        "instances_failed" => count(row.instances_failed),
        "instances_outdated" => count(row.instances_outdated),
        "task_seconds" => Value::Number(row.task_ms as f64 / 1000.0),
        "capacity_short_s" => Value::Time(row.capacity_short_ms),
        "client_s" => Value::time(row.client.map(|sight| sight.at)),
        "deployments" => Value::Number(row.deployments.into()),
        "users_exposed_pct" => row.users_exposed_ppm.map_or(Value::Missing, Value::ppm),
        "mixed_pages" => row.mixed_pages.map_or(Value::Missing, |n| Value::Number(n as f64)),
        "pages_mixed_max_pct" => row.pages_mixed_max_ppm.map_or(Value::Missing, Value::ppm),
        _ => {
            let column = Row::COLUMNS.iter().position(|known| *known == name);
            word(row.cells()[column.expect("the reader knows the columns")].clone())
        }
    }
}

fn quantity(name: &str, run: &Run<'_>, at: SimTime) -> Value {
    let quantity = Quantity::from_name(name).expect("the reader knows the values over time");
    let value = run.evidence().value(quantity, at);
    match quantity {
        Quantity::Weight
        | Quantity::WeightInForce
        | Quantity::TestWeight
        | Quantity::UsersExposed
        | Quantity::PagesMixed => {
            Value::ppm(u32::try_from(value).expect("a share is at most a whole"))
        }
        _ => Value::Number(value as f64),
    }
}

fn lifecycle(part: LifecyclePart, name: &str, run: &Run<'_>) -> Value {
    let event = LifecycleEvent::from_name(name).expect("the reader knows the events");
    let Some(span) = run.evidence().event(event) else { return Value::Missing };
    match part {
        LifecyclePart::Status => Value::Word(span.status.to_string()),
        LifecyclePart::Start => Value::time(span.started),
        LifecyclePart::End => Value::time(span.ended),
    }
}

fn happening(name: &str) -> Happening {
    Happening::from_name(name).expect("the reader knows what can happen")
}

/// When something first comes about, or never; nothing if it speaks of many runs.
fn first(moment: &Moment, run: &Run<'_>) -> Option<Option<SimTime>> {
    match moment {
        Moment::Fact(name) | Moment::Status(name) => {
            Some(run.evidence().occurrence(happening(name)).first)
        }
        Moment::Holds(condition) => {
            for at in run.evidence().instants() {
                if holds(condition, run, Some(at))? {
                    return Some(Some(at));
                }
            }
            Some(None)
        }
    }
}

/// What a condition was held against, in a few words.
fn found(condition: &Condition, run: &Run<'_>) -> String {
    match condition {
        Condition::Compare { left, .. } => {
            value(left, run, None).map_or_else(String::new, |value| value.to_string())
        }
        Condition::Never(moment) => match first(moment, run).flatten() {
            Some(at) => format!("at {}s", seconds(at.as_millis())),
            None => "never".into(),
        },
        Condition::Not(inner) => found(inner, run),
        Condition::Risk(risk) => risk::happened(*risk, run.row).to_string(),
        Condition::All(parts) | Condition::Any(parts) => {
            let mut parts: Vec<String> = parts.iter().map(|part| found(part, run)).collect();
            // Two bounds of one value are met by one value.
            parts.dedup();
            parts.join("; ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::engine::time::SimDuration;

    fn evidence() -> Evidence {
        let example = example::canary();
        Evidence::of(&example.journal)
    }

    fn compare(left: Term, comparison: Comparison, right: Literal) -> Condition {
        Condition::Compare { left, comparison, right: Term::Literal(right), tolerance: None }
    }

    fn verdict(condition: Condition) -> (bool, String) {
        let expectation = Expectation { text: "x".into(), condition };
        let verdict = judge(&expectation, &evidence()).expect("it speaks of one run");
        (verdict.held, verdict.found)
    }

    fn weight_at_least(percent: u32) -> Condition {
        let weight = Term::Now("weight".into());
        compare(weight, Comparison::AtLeast, Literal::Share(Share::of(percent)))
    }

    #[test]
    fn columns_values_times_and_counts_are_compared() {
        let status = Term::Column("status".into());
        let word = |text: &str| Literal::Word(text.into());
        assert_eq!(
            verdict(compare(status.clone(), Comparison::Equal, word("Succeeded"))),
            (true, "Succeeded".into())
        );
        assert!(!verdict(compare(status, Comparison::Equal, word("Failed"))).0);
        let time = Term::Time(Moment::Holds(Box::new(weight_at_least(10))));
        let at = |seconds| Literal::Duration(SimDuration::from_secs(seconds));
        assert_eq!(verdict(compare(time, Comparison::Equal, at(92))).1, "92.000s");
        let weight = Term::At("weight".into(), SimDuration::from_secs(200));
        assert!(verdict(compare(weight, Comparison::Equal, Literal::Share(Share::of(10)))).0);
        let candidate = Term::Column("candidate".into());
        assert_eq!(
            verdict(compare(candidate, Comparison::NotEqual, word("other"))),
            (true, evidence().candidate().expect("one was drawn").into())
        );
        let count = Term::Count("HookInvoked".into());
        assert!(verdict(compare(count, Comparison::Equal, Literal::Number(0.0))).0);
    }

    #[test]
    fn what_never_happens_has_no_time_and_compares_with_nothing() {
        let never = Term::Time(Moment::Status("Failed".into()));
        let at = Literal::Duration(SimDuration::from_secs(1));
        for comparison in [Comparison::Equal, Comparison::Less, Comparison::AtLeast] {
            assert_eq!(
                verdict(compare(never.clone(), comparison, at.clone())),
                (false, "nothing".into())
            );
        }
        assert!(verdict(Condition::Never(Moment::Status("Failed".into()))).0);
        assert!(
            verdict(Condition::Never(Moment::Holds(Box::new(Condition::Not(Box::new(
                Condition::Any(vec![weight_at_least(0)])
            ))))))
            .0
        );
    }

    #[test]
    fn what_speaks_of_many_runs_is_not_judged() {
        let probability = Term::Probability(Box::new(weight_at_least(10)));
        let condition = compare(probability, Comparison::More, Literal::Number(0.5));
        let expectation = Expectation { text: "x".into(), condition };
        assert_eq!(judge(&expectation, &evidence()), None);
    }
}
