//! Risk against time: what a slower rollout buys, and which variants are beaten in both.

use crate::analysis::measure::Measure;
use crate::analysis::statistics::Interval;
use crate::analysis::summary::{Summary, mean, quantile};
use crate::report::chart::drawing::{Anchor, Area, Drawing, Point};
use crate::report::chart::label::spread;
use crate::report::chart::palette;
use crate::report::chart::sweep::VARIANTS_MAX;
use crate::report::chart::sweep::frame::{self, AXIS, HEAD, LABEL, MARGIN, WIDTH};
use crate::report::chart::sweep::scale::Scale;
use crate::report::sweep::in_title;
use crate::report::wording::counted;

const PLOT: Area = Area { left: 76.0, top: HEAD + 30.0, right: 700.0, bottom: HEAD + 380.0 };
const HEIGHT: f64 = HEAD + 440.0;
/// The least distance between two names.
const NAME: f64 = 34.0;

/// A variant between time and risk.
struct Place<'a> {
    number: usize,
    name: &'a str,
    minutes: f64,
    /// In how many of its runs it got there, if not in all.
    there: Option<String>,
    cost: f64,
    interval: Option<Interval>,
}

/// The chart, if two variants at least have a time.
pub fn draw(summary: &Summary) -> Option<Drawing> {
    let cost = summary.cost();
    let shown = summary.variants.iter().take(VARIANTS_MAX).enumerate();
    let places: Vec<Place<'_>> = shown
        .filter_map(|(number, variant)| {
            let shift = quantile(variant.tally.of(Measure::FullShift), 0.5)?;
            let (cost, interval) = mean(variant.tally.of(cost))?;
            let minutes = shift.place.middle() as f64 / 60_000.0;
            let runs = variant.tally.of(Measure::FullShift).runs();
            let there = (runs < variant.tally.runs)
                .then(|| format!("got there in {}", counted(runs, "run")));
            Some(Place { number, name: &variant.name, minutes, there, cost, interval })
        })
        .collect();
    if places.len() < 2 {
        return None;
    }
    let front = front(&places);
    let mut drawing = frame::paper(summary, &finding(&places, &front, summary), HEIGHT);
    let longest = places.iter().map(|place| place.minutes).fold(0.0, f64::max);
    let dearest =
        places.iter().map(|place| place.interval.map_or(place.cost, |interval| interval.high));
    let x = Scale::linear(PLOT.left, PLOT.right, 0.0, 1.05 * longest);
    let y = Scale::linear(PLOT.bottom, PLOT.top, 0.0, 1.08 * dearest.fold(0.0, f64::max));
    frame::across(&x, PLOT, "minutes to full shift (median of those that got there)", &mut drawing);
    let what = if cost == Measure::BadRequests { "bad" } else { "failed" };
    let name = format!("{what} requests a deployment (mean, bars hold 95 %)");
    frame::upwards(&y, PLOT, &name, "", &mut drawing);
    let at = |place: &Place<'_>| (x.at(place.minutes), y.at(place.cost));
    let corners: Vec<Point> = front.iter().map(|&number| at(&places[number])).collect();
    drawing.dashed(&stairs(&corners), palette::QUIET, 1.5);
    let wanted: Vec<f64> = places.iter().map(|place| at(place).1 + 4.0).collect();
    let names = spread(&wanted, NAME, PLOT.top, PLOT.bottom);
    for (place, name_at) in places.iter().zip(names) {
        let (across, down) = at(place);
        if let Some(interval) = place.interval {
            let ends = vec![(across, y.at(interval.low)), (across, y.at(interval.high))];
            drawing.line(ends, palette::variant(place.number), 1.5);
        }
        frame::mark(place.number, (across, down), &mut drawing);
        let left = PLOT.right + 30.0;
        drawing.line(vec![(across + 8.0, down), (left - 14.0, name_at - 4.0)], palette::GRID, 1.0);
        frame::mark(place.number, (left - 6.0, name_at - 4.0), &mut drawing);
        let (name, style) = LABEL.fit(place.name, WIDTH - MARGIN - left - 8.0);
        drawing.text((left + 8.0, name_at), Anchor::Start, name, style);
        if let Some(there) = &place.there {
            drawing.text((left + 8.0, name_at + 15.0), Anchor::Start, &**there, AXIS);
        }
    }
    let note = (WIDTH - MARGIN, PLOT.bottom + 40.0);
    drawing.text(note, Anchor::End, "dashed: nobody is both faster and cheaper", AXIS);
    let all = summary.variants.len().min(VARIANTS_MAX);
    if places.len() < all {
        let text = format!("{} of {all} variants never got there", all - places.len());
        drawing.text((WIDTH - MARGIN, PLOT.top - 12.0), Anchor::End, text, AXIS);
    }
    Some(drawing)
}

/// The variants that no other beats in both, from the fastest to the cheapest.
fn front(places: &[Place<'_>]) -> Vec<usize> {
    let beaten = |place: &Place<'_>| {
        places.iter().any(|other| {
            other.minutes <= place.minutes
                && other.cost <= place.cost
                && (other.minutes < place.minutes || other.cost < place.cost)
        })
    };
    let mut front: Vec<usize> =
        (0..places.len()).filter(|&number| !beaten(&places[number])).collect();
    front.sort_by(|&one, &other| places[one].minutes.total_cmp(&places[other].minutes));
    front
}

/// From corner to corner, first across, then down.
fn stairs(corners: &[Point]) -> Vec<Point> {
    let mut points = Vec::new();
    for &(x, y) in corners {
        if let Some(&(_, before)) = points.last() {
            points.push((x, before));
        }
        points.push((x, y));
    }
    points
}

/// Whether one costs less than the other beyond what chance does.
fn is_cheaper(one: &Place<'_>, other: &Place<'_>) -> bool {
    match (one.interval, other.interval) {
        (Some(one), Some(other)) => one.high < other.low,
        _ => false,
    }
}

/// What the rollouts trade, as far as their costs can be told apart.
///
/// Where every release is bad, full shift is what went wrong, and no merit of the fastest.
fn finding(places: &[Place<'_>], front: &[usize], summary: &Summary) -> String {
    let what = if summary.cost() == Measure::BadRequests { "bad" } else { "failed" };
    let name = |place: &Place<'_>| in_title(place.name);
    let by_time = |one: &&Place<'_>, other: &&Place<'_>| one.minutes.total_cmp(&other.minutes);
    let (soonest, latest) = (places.iter().min_by(by_time), places.iter().max_by(by_time));
    let (Some(soonest), Some(latest)) = (soonest, latest) else { return String::new() };
    let all = summary.variants.len().min(VARIANTS_MAX);
    if summary.variants.iter().all(|variant| variant.tally.bad == variant.tally.runs) {
        let never = match all - places.len() {
            0 => String::new(),
            never => format!("; {never} of {all} never"),
        };
        return format!(
            "A bad release reaches 100 % after {:.1} min ({}) to {:.1} min ({}){never}",
            soonest.minutes,
            name(soonest),
            latest.minutes,
            name(latest)
        );
    }
    let (told, beaten) = (places.len(), places.len() - front.len());
    let steps_are_told =
        front.windows(2).all(|pair| is_cheaper(&places[pair[1]], &places[pair[0]]));
    let beaten_is_told = (0..told).filter(|number| !front.contains(number)).all(|number| {
        front.iter().any(|&other| {
            places[other].minutes <= places[number].minutes
                && is_cheaper(&places[other], &places[number])
        })
    });
    match front {
        _ if !steps_are_told || !beaten_is_told => format!(
            "So many runs do not tell all of {told} apart by their {what} requests; the fastest: {}",
            name(soonest)
        ),
        [only] => format!("{}: the fastest, and the fewest {what} requests", name(&places[*only])),
        [.., slowest] if beaten > 0 => format!(
            "{beaten} of {told} variants are beaten in time and {what} requests; the fewest: {}",
            name(&places[*slowest])
        ),
        _ => format!(
            "Whoever wants fewer {what} requests has to wait longer: none of {told} is beaten"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_holds_what_nobody_beats() {
        let place = |minutes, cost| Place {
            number: 0,
            name: "",
            minutes,
            there: None,
            cost,
            interval: None,
        };
        let places = [place(5.0, 20.0), place(1.0, 180.0), place(9.0, 30.0), place(15.0, 10.0)];
        assert_eq!(front(&places), [1, 0, 3]);
        assert_eq!(
            front(&[place(1.0, 1.0), place(1.0, 1.0)]),
            [0, 1],
            "alike, none beats the other"
        );
    }
}
