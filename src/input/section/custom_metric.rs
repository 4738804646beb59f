//! `metrics:` of a revision: what it publishes itself.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, Map, list, text};
use crate::input::unit;
use crate::scenario::custom_metric::{CUSTOM_METRICS_MAX, CustomMetric, Sample};
use crate::scenario::revision::Revision;

/// The list of a revision's own metrics.
pub fn metrics(field: Field, to: &mut Diagnostics) -> Option<Vec<CustomMetric>> {
    list(metric)(field, to)
}

/// `{ namespace: Checkout, name: FailedOrders, per_request: 0.5% }`, or a distribution as `value`.
fn metric(field: Field, to: &mut Diagnostics) -> Option<CustomMetric> {
    let mut map = Map::open(field, to)?;
    let namespace = map.required("namespace", namespace);
    let name = map.required("name", text);
    let mut dimensions = map.or("dimensions", dimensions, Vec::new());
    dimensions.sort();
    let sample = match map.one_of(&["per_request", "value"]) {
        Some("per_request") => map.optional("per_request", unit::share).map(Sample::PerRequest),
        Some(_) => map.optional("value", unit::amount).map(Sample::Value),
        None => None,
    };
    map.finish();
    // Which of all it is, `number_metrics` says.
    Some(CustomMetric { id: 0, namespace: namespace?, name: name?, dimensions, sample: sample? })
}

/// What AWS publishes itself nobody else can.
fn namespace(field: Field, to: &mut Diagnostics) -> Option<String> {
    let namespace = text(field, to)?;
    if namespace.starts_with("AWS/") {
        let title = format!("`{}` is a namespace of AWS", field.name);
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, field.node.span, title)
                .label("nobody else can publish in it")
                .help("name one of your own; what AWS publishes is measured in the run"),
        );
        return None;
    }
    Some(namespace)
}

/// `{ Service: checkout }`
fn dimensions(field: Field, to: &mut Diagnostics) -> Option<Vec<(String, String)>> {
    let mut map = Map::open(field, to)?;
    let written = map.each(|field: Field, to: &mut Diagnostics| text(field, to));
    Some(written.into_iter().map(|(key, value)| (key.name.clone(), value)).collect())
}

/// Gives every metric of all revisions its number: the same one to those that are the same.
pub fn number_metrics<'a>(
    field: Field,
    revisions: impl Iterator<Item = &'a mut Revision>,
    to: &mut Diagnostics,
) -> Option<()> {
    let mut known: Vec<CustomMetric> = Vec::new();
    for metric in revisions.flat_map(|revision| &mut revision.metrics) {
        let place = known.iter().position(|other| other.is_same(metric));
        let place = place.unwrap_or_else(|| {
            known.push(metric.clone());
            known.len() - 1
        });
        metric.id = u8::try_from(place).unwrap_or(u8::MAX);
    }
    if known.len() > CUSTOM_METRICS_MAX {
        let title = format!("the revisions publish {} different metrics", known.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("at most {CUSTOM_METRICS_MAX} can be played")),
        );
        return None;
    }
    Some(())
}
