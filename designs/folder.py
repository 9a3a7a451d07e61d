# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design as a folder that a person edits and git keeps, and back (docs/concevoir.md).

    table/
      modele.toml     texts, parameters, rules, sheets
      table.py        the script; further files beside it (a design drawn elsewhere has pieces.json instead)
      okh.toml        Open Know-How, for whoever collects designs; written, never read
      revision.toml   of an exported published one: which it was

What is written is canonical: the same design gives the same bytes, and what is read from them gives them again.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designs.content import Content, ContentError
from designs.design import TEXTS, Design
from designs.folder_files import MAX_ZIP, MODEL, OKH, PARTS, STAMP, FolderError, files_of, files_of_zip
from designs.toml_text import toml

if TYPE_CHECKING:
    from designs.okh import OkhManifest

__all__ = [
    "MAX_ZIP",
    "TEXTS",
    "Folder",
    "FolderError",
    "Stamp",
    "is_slug",
    "manifest",
    "parse",
    "read_folder",
    "read_zip",
    "write",
]

#: Characters of a text: a story is a few paragraphs. Bytes of a TOML file, and dots of one of its lines: Python's reader takes
#: a key of n parts in n² steps: ``a.a.a…`` of 100 kB in a quarter of a minute, and as long for 300 lines of 400 dots.
MAX_TEXT, MAX_TOML, MAX_DOTS = 20_000, 300_000, 500
_SPECIFICATION = ("thickness_range", "rules_in_script", "router_only", "parameters", "rules")
_KNOWN = ("slug", *TEXTS, "adapted_from", "main", *_SPECIFICATION)
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}")
_REVISION = re.compile(r"([a-z][a-z0-9-]{0,49})@([1-9][0-9]{0,5})")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stamp:
    """Which published revision a folder was exported from. It is a claim: ``Folder.is_as_published`` checks what can be."""

    design: str
    number: int
    version: str
    digest: str


@dataclass(frozen=True)
class Folder:
    """``texts`` has every name of ``TEXTS``, French, empty where nothing is said. ``adapted_from``: the published revision that
    it began with, "porte@1", or empty."""

    slug: str
    content: Content
    texts: Mapping[str, str]
    stamp: Stamp | None = None
    adapted_from: str = ""

    @property
    def is_as_published(self) -> bool:
        """Whether script, parameters and rules are still those that the stamp names; texts have no sum."""
        return self.stamp is not None and self.stamp.digest == self.content.digest


def is_slug(text: str) -> bool:
    """As in an address of the site: small letters, figures, single dashes; a letter first, 50 at most."""
    return len(text) <= 50 and bool(_SLUG.fullmatch(text))


# To files


def write(folder: Folder) -> dict[str, bytes]:
    """File name → bytes, in the order in which a person reads them."""
    content = folder.content.as_data()
    files = {MODEL: _model(folder, content).encode()}
    if content["kind"] == "flat":
        parts = json.dumps(content["parts"], ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        files[PARTS] = f"{parts}\n".encode()
    main = content.get("main", "")
    for name in sorted(content["sources"], key=lambda name: (name != main, name)):
        files[name] = content["sources"][name].encode()
    files[OKH] = toml(manifest(folder).data()).encode()
    if folder.stamp:
        stamp = folder.stamp
        said = {"design": stamp.design, "number": stamp.number, "version": stamp.version, "digest": stamp.digest}
        files[STAMP] = toml(said).encode()
    return files


def _model(folder: Folder, content: Mapping[str, Any]) -> str:
    data: dict[str, Any] = {"slug": folder.slug} | {name: folder.texts.get(name, "") for name in TEXTS}
    if folder.adapted_from:
        data["adapted_from"] = folder.adapted_from
    if content["kind"] == "script":
        data["main"] = content["main"]
    specification = dict(content["specification"])
    parameters = [dict(parameter) for parameter in specification.pop("parameters", [])]
    for parameter in parameters:
        if "choices" in parameter:
            parameter["choices"] = dict(parameter["choices"])
    specification["parameters"] = parameters
    # What says nothing is left out: a person reads this.
    said = {name: specification.get(name) for name in _SPECIFICATION}
    return toml(data | {name: value for name, value in said.items() if value})


def manifest(folder: Folder) -> OkhManifest:
    """The design's sources as Open Know-How 2.4: nothing in it depends on the installation or on the day."""
    from designs.okh import OkhManifest

    texts, content = folder.texts, folder.content
    title = texts.get("title") or folder.slug
    credit = texts.get("credit", "")
    said = " ".join(filter(None, (texts.get("summary", "") or title, credit and f"{credit.rstrip('.')}.")))
    sources = [name for name in (*sorted(content.sources), PARTS if content.kind == "flat" else "") if name]
    return OkhManifest(
        okhv="2.4",
        name=title,
        repo=f"https://treteau.example/modeles/{folder.slug}",  # nobody's for ever: docs/okh.md
        version=folder.stamp.version if folder.stamp else "",
        license=texts.get("licence") or Design.licence,
        licensor=(f"The authors of {title}",),
        documentation_language=("fr",),
        function=said,
        tsdc=("ASM", "CNC"),
        source=(MODEL, *sources),
    )


# From files


def read_folder(path: Path) -> Folder:
    """Raises FolderError; OSError for what is no folder or can't be read."""
    return parse(files_of(path))


def read_zip(data: bytes) -> Folder:
    """Raises FolderError. Nothing is written anywhere."""
    return parse(files_of_zip(data))


def parse(files: Mapping[str, bytes]) -> Folder:
    """Raises FolderError, which names the file and, where one is to blame, the line."""
    if MODEL not in files:
        raise FolderError(
            f"no {MODEL}: `treteau design new` starts a folder", f"Il n’y a pas de fichier {MODEL} dans ce dossier."
        )
    text = _text(files, MODEL)
    data = _toml(text, MODEL)
    for key in data:
        if key not in _KNOWN:
            raise FolderError(
                f"{key[:40]!r} is not known here: there are {', '.join(_KNOWN)}",
                f"« {key[:40]} » n’existe pas ici : il y a {', '.join(_KNOWN)}.", MODEL, _line(text, key),
            )  # fmt: skip
    slug = data.get("slug")
    if not isinstance(slug, str) or not is_slug(slug):
        raise FolderError(
            'slug = "…" is missing or no identifier: small letters, figures and dashes, 50 at most',
            "« slug » manque, ou n’est pas un identifiant : minuscules sans accent, chiffres et tirets, 50 signes au plus.",
            MODEL, _line(text, "slug"),
        )  # fmt: skip
    texts = {name: _said(data, name, text) for name in TEXTS}
    origin = _said(data, "adapted_from", text)
    if origin and not _REVISION.fullmatch(origin):
        raise FolderError(
            'adapted_from = "…" is a design and its revision, as porte@1',
            "« adapted_from » est un modèle et sa révision, par exemple porte@1.", MODEL, _line(text, "adapted_from"),
        )  # fmt: skip
    return Folder(slug, _content(files, data, text), texts, _stamp(files), origin)


def _content(files: Mapping[str, bytes], data: Mapping[str, Any], text: str) -> Content:
    sources = {name: _text(files, name) for name in files if name.endswith(".py")}
    parts: object = []
    if PARTS in files:
        if sources:
            raise FolderError(
                f"is there beside {', '.join(sources)[:100]}: a design has a script or drawn parts",
                "Un modèle a un script ou des pièces dessinées, pas les deux.", PARTS,
            )  # fmt: skip
        parts = _json(files)
    elif not sources:
        raise FolderError("no script: no file ends in .py", "Il n’y a pas de script : aucun fichier ne finit par .py.")
    main = data.get("main", next(iter(sources)) if len(sources) == 1 else "")
    if sources and (not isinstance(main, str) or main not in sources):
        raise FolderError(
            f'main = "…" has to name the script that draws: {", ".join(sorted(sources))[:200]}',
            f"« main » nomme le fichier qui dessine : {', '.join(sorted(sources))[:200]}.", MODEL, _line(text, "main"),
        )  # fmt: skip
    kind = "script" if sources else "flat"
    given = {
        "kind": kind,
        "main": main if sources else "",
        "sources": sources,
        "parts": parts,
        "specification": {name: data[name] for name in _SPECIFICATION if name in data},
    }
    try:
        return Content.parse(given)
    except ContentError as error:
        raise _placed(error, text) from error


def _placed(error: ContentError, text: str) -> FolderError:
    """The first fault, with the file and the line that it is about; the sentence is French, as pages show it."""
    path, french = next(iter(error.messages.items()))
    path = path.removeprefix("specification.")
    head, _, rest = path.partition(".")
    if head == "sources":
        return FolderError(french, french, rest)
    if head == "parts":
        return FolderError(french, french, PARTS)
    return FolderError(french, french, MODEL, line_of(text, path))


def _stamp(files: Mapping[str, bytes]) -> Stamp | None:
    if STAMP not in files:
        return None
    data = _toml(_text(files, STAMP), STAMP)
    design, number, version, digest = (data.get(key) for key in ("design", "number", "version", "digest"))
    sound = (
        isinstance(design, str)
        and is_slug(design)
        and isinstance(number, int)
        and not isinstance(number, bool)
        and 1 <= number <= 1_000_000
        and isinstance(version, str)
        and bool(_VERSION.fullmatch(version))
        and isinstance(digest, str)
        and bool(_DIGEST.fullmatch(digest))
    )
    if not sound or len(data) != 4:
        raise FolderError(
            "is not as it was exported (design, number, version, digest): export again, or delete the file",
            "Ce fichier n’est plus tel qu’il a été téléchargé : téléchargez le modèle à nouveau, ou supprimez ce fichier.", STAMP,
        )  # fmt: skip
    return Stamp(str(design), int(number or 0), str(version), str(digest))


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        raise FolderError(
            "is no UTF-8 text", "Ce fichier n’est pas un texte en UTF-8.", name, files[name].count(b"\n", 0, error.start) + 1
        ) from None  # fmt: skip


def _toml(text: str, name: str) -> dict[str, Any]:
    dots = [line.count(".") for line in text.split("\n")]
    if len(text) > MAX_TOML or max(dots) > MAX_DOTS or sum(n * n for n in dots) > 2 * MAX_DOTS**2:
        raise FolderError(
            f"more than {MAX_TOML // 1000} kB, or more than {MAX_DOTS} dots in a line",
            f"Ce fichier est trop long : {MAX_TOML // 1000} ko au plus, et {MAX_DOTS} points par ligne.", name,
        )  # fmt: skip
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # besides syntax: numbers of thousands of digits, deep nests
        said = str(error)[:200]
        place = re.search(r"\(at line ([0-9]+), column [0-9]+\)", said)
        reason = said.removesuffix(f" {place[0]}") if place else said
        raise FolderError(
            f"not valid TOML: {reason}", f"Ce n’est pas du TOML valable : {reason}", name, int(place[1]) if place else 0
        ) from error


def _json(files: Mapping[str, bytes]) -> object:
    try:
        return json.loads(_text(files, PARTS))
    except (ValueError, RecursionError) as error:
        if isinstance(error, FolderError):
            raise
        raise FolderError(
            f"not valid JSON: {str(error)[:200]}", "Ce n’est pas du JSON valable.", PARTS, getattr(error, "lineno", 0)
        ) from error


def _said(data: Mapping[str, Any], name: str, text: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise FolderError(f"{name} is a text", f"« {name} » est un texte.", MODEL, _line(text, name))
    if len(value) > MAX_TEXT or "\x00" in value:
        raise FolderError(
            f"{name} has more than {MAX_TEXT} characters, or a null",
            f"« {name} » est trop long, ou contient un signe qui ne s’imprime pas.", MODEL, _line(text, name),
        )  # fmt: skip
    return value


# Where something stands


def _line(text: str, key: str, after: int = 0, until: int = 0) -> int:
    """The line (from 1) on which a key is set, between two lines; 0 if it is nowhere."""
    wanted = re.compile(rf'\s*"?{re.escape(key)}"?\s*=')
    lines = text.split("\n")
    return next((n for n in range(after + 1, (until or len(lines)) + 1) if wanted.match(lines[n - 1])), 0)


def line_of(text: str, path: str) -> int:
    """The line of modele.toml that a path is about; of ``parameters.2.minimum`` the third ``[[parameters]]``, and in it its ``minimum``; as near as there is."""
    head, _, rest = path.partition(".")
    number, _, key = rest.partition(".")
    header = re.compile(rf"\s*\[\[\s*{re.escape(head)}\s*\]\]")
    lines = text.split("\n")
    tables = [n for n, line in enumerate(lines, 1) if header.match(line)]
    if not number.isdecimal() or not tables:
        under = next((n for n, line in enumerate(lines, 1) if re.match(rf"\s*\[\s*{re.escape(head)}\s*\]", line)), 0)
        return _line(text, head) or under
    if int(number) >= len(tables):
        return tables[-1]
    start = tables[int(number)]
    end = next((n for n in tables if n > start), len(lines) + 1) - 1
    return _line(text, key.partition(".")[0], start, end) or start
