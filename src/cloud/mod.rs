//! What AWS does by itself: tasks, target groups, listeners, aliases, traffic. `Cloud` owns every resource.
//!
//! Its verbs are in `api`, named as the API names them; what one resource's change means for another is in
//! `wiring`. Nobody decides here (`deploy`).

pub mod alarm;
pub mod answer_times;
pub mod api;
pub mod arrival;
pub mod assignment;
pub mod concurrency;
pub mod container_check;
pub mod fault;
pub mod function;
pub mod health_check;
pub mod instance;
pub mod line;
pub mod load_balancer;
pub mod measure;
pub mod metric;
pub mod mixed;
pub mod noise;
pub mod request_history;
pub mod response;
pub mod rolling;
pub mod scaling;
pub mod spread;
pub mod target_group;
pub mod task;
pub mod task_set;
pub mod traffic;
mod wiring;

use crate::agenda::Outbox;
use crate::agenda::event::TaskPlace;
use crate::aws::call::ServiceStatus;
use crate::aws::id::{TargetGroupId, TaskId, TaskSetId};
use crate::aws::name::{HealthStatus, TaskSetStatus};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::Cause;
use crate::journal::fact::Listener;
use crate::scenario::Scenario;
use crate::scenario::fault::ZONES_MAX;
use crate::scenario::platform::Platform;
use crate::scenario::service::{HealthCheck, LoadBalancerKind, RevisionSet};
use crate::scenario::service_deployment::ServiceDeployment;
use alarm::Alarms;
use container_check::ContainerChecks;
use fault::Faults;
use function::Function;
use health_check::{Decision, TargetChecks};
use instance::Instances;
use load_balancer::ForwardAction;
use metric::Metrics;
use rolling::RollingUpdate;
use scaling::AutoScaling;
use spread::{Dns, Found, Spread};
use std::collections::VecDeque;
use target_group::TargetGroup;
use task::{LaunchStages, Task, Verdict};
use task_set::TaskSet;
use traffic::Traffic;

/// The simulated account: one ECS service, behind one load balancer or none, one Lambda function behind an alias, or
/// some instances.
#[derive(Clone, Debug)]
pub struct Cloud<'s> {
    scenario: &'s Scenario,
    desired_count: u32,
    /// `healthCheckGracePeriodSeconds` of the service, as it was told last (ECS-SVC-4).
    grace_period: SimDuration,
    service_status: ServiceStatus,
    task_sets: Vec<TaskSet<'s>>,
    /// What `UpdateService` has said last of deployments, if ECS itself deploys.
    deployment_configuration: Option<&'s ServiceDeployment>,
    /// The rolling update that is under way, if ECS itself deploys.
    rolling: Option<RollingUpdate>,
    /// Tasks by place; the places of those that are gone are in `free`.
    tasks: Vec<Task>,
    free: Vec<TaskPlace>,
    tasks_created: u32,
    /// Work space of a scale-in: rank, chance and place of each task.
    scale_in_order: Vec<(u8, u64, TaskPlace)>,
    /// Tasks wanted so far, by role.
    ordinals: [u64; 2],
    /// The function and its alias, on Lambda; there are no tasks then, and the alias stands in the production listener's
    /// place.
    function: Option<Function<'s>>,
    /// The instances of the deployment group, on EC2 and on premises; there are no tasks then either.
    instances: Instances<'s>,
    target_groups: [TargetGroup; 2],
    /// Those of their targets that stand in the other group, where task sets of both revisions do (ECS-EXT-35).
    abroad: Option<[TargetGroup; 2]>,
    /// The proportion of the places that was told last, while there are any.
    mixed: Option<[u16; 2]>,
    /// How the targets of each group are checked, and which revisions answer there.
    health_checks: [(HealthCheck, RevisionSet); 2],
    /// Whether every serving target of each group gets as many requests as any other, so that counting them is enough.
    is_even: [bool; 2],
    /// How requests spread over the targets of each group, where these are not all alike.
    spreads: [Spread; 2],
    /// Work space of a spread: the targets of a group.
    found_targets: Vec<Found>,
    dns: Dns,
    listeners: [ForwardAction; 2],
    /// Changes so far, by listener.
    listener_changes: [u64; 2],
    /// Weights that were written and are not in force yet, with their instants, by listener.
    weights_on_their_way: [VecDeque<(SimTime, [u16; 2])>; 2],
    traffic: Traffic<'s>,
    metrics: Metrics<'s>,
    alarms: Alarms<'s>,
    scaling: AutoScaling,
    faults: Faults,
    /// Tasks that are not stopping, by zone.
    tasks_by_zone: [u32; ZONES_MAX as usize],
    /// When the launches of Fargate that were asked for have used up their tokens (ECS-TASK-10).
    bucket_empty_at: SimTime,
    /// Names of the revisions whose image was deleted.
    images_gone: Vec<&'s str>,
}

impl<'s> Cloud<'s> {
    /// The account of a scenario; [`Cloud::reset`] brings it to instant zero.
    pub fn new(scenario: &'s Scenario) -> Cloud<'s> {
        Cloud {
            scenario,
            desired_count: 0,
            grace_period: SimDuration::ZERO,
            service_status: ServiceStatus::Active,
            task_sets: Vec::new(),
            deployment_configuration: None,
            rolling: None,
            tasks: Vec::new(),
            free: Vec::new(),
            tasks_created: 0,
            scale_in_order: Vec::new(),
            ordinals: [0; 2],
            function: scenario
                .function()
                .map(|function| Function::new(function.version, &scenario.original)),
            instances: Instances::default(),
            target_groups: [TargetGroup::default(); 2],
            abroad: None,
            mixed: None,
            health_checks: [(
                HealthCheck::default_of(LoadBalancerKind::Application),
                RevisionSet::ALL,
            ); 2],
            is_even: [TargetGroupId(0), TargetGroupId(1)]
                .map(|group| scenario.spreads_evenly(group)),
            spreads: Default::default(),
            found_targets: Vec::new(),
            dns: Dns::default(),
            listeners: [ForwardAction::default(); 2],
            listener_changes: [0; 2],
            weights_on_their_way: Default::default(),
            traffic: Traffic::new(scenario),
            metrics: Metrics::new(scenario),
            alarms: Alarms::new(scenario),
            scaling: AutoScaling::new(scenario),
            faults: Faults::new(scenario),
            tasks_by_zone: [0; ZONES_MAX as usize],
            bucket_empty_at: SimTime::ZERO,
            images_gone: Vec::new(),
        }
    }

    /// The account when the first deployment is created, `phase` after the scenario's start: the original
    /// steady and healthy, all traffic on it (decision: history). Keeps its memory.
    pub fn reset(&mut self, phase: SimDuration, out: &mut Outbox<'_>) {
        let scenario = self.scenario;
        let original = scenario.original();
        self.service_status = ServiceStatus::Active;
        self.task_sets.clear();
        self.deployment_configuration = scenario.service_deployment();
        self.rolling = None;
        self.tasks.clear();
        self.free.clear();
        self.tasks_created = 0;
        self.ordinals = [0; 2];
        self.faults.reset();
        self.tasks_by_zone = [0; ZONES_MAX as usize];
        self.bucket_empty_at = SimTime::ZERO;
        self.images_gone.clear();
        self.target_groups = [TargetGroup::default(); 2];
        self.abroad = scenario.mixes_revisions().then_some([TargetGroup::default(); 2]);
        self.mixed = None;
        self.spreads.iter_mut().for_each(Spread::reset);
        self.dns = Dns::of(scenario.assumptions.zones);
        self.listener_changes = [0; 2];
        self.weights_on_their_way.iter_mut().for_each(VecDeque::clear);
        self.traffic.reset(phase);
        self.metrics.reset(phase);
        match &scenario.platform {
            Platform::Ecs(ecs) => self.find_service(ecs, out),
            Platform::Lambda(function) => self.find_function(function, out),
            Platform::Server(server) => self.find_instances(server, out),
        }
        let weights = self.listeners[Listener::Production as usize].in_force;
        self.traffic.follow(weights, out);
        if !self.is_even[original.index()] {
            self.dns.begin();
            self.meet(original, out);
        }
        // Minutes pass and faults come by themselves.
        out.because(Cause::NONE);
        self.await_fault(out);
        self.traffic.begin(out);
        self.begin_monitoring(original, out);
        self.scaling.reset(scenario);
        self.await_scheduled_scaling(out);
    }

    /// A task that is wanted and not created yet, at a free place.
    fn place_of_new_task(&mut self, task_set: TaskSetId) -> TaskPlace {
        let role = self.task_sets[task_set.index()].role;
        let ordinal = self.ordinals[role as usize];
        self.ordinals[role as usize] += 1;
        let task = Task {
            id: TaskId(u32::MAX),
            ordinal,
            task_set,
            status: None,
            stages: LaunchStages::default(),
            zone: 0,
            has_token: false,
            placements_failed: 0,
            fails_to_start: false,
            crashes_at: SimTime::MAX,
            worn_out_by: f64::INFINITY,
            target_goes_alone: false,
            is_silent: false,
            serving: [SimTime::ZERO; 2],
            container_since: SimTime::ZERO,
            running_since: SimTime::ZERO,
            answers_from: SimTime::ZERO,
            target: None,
            answering: false,
            target_checks: TargetChecks::never(),
            target_decision: (TargetChecks::never(), Decision::Never),
            target_failures_drawn: 0,
            health: HealthStatus::Unknown,
            container_checks: ContainerChecks::never(),
            container_decision: (ContainerChecks::never(), Decision::Never),
            container_failures_drawn: 0,
            reported: None,
            verdict: Verdict::Unknown,
            verdicts_drawn: 0,
            is_first: true,
            slow_since: None,
            protected_until: SimTime::ZERO,
            replaced: false,
            stopping: false,
        };
        match self.free.pop() {
            Some(place) => {
                self.tasks[place.0 as usize] = task;
                place
            }
            None => {
                self.tasks.push(task);
                TaskPlace(u32::try_from(self.tasks.len() - 1).expect("tasks are limited"))
            }
        }
    }

    /// The scenario it was made from.
    pub const fn scenario(&self) -> &'s Scenario {
        self.scenario
    }

    /// Every task set that was ever created, by id.
    pub fn task_sets(&self) -> &[TaskSet<'s>] {
        &self.task_sets
    }

    /// The PRIMARY task set.
    ///
    /// # Panics
    /// If there is none: before CodeDeploy's deployments one is found, and only another one takes its place.
    pub fn primary_task_set(&self) -> &TaskSet<'s> {
        let mut task_sets = self.task_sets.iter();
        let primary = task_sets.find(|set| set.status == TaskSetStatus::Primary);
        primary.expect("one task set is PRIMARY")
    }

    /// The targets of each target group, counted.
    pub const fn target_groups(&self) -> &[TargetGroup; 2] {
        &self.target_groups
    }

    /// The forward action of a listener.
    pub const fn listener(&self, listener: Listener) -> &ForwardAction {
        &self.listeners[listener as usize]
    }

    /// Tasks that exist or are wanted, by place; those at free places are gone.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| !task.is_gone())
    }

    /// Whether any listener names a target group, so that its targets are checked (ELB-HC-4).
    fn is_in_use(&self, group: TargetGroupId) -> bool {
        self.listeners.iter().any(|action| action.names[group.index()])
    }

    /// Whether nothing is left to watch: no task set drains or is being replaced, no weights are on their way, no fault is to
    /// come.
    pub fn is_quiet(&self) -> bool {
        let drained =
            self.task_sets.iter().all(|set| set.status != TaskSetStatus::Draining || set.deleted);
        drained
            && self.rolling.is_none_or(|update| !update.goes_on())
            && !self.awaits_launch()
            && self.faults.is_over()
            && self.weights_on_their_way.iter().all(VecDeque::is_empty)
    }

    /// The run ends: draws the traffic up to now.
    pub fn finish(&mut self, out: &mut Outbox<'_>) {
        self.traffic.draw(out);
    }
}
