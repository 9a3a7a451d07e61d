# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three quotes at most, answers within counted days, a choice that says why, and what undoes it."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pypdf import PdfReader

from fablabs.models import Workshop
from fabrication import services as jobs
from fabrication.matching.services import studies
from fabrication.models import Quote
from fabrication.quoting.services import hide, issue, withdraw
from orders.life import NotAllowedError, OvertakenError, RefusedError, advance
from orders.models import Choice, Order, OutboxMessage, QuoteRequest, State
from orders.services import reminding
from orders.services.answers import Standing, answers_of, left_places, said_no
from orders.services.booking import committed_units
from orders.services.choice_files import COLUMNS, csv_of, fingerprint, pdf_of
from orders.services.choosing import ask_workshop, asked_of, choose, decline, note_answers
from orders.services.letters import words_of
from tests.choosing import Case, make_case, studied
from tests.orders import make_buyer, make_line, make_order
from tests.people import make_coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(jobs, "ring", lambda pk, kind: None)
    monkeypatch.setattr(studies, "ring", lambda pk: None)


@pytest.fixture
def case() -> Case:
    return make_case()


def standings(case: Case) -> dict[str, Standing]:
    found = answers_of(case.order, timezone.localdate())
    return {answer.request.workshop.slug: answer.standing for answer in found}


def mails(template: str) -> list[str]:
    rows = OutboxMessage.objects.filter(template=template).select_related("recipient")
    return sorted(row.recipient.email for row in rows if row.recipient)


# Asking


def test_a_question_makes_a_quote_a_line_and_counts_the_campaigns_days() -> None:
    case = make_case(2, 1)
    request = case.ask("copeaux", message="Au deuxième étage.")
    assert request.answer_by == timezone.localdate() + timedelta(days=10) and request.message == "Au deuxième étage."
    assert [quote.quantity for quote in case.quotes("copeaux")] == [2, 1]
    assert {quote.organisation_id for quote in case.quotes("copeaux")} == {case.order.organisation_id}
    assert mails("quote_asked") == ["copeaux@example.org"] and standings(case) == {"copeaux": Standing.WAITING}
    assert case.order.state == State.AGREEMENT_SIGNED


def test_a_quote_is_of_one_line_of_one_order_and_is_found_again_for_it(case: Case) -> None:
    case.ask("copeaux")
    case.issue("copeaux")
    first = case.quotes("copeaux")[0]
    other = make_order(case.buyer, State.SELF_FUNDED, lines=0)
    make_line(other, "porte", 1)
    ask_workshop(other, case.workshops["copeaux"], actor=case.buyer)
    assert other.quote_requests.get().quotes.get().quote_id != first.pk  # the same doors for another order
    case.act("withdraw_request", case.buyer, given={"request": case.request("copeaux")})
    case.ask("copeaux")
    assert case.quotes("copeaux")[0] == first and standings(case) == {"copeaux": Standing.ANSWERED}


def test_three_at_most_and_nobody_twice_and_a_refusal_leaves_no_quote(case: Case) -> None:
    case.ask("copeaux", "scierie", "varlope")
    before = Quote.objects.count()
    with pytest.raises(RefusedError, match="at most 3") as refused:
        case.ask("rabot")
    assert refused.value.field == "workshop"
    with pytest.raises(RefusedError, match="asked already"):
        case.ask("copeaux")
    assert Quote.objects.count() == before and QuoteRequest.objects.count() == 3
    case.act("withdraw_request", case.buyer, given={"request": case.request("scierie")})
    assert mails("quote_withdrawn") == ["scierie@example.org"]
    case.ask("rabot")
    assert left_places(answers_of(case.order, timezone.localdate())) == 0


def test_a_form_sent_twice_asks_once(case: Case) -> None:
    key = "3f2b1c9e-0d57-4f0e-9a37-2f6f6a1f7a10"
    for _ in range(2):
        ask_workshop(case.order, case.workshops["copeaux"], actor=case.buyer, form_key=UUID(key))
    assert QuoteRequest.objects.count() == 1 and case.order.events.filter(action="ask_quote").count() == 1


def test_a_workshop_that_may_not_says_why_and_one_that_is_closed_too(case: Case) -> None:
    Workshop.objects.filter(slug="rabot").update(radius_km=5)
    case.workshops["rabot"].refresh_from_db()
    with pytest.raises(RefusedError) as refused:
        case.ask("rabot")
    assert refused.value.field == "workshop" and "5" in refused.value.french
    Workshop.objects.filter(slug="copeaux").update(state=Workshop.State.PAUSED)
    case.workshops["copeaux"].refresh_from_db()
    with pytest.raises(RefusedError, match=r"not open|no orders"):
        case.ask("copeaux")
    assert not QuoteRequest.objects.exists() and not Quote.objects.exists()


def test_a_message_too_long_is_refused_beside_its_field(case: Case) -> None:
    with pytest.raises(RefusedError) as refused:
        case.ask("copeaux", message="a" * 2_001)
    assert refused.value.field == "message" and not Quote.objects.exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.FUNDED, State.NOT_FUNDED])
def test_nobody_is_asked_before_the_agreement(state: State) -> None:
    case = make_case(state=state)
    with pytest.raises(OvertakenError):
        case.ask("copeaux")
    assert not Quote.objects.exists()


def test_only_the_buyer_asks_and_chooses(case: Case) -> None:
    case.ask("copeaux")
    case.issue("copeaux")
    third = make_buyer("autre@example.org", "48095", 2)
    for actor in (third, case.makers["copeaux"], case.makers["rabot"], make_coordinator()):
        with pytest.raises(NotAllowedError):
            ask_workshop(case.order, case.workshops["scierie"], actor=actor)
        with pytest.raises(NotAllowedError):
            choose(case.order, case.request("copeaux"), actor=actor, justification="Moi.")
        with pytest.raises(NotAllowedError):
            advance(case.order, "withdraw_request", actor=actor, given={"request": case.request("copeaux")})
    case.order.refresh_from_db()
    assert case.order.state == State.AGREEMENT_SIGNED and QuoteRequest.objects.count() == 1


# Answers


def test_an_answer_is_there_once_every_quote_is_issued_and_the_buyer_is_told_once() -> None:
    case = make_case(2, 1)
    case.ask("copeaux")
    one, two = case.quotes("copeaux")
    issue(one, actor=case.makers["copeaux"])
    assert note_answers() == 0 and standings(case) == {"copeaux": Standing.WAITING}
    issue(two, actor=case.makers["copeaux"])
    assert (note_answers(), note_answers()) == (1, 0)
    assert standings(case) == {"copeaux": Standing.ANSWERED} and mails("note_answer") == ["mairie@example.org"]
    (answer,) = answers_of(case.order, timezone.localdate())
    assert answer.net_eur == sum(quote.net_eur for quote in case.quotes("copeaux"))


def test_a_workshop_declines_with_a_reason_and_leaves_its_place(case: Case) -> None:
    case.ask("copeaux", "scierie", "varlope")
    request = case.request("copeaux")
    with pytest.raises(RefusedError) as refused:
        decline(request, actor=case.makers["copeaux"], reason=" \x00 \n")
    assert refused.value.field == "reason"
    with pytest.raises(NotAllowedError):
        decline(request, actor=case.makers["scierie"], reason="Non.")
    decline(request, actor=case.makers["copeaux"], reason="Carnet plein\x00 jusqu’en mars.")
    (answer,) = [one for one in answers_of(case.order, timezone.localdate()) if one.standing is Standing.DECLINED]
    assert answer.reason == "Carnet plein jusqu’en mars."
    case.ask("rabot")  # in its place
    with pytest.raises(RefusedError):
        decline(request, actor=case.makers["copeaux"], reason="Encore.")


def test_days_that_are_over_give_the_place_to_another_or_to_the_same_again(case: Case) -> None:
    case.ask("copeaux", "scierie", "varlope")
    yesterday = timezone.localdate() - timedelta(days=1)
    QuoteRequest.objects.filter(workshop__slug__in=["copeaux", "scierie"]).update(answer_by=yesterday)
    assert standings(case) == {
        "copeaux": Standing.OVERDUE, "scierie": Standing.OVERDUE, "varlope": Standing.WAITING,
    }  # fmt: skip
    case.ask("copeaux")
    assert case.request("copeaux").answer_by > yesterday and QuoteRequest.objects.count() == 4
    case.ask("rabot")
    # The one that did not answer makes room, and is told.
    assert set(standings(case)) == {"copeaux", "varlope", "rabot"} and mails("quote_withdrawn") == [
        "scierie@example.org"
    ]


def test_an_answer_that_comes_late_counts(case: Case) -> None:
    case.ask("copeaux")
    QuoteRequest.objects.update(answer_by=timezone.localdate() - timedelta(days=3))
    case.issue("copeaux")
    assert standings(case) == {"copeaux": Standing.ANSWERED} and case.choose("copeaux").state == State.MAKER_CHOSEN


def test_each_is_reminded_once_and_the_buyer_is_told_once_that_the_days_are_over(case: Case) -> None:
    case.ask("copeaux", "scierie", "varlope")
    case.issue("varlope")
    today = timezone.localdate()
    assert reminding.remind() == 0
    QuoteRequest.objects.update(asked_at=timezone.now() - timedelta(days=8))
    QuoteRequest.objects.filter(workshop__slug="copeaux").update(answer_by=today + timedelta(days=2))
    QuoteRequest.objects.filter(workshop__slug="scierie").update(answer_by=today - timedelta(days=1))
    QuoteRequest.objects.filter(workshop__slug="varlope").update(answer_by=today - timedelta(days=1))
    assert [reminding.remind() for _ in range(3)] == [2, 0, 0]
    assert mails("quote_reminder") == ["copeaux@example.org"] and mails("quote_overdue") == ["mairie@example.org"]
    subject, body = words_of(OutboxMessage.objects.get(template="quote_reminder"))
    assert "Commune 1" in subject and str(case.order.public_id) in body and case.order.reference in body
    subject, body = words_of(OutboxMessage.objects.get(template="quote_overdue"))
    assert "Atelier scierie" in subject and f"/commandes/{case.order.public_id}/choix/" in body


# Choosing


def test_a_choice_keeps_the_ranking_the_answers_and_the_reason() -> None:
    case = make_case(2, 1)
    case.ask("copeaux", "scierie", "varlope")
    case.issue("copeaux", "scierie")
    studied(case)
    order = case.choose("scierie", "Il livre\x00 et monte.\r\nNous l’avons visité.")
    answer = [quote.net_eur for quote in case.quotes("scierie")]
    assert order.state == State.MAKER_CHOSEN and order.workshop == case.workshops["scierie"]
    assert (order.net_eur, order.vat_eur) == (sum(answer), sum(q.vat_eur for q in case.quotes("scierie")))
    kept = Choice.objects.get()
    assert kept.justification == "Il livre et monte.\nNous l’avons visité." and kept.rank == 2
    ranking = kept.record["ranking"]
    assert [row["workshop"] for row in ranking["able"]][:2] == ["copeaux", "scierie"]
    assert all(set(row["terms"]) == set(ranking["terms"]) for row in ranking["able"])
    assert {row["workshop"]: row["standing"] for row in kept.record["asked"]} == {
        "copeaux": "answered", "scierie": "answered", "varlope": "waiting",
    }  # fmt: skip
    assert any("2e sur 4" in point for point in kept.record["points"])
    assert any("plus proche" in point for point in kept.record["points"])
    assert kept.threshold_eur == Decimal(60_000)
    assert mails("choose_maker") == ["scierie@example.org"]
    assert mails("quote_not_chosen") == ["copeaux@example.org", "varlope@example.org"]
    assert committed_units() == {"scierie": Decimal(3)}


def test_the_records_files_say_the_same_and_harm_no_spreadsheet(case: Case) -> None:
    Workshop.objects.filter(slug="rabot").update(name="=HYPERLINK(1)")
    case.ask("copeaux", "scierie")
    case.issue("copeaux")
    decline(case.request("scierie"), actor=case.makers["scierie"], reason="Carnet plein.")
    studied(case)
    case.choose("copeaux", "Le plus proche.")
    kept = Choice.objects.get()
    pdf = PdfReader(io.BytesIO(pdf_of(kept)))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split()).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Atelier copeaux", "Le plus proche.", "Carnet plein", fingerprint(kept), "60 000,00 €", "a décliné"):
        assert words in text, words
    assert "Camille" not in text and "mairie@" not in text
    rows = list(csv.reader(io.StringIO(csv_of(kept).decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0][: len(COLUMNS)]) == COLUMNS and all(len(row) == len(rows[0]) for row in rows)
    by_name = {row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert by_name["Atelier copeaux"]["choisi"] == "oui" and by_name["Atelier scierie"]["raison"] == "Carnet plein."
    assert "'=HYPERLINK(1)" in by_name and by_name["Atelier copeaux"]["empreinte"] == fingerprint(kept)


@pytest.mark.parametrize("words", ["", "  \n ", "\x00", "a" * 4_001])
def test_a_choice_without_its_reason_is_refused_beside_the_field(case: Case, words: str) -> None:
    case.ask("copeaux")
    case.issue("copeaux")
    with pytest.raises(RefusedError) as refused:
        case.choose("copeaux", words)
    assert refused.value.field == "justification" and not Choice.objects.exists()


def test_what_does_not_hold_is_not_chosen(case: Case) -> None:
    case.ask("copeaux", "scierie", "varlope")
    with pytest.raises(RefusedError, match=r"is comput(ed|ing)"):
        case.choose("copeaux")
    today = timezone.localdate()
    case.issue("copeaux", valid_until=today)
    case.issue("scierie", "varlope")
    Quote.objects.filter(workshop__slug="copeaux").update(valid_until=today - timedelta(days=1))
    hide(case.quotes("scierie")[0], actor=make_coordinator(), reason="Trop cher.")
    withdraw(case.quotes("varlope")[0], actor=case.makers["varlope"], reason="Erreur de panneau.")
    assert standings(case) == {
        "copeaux": Standing.EXPIRED, "scierie": Standing.HIDDEN, "varlope": Standing.TAKEN_BACK,
    }  # fmt: skip
    for slug, words in (("copeaux", "expired"), ("scierie", "hidden"), ("varlope", "withdrawn")):
        with pytest.raises(RefusedError, match=words):
            case.choose(slug)
        assert not Choice.objects.exists()
    assert all(answer.net_eur is None for answer in answers_of(case.order, today))
    first = case.quotes("copeaux")[0]
    case.ask("copeaux")
    assert case.quotes("copeaux")[0].pk != first.pk  # an expired quote is asked anew
    case.issue("copeaux")
    assert case.choose("copeaux").state == State.MAKER_CHOSEN


@pytest.mark.parametrize(
    ("day", "net", "chosen"),
    [
        (date(2026, 3, 31), "39999.99", True),
        (date(2026, 3, 31), "40000.00", False),
        (date(2026, 4, 1), "40000.00", True),
        (date(2026, 4, 1), "59999.99", True),
        (date(2026, 4, 1), "60000.00", False),
    ],
)
def test_the_threshold_is_that_of_the_day(
    case: Case, monkeypatch: pytest.MonkeyPatch, day: date, net: str, chosen: bool
) -> None:
    case.ask("copeaux")
    case.costs("copeaux", Decimal(net))
    case.issue("copeaux")
    Quote.objects.update(valid_until=date(2027, 12, 31))
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    if chosen:
        assert case.choose("copeaux").net_eur == Decimal(net)
    else:
        with pytest.raises(RefusedError, match="threshold") as refused:
            case.choose("copeaux")
        assert "000,00" in refused.value.french and not Choice.objects.exists()


def test_of_two_choices_at_once_one_wins_and_the_other_is_told(case: Case) -> None:
    case.ask("copeaux", "scierie")
    case.issue("copeaux", "scierie")
    seen, before = case.order.version, Order.objects.get(pk=case.order.pk)
    case.choose("copeaux", seen=seen)
    case.order = before
    with pytest.raises(OvertakenError) as overtaken:
        case.choose("scierie", seen=seen)
    assert "atelier choisi" in overtaken.value.french and Choice.objects.get().workshop.slug == "copeaux"


def test_a_refusal_returns_to_the_choice_and_another_is_chosen(case: Case) -> None:
    case.ask("copeaux", "scierie")
    case.issue("copeaux", "scierie")
    studied(case)
    case.choose("copeaux")
    with pytest.raises(RefusedError) as refused:
        case.act("maker_refuse", case.makers["copeaux"])
    assert refused.value.field == "note"
    with pytest.raises(NotAllowedError):
        case.act("maker_refuse", case.makers["scierie"], note="Pas à moi.")
    order = case.act("maker_refuse", case.makers["copeaux"], note="Notre fraiseuse est en panne.")
    assert order.state == State.AGREEMENT_SIGNED and (order.workshop, order.net_eur) == (None, None)
    assert "mairie@example.org" in mails("maker_refuse")
    assert not Order.objects.visible_to(case.makers["copeaux"]).exists() and not committed_units()
    former = Choice.objects.get()
    assert (former.ended, former.ended_reason) == ("refused", "Notre fraiseuse est en panne.")
    case.order = order
    assert case.choose("scierie").workshop == case.workshops["scierie"]
    assert said_no(case.order) == {"copeaux": "a refusé cette commande"}
    # It is the second of the ranking, behind one that said no: that is nothing to answer.
    kept = Choice.objects.get(ended="")
    assert kept.rank == 2 and not any("au classement" in point for point in kept.record["points"])
    asked = {row["workshop"]: row["reason"] for row in Choice.objects.get(ended="").record["asked"]}
    assert "Notre fraiseuse est en panne." in asked["copeaux"] and asked["scierie"] == ""
    assert list(Choice.objects.order_by("pk").values_list("workshop__slug", "ended")) == [
        ("copeaux", "refused"), ("scierie", ""),
    ]  # fmt: skip


def test_a_buyer_changes_its_mind_until_the_commitment() -> None:
    case = make_case(state=State.SELF_FUNDED)
    case.ask("copeaux")
    case.issue("copeaux")
    case.choose("copeaux")
    assert case.act("change_maker", case.buyer, note="Trop loin.").state == State.SELF_FUNDED
    assert mails("change_maker") == ["copeaux@example.org"] and Choice.objects.get().ended == "changed"
    case.ask("copeaux")  # the same one may be asked anew
    assert standings(case)["copeaux"] in (Standing.WAITING, Standing.ANSWERED)


def test_a_withdrawn_question_is_nobodys_any_more(case: Case) -> None:
    case.ask("copeaux", "scierie")
    asked, other = case.makers["copeaux"], case.makers["scierie"]
    assert Order.objects.visible_to(asked).exists() and asked_of(asked).get().workshop.slug == "copeaux"
    case.act("withdraw_request", case.buyer, given={"request": case.request("copeaux")})
    assert not Order.objects.visible_to(asked).exists() and not asked_of(asked).exists()
    assert Order.objects.visible_to(other).exists() and not Order.objects.visible_to(case.makers["rabot"]).exists()
