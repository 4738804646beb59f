//! The CI job that has created the deployment and waits for its end.
//!
//! Plain data, and how often each waiter asks. Not what the job sees (`analysis::client`). Rules: CD-SM-7,
//! CD-SM-8, ECS-SVC-7.

use crate::aws::call::Waiter;
use crate::engine::time::SimDuration;
use crate::scenario::deployment::Deployment;

/// From one `GetDeployment` to the next, of every waiter (CD-SM-7, CD-SM-8, ECS-SVC-7).
pub const POLL_INTERVAL: SimDuration = SimDuration::from_secs(15);
/// How often `DeploymentSuccessful` asks at most (CD-SM-7).
const DEPLOYMENT_SUCCESSFUL_POLLS: u64 = 120;
/// How often `ServicesStable` asks at most (ECS-SVC-7).
const SERVICES_STABLE_POLLS: u64 = 40;
/// What `aws ecs deploy` waits longer than the waits of the deployment group (CD-SM-8).
const MARGIN: SimDuration = SimDuration::from_mins(10);
/// The least and the most that it waits (CD-SM-8).
const BOUNDS: (SimDuration, SimDuration) =
    (SimDuration::from_mins(30), SimDuration::from_mins(360));

/// `client`: who waits for the first deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// How it waits; nothing if it does not: it is done when the deployment is created.
    pub waiter: Option<Waiter>,
    /// How long the waiter asks, in place of what it is set to: the `maxWaitTime` that an SDK's waiter takes.
    pub max_wait: Option<SimDuration>,
    /// The limit of the CI job itself, counted from the creation of the deployment.
    pub timeout: Option<SimDuration>,
    /// Whether the scenario speaks of it; else it is the one that most clients are.
    pub is_described: bool,
}

impl Default for Client {
    fn default() -> Client {
        Client {
            waiter: Some(Waiter::DeploymentSuccessful),
            max_wait: None,
            timeout: None,
            is_described: false,
        }
    }
}

impl Client {
    /// How often it asks at most, the first time at the creation of the deployment.
    pub fn polls(&self, deployment: &Deployment) -> u64 {
        let within = |wait: SimDuration| wait.as_millis() / POLL_INTERVAL.as_millis();
        match (self.waiter, self.max_wait) {
            (None, _) => 0,
            (Some(_), Some(max_wait)) => within(max_wait) + 1,
            (Some(Waiter::DeploymentSuccessful), None) => DEPLOYMENT_SUCCESSFUL_POLLS,
            (Some(Waiter::ServicesStable), None) => SERVICES_STABLE_POLLS,
            (Some(Waiter::AwsEcsDeploy), None) => {
                let ready = deployment.ready_wait.unwrap_or_default();
                let wait = ready + deployment.termination_wait + MARGIN;
                within(wait.clamp(BOUNDS.0, BOUNDS.1))
            }
        }
    }
}
