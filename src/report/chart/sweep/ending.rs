//! How the runs of each variant ended, as parts of a bar.

use crate::analysis::ending::Ending;
use crate::analysis::summary::{Summary, Variant};
use crate::report::chart::drawing::{Anchor, Area, Drawing, TextStyle};
use crate::report::chart::palette;
use crate::report::chart::sweep::frame::{self, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::sweep::{in_title, part};

const ROW: f64 = 34.0;
const NAMES: f64 = 270.0;
const LEGEND: f64 = 26.0;
/// More variants than this have no chart of rows.
const ROWS_MAX: usize = 40;

/// The chart.
pub fn draw(summary: &Summary) -> Drawing {
    let rows = summary.variants.len().min(ROWS_MAX);
    let top = HEAD + LEGEND;
    let height = top + rows as f64 * ROW + 24.0;
    let mut drawing = frame::paper(summary, &finding(summary), height);
    legend(&summary.endings(), &mut drawing);
    for (row, variant) in summary.variants.iter().take(rows).enumerate() {
        bar(variant, top + row as f64 * ROW, &mut drawing);
    }
    drawing
}

fn legend(endings: &[Ending], drawing: &mut Drawing) {
    let mut left = MARGIN;
    for &ending in endings {
        let box_of = Area { left, top: HEAD - 8.0, right: left + 14.0, bottom: HEAD + 6.0 };
        drawing.rectangle(box_of, palette::ending(ending), 1.0);
        drawing.text((left + 20.0, HEAD + 3.0), Anchor::Start, ending.in_words(), LABEL);
        left += 44.0 + LABEL.width(&ending.in_words());
    }
}

fn bar(variant: &Variant, top: f64, drawing: &mut Drawing) {
    let (name, style) = LABEL.fit(&variant.name, NAMES - MARGIN - 10.0);
    drawing.text((NAMES - 10.0, top + 19.0), Anchor::End, name, style);
    let width = WIDTH - MARGIN - NAMES;
    let mut left = NAMES;
    for ending in Ending::ALL {
        let runs = variant.tally.endings[ending.index()].runs;
        if runs == 0 {
            continue;
        }
        let share = runs as f64 / variant.tally.runs as f64;
        let area = Area { left, top, right: left + share * width, bottom: top + ROW - 6.0 };
        drawing.rectangle(area, palette::ending(ending), 1.0);
        let text = part(runs, variant.tally.runs);
        let style = TextStyle { color: palette::on_ending(ending), ..LABEL };
        if style.width(&text) + 8.0 < share * width {
            let middle = (area.left + area.right) / 2.0;
            drawing.text((middle, top + 19.0), Anchor::Middle, text, style);
        }
        left = area.right;
    }
}

/// Where most succeed, and where fewest.
fn finding(summary: &Summary) -> String {
    let hits = |variant: &Variant| variant.tally.endings[Ending::Succeeded.index()].runs;
    let by_share = |one: &&Variant, other: &&Variant| hits(one).cmp(&hits(other));
    let told = |variant: &Variant| part(hits(variant), variant.tally.runs);
    let (least, most) =
        (summary.variants.iter().min_by(by_share), summary.variants.iter().max_by(by_share));
    match (least, most) {
        (Some(least), Some(most)) if hits(least) < hits(most) => format!(
            "Succeeded: {} with {}, {} with {}",
            told(most),
            in_title(&most.name),
            told(least),
            in_title(&least.name)
        ),
        (Some(only), _) => format!("Of the deployments {} succeeded", told(only)),
        (None, _) => String::new(),
    }
}
