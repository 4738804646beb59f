//! How the requests of a target group spread over its targets where these are not all alike: zones that keep their
//! requests to themselves, targets that start slowly, clients that stay with their target.
//!
//! A group whose targets are all alike is only counted (`target_group`).
//! Rules: ELB-TG-4, ELB-TG-7, ELB-FO-1, ELB-FO-3, ELB-SS-1, ELB-SS-2 (docs/semantics/environment.md).

use crate::agenda::event::TaskPlace;
use crate::aws::name::TargetHealthState;
use crate::cloud::target_group::{Reach, Target};
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::fault::ZONES_MAX;
use crate::scenario::service::MinimumHealthyTargets;

/// One value for each zone.
pub type ByZone<T> = [T; ZONES_MAX as usize];

/// A slow start begins with this part of the full weight (ELB-SS-1).
const SLOW_START_FLOOR: f64 = 0.01;

/// One target of a group as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The task behind it.
    pub place: TaskPlace,
    /// The node that reaches it: its zone, or 0 if every node reaches every target.
    pub node: u8,
    /// Its state, and what a request meets there.
    pub target: Target,
    /// Its weight, 0 to 1.
    pub weight: f64,
}

/// The weight of a target that has been healthy for so long: max(t / D, 0.01), and 1 from D on. Rule: ELB-SS-1.
pub fn slow_start_weight(healthy_for: SimDuration, slow_start: SimDuration) -> f64 {
    if healthy_for >= slow_start {
        return 1.0;
    }
    let part = healthy_for.as_millis() as f64 / slow_start.as_millis() as f64;
    part.max(SLOW_START_FLOOR)
}

/// What each target of one group gets.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    parts: Vec<Part>,
    /// The same as it was before; kept for its memory.
    former: Vec<Part>,
    /// Since when the parts hold.
    since: SimTime,
    /// The part of all requests that nodes spread without regard to health.
    open: f64,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    place: TaskPlace,
    target: Target,
    /// The part of all requests that new clients give it.
    of_new: f64,
    /// The part of all requests that it got when the parts were last made.
    held: f64,
}

impl Spread {
    /// Forgets everything. Keeps its memory.
    pub fn reset(&mut self) {
        self.parts.clear();
        self.since = SimTime::ZERO;
    }

    /// Looks at the targets again. `nodes` is the part of all requests that each node gets; `stay` how long a client
    /// stays with its target on average, if it does.
    pub fn update(
        &mut self,
        now: SimTime,
        targets: &[Found],
        rule: MinimumHealthyTargets,
        nodes: &[f64],
        stay: Option<SimDuration>,
    ) -> Reach {
        std::mem::swap(&mut self.parts, &mut self.former);
        self.parts.clear();
        self.open = 0.0;
        let mut nowhere = 0.0;
        for (node, &share) in nodes.iter().enumerate() {
            if share > 0.0 && !self.add_node(node, share, targets, rule) {
                nowhere += share;
            }
        }
        match stay {
            Some(stay) if !self.former.is_empty() => self.hold(now, stay, 1.0 - nowhere),
            _ => self.parts.iter_mut().for_each(|part| part.held = part.of_new),
        }
        self.since = now;
        self.reach(nowhere)
    }

    /// Spreads the share of a node over the targets that serve there, zone by zone (ELB-FO-1, ELB-SS-2); tells
    /// whether there is any.
    fn add_node(
        &mut self,
        node: usize,
        share: f64,
        targets: &[Found],
        rule: MinimumHealthyTargets,
    ) -> bool {
        let here = || targets.iter().filter(move |found| usize::from(found.node) == node);
        let registered = here().filter(|found| is_registered(found.target)).count() as u32;
        let healthy = here().filter(|found| is_healthy(found.target)).count() as u32;
        let fails_open = rule.is_missed(healthy, registered);
        let serves = |found: &&Found| {
            if fails_open { is_registered(found.target) } else { is_healthy(found.target) }
        };
        let total: f64 = here().filter(serves).map(|found| found.weight).sum();
        self.parts.extend(here().filter(serves).map(|found| Part {
            place: found.place,
            target: found.target,
            of_new: share * found.weight / total,
            held: 0.0,
        }));
        if fails_open && total > 0.0 {
            self.open += share;
        }
        total > 0.0
    }

    /// Clients stay where they are for an exponential time; those whose target no longer serves are spread as new
    /// ones are (ELB-TG-4).
    fn hold(&mut self, now: SimTime, stay: SimDuration, room: f64) {
        let passed = now.since(self.since).as_millis() as f64;
        let kept = libm::exp(-passed / stay.as_millis() as f64);
        for part in &mut self.parts {
            let former = self.former.iter().find(|former| former.place == part.place);
            part.held =
                former.map_or(0.0, |former| former.of_new + (former.held - former.of_new) * kept);
        }
        let held: f64 = self.parts.iter().map(|part| part.held).sum();
        for part in &mut self.parts {
            if held > room {
                part.held *= room / held;
            } else {
                part.held += (room - held) * part.of_new / room;
            }
        }
    }

    fn reach(&self, nowhere: f64) -> Reach {
        let of = |kind: fn(&Target) -> bool| {
            let parts = self.parts.iter().filter(|part| kind(&part.target));
            parts.map(|part| part.held).sum::<f64>()
        };
        let down = of(|target| !target.is_up);
        if self.parts.is_empty() {
            Reach::NOWHERE
        } else if down == 0.0 {
            Reach { nowhere, down: 0.0, silent: 0.0 }
        } else {
            let silent = of(|target| !target.is_up && target.is_silent);
            let down_of_found = if self.parts.iter().any(|part| part.target.is_up) {
                (down / (1.0 - nowhere)).min(1.0)
            } else {
                1.0
            };
            Reach { nowhere, down: down_of_found, silent: (silent / down).min(1.0) }
        }
    }

    /// Whether clients still move between targets, to a thousandth of what each gets.
    pub fn is_moving(&self) -> bool {
        let is_off = |part: &Part| (part.held - part.of_new).abs() > 1e-3 * part.of_new;
        self.parts.iter().any(is_off)
    }

    /// The part of the requests that goes to targets without regard to their health (ELB-FO-4).
    pub const fn fails_open(&self) -> f64 {
        self.open
    }

    /// How many targets get requests.
    pub const fn serving(&self) -> usize {
        self.parts.len()
    }
}

fn is_healthy(target: Target) -> bool {
    target.state == Some(TargetHealthState::Healthy)
}

/// ELB-FO-2.
fn is_registered(target: Target) -> bool {
    target.state.is_some_and(|state| state != TargetHealthState::Draining)
}

/// Which zones the load balancer's name leads to. Rule: ELB-FO-3.
#[derive(Clone, Debug, Default)]
pub struct Dns {
    /// The parts that clients gave the nodes when it last changed, and those they will give them.
    from: ByZone<f64>,
    to: ByZone<f64>,
    since: SimTime,
}

impl Dns {
    /// Every one of so many zones, since ever.
    pub fn of(zones: u32) -> Dns {
        let all = even(zones, |_| true);
        Dns { from: all, to: all, since: SimTime::ZERO }
    }

    /// Instant zero: what is so now has always been so.
    pub const fn begin(&mut self) {
        self.from = self.to;
    }

    /// Zones with too few healthy targets leave, unless all would.
    pub fn answer(
        &mut self,
        zones: u32,
        fails: impl Fn(usize) -> bool,
        now: SimTime,
        ttl: SimDuration,
    ) {
        let all_fail = (0..zones as usize).all(&fails);
        let to = even(zones, |zone| all_fail || !fails(zone));
        if to != self.to {
            self.from = self.shares(now, ttl);
            self.to = to;
            self.since = now;
        }
    }

    /// The part of all requests that each zone's node gets: clients ask again within the record's time to live, some
    /// earlier, some later.
    pub fn shares(&self, now: SimTime, ttl: SimDuration) -> ByZone<f64> {
        let passed = now.since(self.since);
        if passed >= ttl {
            return self.to;
        }
        let done = passed.as_millis() as f64 / ttl.as_millis() as f64;
        let mut shares = self.from;
        for (share, to) in shares.iter_mut().zip(self.to) {
            *share += (to - *share) * done;
        }
        shares
    }

    /// Whether clients still move between zones.
    pub fn is_moving(&self, now: SimTime, ttl: SimDuration) -> bool {
        self.from != self.to && now.since(self.since) < ttl
    }
}

/// The same for each of these zones, and nothing for the others.
fn even(zones: u32, is_in: impl Fn(usize) -> bool) -> ByZone<f64> {
    let mut shares = [0.0; ZONES_MAX as usize];
    let zones = || (0..zones as usize).filter(|&zone| is_in(zone));
    let part = 1.0 / zones().count().max(1) as f64;
    zones().for_each(|zone| shares[zone] = part);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: MinimumHealthyTargets = MinimumHealthyTargets { count: 1, percent: 0 };
    const HALF: MinimumHealthyTargets = MinimumHealthyTargets { count: 1, percent: 50 };

    fn seconds(n: u64) -> SimTime {
        SimTime::from_millis(n * 1000)
    }

    fn found(place: u32, node: u8, state: TargetHealthState, is_up: bool, weight: f64) -> Found {
        let target = Target { state: Some(state), is_up, is_silent: false };
        Found { place: TaskPlace(place), node, target, weight }
    }

    fn parts(spread: &Spread) -> Vec<f64> {
        let mut parts: Vec<_> = spread.parts.iter().map(|part| (part.place, part.held)).collect();
        parts.sort_by_key(|&(place, _)| place);
        parts.into_iter().map(|(_, held)| held).collect()
    }

    /// T81 (ELB-SS-1, ELB-SS-2): slow start of 30 s, three old targets and a new one, after 15 s.
    #[test]
    fn a_target_that_starts_slowly_gets_its_weight_over_the_sum() {
        let slow_start = SimDuration::from_secs(30);
        let weight = |after| slow_start_weight(SimDuration::from_secs(after), slow_start);
        assert_eq!([0, 3, 15, 30, 40].map(weight), [0.01, 0.1, 0.5, 1.0, 1.0]);
        let healthy = TargetHealthState::Healthy;
        let mut targets = [0, 1, 2, 3].map(|place| found(place, 0, healthy, true, 1.0));
        targets[3].weight = weight(15);
        targets[3].target.is_up = false;
        let mut spread = Spread::default();
        let reach = spread.update(seconds(15), &targets, ONE, &[1.0], None);
        assert_eq!(parts(&spread), [1.0 / 3.5, 1.0 / 3.5, 1.0 / 3.5, 0.5 / 3.5]);
        assert!((reach.down - 0.1429).abs() < 1e-4, "what it gets fails: {reach:?}");
    }

    /// T80 (ELB-FO-3, ELB-TG-7): two zones of ten targets, six fail in the second, both thresholds 50 %.
    #[test]
    fn a_zone_with_too_few_healthy_targets_leaves_dns_and_fails_open_within() {
        use TargetHealthState::{Healthy, Unhealthy};
        let targets = |cross_zone: bool| -> Vec<Found> {
            let zone = |place| if cross_zone { 0 } else { u8::from(place >= 10) };
            let state = |place| if place < 14 { Healthy } else { Unhealthy };
            (0..20).map(|place| found(place, zone(place), state(place), true, 1.0)).collect()
        };
        let ttl = SimDuration::from_secs(60);
        let mut dns = Dns::of(2);
        let fails = |zone: usize| HALF.is_missed([10, 4][zone], 10);
        dns.answer(2, fails, seconds(100), ttl);
        assert_eq!(dns.shares(seconds(100), ttl)[..2], [0.5, 0.5]);
        assert_eq!(dns.shares(seconds(130), ttl)[..2], [0.75, 0.25], "half of them have asked");
        assert_eq!(dns.shares(seconds(160), ttl)[..2], [1.0, 0.0]);
        let mut spread = Spread::default();
        spread.update(seconds(100), &targets(false), HALF, &[0.5, 0.5], None);
        assert_eq!(spread.serving(), 20, "the second zone's node uses all ten of its own");
        spread.update(seconds(160), &targets(false), HALF, &[1.0, 0.0], None);
        assert_eq!(spread.serving(), 10, "the first zone is unaffected");
        spread.update(seconds(100), &targets(true), HALF, &[1.0], None);
        assert_eq!(spread.serving(), 14, "14 of 20 are 70 %: the healthy ones, everywhere");
        dns.answer(2, |_| true, seconds(200), ttl);
        assert_eq!(dns.shares(seconds(260), ttl)[..2], [0.5, 0.5], "if every zone fails, all stay");
    }

    /// ELB-TG-4: a new target gets new clients only; those of a lost one go to the others.
    #[test]
    fn clients_stay_with_their_target_while_it_serves() {
        use TargetHealthState::{Healthy, Unhealthy};
        let targets = |states: &[TargetHealthState]| -> Vec<Found> {
            let states = states.iter().zip(0..);
            states.map(|(&state, place)| found(place, 0, state, true, 1.0)).collect()
        };
        let stay = Some(SimDuration::from_secs(100));
        let mut spread = Spread::default();
        let mut held = |at, states: &[TargetHealthState]| {
            spread.update(seconds(at), &targets(states), ONE, &[1.0], stay);
            parts(&spread)
        };
        assert_eq!(held(0, &[Healthy]), [1.0]);
        assert_eq!(held(10, &[Healthy, Healthy]), [1.0, 0.0], "nobody is new yet");
        let later = held(110, &[Healthy, Healthy]);
        let of_new = (1.0 - libm::exp(-1.0)) / 2.0;
        assert!((later[1] - of_new).abs() < 1e-12, "{later:?}");
        assert_eq!(held(110, &[Unhealthy, Healthy]), [1.0]);
    }

    #[test]
    fn a_zone_without_a_target_serves_nobody() {
        let targets = [found(0, 0, TargetHealthState::Healthy, true, 1.0)];
        let reach = Spread::default().update(seconds(0), &targets, ONE, &[0.5, 0.5], None);
        assert_eq!(reach, Reach { nowhere: 0.5, down: 0.0, silent: 0.0 });
        let nobody = Spread::default().update(seconds(0), &[], ONE, &[1.0], None);
        assert_eq!(nobody, Reach::NOWHERE);
    }
}
