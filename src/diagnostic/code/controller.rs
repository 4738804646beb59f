//! 025x: who drives a service in the place of CodeDeploy's own callers: external controllers, and the updates of stacks.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

/// A deployment by an external controller which creates a task set of this scale, and then waits as these keys say.
macro_rules! external {
    ($scale:literal, $wait:literal) => {
        concat!(
            "deployment:\n  external:\n    steps:\n      - { do: CreateTaskSet, taskSet: canary, targetGroup: green, scale: ",
            $scale,
            " }\n      - { ",
            $wait,
            ", do: ModifyListener, weights: { blue: 90, green: 10 } }\n\
             resources:\n  service:\n    serviceName: web\n    desiredCount: 10\n    \
             deploymentController: { type: EXTERNAL }\n"
        )
    };
}

/// A rolling update of one task with this `maximumPercent`.
macro_rules! rolling {
    ($maximum:literal) => {
        concat!(
            "deployment:\n  updateService:\n    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: ",
            $maximum,
            " }\nresources:\n  service:\n    serviceName: web\n    desiredCount: 1\n    loadBalancers:\n      \
             - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1a\n        \
             containerName: web\n        containerPort: 8080\n"
        )
    };
}

/// A template with the transform of blue/green deployments, and perhaps with the hook.
macro_rules! stack {
    ($hook:literal) => {
        concat!(
            "deployment: {}\nresources:\n  template:\n    Transform: AWS::CodeDeployBlueGreen\n",
            $hook,
            "    Resources:\n      Web: { Type: 'AWS::ECS::Service', Properties: { DesiredCount: 2 } }\n      \
             Definition: { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: [{ Name: web }] } }\n      \
             Set: { Type: 'AWS::ECS::TaskSet', Properties: { LoadBalancers: [{ ContainerName: web, ContainerPort: 80 }] } }\n      \
             Blue: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' }\n      \
             Green: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' }\n"
        )
    };
}

/// A template with a parameter of a count, this value of it, and what the service takes for its count.
macro_rules! parameter {
    ($count:literal, $desired:literal) => {
        concat!(
            "deployment: { updateService: {} }\nresources:\n  templateParameters: { Count: ",
            $count,
            " }\n  template:\n    Parameters: { Count: { Type: Number, MinValue: 1 } }\n    Resources:\n      \
             Definition: { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: [{ Name: web, PortMappings: [{ ContainerPort: 80 }] }] } }\n      \
             Group: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' }\n      \
             Web: { Type: 'AWS::ECS::Service', Properties: { DesiredCount: ", $desired, ", TaskDefinition: { Ref: Definition }, \
             LoadBalancers: [{ TargetGroupArn: { Ref: Group }, ContainerName: web, ContainerPort: 80 }] } }\n"
        )
    };
}

codes! {
    CONTROLLER;

    ECS_CALL_REFUSED "CUT0250" Error "a call of an external controller that ECS refuses"
        "Each call owns its parameters: `CreateService` and `UpdateService` those of the service, `CreateTaskSet` task \
         definition, network, load balancer and launch type, `UpdateTaskSet` the scale alone, 0 to 100 percent. A task set has \
         one target group, Fargate alone has platform versions, `awsvpc` alone a network configuration, and tags, tokens and \
         placements have their limits. ECS answers with `InvalidParameterException`."
        faulty ExampleKind::Scenario,
        { external!("120%", "when: { steady: canary }") }
        mended { external!("20%", "when: { steady: canary }") };

    STACK_REFUSED "CUT0251" Error "a template that cannot be deployed blue/green"
        "A template with the hook `AWS::CodeDeploy::BlueGreen` names the transform `AWS::CodeDeployBlueGreen`, one service, and the \
         resources that stand for blue and green. Nested stacks, outputs, imported values, `NoEcho` parameters and dynamic references do \
         not go with it. What only CloudFormation knows of a parameter can be given in `resources.templateParameters`."
        faulty ExampleKind::Scenario,
        { stack!("") }
        mended { stack!(
            "    Hooks:\n      BlueGreen:\n        Type: AWS::CodeDeploy::BlueGreen\n        Properties:\n          Applications:\n\
             \u{20}           - Target: { Type: 'AWS::ECS::Service', LogicalID: Web }\n\
             \u{20}             ECSAttributes:\n                TaskDefinitions: [Definition, GreenDefinition]\n\
             \u{20}               TaskSets: [Set, GreenSet]\n                TrafficRouting:\n\
             \u{20}                 ProdTrafficRoute: { Type: 'AWS::ElasticLoadBalancingV2::Listener', LogicalID: Listener }\n\
             \u{20}                 TargetGroups: [Blue, Green]\n"
        ) };

    ROLLING_DEADLOCK "CUT0252" Warning "a rolling update that can never begin"
        "A rolling update stops a task if as many stay healthy as `minimumHealthyPercent` of the desired count, rounded up, and \
         starts one if there are no more than `maximumPercent` of it, rounded down. With few tasks both bounds can be the desired \
         count itself: then ECS says once that it can do nothing, and the deployment goes on for ever."
        faulty ExampleKind::Scenario,
        { rolling!("100") }
        mended { rolling!("200") };

    PARAMETER_REFUSED "CUT0255" Error "a parameter of a template that CloudFormation refuses"
        "`resources.templateParameters` gives values to parameters that a template declares, each of its type: a number within `MinValue` \
         and `MaxValue`, a text as long as `MinLength` and `MaxLength` say, one of `AllowedValues`; a list is one text with commas, and what \
         holds for its parameter holds for each part. `AllowedPattern` is not checked. CloudFormation answers with `ValidationError`, and \
         makes nothing."
        faulty ExampleKind::Scenario,
        { parameter!("0", "{ Ref: Count }") }
        mended { parameter!("2", "{ Ref: Count }") };

    IDLE_GUARD "CUT0256" Warning "a guard that can never do anything"
        "`timeout` ends the wait for `when`, `on_timeout` says how, `retry` makes the call of `do` again: each says nothing without the \
         other. On the way back nothing is given up, so that `unless` and `on_timeout` say nothing among the steps of `abort`. Those are \
         reached when `abort_if`, `unless` or a `timeout` gives the deployment up, or when a call is refused. `any: []` never holds, \
         `all: []` always does."
        faulty ExampleKind::Scenario,
        { external!("20%", "timeout: 5m") }
        mended { external!("20%", "when: { steady: canary }, timeout: 5m") };

    FUNCTION_REFUSED "CUT0257" Error "a function of a template that comes to nothing"
        "`Fn::If` and `Condition` name a condition of the template, `Fn::Sub` a parameter, a resource or one of its own names, and \
         `Fn::Select` a part that the list has, counted from 0. CloudFormation answers with `ValidationError`, and makes nothing. Names of \
         `Fn::Sub` are not looked at where another transform than that of blue/green deployments may bring some."
        faulty ExampleKind::Scenario,
        { parameter!("2", "{ 'Fn::If': [IsLive, 2, 1] }") }
        mended { parameter!("2", "{ 'Fn::Select': [0, [2, 1]] }") };
}
