//! The function as it stands when the first deployment is created, and invocations that follow its alias.
//!
//! Rules: CD-LAM-2, decision: history (docs/semantics).

use crate::agenda::Outbox;
use crate::aws::id::TargetGroupId;
use crate::cloud::Cloud;
use crate::cloud::load_balancer::{self, ForwardAction};
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::scenario::function::Function;

impl Cloud<'_> {
    /// The alias points to one version, as it always did.
    pub(in crate::cloud) fn find_function(&mut self, described: &Function, out: &mut Outbox<'_>) {
        let (place, original) = (TargetGroupId(0), &self.scenario.original);
        let function = self.function.as_mut().expect("it was made with the cloud");
        function.reset(described.version, original);
        function.provisioned = described.alias_provisioned;
        let versions = function.alias.versions;
        let weights = load_balancer::all_to(place);
        let at_rest = ForwardAction::at_rest(weights, load_balancer::only(place));
        self.listeners = [at_rest, ForwardAction::default()];
        let bad = [original.bad, false];
        self.route(([0; 2], versions), (place, SimTime::ZERO));
        out.follow(Fact::AliasUpdated { function_version: place, versions, weights, bad });
        self.invoke(place, original, out);
    }

    /// Invocations follow the alias's weights from now on.
    pub(in crate::cloud) fn on_alias_in_force(&mut self, weights: [u16; 2], out: &mut Outbox<'_>) {
        self.traffic.follow(weights, out);
        out.record(Fact::AliasWeightsInForce { weights });
    }
}
