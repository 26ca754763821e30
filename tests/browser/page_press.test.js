// A press of the button verifies, and nothing else does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS } from "./support/browser.js";
import {
  ALREADY, ask, assertHeading, BUTTON, focusedText, formOf, inWindow, plain, READY, stack,
  VERIFIED, waitForWorking,
} from "./support/page.js";

test("the inbox's link verifies", () =>
  inWindow(async window => {
    const mail = await ask();
    await window.page.goto(stack.inbox);
    await window.page.getByText(mail.email).first().click();
    const [page] = await Promise.all([
      window.context.waitForEvent("page"),
      window.page.getByRole("link", { name: "Open link" }).click(),
    ]);
    window.heading = () => page.locator("h1:visible");
    const { posts } = window;
    await assertHeading(window, READY);
    assert.equal(await page.title(), `${READY} · Acme`);
    assert.equal(page.url(), formOf(mail), "the address has no token");

    await page.reload();
    await assertHeading(window, READY);
    assert.equal(posts.length, 0);
    assert.equal(await stack.isVerified(mail), false);

    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, VERIFIED);
    assert.equal(await page.title(), `${VERIFIED} · Acme`);
    const thanks = await page.locator("#verified p").first().textContent();
    assert.equal(thanks, `Thank you! ${mail.email} is verified.`);
    const back = "If Acme is still open in another tab, you can go back to it.";
    await page.getByText(back).locator("visible=true").waitFor();
    assert.equal(plain(await focusedText(page)), VERIFIED, "is read out");
    assert.equal(await stack.isVerified(mail), true);
    assert.deepEqual(posts.map(post => post.url()), [`${stack.api}/verify_email`]);
    assert.deepEqual(posts[0].postDataJSON(), { uuid: mail.uuid, token: mail.token });
    assert.equal(await posts[0].headerValue("referer"), null);

    await page.reload();
    await assertHeading(window, VERIFIED);
    await page.getByRole("link", { name: "Continue to Acme" }).click();
    await page.waitForURL(`${stack.inbox}/**`);
    await page.goBack();
    await assertHeading(window, VERIFIED);
    assert.equal(posts.length, 1);
  }));

test("the mail's button leads to the page", () =>
  inWindow(async window => {
    const mail = await ask();
    await window.page.goto(stack.inbox);
    await window.page.getByText(mail.email).first().click();
    // No script runs in the frame of a mail, so the test clicks at the button's place on the
    // screen. The inbox shows the frame scaled down.
    const delivery = window.page.getByRole("list", { name: "Delivery" });
    await delivery.getByText("Delivered").waitFor();
    const frame = window.page.locator("iframe[style*=scale]").first();
    const button = frame.contentFrame().getByRole("link", { name: BUTTON });
    await button.waitFor();
    const { left, top, scale } = await frame.evaluate(element => {
      const { left, top, width } = element.getBoundingClientRect();
      return { left, top, scale: width / element.offsetWidth };
    });
    const box = await button.boundingBox();
    const [page] = await Promise.all([
      window.context.waitForEvent("page"),
      window.page.mouse.click(
        left + (box.x - left + box.width / 2) * scale,
        top + (box.y - top + box.height / 2) * scale,
      ),
    ]);
    window.heading = () => page.locator("h1:visible");
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, VERIFIED);
    assert.equal(await stack.isVerified(mail), true);
  }));

test("a scanner verifies nothing", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    for (let visit = 0; visit < 2; visit += 1) {
      await page.goto(mail.link, { waitUntil: "networkidle" });
      await assertHeading(window, READY);
      await page.mouse.move(200, 200);
      await page.mouse.wheel(0, 500);
      await page.getByRole("button", { name: BUTTON }).hover();
      await page.getByRole("button", { name: BUTTON }).focus();
      await page.evaluate(() => {
        for (const type of ["visibilitychange", "pagehide", "beforeunload"]) {
          dispatchEvent(new Event(type));
        }
      });
      await page.goto("about:blank");
    }
    await fetch(mail.link, { method: "HEAD" });
    const html = await (await fetch(mail.link)).text();
    assert.ok(!html.includes(mail.token));
    assert.equal(posts.length, 0);
    assert.equal(await stack.isVerified(mail), false);
  }));

test("a double click is one request", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    await page.goto(mail.link);
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route("**/verify_email", async route => {
      await held;
      await route.continue();
    });
    const button = page.locator("#ready button");
    await button.dblclick();
    await waitForWorking(page);
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    const isFocused = await button.evaluate(element => element === document.activeElement);
    assert.equal(isFocused, true, "keeps the focus");
    await button.press("Enter");
    release();
    await assertHeading(window, VERIFIED);
    assert.equal(posts.length, 1);
  }));

test("a second tab or device is safe", async () => {
  const mail = await ask();
  await inWindow(async window => {
    const second = { page: await window.context.newPage() };
    second.heading = () => second.page.locator("h1:visible");
    for (const { page } of [window, second]) await page.goto(mail.link);
    for (const [tab, heading] of [[window, VERIFIED], [second, ALREADY]]) {
      await tab.page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(tab, heading);
      await tab.page.reload();
      await assertHeading(tab, heading);
      await tab.page.locator("main").getByText(mail.email).waitFor();
    }
  });
  await inWindow(async window => {
    await window.page.goto(mail.link);
    await window.page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, ALREADY);
  }, { ...LOOKS.phone, locale: "en-GB" });
});

test("a second link replaces the first", () =>
  inWindow(async window => {
    const { page } = window;
    const [first, second] = [await ask(), await ask()];
    await page.goto(first.link);
    await page.getByRole("button", { name: BUTTON }).click();
    await assertHeading(window, VERIFIED);
    await page.goto(second.link);
    await assertHeading(window, READY);
    await page.getByRole("button", { name: BUTTON }).click();
    await page.getByText(second.email).waitFor();
    await page.goBack();
    await page.reload();
    await page.getByText(first.email).waitFor();
  }));

for (const key of ["Enter", "Space"]) {
  test(`${key} presses the button`, () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(mail.link);
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement).outlineWidth,
      );
      assert.equal(outline, "3px", "the focus is visible");
      await page.keyboard.press(key);
      await assertHeading(window, VERIFIED);
      await page.keyboard.press("Tab");
      assert.equal(await focusedText(page), "Continue to Acme");
    }));
}

test("a script's clicks verify nothing", () =>
  inWindow(async window => {
    const { page, posts } = window;
    const mail = await ask();
    const press = () => page.evaluate(() => {
      document.getElementById("code").value = "123456";
      for (const element of document.querySelectorAll("button, label, input, main, form, span")) {
        element.click();
        for (const type of "pointerdown mousedown pointerup mouseup touchend click".split(" ")) {
          element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
        }
        for (const type of ["keydown", "keypress", "keyup"]) {
          for (const key of ["Enter", " "]) {
            element.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
          }
        }
      }
      const form = document.querySelector("form");
      form.requestSubmit();
      form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
    });
    await stack.reported(mail);
    for (const link of [mail.link, formOf(mail)]) {
      await page.goto("about:blank");
      await page.goto(link);
      await assertHeading(window, READY);
      const before = await stack.table();
      await press();
      await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.equal(posts.length, 0);
      assert.deepEqual(await stack.table(), before);
    }
    // The same page works for a person.
    await page.goto("about:blank");
    await page.goto(mail.link);
    await press();
    await page.locator("#ready button").click();
    await assertHeading(window, VERIFIED);
    assert.equal(posts.length, 1);
  }));
