# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lies on the shelves: the calliper's reading first, then the ``[stock]`` of a machine file, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cms.maker_forms.fields import NumberField, RecordForm, json_number
from cms.maker_forms.polygons import PolygonField, PolygonsField
from fablabs.models import StockItem

_DEFECTS = "Nœuds, coups : un par ligne, les angles séparés par « ; », par exemple « 600 900 ; 680 900 ; 680 960 »."


_CALLIPER = "Ce que lit votre pied à coulisse"


def _thickness(label: str, example: str, help_text: str, **kwargs: Any) -> NumberField:
    return NumberField(
        label=label, unit="mm", minimum="0.1", maximum="200", places=2, example=example, help_text=help_text, **kwargs
    )


class StockForm(RecordForm):
    """A material at a thickness and its usual sheet."""

    measured_thickness_mm = _thickness(
        _CALLIPER,
        "17,6",
        "Mesurez à quatre endroits loin du bord, écrivez la plus forte : tous les assemblages en dépendent.",
    )
    nominal_thickness_mm = _thickness("Épaisseur du commerce", "18", "Celle qui est écrite sur la facture.")
    material = forms.CharField(
        label="Matière",
        max_length=200,
        help_text="Avec l’essence, qui donne le poids : contreplaqué bouleau, peuplier, okoumé, pin, MDF…",
    )
    origin = forms.ChoiceField(
        label="Origine",
        choices=StockItem.Origin.choices,
        widget=forms.RadioSelect,
        initial=StockItem.Origin.NEW,
        help_text="Recyclé : fait de matière récupérée. Réemploi : un panneau qui a déjà servi.",
    )
    sheet_x = NumberField(label="Longueur du panneau", unit="mm", minimum="1", maximum="20000", example="2500")
    sheet_y = NumberField(label="Largeur du panneau", unit="mm", minimum="1", maximum="20000", example="1250")
    price_eur = NumberField(
        label="Prix d’un panneau, hors taxes", unit="€", maximum="99999", places=2, example="84,50", required=False
    )
    grain = forms.ChoiceField(
        label="Sens du fil",
        required=False,
        choices=[
            ("", "Dans la longueur, comme d’habitude"),
            ("long", "Dans la longueur"),
            ("cross", "Dans la largeur"),
            ("none", "Pas de fil"),
        ],
    )
    clearance_mm = NumberField(
        label="Jeu des assemblages",
        unit="mm",
        maximum="2",
        places=4,
        usual="0,2",
        example="0,2",
        required=False,
        help_text="Entre un tenon et sa fente, en tout. L’éprouvette vous dit lequel convient.",
    )


class SheetForm(RecordForm):
    """Another size of the same material and thickness."""

    size_x = NumberField(label="Longueur", unit="mm", minimum="1", maximum="20000", example="3050")
    size_y = NumberField(label="Largeur", unit="mm", minimum="1", maximum="20000", example="1525")
    price_eur = NumberField(label="Prix, hors taxes", unit="€", maximum="99999", places=2, required=False)
    count = NumberField(
        label="Combien",
        minimum="1",
        maximum="10000",
        places=0,
        required=False,
        help_text="Vide : autant qu’il en faut.",
    )
    keep_out_mm = PolygonsField(label="Défauts à éviter", required=False, help_text=_DEFECTS)


class OffcutForm(RecordForm):
    """A piece left over from other work."""

    name = forms.CharField(label="Nom de la chute", max_length=200, help_text="Écrivez-le aussi dessus, au crayon.")
    outline_mm = PolygonField(
        label="Taille ou contour",
        max_length=5000,
        help_text="En mm, longueur × largeur (« 900 × 310 »), ou les angles l’un après l’autre : « 0 0 ; 900 0 ; 900 310 ».",
    )
    price_eur = NumberField(label="Valeur, hors taxes", unit="€", maximum="99999", places=2, required=False)
    keep_out_mm = PolygonsField(label="Défauts à éviter", required=False, help_text=_DEFECTS)


class MeasureForm(RecordForm):
    """What was read at the machine. Choices of machine and package are the site's own."""

    thickness_mm = _thickness(
        _CALLIPER, "17,6", "À quatre endroits loin du bord : écrivez la plus forte.", required=False
    )
    machine = forms.TypedChoiceField(label="Machine de l’éprouvette", coerce=int, empty_value=None, required=False)
    number = NumberField(
        label="Numéro de l’éprouvette",
        minimum="1",
        maximum="5",
        places=0,
        example="3",
        required=False,
        help_text="La plus serrée des fentes où la clé entre à la main, sans jouer.",
    )
    package = forms.ChoiceField(
        label="Fichiers d’où vient l’éprouvette",
        required=False,
        help_text="Sans eux, les numéros sont comptés depuis le jeu qui est dans la fiche.",
    )
    clearance_mm = NumberField(
        label="Ou bien le jeu lui-même", unit="mm", maximum="2", places=4, example="0,3", required=False
    )
    kerf_mm = NumberField(
        label="Trait de coupe d’un laser",
        unit="mm",
        maximum="5",
        places=4,
        example="0,15",
        required=False,
        help_text="Celui de la fiche + la taille dite − la taille mesurée d’une pièce de l’éprouvette.",
    )

    def __init__(
        self, machines: Sequence[tuple[int, str]], packages: Sequence[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices, empty in (
            ("machine", machines, "Choisissez la machine"),
            ("package", packages, "Aucun : compter depuis la fiche"),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            blank = [] if name == "machine" and len(machines) == 1 else [("", empty)]
            field.choices = [*blank, *choices]


_NAMES = ("measured_thickness_mm", "nominal_thickness_mm", "material", "price_eur", "grain", "clearance_mm")
#: Keys of a machine file whose field has another name.
PLACES = {
    "stock.sheet_mm": "sheet_x",
    "stock.sheet_mm.0": "sheet_x",
    "stock.sheet_mm.1": "sheet_y",
    **{f"stock.{name}": name for name in _NAMES},
}


def settings_of(form: StockForm, sheets: Sequence[RecordForm], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The ``[stock]`` that valid forms describe, with the offcuts of ``kept``, which have a page of their own."""
    given = form.cleaned_data
    found: dict[str, Any] = {
        "material": given["material"],
        "nominal_thickness_mm": json_number(given["nominal_thickness_mm"]),
        "measured_thickness_mm": json_number(given["measured_thickness_mm"]),
        "sheet_mm": [json_number(given["sheet_x"]), json_number(given["sheet_y"])],
    }
    found |= {name: json_number(given[name]) for name in ("price_eur", "clearance_mm") if given.get(name) is not None}
    if given.get("grain"):
        found["grain"] = given["grain"]
    if sheets:
        found["sheets"] = [_sheet(row.cleaned_data) for row in sheets]
    if kept.get("offcuts"):
        found["offcuts"] = kept["offcuts"]
    return found


def _sheet(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"size_mm": [json_number(given["size_x"]), json_number(given["size_y"])]}
    return found | _besides(given, ("price_eur", "count"))


def offcut_of(form: OffcutForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {"name": given["name"], "outline_mm": given["outline_mm"]} | _besides(given, ("price_eur",))


def _besides(given: Mapping[str, Any], numbers: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: json_number(given[name]) for name in numbers if given.get(name) is not None}
    if given.get("keep_out_mm"):
        found["keep_out_mm"] = given["keep_out_mm"]
    return found


def initial_of(settings: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """What the form shows of a ``[stock]``."""
    sheet = settings.get("sheet_mm") or (None, None)
    found = {name: settings[name] for name in _NAMES if name in settings}
    return found | {"origin": origin, "sheet_x": sheet[0], "sheet_y": sheet[1]}


def sheets_of(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**sheet, "size_x": sheet["size_mm"][0], "size_y": sheet["size_mm"][1]}
        for sheet in settings.get("sheets") or ()
    ]
