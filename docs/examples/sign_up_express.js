// Sign-up with Express, by the code of the email. Needs mailproof.ts beside it, Node 24 or later, a
// package.json with "type": "module", and `npm install express express-session`.
// SESSION_SECRET is made by `openssl rand -hex 32`.

import express from "express";
import session from "express-session";
import { messageFor, requestVerification, verificationStatus, verifyEmail } from "./mailproof.ts";

const secret = process.env.SESSION_SECRET;
if (!secret) throw new Error("Set SESSION_SECRET.");
const sessions = session({ secret, resave: false, saveUninitialized: false });
const app = express().use(express.json(), sessions);

app.post("/sign_up", async ({ body = {}, headers, session }, response) => {
  session.uuid ??= crypto.randomUUID(); // store it with your user
  const acceptLanguage = headers["accept-language"];
  const sent = await requestVerification(body.email ?? "", session.uuid, { acceptLanguage });
  session.email = sent.email;
  session.meant = sent.did_you_mean; // a question of the page that waits
  response.send(`We sent an email to ${sent.email}.`);
});
app.post("/verify", async ({ body = {}, session }, response) => {
  if (!session.uuid) return response.status(400).send("Please enter your email address first.");
  const verified = await verifyEmail(session.uuid, { code: body.code ?? "" }); // store its email
  response.send(`Thank you, ${verified.email} is verified.`);
});
// For waiting_page.js: a word, as the record is no browser's business.
app.get("/waiting", async ({ session }, response) => {
  if (!session.email) return response.status(400).send("Please enter your email address first.");
  const { email, meant, uuid } = session;
  response.json({ state: stateOf(await verificationStatus(uuid), email), meant });
});
for (const file of ["waiting_page.html", "waiting_page.js"]) {
  const root = import.meta.dirname;
  app.get(`/${file}`, (_request, response) => response.sendFile(file, { root }));
}
app.use((error, _request, response, _next) => {
  response.status([400, 429].includes(error.status) ? error.status : 503).send(messageFor(error));
});

// `asked` is the address that the page waits for. The user may have verified an earlier one.
function stateOf({ email, pending_email, delivery, suppressed }, asked) {
  if (email?.toLowerCase() === asked.toLowerCase()) return "verified";
  if (suppressed?.reason === "refused") return "refused";
  if (suppressed || ["bounced", "rejected"].includes(delivery?.state)) return "bounced";
  if (!pending_email) return "expired";
  return ["delayed", "soft_bounced"].includes(delivery?.state) ? "delayed" : delivery?.state;
}

const server = app.listen(process.env.PORT ?? 8080, "127.0.0.1", error => {
  if (error) throw error;
  console.log(`http://127.0.0.1:${server.address().port}`);
});
