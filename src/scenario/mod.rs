//! The question: everything that one run needs, as plain data, checked, with defaults filled in.
//!
//! Not how it is written down (`input`) nor what is done with it (`cloud`, `deploy`).

pub mod account;
pub mod alarm;
pub mod assumption;
pub mod client;
pub mod custom_metric;
pub mod defect;
pub mod deployment;
pub mod expectation;
pub mod external;
pub mod fault;
pub mod function;
pub mod gate;
pub mod hosts;
pub mod monitoring;
pub mod operator;
pub mod platform;
pub mod revision;
pub mod scaling;
pub mod semantics;
pub mod server;
pub mod service;
pub mod service_deployment;
pub mod sweep;
pub mod traffic;
pub mod traffic_routing;

use crate::aws::id::TargetGroupId;
use crate::aws::notification::Trigger;
use crate::aws::service::DeploymentControllerType;
use crate::engine::distribution::Distribution;
use crate::engine::time::SimDuration;
use account::Account;
use assumption::Assumptions;
use client::Client;
use defect::Defect;
use deployment::Deployment;
use expectation::Expectation;
use external::Workflow;
use fault::Fault;
use function::Function;
use monitoring::Monitoring;
use operator::ScriptedCall;
use platform::{Ecs, Platform};
use revision::{Lifetime, Revision, RevisionId};
use scaling::ServiceScaling;
use semantics::Semantics;
use server::Server;
use service::{LoadBalancer, LoadBalancerKind, Service};
use service_deployment::ServiceDeployment;
use traffic::{Stay, Traffic};

/// A scenario: what exists, what is deployed, what is assumed, what is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// `name`: short, for files and titles; letters, digits and hyphens.
    pub name: String,
    /// `summary`: one sentence, may be empty.
    pub summary: String,
    /// Digest of every byte that was read for it, and of what the command line changed.
    pub digest: u64,
    /// `start`: creation of the first deployment before its phase (decision: clock).
    pub start: Start,
    /// `semantics`: which dated behaviour of AWS holds.
    pub semantics: Semantics,
    /// What is deployed to.
    pub platform: Platform,
    /// The deployments that are asked for; the first one at instant zero. Never empty.
    pub deployments: Vec<Deployment>,
    /// `operator`: what people and other systems do meanwhile, in order of time.
    pub calls: Vec<ScriptedCall>,
    /// `faults`: what is broken on purpose, in order of time.
    pub faults: Vec<Fault>,
    /// `until`: the run goes on at least so long.
    pub until: SimDuration,
    /// `resources.alarms`: what is watched.
    pub monitoring: Monitoring,
    /// `traffic`: requests over time.
    pub traffic: Traffic,
    /// `revisions.original`: what runs before the deployment.
    pub original: Revision,
    /// `revisions.replacement`: what may be deployed; one is drawn for each replication. Never empty.
    pub candidates: Vec<Revision>,
    /// Region and account, as the ARNs of the documents have them.
    pub account: Account,
    /// The triggers of the deployment group.
    pub triggers: Vec<Trigger>,
    /// `client`: who waits for the deployment, beside CodeDeploy.
    pub client: Client,
    /// `assumptions`: what AWS does not document.
    pub assumptions: Assumptions,
    /// `expect`: what the run must show, if it is a test.
    pub expectations: Option<Expectations>,
}

/// `expect`: a scenario is a test, of the seed that it names (decision 27 of the design).
#[derive(Clone, Debug, PartialEq)]
pub struct Expectations {
    /// The seed under which they decide; default 1.
    pub seed: u64,
    /// What must hold, each on its own.
    pub that: Vec<Expectation>,
}

impl Scenario {
    /// Whether the production listener names the idle target group too, with weight 0, while no deployment
    /// shifts traffic: with gradual configurations, since AWS does so (CD-ECS-27, CD-ECS-33), and in the rules of
    /// whoever drives the service in CodeDeploy's place (ECS-EXT-34, ECS-BG-8).
    pub fn attaches_idle_target_group(&self, deployment: &Deployment) -> bool {
        let is_gradual = deployment.traffic_routing.is_gradual();
        let is_elsewhere = deployment.external.is_some() || deployment.service_deployment.is_some();
        is_elsewhere || is_gradual && self.semantics.attaches_idle_target_group()
    }

    /// The ECS service and what belongs to it, if it is deployed to.
    pub const fn ecs(&self) -> Option<&Ecs> {
        match &self.platform {
            Platform::Ecs(ecs) => Some(ecs),
            Platform::Lambda(_) | Platform::Server(_) => None,
        }
    }

    /// The instances, if they are deployed to.
    pub const fn server(&self) -> Option<&Server> {
        match &self.platform {
            Platform::Server(server) => Some(server),
            Platform::Ecs(_) | Platform::Lambda(_) => None,
        }
    }

    /// The Lambda function, if it is deployed to.
    pub const fn function(&self) -> Option<&Function> {
        match &self.platform {
            Platform::Ecs(_) | Platform::Server(_) => None,
            Platform::Lambda(function) => Some(function),
        }
    }

    /// The ECS service.
    ///
    /// # Panics
    /// If something else is deployed to: only what has tasks asks for it.
    pub const fn service(&self) -> &Service {
        &self.ecs().expect("tasks are those of an ECS service").service
    }

    /// The load balancer of the ECS service, if a service with one is deployed to.
    pub const fn load_balancer(&self) -> Option<&LoadBalancer> {
        match &self.platform {
            Platform::Ecs(ecs) => ecs.load_balancer.as_ref(),
            Platform::Lambda(_) | Platform::Server(_) => None,
        }
    }

    /// The same, for what only happens behind one.
    ///
    /// # Panics
    /// If there is none: only what has target groups asks for it.
    pub const fn balancer(&self) -> &LoadBalancer {
        self.load_balancer().expect("target groups are those of a load balancer")
    }

    /// Whether a service without a load balancer is deployed to: no request comes to its tasks (ECS-TASK-20).
    pub const fn is_worker(&self) -> bool {
        self.ecs().is_some() && self.load_balancer().is_none()
    }

    /// Where the original stands before the first deployment: its target group, or the first place of what has none.
    pub const fn original(&self) -> TargetGroupId {
        match self.load_balancer() {
            Some(load_balancer) => load_balancer.original,
            None => TargetGroupId(0),
        }
    }

    /// How long somebody waits for an answer: the load balancer, or Lambda for its function (ELB-ERR-1, LAM-INV-1).
    pub const fn patience(&self) -> SimDuration {
        match &self.platform {
            Platform::Ecs(_) | Platform::Server(_) => self.assumptions.idle_timeout,
            Platform::Lambda(function) => function.timeout,
        }
    }

    /// Whether there is a test listener.
    pub const fn has_test_listener(&self) -> bool {
        matches!(self.load_balancer(), Some(it) if it.has_test_listener)
    }

    /// Whether connections go through a Network Load Balancer (NLB-1).
    pub const fn is_behind_network_load_balancer(&self) -> bool {
        matches!(self.load_balancer(), Some(it) if matches!(it.kind, LoadBalancerKind::Network))
    }

    /// What scales the service, if anything does.
    pub const fn scaling(&self) -> Option<&ServiceScaling> {
        match &self.platform {
            Platform::Ecs(ecs) => ecs.scaling.as_ref(),
            Platform::Lambda(_) | Platform::Server(_) => None,
        }
    }

    /// How long targets take to be registered: a Network Load Balancer takes much longer (ECS-TASK-7, NLB-2).
    pub const fn registration(&self) -> &Distribution {
        match self.is_behind_network_load_balancer() {
            false => &self.assumptions.register,
            true => &self.assumptions.nlb_register,
        }
    }

    /// How long clients stay with their target group, if they do and the traffic says how long they are there
    /// (ELB-TG-3).
    pub fn group_stay(&self) -> Option<Stay> {
        let (session, cookie) = (self.traffic.sessions?.length, self.load_balancer()?.stickiness?);
        Some(Stay { session, cookie })
    }

    /// How long clients stay with their target in a group, if they do and the traffic says how long they are there
    /// (ELB-TG-4).
    pub fn target_stay(&self, group: TargetGroupId) -> Option<SimDuration> {
        let session = self.traffic.sessions?.length;
        let cookie = self.balancer().target_groups[group.index()].stickiness?;
        Some(Stay { session, cookie }.longest())
    }

    /// Whether every serving target of a group, if it has any, gets as many requests as any other (ELB-TG-4, ELB-TG-7, ELB-SS-1).
    pub fn spreads_evenly(&self, group: TargetGroupId) -> bool {
        let Some(load_balancer) = self.load_balancer() else { return true };
        let rules = &load_balancer.target_groups[group.index()];
        rules.cross_zone && rules.slow_start.is_zero() && self.target_stay(group).is_none()
    }

    /// Whether tasks of any revision leak until they end.
    pub fn leaks(&self) -> bool {
        let leaks = |revision: &Revision| {
            revision
                .crash
                .as_ref()
                .is_some_and(|crash| matches!(crash.after, Lifetime::Requests(_)))
        };
        leaks(&self.original) || self.candidates.iter().any(leaks)
    }

    /// Every defect of every revision, by its id.
    pub fn defects(&self) -> impl Iterator<Item = &Defect> {
        let revisions = std::iter::once(&self.original).chain(&self.candidates);
        revisions.flat_map(|revision| &revision.defects)
    }

    /// A revision by its id.
    pub fn revision(&self, id: RevisionId) -> &Revision {
        id.candidate().map_or(&self.original, |candidate| &self.candidates[candidate as usize])
    }

    /// What a candidate is: the original has one id, also where it is deployed again.
    pub fn revision_of(&self, candidate: u8) -> RevisionId {
        match self.candidates[candidate as usize].name == self.original.name {
            true => RevisionId::ORIGINAL,
            false => RevisionId::of_candidate(candidate),
        }
    }

    /// The steps of an external controller, if one drives the service in CodeDeploy's place (CD-EXT-1).
    pub fn workflow(&self) -> Option<&Workflow> {
        self.first_deployment().external.as_ref()
    }

    /// How ECS itself deploys, if it does so in CodeDeploy's place.
    pub fn service_deployment(&self) -> Option<&ServiceDeployment> {
        self.deployments[0].service_deployment.as_ref()
    }

    /// Who decides over the tasks of the service.
    pub fn deployment_controller(&self) -> DeploymentControllerType {
        match (self.workflow(), self.service_deployment()) {
            (Some(_), _) => DeploymentControllerType::External,
            (None, Some(_)) => DeploymentControllerType::Ecs,
            (None, None) => DeploymentControllerType::CodeDeploy,
        }
    }

    /// Whether original and replacement stand behind one target group, so that the two that traffic knows are places in it.
    pub const fn shares_target_group(&self) -> bool {
        matches!(self.load_balancer(), Some(it) if it.is_shared)
    }

    /// Whether task sets of both revisions come to stand behind one of two target groups, so that the two that traffic knows are
    /// places of the revisions (ECS-EXT-35).
    pub fn mixes_revisions(&self) -> bool {
        let found = self.finds_service().then_some(self.original());
        self.workflow().is_some_and(|workflow| workflow.mixes_revisions(found))
    }

    /// How many task sets there can be in a run: the original, and one for each deployment or for each call.
    pub fn task_sets_max(&self) -> usize {
        let deployments = self.deployments.len();
        // ECS brings a revision back in a set of its own, where nothing is left of it.
        let deployed =
            if self.service_deployment().is_some() { 2 * deployments } else { deployments };
        1 + self.workflow().map_or(deployed, Workflow::created_sets)
    }

    /// Whether the ECS service exists before the first deployment.
    pub fn finds_service(&self) -> bool {
        self.ecs().is_some() && !self.workflow().is_some_and(Workflow::creates_service)
    }

    /// The deployment that is created at instant zero; the others share its deployment group.
    pub fn first_deployment(&self) -> &Deployment {
        &self.deployments[0]
    }
}

/// An instant on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Milliseconds since the Unix epoch, UTC.
    pub unix_ms: u64,
    /// Offset from UTC in which it was written, in seconds; hours of a daily shape are counted in it.
    pub utc_offset_seconds: i32,
}
