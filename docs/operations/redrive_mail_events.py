"""Sends the SES events in the dead-letter queue through record_mail_events again.

    redrive_mail_events.py QUEUE_URL FUNCTION

An event that the function takes is deleted from the queue. One that fails stays; each is tried once. A repeated
event is harmless, and so is another order. Needs boto3, sqs:ReceiveMessage, sqs:DeleteMessage and
lambda:InvokeFunction.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def record(body):
    """What the function says to the event in a message. It must take it."""
    message = json.loads(body)
    # EventBridge writes the event itself. Lambda wraps it, and adds why the function failed.
    event = message.get("requestPayload", message)
    if "detail-type" not in event:
        raise ValueError("no event is in the message")
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
