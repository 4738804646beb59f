//! The agenda of a run, and the outbox through which models write on it.
//!
//! A model can record a fact and schedule an event; it cannot read the journal or move the clock.

use crate::agenda::chance::{Chance, Purpose};
use crate::agenda::event::{Event, Slots, TaskPlace};
use crate::engine::distribution::Distribution;
use crate::engine::queue::{Key, Queue};
use crate::engine::random::RunKey;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::journal::{Cause, Entry};

/// What stands for a slot that was never armed.
const NOTHING: (Event, Cause) = (Event::TrafficMinute, Cause::NONE);

/// Everything that is due, and what was recorded since the loop last looked.
#[derive(Clone, Debug)]
pub struct Agenda {
    queue: Queue,
    slots: Slots,
    /// What each slot was armed for last, and the entry that caused its arming; the queue knows which still are.
    armed: Vec<(Event, Cause)>,
    fresh: Vec<Entry>,
    /// Position in the journal of the first fresh entry.
    position: usize,
    cause: Cause,
    /// The streams of this run.
    pub chance: Chance,
}

impl Agenda {
    /// An empty agenda with room for the timers of so many tasks; it grows where more are armed.
    pub fn new(slots: Slots, places: usize) -> Agenda {
        let count = slots.count(places);
        Agenda {
            queue: Queue::with_slots(count),
            slots,
            armed: vec![NOTHING; count],
            fresh: Vec::new(),
            position: 0,
            cause: Cause::NONE,
            chance: Chance::new(RunKey::default()),
        }
    }

    /// Empties it for another run. Keeps its memory.
    pub fn reset(&mut self, key: RunKey) {
        self.queue.reset();
        self.fresh.clear();
        self.position = 0;
        self.cause = Cause::NONE;
        self.chance.reset(key);
    }

    /// Turns all later draws to another branch of the same run.
    pub fn fork(&mut self, key: RunKey) {
        self.chance.reset(key);
    }

    /// The pen.
    pub fn outbox(&mut self) -> Outbox<'_> {
        Outbox { agenda: self }
    }

    /// The key that is being handled.
    pub const fn now(&self) -> Key {
        self.queue.now()
    }

    /// The key of what falls due next.
    #[inline]
    pub fn next_key(&mut self) -> Key {
        self.queue.next_key()
    }

    /// Takes the next event; what it leads to is caused by whatever armed it.
    #[inline]
    pub fn pop(&mut self) -> Option<Event> {
        let slot = self.queue.pop()?;
        let (event, cause) = self.armed[slot];
        self.cause = cause;
        Some(event)
    }

    /// Moves the present to a key at which controllers hear their news.
    pub fn advance(&mut self, key: Key) {
        self.queue.advance(key);
    }

    /// What was recorded and not yet taken, with the position of the first entry.
    pub fn fresh(&self) -> (&[Entry], usize) {
        (&self.fresh, self.position)
    }

    /// How many entries were recorded and taken so far.
    pub const fn told(&self) -> usize {
        self.position
    }

    /// Marks everything recorded so far as taken.
    pub fn taken(&mut self) {
        self.position += self.fresh.len();
        self.fresh.clear();
    }

    /// Makes this entry the cause of what follows.
    pub fn because(&mut self, cause: Cause) {
        self.cause = cause;
    }

    #[cold]
    fn make_room(&mut self, slots: usize) {
        self.armed.resize(slots, NOTHING);
    }
}

/// The only pen of every model.
#[derive(Debug)]
pub struct Outbox<'a> {
    agenda: &'a mut Agenda,
}

impl Outbox<'_> {
    /// The present instant.
    pub const fn now(&self) -> SimTime {
        self.agenda.queue.instant()
    }

    /// Records a fact, caused by whatever is being handled; returns it as a cause.
    pub fn record(&mut self, fact: Fact) -> Cause {
        let agenda = &mut *self.agenda;
        let entry = Entry { at: agenda.queue.instant(), cause: agenda.cause, fact };
        agenda.fresh.push(entry);
        Cause::entry(agenda.position + agenda.fresh.len() - 1)
    }

    /// Records a fact and makes it the cause of what follows.
    pub fn follow(&mut self, fact: Fact) {
        let cause = self.record(fact);
        self.because(cause);
    }

    /// What is being handled is caused by this entry from now on; returns what it was before.
    pub fn because(&mut self, cause: Cause) -> Cause {
        std::mem::replace(&mut self.agenda.cause, cause)
    }

    /// The entry that causes what is being recorded.
    pub const fn cause(&self) -> Cause {
        self.agenda.cause
    }

    /// Arms an event, now or later, instead of whatever the same event was armed for.
    #[inline(always)]
    pub fn schedule(&mut self, delay: SimDuration, event: Event) {
        self.schedule_at(self.now() + delay, event);
    }

    /// Arms an event for this instant: in this round if its phase is still to come, else in the next.
    #[inline(always)]
    pub fn schedule_now(&mut self, event: Event) {
        self.schedule_at(self.now(), event);
    }

    /// Arms an event for an instant.
    ///
    /// # Panics
    /// If the instant has passed.
    #[inline(always)]
    pub fn schedule_at(&mut self, at: SimTime, event: Event) {
        let agenda = &mut *self.agenda;
        let (phase, slot) = agenda.slots.of(event);
        if slot >= agenda.armed.len() {
            agenda.make_room(slot + 1);
        }
        agenda.armed[slot] = (event, agenda.cause);
        agenda.queue.arm(slot, at, phase as u8);
    }

    /// Cancels an event if it is armed.
    pub fn cancel(&mut self, event: Event) {
        let (_, slot) = self.agenda.slots.of(event);
        self.agenda.queue.cancel(slot);
    }

    /// Cancels every event of a task.
    pub fn cancel_all_of(&mut self, place: TaskPlace) {
        for slot in self.agenda.slots.of_task(place) {
            self.agenda.queue.cancel(slot);
        }
    }

    /// When an event falls due, if it is armed.
    pub fn due(&self, event: Event) -> Option<SimTime> {
        let (_, slot) = self.agenda.slots.of(event);
        let key = self.agenda.queue.armed(slot);
        (key != Key::NEVER).then(|| key.at())
    }

    /// A length of time: the distribution at uniform `n` of this index. A constant draws nothing.
    pub fn draw(
        &mut self,
        distribution: &Distribution,
        purpose: Purpose,
        index: u64,
        n: u32,
    ) -> SimDuration {
        match distribution {
            Distribution::Constant(_) => distribution.duration(0.5),
            _ => distribution.duration(self.agenda.chance.nth(purpose, index, n)),
        }
    }

    /// The streams of this run.
    pub const fn chance(&mut self) -> &mut Chance {
        &mut self.agenda.chance
    }
}
