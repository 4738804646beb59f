//! An AppSpec for AWS Lambda: which alias of which function moves, from which version to which.
//!
//! Not whether function, alias and versions exist (CD-LAM-10). Rules: CD-LAM-1, CD-LAM-3, CD-LAM-7, CD-VAL-4.

#[cfg(test)]
mod tests;

use super::appspec::{Form, HookBinding, held, parts, refused, shown};
use super::kind::Kind;
use super::value::{is_empty, is_placeholder, name, placeholder};
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, Spanned, code};
use crate::input::decode::{Field, Map, text};
use crate::input::tree::Value;

/// What an AppSpec for Lambda says that a deployment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaAppSpec {
    /// `Name`: name or ARN of the function; absent if it is empty or a placeholder stands for it.
    pub function: Option<Spanned<String>>,
    /// `Alias`: what clients call; absent if it is empty or a placeholder stands for it.
    pub alias: Option<Spanned<String>>,
    /// `CurrentVersion`: where the alias points, from 1 on; absent if it is empty or a placeholder stands for it.
    pub current_version: Option<Spanned<u64>>,
    /// `TargetVersion`: where it is to point, likewise. A lower one is a way back, and legal.
    pub target_version: Option<Spanned<u64>>,
    /// The functions that are bound, at most one an event, in the order of the file.
    pub hooks: Vec<HookBinding>,
    /// The place of the whole, in the text that holds it.
    pub span: Span,
}

const LAMBDA: Form = Form {
    kind: Kind::LambdaAppSpec,
    resource_type: "AWS::Lambda::Function",
    resource_name: "TargetFunction",
    target: "function of AWS Lambda",
    platform: "Lambda",
    hooks: &[LifecycleEvent::BeforeAllowTraffic, LifecycleEvent::AfterAllowTraffic],
};

/// Reads an AppSpec for Lambda: the file itself, a revision that holds its text, or a deployment with such a revision.
pub fn lambda_app_spec(
    field: Field,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<LambdaAppSpec> {
    held(field, &LAMBDA, sources, to, |field, to| {
        let (properties, hooks) = parts(field, &LAMBDA, to, properties)?;
        Some(LambdaAppSpec { hooks, span: field.node.span, ..properties? })
    })
}

/// The properties of the function, all four of them required. Rule: CD-LAM-1.
fn properties(field: Field, to: &mut Diagnostics) -> Option<LambdaAppSpec> {
    let span = field.node.span;
    let mut map = Map::open(field, to)?.any_case();
    let function = map.required("Name", name);
    let alias = map.required("Alias", name);
    let current_version = map.required("CurrentVersion", version);
    let target_version = map.required("TargetVersion", version);
    map.unused();
    Some(LambdaAppSpec {
        function,
        alias,
        current_version,
        target_version,
        hooks: Vec::new(),
        span,
    })
}

/// The number of a published version: a whole number from 1 on, as a text.
fn version(field: Field, to: &mut Diagnostics) -> Option<Spanned<u64>> {
    let written = text(field, to)?;
    if is_empty(field, &written, to) {
        return None;
    }
    let span = field.node.span;
    let is_number = written.bytes().all(|byte| byte.is_ascii_digit()) && !written.starts_with('0');
    if let Some(value) = written.parse().ok().filter(|_| is_number) {
        if matches!(field.node.value, Value::Number(_)) {
            let title = format!("`{}` is the number {value}, not a text", field.name);
            to.push(
                Diagnostic::new(code::DOUBTFUL_VERSION, span, title)
                    .label("versions are texts")
                    .help(format!("write `\"{value}\"`, in quotes")),
            );
        }
        return Some(Spanned { value, span });
    }
    if written == "$LATEST" {
        to.push(
            refused(span, format!("`{}` is `$LATEST`", field.name))
                .label("not published, so that no alias can share traffic with it")
                .help("publish a version and write its number, such as `\"2\"`"),
        );
    } else if is_placeholder(&written) {
        to.push(placeholder(field, &written));
    } else {
        to.push(
            refused(span, format!("`{}` is {}, no version", field.name, shown(field.node)))
                .label("the number of a published version is needed here")
                .help("write it as a text, such as `\"2\"`"),
        );
    }
    None
}
