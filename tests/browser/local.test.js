// What `cargo run` and `cargo run -- preview` show to those who adopt the service.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { LOOKS, launch, open, picture } from "./support/browser.js";
import { Stack } from "./support/stack.js";

const ROOT = new URL("../../", import.meta.url).pathname;
const BRAND = { PRODUCT_NAME: "Käse", ACCENT_COLOR: "#c2185b" };
const OWN_LOOKS = ["light", "dark", "phone-dark"];
// The browser tests of mails and page check what the frames show.
const WITHOUT_FRAMES = { iframes: false };

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

async function inWindow(look, visit) {
  const window = await open(browser, LOOKS[look]);
  await visit(window.page, window.context);
  await window.close();
}

describe("the preview", () => {
  const folder = mkdtempSync(join(tmpdir(), "mailproof-preview-"));
  const index = pathToFileURL(join(folder, "index.html")).href;

  before(() => {
    const given = Object.entries(BRAND).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const preview = ["run", "--quiet", "--", "preview", folder, ...given];
    execFileSync("cargo", preview, { cwd: ROOT, stdio: "ignore" });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const shown = page => page.locator(".phone iframe").getAttribute("src");
  const frame = page => page.frameLocator(".phone iframe");

  test("has no violation and fits its window", async () => {
    for (const look of OWN_LOOKS) {
      await inWindow(look, async page => {
        for (const name of ["verification", "page/not_found"]) {
          await page.goto(`${index}#${name}/de`);
          await frame(page).locator("h1").waitFor();
          await picture(page, `preview-${look}-${name.replace("/", "-")}`, WITHOUT_FRAMES);
        }
      });
    }
  });

  test("starts in English, and keys choose the rest", () =>
    inWindow("light", async page => {
      await page.goto(index);
      assert.equal(await shown(page), "verification/en.light.html");
      const press = async (...keys) => {
        for (const key of keys) await page.keyboard.press(key);
      };
      await press("Tab", "ArrowDown", "Tab", "ArrowRight", "Tab");
      const mails = await page.locator("nav a:not([data-name^='page/'])").count();
      await press(...Array(mails).fill("ArrowDown"));
      await page.locator(".phone iframe[src='page/open_link/es.dark.html']").waitFor();
      const focused = page.locator("nav a:focus");
      assert.equal(await focused.getAttribute("aria-current"), "page");
      assert.notEqual(await focused.evaluate(link => getComputedStyle(link).outlineStyle), "none");
      await press("End", "ArrowDown");
      await page.locator(".phone iframe[src='page/not_found/es.dark.html']").waitFor();
      await press("Home");
      await page.locator(".phone iframe[src='verification/es.dark.html']").waitFor();
    }));

  test("shows the brand, and Arabic from the right", () =>
    inWindow("light", async page => {
      await page.goto(`${index}#page/open_link/ar`);
      const button = frame(page).locator("button:visible");
      assert.equal(await frame(page).locator("html").getAttribute("dir"), "rtl");
      assert.equal(await frame(page).locator("header").textContent(), BRAND.PRODUCT_NAME);
      const color = await button.evaluate(of => getComputedStyle(of).backgroundColor);
      assert.equal(color, "rgb(194, 24, 91)");
      await page.getByRole("link", { name: "verification", exact: true }).click();
      await page.locator("pre[dir=rtl][lang=ar]:has-text('482913')").waitFor();
    }));
});

describe("the root of the API", () => {
  let stack;

  before(async () => {
    stack = await Stack.start();
  });

  after(() => stack?.stop());

  test("has no violation and fits its window", async () => {
    for (const look of OWN_LOOKS) {
      await inWindow(look, async page => {
        await page.goto(stack.api);
        await picture(page, `root-${look}`);
      });
    }
  });

  test("has commands to copy, and leads to mails and events", () =>
    inWindow("light", async (page, context) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.goto(stack.api);
      await page.getByRole("button", { name: "Copy the request" }).click();
      await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
      const command = await page.evaluate(() => navigator.clipboard.readText());
      const answer = execFileSync("sh", ["-c", command], { stdio: "pipe" }).toString();
      assert.match(answer, /^HTTP\/1.1 200 /);
      await page.getByRole("link", { name: /^Inbox/ }).click();
      await page.waitForURL(`${stack.inbox}/`);
      await page.getByText("ada@example.com").first().waitFor();
      await page.goto(stack.api);
      await page.getByRole("link", { name: /^Events/ }).click();
      await page.locator("#to-events[aria-current]").waitFor();
    }));
});
