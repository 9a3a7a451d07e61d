# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A table's bad lines in French. The readers speak English, as the shell does (fabrication/matching/tables.py)."""

from __future__ import annotations

import re
from collections.abc import Callable

from designs.typography import typeset
from fabrication.matching.tables import Fault

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"(\w+): a whole number from (\S+) to (\S+), not '(.*)'", r"\1 : un nombre entier de \2 à \3, et non « \4 »"),
    (
        r"(\w+): a number from (\S+) to (\S+) with a decimal point, not '(.*)'",
        r"\1 : un nombre de \2 à \3 avec un point décimal, et non « \4 »",
    ),
    (r"(\w+): a day as (\S+), not '(.*)'", r"\1 : une date comme \2, et non « \3 »"),
    (r"insee: no commune has or had the code '(.*)', a zero lost at the front\? (\w+)",
     r"insee : aucune commune ne porte le code « \1 » ; un zéro perdu au début ? \2"),
    (r"insee: no commune has or had the code '(.*)'", r"insee : aucune commune ne porte ni ne portait le code « \1 »"),
    (r"id: a name on one line.*", "id : un nom d’une ligne, de 200 caractères au plus"),
    (r"id '(.*)' is on line (\d+) already", r"l’identifiant « \1 » est déjà à la ligne \2"),
    (r"process: cnc-router or laser, not '(.*)'", r"process : cnc-router ou laser, et non « \1 »"),
    (r"bed_x_mm and bed_y_mm: both or none", "bed_x_mm et bed_y_mm : les deux, ou aucun"),
    (r"(\d+) cells, the header has (\d+)", r"\1 cases, l’en-tête en a \2"),
    (r"(\w+): longer than (\d+) characters", r"\1 : plus de \2 caractères"),
    (r"the column '(.*)' is missing", r"il manque la colonne « \1 »"),
    (r"unknown column '(.*)'", r"colonne inconnue : « \1 »"),
    (r"the column '(.*)' is there twice", r"la colonne « \1 » est là deux fois"),
    (r"no header; expected (.*)", r"pas d’en-tête ; attendu : \1"),
    (r"no UTF-8 text.*", "le fichier n’est pas en UTF-8 : enregistrez-le en « CSV UTF-8 »"),
    (r"no CSV from here on.*", "à partir d’ici, ce n’est plus du CSV"),
    (r"holds a NUL character", "contient un caractère interdit : ce n’est pas un tableau CSV"),
    (r"larger than (\d+) MB", r"plus de \1 Mo"),
    (r"parameters: no JSON.*", 'parameters : ce n’est pas du JSON, par exemple {"width": 900}'),
    (r"parameters: a JSON object.*", 'parameters : un objet JSON est attendu, par exemple {"width": 900}'),
    (r"parameters: .*", "parameters : ces dimensions ne sont pas possibles pour ce modèle"),
    (r"design: .*", "design : ce modèle n’existe pas"),
)  # fmt: skip


def in_french(fault: Fault) -> str:
    """ "Ligne 4 : quantity : un nombre entier de 1 à 100000, et non « 0 »"."""
    texts = (
        fault.text.replace("; a zero lost", ", a zero lost").replace("; known designs", ", known designs").split("; ")
    )
    return typeset(f"Ligne {fault.line} : {' ; '.join(map(_sentence, texts))}")


def _sentence(text: str) -> str:
    for pattern, french in _SENTENCES:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            expand: Callable[[str], str] = found.expand
            return expand(french)
    column = text.partition(":")[0]
    return f"{column} : valeur refusée" if re.fullmatch(r"\w+", column) else "valeur refusée"
