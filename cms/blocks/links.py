# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leads elsewhere: buttons, cards, files."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.text import small_text
from cms.templatetags.french import size

#: Languages that a document may be in: code and French name.
LANGUAGES = [("fr", "français"), ("en", "anglais"), ("br", "breton"), ("oc", "occitan")]

_LOCAL = re.compile(r"/(?![/\\])[^\s\\]*\Z")


def web_address(text: str) -> bool:
    """Whether it is a complete address of the web, with a name of a host and nothing that browsers read in their own way."""
    if re.search(r"[\s\\\x00-\x1f]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def safe_address(text: str) -> bool:
    """A path of this site, an address of the web, an e-mail address, or a place on this page; never a script."""
    mail = re.fullmatch(r"mailto:[^\s@<>\"]+@[^\s@<>\"]+", text)
    return bool(mail or _LOCAL.match(text) or re.fullmatch(r"#[\w-]+", text) or web_address(text))


class LinkValue(blocks.StructValue):  # type: ignore[misc]  # Wagtail has no types
    @property
    def href(self) -> str:
        """Where it leads; empty if the page is gone or was never published."""
        page = self.get("page")
        if page is not None:
            return (page.url or "") if page.live else ""
        address = (self.get("address") or "").strip()
        return address if safe_address(address) else ""


class LinkBlock(blocks.StructBlock):  # type: ignore[misc]
    """A page of this site, or an address: one of them."""

    page = blocks.PageChooserBlock(label="page", required=False)
    address = blocks.CharBlock(
        label="ou adresse",
        required=False,
        max_length=500,
        help_text="Une adresse d’ici (/modeles/chariot/) ou d’ailleurs (https://…).",
    )

    def __init__(self, *arguments: Any, optional: bool = False, **options: Any) -> None:
        self.optional = optional
        super().__init__(*arguments, **options)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        page, address = cleaned.get("page"), (cleaned.get("address") or "").strip()
        if address and not safe_address(address):
            message = "Cette adresse ne mène nulle part : écrivez /chemin/ d’ici, ou https://… d’ailleurs."
            raise StructBlockValidationError(block_errors={"address": ValidationError(message)})
        if page and address:
            raise StructBlockValidationError(
                block_errors={"address": ValidationError("Une page ou une adresse, pas les deux.")}
            )
        if not page and not address and not self.optional:
            raise StructBlockValidationError(
                block_errors={"page": ValidationError("Choisissez une page, ou donnez une adresse.")}
            )
        return cleaned

    class Meta:
        label = "lien"
        icon = "link"
        value_class = LinkValue


class ButtonBlock(blocks.StructBlock):  # type: ignore[misc]
    label = blocks.CharBlock(label="texte du bouton", max_length=80, help_text="Un verbe : « Inscrire mon atelier ».")
    link = LinkBlock()
    secondary = blocks.BooleanBlock(
        label="bouton secondaire", required=False, help_text="Un seul bouton principal par page."
    )

    class Meta:
        label = "Bouton"
        icon = "arrow-right"
        group = "Liens et fichiers"
        template = "cms/blocks/button.html"
        description = "Ce que le lecteur fait ensuite. Un seul bouton principal par page."


class CardBlock(blocks.StructBlock):  # type: ignore[misc]
    title = blocks.CharBlock(label="titre", max_length=120)
    text = blocks.TextBlock(label="texte", required=False, max_length=400)
    image = ImageChooserBlock(label="image", required=False)
    link = LinkBlock()

    class Meta:
        label = "carte"


class CardsBlock(blocks.StructBlock):  # type: ignore[misc]
    cards = blocks.ListBlock(CardBlock(), label="cartes", min_num=1, max_num=12)

    class Meta:
        label = "Cartes"
        icon = "grip"
        group = "Liens et fichiers"
        template = "cms/blocks/cards.html"
        description = "De une à douze cartes, chacune mène à une page."


class FileValue(blocks.StructValue):  # type: ignore[misc]
    @property
    def facts(self) -> str:
        """ "PDF, 1,2 Mo, en français": what one wants to know before the download. The size is left out if the file is gone."""
        document, language = self["document"], dict(LANGUAGES).get(self.get("language") or "", "")
        weight = document.get_file_size()
        known = [
            document.file_extension.upper(),
            size(weight) if weight else "",
            f"en {language}" if self.get("language") else "",
        ]
        return ", ".join(part for part in known if part)


class FileBlock(blocks.StructBlock):  # type: ignore[misc]
    document = DocumentChooserBlock(label="document")
    title = blocks.CharBlock(
        label="titre", required=False, max_length=160, help_text="Facultatif : sinon, celui du document."
    )
    text = small_text("à quoi il sert", required=False)
    language = blocks.ChoiceBlock(
        label="langue", choices=LANGUAGES, default="fr", required=False, help_text="Rien pour des données."
    )
    alternative = blocks.ChoiceBlock(
        label="accessibilité",
        choices=[
            ("accessible", "Le document est accessible (titres, textes de remplacement, ordre de lecture)"),
            ("page", "Une page d’ici dit la même chose : indiquez-la"),
            ("data", "Données ou fichier de machine : rien à lire"),
            ("none", "Il n’est pas accessible : on peut nous en demander une version"),
        ],
        default="none",
        help_text="La page le dit à côté du document.",
    )
    link = LinkBlock(label="page qui dit la même chose", optional=True)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned.get("alternative") == "page" and not cleaned["link"].href:
            message = "Indiquez la page publiée qui dit la même chose."
            raise StructBlockValidationError(
                block_errors={"link": StructBlockValidationError(block_errors={"page": ValidationError(message)})}
            )
        return cleaned

    class Meta:
        label = "Fichier à télécharger"
        icon = "download"
        group = "Liens et fichiers"
        template = "cms/blocks/file.html"
        value_class = FileValue
        description = "Un document avec son format, son poids, sa langue, et ce qu’il en est de son accessibilité."
