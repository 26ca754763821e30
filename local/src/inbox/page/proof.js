// What a reader does with a mail: opens its link, or enters its code.

// Marks of direction are no part of a link or a code. Mails in Arabic and Hebrew put them around
// both.
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const LINK = /https?:\/\/[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const CODE = /^\d{6}$/;

const trimmed = link => link.replace(/[.,;:!?)\]}]+$/, "");
// A parsed document is inert: nothing in it runs or loads.
const parsed = html => new DOMParser().parseFromString(html, "text/html");
const linesOf = text => text.split("\n").map(line => line.replace(MARKS, "").trim());

export function firstLink({ Text, HTML }) {
  // The link on a line of its own matters. Others are in a sentence.
  const alone = linesOf(Text).find(line => /^https?:\/\/\S+$/i.test(line));
  const inText = (alone ?? Text).match(LINK);
  if (inText) return trimmed(inText[0]);
  const anchors = [...parsed(HTML).querySelectorAll("a[href]")];
  const targets = anchors.map(anchor => anchor.getAttribute("href"));
  return targets.find(target => /^https?:\/\//i.test(target)) ?? null;
}

export function firstCode({ Text, HTML }) {
  if (Text) return linesOf(Text).find(line => CODE.test(line)) ?? null;
  const texts = document.createNodeIterator(parsed(HTML).body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const line = text.data.replace(MARKS, "").trim();
    if (CODE.test(line)) return line;
  }
  return null;
}

/** The pieces of a text, with each link in a pair of brackets: `["See ", ["http://…"], "."]`. */
export function splitAtLinks(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimmed(match[0]);
    pieces.push(text.slice(end, match.index), [link]);
    end = match.index + link.length;
  }
  return [...pieces, text.slice(end)];
}
