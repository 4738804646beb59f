//! Counts by chance: how many of a period's requests come, and how many of them fail.
//!
//! Not samplers with rejection: a count is the exact quantile of its law at one uniform. So every
//! count costs one uniform whatever its law, and more traffic, weight or error rate never gives
//! less. Decision: docs/decisions/0005-inversion-sampling.md.
//!
//! The quantile is the smallest k with P(X <= k) >= u. A law of a small mean is searched from zero
//! up. A larger one starts from the normal quantile of u, corrected for skewness and kurtosis
//! (Cornish and Fisher 1937; for the Poisson law M. B. Giles, Algorithm 955, 2016); where the
//! result lies so near to a whole number that the correction's error might matter, the tail is
//! summed.

mod law;

use crate::engine::normal;
use law::{Binomial, Law, Poisson};

/// The largest mean and number of trials: 2^32, over an hour of a million requests a second.
pub const COUNT_MAX: u64 = 1 << 32;

/// Means from here on start from the normal quantile; below, the search from zero is as fast.
const SEARCHED_MEAN: f64 = 5.0;

/// How far a sum of masses may be from a uniform before only the tail's own sum decides: 2^-40.
///
/// A hundred times the rounding error of the sum of some forty terms, at most 1e-14.
const DOUBT: f64 = 1.0 / (1u64 << 40) as f64;

/// The count of independent arrivals, `mean` of which are expected, at the uniform `u`.
///
/// `mean` is 0 to [`COUNT_MAX`], read to 40 significant bits (see `coarse`); mean 0 gives 0.
/// `u` lies strictly between 0 and 1. Never falls as `mean` or `u` grows.
///
/// # Panics
/// If `mean` or `u` is outside its range.
pub fn poisson(mean: f64, u: f64) -> u64 {
    assert!((0.0..=COUNT_MAX as f64).contains(&mean), "a Poisson count of mean {mean}");
    let level = Level::at(u);
    let mean = coarse(mean);
    if mean == 0.0 {
        return 0;
    }
    quantile(&Poisson { mean }, level)
}

/// The count of successes among independent `trials` of equal `probability`, at the uniform `u`.
///
/// `trials` is 0 to [`COUNT_MAX`]; `probability` is 0 to 1, and the smaller of it and its
/// complement is read to 40 significant bits (see `coarse`). `u` lies strictly between 0 and 1.
/// Probability 0 gives 0, probability 1 gives `trials`. Never falls as an argument grows.
///
/// # Panics
/// If an argument is outside its range.
pub fn binomial(trials: u64, probability: f64, u: f64) -> u64 {
    assert!(trials <= COUNT_MAX, "a binomial count of {trials} trials");
    assert!((0.0..=1.0).contains(&probability), "a binomial count of probability {probability}");
    let level = Level::at(u);
    if probability > 0.5 {
        return trials - successes(trials, coarse(1.0 - probability), level.mirrored());
    }
    successes(trials, coarse(probability), level)
}

/// How many trials succeed before the next failure, at the uniform `u`.
///
/// It is floor(ln(1 - u) / ln(1 - p)), where p is `failure_probability`, 0 to 1, and `u` lies
/// strictly between 0 and 1. Probability 1 gives 0, probability 0 gives [`u64::MAX`]: there is no
/// next failure. Grows with `u`, falls as failures become likelier.
///
/// # Panics
/// If an argument is outside its range.
pub fn geometric(u: f64, failure_probability: f64) -> u64 {
    assert!((0.0..=1.0).contains(&failure_probability), "failures of {failure_probability}");
    assert!(0.0 < u && u < 1.0, "a count at the uniform {u}");
    // Casts saturate: x / -0 is infinity, x / -infinity is zero.
    (libm::log1p(-u) / libm::log1p(-failure_probability)) as u64
}

/// The binomial quantile for a `probability` of at most 1/2.
fn successes(trials: u64, probability: f64, level: Level) -> u64 {
    if trials == 0 || probability == 0.0 {
        return 0;
    }
    quantile(&Binomial::new(trials, probability), level)
}

/// `parameter` cut to 40 significant bits, a relative change of less than 1e-12.
///
/// Tails are summed with a relative error of some 1e-15 times the standard deviation (or 1); a
/// step of 2^-40 in the mean moves them by at least half of 2^-40 times it. So two parameters are
/// either the same or so far apart that rounding cannot turn their counts round: monotony holds
/// bit by bit.
fn coarse(parameter: f64) -> f64 {
    f64::from_bits(parameter.to_bits() & !((1 << 13) - 1))
}

/// The uniform a quantile is taken at, with its complement, so that either tail can be compared.
#[derive(Clone, Copy)]
struct Level {
    below: f64,
    above: f64,
    /// Whether the tail must exceed `below`, not only reach it: failures seen as successes.
    strict: bool,
}

impl Level {
    fn at(u: f64) -> Level {
        assert!(0.0 < u && u < 1.0, "a count at the uniform {u}");
        Level { below: u, above: 1.0 - u, strict: false }
    }

    /// The level for the count of failures: the least k of successes at u is the most failures
    /// with P(failures < that) <= 1 - u.
    fn mirrored(self) -> Level {
        Level { below: self.above, above: self.below, strict: !self.strict }
    }

    /// The normal deviate of this level, from the smaller of its two sides.
    fn deviate(self) -> f64 {
        if self.above < self.below {
            -normal::quantile(self.above)
        } else {
            normal::quantile(self.below)
        }
    }

    /// Whether P(X <= `count`) reaches this level, told from the tail that does not hold the mean.
    ///
    /// That tail weighs at most two thirds, so that no precision is lost; and it does not depend
    /// on the level, so that the answer is monotone in it bit by bit.
    fn is_reached(self, law: &impl Law, count: f64) -> bool {
        if count >= law.last() {
            return true;
        }
        if count + 1.0 <= law.mean() {
            let tail = law.lower_tail(count);
            tail > self.below || (!self.strict && tail == self.below)
        } else {
            let tail = law.upper_tail(count);
            tail < self.above || (!self.strict && tail == self.above)
        }
    }
}

/// The smallest count that reaches `level`.
fn quantile(law: &impl Law, level: Level) -> u64 {
    if law.mean() < SEARCHED_MEAN {
        return search_from_zero(law, level) as u64;
    }
    let Estimate { boundary, error } = estimate(law, level.deviate());
    // A cast is several times faster than `floor`; below zero it gives 0 with a negative fraction.
    let count = boundary as u64;
    let fraction = boundary - count as f64;
    if error < fraction && fraction < 1.0 - error {
        return count;
    }
    settle(law, level, (count as f64).min(law.last())) as u64
}

/// Adds masses from zero up until they reach `level`.
fn search_from_zero(law: &impl Law, level: Level) -> f64 {
    let (mut count, mut mass) = (0.0, law.mass_at_zero());
    let mut sum = mass;
    while sum < level.below + DOUBT {
        if sum > level.below - DOUBT && level.is_reached(law, count) {
            break;
        }
        count += 1.0;
        mass *= law.rise(count);
        sum += mass;
    }
    count
}

/// Goes from a count close by to the smallest one that reaches `level`, by exact tails.
fn settle(law: &impl Law, level: Level, start: f64) -> f64 {
    let mut count = start;
    if level.is_reached(law, count) {
        while count > 0.0 && level.is_reached(law, count - 1.0) {
            count -= 1.0;
        }
    } else {
        while !level.is_reached(law, count) {
            count += 1.0;
        }
    }
    count
}

/// A continuous quantile whose whole part is the count, and the most by which it may be wrong.
struct Estimate {
    boundary: f64,
    error: f64,
}

/// The Cornish-Fisher expansion of the quantile at the normal deviate `w`, with its error.
///
/// With mean m, standard deviation s, p and q = 1 - p (Poisson: p = 0) it is
///
/// m + s w + (q - p)(w^2 - 1)/6 + 1/2 +
/// [(1 - 6pq)(w^3 - 3w)/24 - (q - p)^2 (2w^3 - 5w)/36 - w/24] / s
///
/// where w/24 takes out the variance of rounding to whole numbers (Sheppard). The bound is twice
/// Giles's for the Poisson law; a test holds 0.7 of it against every boundary of many laws. It
/// allows |w| < 2.6 sqrt(s) before it exceeds 1/2, and up to there the expansion grows with w. An
/// error of 1/2 or more says only that tails must be summed. On top comes the rounding of the mean.
fn estimate(law: &impl Law, w: f64) -> Estimate {
    let (mean, p) = (law.mean(), law.probability());
    let q = 1.0 - p;
    let variance = mean * q;
    let (square, skew) = (w * w, q - p);
    let third = (1.0 - 6.0 * p * q) * (square - 3.0) / 24.0
        - skew * skew * (2.0 * square - 5.0) / 36.0
        - 1.0 / 24.0;
    let deviation = variance.sqrt();
    let boundary = mean + deviation * w + skew * (square - 1.0) / 6.0 + 0.5 + w * third / deviation;
    let error = (ERROR[0] + square * (ERROR[1] + square * ERROR[2])) / variance + mean * ROUNDING;
    Estimate { boundary, error }
}

/// Bound of the expansion's error in units of 1/variance, in rising powers of the squared deviate.
const ERROR: [f64; 3] = [1.0 / 20.0, 1.0 / 40.0, 1.0 / 80.0];

/// Rounding error of the expansion as a share of the mean: 2^-50.
const ROUNDING: f64 = 1.0 / (1u64 << 50) as f64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::golden;
    use proptest::prelude::*;
    use rand_distr::Distribution;

    /// A count with P(X <= count) and P(X > count).
    type Tails = (f64, f64, f64);

    /// Both tails of every count that matters, summed from the mode out: an oracle without
    /// Loader's masses.
    fn tails(law: &impl Law) -> Vec<Tails> {
        let mut masses = vec![(law.mean().floor(), 1.0)];
        while let Some(&(at, mass)) = masses.last().filter(|(at, mass)| *at > 0.0 && *mass > 1e-300)
        {
            masses.push((at - 1.0, mass / law.rise(at)));
        }
        masses.reverse();
        while let Some(&(at, mass)) =
            masses.last().filter(|(at, mass)| *at < law.last() && *mass > 1e-300)
        {
            masses.push((at + 1.0, mass * law.rise(at + 1.0)));
        }
        let total: f64 = masses.iter().map(|(_, mass)| mass).sum();
        let mut above = 0.0;
        let mut tails: Vec<Tails> = vec![];
        for (at, mass) in masses.iter().rev() {
            tails.push((*at, 0.0, above / total));
            above += mass;
        }
        tails.reverse();
        let mut below = 0.0;
        for ((_, mass), entry) in masses.iter().zip(&mut tails) {
            below += mass;
            entry.1 = below / total;
        }
        tails.retain(|(_, below, above)| *below > 1e-280 && *above > 1e-280);
        tails
    }

    /// The level at a boundary between two counts, the smaller tail changed by the share `nudge`.
    fn level((_, below, above): Tails, nudge: f64) -> Level {
        if below < above {
            let below = below * (1.0 + nudge);
            return Level { below, above: 1.0 - below, strict: false };
        }
        let above = above * (1.0 - nudge);
        Level { below: 1.0 - above, above, strict: false }
    }

    fn for_many_laws(means: &[f64], check: impl Fn(f64, f64)) {
        for mean in means {
            for probability in [0.0, 1e-6, 1e-3, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5] {
                check(*mean, probability);
            }
        }
    }

    fn binomial_law(mean: f64, probability: f64) -> Binomial {
        Binomial::new((mean / probability).ceil() as u64, probability)
    }

    #[test]
    fn a_count_changes_exactly_where_its_tail_says() {
        fn check(law: &impl Law) {
            for tail in tails(law) {
                // Far wider than the rounding errors of oracle and count, far narrower than a mass.
                let nudge = 1e-11;
                let (at, after) =
                    (quantile(law, level(tail, -nudge)), quantile(law, level(tail, nudge)));
                let state = (law.mean(), law.probability(), tail);
                assert_eq!(at as f64, tail.0, "just below the boundary {state:?}");
                assert_eq!(after as f64, tail.0 + 1.0, "just above the boundary {state:?}");
            }
        }
        let means = [
            5.0, 5.2, 5.5, 6.0, 6.6, 7.1, 8.0, 9.1, 1e-9, 1e-3, 0.1, 0.5, 1.0, 2.5, 4.99, 5.0,
            5.01, 6.0, 9.99, 10.0, 10.01, 11.5, 14.0, 20.0, 35.0, 80.0, 300.0, 1000.0, 3000.0,
            10_000.5,
        ];
        for_many_laws(&means, |mean, probability| {
            if probability == 0.0 {
                check(&Poisson { mean });
            } else {
                check(&binomial_law(mean, probability));
            }
        });
    }

    #[test]
    fn the_estimate_keeps_within_its_bound() {
        fn check(law: &impl Law) {
            for tail in tails(law) {
                let Estimate { boundary, error } = estimate(law, level(tail, 0.0).deviate());
                let wrong = (boundary - tail.0 - 1.0).abs();
                let state = (law.mean(), law.probability(), tail);
                assert!(error >= 0.5 || wrong <= 0.7 * error, "{wrong} of {error}: {state:?}");
            }
        }
        let means = [
            5.0, 5.2, 5.5, 6.0, 6.6, 7.1, 8.0, 9.1, 10.0, 10.3, 10.7, 11.0, 12.0, 13.0, 15.0, 17.5,
            20.0, 25.0, 30.0, 40.0, 60.0, 100.0, 300.0, 1e3, 1e4, 1e5, 1e6, 6e7,
        ];
        for_many_laws(&means, |mean, probability| {
            if probability == 0.0 {
                check(&Poisson { mean });
            } else {
                check(&binomial_law(mean, probability));
            }
        });
    }

    /// Masses of a binomial law by Pascal's rule, so that nothing is shared with what is tested.
    fn pascal(trials: u64, probability: f64) -> Vec<f64> {
        let mut masses = vec![1.0];
        for _ in 0..trials {
            let mut next = vec![0.0; masses.len() + 1];
            for (count, mass) in masses.iter().enumerate() {
                next[count] += mass * (1.0 - probability);
                next[count + 1] += mass * probability;
            }
            masses = next;
        }
        masses
    }

    #[test]
    fn a_binomial_count_is_the_first_to_reach_its_uniform() {
        for trials in [1, 2, 3, 7, 20, 45, 130] {
            for probability in [0.001, 0.1, 0.3, 0.49, 0.5, 0.51, 0.7, 0.9, 0.999] {
                let masses = pascal(trials, probability);
                for u in golden::uniforms(3).take(300) {
                    let mut sum = 0.0;
                    let first = masses.iter().position(|mass| {
                        sum += mass;
                        sum >= u
                    });
                    let count = binomial(trials, probability, u);
                    assert_eq!(Some(count as usize), first, "{trials} x {probability} at {u}");
                }
            }
        }
    }

    #[test]
    fn half_of_one_trial_is_no_success() {
        assert_eq!(binomial(1, 0.5, 0.5), 0);
        assert_eq!(binomial(1, 0.5, 0.5 + f64::EPSILON), 1);
        assert_eq!([binomial(1, 0.75, 0.25), binomial(1, 0.75, 0.25 + f64::EPSILON)], [0, 1]);
    }

    #[test]
    fn certain_counts_need_no_chance() {
        for u in [f64::MIN_POSITIVE, 1e-16, 0.5, 1.0 - f64::EPSILON / 2.0] {
            assert_eq!(poisson(0.0, u), 0);
            assert_eq!(poisson(1e-320, u), 0);
            assert_eq!(binomial(0, 0.3, u), 0);
            assert_eq!([binomial(1 << 32, 0.0, u), binomial(1 << 32, 1.0, u)], [0, 1 << 32]);
            assert_eq!([geometric(u, 0.0), geometric(u, 1.0)], [u64::MAX, 0]);
        }
    }

    #[test]
    fn the_last_uniforms_end() {
        let (first, last) = (f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        for mean in [1e-9, 0.5, 9.9, 10.0, 30.0, 300.0, 6e7, 4e9] {
            assert!(poisson(mean, first) <= poisson(mean, 0.5));
            assert!(poisson(mean, last) >= poisson(mean, 0.5));
        }
        assert_eq!(binomial(3, 0.5, last), 3);
        assert_eq!(binomial(40, 0.5, first), 0);
        assert_eq!([binomial(3, 0.9, first), binomial(3, 0.9, last)], [0, 3]);
        assert_eq!(binomial(1 << 32, 1e-9, last), 30);
    }

    #[test]
    fn a_geometric_count_is_the_floor_of_a_ratio_of_logarithms() {
        assert_eq!([geometric(0.49, 0.5), geometric(0.51, 0.5), geometric(0.76, 0.5)], [0, 1, 2]);
        assert_eq!(geometric(0.5, 1e-9), 693_147_180);
        let (mean, variance) = golden::moments(4, |u| geometric(u, 0.1) as f64);
        assert!((mean - 9.0).abs() < 4.0 * (90.0 / golden::DRAWS as f64).sqrt(), "mean {mean}");
        // Excess kurtosis 6 + p^2 / (1 - p).
        let tolerance = 4.0 * 90.0 * (8.1 / golden::DRAWS as f64).sqrt();
        assert!((variance - 90.0).abs() < tolerance, "variance {variance}");
    }

    /// 200 requests a second for 300 s, a tenth to one side, of which 5 % fail: mean 300, sd
    /// 17.32.
    #[test]
    fn the_failures_of_a_tenth_are_poisson() {
        let mean = 200.0 * 300.0 * 0.1 * 0.05;
        assert_eq!([poisson(mean, 0.025), poisson(mean, 0.975)], [267, 334]);
        let (drawn, variance) = golden::moments(5, |u| poisson(mean, u) as f64);
        let draws = golden::DRAWS as f64;
        assert!((drawn - 300.0).abs() < 4.0 * (300.0 / draws).sqrt(), "mean {drawn}");
        // The variance of a sample's variance is v^2 (2 + excess) / n, with an excess of 1/300.
        let tolerance = 4.0 * ((2.0 + 1.0 / 300.0) / draws).sqrt();
        assert!((variance / 300.0 - 1.0).abs() < tolerance, "variance {variance}");
    }

    /// Mean and variance differ by at most four standard deviations of the difference of two
    /// samples.
    #[test]
    fn counts_agree_with_rand_distr() {
        fn check(
            ours: impl Fn(f64) -> u64,
            theirs: impl Fn(f64) -> f64,
            variance: f64,
            excess: f64,
        ) {
            let ours = golden::moments(6, |u| ours(u) as f64);
            let theirs = golden::moments(6, theirs);
            let share = 2.0 / golden::DRAWS as f64;
            let mean_tolerance = 4.0 * (variance * share).sqrt();
            let tolerance = 4.0 * variance * ((2.0 + excess) * share).sqrt();
            assert!((ours.0 - theirs.0).abs() < mean_tolerance, "{ours:?} against {theirs:?}");
            assert!((ours.1 - theirs.1).abs() < tolerance, "{ours:?} against {theirs:?}");
        }
        let generator = std::cell::RefCell::new(golden::generator(98));
        for mean in [0.5, 6.0, 12.0, 300.0, 3000.0, 6e7] {
            let oracle = rand_distr::Poisson::new(mean).unwrap();
            let theirs = |_| oracle.sample(&mut *generator.borrow_mut());
            check(|u| poisson(mean, u), theirs, mean, 1.0 / mean);
        }
        for (trials, p) in
            [(600, 0.001), (600, 0.08), (6000, 0.02), (6000, 0.97), (60_000_000, 0.02)]
        {
            let oracle = rand_distr::Binomial::new(trials, p).unwrap();
            let theirs = |_| oracle.sample(&mut *generator.borrow_mut()) as f64;
            let variance = trials as f64 * p * (1.0 - p);
            let excess = (1.0 - 6.0 * p * (1.0 - p)) / variance;
            check(|u| binomial(trials, p, u), theirs, variance, excess);
        }
    }

    #[test]
    fn no_bit_of_any_count_changes() {
        let poissons = [0.5, 6.0, 12.0, 300.0, 3000.0, 6e7];
        let binomials = [(600, 0.001), (600, 0.08), (6000, 0.02), (6000, 0.97), (60_000_000, 0.02)];
        let digests: Vec<u64> = poissons
            .iter()
            .map(|mean| golden::digest(|u| poisson(*mean, u)))
            .chain(binomials.iter().map(|(n, p)| golden::digest(|u| binomial(*n, *p, u))))
            .chain([golden::digest(|u| geometric(u, 0.01))])
            .collect();
        let expected: [u64; 12] = [
            0xdfe0_3fd5_083e_781d,
            0xf070_b051_c705_ce5b,
            0x67b6_1908_e891_c322,
            0x04e5_f6b6_57ba_c5c0,
            0x2e6b_2ffc_a9d7_3d80,
            0x25d9_41c0_8396_6a9b,
            0xd06d_7bb7_d414_80e8,
            0xd645_7f24_6893_de47,
            0x6dc6_80b9_91b4_2db2,
            0x972c_ad43_d714_f491,
            0xcd8b_06b8_2807_0318,
            0x2a16_dd7d_8764_a504,
        ];
        assert_eq!(digests, expected, "{digests:#x?}");
    }

    /// Uniforms of a run, one in four of them in a far tail.
    fn uniform() -> impl Strategy<Value = f64> {
        let odd = |k: u64| (k as f64 + 0.5) / (1u64 << 52) as f64;
        prop_oneof![
            3 => (0..1u64 << 52).prop_map(odd),
            1 => (0..1u64 << 16).prop_map(odd),
            1 => (0..1u64 << 16).prop_map(move |k| 1.0 - odd(k)),
        ]
    }

    /// From 10^-6 to a little below 10^9.6.
    fn mean() -> impl Strategy<Value = f64> {
        (-6.0..9.6f64).prop_map(|exponent| libm::pow(10.0, exponent))
    }

    /// The next number, a close one, or one farther off.
    fn growth() -> impl Strategy<Value = f64> {
        (-16.0..0.3f64).prop_map(|exponent| 1.0 + libm::pow(10.0, exponent))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn more_traffic_never_brings_fewer_arrivals(
            mean in mean(), growth in growth(), u in uniform()
        ) {
            prop_assert!(poisson(mean, u) <= poisson((mean * growth).min(COUNT_MAX as f64), u));
        }

        #[test]
        fn a_larger_uniform_never_brings_a_smaller_count(
            mean in mean(), trials in 0..COUNT_MAX, p in 0.0..1.0f64, a in uniform(), b in uniform()
        ) {
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(poisson(mean, low) <= poisson(mean, high));
            prop_assert!(binomial(trials, p, low) <= binomial(trials, p, high));
            prop_assert!(geometric(low, p) <= geometric(high, p));
        }

        #[test]
        fn a_larger_error_rate_never_brings_fewer_failures(
            trials in mean(), p in -9.0..0.0f64, mirrored: bool, growth in growth(), u in uniform()
        ) {
            let (trials, p) = (trials as u64, libm::pow(10.0, p));
            let p = if mirrored { 1.0 - p } else { p };
            let larger = (p * growth).min(1.0);
            prop_assert!(binomial(trials, p, u) <= binomial(trials, larger, u));
            prop_assert!(geometric(u, p) >= geometric(u, larger));
        }

        #[test]
        fn more_requests_never_bring_fewer_failures_nor_fewer_answers(
            trials in 0..COUNT_MAX, p in -9.0..0.0f64, mirrored: bool, u in uniform()
        ) {
            let p = libm::pow(10.0, p);
            let p = if mirrored { 1.0 - p } else { p };
            for trials in [trials, trials % 1000] {
                let (fewer, more) = (binomial(trials, p, u), binomial(trials + 1, p, u));
                prop_assert!(fewer <= more && more <= fewer + 1);
            }
        }
    }

    /// Bisects for the first parameter whose count reaches that of `high`, then looks at its
    /// neighbours.
    fn check_around_a_change(high: f64, stride: u64, count: impl Fn(f64) -> u64) {
        let target = count(high);
        let (mut low, mut high) = (high / 2.0, high);
        if count(low) >= target {
            return;
        }
        while low.next_up() < high {
            let middle = low + (high - low) / 2.0;
            if count(middle) < target { low = middle } else { high = middle }
        }
        for step in 1..200 {
            assert!(count(f64::from_bits(low.to_bits() - stride * step)) < target, "below {low}");
            assert!(
                count(f64::from_bits(high.to_bits() + stride * step)) >= target,
                "above {high}"
            );
        }
    }

    proptest! {
        #[test]
        fn counts_are_monotone_bit_by_bit_where_they_change(
            mean in -3.0..5.0f64, p in 0.001..1.0f64, u in uniform(), stride in 1u64..20_000
        ) {
            let mean = libm::pow(10.0, mean);
            check_around_a_change(mean, stride, |mean| poisson(mean, u));
            let trials = (mean / p).ceil() as u64;
            check_around_a_change(p.min(0.999), stride, |p| binomial(trials, p, u));
        }
    }
}
