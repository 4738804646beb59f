//! What a duration or a rate may be: a distribution of numbers from zero up, read from a scenario.
//!
//! Counts are drawn in `count`; which uniform belongs to which entity is decided in `random`.
//! Every draw inverts the distribution at one uniform, where a ziggurat would be faster but would
//! take as many words as it happens to need. So a place in the stream of uniforms never depends on
//! the kind of distribution, and a draw grows with its uniform: two variants that share uniforms
//! share luck. Decision: docs/decisions/0005-inversion-sampling.md.

use crate::engine::exponential::exp;
use crate::engine::normal;
use crate::engine::time::SimDuration;

/// The longest duration that is drawn: ten years of 365 days. Longer draws are cut to it.
pub const DURATION_MAX: SimDuration = SimDuration::from_secs(10 * 365 * 86_400);

/// The standard normal quantile at 0.95.
const NORMAL_P95: f64 = 1.644_853_626_951_472_2;

/// A distribution of finite numbers that are never negative; durations are read as milliseconds.
///
/// Made by the constructors, which check what each variant states. They return the reason of a
/// refusal as a phrase that names the parameter, for the reader of scenarios to show beside the
/// value.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always this number.
    Constant(f64),
    /// Every number from `low` to `high` alike; `low` is at most `high`.
    Uniform {
        /// The smallest number.
        low: f64,
        /// The largest number.
        high: f64,
    },
    /// The time to the next of independent events; without memory.
    Exponential {
        /// Expected number, above 0.
        mean: f64,
    },
    /// Its logarithm is normal.
    Lognormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm, above 0.
        sigma: f64,
    },
    /// A heavy tail: P(X > x) = (minimum / x)^shape.
    Pareto {
        /// The smallest number, above 0.
        minimum: f64,
        /// Above 0; with a shape of at most 1 the mean is infinite.
        shape: f64,
    },
    /// One of these numbers, all alike; ascending, at least one.
    Empirical(Vec<f64>),
    /// Another one, cut off at both ends: what would lie beyond a bound is that bound.
    Within {
        /// The other one.
        of: Box<Distribution>,
        /// The smallest number.
        low: f64,
        /// The largest number; at least `low`.
        high: f64,
    },
}

impl Distribution {
    /// Always `value`.
    ///
    /// # Errors
    /// If `value` is negative or not finite.
    pub fn constant(value: f64) -> Result<Distribution, &'static str> {
        require(is_amount(value), "the value must be finite and not negative")?;
        Ok(Distribution::Constant(value))
    }

    /// Every number from `low` to `high` alike.
    ///
    /// # Errors
    /// If a bound is negative or not finite, or `low` is above `high`.
    pub fn uniform(low: f64, high: f64) -> Result<Distribution, &'static str> {
        require(is_amount(low) && is_amount(high), "the bounds must be finite and not negative")?;
        require(low <= high, "the lower bound is above the upper one")?;
        Ok(Distribution::Uniform { low, high })
    }

    /// The exponential distribution of this mean; mean 0 is the constant 0.
    ///
    /// # Errors
    /// If `mean` is negative or not finite.
    pub fn exponential(mean: f64) -> Result<Distribution, &'static str> {
        require(is_amount(mean), "the mean must be finite and not negative")?;
        Ok(if mean == 0.0 {
            Distribution::Constant(0.0)
        } else {
            Distribution::Exponential { mean }
        })
    }

    /// The lognormal distribution of this median and 95th percentile; equal ones give a constant.
    ///
    /// mu = ln median, sigma = ln(p95 / median) / 1.645.
    ///
    /// # Errors
    /// If `median` is not above 0, one is not finite, or `p95` is below `median`.
    pub fn lognormal_median_p95(median: f64, p95: f64) -> Result<Distribution, &'static str> {
        require(is_positive(median), "the median must be finite and above 0")?;
        require(p95.is_finite(), "the 95th percentile must be finite")?;
        require(median <= p95, "the 95th percentile is below the median")?;
        let mu = libm::log(median);
        let sigma = (libm::log(p95) - mu) / NORMAL_P95;
        Ok(lognormal(median, mu, sigma))
    }

    /// The lognormal distribution of this mean and coefficient of variation (a ratio, not
    /// percent).
    ///
    /// sigma^2 = ln(1 + cv^2), mu = ln mean - sigma^2 / 2; a coefficient of 0 gives a constant.
    ///
    /// # Errors
    /// If `mean` is not above 0, `cv` is negative, or one is not finite.
    pub fn lognormal_mean_cv(mean: f64, cv: f64) -> Result<Distribution, &'static str> {
        require(is_positive(mean), "the mean must be finite and above 0")?;
        require(
            is_amount(cv * cv),
            "the coefficient of variation must be finite and not negative",
        )?;
        require(cv >= 0.0, "the coefficient of variation must be finite and not negative")?;
        let square = libm::log1p(cv * cv);
        Ok(lognormal(mean, libm::log(mean) - square / 2.0, square.sqrt()))
    }

    /// The Pareto distribution from `minimum` up: P(X > x) = (minimum / x)^shape.
    ///
    /// # Errors
    /// If a parameter is not above 0 or not finite.
    pub fn pareto(minimum: f64, shape: f64) -> Result<Distribution, &'static str> {
        require(is_positive(minimum), "the minimum must be finite and above 0")?;
        require(is_positive(shape), "the shape must be finite and above 0")?;
        Ok(Distribution::Pareto { minimum, shape })
    }

    /// One of `values`, all alike, a repeated one as often as it stands there; their order is no
    /// matter.
    ///
    /// # Errors
    /// If there is no value, or one is negative or not finite.
    pub fn empirical(mut values: Vec<f64>) -> Result<Distribution, &'static str> {
        require(!values.is_empty(), "there must be at least one value")?;
        require(
            values.iter().all(|value| is_amount(*value)),
            "every value must be finite and not negative",
        )?;
        values.sort_by(f64::total_cmp);
        Ok(Distribution::Empirical(values))
    }

    /// This one cut off: a draw below `low` is `low`, one above `high` is `high`.
    ///
    /// # Errors
    /// If a bound is negative or not finite, or `low` is above `high`.
    pub fn within(self, low: f64, high: f64) -> Result<Distribution, &'static str> {
        require(is_amount(low) && is_amount(high), "the bounds must be finite and not negative")?;
        require(low <= high, "the lower bound is above the upper one")?;
        Ok(match self {
            Distribution::Constant(value) => Distribution::Constant(value.clamp(low, high)),
            of => Distribution::Within { of: Box::new(of), low, high },
        })
    }

    /// The number at the uniform `u`, strictly between 0 and 1: the quantile, which grows with
    /// `u`.
    ///
    /// An empirical one is the ceil(u n)-th smallest of n (nearest rank). A heavy tail may reach
    /// infinity where f64 ends.
    ///
    /// # Panics
    /// If `u` is 0, 1 or outside.
    pub fn value(&self, u: f64) -> f64 {
        assert!(0.0 < u && u < 1.0, "a draw at the uniform {u}");
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { low, high } => low + (high - low) * u,
            Distribution::Exponential { mean } => -mean * libm::log1p(-u),
            Distribution::Lognormal { mu, sigma } => exp(mu + sigma * normal::quantile(u)),
            // minimum (1 - u)^(-1 / shape), without the dear `pow`.
            Distribution::Pareto { minimum, shape } => {
                minimum * libm::exp(-libm::log1p(-u) / shape)
            }
            Distribution::Empirical(values) => {
                let rank = (u * values.len() as f64).ceil() as usize;
                values[rank.clamp(1, values.len()) - 1]
            }
            Distribution::Within { of, low, high } => of.value(u).clamp(*low, *high),
        }
    }

    /// The duration at the uniform `u`: the value as milliseconds, rounded, at most
    /// [`DURATION_MAX`].
    ///
    /// # Panics
    /// If `u` is 0, 1 or outside.
    #[inline] // Most are constants, and these are no work.
    pub fn duration(&self, u: f64) -> SimDuration {
        match self {
            Distribution::Constant(value) => milliseconds(*value),
            _ => milliseconds(self.value(u)),
        }
    }

    /// How long an amount takes at the rate a second that is drawn at `u`, at most [`DURATION_MAX`].
    ///
    /// # Panics
    /// If `u` is 0, 1 or outside.
    pub fn time_for(&self, amount: f64, u: f64) -> SimDuration {
        milliseconds(amount / self.value(u) * 1000.0)
    }

    /// Whether every draw is 0.
    pub fn is_zero(&self) -> bool {
        self.maximum() == 0.0
    }

    /// The expected number; infinite for a Pareto distribution of a shape of at most 1.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { low, high } => low + (high - low) / 2.0,
            Distribution::Exponential { mean } => *mean,
            Distribution::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Distribution::Pareto { minimum, shape } if *shape > 1.0 => {
                minimum * (shape / (shape - 1.0))
            }
            Distribution::Pareto { .. } => f64::INFINITY,
            Distribution::Empirical(values) => values.iter().sum::<f64>() / values.len() as f64,
            Distribution::Within { high, .. } => self.mean_up_to(*high),
        }
    }

    /// The probability that a draw is more than `x`.
    pub fn survival(&self, x: f64) -> f64 {
        match self {
            Distribution::Constant(value) => f64::from(u8::from(*value > x)),
            Distribution::Uniform { low, high } if low < high => {
                ((high - x) / (high - low)).clamp(0.0, 1.0)
            }
            Distribution::Uniform { low, .. } => f64::from(u8::from(*low > x)),
            Distribution::Within { low, .. } if x < *low => 1.0,
            Distribution::Within { high, .. } if x >= *high => 0.0,
            Distribution::Within { of, .. } => of.survival(x),
            _ if x <= 0.0 => 1.0,
            Distribution::Exponential { mean } => libm::exp(-x / mean),
            Distribution::Lognormal { mu, sigma } => normal::cdf((mu - libm::log(x)) / sigma),
            Distribution::Pareto { minimum, .. } if x <= *minimum => 1.0,
            Distribution::Pareto { minimum, shape } => libm::exp(shape * libm::log(minimum / x)),
            Distribution::Empirical(values) => {
                let more = values.iter().filter(|&&value| value > x).count();
                more as f64 / values.len() as f64
            }
        }
    }

    /// E[min(X, x)], the integral of P(X > s) from 0 to `x`: how much of a draw lies below `x`. Finite for every
    /// `x`, and grows to the mean.
    pub fn mean_up_to(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        match self {
            Distribution::Constant(value) => value.min(x),
            Distribution::Uniform { low, high } => {
                let (from, to) = (x.min(*low), x.clamp(*low, *high));
                // Up to `low` every draw is more; between the bounds fewer and fewer are.
                from + (to - low) * (1.0 + self.survival(to)) / 2.0
            }
            Distribution::Exponential { mean } => mean * (1.0 - libm::exp(-x / mean)),
            Distribution::Lognormal { mu, sigma } => {
                let z = (libm::log(x) - mu) / sigma;
                self.mean() * normal::cdf(z - sigma) + x * normal::cdf(-z)
            }
            Distribution::Pareto { minimum, .. } if x <= *minimum => x,
            Distribution::Pareto { minimum, shape } if *shape == 1.0 => {
                minimum * (1.0 + libm::log(x / minimum))
            }
            Distribution::Pareto { minimum, shape } => {
                let tail = minimum - x * self.survival(x);
                minimum + tail / (shape - 1.0)
            }
            Distribution::Empirical(values) => {
                values.iter().map(|value| value.min(x)).sum::<f64>() / values.len() as f64
            }
            Distribution::Within { low, .. } if x <= *low => x,
            Distribution::Within { of, low, high } => {
                low + (of.mean_up_to(x.min(*high)) - of.mean_up_to(*low))
            }
        }
    }

    /// The largest number that can be drawn; infinite where nothing bounds it.
    pub fn maximum(&self) -> f64 {
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { high, .. } | Distribution::Within { high, .. } => *high,
            Distribution::Empirical(values) => values[values.len() - 1],
            Distribution::Exponential { .. }
            | Distribution::Lognormal { .. }
            | Distribution::Pareto { .. } => f64::INFINITY,
        }
    }

    /// The smallest number that can be drawn, or comes as near as one likes.
    pub fn minimum(&self) -> f64 {
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { low, .. } => *low,
            Distribution::Exponential { .. } | Distribution::Lognormal { .. } => 0.0,
            Distribution::Pareto { minimum, .. } => *minimum,
            Distribution::Empirical(values) => values[0],
            Distribution::Within { of, low, high } => of.minimum().clamp(*low, *high),
        }
    }

    /// The shortest duration that can be drawn.
    pub fn shortest(&self) -> SimDuration {
        milliseconds(self.minimum())
    }

    /// The longest duration that can be drawn; [`DURATION_MAX`] where nothing else bounds it.
    pub fn longest(&self) -> SimDuration {
        milliseconds(self.maximum())
    }
}

/// Which of some weights one uniform falls on: each is as likely as its part of their sum.
///
/// # Panics
/// If there is none.
pub fn choose(weights: impl Iterator<Item = f64> + Clone, u: f64) -> usize {
    let total: f64 = weights.clone().sum();
    let last = weights.clone().count().checked_sub(1).expect("there is something to choose from");
    let mut below = 0.0;
    let chosen = weights.into_iter().position(|weight| {
        below += weight;
        u * total < below
    });
    chosen.unwrap_or(last)
}

/// The lognormal distribution, or `centre` alone where there is no spread.
fn lognormal(centre: f64, mu: f64, sigma: f64) -> Distribution {
    if sigma == 0.0 {
        return Distribution::Constant(centre);
    }
    Distribution::Lognormal { mu, sigma }
}

/// Rounds half up to whole milliseconds and cuts at [`DURATION_MAX`].
fn milliseconds(value: f64) -> SimDuration {
    // The cast cuts off the fraction, faster than `round`, and saturates, infinity included; one to a signed number is
    // half as long.
    let rounded = (value + 0.5) as i64;
    SimDuration::from_millis(rounded.max(0) as u64).min(DURATION_MAX)
}

fn require(holds: bool, otherwise: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn is_amount(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn is_positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::golden;
    use proptest::prelude::*;

    fn every_kind() -> Vec<Distribution> {
        [
            Distribution::constant(1500.0),
            Distribution::uniform(1000.0, 5000.0),
            Distribution::exponential(2000.0),
            Distribution::lognormal_median_p95(30_000.0, 60_000.0),
            Distribution::lognormal_mean_cv(100.0, 0.25),
            Distribution::pareto(100.0, 5.0),
            Distribution::empirical(vec![40.0, 10.0, 30.0, 20.0]),
        ]
        .into_iter()
        .map(Result::unwrap)
        .collect()
    }

    #[test]
    fn a_weight_is_chosen_as_often_as_its_part_of_the_sum() {
        let weights = [9.0, 1.0, 0.0];
        let chosen = |u| choose(weights.iter().copied(), u);
        assert_eq!([chosen(0.01), chosen(0.89), chosen(0.91), chosen(0.999)], [0, 0, 1, 1]);
    }

    /// The integral of the survival function, by hand and by the trapezoidal rule.
    #[test]
    fn the_mean_up_to_a_bound_is_the_integral_of_the_survival() {
        for distribution in every_kind() {
            for x in [5.0, 15.0, 100.0, 250.0, 1700.0, 40_000.0] {
                let steps = 40_000;
                let width = x / f64::from(steps);
                let at = |step: i32| distribution.survival(f64::from(step) * width);
                let sum: f64 = (0..steps).map(|step| (at(step) + at(step + 1)) / 2.0 * width).sum();
                let exact = distribution.mean_up_to(x);
                assert!((sum - exact).abs() <= 2e-4 * x, "{distribution:?} to {x}: {sum}, {exact}");
            }
            let all = distribution.mean_up_to(1e9);
            assert!((all / distribution.mean() - 1.0).abs() < 1e-9, "{distribution:?}: {all}");
        }
        // Oracle V11: 100 requests a second of 2 s on average, 5 s after the last of them.
        let latency = Distribution::exponential(2000.0).unwrap();
        let open = 0.1 * (latency.mean() - latency.mean_up_to(5000.0));
        assert!((open - 16.417).abs() < 1e-3, "{open}");
        let heavy = Distribution::pareto(10_000.0, 1.5).unwrap();
        let open = 0.005 * (heavy.mean() - heavy.mean_up_to(300_000.0));
        assert!((open - 18.26).abs() < 0.01, "{open}");
    }

    #[test]
    fn an_amount_takes_its_quotient_and_no_more_than_the_longest_duration() {
        let rate = Distribution::Constant(12.5);
        assert_eq!(rate.time_for(250.0, 0.5), SimDuration::from_secs(20));
        assert_eq!(Distribution::Constant(1e-300).time_for(1.0, 0.5), DURATION_MAX);
    }

    #[test]
    fn quantiles_by_hand() {
        let check = |distribution: Result<Distribution, _>, u, expected: f64| {
            let value = distribution.unwrap().value(u);
            assert!((value - expected).abs() <= 1e-12 * expected, "{value}, not {expected}");
        };
        check(Distribution::constant(7.0), 0.3, 7.0);
        check(Distribution::uniform(10.0, 20.0), 0.25, 12.5);
        check(Distribution::exponential(2.0), 0.5, 2.0 * std::f64::consts::LN_2);
        check(Distribution::exponential(2.0), 1e-10, 2.000_000_000_1e-10);
        check(Distribution::lognormal_median_p95(30.0, 75.0), 0.5, 30.0);
        check(Distribution::lognormal_median_p95(30.0, 75.0), 0.95, 75.0);
        check(Distribution::lognormal_median_p95(30.0, 75.0), 0.05, 12.0);
        check(Distribution::pareto(3.0, 2.0), 0.75, 6.0);
        check(Distribution::pareto(3.0, 0.5), 0.9, 300.0);
    }

    #[test]
    fn an_empirical_draw_is_the_nearest_rank() {
        let distribution = Distribution::empirical(vec![40.0, 10.0, 30.0, 20.0]).unwrap();
        for (u, expected) in
            [(1e-300, 10.0), (0.25, 10.0), (0.2501, 20.0), (0.5, 20.0), (0.75, 30.0), (0.76, 40.0)]
        {
            assert_eq!(distribution.value(u), expected, "at {u}");
        }
        assert_eq!(distribution.value(1.0 - f64::EPSILON / 2.0), 40.0);
    }

    #[test]
    fn a_duration_is_rounded_to_whole_milliseconds_and_cut_at_ten_years() {
        let duration = |value: f64| Distribution::Constant(value).duration(0.5).as_millis();
        assert_eq!([duration(0.49), duration(0.5), duration(1.5)], [0, 1, 2]);
        assert_eq!([duration(1e12), duration(1e300)], [315_360_000_000; 2]);
        let heavy = Distribution::pareto(1.0, 1e-3).unwrap();
        assert_eq!(heavy.value(0.999), f64::INFINITY);
        assert_eq!(heavy.duration(0.999), DURATION_MAX);
    }

    #[test]
    fn a_spread_of_zero_is_a_constant() {
        let constant = Distribution::Constant(42.0);
        assert_eq!(Distribution::lognormal_median_p95(42.0, 42.0).unwrap(), constant);
        assert_eq!(Distribution::lognormal_mean_cv(42.0, 0.0).unwrap(), constant);
        assert!(Distribution::exponential(0.0).unwrap().is_zero());
        assert!(Distribution::uniform(0.0, 0.0).unwrap().is_zero());
        assert!(!Distribution::uniform(0.0, 1.0).unwrap().is_zero());
    }

    #[test]
    fn the_maximum_bounds_every_draw() {
        let longest: Vec<u64> =
            every_kind().iter().map(|kind| kind.longest().as_millis()).collect();
        let unbounded = DURATION_MAX.as_millis();
        assert_eq!(longest, [1500, 5000, unbounded, unbounded, unbounded, unbounded, 40]);
    }

    #[test]
    fn a_refusal_names_the_parameter() {
        let check = |distribution: Result<Distribution, &str>, expected| {
            assert_eq!(distribution.unwrap_err(), expected);
        };
        check(Distribution::constant(-1.0), "the value must be finite and not negative");
        check(Distribution::uniform(2.0, 1.0), "the lower bound is above the upper one");
        check(Distribution::uniform(f64::NAN, 1.0), "the bounds must be finite and not negative");
        check(Distribution::exponential(f64::INFINITY), "the mean must be finite and not negative");
        check(
            Distribution::lognormal_median_p95(0.0, 1.0),
            "the median must be finite and above 0",
        );
        check(
            Distribution::lognormal_median_p95(2.0, 1.0),
            "the 95th percentile is below the median",
        );
        let spread = "the coefficient of variation must be finite and not negative";
        check(Distribution::lognormal_mean_cv(1.0, -0.1), spread);
        check(Distribution::lognormal_mean_cv(1.0, 1e200), spread);
        check(Distribution::pareto(1.0, 0.0), "the shape must be finite and above 0");
        check(Distribution::empirical(vec![]), "there must be at least one value");
        check(Distribution::empirical(vec![-1.0]), "every value must be finite and not negative");
    }

    /// The mean of n draws has the standard deviation sqrt(variance / n): four of them.
    #[test]
    fn the_mean_of_many_draws_is_the_mean() {
        for (key, kind) in (1..).zip(every_kind()) {
            let (mean, variance) = golden::moments(key, |u| kind.value(u));
            let tolerance = 4.0 * (variance / golden::DRAWS as f64).sqrt() + 1e-9;
            assert!((mean - kind.mean()).abs() < tolerance, "{kind:?}: mean {mean}");
        }
    }

    /// The means of both samplers differ by at most four standard deviations of their difference;
    /// so do the means of the squares of the logarithms, which tell the spread.
    #[test]
    fn draws_agree_with_rand_distr() {
        fn check(ours: &Distribution, theirs: impl rand_distr::Distribution<f64>) {
            let mut generator = golden::generator(99);
            let theirs: Vec<f64> =
                golden::uniforms(1).map(|_| theirs.sample(&mut generator)).collect();
            let ours: Vec<f64> = golden::uniforms(2).map(|u| ours.value(u)).collect();
            let statistics: [fn(f64) -> f64; 3] =
                [|x| x, libm::log, |x| libm::log(x) * libm::log(x)];
            for statistic in statistics {
                let moments = |draws: &[f64]| {
                    let n = draws.len() as f64;
                    let mean = draws.iter().map(|x| statistic(*x)).sum::<f64>() / n;
                    let squares =
                        draws.iter().map(|x| statistic(*x) * statistic(*x)).sum::<f64>() / n;
                    (mean, (squares - mean * mean) / n)
                };
                let (a, b) = (moments(&ours), moments(&theirs));
                assert!((a.0 - b.0).abs() < 4.0 * (a.1 + b.1).sqrt(), "{a:?} against {b:?}");
            }
        }
        let exponential = Distribution::exponential(2000.0).unwrap();
        check(&exponential, rand_distr::Exp::new(1.0 / 2000.0).unwrap());
        let lognormal = Distribution::Lognormal { mu: 1.0, sigma: 0.5 };
        check(&lognormal, rand_distr::LogNormal::new(1.0, 0.5).unwrap());
        check(&Distribution::pareto(3.0, 5.0).unwrap(), rand_distr::Pareto::new(3.0, 5.0).unwrap());
    }

    #[test]
    fn no_bit_of_any_draw_changes() {
        let digests: Vec<u64> = every_kind()
            .iter()
            .flat_map(|kind| {
                let values = golden::digest(|u| kind.value(u).to_bits());
                [values, golden::digest(|u| kind.duration(u).as_millis())]
            })
            .collect();
        let expected: [u64; 14] = [
            0x39b3_e433_6e5a_1f57,
            0xad68_dc97_320d_c752,
            0x32fd_82b0_5c8c_423d,
            0x2efe_679f_a178_d47a,
            0xe4cc_e9d2_49ea_104e,
            0x8ea1_74da_ba44_ce23,
            0x51ea_0ff9_50f2_e9b5,
            0x2805_5d75_6a22_edbb,
            0x10c2_c46b_0739_71a6,
            0x9bc5_de55_192d_897e,
            0x0013_9691_974d_99b9,
            0x1090_8553_3ac5_068d,
            0x1b61_dba5_5cf6_ef84,
            0xd5be_66e4_040d_58ab,
        ];
        assert_eq!(digests, expected, "{digests:#x?}");
    }

    proptest! {
        #[test]
        fn a_draw_grows_with_its_uniform(a in 1e-16..1.0f64, b in 1e-16..1.0f64) {
            for kind in every_kind() {
                prop_assert!(kind.duration(a.min(b)) <= kind.duration(a.max(b)));
            }
        }
    }
}
