// The states of the page, and how each looks.

import assert from "node:assert/strict";
import { picture } from "./browser.js";
import {
  ask, formOf, inWindow, postCode, restart, stack, stopLinkOf, submitCode, wrongCode,
} from "./page.js";
import { GRACE } from "./stack.js";

/** The states that need a script. Each function returns once the window shows its state. */
export const STATES_OF_THE_LINK = {
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
export const STATES_OF_THE_FORM = {
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

/** No state has a violation of axe, is too wide, or has two filled buttons. */
export async function show(states, name, options) {
  // A client has 30 codes in five minutes, so each look gets a service of its own.
  await restart();
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
}
