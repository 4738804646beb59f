//! `resources.template`: taken out of the resources, and filled in as its kind of template has it.
//!
//! Not what either kind says (`sam`, `stack`).

use crate::diagnostic::Diagnostics;
use crate::input::aws_document::blue_green_hook;
use crate::input::graft::take;
use crate::input::tree::Node;
use crate::input::{sam, stack};

/// Puts what a template says where the scenario says nothing, before anything is decoded.
pub fn expand(root: &mut Node, to: &mut Diagnostics) {
    let Some(resources) = root.key_mut("resources") else { return };
    let Some(template) = take(resources, "template") else { return };
    match blue_green_hook::is_in(&template) {
        true => stack::expand(root, &template, to),
        false => sam::expand(root, template, to),
    }
}
