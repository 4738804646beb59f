//! Waiting lines in closed form: many servers with random arrivals, and a fluid that arrives too fast.
//!
//! Rates are events per second, times are seconds. Nothing is simulated here and nothing drawn.

use crate::engine::time::SimDuration;

/// Servers with one line before them: arrivals and services are random and without memory (M/M/c).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultiServerQueue {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
}

impl MultiServerQueue {
    /// So many arrivals a second before so many servers, each of which can serve so many a second.
    ///
    /// # Panics
    /// If there is no server, the arrival rate is negative or the service rate not positive, or one of them
    /// is not finite.
    pub fn new(arrival_rate: f64, service_rate: f64, servers: u32) -> MultiServerQueue {
        assert!(servers > 0, "a line before no server");
        assert!(
            arrival_rate >= 0.0 && arrival_rate.is_finite(),
            "{arrival_rate} arrivals a second"
        );
        assert!(service_rate > 0.0 && service_rate.is_finite(), "{service_rate} services a second");
        MultiServerQueue { arrival_rate, service_rate, servers }
    }

    /// Whether the servers keep up, so that the line does not grow for ever.
    pub fn is_stable(self) -> bool {
        self.spare() > 0.0
    }

    /// The share of arrivals that find all servers busy where nobody can wait (Erlang B).
    ///
    /// By the recursion over the servers, whose terms all lie between 0 and 1: no factorial, no overflow.
    pub fn blocked(self) -> f64 {
        let load = self.arrival_rate / self.service_rate;
        let step = |blocked, servers| blocked_by_one_more(load, blocked, servers);
        (1..=self.servers).fold(1.0, step)
    }

    /// Whether the servers are as good as never all busy: by Chernoff's bound of a Poisson distribution.
    pub fn is_never_full(self) -> bool {
        const FAR: f64 = 30.0;
        let (load, servers) = (self.arrival_rate / self.service_rate, f64::from(self.servers));
        load < servers && load - servers + servers * libm::log(servers / load) > FAR
    }

    /// The share of arrivals that have to wait (Erlang C): all of them if the servers do not keep up.
    pub fn delayed(self) -> f64 {
        if !self.is_stable() {
            return 1.0;
        }
        let busy = self.arrival_rate / (self.service_rate * f64::from(self.servers));
        let blocked = self.blocked();
        blocked / (1.0 - busy * (1.0 - blocked))
    }

    /// The mean wait before service in seconds, of all arrivals; nothing if the servers do not keep up.
    pub fn mean_wait(self) -> Option<f64> {
        self.is_stable().then(|| self.delayed() / self.spare())
    }

    /// The share of arrivals that wait longer than so many seconds: all of them if the servers do not keep up.
    pub fn waits_longer_than(self, seconds: f64) -> f64 {
        if !self.is_stable() {
            return 1.0;
        }
        self.delayed() * libm::exp(-self.spare() * seconds)
    }

    /// How many more could be served a second.
    fn spare(self) -> f64 {
        self.service_rate * f64::from(self.servers) - self.arrival_rate
    }
}

/// The share of arrivals that find so many servers busy (Erlang B) if `blocked` is the share that finds all but one of them
/// so; `load` is how many would be busy if there were enough.
pub fn blocked_by_one_more(load: f64, blocked: f64, servers: u32) -> f64 {
    let busy = load * blocked;
    busy / (f64::from(servers) + busy)
}

/// Work that has arrived and not been served, as a fluid: it grows by what arrives beyond the capacity and
/// drains by what the capacity has left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Backlog {
    waiting: f64,
    delay: f64,
}

/// What flows in and what can flow out, each per second, never negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// Arrivals a second.
    pub arrival_rate: f64,
    /// The most that can be served a second.
    pub capacity: f64,
}

impl Backlog {
    /// How much waits now.
    pub const fn waiting(self) -> f64 {
        self.waiting
    }

    /// The waits of all together up to now, in seconds: the integral of what waits.
    pub const fn total_delay(self) -> f64 {
        self.delay
    }

    /// Lets so much time pass while both rates are constant. Within it the backlog grows or drains in a
    /// straight line, so it is largest at one of the two ends.
    pub fn advance(&mut self, time: SimDuration, flow: Flow) {
        let seconds = seconds(time);
        let before = self.waiting;
        match self.drained_after(flow).filter(|&drained| drained <= seconds) {
            Some(drained) => {
                self.waiting = 0.0;
                self.delay += before * drained / 2.0;
            }
            None => {
                // Not below nothing, where rounding would put it.
                self.waiting = (before + (flow.arrival_rate - flow.capacity) * seconds).max(0.0);
                self.delay += (before + self.waiting) * seconds / 2.0;
            }
        }
    }

    /// Lets no more than so much wait; how much goes away is returned.
    pub fn limit(&mut self, most: f64) -> f64 {
        let over = (self.waiting - most).max(0.0);
        self.waiting -= over;
        over
    }

    /// After how many seconds nothing waits any more at constant rates; nothing if that never comes.
    pub fn drained_after(self, flow: Flow) -> Option<f64> {
        let spare = flow.capacity - flow.arrival_rate;
        match self.waiting > 0.0 {
            true => (spare > 0.0).then(|| self.waiting / spare),
            false => (spare >= 0.0).then_some(0.0),
        }
    }

    /// How many seconds something waits that arrives now, if it is served after all that came before; nothing
    /// if there is no capacity for it.
    pub fn wait(self, capacity: f64) -> Option<f64> {
        (capacity > 0.0).then(|| self.waiting / capacity)
    }
}

/// Exact: milliseconds of any run are far below 53 bits.
fn seconds(time: SimDuration) -> f64 {
    time.as_millis() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// To so many decimals, as the tables print them.
    fn rounded(value: f64, decimals: usize) -> f64 {
        format!("{value:.decimals$}").parse().expect("a number")
    }

    /// V12, to the printed digits.
    #[test]
    fn waits_before_many_servers_are_those_of_the_tables() {
        let check = |arrivals, servers, delayed, wait_ms, beyond: Option<f64>| {
            let queue = MultiServerQueue::new(arrivals, 10.0, servers);
            assert_eq!(rounded(queue.delayed(), 5), delayed, "{queue:?}");
            let wait = queue.mean_wait().expect("stable");
            assert_eq!(rounded(wait * 1000.0, 2), wait_ms, "{queue:?}");
            let longer = rounded(queue.waits_longer_than(0.1), 4);
            assert!(beyond.is_none_or(|beyond| longer == beyond), "{queue:?}: {longer}");
        };
        check(80.0, 10, 0.40918, 20.46, Some(0.0554));
        check(80.0, 9, 0.65333, 65.33, Some(0.2403));
        check(90.0, 10, 0.66873, 66.87, None);
        assert_eq!(rounded(MultiServerQueue::new(80.0, 10.0, 10).blocked(), 6), 0.121661);
    }

    /// V12: one server. Who stays for longer than t is who waits for longer, of those who wait.
    #[test]
    fn one_server_is_the_simple_case() {
        let queue = MultiServerQueue::new(8.0, 10.0, 1);
        let wait = queue.mean_wait().expect("stable");
        assert_eq!(rounded(wait + 0.1, 9), 0.5, "W in seconds");
        assert_eq!(rounded(8.0 * wait, 9), 3.2, "Lq");
        assert_eq!(rounded(queue.delayed(), 9), 0.8);
        let longest_of_hundred = std::f64::consts::LN_10;
        assert_eq!(format!("{longest_of_hundred:.4}"), "2.3026", "sojourn p99 in seconds");
        let longer = queue.waits_longer_than(longest_of_hundred) / queue.delayed();
        assert_eq!(rounded(longer, 9), 0.01);
    }

    #[test]
    fn servers_that_do_not_keep_up_let_all_wait() {
        let queue = MultiServerQueue::new(100.0, 10.0, 10);
        assert!(!queue.is_stable());
        assert_eq!((queue.delayed(), queue.mean_wait()), (1.0, None));
        assert_eq!(queue.waits_longer_than(1e9), 1.0);
        let idle = MultiServerQueue::new(0.0, 10.0, 3);
        assert_eq!((idle.delayed(), idle.mean_wait()), (0.0, Some(0.0)));
        let many = MultiServerQueue::new(99_000.0, 10.0, 10_000);
        assert!(many.delayed() > 0.0 && many.delayed() < 1.0, "no overflow: {}", many.delayed());
    }

    const SECONDS_120: SimDuration = SimDuration::from_secs(120);

    /// V13.
    #[test]
    fn overload_piles_up_and_drains_by_the_surplus() {
        let (over, under) = (
            Flow { arrival_rate: 80.0, capacity: 60.0 },
            Flow { arrival_rate: 80.0, capacity: 100.0 },
        );
        let mut backlog = Backlog::default();
        backlog.advance(SECONDS_120, over);
        assert_eq!((backlog.waiting(), backlog.wait(100.0)), (2400.0, Some(24.0)));
        assert_eq!(
            (backlog.drained_after(under), backlog.drained_after(over)),
            (Some(120.0), None)
        );
        backlog.advance(SECONDS_120, under);
        assert_eq!((backlog.waiting(), backlog.total_delay()), (0.0, 288_000.0));
        backlog.advance(SECONDS_120, under);
        assert_eq!((backlog.waiting(), backlog.total_delay()), (0.0, 288_000.0));
        assert_eq!(backlog.wait(0.0), None);
    }

    proptest! {
        #[test]
        fn more_load_waits_longer_and_more_servers_less(
            servers in 1_u32..200, load in 0.01_f64..1.2, more in 1.0_f64..1.2, t in 0.0_f64..3.0,
        ) {
            let arrivals = load * f64::from(servers) * 10.0;
            let queue = MultiServerQueue::new(arrivals, 10.0, servers);
            let loaded = MultiServerQueue::new(arrivals * more, 10.0, servers);
            let wider = MultiServerQueue::new(arrivals, 10.0, servers + 1);
            // Where the laws differ by less than a float can show, either may be the larger one.
            let at_most = |less: f64, more: f64| less <= more * (1.0 + 1e-9);
            let share = queue.delayed();
            prop_assert!((0.0..=1.0).contains(&share) && (0.0..=1.0).contains(&queue.blocked()));
            prop_assert!(at_most(share, loaded.delayed()) && at_most(wider.delayed(), share));
            prop_assert!(at_most(queue.waits_longer_than(t), loaded.waits_longer_than(t)));
            prop_assert!(at_most(wider.waits_longer_than(t), queue.waits_longer_than(t)));
            prop_assert!(at_most(queue.waits_longer_than(t + 1.0), queue.waits_longer_than(t)));
            if let (Some(less), Some(more)) = (queue.mean_wait(), loaded.mean_wait()) {
                prop_assert!(at_most(less, more));
            }
        }

        #[test]
        fn pieces_of_time_add_up(
            (arrival_rate, capacity) in (0_u32..200, 0_u32..200),
            (before, first, second) in (0_u32..5000, 0_u64..100_000, 0_u64..100_000),
        ) {
            let flow = Flow { arrival_rate: arrival_rate.into(), capacity: capacity.into() };
            let start = Backlog { waiting: before.into(), delay: 0.0 };
            let (mut whole, mut pieces) = (start, start);
            whole.advance(SimDuration::from_millis(first + second), flow);
            pieces.advance(SimDuration::from_millis(first), flow);
            pieces.advance(SimDuration::from_millis(second), flow);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
            prop_assert!(near(whole.waiting(), pieces.waiting()), "{whole:?} {pieces:?}");
            prop_assert!(near(whole.total_delay(), pieces.total_delay()), "{whole:?} {pieces:?}");
            prop_assert!(whole.waiting() >= 0.0 && whole.total_delay() >= 0.0);
        }
    }
}
