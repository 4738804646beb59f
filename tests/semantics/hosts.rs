//! Hosts of EC2 and on-premises: how many stay healthy, in which batches they are deployed to, how that ends.
//!
//! The tables hold one worked example a line. Fleets are healthy at the start, hosts stand in the order of
//! deployment, `fails` are the places of those that fail.

use MinimumHealthyHosts::{FleetPercent, HostCount};
use cutover::aws::name::ErrorCode;
use cutover::engine::time::SimDuration;
use cutover::scenario::hosts::{
    DeploymentOrder, Ending, HostConfig, HostHealth, HostPlan, HostResult, HostSchedule,
    InstanceHealth, MinimumHealthyHosts, Next, RevisionHealth, ZonalConfig, Zone,
};
use cutover::scenario::traffic_routing::{PREDEFINED, Strategy, predefined};

const SUCCEEDED: Ending = Ending::Succeeded;
const FAILED: Ending = Ending::Failed(ErrorCode::HealthConstraints);
const INVALID: Ending = Ending::Failed(ErrorCode::HealthConstraintsInvalid);

/// A minimum as the tables write it: the name of AWS's own, `6` or `40%`.
fn minimum(written: &str) -> MinimumHealthyHosts {
    if let Some(own) = predefined(&format!("CodeDeployDefault.{written}")) {
        let Strategy::Hosts(minimum) = own.strategy else { panic!("`{written}` moves traffic") };
        return minimum;
    }
    match written.strip_suffix('%') {
        Some(percent) => FleetPercent(percent.parse().expect("a percentage")),
        None => HostCount(written.parse().expect("a count")),
    }
}

fn without_zones(minimum_healthy_hosts: MinimumHealthyHosts) -> HostConfig {
    HostConfig { minimum_healthy_hosts, zonal_config: None }
}

fn zonal(minimum: MinimumHealthyHosts, per_zone: MinimumHealthyHosts, wait: u64) -> HostConfig {
    let zonal_config = ZonalConfig {
        minimum_healthy_hosts_per_zone: per_zone,
        monitor_duration: SimDuration::from_secs(wait),
        first_zone_monitor_duration: None,
    };
    HostConfig { minimum_healthy_hosts: minimum, zonal_config: Some(zonal_config) }
}

/// What came of a deployment.
struct Played {
    /// `4+4+1`, with `|` before the first batch of another zone and `|600s|` where it waits between them.
    course: String,
    /// Succeeded, failed, skipped.
    hosts: [u32; 3],
    ending: Ending,
}

fn play(plan: &HostPlan, fails: &[u32]) -> Played {
    let mut schedule = HostSchedule::default();
    let (mut course, mut zone, mut next_place) = (String::new(), 0, 0);
    let ending = loop {
        match schedule.next(plan) {
            Next::Ended(ending) => break ending,
            Next::Wait(wait) => course += &format!("|{}s", wait.as_millis() / 1000),
            Next::Batch(batch) => {
                assert_eq!(batch.first, next_place, "places go up without a gap");
                next_place += batch.hosts;
                course += match (course.is_empty(), batch.zone == zone) {
                    (true, _) => "",
                    (_, true) => "+",
                    (_, false) => "|",
                };
                zone = batch.zone;
                course += &batch.hosts.to_string();
                for place in batch.first + 1..=batch.first + batch.hosts {
                    schedule.host_ended(!fails.contains(&place));
                }
            }
        }
    };
    assert_eq!(schedule.next(plan), Next::Ended(ending), "an end is an end");
    let hosts = [schedule.succeeded(), schedule.failed(), schedule.remaining(plan)];
    Played { course, hosts, ending }
}

/// `1+1+1` for `1x3`, and so within a sum.
fn batches(written: &str) -> String {
    let parts = written.split('+').filter(|part| !part.is_empty());
    let parts = parts.flat_map(|part| match part.split_once('x') {
        Some((hosts, times)) => vec![hosts; times.parse().expect("a number")],
        None => vec![part],
    });
    parts.collect::<Vec<_>>().join("+")
}

/// Number, hosts, minimum as written, minimum of these hosts, `fails`, batches, succeeded/failed/skipped, end.
type Example =
    (&'static str, u32, &'static str, u32, &'static [u32], &'static str, [u32; 3], Ending);

const NONE: &[u32] = &[];

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    ("H-1", 9, "AllAtOnce", 0, NONE, "9", [9, 0, 0], SUCCEEDED),
    ("H-2", 9, "AllAtOnce", 0, &[1, 2, 3, 4, 5, 6, 7, 8], "9", [1, 8, 0], SUCCEEDED),
    ("H-3", 9, "AllAtOnce", 0, &[1, 2, 3, 4, 5, 6, 7, 8, 9], "9", [0, 9, 0], FAILED),
    ("H-4", 9, "HalfAtATime", 5, NONE, "4+4+1", [9, 0, 0], SUCCEEDED),
    ("H-5", 9, "HalfAtATime", 5, &[5, 6, 7, 9], "4+4+1", [5, 4, 0], SUCCEEDED),
    ("H-6", 9, "HalfAtATime", 5, &[1, 2, 3, 4], "4", [0, 4, 5], FAILED),
    ("H-7", 9, "HalfAtATime", 5, &[1, 2, 3], "4+1x5", [6, 3, 0], SUCCEEDED),
    ("H-8", 9, "HalfAtATime", 5, &[1, 2, 3, 5], "4+1", [1, 4, 4], FAILED),
    ("H-9", 10, "HalfAtATime", 5, NONE, "5+5", [10, 0, 0], SUCCEEDED),
    ("H-10", 3, "HalfAtATime", 2, NONE, "1x3", [3, 0, 0], SUCCEEDED),
    ("H-11", 2, "HalfAtATime", 1, &[1], "1", [0, 1, 1], FAILED),
    ("H-12", 2, "HalfAtATime", 1, &[2], "1x2", [1, 1, 0], SUCCEEDED),
    ("H-13", 1, "HalfAtATime", 1, NONE, "", [0, 0, 1], INVALID),
    ("H-14", 9, "OneAtATime", 8, NONE, "1x9", [9, 0, 0], SUCCEEDED),
    ("H-15", 9, "OneAtATime", 8, &[9], "1x9", [8, 1, 0], SUCCEEDED),
    ("H-16", 9, "OneAtATime", 8, &[8], "1x8", [7, 1, 1], FAILED),
    ("H-17", 9, "OneAtATime", 8, &[1], "1", [0, 1, 8], FAILED),
    ("H-18", 1, "OneAtATime", 0, NONE, "1", [1, 0, 0], SUCCEEDED),
    ("H-19", 1, "OneAtATime", 0, &[1], "1", [0, 1, 0], FAILED),
    ("H-20", 2, "OneAtATime", 1, &[2], "1x2", [1, 1, 0], SUCCEEDED),
    ("H-21", 9, "6", 6, NONE, "3x3", [9, 0, 0], SUCCEEDED),
    ("H-22", 9, "6", 6, &[7, 8, 9], "3x3", [6, 3, 0], SUCCEEDED),
    ("H-23", 9, "6", 6, &[1, 2, 3], "3", [0, 3, 6], FAILED),
    ("H-24", 9, "6", 6, &[1, 2], "3+1x6", [7, 2, 0], SUCCEEDED),
    ("H-25", 9, "40%", 4, NONE, "5+4", [9, 0, 0], SUCCEEDED),
    ("H-26", 9, "40%", 4, &[1, 2, 3, 4, 5], "5", [0, 5, 4], FAILED),
    ("H-27", 10, "95%", 10, NONE, "", [0, 0, 10], INVALID),
    ("H-28", 10, "85%", 9, &[1], "1", [0, 1, 9], FAILED),
    ("H-29", 10, "85%", 9, &[10], "1x10", [9, 1, 0], SUCCEEDED),
    ("H-30", 10, "9", 9, NONE, "1x10", [10, 0, 0], SUCCEEDED),
    ("H-31", 10, "9", 9, &[3], "1x3", [2, 1, 7], FAILED),
    ("H-32", 10, "9", 9, &[10], "1x10", [9, 1, 0], SUCCEEDED),
    ("H-33", 10, "8", 8, &[1, 2], "2", [0, 2, 8], FAILED),
    ("H-34", 10, "8", 8, &[4, 9], "2x2+1x5", [7, 2, 1], FAILED),
    ("H-35", 10, "8", 8, &[4, 10], "2x2+1x6", [8, 2, 0], SUCCEEDED),
    ("H-36", 10, "8", 8, &[1], "2+1x8", [9, 1, 0], SUCCEEDED),
    ("H-37", 10, "3", 3, NONE, "7+3", [10, 0, 0], SUCCEEDED),
    ("H-38", 10, "0", 0, NONE, "10", [10, 0, 0], SUCCEEDED),
    ("H-39", 10, "0", 0, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "10", [0, 10, 0], FAILED),
    ("H-40", 10, "10", 10, NONE, "", [0, 0, 10], INVALID),
    ("H-41", 4, "75%", 3, &[4], "1x4", [3, 1, 0], SUCCEEDED),
    ("H-42", 5, "75%", 4, NONE, "1x5", [5, 0, 0], SUCCEEDED),
    ("H-43", 7, "1%", 1, NONE, "6+1", [7, 0, 0], SUCCEEDED),
    ("H-44", 50, "99%", 50, NONE, "", [0, 0, 50], INVALID),
    ("H-45", 100, "99%", 99, NONE, "1x100", [100, 0, 0], SUCCEEDED),
    ("H-46", 3, "33%", 1, NONE, "2+1", [3, 0, 0], SUCCEEDED),
    ("H-46", 3, "34%", 2, NONE, "1x3", [3, 0, 0], SUCCEEDED),
];

/// CD-HH-3, CD-HH-4, CD-HH-5, CD-HH-6, CD-HH-7, CD-HH-8, CD-HH-12: H-1 to H-46.
#[test]
fn hosts_are_deployed_to_in_the_batches_of_the_examples_and_end_as_they_do() {
    assert_eq!(EXAMPLES.len(), 47);
    for (number, hosts, written, needed, fails, expected, counts, ending) in EXAMPLES {
        let plan = HostPlan::new(without_zones(minimum(written)), &[*hosts]);
        assert_eq!(plan.minimum(), *needed, "the minimum of {number}");
        let played = play(&plan, fails);
        assert_eq!(played.course, batches(expected), "the batches of {number}");
        assert_eq!((played.hosts, played.ending), (*counts, *ending), "the end of {number}");
    }
}

/// CD-HH-9: a host that is stopped has failed, so that the whole may fail by it.
#[test]
fn a_stopped_host_counts_as_failed() {
    let plan = HostPlan::new(without_zones(HostCount(9)), &[10]);
    let mut schedule = HostSchedule::default();
    assert!(matches!(schedule.next(&plan), Next::Batch(_)));
    schedule.host_ended(false);
    assert_eq!(schedule.next(&plan), Next::Ended(FAILED));
    assert_eq!(
        HostHealth::UP_TO_DATE.after_failure(HostResult::Failed).instance,
        InstanceHealth::Unhealthy
    );
}

/// CD-HH-12, U-22: while a host of a batch is at work there is no next batch.
#[test]
#[should_panic(expected = "a batch is a barrier")]
fn a_batch_is_a_barrier() {
    let plan = HostPlan::new(without_zones(HostCount(6)), &[9]);
    let mut schedule = HostSchedule::default();
    let Next::Batch(batch) = schedule.next(&plan) else { panic!("the first batch") };
    for _ in 1..batch.hosts {
        schedule.host_ended(true);
    }
    assert_eq!((schedule.in_progress(), schedule.remaining(&plan)), (1, 6));
    schedule.next(&plan);
}

/// CD-HH-14: two Auto Scaling groups of 10 are 20 hosts; the whole of one may fail last, and 10 suffice.
#[test]
fn half_at_a_time_counts_the_whole_fleet_whatever_groups_it_is_in() {
    let plan = HostPlan::new(without_zones(minimum("HalfAtATime")), &[10, 10]);
    assert_eq!((plan.hosts(), plan.minimum(), plan.zones().len()), (20, 10, 1));
    let second: Vec<u32> = (11..=20).collect();
    let played = play(&plan, &second);
    assert_eq!((played.course.as_str(), played.ending), ("10+10", SUCCEEDED));
}

/// CD-EC2-2.
#[test]
fn a_deployment_without_hosts_or_with_too_many_fails() {
    for (hosts, code) in [(0, ErrorCode::NoInstances), (2001, ErrorCode::OverMaxInstances)] {
        let plan = HostPlan::new(without_zones(HostCount(0)), &[hosts]);
        let played = play(&plan, NONE);
        assert_eq!((played.ending, played.hosts), (Ending::Failed(code), [0, 0, hosts]));
    }
    let most = HostPlan::new(without_zones(HostCount(0)), &[2000]);
    assert_eq!(play(&most, NONE).ending, SUCCEEDED);
}

// ---- what is remembered of a host ------------------------------------------------------------------

const ALL: [HostHealth; 6] = {
    use InstanceHealth::{Healthy, Unhealthy};
    use RevisionHealth::{Current, Old, Unknown};
    const fn host(revision: RevisionHealth, instance: InstanceHealth) -> HostHealth {
        HostHealth { revision, instance }
    }
    [
        host(Unknown, Unhealthy),
        host(Old, Unhealthy),
        host(Current, Unhealthy),
        host(Unknown, Healthy),
        host(Old, Healthy),
        host(Current, Healthy),
    ]
};

/// CD-HH-2.
#[test]
fn unhealthy_hosts_go_first_then_unknown_old_and_current_revisions() {
    use DeploymentOrder::{Current, Old, Unhealthy, Unknown};
    let order = ALL.map(HostHealth::order);
    assert_eq!(order, [Unhealthy, Unhealthy, Unhealthy, Unknown, Old, Current]);
    assert!(order.is_sorted());
}

/// CD-HH-1: nothing was ever deployed to a new host, so it goes first.
#[test]
fn a_new_host_is_unhealthy_and_its_revision_unknown() {
    let new = HostHealth::NEW;
    assert_eq!((new.revision, new.instance), (RevisionHealth::Unknown, InstanceHealth::Unhealthy));
    assert_eq!(new.order(), DeploymentOrder::Unhealthy);
}

/// CD-HH-13.
#[test]
fn after_a_success_hosts_without_one_are_unhealthy_and_no_longer_current() {
    use RevisionHealth::{Old, Unknown};
    for host in ALL {
        assert_eq!(host.after_success(HostResult::Succeeded), HostHealth::UP_TO_DATE);
        for result in [HostResult::Failed, HostResult::Skipped] {
            let after = host.after_success(result);
            assert_eq!(after.instance, InstanceHealth::Unhealthy, "{host:?} {result:?}");
            let kept = if host.revision == Old { Old } else { Unknown };
            assert_eq!(after.revision, kept, "{host:?} {result:?}");
        }
    }
}

/// CD-HH-13.
#[test]
fn after_a_failure_attempted_hosts_have_their_own_result_and_the_others_what_they_had() {
    for host in ALL {
        let after = |result| host.after_failure(result);
        assert_eq!(after(HostResult::Succeeded).instance, InstanceHealth::Healthy);
        assert_eq!(after(HostResult::Failed).instance, InstanceHealth::Unhealthy);
        assert_eq!(after(HostResult::Skipped), host);
        for result in [HostResult::Succeeded, HostResult::Failed] {
            assert_eq!(after(result).revision, host.revision, "the group keeps its revision");
        }
    }
}

/// CD-HH-10, CD-HH-11: a fleet with too few healthy hosts never has fewer of them: the unhealthy ones go first, and
/// healthy ones are touched only while more than the minimum are healthy.
#[test]
fn a_fleet_below_its_minimum_does_not_become_less_healthy() {
    let (hosts, unhealthy) = (10, 4);
    let plan = HostPlan::new(without_zones(HostCount(8)), &[hosts]);
    for fails in 0_u32..1 << unhealthy {
        let mut healthy = hosts - unhealthy;
        let mut schedule = HostSchedule::default();
        let touched_healthy = loop {
            let Next::Batch(batch) = schedule.next(&plan) else { break false };
            if batch.first + batch.hosts > unhealthy {
                assert!(healthy > plan.minimum(), "healthy ones wait for a surplus: {fails:b}");
                break true;
            }
            for place in batch.first..batch.first + batch.hosts {
                let succeeded = fails >> place & 1 == 0;
                schedule.host_ended(succeeded);
                healthy += u32::from(succeeded);
            }
        };
        assert_eq!(touched_healthy, fails.count_ones() < 2, "{fails:b}: {healthy} are healthy");
    }
}

// ---- zones -----------------------------------------------------------------------------------------

/// Number, hosts of the zones, minimum, minimum of a zone, wait in seconds, first capacities, course.
type ZonalExample =
    (&'static str, &'static [u32], &'static str, &'static str, u64, [u32; 2], &'static str, Ending);

#[rustfmt::skip]
const ZONAL_EXAMPLES: &[ZonalExample] = &[
    ("Z-1", &[100, 100], "160", "50", 60, [40, 50], "40+40+20|60s|40+40+20", SUCCEEDED),
    ("Z-2", &[100, 100], "160", "0%", 60, [40, 100], "40+40+20|60s|40+40+20", SUCCEEDED),
    ("Z-3", &[3, 3, 3], "6", "1", 0, [3, 2], "2+1|2+1|2+1", SUCCEEDED),
    ("Z-4", &[4, 4], "50%", "50%", 0, [4, 2], "2+2|2+2", SUCCEEDED),
    ("Z-5", &[5, 3], "50%", "50%", 0, [4, 2], "2+2+1|1+1+1", SUCCEEDED),
    (
        "Z-6", &[100; 7], "300", "50", 3600, [400, 50],
        "50+50|3600s|50+50|3600s|50+50|3600s|50+50|3600s|50+50|3600s|50+50|3600s|50+50", SUCCEEDED,
    ),
    ("Z-7", &[2, 2], "1", "2", 0, [3, 0], "", INVALID),
];

/// CD-Z-1, CD-Z-2, CD-Z-4: Z-1 to Z-7.
#[test]
fn zones_take_turns_in_the_batches_of_the_examples() {
    assert_eq!(ZONAL_EXAMPLES.len(), 7);
    for (number, zones, of_all, of_zone, wait, capacities, course, ending) in ZONAL_EXAMPLES {
        let plan = HostPlan::new(zonal(minimum(of_all), minimum(of_zone), *wait), zones);
        let first: Zone = plan.zones()[0];
        let found = [plan.hosts() - plan.minimum(), first.hosts - first.minimum];
        assert_eq!(found, *capacities, "the capacities of {number}");
        let played = play(&plan, NONE);
        assert_eq!((played.course.as_str(), played.ending), (*course, *ending), "{number}");
    }
}

/// CD-Z-3: the minimum of a zone is met there, and the other zones are not touched.
#[test]
fn failures_in_one_zone_end_the_deployment_in_all_zones() {
    let plan = HostPlan::new(zonal(HostCount(2), HostCount(2), 60), &[4, 4]);
    let of_zone = play(&plan, &[1, 2]);
    assert_eq!((of_zone.course.as_str(), of_zone.hosts, of_zone.ending), ("2", [0, 2, 6], FAILED));
    let second = play(&plan, &[6, 5]);
    assert_eq!((second.course.as_str(), second.ending), ("2+2|60s|2", FAILED));
    assert_eq!(second.hosts, [4, 2, 2]);
}

/// CD-Z-3: the minimum of all hosts is met in the first zone, whose own allows everything; no wait follows.
#[test]
fn the_minimum_of_all_hosts_holds_in_every_zone() {
    let plan = HostPlan::new(zonal(HostCount(6), FleetPercent(0), 60), &[2, 6]);
    let played = play(&plan, &[1, 2]);
    assert_eq!((played.course.as_str(), played.hosts, played.ending), ("2", [0, 2, 6], FAILED));
}

/// CD-Z-3: failures in one zone leave fewer to take out in the next, by the minimum of all; that of a zone is its own.
#[test]
fn failures_of_a_zone_count_in_the_next_one_for_all_hosts_only() {
    let plan = HostPlan::new(zonal(HostCount(4), HostCount(1), 0), &[4, 4]);
    assert_eq!(play(&plan, &[1, 2]).course, "3+1|2+2");
    let plan = HostPlan::new(zonal(HostCount(0), HostCount(2), 0), &[4, 4]);
    assert_eq!(
        play(&plan, &[1, 3, 4]).course,
        "2+1",
        "place 3 fails alone, and the zone is at its minimum"
    );
    assert_eq!(play(&plan, &[1, 4]).course, "2+1+1|2+2", "a new zone has no failures");
}

/// CD-HH-7, CD-Z-3: a later zone that could not be deployed to fails the deployment before the first is touched.
#[test]
fn a_zone_without_room_fails_the_deployment_at_once() {
    let plan = HostPlan::new(zonal(HostCount(1), HostCount(2), 0), &[5, 2]);
    let played = play(&plan, NONE);
    assert_eq!((played.course.as_str(), played.hosts, played.ending), ("", [0, 0, 7], INVALID));
}

/// CD-Z-4: a wait of its own after the first zone, none after the last; a zone without hosts has no turn.
#[test]
fn the_first_zone_may_be_watched_longer() {
    let with = |first: Option<u64>, wait: u64, zones: &[u32]| {
        let mut config = zonal(HostCount(0), FleetPercent(0), wait);
        let zonal = config.zonal_config.as_mut().expect("just made");
        zonal.first_zone_monitor_duration = first.map(SimDuration::from_secs);
        play(&HostPlan::new(config, zones), NONE).course
    };
    assert_eq!(with(Some(600), 60, &[1, 1, 1]), "1|600s|1|60s|1");
    assert_eq!(with(None, 60, &[1, 1, 1]), "1|60s|1|60s|1");
    assert_eq!(with(Some(0), 60, &[1, 1, 1]), "1|1|60s|1");
    assert_eq!(with(Some(600), 0, &[1, 1, 1]), "1|600s|1|1");
    assert_eq!(with(Some(600), 60, &[1]), "1");
    assert_eq!(with(None, 60, &[0, 2, 0, 1]), "2|60s|1");
}

/// CD-Z-6: a rollback takes hosts wherever they are.
#[test]
fn a_rollback_ignores_zones() {
    let config = zonal(HostCount(4), HostCount(3), 600);
    assert_eq!(play(&HostPlan::new(config, &[4, 4]), NONE).course, "1+1+1+1|600s|1+1+1+1");
    let rollback = HostPlan::new(config.of_rollback(), &[8]);
    assert!(!rollback.is_zonal());
    assert_eq!(play(&rollback, NONE).course, "4+4");
}

/// CD-CFG-1, CD-CFG-6: AWS's own configurations for hosts say a minimum, and that is all they can say.
#[test]
fn the_three_predefined_configurations_for_hosts_have_their_stored_minimum() {
    let own = PREDEFINED.iter().filter_map(|config| match config.strategy {
        Strategy::Hosts(minimum) => Some((config.name, minimum)),
        Strategy::Traffic(_) => None,
    });
    let expected = [
        ("CodeDeployDefault.AllAtOnce", HostCount(0)),
        ("CodeDeployDefault.HalfAtATime", FleetPercent(50)),
        ("CodeDeployDefault.OneAtATime", MinimumHealthyHosts::MostConcurrency(1)),
    ];
    assert_eq!(own.collect::<Vec<_>>(), expected);
}
