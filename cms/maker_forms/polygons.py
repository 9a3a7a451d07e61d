# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contours as people write them: "900 × 310", or corners "0 0 ; 1400 0 ; 1400 420"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.maker_forms.fields import json_number
from designs.typography import french_number
from fablabs.quantities import MAX_CORNERS

Corners = list[list[int | float]]

_NUMBER = r"-?[0-9]{1,5}(?:[.,][0-9]{1,3})?"
_RECTANGLE = re.compile(rf"({_NUMBER})\s*[x×X*]\s*({_NUMBER})")
_CORNER = re.compile(rf"({_NUMBER})\s+({_NUMBER})")
_EXPECTED = (
    "Écrivez une longueur et une largeur, «\N{NO-BREAK SPACE}900 × 310\N{NO-BREAK SPACE}», ou les angles l’un après l’autre, "
    "«\N{NO-BREAK SPACE}0 0 ; 900 0 ; 900 310\N{NO-BREAK SPACE}»."
)


def read_polygon(text: str) -> Corners:
    """Raises ValidationError."""
    text = text.strip()
    if found := _RECTANGLE.fullmatch(text):
        length, width = (_figure(side) for side in found.groups())
        return [[0, 0], [length, 0], [length, width], [0, width]]
    corners: Corners = []
    for part in text.strip(" ;").split(";"):
        found = _CORNER.fullmatch(part.strip())
        if not found:
            raise ValidationError(_EXPECTED)
        corners.append([_figure(found[1]), _figure(found[2])])
    if not 3 <= len(corners) <= MAX_CORNERS:
        raise ValidationError(_EXPECTED)
    return corners


def written_polygon(corners: Sequence[Sequence[float]]) -> str:
    """A rectangle at the origin as "900 × 310", anything else by its corners."""
    if len(corners) == 4:
        (a, b, c, d) = (tuple(corner) for corner in corners)
        if a == (0, 0) and b[1] == 0 and c == (b[0], d[1]) and d[0] == 0:
            return f"{french_number(b[0], 6)} × {french_number(d[1], 6)}"
    return " ; ".join(f"{french_number(x, 6)} {french_number(y, 6)}" for x, y in corners)


def _figure(text: str) -> int | float:
    found = json_number(Decimal(text.replace(",", ".")))
    assert found is not None
    return found


class PolygonField(forms.CharField):
    """One contour; gives its corners (mm)."""

    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        return read_polygon(text) if text else None

    def run_validators(self, value: object) -> None:
        """The corners were read from a text that no validator of texts knows."""

    def prepare_value(self, value: Any) -> Any:
        return written_polygon(value) if isinstance(value, list | tuple) else value


class PolygonsField(forms.CharField):
    """One contour a line; gives a list of corners (mm)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 2}), max_length=20_000, **kwargs)

    def clean(self, value: object) -> list[Corners]:  # type: ignore[override]
        text = str(super().clean(value))
        return [read_polygon(line) for line in text.splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return "\n".join(written_polygon(corners) for corners in value)
        return value
