//! Who waits before a server although it keeps up: chance brings too many requests at once.
//!
//! V12 is the law (docs/semantics/environment.md).

use super::Server;
use crate::engine::queueing::MultiServerQueue;

/// Fewer than this share of waiting requests is none.
const DELAYED_MIN: f64 = 1e-6;
/// What chance can pile up in so many seconds is the longest line that it makes.
const MEMORY_S: f64 = 60.0;

/// Who waits because requests come by chance, although the tasks keep up (V12).
#[derive(Clone, Copy, Debug, Default)]
pub struct Luck {
    /// The share of requests.
    pub delayed: f64,
    /// How fast the line before one that waits goes away: 1 / ms.
    pub spare: f64,
}

impl Luck {
    /// The waits before all workers of a server together. Where these hardly keep up, a line needs longer than a minute
    /// to grow to its mean; it is then as long as chance makes it in a minute, and what is more waits in `line`.
    pub fn of(server: Server<'_>) -> Luck {
        let Some(capacity) = &server.revision.capacity else { return Luck::default() };
        let workers = libm::round(server.tasks * f64::from(capacity.concurrency));
        if workers < 1.0 || server.per_second <= 0.0 {
            return Luck::default();
        }
        let each = 1000.0 / (capacity.service_time_ms * server.slower);
        let queue = MultiServerQueue::new(server.per_second, each, workers as u32);
        if queue.is_never_full() {
            return Luck::default();
        }
        let delayed = queue.delayed();
        if delayed < DELAYED_MIN {
            return Luck::default();
        }
        let most = workers * each;
        let piled_up =
            libm::sqrt(4.0 * server.per_second.min(most) * MEMORY_S / std::f64::consts::PI);
        let longest_wait = piled_up / most;
        let spare = (most - server.per_second).max(delayed / longest_wait);
        Luck { delayed, spare: spare / 1000.0 }
    }
}
