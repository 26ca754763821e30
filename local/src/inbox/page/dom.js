// Short names for what every part does with the document.

export const $ = id => document.getElementById(id);

/** A new element. Children that are `null` are left out. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter(child => child !== null));
  return made;
}

/** A copy of an icon of the page. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Says something to screen readers, also if it is the same as before. */
export function say(words) {
  $("news").textContent = "";
  setTimeout(() => { $("news").textContent = words; }, 60);
}

/** A phone, or a window as narrow as one: list and open item take turns. */
export const NARROW = matchMedia("(max-width: 760px)");

/** The rows of a list by id, in its order. Rows that stay keep their focus and scroll position. */
export class Rows {
  #list;
  #rows = new Map();

  constructor(list) {
    this.#list = list;
  }

  /** `items` have ids. `make` returns a link for an item, and `update` shows what changes. */
  draw(items, make, update, areFresh) {
    const ids = new Set(items.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.parentElement.remove();
      this.#rows.delete(id);
    }
    let place = this.#list.firstElementChild;
    for (const item of items) {
      let row = this.#rows.get(item.id);
      if (!row) {
        row = make(item);
        row.classList.toggle("fresh", areFresh);
        element("li").append(row);
        this.#rows.set(item.id, row);
      }
      update(row, item);
      if (row.parentElement === place) place = place.nextElementSibling;
      else this.#list.insertBefore(row.parentElement, place);
    }
  }

  pick(id) {
    for (const [other, row] of this.#rows) row.ariaCurrent = String(other === id);
  }

  focus(id) {
    const row = this.#rows.get(id);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }
}
