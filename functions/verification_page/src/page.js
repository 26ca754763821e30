(() => {
"use strict";
const main = document.querySelector("main");
const status = document.getElementById("status");
// Nothing can be sent from this page.
if (!status) return;

const product = document.querySelector("header").textContent;
// The page's own address, in front of whatever a damaged link has behind its path. With its origin, as a path that
// begins with two slashes would be another host's address.
const here = location.origin + location.pathname;
const page = location.origin + (/^.*?\/verify_email(?![a-z])/.exec(location.pathname) || [location.pathname])[0];
// User and token, if the address had both.
let proof = null;
// Another link in this tab is another visit, which an answer to the one before does not concern.
let visit = 0;
let busy = false;
// What "Try again" does.
let again = null;

const show = (name, focus) => {
  for (const section of main.querySelectorAll("section")) section.hidden = section.id !== name;
  const form = main.querySelector("form");
  // The code is all that is left to ask for when a link fails, if it is known whose it is.
  form.hidden = !form.hasAttribute("action") || !["form", "expired", "invalid"].includes(name);
  form.querySelector("h2").hidden = name === "form";
  const heading = main.querySelector(`#${name} h1`);
  document.title = `${heading.textContent.replaceAll("\u2060", "")} · ${product}`;
  // A field that has to be mended comes before its heading.
  if (focus) (name === "form" && form.querySelector("[autofocus]") || heading).focus();
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

// Undoes what happens to links on their way: percent-encoding, also twice, and characters that nobody sees.
const plain = text => {
  for (let before; before !== text;) {
    before = text;
    text = text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  return text.replace(/[^!-~]/g, "");
};
const USER = "[\\da-fA-F]{8}(?:-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}";
// 32 bytes as base64url: the last of 43 characters has two bits to spare. What follows it is junk.
const TOKEN = "[\\w-]{42}[AEIMQUYcgkosw048]";
// Neither holds "=", so what quoted-printable mail leaves of it, and of its soft line breaks, is taken out.
const find = (pattern, text) => {
  for (const junk of [/=(?:0D|0A|20|3D)?/gi, /=/g]) {
    const found = RegExp(pattern).exec(text.replace(junk, ""));
    if (found) return found[1];
  }
};

// Finds user and token wherever they stand in the address. The token leaves the address bar for the state of
// this entry in the history: an address that is copied or seen on a screen does not hold it, and the page
// still has it when it is reloaded. (What a browser remembers of the address that it first opened is its own.)
const read = () => {
  const { search, hash } = location;
  const front = plain(here.slice(page.length) + search);
  const behind = plain(hash.slice(1));
  const kept = history.state || {};
  visit += 1;
  setBusy(false);
  const user = find(`\\buser\\W*(${USER})`, front) || find(`(${USER})`, front) || find(`(${USER})`, behind);
  // What follows "&" or "?" is a tracker's parameter, some of which are as long as a token.
  const token = find(`(?:^|[^\\w&?-])(${TOKEN})`, behind) || find(`#(?:x?\\d+;)?(${TOKEN})`, front) ||
    find(`${USER}[^\\w&?-]*(${TOKEN})`, front);
  const form = main.querySelector("form");
  if (user) form.action = `${page}?user=${user}`;
  if (token || behind) {
    // A link that arrived whole may say more in its query than whose it is.
    const isWhole = new URLSearchParams(search).get("user") === user && !front.includes(token);
    const clean = isWhole ? page + search : user ? form.action : page;
    proof = user && token ? { uuid: user, token } : null;
    history.replaceState({ proof, isCut: !token }, "", clean);
  } else {
    if (kept.email) return showVerified(kept);
    proof = kept.proof;
  }
  show(proof ? "ready" : (history.state || {}).isCut ? "invalid" : user ? "form" : "nobody");
};

// The answer, or nothing. Whatever did not arrive can be sent again.
const post = async (url, body, headers) => {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 20000);
  try {
    const response = await fetch(url, {
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
  const mine = visit;
  const json = "application/json";
  const answer = await post(page, JSON.stringify(proof), { Accept: json, "Content-Type": json });
  if (mine !== visit) return;
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

// The form is answered with the page that it would be answered with without a script, of which two parts are
// taken. So there is no entry in the history that would send a code again.
const submit = async () => {
  const mine = visit;
  const form = main.querySelector("form");
  const answer = await post(form.action, new URLSearchParams(new FormData(form)));
  if (mine !== visit) return;
  const next = new DOMParser().parseFromString(answer, "text/html");
  const part = next.querySelector("main[data-working] > section");
  if (!part) return show("unavailable", true);
  const name = part.id;
  const email = part.querySelector("p bdi");
  if (name.endsWith("verified")) return keepVerified(name, email.textContent);
  const known = document.getElementById(name);
  const section = document.importNode(part, true);
  if (known) known.replaceWith(section);
  else main.prepend(section);
  const filled = next.querySelector("form");
  if (filled) {
    filled.action = form.action;
    form.replaceWith(document.importNode(filled, true));
  }
  show(name, true);
};

// One at a time: a code that is sent twice is counted twice.
const run = async action => {
  if (busy) return;
  again = action;
  const mine = visit;
  setBusy(true);
  await action();
  if (mine === visit) setBusy(false);
};

// Only a person presses: scanners run scripts that click on whatever there is. A key on a button and "Enter" in
// the field are clicks as well.
main.addEventListener("click", event => {
  const { target, isTrusted } = event;
  const button = target.closest("button");
  if (!button || !isTrusted || navigator.userActivation?.isActive === false) return;
  if ("verify" in button.dataset) run(verify);
  else if ("again" in button.dataset) run(again);
  else if (button.form.checkValidity()) run(submit);
});
main.addEventListener("submit", event => event.preventDefault());
if ("open" in main.dataset) {
  addEventListener("hashchange", read);
  read();
}
})();
