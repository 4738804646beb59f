//! The two sides of a blue/green deployment, and which target group stands for which.
//!
//! Sides are those of the first deployment and stay so for the whole run: a rollback moves traffic between
//! them, it does not rename them.

use crate::analysis::weight::Weight;
use crate::aws::id::{TargetGroupId, TaskSetId};
use std::ops::{Index, IndexMut};

/// Which of the two versions that stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What served before the first deployment (blue).
    Original,
    /// What the first deployment brings (green).
    Replacement,
}

impl Side {
    /// Both, the original first.
    pub const BOTH: [Side; 2] = [Side::Original, Side::Replacement];

    /// The word for it in all output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Original => "original",
            Side::Replacement => "replacement",
        }
    }
}

/// One value for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BySide<T> {
    /// That of the original.
    pub original: T,
    /// That of the replacement.
    pub replacement: T,
}

impl<T> Index<Side> for BySide<T> {
    type Output = T;

    fn index(&self, side: Side) -> &T {
        match side {
            Side::Original => &self.original,
            Side::Replacement => &self.replacement,
        }
    }
}

impl<T> IndexMut<Side> for BySide<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Original => &mut self.original,
            Side::Replacement => &mut self.replacement,
        }
    }
}

/// Knows the side of each target group and task set.
#[derive(Clone, Debug)]
pub struct Sides {
    original: TargetGroupId,
    task_sets: [Side; 256],
}

impl Default for Sides {
    /// The first target group is the original's until a task set is found elsewhere.
    fn default() -> Sides {
        Sides { original: TargetGroupId(0), task_sets: [Side::Original; 256] }
    }
}

impl Sides {
    /// The task set that serves when the run begins: its target group is the original's.
    pub fn found(&mut self, task_set: TaskSetId, target_group: TargetGroupId) {
        self.original = target_group;
        self.task_sets[task_set.index()] = Side::Original;
    }

    /// A deployment created a task set behind this target group.
    pub fn created(&mut self, task_set: TaskSetId, target_group: TargetGroupId) {
        self.task_sets[task_set.index()] = self.of_target_group(target_group);
    }

    /// The side of a target group.
    pub fn of_target_group(&self, target_group: TargetGroupId) -> Side {
        if target_group == self.original { Side::Original } else { Side::Replacement }
    }

    /// The side of a task set; that of the original if it was never announced.
    pub fn of_task_set(&self, task_set: TaskSetId) -> Side {
        self.task_sets[task_set.index()]
    }

    /// Which sides have any weight.
    pub fn with_weight(&self, weights: [u16; 2]) -> BySide<bool> {
        let [first, second] = weights.map(|weight| weight > 0);
        match self.original {
            TargetGroupId(0) => BySide { original: first, replacement: second },
            _ => BySide { original: second, replacement: first },
        }
    }

    /// The weight of the replacement in a pair of weights.
    pub fn weight_of_replacement(&self, [first, second]: [u16; 2]) -> Weight {
        match self.original {
            TargetGroupId(0) => Weight::of(second, first),
            _ => Weight::of(first, second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_replacement_is_whatever_the_original_is_not() {
        let mut sides = Sides::default();
        sides.found(TaskSetId(0), TargetGroupId(1));
        sides.created(TaskSetId(1), TargetGroupId(0));
        assert_eq!(sides.of_target_group(TargetGroupId(0)), Side::Replacement);
        assert_eq!(sides.of_task_set(TaskSetId(1)), Side::Replacement);
        assert_eq!(sides.weight_of_replacement([10, 90]), Weight::of(10, 90));
        assert_eq!(sides.with_weight([10, 0]), BySide { original: false, replacement: true });
    }
}
