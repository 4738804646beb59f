//! What can be typed.

use std::path::PathBuf;

use crate::engine::share::Share;
use crate::input::unit::parse_share;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Rehearse an AWS deployment before you do it.
#[derive(Debug, Parser)]
#[command(
    name = "cutover",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = EXIT_CODES
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Colour in the output; `auto` asks the terminal and honours NO_COLOR.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done (a deployment that fails in the simulation is a result), 1 an expectation does not
hold, 2 faulty input or command line, 3 a limit stopped the run, 4 output cannot be written, 5 there are
too few runs to decide an assertion.";

const RUN_EXAMPLES: &str = "\
Examples:
  cutover run scenarios/ecs-canary.yaml
  cutover run scenarios/ecs-canary.yaml --seed 7 --replication 42
  cutover run scenarios/ecs-canary.yaml --replications 1000
  cutover run scenarios/ecs-canary.yaml --set traffic.rate=500/s --assert 'bad_requests < 100'
  cutover run scenarios/ecs-canary.yaml --set revisions.replacement.errors=2% --format json";

const SWEEP_EXAMPLES: &str = "\
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

const COMPARE_EXAMPLES: &str = "\
Examples:
  cutover compare scenarios/ecs-alarm-canary.yaml
  cutover compare scenarios/ecs-alarm-canary.yaml --configs ECSCanary10Percent5Minutes,ECSAllAtOnce
  cutover compare scenarios/ecs-alarm-canary.yaml --vary 'resources.alarms[0].DatapointsToAlarm=1,2,3'

Every variant meets the same luck: the same users, tasks and bad releases. Without --vary, --configs or
a `sweep:` in the scenario all predefined configurations that fit are compared, the scenario's own first.";

const CHECK_EXAMPLES: &str = "\
Examples:
  cutover check scenarios/*.yaml
  cutover check scenarios/ecs-canary.yaml --deny warnings
  cutover check scenarios/ecs-canary.yaml --assumptions";

const BACKTEST_EXAMPLES: &str = "\
Examples:
  cutover backtest alarm.json requests.csv
  cutover backtest alarms.json latency.csv --alarm checkout-p99 --delay 90s
  cutover backtest alarm.json errors-and-requests.csv --format csv

The first column of DATA holds times (RFC 3339, or seconds since 1970), the other one samples,
which the alarm's statistic makes datapoints of. For metric math there is a column for each
metric, named by its id: time,m1,m2.";

const SCHEDULE_EXAMPLES: &str = "\
Examples:
  cutover schedule CodeDeployDefault.ECSLinear10PercentEvery3Minutes
  cutover schedule deployment-config.json --format csv
  cutover schedule CodeDeployDefault.HalfAtATime --hosts 9 --fail 5,6,7,9
  cutover schedule type=HOST_COUNT,value=6 --hosts 9
  cutover schedule zonal-config.json --zones us-east-1a:100,us-east-1b:100";

const CONFIGS_EXAMPLES: &str = "\
Examples:
  cutover configs
  cutover configs --format json";

const IMPORT_EXAMPLES: &str = "\
Examples:
  cutover import appspec.yaml
  cutover import deployment-group.json service.json appspec.yaml -o rehearsal.yaml
  cutover import *.json appspec.yaml -o rehearsal.yaml && cutover run rehearsal.yaml

What a document is, its content says, whatever its name and envelope. The scenario names the documents
from where it stands and says what it assumes; what could not be used, and what contradicts, is told.";

const INIT_EXAMPLES: &str = "\
Examples:
  cutover init -o rehearsal.yaml && cutover run rehearsal.yaml
  cutover init --platform lambda";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  cutover explain CUT0101
  cutover explain";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a scenario once: timeline, outcome, files and charts.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Play scenarios many times, over any of their fields: how likely is what, and what does it cost?
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepArguments),
    /// Set variants of a scenario against the first of them, under the same luck.
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(SweepArguments),
    /// Read and validate scenarios, run nothing.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Draft a scenario from AWS documents: AppSpec, deployment group, service, alarms, templates of AWS SAM.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArguments),
    /// Write a scenario that runs, to start from without any document.
    #[command(after_help = INIT_EXAMPLES)]
    Init {
        /// What is deployed to.
        #[arg(long, value_name = "PLATFORM", default_value = "ecs")]
        platform: Platform,
        /// The file to write [default: standard output]; one that is there is not overwritten.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Play a CloudWatch alarm over samples of the past: when it would have gone off.
    #[command(after_help = BACKTEST_EXAMPLES)]
    Backtest(BacktestArguments),
    /// Show the traffic steps of a deployment configuration, or its batches of hosts and how they end.
    #[command(after_help = SCHEDULE_EXAMPLES)]
    Schedule(ScheduleArguments),
    /// List the predefined deployment configurations.
    #[command(after_help = CONFIGS_EXAMPLES)]
    Configs {
        /// How to print them.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Explain a diagnostic code, or list all of them.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain {
        /// The code, such as CUT0101 or 101 [default: a list of all].
        code: Option<String>,
    },
}

/// `cutover run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The scenario file.
    pub scenario: PathBuf,
    /// The seed of all chance.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Which replication under that seed.
    #[arg(long, value_name = "K", default_value_t = 0, conflicts_with = "replications")]
    pub replication: u64,
    /// Play so many replications, from 0 on, and print how often each outcome came. Writes no files and decides no expectation.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub replications: Option<u64>,
    #[command(flatten)]
    pub settings: Settings,
    /// Where to write the files [default: output/<name>, with seed and replication if they differ].
    #[arg(long, value_name = "DIR", conflicts_with = "replications")]
    pub out: Option<PathBuf>,
    /// What to print: the timeline, summary.json or timeline.csv.
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "replications")]
    pub format: Format,
    /// An expression that must hold, besides those of the scenario; may be repeated.
    #[arg(long = "assert", value_name = "EXPRESSION", conflicts_with = "replications")]
    pub assertions: Vec<String>,
    /// Let the scenario's expectations decide under every seed, not only the one they name.
    #[arg(long, conflicts_with = "replications")]
    pub strict: bool,
    /// Check the invariants of the simulated account after every event.
    #[arg(long)]
    pub verify: bool,
    /// Print nothing but the outcome.
    #[arg(long)]
    pub quiet: bool,
}

/// `cutover sweep` and `cutover compare`.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// The scenario files.
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// Vary a field of the scenario, or of a document in it, over these values; may be repeated, each with each.
    #[arg(long, value_name = "PATH=V1,V2,..")]
    pub vary: Vec<String>,
    /// Vary the deployment configuration; AWS's own may be named without `CodeDeployDefault.`.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub configs: Vec<String>,
    /// Make a number of the scenario a little smaller and larger, one field at a time; may be repeated.
    #[arg(long, value_name = "PATH±SHARE", conflicts_with_all = ["vary", "configs"])]
    pub sensitivity: Vec<String>,
    /// How often each variant is played [default: what the scenario says under `sweep:`, else 10000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub replications: Option<u64>,
    /// The first replication: a sweep may be cut in parts.
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub first_replication: u64,
    /// The seed of all chance.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub settings: Settings,
    /// On how many threads [default: as many as the machine has]; the results are the same.
    #[arg(long, visible_alias = "jobs", value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: Option<u64>,
    /// Where to write the files [default: output/<name>-sweep or -compare, with the seed if it is not 1].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// A claim about many runs that every variant must meet, such as 'p(bad_reached_full) < 0.1%'; may be repeated.
    #[arg(long = "assert", value_name = "EXPRESSION")]
    pub assertions: Vec<String>,
    /// Play on until every probability is known to so much on each side, at most all replications.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub precision: Option<f64>,
    /// Estimate how likely a bad release gets all traffic also by splitting, with so many runs a level [200]: for what is
    /// too rare to be counted.
    #[arg(
        long,
        value_name = "RUNS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "200",
        value_parser = clap::value_parser!(u64).range(20..=5000)
    )]
    pub splitting: Option<u64>,
    /// Write no replications.csv.
    #[arg(long)]
    pub no_rows: bool,
    /// Check the invariants of the simulated account after every event.
    #[arg(long)]
    pub verify: bool,
    /// Print nothing but faults.
    #[arg(long)]
    pub quiet: bool,
}

/// `2%` or `0.02`, more than nothing.
fn share(text: &str) -> Result<f64, String> {
    let share = parse_share(text).ok().filter(|share| !share.is_zero());
    share.map(Share::as_f64).ok_or_else(|| "write a share, such as `1%`".into())
}

/// `cutover check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The scenario files.
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub settings: Settings,
    /// Show every assumption with its value.
    #[arg(long)]
    pub assumptions: bool,
    /// Treat warnings as errors.
    #[arg(long, value_name = "WHAT")]
    pub deny: Option<Deny>,
    /// How to print the diagnostics, and the assumptions.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiagnosticFormat,
}

/// `cutover import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The documents, each in a file of its own.
    #[arg(required = true)]
    pub documents: Vec<PathBuf>,
    /// The file to write [default: standard output]; one that is there is not overwritten.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What a first scenario deploys to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    /// An Amazon ECS service.
    Ecs,
    /// A Lambda function.
    Lambda,
    /// EC2 instances or on-premises servers.
    Ec2,
}

/// `cutover backtest`.
#[derive(Debug, Args)]
pub struct BacktestArguments {
    /// A file with the alarm, as it is put or described; of several `--alarm` chooses one.
    pub alarm: PathBuf,
    /// A CSV file with a time and a sample in each row.
    pub data: PathBuf,
    /// The name of the alarm, if the file holds several.
    #[arg(long = "alarm", value_name = "NAME")]
    pub name: Option<String>,
    /// How long after the end of a period its datapoint arrives [default: the usual delay of the metric: 60s; 110s in
    /// AWS/ECS; of periods below 60 s 5s and 10s].
    #[arg(long, value_name = "DURATION")]
    pub delay: Option<String>,
    /// When the alarm is evaluated, counted from each whole minute (from 10 s for periods below 60 s); CloudWatch draws
    /// this at random [default: half way, 30s or 5s].
    #[arg(long, value_name = "DURATION")]
    pub phase: Option<String>,
    /// How to print the changes of state.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// `cutover schedule`.
#[derive(Debug, Args)]
pub struct ScheduleArguments {
    /// The name of a predefined configuration, a file with a custom one, or its shorthand of the AWS CLI.
    pub config: String,
    /// How many hosts are deployed to, 1 to 2000; needed for EC2 and on-premises unless --zones says it.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub hosts: Option<String>,
    /// Which hosts fail, by their place in the order of deployment, from 1 on: unhealthy hosts first, then those with an
    /// unknown, an old, the current revision. All count as healthy at the start.
    #[arg(long, value_name = "I,J,..", allow_hyphen_values = true)]
    pub fail: Option<String>,
    /// The Availability Zones of a zonal configuration, each with its number of hosts; they take turns by name.
    #[arg(long, value_name = "ZONE:N,..", allow_hyphen_values = true)]
    pub zones: Option<String>,
    /// How to print the steps or batches.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// What changes a scenario before it is validated.
#[derive(Debug, Args)]
pub struct Settings {
    /// Give a field of the scenario, or of a document in it, another value; may be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For tables.
    Csv,
}

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiagnosticFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// If the output is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What is not tolerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings.
    Warnings,
}
