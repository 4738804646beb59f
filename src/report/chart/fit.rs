//! What was recorded beside what stands for it: the share of a sample below each value, and that of its distribution; counts
//! over time, and the rate that is taken.
//!
//! Not how a distribution is found (`analysis::fit`, `analysis::level`).

use crate::analysis::fit::{Fit, Reason};
use crate::analysis::level::{Count, Level};
use crate::engine::time::HOUR_MS;
use crate::report::chart::canvas;
use crate::report::chart::drawing::{Anchor, Area, Drawing, Point, TextStyle};
use crate::report::chart::palette;
use crate::report::chart::sweep::frame::{self, AXIS, HEAD, MARGIN, WIDTH};
use crate::report::chart::sweep::scale::Scale;

/// One sample or series.
pub enum Panel<'a> {
    /// Durations in milliseconds.
    Durations {
        /// What they are of.
        name: String,
        /// The sample and what stands for it.
        fit: &'a Fit,
    },
    /// Counts.
    Traffic {
        /// What is counted.
        name: String,
        /// The counts, in order of time.
        counts: &'a [Count],
        /// The length of their periods, in milliseconds.
        period_ms: u64,
        /// What stands for them.
        level: &'a Level,
    },
}

const COLUMNS: usize = 2;
const PANEL_HEIGHT: f64 = 270.0;
/// From the edge of a panel to its plot: left, above, right, below.
const INSET: (f64, f64, f64, f64) = (58.0, 44.0, 26.0, 66.0);
const NAME: TextStyle = TextStyle { size: 13.0, bold: true, color: palette::INK };
/// So many points of a line an eye can tell apart in a panel.
const POINTS: usize = 300;
/// Where the axis ends: beyond it lie two of a hundred values at most, or half as much again of the axis is needed.
const SHOWN: f64 = 0.98;

/// The chart as SVG and as PNG.
pub fn files(panels: &[Panel<'_>], from: &str) -> [(&'static str, Vec<u8>); 2] {
    let drawing = draw(panels, from);
    [("svg", canvas::svg(&drawing).into_bytes()), ("png", canvas::png(&drawing))]
}

fn draw(panels: &[Panel<'_>], from: &str) -> Drawing {
    let rows = panels.len().div_ceil(COLUMNS);
    let finding = finding(panels);
    let height = HEAD + 24.0 + rows as f64 * PANEL_HEIGHT;
    let mut drawing = frame::sheet(finding.clone(), &finding, from, height);
    legend(&mut drawing);
    let width = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
    for (number, panel) in panels.iter().enumerate() {
        let (row, column) = (number / COLUMNS, number % COLUMNS);
        let left = MARGIN + column as f64 * width;
        let top = HEAD + 24.0 + row as f64 * PANEL_HEIGHT;
        let plot = Area {
            left: left + INSET.0,
            top: top + INSET.1,
            right: left + width - INSET.2,
            bottom: top + PANEL_HEIGHT - INSET.3,
        };
        let (name, note) = match panel {
            Panel::Durations { name, fit } => (name, durations(fit, plot, &mut drawing)),
            Panel::Traffic { name, counts, period_ms, level } => {
                (name, traffic(counts, *period_ms, level, plot, &mut drawing))
            }
        };
        let (name, style) = NAME.fit(name, width - INSET.2);
        drawing.text((left, top + 14.0), Anchor::Start, name, style);
        let (note, style) = AXIS.fit(&note, width - INSET.2);
        drawing.text((left, top + 31.0), Anchor::Start, note, style);
    }
    drawing
}

/// How many samples are fitted, and which lies farthest from its fit.
fn finding(panels: &[Panel<'_>]) -> String {
    let fits = panels.iter().filter_map(|panel| match panel {
        Panel::Durations { fit, .. } => Some(fit),
        Panel::Traffic { .. } => None,
    });
    let (all, fitted) = fits.fold((0, 0), |(all, fitted), fit| {
        (all + 1, fitted + usize::from(matches!(fit.reason, Reason::Likeliest(_))))
    });
    match (all, fitted) {
        (0, _) => "Recorded traffic and the rate that stands for it".into(),
        (all, fitted) if all == fitted => {
            format!("All of {all} recorded samples follow a known law")
        }
        (all, 0) => {
            format!("None of {all} recorded samples is fitted: their values stand for themselves")
        }
        (all, fitted) => {
            format!(
                "{fitted} of {all} recorded samples follow a known law, the others stand for themselves"
            )
        }
    }
}

fn legend(drawing: &mut Drawing) {
    let y = HEAD;
    drawing.line(vec![(MARGIN, y - 4.0), (MARGIN + 30.0, y - 4.0)], palette::variant(0), 2.0);
    drawing.text((MARGIN + 38.0, y), Anchor::Start, "recorded", AXIS);
    let left = MARGIN + 120.0;
    drawing.dashed(&[(left, y - 4.0), (left + 30.0, y - 4.0)], palette::ALERT, 2.0);
    drawing.text((left + 38.0, y), Anchor::Start, "what stands for it", AXIS);
}

/// The two staircases; the note says how far they are apart.
fn durations(fit: &Fit, plot: Area, drawing: &mut Drawing) -> String {
    let sample = &fit.sample;
    let (n, last) = (sample.len(), sample[sample.len() - 1]);
    let most = sample[((n as f64 * SHOWN).ceil() as usize).clamp(1, n) - 1];
    let most = if last > 1.5 * most { most } else { last };
    let x = Scale::linear(plot.left, plot.right, 0.0, 1.1 * most.max(1.0) / 1000.0);
    let y = Scale::linear(plot.bottom, plot.top, 0.0, 100.0);
    frame::across(&x, plot, "seconds", drawing);
    frame::levels(&y, plot, " %", drawing);
    let mut points: Vec<Point> = vec![(plot.left, plot.bottom)];
    for (below, value) in sample.iter().enumerate() {
        let at = x.at(value / 1000.0).min(plot.right);
        points.push((at, y.at(100.0 * below as f64 / n as f64)));
        points.push((at, y.at(100.0 * (below + 1) as f64 / n as f64)));
    }
    points.push((plot.right, points[points.len() - 1].1));
    drawing.line(thinned(points), palette::variant(0), 2.0);
    let along = (0..=POINTS).map(|step| {
        let value = 1.1 * most.max(1.0) * step as f64 / POINTS as f64;
        (x.at(value / 1000.0), y.at(100.0 * (1.0 - fit.distribution.survival(value))))
    });
    drawing.dashed(&along.collect::<Vec<_>>(), palette::ALERT, 2.0);
    let beyond = sample.iter().filter(|value| **value > 1.1 * most).count();
    let beyond = if beyond > 0 { format!(", {beyond} beyond the axis") } else { String::new() };
    let (distance, critical) = (fit.distance, fit.critical());
    let what = match fit.reason {
        Reason::Likeliest(family) => {
            format!("{}, distance {distance:.3} (chance explains {critical:.3})", family.as_str())
        }
        Reason::NoneFits(family, far) => {
            format!("itself: {} is {far:.3} away (chance explains {critical:.3})", family.as_str())
        }
        Reason::TooFew => "too few to be fitted".into(),
        Reason::AllAlike | Reason::OneValue => "always the same".into(),
    };
    format!("n = {n}: {what}{beyond}")
}

/// Without points that no eye sees.
fn thinned(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    let last = points.len() - 1;
    for (number, point) in points.into_iter().enumerate() {
        let is_seen = kept.last().is_none_or(|before| {
            (point.0 - before.0).abs() > 0.3 || (point.1 - before.1).abs() > 0.3
        });
        if is_seen || number == last {
            kept.push(point);
        }
    }
    kept
}

/// Requests a second over time, and the rate of the hour.
fn traffic(
    counts: &[Count],
    period_ms: u64,
    level: &Level,
    plot: Area,
    drawing: &mut Drawing,
) -> String {
    let start = counts[0].at_ms;
    let hours = |at_ms: u64| (at_ms - start) as f64 / HOUR_MS as f64;
    let per_second = |value: f64| value * 1000.0 / period_ms as f64;
    let end = hours(counts[counts.len() - 1].at_ms + period_ms);
    let most = counts.iter().map(|count| per_second(count.value)).fold(0.0, f64::max);
    let x = Scale::linear(plot.left, plot.right, 0.0, end);
    let y = Scale::linear(plot.bottom, plot.top, 0.0, 1.1 * most.max(1e-3));
    frame::across(&x, plot, "hours since the series begins", drawing);
    frame::levels(&y, plot, "", drawing);
    let points =
        counts.iter().map(|count| (x.at(hours(count.at_ms)), y.at(per_second(count.value))));
    drawing.line(thinned(points.collect()), palette::variant(0), 1.0);
    let along = (0..=POINTS).map(|step| {
        let hour = end * step as f64 / POINTS as f64;
        let rate = level.at(start + (hour * HOUR_MS as f64) as u64);
        (x.at(hour), y.at(rate))
    });
    drawing.dashed(&along.collect::<Vec<_>>(), palette::ALERT, 2.0);
    let shape = if level.daily.is_some() { "with the shape of a day" } else { "constant" };
    let noise = level
        .noise
        .map_or(String::new(), |noise| format!(", wavering by {:.0} %", 100.0 * noise.cv));
    format!("requests a second; {} counts, {shape}{noise}", counts.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_shows_the_sample_and_its_fit_within_the_paper() {
        let sample: Vec<f64> = (1..=40).map(|n| f64::from(n) * 500.0).collect();
        let fit = Fit::of(&sample).expect("a sample");
        let few = Fit::of(&[1000.0, 90_000.0]).expect("a sample");
        let counts: Vec<Count> =
            (0..60).map(|n| Count { at_ms: n * 60_000, value: (n % 7) as f64 }).collect();
        let level = Level::of(&counts, 60_000).expect("counts");
        let panels = [
            Panel::Durations { name: "one".into(), fit: &fit },
            Panel::Durations { name: "few".into(), fit: &few },
            Panel::Traffic {
                name: "requests".into(),
                counts: &counts,
                period_ms: 60_000,
                level: &level,
            },
        ];
        let drawing = draw(&panels, "a.json");
        assert_eq!(
            drawing.description,
            "1 of 2 recorded samples follow a known law, the others stand for themselves"
        );
        let svg = canvas::svg(&drawing);
        for text in ["n = 40: uniform", "too few to be fitted", "60 counts, constant", "a.json"] {
            assert!(svg.contains(text), "{text}");
        }
        for shape in &drawing.shapes {
            if let crate::report::chart::drawing::Shape::Line { points, .. } = shape {
                assert!(
                    points.iter().all(|(x, y)| *x >= 0.0
                        && *x <= WIDTH
                        && *y >= 0.0
                        && *y <= f64::from(drawing.height)),
                    "{points:?}"
                );
            }
        }
    }
}
