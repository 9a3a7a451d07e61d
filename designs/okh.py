# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Open Know-How manifests of others: read what is known, keep the rest, say what is odd, refuse as little as possible.

TOML of OKH 2.x and of its forerunner OKH-LOSH, and JSON with the same names. Lengths in mm, masses in g.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designs.errors import OkhError

#: A manifest is a page of text; what is larger is another file.
MAX_BYTES = 1_000_000
#: Deeper tables are no manifest's.
_MAX_DEPTH = 40
KNOWN_VERSIONS = ("OKH-LOSHv1.0", "2.3", "2.4")
#: In a folder, the likeliest first.
NAMES = ("okh.toml", "*.okh.toml", "okh*.toml", "okh.json", "*.okh.json")
_TO_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4}
_TO_G = {"mg": 0.001, "g": 1.0, "kg": 1000.0, "t": 1e6, "lb": 453.59237, "oz": 28.349523125}
_CUBE = re.compile(r"cube\(\s*(?:size\s*=\s*)?\[\s*([^,\]]+),([^,\]]+),([^,\]]+)\]\s*(?:,[^)]*)?\)\s*;?\s*")
_URL = re.compile(r"https?://\S+")
#: No protocol, no way out of the folder.
_NO_PATH = re.compile(r"^[a-z]*:|^//|(?:^|/)\.\.(?:/|$)")


#: A person, an organisation, an image: a text, or a table with its ``name`` or ``location``.
Named = str | Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    """Outer dimensions in mm."""

    width: float
    depth: float
    height: float


@dataclass(frozen=True)
class OkhPart:
    """A component; paths are as they were written. ``extra`` are the fields that this reader does not know."""

    name: str
    source: tuple[str, ...] = ()
    export: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()
    image: tuple[Named, ...] = ()
    tsdc: tuple[str, ...] = ()
    size: Size | None = None
    mass_g: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OkhManifest:
    """What a manifest says. Texts are empty and lists are (), where it says nothing.

    ``extra`` are fields as they stood, by OKH's names: unknown ones, and known ones whose values can't be read.
    ``warnings`` are English lines; they are no part of what the manifest says.
    """

    okhv: str = ""
    name: str = ""
    repo: str = ""
    version: str = ""
    license: str = ""
    licensor: tuple[Named, ...] = ()
    organization: tuple[Named, ...] = ()
    function: str = ""
    release: str = ""
    documentation_language: tuple[str, ...] = ()
    technology_readiness_level: str = ""
    documentation_readiness_level: str = ""
    readme: tuple[str, ...] = ()
    contribution_guide: str = ""
    image: tuple[Named, ...] = ()
    attestation: tuple[str, ...] = ()
    publication: tuple[str, ...] = ()
    standard_compliance: tuple[str, ...] = ()
    cpc_patent_class: tuple[str, ...] = ()
    tsdc: tuple[str, ...] = ()
    bom: tuple[str, ...] = ()
    manufacturing_instructions: tuple[str, ...] = ()
    user_manual: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    export: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()
    size: Size | None = None
    mass_g: float | None = None
    parts: tuple[OkhPart, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def data(self) -> dict[str, Any]:
        """With OKH's names again, as 2.4 has them where this reader knows them: to be written as TOML or JSON."""
        found = {name: _plain(getattr(self, _attribute(name))) for name in (*_TEXTS, *_MULTI)}
        data = {name: value for name, value in found.items() if value}
        data |= _measures(self.size, self.mass_g) | dict(self.extra)
        if self.parts:
            data["part"] = [_part_data(part) for part in self.parts]
        return data

    def toml(self) -> str:
        """As a file of OKH 2.4. JSON's nulls have no place in it."""
        import tomli_w

        return tomli_w.dumps(_without_nulls(self.data()))


_REQUIRED = ("okhv", "name", "repo", "license", "licensor", "function")
_TEXTS = (
    "okhv", "name", "repo", "version", "license", "function", "release", "technology-readiness-level",
    "documentation-readiness-level", "contribution-guide",
)  # fmt: skip
#: One text or a list of them.
_MULTI = (
    "licensor", "organization", "documentation-language", "readme", "image", "attestation", "publication",
    "standard-compliance", "cpc-patent-class", "tsdc", "bom", "manufacturing-instructions", "user-manual", "source",
    "export", "auxiliary",
)  # fmt: skip
_PART_MULTI = ("source", "export", "auxiliary", "image", "tsdc")
#: Paths in the repository, or addresses of the web.
_PATHS = {
    "readme", "image", "bom", "manufacturing-instructions", "user-manual", "source", "export", "auxiliary",
    "contribution-guide", "release",
}  # fmt: skip


def _part_data(part: OkhPart) -> dict[str, Any]:
    found = {name: _plain(getattr(part, name)) for name in ("name", *_PART_MULTI)}
    return (
        {name: value for name, value in found.items() if value} | _measures(part.size, part.mass_g) | dict(part.extra)
    )


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value if inner is not None]
    return value


def read_okh(path: Path) -> OkhManifest:
    """The manifest in a file, or the likeliest one in a folder.

    Raises OkhError, one line, for what is no manifest at all."""
    file, others = _the_file(path)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise OkhError(f"{file}: too large to be a manifest")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise OkhError(f"{file}: no UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null
        raise OkhError(f"{file}: can't be read: {getattr(error, 'strerror', None) or error}") from error
    warnings = [f"other manifests in the folder are passed over: {', '.join(others)}"] if others else []
    return parse_okh(text, str(file), warnings)


def parse_okh(text: str, source: str = "manifest", warnings: list[str] | None = None) -> OkhManifest:
    """A manifest as text, TOML, or JSON if it begins with a brace. Raises OkhError for what is neither."""
    try:
        data = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # besides syntax: numbers of thousands of digits, deep nests
        raise OkhError(f"{source}: not valid TOML or JSON{_hint(text)}: {error}") from error
    if not isinstance(data, dict):
        raise OkhError(f"{source}: no table of fields")
    if _depth(data) > _MAX_DEPTH:
        raise OkhError(f"{source}: tables within tables, more than {_MAX_DEPTH} deep")
    return _Reader([] if warnings is None else warnings).manifest(data)


def _the_file(path: Path) -> tuple[Path, list[str]]:
    try:
        if not path.is_dir():
            if path.exists() and not path.is_file():
                raise OkhError(f"{path}: is no file")
            return path, []
        found = [file for name in NAMES for file in sorted(path.glob(name)) if file.is_file()]
    except (OSError, ValueError) as error:
        raise OkhError(f"{path}: can't be read: {getattr(error, 'strerror', None) or error}") from error
    files = list(dict.fromkeys(found))
    if not files:
        raise OkhError(f"{path}: no manifest in this folder ({', '.join(NAMES)})")
    return files[0], [file.name for file in files[1:]]


def _hint(text: str) -> str:
    """OKH 1 was YAML, with other fields."""
    return " (YAML of OKH 1 is not read)" if re.search(r"^[a-z][a-z-]*:(\s|$)", text, re.MULTILINE) else ""


def _depth(value: Any) -> int:
    """How deep tables and lists lie in each other; counted without recursion."""
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
        ]
        if deepest > _MAX_DEPTH:
            break
    return deepest


class _Reader:
    """Takes known fields out of a table; what is odd is a warning, what can't be read stays in ``extra``."""

    def __init__(self, warnings: list[str]) -> None:
        self.warnings = warnings

    def manifest(self, data: dict[str, Any]) -> OkhManifest:
        rest = dict(data)
        for name in _REQUIRED:
            if name not in data:
                self.warnings.append(f"{name} is missing")
        texts = {_attribute(name): self._take(rest, name, _text, "", name) for name in _TEXTS}
        lists = {_attribute(name): self._take(rest, name, _reader_of(name), (), name) for name in _MULTI}
        size = self._take(rest, "outer-dimensions", _size, None, "outer-dimensions")
        mass = self._take(rest, "mass", _mass, None, "mass")
        parts = self._parts(rest)
        version = texts["okhv"]
        if version and version not in KNOWN_VERSIONS:
            self.warnings.append(f"okhv is {version!r}; this reader knows {', '.join(KNOWN_VERSIONS)}")
        if texts["repo"] and not _URL.fullmatch(texts["repo"]):
            self.warnings.append(f"repo: {texts['repo']!r} is no address of the web")
        self._check_paths("", {_key(name): value for name, value in (texts | lists).items()})
        self.warnings += [f"unknown field {name}, kept" for name in rest if name not in _TEXTS + _MULTI + _ODD]
        return OkhManifest(
            **texts, **lists, size=size, mass_g=mass, parts=parts, extra=rest, warnings=tuple(self.warnings)
        )

    def _parts(self, rest: dict[str, Any]) -> tuple[OkhPart, ...]:
        rows = rest.get("part", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.warnings.append("part: a list of tables is expected, [[part]]; kept as it is")
            return ()
        rest.pop("part", None)
        return tuple(self._part(dict(row), number) for number, row in enumerate(rows, start=1))

    def _part(self, rest: dict[str, Any], number: int) -> OkhPart:
        where = f"part {number}"
        name = self._take(rest, "name", _text, "", f"{where}: name")
        if name:
            where = f"part {number} ({name[:40]})"
        else:
            self.warnings.append(f"{where}: name is missing")
        lists = {key: self._take(rest, key, _reader_of(key), (), f"{where}: {key}") for key in _PART_MULTI}
        if bool(lists["source"]) == bool(lists["export"]):
            self.warnings.append(f"{where}: either source or export is expected")
        size = self._take(rest, "outer-dimensions", _size, None, f"{where}: outer-dimensions")
        mass = self._take(rest, "mass", _mass, None, f"{where}: mass")
        self._check_paths(f"{where}: ", lists)
        known = ("name", *_PART_MULTI, "outer-dimensions", "mass")
        self.warnings += [f"{where}: unknown field {key}, kept" for key in rest if key not in known]
        return OkhPart(name, **lists, size=size, mass_g=mass, extra=rest)

    def _take(self, rest: dict[str, Any], name: str, read: Callable[[Any], Any], otherwise: Any, where: str) -> Any:
        """The field's value, taken out of ``rest``; what can't be read stays there."""
        if name not in rest:
            return otherwise
        try:
            value = read(rest[name])
        except (ValueError, TypeError, OverflowError) as error:
            self.warnings.append(f"{where}: {error}; kept as it is")
            return otherwise
        if value in ("", (), None):  # said, but nothing
            self.warnings.append(f"{where} is empty")
        del rest[name]
        return value

    def _check_paths(self, where: str, fields: Mapping[str, Any]) -> None:
        for name, value in fields.items():
            if name not in _PATHS:
                continue
            for path in _paths(value):
                if path and not _URL.fullmatch(path) and _NO_PATH.search(path):
                    self.warnings.append(f"{where}{name}: {path[:80]!r} is neither a path in the repository nor a URL")
                elif path.startswith("/"):
                    self.warnings.append(f"{where}{name}: {path[:80]!r} is taken from the repository's root")


#: Known: read by themselves, or of no use here and kept.
_ODD = ("outer-dimensions", "mass", "part", "software", "rdf", "forkOf", "$schema")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text is expected, not {_kind(value)}")
    return value


def _multi(value: Any, within: str = "") -> tuple[Any, ...]:
    """One text or a list, without empty ones; besides texts, tables that have ``within`` as a text."""
    items = value if isinstance(value, list) else [value]
    for item in items:
        table = within and isinstance(item, dict) and isinstance(item.get(within), str)
        if not isinstance(item, str) and not table:
            raise ValueError(f"texts are expected, not {_kind(item)}")
    return tuple(item for item in items if item)


def _reader_of(name: str) -> Callable[[Any], tuple[Any, ...]]:
    within = {"licensor": "name", "organization": "name", "image": "location"}.get(name, "")
    return lambda value: _multi(value, within)


def _paths(value: Any) -> list[str]:
    """Of a text, or of texts and images."""
    items = [value] if isinstance(value, str) else value
    return [item if isinstance(item, str) else item["location"] for item in items]


def _size(value: Any) -> Size:
    """2.x: width, depth, height in mm; OKH-LOSH: an OpenSCAD cube and its unit."""
    table = _table(value, {"width", "depth", "height"}, {"openSCAD", "unit"})
    if "openSCAD" in table:
        match = _CUBE.fullmatch(_text(table["openSCAD"]).strip()[:200])
        unit = _TO_MM.get(_text(table.get("unit", "mm")).strip().lower())
        if match is None or unit is None:
            raise ValueError("an OpenSCAD cube with a unit of length is expected")
        return Size(*(_positive(float(text)) * unit for text in match.groups()))
    return Size(*(_positive(table[name]) for name in ("width", "depth", "height")))


def _mass(value: Any) -> float:
    """2.x: grams; OKH-LOSH: a value and its unit."""
    if not isinstance(value, dict):
        return _positive(value)
    table = _table(value, {"value", "unit"})
    unit = _TO_G.get(_text(table["unit"]).strip().lower())
    if unit is None:
        raise ValueError(f"a unit of mass is expected, not {table['unit'][:20]!r}")
    return _positive(table["value"]) * unit


def _table(value: Any, *keys: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) not in keys:
        wanted = " or ".join(", ".join(sorted(names)) for names in keys)
        raise ValueError(f"a table of {wanted} is expected, not {_kind(value)}")
    return value


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e12:
        raise ValueError(f"a number over 0 is expected, not {_kind(value)}")
    return float(value)


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return f"a table of {', '.join(map(str, value)) or 'nothing'}"[:80]
    return "a list" if isinstance(value, list) else repr(value)[:40]


def _measures(size: Size | None, mass_g: float | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if mass_g is not None:
        found["mass"] = mass_g
    if size is not None:
        found["outer-dimensions"] = {"width": size.width, "depth": size.depth, "height": size.height}
    return found


def _plain(value: Any) -> Any:
    """One text alone as a text, as most manifests have it."""
    if not isinstance(value, tuple):
        return value
    if not value:
        return None
    return value[0] if len(value) == 1 else list(value)


def _attribute(name: str) -> str:
    return name.replace("-", "_")


def _key(attribute: str) -> str:
    return attribute.replace("_", "-")


def files(manifest: OkhManifest) -> Iterator[str]:
    """Every path in the repository that the manifest names, each once; no addresses of the web."""
    lists = [getattr(manifest, _attribute(name)) for name in (*_TEXTS, *_MULTI) if name in _PATHS]
    lists += [getattr(part, name) for part in manifest.parts for name in _PART_MULTI if name in _PATHS]
    paths = [path for value in lists for path in _paths(value)]
    yield from (path for path in dict.fromkeys(paths) if path and not _URL.match(path))
