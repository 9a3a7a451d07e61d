# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers with a decimal comma and a unit, lines of text, and what every form of a record has in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from cms.commune_field import CommuneField
from cms.templatetags.french import number
from designs.typography import SPACE, typeset
from fablabs.french import Fault

#: More characters are no number.
_LONGEST = 24
_SPACES = re.compile("[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")


class NumberField(forms.CharField):
    """A number as it is written in French: "17,8", "2 500". Gives a Decimal, or None if it is left empty.

    ``unit`` stands beside the field; ``places`` are the decimals that are taken; ``usual`` is what an empty field means.
    """

    def __init__(
        self,
        *,
        unit: str = "",
        minimum: str = "0",
        maximum: str = "100000",
        places: int = 3,
        usual: str = "",
        example: str = "",
        **kwargs: Any,
    ) -> None:
        self.unit, self.places, self.usual = unit, places, usual
        self.minimum, self.maximum = Decimal(minimum), Decimal(maximum)
        self.example = example or ("17,8" if places else "4")
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal" if places else "numeric", "autocomplete": "off"})

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        text = str(value or "").strip()
        if not text:
            return None
        if len(text) > _LONGEST:
            raise ValidationError(f"Écrivez un nombre, par exemple {self.example}.")
        plain = _SPACES.sub("", text).replace(",", ".")
        if not re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?", plain):
            raise ValidationError(self._not_a_number(text))
        found = Decimal(plain)
        if not self.minimum <= found <= self.maximum:
            unit = f"{SPACE}{self.unit}" if self.unit else ""
            low, high = number(float(self.minimum), 3), number(float(self.maximum), 3)
            raise ValidationError(f"De {low} à {high}{unit}.")
        if found != round(found, self.places):
            raise ValidationError(
                f"{self.places}{SPACE}décimales au plus." if self.places else "Un nombre entier est attendu."
            )
        return found

    def _not_a_number(self, text: str) -> str:
        with_unit = re.fullmatch(r"([0-9][0-9 ,.]*?)\s*(mm|cm|m|km|€|eur|euros|jours?|%|h)", text, re.IGNORECASE)
        if with_unit and self.unit:
            return f"Écrivez le nombre seul, l’unité est déjà dite ({self.unit}){SPACE}: par exemple {self.example}."
        return f"Écrivez un nombre en chiffres, par exemple {self.example}."

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, bool | str) or value is None:
            return value
        text = f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:.10g}"
        return text.replace(".", ",")


class LinesField(forms.CharField):
    """One thing a line; gives a list of texts."""

    def __init__(self, *, most: int = 20, longest: int = 60, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=most * (longest + 2), **kwargs)

    def clean(self, value: object) -> list[str]:  # type: ignore[override]
        text = super().clean(value)
        lines = list(dict.fromkeys(line.strip() for line in str(text).splitlines() if line.strip()))
        if len(lines) > self.most:
            raise ValidationError(f"{self.most} lignes au plus.")
        if any(len(line) > self.longest or not line.isprintable() for line in lines):
            raise ValidationError(f"{self.longest} caractères au plus par ligne.")
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


def json_number(value: Decimal | None) -> int | float | None:
    """As a machine file has it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _named(name: str, texts: list[str]) -> list[str]:
    """Of a field that the form has not: the message alone would not say what it is about."""
    return texts if name == NON_FIELD_ERRORS else [f"{name}{SPACE}: {text}" for text in texts]


class RecordForm(forms.Form):
    """DSFR's look, help and messages tied to their field, and the messages of services put where they belong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "%s")
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = typeset(str(field.label)), typeset(str(field.help_text))
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = "Remplissez ce champ."
            widget = field.widget
            if isinstance(field, CommuneField):
                continue  # it says all that by itself
            if isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
                widget.attrs["class"] = "fr-select"
            elif not isinstance(widget, forms.RadioSelect | forms.CheckboxInput | forms.CheckboxSelectMultiple):
                widget.attrs["class"] = "fr-input"
            identifier = self.add_prefix(name)
            told = f"{identifier}-aide " if field.help_text else ""
            widget.attrs["aria-describedby"] = f"{told}{identifier}-messages"

    def refuse(self, messages: Mapping[str, str] | ValidationError) -> None:
        """A service's messages beside their fields; those of no field of this form, above it."""
        if isinstance(messages, ValidationError):
            found = {"": messages.messages}
            if hasattr(messages, "error_dict"):
                found = {
                    name: texts if name in self.fields else _named(name, texts)
                    for name, texts in messages.message_dict.items()
                }
        else:
            found = {name: [text] for name, text in messages.items()}
        for name, texts in found.items():
            self.add_error(name if name in self.fields and name != NON_FIELD_ERRORS else None, texts)

    def refuse_faults(self, found: Iterable[Fault], places: Mapping[str, str]) -> None:
        """A machine file's faults beside the fields of ``places`` (key → field); others above, with their name."""
        for fault in found:
            french = fault.french[:1].upper() + fault.french[1:]
            field = places.get(fault.key)
            if field is not None and field in self.fields:
                self.add_error(field, french)
            else:
                self.add_error(None, f"{fault.name[:1].upper()}{fault.name[1:]}{SPACE}: {fault.french}")
