# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The body of a page: all blocks, and the field that holds them."""

from __future__ import annotations

from typing import Any

from wagtail import blocks
from wagtail.fields import StreamField

from cms.blocks.links import ButtonBlock, CardsBlock, FileBlock
from cms.blocks.lists import CaptionedTableBlock, FiguresBlock, StepsBlock
from cms.blocks.pictures import PictureBlock, VideoBlock
from cms.blocks.text import AccordionBlock, CalloutBlock, QuoteBlock, TextBlock, small_text


class ColumnBlock(blocks.StreamBlock):  # type: ignore[misc]  # Wagtail has no types
    """What has room in half a page."""

    text = TextBlock()
    picture = PictureBlock()
    callout = CalloutBlock()
    quote = QuoteBlock()
    button = ButtonBlock()
    file = FileBlock()

    class Meta:
        label = "colonne"
        required = False


class ColumnsBlock(blocks.StructBlock):  # type: ignore[misc]
    left = ColumnBlock(label="à gauche")
    right = ColumnBlock(label="à droite")

    class Meta:
        label = "Deux colonnes"
        icon = "table"
        group = "Mise en page"
        template = "cms/blocks/columns.html"
        description = "Côte à côte sur un grand écran, l’une sous l’autre sur un téléphone."


class BodyBlock(blocks.StreamBlock):  # type: ignore[misc]
    text = TextBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    picture = PictureBlock()
    video = VideoBlock()
    steps = StepsBlock()
    accordion = AccordionBlock()
    table = CaptionedTableBlock()
    figures = FiguresBlock()
    cards = CardsBlock()
    button = ButtonBlock()
    file = FileBlock()
    columns = ColumnsBlock()

    class Meta:
        label = "contenu"
        required = False


class _OwnBlocksField(StreamField):  # type: ignore[misc]
    """A field of blocks whose migrations don't repeat the blocks: a help text that changes is no change of the database."""

    own: type[blocks.StreamBlock]

    def __init__(self, **options: Any) -> None:
        super().__init__(self.own(), **options)

    def deconstruct(self) -> Any:
        name, _, _, options = super().deconstruct()
        options.pop("block_lookup", None)
        return name, f"cms.blocks.{type(self).__name__}", [], options


class BodyField(_OwnBlocksField):
    """The body of a page."""

    own = BodyBlock


class FileGroupBlock(blocks.StructBlock):  # type: ignore[misc]
    title = blocks.CharBlock(label="titre du groupe", max_length=120)
    text = small_text("introduction", required=False)
    files = blocks.ListBlock(FileBlock(), label="documents", min_num=1, max_num=40)

    class Meta:
        label = "Groupe de documents"
        icon = "folder-open-inverse"
        template = "cms/blocks/file_group.html"


class FileGroupsBlock(blocks.StreamBlock):  # type: ignore[misc]
    group = FileGroupBlock()

    class Meta:
        label = "documents"
        required = False


class FilesField(_OwnBlocksField):
    """Groups of documents to download."""

    own = FileGroupsBlock
