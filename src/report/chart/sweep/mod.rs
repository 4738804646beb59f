//! Charts of a sweep: each says in its title what was found, and below it of what scenario, runs and seed.

mod convergence;
mod difference;
mod ecdf;
mod ending;
pub(super) mod frame;
mod heat;
mod pareto;
pub(super) mod scale;
mod tornado;

use crate::analysis::summary::Summary;
use crate::report::chart::canvas;
use crate::report::chart::drawing::Drawing;

/// So many variants are told apart by colour and shape; a chart of more shows the first.
const VARIANTS_MAX: usize = 8;

/// A chart and the name of its files.
pub type Named = (&'static str, Drawing);

/// The files of a chart: name and bytes, SVG and PNG of one drawing.
pub fn painted((name, drawing): &Named) -> [(String, Vec<u8>); 2] {
    [
        (format!("{name}.svg"), canvas::svg(drawing).into_bytes()),
        (format!("{name}.png"), canvas::png(drawing)),
    ]
}

/// All charts that this sweep has.
pub fn drawings(summary: &Summary) -> Vec<Named> {
    // Charts of requests, where there are any.
    let of_requests = |draw: fn(&Summary) -> Option<Drawing>| {
        summary.has_requests.then(|| draw(summary)).flatten()
    };
    let charts = [
        ("ecdf", of_requests(|summary| Some(ecdf::draw(summary)))),
        ("endings", Some(ending::draw(summary))),
        ("convergence", convergence::draw(summary)),
        ("pareto", of_requests(pareto::draw)),
        ("differences", of_requests(difference::draw)),
        ("heatmap", of_requests(heat::draw)),
        ("tornado", of_requests(tornado::draw)),
    ];
    charts.into_iter().filter_map(|(name, drawing)| Some((name, drawing?))).collect()
}
