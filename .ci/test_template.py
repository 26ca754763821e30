"""Tests template.yaml with several choices of parameters.

Each file in .ci/stacks begins with a choice of parameters. Below it is the resulting stack: all of
it for the defaults, the differences from that for any other choice. INSTA_UPDATE=always rewrites
it.
"""

import difflib
import functools
import json
import os
import re
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from itertools import combinations
from pathlib import Path
from typing import Any, Iterator

import pytest
import yaml
from artefacts import resource_of
from cloudformation import Stack
from expand_template import expand

SOURCE = Path("template.yaml").read_text(encoding="utf-8")
FILES = {file.stem: file for file in sorted(Path(".ci/stacks").iterdir())}
REFUSED = yaml.load(Path(".ci/refused.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)

# AWS publishes its metrics with these dimensions; with others an alarm never goes off.
DIMENSIONS = {"AWS/ApiGateway": ["ApiId"], "AWS/Lambda": ["FunctionName"], "AWS/SQS": ["QueueName"]}
DIMENSIONS |= {"AWS/SES": ["ses:configuration-set"]}


@functools.cache
def stack_of(choice: str) -> Stack:
    chosen = yaml.load(
        FILES[choice].read_text(encoding="utf-8").partition("---\n")[0], yaml.BaseLoader
    )
    return Stack(expand(SOURCE, chosen), chosen)


def with_others(choice: str, others: dict[str, str]) -> Stack:
    return Stack(stack_of(choice).template, stack_of(choice).parameters | others)


@pytest.fixture(params=FILES)
def stack(request: pytest.FixtureRequest) -> Stack:
    return stack_of(request.param)


def named(reference: str) -> str:
    """The resource in a reference such as <Table.Arn>."""
    return reference.strip("<>").split(".")[0]


def statements(stack: Stack, role: str) -> list[dict]:
    policies = stack.of_type("AWS::IAM::Role")[role]["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def routes(stack: Stack) -> dict[str, str]:
    """The function of each path of the API. SAM leaves empty paths of missing functions."""
    (api,) = stack.of_type("AWS::ApiGatewayV2::Api").values()
    methods = {
        path: of["x-amazon-apigateway-any-method"]
        for path, of in api["Body"]["paths"].items()
        if of
    }
    uris = {
        path: method["x-amazon-apigateway-integration"]["uri"] for path, method in methods.items()
    }
    return {path: named(re.search("<.*>", uri)[0]) for path, uri in uris.items()}


def targets(stack: Stack) -> list[tuple[str, dict]]:
    """The rules of EventBridge with their targets, as pairs."""
    return [
        (name, of)
        for name, rule in stack.of_type("AWS::Events::Rule").items()
        for of in rule.get("Targets", [])
    ]


def shown(node: Any) -> Any:
    """A stack without texts for people and SAM's own entries, and with JSON texts parsed."""
    if isinstance(node, dict):
        left_out = ("AlarmDescription", "Code", "Description", "Metadata", "Tags")
        return {key: shown(value) for key, value in node.items() if key not in left_out}
    return json.loads(node) if isinstance(node, str) and node.startswith('{"') else node


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, list) and isinstance(after, list):
        before, after = dict(enumerate(before)), dict(enumerate(after))
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before | after):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}".strip("."))
    elif before is None or after is None:
        yield f"- {path}\n" if after is None else f"+ {path}: {json.dumps(after)}\n"
    elif before != after:
        yield f"  {path}: {json.dumps(before)} -> {json.dumps(after)}\n"


@pytest.mark.parametrize("choice", FILES)
def test_stack_is_like_its_snapshot(choice: str) -> None:
    default, now = (
        shown(of.resources | {"Outputs": of.outputs})
        for of in (stack_of("defaults"), stack_of(choice))
    )
    text = "".join(differences(default, now)) or yaml.safe_dump(
        now, width=150, default_flow_style=None
    )
    before = FILES[choice].read_text(encoding="utf-8")
    after = before.partition("---\n")[0] + "---\n" + text
    if os.environ.get("INSTA_UPDATE") == "always":
        FILES[choice].write_text(after, encoding="utf-8")
    elif before != after:
        diff = difflib.unified_diff(
            before.splitlines(), after.splitlines(), str(FILES[choice]), "now", lineterm=""
        )
        pytest.fail("\n".join(diff), pytrace=False)


def test_parameters_are_accepted(stack: Stack) -> None:
    assert not stack.refused_parameters() | stack.broken_rules()


def test_wrong_values_are_refused() -> None:
    declared = stack_of("defaults").declared
    assert REFUSED["values"].keys() == {
        name for name, of in declared.items() if "AllowedPattern" in of
    }
    for name, value in (
        (name, value) for name, values in REFUSED["values"].items() for value in values
    ):
        assert with_others("defaults", {name: value}).refused_parameters() == {name}, value


def test_contradictions_are_refused() -> None:
    assert {rule for rule, *_ in REFUSED["contradictions"]} == stack_of("defaults").template[
        "Rules"
    ].keys()
    for rule, choice, others in REFUSED["contradictions"]:
        assert with_others(choice, others).broken_rules() == {rule}, others


@pytest.mark.parametrize("name", stack_of("defaults").declared)
def test_every_parameter_does_something(name: str) -> None:
    values = {stack_of(choice).parameters[name] for choice in FILES}
    changed = [
        (stack_of(choice), with_others(choice, {name: value}))
        for choice in FILES
        for value in values
    ]
    assert any(not of.broken_rules() and of.resources != stack.resources for stack, of in changed)


def test_no_permission_is_a_wildcard(stack: Stack) -> None:
    sender = re.search(r"[^<]+@[^>]+", stack.parameters["Sender"])[0]
    for statement in (
        of for role in stack.of_type("AWS::IAM::Role") for of in statements(stack, role)
    ):
        wide = re.findall(r'[^"]*\*[^"]*', json.dumps([statement["Action"], statement["Resource"]]))
        if wide == ["*"] and stack.holds("IsTraced"):
            assert all(action.startswith("xray:") for action in statement["Action"])
        elif wide:
            assert statement["Action"] == "ses:SendEmail" and [
                of.split(":")[-1] for of in wide
            ] == ["identity/*"]
            assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": sender}}


def test_no_function_shares_role_or_logs(stack: Stack) -> None:
    functions = stack.of_type("AWS::Lambda::Function").values()
    owned = [(named(of["Role"]), named(of["LoggingConfig"]["LogGroup"])) for of in functions]
    assert all(len(set(column)) == len(functions) for column in zip(*owned))
    for role, logs in owned:
        assert stack.of_type("AWS::Logs::LogGroup")[logs]["RetentionInDays"]
        writes = [
            of["Resource"] for of in statements(stack, role) if "logs:PutLogEvents" in of["Action"]
        ]
        assert writes == [f"<{logs}.Arn>"], role


def test_failed_events_wait_in_a_queue(stack: Stack) -> None:
    functions = stack.of_type("AWS::Lambda::Function")
    configs = [
        of["Properties"]
        for of in stack.resources.values()
        if "DestinationConfig" in of.get("Properties", {})
    ]
    failed = {
        named(of["FunctionName"]): of["DestinationConfig"]["OnFailure"]["Destination"]
        for of in configs
    }
    assert failed.keys() == functions.keys() - set(routes(stack).values())
    for function, queue in failed.items():
        allowed = statements(stack, named(functions[function]["Role"]))
        assert {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue} in allowed, (
            function
        )
    undelivered = {target["DeadLetterConfig"]["Arn"]: rule for rule, target in targets(stack)}
    policies = [
        of["PolicyDocument"]["Statement"] for of in stack.of_type("AWS::SQS::QueuePolicy").values()
    ]
    for queue, rule in undelivered.items():
        allowed = [
            of["Condition"] for policy in policies for of in policy if of["Resource"] == queue
        ]
        assert allowed == [{"ArnEquals": {"aws:SourceArn": f"<{rule}.Arn>"}}], rule
    queues = stack.of_type("AWS::SQS::Queue").keys()
    assert queues == set(map(named, [*failed.values(), *undelivered]))
    assert all(
        f"<{queue}.QueueName>" in json.dumps(stack.of_type("AWS::CloudWatch::Alarm"))
        for queue in queues
    )


def test_each_path_reaches_its_function(stack: Stack) -> None:
    paths = routes(stack)
    page = "VerificationPageFunction" if stack.holds("PageIsBuiltIn") else "VerifyEmailFunction"
    expected = dict.fromkeys(("/", "/verify_email", "/verify_email/", "/any/other"), page)
    new_mail = ("/verify_email/new_mail", "/verify_email/new_mail/")
    expected |= dict.fromkeys(new_mail, "RequestEmailVerificationFunction")
    for path in yaml.safe_load(Path("openapi.yaml").read_text(encoding="utf-8"))["paths"]:
        expected |= dict.fromkeys((path, path + "/"), resource_of(path.split("/")[-1]))
    for path, function in expected.items():
        greedy = [
            of
            for of in paths
            if of.endswith("{proxy+}") and path.startswith(of.removesuffix("{proxy+}"))
        ]
        assert (
            paths[path if path in paths else max(greedy, key=len, default="$default")] == function
        ), path
        assert stack.of_type("AWS::Lambda::Function")[function]["Timeout"] < 30, (
            "the gateway gives up first"
        )


def test_nobody_else_invokes_a_function(stack: Stack) -> None:
    api = "arn:aws:execute-api:eu-central-1:111122223333:<Api>/$default/GET"
    invoked = [(function, api + path) for path, function in routes(stack).items()]
    invoked += [(named(target["Arn"]), f"<{rule}.Arn>") for rule, target in targets(stack)]
    allowed = [
        (named(of["FunctionName"]), of["SourceArn"])
        for of in stack.of_type("AWS::Lambda::Permission").values()
    ]
    for function, source in invoked:
        assert any(function == of and fnmatchcase(source, pattern) for of, pattern in allowed), (
            source
        )
    for function, pattern in allowed:
        assert pattern.startswith(api.partition("$")[0]) or (function, pattern) in invoked


def test_alarms_reach_somebody(stack: Stack) -> None:
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["<AlarmTopic>"], name
        assert alarm["TreatMissingData"] and alarm["AlarmDescription"], name
        assert sum(query["ReturnData"] for query in alarm.get("Metrics", [])) == (
            "Metrics" in alarm
        ), name
        for metric in [
            of["MetricStat"]["Metric"] for of in alarm.get("Metrics", []) if "MetricStat" in of
        ] or [alarm]:
            assert [of["Name"] for of in metric.get("Dimensions", [])] == DIMENSIONS.get(
                metric["Namespace"], []
            ), name
    counted = re.findall(
        r'"FunctionName", "Value": "<(\w+)>"', json.dumps(alarms["FunctionErrorsAlarm"])
    )
    functions = stack.of_type("AWS::Lambda::Function").keys()
    assert set(counted) == functions, "template.yaml: each function is in FunctionErrorsAlarm"


def test_dashboard_shows_each_function(stack: Stack) -> None:
    (dashboard,) = stack.of_type("AWS::CloudWatch::Dashboard").values()
    shown = re.findall(r'"FunctionName", "<(\w+)>"', dashboard["DashboardBody"])
    functions = stack.of_type("AWS::Lambda::Function").keys()
    assert set(shown) == functions, "template.yaml: each function is in Dashboard"


def test_table_outlives_the_stack(stack: Stack) -> None:
    assert (
        stack.resources["Table"]["DeletionPolicy"]
        == stack.resources["Table"]["UpdateReplacePolicy"]
        == "Retain"
    )


def test_no_name_blocks_a_replacement(stack: Stack) -> None:
    meant = {"DomainName", "EventBusName", "LogGroupName", "MetricName", "StageName", "TableName"}
    for name, of in stack.resources.items():
        texts = {
            key
            for key, value in of.get("Properties", {}).items()
            if key.endswith("Name") and value[0] != "<"
        }
        assert texts <= meant or of["Type"] == "AWS::Route53::RecordSet", name


def test_ses_gets_one_change_at_a_time(stack: Stack) -> None:
    link = re.compile(r'(?:<|"DependsOn": ")(\w+)[.>"]')
    needs = {name: set(link.findall(json.dumps(of))) for name, of in stack.resources.items()}
    before: dict[str, set[str]] = {}
    for name in TopologicalSorter(needs).static_order():
        before[name] = needs[name].union(*(before[other] for other in needs[name]))
    ses = [name for name, of in stack.resources.items() if of["Type"].startswith("AWS::SES::")]
    assert all(one in before[other] or other in before[one] for one, other in combinations(ses, 2))


def test_secrets_are_in_variables_alone(stack: Stack) -> None:
    elsewhere = [{**of.get("Properties", {}), "Environment": {}} for of in stack.resources.values()]
    text = json.dumps([elsewhere, stack.outputs])
    hidden = {name for name, of in stack.declared.items() if of.get("NoEcho")}
    assert hidden == {name for name in stack.declared if "Secret" in name}
    assert not any(stack.parameters[name] and stack.parameters[name] in text for name in hidden)
    assert "{{resolve:" not in text and "$context.path" not in text


def test_template_stays_readable() -> None:
    lines = SOURCE.count("\n")
    assert lines <= 1100, f"{lines} lines: remove a setting, or move a block to Globals"


def test_stack_stays_small(stack: Stack) -> None:
    kinds = [of["Type"] for of in stack.resources.values()]
    assert len(kinds) <= 62 and kinds.count("AWS::CloudWatch::Alarm") <= 8
    assert all(output["Description"] for output in stack.outputs.values())


def test_sam_local_sets_every_variable() -> None:
    settings = json.loads(Path("local/sam-local.json").read_text(encoding="utf-8"))
    shared = settings.pop("Parameters").keys()
    functions = stack_of("defaults").of_type("AWS::Lambda::Function")
    read = {name: of["Environment"]["Variables"].keys() for name, of in functions.items()}
    assert settings.keys() <= read.keys() and shared <= set().union(*read.values())
    for name, variables in read.items():
        own = settings.get(name, {}).keys()
        assert own <= variables <= own | shared, name
