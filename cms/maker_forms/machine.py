# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A machine as a workshop describes it: the ``[machine]`` of a machine file, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.maker_forms.fields import NumberField, RecordForm, json_number
from cms.maker_forms.polygons import PolygonsField
from fablabs.french import LAYERS

_UNSAID = "Comme d’habitude"


def _choice(label: str, choices: list[tuple[str, str]], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, **kwargs)


def _number(label: str, unit: str, maximum: str, help_text: str = "", **kwargs: Any) -> NumberField:
    return NumberField(label=label, unit=unit, maximum=maximum, help_text=help_text, required=False, **kwargs)


class MachineForm(RecordForm):
    """Everything of a machine but its tools. A field that is left empty is not said, and keeps its usual value."""

    name = forms.CharField(label="Nom de la machine", max_length=200, help_text="Comme vous l’appelez à l’atelier.")
    process = forms.ChoiceField(
        label="Comment coupe-t-elle ?",
        choices=[("cnc-router", "Fraiseuse numérique"), ("laser", "Découpeuse laser")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez fraiseuse ou laser."},
    )
    bed_x = _number(
        "Longueur de la table",
        "mm",
        "20000",
        "Le plus grand panneau qui tient à plat dessus, dans un sens…",
        minimum="1",
        example="2500",
    )
    bed_y = _number("Largeur de la table", "mm", "20000", "… et dans l’autre.", minimum="1", example="1250")
    max_thickness_mm = _number(
        "Épaisseur la plus forte",
        "mm",
        "200",
        "Du bois que vous acceptez de couper avec elle.",
        minimum="0.1",
        example="30",
    )
    kerf_mm = _number(
        "Trait de coupe",
        "mm",
        "5",
        "Laser seulement : ce que le faisceau brûle, souvent 0,1 à 0,3. 0 si votre logiciel le compense.",
        example="0,15",
    )

    controller = _choice(
        "Commande numérique",
        [
            ("", "Inconnue, ou un logiciel lit les DXF"),
            ("grbl", "GRBL"),
            ("linuxcnc", "LinuxCNC"),
            ("mach3", "Mach3 ou Mach4"),
            ("shopbot", "ShopBot"),
        ],
        help_text="Avec elle, le zéro, la hauteur et les avances des outils, le programme de la machine est écrit aussi.",
    )
    zero = _choice(
        "Où est le zéro en Z ?",
        [("", "Non dit"), ("sheet-top", "Sur le dessus du panneau"), ("spoilboard", "Sur le martyr")],
    )
    travel_height_mm = _number(
        "Hauteur de déplacement",
        "mm",
        "500",
        "Au-dessus du panneau, assez haut pour passer toutes les brides.",
        minimum="0.001",
        example="15",
    )
    rapid_mm_min = _number(
        "Vitesse rapide", "mm/min", "200000", "Pour estimer le temps de machine.", minimum="0.001", example="9000"
    )
    accel_mm_s2 = _number(
        "Accélération", "mm/s²", "100000", "Pour estimer le temps de machine.", minimum="0.001", example="400"
    )

    spacing_mm = _number(
        "Écart entre deux pièces", "mm", "500", "Au moins le diamètre de votre plus fine fraise.", usual="8"
    )
    margin_mm = _number("Marge au bord du panneau", "mm", "500", "Là où rien n’est découpé.", usual="10")
    corner_relief = _choice(
        "Angles intérieurs",
        [
            ("", f"{_UNSAID} (en os de chien)"),
            ("dogbone", "En os de chien"),
            ("tbone", "En T"),
            ("none", "Sans dégagement"),
        ],
        help_text="Une fraise laisse un arrondi : un dégagement laisse entrer le tenon.",
    )
    hold_down = _choice(
        "Ce qui tient les pièces",
        [
            ("", f"{_UNSAID} (attaches)"),
            ("tabs", "Attaches"),
            ("onion-skin", "Peau d’oignon"),
            ("vacuum", "Table aspirante"),
        ],
        help_text="Pendant que le contour est découpé.",
    )
    tab_width_mm = _number("Largeur des attaches", "mm", "50", minimum="0.001", usual="6")
    tab_height_mm = _number("Hauteur des attaches", "mm", "200", minimum="0.001", usual="3")
    onion_skin_mm = _number("Peau laissée dessous", "mm", "5", minimum="0.001", usual="0,4")
    through_mm = _number(
        "Passe dans le martyr", "mm", "5", "De combien la fraise descend sous le panneau.", usual="0,3"
    )
    cut_direction = _choice(
        "Sens de coupe",
        [("", f"{_UNSAID} (en avalant)"), ("climb", "En avalant"), ("conventional", "En opposition")],
    )
    dxf_version = _choice(
        "Version des DXF",
        [("", f"{_UNSAID} (R2010)"), ("R2010", "R2010"), ("R12", "R12, pour un logiciel ancien")],
    )
    keep_out_mm = PolygonsField(
        label="Zones interdites",
        required=False,
        help_text="Brides fixes, dans le repère du panneau : une par ligne, les angles séparés par « ; », "
        "par exemple « 0 0 ; 60 0 ; 60 45 ; 0 45 ».",
    )

    preset = _choice(
        "Couleurs des calques",
        [
            ("", f"{_UNSAID} (celles de Tréteau)"),
            ("treteau", "Celles de Tréteau"),
            ("rgb", "Rouge coupe, bleu marque, noir grave"),
            ("six-colours", "Six couleurs pures, dans l’ordre du travail"),
        ],
        help_text="Beaucoup de logiciels de laser reconnaissent le travail à sa couleur.",
    )
    letters = _choice(
        "Lettres gravées (laser)",
        [("", f"{_UNSAID} (en surface)"), ("engrave", "En surface"), ("score", "Suivies sur leur contour, plus vite")],
    )

    def layer_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(label, self[f"layer_{kind}_name"], self[f"layer_{kind}_colour"]) for kind, label in LAYERS.items()]

    def clean(self) -> dict[str, Any]:
        for one, other in (("bed_x", "bed_y"), ("bed_y", "bed_x")):
            if (
                self.cleaned_data.get(one) is not None
                and other in self.cleaned_data
                and self.cleaned_data[other] is None
            ):
                self.add_error(other, "Donnez aussi cette dimension.")
        return self.cleaned_data


def _colour(text: str) -> list[int]:
    found = re.fullmatch(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", text)
    if not found:
        raise ValidationError("Écrivez une couleur comme #ff0000.")
    return [int(part, 16) for part in found.groups()]


class _ColourField(forms.CharField):
    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        return _colour(text) if text else None

    def run_validators(self, value: object) -> None:
        """Three levels, no text."""

    def prepare_value(self, value: Any) -> Any:
        return "#" + "".join(f"{level:02x}" for level in value) if isinstance(value, list | tuple) else value


for _kind, _label in LAYERS.items():
    MachineForm.base_fields[f"layer_{_kind}_name"] = forms.CharField(
        label=f"Calque des {_label}" if not _label.startswith(("bord", "barre", "cartouche")) else f"Calque : {_label}",
        max_length=60,
        required=False,
    )
    MachineForm.base_fields[f"layer_{_kind}_colour"] = _ColourField(label=f"Couleur : {_label}", required=False)


class ToolForm(RecordForm):
    """One tool. Feeds and pass are known or not: without them no program for the machine itself is written."""

    name = forms.CharField(label="Outil", max_length=200, help_text="Par exemple : fraise à compression 6 mm.")
    diameter_mm = NumberField(label="Diamètre", unit="mm", minimum="0.5", maximum="50", example="6", required=True)
    kind = _choice(
        "Type",
        [
            ("", "Fraise droite ou à compression"),
            ("end-mill", "Fraise"),
            ("drill", "Foret, qui perce seulement"),
            ("v-bit", "Fraise en V, qui grave seulement"),
        ],
    )
    number = NumberField(label="Numéro", minimum="1", maximum="999", places=0, required=False)
    feed_mm_min = _number("Avance", "mm/min", "100000", minimum="0.001", example="4000")
    plunge_mm_min = _number("Descente", "mm/min", "100000", minimum="0.001", example="1200")
    spindle_rpm = _number("Broche", "tr/min", "200000", minimum="0.001", example="18000")
    pass_depth_mm = _number("Passe", "mm", "200", minimum="0.001", example="6")


_NUMBERS = (
    "max_thickness_mm", "spacing_mm", "margin_mm", "kerf_mm", "travel_height_mm", "rapid_mm_min", "accel_mm_s2",
    "through_mm", "tab_width_mm", "tab_height_mm", "onion_skin_mm",
)  # fmt: skip
_TEXTS = ("corner_relief", "dxf_version", "controller", "zero", "hold_down", "cut_direction")
_TOOL_NUMBERS = ("diameter_mm", "number", "feed_mm_min", "plunge_mm_min", "spindle_rpm", "pass_depth_mm")
#: Keys of a machine file whose field has another name.
PLACES = {
    "machine.bed_mm": "bed_x",
    "machine.bed_mm.0": "bed_x",
    "machine.bed_mm.1": "bed_y",
    "machine.layers.preset": "preset",
    "machine.layers.letters": "letters",
    **{f"machine.layers.{kind}.{part}": f"layer_{kind}_{part}" for kind in LAYERS for part in ("name", "colour")},
    **{f"machine.{name}": name for name in ("name", "process", "keep_out_mm", *_NUMBERS, *_TEXTS)},
}


def settings_of(form: MachineForm, tools: list[RecordForm]) -> dict[str, Any]:
    """The ``[machine]`` that valid forms describe; what is not said is left out."""
    given = form.cleaned_data
    found: dict[str, Any] = {"name": given["name"], "process": given["process"]}
    if given.get("bed_x") is not None and given.get("bed_y") is not None:
        found["bed_mm"] = [json_number(given["bed_x"]), json_number(given["bed_y"])]
    found |= {name: json_number(given[name]) for name in _NUMBERS if given.get(name) is not None}
    found |= {name: given[name] for name in _TEXTS if given.get(name)}
    if given.get("keep_out_mm"):
        found["keep_out_mm"] = given["keep_out_mm"]
    if tools:
        found["tools"] = [_tool(form.cleaned_data) for form in tools]
    layers: dict[str, Any] = {name: given[name] for name in ("preset", "letters") if given.get(name)}
    for kind in LAYERS:
        style = {part: given.get(f"layer_{kind}_{part}") for part in ("name", "colour")}
        if style := {part: value for part, value in style.items() if value}:
            layers[kind] = style
    if layers:
        found["layers"] = layers
    return found


def _tool(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": given["name"]}
    if given.get("kind"):
        found["kind"] = given["kind"]
    return found | {name: json_number(given[name]) for name in _TOOL_NUMBERS if given.get(name) is not None}


def initial_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a ``[machine]``."""
    found = {
        name: settings[name] for name in ("name", "process", "keep_out_mm", *_NUMBERS, *_TEXTS) if name in settings
    }
    bed = settings.get("bed_mm") or (None, None)
    layers = settings.get("layers") or {}
    found |= {"bed_x": bed[0], "bed_y": bed[1], "preset": layers.get("preset"), "letters": layers.get("letters")}
    for kind in LAYERS:
        for part in ("name", "colour"):
            found[f"layer_{kind}_{part}"] = (layers.get(kind) or {}).get(part)
    return found


def tools_of(settings: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(settings.get("tools") or ())
