// The inbox in a real browser: its mails, and the events on the bus.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { launch, open, overflows, picture } from "./support/browser.js";
import { Stack } from "./support/stack.js";

const BOUNCED = "bounce@simulator.amazonses.com";
const WIDTHS = [320, 800, 1280];
// A mail has tests of its own. Its frame runs no script, so axe cannot check it.
const WITHOUT_FRAMES = { exclude: [["iframe"]] };

/** The adopter's backend. */
const backend = createServer();
const received = [];
let stack;
let browser;

before(async () => {
  backend.on("request", async (request, answer) => {
    const body = JSON.parse((await request.toArray()).join(""));
    received.push(body);
    answer.writeHead(body["detail-type"] === "Email Verified" ? 204 : 404).end();
  });
  backend.listen(0, "127.0.0.1");
  await once(backend, "listening");
  const url = `http://127.0.0.1:${backend.address().port}/events?key=secret`;
  [stack, browser] = await Promise.all([Stack.start({}, ["--events-to", url]), launch()]);
});

after(async () => {
  await browser?.close();
  await stack?.stop();
  backend.close();
});

/** Runs `visit` with the inbox, and with what else the window has. */
async function inInbox(place, visit, options) {
  const window = await open(browser, options);
  await window.page.goto(`${stack.inbox}/${place}`);
  await visit(window.page, window);
  await window.close();
}

const rowOf = (page, text) => page.locator(".row:visible", { hasText: text });
const heading = (page, text) => page.getByRole("heading", { name: text });
/** Waits until a list of reports is this text. They may come after the mail or the event. */
const reported = (page, name, text) =>
  page.getByRole("list", { name }).filter({ hasText: text }).waitFor();
/** The address of an item, once the list has it. */
const linkTo = (page, text) => rowOf(page, text).first().getAttribute("href");

/** Opens the list of events. Until it is there, rows are those of mails. */
async function showEvents(page) {
  await page.getByRole("link", { name: "Events" }).click();
  await rowOf(page, "Email Undeliverable").first().waitFor();
}

/** Verifies the address of a mail. */
async function verify({ uuid, token }) {
  const verified = await fetch(`${stack.api}/api/users/verify_email`, {
    method: "POST",
    headers: { Authorization: `Bearer ${stack.key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ uuid, token }),
  });
  assert.equal(verified.status, 200);
}

describe("without mails", () => {
  test("it says how to get the first one", () =>
    inInbox("", async page => {
      await heading(page, "No email yet").waitFor();
      await page.getByText("/request_email_verification").waitFor();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await picture(page, `inbox-empty-${colorScheme}`);
      }
      await page.keyboard.press("e");
      await heading(page, "No event yet").waitFor();
      await picture(page, "inbox-no-event");
    }));

  test("a new mail appears on its own", () =>
    inInbox("", async page => {
      await heading(page, "No email yet").waitFor();
      await stack.ask("new@example.com");
      await rowOf(page, "new@example.com").waitFor();
    }));
});

describe("mails", () => {
  before(async () => {
    // Two initials in the hue that is hardest to read. axe skips a single one.
    await stack.ask("bounce+2@simulator.amazonses.com");
    await stack.ask("layla@example.com", { first_name: "ليلى" }, "ar");
    await stack.ask(BOUNCED);
  });

  test("a row begins with the reader", () =>
    inInbox("", async page => {
      for (const [email, lines] of [
        [BOUNCED, [new RegExp(`^${BOUNCED}`), /verification code/, /^Bounced/]],
        ["layla@example.com", [/^layla@example.com/, /\d{6}/, /^Delivered/]],
      ]) {
        for (const [number, text] of lines.entries()) {
          const line = rowOf(page, email).locator(".line").nth(number);
          await line.filter({ hasText: text }).waitFor();
        }
      }
    }));

  test("the open mail says why it bounced", () =>
    inInbox("", async page => {
      await rowOf(page, BOUNCED).click();
      await reported(page, "Delivery", /^Bounced\s*smtp; 550 5.1.1 user unknown$/);
    }));

  test("a mail can be read raw and saved", () =>
    inInbox("", async page => {
      await rowOf(page, "layla@example.com").click();
      await page.getByRole("tab", { name: "Raw" }).click();
      const raw = await page.locator("#panel.raw pre").textContent();
      assert.match(raw, /^To: layla@example.com\r$/m);
      assert.match(raw, /^Subject: =\?UTF-8\?B\?/m);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download as .eml" }).click(),
      ]);
      assert.match(download.suggestedFilename(), /^\w+\.eml$/);
      const saved = await readFile(await download.path(), "utf8");
      assert.ok(saved === raw, "the file is what is shown");
    }));

  test("it works by keyboard", () =>
    inInbox("", async page => {
      await rowOf(page, BOUNCED).waitFor();
      const opened = email => page.locator("#people dd.to", { hasText: email }).waitFor();
      await page.keyboard.press("j");
      await opened(BOUNCED);
      await page.keyboard.press("ArrowDown");
      await opened("layla@example.com");
      await page.getByRole("tab", { name: "HTML" }).focus();
      await page.keyboard.press("End");
      await page.locator("#panel.raw").waitFor();
      await page.keyboard.press("Escape");
      await heading(page, "Choose an email to read").waitFor();
      await page.keyboard.press("/");
      await page.locator("#search:focus").waitFor();
      await page.keyboard.type("to:bounce");
      await rowOf(page, "layla@example.com").waitFor({ state: "hidden" });
      await page.keyboard.press("ArrowDown");
      await opened(BOUNCED);
      // Out of the field, keys move in the list again.
      await page.locator("#search").focus();
      await page.keyboard.press("Escape");
      await page.locator("#search:focus").waitFor({ state: "hidden" });
      await rowOf(page, "layla@example.com").waitFor();
      await page.keyboard.press("j");
      await opened("layla@example.com");
    }));

  test("no match is said at the top", () =>
    inInbox("?q=nobody", async page => {
      const words = page.getByText("No email matches.");
      await words.waitFor();
      const [pane, box] = [await page.locator("#mail-list-pane").boundingBox(),
        await words.boundingBox()];
      assert.equal(box.y, pane.y);
    }));

  test("an unknown search word is explained", () =>
    inInbox("?q=has:attachment", async page => {
      await page.getByText("no email here has attachments").waitFor();
    }));
});

describe("events", () => {
  test("an event is as on EventBridge", () =>
    inInbox("", async page => {
      await showEvents(page);
      const email = "ada@example.com";
      await verify(await stack.ask(email));
      const row = rowOf(page, email);
      await row.getByText("By link").waitFor();
      await row.getByText("Accepted").waitFor();
      await row.click();
      await heading(page, "Email Verified").waitFor();
      const shown = await page.locator("#event-json").innerText();
      const sent = received.find(({ detail }) => detail.email === email);
      assert.deepEqual(JSON.parse(shown), sent);
      assert.deepEqual(Object.keys(sent), [
        "version", "id", "detail-type", "source", "account", "time", "region", "resources",
        "detail",
      ]);
      assert.equal(sent.source, "mailproof");
    }));

  test("a refused event shows no secrets", () =>
    inInbox("#events", async page => {
      const row = rowOf(page, BOUNCED);
      await row.getByText("Bounced").waitFor();
      await row.getByText("Failed").waitFor();
      await row.click();
      await reported(page, "Your backend", /^Failed\s*http:\S+\/events answered 404 Not Found$/);
      assert.ok(!(await page.content()).includes("secret"));
    }));

  test("keys lead to the mails and back", () =>
    inInbox("#events", async page => {
      await rowOf(page, BOUNCED).waitFor();
      await page.keyboard.press("j");
      await page.locator("#event:visible").waitFor();
      await page.keyboard.press("m");
      await heading(page, "Choose an email to read").waitFor();
      await page.keyboard.press("e");
      await heading(page, "Choose an event to read").waitFor();
    }));
});

describe("its looks", () => {
  /** Where to look, and what is there. */
  const places = async page => {
    const mail = page.locator("#mail:visible");
    const [bounced, arabic] = [await linkTo(page, BOUNCED), await linkTo(page, "layla@")];
    await showEvents(page);
    return [
      ["list", "", rowOf(page, BOUNCED)],
      ["bounced", bounced, mail],
      ["arabic", arabic, mail],
      ["events", "#events", rowOf(page, BOUNCED)],
      ["event", await linkTo(page, BOUNCED), page.locator("#event:visible")],
    ];
  };

  for (const width of WIDTHS) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${width} pixels, ${colorScheme}`, () =>
        inInbox("", async page => {
          for (const [name, place, sign] of await places(page)) {
            await page.goto("about:blank");
            await page.goto(`${stack.inbox}/${place}`);
            await sign.waitFor();
            await picture(page, `inbox-${name}-${width}-${colorScheme}`, WITHOUT_FRAMES);
            // A list cuts long texts, and the dark preview is a swipe away.
            if (name === "event") assert.deepEqual(await overflows(page), []);
          }
        }, { viewport: { width, height: 800 }, colorScheme }));
    }
  }
});

describe("clearing", () => {
  test("mails and events are cleared apart", () =>
    inInbox("#events", async page => {
      await rowOf(page, BOUNCED).waitFor();
      for (const [what, sign] of [["events", "No event yet"], ["emails", "No email yet"]]) {
        await page.getByRole("button", { name: "Clear all" }).click();
        await heading(page, `Clear the ${what}?`).waitFor();
        await page.getByRole("dialog").getByRole("button", { name: "Clear all" }).click();
        await heading(page, sign).waitFor();
        await page.keyboard.press("m");
      }
    }));
});
