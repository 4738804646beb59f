//! What users meet while traffic shifts: who has met the replacement, and which pages both versions.
//!
//! Arithmetic over the weights in force; nobody is drawn, and nothing is recorded for a user. Not what becomes of
//! their requests (`traffic`). Oracles V3 and V3b; rule: ELB-TG-3.

use crate::analysis::weight::Weight;
use crate::engine::time::SimTime;
use crate::journal::header::Users;

/// A whole in millionths.
const WHOLE_PPM: f64 = 1e6;

/// A probability in millionths, rounded.
fn ppm(probability: f64) -> u32 {
    libm::round(probability.clamp(0.0, 1.0) * WHOLE_PPM) as u32
}

/// The chance that not all requests of a page meet the same version, each choosing by the weight: `1 - w^k - (1-w)^k`.
///
/// A cookie that keeps its user with one target group keeps his pages whole.
fn mixed(users: &Users, weight: Weight) -> f64 {
    match users.page_requests {
        Some(requests) if !users.keep_their_group => {
            let (weight, requests) = (weight.as_f64(), f64::from(requests));
            1.0 - libm::pow(weight, requests) - libm::pow(1.0 - weight, requests)
        }
        Some(_) | None => 0.0,
    }
}

/// The share of the pages whose requests meet both versions at a weight, in millionths; none without pages.
pub fn mixed_ppm(users: &Users, weight: Weight) -> Option<u32> {
    users.page_requests.map(|_| ppm(mixed(users, weight)))
}

/// Folds weights and requests into what users met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Acquaintance {
    users: Users,
    /// The replacement's weight in force, and since when.
    weight: Weight,
    since: SimTime,
    /// Whether the replacement has got any weight yet.
    has_begun: bool,
    /// The chance to have met the replacement, at `since`, of a user who came when the shift began.
    met: f64,
    /// The chance that he may still meet it: he has not, and no cookie keeps him elsewhere.
    open: f64,
    /// Requests at the present weight.
    requests: u64,
    /// Pages that met both versions before, and the largest share of them.
    mixed_pages: f64,
    mixed_max: f64,
}

impl Acquaintance {
    /// Users who have met nothing but the original.
    pub fn of(users: Users) -> Acquaintance {
        Acquaintance { users, open: 1.0, ..Acquaintance::default() }
    }

    /// Another weight of the replacement is in force.
    pub fn follow(&mut self, at: SimTime, weight: Weight) {
        (self.met, self.open) = self.chances(at);
        self.mixed_pages = self.pages();
        self.requests = 0;
        self.has_begun |= !weight.is_nothing();
        (self.weight, self.since) = (weight, at);
        self.mixed_max = self.mixed_max.max(mixed(&self.users, weight));
    }

    /// Requests came at the present weight.
    pub const fn come(&mut self, requests: u64) {
        self.requests += requests;
    }

    /// The chance that a user who came when the shift began, and stays, has met the replacement by now, in
    /// millionths; none where nobody says how often a user asks.
    ///
    /// Each of his requests meets it by the weight in force, `1 - exp(-r A)`; if a cookie keeps him with a target
    /// group, the first one decides, `w (1 - exp(-r T))` under one weight (V3). The cookie outlasts the shift.
    pub fn met_ppm(&self, at: SimTime) -> Option<u32> {
        self.users.mean_gap_ns.map(|_| ppm(self.chances(at).0))
    }

    /// How many pages met both versions, rounded; none without pages.
    pub fn mixed_pages(&self) -> Option<u64> {
        self.users.page_requests.map(|_| libm::round(self.pages()) as u64)
    }

    /// The largest share of the pages that met both versions at a time, in millionths; none without pages.
    pub fn mixed_max_ppm(&self) -> Option<u32> {
        self.users.page_requests.map(|_| ppm(self.mixed_max))
    }

    /// The chances at an instant under the present weight: to have met the replacement, and still to choose.
    fn chances(&self, at: SimTime) -> (f64, f64) {
        let Some(gap_ns) = self.users.mean_gap_ns.filter(|_| self.has_begun) else {
            return (self.met, self.open);
        };
        let asked = at.since(self.since).as_millis() as f64 * 1e6 / gap_ns as f64;
        let weight = self.weight.as_f64();
        // Requests that decide, and the part of them that decides for the replacement.
        let (deciding, part) =
            if self.users.keep_their_group { (asked, weight) } else { (asked * weight, 1.0) };
        let still = libm::exp(-deciding);
        (self.met + self.open * part * (1.0 - still), self.open * still)
    }

    fn pages(&self) -> f64 {
        let requests = self.users.page_requests.map_or(1.0, f64::from);
        self.mixed_pages + self.requests as f64 / requests * mixed(&self.users, self.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(percent: u16) -> Weight {
        Weight::of(percent, 100 - percent)
    }

    fn minutes(n: u64) -> SimTime {
        SimTime::from_millis(n * 60_000)
    }

    fn every(seconds: u64) -> Users {
        Users { mean_gap_ns: Some(seconds * 1_000_000_000), ..Users::default() }
    }

    /// V3: half a request a minute; 10 % for five minutes, then 50 %, then nothing.
    #[test]
    fn users_meet_the_replacement_by_its_weight_or_by_their_first_request() {
        for (keep_their_group, five, ten) in [
            (false, 1.0 - libm::exp(-0.25), 1.0 - libm::exp(-1.5)),
            (
                true,
                0.1 * (1.0 - libm::exp(-2.5)),
                0.1 * (1.0 - libm::exp(-2.5)) + 0.5 * libm::exp(-2.5) * (1.0 - libm::exp(-2.5)),
            ),
        ] {
            let mut met = Acquaintance::of(Users { keep_their_group, ..every(120) });
            met.follow(minutes(7), percent(10));
            met.follow(minutes(12), percent(50));
            assert_eq!(met.met_ppm(minutes(12)), Some(ppm(five)));
            assert_eq!(met.met_ppm(minutes(17)), Some(ppm(ten)));
            met.follow(minutes(17), percent(0));
            assert_eq!(met.met_ppm(minutes(900)), Some(ppm(ten)), "nobody meets it any more");
        }
    }

    /// V3b.
    #[test]
    fn pages_are_mixed_by_the_number_of_their_requests() {
        for (requests, weight, expected) in
            [(1, 10, 0), (2, 10, 180_000), (5, 10, 409_500), (5, 50, 937_500), (5, 100, 0)]
        {
            let mut users = Users { page_requests: Some(requests), ..Users::default() };
            let weight = percent(weight);
            assert_eq!(mixed_ppm(&users, weight), Some(expected), "{requests} at {weight} %");
            users.keep_their_group = true;
            assert_eq!(mixed_ppm(&users, weight), Some(0), "a cookie keeps them whole");
        }
        let mut met = Acquaintance::of(Users { page_requests: Some(2), ..Users::default() });
        met.come(500);
        met.follow(minutes(1), percent(10));
        met.come(1000);
        met.follow(minutes(2), percent(100));
        met.come(700);
        assert_eq!((met.mixed_pages(), met.mixed_max_ppm()), (Some(90), Some(180_000)));
        assert_eq!(met.met_ppm(minutes(2)), None, "nobody says how often a user asks");
    }
}
