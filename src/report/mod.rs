//! How a run is shown. Pure: a [`Report`] in, bytes out.
//!
//! Not a file is opened here, and nothing is asked but `analysis`. The same report gives the same bytes.

pub mod chart;
mod chatter;
pub mod clock;
pub mod csv;
pub mod instance;
pub mod json;
mod line;
pub mod narration;
pub mod notification;
mod reason;
mod service_deployment;
pub mod sweep;
pub mod table;
pub mod text;
mod watcher;
pub mod wording;

use crate::analysis::outcome::Outcome;
use crate::analysis::row::Row;
use crate::analysis::series::Series;
use crate::analysis::verdict::Verdict;
use crate::analysis::{Entry, Header, Journal, Reader};
use clock::Clock;
use line::Line;

/// Everything there is to show of one run, before any format.
///
/// It is made of the journal alone, so a journal that was written and read back gives the same report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which question the run answers.
    pub header: Header,
    /// Values over time.
    pub series: Series,
    /// The result in one row.
    pub row: Row,
    /// The timeline, told for people.
    pub lines: Vec<Line>,
    /// How times are written.
    pub clock: Clock,
    /// What happened, entry by entry.
    pub entries: Vec<Entry>,
    /// The expectations that were judged, in the scenario's order; empty if it has none.
    pub verdicts: Vec<Verdict>,
}

impl Report {
    /// The report of a run's whole journal.
    pub fn new(journal: &Journal) -> Report {
        let (end, digest) = (journal.end(), journal.digest());
        let mut outcome = Outcome::of(&journal.header);
        journal.entries.iter().for_each(|entry| outcome.read(entry));
        let series = Series::of(journal, end);
        let clock = Clock::of(journal, end);
        Report {
            header: journal.header.clone(),
            lines: narration::tell(journal, &series, clock),
            series,
            row: outcome.finish(end, digest),
            clock,
            entries: journal.entries.clone(),
            verdicts: Vec::new(),
        }
    }

    /// The same report with the verdicts on the scenario's expectations.
    pub fn with_verdicts(self, verdicts: Vec<Verdict>) -> Report {
        Report { verdicts, ..self }
    }
}

#[cfg(test)]
mod tests;
