# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verdicts, classes and lines of an intention in few words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.models import CampaignDesign, OrderLine

register = template.Library()

_VERDICTS = {
    "yes": ("success", "éligible"),
    "partly": ("new", "en partie"),
    "unknown": ("info", "inconnue"),
    "no": ("error", "non éligible"),
}
_CLASSES = {"frr+": "FRR+", "qpv": "QPV"}


@register.filter
def verdict(value: str) -> SafeString:
    kind, words = _VERDICTS.get(value, ("info", value))
    return format_html('<span class="fr-badge fr-badge--sm fr-badge--no-icon fr-badge--{}">{}</span>', kind, words)


@register.filter
def classes(value: str) -> str:
    """ "frr+ qpv" → "FRR+, QPV"."""
    return ", ".join(_CLASSES.get(name, name) for name in value.split())


@register.filter
def asked(line: OrderLine, models: Mapping[str, str]) -> str:
    """A model's title, or the device's kind."""
    return models.get(line.design, line.design) if line.is_furniture else str(line.lot)


@register.filter
def plain(value: Decimal | None) -> str:
    """For scripts: "1234.50"; empty for what is not known."""
    return "" if value is None else f"{value:.2f}"


@register.filter
def asked_design(offer: CampaignDesign, models: Mapping[str, str]) -> str:
    """The title of a model that a campaign offers."""
    return models.get(offer.design, offer.design)
