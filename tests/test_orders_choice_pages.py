# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of a choice: asked, compared, justified, refused; who sees what, and that nothing typed is lost."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from fabrication import services as jobs
from fabrication.matching.services import studies
from fabrication.models import AssignmentRun, Quote
from fabrication.quoting.services import hide
from orders.models import Choice, Order, QuoteRequest, State
from tests.choosing import Case, make_case
from tests.orders import make_buyer, make_order, make_prefecture
from tests.people import make_coordinator, signed_in
from tests.quoting import priced_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(jobs, "ring", lambda pk, kind: None)
    monkeypatch.setattr(studies, "ring", lambda pk: None)


@pytest.fixture
def case() -> Case:
    return make_case()


def here(case: Case, rest: str = "") -> str:
    return f"/commandes/{case.order.public_id}/{rest}"


def page(user: User, url: str, status: int = 200) -> str:
    return text_of(signed_in(user).get(url), status)


def text_of(response: Any, status: int) -> str:
    assert response.status_code == status, (response, response.get("Location"))
    plain = response.content.decode().replace("&nbsp;", "\u00a0").replace("&#x27;", "'")
    return re.sub(r"[ \n]+", " ", plain)


def send(user: User, case: Case, rest: str, **data: Any) -> Any:
    """As the page's form sends it, with what its reader saw."""
    seen = Order.objects.get(pk=case.order.pk).version
    return signed_in(user).post(here(case, rest), {"vu": seen, "cle": str(uuid.uuid4()), **data})


def answered(case: Case, *slugs: str) -> None:
    case.ask(*slugs)
    case.issue(*slugs)


def test_a_buyer_asks_compares_and_chooses() -> None:
    case = make_case(2, 1)
    assert "Demander un devis" in page(case.buyer, here(case))
    text = page(case.buyer, here(case, "choix/"))
    assert "2\u00a0×\u00a0Porte numérique" in text and "60\u202f000,00\u00a0€ HT" in text
    assert "10\u00a0jours" in page(case.buyer, here(case, "choix/demander/copeaux/"))
    for slug in ("copeaux", "scierie"):
        assert send(case.buyer, case, f"choix/demander/{slug}/", message="Au premier.").status_code == 302
    case.issue("copeaux")
    text = page(case.buyer, here(case, "choix/"))
    assert (
        "Devis reçu" in text and "il reste 10\u00a0jours" in text and "Vous pouvez demander encore 1\u00a0devis" in text
    )
    assert "Le devis reçu" in text and "rien de ce qui est demandé" in text
    case.issue("scierie")
    text = page(case.buyer, here(case, "choix/"))
    assert "Les devis, côte à côte" in text and text.count("le plus bas") >= 2 and "2 trajets, un par devis" in text
    request = case.request("copeaux")
    assert "Choisir Atelier copeaux" in page(case.buyer, here(case, f"choix/demandes/{request.pk}/choisir/"))
    done = send(case.buyer, case, f"choix/demandes/{request.pk}/choisir/", justification="Le plus proche.")
    assert done.status_code == 302 and Order.objects.get().state == State.MAKER_CHOSEN
    text = page(case.buyer, here(case))
    assert "Le plus proche." in text and "Changer d’atelier" in text and "Dossier du choix (PDF)" in text
    assert signed_in(case.buyer).get(here(case, "choix/")).status_code == 302


def test_a_justification_that_is_missing_stands_beside_its_field_and_what_is_typed_stays(case: Case) -> None:
    answered(case, "copeaux")
    url = f"choix/demandes/{case.request('copeaux').pk}/choisir/"
    text = text_of(send(case.buyer, case, url, justification="  "), 422)
    assert text.count("cette justification est gardée au dossier") == 2  # in the summary and beside the field
    typed = "x" * 4_001
    assert typed in text_of(send(case.buyer, case, url, justification=typed), 422)
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    text = text_of(send(case.buyer, case, url, justification="Nous y tenons."), 422)
    assert "Nous y tenons." in text and "n’est plus valable" in text and not Choice.objects.exists()


def test_an_answer_that_comes_meanwhile_is_shown_before_the_choice_and_the_words_stay(case: Case) -> None:
    case.ask("copeaux", "scierie")
    case.issue("copeaux")
    seen = case.order.version
    case.issue("scierie")
    url = here(case, f"choix/demandes/{case.request('copeaux').pk}/choisir/")
    client = signed_in(case.buyer)
    text = text_of(client.post(url, {"vu": seen, "cle": str(uuid.uuid4()), "justification": "Le plus proche."}), 409)
    assert "Le plus proche.</textarea>" in text and "a reçu la réponse d’un atelier" in text
    assert f'name="vu" value="{case.order.version}"' in text and not Choice.objects.exists()


def test_of_two_clerks_one_chooses_and_the_other_reads_who_was_quicker(case: Case) -> None:
    answered(case, "copeaux", "scierie")
    seen, second = case.order.version, case.request("scierie")
    case.choose("copeaux")
    url = here(case, f"choix/demandes/{second.pk}/choisir/")
    key = str(uuid.uuid4())
    answer = signed_in(case.buyer).post(url, {"vu": seen, "cle": key, "justification": "Le moins cher."})
    text = text_of(answer, 409)
    assert "a choisi un atelier" in text and "Le moins cher." in text
    assert Choice.objects.get().workshop.slug == "copeaux"


def test_a_form_sent_twice_chooses_once(case: Case) -> None:
    answered(case, "copeaux")
    url = here(case, f"choix/demandes/{case.request('copeaux').pk}/choisir/")
    data = {"vu": case.order.version, "cle": str(uuid.uuid4()), "justification": "Le plus proche."}
    client = signed_in(case.buyer)
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert Choice.objects.count() == 1 and case.order.events.filter(action="choose_maker").count() == 1


def test_an_asked_workshop_sees_what_it_needs_and_nothing_else(case: Case) -> None:
    Order.objects.update(contact_phone="0466000000", contact_name="Camille Roux")
    case.ask("copeaux", "scierie", message="Au deuxième étage.")
    case.issue("scierie")
    maker = case.makers["copeaux"]
    text = page(maker, here(case))
    assert (
        "demande un devis à Atelier copeaux" in text
        and "il reste 10\u00a0jours" in text
        and "Au deuxième étage." in text
    )
    quote, others = case.quotes("copeaux")[0], case.quotes("scierie")[0]
    assert f"/devis/{quote.public_id}/" in text and "Décliner cette demande" in text
    for hidden in ("0466000000", "Camille", "mairie@", "scierie", str(others.public_id), str(others.net_eur)):
        assert hidden not in text, hidden
    assert signed_in(maker).get(f"/devis/{others.public_id}/").status_code == 404
    assert case.order.reference in page(maker, "/devis/")
    assert case.order.reference in page(maker, f"/devis/{quote.public_id}/")
    assert case.order.reference not in page(case.makers["rabot"], "/devis/")


def test_a_workshop_declines_on_its_page(case: Case) -> None:
    case.ask("copeaux")
    maker, url = case.makers["copeaux"], f"choix/demandes/{case.request('copeaux').pk}/decliner/"
    assert "L’acheteur est prévenu" in page(maker, here(case, url))
    assert "Écrivez la raison" in text_of(send(maker, case, url, reason=""), 422)
    assert send(maker, case, url, reason="Carnet plein.").status_code == 302
    assert "Carnet plein" in page(case.buyer, here(case, "choix/"))
    assert "n’attend plus de réponse" in text_of(send(maker, case, url, reason="Encore."), 409)


def test_a_refusal_by_the_chosen_workshop_leads_back_to_the_choice(case: Case) -> None:
    answered(case, "copeaux", "scierie")
    case.choose("copeaux")
    maker = case.makers["copeaux"]
    text = page(maker, here(case))
    assert "Atelier copeaux est choisi" in text and "Le plus proche." not in text and "scierie" not in text
    assert "Écrivez la raison" in text_of(send(maker, case, "choix/refuser/", note=""), 422)
    done = send(maker, case, "choix/refuser/", note="Fraiseuse en panne.")
    assert done.status_code == 302 and done["Location"] == "/fabrication/"
    assert signed_in(maker).get(here(case)).status_code == 404
    text = page(case.buyer, here(case))
    assert "Fraiseuse en panne." in text and "refusé par l’atelier" in text and "Comparer les devis" in text
    assert "Atelier scierie" in page(case.buyer, here(case, "choix/"))
    request = case.request("scierie")
    assert (
        send(case.buyer, case, f"choix/demandes/{request.pk}/choisir/", justification="Le suivant.").status_code == 302
    )
    assert [choice.ended for choice in Choice.objects.order_by("pk")] == ["refused", ""]


def test_what_is_nobodys_is_404(case: Case) -> None:
    answered(case, "copeaux", "scierie")
    pk = case.request("copeaux").pk
    buyers = ["choix/", "choix/demander/rabot/", f"choix/demandes/{pk}/choisir/"]
    third = make_buyer("autre@example.org", "48095", 2)
    strangers = [third, case.makers["rabot"], make_prefecture("lozere@example.org", "48")]
    own = [make_prefecture(), make_coordinator(), case.makers["copeaux"]]
    for rest in buyers:
        for user in (*strangers, *own):
            assert signed_in(user).get(here(case, rest)).status_code == 404, (rest, user)
            assert signed_in(user).post(here(case, rest)).status_code in (404, 405), (rest, user)
    for user in (*strangers, *own):
        assert send(user, case, f"choix/demandes/{pk}/retirer/").status_code == 404
    for user in (case.buyer, third, case.makers["scierie"], make_coordinator("c2@example.org")):
        assert signed_in(user).get(here(case, f"choix/demandes/{pk}/decliner/")).status_code == 404
    case.choose("copeaux")
    chosen = Choice.objects.get().pk
    for suffix in ("pdf", "csv"):
        for user in (*strangers, case.makers["copeaux"], case.makers["scierie"]):
            assert signed_in(user).get(here(case, f"choix/dossier/{chosen}.{suffix}")).status_code == 404
        for user in (case.buyer, own[0], own[1]):
            assert signed_in(user).get(here(case, f"choix/dossier/{chosen}.{suffix}")).status_code == 200
    for user in (*strangers, case.buyer, case.makers["scierie"], own[0]):
        assert send(user, case, "choix/refuser/", note="Non.").status_code == 404
    assert Client().get(here(case, "choix/")).status_code == 302  # to the sign-in page
    assert Order.objects.get().state == State.MAKER_CHOSEN


def test_after_withdrawal_the_workshop_finds_nothing_and_the_buyer_sees_a_hidden_quotes_price_nowhere(
    case: Case,
) -> None:
    answered(case, "copeaux", "scierie")
    price = case.quotes("scierie")[0].net_eur
    assert price is not None
    hide(case.quotes("scierie")[0], actor=make_coordinator(), reason="Prix hors d’usage.")
    assert "La coordination a écarté ce devis" in page(case.buyer, here(case, "choix/"))
    url = f"choix/demandes/{case.request('scierie').pk}/choisir/"
    assert signed_in(case.buyer).get(here(case, url)).status_code == 302
    assert send(case.buyer, case, f"choix/demandes/{case.request('copeaux').pk}/retirer/").status_code == 302
    assert signed_in(case.makers["copeaux"]).get(here(case)).status_code == 404
    assert "Atelier copeaux" not in page(case.buyer, here(case))


@pytest.mark.parametrize(
    "rest", ["demander/nulle-part/", "demandes/0/choisir/", f"demandes/{10**30}/choisir/", "dossier/7.pdf"]
)
def test_addresses_of_nothing_are_404(case: Case, rest: str) -> None:
    assert signed_in(case.buyer).get(here(case, f"choix/{rest}")).status_code == 404


@pytest.mark.parametrize("message", ["\x00", "a" * 10_001, "=cmd|' /C calc'!A0", "٣" * 50])
def test_whatever_is_typed_is_taken_or_refused_beside_its_field(case: Case, message: str) -> None:
    answer = send(case.buyer, case, "choix/demander/copeaux/", message=message)
    if len(message) > 2_000:
        assert message in text_of(answer, 422) and not QuoteRequest.objects.exists()
    else:
        assert answer.status_code == 302 and "\x00" not in QuoteRequest.objects.get().message


def test_a_fourth_question_and_a_wrong_state_are_told_on_the_page(case: Case) -> None:
    case.ask("copeaux", "scierie", "varlope")
    assert "Trois devis sont déjà demandés" in page(case.buyer, here(case, "choix/demander/rabot/"))
    text = text_of(send(case.buyer, case, "choix/demander/rabot/", message="Bonjour"), 422)
    assert "Trois devis au plus" in text and "Bonjour</textarea>" in text
    early = make_case_of(case, State.FUNDED)
    answer = signed_in(case.buyer).get(f"/commandes/{early.public_id}/choix/", follow=True)
    assert "une fois la convention signée" in text_of(answer, 200)


def make_case_of(case: Case, state: State) -> Order:
    return make_order(case.buyer, state, campaign=case.order.campaign)


def test_the_page_takes_the_same_queries_for_more_workshops(case: Case) -> None:
    answered(case, "copeaux", "scierie")
    client = signed_in(case.buyer)
    client.get(here(case, "choix/"))
    with CaptureQueriesContext(connection) as few:
        client.get(here(case, "choix/"))
    for number in range(5):
        priced_workshop(f"plus-{number}")
    client.get(here(case, "choix/"))
    with CaptureQueriesContext(connection) as many:
        client.get(here(case, "choix/"))
    assert len(many) <= len(few)


def test_a_coordinator_spreads_a_campaigns_orders(case: Case) -> None:
    url = "/coordination/repartition/commandes/"
    coordinator = make_coordinator()
    assert "Répartir les commandes d’une campagne" in page(coordinator, "/coordination/repartition/nouvelle/")
    text = page(coordinator, url)
    assert "Campagne de printemps\u00a0: 1 commande" in text
    good = {"campagne": "printemps", "rayon": "100", "semaines": "4", "equilibre": "non", "soin": "rapide"}
    for wrong in ({"campagne": "autre"}, {"rayon": "1e3"}, {"rayon": "0"}, {"semaines": "-1"}, {"rayon": "9" * 10_000}):
        assert signed_in(coordinator).post(url, good | wrong).status_code == 422, wrong
    assert not AssignmentRun.objects.exists()
    assert signed_in(coordinator).post(url, good).status_code == 302
    assert AssignmentRun.objects.get().campaign == "printemps"
    for user in (case.buyer, case.makers["copeaux"], make_prefecture()):
        assert signed_in(user).get(url).status_code == 404


def test_the_public_ranking_counts_orders_in_progress(case: Case) -> None:
    make_order(case.buyer, State.COMMITTED, workshop=case.workshops["copeaux"])
    query = "/ou-fabriquer/?modele=porte&quantite=1&commune=N%C3%AEmes&commune_insee=30189"
    assert "Les commandes passées sur ce site sont comptées" in page(case.buyer, query)
    assert "celles de votre organisation (1)" in page(case.buyer, query)
    assert "de votre organisation" not in text_of(Client().get(query), 200)


def test_prices_and_dates_are_marked_in_words(case: Case) -> None:
    case.ask("copeaux", "scierie")
    case.costs("copeaux", Decimal(900))
    case.issue("copeaux", "scierie")
    text = page(case.buyer, here(case, "choix/"))
    table = text[text.index("c-table") : text.index("c-cards")]
    row = table[table.index("Prix HT") : table.index("TVA")]
    assert row.count("le plus bas") == 1 and "900,00" in row and row.index("le plus bas") < row.index("900,00")
    assert "1 ligne" in table.replace("\u00a0", " ")  # the corrected one is told
