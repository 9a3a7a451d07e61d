# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search: what it finds, for whom, in which order, and what it never shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from cms.catalogue import sync_designs
from cms.demo_pages.home import load_home
from cms.models import FaqPage, HomePage, Question, SearchEntry, SearchWord, StandardPage
from cms.search.asking import ask, entries, offer
from cms.search.index import rebuild
from fablabs.models import Contact, Workshop
from tests.people import make_coordinator, make_person, signed_in
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db
Commit = Callable[[], Any]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Callable[..., Any]) -> Commit:
    """``with commit():`` is a transaction: what waits for its end runs at its end."""

    def transaction() -> Any:
        connection.run_on_commit.clear()  # what the test before it waits for never ends
        return django_capture_on_commit_callbacks(execute=True)

    return transaction


@pytest.fixture
def home() -> HomePage:
    return load_home()


def add(home: HomePage, title: str, text: str = "", **fields: Any) -> StandardPage:
    page = StandardPage(title=title, introduction=f"<p>{text}</p>", **fields)
    home.add_child(instance=page)
    return page


def titles(question: str) -> list[str]:
    return [row.title for row in entries(pk for pk, _ in ask(question).ranked)]


def test_everything_that_anybody_may_read_is_found_and_grouped(home: HomePage, client: Client) -> None:
    sync_designs()
    add(home, "Livrer un comptoir", "Le comptoir arrive en kit.")
    home.add_child(instance=FaqPage(title="Questions", slug="questions"))
    Question.objects.create(question="Le comptoir passe-t-il la porte ?", answer="<p>Oui, plié.</p>", live=True)
    make_workshop(slug="comptoirs", name="L’atelier des comptoirs")
    rebuild()
    found = ask("COMPTOIRS")
    pages = 1 + ("comptoir" in SearchEntry.objects.get(title=home.title).text)  # the home page speaks of the models
    assert found.counts == {"model": 1, "page": pages, "question": 1, "workshop": 1}
    page = client.get("/recherche/", {"q": "comptoir"})
    text = page.content.decode()
    for word in ("Modèles", "Pages", "Questions", "Ateliers", f"{3 + pages}\N{NO-BREAK SPACE}réponses"):
        assert word in text
    assert '<a href="/questions/#q-le-comptoir-passe-t-il-la-porte">' in text
    assert "<mark>comptoir</mark>" in text and 'href="/ateliers/comptoirs/"' in text
    assert '<meta name="robots" content="noindex">' in text and not page.cookies


def test_a_title_comes_before_a_mention_and_a_model_before_a_workshop(home: HomePage) -> None:
    sync_designs()
    add(home, "Autre chose", f"Une maisonnette, dite en passant. {'Et bien d’autres mots. ' * 30}")
    add(home, "La maisonnette en détail", "Tout sur elle.")
    make_workshop(slug="m", name="Maisonnette et compagnie")
    rebuild()
    assert titles("maisonnette")[:2] == ["Maisonnette", "La maisonnette en détail"]
    assert titles("maisonnette").index("Autre chose") > 1


def test_a_mistake_is_put_right(home: HomePage, client: Client) -> None:
    add(home, "L’accessibilité du site", "Clavier et contraste.")
    rebuild()
    assert ask("accesibilitee").suggestion == "accessibilité"
    text = client.get("/recherche/", {"q": "accesibilitee"}).content.decode()
    assert "Voici ce qui répond à" in text and ">L’<mark>accessibilité</mark> du site</a>" in text
    partly = client.get("/recherche/", {"q": "clavier accesibilitee"}).content.decode()
    assert "Vouliez-vous dire" in partly and "clavier accessibilité" in partly
    assert ask("xyzxyzxyz").suggestion == ""


def test_words_that_no_page_has_all_of_give_the_nearest_pages(home: HomePage) -> None:
    add(home, "Le bois", "Du peuplier.")
    add(home, "Le peuplier et la scie", "Deux mots.")
    rebuild()
    found = ask("scie peuplier tronçonneuse")
    assert found.is_partial and titles("scie peuplier tronçonneuse") == ["Le peuplier et la scie"]


def test_what_is_typed_is_offered_while_it_is_typed(home: HomePage, client: Client) -> None:
    sync_designs()
    add(home, "Dessiner un meuble", "Pour les concepteurs.")
    rebuild()
    assert [row.title for row in offer("maiso")] == ["Maisonnette"]
    assert offer("des")[0].title == "Dessiner un meuble"  # "des" alone is a word of every sentence
    answer = client.get(reverse("search-suggestions"), {"q": "maiso"})
    assert json.loads(answer.content) == {
        "question": "maiso",
        "suggestions": [{"title": "Maisonnette", "kind": "modèle", "address": "/modeles/maisonnette/"}],
    }
    assert "max-age=60" in answer["Cache-Control"] and not answer.cookies


def nobody_finds(word: str) -> None:
    """Neither a stranger nor a third person who is signed in, nor a coordinator: the search is the same for all."""
    for client in (Client(), signed_in(make_person("tiers@example.org")), signed_in(make_coordinator())):
        page = client.get("/recherche/", {"q": word}).content.decode()
        assert "Rien ne répond" in page, word
        assert json.loads(client.get(reverse("search-suggestions"), {"q": word}).content)["suggestions"] == []


def test_a_draft_a_shut_page_and_all_below_it_are_nobodys(home: HomePage) -> None:
    add(home, "Brouillon zibeline", live=False)
    shut = add(home, "Salle zibeline")
    shut.add_child(instance=StandardPage(title="Dessous zibeline"))
    PageViewRestriction.objects.create(page=shut, restriction_type=PageViewRestriction.LOGIN)
    Question.objects.create(question="Une zibeline ?", answer="<p>Non.</p>", live=False)
    rebuild()
    assert not SearchEntry.objects.filter(title__icontains="zibeline").exists()
    nobody_finds("zibeline")
    assert ask("zibelinne").suggestion == ""  # nor does a suggestion tell


@pytest.mark.parametrize("fields", [{"state": "draft", "validated_at": None}, {"state": "closed"}])
def test_a_workshop_out_of_service_is_not_found(fields: dict[str, Any]) -> None:
    make_workshop(slug="zibeline", name="Zibeline", **fields)
    rebuild()
    nobody_finds("zibeline")


def test_a_place_of_an_imported_list_asked_for_nothing_and_is_not_found() -> None:
    Contact.objects.create(source="liste", source_id="1", name="Fablab zibeline", insee="30189")
    rebuild()
    nobody_finds("zibeline")


def test_what_is_shut_away_after_it_was_indexed_is_not_shown_though_the_index_is_old(home: HomePage) -> None:
    page = add(home, "Salle zibeline")
    workshop = make_workshop(slug="zibeline", name="Atelier zibeline")
    rebuild()
    assert len(titles("zibeline")) == 2
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=page, restriction_type="login")])
    Workshop.objects.filter(pk=workshop.pk).update(state=Workshop.State.CLOSED)
    assert titles("zibeline") == [] and offer("zibeline") == []


def test_changes_are_written_again_when_they_are_committed(home: HomePage, commit: Commit) -> None:
    with commit() as callbacks:
        page = add(home, "Zibeline")
        page.save_revision().publish()
        workshop = make_workshop(slug="z", name="Atelier zibeline")
        workshop.save()
    assert len([one for one in callbacks if type(one).__name__ == "_Refresh"]) == 1
    assert sorted(titles("zibeline")) == ["Atelier zibeline", "Zibeline"]
    with commit():
        page.unpublish()
        workshop.maker.organisation.archived_at = workshop.validated_at
        workshop.maker.organisation.save()
    assert not SearchEntry.objects.exclude(kind="page", title=home.title).exists()
    assert not SearchWord.objects.filter(entry__title="Zibeline").exists()


def test_a_new_address_above_is_followed_below(home: HomePage, commit: Commit) -> None:
    above = add(home, "Dessus", slug="dessus")
    above.add_child(instance=StandardPage(title="Zibeline", slug="zibeline"))
    rebuild()
    with commit():
        above.slug = "ailleurs"
        above.save_revision().publish()
    assert [row.address for row in entries(pk for pk, _ in ask("zibeline").ranked)] == ["/ailleurs/zibeline/"]


def test_looking_again_changes_nothing_and_takes_away_what_is_gone(home: HomePage) -> None:
    page = add(home, "Zibeline")
    written, gone = rebuild()
    assert written == SearchEntry.objects.count() and gone == 0
    assert rebuild() == (0, 0)
    StandardPage.objects.filter(pk=page.pk).update(live=False)
    assert rebuild() == (0, 1) and ask("zibeline").ranked == []


def test_the_search_without_words_is_kind(home: HomePage, client: Client) -> None:
    rebuild()
    for asked, said in [
        ("", "Écrivez un mot ou deux"), ("   ", "Écrivez un mot ou deux"), ("\0", "Écrivez un mot ou deux"),
        ("le la les", "presque toutes les pages"), ("zzzzzz", "Rien ne répond"),
        ("mot " * 3_000, "seul son début"), ("a" * 10_000, "seul son début"), ("<script>alert(1)</script>", "&lt;script&gt;"),
    ]:  # fmt: skip
        answer = client.get("/recherche/", {"q": asked})
        assert answer.status_code == 200 and said in answer.content.decode(), asked[:40]
        assert "<script>alert" not in answer.content.decode()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.text(st.characters(codec="utf-8"), max_size=60),
    kind=st.sampled_from(["", "modeles", "rien", "\0"]),
    page=st.sampled_from(["", "0", "-1", "1e3", "٣", "9" * 500, "\0"]),
)
def test_no_question_breaks_the_search(client: Client, asked: str, kind: str, page: str) -> None:
    answer = client.get("/recherche/", {"q": asked, "type": kind, "page": page})
    assert answer.status_code == 200
    assert client.get(reverse("search-suggestions"), {"q": asked}).status_code == 200


def test_one_kind_comes_in_pages(client: Client) -> None:
    for number in range(20):
        make_workshop(slug=f"z{number}", name=f"Zibeline {number}")
    rebuild()
    first = client.get("/recherche/", {"q": "zibeline"}).content.decode()
    assert "Voir les 20\N{NO-BREAK SPACE}ateliers" in first and first.count("<h3") == 4
    whole = client.get("/recherche/", {"q": "zibeline", "type": "ateliers"}).content.decode()
    rest = client.get("/recherche/", {"q": "zibeline", "type": "ateliers", "page": "2"}).content.decode()
    shown = re.findall(r'href="(/ateliers/z[0-9]+/)"', whole + rest)
    assert len(shown) == 20 == len(set(shown)) and 'start="16"' in rest


def test_the_number_of_queries_does_not_grow_with_what_is_found(home: HomePage, client: Client) -> None:
    add(home, "Zibeline")

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/recherche/", {"q": "zibeline"})
        return len(queries)

    make_workshop(slug="z", name="Zibeline")
    rebuild()
    client.get("/recherche/", {"q": "zibeline"})
    few = count()
    for number in range(12):
        make_workshop(slug=f"z{number}", name=f"Zibeline {number}")
        add(home, f"Zibeline {number}")
    rebuild()
    assert count() == few <= 12


def test_a_piece_of_furniture_is_found_by_what_people_call_it(home: HomePage) -> None:
    sync_designs()
    rebuild()
    assert titles("table roulante")[0] == "Chariot-établi"
    assert titles("banque d’accueil")[0] == "Porte numérique"
    assert titles("isoloir") == ["Maisonnette"]
