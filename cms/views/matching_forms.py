# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked before workshops can be ranked: a model, how many, for where, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from cms.catalogue import published
from cms.commune_field import CommuneField
from fabrication.plan import MAX_QUANTITY

#: Nobody orders furniture for later.
LATEST = timedelta(days=3 * 366)


class RankingForm(forms.Form):
    """Read from the address, so that a ranking can be kept, sent and asked for again."""

    modele = forms.ChoiceField(
        label="Modèle",
        error_messages={
            "required": "Choisissez un modèle.",
            "invalid_choice": "Choisissez l’un des modèles de la liste.",
        },
    )
    quantite = forms.IntegerField(
        label="Combien d’exemplaires\u202f?",
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=1,
        error_messages={
            "required": "Indiquez une quantité.",
            "invalid": "Écrivez un nombre entier, par exemple 4.",
            "min_value": "Un exemplaire au moins.",
            "max_value": "1\u202f000 exemplaires au plus.",
        },
    )
    commune = CommuneField(
        label="Pour quelle commune\u202f?", help_text="Là où le meuble sera livré\u00a0: nom ou code postal."
    )
    echeance = forms.DateField(
        label="Pour quand\u202f?",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Écrivez une date, par exemple 31/12/2026."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["modele"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(card.identifier, card.title) for card in published()]

    def clean_echeance(self) -> date | None:
        day: date | None = self.cleaned_data["echeance"]
        if day is None:
            return None
        today = timezone.localdate()
        if day <= today:
            raise forms.ValidationError("Cette date est passée\u00a0: choisissez un jour à venir.")
        if day > today + LATEST:
            raise forms.ValidationError("Choisissez une date dans les trois ans.")
        return day
