//! What a report must be in every format: equal when told again, and from a journal read back.

use crate::analysis::example::{self, Example};
use crate::report::text::Color;
use crate::report::{Report, Verdict, chart, csv, json, notification, text};

fn report(example: &Example) -> Report {
    Report::new(&example.journal)
}

/// Every format of a report, but the PNG.
fn formats(report: &Report) -> [Vec<u8>; 6] {
    [
        text::write(report, Color::Never).into_bytes(),
        json::write(report),
        csv::timeline(report),
        csv::metrics(report),
        chart::svg(report).into_bytes(),
        notification::write(report),
    ]
}

#[test]
fn a_journal_that_was_read_back_gives_the_same_bytes() {
    for (name, example) in example::all() {
        let again = Report::new(&example.read_back());
        assert_eq!(formats(&report(&example)), formats(&again), "{name}");
    }
}

#[test]
fn the_text_of_a_failed_hook_is_this() {
    let text = text::write(&report(&example::failed_hook()), Color::Never);
    let expected = include_str!("tests/failed-hook.txt");
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn colours_change_nothing_but_the_colour() {
    let report = report(&example::install_timeout());
    let mut colored = text::write(&report, Color::Always);
    assert!(colored.contains("\u{1b}[31m"));
    for code in ["1", "2", "31", "32", "1;31", "1;32", "0"] {
        colored = colored.replace(&format!("\u{1b}[{code}m"), "");
    }
    let trimmed: Vec<_> = colored.lines().map(str::trim_end).collect();
    let plain = text::write(&report, Color::Never);
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

#[test]
fn verdicts_are_told_with_what_was_found() {
    let verdict = Verdict { text: "status == Stopped".into(), held: false, found: "Failed".into() };
    let report = report(&example::failed_hook()).with_verdicts(vec![verdict]);
    let text = text::write(&report, Color::Never);
    assert!(text.contains("fails  status == Stopped  (found: Failed)"), "{text}");
    let json: serde_json::Value =
        serde_json::from_slice(&json::write(&report)).expect("it is JSON");
    assert_eq!(json["expectations"][0]["held"], false);
}

#[test]
fn the_summary_names_both_deployments_and_their_link() {
    let summary = json::write(&report(&example::failed_hook()));
    let json: serde_json::Value = serde_json::from_slice(&summary).expect("it is JSON");
    let [parent, child] = [&json["deployments"][0], &json["deployments"][1]];
    assert_eq!(parent["rollback_id"], child["id"]);
    assert_eq!(child["creator"], "codeDeployRollback");
    assert_eq!(json["outcome"]["exposure_s"].to_string(), "60.0");
    assert_eq!(json["outcome"]["end_s"].to_string(), "422.0");
    assert_eq!(json["outcome"]["install_s"].as_f64(), Some(92.0));
}

#[test]
fn every_csv_row_has_a_cell_for_each_column() {
    let report = report(&example::canary());
    for (bytes, columns) in [
        (csv::timeline(&report), &csv::TIMELINE_COLUMNS[..]),
        (csv::metrics(&report), &csv::METRICS_COLUMNS[..]),
    ] {
        let text = String::from_utf8(bytes).expect("it is UTF-8");
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some(columns.join(",").as_str()));
        assert!(lines.clone().count() > 10);
        assert!(lines.all(|line| line.split(',').count() == columns.len()));
    }
}

#[test]
fn the_timeline_counts_in_seconds_and_names_the_cause() {
    let timeline = String::from_utf8(csv::timeline(&report(&example::failed_hook())));
    let timeline = timeline.expect("it is UTF-8");
    let line = timeline.lines().find(|line| line.contains("HookAnswered")).expect("it is told");
    let cells: Vec<_> = line.split(',').collect();
    assert_eq!(cells[1..4], ["422.000", "hook", "HookAnswered"]);
    let cause = timeline.lines().find(|line| line.starts_with(&format!("{},", cells[6])));
    assert!(cause.is_some_and(|line| line.contains("HookInvoked")));
}

/// Not a test: writes the texts of all examples to `target/pictures`, to be looked at.
#[test]
#[ignore = "for the eye"]
fn write_texts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/pictures");
    std::fs::create_dir_all(folder).expect("the target directory can be written");
    for (name, example) in example::all() {
        let report = report(&example);
        let files = [
            ("txt", text::write(&report, Color::Never).into_bytes()),
            ("json", json::write(&report)),
            ("timeline.csv", csv::timeline(&report)),
            ("metrics.csv", csv::metrics(&report)),
            ("svg", chart::svg(&report).into_bytes()),
            ("png", chart::png(&report)),
        ];
        for (ending, bytes) in files {
            let written = std::fs::write(format!("{folder}/{name}.{ending}"), bytes);
            written.expect("the target directory can be written");
        }
    }
}
