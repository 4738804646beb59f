//! The lower half: values over the time axis that the bars above have, each line labelled at its end.

use crate::analysis::side::Side;
use crate::engine::time::SimTime;
use crate::report::chart::axis::{TimeAxis, round_maximum};
use crate::report::chart::drawing::{Anchor, Drawing, Point, TextStyle};
use crate::report::chart::label::spread;
use crate::report::chart::palette;

/// The height of a panel, and of the room above it where its title stands.
pub const HEIGHT: f64 = 88.0;
/// From the lower end of what is above to the upper edge of the panel.
pub const TITLE_ROOM: f64 = 32.0;
/// Values keep this distance from the upper edge.
const HEADROOM: f64 = 6.0;
const TITLE: TextStyle = TextStyle { size: 12.0, bold: true, color: palette::INK };
const VALUE: TextStyle = TextStyle { size: 11.0, bold: false, color: palette::QUIET };
const LABEL: TextStyle = TextStyle { size: 11.5, bold: true, color: palette::INK };

/// One value of a line: from, to, how much.
pub type Stretch = (SimTime, SimTime, f64);

/// The values of one side; a gap in time is a gap in the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Whose values they are.
    pub side: Side,
    /// The values, in order of time.
    pub stretches: Vec<Stretch>,
}

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What it shows, with its unit.
    pub title: &'static str,
    /// The least upper end of the value axis; it is a round number.
    pub unit: f64,
    /// What is written after a value.
    pub suffix: &'static str,
    /// Whether the ground below the line is coloured and each value is written to it.
    pub filled: bool,
    /// The lines, by side.
    pub lines: Vec<Line>,
    /// What the values ought to be: thin lines whose values are written to them.
    pub wanted: Vec<Line>,
}

impl Panel {
    fn maximum(&self) -> f64 {
        let most = |lines: &[Line]| {
            let values = lines.iter().flat_map(|line| &line.stretches).map(|stretch| stretch.2);
            values.fold(0.0, f64::max)
        };
        // Room for the text above the highest line.
        let wanted = most(&self.wanted) * 1.2;
        round_maximum(most(&self.lines).max(wanted), self.unit)
    }

    /// Draws the panel with its upper edge at `top`; returns its lower edge.
    pub fn draw(&self, axis: &TimeAxis, top: f64, drawing: &mut Drawing) -> f64 {
        let scale = Scale { top: top + HEADROOM, bottom: top + HEIGHT, maximum: self.maximum() };
        drawing.text((axis.left, top - 9.0), Anchor::Start, self.title, TITLE);
        self.draw_values(axis, scale, drawing);
        self.draw_wanted(axis, scale, drawing);
        for line in &self.lines {
            self.draw_line(line, axis, scale, drawing);
        }
        if self.filled {
            self.write_values(axis, scale, drawing);
        } else {
            self.write_names(axis, scale, drawing);
        }
        scale.bottom
    }

    fn draw_values(&self, axis: &TimeAxis, scale: Scale, drawing: &mut Drawing) {
        // Half of an odd number of things is no number of things.
        let is_count = self.suffix.is_empty() && scale.maximum % 2.0 != 0.0;
        let middle = (!is_count).then_some(scale.maximum / 2.0);
        for value in [Some(0.0), middle, Some(scale.maximum)].into_iter().flatten() {
            let y = scale.y(value);
            drawing.line(vec![(axis.left, y), (axis.right, y)], palette::GRID, 1.0);
            let text = format!("{}{}", written(value), self.suffix);
            drawing.text((axis.left - 8.0, y + 4.0), Anchor::End, text, VALUE);
        }
    }

    fn draw_line(&self, line: &Line, axis: &TimeAxis, scale: Scale, drawing: &mut Drawing) {
        let color = palette::side(line.side);
        for run in runs(&line.stretches) {
            let points = corners(run, axis, scale);
            if self.filled {
                let (first, last) = (points[0], points[points.len() - 1]);
                let mut ground = points.clone();
                ground.extend([(last.0, scale.bottom), (first.0, scale.bottom)]);
                drawing.polygon(ground, color, 0.18);
            }
            match line.side {
                Side::Original => drawing.line(points, color, 2.5),
                Side::Replacement if self.filled => drawing.line(points, color, 2.0),
                Side::Replacement => drawing.dashed(&points, color, 2.25),
            }
        }
    }

    /// The thin lines, with each new value above its stretch, or above what is left of it, where there is room and no line goes
    /// through it.
    fn draw_wanted(&self, axis: &TimeAxis, scale: Scale, drawing: &mut Drawing) {
        let mut taken: Vec<(f64, f64, f64)> = Vec::new();
        for line in &self.wanted {
            let color = palette::side(line.side);
            for run in runs(&line.stretches) {
                drawing.line(corners(run, axis, scale), color, 1.0);
            }
            for (index, &(from, to, value)) in line.stretches.iter().enumerate() {
                let text = format!("{} desired", written(value));
                let (begin, end, baseline) = (axis.x(from), axis.x(to), scale.y(value) - 4.0);
                let width = VALUE.width(&text);
                let rises =
                    index.checked_sub(1).is_some_and(|before| line.stretches[before].2 < value);
                let left = if begin + width + 4.0 < end { begin + 4.0 } else { end - width - 2.0 };
                let covers = |&(l, r, b): &(f64, f64, f64)| {
                    left < r && l < left + width && (b - baseline).abs() < VALUE.size
                };
                let crosses = |&(from, to, value): &Stretch| {
                    let y = scale.y(value);
                    let is_beside = axis.x(to) <= left || left + width <= axis.x(from);
                    baseline - VALUE.size < y && y < baseline && !is_beside
                };
                let mut all =
                    self.lines.iter().chain(&self.wanted).flat_map(|line| &line.stretches);
                let is_free = !taken.iter().any(covers) && !all.any(crosses);
                if (left > begin || rises) && left > axis.left && is_free {
                    drawing.text((left, baseline), Anchor::Start, text, VALUE);
                    taken.push((left, left + width, baseline));
                }
            }
        }
    }

    /// Writes each value to its stretch: on it if there is room, else after it if the line falls there, far enough to leave
    /// room, and no other value stands there.
    fn write_values(&self, axis: &TimeAxis, scale: Scale, drawing: &mut Drawing) {
        for line in &self.lines {
            let style = TextStyle { color: palette::side(line.side), ..LABEL };
            let mut last: Option<Point> = None;
            for (index, &(from, to, value)) in line.stretches.iter().enumerate() {
                let text = format!("{}{}", written(value), self.suffix);
                let (left, right) = (axis.x(from), axis.x(to));
                let level = scale.y(value);
                let falls = |next: &Stretch| scale.y(next.2) > level + LABEL.size;
                let falls = line.stretches.get(index + 1).is_some_and(falls);
                let is_free = last.is_none_or(|(end, baseline)| {
                    right + 6.0 > end || (baseline - level - 9.0).abs() > LABEL.size
                });
                let width = LABEL.width(&text);
                if value > 0.0 && right - left >= width + 10.0 {
                    let below = level - scale.top < 16.0;
                    let baseline = if below { level + 15.0 } else { level - 5.0 };
                    drawing.text((left + 6.0, baseline), Anchor::Start, text, style);
                    last = Some((left + 6.0 + width, baseline));
                } else if falls && is_free {
                    drawing.text((right + 6.0, level + 9.0), Anchor::Start, text, style);
                    last = Some((right + 6.0 + width, level + 9.0));
                }
            }
        }
    }

    /// Writes the name of each side to the end of its line.
    fn write_names(&self, axis: &TimeAxis, scale: Scale, drawing: &mut Drawing) {
        let ends: Vec<(&Line, Point)> = self
            .lines
            .iter()
            .filter_map(|line| {
                let &(_, to, value) = line.stretches.last()?;
                Some((line, (axis.x(to), scale.y(value))))
            })
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, end)| end.1).collect();
        let places = spread(&wanted, 15.0, scale.top, scale.bottom);
        for ((line, end), place) in ends.into_iter().zip(places) {
            let style = TextStyle { color: palette::side(line.side), ..LABEL };
            let name = line.side.as_str();
            let (left, right) = (end.0 + 8.0, end.0 + 8.0 + style.width(name));
            let choices = [place, place - 18.0, place + 18.0, scale.top + 7.0, scale.bottom - 8.0];
            let free = |y: &f64| {
                let inside = *y >= scale.top && *y <= scale.bottom;
                inside && !self.is_crossed(line.side, (left, right), *y, axis, scale)
            };
            let y = choices.into_iter().find(free).unwrap_or(place);
            drawing.text((left, y + 4.2), Anchor::Start, name, style);
        }
    }

    /// Whether the line of the other side runs through a label at this height.
    fn is_crossed(
        &self,
        side: Side,
        (left, right): (f64, f64),
        y: f64,
        axis: &TimeAxis,
        scale: Scale,
    ) -> bool {
        let others = self.lines.iter().filter(|line| line.side != side);
        others.flat_map(|line| &line.stretches).any(|&(from, to, value)| {
            let beside = axis.x(to) < left || axis.x(from) > right;
            !beside && (scale.y(value) - y).abs() < 9.0
        })
    }
}

/// Maps values to places down the paper.
#[derive(Clone, Copy)]
pub struct Scale {
    /// Where the largest value lies.
    pub top: f64,
    /// Where 0 lies.
    pub bottom: f64,
    /// The largest value.
    pub maximum: f64,
}

impl Scale {
    /// Where a value lies.
    pub fn y(self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * value / self.maximum
    }
}

/// Stretches that follow one another without a gap.
fn runs(stretches: &[Stretch]) -> impl Iterator<Item = &[Stretch]> {
    stretches.chunk_by(|before, after| before.1 == after.0)
}

/// The corners of a step line.
fn corners(run: &[Stretch], axis: &TimeAxis, scale: Scale) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(run.len() * 2);
    for &(from, to, value) in run {
        let y = scale.y(value);
        if points.last().is_some_and(|last| last.1 == y) {
            points.pop();
        } else {
            points.push((axis.x(from), y));
        }
        points.push((axis.x(to), y));
    }
    points
}

/// A value with as many decimals as it needs, two at most.
pub fn written(value: f64) -> String {
    let hundredths = (value * 100.0).round() as u64;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match (part, part % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole}.{}", part / 10),
        _ => format!("{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_without_needless_decimals() {
        assert_eq!([0.0, 2.5, 0.05, 100.0].map(written), ["0", "2.5", "0.05", "100"]);
    }

    #[test]
    fn equal_neighbours_are_one_step() {
        let at = |seconds: u64| SimTime::from_millis(seconds * 1000);
        let axis = TimeAxis::new(0.0, 100.0, at(100));
        let scale = Scale { top: 0.0, bottom: 10.0, maximum: 10.0 };
        let run = [(at(0), at(10), 1.0), (at(10), at(20), 1.0), (at(20), at(30), 2.0)];
        let expected = [(0.0, 9.0), (20.0, 9.0), (20.0, 8.0), (30.0, 8.0)];
        assert_eq!(corners(&run, &axis, scale), expected);
    }
}
