//! `replications.csv`: one row a run, as it comes.

use std::fmt::{Display, Write as _};
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
    seed: u64,
    /// Work space: one cell.
    cell: String,
}

impl<W: Write> RowWriter<W> {
    /// Rows of this seed.
    pub fn new(to: W, seed: u64) -> RowWriter<W> {
        RowWriter { writer: csv::Writer::from_writer(to), seed, cell: String::new() }
    }

    /// One row; the candidates are those of the variant's scenario, by position.
    pub fn row(&mut self, variant: &str, replication: u64, row: &Row, candidates: &[String]) {
        let seed = self.seed;
        self.field(&variant);
        self.field(&replication);
        self.field(&seed);
        let name = row.candidate.map(|candidate| &candidates[usize::from(candidate)]);
        let mut columns = Row::COLUMNS.iter();
        row.each_cell(|value| match (columns.next(), name) {
            (Some(&"candidate"), Some(name)) => self.field(name),
            _ => self.field(value),
        });
        self.writer.write_record(None::<&[u8]>).expect("memory takes everything");
    }

    fn field(&mut self, value: &dyn Display) {
        self.cell.clear();
        write!(self.cell, "{value}").expect("memory takes everything");
        self.writer.write_field(&self.cell).expect("memory takes everything");
    }
}
