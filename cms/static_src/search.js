// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Offers pages while one types in a search box. Choosing an offer opens it; Enter without one searches.

import { combobox } from "./combobox/combobox.js";

for (const form of document.querySelectorAll("[data-search]")) {
  combobox(form.querySelector("input[type=search]"), {
    label: "Propositions",
    look: "t-offers",
    after: form.lastElementChild,
    url: form.dataset.url,
    rows: "suggestions",
    wait: 180,
    shortest: 3,
    words: (row) => [row.title, row.kind],
    said: (found) => (found === 0 ? "Aucune proposition" : found === 1 ? "Une proposition" : `${found} propositions`),
    choose: (row) => location.assign(row.address),
  });
}
