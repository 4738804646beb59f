//! An alarm over time: its datapoints against the threshold, and its state in a band below.
//!
//! A datapoint stands where its period ended; a hair leads to when the alarm saw it first.

use crate::analysis::alarm::{AlarmCourse, SeenPoint};
use crate::analysis::{AlarmDescription, AlarmRule};
use crate::aws::alarm::{ComparisonOperator, StateValue};
use crate::engine::time::SimTime;
use crate::report::Report;
use crate::report::chart::axis::{TimeAxis, round_maximum};
use crate::report::chart::drawing::{Anchor, Area, Drawing, Point, TextStyle};
use crate::report::chart::palette::{self, Color};
use crate::report::chart::panel::{self, Scale};

const TITLE: TextStyle = TextStyle { size: 12.0, bold: true, color: palette::INK };
const NOTE: TextStyle = TextStyle { size: 11.0, bold: false, color: palette::QUIET };
const STATE: TextStyle = TextStyle { size: 10.5, bold: true, color: palette::PAPER };
const LIMIT: TextStyle = TextStyle { size: 11.0, bold: true, color: palette::ALERT };
/// The height of the band of states.
const BAND: f64 = 13.0;
/// Between the lowest value and the band.
const GAP: f64 = 7.0;
const RADIUS: f64 = 3.6;
/// More datapoints than this are a line.
const POINTS_MAX: usize = 150;
/// A minute without a datapoint is crossed once none can come any more.
const LATEST_MS: u64 = 120_000;
const MINUTE_MS: u64 = 60_000;

/// The panel of one alarm.
#[derive(Clone, Debug)]
pub struct AlarmPanel<'a> {
    /// What the alarm is.
    pub description: &'a AlarmDescription,
    /// What became of it.
    pub course: &'a AlarmCourse,
    /// Instant zero, in milliseconds since the Unix epoch: minutes are those of the calendar.
    pub created_unix_ms: u64,
    /// When the run ended.
    pub end: SimTime,
}

impl AlarmPanel<'_> {
    /// Draws the panel with its upper edge at `top`; returns its lower edge.
    pub fn draw(&self, axis: &TimeAxis, top: f64, drawing: &mut Drawing) -> f64 {
        let bottom = top + panel::HEIGHT;
        let name = format!("Alarm {}", self.description.name);
        let (name, style) = TITLE.fit(&name, (axis.right - axis.left) * 0.6);
        let after = axis.left + style.width(&name) + 10.0;
        drawing.text((axis.left, top - 9.0), Anchor::Start, name, style);
        if let Some(rule) = &self.description.rule {
            drawing.text((after, top - 9.0), Anchor::Start, criterion(rule), NOTE);
            let lowest = bottom - BAND - GAP;
            let scale = Scale { top: top + 6.0, bottom: lowest, maximum: self.maximum(rule) };
            self.draw_threshold(rule, axis, scale, drawing);
            self.draw_points(rule, axis, scale, drawing);
        }
        self.draw_states(axis, bottom, drawing);
        bottom
    }

    fn maximum(&self, rule: &AlarmRule) -> f64 {
        let values = self.course.points.iter().map(|point| number(point.micros));
        let threshold = number(rule.threshold_micros) * 1.25;
        round_maximum(values.fold(threshold.max(0.0), f64::max), 0.01)
    }

    fn draw_threshold(
        &self,
        rule: &AlarmRule,
        axis: &TimeAxis,
        scale: Scale,
        drawing: &mut Drawing,
    ) {
        for value in [0.0, scale.maximum] {
            let y = scale.y(value);
            drawing.line(vec![(axis.left, y), (axis.right, y)], palette::GRID, 1.0);
            let text = panel::written(value);
            drawing.text((axis.left - 8.0, y + 4.0), Anchor::End, text, NOTE);
        }
        let y = scale.y(number(rule.threshold_micros).clamp(0.0, scale.maximum));
        drawing.dashed(&[(axis.left, y), (axis.right, y)], palette::ALERT, 1.0);
        let (text, style) = LIMIT.fit(&format!("{} {}", sign(rule), rule.threshold), 84.0);
        drawing.text((axis.right + 8.0, y + 4.0), Anchor::Start, text, style);
    }

    fn draw_points(&self, rule: &AlarmRule, axis: &TimeAxis, scale: Scale, drawing: &mut Drawing) {
        let points = &self.course.points;
        let height = |point: &SeenPoint| scale.y(number(point.micros).clamp(0.0, scale.maximum));
        if points.len() > POINTS_MAX {
            let line = points.iter().map(|point| (axis.x(point.until), height(point))).collect();
            drawing.line(line, palette::INK, 1.0);
        } else {
            for point in points {
                let y = height(point);
                let (ended, seen) = (axis.x(point.until), axis.x(point.at));
                drawing.line(vec![(ended, y), (seen, y)], palette::QUIET, 0.75);
                drawing.line(vec![(seen, y - 3.0), (seen, y + 3.0)], palette::QUIET, 0.75);
            }
            for until in self.missing(rule) {
                cross((axis.x(until), scale.bottom), drawing);
            }
        }
        for point in points {
            let at = (axis.x(point.until), height(point));
            if point.breaching {
                drawing.polygon(circle(at, RADIUS), palette::ALERT, 1.0);
            } else if points.len() <= POINTS_MAX {
                drawing.polygon(circle(at, RADIUS), palette::INK, 1.0);
                drawing.polygon(circle(at, RADIUS - 1.2), palette::PAPER, 1.0);
            }
        }
    }

    /// The ends of minutes that never had a datapoint. Only those of alarms with a period of a minute are told apart.
    fn missing(&self, rule: &AlarmRule) -> impl Iterator<Item = SimTime> {
        let is_by_minute = rule.period_ms == MINUTE_MS;
        let first = MINUTE_MS - self.created_unix_ms % MINUTE_MS;
        let last = if is_by_minute { self.end.as_millis().saturating_sub(LATEST_MS) } else { 0 };
        let ends = (first..=last).step_by(MINUTE_MS as usize).map(SimTime::from_millis);
        ends.filter(|until| !self.course.points.iter().any(|point| point.until == *until))
    }

    fn draw_states(&self, axis: &TimeAxis, bottom: f64, drawing: &mut Drawing) {
        for (from, to, state) in self.course.state.stretches(self.end) {
            let (left, right) = (axis.x(from), axis.x(to));
            let area = Area { left, top: bottom - BAND, right: right.max(left + 1.5), bottom };
            drawing.rectangle(area, color(state), 1.0);
            let name = state.as_str();
            if right - left > STATE.width(name) + 8.0 {
                let style = TextStyle { color: on(state), ..STATE };
                drawing.text((left + 4.0, bottom - 3.0), Anchor::Start, name, style);
            }
        }
    }
}

/// `2 of 3 datapoints of a minute`, and how to read them.
fn criterion(rule: &AlarmRule) -> String {
    let AlarmRule { datapoints_to_alarm: m, evaluation_periods: n, period_ms, .. } = rule;
    let period = match period_ms {
        60_000 => "a minute".to_owned(),
        ms if ms.is_multiple_of(60_000) => format!("{} minutes", ms / 60_000),
        ms => format!("{} s", ms / 1000),
    };
    let points = if *n == 1 { "datapoint" } else { "datapoints" };
    format!("{m} of {n} {points} of {period} · dot: its end, tick: when it was seen first")
}

const fn sign(rule: &AlarmRule) -> &'static str {
    match rule.comparison_operator {
        ComparisonOperator::GreaterThanThreshold => ">",
        ComparisonOperator::GreaterThanOrEqualToThreshold => "≥",
        ComparisonOperator::LessThanThreshold => "<",
        ComparisonOperator::LessThanOrEqualToThreshold => "≤",
    }
}

fn number(micros: i64) -> f64 {
    micros as f64 / 1e6
}

const fn color(state: StateValue) -> Color {
    match state {
        StateValue::Ok => palette::CALM,
        StateValue::Alarm => palette::ALERT,
        StateValue::InsufficientData => palette::GRID,
    }
}

const fn on(state: StateValue) -> Color {
    match state {
        StateValue::Alarm => palette::PAPER,
        StateValue::Ok | StateValue::InsufficientData => palette::INK,
    }
}

/// The corners of a circle that nobody sees to have twelve.
fn circle((x, y): Point, radius: f64) -> Vec<Point> {
    const SIXTH: f64 = 0.866_025_403_784_438_6;
    const CORNERS: [Point; 12] = [
        (1.0, 0.0),
        (SIXTH, 0.5),
        (0.5, SIXTH),
        (0.0, 1.0),
        (-0.5, SIXTH),
        (-SIXTH, 0.5),
        (-1.0, 0.0),
        (-SIXTH, -0.5),
        (-0.5, -SIXTH),
        (0.0, -1.0),
        (0.5, -SIXTH),
        (SIXTH, -0.5),
    ];
    CORNERS.iter().map(|(across, down)| (x + radius * across, y + radius * down)).collect()
}

fn cross((x, y): Point, drawing: &mut Drawing) {
    const HALF: f64 = 2.6;
    drawing.line(vec![(x - HALF, y - HALF), (x + HALF, y + HALF)], palette::QUIET, 1.1);
    drawing.line(vec![(x - HALF, y + HALF), (x + HALF, y - HALF)], palette::QUIET, 1.1);
}

/// Which alarms are drawn: those that the deployment looks at, and no more than a page can hold.
pub fn panels(report: &Report) -> Vec<AlarmPanel<'_>> {
    const PANELS_MAX: usize = 4;
    let described = report.header.alarms.iter().zip(&report.series.alarms);
    described
        .filter(|(description, _)| description.is_polled)
        .take(PANELS_MAX)
        .map(|(description, course)| AlarmPanel {
            description,
            course,
            created_unix_ms: report.header.created_unix_ms,
            end: report.series.end,
        })
        .collect()
}
