//! The first line of a journal: which question this is the answer to.

use crate::aws::alarm::ComparisonOperator;
use crate::aws::call::Waiter;
use crate::aws::id::AlarmId;
use crate::aws::notification::Trigger;
use serde::{Deserialize, Serialize};

/// What a reader must know beside the entries: where they come from, and the names behind the ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the journal's form; see [`Header::SCHEMA`].
    pub schema: u32,
    /// The scenario's `name`.
    pub scenario: String,
    /// The scenario's `summary`, empty if it has none.
    pub summary: String,
    /// Digest of everything that was read: scenario, documents, traces, settings.
    pub scenario_digest: String,
    /// The seed.
    pub seed: u64,
    /// The replication under that seed.
    pub replication: u64,
    /// Instant zero, the creation of the first deployment, in milliseconds since the Unix epoch.
    pub created_unix_ms: u64,
    /// Offset from UTC of the scenario's `start`, in seconds, for showing local times.
    pub utc_offset_seconds: i32,
    /// Application and deployment group.
    pub application: String,
    /// The deployment group.
    pub deployment_group: String,
    /// The deployment configuration's name.
    pub deployment_config: String,
    /// Function and alias, `<function>:<alias>`, of a deployment on Lambda: it has no service, tasks or target groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The instances, where these are deployed to: there is no service, tasks or target groups then either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<InstancesDescription>,
    /// Whether the service has no load balancer, so that there are no target groups, and no requests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_worker: bool,
    /// Cluster and service, the id of the deployment's one target: `<cluster>:<service>`; on Lambda the function and its alias, on
    /// instances their deployment group.
    pub service: String,
    /// Name of each target group, by id; on Lambda the versions that the first deployment moves the alias between.
    pub target_groups: [String; 2],
    /// Name of each candidate for the replacement, by position.
    pub candidates: Vec<String>,
    /// How many tasks the service wants.
    pub desired_count: u32,
    /// Who waits for the first deployment, beside CodeDeploy.
    pub client: Client,
    /// Who sends the requests, as far as the scenario says.
    #[serde(default, skip_serializing_if = "Users::are_unknown")]
    pub users: Users,
    /// What a task costs in an hour, in millionths of whatever currency; 0 where nobody says.
    #[serde(default, skip_serializing_if = "is_free")]
    pub task_hour_price_micros: u64,
    /// The region that notifications come from.
    pub region: String,
    /// The account that they come from.
    pub account_id: String,
    /// Whom the deployment group tells of its deployments.
    pub triggers: Vec<Trigger>,
    /// The alarms, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<AlarmDescription>,
    /// The names of the defects of all revisions, by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defects: Vec<String>,
    /// The names of the scaling policies, by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling_policies: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_free(price_micros: &u64) -> bool {
    *price_micros == 0
}

/// What a reader must know of instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstancesDescription {
    /// The names of the zones, in the order of their turns.
    pub zones: Vec<String>,
    /// The zone of each instance, by its position.
    pub zone_of_instance: Vec<u8>,
    /// How many of them belong to the group at first; all if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u16>,
    /// The target group before them, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group: Option<String>,
}

/// What a reader must know of an alarm to tell what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmDescription {
    /// Its name.
    pub name: String,
    /// Whether the first deployment looks at it.
    pub is_polled: bool,
    /// What makes it go off, if it is one on metrics.
    pub rule: Option<AlarmRule>,
}

/// When an alarm on metrics goes off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmRule {
    /// How a datapoint is compared with the threshold.
    pub comparison_operator: ComparisonOperator,
    /// The threshold, as it is written.
    pub threshold: String,
    /// The same in millionths, rounded.
    pub threshold_micros: i64,
    /// The length of a period, in milliseconds.
    pub period_ms: u64,
    /// M: so many of the datapoints have to breach.
    pub datapoints_to_alarm: u32,
    /// N: so many are evaluated.
    pub evaluation_periods: u32,
}

/// The CI job that waits for the first deployment: what a reader needs to tell what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// How it waits; nothing if it does not.
    pub waiter: Option<Waiter>,
    /// How often it asks at most, the first time at instant zero.
    pub polls: u64,
    /// The limit of the job itself, from instant zero, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// Whether the scenario speaks of it.
    pub is_described: bool,
}

/// The people behind the requests: what a reader needs to tell what they meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// The mean time from one request of a user to his next, in nanoseconds.
    pub mean_gap_ns: Option<u64>,
    /// How many requests one page makes at once.
    pub page_requests: Option<u32>,
    /// Whether a cookie keeps each of them with the target group that the weights chose for him (ELB-TG-3).
    pub keep_their_group: bool,
}

impl Users {
    /// Whether there is nothing to tell of them.
    pub const fn are_unknown(&self) -> bool {
        self.mean_gap_ns.is_none() && self.page_requests.is_none()
    }
}

impl Header {
    /// The version of the journal's form that this program writes and reads.
    pub const SCHEMA: u32 = 1;

    /// The name of a scaling policy.
    pub fn policy_name(&self, policy: u8) -> &str {
        self.scaling_policies.get(usize::from(policy)).map_or("", String::as_str)
    }

    /// The name of a defect.
    pub fn defect_name(&self, defect: usize) -> &str {
        self.defects.get(defect).map_or("", String::as_str)
    }

    /// The name of an alarm.
    pub fn alarm_name(&self, alarm: AlarmId) -> &str {
        self.alarms.get(alarm.index()).map_or("", |alarm| &alarm.name)
    }

    /// The names of the alarms, by id.
    pub fn alarm_names(&self) -> Vec<&str> {
        self.alarms.iter().map(|alarm| alarm.name.as_str()).collect()
    }
}
