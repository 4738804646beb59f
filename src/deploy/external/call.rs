//! The calls of the steps: what each is given, and what may be refused.
//!
//! Rules: CD-EXT-1 to CD-EXT-4, ECS-EXT-2, ECS-EXT-8, ECS-EXT-9, ECS-EXT-21, ECS-EXT-23 to ECS-EXT-27 (docs/semantics).

use super::External;
use crate::agenda::Outbox;
use crate::aws::call::ApiException;
use crate::aws::id::TaskSetId;
use crate::cloud::Cloud;
use crate::cloud::task_set::Scale;
use crate::deploy::script;
use crate::journal::fact::Fact;
use crate::scenario::external::{Action, NamedSet, Step};
use crate::scenario::fault::Role;
use crate::scenario::revision::{Revision, RevisionId};

impl<'s> External<'s> {
    /// Makes the call of a step, and tells it if it is refused.
    pub(super) fn act(
        &mut self,
        step: &Step,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        let Some(action) = step.action else { return Ok(()) };
        let before = out.cause();
        out.follow(Fact::ApiCalled { call: action.name() });
        let answer = self.call(action, cloud, out);
        if let Err(exception) = answer {
            let (call, deployment) = (action.name(), Some(self.number));
            out.record(Fact::CallRefused { call, exception, deployment });
        }
        out.because(before);
        answer
    }

    fn call(
        &mut self,
        action: Action,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        match action {
            Action::CreateService { desired_count } => cloud.create_service(desired_count, out),
            Action::CreateTaskSet { set, replacement, target_group, scale } => {
                if !cloud.is_service_active() {
                    return Err(ApiException::ServiceNotActive);
                }
                if cloud.task_set_refusal().is_some() {
                    return Err(ApiException::InvalidParameter);
                }
                let runs = self.announce(replacement, out);
                let scale = Scale::from_ten_thousandths_of_percent(scale);
                let created = cloud.create_task_set(self.number, runs, target_group, scale, out);
                self.sets[set.index()] = Some(created);
                Ok(())
            }
            Action::UpdateTaskSet { set, scale } => {
                let scale = Scale::from_ten_thousandths_of_percent(scale);
                cloud.update_task_set(self.created(set)?, scale, out)
            }
            Action::UpdateServicePrimaryTaskSet { set } => {
                let set = self.created(set)?;
                cloud.check_usable(set)?;
                cloud.update_service_primary_task_set(set, out);
                Ok(())
            }
            Action::DeleteTaskSet { set, force } => {
                let set = self.created(set)?;
                cloud.check_usable(set)?;
                if !force && cloud.needs_force(set) {
                    return Err(ApiException::InvalidParameter);
                }
                cloud.delete_task_set(set, out);
                Ok(())
            }
            Action::ModifyListener { listener, weights, names } => {
                cloud.modify_listener(listener, weights, names, out);
                Ok(())
            }
            Action::Call(call) => script::call_account(call, cloud, out),
        }
    }

    /// A task set by its name.
    fn created(&self, name: NamedSet) -> Result<TaskSetId, ApiException> {
        self.sets[name.index()].ok_or(ApiException::TaskSetNotFound)
    }

    /// What a new task set runs; it is announced if it is something else than before.
    fn announce(&mut self, replacement: bool, out: &mut Outbox<'_>) -> (Role, &'s Revision) {
        let role = if replacement { Role::Replacement } else { Role::Original };
        let id = match replacement {
            true => RevisionId::of_candidate(self.candidate),
            false => RevisionId::ORIGINAL,
        };
        let revision = self.scenario.revision(id);
        if self.told != id {
            self.told = id;
            let candidate = if replacement { self.candidate } else { self.original_candidate() };
            let (deployment, bad) = (self.number, revision.bad);
            out.record(Fact::ReplacementDrawn { deployment, candidate, bad });
        }
        (role, revision)
    }

    /// The original among the candidates: the last, where a step deploys it.
    fn original_candidate(&self) -> u8 {
        u8::try_from(self.scenario.candidates.len() - 1).expect("candidates are limited")
    }
}
