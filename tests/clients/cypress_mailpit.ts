// The inbox under Cypress's commands for Mailpit. Cypress itself would download a browser, so its
// part here is three functions: a command's chain is a promise.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { inbox, newAddress, requestMail } from "./stack.js";

interface CypressRequest {
  method: string;
  url: string;
  qs?: Record<string, string>;
  body?: unknown;
}

/** Like Cypress, it follows redirects and fails if the status is not 2xx. */
async function request({ method, url, qs, body }: CypressRequest) {
  const query = qs ? `?${new URLSearchParams(qs)}` : "";
  const content = body === undefined
    ? {}
    : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const answer = await fetch(url + query, { method, ...content });
  assert(answer.ok, `${answer.status} ${method} ${answer.url}`);
  const isJson = answer.headers.get("content-type")?.startsWith("application/json");
  return { status: answer.status, body: isJson ? await answer.json() : await answer.text() };
}

Object.assign(globalThis, {
  Cypress: { expose: () => inbox, config: () => 4000 },
  cy: {
    env: async () => ({}),
    wrap: async (value: unknown) => value,
    wait: (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds)),
    request,
  },
});

// The package is for bundlers: Node does not read it as a module.
const file = "../../node_modules/cypress-mailpit/dist/src/MailpitCommands.js";
const source = encodeURIComponent(await readFile(new URL(file, import.meta.url), "utf8"));
const { MailpitCommands } = await import(`data:text/javascript,${source}`);
const mailpit = new MailpitCommands();

const email = newAddress();
await requestMail(email);
const { messages } = await mailpit.mailpitHasEmailsByTo(email);
assert.equal(messages.length, 1);
const mail = await mailpit.mailpitGetMail(messages[0].ID);
assert.deepEqual(await mailpit.mailpitGetRecipientAddress(mail), [email]);
assert.match(await mailpit.mailpitGetSubject(mail), /verification code$/);
assert.equal(await mailpit.mailpitGetFromAddress(mail), "no-reply@acme.example");
assert.deepEqual(await mailpit.mailpitGetAttachments(mail), []);
// Their path begins with two slashes.
assert.equal(await mailpit.mailpitGetMailTextBody(mail), mail.Text);
assert((await mailpit.mailpitGetMailHTMlBody(mail)).includes("</html>"));

await mailpit.mailpitSetStatusAsUnRead(mail);
await mailpit.mailpitHasEmailsBySearch(`to:${email} is:unread`);
await mailpit.mailpitSetAllEmailStatusAsRead();
await mailpit.mailpitNotHasEmailsBySearch("is:unread");
await mailpit.mailpitHasEmailsBySubject("verification");
assert((await mailpit.mailpitGetAllMails()).total >= 1);
await mailpit.mailpitDeleteEmailsBySearch(`to:${email}`);
await mailpit.mailpitNotHasEmailsByTo(email);
await mailpit.mailpitDeleteAllEmails();
assert.equal((await mailpit.mailpitGetAllMails()).total, 0);

console.log("cypress-mailpit: read, search, mark and delete");
