# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Strangers get public pages as they were kept, and never what was made for, or changed since by, somebody."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site

from cms import page_cache
from cms.models import HomePage, StandardPage
from tests.people import make_person, signed_in
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Any) -> Iterator[None]:
    settings.TRETEAU_PAGE_SECONDS = 120
    settings.ALLOWED_HOSTS = ["testserver", "autre.example"]
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.fixture
def page() -> StandardPage:
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Accueil", slug="le-site"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    Site.clear_site_root_paths_cache()
    return home.add_child(instance=StandardPage(title="Le bois que nous aimons", slug="le-bois"))  # type: ignore[no-any-return]


def _queries(get: Callable[[], HttpResponse]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert get().status_code in (200, 304)
    return len(queries)


def _entries() -> int:
    return len(caches["pages"]._cache)  # type: ignore[attr-defined]


def test_the_second_visitor_costs_no_query_and_reads_the_same(client: Client) -> None:
    first = client.get("/ateliers/")
    assert _queries(lambda: Client().get("/ateliers/")) == 0
    second = Client().get("/ateliers/")
    assert second.content == first.content and second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert second.headers["X-Frame-Options"] == first.headers["X-Frame-Options"]
    assert "Cookie" in second.headers["Vary"] and not second.cookies


def test_a_browser_that_has_the_page_is_told_so_in_a_few_bytes(client: Client) -> None:
    etag = client.get("/modeles/").headers["ETag"]
    again = client.get("/modeles/", headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert client.get("/modeles/", headers={"if-none-match": 'W/"autre"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding", "read"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_each_browser_gets_an_encoding_that_it_reads(
    client: Client, accepted: str, encoding: str | None, read: Callable[[bytes], bytes]
) -> None:
    plain = client.get("/modeles/").content
    assert b"<h1" in plain
    for _ in range(2):
        answer = client.get("/modeles/", headers={"accept-encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding and read(answer.content) == plain
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert "Accept-Encoding" in answer.headers["Vary"]
    page_cache._asked.pending = True
    page_cache._new_generation()  # also the one who pays for it
    answer = client.get("/modeles/", headers={"accept-encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding and read(answer.content) == plain
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_who_is_signed_in_neither_gets_nor_feeds_it(client: Client) -> None:
    person = signed_in(make_person("camille@example.org", "Camille Roux"))
    own = person.get("/modeles/")
    assert b"Mon espace" in own.content and "ETag" not in own.headers and _entries() <= 1  # the generation
    strangers = client.get("/modeles/")
    assert b"Mon espace" not in strangers.content
    assert b"Mon espace" in person.get("/modeles/").content
    third = Client()
    assert third.get("/modeles/").content == strangers.content
    # A session that no longer is one: made anew, for this visitor alone.
    third.cookies["sessionid"] = "vieille"
    assert _queries(lambda: third.get("/modeles/")) > 0


def test_a_token_or_a_cookie_keeps_a_page_out(client: Client) -> None:
    assert client.get("/compte/connexion/").cookies  # it needs one
    before = _entries()
    client.get("/compte/connexion/")
    visitor = Client()
    visitor.cookies["csrftoken"] = "a" * 32  # once tried to sign in
    visitor.get("/modeles/")
    assert _entries() <= max(before, 1)
    Client().get("/modeles/")
    assert _queries(lambda: visitor.get("/modeles/")) == 0  # may be given what is everybody's


def test_two_names_of_the_site_do_not_share_pages(client: Client) -> None:
    client.get("/modeles/")
    assert _queries(lambda: client.get("/modeles/", headers={"host": "autre.example"})) > 0
    assert _queries(lambda: client.get("/modeles/", headers={"host": "autre.example"})) == 0
    assert client.get("/modeles/", headers={"host": "mechant.example"}).status_code == 400


def test_errors_posts_redirects_and_moving_pages_are_not_kept(client: Client) -> None:
    client.get("/modeles/")  # the generation, and a page
    before = _entries()
    assert client.get("/nulle-part/").status_code == 404
    assert client.get("/modeles").status_code == 301
    assert client.get("/espace/").status_code == 302
    client.post("/eligibilite/", {"commune": "x"})
    client.head("/ateliers/")
    client.get("/communes.json?q=Saint")
    client.get("/modeles/chariot/apercu.json")
    assert _entries() == before


def test_addresses_without_end_take_a_bounded_place(client: Client) -> None:
    client.get("/modeles/")
    before = _entries()
    assert client.get("/ateliers/?" + "a" * 200).status_code == 200
    assert _entries() == before
    bound = caches["pages"]._max_entries  # type: ignore[attr-defined]
    store = caches["pages"]
    for number in range(bound + 50):
        store.set(f"une-adresse-{number}", b"", 120)
    assert _entries() <= bound
    assert client.get("/modeles/").status_code == 200  # whatever was thrown out


def test_what_editors_publish_move_and_take_back_is_seen_at_once(
    client: Client, page: StandardPage, django_capture_on_commit_callbacks: Any
) -> None:
    def heard() -> str:
        answer = client.get(page.url)
        return answer.content.decode() if answer.status_code == 200 else ""

    assert "Le bois que nous aimons" in heard() and _queries(lambda: client.get(page.url)) == 0
    page.title = "Le bois que nous coupons"
    with django_capture_on_commit_callbacks(execute=True):
        revision = page.save_revision()
    assert "que nous aimons" in heard()  # a draft is nobody's
    with django_capture_on_commit_callbacks(execute=True):
        revision.publish()
    assert "que nous coupons" in heard()
    with django_capture_on_commit_callbacks(execute=True):
        page.refresh_from_db()
        page.unpublish()
    assert heard() == ""


def test_a_workshop_that_changes_is_seen_at_once(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    workshop = make_workshop(name="Atelier des Tilleuls")
    assert "Atelier des Tilleuls" in client.get(f"/ateliers/{workshop.slug}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        workshop.name = "Atelier des Platanes"
        workshop.save()
    assert "Atelier des Platanes" in client.get(f"/ateliers/{workshop.slug}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_forgotten_before_the_commit_nor_after_a_rollback() -> None:
    generation = page_cache._generation()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        page_cache.forget()
        raise ZeroDivisionError
    assert page_cache._generation() == generation
    with transaction.atomic():
        page_cache.forget()
        page_cache.forget()
        assert page_cache._generation() == generation
    assert page_cache._generation() != generation


def test_a_page_made_of_old_rows_is_not_found_after_the_change(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = page_cache.Kept.of

    def overtaken(response: HttpResponse) -> page_cache.Kept:
        page_cache._asked.pending = True
        page_cache._new_generation()  # somebody published while this page was being made
        return made(response)

    monkeypatch.setattr(page_cache.Kept, "of", overtaken)
    client.get("/modeles/")
    monkeypatch.undo()
    assert _queries(lambda: client.get("/modeles/")) > 0


def test_it_can_be_switched_off(client: Client, settings: Any) -> None:
    settings.TRETEAU_PAGE_SECONDS = 0
    client.get("/modeles/")
    assert "ETag" not in client.get("/modeles/").headers and _entries() == 0


def test_every_name_of_the_list_is_an_address_and_public() -> None:
    from tests.test_accounts_public import ALL, PUBLIC

    assert page_cache.KEPT - {pattern.name for _, pattern in ALL} == set() == page_cache.KEPT - PUBLIC
