//! Numbered pieces of work on all threads of a pool, handed on in their order.
//!
//! Not what is done. No thread goes far ahead of what was handed on, and a piece that was handed on is used again for
//! a later one: that is what bounds the memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, MutexGuard};

use rayon::ThreadPool;

use super::Flow;

/// So many pieces a thread may be done, or being done, before they are handed on.
const AHEAD: u64 = 8;

/// What the threads share: which piece comes next.
struct Desk<'a, P> {
    count: u64,
    ahead: u64,
    stop: &'a AtomicBool,
    state: Mutex<State<P>>,
    moved: Condvar,
}

struct State<P> {
    next: u64,
    handed_on: u64,
    is_closed: bool,
    /// What was handed on, to be used again.
    spare: Vec<P>,
}

/// Does the pieces 0 to `count`, and hands them on in order until `take` has enough; on a pool of one thread by the caller.
///
/// Each thread has a `worker` of its own, which is given the number of a piece and what was once another.
/// Once `stop` is set, what is complete up to there is still handed on.
pub(super) fn in_order<P: Default + Send, W: FnMut(u64, &mut P)>(
    pool: &ThreadPool,
    count: u64,
    stop: &AtomicBool,
    worker: impl Fn() -> W + Sync,
    mut take: impl FnMut(&P) -> Flow,
) {
    let threads = pool.current_num_threads();
    if threads == 1 {
        let (mut work, mut piece) = (worker(), P::default());
        for number in 0..count {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            work(number, &mut piece);
            if take(&piece) == Flow::Stop {
                return;
            }
        }
        return;
    }
    let state = State { next: 0, handed_on: 0, is_closed: false, spare: Vec::new() };
    let ahead = AHEAD * threads as u64;
    let desk = Desk { count, ahead, stop, state: Mutex::new(state), moved: Condvar::new() };
    let (sender, receiver) = mpsc::channel();
    pool.in_place_scope(|scope| {
        for _ in 0..threads {
            let (sender, desk, worker) = (sender.clone(), &desk, &worker);
            scope.spawn(move |_| {
                let _leaving = Leaving(desk);
                let mut work = worker();
                while let Some((number, mut piece)) = desk.claim() {
                    work(number, &mut piece);
                    if sender.send((number, piece)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let _leaving = Leaving(&desk);
        let (mut early, mut next) = (BTreeMap::new(), 0);
        for (number, piece) in receiver {
            early.insert(number, piece);
            while let Some(piece) = early.remove(&next) {
                if take(&piece) == Flow::Stop {
                    return desk.close();
                }
                next += 1;
                desk.hand_on(piece);
            }
        }
    });
}

impl<P: Default> Desk<'_, P> {
    fn state(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().expect("nothing panics that holds the desk")
    }

    /// The next piece, as soon as it is not too far ahead; nothing if there is none.
    fn claim(&self) -> Option<(u64, P)> {
        let mut state = self.state();
        while !state.is_closed && state.next < self.count && !self.stop.load(Ordering::Relaxed) {
            if state.next < state.handed_on + self.ahead {
                state.next += 1;
                return Some((state.next - 1, state.spare.pop().unwrap_or_default()));
            }
            state = self.moved.wait(state).expect("nothing panics that holds the desk");
        }
        None
    }

    /// The next piece in order was handed on.
    fn hand_on(&self, piece: P) {
        let mut state = self.state();
        state.handed_on += 1;
        state.spare.push(piece);
        self.moved.notify_all();
    }

    /// Nothing more is wanted.
    fn close(&self) {
        self.state().is_closed = true;
        self.moved.notify_all();
    }
}

/// Closes the desk where a thread panics, so that nobody waits for its piece, or for a piece to be handed on.
struct Leaving<'a, P: Default>(&'a Desk<'a, P>);

impl<P: Default> Drop for Leaving<'_, P> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::ThreadPoolBuilder;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::AtomicU64;

    fn pool(threads: usize) -> ThreadPool {
        ThreadPoolBuilder::new().num_threads(threads).build().expect("there are threads")
    }

    #[test]
    fn pieces_come_in_order_whatever_they_take() {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            let slow = |number: u64, piece: &mut u64| {
                let effort = number * 7919 % 300 * 1000;
                *piece = (0..effort).fold(number * number, |piece, _| std::hint::black_box(piece));
            };
            in_order(
                &pool(threads),
                300,
                &AtomicBool::new(false),
                || slow,
                |&piece| {
                    seen.push(piece);
                    Flow::Continue
                },
            );
            assert!(seen.into_iter().eq((0..300).map(|number| number * number)), "{threads}");
        }
    }

    #[test]
    fn what_has_enough_gets_no_more_and_nobody_goes_far_ahead() {
        for threads in [1, 2, 5] {
            let (mut taken, done) = (0, AtomicU64::new(0));
            let count = || {
                |_: u64, _: &mut u8| {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            };
            in_order(&pool(threads), u64::MAX, &AtomicBool::new(false), count, |_| {
                taken += 1;
                let ahead = done.load(Ordering::Relaxed) - taken;
                assert!(ahead <= AHEAD * threads as u64, "{ahead} ahead");
                if taken == 100 { Flow::Stop } else { Flow::Continue }
            });
            assert_eq!(taken, 100);
        }
    }

    #[test]
    fn once_stopped_what_was_begun_is_still_handed_on() {
        for threads in [1, 3] {
            let (stop, done, mut taken) = (AtomicBool::new(false), AtomicU64::new(0), 0);
            let work = || {
                |number, _: &mut u8| {
                    done.fetch_add(1, Ordering::Relaxed);
                    stop.fetch_or(number == 50, Ordering::Relaxed);
                }
            };
            in_order(&pool(threads), u64::MAX, &stop, work, |_| {
                taken += 1;
                Flow::Continue
            });
            assert_eq!(taken, done.load(Ordering::Relaxed));
            assert!(taken > 50);
        }
    }

    #[test]
    fn a_thread_that_panics_leaves_nobody_waiting() {
        for threads in [1, 2, 5] {
            let work = || |number, _: &mut u8| assert!(number != 20, "as it is meant to");
            let stop = AtomicBool::new(false);
            let all = AssertUnwindSafe(|| {
                in_order(&pool(threads), 1000, &stop, work, |_| Flow::Continue);
            });
            assert!(catch_unwind(all).is_err(), "{threads} threads");
            let all = AssertUnwindSafe(|| {
                let idle = || |_: u64, _: &mut u8| {};
                in_order(&pool(threads), 1000, &stop, idle, |_| panic!("as it is meant to"));
            });
            assert!(catch_unwind(all).is_err(), "{threads} threads, and who takes");
        }
    }
}
