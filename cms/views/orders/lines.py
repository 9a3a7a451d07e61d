# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lines of an order as pages show them: the model's title and picture, the sizes that are not its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from cms.catalogue import picture_of
from cms.parameter_form import ParameterForm
from cms.templatetags.french import figures
from designs.errors import UnknownDesignError
from designs.typography import SPACE
from orders.models import OrderLine


@dataclass(frozen=True)
class LineRow:
    """``sizes``: label and value of each parameter that is not the model's own; ``url``: the model in these sizes, "" where
    it is not drawn so any more."""

    line: OrderLine
    title: str
    detail: str
    picture: str
    sizes: tuple[tuple[str, str], ...]
    url: str

    @property
    def low_total(self) -> Decimal | None:
        return None if self.line.low_eur is None else self.line.low_eur * self.line.quantity

    @property
    def high_total(self) -> Decimal | None:
        return None if self.line.high_eur is None else self.line.high_eur * self.line.quantity


def line_rows(lines: Iterable[OrderLine]) -> list[LineRow]:
    """Of lines that were read with their ``revision`` and their ``lot``."""
    return [line_row(line) for line in lines]


def line_row(line: OrderLine) -> LineRow:
    if line.lot is not None:
        title = line.lot.get_kind_display()
        return LineRow(line, f"{title[0].upper()}{title[1:]}", line.lot.configuration, "", (), "")
    assert line.revision is not None
    title = str(line.revision.texts.get("title", line.design))
    finish = f"Finition{SPACE}: {line.finish}." if line.finish else ""
    try:
        form = ParameterForm(line.revision.drawing(), line.parameters)
    except UnknownDesignError:
        return LineRow(line, title, finish, picture_of(line.revision), (), "")
    query = form.query()
    sizes = tuple(
        (field.label, _shown(field.value, field.unit, [choice.label for choice in field.choices if choice.chosen]))
        for field in form.fields
        if field.name in query
    )
    url = reverse("configure", args=[line.design]) + (f"?{urlencode(query)}" if query else "")
    return LineRow(line, title, finish, picture_of(line.revision), sizes, url)


def _shown(value: str, unit: str, chosen: list[str]) -> str:
    if chosen:
        return chosen[0]
    return figures(f"{value.replace('.', ',')} {unit}".strip()) if unit else value
