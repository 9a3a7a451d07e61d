# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures and moving pictures. None without words for those who don't see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.links import web_address

#: What every browser in use plays.
VIDEO_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}


class PictureValue(blocks.StructValue):  # type: ignore[misc]
    @property
    def words(self) -> str:
        """The alternative text: this page's own, else the picture's."""
        image = self.get("image")
        return (self.get("alternative") or "").strip() or (image.description.strip() if image else "")


class PictureBlock(blocks.StructBlock):  # type: ignore[misc]  # Wagtail has no types
    image = ImageChooserBlock(label="image")
    alternative = blocks.CharBlock(
        label="texte de remplacement dans cette page",
        required=False,
        max_length=255,
        help_text="Facultatif : sinon, celui de l’image. Ce que l’image montre, pour qui ne la voit pas.",
    )
    caption = blocks.CharBlock(label="légende", required=False, max_length=300)
    width = blocks.ChoiceBlock(
        label="largeur",
        choices=[("text", "Celle du texte"), ("small", "Petite"), ("wide", "Toute la page")],
        default="text",
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned.words:
            message = "Cette image n’a pas de texte de remplacement : écrivez-le ici, ou dans l’image."
            raise StructBlockValidationError(block_errors={"alternative": ValidationError(message)})
        return cleaned

    class Meta:
        label = "Image"
        icon = "image"
        group = "Images et vidéos"
        template = "cms/blocks/picture.html"
        value_class = PictureValue
        description = "Une image avec sa légende. Son texte de remplacement est obligatoire."


class VideoValue(blocks.StructValue):  # type: ignore[misc]
    @property
    def type(self) -> str:
        """The file's media type; empty if it is no video."""
        file = self.get("file")
        return VIDEO_TYPES.get(file.file_extension.lower(), "") if file else ""

    @property
    def link(self) -> str:
        """Where the video is, on another site."""
        address = (self.get("address") or "").strip()
        return address if web_address(address) else ""

    @property
    def host(self) -> str:
        return (urlsplit(self.link).hostname or "").removeprefix("www.")


class VideoBlock(blocks.StructBlock):  # type: ignore[misc]
    """A file of ours, or a link to where the video is: nothing is loaded from another site."""

    title = blocks.CharBlock(label="titre", max_length=160)
    file = DocumentChooserBlock(
        label="fichier vidéo", required=False, help_text="MP4 (H.264) ou WebM, déposé dans les documents."
    )
    subtitles = DocumentChooserBlock(
        label="sous-titres", required=False, help_text="Fichier WebVTT (.vtt), s’il y a des paroles."
    )
    poster = ImageChooserBlock(label="image d’attente", required=False)
    address = blocks.CharBlock(
        label="ou adresse de la vidéo",
        required=False,
        max_length=500,
        help_text="Un lien y mène ; rien n’est chargé de cet autre site.",
    )
    transcript = blocks.TextBlock(
        label="transcription",
        required=False,
        help_text="Tout ce qui est dit et montré. Obligatoire pour un fichier d’ici.",
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        faults: dict[str, ValidationError] = {}
        file, address = cleaned.get("file"), (cleaned.get("address") or "").strip()
        if bool(file) == bool(address):
            faults["file"] = ValidationError("Choisissez un fichier, ou bien donnez une adresse : l’un des deux.")
        if file and not cleaned.type:
            faults["file"] = ValidationError("Ce document n’est pas une vidéo MP4 ou WebM.")
        if file and not (cleaned.get("transcript") or "").strip():
            faults["transcript"] = ValidationError(
                "Écrivez la transcription : sans elle, la vidéo est muette pour certains."
            )
        subtitles = cleaned.get("subtitles")
        if subtitles and subtitles.file_extension.lower() != "vtt":
            faults["subtitles"] = ValidationError("Les sous-titres sont un fichier .vtt.")
        if address and not web_address(address):
            faults["address"] = ValidationError("Écrivez une adresse complète, qui commence par https://")
        if faults:
            raise StructBlockValidationError(block_errors=faults)
        return cleaned

    class Meta:
        label = "Vidéo"
        icon = "media"
        group = "Images et vidéos"
        template = "cms/blocks/video.html"
        value_class = VideoValue
        description = "Un fichier d’ici, ou un lien vers une vidéo ailleurs."
