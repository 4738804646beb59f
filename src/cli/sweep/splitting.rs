//! `--splitting`: what is too rare to be counted.

use super::watch::{Interrupt, Progress};
use crate::analysis::splitting::BATCHES;
use crate::analysis::summary::Summary;
use crate::sweep::splitting::Split;
use crate::sweep::{Plan, Sweep};

/// Splits every variant that was counted, and adds what it says to the summary.
pub(super) fn add(summary: &mut Summary, effort: u64, pool: &Sweep, plan: &Plan<'_>, quiet: bool) {
    let split = Split { scenarios: plan.scenarios, seed: plan.seed, effort, verify: plan.verify };
    let progress = Progress::new(summary.variants.len() as u64 * BATCHES * effort, quiet);
    let found = pool.split(&split, Interrupt::listen().flag(), &|runs| progress.add(runs));
    progress.finish();
    for (variant, found) in summary.variants.iter_mut().zip(found) {
        variant.splitting = Some(found);
    }
}
