//! The shift of production traffic: its schedule, its weights, and what requests make of them.

use cutover::aws::name::LifecycleEvent;
use cutover::journal::fact::{Fact, Listener};
use cutover::simulation::Simulation;

use crate::support::{Setup, play, scenario};

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";

// ---- the schedule -----------------------------------------------------------------------------------

/// CD-TRAF-1: all at once, at the start of `AllowTraffic`.
#[test]
fn all_at_once_moves_everything_at_the_start() {
    let run = scenario().replacement("launch: 40s").run();
    assert_eq!(run.weights(), "40 100%");
    assert_eq!(run.events()[4], "AllowTraffic 40-40 Succeeded");
}

/// CD-TRAF-2: a canary's two increments.
#[test]
fn a_canary_moves_a_part_at_once_and_the_rest_after_its_interval() {
    let run = scenario().config(CANARY).replacement("launch: 40s").run();
    assert_eq!(run.weights(), "40 10%, 340 100%");
    assert_eq!(run.events()[4], "AllowTraffic 40-340 Succeeded");
}

/// CD-TRAF-3, CD-TRAF-4, CD-TRAF-5: equal increments, each at the start of its interval, the last one what is
/// left; the event ends with it.
#[test]
fn a_linear_shift_ends_with_what_is_left() {
    let run = scenario().linear(30, 5).run();
    assert_eq!(run.weights(), "0 30%, 300 60%, 600 90%, 900 100%");
    assert_eq!(run.events()[4], "AllowTraffic 0-900 Succeeded");
    assert_eq!(scenario().linear(99, 7).run().weights(), "0 99%, 420 100%");
}

/// CD-TRAF-3: increments keep their distance from the start of the event, however long an update takes.
#[test]
fn a_slow_listener_update_does_not_shift_the_schedule() {
    let run = scenario().linear(50, 1).assume("codedeploy.listener_update: 3s").run();
    assert_eq!(run.weights(), "3 50%, 63 100%");
}

/// CD-TRAF-8: a weight is a probability for each request: the count of the replacement is binomial.
#[test]
fn a_weight_is_a_probability_for_each_request() {
    let scenario = scenario().config(CANARY).rate("10/s").load();
    let (mut all, mut moved, mut squares) = (0.0, 0.0, 0.0);
    let runs = 1000;
    for replication in 0..runs {
        let run = play(&scenario, 3, replication);
        let [original, replacement] = run.answered(0, 300).map(|count| count as f64);
        all += original + replacement;
        moved += replacement;
        squares += replacement * replacement;
    }
    // 3000 requests a run, a tenth of them moved, both Poisson: mean 300 a run, variance 300. Four standard
    // deviations of the mean of 1000 runs: 4 sqrt(300 / 1000) = 2.2; of the variance over the mean: 4 sqrt(2 / 1000).
    let n = runs as f64;
    let mean = moved / n;
    assert!((mean - 300.0).abs() < 2.2, "mean {mean}");
    assert!((all / n - 3000.0).abs() < 4.0 * (3000.0 / n).sqrt(), "arrivals {}", all / n);
    let dispersion = (squares - moved * moved / n) / (n - 1.0) / mean;
    assert!((dispersion - 1.0).abs() < 0.18, "variance over mean {dispersion}");
}

/// CD-TRAF-10: the weight that is reported is the replacement's, in whole percent.
#[test]
fn the_reported_weight_is_the_replacements() {
    for original in ["blue", "green"] {
        let run = scenario().config(CANARY).original_group(original).run();
        assert_eq!(run.weights(), "0 10%, 300 100%");
        assert_eq!((run.value("weight", 299), run.value("weight", 300)), (10, 100));
    }
}

// ---- weights ----------------------------------------------------------------------------------------

/// CD-ECS-25, ECS-EXT-28: the PRIMARY task set's group is the original's, whichever is named first; the other
/// one is bound to the replacement.
#[test]
fn the_replacement_gets_the_target_group_that_the_original_has_not() {
    for (original, bound) in [("blue", 1), ("green", 0)] {
        let run = scenario().original_group(original).desired(4).run();
        let created = run.told(|fact| match fact {
            Fact::TaskSetCreated { target_group, deployment, computed_desired_count, .. } => {
                assert_eq!(deployment.0, 0, "its external id is the deployment's");
                Some(format!("{computed_desired_count} behind {target_group}"))
            }
            _ => None,
        });
        assert_eq!(created, format!("0 4 behind {bound}"));
    }
}

/// CD-ECS-27: with a gradual configuration the production listener always names both groups, already before
/// the shift; with all at once only the one that serves.
#[test]
fn a_gradual_listener_names_both_groups() {
    let names = |setup: Setup, minutes: u64| {
        let scenario = setup.load();
        let mut simulation = Simulation::new(&scenario);
        simulation.verify();
        simulation.reset(1, 0);
        let instant = cutover::engine::time::SimTime::from_millis(minutes * 60_000);
        simulation.run_until(instant, &mut ());
        simulation.cloud().listener(Listener::Production).names
    };
    let canary = scenario().config(CANARY).termination_wait(60).replacement("launch: 60s");
    for minutes in [0, 3, 10] {
        assert_eq!(names(canary.clone(), minutes), [true, true], "after {minutes} minutes");
    }
    let all = scenario().termination_wait(60).replacement("launch: 60s");
    assert_eq!(names(all.clone(), 0), [true, false]);
    assert_eq!(names(all, 2), [false, true]);
}

/// ELB-TG-1 (T74): a group's share is its weight over the sum.
#[test]
fn a_group_gets_its_weight_over_the_sum() {
    for percent in [10, 50, 90] {
        let run = scenario().canary(percent, 60).rate("1000/s").run();
        let [original, replacement] = run.answered(0, 3600).map(|count| count as f64);
        let all = original + replacement;
        let share = f64::from(percent) / 100.0;
        let tolerance = 4.0 * (all * share * (1.0 - share)).sqrt();
        assert!(
            (replacement - all * share).abs() < tolerance,
            "{percent} %: {replacement} of {all}"
        );
    }
    let run = scenario().rate("1000/s").termination_wait(10).run();
    assert_eq!(run.answered(0, 600)[0], 0, "0 and 100: the first group gets nothing");
}

/// ELB-TG-2 (T75), ELB-ERR-1: the choice of a group ignores its targets: one without any still draws its share,
/// and each of these requests is a 503.
///
/// Before November 2022 the health of an idle group is not seen: the shift meets a broken replacement, whose
/// tasks the scheduler stops two checks later and launches again, a minute each.
#[test]
fn a_group_without_targets_still_draws_its_share() {
    let run = scenario()
        .semantics("2022-06")
        .canary(20, 10)
        .rate("100/s")
        .desired(3)
        .original("errors: 0%")
        .replacement("launch: 1m, errors: 0%, health_check: { fails: 100% }")
        .run();
    assert_eq!(run.weights(), "60 20%, 660 100%");
    // Checked at 60 and 90 s, unhealthy at 90; the next tasks are there at 150, unhealthy at 180, and so on.
    let rejected = run.told(|fact| match fact {
        Fact::RequestsRejected { target_group, http_status, .. } => {
            Some(format!("group {target_group} {http_status}"))
        }
        _ => None,
    });
    assert!(
        rejected.starts_with("120 group 1 503, 150 group 1 503, 240 group 1 503, 300"),
        "{rejected}"
    );
    let count =
        |from, to| run.value("rejected_requests", to) - run.value("rejected_requests", from);
    // 60 s of every 90, at 20 requests a second: 1200 each, four standard deviations 139.
    assert!((1061..=1339).contains(&count(90, 150)), "{}", count(90, 150));
    assert_eq!(count(60, 90), 0, "while there are targets none is rejected (ELB-ERR-2)");
    let spilt = run.evidence.row.failed_requests
        - run
            .evidence
            .value(cutover::analysis::evidence::Quantity::RejectedRequests, run.journal.end());
    assert_eq!(spilt, 0, "nobody else fails");
}

/// ELB-TG-6: CodeDeploy rewrites both weights, and new requests follow a little later.
#[test]
fn requests_follow_new_weights_after_the_propagation() {
    let run = scenario().config(CANARY).rate("100/s").assume("lb.weight_propagation: 4s").run();
    let modified = run.told(|fact| match fact {
        Fact::ListenerModified { weights, .. } => Some(format!("{weights:?}")),
        _ => None,
    });
    assert_eq!(modified, "0 [90, 10], 300 [0, 100]");
    let in_force = run.told(|fact| match fact {
        Fact::ListenerWeightsInForce { weights, .. } => Some(format!("{weights:?}")),
        _ => None,
    });
    assert_eq!(in_force, "4 [90, 10], 304 [0, 100]");
    assert_eq!(run.answered(0, 4)[1], 0, "nothing before the weights are in force");
    assert!(run.answered(0, 60)[1] > 0);
}

// ---- requests and targets ---------------------------------------------------------------------------

/// ELB-FO-1, ELB-FO-2, ELB-ERR-2 (T76, T78): a group whose targets are all unhealthy gets requests all the same, to all of
/// them, and gives no 503.
#[test]
fn a_group_of_unhealthy_targets_fails_open() {
    let run = scenario()
        .rate("100/s")
        .desired(4)
        .grace(100_000)
        .termination_wait(60)
        .original("errors: 0%")
        .replacement("errors: 0%, health_check: { fails: 100% }")
        .run();
    assert_eq!(run.value("replacement_healthy", 1000), 0);
    assert!(run.answered(0, 3600)[1] > 350_000, "{:?}", run.answered(0, 3600));
    assert_eq!(run.row().failed_requests, 0);
}

/// ELB-FO-2, ELB-ERR-1: `initial` targets count as registered: before their first check requests go to them,
/// and each that is not up yet refuses: 502.
#[test]
fn a_target_that_is_not_up_refuses_requests_that_fail_open_to_it() {
    let run = scenario()
        .rate("100/s")
        .grace(600)
        .termination_wait(60)
        .original("errors: 0%")
        .replacement("boot: 120s, errors: 0%")
        .run();
    // All at once does not look: it moves everything to applications that need two minutes more.
    assert_eq!(run.weights(), "0 100%");
    let rejected = run.value("rejected_requests", 120);
    assert!(
        (11_562..=12_438).contains(&rejected),
        "{rejected}: 12 000, four standard deviations 438"
    );
    assert_eq!(run.value("rejected_requests", 3600), rejected, "and none once they are up");
    assert_eq!(run.occurrence("Http502").count, rejected);
    assert_eq!(run.occurrence("Http503").count, 0);
}

/// ELB-FO-1 (T77): one healthy target takes everything of its group.
#[test]
fn one_healthy_target_takes_everything() {
    let run = scenario()
        .canary(50, 10)
        .rate("100/s")
        .desired(4)
        .grace(100_000)
        .original("errors: 0%, health_check: { fails: 40% }")
        .replacement("errors: 0%, health_check: { fails: 0% }")
        .run();
    assert_eq!(
        run.row().failed_requests,
        0,
        "no request fails while one target is healthy, or all fail open"
    );
}

/// ELB-ERR-1: without any task there is nobody to answer.
#[test]
fn a_service_without_tasks_answers_503() {
    let run = scenario().desired(0).rate("10/s").termination_wait(10).run();
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 600 Succeeded");
    assert_eq!(run.row().requests, run.occurrence("Http503").count);
    assert!(run.row().requests > 0);
}

/// ELB-HC-4, CD-ECS-33: with a test listener the replacement of an all-at-once deployment is checked once the
/// test listener names its group, so that a hook can see it.
#[test]
fn a_test_listener_starts_the_health_checks() {
    let run = scenario()
        .test_listener()
        .health_check([10, 5, 2, 2])
        .replacement("launch: 60s, health_check: { fails: 100% }")
        .hook("AfterAllowTestTraffic", "duration: 25s, fails: 100%")
        .grace(3600)
        .run();
    assert_eq!(run.stability(1), "60 STEADY_STATE, 60 STABILIZING");
    assert_eq!(run.event(LifecycleEvent::Install).ended.map(|at| at.as_millis()), Some(60_000));
    assert_eq!(run.target(1), "60 unused, 60 initial, 70 unhealthy");
    assert_eq!(run.weights(), "", "production was never touched");
}

/// U35: a change that is on its way is not overtaken by the next one, however slow the load balancer is.
#[test]
fn every_step_comes_into_force_though_the_next_is_on_its_way() {
    let run = scenario().linear(10, 1).assume("lb.weight_propagation: 90s").run();
    for step in 1..=10_u64 {
        let (rewritten_s, percent) = ((step - 1) * 60, step * 10);
        assert_eq!(run.value("weight", rewritten_s), percent);
        assert_eq!(run.value("weight_in_force", rewritten_s + 89), percent - 10);
        assert_eq!(run.value("weight_in_force", rewritten_s + 90), percent);
    }
}

/// ELB-ERR-3: an application that closes idle connections before the load balancer does makes occasional 502.
#[test]
fn a_connection_that_is_closing_answers_502() {
    let setup = |original: &str| {
        scenario().rate("100/s").termination_wait(10).original(original).replacement("resets: 0%")
    };
    let run = setup("errors: 0%, resets: 1%").canary(50, 10).run();
    let (lost, all) = (run.occurrence("Http502").count, run.row().requests);
    // One of a hundred of the half that the original gets for ten minutes.
    assert!((220..=380).contains(&lost), "{lost} of {all}");
    assert_eq!(run.row().failed_requests, lost);
    assert_eq!(run.row().bad_requests, 0, "the replacement does not do so");
    assert_eq!(setup("errors: 0%").run().row().failed_requests, 0);
    let worse = scenario().original("errors: 0%").replacement("resets: 1%").run();
    assert!(worse.row().bad, "worse than the original: a bad release");
}
