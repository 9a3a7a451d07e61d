# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models' pictures as pages show them; those of the shipped models, drawn from the solids by ``make pictures``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

_MANIFEST = Path(__file__).resolve().parent / "static/pictures/pictures.json"


@dataclass(frozen=True)
class Picture:
    """``stem``: of its static files, without width and suffix. ``alt``: French, what it shows. ``widths`` in pixels, from
    the smallest; ``shape``: width to height. ``archive``: SHA-256 of what a worker drew, empty for the repository's own."""

    model: str
    name: str
    alt: str
    stem: str
    widths: tuple[int, ...]
    shape: tuple[int, int]
    archive: str = ""

    def file(self, width: int) -> str:
        """The static file's name."""
        return f"{self.stem}-{width}.webp"

    def address(self, width: int) -> str:
        name = self.file(width)
        return reverse("model-picture", args=[self.archive, name]) if self.archive else static(name)

    @property
    def src(self) -> str:
        """The address of the one of ``width``, for browsers that can't choose."""
        return self.address(self.width)

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self.address(width)} {width}w" for width in self.widths)

    @property
    def largest(self) -> str:
        return self.address(self.widths[-1])

    @property
    def width(self) -> int:
        return self.widths[1]

    @property
    def height(self) -> int:
        return self.width * self.shape[1] // self.shape[0]

    @property
    def share(self) -> str:
        """What other sites show beside a link, 1200 × 630 pixels: a static file's name, or the address of a drawn one."""
        if self.archive:
            return reverse("model-picture", args=[self.archive, f"{self.name}-share.jpg"])
        return f"pictures/{self.model or self.name}-share.jpg"


@cache
def drawn_number(model: str) -> int:
    """The revision of which the repository's pictures are; 0 if none were drawn."""
    data = json.loads(_MANIFEST.read_text("utf-8")) if _MANIFEST.is_file() else {"pictures": []}
    return next((int(one["revisions"][model]) for one in data["pictures"] if one["model"] == model), 0)


@cache
def _all() -> tuple[Picture, ...]:
    if not _MANIFEST.is_file():
        return ()
    data = json.loads(_MANIFEST.read_text("utf-8"))
    return tuple(
        Picture(
            one["model"],
            one["name"],
            one["says"],
            "pictures/" + "-".join(part for part in (one["model"], one["name"]) if part),
            tuple(one["widths"]),
            tuple(one["shape"]),
        )
        for one in data["pictures"]
    )


def pictures(model: str) -> tuple[Picture, ...]:
    """All of a model, its hero first; none if none were drawn."""
    return tuple(sorted((one for one in _all() if one.model == model), key=lambda one: one.name != "hero"))


def picture(model: str, name: str) -> Picture | None:
    """One of them; the three models together are ``picture("", "trio")``."""
    return next((one for one in _all() if (one.model, one.name) == (model, name)), None)


def measures(model: str) -> str:
    """The static file's name of the drawing with a shipped model's outer sizes; empty if none was drawn."""
    name = f"{model}-measures.svg"
    return f"pictures/{name}" if (_MANIFEST.parent / name).is_file() else ""
