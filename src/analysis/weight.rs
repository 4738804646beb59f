//! The share of the requests that go to the replacement.
//!
//! Results are computed from its millionths; people read it, and expectations compare it, in percent with one decimal, as finely
//! as any weights are set (ECS-BG-3).

use std::fmt;

/// Millionths of a whole.
const WHOLE: u32 = 1_000_000;
/// Millionths of a tenth of a percent.
const TENTH: u32 = WHOLE / 1000;

/// A share of a whole in millionths, nothing or all only where it is exactly that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u32);

impl Weight {
    /// Nothing.
    pub const NOTHING: Weight = Weight(0);

    /// What one of two weights has of both, rounded; nothing of two zeros.
    pub fn of(part: u16, other: u16) -> Weight {
        let (part, total) = (u64::from(part), u64::from(part) + u64::from(other));
        match part {
            0 => Weight::NOTHING,
            _ => Weight(((u64::from(WHOLE) * part + total / 2) / total) as u32),
        }
    }

    /// Millionths.
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// From 0 to 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Whether no request goes there.
    pub const fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// Whether every request goes there.
    pub const fn is_whole(self) -> bool {
        self.0 == WHOLE
    }

    /// As it is shown: whole tenths of a percent in millionths, never nothing or all where it is not.
    pub fn shown_ppm(self) -> u32 {
        match self.0 {
            0 | WHOLE => self.0,
            ppm => ((ppm + TENTH / 2) / TENTH * TENTH).clamp(TENTH, WHOLE - TENTH),
        }
    }

    /// Writes it as it is shown, in percent.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(self, to: &mut impl fmt::Write) -> fmt::Result {
        let tenths = self.shown_ppm() / TENTH;
        match tenths % 10 {
            0 => write!(to, "{}", tenths / 10),
            decimal => write!(to, "{}.{decimal}", tenths / 10),
        }
    }

    /// How many whole tenths of all requests it is: 0 to 10.
    pub const fn in_tenths(self) -> u32 {
        self.0 / (WHOLE / 10)
    }
}

/// In percent: `10`, `66.7`, `0.1`.
impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_what_one_has_of_both() {
        for (part, other, ppm, shown) in [
            (10, 90, 100_000, "10"),
            (0, 0, 0, "0"),
            (7, 0, WHOLE, "100"),
            (2, 1, 666_667, "66.7"),
            (1, 999, 1000, "0.1"),
            (3, 997, 3000, "0.3"),
            (1, u16::MAX, 15, "0.1"),
            (u16::MAX, 1, 999_985, "99.9"),
        ] {
            let weight = Weight::of(part, other);
            assert_eq!((weight.ppm(), weight.to_string().as_str()), (ppm, shown), "{part} {other}");
            assert_eq!(weight.is_nothing(), part == 0);
            assert_eq!(weight.is_whole(), part > 0 && other == 0);
        }
        assert_eq!(Weight::of(2, 1).shown_ppm(), 667_000);
        assert_eq!([Weight::of(2, 1), Weight::of(1, 0)].map(Weight::in_tenths), [6, 10]);
    }
}
