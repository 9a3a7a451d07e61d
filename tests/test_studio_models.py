# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model as it is worked at, reviewed and published: what is kept, what is refused, and that it happens once."""

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
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from wagtail.models import Revision

from accounts.models import Notice
from designs.content import Content, ContentError
from designs.models import DesignDraft, DesignRevision
from designs.services import approvals, candidates, drafting, publishing, reviewing
from designs.services.versions import next_version
from designs.studio_errors import ConflictError, LockedError, PublicationRefused, StudioError
from fabrication.models import Job
from fabrication.sweeping import services as sweeping
from tests.studio import SCRIPT, TEXTS, Studio, content, judged, kept, studio

pytestmark = pytest.mark.django_db


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    return studio()


def published(place: Studio, slug: str = "table-d-accueil") -> tuple[DesignDraft, DesignRevision]:
    draft = place.begin(slug)
    judged(draft)
    revision = publishing.publish(draft, actor=place.reviewer)
    draft.refresh_from_db()
    return draft, revision


# what is worked at


def test_what_was_typed_is_there_again_however_wrong_the_script_is(place: Studio) -> None:
    draft = place.begin()
    place.save(draft, content=content("def draw(values, sheet:\n  ("), texts={"title": "Petite table"})
    state = DesignDraft.objects.get().state()
    assert (state.title, state.summary) == ("Petite table", TEXTS["summary"])
    assert state.content["sources"] == {"table.py": "def draw(values, sheet:\n  ("}
    assert not DesignRevision.states.exists()


def test_a_specification_that_is_none_is_refused_beside_its_field_and_nothing_is_kept(place: Studio) -> None:
    draft = place.begin()
    wrong = content()
    wrong["specification"]["parameters"][0]["minimum"] = 2000
    before = Revision.objects.count()
    with pytest.raises(ContentError) as refused:
        place.save(draft, content=wrong, texts={"title": "Autre"})
    assert any(path.startswith("specification.parameters.0") for path in refused.value.messages)
    assert Revision.objects.count() == before


def test_two_windows_never_overwrite_each_other_unseen(place: Studio) -> None:
    draft = place.begin()
    seen = drafting.state_id(draft)
    first = drafting.save(draft, {"texts": {"title": "Une"}}, actor=place.designer, based_on=seen)
    for person in (place.designer, place.colleague):
        with pytest.raises(ConflictError) as conflict:
            drafting.save(draft, {"texts": {"title": "Deux"}}, actor=person, based_on=seen)
        assert conflict.value.current == first
    assert DesignDraft.objects.get().state().title == "Une"
    drafting.save(draft, {"texts": {"title": "Deux"}}, actor=place.colleague, based_on=first)
    assert DesignDraft.objects.get().state().title == "Deux"


def test_a_sitting_leaves_one_state_in_the_history_and_the_first_one_stays(place: Studio) -> None:
    draft = place.begin()
    for title in ("Ta", "Tab", "Table basse"):
        place.save(draft, texts={"title": title})
    assert [r.content["title"] for r in draft.revisions.order_by("pk")] == ["Table d’accueil", "Table basse"]
    Revision.objects.update(created_at=timezone.now() - timedelta(minutes=30))
    place.save(draft, texts={"title": "Table haute"})
    place.save(draft, actor=place.colleague, texts={"title": "Table pliante"})
    assert draft.revisions.count() == 4


def test_saving_the_same_again_makes_no_state(place: Studio) -> None:
    draft = place.begin()
    before = drafting.state_id(draft)
    assert place.save(draft, texts=TEXTS, content=content()) == before


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        ({"title": ""}, "texts.title"),
        ({"title": "\0\x07 "}, "texts.title"),
        ({"title": "a" * 101}, "texts.title"),
        ({"story": "a" * 10_001}, "texts.story"),
        ({"licence": " "}, "texts.licence"),
        ({"colour": "rouge"}, "texts.colour"),
        ({"summary": 3}, "texts.summary"),
    ],
)
def test_texts_that_cannot_be_kept_are_refused_beside_their_field(place: Studio, texts: Any, path: str) -> None:
    draft = place.begin()
    with pytest.raises(StudioError) as refused:
        place.save(draft, texts=texts)
    assert path in refused.value.messages


def test_control_characters_and_halves_of_surrogates_are_left_out(place: Studio) -> None:
    draft = place.begin()
    place.save(draft, texts={"title": "Ta\0ble\n haute", "story": "Un.\r\n\r\nDeux\ud800."})
    state = DesignDraft.objects.get().state()
    assert (state.title, state.story) == ("Table haute", "Un.\n\nDeux.")


@pytest.mark.parametrize(
    "slug", ["", "Table", "nouveau", "a@b", "table_1", "-table", "1table", "té", "a" * 51, "porte", "٣"]
)
def test_an_address_is_plain_free_and_short(place: Studio, slug: str) -> None:
    with pytest.raises(StudioError) as refused:
        place.begin(slug)
    assert "slug" in refused.value.messages
    assert not DesignDraft.objects.exists()


@pytest.mark.parametrize("room", ["espace/studio/", "modeles/"])
def test_no_model_stands_where_the_site_has_a_page_of_its_own(place: Studio, room: str) -> None:
    words = {
        str(one.pattern).removeprefix(room).partition("/")[0] for one in routes() if str(one.pattern).startswith(room)
    }
    words = {word for word in words if word and not word.startswith("<")} - {"executions"}  # no model's page ends so
    assert words
    for word in words:
        with pytest.raises(StudioError) as refused:
            place.begin(word)
        assert "déjà prise" in refused.value.messages["slug"], word


def routes() -> list[URLPattern]:
    found, waiting = [], list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if isinstance(one, URLPattern):
            found.append(one)
        elif str(one.pattern) == "":
            waiting += one.url_patterns
    return found


def test_an_address_is_taken_once(place: Studio) -> None:
    place.begin()
    with pytest.raises(StudioError) as refused:
        place.begin()
    assert "slug" in refused.value.messages


def test_an_address_and_a_bureau_stay_whatever_an_older_state_says(place: Studio) -> None:
    draft = place.begin()
    revision = draft.latest_revision
    revision.content |= {"slug": "porte", "organisation": place.stranger.memberships.get().organisation_id}
    revision.save()
    state = DesignDraft.objects.get().state()
    assert (state.slug, state.organisation_id) == ("table-d-accueil", place.bureau.pk)


def test_an_older_state_with_fields_that_are_no_more_is_read_and_its_approval_stands(place: Studio) -> None:
    draft = place.begin()
    revision = draft.latest_revision
    revision.content |= {"pictures": []}
    revision.save()
    draft = DesignDraft.objects.get()
    reviewing.submit(draft, actor=place.designer)
    reviewing.approve(draft, actor=place.reviewer, read=drafting.state_id(draft))
    assert draft.state().title == TEXTS["title"]
    assert approvals.approval_of(draft, draft.latest_revision) is not None


# candidates


def test_the_same_content_is_the_same_candidate_and_another_one_another(place: Studio) -> None:
    draft = place.begin()
    one = candidates.candidate(draft, actor=place.designer)
    assert one.is_candidate and one.version == "" and one.defaults == {"width": 600}
    assert one.digest == Content.parse(content()).digest == one.contents().digest
    place.save(draft, texts={"title": "Autre"})
    again = candidates.candidate(DesignDraft.objects.get(), actor=place.colleague)
    assert again.pk == one.pk and again.texts["title"] == "Autre"
    place.save(draft, content=content(SCRIPT + "# more"))
    assert candidates.candidate(DesignDraft.objects.get(), actor=place.designer).pk != one.pk
    assert not DesignRevision.objects.exists() and DesignRevision.states.count() == 2


def test_old_candidates_go_and_the_current_one_and_published_ones_stay(place: Studio) -> None:
    draft, revision = published(place)
    place.save(draft, content=content(SCRIPT + "# one"))
    old = candidates.candidate(DesignDraft.objects.get(), actor=place.designer)
    place.save(draft, content=content(SCRIPT + "# two"))
    now = candidates.candidate(DesignDraft.objects.get(), actor=place.designer)
    DesignRevision.states.update(created_at=timezone.now() - timedelta(days=30))
    assert candidates.tidy() == 1
    left = set(DesignRevision.states.values_list("pk", flat=True))
    assert left == {revision.pk, now.pk} and old.pk not in left


def test_a_run_that_meets_the_publication_of_its_candidate_changes_no_published_word(
    place: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = place.begin()
    judged(draft)
    place.save(draft, texts={"summary": "Une autre phrase."})
    other = DesignDraft.objects.get().state()
    look = DesignRevision.states.get_or_create

    def published_meanwhile(**row: Any) -> Any:
        found = look(**row)
        DesignRevision.states.filter(pk=found[0].pk).update(number=1, version="1.0.0", published_at=timezone.now())
        return found

    monkeypatch.setattr(DesignRevision.states, "get_or_create", published_meanwhile)
    candidates.candidate_of(other)
    assert DesignRevision.objects.get().texts["summary"] == TEXTS["summary"]


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


def missing(draft: DesignDraft, place: Studio) -> dict[str, str]:
    with pytest.raises(PublicationRefused) as refused:
        publishing.publish(draft, actor=place.reviewer)
    return refused.value.messages


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


def come(draft: DesignDraft) -> None:
    """An hour passes."""
    past = timezone.now() - timedelta(minutes=1)
    for revision in draft.revisions.exclude(approved_go_live_at=None):
        revision.content["go_live_at"] = past.isoformat()
        revision.approved_go_live_at = past
        revision.save()


# adaptations


def test_an_adaptation_begins_with_all_of_the_model_and_says_where_it_comes_from(place: Studio) -> None:
    _, revision = published(place)
    draft = drafting.fork(revision, actor=place.stranger, slug="table-basse", title="Table basse")
    state = draft.state()
    assert state.content == revision.content and state.licence == TEXTS["licence"]
    assert "bureau des Ormes" in state.credit and "Table d’accueil" in state.credit and "1.0.0" in state.credit
    judged(draft)
    mine = publishing.publish(draft, actor=place.reviewer)
    assert (mine.design, mine.number, mine.adapted_from) == ("table-basse", 1, revision)
    assert list(revision.adaptations.all()) == [mine]


def test_an_adaptation_keeps_its_licence(place: Studio) -> None:
    _, revision = published(place)
    draft = drafting.fork(revision, actor=place.stranger, slug="table-basse", title="Table basse")
    place.save(draft, actor=place.stranger, texts={"licence": "MIT"})
    judged(draft)
    assert set(missing(draft, place)) == {"texts.licence"}


def test_a_shipped_model_is_adapted_from_its_code(place: Studio) -> None:
    from cms.catalogue import sync_designs

    porte = next(one for one in sync_designs() if one.design == "porte")
    draft = drafting.fork(porte, actor=place.designer, slug="porte-basse", title="Porte basse")
    sources = draft.state().content["sources"]
    assert set(sources) == {path.name for path in Path("designs").glob("porte*.py")}
    assert sources["porte.py"] == Path("designs/porte.py").read_text(encoding="utf-8")
    assert Content.parse(draft.state().content).main == "porte.py"


def test_a_candidate_is_nothing_to_adapt(place: Studio) -> None:
    candidate = judged(place.begin())
    with pytest.raises(StudioError):
        drafting.fork(candidate, actor=place.stranger, slug="table-basse", title="Table basse")


def test_a_model_in_ones_care_is_taken_up_where_it_was_published(place: Studio) -> None:
    from cms.catalogue import sync_designs
    from designs.models import Care

    porte = next(one for one in sync_designs() if one.design == "porte")
    Care.objects.create(design="porte", organisation=place.bureau)
    draft = drafting.take_up("porte", actor=place.designer)
    assert drafting.take_up("porte", actor=place.colleague).pk == draft.pk
    place.save(draft, texts={"changes": "Rien."})
    assert set(missing(draft, place)) == {"nothing"}
    assert candidates.candidate(draft, actor=place.designer) == porte, "what was computed of the shipped one serves"
    assert draft.state().title == porte.title and draft.adapted_from is None
    place.save(draft, texts={"summary": "Un comptoir qui voyage loin.", "changes": "Le résumé."})
    kept(candidates.candidate_of(DesignDraft.objects.get(pk=draft.pk).state()), Job.Kind.CHECK, {"is_green": True})
    second = publishing.publish(draft, actor=place.reviewer)
    assert (second.design, second.number, second.origin, second.version) == ("porte", 2, "studio", "1.0.1")
