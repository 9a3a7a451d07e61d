// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Offers communes while one types. Without this file the form is submitted as typed, and the page offers the choices.

import { combobox } from "./combobox/combobox.js";

function commune(field) {
  const input = field.querySelector("input[type=text]");
  const name = `${input.name}_insee`;

  function code() {
    let hidden = field.querySelector(`input[type=hidden][name="${name}"]`);
    if (!hidden) {
      field.querySelector("[data-choices]")?.remove();
      hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = name;
      field.append(hidden);
    }
    return hidden;
  }

  combobox(input, {
    label: "Communes",
    look: "t-commune__list",
    after: input,
    url: field.dataset.url,
    rows: "communes",
    wait: 120,
    shortest: 2,
    words: (row) => [row.label, row.postcodes[0] ?? ""],
    said: (found) =>
      found === 0 ? "Aucune commune" : found === 1 ? "Une commune proposée" : `${found} communes proposées`,
    choose(row) {
      input.value = row.label;
      code().value = row.insee;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
  input.addEventListener("input", () => {
    code().value = ""; // of the commune that stood there
  });
}

document.querySelectorAll("[data-commune]").forEach(commune);
