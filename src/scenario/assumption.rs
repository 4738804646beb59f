//! Every assumption of the behaviour rules as a named parameter: its rule, its default, its ideal value.
//!
//! What AWS does not document stands here and nowhere else. One table makes the fields, the names, the
//! defaults, the reference page and the reader of the `assumptions:` section.

use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;

/// One line of the table of assumptions.
#[derive(Clone, Copy, Debug)]
pub struct Assumption {
    /// Its name in a scenario, such as `lb.first_check_phase`.
    pub name: &'static str,
    /// The rules it belongs to, and where the default comes from.
    pub rule: &'static str,
    /// What it is, one sentence.
    pub text: &'static str,
}

/// A parameter, to read or to change.
#[derive(Debug)]
pub enum Parameter<'a> {
    /// A length of time that does not vary.
    Duration(&'a mut SimDuration),
    /// A length of time, drawn; the values are milliseconds.
    Latency(&'a mut Distribution),
    /// Megabytes a second, drawn; the values are that number.
    Throughput(&'a mut Distribution),
    /// Megabytes.
    Megabytes(&'a mut f64),
    /// Money, in whatever currency.
    Price(&'a mut f64),
    /// A length of time after which something counts, or nothing if it never does.
    Limit(&'a mut Option<SimDuration>),
    /// A whole number, at least 1.
    Count(&'a mut u32),
    /// Yes or no.
    Switch(&'a mut bool),
    /// A share of a whole.
    Part(&'a mut Share),
}

/// Declares the assumptions: field, kind, name, rule, default, and the value under `preset: ideal`.
macro_rules! assumptions {
    ($($(#[doc = $text:literal])+ $field:ident: $kind:ident($type:ty) = $default:expr, ideal $ideal:expr, $name:literal, $rule:literal;)*) => {
        /// The assumptions of one scenario.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Assumptions { $($(#[doc = $text])+ pub $field: $type,)* }

        impl Default for Assumptions {
            fn default() -> Assumptions {
                Assumptions { $($field: $default,)* }
            }
        }

        impl Assumptions {
            /// Every assumption, in the order of the reference page.
            pub const TABLE: &'static [Assumption] =
                &[$(Assumption { name: $name, rule: $rule, text: concat!($($text),+) },)*];

            /// `preset: ideal`: every latency, phase and delay is 0; rules and their limits stay.
            pub fn ideal() -> Assumptions {
                Assumptions { $($field: $ideal,)* }
            }

            /// The parameter of this name.
            pub fn parameter(&mut self, name: &str) -> Option<Parameter<'_>> {
                match name {
                    $($name => Some(Parameter::$kind(&mut self.$field)),)*
                    _ => None,
                }
            }
        }
    };
}

const fn seconds(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

/// No time at all, as a distribution.
const NOTHING: Distribution = Distribution::Constant(0.0);

const fn exactly(seconds: f64) -> Distribution {
    Distribution::Constant(seconds * 1000.0)
}

fn between(low: f64, high: f64) -> Distribution {
    Distribution::uniform(low * 1000.0, high * 1000.0).expect("a default is valid")
}

/// Lognormal by its median and 95th percentile, in seconds.
fn lognormal(median: f64, p95: f64) -> Distribution {
    Distribution::lognormal_median_p95(median * 1000.0, p95 * 1000.0).expect("a default is valid")
}

assumptions! {
    /// From the scenario's `start` to the creation of the first deployment: where in its minute it falls.
    start_phase: Latency(Distribution) = between(0.0, 60.0), ideal NOTHING,
        "deployment.start_phase", "decision: clock";
    /// From `Created` to `InProgress`.
    created_to_in_progress: Duration(SimDuration) = seconds(2), ideal SimDuration::ZERO,
        "codedeploy.created_to_in_progress", "CD-SM-2; seen: Created at 2 to 3 s";
    /// From the end of one lifecycle event to the start of the next.
    inter_event_gap: Latency(Distribution) = NOTHING, ideal NOTHING,
        "codedeploy.inter_event_gap", "CD-LE-1; seen: 0.13 s";
    /// How long a hook event lasts that has no function.
    empty_hook_duration: Latency(Distribution) = NOTHING, ideal NOTHING,
        "codedeploy.empty_hook_duration", "CD-LE-3; seen: 0.23 s";
    /// From the decision to change a listener until the API has answered.
    listener_update: Latency(Distribution) = NOTHING, ideal NOTHING,
        "codedeploy.listener_update", "CD-TRAF-1; decision: two parameters each";
    /// From the decision to change an alias until the API has answered.
    alias_update: Latency(Distribution) = NOTHING, ideal NOTHING,
        "lambda.alias_update", "CD-LAM-2, CD-TRAF-1; decision: two parameters each";
    /// From a change of an alias until new invocations follow it.
    alias_propagation: Latency(Distribution) = between(0.0, 2.0), ideal NOTHING,
        "lambda.alias_propagation", "CD-LAM-2; aliases are eventually consistent, the spread is assumed";
    /// How many invocations of a function may run at once for which no concurrency is reserved: those that the account has.
    account_concurrency: Count(u32) = 1000, ideal 1000,
        "lambda.account_concurrency", "LAM-CON-1, documented; a new account may have fewer";
    /// How long a new execution environment of a function takes to start, where the revision does not say (`boot`).
    function_init: Latency(Distribution) = lognormal(0.4, 1.2), ideal NOTHING,
        "lambda.init", "LAM-COLD-3, U41";
    /// How long an idle execution environment of a function stays, on average.
    environment_lifetime: Duration(SimDuration) = seconds(600), ideal seconds(600),
        "lambda.idle_lifetime", "LAM-COLD-2, U42";
    /// From a change of the version to which an alias points until its provisioned concurrency is allocated to that version.
    provisioned_allocation: Latency(Distribution) = between(60.0, 120.0), ideal NOTHING,
        "lambda.provisioned_allocation", "LAM-CON-5; a minute or two, documented";
    /// How long a hook function may take to answer.
    hook_timeout: Duration(SimDuration) = seconds(3600), ideal seconds(3600),
        "codedeploy.hook_timeout", "CD-LE-4, documented";
    /// How long the replacement task set may take to be steady.
    install_timeout: Duration(SimDuration) = seconds(3600), ideal seconds(3600),
        "codedeploy.install_timeout", "CD-ECS-31, documented";
    /// How long after a scaling event both task sets may take to be steady while traffic shifts.
    scaling_grace: Duration(SimDuration) = seconds(300), ideal seconds(300),
        "codedeploy.scaling_grace", "CD-ECS-40, documented";
    /// After how long a replacement that is no longer steady while traffic shifts ends the deployment.
    unsteady_during_shift: Limit(Option<SimDuration>) = None, ideal None,
        "codedeploy.unsteady_during_shift", "U-34";
    /// From the end of a deployment until its rollback has put the weights back.
    rollback_restore: Duration(SimDuration) = SimDuration::ZERO, ideal SimDuration::ZERO,
        "codedeploy.rollback_restore", "CD-RB-5";
    /// Whether the parts of default names are cut at 46 characters, as the command line does, and not at 47.
    cli_names: Switch(bool) = false, ideal false,
        "codedeploy.cli_names", "CD-DEF-1, C-10";
    /// From the creation of a rollback deployment to its success.
    rollback_duration: Duration(SimDuration) = seconds(2), ideal SimDuration::ZERO,
        "codedeploy.rollback_duration", "CD-RB-5; measured on Lambda: 2 s";
    /// How long a hook function takes to answer, where the scenario does not say.
    hook_duration: Latency(Distribution) = lognormal(5.0, 20.0), ideal NOTHING,
        "hook.duration", "CD-LE-4";
    /// Whether the two test events exist, empty, when there is no test listener.
    test_events_without_listener: Switch(bool) = false, ideal false,
        "codedeploy.test_events_without_listener", "U-29; a recorded run has six events";
    /// From a task being missing to its creation (stage S1).
    scheduler_latency: Latency(Distribution) = between(2.0, 10.0), ideal NOTHING,
        "sched.latency", "ECS-TASK-7";
    /// How long after the first of several tasks in a row that never ran the next one is started; each further
    /// one doubles it. At least 1 s.
    throttle_base: Duration(SimDuration) = seconds(10), ideal seconds(10),
        "throttle.base", "ECS-THR-2, U1";
    /// The longest time between two starts of tasks that never run; 15 min before 2024.
    throttle_ceiling: Duration(SimDuration) = seconds(1620), ideal seconds(1620),
        "throttle.ceiling", "ECS-THR-2, U1, documented";
    /// How long the scheduler waits before it looks for room again; at least 1 s.
    placement_retry: Latency(Distribution) = between(42.0, 78.0), ideal NOTHING,
        "placement.retry_gap", "ECS-CAP-2, U2";
    /// How many launches on Fargate can be asked for at once; 20 a second follow.
    launch_burst: Count(u32) = 100, ideal 100,
        "fargate.launch_burst", "ECS-TASK-10, documented";
    /// How many zones the service's tasks are spread over.
    zones: Count(u32) = 3, ideal 3,
        "cluster.zones", "ECS-CAP-5";
    /// From a task's creation to PENDING: host and network interface (stage S2).
    provision: Latency(Distribution) = lognormal(12.0, 25.0), ideal NOTHING,
        "fargate.provision", "ECS-TASK-7";
    /// What every image pull costs beside the transfer (stage S3).
    pull_overhead: Latency(Distribution) = exactly(2.0), ideal NOTHING,
        "fargate.pull_overhead", "ECS-TASK-7, ECS-TASK-9";
    /// How fast an image is pulled, in megabytes a second, by task (stage S3).
    pull_rate: Throughput(Distribution) = Distribution::lognormal_median_p95(12.0, 22.0).expect("a default is valid"),
        ideal Distribution::Constant(12.0),
        "fargate.pull_rate_MBps", "ECS-TASK-7, ECS-TASK-9";
    /// Size of the image in megabytes, where the revision does not say.
    image_size: Megabytes(f64) = 250.0, ideal 0.0,
        "image.size_MB", "ECS-TASK-7";
    /// Creating and starting the containers (stage S4).
    container_start: Latency(Distribution) = between(1.0, 3.0), ideal NOTHING,
        "container.start", "ECS-TASK-7";
    /// From RUNNING until the application answers (stage S5), where the revision does not say.
    boot: Latency(Distribution) = lognormal(10.0, 30.0), ideal NOTHING,
        "app.boot", "ECS-TASK-7; Node service: 12 to 13 s";
    /// From SIGTERM until the application has ended by itself; SIGKILL comes at `stopTimeout`.
    shutdown: Latency(Distribution) = lognormal(2.0, 8.0), ideal NOTHING,
        "app.shutdown", "ECS-TASK-18";
    /// From the end of the containers to STOPPED: the network interface is released.
    deprovision: Latency(Distribution) = between(5.0, 20.0), ideal NOTHING,
        "task.deprovision", "ECS-TASK-18";
    /// From the end of a task's containers by themselves until its target is deregistered.
    crash_deregister: Latency(Distribution) = between(1.0, 5.0), ideal NOTHING,
        "crash.deregister_latency", "ECS-TASK-21";
    /// How long a target still gets requests after its task's SIGTERM; 0 where it drains first, as ECS does.
    deregister_lag: Latency(Distribution) = NOTHING, ideal NOTHING,
        "task.deregister_lag", "ECS-TASK-18; seen: 3 to 5 s";
    /// After how long without an answer the load balancer answers 504.
    idle_timeout: Duration(SimDuration) = seconds(60), ideal seconds(60),
        "lb.idle_timeout", "ELB-ERR-1, documented";
    /// From a change of scale or desired count until the scheduler acts on it.
    recompute_latency: Latency(Distribution) = between(1.0, 5.0), ideal NOTHING,
        "taskset.recompute_latency", "ECS-EXT-12, U23";
    /// Whether the replacement of an unhealthy task is started before that task is stopped, as the ECS
    /// controller does; else once it drains.
    replacement_first: Switch(bool) = false, ideal false,
        "taskset.replacement_first", "ECS-SVC-6, ECS-ROLL-4, U26";
    /// Whether tasks that stop still count towards `maximumPercent` of a rolling update.
    count_stopping: Switch(bool) = true, ideal true,
        "ecs.count_stopping", "ECS-ROLL-2, documented";
    /// From one look of ECS at the alarms of its own deployment to the next; at least 1 s.
    ecs_alarm_poll: Duration(SimDuration) = seconds(30), ideal seconds(30),
        "ecs.alarm_poll", "ECS-DA-1; model";
    /// How much longer each shift of traffic by ECS itself takes behind a Network Load Balancer.
    nlb_shift: Latency(Distribution) = exactly(600.0), ideal NOTHING,
        "ecs.nlb_shift", "ECS-BG-7, documented: about 10 min";
    /// Whether the alarms of a deployment of ECS count only once the old revision has no task any more; else as soon as a
    /// task of the new one runs.
    alarms_after_scale_down: Switch(bool) = false, ideal false,
        "ecs.alarms_after_scale_down", "ECS-DA-3; two samples of AWS's disagree";
    /// From RUNNING to registered with the target group (stage S6).
    register: Latency(Distribution) = between(1.0, 5.0), ideal NOTHING,
        "lb.register", "ECS-TASK-7, U4";
    /// The same behind a Network Load Balancer, which takes much longer.
    nlb_register: Latency(Distribution) = between(60.0, 110.0), ideal NOTHING,
        "nlb.register", "NLB-2; seen: 70 to 120 s before the first check";
    /// From registered to the first health check; taken modulo the interval, so at most 10 s of it.
    first_check_phase: Latency(Distribution) = between(0.0, 10.0), ideal NOTHING,
        "lb.first_check_phase", "ELB-HC-3, U6";
    /// For how long clients keep what DNS answered.
    dns_ttl: Duration(SimDuration) = seconds(60), ideal seconds(60),
        "lb.dns_ttl", "ELB-FO-3, documented";
    /// How many passes in a row make a new target healthy.
    initial_passes_required: Count(u32) = 1, ideal 1,
        "lb.initial_passes_required", "ELB-HC-6, U5";
    /// From a change of weights until new requests follow it.
    weight_propagation: Latency(Distribution) = between(1.0, 5.0), ideal NOTHING,
        "lb.weight_propagation", "ELB-TG-6, U9";
    /// How much later than weights a Network Load Balancer stops giving connections to the old targets.
    nlb_switch_tail: Latency(Distribution) = between(60.0, 90.0), ideal NOTHING,
        "nlb.switch_tail", "NLB-3, U30; seen: about 75 s";
    /// How long a Network Load Balancer resets connections once new ones follow a switch or a rollback.
    nlb_reset_time: Duration(SimDuration) = seconds(30), ideal SimDuration::ZERO,
        "nlb.switch_reset_time", "NLB-3, U30; seen: 30 s or more";
    /// Which part of the connections it resets meanwhile.
    nlb_resets: Part(Share) = Share::of(50), ideal Share::of(50),
        "nlb.switch_resets", "NLB-3, U30";
    /// From the end of a minute until a load balancer's datapoint of it can be seen.
    delay_alb: Latency(Distribution) = lognormal(60.0, 150.0).within(20e3, 115e3).expect("a default is valid"),
        ideal NOTHING,
        "cw.delay.alb", "CW-DELAY-1 to CW-DELAY-3, U10";
    /// From the end of a minute until a datapoint of the ECS service can be seen.
    delay_ecs: Latency(Distribution) = lognormal(110.0, 165.0).within(40e3, 120e3).expect("a default is valid"),
        ideal NOTHING,
        "cw.delay.ecs", "CW-DELAY-1 to CW-DELAY-3, U10";
    /// The same of a service whose metrics are published every 20 seconds: what alarms of shorter periods see.
    delay_ecs_20s: Latency(Distribution) = lognormal(10.0, 20.0), ideal NOTHING,
        "cw.delay.ecs_20s", "CW-DELAY-3, CW-MET-5";
    /// From the end of its time until a datapoint that a revision publishes itself can be seen.
    delay_custom: Latency(Distribution) = lognormal(5.0, 15.0), ideal NOTHING,
        "cw.delay.custom", "CW-DELAY-3; the spread is assumed";
    /// From the end of a minute until a datapoint of a Lambda function can be seen.
    delay_lambda: Latency(Distribution) = lognormal(40.0, 100.0).within(15e3, 115e3).expect("a default is valid"),
        ideal NOTHING,
        "cw.delay.lambda", "LAM-MET-5, CW-DELAY-1; the spread is assumed, U39";
    /// What a task costs in an hour, in whatever currency; nothing is said of cost where it is 0.
    task_hour_price: Price(f64) = 0.0, ideal 0.0,
        "price.task_hour", "your own price";
    /// From a scaling alarm's action to the new desired count.
    action_latency: Latency(Distribution) = between(1.0, 10.0), ideal NOTHING,
        "aas.action_latency", "AAS-GEN-7";
    /// Whether policies may not scale in while CodeDeploy deploys, as with ECS's own deployments.
    codedeploy_scale_in_suspended: Switch(bool) = true, ideal true,
        "aas.codedeploy_scale_in_suspended", "AAS-DEP-2, U19";
    /// The largest share of the running tasks that one scale-in of target tracking may take.
    max_scale_in_fraction: Part(Share) = Share::ONE, ideal Share::ONE,
        "aas.max_scale_in_fraction", "AAS-TT-5, U17";
    /// When in its minute (in its ten seconds if its period is shorter) an alarm is evaluated; drawn once an alarm.
    evaluation_phase: Latency(Distribution) = between(0.0, 60.0), ideal NOTHING,
        "cw.eval_phase", "CW-ALARM-3";
    /// Whether alarms have seen what came before the deployment; else their metrics begin with it.
    has_history: Switch(bool) = true, ideal true,
        "cw.history", "decision: history";
    /// From one look of CodeDeploy at its alarms to the next; at least 1 s.
    alarm_poll: Duration(SimDuration) = seconds(15), ideal seconds(15),
        "codedeploy.alarm_poll", "CD-ALM-4, U-25";
    /// From the end of one lifecycle event on an instance until its agent begins the next, and from its turn to the first.
    agent_poll: Latency(Distribution) = exactly(1.0), ideal NOTHING,
        "agent.poll", "CD-EC2-3; the agent waits 1 s between two commands";
    /// How long the agent takes to fetch a revision, where the revision does not say.
    agent_download: Latency(Distribution) = between(1.0, 5.0), ideal NOTHING,
        "agent.download", "CD-LE-1; the spread is assumed";
    /// How long the agent takes to copy the files of a revision, where the revision does not say.
    agent_install: Latency(Distribution) = between(1.0, 3.0), ideal NOTHING,
        "agent.install", "CD-LE-1; the spread is assumed";
    /// How long the scripts of an event take on an instance, where the revision does not say.
    script_duration: Latency(Distribution) = lognormal(5.0, 20.0), ideal NOTHING,
        "script.duration", "CD-EC2-5; the spread is assumed";
    /// How long nothing is heard of an agent before 1.5.0 that has restarted inside a script.
    agent_hang: Duration(SimDuration) = seconds(70 * 60), ideal seconds(70 * 60),
        "agent.hang", "CD-EC2-10, documented";
    /// How long an agent may take to answer a deployment to its instance.
    agent_timeout: Duration(SimDuration) = seconds(3600), ideal seconds(3600),
        "codedeploy.agent_timeout", "CD-EC2-3, documented";
    /// How long after the end of one event on an instance the next may take to begin.
    event_start_timeout: Duration(SimDuration) = seconds(300), ideal seconds(300),
        "codedeploy.event_start_timeout", "CD-LE-6, documented";
    /// How long an event on an instance may take.
    event_timeout: Duration(SimDuration) = seconds(3600), ideal seconds(3600),
        "codedeploy.event_timeout", "CD-LE-5, documented";
    /// How long a deployment in place may take; 8 h with configurations made before June 2023.
    in_place_timeout: Duration(SimDuration) = seconds(43_200), ideal seconds(43_200),
        "codedeploy.in_place_timeout", "CD-EC2-11, documented";
    /// How long a blue/green deployment to instances may take, its waits included.
    blue_green_timeout: Duration(SimDuration) = seconds(392_400), ideal seconds(392_400),
        "codedeploy.blue_green_timeout", "CD-EC2-11, documented: 109 h";
    /// From the launch of an instance until it runs and its agent asks for commands.
    instance_launch: Latency(Distribution) = lognormal(90.0, 180.0), ideal NOTHING,
        "ec2.launch", "CD-EC2-20, U-37; the spread is assumed";
    /// What an instance costs in an hour, in whatever currency; nothing is said of cost where it is 0.
    instance_hour_price: Price(f64) = 0.0, ideal 0.0,
        "price.instance_hour", "your own price";
    /// Whether instances of equal health have their turns in random order, as CodeDeploy does; else in that of the scenario.
    random_instance_order: Switch(bool) = true, ideal true,
        "codedeploy.random_instance_order", "CD-HH-2, documented";
    /// From a change of a target's health until the ECS scheduler knows it.
    state_to_ecs_latency: Latency(Distribution) = between(1.0, 10.0), ideal NOTHING,
        "lb.state_to_ecs_latency", "ECS-SVC-3";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_table_leads_to_its_parameter() {
        let mut assumptions = Assumptions::default();
        for assumption in Assumptions::TABLE {
            assert!(assumptions.parameter(assumption.name).is_some(), "{}", assumption.name);
            assert!(!assumption.rule.is_empty());
        }
        assert!(assumptions.parameter("lb.first_check_fase").is_none());
    }

    #[test]
    fn under_the_ideal_preset_no_latency_is_left() {
        let mut ideal = Assumptions::ideal();
        for assumption in Assumptions::TABLE {
            if let Some(Parameter::Latency(latency)) = ideal.parameter(assumption.name) {
                assert_eq!(*latency, NOTHING, "{}", assumption.name);
            }
        }
        assert_eq!(ideal.install_timeout, SimDuration::from_secs(3600), "a rule stays");
    }
}
