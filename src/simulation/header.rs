//! The first line of a run's journal: what whoever reads it must know of the scenario.

use super::Simulation;
use crate::aws::id::AlarmId;
use crate::engine::time::SimDuration;
use crate::journal::digest::Digest;
use crate::journal::header::{
    AlarmDescription, AlarmRule, Client, Header, InstancesDescription, Users,
};
use crate::scenario::Scenario;
use crate::scenario::alarm::MetricAlarm;
use crate::scenario::function::Function;
use crate::scenario::monitoring::WatchedAlarm;
use crate::scenario::platform::Platform;
use crate::scenario::scaling::ServiceScaling;
use crate::scenario::server::{Instance, Server, Standing};
use crate::scenario::traffic::Sessions;

impl Simulation<'_> {
    /// The first line of this run's journal.
    pub fn header(&self) -> Header {
        let scenario = self.scenario;
        let deployment = scenario.first_deployment();
        Header {
            schema: Header::SCHEMA,
            scenario: scenario.name.clone(),
            summary: scenario.summary.clone(),
            scenario_digest: Digest(scenario.digest).to_string(),
            task_hour_price_micros: libm::round(price_of(scenario) * 1e6) as u64,
            seed: self.key.seed,
            replication: self.key.replication,
            created_unix_ms: scenario.start.unix_ms + self.phase.as_millis(),
            utc_offset_seconds: scenario.start.utc_offset_seconds,
            application: deployment.application.clone(),
            deployment_group: deployment.deployment_group.clone(),
            deployment_config: deployment.config_name.clone(),
            function: scenario.function().map(Function::qualified),
            instances: scenario.server().map(described_instances),
            is_worker: scenario.is_worker(),
            service: target_of(scenario),
            target_groups: places_of(scenario),
            candidates: scenario.candidates.iter().map(|one| one.name.clone()).collect(),
            desired_count: match scenario.finds_service() {
                true => scenario.service().desired_count,
                false => 0,
            },
            client: Client {
                waiter: scenario.client.waiter,
                polls: scenario.client.polls(deployment),
                timeout_ms: scenario.client.timeout.map(SimDuration::as_millis),
                is_described: scenario.client.is_described,
            },
            users: Users {
                mean_gap_ns: scenario.traffic.sessions.map(Sessions::mean_gap_ns),
                page_requests: scenario.traffic.page,
                keep_their_group: scenario
                    .load_balancer()
                    .is_some_and(|load_balancer| load_balancer.stickiness.is_some()),
            },
            region: scenario.account.region.clone(),
            account_id: scenario.account.id.clone(),
            triggers: scenario.triggers.clone(),
            defects: scenario.defects().map(|defect| defect.name.clone()).collect(),
            scaling_policies: scenario
                .scaling()
                .into_iter()
                .flat_map(ServiceScaling::names)
                .collect(),
            alarms: scenario
                .monitoring
                .ids()
                .map(|(id, watched)| described(scenario, id, watched))
                .collect(),
        }
    }
}

/// The id of the one target of every deployment (CD-ECS-8, CD-LAM-7).
fn target_of(scenario: &Scenario) -> String {
    match &scenario.platform {
        Platform::Ecs(ecs) => format!("{}:{}", ecs.service.cluster, ecs.service.name),
        Platform::Lambda(function) => function.qualified(),
        Platform::Server(_) => scenario.first_deployment().deployment_group.clone(),
    }
}

/// What traffic moves between: the target groups by name, or the versions of the first deployment.
fn places_of(scenario: &Scenario) -> [String; 2] {
    if let Some(load_balancer) = scenario.load_balancer() {
        return load_balancer.target_groups.each_ref().map(|group| group.name.clone());
    }
    match &scenario.platform {
        Platform::Lambda(function) => {
            let target = scenario.first_deployment().versions.map_or(0, |versions| versions.target);
            [function.version, target].map(|version| format!("version {version}"))
        }
        Platform::Ecs(_) | Platform::Server(_) => ["original", "replacement"].map(String::from),
    }
}

/// What a task costs in an hour, or an instance.
const fn price_of(scenario: &Scenario) -> f64 {
    match scenario.platform {
        Platform::Server(_) => scenario.assumptions.instance_hour_price,
        Platform::Ecs(_) | Platform::Lambda(_) => scenario.assumptions.task_hour_price,
    }
}

/// What the journal's header says of the instances.
fn described_instances(server: &Server) -> InstancesDescription {
    InstancesDescription {
        zones: server.zones.clone(),
        zone_of_instance: server.instances.iter().map(|instance| instance.zone).collect(),
        members: members_of(server),
        target_group: server.load_balancer.as_ref().map(|it| it.target_group.name.clone()),
    }
}

/// How many instances belong to the group at first, if not all of them do.
fn members_of(server: &Server) -> Option<u16> {
    let is_member = |instance: &&Instance| instance.standing == Standing::Member;
    let members = server.instances.iter().filter(is_member).count();
    let count = u16::try_from(members).expect("instances are limited");
    (members < server.instances.len()).then_some(count)
}

/// What the journal's header says of an alarm.
fn described(scenario: &Scenario, id: AlarmId, watched: &WatchedAlarm) -> AlarmDescription {
    let polling = scenario.first_deployment().alarms.as_ref();
    let rule = |alarm: &MetricAlarm| AlarmRule {
        comparison_operator: alarm.comparison_operator,
        threshold: alarm.threshold.to_string(),
        threshold_micros: alarm.threshold.micros(),
        period_ms: alarm.period.as_millis(),
        datapoints_to_alarm: alarm.criterion.datapoints_to_alarm,
        evaluation_periods: alarm.criterion.evaluation_periods,
    };
    AlarmDescription {
        name: watched.alarm.name().to_owned(),
        is_polled: polling.is_some_and(|polling| polling.alarms.contains(&id))
            || scenario.workflow().is_some_and(|workflow| workflow.watches(id)),
        rule: watched.metric_alarm().map(rule),
    }
}
