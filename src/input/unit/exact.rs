//! Numbers kept exactly as they are written: `75.0`, `-0.5`, `1e-3`.

use super::Fault;
use super::decimal::Decimal;
use crate::engine::ratio::Ratio;

/// Decimals that a number may have.
const PLACES: i32 = 8;
/// Ten to the power of them.
const UNIT: u32 = 100_000_000;
/// A thousand million in that unit: sums and products of such numbers stay exact.
const MOST: u128 = 100_000_000_000_000_000;

/// Reads a number of at most eight decimals, up to a thousand million either way.
///
/// # Errors
/// If it is no number, finer than that, or larger.
pub fn parse_exact(text: &str) -> Result<Ratio, Fault> {
    let none = || Fault::new("is no number", "write a number such as `75` or `0.5`");
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| none())?),
        None => (unsigned, 0_i32),
    };
    let decimal = Decimal::parse(mantissa).ok_or_else(none)?;
    let large = || Fault::new("is too large", "write a number up to 1000000000");
    let power = match PLACES.checked_add(exponent).ok_or_else(none)? {
        power @ 0..=17 => power.unsigned_abs(),
        18.. => return Err(large()),
        _ => return Err(fine()),
    };
    let units = decimal.times(10_u64.pow(power)).ok_or_else(fine)?;
    let units = i64::try_from(units).ok().filter(|_| units <= MOST).ok_or_else(large)?;
    Ok(Ratio::new(if is_negative { -units } else { units }, UNIT))
}

fn fine() -> Fault {
    Fault::new("is finer than can be told apart", "write at most eight decimals")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_without_rounding() {
        let read = |text| parse_exact(text).map(|ratio| ratio.to_string());
        for (text, expected) in [
            ("75.0", "75"),
            ("-0.5", "-0.5"),
            ("+3", "3"),
            ("1e-3", "0.001"),
            ("1.5E2", "150"),
            ("0.00000001", "0.00000001"),
            ("-1000000000", "-1000000000"),
        ] {
            assert_eq!(read(text), Ok(expected.to_string()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let problem = |text| parse_exact(text).map_err(|fault| fault.problem);
        for text in ["", "-", "x", "inf", "1e", "e3", "--1", "1e99999999999", "0x10"] {
            assert_eq!(problem(text), Err("is no number".into()), "{text}");
        }
        for text in ["1000000000.1", "1e10", "1e99", "1e9999", "9e9"] {
            assert_eq!(problem(text), Err("is too large".into()), "{text}");
        }
        for text in ["0.000000001", "1e-9", "1e-2147483648"] {
            assert_eq!(problem(text), Err("is finer than can be told apart".into()), "{text}");
        }
    }
}
