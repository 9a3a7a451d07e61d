# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model's specification in the administration: read as a table, edited as text, refused with a word beside the field; and its
two states compared as a person reads them."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.admin.compare import FieldComparison
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, Panel

from cms.model_differences import of_contents
from designs.content import Content, ContentError
from designs.typography import spaced

#: A specification of a hundred parameters, each with its help.
_LONGEST = 200_000


class SpecificationWidget(forms.Textarea):
    """The parameters as a table above the text that they are kept as."""

    template_name = "cms/studio/_specification_widget.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:
            found = json.loads(value or "{}")
            context["parameters"] = [one for one in found.get("parameters", ()) if isinstance(one, dict)]
            context["rules"] = [one for one in found.get("rules", ()) if isinstance(one, dict)]
        except (ValueError, AttributeError, TypeError, RecursionError):
            context["parameters"] = context["rules"] = []
        return context


class SpecificationField(forms.CharField):
    """Shows the specification of a content (a mapping), gives one as data. Whether it is one, the form asks."""

    widget = SpecificationWidget

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return json.dumps(value.get("specification") or {}, ensure_ascii=False, indent=2)
        return value

    def clean(self, value: Any) -> dict[str, Any]:
        text = super().clean(value)
        try:
            found = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 0)
            raise ValidationError(f"Ce texte n’est pas du JSON{f', ligne {line}' if line else ''}.") from error
        if not isinstance(found, dict):
            raise ValidationError("La spécification est un objet : elle commence par { et finit par }.")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(json.loads(data or "{}") != (initial or {}).get("specification"))
        except (ValueError, RecursionError):
            return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


class DraftForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail has no types
    content = SpecificationField(
        label="Paramètres et règles",
        max_length=_LONGEST,
        widget=SpecificationWidget(attrs={"rows": 24, "spellcheck": "false"}),
        help_text="Les scripts et les pièces déposées se changent dans le Studio.",
    )

    def clean_content(self) -> dict[str, Any]:
        whole = {**(self.instance.content or {}), "specification": self.cleaned_data["content"]}
        try:
            return Content.parse(whole).as_data()
        except ContentError as error:
            said = [
                spaced(f"{path.removeprefix('specification.')} : {french}") for path, french in error.messages.items()
            ]
            raise ValidationError(said) from error


class ContentComparison(FieldComparison):  # type: ignore[misc]
    """Parameters, rules and files, each with what it was and what it is."""

    def htmldiff(self) -> SafeString:
        found = of_contents(self.val_a or {}, self.val_b or {})
        return render_to_string("cms/studio/_admin_differences.html", {"differences": found})


class SpecificationPanel(FieldPanel):  # type: ignore[misc]
    def get_comparison_class(self) -> type[ContentComparison]:
        return ContentComparison


class SourcesPanel(Panel):  # type: ignore[misc]
    """The script's files, to be read."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "cms/studio/_admin_sources.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            content = self.instance.content or {}
            context["sources"] = list((content.get("sources") or {}).items())
            context["parts"] = len(content.get("parts") or ())
            context["slug"] = self.instance.slug
            return context
