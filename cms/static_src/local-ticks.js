// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files of no order: whoever cuts them ticks the sheets in the browser's own memory. Nothing is sent, and without this file the
// buttons are not there. A new package has another address, and begins anew.

const list = document.querySelector("[data-local-ticks]");
const KEY = `treteau-cut-${list?.dataset.localTicks}`;
const time = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

function ticks() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

function show(sheet, at) {
  sheet.classList.toggle("m-sheet--done", Boolean(at));
  sheet.querySelector("[data-local-tick] button").setAttribute("aria-pressed", String(Boolean(at)));
  sheet.querySelector("[data-tick-label]").textContent = at ? "Coupé" : "Marquer coupé";
  const words = at ? `Le ${time.format(new Date(at))}. Noté dans cet appareil seulement.` : "";
  sheet.querySelector(".m-tick__words").textContent = words;
}

function begin() {
  const known = ticks(); // throws where a browser keeps nothing: then there is nothing to tick
  for (const sheet of list.querySelectorAll("[data-sheet]")) {
    show(sheet, known[sheet.dataset.sheet]);
    const box = sheet.querySelector("[data-local-tick]");
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      const all = ticks();
      if (all[sheet.dataset.sheet]) delete all[sheet.dataset.sheet];
      else all[sheet.dataset.sheet] = new Date().toISOString();
      localStorage.setItem(KEY, JSON.stringify(all));
      show(sheet, all[sheet.dataset.sheet]);
    });
  }
}

if (list) {
  try {
    begin();
  } catch {
    // a private window
  }
}
