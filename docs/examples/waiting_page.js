// Asks the backend about the email: after two seconds, then ever less often, never while the page
// is hidden, and only until the answer is final or 15 minutes have passed.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30_000;
const LONGEST_TIME = 15 * 60_000;

const TEXTS = {
  delayed: "Your provider has not accepted the email yet. We keep trying.",
  delivered: "Your email was delivered. Open its link, and come back here.",
  bounced: "Your email bounced. Did you mistype your address?",
  refused: "The reader of that address did not ask for this. Did you mistype it?",
  expired: "Please enter your email address again.",
  verified: "Thank you, your email address is verified.",
};
const FINAL = ["bounced", "refused", "expired", "verified"];

const button = document.querySelector("button");
const status = document.querySelector("[role=status]");

const meant = document.querySelector("#meant");

const pause = time => new Promise(resolve => setTimeout(resolve, time));

/** Waits until the page is visible. */
const visible = () => new Promise(resolve => {
  const check = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", check);
    resolve();
  };
  document.addEventListener("visibilitychange", check);
  check();
});

/** The state of the email. `undefined`: there was no answer, but there may be one next time. */
async function ask() {
  try {
    const answer = await fetch("/waiting", { signal: AbortSignal.timeout(30_000) });
    if (answer.status === 400) return "expired";
    if (!answer.ok) return undefined;
    const waiting = await answer.json();
    meant.hidden = !waiting.meant || waiting.state === "verified";
    meant.querySelector("b").textContent = waiting.meant ?? "";
    return waiting.state;
  } catch {
    return undefined;
  }
}

async function wait() {
  button.hidden = true;
  const end = Date.now() + LONGEST_TIME;
  for (let time = FIRST_WAIT; Date.now() < end; time = Math.min(1.5 * time, LONGEST_WAIT)) {
    await pause(time);
    await visible();
    const state = await ask();
    status.textContent = TEXTS[state] ?? status.textContent;
    if (FINAL.includes(state)) return;
  }
  button.hidden = false;
}

/** The same user, so it is a change of address. The page then waits for the new email. */
async function requestMeant() {
  const email = meant.querySelector("b").textContent;
  const headers = { "Content-Type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ email }) };
  const answer = await fetch("/sign_up", request).catch(() => undefined);
  if (answer?.ok) location.reload();
  else status.textContent = await answer?.text() ?? "Please try again.";
}

meant.querySelector("button").addEventListener("click", requestMeant);
button.addEventListener("click", wait);
wait();
