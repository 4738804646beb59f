//! Who decides: deployment controllers, clients of the simulated API.
//!
//! A controller hears facts in the last phases of a round and answers with calls; it never sees a
//! half-moved instant. How long steps take is the scenario's (`scenario::deployment`).

mod alarm_poll;
pub mod controller;
mod deployment_group;
mod external;
mod lifecycle;
pub mod script;
mod server;
mod service_deployment;
mod traffic_shift;

use crate::scenario::Scenario;
use crate::scenario::platform::Platform;
use controller::Controller;
use deployment_group::DeploymentGroup;
use external::External;

/// The controller that plays a scenario's deployment: the one registry.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a run has one of them, and a box would be one step more on every call"
)]
pub enum AnyController<'s> {
    /// CodeDeploy on Amazon ECS and on AWS Lambda.
    TrafficShift(DeploymentGroup<'s, traffic_shift::Run<'s>>),
    /// CodeDeploy on EC2 instances and on-premises servers.
    Server(DeploymentGroup<'s, server::Run<'s>>),
    /// Amazon ECS itself.
    ServiceDeployment(DeploymentGroup<'s, service_deployment::Run<'s>>),
    /// Somebody else, on Amazon ECS, by task sets.
    External(External<'s>),
}

/// The controller for a scenario.
pub fn controller_for(scenario: &Scenario) -> AnyController<'_> {
    if let Some(workflow) = scenario.workflow() {
        return AnyController::External(External::new(scenario, workflow));
    }
    if scenario.service_deployment().is_some() {
        return AnyController::ServiceDeployment(DeploymentGroup::new(scenario));
    }
    match scenario.platform {
        Platform::Ecs(_) | Platform::Lambda(_) => {
            AnyController::TrafficShift(DeploymentGroup::new(scenario))
        }
        Platform::Server(_) => AnyController::Server(DeploymentGroup::new(scenario)),
    }
}

impl<'s> AnyController<'s> {
    /// The controller behind it.
    pub const fn get(&mut self) -> &mut dyn Controller<'s> {
        match self {
            Self::TrafficShift(controller) => controller,
            Self::Server(controller) => controller,
            Self::ServiceDeployment(controller) => controller,
            Self::External(controller) => controller,
        }
    }
}
