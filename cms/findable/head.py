# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The head of a page for other programs, out of what its view or its editor said; what nobody said is taken from what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from wagtail.models import Page

from cms.findable import structured
from cms.findable.addresses import absolute
from cms.findable.rooms import BY_NAME, INDEXED
from cms.findable.structured import Facts, shortened
from cms.html_words import html_words
from cms.revision_pictures import hero_of
from designs.design import Design
from designs.models import DesignRevision
from designs.typography import typeset
from fablabs.models import Workshop
from orders.models import Campaign

#: What services make of a page's address: 1.91:1, as all of them cut it.
SHARE_SIZE = (1200, 630)
_RENDITION = "fill-1200x630|format-jpeg|jpegquality-80"
_DEFAULT_IMAGE = "pictures/trio-share.jpg"
_DEFAULT_ALT = "Les trois modèles : la Porte numérique, la Maisonnette et le Chariot-établi"


@dataclass(frozen=True)
class Head:
    title: str
    description: str
    canonical: str
    is_canonical: bool  # a public page, perhaps with a question in its address: the page without it is the one to name
    is_indexed: bool
    kind: str  # of Open Graph: website, article, product
    image: str
    image_alt: str
    image_size: tuple[int, int] | None
    data: SafeString | None
    published: str  # of an article, ISO


def head_of(context: Mapping[str, Any]) -> Head | None:
    """None without a request: a letter, a preview of a part."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return None
    given: Mapping[str, Any] = context.get("meta") or {}
    found = context.get("page")
    page = found if isinstance(found, Page) else None
    name = request.resolver_match.url_name if request.resolver_match else None
    title = str(given.get("title") or context.get("title") or _title_of(page))
    image, alt, size = _image(given, page, context)
    description = shortened(str(given.get("description") or _sentence(page, context, name or "")))
    is_shown = context.get("status", 200) == 200 and not getattr(request, "is_preview", False)
    is_indexed = bool(is_shown and name in INDEXED and not request.GET and not given.get("noindex"))
    date = getattr(page, "date", None)
    return Head(
        title=title,
        description=typeset(description),
        canonical=absolute(request.path),
        is_canonical=is_shown and (name in INDEXED or name in BY_NAME),
        is_indexed=is_indexed,
        kind=str(given.get("kind") or ("article" if date else "website")),
        image=absolute(image) if image else "",
        image_alt=alt,
        image_size=size,
        data=_data(given, page, context, request, title, image) if is_indexed or given.get("data") else None,
        published=date.isoformat() if date else "",
    )


def _title_of(page: Any) -> str:
    return (page.seo_title or page.title) if page is not None else settings.WAGTAIL_SITE_NAME


def _sentence(page: Any, context: Mapping[str, Any], name: str) -> str:
    """What stands for a description that nobody wrote."""
    if page is not None:
        for field in ("search_description", "summary", "introduction"):
            if text := html_words(str(getattr(page, field, "") or "")):
                return text
        return f"{page.title}. {settings.WAGTAIL_SITE_NAME} : des meubles libres, découpés près de chez vous."
    design, row, campaign = context.get("design"), context.get("workshop"), context.get("campaign")
    if isinstance(design, Design):
        return design.summary
    if isinstance(row, Workshop):
        return _workshop_sentence(row)
    if isinstance(campaign, Campaign):
        return _campaign_sentence(campaign)
    return BY_NAME[name].sentence if name in BY_NAME else ""


def _workshop_sentence(row: Workshop) -> str:
    kind = row.maker.get_kind_display()
    said = f"{row.name}, {kind[:1].lower()}{kind[1:]} à {row.commune} : machines, panneaux et modèles proposés."
    return f"{said} {row.maker.presentation}" if row.maker.presentation else said


def _campaign_sentence(campaign: Campaign) -> str:
    days = f"du {campaign.opens_on:%d/%m/%Y} au {campaign.closes_on:%d/%m/%Y}"
    return f"{campaign.name}, {days}. {campaign.presentation or 'Ce qui peut être commandé, par qui, et avec quelle aide.'}"


def _image(given: Mapping[str, Any], page: Any, context: Mapping[str, Any]) -> tuple[str, str, tuple[int, int] | None]:
    """Address, words, size if it is known; nothing at all where no picture was drawn."""
    if image := str(given.get("image") or ""):
        address = image if image.startswith(("/", "https://", "http://")) else static(image)
        return address, str(given.get("image_alt") or ""), SHARE_SIZE if "-share." in image else None
    for field in ("share_image", "picture", "hero_image"):
        if page is not None and (chosen := getattr(page, field, None)) is not None:
            try:
                return chosen.get_rendition(_RENDITION).url, chosen.description, SHARE_SIZE
            except OSError:
                break  # its file is gone: the site's own picture stands in
    design, revision = context.get("design"), context.get("revision")
    if isinstance(design, Design) and isinstance(revision, DesignRevision) and (hero := hero_of(revision)):
        address = hero.share if hero.archive else static(hero.share)
        return address, typeset(f"{design.title} : {design.summary}"), SHARE_SIZE
    if finders.find(_DEFAULT_IMAGE):
        return static(_DEFAULT_IMAGE), typeset(_DEFAULT_ALT), SHARE_SIZE
    return "", "", None


def _data(
    given: Mapping[str, Any], page: Any, context: Mapping[str, Any], request: HttpRequest, title: str, image: str
) -> SafeString | None:
    facts: list[Facts] = []
    trail = context.get("trail") or getattr(page, "trail", None) or []
    if request.path == "/":
        facts += [structured.organisation(), structured.website()]
    else:
        facts.append(structured.breadcrumb(trail, title, request.path))
    design, revision, row = context.get("design"), context.get("revision"), context.get("workshop")
    if isinstance(design, Design) and isinstance(revision, DesignRevision):
        facts.append(structured.model(design, revision, image))
    if isinstance(row, Workshop):
        facts.append(structured.workshop(row))
    if request.resolver_match and request.resolver_match.url_name == "open-data":
        facts += [_dataset(one) for one in context["tables"]]
    if (maker := _OF_PAGE.get(type(page).__name__)) is not None:
        facts += maker(page, context, image)
    added = given.get("data") or []
    for one in [added] if isinstance(added, Mapping) else added:
        _join(facts, dict(one))
    return structured.written(facts)


def _join(facts: list[Facts], added: Facts) -> None:
    """What a view adds to a fact of the same ``@id``, or without one of the same kind, goes into it."""
    for fact in facts:
        same = fact.get("@id") == added["@id"] if "@id" in added else bool(_kinds(fact) & _kinds(added))
        if same:
            fact |= {name: value for name, value in added.items() if name != "@type"}
            return
    facts.append(added)


def _kinds(fact: Facts) -> set[str]:
    kind = fact.get("@type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _dataset(table: Mapping[str, Any]) -> Facts:
    file = (f"{table['name']}.csv", reverse("open-data-file", args=[table["name"]]), "text/csv")
    return structured.dataset(str(table["title"]), str(table["sentence"]), [file])


def _faq(page: Any, context: Mapping[str, Any], image: str) -> list[Facts]:
    found = [one for category in context.get("categories") or () for one in category.questions]
    return [structured.questions(found)] if found else []


_OF_PAGE: dict[str, Callable[[Any, Mapping[str, Any], str], list[Facts]]] = {
    "FaqPage": _faq,
    "MeetingPage": lambda page, _context, _image: [structured.meeting(page)],
    "NewsPage": lambda page, _context, image: [structured.news(page, image)],
}
