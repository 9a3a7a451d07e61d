# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau match``: demands × makers → who can make what, ranked, with reasons (docs/matching.md)."""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from treteau.exits import BAD_INPUT, DONE
from treteau.oneline import one_line

if TYPE_CHECKING:
    from fablabs.machine import MachineFile
    from fabrication.demand import Demand
    from fabrication.matching.candidate import Candidate
    from fabrication.matching.ranking import Judged, Ranking

#: Half the way round the earth, kilometres: no two places are further apart.
MAX_RADIUS_KM = 20_038.0
COLUMNS = ("demand", "rank", "maker", "feasible", "score", "distance_km", "lead_days", "price_eur", "reasons")


def add_options(match: argparse.ArgumentParser) -> None:
    add_table_options(match, "ranking")
    match.add_argument(
        "--pool",
        metavar="MACHINE",
        type=Path,
        help="a machine file: say what orders near each other would save if it cut them in one run",
    )


def add_table_options(command: argparse.ArgumentParser, answer: str) -> None:
    """Of every command that holds demands against makers; ``answer`` is what it writes."""
    command.add_argument(
        "--demands", metavar="FILE", type=Path, required=True,
        help="CSV: id,insee,design,quantity[,deadline][,parameters]",
    )  # fmt: skip
    command.add_argument(
        "--makers", metavar="FILE", type=Path, required=True,
        help="CSV: id,insee,process,bed_x_mm,bed_y_mm,max_thickness_mm,materials,units_per_week,lead_days,hour_price",
    )  # fmt: skip
    command.add_argument(
        "--radius-km", metavar="KM", type=radius, required=True, help="makers this far, straight between communes"
    )
    command.add_argument("--out", metavar="FILE", type=Path, required=True, help=f"where the {answer} goes, as CSV")
    command.add_argument(
        "--today", metavar="DATE", type=day, help="the day deadlines are counted from (default: today)"
    )


def radius(text: str) -> float:
    """argparse's type of a radius in kilometres."""
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text, re.ASCII) or not 0 <= float(text) <= MAX_RADIUS_KM:
        raise argparse.ArgumentTypeError(f"kilometres from 0 to {MAX_RADIUS_KM:g}, not {text!r}")
    return float(text)


def day(text: str) -> date:
    """argparse's type of a day."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    raise argparse.ArgumentTypeError(f"a day as 2026-12-31, not {text!r}")


def run(arguments: argparse.Namespace) -> int:
    """Returns 2 with a line for every bad line of the tables; nothing is written then. Raises OSError."""
    machine = _machine(arguments.pool)
    tables = read_tables("match", arguments.demands, arguments.makers, arguments.out)
    if tables is None:
        return BAD_INPUT
    demands, makers = tables
    began = time.perf_counter()
    with written_whole(arguments.out) as file:
        figures = _match(demands, makers, arguments.radius_km, arguments.today or date.today(), file)
    pools = _pools(demands, machine) if machine is not None else []
    figures["seconds"] = round(time.perf_counter() - began, 2)
    if machine is not None:
        figures["pools"] = pools
    if arguments.json:
        from treteau.output import print_json

        print_json({**figures, "out": str(arguments.out)})
    else:
        print(
            f"{figures['demands']} demands, {figures['makers']} makers, {figures['pairs']} pairs within "
            f"{arguments.radius_km:g} km: {figures['feasible_pairs']} feasible; "
            f"demands without a maker: {figures['demands_without_maker']}. Written: {one_line(arguments.out)}"
        )
        for pool in pools:
            print(one_line(f"{', '.join(pool['demands'])}: {pool['words']}"))
    return DONE


def _machine(path: Path | None) -> MachineFile | None:
    """Raises MachineFileError."""
    if path is None:
        return None
    from fablabs.machine import read_machine

    return read_machine(path)


def _pools(demands: Sequence[Demand], machine: MachineFile) -> list[dict[str, Any]]:
    """What each group of orders near each other saves on this machine; those that it does not make are left out."""
    from designs.errors import DesignError
    from fabrication.errors import FabricationError
    from fabrication.matching.measuring import Pieces
    from fabrication.matching.pooling import groups, pooled

    pieces = Pieces()
    found: list[dict[str, Any]] = []
    for group in groups(demands):
        try:
            pool = pooled([(demand, pieces.of(demand.design, demand.parameters)) for demand in group], machine)
        except (DesignError, FabricationError) as error:
            found.append({"demands": [demand.id for demand in group], "words": str(error)})
            continue
        found.append(
            {
                "demands": list(pool.demands),
                "sheets_apart": pool.apart,
                "sheets_together": pool.together,
                "saved_eur": None if pool.eur is None else str(pool.eur),
                "words": pool.english,
            }
        )
    return found


def read_tables(command: str, demands: Path, makers: Path, out: Path) -> tuple[list[Demand], list[Candidate]] | None:
    """Both tables; None once every bad line of both, or that one of them is ``out``, is on standard error. Raises
    OSError."""
    from fabrication.matching.tables import TableError, read_demands, read_makers

    found: list[Any] = []
    for read, path in ((read_demands, demands), (read_makers, makers)):
        try:
            found.append(read(path))
        except TableError as error:
            for fault in error.faults:
                print(f"treteau {command}: {one_line(path)}: {one_line(fault)}", file=sys.stderr)
    for path in (demands, makers):
        if out.exists() and path.samefile(out):
            print(f"treteau {command}: {one_line(path)} is read, and can't be written too", file=sys.stderr)
            return None
    return (found[0], found[1]) if len(found) == 2 else None


def _match(
    demands: Sequence[Demand], makers: Sequence[Candidate], radius_km: float, today: date, file: IO[str]
) -> dict[str, Any]:
    from fablabs.geography.territory import territory
    from fabrication.matching.feasible import Judge
    from fabrication.matching.measuring import Pieces, shell_cache
    from fabrication.matching.nearby import Places
    from fabrication.matching.ranking import Judged, Rules, rank

    pieces, judge, rules = Pieces(shell_cache()), Judge(today), Rules()
    places = Places([(maker.latitude, maker.longitude) for maker in makers])
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    pairs = feasible = alone = 0
    for demand in _shown(demands):
        piece = pieces.of(demand.design, demand.parameters)
        land = territory(demand.insee)
        # Over the sea there is no way, and so no distance: the line says so.
        near = [
            (makers[index], km if territory(makers[index].insee) == land else None)
            for index, km in places.within(places.of_commune(demand.insee), radius_km)
        ]
        judged: list[Judged] = [Judged(maker, judge.feasible(piece, maker, demand), km) for maker, km in near]
        ranking = rank(demand, judged, rules)
        pairs += sum(km is not None for _, km in near)
        feasible, alone = feasible + len(ranking.able), alone + (not ranking.able)
        writer.writerows(_rows(ranking, radius_km))
    return {
        "demands": len(demands),
        "makers": len(makers),
        "radius_km": radius_km,
        "today": today.isoformat(),
        "pairs": pairs,
        "feasible_pairs": feasible,
        "demands_without_maker": alone,
        "weights": rules.weights.data(),
    }


def _rows(ranking: Ranking, radius_km: float) -> Iterator[Sequence[object]]:
    from fabrication.matching.ranking import reasons

    if not ranking.able and not ranking.unable:
        yield (ranking.demand.id, "", "", "false", "", "", "", "", f"no maker within {radius_km:g} km")
    for line in (*ranking.able, *ranking.unable):
        yield (
            ranking.demand.id,
            "" if line.rank is None else line.rank,
            line.candidate.id,
            "false" if line.rank is None else "true",
            "" if line.score is None else f"{line.score:.2f}",
            "" if line.km is None else f"{line.km:.2f}",
            "" if line.candidate.lead_days is None else line.candidate.lead_days,
            "" if line.price is None else line.price.eur,
            reasons(line),
        )


def _shown(demands: Sequence[Demand]) -> Iterator[Demand]:
    """With a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield from demands
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(demands, "matching", console=Console(stderr=True), transient=True)


@contextmanager
def written_whole(path: Path) -> Iterator[IO[str]]:
    """A text file that takes ``path``'s place once all of it is there; left by an exception, it never was."""
    if path.is_dir():
        raise IsADirectoryError(21, "is a folder", str(path))
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".draft")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    """What new files are not allowed; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
