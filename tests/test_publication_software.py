# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""After an update of the software: what an older one found of a model is no word of today's on it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Notice
from designs.models import DesignDraft, DesignRevision
from designs.services import approvals, publishing
from designs.services.finding import latest
from designs.studio_errors import PublicationRefused
from designs.verdict import Check, verdict
from fabrication import artefacts, services, work
from fabrication.errors import NotMakeableError
from fabrication.models import Job
from fabrication.rechecking import services as rechecking
from tests.people import signed_in
from tests.revised import ROUTER, publish, shelves  # noqa: F401  # a fixture
from tests.studio import SCRIPT, Studio, come, content, judged, kept, studio
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(name="place")
def _place(settings: Any, tmp_path: Path) -> Studio:
    settings.TRETEAU_ARTEFACTS = tmp_path
    return studio()


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A change of the joint library, or of CadQuery, is installed."""
    now = artefacts.software()

    def installed(name: str = "another") -> None:
        monkeypatch.setattr(artefacts, "software", lambda: now | {"treteau": name})

    return installed


def settle(job: Job, *, is_green: bool) -> None:
    """As a worker does."""
    fault = {"name": "tip", "state": "fault", "french": "La table bascule."}
    facts = kept(job.revision, Job.Kind.CHECK, {"checks": [] if is_green else [fault], "is_green": is_green}).facts
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, facts=facts, is_green=is_green, attempts=1, started_at=now, finished_at=now
    )
    Job.objects.filter(facts=facts).exclude(pk=job.pk).delete()


# a draft


def test_a_green_check_by_an_older_software_publishes_nothing_and_is_made_anew_where_somebody_looks(
    place: Studio, deploy: Any
) -> None:
    draft = place.begin()
    state = judged(draft)
    assert verdict(state, None).check is Check.GREEN
    deploy()
    found = verdict(state, None)
    assert (found.check, found.is_old) == (Check.MISSING, True)
    with pytest.raises(PublicationRefused, match="check") as refused:
        publishing.publish(draft, actor=place.reviewer)
    assert refused.value.messages["check"].replace("\u00a0", " ") == (
        "Les contrôles datent d’une version précédente du logiciel : ils sont refaits."
    )
    client = signed_in(place.reviewer)
    for _ in range(2):
        html = client.get(f"/espace/studio/{draft.slug}/relecture/").content.decode()
        assert "Rien ne manque</h2>" not in html
    (again,) = Job.objects.unfinished().filter(kind=Job.Kind.CHECK)
    assert again.software == artefacts.software_key()
    settle(again, is_green=True)
    assert publishing.publish(draft, actor=place.reviewer).number == 1


def test_an_older_comparison_says_nothing_of_the_version_either(place: Studio, deploy: Any) -> None:
    draft = place.begin()
    judged(draft)
    publishing.publish(draft, actor=place.reviewer)
    place.save(draft, content=content(SCRIPT + "# two"), texts={"changes": "Deux."})
    state = judged(draft)
    deploy()
    kept(state, Job.Kind.CHECK, {"checks": [], "is_green": True})
    with pytest.raises(PublicationRefused) as refused:
        publishing.publish(draft, actor=place.reviewer)
    assert set(refused.value.messages) == {"version_step"}
    kept(state, Job.Kind.CHANGES, {"proposal": {"step": "minor"}}, against=latest(draft.slug))
    assert publishing.publish(draft, actor=place.reviewer).version == "1.1.0"


def test_a_date_that_comes_after_an_update_waits_for_new_checks_and_the_approval_stands(
    place: Studio, deploy: Any
) -> None:
    draft = place.begin()
    judged(draft)
    publishing.schedule(draft, timezone.now() + timedelta(hours=1), actor=place.reviewer)
    come(draft)
    deploy()
    for _ in range(2):
        call_command("publish_scheduled", stdout=StringIO())
    assert not DesignRevision.objects.exists()
    assert DesignDraft.objects.get().approved_schedule, "it keeps its date"
    told = Notice.objects.filter(key__startswith="design.waits")
    assert {one.person_id for one in told} == {place.designer.pk, place.colleague.pk, place.reviewer.pk}
    (again,) = Job.objects.unfinished()
    settle(again, is_green=True)
    assert approvals.approval_of(draft, draft.latest_revision), "no word of it changed"
    call_command("publish_scheduled", stdout=StringIO())
    assert DesignRevision.objects.get().published_by == place.reviewer


def test_a_date_that_comes_after_an_update_with_red_checks_is_a_task_of_designers_and_reviewers(
    place: Studio, deploy: Any
) -> None:
    draft = place.begin()
    judged(draft)
    publishing.schedule(draft, timezone.now() + timedelta(hours=1), actor=place.reviewer)
    come(draft)
    deploy()
    call_command("publish_scheduled", stdout=StringIO())
    settle(Job.objects.unfinished().get(), is_green=False)
    call_command("publish_scheduled", stdout=StringIO())
    assert not DesignRevision.objects.exists() and not DesignDraft.objects.get().approved_schedule
    for person in (place.designer, place.colleague, place.reviewer):
        assert list(publishing.refused_on_their_date(person)) == [draft]
        html = signed_in(person).get("/espace/").content.decode()
        assert "n’est pas paru à sa date" in html
    assert not publishing.refused_on_their_date(place.stranger)
    assert "n’est pas paru" not in signed_in(place.stranger).get("/espace/").content.decode()
    place.save(draft, texts={"title": "Une autre"})
    assert not publishing.refused_on_their_date(place.designer), "somebody mends it"


# what is published


@pytest.mark.usefixtures("shelves")
def test_a_published_revision_is_checked_again_once_an_update(place: Studio, deploy: Any, settings: Any) -> None:
    publish()
    second, other = publish(), publish(design="tablette")
    assert rechecking.recheck() == 1 and rechecking.recheck() == 0, "one at a time"
    for _ in range(3):
        for job in Job.objects.unfinished():
            settle(job, is_green=True)
        rechecking.recheck()
    assert {job.revision for job in Job.objects.all()} == {second, other}, "the first is nobody's any more"
    assert rechecking.recheck() == 0
    deploy()
    assert rechecking.recheck() == 1


@pytest.mark.usefixtures("shelves")
def test_a_red_one_is_told_and_nothing_more_is_cut_of_it_while_old_files_stay(place: Studio, deploy: Any) -> None:
    draft = place.begin()
    judged(draft)
    revision = publishing.publish(draft, actor=place.reviewer)
    workshop = make_workshop(ROUTER)
    waiting = services.request_package(revision, {}, workshop)
    old = services.request_package(revision, {}, workshop, 2)
    now = timezone.now()
    package = artefacts.store("package", old.key, b"zip", "files.zip")  # type: ignore[arg-type]
    Job.objects.filter(pk=old.pk).update(
        state=Job.State.DONE, package=package, attempts=1, started_at=now, finished_at=now
    )
    deploy()
    assert services.request_package(revision, {}, workshop, 3).state == Job.State.QUEUED, "not looked at yet"
    rechecking.recheck()
    settle(Job.objects.unfinished().get(kind=Job.Kind.CHECK), is_green=False)
    for _ in range(2):
        rechecking.recheck()
    told = Notice.objects.filter(key__startswith="design.red")
    assert {one.person_id for one in told} == {place.designer.pk, place.colleague.pk, place.reviewer.pk}
    with pytest.raises(NotMakeableError) as refused:
        services.request_package(revision, {}, workshop, 4)
    assert "ses contrôles, refaits" in refused.value.french
    work.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (Job.State.REFUSED, refused.value.french)
    old.refresh_from_db()
    assert old.state == Job.State.DONE and artefacts.file_of(old.package).is_file()  # type: ignore[arg-type]
    for person, sees in ((place.designer, True), (place.reviewer, True), (place.stranger, False)):
        assert ("ne passe plus ses contrôles" in signed_in(person).get("/espace/").content.decode()) is sees
    assert (
        "ne se fabrique pas pour l’instant"
        in signed_in(place.stranger).get(f"/modeles/{revision.design}/").content.decode()
    )
    page = signed_in(place.designer).get(f"/espace/studio/{revision.design}/publication/1/").content.decode()
    assert "Elle ne se fabrique pas pour l’instant" in page and "Elle se commande dès maintenant" not in page
