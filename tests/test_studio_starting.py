# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

"""Where a model begins: an example, a plank, a file of one's own; and that who draws or reads over finds the way."""

from __future__ import annotations

import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.messages.constants import ERROR, INFO, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from cms.catalogue import sync_designs
from designs.folder import write
from designs.folder_files import zipped
from designs.models import DesignDraft, DesignRevision
from designs.services import candidates, reviewing
from designs.services.folders import folder_of
from designs.services.roles import REVIEWERS
from designs.templates import template
from fabrication import work
from fabrication.comparison.checking import check_design
from fabrication.models import Job
from fabrication.scripted.design import drawn
from tests.people import make_coordinator, make_person, signed_in
from tests.studio import judged
from tests.studio_desk import sound, words

pytestmark = pytest.mark.django_db
NEW = "/espace/studio/nouveau/"


def begin(desk: Client, name: str = "", data: bytes = b"", **more: str) -> Any:
    given: dict[str, Any] = {"titre": "Banc", "depart": "dossier", **more}
    if name:
        given["fichier"] = SimpleUploadedFile(name, data)
    return desk.post(NEW, given)


def begun() -> DesignDraft:
    return DesignDraft.objects.get(slug="banc").state()


def beside(response: Any, field: str) -> str:
    (message,) = re.findall(rf'id="id_{field}-messages"[^>]*><p[^>]*>([^<]+)', response.content.decode())
    return unescape(message).replace("\N{NO-BREAK SPACE}", " ")


def a_board_of_another_program() -> bytes:
    import ezdxf

    drawing = ezdxf.new("R2010")  # type: ignore[attr-defined]
    drawing.units = 4
    drawing.modelspace().add_lwpolyline([(0, 0), (400, 0), (400, 300), (0, 300)], close=True)
    out = StringIO()
    drawing.write(out)
    return out.getvalue().encode()


def test_the_page_names_every_way_to_begin(desk: Client) -> None:
    sync_designs()
    page = desk.get(NEW)
    sound(page)
    assert f'href="{reverse("studio-fork", args=["chariot"])}"' in page.content.decode()
    said = words(page)
    for way in ("la table du guide", "une planche", ".zip", ".py", ".step", ".dxf", "Ou adapter un modèle publié"):
        assert way in said, way


def test_a_plank_is_a_model_that_holds_every_check_and_is_renamed(desk: Client) -> None:
    assert begin(desk, depart="planche").status_code == 302
    assert 'Piece("banc"' in begun().content["sources"]["banc.py"]
    plank = template("planche")
    assert check_design(drawn("planche", 0, plank.content, plank.texts)).is_green


def test_a_script_of_one_s_own_begins_a_model(desk: Client) -> None:
    source = template("planche").content.sources["planche.py"].encode()
    assert begin(desk, "banc.py", source).status_code == 302
    content = begun().content
    assert (content["kind"], content["main"], list(content["sources"])) == ("script", "banc.py", ["banc.py"])
    assert begun().texts["licence"] == "CERN-OHL-S-2.0"


def test_a_folder_of_another_site_begins_a_model(desk: Client) -> None:
    assert begin(desk, "table.zip", zipped(write(template("table")), "table")).status_code == 302
    assert begun().content == template("table").content.as_data()


def test_a_published_folder_under_another_name_is_an_adaptation_and_says_of_what(desk: Client) -> None:
    sync_designs()
    folder = folder_of(DesignRevision.objects.get(design="chariot"))
    assert begin(desk, "chariot-1.zip", zipped(write(folder), "chariot-1")).status_code == 302
    draft = DesignDraft.objects.get(slug="banc")
    assert (draft.adapted_from.design, draft.adapted_from.number) == ("chariot", 1)
    assert "Adapté de" in draft.state().credit and draft.state().licence == folder.texts["licence"]
    assert draft.state().content == folder.content.as_data()


def test_a_drawing_of_another_program_begins_a_model_and_asks_for_the_thickness_that_it_does_not_say(
    desk: Client, jailer: object
) -> None:
    refused = begin(desk, "banc.dxf", a_board_of_another_program())
    assert refused.status_code == 422 and "épaisseur du panneau" in beside(refused, "fichier")
    assert begin(desk, "banc.dxf", a_board_of_another_program(), epaisseur="18").status_code == 302
    assert begun().content["kind"] == "flat" and len(begun().content["parts"]) == 1


@pytest.mark.parametrize(
    ("name", "data", "field", "why"),
    [
        ("", b"", "fichier", "Choisissez le fichier"),
        ("photo.jpg", b"x", "fichier", ".zip, .py, .step"),
        ("dossier.zip", b"x", "fichier", "archive"),
        ("Nom Faux.py", b"x = 1\n", "fichier", "nom de fichier"),
        ("latin.py", b"y = '\xe9'\n", "fichier", "UTF-8"),
        ("plan.dxf", b"0" * 20_000_001, "fichier", "trop gros"),
    ],
)
def test_what_can_t_begin_a_model_says_why_beside_its_field(
    desk: Client, name: str, data: bytes, field: str, why: str
) -> None:
    refused = begin(desk, name, data)
    assert refused.status_code == 422 and why in beside(refused, field)
    assert 'value="Banc"' in refused.content.decode() and not DesignDraft.objects.filter(slug="banc").exists()


def test_a_file_beside_another_choice_is_not_dropped_without_a_word(desk: Client) -> None:
    refused = begin(desk, "banc.py", b"x = 1\n", depart="table")
    assert refused.status_code == 422 and "Un fichier à vous" in beside(refused, "depart")


def test_an_address_is_taken_only_where_somebody_has_it(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise IntegrityError("another column")

    monkeypatch.setattr(DesignDraft, "save", fails)
    with pytest.raises(IntegrityError, match="another column"):
        begin(desk, depart="table")


def test_who_draws_is_led_to_the_studio_and_its_guide(ada: User) -> None:
    page = signed_in(ada).get("/espace/").content.decode()
    assert f'href="{reverse("studio")}"' in page and page.count(f'href="{reverse("design-guide")}"') >= 2


def test_who_only_reads_over_sees_what_waits_and_nobody_else_does(ada: User, draft: DesignDraft) -> None:
    reader = make_person("relecture@example.org")
    reader.groups.add(Group.objects.get(name=REVIEWERS))
    assert "aucun modèle n’est à relire" in words(signed_in(reader).get("/espace/"))
    judged(draft)
    reviewing.submit(draft, actor=ada)
    page = signed_in(reader).get("/espace/")
    assert "1 modèle à relire" in words(page) and f'href="{reverse("studio-reviews")}"' in page.content.decode()
    assert words(signed_in(make_coordinator()).get("/espace/")).count("1 modèle à relire") == 1
    for other in (ada, make_person("autre@example.org")):
        assert "à relire" not in words(signed_in(other).get("/espace/"))


def test_a_fault_of_ours_is_told_to_who_draws_in_other_words_than_to_who_orders(draft: DesignDraft) -> None:
    judged(draft)
    candidate = candidates.candidate_of(draft.state())
    said = {kind: work._our_fault(Job(kind=kind, revision=candidate)) for kind in (Job.Kind.PREVIEW, Job.Kind.CHECK)}
    assert all("votre brouillon est enregistré" in one and "fichier" not in one for one in said.values())
    published = DesignRevision(design="chariot", number=1)
    assert "aucun fichier n’est proposé" in work._our_fault(Job(kind=Job.Kind.PACKAGE, revision=published))


@pytest.mark.parametrize(
    ("level", "kind"), [(INFO, "info"), (SUCCESS, "success"), (WARNING, "warning"), (ERROR, "error")]
)
def test_a_word_is_shown_as_what_it_is(level: int, kind: str, rf: RequestFactory) -> None:
    html = render_to_string(
        "cms/base.html", {"messages": [Message(level, "Voilà.")], "user": AnonymousUser()}, rf.get("/")
    )
    assert re.search(r'class="fr-alert fr-alert--(\w+) fr-alert--sm" role="status"><p>Voilà', html)[1] == kind  # type: ignore[index]
