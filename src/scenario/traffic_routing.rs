//! How a deployment configuration moves traffic: the steps of canary, linear and all at once.
//!
//! Pure rules that both `schedule` and the controllers need. Not who applies a step, nor what follows from a minimum
//! of healthy hosts (`hosts`).
//! Rules: CD-TRAF-1 to CD-TRAF-7, CD-CFG-1, CD-CFG-2 (docs/semantics/codedeploy.md).

use crate::aws::deployment_config::TrafficRoutingType;
use crate::aws::name::ComputePlatform;
use crate::engine::time::SimDuration;
use crate::scenario::hosts::MinimumHealthyHosts;

/// How traffic moves from the original to the replacement (`TrafficRoutingConfig`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficRouting {
    /// Everything in one step. Rule: CD-TRAF-1.
    AllAtOnce,
    /// `percentage` at once, the rest `interval_minutes` later. Rule: CD-TRAF-2.
    Canary {
        /// Share of the first step, 1 to 99 %.
        percentage: u8,
        /// Whole minutes between the two steps, at least 1.
        interval_minutes: u32,
    },
    /// Steps of `percentage`, one every `interval_minutes`, the first at once. Rules: CD-TRAF-3, CD-TRAF-4.
    Linear {
        /// Share of each step, 1 to 99 %; the last one is what is left.
        percentage: u8,
        /// Whole minutes between two steps, at least 1.
        interval_minutes: u32,
    },
}

/// One increment of the traffic schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it is applied, counted from the start of `AllowTraffic`.
    pub after: SimDuration,
    /// Percent of the traffic on the replacement from then on.
    pub percent: u8,
}

/// Why a custom configuration is refused: `InvalidTrafficRoutingConfigurationException` (CD-TRAF-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidRouting {
    /// The percentage is not between 1 and 99.
    Percentage(u64),
    /// The interval is not at least one minute.
    Interval(u64),
    /// The first and the last step are too far apart.
    Span {
        /// Minutes between them.
        minutes: u64,
    },
}

impl TrafficRouting {
    /// The longest time between first and last step, in minutes: 48 hours.
    ///
    /// Documented for Lambda; the same bound for ECS is assumption U-12.
    pub const SPAN_MINUTES_MAX: u64 = 2880;

    /// A canary, checked (CD-TRAF-6).
    ///
    /// # Errors
    /// If `percentage` is not in 1 to 99, or `interval_minutes` not in 1 to 2880.
    pub fn canary(
        percentage: u64,
        interval_minutes: u64,
    ) -> Result<TrafficRouting, InvalidRouting> {
        let (percentage, interval_minutes) = checked(percentage, interval_minutes, 1)?;
        Ok(TrafficRouting::Canary { percentage, interval_minutes })
    }

    /// A linear shift, checked (CD-TRAF-6).
    ///
    /// # Errors
    /// If `percentage` is not in 1 to 99, `interval_minutes` is 0, or the last step would come more than
    /// 2880 minutes after the first.
    pub fn linear(
        percentage: u64,
        interval_minutes: u64,
    ) -> Result<TrafficRouting, InvalidRouting> {
        let spaces =
            100_u64.checked_div(percentage).map_or(0, |_| 100_u64.div_ceil(percentage) - 1);
        let (percentage, interval_minutes) = checked(percentage, interval_minutes, spaces)?;
        Ok(TrafficRouting::Linear { percentage, interval_minutes })
    }

    /// The API's name of this kind of shift.
    pub const fn kind(self) -> TrafficRoutingType {
        match self {
            Self::AllAtOnce => TrafficRoutingType::AllAtOnce,
            Self::Canary { .. } => TrafficRoutingType::TimeBasedCanary,
            Self::Linear { .. } => TrafficRoutingType::TimeBasedLinear,
        }
    }

    /// Whether traffic is ever split, which needs a load balancer with weights (CD-TRAF-9).
    pub const fn is_gradual(self) -> bool {
        !matches!(self, Self::AllAtOnce)
    }

    /// Increment number `k` (from 0), or nothing after the one that reaches 100 %.
    ///
    /// Rules: CD-TRAF-1, CD-TRAF-2, CD-TRAF-3, CD-TRAF-4.
    pub fn step(self, k: u32) -> Option<Step> {
        let minutes = |minutes: u32| SimDuration::from_mins(minutes.into());
        match self {
            Self::AllAtOnce => (k == 0).then_some(Step { after: SimDuration::ZERO, percent: 100 }),
            Self::Canary { percentage, interval_minutes } => match k {
                0 => Some(Step { after: SimDuration::ZERO, percent: percentage }),
                1 => Some(Step { after: minutes(interval_minutes), percent: 100 }),
                _ => None,
            },
            Self::Linear { percentage, interval_minutes } => {
                let steps = 100_u32.div_ceil(percentage.into());
                (k < steps).then(|| Step {
                    after: minutes(k * interval_minutes),
                    percent: u8::try_from((u32::from(percentage) * (k + 1)).min(100))
                        .expect("at most 100"),
                })
            }
        }
    }

    /// All increments, in order.
    pub fn steps(self) -> impl Iterator<Item = Step> {
        (0..).map_while(move |k| self.step(k))
    }
}

/// The two numbers in their types, if they are within the limits of CD-TRAF-6.
fn checked(
    percentage: u64,
    interval_minutes: u64,
    spaces: u64,
) -> Result<(u8, u32), InvalidRouting> {
    let small = u8::try_from(percentage).ok().filter(|percentage| (1..=99).contains(percentage));
    let percentage = small.ok_or(InvalidRouting::Percentage(percentage))?;
    let interval = u32::try_from(interval_minutes).ok().filter(|&minutes| minutes >= 1);
    let interval = interval.ok_or(InvalidRouting::Interval(interval_minutes))?;
    let minutes = spaces * u64::from(interval);
    if minutes > TrafficRouting::SPAN_MINUTES_MAX {
        return Err(InvalidRouting::Span { minutes });
    }
    Ok((percentage, interval))
}

/// A configuration that AWS ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredefinedConfig {
    /// Its full name.
    pub name: &'static str,
    /// The platform it is for.
    pub platform: ComputePlatform,
    /// What it does.
    pub strategy: Strategy,
}

/// What a deployment configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// ECS and Lambda: how traffic moves.
    Traffic(TrafficRouting),
    /// EC2 and on-premises: how many hosts must stay healthy.
    Hosts(MinimumHealthyHosts),
}

/// The seventeen predefined configurations. Rule: CD-CFG-1.
pub const PREDEFINED: [PredefinedConfig; 17] = {
    use ComputePlatform::{Ecs, Lambda, Server};
    const fn hosts(name: &'static str, minimum: MinimumHealthyHosts) -> PredefinedConfig {
        PredefinedConfig { name, platform: Server, strategy: Strategy::Hosts(minimum) }
    }
    const fn canary(
        name: &'static str,
        platform: ComputePlatform,
        interval_minutes: u32,
    ) -> PredefinedConfig {
        let routing = TrafficRouting::Canary { percentage: 10, interval_minutes };
        PredefinedConfig { name, platform, strategy: Strategy::Traffic(routing) }
    }
    const fn linear(
        name: &'static str,
        platform: ComputePlatform,
        interval_minutes: u32,
    ) -> PredefinedConfig {
        let routing = TrafficRouting::Linear { percentage: 10, interval_minutes };
        PredefinedConfig { name, platform, strategy: Strategy::Traffic(routing) }
    }
    const fn all(name: &'static str, platform: ComputePlatform) -> PredefinedConfig {
        let strategy = Strategy::Traffic(TrafficRouting::AllAtOnce);
        PredefinedConfig { name, platform, strategy }
    }
    [
        hosts("CodeDeployDefault.AllAtOnce", MinimumHealthyHosts::HostCount(0)),
        hosts("CodeDeployDefault.HalfAtATime", MinimumHealthyHosts::FleetPercent(50)),
        hosts("CodeDeployDefault.OneAtATime", MinimumHealthyHosts::MostConcurrency(1)),
        linear("CodeDeployDefault.ECSLinear10PercentEvery1Minutes", Ecs, 1),
        linear("CodeDeployDefault.ECSLinear10PercentEvery3Minutes", Ecs, 3),
        canary("CodeDeployDefault.ECSCanary10Percent5Minutes", Ecs, 5),
        canary("CodeDeployDefault.ECSCanary10Percent15Minutes", Ecs, 15),
        all("CodeDeployDefault.ECSAllAtOnce", Ecs),
        canary("CodeDeployDefault.LambdaCanary10Percent5Minutes", Lambda, 5),
        canary("CodeDeployDefault.LambdaCanary10Percent10Minutes", Lambda, 10),
        canary("CodeDeployDefault.LambdaCanary10Percent15Minutes", Lambda, 15),
        canary("CodeDeployDefault.LambdaCanary10Percent30Minutes", Lambda, 30),
        linear("CodeDeployDefault.LambdaLinear10PercentEvery1Minute", Lambda, 1),
        linear("CodeDeployDefault.LambdaLinear10PercentEvery2Minutes", Lambda, 2),
        linear("CodeDeployDefault.LambdaLinear10PercentEvery3Minutes", Lambda, 3),
        linear("CodeDeployDefault.LambdaLinear10PercentEvery10Minutes", Lambda, 10),
        all("CodeDeployDefault.LambdaAllAtOnce", Lambda),
    ]
};

/// The configuration of an ECS deployment whose group names none: all at once (CD-CFG-2, U-21).
pub const ECS_DEFAULT: &str = "CodeDeployDefault.ECSAllAtOnce";

/// The same on Lambda (U-21).
pub const LAMBDA_DEFAULT: &str = "CodeDeployDefault.LambdaAllAtOnce";

/// What holds for instances where nobody names a configuration. Rule: CD-CFG-2.
pub const SERVER_DEFAULT: &str = "CodeDeployDefault.OneAtATime";

/// The predefined configuration of exactly this name.
pub fn predefined(name: &str) -> Option<&'static PredefinedConfig> {
    PREDEFINED.iter().find(|config| config.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `0:10, 5:100`, minutes and percent.
    fn shown(routing: TrafficRouting) -> String {
        let steps: Vec<String> = routing
            .steps()
            .map(|step| format!("{}:{}", step.after.as_millis() / 60_000, step.percent))
            .collect();
        steps.join(", ")
    }

    fn traffic_of(name: &str) -> TrafficRouting {
        match predefined(name).expect("a predefined name").strategy {
            Strategy::Traffic(routing) => routing,
            Strategy::Hosts(_) => panic!("{name} is for hosts"),
        }
    }

    /// CD-T1..9: the predefined configurations (CD-TRAF-1..3, CD-TRAF-5).
    #[test]
    fn predefined_configurations_shift_as_documented() {
        let last = |minutes: u64| format!("{minutes}:100");
        for (name, expected) in [
            ("CodeDeployDefault.ECSAllAtOnce", "0:100"),
            ("CodeDeployDefault.LambdaAllAtOnce", "0:100"),
            ("CodeDeployDefault.ECSCanary10Percent5Minutes", "0:10, 5:100"),
            ("CodeDeployDefault.ECSCanary10Percent15Minutes", "0:10, 15:100"),
            ("CodeDeployDefault.LambdaCanary10Percent10Minutes", "0:10, 10:100"),
            ("CodeDeployDefault.LambdaCanary10Percent30Minutes", "0:10, 30:100"),
            (
                "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
                "0:10, 1:20, 2:30, 3:40, 4:50, 5:60, 6:70, 7:80, 8:90, 9:100",
            ),
        ] {
            assert_eq!(shown(traffic_of(name)), expected, "{name}");
        }
        for (name, minutes) in [
            ("CodeDeployDefault.ECSLinear10PercentEvery3Minutes", 27),
            ("CodeDeployDefault.LambdaLinear10PercentEvery2Minutes", 18),
            ("CodeDeployDefault.LambdaLinear10PercentEvery10Minutes", 90),
        ] {
            assert!(shown(traffic_of(name)).ends_with(&last(minutes)), "{name}");
        }
    }

    /// CD-T10..16: custom configurations (CD-TRAF-2, CD-TRAF-3, CD-TRAF-4, CD-TRAF-6).
    #[test]
    fn custom_configurations_shift_by_the_same_rule() {
        let linear = |p, i| shown(TrafficRouting::linear(p, i).expect("within the limits"));
        let canary = |p, i| shown(TrafficRouting::canary(p, i).expect("within the limits"));
        assert_eq!(canary(25, 45), "0:25, 45:100");
        assert_eq!(linear(30, 5), "0:30, 5:60, 10:90, 15:100");
        assert_eq!(linear(33, 10), "0:33, 10:66, 20:99, 30:100");
        assert_eq!(linear(50, 30), "0:50, 30:100");
        assert_eq!(linear(99, 7), "0:99, 7:100");
        assert_eq!(linear(14, 2), "0:14, 2:28, 4:42, 6:56, 8:70, 10:84, 12:98, 14:100");
        let slow = TrafficRouting::linear(1, 29).expect("2871 minutes");
        assert_eq!(slow.steps().count(), 100);
        assert!(shown(slow).ends_with("2871:100"));
    }

    /// CD-T17..19 (CD-TRAF-6).
    #[test]
    fn configurations_beyond_the_limits_are_refused() {
        use InvalidRouting::{Interval, Percentage, Span};
        assert_eq!(TrafficRouting::linear(1, 30), Err(Span { minutes: 2970 }));
        assert_eq!(TrafficRouting::canary(10, 2881), Err(Span { minutes: 2881 }));
        assert!(TrafficRouting::canary(10, 2880).is_ok());
        for percentage in [0, 100] {
            assert_eq!(TrafficRouting::canary(percentage, 5), Err(Percentage(percentage)));
            assert_eq!(TrafficRouting::linear(percentage, 5), Err(Percentage(percentage)));
        }
        assert_eq!(TrafficRouting::canary(10, 0), Err(Interval(0)));
        assert_eq!(TrafficRouting::linear(10, u64::MAX), Err(Interval(u64::MAX)));
    }

    /// CD-CFG-1.
    #[test]
    fn there_are_seventeen_predefined_configurations_with_distinct_names() {
        let mut names: Vec<&str> = PREDEFINED.iter().map(|config| config.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 17);
        assert!(predefined("CodeDeployDefault.ECSCanary10percent5Minutes").is_none());
    }
}
