# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked when a model begins: a title, an address, for which bureau, and from what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import Organisation
from designs.models import DesignDraft
from designs.studio_errors import StudioError

_LONGEST_TITLE = DesignDraft._meta.get_field("title").max_length
_LONGEST_SLUG = DesignDraft._meta.get_field("slug").max_length
#: Where a message of the service stands on the form.
_FIELDS = {"texts.title": "titre", "slug": "adresse", "organisation": "bureau"}

TEMPLATE, FOLDER = "table", "dossier"


class AdaptForm(forms.Form):
    """``bureaus``: those for which this person designs; of one only, nothing is asked."""

    titre = forms.CharField(
        label="Titre",
        max_length=_LONGEST_TITLE,
        help_text="Comme les communes le liront, par exemple « Table d’accueil ».",
        error_messages={"required": "Donnez un titre au modèle.", "max_length": f"{_LONGEST_TITLE} signes au plus."},
    )
    adresse = forms.CharField(
        label="Adresse",
        required=False,
        max_length=_LONGEST_SLUG,
        help_text="Fin de l’adresse de sa page, par exemple « table-d-accueil ». Vide : faite du titre. Elle ne change plus ensuite.",
        error_messages={"max_length": f"{_LONGEST_SLUG} signes au plus."},
    )
    bureau = forms.ModelChoiceField(
        label="Pour quel bureau",
        queryset=Organisation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choisissez le bureau.", "invalid_choice": "Choisissez le bureau."},
    )

    def __init__(self, bureaus: QuerySet[Organisation], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.bureaus = bureaus
        if len(bureaus) == 1:
            del self.fields["bureau"]
        else:
            self.fields["bureau"].queryset = bureaus

    @property
    def bureau_chosen(self) -> Organisation:
        chosen = self.cleaned_data.get("bureau")
        return chosen if chosen is not None else self.bureaus[0]

    @property
    def slug(self) -> str:
        given = self.cleaned_data["adresse"].strip()
        return given or slugify(self.cleaned_data["titre"].replace("’", " ").replace("'", " "))[:_LONGEST_SLUG].strip(
            "-"
        )

    def take(self, error: StudioError) -> None:
        """What the service refused, beside its field."""
        for path, message in error.messages.items():
            field = _FIELDS.get(path)
            self.add_error(field if field in self.fields else None, message)
        if not error.messages:
            self.add_error(None, error.french)


class NewForm(AdaptForm):
    depart = forms.ChoiceField(
        label="À partir de quoi",
        widget=forms.RadioSelect,
        initial=TEMPLATE,
        choices=[
            (TEMPLATE, "Un exemple qui marche : une table, avec ses paramètres, ses règles et ses assemblages"),
            (FOLDER, "Un dossier exporté (.zip), d’ici ou d’ailleurs"),
        ],
        error_messages={"required": "Choisissez un départ.", "invalid_choice": "Choisissez un départ."},
    )
    fichier = forms.FileField(
        label="Le dossier (.zip)",
        required=False,
        help_text="Seulement pour un dossier exporté : modele.toml et ses scripts.",
        error_messages={
            "empty": "Ce fichier est vide.",
            "invalid": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("depart") == FOLDER and not cleaned.get("fichier") and "fichier" not in self.errors:
            self.add_error("fichier", "Choisissez le dossier à déposer.")
        return cleaned
