//! Measured samples of metrics in a CSV file, those of an alarm or all: a time and one value a metric in each row.
//!
//! Not what an alarm makes of them (`scenario::alarm::history`). A column of numbers without times is in `series`.

use std::path::Path;

use super::decode::{listed, suggestion};
use super::series::{ROWS_MAX, row_span};
use super::source::TRACE_BYTES_MAX;
use super::tree::shortened;
use super::unit::{Fault, epoch_seconds, parse_timestamp};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::Files;
use crate::scenario::alarm::history::Sample;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::window::UnixTime;
use crate::scenario::alarm::{MetricAlarm, MetricStat};

/// What the file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurements {
    /// The samples of each metric of the alarm, in the order of its metrics.
    pub samples: Vec<Vec<Sample>>,
    /// Whether some time has no offset, and was read as UTC.
    pub without_offset: bool,
}

/// The samples of an alarm's metrics.
///
/// The first column holds times: points in time as RFC 3339 has them, UTC if there is no offset, or seconds since
/// 1970. One metric is the other column, or of several the one that is named as its id, its name or `value`; several
/// metrics have columns of their names each. An empty field is no sample. Each row that cannot be read is told; rows
/// out of order, or at one time, are told and used.
pub fn measurements(
    path: &Path,
    alarm: &MetricAlarm,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Measurements> {
    let choose = |fields: &[&str], is_named: bool, place: Span, to: &mut Diagnostics| {
        columns_of_alarm(alarm, fields, is_named, place, to)
    };
    let table = table(path, &choose, files, to)?;
    Some(Measurements { samples: table.samples, without_offset: table.without_offset })
}

/// All columns of a file beside the times, with their names; a file without names has `value`.
pub fn all_measurements(
    path: &Path,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Vec<(String, Vec<Sample>)>> {
    let names = std::cell::RefCell::new(Vec::new());
    let choose = |fields: &[&str], is_named: bool, _: Span, _: &mut Diagnostics| {
        let name = |field: &&str| if is_named { (*field).to_string() } else { "value".into() };
        *names.borrow_mut() = fields[1..].iter().map(name).collect();
        Some((1..fields.len()).collect())
    };
    let table = table(path, &choose, files, to)?;
    Some(names.into_inner().into_iter().zip(table.samples).collect())
}

/// Which columns are read: of the fields of the first row, and whether they are names.
type Choice<'a> = &'a dyn Fn(&[&str], bool, Span, &mut Diagnostics) -> Option<Vec<usize>>;

fn table(
    path: &Path,
    choose: Choice<'_>,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Table> {
    let (file, text) = files.text(path, None, TRACE_BYTES_MAX, to)?;
    let mut builder = csv::ReaderBuilder::new();
    let mut rows = builder.flexible(true).has_headers(false).from_reader(text.as_bytes());
    let told_before = to.len();
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    loop {
        let place = row_span(file, &text, Some(rows.position()));
        match rows.read_record(&mut record) {
            Ok(true) if table.columns.is_empty() => table.begin(&record, place, choose, to)?,
            Ok(true) => table.row(&record, place, to),
            Ok(false) => break,
            Err(error) => to.push(Diagnostic::new(code::BAD_SERIES, place, error.to_string())),
        }
        if table.rows > ROWS_MAX {
            let title = format!("`{}` has more than {ROWS_MAX} rows", path.display());
            to.push(Diagnostic::new(code::BAD_SERIES, place, title));
            return None;
        }
    }
    table.tell_repeated(to);
    if to.len() == told_before && table.samples.iter().all(Vec::is_empty) {
        let title = format!("`{}` holds no sample", path.display());
        let help = "write a time and a value in each row: `2026-01-05T10:00:00Z,12`";
        to.push(Diagnostic::new(code::BAD_SERIES, Span::new(file, 0..0), title).help(help));
    }
    Some(table)
}

/// What has been read so far.
#[derive(Default)]
struct Table {
    /// The column of each metric; empty before the first row.
    columns: Vec<usize>,
    /// How many fields the first row has.
    width: usize,
    samples: Vec<Vec<Sample>>,
    rows: usize,
    without_offset: bool,
    last: Option<UnixTime>,
    uneven: Repeated,
    earlier: Repeated,
    same: Repeated,
}

/// Rows of which something is to be told: the first and how many.
#[derive(Default)]
struct Repeated {
    first: Option<Span>,
    count: usize,
}

impl Repeated {
    fn note(&mut self, place: Span) {
        self.first.get_or_insert(place);
        self.count += 1;
    }
}

impl Table {
    /// The first row: names of the columns, or values already.
    fn begin(
        &mut self,
        record: &csv::StringRecord,
        place: Span,
        choose: Choice<'_>,
        to: &mut Diagnostics,
    ) -> Option<()> {
        let fields: Vec<&str> = record.iter().map(str::trim).collect();
        self.width = fields.len();
        if fields.len() < 2 {
            let title = "the first row has one column, not a time and a value";
            let help = "put commas between them: `2026-01-05T10:00:00Z,12`";
            to.push(Diagnostic::new(code::BAD_SERIES, place, title).help(help));
            return None;
        }
        let is_named = fields[1..].iter().all(|field| Ratio::parse(field).is_none());
        self.columns = choose(&fields, is_named, place, to)?;
        self.samples = vec![Vec::new(); self.columns.len()];
        if !is_named || time(fields[0]).is_ok() {
            self.row(record, place, to);
        }
        Some(())
    }

    fn row(&mut self, record: &csv::StringRecord, place: Span, to: &mut Diagnostics) {
        self.rows += 1;
        if record.len() != self.width {
            self.uneven.note(place);
            return;
        }
        let written = record.get(0).unwrap_or_default().trim();
        let at = match time(written) {
            Ok((at, has_offset)) => {
                self.without_offset |= !has_offset;
                at
            }
            Err(Fault { problem, help }) => {
                let title = format!("the time is `{}`, which {problem}", shortened(written));
                to.push(Diagnostic::new(code::BAD_SERIES, place, title).help(help));
                return;
            }
        };
        match self.last {
            Some(last) if at < last => self.earlier.note(place),
            Some(last) if at == last => self.same.note(place),
            _ => {}
        }
        self.last = Some(at);
        for (column, samples) in self.columns.iter().zip(&mut self.samples) {
            let written = record.get(*column).unwrap_or_default().trim();
            match Ratio::parse(written) {
                Some(value) => samples.push(Sample { at, value }),
                None if written.is_empty() => {}
                None => {
                    let title = format!("the value is `{}`, not a number", shortened(written));
                    let help = "leave the field empty where there is no sample";
                    to.push(Diagnostic::new(code::BAD_SERIES, place, title).help(help));
                }
            }
        }
    }

    /// Rows that are not as or where one would expect them, once of each kind.
    fn tell_repeated(&self, to: &mut Diagnostics) {
        let fields =
            format!("with another number of fields than the first, which has {}", self.width);
        let commas = "put commas between a time and its values, and a first row of names in front";
        let (earlier, same) = ("earlier than the row before", "at the time of the row before");
        for (rows, code, what, help) in [
            (&self.uneven, code::BAD_SERIES, fields.as_str(), commas),
            (&self.earlier, code::ROWS_OUT_OF_ORDER, earlier, "they are used in the order of time"),
            (&self.same, code::ROWS_OUT_OF_ORDER, same, "each is a sample of its own"),
        ] {
            if let Some(first) = rows.first {
                let (count, many) = (rows.count, if rows.count == 1 { "" } else { "s" });
                let title = format!("{count} row{many} {what}");
                to.push(Diagnostic::new(code, first, title).label("the first of them").help(help));
            }
        }
    }
}

/// The column of each metric of an alarm.
fn columns_of_alarm(
    alarm: &MetricAlarm,
    fields: &[&str],
    is_named: bool,
    place: Span,
    to: &mut Diagnostics,
) -> Option<Vec<usize>> {
    match (&alarm.metrics[..], fields.len()) {
        ([_], 2) => Some(vec![1]),
        (metrics, _) if is_named => {
            let columns = metrics.iter().map(|metric| column(metric, fields, place, to));
            columns.collect::<Vec<_>>().into_iter().collect::<Option<_>>()
        }
        _ => {
            let title = "the first row names no columns";
            let help = format!("the first row has to say which is which: `time,{}`", ids(alarm));
            to.push(Diagnostic::new(code::BAD_SERIES, place, title).help(help));
            None
        }
    }
}

/// The names that the columns of an alarm have to have, for help.
fn ids(alarm: &MetricAlarm) -> String {
    let names = alarm.metrics.iter().map(|metric| match metric.id.is_empty() {
        true => metric.metric.name.as_str(),
        false => metric.id.as_str(),
    });
    names.collect::<Vec<_>>().join(",")
}

/// The column of a metric: its id, its name, or `value`.
fn column(
    metric: &MetricStat,
    fields: &[&str],
    place: Span,
    to: &mut Diagnostics,
) -> Option<usize> {
    let names = [metric.id.as_str(), metric.metric.name.as_str(), "value"];
    let wanted = names.into_iter().filter(|name| !name.is_empty());
    let place_of = |name: &str| (1..fields.len()).find(|&place| fields[place] == name);
    let found = wanted.clone().find_map(place_of);
    if found.is_none() {
        let name = wanted.clone().next().expect("`value` is a name");
        let title = format!("there is no column `{name}` for `{}`", metric.metric.name);
        to.push(
            Diagnostic::new(code::BAD_SERIES, place, title)
                .label("the first row names the columns")
                .help(format!("the columns are {}", listed(fields)))
                .maybe_help(suggestion(name, fields)),
        );
    }
    found
}

/// A point in time and whether it says its offset; without one it is UTC.
fn time(written: &str) -> Result<(UnixTime, bool), Fault> {
    if let Some(seconds) = epoch_seconds(written) {
        return seconds.map(|milliseconds| (UnixTime::from_millis(milliseconds), true));
    }
    let read = |text: &str| {
        parse_timestamp(text).map(|timestamp| UnixTime::from_millis(timestamp.milliseconds))
    };
    read(written)
        .map(|at| (at, true))
        .or_else(|fault| read(&format!("{written}Z")).map(|at| (at, false)).map_err(|_| fault))
}

#[cfg(test)]
mod tests;
