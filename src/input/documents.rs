//! A scenario points at documents: each is read and put where its path stood, before anything is decoded.
//!
//! So a document that is pasted and one that is named are the same, and `--set` reaches into both.

use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::Files;
use crate::input::decode::{Field, Map};
use crate::input::series;
use crate::input::tree::{self, Assignment, Node, Value};

/// Where a scenario may name an AWS document instead of holding it; an empty key is any item of a list.
const PLACES: [&[&str]; 21] = [
    &["deployment", "updateService"],
    &["deployments", "", "updateService"],
    &["deployment", "deploymentGroup"],
    &["deployment", "deploymentConfig"],
    &["deployment", "revision"],
    &["deployments", "", "deploymentGroup"],
    &["deployments", "", "deploymentConfig"],
    &["deployments", "", "revision"],
    &["operator", "", "deploymentConfig"],
    &["operator", "", "revision"],
    &["resources", "service"],
    &["resources", "taskDefinition"],
    &["resources", "targetGroups"],
    &["resources", "alarms", ""],
    &["resources", "alarms"],
    &["resources", "scaling", ""],
    &["resources", "scaling"],
    &["resources", "listeners"],
    &["resources", "template", ""],
    &["resources", "template"],
    &["resources", "updatedTemplate"],
];

/// How deep a measured series may stand in a scenario.
const DEPTH_MAX: usize = 16;

/// Puts every document and series in its place, and applies the assignments: those that say where a
/// document is before it is read, the others after.
pub fn gather(
    root: &mut Node,
    assignments: &[Assignment],
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) {
    let early =
        |assignment: &&Assignment| PLACES.iter().any(|place| assignment.path.reaches(place));
    for assignment in assignments.iter().filter(early) {
        assignment.apply(root, to);
    }
    for place in PLACES {
        read_at(place, root, files, to);
    }
    for assignment in assignments.iter().filter(|assignment| !early(assignment)) {
        assignment.apply(root, to);
    }
    for section in ["deployments", "operator", "revisions", "hooks", "lifecycle", "assumptions"] {
        if let Some(node) = root.key_mut(section) {
            read_measured(node, 0, files, to);
        }
    }
}

/// Reads the documents that stand at a place, one in each item of a list.
fn read_at(place: &[&str], node: &mut Node, files: &mut Files<'_>, to: &mut Diagnostics) {
    match (place, &mut node.value) {
        ([key], _) => {
            if let Some(node) = node.key_mut(key) {
                read_in_place(key, node, files, to);
            }
        }
        ([key, ""], _) => {
            let list = node.key_mut(key).map(|list| &mut list.value);
            if let Some(Value::List(items)) = list {
                items.iter_mut().for_each(|item| read_in_place(key, item, files, to));
            }
        }
        (["", rest @ ..], Value::List(items)) => {
            items.iter_mut().for_each(|item| read_at(rest, item, files, to));
        }
        ([key, rest @ ..], _) => {
            if let Some(node) = node.key_mut(key) {
                read_at(rest, node, files, to);
            }
        }
        ([], _) => {}
    }
}

/// A path becomes the document that it names; a text of several lines is the document itself.
fn read_in_place(key: &str, node: &mut Node, files: &mut Files<'_>, to: &mut Diagnostics) {
    let Value::Text { text, .. } = &node.value else { return };
    let told = to.len();
    let document = if text.contains('\n') {
        pasted(key, text, node.span, files, to)
    } else {
        files.tree(text, Some(node.span), to)
    };
    // A text that is no YAML and no JSON is none to CodeDeploy either (CD-VAL-4); a file that is not there is ours.
    let stands_in_the_text =
        |fault: &Diagnostic| fault.span.is_some_and(|span| span.file != node.span.file);
    if key == "revision" && to.iter().skip(told).all(stands_in_the_text) {
        to.refuse_since(told, Exception::InvalidRevision);
    }
    // A fault in the document is told there; what is left in place must not be told again.
    *node = document.unwrap_or_else(|| Node::new(Value::Unread, node.span));
}

/// The tree of a document that is pasted as a block of text, shown under the scenario's name and its key.
fn pasted(
    key: &str,
    text: &str,
    span: Span,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Node> {
    // What begins as JSON is read as JSON: broken JSON must not pass as YAML.
    let inner = text.trim_start().strip_prefix('{').map(str::trim_start);
    let format = if inner.is_some_and(|inner| inner.starts_with('"')) { "json" } else { "yaml" };
    let name = format!("{}#{key}.{format}", files.sources().name(span.file));
    tree::read(&name, text.into(), files.sources(), to)
}

/// `{ empirical: { csv: durations.csv, column: seconds, unit: s } }` becomes the list of its values.
fn read_measured(node: &mut Node, depth: usize, files: &mut Files<'_>, to: &mut Diagnostics) {
    if depth > DEPTH_MAX {
        return;
    }
    match &mut node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                let is_series = key.name == "empirical" && value.key("csv").is_some();
                if is_series {
                    // A fault in the series is told there; what is left in place must not be told again.
                    *value = measured(value, files, to)
                        .unwrap_or_else(|| Node::new(Value::Unread, value.span));
                } else {
                    read_measured(value, depth + 1, files, to);
                }
            }
        }
        Value::List(items) => {
            items.iter_mut().for_each(|item| read_measured(item, depth + 1, files, to));
        }
        _ => {}
    }
}

/// The list that a column stands for: durations in the unit that is named, plain numbers without one.
fn measured(node: &Node, files: &mut Files<'_>, to: &mut Diagnostics) -> Option<Node> {
    let scalar = |key: &str| node.key(key).and_then(Node::scalar);
    let path = node.key("csv")?;
    let unit = scalar("unit");
    let milliseconds = match unit {
        None => None,
        Some("ms") => Some(1.0),
        Some("s") => Some(1000.0),
        Some("m") => Some(60_000.0),
        Some(other) => {
            let span = node.key("unit").map(|unit| unit.span);
            let title = format!("`unit` is `{other}`, not `ms`, `s` or `m`");
            to.push(
                Diagnostic::new(code::UNKNOWN_CHOICE, span, title)
                    .label("unknown unit")
                    .help("write the unit of the column: `ms`, `s` or `m`"),
            );
            return None;
        }
    };
    let mut map = Map::open(Field::new("empirical", node), to)?;
    for key in ["csv", "column", "unit"] {
        map.has(key);
    }
    map.finish();
    let field = Field::new("csv", path);
    let values = series::column(field, scalar("column"), 0.0..=3.2e11, files, to)?;
    let items = values.into_iter().map(|value| {
        let value = match milliseconds {
            None => Value::Number(value.to_string()),
            Some(factor) => {
                let text = format!("{}ms", (value * factor).round());
                Value::Text { text, quoted: false }
            }
        };
        Node::new(value, path.span)
    });
    Some(Node::new(Value::List(items.collect()), path.span))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::diagnostic::Severity;
    use crate::input::load;
    use crate::input::source::MemorySource;

    /// What is wrong with a scenario with these alarms, beside files of alarms, and how many alarms it watches.
    fn loaded(alarms: &str) -> (Vec<String>, usize) {
        const ALARM: &str = r#"{"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount", "Statistic": "Sum",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "LessThanThreshold", "AlarmName": "#;
        let files = MemorySource::new()
            .with("web.yaml", include_str!("../../scenarios/ecs-alarm-canary.yaml"))
            .with("a.json", format!("{ALARM}\"a\"}}"))
            .with("both.json", format!("{{\"MetricAlarms\": [{ALARM}\"a\"}}, {ALARM}\"b\"}}]}}"))
            .with("b.json", format!("{{\"MetricAlarms\": [{ALARM}\"b\"}}]}}"));
        let settings = [
            format!("resources.alarms={alarms}"),
            "deployment.deploymentGroup.alarmConfiguration.alarms=[{ name: a }, { name: b }]"
                .into(),
        ];
        let loaded = load(Path::new("web.yaml"), &settings, &files);
        let faults = loaded.diagnostics.iter().filter(|told| {
            told.severity == Severity::Error || told.title.contains("is not described")
        });
        let faults = faults.map(|told| format!("{} {}", told.code, told.title)).collect();
        (faults, loaded.scenario.map_or(0, |scenario| scenario.monitoring.alarms.len()))
    }

    #[test]
    fn alarms_are_named_pasted_or_both() {
        assert_eq!(loaded("both.json"), (vec![], 2));
        assert_eq!(loaded("[a.json, b.json]"), (vec![], 2));
        assert_eq!(loaded("[b.json, { AlarmName: a, AlarmRule: ALARM(b) }]"), (vec![], 2));
        let undescribed = "CUT0306 the alarm `b` is not described".to_string();
        assert_eq!(loaded("a.json"), (vec![undescribed], 1));
        let missing = "CUT0001 there is no file `gone.json`".to_string();
        let undescribed = "CUT0306 the alarm `a` is not described".to_string();
        for alone in ["gone.json", "[gone.json]"] {
            assert_eq!(loaded(alone).0[0], missing);
            assert!(loaded(alone).0[1..].iter().all(|told| told.starts_with("CUT0306")));
        }
        assert_eq!(loaded("[gone.json, b.json]"), (vec![missing, undescribed], 0), "told once");
    }
}
