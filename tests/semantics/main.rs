//! The behaviour rules, each shown by a run of a scenario.
//!
//! The id of the rule stands in the test's comment. An independent reading of `docs/semantics`: nothing here
//! looks at how the simulator does it.

#[path = "../support/mod.rs"]
mod support;

mod alarm_polling;
mod alarms;
mod breakage;
mod client;
mod cloudformation;
mod custom_metrics;
mod defects;
mod deployment;
mod ecs_service;
mod edges;
mod external;
mod golden_timelines;
mod hosts;
mod lambda;
mod lambda_concurrency;
mod lambda_metrics;
mod lambda_template;
mod lifecycle;
mod monitoring;
mod native;
mod network_load_balancer;
mod notifications;
mod operators;
mod overload;
mod rollback;
mod rolling;
mod scaling;
mod scaling_in_runs;
mod sequences;
mod server;
mod server_blue_green;
mod server_scaling;
mod server_traffic;
mod spread;
mod targets;
mod tasks;
mod traffic;
mod validation;
mod workers;
