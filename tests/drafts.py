# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A draft of an order on its pages."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from orders.models import Order


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("&nbsp;", "\u00a0"))


def step(order: Order, name: str) -> str:
    return reverse("order-draft-step", args=[order.public_id, name])


def seen_on(client: Client, url: str) -> str:
    found = re.search(r'name="vu" value="([0-9a-f]{32})"', client.get(url).content.decode())
    assert found
    return found[1]
