//! What all charts of a sweep have: the finding, where it is from, axes, and marks that tell variants apart.

use crate::analysis::summary::Summary;
use crate::report::chart::drawing::{Anchor, Area, Drawing, Point, TextStyle};
use crate::report::chart::palette::{self, Color};
use crate::report::chart::sweep::scale::{Scale, written};
use crate::report::sweep::extent;

/// How wide every chart is.
pub const WIDTH: f64 = 1000.0;
/// From the paper's edge.
pub const MARGIN: f64 = 28.0;
/// Where the head ends.
pub const HEAD: f64 = 84.0;
const TITLE: TextStyle = TextStyle { size: 18.0, bold: true, color: palette::INK };
const SUBTITLE: TextStyle = TextStyle { size: 12.0, bold: false, color: palette::QUIET };
/// Numbers and names.
pub const LABEL: TextStyle = TextStyle { size: 12.0, bold: false, color: palette::INK };
/// What an axis shows.
pub const AXIS: TextStyle = TextStyle { size: 12.0, bold: false, color: palette::QUIET };
/// How large a mark is, from its middle.
const MARK: f64 = 4.5;

/// Paper with its head.
pub fn paper(summary: &Summary, finding: &str, height: f64) -> Drawing {
    let from = format!("{} · {}", summary.scenario, extent(summary));
    sheet(format!("{}: {finding}", summary.scenario), finding, &from, height)
}

/// Paper that says what was found, and below it from what.
pub fn sheet(description: String, finding: &str, from: &str, height: f64) -> Drawing {
    let size = (WIDTH as u32, height as u32);
    let mut drawing = Drawing { width: size.0, height: size.1, description, shapes: Vec::new() };
    let all = Area { left: 0.0, top: 0.0, right: WIDTH, bottom: height };
    drawing.rectangle(all, palette::PAPER, 1.0);
    let (title, style) = TITLE.fit(finding, WIDTH - 2.0 * MARGIN);
    drawing.text((MARGIN, 36.0), Anchor::Start, title, style);
    let (from, style) = SUBTITLE.fit(from, WIDTH - 2.0 * MARGIN);
    drawing.text((MARGIN, 58.0), Anchor::Start, from, style);
    drawing
}

/// A scale across, its lines and values below the plot, and what it shows.
pub fn across(scale: &Scale, plot: Area, name: &str, drawing: &mut Drawing) {
    let ticks = scale.ticks(6.0);
    for &tick in &ticks {
        let x = scale.at(tick);
        drawing.line(vec![(x, plot.top), (x, plot.bottom)], palette::GRID, 1.0);
        drawing.text((x, plot.bottom + 18.0), Anchor::Middle, written(tick, &ticks), LABEL);
    }
    let middle = (plot.left + plot.right) / 2.0;
    drawing.text((middle, plot.bottom + 40.0), Anchor::Middle, name, AXIS);
}

/// A scale upwards, its lines and values beside the plot, and what it shows above.
pub fn upwards(scale: &Scale, plot: Area, name: &str, unit: &str, drawing: &mut Drawing) {
    levels(scale, plot, unit, drawing);
    drawing.text((MARGIN, plot.top - 12.0), Anchor::Start, name, AXIS);
}

/// The lines and values of a scale upwards.
pub fn levels(scale: &Scale, plot: Area, unit: &str, drawing: &mut Drawing) {
    let ticks = scale.ticks(5.0);
    for &tick in &ticks {
        let y = scale.at(tick);
        drawing.line(vec![(plot.left, y), (plot.right, y)], palette::GRID, 1.0);
        let text = format!("{}{unit}", written(tick, &ticks));
        drawing.text((plot.left - 8.0, y + 4.0), Anchor::End, text, LABEL);
    }
}

/// The mark of a variant: its own shape, so that it is told from others in print too.
pub fn mark(variant: usize, (x, y): Point, drawing: &mut Drawing) {
    let color = palette::variant(variant);
    let points: Vec<Point> = match variant % 4 {
        0 => (0..16).map(|corner| on_circle((x, y), MARK, corner, 16)).collect(),
        1 => [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
            .map(|(right, down)| (x + right * 0.9 * MARK, y + down * 0.9 * MARK))
            .to_vec(),
        2 => [(0.0, -1.25), (1.15, 0.85), (-1.15, 0.85)]
            .map(|(right, down)| (x + right * MARK, y + down * MARK))
            .to_vec(),
        _ => [(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]
            .map(|(right, down)| (x + right * MARK, y + down * MARK))
            .to_vec(),
    };
    drawing.polygon(points, color, 1.0);
}

fn on_circle((x, y): Point, radius: f64, corner: u32, corners: u32) -> Point {
    let angle = std::f64::consts::TAU * f64::from(corner) / f64::from(corners);
    (x + radius * libm::cos(angle), y + radius * libm::sin(angle))
}

/// A line of a variant: later ones are dashed, so that no two look alike.
pub fn line(variant: usize, points: &[Point], drawing: &mut Drawing) {
    let color: Color = palette::variant(variant);
    match variant < 4 {
        true => drawing.line(points.to_vec(), color, 2.0),
        false => drawing.dashed(points, color, 2.0),
    }
}

/// A whisker across, with its ends.
pub fn whisker(y: f64, from: f64, to: f64, color: Color, drawing: &mut Drawing) {
    drawing.line(vec![(from, y), (to, y)], color, 1.5);
    for end in [from, to] {
        drawing.line(vec![(end, y - 4.0), (end, y + 4.0)], color, 1.5);
    }
}
