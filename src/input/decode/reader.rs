//! Readers of plain values: texts, numbers, choices, lists.

use std::ops::RangeInclusive;

use super::Field;
use super::map::{Reader, tag_fault};
use super::suggest::{listed, nearest};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::tree::{Node, Value, shortened};

/// The fault of a value of the wrong type; `expected` names what is needed, such as "a list".
pub fn wrong_type(field: Field, expected: &str) -> Diagnostic {
    let title = format!("`{}` is {}, not {expected}", field.name, field.node.describe());
    Diagnostic::new(code::WRONG_TYPE, field.node.span, title)
        .label(format!("{expected} is needed here"))
}

/// The fault of a number outside its range.
pub fn out_of_range(field: Field, bound: &str) -> Diagnostic {
    let found = shortened(field.node.scalar().unwrap_or_default());
    let title = format!("`{}` is {found}, {bound}", field.name);
    Diagnostic::new(code::OUT_OF_RANGE, field.node.span, title).label("out of range")
}

/// Any value, as it stands.
pub fn any(field: Field, _: &mut Diagnostics) -> Option<Node> {
    Some(field.node.clone())
}

/// A text. A number or `true` is one too, as it is written: names and versions look like that.
///
/// Control characters other than tab and line end are refused: texts come to be printed and drawn.
pub fn text(field: Field, to: &mut Diagnostics) -> Option<String> {
    let text = scalar_text(field, "a text", to)?;
    let is_bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    if let Some(found) = text.chars().find(|&c| is_bad(c)) {
        let title =
            format!("`{}` holds the control character {}", field.name, found.escape_default());
        to.push(
            Diagnostic::new(code::WRONG_TYPE, field.node.span, title)
                .label("cannot be shown")
                .help("write printable characters"),
        );
        return None;
    }
    Some(text.to_string())
}

/// The written form of a scalar, or a fault that says what is needed.
pub fn scalar_text<'a>(field: Field<'a>, expected: &str, to: &mut Diagnostics) -> Option<&'a str> {
    let found = field.node.scalar();
    if found.is_none() {
        to.push(wrong_type(field, expected));
    }
    found
}

/// `true` or `false`; also as a text, as some tools write them.
pub fn boolean(field: Field, to: &mut Diagnostics) -> Option<bool> {
    match field.node.scalar() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            to.push(wrong_type(field, "`true` or `false`"));
            None
        }
    }
}

/// A whole number in a range. Quotes around it do no harm.
pub fn integer(range: RangeInclusive<i64>) -> impl Reader<i64> {
    move |field, to| {
        let written = scalar_text(field, "a whole number", to)?;
        let Some(value) = whole(written) else {
            to.push(not_whole(field, written));
            return None;
        };
        let (min, max) = (i128::from(*range.start()), i128::from(*range.end()));
        let bound = match value {
            _ if value < min => format!("less than {min}"),
            _ if value > max => format!("more than {max}"),
            _ => return i64::try_from(value).ok(),
        };
        to.push(out_of_range(field, &bound).help(format!("write a number from {min} to {max}")));
        None
    }
}

fn not_whole(field: Field, written: &str) -> Diagnostic {
    let title = format!("`{}` is `{}`, not a whole number", field.name, shortened(written));
    Diagnostic::new(code::BAD_NUMBER, field.node.span, title).label("a whole number is needed here")
}

/// A whole number as JSON and YAML may write it: `3`, `+3`, `3.0`, `0x1F`; others saturate.
fn whole(text: &str) -> Option<i128> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i128::from_str_radix(digits, 16).ok();
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return i128::from_str_radix(digits, 8).ok();
    }
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    if unsigned.is_empty() || !is_digits(unsigned) || fraction.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let huge = if digits.starts_with('-') { i128::MIN } else { i128::MAX };
    Some(digits.parse().unwrap_or(huge))
}

/// A finite number in a range.
pub fn number(range: RangeInclusive<f64>) -> impl Reader<f64> {
    move |field, to| {
        let written = scalar_text(field, "a number", to)?;
        let Some(value) =
            written.parse().ok().filter(|value: &f64| is_plain(written) && value.is_finite())
        else {
            let title = format!("`{}` is `{}`, not a number", field.name, shortened(written));
            to.push(
                Diagnostic::new(code::BAD_NUMBER, field.node.span, title)
                    .label("a number is needed here"),
            );
            return None;
        };
        let (min, max) = (range.start(), range.end());
        let bound = match value {
            _ if value < *min => format!("less than {min}"),
            _ if value > *max => format!("more than {max}"),
            _ => return Some(value),
        };
        to.push(out_of_range(field, &bound).help(format!("write a number from {min} to {max}")));
        None
    }
}

/// Whether a number is written with digits, so that Rust's words `inf` and `nan` are none.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'))
}

/// One of a few words, each standing for a value.
pub fn choice<T: Clone>(words: &[(&str, T)]) -> impl Reader<T> {
    move |field, to| {
        let names = words.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let expected = format!("one of {}", listed(&names));
        let written = scalar_text(field, &expected, to)?;
        let found = words.iter().find(|(name, _)| *name == written);
        if found.is_none() {
            let title = format!("`{}` is `{}`, not {expected}", field.name, shortened(written));
            to.push(
                Diagnostic::new(code::UNKNOWN_CHOICE, field.node.span, title)
                    .label("unknown word")
                    .meant(written, nearest(written, &names)),
            );
        }
        found.map(|(_, value)| value.clone())
    }
}

/// A list, each item through one reader. Faulty items are told and make the whole none.
pub fn list<T>(
    mut read: impl FnMut(Field, &mut Diagnostics) -> Option<T>,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Vec<T>> {
    move |field, to| {
        let Value::List(items) = &field.node.value else {
            to.push(
                wrong_type(field, "a list")
                    .help("write `[a, b]`, or each item on a line after a dash"),
            );
            return None;
        };
        items_through(field.name, items, &mut read, to)
    }
}

/// A list, or one value that stands for a list of one.
pub fn items<T>(
    mut read: impl FnMut(Field, &mut Diagnostics) -> Option<T>,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Vec<T>> {
    move |field, to| match &field.node.value {
        Value::List(items) => items_through(field.name, items, &mut read, to),
        _ => read(field, to).map(|value| vec![value]),
    }
}

fn items_through<T>(
    name: &str,
    items: &[Node],
    read: &mut impl FnMut(Field, &mut Diagnostics) -> Option<T>,
    to: &mut Diagnostics,
) -> Option<Vec<T>> {
    let mut values = Vec::with_capacity(items.len());
    for (index, node) in items.iter().enumerate() {
        let name = format!("{name}[{index}]");
        let field = Field::new(&name, node);
        match tag_fault(field) {
            Some(fault) => to.push(fault),
            None => values.extend(read(field, to)),
        }
    }
    (values.len() == items.len()).then_some(values)
}
