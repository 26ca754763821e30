"""Tests that an upgrade of an older stack replaces no stateful resource.

AWS's schemas, which cfn-lint has, name the properties whose change makes CloudFormation replace a
resource. The older stack is in .ci/upgrade. .ci/deploy_on_emulator.py upgrades it with its records.
"""

from pathlib import Path

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from cloudformation import Stack
from expand_template import expand

PARAMETERS = {"ProductName": "Acme", "Sender": "Acme <no-reply@acme.example>"}
OLD = Stack(
    expand(Path(".ci/upgrade/template.yaml").read_text(encoding="utf-8")),
    {"Sender": PARAMETERS["Sender"]},
)
NEW = Stack(expand(Path("template.yaml").read_text(encoding="utf-8")), PARAMETERS)

# A change does not replace the secret, but generates another key.
GENERATES = {"AWS::SecretsManager::Secret": ["/properties/GenerateSecretString"]}


def at(resource: dict, path: str) -> object:
    node = resource.get("Properties", {})
    for name in path.split("/")[2:]:
        node = node.get(name, {})
    return node


@pytest.mark.parametrize("name", OLD.resources)
def test_an_upgrade_replaces_no_state(name: str) -> None:
    old, new = OLD.resources[name], NEW.resources[name]
    assert new["Type"] == old["Type"]

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", old["Type"]).schema
    fixed = [*schema["createOnlyProperties"], *schema.get("conditionalCreateOnlyProperties", [])]
    for path in fixed + GENERATES.get(old["Type"], []):
        assert at(new, path) == at(old, path), path
