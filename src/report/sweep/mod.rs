//! What a sweep found, shown: tables, CSV, JSON.
//!
//! Pure: a `Summary` in, bytes out.

pub mod csv;
pub mod json;
mod measured;
pub mod rows;
mod splitting;
pub mod text;

use crate::analysis::statistics::Interval;
use crate::analysis::summary::{Probability, Summary};
use crate::report::wording::{configuration, counted, thousands};

/// How many decimals show three digits of what is smaller, the value or what it lacks to the whole.
fn decimals(percent: f64) -> usize {
    let small = percent.min(100.0 - percent);
    let (mut decimals, mut bound) = (1, 10.0);
    while small < bound && decimals < 7 {
        decimals += 1;
        bound /= 10.0;
    }
    // Of nothing, and of everything, the bound is shown, which has digits of its own.
    if small <= 0.0 { 1 } else { decimals }
}

/// `12.1 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    format!("{percent:.0$} %", decimals(percent))
}

/// `12.1 % [11.5, 12.8]`; of what never or always happened the bound that the runs allow.
pub(super) fn probability(found: Probability) -> String {
    let Interval { low, high } = found.interval;
    if found.hits == 0 {
        return format!("< {}", percent(high));
    }
    if found.hits == found.runs {
        return format!("> {}", percent(low));
    }
    let value = 100.0 * found.share();
    let digits = decimals(value);
    format!("{value:.digits$} % [{:.digits$}, {:.digits$}]", 100.0 * low, 100.0 * high)
}

/// The part of a sample: `none`, `all`, or in percent.
pub(super) fn part(hits: u64, runs: u64) -> String {
    match hits {
        0 => "none".into(),
        _ if hits == runs => "all".into(),
        _ => percent(hits as f64 / runs as f64),
    }
}

/// A variant in the title of a chart: what AWS's own configuration does, or its name.
pub(super) fn in_title(variant: &str) -> String {
    let full = format!("CodeDeployDefault.{variant}");
    let words = configuration(&full);
    if words == full { variant.into() } else { words }
}

/// `5 variants, 10 000 replications of each, seed 1`.
pub(super) fn extent(summary: &Summary) -> String {
    let runs = thousands(summary.runs);
    let from = match summary.first {
        0 => String::new(),
        first => format!(" from {first} on"),
    };
    match summary.variants.len() {
        1 => format!("{} of seed {}{from}", counted(summary.runs, "replication"), summary.seed),
        several => {
            format!("{several} variants, {runs} replications of each, seed {}{from}", summary.seed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::statistics::shown;

    #[test]
    fn probabilities_show_the_digits_that_matter() {
        let of = |hits, runs| probability(Probability { hits, runs, interval: shown(hits, runs) });
        assert_eq!(of(1210, 10_000), "12.1 % [11.5, 12.8]");
        assert_eq!(of(3, 1000), "0.300 % [0.102, 0.878]");
        assert_eq!(of(0, 1000), "< 0.299 %");
        assert_eq!(of(1000, 1000), "> 99.701 %");
        assert_eq!(of(9998, 10_000), "99.9800 % [99.9271, 99.9945]");
    }
}
