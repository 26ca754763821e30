(() => {
"use strict";
const main = document.querySelector("main");
const form = document.querySelector("form");

// A form that is on its way is not sent again: a wrong code would be counted twice.
if (form) {
  form.addEventListener("submit", event => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
}
if (!("open" in main.dataset)) return;

const product = document.querySelector("header").textContent;
const status = document.getElementById("status");
const buttons = main.querySelectorAll("[data-verify]");
let proof = null;
let busy = false;

const show = (name, focus) => {
  for (const section of main.querySelectorAll("section")) section.hidden = section.id !== name;
  const heading = main.querySelector(`#${name} h1`);
  document.title = `${heading.textContent.replaceAll("\u2060", "")} · ${product}`;
  if (focus) heading.focus();
};

const showVerified = (email, focus) => {
  main.querySelector("#verified p bdi").textContent = email;
  show("verified", focus);
};

// The link's secret leaves the address bar for the state of this entry in the history: out of sight, out
// of bookmarks and synchronised histories, and there again when the page is reloaded.
const read = () => {
  if (location.hash.length > 1) {
    history.replaceState({ link: location.hash.slice(1) }, "", location.pathname + location.search);
  }
  const { link, email } = history.state || {};
  proof = null;
  if (email) return showVerified(email);
  if (!link) return show("form");
  // Some mail readers take the full stop behind a link for a part of it.
  const parts = /^([\da-f-]{36})\.([\w-]{43})[^\w-]*$/i.exec(link);
  if (!parts) return show("invalid");
  proof = { uuid: parts[1], token: parts[2] };
  show("ready");
};

const setBusy = is => {
  busy = is;
  main.classList.toggle("busy", is);
  status.textContent = is ? main.dataset.working : "";
  for (const button of buttons) button.setAttribute("aria-disabled", is);
};

const verify = async () => {
  if (busy) return;
  const mine = proof;
  let state;
  let email;
  setBusy(true);
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(mine),
      credentials: "omit",
      redirect: "error",
      keepalive: true,
      signal: AbortSignal.timeout ? AbortSignal.timeout(20000) : null,
    });
    ({ state, email } = await response.json());
  } catch {
    // Whatever did not arrive can be asked for again.
  }
  setBusy(false);
  // Another link was opened in this tab meanwhile.
  if (mine !== proof) return;
  if (state === "verified") {
    history.replaceState({ email }, "");
    return showVerified(email, true);
  }
  show(["expired", "invalid"].includes(state) ? state : "unavailable", true);
};

for (const button of buttons) button.addEventListener("click", verify);
addEventListener("hashchange", read);
read();
})();
