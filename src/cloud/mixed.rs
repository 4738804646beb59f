//! Two revisions behind one of two target groups: what each of them gets of all requests, and what those meet.
//!
//! Traffic knows two places, one for each revision, each called after the group that is its own; targets of a place may stand in
//! the group of the other, abroad. A listener chooses a group by its weights, and there each serving target gets as many requests as
//! any other. Who stands where is counted by the cloud. Rules: ECS-EXT-35, ELB-TG-1, ELB-TG-2, ELB-ERR-1 (docs/semantics).

use crate::cloud::target_group::{Met, Reach, TargetGroup};
use crate::scenario::service::MinimumHealthyTargets;

/// What the places get of all requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mix {
    /// The proportion of the places.
    pub weights: [u16; 2],
    /// What requests meet in each place, and how many targets serve there.
    pub met: [(Reach, u32); 2],
    /// The share of each place's requests that is routed without regard to health.
    pub open: [f64; 2],
}

/// What the places get under these weights of the groups. `places[p]` are all targets of a place, `abroad[p]` those of them that
/// stand in the other group. A group without a target rejects what it gets, in its own place.
pub fn mix(
    weights: [u16; 2],
    places: &[TargetGroup; 2],
    abroad: &[TargetGroup; 2],
    rules: [MinimumHealthyTargets; 2],
) -> Mix {
    let [first, second] = [0, 1].map(|place| places[place].without(&abroad[place]));
    let groups = [[first, abroad[1]], [abroad[0], second]];
    let met = [0, 1].map(|group| TargetGroup::met_together(&groups[group], rules[group]));
    let serving = met.map(|met| met[0].serving + met[1].serving);
    // Over the common denominator of both groups.
    let part = |group: usize, place: usize| {
        let other = u64::from(serving[1 - group].max(1));
        let own = match serving[group] {
            0 => u64::from(group == place),
            _ => u64::from(met[group][place].serving),
        };
        u64::from(weights[group]) * own * other
    };
    let parts = [0, 1].map(|place| [part(0, place), part(1, place)]);
    let sums = parts.map(|[first, second]| first + second);
    let place = |place: usize| average(parts[place], [met[0][place], met[1][place]], serving);
    Mix {
        weights: in_sixteen_bits(sums),
        met: [0, 1].map(|it| (place(it).0, met[0][it].serving + met[1][it].serving)),
        open: [0, 1].map(|it| place(it).1),
    }
}

/// What the requests of a place meet that come to it through both groups, and the share that is routed without regard to health.
fn average(parts: [u64; 2], met: [Met; 2], serving: [u32; 2]) -> (Reach, f64) {
    let sum = parts[0] + parts[1];
    if sum == 0 {
        return (Reach::NOWHERE, 0.0);
    }
    let [mut lost, mut reached, mut down, mut silent, mut open] = [0.0; 5];
    for group in 0..2 {
        let part = parts[group] as f64;
        if serving[group] == 0 {
            lost += part;
            continue;
        }
        let Met { reach, fails_open, .. } = met[group];
        reached += part;
        down += part * reach.down;
        silent += part * reach.down * reach.silent;
        open += part * f64::from(u8::from(fails_open));
    }
    let share = |of: f64, all: f64| if of == 0.0 { 0.0 } else { of / all };
    let all = sum as f64;
    let reach = Reach {
        nowhere: share(lost, all),
        down: share(down, reached),
        silent: share(silent, down),
    };
    (reach, share(open, all))
}

/// The same proportion in small numbers, exactly if that can be: what is something stays something.
fn in_sixteen_bits(parts: [u64; 2]) -> [u16; 2] {
    const MOST: u64 = u16::MAX as u64;
    let divisor = greatest_common_divisor(parts[0], parts[1]).max(1);
    let parts = parts.map(|part| part / divisor);
    let largest = parts[0].max(parts[1]);
    parts.map(|part| match largest > MOST {
        true if part > 0 => (part * MOST / largest).max(1) as u16,
        _ => part as u16,
    })
}

const fn greatest_common_divisor(first: u64, second: u64) -> u64 {
    if second == 0 { first } else { greatest_common_divisor(second, first % second) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::name::TargetHealthState;
    use crate::cloud::target_group::Target;

    fn targets(healthy: i32, down: i32) -> TargetGroup {
        let mut group = TargetGroup::default();
        let state = Some(TargetHealthState::Healthy);
        group.count(Target { state, is_up: true, is_silent: false }, healthy);
        group.count(Target { state, is_up: false, is_silent: false }, down);
        group
    }

    fn of(weights: [u16; 2], places: [i32; 2], abroad: [i32; 2]) -> Mix {
        let [places, abroad] = [places, abroad].map(|counts| counts.map(|n| targets(n, 0)));
        mix(weights, &places, &abroad, [MinimumHealthyTargets::default(); 2])
    }

    /// ECS-EXT-35: `n_new / (n_old + n_new)` of the group's share, beside what the new revision gets in its own group.
    #[test]
    fn the_new_revision_gets_its_targets_share_of_the_group() {
        // Ten old targets, one of the canary, and then ten new ones beside the old.
        assert_eq!(of([90, 10], [10, 1], [0, 0]).weights, [9, 1]);
        assert_eq!(of([90, 10], [10, 11], [0, 10]).weights, [9, 11]);
        assert_eq!(of([100, 0], [10, 11], [0, 10]).weights, [1, 1]);
        assert_eq!(of([100, 0], [0, 10], [0, 10]).weights, [0, 1]);
        assert_eq!(of([90, 10], [3, 2], [0, 1]).weights, [27, 13]);
        assert_eq!(of([90, 10], [3, 2], [0, 1]).met[1], (Reach::ANSWERED, 2));
    }

    /// ELB-ERR-1: what a group without a target gets is rejected, whatever stands in the other one.
    #[test]
    fn the_share_of_an_empty_group_finds_nobody() {
        let mixed = of([75, 25], [4, 2], [0, 2]);
        assert_eq!(mixed.weights, [1, 1], "a half each: {mixed:?}");
        assert_eq!(mixed.met[0], (Reach::ANSWERED, 4));
        let (reach, serving) = mixed.met[1];
        assert_eq!((reach.nowhere, reach.down, serving), (0.5, 0.0, 2));
        assert_eq!(of([100, 0], [0, 0], [0, 0]).met[0].0, Reach::NOWHERE);
    }

    #[test]
    fn targets_that_are_down_count_by_what_they_get() {
        let places = [targets(1, 0), targets(2, 1)];
        let abroad = [TargetGroup::default(), targets(0, 1)];
        // The first group has one of each revision, of which the new one is down; the second two new ones that are up.
        let mixed = mix([50, 50], &places, &abroad, [MinimumHealthyTargets::default(); 2]);
        assert_eq!(mixed.weights, [1, 3]);
        assert!((mixed.met[1].0.down - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(mixed.open, [0.0; 2]);
    }

    #[test]
    fn large_numbers_are_rounded_and_nothing_is_lost() {
        assert_eq!(in_sixteen_bits([999 * 5000, 1]), [u16::MAX, 1]);
        assert_eq!(in_sixteen_bits([0, 0]), [0, 0]);
        assert_eq!(in_sixteen_bits([300, 100]), [3, 1]);
    }
}
