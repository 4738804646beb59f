//! What every chart must be: the same bytes again, all labels apart and on the paper.

use crate::analysis::example::{self, Example};
use crate::report::Report;
use crate::report::chart::drawing::{Anchor, Shape};
use crate::report::chart::{font, timeline};

fn report(example: &Example) -> Report {
    Report::new(&example.journal)
}

/// Left, top, right, bottom of each text.
fn text_boxes(report: &Report) -> Vec<(String, [f64; 4])> {
    let drawing = timeline::draw(report);
    let boxes = drawing.shapes.iter().filter_map(|shape| match shape {
        Shape::Text { at, text, size, bold, anchor, .. } => {
            let width = font::width(text, *size, *bold);
            let left = match anchor {
                Anchor::Start => at.0,
                Anchor::Middle => at.0 - width / 2.0,
                Anchor::End => at.0 - width,
            };
            Some((text.clone(), [left, at.1 - 0.76 * size, left + width, at.1]))
        }
        Shape::Rectangle { .. } | Shape::Polygon { .. } | Shape::Line { .. } => None,
    });
    boxes.collect()
}

#[test]
fn no_label_covers_another_or_leaves_the_paper() {
    for (name, example) in example::all() {
        let report = report(&example);
        let drawing = timeline::draw(&report);
        let boxes = text_boxes(&report);
        for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
            let inside = *left >= 0.0 && *right <= f64::from(drawing.width);
            assert!(inside && *bottom <= f64::from(drawing.height), "{name}: `{text}` is cut off");
            for (other, [l, t, r, b]) in &boxes[..index] {
                let apart = right <= l || r <= left || bottom <= t || b <= top;
                assert!(apart, "{name}: `{text}` covers `{other}`");
            }
        }
    }
}

#[test]
fn the_same_report_gives_the_same_picture() {
    let (one, two) = (report(&example::failed_hook()), report(&example::failed_hook()));
    assert_eq!(timeline::svg(&one), timeline::svg(&two));
    assert_eq!(timeline::png(&one), timeline::png(&two));
}

#[test]
fn the_svg_is_shown_at_a_quarter_of_its_canvas() {
    let svg = timeline::svg(&report(&example::canary()));
    let first = svg.lines().next().expect("there is a first line");
    assert!(first.contains("width=\"1200\""), "{first}");
    assert!(first.contains("viewBox=\"0 0 4800 "), "{first}");
    assert!(svg.ends_with("</svg>\n"));
}
