//! `start:` and `semantics:`: when the scenario plays, and which dated behaviour of AWS holds.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, scalar_text};
use crate::input::tree::shortened;
use crate::input::unit;
use crate::scenario::Start;
use crate::scenario::semantics::Semantics;

/// `start:` where a scenario has none: 2026-01-05T10:00:00Z (decision 1 of the design).
pub const DEFAULT: Start = Start { unix_ms: 1_767_607_200_000, utc_offset_seconds: 0 };

/// `start: 2026-01-05T10:00:00Z`.
pub fn start(field: Field, to: &mut Diagnostics) -> Option<Start> {
    let timestamp = unit::timestamp(field, to)?;
    Some(Start { unix_ms: timestamp.milliseconds, utc_offset_seconds: timestamp.offset_seconds })
}

/// `semantics: current`, a month such as `2022-06`, or a name for one (decision 22 of the design).
pub fn semantics(field: Field, to: &mut Diagnostics) -> Option<Semantics> {
    let text = scalar_text(field, "`current` or a month", to)?;
    let found = date_of(text);
    if found.is_none() {
        let title = format!("`{}` is `{}`, no date of AWS behaviour", field.name, shortened(text));
        to.push(
            Diagnostic::new(code::UNKNOWN_CHOICE, field.node.span, title)
                .label("unknown date")
                .help(format!("write {DATES}")),
        );
    }
    found
}

/// What a date may be.
pub const DATES: &str =
    "`current`, a month from `2014-07` to `2099-12`, `legacy` (2022-06) or `seed` (2023-05)";

/// The date that a word names, if it names one (decision 22 of the design).
pub fn date_of(word: &str) -> Option<Semantics> {
    match word {
        "current" => Some(Semantics::Current),
        "legacy" => Some(Semantics::Month { year: 2022, month: 6 }),
        "seed" => Some(Semantics::Month { year: 2023, month: 5 }),
        _ => month(word),
    }
}

/// `YYYY-MM`, or a day in it.
fn month(text: &str) -> Option<Semantics> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
    let month = parts.next().filter(|part| part.len() == 2)?.parse().ok()?;
    let day_is_fine = parts.next().is_none_or(|day| day.len() == 2 && day.parse::<u8>().is_ok());
    let known = (2014..=2099).contains(&year) && (1..=12).contains(&month) && day_is_fine;
    (known && (year, month) >= (2014, 7)).then_some(Semantics::Month { year, month })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_or_a_day_in_it_names_a_date() {
        assert_eq!(month("2022-06"), Some(Semantics::Month { year: 2022, month: 6 }));
        assert_eq!(month("2022-06-30"), Some(Semantics::Month { year: 2022, month: 6 }));
        for text in ["2022", "2022-13", "22-06", "2022-6", "2014-06", "2022-06-x"] {
            assert_eq!(month(text), None, "{text}");
        }
    }
}
