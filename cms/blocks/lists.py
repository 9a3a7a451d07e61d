# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blocks of several things of one kind: steps, figures, tables."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.text import small_text


class StepBlock(blocks.StructBlock):  # type: ignore[misc]  # Wagtail has no types
    title = blocks.CharBlock(label="titre", max_length=120)
    text = small_text(required=False)
    image = ImageChooserBlock(label="image", required=False)

    class Meta:
        label = "étape"


class StepsBlock(blocks.StructBlock):  # type: ignore[misc]
    steps = blocks.ListBlock(StepBlock(), label="étapes", min_num=1, max_num=20)

    class Meta:
        label = "Étapes"
        icon = "list-ol"
        group = "Listes"
        template = "cms/blocks/steps.html"
        description = "Ce que l’on fait, dans l’ordre, numéroté."


class FigureBlock(blocks.StructBlock):  # type: ignore[misc]
    value = blocks.CharBlock(label="chiffre", max_length=24, help_text="Avec son unité : « 25 kg », « 80 % ».")
    text = blocks.CharBlock(label="ce qu’il compte", max_length=160)

    class Meta:
        label = "chiffre"


class FiguresBlock(blocks.StructBlock):  # type: ignore[misc]
    figures = blocks.ListBlock(FigureBlock(), label="chiffres", min_num=1, max_num=12)
    source = blocks.CharBlock(
        label="source", required=False, max_length=300, help_text="D’où viennent ces chiffres, et de quand."
    )

    class Meta:
        label = "Chiffres"
        icon = "order"
        group = "Listes"
        template = "cms/blocks/figures.html"
        description = "Quelques chiffres en grand, avec leur source."


def _cells(table: Any) -> list[list[str]]:
    """Rows of plain texts, all of one width; rows and columns with nothing in them are left out at the end."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in (table or {}).get("data") or [] if row]
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell.strip()), default=0)
    rows = [(row + [""] * width)[:width] for row in rows]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows if width else []


class TableValue(blocks.StructValue):  # type: ignore[misc]
    @property
    def head(self) -> list[str]:
        """The titles of the columns: the first row."""
        return next(iter(_cells(self.get("table"))), [])

    @property
    def rows(self) -> list[list[str]]:
        return _cells(self.get("table"))[1:]


class CaptionedTableBlock(blocks.StructBlock):  # type: ignore[misc]
    """The first row has the titles of the columns, always: a table without them is read aloud as a heap of words."""

    caption = blocks.CharBlock(label="titre du tableau", max_length=200)
    table = TableBlock(
        label="cellules",
        table_options={"language": "fr-FR", "startRows": 4, "startCols": 3, "minSpareRows": 0},
        help_text="La première ligne porte les titres des colonnes.",
    )
    first_column = blocks.BooleanBlock(label="la première colonne nomme chaque ligne", required=False, default=True)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned.rows or not all(cell.strip() for cell in cleaned.head[1:]):
            message = "Remplissez la première ligne (un titre par colonne) et une ligne au moins au-dessous."
            raise StructBlockValidationError(block_errors={"table": ValidationError(message)})
        return cleaned

    class Meta:
        label = "Tableau"
        icon = "table"
        group = "Listes"
        template = "cms/blocks/table.html"
        value_class = TableValue
        description = "Pour comparer. Pas pour mettre en page."
