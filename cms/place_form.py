# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a piece would be delivered, as a page of a model asks it: it may stay empty, and a link holds it."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from cms.commune_field import CommuneField
from fablabs.geography import Commune

#: Of what an address may hold; a commune's name is shorter.
LONGEST = 60


class PlaceForm(forms.Form):
    commune = CommuneField(
        label="Votre commune", required=False, help_text="Pour une fourchette de prix près de chez vous."
    )

    @classmethod
    def of_link(cls, given: str) -> PlaceForm:
        """With the code or the name that an address holds."""
        return cls(initial={"commune": "".join(c for c in given if c.isprintable())[:LONGEST]})

    @property
    def place(self) -> Commune | None:
        """The commune, if it is certain."""
        if self.is_bound:
            return self.cleaned_data.get("commune") if self.is_valid() else None
        try:
            return self.fields["commune"].clean(self.initial.get("commune", ""))  # type: ignore[no-any-return]
        except ValidationError:
            return None

    @property
    def kept(self) -> str:
        """What a link has to say: the code, else the text as it was typed."""
        if (place := self.place) is not None:
            return place.insee
        value = self["commune"].value()
        return str(getattr(value, "text", value) or "")[:LONGEST]
