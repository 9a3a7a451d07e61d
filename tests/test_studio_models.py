# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model as it is worked at: what is kept, what is refused; candidates, and adaptations."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from wagtail.models import Revision

from designs.content import Content, ContentError
from designs.models import DesignDraft, DesignRevision
from designs.services import approvals, candidates, drafting, publishing, reviewing
from designs.studio_errors import ConflictError, StudioError
from fabrication.models import Job
from tests.studio import SCRIPT, TEXTS, Studio, content, judged, kept, missing, published, studio

pytestmark = pytest.mark.django_db


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    return studio()


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
