# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Clerks and agents at their browsers: forms sent to the site, and sent again, the very same, when no answer comes."""

from __future__ import annotations

import http.client
import random
import time
import uuid
from collections import Counter
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

from accounts.models import User
from orders.models import Event, Order, State

_CSRF = "c" * 32
_PATIENCE_S = 60.0


class Browser:
    """Of one signed-in person. ``answers`` counts the statuses that came."""

    def __init__(self, port: int, user: User) -> None:
        self._port, self.user = port, user
        self.answers: Counter[int] = Counter()
        self.unanswered = 0
        self.lost: list[str] = []
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={_CSRF}"
        self._headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}

    def send(self, address: str, fields: dict[str, str]) -> int:
        """The status of the answer; the same form goes again as long as none comes. 0: none came in a minute."""
        body, end = urlencode({"csrfmiddlewaretoken": _CSRF, **fields}), time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
            try:
                link.request("POST", address, body, self._headers)
                status = link.getresponse().status
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                time.sleep(0.1)
                continue
            finally:
                link.close()
            self.answers[status] += 1
            return status
        self.lost.append(address)
        return 0


def act_on_the_site(order: Order, browser: Browser, chance: random.Random) -> uuid.UUID | None:
    """The form that this person's page of the order offers; its key, or None where there is none to send. One in five is
    sent twice, as by an impatient finger."""
    key = uuid.UUID(int=chance.getrandbits(128))
    state = State(order.state)
    fields = {"vu": str(order.version), "cle": str(key)}
    if state == State.DRAFT:
        fields["action"] = "submit" if chance.random() < 0.9 else "submit_self_funded"
        address = reverse("order-submit", args=[order.public_id])
    elif state in (State.SUBMITTED, State.UNDER_REVIEW):
        decision = chance.choice(["review", "fund", "fund", "fund", "refuse_funding"])
        ticked = f"{order.pk}.{order.version}"
        fields |= {"action": decision, "confirmer": "oui", "commandes": ticked, "raison": "Une raison."}
        address = reverse("arbitration-decide")
    elif state == State.NOT_FUNDED:
        action = chance.choice(["self_fund", "withdraw"])
        fields["note"] = "Une raison."
        address = reverse("order-act", args=[order.public_id, action])
    else:
        return None
    for _ in range(2 if chance.random() < 0.2 else 1):
        browser.send(address, fields)
    return key


def done_twice(keys: list[uuid.UUID]) -> int:
    """Forms of which more than one step was taken; many orders' form has a key for each order."""
    return sum(Event.objects.filter(form_key=key).count() > 1 for key in keys)
