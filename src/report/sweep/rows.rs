//! `replications.csv`: one row a run, as it comes.

use std::io::Write;

use crate::analysis::row::Row;

/// The columns before those of [`Row`].
const COLUMNS: [&str; 3] = ["variant", "replication", "seed"];

/// The first line.
pub fn header() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    writer.write_record(COLUMNS.iter().chain(&Row::COLUMNS)).expect("memory takes everything");
    writer.flush().expect("memory takes everything");
    drop(writer);
    bytes
}

/// Writes rows to memory, of one variant after another.
#[derive(Debug)]
pub struct RowWriter<W: Write> {
    writer: csv::Writer<W>,
    seed: String,
}

impl<W: Write> RowWriter<W> {
    /// Rows of this seed.
    pub fn new(to: W, seed: u64) -> RowWriter<W> {
        RowWriter { writer: csv::Writer::from_writer(to), seed: seed.to_string() }
    }

    /// One row; the candidates are those of the variant's scenario, by position.
    pub fn row(&mut self, variant: &str, replication: u64, row: &Row, candidates: &[String]) {
        let mut cells = row.cells();
        let place = Row::COLUMNS.iter().position(|column| *column == "candidate");
        if let (Some(place), Some(candidate)) = (place, row.candidate) {
            cells[place].clone_from(&candidates[usize::from(candidate)]);
        }
        let number = replication.to_string();
        let first = [variant, &number, &self.seed];
        let record = first.into_iter().chain(cells.iter().map(String::as_str));
        self.writer.write_record(record).expect("memory takes everything");
    }
}
