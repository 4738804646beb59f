//! AWS names: identifiers, enumerations as the API spells them, messages, triggers. No behaviour.

pub mod alarm;
pub mod app_spec;
pub mod call;
pub mod deployment_config;
pub mod deployment_group;
pub mod exception;
pub mod id;
pub mod instance;
pub mod message;
pub mod name;
pub mod notification;
pub mod scaling;
pub mod service;
