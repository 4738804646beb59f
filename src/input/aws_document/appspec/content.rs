//! A revision that holds the text of an AppSpec, as `CreateDeployment` takes it.
//!
//! Not the AppSpec itself. Rules: CD-ECS-12, CD-VAL-4.

use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, code};
use crate::input::aws_document::deployment_request;
use crate::input::aws_document::envelope::Answer;
use crate::input::decode::{Field, Map, text, wrong_type};
use crate::input::tree::{Node, read, shortened};

/// The names that a record of a deployment goes by.
const RECORD: Answer = Answer {
    one: "deploymentInfo",
    several: "deploymentsInfo",
    name: "deploymentId",
    what: "deployment",
};

/// The tree of the text in a revision, or in a deployment's input or record that has one.
pub fn of_revision(field: Field, sources: &mut Sources, to: &mut Diagnostics) -> Option<Node> {
    let field = RECORD.document(field, None, to)?;
    if field.node.key("revision").is_some() {
        let mut request = Map::open_aws(field, to)?;
        deployment_request::options(&mut request);
    }
    let field = match field.node.key("revision") {
        Some(node) => Field { name: "revision", node, key_span: node.span },
        None => field,
    };
    let mut map = Map::open_aws(field, to)?;
    if let Some(fault) = map.take("revisionType").and_then(elsewhere) {
        map.tell(fault);
        return None;
    }
    let holder = map.one_of(&["appSpecContent", "string"]).and_then(|key| map.take(key));
    map.unused();
    let mut map = Map::open_aws(holder?, to)?;
    let content = map.take("content");
    let text = map.required("content", text);
    // The digest of the text: wrong ones are AWS's to find.
    map.has("sha256");
    map.unused();
    parse(content?, text?, sources, to)
}

/// The fault of a revision whose text stands elsewhere.
fn elsewhere(kind: Field) -> Option<Diagnostic> {
    let found = kind.node.scalar().unwrap_or_default();
    if matches!(found, "AppSpecContent" | "String") {
        return None;
    }
    let title =
        format!("the revision is of the type `{}`: its text is elsewhere", shortened(found));
    Some(
        Diagnostic::new(code::WRONG_DOCUMENT, kind.node.span, title)
            .label("nothing is fetched")
            .help("give the AppSpec file itself"),
    )
}

/// Reads the text as a document of its own, shown under the name of the file that holds it.
fn parse(field: Field, text: String, sources: &mut Sources, to: &mut Diagnostics) -> Option<Node> {
    if text.trim().is_empty() {
        to.push(wrong_type(field, "the text of an AppSpec"));
        return None;
    }
    // What begins as JSON is read as JSON: broken JSON must not pass as YAML.
    let format = if text.trim_start().starts_with("{\"") { "json" } else { "yaml" };
    let name = format!("{}#content.{format}", sources.name(field.node.span.file));
    let told = to.len();
    let tree = read(&name, text.into_bytes(), sources, to);
    to.refuse_since(told, Exception::InvalidRevision);
    tree
}
