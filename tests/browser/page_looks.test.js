// Each state of the page, and the mail, in each look: no violation of axe, nothing too wide.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LOOKS, picture } from "./support/browser.js";
import {
  ask, assertHeading, BUTTON, formOf, inWindow, stack, submitCode, UNAVAILABLE,
} from "./support/page.js";
import { show, STATES_OF_THE_FORM, STATES_OF_THE_LINK } from "./support/states.js";

describe("each state passes axe in each look", () => {
  for (const [look, options] of Object.entries(LOOKS)) {
    test(look, () => show({ ...STATES_OF_THE_LINK, ...STATES_OF_THE_FORM }, look, options));
  }
});

describe("the mail", () => {
  // Rules for pages, such as landmarks, do not apply to mails.
  const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };

  for (const [look, options] of Object.entries(LOOKS)) {
    test(look, () =>
      inWindow(async ({ page }) => {
        const { html } = await ask({ first_name: "Ada" }, options.locale);
        await page.setContent(html);
        await picture(page, `mail-${look}`, rules);
      }, options));
  }
});

describe("without DynamoDB", () => {
  test("the typed code is kept", async () => {
    const mail = await ask();
    await stack.dropTable();
    const withoutScript = { ...LOOKS.light, javaScriptEnabled: false };
    for (const [look, options] of Object.entries({ ...LOOKS, "without-script": withoutScript })) {
      await inWindow(async window => {
        await window.page.goto(formOf(mail));
        await submitCode(window, mail.code);
        await window.page.locator("#form .icon").waitFor();
        assert.equal(await window.page.locator("#code").inputValue(), mail.code);
        await picture(window.page, `page-unavailable-form-${look}`);
      }, options);
    }
    await inWindow(async window => {
      await window.page.goto(mail.link);
      await window.page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, UNAVAILABLE);
    });
  });
});
