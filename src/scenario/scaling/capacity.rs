//! How the wishes of several policies become one desired count within the bounds.
//!
//! What a policy wishes is in its own file; what cooldowns hold back is in `cooldown`.
//! Rules: AAS-GEN-1 to AAS-GEN-4.

use crate::aws::scaling::NotScaledReason;

/// The two counts of the service that scaling goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Running tasks, those of every task set together: the current capacity of all rules. Rules: AAS-GEN-1,
    /// AAS-BG-3.
    pub running: u32,
    /// `desiredCount`, which is all that scaling changes. Rule: AAS-DEP-3.
    pub desired: u32,
}

impl Capacity {
    /// The larger of both: what runs and what has been ordered already.
    pub fn committed(self) -> u32 {
        self.running.max(self.desired)
    }
}

/// The bounds of a scalable target; `min` is at most `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapacityRange {
    /// `MinCapacity`, from 0.
    pub min: u32,
    /// `MaxCapacity`.
    pub max: u32,
}

/// A capacity that policies want: fewer tasks than run, or more. Any scale-out is more than any scale-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Fewer tasks: so many in all.
    ScaleIn(u32),
    /// More tasks: so many in all.
    ScaleOut(u32),
}

/// What one policy says at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// It wants this.
    For(Change),
    /// It wants nothing and does not agree to scale in; a reason where it would have scaled.
    Stay(Option<NotScaledReason>),
    /// It has nothing to say: its alarm is quiet, or its scale-in is disabled.
    Abstain,
}

/// What was chosen out of the votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Whose wish it is, as its place among the votes: its cooldown begins. The first of those that agree.
    pub policy: usize,
    /// The wish.
    pub change: Change,
}

/// What several policies want together: scale-out if any does, scale-in only if none stays; in both the
/// largest capacity. Rule: AAS-GEN-3.
pub fn chosen(votes: &[Vote]) -> Option<Chosen> {
    let stays = votes.iter().any(|vote| matches!(vote, Vote::Stay(_)));
    let wishes = votes.iter().enumerate().filter_map(|(policy, vote)| match *vote {
        Vote::For(Change::ScaleIn(_)) if stays => None,
        Vote::For(change) => Some(Chosen { policy, change }),
        Vote::Stay(_) | Vote::Abstain => None,
    });
    wishes.reduce(|first, next| if next.change > first.change { next } else { first })
}

impl CapacityRange {
    /// The nearest capacity within the bounds.
    pub fn clamp(self, capacity: u32) -> u32 {
        capacity.clamp(self.min, self.max)
    }

    /// The desired count that a change leads to, always within the bounds. Rule: AAS-GEN-2.
    ///
    /// From below the minimum a scale-out goes to the minimum first, from above the maximum a scale-in to the
    /// maximum. A scale-out never lowers the desired count. A scale-in may raise it: what it wants is fewer than
    /// run, and during a blue/green deployment about twice as many run as are desired (AAS-BG-7).
    ///
    /// # Errors
    /// The reason if nothing changes. Rule: AAS-GEN-4.
    pub fn desired_after(self, change: Change, desired: u32) -> Result<u32, NotScaledReason> {
        let CapacityRange { min, max } = self;
        match change {
            Change::ScaleOut(_) if desired < min => Ok(min),
            Change::ScaleOut(to) if to >= max && desired >= max => {
                Err(NotScaledReason::AlreadyAtMaxCapacity)
            }
            Change::ScaleOut(to) if self.clamp(to) <= desired => {
                Err(NotScaledReason::AlreadyAtDesiredCapacity)
            }
            Change::ScaleIn(_) if desired > max => Ok(max),
            Change::ScaleIn(to) if to <= min && desired <= min => {
                Err(NotScaledReason::AlreadyAtMinCapacity)
            }
            Change::ScaleIn(to) if self.clamp(to) == desired => {
                Err(NotScaledReason::AlreadyAtDesiredCapacity)
            }
            Change::ScaleOut(to) | Change::ScaleIn(to) => Ok(self.clamp(to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Change::{ScaleIn, ScaleOut};
    use NotScaledReason::{AlreadyAtDesiredCapacity, AlreadyAtMaxCapacity, AlreadyAtMinCapacity};

    /// AAS-GEN-2, AAS-GEN-4.
    #[test]
    fn results_stay_within_the_bounds_and_what_changes_nothing_says_why() {
        let range = CapacityRange { min: 4, max: 20 };
        for (change, desired, expected) in [
            (ScaleOut(14), 10, Ok(14)),
            (ScaleOut(30), 10, Ok(20)),
            (ScaleOut(30), 20, Err(AlreadyAtMaxCapacity)),
            (ScaleOut(30), 25, Err(AlreadyAtMaxCapacity)),
            (ScaleOut(3), 2, Ok(4)),
            (ScaleOut(30), 2, Ok(4)),
            // More run than are desired, or fewer: the desired count is not lowered by a scale-out.
            (ScaleOut(14), 14, Err(AlreadyAtDesiredCapacity)),
            (ScaleOut(14), 16, Err(AlreadyAtDesiredCapacity)),
            (ScaleIn(8), 10, Ok(8)),
            (ScaleIn(2), 10, Ok(4)),
            (ScaleIn(2), 4, Err(AlreadyAtMinCapacity)),
            (ScaleIn(1), 3, Err(AlreadyAtMinCapacity)),
            (ScaleIn(8), 8, Err(AlreadyAtDesiredCapacity)),
            (ScaleIn(18), 25, Ok(20)),
            (ScaleIn(2), 25, Ok(20)),
            (ScaleIn(15), 10, Ok(15)),
        ] {
            assert_eq!(range.desired_after(change, desired), expected, "{change:?} at {desired}");
        }
    }

    /// AAS-GEN-3.
    #[test]
    fn the_largest_wish_wins_and_scale_in_needs_all() {
        let check = |votes: &[Vote], expected: Option<(usize, Change)>| {
            let found = chosen(votes).map(|Chosen { policy, change }| (policy, change));
            assert_eq!(found, expected, "{votes:?}");
        };
        let (out, down) = (|to| Vote::For(ScaleOut(to)), |to| Vote::For(ScaleIn(to)));
        let stay = Vote::Stay(None);
        check(&[], None);
        check(&[Vote::Abstain, stay], None);
        check(&[out(12), stay, out(14), out(14)], Some((2, ScaleOut(14))));
        check(&[down(8), out(12), down(20)], Some((1, ScaleOut(12))));
        check(&[down(6), down(8), Vote::Abstain], Some((1, ScaleIn(8))));
        check(&[down(6), stay], None);
        check(&[down(6), Vote::Stay(Some(AlreadyAtDesiredCapacity))], None);
    }
}
