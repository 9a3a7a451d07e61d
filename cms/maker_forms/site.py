# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A site of a maker: where it is, what it asks for, how much it makes, where it delivers, when it is closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import date as french_date

from cms.commune_field import CommuneField
from cms.maker_forms.fields import LinesField, NumberField, RecordForm
from designs.typography import typeset
from fablabs.geography import departments


class DigitsField(forms.CharField):
    """A number of an organisation or an address; spaces between its digits are how people write it."""

    def to_python(self, value: object) -> str:
        return re.sub(r"[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}.]", "", str(super().to_python(value)))


def _degrees(label: str, most: str, example: str) -> NumberField:
    return NumberField(
        label=label,
        unit="degrés",
        minimum=f"-{most}",
        maximum=most,
        places=7,
        example=example,
        required=False,
        help_text="Vide : celle de la commune.",
    )


class PlaceForm(RecordForm):
    """Name, SIRET, address, commune; coordinates that are left empty are the commune's."""

    name = forms.CharField(label="Nom de l’atelier", max_length=120, help_text="Celui que lisent les acheteurs.")
    siret = DigitsField(
        label="SIRET",
        max_length=30,
        required=False,
        help_text="Quatorze chiffres : ceux de cet établissement. Les neuf premiers sont votre SIREN.",
    )
    address = forms.CharField(label="Adresse", max_length=200, required=False, help_text="Numéro et rue, ou lieu-dit.")
    postcode = DigitsField(label="Code postal", max_length=12, required=False)
    commune = CommuneField(label="Commune")
    latitude = _degrees("Latitude", "90", "43,8367")
    longitude = _degrees("Longitude", "180", "4,3601")

    def clean_postcode(self) -> str:
        text = str(self.cleaned_data["postcode"])
        if text and not re.fullmatch(r"[0-9]{5}", text):
            raise ValidationError("Un code postal a cinq chiffres.")
        return text

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if given.get(one) is not None and other in given and given[other] is None:
                self.add_error(other, "Donnez les deux coordonnées, ou aucune.")
        return given

    def refuse(self, messages: Mapping[str, str] | ValidationError) -> None:
        """Services speak of the code, this form of the commune."""
        if isinstance(messages, Mapping) and "insee" in messages:
            messages = {"commune" if name == "insee" else name: text for name, text in messages.items()}
        super().refuse(messages)

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        given = self.cleaned_data
        found = {name: given[name] for name in ("name", "siret", "address", "postcode")}
        place = {name: None if given[name] is None else float(given[name]) for name in ("latitude", "longitude")}
        return found | place | {"insee": given["commune"].insee}


def _euros(label: str, help_text: str, example: str) -> NumberField:
    return NumberField(
        label=label, unit="€", maximum="99999", places=2, help_text=help_text, example=example, required=False
    )


class PricesForm(RecordForm):
    """Without VAT; what is left empty is not known, and no quote can be worked out from it."""

    machine_hour_eur = _euros("Heure de machine, hors taxes", "Machine qui tourne, avec quelqu’un auprès d’elle.", "60")
    hand_hour_eur = _euros("Heure de main-d’œuvre, hors taxes", "Ponçage, montage, chargement.", "38")
    delivery_km_eur = _euros(
        "Livraison, par kilomètre", "Aller et retour sont comptés. Vide : vous ne livrez pas.", "0,60"
    )
    minimum_eur = _euros("Minimum de commande", "Vide : pas de minimum.", "150")


class CapacityForm(RecordForm):
    units_per_week = NumberField(
        label="Meubles par semaine",
        unit="exemplaires",
        maximum="9999",
        places=2,
        example="2,5",
        required=False,
        help_text="Ce que vous pouvez prendre en plus du reste. Changez-le quand vous voulez.",
    )
    lead_days = NumberField(
        label="Délai",
        unit="jours",
        maximum="730",
        places=0,
        example="21",
        required=False,
        help_text="De l’engagement de l’acheteur à la livraison du premier exemplaire.",
    )
    finishes = LinesField(
        label="Finitions", required=False, most=20, longest=60, help_text="Une par ligne : huile, vernis, brut…"
    )

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        lead: Decimal | None = given["lead_days"]
        return given | {"lead_days": None if lead is None else int(lead)}


class TerritoryForm(RecordForm):
    radius_km = NumberField(
        label="Jusqu’où",
        unit="km",
        maximum="20000",
        places=0,
        example="80",
        required=False,
        help_text="Par la route, depuis l’atelier. Vide : pas de limite.",
    )
    departments = forms.CharField(
        label="Départements",
        max_length=600,
        required=False,
        help_text="Leurs numéros, séparés par des virgules : 30, 34, 2A. Vide : tous ceux du rayon.",
    )

    def clean_departments(self) -> list[str]:
        codes = [part.upper() for part in re.split(r"[\s,;]+", self.cleaned_data["departments"]) if part]
        codes = [code.zfill(2) if code.isascii() and code.isdigit() else code for code in codes]
        known = departments()
        if unknown := [code for code in codes if code not in known]:
            raise ValidationError(f"Aucun département n’a le numéro « {unknown[0][:20]} ».")
        return sorted(set(codes))

    def values(self) -> dict[str, Any]:
        radius: Decimal | None = self.cleaned_data["radius_km"]
        return {"radius_km": None if radius is None else int(radius), "departments": self.cleaned_data["departments"]}


class WeeksForm(RecordForm):
    """The weeks of the coming year, to be ticked."""

    weeks = forms.MultipleChoiceField(
        label="Semaines fermées",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez des semaines de la liste."},
    )
    reason = forms.CharField(
        label="Raison", max_length=120, required=False, help_text="Pour les semaines que vous ajoutez. Facultatif."
    )

    def __init__(self, mondays: Sequence[date], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["weeks"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(day.isoformat(), _week(day)) for day in mondays]

    def mondays(self) -> list[date]:
        return [date.fromisoformat(text) for text in self.cleaned_data["weeks"]]


def _week(monday: date) -> str:
    """ "Semaine 49 : du 30 novembre au 6 décembre 2026"."""
    sunday = monday + timedelta(days=6)
    begin = _day(monday) if monday.month == sunday.month else f"{_day(monday)} {french_date(monday, 'F')}"
    return typeset(f"Semaine {monday.isocalendar().week} : du {begin} au {_day(sunday)} {french_date(sunday, 'F Y')}")


def _day(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


class ReasonForm(RecordForm):
    """What a coordinator tells a workshop."""

    reason = forms.CharField(
        label="Raison", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="L’atelier la lira."
    )
