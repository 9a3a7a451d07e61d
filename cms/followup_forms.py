# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be asked for on the page of finished files: a part again, a remark on a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from fabrication.models import MAX_QUANTITY

_PART = {"required": "Choisissez une pièce.", "invalid_choice": "Choisissez l’une des pièces de la liste."}


def part_choices(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(part["code"], f"{part['code']} – {part['name']}") for part in manifest["parts"]]


class PartForm(forms.Form):
    """Which part, how many times."""

    piece = forms.ChoiceField(label="Pièce", error_messages=_PART)
    quantite = forms.IntegerField(
        label="Combien",
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=1,
        error_messages={
            "required": f"Indiquez une quantité, de 1 à {MAX_QUANTITY}.",
            "invalid": "Écrivez un nombre entier, par exemple 1.",
            "min_value": "Un exemplaire au moins.",
            "max_value": f"{MAX_QUANTITY} exemplaires au plus en une fois.",
        },
    )

    def __init__(self, manifest: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["piece"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = part_choices(manifest)


class _Lines(forms.CharField):
    """A browser counts the end of a line as one character and sends two."""

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class RemarkForm(forms.Form):
    """What a maker found about a part; it goes to the designer with the revision."""

    piece = forms.ChoiceField(label="Pièce", error_messages=_PART)
    texte = _Lines(
        label="Votre remarque",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Écrivez ce que vous avez constaté.",
            "max_length": "2 000 caractères au plus.",
        },
    )
    auteur = forms.CharField(label="Votre nom ou votre atelier (facultatif)", max_length=100, required=False)

    def __init__(self, manifest: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["piece"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = part_choices(manifest)
