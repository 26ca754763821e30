// The list of mails.

import { $, Rows, element, say } from "./dom.js";
import { drawAvatar, full, status, timeOf } from "./words.js";

const rows = new Rows($("mail-list"));
const list = {
  mails: [], total: 0, unread: 0, loaded: false, newest: null, query: "", refusal: "",
};

export const ids = () => list.mails.map(({ ID }) => ID);
export const find = id => list.mails.find(({ ID }) => ID === id);
export const counts = () => list;
export const focus = id => rows.focus(id);
export const search = query => { list.query = query; };
export const hasQuery = () => list.query !== "";

/** The last report is that on record. */
const stateOf = mail => mail.Delivery.at(-1)?.State ?? "sent";

function makeRow({ mail }) {
  const [first, ...others] = [...mail.To, ...mail.Cc, ...mail.Bcc];
  const reader = first ?? { Name: "", Address: "nobody" };
  const avatar = element("span", { className: "avatar", ariaHidden: "true" });
  drawAvatar(avatar, reader);
  const more = others.length ? ` +${others.length}` : "";
  const subject = mail.Subject || "(no subject)";
  return element("a", { className: "row", href: `#${mail.ID}` }, avatar, element("div", {},
    element("div", { className: "line" },
      element("span", {
        className: "first cut",
        textContent: reader.Address + more,
        title: [reader, ...others].map(full).join(", "),
      }),
      timeOf(mail.Created)),
    element("div", { className: "line" },
      element("span", { className: "second cut", textContent: subject, dir: "auto" }),
      element("span", { className: "dot", role: "img", ariaLabel: "unread" })),
    element("div", { className: "line third" },
      status(stateOf(mail)),
      element("span", { className: "more cut", textContent: mail.Snippet, dir: "auto" }))));
}

function updateRow(row, { mail }) {
  row.classList.toggle("unread", !mail.Read);
  const state = status(stateOf(mail));
  const shown = row.querySelector(".status");
  if (shown.textContent !== state.textContent) shown.replaceWith(state);
}

/** Shows the list, and which mail is open. */
export function draw(open) {
  const isEmpty = list.total === 0 && !list.refusal;
  rows.pick(open);
  $("mails").classList.toggle("empty", isEmpty);
  $("mails").classList.toggle("open", open !== null);
  $("mail-list-pane").hidden = isEmpty;
  $("nothing").hidden = list.mails.length > 0;
  $("nothing").textContent = list.refusal || "No email matches.";
  $("welcome").hidden = !isEmpty || !list.loaded;
  $("choose").hidden = isEmpty || open !== null;
  $("mail-count").textContent = list.total || "";
}

let requests = 0;

export async function load() {
  const request = ++requests;
  const { query } = list;
  const path = query ? `search?query=${encodeURIComponent(query)}&` : "messages?";
  const answer = await fetch(`/api/v1/${path}limit=500`);
  const refusal = answer.status === 400 ? await answer.text() : "";
  if (!answer.ok && !refusal) throw new Error(answer.statusText);
  const page = refusal ? { ...list, messages: [] } : await answer.json();
  // A later request has other results.
  if (request !== requests) return;
  const newest = page.messages[0];
  const isNew = newest && newest.ID !== list.newest && !newest.Read;
  if (list.loaded && !query && isNew) {
    say(`New email to ${newest.To[0]?.Address ?? "nobody"}: ${newest.Subject}`);
  }
  const areFresh = list.loaded && !query;
  const { messages: mails, total, unread } = page;
  Object.assign(list, { mails, total, unread, refusal, loaded: true });
  if (!query) list.newest = newest?.ID;
  rows.draw(mails.map(mail => ({ id: mail.ID, mail })), makeRow, updateRow, areFresh);
}
