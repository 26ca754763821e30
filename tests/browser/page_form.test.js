// The form for a code, with a script and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LOOKS } from "./support/browser.js";
import {
  ask, asksForNothing, assertHeading, BAD_REQUEST, damaged, focusedText, formOf, inWindow,
  OFFLINE, plain, postCode, READY, stack, submitCode, TOO_MANY, VERIFIED, waitForWorking,
  wrongCode,
} from "./support/page.js";

describe("with a script", () => {
  test("the form works by keyboard", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return `${outlineStyle} ${outlineWidth}`;
      });
      assert.equal(outline, "solid 3px");
      await page.keyboard.type(mail.code);
      await page.keyboard.press("Enter");
      await assertHeading(window, VERIFIED);
    }));

  test("a double click posts the form once", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      await assertHeading(window, READY);
      await page.locator("#code").fill(wrongCode(mail));
      await page.locator("form button").dblclick();
      await page.locator("#code-error").waitFor();
      assert.equal(posts.length, 1);
      assert.equal(await page.evaluate(() => document.activeElement.id), "code");
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      assert.equal(await stack.isVerified(mail), true);
    }));

  test("history repeats no post", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto("about:blank");
      await page.goto(formOf(mail));
      await submitCode(window, wrongCode(mail));
      await page.locator("#code-error").waitFor();
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      await page.reload();
      await assertHeading(window, VERIFIED);
      await page.getByRole("link", { name: "Continue to Acme" }).click();
      await page.waitForURL(`${stack.inbox}/**`);
      await page.goBack();
      await assertHeading(window, VERIFIED);
      await page.goBack();
      assert.equal(page.url(), "about:blank", "the form and its result are one entry");
      await page.goForward();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 2);
    }));

  test("offline, the form keeps its code", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      let release;
      const held = new Promise(resolve => { release = resolve; });
      await page.route(/verify_email\?/, async route => {
        await held;
        await route.abort();
      }, { times: 1 });
      await submitCode(window, mail.code);
      await waitForWorking(page);
      assert.equal(await page.locator("form button").getAttribute("aria-disabled"), "true");
      release();
      await assertHeading(window, OFFLINE);
      assert.equal(await page.locator("#code").inputValue(), mail.code);
      await page.getByRole("button", { name: "Try again" }).click();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 2);
    }));

  test("too many attempts offer a retry", () =>
    inWindow(async window => {
      const { page } = window;
      const uuid = crypto.randomUUID();
      for (let attempt = 0; attempt < 5; attempt += 1) await postCode({ uuid }, "000000");
      await page.goto(formOf({ uuid }));
      await submitCode(window, "000000");
      await assertHeading(window, TOO_MANY);
      assert.equal(plain(await focusedText(page)), TOO_MANY, "is read out");
      await page.getByRole("link", { name: "Try again" }).click();
      await page.locator("#code").waitFor();
      await assertHeading(window, READY);
    }));
});

describe("without a script", () => {
  const options = { ...LOOKS.light, javaScriptEnabled: false };

  test("the form verifies a pasted code", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(mail.link);
      await assertHeading(window, READY);
      await submitCode(window, ` ${mail.code.slice(0, 3)} - ${mail.code.slice(3)}`);
      await assertHeading(window, VERIFIED);
      assert.equal(await stack.isVerified(mail), true);
      const url = `${stack.api}/verify_email?verified#`;
      assert.equal(page.url(), url, "nothing that was posted is in the address");
      await page.getByRole("link", { name: "Continue to Acme" }).click();
      await page.waitForURL(`${stack.inbox}/**`);
      await page.goBack();
      await assertHeading(window, VERIFIED);
      await page.reload();
      await assertHeading(window, VERIFIED);
      await page.goBack();
      await page.goForward();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 1, "no code is sent again");
    }, options));

  test("a damaged link leads to the form", () =>
    inWindow(async window => {
      const { page } = window;
      for (const damage of [
        "an encoded #",
        "a path instead of a query and a fragment",
        "an old link as a path",
      ]) {
        const mail = await ask();
        await page.goto(damaged(damage, mail));
        await assertHeading(window, READY);
        assert.equal(await stack.isVerified(mail), false);
        await submitCode(window, mail.code);
        await assertHeading(window, VERIFIED);
        assert.equal(await stack.isVerified(mail), true);
      }
      await page.goto(`${stack.api}/verify_email`);
      assert.ok(await asksForNothing(page));
    }, options));

  test("another site posts no code", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      // The inbox is on the same host, but has another origin.
      const body = `<form method="post" action="${formOf(mail)}">
        <input name="code" value="${mail.code}"><button>Go</button></form>`;
      const attack = route => route.fulfill({ contentType: "text/html", body });
      await page.route(`${stack.inbox}/attack`, attack);
      await stack.reported(mail);
      const before = await stack.table();
      await page.goto(`${stack.inbox}/attack`);
      await page.getByRole("button").click();
      await assertHeading(window, BAD_REQUEST);
      assert.deepEqual(await stack.table(), before);
    }, options));

  test("a wrong code has its error", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      for (let attempt = 0; attempt < 5; attempt += 1) {
        // The page before looks the same.
        const loaded = page.waitForEvent("load");
        await submitCode(window, wrongCode(mail));
        await loaded;
        await page.getByText("This code is incorrect or has expired.").waitFor();
        assert.equal(await page.locator("#code").inputValue(), "");
      }
      await submitCode(window, mail.code);
      await assertHeading(window, TOO_MANY);
      await page.getByText("Try again in 30 minutes.").waitFor();
      await page.getByRole("link", { name: "Try again" }).click();
      await assertHeading(window, READY);
    }, options));
});
