//! Correlated noise on the rate of requests: lognormal, first-order autoregressive, minute by minute.
//!
//! Not where its chance comes from (`traffic`). Decision 29 of the design.

use crate::engine::exponential::exp;
use crate::scenario::traffic::Noise;

const MINUTE_MS: f64 = 60_000.0;
/// Noise is cut off here, so that a count of one minute always fits its fact.
const FACTOR_MAX: f64 = 6.0;

/// How noise goes on from minute to minute.
#[derive(Clone, Copy, Debug)]
pub struct NoiseLaw {
    /// How much of the state of one minute is left in the next, and how much is new.
    kept: f64,
    renewed: f64,
    /// s^2 = ln(1 + cv^2).
    variance: f64,
    deviation: f64,
}

impl NoiseLaw {
    /// The law of this noise.
    pub fn of(noise: &Noise) -> NoiseLaw {
        let kept = libm::exp(-(MINUTE_MS) / noise.correlation.as_millis() as f64);
        let variance = libm::log1p(noise.cv * noise.cv);
        NoiseLaw { kept, renewed: (1.0 - kept * kept).sqrt(), variance, deviation: variance.sqrt() }
    }

    /// The state after one with a fresh standard normal number, or before one: it looks the same from both sides.
    pub const fn next(&self, state: f64, fresh: f64) -> f64 {
        self.kept * state + self.renewed * fresh
    }

    /// exp(s z - s^2/2): lognormal with mean 1 and the coefficient of variation.
    pub fn factor(&self, z: f64) -> f64 {
        exp(self.deviation * z - self.variance / 2.0).min(FACTOR_MAX)
    }
}
