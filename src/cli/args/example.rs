//! What stands below the help of each command: examples, and what a reader would ask next.

/// How the program can end.
pub const EXIT_CODES: &str = "\
Exit codes: 0 done (a deployment that fails in the simulation is a result), 1 an expectation does not
hold, 2 faulty input or command line, 3 a limit stopped the run, 4 output cannot be written, 5 there are
too few runs to decide an assertion.";

/// Below the help of `cutover run`.
pub const RUN_EXAMPLES: &str = "\
Examples:
  cutover run scenarios/ecs-canary.yaml
  cutover run scenarios/ecs-canary.yaml --seed 7 --replication 42
  cutover run scenarios/ecs-canary.yaml --replications 1000
  cutover run scenarios/ecs-canary.yaml --set traffic.rate=500/s --assert 'bad_requests < 100'
  cutover run scenarios/ecs-canary.yaml --set revisions.replacement.errors=2% --format json";

/// Below the help of `cutover sweep`.
pub const SWEEP_EXAMPLES: &str = "\
Examples:
  cutover sweep scenarios/ecs-alarm-canary.yaml --replications 100000
  cutover sweep scenarios/ecs-alarm-canary.yaml --vary traffic.rate=2/s,20/s,200/s
  cutover sweep scenarios/ecs-alarm-canary.yaml --vary revisions.replacement.errors=1%,2%,5% \\
      --configs ECSCanary10Percent5Minutes,ECSLinear10PercentEvery1Minutes
  cutover sweep scenarios/ecs-alarm-canary.yaml --assert 'p(bad_reached_full) < 2%' --no-rows
  cutover sweep scenarios/ecs-alarm-canary.yaml --sensitivity traffic.rate±20% \\
      --sensitivity 'assumptions[\"cw.delay.alb\"]±50%'
  cutover sweep scenarios/*.yaml --precision 1% --replications 100000
  cutover sweep scenarios/ecs-alarm-canary.yaml --splitting --set revisions.replacement.errors=5%";

/// Below the help of `cutover compare`.
pub const COMPARE_EXAMPLES: &str = "\
Examples:
  cutover compare scenarios/ecs-alarm-canary.yaml
  cutover compare scenarios/ecs-alarm-canary.yaml --configs ECSCanary10Percent5Minutes,ECSAllAtOnce
  cutover compare scenarios/ecs-alarm-canary.yaml --vary 'resources.alarms[0].DatapointsToAlarm=1,2,3'

Every variant meets the same luck: the same users, tasks and bad releases. Without --vary, --configs or
a `sweep:` in the scenario all predefined configurations that fit are compared, the scenario's own first.";

/// Below the help of `cutover check`.
pub const CHECK_EXAMPLES: &str = "\
Examples:
  cutover check scenarios/*.yaml
  cutover check scenarios/ecs-canary.yaml --deny warnings
  cutover check scenarios/ecs-canary.yaml --assumptions
  cutover check scenarios/*.yaml --format sarif > cutover.sarif";

/// Below the help of `cutover backtest`.
pub const BACKTEST_EXAMPLES: &str = "\
Examples:
  cutover backtest alarm.json requests.csv
  cutover backtest alarms.json latency.csv --alarm checkout-p99 --delay 90s
  cutover backtest alarm.json errors-and-requests.csv --format csv

The first column of DATA holds times (RFC 3339, or seconds since 1970), the other one samples,
which the alarm's statistic makes datapoints of. For metric math there is a column for each
metric, named by its id: time,m1,m2.";

/// Below the help of `cutover schedule`.
pub const SCHEDULE_EXAMPLES: &str = "\
Examples:
  cutover schedule CodeDeployDefault.ECSLinear10PercentEvery3Minutes
  cutover schedule deployment-config.json --format csv
  cutover schedule CodeDeployDefault.HalfAtATime --hosts 9 --fail 5,6,7,9
  cutover schedule type=HOST_COUNT,value=6 --hosts 9
  cutover schedule zonal-config.json --zones us-east-1a:100,us-east-1b:100";

/// Below the help of `cutover configs`.
pub const CONFIGS_EXAMPLES: &str = "\
Examples:
  cutover configs
  cutover configs --format json";

/// Below the help of `cutover semantics`.
pub const SEMANTICS_EXAMPLES: &str = "\
Examples:
  cutover semantics diff legacy current
  cutover semantics diff 2025-06 2025-12 --format json";

/// Below the help of `cutover import`.
pub const IMPORT_EXAMPLES: &str = "\
Examples:
  cutover import appspec.yaml
  cutover import deployment-group.json service.json appspec.yaml -o rehearsal.yaml
  cutover import template.yaml -o rehearsal.yaml
  cutover import *.json appspec.yaml -o rehearsal.yaml && cutover run rehearsal.yaml

What a document is, its content says, whatever its name and envelope. The scenario names the documents
from where it stands and says what it assumes; what could not be used, and what contradicts, is told.";

/// Below the help of `cutover calibrate`.
pub const CALIBRATE_EXAMPLES: &str = "\
Examples:
  aws ecs describe-tasks --cluster main --tasks .. > tasks.json
  aws deploy batch-get-deployment-targets --deployment-id d-.. --target-ids .. > targets.json
  aws cloudwatch get-metric-data --metric-data-queries .. > metrics.json
  cutover calibrate tasks.json targets.json metrics.json -o measured.yaml
  cutover calibrate requests.csv --format json

What a recording is, its content says. Each assumption is the likeliest distribution that a scenario can
be written with; what too few values tell, or no law fits, stands for itself.";

/// Below the help of `cutover init`.
pub const INIT_EXAMPLES: &str = "\
Examples:
  cutover init -o rehearsal.yaml && cutover run rehearsal.yaml
  cutover init --platform lambda";

/// Below the help of `cutover explain`.
pub const EXPLAIN_EXAMPLES: &str = "\
Examples:
  cutover explain CUT0101
  cutover explain";

/// Below the help of `cutover schema`.
pub const SCHEMA_EXAMPLES: &str = "\
Examples:
  cutover schema > scenario.schema.json

A line in a scenario tells an editor's YAML language server where it is:
  # yaml-language-server: $schema=scenario.schema.json";

/// Below the help of `cutover completions`.
pub const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  cutover completions bash > ~/.local/share/bash-completion/completions/cutover
  cutover completions zsh > ~/.zfunc/_cutover
  cutover completions fish > ~/.config/fish/completions/cutover.fish";

/// Below the help of `cutover man`.
pub const MAN_EXAMPLES: &str = "\
Examples:
  cutover man > ~/.local/share/man/man1/cutover.1";
