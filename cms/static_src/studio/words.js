// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the editor proposes while one types: the library of joints (designs/joinery), the pieces of a drawing
// (designs/piece.py, designs/placing.py), and the model's own parameters.

import { snippetCompletion } from "@codemirror/autocomplete";
import { localCompletionSource } from "@codemirror/lang-python";

// name, what it is
const JOINTS = [
  ["through_tenon", "tenon traversant, affleurant"],
  ["wedged_tenon", "tenon à clavette, se démonte à la main"],
  ["finger", "queues droites"],
  ["cross_lap", "mi-bois croisé"],
  ["dado", "rainure arrêtée"],
  ["barrel_nut", "vis et écrou cylindrique"],
  ["bolted", "boulon traversant"],
  ["screwed", "vis à bois"],
  ["hinge", "charnière"],
  ["rod", "tringle"],
  ["slide", "coulisse"],
  ["stow", "pièce rangée dans une autre"],
  ["spread", "centres répartis sur une longueur"],
];
const NAMES = [
  ...JOINTS,
  ["Piece", "la pièce pendant qu’on la dessine"],
  ["lying", "posé à plat, à cet endroit"],
  ["facing_right", "debout, face à droite"],
  ["facing_front", "debout, face à l’avant"],
  ["facing_left", "debout, face à gauche"],
  ["facing_back", "debout, face à l’arrière"],
];
const SNIPPETS = [
  ['piece.board("${nom}", ${longueur}, ${largeur}, ${lying(0, 0, 0)})', "piece.board", "un panneau rectangulaire"],
  ["piece.join(${through_tenon}(${a}, \"${top}\", ${b}, at=${centres}, width=${44}, clearance=${c}))", "piece.join", "un assemblage"],
  ['piece.buy("${référence}", "${nom}", ${1})', "piece.buy", "une fourniture à acheter"],
].map(([text, label, detail]) => snippetCompletion(text, { label, detail, type: "function" }));

const OPTIONS = [...NAMES.map(([label, detail]) => ({ label, detail, type: "function" })), ...SNIPPETS];

// `parameters()` → [{ name, label }]
export function completions(parameters) {
  return (context) => {
    const key = context.matchBefore(/values\[["']\w*/);
    if (key) {
      const options = parameters().map(({ name, label }) => ({ label: name, detail: label, type: "property" }));
      return { from: key.from + key.text.search(/["']/) + 1, options, validFor: /^\w*$/ };
    }
    const word = context.matchBefore(/[\w.]+/);
    if (!word && !context.explicit) return null;
    const local = localCompletionSource(context)?.options ?? [];
    const known = new Set(OPTIONS.map(({ label }) => label));
    const options = [...OPTIONS, ...local.filter(({ label }) => !known.has(label))];
    return { from: word?.from ?? context.pos, options, validFor: /^[\w.]*$/ };
  };
}
