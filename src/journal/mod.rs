//! The answer: what happened, in order, and what caused it. Append only.
//!
//! Not what it means (`analysis`) nor how it looks (`report`).

pub mod digest;
pub mod fact;
pub mod header;
pub mod jsonl;

use crate::engine::time::SimTime;
use digest::{Digest, Digester};
use fact::Fact;
use header::Header;

/// The entry that caused something: its position in the journal, or nothing inside the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cause(u32);

impl Cause {
    /// It came from outside: the creation of the deployment, the passing of time.
    pub const NONE: Cause = Cause(0);

    /// The entry at this position of the journal.
    ///
    /// # Panics
    /// If the journal has more than 2^32 - 2 entries.
    pub fn entry(position: usize) -> Cause {
        Cause(u32::try_from(position + 1).expect("a journal is bounded by the limits of a run"))
    }

    /// The position of the causing entry.
    pub fn position(self) -> Option<usize> {
        (self.0 > 0).then(|| self.0 as usize - 1)
    }
}

/// One line of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: SimTime,
    /// The entry that caused it.
    pub cause: Cause,
    /// What happened.
    pub fact: Fact,
}

// Entries are copied by the million: they stay within half a cache line.
const _: () = assert!(size_of::<Entry>() <= 32);

/// Who is told what happens, entry by entry, in order.
pub trait Reader {
    /// Takes the next entry.
    fn read(&mut self, entry: &Entry);
}

/// Nobody reads; only the digest of the run is kept.
impl Reader for () {
    fn read(&mut self, _: &Entry) {}
}

/// The reader that keeps everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// What was asked.
    pub header: Header,
    /// What happened.
    pub entries: Vec<Entry>,
}

impl Journal {
    /// When the run ended: at its last entry.
    pub fn end(&self) -> SimTime {
        self.entries.last().map_or(SimTime::ZERO, |entry| entry.at)
    }

    /// The digest of the run that it tells of.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        self.entries.iter().for_each(|entry| digester.read(entry));
        digester.finish()
    }
}

impl Reader for Journal {
    fn read(&mut self, entry: &Entry) {
        self.entries.push(*entry);
    }
}

impl Reader for Vec<Entry> {
    fn read(&mut self, entry: &Entry) {
        self.push(*entry);
    }
}
