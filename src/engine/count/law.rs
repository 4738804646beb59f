//! The laws a count can follow: the mass of one count, and the exact weight of a tail.
//!
//! Which count belongs to a uniform is decided in `count`. Sources: C. Loader, "Fast and accurate
//! computation of binomial probabilities" (2000), for the masses; the tails are plain sums.

use std::f64::consts::TAU;

/// A law of counts, unimodal, from zero up. Counts are whole numbers in an f64, exact below 2^53.
pub(super) trait Law {
    /// Expected count.
    fn mean(&self) -> f64;
    /// Probability of one success in one trial; the Poisson law is the limit at zero.
    fn probability(&self) -> f64;
    /// The largest count that can occur.
    fn last(&self) -> f64;
    /// Probability of exactly zero.
    fn mass_at_zero(&self) -> f64;
    /// Probability of exactly `count`, with a relative error of some 1e-15 times its exponent.
    fn mass(&self, count: f64) -> f64;
    /// `mass(count) / mass(count - 1)`, for a count of at least one.
    fn rise(&self, count: f64) -> f64;

    /// P(X <= count), summed downwards; meant for counts below the mean: there the terms fall.
    fn lower_tail(&self, count: f64) -> f64 {
        let (mut term, mut sum, mut at) = (1.0, 1.0, count);
        while at > 0.0 && term > sum * NEGLIGIBLE {
            term /= self.rise(at);
            sum += term;
            at -= 1.0;
        }
        self.mass(count) * sum
    }

    /// P(X > count), summed upwards; meant where `count + 1` passes the mean: there terms fall.
    fn upper_tail(&self, count: f64) -> f64 {
        let first = count + 1.0;
        let (mut term, mut sum, mut at) = (1.0, 1.0, first);
        while term > sum * NEGLIGIBLE {
            at += 1.0;
            term *= self.rise(at);
            sum += term;
        }
        self.mass(first) * sum
    }
}

/// Terms below this share of a sum no longer count: 2^-60.
const NEGLIGIBLE: f64 = 1.0 / (1u64 << 60) as f64;

/// Independent arrivals at a constant rate.
pub(super) struct Poisson {
    /// Expected count, above 0.
    pub(super) mean: f64,
}

impl Law for Poisson {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn probability(&self) -> f64 {
        0.0
    }

    fn last(&self) -> f64 {
        f64::INFINITY
    }

    fn mass_at_zero(&self) -> f64 {
        libm::exp(-self.mean)
    }

    fn mass(&self, count: f64) -> f64 {
        if count == 0.0 {
            return self.mass_at_zero();
        }
        libm::exp(-stirling_error(count) - deviance(count, self.mean)) / (TAU * count).sqrt()
    }

    fn rise(&self, count: f64) -> f64 {
        self.mean / count
    }
}

/// Successes among independent trials, where success is at most as likely as failure.
pub(super) struct Binomial {
    trials: f64,
    probability: f64,
    odds: f64,
}

impl Binomial {
    /// The law of `trials` (at least 1) that succeed with `probability`, above 0, at most 1/2.
    pub(super) fn new(trials: u64, probability: f64) -> Binomial {
        Binomial { trials: trials as f64, probability, odds: probability / (1.0 - probability) }
    }
}

impl Law for Binomial {
    fn mean(&self) -> f64 {
        self.trials * self.probability
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn last(&self) -> f64 {
        self.trials
    }

    fn mass_at_zero(&self) -> f64 {
        libm::exp(self.trials * libm::log1p(-self.probability))
    }

    fn mass(&self, count: f64) -> f64 {
        let failures = self.trials - count;
        if count == 0.0 {
            return self.mass_at_zero();
        }
        if failures == 0.0 {
            return libm::exp(self.trials * libm::log(self.probability));
        }
        let exponent = stirling_error(self.trials)
            - stirling_error(count)
            - stirling_error(failures)
            - deviance(count, self.mean())
            - deviance(failures, self.trials * (1.0 - self.probability));
        libm::exp(exponent) * (self.trials / (TAU * count * failures)).sqrt()
    }

    fn rise(&self, count: f64) -> f64 {
        self.odds * (self.trials - count + 1.0) / count
    }
}

/// `ln n! - ln(sqrt(2 pi n) (n/e)^n)` for n from 1 to 15; beyond, the Stirling series takes over.
const STIRLING_ERRORS: [f64; 15] = [
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_3,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_847_5,
    0.005_554_733_551_962_801,
];

/// The error of Stirling's formula for `ln n!`, `n` at least 1, to about 1e-16.
fn stirling_error(n: f64) -> f64 {
    if n < 15.5 {
        return STIRLING_ERRORS[n as usize - 1];
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square)
            / square)
        / n
}

/// `count ln(count / mean) + mean - count`, without cancellation where the two are close.
///
/// With v = (count - mean) / (count + mean) it is (count - mean) v + 2 count (v^3/3 + v^5/5 +
/// ...).
fn deviance(count: f64, mean: f64) -> f64 {
    let difference = count - mean;
    if difference.abs() >= 0.1 * (count + mean) {
        return count * libm::log(count / mean) - difference;
    }
    let v = difference / (count + mean);
    let (mut power, mut sum, mut odd) = (2.0 * count * v, difference * v, 1.0);
    loop {
        power *= v * v;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(value: f64, expected: f64, tolerance: f64) {
        assert!((value / expected - 1.0).abs() < tolerance, "{value}, not {expected}");
    }

    #[test]
    fn the_stirling_series_takes_over_from_the_table() {
        for n in 1..60 {
            let logarithm: f64 = (1..=n).map(|factor| libm::log(f64::from(factor))).sum();
            let n = f64::from(n);
            let formula = 0.5 * libm::log(TAU * n) + n * libm::log(n) - n;
            assert!((logarithm - formula - stirling_error(n)).abs() < 1e-13, "{n}");
        }
    }

    #[test]
    fn the_deviance_is_the_same_on_both_sides_of_its_switch() {
        for ratio in [0.1, 0.8, 0.818, 0.819, 0.95, 1.05, 1.222, 1.223, 3.0] {
            let (count, mean) = (1000.0, 1000.0 / ratio);
            let plain = count * libm::log(count / mean) + mean - count;
            close(deviance(count, mean), plain, 1e-12);
        }
        assert_eq!(deviance(5.0, 5.0), 0.0);
    }

    /// The products, in exact arithmetic where the numbers are small.
    #[test]
    fn masses_are_those_of_the_textbook() {
        let poisson = Poisson { mean: 2.0 };
        close(poisson.mass(0.0), 0.135_335_283_236_612_7, 1e-15);
        close(poisson.mass(3.0), 0.180_447_044_315_483_56, 4e-15);
        let binomial = Binomial::new(10, 0.5);
        let expected = [1.0, 10.0, 45.0, 120.0, 210.0, 252.0, 210.0, 120.0, 45.0, 10.0, 1.0];
        for (count, ways) in (0..).zip(expected) {
            close(binomial.mass(f64::from(count)), ways / 1024.0, 4e-15);
        }
    }

    #[test]
    fn both_tails_make_a_whole() {
        fn check(law: &impl Law) {
            for shift in [-2.0, -1.0, 0.0, 1.0, 2.0] {
                let count = (law.mean() + shift * law.mean().sqrt()).floor();
                let whole = law.lower_tail(count) + law.upper_tail(count);
                close(whole, 1.0, 1e-15 * (8.0 + law.mean().sqrt()));
            }
        }
        for mean in [12.0, 300.0, 6e7] {
            check(&Poisson { mean });
            check(&Binomial::new((mean / 0.5) as u64, 0.5));
            check(&Binomial::new((mean / 0.02) as u64, 0.02));
        }
    }
}
