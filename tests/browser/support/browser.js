// Headless Chromium. A test fails if a page asks another machine, or logs an error.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

const SCREENSHOTS = new URL("../../../target/screenshots/", import.meta.url).pathname;

const desktop = (locale, colorScheme, width = 1280) => ({
  viewport: { width, height: 900 },
  colorScheme,
  locale,
});
const phone = (locale, colorScheme, width, height) => ({
  viewport: { width, height },
  colorScheme,
  locale,
  deviceScaleFactor: 2,
});

/** The ways in which people see a page. */
export const LOOKS = {
  light: desktop("en-GB", "light"),
  dark: desktop("en-GB", "dark"),
  phone: phone("de-DE", "light", 360, 740),
  "phone-dark": phone("fr-FR", "dark", 320, 640),
  arabic: phone("ar", "light", 390, 844),
  taiwanese: phone("zh-TW", "light", 320, 640),
  // Text twice as large is a window half as wide (WCAG 2.2, success criterion 1.4.4).
  japanese: desktop("ja-JP", "dark", 640),
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

/** Opens a window with its own storage. `close` throws the errors that occurred in it. */
export async function open(browser, options = LOOKS.light) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(15_000);
  const problems = [];
  const posts = [];
  context.on("request", request => {
    const { href, hostname, protocol } = new URL(request.url());
    const isHere = hostname === "127.0.0.1" || ["data:", "file:"].includes(protocol);
    if (!isHere) problems.push(`requested ${href}`);
    const hasToken = /[\w-]{43}/.test(href);
    if (hasToken && !request.isNavigationRequest()) problems.push(`leaked a token to ${href}`);
    if (request.method() === "POST") posts.push(request);
  });
  context.on("weberror", thrown => problems.push(String(thrown.error())));
  context.on("console", message => {
    const text = message.text();
    const isProblem = ["error", "warning"].includes(message.type());
    // A browser logs every 4xx and 5xx as an error. Tests provoke these.
    const isStatus = text.startsWith("Failed to load resource");
    // Playwright tries to run its own scripts in the frame of a mail, where none may run.
    const isFrame = text.startsWith("Blocked script execution") && text.includes("/view/");
    if (isProblem && !isStatus && !isFrame) problems.push(text);
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

/** The violations that axe-core finds. It is a script: if none may run, it checks a copy. */
export async function violations(page, options = {}) {
  if (await page.evaluate(() => matchMedia("(scripting: none)").matches)) {
    const { width, height } = page.viewportSize();
    const { dark, language } = await page.evaluate(() => ({
      dark: matchMedia("(prefers-color-scheme: dark)").matches,
      language: document.documentElement.lang,
    }));
    const look = {
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      locale: language,
    };
    const context = await page.context().browser().newContext(look);
    const copy = await context.newPage();
    await copy.setContent((await page.content()).replace(/<script>.*<\/script>/s, ""));
    const found = await violations(copy, options);
    await context.close();
    return found;
  }
  await page.evaluate(axe.source);
  const result = await page.evaluate(options => globalThis.axe.run(document, options), options);
  return result.violations.map(({ id, nodes }) => {
    const places = nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`);
    return `${id}: ${places.join("\n")}`;
  });
}

/** Texts that are outside the window, and whether the page scrolls sideways. */
export async function overflows(page) {
  return page.evaluate(() => {
    const found = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`${scrollWidth} px wide in ${clientWidth}`);
    const texts = document.createNodeIterator(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(text);
      // Text beyond the left edge makes nothing scroll.
      const isOutside = ({ left, right, width }) => width > 1 && (left < 0 || right > clientWidth);
      const out = [...range.getClientRects()].find(isOutside);
      const isVisible = getComputedStyle(text.parentElement).visibility !== "hidden";
      if (out && isVisible) found.push(`${text.data.trim()} from ${out.left} to ${out.right}`);
    }
    return found;
  });
}

/** Takes a screenshot, and asserts that the page has no violation and fits its window. */
export async function picture(page, name, options) {
  const path = `${SCREENSHOTS}${name}.png`;
  const take = () => page.screenshot({ path, fullPage: true, animations: "disabled" });
  // On a busy machine, Chromium may be "unable to capture screenshot".
  await take().catch(take);
  assert.deepEqual(await violations(page, options), [], name);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  assert.ok(overflow <= 0, `${name} is ${overflow} px too wide`);
}
