//! What must hold after every event, whatever the scenario. Checked in tests and under `--verify`.

use crate::aws::name::{TargetHealthState, TaskSetStatus, TaskStatus};
use crate::cloud::Cloud;
use crate::cloud::target_group::Targets;
use crate::cloud::task::{Task, Verdict};
use crate::journal::fact::Listener;

/// Checks the account.
///
/// # Panics
/// If all production weights are 0 behind a load balancer or any is not without one, a count of a task set or a target group differs from its tasks, a task
/// that is stopping is registered as if it took requests, or there are two PRIMARY task sets.
pub fn check(cloud: &Cloud<'_>) {
    let production = cloud.listener(Listener::Production);
    for weights in [production.weights, production.in_force] {
        let is_any = weights[0] + weights[1] > 0;
        assert!(is_any != cloud.scenario().is_worker(), "production weights {weights:?}");
    }
    let primaries =
        cloud.task_sets().iter().filter(|set| set.status == TaskSetStatus::Primary).count();
    let least =
        usize::from(cloud.scenario().finds_service() && cloud.scenario().workflow().is_none());
    assert!((least..=1).contains(&primaries), "one task set is PRIMARY, if there are any");
    for set in cloud.task_sets() {
        let tasks = || cloud.tasks().filter(|task| task.task_set == set.id);
        let count = |wanted: &dyn Fn(&Task) -> bool| {
            u32::try_from(tasks().filter(|task| wanted(task)).count()).expect("tasks are limited")
        };
        let live = |task: &Task| !task.stopping;
        let is = |status: TaskStatus| move |task: &Task| live(task) && task.status == Some(status);
        let wanted = count(&|task| live(task) && task.status.is_none());
        let pending = count(&is(TaskStatus::Provisioning))
            + count(&is(TaskStatus::Pending))
            + count(&is(TaskStatus::Activating));
        let running = count(&is(TaskStatus::Running));
        let healthy = count(&|task| live(task) && task.verdict == Verdict::Healthy);
        let replaced = count(&|task| live(task) && task.replaced);
        let stopping = count(&|task| task.stopping && task.status != Some(TaskStatus::Stopped));
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
        let takes =
            |task: &&Task| task.target.is_some_and(|state| state != TargetHealthState::Draining);
        let count = |targets: &mut dyn Iterator<Item = &Task>| {
            let mut counted = Targets::default();
            for task in targets {
                counted.all += 1;
                counted.answering += u32::from(task.answering);
                counted.silent += u32::from(!task.answering && task.is_silent);
            }
            counted
        };
        let healthy = |task: &&Task| task.target == Some(TargetHealthState::Healthy);
        assert_eq!(counts.registered, count(&mut targets().filter(takes)), "registered in {group}");
        assert_eq!(counts.healthy, count(&mut targets().filter(healthy)), "healthy in {group}");
        let may_take = |task: &Task| !task.stopping || task.target_goes_alone || !takes(&task);
        assert!(targets().all(may_take), "a stopping task takes requests");
    }
}
