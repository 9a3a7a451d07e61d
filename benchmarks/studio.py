# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer's script from saved to seen: drawn in the jail, read outside, flattened, meshed; alone and with twenty who save at once."""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from benchmarks.table import Figures, median_s
from designs import catalogue
from designs.content import Content
from designs.jail import places, why_not
from designs.jail.jailer import Jailer
from designs.jail.pool import Pool
from designs.sheet import Sheet
from designs.sources import content_of
from fabrication.exporters.step import furniture_step
from fabrication.previews import make_preview
from fabrication.scripted.design import drawn
from fabrication.scripted.uploads import flat_content

DESIGNERS, WORKERS = 20, 2
_saves = itertools.count()


def studio(figures: Figures) -> None:
    why = why_not()
    if why:
        figures.plain("studio", why)
        return
    with jailer():
        for identifier in catalogue.identifiers():
            content = content_of(catalogue.shipped(identifier))
            figures.against_limit(
                f"studio: {identifier}, script saved → view, parts, drawings (jailed, warm)",
                median_s(lambda content=content: seen(saved(content)), 5),  # type: ignore[misc]
                1.5,
            )
        twenty_at_once(figures)
        built = catalogue.shipped("maisonnette").build({}, Sheet())
        file = furniture_step(built, 1)
        figures.plain(
            f"studio: maisonnette as STEP ({len(file) / 1e6:.1f} MB) → flat parts",
            f"{median_s(lambda: flat_content('maisonnette.step', file), 3):.2f} s",
        )


@contextmanager
def jailer() -> Iterator[None]:
    """A warm one in a folder of its own, as ``manage.py jail`` runs it."""
    usual = os.environ.get("TRETEAU_VAR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRETEAU_VAR"] = folder
        pool = Pool()
        service = Jailer(places.socket(), pool)
        serving = threading.Thread(target=service.serve, daemon=True)
        serving.start()
        while len(pool.zygotes) < 2:
            time.sleep(0.02)
        try:
            yield
        finally:
            service.close()
            serving.join()
            pool.close()
            os.environ.pop("TRETEAU_VAR")
            if usual is not None:
                os.environ["TRETEAU_VAR"] = usual


def saved(content: Content) -> Content:
    """The content after a change, so that nothing that is kept of it, and no code of ours, draws it."""
    main = content.sources[content.main]
    return replace(content, sources={**content.sources, content.main: f"{main}\n# {next(_saves)}\n"})


def seen(content: Content) -> int:
    """Everything that the page shows; gives the view's size."""
    view, _ = make_preview(drawn("model", 0, content, {}), {}, lambda stage, done: None)
    return len(view)


def twenty_at_once(figures: Figures) -> None:
    """Each of them saves the same moment; two workers make the views, as on the site."""
    contents = [saved(content_of(catalogue.shipped(name))) for name in itertools.islice(itertools.cycle(catalogue.identifiers()), DESIGNERS)]  # fmt: skip
    start = time.perf_counter()

    def waited(content: Content) -> float:
        assert seen(content) > 10_000
        return time.perf_counter() - start

    with ThreadPoolExecutor(WORKERS) as workers:
        times = sorted(workers.map(waited, contents))
    figures.plain(
        f"studio: {DESIGNERS} designers save at once, each sees the view after",
        f"p50 {statistics.median(times):.2f} s, p95 {times[int(0.95 * DESIGNERS) - 1]:.2f} s",
        f"{len(times)} of {DESIGNERS} seen",
    )


def main() -> None:
    figures = Figures("The studio, on this machine")
    studio(figures)
    figures.show()


if __name__ == "__main__":
    main()
