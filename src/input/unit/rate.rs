//! Rates: `50/s`, `3000/m`, `10/h`.

use super::Fault;
use super::decimal::Decimal;

/// The highest rate that is accepted, per second: a thousand million.
pub const RATE_MAX: f64 = 1e9;

const HELP: &str = "write how many and in what time: `50/s`, `3000/m` or `10/h`";

/// Reads a rate in events per second, 0 to [`RATE_MAX`].
///
/// # Errors
/// If there is no time after a slash, or the number is no plain decimal or too large.
pub fn parse_rate(text: &str) -> Result<f64, Fault> {
    let Some((number, time)) = text.split_once('/') else {
        return Err(match Decimal::parse(text.trim()) {
            Some(_) => Fault::new(
                "does not say in what time",
                format!("write `{}/s` for so many a second", super::shortened(text.trim())),
            ),
            None => Fault::new("is no rate", HELP),
        });
    };
    let seconds = match time.trim() {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(Fault::new("has no known time after the slash", HELP)),
    };
    let number = number.trim();
    if number.starts_with('-') {
        return Err(Fault::new("is negative", HELP));
    }
    if Decimal::parse(number).is_none() {
        return Err(Fault::new("is no rate", HELP));
    }
    // The nearest number to what is written: parsing and division are rounded alike on every machine.
    let rate = number.parse::<f64>().map_err(|_| Fault::new("is no rate", HELP))? / seconds;
    match rate <= RATE_MAX {
        true => Ok(rate),
        false => Err(Fault::new("is more than a thousand million a second", HELP)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_per_second() {
        assert_eq!(parse_rate("50/s"), Ok(50.0));
        assert_eq!(parse_rate("3000/m"), Ok(50.0));
        assert_eq!(parse_rate("36 / h"), Ok(0.01));
        assert_eq!(parse_rate("0.5/s"), Ok(0.5));
        assert_eq!(parse_rate("0/s"), Ok(0.0));
        assert_eq!(parse_rate("1000000000/s"), Ok(1e9));
    }

    #[test]
    fn what_is_no_rate_says_why() {
        let problem = |text| parse_rate(text).map_err(|fault| fault.problem);
        assert_eq!(problem("50"), Err("does not say in what time".into()));
        assert_eq!(problem("-1/s"), Err("is negative".into()));
        assert_eq!(problem("1000000001/s"), Err("is more than a thousand million a second".into()));
        assert_eq!(problem("5/d"), Err("has no known time after the slash".into()));
        for text in ["", "/s", "inf/s", "1e3/s", "x/s"] {
            assert_eq!(problem(text), Err("is no rate".into()), "{text}");
        }
    }
}
