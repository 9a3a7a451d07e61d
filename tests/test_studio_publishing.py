# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model is published: by the button, by Wagtail, on its date; what is refused, and that it happens once."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import Revision

from accounts.models import Notice
from designs.models import DesignDraft, DesignRevision
from designs.services import approvals, publishing, reviewing
from designs.services.versions import next_version
from designs.studio_errors import LockedError, PublicationRefused
from fabrication.models import Job
from fabrication.sweeping import services as sweeping
from tests.studio import SCRIPT, TEXTS, Studio, come, content, judged, missing, published, studio

pytestmark = pytest.mark.django_db


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    return studio()


# publication


def test_a_green_reviewed_model_becomes_revision_1_and_what_was_computed_stays_good(place: Studio) -> None:
    draft = place.begin()
    candidate = judged(draft)
    revision = publishing.publish(draft, actor=place.reviewer)
    assert (revision.pk, revision.number, revision.version) == (candidate.pk, 1, "1.0.0")
    assert revision.published_by == place.reviewer and revision.published_at is not None
    assert revision.jobs.count() == 1 and revision.texts == TEXTS
    draft.refresh_from_db()
    assert draft.live and not draft.has_unpublished_changes
    assert Notice.objects.filter(key__startswith="design.published").count() == 2


def test_a_later_revision_says_what_changed_and_counts_its_version(place: Studio) -> None:
    draft, first = published(place)
    place.save(draft, content=content(SCRIPT + "# wider"), texts={"changes": "Des pieds plus larges."})
    judged(draft, step="minor")
    second = publishing.publish(draft, actor=place.reviewer)
    assert (second.number, second.version) == (2, "1.1.0")
    first.refresh_from_db()
    assert (first.number, first.texts, first.content["sources"]) == (1, TEXTS, {"table.py": SCRIPT})


def test_words_alone_make_a_patch_without_another_check(place: Studio) -> None:
    draft, first = published(place)
    place.save(draft, texts={"summary": "Une table pour trois.", "changes": "Le résumé dit combien l’on est."})
    second = publishing.publish(DesignDraft.objects.get(), actor=place.reviewer)
    assert (second.number, second.version, second.digest) == (2, "1.0.1", first.digest)
    assert first.pk != second.pk and DesignRevision.objects.get(number=1).texts["summary"] == TEXTS["summary"]


def test_without_a_green_check_of_exactly_this_content_nothing_is_published(place: Studio) -> None:
    draft = place.begin()
    assert set(missing(draft, place)) == {"check"}
    judged(draft, is_green=False)
    assert "La table bascule." in missing(draft, place)["check"]
    judged(draft)
    place.save(draft, content=content(SCRIPT + "# after the check"))
    assert set(missing(draft, place)) == {"check"}
    assert not DesignRevision.objects.exists()


def test_nothing_changed_nothing_published(place: Studio) -> None:
    draft, _ = published(place)
    assert set(missing(draft, place)) == {"nothing"}
    place.save(draft, texts={"changes": "Rien, en fait."})
    assert set(missing(draft, place)) == {"nothing"}
    assert DesignRevision.objects.count() == 1


def test_a_changelog_and_a_comparison_are_wanted_of_every_later_revision(place: Studio) -> None:
    draft, _ = published(place)
    place.save(draft, content=content(SCRIPT + "# two"))
    assert set(missing(draft, place)) == {"texts.changes", "check", "version_step"}
    place.save(draft, texts={"changes": "Deux."})
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    place.save(draft, content=content(SCRIPT + "# three"))
    judged(draft)
    assert set(missing(draft, place)) == {"texts.changes"}, "the words on the revision before are none on this one"


def test_a_version_never_promises_more_than_the_comparison_found(place: Studio) -> None:
    draft, _ = published(place)
    place.save(draft, content=content(SCRIPT + "# two"), texts={"changes": "Des joints."}, version_step="patch")
    judged(draft, step="major")
    assert set(missing(draft, place)) == {"version_step"}
    place.save(draft, version_step="")
    assert publishing.publish(draft, actor=place.reviewer).version == "2.0.0"
    place.save(draft, texts={"summary": "Autre.", "changes": "Le résumé."}, version_step="major")
    assert publishing.publish(draft, actor=place.reviewer).version == "3.0.0", "one may say less"


@pytest.mark.parametrize(("old", "step", "new"), [("", "", "1.0.0"), ("1.9.9", "minor", "1.10.0"), ("1.2.3", "patch", "1.2.4"), ("1.2.3", "major", "2.0.0")])  # fmt: skip
def test_versions_count_as_semver_does(old: str, step: str, new: str) -> None:
    assert next_version(old, step) == new


@pytest.mark.parametrize(("old", "step"), [("1.0", "minor"), ("1.0.٣", "minor"), ("1.0.0", ""), ("1.0.0", "huge"), ("9" * 9_000, "patch")])  # fmt: skip
def test_what_is_no_version_is_refused(old: str, step: str) -> None:
    with pytest.raises(ValueError, match="no "):
        next_version(old, step)


def test_a_published_revision_cannot_lose_its_draft_and_cannot_be_taken_away(place: Studio) -> None:
    draft, revision = published(place)
    with pytest.raises(ProtectedError):
        draft.delete()
    with pytest.raises(PermissionDenied):
        draft.unpublish(user=place.reviewer)
    copy = DesignRevision(
        design=revision.design, number=1, digest=revision.digest, origin="studio", defaults={}, texts={}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_a_number_and_a_date_come_together(place: Studio) -> None:
    draft = place.begin()
    candidate = judged(draft)
    for wrong in ({"number": 1}, {"published_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DesignRevision.states.filter(pk=candidate.pk).update(**wrong)


def test_publishing_twice_makes_one_revision(place: Studio) -> None:
    draft, _ = published(place)
    state = draft.latest_revision
    with pytest.raises(PublicationRefused):
        state.publish(user=place.reviewer)
    assert DesignRevision.objects.count() == 1


# Wagtail's ways lead through the same door


def test_wagtails_own_publication_makes_the_revision_or_is_refused(place: Studio) -> None:
    draft = place.begin()
    with pytest.raises(PublicationRefused):
        draft.latest_revision.publish(user=place.reviewer, skip_permission_checks=True)
    assert not DesignDraft.objects.get().live
    judged(draft)
    draft.latest_revision.publish(user=place.reviewer, skip_permission_checks=True)
    assert DesignRevision.objects.get().number == 1 and DesignDraft.objects.get().live


def test_a_state_on_its_date_is_published_once(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    publishing.schedule(draft, timezone.now() + timedelta(hours=1), actor=place.reviewer)
    assert not DesignRevision.objects.exists()
    assert approvals.approval_of(draft, Revision.objects.get()) is not None, "who sets the date approves"
    with pytest.raises(LockedError):
        place.save(draft, texts={"title": "Autre"})
    come(draft)
    call_command("publish_scheduled", stdout=StringIO())
    call_command("publish_scheduled", stdout=StringIO())
    revision = DesignRevision.objects.get()
    assert (revision.number, revision.published_by) == (1, place.reviewer)
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def test_a_date_that_comes_too_early_tells_the_designers_and_stops_nobody_else(place: Studio) -> None:
    late, good = place.begin(), place.begin("autre-table")
    for draft in (late, good):
        judged(draft)
        publishing.schedule(draft, timezone.now() + timedelta(hours=1), actor=place.reviewer)
    judged(late, is_green=False)
    come(late)
    come(good)
    call_command("publish_scheduled", stdout=StringIO())
    assert list(DesignRevision.objects.values_list("design", flat=True)) == ["autre-table"]
    told = Notice.objects.filter(key__startswith="design.refused")
    assert {notice.person_id for notice in told} == {place.designer.pk, place.colleague.pk, place.reviewer.pk}
    assert "n’a pas été publié à la date prévue" in told[0].text
    place.save(late, texts={"title": "De nouveau la mienne"})


def test_what_a_date_needs_is_kept_until_then_and_the_rest_is_tidied(place: Studio) -> None:
    draft, _ = published(place)
    place.save(draft, content=content(SCRIPT + "# left"), texts={"changes": "Plus."})
    left = judged(draft)
    place.save(draft, content=content(SCRIPT + "# kept"))
    judged(draft)
    publishing.schedule(draft, timezone.now() + timedelta(days=400), actor=place.reviewer)
    long_ago = timezone.now() - timedelta(days=399)
    Job.objects.update(created_at=long_ago, started_at=long_ago, finished_at=long_ago)
    DesignRevision.states.update(created_at=long_ago)
    sweeping.tidy()
    assert not DesignRevision.states.filter(pk=left.pk).exists()
    come(draft)
    call_command("publish_scheduled", stdout=StringIO())
    assert DesignRevision.objects.count() == 2


def test_withdrawing_forgets_the_date(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    publishing.schedule(draft, timezone.now() + timedelta(hours=1), actor=place.reviewer)
    reviewing.withdraw(draft, actor=place.designer)
    come(draft)
    call_command("publish_scheduled", stdout=StringIO())
    assert not DesignRevision.objects.exists()
