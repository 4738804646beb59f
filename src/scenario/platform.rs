//! What is deployed to: the compute platform of the application, with what exists of it before the deployment.
//!
//! Not what is deployed (`revision`), nor how (`deployment`). Rules: CD-ECS-1, CD-LAM-1, CD-EC2-1.

use crate::scenario::function::Function;
use crate::scenario::scaling::ServiceScaling;
use crate::scenario::server::Server;
use crate::scenario::service::{LoadBalancer, Service};

/// The platform, fixed for a whole scenario as it is for an application.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a scenario has one of them, and a box would be one step more on every look at it"
)]
pub enum Platform {
    /// Amazon ECS.
    Ecs(Ecs),
    /// AWS Lambda.
    Lambda(Function),
    /// EC2 instances or on-premises servers.
    Server(Server),
}

/// An ECS service, behind its load balancer if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Ecs {
    /// The ECS service that is deployed to.
    pub service: Service,
    /// Its load balancer: listeners and the pair of target groups. A worker has none: no request comes to its tasks.
    pub load_balancer: Option<LoadBalancer>,
    /// `resources.scaling`: what scales the service, if anything does.
    pub scaling: Option<ServiceScaling>,
}
