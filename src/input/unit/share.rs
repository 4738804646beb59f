//! Shares: `2%`, `0.02`.

use super::Fault;
use super::decimal::Decimal;
use crate::engine::share::Share;

const HELP: &str = "write a percentage such as `2%` or a fraction such as `0.02`";

/// Reads a share exactly, in parts per billion.
///
/// A bare `1` is refused: it may mean one percent or all.
///
/// # Errors
/// If it is no number, negative, more than the whole, or finer than a part per billion.
pub fn parse_share(text: &str) -> Result<Share, Fault> {
    let (number, whole, parts) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), 100, 10_000_000),
        None => (text, 1, 1_000_000_000),
    };
    if number.starts_with('-') {
        return Err(Fault::new("is negative", HELP));
    }
    let value = Decimal::parse(number).ok_or(Fault::new("is no share", HELP))?;
    let percent = format!("write `{}%` if percent are meant", super::shortened(number));
    match () {
        () if text == "1" => {
            Err(Fault::new("may mean one percent or all", "write `1%`, or `100%` for all"))
        }
        () if value.exceeds(whole) && whole == 1 && !value.exceeds(100) => {
            Err(Fault::new("is more than the whole", percent))
        }
        () if value.exceeds(whole) => Err(Fault::new("is more than the whole", HELP)),
        () => {
            let fine = || Fault::new("is finer than a part per billion", "write fewer decimals");
            let parts = value.times(parts).ok_or_else(fine)?;
            Ok(Share::from_parts_per_billion(u32::try_from(parts).map_err(|_| fine())?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact() {
        let parts = |text| parse_share(text).map(Share::parts_per_billion);
        assert_eq!(parts("2%"), Ok(20_000_000));
        assert_eq!(parts("0.02"), Ok(20_000_000));
        assert_eq!(parts("0.1 %"), Ok(1_000_000));
        assert_eq!(parts("0.000000001"), Ok(1));
        assert_eq!(parts("0"), Ok(0));
        assert_eq!((parts("100%"), parts("1.0")), (Ok(1_000_000_000), Ok(1_000_000_000)));
    }

    #[test]
    fn what_is_no_share_says_why() {
        let problem = |text| parse_share(text).map_err(|fault| fault.problem);
        assert_eq!(problem("1"), Err("may mean one percent or all".into()));
        assert_eq!(problem("101%"), Err("is more than the whole".into()));
        assert_eq!(problem("10"), Err("is more than the whole".into()));
        assert_eq!(problem("-1%"), Err("is negative".into()));
        assert_eq!(problem("0.0000000001"), Err("is finer than a part per billion".into()));
        for text in ["", "%", "x%", "1%%", "1e-3", "nan"] {
            assert_eq!(problem(text), Err("is no share".into()), "{text}");
        }
        assert_eq!(
            parse_share("10").map_err(|f| f.help),
            Err("write `10%` if percent are meant".into())
        );
    }
}
