//! An alias of a Lambda function whose update CodeDeploy carries out, as AWS SAM and the CDK write it out.
//!
//! Not the deployment group, which is a resource of its own. Rules: CD-LAM-1, CD-LAM-3.

use super::Reader;
use crate::diagnostic::{Diagnostics, Spanned};
use crate::input::aws_document::sam_template::SamDeployment;
use crate::input::aws_document::template::unknown;
use crate::input::decode::Field;
use crate::input::tree::Node;

const ALIAS: &str = "AWS::Lambda::Alias";

impl Reader<'_> {
    /// The first alias with such an update policy, as what SAM makes it from.
    pub(super) fn alias(&self, to: &mut Diagnostics) -> Option<SamDeployment> {
        let (key, resource) = self.made(ALIAS).find(|(_, node)| update_policy(node).is_some())?;
        let policy = self.template.resolved(update_policy(resource)?);
        let properties = self.template.resolved(resource.key("Properties")?);
        let mut text = |of: &Node, name: &str| {
            let node = of.key(name)?;
            if let Some(fault) = unknown(Field { name, node, key_span: node.span }) {
                to.push(fault);
            }
            Some(Spanned { value: node.scalar()?.to_string(), span: node.span })
        };
        Some(SamDeployment {
            logical_id: Spanned { value: key.name.clone(), span: key.span },
            function: text(&properties, "FunctionName")
                .map_or_else(|| key.name.clone(), |name| name.value),
            alias: text(&properties, "Name"),
            config: None,
            alarms: Vec::new(),
            pre_traffic: text(&policy, "BeforeAllowTrafficHook"),
            post_traffic: text(&policy, "AfterAllowTrafficHook"),
            triggers: Vec::new(),
            reserved_concurrency: None,
            provisioned_concurrency: None,
            timeout: None,
            memory_mib: None,
            span: resource.span,
        })
    }
}

fn update_policy(alias: &Node) -> Option<&Node> {
    alias.key("UpdatePolicy")?.key("CodeDeployLambdaAliasUpdate")
}
