# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures that editors add: none without the words that say what is on it."""

from __future__ import annotations

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class SiteImage(AbstractImage):  # type: ignore[misc]  # Wagtail has no types
    """A picture with its focal point and, always, its alternative text."""

    description = models.CharField(
        "texte de remplacement",
        max_length=255,
        help_text="Ce que montre l’image, en une phrase, pour les personnes qui ne la voient pas. Exemple : « Un chariot en "
        "contreplaqué, ouvert, dans une salle de mairie ». Sans « image de » ni « photo de ».",
    )
    credit = models.CharField(
        "crédit",
        max_length=255,
        blank=True,
        help_text="Auteur et licence, s’il faut les citer. Exemple : « Studio X, CC BY 4.0 ».",
    )

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = "image"
        verbose_name_plural = "images"
        permissions = [("choose_image", "Peut choisir une image")]


class SiteRendition(AbstractRendition):  # type: ignore[misc]
    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
