//! Which assumption matters: the mean cost with each of them a little smaller and larger, the widest first.

use crate::analysis::comparison::Pairs;
use crate::analysis::measure::Measure;
use crate::analysis::summary::Summary;
use crate::report::chart::drawing::{Anchor, Area, Drawing};
use crate::report::chart::palette;
use crate::report::chart::sweep::frame::{self, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::chart::sweep::scale::Scale;

const ROW: f64 = 34.0;
const NAMES: f64 = 330.0;
const VALUES: f64 = 190.0;

/// A field, and what the cost is with less and with more of it.
struct Bar<'a> {
    name: &'a str,
    costs: [f64; 2],
    /// Whether each can be told from the cost as it is.
    told_apart: [bool; 2],
}

impl Bar<'_> {
    fn swing(&self) -> f64 {
        let [less, more] = self.costs;
        (more - less).abs()
    }
}

/// The chart, if fields were made smaller and larger.
pub fn draw(summary: &Summary) -> Option<Drawing> {
    let cost = summary.cost();
    let base = summary.variants[0].tally.of(cost).mean()?;
    let mut bars: Vec<Bar<'_>> = Vec::new();
    for (name, pair) in summary.swings.iter().zip(summary.variants[1..].chunks(2)) {
        let pairs = |at: usize| -> Option<Pairs> {
            Some(pair.get(at)?.against_first.as_ref()?.measures[cost.index()])
        };
        let pairs = [pairs(0)?, pairs(1)?];
        let costs = pairs.map(|pairs| base + pairs.mean().unwrap_or(0.0));
        let told_apart =
            pairs.map(|pairs| pairs.interval().is_some_and(|interval| !interval.holds(0.0)));
        bars.push(Bar { name, costs, told_apart });
    }
    bars.sort_by(|one, other| other.swing().total_cmp(&one.swing()));
    let widest = bars.first()?;
    let all = || bars.iter().flat_map(|bar| bar.costs).chain([base]);
    let (low, high) =
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let top = HEAD + 6.0;
    let bottom = top + bars.len() as f64 * ROW;
    let plot = Area { left: NAMES, top, right: WIDTH - VALUES, bottom };
    let what = if cost == Measure::BadRequests { "bad requests" } else { "failed requests" };
    let finding = match widest.told_apart {
        [false, false] => format!("No field that was varied can be seen in the {what}"),
        _ => format!(
            "{} matters most: {:.1} to {:.1} {what}, {base:.1} as it is",
            widest.name, widest.costs[0], widest.costs[1]
        ),
    };
    let mut drawing = frame::paper(summary, &finding, bottom + 60.0);
    let room = 0.06 * (high - low).max(1e-9);
    let x = Scale::linear(plot.left, plot.right, low - room, high + room);
    frame::across(&x, plot, &format!("{what} a deployment, mean"), &mut drawing);
    for (row, bar) in bars.iter().enumerate() {
        one(bar, base, &x, top + row as f64 * ROW, &mut drawing);
    }
    let zero = x.at(base);
    drawing.line(vec![(zero, top), (zero, bottom)], palette::INK, 1.5);
    Some(drawing)
}

fn one(bar: &Bar<'_>, base: f64, x: &Scale, top: f64, drawing: &mut Drawing) {
    let (name, style) = LABEL.fit(bar.name, NAMES - MARGIN - 10.0);
    drawing.text((NAMES - 10.0, top + 20.0), Anchor::End, name, style);
    for (side, (&cost, &told_apart)) in bar.costs.iter().zip(&bar.told_apart).enumerate() {
        let (left, right) = (x.at(cost.min(base)), x.at(cost.max(base)));
        // Less in the upper half, more in the lower, so that both are seen where they go the same way.
        let upper = top + 5.0 + side as f64 * 12.0;
        let area = Area { left, top: upper, right, bottom: upper + 11.0 };
        let color = if told_apart { palette::variant(side) } else { palette::GRID };
        drawing.rectangle(area, color, 1.0);
    }
    let [less, more] = bar.costs.map(|cost| {
        let difference = cost - base;
        format!("{difference:+.1}")
    });
    let right = WIDTH - VALUES + 14.0;
    let (text, style) = LABEL.fit(&format!("less {less}, more {more}"), VALUES - 14.0 - MARGIN);
    drawing.text((right, top + 20.0), Anchor::Start, text, style);
}
