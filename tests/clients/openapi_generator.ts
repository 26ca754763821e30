// The typescript-fetch client of OpenAPI Generator, called. What it answers is typed: a member that
// is not described does not compile, and neither does a code that is not.

import assert from "node:assert/strict";
import * as mailproof from "./generated/mailproof_fetch/index.js";
import { eventually, key, newAddress, newestCode, url } from "./stack.js";

const prefer = "return=representation";
const clientWith = (accessToken: string) =>
  new mailproof.VerificationApi(new mailproof.Configuration({ basePath: url, accessToken }));
const client = clientWith(key);

/** The answer to a call that is refused. */
async function refusal(call: Promise<unknown>): Promise<Response> {
  const error = await call.then(() => assert.fail("not refused"), (error: unknown) => error);
  assert(error instanceof mailproof.ResponseError, String(error));
  return error.response;
}

// A request leaves out what is not set: an explicit null would be refused.
const email = newAddress();
const verificationRequest = { email, firstName: "Ada" };
const requested = await client.requestEmailVerification({ verificationRequest, prefer });
assert.equal(requested.email, email);
assert(requested.expiresAt > new Date());

// A null is sent where the description accepts one.
const { uuid } = requested;
const verification = { uuid, code: await newestCode(email), token: null };
const verified = await client.verifyEmail({ verification, prefer });
assert.equal(verified.email, email);

const found = await eventually(
  () => client.emailVerificationStatus({ uuid }),
  ({ delivery }) => delivery?.state === "delivered",
);
assert.deepEqual(found.verifiedAt, verified.verifiedAt);
assert.equal(found.delivery?.state, "delivered");
assert.equal(found.suppressed, null);

const link = { email, firstName: "evil.com" };
const refused = await refusal(client.requestEmailVerification({ verificationRequest: link }));
assert.equal(refused.status, 400);
const error = mailproof.VerificationRequestErrorFromJSON(await refused.json());
assert.equal(error.code, mailproof.VerificationRequestErrorCodeEnum.InvalidUrl);
assert.equal(error.attr, mailproof.FieldName.FirstName);

const stranger = clientWith("evk_wrong");
const unauthorized = await refusal(stranger.requestEmailVerification({ verificationRequest }));
assert.equal(unauthorized.status, 401);

const busy = { email: newAddress() };
const request = () => client.requestEmailVerification({ verificationRequest: busy, prefer });
for (let mails = 0; mails < 6; mails++) await request();
const throttled = await refusal(request());
assert.equal(throttled.status, 429);
assert.equal(mailproof.ThrottledErrorFromJSON(await throttled.json()).code, "throttled");

console.log("OpenAPI Generator, typescript-fetch: success, 400, 401 and 429");
