# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design's folder as it was at a revision of git: read out of git's store, nothing is checked out."""

from __future__ import annotations

import subprocess
from pathlib import Path

from designs.errors import DesignError
from designs.folder import Folder, parse
from designs.folder_files import MAX_ALL, MAX_FILE, MAX_FILES, FolderError, belongs

#: Of one call of git, on a disk that is slow.
_SECONDS = 30
_FILES = ("100644", "100755")


class GitError(DesignError, ValueError):
    """git does not know the revision, or the folder was not in it."""


def at_revision(folder: Path, name: str) -> Folder:
    """The folder at a commit, a tag, a branch. Raises GitError, FolderError."""
    # Only as a name: what begins with a dash would be an option.
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip().decode()
    rows = _git(folder, "ls-tree", "-z", "-l", commit, "./").split(b"\0")
    files: dict[str, bytes] = {}
    for row in filter(None, rows):
        facts, _, path = row.partition(b"\t")
        mode, kind, blob, size = facts.decode().split()
        file = path.decode(errors="replace")
        if kind != "blob" or not belongs(file):
            continue
        if mode not in _FILES:
            raise FolderError("is a link, not a file", "C’est un lien, pas un fichier.", file)
        if int(size) > MAX_FILE or len(files) >= MAX_FILES or sum(map(len, files.values())) + int(size) > MAX_ALL:
            raise FolderError("is too large for a design", "Ce fichier est trop grand pour un modèle.", file)
        files[file] = _git(folder, "cat-file", "blob", blob)
    if not files:
        raise GitError(f"no design in {folder} at {name[:60]!r}")
    return parse(files)


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
        )  # fmt: skip
    except FileNotFoundError:
        raise GitError("git is not installed here") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git had no answer after {_SECONDS} s") from None
    if done.returncode:
        said = (
            done.stderr.decode(errors="replace").strip() or f"nothing known at {arguments[-1].partition('^')[0][:60]!r}"
        )
        raise GitError(f"git: {said.splitlines()[0]}")
    return done.stdout
