//! From what an account recorded to sections of a scenario: the shipped recordings, and laws that must come back.
//!
//! `UPDATE=1 cargo test --test calibrate` writes what is kept anew.

#[path = "support/console.rs"]
mod console;
#[path = "support/kept.rs"]
mod kept;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use console::play;
use cutover::engine::distribution::Distribution;
use cutover::input::unit::parse_duration;
use kept::{Kept, in_repository};

/// A new folder with the shipped recordings.
fn desk(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("calibrate").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    for file in ["tasks.json", "targets.json", "metrics.json"] {
        let from = in_repository(&format!("scenarios/recordings/{file}"));
        fs::copy(from, folder.join(file)).expect("a copy");
    }
    folder
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

const ALL: &str = "cutover calibrate tasks.json targets.json metrics.json";

/// A scenario without the sections that are measured; its service has a hook that is.
const SCENARIO: &str = "\
cutover: 1
deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
  revision:
    version: 0.0
    Resources:
      - T: { Type: AWS::ECS::Service, Properties: { TaskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:2',
             LoadBalancerInfo: { ContainerName: web, ContainerPort: 80 } } }
    Hooks: [{ AfterAllowTestTraffic: smoke-test }]
resources:
  service:
    desiredCount: 4
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers: [{ targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a, containerName: web, containerPort: 80 }]
";

#[test]
fn the_shipped_recordings_become_sections_that_are_kept_and_can_be_played() {
    let folder = desk("shipped");
    let (exit, printed) = play(ALL, 0, &folder);
    assert_eq!(exit, 0, "{printed}");
    let mut kept = Kept::new();
    kept.holds("scenarios/recordings/measured.yaml", printed.as_bytes());
    kept.judge();
    fs::write(folder.join("a.yaml"), format!("{SCENARIO}{printed}")).expect("a scenario");
    let (exit, told) = play("cutover check a.yaml --assumptions", 0, &folder);
    assert_eq!(exit, 0, "{told}");
    assert!(told.contains("{ lognormal: { median: 11s918ms, p95: 21s901ms } }"), "{told}");
    let (exit, told) = play("cutover run a.yaml --assert 'requests > 1000'", 0, &folder);
    assert_eq!(exit, 0, "{told}");
}

/// Of two series that count the same the first is used, and the other one is told.
#[test]
fn further_series_of_requests_are_told() {
    let folder = desk("further");
    let table =
        "time,RequestCount,requests\n2026-01-05T10:00:00Z,30,1\n2026-01-05T10:01:00Z,50,1\n";
    fs::write(folder.join("a.csv"), table).expect("a table");
    fs::write(folder.join("b.csv"), table.replace(",requests", ",Errors")).expect("a table");
    let (exit, told) = play("cutover calibrate a.csv b.csv", 0, &folder);
    assert_eq!(exit, 0, "{told}");
    for line in [
        "`requests` of `a.csv` counts requests too",
        "`RequestCount` of `b.csv` counts requests too",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.contains("`RequestCount` of `a.csv` is used, the first one"), "{told}");
    assert!(
        told.contains("# b.csv: Errors of RequestCount: 2 of 80 requests, with 95 %"),
        "{told}"
    );
}

/// Means and rates have no whole sums: the share is theirs, but nothing bounds it.
#[test]
fn sums_that_are_not_whole_carry_no_interval() {
    let folder = desk("means");
    let table =
        "time,RequestCount,Errors\n2026-01-05T10:00:00Z,0.2,0.1\n2026-01-05T10:01:00Z,0.2,0.1\n";
    fs::write(folder.join("a.csv"), table).expect("a table");
    let (exit, told) = play("cutover calibrate a.csv", 0, &folder);
    assert_eq!(exit, 0, "{told}");
    assert!(told.contains("0.2 of 0.4 requests, which are no whole numbers"), "{told}");
    assert!(told.contains("errors: 50%") && !told.contains("95 %"), "{told}");
}

/// What is written is the same each time, and nothing that is there is overwritten.
#[test]
fn sections_and_charts_are_written_once_and_always_alike() {
    let folder = desk("written");
    let written = |name: &str| {
        let (exit, told) = play(&format!("{ALL} -o {name}/measured.yaml"), 0, &folder);
        assert_eq!(exit, 0, "{told}");
        assert!(told.contains("fargate.provision") && told.contains("n = 36, lognormal"), "{told}");
        ["measured.yaml", "measured.svg", "measured.png"]
            .map(|file| fs::read(folder.join(name).join(file)).expect("it is written"))
    };
    assert_eq!(written("one"), written("other"));
    let svg = read(&folder, "one/measured.svg");
    for text in ["All of 7 recorded samples follow a known law", "hook AfterAllowTestTraffic"] {
        assert!(svg.contains(text), "no `{text}` in the chart");
    }
    let (exit, told) = play(&format!("{ALL} -o one/measured.yaml"), 0, &folder);
    assert!(exit == 4 && told.contains("is there already"), "{exit} {told}");
}

#[test]
fn what_was_measured_is_told_as_json() {
    let (exit, printed) = play(&format!("{ALL} --format json"), 0, &desk("json"));
    assert_eq!(exit, 0, "{printed}");
    let told: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let laws = told["laws"].as_array().expect("laws");
    let of = |name: &str| laws.iter().find(|law| law["quantity"] == name).expect("a law");
    assert_eq!(of("fargate.provision")["n"], 36);
    assert_eq!(of("container.start")["family"], "uniform");
    assert!(laws.iter().all(|law| law["distance"].as_f64() < law["distance_of_chance"].as_f64()));
    assert_eq!(told["errors"]["failed"], 3127.0);
    assert_eq!(told["traffic"]["daily"].as_array().map(Vec::len), Some(24));
    assert_eq!(told["hooks"][0]["failed"], 1);
}

/// Tasks whose stages are drawn from a law of ours give that law back, through file, reader, fit and writer.
#[test]
fn a_law_comes_back_from_a_recording_of_its_draws() {
    let folder = desk("laws");
    let of = |made: Result<Distribution, &'static str>| made.expect("a distribution");
    let laws = [
        of(Distribution::lognormal_median_p95(12e3, 25e3)),
        of(Distribution::exponential(9e3)),
        of(Distribution::uniform(1e3, 3e3)),
    ];
    let mut text = String::from("{\"tasks\": [\n");
    let n = 500;
    for task in 0..n {
        // Each stage meets all quantiles, in an order of its own.
        let uniform = |stride: usize| ((task * stride % n) as f64 + 0.5) / n as f64;
        let stages =
            [laws[0].value(uniform(7)), laws[1].value(uniform(11)), laws[2].value(uniform(13))];
        let mut at = 1_767_607_200_000.0 + 1e5 * task as f64;
        let mut seconds = vec![at / 1000.0];
        for stage in stages {
            at += stage.round();
            seconds.push(at / 1000.0);
        }
        let [created, pulling, pulled, started] = seconds[..] else { unreachable!("four times") };
        let end = if task + 1 < n { "," } else { "" };
        writeln!(
            text,
            "{{\"taskArn\": \"{task}\", \"createdAt\": {created:.3}, \"pullStartedAt\": {pulling:.3}, \
             \"pullStoppedAt\": {pulled:.3}, \"startedAt\": {started:.3}}}{end}"
        )
        .expect("memory");
    }
    text += "], \"failures\": []}\n";
    fs::write(folder.join("drawn.json"), text).expect("a recording");
    let (exit, printed) = play("cutover calibrate drawn.json", 0, &folder);
    assert_eq!(exit, 0, "{printed}");
    let milliseconds = |name: &str| {
        let line =
            printed.lines().find(|line| line.trim_start().starts_with(name)).expect("a line");
        let words = line.split(|c: char| !c.is_ascii_alphanumeric());
        let numbers = words.filter_map(|word| Some(parse_duration(word).ok()?.as_millis() as f64));
        (line.to_string(), numbers.collect::<Vec<f64>>())
    };
    for (name, family, expected) in [
        ("fargate.provision", "lognormal", &[12e3, 25e3][..]),
        ("fargate.pull_overhead", "exponential", &[9e3]),
        ("container.start", "uniform", &[1e3, 3e3]),
    ] {
        let (line, found) = milliseconds(name);
        assert!(line.contains(family) && found.len() == expected.len(), "{line} {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 0.02, "{line}: {found}, not {expected}");
        }
    }
}

#[test]
fn what_is_no_recording_is_told_and_nothing_is_written() {
    let folder = desk("faulty");
    fs::write(folder.join("service.json"), r#"{"serviceName": "shop", "desiredCount": 2}"#)
        .expect("it");
    fs::write(
        folder.join("errors.csv"),
        "time,errors\n2026-01-05T10:00:00Z,1\n2026-01-05T10:01:00Z,1\n",
    )
    .expect("it");
    let check = |command: &str, told: &str| {
        let (exit, found) = play(command, 0, &folder);
        assert!(exit == 2 && found.contains(told), "{command}: {exit} {found}");
    };
    check("cutover calibrate service.json -o a.yaml", "CUT0202");
    check("cutover calibrate tasks.json service.json -o a.yaml", "CUT0202");
    check("cutover calibrate errors.csv -o a.yaml", "errors were recorded, and no requests");
    check("cutover calibrate gone.json -o a.yaml", "there is no file");
    assert!(!folder.join("a.yaml").exists());
    let (exit, told) = play("cutover import tasks.json", 0, &folder);
    assert!(exit == 2 && told.contains("`cutover calibrate` makes assumptions of it"), "{told}");
}
