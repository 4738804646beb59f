//! What the steps of `deployment.external` wait for, as it is written.
//!
//! Alarms are looked up where the parts are joined (`join::external`).

use super::idle::idle;
use crate::aws::alarm::StateValue;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, choice, integer, list, listed, suggestion, text};
use crate::input::tree::Value;
use crate::input::unit;
use crate::scenario::external::NamedSet;

/// A condition as it is written.
#[derive(Debug)]
pub enum WrittenCondition {
    /// `elapsed`.
    Elapsed(SimDuration),
    /// `at`.
    At(SimDuration),
    /// `steady`.
    Steady(NamedSet),
    /// `gone`.
    Gone(NamedSet),
    /// `healthy`.
    Healthy(NamedSet, u32),
    /// `alarm`.
    Alarm(Spanned<String>, StateValue),
    /// `all`.
    All(Vec<WrittenCondition>),
    /// `any`.
    Any(Vec<WrittenCondition>),
}

impl WrittenCondition {
    pub(super) fn collect_alarms<'a>(&'a self, to: &mut Vec<&'a Spanned<String>>) {
        match self {
            Self::Alarm(name, _) => to.push(name),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect_alarms(to));
            }
            _ => {}
        }
    }
}

/// Conditions may stand in each other so deep.
const DEPTH_MAX: usize = 8;

/// One condition, with one key that says of what kind it is.
pub(super) fn condition(
    field: Field,
    names: &[String],
    depth: usize,
    to: &mut Diagnostics,
) -> Option<WrittenCondition> {
    const KINDS: [&str; 8] = ["elapsed", "at", "steady", "gone", "healthy", "alarm", "all", "any"];
    if depth > DEPTH_MAX {
        let title = format!("conditions stand in each other more than {DEPTH_MAX} deep");
        to.push(Diagnostic::new(code::BAD_LENGTH, field.node.span, title));
        return None;
    }
    let mut map = Map::open(field, to)?;
    let set = |field: Field, to: &mut Diagnostics| known(field, names, to);
    let parts = |field: Field, to: &mut Diagnostics| {
        list(|field: Field, to: &mut Diagnostics| condition(field, names, depth + 1, to))(field, to)
    };
    let found = match map.one_of(&KINDS)? {
        "elapsed" => map.required("elapsed", unit::duration).map(WrittenCondition::Elapsed),
        "at" => map.required("at", unit::duration).map(WrittenCondition::At),
        "steady" => map.required("steady", set).map(WrittenCondition::Steady),
        "gone" => map.required("gone", set).map(WrittenCondition::Gone),
        "healthy" => {
            map.required("healthy", |field: Field, to: &mut Diagnostics| healthy(field, names, to))
        }
        "alarm" => map.required("alarm", alarm),
        "all" => map.required("all", parts).map(WrittenCondition::All),
        _ => map.required("any", parts).map(WrittenCondition::Any),
    };
    if let Some((span, title, why)) = found.as_ref().and_then(|found| emptiness(found, field)) {
        map.tell(idle(span, title, why).help("name the conditions, or take it away"));
    }
    map.finish();
    found
}

/// What a condition without parts comes to.
fn emptiness(found: &WrittenCondition, field: Field) -> Option<(Span, &'static str, &'static str)> {
    let span = field.node.span;
    match found {
        WrittenCondition::All(parts) if parts.is_empty() => {
            Some((span, "`all` names no condition", "holds always"))
        }
        WrittenCondition::Any(parts) if parts.is_empty() => {
            Some((span, "`any` names no condition", "never holds"))
        }
        _ => None,
    }
}

/// `healthy: {taskSet: canary, count: 4}`.
fn healthy(field: Field, names: &[String], to: &mut Diagnostics) -> Option<WrittenCondition> {
    let mut map = Map::open(field, to)?;
    let set = map.required("taskSet", |field: Field, to: &mut Diagnostics| known(field, names, to));
    let count = map.required("count", integer(1..=5000));
    map.finish();
    let count = u32::try_from(count?).expect("within the range");
    Some(WrittenCondition::Healthy(set?, count))
}

/// `alarm: NAME`, which must be in ALARM, or `alarm: {name: NAME, state: OK}`.
fn alarm(field: Field, to: &mut Diagnostics) -> Option<WrittenCondition> {
    let spanned = |field: Field, to: &mut Diagnostics| {
        text(field, to).map(|value| Spanned { value, span: field.node.span })
    };
    if !matches!(field.node.value, Value::Map(_)) {
        return spanned(field, to).map(|name| WrittenCondition::Alarm(name, StateValue::Alarm));
    }
    let mut map = Map::open(field, to)?;
    let name = map.required("name", spanned);
    let states = StateValue::ALL.iter().map(|state| (state.as_str(), *state)).collect::<Vec<_>>();
    let state = map.or("state", choice(&states), StateValue::Alarm);
    map.finish();
    Some(WrittenCondition::Alarm(name?, state))
}

/// A task set that a step before has created, or the original.
pub(super) fn known(field: Field, names: &[String], to: &mut Diagnostics) -> Option<NamedSet> {
    let name = text(field, to)?;
    let found = names.iter().position(|known| *known == name);
    if found.is_none() {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let title = format!("no step before creates a task set `{name}`");
        let help = suggestion(&name, &known);
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, field.node.span, title)
                .label("not known here")
                .help(help.unwrap_or_else(|| format!("there are {}", listed(&known)))),
        );
    }
    found.map(|position| NamedSet(u8::try_from(position).unwrap_or(u8::MAX)))
}
