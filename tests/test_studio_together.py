# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two at a model at the same moment, each with a connection of its own: one wins, the other is told, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designs.models import DesignDraft, DesignRevision
from designs.services import candidates, drafting, publishing
from designs.studio_errors import ConflictError, PublicationRefused, StudioError
from tests.studio import Studio, judged, studio
from tests.two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    return studio()


def test_published_three_times_at_once_it_is_one_revision(place: Studio, shared: Callable[[], None]) -> None:
    draft = place.begin()
    judged(draft)
    shared()
    found = at_once(*[lambda: publishing.publish(draft, actor=place.reviewer)] * 3)
    made = [one for one in found if isinstance(one, DesignRevision)]
    assert len(made) == 1 and made[0].number == 1, found
    assert all(isinstance(one, PublicationRefused) for one in found if one not in made)
    assert at_once(lambda: list(DesignRevision.states.values_list("number", flat=True))) == [[1]]


def test_twenty_windows_on_one_state_keep_one_text_and_tell_the_others(
    place: Studio, shared: Callable[[], None]
) -> None:
    draft = place.begin()
    seen = drafting.state_id(draft)
    shared()

    def write(title: str, who: Any) -> Callable[[], object]:
        return lambda: drafting.save(draft, {"texts": {"title": title}}, actor=who, based_on=seen)

    found = at_once(*[write(f"Titre {n}", (place.designer, place.colleague)[n % 2]) for n in range(20)])
    kept = [n for n, one in enumerate(found) if isinstance(one, str)]
    assert len(kept) == 1 and sum(isinstance(one, ConflictError) for one in found) == 19, found
    (title,) = at_once(lambda: DesignDraft.objects.get().state().title)
    assert title == f"Titre {kept[0]}"


def test_one_address_is_given_once_and_one_content_is_one_candidate(place: Studio, shared: Callable[[], None]) -> None:
    draft = place.begin()
    shared()
    begun = at_once(*[lambda: place.begin("autre-table")] * 3)
    assert sum(isinstance(one, DesignDraft) for one in begun) == 1, begun
    assert all(isinstance(one, StudioError | DesignDraft) for one in begun)
    made = at_once(*[lambda: candidates.candidate(draft, actor=place.designer)] * 3)
    assert len({one.pk for one in made if isinstance(one, DesignRevision)}) == 1
    assert all(isinstance(one, DesignRevision) for one in made), made
