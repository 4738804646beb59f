//! What users and pages meet, against the closed forms. No draw decides them: tolerances are those of rounding.

use cutover::analysis::evidence::{Evidence, Quantity};
use cutover::analysis::outcome::Outcome;
use cutover::analysis::row::Row;
use cutover::engine::time::SimTime;
use cutover::simulation::Simulation;

use crate::minutes;
use crate::support::{Setup, scenario};

/// One replication up to an instant.
fn row_until(setup: &Setup, replication: u64, until: SimTime) -> Row {
    let scenario = setup.clone().termination_wait(60).load();
    let mut simulation = Simulation::new(&scenario);
    simulation.reset(3, replication);
    let mut outcome = Outcome::of(&simulation.header());
    simulation.run_until(until, &mut outcome);
    outcome.finish(until, cutover::analysis::Digest(0))
}

fn near(found: Option<u32>, expected: f64, what: &str) {
    let found = f64::from(found.expect("the scenario says how often a user asks")) / 1e6;
    assert!((found - expected).abs() <= 0.5e-6 + 1e-12, "{what}: {found}, not {expected}");
}

/// V3: under one weight `1 - exp(-r A)`, and with a cookie `w (1 - exp(-r T))`: 22.12 % against 9.18 %.
#[test]
fn users_exposed_follow_the_closed_forms() {
    for (rate_per_min, weight, until_min, published) in [
        (0.5, 10, 5_u32, Some([0.2212, 0.0918])),
        (2.0, 5, 20, None),
        (0.1, 50, 3, None),
        (6.0, 1, 1, None),
    ] {
        let sessions = format!("10/s, sessions: {{ rate: {rate_per_min}/m, length: 2h }}");
        let setup = scenario().canary(weight, 30).rate(&sessions);
        let (w, asked) = (f64::from(weight) / 100.0, rate_per_min * f64::from(until_min));
        let free = 1.0 - libm::exp(-asked * w);
        let kept = w * (1.0 - libm::exp(-asked));
        let until = minutes(u64::from(until_min));
        for replication in 0..2 {
            near(row_until(&setup, replication, until).users_exposed_ppm, free, "without a cookie");
            let setup = setup.clone().sticky(86_400);
            near(row_until(&setup, replication, until).users_exposed_ppm, kept, "with a cookie");
        }
        for (found, published) in [free, kept].into_iter().zip(published.into_iter().flatten()) {
            assert!((found - published).abs() < 0.5e-4, "{found}, not {published}");
        }
    }
}

/// V3: the integral of a linear shift's weight, and the first request's weight where a cookie keeps users.
#[test]
fn users_exposed_follow_every_step_of_a_shift() {
    let setup = scenario().linear(10, 1).rate("10/s, sessions: { requests: 30, length: 1h }");
    let (mut area, mut kept) = (0.0, 0.0);
    for minute in 0..14_u32 {
        let weight = (f64::from(minute + 1) / 10.0).min(1.0);
        area += weight;
        let first = |m: u32| libm::exp(-0.5 * f64::from(m));
        kept += weight * (first(minute) - first(minute + 1));
        let until = minutes(u64::from(minute) + 1);
        let free = 1.0 - libm::exp(-0.5 * area);
        near(row_until(&setup, 0, until).users_exposed_ppm, free, "without a cookie");
        let setup = setup.clone().sticky(86_400);
        near(row_until(&setup, 0, until).users_exposed_ppm, kept, "with a cookie");
    }
}

/// V3: a rollback takes the replacement from those who have not met it, and a later deployment is no part of it.
#[test]
fn users_exposed_end_with_the_replacement() {
    let setup = scenario()
        .canary(10, 30)
        .rate("10/s, sessions: { rate: 0.5/m, length: 2h }")
        .operator("at: 5m, do: StopDeployment, autoRollbackEnabled: true")
        .line("until: 90m");
    let exposed = 1.0 - libm::exp(-0.25);
    near(setup.run().row().users_exposed_ppm, exposed, "rolled back");
    let again = setup.operator("at: 20m, do: CreateDeployment").run();
    near(again.row().users_exposed_ppm, exposed, "the first deployment's");
    let evidence = Evidence::of(&again.journal);
    let later = evidence.value(Quantity::UsersExposed, minutes(60));
    assert!(later > evidence.value(Quantity::UsersExposed, minutes(20)), "over time it goes on");
}

/// V3b: `1 - w^k - (1 - w)^k` of the pages, and none where a cookie keeps them together.
#[test]
fn pages_are_mixed_as_the_weights_in_force_say() {
    for (weight, page, percent) in [(10, 2, 18.0), (10, 5, 40.95), (50, 5, 93.75), (25, 3, 56.25)] {
        let setup = scenario().canary(weight, 30).rate(&format!("50/s, page: {page}"));
        let row = row_until(&setup, 0, minutes(10));
        assert_eq!(row.pages_mixed_max_ppm, Some((percent * 1e4) as u32), "{page} at {weight} %");
        let expected = row.requests as f64 / f64::from(page) * percent / 100.0;
        let found = row.mixed_pages.expect("there are pages") as f64;
        assert!((found - expected).abs() <= 0.5 + 1e-6, "{found} pages, not {expected}");
        assert_eq!(row.users_exposed_ppm, None, "nobody says how often a user asks");
        let kept = row_until(&setup.sticky(86_400), 0, minutes(10));
        assert_eq!((kept.mixed_pages, kept.pages_mixed_max_ppm), (Some(0), Some(0)));
    }
}
