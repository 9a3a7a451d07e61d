# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of quotes: who sees what, what a form says, and that nothing typed is lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from cms.views.quotes.forms import AmountField
from fablabs.models import Maker, Offer, Workshop
from fabrication import services as jobs
from fabrication.models import Job, Quote
from fabrication.quoting.services import change_line, hide, issue
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.quoting import asked, people_of, porte, priced_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(jobs, "ring", lambda pk, kind: None)


@pytest.fixture
def workshop() -> Workshop:
    return priced_workshop(siret="73282932000074", address="3 rue du Bois", postcode="30000")


@pytest.fixture
def buyer() -> User:
    return make_person("camille@example.org", "Camille Roux")


@pytest.fixture
def quote(workshop: Workshop, buyer: User) -> Quote:
    return asked(workshop, buyer)


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response
    return re.sub(r"\s+", " ", response.content.decode().replace("&nbsp;", "\u00a0"))


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# Who sees a quote


def test_strangers_are_asked_to_sign_in_and_third_users_find_nothing(quote: Quote) -> None:
    third = signed_in(people_of(priced_workshop("autre")))
    line = quote.lines.first()
    addresses = [
        reverse("quote", args=[quote.public_id]),
        reverse("quote-state", args=[quote.public_id]),
        reverse("quote-pdf", args=[quote.public_id]),
        reverse("quote-line", args=[quote.public_id, line.pk]),
    ]
    for address in addresses:
        assert Client().get(address).status_code == 302
        assert third.get(address).status_code == 404
    for name in ("quote-line-add", "quote-issue", "quote-withdraw", "quote-decision"):
        address = reverse(name, args=[quote.public_id])
        assert Client().post(address).status_code == 302
        assert third.post(address).status_code == 404
    assert third.get(reverse("quotes-flagged")).status_code == 404
    assert "Aucun devis" in page(third, reverse("quotes"))


def test_the_buyer_reads_it_and_does_not_correct_it(quote: Quote, buyer: User) -> None:
    client = signed_in(buyer)
    text = page(client, reverse("quote", args=[quote.public_id]))
    assert "Corriger cette ligne" not in text and "Masquer ce devis" not in text and "Émettre" not in text
    for name, args in (
        ("quote-line", [quote.public_id, quote.lines.first().pk]),
        ("quote-line-add", [quote.public_id]),
        ("quote-issue", [quote.public_id]),
        ("quote-withdraw", [quote.public_id]),
        ("quote-decision", [quote.public_id]),
    ):
        assert client.post(reverse(name, args=args)).status_code == 404
    quote.refresh_from_db()
    assert quote.state == Quote.State.COMPUTED


def test_colleagues_of_the_organisation_see_it_and_those_of_another_do_not(workshop: Workshop, buyer: User) -> None:
    town, other = make_organisation(name="Alès"), make_organisation(name="Uzès")
    make_member(buyer, town)
    colleague, third = make_person("lou@example.org", "Lou Petit"), make_person("sam@example.org", "Sam Blanc")
    make_member(colleague, town)
    make_member(third, other)
    quote = asked(workshop, buyer, organisation=town)
    address = reverse("quote", args=[quote.public_id])
    assert "Alès" in page(signed_in(colleague), address)
    page(signed_in(third), address, 404)
    assert "Porte numérique" in page(signed_in(colleague), reverse("quotes"))


def test_a_person_who_left_the_maker_sees_no_more(quote: Quote, workshop: Workshop) -> None:
    person = people_of(workshop)
    address = reverse("quote", args=[quote.public_id])
    page(signed_in(person), address)
    person.memberships.update(is_active=False)
    page(signed_in(person), address, 404)


# What is read


def test_the_page_says_who_what_how_much_and_unfolds_every_formula(quote: Quote, buyer: User) -> None:
    text = plain(page(signed_in(buyer), reverse("quote", args=[quote.public_id])))
    for words in (
        "Estimation",
        "Porte numérique, 1 exemplaire",
        "SIRET 73282932000074",
        "Alès (Gard)",
        "TVA 20 %",
        "Délai annoncé : 20 jours",
        "1,24 panneau × 98,00 € = 121,52 €",
        "2 − 0,76 = 1,24",
        "durée des programmes de la machine",
        "km par la route (estimation), aller et retour",
        "hypothèse du 1er janvier 2026",
    ):
        assert words in text, words
    totals = quote.totals()
    assert plain(f"{totals.gross:,.2f}".replace(",", " ").replace(".", ",")) in text
    formulas = re.findall(r'class="q-formula">([^<]+)<', text)
    assert len(formulas) == quote.lines.count() and all("=" in f for f in formulas)


def test_a_delay_that_ends_after_the_day_asked_for_is_told(workshop: Workshop, buyer: User) -> None:
    today = timezone.localdate()
    soon, later = (asked(workshop, buyer, deadline=today + timedelta(days=days)) for days in (19, 20))
    client = signed_in(buyer)
    assert "trop long pour cette date" in page(client, reverse("quote", args=[soon.public_id]))
    assert "trop long pour cette date" not in page(client, reverse("quote", args=[later.public_id]))


def test_an_incomplete_quote_shows_what_is_missing_and_no_total(buyer: User) -> None:
    quote = asked(priced_workshop("muet", hand_hour_eur=None), buyer)
    text = plain(page(signed_in(buyer), reverse("quote", args=[quote.public_id])))
    assert "Pas encore de total" in text and "le prix de l’heure de main-d’œuvre" in text and "Total TTC" not in text
    assert "Somme des lignes connues, HT, incomplète" in text


def test_while_it_is_computed_the_page_waits_and_its_state_says_how_far(workshop: Workshop, buyer: User) -> None:
    from fabrication.quoting.services import request_quote

    quote = request_quote(porte(), {}, workshop, actor=buyer)
    client = signed_in(buyer)
    assert "En attente d’un poste de calcul libre" in page(client, reverse("quote", args=[quote.public_id]))
    state = client.get(reverse("quote-state", args=[quote.public_id])).json()
    assert state["finished"] is False and len(state["stages"]) == 4
    assert client.get(reverse("quote-pdf", args=[quote.public_id])).status_code == 404
    assert client.get(reverse("job", args=[quote.job.public_id])).status_code == 404


def test_a_hidden_quote_is_a_sentence_to_the_buyer_and_all_there_to_its_maker(quote: Quote, buyer: User) -> None:
    hide(quote, actor=make_coordinator(), reason="Trois fois le prix des autres")
    address = reverse("quote", args=[quote.public_id])
    seen = page(signed_in(buyer), address)
    assert "n’est plus proposé" in seen and "€" not in seen and "Trois fois" not in seen
    assert signed_in(buyer).get(reverse("quote-pdf", args=[quote.public_id])).status_code == 404
    listed = page(signed_in(buyer), reverse("quotes"))
    assert "retiré par la coordination" in listed and "€" not in listed
    own = page(signed_in(people_of(quote.workshop)), address)
    assert "Trois fois le prix des autres" in own and "Découpe sur la machine" in own


def test_the_document_has_number_parties_lines_totals_validity_and_the_plan(workshop: Workshop, buyer: User) -> None:
    town = make_organisation(name="Commune d’Alès", siret="21300007800016")
    make_member(buyer, town)
    maker = people_of(workshop)
    quote = asked(workshop, buyer, organisation=town)
    estimate = _pdf_text(signed_in(buyer), quote)
    assert "Estimation" in estimate and "ce n’est pas un devis" in estimate and "Bon pour accord" not in estimate
    quote = issue(quote, actor=maker)
    text = _pdf_text(signed_in(buyer), quote)
    for words in (
        f"Devis n° {quote.reference}",
        "SIRET 732 829 320 00074",
        "SIRET 213 000 078 00016",
        "Commune d’Alès",
        "Total TTC",
        "Devis gratuit, valable jusqu’au",
        "Bon pour accord",
        quote.figures["plan_key"],
        "révision 1",
        "Montage à l’atelier",
    ):
        assert words in text, words
    assert "?" not in text  # no character that the page's letters lack
    assert f"{quote.gross_eur:.2f}".replace(".", ",") in text.replace(" ", "")
    address = reverse("quote-pdf", args=[quote.public_id])
    assert signed_in(buyer).get(address).content == signed_in(maker).get(address).content


def _pdf_text(client: Client, quote: Quote) -> str:
    response = client.get(reverse("quote-pdf", args=[quote.public_id]))
    assert response.status_code == 200 and response["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.content))
    return plain(" ".join(" ".join(p.extract_text() for p in reader.pages).split()))


def test_a_maker_that_owes_no_vat_says_why(buyer: User) -> None:
    workshop = priced_workshop("franchise")
    Maker.objects.filter(pk=workshop.maker.pk).update(vat_rate=0)
    quote = asked(Workshop.objects.get(pk=workshop.pk), buyer)
    assert quote.gross_eur == quote.net_eur
    assert "293 B" in plain(page(signed_in(buyer), reverse("quote", args=[quote.public_id])))
    assert "article 293 B" in _pdf_text(signed_in(buyer), quote)


# Asking


def test_the_form_keeps_the_sizes_of_the_address_and_leads_to_the_quote(workshop: Workshop, buyer: User) -> None:
    client = signed_in(buyer)
    address = reverse("quote-ask", args=["porte"]) + f"?width=600&quantite=3&atelier={workshop.slug}&commune=30007"
    porte()
    text = page(client, address)
    assert (
        'name="width" value="600"' in text and 'value="3"' in text and "Alès (Gard)" in text and workshop.name in text
    )
    sent = {"width": "600", "quantite": "3", "atelier": workshop.slug, "commune": "Alès", "commune_insee": "30007"}
    response = client.post(reverse("quote-ask", args=["porte"]), sent)
    quote = Quote.objects.get()
    assert response.status_code == 302 and response["Location"] == reverse("quote", args=[quote.public_id])
    assert (quote.quantity, quote.insee, quote.job.parameters["width"]) == (3, "30007", 600)
    client.post(reverse("quote-ask", args=["porte"]), sent)
    assert Quote.objects.count() == 1


def test_the_list_has_the_workshops_that_offer_the_model_and_says_where_none_does(
    workshop: Workshop, buyer: User
) -> None:
    client, option = signed_in(buyer), f'<option value="{workshop.slug}">'
    porte()
    address = reverse("quote-ask", args=["porte"])
    assert option in page(client, address)  # names no model: is asked for any
    offer = Offer.objects.create(maker=workshop.maker, design="chariot")
    text = page(client, address)
    assert option not in text and "Aucun atelier ne propose encore ce modèle" in text
    refused = client.post(address, {"atelier": workshop.slug, "quantite": "1"})
    assert refused.status_code == 422 and "ne propose pas ce modèle" in refused.content.decode()
    Offer.objects.filter(pk=offer.pk).update(design="porte")
    assert option in page(client, address)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("quantite", "0", "Un exemplaire au moins"),
        ("quantite", "-1", "Un exemplaire au moins"),
        ("quantite", "1000000000", "100 exemplaires au plus"),
        ("quantite", "1e3", "nombre entier"),
        ("atelier", "nulle-part", "l’un des ateliers"),
        ("commune", "Xyzville", "Aucune commune ne répond"),
        ("echeance", "32/13/2027", "Écrivez une date"),
        ("echeance", "2020-01-01", "Cette date est passée"),
        ("organisation", "999999", "l’une de vos organisations"),
        ("width", "99999", "Ces dimensions ne vont pas"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_typed_is_lost(
    workshop: Workshop, buyer: User, field: str, value: str, words: str
) -> None:
    porte()
    given = {"quantite": "2", "atelier": workshop.slug, "commune": "Alès", "commune_insee": "30007", "leaflets": "non"}
    response = signed_in(buyer).post(reverse("quote-ask", args=["porte"]), given | {field: value})
    text = response.content.decode()
    assert response.status_code == 422 and words in text.replace("&#x27;", "'")
    assert value in text or field in ("atelier", "organisation")  # a list shows only what it has
    assert 'name="leaflets" value="non"' in text and not Quote.objects.exists() and not Job.objects.exists()


def test_too_many_waiting_jobs_are_told_politely(workshop: Workshop, buyer: User, settings: Any) -> None:
    porte()
    settings.TRETEAU_MAX_WAITING = 0
    response = signed_in(buyer).post(reverse("quote-ask", args=["porte"]), {"quantite": "1", "atelier": workshop.slug})
    assert response.status_code == 503 and "Réessayez" in response.content.decode()


# Correcting and issuing


def test_the_maker_corrects_a_line_on_its_page_and_the_buyer_reads_why(quote: Quote, buyer: User) -> None:
    client = signed_in(people_of(quote.workshop))
    line = quote.lines.get(code="machine")
    address = reverse("quote-line", args=[quote.public_id, line.pk])
    assert "0,74" in page(client, address)
    response = client.post(address, {"quantite": "1,5", "prix": "1 234,50", "raison": ""})
    text = response.content.decode()
    assert response.status_code == 422 and "1,5" in text and "1 234,50" in text and "Écrivez la raison" in text
    response = client.post(address, {"quantite": "1,5", "prix": "48", "raison": "Broche plus lente"})
    assert response.status_code == 302
    seen = plain(page(signed_in(buyer), reverse("quote", args=[quote.public_id])))
    assert "Broche plus lente" in seen and "1,5 h × 48,00 € = 72,00 €" in seen and "<del>" in seen


def test_prices_that_the_tariff_lacks_are_filled_in_at_once(buyer: User) -> None:
    workshop = priced_workshop("muet", machine_hour_eur=None, hand_hour_eur=None, delivery_km_eur=None)
    quote = asked(workshop, buyer)
    client = signed_in(people_of(workshop))
    address = reverse("quote-prices", args=[quote.public_id])
    assert signed_in(buyer).post(address, {"hand_hour": "40"}).status_code == 404
    assert "Heure de main-d’œuvre, HT" in page(client, reverse("quote", args=[quote.public_id]))
    refused = client.post(address, {"hand_hour": "quarante", "machine_hour": "45"})
    assert refused.status_code == 422 and 'value="quarante"' in refused.content.decode()
    assert client.post(address, {"hand_hour": "", "machine_hour": ""}).status_code == 422
    assert client.post(address, {"hand_hour": "40", "machine_hour": "45"}).status_code == 302
    quote.refresh_from_db()
    assert quote.net_eur is None and quote.totals().missing == ("le prix du kilomètre de livraison",)
    assert quote.corrections.count() == 6
    assert client.post(address, {"delivery_km": "0,70"}).status_code == 302
    quote.refresh_from_db()
    assert quote.net_eur == sum(line.amount_eur for line in quote.lines.all()) and quote.totals().missing == ()


def test_the_maker_adds_and_removes_lines_issues_and_takes_back(quote: Quote) -> None:
    client = signed_in(people_of(quote.workshop))
    add = reverse("quote-line-add", args=[quote.public_id])
    refused = client.post(
        add, {"designation": "Huile", "quantite": "1e3", "unite": "forfait", "prix": "-5", "raison": "x"}
    )
    text = refused.content.decode()
    assert refused.status_code == 422 and "Huile" in text and "1e3" in text and text.count("par exemple 12,50") == 4
    sent = {"designation": "Huile", "quantite": "1", "unite": "forfait", "prix": "45", "raison": "demandée"}
    assert client.post(add, sent).status_code == 302
    line = quote.lines.get(code="edges")
    off = reverse("quote-line", args=[quote.public_id, line.pk])
    assert client.post(off, {"retirer": "1", "retirer-raison": ""}).status_code == 422
    assert client.post(off, {"retirer": "1", "retirer-raison": "chants bruts"}).status_code == 302
    assert client.get(off).status_code == 404
    issue_it = reverse("quote-issue", args=[quote.public_id])
    assert client.post(issue_it, {"valable": "hier"}).status_code == 422
    assert client.post(issue_it, {"valable": "2000-01-01"}).status_code == 422
    text = page(client, reverse("quote", args=[quote.public_id]))
    until = re.search(r'id="valable" name="valable" value="([0-9-]+)"', text)
    assert until and client.post(issue_it, {"valable": until[1]}).status_code == 302
    assert client.post(issue_it, {"valable": until[1]}).status_code == 422
    back = reverse("quote-withdraw", args=[quote.public_id])
    assert client.post(back, {"raison": ""}).status_code == 422
    assert client.post(back, {"raison": "panne"}).status_code == 302
    assert "panne" in page(client, reverse("quote", args=[quote.public_id]))


def test_the_coordinator_decides_from_the_list_of_flagged_quotes(buyer: User) -> None:
    for n in range(5):
        asked(priced_workshop(f"autre-{n}"), buyer)
    quote = asked(priced_workshop("cher", hand_hour_eur=Decimal(170), machine_hour_eur=Decimal(200)), buyer)
    client = signed_in(make_coordinator())
    listed = plain(page(client, reverse("quotes-flagged")))
    assert "Atelier cher" in listed and "1,5 fois la médiane" in listed and "5 comparables" in listed
    decision = reverse("quote-decision", args=[quote.public_id])
    assert "Médiane de 5 devis comparables" in plain(page(client, reverse("quote", args=[quote.public_id])))
    refused = client.post(decision, {"decision": "masquer", "raison": ""})
    assert refused.status_code == 422 and "Écrivez la raison" in refused.content.decode()
    assert client.post(decision, {"decision": "effacer", "raison": "x"}).status_code == 422
    assert client.post(decision, {"decision": "masquer", "raison": "trop cher"}).status_code == 302
    assert "Aucun prix n’attend" in page(client, reverse("quotes-flagged"))
    assert client.post(decision, {"decision": "afficher", "raison": "revu"}).status_code == 302


@pytest.mark.parametrize(
    ("text", "value"),
    [("12,5", "12.5"), ("12.50", "12.50"), ("1 234,50 €", "1234.50"), ("1\u202f234", "1234"), ("0", "0"),
     ("1e3", None), ("-1", None), ("٣", None), ("NaN", None), ("1,234,5", None), ("12,345", None), ("99999999", None)],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, value: str | None) -> None:
    from django.core.exceptions import ValidationError

    field = AmountField(2)
    if value is None:
        with pytest.raises(ValidationError):
            field.clean(text)
    else:
        assert field.clean(text) == Decimal(value)


# Lists


@pytest.mark.parametrize("name", ["quotes", "quotes-flagged"])
def test_a_list_takes_the_same_number_of_queries_however_long_it_is(buyer: User, name: str) -> None:
    client = signed_in(make_coordinator())
    quotes = [asked(priced_workshop(f"a{n}"), buyer) for n in range(2)]
    Quote.objects.update(flagged_at=quotes[0].asked_at)
    page(client, reverse(name))
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(client, reverse(name))
    for n in range(2, 8):
        asked(priced_workshop(f"a{n}"), buyer, n)
    Quote.objects.update(flagged_at=quotes[0].asked_at)
    with CaptureQueriesContext(connection) as many:
        page(client, reverse(name))
    assert len(many) == len(few) <= 12


def test_a_quotes_page_takes_the_same_number_of_queries_with_many_corrections(quote: Quote) -> None:
    maker = people_of(quote.workshop)
    client = signed_in(maker)
    address = reverse("quote", args=[quote.public_id])
    change_line(quote.lines.get(code="edges"), actor=maker, quantity=Decimal(2), unit_price=Decimal(38), reason="a")
    with CaptureQueriesContext(connection) as few:
        page(client, address)
    for line in quote.lines.filter(section="hardware")[:6]:
        change_line(line, actor=maker, quantity=line.quantity, unit_price=Decimal(9), reason="facture")
    with CaptureQueriesContext(connection) as many:
        page(client, address)
    assert len(many) == len(few) <= 22
