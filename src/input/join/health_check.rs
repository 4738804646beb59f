//! Health checks of target groups: whether they can be, and the calls that change them.
//!
//! Rule: ELB-HC-1; story F24 (a check that is changed by hand while the service runs).

use crate::aws::id::TargetGroupId;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::decode::listed;
use crate::input::section::operator::{ModifyTargetGroup, Operator};
use crate::scenario::operator::{Call, ScriptedCall};
use crate::scenario::revision::Revision;
use crate::scenario::service::{HealthCheck, LoadBalancer, LoadBalancerKind, RevisionSet};

/// A check must be answered before the next one starts, by then behind a Network Load Balancer.
pub fn check(
    check: HealthCheck,
    group: &str,
    kind: LoadBalancerKind,
    span: Span,
    to: &mut Diagnostics,
) {
    let HealthCheck { interval, timeout, .. } = check;
    let (too_long, bound) = match kind {
        LoadBalancerKind::Application => (timeout >= interval, "not less than"),
        LoadBalancerKind::Network => (timeout > interval, "more than"),
    };
    if too_long {
        let title = format!(
            "the health check of `{group}` has a timeout of {} s, {bound} its interval of {} s",
            timeout.as_millis() / 1000,
            interval.as_millis() / 1000
        );
        to.push(
            Diagnostic::new(code::TIMEOUT_TOO_LONG, span, title)
                .label("the load balancer refuses it")
                .help("make `HealthCheckTimeoutSeconds` less than `HealthCheckIntervalSeconds`"),
        );
    }
}

/// The calls that change health checks, each with the whole check that holds then: what one does not say stays.
pub fn calls(
    operator: &Operator,
    candidates: &[Revision],
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) -> Vec<ScriptedCall> {
    let mut checks = load_balancer.target_groups.each_ref().map(|group| group.health_check);
    let mut answering = [RevisionSet::ALL; 2];
    let mut in_time: Vec<&ModifyTargetGroup> = operator.health_checks.iter().collect();
    in_time.sort_by_key(|call| call.at);
    let mut calls = Vec::new();
    for ModifyTargetGroup { at, target_group: name, settings, answered_by } in in_time {
        let groups = load_balancer.target_groups.each_ref().map(|group| &group.name);
        let Some(index) = groups.iter().position(|known| **known == name.value) else {
            let [first, second] = groups;
            let title = format!("the deployment group has no target group `{}`", name.value);
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, name.span, title)
                    .label("its health check is to be changed")
                    .help(format!("its target groups are `{first}` and `{second}`")),
            );
            continue;
        };
        checks[index] = settings.over(checks[index]);
        check(checks[index], &name.value, load_balancer.kind, name.span, to);
        if let Some(names) = answered_by {
            let mut revisions = RevisionSet::NONE;
            for name in names {
                let known = candidates.iter().enumerate();
                let mut found = known.filter(|(_, one)| one.name == name.value).peekable();
                if found.peek().is_none() && name.value != "original" {
                    let names = candidates.iter().map(|one| one.name.as_str());
                    let known: Vec<&str> = names.chain(["original"]).collect();
                    let title = format!("no revision is called `{}`", name.value);
                    to.push(
                        Diagnostic::new(code::DOCUMENTS_DISAGREE, name.span, title)
                            .label("answers the health check")
                            .help(format!("there are {}", listed(&known))),
                    );
                }
                if name.value == "original" {
                    revisions = revisions.with(None);
                }
                revisions = found.fold(revisions, |set, (position, _)| set.with(Some(position)));
            }
            answering[index] = revisions;
        }
        let call = Call::ModifyTargetGroup {
            target_group: if index == 0 { TargetGroupId(0) } else { TargetGroupId(1) },
            health_check: checks[index],
            answered_by: answering[index],
        };
        calls.push(ScriptedCall { at: *at, call });
    }
    calls
}
