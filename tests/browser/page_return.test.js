// The page leads back to the `return_to` of the request, and to no page of another site.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LOOKS } from "./support/browser.js";
import { DAMAGES } from "./support/damages.js";
import {
  ask, assertHeading, damaged, formOf, INVALID, inWindow, READY, stack, submitCode, VERIFIED,
  wrongCode,
} from "./support/page.js";
import { GRACE } from "./support/stack.js";

const TEXT_LIKE_A_TOKEN = "x".repeat(42) + "A";

/** The app of the local stack is its inbox. */
const returnTo = behind => `${stack.inbox}/messages${behind}`;
/** It has a user, a text like a token, a query and a fragment of its own. */
const rich = () => returnTo(`/${GRACE.uuid}?user=${TEXT_LIKE_A_TOKEN}&a=%26b#/c?d=e`);

const continueOf = page => page.locator("#verified a.button").evaluate(link => link.href);
const nextOf = url => new URL(url).searchParams.get("next");

/** The link of a mail after this damage. What encodes its "?" also encodes `next` once more. */
const damagedWithNext = (damage, mail) => {
  const whole = damaged(damage, mail);
  if (whole.includes("next=")) return whole;
  let more = `&next=${encodeURIComponent(mail.next)}`;
  const [, encoding] = whole.match(/user((?:%(?:25)*3D)?)/) ?? [];
  for (let left = encoding ? encoding.length / 2 - 0.5 : 0; left > 0; left -= 1) {
    more = encodeURIComponent(more);
  }
  return damaged(damage, { ...mail, uuid: mail.uuid + more });
};

test("Continue leads back after a press", () =>
  inWindow(async window => {
    const { page } = window;
    const return_to = rich();
    const mail = await ask({ return_to });
    await page.goto(mail.link);
    await assertHeading(window, READY);
    assert.equal(nextOf(page.url()), return_to, "a reload keeps it");
    await page.reload();
    await page.locator("#ready button").click();
    await assertHeading(window, VERIFIED);
    await page.reload();
    await page.getByRole("link", { name: "Continue to Acme" }).click();
    await page.waitForURL(return_to);
    await page.goBack();
    await assertHeading(window, VERIFIED);
  }));

for (const javaScriptEnabled of [true, false]) {
  test(`after a code, ${javaScriptEnabled ? "with" : "without"} a script`, () =>
    inWindow(async window => {
      const { page } = window;
      const return_to = returnTo("?step=2&user=x#pay");
      const mail = await ask({ return_to });
      await page.goto(mail.link.split("#")[0]);
      await submitCode(window, wrongCode(mail));
      await page.locator("#code-error").waitFor();
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      assert.equal(await page.locator("a.button:visible").getAttribute("href"), return_to);
      await page.getByRole("link", { name: "Continue to Acme" }).click();
      await page.waitForURL(return_to);
    }, { ...LOOKS.light, javaScriptEnabled }));
}

describe("a damaged link leads back", () => {
  // Links of an earlier release have no `next`. Without a "#", `next` does not end.
  const isPossible = damage => !/an old link|a slash in front|upper case|no # at all/.test(damage);

  for (const damage of Object.keys(DAMAGES).filter(isPossible)) {
    test(damage, () =>
      inWindow(async window => {
        const { page, posts } = window;
        const next = rich();
        const mail = { ...await ask({ return_to: next }), next };
        await page.goto(damagedWithNext(damage, mail));
        await page.locator("#ready button").waitFor();
        const seen = await page.locator("html").evaluate(({ outerHTML }) => outerHTML + location);
        assert.ok(!seen.includes(mail.token), "no token in links, form or address");
        assert.equal(await continueOf(page), next);
        await page.reload();
        await page.locator("#ready button").click();
        await assertHeading(window, VERIFIED);
        assert.equal(await continueOf(page), next);
        assert.equal(posts.length, 1);
      }));
  }
});

test("without a script a damaged link leads back", () =>
  inWindow(async window => {
    const { page } = window;
    const next = returnTo("?step=2#pay");
    const mail = { ...await ask({ return_to: next }), next };
    for (const damage of ["an encoded #", "a path instead of a query and a fragment"]) {
      await page.goto(damagedWithNext(damage, mail));
      assert.ok(!(await page.content()).includes(mail.token));
    }
    await submitCode(window, mail.code);
    await assertHeading(window, VERIFIED);
    assert.ok(!page.url().includes(mail.token));
    assert.equal(await page.locator("a.button:visible").getAttribute("href"), next);
  }, { ...LOOKS.light, javaScriptEnabled: false }));

test("a fragment like a token is kept", () =>
  inWindow(async window => {
    const { page } = window;
    const return_to = returnTo(`#${TEXT_LIKE_A_TOKEN}`);
    const mail = await ask({ return_to });
    for (const link of [mail.link, damagedWithNext("an encoded #", { ...mail, next: return_to })]) {
      await page.goto("about:blank");
      await page.goto(link);
      await page.locator("#ready button").waitFor();
      await page.reload();
      await page.locator("#ready button").waitFor();
      assert.equal(await continueOf(page), return_to);
    }
    await page.locator("#ready button").click();
    await assertHeading(window, VERIFIED);
    await page.reload();
    assert.equal(await continueOf(page), return_to);
  }));

test("a cut link leads back after its code", () =>
  inWindow(async window => {
    const { page } = window;
    const return_to = rich();
    const mail = await ask({ return_to });
    await page.goto(mail.link.slice(0, -1));
    await assertHeading(window, INVALID);
    assert.equal(nextOf(page.url()), return_to);
    // Its user is not the one that `next` has.
    const action = await page.locator("form").evaluate(form => form.action);
    assert.equal(action, `${formOf(mail)}&next=${encodeURIComponent(return_to)}`);
    await page.goto(`${stack.api}/verify_email?next=${encodeURIComponent(return_to)}`);
    assert.equal(await page.locator("input:visible").count(), 0, "no user, no code");
  }));

test("another site is never led to", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    const { host } = new URL(stack.inbox);
    for (const next of [
      "https://evil.example/",
      `http://${host}.evil.example/`,
      `http://${host}@evil.example/`,
      `http://evil.example\\@${host}/`,
      `//${host}/`,
      `///${host}/`,
      `https://${host}/`,
      "javascript:alert(1)//://",
      `javascript://${host}/%0aalert(1)`,
      "data:text/html,<script>alert(1)</script>",
      "java\tscript:alert(1)",
      `https%253A%252F%252Fevil.example%252F#${TEXT_LIKE_A_TOKEN}`,
    ]) {
      for (const link of [
        `${formOf(mail)}&next=${encodeURIComponent(next)}#${mail.token}`,
        `${formOf(mail)}&next=${encodeURIComponent(next)}%23${mail.token}`,
        `${stack.api}/verify_email%3Fuser=${mail.uuid}&next=${encodeURIComponent(next)}`,
        `${formOf(mail)}&next=${encodeURIComponent(next)}&next=${encodeURIComponent(rich())}`,
      ]) {
        await page.goto("about:blank");
        await page.goto(link);
        await assertHeading(window, READY);
        const { href } = new URL(stack.inbox);
        assert.equal(await continueOf(page), href, link);
      }
    }
  }));
