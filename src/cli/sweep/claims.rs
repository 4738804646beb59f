//! What a sweep must show: `--assert`, and what the scenarios expect of many runs.

use crate::analysis::claim::{Claims, is_claim};
use crate::cli::terminal::Terminal;
use crate::input::section::expectation::VOCABULARY;
use crate::input::{Expanded, expression};
use crate::scenario::expectation::Expectation;

/// The expressions of the command line; faults of them are told with the others.
pub(super) fn asserted(texts: &[String], expanded: &mut Expanded) -> Vec<Expectation> {
    let Expanded { sources, diagnostics, .. } = expanded;
    let read = texts.iter().filter_map(|text| {
        expression::argument(text, "--assert", &VOCABULARY, sources, diagnostics)
    });
    read.collect()
}

/// The claims of each variant: what is asserted, and what a scenario that is not varied expects itself.
///
/// An assertion that does not speak of many runs is returned as a fault.
pub(super) fn of_variants(
    asserted: &[Expectation],
    expanded: &Expanded,
    terminal: &Terminal,
) -> Result<Vec<Claims>, String> {
    let mut of_one_run = 0;
    let claims = expanded.variants.iter().map(|variant| {
        let mut claims = Claims::default();
        asserted.iter().try_for_each(|claim| claims.add(claim))?;
        let own = variant.scenario.expectations.iter().flat_map(|expected| &expected.that);
        for expected in own.filter(|_| variant.point.is_empty()) {
            match is_claim(expected) {
                true => claims.add(expected)?,
                false => of_one_run += 1,
            }
        }
        Ok(claims)
    });
    let claims = claims.collect::<Result<Vec<Claims>, String>>()?;
    if of_one_run > 0 {
        terminal.remark("what the scenario expects of one run is not judged here");
    }
    Ok(claims)
}
