# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Facts of a page for search engines, as schema.org names them. Only what the page itself shows; addresses are made whole at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cms.findable.addresses import absolute
from cms.html_words import html_words

Facts = dict[str, Any]
#: Licences as SPDX names them → the page that says what they allow.
LICENCES = {
    "CERN-OHL-S-2.0": "https://spdx.org/licenses/CERN-OHL-S-2.0.html",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "Licence Ouverte 2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
#: Keys whose values are addresses.
_ADDRESSES = frozenset(
    {"@id", "url", "image", "item", "logo", "target", "urlTemplate", "contentUrl", "mainEntityOfPage", "license"}
)
#: A script's end can't stand in a script, whatever the facts say; U+2028 and U+2029 end a line in old JavaScript.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def organisation() -> Facts:
    return {
        "@type": "Organization",
        "@id": "/#organisation",
        "name": settings.WAGTAIL_SITE_NAME,
        "url": "/",
        "description": "Des modèles de meubles libres et les ateliers qui les découpent, partout en France.",
    }


def website() -> Facts:
    return {
        "@type": "WebSite",
        "@id": "/#site",
        "name": settings.WAGTAIL_SITE_NAME,
        "url": "/",
        "inLanguage": "fr",
        "publisher": {"@id": "/#organisation"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{absolute(reverse('site-search'))}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumb(trail: Iterable[Mapping[str, str]], title: str, address: str) -> Facts:
    steps = [("Accueil", "/"), *((one["title"], one["url"]) for one in trail), (title, address)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": str(name), "item": url}
            for place, (name, url) in enumerate(steps, start=1)
        ],
    }


def model(design: Any, revision: Any, image: str) -> Facts:
    """A design is a work with a licence, and a thing that one has made."""
    address = reverse("model", args=[design.identifier])
    return {
        "@type": ["Product", "CreativeWork"],
        "@id": f"{address}#modele",
        "name": design.title,
        "description": design.summary,
        "url": address,
        "image": image,
        "category": "Mobilier de médiation numérique",
        "license": LICENCES.get(design.licence, design.licence),
        "creditText": design.credit,
        "version": str(revision.number),
        "datePublished": revision.published_at.date().isoformat(),
        "isAccessibleForFree": True,
        "inLanguage": "fr",
    }


def workshop(row: Any) -> Facts:
    """A workshop as its page shows it. Raises nothing for what is unknown: it is left out."""
    address = reverse("workshop", args=[row.slug])
    facts: Facts = {
        "@type": "LocalBusiness",
        "@id": f"{address}#atelier",
        "name": row.name,
        "url": address,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": row.commune.partition(" (")[0],
            "addressCountry": "FR",
        },
    }
    if row.postcode:
        facts["address"]["postalCode"] = row.postcode
    if row.address:
        facts["address"]["streetAddress"] = row.address
    if row.latitude is not None:
        facts["geo"] = {"@type": "GeoCoordinates", "latitude": row.latitude, "longitude": row.longitude}
    if row.maker.presentation:
        facts["description"] = shortened(row.maker.presentation, 300)
    if row.maker.website.startswith(("https://", "http://")):
        facts["sameAs"] = row.maker.website
    return facts


def questions(found: Iterable[Any]) -> Facts:
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": one.question,
                "url": one.url,
                "acceptedAnswer": {"@type": "Answer", "text": html_words(one.answer)},
            }
            for one in found
        ],
    }


def meeting(page: Any) -> Facts:
    """Online; where it takes place is this page: the room's address is for those who registered."""
    state = "EventCancelled" if page.is_cancelled else "EventScheduled"
    return {
        "@type": "Event",
        "name": page.title,
        "description": html_words(page.summary),
        "startDate": page.starts_at.isoformat(),
        "endDate": page.ends_at.isoformat(),
        "eventStatus": f"https://schema.org/{state}",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": page.get_url()},
        "organizer": {"@id": "/#organisation", "@type": "Organization", "name": settings.WAGTAIL_SITE_NAME, "url": "/"},
        "isAccessibleForFree": True,
        "inLanguage": "fr",
    }


def news(page: Any, image: str) -> Facts:
    published = page.first_published_at or page.latest_revision_created_at
    facts: Facts = {
        "@type": "NewsArticle",
        "headline": page.title[:110],
        "description": html_words(page.summary),
        "datePublished": page.date.isoformat(),
        "mainEntityOfPage": page.get_url(),
        "image": image,
        "inLanguage": "fr",
        "publisher": {"@type": "Organization", "@id": "/#organisation", "name": settings.WAGTAIL_SITE_NAME, "url": "/"},
    }
    if page.last_published_at and published:
        facts["dateModified"] = page.last_published_at.isoformat()
    return facts


def dataset(title: str, sentence: str, files: Iterable[tuple[str, str, str]]) -> Facts:
    """``files``: name, address, media type."""
    return {
        "@type": "Dataset",
        "name": title,
        "description": sentence,
        "license": LICENCES["Licence Ouverte 2.0"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "@id": "/#organisation", "name": settings.WAGTAIL_SITE_NAME, "url": "/"},
        "distribution": [
            {"@type": "DataDownload", "name": name, "contentUrl": address, "encodingFormat": media}
            for name, address, media in files
        ],
    }


def shortened(text: str, longest: int = 160) -> str:
    """Whole sentences as far as they fit, else whole words and an ellipsis."""
    line = html_words(text)
    if len(line) <= longest:
        return line
    end = max(line.rfind(mark, 0, longest) for mark in (". ", "! ", "? ", "… "))
    if end >= longest // 2:
        return line[: end + 1]
    space = line.rfind(" ", 0, longest - 1)
    return f"{line[: space if space > 0 else longest - 1].rstrip(' ,;:')}…"


def written(facts: list[Facts]) -> SafeString:
    """The block's text, which no page can break out of."""
    text = json.dumps({"@context": "https://schema.org", "@graph": _whole(facts)}, ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPES))


def _whole(value: Any, key: str = "") -> Any:
    """Paths become whole addresses."""
    if isinstance(value, Mapping):
        return {name: _whole(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(one, key) for one in value]
    if isinstance(value, str) and key in _ADDRESSES and value.startswith("/"):
        return absolute(value)
    return value
