# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce qui change »: who sees it, what it says while workers work and afterwards, and on whom a revision falls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from cms.views.studio import trying
from designs.models import Care, DesignDraft
from designs.services import drafting, reviewing
from designs.services.candidates import candidate, candidate_of
from designs.services.finding import latest
from designs.studio_errors import NotYoursError
from fabrication import artefacts
from fabrication.comparison.changes import State as Side
from fabrication.comparison.changes import compare
from fabrication.comparison.services import machines_change
from fabrication.matching.measuring import Piece
from fabrication.matching.obstacle import Code, Obstacle
from fabrication.matching.services import studies
from fabrication.matching.services.candidates import profiles_in_use
from fabrication.models import Artefact, Feasibility, Job, Study
from orders.models import Piece as Made
from orders.models import SheetCut, State
from orders.services.affected import affected_by
from tests.making import BIRCH as ROUTER
from tests.making import make_case
from tests.orders import make_buyer, make_line, make_order, revision_of
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.test_accounts_pages import sound
from tests.varied_designs import Bench, bench
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db

PAGE = "/espace/studio/chariot/changements/"
STATE = f"{PAGE}etat.json"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    # Nothing is drawn here: facts are those of designs of the tests.
    monkeypatch.setattr(trying, "why_not", lambda: None)


@pytest.fixture
def lou() -> User:
    """A designer who looks after the chariot."""
    user = make_person("lou@example.org", "Lou Bonnet")
    bureau = make_organisation(Organisation.Kind.DESIGNER, "Bureau des Copeaux")
    make_member(user, bureau)
    revision_of("chariot")
    Care.objects.create(design="chariot", organisation=bureau)
    return user


@pytest.fixture
def draft(lou: User) -> DesignDraft:
    """Of the chariot, in which one bound is wider: the drawing itself is ours, byte for byte."""
    draft = drafting.take_up("chariot", actor=lou)
    content = dict(draft.state().content)
    content["specification"]["parameters"][0]["maximum"] += 10
    drafting.save(draft, {"content": content}, actor=lou, based_on=drafting.state_id(draft))
    draft.refresh_from_db()
    return draft


def end(job: Job, facts: dict[str, Any]) -> None:
    """As a worker ends it."""
    kept = artefacts.store(Artefact.Kind.FACTS, job.key, json.dumps(facts).encode(), "facts.json")
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, facts=kept, started_at=now, finished_at=now, attempts=1, progress=100
    )


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """What workers found of a bench whose legs got wider tenons and whose seat a hole."""
    return compare(Side(Bench(), {"title": "Banc"}), Side(bench(tab=70.0, hole=80.0), {"title": "Banc <b>"})).data()


@pytest.fixture
def compared(draft: DesignDraft, lou: User, facts: dict[str, Any]) -> Callable[[], Client]:
    """The page asked for once, then everything done."""

    def done() -> Client:
        client = signed_in(lou)
        client.get(PAGE)
        for job in Job.objects.unfinished():
            check = {"checks": [], "is_green": True, "draws": {"asked": 16, "held": 16, "refused": 0}}
            end(job, facts if job.kind == Job.Kind.CHANGES else check)
        return client

    return done


# Who.


def test_designers_of_the_model_and_reviewers_see_it_and_a_third_person_gets_nothing(
    draft: DesignDraft, lou: User
) -> None:
    stranger = make_person("sam@example.org", "Sam Noir")
    make_member(stranger, make_organisation(Organisation.Kind.DESIGNER, "Autre bureau"))
    for address in (PAGE, STATE):
        assert signed_in(lou).get(address).status_code == 200
        assert signed_in(make_coordinator(f"{len(address)}@example.org")).get(address).status_code == 200
        assert signed_in(stranger).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert signed_in(lou).get("/espace/studio/rien/changements/").status_code == 404
    revision = latest("chariot")
    assert revision is not None
    with pytest.raises(NotYoursError):
        affected_by(revision, actor=stranger)


def test_who_answers_a_review_reads_at_once_how_much_changes_and_on_whom_it_falls(
    compared: Callable[[], Client], draft: DesignDraft, lou: User, facts: dict[str, Any]
) -> None:
    buyer = make_buyer()
    make_line(make_order(buyer, State.FUNDED, lines=0), quantity=3)
    compared()
    reviewing.submit(draft, actor=lou)
    html = signed_in(make_coordinator()).get("/espace/studio/chariot/relecture/").content.decode()
    assert "Une version majeure" in html and facts["verdict"][0] in html
    assert "1 commande n’est pas encore découpée (3 exemplaires)" in html.replace("\u00a0", " ")


# While workers work, and after.


def test_the_page_waits_for_one_comparison_and_one_check_however_often_it_is_asked(
    draft: DesignDraft, lou: User
) -> None:
    client = signed_in(lou)
    for _ in range(3):
        page = client.get(PAGE)
    html = page.content.decode()
    assert "data-progress-url" in html and 'http-equiv="refresh"' in html, "it reads itself again without scripts"
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["changes", "check"]
    job = Job.objects.get(kind=Job.Kind.CHANGES)
    assert job.against == latest("chariot") and job.revision.is_candidate
    assert client.get(STATE).json()["stages"] == ["next"] * 5
    sound(page)


def test_while_the_bureaus_earlier_work_goes_first_the_page_waits_and_then_begins_by_itself(
    draft: DesignDraft, lou: User
) -> None:
    state = candidate(draft, actor=lou)
    earlier = [
        Job.objects.create(kind=kind, revision=state, key=f"{kind}-{number}", parameters={})
        for kind in (Job.Kind.CHANGES, Job.Kind.CHECK)
        for number in range(2)
    ]
    Job.objects.update(state=Job.State.RUNNING, started_at=timezone.now(), lease_until=timezone.now(), attempts=1)
    client = signed_in(lou)
    html = client.get(PAGE).content.decode()
    assert "data-progress-url" in html and "précédentes ne sont pas terminées" in html and "ne peut pas" not in html
    assert client.get(STATE).json()["finished"] is False and Job.objects.count() == len(earlier)
    Job.objects.update(state=Job.State.REFUSED, lease_until=None, finished_at=timezone.now(), reason="Trop long.")
    assert client.get(STATE).json()["finished"] is False and Job.objects.unfinished().count() == 2


def test_what_workers_found_is_told_verdict_first(compared: Callable[[], Client], draft: DesignDraft) -> None:
    client = compared()
    page = client.get(PAGE)
    sound(page)
    html = page.content.decode()
    places = [
        html.index(words)
        for words in ("Version majeure, 2.0.0", "Sur qui cela tombe", "Pièce par pièce", "En chiffres")
    ]
    assert places == sorted(places)
    assert "P02–P01" in html and html.count("o-come") >= 1 and html.count("o-gone") >= 1
    assert "Banc &lt;b&gt;" in html and "<b>" not in html.split("Textes", 1)[1].split("</section>")[0]
    assert "style=" not in html.split("<main", 1)[1], "the site's policy lets no style in"
    assert client.get(STATE).json()["finished"]


def test_a_fault_of_the_draft_stands_on_the_page_with_its_reason(
    compared: Callable[[], Client], draft: DesignDraft
) -> None:
    client = compared()
    job = Job.objects.get(kind=Job.Kind.CHECK)
    fault = {"name": "clash", "state": "fault", "title": "Pièces", "french": "P01 traverse P02.", "part": "P01"}
    end(job, {"checks": [fault], "is_green": False, "draws": {"asked": 0, "held": 0, "refused": 0}})
    assert "P01 traverse P02." in client.get(PAGE).content.decode()


def test_a_comparison_that_was_refused_says_where(draft: DesignDraft, lou: User) -> None:
    client = signed_in(lou)
    client.get(PAGE)
    where = {
        "file": "chariot.py",
        "line": 12,
        "column": 1,
        "kind": "name",
        "french": "« largeur » n’est défini nulle part.",
    }
    Job.objects.filter(kind=Job.Kind.CHANGES).update(
        state=Job.State.REFUSED, reason="Le script ne se dessine pas.", errors=[where], finished_at=timezone.now()
    )
    html = client.get(PAGE).content.decode()
    assert "Le script ne se dessine pas." in html and "chariot.py, ligne 12" in html
    assert "«\N{NO-BREAK SPACE}largeur\N{NO-BREAK SPACE}» n’est défini nulle part." in html
    assert client.get(STATE).json()["finished"]


def test_a_draft_that_says_nothing_new_has_nothing_to_compare(lou: User) -> None:
    drafting.take_up("chariot", actor=lou)
    page = signed_in(lou).get(PAGE)
    if latest("chariot").digest:  # type: ignore[union-attr]
        assert "il n’y a rien à comparer" in page.content.decode() and not Job.objects.exists()


def test_a_draft_that_is_no_model_yet_says_so(draft: DesignDraft, lou: User) -> None:
    content = dict(draft.state().content)
    DesignDraft.objects.filter(pk=draft.pk).update(content={})
    revision = draft.latest_revision
    revision.content = revision.content | {"content": content | {"sources": {}}}
    revision.save()
    page = signed_in(lou).get(PAGE)
    assert page.status_code == 200 and "La comparaison ne peut pas se faire" in page.content.decode()


# On whom it falls.


def test_orders_that_are_not_cut_are_counted_by_state_and_workshop_and_nobody_is_named(
    compared: Callable[[], Client], lou: User
) -> None:
    buyer = make_buyer()
    make_order(buyer, State.SUBMITTED)
    make_order(buyer, State.DRAFT)
    make_order(buyer, State.DELIVERED, workshop=make_workshop(slug="loin", name="Ailleurs"))
    other = make_order(buyer, State.FUNDED, lines=0)
    make_line(other, design="porte")
    found = affected_by(revision_of("chariot"), actor=lou)
    assert [(row.state, row.workshop, row.orders, row.pieces) for row in found.rows] == [(State.SUBMITTED, "", 1, 2)]
    html = compared().get(PAGE).content.decode()
    assert "1 commande n’est pas encore découpée" in html.replace("\xa0", " ")
    assert "Camille" not in html and "Commune 1" not in html


def test_what_is_cut_stays_as_it_is_and_files_of_the_rest_get_old(lou: User) -> None:
    case = make_case()
    revision = revision_of("chariot")
    case.act("start")
    production = case.prepared()
    found = affected_by(revision, actor=lou)
    assert [(row.workshop, row.orders, row.pieces) for row in found.rows] == [("Les Copeaux", 1, 3)]
    assert (found.packages, found.begun) == (1, 0)
    cut = SheetCut.objects.create(production=production, sheet=1, cut_at=timezone.now())
    found = affected_by(revision, actor=lou)
    assert not found.rows and (found.packages, found.begun) == (0, 1), "a sheet is cut"
    cut.delete()
    Made.objects.filter(pk=case.pieces[0].pk).update(stage=Made.Stage.CUT)
    assert affected_by(revision, actor=lou).begun == 1, "a piece is cut"


def test_whatever_the_number_of_orders_the_page_asks_as_often(compared: Callable[[], Client], lou: User) -> None:
    client, buyer = compared(), make_buyer()
    make_order(buyer, State.SUBMITTED)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(6):
        make_order(buyer, State.FUNDED)
        make_workshop(slug=f"w{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few)


def test_workshops_whose_machine_no_longer_takes_the_parts_are_named_and_the_reverse(
    draft: DesignDraft, lou: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studies, "ring", lambda pk: None)
    make_workshop(ROUTER, slug="grand", name="Le Grand Banc")
    make_workshop(ROUTER.replace("[2500, 1250]", "[900, 860]"), slug="petit", name="Le Petit Banc")
    before, now = latest("chariot"), candidate_of(draft.state())
    assert before is not None
    today = timezone.localdate()
    found = machines_change(now, before, today)
    assert (found.workshops, found.kinds, found.pending, found.able_now) == (2, 2, 2, 0)
    profiles = {pair.station.file.machine.bed_mm[0]: profile for profile, pair in profiles_in_use().items()}  # type: ignore[union-attr]
    bed = Obstacle.of(Code.BED, "the bed is too small", "la table est trop petite").data()
    for revision, obstacles in ((before, {2500.0: [bed], 900.0: []}), (now, {2500.0: [], 900.0: [bed]})):
        one = studies.study_of(Piece(revision.drawing(), {}))
        for size, why in obstacles.items():
            Feasibility.objects.create(study=one, profile=profiles[size], obstacles=why)
    assert Study.objects.count() == 2, "a candidate is another piece, and found again"
    found = machines_change(now, before, today)
    assert [(one.name, one.reason) for one in found.lost] == [("Le Petit Banc", "la table est trop petite")]
    assert [one.name for one in found.gained] == ["Le Grand Banc"]
    assert (found.able_before, found.able_now, found.pending) == (1, 1, 0)
