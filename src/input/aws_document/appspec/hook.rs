//! The functions that an AppSpec binds to lifecycle events.
//!
//! Not what they do, nor when. Rules: CD-LE-1, CD-LAM-3.

use super::{Form, refused, silence};
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::value::{empty_value, spanned};
use crate::input::decode::{Field, Map, listed, nearest, text, wrong_type};
use crate::input::tree::{Key, Value, shortened};

/// A Lambda function bound to a lifecycle event.
#[derive(Clone, Debug, PartialEq)]
pub struct HookBinding {
    /// The event.
    pub event: LifecycleEvent,
    /// Where the event is named.
    pub event_span: Span,
    /// Name or ARN of the function.
    pub function: Spanned<String>,
}

/// `Hooks`: a list of maps with one key each. A faulty hook does not hide the others.
pub fn list(form: &Form) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Vec<HookBinding>> {
    |field, to| bindings(field, form, to)
}

fn bindings(field: Field, form: &Form, to: &mut Diagnostics) -> Option<Vec<HookBinding>> {
    let Value::List(items) = &field.node.value else {
        to.push(
            wrong_type(field, "a list")
                .help("write each hook after a dash: `- AfterInstall: \"function-name\"`"),
        );
        return None;
    };
    let mut hooks: Vec<HookBinding> = Vec::new();
    for node in items {
        let Some(hook) = hook(Field::new("Hooks", node), form, to) else { continue };
        match hooks.iter().position(|earlier| earlier.event == hook.event) {
            None => hooks.push(hook),
            Some(at) => {
                let earlier = std::mem::replace(&mut hooks[at], hook);
                let title = format!("`{}` is bound twice, the later one counts", earlier.event);
                to.push(
                    Diagnostic::new(code::DUPLICATE_KEY, earlier.event_span, title)
                        .label("this one is ignored")
                        .help("delete the one that is not meant"),
                );
            }
        }
    }
    Some(hooks)
}

/// One item of `Hooks`.
fn hook(field: Field, form: &Form, to: &mut Diagnostics) -> Option<HookBinding> {
    let mut map = Map::open(field, to)?;
    let entries = field.node.entries().unwrap_or_default();
    let Some((key, node)) = entries.first() else {
        map.tell(empty_value(field.name, field.node.span));
        return None;
    };
    if let Some((second, _)) = entries.get(1) {
        let title = format!("`{}` stands beside another hook", shortened(&second.name));
        map.tell(
            refused(second.span, title)
                .label("a second key in one item")
                .help("write each hook after a dash of its own"),
        );
    }
    let silence = silence(Field { name: &key.name, node, key_span: key.span });
    let function = match silence {
        Some(silence) => {
            map.tell(silence);
            None
        }
        None => map.optional(&key.name, spanned(text)),
    };
    let event = event(key, form, to);
    Some(HookBinding { event: event?, event_span: key.span, function: function? })
}

/// The lifecycle event of a hook's name; only some can have one.
fn event(key: &Key, form: &Form, to: &mut Diagnostics) -> Option<LifecycleEvent> {
    let found = form.hooks.iter().copied().find(|event| event.as_str() == key.name);
    if found.is_none() {
        let names = form.hooks.iter().map(|event| event.as_str()).collect::<Vec<_>>();
        let title =
            format!("`{}` is no hook of a deployment on {}", shortened(&key.name), form.platform);
        let of_another = LifecycleEvent::HOOKS.iter().any(|event| event.as_str() == key.name);
        let label = if of_another { "a hook of ECS" } else { "unknown hook" };
        to.push(
            Diagnostic::new(code::UNKNOWN_HOOK, key.span, title)
                .label(label)
                .help(format!("the hooks are {}", listed(&names)))
                .meant(&key.name, nearest(&key.name, &names).filter(|_| !of_another)),
        );
    }
    found
}
