//! A deployment configuration for EC2 instances and on-premises servers: `minimumHealthyHosts` and `zonalConfig`.
//!
//! Not the batches that follow from it (`scenario::hosts`). Rules: CD-CFG-4, CD-CFG-6, CD-Z-2, CD-Z-4.

use super::{described, documented};
use crate::aws::deployment_config::MinimumHealthyHostsType;
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::value::{Limit, number, spanned};
use crate::input::decode::{Field, Map, choice};
use crate::input::tree::Node;
use crate::scenario::hosts::{HostConfig, InvalidMinimum, MinimumHealthyHosts, ZonalConfig};
use crate::scenario::traffic_routing::predefined;

/// The longest wait between two zones that is read: what 31 bits of seconds hold. AWS names no limit.
const SECONDS_MAX: i64 = i32::MAX as i64;

/// A configuration for hosts, as it is described.
#[derive(Clone, Debug, PartialEq)]
pub struct HostDeploymentConfig {
    /// `deploymentConfigName`, if it is written.
    pub name: Option<Spanned<String>>,
    /// What it says.
    pub config: HostConfig,
    /// The place of the whole.
    pub span: Span,
}

/// What a configuration for hosts says; see [`host_deployment_config`].
pub fn host_config(field: Field, to: &mut Diagnostics) -> Option<HostConfig> {
    host_deployment_config(field, to).map(|described| described.config)
}

/// Reads a configuration for hosts: the input that makes it, the answer that describes it, its
/// `minimumHealthyHosts` alone, or the shorthand of the command line as a text.
///
/// A configuration of another platform is told, and yields none.
pub fn host_deployment_config(field: Field, to: &mut Diagnostics) -> Option<HostDeploymentConfig> {
    documented(field, to, |field, to| {
        let span = field.node.span;
        if is_minimum(field.node) {
            let minimum_healthy_hosts = whole_minimum(field, false, to)?;
            let config = HostConfig { minimum_healthy_hosts, zonal_config: None };
            return Some(HostDeploymentConfig { name: None, config, span });
        }
        let written = field.node.key("deploymentConfigName").and_then(Node::scalar);
        let of_aws = written.and_then(predefined).is_some();
        let (name, config) = described(field, ComputePlatform::Server, to, |map| {
            let minimum = map.refusing(Exception::InvalidMinimumHealthyHostValue, |map| {
                map.required("minimumHealthyHosts", |field, to| whole_minimum(field, of_aws, to))
            });
            if of_aws && let Some(zonal) = map.take("zonalConfig") {
                map.tell(not_zonal(zonal));
            }
            let zonal_config = map.optional("zonalConfig", zonal);
            Some(HostConfig { minimum_healthy_hosts: minimum?, zonal_config })
        })?;
        Some(HostDeploymentConfig { name, config, span })
    })
}

/// Whether a value is a minimum itself: a type that only minima have.
pub fn is_minimum(node: &Node) -> bool {
    let kind = node.key("type").and_then(Node::scalar);
    kind.is_some_and(|kind| MinimumHealthyHostsType::from_name(kind).is_some())
}

/// `minimumHealthyHosts`; what only AWS can set is taken in an answer about a configuration of its own.
fn whole_minimum(field: Field, of_aws: bool, to: &mut Diagnostics) -> Option<MinimumHealthyHosts> {
    let refusal = (code::MINIMUM_REFUSED, Exception::InvalidMinimumHealthyHostValue);
    minimum(field, of_aws, refusal, to)
}

/// A type and a number, and how what is wrong with them is told.
fn minimum(
    field: Field,
    of_aws: bool,
    (code, exception): (Code, Exception),
    to: &mut Diagnostics,
) -> Option<MinimumHealthyHosts> {
    let kinds = MinimumHealthyHostsType::ALL.iter().map(|kind| (kind.as_str(), *kind));
    let kinds = kinds.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let told = map.refusing(exception, |map| {
        let kind = map.required("type", spanned(choice(&kinds)));
        let value = map.required("value", spanned(number(i64::MIN..=i64::MAX)));
        Some((kind?, value?))
    });
    map.unused();
    let (kind, value) = told?;
    let concurrency = u32::try_from(value.value).ok().filter(|hosts| *hosts > 0);
    if let (true, MinimumHealthyHostsType::MostConcurrency, Some(hosts)) =
        (of_aws, kind.value, concurrency)
    {
        return Some(MinimumHealthyHosts::MostConcurrency(hosts));
    }
    let (span, title, help) = match MinimumHealthyHosts::custom(kind.value, value.value) {
        Ok(minimum) => return Some(minimum),
        Err(InvalidMinimum::Negative) => (
            value.span,
            format!("`value` is {}, less than 0", value.value),
            "0 is everything at once",
        ),
        Err(InvalidMinimum::TooLarge { most: 99 }) => (
            value.span,
            format!("`value` is {}, more than 99", value.value),
            "write a percentage from 0 to 99: with 100 no host could be deployed to",
        ),
        Err(InvalidMinimum::TooLarge { most }) => (
            value.span,
            format!("`value` is {}, more than {most}", value.value),
            "write a number of hosts",
        ),
        Err(InvalidMinimum::Reserved) => (
            kind.span,
            format!("`type` is `{}`, which only AWS can set", kind.value),
            "for one host at a time, name `CodeDeployDefault.OneAtATime`; else write `HOST_COUNT` or `FLEET_PERCENT`",
        ),
    };
    to.push(Diagnostic::new(code, span, title).label("refused").help(help).refused_with(exception));
    None
}

/// `zonalConfig`; what is not written is 0.
fn zonal(field: Field, to: &mut Diagnostics) -> Option<ZonalConfig> {
    let exception = Exception::InvalidZonalDeploymentConfiguration;
    let mut map = Map::open_aws(field, to)?;
    let found = map.refusing(exception, |map| ZonalConfig {
        minimum_healthy_hosts_per_zone: map.or(
            "minimumHealthyHostsPerZone",
            |field: Field, to: &mut Diagnostics| {
                minimum(field, false, (code::ZONES_REFUSED, exception), to)
            },
            MinimumHealthyHosts::FleetPercent(0),
        ),
        monitor_duration: map.or("monitorDurationInSeconds", seconds, SimDuration::ZERO),
        first_zone_monitor_duration: map.optional("firstZoneMonitorDurationInSeconds", seconds),
    });
    map.unused();
    Some(found)
}

/// Whole seconds from 0 on.
fn seconds(field: Field, to: &mut Diagnostics) -> Option<SimDuration> {
    let limit = Limit { range: (0, SECONDS_MAX), code: code::ZONES_REFUSED };
    let seconds = limit.number()(field, to)?;
    u64::try_from(seconds).ok().map(SimDuration::from_secs)
}

/// The fault of a configuration of AWS's own that is said to be zonal (CD-CFG-6).
fn not_zonal(zonal: Field) -> Diagnostic {
    Diagnostic::new(code::ZONES_REFUSED, zonal.key_span, "a predefined configuration is zonal")
        .label("only one of your own can be")
        .help("take it away, or make a configuration of your own with the same minimum")
        .refused_with(Exception::InvalidZonalDeploymentConfiguration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;
    use MinimumHealthyHosts::{FleetPercent, HostCount, MostConcurrency};

    fn read(text: &str) -> (Option<HostConfig>, Vec<String>) {
        told(text, |field, _, to| host_config(field, to))
    }

    #[track_caller]
    fn good(text: &str, minimum: MinimumHealthyHosts, zonal: Option<ZonalConfig>) {
        let expected = HostConfig { minimum_healthy_hosts: minimum, zonal_config: zonal };
        assert_eq!(read(text), (Some(expected), vec![]), "{text}");
    }

    #[track_caller]
    fn faulty(text: &str, expected: &[&str]) {
        assert_eq!(read(text).1, expected, "{text}");
    }

    fn zonal(
        minimum: MinimumHealthyHosts,
        seconds: u64,
        first: Option<u64>,
    ) -> Option<ZonalConfig> {
        Some(ZonalConfig {
            minimum_healthy_hosts_per_zone: minimum,
            monitor_duration: SimDuration::from_secs(seconds),
            first_zone_monitor_duration: first.map(SimDuration::from_secs),
        })
    }

    #[test]
    fn a_minimum_is_read_in_every_shape() {
        let minimum = "{type: FLEET_PERCENT, value: 75}";
        good(minimum, FleetPercent(75), None);
        good(&format!("minimumHealthyHosts: {minimum}"), FleetPercent(75), None);
        let whole = format!(
            "{{deploymentConfigName: a, computePlatform: Server, minimumHealthyHosts: {minimum}, \
             trafficRoutingConfig: null}}"
        );
        good(&whole, FleetPercent(75), None);
        good(&format!("deploymentConfigInfo: {whole}"), FleetPercent(75), None);
        good("'type=HOST_COUNT,value=6'", HostCount(6), None);
    }

    /// CD-Z-2, CD-Z-4: what is not written is nothing.
    #[test]
    fn zones_are_read_and_what_is_not_written_is_nothing() {
        let with = |zonal: &str| {
            format!(
                "{{minimumHealthyHosts: {{type: HOST_COUNT, value: 300}}, zonalConfig: {zonal}}}"
            )
        };
        good(&with("{}"), HostCount(300), zonal(FleetPercent(0), 0, None));
        good(&with("null"), HostCount(300), None);
        good(
            &with(
                "{firstZoneMonitorDurationInSeconds: 60, monitorDurationInSeconds: '3600', \
                 minimumHealthyHostsPerZone: {type: HOST_COUNT, value: 50}}",
            ),
            HostCount(300),
            zonal(HostCount(50), 3600, Some(60)),
        );
        let command = "'aws deploy create-deployment-config --deployment-config-name Z --minimum-healthy-hosts \
                       type=FLEET_PERCENT,value=50 --zonal-config \
                       monitorDurationInSeconds=600,minimumHealthyHostsPerZone={type=HOST_COUNT,value=2} \
                       --compute-platform Server'";
        good(command, FleetPercent(50), zonal(HostCount(2), 600, None));
    }

    /// CD-CFG-4.
    #[test]
    fn a_minimum_has_limits() {
        let minimum = |kind: &str, value: &str| {
            format!("minimumHealthyHosts: {{type: {kind}, value: {value}}}")
        };
        for (kind, value, expected) in [
            ("HOST_COUNT", "-1", "CUT0234 at `-1`: `value` is -1, less than 0"),
            ("FLEET_PERCENT", "100", "CUT0234 at `100`: `value` is 100, more than 99"),
            ("FLEET_PERCENT", "-1", "CUT0234 at `-1`: `value` is -1, less than 0"),
            (
                "HOST_COUNT",
                "2147483648",
                "CUT0234 at `2147483648`: `value` is 2147483648, more than 2147483647",
            ),
            (
                "MOST_CONCURRENCY",
                "1",
                "CUT0234 at `MOST_CONCURRENCY`: `type` is `MOST_CONCURRENCY`, which only AWS can set",
            ),
            ("HOST_COUNT", "many", "CUT0205 at `many`: `value` is `many`, not a number"),
        ] {
            faulty(&minimum(kind, value), &[expected]);
        }
        faulty(
            "{computePlatform: Server, minimumHealthyHosts: {type: HOST_COUNT}}",
            &["CUT0102 at `minimumHealthyHosts`: `minimumHealthyHosts` lacks `value`"],
        );
        faulty(
            "{deploymentConfigName: a, computePlatform: Server}",
            &[
                "CUT0102 at `{deploymentConfigName: a, computePlatform: Server}`: `document` lacks `minimumHealthyHosts`",
            ],
        );
    }

    /// C-5, CD-CFG-6: an answer about a configuration of AWS's own.
    #[test]
    fn what_only_aws_can_set_is_read_in_its_own_configurations_which_are_not_zonal() {
        let own = "deploymentConfigName: CodeDeployDefault.OneAtATime\n\
                   minimumHealthyHosts: {type: MOST_CONCURRENCY, value: 1}\n";
        good(own, MostConcurrency(1), None);
        faulty(
            &format!("{own}zonalConfig: {{}}\n"),
            &["CUT0235 at `zonalConfig`: a predefined configuration is zonal"],
        );
    }

    /// CD-CFG-4.
    #[test]
    fn every_fault_of_a_zonal_configuration_is_told() {
        faulty(
            "{minimumHealthyHosts: {type: HOST_COUNT, value: 1}, zonalConfig: {monitorDurationInSeconds: -1, \
             firstZoneMonitorDurationInSeconds: 9999999999, minimumHealthyHostsPerZone: {type: FLEET_PERCENT, value: 100}}}",
            &[
                "CUT0235 at `-1`: `monitorDurationInSeconds` is -1, less than 0",
                "CUT0235 at `9999999999`: `firstZoneMonitorDurationInSeconds` is 9999999999, more than 2147483647",
                "CUT0235 at `100`: `value` is 100, more than 99",
            ],
        );
    }

    /// CD-CFG-3, CD-CFG-4.
    #[test]
    fn a_configuration_for_traffic_is_refused() {
        faulty(
            "{computePlatform: ECS, trafficRoutingConfig: {type: AllAtOnce}}",
            &["CUT0209 at `ECS`: the deployment configuration is for the platform `ECS`"],
        );
        faulty(
            "{minimumHealthyHosts: {type: HOST_COUNT, value: 1}, trafficRoutingConfig: {type: AllAtOnce}, \
             computePlatform: Server}",
            &[
                "CUT0207 at `trafficRoutingConfig`: `trafficRoutingConfig` stands in a configuration for Server",
            ],
        );
    }
}
