# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dear quotes: compared with comparable ones only, shown to the coordination, hidden with a reason, the maker told."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from fabrication import services as jobs
from fabrication.models import Quote
from fabrication.quoting.errors import NotAllowedError, QuoteError
from fabrication.quoting.services import change_line, clear, hide, issue, show_again, tell_makers
from tests.people import make_coordinator, make_person, signed_in
from tests.quoting import ROUTER, asked, people_of, priced_workshop

pytestmark = pytest.mark.django_db
THIN = ROUTER.replace("nominal_thickness_mm = 18", "nominal_thickness_mm = 15").replace("= 17.6", "= 14.8")


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(jobs, "ring", lambda pk, kind: None)


@pytest.fixture
def buyer() -> User:
    return make_person("camille@example.org", "Camille Roux")


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


def others(buyer: User, count: int = 5, **fields: Any) -> list[Quote]:
    return [asked(priced_workshop(f"autre-{n}", **fields), buyer) for n in range(count)]


def dear(buyer: User, slug: str = "cher", **fields: Any) -> Quote:
    prices = {"hand_hour_eur": Decimal(160), "machine_hour_eur": Decimal(180)}
    return asked(priced_workshop(slug, **prices | fields), buyer)


def test_a_price_far_above_the_median_of_five_others_is_flagged(buyer: User) -> None:
    usual = others(buyer)
    quote = dear(buyer)
    assert quote.flagged_at is not None and list(Quote.objects.to_watch()) == [quote]
    compared = quote.comparison
    assert compared["count"] == 5 and Decimal(compared["median_eur"]) == usual[0].piece_eur
    assert Decimal(compared["limit_eur"]) == (usual[0].piece_eur * Decimal("1.5")).quantize(Decimal("0.01"))
    assert quote.piece_eur > Decimal(compared["limit_eur"])
    assert all(q.flagged_at is None for q in usual)


def test_with_four_others_nobody_is_judged(buyer: User) -> None:
    others(buyer, 4)
    quote = dear(buyer)
    assert quote.flagged_at is None and quote.comparison["count"] == 4 and "median_eur" not in quote.comparison


def test_what_is_not_comparable_does_not_count(buyer: User) -> None:
    usual = others(buyer, 4)
    asked(priced_workshop("quatre"), buyer, 4)  # another band of quantity
    asked(priced_workshop("mince", THIN), buyer)  # another class of thickness
    asked(priced_workshop("muet", hand_hour_eur=None), buyer)  # no total
    asked(priced_workshop("demo", is_demo=True), buyer)  # invented
    asked(usual[0].workshop, make_person("sam@example.org"))  # the same workshop and plan again
    old = asked(priced_workshop("vieux"), buyer)
    Quote.objects.filter(pk=old.pk).update(computed_at=timezone.now() - timedelta(days=366))
    assert dear(buyer).comparison["count"] == 4


def test_a_maker_is_not_compared_with_itself(buyer: User) -> None:
    first = dear(buyer)
    for n in range(5):
        asked(first.workshop, make_person(f"p{n}@example.org"))
    others(buyer, 4)
    assert dear(buyer, "cher-2").comparison["count"] == 5  # the four, and the one dear workshop
    again = asked(first.workshop, make_person("q@example.org"))
    assert again.comparison["count"] == 5  # the four, and the other dear workshop


def test_a_correction_is_judged_again_both_ways(buyer: User) -> None:
    others(buyer)
    workshop = priced_workshop("copeaux")
    maker = people_of(workshop)
    quote = asked(workshop, buyer)
    line = quote.lines.get(code="assembly")
    quote = change_line(line, actor=maker, quantity=Decimal(40), unit_price=Decimal(38), reason="à la main")
    assert quote.flagged_at is not None
    quote = change_line(line, actor=maker, quantity=Decimal(2), unit_price=Decimal(38), reason="erreur de frappe")
    assert quote.flagged_at is None and not Quote.objects.to_watch().exists()


def test_hiding_keeps_reason_date_and_who_and_tells_the_maker(buyer: User, coordinator: User) -> None:
    others(buyer)
    quote = dear(buyer)
    people_of(quote.workshop, "atelier@example.org")
    quote = hide(quote, actor=coordinator, reason="Main-d’œuvre à 160 €, trois fois le tarif des autres.")
    assert quote.hidden_by == coordinator and quote.hidden_at is not None and quote.told_at is not None
    assert not Quote.objects.to_watch().exists()
    (message,) = mail.outbox
    assert message.to == ["atelier@example.org"] and "masqué" in message.subject
    assert quote.hidden_reason in message.body and f"/devis/{quote.public_id}/" in message.body
    assert "Porte numérique" in message.body and "\u00a0:" in message.body
    assert tell_makers() == 0 and len(mail.outbox) == 1
    assert dear(buyer, "cher-2").comparison["count"] == 5  # a hidden one is no measure for others


def test_an_e_mail_that_does_not_leave_is_sent_by_a_later_sweep(
    buyer: User, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = dear(buyer)
    people_of(quote.workshop, "atelier@example.org")

    def away(*_: object) -> int:
        raise SMTPException("no server")

    with monkeypatch.context() as context:
        context.setattr(EmailBackend, "send_messages", away)
        quote = hide(quote, actor=coordinator, reason="trop cher")
    assert quote.hidden_at is not None and quote.told_at is None and mail.outbox == []
    assert tell_makers() == 1
    quote.refresh_from_db()
    assert quote.told_at is not None and len(mail.outbox) == 1
    assert str(quote.public_id) in mail.outbox[0].extra_headers["Message-ID"]


def test_a_hidden_quote_is_not_issued_until_it_is_shown_again(buyer: User, coordinator: User) -> None:
    quote = dear(buyer)
    maker = people_of(quote.workshop)
    hide(quote, actor=coordinator, reason="trop cher")
    with pytest.raises(QuoteError):
        issue(quote, actor=maker)
    quote = show_again(quote, actor=coordinator, reason="prix revu avec le fabricant")
    assert quote.hidden_at is None and quote.hidden_reason == "" and issue(quote, actor=maker).number == 1


def test_a_price_that_is_cleared_leaves_the_list_until_it_rises(buyer: User, coordinator: User) -> None:
    others(buyer)
    quote = dear(buyer)
    maker = people_of(quote.workshop)
    clear(quote, actor=coordinator, reason="finition laquée")
    assert not Quote.objects.to_watch().exists()
    line = quote.lines.get(code="assembly")
    change_line(line, actor=maker, quantity=Decimal(1), unit_price=Decimal(160), reason="moins long")
    assert not Quote.objects.to_watch().exists()
    change_line(line, actor=maker, quantity=Decimal(9), unit_price=Decimal(160), reason="plus long")
    assert Quote.objects.to_watch().exists()


def test_only_a_coordinator_decides_and_never_without_a_reason(buyer: User, coordinator: User) -> None:
    others(buyer)
    quote = dear(buyer)
    third = people_of(priced_workshop("autre"))
    for somebody in (buyer, third, people_of(quote.workshop)):
        for decide in (hide, clear, show_again):
            with pytest.raises(NotAllowedError):
                decide(quote, actor=somebody, reason="concurrent")
    with pytest.raises(QuoteError):
        hide(quote, actor=coordinator, reason="  ")
    quote.refresh_from_db()
    assert quote.hidden_at is None and quote.cleared_at is None


def test_a_hidden_price_is_in_no_file_and_gives_no_place_in_the_list(buyer: User, coordinator: User) -> None:
    others(buyer)
    quote = hide(dear(buyer), actor=coordinator, reason="trop cher")
    maker = people_of(quote.workshop, "cher@example.org")

    def lines(who: User) -> list[list[str]]:
        """The dearest first, as a file."""
        text = signed_in(who).get("/devis/", {"format": "csv", "tri": "-total"}).getvalue().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]

    of_buyer = lines(buyer)
    assert "retiré par la coordination" in of_buyer[-1] and of_buyer[-1][-1] == "" and len(of_buyer) == 6
    assert all(line[-1] for line in of_buyer[:-1])
    for who in (coordinator, maker):
        assert lines(who)[0][-1] != "" and "retiré par la coordination" not in lines(who)[0]
