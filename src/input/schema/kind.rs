//! The kinds of values: durations, shares, numbers, words, as `unit` and `decode` read them.
//!
//! A number may stand in quotes, and a text may look like a number: what readers take is no fault here.

use serde_json::{Value, json};

use super::map::{key, map, variants};
use crate::scenario::traffic_routing::PREDEFINED;

/// The kinds that are used in many places.
pub fn definitions() -> Value {
    let decimal = r"[0-9]+(\.[0-9]+)?";
    json!({
        "duration": {
            "type": "string",
            "pattern": format!("^({decimal}d)?({decimal}h)?({decimal}m)?({decimal}s)?({decimal}ms)?$"),
            "minLength": 2,
            "examples": ["30s", "5m", "1h", "1m30s", "300ms"],
        },
        "rate": {
            "type": "string",
            "pattern": format!(r"^\s*{decimal}\s*/\s*[smh]\s*$"),
            "examples": ["50/s", "3000/m", "10/h"],
        },
        "share": {
            "type": ["string", "number"],
            "pattern": format!(r"^({decimal}\s*%|0*\.?[0-9]+(\.[0-9]+)?)$"),
            "minimum": 0,
            "maximum": 1,
            "examples": ["2%", 0.02],
        },
        "latency": {"anyOf": [duration(), distribution(&duration())]},
        "amount": {"anyOf": [number(1e-9, 1e12), distribution(&number(1e-9, 1e12))]},
    })
}

/// A distribution of such values.
fn distribution(value: &Value) -> Value {
    let bounds = json!({"type": "array", "items": value, "minItems": 2, "maxItems": 2});
    let lognormal = variants([
        vec![
            key("median", "Half of the values are below.", value.clone()).required(),
            key("p95", "One of twenty values is above.", value.clone()).required(),
        ],
        vec![
            key("mean", "The mean.", value.clone()).required(),
            key("cv", "Standard deviation over mean, `0.5` or `50%`.", ratio()).required(),
        ],
    ]);
    let pareto = map(&[
        key("minimum", "No value is below.", value.clone()).required(),
        key("shape", "The smaller, the heavier the tail.", number(1e-3, 1e3)).required(),
    ]);
    let measured = map(&[
        key("csv", "A CSV file whose first row names the columns.", path()).required(),
        key("column", "Which column. Default: the last.", text()),
        key("unit", "The unit of durations; none for plain numbers.", one_of(&["ms", "s", "m"])),
    ]);
    let values = items_of(value.clone());
    let mut all = map(&[
        key("constant", "Always the same.", value.clone()),
        key("uniform", "Each value between the two alike.", bounds.clone()),
        key("exponential", "With this mean.", value.clone()),
        key("lognormal", "By median and p95, or by mean and cv.", lognormal),
        key("pareto", "A heavy tail.", pareto),
        key(
            "empirical",
            "One of these, or of a column of a CSV file.",
            json!({"anyOf": [values, measured]}),
        ),
        key("within", "Cut off: what would lie beyond a bound is that bound.", bounds),
    ]);
    all["minProperties"] = json!(1);
    all["maxProperties"] = json!(2);
    all
}

/// What is defined under this name.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// `30s`.
pub fn duration() -> Value {
    reference("duration")
}

/// A duration, or a distribution of durations.
pub fn latency() -> Value {
    reference("latency")
}

/// `50/s`.
pub fn rate() -> Value {
    reference("rate")
}

/// `2%`, `0.02`.
pub fn share() -> Value {
    reference("share")
}

/// A text; what looks like a number is one too.
pub fn text() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

/// The path of a file, from where the scenario stands.
pub fn path() -> Value {
    json!({"type": "string", "minLength": 1, "examples": ["data/measured.csv"]})
}

/// One of these words.
pub fn one_of(words: &[&str]) -> Value {
    json!({"enum": words})
}

/// `true` or `false`; quotes around it do no harm.
pub fn switch() -> Value {
    json!({"enum": [true, false, "true", "false"]})
}

/// A whole number from `min` to `max`.
pub fn integer(min: i64, max: i64) -> Value {
    json!({
        "type": ["integer", "string"],
        "minimum": min,
        "maximum": max,
        "pattern": r"^(0x[0-9A-Fa-f]+|0o[0-7]+|[+-]?[0-9]+(\.0*)?)$",
        "examples": [min.max(1)],
    })
}

/// A number from `min` to `max`.
pub fn number(min: f64, max: f64) -> Value {
    json!({
        "type": ["number", "string"],
        "minimum": min,
        "maximum": max,
        "pattern": r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$",
        "examples": [min.max(1.0)],
    })
}

/// `0.5` or `50%`, up to a hundred times the whole.
fn ratio() -> Value {
    json!({
        "type": ["number", "string"],
        "minimum": 0,
        "maximum": 100,
        "pattern": r"^[+]?[0-9.]+([eE][+-]?[0-9]+)?\s*%?$",
        "examples": [0.5],
    })
}

/// A number of tasks.
pub fn tasks() -> Value {
    integer(0, 10_000)
}

/// A number of tasks that a service or a bound of scaling can have.
pub fn capacity() -> Value {
    integer(0, 5000)
}

/// One of the two sides.
pub fn role() -> Value {
    one_of(&["original", "replacement"])
}

/// Items of one kind.
pub fn list_of(item: Value) -> Value {
    json!({"type": "array", "items": item})
}

/// Items of one kind, or a single one without brackets.
pub fn items_of(item: Value) -> Value {
    json!({"anyOf": [list_of(item.clone()), item]})
}

/// A deployment configuration: AWS's own are offered, others may be the account's.
pub fn config_name() -> Value {
    let known: Vec<&str> = PREDEFINED.iter().map(|config| config.name).collect();
    json!({"type": "string", "anyOf": [{"enum": known}, {"minLength": 1}]})
}

/// An AWS document: its path, itself, or its text as a block; what it holds only `cutover check` knows.
pub fn document() -> Value {
    json!({"type": ["string", "object", "array"]})
}

/// A part of a document, in the API's own spelling, its keys being for hover and completion only.
pub fn open(keys: &[super::map::Key]) -> Value {
    let mut part = map(keys);
    part["additionalProperties"] = json!(true);
    part
}
