# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

"""The studio's page and what it sends: kept, refused beside its field, never over somebody else's, nothing for strangers."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from cms.studio_form import fields_of, typed
from cms.views.studio import sent
from designs import catalogue
from designs.content import Content
from designs.models import DesignDraft
from designs.services.drafting import draft_of
from designs.sources import content_of
from designs.templates import template
from fabrication.models import Job
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.running import ROOT
from tests.studio_desk import EXPORT, PAGE, RUN, SAVE, UPLOAD, fields_now, latest, post, save, sound, words

pytestmark = pytest.mark.django_db

#: What people type into a number's field.
HOSTILE = ("", "0", "-1", "1e3", "٣", "1" * 10_000, "1_0", "nan", "inf", "0x10", "12,5,5", "\0", "١٢", "99999999999999")


def test_the_page_is_sound_has_every_field_and_a_policy_without_holes(desk: Client, draft: DesignDraft) -> None:
    response = desk.get(PAGE)
    assert response.status_code == 200
    sound(response)
    html = response.content.decode()
    shown = fields_now(draft)
    for name in shown:
        assert f'name="{name}"' in html or name.endswith(("-is_state",)), name
    policy = response["Content-Security-Policy"]
    (nonce,) = re.findall(r"style-src 'self' 'nonce-([\w-]{20,})'", policy)
    assert "unsafe" not in policy and "script-src 'self';" in policy and f'data-nonce="{nonce}"' in html
    assert desk.get(PAGE)["Content-Security-Policy"] != policy and "no-store" in response["Cache-Control"]


def test_nobody_else_learns_that_there_is_such_a_model(client: Client, desk: Client, draft: DesignDraft) -> None:
    other = make_person("eve@example.org", "Eve Autre")
    make_member(other, make_organisation(Organisation.Kind.DESIGNER, "Bureau voisin"))
    based_on = latest(draft)
    before = draft.revisions.count()
    asked = post(desk, RUN, {"based_on": based_on, "values": {}, "trial": ""})
    state = asked.json().get("url", PAGE)
    stranger, reader = signed_in(other), signed_in(make_coordinator())
    assert [stranger.get(address).status_code for address in (PAGE, EXPORT, state)] == [404] * 3
    assert post(stranger, RUN, {"based_on": based_on, "values": {}}).status_code == 404
    for writer in (stranger, reader):  # who reads a model over does not work at it
        fields = {"based_on": based_on, "fields": fields_now(draft) | {"title": "À moi"}}
        assert post(writer, SAVE, fields).status_code == 404
        file = SimpleUploadedFile("x.py", b"x = 1")
        assert writer.post(UPLOAD, {"fichier": file, "based_on": based_on}).status_code == 404
    for address in (PAGE, EXPORT):
        assert client.get(address).status_code == 302
    assert draft.revisions.count() == before and latest(draft) == based_on


def test_who_reads_a_model_over_turns_it_and_tries_its_sizes_and_writes_nothing(draft: DesignDraft) -> None:
    reader = signed_in(make_coordinator())
    html = reader.get(PAGE).content.decode()
    assert "Vous relisez ce modèle" in html and "data-locked" in html
    for writing in ("Enregistrer et exécuter", "Soumettre à la relecture", 'name="fichier"', "data-add-file"):
        assert writing not in html, writing
    asked = post(reader, RUN, {"based_on": latest(draft), "values": {}, "trial": ""})
    assert asked.status_code == 202 and reader.get(asked.json()["url"]).status_code in (200, 202)
    assert reader.get(EXPORT).status_code == 200
    assert (
        reverse("studio-edit", args=[draft.slug])
        in reader.get(reverse("studio-review", args=[draft.slug])).content.decode()
    )


def test_a_request_without_its_token_changes_nothing(ada: User, draft: DesignDraft) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    fields = {"based_on": latest(draft), "fields": fields_now(draft) | {"title": "Sans jeton"}}
    assert post(client, SAVE, fields).status_code == 403
    page = client.get(PAGE).content.decode()
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert post(client, SAVE, fields, headers={"X-CSRFToken": token}).json()["state"] == "saved"
    assert fields_now(draft)["title"] == "Sans jeton"


def test_what_is_typed_is_kept_however_wrong_the_script(desk: Client, draft: DesignDraft) -> None:
    first = latest(draft)
    script = 'def draw(values, sheet)\n    return "é" + \u00abcassé\u00bb\n'
    answer = save(desk, draft, {"file-0-text": script, "file-1-name": "sizes.py", "file-1-text": "EDGE = 25\n"}).json()
    assert answer["state"] == "saved" and answer["id"] == latest(draft) != first
    assert re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", answer["at"])
    content = DesignDraft.objects.get(pk=draft.pk).state().content
    assert content["sources"] == {"table.py": script, "sizes.py": "EDGE = 25\n"} and content["main"] == "table.py"
    assert content["specification"] == template("table").content.specification  # what nobody touched
    assert save(desk, draft, {}).json()["id"] == answer["id"]  # the same again is no new state


@pytest.mark.parametrize("typed_number", HOSTILE)
def test_a_number_that_is_none_is_refused_beside_its_field(desk: Client, draft: DesignDraft, typed_number: str) -> None:
    before = latest(draft)
    answer = save(desk, draft, {"parameter-0-maximum": typed_number})
    assert answer.json()["messages"].keys() & {"parameter-0-maximum", "parameter-0-default"}, answer.json()
    assert answer.json()["state"] == "partly" and latest(draft) == before  # nothing else was changed


def test_a_parameter_that_is_half_typed_is_no_reason_to_lose_the_script(desk: Client, draft: DesignDraft) -> None:
    before = fields_now(draft)
    typed_now = {
        "file-0-text": "x = 1\n",
        "parameter-8-name": "shelf",
        "parameter-8-kind": "flag",
        "title": "",
        "credit": "Ada",
    }
    answer = save(desk, draft, typed_now).json()
    assert answer["state"] == "partly" and answer["id"] == latest(draft)
    assert answer["messages"].keys() == {"parameter-8-label", "title"}
    assert fields_now(draft) == before | {"file-0-text": "x = 1\n", "credit": "Ada"}


def test_every_wrong_row_says_so_where_it_is_wrong(desk: Client, draft: DesignDraft) -> None:
    wrong = {
        "parameter-0-name": "Largeur !",
        "parameter-7-name": "width2", "parameter-7-kind": "length", "parameter-7-label": "",
        "rule-0-holds": "__import__('os')", "rule-0-french": "Non.", "rule-0-parameters": "", "rule-0-english": "",
        "file-1-name": "../x.py", "file-1-text": "x", "file-2-name": "table.py", "file-2-text": "deux",
        "thickness_min": "1",
    }  # fmt: skip
    messages = save(desk, draft, wrong).json()["messages"]
    assert {"parameter-0-name", "parameter-7-label", "parameter-7-minimum", "rule-0-holds", "file-1-name"} <= set(
        messages
    )
    assert {"file-2-name", "thickness_min"} <= set(messages)
    assert all(re.match(r"\w|«", text) for text in messages.values())
    assert "router_only" in save(desk, draft, {"router_only": "nobody = 3"}).json()["messages"]
    texts = save(desk, draft, {"title": " ", "summary": "x" * 400, "version_step": "énorme"}).json()["messages"]
    assert {"title", "summary"} <= set(texts)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400), (b"\xff\xfe", 400), (b'{"fields": NaN}', 400), (b'{"fields": {"a": 1}}', 400),
        (b"[" * 100_000, 400), (b'{"fields": {}, "based_on": 7}', 400), (b'{"fields": {}, "based_on": "' + b"9" * 200 + b'"}', 400),
        (b'{"fields": {"title": "' + b"x" * sent.MAX_BYTES + b'"}}', 413),
        (json.dumps({"fields": {f"n{n}": "" for n in range(2000)}}).encode(), 400),
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused_and_changes_nothing(
    desk: Client, draft: DesignDraft, body: bytes, status: int
) -> None:
    before = latest(draft)
    answer = desk.post(SAVE, body, content_type="application/json")
    assert answer.status_code == status and answer.json()["reason"]
    # Of a run it asks for other names: without them it is one of another state.
    answer = desk.post(RUN, body, content_type="application/json")
    assert answer.status_code in (status, 409) and answer.json()["reason"]
    assert latest(draft) == before and not Job.objects.exists()


def test_a_long_body_is_refused_by_its_length_before_it_is_read(desk: Client) -> None:
    answer = desk.post(SAVE, b"{}", content_type="application/json", headers={"Content-Length": "99999999999"})
    assert answer.status_code == 413


def test_half_a_surrogate_and_a_nul_are_no_fault_of_ours(desk: Client, draft: DesignDraft) -> None:
    for text in ("\ud800", "a\0b"):
        raw = json.dumps({"based_on": latest(draft), "fields": fields_now(draft) | {"file-0-text": text}})
        answer = desk.post(SAVE, raw, content_type="application/json")
        assert answer.status_code == 422 and "file-0-name" in answer.json()["messages"]
    assert save(desk, draft, {"title": "Ta\0ble\ud800"}).json()["state"] == "saved"
    assert fields_now(draft)["title"] == "Table"
    values = {"width": "\ud800", "depth": "\0" * 2000, "nobody": "x"}
    assert post(desk, RUN, {"based_on": latest(draft), "values": values}).status_code == 422


def test_a_second_window_gets_the_other_text_and_overwrites_nothing(
    desk: Client, ada: User, draft: DesignDraft
) -> None:
    seen = latest(draft)
    colleague = make_person("bo@example.org", "Bo Martel")
    make_member(colleague, Organisation.objects.get(name="Bureau des Copeaux"))
    assert save(signed_in(colleague), draft, {"summary": "Celle de Bo."}).json()["state"] == "saved"
    answer = save(desk, draft, {"summary": "Celle d’Ada."}, based_on=seen)
    data = answer.json()
    assert answer.status_code == 409 and data["state"] == "conflict" and data["id"] == latest(draft)
    assert data["fields"]["summary"] == "Celle de Bo." and data["by"] == colleague.short_name
    assert fields_now(draft)["summary"] == "Celle de Bo."
    assert save(desk, draft, {"summary": "Celle d’Ada."}, based_on=data["id"]).json()["state"] == "saved"
    # One's own other window, a minute ago: the history keeps it too.
    chosen = {
        "based_on": latest(draft),
        "fields": fields_now(draft) | {"summary": "D’une autre fenêtre."},
        "apart": True,
    }
    assert post(desk, SAVE, chosen).json()["state"] == "saved"
    kept = [revision.content["summary"] for revision in draft.revisions.order_by("created_at")]
    assert kept[-3:] == ["Celle de Bo.", "Celle d’Ada.", "D’une autre fenêtre."]


def test_without_scripts_a_form_saves_adds_and_removes(desk: Client, draft: DesignDraft) -> None:
    fields = fields_now(draft)
    added = {
        "parameter-9-name": "shelf", "parameter-9-kind": "flag", "parameter-9-label": "Tablette", "parameter-9-default": "non",
        "file-3-name": "more.py", "file-3-text": "A = 1\r\nB = 2\r\n",
    }  # fmt: skip
    answer = desk.post(SAVE, fields | added | {"based_on": latest(draft)})
    assert answer.status_code == 302 and answer["Location"] == PAGE
    saved = fields_now(draft)
    assert saved["file-1-text"] == "A = 1\nB = 2\n" and "shelf" in saved.values()
    (row,) = [name.split("-")[1] for name, value in saved.items() if value == "shelf"]
    answer = desk.post(
        SAVE, saved | {f"parameter-{row}-remove": "oui", "file-1-remove": "oui", "based_on": latest(draft)}
    )
    assert answer.status_code == 302 and fields_now(draft) == fields
    ran = desk.post(SAVE, fields | {"executer": "1", "based_on": latest(draft)})
    assert ran["Location"] == f"{PAGE}?vu=1#resultat"


def test_without_scripts_what_is_refused_stands_in_the_form_with_its_reason(desk: Client, draft: DesignDraft) -> None:
    seen = latest(draft)
    answer = desk.post(SAVE, fields_now(draft) | {"parameter-0-minimum": "12 mètres", "based_on": seen})
    assert answer.status_code == 422
    sound(answer)
    html = answer.content.decode()
    assert 'value="12 mètres"' in html and 'href="#c-parameter-0-minimum"' in html and latest(draft) == seen
    assert save(desk, draft, {"summary": "Ailleurs."}).json()["state"] == "saved"
    here = {"summary": "Ici.", "file-0-text": "x = 1\n", "parameter-0-label": "Envergure"}
    both = desk.post(SAVE, fields_now(draft) | here | {"based_on": seen})
    assert both.status_code == 409
    sound(both)
    html = both.content.decode()
    assert 'value="Ici."' in html and "Ailleurs." in words(both) and "def draw" in html  # the other script too
    found = [unescape(one).replace("\N{NO-BREAK SPACE}", " ") for one in re.findall(r"<(?:dt|summary)>(.*?)</", html)]
    assert found[0] == "Résumé" and found[1].endswith(", libellé") and found[2].startswith("Fichier ")
    assert len([one for one in found if one.startswith(("Paramètre", "Fichier", "Règle", "Version"))]) == 2
    (based_on, *_) = re.findall(r'name="based_on" value="([^"]+)"', html)
    assert desk.post(SAVE, fields_now(draft) | {"summary": "Ici.", "based_on": based_on}).status_code == 302
    assert fields_now(draft)["summary"] == "Ici."


def test_the_page_asks_the_database_no_more_for_a_longer_model(
    desk: Client, draft: DesignDraft, django_assert_max_num_queries: Any
) -> None:
    desk.get(PAGE)
    many = {f"file-{n}-name": f"part_{n}.py" for n in range(2, 12)} | {f"file-{n}-text": "x" for n in range(2, 12)}
    many |= {f"parameter-{n}-{key}": value for n in range(20, 60) for key, value in
             {"name": f"extra_{n}", "kind": "flag", "label": f"Option {n}", "default": "non"}.items()}  # fmt: skip
    assert save(desk, draft, many).json()["state"] == "saved"
    with django_assert_max_num_queries(24):
        assert desk.get(PAGE).status_code == 200


@pytest.mark.parametrize("identifier", ["porte", "chariot", "maisonnette"])
def test_the_form_says_a_shipped_model_and_says_it_back(identifier: str) -> None:
    content = content_of(catalogue.shipped(identifier))
    before = {"content": content.as_data(), "texts": {"title": "Autre", "story": "Un\n\nDeux"}}
    again = typed(fields_of(before), before).data
    assert Content.parse(again["content"]) == content and again["texts"]["story"] == "Un\n\nDeux"


def test_what_the_editor_proposes_exists() -> None:
    words = (ROOT / "cms/static_src/studio/words.js").read_text(encoding="utf-8")
    joints = re.search(r"const JOINTS = \[(.*?)\n\];", words, re.S)
    names = re.search(r"const NAMES = \[(.*?)\n\];", words, re.S)
    assert joints and names
    library = (ROOT / "designs/joinery/__init__.py").read_text(encoding="utf-8")
    proposed = re.findall(r'\["(\w+)",', joints[1])
    assert len(proposed) > 10 and all(f'"{name}"' in library for name in proposed)
    code = "".join((ROOT / f"designs/{file}.py").read_text(encoding="utf-8") for file in ("piece", "placing"))
    for name in re.findall(r'\["(\w+)",', names[1]) + re.findall(r"'?piece\.(\w+)\(", words):
        assert re.search(rf"^ *(?:def|class) {name}\b", code, re.M), name


def test_a_draft_in_review_is_read_and_not_written(desk: Client, draft: DesignDraft, ada: User) -> None:
    draft.locked, draft.locked_at, draft.locked_by = True, timezone.now(), make_coordinator()
    draft.save()
    page = desk.get(PAGE)
    sound(page)
    html = page.content.decode()
    assert "data-locked" in html and "data-add-file" not in html and 'name="fichier"' not in html
    answer = save(desk, draft, {"title": "Quand même"})
    assert answer.status_code == 423 and answer.json()["state"] == "locked"
    assert "verrouillé" in answer.json()["reason"] and answer.json()["reason"] in unescape(html), "both say the same"
    assert desk.post(SAVE, fields_now(draft) | {"title": "Quand même", "based_on": latest(draft)}).status_code == 423
    assert draft_of(ada, "table-haute").state().title != "Quand même"
