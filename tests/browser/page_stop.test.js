// A press stops emails to the address and another one allows them. Nothing else does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { damagedStopLinks } from "./support/damages.js";
import {
  ask, asksForNothing, assertHeading, focusedText, formOf, INVALID, inWindow, NOT_STOPPED,
  OFFLINE, plain, postCode, stack, STOP, STOPPED, stopLinkOf,
} from "./support/page.js";
import { GRACE } from "./support/stack.js";

const NO_MAIL = "We can’t send email to this address";
const ALLOWED = "Emails are allowed again";
const stopButton = page => page.getByRole("button", { name: "Stop emails" });
const allowButton = page => page.getByRole("button", { name: "Allow emails again" });

/** The status of a request for this address. */
async function requested(mail) {
  try {
    await stack.ask(mail.email);
    return 200;
  } catch (error) {
    return Number(error.message.slice(0, 3));
  }
}

test("the mail's link stops emails", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    assert.ok(mail.html.includes(`href="${stopLinkOf(mail).replaceAll("&", "&#38;")}"`), mail.html);
    await page.goto(stopLinkOf(mail));
    await assertHeading(window, STOP);
    assert.equal(await page.title(), `${STOP} · Acme`);
    assert.equal(page.url(), `${formOf(mail)}&stop`, "the address has no token");
    assert.equal(await page.locator("input:visible").count(), 0);
    await page.reload();
    await assertHeading(window, STOP);
    assert.equal(posts.length, 0);

    await stopButton(page).click();
    await assertHeading(window, STOPPED);
    assert.equal(await page.title(), `${STOPPED} · Acme`);
    assert.equal(plain(await focusedText(page)), STOPPED, "is read out");
    assert.ok((await page.locator("#stopped p").textContent()).includes(mail.email));
    const { uuid, token } = mail;
    assert.deepEqual(posts[0].postDataJSON(), { uuid, token, action: "stop" });
    assert.equal(await requested(mail), 400);
    await page.reload();
    await assertHeading(window, STOPPED);
    assert.equal(posts.length, 1, "a reload repeats nothing");

    await allowButton(page).click();
    await assertHeading(window, ALLOWED);
    assert.deepEqual(posts[1].postDataJSON(), { uuid, token, action: "allow" });
    await page.reload();
    await assertHeading(window, ALLOWED);
    assert.equal(posts.length, 2);
    assert.equal(await requested(mail), 200);
  }));

test("a second press says that they are stopped", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    for (const heading of [STOPPED, "Emails are already stopped"]) {
      await page.goto("about:blank");
      await page.goto(stopLinkOf(mail));
      await stopButton(page).click();
      await assertHeading(window, heading);
    }
    await allowButton(page).click();
    await assertHeading(window, ALLOWED);
  }));

test("a refused link says why it fails", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    await page.goto(stopLinkOf(mail));
    await stopButton(page).click();
    await assertHeading(window, STOPPED);
    await page.goto("about:blank");
    await page.goto(mail.link);
    await page.getByRole("button", { name: "Verify email address" }).click();
    await assertHeading(window, INVALID);
    const { length } = posts;
    await page.reload();
    await assertHeading(window, INVALID);
    assert.equal(posts.length, length, "a reload repeats nothing");
    const text = plain(await page.locator("#link_refused p").textContent());
    assert.ok(text.startsWith(`Emails to verify ${mail.email} were stopped`), text);
    assert.equal(await page.locator("input:visible").count(), 0, "its code is invalid, too");
    await allowButton(page).click();
    await assertHeading(window, ALLOWED);
    assert.equal(await requested(mail), 200);
  }));

test("a press does not outrank a complaint", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.goto(stopLinkOf(mail));
    await stopButton(page).click();
    await assertHeading(window, STOPPED);
    await stack.suppress(mail.email);
    await allowButton(page).click();
    await assertHeading(window, NO_MAIL);
    for (const reopened of [false, true]) {
      if (reopened) {
        await page.goto("about:blank");
        await page.goto(stopLinkOf(mail));
        await stopButton(page).click();
        await assertHeading(window, NO_MAIL);
      }
      const text = plain(await page.locator("#suppressed p").textContent());
      assert.ok(text.startsWith(`We don’t send emails to ${mail.email}, because`), text);
      assert.equal(await asksForNothing(page), true, "no promise, no button");
    }
    assert.equal(await requested(mail), 400);
  }));

test("an old link claims nothing of the address", () =>
  inWindow(async window => {
    const { page } = window;
    const old = await ask();
    await page.goto(stopLinkOf(old));
    await stopButton(page).click();
    await allowButton(page).click();
    await assertHeading(window, ALLOWED);
    const newest = await stack.ask(old.email, { uuid: old.uuid });
    await postCode(newest, newest.code);
    await page.goto("about:blank");
    await page.goto(stopLinkOf(old));
    await stopButton(page).click();
    await assertHeading(window, NOT_STOPPED);
    const text = await page.locator("#not_stopped p").textContent();
    assert.ok(!text.includes("verified"), text);
  }));

test("a script's clicks stop nothing", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    await page.goto(stopLinkOf(mail), { waitUntil: "networkidle" });
    await assertHeading(window, STOP);
    await page.evaluate(() => {
      for (const button of document.querySelectorAll("section button")) {
        button.click();
        button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      }
    });
    await page.waitForLoadState("networkidle");
    assert.equal(posts.length, 0);
    assert.equal(await requested(mail), 200);
  }));

test("a double press is one request", () =>
  inWindow(async window => {
    const { page, posts } = window;
    await page.goto(stopLinkOf(await ask()));
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route("**/verify_email", async route => {
      await held;
      await route.continue();
    });
    await stopButton(page).dblclick();
    const working = page.getByRole("status").filter({ hasText: "One moment…" });
    await working.waitFor({ state: "attached" });
    release();
    await assertHeading(window, STOPPED);
    assert.equal(posts.length, 1);
  }));

test("damaged links still stop emails", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    for (const [name, link] of damagedStopLinks({ ...mail, page: `${stack.api}/verify_email` })) {
      await page.goto("about:blank");
      await page.goto(link);
      const section = page.locator("main > section:visible");
      assert.equal(await section.getAttribute("id"), "stop", `${name}: ${link}`);
      assert.ok(!page.url().includes(mail.token), name);
    }
    assert.equal(posts.length, 0);
    await stopButton(page).click();
    await assertHeading(window, STOPPED);
  }));

test("a link without its token changes nothing", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    for (const link of [`${formOf(mail)}&stop`, stopLinkOf(mail).slice(0, -3)]) {
      await page.goto("about:blank");
      await page.goto(link);
      await assertHeading(window, NOT_STOPPED);
      assert.equal(await asksForNothing(page), true);
    }
    assert.equal(posts.length, 0);
    // Another user's token.
    await page.goto(stopLinkOf({ uuid: mail.uuid, token: GRACE.token }));
    await stopButton(page).click();
    await assertHeading(window, NOT_STOPPED);
    assert.equal(await requested(mail), 200);
  }));

test("without a script nothing is needed", () =>
  inWindow(async window => {
    const mail = await ask();
    await window.page.goto(stopLinkOf(mail));
    await assertHeading(window, NOT_STOPPED);
    assert.equal(await asksForNothing(window.page), true);
    await window.page.getByText("this page needs JavaScript").waitFor();
    await window.page.locator("#not_stopped").waitFor({ state: "hidden" });
    await window.page.getByText("Questions? Contact us at").waitFor();
  }, { javaScriptEnabled: false }));

test("a failed press can be repeated", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.goto(stopLinkOf(mail));
    await page.route("**/verify_email", route => route.abort());
    await stopButton(page).click();
    await assertHeading(window, OFFLINE);
    await page.unroute("**/verify_email");
    await page.getByRole("button", { name: "Try again" }).click();
    await assertHeading(window, STOPPED);
    assert.equal(await requested(mail), 400);
  }));
