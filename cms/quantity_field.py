# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many copies: the same question, bounds and words wherever it is asked."""

from __future__ import annotations

from django import forms

from fabrication.models import MAX_QUANTITY


def quantity_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=1,
        error_messages={
            "required": f"Indiquez une quantité, de 1 à {MAX_QUANTITY}.",
            "invalid": "Écrivez un nombre entier, par exemple 4.",
            "min_value": "Un exemplaire au moins.",
            "max_value": f"{MAX_QUANTITY} exemplaires au plus en une fois.",
        },
    )
