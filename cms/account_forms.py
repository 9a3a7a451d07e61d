# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""allauth's forms in the site's words. What they check is allauth's and Django's."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.models import EmailAddress
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest

_ADDRESS = {
    "required": "Indiquez une adresse électronique.",
    "invalid": "Écrivez une adresse complète, par exemple prenom.nom@mairie.fr.",
}
_NEW_PASSWORD = "Dix caractères au moins. Quelques mots sans rapport entre eux se retiennent bien."


def _word(form: forms.BaseForm, name: str, label: str, help_text: str = "", **errors: str) -> None:
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.error_messages.update(errors)


def _address(form: forms.BaseForm, name: str, label: str = "Adresse électronique", help_text: str = "") -> None:
    _word(form, name, label, help_text, **_ADDRESS)
    form.fields[name].widget.attrs.update(type="email", autocomplete="username", maxlength="254")


def _password(form: forms.BaseForm, name: str, label: str = "Mot de passe", help_text: str = "") -> None:
    _word(form, name, label, help_text, required="Indiquez un mot de passe.")


def own_name(label: str, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        error_messages={
            "required": f"Indiquez votre {label.lower()}.",
            "max_length": "Soixante caractères au plus.",
        },
    )


class LoginForm(allauth.LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _address(self, "login")
        _password(self, "password")
        _word(self, "remember", "Rester connecté sur cet appareil", "Deux semaines. Pas sur un ordinateur partagé.")


class SignupForm(allauth.SignupForm):  # type: ignore[misc]
    first_name = own_name("Prénom", "given-name")
    last_name = own_name("Nom", "family-name")

    field_order = ["first_name", "last_name", "email", "password1"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _address(self, "email", help_text="Celle de votre travail, de préférence. Un message servira à la confirmer.")
        _password(self, "password1", help_text=_NEW_PASSWORD)

    def validate_unique_email(self, value: str) -> str:
        """What somebody added to another account and never confirmed bars nobody from signing up with it."""
        EmailAddress.objects.filter(email=value, verified=False, primary=False).delete()
        unique: str = super().validate_unique_email(value)
        return unique

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """A form sent twice at once makes one account; the second is answered as any address that has one."""
        try:
            with transaction.atomic():
                saved: tuple[Any, Any] = super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            saved = super().try_save(request)
        return saved


class AddEmailForm(allauth.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _address(self, "email", "Autre adresse électronique", "Un message servira à la confirmer.")


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _address(self, "email")


class _NewPassword(forms.Form):
    """Typed twice, so that nobody shuts himself out by a slip of the finger."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _password(self, "password1", "Nouveau mot de passe", _NEW_PASSWORD)
        _password(self, "password2", "Le même, encore une fois")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes.")
        return cleaned


class ResetPasswordKeyForm(_NewPassword, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _password(self, "oldpassword", "Mot de passe actuel")


class ReauthenticateForm(allauth.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _password(self, "password")
