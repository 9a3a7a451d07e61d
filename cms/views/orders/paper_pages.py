# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages of papers and of money have in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cms.views.orders.acting import order_or_404
from orders.life import Party
from orders.life.parties import parties_of
from orders.models import Order


def order_for(request: HttpRequest, public_id: UUID, readers: frozenset[Party]) -> tuple[Order, frozenset[Party]]:
    order = order_or_404(request, public_id)
    parties = parties_of(request.user, order)  # type: ignore[arg-type]
    if not parties & readers:
        raise Http404("Cette page n’existe pas.")
    return order, parties


def page(
    request: HttpRequest, order: Order, title: str, name: str, context: dict[str, Any], form: forms.Form
) -> HttpResponse:
    back = reverse("order", args=[order.public_id])
    shown = {
        "title": title,
        "section": "orders",
        "order": order,
        "back": back,
        "trail": [{"url": back, "title": str(order)}],
        "problems": problems_of(form),
        **context,
    }
    response = render(request, f"cms/orders/{name}.html", shown, status=422 if form.is_bound and form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def problems_of(form: forms.Form) -> list[dict[str, str]]:
    """For the summary above a form: what is wrong and where."""
    if not form.is_bound:
        return []
    found = [
        {"anchor": field.auto_id, "label": str(field.label), "text": text} for field in form for text in field.errors
    ]
    return found + [{"anchor": "", "label": "", "text": text} for text in form.non_field_errors()]
