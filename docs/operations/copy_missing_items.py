"""Copies items that are missing in one table from another.

    copy_missing_items.py FROM TO

It overwrites nothing but items of users that hold tried codes alone, as a stranger makes them by
typing one. So it can be stopped and run again. It skips expired items, and names those that exist
and differ. Needs boto3, dynamodb:Scan on the first table and dynamodb:PutItem on the second.
"""

import sys
import time

import boto3

if len(sys.argv) != 3:
    sys.exit(__doc__)
source, target = sys.argv[1:]
dynamodb = boto3.client("dynamodb")
MISSING = """attribute_not_exists(pk)
OR begins_with(pk, :user) AND attribute_not_exists(version)"""
copied = there = expired = 0
for page in dynamodb.get_paginator("scan").paginate(TableName=source, ConsistentRead=True):
    for item in page["Items"]:
        if float(item.get("expires_at", {"N": "inf"})["N"]) <= time.time():
            expired += 1
            continue
        try:
            dynamodb.put_item(
                TableName=target,
                Item=item,
                ConditionExpression=MISSING,
                ExpressionAttributeValues={":user": {"S": "user#"}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
            copied += 1
        except dynamodb.exceptions.ConditionalCheckFailedException as refused:
            there += 1
            if refused.response["Item"] != item:
                print(f"{item['pk']['S']} differs")
print(f"{copied} copied, {there} existed, {expired} expired")
