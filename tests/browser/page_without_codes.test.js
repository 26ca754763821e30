// The page of a service whose mails have a link alone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open } from "./support/browser.js";
import { GRACE, Stack } from "./support/stack.js";

const INVALID = "This link doesn\u2019t work";

let stack;
let browser;

before(async () => {
  stack = await Stack.start({}, ["--set", "MAIL_CONTENT=link"]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function visit(page, address) {
  // Otherwise only the fragment of the page before might change, and nothing would load.
  await page.goto("about:blank");
  await page.goto(address);
}

const heading = page => page.locator("h1:visible").textContent();

describe("without codes", () => {
  for (const javaScriptEnabled of [true, false]) {
    test(`a link without its token asks for nothing, script: ${javaScriptEnabled}`, async () => {
      const { page, close } = await open(browser, { javaScriptEnabled });
      const { uuid, code } = await stack.ask(`cut-${javaScriptEnabled}@example.com`);
      assert.equal(code, undefined);
      await visit(page, `${stack.api}/verify_email?user=${uuid}`);
      const advice = page.locator("p:visible", { hasText: "Open the link in the email" });
      assert.match(await advice.textContent(), /go back to Acme and request a new one\.$/);
      assert.equal(await page.locator("input, button:visible").count(), 0);
      await close();
    });
  }

  test("a link verifies, and asks for no code if it fails", async () => {
    const { page, close } = await open(browser);
    const mail = await stack.ask("ada@example.com");
    for (const [link, expected] of [
      [mail.link, "Your email\u00a0address is verified"],
      [mail.link, "Your email address is already verified"],
      [`${stack.api}/verify_email#${GRACE.uuid}.${GRACE.token}`, "This link has expired"],
      [`${stack.api}/verify_email?user=${mail.uuid}#${"A".repeat(43)}`, INVALID],
    ]) {
      await visit(page, link);
      await page.locator("[data-verify]:visible").click();
      await page.locator("#ready").waitFor({ state: "hidden" });
      assert.equal(await heading(page), expected);
      assert.equal(await page.locator("input").count(), 0);
    }
    await visit(page, `${stack.api}/verify_email#${GRACE.uuid}.${GRACE.token}`);
    await page.locator("[data-verify]:visible").click();
    await page.locator("[data-ask]:visible").click();
    await page.locator("#mailed").waitFor();
    assert.equal(await page.locator("input").count(), 0);
    await visit(page, `${stack.api}/verify_email?user=${mail.uuid}#cut`);
    assert.equal(await heading(page), INVALID);
    await close();
  });
});
