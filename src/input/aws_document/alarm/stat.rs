//! How a statistic is written: `Sum`, `p99`.
//!
//! Not what it makes of samples (`scenario::alarm::statistic`). Rules: CW-MET-3, CW-MET-4.

use crate::aws::alarm::Statistic;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, listed, nearest, scalar_text};
use crate::input::tree::shortened;
use crate::input::unit::parse_share;
use crate::scenario::alarm::statistic::{Percentile, Stat};

/// Statistics that CloudWatch has besides: means, counts and sums of a part of the samples.
const LEFT_OUT: [&str; 6] = ["tm", "wm", "tc", "ts", "pr", "iqm"];

/// Reads `Statistic`: one of the five. A percentile in its place, or other capitals, are understood and told.
pub fn statistic(field: Field, to: &mut Diagnostics) -> Option<Stat> {
    let found = stat(field, to)?;
    let written = field.node.scalar().unwrap_or_default();
    if let Stat::Percentile(_) = found {
        let title = format!("`{}` is the percentile `{}`", field.name, shortened(written));
        to.push(
            Diagnostic::new(code::ALARM_SPELLING, field.node.span, title)
                .label("not one of the five statistics")
                .help(format!("write `\"ExtendedStatistic\": \"{}\"`", shortened(written))),
        );
    }
    Some(found)
}

/// Reads `Stat` and `ExtendedStatistic`: a statistic or a percentile.
pub fn stat(field: Field, to: &mut Diagnostics) -> Option<Stat> {
    let written = scalar_text(field, "a statistic", to)?;
    if let Some(percentile) = percentile(written) {
        return Some(Stat::Percentile(percentile));
    }
    let known = Statistic::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(written));
    let Some(known) = known else {
        to.push(unknown(field, written));
        return None;
    };
    if known.as_str() != written {
        let title = format!("`{}` is `{written}`", field.name);
        to.push(
            Diagnostic::new(code::ALARM_SPELLING, field.node.span, title)
                .label("the API spells it otherwise")
                .help(format!("write `{known}`"))
                .mend(written, known.as_str()),
        );
    }
    Some(Stat::Statistic(*known))
}

/// `p99`, `p99.9`: 0 to 100.
fn percentile(written: &str) -> Option<Percentile> {
    let number = written.strip_prefix(['p', 'P'])?;
    parse_share(&format!("{number}%")).ok().map(Percentile)
}

/// The fault of a statistic that does not exist, or that is not simulated.
fn unknown(field: Field, written: &str) -> Diagnostic {
    let names = Statistic::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>();
    let title = format!("`{}` is `{}`", field.name, shortened(written));
    let lower = written.to_ascii_lowercase();
    let letters = lower.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let letters = letters.split('(').next().unwrap_or_default();
    match LEFT_OUT.contains(&letters) {
        true => Diagnostic::new(code::NOT_SIMULATED, field.node.span, title)
            .label("not simulated yet")
            .help(format!("simulated are {} and percentiles such as `p99`", listed(&names))),
        false => Diagnostic::new(code::UNKNOWN_CHOICE, field.node.span, title)
            .label("no statistic")
            .help(format!("write one of {}, or a percentile such as `p99`", listed(&names)))
            .meant(written, nearest(written, &names)),
    }
}
