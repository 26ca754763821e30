"""Sends the SES events in the dead-letter queue through record_mail_events again.

    redrive_mail_events.py QUEUE_URL FUNCTION

Each event is tried once. It is deleted from the queue if the function accepts it, and stays if not.
Duplicates and another order have no effect. Needs boto3, sqs:ReceiveMessage, sqs:DeleteMessage and
lambda:InvokeFunction.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def record(body):
    """The function's outcome for the event in a message. Raises if the function refuses it."""
    message = json.loads(body)
    # EventBridge writes the event itself. Lambda wraps it and adds the function's error.
    event = message.get("requestPayload", message)
    if "detail-type" not in event:
        raise ValueError("the message has no event")
    answer = functions.invoke(FunctionName=function, Payload=json.dumps(event))
    text = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise ValueError(text)
    return json.loads(text)["outcome"]


if len(sys.argv) != 3:
    sys.exit(__doc__)
queue, function = sys.argv[1:]
sqs, functions = boto3.client("sqs"), boto3.client("lambda")
done, failed = 0, set()
while messages := sqs.receive_message(
    QueueUrl=queue, VisibilityTimeout=300, WaitTimeSeconds=5
).get("Messages"):
    (message,) = messages
    name = message["MessageId"]
    # SQS shows a message again after five minutes.
    if name in failed:
        continue
    try:
        print(name, record(message["Body"]))
    except (ClientError, ValueError, AttributeError, TypeError) as error:
        failed.add(name)
        print(f"{name} failed: {error}")
        continue
    done += 1
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
print(f"{done} done, {len(failed)} failed")
sys.exit(bool(failed))
