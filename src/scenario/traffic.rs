//! Requests over time: a rate, what changes it, and how it wavers.
//!
//! Not how requests are drawn or split (`cloud::traffic`). Decision 29 of the design.

use crate::engine::time::{HOUR_MS, SimDuration};
use crate::scenario::Start;

/// The traffic that reaches the load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// The expected rate over time.
    pub arrivals: Arrivals,
    /// Spikes and dips on top, each a factor; those that overlap multiply. In order of `at`.
    pub changes: Vec<Change>,
    /// Correlated noise on top.
    pub noise: Option<Noise>,
    /// How requests belong to clients, if anybody asks.
    pub sessions: Option<Sessions>,
    /// How many requests one page makes at once, if anybody asks: 1 to 10 000.
    pub page: Option<u32>,
}

/// How requests belong to clients: each comes, sends its requests evenly for a while, and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sessions {
    /// Requests of one session on average: 0.001 to 10^6.
    pub requests: f64,
    /// How long a session lasts: 1 s to a week.
    pub length: SimDuration,
}

impl Sessions {
    /// The mean time from one request of a client to his next, in nanoseconds.
    pub fn mean_gap_ns(self) -> u64 {
        libm::round(self.length.as_millis() as f64 * 1e6 / self.requests) as u64
    }
}

/// How long a client stays with what it was assigned to: its session, or its cookie if that ends earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// How long a session lasts. Never zero.
    pub session: SimDuration,
    /// How long the cookie is valid; then the client is assigned again. Never zero.
    pub cookie: SimDuration,
}

impl Stay {
    /// After how long no client is left that was assigned before.
    pub fn longest(self) -> SimDuration {
        self.session.min(self.cookie)
    }
}

/// The expected rate over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// The same rate always.
    Constant {
        /// Requests a second, 0 to 10^7.
        per_second: f64,
    },
    /// A rate for each hour of the day, in the offset of the scenario's `start`, straight lines between
    /// the hours, the same every day.
    Daily {
        /// Requests a second at the full hour, from 0 to 23 o'clock.
        per_second: [f64; 24],
    },
    /// A recorded series; each value holds for one period. After the last it starts again.
    Trace {
        /// Length of one period.
        period: SimDuration,
        /// Requests a second, by period. Never empty.
        per_second: Vec<f64>,
        /// Where in the series the first deployment is created.
        from: SimDuration,
    },
}

impl Arrivals {
    /// Requests a second when the first deployment is created, give or take its phase.
    pub fn at_creation(&self, start: Start) -> f64 {
        match self {
            Arrivals::Constant { per_second } => *per_second,
            Arrivals::Daily { per_second } => {
                let hour_ms = i128::from(HOUR_MS);
                let local = i128::from(start.unix_ms) + i128::from(start.utc_offset_seconds) * 1000;
                per_second[(local.rem_euclid(24 * hour_ms) / hour_ms) as usize]
            }
            Arrivals::Trace { period, per_second, from } => {
                let index = from.as_millis() / period.as_millis();
                per_second[index as usize % per_second.len()]
            }
        }
    }
}

/// A factor on the rate for some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// From when, counted from creation.
    pub at: SimDuration,
    /// The factor, 0 to 10^6.
    pub factor: f64,
    /// For how long; without it to the end.
    pub lasts: Option<SimDuration>,
}

impl Change {
    /// When it begins and ends, in milliseconds since creation; `u64::MAX` if it stays.
    pub fn ends(&self) -> [u64; 2] {
        let at = self.at.as_millis();
        [at, self.lasts.map_or(u64::MAX, |lasts| at + lasts.as_millis())]
    }

    /// Whether it holds at an instant.
    pub fn holds(&self, at_ms: u64) -> bool {
        let [begin, end] = self.ends();
        (begin..end).contains(&at_ms)
    }
}

/// A factor with mean 1 that changes from minute to minute: lognormal, first-order autoregressive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Coefficient of variation, above 0.
    pub cv: f64,
    /// The time after which the correlation has fallen to 1/e.
    pub correlation: SimDuration,
}
