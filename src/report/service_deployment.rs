//! A deployment of Amazon ECS itself in words: how requests pass from one revision to the other behind one target group, under
//! a controller of somebody else's too, which tasks failed, and the stages and hooks of one with two target groups.

use crate::analysis::side::Sides;
use crate::aws::service::HookStatus;
use crate::journal::fact::Fact;
use crate::report::line::Tone;
use crate::report::wording::counted;

/// In the place of a tenth while no target serves.
const NOWHERE: u32 = u32::MAX;

/// What is told of it. Where requests go is told a tenth at a time, `tenth` being the last that was.
pub fn told(fact: &Fact, sides: &Sides, tenth: &mut u32) -> Option<(Tone, String)> {
    match *fact {
        Fact::TargetsServing { serving } => {
            let weight = sides.weight_of_replacement(serving);
            let targets = serving.iter().map(|count| u64::from(*count)).sum();
            if targets == 0 {
                let before = std::mem::replace(tenth, NOWHERE);
                let what = "no target is left for requests".to_owned();
                return (before != NOWHERE).then_some((Tone::Bad, what));
            }
            let before = std::mem::replace(tenth, weight.in_tenths());
            let targets = counted(targets, "target");
            let what = format!("production traffic: {weight} % on the replacement, {targets}");
            (before != *tenth).then_some((Tone::Plain, what))
        }
        Fact::RevisionsMixed { weights } => {
            let weight = sides.weight_of_replacement(weights);
            let before = std::mem::replace(tenth, weight.in_tenths());
            let what = format!("requests follow the targets: {weight} % on the replacement");
            (before != *tenth).then_some((Tone::Plain, what))
        }
        Fact::HealthyPercentReached { task_set, healthy } => {
            let side = sides.of_task_set(task_set).as_str();
            let tasks = counted(healthy.into(), "healthy task");
            Some((Tone::Good, format!("{side}: {tasks}, enough for the deployment")))
        }
        Fact::FailedTasksCounted { task_set, failed } => {
            let side = sides.of_task_set(task_set).as_str();
            Some((Tone::Bad, format!("{side}: {} counted", counted(failed.into(), "failed task"))))
        }
        Fact::ServiceDeploymentStageStarted { stage, .. } => {
            Some((Tone::Plain, format!("{stage} begins")))
        }
        Fact::StageHookStatusChanged { stage, status, .. } => {
            let tone = match status {
                HookStatus::Failed | HookStatus::TimedOut => Tone::Bad,
                _ => Tone::Plain,
            };
            Some((tone, format!("{stage} hook {status}")))
        }
        _ => None,
    }
}
