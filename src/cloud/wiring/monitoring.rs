//! Minutes become metrics, metrics make alarms change.
//!
//! Rules: CW-ALARM-1, CW-ALARM-3, CW-ALARM-8, CW-ALARM-10, ELB-MET-1, decision: history (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::alarm::StateValue;
use crate::aws::id::{AlarmId, TargetGroupId};
use crate::cloud::Cloud;
use crate::cloud::alarm::NewDatapoint;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::Cause;
use crate::journal::fact::Fact;
use crate::scenario::alarm::window::UnixTime;

impl Cloud<'_> {
    /// A minute of traffic is over, or ten seconds where something is published as often: its metrics are made.
    #[inline(never)]
    pub(in crate::cloud) fn on_traffic_minute(&mut self, out: &mut Outbox<'_>) {
        self.traffic.draw(out);
        if !self.metrics.is_idle() {
            self.metrics.on_tick((&self.traffic.tallies, &self.traffic.answers), out);
        }
        if self.traffic.is_minute_over(out.now()) {
            self.traffic.begin_minute(out);
            self.wear_out(out);
        }
        self.traffic.await_tick(out);
    }

    /// The past of the metrics, and the state that every alarm has of it (decision: history).
    pub(in crate::cloud) fn begin_monitoring(
        &mut self,
        original: TargetGroupId,
        out: &mut Outbox<'_>,
    ) {
        let scenario = self.scenario;
        self.alarms.reset();
        if scenario.monitoring.alarms.is_empty() {
            return;
        }
        let (traffic, mut noise) = (&self.traffic, self.traffic.noise());
        let answered =
            |ago, out: &mut Outbox<'_>| traffic.before_creation(original, ago, &mut noise, out);
        let running = match (self.scenario.ecs(), self.is_before_instances()) {
            (Some(_), _) => self.desired_count,
            (None, true) => self.instances.serving[original.index()].into(),
            (None, false) => 1,
        };
        // What does not exist yet has no past.
        if scenario.ecs().is_none() || scenario.finds_service() {
            let begun = self.metrics.remember(original, running, answered, out);
            self.traffic.go_on(original, begun);
        }
        let zero = self.metrics.calendar(SimTime::ZERO);
        for (id, watched) in scenario.monitoring.ids() {
            let Some(alarm) = watched.metric_alarm() else { continue };
            let phase = out.draw(
                &scenario.assumptions.evaluation_phase,
                Purpose::EvaluationPhase,
                id.0.into(),
                0,
            );
            let interval = alarm.rhythm().interval();
            let phase = SimDuration::from_millis(phase.as_millis() % interval.as_millis());
            let next = alarm.rhythm().next_evaluation(zero, phase);
            let state = self.alarms.evaluate(
                id,
                &mut self.metrics,
                (next.before(interval), UnixTime::from_millis(u64::MAX)),
                |_| (),
            );
            self.alarms.set(id, state);
            out.schedule(next.since(zero), Event::AlarmEvaluation(id));
        }
        for &id in &scenario.monitoring.composites {
            let state = self.alarms.compose(id);
            self.alarms.set(id, state);
        }
        for (id, _) in scenario.monitoring.ids() {
            out.record(Fact::AlarmFound { alarm: id, state: self.alarms.state(id) });
        }
    }

    /// The clock evaluates an alarm on metrics (CW-ALARM-3); what it asks of scaling is asked again while it lasts.
    #[inline(never)]
    pub(in crate::cloud) fn on_alarm_evaluation(&mut self, id: AlarmId, out: &mut Outbox<'_>) {
        let alarm = self.scenario.monitoring.alarm(id).metric_alarm();
        let interval = alarm.expect("composite alarms have no timer").rhythm().interval();
        let (at, zero) = (self.metrics.calendar(out.now()), self.metrics.calendar(SimTime::ZERO));
        let state = self.alarms.evaluate(id, &mut self.metrics, (at, zero), |news| {
            let NewDatapoint { until, micros, breaching } = news;
            let ended_ms_ago = u32::try_from(at.since(until).as_millis()).unwrap_or(u32::MAX);
            out.follow(Fact::DatapointSeen { alarm: id, breaching, ended_ms_ago, micros });
        });
        self.change_alarm(id, state, out);
        self.act_on_alarm(id, out);
        out.because(Cause::NONE);
        out.schedule(interval, Event::AlarmEvaluation(id));
    }

    /// An alarm has this state from now on, and those that speak of it follow at once.
    pub(in crate::cloud) fn change_alarm(
        &mut self,
        id: AlarmId,
        state: StateValue,
        out: &mut Outbox<'_>,
    ) {
        if !self.alarms.set(id, state) {
            return;
        }
        out.follow(Fact::AlarmStateChanged { alarm: id, state });
        let cause = out.cause();
        for &composite in &self.scenario.monitoring.composites {
            let state = self.alarms.compose(composite);
            if self.alarms.set(composite, state) {
                out.follow(Fact::AlarmStateChanged { alarm: composite, state });
                out.because(cause);
            }
        }
    }
}
