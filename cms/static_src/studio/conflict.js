// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Two windows, two texts: both are shown, and a person says which one stays. Nothing is thrown away: what is not chosen
// stays in the draft's history, or in this browser until something was chosen.

import { grouped, joined } from "./fields.js";

const AROUND = 3; // lines shown before and after what differs

// Asks in `box` (a hidden section of the page). `chosen(fields)` gets what the draft shall say. `base`: what both began with,
// if this window knows it: what one alone has changed is offered as that one has it.
export function askWhich(box, mine, other, base, chosen) {
  const groups = compare(mine, other.fields, base);
  box.querySelector("[data-when]").textContent = when(other);
  const list = box.querySelector("[data-differences]");
  list.replaceChildren(...groups.filter((group) => group.differs).map(question));
  box.querySelector("[data-keep=mine]").onclick = () => tick(list, "mine");
  box.querySelector("[data-keep=other]").onclick = () => tick(list, "other");
  box.querySelector("[data-choose]").onclick = () => {
    const picked = groups.map((group) => (group.differs ? group[answerOf(list, group.key)] : group.mine));
    box.hidden = true;
    chosen(joined(picked.filter(Boolean)));
  };
  box.hidden = false;
  box.querySelector("h2").focus();
}

function compare(mine, other, base) {
  const [left, right, begun] = [mine, other, base ?? {}].map((fields) => new Map(grouped(fields).map((group) => [group.key, group])));
  return [...new Set([...left.keys(), ...right.keys()])].sort().map((key) => {
    const one = left.get(key);
    const two = right.get(key);
    const label = (one ?? two).label;
    const isTheirs = base !== null && begun.get(key)?.text === one?.text;
    return { key, label, mine: one, other: two, isTheirs, differs: one?.text !== two?.text };
  });
}

function when({ by, at }) {
  return `${by ? `${by} a enregistré` : "Une autre fenêtre a enregistré"} une autre version${at ? ` à ${at}` : ""}.`;
}

function question({ key, label, mine, other, isTheirs }, index) {
  const set = document.createElement("fieldset");
  set.className = "s-conflict__one";
  set.dataset.key = key;
  const legend = document.createElement("legend");
  legend.textContent = label;
  const name = `conflit-${index}`;
  set.append(
    legend,
    side(name, "mine", "Ici, dans cette fenêtre", mine, other, !isTheirs),
    side(name, "other", "Enregistré ailleurs", other, mine, isTheirs),
  );
  return set;
}

function side(name, value, label, group, against, isChosen) {
  const box = document.createElement("div");
  box.className = "fr-radio-group s-conflict__side";
  const radio = Object.assign(document.createElement("input"), { type: "radio", name, value, id: `${name}-${value}`, checked: isChosen });
  const words = Object.assign(document.createElement("label"), { className: "fr-label", htmlFor: radio.id, textContent: label });
  const text = document.createElement("pre");
  text.tabIndex = 0; // it slides: keys must reach it
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", `Texte\u00a0: ${label}`);
  if (group?.text) text.append(...marked(group.text, against?.text ?? ""));
  else text.textContent = group ? "(vide)" : "(n’existe pas dans cette version)";
  box.append(radio, words, text);
  return box;
}

// What lies between the lines that both begin and end with is marked; far from it, lines are left out.
function marked(text, against) {
  const mine = text.split("\n");
  const other = against.split("\n");
  const shortest = Math.min(mine.length, other.length);
  let from = 0;
  while (from < shortest && mine[from] === other[from]) from++;
  let end = 0;
  while (end < shortest - from && mine[mine.length - 1 - end] === other[other.length - 1 - end]) end++;
  const mark = document.createElement("mark");
  mark.textContent = mine.slice(from, mine.length - end).join("\n");
  const before = mine.slice(Math.max(0, from - AROUND), from);
  const after = mine.slice(mine.length - end, mine.length - end + AROUND);
  const lines = (words) => words.map((line) => `${line}\n`).join("");
  const found = [from > AROUND ? "…\n" : "", lines(before), mark, `\n${lines(after)}`, end > AROUND ? "…" : ""];
  return found.filter((one) => one !== "" && one !== "\n" && !(one === mark && !mark.textContent));
}

function tick(list, value) {
  for (const radio of list.querySelectorAll(`input[value="${value}"]`)) radio.checked = true;
}

function answerOf(list, key) {
  return list.querySelector(`[data-key="${CSS.escape(key)}"] input:checked`).value;
}
