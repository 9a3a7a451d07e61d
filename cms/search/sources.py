# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be found, as it stands today and for anybody: each source gives its entries and says which of them are still
there. Whoever adds a kind of page adds a source here, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Exists
from django.urls import reverse
from wagtail.models import Page
from wagtail.search import index

from cms.catalogue import drawings
from cms.html_words import html_parts, run_on
from cms.models import FaqPage, Question, SearchEntry
from cms.search.said import SAID
from designs.services.finding import current_revisions
from fablabs.machine import Process
from fablabs.models import CuttingMachine, StockItem, Workshop

Kind = SearchEntry.Kind
#: Characters of an entry that are read.
LONGEST_TEXT = 30_000


@dataclass(frozen=True)
class Found:
    """Something that anybody may open. ``summary`` counts more than ``text``."""

    key: str
    kind: str
    title: str
    address: str
    summary: str = ""
    text: str = ""


class Source(Protocol):
    prefix: str

    def entries(self, names: Collection[str] | None = None) -> Iterator[Found]:
        """All of them, or those of these names (what follows the prefix and a colon) that anybody may open."""

    def visible(self, names: Collection[str]) -> set[str]:
        """Which of these names anybody may open now."""


class Models:
    prefix = "model"

    def entries(self, names: Collection[str] | None = None) -> Iterator[Found]:
        for design in drawings():
            if names is not None and design.identifier not in names:
                continue
            sizes = " ".join(f"{one.label}. {one.help}" for one in design.parameters)
            yield Found(
                f"{self.prefix}:{design.identifier}", Kind.MODEL, design.title,
                reverse("model", args=[design.identifier]), f"{design.summary} {SAID.get(design.identifier, '')}",
                f"{design.summary}\n{design.story}\n{design.credit}\n{sizes}\n{design.licence}",
            )  # fmt: skip

    def visible(self, names: Collection[str]) -> set[str]:
        return current_revisions().keys() & set(names)


def public_pages() -> Any:
    """The site's own pages that are published and shut away by nobody (Wagtail's root is none)."""
    return Page.objects.live().public().filter(depth__gt=1)


def text_of(value: Any) -> str:
    """Words of whatever a field gives its index: text, HTML, lists of them."""
    return run_on(_parts(value))


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from html_parts(value)
    elif isinstance(value, Iterable):
        for one in value:
            yield from _parts(one)
    elif value is not None:
        yield str(value)


#: Read apart from the rest of a page.
_ELSEWHERE = ("title", "seo_title", "search_description", "slug")
#: Types of pages that are no "page" to a reader, where they don't say so themselves.
_KINDS = {"NewsPage": Kind.NEWS, "ResourcesPage": Kind.RESOURCE, "MeetingPage": Kind.MEETING}


class Pages:
    """Editors' pages. A type of page says by ``search_kind`` what it is; None keeps it out."""

    prefix = "page"

    def entries(self, names: Collection[str] | None = None) -> Iterator[Found]:
        pages = public_pages()
        if names is not None:
            pages = pages.filter(pk__in=[int(name) for name in names if name.isdecimal()])
        for page in pages.specific().iterator(chunk_size=200):
            kind = getattr(page, "search_kind", _KINDS.get(type(page).__name__, Kind.PAGE))
            address = page.get_url()
            if kind is None or not address:
                continue
            introduction = text_of([getattr(page, name, "") or "" for name in ("introduction", "summary")])
            yield Found(
                f"{self.prefix}:{page.pk}", str(kind), page.title, address,
                f"{page.seo_title} {page.search_description} {introduction}",
                run_on(filter(None, self._texts(page))),
            )  # fmt: skip

    def _texts(self, page: Any) -> Iterator[str]:
        """What its type declares for Wagtail's own search."""
        for field in page.get_search_fields():
            if isinstance(field, index.SearchField) and field.field_name not in _ELSEWHERE:
                yield text_of(field.get_value(page))

    def visible(self, names: Collection[str]) -> set[str]:
        wanted = [int(name) for name in names if name.isdecimal()]
        return {str(pk) for pk in public_pages().filter(pk__in=wanted).values_list("pk", flat=True)}


class Questions:
    """Of the page of questions, while anybody may read it."""

    prefix = "question"

    def entries(self, names: Collection[str] | None = None) -> Iterator[Found]:
        for row in self._rows(names).iterator(chunk_size=200):
            yield Found(
                f"{self.prefix}:{row.pk}", Kind.QUESTION, row.question, row.url, row.get_audience_display(),
                text_of(row.answer),
            )  # fmt: skip

    def visible(self, names: Collection[str]) -> set[str]:
        return {str(pk) for pk in self._rows(names).values_list("pk", flat=True)}

    def _rows(self, names: Collection[str] | None) -> Any:
        rows = Question.objects.live().filter(Exists(FaqPage.objects.live().public()))
        return rows if names is None else rows.filter(pk__in=[int(name) for name in names if name.isdecimal()])


def public_workshops() -> Any:
    """Those that take orders, and those that take none for a while: what /ateliers/ shows. Places of imported lists asked
    for nothing, and are not found by their names."""
    return Workshop.objects.filter(
        state__in=(Workshop.State.OPEN, Workshop.State.PAUSED),
        maker__archived_at=None,
        maker__organisation__archived_at=None,
    )


class Workshops:
    prefix = "workshop"

    def entries(self, names: Collection[str] | None = None) -> Iterator[Found]:
        rows = public_workshops()
        if names is not None:
            rows = rows.filter(slug__in=names)
        titles = {identifier: one.title for identifier, one in current_revisions().items()}
        rows = rows.select_related("maker__organisation").prefetch_related("machines", "stock", "maker__offers")
        for row in rows.iterator(chunk_size=200):
            kind = row.maker.get_kind_display()
            offered = ", ".join(titles[one.design] for one in row.maker.offers.all() if one.design in titles)
            equipment = ", ".join(
                [*map(self._machine, row.machines.all()), *(dict.fromkeys(map(self._panel, row.stock.all())))]
            )
            facts = [f"{kind}, {row.commune}", offered and f"fabrique : {offered}", equipment]
            text = f"{'. '.join(filter(None, facts))}.\n{row.maker.presentation}\n{row.maker.organisation.name}"
            yield Found(
                f"{self.prefix}:{row.slug}", Kind.WORKSHOP, row.name, reverse("workshop", args=[row.slug]),
                f"{kind} {row.commune} {row.postcode}", text,
            )  # fmt: skip

    def _machine(self, row: CuttingMachine) -> str:
        word = "découpeuse laser" if row.settings.get("process") == Process.LASER.value else "fraiseuse numérique"
        return f"{word} {row.name}" if row.is_active else ""

    def _panel(self, row: StockItem) -> str:
        return str(row.settings.get("material") or "") if row.is_active else ""

    def visible(self, names: Collection[str]) -> set[str]:
        return set(public_workshops().filter(slug__in=names).values_list("slug", flat=True))


SOURCES: tuple[Source, ...] = (Models(), Pages(), Questions(), Workshops())


def by_source(keys: Collection[str]) -> Iterator[tuple[Source, set[str]]]:
    """Each source with the names that are its own."""
    for source in SOURCES:
        names = {key.partition(":")[2] for key in keys if key.partition(":")[0] == source.prefix}
        if names:
            yield source, names


def still_visible(keys: Collection[str]) -> set[str]:
    """The keys that anybody may open at this moment, whatever the index says."""
    return {f"{source.prefix}:{name}" for source, names in by_source(keys) for name in source.visible(names)}
