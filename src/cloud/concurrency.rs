//! Execution environments of a function: how many a version has, who meets a new one, and who finds no room.
//!
//! One invocation keeps one environment busy. An invocation that finds all of its version's environments busy starts another
//! one (a cold start), unless the function has as many busy ones as it may have: then it is throttled. Both shares are those
//! of Erlang's loss formula, which asks for the mean time of an invocation and for nothing else of its law; so the cost grows
//! with the concurrency that is allowed, never with the rate. Idle environments go away one by one.
//! Rules: LAM-CON-1 to LAM-CON-4, LAM-COLD-1 to LAM-COLD-3 (docs/semantics/environment.md).

use crate::engine::queueing::{MultiServerQueue, blocked_by_one_more};
use crate::engine::time::SimDuration;

/// An environment serves at most so many invocations a second. Rule: LAM-CON-2.
const PER_ENVIRONMENT: f64 = 10.0;
/// A smaller share of the invocations than this is nobody.
const SHARE_MIN: f64 = 1e-9;

/// What is asked of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// Invocations a second.
    pub per_second: f64,
    /// How long one keeps its environment busy on average, in seconds.
    pub hold_s: f64,
}

/// What there may be of environments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// How long an idle one stays on average.
    pub lifetime: SimDuration,
    /// How many there may be.
    pub most: u32,
    /// How many are provisioned: they are always there, and taken first.
    pub provisioned: u32,
}

/// The environments of one version that were started on demand, busy or idle, in expectation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Environments(f64);

impl Demand {
    /// How many environments are busy on average if nobody is throttled.
    fn load(self) -> f64 {
        self.per_second * self.hold_s
    }
}

impl Environments {
    /// As many as there are in the long run: as many are started as go away.
    pub fn settled(demand: Demand, bounds: Bounds) -> Environments {
        let Bounds { lifetime, most, provisioned } = bounds;
        let (load, on_demand) = (demand.load(), most.saturating_sub(provisioned));
        let mut blocked = blocked_by(load, provisioned);
        let mut started = 0;
        while started < on_demand {
            let idle = f64::from(started) - surplus(load, provisioned);
            if demand.per_second * blocked <= idle / seconds(lifetime) {
                break;
            }
            started += 1;
            blocked = blocked_by_one_more(load, blocked, provisioned + started);
        }
        Environments(f64::from(started))
    }

    /// So many that were provisioned are so no longer: they stay as idle ones do.
    pub fn take_over(&mut self, provisioned: u32) {
        self.0 += f64::from(provisioned);
    }

    /// Lets a stretch of time pass; how many were started in it is returned.
    pub fn pass(&mut self, demand: Demand, bounds: Bounds, within: SimDuration) -> f64 {
        let Bounds { lifetime, most, provisioned } = bounds;
        let load = demand.load();
        let kept = surplus(load, provisioned).min(self.0);
        let rest = libm::exp(-seconds(within) / seconds(lifetime));
        self.0 = kept + (self.0 - kept) * rest;
        let before = self.0;
        let mut whole = libm::floor(self.0) as u32;
        let mut blocked = blocked_by(load, provisioned + whole);
        let mut left = seconds(within);
        while provisioned + whole < most {
            // In expectation there is one more with this part; then fewer invocations start another one.
            let part = self.0 - f64::from(whole);
            let next = blocked_by_one_more(load, blocked, provisioned + whole + 1);
            let slows = demand.per_second * (blocked - next);
            if slows <= 0.0 {
                break;
            }
            let end = blocked / (blocked - next);
            let full_after = libm::log((end - part) / (end - 1.0)) / slows;
            if full_after > left {
                self.0 = f64::from(whole) + end - (end - part) * libm::exp(-slows * left);
                break;
            }
            left -= full_after;
            (whole, blocked) = (whole + 1, next);
            self.0 = f64::from(whole);
        }
        self.0 - before
    }
}

/// The share of all invocations that is throttled, whichever version they are for. Rules: LAM-CON-1, LAM-CON-2.
pub fn throttled(demands: [Demand; 2], most: u32) -> f64 {
    let per_second: f64 = demands.iter().map(|demand| demand.per_second).sum();
    let load: f64 = demands.iter().map(|demand| demand.load()).sum();
    if per_second <= 0.0 {
        return 0.0;
    }
    if most == 0 {
        return 1.0;
    }
    let too_fast = 1.0 - PER_ENVIRONMENT * f64::from(most) / per_second;
    let queue = (load > 0.0).then(|| MultiServerQueue::new(per_second, per_second / load, most));
    let no_room =
        queue.filter(|queue| !queue.is_never_full()).map_or(0.0, MultiServerQueue::blocked);
    let share = no_room.max(too_fast);
    if share < SHARE_MIN { 0.0 } else { share }
}

/// The share that finds so many environments busy.
fn blocked_by(load: f64, environments: u32) -> f64 {
    (1..=environments).fold(1.0, |blocked, servers| blocked_by_one_more(load, blocked, servers))
}

/// How many are busy beside those that are provisioned.
fn surplus(load: f64, provisioned: u32) -> f64 {
    (load - f64::from(provisioned)).max(0.0)
}

fn seconds(time: SimDuration) -> f64 {
    time.as_millis() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds =
        Bounds { lifetime: SimDuration::from_secs(600), most: 1000, provisioned: 0 };
    const MINUTE: SimDuration = SimDuration::from_mins(1);

    fn demand(per_second: f64, hold_s: f64) -> Demand {
        Demand { per_second, hold_s }
    }

    /// LAM-COLD-1: a version without environments starts about as many as are ever busy at once, and then hardly any.
    #[test]
    fn a_new_version_starts_as_many_as_are_busy_at_once() {
        let mut environments = Environments::default();
        let steady = demand(100.0, 0.2);
        let first = environments.pass(steady, BOUNDS, MINUTE);
        assert!((30.0..40.0).contains(&first), "20 are busy on average: {first}");
        let second = environments.pass(steady, BOUNDS, MINUTE);
        assert!(second < 3.0, "{second}");
        // In pieces as at once, but for those that go in between.
        let mut pieces = Environments::default();
        let started: f64 =
            (0..60).map(|_| pieces.pass(steady, BOUNDS, SimDuration::from_secs(1))).sum();
        assert!((started - first).abs() < 3.0, "{started} {first}");
    }

    /// LAM-COLD-2: who is seldom invoked finds its environment gone.
    #[test]
    fn idle_environments_go_away() {
        let mut environments = Environments::settled(demand(100.0, 0.2), BOUNDS);
        let before = environments.0;
        assert_eq!(environments.pass(Demand::default(), BOUNDS, SimDuration::from_secs(600)), 0.0);
        assert!((environments.0 / before - 0.368).abs() < 0.001, "{environments:?} of {before}");
        // An invocation in ten minutes, as long as an environment stays: each other one starts another.
        let rare = demand(1.0 / 600.0, 0.1);
        let mut environments = Environments::settled(rare, BOUNDS);
        let started: f64 = (0..6000).map(|_| environments.pass(rare, BOUNDS, MINUTE)).sum();
        assert!((0.45..0.55).contains(&(started / 600.0)), "{started} of 600");
    }

    /// LAM-COLD-1: what is settled stays so: about as many start as go.
    #[test]
    fn what_is_settled_hardly_changes() {
        let steady = demand(50.0, 0.4);
        let settled = Environments::settled(steady, BOUNDS);
        let mut later = settled;
        (0..60).for_each(|_| _ = later.pass(steady, BOUNDS, MINUTE));
        assert!((later.0 - settled.0).abs() < 1.5, "{settled:?} {later:?}");
    }

    /// LAM-CON-4: enough provisioned environments leave nobody with a new one.
    #[test]
    fn provisioned_environments_are_never_cold() {
        let started = |provisioned| {
            let bounds = Bounds { provisioned, ..BOUNDS };
            Environments::default().pass(demand(100.0, 0.2), bounds, MINUTE)
        };
        assert!(started(60) < 0.001, "{}", started(60));
        assert!(started(20) > 5.0, "chance needs more than the average: {}", started(20));
        assert!(started(20) < started(0));
    }

    /// LAM-CON-1, LAM-CON-2: Erlang's loss formula, whatever the split; ten invocations a second and environment.
    #[test]
    fn who_finds_no_room_is_throttled() {
        let share = |first, second, most| throttled([first, second], most);
        let half = demand(40.0, 0.1);
        assert_eq!(format!("{:.6}", share(half, half, 10)), "0.121661", "V12");
        assert_eq!(share(demand(80.0, 0.1), Demand::default(), 10), share(half, half, 10));
        assert_eq!(share(half, half, 100), 0.0);
        assert_eq!(share(half, half, 0), 1.0);
        assert_eq!(share(demand(200.0, 0.001), Demand::default(), 10), 0.5);
        assert_eq!(share(Demand::default(), Demand::default(), 0), 0.0, "nobody is there");
        assert!((share(demand(1e9, 1.0), half, 1000) - 1.0).abs() < 1e-4, "no overflow");
    }
}
