# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The head of a page for other programs."""

from __future__ import annotations

from typing import Any

from django import template

from cms.findable.head import Head, head_of

register = template.Library()


@register.simple_tag(takes_context=True)
def page_head(context: template.Context) -> Head | None:
    flat: dict[Any, Any] = context.flatten()
    return head_of(flat)
