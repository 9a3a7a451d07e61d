# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pictures of one revision: those of the repository for a design in code, those that a worker drew for one of the studio.

Never another drawing's: a page that shows an older one says so itself (cms/views/models.py)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cms.pictures_shown import Picture, drawn_number, pictures
from designs.errors import DesignError
from designs.models import DesignRevision
from designs.services.once import once_a_request
from fabrication import artefacts
from fabrication.models import Artefact, Job
from fabrication.services import BusyError, request_pictures

if TYPE_CHECKING:
    from django.db.models import QuerySet

_STUDIO = DesignRevision.Origin.STUDIO
_INDEX = "index.json"


def pictures_of(revision: DesignRevision) -> tuple[Picture, ...]:
    """All of them, the hero first; none while none were drawn. Of studio's revisions one query, for all of a request."""
    if revision.origin != _STUDIO:
        # The repository's are of the drawing that its manifest names.
        return pictures(revision.design) if drawn_number(revision.design) == revision.number else ()
    drawn = once_a_request("drawn pictures", _archives).get((revision.design, revision.digest))
    if drawn is None:
        return ()
    return tuple(
        Picture(
            model=revision.design,
            name=one["name"],
            alt=f"{revision.title}, {one['says']}",
            stem=one["name"],
            widths=tuple(one["widths"]),
            shape=tuple(one["shape"]),
            archive=drawn[1],
        )
        for one in _index(drawn[0])
    )


def hero_of(revision: DesignRevision) -> Picture | None:
    return next(iter(pictures_of(revision)), None)


def heroes_of(revisions: Iterable[DesignRevision]) -> dict[int, Picture]:
    """By primary key, of those that have one. One query at most within a request."""
    return {one.pk: hero for one in revisions if (hero := hero_of(one)) is not None}


def older_pictures_of(revision: DesignRevision) -> tuple[int, tuple[Picture, ...]]:
    """Of the latest revision before this one that has pictures: its number, and those; (0, ()) if there is none."""
    before = DesignRevision.objects.filter(design=revision.design, number__lt=revision.number).defer("content")
    for one in before.order_by("-number"):
        if found := pictures_of(one):
            return one.number or 0, found
    return 0, ()


def ask_for(revision: DesignRevision) -> None:
    """Have them drawn, if they neither are nor are being drawn; what failed is tried again."""
    if revision.origin != _STUDIO or state_of(revision)[0] in ("done", "running", "queued"):
        return
    try:
        request_pictures(revision)
    except (BusyError, DesignError):
        return  # there still are none, which ``state_of`` says: whoever looks at it next asks again


def state_of(revision: DesignRevision) -> tuple[str, int, str]:
    """State ("done", "queued", "running", "refused", "failed"; "" if nobody asked yet), percent, reason in French."""
    if pictures_of(revision):
        return "done", 100, ""
    if revision.origin != _STUDIO:
        return "", 0, ""
    same = {"revision__design": revision.design, "revision__digest": revision.digest}
    job = _jobs().filter(**same).exclude(state=Job.State.DONE).order_by("-pk").first()
    return (str(job.state), job.progress, job.reason) if job is not None else ("", 0, "")


def read(sha256: str, name: str) -> bytes | None:
    """One file of the pictures of something published; None of any other archive, or of a name that is not in it."""
    drawn = _jobs().filter(package__sha256=sha256, package__kind=Artefact.Kind.PACKAGE)
    artefact = Artefact.objects.filter(pk__in=drawn.values("package")).first()
    if artefact is None or not name.endswith((".webp", ".jpg")):
        return None
    try:
        with zipfile.ZipFile(artefacts.file_of(artefact)) as archive:
            return archive.read(name)
    except (KeyError, OSError):
        return None


def _jobs() -> QuerySet[Job]:
    return Job.objects.filter(kind=Job.Kind.PICTURES)


def _archives() -> dict[tuple[str, str], tuple[str, str]]:
    """(design, digest) → path and SHA-256 of the archive; a design's drawing has one, whichever of its revisions it is."""
    rows = _jobs().filter(state=Job.State.DONE).order_by("pk")
    found = rows.values_list("revision__design", "revision__digest", "package__path", "package__sha256")
    return {(design, digest): (path, sha256) for design, digest, path, sha256 in found}


def _index(path: str) -> list[dict[str, Any]]:
    """What is in the archive; nothing if it is gone."""
    try:
        return _read_index(path)
    except OSError:
        return []


@lru_cache(maxsize=256)
def _read_index(path: str) -> list[dict[str, Any]]:
    # Named by its content, so what is kept of it is never wrong.
    with zipfile.ZipFile(artefacts.folder() / path) as archive:
        found: list[dict[str, Any]] = json.loads(archive.read(_INDEX))["pictures"]
    return found
