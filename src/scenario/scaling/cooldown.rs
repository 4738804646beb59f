//! What cooldowns hold back: the state of a scalable target after its last changes.
//!
//! Cooldowns belong to the scalable target, not to a policy (U34). Scheduled actions do not ask here: they
//! ignore cooldowns (AAS-CD-5). Rules: AAS-CD-2, AAS-CD-3, AAS-CD-4.

use super::capacity::{Capacity, Change};
use crate::engine::time::{SimDuration, SimTime};

/// The cooldowns that a scalable target is in. At the instant at which one ends it holds nothing back any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cooldowns {
    scale_out: Option<ScaleOut>,
    scale_in_until: Option<SimTime>,
}

/// The cooldown after scale-outs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ScaleOut {
    until: SimTime,
    /// How many tasks were added since it first began.
    added: u32,
}

impl Cooldowns {
    /// What is left of a wish, if anything: a scale-out passes less what was added already in the cooldown, a
    /// scale-in only outside of both cooldowns. Rules: AAS-CD-2, AAS-CD-3, AAS-CD-4.
    pub fn allow(self, now: SimTime, change: Change, capacity: Capacity) -> Option<Change> {
        match (self.scale_out_at(now), change) {
            (None, Change::ScaleOut(_)) => Some(change),
            (Some(cooldown), Change::ScaleOut(to)) => {
                let wanted = to.saturating_sub(capacity.running);
                let more = wanted.checked_sub(cooldown.added).filter(|&more| more > 0)?;
                Some(Change::ScaleOut(capacity.committed().saturating_add(more)))
            }
            (Some(_), Change::ScaleIn(_)) => None,
            (None, Change::ScaleIn(_)) => {
                self.scale_in_until.is_none_or(|until| now >= until).then_some(change)
            }
        }
    }

    /// A change has succeeded: its cooldown begins. `change` holds the new desired count, `before` the counts
    /// that it was decided by, `lasts` what the policy says. Rules: AAS-CD-2, AAS-CD-3.
    pub fn begin(&mut self, now: SimTime, change: Change, before: Capacity, lasts: SimDuration) {
        let until = now + lasts;
        match change {
            Change::ScaleOut(to) => {
                let added = match self.scale_out_at(now) {
                    Some(cooldown) => cooldown.added + to.saturating_sub(before.committed()),
                    None => to.saturating_sub(before.running),
                };
                self.scale_out = Some(ScaleOut { until, added });
                self.scale_in_until = None;
            }
            Change::ScaleIn(_) => self.scale_in_until = Some(until),
        }
    }

    fn scale_out_at(self, now: SimTime) -> Option<ScaleOut> {
        self.scale_out.filter(|cooldown| now < cooldown.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Change::{ScaleIn, ScaleOut};

    const LASTS: SimDuration = SimDuration::from_secs(300);

    fn at(seconds: u64) -> SimTime {
        SimTime::from_millis(seconds * 1000)
    }

    fn counts(running: u32, desired: u32) -> Capacity {
        Capacity { running, desired }
    }

    /// T158 (AAS-CD-2), whether the two that were added run already or not.
    #[test]
    fn what_was_added_counts_towards_a_larger_wish() {
        let mut cooldowns = Cooldowns::default();
        assert_eq!(cooldowns.allow(at(0), ScaleOut(12), counts(10, 10)), Some(ScaleOut(12)));
        cooldowns.begin(at(0), ScaleOut(12), counts(10, 10), LASTS);
        for (capacity, wish) in [(counts(10, 12), 13), (counts(12, 12), 15)] {
            assert_eq!(cooldowns.allow(at(60), ScaleOut(wish), capacity), Some(ScaleOut(13)));
            assert_eq!(cooldowns.allow(at(60), ScaleOut(wish - 1), capacity), None, "no more");
        }
        cooldowns.begin(at(60), ScaleOut(13), counts(12, 12), LASTS);
        assert_eq!(cooldowns.allow(at(120), ScaleOut(16), counts(13, 13)), None, "three are added");
        assert_eq!(cooldowns.allow(at(120), ScaleOut(17), counts(13, 13)), Some(ScaleOut(14)));
        assert_eq!(
            cooldowns.allow(at(359), ScaleOut(14), counts(13, 13)),
            None,
            "begun again at 60"
        );
        assert_eq!(cooldowns.allow(at(360), ScaleOut(14), counts(13, 13)), Some(ScaleOut(14)));
    }

    /// T159 (AAS-CD-3).
    #[test]
    fn a_scale_out_cancels_the_cooldown_of_a_scale_in() {
        let mut cooldowns = Cooldowns::default();
        cooldowns.begin(at(0), ScaleIn(8), counts(10, 10), LASTS);
        assert_eq!(cooldowns.allow(at(299), ScaleIn(7), counts(8, 8)), None);
        assert_eq!(cooldowns.allow(at(300), ScaleIn(7), counts(8, 8)), Some(ScaleIn(7)));
        assert_eq!(cooldowns.allow(at(10), ScaleOut(9), counts(8, 8)), Some(ScaleOut(9)));
        cooldowns.begin(at(10), ScaleOut(9), counts(8, 8), SimDuration::from_secs(30));
        assert_eq!(
            cooldowns.allow(at(40), ScaleIn(8), counts(9, 9)),
            Some(ScaleIn(8)),
            "cancelled"
        );
    }

    /// AAS-CD-4.
    #[test]
    fn no_scale_in_passes_in_the_cooldown_of_a_scale_out() {
        let mut cooldowns = Cooldowns::default();
        cooldowns.begin(at(0), ScaleOut(12), counts(10, 10), LASTS);
        assert_eq!(cooldowns.allow(at(299), ScaleIn(11), counts(12, 12)), None);
        assert_eq!(cooldowns.allow(at(300), ScaleIn(11), counts(12, 12)), Some(ScaleIn(11)));
    }
}
