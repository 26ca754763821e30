// News from the server: a request that is answered when something changed.

import { $ } from "./dom.js";

const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

export function lost() {
  $("live").classList.add("lost");
  $("live").lastElementChild.textContent = "Reconnecting";
}

function isBack() {
  const wasLost = $("live").classList.contains("lost");
  $("live").classList.remove("lost");
  $("live").lastElementChild.textContent = "Live";
  return wasLost;
}

/** Calls `load` now and after each change, and `again` when the server is back. */
export async function follow(load, again) {
  let version = null;
  let failures = 0;
  for (;;) {
    try {
      // A version that the server never has: the first answer comes at once.
      const since = version ?? Number.MAX_SAFE_INTEGER;
      const answer = await fetch(`/api/changes?since=${since}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const now = (await answer.json()).version;
      if (now !== version) await load();
      version = now;
      failures = 0;
      if (isBack()) again();
    } catch {
      lost();
      version = null;
      failures += 1;
      await wait(Math.min(5000, 500 * 2 ** failures));
    }
  }
}
