# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done with published revisions: makers' remarks are kept with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from designs.errors import RemarkError
from designs.models import MAX_AUTHOR, MAX_REMARK, DesignRevision, Remark

_NBSP = "\N{NO-BREAK SPACE}"
_CODE = re.compile(r"P[0-9]{2,4}")


def remark(
    revision: DesignRevision,
    part_code: str,
    text: str,
    *,
    author: str = "",
    job_key: str = "",
    parts: Collection[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Remark:
    """Keep a remark on a part (``P07``) with the revision.

    ``parts`` are the codes that the piece has in these sizes, where the caller knows them. Raises RemarkError for a
    part that there is not, for a text that is empty, longer than 2000 characters or no text, and for a name longer
    than 100; nothing is kept then.
    """
    code = part_code.strip().upper()
    if not _CODE.fullmatch(code) or (parts and code not in parts):
        there = f"; it has {', '.join(parts)}" if parts else ""
        raise RemarkError(
            f"{revision} has no part {part_code[:20]!r}{there}",
            f"Ce modèle n’a pas de pièce «{_NBSP}{part_code[:20]}{_NBSP}».",
        )
    words = _plain(text)
    if not words:
        raise RemarkError("the remark says nothing", "Écrivez ce que vous avez constaté.")
    if len(words) > MAX_REMARK:
        raise RemarkError(
            f"the remark has {len(words)} characters, {MAX_REMARK} at most",
            f"La remarque est trop longue{_NBSP}: 2\N{NARROW NO-BREAK SPACE}000 caractères au plus.",
        )
    name = " ".join(_plain(author).split())
    if len(name) > MAX_AUTHOR:
        raise RemarkError(
            f"the author's name has {len(name)} characters, {MAX_AUTHOR} at most",
            f"Le nom est trop long{_NBSP}: {MAX_AUTHOR} caractères au plus.",
        )
    return Remark.objects.create(
        revision=revision,
        part_code=code,
        text=words,
        author=name,
        job_key=job_key,
        parameters=dict(parameters or {}),
    )


def _plain(text: str) -> str:
    """Without control characters, which no database and no page takes; line ends stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c for c in line if c.isprintable() or c == "\t").rstrip() for line in lines).strip()
