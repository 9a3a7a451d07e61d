# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Personal data goes after its time, and nothing else does."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Invitation, Membership, Organisation, Role, SiretEvidence, User
from cms.catalogue import sync_designs
from orders.eligibility.judgement import replay
from orders.models import (
    ENDED,
    Envelope,
    Event,
    GrantEntry,
    Invoice,
    Order,
    Photo,
    State,
    StoredFile,
    SubsidyPayment,
)
from orders.services import storage
from orders.services.auditing import audit
from orders.services.figures import figures_of, scope_of
from orders.services.retention import ERASED, KINDS, erase_personal_data, pseudonymise
from tests.orders import make_buyer, make_order
from tests.people import make_member, make_organisation, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.TRETEAU_ORDER_FILES = tmp_path / "orders"


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("erase_personal_data", *options, stdout=out)
    return out.getvalue()


def ended_order(days_ago: int, state: State = State.WITHDRAWN, **fields: Any) -> Order:
    number = Order.objects.count() + 1
    buyer = make_buyer(f"mairie{number}@example.org", number=number)
    at = timezone.now() - timedelta(days=days_ago)
    order = make_order(buyer, state, ended_at=at, **fields)
    Event.objects.create(
        order=order, sequence=1, action="withdraw", from_state="submitted", to_state=state, actor=buyer, party="buyer",
        at=at, note="Mme Roux part à la retraite.",
    )  # fmt: skip
    Order.objects.filter(pk=order.pk).update(version=1)
    return order


def test_the_contact_of_an_order_goes_a_year_after_its_end_and_only_then() -> None:
    old, young, alive = (
        ended_order(366),
        ended_order(364),
        make_order(make_buyer("z@example.org", number=99), State.SUBMITTED),
    )
    Order.objects.filter(pk=alive.pk).update(submitted_at=timezone.now() - timedelta(days=3_000))
    told = run("--dry-run")
    assert "contacts: 1 would be erased (kept 365 days)" in told and str(old) in told
    assert Order.objects.get(pk=old.pk).contact_name == "Camille Roux"
    told = run()
    assert "contacts: 1 erased" in told and str(old) in told and str(young) not in told
    gone = Order.objects.get(pk=old.pk)
    assert gone.erased_at is not None
    assert (gone.contact_name, gone.contact_email, gone.contact_phone, gone.address) == ("", "", "", "")
    assert (gone.state, gone.reference, gone.insee) == (old.state, old.reference, old.insee)
    for other in (young, alive):
        assert Order.objects.get(pk=other.pk).contact_name == "Camille Roux"
    first = gone.erased_at
    assert "contacts: 0 erased" in run() and Order.objects.get(pk=old.pk).erased_at == first


def test_words_and_papers_stay_ten_years_and_photos_two() -> None:
    order = ended_order(3 * 365)
    photo, scan = (storage.store_made(order, content, name, kind, order.created_by) for content, name, kind in (
        (b"jpeg", "atelier de Camille.jpg", "image/jpeg"), (b"pdf", "signé par Camille.pdf", "application/pdf"),
    ))  # fmt: skip
    Photo.objects.create(order=order, file=photo, caption="Camille au travail", taken_by=order.created_by)
    report = erase_personal_data()
    assert len(report.found["photos"]) == 1 and not report.found["papers"] and not report.found["words"]
    photo.refresh_from_db()
    assert photo.erased_at is not None and "Camille" not in photo.name and photo.uploaded_by is None
    assert Photo.objects.get().caption == ""
    with pytest.raises(FileNotFoundError):
        storage.read(photo)
    assert storage.read(scan) == b"pdf" and Event.objects.get().note.startswith("Mme")
    Order.objects.update(ended_at=timezone.now() - timedelta(days=11 * 365))
    Event.objects.update(at=timezone.now() - timedelta(days=11 * 365))
    report = erase_personal_data()
    assert len(report.found["papers"]) == len(report.found["words"]) == 1
    assert Event.objects.get().note == ERASED == Order.objects.get().reasons
    scan.refresh_from_db()
    assert scan.erased_at is not None and "Camille" not in scan.name
    assert not any(erase_personal_data().found.values())


def test_bytes_that_another_order_names_too_stay(django_capture_on_commit_callbacks: Any) -> None:
    old, young = ended_order(11 * 365), ended_order(10)
    files = [storage.store_made(one, b"the same", "x.pdf", "application/pdf", None) for one in (old, young)]
    with django_capture_on_commit_callbacks(execute=True):
        assert len(erase_personal_data().found["papers"]) == 1
    assert storage.read(files[1]) == b"the same"
    Order.objects.filter(pk=young.pk).update(ended_at=old.ended_at)
    Event.objects.filter(order=young).update(at=old.ended_at)
    with django_capture_on_commit_callbacks(execute=True):
        erase_personal_data()
    assert not (storage.folder() / files[1].path).exists()


def test_drafts_invitations_evidence_and_accounts_that_nobody_uses_go() -> None:
    buyer = make_buyer()
    draft = make_order(buyer)
    Order.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timedelta(days=366))
    house = Organisation.objects.get(memberships__user=buyer)
    Invitation.objects.create(
        organisation=house, email="ancien@example.org", role=Role.BUYER, token_hash="x" * 64,
        expires_at=timezone.now() - timedelta(days=91),
    )  # fmt: skip
    SiretEvidence.objects.create(
        user=buyer, siret=house.siret, idp_id="i", acr="a", last_at=timezone.now() - timedelta(days=61)
    )
    sleeper = make_person("dort@example.org", "Dominique Faure")
    make_member(sleeper, make_organisation(name="Autre"))
    User.objects.filter(pk=sleeper.pk).update(date_joined=timezone.now() - timedelta(days=4_000), last_login=None)
    keeper = make_person("garde@example.org", is_staff=True)
    User.objects.filter(pk=keeper.pk).update(date_joined=timezone.now() - timedelta(days=4_000))
    report = erase_personal_data()
    assert [len(report.found[name]) for name in ("drafts", "invitations", "evidence", "accounts")] == [1, 1, 1, 1]
    draft.refresh_from_db()
    assert draft.archived_at is not None and draft.contact_email == draft.reasons == ""
    sleeper.refresh_from_db()
    assert not sleeper.is_active and "Dominique" not in str(sleeper) and "dort" not in sleeper.email
    assert not sleeper.has_usable_password() and not Membership.objects.get(user=sleeper).is_active
    assert User.objects.get(pk=keeper.pk).is_active and User.objects.get(pk=buyer.pk).is_active
    assert not any(erase_personal_data().found.values())


def test_who_is_signed_in_while_the_account_becomes_nobodys_is_out() -> None:
    person = make_person("part@example.org", "Camille Roux")
    browser = signed_in(person)
    assert browser.get("/espace/").status_code == 200
    pseudonymise(person)
    assert browser.get("/espace/").status_code == 302
    pseudonymise(person)  # twice does no harm


def test_figures_money_and_judgements_are_the_same_afterwards(settings: Any) -> None:
    settings.TRETEAU_DEMO = True
    sync_designs()
    call_command("seed_campaign", "--orders", "70", "--makers", "6", "--stages", stdout=io.StringIO())
    # As if fifteen years had gone by.
    past = timedelta(days=15 * 365)
    for model, names in (
        (Order, ("created_at", "updated_at", "submitted_at", "decided_at", "chosen_at", "committed_at", "ended_at")),
        (Event, ("at",)),
    ):
        for row in model.objects.all():
            moved = {name: getattr(row, name) - past for name in names if getattr(row, name)}
            model.objects.filter(pk=row.pk).update(**moved)

    def standing() -> Any:
        money = [model.objects.aggregate(sum=Sum(name))["sum"] for model, name in (
            (Envelope, "reserved_eur"), (GrantEntry, "amount_eur"), (Invoice, "gross_eur"), (SubsidyPayment, "paid_eur"),
        )]  # fmt: skip
        return (
            figures_of(scope_of("")),
            money,
            list(map(str, audit())),
            list(Order.objects.values_list("state", "judgement")),
        )

    before = standing()
    report = erase_personal_data()
    over = Order.objects.filter(state__in=ENDED).count()
    assert over and len(report.found["contacts"]) == len(report.found["words"]) == over
    assert standing() == before
    for order in Order.objects.exclude(judgement=None):
        assert replay(order.judgement).as_data() == order.judgement
    assert not StoredFile.objects.filter(order__state__in=ENDED, erased_at=None).exists()
    assert not any(erase_personal_data().found.values())


@pytest.mark.parametrize("today", ["٣", "2026-13-01", "demain", "9999-12-31", "", "0"])
def test_a_day_that_is_none_or_still_to_come_erases_nothing(today: str) -> None:
    ended_order(400)
    with pytest.raises((CommandError, SystemExit)):
        run(f"--today={today}")
    assert Order.objects.get().contact_name


@pytest.mark.parametrize("days", [0, -1, 10**9, "365", True, None])
def test_a_period_that_is_none_is_refused_before_anything_is_erased(settings: Any, days: Any) -> None:
    settings.TRETEAU_RETENTION_DAYS = {"accounts": days}
    ended_order(400)
    with pytest.raises(CommandError, match="accounts"):
        run()
    assert Order.objects.get().contact_name


def test_a_site_may_say_its_own_period(settings: Any) -> None:
    settings.TRETEAU_RETENTION_DAYS = {"contacts": 500}
    ended_order(400)
    assert "contacts: 0 erased (kept 500 days)" in run()
    assert "contacts: 0" in run("--today", (timezone.localdate() - timedelta(days=3)).isoformat())


def test_each_period_and_its_reason_stand_in_the_documentation() -> None:
    text = (Path(__file__).parents[1] / "docs" / "retention.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"| `{kind.name}` | {kind.default_days} |" in text, kind.name
        assert kind.what in text and kind.why in text
