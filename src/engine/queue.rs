//! What falls due next: timer slots in a winner tree, one integer key of time, round and phase.
//!
//! The queue asks of a phase only that it has a number. Each timer of an entity is a slot; arming it again
//! overwrites it, so that cancelling is exact and leaves nothing behind. The order is total: ties of the
//! key fall to the lower slot. Decision: docs/decisions/0001-time-and-order.md.

use crate::engine::time::SimTime;
use std::hint::select_unpredictable;

const PHASE_BITS: u32 = 4;
const ROUND_BITS: u32 = 6;

/// When something falls due: time in milliseconds (54 bits), round (6), phase (4).
///
/// A *round* takes what was caused without delay; a *phase* says what happens first within a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u64);

impl Key {
    /// Never: later than every other key.
    pub const NEVER: Key = Key(u64::MAX);
    /// The last round of an instant. An instant that reaches it does not come to rest.
    pub const ROUND_MAX: u64 = (1 << ROUND_BITS) - 1;

    const fn new(at: SimTime, round: u64, phase: u8) -> Key {
        Key(at.as_millis() << (PHASE_BITS + ROUND_BITS) | round << PHASE_BITS | phase as u64)
    }

    /// The instant.
    ///
    /// # Panics
    /// On [`Key::NEVER`].
    pub const fn at(self) -> SimTime {
        assert!(self.0 != Key::NEVER.0, "never is no instant");
        self.instant()
    }

    const fn instant(self) -> SimTime {
        SimTime::from_millis(self.0 >> (PHASE_BITS + ROUND_BITS))
    }

    /// The round within the instant.
    pub const fn round(self) -> u64 {
        self.0 >> PHASE_BITS & Key::ROUND_MAX
    }

    /// The phase within the round.
    pub const fn phase(self) -> u8 {
        (self.0 & ((1 << PHASE_BITS) - 1)) as u8
    }

    /// The key of something of this phase that is armed at this key for `at`.
    ///
    /// For the present instant it falls into the same round if its phase is later than the present one,
    /// else into the next round. The last round is not passed: see [`Key::ROUND_MAX`].
    pub const fn following(self, at: SimTime, phase: u8) -> Key {
        let now = self.0 >> (PHASE_BITS + ROUND_BITS);
        assert!(at.as_millis() >= now, "something was armed for the past");
        if at.as_millis() > now {
            return Key::new(at, 0, phase);
        }
        let round = self.round() + (phase <= self.phase()) as u64;
        Key::new(at, if round > Key::ROUND_MAX { Key::ROUND_MAX } else { round }, phase)
    }
}

/// The pending events of a run: at most one a slot.
///
/// One walk of the tree is put off until somebody looks at its top: what falls due is mostly armed again at
/// once, and a timer that is cancelled is mostly set again, so that two changes of one slot cost one walk.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What each slot is armed for; their number is a power of two.
    keys: Vec<u64>,
    /// The inner nodes of a complete binary tree over the slots: the slot with the least key below. Node 1
    /// is the top, 2n and 2n + 1 are below n, and slots stand where the nodes from `keys.len()` on would.
    winners: Vec<u32>,
    /// The slot whose key has changed since the nodes above it were last made true.
    unsettled: Option<usize>,
    now: Key,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue::with_slots(1)
    }
}

impl Queue {
    /// An empty queue at time zero with room for this many slots; it grows when a higher one is armed.
    ///
    /// # Panics
    /// If a slot's number does not fit 32 bits.
    pub fn with_slots(slots: usize) -> Queue {
        let mut queue =
            Queue { keys: Vec::new(), winners: Vec::new(), unsettled: None, now: Key(0) };
        queue.make_room(slots);
        queue
    }

    /// Empties the queue and goes back to time zero. Keeps its memory.
    pub fn reset(&mut self) {
        // The nodes may stay: where nothing is armed, any slot wins.
        self.keys.fill(u64::MAX);
        self.unsettled = None;
        self.now = Key(0);
    }

    /// The key of the event that is being handled.
    pub const fn now(&self) -> Key {
        self.now
    }

    /// The present instant.
    pub const fn instant(&self) -> SimTime {
        self.now.instant()
    }

    /// The key of what falls due next, or [`Key::NEVER`].
    pub fn next_key(&mut self) -> Key {
        let slot = self.first();
        Key(self.keys[slot])
    }

    /// Arms a slot for an instant, now or later, instead of whatever it was armed for.
    ///
    /// # Panics
    /// If `at` has passed, or `phase` is not below 16.
    #[inline] // A run arms as often as it takes: calls would cost it a hundredth.
    pub fn arm(&mut self, slot: usize, at: SimTime, phase: u8) {
        assert!(phase < 1 << PHASE_BITS, "a phase has four bits");
        if slot >= self.keys.len() {
            self.make_room(slot + 1);
        }
        self.put(slot, self.now.following(at, phase).0);
    }

    /// Cancels whatever a slot is armed for.
    pub fn cancel(&mut self, slot: usize) {
        if self.armed(slot) != Key::NEVER {
            self.put(slot, u64::MAX);
        }
    }

    /// What a slot is armed for, or [`Key::NEVER`].
    pub fn armed(&self, slot: usize) -> Key {
        self.keys.get(slot).map_or(Key::NEVER, |&key| Key(key))
    }

    /// Takes what falls due next and makes its key the present; nothing if nothing is armed.
    pub fn pop(&mut self) -> Option<usize> {
        let slot = self.first();
        let key = self.keys[slot];
        if key == u64::MAX {
            return None;
        }
        self.put(slot, u64::MAX);
        self.now = Key(key);
        Some(slot)
    }

    /// Moves the present to a key at which no slot is due, such as the delivery of news.
    ///
    /// # Panics
    /// If something armed would be passed over, or the key lies in the past.
    pub fn advance(&mut self, key: Key) {
        assert!(self.now <= key && key <= self.next_key(), "the clock would pass over an event");
        self.now = key;
    }

    /// The slot at the top of the tree.
    fn first(&mut self) -> usize {
        if let Some(slot) = self.unsettled.take() {
            self.settle(slot);
        }
        self.winners[1] as usize
    }

    fn put(&mut self, slot: usize, key: u64) {
        self.keys[slot] = key;
        if self.unsettled != Some(slot)
            && let Some(other) = self.unsettled.replace(slot)
        {
            self.settle(other);
        }
    }

    /// One walk from a slot to the top, without a branch that could be mispredicted.
    fn settle(&mut self, slot: usize) {
        let mut node = self.keys.len() + slot;
        let (mut winner, mut least) = (slot, self.keys[slot]);
        let mut rival = slot ^ 1;
        loop {
            let key = self.keys[rival];
            // Of equal keys the lower slot wins.
            let loses = wide(key, rival) < wide(least, winner);
            winner = select_unpredictable(loses, rival, winner);
            least = select_unpredictable(loses, key, least);
            node /= 2;
            self.winners[node] = winner as u32;
            if node == 1 {
                return;
            }
            rival = self.winners[node ^ 1] as usize;
        }
    }

    #[cold]
    fn make_room(&mut self, slots: usize) {
        let slots = slots.next_power_of_two().max(2);
        assert!(u32::try_from(slots - 1).is_ok(), "a slot's number has 32 bits");
        self.keys.resize(slots, u64::MAX);
        self.winners = vec![0; slots];
        self.unsettled = None;
        // From the left: a node is true once the last slot below it was settled.
        for left in (0..slots).step_by(2) {
            self.settle(left);
        }
    }
}

/// A key and its slot in one number: the order of what falls due, in one comparison.
const fn wide(key: u64, slot: usize) -> u128 {
    (key as u128) << 64 | slot as u128
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::SimDuration;
    use proptest::prelude::*;

    fn ms(milliseconds: u64) -> SimTime {
        SimTime::from_millis(milliseconds)
    }

    #[test]
    fn earlier_times_come_first_then_phases_then_slots() {
        let mut queue = Queue::with_slots(8);
        queue.arm(5, ms(10), 3);
        queue.arm(6, ms(10), 1);
        queue.arm(2, ms(10), 3);
        queue.arm(0, ms(11), 0);
        let order: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [6, 2, 5, 0]);
    }

    #[test]
    fn what_is_armed_for_now_comes_in_this_round_only_if_its_phase_is_later() {
        let mut queue = Queue::with_slots(4);
        queue.arm(0, ms(5), 3);
        assert_eq!(queue.pop(), Some(0));
        queue.arm(1, ms(5), 3);
        queue.arm(2, ms(5), 9);
        assert_eq!((queue.pop(), queue.now().round()), (Some(2), 0));
        assert_eq!((queue.pop(), queue.now().round()), (Some(1), 1));
    }

    #[test]
    fn arming_again_and_cancelling_leave_nothing_behind() {
        let mut queue = Queue::with_slots(2);
        queue.arm(0, ms(5), 0);
        queue.arm(0, ms(7), 0);
        queue.arm(1, ms(6), 0);
        queue.cancel(1);
        assert_eq!(queue.pop(), Some(0));
        assert_eq!(queue.now().at(), ms(7));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn a_queue_grows_without_losing_what_is_armed() {
        let mut queue = Queue::with_slots(2);
        queue.arm(1, ms(3), 0);
        queue.arm(100, ms(2), 0);
        assert_eq!(queue.armed(1).at(), ms(3));
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(100), Some(1), None));
    }

    #[test]
    #[should_panic(expected = "armed for the past")]
    fn nothing_is_armed_for_the_past() {
        let mut queue = Queue::with_slots(2);
        queue.arm(0, ms(5), 0);
        queue.pop();
        queue.arm(0, ms(4), 0);
    }

    #[test]
    fn rounds_end_at_the_last_one() {
        let mut queue = Queue::with_slots(2);
        queue.arm(0, ms(1), 0);
        for _ in 0..100 {
            queue.pop();
            queue.arm(0, ms(1), 0);
        }
        assert_eq!(queue.now().round(), Key::ROUND_MAX);
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Arm { slot: usize, delay: u64, phase: u8 },
        Cancel { slot: usize },
        Pop,
        Look,
        Reset,
    }

    fn step() -> impl Strategy<Value = Step> {
        let slot = 0_usize..40;
        prop_oneof![
            8 => (slot.clone(), 0_u64..50, 0_u8..12)
                .prop_map(|(slot, delay, phase)| Step::Arm { slot, delay, phase }),
            3 => slot.prop_map(|slot| Step::Cancel { slot }),
            8 => Just(Step::Pop),
            3 => Just(Step::Look),
            1 => Just(Step::Reset),
        ]
    }

    proptest! {
        /// Whatever is armed, re-armed and cancelled: the queue is a sorted list of (key, slot).
        #[test]
        fn pops_come_in_the_order_of_a_sorted_list(steps in prop::collection::vec(step(), 1..300)) {
            let mut queue = Queue::with_slots(2);
            let mut model = [Key::NEVER; 40];
            let least = |model: &[Key; 40]| {
                let armed = model.iter().zip(0..).filter(|(key, _)| **key != Key::NEVER);
                armed.map(|(key, slot)| (*key, slot)).min()
            };
            for step in steps.into_iter().chain([Step::Pop; 41]) {
                match step {
                    Step::Arm { slot, delay, phase } => {
                        let at = queue.now().at() + SimDuration::from_millis(delay);
                        queue.arm(slot, at, phase);
                        model[slot] = queue.now().following(at, phase);
                    }
                    Step::Cancel { slot } => {
                        queue.cancel(slot);
                        model[slot] = Key::NEVER;
                    }
                    Step::Pop => {
                        let expected = least(&model);
                        prop_assert_eq!(queue.pop(), expected.map(|(_, slot)| slot));
                        if let Some((key, slot)) = expected {
                            prop_assert_eq!(queue.now(), key);
                            model[slot] = Key::NEVER;
                        }
                    }
                    Step::Look => {
                        let expected = least(&model).map_or(Key::NEVER, |(key, _)| key);
                        prop_assert_eq!(queue.next_key(), expected);
                    }
                    Step::Reset => {
                        queue.reset();
                        model.fill(Key::NEVER);
                    }
                }
                prop_assert!((0..40).all(|slot| queue.armed(slot) == model[slot]));
            }
        }
    }
}
