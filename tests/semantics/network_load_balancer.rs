//! Network Load Balancers: no weights, slow registration, a slow turn to the new targets.

use cutover::engine::time::SimTime;
use cutover::journal::fact::{Fact, Listener};
use cutover::report::{Report, json, text};

use crate::support::{Played, Setup, play, read, scenario};

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";
const ANSWER: &str = "Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing \
                      instead when you create/update Deployment group.";

/// When new connections follow the production listener, as the replacement's weight.
fn in_force(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::ListenerWeightsInForce { listener: Listener::Production, weights } => {
            Some(format!("{}%", run.series.sides.weight_of_replacement(*weights)))
        }
        _ => None,
    })
}

fn network() -> Setup {
    scenario().network_load_balancer()
}

/// CD-ECS-10, CD-TRAF-9, ECS-EXT-29, NLB-1 (U-8): gradual configurations are refused in AWS's words, whoever names them.
#[test]
fn a_network_load_balancer_is_not_shifted_gradually() {
    let tcp = |setup: Setup| setup.yaml().replace("Name: blue,", "Name: blue, Protocol: TCP,");
    let gradual = [
        network().config(CANARY).yaml(),
        network().canary(10, 5).yaml(),
        network().linear(10, 1).yaml(),
        network().deployment(&format!("deploymentConfigName: {CANARY}")).yaml(),
        tcp(scenario().config(CANARY)).replace("listener/app/web/0123456789abcdef/1", "production"),
    ];
    for yaml in gradual {
        let told = read(&yaml).expect_err("it is refused");
        let is_told = |text: &str| assert!(told.contains(text), "no {text}:\n{told}");
        is_told("error[CUT0307]");
        is_told("CodeDeploy refuses it with `InvalidTrafficRoutingConfigurationException`");
        is_told(ANSWER);
        is_told("write `CodeDeployDefault.ECSAllAtOnce`");
    }
    let canary = format!("deploymentConfigName: {CANARY}");
    for setup in [
        network().then(&format!("after: previous, {canary}")),
        network().operator(&format!("at: 10m, do: CreateDeployment, {canary}")),
        network().config(CANARY).then("after: previous"),
    ] {
        let told = setup.refused();
        assert_eq!(told.matches("error[CUT0307]").count(), 1, "{told}");
    }
    for setup in [
        network(),
        network().config("CodeDeployDefault.ECSAllAtOnce"),
        network().routing("type: AllAtOnce"),
    ] {
        assert_eq!(setup.run().weights(), "0 100%");
    }
}

/// CD-ECS-4: the kind is told by the listener or by the protocol of the target groups, which must agree.
#[test]
fn listeners_and_target_groups_are_of_one_kind() {
    let yaml = scenario().yaml().replace("Name: green,", "Name: green, Protocol: TLS,");
    let told = read(&yaml).expect_err("they contradict each other");
    assert!(told.contains("CUT0301") && told.contains("a Network Load Balancer"), "{told}");
    let groups = |setup: Setup, protocol: &str| {
        let blue = format!("Name: blue, Protocol: {protocol},");
        let yaml = setup.yaml().replace("Name: blue,", &blue);
        read(&yaml.replace("Name: green,", &blue.replace("blue", "green"))).is_ok()
    };
    for protocol in ["TCP", "TLS", "UDP", "TCP_UDP"] {
        assert!(groups(network(), protocol) && !groups(scenario(), protocol), "{protocol}");
    }
    for protocol in ["HTTP", "HTTPS"] {
        assert!(!groups(network(), protocol) && groups(scenario(), protocol), "{protocol}");
    }
}

/// NLB-2: a target is registered much later than behind an Application Load Balancer.
#[test]
fn registration_takes_its_own_time() {
    let registered = |setup: Setup| {
        let run =
            setup.termination_wait(5).assume("lb.register: 3s").assume("nlb.register: 80s").run();
        run.target(1).split(' ').next().map(str::to_string)
    };
    assert_eq!(registered(scenario()).as_deref(), Some("3"));
    assert_eq!(registered(network()).as_deref(), Some("80"));
    let assumptions =
        network().assume("lb.register: 3s").assume("nlb.register: 80s").load().assumptions;
    assert_ne!(assumptions.register, assumptions.nlb_register, "both stay as they are given");
    let with_defaults = network().default_assumptions().termination_wait(5).load();
    for replication in 0..50 {
        let run = play(&with_defaults, 1, replication);
        let running = run.task(1);
        let running = running.split(", ").find_map(|step| step.strip_suffix(" RUNNING"));
        let registered = run.target(1);
        let registered = registered.split(' ').next();
        let [running, registered] = [running, registered]
            .map(|at| at.and_then(|at| at.parse::<f64>().ok()).expect("an instant"));
        assert!((60.0..=110.0).contains(&(registered - running)), "{running} to {registered}");
    }
}

/// ELB-HC-1: an unanswered check has failed after 10 s, not 5, and may take as long as the interval.
#[test]
fn health_checks_have_defaults_of_their_own() {
    const WRITTEN: &str = "HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 5, \
                           HealthyThresholdCount: 5, UnhealthyThresholdCount: 2";
    let timeout = |setup: Setup, check: &str| {
        let scenario = read(&setup.yaml().replace(WRITTEN, check)).ok()?;
        Some(scenario.balancer().target_groups[1].health_check.timeout.as_millis() / 1000)
    };
    assert_eq!(timeout(scenario(), "Port: 80"), Some(5));
    assert_eq!(timeout(network(), "Port: 80"), Some(10));
    let equal = "HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10";
    assert_eq!(timeout(scenario(), equal), None);
    assert_eq!(timeout(network(), equal), Some(10));
    assert_eq!(timeout(network(), "HealthCheckIntervalSeconds: 9"), None, "10 s do not fit");
    let none = scenario().yaml();
    let described = none.find("  targetGroups:").expect("a section");
    let rest = none.find("traffic:").expect("a section");
    let bare = format!("{}{}", &none[..described], &none[rest..]);
    let scenario = read(&bare.replace("/app/", "/net/")).unwrap_or_else(|told| panic!("{told}"));
    let check = scenario.balancer().target_groups[0].health_check;
    assert_eq!(check.timeout.as_millis(), 10_000, "without a description too");
}

/// NLB-3 (U30): after the switch the old targets get connections for a while more, and none is lost.
#[test]
fn old_targets_get_connections_for_a_while_after_the_switch() {
    let setup = |setup: Setup| {
        setup
            .rate("100/s")
            .replacement("launch: 30s")
            .assume("lb.weight_propagation: 2s")
            .assume("nlb.switch_tail: 75s")
            .assume("cluster.zones: 1")
    };
    let application = setup(scenario()).run();
    assert_eq!(
        (application.weights(), in_force(&application)),
        ("30 100%".into(), "32 100%".into())
    );
    let run = setup(network()).run();
    assert_eq!((run.weights(), in_force(&run)), ("30 100%".into(), "107 100%".into()));
    let [original, replacement] = run.answered(30, 107);
    assert!(original > 7000 && replacement == 0, "{original} and {replacement}");
    assert_eq!(
        run.occurrence("Http503").count,
        0,
        "the original stays until nobody comes any more"
    );
    let defaults = network().default_assumptions().load();
    for replication in 0..50 {
        let run = play(&defaults, 1, replication);
        let at = |text: String| text.split(' ').next().and_then(|at| at.parse::<f64>().ok());
        let (written, followed) = (at(run.weights()), at(in_force(&run)));
        let tail = followed.expect("in force") - written.expect("written");
        assert!((61.0..=95.0).contains(&tail), "{tail}");
    }
}

/// NLB-3: so does the way back: in a rollback the replacement's targets get connections for a while more.
#[test]
fn a_rollback_takes_as_long() {
    let run = network()
        .hook("AfterAllowTraffic", "duration: 200s, fails: 100%")
        .rollback(&["DEPLOYMENT_FAILURE"])
        .assume("nlb.switch_tail: 75s")
        .run();
    assert_eq!(run.weights(), "0 100%, 200 0%");
    assert_eq!(in_force(&run), "75 100%, 275 0%");
}

/// NLB-3 (U30): once new connections follow the switch, half of them are reset for 30 s, and told as what they are;
/// so after the way back. No release is to blame, and an Application Load Balancer does not do it.
#[test]
fn half_of_the_connections_are_reset_for_a_while_after_a_switch() {
    let setup = |setup: Setup| {
        setup
            .rate("100/s")
            .assume("cluster.zones: 1")
            .assume("nlb.switch_tail: 75s")
            .assume("nlb.switch_reset_time: 30s")
            .original("errors: 0%")
            .replacement("errors: 0%, launch: 30s, bad: true")
            .hook("AfterAllowTraffic", "duration: 300s, fails: 100%")
            .rollback(&["DEPLOYMENT_FAILURE"])
            .line("until: 15m")
    };
    let reset_in = |run: &Played, [from, to]: [u64; 2]| {
        let at = |seconds| SimTime::from_millis(seconds * 1000);
        run.series.traffic_between(at(from), at(to)).total().reset
    };
    let run = setup(network()).run();
    assert_eq!(in_force(&run), "105 100%, 405 0%");
    let all = run.occurrence("ConnectionReset").count;
    // Thirty seconds of a hundred, twice; half of them is binomial.
    let is_half = |found: u64, of: f64| {
        assert!((found as f64 - of / 2.0).abs() < 4.0 * (of / 4.0 + of / 4.0).sqrt(), "{found}");
    };
    is_half(all, 6000.0);
    is_half(reset_in(&run, [105, 180]), 3000.0);
    assert_eq!(reset_in(&run, [0, 105]) + reset_in(&run, [180, 405]), 0);
    let row = run.row();
    assert_eq!((row.failed_requests, row.bad_requests), (all, 0));
    for other in ["Http502", "Http503", "Http504"] {
        assert_eq!(run.occurrence(other).count, 0, "{other}");
    }
    let report = Report::new(&run.journal);
    let told = text::write(&report, text::Color::Never);
    assert!(told.contains("with a reset connection"), "{told}");
    assert!(told.contains("reset: the listener was switched just before"), "{told}");
    let summary = String::from_utf8(json::write(&report)).expect("JSON is text");
    assert!(summary.contains(&format!("\"connection_reset\": {all}")), "{summary}");
    assert_eq!(setup(scenario()).run().occurrence("ConnectionReset").count, 0);
    let every = setup(network()).assume("nlb.switch_resets: 100%").run();
    let lost = every.occurrence("ConnectionReset").count;
    assert!((lost as f64 - 6000.0).abs() < 4.0 * 6000_f64.sqrt(), "{lost}");
    let defaults = network().default_assumptions().load().assumptions;
    assert_eq!((defaults.nlb_reset_time.as_millis(), defaults.nlb_resets.as_f64()), (30_000, 0.5));
}

/// NLB-4, ELB-FO-1: a group without a healthy target gets its connections all the same.
#[test]
fn a_group_that_is_all_unhealthy_fails_open() {
    let run = network()
        .rate("100/s")
        .assume("cluster.zones: 1")
        .grace(100_000)
        .health_check([10, 5, 2, 2])
        .termination_wait(5)
        .replacement("health_check: { fails: 100% }")
        .run();
    assert!(run.target(1).contains("10 unhealthy"), "{}", run.target(1));
    let [_, replacement] = run.answered(100, 200);
    assert!(replacement > 9000, "{replacement}");
    assert_eq!(run.occurrence("Http503").count, 0);
}
