# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A module of this project run in a process of its own, fed and heard through pipes."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_log = logging.getLogger(__name__)
#: A process that has closed its pipe ends within this (s).
_END = 1.0


def started(module: str) -> subprocess.Popen[bytes]:
    """``python -m module``. Its modules are where they are for this process, installed or not, and never in the
    folder that somebody works in: a ``queue.py`` there would be taken for Python's."""
    home = str(Path(__file__).parents[2])
    paths = [path for path in sys.path if path not in ("", os.curdir)]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a panic is told at length
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*paths, *([] if home in paths else [home])])},
    )


def tell_if_none_ran(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """A warning if none of these, which have closed their pipes, ended as it should: then nothing was searched."""
    codes = []
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            codes.append(process.wait(_END))
    if codes and all(codes):
        _log.warning(
            "the search for a better layout did not run (its process ended with code %d): the layout is that made at once",
            codes[0],
        )
