# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures and documents of a new site: those that the project itself makes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files import File
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument

from cms.models import SiteImage
from cms.pictures_shown import pictures
from designs import catalogue
from designs.typography import spaced

_FILES = Path(__file__).parent / "files"

#: Names of pictures (scripts/photographs.py) as an editor finds them.
_VIEWS = {"hero": "vue principale", "moved": "en route", "welcome": "à l’accueil", "trio": "ensemble"}


def image(name: str, title: str, words: str) -> SiteImage | None:
    """A picture of cms/static/pictures or docs/pictures, by its name, with what it shows; None if it is not there."""
    known = SiteImage.objects.filter(title=title).first()
    if known is not None:
        return known
    found = finders.find(f"pictures/{name}") or settings.ROOT / "docs" / "pictures" / name
    path = Path(str(found))
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return SiteImage.objects.create(title=title, file=File(file, name=name), description=spaced(words))


def model_image(model: str, view: str = "hero") -> SiteImage | None:
    """One of the pictures that are drawn from the solids, with the words that were written for it."""
    drawn = next((one for one in pictures(model) if one.name == view), None)
    if drawn is None:
        return None
    of = catalogue.design(model).title if model else "Les trois meubles"
    return image(Path(drawn.file(drawn.widths[-1])).name, f"{of}, {_VIEWS[view]}", drawn.alt)


def document(name: str, title: str) -> AbstractDocument | None:
    """A file of this folder's ``files``, of examples/machines or of docs, by its name; None if it is not there."""
    kind = get_document_model()
    known = kind.objects.filter(title=title).first()
    if known is not None:
        return known
    folders = (_FILES, settings.ROOT / "examples" / "machines", settings.ROOT / "docs")
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        return None
    with path.open("rb") as file:
        return kind.objects.create(title=title, file=File(file, name=name))
