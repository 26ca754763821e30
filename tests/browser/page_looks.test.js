// Each state of the page, and the mail, in each look: no violation of axe, nothing too wide.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LOOKS, picture } from "./support/browser.js";
import {
  ask, assertHeading, BUTTON, formOf, inWindow, postCode, restart, stack, stopLinkOf, submitCode,
  UNAVAILABLE, wrongCode,
} from "./support/page.js";
import { GRACE } from "./support/stack.js";

/** The states that need a script. Each function returns once the window shows its state. */
const STATES_OF_THE_LINK = {
  async ready({ page }) {
    await page.goto((await ask()).link);
    await page.locator("#ready").waitFor();
  },
  async working(window) {
    await STATES_OF_THE_LINK.ready(window);
    await window.page.route("**/verify_email", () => {});
    await window.page.locator("#ready button").click();
    await window.page.locator("#ready .working").waitFor();
  },
  async verified(window) {
    await STATES_OF_THE_LINK.ready(window);
    await window.page.locator("#ready button").click();
    await window.page.locator("#verified").waitFor();
  },
  async already({ page }) {
    const mail = await ask();
    await postCode(mail, mail.code);
    await page.goto(mail.link);
    await page.locator("#ready button").click();
    await page.locator("#already_verified").waitFor();
  },
  async expired({ page }) {
    await page.goto(`${formOf(GRACE)}#${GRACE.token}`);
    await page.locator("#ready button").click();
    await page.locator("#expired").waitFor();
  },
  async mailed(window) {
    await STATES_OF_THE_LINK.expired(window);
    await window.page.locator("#expired button").click();
    await window.page.locator("#mailed").waitFor();
  },
  async throttled(window) {
    await STATES_OF_THE_LINK.expired(window);
    for (let mails = 1; mails < 6; mails += 1) {
      await stack.ask(GRACE.email, { uuid: GRACE.uuid });
    }
    await window.page.locator("#expired button").click();
    await window.page.locator("#throttled").waitFor();
  },
  async "no-mail"(window) {
    await STATES_OF_THE_LINK.expired(window);
    await stack.suppress(GRACE.email);
    await window.page.locator("#expired button").click();
    await window.page.locator("#no_mail").waitFor();
  },
  async invalid({ page }) {
    await page.goto(`${formOf(GRACE)}#cut-off`);
    await page.locator("#invalid").waitFor();
  },
  async "invalid-of-nobody"({ page }) {
    await page.goto(`${stack.api}/verify_email#cut-off`);
    await page.locator("#invalid").waitFor();
  },
  async stop({ page }) {
    await page.goto(stopLinkOf(await ask()));
    await page.locator("#stop").waitFor();
  },
  async stopped(window) {
    await STATES_OF_THE_LINK.stop(window);
    await window.page.locator("#stop button").click();
    await window.page.locator("#stopped").waitFor();
  },
  async "stopped-before"({ page }) {
    const mail = await ask();
    for (const id of ["stopped", "already_stopped"]) {
      await page.goto("about:blank");
      await page.goto(stopLinkOf(mail));
      await page.locator("#stop button").click();
      await page.locator(`#${id}`).waitFor();
    }
  },
  async allowed(window) {
    await STATES_OF_THE_LINK.stopped(window);
    await window.page.locator("#stopped button").click();
    await window.page.locator("#allowed").waitFor();
  },
  async "link-refused"({ page }) {
    const mail = await ask();
    await page.goto(stopLinkOf(mail));
    await page.locator("#stop button").click();
    await page.locator("#stopped").waitFor();
    await page.goto(mail.link);
    await page.locator("#ready button").click();
    await page.locator("#link_refused").waitFor();
  },
  async suppressed({ page }) {
    const mail = await ask();
    await stack.suppress(mail.email);
    await page.goto(stopLinkOf(mail));
    await page.locator("#stop button").click();
    await page.locator("#suppressed").waitFor();
  },
  async unavailable(window) {
    await STATES_OF_THE_LINK.ready(window);
    await window.page.route("**/verify_email", route => route.fulfill({ status: 503 }));
    await window.page.locator("#ready button").click();
    await window.page.locator("#unavailable").waitFor();
  },
  async offline(window) {
    await STATES_OF_THE_LINK.ready(window);
    await window.context.setOffline(true);
    await window.page.locator("#ready button").click();
    await window.page.locator("#offline").waitFor();
  },
};

/** The states that are the same with a script and without. */
const STATES_OF_THE_FORM = {
  async form({ page }) {
    await page.goto(formOf(GRACE));
    await page.locator("#form").waitFor();
  },
  async nobody({ page }) {
    await page.goto(`${stack.api}/verify_email`);
    await page.locator("#nobody").waitFor();
  },
  async "wrong-code"({ page }) {
    const mail = await ask();
    await page.goto(formOf(mail));
    await submitCode({ page }, wrongCode(mail));
    await page.locator("#code-error").waitFor();
  },
  async "no-code"({ page }) {
    await page.goto(formOf(GRACE));
    await submitCode({ page }, "123 45");
    await page.locator("#code-error").waitFor();
  },
  async "verified-by-code"({ page }) {
    const mail = await ask();
    await page.goto(formOf(mail));
    await submitCode({ page }, mail.code);
    await page.locator("#verified").waitFor();
  },
  async "already-by-code"({ page }) {
    const mail = await ask();
    await postCode(mail, mail.code);
    await page.goto(formOf(mail));
    await submitCode({ page }, mail.code);
    await page.locator("#already_verified").waitFor();
  },
  async "too-many"({ page }) {
    // A user of its own, as attempts count per user.
    const nobody = { uuid: crypto.randomUUID() };
    for (let attempt = 0; attempt < 5; attempt += 1) await postCode(nobody, "000000");
    await page.goto(formOf(nobody));
    await submitCode({ page }, "000000");
    await page.locator("#too_many").waitFor();
  },
  async "not-stopped"({ page }) {
    await page.goto(`${formOf(GRACE)}&stop`);
    await page.locator("#not_stopped:visible, #no_script:visible").waitFor();
  },
  async "bad-request"({ page }) {
    await page.goto(`${stack.api}/verify_email/more`);
    await page.locator("#bad_request").waitFor();
  },
};

describe("each state passes axe in each look", () => {
  for (const [look, options] of Object.entries(LOOKS)) {
    test(look, async () => {
      // A client has 30 codes in five minutes, so each look gets a service of its own.
      await restart();
      const show = async (states, name, options) => {
        for (const [state, reach] of Object.entries(states)) {
          await inWindow(async window => {
            await reach(window);
            await picture(window.page, `page-${state}-${name}`);
            const buttons = window.page.locator("main :is(button, .button):visible");
            const filled = await buttons.evaluateAll(all => all.filter(
              button => getComputedStyle(button).backgroundColor !== "rgba(0, 0, 0, 0)",
            ).length);
            assert.ok(filled <= 1, `${state} has one filled button`);
          }, options);
        }
      };
      await show({ ...STATES_OF_THE_LINK, ...STATES_OF_THE_FORM }, look, options);
      const withoutScript = { ...options, javaScriptEnabled: false };
      await show(STATES_OF_THE_FORM, `${look}-without-script`, withoutScript);
    });
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
