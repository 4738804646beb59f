//! A value that holds from one instant to the next change.

use crate::engine::time::SimTime;

/// A step function of time; between two changes it keeps its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps<T> {
    steps: Vec<(SimTime, T)>,
}

impl<T: Copy + Default + PartialEq> Default for Steps<T> {
    fn default() -> Steps<T> {
        Steps::new(T::default())
    }
}

impl<T: Copy + PartialEq> Steps<T> {
    /// This value from instant zero on.
    pub fn new(initial: T) -> Steps<T> {
        Steps { steps: vec![(SimTime::ZERO, initial)] }
    }

    /// Another value from this instant on; the last value given for an instant wins.
    ///
    /// # Panics
    /// If `at` is earlier than the last change.
    pub fn set(&mut self, at: SimTime, value: T) {
        assert!(self.last().0 <= at, "a change at {at} comes after a later one");
        if self.last().0 == at && self.steps.len() > 1 {
            self.steps.pop();
        }
        if self.last().0 == at {
            self.steps[0].1 = value;
        } else if self.last().1 != value {
            self.steps.push((at, value));
        }
    }

    /// The value at this instant, after all changes that fell on it.
    pub fn at(&self, time: SimTime) -> T {
        let after = self.steps.partition_point(|&(from, _)| from <= time);
        self.steps[after - 1].1
    }

    /// The last change and the value since then.
    pub fn last(&self) -> (SimTime, T) {
        *self.steps.last().expect("there is a value from instant zero on")
    }

    /// The first instant at which the value is as asked.
    pub fn first(&self, mut holds: impl FnMut(T) -> bool) -> Option<SimTime> {
        self.steps.iter().find(|&&(_, value)| holds(value)).map(|&(at, _)| at)
    }

    /// The changes, beginning with the value at instant zero.
    pub fn changes(&self) -> impl Iterator<Item = (SimTime, T)> + '_ {
        self.steps.iter().copied()
    }

    /// A value that follows from this one.
    pub fn map<U: Copy + PartialEq>(&self, value: impl Fn(T) -> U) -> Steps<U> {
        let mut mapped = Steps::new(value(self.steps[0].1));
        self.steps[1..].iter().for_each(|&(at, from)| mapped.set(at, value(from)));
        mapped
    }

    /// Each stretch of one value, as (from, to, value); the last one ends at `end`.
    pub fn stretches(&self, end: SimTime) -> impl Iterator<Item = (SimTime, SimTime, T)> + '_ {
        let nexts = self.steps.iter().skip(1).map(|&(at, _)| at).chain([end]);
        self.steps.iter().zip(nexts).map(move |(&(from, value), to)| (from, to.max(from), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::from_millis(seconds * 1000)
    }

    #[test]
    fn a_value_holds_until_the_next_change() {
        let mut steps = Steps::new(0);
        steps.set(at(10), 5);
        steps.set(at(10), 7);
        steps.set(at(20), 7);
        steps.set(at(30), 0);
        let values = [9, 10, 29, 30].map(|seconds| steps.at(at(seconds)));
        assert_eq!(values, [0, 7, 7, 0]);
        assert_eq!(steps.changes().count(), 3, "a change to the same value is none");
        assert_eq!(steps.first(|value| value >= 7), Some(at(10)));
        assert_eq!(steps.map(|value| value > 9).changes().count(), 1, "it is never above 9");
        let stretches: Vec<_> = steps.stretches(at(40)).collect();
        assert_eq!(stretches, [(at(0), at(10), 0), (at(10), at(30), 7), (at(30), at(40), 0)]);
    }

    #[test]
    fn a_change_that_is_taken_back_at_once_never_was() {
        let mut steps = Steps::new(1);
        steps.set(at(5), 2);
        steps.set(at(5), 1);
        assert_eq!(steps.changes().count(), 1);
    }
}
