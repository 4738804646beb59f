//! `traffic:` as a schema has it.

use serde_json::{Value, json};

use super::kind::{duration, integer, list_of, number, path, rate, share, text};
use super::map::{Key, key, map, variants};

/// The section: a rate, or a series.
pub fn traffic() -> Value {
    let mut hours = list_of(number(0.0, 1e6));
    hours["minItems"] = json!(24);
    hours["maxItems"] = json!(24);
    let steady = [
        key("rate", "How many requests, and in what time.", rate()).required(),
        key(
            "daily",
            "24 factors on the rate, one for each full hour from 0 to 23, straight lines between them.",
            hours,
        ),
    ];
    let series = [
        key("trace", "A CSV file with a row of names, then one row a period; each value is a count of requests.", path()).required(),
        key("column", "Its column. Default: the last.", text()),
        key("period", "Duration of one row, 1 s to 1 d.", duration()).required(),
        key("scale", "Factor on every count. Default: 1.", number(0.0, 1e9)),
        key("from", "How far into the series the first deployment is created. Default: 0s.", duration()),
    ];
    variants([steady.to_vec(), series.to_vec()].map(|mut keys: Vec<Key>| {
        keys.extend(on_top());
        keys
    }))
}

/// What both can have.
fn on_top() -> [Key; 4] {
    let change = map(&[
        key("at", "When, from the creation of the first deployment.", duration()).required(),
        key("factor", "So many times the rate.", number(0.0, 1e6)).required(),
        key("for", "How long. Default: to the end.", duration()),
    ]);
    let noise = map(&[
        key("cv", "How much the rate wavers: standard deviation over mean.", share()).required(),
        key("correlation", "How long it remembers, 1 s to 7 d. Default: 5m.", duration()),
    ]);
    let length = || key("length", "How long a session lasts, 1 s to 7 d.", duration()).required();
    let sessions = variants([
        vec![
            key("requests", "Requests of one session, on average.", number(1e-3, 1e6)).required(),
            length(),
        ],
        vec![key("rate", "The rate of one client.", rate()).required(), length()],
    ]);
    [
        key("changes", "When the rate is another one, and by what factor.", list_of(change)),
        key("noise", "A factor that wavers from minute to minute. Default: only chance.", noise),
        key(
            "sessions",
            "How long clients stay where stickiness keeps them, and which users meet the replacement.",
            sessions,
        ),
        key(
            "page",
            "How many requests one page makes at once: which pages meet both versions.",
            integer(1, 10_000),
        ),
    ]
}
