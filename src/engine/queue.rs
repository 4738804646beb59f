//! What falls due next: timer slots in a winner tree, one integer key of time, round and phase.
//!
//! The queue asks of a phase only that it has a number. Each timer of an entity is a slot; arming it again
//! overwrites it, so that cancelling is exact and leaves nothing behind. The order is total: ties of the
//! key fall to the lower slot. Decision: docs/decisions/0001-time-and-order.md.

use crate::engine::time::SimTime;
use std::hint::select_unpredictable;
use std::num::NonZeroUsize;

const PHASE_BITS: u32 = 4;
const ROUND_BITS: u32 = 6;
/// A node below which nothing is armed.
const NOTHING: u64 = u64::MAX;

/// When something falls due: time in milliseconds (54 bits), round (6), phase (4).
///
/// A *round* takes what was caused without delay; a *phase* says what happens first within a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u64);

impl Key {
    /// Never: later than every other key.
    pub const NEVER: Key = Key(u64::MAX);
    /// Later than what a queue can tell apart: at the last instant.
    const FAR: Key = Key::new(SimTime::MAX, 0, 0);
    /// The last round of an instant. An instant that reaches it does not come to rest.
    pub const ROUND_MAX: u64 = (1 << ROUND_BITS) - 1;

    const fn new(at: SimTime, round: u64, phase: u8) -> Key {
        Key(at.as_millis() << (PHASE_BITS + ROUND_BITS) | round << PHASE_BITS | phase as u64)
    }

    /// The last key of an instant.
    pub const fn last_of(at: SimTime) -> Key {
        Key::new(at, Key::ROUND_MAX, (1 << PHASE_BITS) - 1)
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
    /// The nodes of a complete binary tree over the slots, a power of two: each is the least of what is armed
    /// below it, a key and its slot in one number. Node 1 is the top, 2n and 2n + 1 are below n, and the slots
    /// stand in the second half.
    nodes: Vec<u64>,
    /// How many low bits of a node are the slot's.
    slot_bits: u32,
    /// The least node that stands for no exact key: what is armed for later than a node can say.
    far: u64,
    /// The node of the slot that has changed since the nodes above it were last made true.
    unsettled: Option<NonZeroUsize>,
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
            Queue { nodes: Vec::new(), slot_bits: 0, far: 0, unsettled: None, now: Key(0) };
        queue.make_room(slots);
        queue
    }

    /// Empties the queue and goes back to time zero. Keeps its memory.
    pub fn reset(&mut self) {
        self.nodes.fill(NOTHING);
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
    ///
    /// A node has 54 bits for the time and the slot together. What is armed for later than that (4 000 years with
    /// 128 slots, two with 262 144) is pending at [`SimTime::MAX`].
    #[inline]
    pub fn next_key(&mut self) -> Key {
        let top = self.top();
        self.key_of(top)
    }

    /// Arms a slot for an instant, now or later, instead of whatever it was armed for.
    ///
    /// # Panics
    /// If `at` has passed, or `phase` is not below 16.
    #[inline] // A run arms as often as it takes: calls would cost it a hundredth.
    pub fn arm(&mut self, slot: usize, at: SimTime, phase: u8) {
        assert!(phase < 1 << PHASE_BITS, "a phase has four bits");
        if slot >= self.slots() {
            self.make_room(slot + 1);
        }
        let node = self.node_of(self.now.following(at, phase), slot);
        self.put(self.slots() + slot, node);
    }

    /// Cancels whatever a slot is armed for.
    pub fn cancel(&mut self, slot: usize) {
        let leaf = self.slots() + slot;
        if self.nodes.get(leaf).is_some_and(|node| *node != NOTHING) {
            self.put(leaf, NOTHING);
        }
    }

    /// What a slot is armed for, or [`Key::NEVER`].
    pub fn armed(&self, slot: usize) -> Key {
        self.nodes.get(self.slots() + slot).map_or(Key::NEVER, |&node| self.key_of(node))
    }

    /// Takes what falls due next and makes its key the present; nothing if nothing is armed.
    #[inline]
    pub fn pop(&mut self) -> Option<usize> {
        let top = self.top();
        if top == NOTHING {
            return None;
        }
        self.now = self.key_of(top);
        let slot = top as usize & (self.slots() - 1);
        let leaf = self.slots() + slot;
        self.nodes[leaf] = NOTHING;
        self.unsettled = NonZeroUsize::new(leaf);
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

    const fn slots(&self) -> usize {
        self.nodes.len() / 2
    }

    fn node_of(&self, key: Key, slot: usize) -> u64 {
        match key.0 << self.slot_bits | slot as u64 {
            node if node >> self.slot_bits == key.0 && node < self.far => node,
            _ => self.far | slot as u64,
        }
    }

    const fn key_of(&self, node: u64) -> Key {
        match node {
            NOTHING => Key::NEVER,
            node if node < self.far => Key(node >> self.slot_bits),
            _ => Key::FAR,
        }
    }

    /// The node at the top of the tree.
    fn top(&mut self) -> u64 {
        if let Some(leaf) = self.unsettled.take() {
            self.settle(leaf.get());
        }
        self.nodes[1]
    }

    /// Gives the node of a slot another value.
    fn put(&mut self, leaf: usize, node: u64) {
        self.nodes[leaf] = node;
        let leaf = NonZeroUsize::new(leaf);
        if self.unsettled != leaf
            && let Some(other) = std::mem::replace(&mut self.unsettled, leaf)
        {
            self.settle(other.get());
        }
    }

    /// One walk from a slot to the top.
    fn settle(&mut self, leaf: usize) {
        // Many runs have 65 to 128 slots. Of a tree whose size is known no loop is left: a tenth of a hold.
        match <&mut [u64; 256]>::try_from(&mut self.nodes[..]) {
            Ok(nodes) => walk(nodes, leaf),
            Err(_) => walk(&mut self.nodes, leaf),
        }
    }

    #[cold]
    fn make_room(&mut self, slots: usize) {
        let slots = slots.next_power_of_two().max(2);
        assert!(u32::try_from(slots - 1).is_ok(), "a slot's number has 32 bits");
        let armed: Vec<Key> = (0..self.slots()).map(|slot| self.armed(slot)).collect();
        self.nodes = vec![NOTHING; 2 * slots];
        self.slot_bits = slots.ilog2();
        self.far = NOTHING << (self.slot_bits + 1);
        self.unsettled = None;
        for (slot, key) in armed.into_iter().enumerate().filter(|(_, key)| *key != Key::NEVER) {
            self.nodes[slots + slot] = self.node_of(key, slot);
            self.settle(slots + slot);
        }
    }
}

/// One walk from a leaf to the top, without a branch that could be mispredicted. There is a power of two of nodes.
#[inline(always)]
fn walk(nodes: &mut [u64], leaf: usize) {
    let mask = nodes.len() - 1;
    let mut node = leaf & mask;
    let mut least = nodes[node];
    for _ in 1..nodes.len().ilog2() {
        let rival = nodes[(node ^ 1) & mask];
        least = select_unpredictable(rival < least, rival, least);
        node /= 2;
        nodes[node & mask] = least;
    }
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

    #[test]
    fn what_is_armed_for_later_than_a_node_can_say_is_pending_at_the_last_instant() {
        let (day, last) = (86_400_000, (1 << 20) - 1);
        let mut queue = Queue::with_slots(1 << 20);
        queue.arm(last, ms(198 * day), 3);
        assert_eq!(queue.next_key(), Key::new(ms(198 * day), 0, 3));
        queue.arm(last, ms(199 * day), 3);
        assert_eq!(queue.next_key().at(), SimTime::MAX);
        queue.arm(7, ms(150 * day), 0);
        assert_eq!(queue.pop(), Some(7));
        // More slots, less time: nothing is lost, nothing comes before what it follows.
        queue.arm(1 << 21, ms(151 * day), 0);
        assert_eq!(queue.next_key().at(), SimTime::MAX);
        queue.arm(0, SimTime::MAX, 0);
        queue.cancel(last);
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(0), Some(1 << 21), None));
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
