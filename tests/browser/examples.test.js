// The examples of docs/integrate.md for Node and FastAPI, among them the page of your own, against
// the service as `cargo run` starts it. tests/it/ops/examples.rs runs those in other languages.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { launch, open } from "./support/browser.js";
import { load, prepare, run, serve, serveWithUvicorn } from "./support/examples.js";
import { GRACE, Stack } from "./support/stack.js";

const UUID = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const NO_LINK = "This link no longer works. Please request a new one.";
const NOT_NOW = "That didn’t work just now. Please try again in a moment.";
const OUR_FAULT = "Something went wrong on our end.";
const NO_CODE =
  "This code is incorrect or has expired. Use the one in the latest email, or request a new one.";

let stack;

before(async () => {
  await prepare();
  stack = await Stack.start();
});

after(() => stack?.stop());

// The slash at the end is one that people paste.
const environment = () => ({ MAILPROOF_URL: `${stack.api}/`, MAILPROOF_KEY: stack.key });

/** A URL at which nobody listens any more. */
async function closedUrl() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  server.close();
  await once(server, "close");
  return { MAILPROOF_URL: url };
}

const wrongCode = ({ code }) => (code === "000000" ? "111111" : "000000");

describe("a page of your own", () => {
  let browser;
  let server;

  before(async () => {
    server = await serve("verify_server.ts", environment());
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Runs `check` with the page that a mailed link opens. */
  async function visit({ uuid, token }, check) {
    const window = await open(browser);
    const { page } = window;
    const link = `${server.url}#${uuid}/${token}`;
    const answer = await page.goto(link, { waitUntil: "networkidle" });
    const [button, message] = [page.getByRole("button"), page.getByRole("status")];
    await check({ ...window, answer, button, message });
    await window.close();
  }

  test("verifies once the button is pressed", async () => {
    const mail = await stack.ask("page@example.com");
    await visit(mail, async ({ page, posts, answer, button, message }) => {
      assert.equal(answer.headers()["referrer-policy"], "no-referrer");
      assert.equal(answer.headers()["cache-control"], "no-store");
      assert.match(answer.headers()["content-security-policy"], /^default-src 'none'/);
      assert.equal(page.url(), server.url, "the address has no proof");
      await page.reload({ waitUntil: "networkidle" });
      await button.hover();
      assert.equal(posts.length, 0);
      assert.equal(await stack.isVerified(mail), false);

      await button.click();
      await message.filter({ hasText: "Thank you, page@example.com is verified." }).waitFor();
      assert.equal(await button.isVisible(), false);
      assert.equal(await stack.isVerified(mail), true);
      assert.equal(posts.length, 1);
      assert.equal(await posts[0].headerValue("referer"), null);
    });
  });

  test("answers 400 to a bad body", async () => {
    const wrongTypes = JSON.stringify({ uuid: {}, token: 1 });
    for (const body of ["", "{", "null", "1", "[]", wrongTypes, "x".repeat(5000)]) {
      assert.equal((await fetch(server.url, { method: "POST", body })).status, 400, body);
    }
  });

  test("reports what is wrong with a link", () =>
    visit(GRACE, async ({ page, button, message }) => {
      await button.click();
      await message.filter({ hasText: NO_LINK }).waitFor();
      await page.goto(server.url.replace(/$/, "#no-proof"));
      await message.filter({ hasText: "Please open the link in the email again." }).waitFor();
      assert.equal(await button.isVisible(), false);
    }));
});

test("a backend tells if a retry may help", async () => {
  for (const [answered, passedOn] of [[400, 400], [429, 429], [401, 503], [500, 503], [503, 503]]) {
    const api = createServer((request, response) => response.writeHead(answered).end());
    api.listen(0, "127.0.0.1");
    await once(api, "listening");
    const url = `http://127.0.0.1:${api.address().port}`;
    const server = await serve("verify_server.ts", { ...environment(), MAILPROOF_URL: url });
    const answer = await fetch(server.url, { method: "POST", body: JSON.stringify(GRACE) });
    await server.stop();
    api.closeAllConnections();
    api.close();
    assert.equal(answer.status, passedOn, `for ${answered}`);
    assert.ok(await answer.text());
  }
});

for (const [framework, start] of [
  ["Express", environment => serve("sign_up_express.js", environment)],
  ["FastAPI", environment => serveWithUvicorn("sign_up_fastapi:app", environment)],
]) {
  describe(`a sign-up with ${framework}`, () => {
    const SECRET = { SESSION_SECRET: "0".repeat(64) };
    const address = `${framework}@example.com`;
    let server;
    let cookie;

    before(async () => {
      server = await start({ ...environment(), ...SECRET });
    });

    after(() => server?.stop());

    /** Posts as a form of the site does, in one browser. */
    async function post(path, body) {
      const headers = { "Content-Type": "application/json", "Accept-Language": "de" };
      if (cookie) headers.Cookie = cookie;
      const request = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(`${server.url}${path}`, request);
      cookie = answer.headers.get("Set-Cookie")?.split(";")[0] ?? cookie;
      return [answer.status, await answer.text()];
    }

    test("verifies by the code of the email", async () => {
      const [asked, text] = await post("/sign_up", { email: address });
      assert.equal(asked, 200);
      assert.match(text, new RegExp(address));
      const mail = await stack.latest();
      assert.match(mail.html, /lang="de"/, "the language is passed on");

      assert.deepEqual(await post("/verify", { code: wrongCode(mail) }), [400, NO_CODE]);
      assert.equal(await stack.isVerified(mail), false);
      const [verified, thanks] = await post("/verify", { code: mail.code });
      assert.equal(verified, 200);
      assert.match(thanks, new RegExp(address));
      assert.equal(await stack.isVerified(mail), true);
      const already = [400, "This email address is already verified."];
      assert.deepEqual(await post("/sign_up", { email: address }), already);
    });

    test("keeps the user of a second email", async () => {
      cookie = undefined;
      await post("/sign_up", { email: `typo.${address}` });
      const first = await stack.latest();
      await post("/sign_up", { email: `second.${address}` });
      assert.equal((await stack.latest()).uuid, first.uuid);
    });

    test("refuses what is incomplete", async () => {
      cookie = undefined;
      const noSignUp = await post("/verify", { code: "123456" });
      assert.deepEqual(noSignUp, [400, "Please enter your email address first."]);
      // FastAPI refuses fields that are missing itself.
      for (const [status, text] of [await post("/sign_up", {}), await post("/verify", {})]) {
        assert.ok([400, 422].includes(status), text);
        assert.ok(text);
      }
    });

    test("answers 503 without Mailproof", async () => {
      await server.stop();
      server = await start({ ...environment(), ...SECRET, ...await closedUrl() });
      assert.deepEqual(await post("/sign_up", { email: address }), [503, NOT_NOW]);
    });
  });
}

describe("a page that waits", () => {
  let browser;
  let server;

  before(async () => {
    const secret = { SESSION_SECRET: "0".repeat(64) };
    server = await serve("sign_up_express.js", { ...environment(), ...secret });
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Runs `check` with the page after a sign-up. Its clock moves only by `pass`. */
  async function visit(email, check) {
    const window = await open(browser);
    const { page } = window;
    if (email) await page.request.post(`${server.url}/sign_up`, { data: { email } });
    let [second, asks] = [0, []];
    page.on("request", request => {
      if (request.url().endsWith("/waiting")) asks.push(second);
    });
    // The answer to the page's last request is `answered`, with its body read.
    await page.addInitScript(() => {
      const { fetch } = globalThis;
      globalThis.fetch = (...request) => {
        const answer = fetch(...request).then(async answer => {
          return new Response(await answer.text(), { status: answer.status });
        });
        globalThis.answered = answer.catch(() => {});
        return answer;
      };
    });
    const now = Date.now();
    await page.clock.install({ time: now - 60_000 });
    // Later than the clock is by now, however slow the machine is.
    await page.clock.pauseAt(now);
    await page.goto(`${server.url}/waiting_page.html`, { waitUntil: "networkidle" });
    const pass = async (seconds, enough = () => false) => {
      for (const end = second + seconds; second < end && !await enough(); second += 1) {
        await page.clock.runFor(1000);
        // Its time stands still while it waits for an answer, and until it has read the answer.
        await page.evaluate(async () => {
          await globalThis.answered;
          await new Response("{}").json();
        });
      }
    };
    await check({ page, asks, pass, message: page.getByRole("status") });
    await window.close();
  }

  for (const [email, text] of [
    ["bounce+wait@simulator.amazonses.com", "Your email bounced. Did you mistype your address?"],
    [undefined, "Please enter your email address again."],
  ]) {
    test(`stops at "${text}"`, () =>
      visit(email, async ({ asks, pass, message }) => {
        await pass(600, async () => await message.textContent() === text);
        assert.equal(await message.textContent(), text);
        const { length } = asks;
        assert.ok(length >= 1);
        await pass(120);
        assert.equal(asks.length, length);
      }));
  }

  /** Presses in the mail's page, as its reader does. */
  async function refuse({ uuid, token }) {
    const answer = await fetch(`${stack.api}/verify_email`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ uuid, token, action: "stop" }),
    });
    assert.equal(answer.status, 200);
  }

  test("tells of a refusal", () =>
    visit("mistyped@example.com", async ({ pass, message }) => {
      const refused = "The reader of that address did not ask for this. Did you mistype it?";
      await refuse(await stack.latest());
      await pass(600, async () => await message.textContent() === refused);
      assert.equal(await message.textContent(), refused);
    }));

  for (const [email, end, text] of [
    ["stranger@example.com", refuse, "The reader of that address did not ask for this."],
    ["bounce+moved@simulator.amazonses.com", () => {}, "Your email bounced."],
  ]) {
    test(`an earlier address is not ${email}`, () =>
      visit("First@example.com", async ({ page, pass, message }) => {
        const { code } = await stack.latest();
        const post = (path, data) => page.request.post(`${server.url}/${path}`, { data });
        await post("verify", { code });
        await post("sign_up", { email });
        await end(await stack.latest());
        await pass(600, async () => (await message.textContent()).startsWith(text));
        assert.ok((await message.textContent()).startsWith(text), await message.textContent());
      }));
  }

  test("asks about a likely typo", () =>
    visit("meant@gmial.con", async ({ page, pass }) => {
      const { uuid } = await stack.latest();
      await pass(10);
      const question = page.getByText("Did you mean meant@gmail.com?");
      await question.waitFor();
      const loaded = page.waitForEvent("load");
      await page.getByRole("button", { name: "Email that address" }).click();
      await loaded;
      await pass(10);
      assert.equal(await question.isVisible(), false);
      const mail = await stack.latest();
      assert.deepEqual([mail.uuid, mail.email], [uuid, "meant@gmail.com"]);
    }));

  test("shows the verification", () =>
    visit("waits@example.com", async ({ page, pass, message }) => {
      const delivered = "Your email was delivered. Open its link, and come back here.";
      await pass(600, async () => await message.textContent() === delivered);
      const { code } = await stack.latest();
      await page.request.post(`${server.url}/verify`, { data: { code } });
      const thanks = "Thank you, your email address is verified.";
      await pass(600, async () => await message.textContent() === thanks);
      assert.equal(await message.textContent(), thanks);
    }));

  test("asks ever less often, and stops", () =>
    visit("patient@example.com", async ({ page, asks, pass }) => {
      await pass(60);
      const first = asks.length;
      assert.ok(first >= 4 && first <= 7, `${asks}`);
      await page.evaluate(() => {
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
      });
      await pass(120);
      assert.equal(asks.length, first, "nobody sees the page");
      await page.evaluate(() => {
        delete document.hidden;
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await pass(800);
      assert.ok(asks.length - first >= 15 && asks.length - first <= 30, `${asks}`);
      const { length } = asks;
      await pass(120);
      assert.equal(asks.length, length);
      await page.getByRole("button", { name: "Check again" }).click();
      await pass(10);
      assert.ok(asks.length > length);
    }));
});

describe("a function without a backend", () => {
  const SITE = "https://www.acme.example";
  const INBOX = "Check your inbox. If there is no email within a few minutes, try another address.";
  let handler;
  let checks;

  before(async () => {
    // A bot check that accepts one answer only.
    checks = createServer(async (request, response) => {
      const form = new URLSearchParams(await text(request));
      if (form.get("response") === "down") return response.writeHead(500).end();
      const success = form.get("secret") === "bot-secret" && form.get("response") === "human";
      response.end(JSON.stringify({ success }));
    }).listen(0, "127.0.0.1");
    await once(checks, "listening");
    Object.assign(process.env, environment(), {
      SITE,
      SIGN_UP_SECRET: "0123456789abcdef".repeat(4),
      BOT_CHECK_URL: `http://127.0.0.1:${checks.address().port}`,
      BOT_CHECK_SECRET: "bot-secret",
    });
    ({ default: handler } = await load("sign_up_function.ts"));
  });

  after(() => checks?.close());

  /** Posts as the form does. */
  async function post(body, { origin = SITE, cookie, method = "POST" } = {}) {
    const headers = { "Content-Type": "application/json", "Accept-Language": "de" };
    if (origin) headers.Origin = origin;
    if (cookie) headers.Cookie = `theme=dark; ${cookie}; a=b`;
    const content = typeof body === "string" ? body : JSON.stringify(body);
    const posted = method === "POST" ? { body: content } : {};
    const answer = await handler(new Request(`${SITE}/sign_up`, { method, headers, ...posted }));
    const message = await answer.text();
    assert.ok(!message.includes(stack.key) && !message.includes("bot-secret"));
    assert.equal(answer.headers.get("Cache-Control"), "no-store");
    const setCookie = answer.headers.get("Set-Cookie");
    return { status: answer.status, message, setCookie, cookie: setCookie?.split(";")[0] };
  }

  const askFor = (email, more) => post({ email, check: "human" }, more);
  const uuidIn = cookie => cookie.match(/=([\w-]{36})\./)[1];

  test("accepts a code in its own browser", async () => {
    const asked = await askFor("Form@example.com");
    assert.deepEqual([asked.status, asked.message], [200, INBOX]);
    assert.match(asked.setCookie, /; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const mail = await stack.latest();
    assert.match(mail.html, /lang="de"/);
    assert.equal(mail.uuid, uuidIn(asked.cookie));

    const { cookie } = asked;
    const typed = code => ({ email: "Form@example.com", code });
    const again = await askFor("Form@example.com", { cookie });
    assert.equal(uuidIn(again.cookie), mail.uuid, "the user stays");
    const wrong = await post(typed(wrongCode(await stack.latest())), { cookie });
    assert.deepEqual([wrong.status, wrong.message], [400, NO_CODE]);
    const elsewhere = await post(typed(mail.code));
    assert.deepEqual([elsewhere.status, elsewhere.message], [400, NO_CODE]);
    assert.equal(await stack.isVerified(mail), false);
    const right = await post(typed(mail.code), { cookie });
    const thanks = "Thank you, Form@example.com is verified.";
    assert.deepEqual([right.status, right.message], [200, thanks]);
    assert.equal(await stack.isVerified(mail), true);
    const known = await Promise.all([
      askFor("Form@example.com", { cookie }),
      askFor("Form@example.com"),
    ]);
    for (const { status, message } of known) assert.deepEqual([status, message], [200, INBOX]);
  });

  test("mails only for people on its site", async () => {
    const before = await stack.mailCount();
    const body = { email: "nobody@example.com", check: "human" };
    for (const [refused, status] of [
      [post(body, { origin: null }), 403],
      [post(body, { origin: "https://evil.example" }), 403],
      [post(body, { origin: "null" }), 403],
      [post(body, { method: "GET" }), 405],
      [post({ ...body, check: "bot" }), 403],
      [post({ ...body, check: ["human"] }), 403],
      [post({ ...body, check: undefined }), 403],
      [post({ ...body, check: "down" }), 503],
      [post({ ...body, email: { length: 1 } }), 400],
      [post({ ...body, email: "nobody" }), 400],
      [post(JSON.stringify(body).padEnd(6000)), 400],
      ...["", "{", "null", "1", "[]", '"text"'].map(text => [post(text), 400]),
    ]) {
      const answer = await refused;
      assert.equal(answer.status, status, answer.message);
      assert.equal(answer.cookie, undefined);
    }
    assert.equal(await stack.mailCount(), before);
  });

  test("ignores a user that a client chose", async () => {
    const THEIRS = UUID.replace(/99$/, "77");
    const victim = await stack.ask("victim@example.com", { uuid: THEIRS });
    const mine = await askFor("mine@example.com");
    const signature = mine.cookie.split(".")[1];
    for (const cookie of [
      mine.cookie, // of another address
      `__Host-sign_up=${THEIRS}.${signature}`,
      `__Host-sign_up=${THEIRS}.${"A".repeat(43)}`,
      `__Host-sign_up=${THEIRS}`,
    ]) {
      const request = { email: "evil@example.com", check: "human", uuid: THEIRS };
      const asked = await post(request, { cookie });
      assert.ok(![THEIRS, uuidIn(mine.cookie)].includes(uuidIn(asked.cookie)));
      const attempt = { email: "victim@example.com", code: victim.code, uuid: THEIRS };
      const tried = await post(attempt, { cookie });
      assert.deepEqual([tried.status, tried.message], [400, NO_CODE]);
    }
    assert.equal(await stack.isVerified(victim), false);
  });

  test("reveals nothing that is on record", async () => {
    await stack.suppress("bounced@example.com");
    for (let mail = 0; mail < 6; mail += 1) await stack.ask("often@example.com");
    const before = await stack.mailCount();
    for (const { status, message, cookie } of await Promise.all([
      askFor("bounced@example.com"),
      askFor("often@example.com"),
    ])) {
      assert.deepEqual([status, message], [200, INBOX]);
      assert.ok(cookie);
    }
    assert.equal(await stack.mailCount(), before);
  });

  test("does not start without its secret", async () => {
    const { signUpFunction } = await load("sign_up_function.ts");
    const isHuman = async () => true;
    assert.throws(() => signUpFunction({ site: SITE, secret: "short", isHuman }));
    assert.throws(() => signUpFunction({ site: "", secret: "0".repeat(64), isHuman }));
  });
});

test("TypeScript repeats a lost answer once", async () => {
  let calls = 0;
  const lossy = createServer(async (request, response) => {
    const { host, connection, "content-length": length, ...headers } = request.headers;
    const passed = { method: request.method, headers, body: await text(request) };
    const answer = await fetch(stack.api + request.url, passed);
    calls += 1;
    if (calls === 1) return request.socket.destroy();
    response.writeHead(answer.status).end(await answer.text());
  }).listen(0, "127.0.0.1");
  await once(lossy, "listening");
  const MAILPROOF_URL = `http://127.0.0.1:${lossy.address().port}`;
  const before = await stack.mailCount();
  const request = ["request", "late@example.com", UUID.replace(/99$/, "96")];
  const { out } = await run("mailproof.ts", request, { ...environment(), MAILPROOF_URL });
  assert.deepEqual([out, calls], ["We sent an email to late@example.com.", 2]);
  assert.equal(await stack.mailCount(), before + 1);
  lossy.closeAllConnections();
  lossy.close();

  // A person who asks twice gets two mails, a job that repeats a call sends one.
  const job = ["request", "job@example.com", UUID.replace(/99$/, "95")];
  const RETURN_TO = "https://shop.example.com/cart";
  const key = { IDEMPOTENCY_KEY: "job-1" };
  for (const [more, mails] of [[key, 2], [key, 2], [{}, 3]]) {
    const { out } = await run("mailproof.ts", job, { ...environment(), RETURN_TO, ...more });
    assert.equal(out, "We sent an email to job@example.com.");
    assert.equal(await stack.mailCount(), before + mails);
  }
  assert.match((await stack.latest()).link, /&next=https%3A%2F%2Fshop\.example\.com%2Fcart#/);
});

test("TypeScript knows every answer", async () => {
  const says = async (args, more = {}) => {
    const { out, error, status } = await run("mailproof.ts", args, { ...environment(), ...more });
    assert.ok(!`${out}${error}`.includes(stack.key), "the key is printed");
    assert.ok(status <= 1 && !error.includes("    at "), error);
    return [status, out];
  };
  const request = ["request", "Ada@Example.com", UUID, "de-AT,de"];
  assert.deepEqual(await says(request), [0, "We sent an email to Ada@Example.com."]);
  const asked = await stack.latest();
  assert.match(asked.html, /lang="de"/, "the language is passed on");

  const verify = (...proof) => says(["verify", UUID, ...proof]);
  assert.deepEqual(await verify("code", wrongCode(asked)), [1, NO_CODE]);
  const malformed = "Enter the 6-digit code from your email.";
  assert.deepEqual(await verify("code", "12 34"), [1, malformed]);
  assert.deepEqual(await verify("token", "no-token"), [1, NO_LINK]);
  assert.deepEqual(await says(["verify", GRACE.uuid, "token", GRACE.token]), [1, NO_LINK]);
  const verified = [0, "Ada@Example.com is verified."];
  assert.deepEqual(await verify("code", asked.code.replace(/^.../, "$& ")), verified);
  assert.deepEqual(await verify("token", asked.token), verified);
  assert.deepEqual(await says(request), [1, "This email address is already verified."]);

  assert.deepEqual(await says(["request", "ada", UUID]), [1, "Enter a valid email address."]);
  await stack.suppress("gone@example.com");
  const suppressed = "We can’t send email to this address. Please use a different one.";
  assert.deepEqual(await says(["request", "gone@example.com", UUID]), [1, suppressed]);
  const denied = "We don’t accept email addresses of this domain. Please use a different one.";
  assert.deepEqual(await says(["request", "ada@denied.example", UUID]), [1, denied]);
  const mistyped = await says(["request", "ada@gmial.con", UUID.replace(/99$/, "97")]);
  const hint = "We sent an email to ada@gmial.con.\nDid you mean ada@gmail.com?";
  assert.deepEqual(mistyped, [0, hint]);
  let last;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    last = await says(["verify", GRACE.uuid, "code", wrongCode(asked)]);
  }
  const tooMany = "Too many attempts. Use the link in the email, or try again in 30 min.";
  assert.deepEqual(last, [1, tooMany]);
  // One mail went out above.
  for (let mail = 0; mail < 5; mail += 1) await stack.ask("new@example.com", { uuid: UUID });
  const enough = "You’ve requested too many emails. Please try again in 24 h.";
  assert.deepEqual(await says(["request", "new@example.com", UUID]), [1, enough]);

  const strange = ["request", "strange@example.com", UUID.replace(/99$/, "98")];
  assert.deepEqual(await says(strange, { MAILPROOF_KEY: "evk_wrong" }), [1, OUR_FAULT]);
  const nowhere = await closedUrl();
  const { out, error } = await run("mailproof.ts", strange, { ...environment(), ...nowhere });
  assert.equal(out, NOT_NOW);
  const { host } = new URL(nowhere.MAILPROOF_URL);
  assert.equal(error, `No answer: fetch failed: connect ECONNREFUSED ${host}\n`);
  await stack.dropTable();
  assert.deepEqual(await says(strange), [1, NOT_NOW]);

  for (const missing of [{ MAILPROOF_URL: "" }, { MAILPROOF_KEY: "" }]) {
    const settings = { ...environment(), ...missing };
    const { out, error, status } = await run("mailproof.ts", strange, settings);
    const advice = "Set MAILPROOF_URL to the URL of the API, and MAILPROOF_KEY to an API key.\n";
    assert.deepEqual([status, out, error], [1, "", advice]);
  }

  // Answers that depend on time.
  const { messageFor, Refused } = await load("mailproof.ts");
  const late = messageFor(new Refused(400, { code: "expired_code", attr: "code" }));
  const advice = "Use the one in the latest email, or request a new one.";
  assert.equal(late, `This code has expired. ${advice}`);
  const locked = messageFor(new Refused(400, { code: "too_many_attempts", attr: "code" }));
  assert.equal(locked, "Too many attempts. Use the link in the email.");
});
