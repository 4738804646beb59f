//! CodeDeploy where it shifts traffic, on Amazon ECS and on AWS Lambda.
//!
//! The course of one deployment is in `run`, with its hooks in `hook`, its increments in `shift`, its alarms in `alarms`, its
//! end in `ending`, what others do to it in `calls`; what only one platform has in `ecs` and `lambda`. Not who may create or
//! stop one (`deployment_group`), nor the cloud that it acts on (`cloud`), nor the schedule's rule
//! (`scenario::traffic_routing`).

mod alarms;
mod calls;
mod ecs;
mod ending;
mod hook;
mod lambda;
mod run;
mod shift;
mod steadiness;

pub use run::Run;
