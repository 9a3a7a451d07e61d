# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""After a publication: everything is made anew by workers, and its page says what is there, what waits and what failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Notice, Organisation, User
from designs.errors import RemarkError
from designs.models import Care, DesignRevision, Remark
from designs.services import answer, close_by, publishing, remark
from designs.services.after_publication import Stage, ask_again, begin, looks_of, sweep
from designs.studio_errors import NotYoursError
from fablabs.models import Maker, Offer
from fabrication.matching.services import studies
from fabrication.models import Feasibility, Job, Study
from tests.orders import make_buyer
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.revised import ROUTER, make_shelf_case, publish, shelves, work_all  # noqa: F401  # a fixture
from tests.studio import judged, studio
from tests.workshops import make_maker_person, make_workshop, open_sites

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelves")]

WORKS = ["check", "view", "sheets", "files", "feasibility", "pictures"]


@pytest.fixture
def designer() -> User:
    """Of a bureau that the shelf is entrusted to."""
    bureau = make_organisation(Organisation.Kind.DESIGNER, name="Bureau des Copeaux")
    user = make_person("bureau@example.org", "Sacha Noir")
    make_member(user, bureau)
    Care.objects.create(design="equerre", organisation=bureau)
    from designs.models import DesignDraft

    DesignDraft.objects.create(slug="equerre", title="Équerre", organisation=bureau, content={}, created_by=user)
    return user


def _stages(revision: DesignRevision) -> dict[str, Stage]:
    return {work.name: look.stage for work, look in looks_of(revision)}


def _study_all() -> None:
    for study in Study.objects.all():
        studies.work(study.pk)


def test_everything_is_asked_for_once_and_made_by_workers() -> None:
    make_workshop(ROUTER)
    revision = publish()
    assert set(_stages(revision).values()) == {Stage.MISSING} and list(_stages(revision)) == WORKS
    assert begin(revision.pk) == len(WORKS)
    assert set(_stages(revision).values()) == {Stage.WAITING}
    jobs = Job.objects.count()
    assert begin(revision.pk) == len(WORKS) and Job.objects.count() == jobs and Study.objects.count() == 1
    work_all(Job.Kind.PREVIEW, Job.Kind.SHEETS)
    _study_all()
    stages = _stages(revision)
    assert (stages["view"], stages["sheets"], stages["feasibility"]) == (Stage.DONE,) * 3
    assert (stages["files"], stages["pictures"]) == (Stage.WAITING,) * 2
    (look,) = [look for work, look in looks_of(revision) if work.name == "feasibility"]
    assert look.detail == (
        "1 atelier sur 1 peut le fabriquer dans ses dimensions de base, avec 1 sorte de machine et de panneau sur 1. "
        "1 atelier le propose."
    )


def test_what_the_studio_publishes_is_asked_for_with_the_publication_itself(
    django_capture_on_commit_callbacks: Any,
) -> None:
    place = studio()
    draft = place.begin()
    judged(draft)
    with django_capture_on_commit_callbacks(execute=True):
        revision = publishing.publish(draft, actor=place.reviewer)
    stages = _stages(revision)
    assert {stages[name] for name in ("view", "sheets", "files", "pictures")} == {Stage.WAITING}
    html = signed_in(place.designer).get(_page(revision)).content.decode()
    assert html.count("En attente") >= 4
    assert signed_in(place.stranger).get(_page(revision)).status_code == 404


def test_feasibility_is_one_row_a_kind_of_machine_however_many_makers_have_it() -> None:
    open_sites(ROUTER, 12)
    make_workshop(ROUTER.replace("sheet_mm = [2500, 1250]", "sheet_mm = [2440, 1220]"), slug="autre")
    revision = publish()
    begin(revision.pk)
    _study_all()
    assert Feasibility.objects.count() == 2
    (look,) = [look for work, look in looks_of(revision) if work.name == "feasibility"]
    assert look.stage is Stage.DONE and look.detail.startswith("13 ateliers sur 13 peuvent")
    assert look.detail.endswith("13 ateliers le proposent.")
    for maker in Maker.objects.all():
        Offer.objects.create(maker=maker, design="porte")
    (look,) = [look for work, look in looks_of(revision) if work.name == "feasibility"]
    assert "Aucun ne le propose encore" in look.detail


def test_what_nobody_asked_for_is_found_by_the_sweep_and_an_old_publication_is_left_alone() -> None:
    revision = publish()
    assert sweep() == len(WORKS) and set(_stages(revision).values()) <= {Stage.WAITING, Stage.DONE}
    assert sweep() == 0
    Job.objects.all().delete()
    DesignRevision.objects.update(published_at=timezone.now() - timedelta(days=3))
    assert sweep() == 0


def test_a_work_that_can_t_be_asked_for_keeps_none_of_the_others_from_it(settings: Any) -> None:
    settings.TRETEAU_MAX_WAITING = 0
    revision = publish()
    assert begin(revision.pk) < len(WORKS)  # too much waits: no job is taken
    assert _stages(revision)["view"] is Stage.MISSING and Study.objects.count() == 1
    settings.TRETEAU_MAX_WAITING = 10
    assert sweep() >= 3 and _stages(revision)["view"] is Stage.WAITING


def test_what_failed_is_tried_again_by_those_who_may(designer: User) -> None:
    revision = publish()
    begin(revision.pk)
    now = timezone.now()
    Job.objects.filter(kind=Job.Kind.SHEETS).update(
        state=Job.State.FAILED, attempts=1, started_at=now, finished_at=now, reason="Une panne.", fault="x"
    )
    Study.objects.update(state=Study.State.FAILED, fault="x")
    make_workshop(ROUTER)
    stages = _stages(revision)
    assert (stages["sheets"], stages["feasibility"]) == (Stage.FAILED, Stage.FAILED)
    assert sweep() == 0  # by hand: what failed once may fail for ever
    for other in (make_buyer(), make_maker_person(make_workshop(slug="tiers"), "tiers@example.org")):
        with pytest.raises(NotYoursError):
            ask_again(revision, actor=other)
    assert ask_again(revision, actor=designer) == 2
    stages = _stages(revision)
    assert (stages["sheets"], stages["feasibility"]) == (Stage.WAITING, Stage.WAITING)


def test_caches_of_the_revision_before_stay_when_the_next_one_is_made() -> None:
    first = publish()
    begin(first.pk)
    work_all(Job.Kind.PREVIEW, Job.Kind.PACKAGE)
    kept = {job.pk: (job.key, job.view_id, job.package_id) for job in Job.objects.filter(state=Job.State.DONE)}
    second = publish("heavy")
    begin(second.pk)
    work_all(Job.Kind.PREVIEW)
    assert kept and {job.pk: (job.key, job.view_id, job.package_id) for job in Job.objects.filter(pk__in=kept)} == kept
    assert _stages(first)["view"] is _stages(first)["files"] is Stage.DONE
    assert not {key for key, *_ in kept.values()} & {job.key for job in Job.objects.filter(revision=second)}


# Its page


def _page(revision: DesignRevision, more: str = "") -> str:
    return f"/espace/studio/{revision.design}/publication/{revision.number}/{more}"


def test_the_page_says_what_is_there_and_what_waits_to_those_who_work_at_the_model(designer: User) -> None:
    make_workshop(ROUTER)
    revision = publish()
    client = signed_in(designer)
    html = client.get(_page(revision)).content.decode()
    assert html.count("Pas encore demandé") == len(WORKS) and "Relancer ce qui manque" in html
    assert client.post(_page(revision, "relancer/"), follow=True).status_code == 200
    html = client.get(_page(revision)).content.decode()
    assert html.count("En attente") == len(WORKS) and "Relancer" not in html and "http-equiv" in html
    work_all(Job.Kind.PREVIEW, Job.Kind.SHEETS)
    state = client.get(_page(revision, "etat.json")).json()
    assert (
        state["finished"] is False and state["progress"] == 33 and state["sentence"].startswith("2\u00a0tâches faites")
    )
    assert client.get(_page(revision)).content.decode().count(">Fait<") == 2
    assert signed_in(make_coordinator()).get(_page(revision)).status_code == 200


def test_nobody_else_sees_it_and_no_address_is_an_error(designer: User) -> None:
    revision = publish()
    maker = make_maker_person(make_workshop(slug="tiers"), "tiers@example.org")
    other = make_person("autre-bureau@example.org")
    make_member(other, make_organisation(Organisation.Kind.DESIGNER, name="Autre bureau"))
    for user in (make_buyer(), maker, other):
        client = signed_in(user)
        assert client.get(_page(revision)).status_code == client.get(_page(revision, "etat.json")).status_code == 404
        assert client.post(_page(revision, "relancer/")).status_code == 404
        assert client.post(_page(revision, "remarques/"), {"remarque": "1"}).status_code == 404
    assert Client().get(_page(revision)).status_code == 302
    client = signed_in(designer)
    for number in ("0", "2", "99999999999999999999"):
        assert client.get(f"/espace/studio/equerre/publication/{number}/").status_code == 404
    assert client.get("/espace/studio/chariot/publication/1/").status_code == 404  # no model of the studio's


def test_it_tells_how_many_workshops_choose_and_never_whose_order_it_is(designer: User) -> None:
    case = make_shelf_case(publish())
    make_shelf_case(case.first, number=2)
    second = publish()
    case.act("keep_revision", line=case.line.pk, revision=second.pk)
    html = signed_in(designer).get(_page(second)).content.decode()
    assert "2\u00a0lignes de commande n’étaient pas découpées" in html and "1\u00a0garde la précédente" in html
    assert case.order.organisation.name not in html and str(case.order) not in html


# Remarks


def test_a_revision_closes_remarks_and_their_authors_are_told_once(designer: User) -> None:
    first = publish()
    maker = make_maker_person(make_workshop(slug="tiers"), "tiers@example.org")
    found = remark(first, "P01", "Le tenon force.", written_by=maker)
    other = remark(first, "P02", "Rien à dire.")
    second = publish()
    client = signed_in(designer)
    assert "Le tenon force." in client.get(_page(second)).content.decode()
    client.post(_page(second, "remarques/"), {"remarque": [str(found.pk), "é", "9" * 30]})
    found.refresh_from_db()
    assert (found.closed_by, found.status) == (second, Remark.Status.CLOSED)
    other.refresh_from_db()
    assert other.closed_by is None
    client.post(_page(second, "remarques/"), {"remarque": str(found.pk)})
    (notice,) = Notice.objects.filter(person=maker)
    assert notice.text.endswith("corrigé dans la révision 2.") and notice.kind == Notice.Kind.MODEL
    page = Client().get("/modeles/equerre/").content.decode()
    assert "Corrigé dans la révision 2." in page and "Rien à dire." not in page


def test_only_a_later_revision_of_the_model_closes_and_only_for_who_looks_after_it(designer: User) -> None:
    first = publish()
    second = publish()
    found = remark(second, "P01", "Le tenon force.")
    stranger = make_buyer()
    for revision, actor in ((first, designer), (second, designer), (publish(design="autre"), designer)):
        with pytest.raises(RemarkError, match="no later revision"):
            close_by(found, revision, actor=actor)
    third = publish()
    with pytest.raises(RemarkError, match="not this person's"):
        close_by(found, third, actor=stranger)
    assert close_by(found, third, actor=designer).closed_by == third


def test_who_wrote_a_remark_is_told_of_the_answer(designer: User) -> None:
    maker = make_maker_person(make_workshop(slug="tiers"), "tiers@example.org")
    found = remark(publish(), "P01", "Le tenon force.", written_by=maker)
    with transaction.atomic():
        answer(found, "Le jeu passe à 0,1 mm.", actor=designer)
    assert Notice.objects.get(person=maker).text.endswith(
        "Le jeu passe à 0,1\N{NO-BREAK SPACE}mm.".replace("\N{NO-BREAK SPACE}", " ")
    )


def test_the_page_of_remarks_closes_one_by_a_revision(designer: User) -> None:
    first = publish()
    found = remark(first, "P01", "Le tenon force.")
    client = signed_in(designer)
    assert "Clore par cette révision" not in client.get("/espace/remarques/").content.decode()
    publish()
    assert "Clore par cette révision" in client.get("/espace/remarques/").content.decode()
    for wrong in ("", "1", "99", "é", "9" * 40, "\0"):
        assert client.post(f"/espace/remarques/{found.pk}/", {"corriger": "oui", "revision": wrong}).status_code == 302
    found.refresh_from_db()
    assert found.closed_by is None
    client.post(f"/espace/remarques/{found.pk}/", {"corriger": "oui", "revision": "2"})
    found.refresh_from_db()
    assert found.closed_by is not None and found.closed_by.number == 2
    assert "Corrigé dans la révision 2." in client.get("/espace/remarques/").content.decode()
    assert signed_in(make_buyer()).post(f"/espace/remarques/{found.pk}/", {"corriger": "oui"}).status_code == 404
