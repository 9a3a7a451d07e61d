# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau verify``: read a package back and say what is wrong with it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from treteau.exits import DONE, FAULTY
from treteau.oneline import one_line
from treteau.output import only_ours, print_json


def verify_package(archive: Path, *, as_json: bool) -> int:
    """0 if everything holds, 1 and a line a fault if not; a file that is no archive at all is a faulty one.

    Raises OSError for what is no file, or can't be opened.
    """
    if archive.exists() and not archive.is_file() and not archive.is_dir():
        raise OSError(errno.EINVAL, "no file", os.fspath(archive))  # a pipe would be waited for
    with archive.open("rb") as file:  # says "no such file", "is a directory", "permission denied"
        file.read(1)

    from fabrication.verification import verify_archive

    with only_ours():
        report = verify_archive(archive)
    if as_json:
        print_json(
            {
                "archive": os.fspath(archive),
                "ok": report.ok,
                "checks": [{"id": c.id, "ok": c.ok, "detail": c.detail} for c in report.checks],
                "faults": list(report.faults),
            }
        )
    elif report.ok:
        print(f"{one_line(archive)}: {len(report.checks)} checks, no fault")
    else:
        for fault in report.faults:
            print(one_line(fault))
    return DONE if report.ok else FAULTY
