//! Exact fractions: compared, added and rounded up without an error on the way.
//!
//! A fraction of a whole, between nothing and all, is a [`Share`](super::share::Share).

use std::cmp::Ordering;
use std::fmt;

/// A fraction of whole numbers in lowest terms; two that are equal are written alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i64,
    denominator: u32,
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Ratio = Ratio { numerator: 0, denominator: 1 };

    /// `numerator / denominator`.
    ///
    /// # Panics
    /// If the denominator is 0.
    pub fn new(numerator: i64, denominator: u32) -> Ratio {
        assert!(denominator > 0, "{numerator} / 0 is no fraction");
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.into());
        let signed = i64::try_from(divisor).expect("at most the denominator");
        let small = u32::try_from(divisor).expect("at most the denominator");
        Ratio { numerator: numerator / signed, denominator: denominator / small }
    }

    /// The sum.
    ///
    /// # Panics
    /// If it cannot be written with 64 bits over 32; decimals of at most eight places and nine digits before
    /// them always can.
    #[must_use]
    pub fn plus(self, other: Ratio) -> Ratio {
        let (left, right) = (u64::from(self.denominator), u64::from(other.denominator));
        let divisor = greatest_common_divisor(left, right);
        let scaled = |numerator: i64, factor: u64| i128::from(numerator) * i128::from(factor);
        let sum = scaled(self.numerator, right / divisor) + scaled(other.numerator, left / divisor);
        lowest(sum, u128::from(left) * u128::from(right / divisor))
    }

    /// The product with `numerator / denominator`.
    ///
    /// # Panics
    /// If the denominator is 0, or the product cannot be written with 64 bits over 32.
    #[must_use]
    pub fn times(self, numerator: u32, denominator: u32) -> Ratio {
        assert!(denominator > 0, "{numerator} / 0 is no fraction");
        lowest(
            i128::from(self.numerator) * i128::from(numerator),
            u128::from(self.denominator) * u128::from(denominator),
        )
    }

    /// Its numerator and denominator, in lowest terms.
    pub const fn parts(self) -> (i64, u32) {
        (self.numerator, self.denominator)
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.numerator > 0
    }

    /// The least whole number that is not below `count * self / divisor`: 0 for what is negative, at most
    /// `u32::MAX`.
    ///
    /// # Panics
    /// If the divisor is not positive.
    pub fn ceil_of(self, count: u32, divisor: Ratio) -> u32 {
        assert!(divisor.is_positive(), "{divisor} divides nothing");
        let Ok(numerator) = u128::try_from(self.numerator) else { return 0 };
        // 32, 63 and 32 bits, and 32 and 63: neither product leaves 128 bits.
        let dividend = u128::from(count) * numerator * u128::from(divisor.denominator);
        let whole = u128::from(self.denominator) * u128::from(divisor.numerator.unsigned_abs());
        u32::try_from(dividend.div_ceil(whole)).unwrap_or(u32::MAX)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        let crossed =
            |one: &Ratio, by: &Ratio| i128::from(one.numerator) * i128::from(by.denominator);
        crossed(self, other).cmp(&crossed(other, self))
    }
}

impl From<u32> for Ratio {
    fn from(whole: u32) -> Ratio {
        Ratio { numerator: whole.into(), denominator: 1 }
    }
}

impl fmt::Display for Ratio {
    /// As a decimal if it has one of at most eight places: `67.5`, `-0.1`; else `1/3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PLACES: u64 = 100_000_000;
        let Ratio { numerator, denominator } = *self;
        if !PLACES.is_multiple_of(u64::from(denominator)) {
            return write!(f, "{numerator}/{denominator}");
        }
        let (whole, rest) = (
            numerator.unsigned_abs() / u64::from(denominator),
            numerator.unsigned_abs() % u64::from(denominator) * (PLACES / u64::from(denominator)),
        );
        let sign = if numerator < 0 { "-" } else { "" };
        match rest {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{}", format!("{rest:08}").trim_end_matches('0')),
        }
    }
}

fn lowest(numerator: i128, denominator: u128) -> Ratio {
    const FITS: &str = "a fraction of 64 over 32 bits";
    let mut divisor = (denominator, numerator.unsigned_abs());
    while divisor.1 > 0 {
        divisor = (divisor.1, divisor.0 % divisor.1);
    }
    let signed = i128::try_from(divisor.0).expect(FITS);
    Ratio {
        numerator: i64::try_from(numerator / signed).expect(FITS),
        denominator: u32::try_from(denominator / divisor.0).expect(FITS),
    }
}

/// Euclid's; at least 1 for a positive second number.
const fn greatest_common_divisor(mut one: u64, mut other: u64) -> u64 {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_ratio_shows_as_a_decimal_where_it_is_one() {
        let shown = |numerator, denominator| Ratio::new(numerator, denominator).to_string();
        assert_eq!(shown(135, 2), "67.5");
        assert_eq!(shown(-1, 10), "-0.1");
        assert_eq!(shown(200, 100), "2");
        assert_eq!(shown(1, 100_000_000), "0.00000001");
        assert_eq!(shown(1, 3), "1/3");
    }

    #[test]
    fn products_that_no_float_holds_are_rounded_as_they_are() {
        let ceil = |count, metric: Ratio, target| metric.ceil_of(count, target);
        // In binary floats 70 * 1.1 is more than 77.
        assert_eq!(ceil(70, Ratio::new(11, 10), Ratio::from(1)), 77);
        assert_eq!(ceil(3, Ratio::new(1, 3), Ratio::from(1)), 1);
        assert_eq!(ceil(3, Ratio::new(334, 1000), Ratio::from(1)), 2);
        assert_eq!(ceil(5, Ratio::new(-1, 2), Ratio::from(1)), 0);
        assert_eq!(ceil(u32::MAX, Ratio::new(i64::MAX, 1), Ratio::new(1, u32::MAX)), u32::MAX);
        assert_eq!(Ratio::new(1, 10).plus(Ratio::new(2, 10)), Ratio::new(3, 10));
        assert_eq!(Ratio::from(75).times(9, 10), Ratio::new(135, 2));
    }

    proptest! {
        #[test]
        fn order_and_sum_are_those_of_common_fractions(
            (a, b) in (-1_000_000_i64..1_000_000, 1_u32..1000),
            (c, d) in (-1_000_000_i64..1_000_000, 1_u32..1000),
        ) {
            let (one, other) = (Ratio::new(a, b), Ratio::new(c, d));
            let (left, right) = (a * i64::from(d), c * i64::from(b));
            prop_assert_eq!(one.cmp(&other), left.cmp(&right));
            prop_assert_eq!(one.plus(other), Ratio::new(left + right, b * d));
        }

        #[test]
        fn a_rounded_product_is_the_least_whole_number_above(
            count in 0_u32..10_000,
            (a, b) in (0_i64..100_000, 1_u32..1000),
            (c, d) in (1_i64..100_000, 1_u32..1000),
        ) {
            let found = u128::from(Ratio::new(a, b).ceil_of(count, Ratio::new(c, d)));
            let wide = |n: i64, m: u32| u128::from(n.unsigned_abs()) * u128::from(m);
            let (dividend, divisor) = (u128::from(count) * wide(a, d), wide(c, b));
            prop_assert!(found * divisor >= dividend);
            prop_assert!(found == 0 || (found - 1) * divisor < dividend);
        }
    }
}
