# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that jobs make: found by their inputs, named by their content.

A file is written beside its place and renamed, so that a reader never sees half of one and a killed
worker leaves nothing but a draft. The same inputs give the same bytes, and the same bytes one file.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings

from fabrication.canonical import canonical_key
from fabrication.models import Artefact

_PACKAGES = ("cadquery", "cadquery-ocp", "ezdxf", "manifold3d", "rectpack", "reportlab", "shapely", "trimesh", "numpy")
_SUFFIXES = {Artefact.Kind.PACKAGE: ".zip", Artefact.Kind.VIEW: ".glb", Artefact.Kind.FACTS: ".json"}
#: Rows, rules and messages decide no byte: a word in an e-mail must not have every view made anew.
_DJANGO = frozenset({"migrations", "management", "models", "services", "apps", "tasks", "artefacts", "leases", "work"})


@cache
def software() -> dict[str, str]:
    """What decides the bytes beside the inputs: versions of the libraries, digest of our own geometry."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for package in ("designs", "fabrication"):
        for file in sorted((root / package).rglob("*.py")):
            inner = file.relative_to(root)
            if not _DJANGO.intersection(inner.with_suffix("").parts):
                digest.update(inner.as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return {name: version(name) for name in _PACKAGES} | {"treteau": digest.hexdigest()}


def software_key() -> str:
    """``software()`` in 64 characters."""
    return canonical_key(software())


def input_key(kind: str, inputs: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of the inputs and the software. Raises ValueError for NaN or infinity."""
    return canonical_key({"kind": kind, "inputs": inputs, "software": software()})


def folder() -> Path:
    return Path(settings.TRETEAU_ARTEFACTS)


def file_of(artefact: Artefact) -> Path:
    return folder() / artefact.path


def find(key: str) -> Artefact | None:
    """The artefact of these inputs, if its file is still there."""
    artefact = Artefact.objects.filter(key=key).first()
    return artefact if artefact and file_of(artefact).is_file() else None


def store(kind: Artefact.Kind, key: str, content: bytes | Path, name: str) -> Artefact:
    """Keep bytes, or the file at a path (which is left where it is). Called twice, it gives the same row."""
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".{uuid.uuid4()}"
    digest = hashlib.sha256()
    size = 0
    try:
        with draft.open("wb") as target:
            for block in _blocks(content):
                digest.update(block)
                size += target.write(block)
            target.flush()
            os.fsync(target.fileno())
        sha256 = digest.hexdigest()
        path = f"{sha256[:2]}/{sha256}{_SUFFIXES[kind]}"
        (folder() / path).parent.mkdir(exist_ok=True)
        draft.rename(folder() / path)
    finally:
        draft.unlink(missing_ok=True)
    artefact, _ = Artefact.objects.update_or_create(
        key=key, defaults={"kind": kind, "sha256": sha256, "path": path, "name": name, "size": size}
    )
    return artefact


def _blocks(content: bytes | Path) -> Any:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as source:
        while block := source.read(1 << 20):
            yield block
