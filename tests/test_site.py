# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages, without a browser: what they say, what they refuse, and what they never do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from cms.stages import STAGES
from cms.views import configurator, previews
from designs.models import DesignRevision
from fablabs.models import Workshop
from fabrication import artefacts, work
from fabrication.models import Artefact, Job

pytestmark = pytest.mark.django_db

MODEL = "/modeles/chariot/"
CONFIGURE = "/modeles/chariot/configurer/"
STATE = "/modeles/chariot/apercu.json"


@pytest.fixture(scope="module", autouse=True)
def _demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once: each test's own transaction is one within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _nobody_waits(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    # No worker runs beside these tests: nothing to wait for.
    monkeypatch.setattr(configurator, "_GLANCE", 0)
    monkeypatch.setattr(configurator, "PATIENCE", 0)
    monkeypatch.setattr(previews, "PATIENCE", 0)


class Page(HTMLParser):
    """What the tests look at in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in tags]

    def by_id(self, identifier: str) -> dict[str, str]:
        return next(attributes for _, attributes in self.tags if attributes.get("id") == identifier)


def _order(client: Client, **given: Any) -> Any:
    return client.post(CONFIGURE, {"produire": "1", "quantite": "1", "atelier": "copeaux-nimes", **given})


def _finished_package(client: Client, tmp_path: Path) -> Job:
    """A job whose archive is there, made of a few files: the true one is made in the journey's test."""
    _order(client)
    job = Job.objects.get(kind="package")
    archive = tmp_path / "a.zip"
    manifest = """{"design": "chariot", "sheets": [{"index": 1, "file": "sheets/sheet-01.dxf", "width_mm": 2500.0,
        "height_mm": 1250.0, "utilisation": 0.5, "placements": []}], "parts": [], "hardware": [],
        "checks": [{"id": "units", "ok": true, "detail": ""}, {"id": "brand-new", "ok": true, "detail": ""}],
        "stock": {"material": "contreplaqué bouleau", "measured_thickness_mm": 17.6, "sheet_mm": [2500.0, 1250.0]}}"""
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("chariot/manifest.json", manifest)
        opened.writestr("chariot/sheets/sheet-01.dxf", "0\nEOF\n")
        opened.writestr("chariot/sheets/sheet-01.svg", "<svg xmlns='http://www.w3.org/2000/svg'></svg>")
        opened.writestr("secret.txt", "beside the package's folder")
    package = artefacts.store(Artefact.Kind.PACKAGE, job.key, archive, "chariot é.zip")
    again = _order(client)
    assert again.status_code == 302
    done = Job.objects.get(public_id=again["Location"].split("/")[2])
    assert done.package == package
    return done


PAGES = [
    "/",
    "/modeles/",
    MODEL,
    CONFIGURE,
    "/comment-ca-marche/",
    "/accessibilite/",
    "/mentions-legales/",
    "/nulle-part/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_made_and_asks_nothing_of_another_site(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == (404 if path == "/nulle-part/" else 200)
    page = Page(response.content.decode())
    assert page.all("html")[0]["lang"] == "fr"
    assert len(page.all("h1")) == 1
    assert page.all("title") and page.by_id("contenu") and page.by_id("menu") and page.by_id("pied")
    assert any(a["href"] == "#contenu" for a in page.all("a") if "href" in a)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        assert "style" not in attributes and not any(name.startswith("on") for name in attributes), (tag, attributes)
        if attributes.get("rel") == "canonical":
            assert attributes["href"].startswith("http://127.0.0.1:8000/")  # this site's own, for search engines
            continue
        if tag == "a":
            continue  # asked for by whoever follows it
        for name in ("src", "href", "action"):
            assert not attributes.get(name, "").startswith(("http:", "https:", "//")), attributes
    assert not page.all("style")
    assert all("src" in script for script in page.all("script") if script.get("type") != "application/ld+json")
    for described in (a["aria-describedby"] for _, a in page.tags if "aria-describedby" in a):
        assert set(described.split()) <= set(ids)
    labels = {label["for"] for label in page.all("label") if "for" in label}
    for field in page.all("input", "select"):
        assert field.get("type") in ("hidden", "radio") or field["id"] in labels, field


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_other_scripts_and_frames(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy


def test_no_cookie_is_set_for_a_reader(client: Client) -> None:
    for path in PAGES:
        client.get(path)
    assert not client.cookies


def test_the_marks_of_the_state_are_for_state_sites_alone(client: Client, settings: Any) -> None:
    html = client.get("/").content.decode()
    assert "fr-logo" not in html and "neutral.css" in html and "favicon.svg" not in html
    settings.TRETEAU_STATE_SITE = True
    html = client.get("/").content.decode()
    assert "fr-logo" in html and "neutral.css" not in html


def test_the_home_page_leads_to_every_published_model(client: Client) -> None:
    links = {a.get("href") for a in Page(client.get("/").content.decode()).all("a")}
    for revision in DesignRevision.objects.all():
        assert f"/modeles/{revision.design}/" in links


def test_the_form_has_every_parameter_with_its_bounds_and_help(client: Client) -> None:
    html = client.get(CONFIGURE).content.decode()
    page = Page(html)
    for parameter in DesignRevision.objects.get(design="chariot").drawing().parameters:
        fields = [f for f in page.all("input") if f.get("name") == parameter.name]
        assert fields, parameter.name
        assert parameter.label in html and parameter.help in html
        if parameter.minimum is not None:
            (field,) = fields
            assert float(field["min"]) == parameter.minimum and float(field["max"]) == parameter.maximum
            assert float(field["value"]) == parameter.default and float(field["step"]) == parameter.step
        for value in parameter.choices or ():
            assert any(f["type"] == "radio" and f["value"] == value for f in fields)


def test_a_refused_parameter_keeps_what_was_typed_and_says_why_beside_its_field(client: Client) -> None:
    response = _order(client, width="99999", depth="soixante", text="MAIRIE")
    assert response.status_code == 422
    html = response.content.decode()
    page = Page(html)
    for name, typed, message in (("width", "99999", "Entre 660"), ("depth", "soixante", "Écrivez un nombre")):
        field = page.by_id(f"p-{name}")
        assert field["value"] == typed and field["aria-invalid"] == "true"
        assert f"p-{name}-messages" in field["aria-describedby"].split()
        beside = html.split(f'id="p-{name}-messages"')[1][:300]
        assert message in beside and "fr-message--error" in beside
    assert page.by_id("p-text")["value"] == "MAIRIE" and "aria-invalid" not in page.by_id("p-text")
    assert not Job.objects.filter(kind="package").exists()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1,05", "En millimètres\u00a0: 1,05\u00a0m s’écrit 1050."), ("0.9", "En millimètres\u00a0: 0,9\u00a0m s’écrit 900."),
        ("12 m", "En millimètres\u00a0: 12\u00a0m s’écrit 12000."), ("105cm", "En millimètres\u00a0: 105\u00a0cm s’écrit 1050."),
        ("1050 mm", "Écrivez le nombre sans son unité\u00a0: 1050."), ("5", "Entre 660 et 1 200\u00a0mm."),
        ("1e3", "Écrivez un nombre, par exemple 850 ou 17,5."),
    ],
)  # fmt: skip
def test_a_length_in_another_unit_is_told_in_millimetres(client: Client, typed: str, message: str) -> None:
    assert (
        client.get(STATE, {"width": typed}).json()["messages"]["width"].replace("\u202f", " ") == message
    )  # thin spaces are shown as plain ones here


def test_a_sign_that_is_too_long_is_refused_and_never_cut(client: Client) -> None:
    page = Page(client.get(CONFIGURE).content.decode())
    assert "maxlength" not in page.by_id("p-text")
    name = "COMMUNAUTÉ DE COMMUNES DU HAUT PAYS"
    response = _order(client, text=name)
    assert response.status_code == 422 and Page(response.content.decode()).by_id("p-text")["value"] == name
    assert "24\u00a0caractères au plus." in client.get(CONFIGURE).content.decode()


def test_the_form_tells_which_sizes_are_wrong_by_themselves(client: Client) -> None:
    assert client.get(STATE, {"depth": "700", "door": "710"}).json()["wrong"] == []
    assert client.get(STATE, {"depth": "7", "width": "1000"}).json()["wrong"] == ["depth"]


def test_a_broken_constraint_is_said_beside_each_field_that_it_names(client: Client) -> None:
    answer = client.get(STATE, {"depth": "700", "door": "710"})
    assert answer.status_code == 422
    assert answer.json()["messages"].keys() == {"depth", "door"}


@pytest.mark.parametrize("quantity", ["0", "101", "-3", "", "abc", "1e3", "NaN", "2.5", "9" * 400, "\0"])
def test_a_wrong_quantity_is_refused_beside_its_field(client: Client, quantity: str) -> None:
    response = _order(client, quantite=quantity)
    assert response.status_code == 422
    assert 'id="quantite-messages"' in response.content.decode()
    assert Page(response.content.decode()).by_id("quantite")["aria-invalid"] == "true"


@pytest.mark.parametrize("workshop", ["", "nulle-part", "1", "\0", "x" * 5000])
def test_an_unknown_workshop_is_refused(client: Client, workshop: str) -> None:
    assert _order(client, atelier=workshop).status_code == 422


def test_the_small_laser_says_beside_its_name_that_it_can_not(client: Client) -> None:
    response = _order(client, atelier="petit-faisceau-saint-pierre")
    assert response.status_code == 422
    assert "s’arrête à 6\u00a0mm" in response.content.decode()


def test_refreshing_leads_to_an_address_that_keeps_the_sizes(client: Client) -> None:
    response = client.post(
        CONFIGURE, {"actualiser": "1", "width": "1000", "depth": "500", "hooks": "non", "quantite": "4"}
    )
    assert (response.status_code, response["Location"]) == (302, f"{CONFIGURE}?width=1000&hooks=non&quantite=4#taille")
    page = Page(client.get(response["Location"]).content.decode())
    assert page.by_id("p-width")["value"] == "1000" and page.by_id("quantite")["value"] == "4"
    assert "checked" not in page.by_id("p-hooks")


def test_an_old_address_of_a_size_leads_to_the_configurator(client: Client) -> None:
    for query in ("width=1000&hooks=non", "quantite=4", "atelier=copeaux-nimes", "width=&text=%C3%89T%C3%89+%26+%00"):
        answer = client.get(f"{MODEL}?{query}")
        assert answer.status_code == 302 and client.get(answer["Location"]).status_code == 200
        assert answer["Location"] == f"{CONFIGURE}?{query}"
    assert client.get(f"{MODEL}?campagne=1").status_code == 200


def test_an_unfinished_preview_reloads_the_page_only_without_javascript(client: Client) -> None:
    html = client.get(CONFIGURE, {"width": "970"}).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in html


def test_a_finished_preview_shows_parts_and_a_still_picture(client: Client) -> None:
    client.get(CONFIGURE, {"width": "970"})
    work.run(Job.objects.get(kind="preview", parameters__width=970).pk)
    answer = client.get(STATE, {"width": "970"}).json()
    assert answer["state"] == "ready" and "P01" in answer["facts"]
    page = Page(client.get(CONFIGURE, {"width": "970"}).content.decode())
    sources = [i["src"] for i in page.all("img") if i["src"].startswith("/apercus/")]
    assert len(sources) > 8
    drawing = client.get(next(s for s in sources if s.endswith("/P01.svg")))
    assert drawing["Content-Type"] == "image/svg+xml" and "sandbox" in drawing["Content-Security-Policy"]
    picture = client.get(next(s for s in sources if s.endswith(".png")))
    content = b"".join(picture.streaming_content)
    assert content.startswith(b"\x89PNG")
    from PIL import Image

    colours = Image.open(io.BytesIO(content)).convert("RGB").getcolors(1 << 20)
    assert colours and len(colours) > 50  # faces, shaded; not an empty page
    mesh = client.get(answer["view"])
    assert mesh["Content-Type"] == "model/gltf-binary" and b"".join(mesh.streaming_content)[:4] == b"glTF"


BAD = ["NaN", "inf", "-inf", "1e3", "٣٠٠", "１０００", "10" * 9, "0x10", "1_000", "", " ", "\0", "\ud7ff", "9" * 5000,
       "<script>", "'; drop table", "{}", "[]", "null", "True", "é" * 300, "−900", "900;", "\u202e900"]  # fmt: skip


@pytest.mark.parametrize("value", BAD)
def test_no_value_of_any_parameter_breaks_the_form_or_the_json(client: Client, value: str) -> None:
    names = [p.name for p in DesignRevision.objects.get(design="chariot").drawing().parameters]
    everywhere = dict.fromkeys(names, value)
    for given_values in (everywhere, {"width": value}, {"text": value}, {"hooks": value}, {value: value}):
        assert client.get(STATE, given_values).status_code in (200, 202, 422)
        assert client.get(CONFIGURE, given_values).status_code == 200
        assert client.get(MODEL, given_values).status_code in (200, 302)
        assert _order(client, **given_values).status_code in (302, 400, 422)
        assert client.post(CONFIGURE, given_values).status_code in (302, 400, 422)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.dictionaries(
        st.sampled_from(
            ["width", "depth", "height", "trays", "text", "hooks", "extension", "door", "inconnu", "atelier"]
        ),
        st.text(max_size=30) | st.floats().map(str) | st.integers().map(str),
    )
)
def test_no_form_at_all_is_a_server_error(client: Client, values: dict[str, str]) -> None:
    for answer in (client.get(STATE, values), client.get(CONFIGURE, values), _order(client, **values)):
        assert answer.status_code < 500


def test_a_form_that_is_too_large_is_refused(client: Client) -> None:
    assert client.post(CONFIGURE, {"text": "x" * 300_000}).status_code == 400
    assert client.post(CONFIGURE, {f"f{i}": "1" for i in range(3000)}).status_code == 400


def test_a_form_of_another_site_is_refused_with_a_way_out() -> None:
    strict = Client(enforce_csrf_checks=True)
    asked = {"produire": "1", "quantite": "1", "atelier": "copeaux-nimes"}
    response = strict.post(CONFIGURE, asked, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert "rechargez la page" in response.content.decode() and 'href="/"' in response.content.decode()
    assert not Job.objects.filter(kind="package").exists()
    assert strict.post(CONFIGURE, asked, headers={"sec-fetch-site": "same-origin"}).status_code == 302


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    assert getattr(client, method)(CONFIGURE).status_code == 405
    assert client.post(STATE).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/modeles/armoire/",
        "/modeles/armoire/configurer/",
        "/modeles/armoire/apercu.json",
        "/travaux/00000000-0000-4000-8000-000000000000/",
        "/travaux/00000000-0000-4000-8000-000000000000/etat.json",
        f"/apercus/{'0' * 64}.glb",
        f"/apercus/{'0' * 64}.png",
        f"/apercus/{'0' * 64}/P01.svg",
    ],
)
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404 and 'href="/"' in response.content.decode()


def test_a_waiting_job_shows_its_stages_and_reloads_only_without_javascript(client: Client) -> None:
    path = _order(client, width="980")["Location"]
    html = client.get(path).content.decode()
    assert "En attente" in html and "<progress" in html and '<noscript><meta http-equiv="refresh"' in html
    state = client.get(f"{path}etat.json").json()
    assert (state["state"], state["finished"], len(state["stages"])) == ("queued", False, len(STAGES))
    assert client.get(f"{path}archive").status_code == 404


def test_a_refused_job_says_why_and_leads_back_with_the_same_choices(client: Client) -> None:
    path = _order(client, width="980", quantite="3")["Location"]
    Job.objects.filter(kind="package").update(
        state="refused", reason="La pièce P03 est trop large.", finished_at="2026-01-01T00:00Z", fault="P03 is too wide"
    )
    html = client.get(path).content.decode()
    assert "La pièce P03 est trop large." in html
    back = f"{CONFIGURE}?width=980&amp;quantite=3&amp;atelier=copeaux-nimes"
    assert back in html
    page = Page(client.get(back.replace("&amp;", "&")).content.decode())
    assert page.by_id("p-width")["value"] == "980" and page.by_id("quantite")["value"] == "3"
    assert any(f.get("value") == "copeaux-nimes" and "checked" in f for f in page.all("input"))


def test_a_finished_job_offers_the_archive_and_each_of_its_files(client: Client, tmp_path: Path) -> None:
    job = _finished_package(client, tmp_path)
    path = f"/travaux/{job.public_id}/"
    html = client.get(path).content.decode()
    assert "Les fichiers sont prêts" in html and "sheet-01.dxf" in html and "Brand new" in html
    assert "Les dessins sont en millimètres" in html
    archive = client.get(f"{path}archive")
    assert archive["Content-Disposition"] == "attachment; filename*=utf-8''chariot%20%C3%A9.zip"
    assert b"".join(archive.streaming_content) == (tmp_path / "a.zip").read_bytes()
    one = client.get(f"{path}fichiers/sheets/sheet-01.dxf")
    assert one.content == b"0\nEOF\n" and one["Content-Disposition"] == 'attachment; filename="sheet-01.dxf"'
    shown = client.get(f"{path}fichiers/sheets/sheet-01.svg?voir")
    assert shown["Content-Disposition"].startswith("inline") and "sandbox" in shown["Content-Security-Policy"]
    assert client.get(f"{path}fichiers/sheets/sheet-01.svg").content.count(b"<style>") == 0


def test_a_sheet_opens_in_a_page_with_a_way_back(client: Client, tmp_path: Path) -> None:
    path = f"/travaux/{_finished_package(client, tmp_path).public_id}/"
    assert f'href="{path}panneaux/1/"' in client.get(path).content.decode()
    page = Page(client.get(f"{path}panneaux/1/").content.decode())
    assert any(i["src"] == f"{path}fichiers/sheets/sheet-01.svg?voir" for i in page.all("img"))
    assert any(a["href"] == path for a in page.all("a"))
    assert client.get(f"{path}panneaux/2/").status_code == 404


def test_a_finished_job_says_what_comes_next_and_folds_its_checks(client: Client, tmp_path: Path) -> None:
    html = client.get(f"/travaux/{_finished_package(client, tmp_path).public_id}/").content.decode()
    assert "2\u00a0contrôles, tous bons&nbsp;: les fichiers correspondent au modèle." in html
    assert html.index("<summary>Le détail des contrôles") < html.index("Brand new")
    assert "calculés pour du contreplaqué bouleau" in html and "uincaillerie" not in html
    assert "Montez le meuble" in html and "inventé pour la démonstration" in html


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "secret.txt", "..%2Fsecret.txt", "/etc/passwd", "%2Fetc%2Fpasswd", "sheets", "sheets/", "%00",
     "../../../../../etc/passwd", "sheets/../manifest.json", "sheets%5C..%5Cmanifest.json"],
)  # fmt: skip
def test_no_name_leads_out_of_the_package(client: Client, tmp_path: Path, name: str) -> None:
    job = _finished_package(client, tmp_path)
    assert client.get(f"/travaux/{job.public_id}/fichiers/{name}").status_code == 404


def test_a_preview_is_no_page_of_its_own(client: Client) -> None:
    preview = Job.objects.filter(kind="preview").first()
    assert preview
    assert client.get(f"/travaux/{preview.public_id}/").status_code == 404


def test_the_demonstration_loaded_twice_is_the_same(client: Client) -> None:
    before = (Workshop.objects.count(), DesignRevision.objects.count(), Job.objects.count())
    call_command("demo", stdout=io.StringIO())
    assert (Workshop.objects.count(), DesignRevision.objects.count(), Job.objects.count()) == before
    assert before[0] == 44
    call_command("demo", "--reset", stdout=io.StringIO())
    assert (Workshop.objects.count(), DesignRevision.objects.count(), Job.objects.count()) == before
    assert client.get("/").status_code == 200
    assert all(w.is_demo for w in Workshop.objects.all())
