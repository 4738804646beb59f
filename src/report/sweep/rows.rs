//! `replications.csv`: one row a run, as it comes.

use crate::analysis::row::{Cell, Row};

/// The columns before those of [`Row`].
const COLUMNS: [&str; 3] = ["variant", "replication", "seed"];
/// Where the name of the candidate stands in a [`Row`].
const CANDIDATE: usize = 4;

/// The first line.
pub fn header() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    writer.write_record(COLUMNS.iter().chain(&Row::COLUMNS)).expect("memory takes everything");
    writer.flush().expect("memory takes everything");
    drop(writer);
    bytes
}

/// Writes rows to memory: names are quoted where they must be beforehand, and nothing else in a row can need it.
#[derive(Debug)]
pub struct RowWriter {
    seed: u64,
    /// The variants, and the candidates of each.
    names: Vec<(String, Vec<String>)>,
}

impl RowWriter {
    /// Rows of this seed, of variants with these names, whose scenarios have these candidates.
    pub fn new<'a>(
        seed: u64,
        variants: impl Iterator<Item = (&'a str, Vec<&'a str>)>,
    ) -> RowWriter {
        let names = variants.map(|(variant, candidates)| {
            (field(variant), candidates.into_iter().map(field).collect())
        });
        RowWriter { seed, names: names.collect() }
    }

    /// Rows of replications that follow each other: of each all variants, in order.
    pub fn rows<'r>(&self, first: u64, rows: impl Iterator<Item = &'r Row>, to: &mut String) {
        let replications =
            (first..).flat_map(|number| self.names.iter().map(move |of| (number, of)));
        replications.zip(rows).for_each(|((number, of), row)| self.row(number, of, row, to));
    }

    fn row(
        &self,
        replication: u64,
        (variant, candidates): &(String, Vec<String>),
        row: &Row,
        to: &mut String,
    ) {
        to.push_str(variant);
        let mut write = |cell: Cell<'_>| {
            to.push(',');
            cell.write(to).expect("memory takes everything");
        };
        write(Cell::Number(replication));
        write(Cell::Number(self.seed));
        let mut place = 0;
        row.each_cell(|cell| {
            write(match (place, row.candidate) {
                (CANDIDATE, Some(candidate)) => Cell::Word(&candidates[usize::from(candidate)]),
                _ => cell,
            });
            place += 1;
        });
        to.push('\n');
    }
}

/// A field as CSV has it.
fn field(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    writer.write_record([name]).expect("memory takes everything");
    writer.flush().expect("memory takes everything");
    drop(writer);
    let line = String::from_utf8(bytes).expect("what was text still is");
    line.strip_suffix('\n').expect("a record is a line").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Reader;
    use crate::analysis::example;
    use crate::analysis::outcome::Outcome;

    /// As the library that the header is written with reads it.
    #[test]
    fn a_row_is_what_its_cells_are() {
        assert_eq!(Row::COLUMNS[CANDIDATE], "candidate");
        let journal = example::install_timeout().journal;
        let mut outcome = Outcome::of(&journal.header);
        journal.entries.iter().for_each(|entry| outcome.read(entry));
        let last = journal.entries.last().expect("a run has entries");
        let row = outcome.finish(last.at, crate::journal::digest::Digest(7));
        let names = ["a, b \"c\"", "good\nor bad"];
        let writer =
            RowWriter::new(3, [("other", vec![]), (names[0], vec!["good", names[1]])].into_iter());
        let mut text = String::from_utf8(header()).expect("text");
        let other = Row { candidate: None, ..row };
        writer.rows(12, [&other, &row, &other].into_iter(), &mut text);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let begins = |record: csv::StringRecord| [0, 1].map(|place| record[place].to_string());
        let all: Vec<_> = reader.records().map(|record| begins(record.expect("a row"))).collect();
        assert_eq!(all, [["other", "12"], [names[0], "12"], ["other", "13"]]);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let record = reader.records().nth(1).expect("three rows").expect("as wide as the header");
        let mut expected = row.cells().to_vec();
        expected[CANDIDATE] = names[1].to_string();
        assert_eq!(row.candidate, Some(1), "the example draws the second");
        assert_eq!(record.iter().take(3).collect::<Vec<_>>(), [names[0], "12", "3"]);
        assert!(record.iter().skip(3).eq(expected.iter()));
    }
}
