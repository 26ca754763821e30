// Which view and item is open, and what keys and buttons do. The fragment of the address says what
// is open: nothing, the id of a mail, `events`, or `events/` and the id of an event.

import { copy } from "./copy.js";
import { $ } from "./dom.js";
import * as events from "./events.js";
import { follow, lost } from "./follow.js";
import * as mail from "./mail.js";
import * as mails from "./mails.js";
import { ago, plural } from "./words.js";

function opened() {
  let place = "";
  try {
    place = decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not what this page writes there.
  }
  const [view, id] = place.split("/");
  return view === "events"
    ? { view: "events", id: id ?? null }
    : { view: "mails", id: place || null };
}

function draw() {
  const { view, id } = opened();
  const inMails = view === "mails";
  $("mails").hidden = $("search-box").hidden = !inMails;
  $("events").hidden = inMails;
  for (const [link, isHere] of [[$("to-mails"), inMails], [$("to-events"), !inMails]]) {
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  mails.draw(inMails ? id : null);
  events.draw(inMails ? null : id);
  const summary = mails.find(id);
  if (summary) mail.update(summary);
  const { total, unread } = mails.counts();
  $("clear").disabled = inMails ? total === 0 : events.ids().length === 0;
  document.title = `${unread ? `(${unread}) ` : ""}Mailproof inbox`;
}

async function open() {
  const { view, id } = opened();
  draw();
  await mail.open(view === "mails" ? id : null).catch(lost);
}

async function load() {
  await Promise.all([mails.load(), events.load()]);
  const { view, id } = opened();
  if (view === "mails" && id !== null && mails.counts().total === 0) location.hash = "";
  draw();
}

/** Moves to another row of the list. */
function step(by) {
  const { view, id } = opened();
  const list = view === "mails" ? mails : events;
  const ids = list.ids();
  if (!ids.length) return;
  const now = ids.indexOf(id);
  const next = ids[now < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, now + by))];
  location.replace(`#${view === "events" ? "events/" : ""}${next}`);
  list.focus(next);
}

let timer;
function search() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    mails.search($("search").value.trim());
    mails.load().then(draw, lost);
  }, 120);
}

const KEYS = {
  "/": () => { location.hash = ""; setTimeout(() => $("search").focus()); },
  m: () => { location.hash = ""; },
  e: () => { location.hash = "events"; },
  ArrowDown: () => step(1),
  j: () => step(1),
  ArrowUp: () => step(-1),
  k: () => step(-1),
  Escape: () => { location.hash = opened().view === "events" ? "events" : ""; },
};

function pressInSearch(event) {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    step(opened().id ? 0 : 1);
  } else if (event.key === "Escape") {
    event.preventDefault();
    $("search").value = "";
    search();
    $("search").blur();
  }
}

addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("confirm").open) return;
  if (event.target === $("search")) {
    pressInSearch(event);
    return;
  }
  // There the arrows scroll, or change the tab.
  const isArrow = event.key.startsWith("Arrow");
  if (isArrow && event.target.closest?.("[role=tablist], .panel, pre")) return;
  const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (button) copy(button);
});

const change = (method, path, body) =>
  fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  }).catch(lost);

$("delete").addEventListener("click", async () => {
  const { id } = opened();
  const ids = mails.ids();
  const now = ids.indexOf(id);
  const next = now < 0 ? "" : (ids[now + 1] ?? ids[now - 1] ?? "");
  location.replace(`#${next}`);
  await change("DELETE", "/api/v1/messages", { IDs: [id] });
});

$("clear").addEventListener("click", () => {
  const isMails = opened().view === "mails";
  const count = isMails ? mails.counts().total : events.ids().length;
  $("confirm-title").textContent = isMails ? "Clear the emails?" : "Clear the events?";
  $("confirm-text").textContent =
    `${plural(count, isMails ? "email" : "event")} will be gone for good.`;
  $("confirm").returnValue = "keep";
  $("confirm").showModal();
});

$("confirm").addEventListener("close", async () => {
  if ($("confirm").returnValue !== "clear") return;
  if (opened().view === "events") {
    await change("DELETE", "/api/bus");
    return;
  }
  $("search").value = "";
  mails.search("");
  await change("DELETE", "/api/v1/messages", { IDs: [] });
});

$("search").addEventListener("input", search);
addEventListener("hashchange", open);
setInterval(() => {
  for (const time of document.querySelectorAll(".row time")) time.textContent = ago(time.dateTime);
}, 15_000);

$("search").value = new URLSearchParams(location.search).get("q") ?? "";
mails.search($("search").value.trim());
open();
follow(load, open);
