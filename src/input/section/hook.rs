//! `hooks:` and `lifecycle:`: how hook functions behave, and the pace of a recorded run.

use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::input::decode::{Field, Map};
use crate::input::unit;
use crate::scenario::deployment::{Hook, Pace};

/// How a hook function behaves, where the scenario says so.
#[derive(Clone, Debug, PartialEq)]
pub struct HookBehaviour {
    /// Where it is written.
    pub span: Span,
    /// From invocation to answer; nothing if the assumption holds.
    pub duration: Option<Distribution>,
    /// Share of the runs in which it answers `Failed`.
    pub fails: Share,
    /// Share of the runs in which it never answers.
    pub silent: Share,
    /// Share of the runs in which it cannot be invoked.
    pub invocation_fails: Share,
    /// Share of the runs in which the service role may not invoke it.
    pub access_denied: Share,
}

impl HookBehaviour {
    /// The hook, with what is assumed of its duration.
    pub fn hook(&self, assumed: &Distribution) -> Hook {
        Hook {
            duration: self.duration.clone().unwrap_or_else(|| assumed.clone()),
            fails: self.fails,
            silent: self.silent,
            invocation_fails: self.invocation_fails,
            access_denied: self.access_denied,
        }
    }
}

/// `hooks:`: an entry for each event that has a function, by the event's position.
pub fn hooks(field: Field, to: &mut Diagnostics) -> Option<[Option<HookBehaviour>; 8]> {
    let mut map = Map::open(field, to)?;
    let mut hooks: [Option<HookBehaviour>; LifecycleEvent::ALL.len()] = Default::default();
    for event in LifecycleEvent::HOOKS {
        hooks[event as usize] = map.optional(event.as_str(), behaviour);
    }
    // Only if one is there: what was asked for is listed to whoever misspells a hook.
    let is_there = |event: &&LifecycleEvent| field.node.key(event.as_str()).is_some();
    for &event in LifecycleEvent::ALL.iter().filter(|event| !event.is_hook()).filter(is_there) {
        if let Some(field) = map.take(event.as_str()) {
            let title = format!("no function can be bound to `{event}`");
            map.tell(
                Diagnostic::new(code::UNKNOWN_CHOICE, field.key_span, title)
                    .label("CodeDeploy performs this event itself")
                    .help("the hooks of ECS are `BeforeInstall`, `AfterInstall`, `AfterAllowTestTraffic`, `BeforeAllowTraffic` and `AfterAllowTraffic`"),
            );
        }
    }
    map.finish();
    Some(hooks)
}

fn behaviour(field: Field, to: &mut Diagnostics) -> Option<HookBehaviour> {
    let span = field.key_span;
    let mut map = Map::open(field, to)?;
    let duration = map.optional("duration", unit::latency);
    let mut share = |key| map.or(key, unit::share, Share::ZERO);
    let behaviour = HookBehaviour {
        span,
        duration,
        fails: share("fails"),
        silent: share("silent"),
        invocation_fails: share("invocation_fails"),
        access_denied: share("access_denied"),
    };
    map.finish();
    Some(behaviour)
}

/// `lifecycle:`: gap and duration of events as a recorded run showed them, by the event's position.
pub fn lifecycle(field: Field, to: &mut Diagnostics) -> Option<[Pace; 8]> {
    let mut map = Map::open(field, to)?;
    let mut paces: [Pace; LifecycleEvent::ALL.len()] = Default::default();
    for &event in LifecycleEvent::ALL {
        if let Some(pace) = map
            .optional(event.as_str(), |field: Field, to: &mut Diagnostics| pace(field, event, to))
        {
            paces[event as usize] = pace;
        }
    }
    map.finish();
    Some(paces)
}

fn pace(field: Field, event: LifecycleEvent, to: &mut Diagnostics) -> Option<Pace> {
    let mut map = Map::open(field, to)?;
    let gap = map.optional("gap", unit::latency);
    let duration = map.optional("duration", unit::latency);
    if event == LifecycleEvent::Install
        && duration.is_some()
        && let Some(field) = map.take("duration")
    {
        map.tell(
            Diagnostic::new(
                code::CONFLICTING_KEYS,
                field.key_span,
                "`Install` lasts until the replacement is steady",
            )
            .label("cannot be given here")
            .help("give the replacement's `launch` in `revisions:` instead"),
        );
    }
    map.finish();
    Some(Pace { gap, duration })
}
