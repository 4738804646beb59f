//! A warm world allocates nothing: neither for a run nor for an event.
//!
//! One test alone in its process, since the allocator counts for all threads.

#![allow(unsafe_code, reason = "GlobalAlloc is an unsafe trait")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use cutover::analysis::outcome::Outcome;
use cutover::simulation::Simulation;
use support::scenario;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_warm_world_allocates_nothing() {
    let scenario = scenario()
        .default_assumptions()
        .linear(10, 1)
        .test_listener()
        .desired(10)
        .termination_wait(5)
        .deregistration_delay(30)
        .rollback(&["DEPLOYMENT_FAILURE"])
        .rate("100/s, noise: { cv: 20% }")
        .health_check([10, 5, 2, 2])
        .original("health_check: { fails: 5% }")
        .replacement("errors: 2%, health_check: { fails: 5% }")
        .hook("AfterAllowTraffic", "duration: { exponential: 20s }, fails: 50%")
        .load();
    let mut simulation = Simulation::new(&scenario);
    let mut outcome = Outcome::default();
    let mut play = |replication: u64| {
        outcome.reset();
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let ended = simulation.run(1, replication, &mut outcome);
        let allocated = ALLOCATIONS.load(Ordering::Relaxed) - before;
        let row = outcome.finish(ended.at, ended.digest);
        (allocated, ended.events, row.status)
    };
    let cold: u64 = (0..50).map(|replication| play(replication).0).sum();
    assert!(cold > 0, "the counter counts");
    for replication in 0..50 {
        let (allocated, events, status) = play(replication);
        assert!(events > 50, "replication {replication} is a run");
        assert_eq!(allocated, 0, "replication {replication}, {status}, {events} events");
    }
}
