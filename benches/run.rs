//! Whole runs of the shipped canary scenario: one thread, no journal, one row of results each.
//!
//! The ratios are what counts: with and without a row, an alarm or scaling, at 1 and at a million requests a second, with 10,
//! 100 and 1 000 tasks.

use std::path::Path;

use cutover::analysis::outcome::Outcome;
use cutover::input::load;
use cutover::input::source::FileSource;
use cutover::scenario::Scenario;
use cutover::simulation::Simulation;
use divan::Bencher;

fn main() {
    divan::main();
}

/// The shipped canary with a field or two changed.
fn scenario(set: &[&str]) -> Scenario {
    shipped("ecs-canary", set)
}

/// A shipped scenario, by name, with a field or two changed.
fn shipped(name: &str, set: &[&str]) -> Scenario {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("yaml");
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    load(&path, &set, &FileSource).scenario.expect("the shipped scenario is valid")
}

fn runs(bencher: Bencher, scenario: &Scenario) {
    let mut simulation = Simulation::new(scenario);
    let mut outcome = Outcome::default();
    let mut replication = 0;
    bencher.bench_local(|| {
        replication += 1;
        outcome.reset();
        let ended = simulation.run(1, replication, &mut outcome);
        outcome.finish(ended.at, ended.digest)
    });
}

#[divan::bench]
fn with_a_row(bencher: Bencher) {
    runs(bencher, &scenario(&[]));
}

/// The same canary with an alarm that looks at the error rate of the replacement, and a release that it leaves alone.
#[divan::bench]
fn with_an_alarm(bencher: Bencher) {
    runs(bencher, &shipped("ecs-alarm-canary", &["revisions.replacement.errors=0.1%"]));
}

/// A service that a policy scales out in the middle of its canary, beside the same canary without the policy.
#[divan::bench(args = [false, true])]
fn with_scaling(bencher: Bencher, scales: bool) {
    const NO_POLICY: &str = "resources.scaling=[{ ServiceNamespace: ecs, ScalableDimension: 'ecs:service:DesiredCount', \
                             ResourceId: service/production/checkout, MinCapacity: 6, MaxCapacity: 48 }]";
    let set: &[&str] = if scales { &[] } else { &[NO_POLICY] };
    runs(bencher, &shipped("ecs-scaling-doubles", set));
}

#[divan::bench]
fn digest_only(bencher: Bencher) {
    let scenario = scenario(&[]);
    let mut simulation = Simulation::new(&scenario);
    let mut replication = 0;
    bencher.bench_local(|| {
        replication += 1;
        simulation.run(1, replication, &mut ())
    });
}

#[divan::bench(args = [1, 1_000, 1_000_000])]
fn requests_a_second(bencher: Bencher, rate: u32) {
    runs(bencher, &scenario(&[&format!("traffic.rate={rate}/s")]));
}

#[divan::bench(args = [10, 100, 1_000])]
fn tasks(bencher: Bencher, tasks: u32) {
    runs(bencher, &scenario(&[&format!("resources.service.desiredCount={tasks}")]));
}

/// Instances without a load balancer, all at once and one at a time.
#[divan::bench(args = [100, 1_000])]
fn instances_at_once(bencher: Bencher, instances: u32) {
    runs(bencher, &on_instances(instances, "AllAtOnce"));
}

#[divan::bench(args = [100, 1_000])]
fn instances_one_by_one(bencher: Bencher, instances: u32) {
    let set = "revisions.original.scripts.AfterInstall.duration=1s";
    let quick = "revisions.original.scripts.ValidateService.duration=1s";
    runs(bencher, &instances_with(instances, "OneAtATime", &[set, quick]));
}

/// Instances behind a load balancer, with requests and an alarm.
#[divan::bench(args = [10, 100, 1_000])]
fn balanced_instances(bencher: Bencher, instances: u32) {
    let count = format!("resources.instances.count={instances}");
    runs(bencher, &shipped("ec2-half-at-a-time", &[&count]));
}

fn on_instances(instances: u32, config: &str) -> Scenario {
    instances_with(instances, config, &[])
}

fn instances_with(instances: u32, config: &str, more: &[&str]) -> Scenario {
    let count = format!("resources.instances.count={instances}");
    let config =
        format!("deployment.deploymentGroup.deploymentConfigName=CodeDeployDefault.{config}");
    let set = ["resources.instances.exceptions=[]", &count, &config];
    shipped("ec2-last-instance-forgiven", &[&set[..], more].concat())
}

/// A world that is built anew for each run instead of being reset.
#[divan::bench]
fn cold(bencher: Bencher) {
    let scenario = scenario(&[]);
    let mut replication = 0;
    bencher.bench_local(|| {
        replication += 1;
        Simulation::new(&scenario).run(1, replication, &mut ())
    });
}
