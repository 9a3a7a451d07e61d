# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The préfecture's desk: its list, filters, points, decisions over many, what-if, tables; and its part of an order's page."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Organisation, User
from orders.eligibility.judgement import BuyerFacts, Found, judge
from orders.models import Campaign, GrantEntry, Order, State
from tests.orders import make_buyer, make_campaign, make_envelope, make_line, make_order, make_prefecture
from tests.people import make_coordinator, make_person
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db

LIST, DECIDE, WHAT_IF = reverse("arbitration"), reverse("arbitration-decide"), reverse("arbitration-what-if")
FRR_PLUS = {"kind": "frr", "status": "full", "label": "FRR+"}


@pytest.fixture
def campaign() -> Campaign:
    found = make_campaign()
    make_envelope(found, 3_000)
    return found


@pytest.fixture
def agent() -> User:
    return make_prefecture()


@pytest.fixture
def desk(agent: User) -> Iterator[Client]:
    client = Client()
    client.force_login(agent)
    return client  # type: ignore[return-value]


def _intention(campaign: Campaign, number: int, state: State = State.SUBMITTED, **fields: Any) -> Order:
    buyer = make_buyer(f"m{number}@example.org", number=number, **fields.pop("organisation", {}))
    return make_order(buyer, state, campaign=campaign, **fields)


def _plain(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.replace("&nbsp;", " ").replace("&#8239;", " ").split())


def _names(response: Any) -> list[str]:
    return [line.row.buyer_name for line in response.context["lines"]]


def _ticked(*orders: Order) -> list[str]:
    return [f"{order.pk}.{order.version}" for order in orders]


def test_only_prefectures_and_coordinators_have_a_desk(campaign: Campaign, client: Client) -> None:
    order = _intention(campaign, 1)
    decision = reverse("arbitration-decision", args=[order.public_id])
    for user in (make_buyer("b@example.org", number=9), make_person("x@example.org")):
        client.force_login(user)
        for address in (LIST, reverse("arbitration-list"), WHAT_IF, reverse("arbitration-table", args=["csv"])):
            assert client.get(address).status_code == 404
        assert client.post(DECIDE, {"action": "fund", "commande": _ticked(order)}).status_code == 404
        assert client.post(decision, {"decision": "fund"}).status_code == 404
    client.logout()
    assert client.get(LIST).status_code == 302


def test_a_prefecture_sees_and_decides_its_own_departement_alone(campaign: Campaign, desk: Client) -> None:
    ours = _intention(campaign, 1)
    theirs = make_order(make_buyer("l@example.org", "48095", number=8), State.SUBMITTED, campaign=campaign)
    assert _names(desk.get(LIST)) == ["Commune 1"]
    assert desk.post(reverse("arbitration-decision", args=[theirs.public_id]), {"decision": "fund"}).status_code == 404
    told = desk.post(DECIDE, {"action": "fund", "commande": _ticked(ours, theirs)})
    assert "1 intention cochée n’est plus à vous" in _plain(told)
    report = desk.post(
        DECIDE,
        {
            "action": "fund",
            "commandes": " ".join(_ticked(ours, theirs)),
            "confirmer": "oui",
            "raison": "",
            "cle": uuid.uuid4(),
        },
    )
    assert "1 inconnue" in _plain(report)
    theirs.refresh_from_db()
    ours.refresh_from_db()
    assert (ours.state, theirs.state) == ("funded", "submitted")


def test_a_coordinator_sees_all_and_decides_over_none(campaign: Campaign, client: Client) -> None:
    order = _intention(campaign, 1)
    make_order(make_buyer("l@example.org", "48095", number=8), State.SUBMITTED, campaign=campaign)
    client.force_login(make_coordinator())
    page = client.get(LIST)
    assert len(_names(page)) == 2 and [name for name, _ in page.context["actions"]] == ["review", "send_back"]
    assert _names(client.get(LIST, {"departement": "48"})) == ["Commune 8"]
    assert client.post(DECIDE, {"action": "fund", "commande": _ticked(order)}).status_code == 404
    assert client.post(reverse("arbitration-decision", args=[order.public_id]), {"decision": "fund"}).status_code == 422
    report = client.post(
        DECIDE,
        {
            "action": "send_back",
            "commandes": _ticked(order)[0],
            "raison": "Où ?",
            "confirmer": "oui",
            "cle": uuid.uuid4(),
        },
    )
    assert report.status_code == 200 and order.events.get().action == "send_back"


def test_each_filter_narrows_and_the_fragment_is_the_pages_own_list(campaign: Campaign, desk: Client) -> None:
    _intention(campaign, 1, commune="Saint-Étienne-d’Issensac (Gard)", high_eur=Decimal(5_000))
    second = _intention(campaign, 2, verdict="partly", receiver_kind="ccas", receiver_name="CCAS")
    third = _intention(campaign, 3, State.UNDER_REVIEW, high_eur=None)
    make_line(third, "porte")
    _intention(campaign, 4, State.NOT_FUNDED)
    _intention(campaign, 5, State.FUNDED)
    wanted = {
        "": [1, 2, 3], "recherche=SAINT+etienne": [1], "recherche=commune+2": [2], f"recherche={second.reference}": [2],
        "recherche=%00": [1, 2, 3], "eligibilite=partly": [2], "receveur=ccas": [2], "receveur=acheteur": [1, 3],
        "minimum=1+300": [1], "maximum=1300,50": [2], "modele=porte": [3], "modele=chariot": [1, 2, 3],
        "modele=lot-tablet": [], "etat=examen": [3], "etat=financees": [5], "etat=non-financees": [4],
        "etat=toutes": [1, 2, 3, 4, 5], "etat=abandonnees": [], "recherche=etienne&minimum=9999": [],
    }  # fmt: skip
    for query, numbers in wanted.items():
        page = desk.get(f"{LIST}?{query}&tri=numero")
        assert _names(page) == [f"Commune {number}" for number in numbers], query
        part = desk.get(f"{reverse('arbitration-list')}?{query}&tri=numero")
        assert "<html" not in part.content.decode() and _plain(part) in _plain(page)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("minimum=1e3", "minimum"), ("minimum=%D9%A3", "minimum"), ("maximum=-1", "maximum"), ("minimum=5&maximum=2", "maximum"),
        ("minimum=" + "9" * 10_000, "minimum"), ("etat=x", "etat"), ("eligibilite=%00", "eligibilite"), ("modele=zz", "modele"),
        ("poids_qpv=101", "poids_qpv"), ("poids_eligibility=-1", "poids_eligibility"), ("poids_qpv=1,5", "poids_qpv"),
        ("campagne=%00x", "campagne"), ("receveur=9", "receveur"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_address_is_told_beside_its_field_and_the_rest_counts(
    query: str, field: str, campaign: Campaign, desk: Client
) -> None:
    _intention(campaign, 1)
    page = desk.get(f"{LIST}?{query}&tri=zz&page=99999999999999999999")
    assert page.status_code == 200 and list(page.context["filters"].errors) == [field]
    assert _names(page) == ["Commune 1"] and f'href="#{field}"' in page.content.decode()


def test_points_sort_the_list_follow_the_weights_of_the_address_and_are_explained(
    campaign: Campaign, desk: Client
) -> None:
    make_workshop()
    judged = {"verdict": "yes", "zonings": [FRR_PLUS]}
    _intention(campaign, 1, verdict="no")
    _intention(campaign, 2, insee="30001", judgement=judged)  # a small commune
    page = desk.get(LIST)
    assert _names(page) == ["Commune 2", "Commune 1"]
    line = page.context["lines"][0]
    assert line.order.classes == "frr+" and line.row.points == pytest.approx(sum(part.points for part in line.parts))
    assert "sur 20 : commune en FRR+" in _plain(page) and "habitants" in _plain(page)
    weighed = desk.get(f"{LIST}?poids_frr_plus=0&poids_eligibility=0&poids_small_commune=0&poids_near_maker=50")
    assert [line.row.points for line in weighed.context["lines"]] == sorted(
        (line.row.points for line in weighed.context["lines"]), reverse=True
    )
    assert weighed.context["filters"].weights["frr_plus"] == 0 and weighed.context["filters"].weighs_otherwise


def test_any_column_sorts_both_ways_and_what_is_unknown_comes_last(campaign: Campaign, desk: Client) -> None:
    _intention(campaign, 1, high_eur=Decimal(700), wanted_by=date(2028, 1, 1))
    _intention(campaign, 2, high_eur=None)
    _intention(campaign, 3, high_eur=Decimal(900), wanted_by=date(2027, 6, 1))
    expected = {
        "estimation": [1, 3, 2],
        "-estimation": [3, 1, 2],
        "souhaitee": [3, 1, 2],
        "-souhaitee": [1, 3, 2],
        "-numero": [3, 2, 1],
    }
    for sort, numbers in expected.items():
        assert _names(desk.get(LIST, {"tri": sort})) == [f"Commune {number}" for number in numbers], sort
    for sort in ("points", "eligibilite", "subvention", "etat", "acheteur", "commune"):
        for sign in ("", "-"):
            assert len(_names(desk.get(LIST, {"tri": sign + sort}))) == 3


def test_the_money_on_top_says_what_is_left_and_what_the_selection_would_take(campaign: Campaign, desk: Client) -> None:
    first = _intention(campaign, 1)
    for number in (2, 3, 4):
        _intention(campaign, number)
    desk.post(
        reverse("arbitration-decision", args=[first.public_id]), {"decision": "fund", "vu": 0, "cle": uuid.uuid4()}
    )
    words = _plain(desk.get(LIST))
    assert "Enveloppe 3 000,00 €" in words and "Engagé 960,00 €" in words and "Reste 2 040,00 €" in words
    assert "2 880,00 € il manquerait 840,00 €" in words


def test_what_was_given_up_has_no_subsidy_any_more(campaign: Campaign, desk: Client) -> None:
    granted = {"basis_eur": Decimal(1_200), "granted_eur": Decimal(960), "decided_at": timezone.now()}
    _intention(campaign, 1, State.WITHDRAWN, **granted)
    _intention(campaign, 2, State.FUNDED)
    rows = [line.row for line in desk.get(LIST, {"etat": "toutes", "tri": "numero"}).context["lines"]]
    assert [(row.granted_eur, row.expected_eur) for row in rows] == [(None, None), (960, 960)]


def test_many_are_decided_after_one_more_look_and_each_refusal_says_why(campaign: Campaign, desk: Client) -> None:
    orders = [_intention(campaign, number) for number in range(1, 5)]  # 960 € each, of 3,000 €
    ask = desk.post(DECIDE, {"action": "fund", "commande": _ticked(*orders), "filtres": "etat=examen"})
    assert not GrantEntry.objects.exists()
    assert [one.obstacle for one in ask.context["planned"]] == ["", "", "", "l’enveloppe n’y suffit plus"]
    assert (
        "3 intentions, 2 880,00 € de subvention en tout" in _plain(ask)
        and f"{LIST}?etat=examen" in ask.content.decode()
    )
    send = {
        "action": "fund",
        "commandes": ask.context["ticked"],
        "raison": "Priorité.",
        "confirmer": "oui",
        "cle": uuid.uuid4(),
    }
    report = desk.post(DECIDE, send)
    words = _plain(report)
    assert "Financer : 3 intentions, 2 880,00 € de subvention. 1 refusée." in words and "Il manque 840,00 €" in words
    assert sorted(Order.objects.values_list("state", flat=True)) == ["funded", "funded", "funded", "submitted"]
    again = desk.post(DECIDE, send)  # the same form: the same report, no other decision
    assert "Financer : 3 intentions" in _plain(again) and GrantEntry.objects.count() == 3


def test_a_decision_that_needs_a_reason_asks_for_it_and_keeps_what_was_ticked(campaign: Campaign, desk: Client) -> None:
    order = _intention(campaign, 1)
    send = {"action": "refuse_funding", "commandes": _ticked(order)[0], "confirmer": "oui", "cle": uuid.uuid4()}
    for reason in ("", "  \x00 ", "x" * 4_001):
        answer = desk.post(DECIDE, send | {"raison": reason})
        assert answer.status_code == 422 and answer.context["form"].errors["raison"]
        assert answer.context["ticked"] == _ticked(order)[0] and answer.context["able"] == 1
    assert desk.post(DECIDE, send | {"raison": "Déjà équipée."}).status_code == 200
    order.refresh_from_db()
    assert (order.state, order.decision_reason) == ("not_funded", "Déjà équipée.")


def test_the_whole_list_may_be_taken_and_nothing_ticked_is_no_decision(campaign: Campaign, desk: Client) -> None:
    orders = [_intention(campaign, number) for number in (1, 2, 3)]
    desk.post(reverse("arbitration-decision", args=[orders[0].public_id]), {"decision": "review", "vu": 0})
    ask = desk.post(DECIDE, {"action": "review", "toutes": "oui", "filtres": "etat=deposees", "commande": []})
    assert [one.row.pk for one in ask.context["planned"]] == [orders[1].pk, orders[2].pk]
    for nothing in ({}, {"commande": ["x", "1", "٣.1", "9" * 400 + ".1"]}, {"commandes": "\x00"}):
        answer = desk.post(DECIDE, {"action": "review", "filtres": "etat=examen"} | nothing)
        assert answer.status_code == 302 and answer["Location"] == f"{LIST}?etat=examen"
    assert desk.post(DECIDE, {"action": "void", "commande": _ticked(orders[1])}).status_code == 404
    assert desk.get(DECIDE).status_code == 405


def test_what_if_spends_down_the_points_and_writes_nothing(campaign: Campaign, desk: Client) -> None:
    dear = _intention(campaign, 1, high_eur=Decimal(5_000), judgement={"verdict": "yes", "zonings": [FRR_PLUS]})
    others = [_intention(campaign, number) for number in (2, 3)]
    _intention(campaign, 4, high_eur=None)
    page = desk.get(WHAT_IF)  # the envelope's 3,000 €
    assert [line.row.pk for line in page.context["funded"]] == [order.pk for order in others]
    assert [line.why for line in page.context["others"]] == ["ne tient plus dans l’enveloppe", "prix inconnu"]
    assert page.context["result"].left_eur == Decimal(1_080)
    assert [line.row.pk for line in desk.get(WHAT_IF, {"enveloppe": "4 000"}).context["funded"]] == [dear.pk]
    assert not desk.get(WHAT_IF, {"arret": "on"}).context["funded"]
    assert not desk.get(WHAT_IF, {"seuil": "99"}).context["funded"]
    assert desk.get(reverse("arbitration-what-if-result"), {"enveloppe": "1e9"}).context["form"].errors["enveloppe"]
    assert not Order.objects.exclude(state=State.SUBMITTED).exists() and not GrantEntry.objects.exists()
    ask = desk.post(DECIDE, {"action": "fund", "commandes": page.context["funded_ticked"]})
    assert ask.context["able"] == 2


def test_tables_hold_the_filtered_list_and_no_formula(campaign: Campaign, desk: Client) -> None:
    _intention(
        campaign, 1, organisation={"name": "=HYPERLINK(1)"}, reasons="+33\x0b et plus", wanted_by=date(2027, 5, 2)
    )
    _intention(campaign, 2, verdict="partly")
    answer = desk.get(reverse("arbitration-table", args=["csv"]), {"tri": "numero"})
    assert answer.streaming
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")
    assert len(lines) == 4 and lines[0].startswith("intention;état;acheteur;SIRET")
    assert "'=HYPERLINK(1)" in lines[1] and "'+33 et plus" in lines[1].replace("\x0b", "!") and "02/05/2027" in lines[1]
    assert "1200,00" in lines[1] and "2 × Chariot-établi" in lines[1]
    narrowed = b"".join(
        desk.get(reverse("arbitration-table", args=["csv"]), {"eligibilite": "partly"}).streaming_content
    )
    assert narrowed.decode().count("\r\n") == 2
    book = desk.get(reverse("arbitration-table", args=["xlsx"]), {"tri": "numero"})
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert sheet.max_row == 3 and sheet["C2"].value == "'=HYPERLINK(1)" and sheet["C2"].data_type == "s"
    assert [cell.value for cell in sheet[1]][:2] == ["intention", "état"]


def test_the_list_asks_the_same_few_questions_of_the_database_for_three_and_for_sixty(
    campaign: Campaign, desk: Client
) -> None:
    make_workshop()

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(LIST).status_code == 200
        return len(found)

    _intention(campaign, 1)
    queries()
    few = queries()
    buyer = User.objects.get(email="m1@example.org")
    for _ in range(60):
        make_order(buyer, State.SUBMITTED, campaign=campaign, lines=2)
    assert queries() == few <= 16


def test_without_a_campaign_or_an_envelope_the_page_says_so(desk: Client) -> None:
    assert "Aucune campagne n’est publiée" in _plain(desk.get(LIST))
    assert desk.get(reverse("arbitration-table", args=["csv"])).status_code == 404
    assert desk.get(WHAT_IF).status_code == 200
    make_campaign()
    assert "Aucune enveloppe n’est ouverte" in _plain(desk.get(LIST))


# The order's own page.


def _judged(verdict_words: str = "FRR socle") -> dict[str, Any]:
    facts = BuyerFacts("collectivite", "commune", "30189", "30189", "", "Commune")
    frr = Found(
        "frr", "2025-07-10", "DGCL", "full", "Nîmes (Gard)", verdict_words, classed=1, valid_from=date(2025, 7, 10)
    )
    return judge(facts, [frr], date(2026, 11, 1)).as_data()


def test_the_judgement_is_shown_frozen_and_replayed_on_request(campaign: Campaign, desk: Client) -> None:
    order = _intention(campaign, 1, judgement=_judged())
    address = reverse("order", args=[order.public_id])
    words = _plain(desk.get(address))
    assert "Jugée le 1er novembre 2026" in words and "classement FRR du 10 juillet 2025" in words
    assert "Rejouer le jugement" in words
    words = _plain(desk.get(f"{address}?rejouer=1"))
    assert "Rejoué sur les mêmes données, le jugement est le même." in words
    assert "Avec les zonages d’aujourd’hui, ce serait inconnue" in words  # no list is imported here
    bare = _intention(campaign, 2)  # judged without the lines that it rests on
    assert "il ne peut pas être rejoué" in _plain(desk.get(f"{reverse('order', args=[bare.public_id])}?rejouer=1"))


def test_the_money_is_shown_line_by_line_before_and_after_the_decision(campaign: Campaign, desk: Client) -> None:
    order = _intention(campaign, 1)
    address = reverse("order", args=[order.public_id])
    words = _plain(desk.get(address))
    for line in (
        "au plus haut 1 200,00 €",
        "80 % de cette dépense 960,00 €",
        "Resterait à l’acheteur, hors taxes 240,00 €",
    ):
        assert line in words, line
    send = {"decision": "fund", "depense": "1 000,50", "raison": "", "vu": "0", "cle": str(uuid.uuid4())}
    answer = desk.post(reverse("arbitration-decision", args=[order.public_id]), send)
    assert answer.status_code == 302 and answer["Location"] == f"{address}#arbitration"
    words = _plain(desk.get(address))
    assert "Dépense retenue HT 1 000,50 €" in words and "Subvention accordée, 80 % de cette dépense 800,40 €" in words
    buyer = Client()
    buyer.force_login(User.objects.get(email="m1@example.org"))
    seen = _plain(buyer.get(address))
    assert "Subvention accordée, 80 % de cette dépense 800,40 €" in seen and "Votre décision" not in seen


@pytest.mark.parametrize(
    ("send", "field"),
    [
        ({}, "decision"), ({"decision": "void"}, "decision"), ({"decision": "reconsider", "raison": ""}, "raison"),
        ({"decision": "refuse_funding"}, "raison"), ({"decision": "send_back", "raison": "\x00"}, "raison"),
        ({"decision": "fund", "depense": "1e3"}, "depense"), ({"decision": "fund", "depense": "0"}, "depense"),
        ({"decision": "fund", "depense": "-5"}, "depense"), ({"decision": "fund", "depense": "٣"}, "depense"),
        ({"decision": "fund", "depense": "9" * 30}, "depense"), ({"decision": "fund", "depense": "90000"}, "depense"),
        ({"decision": "refuse_funding", "raison": "x" * 4_001}, "raison"),
    ],
)  # fmt: skip
def test_a_refused_decision_stands_beside_its_field_and_loses_nothing(
    send: dict[str, str], field: str, campaign: Campaign, desk: Client
) -> None:
    order = _intention(campaign, 1, State.NOT_FUNDED if send.get("decision") == "reconsider" else State.UNDER_REVIEW)
    answer = desk.post(
        reverse("arbitration-decision", args=[order.public_id]), {"vu": "0", "cle": str(uuid.uuid4())} | send
    )
    assert answer.status_code == 422
    form = next(part["form"] for part in answer.context["sections"] if part["name"] == "arbitration")
    assert list(form.errors) == [field]
    for name in ("depense", "raison"):
        if name in send and len(send[name]) < 100 and send[name].isprintable():
            assert send[name] in answer.content.decode()
    assert not order.events.exists()


def test_the_second_of_two_agents_is_told_what_happened_and_finds_what_was_typed(
    campaign: Campaign, desk: Client
) -> None:
    order = _intention(campaign, 1, State.UNDER_REVIEW)
    address = reverse("arbitration-decision", args=[order.public_id])
    colleague = Client()
    user = make_person("c@example.org", "Camille Roux")
    from tests.people import make_member

    make_member(user, Organisation.objects.get(kind=Organisation.Kind.PREFECTURE))
    colleague.force_login(user)
    key = str(uuid.uuid4())
    assert colleague.post(address, {"decision": "fund", "vu": "0", "cle": key}).status_code == 302
    assert (
        colleague.post(address, {"decision": "fund", "vu": "0", "cle": key}).status_code == 302
    )  # sent twice, done once
    answer = desk.post(
        address, {"decision": "refuse_funding", "raison": "Trop chère.", "vu": "0", "cle": str(uuid.uuid4())}
    )
    assert answer.status_code == 409
    assert "a décidé de financer" in _plain(answer) and "Trop chère." in _plain(answer)
    assert GrantEntry.objects.count() == 1
