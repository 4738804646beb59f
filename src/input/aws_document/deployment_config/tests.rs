//! Deployment configurations by example.

use super::*;
use crate::input::aws_document::told::told;

fn read(text: &str) -> (Option<TrafficRouting>, Vec<String>) {
    let (found, lines) =
        told(text, |field, _, to| deployment_config(field, ComputePlatform::Ecs, to));
    (found.map(|found| found.traffic_routing), lines)
}

fn good(text: &str, expected: TrafficRouting) {
    assert_eq!(read(text), (Some(expected), vec![]), "{text}");
}

fn faulty(text: &str, expected: &str) {
    let (_, lines) = read(text);
    assert_eq!(lines, [expected], "{text}");
}

const CANARY: TrafficRouting = TrafficRouting::Canary { percentage: 25, interval_minutes: 45 };
const LINEAR: TrafficRouting = TrafficRouting::Linear { percentage: 50, interval_minutes: 1 };

#[test]
fn a_configuration_is_read_in_every_shape() {
    let canary =
        "{type: TimeBasedCanary, timeBasedCanary: {canaryPercentage: 25, canaryInterval: '45'}}";
    good(canary, CANARY);
    good(
        &format!(
            "{{deploymentConfigName: a, computePlatform: ECS, trafficRoutingConfig: {canary}}}"
        ),
        CANARY,
    );
    good(
        "{status_code: 200, data: {deploymentConfigInfo: {trafficRoutingConfig: {type: TimeBasedLinear, \
         timeBasedLinear: {linearPercentage: 50, linearInterval: 1}}}}}",
        LINEAR,
    );
    good("{trafficRoutingConfig: {type: AllAtOnce}}", TrafficRouting::AllAtOnce);
}

#[test]
fn the_shorthand_of_the_command_line_is_read() {
    let shorthand = "type=TimeBasedCanary,timeBasedCanary={canaryPercentage=25,canaryInterval=45}";
    good(shorthand, CANARY);
    let quoted = shorthand.replace("TimeBasedCanary,", "\"TimeBasedCanary\",");
    let command = format!(
        "aws deploy create-deployment-config --deployment-config-name C --traffic-routing-config \
         \"{quoted}\" --compute-platform ECS"
    );
    good(&command, CANARY);
    let lambda = command.replace("ECS", "Lambda");
    faulty(
        &lambda,
        "CUT0209 at `Lambda`: the deployment configuration is for the platform `Lambda`",
    );
    for broken in
        ["type=TimeBasedCanary,timeBasedCanary", "timeBasedCanary={a={b=c}}", "timeBased={"]
    {
        let (found, lines) = read(&format!("'{broken}'"));
        assert_eq!((found, lines.len()), (None, 1), "{broken}: {lines:?}");
        assert!(lines[0].starts_with("CUT0207"), "{lines:?}");
    }
    let high = shorthand.replace("=25", "=130");
    faulty(&high, "CUT0207 at `130`: `canaryPercentage` is 130, more than 99");
}

/// CD-TRAF-6.
#[test]
fn percentages_intervals_and_spans_have_limits() {
    let canary = |percentage: &str, interval: &str| {
        format!(
            "{{type: TimeBasedCanary, timeBasedCanary: {{canaryPercentage: {percentage}, \
             canaryInterval: {interval}}}}}"
        )
    };
    faulty(&canary("0", "5"), "CUT0207 at `0`: `canaryPercentage` is 0, less than 1");
    faulty(&canary("100", "5"), "CUT0207 at `100`: `canaryPercentage` is 100, more than 99");
    faulty(&canary("10", "-3"), "CUT0207 at `-3`: `canaryInterval` is -3, less than 1");
    faulty(&canary("<P>", "5"), "CUT0205 at `<P>`: `canaryPercentage` is `<P>`, not a number");
    faulty(&canary("10%", "5"), "CUT0205 at `10%`: `canaryPercentage` is `10%`, not a number");
    faulty(
        &canary("1.5", "5"),
        "CUT0114 at `1.5`: `canaryPercentage` is `1.5`, not a whole number",
    );
    let title = "the last step comes 2881 minutes after the first, more than 2880";
    faulty(&canary("10", "2881"), &format!("CUT0207 at `2881`: {title}"));
    let huge = "9223372036854775807";
    let title = format!("`canaryInterval` is {huge}, too long an interval");
    faulty(&canary("10", huge), &format!("CUT0207 at `{huge}`: {title}"));
    let linear =
        "{type: TimeBasedLinear, timeBasedLinear: {linearPercentage: 1, linearInterval: 30}}";
    let title = "the last step comes 2970 minutes after the first, more than 2880";
    faulty(linear, &format!("CUT0207 at `30`: {title}"));
}

/// CD-TRAF-7, CD-CFG-3.
#[test]
fn types_and_platforms_have_to_match() {
    let (_, lines) = read(
        "{trafficRoutingConfig: {type: TimeBasedCanary, timeBasedLinear: {linearPercentage: 1}}}",
    );
    assert_eq!(
        lines,
        [
            "CUT0207 at `TimeBasedCanary`: `trafficRoutingConfig` lacks `timeBasedCanary`",
            "CUT0207 at `timeBasedLinear`: `timeBasedLinear` stands beside `type: TimeBasedCanary`",
        ]
    );
    faulty(
        "{trafficRoutingConfig: {type: AllAtOnce}, minimumHealthyHosts: {type: HOST_COUNT, value: 1}}",
        "CUT0207 at `minimumHealthyHosts`: `minimumHealthyHosts` stands in a configuration for ECS",
    );
    faulty(
        "minimumHealthyHosts: {type: HOST_COUNT, value: 1}",
        "CUT0209 at `minimumHealthyHosts: {type: HOST_COUNT, value: 1}`: the deployment configuration is \
         for the platform `Server`",
    );
    faulty(
        "{trafficRoutingConfig: {type: timeBasedCanary}}",
        "CUT0110 at `timeBasedCanary`: `type` is `timeBasedCanary`, not one of `TimeBasedCanary`, \
         `TimeBasedLinear`, `AllAtOnce`",
    );
    faulty(
        "{deploymentConfigName: CodeDeployDefault.Mine, trafficRoutingConfig: {type: AllAtOnce}}",
        "CUT0208 at `CodeDeployDefault.Mine`: the name of a configuration of your own begins with \
         `CodeDeployDefault.`",
    );
    faulty(
        "deploymentConfigsList: [a, b]",
        "CUT0202 at `deploymentConfigsList: [a, b]`: `document` is a list of names of deployment \
         configurations, not a deployment configuration",
    );
}

/// CD-CFG-1, CD-CFG-3: the help of a name that is not among those of ECS.
#[test]
fn a_name_is_exact_and_the_nearest_is_suggested() {
    let help = |name: &str| {
        let mut to = Diagnostics::new();
        let mut sources = crate::diagnostic::Sources::new();
        let span = Span::start_of(sources.add("x", name));
        let written = Spanned { value: name.to_string(), span };
        match config_name(&written, ComputePlatform::Ecs, &mut to) {
            Some(config) => config.name.to_string(),
            None => {
                let told = to.iter().next().expect("why not");
                format!("{} {}", told.code, told.help.as_deref().unwrap_or_default())
            }
        }
    };
    let exact = "CodeDeployDefault.ECSLinear10PercentEvery3Minutes";
    assert_eq!(help(exact), exact);
    let meant = |name: &str| format!("did you mean `CodeDeployDefault.{name}`?");
    for (written, code, expected) in [
        (
            "CodeDeployDefault.ECSCanary10percent5Minutes",
            "CUT0208",
            meant("ECSCanary10Percent5Minutes"),
        ),
        ("codedeploydefault.ecsallatonce", "CUT0208", meant("ECSAllAtOnce")),
        (
            "CodeDeployDefault.EKSCanary10Percent15Minutes",
            "CUT0208",
            meant("ECSCanary10Percent15Minutes"),
        ),
        (
            "ECSCanary10Percent5Minutes",
            "CUT0208",
            "describe one of your own as `deploymentConfig`".into(),
        ),
        ("my-canary", "CUT0208", "describe one of your own as `deploymentConfig`".into()),
        (
            "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
            "CUT0209",
            meant("ECSLinear10PercentEvery1Minutes"),
        ),
        ("CodeDeployDefault.AllAtOnce", "CUT0209", meant("ECSAllAtOnce")),
    ] {
        assert_eq!(help(written), format!("{code} {expected}"), "{written}");
    }
}
