//! Sections of a scenario that say what was measured, with where each number is from.

use super::{Calibration, Measured, Traffic};
use crate::analysis::fit::{Fit, Reason};
use crate::analysis::statistics::shown as interval;
use crate::engine::time::SimDuration;
use crate::input::recording::Quantity;
use crate::input::section::assumption::shown_latency;
use crate::input::section::traffic::MEMORY;
use crate::input::unit;

/// The sections as they can be put into a scenario.
pub fn sections(calibration: &Calibration) -> String {
    let mut text = String::from(
        "# Measured by `cutover calibrate`: put these sections into a scenario, in place of those that it has of the same name.\n",
    );
    for (name, what) in &calibration.from {
        text += &format!("# {name}: {what}\n");
    }
    if let Some(traffic) = &calibration.traffic {
        text += &of_traffic(traffic);
    }
    if let Some((all, failed, origin)) = &calibration.errors {
        text += &format!(
            "revisions:\n  original:\n    # {origin}: {}\n    errors: {}\n",
            of_requests(*all, *failed),
            percent(failed / all),
        );
    }
    text += &hooks(calibration);
    text + &assumptions(calibration)
}

fn of_traffic(traffic: &Traffic) -> String {
    let Traffic { origin, level, period_ms, .. } = traffic;
    let period = unit::shown(SimDuration::from_millis(*period_ms));
    let mut text = format!(
        "traffic:\n  # {origin}: {} counts of {period} each, their mean\n  rate: {}\n",
        level.counts,
        rate(level.per_second)
    );
    if let Some(daily) = &level.daily {
        let factors: Vec<String> = daily.iter().map(|factor| format!("{factor:.3}")).collect();
        text += "  # factors at the full hours, in UTC: give `start` with the offset Z\n";
        text += &format!("  daily: [{}]\n", factors.join(", "));
    }
    if let Some(noise) = level.noise {
        let correlation =
            SimDuration::from_millis(((noise.correlation_ms / 1000.0).round() * 1000.0) as u64);
        let correlation = correlation.clamp(*MEMORY.start(), *MEMORY.end());
        text += "  # what varies beyond chance, by the method of moments, and how much of it is left one period later\n";
        text += &format!(
            "  noise: {{ cv: {}, correlation: {} }}\n",
            percent(noise.cv.min(1.0)),
            unit::shown(correlation)
        );
    }
    text
}

/// A rate with three digits after the point at most, in minutes where it is small.
fn rate(per_second: f64) -> String {
    match per_second {
        slow if slow > 0.0 && slow < 1.0 => format!("{}/m", decimal(60.0 * slow)),
        fast => format!("{}/s", decimal(fast)),
    }
}

pub fn decimal(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// A share in percent, to a millionth of the whole.
fn percent(share: f64) -> String {
    format!("{}%", (share * 1e6).round() / 1e4)
}

/// How many of the requests failed, and between what that lies; sums that are not whole are no numbers of requests, and
/// carry no interval.
fn of_requests(all: f64, failed: f64) -> String {
    let sums = format!("{} of {} requests", decimal(failed), decimal(all));
    if all.fract() != 0.0 || failed.fract() != 0.0 {
        return format!(
            "{sums}, which are no whole numbers: means or rates, so nothing bounds their share"
        );
    }
    let between = interval(failed as u64, all as u64);
    format!("{sums}, with 95 % between {} and {}", percent(between.low), percent(between.high))
}

fn hooks(calibration: &Calibration) -> String {
    let mut text = String::new();
    for measured in &calibration.measured {
        let Quantity::Hook(event) = measured.quantity else { continue };
        if text.is_empty() {
            text += "hooks:\n";
        }
        text += &format!(
            "  {event}:\n    # {}\n    duration: {}\n",
            told(measured),
            shown_latency(&measured.fit.distribution)
        );
        let answers = calibration.answers.iter().find(|answers| answers.event == event);
        if let Some(answers) = answers.filter(|answers| answers.failed > 0) {
            text += &format!(
                "    # {} of {} answers\n    fails: {}\n",
                answers.failed,
                answers.all,
                percent(answers.failed as f64 / answers.all as f64)
            );
        }
    }
    text
}

fn assumptions(calibration: &Calibration) -> String {
    let mut text = String::new();
    for measured in &calibration.measured {
        let Quantity::Assumption(name) = measured.quantity else { continue };
        if text.is_empty() {
            text += "assumptions:\n";
        }
        text += &format!(
            "  # {}\n  {name}: {}\n",
            told(measured),
            shown_latency(&measured.fit.distribution)
        );
        if name == "fargate.pull_overhead" {
            text += "  # The transfer is in `fargate.pull_overhead`, since no recording tells them apart.\n  image.size_MB: 0\n";
        }
    }
    text
}

/// Where a law is from, and how good it is.
fn told(measured: &Measured) -> String {
    let Measured { origin, fit, .. } = measured;
    format!("{origin}: {}", goodness(fit))
}

/// How a law was found and how far it is from the sample.
pub fn goodness(fit: &Fit) -> String {
    let (n, critical) = (fit.sample.len(), fit.critical());
    match fit.reason {
        Reason::OneValue => "one value, too few to tell how it varies".into(),
        Reason::AllAlike => format!("n = {n}, all alike"),
        Reason::TooFew => {
            format!("n = {n}, too few to be fitted, so the values stand for themselves")
        }
        Reason::Likeliest(family) => format!(
            "n = {n}, {} by {}, Kolmogorov-Smirnov distance {:.3} (chance alone: up to {critical:.3})",
            family.as_str(),
            family.method(),
            fit.distance
        ),
        Reason::NoneFits(family, distance) => format!(
            "n = {n}, no law fits ({} is {distance:.3} away, more than {critical:.3}), so values stand for themselves",
            family.as_str()
        ),
    }
}
