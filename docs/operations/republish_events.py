"""Sends changes of the table through a function that gave them up: publish_events or
notify_previous_address.

    republish_events.py QUEUE_URL FUNCTION

Each message of the queue names a batch of changes in the table's stream. This program reads the
changes there and invokes the function with them. Each message is tried once. It is deleted once all
its changes are handled, and stays if one fails. A duplicate of an event has the id of the first
one, and a notice that SES accepted is not mailed again. Needs boto3, sqs:ReceiveMessage,
sqs:DeleteMessage, dynamodb:GetShardIterator, dynamodb:GetRecords and lambda:InvokeFunction.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def changes(batch):
    """The stream's records of a batch, from the first to the last."""
    last = int(batch["endSequenceNumber"])
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        for record in page["Records"]:
            place = int(record["dynamodb"]["SequenceNumber"])
            if place <= last:
                yield record
            if place >= last:
                return
        iterator = page.get("NextShardIterator")


def publish(records):
    """The reason why these records were not handled, or None."""
    # default=str: JSON has no bytes or times, and the function does not read those.
    payload = json.dumps({"Records": records}, default=str)
    answer = functions.invoke(FunctionName=function, Payload=payload)
    text = answer["Payload"].read().decode()
    return text if "FunctionError" in answer or json.loads(text).get("batchItemFailures") else None


def republish(batch):
    records = list(changes(batch))
    # Lambda's batches have at most ten records too. A failed batch does not stop the others.
    parts = [records[start : start + 10] for start in range(0, len(records), 10)]
    errors = [error for part in parts if (error := publish(part))]
    if not errors:
        print(f"{len(records)} changes of {batch['shardId']} done")
    return "; ".join(errors)


if len(sys.argv) != 3:
    sys.exit(__doc__)
queue, function = sys.argv[1:]
sqs, streams, functions = (boto3.client(name) for name in ("sqs", "dynamodbstreams", "lambda"))
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
        error = republish(json.loads(message["Body"])["DDBStreamBatchInfo"])
    except (ClientError, ValueError, KeyError, TypeError) as refused:
        # The stream keeps a change for 24 hours: TrimmedDataAccessException.
        error = repr(refused)
    if error:
        failed.add(name)
        print(f"{name} failed: {error}")
        continue
    done += 1
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
print(f"{done} messages done, {len(failed)} failed")
sys.exit(bool(failed))
