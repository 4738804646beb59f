//! 02xx: AWS documents: what AWS refuses, and what plays no part.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

codes! {
    DOCUMENT;

    UNUSED_KEY "CUT0201" Note "a key of an AWS document that plays no part"
        "The document is valid, but the simulation does not depend on this key. It is listed so that nothing \
         is dropped in silence."
        faulty ExampleKind::DocumentPart("service"), "platformVersion: LATEST\n"
        mended "desiredCount: 2\n";

    WRONG_DOCUMENT "CUT0202" Error "a document of another kind than the one needed here"
        "Documents are recognised by what they hold, not by their names. This one is something else than what \
         belongs in this place; the message says what it seems to be. Only deployments on Amazon ECS are \
         simulated, and nothing is fetched from S3 or GitHub."
        faulty ExampleKind::Document("service"),
        "family: web\ncontainerDefinitions:\n  - name: web\n"
        mended "desiredCount: 2\ndeploymentController: { type: CODE_DEPLOY }\nloadBalancers:\n  \
                - { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a', \
                containerName: web, containerPort: 8080 }\n";

    FAILED_CALL "CUT0203" Error "the answer of a call that failed"
        "The file holds what AWS answered when something went wrong, for example because there is no \
         deployment group of that name, instead of the document that was asked for."
        faulty ExampleKind::Document("deploymentGroup"),
        "{\"Error\": {\"Code\": \"DeploymentGroupDoesNotExistException\", \
         \"Message\": \"No Deployment Group found for name: World\"}}"
        mended "{\"deploymentGroupInfo\": {\"ecsServices\": [{\"serviceName\": \"web\", \"clusterName\": \"main\"}], \
         \"deploymentStyle\": {\"deploymentType\": \"BLUE_GREEN\", \"deploymentOption\": \"WITH_TRAFFIC_CONTROL\"}, \
         \"blueGreenDeploymentConfiguration\": {\"terminateBlueInstancesOnDeploymentSuccess\": {\"action\": \"TERMINATE\"}}, \
         \"autoRollbackConfiguration\": {\"enabled\": true, \"events\": [\"DEPLOYMENT_FAILURE\"]}, \
         \"loadBalancerInfo\": {\"targetGroupPairInfoList\": [{\"targetGroups\": [{\"name\": \"blue\"}, {\"name\": \"green\"}], \
         \"prodTrafficRoute\": {\"listenerArns\": [\"production\"]}}]}}}\n";

    PLACEHOLDER "CUT0204" Warning "a placeholder where no value is needed"
        "A template left a placeholder, such as `<TASK_DEFINITION>`, or an ARN with words in it. The \
         simulation does not need this value, so it is read as absent; where names of documents are compared, \
         the placeholder itself counts as the name. A real deployment needs the real value."
        faulty ExampleKind::DocumentPart("service"), "taskDefinition: <TASK_DEFINITION>:1\n"
        mended "taskDefinition: web:1\n";

    NUMBER_NEEDED "CUT0205" Error "a word where a number is needed"
        "A template step has not run, or the value was never filled in. Without this number nothing can be \
         simulated: write it, or run the step and read its result."
        faulty ExampleKind::DocumentPart("service"), "desiredCount: <COUNT>\n"
        mended "desiredCount: 2\n";

    NOT_ONE "CUT0206" Error "an answer with none or several where one is needed"
        "`describe-` and `batch-get-` calls answer with a list. The simulation needs one item of it: keep \
         one, or ask for it by its name. An empty list means that nothing of that name was found."
        faulty ExampleKind::Document("service"),
        "{\"services\": [], \"failures\": [{\"reason\": \"MISSING\"}]}"
        mended "{\"services\": [{\"desiredCount\": 2, \"deploymentController\": {\"type\": \"CODE_DEPLOY\"}, \"loadBalancers\": [{ \
         \"targetGroupArn\": \"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a\", \
         \"containerName\": \"web\", \"containerPort\": 8080}]}]}\n";

    ROUTING_REFUSED "CUT0207" Error "a traffic routing that CodeDeploy refuses"
        "A custom configuration shifts 1 to 99 percent at each step, in whole minutes, at least 1, with at \
         most 2880 minutes from the first step to the last. `TimeBasedCanary` needs `timeBasedCanary`, \
         `TimeBasedLinear` needs `timeBasedLinear`, and hosts belong to EC2 only. AWS answers with \
         `InvalidTrafficRoutingConfigurationException`."
        faulty ExampleKind::Document("deploymentConfig"),
        "trafficRoutingConfig:\n  type: TimeBasedCanary\n  \
         timeBasedCanary: { canaryPercentage: 130, canaryInterval: 5 }\n"
        mended "trafficRoutingConfig:\n  type: AllAtOnce\n";

    UNKNOWN_CONFIG "CUT0208" Error "a deployment configuration that nobody describes"
        "The name is none of the seventeen that AWS ships, which are spelt exactly so, and no document \
         describes it. `cutover configs` lists them. Names of your own do not begin with \
         `CodeDeployDefault.`."
        faulty ExampleKind::Document("deploymentConfigName"), "CodeDeployDefault.ECSCanary10percent5Minutes"
        mended "CodeDeployDefault.ECSCanary10Percent5Minutes";

    OTHER_PLATFORM "CUT0209" Error "a document for another compute platform"
        "Deployment groups and configurations are for one platform: `ECS`, `Lambda` or `Server`. Only \
         deployments on ECS are simulated, and CodeDeploy refuses a configuration of another platform, with \
         `InvalidDeploymentConfigNameException`, and a platform that does not exist, with \
         `InvalidComputePlatformException`."
        faulty ExampleKind::Document("deploymentConfigName"), "CodeDeployDefault.LambdaAllAtOnce"
        mended "CodeDeployDefault.ECSAllAtOnce";

    APPSPEC_VERSION "CUT0210" Warning "an AppSpec of another version than 0.0"
        "There is one version of AppSpec files, 0.0. This file is read as if it said so."
        faulty ExampleKind::DocumentPart("revision"), "version: 1\n"
        mended "version: 0.0\n";

    EMPTY_VALUE "CUT0211" Warning "an empty value"
        "The key is there and its value is empty, as in a form that was not filled in. It counts as absent."
        faulty ExampleKind::DocumentPart("revision"), "Hooks:\n  - BeforeInstall: \"\"\n"
        mended "Hooks: []\n";

    APPSPEC_REFUSED "CUT0212" Error "an AppSpec that CodeDeploy refuses"
        "An AppSpec for ECS has `Resources`, a list of one resource of the type `AWS::ECS::Service`, with a \
         task definition, a container and its port. Network settings are given all three or not at all. One \
         for Lambda has one `AWS::Lambda::Function` with name, alias, current and target version. AWS answers with `InvalidRevisionException`, or the deployment fails at once."
        faulty ExampleKind::DocumentPart("revision"),
        "Resources:\n  - TargetService:\n      Type: AWS::ECS::TaskSet\n      Properties:\n        \
         TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7\n        \
         LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }\n"
        mended "Resources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        \
         TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7\n        \
         LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }\n";

    UNKNOWN_HOOK "CUT0213" Error "a hook that deployments do not have"
        "On ECS a function can be bound to `BeforeInstall`, `AfterInstall`, `AfterAllowTestTraffic`, \
         `BeforeAllowTraffic` and `AfterAllowTraffic`. On Lambda there are only the last two. The \
         other events of a deployment are performed by CodeDeploy itself."
        faulty ExampleKind::DocumentPart("revision"), "Hooks:\n  - AfterAllowTestTrafic: smoke-test\n"
        mended "Hooks:\n  - AfterAllowTestTraffic: smoke-test\n";

    ROLLBACK_REFUSED "CUT0214" Error "a rollback configuration that CodeDeploy refuses"
        "Rollback that is enabled needs at least one of `DEPLOYMENT_FAILURE`, `DEPLOYMENT_STOP_ON_ALARM` and \
         `DEPLOYMENT_STOP_ON_REQUEST`. AWS answers with `InvalidAutoRollbackConfigException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILED] }\n"
        mended "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }\n";

    STYLE_REFUSED "CUT0215" Error "a deployment style that the platform does not have"
        "Deployments on ECS and on Lambda are `BLUE_GREEN` with `WITH_TRAFFIC_CONTROL`, and nothing else. On EC2 those in \
         place may go without. AWS answers with `InvalidDeploymentStyleException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "deploymentStyle: { deploymentType: IN_PLACE, deploymentOption: WITH_TRAFFIC_CONTROL }\n"
        mended "deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }\n";

    PAIR_REFUSED "CUT0216" Error "a pair of target groups that CodeDeploy refuses"
        "A deployment group of an ECS service has `targetGroupPairInfoList`, a list of one pair: two \
         different target groups, a production route of one listener and, if wanted, a test route of one \
         listener of the same load balancer. AWS answers with `InvalidTargetGroupPairException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "loadBalancerInfo:\n  targetGroupPairInfoList:\n    - targetGroups: [{ name: blue }]\n      \
         prodTrafficRoute: { listenerArns: [production] }\n"
        mended "loadBalancerInfo:\n  targetGroupPairInfoList:\n    - targetGroups: [{ name: blue }, \
         { name: green }]\n      prodTrafficRoute: { listenerArns: [production] }\n";

    WAIT_REFUSED "CUT0217" Error "a blue/green configuration that CodeDeploy refuses"
        "A deployment group of an ECS service says how its original is kept: `blueGreenDeploymentConfiguration`. On \
         ECS the original is always terminated, at most 2880 minutes after traffic has moved, and a \
         deployment stays ready for at most 7200 minutes. AWS answers with \
         `InvalidBlueGreenDeploymentConfigurationException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "blueGreenDeploymentConfiguration:\n  terminateBlueInstancesOnDeploymentSuccess:\n    \
         { action: TERMINATE, terminationWaitTimeInMinutes: 3000 }\n"
        mended "blueGreenDeploymentConfiguration:\n  terminateBlueInstancesOnDeploymentSuccess:\n    \
         { action: TERMINATE, terminationWaitTimeInMinutes: 2880 }\n";

    ALARMS_REFUSED "CUT0218" Error "an alarm configuration that CodeDeploy refuses"
        "Alarms that are enabled need at least one name and at most ten, each only once. AWS answers with \
         `InvalidAlarmConfigException` or `AlarmsLimitExceededException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "alarmConfiguration: { enabled: true, alarms: [] }\n"
        mended "alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }\n";

    IGNORED_OPTION "CUT0219" Warning "an option that has no effect"
        "AWS accepts this option and does nothing with it on this platform: on ECS filters of instances, the fleet of the \
         replacement, a ready wait beside `CONTINUE_DEPLOYMENT`. Whoever wrote it may expect otherwise."
        faulty ExampleKind::DocumentPart("deploymentGroup"), "autoScalingGroups: [web]\n"
        mended "autoScalingGroups: []\n";

    NO_SAFETY_NET "CUT0220" Note "a deployment group without rollback"
        "Most groups in the field roll nothing back: a bad release stays until somebody acts. That can be meant; a \
         simulation shows what it costs."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "autoRollbackConfiguration: { enabled: false }\n"
        mended "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }\n";

    SERVICE_REFUSED "CUT0221" Error "an ECS service that CodeDeploy cannot deploy to"
        "The service needs the deployment controller `CODE_DEPLOY`, the scheduling strategy `REPLICA`, and one \
         target group of a load balancer since its creation. A controller that is not written is `ECS`."
        faulty ExampleKind::DocumentPart("service"), "deploymentController: { type: ECS }\n"
        mended "deploymentController: { type: CODE_DEPLOY }\n";

    NOT_SIMULATED "CUT0222" Error "something that is not simulated yet"
        "AWS can do this, the simulation cannot yet, and to leave it out would make the result wrong. Target \
         groups of other protocols than `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP` and `TCP_UDP` belong here, anomaly \
         detection, functions of metric math that look at more than one period, predictive scaling, metric math in a \
         scaling policy, and time zones whose clocks change."
        faulty ExampleKind::Document("targetGroups"), "TargetGroupName: blue\nProtocol: QUIC\n"
        mended "TargetGroupName: blue\nProtocol: HTTP\n";

    LEFT_OUT "CUT0223" Warning "a setting that the simulation leaves out"
        "The setting changes how requests are spread, and the simulation cannot follow it as it stands: how long \
         clients stay that a cookie keeps, only the scenario can say. Numbers of requests may differ from what AWS \
         would do, times do not."
        faulty ExampleKind::Scenario,
        "resources:\n  service:\n    desiredCount: 2\n    deploymentController: { type: CODE_DEPLOY }\n    loadBalancers:\n      \
         - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a\n        \
         containerName: web\n        containerPort: 8080\n  listeners:\n    - DefaultActions:\n        - Type: forward\n          ForwardConfig: { TargetGroupStickinessConfig: \
         { Enabled: true, DurationSeconds: 3600 } }\n"
        mended
        "resources:\n  service:\n    desiredCount: 2\n    deploymentController: { type: CODE_DEPLOY }\n    loadBalancers:\n      \
         - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a\n        \
         containerName: web\n        containerPort: 8080\n  listeners:\n    - DefaultActions:\n        - Type: forward\n          ForwardConfig: { TargetGroupStickinessConfig: \
         { Enabled: true, DurationSeconds: 3600 } }\ntraffic:\n  rate: 50/s\n  sessions: { requests: 20, length: 10m }\n";

    TASK_DEFINITION_REFUSED "CUT0224" Error "a task definition that ECS refuses"
        "A task definition has at least one container, at least one of them essential, and no name twice. A \
         container is essential unless it says `essential: false`."
        faulty ExampleKind::Document("taskDefinition"),
        "family: web\ncontainerDefinitions:\n  - { name: web, essential: false }\n"
        mended "family: web\ncontainerDefinitions:\n  - { name: web, essential: true }\n";

    NAME_REFUSED "CUT0225" Error "a name that CodeDeploy refuses"
        "Names of applications, deployment groups and deployment configurations have 1 to 100 characters out of \
         letters, digits and `. _ + = , @ -`. The names that the console makes of a long cluster and a long service \
         can be longer. AWS answers with `InvalidApplicationNameException`, `InvalidDeploymentGroupNameException` or \
         `InvalidDeploymentConfigNameException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"), "applicationName: shop/web\n"
        mended "applicationName: shop.web\n";

    LOAD_BALANCER_REFUSED "CUT0226" Error "a load balancer that CodeDeploy refuses"
        "A deployment to ECS needs an Application or a Network Load Balancer, named by a pair of target groups. A \
         Classic Load Balancer has no target groups. AWS answers with `InvalidLoadBalancerInfoException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "loadBalancerInfo:\n  elbInfoList: [{ name: shop }]\n"
        mended "loadBalancerInfo:\n  targetGroupPairInfoList:\n    - targetGroups: [{ name: blue }, \
         { name: green }]\n      prodTrafficRoute: { listenerArns: [production] }\n";

    TRIGGERS_REFUSED "CUT0227" Error "triggers that CodeDeploy refuses"
        "A trigger has a name, the ARN of an SNS topic and at least one event, such as `DeploymentFailure`; a \
         deployment group has at most ten. AWS answers with `InvalidTriggerConfigException` or \
         `TriggerTargetsLimitExceededException`."
        faulty ExampleKind::DocumentPart("deploymentGroup"),
        "triggerConfigurations:\n  - triggerName: failures\n    \
         triggerTargetArn: arn:aws:sns:eu-west-1:123456789012:deployments\n    \
         triggerEvents: [DeploymentFailed]\n"
        mended "triggerConfigurations:\n  - triggerName: failures\n    \
         triggerTargetArn: arn:aws:sns:eu-west-1:123456789012:deployments\n    \
         triggerEvents: [DeploymentFailure]\n";

    REQUEST_REFUSED "CUT0228" Error "an option of a deployment that CodeDeploy refuses"
        "A description has at most 256 characters, and `ignoreApplicationStopFailures` and \
         `updateOutdatedInstancesOnly` are for EC2 deployments only. AWS answers with \
         `DescriptionTooLongException`, `InvalidIgnoreApplicationStopFailuresValueException` or \
         `InvalidUpdateOutdatedInstancesOnlyValueException`."
        faulty ExampleKind::Scenario, "deployment:\n  updateOutdatedInstancesOnly: true\n"
        mended "deployment:\n  updateOutdatedInstancesOnly: false\n";

    ALARM_REFUSED "CUT0229" Error "an alarm that CloudWatch refuses"
        "A period is 10, 20, 30 or a multiple of 60 seconds; at most as many datapoints can make an alarm as are \
         evaluated; what is evaluated spans a day at most, with periods from an hour on a week. A name has 1 to 255 \
         characters, a state at most five actions, metric math at most ten metrics of one common period, of which \
         exactly one entry returns data."
        faulty ExampleKind::DocumentPart("alarms"), "EvaluationPeriods: 2\nDatapointsToAlarm: 3\n"
        mended "EvaluationPeriods: 3\nDatapointsToAlarm: 2\n";

    METRIC_MATH "CUT0230" Error "metric math that cannot be read"
        "An expression joins ids of metrics and of other expressions by `+ - * /`, comparisons, `AND` and `OR`, and \
         functions such as `IF`, `FILL`, `SUM` and `MAX`, as in `100 * m1 / m2`. It has to yield one series."
        faulty ExampleKind::Document("alarms"),
        "AlarmName: error-rate\nComparisonOperator: GreaterThanThreshold\nThreshold: 1\nEvaluationPeriods: 3\nMetrics:\n  \
         - { Id: rate, Expression: 100 * m1 / m3 }\n  \
         - { Id: m1, ReturnData: false, MetricStat: { Stat: Sum, Period: 60, Metric: { Namespace: AWS/ApplicationELB, \
         MetricName: HTTPCode_Target_5XX_Count } } }\n  \
         - { Id: m2, ReturnData: false, MetricStat: { Stat: Sum, Period: 60, Metric: { Namespace: AWS/ApplicationELB, \
         MetricName: RequestCount } } }\n"
        mended "AlarmName: error-rate\nComparisonOperator: GreaterThanThreshold\nThreshold: 1\nEvaluationPeriods: 3\nMetrics:\n  \
         - { Id: rate, Expression: 100 * m1 / m2 }\n  \
         - { Id: m1, ReturnData: false, MetricStat: { Stat: Sum, Period: 60, Metric: { Namespace: AWS/ApplicationELB, \
         MetricName: HTTPCode_Target_5XX_Count } } }\n  \
         - { Id: m2, ReturnData: false, MetricStat: { Stat: Sum, Period: 60, Metric: { Namespace: AWS/ApplicationELB, \
         MetricName: RequestCount } } }\n";

    ALARM_RULE "CUT0231" Error "the rule of a composite alarm that cannot be read"
        "A rule joins `ALARM(..)`, `OK(..)` and `INSUFFICIENT_DATA(..)` of at most a hundred other alarms by `AND`, \
         `OR` and `NOT`, in capital letters. The name in the parentheses may stand in quotes and may be an ARN."
        faulty ExampleKind::Document("alarms"), "AlarmName: both\nAlarmRule: ALARM(errors) and ALARM(latency)\n"
        mended "AlarmName: both\nAlarmRule: ALARM(errors) AND ALARM(latency)\n";

    ALARM_SPELLING "CUT0232" Warning "an alarm in a spelling of its own"
        "What is meant is plain, but CloudWatch would not take it so: keys begin with capital letters, statistics are \
         spelt `Average` and `Sum`, and percentiles stand under `ExtendedStatistic`."
        faulty ExampleKind::DocumentPart("alarms"), "Statistic: SUM\n"
        mended "Statistic: Sum\n";

    ALWAYS_IGNORED "CUT0233" Warning "missing data that is ignored whatever the alarm says"
        "Alarms on metrics of DynamoDB keep their state while data is missing, as if `TreatMissingData` were `ignore`; \
         CloudWatch takes another value and does the same."
        faulty ExampleKind::DocumentPart("alarms"), "Namespace: AWS/DynamoDB\nTreatMissingData: breaching\n"
        mended "Namespace: AWS/DynamoDB\nTreatMissingData: ignore\n";

    MINIMUM_REFUSED "CUT0234" Error "a minimum of healthy hosts that CodeDeploy refuses"
        "`minimumHealthyHosts` is a `HOST_COUNT` of 0 or more or a `FLEET_PERCENT` of 0 to 99, since with 100 % no host \
         could be deployed to. `MOST_CONCURRENCY` stands in answers about AWS's own configurations, and nobody else can \
         set it. AWS answers with `InvalidMinimumHealthyHostValueException`."
        faulty ExampleKind::Document("hostConfig"), "minimumHealthyHosts: { type: FLEET_PERCENT, value: 100 }\n"
        mended "minimumHealthyHosts: { type: FLEET_PERCENT, value: 75 }\n";

    ZONES_REFUSED "CUT0235" Error "a zonal configuration that CodeDeploy refuses"
        "`zonalConfig` has `monitorDurationInSeconds` and `firstZoneMonitorDurationInSeconds`, whole seconds from 0 on, \
         and `minimumHealthyHostsPerZone`, written like `minimumHealthyHosts`. AWS's own configurations are not zonal. \
         AWS answers with `InvalidZonalDeploymentConfigurationException`."
        faulty ExampleKind::Document("hostConfig"),
        "minimumHealthyHosts: { type: HOST_COUNT, value: 160 }\nzonalConfig: { monitorDurationInSeconds: -60 }\n"
        mended "minimumHealthyHosts: { type: HOST_COUNT, value: 160 }\nzonalConfig: { monitorDurationInSeconds: 60 }\n";

    HOST_APPSPEC_REFUSED "CUT0236" Error "an AppSpec that the CodeDeploy agent refuses"
        "On EC2 and on-premises the agent reads the AppSpec, and a host on which it cannot fails. The version is 0.0. A \
         script runs for at most 3600 s, and so do all scripts of one event together. Entries of `acls` and ranges of \
         `context` have their forms. Patterns, exceptions and default entries are for directories, which is warned of \
         where an object may be a file."
        faulty ExampleKind::Document("hostRevision"), "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    \
         - { location: scripts/warm-up.sh, timeout: 3000 }\n    - { location: scripts/check.sh, timeout: 900 }\n"
        mended "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    \
         - { location: scripts/warm-up.sh, timeout: 2700 }\n    - { location: scripts/check.sh, timeout: 900 }\n";

    DOUBTFUL_VERSION "CUT0237" Warning "a version of a Lambda function that is no text"
        "Versions stand in an AppSpec as texts, `\"2\"`; a number is read as one. A target below the current version is a \
         way back, and is not warned of."
        faulty ExampleKind::Document("lambdaRevision"), "version: 0.0\nResources:\n  - checkout:\n      Type: AWS::Lambda::Function\n      \
         Properties: { Name: checkout, Alias: live, CurrentVersion: \"1\", TargetVersion: 2 }\n"
        mended "version: 0.0\nResources:\n  - checkout:\n      Type: AWS::Lambda::Function\n      \
         Properties: { Name: checkout, Alias: live, CurrentVersion: \"1\", TargetVersion: \"2\" }\n";

    INSTANCES_REFUSED "CUT0238" Error "instances that CodeDeploy refuses"
        "A deployment group of hosts names them by tags, in one group, `ec2TagFilters`, or in up to three, `ec2TagSet`, of up \
         to ten tags each, on-premises instances likewise, and by up to ten Auto Scaling groups. A filter has a `Type`, and \
         but for `VALUE_ONLY` a `Key`. Blue/green replaces EC2 instances only. AWS answers with `InvalidEC2TagException`, \
         `InvalidTagException`, `TagSetListLimitExceededException` and their likes."
        faulty ExampleKind::Document("hostGroup"),
        "deploymentGroupName: web\ncomputePlatform: Server\nec2TagFilters: [{ Value: web, Type: KEY_AND_VALUE }]\n"
        mended "deploymentGroupName: web\ncomputePlatform: Server\nec2TagFilters: [{ Key: Name, Value: web, Type: KEY_AND_VALUE }]\n";

    UNTOLD_VALUE "CUT0239" Warning "a value that a template does not tell"
        "A parameter is worth its default, `!Ref` of a function its name, and `!Sub` a text of those. What else CloudFormation \
         puts in, attributes of resources and parameters without a default, is known when the stack is made: here the value \
         is read as absent."
        faulty ExampleKind::Document("template"), "Parameters:\n  Alias: { Type: String }\nResources:\n  Checkout:\n    \
         Type: AWS::Serverless::Function\n    Properties:\n      AutoPublishAlias: !Ref Alias\n      \
         DeploymentPreference: { Type: Canary10Percent5Minutes }\n"
        mended "Parameters:\n  Alias: { Type: String, Default: live }\nResources:\n  Checkout:\n    \
         Type: AWS::Serverless::Function\n    Properties:\n      AutoPublishAlias: !Ref Alias\n      \
         DeploymentPreference: { Type: Canary10Percent5Minutes }\n";

    SAM_REFUSED "CUT0240" Error "a gradual deployment that AWS SAM refuses"
        "A function that is deployed gradually has `AutoPublishAlias` and a `DeploymentPreference` with a `Type`, such as \
         `Canary10Percent5Minutes`. Its `Alarms` are a list. The transformation of a template without these fails, and no \
         stack is made."
        faulty ExampleKind::Document("template"), "Resources:\n  Checkout:\n    Type: AWS::Serverless::Function\n    \
         Properties:\n      AutoPublishAlias: live\n      \
         DeploymentPreference: { Type: AllAtOnce, Alarms: errors }\n"
        mended "Resources:\n  Checkout:\n    Type: AWS::Serverless::Function\n    \
         Properties:\n      AutoPublishAlias: live\n      \
         DeploymentPreference: { Type: AllAtOnce, Alarms: [errors] }\n";

    SCALING_REFUSED "CUT0241" Error "scaling that Application Auto Scaling refuses"
        "The minimum is at most the maximum. Steps have neither gap nor overlap, each is open at most at one end, and the \
         outermost are open. A policy has the configuration of its type, target tracking one metric and a target above 0. A \
         scalable target has at most 50 policies and 200 scheduled actions, a policy at most 20 steps. AWS answers with \
         `ValidationException` or `LimitExceededException`."
        faulty ExampleKind::Document("scaling"),
        "AdjustmentType: ChangeInCapacity\nStepAdjustments:\n  - { MetricIntervalLowerBound: 0, \
         MetricIntervalUpperBound: 10, ScalingAdjustment: 1 }\n  - { MetricIntervalLowerBound: 15, \
         ScalingAdjustment: 2 }\n"
        mended "AdjustmentType: ChangeInCapacity\nStepAdjustments:\n  - { MetricIntervalLowerBound: 0, \
         MetricIntervalUpperBound: 15, ScalingAdjustment: 1 }\n  - { MetricIntervalLowerBound: 15, \
         ScalingAdjustment: 2 }\n";

    SCHEDULE_REFUSED "CUT0242" Error "a schedule that cannot be read"
        "A schedule is `at(2026-01-05T08:00:00)`, `rate(5 minutes)` or `cron(0 8 ? * MON-FRI *)`. The six fields of `cron` \
         are minutes, hours, day of the month, month, day of the week and year; one of the two days is `?`. AWS answers \
         with `ValidationException`."
        faulty ExampleKind::DocumentPart("scaling"), "Schedule: cron(0 8 * * MON-FRI *)\n"
        mended "Schedule: cron(0 8 ? * MON-FRI *)\n";

    OTHER_RESOURCE "CUT0243" Error "scaling of something else than the tasks of a service"
        "Application Auto Scaling scales many things. Only the desired count of an ECS service is simulated: the namespace \
         `ecs`, the dimension `ecs:service:DesiredCount`, the resource `service/CLUSTER/SERVICE`."
        faulty ExampleKind::DocumentPart("scaling"), "ServiceNamespace: dynamodb\n"
        mended "ServiceNamespace: ecs\n";

    EMPTY_RECORDING "CUT0244" Error "a recording that holds nothing to measure"
        "`cutover calibrate` measures tasks that have started (`createdAt`, `pullStartedAt`, ..), lifecycle events that are over \
         (`startTime`, `endTime`) and series that count requests or errors. ECS keeps a stopped task for about an hour only: \
         describe tasks soon after a deployment, or keep what EventBridge tells of them."
        faulty ExampleKind::Recording("tasks.json"), "{\"tasks\": [{\"taskArn\": \"arn:aws:ecs:eu-west-1:123456789012:task/main/1\", \
         \"createdAt\": 1767607200, \"lastStatus\": \"PROVISIONING\"}], \"failures\": []}\n"
        mended "{\"tasks\": [{\"taskArn\": \"arn:aws:ecs:eu-west-1:123456789012:task/main/1\", \
         \"createdAt\": 1767607200, \"pullStartedAt\": 1767607211.5, \"lastStatus\": \"PENDING\"}], \"failures\": []}\n";

    ODD_RECORD "CUT0245" Warning "a record that is left out of a measurement"
        "An event that ends before it begins, or that CodeDeploy does not know, or values without times say nothing of how long \
         something takes. They are left out; what is sound in the same recording is used."
        faulty ExampleKind::Recording("tasks.json"), "{\"tasks\": [\n  {\"taskArn\": \"arn:aws:ecs:eu-west-1:123456789012:task/main/1\", \
         \"createdAt\": 1767607211, \"pullStartedAt\": 1767607200}\n]}\n"
        mended "{\"tasks\": [\n  {\"taskArn\": \"arn:aws:ecs:eu-west-1:123456789012:task/main/1\", \
         \"createdAt\": 1767607200, \"pullStartedAt\": 1767607211}\n]}\n";
}
