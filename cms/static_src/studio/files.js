// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The script's files as tabs: add, rename, remove, and take back what was removed.

import { Editor } from "./editor.js";
import { addRow } from "./fields.js";
import { Tabs } from "./tabs.js";

export class Files {
  editors = new Map(); // row → Editor
  marks = []; // problems by file, kept for editors that come later

  constructor(form, options) {
    this.form = form;
    this.options = options;
    this.box = form.querySelector('[data-rows="file"]');
    this.removed = form.querySelector("[data-removed]");
    const list = form.querySelector("[data-file-tabs]");
    list.classList.remove("t-hidden");
    this.tabs = new Tabs(list);
    // An editor that was never seen has no height: it measures itself when its tab is shown.
    this.tabs.onSelect = (tab) => {
      for (const [row, editor] of this.editors) if (this.tabs.tabOf(row) === tab) editor.view.requestMeasure();
    };
    form.querySelector("[data-add-file]")?.addEventListener("click", () => this.add());
    for (const row of this.rows) this.made(row);
  }

  get rows() {
    return [...this.box.querySelectorAll("[data-row]")];
  }

  get names() {
    return this.rows.map((row) => this.nameOf(row));
  }

  nameOf(row) {
    return row.querySelector("[data-file-name]").value.trim();
  }

  // Before the form is filled anew: its editors go with their rows.
  clear() {
    for (const editor of this.editors.values()) editor.destroy();
    this.editors.clear();
    this.tabs.clear();
  }

  made(row) {
    row.id ||= `fichier-${row.dataset.row}`;
    const input = row.querySelector("[data-file-name]");
    const textarea = row.querySelector("textarea");
    textarea.dataset.name = `Script ${input.value}`;
    row.querySelector("[data-text-label]").classList.add("t-hidden"); // the editor has a name of its own
    const tab = this.tabs.add(row, input.value || "nouveau");
    this.editors.set(row, new Editor(textarea, this.options));
    input.addEventListener("input", () => {
      tab.textContent = input.value.trim() || "sans nom";
      this.editors.get(row).name(`Script ${input.value.trim()}`);
    });
    row.querySelector("[data-remove-file]")?.addEventListener("click", () => this.remove(row));
    row.querySelector("[data-remove-box]")?.remove(); // the box of a page without scripts
  }

  add(name = this.freeName(), text = "") {
    const row = addRow(this.form, "file");
    row.querySelector("[data-file-name]").value = name;
    row.querySelector("textarea").value = text;
    this.made(row);
    this.tabs.select(this.tabs.tabOf(row));
    row.querySelector("[data-file-name]").focus();
    this.options.changed();
    return row;
  }

  freeName() {
    for (let number = 2; ; number++) {
      const name = `fichier_${number}.py`;
      if (!this.names.includes(name)) return name;
    }
  }

  remove(row) {
    const name = this.nameOf(row);
    const text = row.querySelector("textarea").value;
    this.editors.get(row).destroy();
    this.editors.delete(row);
    this.tabs.remove(row);
    row.remove();
    this.options.changed();
    const button = Object.assign(document.createElement("button"), { type: "button", className: "fr-link fr-link--sm", textContent: "Remettre ce fichier" });
    button.addEventListener("click", () => {
      this.removed.replaceChildren();
      this.add(name, text);
    });
    this.removed.replaceChildren(`${name} est retiré du modèle. `, button);
    button.focus();
  }

  // `problems`: [{ file, line, column, text, severity }]
  mark(problems) {
    for (const [row, editor] of this.editors) editor.mark(problems.filter(({ file }) => file === this.nameOf(row)));
    for (const row of this.rows) {
      const wrong = problems.some(({ file }) => file === this.nameOf(row));
      this.tabs.tabOf(row).classList.toggle("s-tab--wrong", wrong);
    }
  }

  // False where there is no such file (any more).
  goTo(file, line, column) {
    const row = this.rows.find((one) => this.nameOf(one) === file);
    if (!row) return false;
    this.tabs.select(this.tabs.tabOf(row));
    this.editors.get(row).goTo(line, column);
    return true;
  }
}
