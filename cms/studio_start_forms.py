# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked when a model begins: a title, an address, for which bureau, and from what."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import Organisation
from designs.models import DesignDraft
from designs.studio_errors import StudioError
from fabrication.scripted.uploads import DRAWINGS

_LONGEST_TITLE = DesignDraft._meta.get_field("title").max_length
_LONGEST_SLUG = DesignDraft._meta.get_field("slug").max_length
#: Where a message of the service stands on the form.
_FIELDS = {"texts.title": "titre", "slug": "adresse", "organisation": "bureau"}

#: The two templates go by their folder's name (designs/templates).
TEMPLATE, EMPTY, FILE = "table", "planche", "dossier"


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
            (TEMPLATE, "Un exemple qui marche : la table du guide, ses paramètres, ses règles et ses assemblages"),
            (EMPTY, "Presque rien : une planche et sa longueur, à vous la suite"),
            (FILE, "Un fichier à vous : modèle exporté, script, ou dessin de pièces planes"),
        ],
        error_messages={"required": "Choisissez un départ.", "invalid_choice": "Choisissez un départ."},
    )
    fichier = forms.FileField(
        label="Le fichier",
        required=False,
        help_text=(
            "Seulement pour « un fichier à vous ». Un modèle exporté, d’ici ou d’ailleurs (.zip) ; un script Python (.py) ; "
            "des pièces planes dessinées dans un autre logiciel, en millimètres (.step, .stp, .dxf)."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join((".zip", ".py", *DRAWINGS))}),
        error_messages={
            "empty": "Ce fichier est vide.",
            "invalid": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
        },
    )

    epaisseur = forms.CharField(
        label="Épaisseur du panneau",
        required=False,
        max_length=8,
        help_text="En millimètres, pour un DXF qui ne la dit pas.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"max_length": "Un nombre de millimètres, par exemple 18."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("depart") == FILE and not cleaned.get("fichier") and "fichier" not in self.errors:
            self.add_error("fichier", "Choisissez le fichier par lequel le modèle commence.")
        elif cleaned.get("fichier") and cleaned.get("depart") != FILE:
            self.add_error(
                "depart", "Vous avez choisi un fichier : pour commencer par lui, choisissez « Un fichier à vous »."
            )
        return cleaned

    @property
    def file(self) -> UploadedFile:
        return cast(UploadedFile, self.cleaned_data["fichier"])
