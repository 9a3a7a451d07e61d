# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one request of a visitor, or one file, costs the process that answers it: communes, search, eligibility, lists, layouts at
once. ``python -m benchmarks.answers`` alone, in a database of its own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Figures, median_s

ROOT = Path(__file__).resolve().parents[1]
#: Entries of the search, as a site of many years has them.
PAGES, WORKSHOPS, WORDS = 5_000, 1_500, 4


def answers(figures: Figures) -> None:
    with tempfile.TemporaryDirectory(prefix="treteau-bench-") as folder:
        environment = {
            **os.environ,
            "TRETEAU_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "cms.settings.base",
            "TRETEAU_PAGE_SECONDS": "0",
        }
        environment.pop("TRETEAU_DATABASE_URL", None)
        command = [sys.executable, "-c", "from benchmarks.answers import measure; measure()"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    for what, seconds, limit in json.loads(done.stdout.splitlines()[-1]):
        figures.against_limit(what, seconds, limit)


def measure() -> None:
    """Prints [what, seconds, limit] of each as JSON. In a process of its own, whose database is empty."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps([*_communes(), *_layout(), *_search(), *_eligibility()]))


def _communes() -> list[tuple[str, float, float]]:
    from fablabs.geography import pairs_within, search
    from fablabs.geography.communes import all_communes

    typed = ("s", "sa", "saint", "l", "le ", "97", "7", "2a", "saint denis reunion", "x" * 5_000)
    drawn = random.Random(4)
    everywhere = all_communes()
    demands = drawn.choices(everywhere, k=5_000)
    makers = drawn.choices(everywhere, weights=[c.population + 200 for c in everywhere], k=1_500)
    return [
        ("communes, the slowest of ten questions", max(median_s(lambda one=one: search(one)) for one in typed), 0.05),  # type: ignore[misc]
        ("pairs within 100 km, 5000 demands × 1500 makers", median_s(lambda: pairs_within(demands, makers, 100)), 0.3),
    ]


def _layout() -> list[tuple[str, float, float]]:
    from designs.contour import Contour
    from fablabs.machine import read_machine
    from fabrication.nesting.layouts import nest
    from fabrication.plan import Face, FlatPart, Operation, Work

    file = read_machine(ROOT / "examples/machines/router-2500.toml")
    parts = []
    for i in range(1, 21):
        outline = Contour.rectangle(0, 0, 90 + 37 * i % 700, 60 + 53 * i % 300)
        parts.append(
            FlatPart(f"P{i:02d}", f"pièce {i}", 18.0, (Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, outline),), 3)
        )
    return [("sixty parts laid at once", median_s(lambda: nest(parts, file.machine, file.stock), 3), 0.5)]


def _search() -> list[tuple[str, float, float]]:
    from cms.models import SearchEntry, SearchSpelling, SearchWord
    from cms.search.asking import ask, entries, offer

    kinds = ["page"] * PAGES + ["workshop"] * WORKSHOPS
    SearchEntry.objects.all().delete()
    SearchEntry.objects.bulk_create(
        SearchEntry(
            key=f"{kind}:{n}", kind=kind, title=f"Titre {n}", address=f"/{n}/", text="Un texte. " * 20, stamp=""
        )
        for n, kind in enumerate(kinds)
    )
    rows = []
    for n, pk in enumerate(SearchEntry.objects.order_by("pk").values_list("pk", flat=True)):
        stems = {"ateli"} if n >= PAGES else {"port"} if n % 3 == 0 else {"boi"}
        stems |= {f"mot{(n * 31 + one * 977) % 3_000}" for one in range(WORDS - 1)}
        rows += [SearchWord(entry_id=pk, stem=stem, points=1 + len(stem)) for stem in stems]
    SearchWord.objects.bulk_create(rows, batch_size=5_000)
    stems_of = {"atelier": "ateli", "porte": "port", "bois": "boi", **{f"mot{n}": f"mot{n}" for n in range(3_000)}}
    SearchSpelling.objects.bulk_create(
        SearchSpelling(plain=one, written=one, stem=stem, length=len(one)) for one, stem in stems_of.items()
    )

    def answered(question: str) -> None:
        entries([pk for pk, _ in ask(question).ranked[:28]])

    asked = ("ateliers", "porte", "porte bois atelier", "atelire", "mot123 mot456", "inconnu")
    begun = ("ate", "port", "mot1")
    entries_in = f"of {PAGES + WORKSHOPS} entries"
    return [
        (f"search, the slowest of six questions {entries_in}", max(median_s(lambda one=one: answered(one)) for one in asked), 0.1),  # type: ignore[misc]
        (f"search while one types {entries_in}", max(median_s(lambda one=one: offer(one)) for one in begun), 0.1),  # type: ignore[misc]
    ]  # fmt: skip


def _eligibility() -> list[tuple[str, float, float]]:
    from django.conf import settings
    from django.test import Client

    from fablabs.geography.communes import all_communes
    from orders.demo_zonings import demo_lists
    from orders.services.zonings import import_list, read_list

    settings.ALLOWED_HOSTS = ["*"]
    for official in demo_lists():
        import_list(official, is_demo=True)
    client = Client(headers={"host": "localhost"})

    def asked(path: str, **query: str) -> None:
        answer = client.get(path, query)
        assert answer.status_code == 200, (path, answer.status_code)

    head = "Code_insee;Departement;Commune;Classement FRR et FRR+ au 10 juillet 2025;\n"
    lines = "".join(f"{one.insee};{one.department};{one.name};Non classée;\n" for one in all_communes())
    large = read_list("frr", (head + lines).encode(), "frr.csv")
    return [
        ("a commune offered while one types", median_s(lambda: asked("/communes.json", q="saint etienne")), 0.05),
        ("an answer about a region's right", median_s(lambda: asked("/eligibilite/", qui="region", commune="Nîmes")), 0.25),
        (f"an official list of {len(large.lines)} communes, imported", median_s(lambda: import_list(large), 1, 0), 15),
    ]  # fmt: skip


if __name__ == "__main__":
    own = Figures("Single answers, on this machine")
    answers(own)
    own.show()
