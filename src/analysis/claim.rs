//! Claims about many runs: held, refuted, or more than the runs can say.
//!
//! Not the expressions (`input::expression`) nor what they ask of a single run (`verdict`). An end of an interval decides,
//! never an estimate: of a probability the exact one, of a quantile that of order statistics. Decision 27 of the design.

use crate::analysis::measure::{Measure, Unit};
use crate::analysis::statistics::{self, Interval};
use crate::analysis::summary::{Probability, Quantile, quantile};
use crate::analysis::tally::Tally;
use crate::scenario::expectation::{Comparison, Condition, Expectation, Literal, Term};

/// At most so many conditions inside `p(..)`: a run says of each by one bit whether it meets it.
const WATCHED_MAX: usize = 64;

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The runs show it.
    Holds,
    /// The runs show the contrary.
    Fails,
    /// There are too few runs to show either.
    Undecided,
}

impl Standing {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Holds => "holds",
            Standing::Fails => "fails",
            Standing::Undecided => "undecided",
        }
    }

    const fn not(self) -> Standing {
        match self {
            Standing::Holds => Standing::Fails,
            Standing::Fails => Standing::Holds,
            Standing::Undecided => Standing::Undecided,
        }
    }

    /// Of several that all must hold.
    fn all(of: impl Iterator<Item = Standing>) -> Standing {
        of.fold(Standing::Holds, |all, one| match (all, one) {
            (Standing::Fails, _) | (_, Standing::Fails) => Standing::Fails,
            (Standing::Undecided, _) | (_, Standing::Undecided) => Standing::Undecided,
            (Standing::Holds, Standing::Holds) => Standing::Holds,
        })
    }
}

/// A claim and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The expression as written.
    pub text: String,
    /// Whether it holds.
    pub standing: Standing,
    /// What was found, for each `p(..)` and `quantile(..)` of it.
    pub found: Vec<Found>,
    /// About how many runs would decide it, where it is undecided and that can be said.
    pub runs_needed: Option<u64>,
}

/// What is known of one side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// A probability.
    Probability(Probability),
    /// A quantile; none where nothing was measured.
    Quantile(Measure, Option<Quantile>),
}

/// What the runs of one variant know.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What was counted.
    pub tally: &'a Tally,
    /// In how many runs each watched condition was met.
    pub hits: &'a [u64],
    /// Whether somebody watched the runs to decide when to stop (V24).
    pub watched: bool,
}

/// Some claims, and the conditions of single runs that they count.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    claims: Vec<Expectation>,
    /// The conditions inside `p(..)`, claim by claim, in the order they are written.
    pub watched: Vec<Condition>,
}

/// Whether an expression speaks of many runs.
pub fn is_claim(expectation: &Expectation) -> bool {
    speaks_of_many(&expectation.condition)
}

impl Claims {
    /// Adds a claim.
    ///
    /// # Errors
    /// If it does not speak of many runs alone, or there are too many conditions to count.
    pub fn add(&mut self, claim: &Expectation) -> Result<(), String> {
        if let Some(column) = unmeasured(&claim.condition) {
            let known = Measure::ALL.map(Measure::column).join(", ");
            return Err(format!(
                "`{}`: no quantiles of `{column}` are kept, but of {known}",
                claim.text
            ));
        }
        if !is_claim(claim) {
            return Err(format!("`{}` speaks of one run: write `p({0})` with a bound", claim.text));
        }
        collect(&claim.condition, &mut self.watched);
        if self.watched.len() > WATCHED_MAX {
            return Err(format!("there are more than {WATCHED_MAX} `p(..)`"));
        }
        self.claims.push(claim.clone());
        Ok(())
    }

    /// Judges all of them.
    pub fn judge(&self, known: &Known<'_>) -> Vec<Judged> {
        let mut hits = known.hits.iter().copied();
        let judge = |claim: &Expectation| {
            let mut bench = Bench { known, hits: &mut hits, found: Vec::new(), needed: None };
            let standing = bench.condition(&claim.condition);
            let runs_needed = bench.needed.filter(|_| standing == Standing::Undecided);
            Judged { text: claim.text.clone(), standing, found: bench.found, runs_needed }
        };
        self.claims.iter().map(judge).collect()
    }
}

fn speaks_of_many(condition: &Condition) -> bool {
    let of_one_run = |condition: &Condition| !mentions_many(condition);
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(speaks_of_many),
        Condition::Not(inner) => speaks_of_many(inner),
        Condition::Never(_) | Condition::Risk(_) => false,
        Condition::Compare { left, right, .. } => {
            let known = |term: &Term| match term {
                Term::Probability(inner) => of_one_run(inner),
                Term::Quantile(column, _) => Measure::of_column(column).is_some(),
                Term::Literal(_) => true,
                _ => false,
            };
            known(left) && known(right) && mentions_many(condition)
        }
    }
}

/// The first column whose quantile is asked for and not kept.
fn unmeasured(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().find_map(unmeasured),
        Condition::Not(inner) => unmeasured(inner),
        Condition::Never(_) | Condition::Risk(_) => None,
        Condition::Compare { left, right, .. } => {
            [left, right].into_iter().find_map(|term| match term {
                Term::Quantile(column, _) => Some(column.as_str()),
                _ => None,
            })
        }
    }
    .filter(|column| Measure::of_column(column).is_none())
}

/// Whether `p(..)` or `quantile(..)` stands in it.
fn mentions_many(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(mentions_many),
        Condition::Not(inner) => mentions_many(inner),
        Condition::Never(_) | Condition::Risk(_) => false,
        Condition::Compare { left, right, .. } => [left, right]
            .iter()
            .any(|term| matches!(term, Term::Probability(_) | Term::Quantile(..))),
    }
}

/// The conditions inside `p(..)`, from left to right.
fn collect(condition: &Condition, to: &mut Vec<Condition>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| collect(part, to));
        }
        Condition::Not(inner) => collect(inner, to),
        Condition::Never(_) | Condition::Risk(_) => {}
        Condition::Compare { left, right, .. } => {
            for term in [left, right] {
                if let Term::Probability(inner) = term {
                    to.push((**inner).clone());
                }
            }
        }
    }
}

/// One claim while it is judged, in the order of [`collect`].
struct Bench<'a, 'k> {
    known: &'a Known<'k>,
    hits: &'a mut dyn Iterator<Item = u64>,
    found: Vec<Found>,
    needed: Option<u64>,
}

impl Bench<'_, '_> {
    fn condition(&mut self, condition: &Condition) -> Standing {
        match condition {
            Condition::All(parts) => {
                let parts: Vec<Standing> = parts.iter().map(|part| self.condition(part)).collect();
                Standing::all(parts.into_iter())
            }
            // One of them holds unless all contraries do.
            Condition::Any(parts) => {
                let parts: Vec<Standing> =
                    parts.iter().map(|part| self.condition(part).not()).collect();
                Standing::all(parts.into_iter()).not()
            }
            Condition::Not(inner) => self.condition(inner).not(),
            Condition::Compare { left, comparison, right, tolerance } => {
                let (left, right) = (self.range(left), self.range(right));
                let tolerance = tolerance.as_ref().map_or(0.0, amount);
                compare(left, *comparison, right, tolerance)
            }
            Condition::Never(_) | Condition::Risk(_) => {
                unreachable!("a claim speaks of many runs")
            }
        }
    }

    /// Between what a term lies.
    fn range(&mut self, term: &Term) -> Interval {
        match term {
            Term::Literal(literal) => {
                let bound = amount(literal);
                self.needed = self.needed.or(self.runs_to_tell_from(bound));
                Interval { low: bound, high: bound }
            }
            Term::Probability(_) => {
                let hits = self.hits.next().expect("every condition is counted");
                let runs = self.known.tally.runs;
                let of = match self.known.watched {
                    true => statistics::at_any_time,
                    false => statistics::clopper_pearson,
                };
                let interval = of(hits, runs);
                self.found.push(Found::Probability(Probability { hits, runs, interval }));
                interval
            }
            Term::Quantile(column, share) => {
                let measure = Measure::of_column(column).expect("a claim is on measures");
                let found = quantile(self.known.tally.of(measure), share.as_f64());
                self.found.push(Found::Quantile(measure, found));
                let unit = measure.units() as f64 / expression_units(measure);
                let end = |end: Option<u64>, none: f64| end.map_or(none, |end| end as f64 / unit);
                Interval {
                    low: end(found.and_then(|found| found.low), f64::NEG_INFINITY),
                    high: end(found.and_then(|found| found.high), f64::INFINITY),
                }
            }
            _ => unreachable!("a claim speaks of many runs"),
        }
    }

    /// About how many runs would tell the probability that was found last from a bound.
    fn runs_to_tell_from(&self, bound: f64) -> Option<u64> {
        let Some(Found::Probability(found)) = self.found.last() else { return None };
        // Half a hit more, so that no hit has a guess too.
        let share = (found.hits as f64 + 0.5) / (found.runs as f64 + 1.0);
        let (z, apart) = (statistics::z(), share - bound);
        let runs = z * z * share * (1.0 - share) / (apart * apart);
        (runs.is_finite() && runs < 1e15).then(|| libm::ceil(runs) as u64)
    }
}

/// How many units of an expression's value are one of the unit that is shown.
fn expression_units(measure: Measure) -> f64 {
    match (measure, measure.unit()) {
        (Measure::TaskTime, _) | (_, Unit::Count | Unit::Money) => 1.0,
        (_, Unit::Seconds) => 1000.0,
        (_, Unit::Percent) => 0.01,
    }
}

/// A value that is written, in the units of its kind: milliseconds, parts of one, or plain.
fn amount(literal: &Literal) -> f64 {
    match literal {
        Literal::Number(number) => *number,
        Literal::Duration(duration) => duration.as_millis() as f64,
        Literal::Share(share) => share.as_f64(),
        Literal::Word(_) => f64::NAN,
    }
}

fn compare(left: Interval, comparison: Comparison, right: Interval, tolerance: f64) -> Standing {
    let decided = |holds: bool, fails: bool| match (holds, fails) {
        (true, _) => Standing::Holds,
        (_, true) => Standing::Fails,
        (false, false) => Standing::Undecided,
    };
    match comparison {
        Comparison::Less => decided(left.high < right.low, left.low >= right.high),
        Comparison::AtMost => decided(left.high <= right.low, left.low > right.high),
        Comparison::More => compare(right, Comparison::Less, left, tolerance),
        Comparison::AtLeast => compare(right, Comparison::AtMost, left, tolerance),
        Comparison::Equal => {
            let (low, high) = (left.low - right.high, left.high - right.low);
            decided(-tolerance <= low && high <= tolerance, low > tolerance || high < -tolerance)
        }
        Comparison::NotEqual => compare(left, Comparison::Equal, right, tolerance).not(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::share::Share;
    use crate::engine::time::SimDuration;
    use crate::scenario::expectation::Risk;

    fn p(comparison: Comparison, percent: f64) -> Condition {
        let parts = (percent * 1e7) as u32;
        Condition::Compare {
            left: Term::Probability(Box::new(Condition::Risk(Risk::BadReachedFull))),
            comparison,
            right: Term::Literal(Literal::Share(Share::from_parts_per_billion(parts))),
            tolerance: None,
        }
    }

    fn judge(condition: Condition, hits: &[u64], runs: u64) -> Judged {
        let mut claims = Claims::default();
        let claim = Expectation { text: "x".into(), condition };
        claims.add(&claim).expect("it speaks of many runs");
        let mut tally = Tally { runs, ..Tally::default() };
        (0..runs).for_each(|run| tally.measures[Measure::End.index()].add(600_000 + run, run));
        claims.judge(&Known { tally: &tally, hits, watched: false }).remove(0)
    }

    /// 0 of 10 000 has the exact upper end 0.0369 %, 3 of 1 000 the ends 0.0619 % and 0.874 % (V21).
    #[test]
    fn an_end_of_the_interval_decides() {
        let standing =
            |comparison, percent, hits, runs| judge(p(comparison, percent), &[hits], runs).standing;
        assert_eq!(standing(Comparison::Less, 0.1, 0, 10_000), Standing::Holds);
        assert_eq!(standing(Comparison::Less, 0.1, 0, 1_000), Standing::Undecided);
        assert_eq!(standing(Comparison::Less, 0.06, 3, 1_000), Standing::Fails);
        assert_eq!(standing(Comparison::Less, 0.9, 3, 1_000), Standing::Holds);
        assert_eq!(standing(Comparison::More, 0.06, 3, 1_000), Standing::Holds);
        assert_eq!(standing(Comparison::AtLeast, 0.9, 3, 1_000), Standing::Fails);
        assert_eq!(standing(Comparison::Equal, 0.3, 3, 1_000), Standing::Undecided);
        assert_eq!(standing(Comparison::NotEqual, 5.0, 3, 1_000), Standing::Holds);
        assert_eq!(standing(Comparison::Equal, 0.0, 3, 1_000), Standing::Fails);
    }

    #[test]
    fn an_undecided_claim_says_about_how_many_runs_it_needs() {
        let judged = judge(p(Comparison::Less, 0.5), &[3], 1_000);
        assert_eq!(judged.standing, Standing::Undecided);
        let needed = judged.runs_needed.expect("it can be said");
        assert!((4_000..8_000).contains(&needed), "{needed}");
        assert_eq!(judge(p(Comparison::Less, 0.9), &[3], 1_000).runs_needed, None);
    }

    #[test]
    fn what_is_joined_is_decided_as_far_as_its_parts_are() {
        let (holds, fails) = (p(Comparison::Less, 0.9), p(Comparison::Less, 0.06));
        let open = p(Comparison::Less, 0.5);
        let of = |condition| judge(condition, &[3, 3], 1_000).standing;
        assert_eq!(of(Condition::All(vec![holds.clone(), open.clone()])), Standing::Undecided);
        assert_eq!(of(Condition::All(vec![open.clone(), fails.clone()])), Standing::Fails);
        assert_eq!(of(Condition::Any(vec![open.clone(), holds])), Standing::Holds);
        assert_eq!(of(Condition::Any(vec![fails.clone(), open.clone()])), Standing::Undecided);
        assert_eq!(of(Condition::Not(Box::new(fails))), Standing::Holds);
        assert_eq!(of(Condition::Not(Box::new(open))), Standing::Undecided);
    }

    #[test]
    fn a_quantile_is_decided_by_order_statistics() {
        let below = |seconds, quantile| {
            let condition = Condition::Compare {
                left: Term::Quantile("end_s".into(), Share::of(quantile)),
                comparison: Comparison::Less,
                right: Term::Literal(Literal::Duration(SimDuration::from_secs(seconds))),
                tolerance: None,
            };
            judge(condition, &[], 1_000).standing
        };
        // Values from 600.000 s to 600.999 s.
        assert_eq!([below(602, 50), below(599, 50)], [Standing::Holds, Standing::Fails]);
        assert_eq!(below(602, 100), Standing::Undecided, "the largest may be larger yet");
    }

    #[test]
    fn what_speaks_of_one_run_is_no_claim() {
        let condition = Condition::Risk(Risk::BadKept);
        let one = Expectation { text: "bad_kept".into(), condition };
        assert!(Claims::default().add(&one).is_err());
        let mixed = Condition::Compare {
            left: Term::Probability(Box::new(p(Comparison::Less, 1.0))),
            comparison: Comparison::Less,
            right: Term::Literal(Literal::Share(Share::of(1))),
            tolerance: None,
        };
        assert!(
            Claims::default().add(&Expectation { text: "x".into(), condition: mixed }).is_err()
        );
    }
}
