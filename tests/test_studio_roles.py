# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what with a model: its designers, its reviewers, and everybody else, who gets nothing."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import Revision, WorkflowState

from accounts.models import Membership, Notice, Organisation, User
from designs.models import Care, DesignDraft, DesignRevision
from designs.services import candidates, drafting, publishing, reviewing
from designs.services.roles import REVIEWERS, draft_of, drafts_of, is_reviewer, reviewers
from designs.studio_errors import ConflictError, LockedError, NotYoursError, PublicationRefused, StudioError
from fabrication.models import Job
from tests.people import make_member, make_organisation, make_person, signed_in
from tests.studio import SCRIPT, Studio, content, judged, studio

pytestmark = pytest.mark.django_db


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    return studio()


def second_reviewer() -> User:
    """In the group, and in no organisation."""
    person = make_person("relecture@example.org", "Noé Petit")
    person.groups.add(Group.objects.get(name=REVIEWERS))
    return person


# who


def test_colleagues_and_caretakers_work_at_a_model_and_nobody_else_does(place: Studio) -> None:
    draft = place.begin()
    caretaker = make_person("soin@example.org")
    other = make_organisation(Organisation.Kind.DESIGNER, "Bureau du soin")
    make_member(caretaker, other)
    Care.objects.create(design=draft.slug, organisation=other)
    for person in (place.designer, place.colleague, caretaker):
        assert draft_of(person, draft.slug) == draft
    assert not drafts_of(place.reviewer).exists(), "a reviewer draws nothing by that"
    for person in (place.stranger, place.reviewer):
        with pytest.raises(NotYoursError):
            draft_of(person, draft.slug)


def test_who_left_the_bureau_and_whose_bureau_is_closed_works_at_nothing(place: Studio) -> None:
    draft = place.begin()
    Membership.objects.filter(user=place.colleague).update(is_active=False)
    assert not drafts_of(place.colleague).exists()
    place.bureau.archived_at = timezone.now()
    place.bureau.save()
    with pytest.raises(NotYoursError):
        place.save(draft, texts={"title": "Autre"})


def test_a_stranger_gets_nothing_from_any_service(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    state = drafting.state_id(draft)
    who = place.stranger
    for attempt in (
        lambda: drafting.save(draft, {"texts": {"title": "À moi"}}, actor=who, based_on=state),
        lambda: drafting.start(slug="a-moi", organisation=place.bureau, data={"content": content()}, actor=who),
        lambda: drafting.take_up("table-d-accueil", actor=who),
        lambda: candidates.candidate(draft, actor=who),
        lambda: reviewing.submit(draft, actor=who),
        lambda: reviewing.withdraw(draft, actor=who),
        lambda: reviewing.approve(draft, actor=who),
        lambda: reviewing.reject(draft, actor=who, comment="Non."),
        lambda: publishing.publish(draft, actor=who),
        lambda: publishing.schedule(draft, timezone.now() + timedelta(days=1), actor=who),
    ):
        with pytest.raises(NotYoursError):
            attempt()
    draft.refresh_from_db()
    assert drafting.state_id(draft) == state and not DesignRevision.objects.exists()


def test_a_designer_publishes_nothing_and_a_reviewer_changes_nothing(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    with pytest.raises(NotYoursError):
        publishing.publish(draft, actor=place.designer)
    with pytest.raises(NotYoursError):
        place.save(draft, actor=place.reviewer, texts={"title": "Autre"})


def test_reviewers_are_coordinators_and_the_group(place: Studio) -> None:
    second = second_reviewer()
    assert set(reviewers()) == {place.reviewer, second}
    assert is_reviewer(User.objects.get(pk=second.pk)) and not is_reviewer(place.stranger)
    assert not is_reviewer(None)


# review


def test_what_is_in_review_is_locked_until_it_is_answered_or_withdrawn(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    assert list(reviewing.waiting_for_review(place.reviewer)) == [draft]
    assert not reviewing.waiting_for_review(place.stranger).exists()
    with pytest.raises(LockedError):
        place.save(draft, texts={"title": "Autre"})
    with pytest.raises(LockedError):
        reviewing.submit(draft, actor=place.colleague)
    reviewing.withdraw(draft, actor=place.colleague)
    place.save(draft, texts={"title": "Autre"})
    reviewing.submit(draft, actor=place.designer)
    with pytest.raises(StudioError) as wordless:
        reviewing.reject(draft, actor=place.reviewer, comment=" \n")
    assert "comment" in wordless.value.messages
    reviewing.reject(draft, actor=place.reviewer, comment="Le pied casse.")
    last = reviewing.last_answer(draft)
    assert last is not None and last.comment == "Le pied casse."
    place.save(draft, texts={"title": "Table au pied plus fort"})
    reviewing.submit(draft, actor=place.designer)
    assert WorkflowState.objects.count() == 2, "sent back, it goes on where it was"


def test_those_whom_it_concerns_are_told(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    assert {n.person for n in Notice.objects.filter(key__startswith="design.submitted")} == {place.reviewer}
    reviewing.reject(draft, actor=place.reviewer, comment="Le pied casse.")
    told = Notice.objects.filter(key__startswith="design.rejected")
    assert {n.person for n in told} == {place.designer, place.colleague} and "Le pied casse." in told[0].text
    assert not Notice.objects.filter(person=place.stranger).exists()


def test_an_approval_falls_when_the_text_changes_after_it(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    reviewing.approve(draft, actor=place.reviewer, comment="Beau.")
    draft.refresh_from_db()
    assert reviewing.approved_now(draft) is not None
    place.save(draft, texts={"summary": "Un mot changé après."})
    draft.refresh_from_db()
    assert reviewing.approved_now(draft) is None
    with pytest.raises(PublicationRefused) as refused:
        draft.latest_revision.publish()  # nobody's: as a date that has come
    assert set(refused.value.messages) == {"approval"}
    place.save(draft, texts={"summary": "Une table pour deux personnes."})
    draft.refresh_from_db()
    assert reviewing.approved_now(draft) is not None, "it is again exactly what was approved"


def test_wagtail_asks_for_approval_again_of_what_changed_during_a_review(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    draft.refresh_from_db()
    under_way = draft.current_workflow_state
    step = under_way.current_task_state.task.specific
    under_way.current_task_state.specific.approve(user=place.reviewer, update=False)
    assert under_way.get_next_task() is None
    state = draft.state()
    state.title = "Un reviewer l’a changé"
    state.save_revision(user=second_reviewer())
    assert WorkflowState.objects.get(pk=under_way.pk).get_next_task() == step.task_ptr


def test_what_somebody_was_asked_to_read_is_never_written_over(place: Studio) -> None:
    """Wagtail's editor saves into the state that it saved last; an approval would then be one of other words."""
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    draft.refresh_from_db()
    read = draft.latest_revision
    state = draft.state()
    state.title = "Glissé dessous"
    written = state.save_revision(user=place.designer, overwrite_revision=read)
    assert written.pk != read.pk
    assert Revision.objects.get(pk=read.pk).content["title"] == "Table d’accueil"


def test_a_reviewer_answers_what_was_read(place: Studio) -> None:
    draft = place.begin()
    seen = drafting.state_id(draft)
    place.save(draft, actor=place.colleague, texts={"title": "Autre"})
    reviewing.submit(draft, actor=place.designer)
    for answer in (reviewing.approve, reviewing.reject):
        with pytest.raises(ConflictError):
            answer(draft, actor=place.reviewer, comment="Lu.", read=seen)
    assert DesignDraft.objects.get().workflow_in_progress


def test_nobody_approves_or_publishes_own_work_alone(place: Studio) -> None:
    make_member(place.reviewer, place.bureau)
    draft = place.begin()
    place.save(draft, actor=place.reviewer, texts={"summary": "Une table, retouchée par la coordination."})
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    with pytest.raises(StudioError, match="alone"):
        reviewing.approve(draft, actor=place.reviewer)
    with pytest.raises(PublicationRefused) as refused:
        publishing.publish(draft, actor=place.reviewer)
    assert set(refused.value.messages) == {"approval"}
    second = second_reviewer()
    reviewing.approve(draft, actor=second)
    assert publishing.publish(draft, actor=place.reviewer).number == 1, "another one approved it"


def test_an_approval_by_who_is_no_reviewer_any_more_counts_for_nothing(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    second = second_reviewer()
    reviewing.approve(draft, actor=second)
    second.groups.clear()
    draft.refresh_from_db()
    assert reviewing.approved_now(draft) is None


# pages


def page(person: User, name: str, *args: Any, **data: Any) -> Any:
    client = signed_in(person)
    address = reverse(name, args=args)
    return client.post(address, data) if data else client.get(address)


def test_the_list_shows_ones_own_and_how_each_stands(place: Studio) -> None:
    draft = place.begin()
    place.begin("autre-table", title="Autre table")
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    shown = page(place.colleague, "studio").content.decode()
    assert "Table d’accueil" in shown and "publié" in shown and "Autre table" in shown and "brouillon" in shown
    assert "Nouveau modèle" in shown
    for person in (place.stranger, place.reviewer):
        assert "Autre table" not in page(person, "studio").content.decode()
    assert reverse("studio-reviews") in page(place.reviewer, "studio").content.decode()
    assert Client().get(reverse("studio")).status_code == 302


def test_the_list_asks_as_much_for_ten_models_as_for_two(place: Studio, django_assert_max_num_queries: Any) -> None:
    client = signed_in(place.designer)
    counts = []
    for number in (2, 8):
        for one in range(number):
            reviewing.submit(place.begin(f"table-{number}-{one}"), actor=place.designer)
        with django_assert_max_num_queries(30) as asked:
            assert client.get(reverse("studio")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["studio-review", "studio-submit", "studio-prepare"])
def test_a_model_of_others_is_404(place: Studio, name: str) -> None:
    draft = place.begin()
    assert page(place.stranger, name, draft.slug, publier="oui").status_code == 404
    assert page(place.stranger, "studio-review", draft.slug).status_code == 404
    assert page(place.stranger, "studio-review", "nulle-part").status_code == 404


def test_a_designer_who_asks_to_publish_gets_404(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    assert page(place.designer, "studio-review", draft.slug, publier="oui").status_code == 404
    assert not DesignRevision.objects.exists()


def test_the_reviewers_list_is_theirs_alone(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    assert draft.slug in page(place.reviewer, "studio-reviews").content.decode()
    for person in (place.designer, place.stranger):
        assert page(person, "studio-reviews").status_code == 404


def test_a_designer_submits_and_withdraws_on_the_page(place: Studio) -> None:
    draft = place.begin()
    assert page(place.designer, "studio-submit", draft.slug, based_on=drafting.state_id(draft)).status_code == 302
    assert DesignDraft.objects.get().workflow_in_progress
    shown = page(place.colleague, "studio-review", draft.slug).content.decode()
    assert "En relecture" in shown and "Retirer de la relecture" in shown and "Approuver" not in shown
    assert page(place.colleague, "studio-submit", draft.slug, retirer="oui").status_code == 302
    assert not DesignDraft.objects.get().workflow_in_progress


def test_what_changed_in_another_window_is_not_submitted_unread(place: Studio) -> None:
    draft = place.begin()
    seen = drafting.state_id(draft)
    place.save(draft, texts={"title": "Autre"})
    page(place.designer, "studio-submit", draft.slug, based_on=seen)
    assert not DesignDraft.objects.get().workflow_in_progress


def test_a_reviewer_sees_what_is_missing_and_what_changed(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    wider = content(SCRIPT + "\n# plus large\n", maximum=1200)
    place.save(draft, content=wider, texts={"summary": "Une table pour <trois>."})
    reviewing.submit(draft, actor=place.designer)
    shown = page(place.reviewer, "studio-review", draft.slug).content.decode()
    assert "publié&nbsp;: version 1.0.0" in shown and "depuis la version 1.0.0" in shown
    assert "Pas encore publiable" in shown and "Écrivez ce qui change depuis la révision 1." in shown
    assert "Une table pour &lt;trois&gt;." in shown and "+ # plus large" in shown
    assert (
        "« largeur »".replace(" ", "\N{NO-BREAK SPACE}") in shown
        and "1\N{NARROW NO-BREAK SPACE}200\N{NO-BREAK SPACE}mm" in shown
    )
    assert "Approuver et publier" not in shown and "Demander des changements" in shown


def test_a_word_is_wanted_and_what_was_typed_stays(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    sent = page(place.reviewer, "studio-review", draft.slug, renvoyer="oui", mot="", date="2027-02-03T09:00")
    assert sent.status_code == 422 and "Dites ce qui est à changer." in sent.content.decode()
    long = page(place.reviewer, "studio-review", draft.slug, renvoyer="oui", mot="é" * 2001)
    assert long.status_code == 422 and "é" * 2001 in long.content.decode()
    assert DesignDraft.objects.get().workflow_in_progress


def test_what_is_submitted_is_checked_and_compared_before_somebody_reads_it(place: Studio) -> None:
    draft = place.begin()
    assert page(place.designer, "studio-submit", draft.slug, based_on="").status_code == 302
    asked = Job.objects.filter(revision__draft=draft)
    assert {job.kind for job in asked} == {Job.Kind.CHECK, Job.Kind.CHANGES}


def test_a_reviewer_sends_back_with_a_word(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    sent = page(place.reviewer, "studio-review", draft.slug, renvoyer="oui", mot="Le pied casse.")
    assert sent.status_code == 302
    assert "Le pied casse." in page(place.designer, "studio-review", draft.slug).content.decode()


def test_what_was_sent_back_is_submitted_again_in_one_step(place: Studio) -> None:
    draft = place.begin()
    reviewing.submit(draft, actor=place.designer)
    assert "Retirer de la relecture" in page(place.designer, "studio-edit", draft.slug).content.decode()
    reviewing.reject(draft, actor=place.reviewer, comment="Le pied casse.")
    for name in ("studio-edit", "studio-review"):
        assert "Retirer de la relecture" not in page(place.designer, name, draft.slug).content.decode()
    shown = page(place.designer, "studio-edit", draft.slug).content.decode()
    assert "Soumettre à la relecture" in shown and "Le pied casse." in shown
    assert (
        reverse("studio-edit", args=[draft.slug]) in page(place.designer, "studio-review", draft.slug).content.decode()
    )
    assert page(place.designer, "studio-submit", draft.slug, based_on="").status_code == 302
    assert reviewing.waiting_for_review(place.reviewer).get() == draft


def test_approved_and_published_in_one_go(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    seen = drafting.state_id(DesignDraft.objects.get())
    address = reverse("studio-review", args=[draft.slug])
    sent = signed_in(place.reviewer).post(address, {"publier": "oui", "lu": seen}, follow=True)
    assert (
        "«\N{NO-BREAK SPACE}Table d’accueil\N{NO-BREAK SPACE}» est publié\N{NO-BREAK SPACE}: version 1.0.0."
        in sent.content.decode()
    )
    revision = DesignRevision.objects.get()
    assert (revision.number, revision.published_by) == (1, place.reviewer)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED
    shown = signed_in(place.reviewer).get(address).content.decode()
    assert "Publié tel quel, version 1.0.0." in shown and reverse("studio-publication", args=[draft.slug, 1]) in shown
    assert "Pas encore publiable" not in shown and "Votre réponse" not in shown


@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00", "9999-12-31T23:59", "2020-01-01T10:00", "٣", "1e3", "31/02/2027", "9" * 9_000]
)
def test_an_impossible_date_is_said_beside_its_field(place: Studio, date: str) -> None:
    draft = place.begin()
    judged(draft)
    sent = page(place.reviewer, "studio-review", draft.slug, publier="oui", date=date)
    assert sent.status_code == 422 and 'id="id_date-messages"' in sent.content.decode()
    assert not DesignRevision.objects.exists()


def test_who_has_read_nothing_approves_and_publishes_nothing(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    reviewing.submit(draft, actor=place.designer)
    for answer in ("approuver", "publier"):
        assert page(place.reviewer, "studio-review", draft.slug, **{answer: "oui"}).status_code == 422
    assert not DesignRevision.objects.exists()
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_a_date_is_kept_and_said(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    at = timezone.localtime() + timedelta(days=3)
    client = signed_in(place.reviewer)
    address = reverse("studio-review", args=[draft.slug])
    sent = client.post(
        address, {"publier": "oui", "lu": drafting.state_id(draft), "date": f"{at:%Y-%m-%dT%H:%M}"}, follow=True
    )
    day = date_format(at, "j F Y à H:i")
    assert [str(one) for one in sent.context["messages"]] == [f"Le modèle sera publié le {day}."]
    assert Revision.objects.get().approved_go_live_at is not None
    assert "Sera publié le" in page(place.designer, "studio-review", draft.slug).content.decode()


def test_a_model_begins_from_the_template_that_works(place: Studio) -> None:
    assert page(place.designer, "studio-new").status_code == 200
    assert page(place.designer, "studio-new", titre="", depart="table").status_code == 422
    sent = page(place.designer, "studio-new", titre="Table d’atelier", depart="table", adresse="")
    draft = DesignDraft.objects.get()
    assert sent["Location"] == reverse("studio-edit", args=[draft.slug])
    assert (draft.slug, draft.state().title, draft.organisation) == ("table-d-atelier", "Table d’atelier", place.bureau)
    again = page(place.designer, "studio-new", titre="Table d’atelier", depart="table")
    assert again.status_code == 422 and "Cette adresse est déjà" in again.content.decode()
    assert page(place.reviewer, "studio-new").status_code == 404


def test_what_is_no_folder_is_refused_beside_its_field(place: Studio) -> None:
    empty = BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for data in (b"no zip", empty.getvalue()):
        file = SimpleUploadedFile("dossier.zip", data)
        sent = page(place.designer, "studio-new", titre="Table", depart="dossier", fichier=file)
        assert sent.status_code == 422 and "fr-message--error" in sent.content.decode()
    assert page(place.designer, "studio-new", titre="Table", depart="dossier").status_code == 422
    assert not DesignDraft.objects.exists()


def test_a_designer_adapts_a_published_model_on_its_page(place: Studio) -> None:
    draft = place.begin()
    judged(draft)
    revision = publishing.publish(draft, actor=place.reviewer)
    shown = page(place.stranger, "studio-fork", revision.design).content.decode()
    assert "CERN-OHL-S-2.0" in shown and "bureau des Ormes" in shown
    sent = page(place.stranger, "studio-fork", revision.design, titre="Table basse", adresse="")
    assert sent["Location"] == reverse("studio-edit", args=["table-basse"])
    assert DesignDraft.objects.get(slug="table-basse").adapted_from == revision
    assert page(place.stranger, "studio-fork", revision.design, titre="Table basse").status_code == 422
    assert "Inscrire un bureau" in page(place.reviewer, "studio-fork", revision.design).content.decode()
    assert page(place.stranger, "studio-fork", "nulle-part").status_code == 404


def test_a_revision_that_the_code_draws_no_longer_is_said_and_breaks_nothing(place: Studio) -> None:
    Care.objects.create(design="porte", organisation=place.bureau)
    fields: dict[str, Any] = {"design": "porte", "code_path": "x", "defaults": {}, "texts": {"title": "Porte"}}
    DesignRevision.objects.create(number=7, **fields)
    sent = signed_in(place.designer).post(reverse("studio-prepare", args=["porte"]), follow=True)
    assert sent.status_code == 200 and "n’est plus dessinée" in sent.content.decode()
    draft = place.begin()
    DesignRevision.objects.create(**fields | {"design": draft.slug, "number": 1})
    assert page(place.designer, "studio-review", draft.slug).status_code == 200
