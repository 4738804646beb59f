//! What people and other systems do while deployments run: scripted calls to both APIs, in order of time.
//!
//! Not what a call leads to (`cloud::api`, the controllers).

use crate::agenda::Outbox;
use crate::agenda::event::Event;
use crate::aws::call::ApiException;
use crate::cloud::{Cloud, load_balancer};
use crate::deploy::controller::{Controller, News, Request};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::operator::{Call, ScriptedCall};

/// The scripted calls of a run, and how far it has come.
#[derive(Clone, Debug)]
pub struct Script<'s> {
    calls: &'s [ScriptedCall],
    /// The run goes on at least so long.
    until: SimDuration,
    /// The first call that was not made yet; stops count when they are armed.
    next: usize,
    /// The first call that was not looked at for stops.
    next_stop: usize,
    is_over: bool,
}

impl<'s> Script<'s> {
    /// The script of a scenario.
    pub fn new(scenario: &'s Scenario) -> Script<'s> {
        let (calls, until) = (scenario.calls.as_slice(), scenario.until);
        Script { calls, until, next: 0, next_stop: 0, is_over: calls.is_empty() && until.is_zero() }
    }

    /// Instant zero: arms the first call.
    pub fn begin(&mut self, out: &mut Outbox<'_>) {
        self.next = 0;
        self.next_stop = 0;
        self.is_over = self.calls.is_empty() && self.until.is_zero();
        self.await_next(out);
    }

    /// Whether every call was made and the run has lasted as long as it should.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// The calls of this instant are made, in order; those that stop a deployment come later in it (U-30).
    pub fn on_calls_due<'a>(
        &mut self,
        controller: &mut dyn Controller<'a>,
        cloud: &mut Cloud<'a>,
        out: &mut Outbox<'_>,
    ) {
        while let Some(scripted) = self.calls.get(self.next).filter(|call| is_due(call, out)) {
            self.next += 1;
            match scripted.call {
                stop if stop.is_stop() => out.schedule_now(Event::ScriptedStop),
                call => make(call, controller, cloud, out),
            }
        }
        self.is_over = self.next == self.calls.len() && out.now() >= SimTime::ZERO + self.until;
        self.await_next(out);
    }

    /// The calls of this instant that stop a deployment are made.
    pub fn on_stop_due<'a>(
        &mut self,
        controller: &mut dyn Controller<'a>,
        cloud: &mut Cloud<'a>,
        out: &mut Outbox<'_>,
    ) {
        while let Some(scripted) = self.calls.get(self.next_stop).filter(|call| is_due(call, out)) {
            self.next_stop += 1;
            if scripted.call.is_stop() {
                make(scripted.call, controller, cloud, out);
            }
        }
    }

    fn await_next(&self, out: &mut Outbox<'_>) {
        if !self.is_over {
            let next = self.calls.get(self.next).map_or(self.until, |call| call.at);
            out.schedule_at(SimTime::ZERO + next, Event::ScriptedCalls);
        }
    }
}

fn is_due(scripted: &ScriptedCall, out: &Outbox<'_>) -> bool {
    SimTime::ZERO + scripted.at <= out.now()
}

fn make<'a>(
    call: Call,
    controller: &mut dyn Controller<'a>,
    cloud: &mut Cloud<'a>,
    out: &mut Outbox<'_>,
) {
    let before = out.cause();
    out.follow(Fact::ApiCalled { call: call.name() });
    match call {
        Call::ContinueDeployment { wait } => {
            controller.on_news(News::Called(Request::Continue(wait)), cloud, out);
        }
        Call::StopDeployment { auto_rollback_enabled } => {
            let request = Request::Stop(auto_rollback_enabled);
            controller.on_news(News::Called(request), cloud, out);
        }
        Call::StopServiceDeployment { rolls_back } => {
            let request = Request::StopServiceDeployment { rolls_back };
            controller.on_news(News::Called(request), cloud, out);
        }
        Call::ContinueServiceDeployment { answer } => {
            let request = Request::ContinueServiceDeployment(answer);
            controller.on_news(News::Called(request), cloud, out);
        }
        Call::CancelUpdateStack => {
            controller.on_news(News::Called(Request::CancelUpdate), cloud, out);
        }
        Call::PutLifecycleEventHookExecutionStatus { answer } => {
            controller.on_news(News::Called(Request::Answer(answer)), cloud, out);
        }
        Call::SkipWaitTimeForInstanceTermination if cloud.scenario().server().is_some() => {
            controller.on_news(News::Called(Request::SkipWait), cloud, out);
        }
        call => {
            if let Err(exception) = call_account(call, cloud, out) {
                out.record(Fact::CallRefused { call: call.name(), exception, deployment: None });
            }
        }
    }
    out.because(before);
}

/// Makes a call that no deployment controller answers.
///
/// # Errors
/// If it is refused.
///
/// # Panics
/// If it is one that speaks of a deployment.
pub(super) fn call_account(
    call: Call,
    cloud: &mut Cloud<'_>,
    out: &mut Outbox<'_>,
) -> Result<(), ApiException> {
    match call {
        Call::ContinueDeployment { .. }
        | Call::StopDeployment { .. }
        | Call::StopServiceDeployment { .. }
        | Call::ContinueServiceDeployment { .. }
        | Call::CancelUpdateStack
        | Call::PutLifecycleEventHookExecutionStatus { .. } => {
            unreachable!("{} is a matter of a deployment", call.name())
        }
        Call::SkipWaitTimeForInstanceTermination => {
            return Err(ApiException::UnsupportedActionForDeploymentType);
        }
        Call::ModifyListener { listener, weights } => {
            let names = load_balancer::named(weights);
            cloud.modify_listener(listener, weights, names, out);
        }
        Call::ModifyTargetGroup { target_group, health_check, answered_by } => {
            cloud.modify_target_group(target_group, health_check, answered_by, out);
        }
        Call::UpdateService { desired_count, grace_period } => {
            return cloud.update_service(desired_count, grace_period, out);
        }
        Call::DeleteService { force } => return cloud.delete_service(force, out),
        Call::UpdateTaskProtection { tasks, expires_in } => {
            cloud.update_task_protection(tasks, expires_in, out);
        }
        Call::SetAlarmState { alarm, state } => cloud.set_alarm_state(alarm, state, out),
        Call::RegisterScalableTarget { min, max, suspended } => {
            cloud.register_scalable_target([min, max], suspended, out);
        }
        Call::UpdateAlias { function_version, additional } => {
            let version = function_version.unwrap_or_else(|| cloud.alias().version());
            return cloud.update_alias(version, additional, out);
        }
        Call::PutProvisionedConcurrencyConfig { executions } => {
            return cloud.put_provisioned_concurrency_config(executions, out);
        }
        Call::DeleteFunction { version } => return cloud.delete_function(version),
        Call::BatchDeleteImage { candidate } => cloud.delete_image(candidate),
    }
    Ok(())
}
