// The events on the bus.

import { $, NARROW, Rows, element, say } from "./dom.js";
import { exact, plural, status, timeOf } from "./words.js";

const rows = new Rows($("event-list"));
const list = { events: [], forwardedTo: null, loaded: false };
let shown = null;

export const ids = () => list.events.map(({ event }) => event.id);
export const focus = id => rows.focus(id);

/** Where an event is on its way to the backend, in one line. */
function progress({ forwarding }) {
  if (!forwarding) return "waits for the first attempt";
  const { attempts, outcome } = forwarding;
  return attempts > 1 ? `${outcome} (${plural(attempts, "attempt")})` : outcome;
}

function third(item) {
  if (!list.forwardedTo) {
    return [element("span", { className: "more cut", textContent: `on the bus ${item.bus}` })];
  }
  const state = item.forwarding ? status(item.forwarding.state) : null;
  const words = element("span", { className: "more cut", textContent: progress(item) });
  return state ? [state, words] : [words];
}

function makeRow({ event }) {
  const about = event.detail.email ?? event.source;
  // What verified the address, or why it is undeliverable.
  const why = event.detail.method ?? event.detail.reason;
  return element("a", { className: "row plain", href: `#events/${event.id}` },
    element("div", {},
      element("div", { className: "line" },
        element("span", { className: "first cut", textContent: about }),
        timeOf(event.time)),
      element("div", { className: "line" },
        element("span", { className: "second cut", textContent: event["detail-type"] }),
        why ? status(why) : null),
      element("div", { className: "line third" })));
}

const updateRow = (row, item) => row.querySelector(".third").replaceChildren(...third(item));

function drawEvent(item) {
  const { event } = item;
  if (shown !== event.id) {
    shown = event.id;
    $("event-type").textContent = event["detail-type"];
    $("event-about").textContent = `${event.detail.email ?? ""} · ${exact(event.time)}`;
    $("event-json").textContent = JSON.stringify(event, null, 2);
    $("event").scrollTop = 0;
    if (NARROW.matches) $("event-type").focus();
  }
  const line = element("li", {},
    item.forwarding ? status(item.forwarding.state) : null,
    element("span", { className: "reason", textContent: `${list.forwardedTo} ${progress(item)}` }));
  $("event-report").replaceChildren(...(list.forwardedTo ? [line] : []));
}

/** Shows the list, and the open event if it is there. */
export function draw(open) {
  const isEmpty = list.events.length === 0;
  const item = list.events.find(({ event }) => event.id === open);
  rows.pick(open);
  $("events").classList.toggle("empty", isEmpty);
  $("events").classList.toggle("open", item !== undefined);
  $("event-list-pane").hidden = isEmpty;
  $("no-event").hidden = !isEmpty || !list.loaded;
  $("how-to-forward").hidden = $("forward-command").hidden = list.forwardedTo !== null;
  $("choose-event").hidden = isEmpty || item !== undefined;
  $("forwarded").hidden = list.forwardedTo === null;
  $("forwarded").textContent = `Each event is posted to ${list.forwardedTo}`;
  $("event-count").textContent = list.events.length || "";
  $("event").hidden = item === undefined;
  if (item) drawEvent(item);
  else shown = null;
}

export async function load() {
  const answer = await fetch("/api/bus");
  if (!answer.ok) throw new Error(answer.statusText);
  const { events, forwarded_to: forwardedTo } = await answer.json();
  const newest = events[0]?.event;
  if (list.loaded && newest && newest.id !== ids()[0]) {
    say(`New event: ${newest["detail-type"]}, ${newest.detail.email ?? ""}`);
  }
  const areFresh = list.loaded;
  Object.assign(list, { events, forwardedTo, loaded: true });
  const items = events.map(item => ({ id: item.event.id, ...item }));
  rows.draw(items, makeRow, updateRow, areFresh);
}
