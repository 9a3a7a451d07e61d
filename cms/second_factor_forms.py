# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second factor's forms in the site's words; telephones show a code as "123 456"."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from django import forms


class CodeField(forms.CharField):
    """Six digits of the application, or a recovery code; spaces don't count."""

    def to_python(self, value: Any) -> str:
        return "".join(str(super().to_python(value)).split())


def _code(label: str, help_text: str) -> CodeField:
    return CodeField(
        label=label,
        help_text=help_text,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "Indiquez le code.", "max_length": "Ce code est trop long."},
    )


_OF_THE_APPLICATION = "Les six chiffres que montre l’application, ou l’un de vos codes de secours."


class AuthenticateForm(base.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    code = _code("Code", _OF_THE_APPLICATION)


class ReauthenticateForm(base.ReauthenticateForm):  # type: ignore[misc]
    code = _code("Code", _OF_THE_APPLICATION)


class ActivateForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    code = _code("Code affiché par l’application", "Six chiffres, qui changent toutes les trente secondes.")
