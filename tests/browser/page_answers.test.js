// Answers that are late, lost, or of somebody else.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALREADY, ask, assertHeading, BUTTON, focusedText, formOf, inWindow, OFFLINE, READY, stack,
  submitCode, UNAVAILABLE, VERIFIED,
} from "./support/page.js";

test("an answer belongs to its own link", () =>
  inWindow(async window => {
    const { page } = window;
    // Two addresses of one user: only the fragment differs, so the browser loads nothing.
    const uuid = crypto.randomUUID();
    const [first, second] = [await ask({ uuid }), await ask({ uuid })];
    await page.goto(first.link);
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route("**/verify_email", async route => {
      await held;
      await route.continue();
    });
    await page.getByRole("button", { name: BUTTON }).click();
    await page.evaluate(link => { location.href = link; }, second.link);
    await page.locator("main:not(.busy)").waitFor();
    const answered = page.waitForResponse("**/verify_email");
    release();
    await answered;
    await page.locator("main:not(.busy)").waitFor();
    await assertHeading(window, READY);
    await page.getByRole("button", { name: BUTTON }).click();
    await page.getByText(second.email).waitFor();
    await assertHeading(window, VERIFIED);
  }));

test("a link opened during a post is kept", () =>
  inWindow(async window => {
    const { page } = window;
    const typed = await ask();
    const opened = await stack.ask(typed.email);
    await page.goto(formOf(typed));
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route(/verify_email\?/, async route => {
      await held;
      await route.continue();
    }, { times: 1 });
    await submitCode(window, typed.code);
    await page.locator("main.busy").waitFor();
    await page.evaluate(link => { location.href = link; }, opened.link);
    await page.locator("main:not(.busy)").waitFor();
    const answered = page.waitForResponse(/verify_email\?/);
    release();
    await (await answered).finished();
    await page.reload();
    await assertHeading(window, READY);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, ALREADY);
    assert.equal(await stack.isVerified(typed), true);
  }));

test("a request times out after 20 s", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.clock.install();
    await page.goto(mail.link);
    // From here on time passes only where the test says so.
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.route("**/verify_email", () => {}, { times: 1 });
    await page.getByRole("button", { name: BUTTON }).click();
    await page.locator("main.busy").waitFor();
    await page.clock.fastForward(19_000);
    assert.equal(await page.locator("main.busy").count(), 1);
    await page.clock.fastForward(1_000);
    await assertHeading(window, UNAVAILABLE);
    await page.getByRole("button", { name: "Try again" }).click();
    await assertHeading(window, VERIFIED);
  }));

test("without a network a retry is enough", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.goto(mail.link);
    await window.context.setOffline(true);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, OFFLINE);
    assert.equal(await focusedText(page), OFFLINE, "is read out");
    await page.getByText("Nothing is lost. Check your connection and try again.").waitFor();
    // The heading stays meanwhile.
    const failed = page.waitForEvent("requestfailed");
    await page.getByRole("button", { name: "Try again" }).click();
    await failed;
    await page.locator("main:not(.busy)").waitFor();
    await assertHeading(window, OFFLINE);
    await window.context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await assertHeading(window, VERIFIED);
  }));

test("a lost connection is not our fault", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.goto(mail.link);
    await page.route("**/verify_email", route => route.abort("connectionreset"), { times: 1 });
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, OFFLINE);
    const fail = route => route.fulfill({ status: 503, body: "{\"message\":null}" });
    await page.route("**/verify_email", fail, { times: 1 });
    await page.getByRole("button", { name: "Try again" }).click();
    await assertHeading(window, UNAVAILABLE);
    await page.getByText("The problem is probably on our side.").locator("visible=true").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await assertHeading(window, VERIFIED);
  }));

test("offline, a timeout is no fault of ours", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.clock.install();
    await page.goto(mail.link);
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.route("**/verify_email", () => {}, { times: 1 });
    await page.getByRole("button", { name: BUTTON }).click();
    await page.locator("main.busy").waitFor();
    await window.context.setOffline(true);
    await page.clock.fastForward(20_000);
    await assertHeading(window, OFFLINE);
    await window.context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await assertHeading(window, VERIFIED);
  }));

test("a gateway's error offers a retry", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.goto(mail.link);
    for (const body of ["<html>", "null", "{\"message\":\"Too Many Requests\"}"]) {
      const refuse = route => route.fulfill({ status: 429, body });
      await page.route("**/verify_email", refuse, { times: 1 });
      await page.locator("main button:visible").click();
      await assertHeading(window, UNAVAILABLE);
    }
    await page.locator("main button:visible").click();
    await assertHeading(window, VERIFIED);
  }));
