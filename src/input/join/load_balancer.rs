//! The load balancer, as deployment group, target groups and service together describe it.
//!
//! Rules: CD-ECS-5 to CD-ECS-7, CD-ECS-10, CD-ECS-20, CD-ECS-25, CD-VAL-8, ELB-HC-1.

use crate::aws::exception::Exception;
use crate::aws::id::TargetGroupId;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::input::aws_document::deployment_group::{DeploymentGroup, LoadBalancerInfo};
use crate::input::aws_document::listener::Listener;
use crate::input::aws_document::target_group;
use crate::input::join::{health_check, service_deployment};
use crate::input::load::Resources;
use crate::input::section::deployment::DeploymentSection;
use crate::scenario::service::{HealthCheck, LoadBalancer, LoadBalancerKind, TargetGroup};

/// The pair of target groups as the deployment group names it, with what is known of each.
pub fn load_balancer(
    group: Option<&DeploymentGroup>,
    resources: &Resources,
    to: &mut Diagnostics,
) -> LoadBalancer {
    let info = group.and_then(|group| group.load_balancer.as_ref());
    let kind = kind(info, resources, to);
    let target_groups = match info {
        Some(info) => info.target_groups.each_ref().map(|name| {
            let known = resources.target_groups.iter().find(|one| one.name.value == name.value);
            if known.is_none() && !resources.target_groups.is_empty() {
                let title = format!("`resources.targetGroups` does not describe `{}`", name.value);
                to.push(
                    Diagnostic::new(code::DOCUMENTS_DISAGREE, name.span, title)
                        .label("named here")
                        .help(
                            "describe both target groups of the pair, or none to take the defaults",
                        ),
                );
            }
            described(&name.value, known, kind)
        }),
        None => pair_without_group(resources, kind, to),
    };
    tell_repeated_groups(resources, to);
    for group in &resources.target_groups {
        let check = group.health_check.of(kind);
        health_check::check(check, &group.name.value, kind, group.span, to);
    }
    check_attachments(info, resources, to);
    // A faulty pair has been told: what the service uses cannot be held against it.
    let original = match (group, info) {
        (Some(_), None) => TargetGroupId(0),
        _ => original_group(&target_groups, resources, to),
    };
    let has_test_listener = info.is_some_and(|info| info.test_listener.is_some());
    let stickiness = production_listener(info, resources).and_then(|one| one.stickiness.as_ref());
    let stickiness = stickiness.map(|stay| stay.value);
    let is_shared = false;
    LoadBalancer { target_groups, original, is_shared, has_test_listener, kind, stickiness }
}

/// What the service itself names, where ECS deploys: one target group for both revisions in a rolling update, else its own and
/// the alternate one. Rules: ECS-ROLL-1, ECS-BG-8.
pub fn of_service(
    deployments: &[DeploymentSection],
    resources: &Resources,
    to: &mut Diagnostics,
) -> LoadBalancer {
    let is_shared = service_deployment::shares_target_group(deployments);
    let kind = kind(None, resources, to);
    let own = resources.service.load_balancer.clone().unwrap_or_default();
    let only = match resources.target_groups.as_slice() {
        [only] => Some(only.name.value.clone()),
        _ => None,
    };
    let name = own.target_group.map(|name| name.value).or(only).unwrap_or_else(|| "web".into());
    if !is_shared && own.alternate.is_none() {
        let title = "the service names no second target group";
        to.push(
            Diagnostic::new(code::SERVICE_REFUSED, resources.service.span, title)
                .label("traffic can move to none")
                .help("write `advancedConfiguration: { alternateTargetGroupArn: .. }` in its load balancer, or `strategy: ROLLING`")
                .refused_with(Exception::InvalidParameter),
        );
    }
    let alternate = own.alternate.map(|name| name.value).filter(|_| !is_shared);
    let target_groups = [name.clone(), alternate.unwrap_or(name)].map(|name| {
        let known = resources.target_groups.iter().find(|one| one.name.value == name);
        described(&name, known, kind)
    });
    tell_repeated_groups(resources, to);
    for group in &resources.target_groups {
        let check = group.health_check.of(kind);
        health_check::check(check, &group.name.value, kind, group.span, to);
    }
    check_attachments(None, resources, to);
    let stickiness = production_listener(None, resources).and_then(|one| one.stickiness.as_ref());
    LoadBalancer {
        target_groups,
        original: TargetGroupId(0),
        is_shared,
        has_test_listener: own.has_test_rule && !is_shared,
        kind,
        stickiness: stickiness.map(|stay| stay.value).filter(|_| !is_shared),
    }
}

/// What is known of the production listener: the one of its ARN, or the only one.
fn production_listener<'a>(
    info: Option<&LoadBalancerInfo>,
    resources: &'a Resources,
) -> Option<&'a Listener> {
    let named = info.and_then(|info| {
        let is_it = |arn: &Spanned<String>| arn.value == info.prod_listener.value;
        resources.listeners.iter().find(|one| one.arn.as_ref().is_some_and(is_it))
    });
    named.or(match resources.listeners.as_slice() {
        [only] => Some(only),
        _ => None,
    })
}

/// Of which kind it is, as its listener or its target groups tell; they must not contradict each other
/// (CD-ECS-4, CD-ECS-10).
fn kind(
    info: Option<&LoadBalancerInfo>,
    resources: &Resources,
    to: &mut Diagnostics,
) -> LoadBalancerKind {
    let of_listener = info
        .and_then(LoadBalancerInfo::balancer)
        .map(|balancer| Spanned { value: balancer.value.kind, span: balancer.span });
    let of_groups = resources.target_groups.iter().filter_map(|group| group.kind);
    let mut told = of_listener.into_iter().chain(of_groups);
    let Some(first) = told.next() else { return LoadBalancerKind::Application };
    if let Some(other) = told.find(|other| other.value != first.value) {
        let words = |kind| match kind {
            LoadBalancerKind::Application => "an Application Load Balancer",
            LoadBalancerKind::Network => "a Network Load Balancer",
        };
        let found = words(other.value);
        let title = format!("a target group of {found} beside {}", words(first.value));
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, other.span, title)
                .label(format!("of {found}"))
                .help(
                    "`HTTP` and `HTTPS` belong to listeners `listener/app/..`, `TCP`, `TLS` and `UDP` to \
                     `listener/net/..`",
                ),
        );
    }
    first.value
}

/// No target group may be attached to another load balancer than that of the listeners (CD-ECS-6, CD-ECS-7).
fn check_attachments(info: Option<&LoadBalancerInfo>, resources: &Resources, to: &mut Diagnostics) {
    let of_groups = || resources.target_groups.iter().map(|group| &group.load_balancers);
    let of_listener = info.and_then(LoadBalancerInfo::balancer);
    let Some(wanted) = of_listener.or_else(|| of_groups().flatten().next().cloned()) else {
        return;
    };
    for attached in of_groups() {
        let apart = attached.iter().all(|balancer| balancer.value.path != wanted.value.path);
        if let Some(other) = attached.first().filter(|_| apart) {
            let title = format!("the target group belongs to `{}`", other.value.path);
            to.push(
                Diagnostic::new(code::PAIR_REFUSED, other.span, title)
                    .label(format!("not to `{}`", wanted.value.path))
                    .help("take two target groups of one load balancer, that of the listeners")
                    .refused_with(Exception::InvalidTargetGroupPair),
            );
        }
    }
}

/// A target group by its name, with what is known of it.
pub fn described(
    name: &str,
    known: Option<&target_group::TargetGroup>,
    kind: LoadBalancerKind,
) -> TargetGroup {
    let attributes = known.map(|known| known.attributes).unwrap_or_default();
    TargetGroup {
        name: name.into(),
        health_check: known
            .map_or_else(|| HealthCheck::default_of(kind), |known| known.health_check.of(kind)),
        deregistration_delay: attributes.deregistration_delay,
        unhealthy_state_routing: attributes.unhealthy_state_routing,
        dns_failover: attributes.dns_failover,
        cross_zone: attributes.cross_zone.unwrap_or(kind == LoadBalancerKind::Application),
        slow_start: attributes.slow_start,
        stickiness: attributes.stickiness,
    }
}

/// Without a deployment group the described groups are the pair; without those, the service's own and another.
fn pair_without_group(
    resources: &Resources,
    kind: LoadBalancerKind,
    to: &mut Diagnostics,
) -> [TargetGroup; 2] {
    let own = resources.service.load_balancer.as_ref().and_then(|own| own.target_group.as_ref());
    match resources.target_groups.as_slice() {
        [] => {
            let own = own.map_or("blue", |own| &own.value);
            let other = if own == "green" { "blue" } else { "green" };
            [own, other].map(|name| described(name, None, kind))
        }
        [first, second] => {
            [first, second].map(|known| described(&known.name.value, Some(known), kind))
        }
        several => {
            let title = format!("`resources.targetGroups` describes {}, not 2", several.len());
            to.push(
                Diagnostic::new(code::PAIR_REFUSED, several[0].span, title)
                    .label("one for the original and one for the replacement are needed")
                    .help("describe both target groups of the pair, or none to take the defaults")
                    .refused_with(Exception::InvalidTargetGroupPair),
            );
            [0, 0].map(|index| described(&several[index].name.value, Some(&several[index]), kind))
        }
    }
}

/// A target group that is described twice would make the first of the two count, in silence.
fn tell_repeated_groups(resources: &Resources, to: &mut Diagnostics) {
    for (index, group) in resources.target_groups.iter().enumerate() {
        let before = &resources.target_groups[..index];
        if before.iter().any(|earlier| earlier.name.value == group.name.value) {
            let title = format!("the target group `{}` is described twice", group.name.value);
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, group.name.span, title)
                    .label("the second time")
                    .help("give each target group of the pair a name of its own"),
            );
        }
    }
}

/// The group that the service's PRIMARY task set uses; it must be one of the pair (CD-ECS-6, CD-ECS-20).
fn original_group(
    target_groups: &[TargetGroup; 2],
    resources: &Resources,
    to: &mut Diagnostics,
) -> TargetGroupId {
    let named = resources.service.load_balancer.as_ref();
    let Some(named) = named.and_then(|named| named.target_group.as_ref()) else {
        return TargetGroupId(0);
    };
    match target_groups.iter().position(|group| group.name == named.value) {
        Some(1) => TargetGroupId(1),
        Some(_) => TargetGroupId(0),
        None => {
            let [first, second] = target_groups.each_ref().map(|group| &group.name);
            let title = format!(
                "the service uses the target group `{}`, not `{first}` or `{second}`",
                named.value
            );
            to.push(
                Diagnostic::new(code::SERVICE_OFF_PAIR, named.span, title)
                    .label("not of the deployment group's pair")
                    .help("the service must be configured with one of those two target groups")
                    .note("CodeDeploy ends the deployment with `INVALID_ECS_SERVICE`"),
            );
            TargetGroupId(0)
        }
    }
}
