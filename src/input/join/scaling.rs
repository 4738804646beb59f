//! The scaling of the service that is deployed to.
//!
//! Not what each document of it says (`aws_document::scaling`). Rules: AAS-GEN-1, AAS-GEN-5.

use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::input::load::Resources;
use crate::scenario::scaling::Scaling;

/// The scaling, if the scenario has any and it is that of this service.
pub fn scaling(resources: &Resources, to: &mut Diagnostics) -> Option<Scaling> {
    let documents = resources.scaling.as_ref()?;
    if let Some(Spanned { value: named, span }) = &documents.resource {
        let service = &resources.service;
        let pairs = [
            ("cluster", &named.cluster, &service.cluster),
            ("service", &named.service, &service.name),
        ];
        for (what, found, needed) in pairs {
            if let Some(needed) = needed.as_ref().filter(|needed| needed.value != *found) {
                let title = format!(
                    "what is scaled is of the {what} `{found}`, the service document says `{}`",
                    needed.value
                );
                to.push(
                    Diagnostic::new(code::DOCUMENTS_DISAGREE, *span, title)
                        .label("another name than the service's")
                        .help("see whether both documents are of the same service"),
                );
            }
        }
    }
    documents.scaling(to)
}
