//! Values of many runs in fixed memory: buckets whose width grows with the value, and exact sums.
//!
//! Whole numbers only, so that nothing depends on the order. Decision 14 of the design: up to 1023 every value has a
//! bucket of its own, beyond each octave has 512, so that the middle of a bucket is wrong by 0.1 % at most.

/// Values below have a bucket each.
const EXACT: u64 = 1024;
/// Buckets in each octave above.
const PER_OCTAVE: u64 = EXACT / 2;

/// What is known of the values in one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bucket {
    runs: u64,
    /// The first replication among them.
    example: u64,
}

/// A stretch of values between which one lies, and the first replication that has such a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The least value of the bucket.
    pub low: u64,
    /// The greatest.
    pub high: u64,
    /// A replication whose value lies in it.
    pub example: u64,
}

impl Place {
    /// The value that stands for the bucket.
    pub const fn middle(self) -> u64 {
        self.low + (self.high - self.low) / 2
    }
}

/// The values of one measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    runs: u64,
    sum: u128,
    squares: u128,
    /// The greatest value, and the first replication that has it.
    greatest: Option<(u64, u64)>,
    /// The number of the first bucket that is kept.
    first: usize,
    buckets: Vec<Bucket>,
}

impl Distribution {
    /// Adds a value; replications come in rising order.
    pub fn add(&mut self, value: u64, replication: u64) {
        self.runs += 1;
        self.sum += u128::from(value);
        self.squares += u128::from(value) * u128::from(value);
        if self.greatest.is_none_or(|(greatest, _)| value > greatest) {
            self.greatest = Some((value, replication));
        }
        let bucket = self.bucket(number_of(value));
        if bucket.runs == 0 {
            bucket.example = replication;
        }
        bucket.runs += 1;
    }

    fn bucket(&mut self, number: usize) -> &mut Bucket {
        if self.buckets.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let missing = self.first - number;
            self.buckets.splice(0..0, std::iter::repeat_n(Bucket::default(), missing));
            self.first = number;
        }
        let at = number - self.first;
        if at >= self.buckets.len() {
            self.buckets.resize(at + 1, Bucket::default());
        }
        &mut self.buckets[at]
    }

    /// How many values.
    pub const fn runs(&self) -> u64 {
        self.runs
    }

    /// The mean, if there are values.
    pub fn mean(&self) -> Option<f64> {
        (self.runs > 0).then(|| self.sum as f64 / self.runs as f64)
    }

    /// The variance of the values, if there are two at least.
    pub fn variance(&self) -> Option<f64> {
        let runs = u128::from(self.runs);
        let spread = (runs * self.squares).checked_sub(self.sum * self.sum)?;
        (runs > 1).then(|| spread as f64 / (runs * (runs - 1)) as f64)
    }

    /// The greatest value, and the first replication that has it.
    pub const fn greatest(&self) -> Option<(u64, u64)> {
        self.greatest
    }

    /// Where the value of a rank lies, the least having rank 1; none beyond the values that there are.
    pub fn at_rank(&self, rank: u64) -> Option<Place> {
        if rank == 0 {
            return None;
        }
        let mut below = 0;
        let at = self.buckets.iter().position(|bucket| {
            below += bucket.runs;
            below >= rank
        })?;
        let (low, high) = bounds_of(self.first + at);
        Some(Place { low, high, example: self.buckets[at].example })
    }

    /// Every bucket that holds values: its bounds and how many, from the least up.
    pub fn steps(&self) -> impl Iterator<Item = (Place, u64)> {
        self.buckets.iter().enumerate().filter(|(_, bucket)| bucket.runs > 0).map(|(at, bucket)| {
            let (low, high) = bounds_of(self.first + at);
            (Place { low, high, example: bucket.example }, bucket.runs)
        })
    }
}

/// The number of the bucket of a value.
const fn number_of(value: u64) -> usize {
    if value < EXACT {
        return value as usize;
    }
    // So that what is left lies between 512 and 1023.
    let shift = value.ilog2() as u64 - (EXACT.ilog2() as u64 - 1);
    (shift * PER_OCTAVE + (value >> shift)) as usize
}

/// The least and the greatest value of a bucket.
const fn bounds_of(number: usize) -> (u64, u64) {
    let number = number as u64;
    if number < EXACT {
        return (number, number);
    }
    let shift = number / PER_OCTAVE - 1;
    let low = (number - shift * PER_OCTAVE) << shift;
    (low, low + ((1 << shift) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket_and_buckets_follow_each_other() {
        let mut expected = 0;
        for number in 0..20_000 {
            let (low, high) = bounds_of(number);
            assert_eq!(low, expected, "bucket {number}");
            assert_eq!([number_of(low), number_of(high)], [number; 2]);
            let middle = Place { low, high, example: 0 }.middle();
            assert!((high - middle) as f64 <= 0.001 * low.max(1) as f64, "bucket {number}");
            expected = high + 1;
        }
        assert_eq!(bounds_of(number_of(u64::MAX)).1, u64::MAX);
    }

    #[test]
    fn ranks_means_and_examples_are_those_of_the_values() {
        let values = [700_u64, 3, 3, 1_000_000, 0, 3];
        let mut distribution = Distribution::default();
        for (replication, value) in (10..).zip(values) {
            distribution.add(value, replication);
        }
        let at = |rank| distribution.at_rank(rank).map(|place| (place.low, place.example));
        assert_eq!(
            [at(0), at(1), at(2), at(4)],
            [None, Some((0, 14)), Some((3, 11)), Some((3, 11))]
        );
        assert_eq!([at(5), at(7)], [Some((700, 10)), None]);
        let last = distribution.at_rank(6).expect("six values");
        assert!(last.low <= 1_000_000 && 1_000_000 <= last.high && last.example == 13);
        assert_eq!(distribution.greatest(), Some((1_000_000, 13)));
        assert_eq!(distribution.mean(), Some(1_000_709.0 / 6.0));
        let mean = 1_000_709.0 / 6.0;
        let squares: f64 = values.iter().map(|&v| (v as f64 - mean) * (v as f64 - mean)).sum();
        let variance = distribution.variance().expect("six values");
        assert!((variance - squares / 5.0).abs() < 1e-6 * variance);
        assert_eq!(distribution.steps().map(|(_, runs)| runs).sum::<u64>(), 6);
    }
}
