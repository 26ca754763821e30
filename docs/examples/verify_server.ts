// The backend behind a page of your own. It listens on PORT.

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { messageFor, Refused, verifyEmail } from "./mailproof.ts";

const TEXT = "text/plain; charset=utf-8";
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
const FILES: Record<string, [file: string, type: string]> = {
  "GET /verify_email": ["verify_page.html", "text/html; charset=utf-8"],
  "GET /verify_page.js": ["verify_page.js", "text/javascript; charset=utf-8"],
};

async function read(request: IncomingMessage): Promise<{ uuid: string; token: string }> {
  let text = "";
  for await (const chunk of request) if ((text += chunk).length > 1000) break;
  const { uuid, token } = Object(JSON.parse(text)) as Record<string, unknown>;
  return { uuid: String(uuid), token: String(token) };
}

type Answer = [status: number, type: string, body: string];

async function answer(request: IncomingMessage): Promise<Answer> {
  const route = `${request.method} ${new URL(request.url ?? "/", "http://localhost").pathname}`;
  const [file, type] = FILES[route] ?? [];
  if (file && type) return [200, type, await readFile(file, "utf8")];
  if (route !== "POST /verify_email") return [404, TEXT, "There is nothing here."];
  const { uuid, token } = await read(request);
  const { email } = await verifyEmail(uuid, { token });
  // Store in your own records here that `email` is verified for the user `uuid`.
  return [200, TEXT, `Thank you, ${email} is verified.`];
}

/** The status tells the page whether to retry: 400 no, 429 later, 503 soon. */
function refusal(error: unknown): Answer {
  if (error instanceof SyntaxError) return [400, TEXT, "That didn’t work."];
  if (!(error instanceof Refused)) return [500, TEXT, "That didn’t work."];
  return [[400, 429].includes(error.status) ? error.status : 503, TEXT, messageFor(error)];
}

const server = createServer(async (request, response) => {
  const [status, type, body] = await answer(request).catch(refusal);
  response.writeHead(status, { ...HEADERS, "Content-Type": type }).end(body);
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/verify_email`);
});
