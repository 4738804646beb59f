//! What of a scenario has no meaning where there are no tasks: on Lambda, and on instances.
//!
//! Rules: CD-LAM-4, CD-EC2-1.

use crate::aws::call::FaultKind;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::share::Share;
use crate::input::load::Sections;
use crate::scenario::operator::Call;
use crate::scenario::revision::Revision;

/// Neither a function nor instances have tasks: calls about them are refused, what revisions say of them is left out.
pub fn leave_out_tasks(sections: &mut Sections, to: &mut Diagnostics) {
    if sections.platform == ComputePlatform::Ecs {
        let kinds = sections.faults.iter().map(|fault| fault.breakage.kind());
        if let Some(kind) = kinds.into_iter().find(|kind| is_of_instances(*kind)) {
            let title = format!("the fault `{kind}` is to begin, and a service is deployed to");
            let help = "write `zone-failure` or `task-crash`: a service has tasks";
            to.push(Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title).help(help));
        }
        return;
    }
    let what = match sections.platform {
        ComputePlatform::Server => "instances are deployed to",
        ComputePlatform::Lambda | ComputePlatform::Ecs => "a Lambda function is deployed to",
    };
    let operator = &sections.operator;
    let of_ecs =
        operator.calls.iter().map(|scripted| scripted.call).filter(|call| is_of_ecs(*call));
    let names = of_ecs.map(|call| call.name().as_str());
    let listeners = operator.listeners.iter().map(|_| "ModifyListener");
    let checks = operator.health_checks.iter().map(|_| "ModifyTargetGroup");
    let images = operator.images.iter().map(|_| "BatchDeleteImage");
    for name in names.chain(listeners).chain(checks).chain(images) {
        let title = format!("`{name}` is to be called, and {what}");
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                .help("take the call away: it is about a service, its tasks or its load balancer"),
        );
    }
    for fault in &sections.faults {
        let kind = fault.breakage.kind();
        let is_of_platform = sections.platform == ComputePlatform::Server && is_of_instances(kind);
        if !is_of_any_platform(kind) && !is_of_platform {
            let title = format!("the fault `{kind}` is to begin, and {what}");
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                    .help("take it away: it is about a service, its tasks or its load balancer"),
            );
        }
    }
    let are_instances = sections.platform == ComputePlatform::Server;
    let resources = &sections.resources;
    for (key, is_there) in [
        ("taskDefinition", resources.task_definition.is_some()),
        ("targetGroups", !resources.target_groups.is_empty() && !are_instances),
        ("listeners", !resources.listeners.is_empty()),
        ("scaling", resources.scaling.is_some()),
    ] {
        if is_there {
            let title = format!("`resources.{key}` is of a service, and {what}");
            let help = "it plays no part: take it away, or describe `resources.service` alone";
            to.push(Diagnostic::new(code::LEFT_OUT, None, title).help(help));
        }
    }
    leave_out_behaviour(sections, to);
}

/// What revisions say of their tasks is left out. What load does to a task it does to an instance, and how an application
/// boots is how long an environment of a function does.
fn leave_out_behaviour(sections: &mut Sections, to: &mut Diagnostics) {
    let are_instances = sections.platform == ComputePlatform::Server;
    let has_tasks = |revision: &Revision| {
        let checks = [revision.health_check, revision.container_check];
        let of_platform = match are_instances {
            true => revision.boot.is_some(),
            false => revision.capacity.is_some() || revision.resets != Share::ZERO,
        };
        of_platform
            || revision.crash.is_some()
            || revision.launch.is_some()
            || revision.image_megabytes.is_some()
            || revision.start_fails != Share::ZERO
            || checks.iter().any(|check| check.fails != Share::ZERO)
    };
    if let Some(revision) = sections.revisions.all().find(|revision| has_tasks(revision)) {
        let title = format!("`{}` says how its tasks behave, and there are none", revision.name);
        let own = if are_instances { "`boot`" } else { "`capacity`, `resets`" };
        to.push(Diagnostic::new(code::LEFT_OUT, None, title).help(format!(
            "{own}, `crash`, `launch`, `start_fails`, `image_size_MB` and checks play no part here: take them away"
        )));
    }
    let revisions = &mut sections.revisions;
    for revision in revisions.candidates.iter_mut().chain([&mut revisions.original]) {
        (revision.crash, revision.launch) = (None, None);
        if are_instances {
            revision.boot = None;
        } else {
            (revision.capacity, revision.resets) = (None, Share::ZERO);
        }
    }
}

/// Whether a fault is of CodeDeploy or the application, not of what is deployed to.
const fn is_of_any_platform(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::AlarmsThrottled | FaultKind::AlarmsDenied | FaultKind::DependencyFailure
    )
}

/// Whether a fault is about EC2 instances.
const fn is_of_instances(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::InstanceTermination | FaultKind::InstanceLaunch)
}

const fn is_of_ecs(call: Call) -> bool {
    match call {
        Call::ModifyListener { .. }
        | Call::ModifyTargetGroup { .. }
        | Call::UpdateService { .. }
        | Call::DeleteService { .. }
        | Call::UpdateTaskProtection { .. }
        | Call::RegisterScalableTarget { .. }
        | Call::CancelUpdateStack
        | Call::BatchDeleteImage { .. } => true,
        Call::ContinueDeployment { .. }
        | Call::StopDeployment { .. }
        | Call::StopServiceDeployment { .. }
        | Call::ContinueServiceDeployment { .. }
        | Call::PutLifecycleEventHookExecutionStatus { .. }
        | Call::SkipWaitTimeForInstanceTermination
        | Call::SetAlarmState { .. }
        | Call::UpdateAlias { .. }
        | Call::PutProvisionedConcurrencyConfig { .. }
        | Call::DeleteFunction { .. } => false,
    }
}
