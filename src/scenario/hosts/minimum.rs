//! How many hosts must stay healthy.
//!
//! Not what a deployment does about it (`schedule`). Rules: CD-HH-3, CD-CFG-4 (docs/semantics/codedeploy.md).

use crate::aws::deployment_config::MinimumHealthyHostsType;

/// How many hosts must stay healthy (`MinimumHealthyHosts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MinimumHealthyHosts {
    /// A number of hosts.
    HostCount(u32),
    /// A percentage of the hosts, 0 to 99.
    FleetPercent(u8),
    /// All but this many; only AWS can set it (conflict C-5).
    MostConcurrency(u32),
}

/// Why a minimum of one's own is refused: `InvalidMinimumHealthyHostValueException` (CD-CFG-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidMinimum {
    /// The number is below 0.
    Negative,
    /// A count beyond the 32 bits of the API, or a percentage that would leave no host to deploy to.
    TooLarge {
        /// The largest number that this type takes.
        most: i64,
    },
    /// Nobody but AWS can set this type (C-5).
    Reserved,
}

impl MinimumHealthyHosts {
    /// A minimum of one's own, checked. Rule: CD-CFG-4.
    ///
    /// # Errors
    /// If `value` is negative, a percentage above 99, a count above 2 147 483 647, or `kind` is `MOST_CONCURRENCY`.
    pub fn custom(
        kind: MinimumHealthyHostsType,
        value: i64,
    ) -> Result<MinimumHealthyHosts, InvalidMinimum> {
        let most = match kind {
            MinimumHealthyHostsType::HostCount => i64::from(i32::MAX),
            MinimumHealthyHostsType::FleetPercent => 99,
            MinimumHealthyHostsType::MostConcurrency => return Err(InvalidMinimum::Reserved),
        };
        if value > most {
            return Err(InvalidMinimum::TooLarge { most });
        }
        let value = u32::try_from(value).map_err(|_| InvalidMinimum::Negative)?;
        Ok(match u8::try_from(value) {
            Ok(percent) if kind == MinimumHealthyHostsType::FleetPercent => {
                MinimumHealthyHosts::FleetPercent(percent)
            }
            _ => MinimumHealthyHosts::HostCount(value),
        })
    }

    /// The API's name of its type.
    pub const fn kind(self) -> MinimumHealthyHostsType {
        match self {
            Self::HostCount(_) => MinimumHealthyHostsType::HostCount,
            Self::FleetPercent(_) => MinimumHealthyHostsType::FleetPercent,
            Self::MostConcurrency(_) => MinimumHealthyHostsType::MostConcurrency,
        }
    }

    /// The number that stands beside the type.
    pub fn value(self) -> u32 {
        match self {
            Self::HostCount(value) | Self::MostConcurrency(value) => value,
            Self::FleetPercent(percent) => percent.into(),
        }
    }

    /// How many of so many hosts must stay healthy; it may be more than there are.
    ///
    /// A percentage rounds up, in integers. Rule: CD-HH-3.
    pub fn of(self, hosts: u32) -> u32 {
        match self {
            Self::HostCount(count) => count,
            Self::FleetPercent(percent) => {
                let hundredths = u64::from(hosts) * u64::from(percent);
                u32::try_from(hundredths.div_ceil(100)).unwrap_or(u32::MAX)
            }
            Self::MostConcurrency(at_once) => hosts.saturating_sub(at_once),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MinimumHealthyHosts::{FleetPercent, HostCount, MostConcurrency};

    /// CD-HH-3.
    #[test]
    fn a_percentage_rounds_up_and_a_concurrency_counts_down() {
        for (minimum, hosts, expected) in [
            (HostCount(6), 9, 6),
            (HostCount(10), 9, 10),
            (FleetPercent(0), 9, 0),
            (FleetPercent(50), 9, 5),
            (FleetPercent(50), 10, 5),
            (FleetPercent(1), 7, 1),
            (FleetPercent(99), u32::MAX, 4_252_017_623),
            (MostConcurrency(1), 9, 8),
            (MostConcurrency(1), 1, 0),
            (MostConcurrency(3), 2, 0),
        ] {
            assert_eq!(minimum.of(hosts), expected, "{minimum:?} of {hosts}");
        }
    }

    /// CD-CFG-4.
    #[test]
    fn a_minimum_of_ones_own_has_limits() {
        use MinimumHealthyHostsType as Type;
        for (kind, value, expected) in [
            (Type::HostCount, 0, Ok(HostCount(0))),
            (Type::HostCount, 300, Ok(HostCount(300))),
            (Type::HostCount, -1, Err(InvalidMinimum::Negative)),
            (Type::HostCount, 1 << 31, Err(InvalidMinimum::TooLarge { most: 2_147_483_647 })),
            (Type::FleetPercent, 0, Ok(FleetPercent(0))),
            (Type::FleetPercent, 99, Ok(FleetPercent(99))),
            (Type::FleetPercent, 100, Err(InvalidMinimum::TooLarge { most: 99 })),
            (Type::FleetPercent, i64::MIN, Err(InvalidMinimum::Negative)),
            (Type::MostConcurrency, 1, Err(InvalidMinimum::Reserved)),
        ] {
            let found = MinimumHealthyHosts::custom(kind, value);
            assert_eq!(found, expected, "{kind} {value}");
            if let Ok(found) = found {
                assert_eq!((found.kind(), i64::from(found.value())), (kind, value));
            }
        }
    }
}
