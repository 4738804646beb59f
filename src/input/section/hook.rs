//! `hooks:` and `lifecycle:`: how hook functions behave, and the pace of a recorded run.

use crate::aws::name::LifecycleEvent;
use crate::aws::service::ServiceDeploymentStage;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, integer};
use crate::input::unit;
use crate::scenario::deployment::{Hook, Pace};
use crate::scenario::service_deployment::shift::{CALL_BACK_DELAY, StageFunction};

/// How a hook function behaves, where the scenario says so.
#[derive(Clone, Debug, PartialEq)]
pub struct HookBehaviour {
    /// Where it is written.
    pub span: Span,
    /// From invocation to answer; nothing if the assumption holds.
    pub duration: Option<Distribution>,
    /// Share of the runs in which it answers `Failed`.
    pub fails: Share,
    /// The same where what is deployed is a bad release.
    pub detects: Option<Share>,
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
            detects: self.detects,
            silent: self.silent,
            invocation_fails: self.invocation_fails,
            access_denied: self.access_denied,
        }
    }
}

/// How the functions of a stage behave, where ECS itself deploys and the scenario says so.
#[derive(Clone, Debug, PartialEq)]
pub struct StageBehaviour {
    /// The stage.
    pub stage: ServiceDeploymentStage,
    /// Where it is written.
    pub span: Span,
    /// From invocation to answer; nothing if the assumption holds.
    pub duration: Option<Distribution>,
    /// How often a function answers `IN_PROGRESS` first.
    pub in_progress: u32,
    /// From such an answer to the next invocation.
    pub call_back_delay: SimDuration,
    /// Share of the runs in which it fails.
    pub fails: Share,
    /// The same where what is deployed is a bad release.
    pub detects: Option<Share>,
    /// Share of the runs in which it is never done.
    pub silent: Share,
}

impl StageBehaviour {
    /// The function, with what is assumed of its duration.
    pub fn function(&self, assumed: &Distribution) -> StageFunction {
        StageFunction {
            duration: self.duration.clone().unwrap_or_else(|| assumed.clone()),
            in_progress: self.in_progress,
            call_back_delay: self.call_back_delay,
            fails: self.fails,
            detects: self.detects,
            silent: self.silent,
        }
    }
}

/// What `hooks:` says: of the functions of CodeDeploy's events, by the event's position, and of those of ECS's stages.
#[derive(Clone, Debug, Default)]
pub struct Hooks {
    /// By event.
    pub events: [Option<HookBehaviour>; 8],
    /// By stage.
    pub stages: Vec<StageBehaviour>,
}

/// `hooks:`: an entry for each event or stage that has a function.
pub fn hooks(field: Field, to: &mut Diagnostics) -> Option<Hooks> {
    let mut map = Map::open(field, to)?;
    let stages = ServiceDeploymentStage::ALL.iter().filter(|stage| stage.takes_functions());
    let mut stage_hooks = Vec::new();
    for &stage in stages {
        let read = |field: Field, to: &mut Diagnostics| stage_behaviour(field, stage, to);
        stage_hooks.extend(map.optional(stage.as_str(), read));
    }
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
    Some(Hooks { events: hooks, stages: stage_hooks })
}

fn stage_behaviour(
    field: Field,
    stage: ServiceDeploymentStage,
    to: &mut Diagnostics,
) -> Option<StageBehaviour> {
    let span = field.key_span;
    let mut map = Map::open(field, to)?;
    let duration = map.optional("duration", unit::latency);
    let in_progress = map.or("in_progress", integer(0..=1000), 0);
    let call_back_delay = map.or("call_back_delay", unit::duration, CALL_BACK_DELAY);
    let detects = map.optional("detects", unit::share);
    let mut share = |key| map.or(key, unit::share, Share::ZERO);
    let (fails, silent) = (share("fails"), share("silent"));
    map.finish();
    let in_progress = u32::try_from(in_progress).expect("within the range");
    Some(StageBehaviour {
        stage,
        span,
        duration,
        in_progress,
        call_back_delay,
        fails,
        detects,
        silent,
    })
}

fn behaviour(field: Field, to: &mut Diagnostics) -> Option<HookBehaviour> {
    let span = field.key_span;
    let mut map = Map::open(field, to)?;
    let duration = map.optional("duration", unit::latency);
    let detects = map.optional("detects", unit::share);
    let mut share = |key| map.or(key, unit::share, Share::ZERO);
    let behaviour = HookBehaviour {
        span,
        duration,
        fails: share("fails"),
        detects,
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
