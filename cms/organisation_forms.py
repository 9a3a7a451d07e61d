# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked about an organisation, an invitation, one's own name. What is checked here is how it is written; what
may be done is decided by accounts.services."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.errors import AccountError
from accounts.models import (
    BUYERS,
    SELF_SERVICE,
    Organisation,
    User,
    is_coordinator,
    validate_siren,
    validate_siret,
)
from accounts.services.organisations import WHOSE_SIRET
from cms.account_forms import own_name
from cms.commune_field import CommuneField

_DEPARTMENT = re.compile(r"(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]|98[678])")
_KINDS = {
    Organisation.Kind.COLLECTIVITE: "Une collectivité ou un groupement (commune, communauté de communes…)",
    Organisation.Kind.FRANCE_SERVICES: "Une structure qui porte un espace France services",
    Organisation.Kind.MAKER: "Un atelier de fabrication (fablab, tiers-lieu, artisan, manufacture)",
    Organisation.Kind.DESIGNER: "Un bureau de création",
    Organisation.Kind.PREFECTURE: "Une préfecture",
    Organisation.Kind.COORDINATOR: "La coordination",
}


class DigitsField(forms.CharField):
    """Typed with the spaces and points that people put into such numbers."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s.]", "", str(super().to_python(value)))


def _name() -> forms.CharField:
    return forms.CharField(
        label="Nom",
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="Tel qu’il doit paraître, par exemple « Commune de Vézac ».",
        error_messages={
            "required": "Indiquez le nom de l’organisation.",
            "max_length": "Cent soixante caractères au plus.",
        },
    )


def _digits(label: str, digits: int, help_text: str) -> DigitsField:
    return DigitsField(
        label=label,
        required=False,
        max_length=digits + 10,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"max_length": f"{digits} chiffres, sans rien d’autre."},
    )


class RecordForm(forms.Form):
    """The fields of the record that this person may fill in."""

    name = _name()
    siret = _digits(
        "SIRET",
        14,
        "Quatorze chiffres, sur l’avis de situation de l’INSEE ou vos factures. Une collectivité ou une structure France "
        "Services l’indique toujours.",
    )
    siren = _digits("SIREN", 9, "Ses neuf premiers chiffres suffisent à un atelier ou un bureau de création.")
    commune = CommuneField(
        label="Commune",
        required=False,
        help_text="La vôtre, ou celle du siège pour un groupement. Nom ou code postal.",
    )
    department = forms.CharField(
        label="Département",
        required=False,
        max_length=3,
        help_text="Son numéro, pour une préfecture : 30, 2A, 974.",
        error_messages={"max_length": "Deux ou trois signes, par exemple 30, 2A ou 974."},
    )

    def clean_siren(self) -> str:
        return self._checked("siren", validate_siren)

    def clean_siret(self) -> str:
        return self._checked("siret", validate_siret)

    def _checked(self, name: str, validate: Callable[[str], None]) -> str:
        """Here as well as in the service: so that both numbers are spoken of at once."""
        number: str = self.cleaned_data[name]
        validate(number)
        return number

    def clean_department(self) -> str:
        number: str = self.cleaned_data["department"].strip().upper()
        if number and not _DEPARTMENT.fullmatch(number):
            raise ValidationError("Ce n’est pas le numéro d’un département : par exemple 30, 2A ou 974.")
        return number

    def record(self) -> dict[str, str]:
        """The fields as services name them."""
        values = dict(self.cleaned_data)
        commune = values.pop("commune")
        return {**values, "insee": commune.insee if commune else ""}

    def take(self, error: AccountError | ValidationError) -> None:
        """Show what a service refused, beside its field."""
        if isinstance(error, AccountError):
            self.add_error(error.field if error.field in self.fields else None, error.french)
            return
        for name, words in error.message_dict.items():
            field = "commune" if name == "insee" else name
            self.add_error(field if field in self.fields else None, words)


class NewOrganisationForm(RecordForm):
    """Registers an organisation of a kind that this person may register."""

    kind = forms.ChoiceField(
        label="Que voulez-vous inscrire ?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez le type de votre organisation.",
            "invalid_choice": "Choisissez un type.",
        },
    )
    field_order = ["kind", "name", "commune", "siret", "siren", "department"]

    def __init__(self, actor: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        kinds = list(Organisation.Kind) if is_coordinator(actor) else SELF_SERVICE
        self.fields["kind"].choices = [(kind.value, _KINDS[kind]) for kind in kinds]
        if not is_coordinator(actor):
            del self.fields["department"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("kind")
        if kind in BUYERS and not cleaned.get("siret") and "siret" not in self.errors:
            self.add_error("siret", WHOSE_SIRET)
        elif (
            kind == Organisation.Kind.MAKER
            and not (cleaned.get("siren") or cleaned.get("siret"))
            and not {"siren", "siret"} & set(self.errors)
        ):
            self.add_error("siren", "Indiquez le SIREN : il dit que l’organisation existe.")
        if kind in BUYERS and not cleaned.get("commune") and "commune" not in self.errors:
            self.add_error(
                "commune", "Indiquez la commune : elle dit ce à quoi vous avez droit, et qui est près de vous."
            )
        if kind == Organisation.Kind.PREFECTURE and not cleaned.get("department") and "department" not in self.errors:
            self.add_error("department", "Indiquez le département de la préfecture.")
        return cleaned


class EditOrganisationForm(RecordForm):
    def __init__(self, actor: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not is_coordinator(actor):
            for field in ("siren", "siret", "department"):
                del self.fields[field]


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Indiquez l’adresse de la personne.",
            "invalid": "Écrivez une adresse complète, par exemple prenom.nom@mairie.fr.",
            "max_length": "Cette adresse est trop longue.",
        },
    )
    is_manager = forms.BooleanField(label="Cette personne pourra aussi inviter et retirer des membres", required=False)


class OwnNameForm(forms.Form):
    first_name = own_name("Prénom", "given-name")
    last_name = own_name("Nom", "family-name")
