// Runs the TypeScript examples of docs/integrate.md in Node.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

const path = relative => new URL(relative, import.meta.url).pathname;
const COMPILED = path("../../../target/ci/examples/");

/** Compiles them to JavaScript, with all checks of the compiler. */
export async function compile() {
  const compiler = spawn(path("../node_modules/.bin/tsc"), ["--project", path("../tsconfig.json")]);
  const [output, [status]] = await Promise.all([text(compiler.stdout), once(compiler, "exit")]);
  if (status !== 0) throw new Error(output);
  writeFileSync(`${COMPILED}package.json`, '{ "type": "module" }\n');
}

function start(name, args, environment) {
  return spawn(process.execPath, [`${COMPILED}${name}`, ...args], {
    cwd: path("../../../docs/examples/"),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs one until it ends. */
export async function run(name, args, environment) {
  const child = start(name, args, environment);
  const [out, error, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { out: out.trimEnd(), error, status };
}

/** Imports one into this process, as a host for functions does. */
export const load = name => import(`${COMPILED}${name}`);

/** Starts a server, whose first line is its URL. */
export async function serve(name, environment) {
  const child = start(name, [], { PORT: "0", ...environment });
  child.stderr.pipe(process.stderr);
  for await (const url of createInterface({ input: child.stdout })) {
    return {
      url,
      async stop() {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      },
    };
  }
  throw new Error(`${name} did not start`);
}
