// The client of openapi-typescript and openapi-fetch, called. What it answers is typed: a member
// that is not described does not compile, and neither does a code that is not.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./generated/mailproof.js";
import { eventually, key, newAddress, newestCode, url } from "./stack.js";

const REQUEST = "/api/users/request_email_verification";
const VERIFY = "/api/users/verify_email";
const STATUS = "/api/users/email_verification_status";
const client = createClient<paths, "application/json">({
  baseUrl: url,
  headers: { Authorization: `Bearer ${key}`, Prefer: "return=representation" },
});

// A request leaves out what is not set: an explicit null would be refused.
const email = newAddress();
const requested = await client.POST(REQUEST, { body: { email, first_name: "Ada" } });
assert(requested.data);
assert.equal(requested.data.email, email);
assert(new Date(requested.data.expires_at) > new Date());

// A null is sent where the description accepts one.
const { uuid } = requested.data;
const code = await newestCode(email);
const verified = await client.POST(VERIFY, { body: { uuid, code, token: null } });
assert(verified.data);
assert.equal(verified.data.email, email);

const found = await eventually(
  () => client.GET(STATUS, { params: { query: { uuid } } }),
  ({ data }) => data?.delivery?.state === "delivered",
);
assert(found.data);
assert.equal(found.data.verified_at, verified.data.verified_at);
assert.equal(found.data.delivery?.state, "delivered");
assert.equal(found.data.suppressed, null);

const refused = await client.POST(REQUEST, { body: { email, first_name: "evil.com" } });
assert.equal(refused.response.status, 400);
assert.equal(refused.error?.code, "invalid_url");
assert.equal(refused.error.attr, "first_name");

const headers = { Authorization: "Bearer evk_wrong" };
const unauthorized = await client.POST(REQUEST, { body: { email }, headers });
assert.equal(unauthorized.response.status, 401);
assert.equal(unauthorized.error?.code, "authentication_failed");

const busy = newAddress();
for (let mails = 0; mails < 6; mails++) await client.POST(REQUEST, { body: { email: busy } });
const throttled = await client.POST(REQUEST, { body: { email: busy } });
assert.equal(throttled.response.status, 429);
assert.equal(throttled.error?.code, "throttled");
assert(Number(throttled.response.headers.get("retry-after")) > 0);

console.log("openapi-fetch: success, 400, 401 and 429");
