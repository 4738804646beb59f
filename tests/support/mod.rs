//! Scenarios as YAML, played under the invariants, and questions to what came of them.
//!
//! Everything starts from `preset: ideal`, where nothing takes time but what a test says. Every run is held
//! against the laws of `law`.

#![allow(dead_code, reason = "each test crate uses a part of it")]

pub mod balanced;
pub mod law;

use std::fmt::Write as _;
use std::path::Path;

use cutover::analysis::evidence::{Evidence, Happening, Occurrence, Quantity};
use cutover::analysis::lifecycle::{Course, EventSpan};
use cutover::analysis::row::Row;
use cutover::analysis::series::Series;
use cutover::analysis::traffic::Tally;
use cutover::aws::name::{LifecycleEvent, TaskStatus};
use cutover::diagnostic::render;
use cutover::engine::time::SimTime;
use cutover::input::load;
use cutover::input::source::MemorySource;
use cutover::journal::fact::{Fact, Listener};
use cutover::journal::{Entry, Journal};
use cutover::scenario::Scenario;
use cutover::simulation::{Ended, Simulation};

const LISTENER: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/web/0123456789abcdef";
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup";

/// The dimensions of the load balancer, or of one of its groups.
fn dimensions(of: &str) -> String {
    let balancer = "{ Name: LoadBalancer, Value: app/web/0123456789abcdef }";
    match of {
        "" => format!("[{balancer}]"),
        of => format!(
            "[{balancer}, {{ Name: TargetGroup, Value: targetgroup/{of}/0123456789abcdef }}]"
        ),
    }
}

/// One metric of an alarm on metric math: the sum of a period, of the load balancer or of one of its groups.
pub fn series(id: &str, metric: &str, of: &str, period_s: u32) -> String {
    let dimensions = dimensions(of);
    format!(
        "{{ Id: {id}, ReturnData: false, MetricStat: {{ Stat: Sum, Period: {period_s}, Metric: {{ Namespace: AWS/ApplicationELB, MetricName: {metric}, Dimensions: {dimensions} }} }} }}"
    )
}

/// A scenario in the making; each method says one thing more.
#[derive(Clone, Debug)]
pub struct Setup {
    deployment: Vec<String>,
    later: Vec<String>,
    operator: Vec<String>,
    faults: Vec<String>,
    service: Vec<String>,
    more: Vec<String>,
    candidates: Vec<String>,
    group: Vec<String>,
    triggers: Vec<String>,
    alarms: Vec<String>,
    watched: Vec<&'static str>,
    alarm_options: String,
    rollback: Vec<&'static str>,
    ready: String,
    termination: u32,
    test_listener: bool,
    network: bool,
    original_group: &'static str,
    desired: u32,
    grace: u32,
    container: String,
    check: String,
    delay: u32,
    attributes: Vec<String>,
    resources: Vec<String>,
    semantics: &'static str,
    rate: String,
    original: String,
    replacement: String,
    hooks: Vec<String>,
    lifecycle: Vec<String>,
    client: String,
    preset: &'static str,
    assumptions: Vec<String>,
}

/// All at once, one task a side, no waits, no hooks, no rollback, no latency, no request.
pub fn scenario() -> Setup {
    Setup {
        deployment: Vec::new(),
        later: Vec::new(),
        operator: Vec::new(),
        faults: Vec::new(),
        service: Vec::new(),
        more: Vec::new(),
        candidates: Vec::new(),
        group: Vec::new(),
        triggers: Vec::new(),
        alarms: Vec::new(),
        watched: Vec::new(),
        alarm_options: "enabled: true".into(),
        rollback: Vec::new(),
        ready: "actionOnTimeout: CONTINUE_DEPLOYMENT".into(),
        termination: 0,
        test_listener: false,
        network: false,
        original_group: "blue",
        desired: 1,
        grace: 0,
        container: String::new(),
        check: health_check([30, 5, 5, 2]),
        delay: 0,
        attributes: Vec::new(),
        resources: Vec::new(),
        semantics: "current",
        rate: "0/s".into(),
        original: String::new(),
        replacement: String::new(),
        hooks: Vec::new(),
        lifecycle: Vec::new(),
        client: String::new(),
        preset: "ideal",
        assumptions: Vec::new(),
    }
}

impl Setup {
    /// A predefined configuration, by name, in the deployment group.
    pub fn config(mut self, name: &str) -> Setup {
        self.group.push(format!("deploymentConfigName: {name}"));
        self
    }

    /// A trigger of the group, told of these events.
    pub fn trigger(mut self, name: &str, events: &str) -> Setup {
        self.triggers.push(format!(
            "{{ triggerName: {name}, triggerTargetArn: \"arn:aws:sns:eu-central-1:123456789012:{name}\", triggerEvents: [{events}] }}"
        ));
        self
    }

    /// An alarm on one metric of the load balancer (`""`), or of one of its groups (`"green"`): what follows its period
    /// of a minute, as the inside of a map.
    pub fn alarm(mut self, name: &str, (metric, of): (&str, &str), rule: &str) -> Setup {
        let stat = if metric.contains("Host") { "Maximum" } else { "Sum" };
        self.alarms.push(format!(
            "{{ AlarmName: {name}, Namespace: AWS/ApplicationELB, MetricName: {metric}, Dimensions: {}, Statistic: {stat}, Period: 60, {rule} }}",
            dimensions(of)
        ));
        self
    }

    /// An alarm that goes off when more than one percent of a group's requests fail, from a minute's counts.
    pub fn error_rate(mut self, name: &str, of: &str, rule: &str) -> Setup {
        self.alarms.push(format!(
            "{{ AlarmName: {name}, Threshold: 1, ComparisonOperator: GreaterThanThreshold, {rule}, Metrics: [{{ Id: rate, Expression: 100 * errors / requests }}, {}, {}] }}",
            series("errors", "HTTPCode_Target_5XX_Count", of, 60),
            series("requests", "RequestCount", of, 60),
        ));
        self
    }

    /// An alarm on how long the targets of the load balancer (`""`), or of one of its groups, take to answer:
    /// `Statistic: Average` or `ExtendedStatistic: p99`, by periods of so many seconds.
    pub fn response_time(
        mut self,
        name: &str,
        (stat, of, period_s): (&str, &str, u32),
        rule: &str,
    ) -> Setup {
        self.alarms.push(format!(
            "{{ AlarmName: {name}, Namespace: AWS/ApplicationELB, MetricName: TargetResponseTime, Dimensions: {}, {stat}, Period: {period_s}, {rule} }}",
            dimensions(of)
        ));
        self
    }

    /// An alarm as the inside of a map.
    pub fn described_alarm(mut self, alarm: &str) -> Setup {
        self.alarms.push(format!("{{ {alarm} }}"));
        self
    }

    /// Alarms that the deployment group names.
    pub fn watch(mut self, names: &[&'static str]) -> Setup {
        self.watched = names.to_vec();
        self
    }

    /// `enabled` and `ignorePollAlarmFailure` of the group's alarm configuration, as the inside of a map.
    pub fn alarm_options(mut self, options: &str) -> Setup {
        self.alarm_options = options.into();
        self
    }

    /// A line of the `deployment:` section, beside group and revision.
    pub fn deployment(mut self, line: &str) -> Setup {
        self.deployment.push(line.into());
        self
    }

    /// One more deployment, as the inside of a map: `after: previous`.
    pub fn then(mut self, deployment: &str) -> Setup {
        self.later.push(deployment.into());
        self
    }

    /// A call of somebody's, as the inside of a map: `at: 200s, do: StopDeployment`.
    pub fn operator(mut self, call: &str) -> Setup {
        self.operator.push(call.into());
        self
    }

    /// Something that breaks, as the inside of a map: `at: 200s, kind: task-crash`.
    pub fn fault(mut self, fault: &str) -> Setup {
        self.faults.push(fault.into());
        self
    }

    /// More keys of the service document, such as `launchType: FARGATE`.
    pub fn service(mut self, line: &str) -> Setup {
        self.service.push(line.into());
        self
    }

    /// One more line of the scenario, such as `until: 45m`.
    pub fn line(mut self, line: &str) -> Setup {
        self.more.push(line.into());
        self
    }

    /// One more revision under a name of its own.
    pub fn revision(mut self, name: &str, behaviour: &str) -> Setup {
        self.candidates.push(format!("{name}: {{ {behaviour} }}"));
        self
    }

    /// A configuration of one's own: `percent` at once, the rest `minutes` later.
    pub fn canary(self, percent: u32, minutes: u32) -> Setup {
        self.routing(&format!(
            "type: TimeBasedCanary, timeBasedCanary: {{ canaryPercentage: {percent}, canaryInterval: {minutes} }}"
        ))
    }

    /// A configuration of one's own: `percent` more every so many minutes.
    pub fn linear(self, percent: u32, minutes: u32) -> Setup {
        self.routing(&format!(
            "type: TimeBasedLinear, timeBasedLinear: {{ linearPercentage: {percent}, linearInterval: {minutes} }}"
        ))
    }

    /// A configuration of one's own, as `trafficRoutingConfig` has it.
    pub fn routing(self, routing: &str) -> Setup {
        self.deployment(&format!(
            "deploymentConfig: {{ deploymentConfigName: own, computePlatform: ECS, trafficRoutingConfig: {{ {routing} }} }}"
        ))
    }

    /// `autoRollbackConfiguration` with these events.
    pub fn rollback(mut self, events: &[&'static str]) -> Setup {
        self.rollback = events.to_vec();
        self
    }

    /// `STOP_DEPLOYMENT` after so many minutes.
    pub fn ready_wait(mut self, minutes: u32) -> Setup {
        self.ready = format!("actionOnTimeout: STOP_DEPLOYMENT, waitTimeInMinutes: {minutes}");
        self
    }

    /// `deploymentReadyOption` as it is written.
    pub fn ready_option(mut self, option: &str) -> Setup {
        self.ready = option.into();
        self
    }

    /// `terminationWaitTimeInMinutes`.
    pub fn termination_wait(mut self, minutes: u32) -> Setup {
        self.termination = minutes;
        self
    }

    /// With a test listener.
    pub fn test_listener(mut self) -> Setup {
        self.test_listener = true;
        self
    }

    /// Behind a Network Load Balancer.
    pub fn network_load_balancer(mut self) -> Setup {
        self.network = true;
        self
    }

    /// The target group, `blue` or `green`, that the PRIMARY task set uses.
    pub fn original_group(mut self, name: &'static str) -> Setup {
        self.original_group = name;
        self
    }

    /// `desiredCount`.
    pub fn desired(mut self, count: u32) -> Setup {
        self.desired = count;
        self
    }

    /// `healthCheckGracePeriodSeconds`.
    pub fn grace(mut self, seconds: u32) -> Setup {
        self.grace = seconds;
        self
    }

    /// More keys of the essential container, such as `stopTimeout: 30`.
    pub fn container(mut self, keys: &str) -> Setup {
        let _ = write!(self.container, ", {keys}");
        self
    }

    /// The health check of both target groups: interval, timeout, healthy and unhealthy threshold.
    pub fn health_check(mut self, numbers: [u32; 4]) -> Setup {
        self.check = health_check(numbers);
        self
    }

    /// Seconds of deregistration delay of both target groups; without it none.
    pub fn deregistration_delay(mut self, seconds: u32) -> Setup {
        self.delay = seconds;
        self
    }

    /// An attribute of both target groups.
    pub fn attribute(mut self, key: &str, value: &str) -> Setup {
        self.attributes.push(format!(", {{ Key: {key}, Value: \"{value}\" }}"));
        self
    }

    /// A line under `resources:`, such as `listeners: []`.
    pub fn resource(mut self, line: &str) -> Setup {
        self.resources.push(line.into());
        self
    }

    /// A production listener whose cookie keeps clients with their target group for so many seconds.
    pub fn sticky(self, seconds: u32) -> Setup {
        self.stickiness(&format!("Enabled: true, DurationSeconds: {seconds}"))
    }

    /// `TargetGroupStickinessConfig` of the production listener, as the inside of a map.
    pub fn stickiness(self, config: &str) -> Setup {
        self.resource(&format!(
            "listeners: [{{ ListenerArn: production, DefaultActions: [{{ Type: forward, ForwardConfig: {{ TargetGroupStickinessConfig: {{ {config} }} }} }}] }}]"
        ))
    }

    /// A date, such as `2022-06`.
    pub fn semantics(mut self, date: &'static str) -> Setup {
        self.semantics = date;
        self
    }

    /// Requests, such as `200/s`.
    pub fn rate(mut self, rate: &str) -> Setup {
        self.rate = rate.into();
        self
    }

    /// How the original behaves, as the inside of a map.
    pub fn original(mut self, behaviour: &str) -> Setup {
        self.original = behaviour.into();
        self
    }

    /// How the replacement behaves, as the inside of a map.
    pub fn replacement(mut self, behaviour: &str) -> Setup {
        self.replacement = behaviour.into();
        self
    }

    /// A function bound to an event, as the inside of a map.
    pub fn hook(mut self, event: &str, behaviour: &str) -> Setup {
        self.hooks.push(format!("{event}: {{ {behaviour} }}"));
        self
    }

    /// Gap and duration of an event, as the inside of a map.
    pub fn lifecycle(mut self, event: &str, pace: &str) -> Setup {
        self.lifecycle.push(format!("{event}: {{ {pace} }}"));
        self
    }

    /// Who waits for the deployment, as the inside of a map.
    pub fn client(mut self, client: &str) -> Setup {
        self.client = client.into();
        self
    }

    /// An assumption, such as `app.boot: 10s`.
    pub fn assume(mut self, line: &str) -> Setup {
        self.assumptions.push(line.into());
        self
    }

    /// Every assumption at its default, instead of the ideal.
    pub fn default_assumptions(mut self) -> Setup {
        self.preset = "default";
        self
    }

    /// The scenario as a file.
    pub fn yaml(&self) -> String {
        let mut text = String::from("cutover: 1\nname: test\n");
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        line(&format!("semantics: {}", self.semantics));
        let deployment = self.deployment_section();
        if self.later.is_empty() {
            line("deployment:");
            deployment.iter().for_each(|own| line(&format!("  {own}")));
        } else {
            line("deployments:");
            line("  -");
            deployment.iter().for_each(|own| line(&format!("    {own}")));
            self.later.iter().for_each(|later| line(&format!("  - {{ {later} }}")));
        }
        if !self.operator.is_empty() {
            line("operator:");
            self.operator.iter().for_each(|call| line(&format!("  - {{ {call} }}")));
        }
        if !self.faults.is_empty() {
            line("faults:");
            self.faults.iter().for_each(|fault| line(&format!("  - {{ {fault} }}")));
        }
        self.more.iter().for_each(|more| line(more));
        line("resources:");
        line("  service:");
        line("    serviceName: web");
        line("    cluster: production");
        line(&format!("    desiredCount: {}", self.desired));
        line(&format!("    healthCheckGracePeriodSeconds: {}", self.grace));
        line("    deploymentController: { type: CODE_DEPLOY }");
        self.service.iter().for_each(|more| line(&format!("    {more}")));
        line(&format!(
            "    loadBalancers: [{{ targetGroupArn: \"{GROUP}/{}/0123456789abcdef\", containerName: web, containerPort: 80 }}]",
            self.original_group
        ));
        line("  taskDefinition:");
        line("    family: web");
        line("    containerDefinitions:");
        line(&format!(
            "      - {{ name: web, image: web, portMappings: [{{ containerPort: 80 }}]{} }}",
            self.container
        ));
        line("  targetGroups:");
        for name in ["blue", "green"] {
            line(&format!(
                "    - {{ Name: {name}, {}, Attributes: [{{ Key: deregistration_delay.timeout_seconds, Value: \"{}\" }}{}] }}",
                self.check,
                self.delay,
                self.attributes.concat()
            ));
        }
        if !self.alarms.is_empty() {
            line("  alarms:");
            self.alarms.iter().for_each(|alarm| line(&format!("    - {alarm}")));
        }
        self.resources.iter().for_each(|more| line(&format!("  {more}")));
        line(&format!("traffic: {{ rate: {} }}", self.rate));
        line("revisions:");
        line(&format!("  original: {{ {} }}", self.original));
        line(&format!("  replacement: {{ {} }}", self.replacement));
        self.candidates.iter().for_each(|more| line(&format!("  {more}")));
        for (section, lines) in [("hooks", &self.hooks), ("lifecycle", &self.lifecycle)] {
            if !lines.is_empty() {
                line(&format!("{section}:"));
                lines.iter().for_each(|more| line(&format!("  {more}")));
            }
        }
        if !self.client.is_empty() {
            line(&format!("client: {{ {} }}", self.client));
        }
        line("assumptions:");
        line(&format!("  preset: {}", self.preset));
        self.assumptions.iter().for_each(|more| line(&format!("  {more}")));
        text
    }

    /// What stands under `deployment:`, or in the first of `deployments:`.
    fn deployment_section(&self) -> Vec<String> {
        let mut lines = self.deployment.clone();
        let mut line = |line: &str| lines.push(line.into());
        line("deploymentGroup:");
        line("  applicationName: web");
        line("  deploymentGroupName: web");
        self.group.iter().for_each(|more| line(&format!("  {more}")));
        line("  ecsServices: [{ clusterName: production, serviceName: web }]");
        line(
            "  deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }",
        );
        line("  loadBalancerInfo:");
        line("    targetGroupPairInfoList:");
        line("      - targetGroups: [{ name: blue }, { name: green }]");
        let listener = LISTENER.replace("/app/", if self.network { "/net/" } else { "/app/" });
        line(&format!("        prodTrafficRoute: {{ listenerArns: [\"{listener}/1\"] }}"));
        if self.test_listener {
            line(&format!("        testTrafficRoute: {{ listenerArns: [\"{listener}/2\"] }}"));
        }
        line("  blueGreenDeploymentConfiguration:");
        line(&format!("    deploymentReadyOption: {{ {} }}", self.ready));
        line(&format!(
            "    terminateBlueInstancesOnDeploymentSuccess: {{ action: TERMINATE, terminationWaitTimeInMinutes: {} }}",
            self.termination
        ));
        if !self.rollback.is_empty() {
            let events = self.rollback.join(", ");
            line(&format!("  autoRollbackConfiguration: {{ enabled: true, events: [{events}] }}"));
        }
        if !self.watched.is_empty() {
            let names: Vec<String> =
                self.watched.iter().map(|name| format!("{{ name: {name} }}")).collect();
            let (options, names) = (&self.alarm_options, names.join(", "));
            line(&format!("  alarmConfiguration: {{ {options}, alarms: [{names}] }}"));
        }
        if !self.triggers.is_empty() {
            line(&format!("  triggerConfigurations: [{}]", self.triggers.join(", ")));
        }
        lines
    }

    /// The scenario, read.
    ///
    /// # Panics
    /// If it is refused.
    pub fn load(&self) -> Scenario {
        let yaml = self.yaml();
        read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}"))
    }

    /// What is told of a scenario that is refused.
    ///
    /// # Panics
    /// If it is not.
    pub fn refused(&self) -> String {
        read(&self.yaml()).expect_err("the scenario is refused")
    }

    /// Everything that is told of it, warnings included.
    pub fn told(&self) -> String {
        told(&self.yaml())
    }

    /// The run of seed 1, replication 0.
    pub fn run(&self) -> Played {
        self.replication(1, 0)
    }

    /// The run of a seed and a replication.
    pub fn replication(&self, seed: u64, replication: u64) -> Played {
        play(&self.load(), seed, replication)
    }
}

fn health_check([interval, timeout, healthy, unhealthy]: [u32; 4]) -> String {
    format!(
        "HealthCheckIntervalSeconds: {interval}, HealthCheckTimeoutSeconds: {timeout}, HealthyThresholdCount: {healthy}, UnhealthyThresholdCount: {unhealthy}"
    )
}

/// Everything that is told of a scenario that is one text.
pub fn told(yaml: &str) -> String {
    let source = MemorySource::new().with("test.yaml", yaml);
    let loaded = load(Path::new("test.yaml"), &[], &source);
    render::terminal_all(&loaded.diagnostics, &loaded.sources, false)
}

/// Reads a scenario that is one text.
///
/// # Errors
/// What is told, if it is refused.
pub fn read(yaml: &str) -> Result<Scenario, String> {
    let source = MemorySource::new().with("test.yaml", yaml);
    let loaded = load(Path::new("test.yaml"), &[], &source);
    let told = || render::terminal_all(&loaded.diagnostics, &loaded.sources, false);
    loaded.scenario.as_ref().cloned().ok_or_else(told)
}

/// Plays one replication, invariants checked after every event, laws at the end.
pub fn play(scenario: &Scenario, seed: u64, replication: u64) -> Played {
    let mut simulation = Simulation::new(scenario);
    simulation.verify();
    simulation.reset(seed, replication);
    let mut journal = Journal { header: simulation.header(), entries: Vec::new() };
    let ended = simulation.finish(&mut journal);
    let played = Played::of(journal, ended);
    law::hold(&played);
    played
}

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Played {
    /// What happened.
    pub journal: Journal,
    /// What it means.
    pub evidence: Evidence,
    /// Values over time.
    pub series: Series,
    /// How it ended.
    pub ended: Ended,
}

impl Played {
    fn of(journal: Journal, ended: Ended) -> Played {
        let evidence = Evidence::of(&journal);
        let series = Series::of(&journal, journal.end());
        Played { journal, evidence, series, ended }
    }

    /// The row of results.
    pub fn row(&self) -> &Row {
        &self.evidence.row
    }

    /// The course of a deployment: 0 is the first, 1 its rollback.
    pub fn course(&self, number: usize) -> &Course {
        &self.series.deployments[number]
    }

    /// Statuses of a deployment: `0 Created, 2 InProgress, 92 Succeeded`.
    pub fn statuses(&self, number: usize) -> String {
        let statuses = &self.course(number).statuses;
        listed(statuses.iter().map(|(at, status)| format!("{} {status}", seconds(*at))))
    }

    /// Lifecycle events of the first deployment, each on a line: `Install 2-92 Succeeded`.
    pub fn events(&self) -> Vec<String> {
        let shown = |span: &EventSpan| {
            let EventSpan { event, status, .. } = span;
            match (span.started, span.ended) {
                (Some(started), Some(ended)) => {
                    format!("{event} {}-{} {status}", seconds(started), seconds(ended))
                }
                (Some(started), None) => format!("{event} {}- {status}", seconds(started)),
                (None, _) => format!("{event} {status}"),
            }
        };
        self.course(0).events.iter().map(shown).collect()
    }

    /// A lifecycle event of the first deployment.
    pub fn event(&self, event: LifecycleEvent) -> &EventSpan {
        self.evidence.event(event).unwrap_or_else(|| panic!("there is no {event}"))
    }

    /// Every change of the production listener, as the replacement's weight: `92 10%, 392 100%`.
    pub fn weights(&self) -> String {
        self.written(Listener::Production)
    }

    /// Every change of the test listener, as the replacement's weight.
    pub fn test_weights(&self) -> String {
        self.written(Listener::Test)
    }

    fn written(&self, wanted: Listener) -> String {
        self.told(|fact| match fact {
            Fact::ListenerModified { listener, weights } if *listener == wanted => {
                Some(format!("{}%", self.series.sides.weight_of_replacement(*weights)))
            }
            _ => None,
        })
    }

    /// A quantity at an instant in seconds; weights in whole percent.
    pub fn value(&self, name: &str, at_s: u64) -> u64 {
        let quantity = Quantity::from_name(name).expect("a known quantity");
        let value = self.evidence.value(quantity, SimTime::from_millis(at_s * 1000));
        match quantity {
            Quantity::Weight | Quantity::WeightInForce | Quantity::TestWeight => value / 10_000,
            _ => value,
        }
    }

    /// Requests that reached a target of each group after one second and up to another.
    pub fn answered(&self, from_s: u64, to_s: u64) -> [u64; 2] {
        let mut sums = [0; 2];
        for entry in &self.journal.entries {
            if let Fact::RequestsAnswered { target_group, requests, .. } = entry.fact
                && (from_s * 1000 + 1..=to_s * 1000).contains(&entry.at.as_millis())
            {
                sums[target_group.index()] += u64::from(requests);
            }
        }
        sums
    }

    /// The requests of both sides in a stretch of seconds.
    pub fn traffic(&self, from_s: u64, to_s: u64) -> Tally {
        let [from, to] = [from_s, to_s].map(|s| SimTime::from_millis(s * 1000));
        self.series.traffic_between(from, to).total()
    }

    /// How often something happened.
    pub fn occurrence(&self, name: &str) -> Occurrence {
        self.evidence.occurrence(Happening::from_name(name).expect("a known happening"))
    }

    /// The entries that a question picks, shown with their seconds.
    pub fn told(&self, mut pick: impl FnMut(&Fact) -> Option<String>) -> String {
        let shown =
            |entry: &Entry| pick(&entry.fact).map(|text| format!("{} {text}", seconds(entry.at)));
        listed(self.journal.entries.iter().filter_map(shown))
    }

    /// Statuses of a task, by number.
    pub fn task(&self, number: u32) -> String {
        self.told(|fact| match fact {
            Fact::TaskStatusChanged { task, status, .. } if task.0 == number => {
                Some(status.to_string())
            }
            _ => None,
        })
    }

    /// States of a task's target, by number.
    pub fn target(&self, number: u32) -> String {
        self.told(|fact| match fact {
            Fact::TargetHealthChanged { task, state, .. } if task.0 == number => {
                Some(state.to_string())
            }
            _ => None,
        })
    }

    /// When tasks of a set were created: `0, 40, 90`.
    pub fn launches(&self, number: u8) -> String {
        let told = self.told(|fact| match fact {
            Fact::TaskStatusChanged { task_set, status: TaskStatus::Provisioning, .. }
                if task_set.0 == number =>
            {
                Some(String::new())
            }
            _ => None,
        });
        told.replace(" ,", ",").trim_end().to_string()
    }

    /// What the service told of itself.
    pub fn service_events(&self) -> String {
        self.told(|fact| match fact {
            Fact::ServiceEventEmitted { code, .. } => Some(code.to_string()),
            _ => None,
        })
    }

    /// The desired counts of the service, with their times: `60 21`.
    pub fn told_desired(&self) -> String {
        self.told(|fact| match fact {
            Fact::ServiceDesiredCountUpdated { desired_count } => Some(desired_count.to_string()),
            _ => None,
        })
    }

    /// The states of an alarm, by its position among the alarms: `0 OK, 140 ALARM`.
    pub fn alarm(&self, number: u8) -> String {
        self.told(|fact| match fact {
            Fact::AlarmFound { alarm, state } | Fact::AlarmStateChanged { alarm, state } => {
                (alarm.0 == number).then(|| state.to_string())
            }
            _ => None,
        })
    }

    /// The datapoints that an alarm saw, when it did: `140 2.5`, with a `!` behind what breaches.
    pub fn datapoints(&self, number: u8) -> String {
        self.told(|fact| match fact {
            Fact::DatapointSeen { alarm, breaching, micros, .. } if alarm.0 == number => {
                let mark = if *breaching { "!" } else { "" };
                Some(format!("{}{mark}", *micros as f64 / 1e6))
            }
            _ => None,
        })
    }

    /// Statuses of a task set.
    pub fn task_set(&self, number: u8) -> String {
        self.told(|fact| match fact {
            Fact::TaskSetStatusChanged { task_set, status } if task_set.0 == number => {
                Some(status.to_string())
            }
            _ => None,
        })
    }

    /// Stability of a task set, after it was created or found.
    pub fn stability(&self, number: u8) -> String {
        self.told(|fact| match fact {
            Fact::TaskSetStabilityChanged { task_set, stability } if task_set.0 == number => {
                Some(stability.to_string())
            }
            _ => None,
        })
    }

    /// Requests to stop a task of a task set: its number, and why.
    pub fn stops(&self, number: u8) -> String {
        self.told(|fact| match fact {
            Fact::TaskStopRequested { task, task_set, code, unhealthy } if task_set.0 == number => {
                let why = if *unhealthy { " unhealthy" } else { "" };
                Some(format!("task {task} {code}{why}"))
            }
            _ => None,
        })
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// `92`, or `92.5` if there are milliseconds.
pub fn seconds(at: SimTime) -> String {
    let (whole, rest) = (at.as_millis() / 1000, at.as_millis() % 1000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:03}").trim_end_matches('0').to_string()
}
