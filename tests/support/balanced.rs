//! Instances behind a load balancer, as YAML: in place, or blue/green.

use super::{Played, play, read};
use cutover::journal::fact::Fact;

/// Four instances that take their turns in their own order, whose targets drain for 20 s and whose scripts take no time but
/// `Install` of the original.
#[derive(Clone, Debug)]
pub struct Balanced {
    config: String,
    group: Vec<String>,
    instances: String,
    replacement: String,
    more: String,
}

/// In place, by a configuration of AWS's own: `HalfAtATime`.
pub fn in_place(config: &str) -> Balanced {
    Balanced {
        config: config.into(),
        group: vec![
            "deploymentStyle: { deploymentType: IN_PLACE, deploymentOption: WITH_TRAFFIC_CONTROL }"
                .into(),
            "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }".into(),
        ],
        instances: "count: 4".into(),
        replacement: "errors: 0%".into(),
        more: String::new(),
    }
}

/// Blue/green: where the replacement comes from, what is said of the ready wait, and of the original.
pub fn blue_green(config: &str, [option, ready, original]: [&str; 3]) -> Balanced {
    Balanced {
        group: vec![
            "autoScalingGroups: [web]".into(),
            "deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }"
                .into(),
            format!(
                "blueGreenDeploymentConfiguration: {{ greenFleetProvisioningOption: {{ action: {option} }}, \
                 deploymentReadyOption: {{ {ready} }}, \
                 terminateBlueInstancesOnDeploymentSuccess: {{ {original} }} }}"
            ),
            "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, \
             DEPLOYMENT_STOP_ON_REQUEST, DEPLOYMENT_STOP_ON_ALARM] }"
                .into(),
        ],
        ..in_place(config)
    }
}

impl Balanced {
    /// One more line of the deployment group.
    pub fn group(mut self, line: &str) -> Balanced {
        self.group.push(line.into());
        self
    }

    /// What is said of the instances, in place of `count: 4`.
    pub fn instances(mut self, instances: &str) -> Balanced {
        self.instances = instances.into();
        self
    }

    /// What is said of the replacement, in place of nothing.
    pub fn replacement(mut self, replacement: &str) -> Balanced {
        self.replacement = replacement.into();
        self
    }

    /// More lines of the assumptions, or of the scenario after them.
    pub fn more(mut self, lines: &str) -> Balanced {
        self.more.push_str(lines);
        self
    }

    /// The scenario.
    pub fn yaml(&self) -> String {
        let group: String = self.group.iter().map(|line| format!("      {line}\n")).collect();
        let Balanced { config, instances, replacement, more, .. } = self;
        format!(
            "cutover: 1
deployments:
  - deploymentConfigName: CodeDeployDefault.{config}
    deploymentGroup:
      applicationName: shop
      deploymentGroupName: web
      loadBalancerInfo: {{ targetGroupInfoList: [{{ name: web }}] }}
{group}resources:
  instances: {{ {instances} }}
  targetGroups:
    - {{ TargetGroupName: web, Protocol: HTTP, HealthCheckIntervalSeconds: 10,
        Attributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '20' }}] }}
traffic: {{ rate: 100/s }}
revisions:
  original: {{ errors: 0%, scripts: {{ Install: {{ duration: 10s }} }} }}
  replacement: {{ {replacement} }}
assumptions:
  preset: ideal
  codedeploy.created_to_in_progress: 2s
  codedeploy.random_instance_order: false
  lb.register: 3s
{more}"
        )
    }

    /// Its first replication.
    pub fn run(&self) -> Played {
        let yaml = self.yaml();
        play(&read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, 0)
    }
}

/// How many instances serve what was there and what is deployed, where that changes: `0 4+0, 25 4+2`.
pub fn serving(run: &Played) -> String {
    let told = run.told(|fact| match *fact {
        Fact::InstancesServing { serving: [first, second], .. } => {
            Some(format!("{first}+{second}"))
        }
        _ => None,
    });
    let mut changes: Vec<&str> = told.split(", ").collect();
    changes.dedup_by_key(|change| change.split_once(' ').map(|(_, serving)| serving));
    changes.join(", ")
}

/// The states of the instances: `2 5 pending, 62 5 running`.
pub fn states(run: &Played) -> String {
    run.told(|fact| match *fact {
        Fact::InstanceStateChanged { instance, state } => {
            Some(format!("{} {state}", instance.0 + 1))
        }
        _ => None,
    })
}

/// The events of an instance in a deployment, those that took time with it.
pub fn events(run: &Played, number: usize, instance: u16) -> String {
    let courses = &run.course(number).on_instances.instances;
    let of_it = courses.iter().filter(|one| one.instance.0 + 1 == instance);
    let told = of_it.flat_map(|one| &one.events).map(|span| match span.took.as_millis() {
        0 => span.event.to_string(),
        took => format!(
            "{} {}-{}",
            span.event,
            (span.ended.as_millis() - took) / 1000,
            span.ended.as_millis() / 1000
        ),
    });
    told.collect::<Vec<_>>().join(" ")
}
