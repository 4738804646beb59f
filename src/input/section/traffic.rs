//! `traffic:`: the rate over time, or a recorded series, with changes and noise on top.

use std::ops::RangeInclusive;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::time::SimDuration;
use crate::input::Files;
use crate::input::decode::{Field, Map, integer, list, number};
use crate::input::series;
use crate::input::unit;
use crate::scenario::traffic::{Arrivals, Change, Noise, Sessions, Traffic};

/// The highest rate that the counts of one minute leave room for, changes included: ten million a second.
pub const COUNTED_RATE_MAX: f64 = 1e7;

/// How long noise may remember, and a session may last.
pub const MEMORY: RangeInclusive<SimDuration> =
    SimDuration::from_secs(1)..=SimDuration::from_mins(7 * 24 * 60);

/// Nobody asks for anything.
pub const NONE: Traffic = Traffic {
    arrivals: Arrivals::Constant { per_second: 0.0 },
    changes: Vec::new(),
    noise: None,
    sessions: None,
    page: None,
};

/// The whole section.
pub fn traffic(field: Field, files: &mut Files<'_>, to: &mut Diagnostics) -> Option<Traffic> {
    let mut map = Map::open(field, to)?;
    let arrivals = match map.one_of(&["rate", "trace"])? {
        "rate" => steady(&mut map),
        _ => trace(&mut map, files),
    };
    let mut changes = map.or("changes", list(change), Vec::new());
    changes.sort_by_key(|change| change.at);
    let noise = map.optional("noise", noise);
    let sessions = map.optional("sessions", sessions);
    let page = map.optional("page", integer(1..=10_000));
    let at = map.span();
    map.finish();
    let traffic = Traffic {
        arrivals: arrivals?,
        changes,
        noise,
        sessions,
        page: page.map(|page| page as u32),
    };
    let highest = highest_rate(&traffic);
    if highest > COUNTED_RATE_MAX {
        let title = format!("`{}` reaches {highest:.0} requests a second", field.name);
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, at, title)
                .label("changes included")
                .help(format!("stay within {COUNTED_RATE_MAX:.0} requests a second")),
        );
        return None;
    }
    Some(traffic)
}

/// `rate: 50/s`, and `daily:` with a factor for each hour on top.
fn steady(map: &mut Map<'_, '_>) -> Option<Arrivals> {
    let rate = map.required("rate", unit::rate);
    if map.has("trace") {
        // Told already: the two exclude each other. What belongs to the trace is no further fault.
        for key in ["column", "period", "scale", "from"] {
            map.has(key);
        }
    }
    let hours = map.optional("daily", hours);
    let per_second = rate?;
    Some(match hours {
        None => Arrivals::Constant { per_second },
        Some(factors) => Arrivals::Daily { per_second: factors.map(|factor| factor * per_second) },
    })
}

/// Twenty-four factors, for the full hours from 0 to 23.
fn hours(field: Field, to: &mut Diagnostics) -> Option<[f64; 24]> {
    let factors =
        list(|field: Field, to: &mut Diagnostics| number(0.0..=1e6)(field, to))(field, to)?;
    let count = factors.len();
    <[f64; 24]>::try_from(factors).map_or_else(
        |_| {
            let title = format!("`{}` has {count} values, not 24", field.name);
            to.push(
                Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                    .label("one factor for each hour from 0 to 23 is needed"),
            );
            None
        },
        Some,
    )
}

/// `trace: requests.csv` with its period; each value, times `scale`, is a count of one period.
fn trace(map: &mut Map<'_, '_>, files: &mut Files<'_>) -> Option<Arrivals> {
    let column = map.optional("column", crate::input::decode::text);
    let counts = map.required("trace", |field: Field, to: &mut Diagnostics| {
        series::column(field, column.as_deref(), series::COUNTS, files, to)
    });
    let least = SimDuration::from_secs(1);
    let most = SimDuration::from_mins(24 * 60);
    let period = map.required("period", unit::duration_in(least..=most));
    let scale = map.or("scale", number(0.0..=1e9), 1.0);
    let from = map.or("from", unit::duration, SimDuration::ZERO);
    let period = period?;
    let seconds = period.as_millis() as f64 / 1000.0;
    let per_second = counts?.into_iter().map(|count| count * scale / seconds).collect();
    Some(Arrivals::Trace { period, per_second, from })
}

/// `{ at: 10m, factor: 3, for: 5m }`.
fn change(field: Field, to: &mut Diagnostics) -> Option<Change> {
    let mut map = Map::open(field, to)?;
    let at = map.required("at", unit::duration);
    let factor = map.required("factor", number(0.0..=1e6));
    let lasts = map.optional("for", unit::duration);
    map.finish();
    Some(Change { at: at?, factor: factor?, lasts })
}

/// `{ cv: 10%, correlation: 5m }`.
fn noise(field: Field, to: &mut Diagnostics) -> Option<Noise> {
    let mut map = Map::open(field, to)?;
    let cv = map.required("cv", unit::share);
    let correlation = map.or("correlation", unit::duration_in(MEMORY), SimDuration::from_mins(5));
    map.finish();
    cv.filter(|cv| !cv.is_zero()).map(|cv| Noise { cv: cv.as_f64(), correlation })
}

/// `{ requests: 20, length: 10m }`, or with the rate of one client: `{ rate: 2/m, length: 10m }`.
fn sessions(field: Field, to: &mut Diagnostics) -> Option<Sessions> {
    let mut map = Map::open(field, to)?;
    let key = map.one_of(&["requests", "rate"])?;
    let (least, most) = (1e-3, 1e6);
    let written = match key {
        "requests" => map.required("requests", number(least..=most)),
        _ => map.required("rate", unit::rate),
    };
    let length = map.required("length", unit::duration_in(MEMORY));
    let at = map.span();
    map.finish();
    let (written, length) = (written?, length?);
    let requests = match key {
        "requests" => written,
        _ => written * (length.as_millis() as f64 / 1000.0),
    };
    if !(least..=most).contains(&requests) {
        let title = format!("a session has {requests} requests");
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, at, title)
                .label("its rate times its length")
                .help(format!("stay between {least} and {most} requests a session")),
        );
        return None;
    }
    Some(Sessions { requests, length })
}

/// The highest rate that can come together, in requests a second, without noise.
fn highest_rate(traffic: &Traffic) -> f64 {
    let highest = |rates: &[f64]| rates.iter().copied().fold(0.0, f64::max);
    let rate = match &traffic.arrivals {
        Arrivals::Constant { per_second } => *per_second,
        Arrivals::Daily { per_second } => highest(per_second),
        Arrivals::Trace { per_second, .. } => highest(per_second),
    };
    if rate == 0.0 {
        return 0.0;
    }
    let factor_at = |at: u64| -> f64 {
        traffic
            .changes
            .iter()
            .filter(|change| change.holds(at))
            .map(|change| change.factor)
            .product()
    };
    let growth = traffic.changes.iter().map(|change| factor_at(change.at.as_millis()));
    rate * growth.fold(1.0, f64::max)
}
