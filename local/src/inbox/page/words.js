// How names, times and states are written.

import { element } from "./dom.js";

export const named = ({ Name, Address }) => Name || Address;
export const full = ({ Name, Address }) => (Name ? `${Name} <${Address}>` : Address);
export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function initials({ Name, Address }) {
  const words = (Name || Address.split("@")[0]).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return shown.map(word => [...word][0]).join("").toUpperCase() || "?";
}

const hue = text => [...text].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 360, 7);

/** Shows whose address it is, in letters and a colour of its own. */
export function drawAvatar(avatar, address) {
  avatar.textContent = initials(address);
  avatar.style.setProperty("--hue", hue(address.Address));
}

export function ago(time) {
  const date = new Date(time);
  const seconds = (Date.now() - date) / 1000;
  if (seconds < 45) return "now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  if (seconds < 6 * 86400) return date.toLocaleDateString("en", { weekday: "short" });
  return date.toLocaleDateString("en", { day: "numeric", month: "short" });
}

export const exact = time =>
  new Date(time).toLocaleString("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  });

export const timeOf = time =>
  element("time", { dateTime: time, title: exact(time), textContent: ago(time) });

/** Words and colours for the states of a mail and of an event on its way, and for what an event
    says of an address. */
const STATES = {
  sent: ["Sent", ""],
  delivered: ["Delivered", "good"],
  delayed: ["Delayed", "warn"],
  soft_bounced: ["Soft bounce", "warn"],
  bounced: ["Bounced", "bad"],
  complained: ["Complained", "bad"],
  rejected: ["Rejected", "bad"],
  accepted: ["Accepted", "good"],
  retrying: ["Retrying", "warn"],
  failed: ["Failed", "bad"],
  link: ["By link", ""],
  code: ["By code", ""],
  operator: ["By operator", ""],
};

/** A label for a state. */
export function status(state) {
  const [words, tone] = STATES[state] ?? [state, ""];
  return element("span", { className: `status ${tone}`, textContent: words });
}
