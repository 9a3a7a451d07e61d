# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The part of DSFR's style sheets that our pages use, out of the installed package: ``python scripts/style.py build/style``.

The whole is 1.2 MB and hides the page until it is read; what templates name is a twentieth of it. A rule stays when every ``fr-…`` class
of its selector stands somewhere in our templates, views or scripts; a custom property stays when something that stays reads it.
A class that a template puts together (``fr-alert--{{ level }}``) keeps all classes that begin like it. Nothing that is made here is
committed: esbuild takes it up into cms/static/bundle (Makefile)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

ROOT = Path(__file__).resolve().parents[1]
#: Where classes and properties are named. The package's own templates are not among them: ours use none.
READ = ["cms/**/*.html", "cms/**/*.py", "cms/static_src/**/*", "cms/static/site/*.css", "accounts/**/*.py", "accounts/**/*.html",
        "orders/**/*.py", "orders/**/*.html"]  # fmt: skip
#: Rules of DSFR for its own script, for browsers that are gone, and for a dark scheme that our pages don't have.
_NEVER = re.compile(r"data-fr-js|data-fr-theme|-ms-|ms-high-contrast")
_CLASS = re.compile(r"\bfr-[a-zA-Z0-9_-]+")
#: Beginnings that would keep a megabyte: what is put together from them is named whole somewhere.
_TOO_MANY = frozenset({"fr-", "fr-icon-"})
_PROPERTY = re.compile(r"--[a-zA-Z0-9_-]+")
_ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|#)([^"')]+)\1\s*\)""")


def dsfr() -> Path:
    """The folder of DSFR's built files in the installed package."""
    import dsfr as package

    return Path(package.__file__).parent / "static" / "dsfr" / "dist"


def sources() -> Iterator[str]:
    """The text of every file of ours that may name a class."""
    for pattern in READ:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.suffix in {".html", ".py", ".js", ".mjs", ".css"}:
                # A sheet's [class*="fr-icon-"] asks for whatever is named elsewhere.
                yield re.sub(r"\[class[^\]]*\]", "", path.read_text(encoding="utf-8"))


class Used:
    """Which classes and properties our files name."""

    def __init__(self, texts: Iterable[str]) -> None:
        names: set[str] = set()
        self.properties: set[str] = set()
        for text in texts:
            names.update(_CLASS.findall(text))
            self.properties.update(_PROPERTY.findall(text))
        self.classes = {name for name in names if not name.endswith("-")}
        # "fr-badge--" before {{ … }}: any of its variants.
        self.beginnings = tuple(name for name in names if name.endswith("-") and name not in _TOO_MANY)

    def holds(self, name: str) -> bool:
        return not name.startswith("fr-") or name in self.classes or name.startswith(self.beginnings)


def _selectors(prelude: list[Node]) -> Iterator[list[Node]]:
    one: list[Node] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield one
            one = []
        else:
            one.append(token)
    yield one


def _classes(selector: list[Node]) -> Iterator[str]:
    """The classes that an element must have; what stands in :not() and its like may be absent."""
    for before, token in pairwise(selector):
        if before.type == "literal" and before.value == "." and token.type == "ident":
            yield token.value


def _rules(css: str) -> list[Node]:
    return list(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def _kept(rules: list[Node], used: Used, only: str = "") -> list[Node]:
    """The rules whose selectors ``used`` holds; with ``only``, of those the selectors that name this class."""
    kept: list[Node] = []
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = [
                text
                for one in _selectors(rule.prelude)
                if all(used.holds(name) for name in _classes(one))
                and (not only or only in _classes(one))
                and not _NEVER.search(text := tinycss2.serialize(one))
            ]
            if selectors:
                rule.prelude = tinycss2.parse_component_value_list(",".join(selectors))
                kept.append(rule)
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in {"media", "supports"}:
            if "-ms-high-contrast" in (condition := tinycss2.serialize(rule.prelude)):
                # Only its modern half.
                modern = [part for part in condition.split(",") if "-ms-" not in part]
                if not modern:
                    continue
                rule.prelude = tinycss2.parse_component_value_list(" " + ",".join(modern))
            inner = _kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), used, only)
            if inner:
                rule.content = tinycss2.parse_component_value_list("".join(_text(one) for one in inner))
                kept.append(rule)
        elif isinstance(rule, AtRule) and rule.lower_at_keyword not in {"charset", "font-face"} and not only:
            kept.append(rule)
    return kept


def _text(rule: Node) -> str:
    return str(tinycss2.serialize([rule]))


def _without_unread_properties(css: str, read: set[str]) -> str:
    """Custom properties that nobody reads go, until none is left: one may have been read by another alone."""
    declared = re.compile(r"(?<=[{;])(--[a-zA-Z0-9_-]+):[^;{}]*;?")
    while True:
        needed = read | set(re.findall(r"var\(\s*(--[a-zA-Z0-9_-]+)", css))
        leaner = declared.sub(lambda found, needed=needed: found.group() if found.group(1) in needed else "", css)
        if leaner == css:
            return re.sub(r"[^{}]+\{\}", "", css)
        css = leaner


def _addressed(css: str, source: Path, target: Path) -> str:
    """Addresses relative to ``source``'s folder, said from ``target``'s."""

    def moved(found: re.Match[str]) -> str:
        path, mark, rest = found.group(2).partition("?")
        return f'url("{os.path.relpath(source.parent / path, target)}{mark}{rest}")'

    return _ADDRESS.sub(moved, css)


def _plain(rules: list[Node]) -> str:
    """Rules as text without spaces at the edges of declarations, as the properties' sweep reads them."""
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            declarations = tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
            rule.content = tinycss2.parse_component_value_list(
                "".join(tinycss2.serialize([one]) for one in declarations if isinstance(one, Declaration))
            )
    return "".join(_text(rule) for rule in rules)


def used_part(target: Path, used: Used) -> str:
    """What of DSFR's sheets our pages use, its addresses said from the folder ``target``."""
    parts = []
    for name in ("dsfr.main.min.css", "utility/utility.main.min.css", "dsfr.print.min.css"):
        path = dsfr() / name
        parts.append(_addressed(_plain(_kept(_rules(path.read_text(encoding="utf-8")), used)), path, target))
    return _without_unread_properties("".join(parts), used.properties)


def marks(target: Path) -> str:
    """Marianne's faces and the bloc-marque, for the State's sites alone."""
    path = dsfr() / "dsfr.main.min.css"
    faces = [
        _text(rule)
        for rule in _rules(path.read_text(encoding="utf-8"))
        if isinstance(rule, AtRule) and rule.lower_at_keyword == "font-face"
    ]
    shown = [face for face in faces if re.search(r"Marianne-(Regular|Bold|Regular_Italic)\.woff2", face)]
    lean = (re.sub(r",\s*url\([^)]*\.woff\)\s*format\([^)]*\)", "", face) for face in shown)
    logo = _kept(
        _rules(path.read_text(encoding="utf-8")), Used(["fr-logo fr-header__logo fr-footer__brand"]), only="fr-logo"
    )
    return _addressed("".join(lean) + _plain(logo), path, target)


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    used = Used(sources())
    used.classes.discard("fr-logo")  # a mark of the State
    (target / "dsfr.css").write_text(used_part(target, used), encoding="utf-8")
    (target / "marks.css").write_text(marks(target), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
