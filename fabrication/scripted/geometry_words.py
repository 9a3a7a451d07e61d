# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What panels and joints refuse, in French: their own sentences are English, for logs and exceptions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from designs.typography import typeset

_PART = r"(P\d+) '(.*?)'"
_WHAT = {
    "tenon": "tenon",
    "wedged tenon": "tenon à clavette",
    "bolt": "boulon",
    "screw": "vis",
    "dado": "rainure",
    "finger": "enture",
    "fingers": "enture",
    "lap": "mi-bois",
}

_Say = Callable[[re.Match[str]], str]


def _meets_nothing(found: re.Match[str]) -> str:
    code, name, what, other, its_name = found.groups()
    kind, _, edge = what.partition(" on ")
    joint = _WHAT.get(kind, kind)
    edge = edge.strip("'")
    where = f"{joint} du bord {edge}" if edge else joint
    return (
        f"{code} « {name} » : son assemblage ({where}) ne rencontre pas {other} « {its_name} ». "
        "Vérifiez où les deux pièces sont placées."
    )


def _no_edge(found: re.Match[str]) -> str:
    code, name, edge, known = found.groups()
    near = difflib.get_close_matches(edge, known.split(", "), 1)
    hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
    return f"{code} « {name} » n’a pas de bord « {edge} » : il y a {known}.{hint}"


_SENTENCES: tuple[tuple[str, _Say], ...] = (
    (
        rf"{_PART} has no edge '(.*?)': (.*)",
        _no_edge,
    ),
    (
        rf"{_PART}: no room on edge '(.*?)' for what stands at (.*?) mm \(free: (.*?) mm\)",
        lambda m: f"{m[1]} « {m[2]} » : sur le bord {m[3]}, pas de place pour ce qui est à {m[4]} mm (libre : {m[5]} mm).",
    ),
    (
        rf"{_PART}: edge '(.*?)' is too short for its rounded corners",
        lambda m: f"{m[1]} « {m[2]} » : le bord {m[3]} est trop court pour ses coins arrondis.",
    ),
    (
        rf"{_PART}: its outline crosses itself in this size",
        lambda m: f"{m[1]} « {m[2]} » : son contour se croise dans cette taille.",
    ),
    (
        rf"{_PART}: the cut at (.*?), (.*?) mm leaves the part",
        lambda m: f"{m[1]} « {m[2]} » : la découpe en {m[3]} × {m[4]} mm sort de la pièce.",
    ),
    (
        rf"{_PART}: two cuts meet at (.*?), (.*?) mm",
        lambda m: f"{m[1]} « {m[2]} » : deux découpes se touchent en {m[3]} × {m[4]} mm.",
    ),
    (
        rf"{_PART}: two recesses of one outline differ",
        lambda m: f"{m[1]} « {m[2]} » : deux poches de même contour n’ont pas la même profondeur.",
    ),
    (rf"{_PART}: its (.*?)(?: at [-\d]+, [-\d]+ mm)? meets no {_PART}", _meets_nothing),
    (
        rf"{_PART}: edge '(.*?)' is not parallel to {_PART}",
        lambda m: f"{m[1]} « {m[2]} » : le bord {m[3]} n’est pas parallèle à {m[4]} « {m[5]} ».",
    ),
    (
        rf"{_PART} does not cross {_PART}",
        lambda m: f"{m[1]} « {m[2]} » ne croise pas {m[3]} « {m[4]} ».",
    ),
    (
        rf"{_PART}: edge '(.*?)' is too short for a dado",
        lambda m: f"{m[1]} « {m[2]} » : le bord {m[3]} est trop court pour une rainure.",
    ),
    (
        rf"{_PART}: (P\d+) comes from below; turn it over",
        lambda m: f"{m[1]} « {m[2]} » : {m[3]} arrive par dessous ; retournez la pièce.",
    ),
    (
        rf"{_PART}: a recess of (.*?) mm is deeper than the sheet of (.*?) mm",
        lambda m: f"{m[1]} « {m[2]} » : une poche de {m[3].replace('.', ',')} mm est plus profonde que le panneau, qui fait {m[4].replace('.', ',')} mm.",
    ),
    (
        rf"{_PART}: (\d+) corners, (\d+) names of edges",
        lambda m: f"{m[1]} « {m[2]} » a {m[3]} coins et {m[4]} noms de bords : donnez un nom à chaque bord, du premier coin au deuxième et ainsi de suite.",
    ),
    (
        r"(\d+) features of (.*?) mm do not fit on an edge of (.*?) mm",
        lambda m: f"{m[1]} découpes de {m[2]} mm ne tiennent pas sur un bord de {m[3]} mm.",
    ),
    (
        r"no bolt of the trade is (.*?) mm long",
        lambda m: f"Aucune vis du commerce ne fait {m[1]} mm : le panneau est trop épais.",
    ),
    (
        r"the engraving alphabet has no '(.*?)'",
        lambda m: f"L’alphabet à graver n’a pas de « {m[1]} ».",
    ),
    (
        r"no fitting is a '(.*?)': (.*)",
        lambda m: f"Une ferrure n’est pas faite en « {m[1]} » : il y a {m[2]}.",
    ),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), say) for pattern, say in _SENTENCES)


def geometry_in_french(english: str) -> str:
    """The French of a GeometryError's sentence; one of ours, or a sentence around the English one."""
    for pattern, say in _COMPILED:
        found = pattern.match(english)
        if found:
            return typeset(say(found))
    return typeset(f"Cette géométrie n’est pas possible : {english}")


def part_of(english: str) -> str:
    """The code of the part that the sentence begins with, or empty."""
    found = re.match(r"(P\d{2,3})\b", english)
    return found[1] if found else ""
