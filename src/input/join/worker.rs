//! A service without a load balancer: a worker, to whose tasks no request comes.
//!
//! What speaks of requests is refused, all of it at once. Rules: ECS-TASK-20, ECS-SVC-3, ECS-SVC-4, ECS-EXT-5, ECS-EXT-7, ECS-BG-8.

use crate::aws::call::FaultKind;
use crate::aws::exception::Exception;
use crate::aws::service::DeploymentStrategy;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::share::Share;
use crate::input::join::service_deployment::strategy;
use crate::input::load::Sections;
use crate::input::section::external::WrittenAction;
use crate::input::section::revision::USUAL_ERRORS;
use crate::input::section::traffic;
use crate::scenario::custom_metric::Sample;
use crate::scenario::expectation::{Condition, Moment, Risk, Term};
use crate::scenario::revision::{Lifetime, Revision};

/// What expressions say of requests, or of weights that they follow.
const OF_REQUESTS: [&str; 18] = [
    "first_shift_s",
    "full_shift_s",
    "restored_s",
    "requests",
    "failed_requests",
    "bad_requests",
    "exposure_s",
    "weight_max_pct",
    "users_exposed_pct",
    "mixed_pages",
    "pages_mixed_max_pct",
    "weight",
    "weight_in_force",
    "test_weight",
    "rejected_requests",
    "waiting_requests",
    "users_exposed",
    "pages_mixed",
];

/// Whether the service that is deployed to has no load balancer: under ECS itself the service says so, under an EXTERNAL
/// controller every task set that is created (ECS-EXT-7).
pub fn is_deployed(sections: &Sections) -> bool {
    let resources = &sections.resources;
    if !resources.service.has_no_balancer {
        return false;
    }
    let first = &sections.deployments[0];
    let Some(external) = &first.external else { return first.update_service.is_some() };
    let steps = external.steps.iter().chain(&external.abort);
    let created = steps.filter_map(|step| match &step.action {
        Some(WrittenAction::CreateTaskSet { request, .. }) => Some(request.target_group.is_none()),
        _ => None,
    });
    let is_described = !resources.target_groups.is_empty() || !resources.listeners.is_empty();
    // Where none is created, those that stand for the original have the target groups of the scenario.
    !is_described && created.reduce(|all, one| all && one).unwrap_or(false)
}

/// Refuses what needs a load balancer, where there is none.
pub fn check(sections: &Sections, to: &mut Diagnostics) {
    if !is_deployed(sections) {
        return;
    }
    let refused = Refused { sections };
    refused.documents(to);
    refused.calls(to);
    refused.behaviour(to);
    refused.expectations(to);
}

/// Whether a revision says something of requests.
type Says = fn(&Revision) -> bool;

struct Refused<'a> {
    sections: &'a Sections,
}

impl Refused<'_> {
    fn tell(&self, what: &str, help: &str, to: &mut Diagnostics) {
        let title = format!("{what}, and the service has no load balancer");
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, self.sections.resources.service.span, title)
                .label("no `loadBalancers` in it: no request comes to its tasks")
                .help(format!("{help}, or give the service `loadBalancers`")),
        );
    }

    /// What the documents and `traffic` say.
    fn documents(&self, to: &mut Diagnostics) {
        let Sections { resources, deployments, traffic, .. } = self.sections;
        if let Some(own) = &deployments[0].update_service {
            let strategy = strategy(&own.configuration);
            if strategy != DeploymentStrategy::Rolling {
                let span = own.configuration.strategy.map(|strategy| strategy.span);
                let title =
                    format!("`{strategy}` moves traffic, and the service has no load balancer");
                to.push(
                    Diagnostic::new(code::SERVICE_REFUSED, span, title)
                        .label("for a service with two target groups")
                        .help("write `strategy: ROLLING`, or give the service `loadBalancers`")
                        .refused_with(Exception::InvalidParameter),
                );
            }
        }
        if !resources.service.health_check_grace_period.is_zero() {
            let title =
                "`healthCheckGracePeriodSeconds` stands in a service without a load balancer";
            to.push(
                Diagnostic::new(code::SERVICE_REFUSED, resources.service.span, title)
                    .label("no `loadBalancers` in it")
                    .help("take it away, or give the service `loadBalancers`")
                    .refused_with(Exception::InvalidParameter),
            );
        }
        if *traffic != traffic::NONE {
            self.tell("`traffic` describes requests", "take `traffic` away", to);
        }
        for (key, is_there) in [
            ("targetGroups", !resources.target_groups.is_empty()),
            ("listeners", !resources.listeners.is_empty()),
        ] {
            if is_there {
                let what = format!("`resources.{key}` are described");
                self.tell(&what, &format!("take `{key}` away"), to);
            }
        }
    }

    /// Calls and faults about listeners and target groups.
    fn calls(&self, to: &mut Diagnostics) {
        let Sections { operator, faults, deployments, .. } = self.sections;
        let external = deployments[0].external.iter();
        let mut steps = external.flat_map(|external| external.steps.iter().chain(&external.abort));
        let shifts =
            steps.any(|step| matches!(step.action, Some(WrittenAction::ModifyListener(_))));
        for (call, is_made) in [
            ("ModifyListener", shifts || !operator.listeners.is_empty()),
            ("ModifyTargetGroup", !operator.health_checks.is_empty()),
        ] {
            if is_made {
                self.tell(&format!("`{call}` is to be called"), "take the call away", to);
            }
        }
        let kinds = [FaultKind::ListenerUpdateRefused, FaultKind::DependencyFailure];
        for kind in kinds {
            if faults.iter().any(|fault| fault.breakage.kind() == kind) {
                self.tell(&format!("the fault `{kind}` is to begin"), "take it away", to);
            }
        }
    }

    /// How revisions answer requests, and the checks of a load balancer.
    fn behaviour(&self, to: &mut Diagnostics) {
        let leaks = |it: &Revision| {
            it.crash.as_ref().is_some_and(|crash| matches!(crash.after, Lifetime::Requests(_)))
        };
        let counts = |it: &Revision| {
            it.metrics.iter().any(|metric| matches!(metric.sample, Sample::PerRequest(_)))
        };
        let keys: [(&str, Says); 8] = [
            ("errors", |it| ![Share::ZERO, USUAL_ERRORS].contains(&it.errors)),
            ("defects", |it| !it.defects.is_empty()),
            ("client_errors", |it| it.client_errors != Share::ZERO),
            ("resets", |it| it.resets != Share::ZERO),
            ("latency", |it| it.latency.is_some()),
            ("health_check", |it| it.health_check.fails != Share::ZERO),
            ("crash.requests", leaks),
            ("metrics.per_request", counts),
        ];
        for (key, is_said) in keys {
            let mut revisions = self.sections.revisions.all();
            if let Some(revision) = revisions.find(|revision| is_said(revision)) {
                let what = format!("`{key}` of `{}` is about requests", revision.name);
                self.tell(&what, &format!("take `{key}` away"), to);
            }
        }
    }

    fn expectations(&self, to: &mut Diagnostics) {
        let all = self.sections.expectations.iter().flat_map(|expected| &expected.that);
        for one in all.filter(|one| asks_requests(&one.condition)) {
            let what = format!("`{}` is expected, which is about requests", one.text);
            self.tell(&what, "take it away", to);
        }
    }
}

/// Whether a condition asks for what only requests tell.
fn asks_requests(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks_requests),
        Condition::Not(part) => asks_requests(part),
        Condition::Compare { left, right, .. } => [left, right].into_iter().any(is_of_requests),
        Condition::Never(moment) => is_moment_of_requests(moment),
        Condition::Risk(risk) => *risk == Risk::BadReachedFull,
    }
}

fn is_moment_of_requests(moment: &Moment) -> bool {
    match moment {
        Moment::Holds(condition) => asks_requests(condition),
        Moment::Fact(_) | Moment::Status(_) => false,
    }
}

fn is_of_requests(term: &Term) -> bool {
    match term {
        Term::Column(name) | Term::Now(name) | Term::At(name, _) | Term::Quantile(name, _) => {
            OF_REQUESTS.contains(&name.as_str())
        }
        Term::Time(moment) => is_moment_of_requests(moment),
        Term::Probability(condition) => asks_requests(condition),
        Term::Literal(_) | Term::Count(_) | Term::Lifecycle(..) => false,
    }
}
