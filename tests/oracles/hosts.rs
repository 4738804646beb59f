//! Roundings of the minimum of healthy hosts.

use cutover::aws::name::ErrorCode;
use cutover::scenario::hosts::{
    Ending, HostConfig, HostPlan, HostSchedule, MinimumHealthyHosts, Next,
};
use cutover::scenario::traffic_routing::{Strategy, predefined};

fn plan(minimum_healthy_hosts: MinimumHealthyHosts, hosts: u32) -> HostPlan {
    HostPlan::new(HostConfig { minimum_healthy_hosts, zonal_config: None }, &[hosts])
}

/// V18, EC2: `HalfAtATime` on 9 hosts takes 4 at a time and needs 5.
#[test]
fn half_at_a_time_rounds_the_minimum_up_and_the_batch_down() {
    let half = predefined("CodeDeployDefault.HalfAtATime").expect("it is AWS's own").strategy;
    let Strategy::Hosts(half) = half else { panic!("a configuration for hosts") };
    for hosts in 2..=200 {
        let plan = plan(half, hosts);
        assert_eq!(plan.minimum(), hosts - hosts / 2, "of {hosts}");
        let Next::Batch(batch) = HostSchedule::default().next(&plan) else { panic!("a batch") };
        assert_eq!(batch.hosts, hosts / 2, "of {hosts}");
    }
    assert_eq!((plan(half, 9).minimum(), 9 / 2), (5, 4));
}

/// V18, EC2: 85 % of 10 are 9, so one failure fails the deployment, unless it is the last host.
#[test]
fn a_percentage_that_rounds_up_to_all_but_one_forgives_the_last_host_only() {
    let plan = plan(MinimumHealthyHosts::FleetPercent(85), 10);
    assert_eq!(plan.minimum(), 9);
    for failing in 0..10 {
        let mut schedule = HostSchedule::default();
        let ending = loop {
            match schedule.next(&plan) {
                Next::Batch(batch) => {
                    assert_eq!(batch.hosts, 1);
                    schedule.host_ended(batch.first != failing);
                }
                Next::Wait(wait) => panic!("{wait:?} without zones"),
                Next::Ended(ending) => break ending,
            }
        };
        let failed = Ending::Failed(ErrorCode::HealthConstraints);
        let expected = if failing == 9 { Ending::Succeeded } else { failed };
        assert_eq!(ending, expected, "host {failing} fails");
    }
}
