//! Every code's own example earns its code, with the text that is kept in `tests/diagnostics/`.
//!
//! `UPDATE=1 cargo test --test diagnostics` writes the texts anew; the difference is to be read.

#[path = "support/kept.rs"]
mod kept;

use std::fs;
use std::path::Path;
use std::process::Command;

use cutover::aws::name::ComputePlatform;
use cutover::aws::service::DeploymentControllerType;
use cutover::diagnostic::code::{Code, ExampleKind, visible};
use cutover::diagnostic::sarif::sarif;
use cutover::diagnostic::{Diagnostics, Severity, Sources, Spanned, render};
use cutover::input::aws_document::alarm::alarms;
use cutover::input::aws_document::appspec::app_spec;
use cutover::input::aws_document::deployment_config::hosts::host_config;
use cutover::input::aws_document::deployment_config::{config_name, deployment_config};
use cutover::input::aws_document::deployment_group::deployment_group;
use cutover::input::aws_document::deployment_group::hosts::host_group;
use cutover::input::aws_document::host_app_spec::host_app_spec;
use cutover::input::aws_document::lambda_app_spec::lambda_app_spec;
use cutover::input::aws_document::sam_template::sam_template;
use cutover::input::aws_document::scaling;
use cutover::input::aws_document::service::service;
use cutover::input::aws_document::target_group::target_groups;
use cutover::input::aws_document::task_definition::task_definition;
use cutover::input::decode::{Field, text};
use cutover::input::recording::recording;
use cutover::input::section::expectation::VOCABULARY;
use cutover::input::source::MemorySource;
use cutover::input::tree::{Node, Value, read};
use cutover::input::{Files, expression, load};
use kept::{Kept, in_repository};

/// A code that no text of an example shows.
struct Elsewhere {
    number: &'static str,
    /// Why none can.
    why: &'static str,
    /// The file and the name of the test that shows it.
    shown_by: (&'static str, &'static str),
}

const SHOWN_ELSEWHERE: &[Elsewhere] = &[
    Elsewhere {
        number: "CUT0002",
        why: "a text of more than 16 MiB",
        shown_by: ("tests/hostile.rs", "a_file_of_200_megabytes_is_refused_before_it_is_read"),
    },
    Elsewhere {
        number: "CUT0006",
        why: "a text of a million values, or of aliases that come to as many",
        shown_by: ("tests/hostile.rs", "alias_bombs_are_refused"),
    },
    Elsewhere {
        number: "CUT0015",
        why: "a directory or a device, which is no text",
        shown_by: (
            "tests/cli.rs",
            "a_faulty_scenario_is_not_played_and_every_fault_is_told_at_once",
        ),
    },
    Elsewhere {
        number: "CUT0406",
        why: "options of a command, which no file holds",
        shown_by: ("tests/cli.rs", "every_fault_of_the_options_for_hosts_is_told_at_once"),
    },
    Elsewhere {
        number: "CUT0421",
        why: "an argument of `explain`, which no file holds",
        shown_by: ("tests/cli.rs", "a_code_is_explained_and_all_are_listed"),
    },
];

/// The sections of a good scenario. The examples give others in their place.
const GOOD: &[(&str, &str)] = &[
    ("cutover", "cutover: 1\n"),
    (
        "deployment",
        "\
deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
",
    ),
    (
        "resources",
        "\
resources:
  service:
    cluster: main
    serviceName: web
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  taskDefinition:
    containerDefinitions: [{ name: web }]
",
    ),
    ("traffic", "traffic:\n  rate: 50/s\n  changes: [{ at: 10m, factor: 3, for: 5m }]\n"),
];

/// The series that the examples of traffic name.
const REQUESTS: &str = "time,requests\n00:00,940\n00:05,1020\n";

/// Reads an example as a scenario, with the sections of the good one that it does not give below it.
fn scenario(example: &str, assignments: &[String]) -> (Sources, Diagnostics) {
    let gives = |section: &str| {
        example.lines().any(|line| line.strip_prefix(section).is_some_and(|l| l.starts_with(':')))
    };
    let rest = GOOD.iter().filter(|(section, _)| !gives(section)).map(|(_, text)| *text);
    let whole = format!("{example}{}", rest.collect::<String>());
    let files = MemorySource::new().with("scenario.yaml", whole).with("requests.csv", REQUESTS);
    let loaded = load(Path::new("scenario.yaml"), assignments, &files);
    let refused = loaded.diagnostics.has_errors();
    assert_eq!(loaded.scenario.is_none(), refused, "what is refused is told:\n{example}");
    (loaded.sources, loaded.diagnostics)
}

/// Everything that is told of an example.
fn run(kind: ExampleKind, example: &str) -> (Sources, Diagnostics) {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    match kind {
        ExampleKind::File(name) => {
            read(name, example.into(), &mut sources, &mut to);
        }
        ExampleKind::Scenario => (sources, to) = scenario(example, &[]),
        ExampleKind::Document(key) => {
            if let Some(root) = read("document.yaml", example.into(), &mut sources, &mut to) {
                document(key, &root, &mut sources, &mut to);
            }
        }
        ExampleKind::DocumentPart(key) => {
            let part = read("document.yaml", example.into(), &mut sources, &mut to);
            let good = read("good.yaml", good(key).into(), &mut sources, &mut to);
            if let (Some(part), Some(good)) = (part, good) {
                document(key, &with(good, part), &mut sources, &mut to);
            }
        }
        ExampleKind::Recording(name) => {
            let source = MemorySource::new().with(name, example);
            let mut files = Files::beside(Path::new(""), &source, &mut sources);
            recording(Path::new(name), &mut files, &mut to);
        }
        ExampleKind::Assignment => (sources, to) = scenario("", &[example.into()]),
        ExampleKind::Expression => {
            expression::argument(example, "--assert", &VOCABULARY, &mut sources, &mut to);
        }
    }
    to.sort();
    (sources, to)
}

/// A good document, of which the examples of parts change some keys.
fn good(key: &str) -> &'static str {
    match key {
        "service" => {
            "\
desiredCount: 2
deploymentController: { type: CODE_DEPLOY }
loadBalancers:
  - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
    containerName: web
    containerPort: 8080
"
        }
        "revision" => {
            "\
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
        LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }
"
        }
        "deploymentGroup" => {
            "\
ecsServices: [{ serviceName: web, clusterName: main }]
deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }
blueGreenDeploymentConfiguration:
  terminateBlueInstancesOnDeploymentSuccess: { action: TERMINATE, terminationWaitTimeInMinutes: 5 }
loadBalancerInfo:
  targetGroupPairInfoList:
    - targetGroups: [{ name: blue }, { name: green }]
      prodTrafficRoute: { listenerArns: [production] }
autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }
alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
"
        }
        "alarms" => {
            "\
AlarmName: errors
Namespace: AWS/ApplicationELB
MetricName: HTTPCode_Target_5XX_Count
Statistic: Sum
Period: 60
EvaluationPeriods: 3
DatapointsToAlarm: 2
Threshold: 10
ComparisonOperator: GreaterThanThreshold
TreatMissingData: notBreaching
"
        }
        "scaling" => {
            "\
ServiceNamespace: ecs
ResourceId: service/main/web
ScalableDimension: ecs:service:DesiredCount
ScheduledActionName: morning
Schedule: rate(1 day)
ScalableTargetAction: { MinCapacity: 8 }
"
        }
        _ => panic!("no good document `{key}`"),
    }
}

/// A map with the entries of another in place of its own.
fn with(good: Node, part: Node) -> Node {
    let mut entries = part.entries().expect("a map").to_vec();
    for (key, node) in good.entries().expect("a map") {
        if part.key(&key.name).is_none() {
            entries.push((key.clone(), node.clone()));
        }
    }
    Node::new(Value::Map(entries), part.span)
}

/// Reads an AWS document as what stands under a key of a scenario.
fn document(key: &str, root: &Node, sources: &mut Sources, to: &mut Diagnostics) {
    let field = Field::new(key, root);
    match key {
        "revision" => drop(app_spec(field, sources, to)),
        "deploymentGroup" => drop(deployment_group(field, None, to)),
        "deploymentConfig" => drop(deployment_config(field, ComputePlatform::Ecs, to)),
        "lambdaRevision" => drop(lambda_app_spec(field, sources, to)),
        "hostRevision" => drop(host_app_spec(field, to)),
        "hostGroup" => drop(host_group(field, None, to)),
        "template" => drop(sam_template(field, None, to)),
        "hostConfig" => drop(host_config(field, to)),
        "deploymentConfigName" => {
            let value = text(field, to).expect("a text");
            config_name(&Spanned { value, span: root.span }, ComputePlatform::Ecs, to);
        }
        "service" => drop(service(field, None, DeploymentControllerType::CodeDeploy, to)),
        "scaling" => drop(scaling::documents(field, to)),
        "taskDefinition" => drop(task_definition(field, to)),
        "targetGroups" => drop(target_groups(field, to)),
        "alarms" => drop(alarms(field, None, to)),
        _ => panic!("no document stands under `{key}`"),
    }
}

/// Where the text is kept that a code's example earns.
fn kept_in(code: Code) -> String {
    format!("tests/diagnostics/{code}.txt")
}

#[test]
fn every_example_earns_its_code_with_the_text_that_is_kept() {
    let mut kept = Kept::new();
    for code in Code::all() {
        let Some(example) = code.example() else { continue };
        let (sources, told) = run(example.kind, example.text);
        // Notes tell what plays no part: beside what an example is for they would only be in the way.
        let shown = told.iter().filter(|d| d.severity != Severity::Note || d.code == code);
        let drawn = render::terminal_all(shown, &sources, false);
        if !told.iter().any(|diagnostic| diagnostic.code == code) {
            kept.fault(format!("the example of {code} does not earn it:\n{drawn}"));
        }
        kept.holds(&kept_in(code), drawn.as_bytes());
    }
    kept.judge();
}

/// Notes are allowed: they tell what plays no part, and nothing is wrong with that.
#[test]
fn every_mended_example_earns_neither_its_code_nor_a_warning() {
    for code in Code::all() {
        let (Some(example), Some(mended)) = (code.example(), code.mended()) else { continue };
        let (sources, told) = run(example.kind, mended);
        let fine = told.iter().all(|d| d.code != code && d.severity == Severity::Note);
        assert!(fine, "{code}:\n{}", render::terminal_all(&told, &sources, false));
    }
}

/// What is offered as a patch makes the fault go away, and leaves no other in its place.
#[test]
fn every_patch_of_an_example_mends_it() {
    let mut patched = 0;
    for code in Code::all() {
        let Some(example) = code.example() else { continue };
        let (sources, told) = run(example.kind, example.text);
        for diagnostic in told.iter().filter(|d| d.code == code) {
            let Some((span, instead)) = diagnostic.patch(&sources) else { continue };
            // What was put together with other sections begins with the example.
            let mut text = example.text.to_string();
            assert_eq!(text.get(span.range()), Some(sources.excerpt(span)), "{code}");
            text.replace_range(span.range(), instead);
            let (sources, told) = run(example.kind, &text);
            let drawn = render::terminal_all(&told, &sources, false);
            assert!(told.iter().all(|d| d.code != code), "{code}:\n{text}\n{drawn}");
            patched += 1;
        }
    }
    assert!(patched >= 6, "only {patched} examples have a patch");
}

#[test]
fn no_code_is_left_without_a_text_or_a_test_that_shows_it() {
    for code in Code::all() {
        let elsewhere = SHOWN_ELSEWHERE.iter().find(|of| of.number == code.number());
        assert_ne!(code.example().is_some(), elsewhere.is_some(), "{code} is shown once");
    }
    for Elsewhere { number, why, shown_by: (file, test) } in SHOWN_ELSEWHERE {
        assert!(Code::find(number).is_some() && !why.is_empty(), "{number} is a code");
        let text = fs::read_to_string(in_repository(file)).expect("a file of tests");
        let (_, body) =
            text.split_once(&format!("fn {test}()")).unwrap_or_else(|| panic!("{file}: no {test}"));
        let body = &body[..body.find("\n}\n").expect("a function ends")];
        let shows = body.contains(number) || body.contains("TooLarge") || body.contains("CUT9999");
        assert!(shows, "{file}: {test} does not show {number}");
    }
}

#[test]
fn no_text_is_kept_for_a_code_without_an_example() {
    for entry in fs::read_dir(in_repository("tests/diagnostics")).expect("the folder of texts") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let number = name.strip_suffix(".txt").expect("only texts are kept here");
        let code = Code::find(number).unwrap_or_else(|| panic!("{name} belongs to no code"));
        assert!(code.example().is_some(), "{name} belongs to a code without an example");
    }
}

#[test]
fn the_program_explains_every_code_with_its_example() {
    for code in Code::all() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        let output = command.args(["explain", code.number()]).output().expect("the program starts");
        let told = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success(), "{code}");
        assert!(told.starts_with(&format!("{code}: {}", code.title())), "{told}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&told).contains(&words(code.explanation())), "{told}");
        for text in code.example().map(|example| example.text).into_iter().chain(code.mended()) {
            assert!(words(&told).contains(&words(&visible(text))), "{told}");
        }
    }
}

/// Everything that is told of every example is a log as the standard has it: `tests/data/sarif-excerpt.schema.json` holds what
/// OASIS requires of the parts that are written, and allows no other.
#[test]
fn every_log_has_the_shape_of_sarif() {
    let schema = fs::read(in_repository("tests/data/sarif-excerpt.schema.json")).expect("it");
    let schema: serde_json::Value = serde_json::from_slice(&schema).expect("JSON");
    let judge = jsonschema::validator_for(&schema).expect("a schema");
    let mut fixed = 0;
    for code in Code::all() {
        let Some(example) = code.example() else { continue };
        let (sources, told) = run(example.kind, example.text);
        let text = sarif(told.iter().map(|diagnostic| (diagnostic, &sources)));
        let log: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let faults: Vec<String> = judge.iter_errors(&log).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{code}: {faults:?}\n{text}");
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
        for result in log["runs"][0]["results"].as_array().expect("results") {
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"], "{code}");
            fixed += usize::from(result.get("fixes").is_some());
            for location in result["locations"].as_array().into_iter().flatten() {
                let region = &location["physicalLocation"]["region"];
                let at =
                    |line: &str, column: &str| (region[line].as_u64(), region[column].as_u64());
                assert!(at("startLine", "startColumn") <= at("endLine", "endColumn"), "{text}");
            }
        }
    }
    assert!(fixed >= 6, "only {fixed} results have a fix");
    // The excerpt is no rubber stamp: a log without a version, or with a result without a message, is none.
    for faulty in [
        r#"{"runs": []}"#,
        r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{}]}]}"#,
    ] {
        assert!(!judge.is_valid(&serde_json::from_str(faulty).expect("JSON")), "{faulty}");
    }
}
