//! The names an expression may use, and the kinds of their values.

use super::Fault;
use crate::diagnostic::code;
use crate::input::decode::{listed, suggestion};

/// What kind of value something has; only equal kinds can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A plain number or count.
    Number,
    /// A time, compared with `30s`.
    Duration,
    /// A share, compared with `10%`.
    Share,
    /// One of these words; any word if there are none.
    Word(&'static [&'static str]),
}

impl Kind {
    /// Whether values of both kinds can be compared.
    pub const fn fits(self, other: Kind) -> bool {
        matches!(
            (self, other),
            (Kind::Number, Kind::Number)
                | (Kind::Duration, Kind::Duration)
                | (Kind::Share, Kind::Share)
                | (Kind::Word(_), Kind::Word(_))
        )
    }

    /// The kind in words.
    pub const fn describe(self) -> &'static str {
        match self {
            Kind::Number => "a number",
            Kind::Duration => "a time",
            Kind::Share => "a share",
            Kind::Word(_) => "a word",
        }
    }

    /// How a value of the kind is written.
    pub fn example(self) -> String {
        match self {
            Kind::Number => "write a plain number such as `3`".into(),
            Kind::Duration => "write a duration with its unit, such as `30s`".into(),
            Kind::Share => "write a percentage such as `10%`".into(),
            Kind::Word([]) => "write a word".into(),
            Kind::Word(words) => format!("write one of {}", listed(words)),
        }
    }
}

/// A name with the kind of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as it is written.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// What the value says.
    pub meaning: &'static str,
}

impl Name {
    /// A name, the kind of its value, and what the value says.
    pub const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Name {
        Name { name, kind, meaning }
    }
}

/// All names that are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vocabulary {
    /// Columns of the row of results; `status` should be one.
    pub columns: &'static [Name],
    /// Values over time, such as `weight`.
    pub values: &'static [Name],
    /// Kinds of facts.
    pub facts: &'static [&'static str],
    /// Statuses a deployment can take.
    pub statuses: &'static [&'static str],
    /// Lifecycle events.
    pub lifecycle_events: &'static [&'static str],
    /// Statuses a lifecycle event can take.
    pub lifecycle_statuses: &'static [&'static str],
}

/// Finds a name with its kind, or tells what was probably meant.
pub(super) fn find(
    names: &[Name],
    written: &str,
    what: &str,
    range: std::ops::Range<usize>,
) -> Result<Name, Box<Fault>> {
    let known = || names.iter().map(|name| name.name).collect::<Vec<_>>();
    let found = names.iter().find(|name| name.name == written).copied();
    found.ok_or_else(|| unknown(written, what, &known(), range))
}

/// Checks a word, or tells what was probably meant.
pub(super) fn check(
    words: &[&str],
    written: &str,
    what: &str,
    range: std::ops::Range<usize>,
) -> Result<String, Box<Fault>> {
    match words.contains(&written) {
        true => Ok(written.to_string()),
        false => Err(unknown(written, what, words, range)),
    }
}

/// The fault of an unknown name.
pub(super) fn unknown(
    written: &str,
    what: &str,
    known: &[&str],
    range: std::ops::Range<usize>,
) -> Box<Fault> {
    let help = suggestion(written, known);
    Box::new(Fault {
        code: code::UNKNOWN_NAME,
        range,
        title: format!("`{written}` is not {what}"),
        label: "unknown name".into(),
        help: help.or_else(|| (!known.is_empty()).then(|| format!("known: {}", listed(known)))),
    })
}
