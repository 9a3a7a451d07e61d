# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A quantity, a text and a day as people type them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from designs.typography import SPACE
from fabrication.models import MAX_QUANTITY

#: Longer input is no number; it is cut before anything looks at it.
_LONGEST_NUMBER = 30
_WHOLE = re.compile(r"\+?[0-9]+", re.ASCII)
BLANKS = re.compile("[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")


class QuantityField(forms.Field):
    """A whole number in ASCII digits, from 1 (or 0, where leaving out is an answer) to MAX_QUANTITY. No "1e3", no "٣"."""

    def __init__(self, *, least: int = 1, what: str = "exemplaire", **kwargs: Any) -> None:
        self.least, self.what = least, what
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> int:
        typed = str(value or "").strip()
        if not typed:
            if self.least == 0:
                return 0
            raise ValidationError(f"Indiquez une quantité, de 1 à {MAX_QUANTITY}.", code="required")
        plain = BLANKS.sub("", typed[: _LONGEST_NUMBER + 1])
        if re.fullmatch(r"-[0-9]+", plain, re.ASCII):
            raise ValidationError(self._too_few(), code="min_value")
        if not _WHOLE.fullmatch(plain):
            raise ValidationError("Écrivez un nombre entier en chiffres, par exemple 4.", code="invalid")
        if len(typed) > _LONGEST_NUMBER or int(plain) > MAX_QUANTITY:
            raise ValidationError(f"{MAX_QUANTITY}{SPACE}{self.what}s au plus en une fois.", code="max_value")
        if int(plain) < self.least:
            raise ValidationError(self._too_few(), code="min_value")
        return int(plain)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "").strip()

    def _too_few(self) -> str:
        return f"De 0 à {MAX_QUANTITY}." if self.least == 0 else f"Un {self.what} au moins."


class TextField(forms.CharField):
    """Of one line, or of several: no control characters, which no address and no reason has."""

    def __init__(self, *, lines: int = 1, **kwargs: Any) -> None:
        if lines > 1:
            kwargs["widget"] = forms.Textarea(attrs={"rows": lines})
        self.lines = lines
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n")
        return "".join(c if c.isprintable() or (c == "\n" and self.lines > 1) else " " for c in text).strip()


class DayField(forms.DateField):
    """As a browser sends it, or as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": "Écrivez une date, par exemple 31/12/2027."},
            **kwargs,
        )

    def to_python(self, value: Any) -> date | None:
        text = str(value or "")[:20]
        return super().to_python("".join(c for c in text if c.isascii() and c.isprintable()) or text)
