// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What CodeMirror says, in French.

export const FRENCH = {
  "Control character": "Caractère invisible",
  "Selection deleted": "Sélection supprimée",
  "Folded lines": "Lignes repliées",
  "Unfolded lines": "Lignes dépliées",
  to: "à",
  "folded code": "code replié",
  unfold: "déplier",
  "Fold line": "Replier la ligne",
  "Unfold line": "Déplier la ligne",
  "Go to line": "Aller à la ligne",
  go: "Aller",
  Find: "Chercher",
  Replace: "Remplacer",
  next: "suivant",
  previous: "précédent",
  all: "tous",
  "match case": "respecter la casse",
  regexp: "expression régulière",
  "by word": "mots entiers",
  replace: "remplacer",
  "replace all": "tout remplacer",
  close: "fermer",
  "current match": "trouvé ici",
  "replaced $ matches": "$ remplacements faits",
  "replaced match on line $": "remplacé à la ligne $",
  "on line": "à la ligne",
  Completions: "Propositions",
  Diagnostics: "Messages",
  "No diagnostics": "Aucun message",
};
