//! What an account recorded of its past, as samples of what a scenario assumes: tasks, targets of deployments, metrics.
//!
//! What a recording is, its content says. Which distribution a sample comes from is not looked at here (`analysis::fit`).

mod metric;
mod target;
mod task;

use std::path::Path;

use super::aws_document::{Kind, opened, recognise};
use super::decode::{Field, listed};
use super::source::TRACE_BYTES_MAX;
use super::tree::{self, Node};
use super::unit::{DURATION_MAX, recorded};
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::Files;

pub use metric::{Role, further_series};
pub use target::without_empty;

/// What a duration in a recording is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    /// An assumption, by its name.
    Assumption(&'static str),
    /// How long the function takes that is bound to an event.
    Hook(LifecycleEvent),
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Quantity::Assumption(name) => f.write_str(name),
            Quantity::Hook(event) => write!(f, "hook {event}"),
        }
    }
}

/// Durations of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// What they are.
    pub quantity: Quantity,
    /// How long each was, in milliseconds.
    pub milliseconds: Vec<f64>,
    /// Between which two times: `createdAt to pullStartedAt`; of what, if that is a guess.
    pub between: String,
}

/// How often the function of an event failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The event.
    pub event: LifecycleEvent,
    /// How often it answered.
    pub all: u64,
    /// How often with `Failed`.
    pub failed: u64,
}

/// A series of counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// What is counted.
    pub role: Role,
    /// What it is called.
    pub name: String,
    /// The length of its periods, in milliseconds.
    pub period_ms: u64,
    /// When each period began, in milliseconds since 1970, and the count; in order of time.
    pub counts: Vec<(u64, f64)>,
}

/// What one file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// What it is a recording of, and how many: `40 tasks`.
    pub what: String,
    /// Durations by kind.
    pub observed: Vec<Observed>,
    /// How functions of events answered.
    pub answers: Vec<Answers>,
    /// Series of counts.
    pub counted: Vec<Counted>,
}

/// Reads a recording; what is none, or holds nothing that can be measured, is told.
pub fn recording(path: &Path, files: &mut Files<'_>, to: &mut Diagnostics) -> Option<Recording> {
    let (file, text) = files.text(path, None, TRACE_BYTES_MAX, to)?;
    let whole = Span::new(file, 0..text.len().min(1));
    let told = to.len();
    let found = match is_table(&text) {
        true => metric::table(path, files, to)?,
        false => {
            let name = path.display().to_string();
            let node = tree::read(&name, text.into_bytes(), files.sources(), to)?;
            of_document(&name, &node, to)?
        }
    };
    let is_empty =
        found.observed.is_empty() && found.answers.is_empty() && found.counted.is_empty();
    if is_empty && to.len() == told {
        to.push(nothing(whole, &path.display().to_string()));
    }
    (!is_empty).then_some(found)
}

/// The fault of a recording without anything in it that can be measured.
fn nothing(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(code::EMPTY_RECORDING, span, format!("`{name}` holds nothing to measure"))
        .label("no task that has started, no event that is over, no sample")
        .help("record again after a deployment: stopped tasks can be described for an hour")
}

/// Rows with commas, and no JSON or YAML.
fn is_table(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let first = text.lines().next().unwrap_or_default();
    let begins_a_document = first.starts_with(['{', '[', '-', '#', '%']);
    let names_a_key = first.split_once(": ").is_some() || first.trim_end().ends_with(':');
    first.contains(',') && !begins_a_document && !names_a_key
}

fn of_document(name: &str, root: &Node, to: &mut Diagnostics) -> Option<Recording> {
    let node = opened(Field::new(name, root), to)?.node;
    match recognise(node) {
        Kind::Tasks => Some(task::tasks(node, to)),
        Kind::DeploymentTarget => Some(target::targets(node, to)),
        Kind::MetricData => Some(metric::data(node, to)),
        other => {
            let keys = node.entries().unwrap_or_default();
            let keys: Vec<&str> = keys.iter().map(|(key, _)| key.name.as_str()).collect();
            let what = match other {
                Kind::Unknown => node.describe(),
                _ => other.words().to_string(),
            };
            let told = Diagnostic::new(
                code::WRONG_DOCUMENT,
                node.span,
                format!("`{name}` is {what}, not a recording"),
            )
            .label("tasks, targets of deployments or metrics are needed here")
            .help("record `aws ecs describe-tasks`, `aws deploy batch-get-deployment-targets` or `aws cloudwatch get-metric-data`");
            to.push(match keys.is_empty() {
                true => told,
                false => told.note(format!("its keys are {}", listed(&keys))),
            });
            None
        }
    }
}

/// Every map in a tree that has a key, with the name under which it stands.
fn holders<'a>(node: &'a Node, key: &str, named: &'a str, found: &mut Vec<(&'a str, &'a Node)>) {
    if node.key(key).is_some() {
        found.push((named, node));
        return;
    }
    let items = node.items().unwrap_or_default().iter().map(|item| (named, item));
    let entries = node.entries().unwrap_or_default().iter();
    let entries = entries.map(|(key, value)| (key.name.as_str(), value));
    items.chain(entries).for_each(|(named, node)| holders(node, key, named, found));
}

/// The time under a key, in milliseconds since 1970, however it was recorded.
fn time(node: &Node, key: &str) -> Option<u64> {
    let value = node.key(key)?;
    if let Some(text) = value.scalar() {
        return recorded(text);
    }
    // What a recorder keeps of a point in time: its parts.
    let part = |key: &str| value.key(key).and_then(Node::scalar)?.parse::<u64>().ok();
    let optional = |key: &str| part(key).unwrap_or(0);
    recorded(&format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
        part("year")?,
        part("month")?,
        part("day")?,
        optional("hour"),
        optional("minute"),
        optional("second"),
        optional("microsecond"),
    ))
}

/// Durations of one kind, while they are gathered.
#[derive(Debug, Default)]
struct Gathered {
    found: Vec<Observed>,
}

impl Gathered {
    /// Adds a duration from one time to another; one that ends before it begins, or that no scenario takes, is told and left
    /// out.
    fn add(
        &mut self,
        quantity: Quantity,
        between: &'static str,
        times: (Option<u64>, Option<u64>),
        span: Span,
        to: &mut Diagnostics,
    ) {
        let (Some(from), Some(until)) = times else { return };
        let duration = match until.checked_sub(from) {
            Some(duration) if duration <= DURATION_MAX.as_millis() => duration,
            odd => {
                let how = if odd.is_some() { "longer than ten years" } else { "negative" };
                to.push(
                    Diagnostic::new(code::ODD_RECORD, span, format!("{between} is {how} here"))
                        .label("left out")
                        .help("see whether the times come from one clock"),
                );
                return;
            }
        };
        let is_here =
            |observed: &&mut Observed| observed.quantity == quantity && observed.between == between;
        match self.found.iter_mut().find(is_here) {
            Some(observed) => observed.milliseconds.push(duration as f64),
            None => self.found.push(Observed {
                quantity,
                milliseconds: vec![duration as f64],
                between: between.to_string(),
            }),
        }
    }
}

/// "1 task", "12 tasks".
fn several(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
