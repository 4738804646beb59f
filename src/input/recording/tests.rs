//! Recordings of every form, and what is none.

use super::*;
use crate::diagnostic::Sources;
use crate::input::source::MemorySource;

/// What is read of a file, and the titles of what is told.
fn read(name: &str, text: &str) -> (Option<Recording>, Vec<String>) {
    let source = MemorySource::new().with(name, text);
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let mut files = Files::beside(Path::new(""), &source, &mut sources);
    let found = recording(Path::new(name), &mut files, &mut to);
    let mut found: Vec<Recording> = found.into_iter().collect();
    without_empty(&mut found);
    (found.pop(), to.iter().map(|told| format!("{} {}", told.code, told.title)).collect())
}

fn durations(recording: &Recording, quantity: Quantity) -> &[f64] {
    let of = recording.observed.iter().find(|observed| observed.quantity == quantity);
    of.map_or(&[], |observed| &observed.milliseconds)
}

#[test]
fn stages_of_a_launch_are_read_in_every_form_of_a_time() {
    let text = r#"{"tasks": [
        {"taskArn": "a", "createdAt": 1000.5, "pullStartedAt": 1012.5, "pullStoppedAt": 1020.25, "startedAt": 1022.0},
        {"taskArn": "b", "createdAt": "2026-01-05T10:00:00.000000+01:00", "pullStartedAt": "2026-01-05T09:00:09.123400Z"},
        {"taskArn": "c", "createdAt": {"__class__": "datetime", "year": 2026, "month": 1, "day": 5, "hour": 9},
         "pullStartedAt": {"year": 2026, "month": 1, "day": 5, "hour": 9, "second": 7, "microsecond": 500000}},
        {"taskArn": "d", "createdAt": 1000, "lastStatus": "PENDING"}
    ], "failures": []}"#;
    let (found, told) = read("tasks.json", text);
    let found = found.expect("tasks");
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(found.what, "4 tasks");
    let of = |name| durations(&found, Quantity::Assumption(name));
    assert_eq!(of("fargate.provision"), [12_000.0, 9123.0, 7500.0]);
    assert_eq!(of("fargate.pull_overhead"), [7750.0]);
    assert_eq!(of("container.start"), [1750.0]);
    assert!(of("task.deprovision").is_empty());
}

#[test]
fn a_stage_that_ends_before_it_begins_is_told_and_left_out() {
    let text = r#"{"tasks": [{"taskArn": "a", "createdAt": 20, "pullStartedAt": 10}, {"taskArn": "b", "createdAt": 0, "pullStartedAt": 3}]}"#;
    let (found, told) = read("tasks.json", text);
    assert_eq!(told, ["CUT0245 createdAt to pullStartedAt is negative here"]);
    let found = found.expect("the other one");
    assert_eq!(durations(&found, Quantity::Assumption("fargate.provision")), [3000.0]);
}

#[test]
fn hooks_are_told_from_empty_events_and_from_what_codedeploy_does() {
    let text = r#"{"deploymentTargets": [{"deploymentTargetType": "ECSTarget", "ecsTarget": {"lifecycleEvents": [
        {"lifecycleEventName": "BeforeInstall", "startTime": 0, "endTime": 0.4, "status": "Succeeded"},
        {"lifecycleEventName": "Install", "startTime": 0.5, "endTime": 80, "status": "Succeeded"},
        {"lifecycleEventName": "AfterAllowTestTraffic", "startTime": 80.25, "endTime": 120.25, "status": "Failed"},
        {"lifecycleEventName": "BeforeAllowTraffic", "status": "Skipped"}
    ]}}]}"#;
    let (found, told) = read("targets.json", text);
    let found = found.expect("a target");
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(
        durations(&found, Quantity::Hook(LifecycleEvent::AfterAllowTestTraffic)),
        [40_000.0]
    );
    let of = |name| durations(&found, Quantity::Assumption(name));
    assert_eq!(of("codedeploy.empty_hook_duration"), [400.0]);
    assert_eq!(of("codedeploy.inter_event_gap"), [100.0, 250.0]);
    let answers = Answers { event: LifecycleEvent::AfterAllowTestTraffic, all: 1, failed: 1 };
    assert_eq!(found.answers, [answers]);
}

/// CD-LE-3: an event without a function ends at once and never fails; what one recording does not tell, another may.
#[test]
fn an_event_is_empty_only_if_no_recording_says_otherwise() {
    let of = |event: LifecycleEvent, milliseconds: f64, failed: u64| Recording {
        observed: vec![Observed {
            quantity: Quantity::Hook(event),
            milliseconds: vec![milliseconds],
            between: "startTime to endTime".into(),
        }],
        answers: vec![Answers { event, all: 1, failed }],
        ..Recording::default()
    };
    let empty = |mut recordings: Vec<Recording>| -> Vec<f64> {
        without_empty(&mut recordings);
        let found = recordings.iter();
        found
            .flat_map(|of| {
                durations(of, Quantity::Assumption("codedeploy.empty_hook_duration")).to_vec()
            })
            .collect()
    };
    let event = LifecycleEvent::AfterInstall;
    assert_eq!(empty(vec![of(event, 400.0, 0), of(event, 900.0, 0)]), [400.0, 900.0]);
    assert!(empty(vec![of(event, 400.0, 0), of(event, 9000.0, 0)]).is_empty());
    assert!(empty(vec![of(event, 400.0, 1), of(event, 300.0, 0)]).is_empty());
    // A failed one stays with its answers.
    let mut failed = [of(event, 400.0, 1)];
    without_empty(&mut failed);
    assert_eq!(failed[0].answers, [Answers { event, all: 1, failed: 1 }]);
    assert_eq!(durations(&failed[0], Quantity::Hook(event)), [400.0]);
}

#[test]
fn events_on_instances_are_the_agents() {
    let text = r#"{"instanceTarget": {"lifecycleEvents": [
        {"lifecycleEventName": "DownloadBundle", "startTime": 0, "endTime": 3},
        {"lifecycleEventName": "Install", "startTime": 4, "endTime": 6},
        {"lifecycleEventName": "ApplicationStart", "startTime": 7, "endTime": 19},
        {"lifecycleEventName": "AllowTraffic", "startTime": 20, "endTime": 90},
        {"lifecycleEventName": "Lunch", "startTime": 90, "endTime": 91}
    ]}}"#;
    let (found, told) = read("x.json", &format!(r#"{{"deploymentTarget": {text}}}"#));
    let found = found.expect("a target");
    assert_eq!(told, ["CUT0245 `Lunch` is no lifecycle event that is known"]);
    let of = |name| durations(&found, Quantity::Assumption(name));
    assert_eq!((of("agent.download"), of("agent.install")), (&[3000.0][..], &[2000.0][..]));
    assert_eq!(of("script.duration"), [12_000.0]);
    assert_eq!(of("agent.poll"), [1000.0, 1000.0, 1000.0, 0.0]);
}

#[test]
fn metrics_are_read_from_answers_and_tables_alike() {
    let data = r#"{"MetricDataResults": [
        {"Id": "m1", "Label": "RequestCount", "Timestamps": ["2026-01-05T10:01:00+00:00", "2026-01-05T10:00:00+00:00", "2026-01-05T10:02:00Z"], "Values": [5.0, 3.0, 4.0]},
        {"Id": "errors", "Label": "app/shop", "Timestamps": [1767607200, 1767607260], "Values": [1, 0]},
        {"Id": "m3", "Label": "Latency", "Timestamps": [], "Values": []}
    ]}"#;
    let statistics = r#"{"Label": "RequestCount", "Datapoints": [
        {"Timestamp": "2026-01-05T10:01:00Z", "Sum": 5.0, "Unit": "Count"}, {"Timestamp": "2026-01-05T10:00:00Z", "Sum": 3.0},
        {"Timestamp": "2026-01-05T10:02:00Z", "Sum": 4.0}]}"#;
    let table = "time,RequestCount,errors\n2026-01-05T10:00:00Z,3,1\n2026-01-05T10:01:00Z,5,0\n2026-01-05T10:02:00Z,4,\n";
    let start = 1_767_607_200_000;
    let requests = [(start, 3.0), (start + 60_000, 5.0), (start + 120_000, 4.0)];
    for (name, text, series) in
        [("a.json", data, 2), ("b.json", statistics, 1), ("c.csv", table, 2)]
    {
        let (found, told) = read(name, text);
        let found = found.unwrap_or_else(|| panic!("{name}: {told:?}"));
        assert_eq!(found.counted.len(), series, "{name}");
        let first = &found.counted[0];
        assert_eq!((first.role, first.period_ms), (Role::Requests, 60_000), "{name}");
        assert_eq!(first.counts, requests, "{name}");
        assert!(found.counted[1..].iter().all(|of| of.role == Role::Errors), "{name}");
    }
    let (found, told) = read("d.csv", "2026-01-05T10:00:00Z,3\n2026-01-05T10:01:00Z,5\n");
    assert_eq!(found.expect("a table without names").counted[0].name, "value", "{told:?}");
}

/// The name alone says what a series counts: as CloudWatch calls it, or a plain word; what is near is not enough.
#[test]
fn what_a_series_counts_its_name_says() {
    let table = |names: &str| {
        let zeros = vec!["3"; names.split(',').count()].join(",");
        let text =
            format!("time,{names}\n2026-01-05T10:00:00Z,{zeros}\n2026-01-05T10:01:00Z,{zeros}\n");
        let (found, told) = read("t.csv", &text);
        (found.map(|found| found.counted.iter().map(|of| of.role).collect::<Vec<_>>()), told)
    };
    for name in [
        "RequestCount",
        "Invocations",
        "count",
        "Value",
        "hits",
        "requests",
        "shop_requests",
        "http_requests_total",
        "elb_request_count",
        "AWS/ApplicationELB RequestCount",
        "app/shop/1a RequestCount Sum",
    ] {
        assert_eq!(table(name).0, Some(vec![Role::Requests]), "{name}");
    }
    for name in [
        "HTTPCode_Target_5XX_Count",
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Backend_5XX",
        "5XXError",
        "Errors",
        "5xx",
        "failed",
        "error_count",
        "failed_requests",
        "shop-errors",
        "shop HTTPCode_Target_5XX_Count",
    ] {
        assert_eq!(table(name).0, Some(vec![Role::Errors]), "{name}");
    }
    for name in [
        "HealthyHostCount",
        "UnHealthyHostCount",
        "RequestCountPerTarget",
        "requests_per_second",
        "error_rate",
        "HTTPCode_Target_2XX_Count",
        "HTTPCode_Target_4XX_Count",
        "ActiveConnectionCount",
        "request_latency",
        "TargetResponseTime",
        "account",
        "valued",
        "default",
    ] {
        let (found, told) = table(name);
        assert_eq!(found, None, "{name}");
        assert!(told[0].starts_with("CUT0244 no series counts"), "{name}: {told:?}");
        // Beside one that counts, it is told and left out.
        let (found, told) = table(&format!("{name},RequestCount"));
        assert_eq!(found, Some(vec![Role::Requests]), "{name}");
        assert_eq!(told, [format!("CUT0245 `{name}` is no count of requests or errors")]);
    }
}

/// A column that is only called `value` is what its file is called, else requests, which is said.
#[test]
fn a_column_without_a_name_of_its_own_is_called_as_its_file() {
    let table = "timestamp,value\n2026-01-05T10:00:00Z,3\n2026-01-05T10:01:00Z,5\n";
    let counted = |name: &str| {
        let (found, told) = read(name, table);
        let counted = found.expect("a table").counted.remove(0);
        (counted.role, counted.name, told)
    };
    let (role, name, told) = counted("elb_request_count_8c0756.csv");
    assert_eq!((role, &name[..]), (Role::Requests, "elb_request_count_8c0756"));
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(counted("lambda-errors.csv").0, Role::Errors);
    let (role, name, told) = counted("cpu.csv");
    assert_eq!((role, &name[..]), (Role::Requests, "value"));
    assert_eq!(told, ["CUT0245 nothing says what `value` of `cpu` counts"]);
}

#[test]
fn what_is_no_recording_or_an_empty_one_is_told() {
    let check = |name: &str, text: &str, expected: &str| {
        let (found, told) = read(name, text);
        assert!(found.is_none(), "{name}: {found:?}");
        assert!(told.iter().any(|told| told.starts_with(expected)), "{name}: {told:?}");
    };
    check("a.json", r#"{"tasks": [], "failures": []}"#, "CUT0244");
    check("b.json", r#"{"tasks": [{"taskArn": "a", "lastStatus": "PENDING"}]}"#, "CUT0244");
    check(
        "c.json",
        r#"{"serviceName": "shop", "desiredCount": 2}"#,
        "CUT0202 `c.json` is an ECS service",
    );
    check("d.json", r#"{"Error": {"Code": "ThrottlingException"}}"#, "CUT0203");
    check("e.csv", "time,latency\n2026-01-05T10:00:00Z,3\n", "CUT0244");
    check("f.csv", "time,requests\n2026-01-05T10:00:00Z,many\n", "CUT0116");
    check("g.json", "{\"tasks\": [", "CUT0008");
    check("h.json", "", "CUT0003");
    check("i.json", r#"{"MetricDataResults": []}"#, "CUT0244");
    // No scenario takes twenty thousand days, nor more requests than there are.
    let ancient = r#"{"tasks": [{"taskArn": "a", "createdAt": 0, "pullStartedAt": 1767607200}]}"#;
    check("j.json", ancient, "CUT0245");
    let endless = "time,RequestCount\n2026-01-05T10:00:00Z,1e308\n2026-01-05T10:01:00Z,1e308\n";
    check("k.csv", endless, "CUT0116");
    let endless = r#"{"MetricDataResults": [{"Label": "RequestCount", "Timestamps": [1767607200, 1767607260], "Values": [1e308, 1e308]}]}"#;
    check("l.json", endless, "CUT0245");
}
