# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a visitor may ask of the list of workshops. All of it stands in the address; what is wrong there is told beside
its field, and the rest still counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from cms.commune_field import CommuneField
from fablabs.geography import Commune, departments, region_of, regions
from fablabs.geography.territory import department_of
from fablabs.machine import Process
from fablabs.models import StockItem, Workshop
from fablabs.quantities import Length

#: The longest side of a machine file's table.
_LONGEST_MM = next(bound.le for bound in Length.__metadata__[0].metadata if hasattr(bound, "le"))
_RADII = (25, 50, 100, 200)
_OF_MACHINES = ("procede", "longueur", "largeur", "matiere", "origine")


def _size_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=int(_LONGEST_MM),
        error_messages={
            "invalid": "Écrivez un nombre entier de millimètres, par exemple 1820.",
            "min_value": "Un millimètre au moins.",
            "max_value": "Aucune table n’est si grande : 20\u202f000 mm au plus.",
        },
    )


class WorkshopFilters(forms.Form):
    commune = CommuneField(
        label="Près de", required=False, help_text="Nom ou code postal d’une commune, par exemple Nîmes."
    )
    rayon = forms.TypedChoiceField(
        label="Dans un rayon de",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "sans limite"), *((str(km), f"{km}\u00a0km par la route") for km in _RADII)],
        error_messages={"invalid_choice": "Choisissez l’un des rayons de la liste."},
    )
    territoire = forms.ChoiceField(
        label="Région ou département",
        required=False,
        error_messages={"invalid_choice": "Choisissez une région ou un département de la liste."},
    )
    procede = forms.ChoiceField(
        label="Procédé",
        required=False,
        choices=[
            ("", "tous"),
            (Process.ROUTER.value, "fraiseuse numérique"),
            (Process.LASER.value, "découpeuse laser"),
        ],
        error_messages={"invalid_choice": "Choisissez un procédé de la liste."},
    )
    longueur = _size_field("Longueur")
    largeur = _size_field("Largeur")
    matiere = forms.ChoiceField(
        label="Matière",
        required=False,
        error_messages={"invalid_choice": "Aucun atelier n’annonce cette matière : choisissez dans la liste."},
    )
    origine = forms.ChoiceField(
        label="Origine des panneaux",
        required=False,
        choices=[
            ("", "toutes"),
            (StockItem.Origin.RECYCLED.value, "panneaux recyclés"),
            (StockItem.Origin.RECLAIMED.value, "panneaux de réemploi"),
            (StockItem.Origin.NEW.value, "panneaux neufs"),
        ],
        error_messages={"invalid_choice": "Choisissez une origine de la liste."},
    )
    contacts = forms.BooleanField(
        label="Montrer aussi les lieux à contacter, dont les machines sont inconnues", required=False
    )

    def __init__(self, data: Any, workshops: Iterable[Workshop]) -> None:
        super().__init__(data)
        materials = sorted({name for workshop in workshops for name in materials_of(workshop)}, key=str.casefold)
        self.fields["matiere"].choices = [("", "toutes"), *((name, name) for name in materials)]
        self.fields["territoire"].choices = _territories()
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.widget.attrs = {"class": "fr-select", "aria-describedby": f"id_{name}-aide id_{name}-messages"}
        self.is_valid()

    def asked(self, name: str) -> Any:
        """What was asked for and understood; None or "" otherwise."""
        return self.cleaned_data.get(name)

    @property
    def near(self) -> Commune | None:
        return self.cleaned_data.get("commune")

    @property
    def asks_for_machines(self) -> bool:
        """Something that a place of unknown machines can't answer."""
        return any(self.asked(name) for name in _OF_MACHINES)

    @property
    def machine_errors(self) -> bool:
        """Something wrong there, to be seen at once."""
        return any(name in self.errors for name in _OF_MACHINES)

    @property
    def is_narrowed(self) -> bool:
        return any(self.asked(name) for name in self.fields)

    def keeps(self, workshop: Workshop) -> bool:
        """Does it answer to everything but the distance?"""
        return (
            in_territory(workshop.insee, self.asked("territoire") or "")
            and self._has_machine(workshop)
            and self._has_stock(workshop)
        )

    def _has_machine(self, workshop: Workshop) -> bool:
        process, wanted = self.asked("procede"), sorted((self.asked("longueur") or 0, self.asked("largeur") or 0))
        if not process and not any(wanted):
            return True
        return any(
            (not process or machine.settings.get("process") == process)
            and all(side >= least for side, least in zip(sorted(bed_of(machine.settings)), wanted, strict=True))
            for machine in workshop.machines_in_use
        )

    def _has_stock(self, workshop: Workshop) -> bool:
        material, origin = self.asked("matiere"), self.asked("origine")
        if not material and not origin:
            return True
        return any(
            (not material or item.settings.get("material") == material) and (not origin or item.origin == origin)
            for item in workshop.panels_in_use
        )


def materials_of(workshop: Workshop) -> list[str]:
    return [str(item.settings["material"]) for item in workshop.panels_in_use if _named(item)]


def _named(item: StockItem) -> bool:
    return bool(item.settings.get("material"))


def bed_of(settings: dict[str, Any]) -> tuple[float, float]:
    """Of a machine's settings, which may be a draft: nothing known is 0 × 0."""
    bed = settings.get("bed_mm")
    if isinstance(bed, list | tuple) and len(bed) == 2 and all(isinstance(side, int | float) for side in bed):
        return float(bed[0]), float(bed[1])
    return 0.0, 0.0


def in_territory(insee: str, key: str) -> bool:
    """``key``: "r-76" or "d-30", or "" for everywhere."""
    kind, _, code = key.partition("-")
    if not code:
        return True
    department = department_of(insee)
    return department == code if kind == "d" else department in departments() and region_of(department) == code


def _territories() -> list[Any]:
    """Every région with its départements; the collectivities, which are their own région, once."""
    groups: list[Any] = [("", "toute la France")]
    names = departments()
    for code, name in sorted(regions().items(), key=lambda entry: entry[1]):
        inside = [department for department in names if region_of(department) == code]
        label = name.replace("'", "’")
        if len(inside) == 1:
            groups.append((f"d-{inside[0]}", f"{label} ({inside[0]})"))
        else:
            entries = [(f"d-{d}", f"{names[d]} ({d})".replace("'", "’")) for d in inside]
            groups.append((label, [(f"r-{code}", f"toute la région {label}"), *entries]))
    return groups
