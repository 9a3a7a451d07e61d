# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is typed on the way to a maker."""

from __future__ import annotations

from django import forms

from cms.maker_forms.fields import RecordForm
from cms.views.orders.fields import TextField
from designs.typography import SPACE
from orders.life.steps.choice import MOST_MESSAGE, MOST_WORDS
from orders.services.choosing import MOST_REASON


def _long(most: int) -> dict[str, str]:
    return {"max_length": f"{most}{SPACE}caractères au plus."}


class MessageForm(RecordForm):
    message = TextField(
        label="Un message à l’atelier (facultatif)",
        lines=4,
        max_length=MOST_MESSAGE,
        help_text="Une finition, un étage, une date : ce que le calcul ne sait pas. Pas de données personnelles.",
        error_messages=_long(MOST_MESSAGE),
    )


class JustificationForm(RecordForm):
    """Empty is refused by the step itself."""

    justification = TextField(
        label="Pourquoi cet atelier ?",
        lines=7,
        max_length=MOST_WORDS,
        help_text="Deux ou trois phrases : elles restent au dossier, et la préfecture les lit.",
        error_messages=_long(MOST_WORDS),
    )


class DeclineForm(RecordForm):
    reason = forms.CharField(
        label="Raison",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="L’acheteur la lit. Par exemple : « carnet plein jusqu’en mars ».",
        error_messages={"required": f"Écrivez la raison{SPACE}: l’acheteur la lit.", **_long(MOST_REASON)},
    )
