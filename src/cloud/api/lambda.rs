//! AWS Lambda: the calls that move an alias, provision concurrency for it, and make or delete a version.
//!
//! Rules: CD-LAM-2, CD-LAM-8, CD-LAM-9, LAM-CON-5, LAM-CON-6, LAM-VER-1.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::call::ApiException;
use crate::aws::id::TargetGroupId;
use crate::cloud::function::Alias;
use crate::cloud::target_group::Reach;
use crate::cloud::{Cloud, load_balancer};
use crate::engine::time::SimTime;
use crate::journal::fact::{Fact, Listener};
use crate::scenario::revision::Revision;

impl<'s> Cloud<'s> {
    /// The alias as it stands.
    ///
    /// # Panics
    /// If no function is deployed to.
    pub fn alias(&self) -> &Alias {
        &self.function.as_ref().expect("a function is deployed to").alias
    }

    /// `PublishVersion`: the version behaves as this revision from then on; one that exists stays what it is.
    pub fn publish_version(&mut self, version: u32, revision: &'s Revision) {
        self.function.as_mut().expect("a function is deployed to").publish(version, revision);
    }

    /// `UpdateAlias`: `FunctionVersion`, and the additional version with its percent. New invocations follow a little
    /// later (assumption `lambda.alias_propagation`).
    ///
    /// # Errors
    /// If the function has no such version.
    pub fn update_alias(
        &mut self,
        version: u32,
        additional: Option<(u32, u8)>,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        let function = self.function.as_mut().ok_or(ApiException::ResourceNotFound)?;
        let before = function.alias.versions;
        let named = [Some(version), additional.map(|(version, _)| version)];
        if named.into_iter().flatten().any(|version| function.revision(version).is_none()) {
            return Err(ApiException::ResourceNotFound);
        }
        let alias = function.alias.updated(version, additional);
        if alias == function.alias {
            return Ok(());
        }
        function.alias = alias;
        let Alias { function_version, versions, additional_percent } = alias;
        let revisions = versions.map(|version| function.revision(version));
        let bad = revisions.map(|revision| revision.is_some_and(|revision| revision.bad));
        for (place, revision) in [TargetGroupId(0), TargetGroupId(1)].into_iter().zip(revisions) {
            if let Some(revision) = revision {
                self.invoke(place, revision, out);
            }
        }
        let weights = load_balancer::split(function_version, 100 - additional_percent);
        self.listeners[Listener::Production as usize].weights = weights;
        out.follow(Fact::AliasUpdated { function_version, versions, weights, bad });
        let changes = &mut self.listener_changes[Listener::Production as usize];
        let index = 2 * *changes;
        *changes += 1;
        let latency = &self.scenario.assumptions.alias_propagation;
        let latency = out.draw(latency, Purpose::WeightPropagation, index, 0);
        // The next number of the same block: one call, two latencies.
        let allocated = self.allocated(index, out);
        self.route((before, versions), (function_version, allocated));
        self.send_weights(Listener::Production, weights, out.now() + latency, out);
        Ok(())
    }

    /// `PutProvisionedConcurrencyConfig` of the alias: allocated a while later to the version to which it points.
    ///
    /// # Errors
    /// If the alias points to two versions, or the function has not so much concurrency (LAM-CON-3, LAM-CON-6).
    pub fn put_provisioned_concurrency_config(
        &mut self,
        executions: u32,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        let function = self.function.as_mut().ok_or(ApiException::ResourceNotFound)?;
        let described = self.scenario.function().expect("a function is deployed to");
        let own: u32 = described.version_provisioned.iter().map(|(_, executions)| executions).sum();
        let is_too_much =
            described.reserved_concurrency.is_some_and(|reserved| own + executions > reserved);
        if function.alias.is_split() || is_too_much {
            return Err(ApiException::InvalidParameterValue);
        }
        function.provisioned = executions;
        let Alias { function_version, versions, .. } = function.alias;
        let index = 2 * self.listener_changes[Listener::Production as usize];
        let allocated = self.allocated(index, out);
        self.route((versions, versions), (function_version, allocated));
        Ok(())
    }

    /// `DeleteFunction` of one version.
    ///
    /// # Errors
    /// If the alias points to it, or there is none (LAM-VER-1).
    pub fn delete_function(&mut self, version: u32) -> Result<(), ApiException> {
        let function = self.function.as_mut().ok_or(ApiException::ResourceNotFound)?;
        if function.alias.names(version) {
            return Err(ApiException::ResourceConflict);
        }
        match function.delete(version) {
            true => Ok(()),
            false => Err(ApiException::ResourceNotFound),
        }
    }

    /// Whether the function has this version.
    pub fn has_version(&self, version: u32) -> bool {
        self.function.as_ref().is_some_and(|function| function.revision(version).is_some())
    }

    /// When provisioned concurrency is there that is asked for now; `index` is that of the alias's change.
    fn allocated(&self, index: u64, out: &mut Outbox<'_>) -> SimTime {
        let allocation = &self.scenario.assumptions.provisioned_allocation;
        out.now() + out.draw(allocation, Purpose::WeightPropagation, index, 1)
    }

    /// These versions stand in the places of the alias, after those before them; what is provisioned for the alias is
    /// allocated to the version to which it points from an instant on (LAM-CON-5).
    pub(in crate::cloud) fn route(
        &mut self,
        versions: ([u32; 2], [u32; 2]),
        pointed: (TargetGroupId, SimTime),
    ) {
        self.metrics.route(versions.1);
        let function = self.scenario.function().expect("a function is deployed to");
        let of_alias = self.function.as_ref().map_or(0, |function| function.provisioned);
        let own = versions.1.map(|version| function.provisioned_for(version));
        self.traffic.route((own, of_alias), versions, pointed);
    }

    /// Invocations at a place of the alias reach this revision: always, and as many at once as come.
    pub(in crate::cloud) fn invoke(
        &mut self,
        place: TargetGroupId,
        revision: &'s Revision,
        out: &mut Outbox<'_>,
    ) {
        self.serve(place, revision, out);
        self.metrics.count_running(place, 1, out.now());
        self.traffic.meet(place, (Reach::ANSWERED, 1), out);
    }
}
