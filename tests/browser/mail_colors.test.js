// Mails in dark colours that a mail program forces on them, whatever their own rules are.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open } from "./support/browser.js";
import { mails } from "./support/mails.js";

const SCREENSHOTS = new URL("../../target/screenshots/", import.meta.url).pathname;

const FORCED = {
  // All colours are inverted, and hues are kept, as in Gmail on iPhones.
  inverted: { filter: "invert(1) hue-rotate(180deg)", least: 4.5 },
  // White becomes #1f1f1f, black becomes white, and the rest is in between, as in Outlook. An
  // accent colour that has the least contrast on white loses a little.
  mirrored: { lightness: "calc(100 - l * 0.883)", least: 4.4 },
};
const ACCENTS = ["#1f4fd8", "#000", "#767676", "#c8102e", "#0a7d28", "#6b21a8", "#ffcc00", "#fff"];

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** Changes the colours, and returns each text with its contrast, and the light areas. */
const forced = (page, { filter = "none", lightness = "l" }) =>
  page.evaluate(
    ({ filter, lightness }) => {
      const styleOf = element => getComputedStyle(element);
      for (const element of document.querySelectorAll("body, body *")) {
        for (const name of ["color", "background-color", "border-top-color"]) {
          const color = styleOf(element).getPropertyValue(name);
          const isTransparent = /^rgba.* 0\)$/.test(color);
          if (isTransparent) continue;
          element.dataset[name.split("-")[0]] = `lab(from ${color} ${lightness} a b)`;
        }
      }
      for (const element of document.querySelectorAll("body, body *")) {
        const { color, background, border } = element.dataset;
        element.style.setProperty("color", color, "important");
        if (background) element.style.setProperty("background-color", background, "important");
        element.style.setProperty("border-color", border, "important");
      }
      document.documentElement.style.filter = filter;

      const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      const luminance = color => {
        canvas.filter = filter;
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const parts = [...canvas.getImageData(0, 0, 1, 1).data].map(part => part / 255);
        const [red, green, blue] = parts.map(part =>
          part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const groundOf = element => {
        const own = element.dataset.background;
        return own ? luminance(own) : groundOf(element.parentElement);
      };
      const contrast = (one, other) =>
        (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

      const texts = [];
      const walker = document.createNodeIterator(document.body, NodeFilter.SHOW_TEXT);
      for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const element = text.parentElement;
        if (!text.data.trim() || !element.checkVisibility()) continue;
        const own = luminance(element.dataset.color);
        texts.push({ text: text.data.trim(), contrast: contrast(own, groundOf(element)) });
      }
      const outlines = [...document.querySelectorAll(".outline")].map(outline =>
        contrast(luminance(outline.dataset.border), groundOf(outline.parentElement)),
      );
      const light = [...document.querySelectorAll("[data-background]:not(.button)")]
        .filter(element => luminance(element.dataset.background) > 0.1)
        .map(({ className }) => className);
      return { texts, outlines, light };
    },
    { filter, lightness },
  );

/** What is hard to see in a mail, in words. */
function problems({ texts, outlines, light }, least) {
  assert.ok(texts.some(({ text }) => text === "Acme"), "the wordmark");
  const faint = texts.filter(({ contrast }) => contrast < least);
  return [
    ...faint.map(({ contrast, text }) => `${contrast.toFixed(2)} of ${text}`),
    ...outlines.filter(contrast => contrast < 3).map(contrast => `${contrast} of the outline`),
    ...light.map(area => `${area} is light`),
  ];
}

test("forced dark colours are readable", async () => {
  const window = await open(browser);
  await window.page.setViewportSize({ width: 600, height: 800 });
  const found = [];
  for (const accent of ACCENTS) {
    // Colours are those of every language.
    const all = mails({ ACCENT_COLOR: accent });
    for (const { kind, language, html } of all.filter(mail => mail.language === "en")) {
      for (const [name, colors] of Object.entries(FORCED)) {
        await window.page.setContent(html);
        const ofMail = problems(await forced(window.page, colors), colors.least);
        found.push(...ofMail.map(problem => `${kind} ${accent} ${name}: ${problem}`));
        if (accent === ACCENTS[0]) {
          const path = `${SCREENSHOTS}${kind}-${language}-${name}.png`;
          await window.page.screenshot({ path, fullPage: true });
        }
      }
    }
  }
  await window.close();
  assert.deepEqual(found, []);
});
