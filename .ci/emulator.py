"""ministack, an emulator of AWS, with additions for this project's template.

deploy_on_emulator.py starts it, and lists the additions.
"""

import functools
import hashlib
import json
import string
from email.utils import parseaddr

from ministack import app
from ministack.services import dynamodb, eventbridge, ses_v2
from ministack.services.cloudformation import _stacks, handlers, provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS


def around(kind):
    """Wraps the creation of a resource. The wrapper gets its properties and the function that
    creates it."""

    def register(wrapper):
        create, update = HANDLERS[kind]["create"], HANDLERS[kind]["update"]
        HANDLERS[kind] |= {
            "create": lambda name, properties, stack: wrapper(
                properties, lambda: create(name, properties, stack)
            ),
            "update": lambda made, old, new, *stack: wrapper(
                new, lambda: update(made, old, new, *stack)
            ),
        }

    return register


@around("AWS::ApiGatewayV2::Api")
def routes(properties, make):
    api, attributes = make()
    gateway = provisioners._apigw_v2
    gateway._routes[api], gateway._integrations[api] = {}, {}
    add_integration = HANDLERS["AWS::ApiGatewayV2::Integration"]["create"]
    add_route = HANDLERS["AWS::ApiGatewayV2::Route"]["create"]
    for path, methods in properties["Body"]["paths"].items():
        # The path of a function that is not created has no methods.
        for method, operation in (methods or {}).items():
            wanted = operation["x-amazon-apigateway-integration"]
            integration = {
                "ApiId": api,
                "IntegrationType": wanted["type"].upper(),
                # The gateway's ARN contains the function's:
                # …:path/2015-03-31/functions/<ARN>/invocations
                "IntegrationUri": wanted["uri"]
                .partition("/functions/")[2]
                .removesuffix("/invocations"),
                "PayloadFormatVersion": wanted["payloadFormatVersion"],
            }
            target = f"integrations/{add_integration('', integration, '')[0]}"
            method = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            key = path if path == "$default" else f"{method} {path}"
            add_route("", {"ApiId": api, "RouteKey": key, "Target": target}, "")
    return api, attributes


@around("AWS::SES::EmailIdentity")
def dns_records(properties, make):
    identity, attributes = make()
    for number in "123":
        token = hashlib.sha256(f"{number}{identity}".encode()).hexdigest()[:32]
        attributes[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
        attributes[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    # SES finds the records at once, as the emulator verifies the identity at once.
    found = ses_v2._identities[identity]
    found["VerificationStatus"] = "SUCCESS"
    found["DkimAttributes"] |= {"SigningEnabled": True, "Status": "SUCCESS"}
    found["MailFromAttributes"]["MailFromDomainStatus"] = "SUCCESS"
    return identity, attributes


@around("AWS::DynamoDB::Table")
def settings_of_the_table(properties, make):
    table, attributes = make()
    # A parameter's value is a text.
    is_protected = str(properties.get("DeletionProtectionEnabled")).lower() == "true"
    dynamodb._tables[table]["DeletionProtectionEnabled"] = is_protected
    for name, apply in [
        ("TimeToLiveSpecification", dynamodb._update_ttl),
        ("PointInTimeRecoverySpecification", dynamodb._update_continuous_backups),
    ]:
        if name in properties:
            apply({"TableName": table, name: properties[name]})
    return table, attributes


def replaces(module, name):
    """Replaces a function of the emulator. The wrapper gets the original as its first argument."""

    def register(wrapper):
        setattr(module, name, functools.partial(wrapper, getattr(module, name)))

    return register


# Without a metric, the emulator never evaluates it.
@replaces(provisioners, "_cw_metric_alarm_record")
def alarm_on_an_expression(record, name, properties):
    if "Metrics" not in properties:
        return record(name, properties)
    others = {key: of for key, of in properties.items() if key != "Metrics"}
    alarm = record(name, {**others, "MetricName": "none", "Namespace": "none"})
    of_metrics = {"MetricName", "Namespace", "Statistic", "Period", "Dimensions"}
    return {key: of for key, of in alarm.items() if key not in of_metrics}


@replaces(provisioners, "_sm_secret_string")
def without_punctuation(make, properties):
    wanted = properties.get("GenerateSecretString", {})
    if wanted.get("ExcludePunctuation"):
        properties = {
            **properties,
            "GenerateSecretString": {**wanted, "ExcludeCharacters": string.punctuation},
        }
    return make(properties)


def stack_of_a_resource(describe, query):
    (resource,) = query.get("PhysicalResourceId", [None])
    if not resource:
        return describe(query)
    for name, stack in _stacks.items():
        resources = stack.get("_resources", {}).values()
        if any(one.get("PhysicalResourceId") == resource for one in resources):
            return describe({**query, "StackName": [name]})
    return handlers._error("ValidationError", f"Stack for {resource} does not exist")


DESCRIBE = "DescribeStackResources"
handlers._ACTION_HANDLERS[DESCRIBE] = functools.partial(
    stack_of_a_resource, handlers._ACTION_HANDLERS[DESCRIBE]
)


# AWS allows this only for its own services. The caller stands for one of them.
@replaces(eventbridge, "_put_events")
def from_aws_itself(put, entries, **_):
    return put(entries, allow_aws_source=True)


@replaces(app, "_enforce_ses_v2")
def who_may_send(ask, method, path, headers, body, query, request):
    if not path.endswith("/outbound-emails"):
        return ask(method, path, headers, body, query, request)
    mail = json.loads(body)
    sender = parseaddr(mail["FromEmailAddress"])[1]
    needed = [
        f"identity/{sender.partition('@')[2]}",
        *(f"identity/{recipient}" for recipient in mail["Destination"]["ToAddresses"]),
        f"configuration-set/{mail['ConfigurationSetName']}",
    ]
    for resource in needed:
        arn = f"arn:aws:ses:us-east-1:000000000000:{resource}"
        context = {"ses:FromAddress": sender}
        refused = app._enforce_data_plane(
            "sesv2", "ses:SendEmail", headers, query, request, arn, context
        )
        if refused:
            return refused
    return None


if __name__ == "__main__":
    app.main()
