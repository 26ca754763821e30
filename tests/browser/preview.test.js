// The page of `cargo run -- preview` before anybody chose anything on it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, open } from "./support/browser.js";

const ROOT = new URL("../../", import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), "mailproof-preview-"));
const index = pathToFileURL(join(folder, "index.html")).href;
let browser;

before(async () => {
  const preview = ["run", "--quiet", "--", "preview", folder];
  execFileSync("cargo", preview, { cwd: ROOT, stdio: "ignore" });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `visit` with a window of this width. */
async function at(width, colorScheme, visit) {
  const window = await open(browser, { viewport: { width, height: 900 }, colorScheme });
  await window.page.goto(index);
  await visit(window.page);
  await window.close();
}

const frame = (page, file) => page.locator(`.phone iframe[src='${file}']`);

for (const colorScheme of ["light", "dark"]) {
  test(`starts ${colorScheme} as the system`, () =>
    at(1280, colorScheme, async page => {
      await frame(page, `verification/en.${colorScheme}.html`).waitFor();
      assert.ok(await page.locator(`[value=${colorScheme}]`).isChecked());
    }));
}

test("arrows work before a click", () =>
  at(1280, "light", async page => {
    await page.keyboard.press("ArrowDown");
    await frame(page, "verification_link/en.light.html").waitFor();
    await page.keyboard.press("ArrowUp");
    await frame(page, "verification/en.light.html").waitFor();
    // In a text they scroll.
    await page.locator("pre").focus();
    await page.keyboard.press("ArrowDown");
    await page.locator("nav a:not([data-name^='page/'])").last().focus();
    await page.keyboard.press("ArrowDown");
    await frame(page, "page/open_link/en.light.html").waitFor();
  }));

for (const [width, panels] of [[320, 2], [768, 2], [1280, 3]]) {
  test(`no panel is cut at ${width} pixels`, () =>
    at(width, "light", async page => {
      const seen = page.locator("figure:visible");
      assert.equal(await seen.count(), panels);
      for (const panel of await seen.all()) {
        const { x, width: wide } = await panel.boundingBox();
        assert.ok(x >= 0 && x + wide <= width, `${x} + ${wide}`);
      }
    }));
}
