# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts that were drawn elsewhere: a STEP or a DXF file, read in the jail, becomes a model's content."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any, NamedTuple, NoReturn

from designs.content import Content, ContentError
from designs.jail import Limits, run
from designs.plain_text import shown
from designs.typography import held
from fabrication.scripted.answers import answered
from fabrication.scripted.asking import place
from fabrication.scripted.errors import Fault, ScriptError, UploadError
from fabrication.scripted.flat_data import parts_read
from fabrication.scripted.reading import MAX_BYTES, many, text

#: A kit of two hundred flat parts is a few megabytes.
MAX_DRAWING_BYTES = 20_000_000
#: By the end of a file's name, the jail's entry that reads it.
_ENTRIES = {".step": "step", ".stp": "step", ".dxf": "dxf"}
DRAWINGS = tuple(_ENTRIES)
#: The kernel takes a second for our largest model.
LIMITS = Limits(seconds=30, cpu_seconds=30, output_bytes=MAX_BYTES)


class Uploaded(NamedTuple):
    """``content`` is what ``Content.parse`` takes; ``notes`` are French sentences on what was not taken as it is."""

    content: dict[str, Any]
    notes: tuple[str, ...]


def flat_content(name: str, data: bytes, *, thickness: float | None = None, asker: str = "") -> Uploaded:
    """``thickness`` (mm) of the sheet is asked for where a DXF does not say it.

    Raises UploadError (``faults`` in French: what is refused, where and why), JailError."""
    name = shown(PurePath(name).name, 80)
    entry = _ENTRIES.get(PurePath(name).suffix.lower())
    if entry is None:
        _refuse(name, "Envoyez un fichier STEP (.step, .stp) ou DXF (.dxf).", "neither STEP nor DXF")
    if not data or len(data) > MAX_DRAWING_BYTES:
        size = MAX_DRAWING_BYTES // 1_000_000
        _refuse(name, f"Ce fichier est vide, ou dépasse {size} Mo." if not data else f"Ce fichier dépasse {size} Mo.", f"{len(data)} bytes")  # fmt: skip
    header = json.dumps({"name": name, "thickness": thickness}).encode()
    with place():
        output = run(entry, header + b"\n" + data, limits=LIMITS, asker=asker).output
    try:
        answer = answered(output, [name])
        content: dict[str, Any] = {"kind": "flat", "parts": answer.get("parts"), "specification": {}}
        parts_read(Content.parse(content).parts)
        notes = many(text(400), 40)(answer.get("notes"), "notes")
    except ContentError as error:
        _refuse(name, error.french, str(error))
    except ScriptError as error:
        raise UploadError(error.faults) from error
    return Uploaded(content, tuple(held(note) for note in notes))


def _refuse(name: str, french: str, english: str) -> NoReturn:
    raise UploadError([Fault("file", french, f"{name}: {english}", name)])
