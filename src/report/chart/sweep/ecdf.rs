//! What share of the runs costs at most so much: never a mean alone, since a few bad runs hide in it.

use crate::analysis::distribution::Distribution;
use crate::analysis::measure::Measure;
use crate::analysis::risk::Risk;
use crate::analysis::summary::{QUANTILES, Summary, Variant, quantile};
use crate::report::chart::drawing::{Anchor, Area, Drawing, Point};
use crate::report::chart::sweep::VARIANTS_MAX;
use crate::report::chart::sweep::frame::{self, AXIS, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::chart::sweep::scale::Scale;
use crate::report::sweep::{in_title, part};
use crate::report::wording::thousands;

const PLOT: Area = Area { left: 76.0, top: HEAD + 30.0, right: 660.0, bottom: HEAD + 400.0 };
const HEIGHT: f64 = HEAD + 460.0;
/// From one entry of the legend to the next.
const ENTRY: f64 = 46.0;

/// The chart.
pub fn draw(summary: &Summary) -> Drawing {
    let cost = summary.cost();
    let mut drawing = frame::paper(summary, &finding(summary, cost), HEIGHT);
    let shown = || summary.variants.iter().take(VARIANTS_MAX).enumerate();
    let greatest = shown().filter_map(|(_, one)| one.tally.of(cost).greatest());
    let most = greatest.map(|(value, _)| value).max().unwrap_or(0) as f64;
    let x = Scale::logarithmic(PLOT.left, PLOT.right, 1.3 * most);
    let y = Scale::linear(PLOT.bottom, PLOT.top, 0.0, 100.0);
    let name = match cost {
        Measure::BadRequests => "requests that the bad release failed (logarithmic)",
        _ => "failed requests (logarithmic)",
    };
    frame::across(&x, PLOT, name, &mut drawing);
    frame::upwards(&y, PLOT, "share of the runs that cost at most so much", " %", &mut drawing);
    for (number, variant) in shown() {
        let of = variant.tally.of(cost);
        frame::line(number, &steps(of, &x, &y), &mut drawing);
        for q in QUANTILES {
            if let Some(found) = quantile(of, q) {
                let at = (x.at(found.place.middle() as f64), y.at(100.0 * q));
                frame::mark(number, at, &mut drawing);
            }
        }
        legend(number, variant, cost, &mut drawing);
    }
    let below = (WIDTH - MARGIN, PLOT.bottom + 40.0);
    let note = match summary.variants.len().checked_sub(VARIANTS_MAX) {
        None | Some(0) => "marks: median, p90, p99".to_string(),
        Some(more) => format!("marks: median, p90, p99; {more} more variants in summary.csv"),
    };
    drawing.text(below, Anchor::End, note, AXIS);
    drawing
}

/// The staircase, without the steps that no eye sees.
fn steps(of: &Distribution, x: &Scale, y: &Scale) -> Vec<Point> {
    let mut points = vec![(x.at(0.0), y.at(0.0))];
    let mut below = 0;
    for (place, runs) in of.steps() {
        let at = x.at(place.middle() as f64);
        let last = points[points.len() - 1];
        below += runs;
        let to = y.at(100.0 * below as f64 / of.runs() as f64);
        if at - last.0 > 0.5 || last.1 - to > 0.5 || below == of.runs() {
            points.push((at, last.1));
            points.push((at, to));
        }
    }
    points.push((PLOT.right, points[points.len() - 1].1));
    points
}

fn legend(number: usize, variant: &Variant, cost: Measure, drawing: &mut Drawing) {
    let (left, top) = (PLOT.right + 28.0, PLOT.top + 8.0 + number as f64 * ENTRY);
    frame::line(number, &[(left, top - 4.0), (left + 34.0, top - 4.0)], drawing);
    frame::mark(number, (left + 17.0, top - 4.0), drawing);
    let width = WIDTH - MARGIN - left - 44.0;
    let (name, style) = LABEL.fit(&variant.name, width);
    drawing.text((left + 44.0, top), Anchor::Start, name, style);
    let tally = &variant.tally;
    let mut text = Vec::new();
    if let Some(mean) = tally.of(cost).mean() {
        text.push(format!("mean {}", number_of(mean)));
    }
    let at_risk = tally.at_risk(Risk::BadReachedFull);
    if at_risk > 0 {
        let reached = tally.risks[Risk::BadReachedFull.index()].runs;
        text.push(format!("{} of the bad reached 100 %", part(reached, at_risk)));
    }
    let (text, style) = AXIS.fit(&text.join(", "), width);
    drawing.text((left + 44.0, top + 16.0), Anchor::Start, text, style);
}

/// A mean with a decimal where it is small.
fn number_of(mean: f64) -> String {
    if mean < 100.0 { format!("{mean:.1}") } else { thousands(mean.round() as u64) }
}

/// Which variant costs least and which most, by the run that one in a hundred exceeds.
fn finding(summary: &Summary, cost: Measure) -> String {
    let what = if cost == Measure::BadRequests { "bad requests" } else { "failed requests" };
    let told = |variant: &Variant| {
        let of = variant.tally.of(cost);
        quantile(of, 0.99).map_or("none".into(), |found| thousands(found.place.middle()))
    };
    let mean = |variant: &&Variant| variant.tally.of(cost).mean().unwrap_or(0.0);
    let by_mean = |one: &&Variant, other: &&Variant| mean(one).total_cmp(&mean(other));
    let (least, most) =
        (summary.variants.iter().min_by(by_mean), summary.variants.iter().max_by(by_mean));
    match (least, most) {
        (Some(least), Some(most)) if mean(&least) < mean(&most) => format!(
            "Fewest {what}: {} (p99 {}); most: {} (p99 {})",
            in_title(&least.name),
            told(least),
            in_title(&most.name),
            told(most)
        ),
        (Some(only), _) => {
            format!("One deployment in a hundred has more than {} {what}", told(only))
        }
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staircase_ends_at_the_whole() {
        let mut of = Distribution::default();
        for (replication, value) in [0, 0, 10, 100].into_iter().enumerate() {
            of.add(value, replication as u64);
        }
        let x = Scale::logarithmic(PLOT.left, PLOT.right, 100.0);
        let y = Scale::linear(PLOT.bottom, PLOT.top, 0.0, 100.0);
        let points = steps(&of, &x, &y);
        assert_eq!(points.first().map(|point| point.1), Some(PLOT.bottom));
        assert_eq!(points.last(), Some(&(PLOT.right, PLOT.top)));
        assert!(points.contains(&(PLOT.left, y.at(50.0))), "half of the runs cost nothing");
    }
}
