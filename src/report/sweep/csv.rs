//! `summary.csv`: one number a line, with its interval and what it is of.

use super::splitting;
use crate::analysis::comparison::Comparison;
use crate::analysis::ending::Ending;
use crate::analysis::measure::Measure;
use crate::analysis::risk::{self, Of, Risk};
use crate::analysis::statistics::Interval;
use crate::analysis::summary::{QUANTILES, Summary, Variant, mean, quantile};

/// The columns. `runs` are those that the number is of, `replication` is a run that shows it; what an interval or an
/// example would need more runs for is empty.
pub const COLUMNS: [&str; 8] =
    ["variant", "quantity", "statistic", "value", "low", "high", "runs", "replication"];

/// One line.
pub(super) struct Line<'a> {
    pub(super) variant: &'a str,
    pub(super) quantity: &'a str,
    pub(super) statistic: String,
    pub(super) value: String,
    pub(super) ends: [Option<String>; 2],
    pub(super) runs: u64,
    pub(super) replication: Option<u64>,
}

/// The whole file.
pub fn write(summary: &Summary) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    writer.write_record(COLUMNS).expect("memory takes everything");
    for variant in &summary.variants {
        for line in lines(summary, variant) {
            let [low, high] = line.ends.map(Option::unwrap_or_default);
            let replication = line.replication.map(|number| number.to_string());
            let record = [
                line.variant,
                line.quantity,
                &line.statistic,
                &line.value,
                &low,
                &high,
                &line.runs.to_string(),
                &replication.unwrap_or_default(),
            ];
            writer.write_record(record).expect("memory takes everything");
        }
    }
    writer.flush().expect("memory takes everything");
    drop(writer);
    bytes
}

fn lines<'a>(summary: &Summary, variant: &'a Variant) -> Vec<Line<'a>> {
    let mut lines = probabilities(summary, variant);
    lines.extend(splitting::lines(variant));
    for measure in Measure::ALL {
        lines.extend(measured(variant, measure));
    }
    if let Some(against) = &variant.against_first {
        lines.extend(differences(summary, variant, against));
    }
    lines
}

fn probabilities<'a>(summary: &Summary, variant: &'a Variant) -> Vec<Line<'a>> {
    let tally = &variant.tally;
    let of = |quantity, statistic: &str, hits, runs, replication| {
        let found = summary.probability(hits, runs)?;
        Some(Line {
            variant: &variant.name,
            quantity,
            statistic: statistic.into(),
            value: found.share().to_string(),
            ends: ends(found.interval, |value| value.to_string()),
            runs,
            replication,
        })
    };
    let endings = Ending::ALL.into_iter().zip(&tally.endings).filter_map(|(ending, count)| {
        of(ending.as_str(), "probability", count.runs, tally.runs, count.example)
    });
    let risks = Risk::ALL.into_iter().zip(&tally.risks).flat_map(|(one, count)| {
        let given = match risk::of(one) {
            Of::Bad => "probability if the release is bad",
            Of::Good => "probability if the release is good",
        };
        [
            of(one.as_str(), "probability", count.runs, tally.runs, count.example),
            of(one.as_str(), given, count.runs, tally.at_risk(one), count.example),
        ]
    });
    endings.chain(risks.flatten()).collect()
}

fn ends(interval: Interval, written: impl Fn(f64) -> String) -> [Option<String>; 2] {
    [Some(written(interval.low)), Some(written(interval.high))]
}

fn measured(variant: &Variant, measure: Measure) -> Vec<Line<'_>> {
    let of = variant.tally.of(measure);
    let line = |statistic: &str, value, ends, replication| Line {
        variant: &variant.name,
        quantity: measure.column(),
        statistic: statistic.into(),
        value,
        ends,
        runs: of.runs(),
        replication,
    };
    let written = |value| measure.mean_written(value);
    let mean = mean(of).map(|(mean, interval)| {
        let ends = interval.map_or([None, None], |interval| ends(interval, written));
        line("mean", written(mean), ends, None)
    });
    let quantiles = QUANTILES.into_iter().filter_map(|q| {
        let found = quantile(of, q)?;
        let ends = [found.low, found.high].map(|end| end.map(|value| measure.written(value)));
        let value = measure.written(found.place.middle());
        Some(line(&format!("quantile {q}"), value, ends, Some(found.place.example)))
    });
    let worst = of.greatest().map(|(value, replication)| {
        line("maximum", measure.written(value), [None, None], Some(replication))
    });
    mean.into_iter().chain(quantiles).chain(worst).collect()
}

fn differences<'a>(summary: &Summary, variant: &'a Variant, against: &Comparison) -> Vec<Line<'a>> {
    let first = &summary.variants[0].name;
    let mut lines = Vec::new();
    let mut line = |quantity, statistic: &str, value: Option<String>, ends, runs| {
        let statistic = format!("{statistic} {first}");
        let name = &variant.name;
        lines.extend(value.map(|value| Line {
            variant: name,
            quantity,
            statistic,
            value,
            ends,
            runs,
            replication: None,
        }));
    };
    for (measure, pairs) in Measure::ALL.into_iter().zip(&against.measures) {
        let written = |value| measure.mean_written(value);
        let interval = pairs.interval().map_or([None, None], |interval| ends(interval, written));
        line(
            measure.column(),
            "mean minus that of",
            pairs.mean().map(written),
            interval,
            pairs.runs,
        );
        let correlation = pairs.correlation().map(|value| format!("{value:.4}"));
        line(measure.column(), "correlation with", correlation, [None, None], pairs.runs);
        let saved = pairs.saved().map(|value| format!("{value:.4}"));
        line(
            measure.column(),
            "runs saved by the luck shared with",
            saved,
            [None, None],
            pairs.runs,
        );
    }
    for (risk, pairs) in Risk::ALL.into_iter().zip(&against.risks) {
        if pairs.runs > 0 {
            let (difference, interval) = pairs.difference();
            let ends = ends(interval, |value| value.to_string());
            let value = Some(difference.to_string());
            line(risk.as_str(), "probability minus that of", value, ends, pairs.runs);
        }
    }
    lines
}
