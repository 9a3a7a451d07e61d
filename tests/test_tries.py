# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What designers try waits in a lane of its own, by turns; what failed is not tried again at each look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone

from designs.models import DesignDraft, DesignRevision
from designs.services import drafting
from designs.services.candidates import candidate
from fabrication import leases, tasks, work
from fabrication.leases import claim
from fabrication.models import Job
from fabrication.services import request_check, request_preview
from fabrication.sweeping.services import sweep
from fabrication.trying.services import next_try
from tests.people import signed_in
from tests.studio import SCRIPT, TEXTS, Studio, content, judged, studio

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Studio:
    return studio()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which queue was rung for which job."""
    heard: list[tuple[str, int]] = []
    routes = site_settings.CELERY_TASK_ROUTES
    monkeypatch.setattr(leases, "ring", lambda task, pk: heard.append((routes[task.name]["queue"], pk)))
    return heard


def tried(place: Studio, draft: DesignDraft, width: int = 500) -> Job:
    return request_preview(candidate(draft, actor=place.designer), {"width": width})


def of_another_bureau(place: Studio, slug: str = "banc") -> DesignDraft:
    bureau = place.stranger.memberships.get().organisation
    data = {"content": content(), "texts": TEXTS}
    return drafting.start(slug=slug, organisation=bureau, data=data, actor=place.stranger)


def failed(job: Job, ago: timedelta = timedelta()) -> None:
    when = timezone.now() - ago
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.FAILED, attempts=1, started_at=when, finished_at=when, reason="Une panne.", fault="x"
    )


def test_a_draft_is_tried_in_a_queue_of_its_own_and_a_published_model_is_shown_in_the_visitors(
    place: Studio, rung: list[tuple[str, int]], django_capture_on_commit_callbacks: Any
) -> None:
    draft = place.begin()
    with django_capture_on_commit_callbacks(execute=True):
        job = tried(place, draft)
        check = request_check(job.revision)
    assert rung == [("tries", job.pk), ("checks", check.pk)]
    # The same drawing, published: whoever looks at it waits for nobody's turn, and the sweep knows it, too.
    rung.clear()
    revision = _published(job.revision)
    assert request_preview(revision, {"width": 500}).pk == job.pk
    assert rung == [("previews", job.pk)]
    Job.objects.update(rung_at=timezone.now() - timedelta(minutes=1))
    rung.clear()
    sweep()
    assert rung == [("previews", job.pk), ("checks", check.pk)]


def test_tries_that_wait_keep_no_lost_view_of_a_visitor_from_being_rung_for(
    place: Studio, rung: list[tuple[str, int]]
) -> None:
    tries = [tried(place, place.begin(slug)) for slug in ("une", "deux")]
    others = [_try_of(place.stranger, of_another_bureau(place, slug)) for slug in ("trois", "quatre")]
    visitors = request_preview(_published(tries[0].revision), {"width": 600})
    Job.objects.update(rung_at=timezone.now() - timedelta(minutes=1))
    assert sweep() == 5
    assert ("previews", visitors.pk) in rung and {("tries", one.pk) for one in (*tries, *others)} < set(rung)


def test_a_newer_try_takes_the_place_of_the_one_that_waits_and_leaves_the_one_that_runs(place: Studio) -> None:
    draft = place.begin()
    running = tried(place, draft, 500)
    assert claim(Job.objects, running.pk)
    older = tried(place, draft, 510)
    newest = tried(place, draft, 520)
    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {running.pk: "running", older.pk: "failed", newest.pk: "queued"}
    older.refresh_from_db()
    assert "plus récente" in older.reason
    work.run(older.pk)
    older.refresh_from_db()
    assert (older.state, older.attempts) == (Job.State.FAILED, 0)
    again = tried(place, draft, 510)  # on purpose again, and at once: it was never begun
    assert again.pk != older.pk and again.state == Job.State.QUEUED


def test_a_check_of_a_state_that_was_typed_over_is_not_made(place: Studio) -> None:
    draft = place.begin()
    old = request_check(candidate(draft, actor=place.designer))
    place.save(draft, content=content(SCRIPT + "# more"))
    draft.refresh_from_db()
    new = request_check(candidate(draft, actor=place.designer))
    assert dict(Job.objects.values_list("pk", "state")) == {old.pk: "failed", new.pk: "queued"}


def test_no_bureau_has_two_turns_in_a_row_while_another_waits(place: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tried(place, place.begin("une")), tried(place, place.begin("deux"))
    theirs = _try_of(place.stranger, of_another_bureau(place))
    assert next_try() == first.pk
    assert claim(Job.objects, first.pk)
    assert next_try() == theirs.pk, "the second one came before it"
    done: list[int] = []
    monkeypatch.setattr(work, "run", done.append)
    tasks.try_draft(second.pk)  # a bell says only that something waits
    assert done == [theirs.pk]
    assert claim(Job.objects, theirs.pk)
    assert next_try() == second.pk
    assert claim(Job.objects, second.pk)
    assert next_try() is None
    tasks.try_draft(second.pk)
    assert done == [theirs.pk, second.pk]


def test_what_failed_waits_longer_each_time_unless_somebody_wants_it_now(place: Studio) -> None:
    state = candidate(place.begin(), actor=place.designer)
    job = request_check(state)
    failed(job)
    assert [request_check(state).pk for _ in range(3)] == [job.pk] * 3, "a page may look as often as it likes"
    failed(job, timedelta(minutes=1))
    second = request_check(state)
    assert second.pk != job.pk and second.state == Job.State.QUEUED
    failed(second, timedelta(minutes=1))
    assert request_check(state).pk == second.pk, "two minutes after the second failure"
    failed(second, timedelta(minutes=2))
    assert request_check(state).pk not in (job.pk, second.pk)
    failed(Job.objects.order_by("pk").last() or second)
    assert request_check(state, again=True).state == Job.State.QUEUED


def test_a_page_whose_comparison_failed_says_so_and_has_a_button_for_those_who_may(
    place: Studio, client: Client
) -> None:
    draft = place.begin()
    page = f"/espace/studio/{draft.slug}/changements/"
    mine = signed_in(place.designer)
    mine.get(page)
    for job in Job.objects.unfinished():
        failed(job)
    html = mine.get(page).content.decode()
    assert "Une panne." in html and "Relancer" in html and not Job.objects.unfinished().exists()
    assert signed_in(place.stranger).post(f"{page}relancer/").status_code == 404
    assert client.post(f"{page}relancer/").status_code == 302 and not Job.objects.unfinished().exists()
    assert mine.get(f"{page}relancer/").status_code == 405
    assert mine.post(f"{page}relancer/").status_code == 302
    assert set(Job.objects.unfinished().values_list("kind", flat=True)) == {"check", "changes"}
    judged(draft)


def _try_of(person: Any, draft: DesignDraft) -> Job:
    return request_preview(candidate(draft, actor=person), {"width": 500})


def _published(state: DesignRevision) -> DesignRevision:
    """What a revision of other words is: the same drawing, another row."""
    return DesignRevision.objects.create(
        design=state.design, number=1, origin="studio", digest=state.digest, content=state.content,
        defaults=state.defaults, texts=state.texts, draft=state.draft, published_at=timezone.now(),
    )  # fmt: skip
