# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What editors and moderators do in the administration, and what nobody else does there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, WorkflowState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.blocks import BodyField, FilesField
from cms.models import HomePage, NewsIndexPage, NewsPage, Question, SiteImage, SitePage
from tests.editing import HOSTILE, every_block, make_document, make_editor, make_home, make_image, png
from tests.people import make_coordinator, make_person, signed_in

pytestmark = pytest.mark.django_db

EDITORS, MODERATORS = "Éditeurs", "Modérateurs"
PAGE_TYPES = [model for model in apps.get_models() if issubclass(model, SitePage)]


@pytest.fixture
def home() -> HomePage:
    return make_home()


@pytest.fixture
def news(home: HomePage) -> NewsIndexPage:
    page: NewsIndexPage = home.add_child(instance=NewsIndexPage(title="Actualités", slug="actualites"))
    return page


@pytest.fixture
def editor(home: HomePage) -> Client:
    return signed_in(make_editor("redaction@example.org", EDITORS))


@pytest.fixture
def moderator(home: HomePage) -> Client:
    return signed_in(make_editor("moderation@example.org", MODERATORS))


def _article(**more: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": "Un atelier rejoint le réseau",
            "slug": "un-atelier",
            "date": "2026-11-20",
            "summary": "À Nîmes.",
            "body": streamfield([("text", rich_text("<p>Bonjour.</p>"))]),
            "comments": inline_formset([]),
            **more,
        }
    )


def _add(client: Client, news: NewsIndexPage, **more: Any) -> Any:
    return client.post(reverse("wagtailadmin_pages:add", args=["cms", "newspage", news.pk]), _article(**more))


# Moderation


def test_an_editor_writes_a_moderator_publishes_and_a_change_is_read_again(
    news: NewsIndexPage, editor: Client, moderator: Client, client: Client
) -> None:
    _add(editor, news, **{"action-publish": "1"})  # a button that an editor hasn't
    page = NewsPage.objects.get()
    assert not page.live and client.get("/actualites/un-atelier/").status_code == 404

    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert editor.post(edit, _article(**{"action-submit": "1"})).status_code == 302
    state = WorkflowState.objects.get()
    assert state.workflow.name == "Relecture" and state.status == WorkflowState.STATUS_IN_PROGRESS

    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.current_task_state.pk])
    editor.post(approve, {"comment": ""})
    page.refresh_from_db()
    assert not page.live  # nobody approves their own
    moderator.post(approve, {"comment": ""})
    page.refresh_from_db()
    assert page.live and "Un atelier rejoint" in client.get("/actualites/un-atelier/").content.decode()

    # A change is a draft until it is read; what visitors see stays.
    editor.post(edit, _article(summary="À Alès.", **{"action-submit": "1"}))
    assert "À Nîmes." in client.get("/actualites/un-atelier/").content.decode()
    again = WorkflowState.objects.get(status=WorkflowState.STATUS_IN_PROGRESS)
    reject = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", again.current_task_state.pk])
    moderator.post(reject, {"comment": "Quelle ville ?"})
    again.refresh_from_db()
    assert again.status == WorkflowState.STATUS_NEEDS_CHANGES
    html = editor.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    assert html.count("Maël Thibaud") > 2 and "Publié" in html


def test_only_what_a_moderator_changed_while_approving_is_approved_again(
    news: NewsIndexPage, editor: Client, moderator: Client
) -> None:
    assert django_settings.WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT is True
    _add(editor, news, body=streamfield([]), **{"action-submit": "1"})
    page = NewsPage.objects.get()
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    approve = {"body": streamfield([]), "action-workflow-action": "1", "workflow-action-name": "approve"}
    moderator.post(edit, _article(summary="À Alès.", **approve))
    page.refresh_from_db()
    assert not page.live  # its last words were read by nobody
    moderator.post(edit, _article(summary="À Alès.", **approve))
    page.refresh_from_db()
    assert page.live and page.summary == "À Alès."


def test_a_question_goes_the_same_way(home: HomePage, editor: Client, moderator: Client) -> None:
    asked = {
        "question": "Qui paie ?", "answer": rich_text("<p>L’acheteur.</p>"), "audience": "buyers", "order": "10", "slug": "",
        "designs": ["porte"], "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    add = reverse("wagtailsnippets_cms_question:add")
    assert editor.post(add, {**asked, "action-publish": "1"}).status_code in (302, 403)
    assert not Question.objects.filter(live=True).exists()
    Question.objects.all().delete()
    assert editor.post(add, {**asked, "action-submit": "1"}).status_code == 302
    question = Question.objects.get()
    assert (question.slug, question.designs, question.live) == ("qui-paie", ["porte"], False)
    state = WorkflowState.objects.get()
    approve = reverse(
        "wagtailsnippets_cms_question:workflow_action", args=[question.pk, "approve", state.current_task_state.pk]
    )
    moderator.post(approve, {"comment": ""})
    question.refresh_from_db()
    assert question.live
    wrong = {**asked, "designs": ["tabouret"], "question": "q" * 201, "order": "-1", "audience": "tous", "slug": "É !"}
    answer = editor.post(add, {**wrong, "action-submit": "1"})
    assert answer.status_code == 200 and Question.objects.count() == 1
    assert set(answer.context["form"].errors) >= {"designs", "question", "order", "audience", "slug"}


def test_for_those_who_do_not_edit_none_of_it_exists(news: NewsIndexPage) -> None:
    question = Question.objects.create(question="Qui paie ?", answer="<p>a</p>")
    addresses = [
        reverse("wagtailadmin_pages:add", args=["cms", "newspage", news.pk]),
        reverse("wagtailadmin_pages:edit", args=[news.pk]),
        reverse("wagtailadmin_pages:view_draft", args=[news.pk]),
        reverse("wagtailsnippets_cms_question:list"),
        reverse("wagtailsnippets_cms_question:edit", args=[question.pk]),
        reverse("wagtailimages:add"),
        reverse("wagtailredirects:index"),
    ]
    for person in (make_person("a@example.org"), make_coordinator()):
        for address in addresses:
            assert signed_in(person).get(address).status_code == 404, address
            assert signed_in(person).post(address, {}).status_code == 404, address
    for address in addresses:
        assert Client().get(address)["Location"].startswith("/compte/connexion/")
    # An editor moderates nothing, and writes no redirects.
    editor = signed_in(make_editor("redaction@example.org", EDITORS))
    assert editor.get(reverse("wagtailredirects:index")).status_code in (302, 403)
    assert editor.get(reverse("wagtailsnippets_cms_question:delete", args=[question.pk])).status_code in (302, 403)
    assert editor.get(reverse("wagtailusers_users:index")).status_code in (302, 403)


def test_a_new_site_has_its_groups_and_its_workflow() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= {EDITORS, MODERATORS}
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()


# Pictures and files


def test_a_picture_without_words_is_refused(editor: Client) -> None:
    add = reverse("wagtailimages:add")

    def upload(**fields: Any) -> Any:
        file = SimpleUploadedFile("carre.png", png(), content_type="image/png")
        return editor.post(add, {"title": "Carré", "file": file, "collection": "1", **fields})

    for words in ({}, {"description": ""}, {"description": "   "}):
        answer = upload(**words)
        assert answer.status_code == 200 and "description" in answer.context["form"].errors
    assert not SiteImage.objects.exists()
    assert upload(description="Un carré de bois").status_code == 302
    image = SiteImage.objects.get()
    html = editor.get(reverse("wagtailimages:edit", args=[image.pk])).content.decode()
    assert "texte de remplacement" in html.lower() and "focal" in html
    # Several at once: they wait until their words are written.
    many = reverse("wagtailimages:add_multiple")
    answer = editor.post(
        many,
        {"title": "Autre", "files[]": SimpleUploadedFile("b.png", png(), content_type="image/png"), "collection": "1"},
    )
    assert answer.json()["success"] and SiteImage.objects.count() == 1


@pytest.mark.parametrize("name", ["page.html", "dessin.svg", "programme.exe", "script.js", "sans", "a.pdf.php"])
def test_documents_that_could_do_something_are_refused(editor: Client, name: str) -> None:
    file = SimpleUploadedFile(name, b"<script>alert(1)</script>")
    answer = editor.post(reverse("wagtaildocs:add"), {"title": "Note", "file": file, "collection": "1"})
    assert answer.status_code == 200 and "file" in answer.context["form"].errors


def test_a_picture_that_is_none_is_refused(editor: Client) -> None:
    import weasyprint  # noqa: F401  # whoever has made a PDF before accepts no half picture either

    for name, data in (("a.png", b"no picture"), ("a.svg", b"<svg/>"), ("a.png", b""), ("a.png", png()[:60])):
        file = SimpleUploadedFile(name, data, content_type="image/png")
        answer = editor.post(
            reverse("wagtailimages:add"), {"title": "a", "description": "a", "file": file, "collection": "1"}
        )
        assert answer.status_code == 200 and "file" in answer.context["form"].errors
    assert not SiteImage.objects.exists()


# Previews


def _filled(model: type[SitePage], words: str) -> dict[str, Any]:
    """A value for every text, picture and block of a page's own fields."""
    blocks = every_block(words, make_image(), make_document(), make_document("film.mp4"))
    values: dict[str, Any] = {"seo_title": words, "search_description": words}
    for field in model._meta.local_fields:
        if isinstance(field, BodyField):
            values[field.name] = blocks
        elif isinstance(field, FilesField):
            values[field.name] = [
                ("group", {"title": words, "text": "", "files": [value for kind, value in blocks if kind == "file"]})
            ]
        elif isinstance(field, StreamField):
            continue
        elif isinstance(field, RichTextField):
            values[field.name] = f"<p>{words.replace('<', '&lt;')}</p>"
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            values[field.name] = words[: field.max_length]
        elif isinstance(field, models.ForeignKey) and field.related_model is SiteImage:
            values[field.name] = make_image()
    return values


def _needed(model: type[SitePage]) -> dict[str, Any]:
    """What a row can't be without, though a form may be: moments."""
    moments = [
        f
        for f in model._meta.local_fields
        if isinstance(f, models.DateTimeField) and not f.null and not f.has_default()
    ]
    return {field.name: timezone.now() + timedelta(days=n) for n, field in enumerate(moments, 1)}


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
@pytest.mark.parametrize("words", ["", HOSTILE], ids=["empty", "hostile"])
def test_a_preview_of_every_page_is_shown(home: HomePage, client: Client, model: type[SitePage], words: str) -> None:
    if model is HomePage:
        page: Page = home
    else:
        parents = [parent for parent in model.clean_parent_page_models() if parent is not Page and parent is not model]
        above = (
            home if HomePage in parents else home.add_child(instance=parents[0](title="Au-dessus", slug="au-dessus"))
        )
        page = model(title="Une page", slug="une-page", live=False, **_needed(model))
        above.add_child(instance=page)
    for name, value in (_filled(model, words) if words else {}).items():
        setattr(page, name, value)
    page.title = words or " "
    for mode, _ in page.preview_modes:
        answer = page.make_preview_request(preview_mode=mode)
        html = answer.render().content.decode() if hasattr(answer, "render") else answer.content.decode()
        assert answer.status_code == 200 and html.count("<h1") == 1
        assert "<script>alert" not in html and "<img src=x" not in html and "None" not in html.partition("<main")[2]
    assert model is HomePage or client.get(page.url or "/une-page/").status_code == 404  # a draft is nobody's


@pytest.mark.parametrize("words", ["", HOSTILE], ids=["empty", "hostile"])
def test_a_preview_of_a_question_is_shown(home: HomePage, words: str) -> None:
    answer = Question(question=words[:200], answer=words.replace("<", "&lt;")).make_preview_request()
    html = answer.render().content.decode()
    assert answer.status_code == 200 and "<script>alert" not in html and html.count("<h1") == 1


def test_a_page_that_is_being_written_is_previewed_and_kept_from_strangers(
    news: NewsIndexPage, editor: Client, client: Client, settings: Any
) -> None:
    settings.TRETEAU_PAGE_SECONDS = 60
    address = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "newspage", news.pk])
    assert editor.post(address, _article()).json()["is_valid"]
    html = editor.get(address).content.decode()
    assert "Un atelier rejoint" in html and "<h1" in html
    # One that is public already: the draft's preview must not be what the next stranger gets.
    page = news.add_child(instance=NewsPage(title="Publiée", slug="publiee", summary="Ancien"))
    edit = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert editor.post(edit, _article(slug="publiee", summary="Secret encore")).json()["is_valid"]
    assert "Secret encore" in editor.get(edit).content.decode()
    for _ in range(2):
        assert "Secret encore" not in client.get("/actualites/publiee/").content.decode()
    assert "Secret encore" in editor.get(edit).content.decode()


# French


def test_the_administration_speaks_french(news: NewsIndexPage, editor: Client, moderator: Client) -> None:
    question = Question.objects.create(question="Qui paie ?", answer="<p>a</p>")
    html = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert 'lang="fr' in html and "Questions" in html
    html = editor.get(reverse("wagtailsnippets_cms_question:list")).content.decode()
    assert "Qui paie" in html and "Communes et acheteurs" in html
    html = editor.get(reverse("wagtailsnippets_cms_question:edit", args=[question.pk])).content.decode()
    assert all(words in html for words in ("Pour qui", "Rang", "Réponse", "Où elle est montrée", "Porte numérique"))
    html = editor.get(reverse("wagtailadmin_pages:add", args=["cms", "newspage", news.pk])).content.decode()
    assert all(words in html for words in ("Résumé", "Citation", "Deux colonnes", "Image de partage"))
    html = moderator.get(reverse("wagtailredirects:index")).content.decode()
    assert "edirection" in html and "Redirects" not in html
