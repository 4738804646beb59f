//! What one run is judged by: the scenario's own expectations, and what the command line asserts.

use super::args::{Format, RunArguments};
use super::terminal::Terminal;
use crate::analysis::evidence::Evidence;
use crate::analysis::verdict::{Verdict, judge};
use crate::scenario::Scenario;
use crate::scenario::expectation::Expectation;

/// The verdicts of one run, and which of them decide how the program ends.
#[derive(Debug)]
pub struct Judgement {
    own: Vec<Verdict>,
    /// The seed that the scenario's own expectations are for, if they do not decide.
    for_seed: Option<u64>,
    asserted: Vec<Verdict>,
    /// The scenario's own expectations that speak of many runs.
    not_judged: Vec<String>,
}

impl Judgement {
    /// Judges a run; an assertion that no single run can decide is returned instead.
    pub fn of(
        scenario: &Scenario,
        assertions: &[Expectation],
        arguments: &RunArguments,
        evidence: &Evidence,
    ) -> Result<Judgement, String> {
        let mut judgement = Judgement {
            own: Vec::new(),
            for_seed: None,
            asserted: Vec::new(),
            not_judged: Vec::new(),
        };
        for assertion in assertions {
            match judge(assertion, evidence) {
                Some(verdict) => judgement.asserted.push(verdict),
                None => return Err(assertion.text.clone()),
            }
        }
        let Some(expectations) = &scenario.expectations else { return Ok(judgement) };
        for expectation in &expectations.that {
            match judge(expectation, evidence) {
                Some(verdict) => judgement.own.push(verdict),
                None => judgement.not_judged.push(expectation.text.clone()),
            }
        }
        // The scenario's own expectations hold for the run that they name; assertions always count.
        let named = arguments.replication == 0 && arguments.seed == expectations.seed;
        judgement.for_seed = (!named && !arguments.strict).then_some(expectations.seed);
        Ok(judgement)
    }

    /// Whether everything that decides holds.
    pub fn held(&self) -> bool {
        self.failing().next().is_none()
    }

    /// What decides and does not hold.
    fn failing(&self) -> impl Iterator<Item = &Verdict> {
        let own = self.own.iter().filter(|_| self.for_seed.is_none());
        own.chain(&self.asserted).filter(|verdict| !verdict.held)
    }

    /// Says what the printed result does not show.
    pub fn tell(&self, arguments: &RunArguments, terminal: &Terminal) {
        for text in &self.not_judged {
            terminal.remark(&format!("not judged, because it speaks of many runs: {text}"));
        }
        if let Some(seed) = self.for_seed
            && self.own.iter().any(|verdict| !verdict.held)
        {
            terminal.remark(&format!(
                "what the scenario expects is for seed {seed} and does not decide here; `--strict` lets it"
            ));
        }
        if arguments.quiet || arguments.format != Format::Text {
            for Verdict { text, found, .. } in self.failing() {
                terminal.complain(&format!("`{text}` fails, found {found}"));
            }
        }
    }

    /// All verdicts, the scenario's own first.
    pub fn verdicts(&self) -> Vec<Verdict> {
        self.own.iter().chain(&self.asserted).cloned().collect()
    }
}
