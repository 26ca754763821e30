"""Sends the SES events in the dead-letter queue through record_mail_events again.

    redrive_mail_events.py QUEUE_URL FUNCTION

An event that the function takes is deleted from the queue. One that fails stays, and SQS shows it again after
five minutes. To repeat an event is harmless, and so is another order. Needs boto3, sqs:ReceiveMessage,
sqs:DeleteMessage and lambda:InvokeFunction.
"""

import json
import sys

import boto3

queue, function = sys.argv[1:]
sqs, functions = boto3.client("sqs"), boto3.client("lambda")
done = failed = 0
while messages := sqs.receive_message(
    QueueUrl=queue, VisibilityTimeout=300, WaitTimeSeconds=5
).get("Messages"):
    (message,) = messages
    body = json.loads(message["Body"])
    # EventBridge writes the event itself. Lambda wraps it, and adds why the function failed.
    event = json.dumps(body.get("requestPayload", body))
    answer = functions.invoke(FunctionName=function, Payload=event)
    text = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        failed += 1
        print(f"{message['MessageId']} failed: {text}")
    else:
        done += 1
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        print(f"{message['MessageId']} {json.loads(text)['outcome']}")
print(f"{done} done, {failed} failed")
sys.exit(failed > 0)
