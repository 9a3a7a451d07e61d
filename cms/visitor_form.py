# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the forms of people without an account share: a name, an address, a trap for machines."""

from __future__ import annotations

import re
import time
from typing import Any

from django import forms
from django.core import signing

#: A person needs longer than this to fill in a form.
LEAST_SECONDS = 3
_SALT = "visitor-form"
_LINK = re.compile(r"://|www\.|@|\bhttps?\b", re.IGNORECASE)
_NUL = {"null_characters_not_allowed": "Ce texte contient un signe invisible : effacez-le et écrivez-le à nouveau."}


class LineField(forms.CharField):
    """One line: what is no sign of a text becomes a space, and spaces at the ends go."""

    def to_python(self, value: Any) -> str:
        text = "" if value is None else str(value)
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class VisitorForm(forms.Form):
    """``is_suspect`` once it is valid: the field that nobody sees was filled in. A form that came back faster than a person types is
    given back with everything in it, and goes through the second time."""

    name = LineField(
        label="Votre nom",
        max_length=120,
        error_messages={
            "required": "Indiquez votre nom, ou un prénom.",
            "max_length": "Un nom de 120 signes au plus.",
        },
    )
    email = forms.EmailField(
        label="Votre adresse électronique",
        max_length=254,
        error_messages={
            "required": "Indiquez l’adresse à laquelle vous écrire.",
            "invalid": "Cette adresse n’est pas complète : elle s’écrit comme nom@mairie.fr.",
            "max_length": "Cette adresse est trop longue : 254 signes au plus.",
        },
    )
    organisation = LineField(
        label="Votre structure (facultatif)",
        max_length=200,
        required=False,
        help_text="Commune, espace France services, atelier, association…",
        error_messages={"max_length": "200 signes au plus : un nom court suffit."},
    )
    site_web = forms.CharField(label="Ne remplissez pas ce champ", required=False)
    moment = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_suspect = False
        self.was_too_fast = False
        for field in self.fields.values():
            field.error_messages.update(_NUL)

    @property
    def stamp(self) -> str:
        """When the page was made, for the hidden field; a page that was kept for the next visitor has an older one, and a form that is
        given back its first one: who sends it again at once waits no second time."""
        first = str(self.data.get("moment", "")) if self.is_bound else ""
        return first if _made(first) is not None else signing.dumps(int(time.time()), salt=_SALT)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if _LINK.search(name):
            # The name is greeted in a letter to an address that nobody has proven yet.
            raise forms.ValidationError("Un nom seulement, sans adresse ni lien.")
        return name

    def clean(self) -> dict[str, Any]:
        self.is_suspect = bool(self.cleaned_data.get("site_web"))
        if not self.errors and _is_too_fast(self.data.get("moment", "")):
            self.was_too_fast = True
            self.add_error(
                None,
                "Le formulaire est revenu plus vite qu’on ne l’écrit. Relisez-le, puis envoyez-le à nouveau : rien n’est perdu.",
            )
        return self.cleaned_data


def _is_too_fast(stamp: str) -> bool:
    """Without a stamp of ours, too: it came from no page of this site."""
    made = _made(stamp)
    return made is None or time.time() - made < LEAST_SECONDS


def _made(stamp: str) -> int | None:
    try:
        made = signing.loads(stamp, salt=_SALT)
    except signing.BadSignature:
        return None
    return made if isinstance(made, int) else None
