// The client of @hey-api/openapi-ts, called. What it answers is typed: a member that is not
// described does not compile, and neither does a code that is not.

import assert from "node:assert/strict";
import { createClient } from "./generated/mailproof_sdk/client/index.js";
import * as mailproof from "./generated/mailproof_sdk/index.js";
import { eventually, key, newAddress, newestCode, url } from "./stack.js";

const headers = { Prefer: "return=representation" };
const client = createClient({ baseUrl: url, auth: key, headers });

// A request leaves out what is not set: an explicit null would be refused.
const email = newAddress();
const body = { email, first_name: "Ada" };
const requested = await mailproof.requestEmailVerification({ client, body });
assert(requested.data);
assert.equal(requested.data.email, email);
assert(new Date(requested.data.expires_at) > new Date());

// A null is sent where the description accepts one.
const { uuid } = requested.data;
const code = await newestCode(email);
const verified = await mailproof.verifyEmail({ client, body: { uuid, code, token: null } });
assert(verified.data);
assert.equal(verified.data.email, email);

const found = await eventually(
  () => mailproof.emailVerificationStatus({ client, query: { uuid } }),
  ({ data }) => data?.delivery?.state === "delivered",
);
assert(found.data);
assert.equal(found.data.verified_at, verified.data.verified_at);
assert.equal(found.data.delivery?.state, "delivered");
assert.equal(found.data.suppressed, null);

const link = { email, first_name: "evil.com" };
const refused = await mailproof.requestEmailVerification({ client, body: link });
assert.equal(refused.response?.status, 400);
assert.equal(refused.error?.code, "invalid_url");
assert.equal(refused.error.attr, "first_name");

const wrong = { client, auth: "evk_wrong" };
const unauthorized = await mailproof.requestEmailVerification({ ...wrong, body });
assert.equal(unauthorized.response?.status, 401);
assert.equal(unauthorized.error?.code, "authentication_failed");

const busy = newAddress();
for (let mails = 0; mails < 6; mails++) {
  await mailproof.requestEmailVerification({ client, body: { email: busy } });
}
const throttled = await mailproof.requestEmailVerification({ client, body: { email: busy } });
assert.equal(throttled.response?.status, 429);
assert.equal(throttled.error?.code, "throttled");
assert(Number(throttled.response.headers.get("retry-after")) > 0);

console.log("@hey-api/openapi-ts: success, 400, 401 and 429");
