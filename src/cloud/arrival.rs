//! How many requests are expected: the integral of the rate that the scenario describes.
//!
//! Not how many come (`traffic`). Decision 29 of the design.

use crate::engine::time::HOUR_MS;
use crate::scenario::traffic::{Arrivals, Change, Traffic};

/// Requests expected between two instants, in milliseconds since instant zero, without noise.
///
/// `zero_in_day` is where instant zero falls in its local day, in milliseconds.
pub fn expected(plan: &Traffic, zero_in_day: u64, from: u64, to: u64) -> f64 {
    let mut sum = 0.0;
    let mut at = from;
    while at < to {
        let end = plan.changes.iter().flat_map(Change::ends).filter(|&end| end > at).min();
        let end = end.map_or(to, |end| end.min(to));
        let factor: f64 =
            plan.changes.iter().filter(|change| change.holds(at)).map(|c| c.factor).product();
        let arrivals = arrivals(&plan.arrivals, zero_in_day, at, end);
        // Nothing times however much is nothing.
        if arrivals > 0.0 {
            sum += factor * arrivals;
        }
        at = end;
    }
    sum
}

/// The same before instant zero, from so many milliseconds before it on; no change of the rate has begun then.
pub fn expected_before(plan: &Traffic, zero_in_day: u64, ago: u64, length: u64) -> f64 {
    // Days and traces come again, so that the time before the first one is the end of an earlier one.
    let cycle = match &plan.arrivals {
        Arrivals::Constant { .. } => ago.max(1),
        Arrivals::Daily { .. } => 24 * HOUR_MS,
        Arrivals::Trace { period, per_second, .. } => period.as_millis() * per_second.len() as u64,
    };
    let begin = ago.div_ceil(cycle) * cycle - ago;
    arrivals(&plan.arrivals, zero_in_day, begin, begin + length)
}

/// The integral of the rate between two instants; `zero_in_day` is the local time of instant zero.
fn arrivals(arrivals: &Arrivals, zero_in_day: u64, from: u64, to: u64) -> f64 {
    match arrivals {
        Arrivals::Constant { per_second } => per_second * seconds(to - from),
        Arrivals::Daily { per_second } => {
            pieces(zero_in_day, HOUR_MS, from, to, |hour, begin, end| {
                let (this, next) = (per_second[hour % 24], per_second[(hour + 1) % 24]);
                let middle = (begin + end) as f64 / 2.0 / HOUR_MS as f64;
                this + (next - this) * middle
            })
        }
        Arrivals::Trace { period, per_second, from: offset } => {
            pieces(offset.as_millis(), period.as_millis(), from, to, |index, _, _| {
                per_second[index % per_second.len()]
            })
        }
    }
}

/// Sums `rate x length` over the pieces that a grid of `period` cuts out of [from, to); instant zero lies
/// at `offset` on the grid. `rate` gets the grid's index and where the piece begins and ends in it.
fn pieces(
    offset: u64,
    period: u64,
    from: u64,
    to: u64,
    rate: impl Fn(usize, u64, u64) -> f64,
) -> f64 {
    let mut sum = 0.0;
    let mut at = from;
    while at < to {
        let (index, begin) = ((offset + at) / period, (offset + at) % period);
        let end = to.min(at + period - begin);
        sum += rate(index as usize, begin, begin + (end - at)) * seconds(end - at);
        at = end;
    }
    sum
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::SimDuration;

    fn constant(per_second: f64, changes: Vec<Change>) -> Traffic {
        Traffic {
            arrivals: Arrivals::Constant { per_second },
            changes,
            noise: None,
            sessions: None,
            page: None,
        }
    }

    #[test]
    fn changes_multiply_while_they_hold() {
        let change = |at, factor, lasts: Option<u64>| Change {
            at: SimDuration::from_secs(at),
            factor,
            lasts: lasts.map(SimDuration::from_secs),
        };
        let plan = constant(10.0, vec![change(10, 3.0, Some(20)), change(20, 0.5, None)]);
        assert_eq!(expected(&plan, 0, 0, 10_000), 100.0);
        assert_eq!(expected(&plan, 0, 0, 60_000), 100.0 + 300.0 + 150.0 + 150.0);
    }

    #[test]
    fn a_trace_holds_each_value_for_its_period_and_starts_again() {
        let trace = Arrivals::Trace {
            period: SimDuration::from_secs(10),
            per_second: vec![1.0, 2.0, 3.0],
            from: SimDuration::from_secs(5),
        };
        assert_eq!(arrivals(&trace, 0, 0, 5_000), 5.0);
        assert_eq!(arrivals(&trace, 0, 0, 30_000), 5.0 + 20.0 + 30.0 + 5.0);
    }

    #[test]
    fn a_daily_shape_runs_straight_between_the_hours_and_wraps_at_midnight() {
        let mut hours = [0.0; 24];
        hours[23] = 10.0;
        let daily = Arrivals::Daily { per_second: hours };
        let at_23 = 23 * HOUR_MS;
        assert_eq!(arrivals(&daily, at_23, 0, HOUR_MS), 10.0 / 2.0 * 3600.0);
        assert_eq!(arrivals(&daily, at_23, HOUR_MS / 2, HOUR_MS / 2 + 2000), {
            let one_second_later = 10.0 * (1.0 - (1_800_000.0 + 1000.0) / 3_600_000.0);
            one_second_later * 2.0
        });
        assert_eq!(arrivals(&daily, at_23, HOUR_MS, 2 * HOUR_MS), 0.0);
    }
}
