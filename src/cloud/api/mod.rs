//! The verbs of the simulated account, named as the API names them: plain calls, at most a few lines each.

pub mod cloudwatch;
pub mod codedeploy_commands;
mod ec2;
mod ecs;
mod elb;
mod lambda;
mod service;
mod service_deployment;
