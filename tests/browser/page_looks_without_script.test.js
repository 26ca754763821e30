// Each state that the page has without a script, in each look. Files run side by side.

import { test } from "node:test";
import { LOOKS } from "./support/browser.js";
import { show, STATES_OF_THE_FORM } from "./support/states.js";

for (const [look, options] of Object.entries(LOOKS)) {
  test(look, () =>
    show(STATES_OF_THE_FORM, `${look}-without-script`, { ...options, javaScriptEnabled: false }));
}
