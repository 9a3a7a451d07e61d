# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What went wrong is said in French with a way out, also when little else works; maintenance is a file."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from cms.maintenance import LONGEST_MIN, USUAL_MIN, ends_at
from cms.views.errors import words_of
from tests.people import make_person, signed_in
from tests.streamed import close_file


def _raises(error: Exception) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    view.login_required = False  # type: ignore[attr-defined]
    return view


urlpatterns = [
    path("essai/400/", _raises(RequestDataTooBig("too much"))),
    path("essai/403/", _raises(PermissionDenied())),
    path("essai/500/", _raises(RuntimeError("tombé"))),
    path("", include("cms.urls")),
]
handler400 = "cms.views.errors.bad_request"
handler403 = "cms.views.errors.forbidden"
handler404 = "cms.views.errors.not_found"
handler500 = "cms.views.errors.server_error"

failing = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@failing
@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_each_page_has_its_status_one_title_and_ways_out(visitor: Client, status: int) -> None:
    answer = visitor.get(f"/essai/{status}/")
    page = text_of(answer)
    assert answer.status_code == status and f"Erreur {status}" in page
    assert page.count("<h1") == 1 and 'lang="fr"' in page and 'href="/"' in page and 'href="/contact/"' in page
    assert 'content="noindex' in page and "Content-Security-Policy" in answer
    assert not re.search(r"Traceback|RuntimeError|tombé|<script>|style=|None", page) and not visitor.cookies


@failing
@pytest.mark.parametrize("status", [400, 500])
def test_the_last_ones_ask_nothing_of_the_database(visitor: Client, status: int) -> None:
    # Without the mark, any look at a row raises, and the page would be the bare one.
    page = text_of(visitor.get(f"/essai/{status}/"))
    assert "bundle/" in page and "Revenir à l’accueil" in page


@failing
def test_where_even_templates_fail_there_is_still_a_page(visitor: Client, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }  # fmt: skip
    answer = visitor.get("/essai/500/")  # nothing was collected: no file has its name there
    assert (
        answer.status_code == 500 and "Ce n’est pas de votre fait" in text_of(answer) and "<link" not in text_of(answer)
    )


def test_a_site_that_is_called_by_a_wrong_name_says_so_and_no_more(visitor: Client) -> None:
    answer = visitor.get("/", headers={"host": "ailleurs.example"})
    assert answer.status_code == 400 and "Demande illisible" in text_of(answer) and "ailleurs" not in text_of(answer)


@pytest.mark.django_db
def test_a_missing_page_offers_what_was_looked_for(visitor: Client) -> None:
    page = text_of(visitor.get("/modeles-de-meubles/chariot%20établi/12.php"))
    assert 'value="modeles meubles chariot établi"' in page and 'action="/recherche/"' in page
    for odd in (
        "/%00/",
        "/%E2%80%AE/",
        "/" + "a" * 5_000 + "/",
        "/<script>alert(1)</script>/x/",
        "/٣/",
        '/"onfocus="x"/',
    ):
        answer = visitor.get(odd)
        assert answer.status_code in (400, 404), odd[:80]
        assert "<script>alert" not in text_of(answer) and 'value=""onfocus' not in text_of(answer)
    person = signed_in(make_person("a@example.org"))
    assert "Mon espace" in text_of(person.get("/nulle-part/")) and "Se connecter" not in text_of(
        person.get("/nulle-part/")
    )


@pytest.mark.django_db
def test_what_is_gone_for_good_says_why(visitor: Client) -> None:
    assert "refaites-les depuis le modèle" in text_of(visitor.get("/travaux/rien/"))
    assert "les inscriptions sont alors effacées" in text_of(visitor.get(f"/rencontres/inscription/{'a' * 32}/"))


def test_words_of_an_address_are_words() -> None:
    assert words_of("/modeles/chariot-etabli/index.html") == "modeles chariot etabli"
    assert words_of("/a/b1/12/٣/") == "" and words_of("/" + "mot-" * 50) == "mot mot mot mot mot"
    assert len(words_of("/" + "é" * 900)) <= 60


@pytest.mark.django_db
def test_too_many_tries_say_what_to_do(visitor: Client) -> None:
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    request = RequestFactory().get("/compte/connexion/")
    request.user = make_person("a@example.org")
    page = render_to_string("429.html", {}, request)
    assert "Attendez quelques minutes" in page and page.count("<h1") == 1 and 'href="/contact/"' in page


# Maintenance


@pytest.fixture
def flag(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.TRETEAU_MAINTENANCE_FILE = tmp_path / "maintenance"
    yield settings.TRETEAU_MAINTENANCE_FILE


def test_while_the_file_is_there_visitors_wait_and_robots_know_how_long(visitor: Client, flag: Path) -> None:
    flag.write_text("20\n")
    for method, address in [("get", "/"), ("post", "/contact/"), ("get", "/modeles/chariot/"), ("get", "/nulle-part/")]:
        answer = getattr(visitor, method)(address)
        page = text_of(answer)
        assert answer.status_code == 503 and 20 * 60 - 5 <= int(answer["Retry-After"]) <= 20 * 60
        assert answer["Cache-Control"] == "no-store" and "Content-Security-Policy" in answer
        assert re.search(r"Le site revient vers \d+\u00a0h(\u00a0\d\d)? \(heure de Paris\)", page), page
    answer = visitor.get("/communes.json?q=nim")
    assert answer.status_code == 503 and answer.json() == {"error": "maintenance"}


@pytest.mark.django_db
def test_those_who_keep_the_site_go_on_and_it_ends_with_the_file(visitor: Client, flag: Path) -> None:
    flag.touch()
    assert visitor.get("/compte/connexion/").status_code == 200
    drawing = visitor.get("/static/site/mark.svg")
    assert drawing.status_code == 200 and b"".join(drawing.streaming_content)
    close_file(drawing)
    keeper = signed_in(make_person("garde@example.org", is_staff=True, is_superuser=True))
    assert keeper.get("/gestion/").status_code == 200 and keeper.get("/").status_code == 503
    flag.unlink()
    assert visitor.get("/modeles/").status_code == 200


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", USUAL_MIN), ("45", 45), (" 5 \n", 5), ("0", USUAL_MIN), ("-1", USUAL_MIN), ("1e3", USUAL_MIN),
        ("٣", USUAL_MIN), ("\x00", USUAL_MIN), ("1000000000", LONGEST_MIN), ("9" * 10_000, LONGEST_MIN), ("bientôt", USUAL_MIN),
    ],
)  # fmt: skip
def test_whatever_is_written_in_the_file_is_some_minutes(flag: Path, text: str, minutes: int) -> None:
    flag.write_text(text, encoding="utf-8")
    end = ends_at()
    assert end is not None and abs(end - flag.stat().st_mtime - 60 * minutes) < 1


def test_a_file_that_lies_there_too_long_promises_a_minute_at_a_time(visitor: Client, flag: Path) -> None:
    flag.write_text("10")
    old = time.time() - 7_200
    os.utime(flag, (old, old))
    assert visitor.get("/")["Retry-After"] == "60"
    os.utime(flag, (time.time() + 10**9,) * 2)  # a clock that is wrong
    assert visitor.get("/").status_code == 503
    flag.unlink()
    flag.mkdir()  # not a file, but somebody meant it
    assert visitor.get("/").status_code == 503
