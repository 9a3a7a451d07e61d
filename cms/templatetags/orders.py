# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Orders on pages: what the form of a step carries, a state's badge, a range of euros."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cms.views.orders.acting import KEY, SEEN
from cms.views.orders.words import day_words, hue
from designs.typography import SPACE
from fabrication.matching.words import kilometres
from fabrication.quoting.words import euros
from orders.models import Order, OrderLine, State

register = template.Library()


@register.inclusion_tag("cms/orders/_step_fields.html", takes_context=True)
def step_fields(context: dict[str, Any], order: Order) -> dict[str, Any]:
    """First thing in a form of a step: the token, the version that is seen, and the form's own key."""
    return {
        "csrf_token": context.get("csrf_token"),
        "seen_name": SEEN,
        "seen": order.version,
        "key_name": KEY,
        "key": uuid.uuid4(),
    }


@register.filter
def state_badge(state: str) -> SafeString:
    """A state in its words and colour."""
    return format_html(
        '<span class="fr-badge fr-badge--no-icon fr-badge--{}">{}</span>', hue(state), State(state).label
    )


@register.simple_tag
def price_range(low: Decimal | None, high: Decimal | None, unknown: str = "pas encore connu") -> str:
    """ "de 450,00 € à 600,00 €", one amount where both are the same, words where nothing is known."""
    if low is None or high is None:
        return unknown
    return euros(low) if low == high else f"de {euros(low)} à {euros(high)}"


@register.filter
def line_title(line: OrderLine) -> str:
    """What a line is of, without its sizes."""
    if line.revision is None:
        return str(line.lot)
    return str(line.revision.texts.get("title", line.design))


@register.filter
def way(km: float | None) -> str:
    """ "à 42 km", as matching estimates it by road."""
    if km is None:
        return "sans route jusqu’à vous"
    return f"à moins de 1{SPACE}km" if km < 1 else f"à {kilometres(km)}"


@register.filter
def day(value: Any) -> str:
    """date → "1er mars 2027"."""
    return day_words(value) if value else ""
