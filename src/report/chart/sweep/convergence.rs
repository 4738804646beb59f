//! How the estimate of the main risk, and its interval, settled as runs came: a panel for each variant.

use crate::analysis::convergence::Milestone;
use crate::analysis::risk::{self, Risk};
use crate::analysis::summary::{Probability, Summary, Variant};
use crate::report::chart::drawing::{Anchor, Area, Drawing, Point};
use crate::report::chart::palette;
use crate::report::chart::sweep::VARIANTS_MAX;
use crate::report::chart::sweep::frame::{self, AXIS, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::chart::sweep::scale::Scale;
use crate::report::sweep::probability;
use crate::report::wording::thousands;

/// From the top of one row of panels to the top of the next, and how high a panel is.
const ROW: f64 = 222.0;
const PLOT: f64 = 140.0;
/// Left of a panel, where its values stand.
const VALUES: f64 = 62.0;
const GAP: f64 = 34.0;
/// Fewer milestones than this show no course.
const MILESTONES_MIN: usize = 5;
/// Precisions that people ask for, in points on each side of a percentage.
const PRECISIONS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
/// Those that only few runs leave.
const COARSE: [f64; 4] = [5.0, 10.0, 20.0, 50.0];

/// What is estimated.
#[derive(Clone, Copy)]
enum Lead {
    /// A bad release reached everybody, or was kept where there is nobody to reach, of the bad ones.
    Risk(Risk),
    /// The deployment succeeded, where no release is bad.
    Success,
}

impl Lead {
    fn of(summary: &Summary) -> Lead {
        let any_bad = summary.variants.iter().any(|variant| variant.tally.bad > 0);
        match summary.has_requests {
            _ if !any_bad => Lead::Success,
            true => Lead::Risk(Risk::BadReachedFull),
            false => Lead::Risk(Risk::BadKept),
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Lead::Risk(risk) => risk::in_words(risk),
            Lead::Success => "deployment succeeded",
        }
    }

    fn estimate(self, summary: &Summary, milestone: &Milestone) -> Option<Probability> {
        let (hits, runs) = match self {
            Lead::Risk(risk) => (milestone.risks[risk.index()], milestone.at_risk(risk)),
            Lead::Success => (milestone.succeeded, milestone.runs),
        };
        summary.probability(hits, runs)
    }
}

/// An estimate after so many replications.
type Step = (u64, Probability);

/// The chart, if there are runs enough.
pub fn draw(summary: &Summary) -> Option<Drawing> {
    let lead = Lead::of(summary);
    let shown: Vec<&Variant> = summary.variants.iter().take(VARIANTS_MAX).collect();
    let courses: Vec<Vec<Step>> = shown.iter().map(|one| course(summary, lead, one)).collect();
    if courses.iter().all(|course| course.len() < MILESTONES_MIN) {
        return None;
    }
    let across = if shown.len() > 1 { 2 } else { 1 };
    let rows = shown.len().div_ceil(across);
    let top = HEAD + 34.0;
    let height = top + rows as f64 * ROW + 6.0;
    let mut drawing = frame::paper(summary, &finding(lead, &courses), height);
    let what = match lead {
        Lead::Risk(_) => format!("{}, of bad ones, in percent", lead.in_words()),
        Lead::Success => format!("{}, in percent", lead.in_words()),
    };
    let text = format!("{what}: estimate and interval, each of which holds 95 % by itself");
    drawing.text((MARGIN, HEAD + 2.0), Anchor::Start, text, AXIS);
    let width = (WIDTH - 2.0 * MARGIN - (across - 1) as f64 * GAP) / across as f64;
    for (number, (variant, course)) in shown.iter().zip(&courses).enumerate() {
        let left = MARGIN + (number % across) as f64 * (width + GAP);
        let upper = top + (number / across) as f64 * ROW;
        let plot = Area {
            left: left + VALUES,
            top: upper + 20.0,
            right: left + width,
            bottom: upper + 20.0 + PLOT,
        };
        panel(number, variant, course, plot, &mut drawing);
    }
    Some(drawing)
}

/// The estimates of a variant at every milestone, and at the end.
fn course(summary: &Summary, lead: Lead, variant: &Variant) -> Vec<Step> {
    let tally = &variant.tally;
    let passed = tally.convergence.passed().iter().filter(|one| one.runs < tally.runs);
    let all = passed.copied().chain([tally.so_far()]);
    all.filter_map(|one| Some((one.runs, lead.estimate(summary, &one)?))).collect()
}

/// Whether there is an estimate: of what never or always happened there is but a bound.
const fn is_known(found: &Probability) -> bool {
    found.hits > 0 && found.hits < found.runs
}

fn panel(number: usize, variant: &Variant, course: &[Step], plot: Area, drawing: &mut Drawing) {
    let color = palette::variant(number);
    frame::mark(number, (plot.left + 5.0, plot.top - 14.0), drawing);
    let half = (plot.right - plot.left) / 2.0;
    let (name, style) = LABEL.fit(&variant.name, 1.2 * half - 20.0);
    drawing.text((plot.left + 16.0, plot.top - 10.0), Anchor::Start, name, style);
    let (Some(first), Some(&(_, last))) = (course.first(), course.last()) else {
        let middle = (plot.left + half, (plot.top + plot.bottom) / 2.0);
        drawing.text(middle, Anchor::Middle, "no release was bad", AXIS);
        return;
    };
    let (text, style) = LABEL.fit(&probability(last), 0.8 * half);
    drawing.text((plot.right, plot.top - 10.0), Anchor::End, text, style);
    let x = Scale::decades(plot.left, plot.right, first.0 as f64, variant.tally.runs as f64);
    let (low, high) = bounds(course, variant.tally.runs);
    let y = Scale::linear(plot.bottom, plot.top, low, high);
    frame::across(&x, plot, "replications (logarithmic)", drawing);
    frame::levels(&y, plot, "", drawing);
    // What lies beyond the panel is cut off at its edge.
    let at = |runs: u64, share: f64| (x.at(runs as f64), y.at((100.0 * share).clamp(low, high)));
    let lower = course.iter().map(|&(runs, found)| at(runs, found.interval.low));
    let upper = course.iter().map(|&(runs, found)| at(runs, found.interval.high));
    let band: Vec<Point> = lower.clone().chain(upper.clone().rev()).collect();
    drawing.polygon(band, color, 0.18);
    // A line begins once it stays within the panel: pieces of it before would tell nothing.
    let is_within = |share: f64| (low..=high).contains(&(100.0 * share));
    let along = |of: fn(&Probability) -> Option<f64>| -> Vec<Point> {
        let place = |&(runs, found): &Step| {
            of(&found).filter(|share| is_within(*share)).map(|share| at(runs, share))
        };
        let mut from_last: Vec<Point> = course.iter().rev().map_while(place).collect();
        from_last.reverse();
        from_last
    };
    drawing.line(along(|found| Some(found.interval.low)), color, 1.0);
    drawing.line(along(|found| Some(found.interval.high)), color, 1.0);
    frame::line(number, &along(|found| is_known(found).then(|| found.share())), drawing);
    if is_known(&last) {
        frame::mark(number, at(variant.tally.runs, last.share()), drawing);
    }
}

/// From where to where a panel shows percentages: all intervals of the later half of the way, and all estimates since.
fn bounds(course: &[Step], runs: u64) -> (f64, f64) {
    // Half of the way on a logarithmic scale.
    let first = course[0].0 as f64;
    let from = first * (runs as f64 / first).sqrt();
    let late = course.iter().filter(|(at, _)| *at as f64 >= from);
    let (low, high) = late.fold((1.0_f64, 0.0_f64), |(low, high), (_, found)| {
        (low.min(found.interval.low), high.max(found.interval.high))
    });
    let room = 0.04 * (high - low);
    (100.0 * (low - room).max(0.0), 100.0 * (high + room).min(1.0))
}

/// From how many replications on the widest interval was as narrow as it needs to be called by a round number.
fn finding(lead: Lead, courses: &[Vec<Step>]) -> String {
    let known: Vec<&Vec<Step>> = courses.iter().filter(|course| !course.is_empty()).collect();
    let half_width = |step: &Step| 100.0 * step.1.interval.half_width();
    let widest =
        known.iter().filter_map(|course| course.last()).map(half_width).fold(0.0, f64::max);
    let precision = PRECISIONS.iter().chain(&COARSE).find(|precision| **precision >= widest);
    let precision = *precision.unwrap_or(&50.0);
    // The last milestone that was too wide; the one behind it is the first of those that are narrow for good.
    let since = |course: &&Vec<Step>| {
        let wide = course.iter().rposition(|step| half_width(step) > precision);
        course[wide.map_or(0, |at| at + 1)].0
    };
    let since = known.iter().map(since).max().unwrap_or(0);
    let of = if known.len() > 1 { ", in every variant" } else { "" };
    format!(
        "“{}” is known to ±{precision} points after {} replications{of}",
        lead.in_words(),
        thousands(since)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::statistics::Interval;

    fn step(runs: u64, half_width: f64) -> Step {
        let interval = Interval { low: 0.5 - half_width, high: 0.5 + half_width };
        (runs, Probability { hits: runs / 2, runs, interval })
    }

    #[test]
    fn the_title_names_the_runs_from_which_on_all_were_narrow() {
        let told = |courses: &[Vec<Step>]| finding(Lead::Success, courses);
        let one =
            vec![step(10, 0.3), step(20, 0.019), step(40, 0.03), step(80, 0.018), step(160, 0.012)];
        let other = vec![step(10, 0.2), step(160, 0.001)];
        assert_eq!(
            told(std::slice::from_ref(&one)),
            "“deployment succeeded” is known to ±2 points after 80 replications"
        );
        assert!(
            told(&[one, other, vec![]])
                .ends_with("±2 points after 160 replications, in every variant")
        );
    }

    #[test]
    fn a_panel_shows_the_later_half_of_the_way_in_full() {
        let course = [step(10, 0.4), step(100, 0.1), step(1000, 0.03)];
        let (low, high) = bounds(&course, 1000);
        assert!((low - 39.2).abs() < 1e-9 && (high - 60.8).abs() < 1e-9, "{low} {high}");
    }
}
