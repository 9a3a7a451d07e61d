# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Standard output: one JSON object, or tables; nothing else ever gets in between."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console

#: Columns when the output is no terminal: wide enough for a line a row, so that grep works.
PIPE_WIDTH = 200


def print_json(value: Mapping[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


class _Output(Console):
    def on_broken_pipe(self) -> None:
        """Rich would exit with 1, which here says that a package has faults."""
        raise BrokenPipeError


def console() -> Console:
    """Standard output for tables, without rich's guesses about what a word means."""
    return _Output(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, markup=False, emoji=False)


@contextmanager
def only_ours() -> Iterator[None]:
    """Nothing written below Python reaches standard output: OpenCASCADE's readers and writers talk there."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # started with standard output closed
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
