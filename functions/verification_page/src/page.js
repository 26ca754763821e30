(() => {
"use strict";
const main = document.querySelector("main");
const status = document.getElementById("status");
// Nothing can be sent from this page.
if (!status) return;

const product = document.querySelector("header").textContent;
let proof = null;
let busy = false;
// What "Try again" does.
let again = null;

const show = (name, focus) => {
  for (const section of main.querySelectorAll("section")) section.hidden = section.id !== name;
  const heading = main.querySelector(`#${name} h1`);
  document.title = `${heading.textContent.replaceAll("\u2060", "")} · ${product}`;
  // A field that has to be mended comes before its heading.
  if (focus) (main.querySelector(`#${name} [autofocus]`) || heading).focus();
};

const showVerified = ({ name, email }, focus) => {
  main.querySelector(`#${name} p bdi`).textContent = email;
  show(name, focus);
};

// From here on this entry of the history says what became of it, and nothing is left to be sent again.
const keepVerified = (name, email) => {
  history.replaceState({ name, email }, "");
  showVerified({ name, email }, true);
};

const setBusy = is => {
  busy = is;
  main.classList.toggle("busy", is);
  status.textContent = is ? main.dataset.working : "";
  for (const button of main.querySelectorAll("button")) button.setAttribute("aria-disabled", is);
};

// The link's secret leaves the address bar for the state of this entry in the session history: out of sight and
// out of bookmarks, and there again when the page is reloaded. The browser's own history may keep it.
const read = () => {
  if (location.hash.length > 1) {
    history.replaceState({ link: location.hash.slice(1) }, "", location.pathname + location.search);
  }
  const { link, ...verified } = history.state || {};
  proof = null;
  setBusy(false);
  if (verified.email) return showVerified(verified);
  if (!link) return show("form");
  // Some mail readers take what stands behind a link for a part of it. Both parts have a length of their own.
  const parts = /^([\da-f-]{36})\.([\w-]{43})(?![\w-])/i.exec(link);
  if (!parts) return show("invalid");
  proof = { uuid: parts[1], token: parts[2] };
  show("ready");
};

// The answer, or nothing. Whatever did not arrive can be sent again.
const post = async (body, headers) => {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 20000);
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      headers,
      body,
      credentials: "omit",
      redirect: "error",
      // Whoever closes the page at once has pressed the button all the same.
      keepalive: true,
      signal: patience.signal,
    });
    return await response.text();
  } catch {
    return "";
  } finally {
    clearTimeout(timer);
  }
};

const verify = async () => {
  const mine = proof;
  const json = "application/json";
  const answer = await post(JSON.stringify(mine), { Accept: json, "Content-Type": json });
  // Another link was opened in this tab meanwhile.
  if (mine !== proof) return;
  let state;
  let email;
  try {
    ({ state, email } = JSON.parse(answer));
  } catch {
    // An answer of somebody else's.
  }
  if (email) return keepVerified(state, email);
  show(["expired", "invalid"].includes(state) ? state : "unavailable", true);
};

// The form is answered with the page that it would be answered with without a script, of which one part is
// taken. So there is no entry in the history that would send a code again.
const submit = async () => {
  const answer = await post(new URLSearchParams(new FormData(main.querySelector("form"))));
  // A link was opened in this tab meanwhile.
  if (proof) return;
  const page = new DOMParser().parseFromString(answer, "text/html");
  const part = page.querySelector("main[data-working] > section");
  if (!part) return show("unavailable", true);
  const name = part.id;
  const email = part.querySelector("p bdi");
  if (name.endsWith("verified")) return keepVerified(name, email.textContent);
  const section = document.importNode(part, true);
  const known = document.getElementById(name);
  if (known) known.replaceWith(section);
  else main.append(section);
  show(name, true);
};

// One at a time: a code that is sent twice is counted twice.
const run = async action => {
  if (busy) return;
  again = action;
  const mine = proof;
  setBusy(true);
  await action();
  if (mine === proof) setBusy(false);
};

main.addEventListener("submit", event => {
  event.preventDefault();
  run(submit);
});
main.addEventListener("click", ({ target }) => {
  if (target.closest("[data-verify]")) run(verify);
  if (target.closest("[data-again]")) run(again);
});
if ("open" in main.dataset) {
  addEventListener("hashchange", read);
  read();
}
})();
