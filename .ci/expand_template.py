"""Expands a SAM template into the CloudFormation that AWS would deploy, without asking AWS.

    expand_template.py TEMPLATE OUTPUT

cfn-lint does not run the SAM transform. Whatever the transform copies into place (Globals,
functions' events and settings) is therefore only checked when the expanded template is.
"""

import argparse
import json
import logging
import os
import sys
from pathlib import Path

# The transform puts the region's partition into ARNs; any region will do.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402 (reads the region when imported)
from samtranslator.model.exceptions import InvalidDocumentException  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402

# It counts what it does and complains that nobody asks for the numbers.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

# `sam package` replaces each local path by the place it has uploaded the code to. Nothing is read from it.
UPLOADED = {
    "AWS::Serverless::Function": ("CodeUri", "s3://not-uploaded/code.zip"),
    "AWS::Serverless::LayerVersion": ("ContentUri", "s3://not-uploaded/layer.zip"),
}


class NoManagedPolicies:
    """The transform looks up AWS managed policies by name. Our roles use none."""

    def load(self) -> dict[str, str]:
        return {}


def expand(source: str, parameters: dict[str, str] | None = None) -> dict:
    """The template as the transform leaves it, with what it resolves of these parameters."""
    template = yaml_parse(source)
    for resource in template["Resources"].values():
        if resource["Type"] in UPLOADED:
            name, place = UPLOADED[resource["Type"]]
            resource.setdefault("Properties", {})[name] = place
    # Through JSON, because the transform wants plain dictionaries and the parser keeps ordered ones.
    return transform(json.loads(json.dumps(template)), parameters or {}, NoManagedPolicies())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("template", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()

    try:
        expanded = expand(arguments.template.read_text(encoding="utf-8"))
    except InvalidDocumentException as error:
        for cause in error.causes:
            print(f"{arguments.template}: {cause.message}", file=sys.stderr)
        return 1

    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(expanded, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
