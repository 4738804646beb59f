//! Random deployments to hosts: whatever fails, enough of them stay healthy.

use cutover::aws::name::ErrorCode;
use cutover::engine::time::SimDuration;
use cutover::scenario::hosts::{
    Ending, HostConfig, HostPlan, HostSchedule, MinimumHealthyHosts, Next, ZonalConfig,
};
use proptest::prelude::*;

fn minimum(most: u32) -> impl Strategy<Value = MinimumHealthyHosts> {
    prop_oneof![
        (0..=most).prop_map(MinimumHealthyHosts::HostCount),
        (0_u8..100).prop_map(MinimumHealthyHosts::FleetPercent),
        (1..=most).prop_map(MinimumHealthyHosts::MostConcurrency),
    ]
}

fn config() -> impl Strategy<Value = HostConfig> {
    let zonal =
        (minimum(8), 0_u64..3, prop::option::of(0_u64..3)).prop_map(|(minimum, wait, first)| {
            ZonalConfig {
                minimum_healthy_hosts_per_zone: minimum,
                monitor_duration: SimDuration::from_secs(wait),
                first_zone_monitor_duration: first.map(SimDuration::from_secs),
            }
        });
    (minimum(40), prop::option::of(zonal)).prop_map(|(minimum_healthy_hosts, zonal_config)| {
        HostConfig { minimum_healthy_hosts, zonal_config }
    })
}

/// What a host does: half of the fleets fail seldom, half of them often.
fn failures() -> impl Strategy<Value = Vec<bool>> {
    prop_oneof![Just(0.05), Just(0.5)]
        .prop_flat_map(|share| prop::collection::vec(prop::bool::weighted(share), 120))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// CD-HH-4, CD-HH-5, CD-HH-12, CD-Z-2, CD-Z-3: while a batch is in progress, and so even if all of it fails, the
    /// hosts outside of it that have not failed are at least the minimum, in the whole and in its zone.
    /// CD-HH-6, CD-HH-7, CD-HH-8: at the end every host has succeeded, failed or been skipped; it succeeded exactly
    /// if none was skipped and one succeeded; and it failed with hosts left exactly if no more could be taken out.
    #[test]
    fn a_deployment_to_hosts_never_breaks_the_minimum(
        config in config(),
        zones in prop::collection::vec(1_u32..25, 1..5),
        fails in failures(),
    ) {
        let plan = HostPlan::new(config, &zones);
        let hosts: u32 = zones.iter().sum();
        let mut schedule = HostSchedule::default();
        let mut failed_in = vec![0; plan.zones().len()];
        let (mut attempted, mut last_zone, mut waits) = (0, 0, 0);
        let ending = loop {
            match schedule.next(&plan) {
                Next::Ended(ending) => break ending,
                Next::Wait(wait) => {
                    prop_assert!(!wait.is_zero());
                    waits += 1;
                }
                Next::Batch(batch) => {
                    prop_assert!(batch.hosts > 0);
                    prop_assert_eq!(batch.first, attempted);
                    prop_assert!(batch.zone == last_zone || batch.zone == last_zone + 1);
                    last_zone = batch.zone;
                    let zone = plan.zones()[batch.zone];
                    let healthy = hosts - schedule.failed() - batch.hosts;
                    let in_zone = zone.hosts - failed_in[batch.zone] - batch.hosts;
                    prop_assert!(healthy >= plan.minimum(), "{healthy} of {plan:?}");
                    prop_assert!(in_zone >= zone.minimum, "{in_zone} of {zone:?}");
                    for place in batch.first..batch.first + batch.hosts {
                        let has_failed = fails[place as usize];
                        failed_in[batch.zone] += u32::from(has_failed);
                        schedule.host_ended(!has_failed);
                    }
                    attempted += batch.hosts;
                }
            }
        };
        let (succeeded, failed, skipped) =
            (schedule.succeeded(), schedule.failed(), schedule.remaining(&plan));
        prop_assert_eq!(succeeded + failed, attempted);
        prop_assert_eq!(succeeded + failed + skipped, hosts);
        prop_assert!(waits < plan.zones().len());
        let is_tight = |zone: usize| failed_in[zone] + plan.zones()[zone].minimum >= plan.zones()[zone].hosts;
        match ending {
            Ending::Succeeded => {
                prop_assert_eq!(skipped, 0);
                prop_assert!(succeeded >= plan.minimum().max(1));
            }
            Ending::Failed(ErrorCode::HealthConstraints) if skipped == 0 => {
                prop_assert_eq!((succeeded, plan.minimum()), (0, 0));
            }
            Ending::Failed(ErrorCode::HealthConstraints) => {
                prop_assert!(attempted > 0);
                prop_assert!(hosts - failed <= plan.minimum() || is_tight(last_zone));
            }
            Ending::Failed(code) => {
                prop_assert_eq!((code, attempted), (ErrorCode::HealthConstraintsInvalid, 0));
                let tight = (0..plan.zones().len()).any(is_tight);
                prop_assert!(hosts <= plan.minimum() || tight);
            }
        }
    }
}
