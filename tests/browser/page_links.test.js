// Links that expired, were damaged, or are of an earlier release.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DAMAGES } from "./support/damages.js";
import {
  ask, asksForNothing, assertHeading, BUTTON, damaged, EXPIRED, formOf, INVALID,
  inWindow, READY, stack, submitCode, VERIFIED, wrongCode,
} from "./support/page.js";
import { GRACE } from "./support/stack.js";

test("an expired link asks for the code", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await stack.ask(GRACE.email, { uuid: GRACE.uuid });
    await page.goto(`${formOf(GRACE)}#${GRACE.token}`);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, EXPIRED);
    const advice = page.getByText("Go back to Acme and request a new one.");
    await advice.locator("visible=true").waitFor();
    await page.reload();
    await assertHeading(window, READY);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, EXPIRED);
    await page.getByRole("heading", { name: "Enter the code instead" }).waitFor();
    await submitCode(window, mail.code);
    await assertHeading(window, VERIFIED);
  }));

test("an invalid link asks for the code", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    await page.goto(mail.link.slice(0, -1));
    await assertHeading(window, INVALID);
    assert.equal(posts.length, 0, "a truncated token is not sent");
    await page.locator("#code").waitFor();
    await page.reload();
    await assertHeading(window, INVALID);
    await page.goto(`${formOf(mail)}#${GRACE.token}`);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, INVALID);
    await submitCode(window, wrongCode(mail));
    await page.locator("#code-error").waitFor();
    await submitCode(window, mail.code);
    await assertHeading(window, VERIFIED);
  }));

test("without token the code is asked", () =>
  inWindow(async window => {
    const { page } = window;
    // An id of the caller's own, which does not derive from the address.
    const mail = await ask({ uuid: crypto.randomUUID() });
    await page.goto(mail.link.split("#")[0]);
    await assertHeading(window, READY);
    assert.equal(await page.locator("input:visible").count(), 1);
    await submitCode(window, mail.code);
    await assertHeading(window, VERIFIED);
    assert.equal(await stack.isVerified(mail), true);
  }));

test("without a user it asks for nothing", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const ends = ["", "?", "?user=", "?user=ada@example.com", `#${GRACE.token}`, "#ada"];
    for (const behind of ends) {
      await page.goto("about:blank");
      await page.goto(`${stack.api}/verify_email${behind}`);
      await page.getByText("Open the link in the").locator("visible=true").waitFor();
      assert.ok(await asksForNothing(page), behind);
    }
    assert.equal(posts.length, 0);
  }));

test("a link of an earlier release works", () =>
  inWindow(async window => {
    const { page } = window;
    const mail = await ask();
    await page.goto(`${stack.api}/verify_email#${mail.uuid}.${mail.token}`);
    await assertHeading(window, READY);
    assert.equal(page.url(), formOf(mail), "the address has no token");
    await page.reload();
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, VERIFIED);
    // A truncated one still has the user.
    const other = await ask();
    await page.goto(`${stack.api}/verify_email#${other.uuid}.${other.token.slice(0, -1)}`);
    await assertHeading(window, INVALID);
    await submitCode(window, other.code);
    await assertHeading(window, VERIFIED);
  }));

describe("a damaged link has its button", () => {
  for (const damage of Object.keys(DAMAGES)) {
    test(damage, () =>
      inWindow(async window => {
        const { page, posts } = window;
        const mail = await ask();
        const link = damaged(damage, mail);
        assert.notEqual(link, mail.link);
        await page.goto(link);
        await assertHeading(window, READY);
        await page.locator("#ready button").waitFor();
        const { pathname, search } = new URL(page.url());
        assert.ok(!(pathname + search).includes(mail.token), "no token in path or query");
        await page.reload();
        await page.locator("#ready button").waitFor();
        assert.equal(posts.length, 0);
        assert.equal(await stack.isVerified(mail), false, "nothing is verified before the press");
        await page.locator("#ready button").click();
        await assertHeading(window, VERIFIED);
        assert.deepEqual(posts.map(post => post.url()), [`${stack.api}/verify_email`]);
        assert.equal(await stack.isVerified(mail), true);
      }));
  }
});

test("a lost token leaves the code", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    for (const link of [
      `${stack.api}/verify_email%23${mail.uuid}.`,
      `${formOf(mail)}%23${mail.token.slice(0, -1)}`,
      `${stack.api}/verify_email%3Fuser%3D${mail.uuid}`,
    ]) {
      await page.goto(link);
      await assertHeading(window, READY);
      assert.equal(await page.locator("input:visible").count(), 1);
    }
    await submitCode(window, wrongCode(mail));
    await page.locator("#code-error").waitFor();
    await submitCode(window, mail.code);
    await assertHeading(window, VERIFIED);
    assert.equal(posts.length, 2);
    for (const behind of ["%23", `%23${mail.token}`, "%3Fuser%3D"]) {
      await page.goto(`${stack.api}/verify_email${behind}`);
      await assertHeading(window, READY);
      assert.ok(await asksForNothing(page), behind);
    }
  }));

test("a tracker's parameter is no token", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    // 43 characters that could be a token, with the parameter's name and without the "=" between.
    const parameter = `fbclid=${"x".repeat(36)}A${"y".repeat(18)}`;
    await page.goto(`${formOf(mail)}&${parameter}`);
    await assertHeading(window, READY);
    assert.equal(await page.locator("input:visible").count(), 1, "the code is asked for");
    await page.goto(`${formOf(mail)}#${mail.token.slice(0, 20)}&${parameter}`);
    await assertHeading(window, INVALID);
    assert.equal(posts.length, 0);
  }));

test("a path like a host stays here", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    const elsewhere = `${stack.api}//elsewhere.example/verify_email`;
    await page.goto(`${elsewhere}%3Fuser=${mail.uuid}`);
    await assertHeading(window, READY);
    const action = await page.locator("form").evaluate(form => form.action);
    assert.equal(action, `${elsewhere}?user=${mail.uuid}`);
    await page.goto(`${elsewhere}%23${mail.uuid}.${mail.token}`);
    await page.locator("#ready button").waitFor();
    assert.ok(!page.url().includes(mail.token), "the address has no token");
    await page.locator("#ready button").click();
    await page.locator("#unavailable h1").waitFor();
    assert.deepEqual(posts.map(post => post.url()), [elsewhere]);
    assert.equal(await stack.isVerified(mail), false);
  }));

test("any path has a page", () =>
  inWindow(async window => {
    // At "/" the local stack shows what runs there.
    for (const path of ["/nothing", "/verify_email/more", "/api/users", "/nothing%23x"]) {
      await window.page.goto(stack.api + path);
      await assertHeading(window, INVALID);
    }
  }));
