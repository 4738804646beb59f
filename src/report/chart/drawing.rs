//! A chart as plain shapes, in pixels as shown; who paints them is not known here.

use crate::report::chart::font;
use crate::report::chart::palette::Color;

/// A point: across, down.
pub type Point = (f64, f64);

/// Which end of a text its point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

/// Something to paint.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Rectangle {
        /// Upper left corner.
        from: Point,
        /// Lower right corner.
        to: Point,
        /// Its colour.
        fill: Color,
        /// How much it covers, 0 to 1.
        opacity: f64,
    },
    /// A filled polygon.
    Polygon {
        /// Its corners.
        points: Vec<Point>,
        /// Its colour.
        fill: Color,
        /// How much it covers, 0 to 1.
        opacity: f64,
    },
    /// A line from point to point.
    Line {
        /// Its points.
        points: Vec<Point>,
        /// Its colour.
        color: Color,
        /// How thick it is.
        width: f64,
    },
    /// A line of text.
    Text {
        /// Where: the end of the text that `anchor` names, on the baseline.
        at: Point,
        /// What.
        text: String,
        /// Pixels of an em.
        size: f64,
        /// Whether it is bold.
        bold: bool,
        /// Its colour.
        color: Color,
        /// Which end of the text the point is.
        anchor: Anchor,
    },
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    /// Pixels of an em.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
    /// Its colour.
    pub color: Color,
}

impl TextStyle {
    /// How wide a text is in this style.
    pub fn width(&self, text: &str) -> f64 {
        font::width(text, self.size, self.bold)
    }

    /// The text as it fits into this width: smaller down to three quarters, then cut off with an ellipsis.
    pub fn fit(self, text: &str, width: f64) -> (String, TextStyle) {
        let size = self.size * (width / self.width(text).max(1.0)).clamp(0.75, 1.0);
        let style = TextStyle { size, ..self };
        let mut text = text.to_owned();
        if style.width(&text) <= width + 0.5 {
            return (text, style);
        }
        while text.pop().is_some() && style.width(&format!("{text}…")) > width {}
        (format!("{text}…"), style)
    }
}

/// A rectangle on the paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
}

/// The shapes of a chart, in the order in which they are painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// How wide the paper is.
    pub width: u32,
    /// How high the paper is.
    pub height: u32,
    /// What the picture shows, for those who do not see it.
    pub description: String,
    /// What is painted.
    pub shapes: Vec<Shape>,
}

/// How long the dashes and gaps of a dashed line are.
const DASH: (f64, f64) = (7.0, 4.0);

impl Drawing {
    /// A filled rectangle.
    pub fn rectangle(&mut self, area: Area, fill: Color, opacity: f64) {
        let (from, to) = ((area.left, area.top), (area.right, area.bottom));
        self.shapes.push(Shape::Rectangle { from, to, fill, opacity });
    }

    /// The outline of a rectangle, inside its edges.
    pub fn outline(&mut self, area: Area, color: Color, width: f64) {
        let half = width / 2.0;
        let (left, right) = (area.left + half, area.right - half);
        let (top, bottom) = (area.top + half, area.bottom - half);
        self.line(vec![(area.left, top), (area.right, top)], color, width);
        self.line(vec![(area.left, bottom), (area.right, bottom)], color, width);
        self.line(vec![(left, area.top), (left, area.bottom)], color, width);
        self.line(vec![(right, area.top), (right, area.bottom)], color, width);
    }

    /// A filled polygon.
    pub fn polygon(&mut self, points: Vec<Point>, fill: Color, opacity: f64) {
        self.shapes.push(Shape::Polygon { points, fill, opacity });
    }

    /// A line from point to point; one point alone is nothing.
    pub fn line(&mut self, points: Vec<Point>, color: Color, width: f64) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, color, width });
        }
    }

    /// A dashed line from point to point; the dashes go on round corners.
    pub fn dashed(&mut self, points: &[Point], color: Color, width: f64) {
        let mut dash = Vec::new();
        let (mut drawing, mut left) = (true, DASH.0);
        for pair in points.windows(2) {
            let ((mut x, mut y), (to_x, to_y)) = (pair[0], pair[1]);
            if drawing {
                dash.push((x, y));
            }
            loop {
                let rest = ((to_x - x) * (to_x - x) + (to_y - y) * (to_y - y)).sqrt();
                if rest <= left {
                    left -= rest;
                    break;
                }
                let part = left / rest;
                (x, y) = (x + (to_x - x) * part, y + (to_y - y) * part);
                dash.push((x, y));
                if drawing {
                    self.line(std::mem::take(&mut dash), color, width);
                }
                drawing = !drawing;
                left = if drawing { DASH.0 } else { DASH.1 };
            }
            if drawing {
                dash.push((to_x, to_y));
                dash.dedup();
            }
        }
        self.line(dash, color, width);
    }

    /// A line of text whose anchor stands at `at`, on the baseline.
    pub fn text(&mut self, at: Point, anchor: Anchor, text: impl Into<String>, style: TextStyle) {
        let (text, TextStyle { size, bold, color }) = (text.into(), style);
        self.shapes.push(Shape::Text { at, text, size, bold, color, anchor });
    }
}
