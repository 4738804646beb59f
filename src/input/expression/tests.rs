//! Expressions by example: what they mean, and what is told of faulty ones.

use super::*;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::scenario::expectation::{Comparison, LifecyclePart, Literal, Moment, Term};

const STATUSES: &[&str] = &["Succeeded", "Stopped", "Failed"];

const VOCABULARY: Vocabulary = Vocabulary {
    columns: &[
        Name::new("status", Kind::Word(STATUSES), ""),
        Name::new("error_code", Kind::Word(&["HOOK_EXECUTION_FAILURE", "ALARM_ACTIVE"]), ""),
        Name::new("replacement", Kind::Word(&[]), ""),
        Name::new("bad_requests", Kind::Number, ""),
        Name::new("failed_requests", Kind::Number, ""),
        Name::new("end_s", Kind::Duration, ""),
        Name::new("weight_max_pct", Kind::Share, ""),
    ],
    values: &[Name::new("weight", Kind::Share, ""), Name::new("healthy", Kind::Number, "")],
    facts: &["RolledBack", "Http503"],
    statuses: STATUSES,
    lifecycle_events: &["Install", "AllowTraffic"],
    lifecycle_statuses: &["Pending", "Succeeded", "Failed"],
};

/// What an expression means.
fn read(text: &str) -> Condition {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    match argument(text, "--assert", &VOCABULARY, &mut sources, &mut to) {
        Some(expectation) => expectation.condition,
        None => panic!("{}", crate::diagnostic::render::terminal_all(&to, &sources, false)),
    }
}

/// The code, the place and the title of what is told.
fn told(text: &str) -> String {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let expectation = argument(text, "--assert", &VOCABULARY, &mut sources, &mut to);
    assert!(expectation.is_none(), "`{text}` reads well");
    let list = to.iter().map(|d| {
        let place = d.span.map_or("", |span| sources.excerpt(span));
        format!("{} at `{place}`: {}", d.code, d.title)
    });
    list.collect::<Vec<_>>().join("; ")
}

fn compare(left: Term, comparison: Comparison, right: Literal) -> Condition {
    Condition::Compare { left, comparison, right: Term::Literal(right), tolerance: None }
}

fn column(name: &str) -> Term {
    Term::Column(name.into())
}

const fn secs(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

fn weight(comparison: Comparison, percent: u32) -> Moment {
    let now = Term::Now("weight".into());
    Moment::Holds(Box::new(compare(now, comparison, Literal::Share(Share::of(percent)))))
}

#[test]
fn comparisons_read_as_they_are_written() {
    let stopped = compare(column("status"), Comparison::Equal, Literal::Word("Stopped".into()));
    assert_eq!(read("status == Stopped"), stopped);
    assert_eq!(
        read("time(weight >= 10%) == 136s +- 1s"),
        Condition::Compare {
            left: Term::Time(weight(Comparison::AtLeast, 10)),
            comparison: Comparison::Equal,
            right: Term::Literal(Literal::Duration(secs(136))),
            tolerance: Some(Literal::Duration(secs(1))),
        }
    );
    assert_eq!(
        read("weight(200s)==10%"),
        compare(
            Term::At("weight".into(), secs(200)),
            Comparison::Equal,
            Literal::Share(Share::of(10))
        )
    );
    assert_eq!(
        read("count(Http503) == 0"),
        compare(Term::Count("Http503".into()), Comparison::Equal, Literal::Number(0.0))
    );
    assert_eq!(
        read("time(Succeeded) <= 976s"),
        compare(
            Term::Time(Moment::Status("Succeeded".into())),
            Comparison::AtMost,
            Literal::Duration(secs(976))
        )
    );
    assert_eq!(
        read("start(Install) == 2s"),
        compare(
            Term::Lifecycle(LifecyclePart::Start, "Install".into()),
            Comparison::Equal,
            Literal::Duration(secs(2))
        )
    );
    assert_eq!(
        read("quantile(bad_requests, 0.99) < 500"),
        compare(
            Term::Quantile("bad_requests".into(), Share::of(99)),
            Comparison::Less,
            Literal::Number(500.0)
        )
    );
    for good in [
        "status(AllowTraffic) == Failed",
        "end(Install) == 92s",
        "bad_requests <= failed_requests",
        "error_code != HOOK_EXECUTION_FAILURE",
        "replacement == anything_at_all",
        "p(status == Succeeded and bad_requests > 0) > 99.5%",
        "end_s < 1h30m",
        "quantile(end_s, 50%) ± 1s",
    ] {
        if good.contains('±') {
            assert!(told(good).contains("a tolerance has no place here"));
        } else {
            read(good);
        }
    }
}

#[test]
fn never_takes_a_fact_or_a_condition() {
    assert_eq!(read("never(RolledBack)"), Condition::Never(Moment::Fact("RolledBack".into())));
    assert_eq!(read("never(weight > 10%)"), Condition::Never(weight(Comparison::More, 10)));
}

#[test]
fn and_binds_before_or_and_parentheses_before_both() {
    let status =
        |word: &str| compare(column("status"), Comparison::Equal, Literal::Word(word.into()));
    let (a, b, c) = (status("Stopped"), status("Failed"), status("Succeeded"));
    assert_eq!(
        read("status == Stopped or status == Failed and not status == Succeeded"),
        Condition::Any(vec![
            a.clone(),
            Condition::All(vec![b.clone(), Condition::Not(Box::new(c.clone()))])
        ])
    );
    assert_eq!(
        read("(status == Stopped or status == Failed) and status == Succeeded"),
        Condition::All(vec![Condition::Any(vec![a, b]), c])
    );
}

#[test]
fn names_and_kinds_are_checked_while_reading() {
    assert_eq!(
        told("status == Stoped"),
        "CUT0412 at `Stoped`: `Stoped` is not a word that is possible here"
    );
    assert_eq!(
        told("bad_request < 5"),
        "CUT0412 at `bad_request`: `bad_request` is not a column of the results"
    );
    assert_eq!(
        told("never(RoledBack)"),
        "CUT0412 at `RoledBack`: `RoledBack` is not a fact or a status"
    );
    assert_eq!(
        told("weigth(2s) == 1%"),
        "CUT0412 at `weigth`: `weigth` is not a function or a value over time"
    );
    assert_eq!(told("status == 30s"), "CUT0413 at `30s`: a word is compared with a time");
    assert_eq!(told("end_s < 30"), "CUT0413 at `30`: a time is compared with a number");
    assert_eq!(told("end_s == 30s +- 1%"), "CUT0413 at `1%`: a time is compared with a share");
    assert_eq!(told("status > Stopped"), "CUT0413 at `>`: words have no order for `>`");
    assert_eq!(told("weight > 10%"), "CUT0411 at `weight`: `weight` changes over time");
    assert_eq!(
        told("never(count(Http503) > 1)"),
        "CUT0411 at `count`: `count(..)` speaks of a whole run, not of an instant"
    );
}

#[test]
fn broken_expressions_are_told_where_they_break() {
    assert_eq!(told(""), "CUT0411 at ``: the expression ends too early");
    assert_eq!(told("status = Stopped"), "CUT0411 at `=`: `=` has no meaning here");
    assert_eq!(told("status"), "CUT0411 at ``: the expression ends too early");
    assert_eq!(told("status == Stopped status"), "CUT0411 at `status`: a name has no place here");
    assert_eq!(told("(status == Stopped"), "CUT0411 at ``: the expression ends too early");
    assert_eq!(told("end_s == 3x"), "CUT0411 at `3x`: `3x`, which has no known unit");
    assert_eq!(told("1 < bad_requests < 5"), "CUT0411 at `<`: a comparison has no place here");
    assert_eq!(told("end_s < 5s +- 1s"), "CUT0411 at `+-`: a tolerance needs `==` or `!=`");
    assert!(told(&"(".repeat(5000)).contains("nested too deeply"));
    assert!(told(&"not ".repeat(2000)).contains("nested too deeply"));
    assert!(told(&"x".repeat(20_000)).contains("too long"));
}

#[test]
fn a_name_of_a_candidate_may_have_hyphens_inside() {
    let word = Literal::Word("broken-query".into());
    let expected = compare(column("replacement"), Comparison::Equal, word);
    assert_eq!(read("replacement == broken-query"), expected);
    assert!(told("replacement == broken-").contains("`-` has no meaning here"));
}
