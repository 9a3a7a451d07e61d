# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages, pictures and blocks for tests of what editors do."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.models import Page, Site
from wagtail.rich_text import RichText

from accounts.models import User
from cms.models import HomePage, SiteImage
from tests.people import make_person

#: What somebody may paste: markup, quotes, one endless word, signs of other writings, a template's own signs.
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7 }} {% x %} \u202e\u0663 " + "w" * 300


def make_home() -> HomePage:
    """At the root of the default site."""
    root = Page.get_first_root_node()
    assert root is not None
    home = HomePage(title="Tréteau", slug="treteau")
    root.add_child(instance=home)
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    return home


def make_editor(email: str, group: str) -> User:
    from django.contrib.auth.models import Group

    user = make_person(email, "Maël Thibaud")
    user.groups.add(Group.objects.get(name=group))
    return user


def png(width: int = 40, height: int = 30) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "#b9803f").save(data, "PNG")
    return data.getvalue()


def make_image(words: str = "Un carré de bois", width: int = 40, height: int = 30) -> SiteImage:
    file = SimpleUploadedFile("carre.png", png(width, height), content_type="image/png")
    return SiteImage.objects.create(title="Carré", description=words, file=file)


def make_document(name: str = "note.pdf", content: bytes = b"%PDF-1.4 nothing") -> Any:
    return get_document_model().objects.create(title=f"Document {name}", file=SimpleUploadedFile(name, content))


def every_block(words: str, image: SiteImage | None, document: Any, video: Any) -> list[tuple[str, Any]]:
    """One block of each kind, filled with these words, which are rich text too (escaped by nobody: as if it were stored so)."""
    rich = RichText(f"<p>{words.replace('<', '&lt;')}</p>")
    link = {"page": None, "address": words}
    picture = {"image": image, "alternative": words, "caption": words, "width": "wide"}
    file = {
        "document": document, "title": words, "text": rich, "language": "fr", "alternative": "page", "link": link,
    }  # fmt: skip
    small: list[tuple[str, Any]] = [
        ("text", RichText(f"<h4>{words.replace('<', '&lt;')}</h4><h2></h2>")),
        ("quote", {"text": words, "author": words, "role": words}),
        ("callout", {"kind": "warning", "title": words, "text": rich}),
        ("picture", picture),
        ("button", {"label": words, "link": link, "secondary": False}),
        ("file", file),
    ]
    table = {"caption": words, "table": {"data": [[words, None], [], [words]]}, "first_column": True}
    return [
        *small,
        (
            "video",
            {"title": words, "file": video, "subtitles": document, "poster": image, "address": "", "transcript": words},
        ),
        (
            "video",
            {"title": words, "file": None, "subtitles": None, "poster": None, "address": words, "transcript": words},
        ),
        ("steps", {"steps": [{"title": words, "text": rich, "image": image}] * 12}),
        ("accordion", {"items": [{"title": words, "text": rich}]}),
        ("table", table),
        ("figures", {"figures": [{"value": words, "text": words}] * 12, "source": words}),
        ("cards", {"cards": [{"title": words, "text": words, "image": image, "link": link}] * 12}),
        ("columns", {"left": small, "right": small}),
    ]
