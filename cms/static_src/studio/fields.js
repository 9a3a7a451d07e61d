// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The draft as the form has it: a flat list of names and values, the same that is sent without JavaScript.
// Files, parameters and rules are rows ("file-0-text", "parameter-2-label"), made from the page's templates.

const ROWS = /^(file|parameter|rule)-(\d+)-(.+)$/;
const KINDS = ["file", "parameter", "rule"];
const OURS = new Set(["csrfmiddlewaretoken", "based_on", "autre_vue"]); // of the sending, not of the draft

// { name: value }, in the form's order.
export function readFields(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !OURS.has(name)) fields[name] = value.replaceAll("\r\n", "\n");
  }
  return fields;
}

export function sameFields(one, other) {
  return JSON.stringify(grouped(one).map(plain)) === JSON.stringify(grouped(other).map(plain));
}

// The site keeps words without the spaces around them.
const plain = ({ key, text }) => [key, key.startsWith("text:") ? text.trim() : text];

// What a person compares: each text, each file by its name, and the parameters with their rules as one thing.
// → [{ key, label, text, fields }]
export function grouped(fields) {
  const files = new Map();
  const table = {};
  const groups = [];
  for (const [name, value] of Object.entries(fields)) {
    const [, kind, index, field] = ROWS.exec(name) ?? [];
    if (kind === "file") files.set(index, { ...files.get(index), [field]: value });
    else if (kind || !TEXTS[name]) table[name] = value;
    else groups.push({ key: `text:${name}`, label: TEXTS[name], text: value, fields: { [name]: value } });
  }
  const seen = {};
  for (const { name = "", text = "" } of files.values()) {
    seen[name] = (seen[name] ?? 0) + 1; // two files of one name are a mistake, and still two
    const key = `file:${name}${seen[name] > 1 ? `#${seen[name]}` : ""}`;
    groups.push({ key, label: `Fichier ${name}`, text, fields: { name, text } });
  }
  groups.push({ key: "table", label: "Paramètres et règles", text: tableText(table), fields: table });
  return groups.sort((a, b) => a.key.localeCompare(b.key));
}

const TEXTS = {
  title: "Titre",
  summary: "Résumé",
  story: "Histoire",
  credit: "D’après",
  licence: "Licence",
  changes: "Ce que change la prochaine révision",
};

// One line a row, so that two tables can be laid side by side.
function tableText(table) {
  const rows = new Map();
  const entries = Object.entries(table).sort(([a], [b]) => a.localeCompare(b, "fr", { numeric: true }));
  for (const [name, value] of entries) {
    const [, kind, index] = ROWS.exec(name) ?? [];
    const row = kind ? `${kind}-${index}` : name;
    const shown = value.trim().replaceAll("\n", " / ");
    if (shown) rows.set(row, [...(rows.get(row) ?? []), shown]);
  }
  return [...rows.values()].map((values) => values.join(" · ")).join("\n");
}

// Groups back to fields: files and rows are numbered anew.
export function joined(groups) {
  const fields = {};
  let index = 0;
  for (const { key, fields: own } of groups) {
    if (!key.startsWith("file:")) Object.assign(fields, own);
    else {
      fields[`file-${index}-name`] = own.name;
      fields[`file-${index++}-text`] = own.text;
    }
  }
  return fields;
}

// The number that a new row of this kind gets.
function nextIndex(box) {
  return Math.max(-1, ...[...box.querySelectorAll("[data-row]")].map((row) => Number(row.dataset.row))) + 1;
}

export function addRow(form, kind, index = null) {
  const box = form.querySelector(`[data-rows="${kind}"]`);
  const made = document.createElement("template");
  const source = form.querySelector(`template[data-template="${kind}"]`).innerHTML;
  made.innerHTML = source.replaceAll("__i__", String(index ?? nextIndex(box)));
  const row = made.content.firstElementChild;
  box.append(row);
  return row;
}

// The form says these fields from now on; `made(kind, row)` for every row, which is a new one.
export function fillForm(form, fields, made) {
  for (const kind of KINDS) form.querySelector(`[data-rows="${kind}"]`).replaceChildren();
  const rows = new Map();
  for (const name of Object.keys(fields)) {
    const [, kind, index] = ROWS.exec(name) ?? [];
    if (kind) rows.set(`${kind}-${index}`, [kind, Number(index)]);
  }
  const added = [...rows.values()].map(([kind, index]) => [kind, addRow(form, kind, index)]);
  for (const input of form.elements) {
    if (!input.name || OURS.has(input.name) || input.type === "file" || input.tagName === "BUTTON") continue;
    const value = fields[input.name];
    if (input.type === "checkbox" || input.type === "radio") input.checked = input.value === value;
    else if (value !== undefined) input.value = value;
  }
  for (const [kind, row] of added) made(kind, row);
}
