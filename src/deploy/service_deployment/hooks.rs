//! The lifecycle hooks of one stage: they run beside each other, and all of them must let it pass.
//!
//! When each will be done, and with what, is drawn when the stage begins; only one that waits for somebody is open. Rule: ECS-BG-5
//! (docs/semantics/environment.md).

use super::Run;
use super::native::Native;
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Timer;
use crate::aws::call::ApiException;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{ErrorCode, HookAnswer};
use crate::aws::service::HookStatus;
use crate::cloud::Cloud;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::service_deployment::shift::{StageFunction, StageHook};

/// Ten hooks of each type at most run at a stage.
const HOOKS_MAX: usize = 20;
/// One invocation may last so long; then it has failed.
const INVOCATION_MAX: SimDuration = SimDuration::from_mins(15);
/// Positions among the uniforms of a hook; the durations of its invocations follow.
const FAILS_DRAW: u32 = 0;
const SILENT_DRAW: u32 = 1;
const DURATION_DRAW: u32 = 2;

/// A hook that is not done: its position among those of the service, when it will be, and what it comes to then.
#[derive(Clone, Copy, Debug)]
struct Open {
    hook: u8,
    at: SimTime,
    status: HookStatus,
    /// Whether somebody has to answer it.
    is_pause: bool,
}

/// The hooks of the present stage that are not done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StageHooks {
    open: [Option<Open>; HOOKS_MAX],
}

impl<'s> Run<'s> {
    /// The hooks of a stage begin; without any it is passed at once.
    pub(super) fn begin_hooks(&mut self, at: Native, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.hooks = StageHooks::default();
        let of_stage = (0..).zip(&self.own.hooks).filter(|(_, hook)| hook.stage == at.stage);
        let mut is_any = false;
        for (place, (number, hook)) in self.hooks.open.iter_mut().zip(of_stage) {
            is_any = true;
            let index = (u64::from(self.request) << 8) + u64::from(number);
            let (ends, status) = end_of(hook, self.brings.bad, index, out);
            let is_pause = hook.function.is_none();
            *place = Some(Open { hook: number, at: ends, status, is_pause });
            let begun = if is_pause { HookStatus::AwaitingAction } else { HookStatus::InProgress };
            let (deployment, stage) = (self.number, at.stage);
            out.record(Fact::StageHookStatusChanged {
                deployment,
                stage,
                hook: number,
                status: begun,
            });
        }
        if is_any {
            self.await_hooks(out);
        } else {
            self.pass_hooks(at, cloud, out);
        }
    }

    fn await_hooks(&self, out: &mut Outbox<'_>) {
        let open = self.hooks.open.iter().flatten();
        if let Some(next) = open.map(|hook| hook.at).min() {
            out.schedule_at(next, self.timer(Timer::HookAnswer));
        }
    }

    /// One or more hooks are done.
    pub(super) fn on_hooks_due(&mut self, at: Native, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let mut fails = None;
        for place in 0..HOOKS_MAX {
            let Some(hook) = self.hooks.open[place].filter(|hook| hook.at <= out.now()) else {
                continue;
            };
            self.hooks.open[place] = None;
            let (deployment, stage) = (self.number, at.stage);
            let Open { hook: number, status, .. } = hook;
            out.follow(Fact::StageHookStatusChanged { deployment, stage, hook: number, status });
            let goes_on = match status {
                HookStatus::TimedOut => self.own.hooks[usize::from(number)].goes_on_after_timeout,
                status => status == HookStatus::Succeeded,
            };
            if !goes_on {
                fails = Some(status);
            }
        }
        match fails {
            Some(status) => {
                let code = match status {
                    HookStatus::TimedOut => ErrorCode::Timeout,
                    _ => ErrorCode::HookExecutionFailure,
                };
                self.end(code, ErrorMessage::StageHookFailed, true, cloud, out);
            }
            None if self.hooks.open.iter().all(Option::is_none) => {
                self.pass_hooks(at, cloud, out);
            }
            None => self.await_hooks(out),
        }
    }

    /// `ContinueServiceDeployment`: the first hook that waits for somebody is done at once.
    pub(super) fn answer_pause(
        &mut self,
        answer: HookAnswer,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        let mut open = self.hooks.open.iter_mut().flatten();
        let Some(pause) = open.find(|hook| hook.is_pause && hook.at > out.now()) else {
            return Err(ApiException::InvalidParameter);
        };
        pause.at = out.now();
        pause.status = match answer {
            HookAnswer::Succeeded => HookStatus::Succeeded,
            HookAnswer::Failed => HookStatus::Failed,
        };
        self.await_hooks(out);
        Ok(())
    }
}

/// When a hook will be done if nobody answers it, and what it comes to.
fn end_of(
    hook: &StageHook,
    is_bad: bool,
    index: u64,
    out: &mut Outbox<'_>,
) -> (SimTime, HookStatus) {
    let limit = out.now() + hook.timeout;
    let Some(function) = &hook.function else { return (limit, HookStatus::TimedOut) };
    let mut uniform = |n| out.chance().nth(Purpose::StageHook, index, n);
    if function.silent.happens(uniform(SILENT_DRAW)) {
        return (limit, HookStatus::TimedOut);
    }
    let fails = function.detects.filter(|_| is_bad).unwrap_or(function.fails);
    let fails = fails.happens(uniform(FAILS_DRAW));
    let (lasts, is_cut) = length_of(function, &mut uniform);
    let status = if fails || is_cut { HookStatus::Failed } else { HookStatus::Succeeded };
    let ends = out.now() + lasts;
    if ends > limit { (limit, HookStatus::TimedOut) } else { (ends, status) }
}

/// How long all invocations take together with the delays between them, and whether one was cut off.
fn length_of(
    function: &StageFunction,
    uniform: &mut impl FnMut(u32) -> f64,
) -> (SimDuration, bool) {
    let mut lasts = SimDuration::ZERO;
    for invocation in 0..=function.in_progress {
        let duration = function.duration.duration(uniform(DURATION_DRAW + invocation));
        if duration > INVOCATION_MAX {
            return (lasts + INVOCATION_MAX, true);
        }
        lasts += duration;
        if invocation < function.in_progress {
            lasts += function.call_back_delay;
        }
    }
    (lasts, false)
}
