# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages about a model ask the database as often for a long history, many orders and many machines as for none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Revision

from designs.models import DesignDraft
from designs.services import approvals, publishing, reviewing
from designs.services.after_publication import begin
from tests.people import make_member, make_person, signed_in
from tests.revised import ROUTER, make_shelf_case, publish, shelves  # noqa: F401  # a fixture
from tests.studio import SCRIPT, Studio, content, judged, studio
from tests.workshops import make_workshop, open_sites

pytestmark = pytest.mark.django_db


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    return studio()


def queries(client: Client, *addresses: str) -> list[int]:
    """Each page once before: what a process remembers is no query of the page."""
    counts = []
    for address in addresses:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    return counts


def history(place: Studio, draft: DesignDraft, states: int) -> None:
    """Of four hands, each state another one than that before."""
    people = [place.designer, place.colleague]
    for n in range(2):
        person = make_person(f"main-{n}-{states}@example.org", f"Main {n}")
        make_member(person, place.bureau)
        people.append(person)
    for n in range(states):
        draft.refresh_from_db()
        Revision.objects.filter(pk=draft.latest_revision_id).update(created_at=timezone.now())
        place.save(draft, actor=people[n % 4], texts={"story": f"État {states}-{n}."})


def test_the_review_page_and_the_lists_ask_as_often_for_a_long_history(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    reviewing.approve(draft, actor=place.reviewer)
    history(place, draft, 4)
    judged(draft)
    page, lists = f"/espace/studio/{draft.slug}/relecture/", ("/espace/studio/", "/espace/studio/relecture/")
    reviewer, designer = signed_in(place.reviewer), signed_in(place.designer)
    before = queries(reviewer, page, lists[1]), queries(designer, page, lists[0])
    history(place, draft, 12)
    judged(draft)
    assert (queries(reviewer, page, lists[1]), queries(designer, page, lists[0])) == before


def test_lists_ask_as_often_for_many_models_in_every_standing(place: Studio) -> None:
    def one_of_each(name: str) -> None:
        approved, sent_back, published, waiting = (place.begin(f"{name}-{n}") for n in range(4))
        for draft in (approved, sent_back, waiting):
            reviewing.submit(draft, actor=place.designer)
        reviewing.approve(approved, actor=place.reviewer)
        reviewing.reject(sent_back, actor=place.reviewer, comment="Plus court.")
        judged(published)
        publishing.publish(published, actor=place.reviewer)

    one_of_each("une")
    reviewer, designer = signed_in(place.reviewer), signed_in(place.designer)
    before = queries(designer, "/espace/studio/"), queries(reviewer, "/espace/studio/relecture/")
    for name in ("deux", "trois"):
        one_of_each(name)
    assert (queries(designer, "/espace/studio/"), queries(reviewer, "/espace/studio/relecture/")) == before


def test_what_is_approved_is_one_rule_in_the_list_and_at_the_door(place: Studio) -> None:
    draft = place.begin()
    mine = signed_in(place.designer)
    reviewing.submit(draft, actor=place.designer)
    reviewing.approve(draft, actor=place.reviewer)
    assert "approuvé" in mine.get("/espace/studio/").content.decode()
    draft.refresh_from_db()
    place.save(draft, texts={"title": "Une autre"})
    Revision.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert "approuvé" not in mine.get("/espace/studio/").content.decode()
    place.save(draft, texts={"title": "Table d’accueil"})
    draft.refresh_from_db()
    assert approvals.approval_of(draft, draft.latest_revision), "again what was approved"
    assert "approuvé" in mine.get("/espace/studio/").content.decode()
    place.reviewer.is_active = False
    place.reviewer.save()
    assert approvals.approval_of(draft, draft.latest_revision) is None
    assert "approuvé" not in mine.get("/espace/studio/").content.decode()


@pytest.mark.usefixtures("shelves")
def test_the_publication_page_asks_as_often_for_many_orders_and_machines(place: Studio) -> None:
    first = publish()
    DesignDraft.objects.create(
        slug="equerre", title="Équerre", organisation=place.bureau, content={}, created_by=place.designer
    )
    make_shelf_case(first)
    second = publish()
    begin(second.pk)
    client, page = signed_in(place.designer), f"/espace/studio/equerre/publication/{second.number}/"
    before = queries(client, page, f"{page}etat.json")
    for number in (2, 3):
        make_shelf_case(first, number=number)
    open_sites(ROUTER, 6)
    make_workshop(ROUTER.replace("sheet_mm = [2500, 1250]", "sheet_mm = [2440, 1220]"), slug="autre")
    assert queries(client, page, f"{page}etat.json") == before


def test_authors_are_found_without_reading_every_state(place: Studio) -> None:
    draft = place.begin()
    history(place, draft, 12)
    place.save(draft, content=content(SCRIPT + "# last"))
    draft.refresh_from_db()
    read: list[int] = []
    said = approvals._said

    def noted(states: Any) -> Any:
        read.extend(states)
        return said(states)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(approvals, "_said", noted)
        found = approvals.authors_of(draft)
    assert found == set(draft.revisions.values_list("user", flat=True)) and len(found) == 4
    assert len(read) <= 2 * 4 < draft.revisions.count()
