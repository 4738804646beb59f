//! What watches a release, said from the scenario alone: gates that come too late, see too little, or are not there.
//!
//! The numbers are those of `scenario::gate`. Rules: CW-LINT-1, CW-LINT-2, CW-MATH-5, CD-ALM-11, CD-SM-7; decision 23.

use crate::aws::alarm::{LowSampleCount, TreatMissingData};
use crate::aws::id::AlarmId;
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::engine::time::SimDuration;
use crate::input::tree::shortened;
use crate::input::unit;
use crate::scenario::Scenario;
use crate::scenario::alarm::math::Expression;
use crate::scenario::alarm::playback::Before;
use crate::scenario::client::POLL_INTERVAL;
use crate::scenario::deployment::Deployment;
use crate::scenario::external::Workflow;
use crate::scenario::gate::{self, Timing};
use crate::scenario::monitoring::WatchedAlarm;

/// Where the names of alarms are written.
pub struct Places {
    /// Of each alarm's document, by id.
    pub alarms: Vec<Span>,
    /// Of the group's alarm configuration.
    pub configuration: Option<Span>,
}

/// Tells what cannot work, and what nobody watches.
pub fn check(scenario: &Scenario, places: &Places, to: &mut Diagnostics) {
    let first = scenario.first_deployment();
    // Instances take their turns by themselves: no traffic moves that an alarm could be in time for.
    if let Some(on_instances) = &first.on_instances {
        if first.alarms.is_none() && on_instances.scripts.iter().all(Option::is_none) {
            tell_unwatched(first, to);
        }
        return;
    }
    if let Some(workflow) = scenario.workflow() {
        return check_workflow(scenario, workflow, places, to);
    }
    // What ECS does by itself has no schedule that an alarm could be in time for.
    if scenario.service_deployment().is_some() {
        if first.alarms.is_none() {
            tell_unwatched(first, to);
        }
        return;
    }
    let polled = first.alarms.as_ref().map_or(&[][..], |polling| &polling.alarms);
    for &id in polled {
        let gate = Gate { scenario, deployment: first, id, span: places.alarms[id.index()] };
        gate.check(to);
    }
    let span = places.configuration;
    match polled {
        [] => tell_unwatched(first, to),
        _ if !first.auto_rollback.on_alarm => tell_no_rollback(span, to),
        _ => {}
    }
    tell_impatient(scenario, to);
}

/// The steps of an external controller say themselves what is in time: only what an alarm counts at first is told.
fn check_workflow(scenario: &Scenario, workflow: &Workflow, places: &Places, to: &mut Diagnostics) {
    let watched = scenario.monitoring.ids().filter(|(id, _)| workflow.watches(*id));
    let mut is_watched = false;
    for (id, alarm) in watched {
        is_watched = true;
        let deployment = scenario.first_deployment();
        let gate = Gate { scenario, deployment, id, span: places.alarms[id.index()] };
        if gate::watches_replacement(scenario, alarm) {
            gate.check_missing_data(gate::before(scenario, alarm), to);
        }
    }
    if !is_watched {
        let title = "nothing watches the release: no step looks at an alarm";
        let help = "give the deployment up for an alarm: `abort_if: { alarm: NAME }`";
        to.push(Diagnostic::new(code::UNWATCHED, None, title).help(help));
    }
}

/// One alarm that a deployment looks at.
struct Gate<'a> {
    scenario: &'a Scenario,
    deployment: &'a Deployment,
    id: AlarmId,
    span: Span,
}

impl Gate<'_> {
    fn watched(&self) -> &WatchedAlarm {
        self.scenario.monitoring.alarm(self.id)
    }

    fn name(&self) -> String {
        shortened(self.watched().alarm.name()).to_string()
    }

    fn check(&self, to: &mut Diagnostics) {
        if gate::watches_replacement(self.scenario, self.watched()) {
            let before = gate::before(self.scenario, self.watched());
            self.check_timing(gate::timing(self.scenario, self.watched(), before), to);
            self.check_sight(to);
            self.check_samples(to);
            self.check_missing_data(before, to);
        }
    }

    /// From the first step to the last one, and whether an alarm is still looked at after it.
    fn full_after(&self) -> (SimDuration, SimDuration) {
        let last = self.deployment.traffic_routing.steps().last();
        let full = last.map_or(SimDuration::ZERO, |step| step.after);
        (full, full + self.deployment.termination_wait)
    }

    /// CW-LINT-2, decision 23: an alarm whose earliest firing lies after what it should guard.
    fn check_timing(&self, timing: Option<Timing>, to: &mut Diagnostics) {
        let name = self.name();
        let Some(Timing { earliest, typical }) = timing else {
            let title = format!("`{name}` never goes off, whatever the release does");
            to.push(
                Diagnostic::new(code::GATE_TOO_LATE, self.span, title)
                    .label("its datapoints are delivered when it no longer looks at their periods")
                    .help("evaluate more or longer periods"),
            );
            return;
        };
        let typical = typical
            + SimDuration::from_millis(self.scenario.assumptions.alarm_poll.as_millis() / 2);
        let (full, over) = self.full_after();
        let (limit, what) = match self.deployment.traffic_routing.is_gradual() {
            true => (full, "all traffic has moved"),
            false if self.scenario.function().is_some() => (over, "the deployment is over"),
            false => (over, "the original is terminated"),
        };
        let [early, usual, end] = [earliest, typical, limit].map(seconds);
        let (title, label) = if earliest > limit {
            (
                format!("`{name}` cannot stop the deployment before {what}"),
                format!(
                    "goes off {early} after the first step at the earliest; that is after {end}"
                ),
            )
        } else if typical > limit {
            (
                format!("`{name}` mostly stops the deployment too late: {what} before"),
                format!(
                    "goes off {usual} after the first step in half of all runs; {end} are left"
                ),
            )
        } else {
            return;
        };
        let minutes = typical.as_millis().div_ceil(60_000) + 1;
        let longer = match self.deployment.traffic_routing.is_gradual() {
            true => format!("stay below 100 % for {minutes} minutes"),
            false if self.scenario.function().is_some() => {
                format!("shift gradually, over {minutes} minutes")
            }
            false => format!("wait {minutes} minutes before the original is terminated"),
        };
        to.push(
            Diagnostic::new(code::GATE_TOO_LATE, self.span, title)
                .label(label)
                .help(format!("{longer}, or let fewer or shorter periods decide")),
        );
    }

    /// CW-MATH-5: an alarm that does not see what the scenario's bad releases do.
    fn check_sight(&self, to: &mut Diagnostics) {
        let Some(step) = self.deployment.traffic_routing.step(0) else { return };
        let Some(least) = gate::least_visible_errors(self.scenario, self.watched(), step.percent)
        else {
            return;
        };
        let share = f64::from(step.percent) / 100.0;
        let own = self.scenario.original.failing(1.0 - share).0;
        let deployed = self.deployment.deploys.iter();
        let candidates =
            deployed.map(|&candidate| &self.scenario.candidates[usize::from(candidate)]);
        let bad = candidates.filter(|candidate| candidate.bad);
        let mut failing = bad.map(|candidate| (candidate, candidate.failing(share)));
        let unseen =
            failing.find(|(_, (all, seen))| *all > own && least.is_none_or(|least| *seen < least));
        let Some((unseen, (all, seen))) = unseen else { return };
        let seen_as = match self.scenario.function() {
            Some(_) => "as function errors",
            None => "with a 5xx code",
        };
        let seen =
            if seen < all { format!(", {} {seen_as}", percent(seen)) } else { String::new() };
        let title = format!(
            "`{}` does not see `{}` while it gets {} %",
            self.name(),
            unseen.name,
            step.percent
        );
        let label = match least {
            Some(least) => format!(
                "{} of its requests fail{seen}; from {} on this alarm would go off",
                percent(all),
                percent(least)
            ),
            None => "not even a release that fails everything would set it off".to_owned(),
        };
        let help = match self.scenario.function() {
            Some(_) => {
                "watch the errors of the new version alone (`ExecutedVersion`), or shift more traffic at first"
            }
            None => {
                "watch the error rate of the replacement's target group alone, or shift more traffic at first"
            }
        };
        to.push(Diagnostic::new(code::BLIND_GATE, self.span, title).label(label).help(help));
    }

    /// CW-MISS-3: a percentile of fewer samples than tell it.
    fn check_samples(&self, to: &mut Diagnostics) {
        let Some(step) = self.deployment.traffic_routing.step(0) else { return };
        let samples = gate::samples_of_period(self.scenario, self.watched(), step.percent);
        let Some((expected, needed)) = samples.filter(|(it, needed)| *it < *needed as f64) else {
            return;
        };
        let Some(alarm) = self.watched().metric_alarm() else { return };
        let (name, percent) = (self.name(), step.percent);
        let label = match needed {
            u64::MAX => "a 0th or 100th percentile never has enough".to_owned(),
            needed => format!(
                "it takes {needed} to tell this percentile; some {expected:.0} come in a period"
            ),
        };
        let (title, help) = match alarm.low_sample_count {
            LowSampleCount::Evaluate => (
                format!("`{name}` judges by too few answers while the release gets {percent} %"),
                "watch a percentile nearer to the median, longer periods or more traffic at first",
            ),
            LowSampleCount::Ignore => (
                format!("`{name}` keeps its state while the release gets {percent} %"),
                "with `EvaluateLowSampleCountPercentile: ignore` few samples change nothing: watch a percentile nearer to the median, longer periods or more traffic at first",
            ),
        };
        to.push(Diagnostic::new(code::FEW_SAMPLES, self.span, title).label(label).help(help));
    }

    /// CW-LINT-1, decision 23: errors want `notBreaching`, on a target group that starts empty above all.
    fn check_missing_data(&self, before: Before, to: &mut Diagnostics) {
        let Some(alarm) = self.watched().metric_alarm() else { return };
        if gate::least_visible_errors(self.scenario, self.watched(), 100).is_none() {
            return;
        }
        let starts_empty = match self.scenario.function() {
            Some(_) => "the version starts without invocations",
            None => "the target group starts empty",
        };
        let (title, label) = match alarm.criterion.treat_missing_data {
            TreatMissingData::NotBreaching => return,
            TreatMissingData::Breaching => (
                format!("`{}` goes off where there are no errors", self.name()),
                "a period without a datapoint counts as a bad one".to_owned(),
            ),
            TreatMissingData::Missing if before == Before::NoData => {
                let timing = |before| gate::timing(self.scenario, self.watched(), before);
                let (fresh, usual) = (timing(Before::NoData), timing(Before::NotBreaching));
                match (fresh, usual) {
                    (Some(fresh), Some(usual)) if fresh.typical < usual.typical => (
                        format!("`{}` goes off on fewer datapoints at first", self.name()),
                        format!(
                            "{starts_empty}: {} after the first step in half of all runs, not {}",
                            seconds(fresh.typical),
                            seconds(usual.typical)
                        ),
                    ),
                    _ => return,
                }
            }
            TreatMissingData::Missing | TreatMissingData::Ignore => match alarm.expression {
                // A function's counter is 0 then (LAM-MET-3).
                Expression::Metric(_) if self.scenario.function().is_none() => (
                    format!("`{}` has no state of its own in good minutes", self.name()),
                    "a counter of errors has no datapoint where there are none".to_owned(),
                ),
                _ => return,
            },
        };
        to.push(
            Diagnostic::new(code::MISSING_DATA, self.span, title)
                .label(label)
                .help("write `TreatMissingData: notBreaching`"),
        );
    }
}

/// Neither an alarm nor a function that looks at the release, nor, where ECS itself deploys, a circuit breaker.
fn tell_unwatched(deployment: &Deployment, to: &mut Diagnostics) {
    if let Some(own) = &deployment.service_deployment {
        let (title, more) = match own.shift {
            None => (
                "nothing watches the release: no alarm, and no circuit breaker",
                "enable `deploymentCircuitBreaker`",
            ),
            Some(_) => (
                "nothing watches the release: no alarm, and no hook",
                "add one of `lifecycleHooks`",
            ),
        };
        if own.circuit_breaker.is_none() && own.hooks.is_empty() {
            let help =
                format!("name alarms under `alarms` of `deploymentConfiguration`, or {more}");
            to.push(Diagnostic::new(code::UNWATCHED, None, title).help(help));
        }
        return;
    }
    if LifecycleEvent::HOOKS.into_iter().any(|event| deployment.hook(event).is_some()) {
        return;
    }
    to.push(
        Diagnostic::new(code::UNWATCHED, None, "nothing watches the release: no alarm, and no hook function")
            .help("let the deployment group look at an alarm (`alarmConfiguration`), or bind a function in the AppSpec"),
    );
}

/// CD-ALM-11: an alarm stops the deployment, and the bad release keeps its traffic.
fn tell_no_rollback(span: Option<Span>, to: &mut Diagnostics) {
    let title = "an alarm stops the deployment, and nothing takes the traffic back";
    to.push(
        Diagnostic::new(code::NO_ROLLBACK, span, title)
            .label("the weights stay where they are then")
            .help("add `DEPLOYMENT_STOP_ON_ALARM` to the events of `autoRollbackConfiguration`"),
    );
}

/// CD-SM-7: a deployment that cannot be over before its client has given up.
fn tell_impatient(scenario: &Scenario, to: &mut Diagnostics) {
    let (client, deployment) = (&scenario.client, scenario.first_deployment());
    if !client.is_described || client.waiter.is_none() {
        return;
    }
    let polls = client.polls(deployment);
    let waiter = POLL_INTERVAL.times(polls.saturating_sub(1));
    let patience = client.timeout.map_or(waiter, |timeout| timeout.min(waiter));
    let steps = deployment.traffic_routing.steps();
    let shift = steps.last().map_or(SimDuration::ZERO, |step| step.after);
    let needed = shift + deployment.termination_wait;
    if needed <= patience {
        return;
    }
    let title = format!(
        "the client gives up after {}, before the deployment can be over",
        seconds(patience)
    );
    to.push(Diagnostic::new(code::IMPATIENT_CLIENT, None, title).help(format!(
        "the shift and the termination wait take {} by themselves: let it wait longer, or shorten them",
        seconds(needed)
    )));
}

/// To the second.
fn seconds(duration: SimDuration) -> String {
    unit::shown(SimDuration::from_secs((duration.as_millis() + 500) / 1000))
}

/// `9.1 %`
fn percent(share: f64) -> String {
    let hundredths = libm::round(share * 10_000.0) as u64;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let text = format!("{whole}.{part:02}");
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
