# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The contact form."""

from __future__ import annotations

from typing import Any

from django import forms

from cms.models import ContactSubject
from cms.visitor_form import VisitorForm

_SHORTEST, _LONGEST = 10, 5_000


class SubjectField(forms.ModelChoiceField):  # type: ignore[misc]
    def validate_no_null_characters(self, value: Any) -> None:
        """Django's own words for it are about characters; to a person it is no subject of the list."""
        if "\x00" in str(value):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class ContactForm(VisitorForm):
    ORDER = ("subject", "name", "email", "organisation", "text")

    subject = SubjectField(
        ContactSubject.objects.none(),
        label="Sujet",
        to_field_name="slug",
        empty_label="Choisissez un sujet",
        error_messages={
            "required": "Choisissez un sujet : il dit à quelle équipe votre message arrive.",
            "invalid_choice": "Choisissez l’un des sujets de la liste.",
        },
    )
    text = forms.CharField(
        label="Votre message",
        min_length=_SHORTEST,
        max_length=_LONGEST,
        help_text=f"{_LONGEST // 1000}\u202f000 signes au plus. N’y mettez ni mot de passe, ni pièce d’identité.",
        error_messages={
            "required": "Écrivez votre message.",
            "min_length": "Quelques mots de plus aideront à vous répondre.",
            "max_length": f"Votre message est trop long : {_LONGEST // 1000}\u202f000 signes au plus.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = ContactSubject.objects.filter(is_active=True)
