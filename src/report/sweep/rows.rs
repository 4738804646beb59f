//! `replications.csv`: one row a run, as it comes.

use std::io::Write;

use crate::analysis::row::{Cell, Row};

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
    /// Work space: one row, and one of its cells.
    record: csv::ByteRecord,
    cell: String,
}

impl<W: Write> RowWriter<W> {
    /// Rows of this seed.
    pub fn new(to: W, seed: u64) -> RowWriter<W> {
        let writer = csv::Writer::from_writer(to);
        RowWriter { writer, seed, record: csv::ByteRecord::new(), cell: String::new() }
    }

    /// One row; the candidates are those of the variant's scenario, by position.
    pub fn row(&mut self, variant: &str, replication: u64, row: &Row, candidates: &[String]) {
        self.record.clear();
        self.record.push_field(variant.as_bytes());
        self.cell(Cell::Number(replication));
        self.cell(Cell::Number(self.seed));
        let name = row.candidate.map(|candidate| &candidates[usize::from(candidate)]);
        let mut columns = Row::COLUMNS.iter();
        row.each_cell(|cell| match (columns.next(), name) {
            (Some(&"candidate"), Some(name)) => self.record.push_field(name.as_bytes()),
            _ => self.cell(cell),
        });
        self.writer.write_byte_record(&self.record).expect("memory takes everything");
    }

    fn cell(&mut self, cell: Cell) {
        self.cell.clear();
        cell.write(&mut self.cell).expect("memory takes everything");
        self.record.push_field(self.cell.as_bytes());
    }
}
