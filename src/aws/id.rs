//! Identifiers: dense numbers within one run, and the ids that AWS would show.
//!
//! The names behind the numbers stand in the scenario and in the journal's header.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Declares a dense id: the position of an entity in the world's vector of its kind.
macro_rules! dense_ids {
    ($($(#[$meta:meta])* $name:ident($inner:ty),)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// The position, to index a vector with.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

dense_ids! {
    /// A deployment of this run, in the order of creation (a rollback is one of its own).
    DeploymentNumber(u8),
    /// A task set of the service, in the order of creation.
    TaskSetId(u8),
    /// A task of the service, in the order of creation; never used again.
    TaskId(u32),
    /// One of the deployment group's two target groups, in the order of the document.
    TargetGroupId(u8),
    /// An EC2 instance or on-premises server of the deployment group, in the order of the scenario.
    InstanceId(u16),
    /// A CloudWatch alarm of the scenario; those that deployments watch come first.
    AlarmId(u8),
}

/// Some of the alarms that deployments watch, as the bits of one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlarmSet(u32);

impl AlarmSet {
    /// The set with this alarm too.
    ///
    /// # Panics
    /// If the alarm is not one of the first 32.
    #[must_use]
    pub fn with(self, alarm: AlarmId) -> AlarmSet {
        assert!(alarm.0 < 32, "an alarm that no deployment watches");
        AlarmSet(self.0 | 1 << alarm.0)
    }

    /// The set without those of another.
    #[must_use]
    pub const fn without(self, others: AlarmSet) -> AlarmSet {
        AlarmSet(self.0 & !others.0)
    }

    /// Whether no alarm is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its alarms, by id.
    pub fn iter(self) -> impl Iterator<Item = AlarmId> {
        (0..32).map(AlarmId).filter(move |alarm| self.0 >> alarm.0 & 1 == 1)
    }

    /// One bit an alarm, the first the lowest.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl TargetGroupId {
    /// The other one of the pair.
    pub const fn other(self) -> TargetGroupId {
        TargetGroupId(1 - self.0)
    }
}

/// At most so many deployments are asked for in one run; rollbacks come on top.
pub const DEPLOYMENTS_MAX: usize = 15;

/// A deployment's id as CodeDeploy shows it: `d-` and nine characters out of `0-9A-Z`.
///
/// Drawn from the seed, so that the same run shows the same ids. Form: recorded ECS run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeploymentId([u8; 9]);

impl DeploymentId {
    const ALPHABET: [u8; 36] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// The id that 64 random bits name; all ids are equally likely, but for one part in 100 000.
    pub fn from_random(mut bits: u64) -> DeploymentId {
        let mut characters = [0; 9];
        for character in &mut characters {
            *character = Self::ALPHABET[(bits % 36) as usize];
            bits /= 36;
        }
        DeploymentId(characters)
    }

    /// The nine characters after `d-`.
    pub const fn characters(&self) -> &[u8; 9] {
        &self.0
    }

    /// Reads the shown form back.
    pub fn from_name(text: &str) -> Option<DeploymentId> {
        let characters = <[u8; 9]>::try_from(text.strip_prefix("d-")?.as_bytes()).ok()?;
        characters
            .iter()
            .all(|character| Self::ALPHABET.contains(character))
            .then_some(DeploymentId(characters))
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d-")?;
        self.0.iter().try_for_each(|&character| write!(f, "{}", char::from(character)))
    }
}

impl fmt::Debug for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DeploymentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeploymentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DeploymentId, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        DeploymentId::from_name(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("not a deployment id: `{text}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_id_has_nine_characters_and_reads_back() {
        let id = DeploymentId::from_random(0x0123_4567_89AB_CDEF);
        let shown = id.to_string();
        assert_eq!(shown.len(), 11);
        assert_eq!(DeploymentId::from_name(&shown), Some(id));
        assert_eq!(DeploymentId::from_name("d-rpcr1u3tw"), None, "lower case");
        assert_eq!(
            DeploymentId::from_name("d-RPCR1U3TW").map(|id| id.to_string()),
            Some("d-RPCR1U3TW".into())
        );
    }
}
