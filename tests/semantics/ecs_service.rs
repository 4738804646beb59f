//! A service that ECS itself deploys, as a scenario in the making: for the tests of rolling updates and of native strategies.

use crate::support::{Played, play, read, told};

/// A scenario in the making, and what differs from a plain service of four tasks.
#[derive(Clone, Debug)]
pub struct Service {
    configuration: Vec<String>,
    balancer: String,
    protocol: &'static str,
    attributes: String,
    hooks: Vec<String>,
    later: String,
    later_configuration: &'static str,
    semantics: &'static str,
    rate: &'static str,
    service: Vec<String>,
    replacement: String,
    original: &'static str,
    more: Vec<String>,
    assumptions: Vec<String>,
    desired: u32,
}

/// With this deployment configuration; a launch takes a minute, all else nothing.
pub fn service(configuration: &[&str]) -> Service {
    Service {
        configuration: configuration.iter().map(|&line| line.into()).collect(),
        balancer: String::new(),
        protocol: "",
        attributes: String::new(),
        hooks: Vec::new(),
        later: String::new(),
        later_configuration: "",
        semantics: "current",
        rate: "0/s",
        service: Vec::new(),
        replacement: "launch: 60s, errors: 0%".into(),
        original: "launch: 60s, errors: 0%",
        more: Vec::new(),
        assumptions: Vec::new(),
        desired: 4,
    }
}

impl Service {
    pub fn configured(mut self, line: &str) -> Service {
        self.configuration.push(line.into());
        self
    }

    pub fn service(mut self, line: &str) -> Service {
        self.service.push(line.into());
        self
    }

    pub fn replacement(mut self, behaviour: &str) -> Service {
        self.replacement = behaviour.into();
        self
    }

    pub fn original(mut self, behaviour: &'static str) -> Service {
        self.original = behaviour;
        self
    }

    pub fn line(mut self, line: &str) -> Service {
        self.more.push(line.into());
        self
    }

    pub fn assume(mut self, line: &str) -> Service {
        self.assumptions.push(line.into());
        self
    }

    /// The service names a second target group, and perhaps a rule for test traffic.
    pub fn with_alternate(mut self, has_test_rule: bool) -> Service {
        let group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/other/1b";
        let rule = if has_test_rule { ", testListenerRule: 'arn:test'" } else { "" };
        self.balancer = format!(
            ", advancedConfiguration: {{ alternateTargetGroupArn: '{group}', productionListenerRule: 'arn:rule', roleArn: 'arn:role'{rule} }}"
        );
        self
    }

    /// Another attribute of the target groups.
    pub fn attribute(mut self, key: &str, value: &str) -> Service {
        self.attributes += &format!(", {{ Key: {key}, Value: '{value}' }}");
        self
    }

    /// Behind a Network Load Balancer.
    pub fn balanced_by_network(mut self) -> Service {
        self.protocol = "Protocol: TCP, ";
        self
    }

    pub fn hook(mut self, stage: &str, behaviour: &str) -> Service {
        self.hooks.push(format!("{stage}: {{ {behaviour} }}"));
        self
    }

    /// Another deployment after the first, of a revision `fix`.
    pub fn then_fix(mut self, behaviour: &str) -> Service {
        self.later = behaviour.into();
        self
    }

    /// What that one says of deployments itself.
    pub fn then_configured(mut self, configuration: &'static str) -> Service {
        self.later_configuration = configuration;
        self
    }

    pub fn since(mut self, semantics: &'static str) -> Service {
        self.semantics = semantics;
        self
    }

    pub fn rate(mut self, rate: &'static str) -> Service {
        self.rate = rate;
        self
    }

    pub fn desired(mut self, count: u32) -> Service {
        self.desired = count;
        self
    }

    pub fn yaml(&self) -> String {
        let lines = |lines: &[String], by: &str| {
            lines.iter().map(|line| format!("{by}{line}\n")).collect::<String>()
        };
        let configuration = lines(&self.configuration, "        ");
        let (deployment, replacement) = match self.later.as_str() {
            "" => (
                format!(
                    "deployment:\n  updateService:\n      deploymentConfiguration:\n{configuration}"
                ),
                format!("  replacement: {{ {} }}\n", self.replacement),
            ),
            fix => (
                format!(
                    "deployments:\n  - updateService:\n      deploymentConfiguration:\n{configuration}    deploys: first\n  - {{ after: previous, deploys: fix, updateService: {{ deploymentConfiguration: {{ {} }} }} }}\n",
                    self.later_configuration
                ),
                format!("  first: {{ {} }}\n  fix: {{ {fix} }}\n", self.replacement),
            ),
        };
        let hooks = match self.hooks.is_empty() {
            true => String::new(),
            false => format!("hooks:\n{}", lines(&self.hooks, "  ")),
        };
        format!(
            "cutover: 1
semantics: {}
{deployment}resources:
  service:
    serviceName: web
    desiredCount: {}
    loadBalancers:
      - {{ targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1a', containerName: web, containerPort: 80{} }}
{}  targetGroups:
    - {{ Name: web, {protocol}Attributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '30' }}{attributes}] }}
    - {{ Name: other, {protocol}Attributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '30' }}{attributes}] }}
  alarms:
    - {{ AlarmName: errors, Namespace: Shop, MetricName: Failed, Statistic: Sum, Period: 60, EvaluationPeriods: 2,
        Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore }}
traffic: {{ rate: {} }}
{}{hooks}revisions:
  original: {{ {} }}
{replacement}assumptions:
  preset: ideal
{}",
            self.semantics,
            self.desired,
            self.balancer,
            lines(&self.service, "    "),
            self.rate,
            lines(&self.more, ""),
            self.original,
            lines(&self.assumptions, "  "),
            protocol = self.protocol,
            attributes = self.attributes,
        )
    }

    pub fn run(&self) -> Played {
        let yaml = self.yaml();
        let scenario = read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}"));
        play(&scenario, 1, 0)
    }

    pub fn told(&self) -> String {
        told(&self.yaml())
    }
}
