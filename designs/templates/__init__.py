# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Designs to begin with, as folders: each works at once, and is what the designer's guide tells about (docs/concevoir.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from designs.content import Content
from designs.errors import UnknownDesignError
from designs.folder import Folder, read_folder

TEMPLATES = ("table", "planche")


def template(name: str) -> Folder:
    """Raises UnknownDesignError, which names the known ones."""
    if name not in TEMPLATES:
        raise UnknownDesignError(f"no template {name!r}; known templates: {', '.join(TEMPLATES)}")
    return read_folder(Path(__file__).parent / name)


def started_from(folder: Folder, slug: str) -> Folder:
    """A design of its own that begins as a copy: under its own name, with nothing said yet of what changed."""
    content = folder.content
    old, new = content.main, f"{slug.replace('-', '_')}.py"
    if folder.slug.replace("-", "_") + ".py" == old and new not in content.sources and len(new) <= 43:
        content = _renamed(content, old, new, folder.slug, slug)
    origin = f"{folder.stamp.design}@{folder.stamp.number}" if folder.stamp else folder.adapted_from
    return Folder(slug, content, {**folder.texts, "changes": ""}, adapted_from=origin)


def _renamed(content: Content, old: str, new: str, was: str, slug: str) -> Content:
    """The main file under the design's name, which it gives to its piece; a file that others import keeps its name."""
    imported = re.compile(rf"\b{re.escape(old.removesuffix('.py'))}\b")
    if any(imported.search(text) for name, text in content.sources.items() if name != old):
        return content
    sources: Mapping[str, str] = {
        (new if name == old else name): text.replace(f'Piece("{was}"', f'Piece("{slug}"') if name == old else text
        for name, text in content.sources.items()
    }
    return replace(content, main=new, sources=sources)
