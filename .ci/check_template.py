"""Holds what the template comes to against what it promises.

    check_template.py TEMPLATE

The template is expanded and evaluated for several choices of parameters, each as CloudFormation would.
Every check is a function whose name says what holds.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Callable, Iterator

from cloudformation import PSEUDO, Stack, references
from expand_template import expand

SENDER = {"ProductName": "Acme", "Sender": "Acme <no-reply@acme.example>"}
DOMAIN = {
    "DomainName": "verify.acme.example",
    "CertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
}
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
NAMES = {
    "ApiName": "verification api",
    "TableName": "users",
    "FunctionNamePrefix": "acme_",
    "RoleNamePrefix": "acme-",
    "ConfigurationSetName": "verification",
    "CodeKeyName": "acme/code-key",
    "EventBusName": "verification",
    "MailEventsRuleName": "mail-events",
    "DeadLetterQueueName": "mail-events-failed",
    "PipeNamePrefix": "acme-",
    "UnpublishedEventsQueueName": "events-not-published",
    "AlarmTopicName": "verification-alarms",
    "AlarmNamePrefix": "acme-",
    "DashboardName": "verification",
    "LogGroupPrefix": "/acme/verification",
    "SettingsName": "acme-settings",
}

CHOICES = {
    "defaults": SENDER,
    "bare sender": SENDER | {"Sender": "no-reply@acme.example"},
    "a page of one's own": SENDER | {"VerificationUrl": "https://app.acme.example/v#{uuid}/{token}"},
    "a domain with its zone": SENDER | DOMAIN | {"HostedZoneId": "Z0123456789ABCDEF"},
    "a domain elsewhere": SENDER | DOMAIN | {"PublicUrl": "https://www.acme.example/mail"},
    "an identity that is there": SENDER | {"SenderIdentity": "acme.example"},
    "all names": SENDER | NAMES,
    "all bounds": SENDER
    | {
        "PermissionsBoundary": BOUNDARY,
        "RolePath": "/acme/",
        "ReservedConcurrency": "5",
        "DeletionProtection": "false",
        "LogRetentionDays": "365",
        "Tracing": "PassThrough",
        "AlarmEmail": "ops@acme.example",
        "CodeKeyVersion": "01234567-89ab-cdef-0123-456789abcdef",
        "ThrottleRate": "7",
        "ThrottleBurst": "9",
    },
    "all at once": SENDER | {"DeploymentType": "AllAtOnce", "Architecture": "x86_64"},
    "all settings": SENDER
    | {
        "ReplyTo": "reply@acme.example",
        "SupportAddress": "help@acme.example",
        "Stage": "staging",
        "AppUrl": "https://app.acme.example/welcome",
        "AccentColor": "#123456",
        "PostalLine": "Acme Inc., 1 Main Street",
        "DefaultLocale": "de",
        "LinkLifetimeHours": "12",
        "CodeLifetimeMinutes": "17",
        "MailsPerDay": "3",
        "OriginSecret": "only-the-proxy-knows-this",
        "DynamoDbEndpoint": "http://127.0.0.1:8000",
        "SesEndpoint": "http://127.0.0.1:8025",
    },
}

FUNCTIONS = ["RequestEmailVerification", "VerifyEmail", "VerificationPage", "RecordMailEvents"]

# The variables of each function that are a parameter as it was chosen. Each has the parameter's name, in
# capitals.
SETTINGS = {
    "RequestEmailVerification": [
        "ProductName",
        "Sender",
        "ReplyTo",
        "VerificationUrl",
        "Stage",
        "AccentColor",
        "SupportAddress",
        "PostalLine",
        "DefaultLocale",
        "LinkLifetimeHours",
        "CodeLifetimeMinutes",
        "MailsPerDay",
        "OriginSecret",
    ],
    "VerifyEmail": ["OriginSecret"],
    "VerificationPage": ["ProductName", "AppUrl", "AccentColor", "SupportAddress", "DefaultLocale", "OriginSecret"],
    "RecordMailEvents": ["Stage"],
}


def functions_of(stack: Stack) -> list[str]:
    """The functions that are made, by the first part of their logical ids."""
    return [name for name in FUNCTIONS if f"{name}Function" in stack.resources]


def texts(node: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(node, dict):
        node = [*node.keys(), *node.values()]
    if isinstance(node, list):
        for item in node:
            yield from texts(item)
    else:
        yield str(node)


def statements(stack: Stack, role: str) -> list[dict]:
    """The statements of a role."""
    policies = stack.properties(role)["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def as_list(value: Any) -> list:
    """IAM takes one of something where it takes a list."""
    return value if isinstance(value, list) else [value]


# ---- Parameters and rules


def every_choice_is_one_that_cloudformation_takes(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        assert not stack.refused_parameters(), (choice, stack.refused_parameters())
        assert not stack.broken_rules(), (choice, stack.broken_rules())


def every_parameter_is_described_grouped_used_and_bounded(stacks: dict[str, Stack]) -> None:
    template = stacks["defaults"].template
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert len(grouped) == len(set(grouped)), "a parameter stands in two groups"
    assert set(grouped) == set(template["Parameters"])
    used = references([template["Resources"], template["Conditions"], template["Outputs"]])
    # SAM puts the type of the deployments in by itself.
    assert set(template["Parameters"]) - used <= {"DeploymentType"}
    for name, declared in template["Parameters"].items():
        assert declared.get("Description"), name
        assert {"AllowedPattern", "AllowedValues", "MinValue"} & declared.keys(), f"anything goes for {name}"
        if "AllowedPattern" in declared:
            assert "ConstraintDescription" in declared, name
            assert declared["AllowedPattern"].startswith("^") and declared["AllowedPattern"].endswith("$"), name
        if name not in SENDER:
            assert "Default" in declared, name


def a_wrong_value_is_refused(stacks: dict[str, Stack]) -> None:
    template = stacks["defaults"].template
    for name, values in {
        "Sender": ["*@acme.example", "Acme <n?@acme.example>", "a/b@acme.example", "Acme", "a@b", "Acme <a@ACME.example>", "a@acme.example>", "a@b@acme.example"],
        "AccentColor": ["blue", "1f4fd8", "#1f4fd", "#1f4fd8ff", "#gggggg", "rgb(0,0,0)"],
        "MailFromSubdomain": ["", "a.b", "-a", "Bounce"],
        "EventBusName": ["", "a b", "arn:aws:events:eu-central-1:111122223333:event-bus/acme"],
        "DomainName": ["localhost", "https://acme.example", "acme.example.", "ACME.example", "-a.example"],
        "CertificateArn": ["acme", "arn:aws:iam::111122223333:server-certificate/acme"],
        "HostedZoneId": ["acme.example", "z1"],
        "LinkLifetimeHours": ["0", "4", "169", "24.0"],
        "CodeLifetimeMinutes": ["4", "61"],
        "MailsPerDay": ["0", "21", "six"],
        "LogRetentionDays": ["0", "2"],
        "AlarmEmail": ["ops", "a@b.example,c@d.example"],
        "CodeKeyVersion": ["1", "AWSPREVIOUS:::AWSCURRENT:::AWSPREVIOUS:::"],
        "DeletionProtection": ["yes"],
        "DeploymentType": ["Canary"],
        "PermissionsBoundary": ["boundary", "arn:aws:iam::111122223333:role/boundary"],
        "RolePath": ["", "acme", "/acme"],
        "ReservedConcurrency": ["-1"],
        "ThrottleRate": ["0"],
        "ThrottleBurst": ["0"],
        "OriginSecret": ["0123456789abcde", "x" * 129, "with spaces within it", "0123456789abcdef,", "0123456789abcdef,short"],
        "TableName": ["ab", "a b"],
        "LogGroupPrefix": ["/acme/"],
    }.items():
        for value in values:
            stack = Stack(template, SENDER | {name: value})
            assert stack.refused_parameters() == {name}, (name, value)


def each_rule_refuses_the_contradiction_that_it_is_there_for(stacks: dict[str, Stack]) -> None:
    template = stacks["defaults"].template
    own_page = {"VerificationUrl": "https://app.acme.example/v#{uuid}/{token}"}
    refused = {
        "OnePageIsLinkedTo": [
            own_page | {"PublicUrl": "https://acme.example"},
            own_page | {"AppUrl": "https://acme.example"},
        ],
        "DomainHasACertificate": [{"DomainName": DOMAIN["DomainName"]}],
        "CertificateHasADomain": [{"CertificateArn": DOMAIN["CertificateArn"]}],
        "HostedZoneHasADomain": [{"HostedZoneId": "Z0123456789ABCDEF"}],
    }
    assert refused.keys() == template["Rules"].keys()
    for rule, choices in refused.items():
        for choice in choices:
            assert Stack(template, SENDER | choice).broken_rules() == {rule}, (rule, choice)


# ---- Resources


def nothing_waits_for_itself(stacks: dict[str, Stack]) -> None:
    resources = stacks["defaults"].template["Resources"]
    waits_for = {name: references(resource) & resources.keys() for name, resource in resources.items()}
    done: set[str] = set()
    while len(done) < len(waits_for):
        ready = {name for name, others in waits_for.items() if name not in done and others <= done}
        assert ready, f"these wait for each other: {sorted(waits_for.keys() - done)}"
        done |= ready


def cloudformation_takes_as_much(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        template = stack.template
        assert len(json.dumps(template)) < 1_000_000, choice
        assert len(template["Parameters"]) <= 200 and len(template["Outputs"]) <= 200
        assert len(template["Resources"]) <= 500 and len(template["Description"]) <= 1024


def each_path_has_a_route_with_and_without_slash_to_the_alias(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        routes = {
            path: operations["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
            for path, operations in stack.properties("Api")["Body"]["paths"].items()
            # A path without its function is an empty one.
            if operations
        }
        expected = {"$default": "VerifyEmail"}
        for path, function in {
            "/api/users/request_email_verification": "RequestEmailVerification",
            "/api/users/verify_email": "VerifyEmail",
            "/verify_email": "VerificationPage",
        }.items():
            if function in functions_of(stack):
                expected |= {path: function, path + "/{proxy+}": function}
        # A person gets a page everywhere, if there is one.
        if "VerificationPage" in functions_of(stack):
            expected |= {"/": "VerificationPage", "/{proxy+}": "VerificationPage"}
        assert routes.keys() == expected.keys(), (choice, routes.keys())
        for path, integration in routes.items():
            alias = f"<{expected[path]}FunctionAliaslive>"
            assert f"/functions/{alias}/invocations" in integration["uri"], path
            assert integration["type"] == "aws_proxy" and integration["payloadFormatVersion"] == "2.0"


def whoever_invokes_a_function_may_invoke_its_alias_and_nothing_else(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        allowed: dict[str, set[str]] = {}
        for permission in stack.of_type("AWS::Lambda::Permission").values():
            assert permission["Action"] == "lambda:InvokeFunction"
            assert permission["FunctionName"].endswith("FunctionAliaslive>"), permission
            function = permission["FunctionName"].removeprefix("<").removesuffix("FunctionAliaslive>")
            service = permission["Principal"].removesuffix(".amazonaws.com")
            source = permission["SourceArn"]
            assert source.startswith("<MailEventsRule.Arn>" if service == "events" else "arn:aws:execute-api:")
            allowed.setdefault(function, set()).add(service)
        expected = {name: {"events" if name == "RecordMailEvents" else "apigateway"} for name in functions_of(stack)}
        assert allowed == expected, choice


def the_gateway_limits_and_logs(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        (stage,) = stack.of_type("AWS::ApiGatewayV2::Stage").values()
        assert stage["StageName"] == "$default" and stage["AutoDeploy"] is True
        settings = stage["DefaultRouteSettings"]
        expected = ("7", "9") if choice == "all bounds" else ("50", "100")
        assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == expected
        assert settings["DetailedMetricsEnabled"] is False
        assert stage["AccessLogSettings"]["DestinationArn"] == "<AccessLogs.Arn>"


def the_access_log_is_json_and_has_no_place_for_a_secret(stacks: dict[str, Stack]) -> None:
    (stage,) = stacks["defaults"].of_type("AWS::ApiGatewayV2::Stage").values()
    line = json.loads(stage["AccessLogSettings"]["Format"])
    assert {"requestId", "status", "route", "sourceIp"} <= line.keys()
    # A path, a query or a header may hold a key, a token or an address.
    harmless = {
        "$context.requestId",
        "$context.requestTime",
        "$context.identity.sourceIp",
        "$context.httpMethod",
        "$context.routeKey",
        "$context.protocol",
        "$context.status",
        "$context.responseLength",
        "$context.responseLatency",
        "$context.integrationStatus",
        "$context.integrationLatency",
        "$context.integrationErrorMessage",
        "$context.error.responseType",
        "$context.error.message",
        "$context.domainName",
    }
    assert set(line.values()) <= harmless, set(line.values()) - harmless


def a_domain_of_ones_own_is_the_only_way_in_and_where_links_begin(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        url = stack.properties("RequestEmailVerificationFunction")["Environment"]["Variables"]["PUBLIC_URL"]
        has_domain = choice.startswith("a domain")
        (server,) = stack.properties("Api")["Body"]["servers"]
        disabled = server["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"]
        assert disabled == has_domain == ("ApiDomain" in stack.resources), choice
        assert ("ApiDomainRecord" in stack.resources) == (choice == "a domain with its zone")
        if choice == "a domain with its zone":
            record = stack.properties("ApiDomainRecord")
            target = ("DNSName", "<ApiDomain.RegionalDomainName>"), ("HostedZoneId", "<ApiDomain.RegionalHostedZoneId>")
            assert record["AliasTarget"] == dict(target)
            assert (record["HostedZoneId"], record["Name"]) == ("Z0123456789ABCDEF", "verify.acme.example")
        assert ("ApiDomainTarget" in stack.outputs) == (choice == "a domain elsewhere")
        if not has_domain:
            assert url == "" and stack.outputs["ApiUrl"]["Value"] == "<Api.ApiEndpoint>", choice
            continue
        expected = {
            "a domain with its zone": "https://verify.acme.example",
            "a domain elsewhere": "https://www.acme.example/mail",
        }
        assert url == expected[choice]
        assert stack.outputs["ApiUrl"]["Value"] == "https://verify.acme.example"
        (configuration,) = stack.properties("ApiDomain")["DomainNameConfigurations"]
        assert configuration["SecurityPolicy"] == "TLS_1_2"
        assert stack.properties("ApiDomainMapping")["Stage"] == "<ApiApiGatewayDefaultStage>"


def each_function_is_what_the_readme_says(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        assert len(functions_of(stack)) == (3 if choice == "a page of one's own" else 4)
        for name in functions_of(stack):
            function = stack.properties(f"{name}Function")
            architecture = "x86_64" if choice == "all at once" else "arm64"
            assert function["Architectures"] == [architecture]
            assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap")
            assert function["MemorySize"] == 256
            assert function["TracingConfig"] == {"Mode": "PassThrough" if choice == "all bounds" else "Active"}
            assert function["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": f"<{name}Logs>"}
            assert function["Role"] == f"<{name}Role.Arn>"
            reserved = "5" if choice == "all bounds" else None
            assert function.get("ReservedConcurrentExecutions") == reserved


def each_setting_of_a_function_is_the_parameter_of_its_name(stacks: dict[str, Stack]) -> None:
    chosen = [value for value in stacks["all settings"].parameters.values() if value]
    for name in {name for names in SETTINGS.values() for name in names} - {"VerificationUrl"}:
        value = stacks["all settings"].parameters[name]
        assert chosen.count(value) == 1, f"{name} could be taken for another parameter that is {value}"
    for choice, stack in stacks.items():
        for name in functions_of(stack):
            variables = dict(stack.properties(f"{name}Function")["Environment"]["Variables"])
            expected = {
                "TABLE_NAME": "<Table>",
                "AWS_ENDPOINT_URL_DYNAMODB": stack.parameters["DynamoDbEndpoint"],
                "METRICS_NAMESPACE": "Mailproof/mailproof",
                "SETTINGS_VERSION": "<Settings.VersionNumber>",
            }
            for parameter in SETTINGS[name]:
                variable = re.sub("(?<!^)([A-Z])", r"_\1", parameter).upper()
                expected[variable] = stack.parameters[parameter]
            if name == "RequestEmailVerification":
                expected |= {
                    "AWS_ENDPOINT_URL_SESV2": stack.parameters["SesEndpoint"],
                    "CONFIGURATION_SET": "<ConfigurationSet>",
                    # Of this one there is a check of its own.
                    "PUBLIC_URL": variables["PUBLIC_URL"],
                }
            # What happens to a mail can be recorded without knowing how codes are stored.
            if name != "RecordMailEvents":
                version = stack.parameters["CodeKeyVersion"]
                suffix = f":SecretString:::{version}" if version else ""
                expected["CODE_KEYS"] = f"{{{{resolve:secretsmanager:<CodeKey>{suffix}}}}}"
            assert variables == expected, (choice, name, variables.items() ^ expected.items())


def a_changed_setting_makes_a_new_version_of_every_function(stacks: dict[str, Stack]) -> None:
    template = stacks["defaults"].template
    recorded = references(template["Resources"]["Settings"]["Properties"]["Content"])
    for name in FUNCTIONS:
        declared = template["Resources"][f"{name}Function"]["Properties"]
        # Who is called by another name is another function, and code makes another version by itself.
        settings = {key: value for key, value in declared.items() if key not in ("FunctionName", "Code")}
        settings.pop("ReservedConcurrentExecutions")  # of the function, and of no version
        needed: set[str] = set()
        for reference in references(settings):
            if reference in template["Conditions"]:
                needed |= references(template["Conditions"][reference])
            elif reference == f"{name}Logs":
                needed.add("LogGroupPrefix")
            elif reference == f"{name}Role":
                # By another name or path it is another role, and a version keeps the one that it was made with.
                needed |= {"RoleNamePrefix", "RolePath"}
            elif not reference.startswith("AWS::") and reference != "Settings":
                needed.add(reference)
        assert needed <= recorded, (name, needed - recorded)
        assert declared["Environment"]["Variables"]["SETTINGS_VERSION"] == {"Fn::GetAtt": ["Settings", "VersionNumber"]}
        (version,) = (
            resource["Properties"]
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Version" and logical_id.startswith(f"{name}Function")
        )
        assert "Settings" in references(version["Description"]), name


def a_new_version_is_taken_back_when_an_alarm_of_its_function_goes_off(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        for name in functions_of(stack):
            alias = stack.resources[f"{name}FunctionAliaslive"]
            update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
            assert update["DeploymentGroupName"] == f"<{name}FunctionDeploymentGroup>"
            group = stack.properties(f"{name}FunctionDeploymentGroup")
            kind = "AllAtOnce" if choice == "all at once" else "Canary10Percent5Minutes"
            assert group["DeploymentConfigName"] == f"CodeDeployDefault.Lambda{kind}"
            assert group["ServiceRoleArn"] == "<DeploymentRole.Arn>"
            alarms = [alarm["Name"] for alarm in group["AlarmConfiguration"].get("Alarms", [])]
            if choice == "all at once":
                assert alarms == [], "what mends a broken service must not wait for its alarms"
                continue
            assert group["AlarmConfiguration"]["Enabled"] is True
            assert f"<{name}ErrorsAlarm>" in alarms and f"<{name}SlowAlarm>" in alarms
            assert ("<FailuresAlarm>" in alarms) == (name != "RecordMailEvents")
            assert ("<MailsRefusedAlarm>" in alarms) == (name == "RequestEmailVerification")
            assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


# ---- Roles


def every_role_is_bounded_and_in_its_path(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        roles = stack.of_type("AWS::IAM::Role")
        assert len(roles) >= 4, choice
        for name, role in roles.items():
            boundary, path = (BOUNDARY, "/acme/") if choice == "all bounds" else (None, "/")
            assert (role.get("PermissionsBoundary"), role["Path"]) == (boundary, path), (choice, name)
            assert "ManagedPolicyArns" not in role, name


def only_the_service_that_needs_a_role_takes_it(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        for name, role in stack.of_type("AWS::IAM::Role").items():
            service = {"EventPipesRole": "pipes", "DeploymentRole": "codedeploy"}.get(name, "lambda")
            (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
            assert (trust["Effect"], trust["Action"]) == ("Allow", "sts:AssumeRole"), name
            assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}, name
            # Or else somebody else's pipe could have this role's rights.
            account = {"StringEquals": {"aws:SourceAccount": PSEUDO["AWS::AccountId"]}}
            assert trust.get("Condition") == (account if service == "pipes" else None), name


def roles_allow_single_actions_on_exact_resources(stacks: dict[str, Stack]) -> None:
    everything = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    for stack in stacks.values():
        for role in stack.of_type("AWS::IAM::Role"):
            for statement in statements(stack, role):
                assert statement["Effect"] == "Allow" and isinstance(statement["Action"], str), (role, statement)
                action = statement["Action"]
                assert "*" not in action and "NotAction" not in statement, (role, action)
                for resource in as_list(statement["Resource"]):
                    if action in everything:
                        assert resource == "*"
                    elif role == "DeploymentRole":
                        # All alarms of the account, and all versions of our own functions.
                        alarms = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:*"
                        name = resource.removeprefix("<").removesuffix(":*").removesuffix(".Arn>")
                        assert resource == alarms or f"{name}DeploymentGroup" in stack.resources, resource
                    else:
                        assert "*" not in resource, (role, action, resource)


def each_function_writes_into_its_own_log_and_no_other(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        for name in functions_of(stack):
            written = {
                (statement["Action"], statement["Resource"])
                for statement in statements(stack, f"{name}Role")
                if statement["Action"].startswith("logs:")
            }
            log = f"<{name}Logs.Arn>"
            assert written == {("logs:CreateLogStream", log), ("logs:PutLogEvents", log)}, name


def mail_is_sent_from_one_address_of_one_identity_with_one_configuration_set(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        (allowed,) = (
            statement
            for statement in statements(stack, "RequestEmailVerificationRole")
            if statement["Action"] == "ses:SendEmail"
        )
        account = "arn:aws:ses:eu-central-1:111122223333:"
        assert allowed["Resource"] == [
            f"{account}identity/acme.example",
            f"{account}identity/no-reply@acme.example",
            f"{account}configuration-set/<ConfigurationSet>",
        ], choice
        assert allowed["Condition"] == {"StringEquals": {"ses:FromAddress": "no-reply@acme.example"}}, choice
        # And no other role sends.
        others = [role for role in stack.of_type("AWS::IAM::Role") if role != "RequestEmailVerificationRole"]
        assert not any("ses:" in text for role in others for text in texts(statements(stack, role)))


# ---- Table, logs, mail


def the_table_is_kept_protected_and_streamed(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        table = stack.resources["Table"]
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
        table = table["Properties"]
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["DeletionProtectionEnabled"] == ("false" if choice == "all bounds" else "true")
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def every_log_group_forgets(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        groups = stack.of_type("AWS::Logs::LogGroup")
        assert groups.keys() == {*(f"{name}Logs" for name in functions_of(stack)), "AccessLogs"}
        names = [group["LogGroupName"] for group in groups.values()]
        assert len(names) == len(set(names))
        prefix = "/acme/verification/" if choice == "all names" else ("/aws/lambda/mailproof/", "/aws/vendedlogs/")
        assert all(name.startswith(prefix) for name in names)
        days = "365" if choice == "all bounds" else "30"
        assert all(str(group["RetentionInDays"]) == days for group in groups.values())


def the_senders_domain_is_made_unless_it_is_there(stacks: dict[str, Stack]) -> None:
    records = {"DkimRecord1", "DkimRecord2", "DkimRecord3", "MailFromMxRecord", "MailFromSpfRecord", "DmarcRecord"}
    for choice, stack in stacks.items():
        if choice == "an identity that is there":
            assert "SenderDomain" not in stack.resources and not records & stack.outputs.keys()
            continue
        domain = stack.properties("SenderDomain")
        assert domain["EmailIdentity"] == "acme.example", choice
        assert domain["DkimAttributes"] == {"SigningEnabled": True}
        # A mail is better sent from SES's own domain than not at all.
        assert domain["MailFromAttributes"]["BehaviorOnMxFailure"] == "USE_DEFAULT_VALUE"
        assert domain["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
        assert domain["MailFromAttributes"]["MailFromDomain"] == "bounce.acme.example"
        value = {name: stack.outputs[name]["Value"] for name in records}
        assert value["DkimRecord2"] == "<SenderDomain.DkimDNSTokenName2> CNAME <SenderDomain.DkimDNSTokenValue2>"
        assert value["MailFromMxRecord"] == "bounce.acme.example MX 10 feedback-smtp.eu-central-1.amazonses.com"
        assert value["MailFromSpfRecord"] == 'bounce.acme.example TXT "v=spf1 include:amazonses.com ~all"'
        assert value["DmarcRecord"] == '_dmarc.acme.example TXT "v=DMARC1; p=none"'


def mails_travel_encrypted_untracked_and_no_longer_than_their_links_live(stacks: dict[str, Stack]) -> None:
    template = stacks["defaults"].template
    for hours in template["Parameters"]["LinkLifetimeHours"]["AllowedValues"]:
        stack = Stack(template, SENDER | {"LinkLifetimeHours": hours})
        delivery = stack.properties("ConfigurationSet")["DeliveryOptions"]
        # 50,400 seconds are the most that SES takes.
        assert delivery["MaxDeliverySeconds"] == min(50_400, int(hours) * 3600), hours
    for stack in stacks.values():
        mails = stack.properties("ConfigurationSet")
        assert mails["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
        assert mails["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
        assert mails["ReputationOptions"] == {"ReputationMetricsEnabled": True}
        assert mails["SendingOptions"] == {"SendingEnabled": True}
        for destination in stack.of_type("AWS::SES::ConfigurationSetEventDestination").values():
            assert destination["ConfigurationSetName"] == "<ConfigurationSet>"
            assert not {"open", "click"} & set(destination["EventDestination"]["MatchingEventTypes"])
        variables = stack.properties("RequestEmailVerificationFunction")["Environment"]["Variables"]
        assert variables["CONFIGURATION_SET"] == "<ConfigurationSet>"


def what_becomes_of_our_mails_reaches_the_deployed_version(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        events = stack.properties("MailEvents")["EventDestination"]
        assert events["Enabled"] is True
        bus = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
        assert events["EventBridgeDestination"] == {"EventBusArn": bus}
        # Each kind that SES publishes is one that the rule lets through, and the other way round.
        told = {
            "delivery": "Email Delivered",
            "deliveryDelay": "Email Delivery Delayed",
            "bounce": "Email Bounced",
            "complaint": "Email Complaint Received",
            "reject": "Email Rejected",
        }
        assert set(events["MatchingEventTypes"]) == told.keys()
        rule = stack.properties("MailEventsRule")
        assert "EventBusName" not in rule, "SES knows the default bus alone"
        pattern = rule["EventPattern"]
        assert pattern["source"] == ["aws.ses"] and set(pattern["detail-type"]) == set(told.values())
        assert pattern["detail"] == {"mail": {"tags": {"ses:configuration-set": ["<ConfigurationSet>"]}}}
        (target,) = rule["Targets"]
        assert target["Arn"] == "<RecordMailEventsFunctionAliaslive>"
        assert target["DeadLetterConfig"] == {"Arn": "<MailEventsDeadLetterQueue.Arn>"}
        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}
        failed = stack.properties("RecordMailEventsFunctionEventInvokeConfig")
        assert (failed["MaximumRetryAttempts"], failed["MaximumEventAgeInSeconds"]) == (2, 21_600)
        assert failed["Qualifier"] == "live", "the rule invokes the alias, and each qualifier has its own"
        assert failed["DestinationConfig"] == {"OnFailure": {"Destination": "<MailEventsDeadLetterQueue.Arn>"}}


def only_this_rule_and_this_function_write_into_the_dead_letter_queue(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        queue = stack.properties("MailEventsDeadLetterQueue")
        assert queue["SqsManagedSseEnabled"] is True and queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        policy = stack.properties("MailEventsDeadLetterQueuePolicy")
        assert policy["Queues"] == ["<MailEventsDeadLetterQueue>"]
        (allowed,) = policy["PolicyDocument"]["Statement"]
        assert allowed == {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "<MailEventsDeadLetterQueue.Arn>",
            "Condition": {"ArnEquals": {"aws:SourceArn": "<MailEventsRule.Arn>"}},
        }
        senders = [
            role
            for role in stack.of_type("AWS::IAM::Role")
            if any(statement["Resource"] == "<MailEventsDeadLetterQueue.Arn>" for statement in statements(stack, role))
        ]
        assert senders == ["RecordMailEventsRole"]


def changes_of_the_table_reach_the_bus_that_was_named_or_leave_a_note(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        pipes = stack.of_type("AWS::Pipes::Pipe")
        assert pipes.keys() == {"EmailVerifiedPipe", "EmailUndeliverablePipe"}
        name = "verification" if choice == "all names" else "default"
        bus = f"arn:aws:events:eu-central-1:111122223333:event-bus/{name}"
        for logical_id, pipe in pipes.items():
            snake = re.sub("(?<!^)([A-Z])", r"_\1", logical_id.removesuffix("Pipe")).lower()
            assert pipe.get("Name") == (f"acme-{snake}" if choice == "all names" else None), logical_id
            assert (pipe["Source"], pipe["Target"]) == ("<Table.StreamArn>", bus), choice
            assert pipe["RoleArn"] == "<EventPipesRole.Arn>"
            stream = pipe["SourceParameters"]["DynamoDBStreamParameters"]
            assert stream == {
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": 10,
                "OnPartialBatchItemFailure": "AUTOMATIC_BISECT",
                # The rest of the day that the stream remembers is for a person.
                "MaximumRecordAgeInSeconds": 6 * 3600,
                "DeadLetterConfig": {"Arn": "<UnpublishedEvents.Arn>"},
            }
            # What the events say is checked by tests/it/events_out.rs.
            stage = f'"stage": "{stack.parameters["Stage"]}"'
            assert stage in pipe["TargetParameters"]["InputTemplate"], choice
        queue = stack.properties("UnpublishedEvents")
        assert queue["SqsManagedSseEnabled"] is True and queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        allowed = {(each["Action"], each["Resource"]) for each in statements(stack, "EventPipesRole")}
        read = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
        expected = {(f"dynamodb:{action}", "<Table.StreamArn>") for action in read}
        assert allowed == expected | {("events:PutEvents", bus), ("sqs:SendMessage", "<UnpublishedEvents.Arn>")}


# ---- Alarms and dashboard


def metrics_of(alarm: dict) -> list[dict]:
    """What an alarm looks at: its metric, or those of its expression."""
    if "Metrics" not in alarm:
        return [alarm]
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]


def every_alarm_says_what_to_do_and_tells_somebody(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
            snake = re.sub("(?<!^)([A-Z])", r"_\1", name.removesuffix("Alarm")).lower()
            assert alarm.get("AlarmName") == (f"acme-{snake}" if choice == "all names" else None), name
            assert len(alarm["AlarmDescription"]) > 100, name
            assert len(alarm["AlarmDescription"]) <= 1024, name
            assert alarm["AlarmActions"] == alarm["OKActions"] == ["<AlarmTopic>"], name
            # A rate does not get better because nothing is sent.
            expected = "ignore" if "Rate" in name else "notBreaching"
            assert alarm["TreatMissingData"] == expected, name


def everything_that_can_fail_has_an_alarm(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        watched = set()
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
            for metric in metrics_of(alarm):
                values = [dimension["Value"] for dimension in metric.get("Dimensions", [])]
                watched.add((metric["MetricName"], *values))
        expected = {("5xx", "<Api>"), ("Failures",), ("MailsRefused",)}
        for name in functions_of(stack):
            expected |= {(metric, f"<{name}Function>") for metric in ("Errors", "Duration", "Throttles")}
        for operation in ("GetItem", "UpdateItem", "TransactWriteItems"):
            expected |= {(metric, "<Table>", operation) for metric in ("SystemErrors", "ThrottledRequests")}
        expected |= {(f"Reputation.{rate}", "<ConfigurationSet>") for rate in ("BounceRate", "ComplaintRate")}
        for queue in ("MailEventsDeadLetterQueue", "UnpublishedEvents"):
            expected.add(("ApproximateNumberOfMessagesVisible", f"<{queue}.QueueName>"))
        expected.add(("InvocationsFailedToBeSentToDlq", "<MailEventsRule>"))
        expected.add(("DestinationDeliveryFailures", "<RecordMailEventsFunction>"))
        expected |= {("ExecutionFailed", f"<{pipe}>") for pipe in ("EmailVerifiedPipe", "EmailUndeliverablePipe")}
        assert watched == expected, (choice, watched ^ expected)


# By which AWS counts, and we.
DIMENSIONS = {
    "AWS/ApiGateway": ["ApiId"],
    "AWS/DynamoDB": ["TableName", "Operation"],
    "AWS/EventBridge/Pipes": ["PipeName"],
    "AWS/Events": ["RuleName"],
    "AWS/Lambda": ["FunctionName"],
    "AWS/SES": ["ses:configuration-set"],
    "AWS/SQS": ["QueueName"],
    "Mailproof/mailproof": [],
}


def every_alarm_counts_what_it_means_to(stacks: dict[str, Stack]) -> None:
    maxima = {"Reputation.BounceRate", "Reputation.ComplaintRate", "ApproximateNumberOfMessagesVisible"}
    # The period in seconds, and the threshold: a number, or a share of all mails. One is enough, unless callers
    # may simply try again.
    counts = {f"{name}ErrorsAlarm": (60, 1) for name in FUNCTIONS} | {
        "FailuresAlarm": (60, 3),
        "ApiFailuresAlarm": (300, 5),
        "TableErrorsAlarm": (300, 5),
        "TableThrottlesAlarm": (300, 5),
        "BounceRateAlarm": (3600, 0.03),
        "ComplaintRateAlarm": (3600, 0.0005),
    }
    for stack in stacks.values():
        for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
            assert "ActionsEnabled" not in alarm, name
            for metric in metrics_of(alarm):
                names = [dimension["Name"] for dimension in metric.get("Dimensions", [])]
                assert names == DIMENSIONS.get(metric["Namespace"]), (name, metric["Namespace"], names)
            queries = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
            if queries:
                counted = {(query["Stat"], query["Period"]) for query in queries}
                (sum_of_all,) = (query for query in alarm["Metrics"] if query.get("ReturnData", True))
                namespaces = {metric["Namespace"] for metric in metrics_of(alarm)}
                # Of DynamoDB's metrics an alarm forgets nothing while data is missing.
                expected = "SUM(FILL(METRICS(), 0))" if namespaces == {"AWS/DynamoDB"} else "SUM(METRICS())"
                assert sum_of_all["Expression"] == expected and counted == {("Sum", 300)}, name
            elif alarm["MetricName"] == "Duration":
                assert (alarm["ExtendedStatistic"], alarm["ComparisonOperator"]) == ("p99", "GreaterThanThreshold"), name
                assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 3), name
                # Otherwise it would say nothing of fewer than a thousand calls.
                assert "EvaluateLowSampleCountPercentile" not in alarm, name
                timeout = stack.properties(name.replace("SlowAlarm", "Function"))["Timeout"]
                assert 1000 < alarm["Threshold"] < timeout * 1000, name
                continue
            else:
                assert alarm["Statistic"] == ("Maximum" if alarm["MetricName"] in maxima else "Sum"), name
            assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold", name
            # A pipe that fails tries again.
            assert alarm["EvaluationPeriods"] == (3 if name == "PipesFailingAlarm" else 1), name
            # A sum has no period but that of what it adds up.
            assert (alarm.get("Period", 300), alarm["Threshold"]) == counts.get(name, (300, 1)), name


def nothing_is_deployed_switched_off(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        assert "State" not in stack.properties("MailEventsRule")
        for pipe in stack.of_type("AWS::Pipes::Pipe").values():
            assert "DesiredState" not in pipe
        for destination in stack.of_type("AWS::SES::ConfigurationSetEventDestination").values():
            assert destination["EventDestination"]["Enabled"] is True


def mails_are_counted_by_configuration_set(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        destination = stack.properties("MailMetrics")["EventDestination"]
        kinds = ["send", "delivery", "deliveryDelay", "bounce", "complaint", "reject"]
        assert destination["MatchingEventTypes"] == kinds
        assert destination["CloudWatchDestination"]["DimensionConfigurations"] == [
            {
                "DimensionName": "ses:configuration-set",
                "DimensionValueSource": "messageTag",
                "DefaultDimensionValue": "<ConfigurationSet>",
            }
        ]


def the_key_of_codes_is_long_and_goes_with_the_stack(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        key = stack.resources["CodeKey"]
        assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Delete", "Delete")
        # Letters and digits alone, as a comma would part two keys.
        assert key["Properties"]["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}


def ses_alarms_go_off_well_before_aws_acts(stacks: dict[str, Stack]) -> None:
    # At these rates AWS puts an account under review; it pauses one at twice and at five times as many.
    for alarm, review in {"BounceRateAlarm": 0.05, "ComplaintRateAlarm": 0.001}.items():
        properties = stacks["defaults"].properties(alarm)
        assert properties["Threshold"] <= 0.6 * review, alarm
        assert properties["Dimensions"] == [{"Name": "ses:configuration-set", "Value": "<ConfigurationSet>"}]


def alarms_reach_their_topic_encrypted_and_nobody_else_does(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        assert stack.properties("AlarmTopic")["KmsMasterKeyId"] == "<AlarmKey>"
        (publish,) = stack.properties("AlarmTopicPolicy")["PolicyDocument"]["Statement"]
        assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert publish["Action"] == "sns:Publish" and publish["Resource"] == "<AlarmTopic>"
        # By the beginning of their names, which is the stack's unless it was given.
        prefix = "acme-" if choice == "all names" else "mailproof-"
        alarms = f"arn:aws:cloudwatch:eu-central-1:111122223333:alarm:{prefix}*"
        assert publish["Condition"]["ArnLike"] == {"aws:SourceArn": alarms}
        key = stack.properties("AlarmKey")["KeyPolicy"]["Statement"]
        (encrypt,) = (statement for statement in key if statement["Principal"] == publish["Principal"])
        assert set(encrypt["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
        assert encrypt["Condition"] == {"StringEquals": {"aws:SourceAccount": PSEUDO["AWS::AccountId"]}}
        (everything,) = (statement for statement in key if statement["Principal"] != publish["Principal"])
        assert everything["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}, "or nobody could change it"
        # As docs/deploy.md says of what stays.
        assert stack.properties("AlarmKey")["PendingWindowInDays"] == 7
        assert ("AlarmMails" in stack.resources) == (choice == "all bounds")
        if choice == "all bounds":
            mails = stack.properties("AlarmMails")
            assert mails == {"TopicArn": "<AlarmTopic>", "Protocol": "email", "Endpoint": "ops@acme.example"}


def the_dashboard_shows_the_funnel_and_what_stands_under_it(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        widgets = json.loads(stack.properties("Dashboard")["DashboardBody"])["widgets"]
        places = set()
        shown = set()
        for widget in widgets:
            for x in range(widget["x"], widget["x"] + widget["width"]):
                for y in range(widget["y"], widget["y"] + widget["height"]):
                    assert x < 24 and (x, y) not in places, widget["properties"]["title"]
                    places.add((x, y))
            for metric in widget["properties"]["metrics"]:
                namespace, name, *pairs = [part for part in metric if isinstance(part, str)]
                assert len(pairs) % 2 == 0, "a namespace, a name, and pairs"
                # Of what a table consumes DynamoDB keeps no account by operation.
                of_the_table = ["TableName"] if name.startswith("Consumed") else DIMENSIONS[namespace]
                assert pairs[::2] == of_the_table, (namespace, name, pairs)
                shown.add((namespace, name))
        (funnel,) = (widget for widget in widgets if (widget["x"], widget["y"]) == (0, 0))
        steps = [metric[1] for metric in funnel["properties"]["metrics"]]
        assert steps == ["Requested", "Mailed", "Delivery", "VerifiedByLink", "VerifiedByCode"]
        # And nothing that nobody counts.
        own = "Requested Mailed MailsRefused Throttled VerifiedByLink VerifiedByCode Wrong Expired ColdStart Failures"
        ses = "Send Delivery DeliveryDelay Bounce Complaint Reject Reputation.BounceRate Reputation.ComplaintRate"
        for namespace, names in {"Mailproof/mailproof": own, "AWS/SES": ses}.items():
            assert {name for space, name in shown if space == namespace} == set(names.split()), namespace
        expected = {("AWS/Lambda", name) for name in ("Duration", "Errors", "Throttles")}
        expected |= {("AWS/ApiGateway", name) for name in ("Count", "4xx", "5xx", "Latency")}
        expected |= {("AWS/DynamoDB", name) for name in ("ConsumedWriteCapacityUnits", "SuccessfulRequestLatency")}
        assert expected <= shown, (choice, expected - shown)
        # A page that is not deployed has no metrics.
        page = any("<VerificationPageFunction>" in text for text in texts(widgets))
        assert page == (choice != "a page of one's own")


# ---- Names and outputs


def every_name_is_the_one_that_was_asked_for(stacks: dict[str, Stack]) -> None:
    for name, properties in {
        "Table": ("TableName", "users"),
        "ConfigurationSet": ("Name", "verification"),
        "CodeKey": ("Name", "acme/code-key"),
        "MailEventsRule": ("Name", "mail-events"),
        "MailEventsDeadLetterQueue": ("QueueName", "mail-events-failed"),
        "AlarmTopic": ("TopicName", "verification-alarms"),
        "Dashboard": ("DashboardName", "verification"),
        "RequestEmailVerificationFunction": ("FunctionName", "acme_request_email_verification"),
        "RecordMailEventsRole": ("RoleName", "acme-record_mail_events"),
        "DeploymentRole": ("RoleName", "acme-deployment"),
    }.items():
        key, value = properties
        assert stacks["all names"].properties(name)[key] == value, name
        assert key not in stacks["defaults"].properties(name), name
    assert stacks["all names"].properties("SettingsApplication")["Name"] == "acme-settings"
    # Or else AppConfig would keep a stack from being deleted for an hour after somebody looked at the record.
    assert stacks["defaults"].properties("SettingsProfile")["DeletionProtectionCheck"] == "BYPASS"
    stack_id = PSEUDO["AWS::StackId"].rpartition("/")[2]
    assert stacks["defaults"].properties("SettingsApplication")["Name"] == stack_id
    assert stacks["all names"].properties("Api")["Body"]["info"]["title"] == "verification api"
    assert stacks["defaults"].properties("Api")["Body"]["info"]["title"] == "mailproof"
    longest = "x" * 37
    stack = Stack(stacks["defaults"].template, SENDER | {"FunctionNamePrefix": longest, "RoleNamePrefix": longest})
    assert not stack.refused_parameters()
    for kind, key in (("AWS::Lambda::Function", "FunctionName"), ("AWS::IAM::Role", "RoleName")):
        assert all(len(properties[key]) <= 64 for properties in stack.of_type(kind).values())


def a_person_is_told_what_to_do_next(stacks: dict[str, Stack]) -> None:
    for choice, stack in stacks.items():
        assert all(output["Description"] for output in stack.outputs.values())
        assert ("PageUrl" in stack.outputs) == (choice != "a page of one's own")
    value = {name: output["Value"] for name, output in stacks["defaults"].outputs.items()}
    assert value["PageUrl"] == "<Api.ApiEndpoint>/verify_email"
    assert value["TableName"] == "<Table>"
    command = "TABLE_NAME=<Table> AWS_REGION=eu-central-1 cargo run -p admin -- keys create --label backend"
    assert value["CreateKeyCommand"] == command
    assert value["DashboardUrl"].endswith("region=eu-central-1#dashboards/dashboard/<Dashboard>")
    assert value["AlarmTopicArn"] == "<AlarmTopic>"
    assert value["CodeKeyArn"] == "<CodeKey>"
    assert value["DeadLetterQueueUrl"] == "<MailEventsDeadLetterQueue>"
    assert value["UnpublishedEventsQueueUrl"] == "<UnpublishedEvents>"
    elsewhere = stacks["a domain elsewhere"].outputs["ApiDomainTarget"]["Value"]
    assert "<ApiDomain.RegionalDomainName>" in elsewhere, elsewhere
    assert (value["MailEventsRuleName"], value["MailEventsBusName"]) == ("<MailEventsRule>", "default")


def the_application_repository_is_told_whose_it_is_and_under_which_licence(stacks: dict[str, Stack]) -> None:
    about = stacks["defaults"].template["Metadata"]["AWS::ServerlessRepo::Application"]
    assert about["SpdxLicenseId"] == "Apache-2.0"
    # As AWS's page on these metadata says.
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9]|-(?!-))*[a-z0-9]", about["Author"])
    assert re.fullmatch(r"[a-zA-Z0-9-]{1,140}", about["Name"])
    assert all(re.fullmatch(r"[a-zA-Z0-9+_:/@-]{1,127}", label) for label in about["Labels"])
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", about["SemanticVersion"])
    for key in ("LicenseUrl", "ReadmeUrl"):
        assert Path(about[key]).is_file(), key
    assert "HomePageUrl" not in about, "there is none yet"
    assert len(about["Labels"]) <= 10 and len(about["Description"]) <= 256


CHECKS: list[Callable[[dict[str, Stack]], None]] = [
    function
    for function in list(globals().values())
    if callable(function) and getattr(function, "__annotations__", {}).get("stacks") == dict[str, Stack]
]


def main() -> int:
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    stacks = {choice: Stack(expand(source, chosen), chosen) for choice, chosen in CHOICES.items()}
    failed = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            check(stacks)
        except AssertionError as error:
            failed += 1
            line = error.__traceback__
            while line.tb_next:
                line = line.tb_next
            print(f"FAILED {name}: line {line.tb_lineno}: {error}", file=sys.stderr)
        else:
            print(f"ok {name}")
    print(f"{len(CHECKS) - failed} of {len(CHECKS)} hold for {len(stacks)} choices of parameters")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
