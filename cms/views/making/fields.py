# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is typed with gloves on: readings of a calliper, some words, photos."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from orders.services.photos import MOST_AT_ONCE
from orders.services.producing import MOST_READINGS
from orders.services.uploads import ACCEPT, Kind, read_upload

#: Between readings: spaces, slashes, semicolons; a comma is a decimal one unless a space follows it.
_BETWEEN = re.compile(r"[\s;/]+|,\s+")
_NUMBER = re.compile(r"[0-9]{1,4}([.,][0-9]{1,3})?", re.ASCII)
_LONGEST_NOTE = 2_000


def _words(text: object) -> str:
    """Several lines without control characters."""
    plain = str(text or "").replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in plain).strip()


class WordsField(forms.CharField):
    """Some lines of text."""

    def __init__(self, *, rows: int = 4, most: int = _LONGEST_NOTE, **kwargs: Any) -> None:
        self.most = most
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), strip=False, **kwargs)

    def to_python(self, value: object) -> str:
        text = _words(str(value or "")[: 4 * self.most])
        if len(text) > self.most:
            raise ValidationError(f"{self.most} caractères au plus.")
        return text


class LineField(forms.CharField):
    """One line, optional, shortened by nobody."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=most, error_messages={"max_length": f"{most} caractères au plus."}, **kwargs
        )

    def to_python(self, value: object) -> str:
        return " ".join(_words(value).split())


class ReadingsField(forms.CharField):
    """Thicknesses as the calliper reads them, one after the other; gives Decimals in mm."""

    def clean(self, value: object) -> list[Decimal]:  # type: ignore[override]
        text = str(super().clean(value)).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        found = [word.removesuffix("mm") for word in _BETWEEN.split(text[:300].strip()) if word not in ("", "mm")]
        if not found or len(found) > MOST_READINGS or any(not _NUMBER.fullmatch(word) for word in found):
            raise ValidationError(
                f"Écrivez de une à {MOST_READINGS} lectures en millimètres, par exemple « 17,8 17,7 17,8 17,9 »."
            )
        return [Decimal(word.replace(",", ".")) for word in found]


class _Photos(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Some photos at once; gives bytes with the browser's name of each. What they are is judged by the service."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=_Photos(attrs={"accept": ACCEPT[Kind.IMAGE]}),
            error_messages={
                "required": "Choisissez une photo.",
                "empty": "Cette photo est vide.",
                "invalid": "Choisissez une photo.",
                "missing": "Choisissez une photo.",
                "max_length": "Le nom de ce fichier est trop long.",
            },
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> list[tuple[bytes, str]]:  # type: ignore[override]
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(f"{MOST_AT_ONCE} photos au plus à la fois.")
        return [_read(file) for file in files]


def _read(file: UploadedFile) -> tuple[bytes, str]:
    return read_upload(file, [Kind.IMAGE]), str(file.name or "photo")
