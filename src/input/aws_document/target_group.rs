//! Target groups of an Application or Network Load Balancer: how targets are probed, how long they drain.
//!
//! Which two of them a deployment uses its group says. Rules: ELB-HC-1, ELB-DR-1, ELB-FO-1.

use super::balancer::Balancer;
use super::kind::{Kind, expected};
use super::value::{arn, count, matched_name, name, seconds};
use crate::aws::name::Protocol;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, items, list, listed, scalar_text};
use crate::input::tree::shortened;
use crate::scenario::service::{
    DEREGISTRATION_DELAY_DEFAULT, HealthCheck, LoadBalancerKind, MinimumHealthyTargets,
};
use std::ops::RangeInclusive;

/// What a target group says that the simulation needs.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Its name, or the one in its ARN.
    pub name: Spanned<String>,
    /// How its targets are probed, as far as it says.
    pub health_check: HealthCheckSettings,
    /// The kind of its load balancer, where its protocol or its load balancer's ARN tells it.
    pub kind: Option<Spanned<LoadBalancerKind>>,
    /// What its attributes say.
    pub attributes: Attributes,
    /// The load balancers that use it, as an answer tells.
    pub load_balancers: Vec<Spanned<Balancer>>,
    /// The place of the whole.
    pub span: Span,
}

/// What a target group says of its health check. Rule: ELB-HC-1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HealthCheckSettings {
    /// `HealthCheckIntervalSeconds`, 5 to 300.
    pub interval: Option<SimDuration>,
    /// `HealthCheckTimeoutSeconds`, 2 to 120.
    pub timeout: Option<SimDuration>,
    /// `HealthyThresholdCount`, 2 to 10.
    pub healthy_threshold: Option<u32>,
    /// `UnhealthyThresholdCount`, 2 to 10.
    pub unhealthy_threshold: Option<u32>,
}

impl HealthCheckSettings {
    /// Reads what an input or an answer says of it.
    pub fn read(map: &mut Map<'_, '_>) -> HealthCheckSettings {
        HealthCheckSettings {
            interval: map.optional("HealthCheckIntervalSeconds", seconds(5..=300)),
            timeout: map.optional("HealthCheckTimeoutSeconds", seconds(2..=120)),
            healthy_threshold: map.optional("HealthyThresholdCount", count(2..=10)),
            unhealthy_threshold: map.optional("UnhealthyThresholdCount", count(2..=10)),
        }
    }

    /// The health check behind a load balancer of this kind, whose defaults hold where nothing is said.
    pub fn of(self, kind: LoadBalancerKind) -> HealthCheck {
        self.over(HealthCheck::default_of(kind))
    }

    /// The health check that was, with what is said here in its place.
    pub fn over(self, before: HealthCheck) -> HealthCheck {
        HealthCheck {
            interval: self.interval.unwrap_or(before.interval),
            timeout: self.timeout.unwrap_or(before.timeout),
            healthy_threshold: self.healthy_threshold.unwrap_or(before.healthy_threshold),
            unhealthy_threshold: self.unhealthy_threshold.unwrap_or(before.unhealthy_threshold),
        }
    }
}

/// Reads target groups: an answer with any number of them, or the inputs that make them, a list or one.
///
/// A faulty group does not hide the others.
pub fn target_groups(field: Field, to: &mut Diagnostics) -> Option<Vec<TargetGroup>> {
    let field = expected(field, &[Kind::TargetGroups], to)?;
    let field = match field.node.key("TargetGroups") {
        Some(node) => Field { name: "TargetGroups", node, key_span: node.span },
        None => field,
    };
    let groups = items(|field, to| Some(target_group(field, to)))(field, to)?;
    if groups.is_empty() {
        let title = format!("`{}` holds no target group", field.name);
        to.push(
            Diagnostic::new(code::NOT_ONE, field.node.span, title)
                .label("two target groups are needed here")
                .help("describe both groups of the pair"),
        );
    }
    Some(groups.into_iter().flatten().collect())
}

fn target_group(field: Field, to: &mut Diagnostics) -> Option<TargetGroup> {
    let field = expected(field, &[Kind::TargetGroups], to)?;
    let mut map = Map::open_aws(field, to)?;
    let by_arn = map
        .optional("TargetGroupArn", arn("elasticloadbalancing", "targetgroup", "a target group"));
    let names = ["TargetGroupName", "Name"].into_iter().find(|key| map.has(key));
    let written = names.and_then(|key| map.optional(key, matched_name));
    let group_name = match (written.or(by_arn), names) {
        (None, None) => map.required("TargetGroupName", matched_name),
        (found, _) => found,
    };
    let by_protocol = map.optional("Protocol", protocol);
    map.optional("TargetType", target_type);
    let health_check = HealthCheckSettings::read(&mut map);
    let attributes = map.or("Attributes", attributes, Attributes::default());
    let load_balancers = map.or("LoadBalancerArns", list(load_balancer), Vec::new());
    map.unused();
    let load_balancers = load_balancers.into_iter().flatten().collect::<Vec<_>>();
    let by_balancer = load_balancers
        .first()
        .map(|balancer| Spanned { value: balancer.value.kind, span: balancer.span });
    Some(TargetGroup {
        name: group_name?,
        health_check,
        kind: by_protocol.or(by_balancer),
        attributes,
        load_balancers,
        span: field.node.span,
    })
}

/// The load balancer of an ARN; what is none is left to whoever needs it.
fn load_balancer(field: Field, to: &mut Diagnostics) -> Option<Option<Spanned<Balancer>>> {
    let found = name(field, to).and_then(|Spanned { value, span }| {
        Some(Spanned { value: Balancer::of_arn(&value)?, span })
    });
    Some(found)
}

/// The kind of load balancer that speaks it.
fn protocol(field: Field, to: &mut Diagnostics) -> Option<Spanned<LoadBalancerKind>> {
    let found = scalar_text(field, "a protocol", to)?;
    let value = match Protocol::from_name(found) {
        Some(Protocol::Http | Protocol::Https) => LoadBalancerKind::Application,
        Some(Protocol::Tcp | Protocol::Tls | Protocol::Udp | Protocol::TcpUdp) => {
            LoadBalancerKind::Network
        }
        None => {
            let known = Protocol::ALL.iter().map(|protocol| protocol.as_str()).collect::<Vec<_>>();
            let title = format!("`Protocol` is `{}`", shortened(found));
            to.push(
                Diagnostic::new(code::NOT_SIMULATED, field.node.span, title)
                    .label("not simulated yet")
                    .help(format!("the protocols are {}", listed(&known))),
            );
            return None;
        }
    };
    Some(Spanned { value, span: field.node.span })
}

/// Tasks are targets by their address or by their instance.
fn target_type(field: Field, to: &mut Diagnostics) -> Option<()> {
    let found = scalar_text(field, "a target type", to)?;
    if !matches!(found, "ip" | "instance") {
        let title = format!("`TargetType` is `{}`, which no task can be", shortened(found));
        to.push(
            Diagnostic::new(code::SERVICE_REFUSED, field.node.span, title)
                .label("no target group of an ECS service")
                .help("tasks are registered by `ip` on Fargate, by `ip` or `instance` on EC2"),
        );
    }
    Some(())
}

/// What the attributes say, each that is written in place of its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attributes {
    /// How long a deregistered target keeps draining: 0 to 3600 s, default 300. Rule: ELB-DR-1.
    pub deregistration_delay: SimDuration,
    /// When requests go to unhealthy targets too. Rule: ELB-FO-1.
    pub unhealthy_state_routing: MinimumHealthyTargets,
    /// When a zone leaves DNS. Rule: ELB-FO-3.
    pub dns_failover: MinimumHealthyTargets,
    /// Whether it spreads requests over all zones, if it says so. Rule: ELB-TG-7.
    pub cross_zone: Option<bool>,
    /// 30 to 900 s, or zero for off. Rule: ELB-SS-1.
    pub slow_start: SimDuration,
    /// How long a client stays with its target, if it does: 1 to 604 800 s. Rule: ELB-TG-4.
    pub stickiness: Option<SimDuration>,
}

impl Default for Attributes {
    fn default() -> Attributes {
        Attributes {
            deregistration_delay: DEREGISTRATION_DELAY_DEFAULT,
            unhealthy_state_routing: MinimumHealthyTargets::default(),
            dns_failover: MinimumHealthyTargets::default(),
            cross_zone: None,
            slow_start: SimDuration::ZERO,
            stickiness: None,
        }
    }
}

/// How long a client stays with its target where nobody says (ELB-TG-4).
const STICKINESS_DEFAULT: SimDuration = SimDuration::from_secs(86_400);

/// `Attributes` as `describe-target-group-attributes` lists them.
fn attributes(field: Field, to: &mut Diagnostics) -> Option<Attributes> {
    let mut found = Attributes::default();
    let mut sticky = Sticky { is_enabled: false, lasts: STICKINESS_DEFAULT };
    list(|field, to| {
        attribute(field, &mut found, &mut sticky, to);
        Some(())
    })(field, to)?;
    found.stickiness = sticky.is_enabled.then_some(sticky.lasts);
    Some(found)
}

/// Stickiness as its attributes tell it, one by one.
struct Sticky {
    is_enabled: bool,
    lasts: SimDuration,
}

fn attribute(
    field: Field,
    found: &mut Attributes,
    sticky: &mut Sticky,
    to: &mut Diagnostics,
) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    let key =
        map.required("Key", |field, to| scalar_text(field, "a text", to).map(str::to_string))?;
    // A value is told by the name of its attribute.
    macro_rules! value {
        ($read:expr) => {
            map.required("Value", |value: Field, to: &mut Diagnostics| {
                $read(Field { name: &key, ..value }, to)
            })?
        };
    }
    const HEALTH: &str = "target_group_health.";
    const MINIMUM: &str = ".minimum_healthy_targets.";
    match &key[..] {
        "deregistration_delay.timeout_seconds" => {
            found.deregistration_delay = value!(seconds(0..=3600));
        }
        "slow_start.duration_seconds" => found.slow_start = value!(slow_start),
        "load_balancing.cross_zone.enabled" => found.cross_zone = value!(cross_zone),
        "stickiness.enabled" => sticky.is_enabled = value!(boolean),
        "stickiness.lb_cookie.duration_seconds" | "stickiness.app_cookie.duration_seconds" => {
            sticky.lasts = value!(seconds(1..=604_800));
        }
        name if name.starts_with(HEALTH) => {
            let (action, bound) = name[HEALTH.len()..].split_once(MINIMUM)?;
            let minimum = match action {
                "unhealthy_state_routing" => &mut found.unhealthy_state_routing,
                "dns_failover" => &mut found.dns_failover,
                _ => return None,
            };
            match bound {
                "count" => minimum.count = value!(or_off(1..=1000)),
                "percentage" => minimum.percent = value!(or_off(1..=100)),
                _ => {}
            }
        }
        // The others say nothing that a simulation could depend on, and every group has some ten of them.
        _ => {}
    }
    Some(())
}

/// A bound, or `off` for 0.
fn or_off(range: RangeInclusive<i64>) -> impl FnOnce(Field, &mut Diagnostics) -> Option<u32> {
    |field, to| match field.node.scalar() {
        Some("off") => Some(0),
        _ => count(range)(field, to),
    }
}

/// 0 for off, or 30 to 900 s (ELB-SS-1).
fn slow_start(field: Field, to: &mut Diagnostics) -> Option<SimDuration> {
    match field.node.scalar() {
        Some("0") => Some(SimDuration::ZERO),
        _ => seconds(30..=900)(field, to),
    }
}

/// `true`, `false`, or as the load balancer has it.
fn cross_zone(field: Field, to: &mut Diagnostics) -> Option<Option<bool>> {
    match field.node.scalar() {
        Some("use_load_balancer_configuration") => Some(None),
        _ => boolean(field, to).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    fn read(text: &str) -> (Option<Vec<TargetGroup>>, Vec<String>) {
        told(text, |field, _, to| target_groups(field, to))
    }

    fn secs(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a";

    #[test]
    fn groups_are_read_from_an_answer_from_inputs_or_alone() {
        let answer = format!(
            "TargetGroups:\n- {{ TargetGroupName: blue, TargetGroupArn: '{ARN}', Protocol: HTTP, \
             HealthCheckIntervalSeconds: '10', HealthyThresholdCount: 2, LoadBalancerArns: \
             ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1'] }}\n"
        );
        let (found, lines) = read(&answer);
        assert!(lines.is_empty(), "{lines:?}");
        let found = found.expect("a group");
        let check = found[0].health_check.of(LoadBalancerKind::Application);
        assert_eq!((check.interval, check.timeout), (secs(10), secs(5)));
        assert_eq!((check.healthy_threshold, check.unhealthy_threshold), (2, 2));
        assert_eq!(found[0].load_balancers[0].value.path, "app/shop/1");
        let names = |text: &str| {
            let groups = read(text).0.expect("groups").into_iter();
            groups.map(|group| group.name.value).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("[{Name: blue, Protocol: HTTP}, {Name: green}]"), "blue green");
        assert_eq!(names("Name: blue"), "blue");
        assert_eq!(names(&format!("[{{TargetGroupArn: '{ARN}'}}]")), "blue");
    }

    /// CD-ECS-10, ELB-HC-1: protocol and load balancer tell the kind, and the kind the timeout.
    #[test]
    fn protocols_tell_a_network_load_balancer() {
        let kind = |text: &str| {
            let group = read(text).0.expect("groups").remove(0);
            group.kind.map(|kind| (kind.value, group.health_check.of(kind.value).timeout))
        };
        let network = Some((LoadBalancerKind::Network, secs(10)));
        for protocol in ["TCP", "TLS", "UDP", "TCP_UDP"] {
            assert_eq!(kind(&format!("{{Name: a, Protocol: {protocol}}}")), network);
        }
        let application = Some((LoadBalancerKind::Application, secs(5)));
        assert_eq!(kind("{Name: a, Protocol: HTTPS}"), application);
        let arn = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/shop/1";
        assert_eq!(kind(&format!("{{Name: a, LoadBalancerArns: ['{arn}']}}")), network);
        assert_eq!(kind("Name: a"), None);
    }

    #[test]
    fn attributes_say_how_long_targets_drain() {
        let group = |key: &str, value: &str| {
            read(&format!("{{Name: blue, Attributes: [{{Key: {key}, Value: {value}}}]}}"))
        };
        let (found, lines) = group("deregistration_delay.timeout_seconds", "'5'");
        assert!(lines.is_empty(), "{lines:?}");
        assert_eq!(
            found.expect("a group")[0].attributes.deregistration_delay,
            SimDuration::from_secs(5)
        );
        let (found, _) = read("Name: blue");
        assert_eq!(
            found.expect("a group")[0].attributes.deregistration_delay,
            SimDuration::from_secs(300)
        );
        let (_, lines) = group("deregistration_delay.timeout_seconds", "3601");
        let title = "`deregistration_delay.timeout_seconds` is 3601, more than 3600";
        assert_eq!(lines, [format!("CUT0107 at `3601`: {title}")]);
        let attributes = |key: &str, value: &str| {
            let (found, lines) = group(key, value);
            assert!(lines.is_empty(), "{lines:?}");
            found.expect("a group")[0].attributes
        };
        let day = Some(SimDuration::from_secs(86_400));
        assert_eq!(attributes("stickiness.enabled", "'true'").stickiness, day);
        assert_eq!(attributes("stickiness.enabled", "'false'").stickiness, None);
        assert_eq!(attributes("slow_start.duration_seconds", "'0'").slow_start, SimDuration::ZERO);
        assert_eq!(attributes("slow_start.duration_seconds", "30").slow_start, secs(30));
        let cross_zone = "load_balancing.cross_zone.enabled";
        assert_eq!(attributes(cross_zone, "'false'").cross_zone, Some(false));
        assert_eq!(attributes(cross_zone, "use_load_balancer_configuration").cross_zone, None);
        let dns = "target_group_health.dns_failover.minimum_healthy_targets.percentage";
        assert_eq!(attributes(dns, "50").dns_failover.percent, 50);
        let (_, lines) = group("slow_start.duration_seconds", "29");
        assert_eq!(lines, ["CUT0107 at `29`: `slow_start.duration_seconds` is 29, less than 30"]);
        assert!(group("load_balancing.algorithm.type", "round_robin").1.is_empty());
    }

    #[test]
    fn what_cannot_be_is_told_for_each_group() {
        let (found, lines) = read(
            "[{Name: a, HealthCheckTimeoutSeconds: 1}, {Name: b, Protocol: QUIC}, {Port: 80, VpcId: v}]",
        );
        assert_eq!(found.map(|found| found.len()), Some(2));
        assert_eq!(
            lines,
            [
                "CUT0107 at `1`: `HealthCheckTimeoutSeconds` is 1, less than 2",
                "CUT0222 at `QUIC`: `Protocol` is `QUIC`",
                "CUT0102 at `{Port: 80, VpcId: v}`: `document[2]` lacks `TargetGroupName`",
            ]
        );
        assert!(read("{TargetGroups: []}").1[0].starts_with("CUT0206"));
        assert!(read("{Name: a, TargetType: lambda}").1[0].starts_with("CUT0221"));
    }
}
