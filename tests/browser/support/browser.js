// Headless Chromium that talks to this machine alone, and complains of what a page does wrong.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

const SCREENSHOTS = new URL("../../../target/screenshots/", import.meta.url).pathname;

/** The ways in which people see a page. */
export const LOOKS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light", locale: "en-GB" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark", locale: "en-GB" },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: "light", locale: "de-DE", deviceScaleFactor: 2 },
  "phone-dark": { viewport: { width: 320, height: 640 }, colorScheme: "dark", locale: "fr-FR", deviceScaleFactor: 2 },
  arabic: { viewport: { width: 390, height: 844 }, colorScheme: "light", locale: "ar", deviceScaleFactor: 2 },
  taiwanese: { viewport: { width: 320, height: 640 }, colorScheme: "light", locale: "zh-TW", deviceScaleFactor: 2 },
  // Text twice as large is a window half as wide (WCAG 2.2, success criterion 1.4.4).
  japanese: { viewport: { width: 640, height: 900 }, colorScheme: "dark", locale: "ja-JP" },
};

export async function launch() {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A window of its own. What went wrong in it is thrown by `close`. */
export async function open(browser, options = LOOKS.light) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(15_000);
  const problems = [];
  const posts = [];
  context.on("request", request => {
    const url = new URL(request.url());
    if (url.hostname !== "127.0.0.1" && url.protocol !== "data:") problems.push(`asked ${url.href}`);
    if (url.href.match(/[\w-]{43}/) && !request.isNavigationRequest()) problems.push(`told ${url.href}`);
    if (request.method() === "POST") posts.push(request);
  });
  context.on("weberror", thrown => problems.push(String(thrown.error())));
  context.on("console", message => {
    // A browser calls every 4xx and 5xx an error; those are what is tested here.
    const isStatus = message.text().startsWith("Failed to load resource");
    // What drives the browser tries to run its own scripts in the frame of a mail, where none may run.
    const isFrame = message.text().startsWith("Blocked script execution") && message.text().includes("/view/");
    if (["error", "warning"].includes(message.type()) && !isStatus && !isFrame) problems.push(message.text());
  });
  const page = await context.newPage();
  return {
    context,
    page,
    posts,
    heading: () => page.locator("h1:visible"),
    async close() {
      await context.close();
      assert.deepEqual(problems, []);
    },
  };
}

/** What axe-core finds in the page as it is. Where no script runs, it looks at a copy, as it is one. */
export async function violations(page, options = {}) {
  if (await page.evaluate(() => matchMedia("(scripting: none)").matches)) {
    const { width, height } = page.viewportSize();
    const { dark, language } = await page.evaluate(() => ({
      dark: matchMedia("(prefers-color-scheme: dark)").matches,
      language: document.documentElement.lang,
    }));
    const colorScheme = dark ? "dark" : "light";
    const context = await page.context().browser().newContext({ viewport: { width, height }, colorScheme, locale: language });
    const copy = await context.newPage();
    await copy.setContent((await page.content()).replace(/<script>.*<\/script>/s, ""));
    const found = await violations(copy, options);
    await context.close();
    return found;
  }
  await page.evaluate(axe.source);
  const result = await page.evaluate(options => globalThis.axe.run(document, options), options);
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`);
}

/** Where text is not inside of the window, or the page scrolls sideways. */
export async function overflows(page) {
  return page.evaluate(() => {
    const found = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`${scrollWidth} px wide in ${clientWidth}`);
    const texts = document.createNodeIterator(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(text);
      // Where there is more to the left than can be scrolled to, nothing scrolls.
      const out = [...range.getClientRects()].find(({ left, right, width }) => width > 1 && (left < 0 || right > clientWidth));
      if (out && getComputedStyle(text.parentElement).visibility !== "hidden") found.push(`${text.data.trim()} from ${out.left} to ${out.right}`);
    }
    return found;
  });
}

/** Takes a picture of the page, which has to be without fault and to fit its window. */
export async function picture(page, name, options) {
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true, animations: "disabled" });
  assert.deepEqual(await violations(page, options), [], name);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} px too wide`);
}
