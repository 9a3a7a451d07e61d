# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A commune in a form: typed as one likes, understood on submission, with the choices shown where several answer.

Lay it out with ``{% include "cms/geography/_commune_field.html" with field=form.commune %}`` and, where the page may run
scripts, load ``bundle/commune.js``: it offers the communes while one types. Without it nothing is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from fablabs.geography import Commune, UnknownCommuneError, commune, search
from fablabs.geography.search import LONGEST, named

#: What is offered where a name says too little; beyond, more letters are asked for.
MOST_CHOICES = 12


@dataclass(frozen=True)
class Typed:
    """What came with the form: the text, and the code of the choice made beside it ("" without one)."""

    text: str
    insee: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def found(self) -> list[Commune]:
        """The communes that answer, best first: one if it is certain."""
        exact = named(self.text)
        found = exact if exact else search(self.text, MOST_CHOICES)
        # The code counts only where the text may mean it: whoever types on after a choice means what was typed.
        meant = [*found, *search(self.text, MOST_CHOICES)] if self.insee else []
        chosen = next((c for c in meant if c.insee == self.insee), None)
        return [chosen] if chosen else found

    @property
    def certain(self) -> Commune | None:
        found = self.found
        if len(found) == 1 and (self.insee == found[0].insee or len(named(self.text)) == 1):
            return found[0]
        return None


def _with_code(insee: str) -> list[Commune]:
    try:
        return [commune(insee)]
    except UnknownCommuneError:
        return []


class CommuneInput(forms.Widget):
    """A text field, the code of what was chosen, and the choices where several communes answer."""

    template_name = "cms/geography/commune_widget.html"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        text = "".join(c for c in str(data.get(name) or "") if c.isprintable())[:LONGEST].strip()
        return Typed(text, str(data.get(f"{name}_insee") or "")[:5])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data

    def format_value(self, value: Any) -> str:
        return value.text if isinstance(value, Typed) else str(value or "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        typed = value if isinstance(value, Typed) else Typed("")
        certain = typed.certain if typed else None
        identifier = widget["attrs"].get("id", f"id_{name}")
        widget["attrs"] |= {"id": identifier, "aria-describedby": f"{identifier}-aide {identifier}-messages"}
        widget |= {
            "insee": certain.insee if certain else "",
            "choices": [] if certain or not typed else typed.found[:MOST_CHOICES],
            "picked": typed.insee,
            "url": reverse("communes"),
            "longest": LONGEST,
        }
        return context


class CommuneField(forms.Field):
    """Cleans to a ``Commune``, or None where the field may stay empty and does. ``initial`` is a Commune or its code."""

    widget = CommuneInput
    default_error_messages = {
        "required": "Indiquez une commune, par son nom ou son code postal.",
        "unknown": "Aucune commune ne répond à «\u00a0%(text)s\u00a0». Vérifiez l’orthographe, ou écrivez le code postal.",
        "several": "Plusieurs communes répondent à «\u00a0%(text)s\u00a0»\u00a0: choisissez la bonne.",
        "perhaps": "Aucune commune ne s’appelle exactement «\u00a0%(text)s\u00a0»\u00a0: choisissez la bonne.",
    }

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Typed):
            return value
        if isinstance(value, Commune):
            return Typed(value.label, value.insee)
        for found in _with_code(str(value)) if value else ():
            return Typed(found.label, found.insee)
        return Typed(str(value or "")[:LONGEST])

    def clean(self, value: Any) -> Commune | None:
        typed = value if isinstance(value, Typed) else self.prepare_value(value)
        if not typed:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if (certain := typed.certain) is not None:
            self.run_validators(certain)
            return certain
        code = "unknown" if not typed.found else "several" if named(typed.text) else "perhaps"
        raise ValidationError(self.error_messages[code], code=code, params={"text": typed.text})

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = self.prepare_value(initial), self.prepare_value(data)
        if before.certain and after.certain:
            return bool(before.certain != after.certain)
        return bool(before.text != after.text)
