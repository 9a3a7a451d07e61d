# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a model is made of, at one moment: its script or its uploaded flat parts, and what people may choose.

Two contents with one digest draw the same piece, so everything that was made of one serves the other. Nothing is executed
here, and no geometry is looked at: that is the drawer's.
"""

from __future__ import annotations

import hashlib
import json
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

from designs.errors import DesignError
from designs.plain_text import shown
from designs.specification import Specification, SpecificationError
from designs.typography import typeset

KINDS = ("script", "flat")
MAX_FILES, MAX_FILE_BYTES, MAX_BYTES = 16, 200_000, 500_000
MAX_PARTS = 200
#: Numbers, texts and keys in all uploaded parts together: 200 parts of a thousand vertices each.
MAX_VALUES, MAX_TEXT, MAX_NESTING = 1_000_000, 200, 8

_FILE = re.compile(r"[a-z][a-z0-9_]{0,39}\.py\Z")
_KEYS = ("kind", "main", "sources", "parts", "specification")


class ContentError(DesignError, ValueError):
    """Data that are no content of a model. ``messages`` maps a path in the data ("sources.table.py",
    "specification.parameters.0.minimum") to a French sentence; ``french`` is all of them in a line."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self.messages = {path: typeset(message) for path, message in messages.items()}
        super().__init__("; ".join(f"{path}: {message}" for path, message in self.messages.items()))
        self.french = " ".join(self.messages.values())


@dataclass(frozen=True)
class Content:
    """``sources`` (kind "script"): file name → text; ``main`` is the one that has ``draw(values, sheet)`` or one Design.
    ``parts`` (kind "flat"): flat parts as data, which the drawer reads. The other is empty."""

    kind: str
    specification: Mapping[str, Any]
    main: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def parse(cls, data: object) -> Content:
        """Raises ContentError with every fault. Without ``main`` the only file is it, or the first one in the data."""
        if not isinstance(data, Mapping):
            _refuse("", "Il faut ici un objet.")
        unknown = [key for key in data if key not in _KEYS]
        if unknown:
            _refuse(shown(unknown[0]), f"« {shown(unknown[0])} » n’existe pas ici : il y a {', '.join(_KEYS)}.")
        kind = data.get("kind")
        if kind not in KINDS:
            _refuse("kind", "Un modèle est un script (script) ou des pièces planes (flat).")
        faults: dict[str, str] = {}
        specification: Mapping[str, Any] = {}
        try:
            specification = Specification.parse(data.get("specification")).as_data()
        except SpecificationError as error:
            faults |= {f"specification.{path}".rstrip("."): message for path, message in error.messages.items()}
        sources: dict[str, str] = {}
        main = ""
        parts: tuple[Mapping[str, Any], ...] = ()
        if kind == "script":
            sources = _sources(data.get("sources"), faults)
            main = str(data.get("main") or next(iter(sources), ""))
            if sources and main not in sources:
                faults["main"] = "Le fichier principal n’est pas parmi les fichiers."
            if data.get("parts"):
                faults["parts"] = "Un script dessine ses pièces : il n’en apporte pas."
        else:
            parts = _parts(data.get("parts"), faults)
            if data.get("sources"):
                faults["sources"] = "Un modèle de pièces planes n’a pas de script."
            if specification.get("parameters"):
                faults["specification.parameters"] = (
                    "Des pièces planes ont leurs dimensions : elles n’ont pas de paramètre."
                )
        if faults:
            raise ContentError(faults)
        return cls(kind, specification, main, sources, parts)

    def as_data(self) -> dict[str, Any]:
        """Plain and canonical: ``Content.parse(content.as_data()) == content``."""
        return {
            "kind": self.kind,
            "main": self.main,
            "sources": dict(self.sources),
            "parts": [dict(part) for part in self.parts],
            "specification": dict(self.specification),
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: 64 hexadecimal figures."""
        canonical = json.dumps(
            self.as_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def parsed(self) -> Specification:
        """The specification as parameters and rules."""
        return Specification.parse(self.specification)


def _refuse(path: str, french: str) -> NoReturn:
    raise ContentError({path: french})


def _sources(data: object, faults: dict[str, str]) -> dict[str, str]:
    if not isinstance(data, Mapping) or not data:
        faults["sources"] = "Il faut au moins un fichier."
        return {}
    if len(data) > MAX_FILES:
        faults["sources"] = f"{MAX_FILES} fichiers au plus ; il y en a {len(data)}."
        return {}
    sources: dict[str, str] = {}
    total = 0
    for name, text in data.items():
        if not isinstance(name, str) or not _FILE.match(name) or keyword.iskeyword(name.removesuffix(".py")):
            faults[f"sources.{shown(name)}"] = (
                f"« {shown(name)} » n’est pas un nom de fichier : une minuscule sans accent, puis minuscules, chiffres ou _, "
                "et .py à la fin ; 40 signes au plus."
            )
            continue
        size = _bytes(text)
        if size is None:
            faults[f"sources.{name}"] = f"{name} n’est pas un texte que l’on peut lire."
            continue
        if size > MAX_FILE_BYTES:
            faults[f"sources.{name}"] = f"{name} est trop long : {MAX_FILE_BYTES // 1000} ko au plus."
        total += size
        sources[name] = str(text)
    if total > MAX_BYTES:
        faults["sources"] = f"Les fichiers sont trop longs ensemble : {MAX_BYTES // 1000} ko au plus."
    return sources


def _bytes(text: object) -> int | None:
    """Its length in UTF-8; None if it is no text that a file or a database may hold (NUL, half a surrogate pair)."""
    if not isinstance(text, str) or "\0" in text:
        return None
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return None


def _parts(data: object, faults: dict[str, str]) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(data, list | tuple) or not data:
        faults["parts"] = "Il faut au moins une pièce."
        return ()
    if len(data) > MAX_PARTS:
        faults["parts"] = f"{MAX_PARTS} pièces au plus ; il y en a {len(data)}."
        return ()
    room = MAX_VALUES
    parts: list[Mapping[str, Any]] = []
    for number, part in enumerate(data):
        try:
            plain, room = _plain(part, room, MAX_NESTING)
        except ValueError:
            faults[f"parts.{number}"] = f"La pièce {number + 1} n’est pas faite de nombres et de textes courts."
            return ()
        if not isinstance(plain, dict):
            faults[f"parts.{number}"] = f"La pièce {number + 1} n’est pas un objet."
            return ()
        parts.append(plain)
    return tuple(parts)


def _plain(value: object, room: int, depth: int) -> tuple[Any, int]:
    """Numbers, short texts, lists and objects of them; whole numbers without a decimal point. Raises ValueError."""
    if room <= 0 or depth < 0:
        raise ValueError("too much")
    room -= 1
    if value is None or isinstance(value, bool):
        return value, room
    if isinstance(value, str):
        if len(value) > MAX_TEXT or _bytes(value) is None:
            raise ValueError("no short text")
        return value, room
    if isinstance(value, int | float):
        if not abs(value) <= 1e9:  # also refuses NaN
            raise ValueError("no number")
        return int(value) if float(value).is_integer() else float(value), room
    if isinstance(value, Sequence):
        items = []
        for item in value:
            plain, room = _plain(item, room, depth - 1)
            items.append(plain)
        return items, room
    if isinstance(value, Mapping):
        fields = {}
        for key, item in value.items():
            if not isinstance(key, str) or len(key) > MAX_TEXT or _bytes(key) is None:
                raise ValueError("no key")
            fields[key], room = _plain(item, room, depth - 1)
        return fields, room
    raise ValueError("no data")
