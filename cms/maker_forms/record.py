# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker itself: its registration, what it says of itself, the models that it offers, what it can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Organisation
from cms.maker_forms.fields import NumberField, RecordForm
from cms.maker_forms.site import DigitsField
from fablabs.machine import MAX_FILE_BYTES
from fablabs.models import Evidence, Maker, StockItem


def _address(label: str, **kwargs: Any) -> forms.URLField:
    return forms.URLField(
        label=label,
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": "Écrivez une adresse, par exemple https://www.exemple.fr."},
        **kwargs,
    )


def _date(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Écrivez une date, par exemple 31/12/2026."},
        **kwargs,
    )


class RegisterForm(RecordForm):
    """Which of one's organisations, its SIREN, its kind."""

    organisation = forms.ModelChoiceField(label="Structure", queryset=Organisation.objects.none(), empty_label=None)
    siren = DigitsField(label="SIREN", max_length=20, help_text="Neuf chiffres. Une seule inscription par structure.")
    kind = forms.ChoiceField(
        label="Vous êtes",
        choices=Maker.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce qui vous ressemble le plus."},
    )


class IdentityForm(RecordForm):
    kind = forms.ChoiceField(label="Vous êtes", choices=Maker.Kind.choices, widget=forms.RadioSelect)
    presentation = forms.CharField(
        label="Présentation",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Ce qu’un acheteur public doit savoir de vous, en quelques phrases.",
    )
    website = _address("Site internet")
    vat_percent = NumberField(
        label="Taux de TVA",
        unit="%",
        maximum="50",
        places=1,
        example="20",
        help_text="0 si vous n’y êtes pas assujetti (franchise en base).",
    )

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"vat_rate": given.pop("vat_percent") / Decimal(100)}


class OfferForm(RecordForm):
    """One of the models of the catalogue."""

    offered = forms.BooleanField(label="Nous fabriquons ce modèle", required=False)
    price_eur = NumberField(
        label="Prix d’un exemplaire, hors taxes",
        unit="€",
        maximum="999999",
        places=2,
        example="640",
        required=False,
        help_text="Vide : sur devis.",
    )
    smallest_quantity = NumberField(
        label="À partir de", unit="exemplaires", maximum="100000", minimum="1", places=0, required=False
    )
    largest_quantity = NumberField(
        unit="exemplaires",
        label="Jusqu’à",
        minimum="1",
        maximum="100000",
        places=0,
        required=False,
        help_text="Vide : pas de limite.",
    )

    def clean(self) -> dict[str, Any]:
        least, most = self.cleaned_data.get("smallest_quantity"), self.cleaned_data.get("largest_quantity")
        if most is not None and most < (least or 1):
            self.add_error("largest_quantity", "Ce nombre est inférieur au plus petit.")
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        most = given["largest_quantity"]
        return {
            "price_eur": given["price_eur"],
            "smallest_quantity": int(given["smallest_quantity"] or 1),
            "largest_quantity": None if most is None else int(most),
        }


class EvidenceForm(RecordForm):
    """A fact with its dates, no mark."""

    criterion = forms.ChoiceField(
        label="Critère",
        choices=[(value, str(label).capitalize()) for value, label in Evidence.Criterion.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un critère."},
    )
    title = forms.CharField(
        label="Fait", max_length=160, help_text="Par exemple : bois certifié PEFC, atelier d’insertion conventionné."
    )
    detail = forms.CharField(label="Détail", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    link = _address("Lien", help_text="Où le fait se vérifie.")
    dated = _date("Date du fait")
    valid_until = _date("Valable jusqu’au", required=False, help_text="Vide : sans fin.")


class MachineFileForm(RecordForm):
    """A machine file, chosen or pasted."""

    fichier = forms.FileField(label="Fichier", required=False, help_text="Un fichier .toml, 100 Ko au plus.")
    texte = forms.CharField(
        label="Ou bien son texte",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    origin = forms.ChoiceField(
        label="Origine du panneau",
        choices=StockItem.Origin.choices,
        widget=forms.RadioSelect,
        initial=StockItem.Origin.NEW,
        help_text="La fiche ne la dit pas.",
    )

    def clean_fichier(self) -> str:
        file = self.cleaned_data["fichier"]
        if file is None:
            return ""
        if file.size > MAX_FILE_BYTES:
            raise ValidationError("Ce fichier est trop grand : 100 Ko au plus.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValidationError("Ce fichier n’est pas un texte en UTF-8.") from error

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "fichier" in given and "texte" in given and not (given["fichier"] or given["texte"].strip()):
            self.add_error("texte", "Choisissez un fichier, ou collez son texte.")
        return given

    @property
    def text(self) -> str:
        return str(self.cleaned_data["fichier"] or self.cleaned_data["texte"])


def offer_forms(
    designs: Sequence[tuple[str, str]], offered: Mapping[str, Mapping[str, Any]], data: Any = None
) -> list[tuple[str, str, OfferForm]]:
    """Identifier, title and form of each model, filled with what stands or with what was typed."""
    return [
        (
            identifier,
            title,
            OfferForm(
                data, prefix=identifier, initial={**offered.get(identifier, {}), "offered": identifier in offered}
            ),
        )
        for identifier, title in designs
    ]
