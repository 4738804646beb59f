//! The style of a deployment group: in place or blue/green, with or without traffic control.
//!
//! Rules: CD-ECS-1, CD-EC2-21, CD-VAL-10.

use super::platform::words;
use crate::aws::deployment_group::{DeploymentOption, DeploymentType};
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::aws_document::value::spanned;
use crate::input::decode::{Field, Map, choice, scalar_text};
use crate::input::tree::shortened;

/// `deploymentStyle` where there is one only: on ECS and on Lambda.
pub fn only(platform: ComputePlatform) -> impl FnOnce(Field, &mut Diagnostics) -> Option<()> {
    move |field, to| {
        let fixed = |needed: &'static str| {
            move |field: Field<'_>, to: &mut Diagnostics| {
                let found = scalar_text(field, "a text", to)?;
                if found != needed {
                    let title =
                        format!("`{}` is `{}`, not `{needed}`", field.name, shortened(found));
                    to.push(
                        refused(field.node.span, title)
                            .label(format!("not on {}", words(platform)))
                            .help(format!("write `{needed}`"))
                            .mend(found, needed),
                    );
                }
                Some(())
            }
        };
        let mut map = Map::open_aws(field, to)?;
        map.required("deploymentType", fixed(DeploymentType::BlueGreen.as_str()));
        map.required("deploymentOption", fixed(DeploymentOption::WithTrafficControl.as_str()));
        map.unused();
        Some(())
    }
}

/// A style of hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// `deploymentType`; in place if it is not written.
    pub deployment_type: DeploymentType,
    /// `deploymentOption`: whether hosts leave the load balancer while they are deployed to; not if it is not written.
    pub option: DeploymentOption,
}

impl Style {
    /// What holds for a group of hosts that does not say.
    pub const DEFAULT: Style = Style {
        deployment_type: DeploymentType::InPlace,
        option: DeploymentOption::WithoutTrafficControl,
    };
}

/// `deploymentStyle` of hosts: blue/green moves traffic, so that it needs control of it (CD-EC2-21).
pub fn of_hosts(field: Field, to: &mut Diagnostics) -> Option<Style> {
    let types = DeploymentType::ALL.iter().map(|known| (known.as_str(), *known));
    let types = types.collect::<Vec<_>>();
    let options = DeploymentOption::ALL.iter().map(|known| (known.as_str(), *known));
    let options = options.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let deployment_type = map.or("deploymentType", choice(&types), Style::DEFAULT.deployment_type);
    let option = map.optional("deploymentOption", spanned(choice(&options)));
    map.unused();
    let place: Span = option.as_ref().map_or(field.node.span, |option| option.span);
    let option = option.map_or(Style::DEFAULT.option, |option| option.value);
    if (deployment_type, option)
        == (DeploymentType::BlueGreen, DeploymentOption::WithoutTrafficControl)
    {
        to.push(
            refused(place, "`BLUE_GREEN` stands without traffic control")
                .label("traffic has to move to the replacement")
                .help("write `\"deploymentOption\": \"WITH_TRAFFIC_CONTROL\"`"),
        );
    }
    Some(Style { deployment_type, option })
}

fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::STYLE_REFUSED, span, title)
}
