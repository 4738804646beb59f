//! Values of metrics as fractions of whole numbers, so that a threshold is met exactly or not at all.
//!
//! Not where values come from. Only `+ - * /` and `libm` are used: the same bits on every machine.

use crate::engine::ratio::Ratio as Fraction;
use std::cmp::Ordering;
use std::fmt;

/// Up to here every whole number is an `f64`, and sums, differences and products are exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// CloudWatch takes no value beyond 2^360.
const VALUE_MAX: f64 = 2.348_542_582_773_833e108;

/// A value: one whole number by another, compared without rounding.
///
/// Whole numbers beyond 2^53 cannot be kept; from there on, and for decimals with more than some fifteen digits, a
/// value is the nearest `f64` by one, as in CloudWatch itself. Two values that are equal as numbers are equal.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    numerator: f64,
    /// At least 1.
    denominator: f64,
}

impl From<Fraction> for Ratio {
    fn from(fraction: Fraction) -> Ratio {
        let (numerator, denominator) = fraction.parts();
        Ratio { numerator: numerator as f64, denominator: f64::from(denominator) }
    }
}

impl Ratio {
    /// 0.
    pub const ZERO: Ratio = Ratio { numerator: 0.0, denominator: 1.0 };
    /// 1.
    pub const ONE: Ratio = Ratio { numerator: 1.0, denominator: 1.0 };

    /// A whole number, such as a count of requests.
    pub const fn whole(number: u32) -> Ratio {
        Ratio { numerator: number as f64, denominator: 1.0 }
    }

    /// A count of any size; exact up to 2^53.
    pub const fn count(number: u64) -> Ratio {
        Ratio { numerator: number as f64, denominator: 1.0 }
    }

    /// A number as it is written in decimals: `1`, `-0.05`, `2.5e3`.
    ///
    /// None if it is no number or beyond 2^360, which CloudWatch takes for none either.
    pub fn parse(text: &str) -> Option<Ratio> {
        let is_plain =
            |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E');
        let nearest: f64 = text.bytes().all(is_plain).then(|| text.parse().ok())??;
        Ratio::exactly(text).or_else(|| Ratio::of(nearest, 1.0))
    }

    /// The number without rounding, if its digits and its unit are at most 2^53.
    fn exactly(text: &str) -> Option<Ratio> {
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let mut numerator: f64 = format!("{whole}{fraction}").parse().ok()?;
        let mut denominator = 1.0;
        let shift = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
        for _ in 0..shift.unsigned_abs().min(400) {
            match shift > 0 {
                true => numerator *= 10.0,
                false => denominator *= 10.0,
            }
        }
        let is_exact = numerator.abs() < EXACT_MAX && denominator < EXACT_MAX;
        is_exact.then_some(Ratio { numerator, denominator })
    }

    /// One number by another; none if the result is beyond what CloudWatch takes.
    fn of(numerator: f64, denominator: f64) -> Option<Ratio> {
        if numerator.abs() <= EXACT_MAX && denominator <= EXACT_MAX {
            return Some(Ratio { numerator, denominator });
        }
        let value = numerator / denominator;
        (value.abs() <= VALUE_MAX).then_some(Ratio { numerator: value, denominator: 1.0 })
    }

    /// A number that is not known better than an `f64`; none if CloudWatch takes no such value.
    pub fn nearest(value: f64) -> Option<Ratio> {
        value.is_finite().then(|| Ratio::of(value, 1.0))?
    }

    /// The nearest `f64`, to be shown.
    pub fn as_f64(self) -> f64 {
        self.numerator / self.denominator
    }

    /// The same as a fraction of whole numbers: exact where both are whole and small enough, else in millionths. Cut off at
    /// a thousand million, beyond which no metric comes that a policy follows, so that offsets can be added to it.
    pub fn as_fraction(self) -> Fraction {
        const MOST: i64 = 1_000_000_000;
        let Ratio { numerator, denominator } = self;
        if self.as_f64().abs() > MOST as f64 {
            return Fraction::new(if numerator < 0.0 { -MOST } else { MOST }, 1);
        }
        let is_whole = |number: f64| libm::trunc(number) == number;
        let is_small = numerator.abs() < EXACT_MAX && denominator < f64::from(u32::MAX);
        match is_whole(numerator) && is_whole(denominator) && is_small {
            true => Fraction::new(numerator as i64, denominator as u32),
            false => Fraction::new(self.micros(), 1_000_000),
        }
    }

    /// In millionths, rounded; the largest or the least number of 64 bits beyond those.
    pub fn micros(self) -> i64 {
        libm::round(self.as_f64() * 1e6) as i64
    }

    /// Whether it is 0.
    pub fn is_zero(self) -> bool {
        self.numerator == 0.0
    }

    /// The same without its sign.
    #[must_use]
    pub fn abs(self) -> Ratio {
        Ratio { numerator: self.numerator.abs(), ..self }
    }

    /// The largest whole number that is not larger.
    #[must_use]
    pub fn floor(self) -> Ratio {
        let nearest = libm::floor(self.as_f64());
        let left = self.numerator - nearest * self.denominator;
        let whole = match left {
            _ if left < 0.0 => nearest - 1.0,
            _ if left >= self.denominator => nearest + 1.0,
            _ => nearest,
        };
        Ratio { numerator: whole, denominator: 1.0 }
    }

    /// The least whole number that is not less.
    #[must_use]
    pub fn ceil(self) -> Ratio {
        self.negated().floor().negated()
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(self) -> Ratio {
        Ratio { numerator: -self.numerator, ..self }
    }

    /// The sum; none beyond what CloudWatch takes.
    pub fn plus(self, other: Ratio) -> Option<Ratio> {
        if self.denominator == other.denominator {
            return Ratio::of(self.numerator + other.numerator, self.denominator);
        }
        let (left, right) =
            (self.numerator * other.denominator, other.numerator * self.denominator);
        match left.abs().max(right.abs()) > EXACT_MAX {
            // What is rounded already is not to be cut down by a difference.
            true => Ratio::of(self.as_f64() + other.as_f64(), 1.0),
            false => Ratio::of(left + right, self.denominator * other.denominator),
        }
    }

    /// The difference; none beyond what CloudWatch takes.
    pub fn minus(self, other: Ratio) -> Option<Ratio> {
        self.plus(other.negated())
    }

    /// The product; none beyond what CloudWatch takes.
    pub fn times(self, other: Ratio) -> Option<Ratio> {
        Ratio::of(self.numerator * other.numerator, self.denominator * other.denominator)
    }

    /// The quotient; none by zero (CW-MATH-1), and beyond what CloudWatch takes.
    pub fn by(self, other: Ratio) -> Option<Ratio> {
        if other.is_zero() {
            return None;
        }
        let (numerator, denominator) =
            (self.numerator * other.denominator, self.denominator * other.numerator.abs());
        // A divisor below 1 that is rounded already would leave a denominator below 1.
        let quotient = match denominator < 1.0 {
            true => Ratio::of(numerator / denominator, 1.0),
            false => Ratio::of(numerator, denominator),
        };
        quotient.map(|quotient| if other.numerator < 0.0 { quotient.negated() } else { quotient })
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Ratio) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// By cross-multiplication, exact: if the rounded products are equal, what was rounded away decides.
    fn cmp(&self, other: &Ratio) -> Ordering {
        let order = |a: f64, b: f64| a.partial_cmp(&b).expect("values are finite");
        let left = self.numerator * other.denominator;
        let right = other.numerator * self.denominator;
        order(left, right).then_with(|| {
            if left.abs() <= EXACT_MAX {
                return Ordering::Equal;
            }
            let left_rest = libm::fma(self.numerator, other.denominator, -left);
            order(left_rest, libm::fma(other.numerator, self.denominator, -right))
        })
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Adding zero takes the sign of a negative zero away.
        fmt::Display::fmt(&(self.as_f64() + 0.0), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn decimals_are_read_without_rounding() {
        for (text, numerator, denominator) in [
            ("1", 1.0, 1.0),
            ("0.05", 5.0, 100.0),
            ("-2.50", -25.0, 10.0),
            ("2.5e3", 2500.0, 1.0),
            ("1E-3", 1.0, 1000.0),
            ("70.0", 70.0, 1.0),
            // The nearest `f64` by one.
            ("51.846000000000004", 51.846_000_000_000_004, 1.0),
        ] {
            let found = ratio(text);
            assert_eq!((found.numerator, found.denominator), (numerator, denominator), "{text}");
        }
        for text in ["", "-", "inf", "nan", "1e400", "1e109", "1,5", "0x1F", "1_0", "e5", "."] {
            assert_eq!(Ratio::parse(text), None, "{text}");
        }
    }

    #[test]
    fn values_are_compared_exactly() {
        let third = Ratio::ONE.by(Ratio::whole(3)).expect("a value");
        let tenth = ratio("0.1");
        assert_eq!(third.times(Ratio::whole(3)), Some(Ratio::ONE));
        assert_eq!(tenth.plus(ratio("0.2")), Some(ratio("0.3")), "not so with f64");
        assert!(ratio("0.333333333333333") < third && third < ratio("0.333333333333334"));
        let (large, larger) = (ratio("9007199254740991"), ratio("9007199254740990.5"));
        assert!(large > larger, "what is rounded away decides");
        assert_eq!(ratio("-0"), Ratio::ZERO);
        assert_eq!(ratio("-0").to_string(), "0");
    }

    #[test]
    fn whole_numbers_below_and_above_are_found() {
        for (text, floor, ceil) in
            [("2.5", "2", "3"), ("-2.5", "-3", "-2"), ("3", "3", "3"), ("0.1", "0", "1")]
        {
            assert_eq!(ratio(text).floor(), ratio(floor), "{text}");
            assert_eq!(ratio(text).ceil(), ratio(ceil), "{text}");
        }
    }

    #[test]
    fn division_by_zero_and_what_is_too_large_give_no_value() {
        assert_eq!(Ratio::ONE.by(Ratio::ZERO), None);
        let huge = ratio("1e100");
        assert_eq!(huge.times(huge), None);
        assert_eq!(huge.by(ratio("1e-50")), None);
        assert_eq!(huge.plus(huge), Some(ratio("2e100")));
        assert_eq!(Ratio::ONE.by(ratio("-0.5")), Some(Ratio::whole(2).negated()));
        assert_eq!(ratio("1").minus(ratio("1.5")), Some(ratio("0.5").negated()));
    }
}
