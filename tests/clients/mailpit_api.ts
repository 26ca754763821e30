// The inbox under Mailpit's client for TypeScript: all that a test asks of Mailpit.

import assert from "node:assert/strict";
import { MailpitClient } from "mailpit-api";
import { inbox, newAddress, requestMail } from "./stack.js";

const mailpit = new MailpitClient(inbox);
const email = newAddress();
const other = newAddress();
await requestMail(email);
await requestMail(other);
const query = `to:"${email}"`;

const message = await mailpit.waitForMessage({ query });
assert.equal(message.To[0]?.Address, email);
assert(message.Tags.includes("kind=verification"));
const found = await mailpit.waitForMessages({ query, count: 1, exact: true });
assert.equal(found.messages[0]?.Read, true);
const { messages, total } = await mailpit.listMessages(0, 1);
assert.equal(messages.length, 1);
assert(total >= 2);

const headers = await mailpit.getMessageHeaders(message.ID);
assert.deepEqual(headers["Message-Id"], [`<${message.MessageID}>`]);
const source = await mailpit.getMessageSource(message.ID);
assert.equal(Buffer.byteLength(source), message.Size);
assert(source.includes("\r\nContent-Type: multipart/alternative;"));
assert.equal(await mailpit.renderMessageText(message.ID), message.Text);
assert((await mailpit.renderMessageHTML(message.ID)).includes("</html>"));

await mailpit.setReadStatus({ IDs: [message.ID], Read: false });
const unread = { query: `${query} is:unread` };
assert.equal((await mailpit.searchMessages(unread)).messages_count, 1);
await mailpit.setReadStatus({ Search: query, Read: true });
assert.equal((await mailpit.searchMessages(unread)).messages_count, 0);
await assert.rejects(mailpit.searchMessages({ query: "has:attachment" }), /400.*no email/);

await mailpit.setTags({ IDs: [message.ID], Tags: ["old", "kept"] });
await mailpit.renameTag("old", "new");
await mailpit.deleteTag("kept");
assert.deepEqual((await mailpit.getMessageSummary(message.ID)).Tags, ["new"]);
assert((await mailpit.getTags()).includes("new"));
const info = await mailpit.getInfo();
assert.equal(info.Tags["new"], 1);
assert.equal((await mailpit.getConfiguration()).SpamAssassin, false);

await mailpit.deleteMessagesBySearch({ query });
assert.equal((await mailpit.getInfo()).Messages, info.Messages - 1);
await assert.rejects(mailpit.getMessageSummary(message.ID), /404/);
await mailpit.deleteMessages();
assert.equal((await mailpit.listMessages()).total, 0);

console.log("mailpit-api: read, search, mark, tag and delete");
