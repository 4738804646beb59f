//! The kinds of documents, and what is said of one in the wrong place.
//!
//! Not how they are told apart (`recognition`), nor whether one is good, which its own reader says.

use super::envelope::opened;
use super::recognition::recognise;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, listed};

/// The kinds of documents that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An AppSpec for an ECS service.
    EcsAppSpec,
    /// An AppSpec for a Lambda function.
    LambdaAppSpec,
    /// An AppSpec for EC2 instances or on-premises servers.
    Ec2AppSpec,
    /// The input of `CreateDeployment`.
    CreateDeployment,
    /// What `GetDeployment` and its likes answer.
    Deployment,
    /// What `GetDeploymentTarget` answers.
    DeploymentTarget,
    /// A deployment group: input or answer.
    DeploymentGroup,
    /// A deployment configuration: input, answer or command-line shorthand.
    DeploymentConfig,
    /// What `ListDeploymentConfigs` answers: names only.
    DeploymentConfigNames,
    /// An ECS service: input or answer.
    Service,
    /// An ECS task set: input or answer.
    TaskSet,
    /// ECS tasks: what `DescribeTasks` answers.
    Tasks,
    /// An ECS task definition: input or answer.
    TaskDefinition,
    /// Target groups: input or answer.
    TargetGroups,
    /// What `DescribeTargetGroupAttributes` answers.
    TargetGroupAttributes,
    /// Listeners of a load balancer.
    Listeners,
    /// Load balancers.
    LoadBalancers,
    /// CloudWatch alarms.
    Alarms,
    /// Datapoints of metrics: what `GetMetricData` and `GetMetricStatistics` answer.
    MetricData,
    /// Scalable targets, scaling policies or scheduled actions of Application Auto Scaling.
    Scaling,
    /// A CloudFormation template, or resources of one.
    CloudFormation,
    /// A template of the Serverless Application Model.
    Sam,
    /// A scenario of ours.
    Scenario,
    /// A CodeBuild build specification.
    BuildSpec,
    /// A Docker Compose file.
    Compose,
    /// A GitHub Actions workflow.
    Workflow,
    /// An app descriptor of MoveApps, whose files are named `appspec.json` too.
    MoveApps,
    /// Terraform, as JSON: what is wanted, or the state that it keeps.
    Terraform,
    /// A manifest of Kubernetes.
    Kubernetes,
    /// An alias of a Lambda function.
    LambdaAlias,
    /// Something else.
    Unknown,
}

impl Kind {
    /// Every kind, as they are listed to users.
    pub const ALL: [Kind; 31] = [
        Kind::EcsAppSpec,
        Kind::LambdaAppSpec,
        Kind::Ec2AppSpec,
        Kind::CreateDeployment,
        Kind::Deployment,
        Kind::DeploymentTarget,
        Kind::DeploymentGroup,
        Kind::DeploymentConfig,
        Kind::DeploymentConfigNames,
        Kind::Service,
        Kind::TaskSet,
        Kind::Tasks,
        Kind::TaskDefinition,
        Kind::TargetGroups,
        Kind::TargetGroupAttributes,
        Kind::Listeners,
        Kind::LoadBalancers,
        Kind::Alarms,
        Kind::MetricData,
        Kind::Scaling,
        Kind::CloudFormation,
        Kind::Sam,
        Kind::Scenario,
        Kind::BuildSpec,
        Kind::Compose,
        Kind::Workflow,
        Kind::MoveApps,
        Kind::Terraform,
        Kind::Kubernetes,
        Kind::LambdaAlias,
        Kind::Unknown,
    ];

    /// What it is in words, with its article.
    pub const fn words(self) -> &'static str {
        match self {
            Kind::EcsAppSpec => "an AppSpec for Amazon ECS",
            Kind::LambdaAppSpec => "an AppSpec for AWS Lambda",
            Kind::Ec2AppSpec => "an AppSpec for EC2 or on-premises servers",
            Kind::CreateDeployment => "the input of `CreateDeployment`",
            Kind::Deployment => "a record of a deployment",
            Kind::DeploymentTarget => "a record of a deployment's target",
            Kind::DeploymentGroup => "a deployment group",
            Kind::DeploymentConfig => "a deployment configuration",
            Kind::DeploymentConfigNames => "a list of names of deployment configurations",
            Kind::Service => "an ECS service",
            Kind::TaskSet => "an ECS task set",
            Kind::Tasks => "a record of tasks",
            Kind::TaskDefinition => "a task definition",
            Kind::TargetGroups => "a description of target groups",
            Kind::TargetGroupAttributes => "a list of attributes of a target group",
            Kind::Listeners => "a description of listeners",
            Kind::LoadBalancers => "a description of load balancers",
            Kind::Alarms => "a description of alarms",
            Kind::MetricData => "a record of metrics",
            Kind::Scaling => "a description of auto scaling",
            Kind::CloudFormation => "a CloudFormation template",
            Kind::Sam => "an AWS SAM template",
            Kind::Scenario => "a scenario",
            Kind::BuildSpec => "a CodeBuild build specification",
            Kind::Compose => "a Docker Compose file",
            Kind::Workflow => "a GitHub Actions workflow",
            Kind::MoveApps => "an app descriptor of MoveApps",
            Kind::Terraform => "a file of Terraform",
            Kind::Kubernetes => "a manifest of Kubernetes",
            Kind::LambdaAlias => "an alias of a Lambda function",
            Kind::Unknown => "no AWS document that is known",
        }
    }

    /// What to do with a document of this kind that stands in the wrong place.
    pub const fn help(self) -> Option<&'static str> {
        Some(match self {
            Kind::EcsAppSpec => "an AppSpec belongs under `deployment.revision`",
            Kind::LambdaAppSpec => {
                "it belongs under `deployment.revision` of a scenario with `resources.function`"
            }
            Kind::Ec2AppSpec => {
                "it belongs under `deployment.revision` of a scenario with `resources.instances`"
            }
            Kind::CreateDeployment => "a revision belongs under `deployment.revision`",
            Kind::DeploymentGroup => "it belongs under `deployment.deploymentGroup`",
            Kind::DeploymentConfig => "it belongs under `deployment.deploymentConfig`",
            Kind::DeploymentConfigNames => {
                "give one name as `deploymentConfigName`, or the answer of `get-deployment-config`"
            }
            Kind::Service => "it belongs under `resources.service`",
            Kind::DeploymentTarget | Kind::Tasks | Kind::MetricData => {
                "it is a recording: `cutover calibrate` makes assumptions of it"
            }
            Kind::TaskSet => "give the service that it belongs to: `aws ecs describe-services`",
            Kind::TaskDefinition => "it belongs under `resources.taskDefinition`",
            Kind::TargetGroups => "it belongs under `resources.targetGroups`",
            Kind::TargetGroupAttributes => "put it as `Attributes` into its target group",
            Kind::Listeners => "it belongs under `resources.listeners`",
            Kind::Alarms => "it belongs under `resources.alarms`",
            Kind::Scaling => "it belongs under `resources.scaling`",
            Kind::CloudFormation | Kind::Sam => "it belongs under `resources.template`",
            Kind::Terraform => {
                "give what AWS answers of what Terraform made: `aws deploy get-deployment-group`, `aws ecs describe-services`"
            }
            Kind::LambdaAlias => "give the AppSpec that moves it from one version to the other",
            _ => return None,
        })
    }
}

/// Unwraps a document that has to be of one of these kinds; one of another kind is told as what it is.
pub fn expected<'a>(field: Field<'a>, wanted: &[Kind], to: &mut Diagnostics) -> Option<Field<'a>> {
    let field = opened(field, to)?;
    let found = recognise(field.node);
    if wanted.contains(&found) {
        return Some(field);
    }
    let needed = wanted[0].words();
    let what = match found {
        Kind::Unknown => field.node.describe(),
        _ => found.words().to_string(),
    };
    let keys = field.node.entries().unwrap_or_default();
    let keys = keys.iter().map(|(key, _)| key.name.as_str()).collect::<Vec<_>>();
    let title = match (found, keys.is_empty()) {
        (Kind::Unknown, false) => format!("`{}` is not {needed}", field.name),
        (Kind::Unknown, true) if field.node.entries().is_some() => {
            format!("`{}` is an empty map, not {needed}", field.name)
        }
        _ => format!("`{}` is {what}, not {needed}", field.name),
    };
    let mut diagnostic = Diagnostic::new(code::WRONG_DOCUMENT, field.node.span, title)
        .label(format!("{needed} is needed here"))
        .maybe_help(found.help().map(str::to_string));
    if found == Kind::Unknown && !keys.is_empty() {
        diagnostic = diagnostic.note(format!("its keys are {}", listed(&keys)));
    }
    to.push(diagnostic);
    None
}
