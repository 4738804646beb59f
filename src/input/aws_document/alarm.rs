//! CloudWatch alarms: the inputs that make them, the answers that describe them, and lists that people keep of them.
//!
//! Not what an alarm does with data (`scenario::alarm`). Rules: CW-ALARM-2, CW-ALARM-10.

mod math;
mod metric;
mod rule;
mod stat;
#[cfg(test)]
mod tests;
mod token;

use math::Fault;

use super::envelope::inner;
use super::kind::{Kind, expected};
use super::recognition::any_case;
use super::value::{is_placeholder, matched_name, placeholder, seconds};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, Map, boolean, items, list, listed, scalar_text, suggestion};
use crate::input::tree::{Node, Value, shortened};
use crate::scenario::alarm::Alarm;
use crate::scenario::alarm::composite::{CompositeAlarm, Suppressor};

/// The most actions that one state may have. Rule: CW-ALARM-2.
const ACTIONS_MAX: usize = 5;
/// The most characters of a name. Rule: CW-ALARM-2.
const NAME_CHARS_MAX: usize = 255;
/// The answer's keys of both kinds of alarms, and what lists that people keep are called.
const LISTS: [&str; 5] =
    ["MetricAlarms", "CompositeAlarms", "Alarms", "alarms", "AlarmDefinitions"];

/// Reads alarms: answers with any number of them, the inputs that make them, a list or one; if `named`, only
/// those of this name. The place of each is that of its name.
///
/// A faulty alarm does not hide the others, and is left out.
pub fn alarms(
    field: Field,
    named: Option<&str>,
    to: &mut Diagnostics,
) -> Option<Vec<Spanned<Alarm>>> {
    let is_unread = |node: &Node| node.value == Value::Unread;
    if field.node.items().is_some_and(|items| !items.is_empty() && items.iter().all(is_unread)) {
        return None;
    }
    let field = expected(field, &[Kind::Alarms], to)?;
    let mut lists = Vec::new();
    gather(field.name, field.node, &mut lists);
    let wanted = |node: &Node| named.is_none_or(|named| name_of(node) == Some(named));
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for (name, node) in lists {
        let nodes = node.items().unwrap_or(std::slice::from_ref(node));
        others.extend(nodes.iter().filter_map(name_of));
        let read = |field: Field, to: &mut Diagnostics| match wanted(field.node) {
            true => Some(Some(alarm(field, to))),
            false => Some(None),
        };
        found.extend(items(read)(Field::new(name, node), to)?.into_iter().flatten());
    }
    if found.is_empty() {
        let what =
            named.map_or("no alarm".into(), |name| format!("no alarm `{}`", shortened(name)));
        let near = named.and_then(|name| suggestion(name, &others));
        let known = format!("its alarms are {}", listed(&others));
        let help = match others.is_empty() {
            true => "ask for it: `aws cloudwatch describe-alarms --alarm-names NAME`".into(),
            false => near.unwrap_or(known),
        };
        let title = format!("`{}` holds {what}", field.name);
        let diagnostic = Diagnostic::new(code::NOT_ONE, field.node.span, title);
        to.push(diagnostic.label("an alarm is needed here").help(help));
    }
    let found: Vec<Spanned<Alarm>> = found.into_iter().flatten().collect();
    tell_repeated(&found, to);
    Some(found)
}

/// The lists of alarms in a document, in a list of documents, or what it is itself.
fn gather<'a>(name: &'a str, node: &'a Node, to: &mut Vec<(&'a str, &'a Node)>) {
    let lists = |node: &'a Node| {
        let named = LISTS.iter().filter_map(|name| Some((*name, inner(node).key(name)?)));
        named.filter(|(_, list)| list.items().is_some())
    };
    let before = to.len();
    to.extend(lists(node));
    let documents = node.items().filter(|items| items.iter().any(|item| lists(item).count() > 0));
    match documents {
        Some(items) => items.iter().for_each(|item| gather(name, item, to)),
        None if to.len() == before && node.value != Value::Unread => to.push((name, node)),
        None => {}
    }
}

/// The name that an alarm gives itself.
fn name_of(node: &Node) -> Option<&str> {
    any_case(node, "AlarmName").and_then(Node::scalar)
}

/// Names of alarms are unique in an account: two documents of one name are two states of the same alarm.
fn tell_repeated(found: &[Spanned<Alarm>], to: &mut Diagnostics) {
    for (place, alarm) in found.iter().enumerate() {
        let name = alarm.value.name();
        if found[..place].iter().any(|other| other.value.name() == name) {
            let title = format!("there are two alarms of the name `{}`", shortened(name));
            to.push(refused(alarm.span, title).label("again").help("keep one of them"));
        }
    }
}

fn alarm(field: Field, to: &mut Diagnostics) -> Option<Spanned<Alarm>> {
    let field = expected(field, &[Kind::Alarms], to)?;
    tell_case(field.node, to);
    let mut map = Map::open_aws(field, to)?.any_case();
    let name = map.required("AlarmName", matched_name);
    if let Some(name) = name.as_ref().filter(|name| name.value.chars().count() > NAME_CHARS_MAX) {
        let title = format!("`AlarmName` has more than {NAME_CHARS_MAX} characters");
        map.tell(refused(name.span, title).label("too long").help("write a shorter name"));
    }
    let mut common = Common {
        name: name.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        is_composite: map.has("AlarmRule"),
        actions_enabled: map.or("ActionsEnabled", boolean, true),
        scaling_policies: Vec::new(),
    };
    for key in ["AlarmActions", "OKActions", "InsufficientDataActions"] {
        let found = map.optional(key, |field, to| actions(field, common.is_composite, to));
        if key == "AlarmActions" {
            common.scaling_policies = found.unwrap_or_default();
        }
    }
    let found = match common.is_composite {
        true => composite(&mut map, common).map(Alarm::Composite),
        false => metric::alarm(&mut map, common).map(|alarm| Alarm::Metric(Box::new(alarm))),
    };
    map.unused();
    Some(Spanned { value: found?, span: name?.span })
}

/// What alarms of both kinds have.
struct Common {
    name: String,
    is_composite: bool,
    actions_enabled: bool,
    scaling_policies: Vec<String>,
}

fn composite(map: &mut Map, common: Common) -> Option<CompositeAlarm> {
    let suppressor = map.optional("ActionsSuppressor", matched_name);
    let mut period = |key| match suppressor.is_some() {
        true => map.required(key, seconds(0..=SUPPRESSOR_SECONDS_MAX)),
        false => map.optional(key, seconds(0..=SUPPRESSOR_SECONDS_MAX)),
    };
    let wait_period = period("ActionsSuppressorWaitPeriod");
    let extension_period = period("ActionsSuppressorExtensionPeriod");
    let rule = map.required("AlarmRule", |field, to| {
        let text = scalar_text(field, "a rule", to)?;
        rule::parse(text).map_err(|fault| to.push(told(field, &fault, code::ALARM_RULE))).ok()
    });
    let suppressor = match suppressor {
        None => None,
        Some(alarm) => Some(Suppressor {
            alarm: rule::named(&alarm.value).to_string(),
            wait_period: wait_period?,
            extension_period: extension_period?,
        }),
    };
    let (rule, children) = rule?;
    let Common { name, actions_enabled, .. } = common;
    Some(CompositeAlarm { name, rule, children, suppressor, actions_enabled })
}

/// The names of the alarms that a document's rule and suppressor name; none if it is no composite alarm, or has no rule that
/// can be read, which is told where it is read.
pub fn rests_on(document: &Node) -> Vec<String> {
    let text = |key| any_case(document, key).and_then(Node::scalar);
    let children = text("AlarmRule").and_then(|rule| rule::parse(rule).ok());
    let mut names = children.map(|(_, children)| children).unwrap_or_default();
    names.extend(text("ActionsSuppressor").map(|name| rule::named(name).to_string()));
    names
}

/// A week, the longest that anything about alarms lasts.
const SUPPRESSOR_SECONDS_MAX: i64 = 604_800;

/// The actions of one state: at most five (CW-ALARM-2), of a composite alarm none that scales (CW-ALARM-10). Those that
/// scale are returned.
fn actions(field: Field, is_composite: bool, to: &mut Diagnostics) -> Option<Vec<String>> {
    let written = list(|field, to| {
        let action = scalar_text(field, "an ARN", to)?;
        if is_placeholder(action) {
            to.push(placeholder(field, action));
        }
        Some((action.to_string(), field.node.span))
    })(field, to)?;
    if let Some((_, span)) = written.get(ACTIONS_MAX) {
        let title =
            format!("`{}` has {} actions, more than {ACTIONS_MAX}", field.name, written.len());
        to.push(refused(*span, title).label("one too many").help("let one topic tell the others"));
    }
    let scaling = || written.iter().filter(|(action, _)| action.contains(":autoscaling:"));
    for (_, span) in scaling().filter(|_| is_composite) {
        let title = format!("`{}` of a composite alarm scales", field.name);
        let help = "only alarms on metrics can: make it an action of one of those";
        to.push(refused(*span, title).label("a scaling policy").help(help));
    }
    Some(scaling().map(|(action, _)| action.clone()).collect())
}

/// Home-made documents begin their keys with small letters; the API does not.
fn tell_case(node: &Node, to: &mut Diagnostics) {
    let keys = node.entries().unwrap_or_default().iter().map(|(key, _)| key);
    let mut small = keys.filter(|key| key.name.starts_with(|c: char| c.is_ascii_lowercase()));
    if let Some(key) = small.next() {
        let mut letters = key.name.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase()).unwrap_or_default();
        let title = format!("`{}` begins with a small letter", key.name);
        to.push(
            Diagnostic::new(code::ALARM_SPELLING, key.span, title)
                .label("the API takes capital ones")
                .help(format!("write `{first}{}`, and the other keys likewise", letters.as_str())),
        );
    }
}

/// The fault of an alarm that CloudWatch refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::ALARM_REFUSED, span, title)
}

/// A fault inside a text, at its place.
fn told(field: Field, fault: &Fault, code: Code) -> Diagnostic {
    let code = if fault.is_left_out { code::NOT_SIMULATED } else { code };
    let title = format!("`{}`: {}", field.name, fault.title);
    Diagnostic::new(code, field.node.part(fault.range.clone()), title)
        .label(if fault.is_left_out { "CloudWatch can do this" } else { "here" })
        .help(&fault.help)
}
