# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blocks of words."""

from __future__ import annotations

from typing import Any

from wagtail import blocks

#: Titles of the second level and below (the page has the first). No pictures: they are a block of their own, with their words.
#: No embeds: they load from other sites.
FEATURES = ["h2", "h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]
#: Inside another block, which has a title of its own.
SMALL_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


def small_text(label: str = "texte", **options: Any) -> blocks.RichTextBlock:
    return blocks.RichTextBlock(label=label, features=SMALL_FEATURES, **options)


class TextBlock(blocks.RichTextBlock):  # type: ignore[misc]  # Wagtail has no types
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"features": FEATURES, **options})

    class Meta:
        label = "Texte"
        icon = "pilcrow"
        group = "Texte"
        template = "cms/blocks/text.html"
        description = "Des paragraphes, des intertitres, des listes, des liens."


class QuoteBlock(blocks.StructBlock):  # type: ignore[misc]
    text = blocks.TextBlock(label="citation", max_length=1000, help_text="Sans guillemets : la page les ajoute.")
    author = blocks.CharBlock(label="personne citée", required=False, max_length=120)
    role = blocks.CharBlock(
        label="qui elle est", required=False, max_length=160, help_text="Exemple : secrétaire de mairie"
    )

    class Meta:
        label = "Citation"
        icon = "openquote"
        group = "Texte"
        template = "cms/blocks/quote.html"
        description = "Ce que quelqu’un a dit, avec son nom s’il en est d’accord."


class CalloutBlock(blocks.StructBlock):  # type: ignore[misc]
    kind = blocks.ChoiceBlock(
        label="genre",
        choices=[
            ("callout", "À retenir"),
            ("info", "Information"),
            ("success", "Bonne nouvelle"),
            ("warning", "Attention"),
            ("error", "Danger ou interdiction"),
        ],
        default="callout",
    )
    title = blocks.CharBlock(label="titre", required=False, max_length=160)
    text = small_text()

    class Meta:
        label = "Encadré"
        icon = "info-circle"
        group = "Texte"
        template = "cms/blocks/callout.html"
        description = "Une phrase à ne pas manquer. Un ou deux par page, pas davantage."


class AccordionItem(blocks.StructBlock):  # type: ignore[misc]
    title = blocks.CharBlock(label="titre", max_length=200)
    text = small_text()

    class Meta:
        label = "volet"


class AccordionBlock(blocks.StructBlock):  # type: ignore[misc]
    items = blocks.ListBlock(AccordionItem(), label="volets", min_num=1, max_num=30)

    class Meta:
        label = "Accordéon"
        icon = "collapse-down"
        group = "Listes"
        template = "cms/blocks/accordion.html"
        description = (
            "Des textes repliés sous leur titre. Pour ce que peu de lecteurs cherchent, jamais pour l’essentiel."
        )
