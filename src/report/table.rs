//! Tables in plain text: columns as wide as their widest cell.

use std::fmt;

/// A table that grows row by row.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// The columns whose cells end on the right.
    right: Vec<usize>,
}

impl Table {
    /// A table with these columns; those of `right` hold numbers and end on the right.
    pub fn new(columns: &[&str], right: &[usize]) -> Table {
        let header = columns.iter().map(|&column| column.to_owned()).collect();
        Table { rows: vec![header], right: right.to_vec() }
    }

    /// Adds a row with as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows[0].len();
        let width = |column: usize| {
            self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        (0..columns).map(width).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            let mut line = String::new();
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                let cell = if self.right.contains(&column) {
                    format!("  {cell:>width$}")
                } else {
                    format!("  {cell:<width$}")
                };
                line.push_str(&cell);
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
