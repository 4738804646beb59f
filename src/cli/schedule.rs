//! `cutover schedule`: what follows from a deployment configuration, without a scenario.
//!
//! Not the rules (`scenario::traffic_routing`, `scenario::hosts`), nor how the options for hosts are read (`asked`).

mod asked;
mod played;
mod shown;

use std::path::Path;

use super::args::{Format, ScheduleArguments};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, code};
use crate::input::Files;
use crate::input::aws_document::deployment_config::{self, hosts::host_config};
use crate::input::decode::{Field, suggestion};
use crate::input::source::FileSource;
use crate::input::tree::{Node, Value};
use crate::scenario::hosts::HostConfig;
use crate::scenario::traffic_routing::{PREDEFINED, Strategy, TrafficRouting, predefined};
use asked::Asked;
use played::Played;

/// What a configuration is for.
enum Config {
    Traffic(TrafficRouting),
    Hosts(HostConfig),
}

/// `cutover schedule CONFIG`.
pub fn schedule(arguments: &ScheduleArguments, terminal: &Terminal) -> Exit {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let text = text(arguments, &mut sources, &mut to);
    terminal.tell(&mut to, &sources);
    match text.filter(|_| !to.has_errors()) {
        Some(text) => terminal.print(&text),
        None => Exit::BadInput,
    }
}

/// What is printed, if nothing is wrong.
fn text(
    arguments: &ScheduleArguments,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<String> {
    let asked = Asked::read(arguments, sources, to);
    let (name, format) = (arguments.config.as_str(), arguments.format);
    match config(name, sources, to)? {
        Config::Traffic(routing) => {
            asked.is_for_traffic(name, to);
            Some(steps(name, routing, format))
        }
        Config::Hosts(config) => {
            let fleet = asked.fleet(name, config, to)?;
            let played = Played::of(&fleet);
            Some(match format {
                Format::Text => shown::text(name, config, &fleet, &played),
                Format::Json => shown::json(&fleet, &played),
                Format::Csv => shown::csv(&fleet, &played),
            })
        }
    }
}

/// A predefined configuration, or a custom one in a file or in the shorthand of the AWS command line.
fn config(name: &str, sources: &mut Sources, to: &mut Diagnostics) -> Option<Config> {
    if let Some(found) = predefined(name) {
        return Some(match found.strategy {
            Strategy::Traffic(routing) => Config::Traffic(routing),
            Strategy::Hosts(minimum_healthy_hosts) => {
                Config::Hosts(HostConfig { minimum_healthy_hosts, zonal_config: None })
            }
        });
    }
    let is_file = Path::new(name).is_file() || name.contains(['/', '\\']);
    let document = match (is_file, deployment_config::is_shorthand(name)) {
        (true, _) => Files::beside(Path::new(""), &FileSource, sources).tree(name, None, to)?,
        (false, true) => {
            let span = Span::new(sources.add("CONFIG", name), 0..name.len());
            Node::new(Value::Text { text: name.to_string(), quoted: true }, span)
        }
        (false, false) => {
            to.push(unknown(name));
            return None;
        }
    };
    let field = Field::new("deploymentConfig", &document);
    match deployment_config::platform_of(&document) {
        ComputePlatform::Server => host_config(field, to).map(Config::Hosts),
        platform @ (ComputePlatform::Ecs | ComputePlatform::Lambda) => {
            let found = deployment_config::deployment_config(field, platform, to);
            found.map(|found| Config::Traffic(found.traffic_routing))
        }
    }
}

/// The fault of a name that is none, and no file either.
fn unknown(name: &str) -> Diagnostic {
    let names: Vec<&str> = PREDEFINED.iter().map(|config| config.name).collect();
    let prefixed = format!("CodeDeployDefault.{name}");
    let near = suggestion(name, &names).or_else(|| suggestion(&prefixed, &names));
    let title = format!("`{name}` is neither a predefined configuration nor a file");
    Diagnostic::new(code::UNKNOWN_CONFIG, None, title)
        .maybe_help(near.or(Some("`cutover configs` lists the predefined ones".into())))
}

/// The steps in which traffic moves.
fn steps(name: &str, routing: TrafficRouting, format: Format) -> String {
    let steps = routing.steps().map(|step| (step.after.as_millis() / 60_000, step.percent));
    match format {
        Format::Csv => {
            let lines = steps.map(|(minutes, percent)| format!("{minutes},{percent}\n"));
            format!("minutes,percent\n{}", lines.collect::<String>())
        }
        Format::Json => {
            let steps: Vec<_> = steps
                .map(|(minutes, percent)| serde_json::json!({"minutes": minutes, "percent": percent}))
                .collect();
            let answer = serde_json::json!({"type": routing.kind().as_str(), "steps": steps});
            format!("{answer:#}\n")
        }
        Format::Text => {
            let lines =
                steps.map(|(minutes, percent)| format!("{minutes:>7} min  {percent:>3} %\n"));
            let lines = lines.collect::<String>();
            format!("{name} ({}): traffic on the replacement\n{lines}", routing.kind())
        }
    }
}
