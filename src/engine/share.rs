//! A fraction of a whole, exact, so that a weight is the same number on every machine.

use crate::engine::count;
use std::fmt;

/// Parts per billion in the whole.
const WHOLE: u32 = 1_000_000_000;

/// A fraction between 0 and 1, in whole parts per billion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

impl Share {
    /// Nothing.
    pub const ZERO: Share = Share(0);

    /// The whole.
    pub const ONE: Share = Share(WHOLE);

    /// A share of whole parts per billion.
    ///
    /// # Panics
    /// If it is more than the whole.
    pub const fn from_parts_per_billion(parts: u32) -> Share {
        assert!(parts <= WHOLE, "a share of more than the whole");
        Share(parts)
    }

    /// A share of whole percent.
    ///
    /// # Panics
    /// If it is more than 100.
    pub const fn of(percent: u32) -> Share {
        assert!(percent <= 100, "a share of more than the whole");
        Share(percent * (WHOLE / 100))
    }

    /// Whole parts per billion, 0 to 1 000 000 000.
    pub const fn parts_per_billion(self) -> u32 {
        self.0
    }

    /// The nearest `f64`, 0 to 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// The rest of the whole.
    #[must_use]
    pub const fn complement(self) -> Share {
        Share(WHOLE - self.0)
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is the whole.
    pub const fn is_one(self) -> bool {
        self.0 == WHOLE
    }

    /// Whether something of this probability happens, by one uniform; what happens at a share happens at
    /// every larger one.
    pub fn happens(self, uniform: f64) -> bool {
        uniform < self.as_f64()
    }

    /// How many trials pass before the next fails, if each fails with this probability: by one uniform,
    /// `u64::MAX` if none ever does.
    pub fn passes_before_failure(self, uniform: f64) -> u64 {
        if self.is_zero() { u64::MAX } else { count::geometric(uniform, self.as_f64()) }
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn rest(self) -> Share {
        Share(WHOLE - self.0)
    }
}

impl fmt::Display for Share {
    /// In percent with as many decimals as it has: `2%`, `0.05%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (percent, rest) = (self.0 / (WHOLE / 100), self.0 % (WHOLE / 100));
        if rest == 0 {
            return write!(f, "{percent}%");
        }
        write!(f, "{percent}.{}%", format!("{rest:07}").trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_shows_as_percent_with_the_decimals_it_has() {
        let shown = |parts| Share::from_parts_per_billion(parts).to_string();
        assert_eq!(shown(20_000_000), "2%");
        assert_eq!(shown(500_000), "0.05%");
        assert_eq!(shown(1), "0.0000001%");
        assert_eq!(Share::ONE.to_string(), "100%");
        assert_eq!(Share::of(10).rest(), Share::of(90));
        assert!((Share::of(10).as_f64() - 0.1).abs() < 1e-15);
    }

    #[test]
    #[should_panic(expected = "more than the whole")]
    fn no_share_is_more_than_the_whole() {
        let _ = Share::of(101);
    }
}
