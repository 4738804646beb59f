//! The mean cost over two axes, with the number in each cell.

use crate::analysis::measure::Measure;
use crate::analysis::summary::{Summary, Variant, mean};
use crate::report::chart::drawing::{Anchor, Area, Drawing, TextStyle};
use crate::report::chart::palette;
use crate::report::chart::sweep::frame::{self, AXIS, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::sweep::in_title;
use crate::report::wording::thousands;

const ROW: f64 = 40.0;
const NAMES: f64 = 270.0;
/// More cells across or down cannot be read.
const CELLS_MAX: usize = 16;
const NUMBER: TextStyle = TextStyle { size: 13.0, bold: true, color: palette::INK };

/// The chart, if two fields are varied.
pub fn draw(summary: &Summary) -> Option<Drawing> {
    let [down, across] = &summary.axes[..] else { return None };
    let (rows, columns) = (down.values.len(), across.values.len());
    if rows.max(columns) > CELLS_MAX || rows.min(columns) < 2 {
        return None;
    }
    let cost = summary.cost();
    let of = |variant: &Variant| mean(variant.tally.of(cost)).map_or(0.0, |(mean, _)| mean);
    let most = summary.variants.iter().map(of).fold(0.0, f64::max);
    let top = HEAD + 44.0;
    let height = top + rows as f64 * ROW + 28.0;
    let mut drawing = frame::paper(summary, &finding(summary, of, cost), height);
    let width = (WIDTH - MARGIN - NAMES) / columns as f64;
    drawing.text((MARGIN, top - 10.0), Anchor::Start, &*down.path, AXIS);
    drawing.text((NAMES, HEAD + 6.0), Anchor::Start, &*across.path, AXIS);
    let short = |value: &str| value.strip_prefix("CodeDeployDefault.").unwrap_or(value).to_string();
    for (column, value) in across.values.iter().enumerate() {
        let (text, style) = LABEL.fit(&short(value), width - 6.0);
        let middle = NAMES + (column as f64 + 0.5) * width;
        drawing.text((middle, top - 10.0), Anchor::Middle, text, style);
    }
    for (row, value) in down.values.iter().enumerate() {
        let (text, style) = LABEL.fit(&short(value), NAMES - MARGIN - 10.0);
        drawing.text((NAMES - 10.0, top + (row as f64 + 0.6) * ROW), Anchor::End, text, style);
    }
    for variant in &summary.variants {
        let [row, column] = variant.point[..] else { continue };
        let (left, upper) = (NAMES + column as f64 * width, top + row as f64 * ROW);
        let cell = Area { left, top: upper, right: left + width - 2.0, bottom: upper + ROW - 2.0 };
        let value = of(variant);
        let part = if most > 0.0 { value / most } else { 0.0 };
        drawing.rectangle(cell, palette::GRID, 0.4);
        drawing.rectangle(cell, palette::ALERT, 0.85 * part);
        let text =
            if value < 100.0 { format!("{value:.1}") } else { thousands(value.round() as u64) };
        let middle = (cell.left + cell.right) / 2.0;
        drawing.text((middle, upper + 0.6 * ROW), Anchor::Middle, text, NUMBER);
    }
    Some(drawing)
}

fn finding(summary: &Summary, of: impl Fn(&Variant) -> f64, cost: Measure) -> String {
    let what = if cost == Measure::BadRequests { "bad" } else { "failed" };
    let by = |one: &&Variant, other: &&Variant| of(one).total_cmp(&of(other));
    let (least, most) = (summary.variants.iter().min_by(by), summary.variants.iter().max_by(by));
    let (Some(least), Some(most)) = (least, most) else { return String::new() };
    let words = |variant: &Variant| {
        let parts: Vec<String> = variant.name.split(", ").map(in_title).collect();
        parts.join(", ")
    };
    format!(
        "From {:.1} {what} requests ({}) to {:.1} ({})",
        of(least),
        words(least),
        of(most),
        words(most)
    )
}
