# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of a form that can be added and taken away without JavaScript, and without losing what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cms.maker_forms.fields import RecordForm


def typed(form: type[forms.Form], data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """What was typed into a form's fields, to be shown again without a judgement."""
    names = {name: f"{prefix}-{name}" if prefix else name for name in form.base_fields}
    return {name: data[key] for name, key in names.items() if key in data}


class Rows:
    """As many forms of one kind as there are rows; a row with nothing in it is no row.

    The page carries their number in the field ``count_name``; its buttons are named ``add_name`` and ``remove_name``.
    """

    def __init__(
        self,
        form: type[RecordForm],
        prefix: str,
        *,
        most: int,
        initial: Sequence[Mapping[str, Any]] = (),
        data: Mapping[str, Any] | None = None,
        spare: int = 0,
    ) -> None:
        self.form, self.prefix, self.most, self.data = form, prefix, most, data
        self.count_name, self.add_name, self.remove_name = f"{prefix}-nombre", f"{prefix}-ajouter", f"{prefix}-retirer"
        if data is None:
            blank: list[Mapping[str, Any]] = [{}] * spare
            rows = [*initial, *blank][:most] if not initial else list(initial)
            self.forms = [form(prefix=f"{prefix}-{place}", initial=dict(row)) for place, row in enumerate(rows)]
        else:
            self.forms = [
                form(data, prefix=f"{prefix}-{place}", empty_permitted=True, use_required_attribute=False)
                for place in range(self._count(data))
            ]

    def _count(self, data: Mapping[str, Any]) -> int:
        text = str(data.get(self.count_name, "0"))
        return min(int(text), self.most) if text.isascii() and text.isdigit() and len(text) < 4 else 0

    @property
    def can_grow(self) -> bool:
        return len(self.forms) < self.most

    def asked(self, data: Mapping[str, Any]) -> bool:
        """Was one of the rows' own buttons pressed?"""
        return self.add_name in data or self.remove_name in data

    def rearranged(self, data: Mapping[str, Any]) -> Rows:
        """With one row more, or without the one whose button was pressed; the rest as it was typed."""
        rows = [typed(self.form, data, f"{self.prefix}-{place}") for place in range(self._count(data))]
        pressed = str(data.get(self.remove_name, ""))
        if pressed.isascii() and pressed.isdigit() and len(pressed) < 4 and int(pressed) < len(rows):
            del rows[int(pressed)]
        if self.add_name in data and len(rows) < self.most:
            rows.append({})
        return Rows(self.form, self.prefix, most=self.most, initial=rows)

    def is_valid(self) -> bool:
        # Every row is judged, so that every wrong field is told at once.
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def filled(self) -> list[RecordForm]:
        """Those that something was typed into."""
        return [form for form in self.forms if not form.is_bound or form.has_changed()]
