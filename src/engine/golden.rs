//! The fixed uniforms over which the tests of the samplers draw, and the digest of what they drew.
//!
//! Not the random numbers of a run. Rule: a sampler that changes by one bit changes a pinned
//! digest.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use xxhash_rust::xxh3::xxh3_64;

/// Draws behind every pinned digest.
pub(crate) const DRAWS: usize = 100_000;

/// The generator of the tests: ChaCha8 under a fixed key.
pub(crate) fn generator(key: u8) -> ChaCha8Rng {
    ChaCha8Rng::from_seed([key; 32])
}

/// [`DRAWS`] uniforms between 0 and 1, odd multiples of 2^-53.
pub(crate) fn uniforms(key: u8) -> impl Iterator<Item = f64> {
    let mut generator = generator(key);
    (0..DRAWS).map(move |_| ((generator.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64)
}

/// xxh3-64 of what `sampler` draws over the uniforms of key 7, as little-endian words.
pub(crate) fn digest(sampler: impl Fn(f64) -> u64) -> u64 {
    let words: Vec<u8> = uniforms(7).flat_map(|u| sampler(u).to_le_bytes()).collect();
    xxh3_64(&words)
}

/// Mean and variance (over n - 1) of the draws of `sampler` over the uniforms of `key`.
pub(crate) fn moments(key: u8, sampler: impl Fn(f64) -> f64) -> (f64, f64) {
    let draws: Vec<f64> = uniforms(key).map(sampler).collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let squares: f64 = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum();
    (mean, squares / (draws.len() - 1) as f64)
}
