# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Statistics, open data and the coordinators' dashboard: what they say, to whom, and what they keep to themselves."""

from __future__ import annotations

import csv
import io
import re
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from orders.models import Event, Order, OrderLine, OutboxMessage, State
from orders.services.figures import figures_of, scope_of
from orders.services.open_data import TABLES
from tests.orders import JUDGEMENT, make_buyer, make_campaign, make_envelope, make_order, make_prefecture, revision_of
from tests.people import make_coordinator, signed_in
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db

GARD, LOZERE, HERAULT, CREUSE = ("30189", "76"), ("48095", "76"), ("34172", "76"), ("23008", "75")


@pytest.fixture
def buyer() -> User:
    return make_buyer()


def put(buyer: User, place: tuple[str, str], count: int, **fields: Any) -> list[Order]:
    """Submitted orders of one chariot each, as rows."""
    insee, region = place
    last = Order.objects.order_by("-number").values_list("number", flat=True).first() or 0
    now = timezone.now()
    values: dict[str, Any] = {
        "organisation": Organisation.objects.get(memberships__user=buyer), "department": insee[:2], "region": region,
        "insee": insee, "commune": "x", "state": State.SUBMITTED, "year": 2020, "submitted_at": now, "verdict": "yes",
        "judgement": JUDGEMENT, "created_by": buyer,
    }  # fmt: skip
    orders = Order.objects.bulk_create(
        Order(form_key=uuid.uuid4(), **{"number": last + n} | values | fields) for n in range(1, count + 1)
    )
    revision = revision_of("chariot")
    OrderLine.objects.bulk_create(
        OrderLine(order=order, position=1, design="chariot", revision=revision, parameters={}, quantity=1)
        for order in orders
    )
    return orders


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_anybody_reads_the_figures_of_france_a_region_and_a_department(client: Client, buyer: User) -> None:
    put(buyer, GARD, 12)
    put(buyer, LOZERE, 8)
    put(buyer, CREUSE, 30)
    put(buyer, CREUSE, 5, state=State.DRAFT, number=None, year=None, submitted_at=None, judgement=None, verdict="")
    page = client.get("/statistiques/").content.decode()
    assert re.search(r"Commandes déposées</dt><dd>50", page)
    assert "Occitanie" in page and "?territoire=region-76" in page and "<svg" in page
    page = client.get("/statistiques/?territoire=region-76").content.decode()
    assert re.search(r"Commandes déposées</dt><dd>20", page) and "Lozère" in page and "Creuse (23)" in page
    page = client.get("/statistiques/?territoire=departement-30").content.decode()
    assert re.search(r"Commandes déposées</dt><dd>12", page)
    for wrong in (
        "region-999",
        "departement-00",
        "x",
        "region-",
        "٣",
        "departement-" + "9" * 9_000,
        "region-76'--",
        "%00",
    ):
        assert client.get(f"/statistiques/?territoire={wrong}").status_code == 404, wrong


def test_a_small_group_is_hidden_with_the_one_that_would_give_it_away(client: Client, buyer: User) -> None:
    put(buyer, GARD, 12)
    put(buyer, LOZERE, 3)
    put(buyer, HERAULT, 9)
    put(buyer, CREUSE, 40)
    found = figures_of(scope_of("region-76"))  # type: ignore[arg-type]
    assert found.total == 24
    assert found.territories["48"]["total"] is None and found.territories["34"]["total"] is None
    assert found.territories["30"]["total"] == 12
    for code in ("48", "34"):
        page = client.get(f"/statistiques/?territoire=departement-{code}").content.decode()
        assert "trop peu de commandes" in page and "Commandes déposées</dt>" not in page
        assert not [row for row in rows_of(client.get("/donnees/commandes.csv")) if row["departement"] == code]
    assert [
        row["commandes"] for row in rows_of(client.get("/donnees/commandes.csv")) if row["departement"] == "30"
    ] == ["12"]


def test_a_few_orders_in_all_have_no_figures(client: Client, buyer: User) -> None:
    put(buyer, GARD, 4)
    page = client.get("/statistiques/").content.decode()
    assert "trop peu de commandes" in page and "Commandes déposées</dt>" not in page
    assert rows_of(client.get("/donnees/commandes.csv")) == []


def test_the_total_that_one_table_hides_no_other_table_shows(buyer: User) -> None:
    """Months that would be alone in a département hide its total; its stages do so too."""
    old = timezone.now() - timedelta(days=200)
    put(buyer, GARD, 6)
    put(buyer, GARD, 1, submitted_at=old)
    put(buyer, LOZERE, 20)
    put(buyer, CREUSE, 20)
    found = figures_of(scope_of("region-76"))  # type: ignore[arg-type]
    shown = {code: row["total"] for code, row in found.territories.items()}
    months = figures_of(scope_of("departement-30"))  # type: ignore[arg-type]
    if shown["30"] is not None:
        assert list(months.months.values()).count(None) != 1
    else:
        assert months.total is None


def test_invented_orders_are_no_figures_of_a_site_in_use(client: Client, buyer: User, settings: Any) -> None:
    put(buyer, GARD, 10, is_demo=True)
    assert figures_of(scope_of("")).total is None  # type: ignore[arg-type]
    assert rows_of(client.get("/donnees/commandes.csv")) == []
    settings.TRETEAU_DEMO = True
    assert figures_of(scope_of("")).total == 10  # type: ignore[arg-type]
    assert "ces commandes sont inventées" in client.get("/statistiques/").content.decode()


def test_money_granted_is_summed_without_what_was_given_back(buyer: User) -> None:
    campaign, now = make_campaign(), timezone.now()
    granted = {"campaign": campaign, "granted_eur": Decimal("800.50"), "basis_eur": Decimal(1_100), "decided_at": now}
    put(buyer, GARD, 6, state=State.FUNDED, **granted)
    put(buyer, GARD, 5, state=State.WITHDRAWN, ended_at=now, **granted)
    assert figures_of(scope_of("")).granted_eur == Decimal("4803.00")  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["/statistiques/", "/statistiques/?territoire=region-76", "/coordination/tableau/"])
def test_more_orders_ask_no_more_questions(url: str, buyer: User) -> None:
    browser = signed_in(make_coordinator())
    campaign = make_campaign()
    make_envelope(campaign)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    for place in (GARD, LOZERE, CREUSE):
        late(put(buyer, place, 6, campaign=campaign))
    few = asked()
    for place in (GARD, LOZERE, CREUSE, HERAULT):
        late(put(buyer, place, 20, campaign=campaign))
    assert asked() == few


def late(orders: list[Order], days: int = 100) -> None:
    at = timezone.now() - timedelta(days=days)
    Event.objects.bulk_create(
        Event(order=order, sequence=1, action="submit", from_state="draft", to_state="submitted", party="buyer", at=at)
        for order in orders
    )
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(version=1)


def test_the_dashboard_says_what_waits_and_for_whom(buyer: User) -> None:
    late(put(buyer, GARD, 2), days=46)
    late(put(buyer, LOZERE, 1), days=44)
    workshop = make_workshop(units_per_week=Decimal(2))
    made = make_order(buyer, State.IN_PRODUCTION, workshop=workshop, form_key=uuid.uuid4())
    event = Event.objects.create(
        order=made, sequence=1, action="start", from_state="committed", to_state="in_production", party="maker",
        at=timezone.now(),
    )  # fmt: skip
    Order.objects.filter(pk=made.pk).update(version=1)
    OutboxMessage.objects.create(
        event=event, key="k", message_id="<k@x>", template="start", state="failed", due_at=timezone.now(),
        fault="SMTPRecipientsRefused: <script>", recipient=buyer,
    )  # fmt: skip
    page = signed_in(make_coordinator()).get("/coordination/tableau/").content.decode()
    assert re.search(r'Commandes qui attendent trop</dt><dd><a href="#attente">2</a>', page)
    assert "La préfecture" in page and "46&nbsp;jours" in page and "SMTPRecipientsRefused: &lt;script&gt;" in page
    assert "Atelier" in page and "1,0" in page  # two pieces at two a week
    page = (
        signed_in(make_coordinator("b@example.org"))
        .get("/coordination/tableau/?territoire=departement-48")
        .content.decode()
    )
    assert "Rien n’attend plus que de raison" in page and "SMTPRecipientsRefused" not in page


def test_the_dashboard_is_the_coordinators(client: Client, buyer: User) -> None:
    assert client.get("/coordination/tableau/").status_code == 302
    for other in (buyer, make_prefecture()):
        assert signed_in(other).get("/coordination/tableau/").status_code == 404


def test_each_table_is_what_its_dictionary_says(client: Client, buyer: User) -> None:
    put(buyer, GARD, 12)
    make_campaign(name="=1+1", is_demo=False)
    make_workshop(name="@Atelier, « du coin »", siret="")
    said: dict[str, list[str]] = {}
    for row in rows_of(client.get("/donnees/dictionnaire.csv")):
        said.setdefault(row["fichier"], []).append(row["colonne"])
        assert row["sens"] and row["licence"] == "Licence Ouverte 2.0" and int(row["rang"]) == len(said[row["fichier"]])
    assert list(said) == list(TABLES)
    page = client.get("/donnees/").content.decode()
    for name, table in TABLES.items():
        answer = client.get(f"/donnees/{name}.csv")
        assert answer.streaming and answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
        content = b"".join(answer.streaming_content)
        assert not content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode())))
        assert rows[0] == said[name] and {len(row) for row in rows} == {len(table.columns)}
        assert f"/donnees/{name}.csv" in page
        for column in table.columns:
            assert re.fullmatch(r"[a-z_]+", column.name) and f"<code>{column.name}</code>" in page
    assert rows_of(client.get("/donnees/campagnes.csv"))[0]["nom"] == "'=1+1"
    assert rows_of(client.get("/donnees/ateliers.csv"))[0]["nom"] == "'@Atelier, « du coin »"
    assert client.get("/donnees/personnes.csv").status_code == 404


def test_open_data_names_nobody(client: Client, buyer: User) -> None:
    put(buyer, GARD, 12, contact_name="Camille Roux", contact_email="camille@example.org", address="Place de la Mairie")
    for name in TABLES:
        text = b"".join(client.get(f"/donnees/{name}.csv").streaming_content).decode()
        assert (
            "Camille" not in text and "@" not in text and "Place de la Mairie" not in text and "Commune 1" not in text
        )


def test_a_department_s_small_groups_are_one_row_that_is_not_small(client: Client, buyer: User) -> None:
    now = timezone.now()
    put(buyer, GARD, 12)
    put(buyer, GARD, 2, state=State.WITHDRAWN, ended_at=now)
    put(buyer, GARD, 30, submitted_at=now - timedelta(days=100))
    put(buyer, CREUSE, 40)
    rows = [row for row in rows_of(client.get("/donnees/commandes.csv")) if row["departement"] == "30"]
    assert (
        sum(int(row["commandes"]) for row in rows) == 44
    )  # what the département's page says, and nothing follows from it
    assert all(int(row["commandes"]) >= 5 for row in rows) and len(rows) == 2
    (together,) = [row for row in rows if not row["mois"]]
    assert together["commandes"] == "14" and together["avancement"] == ""
