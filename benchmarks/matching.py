# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who can make it: thousands of demands in the shell, one order among 1,500 workshops on the site."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Figures

ROOT = Path(__file__).resolve().parents[1]
DEMANDS, MAKERS = 5000, 1500

#: In a process of its own, with a database of its own; prints queries, seconds of one ranking, kinds of machines.
_SITE = """
import os, statistics, time
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.base"
import django; django.setup()
import random
from datetime import date, timedelta
from decimal import Decimal
from django.core.management import call_command
from django.db import connection, reset_queries
from django.conf import settings
from django.utils import timezone
call_command("migrate", verbosity=0)
from accounts.models import Organisation
from fablabs.geography.communes import all_communes
from fablabs.machine import machine_text, read_machine
from fablabs.models import ClosedWeek, CuttingMachine, Evidence, Maker, Offer, StockItem, Workshop
from fabrication.demand import Demand
from fabrication.matching import services
from fabrication.matching.measuring import Piece
from fabrication.matching.services import studies
studies.ring = lambda pk: None  # this process is the worker
import tomllib
from pathlib import Path
dice = random.Random(4)
places = [c for c in all_communes() if len(c.department) == 2]
file = tomllib.loads(Path("examples/machines/router-2500.toml").read_text())
kinds = [([x, y], t) for x in (900, 1300, 2440, 2500) for y in (600, 1220, 1250) for t in (17.6, 18.0)]
today = date(2026, 11, 23)
count = %d
organisations = Organisation.objects.bulk_create(
    Organisation(kind="maker", name=f"Fabricant {n}") for n in range(count))
makers = Maker.objects.bulk_create(Maker(organisation=o, kind="fablab") for o in organisations)
workshops = []
for n, maker in enumerate(makers):
    place = dice.choice(places)
    workshops.append(Workshop(
        maker=maker, slug=f"w{n}", name=f"Atelier {n}", insee=place.insee, commune=place.label, latitude=place.latitude,
        longitude=place.longitude, state="open", validated_at=timezone.now(), radius_km=dice.choice([None, 100, 200]),
        units_per_week=Decimal(dice.randint(1, 8)), lead_days=dice.randint(5, 60), machine_hour_eur=Decimal(50),
        hand_hour_eur=Decimal(40), delivery_km_eur=Decimal("0.6")))
workshops = Workshop.objects.bulk_create(workshops)
machines, stock, offers, evidence, closed = [], [], [], [], []
for n, workshop in enumerate(workshops):
    bed, thickness = dice.choice(kinds)
    machines.append(CuttingMachine(workshop=workshop, name=f"M{n}", settings={**file["machine"], "name": f"M{n}", "bed_mm": bed}))
    stock.append(StockItem(workshop=workshop, settings={
        **file["stock"], "sheet_mm": bed, "measured_thickness_mm": thickness, "price_eur": dice.randint(50, 90)}))
    offers.append(Offer(maker=workshop.maker, design="chariot"))
    evidence.append(Evidence(maker=workshop.maker, criterion="social", title="Fait", dated=today))
    if n %% 3 == 0:
        closed.append(ClosedWeek(workshop=workshop, monday=today + timedelta(7)))
for rows in (machines, stock, offers, evidence, closed):
    type(rows[0]).objects.bulk_create(rows)
piece = Piece("chariot", {})
demand = Demand("d", "30189", "chariot", 3, today + timedelta(90))
study = services.study_of(piece)
known = services.work(study.pk)
settings.DEBUG = True
ranked = services.rank_order(piece, demand, today=today)
reset_queries()
ranked = services.rank_order(piece, demand, today=today)
queries = len(connection.queries)
settings.DEBUG = False
assert not ranked.pending and len(ranked.listed) == count
times = []
for _ in range(15):
    begin = time.process_time()
    services.rank_order(piece, demand, today=today)
    times.append(time.process_time() - begin)
print(queries, statistics.median(times), known, len(ranked.ranking.able))
"""


def matching(figures: Figures) -> None:
    with tempfile.TemporaryDirectory(prefix="treteau-bench-") as folder:
        _shell(figures, Path(folder))
        _site(figures, Path(folder))


def _shell(figures: Figures, folder: Path) -> None:
    """The first run also builds what is asked for; the second has it at hand."""
    demands, makers = tables(folder)
    command = [
        sys.executable,
        "-c",
        "import resource, sys, time; began = time.perf_counter(); from treteau.cli import main; code = main();"
        "print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr);"
        "sys.exit(code)",
        "match", "--demands", str(demands), "--makers", str(makers), "--radius-km", "100", "--today", "2026-11-23",
        "--out", str(folder / "ranking.csv"),
    ]  # fmt: skip
    for what in ("first run", "known pieces"):
        environment = {**os.environ, "TRETEAU_CACHE": str(folder / "cache")}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        seconds, megabytes = (float(word) for word in done.stderr.split()[-2:])
        pairs = done.stdout.split(" pairs ")[0].split()[-1]
        figures.plain(
            f"treteau match, {DEMANDS} × {MAKERS}, 100 km, {what}",
            f"{seconds:.1f} s",
            f"{pairs} pairs, {megabytes:.0f} MB",
        )


def _site(figures: Figures, folder: Path) -> None:
    environment = {**os.environ, "TRETEAU_VAR": str(folder / "var")}
    environment.pop("TRETEAU_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", _SITE % MAKERS], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    queries, seconds, kinds, able = done.stdout.split()[-4:]
    figures.against_limit(f"one order's ranking, {MAKERS} makers, seconds of a core", float(seconds), 0.05)
    figures.plain("  its queries, kinds of machines, able makers", f"{queries}, {kinds}, {able}")


def tables(folder: Path) -> tuple[Path, Path]:
    """Demands and makers in real communes of the mainland; the same each time."""
    from fablabs.geography.communes import all_communes
    from fabrication.matching.tables import DEMAND_COLUMNS, MAKER_COLUMNS

    dice = random.Random(7)
    places = [place.insee for place in all_communes() if len(place.department) == 2 and place.department[0] != "2"]
    demands, makers = folder / "d.csv", folder / "m.csv"
    with demands.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*DEMAND_COLUMNS, "deadline"])
        for number in range(DEMANDS):
            design = dice.choice(("chariot", "porte", "maisonnette"))
            row = [f"D{number}", dice.choice(places), design, dice.randint(1, 5), dice.choice(("", "2027-03-01"))]
            writer.writerow(row)
    with makers.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(MAKER_COLUMNS)
        for number in range(MAKERS):
            bed = dice.choice(((2500, 1250), (2440, 1220), (1300, 1300), (1300, 900), (1000, 600)))
            process = dice.choice(("cnc-router", "cnc-router", "cnc-router", "laser"))
            materials = dice.choice(("contreplaqué bouleau", "contreplaqué peuplier|mdf", ""))
            row = [f"M{number}", dice.choice(places), process, *bed, dice.choice((6, 18, 20, 25)), materials]
            writer.writerow([*row, dice.randint(1, 5), dice.choice((7, 14, 30)), dice.choice((35, 50, ""))])
    return demands, makers
