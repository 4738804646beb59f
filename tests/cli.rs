//! The program as a script meets it: exit codes, what goes to which stream, which files are written.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CANARY: &str = "scenarios/ecs-canary.yaml";
const FAILED_HOOK: &str = "scenarios/ecs-failed-hook.yaml";

/// What a run writes.
const FILES: [&str; 7] = [
    "journal.jsonl",
    "metrics.csv",
    "notifications.jsonl",
    "summary.json",
    "timeline.csv",
    "timeline.png",
    "timeline.svg",
];

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The program, in a folder of its own that holds a copy of the scenarios.
struct Desk {
    folder: PathBuf,
}

impl Desk {
    /// An empty desk; each test has another name.
    fn new(name: &str) -> Desk {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("scenarios")).expect("a folder for the test");
        for scenario in [CANARY, FAILED_HOOK] {
            fs::copy(in_repository(scenario), folder.join(scenario)).expect("a copy");
        }
        Desk { folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        command.args(arguments).current_dir(&self.folder).env_remove("NO_COLOR");
        command
    }

    fn run(&self, arguments: &[&str]) -> Told {
        Told::of(&self.command(arguments).output().expect("the program starts"))
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.join(path), text).expect("a file can be written");
    }

    fn files(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.join(path)) else { return Vec::new() };
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> =
            names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// What came of it.
struct Told {
    exit: i32,
    out: String,
    err: String,
}

impl Told {
    fn of(output: &Output) -> Told {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Told {
            exit: output.status.code().expect("the program ends by itself"),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    #[track_caller]
    fn exits(self, expected: i32) -> Told {
        assert_eq!(self.exit, expected, "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(self, expected: &str) -> Told {
        assert!(self.out.contains(expected), "no `{expected}` in\n{}", self.out);
        self
    }

    #[track_caller]
    fn complains(self, expected: &str) -> Told {
        assert!(self.err.contains(expected), "no `{expected}` in\n{}", self.err);
        self
    }
}

// ---- run -------------------------------------------------------------------------------------------

#[test]
fn a_run_prints_its_timeline_and_writes_its_files_to_a_folder_of_its_name() {
    let desk = Desk::new("run");
    let told = desk.run(&["run", CANARY]).exits(0).complains("written to output/ecs-canary");
    let golden = |file: &str| {
        fs::read_to_string(in_repository(&format!("output/golden/ecs-canary/{file}")))
            .expect("a golden file")
    };
    assert_eq!(told.out, golden("timeline.txt"), "what is printed");
    assert_eq!(desk.files("output/ecs-canary"), FILES);
    for file in ["journal.jsonl", "summary.json", "timeline.svg"] {
        let written = fs::read_to_string(desk.folder.join("output/ecs-canary").join(file));
        assert!(written.expect("the file is there") == golden(file), "{file}");
    }
}

#[test]
fn another_seed_or_replication_has_a_folder_of_its_own() {
    let desk = Desk::new("run-folders");
    desk.run(&["run", CANARY, "--seed", "7", "--quiet"]).exits(0);
    desk.run(&["run", CANARY, "--replication", "3", "--quiet"]).exits(0);
    desk.run(&["run", CANARY, "--seed", "7", "--out", "deep/er/here", "--quiet"]).exits(0);
    assert_eq!(desk.files("output"), ["ecs-canary-seed1-r3", "ecs-canary-seed7-r0"]);
    assert_eq!(desk.files("deep/er/here"), FILES);
}

#[test]
fn a_run_is_told_as_json_or_csv_and_in_one_line() {
    let desk = Desk::new("run-formats");
    let json = desk.run(&["run", CANARY, "--format", "json"]).exits(0).out;
    let summary: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(summary["outcome"]["status"], "Succeeded");
    let csv = desk.run(&["run", CANARY, "--format", "csv"]).exits(0).out;
    assert!(csv.starts_with("n,time_s,kind,what,of,value,cause\n"), "{csv}");
    let written = fs::read_to_string(desk.folder.join("output/ecs-canary/timeline.csv"));
    assert_eq!(csv, written.expect("the file is there"));
    let quiet = desk.run(&["run", CANARY, "--quiet"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("Succeeded after 12:00\n", ""));
}

#[test]
fn many_replications_are_counted_and_leave_no_file() {
    let desk = Desk::new("run-replications");
    let told = desk.run(&["run", FAILED_HOOK, "--replications", "20", "--verify"]).exits(0);
    assert_eq!(
        told.out,
        "         6  Failed HOOK_EXECUTION_FAILURE, rolled back\n        14  Succeeded, false failure of the client\n"
    );
    let told = told.complains("ecs-failed-hook: 20 replications of seed 1");
    assert!(!told.err.contains("written to"), "{}", told.err);
    assert!(desk.files("output").is_empty());
    desk.run(&["run", CANARY, "--replications", "0"]).exits(2);
    for excluded in [&["--replication", "1"][..], &["--out", "x"], &["--format", "json"]] {
        let arguments = [&["run", CANARY, "--replications", "2"][..], excluded].concat();
        desk.run(&arguments).exits(2).complains("cannot be used with");
    }
}

#[test]
fn a_failed_deployment_is_a_result_and_no_error() {
    let desk = Desk::new("run-failed");
    desk.run(&["run", FAILED_HOOK, "--quiet"]).exits(0).says("Failed after 1:40");
}

#[test]
fn an_assignment_reaches_into_a_document() {
    let desk = Desk::new("run-set");
    let config = "deployment.deploymentGroup.deploymentConfigName=CodeDeployDefault.ECSAllAtOnce";
    let wait = "deployment.deploymentGroup.blueGreenDeploymentConfiguration.\
                terminateBlueInstancesOnDeploymentSuccess.terminationWaitTimeInMinutes=0";
    let told = desk.run(&["run", CANARY, "--set", config, "--set", wait]).exits(0);
    told.says("configuration  CodeDeployDefault.ECSAllAtOnce (all at once)")
        .says("Succeeded after 1:40");
    let attribute = "resources.targetGroups[Name=checkout-blue].HealthyThresholdCount=11";
    desk.run(&["run", CANARY, "--set", attribute])
        .exits(2)
        .complains("CUT0107")
        .complains("--set:1:");
    desk.run(&["run", CANARY, "--set", "trafic.rate=3/s"]).exits(2).complains("CUT0101");
    desk.run(&["run", CANARY, "--set", "traffic.rate"]).exits(2).complains("CUT0404");
}

/// Several files are compared as they are: one that CodeDeploy has no part in has no configuration to be varied.
#[test]
fn scenarios_of_different_controllers_are_set_side_by_side() {
    let desk = Desk::new("side-by-side");
    let files = ["ecs-alarm-canary", "ecs-external-canary", "ecs-cloudformation-canary"]
        .map(|name| in_repository(&format!("scenarios/{name}.yaml")).display().to_string());
    let files = files.each_ref().map(String::as_str);
    let replications = ["--replications", "20"];
    let all = [&["compare"], &files[..], &replications].concat();
    let summary = "output/ecs-alarm-canary-compare/summary.csv";
    desk.run(&all).exits(0).says("ecs-external-canary").says("ecs-cloudformation-canary");
    let lines = fs::read_to_string(desk.folder.join(summary)).expect("a summary");
    assert!(!lines.contains("ECSLinear"), "{lines}");
    desk.run(&["compare", files[1], replications[0], replications[1]]).exits(0);
}

#[test]
fn an_assertion_decides_how_the_program_ends() {
    let desk = Desk::new("run-assert");
    let run = |expression: &str, more: &[&str]| {
        desk.run(&[&["run", CANARY, "--assert", expression], more].concat())
    };
    run("status == Succeeded", &[]).exits(0).says("holds  status == Succeeded");
    run("bad_requests > 0", &[]).exits(1).says("fails  bad_requests > 0  (found: 0)");
    run("bad_requests > 0", &["--quiet"]).exits(1).complains("`bad_requests > 0` fails, found 0");
    run("bad_requests > 0", &["--format", "json"]).exits(1).complains("fails, found 0");
    run("bad_requests > 0", &["--seed", "9"]).exits(1);
    run("status == Suceeded", &[]).exits(2).complains("CUT0412").complains("Succeeded");
    run("p(status == Succeeded) > 99%", &[]).exits(2).complains("speaks of many runs");
    assert_eq!(desk.files("output/ecs-canary"), FILES, "a run that fails its check is written");
}

/// What is expected of one seed is told under another, and decides only if it is asked to.
#[test]
fn an_expectation_of_another_seed_does_not_decide_unless_strict() {
    let desk = Desk::new("run-strict");
    let run = |more: &[&str]| desk.run(&[&["run", FAILED_HOOK], more].concat());
    run(&[]).exits(0);
    let fails = "fails  candidate == broken-query  (found: good)";
    run(&["--seed", "2"]).exits(0).says(fails).complains("is for seed 1 and does not decide here");
    run(&["--seed", "2", "--strict"]).exits(1).says(fails);
    run(&["--strict"]).exits(0);
}

#[test]
fn what_speaks_of_many_runs_is_not_passed_over_in_silence() {
    let desk = Desk::new("run-many");
    let text = fs::read_to_string(in_repository(CANARY)).expect("the scenario");
    desk.write("many.yaml", &text.replace("- never(RolledBack)", "- p(bad == true) < 1%"));
    desk.run(&["run", "many.yaml"])
        .exits(0)
        .complains("not judged, because it speaks of many runs");
}

#[test]
fn a_faulty_scenario_is_not_played_and_every_fault_is_told_at_once() {
    let desk = Desk::new("run-faulty");
    let text = fs::read_to_string(in_repository(CANARY)).expect("the scenario");
    let faulty = text.replace("rate: 200/s", "rate: 200").replace("hooks:", "hocks:");
    desk.write("faulty.yaml", &faulty);
    let told = desk.run(&["run", "faulty.yaml"]).exits(2).complains("CUT0105").complains("CUT0101");
    assert_eq!(told.out, "");
    assert!(desk.files("output").is_empty());
    desk.run(&["run", "no-such.yaml"]).exits(2).complains("CUT0001");
    desk.run(&["run", "scenarios"]).exits(2).complains("CUT0015");
}

/// The minimal scenario whose service stands in a document, and what measures how long its tasks take.
const SHORT: &str = "cutover: 1
name: short
deployment: { deploymentConfigName: CodeDeployDefault.ECSAllAtOnce }
resources:
  service: service.json
traffic: { rate: 50/s }
revisions:
  replacement: { launch: { empirical: { csv: launch.csv, column: seconds, unit: s } } }
";
const SERVICE: &str = r#"{ "serviceName": "web", "desiredCount": 2, "deploymentController": { "type": "CODE_DEPLOY" },
    "loadBalancers": [{ "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/left/6d0ecf831eec9f09",
        "containerName": "web", "containerPort": 80 }] }"#;

#[test]
fn a_file_that_cannot_be_read_is_told_once() {
    let desk = Desk::new("run-without-a-document");
    desk.write("short.yaml", SHORT);
    desk.write("launch.csv", "seconds\n31\n35\n");
    let told = desk.run(&["run", "short.yaml"]).exits(2).complains("CUT0001");
    assert_eq!(told.err.matches("error[").count(), 1, "{}", told.err);
    // The service names a target group of its own: without a deployment group that is the original's.
    desk.write("service.json", SERVICE);
    desk.run(&["run", "short.yaml"]).exits(0);
    for series in ["", "31\n35\n", "seconds\n", "seconds\n31,5\n", "seconds\nNaN\n"] {
        desk.write("launch.csv", series);
        let told = desk.run(&["run", "short.yaml"]).exits(2);
        assert_eq!(told.err.matches("error[").count(), 1, "{series:?}: {}", told.err);
    }
}

#[test]
fn a_misspelt_key_of_an_assignment_is_told_with_what_was_meant() {
    let desk = Desk::new("set-misspelt");
    let canary = in_repository(CANARY);
    let canary = canary.to_str().expect("a path in UTF-8");
    desk.run(&["run", canary, "--set", "trafic.rate=5/s"])
        .exits(2)
        .complains("did you mean `traffic`?");
}

#[test]
fn output_that_cannot_be_written_has_an_exit_code_of_its_own() {
    let desk = Desk::new("run-unwritable");
    desk.write("file", "");
    desk.run(&["run", CANARY, "--out", "file/below"])
        .exits(4)
        .says("Succeeded after 12:00")
        .complains("`file/below` cannot be written: not a directory");
    desk.run(&["run", CANARY, "--out", "file"]).exits(4).complains("`file` cannot be written");
}

// ---- check -----------------------------------------------------------------------------------------

#[test]
fn a_check_says_ok_or_faulty_of_each_scenario() {
    let desk = Desk::new("check");
    desk.run(&["check", CANARY, FAILED_HOOK])
        .exits(0)
        .says("scenarios/ecs-canary.yaml: ok, 1 note\n")
        .says("scenarios/ecs-failed-hook.yaml: ok, 1 note\n");
    desk.write("empty.yaml", "cutover: 1\n");
    let told = desk.run(&["check", "empty.yaml", CANARY]).exits(2);
    told.says("empty.yaml: faulty, 2 errors\n").says("scenarios/ecs-canary.yaml: ok");
    desk.run(&["check", CANARY, "--set", "traffic.rate=3"])
        .exits(2)
        .says("CUT0105")
        .says("faulty, 1 error, 1 note");
    assert!(desk.files("output").is_empty());
}

#[test]
fn warnings_can_be_denied() {
    let desk = Desk::new("check-deny");
    let text = fs::read_to_string(in_repository(CANARY)).expect("the scenario");
    desk.write("warned.yaml", &format!("{text}summary: again\n"));
    desk.run(&["check", "warned.yaml"]).exits(0).says("CUT0009").says(": ok, 1 warning, 1 note\n");
    desk.run(&["check", "warned.yaml", "--deny", "warnings"]).exits(2).says(": faulty, 1 warning");
    desk.run(&["check", CANARY, "--deny", "warnings"]).exits(0).says(": ok, 1 note\n");
}

#[test]
fn assumptions_are_shown_as_a_scenario_would_write_them() {
    let desk = Desk::new("check-assumptions");
    let told = desk.run(&["check", FAILED_HOOK, "--assumptions"]).exits(0);
    let at = told.out.find("assumptions:\n").expect("the section");
    let section = &told.out[at..];
    assert!(section.contains("\n  lb.first_check_phase: { uniform: [0s, 10s] }\n"), "{section}");
    let text = fs::read_to_string(in_repository(FAILED_HOOK)).expect("the scenario");
    desk.write("pasted.yaml", &format!("{text}{section}"));
    desk.run(&["check", "pasted.yaml"]).exits(0).says("pasted.yaml: ok, 1 note\n");
    let one = "assumptions[\"hook.duration\"]=1m";
    desk.run(&["check", FAILED_HOOK, "--assumptions", "--set", one]).says("hook.duration: 1m\n");
}

#[test]
fn diagnostics_are_told_as_one_json_object_a_line() {
    let desk = Desk::new("check-json");
    let told = desk
        .run(&["check", CANARY, "--format", "json", "--assumptions", "--set", "traffic.nose=3"])
        .exits(2);
    let lines: Vec<serde_json::Value> =
        told.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let error = lines.iter().find(|line| line["severity"] == "error").expect("an error");
    assert_eq!(error["code"], "CUT0101");
    let told = desk.run(&["check", CANARY, "--format", "json", "--assumptions"]).exits(0);
    let parsed = told.out.lines().map(serde_json::from_str::<serde_json::Value>);
    let lines: Vec<_> = parsed.map(|line| line.expect("JSON")).collect();
    assert!(lines.iter().any(|line| line["assumption"] == "lb.first_check_phase"));
    desk.run(&["check", CANARY, "--format", "csv"]).exits(2);
}

// ---- schedule, configs, explain --------------------------------------------------------------------

#[test]
fn the_steps_of_a_predefined_configuration_are_shown() {
    let desk = Desk::new("schedule");
    let name = "CodeDeployDefault.ECSLinear10PercentEvery3Minutes";
    let text = desk.run(&["schedule", name]).exits(0).out;
    assert!(text.starts_with("CodeDeployDefault.ECSLinear10PercentEvery3Minutes (TimeBasedLinear): traffic on the replacement\n"), "{text}");
    assert!(text.ends_with("     27 min  100 %\n"), "{text}");
    let csv = desk.run(&["schedule", name, "--format", "csv"]).exits(0).out;
    assert_eq!(csv.lines().next(), Some("minutes,percent"));
    assert_eq!((csv.lines().count(), csv.lines().last()), (11, Some("27,100")));
    let json = desk.run(&["schedule", name, "--format", "json"]).exits(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["type"], "TimeBasedLinear");
    assert_eq!(json["steps"][1], serde_json::json!({"minutes": 3, "percent": 20}));
}

#[test]
fn the_steps_of_an_own_configuration_are_shown() {
    let desk = Desk::new("schedule-own");
    let json = r#"{"deploymentConfigInfo": {"deploymentConfigName": "Slow", "computePlatform": "ECS",
        "trafficRoutingConfig": {"type": "TimeBasedCanary",
        "timeBasedCanary": {"canaryPercentage": 25, "canaryInterval": 45}}}}"#;
    desk.write("slow.json", json);
    let yaml = "trafficRoutingConfig:\n  type: TimeBasedLinear\n  \
                timeBasedLinear: { linearPercentage: 40, linearInterval: 2 }\n";
    desk.write("fast.yaml", yaml);
    let csv = |file: &str| desk.run(&["schedule", file, "--format", "csv"]).exits(0).out;
    assert_eq!(csv("slow.json"), "minutes,percent\n0,25\n45,100\n");
    assert_eq!(csv("fast.yaml"), "minutes,percent\n0,40\n2,80\n4,100\n");
    let lambda = r#"{"deploymentConfigInfo": {"computePlatform": "Lambda", "trafficRoutingConfig":
        {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 50, "linearInterval": 1}}}}"#;
    desk.write("lambda.json", lambda);
    assert_eq!(csv("lambda.json"), "minutes,percent\n0,50\n1,100\n");
    desk.write("bad.yaml", &yaml.replace("40", "0"));
    desk.run(&["schedule", "bad.yaml"]).exits(2).complains("CUT0207").complains("bad.yaml:3:");
}

#[test]
fn a_configuration_that_nobody_knows_is_told_with_the_nearest_name() {
    let desk = Desk::new("schedule-unknown");
    let run = |name: &str| desk.run(&["schedule", name]).exits(2);
    run("ECSCanary10Percent5Minute").complains("`CodeDeployDefault.ECSCanary10Percent5Minutes`");
    run("CodeDeployDefault.ECSCanary10percent5Minutes")
        .complains("did you mean `CodeDeployDefault.ECSCanary10Percent5Minutes`?");
    run("something-else-altogether").complains("`cutover configs` lists");
    run("no/such.json").complains("CUT0001");
    run("CodeDeployDefault.OneAtATime").complains("`--hosts` is not given");
}

/// The examples of nine hosts of AWS's documentation: configuration, those that fail, batches, hosts that succeeded,
/// failed and were skipped, code.
type NineHosts = (&'static str, &'static str, &'static [u32], [u32; 3], Option<&'static str>);

const NINE_HOSTS: &[NineHosts] = &[
    ("AllAtOnce", "", &[9], [9, 0, 0], None),
    ("AllAtOnce", "1,2,3,4,5,6,7,8", &[9], [1, 8, 0], None),
    ("AllAtOnce", "1,2,3,4,5,6,7,8,9", &[9], [0, 9, 0], Some("HEALTH_CONSTRAINTS")),
    ("HalfAtATime", "", &[4, 4, 1], [9, 0, 0], None),
    ("HalfAtATime", "5,6,7,9", &[4, 4, 1], [5, 4, 0], None),
    ("HalfAtATime", "1,2,3,4", &[4], [0, 4, 5], Some("HEALTH_CONSTRAINTS")),
    ("OneAtATime", "", &[1; 9], [9, 0, 0], None),
    ("OneAtATime", "9", &[1; 9], [8, 1, 0], None),
    ("OneAtATime", "8", &[1; 8], [7, 1, 1], Some("HEALTH_CONSTRAINTS")),
    ("OneAtATime", "1", &[1], [0, 1, 8], Some("HEALTH_CONSTRAINTS")),
];

/// H-1 to H-6, H-14 to H-17.
#[test]
fn nine_hosts_are_deployed_to_as_the_documentation_says() {
    let desk = Desk::new("schedule-nine");
    for (config, fail, batches, [succeeded, failed, skipped], code) in NINE_HOSTS {
        let config = format!("CodeDeployDefault.{config}");
        let mut arguments = vec!["schedule", &config, "--hosts", "9", "--format", "json"];
        if !fail.is_empty() {
            arguments.extend(["--fail", fail]);
        }
        let told = desk.run(&arguments).exits(0);
        assert_eq!(told.err, "");
        let json: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let minimum = match config.as_str() {
            "CodeDeployDefault.AllAtOnce" => 0,
            "CodeDeployDefault.HalfAtATime" => 5,
            _ => 8,
        };
        let expected = serde_json::json!({
            "minimumHealthyHosts": minimum, "batches": batches, "succeeded": succeeded, "failed": failed,
            "skipped": skipped, "status": if code.is_some() { "Failed" } else { "Succeeded" }, "errorCode": code,
        });
        assert_eq!(json, expected, "{config} with {fail} failing");
    }
}

#[test]
fn batches_are_shown_with_what_fails_what_stays_healthy_and_how_it_ends() {
    let desk = Desk::new("schedule-text");
    let half = |more: &[&str]| {
        let mut arguments = vec!["schedule", "CodeDeployDefault.HalfAtATime", "--hosts", "9"];
        arguments.extend(more);
        desk.run(&arguments).exits(0).out
    };
    assert_eq!(
        half(&["--fail", "9, 5,6,7"]),
        "\
CodeDeployDefault.HalfAtATime: 9 hosts, of which at least 5 must stay healthy (FLEET_PERCENT 50)

  batch  hosts  which  failed  healthy meanwhile
      1      4  1-4    –                       5
      2      4  5-8    5-7                     5
      3      1  9      9                       5

Succeeded: 5 of 9 hosts succeeded, and 5 suffice; 4 failed
"
    );
    let failed = half(&["--fail", "1,2,3,4"]);
    let end = "\nFailed with HEALTH_CONSTRAINTS: after batch 1 only 5 of 9 hosts are healthy, and 5 must stay so; \
               5 hosts skipped\n";
    assert!(failed.ends_with(end), "{failed}");
    assert_eq!(
        half(&["--fail", "1,2,4", "--format", "csv"]),
        "batch,zone,first,last,hosts,failed,healthy,wait_s\n1,,1,4,4,3,5,0\n2,,5,5,1,0,5,0\n3,,6,6,1,0,5,0\n\
         4,,7,7,1,0,5,0\n5,,8,8,1,0,5,0\n6,,9,9,1,0,5,0\n"
    );
    let ends = |arguments: &[&str], end: &str| {
        let told = desk.run(&[&["schedule"], arguments].concat()).exits(0).out;
        assert!(told.ends_with(end), "{told}");
    };
    ends(
        &["CodeDeployDefault.AllAtOnce", "--hosts", "2", "--fail", "1,2"],
        "\nFailed with HEALTH_CONSTRAINTS: no host succeeded, and one has to even where none must stay healthy\n",
    );
    ends(
        &["type=FLEET_PERCENT,value=95", "--hosts", "10"],
        "\nFailed with HEALTH_CONSTRAINTS_INVALID: 10 must stay healthy, and there are 10 hosts; none is touched\n",
    );
    ends(
        &["type=HOST_COUNT,value=6", "--hosts", "9"],
        "\nSucceeded: every host succeeded (9 of 9)\n",
    );
    desk.run(&["schedule", "CodeDeployDefault.AllAtOnce", "--hosts", "2000"])
        .exits(0)
        .says("none of which must stay healthy (HOST_COUNT 0)")
        .says(
            "note: more than 1000 instances only in us-east-1, us-east-2, us-west-2, eu-central-1",
        );
}

/// CD-Z-4, CD-Z-5.
#[test]
fn zones_take_turns_in_the_order_of_their_names() {
    let desk = Desk::new("schedule-zones");
    let config = "deploymentConfigName: zonal\ncomputePlatform: Server\n\
                  minimumHealthyHosts: { type: HOST_COUNT, value: 160 }\nzonalConfig:\n  \
                  firstZoneMonitorDurationInSeconds: 600\n  monitorDurationInSeconds: 60\n  \
                  minimumHealthyHostsPerZone: { type: HOST_COUNT, value: 50 }\n";
    desk.write("zonal.yaml", config);
    let zones = ["schedule", "zonal.yaml", "--zones", "b:100, a:100"];
    assert_eq!(
        desk.run(&[&zones[..], &["--fail", "101,102"]].concat()).exits(0).out,
        "\
zonal.yaml: 200 hosts, of which at least 160 must stay healthy (HOST_COUNT 160)
one zone after the other; at least 50 of 100 in a, 50 of 100 in b must stay healthy (HOST_COUNT 50)

  batch  zone  hosts  which    failed   healthy meanwhile  in the zone  then
      1  a        40  1-40     –                      160           60
      2  a        40  41-80    –                      160           60
      3  a        20  81-100   –                      180           80  wait 10m
      4  b        40  101-140  101-102                160           60
      5  b        38  141-178  –                      160           60
      6  b        22  179-200  –                      176           76

Succeeded: 198 of 200 hosts succeeded, and 160 suffice; 2 failed
"
    );
    let csv = desk.run(&[&zones[..], &["--format", "csv"]].concat()).exits(0).out;
    assert_eq!(csv.lines().nth(3), Some("3,a,81,100,20,0,180,600"));
    let json =
        desk.run(&[&zones[..], &["--hosts", "200", "--format", "json"]].concat()).exits(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let third = serde_json::json!({"zone": "a", "hosts": 20, "waitSeconds": 600});
    assert_eq!((&json["batches"][2], &json["status"]), (&third, &"Succeeded".into()));
    let all_of_a: Vec<String> = (1..=40).map(|place| place.to_string()).collect();
    desk.run(&[&zones[..], &["--fail", &all_of_a.join(",")]].concat()).exits(0).says(
        "after batch 1 only 160 of 200 hosts are healthy, and 160 must stay so; 160 hosts skipped",
    );
    desk.write("tight.yaml", &config.replace("160", "60"));
    let tight = |zones: &str, fail: &str| {
        desk.run(&["schedule", "tight.yaml", "--zones", zones, "--fail", fail])
    };
    tight("a:52,b:60", "1,2")
        .exits(0)
        .says("after batch 1 only 50 of 52 hosts in zone a are healthy, and 50 must stay so; 110 hosts skipped");
    tight("a:60,b:50", "1")
        .exits(0)
        .says("50 must stay healthy, and there are 50 hosts in zone b; none is touched");
}

#[test]
fn every_fault_of_the_options_for_hosts_is_told_at_once() {
    let desk = Desk::new("schedule-faults");
    let zonal = "minimumHealthyHosts: { type: HOST_COUNT, value: 1 }\nzonalConfig: {}\n";
    desk.write("zonal.yaml", zonal);
    desk.write("broken.yaml", &zonal.replace("HOST_COUNT, value: 1", "FLEET_PERCENT, value: 100"));
    let half = "CodeDeployDefault.HalfAtATime";
    let faults = |arguments: &[&str]| {
        let told = desk.run(&[&["schedule"], arguments].concat()).exits(2);
        assert_eq!(told.out, "");
        let titles = told.err.lines().filter(|line| line.starts_with("error[CUT"));
        titles.map(|line| line["error[".len()..].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        faults(&[half, "--hosts", "x", "--fail", "0,3,3,y,", "--zones", "a,b:0,c:1,c:2,d:-1"]),
        [
            "CUT0114]: `--hosts` is `x`, not a whole number",
            "CUT0107]: `--fail` names host 0, less than 1",
            "CUT0406]: `--fail` names host 3 twice",
            "CUT0114]: `--fail` is `y`, not a whole number",
            "CUT0114]: `--fail` is ``, not a whole number",
            "CUT0406]: `--zones` has `a`, not a zone and its hosts",
            "CUT0406]: `--zones` is given, and `CodeDeployDefault.HalfAtATime` is not zonal",
            "CUT0406]: `--zones` gives `b` no host",
            "CUT0406]: `--zones` names `c` twice",
            "CUT0107]: `--zones d` is -1, less than 1",
        ]
    );
    assert_eq!(
        faults(&[half]),
        [
            "CUT0406]: `CodeDeployDefault.HalfAtATime` deploys to hosts in batches, and `--hosts` is not given"
        ]
    );
    assert_eq!(faults(&[half, "--hosts", "0"]), ["CUT0107]: `--hosts` is 0, less than 1"]);
    desk.run(&["schedule", half, "--hosts", "0"]).complains("ends with NO_INSTANCES");
    let huge = "99999999999999999999";
    assert_eq!(
        faults(&[half, "--hosts", "9", "--fail", &format!("10,{huge}")]),
        [
            "CUT0107]: `--fail` names host 10, and there are 9",
            "CUT0107]: `--fail` names host 9223372036854775807, and there are 9",
        ]
    );
    desk.run(&["schedule", half, "--hosts", "2001"])
        .exits(2)
        .complains("`--hosts` is 2001, more than 2000")
        .complains("ends with OVER_MAX_INSTANCES")
        .complains("at most 1000 instances, in `us-east-1`, `us-east-2`, `us-west-2`, `eu-central-1` at most 2000");
    assert_eq!(
        faults(&["zonal.yaml", "--zones", "a:1000,b:1001"]),
        ["CUT0107]: `--zones` is 2001, more than 2000"]
    );
    assert_eq!(
        faults(&["zonal.yaml", "--hosts", "9"]),
        ["CUT0406]: `zonal.yaml` is zonal, and `--zones` is not given"]
    );
    assert_eq!(
        faults(&["zonal.yaml", "--hosts", "9", "--zones", "a:4,b:4", "--fail", "9"]),
        [
            "CUT0406]: `--hosts` is 9, and `--zones` has 8 hosts",
            "CUT0107]: `--fail` names host 9, and there are 8",
        ]
    );
    assert_eq!(
        faults(&["CodeDeployDefault.ECSAllAtOnce", "--hosts", "9", "--fail", "1"]),
        [
            "CUT0406]: `--hosts` is given, and `CodeDeployDefault.ECSAllAtOnce` moves traffic",
            "CUT0406]: `--fail` is given, and `CodeDeployDefault.ECSAllAtOnce` moves traffic",
        ]
    );
    assert_eq!(
        faults(&["broken.yaml", "--zones", "a:1"]),
        ["CUT0234]: `value` is 100, more than 99"]
    );
    assert_eq!(
        faults(&["type=HOST_COUNT,value", "--hosts", "9"]),
        ["CUT0234]: `deploymentConfig` is no shorthand of the command line"]
    );
}

#[test]
fn what_differs_between_two_dates_is_listed_with_rules_and_sources() {
    let desk = Desk::new("semantics");
    let diff = |more: &[&str]| desk.run(&[&["semantics", "diff"], more].concat());
    let text = diff(&["2025-06", "2025-08"]).exits(0).out;
    assert!(
        text.starts_with("2025-07  strategy BLUE_GREEN") && text.contains("ECS-BG-1"),
        "{text}"
    );
    assert!(text.contains("2025-08  ") && !text.contains("2025-10"), "{text}");
    assert!(diff(&["current", "current"]).exits(0).out.contains("nothing differs"));
    let json = diff(&["legacy", "current", "--format", "json"]).exits(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let all = json.as_array().expect("a list");
    assert_eq!(all[0]["since"], "2022-11");
    let has_source =
        |change: &serde_json::Value| change["source"].as_str().is_some_and(|s| !s.is_empty());
    assert!(all.len() >= 10 && all.iter().all(has_source));
    let csv = diff(&["legacy", "current", "--format", "csv"]).exits(0).out;
    assert_eq!(csv.lines().next(), Some("since,what,before,from,rules,source"));
    assert_eq!(csv.lines().count(), all.len() + 1);
    diff(&["2022-13", "then"])
        .exits(2)
        .complains("`2022-13` is no date")
        .complains("`then` is no date");
}

#[test]
fn the_seventeen_predefined_configurations_are_listed() {
    let desk = Desk::new("configs");
    let text = desk.run(&["configs"]).exits(0).out;
    assert_eq!(text.lines().count(), 17);
    let column = |line: &str| line.find(" Lambda ").or_else(|| line.find(" ECS "));
    let columns: Vec<_> = text.lines().filter_map(column).collect();
    assert!(columns.iter().all(|at| *at == columns[0]), "the columns stand in line:\n{text}");
    let csv = desk.run(&["configs", "--format", "csv"]).exits(0).out;
    assert_eq!((csv.lines().next(), csv.lines().count()), (Some("name,platform,strategy"), 18));
    let json = desk.run(&["configs", "--format", "json"]).exits(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let all = json.as_array().expect("a list");
    assert_eq!(all.len(), 17);
    let canary = all
        .iter()
        .find(|config| {
            config["deploymentConfigName"] == "CodeDeployDefault.ECSCanary10Percent5Minutes"
        })
        .expect("the canary");
    assert_eq!(canary["trafficRoutingConfig"]["timeBasedCanary"]["canaryInterval"], 5);
}

// ---- backtest --------------------------------------------------------------------------------------

/// More than 1 in 2 of 3 minutes, missing data not breaching.
const ERRORS: &str = r#"{
  "AlarmName": "errors", "Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_Target_5XX_Count",
  "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 1,
  "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"
}"#;

/// Eight minutes with two errors in the fourth and the fifth.
const COUNTS: &str = "\
time,value
2026-01-05T10:00:00Z,0
2026-01-05T10:01:00Z,1
2026-01-05T10:02:00Z,0
2026-01-05T10:03:00Z,2
2026-01-05T10:04:10Z,1
2026-01-05T10:04:50Z,1
2026-01-05T10:05:00Z,0
2026-01-05T10:06:00Z,0
2026-01-05T10:07:00Z,0
";

#[test]
fn a_backtest_tells_every_change_of_state_and_what_decided_it() {
    let desk = Desk::new("backtest");
    desk.write("alarm.json", ERRORS);
    desk.write("data.csv", COUNTS);
    let told = desk.run(&["backtest", "alarm.json", "data.csv", "--phase", "20s"]).exits(0);
    let expected = "\
errors
  ALARM if Sum of HTTPCode_Target_5XX_Count > 1 for 2 of 3 datapoints of 1m; missing data: notBreaching
  9 samples from 2026-01-05T10:00:00Z to 2026-01-05T10:07:00Z
  each datapoint arrives 1m after its end (--delay); evaluated every whole minute, 20s later (--phase)

  2026-01-05T10:04:20Z  INSUFFICIENT_DATA -> OK                 0 of 3 breach: 10:00 0, 10:01 1, 10:02 0
  2026-01-05T10:06:20Z  OK -> ALARM                             2 of 3 breach: 10:02 0, 10:03 2*, 10:04 2*
  2026-01-05T10:08:20Z  ALARM -> OK                             1 of 3 breach: 10:04 2*, 10:05 0, 10:06 0

In ALARM once, for 2m of 5m (40.00 %).
";
    assert_eq!((told.out.as_str(), told.err.as_str()), (expected, ""));
    let late =
        ["backtest", "alarm.json", "data.csv", "--phase=20s", "--delay=140s", "--format=csv"];
    desk.run(&late).exits(0).says(
        "2026-01-05T10:07:20Z,OK,ALARM,2,0,2026-01-05T10:02:00Z=0 2026-01-05T10:03:00Z=2 2026-01-05T10:04:00Z=2",
    );
    let told = desk.run(&["backtest", "alarm.json", "data.csv", "--format", "json"]).exits(0);
    let answer: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(answer["alarms"], 1);
    assert_eq!(answer["alarm_s"], 120.0);
    assert_eq!(answer["changes"][1]["at"], "2026-01-05T10:06:30Z");
    assert_eq!(answer["changes"][1]["datapoints"][2]["breaches"], true);
}

#[test]
fn metric_math_is_played_over_a_column_of_each_metric() {
    let desk = Desk::new("backtest-math");
    let metric = |id: &str, name: &str| {
        format!(
            "{{Id: {id}, ReturnData: false, MetricStat: {{Stat: Sum, Period: 60, \
             Metric: {{Namespace: AWS/ApplicationELB, MetricName: {name}}}}}}}"
        )
    };
    let (m1, m2) = (metric("m1", "HTTPCode_Target_5XX_Count"), metric("m2", "RequestCount"));
    desk.write(
        "alarm.yaml",
        &format!(
            "{{AlarmName: rate, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, \
             Metrics: [{{Id: e, Expression: 100 * m1 / m2}}, {m1}, {m2}]}}"
        ),
    );
    desk.write("data.csv", "time,RequestCount,m1\n60,100,1\n120,100,\n180,99,1\n240,100,1\n");
    desk.run(&["backtest", "alarm.yaml", "data.csv"])
        .exits(0)
        .says("ALARM if the expression of m1, m2 > 1 for 1 of 1 datapoints of 1m; missing data: missing")
        .says("OK -> ALARM                             1 of 1 breach: 00:03 1.0101*")
        .says("In ALARM once, for 1m of 3m (33.33 %).");
    desk.write("one.csv", "time,m1\n60,1\n");
    desk.run(&["backtest", "alarm.yaml", "one.csv"])
        .exits(2)
        .complains("there is no column `m2` for `RequestCount`");
}

#[test]
fn one_alarm_of_several_is_played_and_none_that_has_no_samples() {
    let desk = Desk::new("backtest-several");
    let other = ERRORS.replace("\"errors\"", "\"other\"");
    let composite = r#"{"AlarmName": "both", "AlarmRule": "ALARM(errors) AND ALARM(other)"}"#;
    desk.write("alarms.json", &format!("[{ERRORS}, {other}, {composite}]"));
    desk.write("data.csv", COUNTS);
    let play = |rest: &[&str]| desk.run(&[&["backtest", "alarms.json", "data.csv"], rest].concat());
    play(&[])
        .exits(2)
        .complains("`alarms.json` holds 3 alarms, not one")
        .complains("`errors`, `other`");
    play(&["--alarm", "other"]).exits(0).says("other\n");
    play(&["--alarm", "errrors"]).exits(2).complains("did you mean `errors`?");
    play(&["--alarm", "both"])
        .exits(2)
        .complains("`both` is a composite alarm, which has no samples of its own")
        .complains("play those that it names: `errors`, `other`");
    for (option, expected) in [
        ("--delay=60", "which has no unit"),
        ("--delay=2d", "more than 1d"),
        ("--phase=60s", "more than 59s999ms"),
    ] {
        play(&["--alarm", "errors", option]).exits(2).complains(expected);
    }
    desk.run(&["backtest", "alarms.json", "none.csv", "--alarm", "errors"])
        .exits(2)
        .complains("there is no file `none.csv`");
}

#[test]
fn samples_out_of_order_are_told_and_used() {
    let desk = Desk::new("backtest-order");
    desk.write("alarm.json", ERRORS);
    let (head, rows) = COUNTS.split_at(11);
    let backwards: String = rows.lines().rev().map(|line| format!("{line}\n")).collect();
    desk.write("sorted.csv", COUNTS);
    desk.write("backwards.csv", &format!("{head}{backwards}"));
    let told = desk
        .run(&["backtest", "alarm.json", "backwards.csv"])
        .exits(0)
        .complains("warning[CUT0119]: 8 rows earlier than the row before")
        .complains("backwards.csv:3:1");
    assert_eq!(told.out, desk.run(&["backtest", "alarm.json", "sorted.csv"]).exits(0).out);
    desk.write("sparse.csv", "0,1\n4102444800,1\n");
    desk.run(&["backtest", "alarm.json", "sparse.csv"]).exits(2).complains("evaluations");
    desk.write("faulty.csv", "time,value\n60,1\n120,one\n");
    desk.run(&["backtest", "alarm.json", "faulty.csv"]).exits(2).complains("faulty.csv:3:1");
}

// ---- explain and the command line ------------------------------------------------------------------

#[test]
fn a_code_is_explained_and_all_are_listed() {
    let desk = Desk::new("explain");
    let text = desk.run(&["explain", "CUT0101"]).exits(0).says("CUT0101: a key that is not").out;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_eq!(desk.run(&["explain", "101"]).exits(0).out, text);
    let list = desk.run(&["explain"]).exits(0).out;
    assert!(list.lines().count() > 50 && list.lines().all(|line| line.starts_with("CUT")));
    desk.run(&["explain", "CUT9999"]).exits(2).complains("there is no code `CUT9999`");
}

// ---- the command line itself -----------------------------------------------------------------------

#[test]
fn a_command_line_that_says_nothing_sensible_is_refused() {
    let desk = Desk::new("command-line");
    desk.run(&[]).exits(2).complains("Usage: cutover");
    desk.run(&["rum", CANARY]).exits(2).complains("'run'");
    desk.run(&["run"]).exits(2).complains("<SCENARIO>");
    desk.run(&["run", CANARY, "--seed", "-1"]).exits(2);
    desk.run(&["run", CANARY, "--color", "blue"]).exits(2).complains("auto, always, never");
    desk.run(&["check"]).exits(2);
}

#[test]
fn help_and_version_are_results() {
    let desk = Desk::new("help");
    desk.run(&["--version"]).exits(0).says(concat!("cutover ", env!("CARGO_PKG_VERSION")));
    desk.run(&["--help"]).exits(0).says("Exit codes:");
    for command in ["run", "check", "schedule", "configs", "explain"] {
        let help = desk.run(&[command, "--help"]).exits(0).says("Examples:").out;
        let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        let examples: Vec<&str> = examples.collect();
        assert!(examples.iter().all(|line| line.starts_with("  cutover ")), "{examples:?}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}

/// `cutover .. | head -1`: whoever reads has seen enough.
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let desk = Desk::new("pipe");
    for arguments in [&["run", CANARY, "--format", "csv"][..], &["explain"], &["run", CANARY]] {
        let mut child = desk
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let mut told = String::new();
        let mut err = child.stderr.take().expect("a pipe");
        err.read_to_string(&mut told).expect("text");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{told}");
        assert!(!told.contains("error") && !told.contains("panic"), "{told}");
    }
    assert_eq!(desk.files("output/ecs-canary"), FILES, "the files are written all the same");
}

#[test]
fn colour_comes_when_it_is_asked_for_and_not_into_a_pipe() {
    let desk = Desk::new("color");
    let colored = |arguments: &[&str], no_color: Option<&str>| {
        let mut command = desk.command(arguments);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let told = Told::of(&command.output().expect("the program starts"));
        (told.out.contains('\u{1b}'), told.err.contains('\u{1b}'))
    };
    let run = ["run", CANARY];
    let faulty = ["run", CANARY, "--set", "traffic.rate=3"];
    let with = |arguments: &[&'static str], when| [arguments, &["--color", when]].concat();
    assert_eq!(colored(&run, None), (false, false));
    assert_eq!(colored(&with(&run, "never"), None), (false, false));
    assert_eq!(colored(&with(&run, "always"), None), (true, false));
    assert_eq!(colored(&with(&faulty, "always"), None), (false, true));
    assert_eq!(colored(&faulty, None), (false, false));
    // What is typed holds over what is set.
    assert_eq!(colored(&with(&run, "always"), Some("1")), (true, false));
    assert_eq!(colored(&run, Some("1")), (false, false));
}

// ---- init and import -------------------------------------------------------------------------------

#[test]
fn a_first_scenario_of_each_platform_runs_without_a_warning() {
    let desk = Desk::new("init");
    for platform in ["ecs", "lambda", "ec2"] {
        let file = format!("{platform}.yaml");
        desk.run(&["init", "--platform", platform, "-o", &file]).exits(0);
        desk.run(&["check", &file, "--deny", "warnings"]).exits(0).says("ok");
        let counted = desk.run(&["run", &file, "--replications", "200"]).exits(0).says("Succeeded");
        counted.says("rolled back");
    }
    let printed = desk.run(&["init"]).exits(0).out;
    let written = fs::read_to_string(desk.folder.join("ecs.yaml")).expect("a scenario");
    assert_eq!(printed, written);
    desk.run(&["init", "-o", "ecs.yaml"]).exits(4).complains("there already");
}

#[test]
fn real_documents_become_a_scenario_that_runs() {
    let desk = Desk::new("import");
    fs::create_dir_all(desk.folder.join("aws")).expect("a folder");
    for file in ["appspec.yaml", "deployment-group.json", "service.json", "task-definition.json"] {
        let from = in_repository(&format!("scenarios/aws/{file}"));
        // A name says nothing of what it is.
        fs::copy(from, desk.folder.join(format!("aws/a-{file}"))).expect("a copy");
    }
    desk.write(
        "aws/template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources: { F: { Type: 'AWS::Serverless::Function', Properties: \
         { AutoPublishAlias: live, DeploymentPreference: { Type: AllAtOnce } } } }\n",
    );
    desk.write("aws/network.yaml", "Resources: { V: { Type: 'AWS::EC2::VPC' } }\n");
    desk.write("aws/build.yaml", "version: 0.2\nphases: { build: { commands: [make] } }\n");
    let documents = [
        "aws/build.yaml",
        "aws/template.yaml",
        "aws/network.yaml",
        "aws/a-task-definition.json",
        "aws/a-service.json",
        "aws/a-deployment-group.json",
        "aws/a-appspec.yaml",
    ];
    let into = ["-o", "new/rehearsal.yaml"];
    let told = desk.run(&[&["import"][..], &documents, &into].concat()).exits(0);
    let told = told.complains("`../aws/build.yaml` is a CodeBuild build specification");
    let told = told.complains(
        "`../aws/template.yaml` is an AWS SAM template, and an ECS service is deployed to",
    );
    told.complains("its resources are of `AWS::EC2::VPC`");
    let draft = fs::read_to_string(desk.folder.join("new/rehearsal.yaml")).expect("a draft");
    for line in ["  revision: ../aws/a-appspec.yaml", "# ASSUMED", "#   lb.first_check_phase: "] {
        assert!(draft.contains(line), "no `{line}` in\n{draft}");
    }
    desk.run(&["run", "new/rehearsal.yaml", "--replications", "20"]).exits(0).says("Succeeded");
    desk.run(&[&["import"][..], &documents, &into].concat()).exits(4).complains("there already");
}

#[test]
fn documents_that_contradict_each_other_are_told_of_when_they_are_imported() {
    let desk = Desk::new("import-contradiction");
    let from = |path: &str| fs::read_to_string(in_repository(path)).expect("a document");
    let transcript = "tests/transcripts/group-service-appspec";
    desk.write("group.json", &from(&format!("{transcript}/group.json")));
    let service = from(&format!("{transcript}/service.json"));
    desk.write("service.json", &service.replace("targetgroup/shop-blue/", "targetgroup/other/"));
    let spec = from(&format!("{transcript}/appspec.yaml"));
    desk.write("appspec.yaml", &spec.replace("ContainerName: web", "ContainerName: worker"));
    desk.write(
        "definition.json",
        r#"{"family": "shop", "containerDefinitions": [{"name": "web", "image": "shop", "portMappings": [{"containerPort": 8080}]}]}"#,
    );
    let documents = ["group.json", "service.json", "appspec.yaml", "definition.json"];
    let told = desk.run(&[&["import"], &documents[..], &["-o", "draft.yaml"]].concat()).exits(2);
    told.complains("the service uses the target group `other`, not `shop-blue` or `shop-green`")
        .complains("no container `worker`")
        .complains("the draft does not run yet");
}

/// A parameter without a default is asked for; until it is given what uses it is left out, and the draft runs.
#[test]
fn a_template_is_drafted_with_what_it_asks_for() {
    let desk = Desk::new("import-template");
    let template = in_repository("tests/transcripts/cloudformation-resources/service.yaml");
    fs::copy(template, desk.folder.join("service.yaml")).expect("a copy");
    desk.run(&["import", "service.yaml", "-o", "draft.yaml"]).exits(0).complains("`Count`");
    let draft = fs::read_to_string(desk.folder.join("draft.yaml")).expect("a draft");
    assert!(draft.contains("  templateParameters:\n    Count: <Count>\n"), "{draft}");
    assert!(!draft.contains("Vpc"), "what plays no part is not asked for: {draft}");
    assert!(!draft.contains("no deployment group was given"), "{draft}");
    let played = |set: &[&str]| {
        let set = set.iter().flat_map(|set| ["--set", set]).collect::<Vec<_>>();
        desk.run(&[&["run", "draft.yaml"][..], &set].concat()).exits(0)
    };
    played(&[])
        .says("production:shop-production (1 task)")
        .says("AllowTraffic        Succeeded  00:48.6  8:00.0");
    let told = played(&["resources.templateParameters.Count=4"]).says("(4 tasks)");
    assert!(!told.err.contains("DesiredCount"), "{}", told.err);
    // A condition that does not hold leaves the group out, and its alarm with it; a map may not know every key.
    let test = ["--set", "resources.templateParameters.Stage=test"];
    let told = desk.run(&[&["check", "draft.yaml"][..], &test].concat()).exits(0);
    let told = told.says("`HealthCheckIntervalSeconds` is `Fn::FindInMap`");
    told.says("nothing watches the release: no alarm");
    // What the scenario says itself goes before.
    let own = [
        "deployment.deploymentConfig={ trafficRoutingConfig: { timeBasedCanary: { canaryInterval: 3 } } }",
    ];
    played(&own).says("AllowTraffic        Succeeded  00:48.6  3:00.0");
}

#[test]
fn an_appspec_alone_is_enough_and_what_is_no_document_is_told() {
    let desk = Desk::new("import-alone");
    desk.write(
        "a.yaml",
        "version: 0.0\nResources: [{ T: { Type: AWS::ECS::Service, Properties: { TaskDefinition: \
         'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:3', LoadBalancerInfo: { ContainerName: shop, \
         ContainerPort: 8080 } } } }]\n",
    );
    let draft = desk.run(&["import", "a.yaml"]).exits(0);
    assert_eq!(draft.err, "", "everything fits");
    let draft = draft.says("containerName: shop").says("containerPort: 8080");
    desk.write("draft.yaml", &draft.out);
    desk.run(&["run", "draft.yaml", "--replications", "20"]).exits(0).says("Succeeded");
    desk.write(
        "b.yml",
        "version: 0.0\nos: linux\nhooks: { ValidateService: [{ location: check.sh }] }\n",
    );
    let draft = desk.run(&["import", "b.yml"]).exits(0).says("ValidateService: { fails: 100% }");
    desk.write("draft.yaml", &draft.out);
    desk.run(&["run", "draft.yaml", "--replications", "50"]).exits(0).says("Failed");
    desk.write("c.txt", "hello");
    desk.run(&["import", "c.txt"]).exits(2).complains("no document can be used");
    desk.run(&["import", "gone.json"]).exits(2).complains("there is no file `gone.json`");
    desk.write("d.json", "{\"deploymentGroupInfo\": ");
    desk.run(&["import", "d.json"]).exits(2).complains("d.json:1");
}

#[test]
fn diagnostics_are_told_as_sarif_with_the_mend_as_a_fix() {
    let desk = Desk::new("check-sarif");
    let text = fs::read_to_string(in_repository(CANARY)).expect("the scenario");
    desk.write("a.yaml", &text.replace("traffic:", "trafic:"));
    let told = desk.run(&["check", "a.yaml", CANARY, "--format", "sarif"]).exits(2);
    let log: serde_json::Value = serde_json::from_str(&told.out).expect("one log of both");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let fixed = results.iter().find(|result| result["ruleId"] == "CUT0101").expect("a fault");
    let place = &fixed["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a.yaml");
    let change = &fixed["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["insertedContent"]["text"], "traffic");
    assert_eq!(change["deletedRegion"], place["region"]);
    let names = results.iter().map(|r| &r["locations"][0]["physicalLocation"]["artifactLocation"]);
    assert!(names.into_iter().any(|name| name["uri"] == CANARY), "{}", told.out);
}

#[test]
fn every_command_tells_its_faults_in_the_form_that_is_asked_for() {
    let desk = Desk::new("messages");
    let set = ["--set", "traffic.nose=3"];
    for command in
        [&["run", CANARY][..], &["sweep", CANARY], &["compare", CANARY], &["check", CANARY]]
    {
        let arguments = [command, &set, &["--messages", "json"]].concat();
        let told = desk.run(&arguments).exits(2);
        let text = format!("{}{}", told.out, told.err);
        let lines = text.lines().filter(|line| line.starts_with('{'));
        let codes: Vec<_> = lines
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).expect("JSON")["code"].clone()
            })
            .collect();
        assert!(codes.contains(&"CUT0101".into()), "{command:?}: {text}");
    }
    let told = desk.run(&["import", "gone.json", "--messages", "sarif"]).exits(2);
    let log: serde_json::Value = serde_json::from_str(&told.err).expect("one log");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "CUT0001");
}

#[test]
fn shells_are_told_what_completes_and_the_manual_names_every_command() {
    let desk = Desk::new("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        desk.run(&["completions", shell]).exits(0).says("cutover").says("backtest");
    }
    desk.run(&["completions", "csh"]).exits(2);
    let page = desk.run(&["man"]).exits(0).says(".TH cutover").says("Exit codes");
    let commands = ["RUN", "SWEEP", "COMPARE", "CHECK", "IMPORT", "INIT", "BACKTEST", "SCHEDULE"];
    for command in commands {
        assert!(page.out.contains(&format!(".SH \"CUTOVER {command}\"")), "{command}");
    }
}

#[test]
fn the_help_of_every_command_has_examples_and_groups() {
    let desk = Desk::new("help");
    let help = desk.run(&["--help"]).exits(0).out;
    let (_, list) = help.split_once("Commands:\n").expect("a list");
    let (list, _) = list.split_once("\n\n").expect("its end");
    let commands: Vec<&str> = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands {
        let help = desk.run(&[command, "--help"]).exits(0).out;
        assert!(help.contains("Examples:\n"), "{command}: {help}");
        assert!(help.contains("\nOutput:\n"), "{command}: {help}");
    }
    let run = desk.run(&["run", "--help"]).exits(0);
    run.says("\nChance:\n").says("\nWhat is played:\n").says("\nJudgement:\n");
}
