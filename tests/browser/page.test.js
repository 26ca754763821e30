// The page that a mailed link opens, in a real browser, against the service as `cargo run` starts
// it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LOOKS, launch, open, picture } from "./support/browser.js";
import { DAMAGES } from "./support/damages.js";
import { GRACE, Stack } from "./support/stack.js";

const READY = "Verify your email address";
const VERIFIED = "Your email address is verified";
const ALREADY = "Your email address is already verified";
const TOO_MANY = "Too many attempts";
const EXPIRED = "This link has expired";
const INVALID = "This link doesn’t work";
const UNAVAILABLE = "That didn’t work just now";
const BAD_REQUEST = "Something went wrong";
const BUTTON = "Verify email address";

let stack;
let browser;
let number = 0;

before(async () => {
  stack = await Stack.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A mail to a new address. */
const ask = (more, language) => stack.ask(`ada${(number += 1)}@example.com`, more, language);

/** Runs `visit` in a window of its own. */
async function inWindow(visit, options) {
  const window = await open(browser, options);
  await visit(window);
  await window.close();
}

/** The text without word joiners. */
const plain = text => text.replaceAll("\u2060", "");

async function assertHeading({ heading }, text) {
  await heading().filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
  assert.equal(await heading().count(), 1);
}

const wrongCode = ({ code }) => (code === "000000" ? "111111" : "000000");

/** Where the page asks for this user's code. */
const formOf = ({ uuid }) => `${stack.api}/verify_email?user=${uuid}`;

/** The link of a mail after this damage. */
const damaged = (damage, mail) => DAMAGES[damage]({ ...mail, page: `${stack.api}/verify_email` });

/** Whether the page has neither field nor button. */
const asksForNothing = async page =>
  (await page.locator("input:visible, button:visible").count()) === 0;

const focusedText = page => page.evaluate(() => document.activeElement.textContent);

/** Waits until screen readers hear that the page works. */
const waitForWorking = page =>
  page.getByRole("status").filter({ hasText: "Verifying…" }).waitFor({ state: "attached" });

async function submitCode({ page }, code) {
  await page.locator("#code").fill(code);
  await page.locator("form button").click();
}

describe("with a script", () => {
  test("a link leads from the inbox to verified", () =>
    inWindow(async window => {
      const mail = await ask();
      await window.page.goto(stack.inbox);
      await window.page.getByText(mail.email).first().click();
      const [page] = await Promise.all([
        window.context.waitForEvent("page"),
        window.page.getByRole("link", { name: "Open link" }).click(),
      ]);
      window.heading = () => page.locator("h1:visible");
      const { posts } = window;
      await assertHeading(window, READY);
      assert.equal(await page.title(), `${READY} · Acme`);
      assert.equal(page.url(), formOf(mail), "the address has no token");

      await page.reload();
      await assertHeading(window, READY);
      assert.equal(posts.length, 0);
      assert.equal(await stack.isVerified(mail), false);

      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, VERIFIED);
      assert.equal(await page.title(), `${VERIFIED} · Acme`);
      const thanks = await page.locator("#verified p").first().textContent();
      assert.equal(thanks, `Thank you! ${mail.email} is verified.`);
      assert.equal(plain(await focusedText(page)), VERIFIED, "is read out");
      assert.equal(await stack.isVerified(mail), true);
      assert.deepEqual(posts.map(post => post.url()), [`${stack.api}/verify_email`]);
      assert.deepEqual(posts[0].postDataJSON(), { uuid: mail.uuid, token: mail.token });
      assert.equal(await posts[0].headerValue("referer"), null);

      await page.reload();
      await assertHeading(window, VERIFIED);
      await page.getByRole("link", { name: "Continue to Acme" }).click();
      await page.waitForURL(`${stack.inbox}/**`);
      await page.goBack();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 1);
    }));

  test("the mail's button leads to the page", () =>
    inWindow(async window => {
      const mail = await ask();
      await window.page.goto(stack.inbox);
      await window.page.getByText(mail.email).first().click();
      // No script runs in the frame of a mail, so the test clicks at the button's place on the
      // screen. The inbox shows the frame scaled down.
      const frame = window.page.locator("iframe").first();
      const button = frame.contentFrame().getByRole("link", { name: BUTTON });
      await button.waitFor();
      const { left, top, scale } = await frame.evaluate(element => {
        const { left, top, width } = element.getBoundingClientRect();
        return { left, top, scale: width / element.offsetWidth };
      });
      const box = await button.boundingBox();
      const [page] = await Promise.all([
        window.context.waitForEvent("page"),
        window.page.mouse.click(
          left + (box.x - left + box.width / 2) * scale,
          top + (box.y - top + box.height / 2) * scale,
        ),
      ]);
      window.heading = () => page.locator("h1:visible");
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, VERIFIED);
      assert.equal(await stack.isVerified(mail), true);
    }));

  test("a scanner verifies nothing", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      for (let visit = 0; visit < 2; visit += 1) {
        await page.goto(mail.link, { waitUntil: "networkidle" });
        await assertHeading(window, READY);
        await page.mouse.move(200, 200);
        await page.mouse.wheel(0, 500);
        await page.getByRole("button", { name: BUTTON }).hover();
        await page.getByRole("button", { name: BUTTON }).focus();
        await page.evaluate(() => {
          for (const type of ["visibilitychange", "pagehide", "beforeunload"]) {
            dispatchEvent(new Event(type));
          }
        });
        await page.goto("about:blank");
      }
      await fetch(mail.link, { method: "HEAD" });
      const html = await (await fetch(mail.link)).text();
      assert.ok(!html.includes(mail.token));
      assert.equal(posts.length, 0);
      assert.equal(await stack.isVerified(mail), false);
    }));

  test("a double click is one request", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(mail.link);
      let release;
      const held = new Promise(resolve => { release = resolve; });
      await page.route("**/verify_email", async route => {
        await held;
        await route.continue();
      });
      const button = page.locator("#ready button");
      await button.dblclick();
      await waitForWorking(page);
      assert.equal(await button.getAttribute("aria-disabled"), "true");
      const isFocused = await button.evaluate(element => element === document.activeElement);
      assert.equal(isFocused, true, "keeps the focus");
      await button.press("Enter");
      release();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 1);
    }));

  test("a second tab or device is safe", async () => {
    const mail = await ask();
    await inWindow(async window => {
      const second = { page: await window.context.newPage() };
      second.heading = () => second.page.locator("h1:visible");
      for (const { page } of [window, second]) await page.goto(mail.link);
      for (const [tab, heading] of [[window, VERIFIED], [second, ALREADY]]) {
        await tab.page.getByRole("button", { name: BUTTON }).click();
        await assertHeading(tab, heading);
        await tab.page.reload();
        await assertHeading(tab, heading);
        await tab.page.locator("main").getByText(mail.email).waitFor();
      }
    });
    await inWindow(async window => {
      await window.page.goto(mail.link);
      await window.page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, ALREADY);
    }, { ...LOOKS.phone, locale: "en-GB" });
  });

  test("a second link replaces the first", () =>
    inWindow(async window => {
      const { page } = window;
      const [first, second] = [await ask(), await ask()];
      await page.goto(first.link);
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, VERIFIED);
      await page.goto(second.link);
      await assertHeading(window, READY);
      await page.getByRole("button", { name: BUTTON }).click();
      await page.getByText(second.email).waitFor();
      await page.goBack();
      await page.reload();
      await page.getByText(first.email).waitFor();
    }));

  for (const key of ["Enter", "Space"]) {
    test(`${key} presses the button`, () =>
      inWindow(async window => {
        const { page } = window;
        const mail = await ask();
        await page.goto(mail.link);
        await page.keyboard.press("Tab");
        const outline = await page.evaluate(
          () => getComputedStyle(document.activeElement).outlineWidth,
        );
        assert.equal(outline, "3px", "the focus is visible");
        await page.keyboard.press(key);
        await assertHeading(window, VERIFIED);
        await page.keyboard.press("Tab");
        assert.equal(await focusedText(page), "Continue to Acme");
      }));
  }

  test("the form works by keyboard", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return `${outlineStyle} ${outlineWidth}`;
      });
      assert.equal(outline, "solid 3px");
      await page.keyboard.type(mail.code);
      await page.keyboard.press("Enter");
      await assertHeading(window, VERIFIED);
    }));

  test("an expired link asks for the code alone", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await stack.ask(GRACE.email, { uuid: GRACE.uuid });
      await page.goto(`${formOf(GRACE)}#${GRACE.token}`);
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, EXPIRED);
      const advice = page.getByText("Go back to Acme and request a new one.");
      await advice.locator("visible=true").waitFor();
      await page.reload();
      await assertHeading(window, READY);
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, EXPIRED);
      await page.getByRole("heading", { name: "Enter the code instead" }).waitFor();
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
    }));

  test("an invalid link asks for the code", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(mail.link.slice(0, -1));
      await assertHeading(window, INVALID);
      assert.equal(posts.length, 0, "a truncated token is not sent");
      await page.locator("#code").waitFor();
      await page.reload();
      await assertHeading(window, INVALID);
      await page.goto(`${formOf(mail)}#${GRACE.token}`);
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, INVALID);
      await submitCode(window, wrongCode(mail));
      await page.locator("#code-error").waitFor();
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
    }));

  test("a link without its token asks for the code alone", () =>
    inWindow(async window => {
      const { page } = window;
      // An id of the caller's own, which does not derive from the address.
      const mail = await ask({ uuid: crypto.randomUUID() });
      await page.goto(mail.link.split("#")[0]);
      await assertHeading(window, READY);
      assert.equal(await page.locator("input:visible").count(), 1);
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      assert.equal(await stack.isVerified(mail), true);
    }));

  test("a page without a user asks for nothing", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const ends = ["", "?", "?user=", "?user=ada@example.com", `#${GRACE.token}`, "#ada"];
      for (const behind of ends) {
        await page.goto("about:blank");
        await page.goto(`${stack.api}/verify_email${behind}`);
        await page.getByText("Open the link in the").locator("visible=true").waitFor();
        assert.ok(await asksForNothing(page), behind);
      }
      assert.equal(posts.length, 0);
    }));

  test("a link of an earlier release works", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(`${stack.api}/verify_email#${mail.uuid}.${mail.token}`);
      await assertHeading(window, READY);
      assert.equal(page.url(), formOf(mail), "the address has no token");
      await page.reload();
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, VERIFIED);
      // A truncated one still has the user.
      const other = await ask();
      await page.goto(`${stack.api}/verify_email#${other.uuid}.${other.token.slice(0, -1)}`);
      await assertHeading(window, INVALID);
      await submitCode(window, other.code);
      await assertHeading(window, VERIFIED);
    }));

  describe("a damaged link still leads to the button", () => {
    for (const damage of Object.keys(DAMAGES)) {
      test(damage, () =>
        inWindow(async window => {
          const { page, posts } = window;
          const mail = await ask();
          const link = damaged(damage, mail);
          assert.notEqual(link, mail.link);
          await page.goto(link);
          await assertHeading(window, READY);
          await page.locator("#ready button").waitFor();
          const { pathname, search } = new URL(page.url());
          assert.ok(!(pathname + search).includes(mail.token), "no token in path or query");
          await page.reload();
          await page.locator("#ready button").waitFor();
          assert.equal(posts.length, 0);
          assert.equal(await stack.isVerified(mail), false, "nothing is verified before the press");
          await page.locator("#ready button").click();
          await assertHeading(window, VERIFIED);
          assert.deepEqual(posts.map(post => post.url()), [`${stack.api}/verify_email`]);
          assert.equal(await stack.isVerified(mail), true);
        }));
    }
  });

  test("a link with a lost token asks for the code", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      for (const link of [
        `${stack.api}/verify_email%23${mail.uuid}.`,
        `${formOf(mail)}%23${mail.token.slice(0, -1)}`,
        `${stack.api}/verify_email%3Fuser%3D${mail.uuid}`,
      ]) {
        await page.goto(link);
        await assertHeading(window, READY);
        assert.equal(await page.locator("input:visible").count(), 1);
      }
      await submitCode(window, wrongCode(mail));
      await page.locator("#code-error").waitFor();
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 2);
      for (const behind of ["%23", `%23${mail.token}`, "%3Fuser%3D"]) {
        await page.goto(`${stack.api}/verify_email${behind}`);
        await assertHeading(window, READY);
        assert.ok(await asksForNothing(page), behind);
      }
    }));

  test("a tracker's parameter is not a token", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      // 43 characters that could be a token, with the parameter's name and without the "=" between.
      const parameter = `fbclid=${"x".repeat(36)}A${"y".repeat(18)}`;
      await page.goto(`${formOf(mail)}&${parameter}`);
      await assertHeading(window, READY);
      assert.equal(await page.locator("input:visible").count(), 1, "the code is asked for");
      await page.goto(`${formOf(mail)}#${mail.token.slice(0, 20)}&${parameter}`);
      await assertHeading(window, INVALID);
      assert.equal(posts.length, 0);
    }));

  test("a path like another host stays on the page", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      const elsewhere = `${stack.api}//elsewhere.example/verify_email`;
      await page.goto(`${elsewhere}%3Fuser=${mail.uuid}`);
      await assertHeading(window, READY);
      const action = await page.locator("form").evaluate(form => form.action);
      assert.equal(action, `${elsewhere}?user=${mail.uuid}`);
      await page.goto(`${elsewhere}%23${mail.uuid}.${mail.token}`);
      await page.locator("#ready button").waitFor();
      assert.ok(!page.url().includes(mail.token), "the address has no token");
      await page.locator("#ready button").click();
      await page.locator("#unavailable h1").waitFor();
      assert.deepEqual(posts.map(post => post.url()), [elsewhere]);
      assert.equal(await stack.isVerified(mail), false);
    }));

  test("any path has a page", () =>
    inWindow(async window => {
      for (const path of ["/", "/nothing", "/verify_email/more", "/api/users", "/nothing%23x"]) {
        await window.page.goto(stack.api + path);
        await assertHeading(window, BAD_REQUEST);
      }
    }));

  test("a script's clicks verify nothing", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      const press = () => page.evaluate(() => {
        document.getElementById("code").value = "123456";
        for (const element of document.querySelectorAll("button, label, input, main, form, span")) {
          element.click();
          for (const type of "pointerdown mousedown pointerup mouseup touchend click".split(" ")) {
            element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
          }
          for (const type of ["keydown", "keypress", "keyup"]) {
            for (const key of ["Enter", " "]) {
              element.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
            }
          }
        }
        const form = document.querySelector("form");
        form.requestSubmit();
        form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
      });
      for (const link of [mail.link, formOf(mail)]) {
        await page.goto("about:blank");
        await page.goto(link);
        await assertHeading(window, READY);
        const before = await stack.table();
        await press();
        await page.evaluate(() => new Promise(requestAnimationFrame));
        assert.equal(posts.length, 0);
        assert.deepEqual(await stack.table(), before);
      }
      // The same page works for a person.
      await page.goto("about:blank");
      await page.goto(mail.link);
      await press();
      await page.locator("#ready button").click();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 1);
    }));

  test("an answer belongs to its own link", () =>
    inWindow(async window => {
      const { page } = window;
      // Two addresses of one user: only the fragment differs, so the browser loads nothing.
      const uuid = crypto.randomUUID();
      const [first, second] = [await ask({ uuid }), await ask({ uuid })];
      await page.goto(first.link);
      let release;
      const held = new Promise(resolve => { release = resolve; });
      await page.route("**/verify_email", async route => {
        await held;
        await route.continue();
      });
      await page.getByRole("button", { name: BUTTON }).click();
      await page.evaluate(link => { location.href = link; }, second.link);
      await page.locator("main:not(.busy)").waitFor();
      const answered = page.waitForResponse("**/verify_email");
      release();
      await answered;
      await page.locator("main:not(.busy)").waitFor();
      await assertHeading(window, READY);
      await page.getByRole("button", { name: BUTTON }).click();
      await page.getByText(second.email).waitFor();
      await assertHeading(window, VERIFIED);
    }));

  test("a link opened during a post is kept", () =>
    inWindow(async window => {
      const { page } = window;
      const typed = await ask();
      const opened = await stack.ask(typed.email);
      await page.goto(formOf(typed));
      let release;
      const held = new Promise(resolve => { release = resolve; });
      await page.route(/verify_email\?/, async route => {
        await held;
        await route.continue();
      }, { times: 1 });
      await submitCode(window, typed.code);
      await page.locator("main.busy").waitFor();
      await page.evaluate(link => { location.href = link; }, opened.link);
      await page.locator("main:not(.busy)").waitFor();
      const answered = page.waitForResponse(/verify_email\?/);
      release();
      await (await answered).finished();
      await page.reload();
      await assertHeading(window, READY);
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, ALREADY);
      assert.equal(await stack.isVerified(typed), true);
    }));

  test("a request times out after twenty seconds", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.clock.install();
      await page.goto(mail.link);
      await page.route("**/verify_email", () => {}, { times: 1 });
      await page.getByRole("button", { name: BUTTON }).click();
      await page.locator("main.busy").waitFor();
      await page.clock.fastForward(19_000);
      assert.equal(await page.locator("main.busy").count(), 1);
      await page.clock.fastForward(1_000);
      await assertHeading(window, UNAVAILABLE);
      await page.getByRole("button", { name: "Try again" }).click();
      await assertHeading(window, VERIFIED);
    }));

  test("without a network a retry is enough", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(mail.link);
      await window.context.setOffline(true);
      await page.getByRole("button", { name: BUTTON }).click();
      await assertHeading(window, UNAVAILABLE);
      await page.getByRole("button", { name: "Try again" }).click();
      await assertHeading(window, UNAVAILABLE);
      await window.context.setOffline(false);
      await page.getByRole("button", { name: "Try again" }).click();
      await assertHeading(window, VERIFIED);
    }));

  test("a gateway's error offers a retry", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(mail.link);
      for (const body of ["<html>", "null", "{\"message\":\"Too Many Requests\"}"]) {
        const refuse = route => route.fulfill({ status: 429, body });
        await page.route("**/verify_email", refuse, { times: 1 });
        await page.locator("main button:visible").click();
        await assertHeading(window, UNAVAILABLE);
      }
      await page.locator("main button:visible").click();
      await assertHeading(window, VERIFIED);
    }));

  test("a double click posts the form once", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      await assertHeading(window, READY);
      await page.locator("#code").fill(wrongCode(mail));
      await page.locator("form button").dblclick();
      await page.locator("#code-error").waitFor();
      assert.equal(posts.length, 1);
      assert.equal(await page.evaluate(() => document.activeElement.id), "code");
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      assert.equal(await stack.isVerified(mail), true);
    }));

  test("back, forward and reload repeat no post", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto("about:blank");
      await page.goto(formOf(mail));
      await submitCode(window, wrongCode(mail));
      await page.locator("#code-error").waitFor();
      await submitCode(window, mail.code);
      await assertHeading(window, VERIFIED);
      await page.reload();
      await assertHeading(window, VERIFIED);
      await page.getByRole("link", { name: "Continue to Acme" }).click();
      await page.waitForURL(`${stack.inbox}/**`);
      await page.goBack();
      await assertHeading(window, VERIFIED);
      await page.goBack();
      assert.equal(page.url(), "about:blank", "the form and its result are one entry");
      await page.goForward();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 2);
    }));

  test("without a network the form keeps its code", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      let release;
      const held = new Promise(resolve => { release = resolve; });
      await page.route(/verify_email\?/, async route => {
        await held;
        await route.abort();
      }, { times: 1 });
      await submitCode(window, mail.code);
      await waitForWorking(page);
      assert.equal(await page.locator("form button").getAttribute("aria-disabled"), "true");
      release();
      await assertHeading(window, UNAVAILABLE);
      assert.equal(await page.locator("#code").inputValue(), mail.code);
      await page.getByRole("button", { name: "Try again" }).click();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 2);
    }));

  test("too many attempts offer a retry", () =>
    inWindow(async window => {
      const { page } = window;
      const uuid = crypto.randomUUID();
      for (let attempt = 0; attempt < 5; attempt += 1) await postCode({ uuid }, "000000");
      await page.goto(formOf({ uuid }));
      await submitCode(window, "000000");
      await assertHeading(window, TOO_MANY);
      assert.equal(plain(await focusedText(page)), TOO_MANY, "is read out");
      await page.getByRole("link", { name: "Try again" }).click();
      await page.locator("#code").waitFor();
      await assertHeading(window, READY);
    }));
});

describe("without a script", () => {
  const options = { ...LOOKS.light, javaScriptEnabled: false };

  test("the form verifies a pasted code", () =>
    inWindow(async window => {
      const { page, posts } = window;
      const mail = await ask();
      await page.goto(mail.link);
      await assertHeading(window, READY);
      await submitCode(window, ` ${mail.code.slice(0, 3)} - ${mail.code.slice(3)}`);
      await assertHeading(window, VERIFIED);
      assert.equal(await stack.isVerified(mail), true);
      const url = `${stack.api}/verify_email?verified#`;
      assert.equal(page.url(), url, "nothing that was posted is in the address");
      await page.getByRole("link", { name: "Continue to Acme" }).click();
      await page.waitForURL(`${stack.inbox}/**`);
      await page.goBack();
      await assertHeading(window, VERIFIED);
      await page.reload();
      await assertHeading(window, VERIFIED);
      await page.goBack();
      await page.goForward();
      await assertHeading(window, VERIFIED);
      assert.equal(posts.length, 1, "no code is sent again");
    }, options));

  test("a damaged link leads to the form", () =>
    inWindow(async window => {
      const { page } = window;
      for (const damage of [
        "an encoded #",
        "a path instead of a query and a fragment",
        "an old link as a path",
      ]) {
        const mail = await ask();
        await page.goto(damaged(damage, mail));
        await assertHeading(window, READY);
        assert.equal(await stack.isVerified(mail), false);
        await submitCode(window, mail.code);
        await assertHeading(window, VERIFIED);
        assert.equal(await stack.isVerified(mail), true);
      }
      await page.goto(`${stack.api}/verify_email`);
      assert.ok(await asksForNothing(page));
    }, options));

  test("a page of another site posts no code", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      // The inbox is on the same host, but has another origin.
      const body = `<form method="post" action="${formOf(mail)}">
        <input name="code" value="${mail.code}"><button>Go</button></form>`;
      const attack = route => route.fulfill({ contentType: "text/html", body });
      await page.route(`${stack.inbox}/attack`, attack);
      const before = await stack.table();
      await page.goto(`${stack.inbox}/attack`);
      await page.getByRole("button").click();
      await assertHeading(window, BAD_REQUEST);
      assert.deepEqual(await stack.table(), before);
    }, options));

  test("a wrong code is reported at its field", () =>
    inWindow(async window => {
      const { page } = window;
      const mail = await ask();
      await page.goto(formOf(mail));
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await submitCode(window, wrongCode(mail));
        await page.getByText("This code is incorrect or has expired.").waitFor();
        assert.equal(await page.locator("#code").inputValue(), "");
      }
      await submitCode(window, mail.code);
      await assertHeading(window, TOO_MANY);
      await page.getByText("Try again in 30 minutes.").waitFor();
      await page.getByRole("link", { name: "Try again" }).click();
      await assertHeading(window, READY);
    }, options));
});

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
  async invalid({ page }) {
    await page.goto(`${formOf(GRACE)}#cut-off`);
    await page.locator("#invalid").waitFor();
  },
  async "invalid-of-nobody"({ page }) {
    await page.goto(`${stack.api}/verify_email#cut-off`);
    await page.locator("#invalid").waitFor();
  },
  async unavailable(window) {
    await STATES_OF_THE_LINK.ready(window);
    await window.page.route("**/verify_email", route => route.abort());
    await window.page.locator("#ready button").click();
    await window.page.locator("#unavailable").waitFor();
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
  async "bad-request"({ page }) {
    await page.goto(`${stack.api}/verify_email/more`);
    await page.locator("#bad_request").waitFor();
  },
};

const postCode = (user, code) =>
  fetch(formOf(user), {
    method: "POST",
    headers: { Accept: "text/html" },
    body: new URLSearchParams({ code }),
  });

describe("each state passes axe in each look", () => {
  for (const [look, options] of Object.entries(LOOKS)) {
    test(look, async () => {
      // A client has 30 codes in five minutes, so each look gets a service of its own.
      await stack.stop();
      stack = await Stack.start();
      const show = async (states, name, options) => {
        for (const [state, reach] of Object.entries(states)) {
          await inWindow(async window => {
            await reach(window);
            await picture(window.page, `page-${state}-${name}`);
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
