# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows of the studio's form, with the words beside each field: parameters, rules, files, texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cms.studio_form import rows_of
from designs.design import TEXTS
from designs.models import DesignDraft

_NUMERIC = "length angle count"
#: What a parameter is, for people who draw.
KINDS = {
    "length": "Longueur (mm)",
    "angle": "Angle (°)",
    "count": "Nombre entier",
    "choice": "Choix dans une liste",
    "flag": "Oui ou non",
    "text": "Texte gravé",
}


@dataclass(frozen=True)
class Shape:
    """How a field is asked for. ``kinds``: of which kinds of parameter it is, empty: of all."""

    name: str
    label: str
    hint: str = ""
    widget: str = "text"  # text, code, lines, select, tick
    kinds: str = ""
    is_wide: bool = False


@dataclass(frozen=True)
class Cell:
    shape: Shape
    name: str
    value: str
    error: str

    @property
    def id(self) -> str:
        return f"c-{self.name}"


@dataclass(frozen=True)
class Row:
    index: str
    cells: tuple[Cell, ...]

    @property
    def is_wrong(self) -> bool:
        return any(cell.error for cell in self.cells)

    @property
    def kind(self) -> str:
        return next((cell.value for cell in self.cells if cell.shape.name == "kind"), "")

    @property
    def values(self) -> dict[str, str]:
        return {cell.shape.name: cell.value for cell in self.cells}

    @property
    def errors(self) -> dict[str, str]:
        return {cell.shape.name: cell.error for cell in self.cells}


PARAMETER = (
    Shape("label", "Libellé", "Ce que lit qui commande."),
    Shape("name", "Nom dans le script", "Minuscules sans accent, chiffres et _ ; 40 signes au plus.", "code"),
    Shape("kind", "Sorte", "", "select"),
    Shape("default", "Valeur de départ", "Celle du meuble que l’on voit d’abord."),
    Shape("minimum", "Minimum", "", kinds=_NUMERIC),
    Shape("maximum", "Maximum", "100 000 au plus.", kinds=_NUMERIC),
    Shape("step", "Pas", "Celui du curseur.", kinds=_NUMERIC),
    Shape("choices", "Choix", "Une ligne par choix : valeur = ce qui se lit.", "lines", "choice", is_wide=True),
    Shape("is_state", "Montre le même meuble ouvert, fermé ou plié", "", "tick", "choice", is_wide=True),
    Shape("max_length", "Longueur du texte", "En signes, 200 au plus.", kinds="text"),
    Shape("alphabet", "Signes permis", "Vide : tous.", kinds="text"),
    Shape("help", "Aide", "Une ligne sous le libellé.", is_wide=True),
)
RULE = (
    Shape(
        "holds",
        "Ce qui doit être vrai",
        "Avec les noms des paramètres, + - * /, comparaisons, and, or, not, min, max, abs, round ; 500 signes au plus.",
        "code",
        is_wide=True,
    ),
    Shape("french", "Ce que lit la personne sinon", "{width:g} dit la valeur choisie.", is_wide=True),
    Shape("parameters", "À côté de quels paramètres", "Vide : tous ceux que la règle nomme.", "code"),
    Shape("english", "La même chose en anglais", "Pour l’API ; vide : la phrase en français."),
)
FILE = (Shape("name", "Nom du fichier"), Shape("text", "Script"))
#: Of longer texts, the rows that they are shown in.
_LINES = {"story": 8, "changes": 4}


@dataclass(frozen=True)
class Text:
    name: str
    label: str
    hint: str
    value: str
    error: str
    max_length: int
    lines: int

    @property
    def id(self) -> str:
        return f"t-{self.name}"


def parameters(fields: Mapping[str, str], errors: Mapping[str, str]) -> list[Row]:
    return _rows("parameter", PARAMETER, fields, errors)


def rules(fields: Mapping[str, str], errors: Mapping[str, str]) -> list[Row]:
    return _rows("rule", RULE, fields, errors)


def files(fields: Mapping[str, str], errors: Mapping[str, str]) -> list[Row]:
    return _rows("file", FILE, fields, errors)


def blank(kind: str, index: str = "__i__") -> Row:
    """A row in which nothing stands yet; ``__i__`` is replaced by the script that copies it."""
    shapes = {"parameter": PARAMETER, "rule": RULE, "file": FILE}[kind]
    values = {"kind": "length"} if kind == "parameter" else {}
    return _row(kind, index, shapes, values, {})


def texts(fields: Mapping[str, str], errors: Mapping[str, str]) -> list[Text]:
    """In the words of the draft itself (designs.models.DesignDraft)."""
    found = []
    for name in TEXTS:
        model = DesignDraft._meta.get_field(name)
        label = str(model.verbose_name)
        found.append(
            Text(
                name,
                label[:1].upper() + label[1:],
                str(model.help_text),
                fields.get(name, ""),
                errors.get(name, ""),
                model.max_length or 0,
                _LINES.get(name, 0),
            )
        )
    return found


def _rows(kind: str, shapes: tuple[Shape, ...], fields: Mapping[str, str], errors: Mapping[str, str]) -> list[Row]:
    return [_row(kind, str(index), shapes, row, errors) for index, row in rows_of(fields, kind)]


def _row(kind: str, index: str, shapes: tuple[Shape, ...], values: Mapping[str, str], errors: Mapping[str, str]) -> Row:
    cells = []
    for shape in shapes:
        name = f"{kind}-{index}-{shape.name}"
        cells.append(Cell(shape, name, values.get(shape.name, ""), errors.get(name, "")))
    return Row(index, tuple(cells))
