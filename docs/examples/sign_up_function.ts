// A small function for a site without a backend. It holds the API key, and serves people who pass a
// bot check. It takes a `Request` and returns a `Response`, as in the Fetch API.
//
//     { "email": …, "check": … }    mails a code and a link; `check` is the token of the bot check
//     { "email": …, "code": … }     verifies the address
//
// MAILPROOF_URL and MAILPROOF_KEY are those of mailproof.ts. SITE is the origin of the site, such
// as https://www.acme.example. SIGN_UP_SECRET is made by `openssl rand -hex 32`. BOT_CHECK_URL and
// BOT_CHECK_SECRET are those of the bot check.

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { messageFor, Refused, requestVerification, verifyEmail } from "./mailproof.ts";

const CHECK_YOUR_INBOX = "Check your inbox. If there is no email within a few minutes, try another address.";
// Not shown to the browser: they reveal what is on record about an address.
const HIDDEN = ["already_verified", "email_address_suppressed", "throttled"];
const COOKIE = /(?:^|; )__Host-sign_up=([\w-]{36})\.([\w-]{43})(?:;|$)/;
// The minimum time of an answer, so that it does not reveal whether an email was sent.
const AT_LEAST_MS = 1000;

interface Settings {
  site: string;
  secret: string;
  /** Whether a person filled in the form, judged by the token of the bot check. */
  isHuman: (check: string) => Promise<boolean>;
}

/** The check of Turnstile, hCaptcha and others with the same protocol. */
export function siteVerify(url: string, secret: string): Settings["isHuman"] {
  return async check => {
    const body = new URLSearchParams({ secret, response: check });
    const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(5000) });
    return (await answer.json() as { success?: unknown }).success === true;
  };
}

type Handler = (request: Request) => Promise<Response>;

export function signUpFunction({ site, secret, isHuman }: Settings): Handler {
  if (!site || secret.length < 32) throw new Error("SITE or SIGN_UP_SECRET is missing or too short");

  const sign = (uuid: string, email: string) =>
    createHmac("sha256", secret).update(`${uuid} ${email}`).digest("base64url");

  /** The uuid that this function gave this browser for this address. */
  function uuidOf(request: Request, email: string): string | undefined {
    const cookie = request.headers.get("Cookie")?.match(COOKIE);
    if (!cookie) return undefined;
    const [, uuid = "", signature = ""] = cookie;
    const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(sign(uuid, email)));
    return isOurs ? uuid : undefined;
  }

  async function sendEmail(request: Request, email: string): Promise<Response> {
    const uuid = uuidOf(request, email) ?? randomUUID();
    const acceptLanguage = request.headers.get("Accept-Language") ?? "";
    const sending = requestVerification(email, uuid, { acceptLanguage });
    const [sent] = await Promise.allSettled([sending, setTimeout(AT_LEAST_MS)]);
    if (sent.status === "rejected" && !HIDDEN.includes(sent.reason.code)) throw sent.reason;
    const cookie = `__Host-sign_up=${uuid}.${sign(uuid, email)}`;
    const attributes = "Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Strict";
    return say(200, CHECK_YOUR_INBOX, `${cookie}; ${attributes}`);
  }

  async function checkCode(request: Request, email: string, code: string): Promise<Response> {
    const uuid = uuidOf(request, email);
    if (uuid === undefined) throw new Refused(400, { code: "invalid_code", attr: "code" });
    const verified = await verifyEmail(uuid, { code });
    // Store it in your own records here, unless you use the event.
    return say(200, `Thank you, ${verified.email} is verified.`);
  }

  async function answer(request: Request): Promise<Response> {
    if (request.method !== "POST") return say(405, "There is nothing to see here.");
    if (request.headers.get("Origin") !== site) return say(403, "Please use the form on our site.");
    const { email, check, code } = read(await request.text());
    if (typeof email !== "string") return say(400, "Please enter an email address.");
    if (typeof code === "string") return checkCode(request, email, code);
    const isPerson = typeof check === "string" && await isHuman(check);
    if (!isPerson) return say(403, "Please confirm that you are human.");
    return sendEmail(request, email);
  }

  return request => answer(request).catch(refusal);
}

function read(body: string): Record<string, unknown> {
  try {
    return Object(body.length > 5000 ? null : JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function say(status: number, text: string, cookie?: string): Response {
  const headers = new Headers({
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
  });
  if (cookie) headers.set("Set-Cookie", cookie);
  return new Response(text, { status, headers });
}

function refusal(error: unknown): Response {
  // Anything else is the bot check, which did not answer.
  const refused = error instanceof Refused ? error : new Refused(0, { cause: error });
  return say(refused.status === 400 && refused.attr !== null ? 400 : 503, messageFor(refused));
}

const { SITE = "", SIGN_UP_SECRET = "", BOT_CHECK_URL = "", BOT_CHECK_SECRET = "" } = process.env;

export default signUpFunction({
  site: SITE,
  secret: SIGN_UP_SECRET,
  isHuman: siteVerify(BOT_CHECK_URL, BOT_CHECK_SECRET),
});
