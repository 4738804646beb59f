//! The alarms of the account, joined with what they watch and with those who look at them.
//!
//! Not what each alarm's document says (`aws_document::alarm`), nor what a metric measures (`metric`). Rules: CD-ALM-1, CD-ALM-8, CD-ALM-9,
//! CW-ALARM-10.

use crate::aws::id::AlarmId;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::deployment_group::alarm::AlarmConfiguration;
use crate::input::decode::{nearest, suggestion};
use crate::input::join::metric::{Watchable, source, without_data};
use crate::input::load::Resources;
use crate::input::section::deployment::DeploymentSection;
use crate::input::section::external::ExternalSection;
use crate::input::tree::shortened;
use crate::scenario::alarm::{Alarm, MetricStat};
use crate::scenario::deployment::AlarmPolling;
use crate::scenario::monitoring::{ALARMS_MAX, Monitoring, POLLED_MAX, Source, WatchedAlarm};

/// The alarms by id, those that a deployment looks at first.
pub fn monitoring(
    asked: &[&DeploymentSection],
    account: &Watchable<'_>,
    to: &mut Diagnostics,
) -> Option<Monitoring> {
    let described = &account.resources.alarms;
    let polled = polled(asked, described, to);
    if described.len() > ALARMS_MAX || polled.len() > POLLED_MAX {
        let title =
            format!("{} alarms are described, {} of them looked at", described.len(), polled.len());
        let label = format!("at most {ALARMS_MAX} can be played, and {POLLED_MAX} looked at");
        to.push(Diagnostic::new(code::BAD_LENGTH, None, title).label(label));
        return None;
    }
    let others = (0..described.len()).filter(|position| !polled.contains(position));
    let order: Vec<usize> = polled.iter().copied().chain(others).collect();
    let mut monitoring = Monitoring::default();
    for &position in &order {
        let Spanned { value: alarm, span } = &described[position];
        let (mut sources, mut children) = (Vec::new(), Vec::new());
        match alarm {
            Alarm::Metric(alarm) => {
                for MetricStat { metric, stat, .. } in &alarm.metrics {
                    let source = source(metric, *stat, alarm.period, account)
                        .map_err(|why| to.push(without_data(&alarm.name, metric, why, *span)));
                    sources.push(source.ok().map(|source| place(source, &mut monitoring.sources)));
                }
            }
            Alarm::Composite(alarm) => {
                for name in &alarm.children {
                    children.extend(child(name, &alarm.name, *span, &order, described, to));
                }
            }
        }
        monitoring.alarms.push(WatchedAlarm { alarm: alarm.clone(), sources, children });
    }
    monitoring.composites = composites(&monitoring, &order, described, to)?;
    Some(monitoring)
}

/// Where the documents of the alarms have their names, by id.
pub fn places(monitoring: &Monitoring, resources: &Resources) -> Vec<Span> {
    let place = |watched: &WatchedAlarm| {
        let described = resources.alarms.iter();
        described.filter(|one| one.value.name() == watched.alarm.name()).map(|one| one.span).next()
    };
    monitoring.alarms.iter().filter_map(place).collect()
}

/// What a deployment looks at: its own alarm configuration in place of the group's (CD-ALM-1), if it is enabled
/// (CD-ALM-8).
pub fn polling(
    section: &DeploymentSection,
    first: &DeploymentSection,
    monitoring: &Monitoring,
    resources: &Resources,
) -> Option<AlarmPolling> {
    let configuration = configuration(section, first)?;
    // The alarms that target tracking makes follow those that are described, and are not looked at.
    let is_described = |id: &AlarmId| id.index() < resources.alarms.len();
    let names = configuration.names.iter().filter_map(|name| monitoring.id_of(&name.value));
    Some(AlarmPolling {
        alarms: names.filter(is_described).collect(),
        ignore_failure: configuration.ignore_poll_alarm_failure,
    })
}

fn configuration<'a>(
    section: &'a DeploymentSection,
    first: &'a DeploymentSection,
) -> Option<&'a AlarmConfiguration> {
    let of_group = first.group.as_ref().map(|group| &group.alarms);
    section.alarms.as_ref().or(of_group).filter(|configuration| configuration.enabled)
}

/// The positions of the alarms that any deployment looks at, in the order in which they are named (CD-ALM-9).
fn polled(
    asked: &[&DeploymentSection],
    described: &[Spanned<Alarm>],
    to: &mut Diagnostics,
) -> Vec<usize> {
    let mut polled = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let configurations = asked.iter().filter_map(|section| configuration(section, asked[0]));
    let of_external = asked[0].external.iter().flat_map(ExternalSection::alarms);
    for name in configurations.flat_map(|configuration| &configuration.names).chain(of_external) {
        let found = described.iter().position(|alarm| alarm.value.name() == name.value);
        match found {
            Some(position) if polled.contains(&position) => {}
            Some(position) => polled.push(position),
            None if told.contains(&name.value.as_str()) => {}
            None => {
                told.push(&name.value);
                to.push(not_described(name, described));
            }
        }
    }
    polled
}

fn not_described(name: &Spanned<String>, described: &[Spanned<Alarm>]) -> Diagnostic {
    let known: Vec<&str> = described.iter().map(|alarm| alarm.value.name()).collect();
    let title = format!("the alarm `{}` is not described", shortened(&name.value));
    Diagnostic::new(code::ALARM_NOT_DESCRIBED, name.span, title)
        .label("never goes off in a run")
        .help("name its document as `resources.alarms`: `aws cloudwatch describe-alarms` writes it")
        .meant(&name.value, nearest(&name.value, &known))
}

/// The id of an alarm that a composite one names.
fn child(
    name: &str,
    of: &str,
    span: Span,
    order: &[usize],
    described: &[Spanned<Alarm>],
    to: &mut Diagnostics,
) -> Option<AlarmId> {
    let place = order.iter().position(|&position| described[position].value.name() == name);
    if place.is_none() {
        let known: Vec<&str> = described.iter().map(|alarm| alarm.value.name()).collect();
        let title = format!("the rule of `{}` names `{}`", shortened(of), shortened(name));
        let help = suggestion(name, &known);
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, span, title)
                .label("an alarm that is not described")
                .help(help.unwrap_or_else(|| "describe it beside this one".into())),
        );
    }
    Some(AlarmId(u8::try_from(place?).expect("alarms are limited")))
}

/// The composite alarms, each after those that its rule names; a circle of them has no state (CW-ALARM-10).
fn composites(
    monitoring: &Monitoring,
    order: &[usize],
    described: &[Spanned<Alarm>],
    to: &mut Diagnostics,
) -> Option<Vec<AlarmId>> {
    let mut left: Vec<AlarmId> = monitoring
        .ids()
        .filter(|(_, watched)| watched.metric_alarm().is_none())
        .map(|(id, _)| id)
        .collect();
    let mut sorted = Vec::new();
    while !left.is_empty() {
        let waits =
            |id: &AlarmId| monitoring.alarm(*id).children.iter().any(|child| left.contains(child));
        let (waiting, ready): (Vec<AlarmId>, Vec<AlarmId>) = left.iter().partition(|id| waits(id));
        if ready.is_empty() {
            let first = &described[order[waiting[0].index()]];
            let title =
                format!("the rule of `{}` leads back to itself", shortened(first.value.name()));
            to.push(
                Diagnostic::new(code::ALARM_RULE, first.span, title)
                    .label("its state would depend on itself")
                    .help("let one of the alarms that name each other name none of the others"),
            );
            return None;
        }
        sorted.extend(ready);
        left = waiting;
    }
    Some(sorted)
}

/// The position of a source among those that are measured.
pub fn place(source: Source, sources: &mut Vec<Source>) -> usize {
    let known = sources.iter().position(|known| *known == source);
    known.unwrap_or_else(|| {
        sources.push(source);
        sources.len() - 1
    })
}
