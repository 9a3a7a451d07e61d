# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The configurator's page and answers: limits that explain themselves, sheets and price beside the view, what a link holds."""

from __future__ import annotations

import gzip
import re
import time
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as site_settings
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cms.catalogue import sync_designs
from cms.price_range import PriceRange
from cms.views import configurator, needs, previews
from cms.views.needs import Needs
from designs.models import DesignRevision
from fablabs.geography import commune
from fabrication import work
from fabrication.models import Job

pytestmark = pytest.mark.django_db

PAGE = "/modeles/chariot/configurer/"
VIEW = "/modeles/chariot/apercu.json"
NEEDS = "/modeles/chariot/chiffres.json"
SMALL = {"width": "700", "height": "700", "trays": "0", "dividers": "0", "laptops": "0", "extension": "none"}


@pytest.fixture(autouse=True)
def _published(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    sync_designs()
    # No worker runs beside these tests: nothing to wait for.
    for module, name in (
        (configurator, "_GLANCE"),
        (configurator, "PATIENCE"),
        (previews, "PATIENCE"),
        (needs, "PATIENCE"),
    ):
        monkeypatch.setattr(module, name, 0)


def _work() -> None:
    for job in Job.objects.filter(state=Job.State.QUEUED):
        work.run(job.pk)


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def test_every_number_says_its_bounds_its_step_and_its_unit_to_the_slider(client: Client) -> None:
    html = client.get(PAGE).content.decode()
    for parameter in DesignRevision.objects.get(design="chariot").drawing().parameters:
        (box,) = re.findall(rf'<div class="t-field[^>]*data-field="{parameter.name}"[^>]*>', html)
        if parameter.minimum is None:
            assert "data-min" not in box
            continue
        assert f'data-min="{parameter.minimum:g}"' in box and f'data-max="{parameter.maximum:g}"' in box
        assert f'data-step="{parameter.step:g}"' in box and f'data-unit="{parameter.unit}"' in box


@pytest.mark.parametrize(("design", "state"), [("chariot", "extension"), ("porte", "state"), ("maisonnette", "state")])
def test_states_of_the_piece_stand_first_as_one_control(client: Client, design: str, state: str) -> None:
    html = client.get(f"/modeles/{design}/configurer/").content.decode()
    first = re.search(r'data-field="(\w+)"', html)
    assert first and first[1] == state
    assert html.count("fr-segmented__elements") == 1


def test_a_rule_between_sizes_says_what_would_do_and_a_link_does_it(client: Client) -> None:
    answer = client.get(VIEW, {"depth": "780", "door": "700", "text": "MAIRIE"}).json()
    assert answer["remedies"].keys() == {"depth", "door"}
    assert answer["remedies"]["depth"]["label"] == "660\u00a0mm"
    html = client.get(PAGE, {"depth": "780", "door": "700", "text": "MAIRIE"}).content.decode()
    links = [unescape(found) for found in re.findall(r'href="(\?[^"]+)#p-\w+" data-value', html)]
    assert len(links) == 2
    for link in links:
        assert _query(link)["text"] == "MAIRIE"
        page = client.get(PAGE + link).content.decode()
        assert "fr-message--error" not in page and "data-value" not in page


def test_a_size_that_is_wrong_by_itself_has_its_bounds_and_no_guess(client: Client) -> None:
    answer = client.get(VIEW, {"depth": "9", "door": "700"}).json()
    assert answer["messages"].keys() == {"depth"} and answer["remedies"] == {}


def test_the_page_shows_the_sheets_as_soon_as_they_are_counted(client: Client) -> None:
    page = client.get(PAGE, SMALL)
    assert b'http-equiv="refresh"' in page.content and page["Cache-Control"] == "no-store"
    _work()
    counting = client.get(PAGE, SMALL)  # the view is there; the sheets were asked for after it
    assert b'http-equiv="refresh"' in counting.content and "Calcul en cours" in counting.content.decode()
    _work()
    done = client.get(PAGE, SMALL).content.decode()
    assert 'http-equiv="refresh"' not in done and "1 panneau de 2 500 × 1 250 mm, 18 mm" in _text(done)


def test_sheets_are_answered_apart_from_the_view(client: Client) -> None:
    first = client.get(NEEDS, SMALL)
    assert (first.status_code, first.json()["state"]) == (202, "computing")
    assert list(Job.objects.values_list("kind", flat=True)) == ["sheets"]  # no view was drawn for it
    _work()
    answer = client.get(NEEDS, SMALL)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert "1 panneau de 2 500 × 1 250 mm, 18 mm" in _text(answer.json()["needs"])
    assert "Indiquez votre commune" in _text(answer.json()["needs"])
    near = client.get(NEEDS, {**SMALL, "commune": "30189"}).json()  # there is no workshop at all here
    assert near["state"] == "ready" and "Prix près de Nîmes Aucun prix connu par ici" in _text(near["needs"])


def test_a_piece_that_no_usual_sheet_holds_says_so(client: Client) -> None:
    client.get(NEEDS)
    Job.objects.update(state="refused", reason="La pièce P03 est trop grande.", finished_at="2026-01-01T00:00Z")
    answer = client.get(NEEDS).json()
    assert answer["state"] == "ready" and "La pièce P03 est trop grande." in answer["needs"]


@pytest.mark.parametrize(
    ("low", "high", "pending", "words"),
    [("355", "515", 0, "355 à 515 € HT d’après 3 prix affichés"), ("400", "400", 0, "400 € HT d’après 3 prix affichés"),
     ("1355", "2515", 4, "1 355 à 2 515 € HT d’après 3 prix affichés"), (None, None, 4, "Les ateliers voisins sont consultés…"),
     (None, None, 0, "demandez un devis")],
)  # fmt: skip
def test_a_price_is_a_range_with_its_source_or_an_honest_word(
    low: str | None, high: str | None, pending: int, words: str
) -> None:
    price = PriceRange(Decimal(low), Decimal(high), 3, "d’après 3 prix affichés") if low and high else None
    shown = Needs(
        True, {"sheets": 2, "sheet_mm": [2500, 1250], "thickness_mm": 18}, "", commune("30189"), price, pending
    )
    text = _text(render_to_string("cms/_needs.html", shown.context()))
    assert words in text and "Prix près de Nîmes" in text


def test_a_known_view_is_answered_at_once_and_weighs_a_third_on_its_way(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(VIEW, SMALL)
    _work()
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(previews, "PATIENCE", 8)
    with django_assert_max_num_queries(6):
        answer = client.get(VIEW, SMALL).json()
    assert answer["state"] == "ready" and slept == []
    assert answer["parts"]["P01"]["grain"] in ("along", "across", "free")
    assert 'data-part="P01"' in answer["facts"] and "Poids" in answer["figures"]
    plain = client.get(answer["view"])
    content = b"".join(plain.streaming_content)  # type: ignore[attr-defined]
    packed = client.get(answer["view"], headers={"accept-encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == content
    assert len(packed.content) < 0.5 * len(content)
    for response in (plain, packed):
        assert "immutable" in response["Cache-Control"] and "Accept-Encoding" in response["Vary"]


def test_where_many_wait_for_their_views_the_next_one_is_told_to_ask_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "PATIENCE", 30.0)
    held = [previews._WAITING.acquire(blocking=False) for _ in range(8)]
    try:
        assert held.count(True) == 4  # half of a process's threads
        answer = client.get("/modeles/chariot/apercu.json?width=1030")  # nobody computes it here
        assert answer.status_code == 202 and answer.json()["state"] == "computing"
    finally:
        for _ in range(held.count(True)):
            previews._WAITING.release()
    job = Job.objects.get(kind="preview", parameters__width=1030)
    assert job.state == "queued"  # it will be computed all the same


def test_the_sizes_and_the_commune_go_along_to_a_quote(client: Client) -> None:
    sent = {**SMALL, "quantite": "3", "commune": "Nîmes", "commune_insee": "30189"}
    answer = client.post(PAGE, {**sent, "devis": "1"})
    assert answer.status_code == 302 and urlsplit(answer["Location"]).path == "/devis/demander/chariot/"
    assert _query(answer["Location"]) == {**SMALL, "quantite": "3", "commune": "30189"}
    again = client.post(PAGE, {**sent, "actualiser": "1"})
    assert _query(again["Location"]) == {**SMALL, "quantite": "3", "commune": "30189"}
    assert 'value="Nîmes' in client.get(again["Location"]).content.decode()


def test_a_commune_that_nobody_knows_is_said_beside_its_field_and_keeps_nobody_from_ordering(client: Client) -> None:
    sent = {**SMALL, "commune": "Trifouillis-les-Oies"}
    answer = client.post(PAGE, {**sent, "devis": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "Aucune commune ne répond" in html and 'value="Trifouillis-les-Oies"' in html
    assert 'data-error="commune"' in html and 'value="700"' in html
    assert client.post(PAGE, {**sent, "commander": "1"}).status_code == 302


BAD = ["", " ", "0", "-1", "NaN", "1e3", "٣", "\0", "9" * 5000, "99999", "30189\u202e", "<script>", "Saint", "é" * 300]


@pytest.mark.parametrize("value", BAD)
def test_no_commune_and_no_size_breaks_anything(client: Client, value: str) -> None:
    for given in (
        {"commune": value},
        {"commune": value, "width": value},
        {"depth": value, "door": value},
        {value: value},
    ):
        assert client.get(NEEDS, given).status_code in (200, 202, 422)
        assert client.get(PAGE, given).status_code == 200
        for action in ("actualiser", "devis", "commander"):
            assert client.post(PAGE, {**given, "commune_insee": value, action: "1"}).status_code in (302, 400, 422)


def test_what_is_no_model_has_no_sheets(client: Client) -> None:
    assert client.get("/modeles/armoire/chiffres.json").status_code == 404
    assert client.post(NEEDS).status_code == 405


def test_the_people_for_scale_stand_on_the_floor_and_are_as_tall_as_they_say() -> None:
    import trimesh

    file = Path(site_settings.ROOT) / "cms" / "static" / "figures" / "people.glb"
    assert file.stat().st_size < 140_000
    scene: Any = trimesh.load(file)
    nodes = {name: scene.graph[name] for name in scene.graph.nodes_geometry}
    for person, tall in (("standing", (1.73, 1.79)), ("wheelchair", (1.25, 1.45))):
        meshes = [scene.geometry[geometry] for name, (_, geometry) in nodes.items() if name.startswith(person)]
        assert meshes
        low = min(mesh.bounds[0][1] for mesh in meshes)
        high = max(mesh.bounds[1][1] for mesh in meshes)
        assert low == pytest.approx(0, abs=0.01) and tall[0] < high < tall[1]
