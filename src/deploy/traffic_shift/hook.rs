//! The hook functions of one deployment: invoked, answering, silent, or out of reach.
//!
//! Rules: CD-LE-3, CD-LE-4, CD-LE-7, CD-ECS-15, CD-STOP-7, U-29, U-33.

use super::run::{LASTING_DRAW, Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Timer;
use crate::aws::call::ApiException;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{ErrorCode, HookAnswer, LifecycleEvent};
use crate::cloud::Cloud;
use crate::journal::fact::Fact;

/// Positions in the block of uniforms of a hook.
const DURATION_DRAW: usize = 0;
const SILENT_DRAW: usize = 1;
const FAILS_DRAW: usize = 2;
const INVOCATION_DRAW: usize = 3;
const ACCESS_DRAW: usize = 4;

impl<'s> Run<'s> {
    /// Invokes the function bound to the event (CD-LE-4); without one the event does nothing (CD-LE-3).
    pub(super) fn begin_hook(
        &mut self,
        event: LifecycleEvent,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let without_test_route =
            event == LifecycleEvent::AfterAllowTestTraffic && !self.scenario.has_test_listener();
        let Some(hook) = self.plan.hook(event).filter(|_| !without_test_route) else {
            self.stage = Stage::Idle;
            let assumed = &self.scenario.assumptions.empty_hook_duration;
            let duration = self.plan.pace[event as usize].duration.as_ref().unwrap_or(assumed);
            return self.schedule(self.draw_for(event, duration, LASTING_DRAW, out), out);
        };
        let draws = out.chance().at(Purpose::Hook, self.event_index(event));
        let access_denied = hook.access_denied.happens(draws.uniform(ACCESS_DRAW));
        if access_denied || hook.invocation_fails.happens(draws.uniform(INVOCATION_DRAW)) {
            return self.on_hook_not_invoked(event, access_denied, cloud, out);
        }
        self.stage = Stage::Hook;
        out.follow(Fact::HookInvoked { deployment: self.number, event });
        let is_bad = self.scenario.candidates[self.candidate as usize].bad;
        let fails = hook.detects.filter(|_| is_bad).unwrap_or(hook.fails);
        let fails = fails.happens(draws.uniform(FAILS_DRAW));
        self.answer = if fails { HookAnswer::Failed } else { HookAnswer::Succeeded };
        if !hook.silent.happens(draws.uniform(SILENT_DRAW)) {
            let duration = hook.duration.duration(draws.uniform(DURATION_DRAW));
            out.schedule(duration, self.timer(Timer::HookAnswer));
        }
        let limit = self.scenario.assumptions.hook_timeout;
        out.schedule(limit, self.timer(Timer::Timeout));
    }

    /// A function that cannot be invoked is a failed hook; a role that may not invoke it has a code of its own
    /// (CD-ECS-15, U-33).
    fn on_hook_not_invoked(
        &mut self,
        event: LifecycleEvent,
        access_denied: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        out.follow(Fact::HookNotInvoked { deployment: self.number, event, access_denied });
        let (code, message) = if access_denied {
            (ErrorCode::IamRolePermissions, ErrorMessage::NoPermissionForLambda)
        } else {
            (ErrorCode::HookExecutionFailure, ErrorMessage::ValidationFailed)
        };
        self.fail(code, message, cloud, out);
    }

    /// The function calls `PutLifecycleEventHookExecutionStatus`.
    pub(super) fn on_hook_answer(&self, out: &mut Outbox<'_>) {
        let event = self.lifecycle.running().expect("the hook's event is running");
        out.record(Fact::HookAnswered { deployment: self.number, event, answer: self.answer });
    }

    /// Somebody answers in the place of the function, which is not awaited any more (CD-LE-7).
    pub(super) fn on_answer(
        &mut self,
        answer: HookAnswer,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        if self.stage != Stage::Hook {
            return Err(ApiException::LifecycleEventAlreadyCompleted);
        }
        out.cancel(self.timer(Timer::HookAnswer));
        self.answer = answer;
        self.on_hook_answer(out);
        Ok(())
    }

    /// A stop that waited for the function comes first (CD-STOP-7).
    pub(super) fn on_hook_answered(
        &mut self,
        answer: HookAnswer,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        match (self.stop_requested, answer) {
            (Some(rolls_back), _) => self.stop(rolls_back, cloud, out),
            (None, HookAnswer::Succeeded) => self.succeed_event(out),
            (None, HookAnswer::Failed) => {
                let code = ErrorCode::HookExecutionFailure;
                self.fail(code, ErrorMessage::ValidationFailed, cloud, out);
            }
        }
    }
}
