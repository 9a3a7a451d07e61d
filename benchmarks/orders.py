# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every list of the site over a campaign of 5,000 orders and 1,500 makers, on SQLite and on PostgreSQL: seconds of a response,
number of its queries, memory of an export. ``python -m benchmarks.orders`` alone, or with all others."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.table import Figures, median_s

ROOT = Path(__file__).resolve().parents[1]
ORDERS, MAKERS = 5_000, 1_500
LIMIT_S = 0.3
#: What a page is called in the table, who looks at it, where it is.
PAGES = (
    ("orders of a buyer with 200", "buyer", "orders", ""),
    ("orders, all of them", "coordinator", "orders", ""),
    ("orders, one state, dearest first", "coordinator", "orders", "?etat=funded&tri=prix"),
    ("orders, looked for by name", "coordinator", "orders", "?texte=saint"),
    ("intentions", "coordinator", "arbitration", ""),
    ("intentions, filtered and sorted", "coordinator", "arbitration", "?etat=submitted&tri=prix"),
    ("intentions, as one types", "coordinator", "arbitration-list", "?texte=saint"),
    ("intentions of a préfecture", "prefecture", "arbitration", ""),
    ("maker's board", "maker", "board", ""),
    ("campaigns, managed", "coordinator", "campaigns-manage", ""),
    ("quotes", "coordinator", "quotes", ""),
    ("quotes of a maker", "maker", "quotes", ""),
    ("dashboard", "coordinator", "dashboard", ""),
    ("dashboard of a région", "coordinator", "dashboard", "?territoire=region-76"),
    ("statistics", "", "figures", ""),
    ("statistics of a région", "", "figures", "?territoire=region-76"),
    ("organisations", "coordinator", "organisations", ""),
    ("workshops", "", "workshops", ""),
)
EXPORTS = (
    ("intentions as CSV", "coordinator", "/arbitrage/intentions.csv"),
    ("open data of orders", "", "/donnees/commandes.csv"),
    ("open data of workshops", "", "/donnees/ateliers.csv"),
)


def lists(figures: Figures) -> None:
    """Rows of the table, for each database that there is."""
    for name, url in _databases():
        for row in _measured(url):
            what = f"{name}: {row['what']}, {row['note']}"
            if "limit_s" in row:
                figures.against_limit(what, row["seconds"], row["limit_s"])
            else:
                figures.plain(what, f"{row['seconds']:.1f} s")


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    sys.path.insert(0, str(ROOT / "scripts"))
    from with_postgresql import postgresql

    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgresql())
        except LookupError:
            return  # not installed
        yield "PostgreSQL", url


def _measured(url: str) -> list[dict[str, Any]]:
    """In a process of its own, with a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="treteau-orders-") as folder:
        environment = os.environ | {
            "TRETEAU_VAR": folder, "TRETEAU_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
            "TRETEAU_LOG_LEVEL": "ERROR",
        }  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.orders", "--measure"]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _measure() -> None:
    """The child: makes the campaign, prints a JSON line a figure."""
    import time

    import django

    django.setup()
    from django.core.management import call_command

    from cms.catalogue import sync_designs
    from orders.demo_zonings import load_zonings

    call_command("migrate", verbosity=0)
    sync_designs()
    load_zonings()
    started = time.perf_counter()
    call_command("seed_campaign", orders=ORDERS, makers=MAKERS, stdout=sys.stderr)
    _say("a campaign is made", f"{ORDERS} orders, {MAKERS} makers", time.perf_counter() - started)
    people = _people()
    for what, who, name, query in PAGES:
        _page(what, people[who], name, query)
    for what, who, path in EXPORTS:
        _export(what, people[who], path)


def _people() -> dict[str, Any]:
    """Somebody of each role, with the most to look at."""
    from django.db.models import Count
    from django.test import Client

    from accounts.models import User
    from orders.models import BOOKED

    def of(role: str, **having: Any) -> Any:
        return User.objects.filter(memberships__role=role, **having).order_by("pk")

    busiest = User.objects.filter(
        memberships__role="maker", memberships__organisation__maker__workshops__orders__state__in=BOOKED
    )
    found = {
        "buyer": of("buyer").annotate(n=Count("memberships__organisation__orders")).order_by("-n", "pk").first(),
        "maker": busiest.annotate(n=Count("memberships__organisation__maker__workshops__orders")).order_by("-n", "pk").first(),
        "prefecture": of("prefecture", memberships__organisation__department="62").first() or of("prefecture").first(),
        "coordinator": of("coordinator").first(),
    }  # fmt: skip
    clients = {"": Client(HTTP_HOST="127.0.0.1")}
    for role, person in found.items():
        clients[role] = Client(HTTP_HOST="127.0.0.1")
        clients[role].force_login(person, backend="accounts.backends.AccountBackend")
    return clients


def _page(what: str, client: Any, name: str, query: str) -> None:
    import time

    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    url = reverse(name) + query
    answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    asked = len(queries)  # the next request forgets them
    before = time.process_time()
    seconds = median_s(lambda: client.get(url), repeat=5, warm_up=0)
    worked = (time.process_time() - before) / 5
    note = f"{asked} queries, {len(answer.content) // 1000} kB, {worked * 1000:.0f} ms of the processor"
    _say(what, note, seconds, LIMIT_S)


def _export(what: str, client: Any, path: str) -> None:
    """Memory is what is allocated at once while the table goes out line by line; the first bytes' time is the limit's."""
    import time
    import tracemalloc

    tracemalloc.start()
    started = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200 or not answer.streaming:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    size = sum(len(part) for part in answer.streaming_content)
    seconds = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    _say(what, f"{size // 1000} kB with {peak / 1e6:.1f} MB of memory", seconds)


def _say(what: str, note: str, seconds: float, limit_s: float | None = None) -> None:
    row = {"what": what, "note": note, "seconds": seconds} | ({"limit_s": limit_s} if limit_s else {})
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        _measure()
    else:
        table = Figures("A campaign of 5,000 orders")
        lists(table)
        table.show()
