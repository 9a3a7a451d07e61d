// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The address holds the configuration: sizes, commune, workshop, quantity. Whoever gets it sees the same piece.

import { isDefault, valueOf } from "./sizes.js";

export function sizesOf(form) {
  const parameters = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-field]")) {
    if (!isDefault(field)) parameters.set(field.dataset.field, valueOf(field));
  }
  return parameters;
}

// The code of a commune that is certain, else what was typed.
export function communeOf(form) {
  const code = form.querySelector("input[type=hidden][name=commune_insee], input[type=radio][name=commune_insee]:checked");
  return code?.value || form.elements.commune.value.trim();
}

// What can be typed again from the address: all but the fields that are wrong by themselves.
export function remember(form, wrong = []) {
  const parameters = sizesOf(form);
  for (const name of wrong) parameters.delete(name);
  const quantity = form.elements.quantite;
  if (quantity.value !== "1" && quantity.validity.valid && quantity.value) parameters.set("quantite", quantity.value);
  const workshop = form.querySelector("[name=atelier]:checked");
  if (workshop) parameters.set("atelier", workshop.value);
  const commune = communeOf(form);
  if (commune) parameters.set("commune", commune);
  const search = parameters.toString();
  history.replaceState(null, "", location.pathname + (search ? "?" + search : "") + location.hash);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS, or without the right to: as browsers have always done it.
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "fr-sr-only";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

export function offerCopy(form) {
  const button = form.querySelector("[data-copy]");
  const status = form.querySelector("[data-copied]");
  button.classList.remove("t-hidden");
  button.addEventListener("click", async () => {
    const address = location.href.replace(/#.*/, "");
    status.textContent = (await copy(address)) ? "Lien copié." : `Copiez ce lien : ${address}`;
    button.focus();
    setTimeout(() => (status.textContent = ""), 6000);
  });
}
