# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site under a bounded load, and the configurator's answer, against their aims: ``python -m benchmarks.site`` alone, or with all
others. Server, workers and the asking client share this machine's cores."""

from __future__ import annotations

import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from benchmarks.load import load
from benchmarks.running import running_site
from benchmarks.table import Figures
from designs.catalogue import design
from designs.parameters import Kind

#: Pages for strangers, and how often they are asked for.
PAGES = (("home", "/"), ("model", "/modeles/chariot/"), ("questions", "/questions/"), ("workshops", "/ateliers/"))
REQUESTS = 3_000
AIM_PER_S = 300
WARM_S, FRESH_S = 0.05, 0.5
DESIGN = "chariot"
WARM, FRESH = 30, 10


def site(figures: Figures) -> None:
    """Rows of the table. The bench's load is ``REQUESTS`` a page over 16 connections, 20 seconds at most."""
    with running_site("web", "worker", "preview") as address:
        for name, path in PAGES:
            _wait_until_kept(address, path)
            done = load(address, path, REQUESTS)
            note = f"{done.bad} failed" if done.bad else f"19 of 20 within {1000 * done.slower_than(0.95):.0f} ms"
            figures.against_aim(f"{name}, kept ({done.body_bytes / 1000:.0f} kB)", done.per_second, AIM_PER_S, note)
        _configurator(figures, address)


def _wait_until_kept(address: str, path: str) -> None:
    """A model's page is kept once its files are made, which takes a new site some seconds. Raises RuntimeError."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            if answer.headers["ETag"]:
                return
        time.sleep(1)
    raise RuntimeError(f"{path} is never kept")


def _configurator(figures: Figures, address: str) -> None:
    sizes = _sizes()
    _wait_for_worker(address, next(sizes))
    fresh = [_answered(address, size) for size in islice(sizes, FRESH)]
    figures.against_limit(
        f"configurator, a size never asked for before (median of {FRESH})", statistics.median(fresh), FRESH_S
    )
    known = next(sizes)
    _answered(address, known)
    warm = [_answered(address, known) for _ in range(WARM)]
    figures.against_limit(f"configurator, a size asked for again (median of {WARM})", statistics.median(warm), WARM_S)


def _sizes() -> Iterator[str]:
    """Queries of sizes that differ by a step of the first length."""
    drawing = design(DESIGN)
    length = next(p for p in drawing.parameters if p.kind is Kind.LENGTH)
    assert length.minimum is not None and length.maximum is not None and length.step is not None
    value = float(length.default)
    while value + length.step <= length.maximum:
        value += length.step
        yield urlencode({length.name: f"{value:g}"})


def _answered(address: str, query: str) -> float:
    """Seconds until the configurator has its answer: it asks again as long as it is told to wait."""
    start = time.perf_counter()
    while True:
        with urllib.request.urlopen(f"{address}/modeles/{DESIGN}/apercu.json?{query}", timeout=30) as answer:
            said = json.loads(answer.read())
        if said["state"] == "ready":
            return time.perf_counter() - start
        if said["state"] != "computing":
            raise RuntimeError(f"{query}: {said}")


def _wait_for_worker(address: str, query: str) -> None:
    """Its worker imports the geometry kernel first, which is no visitor's wait."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            _answered(address, query)
            return
        except urllib.error.URLError:
            time.sleep(0.5)
    raise RuntimeError("no worker answers for the configurator")


if __name__ == "__main__":
    own = Figures("The site on this machine")
    site(own)
    own.show()
