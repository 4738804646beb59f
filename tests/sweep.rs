//! Many runs: what is varied, that threads never show, and that each row is the run that `cutover run` plays.

#[path = "support/kept.rs"]
mod kept;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cutover::analysis::outcome::Outcome;
use cutover::diagnostic::render;
use cutover::input::source::MemorySource;
use cutover::input::{Asked, Expanded, expand};
use cutover::simulation::Simulation;
use kept::{Kept, in_repository};
use serde_json::Value;
use support::{Setup, scenario};

/// A canary that an alarm watches and a release that is bad every other time.
fn watched() -> Setup {
    scenario()
        .default_assumptions()
        .desired(4)
        .canary(10, 5)
        .termination_wait(1)
        .rollback(&["DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_FAILURE"])
        .error_rate("errors", "green", "Threshold: 1, EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: notBreaching")
        .watch(&["errors"])
        .rate("50/s, noise: { cv: 10% }")
        .replacement("errors: 0.1%")
        .revision("broken", "errors: 3%, bad: true")
}

fn expanded(asked: &Asked) -> Expanded {
    let mut files = MemorySource::new();
    for (path, yaml) in [("watched.yaml", watched().yaml()), ("plain.yaml", scenario().yaml())] {
        files = files.with(path, yaml);
    }
    let network = scenario().network_load_balancer().yaml();
    let swept = watched().line(
        "sweep: { replications: 77, configs: [ECSAllAtOnce], vary: { traffic.rate: [1/s, 2/s], 'assumptions[\"cw.eval_phase\"]': [10s] } }",
    );
    expand(asked, &files.with("network.yaml", network).with("swept.yaml", swept.yaml()))
}

fn asked(file: &str) -> Asked {
    Asked { files: vec![file.into()], ..Asked::default() }
}

fn names(expanded: &Expanded) -> Vec<&str> {
    let told = render::terminal_all(&expanded.diagnostics, &expanded.sources, false);
    assert!(!expanded.variants.is_empty(), "{told}");
    expanded.variants.iter().map(|variant| variant.name.as_str()).collect()
}

fn told(asked: &Asked) -> String {
    let mut expanded = expanded(asked);
    assert!(expanded.variants.is_empty(), "nothing may be played");
    expanded.diagnostics.sort();
    render::terminal_all(&expanded.diagnostics, &expanded.sources, false)
}

// ---- what is varied ----------------------------------------------------------------------------------

#[test]
fn axes_are_taken_each_with_each_the_first_slowest() {
    let vary = ["traffic.rate=5/s,50/s", "revisions.original.errors=[0.1%, 1%]"];
    let expanded =
        expanded(&Asked { vary: vary.map(String::from).to_vec(), ..asked("watched.yaml") });
    assert_eq!(
        names(&expanded),
        [
            "rate=5/s, errors=0.1%",
            "rate=5/s, errors=1%",
            "rate=50/s, errors=0.1%",
            "rate=50/s, errors=1%"
        ]
    );
    let last = &expanded.variants[3];
    assert_eq!(last.settings, ["traffic.rate=50/s", "revisions.original.errors=1%"]);
    assert_eq!(last.point, [1, 1]);
    assert_ne!(last.scenario.traffic, expanded.variants[0].scenario.traffic);
}

#[test]
fn configurations_may_be_named_without_what_all_of_them_begin_with() {
    let configs = ["ECSAllAtOnce", "CodeDeployDefault.ECSLinear10PercentEvery1Minutes"];
    let expanded =
        expanded(&Asked { configs: configs.map(String::from).to_vec(), ..asked("watched.yaml") });
    assert_eq!(names(&expanded), ["ECSAllAtOnce", "ECSLinear10PercentEvery1Minutes"]);
    let config = &expanded.variants[0].scenario.first_deployment().config_name;
    assert_eq!(config, "CodeDeployDefault.ECSAllAtOnce");
}

#[test]
fn a_scenario_says_itself_what_is_varied_unless_the_command_line_does() {
    let own = expanded(&asked("swept.yaml"));
    assert_eq!(
        names(&own),
        ["ECSAllAtOnce, rate=1/s, cw.eval_phase=10s", "ECSAllAtOnce, rate=2/s, cw.eval_phase=10s"]
    );
    assert_eq!(own.replications, Some(77));
    let vary = vec!["traffic.rate=9/s".to_string()];
    assert_eq!(names(&expanded(&Asked { vary, ..asked("swept.yaml") })), ["rate=9/s"]);
}

#[test]
fn a_comparison_of_nothing_takes_all_configurations_that_fit_the_own_first() {
    let all = |file| expanded(&Asked { all_configs: true, ..asked(file) });
    assert_eq!(
        names(&all("watched.yaml")),
        [
            "own configuration",
            "ECSLinear10PercentEvery1Minutes",
            "ECSLinear10PercentEvery3Minutes",
            "ECSCanary10Percent5Minutes",
            "ECSCanary10Percent15Minutes",
            "ECSAllAtOnce"
        ]
    );
    assert_eq!(names(&all("plain.yaml"))[0], "ECSAllAtOnce", "it has no configuration of its own");
    assert_eq!(names(&all("plain.yaml")).len(), 5);
    assert_eq!(names(&all("network.yaml")), ["network"], "it can only move all at once");
    let files = vec!["watched.yaml".into(), "plain.yaml".into()];
    assert_eq!(names(&expanded(&Asked { files, ..Asked::default() })), ["watched", "plain"]);
}

#[test]
fn a_fault_of_one_variant_is_told_with_its_name_before_any_is_played() {
    let vary = vec!["traffic.rate=50/s,fast".to_string()];
    let told_one = told(&Asked { vary, ..asked("watched.yaml") });
    assert!(told_one.contains("CUT0105"), "{told_one}");
    assert!(told_one.contains("of the variant `rate=fast`"), "{told_one}");
    let vary = vec!["traffic.rate=50/s,60/s".to_string()];
    let settings = vec!["traffic.rat=1/s".to_string()];
    let of_all = told(&Asked { vary, settings, ..asked("watched.yaml") });
    assert_eq!(of_all.matches("CUT0101").count(), 1, "told once: {of_all}");
    assert!(!of_all.contains("of the variant"), "{of_all}");
}

/// One field at a time, a value of the file, of a document or the default of an assumption.
#[test]
fn a_field_is_made_a_little_smaller_and_larger() {
    let sensitivity = ["traffic.rate±20%", "assumptions[\"cw.delay.alb\"]+-50%"].map(String::from);
    let swung = Asked { sensitivity: sensitivity.to_vec(), ..asked("watched.yaml") };
    let expanded = expanded(&swung);
    assert_eq!(
        names(&expanded),
        ["as it is", "rate -20%", "rate +20%", "cw.delay.alb -50%", "cw.delay.alb +50%"]
    );
    assert_eq!(expanded.variants[2].settings, ["traffic.rate=60/s"]);
    assert!(expanded.variants[3].settings[0].starts_with("assumptions[\"cw.delay.alb\"]="));
    for (wrong, title) in [
        ("traffic.rate", "does not say by how much"),
        ("traffic.rate±much", "`much` is no share"),
        ("traffic.nothing±5%", "no value at `traffic.nothing`"),
        ("assumptions.preset±5%", "has no number"),
    ] {
        let told = told(&Asked { sensitivity: vec![wrong.into()], ..asked("watched.yaml") });
        assert!(told.contains(title), "{told}");
    }
}

#[test]
fn a_sweep_that_cannot_be_laid_out_is_told() {
    for (vary, title) in [
        ("traffic.rate=1/s,1/s", "takes the value `1/s` twice"),
        ("traffic.rate=", "has no value"),
        ("traffic.rate=[]", "is varied over no value"),
    ] {
        let told = told(&Asked { vary: vec![vary.into()], ..asked("watched.yaml") });
        assert!(told.contains(title), "{told}");
    }
    let twice = vec!["watched.yaml".into(), "watched.yaml".into()];
    let alike = told(&Asked { files: twice, ..Asked::default() });
    assert!(alike.contains("two variants are called `watched.yaml`"), "{alike}");
    let many = (1..=40).map(|number| format!("{number}/s")).collect::<Vec<_>>().join(",");
    let vary = vec![format!("traffic.rate={many}"), format!("traffic.rate={many}")];
    let told = told(&Asked { vary, ..asked("watched.yaml") });
    assert!(told.contains("more than 1000 variants"), "{told}");
}

// ---- what is written ---------------------------------------------------------------------------------

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        fs::write(path.join("watched.yaml"), watched().yaml()).expect("a file");
        Folder(path)
    }

    /// The rows, and what else was written and printed.
    fn run(&self, arguments: &[&str]) -> (String, Vec<String>) {
        let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args(arguments)
            .args(["--out", "out"])
            .current_dir(&self.0)
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows = fs::read_to_string(self.0.join("out/replications.csv")).expect("rows");
        let files = ["summary.csv", "summary.json"]
            .map(|name| fs::read_to_string(self.0.join("out").join(name)).expect("a summary"));
        let printed = String::from_utf8(output.stdout).expect("text");
        (rows, [vec![printed], files.to_vec()].concat())
    }
}

const COMPARE: [&str; 4] = [
    "compare",
    "watched.yaml",
    "--configs",
    "ECSCanary10Percent5Minutes,ECSAllAtOnce,ECSLinear10PercentEvery1Minutes",
];

#[test]
fn the_rows_are_the_same_on_any_number_of_threads_and_when_cut_in_two() {
    let folder = Folder::new("threads");
    let run = |more: &[&str]| folder.run(&[&COMPARE[..], more].concat());
    let whole = run(&["--replications", "2500", "--threads", "1"]);
    assert_eq!(whole.0.lines().count(), 1 + 3 * 2500);
    for threads in ["2", "4"] {
        assert!(
            run(&["--replications", "2500", "--threads", threads]) == whole,
            "{threads} threads"
        );
    }
    let first = run(&["--replications", "1100"]).0;
    let second = run(&["--replications", "1400", "--first-replication", "1100"]).0;
    let (header, rest) = second.split_once('\n').expect("a header");
    assert!(first.starts_with(header));
    assert!(first + rest == whole.0, "cut in two");
}

#[test]
fn every_row_is_the_run_of_its_seed_and_replication() {
    let folder = Folder::new("rows");
    let (rows, _) = folder.run(
        &[&COMPARE[..], &["--replications", "150", "--seed", "5", "--first-replication", "30"]]
            .concat(),
    );
    let asked = Asked {
        configs: COMPARE[3].split(',').map(String::from).collect(),
        ..asked("watched.yaml")
    };
    let expanded = expanded(&asked);
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let mut candidates = std::collections::BTreeSet::new();
    let mut count = 0;
    for (at, record) in reader.records().enumerate() {
        let record = record.expect("a row");
        let (replication, variant) = (30 + at as u64 / 3, &expanded.variants[at % 3]);
        assert_eq!(
            [&record[0], &record[1], &record[2]],
            [&variant.name, &replication.to_string(), "5"]
        );
        let mut simulation = Simulation::new(&variant.scenario);
        let mut outcome = Outcome::of(&simulation.header());
        let ended = simulation.run(5, replication, &mut outcome);
        let cells = outcome.finish(ended.at, ended.digest).cells();
        for (column, cell) in cells.iter().enumerate().filter(|(column, _)| *column != 4) {
            assert_eq!(&record[3 + column], cell, "replication {replication}, column {column}");
        }
        candidates.insert(record[7].to_string());
        count += 1;
    }
    assert_eq!(count, 450);
    assert_eq!(candidates.into_iter().collect::<Vec<_>>(), ["broken", "replacement"]);
    // And the program's own word for one of them.
    let set = "deployment.deploymentConfigName=CodeDeployDefault.ECSAllAtOnce";
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args([
            "run",
            "watched.yaml",
            "--set",
            set,
            "--seed",
            "5",
            "--replication",
            "31",
            "--format",
            "json",
        ])
        .current_dir(&folder.0)
        .output()
        .expect("the program starts");
    let summary = String::from_utf8(output.stdout).expect("text");
    let digest = rows.lines().nth(1 + 3 + 1).expect("a row").split(',').nth(3).expect("a digest");
    assert!(summary.contains(digest), "{digest} is not in {summary}");
}

/// The same users, tasks and releases meet every variant (decisions 6 and 7): what happens before traffic moves is
/// the same, instant by instant.
#[test]
fn every_variant_meets_the_same_luck() {
    let folder = Folder::new("luck");
    let (rows, _) = folder.run(&[&COMPARE[..], &["--replications", "200"]].concat());
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let of = |name: &str, headers: &csv::StringRecord| {
        headers.iter().position(|header| header == name).expect("a column")
    };
    let headers = reader.headers().expect("a header").clone();
    let records: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let mut installs = std::collections::BTreeSet::new();
    for triple in records.chunks(3) {
        // All at once has no test listener to wait for health behind: its install is another one (CD-ECS-33).
        for column in ["candidate", "bad"] {
            let at = of(column, &headers);
            assert!(triple.iter().all(|row| row[at] == triple[0][at]), "{column}");
        }
        let install = of("install_s", &headers);
        assert_eq!(triple[0][install], triple[2][install]);
        installs.insert(triple[0][install].to_string());
    }
    assert!(installs.len() > 150, "and replications differ");
}

/// The comparison of the README: its chart and its numbers are kept.
#[test]
fn the_comparison_of_the_readme_gives_what_is_kept() {
    let folder = Folder::new("readme");
    let scenario = "ecs-alarm-canary";
    let from = in_repository(&format!("scenarios/{scenario}.yaml"));
    fs::copy(from, folder.0.join("scenario.yaml")).expect("a copy");
    let configs = "ECSCanary10Percent5Minutes,ECSLinear10PercentEvery1Minutes,ECSAllAtOnce";
    folder.run(&["compare", "scenario.yaml", "--configs", configs]);
    let mut kept = Kept::new();
    for name in ["ecdf.svg", "summary.csv"] {
        let bytes = fs::read(folder.0.join("out").join(name)).expect("it was written");
        kept.holds(&format!("output/golden/{scenario}/compare-{name}"), &bytes);
    }
    kept.judge();
}

/// What a scenario does not say has no numbers; what never happened has none either, and is told apart from it.
#[test]
fn users_pages_and_cost_are_measured_where_the_scenario_speaks_of_them() {
    let folder = Folder::new("measures");
    let run = |more: &[&str]| {
        folder.run(&[&["compare", "watched.yaml", "--replications", "300"], more].concat()).1
    };
    let price = ["--vary", "assumptions[\"price.task_hour\"]=0,0.36"];
    let users =
        ["--set", "traffic.sessions={ requests: 40, length: 20m }", "--set", "traffic.page=5"];
    let summary =
        |files: &[String]| -> Value { serde_json::from_str(&files[2]).expect("a summary") };
    let priced = run(&price);
    let told = summary(&priced);
    let [free, dear] = [0, 1].map(|variant| &told["variants"][variant]["measures"]);
    assert!(free["cost"].is_null() && free["users_exposed_pct"].is_null());
    assert_eq!(dear["cost"]["runs"], 300);
    let of_task_time = dear["task_seconds"]["mean"].as_f64().expect("a mean") * 0.36 / 3600.0;
    let cost = dear["cost"]["mean"].as_f64().expect("a mean");
    assert!((cost - of_task_time).abs() < 1e-6, "{cost} is not {of_task_time}");
    assert!(told["variants"][1]["against_first"]["measures"]["cost"].is_null());
    assert!(!priced[1].contains("price.task_hour=0,cost"), "{}", priced[1]);
    assert!(priced[1].contains("price.task_hour=0.36,cost,quantile 0.99"), "{}", priced[1]);
    assert!(priced[0].contains("not said"), "{}", priced[0]);

    let met =
        run(&[&users[..], &["--configs", "ECSCanary10Percent5Minutes,ECSAllAtOnce"]].concat());
    let told = summary(&met);
    let median = |variant: usize, measure: &str| {
        let of = &told["variants"][variant]["measures"][measure];
        assert_eq!(of["runs"], 300, "{measure}");
        of["quantiles"][0]["value"].as_f64().expect("a median")
    };
    assert!(median(0, "users_exposed_pct") < median(1, "users_exposed_pct"));
    assert!(median(0, "mixed_pages") > 0.0 && median(1, "mixed_pages") == 0.0);
    assert_eq!(told["variants"][0]["against_first"], Value::Null);
    assert!(told["variants"][1]["against_first"]["measures"]["mixed_pages"]["high"].is_number());
    assert!(met[0].contains("mixed pages") && !met[0].contains("scaling events"), "{}", met[0]);
}

/// A service without a load balancer gets no request: it is compared by how long too few of its tasks count as healthy, and no
/// chart is drawn of requests.
#[test]
fn workers_are_compared_without_requests() {
    let folder = Folder::new("workers");
    let file = in_repository("scenarios/ecs-worker-rolling.yaml");
    let vary = "deployment.updateService.deploymentConfiguration.maximumPercent=150,200";
    let file = file.to_str().expect("a path in letters");
    let (_, texts) =
        folder.run(&["compare", file, "--vary", vary, "--replications", "60", "--threads", "1"]);
    let printed = &texts[0];
    assert!(printed.contains("How long fewer tasks counted as healthy"), "{printed}");
    assert!(printed.contains("bad release kept"), "{printed}");
    assert!(printed.contains(" s capacity short;"), "{printed}");
    for word in ["request", "reached 100 %", "full shift"] {
        assert!(!printed.contains(word), "{word}:\n{printed}");
    }
    let is_there = |name: &str| folder.0.join("out").join(name).exists();
    assert!(is_there("endings.svg") && is_there("convergence.svg"));
    assert!(["ecdf", "pareto", "differences"].iter().all(|name| !is_there(&format!("{name}.svg"))));
}

// ---- what is claimed ---------------------------------------------------------------------------------

/// How the program ends, and what it prints.
fn judged(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["sweep", "watched.yaml", "--no-rows", "--out", "out"])
        .args(arguments)
        .current_dir(&folder.0)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Half of the releases are bad, and the alarm stops nearly all of them.
#[test]
fn a_claim_holds_fails_or_needs_more_runs() {
    let folder = Folder::new("claims");
    for (claim, replications, exit, word) in [
        ("p(bad == true) < 60%", "2000", 0, "holds"),
        ("p(bad == true) < 40%", "2000", 1, "fails"),
        ("p(bad == true) < 50%", "200", 5, "undecided"),
        ("p(bad_kept) < 20% and quantile(end_s, 0.9) < 1h", "2000", 0, "holds"),
        ("p(count(AlarmStateChanged) > 0 and time(weight >= 10%) < 5m) > 30%", "500", 0, "holds"),
        ("p(never(RolledBack)) == 50% +- 20%", "500", 0, "holds"),
        ("quantile(cost, 0.5) < 1", "200", 5, "undecided"),
    ] {
        let (code, out, err) =
            judged(&folder, &["--assert", claim, "--replications", replications]);
        assert_eq!(code, Some(exit), "{claim}: {out}{err}");
        assert!(out.contains(&format!("{word}  {claim}")), "{out}");
    }
    let found = |claim| judged(&folder, &["--assert", claim, "--replications", "200"]).1;
    let more = found("p(bad == true) < 49%");
    assert!(more.contains("replications would tell"), "{more}");
    let unpriced = found("quantile(cost, 0.5) < 1");
    assert!(unpriced.contains("the scenario has no `price.task_hour`"), "{unpriced}");
    let of_some = found("quantile(detected_s, 0.5) < 10m");
    let runs = of_some.rsplit(" in ").next().and_then(|rest| rest.split(' ').next());
    let runs: u64 = runs.expect("a number").parse().expect("of how many runs it is");
    assert!((60..140).contains(&runs), "half of the releases are bad: {of_some}");
}

#[test]
fn what_speaks_of_one_run_is_no_claim_about_many() {
    let folder = Folder::new("no-claims");
    for (claim, told) in [
        ("status == Succeeded", "speaks of one run"),
        ("quantile(requests, 0.5) > 3", "no quantiles of `requests` are kept"),
        ("p(status = Succeeded) > 1%", "CUT0411"),
    ] {
        let (code, _, err) = judged(&folder, &["--assert", claim]);
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains(told), "{err}");
    }
}

/// What a scenario expects of many runs is decided by a sweep of it, and not by one of variants.
#[test]
fn a_scenario_expects_something_of_many_runs() {
    let folder = Folder::new("expects");
    let expecting = format!("{}expect: [\"p(bad == true) < 40%\"]\n", watched().yaml());
    fs::write(folder.0.join("watched.yaml"), expecting).expect("a file");
    assert_eq!(judged(&folder, &["--replications", "1000"]).0, Some(1));
    let varied = judged(&folder, &["--replications", "1000", "--vary", "traffic.rate=9/s,50/s"]);
    assert_eq!(varied.0, Some(0), "{}", varied.1);
}

/// The rule looks after whole chunks only, so that threads do not show (V24 is shown by `statistics`).
#[test]
fn a_sweep_goes_on_until_it_is_precise() {
    let folder = Folder::new("precision");
    let run = |more: &[&str]| {
        let (code, out, err) = judged(&folder, &[&["--precision", "3%"], more].concat());
        assert_eq!(code, Some(0), "{err}");
        out
    };
    let one = run(&["--replications", "100000", "--threads", "1"]);
    assert!(one.contains("as precise as wanted"), "{one}");
    let of = one.split(" replications of seed").next().expect("how many");
    let runs: u64 = of.rsplit('·').next().expect("a number").replace(' ', "").parse().expect("it");
    assert!(runs.is_multiple_of(1024) && (2048..20_000).contains(&runs), "{runs}");
    assert_eq!(run(&["--replications", "100000", "--threads", "3"]), one);
    assert!(run(&["--replications", "1024"]).contains("was not reached"));
}

/// Ctrl-C keeps and summarises what was played.
#[cfg(unix)]
#[test]
fn an_interrupted_sweep_keeps_what_it_has() {
    let folder = Folder::new("interrupted");
    let child = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["sweep", "watched.yaml", "--replications", "1000000000", "--out", "out"])
        .current_dir(&folder.0)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let unfinished = folder.0.join("out/.replications.csv.unfinished");
    let written = || fs::metadata(&unfinished).map_or(0, |file| file.len());
    while written() < 1_000_000 {
        std::thread::yield_now();
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("a signal can be sent").success());
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.contains("interrupted: this is what was played up to then"), "{out}");
    let rows = fs::read_to_string(folder.0.join("out/replications.csv")).expect("rows");
    let last: u64 = rows
        .lines()
        .last()
        .expect("a row")
        .split(',')
        .nth(1)
        .expect("a replication")
        .parse()
        .expect("a number");
    assert_eq!(rows.lines().count() as u64, 1 + last + 1, "all up to the last, and none twice");
    assert!(rows.ends_with('\n'));
}

// ---- by splitting ------------------------------------------------------------------------------------

/// Splitting stands beside what was counted and changes nothing of it; threads do not show in it either.
#[test]
fn splitting_is_never_mixed_with_counting() {
    let folder = Folder::new("splitting");
    let run = |more: &[&str]| {
        folder.run(&[&COMPARE[..], &["--replications", "100", "--seed", "5"], more].concat())
    };
    let (rows, counted) = run(&[]);
    let (same_rows, split) = run(&["--splitting=20", "--threads", "1"]);
    assert_eq!(rows, same_rows);
    assert_eq!(run(&["--splitting=20", "--threads", "3"]).1, split, "on three threads");

    let (before, block) =
        split[0].split_once("\nBy splitting, apart from what was counted").expect("a block");
    let (block, after) = block.split_once("\nTo see one").expect("what follows");
    assert_eq!(format!("{before}\nTo see one{after}"), counted[0]);
    assert!(block.contains("ECSAllAtOnce"), "{block}");

    let by_splitting = |line: &&str| line.contains(",bad_reached_full,probability by splitting");
    let others: Vec<&str> = split[1].lines().filter(|line| !by_splitting(line)).collect();
    assert_eq!(others, counted[1].lines().collect::<Vec<_>>());
    assert_eq!(split[1].lines().filter(by_splitting).count(), 2 * 3, "two lines a variant");

    let [mut split, counted] =
        [&split[2], &counted[2]].map(|json| serde_json::from_str::<Value>(json).expect("JSON"));
    for variant in split["variants"].as_array_mut().expect("a list") {
        let found =
            variant.as_object_mut().expect("a map").remove("splitting").expect("it is told");
        let [all, bad] = ["of_all", "of_those_at_risk"].map(|of| &found["found"][of]["high"]);
        let [all, bad] = [all, bad].map(|high| high.as_f64().expect("a number"));
        assert!(
            (all - bad / 2.0).abs() < 1e-12 && bad > 0.0,
            "half of the releases are bad: {found}"
        );
        assert_eq!(found["found"]["begun"], 32 * 20);
    }
    assert_eq!(split, counted);
}

/// What there is nothing to split of is told in words, and no number is made up.
#[test]
fn a_variant_without_a_bad_release_is_told_in_words() {
    let folder = Folder::new("splitting-nothing");
    fs::write(folder.0.join("plain.yaml"), scenario().yaml()).expect("a file");
    let (_, told) = folder.run(&["sweep", "plain.yaml", "--replications", "5", "--splitting"]);
    assert!(told[0].contains(": no release that it may bring is bad\n"), "{}", told[0]);
    assert!(!told[1].contains("splitting"), "{}", told[1]);
    assert!(told[2].contains("\"standing\": \"no bad release\""), "{}", told[2]);
}
