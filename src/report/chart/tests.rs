//! What every chart must be: the same bytes again, all labels apart and on the paper.

use crate::analysis::Reader;
use crate::analysis::comparison::Comparison;
use crate::analysis::example::{self, Example};
use crate::analysis::outcome::Outcome;
use crate::analysis::summary::{Axis, Ended, Summary, Variant};
use crate::analysis::tally::Tally;
use crate::engine::time::SimTime;
use crate::report::Report;
use crate::report::chart::drawing::{Anchor, Drawing, Shape};
use crate::report::chart::{font, sweep, timeline};

fn report(example: &Example) -> Report {
    Report::new(&example.journal)
}

/// Left, top, right, bottom of each text.
fn text_boxes(drawing: &Drawing) -> Vec<(String, [f64; 4])> {
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

fn assert_readable(name: &str, drawing: &Drawing) {
    let boxes = text_boxes(drawing);
    for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
        let inside = *left >= 0.0 && *right <= f64::from(drawing.width);
        assert!(inside && *bottom <= f64::from(drawing.height), "{name}: `{text}` is cut off");
        for (other, [l, t, r, b]) in &boxes[..index] {
            let apart = right <= l || r <= left || bottom <= t || b <= top;
            assert!(apart, "{name}: `{text}` covers `{other}`");
        }
    }
}

#[test]
fn no_label_covers_another_or_leaves_the_paper() {
    for (name, example) in example::all() {
        assert_readable(name, &timeline::draw(&report(&example)));
    }
}

/// A sweep over two axes, with values of every size.
fn swept(names: [&[&str]; 2]) -> Summary {
    let mut row = {
        let example = example::failed_hook();
        let mut outcome = Outcome::default();
        example.journal.entries.iter().for_each(|entry| outcome.read(entry));
        outcome.finish(example.end, example.digest)
    };
    let points =
        (0..names[0].len() * names[1].len()).map(|at| [at / names[1].len(), at % names[1].len()]);
    let mut rows = Vec::new();
    let variants = points.map(|point| {
        let (mut tally, mut against) = (Tally::default(), Comparison::default());
        for replication in 0..300 {
            row.bad_requests = replication * replication * point[0] as u64 + point[1] as u64;
            row.full_shift = Some(SimTime::from_millis(1000 * (60 + 300 * point[1] as u64)));
            tally.count(replication, &row);
            rows.push(row);
            against.count(&rows[replication as usize], &row);
        }
        let name = format!("{}, size={}", names[0][point[0]], names[1][point[1]]);
        let against_first = (point != [0, 0]).then_some(against);
        let command = "cutover run x.yaml".into();
        Variant {
            name,
            command,
            point: point.to_vec(),
            tally,
            against_first,
            claims: Vec::new(),
            splitting: None,
        }
    });
    let variants = variants.collect();
    let axis = |path: &str, values: &[&str]| Axis {
        path: path.into(),
        values: values.iter().map(ToString::to_string).collect(),
    };
    Summary {
        scenario: "a-scenario-with-a-long-name".into(),
        about: String::new(),
        seed: 1,
        first: 0,
        asked: 300,
        runs: 300,
        ended: Ended::Complete,
        compares: true,
        swings: Vec::new(),
        has_requests: true,
        axes: vec![
            axis("deployment.deploymentConfigName", names[0]),
            axis("traffic.size", names[1]),
        ],
        variants,
    }
}

#[test]
fn the_charts_of_a_sweep_can_be_read() {
    let configs =
        ["ECSCanary10Percent5Minutes", "ECSLinear10PercentEvery3Minutes", "an-own-configuration"];
    for sizes in [&["1"][..], &["1", "20"], &["1", "2", "3", "4", "5", "6", "7"]] {
        let summary = swept([&configs, sizes]);
        let drawings = sweep::drawings(&summary);
        let names: Vec<&str> = drawings.iter().map(|(name, _)| *name).collect();
        let all = ["ecdf", "endings", "convergence", "pareto", "differences", "heatmap"];
        assert_eq!(names, all[..if sizes.len() > 1 { 6 } else { 5 }]);
        for (name, drawing) in &drawings {
            assert_readable(name, drawing);
            let title = drawing.shapes.iter().find_map(|shape| match shape {
                Shape::Text { text, bold: true, .. } => Some(text.as_str()),
                _ => None,
            });
            assert!(title.is_some_and(|title| title.len() > 20), "{name} says what was found");
        }
        assert_eq!(drawings, sweep::drawings(&swept([&configs, sizes])), "the same again");
    }
}

#[test]
fn a_tornado_can_be_read() {
    let sizes: &[&str] = &["1", "2", "3", "4", "5"];
    let swings = ["traffic.rate ±20%", "assumptions[\"cw.delay.alb\"] ±50%"].map(String::from);
    let summary = Summary { swings: swings.to_vec(), ..swept([&["a-configuration"], sizes]) };
    let drawings = sweep::drawings(&summary);
    let (_, tornado) =
        drawings.iter().find(|(name, _)| *name == "tornado").expect("fields were made larger");
    assert_readable("tornado", tornado);
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
