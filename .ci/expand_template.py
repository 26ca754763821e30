"""Expands a SAM template as AWS would, without a call to AWS.

    expand_template.py TEMPLATE OUTPUT

cfn-lint does not run the SAM transform, so it checks the expanded template too.
"""

import json
import logging
import os
import sys
from pathlib import Path
from types import SimpleNamespace

# The transform puts the region's partition into ARNs; any region works.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402 (reads the region when imported)
from samtranslator.translator.transform import transform  # noqa: E402

logging.getLogger("samtranslator").setLevel(logging.ERROR)  # or it warns about unused metrics


def expand(source: str, parameters: dict[str, str] | None = None) -> dict:
    """The transformed template, with these parameters where the transform resolves them."""
    template = yaml_parse(source)
    for resource in template["Resources"].values():
        # `sam package` replaces the local path with the uploaded code, which is never read.
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://not-uploaded/code.zip"
    # Through JSON, because the transform needs plain dictionaries and the parser makes ordered
    # ones. The last argument would resolve AWS's managed policies, but our roles use none.
    return transform(json.loads(json.dumps(template)), parameters or {}, SimpleNamespace(load=dict))


if __name__ == "__main__":
    expanded = expand(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(expanded, indent=2) + "\n", encoding="utf-8")
