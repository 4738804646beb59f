//! Names of an AppSpec for EC2 instances and on-premises servers, spelt as its files spell them.
//!
//! Source: CodeDeploy guide, reference-appspec-file-structure.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// The operating system that a revision is for (`os`).
    OperatingSystem {
        /// Linux.
        Linux = "linux",
        /// Windows Server.
        Windows = "windows",
    }
}

names! {
    /// What happens to a file that is there already and belongs to no revision (`file_exists_behavior`).
    FileExistsBehavior {
        /// The deployment to the host fails.
        Disallow = "DISALLOW",
        /// The revision's file takes its place.
        Overwrite = "OVERWRITE",
        /// It stays as it is.
        Retain = "RETAIN",
    }
}
