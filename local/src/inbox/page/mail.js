// The open mail.

import { $, NARROW, element } from "./dom.js";
import { choose, drawChoices, drawPreviews, looks } from "./preview.js";
import { firstCode, firstLink, splitAtLinks } from "./proof.js";
import { drawAvatar, exact, full, named, status } from "./words.js";

/** The mail that is shown, `"gone"`, or nothing. */
let shown = null;
let tab = "html";

/** The JSON or text at a path, or nothing if there is none. */
async function found(path, read = answer => answer.json()) {
  const answer = await fetch(path);
  return answer.ok ? read(answer) : null;
}

const FIRST_HEADERS = ["From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-Id"];
function ordered(headers) {
  const rank = ([name]) => FIRST_HEADERS.indexOf(name) + 1 || FIRST_HEADERS.length + 1;
  return Object.entries(headers).sort((a, b) => rank(a) - rank(b));
}

/** What a reader sees of a header that may be encoded. */
function readable(mail, name) {
  if (name === "Subject") return mail.Subject;
  const lists = { From: [mail.From], To: mail.To, Cc: mail.Cc, "Reply-To": mail.ReplyTo };
  return lists[name]?.map(full).join(", ");
}

/** Whether that is not what the header says, quotes aside. */
const isEncoded = (raw, seen) =>
  seen !== undefined && raw.replaceAll('"', "") !== seen.replaceAll('"', "");

function textPanel(mail) {
  if (!mail.Text) return element("p", { className: "calm", textContent: "No text part." });
  const pieces = splitAtLinks(mail.Text).map(piece => {
    if (!Array.isArray(piece)) return piece;
    const [href] = piece;
    return element("a", { href, target: "_blank", rel: "noopener noreferrer", textContent: href });
  });
  return element("pre", { dir: "auto" }, ...pieces);
}

function headersPanel(mail) {
  const fields = ordered(mail.headers);
  const pairs = fields.flatMap(([name, values]) => values.map(value => [name, value]));
  const lines = pairs.map(([name, value]) => {
    const seen = readable(mail, name);
    const decoded = isEncoded(value, seen)
      ? element("span", { className: "read", textContent: `reads ${seen}` })
      : null;
    return element("tr", {},
      element("th", { scope: "row", textContent: name }),
      element("td", { dir: "auto" }, value, decoded));
  });
  return element("table", {}, element("tbody", {}, ...lines));
}

function drawPanel() {
  const mail = shown;
  const picked = tab === "html" && !mail.HTML ? "text" : tab;
  for (const button of document.querySelectorAll("#mail [role=tab]")) {
    const isPicked = button.dataset.tab === picked;
    button.ariaSelected = String(isPicked);
    button.tabIndex = isPicked ? 0 : -1;
    button.disabled = button.dataset.tab === "html" && !mail.HTML;
  }
  $("schemes").hidden = $("widths").hidden = picked !== "html";
  const panel = $("panel");
  panel.className = `panel ${picked} ${picked === "html" ? looks() : ""}`;
  panel.setAttribute("aria-labelledby", `tab-${picked}`);
  const drawn = `${mail.ID} ${picked}`;
  if (panel.dataset.drawn !== drawn) {
    panel.dataset.drawn = drawn;
    if (picked === "html") drawPreviews(panel, mail.ID);
    else if (picked === "text") panel.replaceChildren(textPanel(mail));
    else if (picked === "headers") panel.replaceChildren(headersPanel(mail));
    else panel.replaceChildren(element("pre", { textContent: mail.raw }));
    panel.scrollTo(0, 0);
  }
  drawChoices(panel);
}

function drawPeople(mail) {
  const lists = [
    ["to", mail.To], ["cc", mail.Cc], ["bcc", mail.Bcc], ["reply to", mail.ReplyTo],
  ];
  const entries = lists.filter(([, list]) => list.length).flatMap(([label, list]) => [
    element("dt", { className: label, textContent: label }),
    element("dd", { className: label, textContent: list.map(full).join(", ") }),
  ]);
  $("people").replaceChildren(...entries);
  const address = mail.From.Name ? ` ${mail.From.Address}` : "";
  $("from").replaceChildren("from ",
    element("b", { textContent: named(mail.From) }), element("span", { textContent: address }));
  const raw = mail.headers.From?.[0] ?? "";
  $("raw-from").textContent = raw;
  // Also if nothing was decoded: a word that is left encoded is what a reader sees.
  $("raw-from").hidden = !raw.includes("=?") && !isEncoded(raw, readable(mail, "From"));
  drawAvatar($("avatar"), mail.To[0] ?? mail.From);
  $("when").textContent = exact(mail.Date);
  $("when").dateTime = mail.Date;
}

/** The state on record first. */
function drawReports(mail) {
  const lines = [...mail.Delivery].reverse().map(({ State, Reason, Recipients, Date }) => {
    const about = mail.To.length > 1 ? `${Recipients.join(", ")}: ` : "";
    const reason = element("span", { className: "reason", textContent: about + Reason });
    return element("li", { title: exact(Date) }, status(State), reason);
  });
  $("reports").replaceChildren(...lines);
}

function drawProof(mail) {
  const link = firstLink(mail);
  const code = firstCode(mail);
  $("found").hidden = !link && !code;
  $("link").hidden = !link;
  $("code-box").hidden = !code;
  $("code").textContent = code;
  $("target").textContent = $("target").title = link ?? "";
  if (link) $("open-link").href = link;
}

function drawMail(mail) {
  $("subject").textContent = mail.Subject || "(no subject)";
  $("save").href = `/api/v1/message/${encodeURIComponent(mail.ID)}/raw?dl=1`;
  drawPeople(mail);
  drawReports(mail);
  drawProof(mail);
  $("mail").scrollTop = 0;
  drawPanel();
}

/** Shows whether the mail with this id is open or gone. */
function draw(id) {
  $("mail").hidden = id === null || shown?.ID !== id;
  $("gone").hidden = id === null || shown !== "gone";
}

let wanted = null;

/** Shows reports that came after the mail was opened. */
export function update({ ID, Delivery }) {
  if (shown?.ID !== ID || Delivery.length === shown.Delivery.length) return;
  shown.Delivery = Delivery;
  drawReports(shown);
}

/** Opens a mail, or none. */
export async function open(id) {
  wanted = id;
  draw(id);
  if (id === null || shown?.ID === id) return;
  const path = `/api/v1/message/${encodeURIComponent(id)}`;
  const [message, headers, raw] = await Promise.all([
    found(path),
    found(`${path}/headers`),
    found(`${path}/raw`, answer => answer.text()),
  ]);
  // Somebody who moves fast is at another mail by now.
  if (wanted !== id) return;
  shown = message && headers ? { ...message, headers, raw } : "gone";
  if (shown !== "gone") drawMail(shown);
  draw(id);
  // On a phone the list is out of sight, so the mail takes the focus.
  if (NARROW.matches) $("subject").focus();
}

const tabs = document.querySelector("#mail [role=tablist]");

tabs.addEventListener("click", ({ target }) => {
  if (!target.dataset.tab) return;
  tab = target.dataset.tab;
  drawPanel();
});

tabs.addEventListener("keydown", event => {
  const enabled = [...tabs.children].filter(button => !button.disabled);
  const now = enabled.indexOf(event.target);
  const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const button = enabled.at(next % enabled.length);
  button.click();
  button.focus();
});

for (const group of ["schemes", "widths"]) {
  $(group).addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    choose(button.dataset.look);
    drawPanel();
  });
}
