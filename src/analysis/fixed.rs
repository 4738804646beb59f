//! Whole numbers printed with a fixed number of decimals: the one place where milliseconds become seconds.

use std::fmt;

/// A whole number of units of 10^-`decimals`, printed as a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// How many units.
    pub units: i128,
    /// How many decimals are printed, 1 to 9.
    pub decimals: u32,
}

/// Milliseconds as seconds: `92.000`.
pub const fn seconds(milliseconds: u64) -> Fixed {
    Fixed { units: milliseconds as i128, decimals: 3 }
}

/// Percent times milliseconds as seconds under full weight: `30.00000`, exactly.
pub const fn exposure_seconds(percent_ms: u64) -> Fixed {
    Fixed { units: percent_ms as i128, decimals: 5 }
}

/// Millionths of a currency: `0.125000`, exactly.
pub const fn money(micros: u64) -> Fixed {
    Fixed { units: micros as i128, decimals: 6 }
}

/// Millionths as percent: `22.1199`, exactly.
pub const fn percent_of_ppm(ppm: u32) -> Fixed {
    Fixed { units: ppm as i128, decimals: 4 }
}

impl Fixed {
    /// The same value with fewer decimals, rounded half up.
    pub fn rounded(self, decimals: u32) -> Fixed {
        let divisor = 10_i128.pow(self.decimals.saturating_sub(decimals));
        Fixed { units: (self.units + divisor / 2).div_euclid(divisor), decimals }
    }

    /// Writes it as it is shown.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(self, to: &mut impl fmt::Write) -> fmt::Result {
        let unit = 10_u64.pow(self.decimals);
        let amount = self.units.unsigned_abs();
        let mut digits = itoa::Buffer::new();
        if self.units < 0 {
            to.write_char('-')?;
        }
        // Rows are written by the million, and wide divisions are slow.
        let rest = match u64::try_from(amount) {
            Ok(amount) => {
                to.write_str(digits.format(amount / unit))?;
                amount % unit
            }
            Err(_) => {
                to.write_str(digits.format(amount / u128::from(unit)))?;
                (amount % u128::from(unit)) as u64
            }
        };
        to.write_char('.')?;
        // One more in front of the decimals keeps their zeros.
        to.write_str(&digits.format(unit + rest)[1..])
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_none() {
            return self.write(f);
        }
        let mut text = String::new();
        self.write(&mut text)?;
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_printed_as_seconds_with_three_decimals() {
        assert_eq!(seconds(92_000).to_string(), "92.000");
        assert_eq!(seconds(7).to_string(), "0.007");
        assert_eq!(exposure_seconds(3_000_001).to_string(), "30.00001");
        assert_eq!(exposure_seconds(3_000_050).rounded(3).to_string(), "30.001");
        assert_eq!(percent_of_ppm(221_199).to_string(), "22.1199");
        assert_eq!(Fixed { units: -1500, decimals: 3 }.to_string(), "-1.500");
    }
}
