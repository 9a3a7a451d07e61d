# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list of ten times the rows asks the database as often. Seconds are measured by benchmarks/orders.py."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation, Role, User
from cms.catalogue import sync_designs
from orders.models import EquipmentLot, Order, OrderLine
from tests.people import signed_in

pytestmark = pytest.mark.django_db

#: Who looks, and at what: every list that grows with the orders.
LISTS = (
    ("coordinator", "/commandes/"),
    ("buyer", "/commandes/"),
    ("buyer", "/commandes/?etat=en-cours&tri=prix"),
    ("prefecture", "/arbitrage/"),
    ("coordinator", "/arbitrage/"),
    ("coordinator", "/arbitrage/?etat=submitted&tri=prix"),
    ("coordinator", "/arbitrage/liste/?texte=commune"),
    ("coordinator", "/arbitrage/intentions.csv"),
    ("maker", "/fabrication/"),
    ("coordinator", "/coordination/campagnes/"),
    ("coordinator", "/coordination/tableau/"),
    ("coordinator", "/devis/"),
    ("maker", "/devis/"),
    ("coordinator", "/coordination/organisations/"),
    ("nobody", "/ateliers/"),
    ("nobody", "/campagnes/"),
    ("nobody", "/statistiques/"),
    ("nobody", "/donnees/commandes.csv"),
    ("nobody", "/donnees/ateliers.csv"),
)


@pytest.fixture
def _folders(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    settings.TRETEAU_DEMO = True
    yield


def people() -> dict[str, Client]:
    """The same ones each time: those with the most, first made first."""

    def first(role: Role, path: str) -> User:
        rows = User.objects.filter(memberships__role=role).annotate(n=Count(path)).order_by("-n", "pk")
        found = rows.first()
        assert found is not None
        return found

    return {
        "nobody": Client(),
        "coordinator": signed_in(first(Role.COORDINATOR, "pk")),
        "buyer": signed_in(first(Role.BUYER, "memberships__organisation__orders")),
        "prefecture": signed_in(User.objects.get(email="prefecture-1-1@essai.example")),
        "maker": signed_in(first(Role.MAKER, "memberships__organisation__maker__workshops__orders")),
    }


def asked(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
        assert answer.status_code == 200, url
        if answer.streaming:
            assert b"".join(answer.streaming_content)
        return len(queries)


def test_ten_times_the_rows_ask_no_more(_folders: None) -> None:
    """Of one buyer and one département; the first campaign has every state too."""
    sync_designs()
    call_command("seed_campaign", "--orders", "28", "--makers", "3", "--seed", "2", stdout=io.StringIO())
    clients = people()
    organisation = organisation_of(clients["buyer"])
    department = Organisation.objects.values_list("department", flat=True).get(
        pk=organisation_of(clients["prefecture"])
    )

    def gather() -> None:
        """Every order is this buyer's, and has a line of each sort: what there is none of is not asked for."""
        lots = {lot.campaign_id: lot for lot in EquipmentLot.objects.order_by("pk")}
        without = Order.objects.exclude(campaign=None).exclude(lines__lot__isnull=False)
        OrderLine.objects.bulk_create(
            OrderLine(order=order, position=90, lot=lots[order.campaign_id], quantity=1) for order in without
        )
        rows = Order.objects.exclude(state="draft")
        rows.update(organisation=organisation, department=department)

    gather()
    for who, url in LISTS:
        asked(clients[who], url)  # what a process remembers
    few = {(who, url): asked(clients[who], url) for who, url in LISTS}
    call_command("seed_campaign", "--orders", "252", "--makers", "27", "--seed", "3", stdout=io.StringIO())
    assert Order.objects.count() == 280
    gather()
    many = {(who, url): asked(clients[who], url) for who, url in LISTS}
    grown = {key: (few[key], many[key]) for key in few if many[key] > few[key]}
    assert not grown, grown


def organisation_of(client: Client) -> int:
    return int(Membership.objects.values_list("organisation", flat=True).get(user=client.session["_auth_user_id"]))
