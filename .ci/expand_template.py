"""Expands a SAM template into the CloudFormation that AWS would deploy, without asking AWS.

    expand_template.py TEMPLATE OUTPUT

cfn-lint does not run the SAM transform, so it sees what that copies into place only in the expanded template.
"""

import json
import logging
import os
import sys
from pathlib import Path
from types import SimpleNamespace

# The transform puts the region's partition into ARNs; any region will do.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402 (reads the region when imported)
from samtranslator.translator.transform import transform  # noqa: E402

logging.getLogger("samtranslator").setLevel(logging.ERROR)  # or it complains that nobody asks for its metrics


def expand(source: str, parameters: dict[str, str] | None = None) -> dict:
    """The template as the transform leaves it, with what it resolves of these parameters."""
    template = yaml_parse(source)
    for resource in template["Resources"].values():
        # `sam package` replaces the local path by the place it has uploaded the code to. Nothing is read from it.
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://not-uploaded/code.zip"
    # Through JSON, because the transform wants plain dictionaries and the parser keeps ordered ones. It would look
    # up AWS managed policies by name, but our roles use none.
    return transform(json.loads(json.dumps(template)), parameters or {}, SimpleNamespace(load=dict))


if __name__ == "__main__":
    expanded = expand(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(expanded, indent=2) + "\n", encoding="utf-8")
