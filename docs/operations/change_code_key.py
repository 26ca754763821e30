"""Changes the secret that holds the key of codes. Prints the parameter to deploy.

    change_code_key.py SECRET add       a new key before the current one: mailed codes still work
    change_code_key.py SECRET drop      the new key alone, once the earlier codes have expired
    change_code_key.py SECRET replace   a new key alone: mailed codes stop working

Needs boto3, secretsmanager:GetSecretValue and secretsmanager:PutSecretValue.
"""

import secrets
import sys

import boto3

if len(sys.argv) != 3 or sys.argv[2] not in ("add", "drop", "replace"):
    sys.exit(__doc__)
secret, change = sys.argv[1:]
manager = boto3.client("secretsmanager")
found = manager.get_secret_value(SecretId=secret)
current, *previous = found["SecretString"].split(",")
if change == "add" and previous:
    sys.exit(
        "The secret holds two keys already. If they are not deployed, deploy with "
        f"CodeKeyVersion={found['VersionId']}. Run drop once they are, and earlier codes have "
        "expired."
    )
if change == "drop" and not previous:
    sys.exit("The secret holds one key. There is nothing to drop.")
new = secrets.token_hex(32)
value = {"add": f"{new},{current}", "drop": current, "replace": new}[change]
version = manager.put_secret_value(SecretId=secret, SecretString=value)["VersionId"]
print(f"CodeKeyVersion={version}")
