//! Text to scenario: reading, trees with places, units, expressions.
//!
//! Below this room nobody parses and nobody validates. Every fault is collected; none stops the others from
//! being told.

mod account;
pub mod aws_document;
pub mod decode;
mod documents;
mod draft;
pub mod expression;
mod files;
mod foreign;
mod graft;
mod inventory;
mod join;
mod load;
pub mod measurement;
pub mod recording;
mod sam;
pub mod schema;
pub mod section;
mod sensitivity;
mod series;
pub mod source;
mod stack;
mod template;
pub mod tree;
pub mod unit;
mod variants;

pub use draft::{Draft, draft};
pub use files::Files;
pub use load::{Loaded, load};
pub use variants::{Asked, Expanded, expand};
