//! Many runs: every replication of every variant, on as many threads as are wanted.
//!
//! Threads never show: blocks of replications are played side by side and handed on in order, so a consumer
//! meets the same rows whatever played them. Not what they mean (`analysis`). Decision 14 of the design.

mod in_order;
pub mod splitting;
mod world;

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use crate::analysis::row::Row;
use crate::scenario::Scenario;
use crate::scenario::expectation::Condition;
use crate::simulation::limit::StopReason;
use world::World;

/// After so many replications a sweep may decide to stop; the same at every number of threads.
pub const CHUNK: u64 = 1024;
/// About so many runs are one block: long enough to be worth a thread's while, short enough to share out evenly.
const BLOCK_RUNS: u64 = 128;

/// What is played.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'s> {
    /// The scenarios, one a variant; each replication of one meets the luck of the same replication of all.
    pub scenarios: &'s [&'s Scenario],
    /// Of each of them, what is to be said of every run beside its row; at most 64 conditions.
    pub watched: &'s [&'s [Condition]],
    /// The seed of all chance.
    pub seed: u64,
    /// The first replication.
    pub first: u64,
    /// How many.
    pub replications: u64,
    /// Whether invariants are checked after every event.
    pub verify: bool,
}

/// One replication of one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// Its row.
    pub row: Row,
    /// A bit for each watched condition that it meets, the first being the lowest.
    pub met: u64,
    /// Why the run stopped.
    pub reason: StopReason,
}

/// Some replications that follow each other, of all variants.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The first replication.
    pub first: u64,
    /// Replication by replication, and in each the variants in order.
    pub played: Vec<Played>,
    /// What was written of them.
    pub written: String,
}

/// Whether a sweep goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It is over.
    Stop,
}

/// Who listens to a sweep.
pub trait Audience: Sync {
    /// Writes the rows of a block; called by the threads that play, each with another block.
    fn write(&self, first: u64, played: &[Played], to: &mut String);

    /// So many runs more have been played; called by the threads that play.
    fn progress(&self, runs: u64);
}

/// The threads that play.
#[derive(Debug)]
pub struct Sweep {
    pool: ThreadPool,
}

impl Sweep {
    /// So many threads; none for as many as the machine has.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn new(threads: Option<usize>) -> Result<Sweep, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build()?;
        Ok(Sweep { pool })
    }

    /// Plays all replications, and hands the blocks on in order until `take` has enough.
    ///
    /// Once `stop` is set, what is complete up to there is still handed on.
    pub fn play(
        &self,
        plan: &Plan<'_>,
        audience: &dyn Audience,
        stop: &AtomicBool,
        take: impl FnMut(&Block) -> Flow,
    ) {
        let size = block_size(plan.scenarios.len());
        let end = plan.first.saturating_add(plan.replications);
        let player = || {
            let mut worlds = Worlds { plan: *plan, worlds: Vec::new() };
            move |number: u64, block: &mut Block| {
                let first = plan.first + number * size;
                worlds.play(first..first.saturating_add(size).min(end), audience, block);
            }
        };
        in_order::in_order(&self.pool, (end - plan.first).div_ceil(size), stop, player, take);
    }

    /// Makes something of each of several things, side by side; the results are in their order.
    pub fn each<T: Sync, U: Send>(&self, things: &[T], make: impl Fn(&T) -> U + Sync) -> Vec<U> {
        self.pool.install(|| things.par_iter().map(&make).collect())
    }
}

/// So many replications are a block of this many variants: a power of two, so that blocks end where chunks do.
fn block_size(variants: usize) -> u64 {
    let wanted = BLOCK_RUNS / variants as u64;
    if wanted == 0 { 1 } else { 1 << wanted.ilog2() }
}

/// The worlds of one thread, one a variant, made when they are first played.
struct Worlds<'s> {
    plan: Plan<'s>,
    worlds: Vec<World<'s>>,
}

impl Worlds<'_> {
    fn play(&mut self, replications: Range<u64>, audience: &dyn Audience, block: &mut Block) {
        let Plan { scenarios, watched, seed, verify, .. } = self.plan;
        for (scenario, watched) in scenarios.iter().zip(watched).skip(self.worlds.len()) {
            self.worlds.push(World::new(scenario, watched, verify));
        }
        block.first = replications.start;
        block.played.clear();
        block.written.clear();
        for replication in replications {
            block.played.extend(self.worlds.iter_mut().map(|world| world.play(seed, replication)));
        }
        audience.write(block.first, &block.played, &mut block.written);
        audience.progress(block.played.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_chunks_do() {
        for variants in 1..500 {
            let size = block_size(variants);
            assert_eq!(CHUNK % size, 0, "{variants} variants");
            assert!(size * variants as u64 <= BLOCK_RUNS.max(variants as u64), "{variants}");
        }
    }
}
