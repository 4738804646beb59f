//! What needs no scenario: predefined configurations, explanations of codes, schema, completions, manual page.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::{Arguments, Format};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, code};
use crate::scenario::hosts::MinimumHealthyHosts;
use crate::scenario::traffic_routing::{PREDEFINED, PredefinedConfig, Strategy, TrafficRouting};

/// `cutover configs`.
pub fn configs(format: Format, terminal: &Terminal) -> Exit {
    let text = match format {
        Format::Text => {
            let lines = PREDEFINED.iter().map(|config| {
                format!("{:<53} {:<7} {}\n", config.name, config.platform, says(config))
            });
            lines.collect::<String>()
        }
        Format::Csv => {
            let lines = PREDEFINED
                .iter()
                .map(|config| format!("{},{},{}\n", config.name, config.platform, says(config)));
            format!("name,platform,strategy\n{}", lines.collect::<String>())
        }
        Format::Json => {
            let all: Vec<_> = PREDEFINED.iter().map(as_json).collect();
            format!("{:#}\n", serde_json::Value::from(all))
        }
    };
    terminal.print(&text)
}

/// What a configuration does, in a few words.
fn says(config: &PredefinedConfig) -> String {
    match config.strategy {
        Strategy::Traffic(TrafficRouting::AllAtOnce) => "everything at once".into(),
        Strategy::Traffic(TrafficRouting::Canary { percentage, interval_minutes }) => {
            format!("{percentage} % at once and the rest after {interval_minutes} min")
        }
        Strategy::Traffic(TrafficRouting::Linear { percentage, interval_minutes }) => {
            format!("{percentage} % at once and again every {interval_minutes} min")
        }
        Strategy::Hosts(MinimumHealthyHosts::HostCount(0)) => {
            "all hosts at once; one must succeed".into()
        }
        Strategy::Hosts(MinimumHealthyHosts::HostCount(count)) => {
            format!("{count} hosts stay healthy")
        }
        Strategy::Hosts(MinimumHealthyHosts::FleetPercent(percent)) => {
            format!("{percent} % of the hosts stay healthy")
        }
        Strategy::Hosts(MinimumHealthyHosts::MostConcurrency(1)) => "one host at a time".into(),
        Strategy::Hosts(MinimumHealthyHosts::MostConcurrency(hosts)) => {
            format!("{hosts} hosts at a time")
        }
    }
}

fn as_json(config: &PredefinedConfig) -> serde_json::Value {
    let (key, value) = match config.strategy {
        Strategy::Traffic(routing) => ("trafficRoutingConfig", {
            let mut value = serde_json::json!({"type": routing.kind().as_str()});
            match routing {
                TrafficRouting::AllAtOnce => {}
                TrafficRouting::Canary { percentage, interval_minutes } => {
                    value["timeBasedCanary"] = serde_json::json!({
                        "canaryPercentage": percentage, "canaryInterval": interval_minutes});
                }
                TrafficRouting::Linear { percentage, interval_minutes } => {
                    value["timeBasedLinear"] = serde_json::json!({
                        "linearPercentage": percentage, "linearInterval": interval_minutes});
                }
            }
            value
        }),
        Strategy::Hosts(minimum) => (
            "minimumHealthyHosts",
            serde_json::json!({"type": minimum.kind().as_str(), "value": minimum.value()}),
        ),
    };
    let platform: ComputePlatform = config.platform;
    let mut all = serde_json::json!({
        "deploymentConfigName": config.name, "computePlatform": platform.as_str()});
    all[key] = value;
    all
}

/// `cutover schema`.
pub fn schema() -> String {
    format!("{:#}\n", crate::input::schema::schema())
}

/// `cutover completions SHELL`.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "cutover", &mut text);
    text
}

/// `cutover man`: the page of the program, then what each command takes.
pub fn manual() -> Vec<u8> {
    let mut page = Vec::new();
    let command = Arguments::command();
    clap_mangen::Man::new(command.clone()).render(&mut page).expect("memory can be written");
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        page.extend(section(command));
    }
    page
}

/// What one command does and takes, as a section of the page.
fn section(command: &clap::Command) -> Vec<u8> {
    let man = clap_mangen::Man::new(command.clone());
    let mut section = Vec::new();
    let title = format!(".SH \"CUTOVER {}\"\n", command.get_name().to_uppercase());
    section.extend(title.into_bytes());
    let mut body = Vec::new();
    let rendered = man
        .render_description_section(&mut body)
        .and_then(|()| man.render_options_section(&mut body))
        .and_then(|()| man.render_extra_section(&mut body));
    rendered.expect("memory can be written");
    // Sections of the command are parts of this one.
    section.extend(String::from_utf8_lossy(&body).replace(".SH ", ".SS ").into_bytes());
    section
}

/// `cutover explain [CODE]`.
pub fn explain(wanted: Option<&str>, terminal: &Terminal) -> Exit {
    let Some(wanted) = wanted else {
        let lines = Code::all().map(|code| {
            format!("{} {:<7} {}\n", code.number(), code.severity().name(), code.title())
        });
        return terminal.print(&lines.collect::<String>());
    };
    let Some(found) = Code::find(wanted) else {
        let mut to = Diagnostics::new();
        to.push(
            Diagnostic::new(code::UNKNOWN_CODE, None, format!("there is no code `{wanted}`"))
                .help("`cutover explain` lists all of them"),
        );
        terminal.tell(&mut to, &Sources::new());
        return Exit::BadInput;
    };
    let mut text = format!(
        "{}: {} ({})\n\n{}\n",
        found.number(),
        found.title(),
        found.severity().name(),
        wrapped(found.explanation())
    );
    if let Some(example) = found.example() {
        text += &format!("\nExample:\n\n{}", indented(example.text));
    }
    if let Some(mended) = found.mended() {
        text += &format!("\nMended:\n\n{}", indented(mended));
    }
    terminal.print(&text)
}

/// The text in lines of at most 80 characters, if its words allow.
fn wrapped(text: &str) -> String {
    const CHARACTERS_MAX: usize = 80;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= CHARACTERS_MAX => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines.join("\n")
}

fn indented(text: &str) -> String {
    code::visible(text).lines().map(|line| format!("    {line}\n")).collect()
}
