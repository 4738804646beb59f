//! V26: what must change with a scenario, and what must not.

use cutover::analysis::row::Row;
use cutover::scenario::Scenario;
use cutover::simulation::Simulation;

use super::story::rows;
use crate::support::{Setup, read, scenario};

const RUNS: u64 = 1_000;
const RULE: &str = "EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: notBreaching";

/// A bad release behind a canary, without anybody who watches.
fn open_loop(percent: u32, minutes: u32) -> Setup {
    scenario()
        .canary(percent, minutes)
        .rate("50/s")
        .original("errors: 0.1%")
        .replacement("errors: 2%, bad: true")
}

/// The same with an alarm on its own target group; going back takes a minute (V20).
fn gated(percent: u32, minutes: u32) -> Setup {
    open_loop(percent, minutes)
        .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
        .assume("codedeploy.rollback_restore: 60s")
        .termination_wait(60)
        .error_rate("errors", "green", RULE)
        .watch(&["errors"])
}

fn bad(rows: &[Row]) -> Vec<u64> {
    rows.iter().map(|row| row.bad_requests).collect()
}

fn reached_full(rows: &[Row]) -> usize {
    rows.iter().filter(|row| row.full_shift.is_some()).count()
}

fn digests(scenario: &Scenario) -> Vec<String> {
    let mut simulation = Simulation::new(scenario);
    (0..20).map(|replication| simulation.run(1, replication, &mut ()).digest.to_string()).collect()
}

/// V26a: with the gates off a smaller weight never has more bad requests, path by path. With gates on this is false: the
/// smaller canary is seen later and costs more, in the mean and by its p99 (V20).
#[test]
fn a_smaller_canary_is_safer_only_while_nobody_watches() {
    let of = |percent| bad(&rows(&open_loop(percent, 5).load(), RUNS));
    let (one, five, ten) = (of(1), of(5), of(10));
    assert!(one.iter().zip(&five).all(|(smaller, larger)| smaller <= larger));
    assert!(five.iter().zip(&ten).all(|(smaller, larger)| smaller <= larger));
    let watched = |percent| {
        let mut bad = bad(&rows(&gated(percent, 5).load(), RUNS));
        bad.sort_unstable();
        (bad.iter().sum::<u64>(), bad[bad.len() * 99 / 100])
    };
    let (small, large) = (watched(1), watched(10));
    assert!(small.0 > large.0 && small.1 > large.1, "{small:?} {large:?}");
}

/// V26b, gates off: twice the rate in half the time is the same law of counts.
#[test]
fn twice_the_rate_in_half_the_time_counts_the_same() {
    let of = |minutes, rate: &str| {
        let bad = bad(&rows(&open_loop(10, minutes).rate(rate).load(), RUNS));
        bad.iter().sum::<u64>() as f64 / RUNS as f64
    };
    // Poisson, mean 50/s x 10 % x 600 s x 2 % = 60; the difference of two means varies by twice that.
    let (slow, fast) = (of(10, "50/s"), of(5, "100/s"));
    for mean in [slow, fast] {
        assert!((mean - 60.0).abs() < 4.0 * (60.0 / RUNS as f64).sqrt(), "{mean}");
    }
}

/// V26c: a deployment an hour later, or a day, is the same deployment.
#[test]
fn a_shift_in_time_changes_nothing() {
    let at = |start: &str| digests(&gated(10, 5).line(&format!("start: {start}")).load());
    let first = at("2026-01-05T10:00:00Z");
    assert_eq!(first, at("2026-01-05T11:00:00Z"));
    assert_eq!(first, at("2026-01-06T10:00:00Z"));
}

/// V26d: names are only names, and the order of the sections of a file is nobody's business.
#[test]
fn names_and_the_order_of_keys_change_nothing() {
    let yaml = gated(10, 5).yaml();
    let of = |yaml: &str| digests(&read(yaml).unwrap_or_else(|told| panic!("{told}")));
    let first = of(&yaml);
    let names = [
        ("group/blue", "group/navy"),
        (": blue", ": navy"),
        ("group/green", "group/jade"),
        (": green", ": jade"),
    ];
    let renamed = names.iter().fold(yaml.clone(), |yaml, (from, to)| yaml.replace(from, to));
    assert_ne!(renamed, yaml);
    assert_eq!(of(&renamed), first);
    let mut sections: Vec<String> = Vec::new();
    for line in yaml.lines() {
        match sections.last_mut() {
            Some(section) if line.starts_with([' ', '-', '#']) => *section += &format!("{line}\n"),
            _ => sections.push(format!("{line}\n")),
        }
    }
    sections.reverse();
    assert!(sections.len() > 4);
    assert_eq!(of(&sections.concat()), first);
}

/// V26f: the longer the bake, the fewer bad releases get through, down to none.
#[test]
fn a_longer_bake_lets_fewer_through() {
    let through = |minutes| reached_full(&rows(&gated(1, minutes).load(), RUNS));
    let all = [5, 10, 15, 60].map(through);
    assert!(all.is_sorted_by(|shorter, longer| shorter > longer), "{all:?}");
    assert_eq!(all[3], 0, "0.355, 0.098 and 0.0275 of V6, then nothing");
}

/// V26g: an error rate is never more than everything.
#[test]
fn a_threshold_of_everything_never_fires() {
    let yaml = gated(10, 5).yaml().replace("Threshold: 1,", "Threshold: 100,");
    let scenario = read(&yaml).unwrap_or_else(|told| panic!("{told}"));
    let rows = rows(&scenario, RUNS);
    assert_eq!((reached_full(&rows), rows.iter().filter(|row| row.rollback).count()), (1000, 0));
}

/// V26h: an alarm that nobody looks at moves no draw.
#[test]
fn an_unused_alarm_changes_no_row() {
    let numbers = |setup: Setup| -> Vec<Vec<String>> {
        // All columns but the digest, which tells of the alarm's own facts.
        rows(&setup.load(), 200).iter().map(|row| row.cells()[1..].to_vec()).collect()
    };
    let another = gated(10, 5).alarm(
        "unused",
        ("RequestCount", "blue"),
        "Threshold: 5, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1",
    );
    assert_eq!(numbers(gated(10, 5)), numbers(another));
}
