# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A revision is published: which of 500 registered machines make it, found by one worker for each kind of machine and panel.

Thicknesses, clearances, sheets and beds are those of workshops that measured them, so nearly every kind has a sheet of its own,
for which the piece is built anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Figures

ROOT = Path(__file__).resolve().parents[1]
MACHINES, KINDS = 500, 40
#: Of the issue: all feasibilities of a publication on two cores.
LIMIT_S = 60
#: (machines, kinds): twice as many machines of as many kinds take as long, twice as many kinds twice as long.
_CASES = ((MACHINES, KINDS), (MACHINES // 2, KINDS), (MACHINES, KINDS // 2))

#: In a process of its own, with a database of its own. Arguments: design, machines, kinds. Prints JSON.
_SITE = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.base"
import django; django.setup()
import json, random, tomllib
from pathlib import Path
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0)
from accounts.models import Organisation
from cms.catalogue import sync_designs
from designs.models import DesignRevision
from designs.services.after_publication import looks_of
from fablabs.models import CuttingMachine, Maker, StockItem, Workshop
from fabrication.matching.services import studies
from fabrication.matching.services.candidates import profiles_in_use
from fabrication.models import Feasibility, Study
from fabrication.remaking.services import ask_feasibility
studies.ring = lambda pk: None  # this process is the worker
which, machines, kinds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
dice = random.Random(40)
router = tomllib.loads(Path("examples/machines/router-2500.toml").read_text())
laser = tomllib.loads(Path("examples/machines/laser-3000.toml").read_text())
beds = ([2500, 1250], [2440, 1220], [3050, 1525], [1300, 2500], [1300, 900], [1000, 600])
woods = ("contreplaqué bouleau", "contreplaqué peuplier", "contreplaqué okoumé", "mdf")
from fabrication.matching.profiles import profiled
found = {}
while len(found) < kinds:
    file = laser if len(found) % 8 == 7 else router
    bed = dice.choice(beds)
    tools = dice.choice(([6.0], [6.0, 3.175], [8.0], [12.0, 4.0]))
    machine = {**file["machine"], "bed_mm": bed}
    if file is router:
        machine["tools"] = [{**router["machine"]["tools"][0], "name": f"fraise {d:g} mm", "diameter_mm": d} for d in tools]
    stock = {**router["stock"], "sheet_mm": bed, "material": dice.choice(woods),
             "measured_thickness_mm": round(dice.uniform(17.5, 18.5), 2), "clearance_mm": dice.choice((0.1, 0.15, 0.2, 0.25, 0.3))}
    pair = profiled(json.dumps(machine), json.dumps(stock), "new")
    if pair is not None:
        found[pair.profile] = (machine, stock)
found = list(found.values())
organisations = Organisation.objects.bulk_create(Organisation(kind="maker", name=f"F{n}") for n in range(machines))
makers = Maker.objects.bulk_create(Maker(organisation=o, kind="fablab") for o in organisations)
workshops = Workshop.objects.bulk_create(
    Workshop(maker=m, slug=f"w{n}", name=f"Atelier {n}", insee="30189", commune="Nîmes (Gard)", latitude=43.8, longitude=4.4,
             state="open", validated_at=timezone.now()) for n, m in enumerate(makers))
CuttingMachine.objects.bulk_create(
    CuttingMachine(workshop=w, name=f"M{n}", settings={**found[n % kinds][0], "name": f"M{n}"}) for n, w in enumerate(workshops))
StockItem.objects.bulk_create(
    StockItem(workshop=w, settings={**found[n % kinds][1], "price_eur": 50 + n % 40}) for n, w in enumerate(workshops))
if which == "studio":
    from designs.templates import template
    folder = template("table")
    content = folder.content
    revision = DesignRevision.objects.create(
        design="table", number=2, version="1.1.0", origin="studio", digest=content.digest, content=content.as_data(), defaults={},
        texts={**folder.texts, "title": "Table"})
else:
    revision = next(r for r in sync_designs() if r.design == which)
profiles = len(profiles_in_use())
import cadquery  # as a worker has it before any task
if which == "studio":  # as `make run` has it: two warm processes in the jail
    import subprocess
    from designs.jail import places
    jailer = subprocess.Popen([sys.executable, "-m", "designs.jail"], stdout=sys.stderr)
    until = time.monotonic() + 60
    while not places.var().joinpath("jail.sock").exists() and time.monotonic() < until:
        time.sleep(0.1)
    revision.drawing().build({})
study = ask_feasibility(revision)
began, used = timezone.now(), time.process_time()
count = studies.work(study.pk)
cpu = time.process_time() - used
# Sizes that would do where sheets are too small are looked for afterwards.
wall = (Feasibility.objects.order_by("-found_at")[0].found_at - began).total_seconds()
if which == "studio":
    jailer.terminate()
    jailer.wait(20)
study.refresh_from_db()
look = next(look for work, look in looks_of(revision) if work.name == "feasibility")
assert study.state == Study.State.DONE and look.stage == "done", (study.state, study.fault, look)
assert profiles == kinds
print(json.dumps({"wall": wall, "cpu": cpu, "rows": count, "profiles": profiles, "said": look.detail}))
"""


def publication(figures: Figures) -> None:
    """One worker, so one core and a half of the two at most: a model of the code, and one of the studio, in its jail."""
    for machines, kinds in _CASES:
        found = _measured("maisonnette", machines, kinds)
        figures.against_limit(
            f"publication: {machines} machines of {found['profiles']} kinds, maisonnette", found["wall"], LIMIT_S
        )
        figures.plain("  seconds of a core, with the sizes that would do", f"{found['cpu']:.1f} s")
    found = _measured("studio", MACHINES, KINDS)
    figures.against_limit(f"publication: {MACHINES} machines, a script of the studio, jailed", found["wall"], LIMIT_S)
    figures.plain("  what its page says", str(found["said"]))


def _measured(which: str, machines: int, kinds: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="treteau-bench-") as folder:
        environment = {**os.environ, "TRETEAU_VAR": folder, "TRETEAU_LOG_LEVEL": "ERROR"}
        environment.pop("TRETEAU_DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-c", _SITE, which, str(machines), str(kinds)],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
