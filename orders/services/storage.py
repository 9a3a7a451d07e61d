# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The file store of orders: papers, signed scans, photos. A file is named by its content, written beside its place and
renamed; its row stands or falls with the transaction that wants it, and ``tidy`` takes files away that no row names."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from orders.models import Order, StoredFile
from orders.services.uploads import Judged, Kind, clean_name, judge

if TYPE_CHECKING:
    from accounts.models import User

PDF, IMAGE = Kind.PDF, Kind.IMAGE
#: A signed paper comes from a scanner, or is photographed on the desk.
SIGNED = (Kind.PDF, Kind.IMAGE)
#: Seconds after which a file without a row is nobody's: no request and no task takes as long.
_NOBODYS_AFTER = 3_600


def store(
    order: Order,
    content: bytes,
    name: str,
    actor: User | None,
    *,
    kinds: Collection[Kind],
    field: str = "file",
) -> StoredFile:
    """What somebody sent, judged by its content (orders/services/uploads.py), as a file of this order.

    Call it within the transaction that uses the row: if that fails, there is no row, and the bytes are tidied away.
    Raises RefusedError, in French and with ``field``, before anything is written.
    """
    return keep(order, judge(content, name, kinds, field), actor)


def store_made(order: Order, content: bytes, name: str, content_type: str, actor: User | None) -> StoredFile:
    """What we made ourselves, as it is."""
    suffix = Path(name).suffix
    return keep(order, Judged(content, content_type, suffix, clean_name(name, suffix)), actor)


def read(file: StoredFile) -> bytes:
    """Raises FileNotFoundError: it was erased after its time, or the disk lost it."""
    with opened(file) as source:
        return source.read()


def opened(file: StoredFile) -> BinaryIO:
    """For streaming. Raises FileNotFoundError."""
    if file.erased_at is not None:
        raise FileNotFoundError(f"file {file.pk} was erased")
    return (folder() / file.path).open("rb")


def erase(file: StoredFile) -> None:
    """Its bytes go once the transaction is through, unless another row names the same; the row stays and says when."""
    file.erased_at = timezone.now()
    file.save(update_fields=["erased_at"])
    transaction.on_commit(lambda: _remove_unless_named(file.path))


def tidy(after_seconds: float = _NOBODYS_AFTER) -> int:
    """Take away what no row names and nobody has written lately: an upload whose transaction fell, a draft whose process
    was killed. Returns how many files. A file that is written again meanwhile is put back."""
    if not folder().is_dir():
        return 0
    taken = 0
    for file in [path for path in folder().rglob("*") if path.is_file()]:
        path = file.relative_to(folder()).as_posix()
        if _age(file) >= after_seconds and not _is_named(path):
            taken += _take_away(file, path, after_seconds)
    return taken


def folder() -> Path:
    return Path(settings.TRETEAU_ORDER_FILES)


def keep(order: Order, judged: Judged, actor: User | None) -> StoredFile:
    """What was judged already: a form judges before a step takes its lock."""
    sha256 = hashlib.sha256(judged.content).hexdigest()
    path = f"{sha256[:2]}/{sha256}{judged.suffix}"
    _write(folder() / path, judged.content)
    return StoredFile.objects.create(
        order=order,
        sha256=sha256,
        path=path,
        name=judged.name,
        content_type=judged.content_type,
        size=len(judged.content),
        uploaded_by=actor,
    )


def _write(place: Path, content: bytes) -> None:
    """Beside, then renamed: whoever reads never sees half of it. Written even where it is: its age starts again, so that
    ``tidy`` does not take it from under a row that is about to be saved."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.parent / f".{uuid.uuid4()}"
    try:
        with draft.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        draft.rename(place)
    finally:
        draft.unlink(missing_ok=True)


def _take_away(file: Path, path: str, after_seconds: float) -> int:
    # Renamed first: whoever stores the same content from now on writes a file of its own at the place.
    aside = file.parent / f".{uuid.uuid4()}"
    try:
        file.rename(aside)
    except FileNotFoundError:
        return 0
    if not file.exists() and (_age(aside) < after_seconds or _is_named(path)):
        aside.rename(file)  # it was stored again between the two looks
        return 0
    aside.unlink(missing_ok=True)
    return 1


def _remove_unless_named(path: str) -> None:
    if not _is_named(path):
        (folder() / path).unlink(missing_ok=True)


def _is_named(path: str) -> bool:
    return StoredFile.objects.filter(path=path, erased_at=None).exists()


def _age(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return -1.0
