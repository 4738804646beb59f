//! What of a workflow can never do anything: guards that nothing asks, and a way back that nothing leads to.

use super::{ExternalSection, WrittenStep};
use crate::diagnostic::{Diagnostic, Span, code};
use crate::input::decode::Map;

/// Keys of a step that say nothing without another, and why.
const NEEDS: [(&str, &str, &str); 3] = [
    ("timeout", "when", "a step without `when` does not wait"),
    ("on_timeout", "timeout", "a step without `timeout` waits for ever"),
    ("retry", "do", "a step without `do` calls nothing"),
];
/// Keys of a step that give the deployment up, which nothing does on the way back.
const FORTH_ONLY: [&str; 2] = ["unless", "on_timeout"];

/// Warns of the keys of a step that nothing asks.
pub(super) fn check_step(map: &mut Map<'_, '_>, goes_back: bool) {
    for (key, needed, why) in NEEDS {
        if let Some(field) = map.take(key)
            && !map.has(needed)
        {
            let title = format!("`{key}` stands without `{needed}`");
            map.tell(idle(field.key_span, title, why).help(format!("write `{needed}` beside it")));
        }
    }
    for key in FORTH_ONLY.into_iter().filter(|_| goes_back) {
        if let Some(field) = map.take(key) {
            let title = format!("`{key}` stands in a step of `abort`");
            let why = "nothing is given up on the way back";
            map.tell(idle(field.key_span, title, why).help("take it away"));
        }
    }
}

/// The warning of a way back that a refused call alone leads to, if it is so.
pub(super) fn unreached(section: &ExternalSection, abort: Span) -> Option<Diagnostic> {
    let gives_up = |step: &WrittenStep| {
        let waits = step.when.is_some() && step.timeout.is_some() && !step.goes_on_after_timeout;
        step.unless.is_some() || waits
    };
    let is_reached = section.abort_if.is_some() || section.steps.iter().any(gives_up);
    (!is_reached && !section.abort.is_empty()).then(|| {
        let title = "`abort` stands without `abort_if`, `unless` or `timeout`";
        idle(abort, title, "only a call that is refused leads here")
            .help("say when the deployment is given up, such as `abort_if: { alarm: NAME }`")
    })
}

/// Says that something is idle, and why.
pub(super) fn idle(span: Span, title: impl Into<String>, why: &str) -> Diagnostic {
    Diagnostic::new(code::IDLE_GUARD, span, title).label(why)
}
