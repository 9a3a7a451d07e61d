# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Questions and answers, and the page that shows them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.text import slugify
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)
from wagtail.search import index

from cms.catalogue import titles
from cms.models.base import SitePage
from cms.search.words import LONGEST_QUESTION, composed, question_words, words_in

#: Characters of a slug, before the number that tells two of the same words apart.
_LONGEST_SLUG = 70
_ANSWER = ["bold", "italic", "ol", "ul", "link", "document-link"]


class Audience(models.TextChoices):
    BUYERS = "buyers", "Communes et acheteurs"
    FRANCE_SERVICES = "france_services", "Espaces France services"
    MAKERS = "makers", "Ateliers"
    REFURBISHERS = "refurbishers", "Reconditionneurs"


#: Where each stands on the page: /questions/#ateliers.
ANCHORS = {
    Audience.BUYERS: "acheteurs",
    Audience.FRANCE_SERVICES: "france-services",
    Audience.MAKERS: "ateliers",
    Audience.REFURBISHERS: "reconditionneurs",
}


class QuestionQuerySet(models.QuerySet["Question"]):
    def live(self) -> QuestionQuerySet:
        return self.filter(live=True)

    def about(self, design: str) -> QuestionQuerySet:
        """Those that name this design, by its identifier. Read as text: SQLite can't look into a list."""
        return self.annotate(named=Cast("designs", models.TextField())).filter(named__contains=f'"{design}"')


class QuestionForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail has no types
    designs = forms.MultipleChoiceField(
        label="Modèles",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(titles().items()),
        help_text="La question est aussi montrée sur la page de ces modèles.",
    )


class Question(  # type: ignore[misc]
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model
):
    """``designs`` are identifiers of models. Its address is /questions/#q-<slug>."""

    question = models.CharField(
        "question", max_length=200, help_text="Comme la poserait quelqu’un qui découvre le site."
    )
    answer = RichTextField(
        "réponse",
        features=_ANSWER,
        help_text="La réponse dès la première phrase, puis le détail. Pas de mot que le lecteur n’emploie pas.",
    )
    audience = models.CharField("pour qui", max_length=20, choices=Audience.choices, default=Audience.BUYERS)
    designs = models.JSONField("modèles", default=list, blank=True)
    order = models.PositiveSmallIntegerField("rang", default=100, help_text="Les plus petits d’abord.")
    slug = models.SlugField(
        "adresse",
        max_length=80,
        unique=True,
        blank=True,
        help_text="Fin de l’adresse de la question. Vide : faite de la question. La changer casse les liens qui y mènent.",
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="question")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="question",
        for_concrete_model=False,
    )

    panels = [
        FieldPanel("question"),
        FieldPanel("answer"),
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("order"), FieldPanel("designs")], heading="Où elle est montrée"
        ),
        FieldPanel("slug"),
    ]
    base_form_class = QuestionForm
    search_fields = [
        index.SearchField("question", boost=2),
        index.AutocompleteField("question"),
        index.SearchField("answer"),
        index.FilterField("audience"),
        index.FilterField("live"),
    ]

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question"
        verbose_name_plural = "questions"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.question

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """The slug is made before it is judged."""
        self._name()
        super().full_clean(*args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._name()
        super().save(*args, **kwargs)

    def _name(self) -> None:
        if self.slug:
            return
        start = slugify(self.question)[:_LONGEST_SLUG].strip("-") or "question"
        others = type(self)._default_manager.filter(slug__startswith=start).exclude(pk=self.pk)
        taken = set(others.values_list("slug", flat=True))
        self.slug = next(
            slug
            for slug in (start if n == 1 else f"{start}-{n}" for n in range(1, len(taken) + 2))
            if slug not in taken
        )

    @property
    def url(self) -> str:
        return f"/questions/#q-{self.slug}"

    def get_absolute_url(self) -> str:
        return self.url

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "cms/question_preview.html"

    @cached_property
    def stems(self) -> frozenset[str]:
        """What a search finds it by: its words, without accents and endings."""
        return frozenset(word.stem for _, _, word in words_in(composed(f"{self.question} {_plain(self.answer)}")))


def _plain(html: str) -> str:
    """Words of neighbouring paragraphs stay apart."""
    return strip_tags(html.replace("<", " <"))


@dataclass(frozen=True)
class Category:
    title: str
    anchor: str
    questions: list[Question]


class FaqPage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction")]
    template = "cms/questions.html"
    page_description = "Toutes les questions publiées, par public, avec une recherche."

    class Meta:
        verbose_name = "page des questions"
        verbose_name_plural = "pages des questions"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        asked = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION]
        wanted = {word.stem for word in question_words(asked)}
        questions = [q for q in Question.objects.live().order_by("order", "pk") if wanted <= q.stems]
        groups = [
            Category(str(audience.label), anchor, [q for q in questions if q.audience == audience])
            for audience, anchor in ANCHORS.items()
        ]
        return {
            **super().get_context(request, *args, **kwargs),
            "asked": asked,
            "searched": bool(wanted),
            "categories": [group for group in groups if group.questions],
            "count": len(questions),
            "longest": LONGEST_QUESTION,
        }
