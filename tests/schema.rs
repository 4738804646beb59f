//! The schema of the scenario file says what the readers say: key by key, and of whole files.
//!
//! `UPDATE=1 cargo test --test schema` writes `docs/reference/scenario.schema.json` anew.

#[path = "support/kept.rs"]
mod kept;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use cutover::diagnostic::code::{self, Code, ExampleKind};
use cutover::diagnostic::{Diagnostics, Severity, Sources};
use cutover::input::load;
use cutover::input::schema::{FILE, schema};
use cutover::input::source::MemorySource;
use cutover::input::tree::{self, Node};
use cutover::scenario::assumption::Assumptions;
use kept::{Kept, in_repository};
use serde_json::{Value, json};

// ---- the file, the command, the scenarios ------------------------------------------------------------

#[test]
fn the_command_prints_the_file_of_the_repository() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
    let output = command.arg("schema").output().expect("the program starts");
    assert!(output.status.success() && output.stderr.is_empty());
    let mut kept = Kept::new();
    kept.holds(FILE, &output.stdout);
    kept.judge();
}

#[test]
fn the_schema_is_one() {
    jsonschema::meta::validate(&schema()).expect("a schema of 2020-12");
}

/// The last line, so that no other line has another number.
#[test]
fn every_shipped_scenario_ends_with_the_place_of_the_schema_and_is_valid() {
    let judge = jsonschema::validator_for(&schema()).expect("a schema");
    let mut count = 0;
    for entry in fs::read_dir(in_repository("scenarios")).expect("the folder of scenarios") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a scenario");
        let shown = path.display();
        let modeline = format!("\n# yaml-language-server: $schema=../{FILE}\n");
        assert!(text.ends_with(&modeline), "{shown} ends with{modeline}");
        let faults = faults(&judge, &value_of(&text));
        assert!(faults.is_empty(), "{shown}:\n{}", faults.join("\n"));
        count += 1;
    }
    assert!(count > 20, "only {count} scenarios");
}

#[test]
fn first_scenarios_are_valid() {
    let judge = jsonschema::validator_for(&schema()).expect("a schema");
    for platform in ["ecs", "lambda", "ec2"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        let output = command.args(["init", "--platform", platform]).output().expect("it starts");
        let text = String::from_utf8(output.stdout).expect("text");
        let faults = faults(&judge, &value_of(&text));
        assert!(faults.is_empty(), "{platform}:\n{}", faults.join("\n"));
    }
}

fn faults(judge: &jsonschema::Validator, scenario: &Value) -> Vec<String> {
    judge.iter_errors(scenario).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A text as an editor's reader of YAML sees it.
fn value_of(text: &str) -> Value {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let root = tree::read("scenario.yaml", text.into(), &mut sources, &mut to);
    plain(&root.unwrap_or_else(|| panic!("readable:\n{text}")))
}

fn plain(node: &Node) -> Value {
    match &node.value {
        tree::Value::Null | tree::Value::Unread => Value::Null,
        tree::Value::Bool(value) => json!(value),
        tree::Value::Number(text) => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => json!(whole),
            (_, Ok(number)) => json!(number),
            _ => json!(text),
        },
        tree::Value::Text { text, .. } => json!(text),
        tree::Value::List(items) => items.iter().map(plain).collect(),
        tree::Value::Map(entries) => Value::Object(
            entries.iter().map(|(key, node)| (key.name.clone(), plain(node))).collect(),
        ),
    }
}

// ---- examples of codes -------------------------------------------------------------------------------

/// Codes of a scenario's own shape that a schema knows nothing of, each with the reason.
const BEYOND_A_SCHEMA: &[(&str, &str)] = &[
    ("CUT0001", "whether a file is there"),
    ("CUT0116", "what a CSV file holds"),
    ("CUT0109", "that the higher bound is the higher one"),
];

/// The examples of the shape of a scenario, with the other sections of a good one.
#[test]
fn what_is_faulty_in_itself_is_faulty_to_the_schema_and_what_is_mended_is_not() {
    let judge = jsonschema::validator_for(&schema()).expect("a schema");
    let mut told = 0;
    for code in Code::all().filter(|code| code.number() < "CUT0200") {
        let Some(example) = code.example() else { continue };
        if example.kind != ExampleKind::Scenario || code.severity() != Severity::Error {
            continue;
        }
        let is_beyond = BEYOND_A_SCHEMA.iter().any(|(beyond, _)| *beyond == code.number());
        let is_faulty = |text: &str| !faults(&judge, &whole(text)).is_empty();
        assert_eq!(is_faulty(example.text), !is_beyond, "{code}: {}", example.text);
        if let Some(mended) = code.mended() {
            let faults = faults(&judge, &whole(mended));
            assert!(faults.is_empty(), "{code}, mended: {}", faults.join("\n"));
        }
        told += usize::from(!is_beyond);
    }
    assert!(told >= 12, "only {told} examples");
}

/// An example's sections beside the others of a good scenario.
fn whole(example: &str) -> Value {
    let mut scenario = good("service");
    for (key, value) in value_of(example).as_object().expect("sections") {
        scenario[key] = value.clone();
    }
    scenario
}

// ---- key by key --------------------------------------------------------------------------------------

/// A scenario that can be played, by what it deploys to.
fn good(platform: &str) -> Value {
    let resource = match platform {
        "function" => json!({"FunctionName": "checkout"}),
        "instances" => json!({"count": 3}),
        _ => json!({
            "serviceName": "web",
            "desiredCount": 2,
            "deploymentController": {"type": "CODE_DEPLOY"},
        }),
    };
    json!({"cutover": 1, "deployment": {}, "resources": {platform: resource}})
}

/// Keys that a reader asks for only to refuse them with a reason: the place, and the keys.
const REFUSED: &[(&str, &[&str])] = &[
    ("/deployment", &["at", "after", "retry"]),
    ("/deployments/0", &["at", "after", "retry"]),
    ("/deployments/1", &["deploymentGroup"]),
    ("/operator/0", &["deploymentGroup"]),
    ("/lifecycle/Install", &["duration"]),
];

/// Keys that are taken away before the section is read; shipped scenarios have them.
const TAKEN_BEFORE: &[(&str, &[&str])] = &[(
    "/resources",
    &[
        "template",
        "templateFunction",
        "templateParameters",
        "updatedTemplate",
        "rollbackConfiguration",
    ],
)];

/// A key that is near to none.
const UNKNOWN: &str = "qqqqqqqqqqqqqqqqqqqqqqqq";

/// One closed map of the schema, and a value of it with a key that nobody knows.
struct Probe {
    place: String,
    keys: BTreeSet<String>,
    /// What is told only of other variants of the same map.
    others: BTreeSet<String>,
    value: Value,
}

/// Every closed map in a part of the schema, its value being one of the whole part.
fn probes(part: &Value, root: &Value, place: &str) -> Vec<Probe> {
    let part = resolved(part, root);
    let alternatives = ["oneOf", "anyOf"].iter().filter_map(|key| part[*key].as_array()).flatten();
    let alternatives: Vec<&Value> = alternatives.map(|one| resolved(one, root)).collect();
    let keys_of = |map: &Value| -> BTreeSet<String> {
        map["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    let others: BTreeSet<String> = alternatives.iter().flat_map(|other| keys_of(other)).collect();
    let mut found = Vec::new();
    for map in alternatives.iter().copied().chain([part]) {
        if map["additionalProperties"] == json!(false) {
            let mut value = sample(map, root);
            value[UNKNOWN] = json!(1);
            let (keys, others) = (keys_of(map), others.clone());
            found.push(Probe { place: place.into(), keys, others, value });
        }
        for (key, inner) in map["properties"].as_object().into_iter().flatten() {
            for probe in probes(inner, root, &format!("{place}/{key}")) {
                let mut value = sample(map, root);
                value[key] = probe.value;
                found.push(Probe { value, ..probe });
            }
        }
        let first = map["prefixItems"].as_array().map_or(&[][..], Vec::as_slice);
        let items = first.iter().chain(Some(&map["items"]).filter(|items| items.is_object()));
        for (index, inner) in items.enumerate() {
            for probe in probes(inner, root, &format!("{place}/{index}")) {
                let before = first[..index].iter().map(|item| sample(item, root));
                let value = before.chain([probe.value]).collect();
                found.push(Probe { value, ..probe });
            }
        }
    }
    found
}

fn resolved<'a>(part: &'a Value, root: &'a Value) -> &'a Value {
    match part["$ref"].as_str() {
        Some(reference) => root.pointer(&reference[1..]).expect("a definition"),
        None => part,
    }
}

/// The least value that is valid.
fn sample(part: &Value, root: &Value) -> Value {
    let part = resolved(part, root);
    if let Some(value) = part.get("const").or(part["enum"].get(0)).or(part["examples"].get(0)) {
        return value.clone();
    }
    if part["properties"].is_object() {
        let required = part["required"].as_array().into_iter().flatten();
        let required = required.map(|key| key.as_str().expect("a name"));
        let entries = required.map(|key| (key.into(), sample(&part["properties"][key], root)));
        return Value::Object(entries.collect());
    }
    match part["oneOf"].get(0).or(part["anyOf"].get(0)) {
        Some(first) => sample(first, root),
        None if part["type"] == "array" => json!([sample(&part["items"], root)]),
        None if part["type"] == "object" => json!({}),
        None => json!("x"),
    }
}

/// The keys that the reader of a place names when it meets one that it does not know.
fn known(probe: &Probe, platform: &str) -> Option<BTreeSet<String>> {
    let mut scenario = good(platform);
    if probe.place.starts_with("/deployments") {
        scenario.as_object_mut().expect("a map").remove("deployment");
    }
    match probe.place.split('/').nth(1) {
        None => scenario[UNKNOWN] = json!(1),
        Some(section) => match (scenario[section].as_object_mut(), &probe.value[section]) {
            (Some(good), Value::Object(asked)) => good.extend(asked.clone()),
            (_, asked) => scenario[section] = asked.clone(),
        },
    }
    let files = MemorySource::new().with("scenario.json", scenario.to_string());
    let loaded = load(Path::new("scenario.json"), &[], &files);
    let is_it = |title: &str| title.contains(UNKNOWN);
    let told =
        loaded.diagnostics.iter().find(|d| d.code == code::UNKNOWN_KEY && is_it(&d.title))?;
    let list = told.help.as_deref()?.strip_prefix("known here: ")?;
    Some(list.split(", ").map(|key| key.trim_matches('`').to_string()).collect())
}

fn at<'a>(table: &'a [(&str, &[&str])], place: &str) -> &'a [&'a str] {
    table.iter().find(|(of, _)| *of == place).map_or(&[], |(_, keys)| keys)
}

/// Both ways: what the schema offers and no reader takes, what a reader takes and the schema does not offer.
fn differences(schema: &Value) -> Vec<String> {
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    let all = probes(schema, schema, "");
    for probe in &all {
        if probe.place == "/assumptions" {
            // Longer than any list in a message: made of the same table.
            let names = Assumptions::TABLE.iter().map(|one| one.name.to_string());
            assert_eq!(probe.keys, names.chain(["preset".into()]).collect());
            continue;
        }
        let platforms = ["service", "function", "instances"];
        let known_here: BTreeSet<String> =
            platforms.iter().filter_map(|platform| known(probe, platform)).flatten().collect();
        if known_here.is_empty() {
            wrong.push(format!("{}: nobody reads {}", probe.place, probe.value));
        }
        let (refused, taken) = (at(REFUSED, &probe.place), at(TAKEN_BEFORE, &probe.place));
        let is_taken = |key: &String| known_here.contains(key) || taken.contains(&key.as_str());
        for key in probe.keys.iter().filter(|key| !is_taken(key)) {
            wrong.push(format!("{}: no reader knows `{key}`", probe.place));
        }
        let is_offered = |key: &String| {
            probe.keys.contains(key)
                || probe.others.contains(key)
                || refused.contains(&key.as_str())
        };
        for key in known_here.iter().filter(|key| !is_offered(key)) {
            wrong.push(format!("{}: the schema lacks `{key}`", probe.place));
        }
        seen.insert(&probe.place);
    }
    assert!(seen.len() > 40, "only {} places", seen.len());
    wrong
}

#[test]
fn every_closed_map_has_the_keys_that_its_reader_knows() {
    let wrong = differences(&schema());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_key_that_only_one_side_knows_is_found_out() {
    let mut schema = schema();
    let mut keys = |place: &str, change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        change(schema.pointer_mut(place).and_then(Value::as_object_mut).expect("keys"));
    };
    keys("/properties/client/properties", &|keys| drop(keys.remove("timeout")));
    keys("/$defs/hook/properties", &|keys| {
        keys.insert("moody".into(), json!({"description": "Whether it is."}));
    });
    let wrong = differences(&schema);
    assert!(wrong.contains(&"/client: the schema lacks `timeout`".into()), "{wrong:?}");
    assert!(wrong.contains(&"/hooks/BeforeInstall: no reader knows `moody`".into()), "{wrong:?}");
}

#[test]
fn every_key_says_what_it_means() {
    fn walk(part: &Value, place: &str, count: &mut usize) {
        for (key, inner) in part["properties"].as_object().into_iter().flatten() {
            let about = inner["description"].as_str().unwrap_or_default();
            assert!(about.ends_with('.') && about.len() > 8, "{place}/{key}: {about:?}");
            *count += 1;
        }
        match part {
            Value::Object(entries) => {
                // A condition repeats keys that are told elsewhere.
                for (key, inner) in entries.iter().filter(|(key, _)| *key != "if") {
                    walk(inner, &format!("{place}/{key}"), count);
                }
            }
            Value::Array(items) => items.iter().for_each(|inner| walk(inner, place, count)),
            _ => {}
        }
    }
    let mut count = 0;
    walk(&schema(), "", &mut count);
    assert!(count > 300, "only {count} keys");
}
