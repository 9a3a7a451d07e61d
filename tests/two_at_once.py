# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two at the same moment, each with a connection of its own to one database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, connections


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Call it once the rows are there: from then on threads reach them as other processes would. SQLite's tests have a
    database in memory, whose locks are not those of a file."""
    settings = connections.settings["default"]
    name = settings["NAME"]

    def share() -> None:
        if connection.vendor == "sqlite":
            target = sqlite3.connect(tmp_path / "shared.sqlite3")
            connection.connection.backup(target)
            # As the site's file is. Left to the connections, the first to come would turn it, and refuse the others meanwhile.
            target.execute("PRAGMA journal_mode=WAL")
            target.close()
            settings["NAME"] = str(tmp_path / "shared.sqlite3")

    yield share
    settings["NAME"] = name


def at_once(*acts: Callable[[], object]) -> list[object]:
    """All at the same moment; what came out of each, or was raised, in the same order."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            start.wait(timeout=10)
            found[place] = acts[place]()
        except Exception as error:  # whatever it is, the test says it
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found
