//! The one expression grammar: text to [`Expectation`].
//!
//! ```text
//! any        = all { "or" all }
//! all        = one { "and" one }
//! one        = "not" one | "(" any ")" | "never" "(" moment ")" | risk | comparison
//! comparison = term ("==" | "!=" | "<" | "<=" | ">" | ">=") term [ "+-" literal ]
//! term       = literal | column | value "(" duration ")" | "time" "(" moment ")" | "count" "(" fact ")"
//!            | ("status" | "start" | "end") "(" lifecycle event ")" | "p" "(" any ")"
//!            | "quantile" "(" column "," share ")"
//! risk       = "bad_reached_full" | "bad_kept" | "good_rolled_back"
//! moment     = fact | status | any, over values at one instant
//! ```
//!
//! Names and kinds are checked here against a [`Vocabulary`], so that nobody meets them after a long run.

mod grammar;
mod name;
mod term;
mod token;

pub use name::{Kind, Name, Vocabulary};

use super::decode::{Field, scalar_text};
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Sources, Span, code};
use crate::scenario::expectation::{Condition, Expectation};

/// The most bytes an expression may have: far more than anybody writes.
const BYTES_MAX: usize = 10_000;

/// Reads an expression that stands in a document.
pub fn expectation(
    vocabulary: &Vocabulary,
) -> impl Fn(Field, &mut Diagnostics) -> Option<Expectation> {
    move |field, to| {
        let text = scalar_text(field, "an expression", to)?;
        let condition = parse(text, vocabulary, |range| field.node.part(range), to)?;
        Some(Expectation { text: text.to_string(), condition })
    }
}

/// Reads an expression that was given to the option `origin`, such as `--assert`.
pub fn argument(
    text: &str,
    origin: &str,
    vocabulary: &Vocabulary,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<Expectation> {
    let file: FileId = sources.add(origin, text);
    let condition = parse(text, vocabulary, |range| Span::new(file, range), to)?;
    Some(Expectation { text: text.to_string(), condition })
}

/// Reads an expression; `place` turns bytes of it into places.
fn parse(
    text: &str,
    vocabulary: &Vocabulary,
    place: impl Fn(std::ops::Range<usize>) -> Span,
    to: &mut Diagnostics,
) -> Option<Condition> {
    let result = match text.len() > BYTES_MAX {
        true => Err(fault(0..1, "the expression is too long", "split it into several")),
        false => grammar::Parser::new(text, vocabulary).and_then(grammar::Parser::whole),
    };
    match result {
        Ok(condition) => Some(condition),
        Err(fault) => {
            let mut diagnostic =
                Diagnostic::new(fault.code, place(fault.range), fault.title).label(fault.label);
            diagnostic.help = fault.help;
            to.push(diagnostic);
            None
        }
    }
}

/// Why an expression cannot be read; its place is in bytes of the expression.
#[derive(Debug)]
struct Fault {
    code: code::Code,
    range: std::ops::Range<usize>,
    title: String,
    label: String,
    help: Option<String>,
}

/// A fault of the grammar.
fn fault(range: std::ops::Range<usize>, title: impl Into<String>, help: &str) -> Box<Fault> {
    Box::new(Fault {
        code: code::EXPRESSION_SYNTAX,
        range,
        title: title.into(),
        label: String::new(),
        help: Some(help.to_string()),
    })
}

#[cfg(test)]
mod tests;
