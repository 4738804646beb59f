//! The options of `cutover schedule` that are for hosts: how many, which fail, in which zones.
//!
//! Not what follows from them (`played`).

use crate::aws::name::ErrorCode;
use crate::cli::args::ScheduleArguments;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, Spanned, code};
use crate::input::decode::listed;
use crate::input::tree::shortened;
use crate::scenario::hosts::{
    HOSTS_MAX, HOSTS_MAX_IN_MOST_REGIONS, HostConfig, HostPlan, LARGE_REGIONS,
};
use crate::scenario::traffic_routing::predefined;

/// What is written after the options, each alone being right; an option with a fault is there without its value.
#[derive(Debug)]
pub struct Asked {
    hosts: Option<Given<u32>>,
    fail: Option<Given<Vec<Spanned<i64>>>>,
    zones: Option<Given<Vec<(String, u32)>>>,
}

/// An option that is given.
#[derive(Debug)]
struct Given<T> {
    span: Span,
    /// Absent if what is written is faulty, which has been told.
    value: Option<T>,
}

/// The hosts of a deployment.
#[derive(Debug)]
pub struct Fleet {
    /// How many there are, and how many stay healthy.
    pub plan: HostPlan,
    /// The places of those that fail, from 1 on, ascending.
    pub failing: Vec<u32>,
    /// The names of the zones in the order of their turns; none where they take no turns.
    pub zones: Vec<String>,
}

impl Asked {
    /// Reads the options, each by itself.
    pub fn read(
        arguments: &ScheduleArguments,
        sources: &mut Sources,
        to: &mut Diagnostics,
    ) -> Asked {
        Asked {
            hosts: given("--hosts", arguments.hosts.as_deref(), sources, to, |written, to| {
                let hosts = whole("--hosts", &written, to)?;
                number_of_hosts("--hosts", hosts, written.span, to)
            }),
            fail: given("--fail", arguments.fail.as_deref(), sources, to, failing),
            zones: given("--zones", arguments.zones.as_deref(), sources, to, zones),
        }
    }

    /// Tells of every option that a configuration of traffic has no use for.
    pub fn is_for_traffic(&self, config: &str, to: &mut Diagnostics) {
        let options = [
            ("--hosts", self.hosts.as_ref().map(|given| given.span)),
            ("--fail", self.fail.as_ref().map(|given| given.span)),
            ("--zones", self.zones.as_ref().map(|given| given.span)),
        ];
        for (option, span) in options {
            if let Some(span) = span {
                let title =
                    format!("`{option}` is given, and `{}` moves traffic", shortened(config));
                to.push(refused(span, title).label("for EC2 and on-premises only").help(
                    "take it away, or name a configuration for hosts: see `cutover configs`",
                ));
            }
        }
    }

    /// The hosts that a configuration is asked for; tells what does not fit it, or each other.
    pub fn fleet(self, name: &str, config: HostConfig, to: &mut Diagnostics) -> Option<Fleet> {
        let counts = self.counts(name, config, to);
        let hosts = counts.as_ref().map(|counts| counts.iter().sum::<u32>());
        let fail = self.fail.map_or(Some(Vec::new()), |given| given.value);
        if let (Some(fail), Some(hosts)) = (&fail, hosts) {
            for place in fail.iter().filter(|place| place.value > i64::from(hosts)) {
                let title = format!("`--fail` names host {}, and there are {hosts}", place.value);
                to.push(
                    Diagnostic::new(code::OUT_OF_RANGE, place.span, title)
                        .label("no such host")
                        .help(format!("write places from 1 to {hosts}")),
                );
            }
        }
        let (counts, fail) = (counts?, fail?);
        // Those beyond the last host have just been told.
        let places = fail.iter().filter_map(|place| u32::try_from(place.value).ok());
        let mut failing: Vec<u32> = places.collect();
        failing.sort_unstable();
        let zones = self.zones.and_then(|given| given.value).unwrap_or_default();
        let zones = zones.into_iter().map(|(zone, _)| zone).collect();
        Some(Fleet { plan: HostPlan::new(config, &counts), failing, zones })
    }

    /// The hosts of each zone; of all hosts where zones take no turns.
    fn counts(&self, name: &str, config: HostConfig, to: &mut Diagnostics) -> Option<Vec<u32>> {
        let hosts = self.hosts.as_ref();
        match (&self.zones, config.zonal_config) {
            (Some(zones), None) => {
                to.push(not_zonal(name, zones.span));
                hosts?.value.map(|hosts| vec![hosts])
            }
            (None, Some(_)) => {
                let title = format!("`{}` is zonal, and `--zones` is not given", shortened(name));
                to.push(
                    refused(hosts.map(|given| given.span), title)
                        .help("write how many hosts each zone has, `--zones a:100,b:100`"),
                );
                None
            }
            (None, None) => {
                if hosts.is_none() {
                    let title = format!(
                        "`{}` deploys to hosts in batches, and `--hosts` is not given",
                        shortened(name)
                    );
                    to.push(refused(None, title).help("write how many there are, `--hosts 9`"));
                }
                hosts?.value.map(|hosts| vec![hosts])
            }
            (Some(zones), Some(_)) => {
                let counts: Vec<u32> =
                    zones.value.as_ref()?.iter().map(|(_, hosts)| *hosts).collect();
                let sum: u32 = counts.iter().sum();
                let told = hosts.and_then(|given| Some((given.span, given.value?)));
                if let Some((span, hosts)) = told.filter(|(_, hosts)| *hosts != sum) {
                    let title = format!("`--hosts` is {hosts}, and `--zones` has {sum} hosts");
                    to.push(
                        refused(span, title)
                            .label("not the sum of the zones")
                            .help("leave `--hosts` out: the zones say it"),
                    );
                }
                Some(counts)
            }
        }
    }
}

/// An option with its text as a source of its own, read by `read`.
fn given<T>(
    option: &str,
    text: Option<&str>,
    sources: &mut Sources,
    to: &mut Diagnostics,
    read: impl FnOnce(Spanned<&str>, &mut Diagnostics) -> Option<T>,
) -> Option<Given<T>> {
    let value = text?;
    let span = Span::new(sources.add(option, value), 0..value.len());
    Some(Given { span, value: read(Spanned { value, span }, to) })
}

/// The items of a list with commas between them, each without the blanks around it.
fn items<'a>(written: &Spanned<&'a str>) -> impl Iterator<Item = Spanned<&'a str>> {
    let (file, mut at) = (written.span.file, written.span.range().start);
    written.value.split(',').map(move |item| {
        let value = item.trim();
        let start = at + (item.len() - item.trim_start().len());
        at += item.len() + 1;
        Spanned { value, span: Span::new(file, start..start + value.len()) }
    })
}

/// The places of hosts that fail, each named once.
fn failing(written: Spanned<&str>, to: &mut Diagnostics) -> Option<Vec<Spanned<i64>>> {
    let told = to.len();
    let mut places: Vec<Spanned<i64>> = Vec::new();
    for item in items(&written) {
        let Some(value) = whole("--fail", &item, to) else { continue };
        if value < 1 {
            let title = format!("`--fail` names host {value}, less than 1");
            to.push(
                Diagnostic::new(code::OUT_OF_RANGE, item.span, title)
                    .label("places count from 1 on"),
            );
        } else if places.iter().any(|other| other.value == value) {
            let title = format!("`--fail` names host {value} twice");
            to.push(refused(item.span, title).label("named once already"));
        } else {
            places.push(Spanned { value, span: item.span });
        }
    }
    (to.len() == told).then_some(places)
}

/// Zones with their numbers of hosts, in the order of their names.
fn zones(written: Spanned<&str>, to: &mut Diagnostics) -> Option<Vec<(String, u32)>> {
    let told = to.len();
    let mut zones: Vec<(String, u32)> = Vec::new();
    for item in items(&written) {
        let Some((name, count)) = item.value.rsplit_once(':').filter(|(name, _)| is_name(name))
        else {
            let title =
                format!("`--zones` has `{}`, not a zone and its hosts", shortened(item.value));
            to.push(
                refused(item.span, title).help(
                    "write letters, digits and hyphens, a colon and a number: `us-east-1a:100`",
                ),
            );
            continue;
        };
        if zones.iter().any(|(other, _)| other == name) {
            let title = format!("`--zones` names `{}` twice", shortened(name));
            to.push(refused(item.span, title).label("named once already"));
            continue;
        }
        let range = item.span.range();
        let span = Span::new(item.span.file, range.start + name.len() + 1..range.end);
        let option = format!("--zones {name}");
        let hosts = match whole(&option, &Spanned { value: count, span }, to) {
            Some(0) => {
                let title = format!("`--zones` gives `{name}` no host");
                to.push(refused(span, title).label("has no turn").help("leave the zone out"));
                None
            }
            hosts => hosts.and_then(|hosts| number_of_hosts(&option, hosts, span, to)),
        };
        zones.extend(hosts.map(|hosts| (name.to_string(), hosts)));
    }
    let sum = zones.iter().map(|(_, hosts)| i64::from(*hosts)).sum();
    if to.len() == told {
        number_of_hosts("--zones", sum, written.span, to);
    }
    zones.sort();
    (to.len() == told).then_some(zones)
}

/// Whether a zone can have this name.
fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.bytes().all(is_part)
}

/// A whole number; huge ones saturate.
fn whole(option: &str, written: &Spanned<&str>, to: &mut Diagnostics) -> Option<i64> {
    let text = written.value.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let title = format!("`{option}` is `{}`, not a whole number", shortened(text));
        to.push(
            Diagnostic::new(code::BAD_NUMBER, written.span, title)
                .label("a whole number is needed here"),
        );
        return None;
    }
    let huge = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(huge))
}

/// A number of hosts that one deployment can have (CD-EC2-2).
fn number_of_hosts(option: &str, hosts: i64, span: Span, to: &mut Diagnostics) -> Option<u32> {
    let found = u32::try_from(hosts).ok().filter(|hosts| (1..=HOSTS_MAX).contains(hosts));
    if found.is_none() {
        let (bound, ends, help) = match hosts {
            ..=0 => (
                "less than 1".to_string(),
                ErrorCode::NoInstances,
                "a deployment needs at least one instance".to_string(),
            ),
            _ => (
                format!("more than {HOSTS_MAX}"),
                ErrorCode::OverMaxInstances,
                format!(
                    "a deployment has at most {HOSTS_MAX_IN_MOST_REGIONS} instances, in {} at most {HOSTS_MAX}",
                    listed(&LARGE_REGIONS)
                ),
            ),
        };
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, span, format!("`{option}` is {hosts}, {bound}"))
                .label(format!("such a deployment ends with {ends}"))
                .help(help),
        );
    }
    found
}

/// The fault of zones beside a configuration that has none (CD-Z-1, CD-CFG-6).
fn not_zonal(name: &str, span: Span) -> Diagnostic {
    let (why, help) = match predefined(name) {
        Some(_) => (
            "no predefined configuration is",
            "write how many hosts there are, `--hosts 9`, or a configuration of your own with `zonalConfig`",
        ),
        None => (
            "it has no `zonalConfig`",
            "write how many hosts there are, `--hosts 9`, or give the configuration a `zonalConfig`",
        ),
    };
    let title = format!("`--zones` is given, and `{}` is not zonal", shortened(name));
    refused(span, title).label(why).help(help)
}

/// The fault of options that do not fit.
fn refused(span: impl Into<Option<Span>>, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::HOSTS_REFUSED, span, title)
}
