// Mails in a real browser: no value makes them wider than their window.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open, overflows } from "./support/browser.js";
import { mails } from "./support/mails.js";
import { GRACE, Stack, authorization } from "./support/stack.js";

const WIDTHS = [320, 360, 600];
const SCREENSHOTS = new URL("../../target/screenshots/", import.meta.url).pathname;

// The longest values that are allowed, without a place to break.
const LONG = "W";
const WIDE = "\u8a9e";
const PRODUCT = LONG.repeat(60) + WIDE.repeat(40);
const DOMAIN = [63, 63, 61].map(length => "w".repeat(length)).join(".");
const longest = local => `${local.padEnd(64, "m")}@${DOMAIN}`;
const LONGEST_SETTINGS = {
  PRODUCT_NAME: PRODUCT,
  SENDER: `${LONG.repeat(290)} <no-reply@acme.example>`,
  SUPPORT_ADDRESS: longest("help"),
  POSTAL_LINE: LONG.repeat(100) + WIDE.repeat(100),
};

/** A mail as mail programs show it that support less than a browser. */
const PROGRAMS = {
  "as it is": html => html,
  "without its style sheet": html => html.replace(/<style>.*?<\/style>/gs, ""),
  // Gmail removes one of these, Yahoo the other.
  "without word-wrap": html => html.replace(/word-wrap:[^;"]*/g, ""),
  "without word-break": html => html.replace(/word-break:[^;"]*/g, ""),
};

let browser;
let number = 0;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** Runs `visit` with a service that has these settings, and a window. */
async function inWindow(settings, visit) {
  const stack = await Stack.start(settings);
  const window = await open(browser);
  try {
    await visit(stack, window.page);
    await window.close();
  } finally {
    await stack.stop();
  }
}

async function atEveryWidth(page, what, check) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await check(`${what} at ${width} px`);
  }
}

/** Words that are on two lines although they would fit on one. */
const brokenWords = page =>
  page.evaluate(() => {
    const broken = [];
    const texts = document.createNodeIterator(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (text.data.includes("http")) continue;
      for (const { 0: word, index } of text.data.matchAll(/[^ \n(-]+/g)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        const lines = [...range.getClientRects()].filter(({ width }) => width > 0);
        const width = lines.reduce((sum, line) => sum + line.width, 0);
        const isBroken = new Set(lines.map(({ bottom }) => Math.round(bottom))).size > 1;
        if (!isBroken) continue;
        const available = text.parentElement.closest("td").clientWidth - 80;
        if (width < available) broken.push(word);
      }
    }
    return broken;
  });

/** Whether the code, if the mail has one, is on one line and inside its panel. */
const codeFits = page =>
  page.evaluate(() => {
    const code = document.querySelector(".panel bdi");
    if (!code) return true;
    const panel = code.closest(".panel").getBoundingClientRect();
    const [line, ...more] = code.getClientRects();
    return more.length === 0 && line.left >= panel.left && line.right <= panel.right;
  });

/** Runs `visit` with a window. */
async function withWindow(visit) {
  const window = await open(browser);
  await visit(window.page);
  await window.close();
}

const screenshot = (page, name) =>
  page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });

describe("a mail", () => {
  test("the longest values fit", () =>
    withWindow(async page => {
      const all = mails(LONGEST_SETTINGS);
      assert.ok(new Set(all.map(({ kind }) => kind)).size > 1);
      for (const { kind, language, html } of all) {
        for (const name of ["x".repeat(40), "\u0639".repeat(40)]) {
          const longestHtml = html
            .replaceAll("<bdi>Ada</bdi>", `<bdi>${name}</bdi>`)
            .replaceAll("ada@example.org", longest("ada"));
          for (const [program, shown] of Object.entries(PROGRAMS)) {
            await page.setContent(shown(longestHtml));
            await atEveryWidth(page, `${kind} ${language} ${program}`, async what => {
              assert.deepEqual(await overflows(page), [], what);
              assert.ok(await codeFits(page), `the code ${what}`);
            });
          }
          if (name.startsWith("x") && ["en", "ar", "ja", "ko"].includes(language)) {
            await page.setContent(longestHtml);
            await page.setViewportSize({ width: 320, height: 800 });
            await screenshot(page, `${kind}-longest-${language}`);
          }
        }
      }
    }));

  test("a long address leaves the code on the first screen", () =>
    withWindow(async page => {
      const address = "firstname.lastname.of.a.department@subdomain.of.a.company.example";
      const all = mails().filter(({ html }) => html.includes('class="panel"'));
      assert.ok(all.length > 0);
      for (const { kind, language, html } of all) {
        await page.setContent(html.replaceAll("ada@example.org", address));
        await page.setViewportSize({ width: 320, height: 568 });
        assert.ok(await page.getByText(address).isVisible(), `the address ${kind} ${language}`);
        const { y, height } = await page.locator(".panel").boundingBox();
        assert.ok(y + height < 568, `the code ${kind} ${language}: ${y + height}`);
      }
    }));

  test("breaks no word that fits", () =>
    withWindow(async page => {
      for (const { kind, language, html } of mails()) {
        for (const [program, shown] of Object.entries(PROGRAMS)) {
          await page.setContent(shown(html));
          await atEveryWidth(page, `${kind} ${language} ${program}`, async what => {
            assert.deepEqual(await overflows(page), [], what);
            assert.ok(await codeFits(page), `the code ${what}`);
            // Chinese and Japanese have no spaces. Without its style sheet, Korean breaks words.
            const isKoreanUnstyled = language === "ko" && program !== "as it is";
            const isSpaced = !/ja|zh/.test(language) && !isKoreanUnstyled;
            if (isSpaced) assert.deepEqual(await brokenWords(page), [], what);
          });
        }
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await page.setContent(html);
          for (const width of [320, 600]) {
            await page.setViewportSize({ width, height: 800 });
            await screenshot(page, `${kind}-${language}-${colorScheme}-${width}`);
          }
        }
      }
    }));
});

describe("the page", () => {
  test("the longest values fit", () =>
    inWindow(LONGEST_SETTINGS, async (stack, page) => {
      const fits = what =>
        atEveryWidth(page, what, async what => assert.deepEqual(await overflows(page), [], what));
      const mail = await stack.ask(longest(`ada${(number += 1)}`));
      await page.goto(mail.link);
      await page.locator("button:visible").first().waitFor();
      await fits("the button");
      await screenshot(page, "page-longest");
      await page.locator("button:visible").first().click();
      await page.getByText(mail.email).waitFor();
      await fits("verified");
      const links = {
        "already verified": mail.link,
        expired: `/verify_email#${GRACE.uuid}.${GRACE.token}`,
        invalid: `/verify_email#${GRACE.uuid}.${"A".repeat(43)}`,
      };
      const others = { form: "/verify_email", "not found": "/nowhere/verify_email" };
      for (const [state, url] of Object.entries({ ...links, ...others })) {
        // Otherwise only the fragment of the page before might change, and nothing would load.
        await page.goto("about:blank");
        await page.goto(new URL(url, stack.api).href);
        if (state in links) {
          await fits(`${state} before`);
          const button = page.locator("[data-verify]:visible");
          await button.click();
          await button.waitFor({ state: "hidden" });
        }
        await fits(state);
      }
    }));
});

describe("the inbox", () => {
  /** Sends a mail from this sender through SES, and opens it. */
  async function openMail(stack, page, from) {
    const content = data => ({ Data: data });
    const sent = await fetch(`${stack.inbox}/v2/email/outbound-emails`, {
      method: "POST",
      headers: {
        Authorization: authorization("ses"),
        "Content-Type": "application/json",
      },
      body: JSON.stringify({
        FromEmailAddress: from,
        Destination: { ToAddresses: ["Ada <ada@example.com>"] },
        Content: { Simple: { Subject: content("Hi"), Body: { Text: content("Hello") } } },
      }),
    });
    assert.equal(sent.status, 200);
    await page.goto("about:blank");
    const { ID } = await (await fetch(`${stack.inbox}/api/v1/message/latest`)).json();
    await page.goto(`${stack.inbox}/#${ID}`);
    await page.getByRole("tab", { name: "Headers" }).click();
    await page.locator("#panel.headers").waitFor();
    const row = page.locator(".panel tr", { has: page.locator("th", { hasText: /^From$/ }) });
    return {
      name: await page.locator("#from b").textContent(),
      besides: await page.locator("#raw-from:visible").allTextContents(),
      header: await row
        .locator("td")
        .evaluate(cell => [...cell.childNodes].map(node => node.textContent)),
    };
  }

  test("shows a header as sent and as read", () =>
    inWindow({}, async (stack, page) => {
      const encoded = "=?UTF-8?B?S8Okc2U=?= <a@acme.example>";
      assert.deepEqual(await openMail(stack, page, encoded), {
        name: "K\u00e4se",
        besides: [encoded],
        header: [encoded, "reads K\u00e4se <a@acme.example>"],
      });
      await page.screenshot({ path: `${SCREENSHOTS}inbox-encoded.png` });
      // Nothing is decoded between quotes, and the inbox shows that.
      const quoted = '"=?UTF-8?B?S8Okc2U=?=" <a@acme.example>';
      assert.deepEqual(await openMail(stack, page, quoted), {
        name: "=?UTF-8?B?S8Okc2U=?=",
        besides: [quoted],
        header: [quoted],
      });
      const plain = '"Acme, Inc." <a@acme.example>';
      assert.deepEqual(await openMail(stack, page, plain), {
        name: "Acme, Inc.",
        besides: [],
        header: [plain],
      });
    }));
});
