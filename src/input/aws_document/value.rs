//! Values as AWS documents have them: names, ARNs, numbers, and what a template left in their place.
//!
//! Not values with units of our own, which stand in `unit`.

use std::ops::RangeInclusive;

use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Refusal, Span, Spanned, code};
use crate::engine::ratio::Ratio;
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, integer, listed, nearest, text};
use crate::input::tree::{Value, shortened};
use crate::input::unit::exact;

/// A value together with its place.
pub fn spanned<T>(
    read: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Spanned<T>> {
    move |field, to| read(field, to).map(|value| Spanned { value, span: field.node.span })
}

/// A name that the simulation can do without: an empty one or a placeholder is told and yields none.
pub fn name(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let written = text(field, to)?;
    if is_empty(field, &written, to) {
        return None;
    }
    if is_placeholder(&written) {
        to.push(placeholder(field, &written));
        return None;
    }
    Some(Spanned { value: written, span: field.node.span })
}

/// A name that other documents are matched by: a placeholder is told, but kept, since it may stand in all
/// of them. An empty one is an error.
pub fn matched_name(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let written = filled(field, to)?;
    if is_placeholder(&written.value) {
        to.push(placeholder(field, &written.value));
    }
    Some(written)
}

/// A text that may not be empty.
pub fn filled(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let written = text(field, to)?;
    if written.trim().is_empty() {
        let title = format!("`{}` is empty", field.name);
        to.push(
            Diagnostic::new(code::NO_VALUE, field.node.span, title)
                .label("a name is needed here")
                .help("write the name"),
        );
        return None;
    }
    Some(Spanned { value: written, span: field.node.span })
}

/// The name in the ARN of a resource of this kind; what is no such ARN is told as a placeholder.
pub fn arn(
    service: &'static str,
    kind: &'static str,
    what: &'static str,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Spanned<String>> {
    move |field, to| {
        let Spanned { value, span } = name(field, to)?;
        let named = name_in_arn(&value, service, kind).map(str::to_string);
        if named.is_none() {
            let title = format!("`{}` is `{}`, no ARN of {what}", field.name, shortened(&value));
            to.push(Diagnostic::new(code::PLACEHOLDER, span, title).label("no real value"));
        }
        named.map(|value| Spanned { value, span })
    }
}

/// The name in an ARN: the part after the kind, without what follows a further slash.
///
/// Region and account are not looked at: in documentation and templates they are words.
pub fn name_in_arn<'a>(arn: &'a str, service: &str, kind: &str) -> Option<&'a str> {
    let resource = arn_resource(arn, service)?.strip_prefix(kind)?.strip_prefix('/')?;
    let name = match kind {
        // `service/cluster/name`, and `service/name` in the short form of before 2018.
        "service" => resource.rsplit('/').next(),
        _ => resource.split('/').next(),
    };
    name.filter(|name| !name.is_empty())
}

/// What stands after the account in an ARN of this service.
pub fn arn_resource<'a>(arn: &'a str, service: &str) -> Option<&'a str> {
    let parts = arn.splitn(6, ':').collect::<Vec<_>>();
    match parts[..] {
        ["arn", _, of, _, _, resource] if of == service => Some(resource),
        _ => None,
    }
}

/// A whole number in a range; a word where it should be is told as a template that has not run.
pub fn number(range: RangeInclusive<i64>) -> impl FnOnce(Field, &mut Diagnostics) -> Option<i64> {
    move |field, to| {
        has_digits(field, to).then_some(())?;
        integer(range)(field, to)
    }
}

/// A number kept as it is written; a word where it should be is told as a template that has not run.
pub fn decimal(field: Field, to: &mut Diagnostics) -> Option<Ratio> {
    has_digits(field, to).then_some(())?;
    exact(field, to)
}

/// Tells of a text that no number stands in.
fn has_digits(field: Field, to: &mut Diagnostics) -> bool {
    let Value::Text { text, .. } = &field.node.value else { return true };
    let is_number = !is_placeholder(text) && text.bytes().any(|byte| byte.is_ascii_digit());
    if !is_number {
        to.push(no_number(field, text));
    }
    is_number
}

/// The fault of a word where a number is needed.
fn no_number(field: Field, written: &str) -> Diagnostic {
    let found = match written.trim().is_empty() {
        true => "empty".to_string(),
        false => format!("`{}`", shortened(written)),
    };
    let title = format!("`{}` is {found}, not a number", field.name);
    let help = match written.trim().is_empty() {
        true => "write the number itself",
        false => {
            "if a template step fills it in, run that step first; else write the number itself"
        }
    };
    Diagnostic::new(code::NUMBER_NEEDED, field.node.span, title)
        .label("a number is needed here")
        .help(help)
}

impl From<Exception> for Refusal {
    fn from(exception: Exception) -> Refusal {
        Refusal { by: exception.api(), exception: exception.as_str() }
    }
}

/// A number that AWS limits, with the code that its refusal goes by.
#[derive(Clone, Copy)]
pub struct Limit {
    /// The least and the most.
    pub range: (i64, i64),
    /// The kind of fault.
    pub code: Code,
}

impl Limit {
    /// Reads a number within the limit.
    pub fn number(self) -> impl FnOnce(Field, &mut Diagnostics) -> Option<i64> {
        move |field, to| {
            let value = number(i64::MIN..=i64::MAX)(field, to)?;
            let (least, most) = self.range;
            let bound = match value {
                _ if value < least => format!("less than {least}"),
                _ if value > most => format!("more than {most}"),
                _ => return Some(value),
            };
            let title = format!("`{}` is {value}, {bound}", field.name);
            to.push(
                Diagnostic::new(self.code, field.node.span, title)
                    .label("out of range")
                    .help(format!("write a number from {least} to {most}")),
            );
            None
        }
    }

    /// Reads whole minutes within the limit.
    pub fn minutes(self) -> impl FnOnce(Field, &mut Diagnostics) -> Option<SimDuration> {
        move |field, to| self.number()(field, to).map(|n| SimDuration::from_mins(unsigned(n)))
    }
}

/// Whole seconds in a range.
pub fn seconds(
    range: RangeInclusive<i64>,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<SimDuration> {
    move |field, to| number(range)(field, to).map(|n| SimDuration::from_secs(unsigned(n)))
}

/// A count in a range.
pub fn count(range: RangeInclusive<i64>) -> impl FnOnce(Field, &mut Diagnostics) -> Option<u32> {
    move |field, to| number(range)(field, to).and_then(|value| u32::try_from(value).ok())
}

/// A port, 1 to 65535.
pub fn port(field: Field, to: &mut Diagnostics) -> Option<Spanned<u16>> {
    let value = number(1..=65_535)(field, to).and_then(|value| u16::try_from(value).ok())?;
    Some(Spanned { value, span: field.node.span })
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).expect("ranges of times begin at zero or above")
}

/// Tells if a text is empty; no name and no number is.
pub fn is_empty(field: Field, written: &str, to: &mut Diagnostics) -> bool {
    let empty = written.trim().is_empty();
    if empty {
        to.push(empty_value(field.name, field.node.span));
    }
    empty
}

/// The warning of a value that is written and says nothing.
pub fn empty_value(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::EMPTY_VALUE, span, format!("`{name}` is empty"))
        .label("counts as absent")
        .help("write a value, or take the key away")
}

/// The warning of a placeholder where the simulation needs no value.
pub fn placeholder(field: Field, written: &str) -> Diagnostic {
    let title = format!("`{}` is the placeholder `{}`", field.name, shortened(written));
    Diagnostic::new(code::PLACEHOLDER, field.node.span, title).label("no real value")
}

/// Whether a name is what a template left: AWS allows none of these characters in names.
pub fn is_placeholder(text: &str) -> bool {
    let lower = text.trim_start().to_ascii_lowercase();
    let addressed =
        lower.strip_prefix("your").is_some_and(|rest| rest.starts_with(['-', '_', ' ']));
    addressed || text.contains(['<', '>', '[', ']', '{', '}', '$', '%'])
}

/// The fault of a platform that does not exist (CD-VAL-20).
pub fn no_platform(platform: Field) -> Option<Diagnostic> {
    let found = platform.node.scalar()?;
    if ComputePlatform::from_name(found).is_some() {
        return None;
    }
    let names = ComputePlatform::ALL.iter().map(|platform| platform.as_str()).collect::<Vec<_>>();
    let title = format!("`{}` is `{}`, no platform", platform.name, shortened(found));
    Some(
        Diagnostic::new(code::OTHER_PLATFORM, platform.node.span, title)
            .label("unknown word")
            .help(format!("write `ECS`: the platforms are {}", listed(&names)))
            .meant(found, nearest(found, &names))
            .refused_with(Exception::InvalidComputePlatform),
    )
}

/// Tells that a value which has been looked at plays no part, as [`Map::unused`] does of the others.
///
/// [`Map::unused`]: crate::input::decode::Map::unused
pub fn plays_no_part(field: Field, to: &mut Diagnostics) {
    let title = format!("`{}` is not used", field.name);
    to.push(
        Diagnostic::new(code::UNUSED_KEY, field.key_span, title)
            .label("plays no part in a simulation"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_arns_whatever_region_and_account_are() {
        let group =
            "arn:aws:elasticloadbalancing:region:aws_account_id:targetgroup/blue/209a844cd0";
        assert_eq!(name_in_arn(group, "elasticloadbalancing", "targetgroup"), Some("blue"));
        assert_eq!(name_in_arn(group, "elasticloadbalancing", "listener"), None);
        let cluster = "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/main";
        assert_eq!(name_in_arn(cluster, "ecs", "cluster"), Some("main"));
        let service = |tail: &str| format!("arn:aws:ecs:us-east-1:1:service/{tail}");
        assert_eq!(name_in_arn(&service("main/web"), "ecs", "service"), Some("web"));
        assert_eq!(name_in_arn(&service("web"), "ecs", "service"), Some("web"));
        for broken in ["", "arn::ecs:<region>", "cluster/main", "arn:aws:ecs:r:a:cluster/"] {
            assert_eq!(name_in_arn(broken, "ecs", "cluster"), None, "{broken}");
        }
    }

    #[test]
    fn placeholders_are_told_from_names() {
        for text in
            ["<TASK>", "$APP_PORT", "${var}", "[Your name]", "{{ x }}", "your-container", "YOUR_X"]
        {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["web", "my app", "yours", "blue-1", "arn:aws:ecs:r:1:cluster/x"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
