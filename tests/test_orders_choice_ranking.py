# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole order ranked, what a justification has to answer, and a campaign's orders spread over the workshops."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cms.views.choosing.lines import proposals_of
from fablabs.models import Workshop
from fabrication import services as jobs
from fabrication.assignment.inputs import unpack
from fabrication.assignment.services import NotAllowedError as NotCoordinatorError
from fabrication.assignment.services import Settings
from fabrication.matching.services import studies
from fabrication.models import AssignmentRun, Proposal
from orders.life.steps import choice as steps
from orders.models import Choice, Order, State
from orders.services.answers import answers_of
from orders.services.booking import history_of
from orders.services.campaign_runs import campaigns_to_spread, demands_of, request_campaign_run
from orders.services.choice_files import csv_of, pdf_of
from orders.services.justifying import points_to_answer
from orders.services.ranking import rank_whole
from tests.choosing import Case, make_case, studied
from tests.orders import make_buyer, make_order, organisation_of
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


def test_a_whole_order_is_ranked_with_one_journey_and_what_the_buyer_had_before() -> None:
    case = make_case(2, 1)
    make_order(case.buyer, State.COMMITTED, workshop=case.workshops["copeaux"])
    make_order(case.buyer, State.CLOSED, workshop=case.workshops["copeaux"])
    make_order(case.buyer, State.DELIVERED, workshop=case.workshops["scierie"])
    make_order(case.buyer, State.CANCELLED)
    make_order(make_buyer("autre@example.org", "48095", 2), State.CLOSED, workshop=case.workshops["rabot"])
    assert history_of(organisation_of(case.buyer)) == {"copeaux": 2, "scierie": 1}
    Workshop.objects.filter(slug="rabot").update(radius_km=5)
    Workshop.objects.filter(slug="varlope").update(state=Workshop.State.PAUSED)
    assert set(rank_whole(case.order, today=timezone.localdate()).pending) == set(case.workshops)
    studied(case)
    whole = rank_whole(case.order, today=timezone.localdate())
    assert [one.slug for one in whole.able] == ["copeaux", "scierie"] and not whole.pending
    assert [one.slug for one in whole.unable] == ["rabot", "varlope"]
    assert whole.unable[0].lacks_only_an_agreement and not whole.unable[1].lacks_only_an_agreement
    far = whole.of("scierie")
    assert far and far.earlier == 1 and far.price_eur is not None
    journeys = [
        eur for _, one in far.lines if one.price for label, eur in one.price.lines if label.startswith("livraison")
    ]
    assert len(journeys) == 2 and far.price_eur == sum(one.price.eur for _, one in far.lines if one.price) - journeys[0]
    assert far.score == pytest.approx(sum(term.share * term.weight for term in far.terms), abs=0.01)


def test_lines_that_fit_one_by_one_may_be_too_much_together() -> None:
    case = make_case(2, 2, wanted_by=timezone.localdate() + timedelta(days=30))
    Workshop.objects.filter(slug="copeaux").update(units_per_week=Decimal("0.6"), lead_days=10)
    studied(case)
    whole = rank_whole(case.order, today=timezone.localdate())
    one = whole.of("copeaux")
    assert one and one.rank is None and [missing.code.value for missing in one.missing] == ["capacity"]
    assert whole.able and whole.able[0].slug != "copeaux"


def test_the_points_to_answer_name_the_price_the_rank_the_distance_and_the_habit(case: Case) -> None:
    for _ in range(2):
        make_order(case.buyer, State.CLOSED, workshop=case.workshops["varlope"])
    case.ask("copeaux", "varlope")
    case.costs("copeaux", Decimal(1_000))
    case.costs("varlope", Decimal(1_500))
    case.issue("copeaux", "varlope")
    studied(case)
    whole, answers = rank_whole(case.order, today=timezone.localdate()), answers_of(case.order, timezone.localdate())
    near, far = answers
    points = " ".join(points_to_answer(far, answers, whole)).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("au classement", "500,00 € HT de moins", "plus proche", "2 de vos 2 commandes"):
        assert words in points, words
    assert points_to_answer(near, answers, whole) == []
    assert "seule offre" in points_to_answer(near, [near], whole)[0]
    assert "ne peut pas être classée" in points_to_answer(near, answers, None)[0]


def test_an_order_that_cannot_be_ranked_is_chosen_all_the_same(case: Case) -> None:
    case.ask("copeaux")
    case.issue("copeaux")
    Order.objects.filter(pk=case.order.pk).update(insee="00000")
    case.order.refresh_from_db()
    case.choose("copeaux")
    kept = Choice.objects.get()
    assert kept.record["ranking"] is None and kept.rank is None
    assert pdf_of(kept).startswith(b"%PDF") and csv_of(kept).count(b"\r\n") == 2


# A campaign's run


def test_a_campaigns_orders_are_spread_and_proposed_under_its_name(case: Case) -> None:
    assert case.order.campaign is not None
    make_order(case.buyer, State.FUNDED, campaign=case.order.campaign)
    make_order(case.buyer, State.SELF_FUNDED)  # of no campaign
    make_order(case.buyer, State.COMMITTED, workshop=case.workshops["rabot"])  # two pieces in hand
    assert [demand.id for demand in demands_of(case.order.campaign)] == case.demand_ids()
    assert campaigns_to_spread() == {case.order.campaign: 1}
    settings = Settings(campaign="autre", today=timezone.localdate())
    with pytest.raises(NotCoordinatorError):
        request_campaign_run(case.buyer, case.order.campaign, settings)
    run = request_campaign_run(make_coordinator(), case.order.campaign, settings)
    _, makers = unpack(run.inputs)
    assert {maker.id: maker.committed_units for maker in makers if maker.committed_units} == {"rabot": 2}
    assert (run.campaign, run.orders_count, run.makers) == ("printemps", 1, AssignmentRun.Makers.SITE)
    now = timezone.now()
    Proposal.objects.create(
        run=run, campaign=run.campaign, demand=case.demand_ids()[0], workshop=case.workshops["rabot"],
        quantity=1, metres=40_000, proposed_at=now,
    )  # fmt: skip
    assert proposals_of(case.order) == {"rabot": "proposé par la coordination"}
    Proposal.objects.update(replaced_at=now)
    assert proposals_of(case.order) == {}


def test_there_is_a_threshold_for_every_day() -> None:
    found = [steps.threshold_on(day) for day in (date(2026, 3, 31), date(2026, 4, 1), date(2030, 1, 1))]
    assert [row.amount_eur for row in found if row] == [40_000, 60_000, 60_000]
