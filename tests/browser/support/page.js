// The page that a mailed link opens, in a real browser, against the service as `cargo run` starts
// it. Each file that imports this has a service and a browser of its own.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, open } from "./browser.js";
import { DAMAGES } from "./damages.js";
import { Stack } from "./stack.js";

export const READY = "Verify your email address";
export const VERIFIED = "Your email address is verified";
export const ALREADY = "Your email address is already verified";
export const TOO_MANY = "Too many attempts";
export const EXPIRED = "This link has expired";
export const INVALID = "This link doesn’t work";
export const UNAVAILABLE = "That didn’t work just now";
export const OFFLINE = "No connection";
export const BAD_REQUEST = "Something went wrong";
export const BUTTON = "Verify email address";
export const STOP = "Stop emails to this address?";
export const STOPPED = "Emails are stopped";
export const NOT_STOPPED = "Nothing has changed";

export let stack;
let browser;
let number = 0;

before(async () => {
  stack = await Stack.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Another service, of which nobody has tried a code. */
export async function restart() {
  await stack.stop();
  stack = await Stack.start();
}

/** A mail to a new address. */
export const ask = (more, language) => stack.ask(`ada${(number += 1)}@example.com`, more, language);

/** Runs `visit` in a window of its own. */
export async function inWindow(visit, options) {
  const window = await open(browser, options);
  await visit(window);
  await window.close();
}

/** The text without word joiners. */
export const plain = text => text.replaceAll("\u2060", "").replaceAll("\u00a0", " ");

export async function assertHeading({ heading }, text) {
  const pattern = `^${text.replace("?", "\\?").replaceAll(" ", "\\s")}$`;
  await heading().filter({ hasText: new RegExp(pattern) }).waitFor();
  assert.equal(await heading().count(), 1);
}

export const wrongCode = ({ code }) => (code === "000000" ? "111111" : "000000");

/** Where the page asks for this user's code. */
export const formOf = ({ uuid }) => `${stack.api}/verify_email?user=${uuid}`;

/** The link that stops mails. */
export const stopLinkOf = ({ uuid, token }) => `${formOf({ uuid })}&stop#${token}`;

/** The link of a mail after this damage. */
export const damaged = (damage, mail) =>
  DAMAGES[damage]({ ...mail, page: `${stack.api}/verify_email` });

/** Whether the page has neither field nor button. */
export const asksForNothing = async page =>
  (await page.locator("input:visible, button:visible").count()) === 0;

export const focusedText = page => page.evaluate(() => document.activeElement.textContent);

/** Waits until screen readers hear that the page works. */
export const waitForWorking = page =>
  page.getByRole("status").filter({ hasText: "Verifying…" }).waitFor({ state: "attached" });

export async function submitCode({ page }, code) {
  await page.locator("#code").fill(code);
  await page.locator("form button").click();
}

export const postCode = (user, code) =>
  fetch(formOf(user), {
    method: "POST",
    headers: { Accept: "text/html" },
    body: new URLSearchParams({ code }),
  });
