//! Decimal numbers kept exactly as they are written.

/// A decimal number that is not negative: `digits` times ten to the power of minus `scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u128,
    scale: u32,
}

/// The most digits a number may have, so that no product below overflows 128 bits.
const DIGITS_MAX: usize = 24;

impl Decimal {
    /// Reads digits with at most one point between them: `12`, `0.5`; no sign and no exponent.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (text, ""),
        };
        let digits = whole.len() + fraction.len();
        let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || digits > DIGITS_MAX || !all_digits {
            return None;
        }
        let digits = whole.bytes().chain(fraction.bytes());
        let digits = digits.fold(0_u128, |sum, byte| sum * 10 + u128::from(byte - b'0'));
        Some(Decimal { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    /// This many times `factor`, if that is a whole number. `factor` is below ten to the power of 14.
    pub fn times(self, factor: u64) -> Option<u128> {
        let product = self.digits.checked_mul(u128::from(factor))?;
        let divisor = 10_u128.checked_pow(self.scale)?;
        (product % divisor == 0).then_some(product / divisor)
    }

    /// Whether it is larger than a whole number.
    pub fn exceeds(self, bound: u64) -> bool {
        let bound = 10_u128.checked_pow(self.scale).and_then(|unit| unit.checked_mul(bound.into()));
        bound.is_some_and(|bound| self.digits > bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let times = |text, factor| Decimal::parse(text).and_then(|d| d.times(factor));
        assert_eq!(times("0.1", 1_000_000_000), Some(100_000_000));
        assert_eq!(times("1.5", 1000), Some(1500));
        assert_eq!(times("1.0005", 1000), None, "no whole number");
        assert_eq!(
            times("999999999999999999999999", 86_400_000),
            Some(86_399_999_999_999_999_999_999_913_600_000)
        );
        for broken in [
            "",
            ".",
            ".5",
            "1.",
            "-1",
            "+1",
            "1e3",
            "1.2.3",
            "1_0",
            "٣",
            "1000000000000000000000000",
        ] {
            assert_eq!(Decimal::parse(broken), None, "{broken}");
        }
    }
}
