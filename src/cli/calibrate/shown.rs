//! What was measured, as a table for people and as JSON for programs.

use super::Calibration;
use super::fragment::{decimal, goodness};
use crate::analysis::fit::Reason;
use crate::engine::time::SimDuration;
use crate::input::section::assumption::shown_latency;
use crate::input::unit;
use serde_json::{Value, json};

/// A line for each law.
pub fn text(calibration: &Calibration) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    for of in &calibration.measured {
        lines.push((of.quantity.to_string(), goodness(&of.fit)));
    }
    if let Some(traffic) = &calibration.traffic {
        let level = &traffic.level;
        let told =
            format!("{:.3} requests a second, from {} counts", level.per_second, level.counts);
        lines.push(("traffic".into(), told));
    }
    if let Some((all, failed, _)) = &calibration.errors {
        lines
            .push(("errors".into(), format!("{} of {} requests", decimal(*failed), decimal(*all))));
    }
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    lines.into_iter().map(|(name, told)| format!("{name:width$}  {told}\n")).collect()
}

/// One object: laws, answers of hooks, traffic and errors.
pub fn json(calibration: &Calibration) -> String {
    let laws: Vec<Value> = calibration
        .measured
        .iter()
        .map(|of| {
            let (family, method) = match of.fit.reason {
                Reason::Likeliest(family) => (family.as_str(), family.method()),
                Reason::OneValue | Reason::AllAlike => ("constant", "itself"),
                Reason::TooFew | Reason::NoneFits(..) => ("empirical", "itself"),
            };
            json!({
                "quantity": of.quantity.to_string(),
                "from": of.origin,
                "n": of.fit.sample.len(),
                "median_s": seconds(of.fit.sample[(of.fit.sample.len() - 1) / 2]),
                "family": family,
                "method": method,
                "written": shown_latency(&of.fit.distribution),
                "distance": rounded(of.fit.distance),
                "distance_of_chance": rounded(of.fit.critical()),
            })
        })
        .collect();
    let answers = calibration
        .answers
        .iter()
        .map(|of| json!({"event": of.event.as_str(), "answers": of.all, "failed": of.failed}));
    let traffic = calibration.traffic.as_ref().map(|of| {
        let noise = of.level.noise.map(|noise| {
            json!({"cv": rounded(noise.cv), "correlation_s": seconds(noise.correlation_ms)})
        });
        json!({
            "from": of.origin,
            "counts": of.level.counts,
            "period": unit::shown(SimDuration::from_millis(of.period_ms)),
            "per_second": rounded(of.level.per_second),
            "daily": of.level.daily.map(|daily| daily.map(rounded)),
            "noise": noise,
        })
    });
    let errors = calibration.errors.as_ref().map(|(all, failed, origin)| {
        json!({"from": origin, "requests": rounded(*all), "failed": rounded(*failed)})
    });
    let all = json!({
        "laws": laws,
        "hooks": answers.collect::<Vec<_>>(),
        "traffic": traffic,
        "errors": errors,
    });
    format!("{}\n", serde_json::to_string_pretty(&all).expect("plain values"))
}

fn seconds(milliseconds: f64) -> f64 {
    milliseconds.round() / 1000.0
}

/// Six decimals, as far as anybody reads.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
