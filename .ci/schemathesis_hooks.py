"""What the service accepts beyond the types in openapi.yaml.

The types are what a caller should send. Prose says what else is read: types for it would give
clients in most languages a wrapper around every string.
"""

import schemathesis


@schemathesis.hook
def before_load_schema(context, description: dict) -> None:
    fields = description["components"]["schemas"]["UserFields"]["properties"]
    for field in fields.values():
        if field.get("type") == "string" and not field.keys() & {"enum", "format"}:
            # A number is read as its text.
            field["type"] = ["string", "number"]
    # Nearly every other text is refused, and with it the whole body. The local stack allows this.
    request = description["components"]["schemas"]["VerificationRequest"]
    for part in request["allOf"]:
        if "return_to" in part.get("properties", {}):
            part["properties"]["return_to"] = {"const": "https://shop.example.com/"}
    # It is not looked at, as the key is in the header.
    del fields["personal_api_key"]["type"]
