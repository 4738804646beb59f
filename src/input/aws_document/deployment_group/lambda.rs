//! A deployment group of a Lambda function.
//!
//! Function, alias and versions stand in the AppSpec. Rules: CD-LAM-4, CD-VAL-10, CD-VAL-20.

use super::DeploymentGroup;
use super::platform::{SERVER_OPTIONS, ignored, opened, says_nothing};
use super::settings::Settings;
use super::style;
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostics, Span};
use crate::input::decode::{Field, Map};

/// What a deployment group of a Lambda function says that a deployment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaGroup {
    /// Names, rollback, alarms, triggers.
    pub settings: Settings,
    /// The place of the whole.
    pub span: Span,
}

/// Options of other platforms than hosts. An alias has neither load balancer nor waits (CD-LAM-4).
const OTHER_OPTIONS: [&str; 3] =
    ["blueGreenDeploymentConfiguration", "ecsServices", "loadBalancerInfo"];

/// Reads a deployment group for Lambda: the input that makes it, or an answer that describes it.
///
/// Of an answer with several, `named` chooses. A group of another platform is told, and yields none.
pub fn lambda_group(
    field: Field,
    named: Option<&str>,
    to: &mut Diagnostics,
) -> Option<LambdaGroup> {
    let field = opened(field, named, ComputePlatform::Lambda, to)?;
    let mut map = Map::open_aws(field, to)?;
    for option in SERVER_OPTIONS.into_iter().chain(OTHER_OPTIONS) {
        if let Some(option) = map.take(option).filter(|option| !says_nothing(option.node)) {
            map.tell(ignored(option, ComputePlatform::Lambda, "an option of other platforms"));
        }
    }
    let settings = Settings::read(&mut map);
    map.refusing(Exception::InvalidDeploymentStyle, |map| {
        map.required("deploymentStyle", style::only(ComputePlatform::Lambda))
    });
    map.unused();
    settings.remark(field, to);
    Some(LambdaGroup { settings, span: field.node.span })
}

impl From<LambdaGroup> for DeploymentGroup {
    fn from(group: LambdaGroup) -> DeploymentGroup {
        DeploymentGroup::of(&group.settings, group.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::deployment_group::platform_of;
    use crate::input::aws_document::told::{changed, told};
    use crate::scenario::deployment::AutoRollback;

    const GOOD: &str = "\
applicationName: shop
deploymentGroupName: checkout
deploymentConfigName: CodeDeployDefault.LambdaCanary10Percent5Minutes
deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }
autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_STOP_ON_ALARM] }
alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
outdatedInstancesStrategy: UPDATE
ec2TagFilters: []
";

    #[track_caller]
    fn check(from: &str, to: &str, expected: &[&str]) -> Option<LambdaGroup> {
        let (found, lines) =
            told(&changed(GOOD, from, to), |field, _, to| lambda_group(field, None, to));
        assert_eq!(lines, expected, "{to}");
        found
    }

    #[test]
    fn a_group_says_who_watches_and_what_rolls_back() {
        let settings = check("shop", "shop", &[]).expect("a good group").settings;
        let expected = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
        assert_eq!(settings.config_name.map(|name| name.value).as_deref(), Some(expected));
        assert_eq!(settings.alarms.names[0].value, "errors");
        let on_alarm = AutoRollback { on_alarm: true, ..AutoRollback::default() };
        assert_eq!(settings.auto_rollback, on_alarm);
    }

    /// CD-VAL-10.
    #[test]
    fn there_is_one_style() {
        let title = "CUT0215 at `IN_PLACE`: `deploymentType` is `IN_PLACE`, not `BLUE_GREEN`";
        check("BLUE_GREEN", "IN_PLACE", &[title]);
        let style = "deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }\n";
        let (_, lines) =
            told(&changed(GOOD, style, ""), |field, _, to| lambda_group(field, None, to));
        assert!(lines.len() == 1 && lines[0].ends_with("lacks `deploymentStyle`"), "{lines:?}");
    }

    /// CD-LAM-4.
    #[test]
    fn waits_and_load_balancers_have_no_effect() {
        for (key, value) in [
            (
                "blueGreenDeploymentConfiguration",
                "{ deploymentReadyOption: { actionOnTimeout: STOP_DEPLOYMENT } }",
            ),
            ("loadBalancerInfo", "{ elbInfoList: [{ name: a }] }"),
            ("autoScalingGroups", "[a]"),
        ] {
            let title = format!("CUT0219 at `{key}`: `{key}` has no effect on Lambda");
            check("applicationName", &format!("{key}: {value}\napplicationName"), &[&title]);
        }
    }

    /// CD-VAL-20.
    #[test]
    fn the_platform_is_what_the_group_says_or_what_its_settings_show() {
        let check = |text: &str, expected| {
            let mut sources = crate::diagnostic::Sources::new();
            let node = crate::input::tree::read(
                "x.yaml",
                text.into(),
                &mut sources,
                &mut Diagnostics::new(),
            );
            assert_eq!(platform_of(&node.expect("a tree")), expected, "{text}");
        };
        check(GOOD, ComputePlatform::Lambda);
        check("deploymentGroupInfo: { computePlatform: Server }", ComputePlatform::Server);
        check("{ deploymentGroupName: a, autoScalingGroups: [b] }", ComputePlatform::Server);
        check(
            "{ autoScalingGroups: [b], loadBalancerInfo: { elbInfoList: [{ name: c }] } }",
            ComputePlatform::Server,
        );
        check(
            "{ autoScalingGroups: [b], ecsServices: [{ serviceName: c }] }",
            ComputePlatform::Ecs,
        );
        check("{ deploymentGroupName: a }", ComputePlatform::Ecs);
    }
}
