# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau design diff``: what a change of the script changes in the wood, and which version it deserves."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designs.errors import UnknownDesignError
from designs.folder import Folder
from treteau.designing_drawing import design_of
from treteau.designing_folders import found, published, read
from treteau.designing_jail import warm_jail
from treteau.exits import DONE
from treteau.oneline import one_line
from treteau.output import console, only_ours, print_json


def diff(path: Path, other: str, revision: str, *, here: bool, as_json: bool) -> int:
    """Print what changed and return 0, however much it is.

    Raises FolderError, GitError, UnknownDesignError, OSError; ScriptError, JailError, ParameterError, GeometryError for a state
    that is not drawn."""
    new = read(path)
    old, called = _old(path, new, other, revision)
    with contextlib.nullcontext() if here else warm_jail(), only_ours():
        from fabrication.comparison.changes import State, compare

        changes = compare(State(design_of(old, here=here), old.texts), State(design_of(new, here=here), new.texts))
        facts = changes.data()
    if as_json:
        for row in facts["parts"]:
            for drawing in ("svg", "old_svg", "new_svg"):  # of a page
                row.pop(drawing, None)
        print_json(
            {"design": new.slug, "old": called, "old_digest": old.content.digest, "digest": new.content.digest, **facts}
        )
        return DONE
    _print(facts, called)
    return DONE


def _old(path: Path, new: Folder, other: str, revision: str) -> tuple[Folder, str]:
    if revision:
        from treteau.designing_git import at_revision

        return at_revision(path, revision), f"{path} at {revision}"
    if other:
        return found(other), other
    reference = f"{new.stamp.design}@{new.stamp.number}" if new.stamp else new.adapted_from
    if not reference:
        raise UnknownDesignError(
            "nothing says what it was before: name a FOLDER or DESIGN[@NUMBER], or --git REV (e.g. HEAD)"
        )
    return published(reference), reference


def _print(facts: Mapping[str, Any], called: str) -> None:
    from rich.table import Table

    out = console()
    proposal = facts["proposal"]
    out.print(f"since {one_line(called)}: {proposal['step']}", soft_wrap=True)
    for reason in proposal["reasons"]:
        out.print(f"  {reason['step']}: {one_line(reason['french'])}", soft_wrap=True)
    rows = [row for row in facts["parts"] if row["fate"] != "kept"]
    if rows:
        out.print()
        table = Table("part", "name", "fate", "what", box=None)
        for row in rows:
            part = row["new"] or row["old"]
            table.add_row(part["code"], one_line(part["name"]), row["fate"], one_line(", ".join(row["what"])))
        out.print(table)
    table = Table("figure", box=None)
    for column in ("before", "now"):
        table.add_column(column, justify="right")
    for row in facts["figures"]:
        if row["changed"]:
            table.add_row(one_line(row["label"]), one_line(row["old"]), one_line(row["new"]))
    if table.row_count:
        out.print()
        out.print(table)
    worse = [row for row in facts["checks"] if row["changed"] or row["worse"]]
    if worse:
        out.print()
    for row in worse:
        out.print(
            f"{row['name']}: {row['new']['state'] if row['new'] else '–'}: {one_line(row['new']['french'])}",
            soft_wrap=True,
        )
