// The reader of an expired link asks for another email.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { overflows } from "./support/browser.js";
import {
  ALREADY, ask, assertHeading, BUTTON, EXPIRED, focusedText, formOf, INVALID, inWindow, OFFLINE,
  plain, postCode, restart, stack, submitCode, UNAVAILABLE, VERIFIED, wrongCode,
} from "./support/page.js";
import { GRACE } from "./support/stack.js";

const MAILED = "We’ve sent you a new email";
const NO_MORE = "No more emails for now";
const NO_MAIL = "We can’t send email to this address";
const NEW_MAIL = "Send a new email";
const ROUTE = "**/verify_email/new_mail";

// A user gets six mails a day, so each test has a service of its own.
beforeEach(restart);

/** Opens the expired link, with this behind its query, and presses its button. */
async function openExpired(window, more = "") {
  await window.page.goto(`${formOf(GRACE)}${more}#${GRACE.token}`);
  await window.page.getByRole("button", { name: BUTTON }).click();
  await assertHeading(window, EXPIRED);
  assert.equal(window.posts.length, 1);
}

const pressNewMail = ({ page }) => page.getByRole("button", { name: NEW_MAIL }).click();

const textOf = ({ page }, section) => page.locator(`#${section} p`).first().textContent();

test("an expired link leads to a new email", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const before = await stack.mailCount();
    await openExpired(window, "&next=https%3A%2F%2Fapp.example.com%2F");
    assert.equal(await stack.mailCount(), before);
    const other = page.getByRole("link", { name: "Or go back to Acme and request a new one." });
    assert.equal(await other.count(), 1);

    await pressNewMail(window);
    await assertHeading(window, MAILED);
    assert.equal(plain(await page.title()), `${MAILED} · Acme`);
    assert.equal(plain(await focusedText(page)), MAILED, "is read out");
    assert.match(await textOf(window, "mailed"), new RegExp(`email to ${GRACE.email}\\.`));
    assert.equal(posts[1].url(), `${stack.api}/verify_email/new_mail`);
    const { uuid, token } = GRACE;
    const next = "https://app.example.com/";
    assert.deepEqual(posts[1].postDataJSON(), { uuid, token, next });
    assert.equal(await posts[1].headerValue("referer"), null);
    assert.equal(await stack.mailCount(), before + 1);

    await page.reload();
    await assertHeading(window, MAILED);
    assert.match(await textOf(window, "mailed"), new RegExp(GRACE.email));
    assert.ok(!(await page.evaluate(() => JSON.stringify(history.state))).includes(token));
    assert.equal(posts.length, 2, "a reload sends nothing");

    const mail = await stack.latest();
    assert.equal(mail.email, GRACE.email);
    await page.goto(mail.link);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, VERIFIED);
    assert.equal(await stack.isVerified(GRACE), true);
  }));

test("the code of the new email verifies", () =>
  inWindow(async window => {
    await openExpired(window);
    await pressNewMail(window);
    await assertHeading(window, MAILED);
    await window.page.reload();
    await submitCode(window, (await stack.latest()).code);
    await assertHeading(window, VERIFIED);
    assert.equal(await stack.isVerified(GRACE), true);
  }));

test("a wrong code keeps the way to a new email", () =>
  inWindow(async window => {
    const { page } = window;
    const field = page.locator("#code");
    const error = page.locator("#code-error");
    await openExpired(window);
    await submitCode(window, "123");
    await error.waitFor();
    await assertHeading(window, EXPIRED);
    assert.equal(await page.locator("form h2").isVisible(), true);
    assert.equal(await page.evaluate(() => document.activeElement.id), "code");

    await pressNewMail(window);
    await assertHeading(window, MAILED);
    assert.equal(await error.count(), 0, "the error was about another code");
    const mail = await stack.latest();
    await window.context.setOffline(true);
    await submitCode(window, wrongCode(mail));
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await window.context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await error.waitFor();
    await assertHeading(window, MAILED);
    assert.match(await textOf(window, "mailed"), new RegExp(GRACE.email));
    assert.equal(await field.inputValue(), "");
    await submitCode(window, mail.code);
    await assertHeading(window, VERIFIED);
  }));

test("a double press sends one email", () =>
  inWindow(async window => {
    const { page, posts } = window;
    await openExpired(window);
    const before = await stack.mailCount();
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route(ROUTE, async route => {
      await held;
      await route.continue();
    });
    const button = page.getByRole("button", { name: NEW_MAIL });
    await button.dblclick();
    const working = page.getByRole("status").filter({ hasText: "Sending…" });
    await working.waitFor({ state: "attached" });
    const pressed = page.locator("#expired button");
    assert.equal(await pressed.getAttribute("aria-disabled"), "true");
    assert.equal(await pressed.innerText(), "Sending…");
    assert.equal(await page.locator("form button").innerText(), BUTTON, "is not pressed");
    await pressed.press("Enter");
    await page.locator("form button").click({ force: true });
    release();
    await assertHeading(window, MAILED);
    assert.equal(posts.length, 2);
    assert.equal(await stack.mailCount(), before + 1);
  }));

test("a script's clicks send no email", () =>
  inWindow(async window => {
    const { page, posts } = window;
    await openExpired(window);
    const before = await stack.table();
    await page.evaluate(() => {
      for (const element of document.querySelectorAll("#expired button, #expired button span")) {
        element.click();
        for (const type of "pointerdown mousedown pointerup mouseup touchend click".split(" ")) {
          element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
        }
      }
    });
    await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(posts.length, 1);
    assert.deepEqual(await stack.table(), before);
  }));

test("without a network a retry is enough", () =>
  inWindow(async window => {
    const { page } = window;
    await openExpired(window);
    const before = await stack.mailCount();
    await window.context.setOffline(true);
    await pressNewMail(window);
    await assertHeading(window, OFFLINE);
    await window.context.setOffline(false);
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route(ROUTE, async route => {
      await held;
      await route.continue();
    });
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("status").filter({ hasText: "Sending…" }).waitFor({ state: "attached" });
    release();
    await assertHeading(window, MAILED);
    assert.equal(await stack.mailCount(), before + 1);
  }));

test("a foreign answer offers a retry", () =>
  inWindow(async window => {
    const { page } = window;
    await openExpired(window);
    for (const body of ["<html>", "null", "[]", "{\"message\":\"Too Many Requests\"}"]) {
      await page.route(ROUTE, route => route.fulfill({ status: 429, body }), { times: 1 });
      await page.locator("section:visible button").click();
      await assertHeading(window, UNAVAILABLE);
    }
    await page.locator("section:visible button").click();
    await assertHeading(window, MAILED);
  }));

test("at the limit the page says when", () =>
  inWindow(async window => {
    for (let mails = 0; mails < 6; mails += 1) {
      await stack.ask(GRACE.email, { uuid: GRACE.uuid });
    }
    await openExpired(window);
    await pressNewMail(window);
    await assertHeading(window, NO_MORE);
    assert.match(await textOf(window, "throttled"), / We can send another in\s24\shours\.$/);
    assert.equal(await window.page.locator("#code").isVisible(), true);
    await submitCode(window, (await stack.latest()).code);
    await assertHeading(window, VERIFIED);
  }));

for (const [locale, seconds, words] of [
  ["en-GB", 1, "in 1 minute"],
  ["en-GB", 5_400, "in 90 minutes"],
  ["en-GB", 5_401, "in 2 hours"],
  ["en-GB", 172_801, "in 3 days"],
  ["de-DE", 2_592_000, "in 30 Tagen"],
  ["ar-EG", 18_000, "خلال 5 ساعات"],
  ["ja-JP", 18_000, "5時間後"],
]) {
  test(`${seconds} s are ${words} in ${locale}`, () =>
    inWindow(async ({ page }) => {
      const answer = { state: "throttled", retry_after: seconds };
      await page.route(ROUTE, route => route.fulfill({ status: 429, json: answer }));
      await page.goto(`${formOf(GRACE)}#${GRACE.token}`);
      await page.locator("#ready button").click();
      await page.locator("#expired button").click();
      await page.locator("#throttled").waitFor();
      const shown = await page.locator("#throttled p bdi").textContent();
      assert.equal(shown.replaceAll("\u00a0", " "), words);
    }, { viewport: { width: 800, height: 600 }, locale }));
}

test("an address without mail is said kindly", () =>
  inWindow(async window => {
    await stack.suppress(GRACE.email);
    await openExpired(window);
    await pressNewMail(window);
    await assertHeading(window, NO_MAIL);
    const advice = await textOf(window, "no_mail");
    assert.equal(advice, "Go back to Acme and use a different address.");
    assert.equal(await window.page.locator("#code").isVisible(), false);
  }));

test("a link of an earlier address is invalid", () =>
  inWindow(async window => {
    await openExpired(window);
    await stack.ask("grace@work.example.com", { uuid: GRACE.uuid });
    const before = await stack.mailCount();
    await pressNewMail(window);
    await assertHeading(window, INVALID);
    assert.equal(await stack.mailCount(), before);
  }));

test("an address verified since is said to be", () =>
  inWindow(async window => {
    await openExpired(window);
    await postCode(GRACE, (await stack.ask(GRACE.email, { uuid: GRACE.uuid })).code);
    await pressNewMail(window);
    await assertHeading(window, ALREADY);
    await window.page.locator("main").getByText(GRACE.email).waitFor();
  }));

test("an answer belongs to its own link", () =>
  inWindow(async window => {
    const { page } = window;
    const other = await ask();
    await openExpired(window);
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route(ROUTE, async route => {
      await held;
      await route.continue();
    });
    await pressNewMail(window);
    await page.locator("main.busy").waitFor();
    await page.evaluate(hash => { location.hash = hash; }, `${other.uuid}.${other.token}`);
    await page.locator("main:not(.busy)").waitFor();
    const answered = page.waitForResponse(ROUTE);
    release();
    await (await answered).finished();
    await page.locator("#ready").waitFor();
    assert.equal(await page.locator("#mailed").isVisible(), false);
  }));

test("nothing is too wide at 320 px", async () => {
  const long = `${"a".repeat(64)}@${"b".repeat(63)}.example`;
  const answers = { mailed: { email: long }, throttled: { retry_after: 18_000 } };
  for (const locale of ["en", "de", "pl", "tr", "ar", "ja"]) {
    for (const [state, more] of Object.entries(answers)) {
      await inWindow(async ({ page }) => {
        await page.route(ROUTE, route => route.fulfill({ json: { state, ...more } }));
        await page.goto(`${formOf(GRACE)}#${GRACE.token}`);
        await page.locator("#ready button").click();
        await page.locator("#expired").waitFor();
        assert.deepEqual(await overflows(page), [], `expired in ${locale}`);
        await page.locator("#expired button").click();
        await page.locator(`#${state}`).waitFor();
        assert.deepEqual(await overflows(page), [], `${state} in ${locale}`);
      }, { viewport: { width: 320, height: 640 }, locale });
    }
  }
});
