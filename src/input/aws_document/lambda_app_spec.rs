//! An AppSpec for AWS Lambda: which alias moves from which version to which, and which hooks are bound.
//!
//! Rules: CD-LAM-1, CD-LAM-3.

use super::appspec::HookBinding;
use super::kind::{Kind, expected};
use super::value::{filled, spanned};
use crate::aws::exception::Exception;
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, Map, choice, integer, items, listed, wrong_type};
use crate::input::tree::shortened;

/// What an AppSpec for Lambda says that a deployment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaAppSpec {
    /// `name` of the function.
    pub name: Spanned<String>,
    /// `alias`.
    pub alias: Spanned<String>,
    /// `currentversion`.
    pub current_version: Spanned<u32>,
    /// `targetversion`.
    pub target_version: Spanned<u32>,
    /// The functions that are bound, at most one an event.
    pub hooks: Vec<HookBinding>,
    /// The place of the whole.
    pub span: Span,
}

/// Reads the AppSpec; whatever is wrong with it CodeDeploy refuses (CD-VAL-4).
pub fn app_spec(field: Field, to: &mut Diagnostics) -> Option<LambdaAppSpec> {
    let field = expected(field, &[Kind::LambdaAppSpec], to)?;
    let told = to.len();
    let found = checked(field, to);
    to.refuse_since(told, Exception::InvalidRevision);
    found
}

fn checked(field: Field, to: &mut Diagnostics) -> Option<LambdaAppSpec> {
    let mut map = Map::open(field, to)?.any_case();
    map.has("version");
    let resource = map.required("Resources", only);
    let hooks = map.or("Hooks", hooks, Vec::new());
    map.unused();
    Some(LambdaAppSpec { hooks, span: field.node.span, ..resource? })
}

/// `Resources`: a list of one map with one key, the resource's name.
fn only(field: Field, to: &mut Diagnostics) -> Option<LambdaAppSpec> {
    let entry = match field.node.items() {
        Some([only]) => only.entries().filter(|entries| entries.len() == 1),
        _ => None,
    };
    let Some([(key, node)]) = entry else {
        to.push(
            wrong_type(field, "a list of one resource")
                .help("write a dash before the name of the function: `- checkout:`"),
        );
        return None;
    };
    let mut map = Map::open(Field { name: &key.name, node, key_span: key.span }, to)?.any_case();
    map.required("Type", choice(&[("AWS::Lambda::Function", ())]));
    let properties = map.required("Properties", properties);
    map.unused();
    properties
}

fn properties(field: Field, to: &mut Diagnostics) -> Option<LambdaAppSpec> {
    let mut map = Map::open(field, to)?.any_case();
    let (name, alias) = (map.required("Name", filled), map.required("Alias", filled));
    let current_version = map.required("CurrentVersion", version);
    let target_version = map.required("TargetVersion", version);
    map.unused();
    Some(LambdaAppSpec {
        name: name?,
        alias: alias?,
        current_version: current_version?,
        target_version: target_version?,
        hooks: Vec::new(),
        span: field.node.span,
    })
}

/// A positive integer, mostly given as a text.
fn version(field: Field, to: &mut Diagnostics) -> Option<Spanned<u32>> {
    let span = field.node.span;
    let number = field.node.scalar().and_then(|text| text.parse::<u32>().ok());
    match number.filter(|number| *number > 0) {
        Some(value) => Some(Spanned { value, span }),
        None => {
            integer(1..=i64::from(u32::MAX))(field, to)?;
            None
        }
    }
}

/// `Hooks`: a list of maps with one key each.
fn hooks(field: Field, to: &mut Diagnostics) -> Option<Vec<HookBinding>> {
    let found = items(hook)(field, to)?;
    Some(found.into_iter().flatten().collect())
}

fn hook(field: Field, to: &mut Diagnostics) -> Option<Vec<HookBinding>> {
    const EVENTS: [LifecycleEvent; 2] =
        [LifecycleEvent::BeforeAllowTraffic, LifecycleEvent::AfterAllowTraffic];
    let entries = field.node.entries().map(<[_]>::iter).unwrap_or_default();
    let mut bound = Vec::new();
    for (key, node) in entries {
        let field = Field { name: &key.name, node, key_span: key.span };
        match EVENTS.into_iter().find(|event| event.as_str() == key.name) {
            Some(event) => bound.extend(
                spanned(crate::input::decode::text)(field, to).map(|function| HookBinding {
                    event,
                    event_span: key.span,
                    function,
                }),
            ),
            None => {
                let title =
                    format!("`{}` is no hook of a deployment on Lambda", shortened(&key.name));
                let names = EVENTS.map(LifecycleEvent::as_str);
                to.push(
                    Diagnostic::new(code::UNKNOWN_HOOK, key.span, title)
                        .label("unknown hook")
                        .help(format!("the hooks are {}", listed(&names))),
                );
            }
        }
    }
    Some(bound)
}
