# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be asked for on the page of finished files: a part again, a remark on a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from cms.quantity_field import quantity_field
from designs.models import MAX_AUTHOR, MAX_REMARK


class _OfAPart(forms.Form):
    """Asks for one of the parts that a package's manifest lists."""

    piece = forms.ChoiceField(
        label="Pièce",
        error_messages={
            "required": "Choisissez une pièce.",
            "invalid_choice": "Choisissez l’une des pièces de la liste.",
        },
    )

    def __init__(self, manifest: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["piece"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(part["code"], f"{part['code']} – {part['name']}") for part in manifest["parts"]]


class PartForm(_OfAPart):
    """Which part, how many times."""

    quantite = quantity_field("Combien")


class _Lines(forms.CharField):
    """A browser counts the end of a line as one character and sends two."""

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class RemarkForm(_OfAPart):
    """What a maker found about a part; it goes to the designer with the revision."""

    texte = _Lines(
        label="Votre remarque",
        max_length=MAX_REMARK,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Écrivez ce que vous avez constaté.",
            "max_length": "2 000 caractères au plus.",
        },
    )
    auteur = forms.CharField(label="Votre nom ou votre atelier (facultatif)", max_length=MAX_AUTHOR, required=False)
