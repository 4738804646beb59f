//! What can be typed.

mod choice;
mod example;

use std::path::PathBuf;

use crate::engine::share::Share;
use crate::input::unit::parse_share;
pub use choice::{Color, Deny, DiagnosticFormat, Format};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use example::*;

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
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub color: Color,
    /// How faults and warnings are told.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output"
    )]
    pub messages: DiagnosticFormat,
}

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
    /// Draft a scenario from AWS documents: AppSpec, deployment group, service, alarms, templates.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArguments),
    /// Write a scenario that runs, to start from without any document.
    #[command(after_help = INIT_EXAMPLES)]
    Init {
        /// What is deployed to.
        #[arg(
            long,
            value_name = "PLATFORM",
            default_value = "ecs",
            help_heading = "What is played"
        )]
        platform: Platform,
        /// The file to write [default: standard output]; one that is there is not overwritten.
        #[arg(short, long, value_name = "FILE", help_heading = "Output")]
        output: Option<PathBuf>,
    },
    /// Make assumptions of what an account recorded: tasks, targets of deployments, metrics.
    #[command(after_help = CALIBRATE_EXAMPLES)]
    Calibrate(CalibrateArguments),
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
        #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
        format: Format,
    },
    /// List what AWS does otherwise at another date, with the rules and their sources.
    #[command(after_help = SEMANTICS_EXAMPLES)]
    Semantics {
        /// What to ask.
        #[command(subcommand)]
        question: super::semantics::Question,
    },
    /// Explain a diagnostic code, or list all of them.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain {
        /// The code, such as CUT0101 or 101 [default: a list of all].
        code: Option<String>,
    },
    /// Print the JSON Schema of a scenario, for completion, hover and checks in an editor.
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Print what makes a shell complete the commands.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page.
    #[command(hide = true, after_help = MAN_EXAMPLES)]
    Man,
}

/// `cutover run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The scenario file.
    pub scenario: PathBuf,
    /// The seed of all chance.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Chance")]
    pub seed: u64,
    /// Which replication under that seed.
    #[arg(
        long,
        value_name = "K",
        default_value_t = 0,
        conflicts_with = "replications",
        help_heading = "Chance"
    )]
    pub replication: u64,
    /// Play so many replications, from 0 on, and print how often each outcome came. Writes no files and decides no expectation.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Chance")]
    pub replications: Option<u64>,
    #[command(flatten)]
    pub settings: Settings,
    /// Where to write the files [default: output/<name>, with seed and replication if they differ].
    #[arg(long, value_name = "DIR", conflicts_with = "replications", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// What to print: the timeline, summary.json or timeline.csv.
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        conflicts_with = "replications",
        help_heading = "Output"
    )]
    pub format: Format,
    /// An expression that must hold, besides those of the scenario; may be repeated.
    #[arg(
        long = "assert",
        value_name = "EXPRESSION",
        conflicts_with = "replications",
        help_heading = "Judgement"
    )]
    pub assertions: Vec<String>,
    /// Let the scenario's expectations decide under every seed, not only the one they name.
    #[arg(long, conflicts_with = "replications", help_heading = "Judgement")]
    pub strict: bool,
    /// Check the invariants of the simulated account after every event.
    #[arg(long, help_heading = "Judgement")]
    pub verify: bool,
    /// Print nothing but the outcome.
    #[arg(long, help_heading = "Output")]
    pub quiet: bool,
}

/// `cutover sweep` and `cutover compare`.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// The scenario files.
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// Vary a field of the scenario, or of a document in it, over these values; may be repeated, each with each.
    #[arg(long, value_name = "PATH=V1,V2,..", help_heading = "What is played")]
    pub vary: Vec<String>,
    /// Vary the deployment configuration; AWS's own may be named without `CodeDeployDefault.`.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', help_heading = "What is played")]
    pub configs: Vec<String>,
    /// Make a number of the scenario a little smaller and larger, one field at a time; may be repeated.
    #[arg(long, value_name = "PATH±SHARE", conflicts_with_all = ["vary", "configs"], help_heading = "What is played")]
    pub sensitivity: Vec<String>,
    /// How often each variant is played [default: what the scenario says under `sweep:`, else 10000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Chance")]
    pub replications: Option<u64>,
    /// The first replication: a sweep may be cut in parts.
    #[arg(long, value_name = "K", default_value_t = 0, help_heading = "Chance")]
    pub first_replication: u64,
    /// The seed of all chance.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Chance")]
    pub seed: u64,
    #[command(flatten)]
    pub settings: Settings,
    /// On how many threads [default: as many as the machine has]; the results are the same.
    #[arg(long, visible_alias = "jobs", value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024), help_heading = "Machine")]
    pub threads: Option<u64>,
    /// Where to write the files [default: output/<name>-sweep or -compare, with the seed if it is not 1].
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// A claim about many runs that every variant must meet, such as 'p(bad_reached_full) < 0.1%'; may be repeated.
    #[arg(long = "assert", value_name = "EXPRESSION", help_heading = "Judgement")]
    pub assertions: Vec<String>,
    /// Play on until every probability is known to so much on each side, at most all replications.
    #[arg(long, value_name = "SHARE", value_parser = share, help_heading = "Chance")]
    pub precision: Option<f64>,
    /// Estimate how likely a bad release gets all traffic also by splitting, with so many runs a level [200]: for what is
    /// too rare to be counted.
    #[arg(
        long,
        value_name = "RUNS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "200",
        value_parser = clap::value_parser!(u64).range(20..=5000), help_heading = "Chance")]
    pub splitting: Option<u64>,
    /// Write no replications.csv.
    #[arg(long, help_heading = "Output")]
    pub no_rows: bool,
    /// Check the invariants of the simulated account after every event.
    #[arg(long, help_heading = "Judgement")]
    pub verify: bool,
    /// Print nothing but faults.
    #[arg(long, help_heading = "Output")]
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
    #[arg(long, help_heading = "Output")]
    pub assumptions: bool,
    /// Treat warnings as errors.
    #[arg(long, value_name = "WHAT", help_heading = "Judgement")]
    pub deny: Option<Deny>,
    /// How to print the diagnostics, and the assumptions.
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: DiagnosticFormat,
}

/// `cutover import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The documents, each in a file of its own.
    #[arg(required = true)]
    pub documents: Vec<PathBuf>,
    /// The file to write [default: standard output]; one that is there is not overwritten.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
}

/// `cutover calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArguments {
    /// The recordings, each in a file of its own: JSON or YAML of the AWS CLI, or a table of counts (CSV).
    #[arg(required = true)]
    pub recordings: Vec<PathBuf>,
    /// The file for the sections of a scenario, with a chart beside it as SVG and PNG [default: standard output, no
    /// chart]; one that is there is not overwritten.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// How to print what was found: sections of a scenario, or JSON.
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: CalibrateFormat,
}

/// How what was found is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CalibrateFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
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
    #[arg(long = "alarm", value_name = "NAME", help_heading = "What is played")]
    pub name: Option<String>,
    /// How long after the end of a period its datapoint arrives [default: the usual delay of the metric: 60s; 110s in
    /// AWS/ECS; of periods below 60 s 5s and 10s].
    #[arg(long, value_name = "DURATION", help_heading = "What is played")]
    pub delay: Option<String>,
    /// When the alarm is evaluated, counted from each whole minute (from 10 s for periods below 60 s); CloudWatch draws
    /// this at random [default: half way, 30s or 5s].
    #[arg(long, value_name = "DURATION", help_heading = "What is played")]
    pub phase: Option<String>,
    /// How to print the changes of state.
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: Format,
}

/// `cutover schedule`.
#[derive(Debug, Args)]
pub struct ScheduleArguments {
    /// The name of a predefined configuration, a file with a custom one, or its shorthand of the AWS CLI.
    pub config: String,
    /// How many hosts are deployed to, 1 to 2000; needed for EC2 and on-premises unless --zones says it.
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "What is played")]
    pub hosts: Option<String>,
    /// Which hosts fail, by their place in the order of deployment, from 1 on: unhealthy hosts first, then those with an
    /// unknown, an old, the current revision. All count as healthy at the start.
    #[arg(
        long,
        value_name = "I,J,..",
        allow_hyphen_values = true,
        help_heading = "What is played"
    )]
    pub fail: Option<String>,
    /// The Availability Zones of a zonal configuration, each with its number of hosts; they take turns by name.
    #[arg(
        long,
        value_name = "ZONE:N,..",
        allow_hyphen_values = true,
        help_heading = "What is played"
    )]
    pub zones: Option<String>,
    /// How to print the steps or batches.
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: Format,
}

/// What changes a scenario before it is validated.
#[derive(Debug, Args)]
pub struct Settings {
    /// Give a field of the scenario, or of a document in it, another value; may be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", help_heading = "What is played")]
    pub set: Vec<String>,
}
