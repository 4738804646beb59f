//! What each variant costs more or less than the first, on the same replications.

use crate::analysis::comparison::Pairs;
use crate::analysis::measure::Measure;
use crate::analysis::statistics::Interval;
use crate::analysis::summary::{Summary, Variant};
use crate::report::chart::drawing::{Anchor, Area, Drawing};
use crate::report::chart::palette;
use crate::report::chart::sweep::frame::{self, AXIS, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::chart::sweep::scale::Scale;
use crate::report::sweep::in_title;

const ROW: f64 = 34.0;
const NAMES: f64 = 270.0;
const VALUES: f64 = 230.0;
/// More variants than this have no chart of rows.
const ROWS_MAX: usize = 40;

/// The chart, if variants are compared and any differs.
pub fn draw(summary: &Summary) -> Option<Drawing> {
    if !summary.compares {
        return None;
    }
    let cost = summary.cost();
    let others: Vec<(&Variant, &Pairs)> = summary
        .variants
        .iter()
        .filter_map(|one| Some((one, &one.against_first.as_ref()?.measures[cost.index()])))
        .take(ROWS_MAX)
        .collect();
    let ends = others.iter().filter_map(|(_, pairs)| pairs.interval());
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), interval| {
        (low.min(interval.low), high.max(interval.high))
    });
    if low == high {
        return None;
    }
    let top = HEAD + 6.0;
    let bottom = top + others.len() as f64 * ROW;
    let plot = Area { left: NAMES, top, right: WIDTH - VALUES, bottom };
    let mut drawing = frame::paper(summary, &finding(summary, cost, &others), bottom + 60.0);
    let room = 0.06 * (high - low);
    let x = Scale::linear(plot.left, plot.right, low - room, high + room);
    let what = if cost == Measure::BadRequests { "bad requests" } else { "failed requests" };
    let name = format!("{what} a deployment more than {}", summary.variants[0].name);
    frame::across(&x, plot, &name, &mut drawing);
    let zero = x.at(0.0);
    drawing.line(vec![(zero, top), (zero, bottom)], palette::INK, 1.5);
    for (row, (variant, pairs)) in others.iter().enumerate() {
        // The first variant is not here: the others keep their marks.
        one(row + 1, variant, pairs, &x, top + (row as f64 + 0.5) * ROW, &mut drawing);
    }
    Some(drawing)
}

fn one(number: usize, variant: &Variant, pairs: &Pairs, x: &Scale, y: f64, drawing: &mut Drawing) {
    let (name, style) = LABEL.fit(&variant.name, NAMES - MARGIN - 10.0);
    drawing.text((NAMES - 10.0, y + 4.0), Anchor::End, name, style);
    let right = WIDTH - VALUES + 16.0;
    let (Some(mean), Some(interval)) = (pairs.mean(), pairs.interval()) else {
        drawing.text((right, y + 4.0), Anchor::Start, "hardly differs", AXIS);
        return;
    };
    let color = if interval.holds(0.0) { palette::QUIET } else { palette::variant(number) };
    let Interval { low, high } = interval;
    frame::whisker(y, x.at(low), x.at(high), color, drawing);
    frame::mark(number, (x.at(mean), y), drawing);
    let text = match interval.holds(0.0) {
        true => "not distinguishable".to_string(),
        false => format!("{mean:+.1} [{low:+.1}, {high:+.1}]"),
    };
    let (text, style) = LABEL.fit(&text, VALUES - 16.0 - MARGIN);
    drawing.text((right, y + 4.0), Anchor::Start, text, style);
}

fn finding(summary: &Summary, cost: Measure, others: &[(&Variant, &Pairs)]) -> String {
    let what = if cost == Measure::BadRequests { "bad requests" } else { "failed requests" };
    let told = |wanted: fn(Interval) -> bool| {
        let is_so = |pairs: &Pairs| pairs.interval().is_some_and(wanted);
        others.iter().filter(|(_, pairs)| is_so(pairs)).count()
    };
    let (better, worse) =
        (told(|interval| interval.high < 0.0), told(|interval| interval.low > 0.0));
    let (first, count) = (in_title(&summary.variants[0].name), others.len());
    match (better, worse) {
        (0, 0) => format!("No variant can be told from {first} by its {what}"),
        (0, worse) => {
            format!("{worse} of {count} variants have more {what} than {first}, none fewer")
        }
        (better, 0) => {
            format!("{better} of {count} variants have fewer {what} than {first}, none more")
        }
        _ => format!("{better} of {count} variants have fewer {what} than {first}, {worse} more"),
    }
}
