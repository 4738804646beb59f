//! Which service the steps of an external controller are about: the one of the scenario, or another that a step has created.
//!
//! One service is simulated. A name is free in every other cluster (T19); what is called of a service there is accepted and
//! left out. What nobody has created is refused. Rules: ECS-EXT-6, ECS-EXT-9 (docs/semantics).

use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::input::aws_document::service::Service;
use crate::input::section::external::{Addressee, WrittenAction, WrittenStep};
use crate::scenario::external::Action;

/// The cluster of a call that names none, and of a service that says none.
const CLUSTER_DEFAULT: &str = "default";

/// The services that there are, as far as the steps so far tell.
pub struct Services<'a> {
    /// The name of the one that is simulated; nothing if nobody says it, so that every name is its own.
    name: Option<&'a str>,
    cluster: &'a str,
    /// Cluster and name of the others that steps have created.
    others: Vec<(&'a str, &'a str)>,
}

impl<'a> Services<'a> {
    /// The one of the scenario.
    pub fn of(service: &'a Service) -> Services<'a> {
        let text = |written: &'a Option<Spanned<String>>| written.as_ref().map(|it| &it.value[..]);
        let cluster = text(&service.cluster).unwrap_or(CLUSTER_DEFAULT);
        Services { name: text(&service.name), cluster, others: Vec::new() }
    }

    /// Whether a step is about the service that is simulated; if it is about none at all, that is told.
    pub fn is_simulated(&mut self, step: &'a WrittenStep, to: &mut Diagnostics) -> bool {
        let Addressee { service, cluster } = &step.addressee;
        let Some(written) = service.as_ref().or(cluster.as_ref()) else { return true };
        let name = service.as_ref().map(|it| &it.value[..]).or(self.name).unwrap_or_default();
        let in_cluster = cluster.as_ref().map_or(self.cluster, |it| &it.value);
        let is_own_cluster = in_cluster == self.cluster;
        if is_own_cluster && self.name.is_none_or(|own| own == name) {
            return true;
        }
        if matches!(step.action, Some(WrittenAction::Ready(Action::CreateService { .. }))) {
            self.others.push((in_cluster, name));
        }
        let there = |other: &(&str, &str)| other.0 == in_cluster;
        to.push(match cluster.as_ref().filter(|_| !is_own_cluster) {
            _ if self.others.contains(&(in_cluster, name)) => {
                let title = format!("`{name}` in the cluster `{in_cluster}` is another service");
                Diagnostic::new(code::LEFT_OUT, written.span, title)
                    .label("accepted, and not simulated")
                    .help("one service is simulated: that of `resources.service`")
            }
            Some(cluster) if !self.others.iter().any(there) => {
                let title = format!("there is no cluster `{in_cluster}`");
                Diagnostic::new(code::ECS_CALL_REFUSED, cluster.span, title)
                    .label("named by the call")
                    .help(format!("the service is in the cluster `{}`", self.cluster))
                    .refused_with(Exception::ClusterNotFound)
            }
            _ => {
                let title = format!("the cluster `{in_cluster}` has no service `{name}`");
                let own = self.name.unwrap_or_default();
                Diagnostic::new(code::ECS_CALL_REFUSED, written.span, title)
                    .label("named by the call")
                    .help(format!("the service is `{own}` in the cluster `{}`", self.cluster))
                    .refused_with(Exception::ServiceNotFound)
            }
        });
        false
    }
}
