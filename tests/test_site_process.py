# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site's process and its settings, as they come up from nothing."""

from __future__ import annotations

import socket
import stat
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings.environment import database, secret_key
from tests.demonstrated import Demonstrated
from tests.running import ROOT, Installation, wait_until

PAGES = """
import sys
from django.test import Client
from fabrication.models import Job
client = Client()
job = Job.objects.get(kind="package")
paths = ["/", "/modeles/", "/comment-ca-marche/", f"/travaux/{job.public_id}/", f"/travaux/{job.public_id}/etat.json"]
for design in ("chariot", "porte", "maisonnette", "table-d-accueil"):
    paths += [f"/modeles/{design}/", f"/modeles/{design}/configurer/", f"/modeles/{design}/apercu.json"]
    paths += [f"/modeles/{design}/?commune=Aubusson&commune_insee=23008", f"/modeles/{design}/sources.zip"]
answer = client.get("/modeles/chariot/apercu.json").json()
paths += [answer["view"], answer["picture"], answer["view"].replace(".glb", ".png")]
for path in paths:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
for action in ("produire", "actualiser"):
    response = client.post("/modeles/chariot/configurer/", {action: "1", "quantite": "1", "atelier": "scierie-aubusson"})
    assert response.status_code == 302
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("cadquery", "OCP", "ezdxf", "casadi"))
print(loaded)
"""

WORK = """
from designs.models import DesignRevision
from fablabs.models import Workshop
from fabrication import services, work
from fabrication.models import Job
from tests.studio_revisions import TABLE, publish, table, wider_porte
for revision in (publish("porte", wider_porte()), publish(TABLE, table())):
    services.request_preview(revision, {})
services.request_package(DesignRevision.objects.get(design="chariot"), {}, Workshop.objects.first())
for job in Job.objects.all():
    work.run(job.pk)
print(set(Job.objects.values_list("state", flat=True)))
"""


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory, demonstrated: Demonstrated) -> Path:
    site = Installation(tmp_path_factory.mktemp("demonstration"))
    demonstrated(site, orders=False)
    return site.folder


def test_the_web_process_never_imports_the_geometry_kernel(demonstration: Path) -> None:
    site = Installation(demonstration)
    site.environment["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"  # allows the test client's host name
    assert site.script(WORK, timeout=300).strip() == "{'done'}"
    assert site.script(PAGES).strip() == "[]"


def test_the_site_says_where_to_look_and_nothing_of_a_mistyped_size(demonstration: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Installation(demonstration, TRETEAU_PORT=str(port), HOME=str(tmp_path / "home"))
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web: gunicorn "))
    command = line.removeprefix("web: ").replace("${TRETEAU_PORT:-8000}", str(port))
    assert "$" not in command
    site.start("-m", *command.split(), name="web")
    try:
        log = demonstration / "web.log"
        wait_until(lambda: log.exists() and f"Ouvrez http://127.0.0.1:{port}\n" in log.read_text(), 60, site.logs)
        with pytest.raises(urllib.error.HTTPError, match="422"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/modeles/chariot/apercu.json?width=1e3", timeout=20)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/nulle-part/", timeout=20)
        wait_until(lambda: "/nulle-part/" in log.read_text(), 20, site.logs)
        assert "422" not in log.read_text() and "Unprocessable" not in log.read_text()
        assert log.read_text().count("Ouvrez") == 1
        assert not (tmp_path / "home" / ".gunicorn").exists()
        with pytest.raises(AssertionError, match=f"Le port {port} est déjà pris"):
            site.run("scripts/free_port.py")
    finally:
        site.stop()

    def free() -> bool:
        try:
            return site.run("scripts/free_port.py") == ""
        except AssertionError:
            return False

    wait_until(free, 20, site.logs)  # the master has gone; a worker that was killed with it may take a moment longer


def test_the_secret_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret-key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret_key, [file] * 8))
    assert len(keys) == 1 and len(keys.pop()) > 60
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [p.name for p in file.parent.iterdir()] == ["secret-key"]


def test_the_database_is_a_file_unless_an_address_is_given(tmp_path: Path) -> None:
    default = database("", tmp_path)
    assert default["NAME"] == str(tmp_path / "treteau.sqlite3")
    assert default["OPTIONS"]["transaction_mode"] == "IMMEDIATE" and default["OPTIONS"]["timeout"] >= 20
    assert database("sqlite:////srv/t.sqlite3", tmp_path)["NAME"] == "/srv/t.sqlite3"
    server = database("postgresql://cl%C3%A9:p%40ss@db.local:5433/treteau?sslmode=require", tmp_path)
    assert (server["USER"], server["PASSWORD"], server["HOST"], server["PORT"]) == ("clé", "p@ss", "db.local", "5433")
    assert server["NAME"] == "treteau" and server["OPTIONS"] == {"sslmode": "require"}
    assert database("postgresql:///t?host=/run/postgresql", tmp_path)["HOST"] == "/run/postgresql"
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        database("mysql://x/y", tmp_path)


def test_redis_and_postgresql_come_by_environment_variables_alone(tmp_path: Path) -> None:
    site = Installation(tmp_path, "postgresql:///t?host=/nowhere", TRETEAU_BROKER_URL="redis://127.0.0.1:1/0")
    said = site.run(
        "-c",
        "import django; django.setup(); from django.conf import settings; from cms.celery import app; "
        "print(settings.DATABASES['default']['ENGINE'], app.connection().as_uri(), app.connection().transport_cls)",
    )
    assert said.split() == ["django.db.backends.postgresql", "redis://:**@127.0.0.1:1/0", "redis"]
