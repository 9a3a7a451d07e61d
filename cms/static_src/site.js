// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later

// On every page, and hardly anything: pages work without it.

// A password is shown while its box is ticked.
document.addEventListener("change", (event) => {
  const box = event.target.closest(".fr-password__checkbox input");
  const input = box?.closest(".fr-password").querySelector(".fr-password__input");
  if (input) input.type = box.checked ? "text" : "password";
});

// Escape folds the menu of a phone, and the word that opened it has the focus again.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".t-tools__menu [open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// Paper can't be unfolded: what is folded is printed too.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const box of folded) box.open = true;
});
addEventListener("afterprint", () => {
  for (const box of folded) box.open = false;
});
