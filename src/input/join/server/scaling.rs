//! What Auto Scaling does while instances are deployed to: whom it may launch, and what the group says of it.
//!
//! Rules: CD-EC2-30, CD-EC2-32.

use crate::aws::call::FaultKind;
use crate::aws::deployment_group::OutdatedInstancesStrategy;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::deployment_group::hosts::HostGroup;
use crate::scenario::fault::{Breakage, Fault};
use crate::scenario::hosts::HostHealth;
use crate::scenario::server::{
    Agent, AutoScaling, Instance, LAUNCH_DEPLOYMENTS_MAX, Server, Standing,
    TERMINATION_DEPLOYMENTS_MAX,
};

/// The instances that faults launch stand behind all others; what the group says of them is told where it says it in vain.
pub fn scale(
    server: &mut Server,
    group: Option<&HostGroup>,
    faults: &[Fault],
    to: &mut Diagnostics,
) {
    if let Some(group) = group {
        server.auto_scaling = AutoScaling {
            outdated_instances_strategy: group.outdated_instances_strategy,
            termination_hook_enabled: group.termination_hook_enabled,
        };
        tell_in_vain(group, faults, to);
        tell_too_many_ends(group, faults, to);
    } else if faults.iter().any(launches) {
        let title = "the fault `instance-launch` is to begin, and no deployment group names an Auto Scaling group";
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title)
                .label("nobody launches instances")
                .help("give a `deploymentGroup` with `autoScalingGroups`"),
        );
    }
    let launched = faults.iter().map(|fault| match fault.breakage {
        Breakage::InstanceLaunch { instances } => usize::from(instances),
        _ => 0,
    });
    let launched: usize = launched.sum();
    if launched > usize::from(LAUNCH_DEPLOYMENTS_MAX) {
        let title = format!("{launched} instances are to be launched");
        let label = format!("at most {LAUNCH_DEPLOYMENTS_MAX} can be");
        to.push(Diagnostic::new(code::BAD_LENGTH, None, title).label(label));
        return;
    }
    let zones = server.zones.len();
    server.instances.extend((0..launched).map(|place| Instance {
        zone: u8::try_from(place % zones).expect("zones are few"),
        standing: Standing::ToScaleOut,
        health: HostHealth::NEW,
        agent: Agent::Present,
        fails: None,
        tags: Vec::new(),
        has_foreign_file: false,
    }));
}

fn launches(fault: &Fault) -> bool {
    fault.breakage.kind() == FaultKind::InstanceLaunch
}

/// More termination deployments than a run can tell apart (CD-EC2-32).
fn tell_too_many_ends(group: &HostGroup, faults: &[Fault], to: &mut Diagnostics) {
    let ends = faults.iter().map(|fault| match fault.breakage {
        Breakage::InstanceTermination { instances } => usize::from(instances),
        _ => 0,
    });
    let ends: usize = ends.sum();
    if group.termination_hook_enabled && ends > usize::from(TERMINATION_DEPLOYMENTS_MAX) {
        let title = format!(
            "{ends} instances are to be terminated, and {TERMINATION_DEPLOYMENTS_MAX} get a termination deployment"
        );
        to.push(
            Diagnostic::new(code::LEFT_OUT, group.span, title).label("the others are gone at once"),
        );
    }
}

/// What is asked of a group without an Auto Scaling group, and what plays no part in blue/green.
fn tell_in_vain(group: &HostGroup, faults: &[Fault], to: &mut Diagnostics) {
    let is_launching = faults.iter().any(launches);
    if is_launching && group.blue_green.is_some() {
        let title = "instances that are launched beside a blue/green deployment are not simulated";
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, group.span, title)
                .label("a replacement is of a size that is fixed")
                .help("take the fault `instance-launch` away, or deploy in place"),
        );
    }
    if !group.auto_scaling_groups.is_empty() {
        return;
    }
    let ignores = group.outdated_instances_strategy == OutdatedInstancesStrategy::Ignore;
    for (code, what, is_said) in [
        (code::DOCUMENTS_DISAGREE, "the fault `instance-launch` is to begin", is_launching),
        (code::LEFT_OUT, "`terminationHookEnabled` is set", group.termination_hook_enabled),
        (code::LEFT_OUT, "`outdatedInstancesStrategy` is `IGNORE`", ignores),
    ] {
        if is_said {
            let title = format!("{what}, and the group names no Auto Scaling group");
            to.push(
                Diagnostic::new(code, group.span, title)
                    .label("nobody launches or terminates its instances")
                    .help("name one under `autoScalingGroups`"),
            );
        }
    }
}
