//! Whose turn it is: the order of the instances, and the batches in which they have it.
//!
//! Not the batches' rule (`scenario::hosts`). Rules: CD-HH-2, CD-HH-3, CD-HH-12, CD-HH-14, CD-HH-15, CD-Z-1, CD-Z-6
//! (docs/semantics/codedeploy.md).

use super::{Phase, Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::InstanceId;
use crate::cloud::Cloud;
use crate::cloud::instance::Instance;
use crate::engine::random::DRAWS_A_BLOCK;
use crate::journal::fact::Fact;
use crate::scenario::hosts::{Batch, HostConfig, HostResult, HostSchedule, MinimumHealthyHosts};
use crate::scenario::server::INSTANCE_ZONES_MAX;

/// Everything at once, for what the configuration does not govern (CD-HH-15).
const AT_ONCE: HostConfig =
    HostConfig { minimum_healthy_hosts: MinimumHealthyHosts::HostCount(0), zonal_config: None };

impl<'s> Run<'s> {
    /// Those are the instances of the deployment, in the order of their turns, of which this holds.
    pub(super) fn target(
        &mut self,
        is_one: impl Fn(&Run<'s>, &Instance<'s>) -> bool,
        cloud: &Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        self.put_in_order(is_one, cloud, out);
        self.results.fill(HostResult::Skipped);
        self.targets.clear();
        self.targets.extend(self.order.iter().map(|key| id_in(*key)));
    }

    /// The instances of which this holds in the order of their turns: unhealthy ones first, equal ones by chance (CD-HH-2);
    /// zone by zone where these take turns (CD-Z-1).
    pub(super) fn put_in_order(
        &mut self,
        is_one: impl Fn(&Run<'s>, &Instance<'s>) -> bool,
        cloud: &Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        const ID_BITS: u32 = u16::BITS;
        const CHANCE_BITS: u32 = 36;
        let is_random = self.scenario.assumptions.random_instance_order;
        let described =
            &self.scenario.server().expect("the platform is that of instances").instances;
        let is_zonal = self.config().zonal_config.is_some();
        let first_block = u64::from(self.number.0) << 10;
        let instances = &cloud.instances().all;
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        for (block, (of_block, described)) in
            instances.chunks(DRAWS_A_BLOCK).zip(described.chunks(DRAWS_A_BLOCK)).enumerate()
        {
            let draws = is_random
                .then(|| out.chance().at(Purpose::InstanceOrder, first_block + block as u64));
            for (place, (instance, described)) in of_block.iter().zip(described).enumerate() {
                if !is_one(self, instance) {
                    continue;
                }
                let chance =
                    draws.map_or(0, |draws| draws.bits(place) >> (u64::BITS - CHANCE_BITS));
                let zone = if is_zonal { u64::from(described.zone) } else { 0 };
                let rank = zone << 2 | instance.health.order() as u64;
                let id = (block * DRAWS_A_BLOCK + place) as u64;
                order.push((rank << CHANCE_BITS | chance) << ID_BITS | id);
            }
        }
        order.sort_unstable();
        self.order = order;
    }

    /// Counts what the instances in the order come to, none of which has had its turn.
    pub(super) fn plan_batches(&mut self) {
        let described =
            &self.scenario.server().expect("the platform is that of instances").instances;
        let mut of_zones = [0; INSTANCE_ZONES_MAX];
        for &key in &self.order {
            let id = id_in(key);
            self.results[id.index()] = HostResult::Skipped;
            of_zones[usize::from(described[id.index()].zone)] += 1;
        }
        let config = match self.phase {
            Phase::InPlace | Phase::Install | Phase::Reroute => self.config(),
            Phase::Deregister | Phase::Restore | Phase::Withdraw => AT_ONCE,
        };
        self.hosts_plan.count(config, &of_zones);
        self.hosts = HostSchedule::default();
        self.batch = 0..0;
    }

    pub(super) fn instance_at(&self, place: usize) -> InstanceId {
        id_in(self.order[place])
    }

    pub(super) fn begin_batch(
        &mut self,
        batch: Batch,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        self.stage = Stage::Working;
        let first = batch.first as usize;
        self.batch = first..first + batch.hosts as usize;
        let instances = u16::try_from(batch.hosts).expect("instances are limited");
        let zone = u8::try_from(batch.zone).expect("zones are limited");
        out.follow(Fact::BatchStarted { deployment: self.number, zone, instances });
        for place in self.batch.clone() {
            let instance = self.instance_at(place);
            self.give_up_hook(instance, cloud, out);
            cloud.begin_command(instance, out);
        }
    }
}

/// The instance in what orders it.
pub(super) fn id_in(key: u64) -> InstanceId {
    InstanceId((key & u64::from(u16::MAX)) as u16)
}
