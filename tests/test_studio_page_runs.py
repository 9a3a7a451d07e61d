# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

"""What the studio's page runs, takes in and gives out: the state that was seen, a mistake's line, scripts and drawings, the folder, remarks."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cms.views.studio import trying
from designs.folder import read_zip
from designs.models import DesignDraft, DesignRevision, Remark
from designs.templates import template
from fabrication import artefacts, work
from fabrication.models import Artefact, Job
from tests.studio_desk import EXPORT, PAGE, RUN, UPLOAD, fields_now, latest, post, save, sound, words

pytestmark = pytest.mark.django_db


def test_a_run_is_of_the_state_that_was_seen_in_sizes_that_can_be(desk: Client, draft: DesignDraft) -> None:
    now = latest(draft)
    stale = post(desk, RUN, {"based_on": "1.1", "values": {}})
    assert stale.status_code == 409 and "ailleurs" in stale.json()["reason"]
    wrong = post(desk, RUN, {"based_on": now, "values": {"width": "5", "height": "1" * 5000}})
    assert wrong.status_code == 422 and {"width", "height"} <= wrong.json()["messages"].keys()
    assert 'id="p-width"' in wrong.json()["trial"]  # the page did not know these parameters yet
    plain = desk.post(RUN, {"width": "5"})
    assert plain.status_code == 422 and 'value="5"' in plain.content.decode()
    sound(plain)
    assert desk.post(RUN, {"width": "1200"})["Location"] == f"{PAGE}?vu=1&width=1200#resultat"
    assert Job.objects.count() == 0


def test_a_mistake_in_the_script_comes_back_with_its_line(
    desk: Client, draft: DesignDraft, jailer: object, settings: Any, tmp_path: Any
) -> None:  # fmt: skip
    settings.TRETEAU_ARTEFACTS = tmp_path
    save(desk, draft, {"file-0-text": "def draw(values, sheet):\n    return inconnue\n"})
    asked = post(desk, RUN, {"based_on": latest(draft), "values": {}, "trial": ""})
    assert asked.status_code == 202
    assert desk.get(asked.json()["url"]).json() == {"state": "computing"}
    work.run(Job.objects.get(kind=Job.Kind.PREVIEW).pk)
    found = desk.get(asked.json()["url"]).json()
    assert found["state"] == "refused"
    (error,) = found["errors"]
    assert (error["file"], error["line"]) == ("table.py", 2) and "inconnue" in error["french"]
    # The same without scripts.
    page = desk.get(f"{PAGE}?vu=1")
    assert "table.py, ligne 2" in words(page)
    sound(page)
    # A job that draws nothing is no run.
    Job.objects.update(kind=Job.Kind.CHECK)
    assert desk.get(asked.json()["url"]).status_code == 404


def test_without_scripts_the_checks_follow_the_view(
    desk: Client, draft: DesignDraft, jailer: object, settings: Any, tmp_path: Any
) -> None:  # fmt: skip
    settings.TRETEAU_ARTEFACTS = tmp_path
    assert 'content="3"' in desk.get(f"{PAGE}?vu=1").content.decode()
    work.run(Job.objects.get(kind=Job.Kind.PREVIEW).pk)
    page = desk.get(f"{PAGE}?vu=1").content.decode()
    assert 'content="3"' in page and Job.objects.filter(kind=Job.Kind.CHECK).count() == 1, (
        "it asks again, for the checks"
    )
    asked = Job.objects.get(kind=Job.Kind.CHECK)
    fault = {"name": "tip", "title": "Équilibre", "state": "fault", "french": "La table bascule."}
    facts = json.dumps({"checks": [fault], "is_green": False}).encode()
    asked.facts = artefacts.store(Artefact.Kind.FACTS, asked.key, facts, "checks.json")
    asked.state, asked.finished_at = Job.State.DONE, timezone.now()
    asked.save()
    page = desk.get(f"{PAGE}?vu=1").content.decode()
    assert "La table bascule." in page and 'content="3"' not in page
    assert 'content="3"' not in desk.get(PAGE).content.decode()


def test_a_site_without_a_jail_says_why_and_keeps_texts_and_parameters(
    desk: Client, draft: DesignDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "why_not", lambda: "Il manque bubblewrap à ce serveur.")
    page = desk.get(PAGE)
    assert "Il manque bubblewrap à ce serveur." in words(page) and 'data-runs="no"' in page.content.decode()
    refused = post(desk, RUN, {"based_on": latest(draft), "values": {}})
    assert refused.json()["reason"] == "Il manque bubblewrap à ce serveur." and not Job.objects.exists()
    assert "bubblewrap" in words(desk.get(f"{PAGE}?vu=1"))
    assert save(desk, draft, {"summary": "Même ici.", "parameter-0-help": "En mm."}).json()["state"] == "saved"


def test_a_script_joins_the_model_or_takes_the_place_of_its_namesake(desk: Client, draft: DesignDraft) -> None:
    before = fields_now(draft)["file-0-text"]

    def send(name: str, data: bytes, based_on: str = "") -> Any:
        file = SimpleUploadedFile(name, data)
        return desk.post(UPLOAD, {"fichier": file, "based_on": based_on or latest(draft)})

    assert send("sizes.py", b"EDGE = 25\r\n").status_code == 302
    assert send("table.py", "\ufeff# à moi\n".encode()).status_code == 302
    content = DesignDraft.objects.get(pk=draft.pk).state().content
    assert content["sources"] == {"table.py": "# à moi\n", "sizes.py": "EDGE = 25\n"} and before != "# à moi\n"
    now = latest(draft)
    for name, data, why in (
        ("gros.py", b"#" * 200_001, "trop gros"),
        ("plan.dxf", b"0" * 20_000_001, "trop gros"),
        ("vide.py", b" \n", "vide"),
        ("Nom Faux.py", b"x = 1", "nom de fichier"),
        ("latin.py", b"x = 1\ny = '\xe9'", "ligne 2"),
        ("photo.jpg", b"x", "Choisissez un fichier"),
        ("zero.py", b"x = 1\0", "texte"),
    ):
        answer = send(name, data)
        assert answer.status_code == 422, name
        (message,) = re.findall(r'id="fichier-messages"[^>]*><p[^>]*>([^<]+)', answer.content.decode())
        assert why in unescape(message).replace("\u00a0", " "), message
        sound(answer)
    assert desk.post(UPLOAD, {"based_on": now}).status_code == 422
    assert send("sizes.py", b"EDGE = 30\n", based_on="1.1").status_code == 422  # somebody saved in between
    assert latest(draft) == now


def test_a_drawing_made_elsewhere_takes_the_place_of_the_script(
    desk: Client, draft: DesignDraft, jailer: object
) -> None:  # fmt: skip
    import io

    import ezdxf

    drawing = ezdxf.new("R2010")  # type: ignore[attr-defined]
    drawing.header["$INSUNITS"] = 4
    drawing.modelspace().add_lwpolyline([(0, 0), (400, 0), (400, 250), (0, 250)], close=True)
    kept = io.StringIO()
    drawing.write(kept)

    def send(data: bytes, thickness: str) -> Any:
        file = SimpleUploadedFile("tablette.dxf", data)
        return desk.post(UPLOAD, {"fichier": file, "epaisseur": thickness, "based_on": latest(draft)})

    before = latest(draft)
    for data, thickness in (
        (b"0\nSECTION\n", "18"),
        (kept.getvalue().encode(), "18 cm"),
        (kept.getvalue().encode(), "900"),
    ):
        answer = send(data, thickness)
        assert answer.status_code == 422 and f'value="{thickness}"' in answer.content.decode()
        sound(answer)
    assert latest(draft) == before
    assert send(kept.getvalue().encode(), "18").status_code == 302
    content = DesignDraft.objects.get(pk=draft.pk).state().content
    assert content["kind"] == "flat" and len(content["parts"]) == 1 and content["sources"] == {}
    page = desk.get(PAGE)
    assert "une pièce plane" in words(page) or "1 pièce plane" in words(page).replace("\u00a0", " ")
    sound(page)
    # Words are changed beside it, and the parts stay.
    assert save(desk, draft, {"summary": "Une tablette."}).json()["state"] == "saved"
    assert DesignDraft.objects.get(pk=draft.pk).state().content == content


def test_the_exported_folder_is_the_saved_state(desk: Client, draft: DesignDraft) -> None:
    answer = desk.get(EXPORT)
    assert answer["Content-Type"] == "application/zip" and 'filename="table-haute.zip"' in answer["Content-Disposition"]
    folder = read_zip(answer.content)
    assert folder.slug == "table-haute" and folder.content == template("table").content
    assert desk.get(EXPORT).content == answer.content


def test_remarks_of_makers_stand_beside_their_part_and_cost_one_query(
    desk: Client, ada: User, draft: DesignDraft, django_assert_max_num_queries: Any
) -> None:
    revision = DesignRevision.objects.create(
        design="table-haute", number=1, origin="studio", digest="0" * 64, texts={}, defaults={}, content={}
    )
    from cms.templatetags.studio import of_no_part, of_part
    from cms.views.studio.editing import remarks_on

    for n in range(12):
        Remark.objects.create(revision=revision, part_code=f"P{n % 3 + 1:02d}", text=f"Serré {n}")
    Remark.objects.create(revision=revision, part_code="P09", text="Close", status=Remark.Status.CLOSED)
    with django_assert_max_num_queries(1):
        found = remarks_on(draft)
        assert {one.revision.number for one in found} == {1}
    assert len(of_part(found, "P02")) == 4
    assert {one.part_code for one in of_no_part(found, [{"code": "P01"}, {"code": "P02"}])} == {"P03"}
