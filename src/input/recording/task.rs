//! Tasks as `describe-tasks` answers, or as their state changes are told: how long each stage of a launch took.
//!
//! The pull is one stage here, since nobody records what part of it was the transfer. Rules: ECS-TASK-3, ECS-TASK-7, ECS-TASK-18.

use super::{Gathered, Quantity, Recording, holders, several, time};
use crate::diagnostic::Diagnostics;
use crate::input::tree::Node;

/// The stages: the assumption, and the two times.
const STAGES: [(&str, &str, &str, &str); 4] = [
    ("fargate.provision", "createdAt to pullStartedAt", "createdAt", "pullStartedAt"),
    ("fargate.pull_overhead", "pullStartedAt to pullStoppedAt", "pullStartedAt", "pullStoppedAt"),
    ("container.start", "pullStoppedAt to startedAt", "pullStoppedAt", "startedAt"),
    ("task.deprovision", "executionStoppedAt to stoppedAt", "executionStoppedAt", "stoppedAt"),
];

/// Reads every task that the tree holds.
pub fn tasks(node: &Node, to: &mut Diagnostics) -> Recording {
    let (mut tasks, mut gathered) = (Vec::new(), Gathered::default());
    holders(node, "createdAt", "", &mut tasks);
    for (_, task) in &tasks {
        for (assumption, between, from, until) in STAGES {
            let times = (time(task, from), time(task, until));
            gathered.add(Quantity::Assumption(assumption), between, times, task.span, to);
        }
    }
    Recording {
        what: several(tasks.len(), "task"),
        observed: gathered.found,
        ..Recording::default()
    }
}
