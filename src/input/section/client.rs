//! `client:`: the CI job that waits for the deployment.

use crate::aws::call::Waiter;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, choice};
use crate::input::unit;
use crate::scenario::client::Client;

/// The longest limit of a job that anybody gives.
const TIMEOUT_MAX: SimDuration = SimDuration::from_mins(30 * 24 * 60);

/// The whole section.
pub fn client(field: Field, to: &mut Diagnostics) -> Option<Client> {
    let mut map = Map::open(field, to)?;
    let waiters = Waiter::ALL.iter().map(|&waiter| (waiter.as_str(), Some(waiter)));
    let waiters: Vec<_> = waiters.chain([("none", None)]).collect();
    let waiter = map.or("waiter", choice(&waiters), Client::default().waiter);
    let least = SimDuration::from_secs(1);
    let [max_wait, timeout] = ["max_wait", "timeout"]
        .map(|key| waiter.and_then(|_| map.optional(key, unit::duration_in(least..=TIMEOUT_MAX))));
    for key in ["max_wait", "timeout"].into_iter().filter(|_| waiter.is_none()) {
        if let Some(field) = map.take(key) {
            let title = format!("`{key}` stands beside `waiter: none`");
            map.tell(
                Diagnostic::new(code::CONFLICTING_KEYS, field.key_span, title)
                    .label("a client that does not wait has no limit")
                    .help(format!("take `{key}` away, or name a waiter")),
            );
        }
    }
    map.finish();
    Some(Client { waiter, max_wait, timeout, is_described: true })
}
