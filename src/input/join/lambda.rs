//! A Lambda function, as section and AppSpecs together describe it, and what of a scenario has no meaning for it.
//!
//! Rules: CD-LAM-1, CD-LAM-4, CD-LAM-10, LAM-CON-1, LAM-CON-3.

use crate::aws::call::{ApiCall, FaultKind};
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::share::Share;
use crate::input::aws_document::lambda_app_spec::LambdaAppSpec;
use crate::input::load::Sections;
use crate::input::section::deployment::DeploymentSection;
use crate::input::section::function::{FunctionSection, Provisioned};
use crate::scenario::function::{Function, Versions};
use crate::scenario::operator::Call;
use crate::scenario::revision::Revision;

/// The alias where a placeholder stands for its name.
const UNNAMED_ALIAS: &str = "alias";

/// The function, behind the alias that the first deployment names; it points to that one's current version.
pub fn function(
    section: &FunctionSection,
    first: &DeploymentSection,
    to: &mut Diagnostics,
) -> Option<Function> {
    let Some(spec) = first.lambda_revision.as_ref() else {
        // A faulty one has been told.
        if !first.has_revision {
            let title = "nothing says which alias moves to which version";
            to.push(
                Diagnostic::new(code::MISSING_KEY, section.name.span, title)
                    .label("of this function")
                    .help("give the AppSpec as `deployment.revision`"),
            );
        }
        return None;
    };
    let name = last_part(&section.name.value);
    if let Some(written) = spec.function.as_ref().filter(|of| last_part(&of.value) != name) {
        tell_other(written, "function", name, to);
    }
    let alias = spec.alias.as_ref().map_or(UNNAMED_ALIAS, |alias| &alias.value).into();
    let Versions { current: version, .. } = numbers(spec, to)?;
    let mut function = Function {
        name: name.into(),
        alias,
        version,
        timeout: section.timeout,
        reserved_concurrency: section.reserved_concurrency,
        alias_provisioned: 0,
        version_provisioned: Vec::new(),
    };
    provision(&mut function, section, to);
    Some(function)
}

/// Provisions concurrency for the alias or for versions, no more than is reserved (LAM-CON-3).
fn provision(function: &mut Function, section: &FunctionSection, to: &mut Diagnostics) {
    for Provisioned { qualifier, executions } in &section.provisioned {
        match qualifier.value.parse() {
            Ok(version) => function.version_provisioned.push((version, *executions)),
            Err(_) if qualifier.value == function.alias => function.alias_provisioned = *executions,
            Err(_) => tell_other(qualifier, "alias", &function.alias, to),
        }
    }
    let all: u32 = section.provisioned.iter().map(|one| one.executions).sum();
    if let (Some(last), Some(reserved)) = (section.provisioned.last(), section.reserved_concurrency)
        && all > reserved
    {
        let title = format!("{all} concurrent executions are provisioned, and {reserved} reserved");
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, last.qualifier.span, title)
                .label("more than the function may have")
                .help("reserve as many as are provisioned, or provision fewer")
                .refused_with(Exception::InvalidParameterValue),
        );
    }
}

/// Concurrency says something only where it is known how long invocations take (LAM-CON-1).
pub fn tell_idle_concurrency(sections: &Sections, to: &mut Diagnostics) {
    let Some(section) = &sections.resources.function else { return };
    let is_described = section.reserved_concurrency.is_some() || !section.provisioned.is_empty();
    if is_described && sections.revisions.all().any(|revision| revision.latency.is_none()) {
        let title = "concurrency is described, and not how long every revision takes";
        to.push(
            Diagnostic::new(code::LEFT_OUT, section.name.span, title)
                .label("nobody is throttled, and nobody meets a cold start")
                .help("say it: `revisions.original.latency: { lognormal: { median: 80ms, p95: 200ms } }`"),
        );
    }
}

/// The versions of one deployment: its own AppSpec's.
pub fn versions(
    section: &DeploymentSection,
    first: &DeploymentSection,
    to: &mut Diagnostics,
) -> Option<Versions> {
    let spec = section.lambda_revision.as_ref().or(first.lambda_revision.as_ref())?;
    tell_other_alias(spec, first, to);
    let versions = numbers(spec, to)?;
    if let Some(written) = spec.target_version
        && versions.current == versions.target
    {
        let title = format!("`targetversion` is {}, as `currentversion` is", written.value);
        to.push(
            Diagnostic::new(code::APPSPEC_REFUSED, written.span, title)
                .label("there is nothing to shift")
                .help("name the version that was published last"),
        );
    }
    Some(versions)
}

/// Every version that any AppSpec names, in ascending order.
pub fn known_versions(sections: &Sections) -> Vec<u32> {
    let asked = sections.deployments.iter().chain(&sections.operator.deployments);
    let specs = asked.filter_map(|section| section.lambda_revision.as_ref());
    // What is wrong with a number is told with its deployment.
    let numbers = specs.filter_map(|spec| numbers(spec, &mut Diagnostics::new()));
    let mut known: Vec<u32> =
        numbers.flat_map(|Versions { current, target }| [current, target]).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// The versions that an AppSpec names; where a placeholder stands for one, the next one is deployed.
fn numbers(spec: &LambdaAppSpec, to: &mut Diagnostics) -> Option<Versions> {
    let mut number = |version: &Option<Spanned<u64>>, otherwise: u32| match version {
        None => Some(otherwise),
        Some(Spanned { value, span }) => u32::try_from(*value).ok().or_else(|| {
            let title = format!("{value} is no version that can be simulated");
            let label = format!("at most {}", u32::MAX);
            to.push(Diagnostic::new(code::OUT_OF_RANGE, *span, title).label(label));
            None
        }),
    };
    let current = number(&spec.current_version, 1)?;
    let target = number(&spec.target_version, current.saturating_add(1))?;
    Some(Versions { current, target })
}

fn tell_other_alias(spec: &LambdaAppSpec, first: &DeploymentSection, to: &mut Diagnostics) {
    let Some(known) = first.lambda_revision.as_ref() else { return };
    if let (Some(written), Some(known)) = (&spec.alias, &known.alias)
        && written.value != known.value
    {
        tell_other(written, "alias", &known.value, to);
    }
}

fn tell_other(written: &Spanned<String>, what: &str, known: &str, to: &mut Diagnostics) {
    let title = format!("the AppSpec is for the {what} `{}`, not `{known}`", written.value);
    to.push(
        Diagnostic::new(code::DOCUMENTS_DISAGREE, written.span, title)
            .label("another name")
            .help(format!("one {what} is simulated: name it everywhere alike")),
    );
}

/// The name of a function in its ARN.
fn last_part(name: &str) -> &str {
    match name.split_once(":function:") {
        Some((_, rest)) => rest.split(':').next().unwrap_or(rest),
        None => name,
    }
}

/// A function has neither tasks nor a load balancer: calls about them are refused, what revisions say of them is left out.
pub fn leave_out_tasks(sections: &mut Sections, to: &mut Diagnostics) {
    let operator = &sections.operator;
    let of_ecs =
        operator.calls.iter().map(|scripted| scripted.call).filter(|call| is_of_ecs(*call));
    let names = of_ecs.map(|call| call.name().as_str());
    let listeners = operator.listeners.iter().map(|_| "ModifyListener");
    let checks = operator.health_checks.iter().map(|_| "ModifyTargetGroup");
    let images = operator.images.iter().map(|_| "BatchDeleteImage");
    for name in names.chain(listeners).chain(checks).chain(images) {
        let title = format!("`{name}` is to be called, and a Lambda function is deployed to");
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                .help("take the call away: it is about a service, its tasks or its load balancer"),
        );
    }
    for fault in &sections.faults {
        let kind = fault.breakage.kind();
        if !is_of_any_platform(kind) {
            let title =
                format!("the fault `{kind}` is to begin, and a Lambda function is deployed to");
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                    .help("take it away: it is about a service, its tasks or its load balancer"),
            );
        }
    }
    let resources = &sections.resources;
    for (key, is_there) in [
        ("taskDefinition", resources.task_definition.is_some()),
        ("targetGroups", !resources.target_groups.is_empty()),
        ("listeners", !resources.listeners.is_empty()),
        ("scaling", resources.scaling.is_some()),
    ] {
        if is_there {
            let title = format!("`resources.{key}` is of a service, and a function is deployed to");
            let help = "it plays no part: take it away, or take `resources.function` away";
            to.push(Diagnostic::new(code::LEFT_OUT, None, title).help(help));
        }
    }
    let has_tasks = |revision: &Revision| {
        let checks = [revision.health_check, revision.container_check];
        revision.capacity.is_some()
            || revision.crash.is_some()
            || revision.launch.is_some()
            || revision.image_megabytes.is_some()
            || revision.start_fails != Share::ZERO
            || revision.resets != Share::ZERO
            || checks.iter().any(|check| check.fails != Share::ZERO)
    };
    if let Some(revision) = sections.revisions.all().find(|revision| has_tasks(revision)) {
        let title =
            format!("`{}` says how its tasks behave, and a function has none", revision.name);
        to.push(
            Diagnostic::new(code::LEFT_OUT, None, title)
                .help("`capacity`, `crash`, `launch`, `start_fails`, `resets`, `image_size_MB` and checks play no part on Lambda: take them away"),
        );
    }
    let revisions = &mut sections.revisions;
    for revision in revisions.candidates.iter_mut().chain([&mut revisions.original]) {
        (revision.capacity, revision.crash) = (None, None);
        (revision.launch, revision.resets) = (None, Share::ZERO);
    }
}

/// A service has neither versions nor an alias: calls about them are refused.
pub fn tell_calls_of_lambda(sections: &Sections, to: &mut Diagnostics) {
    let calls = sections.operator.calls.iter().map(|scripted| scripted.call.name());
    for name in calls.filter(|name| {
        matches!(
            name,
            ApiCall::UpdateAlias
                | ApiCall::PutProvisionedConcurrencyConfig
                | ApiCall::DeleteFunction
        )
    }) {
        let title = format!("`{name}` is to be called, and an ECS service is deployed to");
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                .help("take the call away: it is about a Lambda function"),
        );
    }
}

/// Whether a fault is of CodeDeploy or the application, not of what is deployed to.
const fn is_of_any_platform(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::AlarmsThrottled | FaultKind::AlarmsDenied | FaultKind::DependencyFailure
    )
}

const fn is_of_ecs(call: Call) -> bool {
    match call {
        Call::ModifyListener { .. }
        | Call::ModifyTargetGroup { .. }
        | Call::UpdateService { .. }
        | Call::DeleteService { .. }
        | Call::UpdateTaskProtection { .. }
        | Call::RegisterScalableTarget { .. }
        | Call::BatchDeleteImage { .. } => true,
        Call::ContinueDeployment { .. }
        | Call::StopDeployment { .. }
        | Call::PutLifecycleEventHookExecutionStatus { .. }
        | Call::SkipWaitTimeForInstanceTermination
        | Call::SetAlarmState { .. }
        | Call::UpdateAlias { .. }
        | Call::PutProvisionedConcurrencyConfig { .. }
        | Call::DeleteFunction { .. } => false,
    }
}
