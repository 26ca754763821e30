(() => {
"use strict";
const main = document.querySelector("main");
const status = document.getElementById("status");
// This page has no button and no form.
if (!status) return;

const product = document.querySelector("header").textContent;
// The page's own address, without what a damaged link has behind its path. It has the origin, as a
// path that begins with two slashes would lead to another host.
const here = location.origin + location.pathname;
const path = /^.*?\/verify_email(?![a-z])/.exec(location.pathname) || [location.pathname];
const page = location.origin + path[0];
// User and token, if the address has both.
let proof = null;
// Where the page leads later, as the link names it.
let next = "";
// Incremented if another link is opened in this tab: an answer to an earlier visit is ignored.
let visit = 0;
let busy = false;
// Whether the link is the one that stops emails.
let isStop = false;
// The action of "Try again".
let again = null;
// The section over the form.
let place = "form";
// The form without what an answer put into it.
const blank = main.querySelector("form")?.cloneNode(true);

const replaceForm = by => {
  const form = main.querySelector("form");
  const other = document.importNode(by, true);
  other.action = form.action;
  form.replaceWith(other);
};

// With a field that has an error, the field gets the focus instead of the heading.
const show = (name, focus, isWrong) => {
  for (const section of main.querySelectorAll("section")) section.hidden = section.id !== name;
  // There is no form if emails have no codes.
  const form = main.querySelector("form");
  if (form) {
    // If a link fails, the form asks for the code. A form without an action has no user.
    const hasForm = ["form", "expired", "mailed", "throttled", "invalid"].includes(name);
    if (hasForm) place = name;
    form.hidden = !form.hasAttribute("action") || !hasForm;
    form.querySelector("h2").hidden = name === "form";
  }
  // The server leaves out a fragment that may be this link's token.
  for (const link of main.querySelectorAll("a.button")) {
    if (next.startsWith(`${link.href}#`)) link.href = next;
  }
  const heading = main.querySelector(`#${name} h1`);
  const title = heading.textContent.replaceAll("\u2060", "").replaceAll("\u00a0", " ");
  document.title = `${title} · ${product}`;
  if (focus) (isWrong ? form.querySelector("input") : heading).focus();
};

const showResult = ({ name, email }, focus) => {
  main.querySelector(`#${name} p bdi`).textContent = email;
  show(name, focus);
};

// This entry of the history keeps the result, so a reload sends nothing. It keeps the proof only
// where the reader may allow emails.
const keepResult = (name, email) => {
  const mayAllow = ["stopped", "already_stopped", "link_refused"].includes(name);
  history.replaceState({ name, email, proof: mayAllow ? proof : null }, "");
  showResult({ name, email }, true);
};

// Until its answer arrives, the pressed button says that it works.
const setBusy = pressed => {
  busy = Boolean(pressed);
  main.classList.toggle("busy", busy);
  status.textContent = busy ? pressed.querySelector(".working").textContent : "";
  for (const button of main.querySelectorAll("button")) {
    button.classList.toggle("pressed", button === pressed);
    button.setAttribute("aria-disabled", busy);
  }
};

// Undoes common damage to links: percent-encoding, also repeated, and invisible characters.
const plain = text => {
  for (let before; before !== text;) {
    before = text;
    text = text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  return text.replace(/[^!-~]/g, "");
};
const USER = "[\\da-fA-F]{8}(?:-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}";
// 32 bytes as base64url: of the last of 43 characters two bits are zero. Text behind it is ignored.
const TOKEN = "[\\w-]{42}[AEIMQUYcgkosw048]";
// Neither contains "=", so the remains of quoted-printable encoding and of its soft line breaks are
// removed.
const find = (pattern, text) => {
  for (const junk of [/=(?:0D|0A|20|3D)?/gi, /=/g]) {
    const found = RegExp(pattern).exec(text.replace(junk, ""));
    if (found) return found[1];
  }
};
// Right behind the user: trackers and `next` have parameters of their own.
const STOP = `${USER}(?:[&;]|&amp;)+([sS][tT][oO][pP])(?:3D)?(?=${TOKEN}|[^\\w-]|$)`;

// Finds user and token anywhere in the address. The token moves from the address bar to the state
// of this entry in the history: a copied address does not contain it, and a reload of the page
// still has it. (The browser may keep the first address in its own history.)
const read = () => {
  const { search, hash } = location;
  const rest = here.slice(page.length) + search;
  // What `next` holds is not of this link, except for a token at its end.
  let front = plain(rest.replace(/([?&])next=[^&]*/g, "$1"));
  isStop = Boolean(find(STOP, front));
  if (isStop) front = front.replace(/[&;]stop(?:=(?:3D)?)?/i, "");
  const whole = plain(rest.replace(/%(?:25)*20|%EF%BC%83/gi, "%23"));
  const behind = plain(hash.slice(1));
  const kept = history.state || {};
  visit += 1;
  setBusy(null);
  const user = find(`\\buser\\W*(${USER})`, front) || find(`(${USER})`, front) ||
    find(`(${USER})`, behind);
  // Text behind "&" or "?" is a tracking parameter. Some are as long as a token.
  const inPlace = find(`(?:^|[^\\w&?-])(${TOKEN})`, behind);
  // An address that was read before has a token in no other place.
  const token = inPlace || history.state === null && (
    find(`#(?:x?\\d+;)?(${TOKEN})`, front) || find(`${USER}[^\\w&?-]*(${TOKEN})`, front) ||
    !/[\w-]{6}/.test(behind) && find(`.*[#*](?:x?\\d+;)?(${TOKEN})(?![\\w-])`, whole)) || undefined;
  // If the token may be within `next`, the server's own value is used.
  next = (inPlace || !behind && !token) && new URLSearchParams(search).get("next") || "";
  const form = main.querySelector("form");
  const ofUser = `${page}?user=${user}${main.dataset.open}`;
  if (user && form) form.action = ofUser;
  if (token || behind) {
    // The query of an undamaged link is kept: it may have more parameters than the user.
    const isWhole = new URLSearchParams(search).get("user") === user && token === inPlace;
    const stopped = isStop ? "&stop" : "";
    const clean = isWhole ? page + search : user ? ofUser + stopped : page;
    proof = user && token ? { uuid: user, token } : null;
    history.replaceState({ proof, isCut: !token }, "", clean);
  } else {
    proof = kept.proof;
    if (kept.email) return showResult(kept);
  }
  if (isStop) return show(proof ? "stop" : "not_stopped");
  const isCut = (history.state || {}).isCut;
  show(proof ? "ready" : isCut ? "invalid" : user && form ? "form" : "nobody");
};

// The body of the answer: "" if none arrived in time, null without a network. A retry is safe.
const post = async (url, body, headers) => {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), 20000);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      credentials: "omit",
      redirect: "error",
      // The request completes even if the page is closed at once.
      keepalive: true,
      signal: timeout.signal,
    });
    return await response.text();
  } catch {
    return timeout.signal.aborted && navigator.onLine ? "" : null;
  } finally {
    clearTimeout(timer);
  }
};

// The fields of the answer, if it is from a function and not, for example, from a proxy.
const postJson = async (url, fields) => {
  const json = "application/json";
  const answer = await post(url, JSON.stringify(fields), { Accept: json, "Content-Type": json });
  if (answer === null) return { state: "offline" };
  try {
    return JSON.parse(answer) || {};
  } catch {
    return {};
  }
};

const verify = async () => {
  const mine = visit;
  const { state, email } = await postJson(page, proof);
  if (mine !== visit) return;
  if (email) return keepResult(state, email);
  show(["expired", "invalid", "offline"].includes(state) ? state : "unavailable", true);
};

// A time such as "in 5 hours", in the language of the page and on one line.
const timeIn = seconds => {
  const [count, unit] = seconds > 172800 ? [seconds / 86400, "day"]
    : seconds > 5400 ? [seconds / 3600, "hour"] : [seconds / 60, "minute"];
  const { lang } = document.documentElement;
  const words = new Intl.RelativeTimeFormat(lang, { numberingSystem: "latn" });
  // Japanese has no spaces around digits.
  const space = lang === "ja" ? "" : "\u00a0";
  return words.format(Math.ceil(count), unit).replaceAll(" ", space);
};

// The expired token proves that its reader got the last email.
const ask = async () => {
  const mine = visit;
  const returnTo = new URLSearchParams(location.search).get("next");
  const fields = returnTo ? { ...proof, next: returnTo } : proof;
  const answer = await postJson(`${page}/new_mail`, fields);
  if (mine !== visit) return;
  const { state, email } = answer;
  if (email) {
    // An error is about the code of an earlier email.
    if (blank) replaceForm(blank);
    return keepResult(state, email);
  }
  if (state === "throttled") {
    main.querySelector("#throttled p bdi").textContent = timeIn(answer.retry_after);
  }
  const sections = {
    invalid: "invalid",
    offline: "offline",
    throttled: "throttled",
    suppressed: "no_mail",
    domain_not_allowed: "no_mail",
  };
  show(sections[state] || "unavailable", true);
};

// Stops emails to the address, or allows them again.
const refuse = action => async () => {
  const mine = visit;
  const { state, email } = await postJson(page, { ...proof, action });
  if (mine !== visit) return;
  if (email) return keepResult(state, email);
  const sections = { invalid: "not_stopped", offline: "offline" };
  show(sections[state] || "unavailable", true);
};

// The answer is the same page that a browser without a script gets. Its section and its form
// replace those of this page, so no entry in the history would send the code again.
const submit = async () => {
  const mine = visit;
  const form = main.querySelector("form");
  const answer = await post(form.action, new URLSearchParams(new FormData(form)));
  if (mine !== visit) return;
  if (answer === null) return show("offline", true);
  const other = new DOMParser().parseFromString(answer, "text/html");
  const part = other.querySelector("main[data-page] > section");
  if (!part) return show("unavailable", true);
  const name = part.id;
  const email = part.querySelector("p bdi");
  if (name.endsWith("verified")) return keepResult(name, email.textContent);
  const known = document.getElementById(name);
  const section = document.importNode(part, true);
  if (known) known.replaceWith(section);
  else main.prepend(section);
  const filled = other.querySelector("form");
  if (filled) replaceForm(filled);
  // After a wrong code, what the reader may do instead stays.
  const isWrong = filled?.querySelector("[aria-invalid]");
  show(isWrong ? place : name, true, isWrong);
};

// One action at a time: a code that is sent twice is counted twice.
const run = async (action, button) => {
  if (busy) return;
  again = action;
  const mine = visit;
  setBusy(button);
  // "Try again" says the same while it works.
  for (const retry of main.querySelectorAll("[data-again] .working")) {
    retry.textContent = status.textContent;
  }
  await action();
  if (mine === visit) setBusy(null);
};

// Only a person's clicks count, since mail scanners run scripts that click on every button. A key
// on a button and "Enter" in the field are clicks as well.
main.addEventListener("click", event => {
  const { target, isTrusted } = event;
  const button = target.closest("button");
  if (!button || !isTrusted || navigator.userActivation?.isActive === false) return;
  if ("verify" in button.dataset) run(verify, button);
  else if ("ask" in button.dataset) run(ask, button);
  else if ("stop" in button.dataset) run(refuse("stop"), button);
  else if ("allow" in button.dataset) run(refuse("allow"), button);
  else if ("again" in button.dataset) run(again, button);
  else if (button.form.checkValidity()) run(submit, button);
});
main.addEventListener("submit", event => event.preventDefault());
if ("open" in main.dataset) {
  addEventListener("hashchange", read);
  read();
}
})();
