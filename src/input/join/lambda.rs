//! A Lambda function, as section and AppSpecs together describe it.
//!
//! Rules: CD-LAM-1, CD-LAM-4, CD-LAM-10, LAM-CON-1, LAM-CON-3.

use crate::aws::call::ApiCall;
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::input::aws_document::lambda_app_spec::LambdaAppSpec;
use crate::input::load::Sections;
use crate::input::section::deployment::DeploymentSection;
use crate::input::section::function::{FunctionSection, Provisioned};
use crate::scenario::function::{Function, Versions};

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

/// A service has neither versions nor an alias, and no more have instances: calls about them are refused.
pub fn tell_calls_of_lambda(sections: &Sections, to: &mut Diagnostics) {
    let what = match sections.platform {
        ComputePlatform::Lambda => return,
        ComputePlatform::Ecs => "an ECS service is deployed to",
        ComputePlatform::Server => "instances are deployed to",
    };
    let calls = sections.operator.calls.iter().map(|scripted| scripted.call.name());
    for name in calls.filter(|name| {
        matches!(
            name,
            ApiCall::UpdateAlias
                | ApiCall::PutProvisionedConcurrencyConfig
                | ApiCall::DeleteFunction
        )
    }) {
        let title = format!("`{name}` is to be called, and {what}");
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                .help("take the call away: it is about a Lambda function"),
        );
    }
}
