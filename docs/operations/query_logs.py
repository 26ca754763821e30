"""Queries all logs of a stack with CloudWatch Logs Insights. Prints one line for each result.

    query_logs.py STACK QUERY [HOURS]

HOURS is how far to look back, 24 by default. Needs boto3, logs:DescribeLogGroups,
logs:StartQuery and logs:GetQueryResults.
"""

import sys
import time

import boto3

if len(sys.argv) not in (3, 4):
    sys.exit(__doc__)
stack, query, hours = [*sys.argv[1:], "24"][:3]
logs = boto3.client("logs")
groups = [
    group["logGroupName"]
    for prefix in (f"/aws/lambda/{stack}/", f"/aws/vendedlogs/{stack}/")
    for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    for group in page["logGroups"]
]
if not groups:
    sys.exit(f"The stack {stack} has no log groups.")
now = int(time.time())
started = logs.start_query(
    logGroupNames=groups, queryString=query, startTime=now - int(float(hours) * 3600), endTime=now
)
unfinished = ("Scheduled", "Running")
while (answer := logs.get_query_results(queryId=started["queryId"]))["status"] in unfinished:
    time.sleep(1)
for row in answer["results"]:
    print("  ".join(field["value"] for field in row if field["field"] != "@ptr"))
if not answer["results"]:
    print("no results")
if answer["status"] != "Complete":
    sys.exit(f"The query ended with status {answer['status']}.")
