// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Parameters and rules as rows: a row shows what its kind needs, its summary says it in one line.

import { addRow } from "./fields.js";

export class Rows {
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    for (const kind of ["parameter", "rule"]) {
      const button = form.querySelector(`[data-add="${kind}"]`);
      button?.classList.remove("t-hidden");
      button?.addEventListener("click", () => this.add(kind));
      for (const row of form.querySelectorAll(`[data-rows="${kind}"] [data-row]`)) this.made(row);
    }
  }

  add(kind) {
    const row = addRow(this.form, kind);
    this.made(row);
    row.open = true;
    row.querySelector("input, select, textarea").focus();
    this.changed();
  }

  made(row) {
    const remove = row.querySelector("[data-remove]");
    remove?.classList.remove("t-hidden");
    remove?.addEventListener("click", () => this.remove(row));
    row.querySelector("[data-remove-box]")?.remove();
    row.addEventListener("input", () => this.follow(row));
    this.follow(row);
  }

  remove(row) {
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    const box = row.parentElement;
    row.remove();
    this.changed();
    (beside?.querySelector("summary") ?? this.form.querySelector(`[data-add="${box.dataset.rows}"]`)).focus();
  }

  follow(row) {
    const value = (name) => row.querySelector(`[data-cell="${name}"]`)?.value.trim() ?? "";
    const kind = value("kind");
    for (const box of row.querySelectorAll("[data-kinds]")) box.hidden = !box.dataset.kinds.split(" ").includes(kind);
    const title = row.querySelector("[data-row-title]");
    const words = value("label") || value("holds");
    title.textContent = words || title.dataset.empty;
    const detail = row.querySelector("[data-row-detail]");
    if (detail) detail.textContent = [value("name"), range(value, kind)].filter(Boolean).join(" – ");
  }

  // → [{ name, label }], for the editor's proposals
  parameters() {
    return [...this.form.querySelectorAll('[data-rows="parameter"] [data-row]')].map((row) => ({
      name: row.querySelector('[data-cell="name"]').value.trim(),
      label: row.querySelector('[data-cell="label"]').value.trim(),
    }));
  }
}

const UNITS = { length: "\u00a0mm", angle: "°", count: "" };

// "1400" → "1 400", with a thin space; what is no number stays as it was typed.
function figure(text) {
  return /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")).toLocaleString("fr-FR", { maximumFractionDigits: 6 }) : text;
}

function range(value, kind) {
  if (!(kind in UNITS) || !value("minimum") || !value("maximum")) return "";
  return `de ${figure(value("minimum"))} à ${figure(value("maximum"))}${UNITS[kind]}`;
}
