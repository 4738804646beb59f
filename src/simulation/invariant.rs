//! What must hold after every event, whatever the scenario. Checked in tests and under `--verify`.

use crate::aws::name::{TargetHealthState, TaskSetStatus, TaskStatus};
use crate::cloud::Cloud;
use crate::cloud::task::Verdict;
use crate::journal::fact::Listener;

/// Checks the account.
///
/// # Panics
/// If all production weights are 0, a count of a task set or a target group differs from its tasks, a task
/// that is stopping is registered as if it took requests, or there are two PRIMARY task sets.
pub fn check(cloud: &Cloud<'_>) {
    let production = cloud.listener(Listener::Production);
    for weights in [production.weights, production.in_force] {
        assert!(weights[0] + weights[1] > 0, "production weights {weights:?}");
    }
    let primaries =
        cloud.task_sets().iter().filter(|set| set.status == TaskSetStatus::Primary).count();
    assert_eq!(primaries, 1, "one task set is PRIMARY");
    for set in cloud.task_sets() {
        let tasks = || cloud.tasks().filter(|task| task.task_set == set.id);
        let count = |wanted: &dyn Fn(&crate::cloud::task::Task) -> bool| {
            u32::try_from(tasks().filter(|task| wanted(task)).count()).expect("tasks are limited")
        };
        let live = |task: &crate::cloud::task::Task| !task.stopping;
        let is = |status: TaskStatus| {
            move |task: &crate::cloud::task::Task| live(task) && task.status == Some(status)
        };
        let wanted = count(&|task| live(task) && task.status.is_none());
        let pending = count(&is(TaskStatus::Provisioning))
            + count(&is(TaskStatus::Pending))
            + count(&is(TaskStatus::Activating));
        let running = count(&is(TaskStatus::Running));
        let healthy = count(&|task| live(task) && task.verdict == Verdict::Healthy);
        let replaced = count(&|task| live(task) && task.replaced);
        let stopping = count(&|task| task.stopping);
        assert_eq!(
            (set.wanted, set.pending, set.running, set.healthy, set.replaced, set.stopping),
            (wanted, pending, running, healthy, replaced, stopping),
            "wanted, pending, running, healthy, replaced, stopping of task set {}",
            set.id
        );
    }
    for (group, counts) in cloud.target_groups().iter().enumerate() {
        let targets = || {
            cloud.tasks().filter(move |task| {
                usize::from(cloud.task_sets()[task.task_set.index()].target_group.0) == group
            })
        };
        let takes = |state: TargetHealthState| state != TargetHealthState::Draining;
        let registered = targets().filter(|task| task.target.is_some_and(takes)).count();
        let healthy =
            targets().filter(|task| task.target == Some(TargetHealthState::Healthy)).count();
        let answering =
            targets().filter(|task| task.answering && task.target.is_some_and(takes)).count();
        assert_eq!(
            (counts.registered as usize, counts.healthy as usize, counts.answering as usize),
            (registered, healthy, answering),
            "registered, healthy, answering targets of target group {group}"
        );
        assert!(
            targets().all(|task| !task.stopping || task.target.is_none_or(|state| !takes(state))),
            "a stopping task takes requests"
        );
    }
}
