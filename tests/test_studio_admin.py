# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models in the administration: what a reviewer reads, edits, compares, previews, locks and publishes there."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision, WorkflowState
from wagtail.test.utils.form_data import rich_text

from accounts.models import User
from cms.models import Question
from designs.models import DesignDraft, DesignRevision
from designs.services import drafting, publishing, reviewing
from designs.services.roles import REVIEWERS
from fabrication.models import Job
from tests.editing import make_editor, make_home
from tests.people import make_person, signed_in
from tests.studio import SCRIPT, TEXTS, Studio, content, judged, specification, studio

pytestmark = pytest.mark.django_db
NAME = "wagtailsnippets_designs_designdraft"


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    make_home()
    return studio()


@pytest.fixture(name="reviewer")
def _reviewer(place: Studio) -> User:
    person = make_person("relecture@example.org", "Noé Petit")
    person.groups.add(Group.objects.get(name=REVIEWERS))
    return person


@pytest.fixture(name="desk")
def _desk(reviewer: User) -> Client:
    return signed_in(reviewer)


def at(name: str, *args: Any) -> str:
    return reverse(f"{NAME}:{name}", args=args)


def form(draft: DesignDraft, **changed: Any) -> dict[str, Any]:
    """What the editor's form sends."""
    state = draft.state()
    kept = {name: getattr(state, name) for name in TEXTS}
    sent = {**kept, "version_step": "", "content": json.dumps(state.content["specification"]), "go_live_at": ""}
    return {**sent, **changed}


def test_reviewers_find_models_there_and_nobody_else_does(place: Studio, desk: Client) -> None:
    draft = place.begin()
    listed = unescape(desk.get(at("list")).content.decode())
    assert "Table d’accueil" in listed and "Bureau des Ormes" in listed
    shown = unescape(desk.get(at("edit", draft.pk)).content.decode())
    assert "largeur" in shown and "def draw(values, sheet)" in shown and '"maximum": 900' in shown
    for person in (place.designer, place.stranger):
        for address in (at("list"), at("edit", draft.pk), at("history", draft.pk)):
            assert signed_in(person).get(address).status_code == 404


def test_nothing_is_begun_and_nothing_is_deleted_there(place: Studio, desk: Client) -> None:
    draft = place.begin()
    for address in (at("add"), at("delete", draft.pk)):
        desk.post(address, form(draft))
    assert DesignDraft.objects.count() == 1
    superuser = User.objects.create_superuser("admin@example.org", "treize tabourets bleus")
    signed_in(superuser).post(at("delete", draft.pk))
    many = reverse("wagtail_bulk_action", args=["designs", "designdraft", "delete"])
    assert signed_in(superuser).post(f"{many}?id={draft.pk}").status_code == 404
    assert DesignDraft.objects.exists()


def test_texts_and_specification_are_edited_and_the_script_stays(place: Studio, desk: Client) -> None:
    draft = place.begin()
    wider = specification(maximum=1100)
    answer = desk.post(at("edit", draft.pk), form(draft, title="Longue table", content=json.dumps(wider)))
    assert answer.status_code == 302
    state = DesignDraft.objects.get().state()
    assert state.title == "Longue table" and state.content["sources"] == {"table.py": SCRIPT}
    assert state.content["specification"]["parameters"][0]["maximum"] == 1100
    assert not DesignDraft.objects.get().live


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "n’est pas du JSON"),
        ("[]", "commence par {"),
        ("[" * 5_000, "n’est pas du JSON"),
        ('{"parameters": [{"name": "width", "kind": "length", "default": NaN}]}', "n’est pas du JSON"),
        ('{"colour": 1}', "colour"),
        (json.dumps(specification(maximum=100)), "parameters.0"),
    ],
)
def test_what_is_no_specification_is_refused_beside_its_field_and_stays_typed(
    place: Studio, desk: Client, text: str, said: str
) -> None:
    draft = place.begin()
    answer = desk.post(at("edit", draft.pk), form(draft, title="Perdu ?", content=text))
    shown = unescape(answer.content.decode())
    assert answer.status_code == 200 and said in shown
    assert "Perdu ?" in shown and text[:200] in shown
    assert Revision.objects.count() == 1


def test_publishing_there_leads_through_the_door(place: Studio, desk: Client, reviewer: User) -> None:
    draft = place.begin()
    refused = desk.post(at("edit", draft.pk), form(draft, **{"action-publish": "yes"}), follow=True)
    assert "ne sont pas encore faits\N{NO-BREAK SPACE}: ils commencent maintenant" in unescape(refused.content.decode())
    assert Job.objects.unfinished().get().kind == Job.Kind.CHECK
    assert not DesignRevision.objects.exists() and not DesignDraft.objects.get().live
    judged(draft)
    desk.post(at("edit", draft.pk), form(draft, **{"action-publish": "yes"}))
    revision = DesignRevision.objects.get()
    assert (revision.number, revision.published_by) == (1, reviewer) and DesignDraft.objects.get().live


def test_an_approval_there_is_one_in_the_studio_and_authors_have_no_button(place: Studio, desk: Client) -> None:
    draft = place.begin()
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    sent = {"workflow-action-name": "approve", "action-workflow-action": "yes"}
    desk.post(at("edit", draft.pk), form(draft, title="Retouchée par la relecture"))
    desk.post(at("edit", draft.pk), form(DesignDraft.objects.get(), **sent))
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS, "who changed a word approves nothing"
    reviewing.withdraw(draft, actor=place.designer)
    other = place.begin("autre-table")
    judged(other)
    reviewing.submit(other, actor=place.designer)
    desk.post(at("edit", other.pk), form(other, **sent))
    other.refresh_from_db()
    assert reviewing.approved_now(other) is not None and not DesignRevision.objects.exists()


def test_a_date_set_there_is_no_authors_work_and_is_kept(place: Studio, desk: Client) -> None:
    draft = place.begin()
    judged(draft)
    day = timezone.localtime() + timedelta(days=2)
    sent = form(draft, go_live_at=f"{day:%d/%m/%Y %H:%M}", **{"action-publish": "yes"})
    assert desk.post(at("edit", draft.pk), sent).status_code == 302
    draft.refresh_from_db()
    assert draft.scheduled_revision is not None and not DesignRevision.objects.exists()


def test_history_and_comparison_are_read_by_a_person(place: Studio, desk: Client) -> None:
    draft = place.begin()
    changed = content(SCRIPT + "\n# des pieds <larges>\n", maximum=1000)
    place.save(draft, actor=place.colleague, texts={"title": "Table large"}, content=changed)
    first, second = Revision.objects.order_by("pk")
    shown = unescape(desk.get(at("revisions_compare", draft.pk, first.pk, second.pk)).content.decode())
    assert "« largeur », maximum".replace("« ", "«\xa0").replace(" »", "\xa0»") in shown
    assert "+ # des pieds <larges>" in shown and "900\xa0mm" in shown and "1\u202f000\xa0mm" in shown
    assert "<larges>" not in desk.get(at("revisions_compare", draft.pk, first.pk, second.pk)).content.decode()
    assert "Léo" in desk.get(at("history", draft.pk)).content.decode()
    assert desk.get(at("usage", draft.pk)).status_code == 200


def test_the_preview_looks_as_the_models_page(place: Studio, desk: Client) -> None:
    draft = place.begin()
    assert desk.post(at("preview_on_edit", draft.pk), form(draft, title="Table rêvée")).json()["is_valid"]
    shown = unescape(desk.get(at("preview_on_edit", draft.pk)).content.decode())
    assert "<h1" in shown and "Table rêvée" in shown and TEXTS["story"] in shown and "Choisir la taille" in shown
    assert not DesignRevision.states.exists(), "looking writes nothing"


def test_a_lock_keeps_designers_out(place: Studio, desk: Client) -> None:
    from designs.studio_errors import LockedError

    draft = place.begin()
    desk.post(at("lock", draft.pk))
    assert DesignDraft.objects.get().locked
    with pytest.raises(LockedError):
        place.save(draft, texts={"title": "Autre"})
    desk.post(at("unlock", draft.pk))
    place.save(draft, texts={"title": "Autre"})


def test_what_was_published_is_never_taken_away_there(place: Studio, desk: Client) -> None:
    draft = place.begin()
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    answer = desk.post(at("unpublish", draft.pk))
    assert answer.status_code == 404
    assert at("unpublish", draft.pk) not in desk.get(at("edit", draft.pk)).content.decode()
    assert DesignDraft.objects.get().live and DesignRevision.objects.get().number == 1


def test_an_older_state_taken_up_again_is_published_as_a_new_revision(place: Studio, desk: Client) -> None:
    draft = place.begin()
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    place.save(draft, content=content(SCRIPT + "# two"), texts={"changes": "Deux."})
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    first = Revision.objects.order_by("pk").first()
    assert first is not None
    old = first.as_object()
    assert desk.get(at("revisions_revert", draft.pk, first.pk)).status_code == 200
    place.save(draft, content=old.content, texts={"changes": "Comme avant."})
    judged(draft)
    third = publishing.publish(draft, actor=place.reviewer)
    assert (third.number, third.digest) == (3, DesignRevision.objects.get(number=1).digest)
    assert drafting.state_id(DesignDraft.objects.get())


def test_a_question_approved_where_it_is_edited_appears_and_one_changed_meanwhile_is_read_again(place: Studio) -> None:
    editor, moderator = make_editor("a@example.org", "Éditeurs"), make_editor("b@example.org", "Modérateurs")
    asked = {
        "question": "Qui paie ?", "answer": rich_text("<p>L’acheteur.</p>"), "audience": "buyers", "order": "10", "slug": "qui-paie",
    }  # fmt: skip
    signed_in(editor).post(reverse("wagtailsnippets_cms_question:add"), {**asked, "action-submit": "1"})
    question = Question.objects.get()
    edit = reverse("wagtailsnippets_cms_question:edit", args=[question.pk])
    sent = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    signed_in(moderator).post(edit, {**asked, "question": "Qui paie donc ?", **sent})
    assert not Question.objects.get().live
    signed_in(moderator).post(edit, {**asked, "question": "Qui paie donc ?", **sent})
    assert Question.objects.get().live
