//! `summary.json`: what a sweep found, for programs.
//!
//! The order of the keys is the order of the fields here. What the runs cannot say is null, never 0.

use std::collections::BTreeMap;

use serde::Serialize;

use super::splitting;
use crate::analysis::comparison::{Comparison, Pairs};
use crate::analysis::distribution::Distribution;
use crate::analysis::ending::Ending;
use crate::analysis::measure::Measure;
use crate::analysis::risk::Risk;
use crate::analysis::statistics::Interval;
use crate::analysis::summary::{self, Ended, QUANTILES, Summary, quantile};

#[derive(Serialize)]
struct Written<'a> {
    program: &'static str,
    version: &'static str,
    scenario: &'a str,
    seed: u64,
    first_replication: u64,
    replications: u64,
    asked: u64,
    ended: &'static str,
    confidence: f64,
    axes: Vec<Axis<'a>>,
    variants: Vec<Variant<'a>>,
}

#[derive(Serialize)]
struct Axis<'a> {
    path: &'a str,
    values: &'a [String],
}

#[derive(Serialize)]
struct Variant<'a> {
    name: &'a str,
    command: &'a str,
    bad_releases: u64,
    endings: BTreeMap<&'static str, Probability>,
    risks: BTreeMap<&'static str, RiskOf>,
    measures: BTreeMap<&'static str, Option<Measured>>,
    examples: Vec<Example>,
    claims: Vec<Claim<'a>>,
    against_first: Option<Against>,
    #[serde(skip_serializing_if = "Option::is_none")]
    splitting: Option<splitting::Written>,
}

#[derive(Serialize)]
struct Probability {
    hits: u64,
    runs: u64,
    probability: f64,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct RiskOf {
    of_all: Option<Probability>,
    of_those_at_risk: Option<Probability>,
}

#[derive(Serialize)]
struct Measured {
    runs: u64,
    mean: Option<f64>,
    mean_low: Option<f64>,
    mean_high: Option<f64>,
    quantiles: Vec<Quantile>,
    maximum: Option<f64>,
}

#[derive(Serialize)]
struct Quantile {
    quantile: f64,
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Serialize)]
struct Example {
    what: String,
    seed: u64,
    replication: u64,
    command: String,
}

#[derive(Serialize)]
struct Claim<'a> {
    text: &'a str,
    standing: &'static str,
    runs_needed: Option<u64>,
}

#[derive(Serialize)]
struct Against {
    measures: BTreeMap<&'static str, Option<Difference>>,
    risks: BTreeMap<&'static str, Points>,
}

#[derive(Serialize)]
struct Difference {
    pairs: u64,
    smaller: u64,
    larger: u64,
    mean: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    distinguishable: Option<bool>,
    correlation: Option<f64>,
    runs_saved: Option<f64>,
}

#[derive(Serialize)]
struct Points {
    pairs: u64,
    only_first: u64,
    only_this: u64,
    difference: f64,
    low: f64,
    high: f64,
    distinguishable: bool,
}

/// The whole file.
pub fn write(found: &Summary) -> Vec<u8> {
    let axes = found.axes.iter().map(|axis| Axis { path: &axis.path, values: &axis.values });
    let written = Written {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        scenario: &found.scenario,
        seed: found.seed,
        first_replication: found.first,
        replications: found.runs,
        asked: found.asked,
        ended: match found.ended {
            Ended::Complete => "complete",
            Ended::Precise => "precise",
            Ended::NotPrecise => "not precise",
            Ended::Interrupted => "interrupted",
        },
        confidence: crate::analysis::statistics::CONFIDENCE,
        axes: axes.collect(),
        variants: found.variants.iter().map(|variant| of_variant(found, variant)).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&written).expect("plain data");
    bytes.push(b'\n');
    bytes
}

fn of_variant<'a>(found: &Summary, variant: &'a summary::Variant) -> Variant<'a> {
    let tally = &variant.tally;
    let endings = Ending::ALL.into_iter().filter_map(|ending| {
        let hits = tally.endings[ending.index()].runs;
        Some((ending.as_str(), probability(found, hits, tally.runs)?))
    });
    let risks = Risk::ALL.into_iter().map(|risk| {
        let hits = tally.risks[risk.index()].runs;
        let of_all = probability(found, hits, tally.runs);
        let of_those_at_risk = probability(found, hits, tally.at_risk(risk));
        (risk.as_str(), RiskOf { of_all, of_those_at_risk })
    });
    let examples = found.examples(variant).into_iter().map(|example| Example {
        what: example.what,
        seed: found.seed,
        replication: example.replication,
        command: format!(
            "{} --seed {} --replication {}",
            variant.command, found.seed, example.replication
        ),
    });
    let claims = variant.claims.iter().map(|judged| Claim {
        text: &judged.text,
        standing: judged.standing.as_str(),
        runs_needed: judged.runs_needed,
    });
    let measured = |measure| (Measure::column(measure), measured(tally.of(measure), measure));
    Variant {
        name: &variant.name,
        command: &variant.command,
        bad_releases: tally.bad,
        endings: endings.collect(),
        risks: risks.collect(),
        measures: Measure::ALL.into_iter().map(measured).collect(),
        examples: examples.collect(),
        claims: claims.collect(),
        against_first: variant.against_first.as_ref().map(against),
        splitting: variant.splitting.as_ref().map(splitting::written),
    }
}

fn probability(found: &Summary, hits: u64, runs: u64) -> Option<Probability> {
    let of = found.probability(hits, runs)?;
    let Interval { low, high } = of.interval;
    Some(Probability { hits, runs, probability: of.share(), low, high })
}

/// None where the scenario does not say enough of it.
fn measured(of: &Distribution, measure: Measure) -> Option<Measured> {
    if of.runs() == 0 && measure.needs().is_some() {
        return None;
    }
    let unit = measure.units() as f64;
    let (mean, interval) = summary::mean(of).unzip();
    let interval: Option<Interval> = interval.flatten();
    let quantiles = QUANTILES.into_iter().filter_map(|q| {
        let found = quantile(of, q)?;
        let [low, high] = [found.low, found.high].map(|end| end.map(|value| value as f64 / unit));
        Some(Quantile { quantile: q, value: found.place.middle() as f64 / unit, low, high })
    });
    Some(Measured {
        runs: of.runs(),
        mean: mean.map(|mean| mean / unit),
        mean_low: interval.map(|interval| interval.low / unit),
        mean_high: interval.map(|interval| interval.high / unit),
        quantiles: quantiles.collect(),
        maximum: of.greatest().map(|(value, _)| value as f64 / unit),
    })
}

fn against(found: &Comparison) -> Against {
    let measures = Measure::ALL.into_iter().zip(&found.measures);
    let risks = Risk::ALL.into_iter().zip(&found.risks).filter(|(_, pairs)| pairs.runs > 0);
    Against {
        measures: measures
            .map(|(measure, pairs)| (measure.column(), difference(pairs, measure)))
            .collect(),
        risks: risks
            .map(|(risk, pairs)| {
                let (difference, interval) = pairs.difference();
                let points = Points {
                    pairs: pairs.runs,
                    only_first: pairs.only_first,
                    only_this: pairs.only_second,
                    difference,
                    low: interval.low,
                    high: interval.high,
                    distinguishable: !interval.holds(0.0),
                };
                (risk.as_str(), points)
            })
            .collect(),
    }
}

/// None where the scenario of either does not say enough of it.
fn difference(pairs: &Pairs, measure: Measure) -> Option<Difference> {
    if pairs.runs == 0 && measure.needs().is_some() {
        return None;
    }
    let unit = measure.units() as f64;
    let interval = pairs.interval();
    Some(Difference {
        pairs: pairs.runs,
        smaller: pairs.smaller,
        larger: pairs.larger,
        mean: pairs.mean().map(|mean| mean / unit),
        low: interval.map(|interval| interval.low / unit),
        high: interval.map(|interval| interval.high / unit),
        distinguishable: interval.map(|interval| !interval.holds(0.0)),
        correlation: pairs.correlation(),
        runs_saved: pairs.saved(),
    })
}
