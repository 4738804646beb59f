//! How much traffic a recorded series of counts shows: its mean rate, its shape over the day, and how it wavers beyond chance.
//!
//! Method of moments: what varies more than Poisson counts do is noise, what is left of it one period later its correlation
//! (the law that `cloud::noise` plays). Not where a series comes from (`input::recording`).

use crate::engine::time::HOUR_MS;

/// A shape of the day wants so many values in each hour.
const OF_AN_HOUR_MIN: usize = 2;
/// Noise is told from a series of at least so many values.
const NOISE_MIN: usize = 30;
/// Less noise than this is none.
const CV_MIN: f64 = 0.01;

/// A count and when its period began, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// When its period began.
    pub at_ms: u64,
    /// How many.
    pub value: f64,
}

/// What a series of counts shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// How many counts there are.
    pub counts: usize,
    /// Requests a second on average.
    pub per_second: f64,
    /// A factor on it at each full hour of the day in UTC, if there is some of each hour.
    pub daily: Option<[f64; 24]>,
    /// Noise beyond chance, if there is any.
    pub noise: Option<Waver>,
}

/// Noise on a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waver {
    /// Coefficient of variation.
    pub cv: f64,
    /// After how long a part of 1/e is left of it, in milliseconds.
    pub correlation_ms: f64,
}

impl Level {
    /// The level of counts in order of time, each of a period of this length; nothing if there are none.
    pub fn of(counts: &[Count], period_ms: u64) -> Option<Level> {
        let n = counts.len();
        if n == 0 || period_ms == 0 {
            return None;
        }
        let mean = counts.iter().map(|count| count.value).sum::<f64>() / n as f64;
        let hours = (mean > 0.0).then(|| hours(counts, mean)).flatten();
        let noise = noise(counts, mean, hours.as_ref(), period_ms);
        // A full hour lies between two hours.
        let daily = hours.map(|of| std::array::from_fn(|at| (of[(at + 23) % 24] + of[at]) / 2.0));
        let per_second = mean * 1000.0 / period_ms as f64;
        Some(Level { counts: n, per_second, daily, noise })
    }
}

impl Level {
    /// Requests a second at a point in time, in milliseconds since 1970; straight lines between full hours.
    pub fn at(&self, at_ms: u64) -> f64 {
        let Some(daily) = &self.daily else { return self.per_second };
        let part = (at_ms % HOUR_MS) as f64 / HOUR_MS as f64;
        let (from, until) = (daily[hour(at_ms)], daily[(hour(at_ms) + 1) % 24]);
        self.per_second * (from + (until - from) * part)
    }
}

fn hour(at_ms: u64) -> usize {
    (at_ms / HOUR_MS % 24) as usize
}

/// The mean of each hour against that of all counts.
fn hours(counts: &[Count], mean: f64) -> Option<[f64; 24]> {
    let (mut sums, mut numbers) = ([0.0; 24], [0; 24]);
    for count in counts {
        sums[hour(count.at_ms)] += count.value;
        numbers[hour(count.at_ms)] += 1;
    }
    let is_whole = numbers.iter().all(|number| *number >= OF_AN_HOUR_MIN);
    is_whole
        .then(|| std::array::from_fn(|hour| sums[hour] / f64::from(numbers[hour] as u32) / mean))
}

/// What varies beyond Poisson counts around the expected ones.
fn noise(counts: &[Count], mean: f64, hours: Option<&[f64; 24]>, period_ms: u64) -> Option<Waver> {
    if counts.len() < NOISE_MIN || mean <= 0.0 {
        return None;
    }
    let expected = |count: &Count| mean * hours.map_or(1.0, |of| of[hour(count.at_ms)]);
    let is_expected = |count: &&Count| expected(count) > 0.0;
    let sound: Vec<&Count> = counts.iter().filter(is_expected).collect();
    let residuals: Vec<f64> =
        sound.iter().map(|count| count.value / expected(count) - 1.0).collect();
    let n = residuals.len() as f64;
    let of_chance = sound.iter().map(|count| 1.0 / expected(count)).sum::<f64>() / n;
    let variance = residuals.iter().map(|part| part * part).sum::<f64>() / n - of_chance;
    if variance <= CV_MIN * CV_MIN {
        return None;
    }
    // Only neighbours in time tell how much is left of it one period later.
    let neighbours = sound.windows(2).zip(residuals.windows(2));
    let products: Vec<f64> = neighbours
        .filter(|(pair, _)| pair[1].at_ms - pair[0].at_ms == period_ms)
        .map(|(_, parts)| parts[0] * parts[1])
        .collect();
    let left = products.iter().sum::<f64>() / products.len().max(1) as f64 / variance;
    // As little as nothing is left after a third of the period; at the most a part of 0.995.
    let left = left.clamp(0.05, 0.995);
    Some(Waver {
        cv: variance.sqrt(),
        correlation_ms: (-(period_ms as f64) / libm::log(left)).max(1000.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::count::poisson;
    use crate::engine::normal;

    const MINUTE: u64 = 60_000;

    /// The uniforms of a generator that is only for these tests.
    struct Uniforms(u64);

    impl Uniforms {
        fn next(&mut self) -> f64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 12) as f64 + 0.5) / (1u64 << 52) as f64
        }
    }

    /// Counts of a Poisson process whose rate wavers as the noise of a scenario does.
    fn series(minutes: u64, rate: f64, cv: f64, kept: f64, daily: bool) -> Vec<Count> {
        let mut uniforms = Uniforms(7);
        let deviation = libm::log1p(cv * cv).sqrt();
        let mut state = normal::quantile(uniforms.next());
        (0..minutes)
            .map(|minute| {
                let fresh = normal::quantile(uniforms.next());
                state = kept * state + (1.0 - kept * kept).sqrt() * fresh;
                let factor = libm::exp(deviation * state - deviation * deviation / 2.0);
                let of_day = if daily && hour(minute * MINUTE) < 12 { 0.5 } else { 1.0 };
                let value = poisson(60.0 * rate * factor * of_day, uniforms.next()) as f64;
                Count { at_ms: minute * MINUTE, value }
            })
            .collect()
    }

    #[test]
    fn rate_noise_and_its_correlation_are_recovered() {
        let kept = libm::exp(-1.0 / 5.0);
        let level = Level::of(&series(20_000, 20.0, 0.15, kept, false), MINUTE).expect("counts");
        assert!((level.per_second / 20.0 - 1.0).abs() < 0.02, "{level:?}");
        let noise = level.noise.expect("noise");
        assert!((noise.cv / 0.15 - 1.0).abs() < 0.1, "{noise:?}");
        assert!((noise.correlation_ms / 300_000.0 - 1.0).abs() < 0.2, "{noise:?}");
        let daily = level.daily.expect("two weeks have every hour");
        assert!(daily.iter().all(|factor| (factor - 1.0).abs() < 0.1), "{daily:?}");
    }

    #[test]
    fn counts_that_vary_by_chance_alone_have_no_noise() {
        let level = Level::of(&series(5000, 20.0, 0.0, 0.0, false), MINUTE).expect("counts");
        assert_eq!(level.noise, None);
    }

    #[test]
    fn the_shape_of_the_day_is_no_noise() {
        let level = Level::of(&series(10 * 1440, 20.0, 0.0, 0.0, true), MINUTE).expect("counts");
        let daily = level.daily.expect("ten days");
        assert!((daily[3] / daily[15] - 0.5).abs() < 0.01, "{daily:?}");
        assert_eq!(level.noise, None);
    }

    #[test]
    fn an_hour_has_a_rate_and_no_shape() {
        let counts = series(60, 5.0, 0.0, 0.0, false);
        let level = Level::of(&counts, MINUTE).expect("counts");
        assert_eq!((level.counts, level.daily), (60, None));
        assert_eq!(Level::of(&[], MINUTE), None);
        let silent = [Count { at_ms: 0, value: 0.0 }; 40];
        assert_eq!(Level::of(&silent, MINUTE).map(|level| level.per_second), Some(0.0));
    }
}
