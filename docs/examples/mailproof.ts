// Mailproof for a Node backend. MAILPROOF_URL is the URL of the API, MAILPROOF_KEY the API key.
//
//     node mailproof.ts request EMAIL UUID [ACCEPT_LANGUAGE]
//     node mailproof.ts verify UUID code|token PROOF
//
// A request also reads RETURN_TO and IDEMPOTENCY_KEY.

import { fileURLToPath } from "node:url";

/** The JSON of a 200. */
export interface Answer {
  uuid: string;
  email: string;
  expires_at?: string;
  did_you_mean?: string;
  verified_at?: string;
}

/** What is on record about a user. */
export interface Status {
  email: string | null;
  verified_at: string | null;
  pending_email: string | null;
  delivery: { state: string; at: string } | null;
  suppressed: { reason: string; at: string } | null;
}

/** What a request may have beside address and user. */
export interface Options {
  acceptLanguage?: string | undefined;
  returnTo?: string | undefined;
  /** For a job that repeats the call: the same for every attempt. */
  idempotencyKey?: string | undefined;
}

/** The code as the user typed it, or the token of a link. */
export type Proof = { code: string } | { token: string };

/** An answer other than 200, with the members of its JSON. Status 0 means no answer. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly attr: string | null;
  readonly retryAfter: number; // seconds

  constructor(status: number, error: Partial<Refused> = {}, retryAfter = 0) {
    super(status
      ? `Mailproof: ${status} ${error.code}: ${error.detail}`
      : `No answer: ${reason(error.cause)}`);
    ({ code: this.code = "", detail: this.detail = "", attr: this.attr = null } = error);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What an error says, and its cause, in which `fetch` has the reason. */
function reason(error: unknown): string {
  const { message, cause } = Object(error);
  return [message, cause?.message || cause?.code].filter(Boolean).join(": ");
}

async function call<T = Answer>(
  endpoint: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<T> {
  const { MAILPROOF_URL, MAILPROOF_KEY } = process.env;
  const noAnswer = (cause: unknown) => { throw new Refused(0, { cause }); };
  const answer = await fetch(`${MAILPROOF_URL?.replace(/\/+$/, "")}/api/users/${endpoint}`, {
    method: body ? "POST" : "GET",
    headers: {
      "Authorization": `Bearer ${MAILPROOF_KEY}`,
      "Content-Type": "application/json",
      "Prefer": "return=representation",
      ...headers,
    },
    ...body && { body: JSON.stringify(body) },
    signal: AbortSignal.timeout(25_000),
  }).catch(noAnswer);
  if (answer.status === 200) return await answer.json().catch(noAnswer) as T;
  const error = await answer.json().catch(() => ({})) as Partial<Refused>;
  throw new Refused(answer.status, error, Number(answer.headers.get("Retry-After")));
}

export function requestVerification(
  email: string,
  uuid: string,
  { acceptLanguage = "", returnTo, idempotencyKey = crypto.randomUUID() }: Options = {},
): Promise<Answer> {
  const headers = { "Accept-Language": acceptLanguage, "Idempotency-Key": idempotencyKey };
  const body = { email, uuid, return_to: returnTo };
  const attempt = () => call("request_email_verification", body, headers);
  // Without an answer, an email may have been sent. With the same key, no second one is.
  return attempt().catch(error => error.status === 0 ? attempt() : Promise.reject(error));
}

export function verifyEmail(uuid: string, proof: Proof): Promise<Answer> {
  return call("verify_email", { uuid, ...proof });
}

export function verificationStatus(uuid: string): Promise<Status> {
  return call<Status>(`email_verification_status?uuid=${encodeURIComponent(uuid)}`);
}

/** The text for the user. */
export function messageFor({ message, status, code, detail, attr, retryAfter }: Refused): string {
  const messages: Record<string, string> = {
    already_verified: "This email address is already verified.",
    email_domain_not_allowed: "We don’t accept email addresses of this domain. Please use a different one.",
    email_address_suppressed: "We can’t send email to this address. Please use a different one.",
    throttled: `You’ve requested too many emails. Please try again in ${Math.ceil(retryAfter / 3600)} h.`,
    too_many_attempts: retryAfter
      ? `Too many attempts. Use the link in the email, or try again in ${Math.ceil(retryAfter / 60)} min.`
      : "Too many attempts. Use the link in the email.",
    expired_code: "This code has expired. Use the one in the latest email, or request a new one.",
    invalid_code: "This code is incorrect or has expired. Use the one in the latest email, or request a new one.",
    invalid_token: "This link no longer works. Please request a new one.",
    expired_token: "This link no longer works. Please request a new one.",
  };
  const known = messages[code];
  if (known !== undefined) return known;
  if (status === 400 && attr) return detail; // an error of the field that `attr` names
  console.error(message); // for you: no answer, or a wrong key or URL
  const isTemporary = status === 0 || status === 429 || status >= 500;
  if (isTemporary) return "That didn’t work just now. Please try again in a moment.";
  return "Something went wrong on our end.";
}

async function main([command, ...rest]: string[]): Promise<void> {
  const [first = "", second = "", third = ""] = rest;
  const isRequest = command === "request" && second !== "";
  if (!isRequest && !(command === "verify" && /^(code|token)$/.test(second) && third !== "")) {
    console.error("Usage: node mailproof.ts request EMAIL UUID [ACCEPT_LANGUAGE]");
    console.error("       node mailproof.ts verify UUID code|token PROOF");
    process.exitCode = 2;
    return;
  }
  if (!process.env.MAILPROOF_URL || !process.env.MAILPROOF_KEY) {
    console.error("Set MAILPROOF_URL to the URL of the API, and MAILPROOF_KEY to an API key.");
    process.exitCode = 1;
    return;
  }
  try {
    if (isRequest) {
      const { RETURN_TO: returnTo, IDEMPOTENCY_KEY: idempotencyKey } = process.env;
      const options = { acceptLanguage: third, returnTo, idempotencyKey };
      const { email, did_you_mean } = await requestVerification(first, second, options);
      console.log(`We sent an email to ${email}.`);
      if (did_you_mean) console.log(`Did you mean ${did_you_mean}?`);
    } else {
      const proof = second === "code" ? { code: third } : { token: third };
      console.log(`${(await verifyEmail(first, proof)).email} is verified.`);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.log(messageFor(error));
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
