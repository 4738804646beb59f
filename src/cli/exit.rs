//! Exit codes: what a script may rely on.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done. A deployment that fails in the simulation is a result, not an error.
    Done = 0,
    /// An expectation or assertion does not hold.
    NotMet = 1,
    /// The input or the command line is faulty.
    BadInput = 2,
    /// A limit stopped the run.
    Limit = 3,
    /// Output could not be written.
    Output = 4,
    /// There are too few runs to decide an assertion.
    Undecided = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are the contract of the product; clap uses 2 for a faulty command line as well.
    #[test]
    fn the_numbers_are_fixed() {
        let all =
            [Exit::Done, Exit::NotMet, Exit::BadInput, Exit::Limit, Exit::Output, Exit::Undecided];
        assert_eq!(all.map(|exit| exit as u8), [0, 1, 2, 3, 4, 5]);
    }
}
