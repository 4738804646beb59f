//! Paints the shapes of a drawing: SVG as text, PNG as bytes, from the same coordinates.
//!
//! Plotters rounds every point to whole pixels, so both are painted on a canvas four times as large as shown:
//! the SVG's view box scales it back, the PNG keeps every other pixel as the mean of four.

use crate::report::chart::drawing::{Anchor, Drawing, Point, Shape};
use crate::report::chart::font::{LINE_HEIGHT, font};
use crate::report::chart::palette::Color;
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, RGBColor, ShapeStyle, TextStyle};
use png::{BitDepth, ColorType, Compression, Encoder, FilterType};
use std::fmt::Write as _;

/// How many pixels of the canvas are one pixel as shown.
const SCALE: u32 = 4;

/// How the painters differ: in what they take for the size of a font and for the top of a text.
#[derive(Clone, Copy)]
struct TextRule {
    /// The size to ask for, in em.
    size: f64,
    /// From the top of the text to its baseline, in em.
    baseline: f64,
}

/// Plotters divides by 1.24 and puts the baseline 0.76 em below the top.
const SVG_TEXT: TextRule = TextRule { size: 1.24, baseline: 0.76 };
/// The font library takes the height of a line for the size and draws half of it above the baseline.
const PNG_TEXT: TextRule = TextRule { size: LINE_HEIGHT, baseline: LINE_HEIGHT / 2.0 };

/// The drawing as an SVG document.
pub fn svg(drawing: &Drawing) -> String {
    let mut text = String::new();
    let size = (drawing.width * SCALE, drawing.height * SCALE);
    let mut backend = SVGBackend::with_string(&mut text, size);
    paint(drawing, &mut backend, SVG_TEXT);
    drop(backend);
    with_shown_size(&text, drawing)
}

/// Replaces the first tag: the size as shown, the canvas as view box, and a description.
fn with_shown_size(text: &str, drawing: &Drawing) -> String {
    let (width, height) = (drawing.width, drawing.height);
    let body = text.split_once('\n').expect("plotters ends the first tag with a line").1;
    let mut document = String::with_capacity(text.len() + 400);
    let written = write!(
        document,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\">\n<title>{}</title>\n{body}",
        width * SCALE,
        height * SCALE,
        escaped(&drawing.description),
    );
    written.expect("a string takes everything");
    document
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The drawing as a PNG file, twice as large as shown.
pub fn png(drawing: &Drawing) -> Vec<u8> {
    let (width, height) = (drawing.width * SCALE, drawing.height * SCALE);
    let mut pixels = vec![255; (width * height * 3) as usize];
    let mut backend = BitMapBackend::with_buffer(&mut pixels, (width, height));
    paint(drawing, &mut backend, PNG_TEXT);
    drop(backend);
    encode(&halved(&pixels, width as usize), width / 2, height / 2)
}

/// Half the size: each pixel is the mean of four.
fn halved(pixels: &[u8], width: usize) -> Vec<u8> {
    let row = width * 3;
    let mut half = Vec::with_capacity(pixels.len() / 4);
    for rows in pixels.chunks_exact(2 * row) {
        let (upper, lower) = rows.split_at(row);
        for (above, below) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for channel in 0..3 {
                let sum: u32 =
                    [above[channel], above[channel + 3], below[channel], below[channel + 3]]
                        .map(u32::from)
                        .iter()
                        .sum();
                half.push(((sum + 2) / 4) as u8);
            }
        }
    }
    half
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Default);
    encoder.set_filter(FilterType::Up);
    let mut writer = encoder.write_header().expect("a vector takes everything");
    writer.write_image_data(pixels).expect("there are as many pixels as the header says");
    writer.finish().expect("a vector takes everything");
    bytes
}

fn paint<B: DrawingBackend>(drawing: &Drawing, backend: &mut B, rule: TextRule) {
    for shape in &drawing.shapes {
        paint_shape(shape, backend, rule);
    }
    backend.present().expect("painting in memory does not fail");
}

fn paint_shape<B: DrawingBackend>(shape: &Shape, backend: &mut B, rule: TextRule) {
    let painted = match shape {
        Shape::Rectangle { from, to, fill, opacity } => {
            let style: ShapeStyle = rgb(*fill).mix(*opacity).filled();
            backend.draw_rect(scaled(*from), scaled(*to), &style, true)
        }
        Shape::Polygon { points, fill, opacity } => {
            let style: ShapeStyle = rgb(*fill).mix(*opacity).filled();
            backend.fill_polygon(points.iter().copied().map(scaled), &style)
        }
        Shape::Line { points, color, width } => {
            let style = rgb(*color).stroke_width(length(*width));
            backend.draw_path(points.iter().copied().map(scaled), &style)
        }
        Shape::Text { at, text, size, bold, color, anchor } => {
            let em = size * f64::from(SCALE);
            let color = rgb(*color);
            let style = TextStyle::from(font(em * rule.size, *bold))
                .color(&color)
                .pos(Pos::new(horizontal(*anchor), VPos::Top));
            let (x, y) = scaled(*at);
            backend.draw_text(text, &style, (x, y - (em * rule.baseline).round() as i32))
        }
    };
    painted.expect("painting in memory does not fail");
}

const fn horizontal(anchor: Anchor) -> HPos {
    match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    }
}

const fn rgb((red, green, blue): Color) -> RGBColor {
    RGBColor(red, green, blue)
}

fn scaled((x, y): Point) -> (i32, i32) {
    let scale = f64::from(SCALE);
    ((x * scale).round() as i32, (y * scale).round() as i32)
}

fn length(pixels: f64) -> u32 {
    (pixels * f64::from(SCALE)).round() as u32
}
