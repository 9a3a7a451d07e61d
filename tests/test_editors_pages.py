# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Editors' pages as visitors get them: questions and their search, news, pictures and videos, moved and scheduled pages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.rich_text import RichText

from cms.models import Audience, FaqPage, HomePage, NewsIndexPage, NewsPage, Question, StandardPage
from cms.tasks import publish_scheduled
from tests.editing import HOSTILE, make_document, make_home, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> HomePage:
    return make_home()


@pytest.fixture
def faq(home: HomePage) -> FaqPage:
    page: FaqPage = home.add_child(instance=FaqPage(title="Questions", slug="questions"))
    return page


@pytest.fixture
def news(home: HomePage) -> NewsIndexPage:
    page: NewsIndexPage = home.add_child(instance=NewsIndexPage(title="Actualités", slug="actualites"))
    return page


def _ask(question: str, answer: str = "<p>Oui.</p>", **fields: Any) -> Question:
    return Question.objects.create(question=question, answer=answer, **fields)


def _html(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


# Questions


def test_questions_stand_in_their_categories_in_their_order(faq: FaqPage, client: Client) -> None:
    _ask("Seconde ?", order=20)
    _ask("Première ?", order=10)
    _ask("Quelle machine ?", audience=Audience.MAKERS)
    _ask("Pas encore ?", live=False)
    html = _html(client, "/questions/").partition("<main")[2]
    places = [html.index(words) for words in ("Communes et acheteurs", "Première", "Seconde", "Quelle machine")]
    assert places == sorted(places) and "Pas encore" not in html and "reconditionneurs" not in html
    assert not client.cookies


@pytest.mark.parametrize(
    "asked", ["EPAISSEUR", "épaisseurs", "Épaisseur panneau", "l’épaisseur du panneau", "panneaux  épaisseur"]
)
def test_the_search_is_blind_to_accents_capitals_and_endings(faq: FaqPage, client: Client, asked: str) -> None:
    _ask("Quelle est l’épaisseur ?", "<p>Celle du panneau.</p><p>Mesurez.</p>")
    _ask("Qui paie ?", "<p>L’acheteur.</p>")
    html = _html(client, f"/questions/?q={quote(asked)}")
    assert "Quelle est" in html and "Qui paie" not in html and "1\u00a0réponse pour" in html
    assert '<details class="e-fold e-question" open>' in html


def test_nothing_found_leads_on_and_keeps_what_was_typed(faq: FaqPage, client: Client) -> None:
    _ask("Qui paie ?")
    html = _html(client, "/questions/?q=girafe")
    assert 'value="girafe"' in html and "Aucune réponse" in html and "/contact/" in html and "Qui paie" not in html
    # Words that every sentence has: all questions, and a word about it.
    html = _html(client, "/questions/?q=de+la")
    assert "Qui paie" in html and "écrivez celui qui compte" in html


@pytest.mark.parametrize(
    "asked",
    [
        "", " ", "\0", "a\0b", "9" * 10_000, "é" * 5_000, "%", "_", "'; DROP TABLE cms_question; --", "\\", "1e3", "٣", "\ud7ff\U0010ffff",
        "(", "[a", "*", "?", "\u202e", "--", "a " * 3_000, HOSTILE, "-1", "0", "\N{SOFT HYPHEN}", "\r\n",
    ],
)  # fmt: skip
def test_no_search_breaks_the_page(faq: FaqPage, client: Client, asked: str) -> None:
    _ask("Qui paie ?")
    html = _html(client, f"/questions/?q={quote(asked)}")
    assert "<script>alert" not in html and len(html) < 40_000


def test_an_address_of_bytes_that_are_no_text_breaks_nothing(faq: FaqPage, client: Client) -> None:
    for query in ("q=%ff%fe", "q=%00", "q", "q=a&q=b", "q[]=1", "page=%ff"):
        assert client.get(f"/questions/?{query}").status_code == 200


def test_each_answer_has_an_address_of_its_own(faq: FaqPage, client: Client) -> None:
    one = _ask("À qui est le meuble ?")
    same = _ask("À qui est le meuble ?")
    assert (one.slug, same.slug) == ("a-qui-est-le-meuble", "a-qui-est-le-meuble-2")
    assert one.url == one.get_absolute_url() == "/questions/#q-a-qui-est-le-meuble"
    html = _html(client, "/questions/")
    assert 'id="q-a-qui-est-le-meuble"' in html and f'href="{one.url}"' in html
    one.question = "À qui est-il ?"
    one.save()
    assert one.slug == "a-qui-est-le-meuble"  # links that were passed on live
    for words in ("???", "", "٣", "x" * 200):
        assert len(_ask(words[:200]).slug) <= 80


def test_a_slug_is_taken_once() -> None:
    _ask("Qui paie ?")
    again = Question(question="Autre", answer="<p>a</p>", slug="qui-paie")
    with pytest.raises(ValidationError) as refused:
        again.full_clean()
    assert "slug" in refused.value.message_dict


def test_questions_about_a_model_are_found() -> None:
    both = _ask("Les deux ?", designs=["porte", "chariot"])
    _ask("Aucun ?")
    _ask("Brouillon ?", designs=["porte"], live=False)
    assert list(Question.objects.live().about("porte")) == [both] == list(Question.objects.live().about("chariot"))
    assert (
        not Question.objects.live().about("port")
        and not Question.objects.live().about('"')
        and not Question.objects.about("%")
    )


def test_a_hundred_questions_cost_as_many_queries_as_two(faq: FaqPage, client: Client) -> None:
    counts = []
    for more in (2, 98):
        Question.objects.bulk_create(
            Question(question=f"Question {more} {n} ?", answer="<p>a</p>", slug=f"q-{more}-{n}") for n in range(more)
        )
        client.get("/questions/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/questions/?q=question")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# News


def test_news_are_listed_the_latest_first_page_by_page(news: NewsIndexPage, client: Client) -> None:
    for n in range(1, 13):
        news.add_child(
            instance=NewsPage(
                title=f"Nouvelle {n:02}", date=date(2026, n, 1), summary="a", picture=make_image() if n > 10 else None
            )
        )
    news.add_child(instance=NewsPage(title="Brouillon", summary="a", live=False))
    html = _html(client, "/actualites/")
    assert (
        html.index("Nouvelle 12") < html.index("Nouvelle 04") and "Nouvelle 03" not in html and "Brouillon" not in html
    )
    assert "1er décembre 2026" in html and "Page 1 sur 2" in html
    assert "Nouvelle 03" in _html(client, "/actualites/?page=2")
    for bad in ("0", "-1", "1e3", "٣", "9" * 10_000, "%00", "abc", ""):
        assert "Nouvelle" in _html(client, f"/actualites/?page={bad}")
    with CaptureQueriesContext(connection) as queries:
        client.get("/actualites/")
    assert len(queries) <= 16, [query["sql"][:120] for query in queries]
    page = _html(client, "/actualites/nouvelle-05/")
    assert "1er mai 2026" in page and "Autres actualités" in page and page.count("<h1") == 1


# Files


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_uploaded_pictures_are_served_and_do_nothing(media: Path, client: Client) -> None:
    address = make_image().get_rendition("width-20|format-webp").url
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/webp"
    assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content)[:4] == b"RIFF" and not client.cookies


@pytest.mark.parametrize(
    "path",
    ["../secret", "images/../../secret", "images/%2e%2e/%2e%2e/secret", "documents/note.pdf", "images/", "images", "", "images/a%00b.png",
     "images/" + "a" * 5_000, "/etc/passwd", "original_images/..%2fdocuments%2fnote.pdf", "images/.."],
)  # fmt: skip
def test_nothing_else_of_the_folder_is_served(media: Path, client: Client, path: str) -> None:
    make_document("note.pdf")
    make_image().get_rendition("width-20")
    media.parent.joinpath("secret").write_text("secret")
    assert client.get("/", PATH_INFO=f"/media/{unquote(path)}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "body", "range_"),
    [
        ("", 200, b"0123456789", None),
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=4-900", 206, b"456789", "bytes 4-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-2", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=" + "9" * 5_000 + "-", 200, b"0123456789", None),
        ("bytes=٣-", 200, b"0123456789", None),
    ],
)
def test_players_get_the_part_of_a_video_that_they_ask_for(
    media: Path, client: Client, asked: str, status: int, body: bytes, range_: str | None
) -> None:
    film = make_document("film.mp4", b"0123456789")
    answer = client.get(f"/videos/{film.pk}/", headers={"range": asked} if asked else {})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, content, answer.get("Content-Range")) == (status, body, range_)
    if status != 416:
        assert answer["Content-Length"] == str(len(body)) and answer["Content-Type"] == "video/mp4"


def test_only_videos_that_anybody_may_see_are_videos(media: Path, client: Client) -> None:
    paper = make_document("note.pdf")
    shut = Collection.get_first_root_node().add_child(name="Privé")  # type: ignore[union-attr]
    CollectionViewRestriction.objects.create(collection=shut, restriction_type="login")
    film = make_document("film.mp4")
    type(film).objects.filter(pk=film.pk).update(collection=shut)
    gone = make_document("autre.webm")
    gone.file.delete(save=False)
    type(gone).objects.filter(pk=gone.pk).update(file="documents/autre.webm")
    for pk in (paper.pk, film.pk, gone.pk, 0, 10**6, 10**9, 10**30):
        assert client.get(f"/videos/{pk}/").status_code == 404, pk


# Pages that moved, pages of another day


def test_a_page_that_got_another_address_is_still_found(
    home: HomePage, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page = home.add_child(instance=StandardPage(title="Ancienne", slug="ancienne"))
    page.add_child(instance=StandardPage(title="Dessous", slug="dessous"))
    assert client.get("/ancienne/").status_code == 200
    page.slug = "nouvelle"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    for old, new in (("/ancienne/", "/nouvelle/"), ("/ancienne/dessous/", "/nouvelle/dessous/")):
        answer = client.get(old)
        assert answer.status_code == 301 and answer["Location"].endswith(new), old
        assert client.get(new).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//[",
        "//[a/",
        "/\0",
        "/" + "a" * 9_000,
        "/\x7f",
        "/a\0b",
        "/;;;",
        "/?",
        "/%",
        "/\u0663/",
        "//evil.example/%2f..",
    ],
)
def test_an_address_that_is_none_is_a_kind_404(home: HomePage, client: Client, path: str) -> None:
    raw = path.encode().decode("latin-1")  # as WSGI has it
    assert client.get("/", PATH_INFO=raw).status_code in (301, 404)
    assert client.get("/", PATH_INFO=f"{raw}/").status_code == 404


def test_what_was_scheduled_is_published_and_taken_away_when_its_time_has_come(
    news: NewsIndexPage, client: Client
) -> None:
    now = timezone.now()
    later = news.add_child(instance=NewsPage(title="Plus tard", slug="plus-tard", summary="a", live=False))
    later.go_live_at = now + timedelta(hours=1)
    later.save_revision().publish()
    over = news.add_child(
        instance=NewsPage(title="Fini", slug="fini", summary="a", expire_at=now - timedelta(minutes=1))
    )
    question = _ask("Demain ?", live=False)
    question.go_live_at = now + timedelta(hours=1)
    question.save_revision().publish()
    publish_scheduled()
    assert client.get("/actualites/plus-tard/").status_code == 404  # its time has not come
    assert client.get("/actualites/fini/").status_code == 404
    assert not NewsPage.objects.get(pk=over.pk).live
    for row in (later, question):
        row.latest_revision.approved_go_live_at = now - timedelta(minutes=1)
        row.latest_revision.save()
        content = row.latest_revision.content | {"go_live_at": (now - timedelta(minutes=1)).isoformat()}
        type(row.latest_revision).objects.filter(pk=row.latest_revision.pk).update(content=content)
    publish_scheduled()
    assert client.get("/actualites/plus-tard/").status_code == 200
    assert Question.objects.get(pk=question.pk).live


def test_the_clock_of_the_site_looks_every_minute() -> None:
    from cms.celery import app

    [entry] = [e for e in django_settings.CELERY_BEAT_SCHEDULE.values() if e["task"] == "cms.publish_scheduled"]
    assert entry["schedule"] <= timedelta(minutes=1)
    app.loader.import_default_modules()
    assert "cms.publish_scheduled" in app.tasks
    assert django_settings.CELERY_TASK_ROUTES["cms.publish_scheduled"] == {"queue": "sweeps"}


def test_every_page_has_one_first_title_whatever_is_in_it(home: HomePage, client: Client) -> None:
    page = home.add_child(
        instance=StandardPage(
            title="Une page", slug="une-page", body=[("text", RichText("<h4>a</h4><h1>b</h1><h3>c</h3>"))]
        )
    )
    html = _html(client, page.url)
    assert html.count("<h1") == 1 and '<h2 class="fr-h4">a</h2>' in html
