// Runs the programs of docs/integrate.md for Node, as they stand, and the server for FastAPI.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

const path = relative => new URL(relative, import.meta.url).pathname;
const NODE_PACKAGES = path("../node_modules");
// A copy, beside which Node finds its packages.
const FOLDER = path("../../../target/ci/examples/");
// `.ci/run browser` installs FastAPI there.
const PYTHON = process.env.EXAMPLES_PYTHON ?? path("../../../target/ci/examples-venv/bin/python");

/** Checks their types and copies them. */
export async function prepare() {
  if (parseInt(process.versions.node) < 24) {
    throw new Error(`the docs promise Node 24, and this is ${process.version}: use npm test`);
  }
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing: .ci/run browser installs it`);
  rmSync(FOLDER, { recursive: true, force: true });
  cpSync(path("../../../docs/examples"), FOLDER, { recursive: true });
  symlinkSync(NODE_PACKAGES, `${FOLDER}node_modules`);
  writeFileSync(`${FOLDER}package.json`, '{ "type": "module" }\n');
  const compiler = spawn(`${NODE_PACKAGES}/.bin/tsc`, ["--project", path("../tsconfig.json")]);
  const [output, [status]] = await Promise.all([text(compiler.stdout), once(compiler, "exit")]);
  if (status !== 0) throw new Error(output);
}

function start(program, args, environment) {
  return spawn(program, args, {
    cwd: FOLDER,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs one until it ends. */
export async function run(name, args, environment) {
  const child = start(process.execPath, [name, ...args], environment);
  const [out, error, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { out: out.trimEnd(), error, status };
}

/** Imports one into this process, as a host for functions does. */
export const load = name => import(`${FOLDER}${name}`);

/** Starts a server for Node, which prints its URL. */
export const serve = (name, environment) =>
  listen(start(process.execPath, [name], { PORT: "0", ...environment }), "stdout", name);

/** Starts a server for uvicorn. */
export const serveWithUvicorn = (application, environment) => {
  const args = ["-m", "uvicorn", application, "--port", "0"];
  return listen(start(PYTHON, args, environment), "stderr", application);
};

/** Waits for the URL in this output of a server, and passes the rest on. */
async function listen(child, output, name) {
  const lines = createInterface({ input: child[output] });
  if (output === "stdout") child.stderr.pipe(process.stderr);
  for await (const line of lines) {
    const [url] = line.match(/http:\S+/) ?? [];
    if (!url) continue;
    child[output].pipe(process.stderr);
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
