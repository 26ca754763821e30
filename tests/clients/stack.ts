// The running service, and what its inbox holds.

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

const { MAILPROOF_URL, MAILPROOF_KEY, MAILPROOF_INBOX } = process.env as Record<string, string>;

export { MAILPROOF_URL as url, MAILPROOF_KEY as key, MAILPROOF_INBOX as inbox };

/** An address to which nothing was mailed. */
export const newAddress = () => `${randomUUID()}@example.com`;

/** The code of the newest email to an address. */
export async function newestCode(address: string): Promise<string> {
  const query = encodeURIComponent(`to:"${address}"`);
  const answer = await fetch(`${MAILPROOF_INBOX}/api/v1/message/latest?query=${query}`);
  const { Text } = (await answer.json()) as { Text: string };
  return /^\d{6}$/m.exec(Text)![0];
}

/** What `read` finds, once it is as expected: SES's report comes after the mail. */
export async function eventually<T>(
  read: () => Promise<T>,
  isExpected: (found: T) => boolean,
): Promise<T> {
  let found = await read();
  for (let attempt = 0; attempt < 500 && !isExpected(found); attempt++) {
    await setTimeout(20);
    found = await read();
  }
  return found;
}

/** Requests a mail to an address. */
export async function requestMail(email: string): Promise<void> {
  const answer = await fetch(`${MAILPROOF_URL}/api/users/request_email_verification`, {
    method: "POST",
    headers: { Authorization: `Bearer ${MAILPROOF_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ email }),
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
}
