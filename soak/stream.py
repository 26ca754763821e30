"""Lambda's reader of the table's stream. The one of `local` invokes the functions in `local`."""

from backing import POLL_INTERVAL

SERVICE = "DynamoDBStreams_20120810"
# What one call reads.
PAGE = 100

# Of so many batches of the stream one arrives twice, as Lambda may deliver it.
DUPLICATED = 20


class Stream:
    """A function gets each change that is wanted until it handled it. `on_change` gets each change
    once."""

    def __init__(self, backing, function, invoke, batch, is_wanted, on_change):
        self.backing, self.function, self.batch = backing, function, batch
        self.invoke, self.is_wanted, self.on_change = invoke, is_wanted, on_change
        streams = self._call("ListStreams", {"TableName": backing.table})["Streams"]
        arn = {"StreamArn": streams[0]["StreamArn"]}
        shard = self._call("DescribeStream", arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = {"ShardId": shard, "ShardIteratorType": "LATEST"}
        self.iterator = self._call("GetShardIterator", arn | start)["ShardIterator"]
        self.waiting, self.batches = [], 0

    def poll(self):
        """Whether there was a change to handle."""
        page = {"ShardIterator": self.iterator, "Limit": PAGE}
        found = self._call("GetRecords", page)
        self.iterator = found["NextShardIterator"]
        for record in found["Records"]:
            self.on_change(record)
            if self.is_wanted(record):
                self.waiting.append(record)
        if not self.waiting:
            return False
        records = self.waiting[: self.batch]
        answer = self.invoke(self.function, {"Records": records})
        self.batches += 1
        if self.batches % DUPLICATED == 0:
            answer = self.invoke(self.function, {"Records": records})
        if answer is None:
            handled = 0
        else:
            failed = {of["itemIdentifier"] for of in answer.get("batchItemFailures", [])}
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            handled = next((at for at, of in enumerate(numbers) if of in failed), len(records))
        del self.waiting[:handled]
        return True

    def run(self, ended):
        while not ended.is_set():
            if not self.poll():
                ended.wait(POLL_INTERVAL)

    def _call(self, operation, arguments):
        return self.backing.call(operation, arguments, SERVICE)
