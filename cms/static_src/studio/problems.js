// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is wrong, as a list that leads to its line: the same words stand in the editor's margin.

export class Problems {
  constructor(root, goTo) {
    this.box = root.querySelector("[data-problems]");
    this.told = root.querySelector("[data-problems-told]");
    this.goTo = goTo;
    this.box.addEventListener("click", (event) => {
      const link = event.target.closest("[data-file]");
      if (!link) return;
      const { file, line, column } = link.dataset;
      if (this.goTo(file, Number(line), Number(column))) event.preventDefault();
    });
  }

  // `errors`: [{ file, line, column, french }], `reason`: French, where there is no line to point at
  show(errors, reason = "") {
    const lines = errors.map(item);
    if (reason && !errors.length) lines.push(Object.assign(document.createElement("li"), { textContent: reason }));
    this.box.replaceChildren(...lines);
    this.box.closest("[data-problems-box]").hidden = lines.length === 0;
    const words = lines.length ? `${lines.length > 1 ? `${lines.length} messages` : "Un message"}. ${lines[0].textContent}` : "";
    if (this.told.textContent !== words) this.told.textContent = words;
  }
}

function item({ file, line, column, french }) {
  const row = document.createElement("li");
  if (file) {
    const link = document.createElement("a");
    link.href = "#script";
    Object.assign(link.dataset, { file, line: line || 1, column: column || 1 });
    link.textContent = line ? `${file}, ligne ${line}` : file;
    row.append(link, "\u00a0: ");
  }
  row.append(french);
  return row;
}

export function asMarks(errors) {
  return errors.map(({ file, line, column, french }) => ({ file, line, column, text: french, severity: "error" }));
}
