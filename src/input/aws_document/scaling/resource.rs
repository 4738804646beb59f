//! What is scaled: the desired count of one service, and nothing else.

use super::ScalingDocuments;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::value::{is_placeholder, placeholder, spanned};
use crate::input::decode::{Field, Map, scalar_text, text};
use crate::input::tree::shortened;

/// A service as `ResourceId` names it: `service/main/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceResource {
    /// The cluster.
    pub cluster: String,
    /// The service.
    pub service: String,
}

/// Reads the three keys by which every call names what it is about. All documents are about one service.
pub fn resource(map: &mut Map<'_, '_>, found: &mut ScalingDocuments) {
    map.required("ServiceNamespace", |field, to| exactly(field, "ecs", to));
    map.required("ScalableDimension", |field, to| exactly(field, "ecs:service:DesiredCount", to));
    let Some(named) = map.required("ResourceId", spanned(resource_id)) else { return };
    match &found.resource {
        Some(first) if first.value != named.value => {
            let title = format!(
                "the service `{}` of `{}` is another one than that of the first document",
                named.value.service, named.value.cluster
            );
            map.tell(
                Diagnostic::new(code::NOT_ONE, named.span, title)
                    .label("scaling of one service is needed here")
                    .help(format!("keep what is of `{}`", first.value.service)),
            );
        }
        Some(_) => {}
        None => found.resource = Some(named),
    }
}

/// The only namespace and the only dimension that are simulated.
fn exactly(field: Field, needed: &str, to: &mut Diagnostics) -> Option<()> {
    let written = scalar_text(field, "a text", to)?;
    if written != needed {
        let title = format!("`{}` is `{}`, not `{needed}`", field.name, shortened(written));
        to.push(
            Diagnostic::new(code::OTHER_RESOURCE, field.node.span, title)
                .label("not the tasks of a service")
                .help("give the scaling of the ECS service that is deployed to"),
        );
        return None;
    }
    Some(())
}

fn resource_id(field: Field, to: &mut Diagnostics) -> Option<ServiceResource> {
    let written = text(field, to)?;
    if is_placeholder(&written) {
        to.push(placeholder(field, &written));
    }
    if let ["service", cluster, service] = written.split('/').collect::<Vec<_>>()[..]
        && !cluster.is_empty()
        && !service.is_empty()
    {
        return Some(ServiceResource { cluster: cluster.into(), service: service.into() });
    }
    let title = format!("`ResourceId` is `{}`, no ECS service", shortened(&written));
    to.push(
        Diagnostic::new(code::OTHER_RESOURCE, field.node.span, title)
            .label("not a cluster and a service")
            .help("write it like `service/main/web`"),
    );
    None
}
