// The service as `cargo run` starts it, on free ports.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

const ROOT = new URL("../../../", import.meta.url).pathname;
const LOG = new URL("../../../target/ci/browser.log", import.meta.url).pathname;

/** A user of the event fixtures (`local/src/fixtures.rs`), whose link has expired. */
export const GRACE = {
  uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22",
  email: "grace@example.com",
  token: Buffer.alloc(32, 2).toString("base64url"),
};

/** A signature that no emulator checks. */
export const authorization = service =>
  `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, ` +
  "SignedHeaders=host, Signature=0";

export class Stack {
  #process;
  #environment;
  #data = mkdtempSync(join(tmpdir(), "mailproof-browser-"));

  /** Starts it with a table that has the event fixtures, settings for mail and page, and flags. */
  static async start(environment = {}, flags = []) {
    const stack = new Stack();
    stack.#environment = environment;
    await stack.#run(["--backing-only"], /^PUBLIC_URL=/);
    await stack.#end();
    const output = await stack.#run(flags, /Ctrl-C ends it/);
    const find = name => output.match(new RegExp(`^ *${name} +(\\S+)$`, "m"))[1];
    stack.api = find("API");
    stack.inbox = find("Inbox");
    stack.dynamodb = find("DynamoDB");
    stack.key = find("API key");
    return stack;
  }

  async #run(flags, lastLine) {
    const ports = ["--port", "0", "--dynamodb-port", "0", "--inbox-port", "0"];
    mkdirSync(dirname(LOG), { recursive: true });
    const command = ["run", "--quiet", "--", ...ports, "--data", this.#data, ...flags];
    this.#process = spawn("cargo", command, {
      cwd: ROOT,
      env: { ...process.env, ...this.#environment },
      stdio: ["ignore", "pipe", openSync(LOG, "a")],
    });
    let output = "";
    for await (const line of createInterface({ input: this.#process.stdout })) {
      output += `${line}\n`;
      if (lastLine.test(line)) return output;
    }
    throw new Error(`the service did not start, see ${LOG}\n${output}`);
  }

  async stop() {
    await this.#end();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  /** Requests a verification, and returns its mail. */
  async ask(email, more = {}, language = "en") {
    const asked = await fetch(`${this.api}/api/users/request_email_verification`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${this.key}`,
        "Accept-Language": language,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ email, ...more }),
    });
    if (asked.status !== 200) throw new Error(`${asked.status} ${await asked.text()}`);
    return this.latest();
  }

  /** The newest mail, read as a test helper for Mailpit reads it. */
  async latest() {
    const mail = await (await fetch(`${this.inbox}/api/v1/message/latest`)).json();
    const link = mail.HTML.match(/href="(http[^"]*#[^"]*)"/)[1].replaceAll("&#38;", "&");
    const [, uuid, token] = link.match(/\?user=([^&#]*)[^#]*#(.*)$/);
    const code = mail.Text.match(/^\d{6}$/m)?.[0];
    return { email: mail.To[0].Address, html: mail.HTML, link, uuid, token, code };
  }

  /** How many mails were sent. */
  async mailCount() {
    return (await (await fetch(`${this.inbox}/api/v1/messages`)).json()).total;
  }

  /** Whether the user of this mail is on record as verified. */
  async isVerified({ uuid }) {
    const { Item } = await this.#dynamodb("GetItem", {
      Key: { pk: { S: `user#${uuid}` } },
      ConsistentRead: true,
    });
    return "verified_at" in Item;
  }

  /** Waits until SES's report of this mail is on record. It may come after the mail. */
  async reported({ email }) {
    const key = { Key: { pk: { S: `address#${email}` } }, ConsistentRead: true };
    for (let attempt = 0; attempt < 500; attempt += 1) {
      const { Item } = await this.#dynamodb("GetItem", key);
      if ("delivery" in Item) return;
      await setTimeout(20);
    }
    throw new Error(`SES did not report the mail to ${email}`);
  }

  /** All items of the table. */
  async table() {
    const { Items } = await this.#dynamodb("Scan", { ConsistentRead: true });
    return Items.sort((a, b) => (a.pk.S < b.pk.S ? -1 : 1));
  }

  /** Records that mail to an address bounced. */
  async suppress(address) {
    const suppression = {
      reason: "bounced",
      at: "2026-11-23T12:00:00Z",
      email: address,
      mail: "A".repeat(43),
    };
    const members = Object.entries(suppression).map(([name, text]) => [name, { S: text }]);
    await this.#dynamodb("UpdateItem", {
      Key: { pk: { S: `address#${address}` } },
      UpdateExpression: "SET suppression = :suppression",
      ExpressionAttributeValues: { ":suppression": { M: Object.fromEntries(members) } },
    });
  }

  /** After this, no function can read or write. */
  async dropTable() {
    await this.#dynamodb("DeleteTable", {});
  }

  async #dynamodb(operation, body) {
    const answer = await fetch(this.dynamodb, {
      method: "POST",
      headers: {
        Authorization: authorization("dynamodb"),
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Target": `DynamoDB_20120810.${operation}`,
      },
      body: JSON.stringify({ TableName: "mailproof", ...body }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }
}
