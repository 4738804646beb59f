//! The alarms of a deployment group.
//!
//! Not what an alarm measures. Rules: CD-ALM-8, CD-VAL-12, CD-VAL-13.

use std::collections::BTreeSet;

use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::value::filled;
use crate::input::decode::{Field, Map, boolean, list};
use crate::input::tree::shortened;

/// `AlarmConfiguration`. Rule: CD-ALM-8.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlarmConfiguration {
    /// Whether they are watched; if not, the names are kept all the same.
    pub enabled: bool,
    /// Whether a deployment goes on while their state cannot be read.
    pub ignore_poll_alarm_failure: bool,
    /// The alarms by name.
    pub names: Vec<Spanned<String>>,
    /// Where it is written.
    pub span: Option<Span>,
}

/// Reads `alarmConfiguration`.
pub fn alarms(field: Field, to: &mut Diagnostics) -> Option<AlarmConfiguration> {
    let mut map = Map::open_aws(field, to)?;
    let enabled = map.or("enabled", boolean, false);
    let ignore_poll_alarm_failure = map.or("ignorePollAlarmFailure", boolean, false);
    let written = map.has("alarms");
    let names = map.optional(
        "alarms",
        list(|field, to| {
            let mut map = Map::open_aws(field, to)?;
            let name = map.required("name", filled);
            map.unused();
            name
        }),
    );
    map.unused();
    let refused = |span: Span, title: String| Diagnostic::new(code::ALARMS_REFUSED, span, title);
    if enabled && (!written || names.as_ref().is_some_and(Vec::is_empty)) {
        let title = "alarms are enabled, but none is named".to_string();
        to.push(
            refused(field.node.span, title)
                .help("name one, `\"alarms\": [{\"name\": \"my-alarm\"}]`, or disable them"),
        );
    }
    let names = names.unwrap_or_default();
    const NAME_CHARS_MAX: usize = 255;
    for name in names.iter().filter(|name| name.value.chars().count() > NAME_CHARS_MAX) {
        let title = format!("the name of an alarm has more than {NAME_CHARS_MAX} characters");
        to.push(refused(name.span, title).label("too long").help("write the name of the alarm"));
    }
    let mut seen = BTreeSet::new();
    for name in &names {
        if !seen.insert(&name.value) {
            let title = format!("the alarm `{}` is named twice", shortened(&name.value));
            to.push(refused(name.span, title).label("again").help("take it away"));
        }
    }
    const ALARMS_MAX: usize = 10;
    if let Some(beyond) = names.get(ALARMS_MAX) {
        let title = format!("{} alarms are named, more than {ALARMS_MAX}", names.len());
        to.push(
            refused(beyond.span, title)
                .label("one too many")
                .help("keep the ten that matter most")
                .refused_with(Exception::AlarmsLimitExceeded),
        );
    }
    let span = Some(field.key_span);
    Some(AlarmConfiguration { enabled, ignore_poll_alarm_failure, names, span })
}
