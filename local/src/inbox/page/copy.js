// Buttons that copy the text of an element.

import { $, element, say } from "./dom.js";

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain HTTP on another host there is no clipboard API.
    const focused = document.activeElement;
    const field = element("textarea", { value: text, className: "sr" });
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return copied;
  }
}

/** Copies, and shows and says whether it worked. */
export async function copy(button) {
  const copied = await toClipboard($(button.dataset.copy).textContent);
  say(copied ? "Copied" : "Not copied. Please select and copy it yourself.");
  if (button.dataset.busy) return;
  button.dataset.busy = "yes";
  const before = [...button.childNodes];
  const isIcon = button.classList.contains("icon");
  button.style.minWidth = `${button.offsetWidth}px`;
  button.style.justifyContent = "center";
  button.replaceChildren(copied ? (isIcon ? "✓" : "Copied") : (isIcon ? "✗" : "Not copied"));
  setTimeout(() => {
    button.replaceChildren(...before);
    delete button.dataset.busy;
  }, 1400);
}
