// The HTML of a mail in light and in dark colours.

import { NARROW, element, icon } from "./dom.js";

/** The widths in which a mail is laid out. A narrower place shows all of it, smaller. */
const WIDTHS = { desktop: 640, phone: 375 };

const chosen = { scheme: "both", width: "desktop" };

function fit(pane) {
  const { clientWidth: width, clientHeight: height } = pane;
  if (!width) return;
  // A phone shows the mail as a phone does.
  const wanted = NARROW.matches ? width : WIDTHS[chosen.width];
  const scale = Math.min(1, width / wanted);
  Object.assign(pane.firstElementChild.style, {
    width: `${width / scale}px`,
    height: `${height / scale}px`,
    transform: `scale(${scale})`,
  });
}

const sizes = new ResizeObserver(changes => changes.forEach(({ target }) => fit(target)));

function preview(id, scheme) {
  // A new frame each time: another address for an old one would fill the history.
  const frame = element("iframe", {
    title: `The email in ${scheme} colours`,
    src: `/view/${encodeURIComponent(id)}.html?scheme=${scheme}`,
    referrerPolicy: "no-referrer",
  });
  frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  const pane = element("div", { className: "window" }, frame);
  sizes.observe(pane);
  const caption = element("figcaption", {}, icon(scheme), scheme === "light" ? "Light" : "Dark");
  const figure = element("figure", {}, caption, pane);
  figure.dataset.scheme = scheme;
  return figure;
}

export function drawPreviews(panel, id) {
  sizes.disconnect();
  panel.replaceChildren(preview(id, "light"), preview(id, "dark"));
}

/** Classes of the panel for what a person chose. */
export const looks = () => `${chosen.scheme} ${chosen.width}`;

/** Chooses one of the looks of a group of buttons. */
export function choose(look) {
  chosen[look in WIDTHS ? "width" : "scheme"] = look;
}

export function drawChoices(panel) {
  for (const button of document.querySelectorAll("[data-look]")) {
    button.ariaPressed = String(Object.values(chosen).includes(button.dataset.look));
  }
  for (const pane of panel.querySelectorAll(".window")) fit(pane);
}
