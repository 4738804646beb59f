//! The dated profile: which behaviour of AWS holds.
//!
//! Not the behaviour itself; each dated rule asks [`Semantics::is_since`]. Decision 22 of the design.

use crate::engine::time::SimDuration;
use std::fmt;

/// A month, or the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// What AWS does today.
    Current,
    /// What AWS did in this month.
    Month {
        /// Calendar year.
        year: u16,
        /// 1 to 12.
        month: u8,
    },
}

impl Semantics {
    /// Whether a behaviour introduced in this month already holds.
    pub const fn is_since(self, year: u16, month: u8) -> bool {
        match self {
            Self::Current => true,
            Self::Month { year: own_year, month: own_month } => {
                own_year > year || (own_year == year && own_month >= month)
            }
        }
    }

    /// The longest time between two starts of tasks that never run. Rule: ECS-THR-2.
    ///
    /// 27 minutes today; the guide of 2023 says 15. The month of the change is not known: January 2024 stands
    /// for it.
    pub const fn restart_throttle_ceiling(self, current: SimDuration) -> SimDuration {
        const LEGACY: SimDuration = SimDuration::from_mins(15);
        let is_shorter = current.as_millis() < LEGACY.as_millis();
        if self.is_since(2024, 1) || is_shorter { current } else { LEGACY }
    }

    /// Whether an idle target group stays attached with weight 0, so that Install sees its health.
    ///
    /// Since November 2022; before, a replacement was unchecked until production traffic moved.
    /// Never for all at once (CD-ECS-33). Rules: ELB-HC-4, CD-ECS-33; story F03.
    pub const fn attaches_idle_target_group(self) -> bool {
        self.is_since(2022, 11)
    }
}

impl fmt::Display for Semantics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_behaviour_holds_from_its_month_on() {
        let october = Semantics::Month { year: 2022, month: 10 };
        let november = Semantics::Month { year: 2022, month: 11 };
        let later = Semantics::Month { year: 2023, month: 1 };
        assert!(!october.attaches_idle_target_group());
        assert!(november.attaches_idle_target_group() && later.attaches_idle_target_group());
        assert!(Semantics::Current.attaches_idle_target_group());
    }
}
