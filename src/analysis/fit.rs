//! Which distribution a sample comes from, as far as a sample can say: maximum likelihood within each family, Akaike's
//! criterion between them, the distance of Kolmogorov and Smirnov as goodness.
//!
//! Only families that a scenario can be written with. Not where samples come from (`input::recording`).

use crate::engine::distribution::Distribution;
use crate::engine::normal;

/// With fewer samples than this no family is told from another: the samples stand for themselves.
pub const FITTED_MIN: usize = 10;
/// At most so many values stand for a sample that no family fits: its quantiles, evenly spaced.
const VALUES_MAX: usize = 100;
/// The standard normal quantile at 0.95, which a lognormal distribution is written by.
const P95: f64 = 0.95;

/// Why a distribution was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// There is one value.
    OneValue,
    /// All values are alike.
    AllAlike,
    /// There are too few to tell families apart: fewer than [`FITTED_MIN`].
    TooFew,
    /// It is the likeliest of the families, for their number of parameters.
    Likeliest(Family),
    /// The likeliest family is farther from the sample than chance explains: so far.
    NoneFits(Family, f64),
}

/// A family of distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// All values between two bounds alike.
    Uniform,
    /// Without memory.
    Exponential,
    /// The logarithm is normal.
    Lognormal,
    /// A heavy tail.
    Pareto,
}

impl Family {
    /// Every family, in the order in which ties are broken.
    const ALL: [Family; 4] =
        [Family::Exponential, Family::Lognormal, Family::Uniform, Family::Pareto];

    /// How it is called in a scenario.
    pub const fn as_str(self) -> &'static str {
        match self {
            Family::Uniform => "uniform",
            Family::Exponential => "exponential",
            Family::Lognormal => "lognormal",
            Family::Pareto => "pareto",
        }
    }

    /// How its parameters are found.
    pub const fn method(self) -> &'static str {
        match self {
            Family::Uniform => "bounds without bias",
            Family::Exponential | Family::Lognormal | Family::Pareto => "maximum likelihood",
        }
    }
}

/// A sample and the distribution that stands for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The sample, ascending. Never empty.
    pub sample: Vec<f64>,
    /// What stands for it; its parameters are whole milliseconds where they are durations.
    pub distribution: Distribution,
    /// Why.
    pub reason: Reason,
    /// The greatest distance between the distribution and the sample's own.
    pub distance: f64,
}

impl Fit {
    /// Fits a sample of finite numbers that are not negative; nothing if there are none.
    pub fn of(sample: &[f64]) -> Option<Fit> {
        let mut sample = sample.to_vec();
        sample.sort_by(f64::total_cmp);
        let (first, last) = (*sample.first()?, *sample.last()?);
        let itself = |reason: Reason| (Distribution::Empirical(thinned(&sample)), reason);
        let (distribution, reason) = match sample.len() {
            1 => (Distribution::Constant(first), Reason::OneValue),
            _ if first == last => (Distribution::Constant(first), Reason::AllAlike),
            few if few < FITTED_MIN => itself(Reason::TooFew),
            _ => match likeliest(&sample) {
                Some((family, of)) if distance(&sample, &of) <= critical(sample.len()) => {
                    (of, Reason::Likeliest(family))
                }
                Some((family, of)) => itself(Reason::NoneFits(family, distance(&sample, &of))),
                None => itself(Reason::TooFew),
            },
        };
        let distance = distance(&sample, &distribution);
        Some(Fit { sample, distribution, reason, distance })
    }

    /// The distance that one sample in twenty exceeds by chance; a little less where the sample chose the parameters itself.
    pub fn critical(&self) -> f64 {
        critical(self.sample.len())
    }
}

/// sqrt(-ln(0.025) / 2n), for one sample in twenty (Smirnov, Annals of Mathematical Statistics 19 (1948), 279-281).
fn critical(n: usize) -> f64 {
    (-libm::log(0.025) / (2.0 * n as f64)).sqrt()
}

/// The greatest distance between a distribution and that of a sample, which is ascending.
fn distance(sample: &[f64], of: &Distribution) -> f64 {
    let n = sample.len() as f64;
    let mut greatest: f64 = 0.0;
    let mut below = 0;
    while below < sample.len() {
        let value = sample[below];
        let up_to = below + sample[below..].iter().take_while(|other| **other == value).count();
        // Where the distribution has a step itself, the side before the step is compared with the side before.
        let least = f64::from_bits(value.to_bits().saturating_sub(1));
        let before = if value > 0.0 { 1.0 - of.survival(least) } else { 0.0 };
        greatest = greatest.max((before - below as f64 / n).abs());
        greatest = greatest.max((1.0 - of.survival(value) - up_to as f64 / n).abs());
        below = up_to;
    }
    greatest
}

/// A sample of at most so many values: all of it, or evenly spaced quantiles.
fn thinned(sample: &[f64]) -> Vec<f64> {
    if sample.len() <= VALUES_MAX {
        return sample.to_vec();
    }
    let place = |index: usize| (2 * index + 1) * sample.len() / (2 * VALUES_MAX);
    (0..VALUES_MAX).map(|index| sample[place(index)]).collect()
}

/// The family with the least of Akaike's criterion: 2 k - 2 ln L (IEEE Transactions on Automatic Control 19 (1974), 716-723).
fn likeliest(sample: &[f64]) -> Option<(Family, Distribution)> {
    let fitted = Family::ALL.into_iter().filter_map(|family| {
        let (of, log_likelihood, parameters) = within(family, sample)?;
        Some((2.0 * parameters - 2.0 * log_likelihood, family, of))
    });
    let least = fitted.min_by(|one, other| one.0.total_cmp(&other.0))?;
    Some((least.1, least.2))
}

/// The likeliest distribution of a family, the logarithm of its likelihood and how many parameters it has.
///
/// Nothing if the sample cannot come from the family, or its parameters, rounded as they are written, are none.
fn within(family: Family, sample: &[f64]) -> Option<(Distribution, f64, f64)> {
    let n = sample.len() as f64;
    let (first, last) = (sample[0], sample[sample.len() - 1]);
    let logs = || sample.iter().map(|value| libm::log(*value));
    match family {
        Family::Exponential => {
            let mean = sample.iter().sum::<f64>() / n;
            let of = Distribution::exponential(mean.round().max(1.0)).ok()?;
            Some((of, -n * (libm::log(mean) + 1.0), 1.0))
        }
        Family::Uniform => {
            // The least and the greatest of n lie inside the bounds by a part in n + 1 on average.
            let beyond = (last - first) / (n - 1.0);
            let (low, high) = ((first - beyond).max(0.0).round(), (last + beyond).round());
            let of = Distribution::uniform(low, high).ok()?;
            Some((of, -n * libm::log(last - first), 2.0))
        }
        Family::Lognormal if first > 0.0 => {
            let mu = logs().sum::<f64>() / n;
            let variance = logs().map(|log| (log - mu) * (log - mu)).sum::<f64>() / n;
            let sigma = variance.sqrt();
            let (median, p95) = (libm::exp(mu), libm::exp(mu + sigma * normal::quantile(P95)));
            let of = Distribution::lognormal_median_p95(median.round().max(1.0), p95.round());
            let of = of.ok().filter(|of| matches!(of, Distribution::Lognormal { .. }))?;
            let constant = libm::log(std::f64::consts::TAU) + 1.0;
            let likelihood = -n * (mu + libm::log(sigma) + constant / 2.0);
            Some((of, likelihood, 2.0))
        }
        Family::Pareto if first >= 1.0 => {
            let minimum = libm::log(first);
            let shape = n / logs().map(|log| log - minimum).sum::<f64>();
            let likelihood =
                n * libm::log(shape) + n * shape * minimum - (shape + 1.0) * logs().sum::<f64>();
            let shape = (shape * 1000.0).round() / 1000.0;
            let of = Distribution::pareto(first.round(), shape).ok()?;
            (0.001..=1000.0).contains(&shape).then_some((of, likelihood, 2.0))
        }
        Family::Lognormal | Family::Pareto => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many values of a distribution, at evenly spaced uniforms in an order of their own.
    fn drawn(of: &Distribution, n: usize) -> Vec<f64> {
        let at = |index: usize| ((index * 7919) % n) as f64;
        (0..n).map(|index| of.value((at(index) + 0.5) / n as f64).round()).collect()
    }

    #[track_caller]
    fn check(of: Distribution, expected: Family, tolerance: f64) {
        let fit = Fit::of(&drawn(&of, 1000)).expect("a sample");
        assert_eq!(fit.reason, Reason::Likeliest(expected), "{of:?} {fit:?}");
        assert!(fit.distance < 0.02, "{of:?}: {}", fit.distance);
        for u in [0.1, 0.5, 0.9] {
            let (found, wanted) = (fit.distribution.value(u), of.value(u));
            assert!(
                (found / wanted - 1.0).abs() < tolerance,
                "{of:?} at {u}: {found}, not {wanted}"
            );
        }
    }

    #[test]
    fn parameters_of_each_family_are_recovered() {
        let made = |made: Result<Distribution, &'static str>| made.expect("a distribution");
        check(made(Distribution::lognormal_median_p95(12e3, 25e3)), Family::Lognormal, 0.01);
        check(made(Distribution::lognormal_median_p95(5e3, 60e3)), Family::Lognormal, 0.02);
        check(made(Distribution::uniform(1e3, 5e3)), Family::Uniform, 0.01);
        check(made(Distribution::exponential(30e3)), Family::Exponential, 0.01);
        check(made(Distribution::pareto(10e3, 1.5)), Family::Pareto, 0.02);
    }

    #[test]
    fn what_no_family_fits_stands_for_itself() {
        let two: Vec<f64> =
            (0..400).map(|n| if n % 2 == 0 { 1000.0 } else { 60e3 + f64::from(n) }).collect();
        let fit = Fit::of(&two).expect("a sample");
        assert!(matches!(fit.reason, Reason::NoneFits(_, distance) if distance > fit.critical()));
        let Distribution::Empirical(values) = &fit.distribution else { panic!("{fit:?}") };
        assert_eq!(values.len(), VALUES_MAX);
        assert!(fit.distance <= 0.01, "{}", fit.distance);
    }

    #[test]
    fn few_samples_are_not_fitted() {
        let check = |sample: &[f64], distribution: Distribution, reason: Reason| {
            let fit = Fit::of(sample).expect("a sample");
            assert_eq!((fit.distribution, fit.reason, fit.distance), (distribution, reason, 0.0));
        };
        check(&[7.0], Distribution::Constant(7.0), Reason::OneValue);
        check(&[7.0; 30], Distribution::Constant(7.0), Reason::AllAlike);
        check(&[9.0, 7.0], Distribution::Empirical(vec![7.0, 9.0]), Reason::TooFew);
        assert_eq!(Fit::of(&[]), None);
    }

    /// Zeros rule out what has no zero: only the families that begin there are left.
    #[test]
    fn a_sample_with_zeros_is_of_a_family_that_has_them() {
        let with_zeros: Vec<f64> = (0..50).map(|n| f64::from(n) * 20.0).collect();
        let fit = Fit::of(&with_zeros).expect("a sample");
        assert_eq!(fit.reason, Reason::Likeliest(Family::Uniform), "{fit:?}");
        for family in [Family::Lognormal, Family::Pareto] {
            assert_eq!(within(family, &with_zeros), None, "{family:?}");
        }
        assert_eq!(fit.distribution, Distribution::uniform(0.0, 1000.0).expect("bounds"));
    }

    /// Twelve decades are a power law, or nearly: the law that is taken is as far as the sample is.
    #[test]
    fn a_sample_over_twelve_decades_is_fitted() {
        let wide: Vec<f64> = (0..48).map(|n| libm::pow(10.0, f64::from(n) / 4.0)).collect();
        let fit = Fit::of(&wide).expect("a sample");
        assert_eq!(fit.reason, Reason::Likeliest(Family::Lognormal), "{fit:?}");
        assert!(fit.distance < fit.critical(), "{}", fit.distance);
        let middle = fit.distribution.value(0.5);
        assert!((wide[20]..wide[27]).contains(&middle), "{middle}");
    }
}
