//! A column of numbers in a CSV file: traffic traces, measured durations.

use std::ops::RangeInclusive;

use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Span, code};
use crate::input::Files;
use crate::input::decode::{Field, listed, scalar_text, suggestion};
use crate::input::source::TRACE_BYTES_MAX;
use crate::input::tree::shortened;

/// The most rows that a series may have: nineteen years of minutes.
pub const ROWS_MAX: usize = 10_000_000;

/// How many requests may come in one period of a series.
pub const COUNTS: RangeInclusive<f64> = 0.0..=1e13;

/// The values of a column of the file that `field` names: the column of that name, else the last one.
///
/// The first row holds the names. Every value is a finite number in the range; every row that is not is told.
pub fn column(
    field: Field,
    name: Option<&str>,
    range: RangeInclusive<f64>,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Vec<f64>> {
    let path = scalar_text(field, "the path of a CSV file", to)?;
    let (file, text) = files.text(path, field.node.span, TRACE_BYTES_MAX, to)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let place = |position: Option<&csv::Position>| row_span(file, &text, position);
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            to.push(Diagnostic::new(code::BAD_SERIES, field.node.span, error.to_string()));
            return None;
        }
    };
    let column = find_column(&headers, name, field, to)?;
    let mut values = Vec::new();
    let mut sound = true;
    for record in reader.into_records() {
        let fault = match &record {
            Ok(record) if record.len() != headers.len() => {
                let (found, named) = (record.len(), headers.len());
                let found = format!("the row has {found} values, the first row names {named}");
                Some((found, place(record.position())))
            }
            Ok(record) => match number(record, column, &range) {
                Ok(value) => {
                    values.push(value);
                    None
                }
                Err(found) => Some((found, place(record.position()))),
            },
            Err(error) => Some((error.to_string(), place(error.position()))),
        };
        if let Some((found, span)) = fault {
            sound = false;
            to.push(Diagnostic::new(code::BAD_SERIES, span, found).label(format!(
                "a number from {} to {} is needed",
                range.start(),
                range.end()
            )));
        }
        if values.len() > ROWS_MAX {
            let title = format!("`{path}` has more than {ROWS_MAX} rows");
            to.push(Diagnostic::new(code::BAD_SERIES, field.node.span, title));
            return None;
        }
    }
    if values.is_empty() && sound {
        let title = format!("`{path}` has no row below its first");
        to.push(
            Diagnostic::new(code::BAD_SERIES, field.node.span, title)
                .help("the first row names the columns, the others hold the values"),
        );
    }
    (sound && !values.is_empty()).then_some(values)
}

/// The place of the row that a CSV reader has come to.
pub fn row_span(file: FileId, text: &str, position: Option<&csv::Position>) -> Span {
    let start = position.map_or(0, |position| position.byte() as usize);
    // The reader's position may stand on the line end before the row.
    let start = start + text[start..].find(|c| c != '\r' && c != '\n').unwrap_or(0);
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    Span::new(file, start..end)
}

fn find_column(
    headers: &csv::StringRecord,
    name: Option<&str>,
    field: Field,
    to: &mut Diagnostics,
) -> Option<usize> {
    let names: Vec<&str> = headers.iter().map(str::trim).collect();
    let Some(name) = name else {
        let problem = match names.last() {
            None => "the file is empty".to_string(),
            Some(last) if last.parse::<f64>().is_ok() => {
                format!("the first row must name the columns, and its last value is `{last}`")
            }
            Some(_) => return Some(names.len() - 1),
        };
        to.push(
            Diagnostic::new(code::BAD_SERIES, field.node.span, problem)
                .label("no series")
                .help("the first row names the columns, the others hold the values"),
        );
        return None;
    };
    let found = names.iter().position(|header| *header == name);
    if found.is_none() {
        let title = format!("the file has no column `{}`", shortened(name));
        to.push(
            Diagnostic::new(code::BAD_SERIES, field.node.span, title)
                .help(format!("its columns are {}", listed(&names)))
                .maybe_help(suggestion(name, &names)),
        );
    }
    found
}

fn number(
    record: &csv::StringRecord,
    column: usize,
    range: &RangeInclusive<f64>,
) -> Result<f64, String> {
    let text = record.get(column).unwrap_or_default().trim();
    match text.parse::<f64>() {
        Ok(value) if range.contains(&value) => Ok(value),
        Ok(_) => Err(format!("the value is {text}, out of range")),
        Err(_) if text.is_empty() => Err("the value is missing".into()),
        Err(_) => Err(format!("the value is `{}`, not a number", shortened(text))),
    }
}
