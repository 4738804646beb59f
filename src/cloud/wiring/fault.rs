//! Something is broken on purpose, or whole again: what it means for tasks and instances.
//!
//! Rules: ECS-CAP-1, ECS-CAP-5, ECS-TASK-12, ECS-TASK-22 (docs/semantics/environment.md), CD-EC2-30, CD-EC2-32, CD-EC2-33 (docs/semantics/codedeploy.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::InstanceId;
use crate::aws::instance::LifecycleState;
use crate::aws::name::{StopCode, TaskStatus};
use crate::cloud::Cloud;
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::scenario::fault::{Breakage, FAULTS_MAX, Victims};
use crate::scenario::server::Standing;

impl Cloud<'_> {
    /// Arms what breaks or is whole again next.
    pub(in crate::cloud) fn await_fault(&self, out: &mut Outbox<'_>) {
        if let Some(at) = self.faults.next_at() {
            out.schedule_at(at.max(SimTime::ZERO), Event::Fault);
        }
    }

    /// Everything that breaks or is whole again at this instant.
    #[inline(never)]
    pub(in crate::cloud) fn on_fault_due(&mut self, out: &mut Outbox<'_>) {
        while let Some(turn) = self.faults.take_due(out.now()) {
            let breakage = self.scenario.faults[turn.fault].breakage;
            let before = out.cause();
            let fault = breakage.kind();
            out.follow(if turn.is_end {
                Fact::FaultEnded { fault }
            } else {
                Fact::FaultBegan { fault }
            });
            self.faults.set(self.scenario, turn.fault, turn.is_end);
            self.traffic.depend(self.faults.dependency_errors, out);
            if !turn.is_end {
                self.break_tasks(self.luck_of(turn.fault), breakage, out);
            }
            out.because(before);
        }
        self.await_fault(out);
    }

    /// The number of the draw that picks a fault's victims: its own among those of its kind, so that another kind of
    /// fault moves nobody's luck.
    fn luck_of(&self, fault: usize) -> u32 {
        let kind = self.scenario.faults[fault].breakage.kind();
        let before = self.scenario.faults[..fault].iter();
        let ordinal = before.filter(|earlier| earlier.breakage.kind() == kind).count();
        kind as u32 * FAULTS_MAX as u32 + ordinal as u32
    }

    fn break_tasks(&mut self, luck: u32, breakage: Breakage, out: &mut Outbox<'_>) {
        match breakage {
            Breakage::TaskCrash(victims) => {
                self.for_victims(luck, victims, out, |cloud, place, out| {
                    cloud.crash(place, StopCode::EssentialContainerExited, false, out);
                })
            }
            Breakage::SpotInterruption(victims) => {
                self.for_victims(luck, victims, out, Self::interrupt);
            }
            Breakage::ZoneFailure { zone } => {
                for index in 0..self.tasks.len() {
                    let place = TaskPlace(index as u32);
                    let task = self.task(place);
                    if task.stopping || task.zone != zone {
                        continue;
                    }
                    match task.status {
                        Some(TaskStatus::Running) => {
                            self.crash(place, StopCode::InfrastructureHealth, true, out);
                        }
                        Some(_) => {
                            let task_set = task.task_set;
                            self.cut_short(place, StopCode::InfrastructureHealth, out);
                            self.launch_missing(task_set, out);
                        }
                        None => {}
                    }
                }
            }
            Breakage::InstanceTermination { instances } => {
                self.terminate_instances(luck, instances, out);
            }
            Breakage::InstanceLaunch { instances } => self.launch_instances(instances, out),
            Breakage::CapacityShortage { .. }
            | Breakage::ListenerUpdateRefused
            | Breakage::TaskSetRefused
            | Breakage::EcsThrottled
            | Breakage::DependencyFailure { .. }
            | Breakage::AlarmsThrottled { .. }
            | Breakage::AlarmsDenied => {}
        }
    }

    /// So many of the group's instances that run are terminated, in an order that chance decides.
    fn terminate_instances(&mut self, luck: u32, instances: u16, out: &mut Outbox<'_>) {
        let mut order = std::mem::take(&mut self.scale_in_order);
        order.clear();
        for (id, instance) in (0..).zip(&self.instances.all) {
            if instance.is_member && instance.is_running() {
                let uniform = out.chance().nth(Purpose::InstanceTermination, id, luck);
                order.push((0, uniform.to_bits(), TaskPlace(id as u32)));
            }
        }
        order.sort_unstable();
        for &(_, _, TaskPlace(id)) in order.iter().take(instances.into()) {
            let id = u16::try_from(id).expect("instances are limited");
            self.scale_in(InstanceId(id), out);
        }
        self.scale_in_order = order;
    }

    /// Auto Scaling terminates an instance: at once, or when its termination deployment is over (CD-EC2-32).
    fn scale_in(&mut self, id: InstanceId, out: &mut Outbox<'_>) {
        let server = self.scenario.server().expect("it has instances");
        if !server.auto_scaling.termination_hook_enabled {
            return self.terminate_instance(id, out);
        }
        self.instances.all[id.index()].is_member = false;
        self.change_lifecycle(id, LifecycleState::TerminatingWait, out);
    }

    /// Auto Scaling launches so many instances of those that it has not launched yet (CD-EC2-30).
    fn launch_instances(&mut self, instances: u16, out: &mut Outbox<'_>) {
        let mut wanted = instances;
        for (id, index) in (0..).map(InstanceId).zip(0..self.instances.all.len()) {
            let instance = &self.instances.all[index];
            if wanted > 0 && instance.standing == Standing::ToScaleOut && instance.launches == 0 {
                wanted -= 1;
                self.run_instance(id, out);
            }
        }
    }

    /// No scale-in stops the task before this instant.
    pub(in crate::cloud) fn protect(&mut self, place: TaskPlace, until: SimTime) {
        self.task_mut(place).protected_until = until;
    }

    /// Does something to so many of the tasks that run now, in an order that chance decides.
    pub(in crate::cloud) fn for_victims<'a>(
        &mut self,
        luck: u32,
        victims: Victims,
        out: &mut Outbox<'a>,
        mut what: impl FnMut(&mut Self, TaskPlace, &mut Outbox<'a>),
    ) {
        let mut order = std::mem::take(&mut self.scale_in_order);
        order.clear();
        for (index, task) in self.tasks.iter().enumerate() {
            let role = self.task_sets[task.task_set.index()].role;
            let is_met = victims.only.is_none_or(|only| only == role);
            if task.is_running() && !task.stopping && is_met {
                let index_of_draw = 2 * task.ordinal + role as u64;
                let uniform = out.chance().nth(Purpose::Fault, index_of_draw, luck);
                order.push((0, uniform.to_bits(), TaskPlace(index as u32)));
            }
        }
        order.sort_unstable();
        let count = victims.tasks.map_or(order.len(), |tasks| order.len().min(tasks as usize));
        for &(_, _, place) in &order[..count] {
            what(self, place, out);
        }
        self.scale_in_order = order;
    }
}
