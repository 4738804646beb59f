//! What an alarm watches: one metric, or several with metric math.
//!
//! Rules: CW-MET-1, CW-ALARM-2, CW-ALARM-11.

use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::alarm::math::{self, Scope};
use crate::input::aws_document::alarm::{refused, stat, told};
use crate::input::aws_document::value::{matched_name, number, spanned};
use crate::input::decode::{Field, Map, boolean, list, text};
use crate::input::tree::{Node, shortened};
use crate::scenario::alarm::math::Expression;
use crate::scenario::alarm::statistic::Stat;
use crate::scenario::alarm::{Metric, MetricStat};

/// The most metrics of an alarm. Rule: CW-ALARM-11.
const METRICS_MAX: usize = 10;
/// The most entries of `Metrics`, expressions included.
const ENTRIES_MAX: usize = 20;

/// What an alarm watches.
pub struct Source {
    /// Its metrics.
    pub metrics: Vec<MetricStat>,
    /// What it makes of them.
    pub expression: Expression,
    /// The period that all of them have.
    pub period: SimDuration,
}

/// Reads the metric of an alarm, or the list of them.
pub fn source(map: &mut Map) -> Option<Source> {
    // An empty list says nothing, and answers have some.
    let says_something = |field: &Field| field.node.items().is_none_or(|items| !items.is_empty());
    if !map.take("Metrics").is_some_and(|list| says_something(&list)) {
        return one(map);
    }
    for key in ["MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions"]
    {
        if let Some(beside) = map.take(key).filter(says_something) {
            let title = format!("`{}` stands beside `Metrics`", beside.name);
            map.tell(
                Diagnostic::new(code::CONFLICTING_KEYS, beside.key_span, title)
                    .label("only one of them can hold")
                    .help("keep what is in `Metrics`"),
            );
        }
    }
    map.optional("Metrics", several)
}

/// An alarm on one metric.
fn one(map: &mut Map) -> Option<Source> {
    let metric = metric(map);
    let stat = match map.one_of(&["Statistic", "ExtendedStatistic"]) {
        Some("Statistic") => map.optional("Statistic", stat::statistic),
        Some(_) => map.optional("ExtendedStatistic", stat::stat),
        None => None,
    };
    let period = map.required("Period", period);
    let metric = MetricStat { id: String::new(), metric: metric?, stat: stat? };
    Some(Source { metrics: vec![metric], expression: Expression::Metric(0), period: period? })
}

/// The names of a metric.
fn metric(map: &mut Map) -> Option<Metric> {
    let namespace = map.required("Namespace", matched_name);
    let name = map.required("MetricName", matched_name);
    let dimensions = map.or("Dimensions", list(dimension), Vec::new());
    Some(Metric { namespace: namespace?.value, name: name?.value, dimensions })
}

fn dimension(field: Field, to: &mut Diagnostics) -> Option<(String, String)> {
    let mut map = Map::open_aws(field, to)?.any_case();
    let name = map.required("Name", matched_name);
    let value = map.required("Value", matched_name);
    map.unused();
    Some((name?.value, value?.value))
}

/// 10, 20, 30 or a multiple of 60 s. Rule: CW-ALARM-2.
fn period(field: Field, to: &mut Diagnostics) -> Option<SimDuration> {
    let found = number(i64::MIN..=i64::MAX)(field, to)?;
    let is_period = matches!(found, 10 | 20 | 30) || (found > 0 && found % 60 == 0);
    if !is_period || found > WEEK_SECONDS {
        let title = format!("`{}` is {found}, no period of an alarm", field.name);
        to.push(
            refused(field.node.span, title)
                .label("seconds")
                .help("write 10, 20, 30 or a multiple of 60, at most 604800"),
        );
        return None;
    }
    u64::try_from(found).ok().map(SimDuration::from_secs)
}

/// The longest time that an alarm looks at.
const WEEK_SECONDS: i64 = 604_800;

/// One entry of `Metrics`.
struct Entry {
    id: Spanned<String>,
    what: What,
    returns_data: bool,
}

enum What {
    Metric(MetricStat, Spanned<SimDuration>),
    /// The text, with its place.
    Expression(Node),
}

/// Reads `Metrics`. Rule: CW-ALARM-11.
fn several(field: Field, to: &mut Diagnostics) -> Option<Source> {
    let entries = list(entry)(field, to)?;
    let returned: Vec<&Entry> = entries.iter().filter(|entry| entry.returns_data).collect();
    let metrics = || entries.iter().filter_map(Entry::metric);
    let told_before = to.len();
    if returned.len() != 1 {
        let title = format!("{} of the `Metrics` return data, not one", returned.len());
        let help = "write `\"ReturnData\": true` at what is compared with the threshold, `false` at the others";
        to.push(refused(field.key_span, title).label("one is compared").help(help));
    }
    let count = metrics().count();
    if !(1..=METRICS_MAX).contains(&count) || entries.len() > ENTRIES_MAX {
        let title = format!("`Metrics` has {count} metrics among {} entries", entries.len());
        let help = format!(
            "an alarm has 1 to {METRICS_MAX} metrics, with expressions {ENTRIES_MAX} entries"
        );
        to.push(refused(field.key_span, title).label("not so many").help(help));
    }
    let mut period: Option<SimDuration> = None;
    for (_, found) in metrics() {
        let first = *period.get_or_insert(found.value);
        if found.value != first {
            let (found_s, first_s) = (found.value.as_millis() / 1000, first.as_millis() / 1000);
            let title = format!("a metric has a `Period` of {found_s} s beside one of {first_s} s");
            to.push(refused(found.span, title).label("another period").help("give all the same"));
        }
    }
    for (place, entry) in entries.iter().enumerate() {
        if entries[..place].iter().any(|other| other.id.value == entry.id.value) {
            let title = format!("the `Id` `{}` is given twice", shortened(&entry.id.value));
            to.push(refused(entry.id.span, title).label("again").help("give each its own"));
        }
    }
    if to.len() > told_before {
        return None;
    }
    let scope = scope(&entries, period?, to)?;
    let id = &returned.first()?.id.value;
    let (_, expression) = scope.known.into_iter().find(|(known, _)| known == id)?;
    let metrics = metrics().map(|(metric, _)| metric.clone()).collect();
    Some(Source { metrics, expression, period: period? })
}

impl Entry {
    fn metric(&self) -> Option<(&MetricStat, &Spanned<SimDuration>)> {
        match &self.what {
            What::Metric(metric, period) => Some((metric, period)),
            What::Expression(_) => None,
        }
    }
}

/// What every id stands for. Expressions may name each other in any order, but not in a circle.
fn scope(entries: &[Entry], period: SimDuration, to: &mut Diagnostics) -> Option<Scope> {
    let period_s = u32::try_from(period.as_millis() / 1000).expect("a week at most");
    let mut scope = Scope { known: Vec::new(), period_s };
    let metrics = entries.iter().filter(|entry| entry.metric().is_some());
    for (place, entry) in metrics.enumerate() {
        scope.known.push((entry.id.value.clone(), Expression::Metric(place)));
    }
    let ids: Vec<&str> = entries.iter().map(|entry| entry.id.value.as_str()).collect();
    let mut left: Vec<(&str, &Node)> = Vec::new();
    for entry in entries {
        if let What::Expression(node) = &entry.what {
            left.push((&entry.id.value, node));
        }
    }
    let told_before = to.len();
    while !left.is_empty() {
        let is_known = |id: &&str| scope.known.iter().any(|(known, _)| known == id);
        let names = |node: &Node| math::named(node.scalar().unwrap_or_default(), &ids);
        let Some(next) = left.iter().position(|(_, node)| names(node).iter().all(is_known)) else {
            // What names an expression that could not be read is not at fault itself.
            if to.len() == told_before {
                let (id, node) = left[0];
                let title = format!("the expression `{id}` names itself in the end");
                let fault = Diagnostic::new(code::METRIC_MATH, node.span, title);
                let help = "name metrics, or expressions that name metrics";
                to.push(fault.label("a circle").help(help));
            }
            return None;
        };
        let (id, node) = left.remove(next);
        match math::parse(node.scalar().unwrap_or_default(), &scope) {
            Ok(expression) => scope.known.push((id.to_string(), expression)),
            Err(fault) => {
                to.push(told(Field::new("Expression", node), &fault, code::METRIC_MATH));
            }
        }
    }
    (to.len() == told_before).then_some(scope)
}

fn entry(field: Field, to: &mut Diagnostics) -> Option<Entry> {
    let mut map = Map::open_aws(field, to)?.any_case();
    let id = map.required("Id", id);
    let returns_data = map.or("ReturnData", boolean, true);
    let what = match map.one_of(&["MetricStat", "Expression"]) {
        Some("MetricStat") => {
            map.optional("MetricStat", metric_stat).map(|(metric, stat, period)| {
                let id = id.as_ref().map(|id| id.value.clone()).unwrap_or_default();
                What::Metric(MetricStat { id, metric, stat }, period)
            })
        }
        Some(_) => {
            let written =
                |field: Field, to: &mut Diagnostics| text(field, to).map(|_| field.node.clone());
            map.optional("Expression", written).map(What::Expression)
        }
        None => None,
    };
    map.unused();
    Some(Entry { id: id?, what: what?, returns_data })
}

/// A name that expressions can use: a small letter, then letters, digits and `_`.
fn id(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let found = spanned(text)(field, to)?;
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_id = found.value.starts_with(|c: char| c.is_ascii_lowercase())
        && found.value.chars().all(is_inner)
        && found.value.len() <= ID_CHARS_MAX;
    if !is_id {
        let title = format!("`{}` is `{}`, no id", field.name, shortened(&found.value));
        let help = "begin with a small letter, then letters, digits and `_`: `m1`";
        to.push(refused(found.span, title).label("cannot be used in expressions").help(help));
        return None;
    }
    Some(found)
}

/// The most characters of an id.
const ID_CHARS_MAX: usize = 255;

fn metric_stat(field: Field, to: &mut Diagnostics) -> Option<(Metric, Stat, Spanned<SimDuration>)> {
    let mut map = Map::open_aws(field, to)?.any_case();
    let metric = map.required("Metric", |field, to| {
        let mut map = Map::open_aws(field, to)?.any_case();
        let found = metric(&mut map);
        map.unused();
        found
    });
    let stat = map.required("Stat", stat::stat);
    let period = map.required("Period", spanned(period));
    map.unused();
    Some((metric?, stat?, period?))
}
