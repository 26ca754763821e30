// Every mail, without a service around it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** Every mail in every language, as the preview writes them. */
export function mails(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "mailproof-preview-"));
  try {
    const env = { ...process.env, ...settings };
    const preview = ["run", "--quiet", "--", "preview", folder];
    execFileSync("cargo", preview, { cwd: ROOT, env, stdio: "ignore" });
    return readdirSync(folder, { withFileTypes: true })
      .filter(kind => kind.isDirectory())
      .flatMap(({ name: kind }) =>
        readdirSync(join(folder, kind))
          .filter(file => /^[\w-]+\.html$/.test(file))
          .map(file => ({
            kind,
            language: file.replace(".html", ""),
            html: readFileSync(join(folder, kind, file), "utf8"),
          })),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
