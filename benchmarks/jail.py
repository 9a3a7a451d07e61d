# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scripts in the jail: a job of its own, the shipped models drawn by it, a cold start, twenty at once, its memory."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from benchmarks.table import Figures, median_s
from designs import catalogue
from designs.jail import Limits, run, why_not
from designs.jail.pool import Pool
from designs.sheet import Sheet
from designs.sources import content_of

DESIGNERS = 20
LIMITS = Limits(seconds=60, cpu_seconds=60)


def jail(figures: Figures) -> None:
    why = why_not()
    if why:
        figures.plain("jail", why)
        return
    cold(figures)
    start = time.perf_counter()
    pool = Pool()
    while len(pool.zygotes) < 2:
        time.sleep(0.02)
    figures.plain("jail: two zygotes from nothing to warm", f"{time.perf_counter() - start:.2f} s")
    try:
        before = memory_mb(pool)
        figures.against_limit("jail: a job that does next to nothing", median_s(asking(pool, "probe", b""), 20), 0.05)
        for identifier in ("porte", "chariot", "maisonnette"):
            figures.against_limit(
                f"jail: {identifier} drawn, warm", median_s(asking(pool, "build", request(identifier)), 5), 1.5
            )
        twenty_at_once(figures, pool)
        peak = pool.run("build", request("maisonnette"), LIMITS).peak_kb / 1024
        figures.plain(
            "jail: memory of the pool (shared pages counted once)",
            f"{before:.0f} MB when warm, {memory_mb(pool):.0f} MB after {sum(zygote.jobs for zygote in pool.zygotes)} jobs",
            f"a job of ours holds {peak:.0f} MB (with what it shares), none more than {LIMITS.memory_bytes >> 20} MB",
        )
    finally:
        pool.close()


def cold(figures: Figures) -> None:
    """Without a jailer: a zygote for one job."""
    usual = os.environ.get("TRETEAU_VAR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRETEAU_VAR"] = folder
        try:
            figures.against_limit("jail: porte drawn, cold", median_s(_drawn_cold, 3), 8)
        finally:
            os.environ.pop("TRETEAU_VAR")
            if usual is not None:
                os.environ["TRETEAU_VAR"] = usual


def _drawn_cold() -> None:
    assert json.loads(run("build", request("porte"), limits=LIMITS).output)["ok"]


def twenty_at_once(figures: Figures, pool: Pool) -> None:
    """Each of them saves the same moment and waits for an own drawing."""
    door = request("porte")

    def saved(designer: int) -> float:
        start = time.perf_counter()
        assert json.loads(pool.run("build", door, LIMITS, asker=str(designer)).output)["ok"]
        return time.perf_counter() - start

    with ThreadPoolExecutor(DESIGNERS) as designers:
        waited = sorted(designers.map(saved, range(DESIGNERS)))
    figures.plain(
        f"jail: {DESIGNERS} designers save at once, porte",
        f"p50 {statistics.median(waited):.2f} s, p95 {waited[int(0.95 * DESIGNERS) - 1]:.2f} s",
        "none lost",
    )


def request(identifier: str) -> bytes:
    design = catalogue.shipped(identifier)
    content = content_of(design)
    asked = {
        "sources": dict(content.sources), "main": content.main, "values": dict(design.clean({})),
        "sheet": asdict(Sheet()),
    }  # fmt: skip
    return json.dumps(asked).encode()


def asking(pool: Pool, entry: str, asked: bytes) -> Callable[[], None]:
    def ask() -> None:
        output = json.loads(pool.run(entry, asked, LIMITS).output)
        assert output.get("ok", True), output

    return ask


def memory_mb(pool: Pool) -> float:
    """What all the pool's processes hold, shared pages by their share; only what they hold themselves where the kernel
    doesn't tell an ordinary user about shares."""
    return sum(_memory_kb(process) for zygote in pool.zygotes for process in zygote.processes) / 1024


def _memory_kb(process: int) -> int:
    for name, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = Path(f"/proc/{process}/{name}").read_text().splitlines()
        except OSError:
            continue
        return next(int(line.split()[1]) for line in lines if line.startswith(field))
    return 0


if __name__ == "__main__":
    measured = Figures("The jail on this machine")
    jail(measured)
    measured.show()
