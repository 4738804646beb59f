//! `resources.function:`: the Lambda function that is deployed to.
//!
//! Its versions and its alias are the AppSpec's. Rule: CD-LAM-1.

use crate::diagnostic::{Diagnostics, Spanned};
use crate::input::decode::{Field, Map, text};

/// What the section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSection {
    /// `FunctionName`: its name, or its ARN.
    pub name: Spanned<String>,
}

/// `{ FunctionName: checkout }`.
pub fn function(field: Field, to: &mut Diagnostics) -> Option<FunctionSection> {
    let mut map = Map::open(field, to)?;
    let name = map.required("FunctionName", |field: Field, to: &mut Diagnostics| {
        text(field, to).map(|value| Spanned { value, span: field.node.span })
    });
    map.finish();
    Some(FunctionSection { name: name? })
}
