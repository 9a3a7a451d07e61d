# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys of a machine file and what is wrong with them, in French: for forms, imports and the history of a record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designs.typography import SPACE, THIN, french_number

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


#: docs/machines.md in French. A number in a path is a row: its place is told before the row's key.
KEYS: dict[str, str] = {
    "machine": "la machine",
    "machine.name": "le nom de la machine",
    "machine.process": "le procédé",
    "machine.bed_mm": "la taille de la table",
    "machine.max_thickness_mm": "la plus grande épaisseur coupée",
    "machine.spacing_mm": "l’écart entre deux pièces",
    "machine.margin_mm": "la marge au bord du panneau",
    "machine.kerf_mm": "le trait de coupe du laser",
    "machine.corner_relief": "le dégagement des angles",
    "machine.dxf_version": "la version des DXF",
    "machine.tools": "les outils",
    "machine.controller": "la commande numérique",
    "machine.zero": "le zéro en Z",
    "machine.travel_height_mm": "la hauteur de déplacement",
    "machine.keep_out_mm": "les zones interdites de la table",
    "machine.accel_mm_s2": "l’accélération",
    "machine.rapid_mm_min": "la vitesse rapide",
    "machine.through_mm": "la passe dans le martyr",
    "machine.hold_down": "le maintien des pièces",
    "machine.tab_width_mm": "la largeur des attaches",
    "machine.tab_height_mm": "la hauteur des attaches",
    "machine.onion_skin_mm": "la peau laissée sous les pièces",
    "machine.cut_direction": "le sens de coupe",
    "machine.layers": "les calques",
    "machine.layers.preset": "les couleurs des calques",
    "machine.layers.letters": "la gravure des lettres",
    "machine.tools.name": "le nom",
    "machine.tools.diameter_mm": "le diamètre",
    "machine.tools.kind": "le type",
    "machine.tools.number": "le numéro",
    "machine.tools.feed_mm_min": "l’avance",
    "machine.tools.plunge_mm_min": "la descente",
    "machine.tools.spindle_rpm": "la rotation de la broche",
    "machine.tools.pass_depth_mm": "la passe",
    "stock": "le panneau",
    "stock.material": "la matière",
    "stock.nominal_thickness_mm": "l’épaisseur du commerce",
    "stock.measured_thickness_mm": "l’épaisseur mesurée",
    "stock.sheet_mm": "la taille du panneau",
    "stock.price_eur": "le prix du panneau",
    "stock.grain": "le sens du fil",
    "stock.clearance_mm": "le jeu des assemblages",
    "stock.sheets": "les autres tailles de panneau",
    "stock.sheets.size_mm": "la taille",
    "stock.sheets.price_eur": "le prix",
    "stock.sheets.count": "le nombre",
    "stock.sheets.keep_out_mm": "les défauts",
    "stock.offcuts": "les chutes",
    "stock.offcuts.name": "le nom",
    "stock.offcuts.outline_mm": "le contour",
    "stock.offcuts.price_eur": "le prix",
    "stock.offcuts.keep_out_mm": "les défauts",
}
#: Of a key that isn't there.
MISSING = "il manque."
_ROWS = {"tools": "outil", "sheets": "autre taille", "offcuts": "chute"}
#: Kinds of layer (fablabs.layers).
LAYERS: dict[str, str] = {
    "cut_outside": "contours extérieurs",
    "cut_inside": "contours intérieurs",
    "pocket": "poches",
    "drill": "perçages",
    "engrave": "gravures",
    "score": "lettres suivies au laser",
    "sheet": "bord du panneau",
    "label": "repères des pièces",
    "scale": "barre d’échelle",
    "donotcut": "cartouche",
}


@dataclass(frozen=True)
class Fault:
    """One wrong key: ``key`` as in the file, ``name`` and ``french`` for people, ``english`` as the shell says it."""

    key: str
    name: str
    french: str
    english: str


def key_name(key: str) -> str:
    """ "machine.tools.1.diameter_mm" → "outil 2, le diamètre"; a key that nobody knows is itself."""
    steps = key.split(".")
    if steps[:2] == ["machine", "layers"] and len(steps) > 2 and steps[2] in LAYERS:
        return f"calque «{SPACE}{LAYERS[steps[2]]}{SPACE}»"
    row = ""
    plain = []
    for before, step in zip(["", *steps], steps, strict=False):
        if step.isdigit() and before in _ROWS:
            row = f"{_ROWS[before]} {int(step) + 1}"
        elif not step.isdigit():
            plain.append(step)
    name = KEYS.get(".".join(plain), "")
    while not name and len(plain) > 1:
        plain.pop()
        name = KEYS.get(".".join(plain), "")
    if row and ".".join(plain).count(".") >= 2:
        return f"{row}, {name}"
    return row or name or key


def faults(error: ValidationError, table: str = "") -> tuple[Fault, ...]:
    """Each wrong key once, with what to do about it. ``table``: "machine" or "stock", if that alone was validated."""
    from fablabs.machine import sentence

    found: dict[str, Fault] = {}
    for detail in error.errors():
        english = sentence(detail)
        key, french = _told(detail)
        key = ".".join(part for part in (table, key) if part)
        found.setdefault(english, Fault(key, key_name(key), french, english))
    return tuple(found.values())


def _told(detail: ErrorDetails) -> tuple[str, str]:
    path = ".".join(str(step) for step in detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        text = detail["msg"].removeprefix("Value error, ")
        for pattern, key, french in _OWN:
            if found := re.match(pattern, text):
                words = {name: _figure(value) for name, value in found.groupdict().items()}
                return ".".join(part for part in (path, key) if part), french.format(**words)
        return path, "cette valeur ne convient pas."
    return path, _KINDS.get(kind, _other)(context)


def _figure(text: str) -> str:
    return text.replace(".", ",") if re.fullmatch(r"[0-9.]+", text) else text


def _number(value: Any) -> str:
    return french_number(float(value), 6)


def _other(_: Any) -> str:
    return "cette valeur ne convient pas."


def _a_number(_: Any) -> str:
    return "un nombre est attendu, sans guillemets ni unité."


_KINDS: dict[str, Callable[[Any], str]] = {
    "missing": lambda _: MISSING,
    "extra_forbidden": lambda _: f"cette clé n’existe pas{SPACE}: vérifiez son orthographe.",
    "float_type": _a_number,
    "float_parsing": _a_number,
    "int_type": lambda _: "un nombre entier est attendu, sans guillemets.",
    "int_from_float": lambda _: "un nombre entier est attendu.",
    "int_parsing": lambda _: "un nombre entier est attendu.",
    "decimal_type": _a_number,
    "decimal_parsing": _a_number,
    "decimal_max_places": lambda c: f"{c['decimal_places']} décimales au plus.",
    "decimal_max_digits": lambda _: "ce nombre est trop grand.",
    "decimal_whole_digits": lambda _: "ce nombre est trop grand.",
    "finite_number": _a_number,
    "string_type": lambda _: "un texte est attendu, entre guillemets.",
    "string_too_short": lambda _: "écrivez quelque chose.",
    "string_too_long": lambda c: f"{c['max_length']} caractères au plus.",
    "greater_than": lambda c: f"plus de {_number(c['gt'])}.",
    "greater_than_equal": lambda c: f"{_number(c['ge'])} au moins.",
    "less_than": lambda c: f"moins de {_number(c['lt'])}.",
    "less_than_equal": lambda c: f"{_number(c['le'])} au plus.",
    "too_long": lambda c: f"{c['max_length']} au plus.",
    "too_short": lambda c: f"{c['min_length']} au moins.",
    "enum": lambda c: f"l’une de ces valeurs{SPACE}: {str(c['expected']).replace(' or ', ' ou ')}.",
    "tuple_type": lambda _: (
        f"une liste est attendue, par exemple [2500, 1250] pour une taille{THIN}; [[…]] pour des lignes."
    ),
    "model_type": lambda _: "une table est attendue, entre crochets.",
    "model_attributes_type": lambda _: "une table est attendue, entre crochets.",
}

#: Sentences of fablabs' own validators: pattern, key below where pydantic puts them, French.
_OWN: tuple[tuple[str, str, str], ...] = (
    (r"a cnc-router needs at least one \[\[machine", "tools", "une fraiseuse a au moins un outil."),
    (
        r"kerf_mm is for a laser",
        "kerf_mm",
        "une fraiseuse n’a pas de trait de coupe, son outil a un diamètre\N{NO-BREAK SPACE}: laissez vide.",
    ),
    (r"two tools are named (?P<name>.+)", "tools", "deux outils portent le nom {name}."),
    (r"two tools have the number (?P<number>\d+)", "tools", "deux outils portent le numéro {number}."),
    (
        r"the tool (?P<name>.+) has no number",
        "tools",
        "l’outil {name} n’a pas de numéro et d’autres en ont un\N{NO-BREAK SPACE}: pour GRBL, numérotez-les tous ou aucun.",
    ),
    (
        r"a cnc-router needs at least one tool of the kind",
        "tools",
        "il faut au moins une fraise droite\N{NO-BREAK SPACE}: un foret perce, une fraise en V grave, aucun des deux ne découpe.",
    ),
    (
        r"spacing_mm of (?P<gap>[\d.]+) leaves no room for a tool of (?P<tool>[\d.]+)",
        "spacing_mm",
        "entre deux pièces écartées de {gap}\N{NO-BREAK SPACE}mm, la plus fine des fraises ({tool}\N{NO-BREAK SPACE}mm) ne passe pas.",
    ),
    (
        r"a laser needs kerf_mm",
        "kerf_mm",
        "il manque\N{NO-BREAK SPACE}: la largeur que le faisceau brûle, ou 0 si votre logiciel la compense.",
    ),
    (
        r"spacing_mm of (?P<gap>[\d.]+) is less than kerf_mm of (?P<kerf>[\d.]+)",
        "spacing_mm",
        "il est plus étroit que le trait de coupe ({kerf}\N{NO-BREAK SPACE}mm).",
    ),
    (
        r"controller is for a cnc-router",
        "controller",
        "un laser n’en a pas besoin\N{NO-BREAK SPACE}: son logiciel lit le DXF, le SVG ou le PDF.",
    ),
    (
        r"measured_thickness_mm of (?P<read>[\d.]+) is more than (?P<most>[\d.]+) mm away from nominal_thickness_mm of (?P<name>[\d.]+)",
        "measured_thickness_mm",
        "{read}\N{NO-BREAK SPACE}mm mesurés pour un panneau vendu {name}\N{NO-BREAK SPACE}mm\N{NO-BREAK SPACE}: plus de {most}\N{NO-BREAK SPACE}mm d’écart, l’un des deux est faux.",
    ),
    (r"two offcuts are named (?P<name>.+)", "offcuts", "deux chutes portent le nom {name}."),
    (
        r"machine.margin_mm of (?P<margin>[\d.]+) leaves nothing of a sheet (?P<side>[\d.]+) mm wide",
        "machine.margin_mm",
        "une marge de {margin}\N{NO-BREAK SPACE}mm ne laisse rien d’un panneau de {side}\N{NO-BREAK SPACE}mm.",
    ),
    (r"a name on one line is expected", "", "un texte sur une seule ligne est attendu."),
    (
        r"a polygon of 3 to",
        "",
        "un contour de 3 à 500 angles est attendu, par exemple [[0, 0], [400, 0], [400, 300]].",
    ),
    (r"the polygon crosses itself", "", "ce contour se croise ou n’a pas de surface."),
    (
        r"a layer's name has up to",
        "",
        "un nom de calque a 31 lettres sans accent, chiffres, «\N{NO-BREAK SPACE}-\N{NO-BREAK SPACE}», «\N{NO-BREAK SPACE}_\N{NO-BREAK SPACE}» ou «\N{NO-BREAK SPACE}.\N{NO-BREAK SPACE}» au plus, et peut dire {{side}}, {{depth}}, {{diameter}}.",
    ),
    (r".+ is a name of DXF's own", "", "ce nom est réservé par le format DXF."),
    (
        r"(?P<one>\w+) and (?P<other>\w+) are both named (?P<name>.+), so that",
        "",
        "deux calques portent le nom {name}\N{NO-BREAK SPACE}: donnez à chacun le sien (la couleur peut être la même).",
    ),
    (
        r"(?P<kind>\w+): a layer that is never cut",
        "",
        "un calque qui n’est jamais découpé n’a ni face, ni profondeur, ni diamètre.",
    ),
)
