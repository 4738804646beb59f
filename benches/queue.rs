//! Nanoseconds a queue operation: the winner tree of timer slots beside a binary heap.
//!
//! Not a run, of which the queue is a small part. *Hold*: what falls due next is taken and armed again at a random
//! later time. *Re-arm*: a pending timer is cancelled and set to another time; the heap has
//! no slots, so it leaves the old entry behind and skips it by its generation when it comes up.

use cutover::engine::queue::Queue;
use cutover::engine::time::{SimDuration, SimTime};
use divan::{Bencher, black_box, counter::ItemsCount};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const PENDING: [usize; 4] = [10, 100, 1_000, 100_000];
const TIMERS: usize = 20;
/// Operations a sample.
const OPERATIONS: usize = 10_000;

fn main() {
    divan::main();
}

/// Delays of up to a minute, by xorshift: cheap enough not to be what is measured.
struct Delays(u64);

impl Delays {
    const fn new() -> Delays {
        Delays(0x9E37_79B9_7F4A_7C15)
    }

    const fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 1 to 65 536 milliseconds.
    const fn next(&mut self) -> u64 {
        (self.bits() >> 48) + 1
    }
}

fn filled(pending: usize, delays: &mut Delays) -> Queue {
    let mut queue = Queue::with_slots(pending);
    for slot in 0..pending {
        queue.arm(slot, SimTime::from_millis(delays.next()), 1);
    }
    queue
}

#[divan::bench(args = PENDING)]
fn hold_winner_tree(bencher: Bencher, pending: usize) {
    let mut delays = Delays::new();
    let mut queue = filled(pending, &mut delays);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| {
        for _ in 0..OPERATIONS {
            let slot = queue.pop().expect("something is pending");
            let due = queue.now().at() + SimDuration::from_millis(delays.next());
            queue.arm(black_box(slot), due, 1);
        }
    });
}

/// Time, sequence number and slot in one integer, the least first.
struct Heap {
    keys: BinaryHeap<Reverse<u128>>,
    sequence: u32,
}

impl Heap {
    fn filled(pending: usize, delays: &mut Delays) -> Heap {
        let mut heap = Heap { keys: BinaryHeap::with_capacity(2 * pending), sequence: 0 };
        for slot in 0..pending {
            heap.push(delays.next(), slot as u32);
        }
        heap
    }

    /// Returns the sequence number of the entry: its generation.
    fn push(&mut self, at: u64, slot: u32) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        let key = u128::from(at) << 64 | u128::from(self.sequence) << 32 | u128::from(slot);
        self.keys.push(Reverse(key));
        self.sequence
    }

    /// Time, sequence number, slot.
    fn pop(&mut self) -> (u64, u32, u32) {
        let Reverse(key) = self.keys.pop().expect("something is pending");
        ((key >> 64) as u64, (key >> 32) as u32, key as u32)
    }
}

#[divan::bench(args = PENDING)]
fn hold_binary_heap(bencher: Bencher, pending: usize) {
    let mut delays = Delays::new();
    let mut heap = Heap::filled(pending, &mut delays);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| {
        for _ in 0..OPERATIONS {
            let (now, _, slot) = heap.pop();
            heap.push(now + delays.next(), black_box(slot));
        }
    });
}

/// Nine timers are set again for one that falls due, as keep-alives and time-outs are.
const REARMED_A_POP: usize = 9;

#[divan::bench]
fn rearm_winner_tree(bencher: Bencher) {
    let mut delays = Delays::new();
    let mut queue = filled(TIMERS, &mut delays);
    bencher.counter(ItemsCount::new(OPERATIONS * (REARMED_A_POP + 1))).bench_local(|| {
        for _ in 0..OPERATIONS {
            let due = queue.pop().expect("something is pending");
            let now = queue.now().at();
            queue.arm(due, now + SimDuration::from_millis(delays.next()), 1);
            for _ in 0..REARMED_A_POP {
                let slot = (delays.bits() % TIMERS as u64) as usize;
                queue.cancel(slot);
                queue.arm(black_box(slot), now + SimDuration::from_millis(delays.next()), 1);
            }
        }
    });
}

#[divan::bench]
fn rearm_binary_heap(bencher: Bencher) {
    let mut delays = Delays::new();
    let mut heap = Heap::filled(TIMERS, &mut delays);
    let mut current = [0; TIMERS];
    for Reverse(key) in &heap.keys {
        current[*key as u32 as usize] = (*key >> 32) as u32;
    }
    bencher.counter(ItemsCount::new(OPERATIONS * (REARMED_A_POP + 1))).bench_local(|| {
        for _ in 0..OPERATIONS {
            let (now, due) = loop {
                let (at, sequence, slot) = heap.pop();
                if current[slot as usize] == sequence {
                    break (at, slot);
                }
            };
            current[due as usize] = heap.push(now + delays.next(), due);
            for _ in 0..REARMED_A_POP {
                let slot = (delays.bits() % TIMERS as u64) as u32;
                current[slot as usize] = heap.push(now + delays.next(), black_box(slot));
            }
        }
    });
}
