//! 03xx: what no single field can say: documents and sections that do not fit each other.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

/// A deployment group of a service whose first target group has this name; then more of the section or of the scenario.
macro_rules! grouped {
    ($service:literal, $first:literal $(, $more:literal)?) => {
        concat!(
            r"deployment:
  deploymentGroup:
    ecsServices: [{ clusterName: main, serviceName: ",
            $service,
            r" }]
    deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }
    blueGreenDeploymentConfiguration:
      terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 5 }
    loadBalancerInfo:
      targetGroupPairInfoList:
        - targetGroups: [{ name: ",
            $first,
            r" }, { name: green }]
          prodTrafficRoute: { listenerArns: [production] }
",
            $($more)?
        )
    };
}

codes! {
    RULE;

    DOCUMENTS_DISAGREE "CUT0301" Error "two documents that contradict each other"
        "Each of them can be read, but together they describe no deployment: they name different services, \
         or one names what the other does not have. Usually one of them is of another service or stage."
        faulty ExampleKind::Scenario,
        { grouped!("api", "blue") }
        mended { grouped!("web", "blue") };

    SERVICE_OFF_PAIR "CUT0302" Error "a service outside the deployment group's target groups"
        "The service's PRIMARY task set must use one of the two target groups of the pair; CodeDeploy ends the \
         deployment before its first event otherwise, with INVALID_ECS_SERVICE."
        faulty ExampleKind::Scenario,
        { grouped!("web", "red") }
        mended { grouped!("web", "blue") };

    NO_SUCH_CONTAINER "CUT0303" Error "a container that the task definition does not have"
        "The AppSpec names the container that gets the traffic, and it must be a container of the task \
         definition that is deployed. CodeDeploy refuses the revision otherwise."
        faulty ExampleKind::Scenario,
        r"deployment:
  revision:
    version: 0.0
    Resources:
      - TargetService:
          Type: AWS::ECS::Service
          Properties:
            TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
            LoadBalancerInfo: { ContainerName: wed, ContainerPort: 8080 }
"
        mended r"deployment:
  revision:
    version: 0.0
    Resources:
      - TargetService:
          Type: AWS::ECS::Service
          Properties:
            TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
            LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }
";

    TIMEOUT_TOO_LONG "CUT0304" Error "a health check whose timeout reaches its interval"
        "Each check must be over before the next one starts, so the timeout has to be less than the interval. \
         Elastic Load Balancing refuses the target group otherwise."
        faulty ExampleKind::Scenario,
        r"resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  targetGroups:
    - { TargetGroupName: blue, HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 }
    - { TargetGroupName: green }
"
        mended r"resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  targetGroups:
    - { TargetGroupName: blue, HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 5 }
    - { TargetGroupName: green }
";

    HOOK_WITHOUT_ROUTE "CUT0305" Warning "a hook for test traffic without a test listener"
        "Without a test listener there is no test traffic, and the events AllowTestTraffic and \
         AfterAllowTestTraffic do nothing, even where a function is bound to the second."
        faulty ExampleKind::Scenario,
        { grouped!("web", "blue",
        r"  revision:
    version: 0.0
    Resources:
      - TargetService:
          Type: AWS::ECS::Service
          Properties:
            TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
            LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }
    Hooks:
      - AfterAllowTestTraffic: smoke-test
") }
        mended { grouped!("web", "blue",
        r"          testTrafficRoute: { listenerArns: [test] }
  revision:
    version: 0.0
    Resources:
      - TargetService:
          Type: AWS::ECS::Service
          Properties:
            TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
            LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }
    Hooks:
      - AfterAllowTestTraffic: smoke-test
") };

    ALARM_NOT_DESCRIBED "CUT0306" Warning "an alarm that nobody describes"
        "The deployment looks at an alarm whose document the scenario does not have, so that nothing is known of what it \
         watches. A run shows what happens if it never goes off."
        faulty ExampleKind::Scenario,
        { grouped!("web", "blue",
        r"    autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM] }
    alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
") }
        mended { grouped!("web", "blue",
        r"    autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM] }
    alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  alarms:
    - AlarmName: errors
      Namespace: AWS/ApplicationELB
      MetricName: HTTPCode_Target_5XX_Count
      Dimensions:
        - { Name: LoadBalancer, Value: app/web/3c }
        - { Name: TargetGroup, Value: targetgroup/green/2b }
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 2
      Threshold: 5
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
") };

    GRADUAL_WITHOUT_WEIGHTS "CUT0307" Error "a gradual shift behind a Network Load Balancer"
        "Only an Application Load Balancer has weights, by which canary and linear configurations move traffic. \
         Behind a Network Load Balancer, told by `listener/net/` in the listener's ARN or by a target group that \
         speaks TCP, TLS or UDP, only all at once is allowed. AWS answers with \
         `InvalidTrafficRoutingConfigurationException`."
        faulty ExampleKind::Scenario,
        r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  targetGroups:
    - { TargetGroupName: blue, Protocol: TCP }
    - { TargetGroupName: green, Protocol: TCP }
"
        mended r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSAllAtOnce
resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  targetGroups:
    - { TargetGroupName: blue, Protocol: TCP }
    - { TargetGroupName: green, Protocol: TCP }
";

    UNGATED "CUT0308" Note "an all-at-once shift that no health check gates"
        "With all at once the load balancer begins to check the replacement only when it gets all traffic: Install \
         takes running tasks for healthy ones, and an unhealthy release is called `Succeeded`. A test listener makes \
         the load balancer check the replacement before, and a hook function can ask the application itself."
        faulty ExampleKind::Scenario,
        r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSAllAtOnce
"
        mended r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
";

    METRIC_WITHOUT_DATA "CUT0309" Warning "a metric that never has data"
        "An alarm watches a metric that the simulated load balancer does not publish so: another namespace, a dimension \
         that names something else, a combination of dimensions that does not exist. In a run, as in the account, its \
         periods are all missing, and what an alarm makes of that is its `TreatMissingData`."
        faulty ExampleKind::Scenario,
        { grouped!("web", "blue",
        r"    autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM] }
    alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  alarms:
    - AlarmName: errors
      Namespace: AWS/ApplicationELB
      MetricName: HTTPCode_Target_5XX_Count
      Dimensions:
        - { Name: LoadBalancer, Value: app/web/3c }
        - { Name: TargetGroup, Value: targetgroup/gren/2b }
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 2
      Threshold: 5
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
") }
        mended { grouped!("web", "blue",
        r"    autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM] }
    alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  alarms:
    - AlarmName: errors
      Namespace: AWS/ApplicationELB
      MetricName: HTTPCode_Target_5XX_Count
      Dimensions:
        - { Name: LoadBalancer, Value: app/web/3c }
        - { Name: TargetGroup, Value: targetgroup/green/2b }
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 2
      Threshold: 5
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
") };

    POLICY_UNCALLED "CUT0310" Warning "a step scaling policy that no alarm calls"
        "A step scaling policy acts when an alarm says so. None of the described alarms has it among its `AlarmActions`, \
         by its ARN or its name, so that it never scales."
        faulty ExampleKind::Scenario,
        r"resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  scaling:
    - { ServiceNamespace: ecs, ScalableDimension: ecs:service:DesiredCount, ResourceId: service/default/service, MinCapacity: 1, MaxCapacity: 9 }
    - PolicyName: more
      ServiceNamespace: ecs
      ScalableDimension: ecs:service:DesiredCount
      ResourceId: service/default/service
      PolicyType: StepScaling
      StepScalingPolicyConfiguration:
        AdjustmentType: ChangeInCapacity
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }]
"
        mended r"resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  scaling:
    - { ServiceNamespace: ecs, ScalableDimension: ecs:service:DesiredCount, ResourceId: service/default/service, MinCapacity: 1, MaxCapacity: 9 }
    - PolicyName: more
      ServiceNamespace: ecs
      ScalableDimension: ecs:service:DesiredCount
      ResourceId: service/default/service
      PolicyType: StepScaling
      StepScalingPolicyConfiguration:
        AdjustmentType: ChangeInCapacity
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }]
  alarms:
    - AlarmName: busy
      Namespace: AWS/ApplicationELB
      MetricName: RequestCount
      Dimensions: [{ Name: LoadBalancer, Value: app/web/3c }]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 2
      Threshold: 5000
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1a:resource/ecs/service/default/service:policyName/more]
";
}
