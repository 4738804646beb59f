//! AWS names: identifiers, enumerations as the API spells them, messages. No behaviour.

pub mod exception;
pub mod id;
pub mod message;
pub mod name;
