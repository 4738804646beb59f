//! Releases that go bad in their own ways, and what else makes requests fail: told apart, and seen only by the metrics
//! that count them.
//!
//! On the ideal preset minutes begin with the deployment.

use cutover::journal::fact::{Fact, FailureCause};

use crate::support::{Played, Setup, scenario};

const ANY: &str = "Threshold: 0, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, TreatMissingData: notBreaching";

/// 10 % for five minutes, then everything; 100 requests a second, none of which fails without a cause.
fn released(replacement: &str) -> Setup {
    scenario()
        .desired(10)
        .rate("100/s")
        .canary(10, 5)
        .termination_wait(10)
        .original("errors: 0%")
        .replacement(replacement)
}

/// Requests that failed by a cause after one second and up to another.
fn failed_by(run: &Played, cause: FailureCause, [from_s, to_s]: [u64; 2]) -> u64 {
    let within = from_s * 1000 + 1..=to_s * 1000;
    let of = |fact: &Fact| match fact {
        Fact::RequestsFailedBy { cause: found, requests, .. } if *found == cause => {
            u64::from(*requests)
        }
        _ => 0,
    };
    let entries = run.journal.entries.iter();
    entries
        .filter(|entry| within.contains(&entry.at.as_millis()))
        .map(|entry| of(&entry.fact))
        .sum()
}

fn is_near(found: u64, expected: f64) {
    let tolerance = 5.0 * expected.sqrt();
    assert!((found as f64 - expected).abs() <= tolerance, "{found}, not {expected} +- {tolerance}");
}

const FIRST: FailureCause = FailureCause::Defect(0);

/// A release that goes bad a while after it got its first requests, for a while.
#[test]
fn a_defect_shows_after_a_delay() {
    let run = released("defects: [{ errors: 50%, after: 150s, for: 2m }]").run();
    assert_eq!(failed_by(&run, FIRST, [0, 120]), 0);
    is_near(failed_by(&run, FIRST, [120, 180]), 0.5 * 10.0 * 30.0);
    is_near(failed_by(&run, FIRST, [180, 300]), 0.5 * 10.0 * 90.0);
    assert_eq!(failed_by(&run, FIRST, [300, 900]), 0);
    let row = run.row();
    assert!(row.bad && row.failed_requests == row.bad_requests);
    assert_eq!(row.bad_requests, run.occurrence("DefectShown").count);
}

/// A release that breaks under its share of the load: a canary of ten percent never shows it.
#[test]
fn a_defect_shows_above_a_share_of_the_requests() {
    let run = released("defects: [{ errors: 20%, above: 50% }]").run();
    assert_eq!(failed_by(&run, FIRST, [0, 300]), 0);
    is_near(failed_by(&run, FIRST, [300, 600]), 0.2 * 100.0 * 300.0);
}

/// A release that fails only while both versions run: on either side of it, and each such failure is the release's.
#[test]
fn a_defect_shows_while_both_versions_run() {
    let both = "{ errors: 10%, both_versions: true }";
    let run = released(&format!("defects: [{both}]"))
        .original(&format!("errors: 0%, defects: [{both}]"))
        .run();
    // Defects are numbered over all revisions, those of the original first.
    is_near(failed_by(&run, FIRST, [0, 300]), 0.1 * 90.0 * 300.0);
    is_near(failed_by(&run, FailureCause::Defect(1), [0, 300]), 0.1 * 10.0 * 300.0);
    assert_eq!(
        run.occurrence("DefectShown").count,
        failed_by(&run, FIRST, [0, 300]) + failed_by(&run, FailureCause::Defect(1), [0, 300])
    );
    assert!(!run.row().bad, "the replacement is no worse than the original");
    let bad = released(&format!("bad: true, defects: [{both}]"))
        .original(&format!("errors: 0%, defects: [{both}]"))
        .run();
    assert_eq!(bad.row().bad_requests, bad.row().failed_requests);
}

/// Story F29: one route answers 400, which no alarm on 5xx codes sees; one on 4xx codes does.
#[test]
fn a_broken_route_with_4xx_is_not_in_the_5xx_metric() {
    let watched = |metric, of| {
        released("defects: [{ name: orders, route: 8%, errors: 100%, status: 400 }]")
            .alarm("codes", (metric, of), ANY)
            .watch(&["codes"])
            .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
            .run()
    };
    let blind = watched("HTTPCode_Target_5XX_Count", "");
    assert_eq!(blind.alarm(0), "0 OK");
    is_near(failed_by(&blind, FIRST, [0, 900]), 0.08 * (10.0 * 300.0 + 100.0 * 600.0));
    let row = blind.row();
    assert_eq!((row.failed_requests, row.bad_requests), (row.bad_requests, row.failed_requests));
    assert_eq!(blind.series.totals.last().1.total().by_defects, row.failed_requests);
    let seeing = watched("HTTPCode_Target_4XX_Count", "green");
    assert!(seeing.alarm(0).starts_with("0 OK, 60 ALARM"), "{}", seeing.alarm(0));
    assert_eq!(seeing.row().error_code.map(|code| code.to_string()), Some("ALARM_ACTIVE".into()));
}

/// CW-MATH-5: `check` says that an alarm on 5xx codes does not see a release that fails with others.
#[test]
fn an_alarm_on_other_codes_is_told_to_be_blind() {
    let gated = |status: &str| {
        released(&format!("defects: [{{ route: 8%, errors: 100%, status: {status} }}]"))
            .error_rate("errors", "green", "EvaluationPeriods: 1, TreatMissingData: notBreaching")
            .watch(&["errors"])
            .told()
    };
    let told = gated("400");
    assert!(
        told.contains("CUT0322") && told.contains("8 % of its requests fail, 0 % with a 5xx code"),
        "{told}"
    );
    assert!(!gated("500").contains("CUT0322"));
}

/// Clients that ask for nonsense get 4xx from a sound release: counted by the metric, no failure.
#[test]
fn faulty_requests_are_no_failure() {
    let run = scenario()
        .rate("100/s")
        .original("errors: 0%, client_errors: 10%")
        .alarm("4xx", ("HTTPCode_Target_4XX_Count", ""), ANY)
        .alarm("2xx", ("HTTPCode_Target_2XX_Count", ""), ANY)
        .line("until: 10m")
        .run();
    assert_eq!(run.row().failed_requests, 0);
    let of = |alarm: u8| {
        let told = run.datapoints(alarm);
        told.split(", ")
            .filter_map(|told| told.split(' ').nth(1)?.trim_end_matches('!').parse::<f64>().ok())
            .sum::<f64>()
    };
    let (faulty, sound) = (of(0), of(1));
    assert!((faulty / (faulty + sound) - 0.1).abs() < 0.01, "{faulty} {sound}");
}

/// A dependency fails whoever asks it: no release caused that.
#[test]
fn a_dependency_fails_both_versions() {
    let run = released("errors: 100%")
        .fault("at: 100s, kind: dependency-failure, errors: 30%, for: 60s")
        .run();
    is_near(failed_by(&run, FailureCause::Dependency, [0, 900]), 0.3 * 90.0 * 60.0);
    let row = run.row();
    assert_eq!(row.failed_requests - row.bad_requests, run.occurrence("DependencyFailed").count);
    let clear = released("errors: 0%").fault("at: 100s, kind: dependency-failure").run();
    is_near(clear.occurrence("DependencyFailed").count, 100.0 * 800.0);
    assert_eq!(clear.row().bad_requests, 0);
}

/// ECS-TASK-12: tasks that leak with every request end sooner the more they get.
#[test]
fn tasks_that_leak_end_after_so_many_requests() {
    let run = released("crash: { requests: 600 }").line("until: 30m").run();
    let stops = run.stops(1);
    // One request a second and task for five minutes, then ten: 300 are left at 300 s.
    let first = stops.split(' ').next().and_then(|at| at.parse::<f64>().ok());
    assert!(first.is_some_and(|at| (at - 330.0).abs() < 4.0), "{stops}");
    let few = released("crash: { requests: 600, share: 0% }").run();
    assert_eq!(few.stops(1), "");
}

/// A release that is slow takes longer of its tasks too, so that they keep up with less.
#[test]
fn a_slow_defect_takes_capacity() {
    let run = released("defects: [{ slower: 3, after: 5m }]")
        .original("errors: 0%, capacity: { service_time: 50ms }")
        .run();
    // Ten tasks serve 200 a second, or 67.
    assert_eq!(run.value("waiting_requests", 300), 0);
    assert_eq!(run.value("waiting_requests", 360), 2000);
    assert!(run.row().bad);
}
