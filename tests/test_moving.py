# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model is published anew while a workshop has an order of it: told once, it stays or moves before anything is cut."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import MailPace, Notice
from accounts.services.notices import set_pace
from designs.models import DesignRevision
from fabrication import artefacts
from fabrication.models import Job
from fabrication.services import request_package
from orders.life import NotAllowedError, RefusedError, advance
from orders.models import Order, OrderLine, OutboxMessage, Piece, RevisionChoice, SheetCut, State
from orders.services.digesting import digest_facts, write_digests
from orders.services.letters import words_of
from orders.services.moving import offers_of, proof_of
from orders.services.outdated import doubts_of
from orders.services.revision_news import tell_makers
from tests.orders import make_prefecture, revision_of
from tests.people import make_coordinator
from tests.revised import Case, accept_quote, make_shelf_case, publish, shelves, work_all  # noqa: F401  # a fixture
from tests.workshops import make_maker_person, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelves")]


@pytest.fixture
def case() -> Case:
    return make_shelf_case(publish())


def _offer(case: Case) -> Any:
    line = OrderLine.objects.select_related("order__workshop", "revision", "moved_to").get(pk=case.line.pk)
    return offers_of([line]).get(line.pk)


def _proved(case: Case) -> Any:
    proof_of(_offer(case))
    work_all(Job.Kind.QUOTE)
    return proof_of(_offer(case))


def _move(case: Case, revision: DesignRevision, by: Any = None) -> Order:
    return case.act("move_revision", by, line=case.line.pk, revision=revision.pk)


# What is offered


def test_a_later_revision_is_offered_while_nothing_is_cut_and_nobody_has_decided(case: Case) -> None:
    assert _offer(case) is None
    second = publish()
    assert _offer(case).revision == second and _offer(case).made == case.first
    pieces = case.start()
    production = case.prepare()
    assert _offer(case) is not None
    cut = SheetCut.objects.create(production=production, sheet=1, cut_at=timezone.now())
    assert _offer(case) is None
    cut.delete()
    Piece.objects.filter(pk=pieces[0].pk).update(stage=Piece.Stage.CUT)
    assert _offer(case) is None


@pytest.mark.parametrize("state", [State.MAKER_CHOSEN, State.SHIPPED, State.ACCEPTED])
def test_an_order_without_a_signed_commitment_or_that_has_left_is_not_asked(state: State) -> None:
    case = make_shelf_case(publish(), state)
    publish()
    assert _offer(case) is None and tell_makers() == 0


def test_many_lines_are_looked_at_in_four_queries(case: Case, django_assert_num_queries: Any) -> None:
    make_shelf_case(case.first, number=2)
    publish()
    lines = list(OrderLine.objects.select_related("order", "revision", "moved_to"))
    with django_assert_num_queries(4):  # revisions, answers, pieces, sheets
        assert len(offers_of(lines)) == 2


# Staying


def test_who_stays_is_not_asked_again_until_another_revision_comes(case: Case) -> None:
    second = publish()
    case.act("keep_revision", line=case.line.pk, revision=second.pk)
    assert _offer(case) is None and tell_makers() == 0
    choice = RevisionChoice.objects.get()
    assert (choice.revision, choice.moves, choice.chosen_by) == (second, False, case.maker)
    assert case.line.made_revision == case.first
    with pytest.raises(RefusedError, match="nothing to choose"):
        case.act("keep_revision", line=case.line.pk, revision=second.pk)
    third = publish()
    assert _offer(case).revision == third


def test_what_was_read_about_is_what_is_chosen(case: Case) -> None:
    second = publish()
    third = publish()
    for action in ("keep_revision", "move_revision"):
        with pytest.raises(RefusedError, match="r3 is current by now"):
            case.act(action, line=case.line.pk, revision=second.pk)
    assert not RevisionChoice.objects.exists() and third.number == 3


# Moving


def test_who_moves_cuts_the_later_revision_at_the_agreed_price_and_the_order_keeps_what_was_ordered(case: Case) -> None:
    accept_quote(case)
    work_all()
    case.start()
    old = case.prepare()
    second = publish("heavy")
    proof = _proved(case)
    assert proof.state == "ready" and proof.sheets == (1, 1) and proof.more_eur > 0
    agreed = (case.order.net_eur, case.order.vat_eur)
    _move(case, second)
    assert (case.line.revision, case.line.moved_to, case.line.made_revision) == (case.first, second, second)
    assert (case.order.net_eur, case.order.vat_eur) == agreed
    new = case.line.productions.get(replaced_at=None)
    old.refresh_from_db()
    assert old.replaced_at is not None and new.job.revision == second and new.job.parameters == old.job.parameters
    assert (new.machine, new.stock, new.thickness_mm) == (old.machine, old.stock, Decimal("17.830"))
    assert set(Piece.objects.values_list("production", flat=True)) == {new.pk}
    event = case.order.events.last()
    assert event is not None and (event.action, event.actor) == ("move_revision", case.maker)
    assert (event.data["from_revision"], event.data["to_revision"], event.data["files"]) == (1, 2, True)
    assert doubts_of([new]) == {new.pk: []}
    letter = OutboxMessage.objects.get(template="move_revision")
    assert letter.recipient == case.buyer
    subject, body = words_of(letter)
    assert "révision 2" in subject and "Ce que change la révision 2." in body and "le prix convenu restent" in body
    # What is prepared from now on is of the later one too.
    assert case.prepare().job.revision == second


def test_without_files_yet_the_next_ones_are_of_the_later_revision(case: Case) -> None:
    second = publish()
    assert _proved(case).state == "ready"
    _move(case, second)
    assert not case.line.productions.exists()
    case.start()
    assert case.prepare().job.revision == second


def test_files_of_a_machine_that_is_gone_are_replaced_by_none(case: Case) -> None:
    case.start()
    old = case.prepare()
    second = publish()
    assert _proved(case).state == "ready"
    assert case.order.workshop is not None
    case.order.workshop.machines.update(is_active=False)
    _move(case, second)
    old.refresh_from_db()
    assert old.replaced_at is not None and not case.line.productions.filter(replaced_at=None).exists()
    assert set(Piece.objects.values_list("production", flat=True)) == {None}


def test_nothing_moves_before_the_machine_s_own_plan_is_there(case: Case) -> None:
    second = publish()
    with pytest.raises(RefusedError, match="not computed yet"):
        _move(case, second)
    assert not RevisionChoice.objects.exists()


def test_nothing_moves_once_a_sheet_is_cut_and_a_tick_on_the_old_files_comes_too_late(case: Case) -> None:
    from orders.services.cutting import tick_sheet

    case.start()
    production = case.prepare()
    second = publish()
    assert _proved(case).state == "ready"
    tick_sheet(case.order, production.pk, 1, actor=case.maker, most=1)
    with pytest.raises(RefusedError, match="cut") as caught:
        _move(case, second)
    assert "déjà découpé" in caught.value.french
    tick_sheet(case.order, production.pk, 1, actor=case.maker, most=1, is_cut=False)
    _move(case, second)
    with pytest.raises(RefusedError, match="was replaced"):
        tick_sheet(case.order, production.pk, 1, actor=case.maker, most=1)


@pytest.mark.parametrize(
    ("says", "english", "french"),
    [
        ("wide", "does not take the ordered sizes", "n’accepte pas les dimensions commandées"),
        ("plateless", "has no plates", "n’a plus ce réglage\N{NO-BREAK SPACE}: Platines"),
        ("long", "it can't be made", "panneau"),
    ],
)
def test_sizes_that_are_not_accepted_or_a_machine_that_can_t_are_refused_with_the_reason(
    case: Case, says: str, english: str, french: str
) -> None:
    second = publish(says)
    proof = _proved(case)
    assert proof.state == "refused" and french in proof.reason
    with pytest.raises(RefusedError, match=english) as caught:
        _move(case, second)
    assert french in caught.value.french
    assert OrderLine.objects.get(pk=case.line.pk).moved_to is None and not RevisionChoice.objects.exists()
    case.act("keep_revision", line=case.line.pk, revision=second.pk)  # staying is always possible


def test_what_a_later_revision_asks_anew_has_its_own_default(case: Case) -> None:
    second = publish("shelves")
    assert _proved(case).state == "ready"
    _move(case, second)
    case.start()
    made = case.prepare().job
    assert made.parameters == {"width": 400.0, "plates": 1, "shelves": 1}
    assert case.line.parameters == {"width": 400.0, "plates": 1}


def test_only_the_maker_of_the_order_chooses(case: Case) -> None:
    second = publish()
    assert _proved(case).state == "ready"
    make_workshop(slug="autre")
    others = (
        case.buyer,
        make_coordinator(),
        make_prefecture(),
        make_maker_person(make_workshop(slug="tiers"), "tiers@example.org"),
        None,
    )
    for other in others:
        for action in ("move_revision", "keep_revision"):
            with pytest.raises(NotAllowedError):
                advance(case.order, action, actor=other, given={"line": case.line.pk, "revision": second.pk})
    assert not RevisionChoice.objects.exists()


def test_the_database_takes_one_answer_a_revision_and_no_move_of_devices(case: Case) -> None:
    second = publish()
    now = timezone.now()
    RevisionChoice.objects.create(line=case.line, revision=second, moves=True, chosen_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RevisionChoice.objects.create(line=case.line, revision=second, moves=False, chosen_at=now)


# What was ordered keeps its files


def test_an_order_of_the_first_revision_gets_its_package_byte_for_byte_after_the_second_is_out(case: Case) -> None:
    case.start()
    before = case.prepare()
    work_all(Job.Kind.PACKAGE)
    job = Job.objects.select_related("package").get(pk=before.job_id)
    assert job.package is not None
    content = artefacts.file_of(job.package).read_bytes()
    publish("heavy")
    case.act("keep_revision", line=case.line.pk, revision=DesignRevision.objects.get(number=2).pk)
    workshop = case.order.workshop
    again = request_package(case.first, case.line.parameters, workshop, 2, machine_file=job.machine_file)  # type: ignore[arg-type]
    assert again.pk != job.pk and again.state == Job.State.DONE and again.package == job.package
    # And made anew from nothing, it is the same archive.
    artefacts.file_of(job.package).unlink()
    fresh = request_package(case.first, case.line.parameters, workshop, 2, machine_file=job.machine_file)  # type: ignore[arg-type]
    assert fresh.state == Job.State.QUEUED and fresh.key == job.key
    work_all(Job.Kind.PACKAGE)
    fresh.refresh_from_db()
    assert fresh.package is not None and artefacts.file_of(fresh.package).read_bytes() == content


def test_a_shipped_model_keeps_its_drawing_and_its_keys_after_the_studio_publishes_the_next_revision() -> None:
    case = make_shelf_case(revision_of("porte"))
    case.start()
    before = case.prepare().job
    second = publish(design="porte")
    assert second.number == 2 and _offer(case).made.origin == DesignRevision.Origin.CODE
    proof = proof_of(_offer(case))
    assert (
        proof.state == "refused" and "n’a plus ce réglage" in proof.reason
    )  # the shelf asks other sizes than the door
    case.act("keep_revision", line=case.line.pk, revision=second.pk)
    after = case.prepare().job
    assert (after.revision, after.key, after.parameters) == (case.first, before.key, before.parameters)


# Who is told


def test_makers_are_told_once_with_what_changes_for_them_and_nobody_else_is(case: Case) -> None:
    accept_quote(case)
    work_all()
    other = make_shelf_case(publish(design="autre"), number=2)
    second = publish("heavy")
    assert tell_makers() == 0  # its figures are being computed
    work_all(Job.Kind.QUOTE)
    assert (tell_makers(), tell_makers()) == (1, 0)
    letter = OutboxMessage.objects.get(template="new_revision")
    assert letter.recipient == case.maker and letter.key == f"revision.{case.line.pk}.{second.pk}"
    subject, body = words_of(letter)
    assert "révision 2" in subject and str(case.order) in subject
    assert (
        "Ce que change la révision 2." in body and "de plus, à votre tarif" in body and "panneau, comme avant" in body
    )
    assert f"/fabrication/{case.order.public_id}/lignes/1/revision/" in body
    notice = Notice.objects.get(person=case.maker)
    assert (notice.kind, notice.place) == (Notice.Kind.MODEL, "making-revision")
    assert not Notice.objects.filter(person__in=[other.maker, case.buyer]).exists()


def test_who_wants_a_digest_reads_it_there(case: Case) -> None:
    set_pace(case.maker, MailPace.Pace.DAILY, now=timezone.now() - timedelta(days=2))
    publish()
    tell_makers()
    work_all(Job.Kind.QUOTE)
    assert tell_makers() == 1
    assert OutboxMessage.objects.get().state == OutboxMessage.State.DROPPED
    assert write_digests() == 1
    facts = digest_facts(OutboxMessage.objects.get(template="digest"))
    ((subject, pages),) = facts["parts"]
    assert "modèles" in subject and pages[0][0] == f"/fabrication/{case.order.public_id}/lignes/1/revision/"


def test_nobody_waits_for_ever_for_figures(case: Case) -> None:
    second = publish()
    DesignRevision.objects.filter(pk=second.pk).update(published_at=timezone.now() - timedelta(hours=1))
    Order.objects.update(committed_at=timezone.now() - timedelta(hours=1))
    assert tell_makers() == 1
    assert "Pour vous" not in words_of(OutboxMessage.objects.get())[1]
